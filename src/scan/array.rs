//! JSON arrays around payloads: each entry is a document of its own.

use crate::finding::{Finding, Reason};
use crate::scan::start::Start;
use crate::scan::{Found, FoundKind, Parts, Scanner, found};
use crate::simd::skip_space;
use crate::span::Span;
use crate::syntax::{Syntax, describe, json};

/// A JSON array around payloads.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Array {
    /// It began on a line of its own, and holds a payload: then it is worth a word if it breaks.
    pub(super) bare: bool,
    pub(super) payloads: bool,
    /// A comma stands before the cursor, so an entry must come.
    pub(super) comma: bool,
    pub(super) before_first: bool,
}

impl Scanner {
    pub(super) fn seek_in_array<'b>(
        &mut self,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let mut array = self.array.take()?;
        let next = skip_space(buffer, self.pos());
        self.bare |= buffer[self.pos()..next].contains(&b'\n');
        self.advance(buffer, next);
        let expects_entry = array.before_first || array.comma;
        match buffer.get(next) {
            None if !last => self.array = Some(array),
            None if array.bare && array.payloads => {
                return Some(self.remark(Reason::ArrayCutOff, buffer, 0, parts));
            }
            None => {}
            Some(b'{') if expects_entry => {
                (array.comma, array.before_first) = (false, false);
                self.array = Some(array);
                self.begin(Start::Json, buffer);
            }
            Some(b',') if !expects_entry => {
                array.comma = true;
                self.array = Some(array);
                self.advance(buffer, next + 1);
            }
            Some(b']') => {
                let remark =
                    (array.comma && array.payloads).then(|| self.trailing_comma(buffer, parts));
                self.advance(buffer, next + 1);
                return remark;
            }
            Some(b'/') => return self.comment_in_array(array, buffer, last, parts),
            // A whole character, to name it.
            Some(_) if !last && buffer.len() - next < 4 => self.array = Some(array),
            Some(_) if array.bare && array.payloads => {
                return Some(self.remark(Reason::ArrayBroken, buffer, 1, parts));
            }
            Some(_) => return self.seek_start(buffer, last, parts),
        }
        None
    }

    /// A comment between entries is tolerated as inside of them.
    pub(super) fn comment_in_array<'b>(
        &mut self,
        array: Array,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let rest = &buffer[self.pos()..];
        match json::comment_len(rest) {
            Ok(Some(len)) => {
                self.array = Some(array);
                parts
                    .findings
                    .only(Finding::new(Reason::Comment, Span::new(0, len)));
                let range = self.pos()..self.pos() + len;
                let place = self.cursor.place(buffer);
                self.advance(buffer, range.end);
                Some(Found {
                    kind: FoundKind::Remark,
                    ..found(range, place, Syntax::Json)
                })
            }
            Ok(None) if !last => {
                self.array = Some(array);
                None
            }
            _ => self.seek_start(buffer, last, parts),
        }
    }

    /// Something about the array around payloads, at `pos`.
    pub(super) fn remark<'b>(
        &mut self,
        reason: Reason,
        buffer: &'b [u8],
        len: usize,
        parts: &mut Parts,
    ) -> Found<'b> {
        let rest = &buffer[self.pos()..];
        parts
            .findings
            .only(Finding::new(reason, Span::new(0, len)).with(describe(rest)));
        let line = rest.iter().take(160).take_while(|&&b| b != b'\n').count();
        let range = self.pos()..self.pos() + line.min(len.max(1)).min(rest.len());
        Found {
            kind: FoundKind::Broken,
            ..found(range, self.cursor.place(buffer), Syntax::Json)
        }
    }

    /// The array around payloads ends behind a comma.
    pub(super) fn trailing_comma<'b>(&mut self, buffer: &'b [u8], parts: &mut Parts) -> Found<'b> {
        parts
            .findings
            .only(Finding::new(Reason::CommaBeforeEnd, Span::new(0, 1)).with("]"));
        let at = self.pos();
        Found {
            kind: FoundKind::Remark,
            ..found(at..at + 1, self.cursor.place(buffer), Syntax::Json)
        }
    }
}
