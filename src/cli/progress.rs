//! Shows how far a run is, on a terminal, if the run takes more than a second.
//!
//! The bar is drawn only if the data goes neither to a terminal nor to a pipe: it would mix with the data, or with the
//! screen of a pager such as `less`. Messages to the terminal are written inside [`Progress::aside`], which hides the
//! bar.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget};
use wxsub::Lang;

use crate::cli::bar::style;
use crate::cli::plan::Plan;
use crate::cli::sources::Sources;
use crate::cli::target::Target;

/// Shorter runs show no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// The time between two updates of the bar.
const BEAT: Duration = Duration::from_millis(200);

/// The columns that stay free at the right edge.
///
/// The terminal itself writes `^C` when Ctrl-C is pressed: two columns, and one for the cursor. Without that room `^C`
/// would begin a new line, and the bar would stay on the old one.
const EDGE: u16 = 3;

/// The counts of the run so far.
#[derive(Debug)]
pub(super) struct Counts {
    bar: ProgressBar,
    callbacks: Arc<AtomicU64>,
}

impl Counts {
    /// Adds bytes read from a file, before decompression.
    pub(super) fn add_bytes(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    /// Sets the number of callbacks found so far.
    pub(super) fn set_callbacks(&self, callbacks: u64) {
        self.callbacks.store(callbacks, Ordering::Relaxed);
    }
}

/// The progress bar, shown or hidden. It disappears on drop.
pub(super) struct Progress {
    counts: Arc<Counts>,
    waiting: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Makes the bar of a run whose data goes to `target`. It shows itself after [`PATIENCE`], if a bar is allowed.
    pub(super) fn of(plan: &Plan, target: &Target) -> Self {
        let counts = Arc::new(Counts {
            bar: ProgressBar::hidden(),
            callbacks: Arc::default(),
        });
        let is_wanted = plan.progress && !target.is_watched();
        let waiting = is_wanted.then(|| {
            let (stop, stopped) = channel();
            let (sources, lang) = (plan.sources.clone(), plan.err.lang);
            let waiting = Waiting {
                counts: counts.clone(),
                stopped,
            };
            let run = move || waiting.run(&sources, lang);
            // If there can be no more threads, there is no bar.
            let thread = thread::Builder::new().spawn(run).ok()?;
            Some((stop, thread))
        });
        let waiting = waiting.flatten();
        Progress { counts, waiting }
    }

    pub(super) fn counts(&self) -> &Arc<Counts> {
        &self.counts
    }

    /// Calls `write`, which writes to the terminal, while the bar is hidden. `write` must not call `aside` again.
    pub(super) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.counts.bar.suspend(write)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((stop, waiting)) = self.waiting.take() {
            drop(stop);
            _ = waiting.join();
            self.counts.bar.finish_and_clear();
        }
    }
}

/// The thread that waits until the bar is due, and then draws it.
struct Waiting {
    counts: Arc<Counts>,
    /// Disconnects when the run ends.
    stopped: Receiver<()>,
}

impl Waiting {
    fn run(&self, sources: &Sources, lang: Lang) {
        if self.has_stopped_within(PATIENCE) {
            return;
        }
        let total = self.total(sources);
        let (_, columns) = Term::stderr().size();
        let width = columns.saturating_sub(EDGE).into();
        let Counts { bar, callbacks } = &*self.counts;
        bar.set_style(style(lang, total.is_some(), width, callbacks.clone()));
        if let Some(total) = total {
            bar.set_length(total);
        }
        bar.set_draw_target(ProgressDrawTarget::stderr());
        while !self.has_stopped_within(BEAT) {
            bar.tick();
        }
    }

    fn has_stopped_within(&self, time: Duration) -> bool {
        self.stopped.recv_timeout(time) != Err(RecvTimeoutError::Timeout)
    }

    /// The bytes of all captures. `None` if the size of one is unknown or the run has ended.
    fn total(&self, sources: &Sources) -> Option<u64> {
        let mut total = 0;
        for size in sources.sizes() {
            total += size.filter(|_| !self.has_stopped_within(Duration::ZERO))?;
        }
        Some(total)
    }
}
