//! Decides when to read a document that may be incomplete.
//!
//! A reader reads a document from its start and cannot pause. Each reading is an *attempt*. If the document is
//! incomplete, the attempt fails, and a later attempt starts again. An attempt is made at the end of the capture, when
//! twice as many bytes of the document have arrived, or when no more input is available for now, which keeps a live
//! stream live. The last rule ends after [`PATIENCE`] bytes were read by failed attempts, so the total time is linear
//! in the capture's size.
//!
//! The time of an attempt does not change the result, because a reader that needs more bytes says this.

use crate::input::Flow;
use crate::scan::lookahead::Arrived;
use crate::scan::{Scanner, State};

/// The number of bytes that failed attempts may read before only doubling causes a new attempt.
const PATIENCE: usize = 1 << 20;

/// The attempts to read the document at the cursor.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Attempts {
    /// The number of available bytes at the latest attempt.
    len: usize,
    /// The number of bytes that failed attempts have read.
    vain: usize,
}

impl Attempts {
    /// Returns true if an attempt is due. `len` bytes of the document have arrived; at most `most` can be read.
    fn is_due(&mut self, len: usize, most: usize, flow: Flow) -> bool {
        let is_more = len > self.len;
        let is_due = match flow {
            Flow::Ended => true,
            Flow::Pending if self.vain <= PATIENCE => is_more,
            _ => is_more && (len / 2 >= self.len || self.len < most && len >= most),
        };
        if is_due {
            self.len = len;
            self.vain += len.min(most);
        }
        is_due
    }
}

impl Scanner {
    /// Returns true if the document at the cursor is to be read now.
    pub(super) fn is_due(&mut self, arrived: &Arrived<'_>) -> bool {
        let len = arrived.bytes.len() - self.pos();
        let flow = match arrived.is_final {
            true => Flow::Ended,
            false => self.flow,
        };
        let most = self.limits.payload_size;
        self.attempts.is_due(len, most, flow)
    }

    /// Returns true if an anchor is to be looked at now. Looking at it again with each read would take as long as reading a
    /// document with each.
    pub(super) fn may_seek(&mut self, arrived: &Arrived<'_>) -> bool {
        let Some(mut attempts) = self.waiting else {
            return true;
        };
        let len = arrived.bytes.len() - self.pos();
        let flow = match arrived.is_final {
            true => Flow::Ended,
            false => self.flow,
        };
        let is_due = attempts.is_due(len, self.limits.payload_size, flow);
        self.waiting = Some(attempts);
        is_due
    }

    /// Notes that nothing can be done at the cursor with the bytes that have arrived. An anchor may wait for more.
    ///
    /// In nested text it does not: its lines are shown one by one, and each may be the last.
    pub(super) fn note_waiting(&mut self, arrived: &Arrived<'_>) {
        let waits =
            self.depth == 0 && arrived.settled().is_none() && self.pending_anchor().is_some();
        if waits && self.waiting.is_none() {
            let len = arrived.bytes.len() - self.pos();
            self.waiting = Some(Attempts { len, vain: len });
        }
    }

    /// Starts to count the attempts for the document at the cursor.
    pub(super) fn begin_attempts(&mut self) {
        self.attempts = Attempts::default();
    }

    /// Sets how the input arrives. Returns true if a delayed attempt may now be due.
    pub(super) fn set_flow(&mut self, flow: Flow) -> bool {
        let is_news = std::mem::replace(&mut self.flow, flow) != flow;
        let waits = self.waiting.is_some() || !matches!(self.state, State::Seek);
        is_news && flow != Flow::Ready && waits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 16 << 20;

    /// Returns the number of bytes that were read of a document that arrives in pieces, and the number that had arrived
    /// at the latest attempt before the end of the capture.
    fn read(len: usize, piece: usize, flow: Flow) -> (usize, usize) {
        let mut attempts = Attempts::default();
        let arrivals = (piece..=len).step_by(piece);
        let latest = arrivals
            .filter(|&len| attempts.is_due(len, MOST, flow))
            .last();
        assert!(attempts.is_due(len, MOST, Flow::Ended));
        (attempts.vain, latest.unwrap_or_default())
    }

    #[test]
    fn the_bytes_that_are_read_again_are_few() {
        for len in [1, 600, 5_000, 100_000, 1 << 20, MOST, 2 * MOST] {
            for piece in [1, 7, 600, 4096, 1 << 16, 1 << 18] {
                // All doublings together read twice as much as the last. The end and the limit each read everything
                // again.
                let (poured, _) = read(len, piece, Flow::Ready);
                assert!(poured <= 4 * len, "{poured} of {len} in pieces of {piece}");
                let (rested, _) = read(len, piece, Flow::Pending);
                let most = 4 * len + 2 * PATIENCE;
                assert!(rested <= most, "{rested} of {len} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn what_is_not_long_is_read_with_every_piece_when_nothing_more_is_there() {
        for (len, piece) in [
            (600, 1),
            (1400, 1),
            (5_000, 20),
            (90_000, 4096),
            (700_000, 1 << 18),
        ] {
            let (_, latest) = read(len, piece, Flow::Pending);
            assert_eq!(latest, len / piece * piece, "{len} in pieces of {piece}");
        }
    }

    #[test]
    fn what_is_as_long_as_it_may_be_is_read_once_more() {
        let mut attempts = Attempts::default();
        let mut is_due = |len| attempts.is_due(len, MOST, Flow::Ready);
        assert!(is_due(MOST - 9));
        assert!(!is_due(MOST - 1));
        assert!(is_due(MOST));
        assert!(!is_due(MOST + 1));
        assert!(!is_due(MOST + 1));
    }
}
