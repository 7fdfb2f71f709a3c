//! The ids in a payload, and where they stand in the capture.

use std::ops::Range;

use crate::event::fields;
use crate::record::Record;
use crate::record::request::of_reply;
use crate::scan::source_map;
use crate::seal::Query;
use crate::syntax::{Kind, View};

/// A value in a payload.
#[derive(Clone, Debug)]
pub(crate) struct PlacedValue<'r> {
    pub(crate) text: &'r str,
    /// Its range in the payload's text. `None` if it is escaped there.
    pub(crate) range: Option<Range<usize>>,
    /// Its range between quotes, if it is a JSON string that is escaped.
    pub(crate) quoted: Option<Range<usize>>,
}

impl<'r> PlacedValue<'r> {
    /// Makes a value without white space around it.
    fn of(view: View<'r>) -> Self {
        let value = view.value();
        let text = value.trim_ascii();
        let before = value.len() - value.trim_ascii_start().len();
        let range = view.node().value.in_source();
        PlacedValue {
            text,
            quoted: quoted(view).filter(|_| range.is_none()),
            range: range.map(|range| range.start + before..range.start + before + text.len()),
        }
    }
}

impl Record<'_> {
    /// Calls `see` with each id of the payload.
    pub(crate) fn each_id(&self, mut see: impl FnMut(PlacedValue<'_>)) {
        let tree = &self.decoded.get().parts.tree;
        let root = View::root(tree, self.text());
        let mut id = 0;
        while (id as usize) < tree.len() {
            let field = root.at(id);
            if !fields::is_id(field.name()) {
                id += 1;
                continue;
            }
            let end = field.node().end.max(id + 1);
            let values = (id..end).map(|id| root.at(id));
            values
                .filter(|value| is_value_of(*value, field))
                .for_each(|value| see(PlacedValue::of(value)));
            id = end;
        }
    }

    /// Returns the encrypted text of the payload.
    pub(crate) fn encrypted_text(&self) -> Option<PlacedValue<'_>> {
        let is_it = |child: &View<'_>| {
            child.name().eq_ignore_ascii_case(fields::ENCRYPT) && child.kind() == Kind::Text
        };
        let is_known = self.decoded.get().parts.tree.len() > 0 && !self.is_json_record();
        let child = is_known.then(|| self.root().children().find(is_it))?;
        child.map(PlacedValue::of)
    }

    /// Returns the query of a reply, which carries it in its body.
    pub(crate) fn reply_query(&self) -> Option<Query> {
        of_reply(self)
    }

    /// Returns the offset of the payload in the capture.
    pub(crate) fn place_of_start(&self) -> u64 {
        self.place.offset
    }

    /// Returns the bytes of the capture in which the payload stands.
    pub(crate) fn raw_bytes(&self) -> &[u8] {
        match &self.raw {
            Some((raw, _)) => raw,
            None => self.bytes(),
        }
    }

    /// Replaces each of `offsets` in the payload's text, which must be sorted, by its position in [`Self::raw_bytes`].
    pub(crate) fn raw_offsets(&self, offsets: &mut [usize]) {
        if let Some((raw, steps)) = &self.raw {
            source_map::raw_offsets(steps, raw, offsets);
        }
    }

    /// Returns true if the payload was escaped or transcoded.
    pub(crate) fn is_escaped(&self) -> bool {
        self.raw.is_some()
    }

    /// Returns true if the payload was joined from parts, such as the lines of a container's log.
    pub(crate) fn is_joined(&self) -> bool {
        let steps = self.raw.as_ref().map(|(_, steps)| steps);
        steps.is_some_and(|steps| source_map::has_joints(steps))
    }

    /// Returns the number of times that the payload was percent-encoded.
    pub(crate) fn percent_levels(&self) -> usize {
        let steps = self.raw.as_ref().map(|(_, steps)| steps);
        steps.map_or(0, |steps| source_map::percent_levels(steps))
    }
}

/// Returns the range between the quotes of a JSON string.
fn quoted(value: View<'_>) -> Option<Range<usize>> {
    let range = value.span().range();
    let inner = range.start + 1..range.end.checked_sub(1)?;
    value.text.get(range)?.starts_with('"').then_some(inner)
}

/// Returns true if `value` is the text of `field`, or of an entry that a parser made of it.
fn is_value_of(value: View<'_>, field: View<'_>) -> bool {
    let is_text = matches!(value.kind(), Kind::Text | Kind::Number);
    let name = value.name();
    is_text && (value.id == field.id || name.is_empty() || fields::is_text_member(name))
}
