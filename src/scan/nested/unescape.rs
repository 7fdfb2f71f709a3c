//! Unescapes raw bytes to the end of the text that the inner scanner reads.

use crate::scan::escape::{Escape, Piece};
use crate::scan::lookahead::{Arrived, FARTHEST, Lookahead};
use crate::scan::nested::{Nested, NestedEnd};
use crate::scan::{Anchors, Scanner};

/// A log line of the other stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OtherLine {
    /// A payload may begin near its anchor.
    Anchor,
    /// It is noise, unless a document begins in it.
    Noise,
}

impl Nested {
    /// Returns the number of raw bytes to unescape next. After a clue that may be false, this is only enough to check
    /// it: the bytes up to the name, and after it twice as many each time.
    fn window(&self) -> usize {
        let Some(clue) = self.clue.filter(|_| self.scanner.is_between()) else {
            return self.window_of_text();
        };
        let name = clue.distance();
        let before = name.saturating_sub(self.unescaped);
        let after = self.unescaped.saturating_sub(name);
        (before + after.max(Self::FIRST_AFTER_CLUE)).min(Self::MOST_AT_ONCE)
    }

    /// Returns the number of raw bytes to unescape next where nothing is in doubt. A text of unknown length ends after its
    /// payload, and what is unescaped beyond that is lost: first as many bytes as the text before had, and a few more.
    fn window_of_text(&self) -> usize {
        match self.end {
            NestedEnd::Terminator { .. } if self.is_inline() => {
                let first = self.passed_before + self.passed_before / 4;
                let first = first.max(Self::FEWEST_FIRST);
                first.max(self.unescaped).min(Self::MOST_AT_ONCE)
            }
            _ => Self::MOST_AT_ONCE,
        }
    }

    /// Returns the most raw bytes of one document. The number of bytes that were unescaped at once must not matter.
    fn most(&self) -> usize {
        Scanner::DEEPEST * (self.scanner.limits.payload_size + FARTHEST)
    }

    /// Unescapes more of `raw`, which begins at the outer cursor. Returns false if more bytes are needed.
    pub(super) fn unescape(&mut self, raw: &[u8], last: bool, anchors: &Anchors) -> bool {
        let most = raw.len().min(self.most());
        let (raw, last) = (&raw[..most], last || most < raw.len());
        let all = raw;
        let (raw, last) = match self.end {
            NestedEnd::Len(len) => (&raw[..len], true),
            NestedEnd::Terminator { .. } => (raw, last),
        };
        let arrived = Arrived::new(raw, last);
        let window = (self.unescaped + self.window()).min(raw.len());
        let before = self.unescaped;
        self.begun = true;
        while self.unescaped < window && !self.ended {
            let room = window - self.unescaped;
            let other = self.other_line(arrived.from(self.unescaped), anchors);
            if arrived.settled().is_none() {
                break;
            }
            if other == Some(OtherLine::Noise) && !self.is_before_other {
                self.is_before_other = true;
                return true;
            }
            self.is_before_other = false;
            let is_other = other.is_some_and(|other| self.ends_before(other));
            self.ended = is_other;
            let goes_on = !is_other
                && (self.unescape_fast(&all[self.unescaped..], room)
                    || self.unescape_piece(&arrived, room));
            if !goes_on {
                break;
            }
        }
        self.ended |= last && self.unescaped == raw.len();
        self.ended || self.unescaped > before
    }

    /// Unescapes up to `len` bytes of `raw` with vector instructions, up to a terminator or line break. Returns true
    /// if it made progress.
    fn unescape_fast(&mut self, raw: &[u8], len: usize) -> bool {
        let (escape, text) = (&mut self.end_escape, &mut self.text);
        let len = match self.end {
            NestedEnd::Len(_) => escape.unescape_fast(raw, len, text, |b| b.equal(b'\n')),
            NestedEnd::Terminator {
                of: &[one, two], ..
            } => escape.unescape_fast(raw, len, text, |b| {
                b.equal(b'\n') | b.equal(one) | b.equal(two)
            }),
            NestedEnd::Terminator { of, .. } => escape.unescape_fast(raw, len, text, |b| {
                of.iter()
                    .fold(b.equal(b'\n'), |ends, &of| ends | b.equal(of))
            }),
        };
        self.unescaped += len;
        len > 0
    }

    /// Unescapes the next escape, or up to `len` bytes without escapes. Returns false at the end of a line or of the
    /// text, and if more bytes are needed.
    fn unescape_piece(&mut self, arrived: &Arrived<'_>, len: usize) -> bool {
        let rest = arrived.from(self.unescaped);
        match self.end_escape.whole_piece(rest) {
            None => false,
            Some(Piece::Same(same)) => !self.copy(&rest.bytes()[..same.min(len)]),
            Some(Piece::Other(raw_len, bytes)) => {
                self.text.extend_from_slice(bytes.as_slice());
                self.unescaped += raw_len;
                !self.end_escape.is_at_line()
            }
            Some(Piece::End) => {
                self.ended = true;
                false
            }
        }
    }

    /// Returns what the next log line is, if it is of the other stream.
    fn other_line(&self, raw: Lookahead<'_>, anchors: &Anchors) -> Option<OtherLine> {
        let Escape::Container(container) = self.end_escape else {
            return None;
        };
        let len = container.other_line(raw)?;
        Some(match anchors.is_in(&raw.bytes()[..len]) {
            true => OtherLine::Anchor,
            false => OtherLine::Noise,
        })
    }

    /// Returns true if the text ends before the next log line, which is of the other stream: it contains an anchor, or
    /// this stream has nothing unfinished. The inner scanner has then read what comes before.
    fn ends_before(&self, line: OtherLine) -> bool {
        line == OtherLine::Anchor || self.is_complete(self.text.len(), b"")
    }

    /// Copies `bytes` up to a terminator, or to the end of a line. Returns true if it stopped there.
    fn copy(&mut self, bytes: &[u8]) -> bool {
        let end = self.terminator(bytes);
        let len = end.unwrap_or(bytes.len());
        let line = memchr::memchr(b'\n', &bytes[..len]).map(|n| n + 1);
        let taken = line.unwrap_or(len);
        self.text.extend_from_slice(&bytes[..taken]);
        self.unescaped += taken;
        self.ended = end == Some(taken);
        self.scanner.ends_at_quote = self.ended && matches!(bytes[taken], b'"' | b'\'');
        self.ended || line.is_some()
    }

    /// Returns the position in `bytes`, which follow the unescaped bytes, of the first terminator.
    fn terminator(&self, bytes: &[u8]) -> Option<usize> {
        let NestedEnd::Terminator { of, from } = self.end else {
            return None;
        };
        let skipped = from.saturating_sub(self.unescaped).min(bytes.len());
        let rest = &bytes[skipped..];
        let at = match of {
            [] => None,
            [a] => memchr::memchr(*a, rest),
            [a, b] => memchr::memchr2(*a, *b, rest),
            several => rest.iter().position(|b| several.contains(b)),
        };
        at.map(|at| skipped + at)
    }
}
