//! The fields of a callback that have no typed field.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::callback::RawJson;
use crate::event::Fields;
use crate::event::extra::{Scalars, Values, by_name, grouped};

/// The extra fields of a callback or item: names and values in the order of the payload.
///
/// They are unknown names, values of the wrong type, and repeated fields; the last two under their name in the payload.
/// Several values of a name form one array.
///
/// ```
/// let callback = wxsub::from_str(r#"{"Event":"subscribe_msg_change_event","List":[],"Ratio":1.50,"Tag":"a","Tag":"b"}"#)?;
/// let shown: Vec<_> = callback.extra.iter().map(|(name, value)| (name, value.as_str())).collect();
/// assert_eq!(shown, [("Ratio", "1.50"), ("Tag", r#"["a","b"]"#)]);
/// # Ok::<(), wxsub::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extra(Vec<(String, RawJson)>);

impl Extra {
    pub(super) fn of(fields: Fields<'_>) -> Self {
        let members = grouped(fields.extras()).into_iter().map(|(name, views)| {
            let value = Values::new(&views, Scalars::AsGiven);
            (name.to_owned(), RawJson::of(&value))
        });
        Extra(members.collect())
    }

    /// Returns true if there are no extra fields.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the number of names.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the value of `name`, by linear search.
    pub fn get(&self, name: &str) -> Option<&RawJson> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// Returns names and values in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &RawJson)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Adds a value, or replaces the value of the name in its place, by linear search.
    pub fn insert(&mut self, name: impl Into<String>, value: RawJson) {
        let name = name.into();
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name, value)),
        }
    }
}

/// Combines several values of a name into an array.
impl FromIterator<(String, RawJson)> for Extra {
    fn from_iter<I: IntoIterator<Item = (String, RawJson)>>(members: I) -> Self {
        let groups = by_name(members.into_iter()).into_iter();
        Extra(
            groups
                .map(|(name, values)| (name, RawJson::one_or_array(values)))
                .collect(),
        )
    }
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Extra {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Members::deserialize(deserializer)?.0.into_iter().collect())
    }
}

/// The members of an object, with repeated names.
pub(super) struct Members(pub(super) Vec<(String, RawJson)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfObject;

        impl<'de> Visitor<'de> for OfObject {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(OfObject)
    }
}
