//! The JSON form that WeChat documents, and the one that its servers send.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::event::extra::{Scalars, Values, grouped, has_usual_type};
use crate::event::fields::{
    CREATE_TIME, EVENT, Field, HEADER, ITEM, LIST, MSG_TYPE, MSG_TYPE_EVENT, item_field,
};
use crate::event::{CallbackRef, Fields, ItemRef, Value, is_top, same};
use crate::finding::Finding;
use crate::json_format;
use crate::output::{Format, faithful};
use crate::record::Record;
use crate::syntax::Syntax;

/// Writes WeChat's JSON form: `List` at the top level, scalars as strings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Json {
    /// True to indent, with a member on each line.
    pub pretty: bool,
    /// What is written where documents and captures differ.
    pub shape: JsonShape,
}

/// A form of WeChat's JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JsonShape {
    /// As WeChat documents it: `List` is an array, except of events that have only one item.
    #[default]
    Documented,
    /// As WeChat's servers send it: one item is an object, several are an array, and the time is a number.
    Wire,
}

impl Format for Json {
    fn record(&self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), Finding> {
        let Some(callback) = record.callback() else {
            return Ok(());
        };
        let start = out.len();
        match self.pretty {
            true => json_format::write_pretty(&Payload(callback, self.shape), out),
            false => json_format::write(&Payload(callback, self.shape), out),
        }
        let written = faithful::check(record, &callback, &out[start..], Syntax::Json);
        match written {
            Ok(()) => out.push(b'\n'),
            Err(_) => out.truncate(start),
        }
        written
    }
}

struct Payload<'a>(CallbackRef<'a>, JsonShape);

impl Serialize for Payload<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let callback = self.0;
        let header = callback.header();
        let mut map = serializer.serialize_map(None)?;
        scalars(&HEADER, header, self.1, &mut map)?;
        if has_usual_type(header) {
            map.serialize_entry(MSG_TYPE, MSG_TYPE_EVENT)?;
        }
        map.serialize_entry(EVENT, callback.event().name())?;
        map.serialize_entry(LIST, &List(callback, self.1))?;
        extras(header, is_top, &mut map)?;
        map.end()
    }
}

/// The items as an array, or the only item of an event without an array, as the shape requires.
struct List<'a>(CallbackRef<'a>, JsonShape);

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut items = self.0.items();
        let is_single = match self.1 {
            JsonShape::Documented => self.0.event().definition().most_items == 1,
            JsonShape::Wire => true,
        };
        match (items.len(), items.next()) {
            (1, Some(only)) if is_single && is_plain(&only) => Item(only).serialize(serializer),
            _ => serializer.collect_seq(self.0.items().map(Item)),
        }
    }
}

/// Returns true if an item is recognised without its array: it has a template id and no extra fields.
fn is_plain(item: &ItemRef<'_>) -> bool {
    item.template_id().is_some() && item.extra_names().next().is_none()
}

struct Item<'a>(ItemRef<'a>);

impl Serialize for Item<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = self.0.fields();
        let mut map = serializer.serialize_map(None)?;
        scalars(&ITEM, fields, JsonShape::Documented, &mut map)?;
        extras(fields, |name| item_field(name).is_some(), &mut map)?;
        map.end()
    }
}

/// Writes the typed fields as strings, but for the time as servers send it.
fn scalars<M: SerializeMap>(
    table: &[&'static Field],
    fields: Fields<'_>,
    shape: JsonShape,
    map: &mut M,
) -> Result<(), M::Error> {
    for field in table {
        match fields.get(field) {
            None => {}
            Some(Value::Text(text)) => map.serialize_entry(field.wire, text)?,
            Some(Value::Integer(number))
                if shape == JsonShape::Wire && same(field, &CREATE_TIME) =>
            {
                map.serialize_entry(field.wire, &number)?;
            }
            Some(Value::Integer(number)) => {
                map.serialize_entry(field.wire, &number.to_string())?;
            }
        }
    }
    Ok(())
}

/// Writes the fields that are not typed. Values of a name that `is_known` stay separate members.
///
/// An array of them would be read as one value.
fn extras<M: SerializeMap>(
    fields: Fields<'_>,
    is_known: impl Fn(&str) -> bool,
    map: &mut M,
) -> Result<(), M::Error> {
    for (name, values) in grouped(fields.extras()) {
        let together = if is_known(name) { 1 } else { values.len() };
        for values in values.chunks(together) {
            map.serialize_entry(name, &Values::new(values, Scalars::AsGiven))?;
        }
    }
    Ok(())
}
