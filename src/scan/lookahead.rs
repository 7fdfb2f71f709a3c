//! Makes results independent of where the buffer ends.
//!
//! Code that reads ahead treats the bytes that have arrived as all there are. It reads them through a [`Lookahead`],
//! which notes when the end was reached. Before the scanner uses an answer, it calls [`Arrived::settled`]. If the end
//! was reached and more bytes may come, the scanner discards the answer, changes nothing, and waits.
//!
//! Look no further than necessary, because a live stream waits too. A decision that needs a few bytes takes a
//! [`Lookahead::window`]; the end of a full window is not noted.

use std::cell::Cell;

use crate::simd::skip_space;

/// The most bytes that are looked through for the one thing that decides about a document: the end of a literal, the
/// end tag, a mark. A thing farther away does not decide.
pub(super) const FARTHEST: usize = 1 << 16;

/// An answer, or `None` if more bytes are needed. The scanner then waits and asks again. (`None` of a plain `Option` is an
/// answer: not found.)
pub(super) type Settled<T> = Option<T>;

/// The bytes of a capture that have arrived.
#[derive(Debug)]
pub(super) struct Arrived<'b> {
    pub(super) bytes: &'b [u8],
    /// True if no bytes follow.
    pub(super) is_final: bool,
    /// True if more bytes may change an answer.
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

    /// Returns the bytes from `at` on.
    pub(super) fn from(&self, at: usize) -> Lookahead<'_> {
        Lookahead {
            bytes: self.bytes.get(at..).unwrap_or_default(),
            is_open: (!self.is_final).then_some(&self.is_open),
        }
    }

    /// Returns `None` if more bytes may change an answer.
    pub(super) fn settled(&self) -> Settled<()> {
        (!self.is_open.get()).then_some(())
    }
}

/// The bytes that have arrived from a position on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lookahead<'a> {
    bytes: &'a [u8],
    /// The flag to set when the end was reached, or `None` if no bytes follow.
    is_open: Option<&'a Cell<bool>>,
}

impl<'a> Lookahead<'a> {
    /// Makes a lookahead over bytes that nothing follows.
    pub(super) fn whole(bytes: &'a [u8]) -> Self {
        let is_open = None;
        Lookahead { bytes, is_open }
    }

    /// Returns all bytes, without noting the end.
    pub(super) fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    pub(super) fn len(self) -> usize {
        self.bytes.len()
    }

    /// Returns true if no bytes follow.
    pub(super) fn is_final(self) -> bool {
        self.is_open.is_none()
    }

    /// Returns the bytes from `at` on.
    pub(super) fn from(self, at: usize) -> Self {
        let bytes = self.bytes.get(at..).unwrap_or_default();
        Lookahead { bytes, ..self }
    }

    /// Returns the bytes from `at` on. Notes the end if the bytes before have not arrived.
    pub(super) fn past(self, at: usize) -> Option<Self> {
        self.first(at).map(|_| self.from(at))
    }

    /// Returns at most `len` bytes. If there are that many, the bytes after them do not matter.
    pub(super) fn window(self, len: usize) -> Self {
        match self.bytes.get(..len) {
            Some(bytes) => Lookahead::whole(bytes),
            None => self,
        }
    }

    /// Returns the bytes before `at`, or all if it is `None`.
    pub(super) fn until(self, at: Option<usize>) -> Self {
        at.map_or(self, |at| self.window(at))
    }

