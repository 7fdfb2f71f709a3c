//! Counts noise, and keeps the beginning of its first line for the report.

use crate::simd::skip_space;
use crate::span::{Place, Units};

/// The bytes of a capture that belong to no payload. They are counted, and the beginning of the first line is kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Noise {
    /// The number of bytes of the capture, without white space.
    pub(crate) bytes: u64,
    /// The number of events' names.
    pub(crate) mentions: u64,
    /// The place of the first byte, and its line from there on.
    pub(crate) first: Option<(Place, Vec<u8>)>,
    /// True if the line of the first byte may continue.
    open: bool,
    /// All noise, if it is wanted.
    lines: Option<Lines>,
}

/// Noise by lines, with their places. A payload divides a line.
#[derive(Clone, Debug, Default)]
struct Lines {
    finished: Vec<(Place, Vec<u8>)>,
    /// The last line, which may continue.
    last: Option<(Place, Vec<u8>)>,
}

impl Lines {
    /// Adds `bytes`, which begin at `place`.
    fn add(&mut self, mut bytes: &[u8], mut place: Place, units: Units) {
        loop {
            let end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
            let line = self.last.get_or_insert_with(|| (place, Vec::new()));
            line.1.extend_from_slice(&bytes[..end]);
            if end == bytes.len() {
                return;
            }
            self.finish();
            place = place.after(&bytes[..=end], units);
            bytes = &bytes[end + 1..];
        }
    }

    /// Ends the last line. A line of white space is left out.
    fn finish(&mut self) {
        let last = self.last.take();
        let is_solid = |(_, line): &(Place, Vec<u8>)| !line.trim_ascii().is_empty();
        self.finished.extend(last.filter(is_solid));
    }
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
        mut place: impl FnMut() -> Place,
    ) {
        // White space is ASCII.
        self.bytes += match units {
            Units::Utf8 => solid as u64,
            Units::Utf16 => units.len(bytes) - 2 * (bytes.len() - solid) as u64,
        };
        if let Some(lines) = &mut self.lines {
            lines.add(bytes, place(), units);
        }
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
        if let Some(lines) = &mut self.lines {
            lines.finish();
        }
    }

    /// Keeps all noise from here on.
    pub(crate) fn keep_lines(&mut self) {
        self.lines = Some(Lines::default());
    }

    /// Takes the lines that are finished, or all lines if the capture has ended.
    pub(crate) fn take_lines(&mut self, has_ended: bool) -> Vec<(Place, Vec<u8>)> {
        let Some(lines) = &mut self.lines else {
            return Vec::new();
        };
        if has_ended {
            lines.finish();
        }
        std::mem::take(&mut lines.finished)
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
        self.end_line();
    }
}
