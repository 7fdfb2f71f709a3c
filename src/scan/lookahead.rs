//! May the buffer end here? The question is answered in this file.
//!
//! Whoever reads ahead answers as if nothing came behind the bytes that have arrived, and reads them through a
//! [`Lookahead`], which notes that its end was reached. Before the scanner acts on an answer it asks
//! [`Arrived::settled`]. If the end was reached and more bytes may come, the answer is thrown away, nothing has changed,
//! and the scanner waits.
//!
//! Keep decisions short: one that needs a few bytes takes a [`Lookahead::window`], and a full window has no end to note.
//! A reader that looks no further than it must keeps a live pipe live.

use std::cell::Cell;

use crate::simd::skip_space;

/// The bytes of a capture that have arrived.
#[derive(Debug)]
pub(super) struct Arrived<'b> {
    pub(super) bytes: &'b [u8],
    /// Nothing comes behind them.
    pub(super) is_final: bool,
    /// An answer may be another with more bytes.
    is_open: Cell<bool>,
}

impl<'b> Arrived<'b> {
    pub(super) fn new(bytes: &'b [u8], is_final: bool) -> Self {
        let is_open = Cell::new(false);
        Arrived {
            bytes,
            is_final,
            is_open,
        }
    }

    /// The bytes from `at` on.
    pub(super) fn from(&self, at: usize) -> Lookahead<'_> {
        Lookahead {
            bytes: self.bytes.get(at..).unwrap_or_default(),
            is_open: (!self.is_final).then_some(&self.is_open),
        }
    }

    /// `None` if an answer may be another with more bytes.
    pub(super) fn settled(&self) -> Option<()> {
        (!self.is_open.get()).then_some(())
    }
}

/// The bytes from a place on, as far as they have arrived.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lookahead<'a> {
    bytes: &'a [u8],
    /// Where to note that the end was reached, unless nothing comes behind it.
    is_open: Option<&'a Cell<bool>>,
}

impl<'a> Lookahead<'a> {
    /// Bytes behind which nothing comes.
    pub(super) fn whole(bytes: &'a [u8]) -> Self {
        let is_open = None;
        Lookahead { bytes, is_open }
    }

    /// All bytes, for readers that never need more.
    pub(super) fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    pub(super) fn len(self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing comes behind the bytes.
    pub(super) fn is_final(self) -> bool {
        self.is_open.is_none()
    }

    /// The bytes from `at` on.
    pub(super) fn from(self, at: usize) -> Self {
        let bytes = self.bytes.get(at..).unwrap_or_default();
        Lookahead { bytes, ..self }
    }

    /// At most `len` bytes. What comes behind so many does not matter.
    pub(super) fn window(self, len: usize) -> Self {
        match self.bytes.get(..len) {
            Some(bytes) => Lookahead::whole(bytes),
            None => self,
        }
    }

    /// A text made of these bytes, which goes on where they go on.
    pub(super) fn of<'t>(self, text: &'t [u8]) -> Lookahead<'t>
    where
        'a: 't,
    {
        Lookahead {
            bytes: text,
            is_open: self.is_open,
        }
    }

    /// Notes that the answer may be another with more bytes.
    pub(super) fn note_end(self) {
        if let Some(is_open) = self.is_open {
            is_open.set(true);
        }
    }

    /// The byte at `at`; notes the end if it has not arrived.
    pub(super) fn get(self, at: usize) -> Option<u8> {
        let byte = self.bytes.get(at).copied();
        if byte.is_none() {
            self.note_end();
        }
        byte
    }

    /// Whether the bytes begin with `text`.
    pub(super) fn starts_with(self, text: &[u8]) -> bool {
        let is_cut = self.len() < text.len() && text.starts_with(self.bytes);
        if is_cut {
            self.note_end();
        }
        self.bytes.starts_with(text)
    }

    /// The bytes up to the first line break.
    pub(super) fn line(self) -> Self {
        match memchr::memchr(b'\n', self.bytes) {
            Some(len) => self.window(len),
            None => self,
        }
    }

    /// The first `len` bytes; notes the end if not all have arrived.
    pub(super) fn first(self, len: usize) -> Option<&'a [u8]> {
        let first = self.bytes.get(..len);
        if first.is_none() {
            self.note_end();
        }
        first
    }

    /// The bytes behind white space.
    pub(super) fn trim_start(self) -> Self {
        let start = self.position(|byte| !byte.is_ascii_whitespace());
        self.from(start.unwrap_or(self.len()))
    }

    /// The first byte at or behind `at` that is no white space.
    pub(super) fn skip_space(self, at: usize) -> usize {
        let at = skip_space(self.bytes, at.min(self.len()));
        self.reach(at)
    }

    /// Where `byte` stands first.
    pub(super) fn find(self, byte: u8) -> Option<usize> {
        let at = memchr::memchr(byte, self.bytes);
        at.or_else(|| self.missing())
    }

    /// Where `text` stands first.
    pub(super) fn find_text(self, text: &[u8]) -> Option<usize> {
        let at = memchr::memmem::find(self.bytes, text);
        at.or_else(|| self.missing())
    }

    /// Where the first byte stands that `is_it`.
    pub(super) fn position(self, is_it: impl Fn(u8) -> bool) -> Option<usize> {
        let at = self.bytes.iter().position(|&byte| is_it(byte));
        at.or_else(|| self.missing())
    }

    /// Whether the bytes begin with `text`, in capitals or not.
    pub(super) fn begins(self, text: &[u8]) -> bool {
        let len = text.len().min(self.len());
        let is_like = self.bytes[..len].eq_ignore_ascii_case(&text[..len]);
        if is_like && len < text.len() {
            self.note_end();
        }
        is_like && len == text.len()
    }

    /// Notes the end if `at` is there.
    fn reach(self, at: usize) -> usize {
        if at == self.len() {
            self.note_end();
        }
        at
    }

    fn missing(self) -> Option<usize> {
        self.note_end();
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether `look` is settled where the bytes may go on.
    fn is_settled(bytes: &[u8], look: impl Fn(Lookahead<'_>)) -> bool {
        let whole = Arrived::new(bytes, true);
        look(whole.from(0));
        assert_eq!(whole.settled(), Some(()), "nothing comes behind");
        let arrived = Arrived::new(bytes, false);
        look(arrived.from(0));
        arrived.settled().is_some()
    }

    #[test]
    fn looks_that_reach_the_end_are_noted() {
        assert!(is_settled(b"ab", |ahead| _ = ahead.get(1)));
        assert!(!is_settled(b"ab", |ahead| _ = ahead.get(2)));
        assert!(is_settled(b"ab", |ahead| _ = ahead.find(b'b')));
        assert!(!is_settled(b"ab", |ahead| _ = ahead.find(b'c')));
        assert!(is_settled(b"ab", |ahead| _ = ahead.begins(b"AB")));
        assert!(is_settled(b"ab", |ahead| _ = ahead.begins(b"xyz")));
        assert!(!is_settled(b"ab", |ahead| _ = ahead.begins(b"abc")));
        assert!(is_settled(b" a", |ahead| _ = ahead.skip_space(0)));
        assert!(!is_settled(b"  ", |ahead| _ = ahead.skip_space(0)));
    }

    #[test]
    fn a_full_window_has_no_end() {
        assert!(is_settled(b"abc", |ahead| _ = ahead.window(3).find(b'x')));
        assert!(!is_settled(b"abc", |ahead| _ = ahead.window(4).find(b'x')));
        let text = |ahead: Lookahead<'_>| _ = ahead.from(9).of(b"a").get(1);
        assert!(!is_settled(b"abc", text));
    }
}
