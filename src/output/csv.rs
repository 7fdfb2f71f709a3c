//! Comma-separated values as in RFC 4180 but with plain line feeds, a row for each item.

use csv::{Writer, WriterBuilder};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::event::fields::{Field, HEADER, ITEM};
use crate::event::{CallbackRef, Fields, Value};
use crate::finding::Finding;
use crate::output::{Format, rows};
use crate::record::Record;

/// Writes rows for spreadsheets and databases. Extra fields have no column.
#[derive(Clone, Debug)]
pub struct Csv {
    /// The time zone of the column `time`.
    pub time_zone: TimeZone,
    /// True to put an apostrophe before texts that a spreadsheet would take for a formula.
    pub safe: bool,
}

impl Default for Csv {
    fn default() -> Self {
        Csv {
            time_zone: TimeZone::UTC,
            safe: false,
        }
    }
}

impl Format for Csv {
    fn open(&self, out: &mut Vec<u8>) {
        write(out, |rows| {
            let key = |field: &&'static Field| field.key;
            let of_header = ["event"].into_iter().chain(HEADER.iter().map(key));
            rows.write_record(of_header.chain(["time"]).chain(ITEM.iter().map(key)))
        });
    }

    fn record(&self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), Finding> {
        if let Some(callback) = record.callback() {
            write(out, |writer| {
                let mut items = rows(&callback).map(|item| item.map(|item| item.fields()));
                items.try_for_each(|item| self.row(&callback, item, writer))
            });
        }
        Ok(())
    }

    fn leaves_out(&self, record: &Record<'_>) -> bool {
        record.callback().is_some_and(|callback| {
            let mut items = callback.items().map(|item| item.fields());
            callback.header().extras().len() > 0 || items.any(|item| item.extras().len() > 0)
        })
    }
}

/// The CSV writer of rows.
type Rows<'o> = Writer<&'o mut Vec<u8>>;

/// Appends the rows that `rows` writes to `out`.
fn write(out: &mut Vec<u8>, rows: impl FnOnce(&mut Rows<'_>) -> csv::Result<()>) {
    let mut writer = WriterBuilder::new().buffer_capacity(ROOM).from_writer(out);
    let written = rows(&mut writer).and_then(|()| Ok(writer.flush()?));
    written.expect("memory takes every row");
}

/// The writer's buffer size: about two rows. A larger buffer would be cleared for each record.
const ROOM: usize = 512;

/// The characters with which a formula of a spreadsheet begins. A number may begin with one of them, too, and is none.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

impl Csv {
    fn row(
        &self,
        callback: &CallbackRef<'_>,
        item: Option<Fields<'_>>,
        rows: &mut Rows<'_>,
    ) -> csv::Result<()> {
        rows.write_field(callback.event().name())?;
        for field in HEADER {
            self.cell(callback.header().get(field), rows)?;
        }
        self.text(&self.time(callback.create_time()), rows)?;
        for field in ITEM {
            self.cell(item.and_then(|item| item.get(field)), rows)?;
        }
        rows.write_record(None::<&[u8]>)
    }

    fn cell(&self, value: Option<Value<'_>>, rows: &mut Rows<'_>) -> csv::Result<()> {
        match value {
            None => rows.write_field(""),
            Some(Value::Integer(number)) => rows.write_field(number.to_string()),
            Some(Value::Text(text)) => self.text(text, rows),
        }
    }

    fn text(&self, text: &str, rows: &mut Rows<'_>) -> csv::Result<()> {
        match self.safe && text.starts_with(FORMULA) {
            true => rows.write_field(format!("'{text}")),
            false => rows.write_field(text),
        }
    }

    /// Formats `seconds` as RFC 3339. Empty if the time is out of the calendar's range.
    fn time(&self, seconds: Option<i64>) -> String {
        let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        time.map_or_else(String::new, |time| match self.time_zone == TimeZone::UTC {
            true => time.to_string(),
            false => time
                .display_with_offset(self.time_zone.to_offset(time))
                .to_string(),
        })
    }
}
