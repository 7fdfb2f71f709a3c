//! Time that work takes, however busy the machine is.

use std::fs;
use std::time::{Duration, Instant};

/// A clock that runs while this thread does.
pub(crate) struct Clock {
    wall: Instant,
    worked: Option<Duration>,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Clock {
            wall: Instant::now(),
            worked: worked(),
        }
    }

    /// How long the thread has worked since the start; where that cannot be told, how long ago that is.
    pub(crate) fn elapsed(&self) -> Duration {
        match (self.worked, worked()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            _ => self.wall.elapsed(),
        }
    }
}

/// How long this thread has had a processor, as Linux counts it: the first number, in nanoseconds.
fn worked() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = text.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}
