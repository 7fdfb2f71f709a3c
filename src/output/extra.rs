//! Names that are given more than once.

use std::collections::HashMap;

use crate::event::Fields;
use crate::event::fields::{MSG_TYPE, MSG_TYPE_EVENT};
use crate::wire::{Syntax, View};

/// How text between elements is called where everything needs a name.
pub(super) const TEXT_NAME: &str = "#text";

/// Members by name, each name where it came first, with all its values.
pub(super) fn grouped<'a>(
    members: impl Iterator<Item = (&'a str, View<'a>)>,
) -> Vec<(&'a str, Vec<View<'a>>)> {
    let mut groups: Vec<(&str, Vec<View<'_>>)> = Vec::new();
    let mut index = HashMap::new();
    for (name, view) in members {
        let name = if is_loose_text(name, view) {
            TEXT_NAME
        } else {
            name
        };
        match *index.entry(name).or_insert(groups.len()) {
            at if at < groups.len() => groups[at].1.push(view),
            _ => groups.push((name, vec![view])),
        }
    }
    groups
}

/// Whether `view` is text between elements, which has no name of its own.
pub(super) fn is_loose_text(name: &str, view: View<'_>) -> bool {
    name.is_empty() && view.tree.syntax == Syntax::Xml
}

/// Whether a message is of the type of all callbacks: another type stands among the extras, before its repetitions.
pub(super) fn has_usual_type(header: Fields<'_>) -> bool {
    let first = header.extras().find(|(name, _)| *name == MSG_TYPE);
    first.is_none_or(|(_, view)| view.value() == MSG_TYPE_EVENT)
}
