//! Reads what stands before the root: a declaration, comments, instructions, and a DOCTYPE, which is refused.
//!
//! Captures also hold documents that are not WeChat's. An error in the prolog is therefore kept until the root shows
//! that the document is WeChat's, and a malformed token is skipped if its end is near.

use super::check::{LONGEST_PROLOG, Markup};
use super::{Document, LONGEST_DECLARATION, Reader, is_doctype, is_root_name};
use crate::finding::{Finding, Reason};
use crate::simd::skip_space;
use crate::span::Span;
use crate::syntax::Stop;

/// The number of bytes that always suffice to tell what begins.
const ENOUGH: usize = b"<!DOCTYPE".len();

impl Reader {
    /// Moves to the start tag of the root.
    pub(super) fn prolog(&mut self, d: &Document<'_, '_>) -> Result<(), Stop> {
        let markup = d.markup();
        loop {
            self.at = skip_space(d.bytes.all, self.at);
            let rest = d.bytes.from(self.at);
            self.at = match rest {
                [b'<', b'!', b'-', b'-', ..] => {
                    let end = markup.comment(self.at);
                    self.past_fault(end, markup, b"-->")?
                }
                [b'<', b'!', ..] if is_doctype(rest) => self.doctype(markup)?,
                [b'<', b'?', ..] => {
                    let end = markup.instruction(self.at, self.at == 0);
                    self.past_fault(end, markup, b"?>")?
                }
                [b'<', first, ..] if *first != b'!' => return self.root(d),
                _ if rest.len() < ENOUGH && !d.bytes.last => return Err(Stop::More),
                _ => return Err(d.bytes.broken(self.at, Reason::BadMarkup)),
            };
        }
    }

    /// Remembers a DOCTYPE as an error and returns its end.
    fn doctype(&mut self, markup: Markup<'_>) -> Result<usize, Stop> {
        let end = markup.doctype(self.at)?;
        let span = Span::new(self.at, end);
        self.fault
            .get_or_insert_with(|| Finding::new(Reason::Doctype, span));
        Ok(end)
    }

    /// Refuses a root that is not WeChat's.
    fn root(&self, d: &Document<'_, '_>) -> Result<(), Stop> {
        let (markup, name) = (d.markup(), self.at + 1);
        let end = markup.name(name)?;
        let is_ours = match self.begins_message {
            _ if is_root_name(&markup.0.all[name..end]) => true,
            Some(begins_message) => is_around(d, end, begins_message)?,
            None => false,
        };
        match is_ours {
            true => Ok(()),
            false => Err(markup.0.broken(self.at, Reason::ExpectedName)),
        }
    }

    /// Returns the end of a token. Remembers an error in it and skips it, if its `end` is near.
    fn past_fault(
        &mut self,
        read: Result<usize, Stop>,
        markup: Markup<'_>,
        end: &[u8],
    ) -> Result<usize, Stop> {
        let Err(Stop::Broken(finding)) = read else {
            return read;
        };
        if finding.reason() == Reason::LateDeclaration {
            // A declaration on a line of its own begins another document.
            if markup.0.all[self.first_line..self.at].contains(&b'\n') {
                return Err(Stop::Broken(finding));
            }
            self.first_line = self.at;
        }
        let rest = markup.0.from(self.at);
        let window = &rest[..rest.len().min(LONGEST_PROLOG)];
        let close = memchr::memmem::find(window, end).map(|len| len + end.len());
        // Perhaps only the second `?` of a declaration is missing.
        let bracket = memchr::memchr(b'>', window)
            .filter(|_| end == b"?>")
            .map(|len| len + 1);
        match close.or(bracket) {
            _ if close.is_none() && window.len() < LONGEST_PROLOG && !markup.0.last => {
                Err(Stop::More)
            }
            // A declaration with a `<` in it was cut off, and other text has begun.
            Some(len) if !(end == b"?>" && window[1..len].contains(&b'<')) => {
                self.fault.get_or_insert(finding);
                Ok(self.at + len)
            }
            _ => Err(Stop::Broken(finding)),
        }
    }
}

/// Returns true if the first element in the root whose name ends at `name_end` has a name that `is_it`.
fn is_around(d: &Document<'_, '_>, name_end: usize, is_it: fn(&str) -> bool) -> Result<bool, Stop> {
    let rest = d.bytes.from(name_end);
    let window = &rest[..rest.len().min(LONGEST_DECLARATION)];
    match memchr::memchr2(b'>', b'<', window) {
        None if window.len() < LONGEST_DECLARATION && !d.bytes.last => Err(Stop::More),
        Some(len) if window[len] == b'>' => d.begins_element(name_end + len + 1, is_it),
        _ => Ok(false),
    }
}
