//! Log entries that hold one escaped payload and differ from an earlier entry only in digits and in the payload's values.
//!
//! A JSON logger writes the body of a request as a text among others. What was found in one entry is found in all of its
//! template: a payload of one template, at one place, behind the same escapes.

use std::ops::Range;

use crate::fast::patch::Patched;
use crate::fast::template::TemplateId;
use crate::simd::{Lines, Survey};
use crate::span::{Place, Units};
use crate::syntax::Syntax;

/// What is remembered about the entries of a template. Places are counted from the start of an entry.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Only white space stands before it on its line.
    pub(crate) is_bare: bool,
    pub(crate) len: usize,
    pub(crate) before: Before,
    /// Where the escaped payload stands, and its lines.
    pub(crate) text: Range<usize>,
    pub(crate) lines: Lines,
    /// The template of the payload, and its text, for which some bytes are copied from the escaped payload.
    pub(crate) payload: TemplateId,
    pub(crate) syntax: Syntax,
    pub(crate) unescaped: Patched,
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
