//! Measures writing decoded callbacks in each format: `cargo bench --bench write`
//!
//! The times do not include decoding. Throughput counts the bytes written.

mod callbacks;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use jiff::tz::TimeZone;
use wxsub::output::{Csv, Format, Json, JsonLines, Pretty, Rows, Xml};
use wxsub::report::text::TextOptions;
use wxsub::{Capture, Lang, Record, Syntax};

fn main() {
    divan::main();
}

#[divan::bench(args = ["jsonl", "json", "xml", "csv", "table", "pretty"])]
fn write(bencher: Bencher<'_, '_>, name: &str) {
    let records = records();
    let format = format(name);
    let written = text(&records, format.as_ref(), Vec::new());
    bencher
        .counter(ItemsCount::of_iter(&records))
        .counter(BytesCount::of_slice(&written))
        .with_inputs(|| Vec::with_capacity(written.len()))
        .bench_values(|out| text(black_box(&records), format.as_ref(), out));
}

fn records() -> Vec<Record<'static>> {
    Capture::new(callbacks::capture(Syntax::Xml).as_slice())
        .collect::<Result<_, _>>()
        .expect("memory can be read")
}

fn text(records: &[Record<'_>], format: &dyn Format, mut out: Vec<u8>) -> Vec<u8> {
    for record in records {
        format
            .record(record, &mut out)
            .expect("every format holds what is documented");
    }
    out
}

fn format(name: &str) -> Box<dyn Format + Sync> {
    let time_zone = TimeZone::UTC;
    let options = TextOptions {
        lang: Lang::En,
        color: false,
        width: 180,
    };
    match name {
        "jsonl" => Box::new(JsonLines::default()),
        "json" => Box::new(Json::default()),
        "xml" => Box::new(Xml { pretty: false }),
        "csv" => Box::new(Csv {
            time_zone,
            safe: false,
        }),
        "table" => Box::new(Rows { options, time_zone }),
        "pretty" => Box::new(Pretty { options, time_zone }),
        _ => unreachable!("not a format: {name}"),
    }
}
