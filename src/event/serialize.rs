//! Serializes a callback as a record, the JSON that `convert --to jsonl` writes.
//!
//! Keys are in the order of the table of fields. Absent fields are left out; `items` is always present.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::event::extra::{Members, Scalars, literal};
use crate::event::fields::{Field, HEADER, ITEM, RECORD_EVENT, RECORD_EXTRA, RECORD_ITEMS};
use crate::event::{CallbackRef, Fields, ItemRef, Value};
use crate::syntax::View;

impl Serialize for CallbackRef<'_> {
    /// Serializes the record.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        callback(*self, Style::default(), &mut map)?;
        map.end()
    }
}

impl Serialize for ItemRef<'_> {
    /// Serializes an entry of the record's `items`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Item(*self, Style::default()).serialize(serializer)
    }
}

/// Settings for the values of a record.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Style {
    pub(crate) scalars: Scalars,
    /// True to write typed numbers as slices of the payload, so that a writer can trace them. Requires plain values.
    pub(crate) borrows_numbers: bool,
}

/// Writes the members of a whole record.
pub(crate) fn callback<M: SerializeMap>(
    callback: CallbackRef<'_>,
    style: Style,
    map: &mut M,
) -> Result<(), M::Error> {
    header(callback, style, map)?;
    map.serialize_entry(RECORD_ITEMS, &Items(callback, style))?;
    extra(callback.header().extras(), style, map)
}

/// Writes the members of a flat record: the header's, then the item's.
pub(crate) fn flat<M: SerializeMap>(
    callback: CallbackRef<'_>,
    item: Option<ItemRef<'_>>,
    map: &mut M,
) -> Result<(), M::Error> {
    let style = Style::default();
    header(callback, style, map)?;
    if let Some(item) = item {
        typed(&ITEM, item.fields(), style, map)?;
    }
    let of_item = item.into_iter().flat_map(|item| item.fields().extras());
    extra(callback.header().extras().chain(of_item), style, map)
}

fn header<M: SerializeMap>(
    callback: CallbackRef<'_>,
    style: Style,
    map: &mut M,
) -> Result<(), M::Error> {
    map.serialize_entry(RECORD_EVENT, &callback.event())?;
    typed(&HEADER, callback.header(), style, map)
}

/// The items as an array.
struct Items<'a>(CallbackRef<'a>, Style);

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.items().map(|item| Item(item, self.1)))
    }
}

struct Item<'a>(ItemRef<'a>, Style);

impl Serialize for Item<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Item(item, style) = *self;
        let mut map = serializer.serialize_map(None)?;
        typed(&ITEM, item.fields(), style, &mut map)?;
        extra(item.fields().extras(), style, &mut map)?;
        map.end()
    }
}

/// Writes the typed fields that are present.
fn typed<M: SerializeMap>(
    table: &[&'static Field],
    fields: Fields<'_>,
    style: Style,
    map: &mut M,
) -> Result<(), M::Error> {
    fields.slots_in_order(table, |slot| {
        let key = slot.field.key;
        match slot.value(fields.root) {
            Value::Text(text) => map.serialize_entry(key, text),
            Value::Integer(_) if style.borrows_numbers => {
                map.serialize_entry(key, &Digits(slot.text(fields.root)))
            }
            Value::Integer(number) => map.serialize_entry(key, &number),
        }
    })
}

/// A number as written in the payload.
struct Digits<'a>(&'a str);

impl Serialize for Digits<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        literal(self.0, serializer)
    }
}

/// Writes the extra fields, if there are any.
fn extra<'a, M: SerializeMap>(
    members: impl Iterator<Item = (&'a str, View<'a>)> + Clone,
    style: Style,
    map: &mut M,
) -> Result<(), M::Error> {
    if members.clone().next().is_none() {
        return Ok(());
    }
    let scalars = style.scalars;
    map.serialize_entry(RECORD_EXTRA, &Members { members, scalars })
}
