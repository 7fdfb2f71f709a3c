//! Positions from which all scanners of a capture behave alike, whatever they read before.
//!
//! A scanner's steps depend only on its state and on the following bytes. Between documents little state is left: the
//! contents of a [`SyncPoint`], and knowledge about finished bytes. If two scanners reach equal sync points, they
//! therefore behave alike from there on, even if one of them began in the middle of the capture. A scanner in an array,
//! or with knowledge about the bytes ahead, is not at a sync point. Such positions are too rare to compare more state.
//!
//! Adding state to [`Scanner`] that is kept between documents: add it here too.

use crate::scan::prefixed::Unprefixed;
use crate::scan::{Names, Noise, Scanner};
use crate::span::Place;
use crate::syntax::{Limits, Syntax};

/// The state of a scanner between two documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SyncPoint {
    place: Place,
    bare: bool,
    after_bare_payload: Option<Syntax>,
    before: [u8; 2],
    /// The number of bytes ahead in which no marks need to be searched for; see [`Tried`](crate::scan::tried::Tried).
    clean: usize,
    /// The number of bytes ahead in which no document is read through a prefix; see [`Tried`](crate::scan::tried::Tried).
    unprefixed: Unprefixed,
    /// The trail of the next payload's query; see [`QueryTrail::mark`](crate::request::QueryTrail::mark).
    trail: Option<u64>,
}

impl SyncPoint {
    /// Returns the number of bytes of the capture before it.
    pub(crate) fn offset(&self) -> u64 {
        self.place.offset
    }
}

impl Scanner {
    /// Makes a scanner that begins at a line and assumes that no document continues there.
    pub(crate) fn on_line(limits: Limits, names: Names, place: Place) -> Self {
        let mut scanner = Scanner::new(limits, names, place, Default::default());
        scanner.search.skip_beginning();
        scanner
    }

    /// Returns the sync point at the cursor, if there is one.
    pub(crate) fn sync_point(&mut self, buffer: &[u8]) -> Option<SyncPoint> {
        let pos = self.pos();
        let has_failed_ahead = self.tried.has_failed_beyond(self.cursor.offset());
        let is_in_doubt = self.after_torn.is_some() || self.reads_again_ahead();
        if !self.is_between()
            || !self.search.knows_nothing_after(pos)
            || self.noise.is_open()
            || has_failed_ahead
            || is_in_doubt
        {
            return None;
        }
        Some(SyncPoint {
            place: self.cursor.place(buffer),
            bare: self.bare,
            after_bare_payload: self.after_bare_payload,
            before: self.before,
            clean: self.tried.no_mark_before.saturating_sub(pos),
            unprefixed: self.tried.unprefixed.after(pos),
            trail: self.trail.as_ref().map(|trail| trail.mark()),
        })
    }

    /// Returns the place of the end of `buffer`.
    pub(crate) fn end(&mut self, buffer: &[u8]) -> Place {
        let here = self.cursor.place(buffer);
        here.after(&buffer[self.pos()..], self.cursor.units())
    }

    pub(crate) fn forget_noise(&mut self) {
        self.noise = Noise::default();
    }
}