    /// Returns a lookahead over `text`, which was made from these bytes and continues if they do.
    pub(super) fn of<'t>(self, text: &'t [u8]) -> Lookahead<'t>
    where
        'a: 't,
    {
        Lookahead {
            bytes: text,
            is_open: self.is_open,
        }
    }

    /// Notes that more bytes may change the answer.
    pub(super) fn note_end(self) {
        if let Some(is_open) = self.is_open {
            is_open.set(true);
        }
    }

    /// Returns the byte at `at`. Notes the end if it has not arrived.
    pub(super) fn get(self, at: usize) -> Option<u8> {
        let byte = self.bytes.get(at).copied();
        if byte.is_none() {
            self.note_end();
        }
        byte
    }

    /// Returns true if the bytes begin with `text`. Notes the end if more bytes may complete it.
    pub(super) fn starts_with(self, text: &[u8]) -> bool {
        let is_cut = self.len() < text.len() && text.starts_with(self.bytes);
        if is_cut {
            self.note_end();
        }
        self.bytes.starts_with(text)
    }

    /// Returns the bytes before the first line break.
    pub(super) fn line(self) -> Self {
        match memchr::memchr(b'\n', self.bytes) {
            Some(len) => self.window(len),
            None => self,
        }
    }

    /// Returns the first `len` bytes. Notes the end if not all have arrived.
    pub(super) fn first(self, len: usize) -> Option<&'a [u8]> {
        let first = self.bytes.get(..len);
        if first.is_none() {
            self.note_end();
        }
        first
    }

    /// Returns the bytes after white space.
    pub(super) fn trim_start(self) -> Self {
        self.from(self.run(|byte| byte.is_ascii_whitespace()))
    }

    /// Returns the position of the first byte from `at` on that is not white space.
    pub(super) fn skip_space(self, at: usize) -> usize {
        let at = skip_space(self.bytes, at.min(self.len()));
        self.reach(at)
    }

    /// Returns the position of the first `byte`. Notes the end if there is none.
    pub(super) fn find(self, byte: u8) -> Option<usize> {
        let at = memchr::memchr(byte, self.bytes);
        at.or_else(|| self.missing())
    }

    /// Returns the number of bytes at the start for which `is_it` is true. Notes the end if they all are.
    pub(super) fn run(self, is_it: impl Fn(u8) -> bool) -> usize {
        self.position(|byte| !is_it(byte)).unwrap_or(self.len())
    }

    /// Returns the length of the first line, without its break. Notes the end if there is no break.
    pub(super) fn line_end(self) -> usize {
        self.find(b'\n').unwrap_or(self.len())
    }

    /// Returns the length of the first line, with its break. Notes the end if there is no break.
    pub(super) fn line_len(self) -> usize {
        self.find(b'\n').map_or(self.len(), |at| at + 1)
    }

    /// Returns the position of the first `text`. Notes the end if there is none.
    pub(super) fn find_text(self, text: &[u8]) -> Option<usize> {
        let at = memchr::memmem::find(self.bytes, text);
        at.or_else(|| self.missing())
    }

    /// Returns the position of the first byte for which `is_it` is true. Notes the end if there is none.
    pub(super) fn position(self, is_it: impl Fn(u8) -> bool) -> Option<usize> {
        let at = self.bytes.iter().position(|&byte| is_it(byte));
        at.or_else(|| self.missing())
    }

    /// Returns true if the bytes begin with `text`, in upper or lower case.
    pub(super) fn begins(self, text: &[u8]) -> bool {
        let len = text.len().min(self.len());
        let is_like = self.bytes[..len].eq_ignore_ascii_case(&text[..len]);
        if is_like && len < text.len() {
            self.note_end();
        }
        is_like && len == text.len()
    }

    /// Returns `at`. Notes the end if `at` is the end.
    fn reach(self, at: usize) -> usize {
        if at == self.len() {
            self.note_end();
        }
        at
    }

    /// Returns `None`. Notes the end, because what was searched for may still arrive.
    fn missing(self) -> Option<usize> {
        self.note_end();
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns true if the result of `look` is settled while more bytes may come.
    fn is_settled(bytes: &[u8], look: impl Fn(Lookahead<'_>)) -> bool {
        let whole = Arrived::new(bytes, true);
        look(whole.from(0));
        assert_eq!(whole.settled(), Some(()), "nothing follows");
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
