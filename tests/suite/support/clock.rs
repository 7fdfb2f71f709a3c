//! Measures the time that work takes, independent of the machine's load.

use std::time::{Duration, Instant};

/// A clock of this thread's processor time.
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

    /// Returns the processor time since the start, or the elapsed time if that is not available.
    pub(crate) fn elapsed(&self) -> Duration {
        match (self.worked, worked()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            _ => self.wall.elapsed(),
        }
    }
}

/// Returns this thread's processor time.
#[cfg(unix)]
fn worked() -> Option<Duration> {
    use rustix::time::{ClockId, clock_gettime};
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).ok()
}

#[cfg(not(unix))]
fn worked() -> Option<Duration> {
    None
}
