//! Where the scanner is: in the buffer, and in lines and columns of the capture.
//!
//! Line breaks are counted as they are passed. Characters are counted only for the columns that somebody asks for,
//! and no byte twice.

use crate::simd::Lines;
use crate::span::{self, Place, Units};

#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor {
    units: Units,
    line: u64,
    /// Everything before this place of the buffer is done with.
    pos: usize,
    offset: u64,
    /// A place of the buffer on the same line as `pos`.
    column_at: usize,
    /// The column there.
    column: u64,
    /// Somebody asks for lines and columns.
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

    /// A cursor in text that is not the capture's own: it knows only where it is in the buffer.
    pub(super) fn unplaced() -> Self {
        Cursor {
            counts: false,
            ..Cursor::new(Place::default(), Units::Utf8)
        }
    }

    pub(super) fn units(&self) -> Units {
        self.units
    }

    /// Where `pos` is in the capture.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    pub(super) fn pos(&self) -> usize {
        self.pos
    }

    pub(super) fn advance(&mut self, buffer: &[u8], to: usize) {
        if !self.counts || self.pos == to {
            self.pos = to;
            return;
        }
        let bytes = &buffer[self.pos..to];
        self.advance_lines(buffer, to, Lines::of(bytes));
    }

    /// Advances over `lines`.
    #[inline]
    pub(super) fn advance_lines(&mut self, buffer: &[u8], to: usize, lines: Lines) {
        if self.counts {
            self.line += lines.breaks as u64;
            if let Some(line) = lines.last {
                self.column = 1;
                self.column_at = self.pos + line;
            }
            self.offset += self.units.len(&buffer[self.pos..to]);
        }
        self.pos = to;
    }

    /// Passes over a line break.
    pub(super) fn pass_line_break(&mut self) {
        self.pos += 1;
        if self.counts {
            self.line += 1;
            self.column = 1;
            self.column_at = self.pos;
            self.offset += self.units.len(b"\n");
        }
    }

    /// Notes how many characters stand before it on its line, where that is known.
    pub(super) fn note_chars(&mut self, chars: u64) {
        self.column = 1 + chars;
        self.column_at = self.pos;
    }

    /// Passes over bytes that take no column.
    pub(super) fn advance_unseen(&mut self, buffer: &[u8], to: usize) {
        self.place(buffer);
        self.advance(buffer, to);
        self.column_at = self.pos;
    }

    /// The place of `pos`.
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

    /// Forgets the buffer before `pos`, and says how much that is.
    pub(super) fn take_done(&mut self, buffer: &[u8]) -> usize {
        self.place(buffer);
        self.column_at = 0;
        std::mem::take(&mut self.pos)
    }
}
