//! Comma-separated values, one row an item, as RFC 4180 writes them (with a plain line feed).

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::event::fields::{HEADER, ITEM};
use crate::event::{CallbackRef, Fields, Value};
use crate::finding::Finding;
use crate::json::integer;
use crate::output::Format;
use crate::record::Record;

/// Rows for spreadsheets and databases; extras have no column.
#[derive(Clone, Debug)]
pub struct Csv {
    /// The zone of the column `time`.
    pub time_zone: TimeZone,
}

impl Default for Csv {
    fn default() -> Self {
        Csv {
            time_zone: TimeZone::UTC,
        }
    }
}

impl Format for Csv {
    fn open(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"event");
        for field in HEADER {
            comma(out, |out| out.extend_from_slice(field.key.as_bytes()));
        }
        out.extend_from_slice(b",time");
        for field in ITEM {
            comma(out, |out| out.extend_from_slice(field.key.as_bytes()));
        }
        out.push(b'\n');
    }

    fn record(&self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), Finding> {
        if let Some(callback) = record.callback() {
            let items = callback.items().map(|item| Some(item.fields()));
            let none = (items.len() == 0).then_some(None);
            items
                .chain(none)
                .for_each(|item| self.row(&callback, item, out));
        }
        Ok(())
    }
}

impl Csv {
    fn row(&self, callback: &CallbackRef<'_>, item: Option<Fields<'_>>, out: &mut Vec<u8>) {
        out.extend_from_slice(callback.event().name().as_bytes());
        for field in HEADER {
            comma(out, |out| cell(callback.header().get(field), out));
        }
        comma(out, |out| self.time(callback.create_time(), out));
        for field in ITEM {
            comma(out, |out| cell(item.and_then(|item| item.get(field)), out));
        }
        out.push(b'\n');
    }

    /// `seconds` as RFC 3339; nothing if no calendar has such a day.
    fn time(&self, seconds: Option<i64>, out: &mut Vec<u8>) {
        let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        if let Some(time) = time {
            let text = match self.time_zone == TimeZone::UTC {
                true => time.to_string(),
                false => time
                    .display_with_offset(self.time_zone.to_offset(time))
                    .to_string(),
            };
            out.extend_from_slice(text.as_bytes());
        }
    }
}

fn comma(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(b',');
    write(out);
}

fn cell(value: Option<Value<'_>>, out: &mut Vec<u8>) {
    match value {
        None => {}
        Some(Value::Integer(number)) => integer(number, out),
        Some(Value::Text(text)) if text.contains(['"', ',', '\n', '\r']) => {
            out.extend_from_slice(format!("\"{}\"", text.replace('"', "\"\"")).as_bytes());
        }
        Some(Value::Text(text)) => out.extend_from_slice(text.as_bytes()),
    }
}
