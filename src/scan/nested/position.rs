//! Positions in nested text, and how far they are in the raw bytes.

use crate::scan::escape::Escape;
use crate::scan::lookahead::Lookahead;
use crate::scan::nested::Nested;

/// A position in the raw bytes, counted from the outer cursor, and the same position in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    raw: usize,
    text: usize,
    /// The escaping there.
    escape: Escape,
}

impl Position {
    /// Moves over the rest of a log line after its text.
    fn pass_wrapping(&mut self, raw: &[u8]) {
        let rest = &raw[self.raw..];
        if self.escape.has_tail() && matches!(rest.first(), Some(b'"' | b']')) {
            let wrapping = self.escape.piece(Lookahead::whole(rest));
            self.raw += wrapping.raw_len().unwrap_or(0);
        }
    }
}

impl Nested {
    /// Returns the length in `raw` of the text up to a line end at `to`, with the wrapping around it.
    pub(super) fn line_len(&mut self, raw: &[u8], to: usize) -> usize {
        // In a container's log, lines of the other stream may have been unescaped, too.
        if self.is_inline() && to == self.text.len() {
            return self.unescaped;
        }
        let mut walk = self.walk_to(&raw[..self.unescaped], to);
        self.walked = Some(walk);
        walk.pass_wrapping(&raw[..self.unescaped]);
        walk.raw
    }

    /// Returns the result of [`Self::line_len`], and sets the escaping at the outer cursor to that at the line end.
    fn pass_line(&mut self, raw: &[u8], to: usize) -> usize {
        let mut walk = self.walk_to(&raw[..self.unescaped], to);
        walk.pass_wrapping(&raw[..self.unescaped]);
        self.outer_escape = walk.escape;
        walk.raw
    }

    /// Walks over `raw` to the position `to` in the text. Continues the latest walk, so that a long line is walked over
    /// once.
    fn walk_to(&self, raw: &[u8], to: usize) -> Position {
        let start = Position {
            raw: 0,
            text: self.outer_at,
            escape: self.outer_escape,
        };
        let walked = self.walked.filter(|walked| walked.text <= to);
        let mut walk = walked.unwrap_or(start);
        walk.raw += walk.escape.raw_end(&raw[walk.raw..], to - walk.text);
        walk.text = to;
        walk
    }

    /// Returns the length in `raw`, which begins at the outer cursor, of the text up to `to`. Sets the escaping at the
    /// outer cursor to that at `to`, because the outer cursor goes there.
    pub(super) fn raw_len(&mut self, raw: &[u8], to: usize, noise: bool) -> usize {
        // Wrapping may follow the last text of a container's log.
        let is_inline = self.is_inline();
        if is_inline && to == self.text.len() {
            self.outer_escape = self.end_escape;
            return self.unescaped;
        }
        // A line end includes all wrapping around the line, but nothing of the next line.
        if !is_inline && noise && self.text[..to].ends_with(b"\n") {
            return self.pass_line(raw, to);
        }
        let (raw, len) = (&raw[..self.unescaped], to - self.outer_at);
        match noise {
            true => self.outer_escape.raw_start(raw, len),
            false => self.outer_escape.raw_end(raw, len),
        }
    }
}
