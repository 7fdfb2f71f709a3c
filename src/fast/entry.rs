//! Log entries with one escaped payload that differ from an earlier entry only in digits and in the payload's values.
//!
//! A JSON logger writes the body of a request as one text of its object. In the entries of one template, the payload is
//! of one template too, and its position and its escapes do not vary.

use crate::fast::patch::Patched;
use crate::fast::template::TemplateKey;
use crate::simd::{Lines, Survey};
use crate::span::{Place, Span, Units};
use crate::syntax::Syntax;

/// The stored properties of the entries of a template.
#[derive(Debug)]
pub(crate) struct Entry {
    /// True if only white space stands before the entry on its line.
    pub(crate) is_bare: bool,
    pub(crate) layout: Layout,
    /// The text of the payload, in which the varying bytes are copied from the escaped payload.
    pub(crate) unescaped: Patched,
}

/// The position of the payload in an entry, counted from the start of the entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) len: usize,
    pub(crate) before: Before,
    /// The escaped payload, and its lines.
    pub(crate) text: Span,
    pub(crate) lines: Lines,
    pub(crate) payload: TemplateKey,
    pub(crate) syntax: Syntax,
}

/// The bytes before the payload in an entry. Only their digits vary.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    pub(crate) survey: Survey,
    /// The place of the payload if the entry is at the default place.
    end: Place,
}

impl Before {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Before {
            survey: Survey::of(bytes),
            end: Place::default().after(bytes, Units::Utf8),
        }
    }

    /// Returns the place of the payload in an entry at `start`, after `bytes`.
    pub(crate) fn end_from(self, start: Place, units: Units, bytes: &[u8]) -> Place {
        let (line, column) = match self.survey.breaks {
            0 => (start.line, start.column + self.end.column - 1),
            breaks => (start.line + breaks as u64, self.end.column),
        };
        Place {
            line,
            column,
            offset: start.offset + units.len(bytes),
        }
    }
}
