//! The position of the scanner: in the buffer, and in lines and columns of the capture.
//!
//! Line breaks are counted as they are passed. Characters are counted only when a column is requested, and no byte is
//! counted twice.

use crate::simd::Lines;
use crate::span::{self, Place, Units};

#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor {
    units: Units,
    line: u64,
    /// The position in the buffer. Everything before it is finished.
    pos: usize,
    offset: u64,
    /// A position in the buffer on the line of `pos`.
    column_at: usize,
    /// The column at `column_at`.
    column: u64,
    /// True if lines and columns are counted. Offsets are always counted: knowledge about bytes ahead needs them.
    counts: bool,
}

impl Cursor {
    pub(super) fn new(place: Place, units: Units) -> Self {
        Cursor {
            counts: true,
            units,
            pos: 0,
            line: place.line,
            offset: place.offset,
            column: place.column,
            column_at: 0,
        }
    }

    /// Makes a cursor for unescaped text. It has no line and column.
    pub(super) fn unplaced() -> Self {
        Cursor {
            counts: false,
            ..Cursor::new(Place::default(), Units::Utf8)
        }
    }

    pub(super) fn units(&self) -> Units {
        self.units
    }

    /// Returns the offset of `pos` in the capture.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    pub(super) fn pos(&self) -> usize {
        self.pos
    }

    pub(super) fn advance(&mut self, buffer: &[u8], to: usize) {
        if !self.counts || self.pos == to {
            self.offset += self.units.len(&buffer[self.pos..to]);
            self.pos = to;
            return;
        }
        let bytes = &buffer[self.pos..to];
        self.advance_lines(buffer, to, Lines::of(bytes));
    }

    /// Advances to `to`, over the given number of lines.
    #[inline]
    pub(super) fn advance_lines(&mut self, buffer: &[u8], to: usize, lines: Lines) {
        if self.counts {
            self.line += lines.breaks as u64;
            if let Some(line) = lines.last {
                self.column = 1;
                self.column_at = self.pos + line;
            }
        }
        self.offset += self.units.len(&buffer[self.pos..to]);
        self.pos = to;
    }

    pub(super) fn pass_line_break(&mut self) {
        self.pos += 1;
        if self.counts {
            self.line += 1;
            self.column = 1;
            self.column_at = self.pos;
        }
        self.offset += self.units.len(b"\n");
    }

    /// Sets the number of characters before the cursor on its line.
    pub(super) fn note_chars(&mut self, chars: u64) {
        self.column = 1 + chars;
        self.column_at = self.pos;
    }

    /// Advances over bytes that take up no column.
    pub(super) fn advance_unseen(&mut self, buffer: &[u8], to: usize) {
        self.place(buffer);
        self.advance(buffer, to);
        self.column_at = self.pos;
    }

    /// Returns the place of `pos` in the capture.
    #[inline(always)]
    pub(super) fn place(&mut self, buffer: &[u8]) -> Place {
        if !self.counts {
            return Place::default();
        }
        if self.column_at != self.pos {
            self.count_chars(buffer);
        }
        Place {
            line: self.line,
            column: self.column,
            offset: self.offset,
        }
    }

    fn count_chars(&mut self, buffer: &[u8]) {
        self.column += span::chars(&buffer[self.column_at..self.pos]);
        self.column_at = self.pos;
    }

    /// Returns the number of bytes before `pos`, and resets `pos` to 0. The caller drops these bytes.
    pub(super) fn take_done(&mut self, buffer: &[u8]) -> usize {
        self.place(buffer);
        self.column_at = 0;
        std::mem::take(&mut self.pos)
    }
}
