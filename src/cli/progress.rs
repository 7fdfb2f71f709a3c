//! How far a run is, on a terminal, when it takes more than a second.
//!
//! A bar is drawn only where nobody watches the data: it would stand among lines on a terminal, and on the screen of
//! whatever reads a pipe, such as `less`. Whoever writes messages to the terminal meanwhile does it in
//! [`Progress::aside`], so that lines and bar stay apart.

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

/// Runs that are shorter show nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the bar moves.
const BEAT: Duration = Duration::from_millis(200);

/// How many columns stay free: as many as `^C` takes, which the terminal writes by itself when Ctrl-C is pressed, and one
/// for the cursor. At the edge `^C` would begin a new line, and the bar would stay on the old one.
const EDGE: u16 = 3;

/// What was done so far.
#[derive(Debug)]
pub(super) struct Counts {
    bar: ProgressBar,
    callbacks: Arc<AtomicU64>,
}

impl Counts {
    /// Counts bytes that were read, as they are in the file: compressed ones, if they are.
    pub(super) fn add_bytes(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    /// Says how many callbacks were found so far.
    pub(super) fn set_callbacks(&self, callbacks: u64) {
        self.callbacks.store(callbacks, Ordering::Relaxed);
    }
}

/// The bar, shown or not. It is gone when this is dropped.
pub(super) struct Progress {
    counts: Arc<Counts>,
    waiting: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// The bar of a run whose data goes to `target`: one that shows itself in a while, if it may.
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
            (stop, thread::spawn(move || waiting.run(&sources, lang)))
        });
        Progress { counts, waiting }
    }

    pub(super) fn counts(&self) -> &Arc<Counts> {
        &self.counts
    }

    /// Does `write`, which writes to the terminal, while the bar is out of the way. It must not call this again.
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

/// A thread that waits until it is time to show the bar.
struct Waiting {
    counts: Arc<Counts>,
    /// Ends when the run does.
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
        bar.enable_steady_tick(BEAT);
    }

    fn has_stopped_within(&self, time: Duration) -> bool {
        self.stopped.recv_timeout(time) != Err(RecvTimeoutError::Timeout)
    }

    /// How many bytes there are to read, if all captures have a size.
    fn total(&self, sources: &Sources) -> Option<u64> {
        let mut total = 0;
        for size in sources.sizes() {
            total += size.filter(|_| !self.has_stopped_within(Duration::ZERO))?;
        }
        Some(total)
    }
}
