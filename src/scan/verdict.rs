//! Turns the result of a read into a payload that was found: whole, or broken and with a place.

use crate::fast::template::Extent;
use crate::finding::{Finding, Reason};
use crate::scan::lookahead::{Lookahead, Settled};
use crate::scan::{Found, FoundKind, Parts, Read, Scanner};
use crate::simd::Lines;
use crate::span::Span;
use crate::syntax::{Bytes, Stop, Syntax, earliest, not_utf8};

impl Scanner {
    /// Returns the part of `document` that may be read within the size limit. At the limit it is not known whether more
    /// bytes follow.
    pub(super) fn limited<'a>(&self, document: &'a [u8], last: bool) -> Bytes<'a> {
        let all = self.within_limit(document);
        Bytes {
            all,
            last: last && all.len() < self.limits.payload_size,
        }
    }

    /// Returns as many bytes of `document` as a payload may have.
    pub(super) fn within_limit<'a>(&self, document: &'a [u8]) -> &'a [u8] {
        &document[..document.len().min(self.limits.payload_size)]
    }

    /// Checks the result of a read for UTF-8 and the size limit.
    pub(super) fn verdict<'b>(
        &self,
        read: Result<usize, Stop>,
        bytes: Bytes<'b>,
    ) -> Settled<Read<'b>> {
        let verdict = match read {
            Ok(len) => match std::str::from_utf8(&bytes.all[..len]) {
                Ok(text) => Read::Whole(text),
                Err(error) => Read::Broken(not_utf8(bytes.all, error.valid_up_to())),
            },
            Err(Stop::More) if bytes.all.len() < self.limits.payload_size => return None,
            Err(Stop::More) => Read::Broken(self.too_large()),
            Err(Stop::Broken(finding)) => Read::Broken(earliest(finding, bytes.all)),
        };
        Some(verdict)
    }

    /// Returns the finding for a document of which more than the size limit was read.
    pub(super) fn too_large(&self) -> Finding {
        let finding = Finding::new(Reason::TooLarge, Span::new(0, 1));
        finding.with(self.limits.payload_size.to_string())
    }

    /// Ends the well-formed payload `text` at the cursor.
    pub(super) fn whole<'b>(
        &mut self,
        buffer: &'b [u8],
        text: &'b str,
        syntax: Syntax,
    ) -> Found<'b> {
        Found {
            text: Some(text),
            ..self.ended(buffer, text.len(), syntax)
        }
    }

    /// Returns a broken document of which `shown` bytes are shown. The caller sets the state.
    pub(super) fn broken<'b>(
        &mut self,
        finding: Finding,
        buffer: &'b [u8],
        shown: usize,
        syntax: Syntax,
        parts: &mut Parts,
    ) -> Found<'b> {
        parts.findings.only(finding);
        self.noise.interrupt();
        let start = self.pos();
        let kind = FoundKind::Broken;
        Found {
            kind,
            ..Found::at(start..start + shown, self.cursor.place(buffer), syntax)
        }
    }

    /// Ends a payload of `len` bytes at the cursor.
    pub(super) fn ended<'b>(&mut self, buffer: &'b [u8], len: usize, syntax: Syntax) -> Found<'b> {
        let lines = Lines::of(&buffer[self.pos()..self.pos() + len]);
        self.end_of_extent(buffer, Extent { syntax, len, lines })
    }

    /// Ends a payload that takes up `extent`.
    #[inline(always)]
    pub(super) fn end_of_extent<'b>(&mut self, buffer: &'b [u8], extent: Extent) -> Found<'b> {
        let (start, place) = (self.pos(), self.cursor.place(buffer));
        self.pass_payload(buffer, extent);
        Found::at(start..start + extent.len, place, extent.syntax)
    }
}

/// Returns the end of the part of a broken document that is shown: the end of the line on which it broke, if near.
pub(super) fn shown_end(document: Lookahead<'_>, finding: &Finding) -> usize {
    const LONGEST_SHOWN: usize = 160;
    let at = (finding.span().end as usize).min(document.len());
    let rest = document.from(at).window(LONGEST_SHOWN);
    at + rest.line_end()
}

/// Returns the text of `bytes` before the first byte that is not UTF-8.
pub(super) fn valid_text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    }
}
