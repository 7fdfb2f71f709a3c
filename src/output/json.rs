//! The JSON that WeChat documents.

use crate::event::extra::{Scalars, grouped, has_usual_type};
use crate::event::fields::{
    EVENT, Field, HEADER, ITEM, LIST, MSG_TYPE, MSG_TYPE_EVENT, item_field,
};
use crate::event::{CallbackRef, Event, Fields, ItemRef, Value, is_top};
use crate::finding::Finding;
use crate::json::{Object, array, integer, string};
use crate::output::json_text::{indent, one_or_array};
use crate::output::{Format, faithful};
use crate::record::Record;
use crate::wire::Syntax;

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
        if let Err(finding) = faithful::check(record, &callback, &out[start..], Syntax::Json) {
            out.truncate(start);
            return Err(finding);
        }
        if self.pretty {
            indent(start, out);
        }
        out.push(b'\n');
        Ok(())
    }
}

fn payload(callback: &CallbackRef<'_>, out: &mut Vec<u8>) {
    let header = callback.header();
    let mut payload = Object::open(out);
    scalars(&HEADER, header, &mut payload);
    if has_usual_type(header) {
        string(MSG_TYPE_EVENT, payload.member(MSG_TYPE));
    }
    string(callback.event().name(), payload.member(EVENT));
    list(callback, payload.member(LIST));
    extras(header, is_top, &mut payload);
    payload.close();
}

/// An array of the items; the document shows a sent event's one item without.
fn list(callback: &CallbackRef<'_>, out: &mut Vec<u8>) {
    let mut items = callback.items();
    match (callback.event(), items.len(), items.next()) {
        (Event::Sent, 1, Some(only)) if is_plain(&only) => item(only, out),
        _ => array(callback.items(), out, item),
    }
}

/// Whether an item can stand without its array: some field of it must tell that it is one.
fn is_plain(item: &ItemRef<'_>) -> bool {
    item.template_id().is_some() && item.extra_names().next().is_none()
}

fn item(item: ItemRef<'_>, out: &mut Vec<u8>) {
    let mut entry = Object::open(out);
    scalars(&ITEM, item.fields(), &mut entry);
    extras(item.fields(), |name| item_field(name).is_some(), &mut entry);
    entry.close();
}

fn scalars(table: &[&'static Field], fields: Fields<'_>, object: &mut Object<'_>) {
    for field in table {
        match fields.get(field) {
            None => {}
            Some(Value::Text(text)) => string(text, object.key(&field.json_wire)),
            Some(Value::Integer(number)) => {
                let out = object.key(&field.json_wire);
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
            one_or_array(values, Scalars::AsGiven, object.member(name));
        }
    }
}
