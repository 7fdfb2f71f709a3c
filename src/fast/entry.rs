//! Log entries that hold one escaped payload and differ from an earlier entry only in digits and in the payload's values.
//!
//! A JSON logger writes the body of a request as a text among others. What was found in one entry is found in all of its
//! template: a payload of one template, at one place, behind the same escapes.

use crate::fast::patch::Patched;
use crate::fast::template::TemplateId;
use crate::simd::{Lines, Survey};
use crate::span::{Place, Span, Units};
use crate::syntax::Syntax;

/// What is remembered about the entries of a template.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Only white space stands before it on its line.
    pub(crate) is_bare: bool,
    pub(crate) layout: Layout,
    /// The text of the payload; what varies is copied from the escaped payload.
    pub(crate) unescaped: Patched,
}

/// Where the payload of an entry stands. Places are counted from the start of the entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) len: usize,
    pub(crate) before: Before,
    /// The escaped payload, and its lines.
    pub(crate) text: Span,
    pub(crate) lines: Lines,
    pub(crate) payload: TemplateId,
    pub(crate) syntax: Syntax,
}

/// What stands before the payload in an entry. It varies only in digits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    pub(crate) survey: Survey,
    /// Where the payload stands, if the entry stands at the default place.
    end: Place,
}

impl Before {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Before {
            survey: Survey::of(bytes),
            end: Place::default().after(bytes, Units::Utf8),
        }
    }

    /// Where the payload stands in an entry at `start`, in which `bytes` stand before it.
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
