//! Reads JSON arrays of payloads. Each entry is a document.

use crate::finding::{Finding, Reason};
use crate::scan::lookahead::{Arrived, Lookahead};
use crate::scan::{Found, FoundKind, Parts, Scanner};
use crate::simd::skip_space;
use crate::span::Span;
use crate::syntax::{Syntax, describe, json};

/// The array around the cursor.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Array {
    /// True if the array began bare; see [`Scanner`]. A defect of such an array is reported if it has payloads.
    pub(super) bare: bool,
    pub(super) payloads: bool,
    pub(super) after: After,
    /// The number of bytes at the cursor in which a comment was found not to end.
    pub(super) unended: usize,
}

/// What stands before the cursor in an array. An entry follows a bracket or a comma.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum After {
    #[default]
    Bracket,
    Entry,
    Comma,
}

impl Scanner {
    /// Seeks the next entry of `array`.
    pub(super) fn seek_in_array<'b>(
        &mut self,
        mut array: Array,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let buffer = arrived.bytes;
        let next = skip_space(buffer, self.pos());
        self.bare |= buffer[self.pos()..next].contains(&b'\n');
        self.advance(buffer, next);
        let first = self.next_in_array(&mut array, arrived.from(next));
        self.array = Some(array);
        arrived.settled()?;
        let expects_entry = array.after != After::Entry;
        self.array = None;
        match first {
            Some(b'{') if expects_entry => {
                array.after = After::Entry;
                self.array = Some(array);
                self.lead.clear();
                self.begin_document(Syntax::Json);
                None
            }
            Some(b',') if !expects_entry => {
                array.after = After::Comma;
                self.array = Some(array);
                self.advance(buffer, next + 1);
                None
            }
            Some(b']') => {
                let has_comma = array.after == After::Comma && array.payloads;
                let remark = has_comma.then(|| self.trailing_comma(buffer, parts));
                self.advance(buffer, next + 1);
                remark
            }
            Some(b'/') => self.comment_in_array(array, arrived, parts),
            None if array.bare && array.payloads => {
                Some(self.remark(Reason::ArrayCutOff, buffer, 0, parts))
            }
            None => None,
            Some(_) if array.bare && array.payloads => {
                Some(self.remark(Reason::ArrayBroken, buffer, 1, parts))
            }
            // The next step seeks a start. In nested text it may see less.
            Some(_) => None,
        }
    }

    /// Reports a comment between entries, as readers report comments inside of them.
    fn comment_in_array<'b>(
        &mut self,
        mut array: Array,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let buffer = arrived.bytes;
        let rest = self.within_limit(&buffer[self.pos()..]);
        let comment = self.comment_len(rest, array.unended);
        let Ok(Some(len)) = comment else {
            if comment.is_ok() {
                self.tried
                    .long_comments
                    .note(self.cursor.offset(), rest.len());
            }
            return None;
        };
        if self
            .document_start(Lookahead::whole(&rest[..len]))
            .is_some()
        {
            // The payload in it is found as any other, and so are the entries behind it.
            self.pass(buffer, self.pos() + 1);
            return None;
        }
        array.unended = 0;
        self.array = Some(array);
        let comment = Finding::new(Reason::Comment, Span::new(0, len));
        parts.findings.only(comment);
        let range = self.pos()..self.pos() + len;
        let place = self.cursor.place(buffer);
        self.advance(buffer, range.end);
        Some(Found {
            kind: FoundKind::Remark,
            ..Found::at(range, place, Syntax::Json)
        })
    }

    /// Reports a defect of the array at the cursor.
    fn remark<'b>(
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
            ..Found::at(range, self.cursor.place(buffer), Syntax::Json)
        }
    }

    /// Reports a comma before the end of the array.
    fn trailing_comma<'b>(&mut self, buffer: &'b [u8], parts: &mut Parts) -> Found<'b> {
        parts
            .findings
            .only(Finding::new(Reason::CommaBeforeEnd, Span::new(0, 1)).with("]"));
        let at = self.pos();
        Found {
            kind: FoundKind::Remark,
            ..Found::at(at..at + 1, self.cursor.place(buffer), Syntax::Json)
        }
    }

    /// Returns the next byte in an array. Notes the end if more bytes are needed to see the end of a comment, or all of
    /// a character that a finding will name.
    fn next_in_array(&self, array: &mut Array, ahead: Lookahead<'_>) -> Option<u8> {
        const LONGEST_CHARACTER: usize = 4;
        let next = ahead.get(0)?;
        let rest = self.within_limit(ahead.bytes());
        match next {
            b'/' if self.comment_len(rest, array.unended) == Ok(None) => {
                array.unended = rest.len();
                _ = ahead.first(self.limits.payload_size);
            }
            0x80.. => _ = ahead.first(LONGEST_CHARACTER),
            _ => {}
        }
        Some(next)
    }

    /// Returns the length of the comment that begins with the `/` of `rest`, as [`json::comment_len`] does. It does not
    /// end in the first `unended` bytes.
    fn comment_len(&self, rest: &[u8], unended: usize) -> Result<Option<usize>, ()> {
        match self.reads_long_comments() {
            // The `*` of the end may have arrived without its `/`.
            true => json::comment_len(rest, unended.saturating_sub(1)),
            false => json::short_comment_len(rest),
        }
    }
}
