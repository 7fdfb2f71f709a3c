//! When a document is read that may not have arrived whole.
//!
//! Readers read a document from its start to its end and do not pause. One that does not end in the bytes that have
//! arrived is read again from its start: at the end of the capture, when twice as many bytes of it have arrived, or when
//! nothing more is there for now, so that a live pipe is a live view. The last of these is done only until
//! [`PATIENCE`] bytes were read in vain, so the time is linear in the bytes of the capture, however they arrive.
//!
//! What is found does not depend on when it is looked for: a reader that cannot tell says so.

use crate::input::Flow;
use crate::scan::lookahead::Arrived;
use crate::scan::{Scanner, State};

/// So many bytes of a document may be read in vain before it is only read again when there are twice as many.
const PATIENCE: usize = 1 << 20;

/// How often the document at the cursor was read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Attempts {
    /// How many bytes of it there were the latest time.
    len: usize,
    /// How many bytes were read in vain.
    vain: usize,
}

impl Attempts {
    /// Whether to read the document now, of which `len` bytes have arrived, and at most `most` can be read.
    fn is_due(&mut self, len: usize, most: usize, flow: Flow) -> bool {
        let is_more = len > self.len;
        let is_due = match flow {
            Flow::Ended => true,
            Flow::Rests if self.vain <= PATIENCE => is_more,
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
    /// Whether to read the document at the cursor now.
    pub(super) fn is_due(&mut self, arrived: &Arrived<'_>) -> bool {
        let len = arrived.bytes.len() - self.pos();
        let flow = match arrived.is_final {
            true => Flow::Ended,
            false => self.flow,
        };
        let most = self.limits.payload_size;
        self.attempts.is_due(len, most, flow)
    }

    /// Nothing of the document at the cursor was read yet.
    pub(super) fn begin_attempts(&mut self) {
        self.attempts = Attempts::default();
    }

    /// Learns how bytes come; whether there is something to do now that was put off.
    pub(super) fn hear(&mut self, flow: Flow) -> bool {
        let is_news = std::mem::replace(&mut self.flow, flow) != flow;
        is_news && flow != Flow::Pours && !matches!(self.state, State::Seek)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 16 << 20;

    /// How many bytes are read of a document of `len` bytes that arrives in pieces, and how many had arrived when it was
    /// read the last time but for the end of the capture.
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
                // All doublings together read twice as much as the last; and all is read at the end, and at the limit.
                let (poured, _) = read(len, piece, Flow::Pours);
                assert!(poured <= 4 * len, "{poured} of {len} in pieces of {piece}");
                let (rested, _) = read(len, piece, Flow::Rests);
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
            let (_, latest) = read(len, piece, Flow::Rests);
            assert_eq!(latest, len / piece * piece, "{len} in pieces of {piece}");
        }
    }

    #[test]
    fn what_is_as_long_as_it_may_be_is_read_once_more() {
        let mut attempts = Attempts::default();
        let mut is_due = |len| attempts.is_due(len, MOST, Flow::Pours);
        assert!(is_due(MOST - 9));
        assert!(!is_due(MOST - 1));
        assert!(is_due(MOST));
        assert!(!is_due(MOST + 1));
        assert!(!is_due(MOST + 1));
    }
}
