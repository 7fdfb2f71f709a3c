//! One table of all callbacks, a row for each item. Rows are written as they arrive, so columns have fixed widths.
//!
//! A sign before the result marks the rows of a callback with findings. Their codes stand behind its place.

use std::borrow::Cow;
use std::collections::BTreeSet;

use anstyle::Style;
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

use crate::event::fields::{CREATE_TIME, FROM_USER, Field, TEMPLATE_ID};
use crate::event::{CallbackRef, Fields, Value};
use crate::finding::{Finding, Severity};
use crate::lang::Text;
use crate::output::{Format, rows, words};
use crate::printable::printable;
use crate::record::Record;
use crate::report::snippet::{back, forth};
use crate::report::text::TextOptions;

/// Writes a row for each item of all callbacks.
#[derive(Clone, Debug)]
pub struct Rows {
    /// Language, colour and width.
    pub options: TextOptions,
    /// The time zone of shown times.
    pub time_zone: TimeZone,
}

static TITLES: [Text; 6] = [
    CREATE_TIME.label,
    Text::new("event", "事件"),
    FROM_USER.label,
    TEMPLATE_ID.label,
    Text::new("result", "结果"),
    Text::new("place", "位置"),
];

/// Column widths with room for whole ids. The last column is unlimited.
const WIDE: [usize; 6] = [26, 6, 28, 43, 40, UNBOUNDED];
/// Column widths of a narrow terminal. The rest is for the result, and for the place if there is enough.
const NARROW: [usize; 4] = [16, 6, 8, 8];
/// The smallest useful width of a result, and of a result with a place beside it.
const RESULT: usize = 8;
const RESULT_BESIDE_PLACE: usize = 20;
const PLACE: usize = 12;
/// The index of the column of results.
const RESULT_COLUMN: usize = 4;
const UNBOUNDED: usize = usize::MAX;
const GAP: &str = "  ";
/// Stands before the result of a callback with findings.
const MARK: &str = "!";

impl Format for Rows {
    fn open(&self, out: &mut Vec<u8>) {
        let titles = TITLES
            .each_ref()
            .map(|title| title.get(self.options.lang).to_owned());
        out.extend_from_slice(
            self.options
                .paint(Style::new().bold(), &self.line(titles, Style::new(), None))
                .as_bytes(),
        );
        out.push(b'\n');
    }

    fn record(&self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), Finding> {
        if let Some(callback) = record.callback() {
            for item in rows(&callback) {
                let item = item.map(|item| item.fields());
                out.extend_from_slice(self.row(record, &callback, item).as_bytes());
                out.push(b'\n');
            }
        }
        Ok(())
    }
}

impl Rows {
    fn row(
        &self,
        record: &Record<'_>,
        callback: &CallbackRef<'_>,
        item: Option<Fields<'_>>,
    ) -> String {
        let text = |fields: Fields<'_>, field: &Field| match fields.get(field) {
            Some(Value::Text(text)) => printable(text),
            _ => String::new(),
        };
        let (time, result) = match self.is_wide() {
            true => (
                words::time as fn(_, &_) -> _,
                words::result as fn(_, _) -> _,
            ),
            false => (words::short_time as _, words::short_result as _),
        };
        let time = callback
            .create_time()
            .and_then(|seconds| time(seconds, &self.time_zone));
        let cells = [
            time.unwrap_or_default(),
            callback.event().short_name().to_owned(),
            text(callback.header(), &FROM_USER),
            item.map(|item| text(item, &TEMPLATE_ID))
                .unwrap_or_default(),
            item.map(|item| result(item, self.options.lang))
                .unwrap_or_default(),
            self.place(record),
        ];
        let style = item.map(words::result_style).unwrap_or_default();
        let findings = record.findings().iter();
        self.line(cells, style, findings.map(Finding::severity).max())
    }

    /// Formats the place, with a note if the payload was encrypted, and the codes of its findings.
    fn place(&self, record: &Record<'_>) -> String {
        let mut place = format!("{}:{}", printable(record.source()), record.place(0).line);
        if let Some(sealed) = record.sealed() {
            place += &format!(" {}", words::seal(sealed, self.options.lang));
        }
        let codes: BTreeSet<&str> = record
            .findings()
            .iter()
            .map(|f| f.code().as_str())
            .collect();
        if !codes.is_empty() {
            place += &format!(" ({})", Vec::from_iter(codes).join(", "));
        }
        place
    }

    fn is_wide(&self) -> bool {
        const SHORT_PLACE: usize = 20;
        let ids: usize = WIDE[..5].iter().map(|width| width + GAP.len()).sum();
        ids + SHORT_PLACE <= self.options.width
    }

    /// Returns the width of each column; 0 hides a column.
    fn widths(&self) -> [usize; 6] {
        if self.is_wide() {
            return WIDE;
        }
        let [time, event, openid, template] = NARROW;
        let left = |taken: &[usize]| {
            let taken = taken.iter().map(|width| width + GAP.len()).sum();
            self.options.width.saturating_sub(taken)
        };
        match left(&NARROW) {
            0..RESULT => [time, event, 0, 0, left(&[time, event]).max(RESULT), 0],
            left if left < RESULT_BESIDE_PLACE + GAP.len() + PLACE => {
                [time, event, openid, template, left, 0]
            }
            left => {
                let result = RESULT_BESIDE_PLACE;
                [
                    time,
                    event,
                    openid,
                    template,
                    result,
                    left - result - GAP.len(),
                ]
            }
        }
    }

    /// Formats a row; `style` is that of the result. It is marked if there are findings, of which `worst` is the worst.
    fn line(&self, cells: [String; 6], style: Style, worst: Option<Severity>) -> String {
        let mut line = String::new();
        for ((i, cell), width) in cells.iter().enumerate().zip(self.widths()) {
            let mark = worst.filter(|_| i == RESULT_COLUMN);
            let width = match mark {
                Some(_) => width.saturating_sub(MARK.len() + 1),
                None => width,
            };
            if let Some(severity) = mark {
                line.push_str(&self.options.paint(self.options.severity(severity).0, MARK));
                line.push(' ');
            }
            let cell = match i {
                _ if width == 0 => continue,
                5 => shortened_at_start(cell, width),
                _ => shortened(cell, width, self.is_wide()),
            };
            match i {
                RESULT_COLUMN => line.push_str(&self.options.paint(style, &cell)),
                _ => line.push_str(&cell),
            }
            if i < 5 {
                line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + GAP.len()));
            }
        }
        line.trim_end().to_owned()
    }
}

/// Cuts the start of `text` to fit into `width` columns.
fn shortened_at_start(text: &str, width: usize) -> Cow<'_, str> {
    match text.width() <= width {
        true => text.into(),
        false => format!("…{}", &text[back(text, text.len(), width - 1)..]).into(),
    }
}

/// Cuts the end of `text` to fit into `width` columns, unless `keep`.
fn shortened(text: &str, width: usize, keep: bool) -> Cow<'_, str> {
    match keep || text.width() <= width {
        true => text.into(),
        false => format!("{}…", &text[..forth(text, 0, width - 1)]).into(),
    }
}
