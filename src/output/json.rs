//! The JSON that WeChat documents.

use crate::event::fields::{
    EVENT, Field, HEADER, ITEM, LIST, MSG_TYPE, MSG_TYPE_EVENT, item_field, top,
};
use crate::event::{Callback, Event, Fields, Item, Value};
use crate::finding::Finding;
use crate::output::Format;
use crate::output::extra::grouped;
use crate::output::json_text::{Object, array, indent, integer, one_or_list, string};
use crate::record::Record;

/// The documented wire form in JSON: `List` at the top level, scalars as strings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Json {
    /// Indented, one member a line.
    pub pretty: bool,
}

impl Format for Json {
    fn record(&self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), Finding> {
        let Some(callback) = record.callback() else {
            return Ok(());
        };
        let start = out.len();
        payload(&callback, out);
        if self.pretty {
            indent(start, out);
        }
        out.push(b'\n');
        Ok(())
    }
}

fn payload(callback: &Callback<'_>, out: &mut Vec<u8>) {
    let header = callback.header();
    let mut payload = Object::open(out);
    scalars(&HEADER, header, &mut payload);
    if !header.extras().any(|(name, _)| name == MSG_TYPE) {
        string(MSG_TYPE_EVENT, payload.member(MSG_TYPE));
    }
    string(callback.event().name(), payload.member(EVENT));
    list(callback, payload.member(LIST));
    extras(header, |name| top(name).is_some(), &mut payload);
    payload.close();
}

/// An array of the items; the document shows a sent event's one item without.
fn list(callback: &Callback<'_>, out: &mut Vec<u8>) {
    let mut items = callback.items();
    match (callback.event(), items.len(), items.next()) {
        (Event::Sent, 1, Some(only)) => item(only, out),
        _ => array(callback.items(), out, item),
    }
}

fn item(item: Item<'_>, out: &mut Vec<u8>) {
    let mut entry = Object::open(out);
    scalars(&ITEM, item.fields(), &mut entry);
    extras(item.fields(), |name| item_field(name).is_some(), &mut entry);
    entry.close();
}

fn scalars(table: &[&'static Field], fields: Fields<'_>, object: &mut Object<'_>) {
    for field in table {
        match fields.get(field) {
            None => {}
            Some(Value::Text(text)) => string(text, object.member(field.wire)),
            Some(Value::Integer(number)) => {
                let out = object.member(field.wire);
                out.push(b'"');
                integer(number, out);
                out.push(b'"');
            }
        }
    }
}

/// What has no typed field. The values of a name that `is_known` stay members of their own, as they came: an array
/// would be read as one value.
fn extras(fields: Fields<'_>, is_known: impl Fn(&str) -> bool, object: &mut Object<'_>) {
    for (name, values) in grouped(fields.extras()) {
        let together = if is_known(name) { 1 } else { values.len() };
        for values in values.chunks(together) {
            one_or_list(values, object.member(name));
        }
    }
}
