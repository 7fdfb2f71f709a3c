//! Counts noise, and keeps the beginning of its first line for the report.

use crate::simd::skip_space;
use crate::span::{Place, Units};

/// The bytes of a capture that belong to no payload. They are counted, and the beginning of the first line is kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Noise {
    /// The number of bytes, without white space.
    pub(crate) bytes: u64,
    /// The number of events' names.
    pub(crate) mentions: u64,
    /// The place of the first byte, and its line from there on.
    pub(crate) first: Option<(Place, Vec<u8>)>,
    /// True if the line of the first byte may continue.
    open: bool,
}

impl Noise {
    /// The number of bytes of the first line that are kept.
    const LONGEST_SHOWN: usize = 160;

    /// Adds `bytes`, of which `solid` are not white space. `place` returns the place of the first byte.
    pub(super) fn add(
        &mut self,
        bytes: &[u8],
        solid: usize,
        units: Units,
        place: impl FnOnce() -> Place,
    ) {
        self.bytes += solid as u64;
        if solid > 0 && self.first.is_none() {
            let at = skip_space(bytes, 0);
            self.first = Some((place().after(&bytes[..at], units), Vec::new()));
            self.open = true;
            self.show(&bytes[at..]);
        } else if self.open {
            self.show(bytes);
        }
    }

    fn show(&mut self, bytes: &[u8]) {
        let Some((_, text)) = &mut self.first else {
            return;
        };
        let room = Self::LONGEST_SHOWN - text.len();
        let line = bytes.iter().take(room).take_while(|&&b| b != b'\n').count();
        text.extend_from_slice(&bytes[..line]);
        self.open = line == bytes.len() && line < room;
    }

    /// Ends a line. Nothing more of the first line is kept.
    pub(super) fn end_line(&mut self) {
        self.open = false;
    }

    /// Returns true if the first line may continue.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Adds the noise of a later part of the capture.
    pub(crate) fn join(&mut self, later: Noise) {
        self.bytes += later.bytes;
        self.mentions += later.mentions;
        self.first = self.first.take().or(later.first);
    }

    /// Ends the first line, because a payload follows on it.
    pub(super) fn interrupt(&mut self) {
        self.open = false;
    }
}
