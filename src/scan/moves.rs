//! Moves the cursor: over noise, over bytes of a document, and over payloads.
//!
//! Each move keeps the bytes before the cursor, counts noise, and is noted for the outer scanner.

use crate::fast::template::Extent;
use crate::scan::{Move, Scanner, State};
use crate::simd::{Survey, is_space};

impl Scanner {
    /// Moves the cursor to `to`, over noise or over bytes of a document; see [`Self::pass`] and [`Self::advance`].
    pub(super) fn move_to(&mut self, buffer: &[u8], to: usize, noise: bool) {
        match noise {
            true => self.pass(buffer, to),
            false => self.advance(buffer, to),
        }
    }

    /// Moves the cursor to `to`, over bytes that are no noise. Updates lines and columns, but neither the noise nor
    /// whether the cursor is bare.
    pub(super) fn advance(&mut self, buffer: &[u8], to: usize) {
        if to == self.pos() {
            return;
        }
        self.cursor.advance(buffer, to);
        self.note_move(buffer, to, false);
    }

    /// Moves the cursor to `to`, over noise. Also adds the noise, and updates whether the cursor is bare.
    pub(super) fn pass(&mut self, buffer: &[u8], to: usize) {
        match &buffer[self.pos()..to] {
            [] => {}
            b"\n" => self.pass_line_break(buffer),
            bytes => {
                let survey = Survey::of(bytes);
                let line = survey.last_break.map(|at| at + 1);
                self.bare = (line.is_some() || self.bare)
                    && bytes[line.unwrap_or(0)..].iter().all(|&b| is_space(b));
                self.pass_counted(buffer, to, survey);
            }
        }
    }

    /// Moves the cursor to `to`, over noise that was already surveyed. The caller updates whether the cursor is bare.
    pub(super) fn pass_counted(&mut self, buffer: &[u8], to: usize, survey: Survey) {
        // The outer scanner counts the noise of nested text, as it stands in the capture.
        if self.depth == 0 {
            let bytes = &buffer[self.pos()..to];
            let cursor = &mut self.cursor;
            self.noise
                .add(bytes, survey.solid, cursor.units(), || cursor.place(buffer));
            self.trail(bytes);
        }
        self.cursor.advance_lines(buffer, to, survey.into());
        self.note_move(buffer, to, true);
    }

    /// Passes over a line break that is noise.
    pub(super) fn pass_line_break(&mut self, buffer: &[u8]) {
        self.noise.end_line();
        self.trail(b"\n");
        self.bare = true;
        self.cursor.pass_line_break();
        self.note_move(buffer, self.pos(), true);
    }

    /// Moves the cursor over a payload that is reported, and seeks the next document after it.
    pub(super) fn pass_payload(&mut self, buffer: &[u8], extent: Extent) {
        let end = self.pos() + extent.len;
        self.after_bare_payload = (self.bare && self.array.is_none()).then_some(extent.syntax);
        if let Some(array) = &mut self.array {
            array.payloads = true;
        }
        self.noise.interrupt();
        self.cursor.advance_lines(buffer, end, extent.lines);
        self.note_move(buffer, end, false);
        if !self.is_seeking() {
            self.state = State::Seek;
        }
    }

    /// Notes that the cursor goes to `to`: keeps the bytes before it, and the move for the outer scanner. Whoever moves
    /// the [`Cursor`] itself must call this.
    #[inline(always)]
    pub(super) fn note_move(&mut self, buffer: &[u8], to: usize, noise: bool) {
        self.before = self.bytes_before(buffer, to);
        if self.after_torn.is_some() {
            self.note_after_torn(buffer, to);
        }
        if self.depth > 0 {
            match self.moves.last_mut() {
                Some(last) if last.noise == noise => last.to = to,
                _ => self.moves.push(Move { to, noise }),
            }
        }
    }

    /// Returns the two bytes before `at`.
    pub(super) fn bytes_before(&self, buffer: &[u8], at: usize) -> [u8; 2] {
        match buffer[..at] {
            [.., second, last] => [second, last],
            [last] => [self.before[1], last],
            [] => self.before,
        }
    }
}
