//! What belongs to no payload, counted; of the first of it, the line.

use crate::simd::skip_space;
use crate::span::{Place, Units};

/// Bytes that belong to no payload.
#[derive(Clone, Debug, Default)]
pub(crate) struct Noise {
    /// How many, white space not counted.
    pub(crate) bytes: u64,
    /// Where the first of them stands, and its line from there on.
    pub(crate) first: Option<(Place, Vec<u8>)>,
    /// The line of the first is not complete.
    open: bool,
}

impl Noise {
    /// As much of the first noisy line as is worth showing.
    const SHOWN: usize = 160;

    /// Adds `bytes`, of which so many are `solid`; `place` tells where they begin.
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
        let room = Self::SHOWN - text.len();
        let line = bytes.iter().take(room).take_while(|&&b| b != b'\n').count();
        text.extend_from_slice(&bytes[..line]);
        self.open = line == bytes.len() && line < room;
    }

    /// A line ends, of which nothing is left to be shown then.
    pub(super) fn end_line(&mut self) {
        self.open = false;
    }

    /// Whether more may be shown of the first line.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Adds what stands behind it.
    pub(crate) fn join(&mut self, later: Noise) {
        self.bytes += later.bytes;
        self.first = self.first.take().or(later.first);
    }

    /// What stands behind belongs to a payload, so the line is not shown further.
    pub(super) fn interrupt(&mut self) {
        self.open = false;
    }
}
