//! Reads objects that programs print: a Python dict, a Java map, PHP's `print_r`, YAML.
//!
//! Developers often keep a callback as their program printed it after decoding. [`at`] recognises the notation by its
//! first bytes, and [`read`] fills a [`Tree`] as the reader of JSON does. It knows nothing of WeChat: which names belong
//! to a message's header, and which hold what users typed, comes in as functions.
//!
//! Where a notation has no quotes, a text can look like members and brackets. There a member begins wherever an
//! identifier and the notation's bind follow a separator; an object with a member that users fill is not read at all.
//!
//! Adding a notation: a row in [`table`]; how it is recognised in [`begin`] if a word before the bracket does not tell;
//! cases of it in `tests/notations`.

mod begin;
mod build;
mod lines;
mod open;
mod pattern;
mod quoted;
mod reader;
mod table;
mod typed;
mod yaml;

#[cfg(test)]
mod tests;

pub(crate) use begin::{at, relaxed};
pub(crate) use pattern::colour_len;
pub(crate) use table::{Notation, YAML};
pub(crate) use yaml::{read_yaml, yaml_at};

use crate::finding::{Finding, Reason};
use crate::span::Span;
use crate::syntax::{Bytes, Limits, Private, Stop, Syntax, Tree};
use reader::Reader;

/// What names mean to the caller.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Users {
    pub(crate) private: Private,
    /// The number of bytes in which no name of a header stands, as an earlier reading found.
    pub(crate) headerless: usize,
}

impl Users {
    /// No name means anything.
    pub(crate) const NONE: Users = Users {
        private: Private {
            is_header: |_| false,
            is_typed: |_| false,
            is_typed_exactly: |_| false,
        },
        headerless: 0,
    };
}

/// A printed object that was read to its end.
#[derive(Debug)]
pub(crate) struct Printed {
    pub(crate) len: usize,
    /// Why the object is not whole: something was left out, a count is wrong, or a name is given twice.
    pub(crate) missing: Option<Finding>,
    /// That it holds what a user typed, if texts stand as they are or the length of one is wrong. Then none of its members
    /// can be trusted.
    pub(crate) typed: Option<Finding>,
    /// See [`Users::headerless`].
    pub(crate) headerless: usize,
}

impl Notation {
    /// Returns true if an object takes up one line, because texts have no quotes and could be anything.
    pub(crate) fn is_one_line(&self) -> bool {
        self.values == table::Values::UpToMember
    }

    /// Returns true if texts stand as they are, so that one can look like members and brackets.
    pub(crate) fn is_open(&self) -> bool {
        self.values.are_open() || self.quotes.contains(&(b'"', table::Escapes::Nothing))
    }

    /// Returns true if a line break in a text stays one.
    pub(crate) fn keeps_breaks(&self) -> bool {
        let mut escapes = self.quotes.iter().map(|(_, escapes)| *escapes);
        let is_quoted = self.values == table::Values::Quoted;
        !is_quoted || escapes.any(|escapes| escapes != table::Escapes::Backslash)
    }

    /// Makes the finding that the object at `span` is printed, not sent.
    pub(crate) fn printed(&self, span: Span) -> Finding {
        Finding::new(Reason::Printed, span).with_words(self.name)
    }

    /// Makes the finding that an object is cut off at `span`.
    pub(crate) fn cut_off(&self, span: Span) -> Finding {
        Finding::new(Reason::PrintedCutOff, span).with_words(self.name)
    }
}

/// Reads the printed object with which `bytes` begin into `tree`.
///
/// # Errors
///
/// [`Stop::Broken`] if it is not written as the notation asks, exceeds a limit, or holds what a user typed and nothing
/// shows where that ends ([`Reason::PrintedTyped`]): then nothing that follows in the log entry can be trusted.
/// [`Stop::More`] if the bytes end too early and more may come.
pub(crate) fn read(
    notation: &'static Notation,
    bytes: Bytes<'_>,
    users: Users,
    tree: &mut Tree,
    limits: &Limits,
) -> Result<Printed, Stop> {
    tree.clear(Syntax::Json);
    Reader::new(notation, bytes, users, tree, limits).read()
}
