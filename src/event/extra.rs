//! Values without a typed field, as JSON: each name once, with all its values.

use std::collections::HashMap;
use std::hash::Hash;

use serde::ser::{Error, Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use crate::event::Fields;
use crate::event::fields::{MSG_TYPE, MSG_TYPE_EVENT};
use crate::syntax::{Kind, Syntax, View};

/// The name of text between elements, where a name is needed.
pub(crate) const TEXT_NAME: &str = "#text";

/// The output form of numbers, `true`, `false` and `null`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Scalars {
    /// As in the payload, with all digits.
    #[default]
    AsGiven,
    /// As strings, because XML has no other type.
    AsText,
}

/// Members as a JSON object. The values of a repeated name become an array.
pub(crate) struct Members<I> {
    pub(crate) members: I,
    pub(crate) scalars: Scalars,
}

impl<'a, I: Iterator<Item = (&'a str, View<'a>)> + Clone> Serialize for Members<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut members = self.members.clone();
        if let (Some((name, view)), None) = (members.next(), members.next()) {
            // Nothing to group, as usual.
            map.serialize_entry(named(name, view), &Values::new(&[view], self.scalars))?;
            return map.end();
        }
        for (name, views) in grouped(self.members.clone()) {
            map.serialize_entry(name, &Values::new(&views, self.scalars))?;
        }
        map.end()
    }
}

/// The values of one name: a single value as it is, several as an array.
pub(crate) struct Values<'v, 'a> {
    views: &'v [View<'a>],
    scalars: Scalars,
}

impl<'v, 'a> Values<'v, 'a> {
    pub(crate) fn new(views: &'v [View<'a>], scalars: Scalars) -> Self {
        Values { views, scalars }
    }
}

impl Serialize for Values<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = |&view| Value {
            view,
            scalars: self.scalars,
        };
        match self.views {
            [one] => value(one).serialize(serializer),
            several => serializer.collect_seq(several.iter().map(value)),
        }
    }
}

/// One value. An XML element is a string or an object.
struct Value<'a> {
    view: View<'a>,
    scalars: Scalars,
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Value { view, scalars } = *self;
        let value = |view| Value { view, scalars };
        match (view.kind(), scalars) {
            (Kind::Text, _) => serializer.serialize_str(view.value()),
            (Kind::Number | Kind::Literal, Scalars::AsText) => {
                serializer.serialize_str(view.value())
            }
            (Kind::Number | Kind::Literal, Scalars::AsGiven) => literal(view.value(), serializer),
            (Kind::Array, _) => serializer.collect_seq(view.children().map(value)),
            (Kind::Object, _) => {
                let members = view.children().map(|child| (child.name(), child));
                Members { members, scalars }.serialize(serializer)
            }
        }
    }
}

/// Serializes a number, `true`, `false` or `null` unchanged.
pub(super) fn literal<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let raw: &RawValue = serde_json::from_str(text).map_err(S::Error::custom)?;
    raw.serialize(serializer)
}

/// Groups members by name, in the order of each name's first member.
pub(crate) fn grouped<'a>(
    members: impl Iterator<Item = (&'a str, View<'a>)>,
) -> Vec<(&'a str, Vec<View<'a>>)> {
    by_name(members.map(|(name, view)| (named(name, view), view)))
}

/// Returns the name of a member, or [`TEXT_NAME`] for text between elements.
fn named<'a>(name: &'a str, view: View<'_>) -> &'a str {
    match is_loose_text(name, view) {
        true => TEXT_NAME,
        false => name,
    }
}

/// Groups values by name, in the order of each name's first value.
pub(crate) fn by_name<N: Clone + Eq + Hash, V>(
    members: impl Iterator<Item = (N, V)>,
) -> Vec<(N, Vec<V>)> {
    let mut groups: Vec<(N, Vec<V>)> = Vec::new();
    let mut index = HashMap::new();
    for (name, value) in members {
        match *index.entry(name.clone()).or_insert(groups.len()) {
            at if at < groups.len() => groups[at].1.push(value),
            _ => groups.push((name, vec![value])),
        }
    }
    groups
}

/// Returns true for XML text between elements, which has no name.
pub(crate) fn is_loose_text(name: &str, view: View<'_>) -> bool {
    name.is_empty() && view.tree.syntax == Syntax::Xml
}

/// Returns true if the message type is `event`. Another type is an extra, before any repetition of it.
pub(crate) fn has_usual_type(header: Fields<'_>) -> bool {
    let first = header.extras().find(|(name, _)| *name == MSG_TYPE);
    first.is_none_or(|(_, view)| view.value() == MSG_TYPE_EVENT)
}
