//! The views for people, on terminals of every width.

use unicode_width::UnicodeWidthStr;
use wxsub::output::{Format, Pretty, Rows};
use wxsub::pipeline::{self, Options, Sink, Stop};
use wxsub::report::text::TextOptions;
use wxsub::{Lang, Record};

/// Returns what `format` shows of a log with every event.
fn shown(format: &(dyn Format + Sync)) -> String {
    struct Shown<'a>(&'a (dyn Format + Sync), Vec<u8>);

    impl Sink for Shown<'_> {
        fn fork(&self) -> Self {
            Shown(self.0, Vec::new())
        }

        fn record(&mut self, record: &Record<'_>) {
            self.0.record(record, &mut self.1).expect("text holds it");
        }

        fn join(&mut self, later: Self) -> Result<(), Stop> {
            self.1.extend(later.1);
            Ok(())
        }
    }

    let mut shown = Shown(format, Vec::new());
    format.open(&mut shown.1);
    let log = include_bytes!("../../examples/logs/nginx.log");
    let name = "/var/log/nginx/shop.example.org/access.log";
    pipeline::run(&log[..], name, &Options::default(), &mut shown).expect("memory can be read");
    String::from_utf8(shown.1).expect("text")
}

fn options(lang: Lang, width: usize) -> TextOptions {
    TextOptions {
        lang,
        color: false,
        width,
    }
}

#[test]
fn a_row_is_a_line() {
    // Narrower, a time and a result have no room. Wider, ids and results are never cut.
    for width in 34..=172 {
        for lang in [Lang::En, Lang::Zh] {
            let rows = shown(&Rows {
                options: options(lang, width),
                time_zone: jiff::tz::TimeZone::UTC,
            });
            assert_eq!(rows.lines().count(), 5, "{rows}");
            let widest = rows.lines().map(UnicodeWidthStr::width).max();
            assert!(widest <= Some(width), "{width}\n{rows}");
            let has_places = rows.lines().skip(1).all(|row| row.contains("log:"));
            assert_eq!(has_places, width >= 80, "{width}\n{rows}");
        }
    }
}

#[test]
fn values_stand_below_each_other() {
    for (lang, item) in [(Lang::En, "  item "), (Lang::Zh, "  条目 ")] {
        let shown = shown(&Pretty {
            options: options(lang, 50),
            time_zone: jiff::tz::TimeZone::UTC,
        });
        let items: Vec<_> = shown.split(item).skip(1).map(value_columns).collect();
        let fields: Vec<_> = items.iter().map(Vec::len).collect();
        assert_eq!(fields, [3, 3, 2, 4], "{shown}");
        for columns in items {
            assert!(
                columns.iter().all(|column| *column == columns[0]),
                "{shown}"
            );
        }
    }
}

/// Returns the columns at which the values of an item begin.
fn value_columns(item: &str) -> Vec<usize> {
    let fields = item.lines().filter(|line| line.starts_with("    "));
    let column = |line: &str| {
        let (_, value) = line.trim_start().split_once("  ").expect("a label");
        line.width() - value.trim_start().width()
    };
    fields.map(column).collect()
}
