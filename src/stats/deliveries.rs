//! Which callbacks are repeated deliveries, and whether memory suffices.

use crate::event::Event;
use crate::event::delivery::DeliveryKey;
use crate::stats::Failure;
use crate::stats::repeats::Repeats;

/// The deliveries that were seen.
#[derive(Debug, Default)]
pub(crate) struct Deliveries {
    repeats: Repeats,
    /// The number of repeated deliveries of each event.
    left_out: [u64; Event::ALL.len()],
}

impl Deliveries {
    /// Returns true if a callback is new: its key, event and time. Without a key all are. Everything else takes `bytes` of
    /// at most `limit` bytes.
    #[inline(always)]
    pub(crate) fn is_new(
        &mut self,
        (key, event, created): (Option<DeliveryKey>, Event, Option<i64>),
        bytes: usize,
        limit: usize,
    ) -> Result<bool, Failure> {
        let Some(key) = key else { return Ok(true) };
        let room = limit.saturating_sub(bytes);
        let is_new = self.repeats.insert(key, created, room, limit)?;
        self.left_out[event as usize] += u64::from(!is_new);
        Ok(is_new)
    }

    /// Checks that memory suffices now, perhaps after forgetting old callbacks, and at the end, when `later` bytes take the
    /// place of what is remembered here.
    #[inline]
    pub(crate) fn check(
        &mut self,
        bytes: usize,
        later: usize,
        limit: usize,
    ) -> Result<(), Failure> {
        if bytes + self.repeats.bytes() > limit {
            self.repeats.forget();
        }
        match bytes + self.repeats.bytes().max(later) > limit {
            true => Err(Failure::Memory { limit }),
            false => Ok(()),
        }
    }

    /// Forgets all deliveries, but not how many were repeated.
    pub(crate) fn forget(&mut self) {
        self.repeats = Repeats::default();
    }

    pub(crate) fn left_out(&self) -> [(Event, u64); Event::ALL.len()] {
        Event::ALL.map(|event| (event, self.left_out[event as usize]))
    }
}
