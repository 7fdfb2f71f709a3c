//! Keeps unescaped text that was not read. Nested text of unknown length ends with its first payload. The next nested
//! text often begins in the text that was unescaped after that payload. Where broken payloads stand close together,
//! unescaping it again for each of them would take most of the time.

use crate::scan::Scanner;
use crate::scan::escape::Escape;
use crate::scan::lookahead::Lookahead;
use crate::scan::nested::{Clue, Nested, NestedEnd};

/// The text that is left of nested text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    /// The position of the outer cursor, in the text and in bytes from the start of the outer scanner's text.
    outer_at: usize,
    raw_at: usize,
    /// The escaping there, and after the unescaped bytes.
    escape: Escape,
    end_escape: Escape,
    unescaped: usize,
    end: NestedEnd,
    /// The position of the text from the start of the inner scanner's text.
    inner_at: usize,
}

impl Kept {
    /// The most bytes of text that are kept: they are moved for each payload.
    const LONGEST: usize = 2 * Nested::MOST_AT_ONCE;

    /// Returns this text in an outer text that begins `len` bytes further on.
    fn from(self, len: usize) -> Option<Self> {
        let raw_at = self.raw_at.checked_sub(len)?;
        Some(Kept { raw_at, ..self })
    }

    /// Returns true if no terminator of text that ends at `end` and begins `len` bytes further on was passed over.
    fn fits(&self, len: usize, end: NestedEnd) -> bool {
        match (self.end, end) {
            (
                NestedEnd::Terminator { of, from },
                NestedEnd::Terminator {
                    of: next_of,
                    from: next_from,
                },
            ) => of == next_of && from <= len + next_from,
            _ => false,
        }
    }

    /// Returns the length of the text of the first `len` bytes of `raw`, if `escape` is the escaping after them.
    fn text_len(&self, raw: &[u8], len: usize, escape: Escape) -> Option<usize> {
        let (mut own, mut at, mut text) = (self.escape, 0, 0);
        while at < len {
            let piece = own.piece(Lookahead::whole(&raw[at..])).up_to(len - at);
            at += piece.raw_len()?;
            text += piece.text_len();
        }
        (at == len && own == escape).then_some(text)
    }
}

impl Nested {
    /// Keeps the text for nested text that begins later. The outer cursor is at `raw_at` in its text.
    pub(super) fn keep(&mut self, raw_at: usize) {
        let is_short = self.text.len() - self.outer_at <= Kept::LONGEST;
        // After a false clue the cursor is at the name, of which the position in the text is not known.
        let is_known = self.clue != Some(Clue::Passed);
        let has_more = is_short && is_known && self.begun && !self.ended && self.is_inline();
        self.kept = has_more.then_some(Kept {
            outer_at: self.outer_at,
            raw_at,
            escape: self.outer_escape,
            end_escape: self.end_escape,
            unescaped: self.unescaped,
            end: self.end,
            inner_at: self.scanner.dropped,
        });
    }

    /// Begins with the text that was kept, if it is the text that begins at `pos` in `buffer`, which lost `dropped` bytes.
    pub(super) fn take_up_kept(&mut self, buffer: &[u8], dropped: usize, pos: usize) {
        let Some(kept) = self.kept.take() else { return };
        let text_at = self.text_at_in(kept, buffer, dropped, pos);
        let Some((len, text_at)) = text_at else {
            self.text.clear();
            self.scanner.forget_kept();
            return;
        };
        self.text.drain(..text_at);
        self.scanner.move_kept(kept.inner_at + text_at);
        (self.unescaped, self.end_escape) = (kept.unescaped - len, kept.end_escape);
        self.begun = true;
    }

    /// Returns the number of raw bytes behind which the nested text begins in the text that was `kept`, and its position
    /// there.
    fn text_at_in(
        &self,
        kept: Kept,
        buffer: &[u8],
        dropped: usize,
        pos: usize,
    ) -> Option<(usize, usize)> {
        let len = (dropped + pos).checked_sub(kept.raw_at)?;
        let raw = buffer.get(pos.checked_sub(len)?..)?.get(..kept.unescaped)?;
        if len >= kept.unescaped || !kept.fits(len, self.end) {
            return None;
        }
        let text = kept.text_len(raw, len, self.outer_escape)?;
        Some((len, kept.outer_at + text))
    }
}

impl Scanner {
    /// Notes that this scanner's text is another one.
    pub(super) fn forget_kept(&mut self) {
        if let Some(nested) = &mut self.spare {
            nested.kept = None;
        }
    }

    /// Notes that this scanner's text begins `len` bytes further on.
    fn move_kept(&mut self, len: usize) {
        if let Some(nested) = &mut self.spare {
            nested.kept = nested.kept.take().and_then(|kept| kept.from(len));
        }
    }
}
