//! Deserializes records: keys in any order, known keys with values of their type, unknown keys into `extra`.
//!
//! Written by hand, because the buffer of serde's `flatten` cannot hold raw values.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::callback::extra::Members;
use crate::callback::{Callback, Item, RawJson};
use crate::event::Event;

impl<'de> Deserialize<'de> for Callback {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OfRecord)
    }
}

struct OfRecord;

impl<'de> Visitor<'de> for OfRecord {
    type Value = Callback;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record of a callback")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Callback, A::Error> {
        let (mut event, mut items, mut extra) = (None, None, Vec::new());
        let mut callback = Callback::new(Event::Popup);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "event" => fill(&mut event, "event", &mut map)?,
                "to_user" => fill(&mut callback.to_user, "to_user", &mut map)?,
                "from_user" => fill(&mut callback.from_user, "from_user", &mut map)?,
                "create_time" => fill(&mut callback.create_time, "create_time", &mut map)?,
                "items" => fill(&mut items, "items", &mut map)?,
                "extra" => extra.extend(map.next_value::<Members>()?.0),
                "source" => fill(&mut callback.source, "source", &mut map)?,
                _ => extra.push((key, map.next_value()?)),
            }
        }
        if callback
            .source
            .as_ref()
            .is_some_and(|source| !is_object(source))
        {
            return Err(A::Error::custom("`source` is no object"));
        }
        callback.event = event.ok_or_else(|| A::Error::missing_field("event"))?;
        callback.items = items.ok_or_else(|| A::Error::missing_field("items"))?;
        callback.extra = extra.into_iter().collect();
        Ok(callback)
    }
}

fn is_object(json: &RawJson) -> bool {
    json.as_str().starts_with('{')
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OfItem)
    }
}

struct OfItem;

impl<'de> Visitor<'de> for OfItem {
    type Value = Item;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an item of a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Item, A::Error> {
        let (mut item, mut extra) = (Item::default(), Vec::new());
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "template_id" => fill(&mut item.template_id, "template_id", &mut map)?,
                "status" => fill(&mut item.status, "status", &mut map)?,
                "popup_scene" => fill(&mut item.popup_scene, "popup_scene", &mut map)?,
                "msg_id" => fill(&mut item.msg_id, "msg_id", &mut map)?,
                "error_code" => fill(&mut item.error_code, "error_code", &mut map)?,
                "error_status" => fill(&mut item.error_status, "error_status", &mut map)?,
                "extra" => extra.extend(map.next_value::<Members>()?.0),
                _ => extra.push((key, map.next_value()?)),
            }
        }
        item.extra = extra.into_iter().collect();
        Ok(item)
    }
}

/// Reads the value of a known key. Fails if the key repeats.
fn fill<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    slot: &mut Option<T>,
    key: &'static str,
    map: &mut A,
) -> Result<(), A::Error> {
    if slot.is_some() {
        return Err(A::Error::duplicate_field(key));
    }
    *slot = Some(map.next_value()?);
    Ok(())
}
