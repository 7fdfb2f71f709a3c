//! Output formats for callbacks, one file for each.
//!
//! A [`Format`] writes a record to a buffer and nothing else: it reads no flags, counts nothing and selects nothing.
//! Adding a format: one file here; in `cli`, a variant of `options::ConvertFormat` and its arm in `commands::format`.

mod csv;
mod faithful;
mod json;
mod jsonl;
mod pretty;
mod push;
mod table;
pub(crate) mod words;
mod xml;

pub use csv::Csv;
pub use json::{Json, JsonShape};
pub use jsonl::JsonLines;
pub(crate) use jsonl::SourcePosition;
pub use pretty::Pretty;
pub use push::{Push, Sealing};
pub use table::Rows;
pub use xml::Xml;

use crate::event::{CallbackRef, ItemRef};
use crate::finding::Finding;
use crate::record::Record;

/// An output format for callbacks.
///
/// ```
/// use wxsub::output::{Format, JsonLines};
///
/// let record = wxsub::decode(b"<xml><Event>subscribe_msg_change_event</Event><CreateTime>1610969440</CreateTime></xml>");
/// let mut out = Vec::new();
/// JsonLines::default().record(&record, &mut out)?;
/// assert_eq!(out, b"{\"event\":\"subscribe_msg_change_event\",\"create_time\":1610969440,\"items\":[]}\n");
/// # Ok::<(), wxsub::Finding>(())
/// ```
pub trait Format {
    /// Writes the text before the first record.
    fn open(&self, _out: &mut Vec<u8>) {}

    /// Writes the separator of two records.
    fn between(&self, _out: &mut Vec<u8>) {}

    /// Writes a record. Writes nothing if the record is not a callback.
    ///
    /// # Errors
    ///
    /// `unrepresentable` if the format cannot express the callback. Nothing is written then.
    fn record(&self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), Finding>;

    /// Returns true if [`Format::record`] leaves out extra fields of the record.
    fn leaves_out(&self, _record: &Record<'_>) -> bool {
        false
    }
}

/// Returns the items of a format with a row for each item. A callback without items has one row, without an item.
fn rows<'a>(callback: &CallbackRef<'a>) -> impl Iterator<Item = Option<ItemRef<'a>>> + use<'a> {
    let items = callback.items();
    let none = (items.len() == 0).then_some(None);
    items.map(Some).chain(none)
}
