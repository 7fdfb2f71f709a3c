//! Places from which on all scanners of a capture do the same, whatever they did before.
//!
//! What a scanner does is settled by its state and by the bytes that come. Between documents little of that state is
//! left: what a [`SyncPoint`] holds, and knowledge about bytes that are done with. So if two scanners come by the same
//! sync point, one of them will do from there on what the other did, though it began somewhere in the middle of the
//! capture and did not know in what. A scanner that is in an array, or knows something about the bytes ahead,
//! is at no sync point: that would be more to compare, for places that are rare.

use crate::scan::{Names, Noise, Scanner, State};
use crate::span::Place;
use crate::syntax::{Limits, Syntax};

/// Where a scanner is between two documents, and all that it knows there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SyncPoint {
    place: Place,
    bare: bool,
    glued: Option<Syntax>,
    before: [u8; 2],
    /// How far ahead no broken object has turned out to be a message.
    clean: usize,
    /// What is known of the next payload's query; see [`Trail::mark`](crate::request::Trail::mark).
    trail: Option<u64>,
}

impl SyncPoint {
    /// How many bytes of the capture lie before it.
    pub(crate) fn offset(&self) -> u64 {
        self.place.offset
    }
}

impl Scanner {
    /// A scanner that begins on a line of a capture, and takes for granted that no document began before and goes on.
    pub(crate) fn on_line(limits: Limits, names: Names, place: Place) -> Self {
        let mut scanner = Scanner::new(limits, names, place, Default::default());
        scanner.search.skip_beginning();
        scanner
    }

    /// The sync point at which it is, if it is at one.
    pub(crate) fn sync_point(&mut self, buffer: &[u8]) -> Option<SyncPoint> {
        let pos = self.pos();
        let is_between = matches!(self.state, State::Seek) && self.array.is_none();
        if !is_between || !self.search.is_behind(pos) || self.noise.is_open() {
            return None;
        }
        Some(SyncPoint {
            place: self.cursor.place(buffer),
            bare: self.bare,
            glued: self.glued,
            before: self.before,
            clean: self.clean_until.saturating_sub(pos),
            trail: self.trail.as_ref().map(|trail| trail.mark()),
        })
    }

    /// Where `buffer` ends.
    pub(crate) fn end(&mut self, buffer: &[u8]) -> Place {
        let here = self.cursor.place(buffer);
        here.after(&buffer[self.pos()..], self.cursor.units())
    }

    /// Forgets the noise so far.
    pub(crate) fn forget_noise(&mut self) {
        self.noise = Noise::default();
    }
}
