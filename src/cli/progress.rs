//! How far a run is, on a terminal, when it takes more than a second.
//!
//! The run only counts. A thread looks at the counts a few times a second and draws. Whoever writes to the terminal
//! meanwhile does it in [`Progress::aside`], so that lines and bar stay apart.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use wxsub::Lang;

use crate::cli::bar::Bar;
use crate::cli::line::Line;
use crate::cli::plan::Plan;
use crate::cli::sources::Sources;

/// Runs that are shorter show nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the bar moves.
const BEAT: Duration = Duration::from_millis(200);

/// What was done so far.
#[derive(Debug, Default)]
pub(super) struct Counts {
    bytes: AtomicU64,
    callbacks: AtomicU64,
}

impl Counts {
    /// Counts bytes that were read, as they are in the file: compressed ones, if they are.
    pub(super) fn add_bytes(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Says how many callbacks were found so far.
    pub(super) fn set_callbacks(&self, callbacks: u64) {
        self.callbacks.store(callbacks, Ordering::Relaxed);
    }
}

/// The bar, shown or not. It is gone when this is dropped.
pub(super) struct Progress {
    counts: Arc<Counts>,
    line: Arc<Line>,
    drawing: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// The bar of a run, if one is wanted; see `on_stderr` for `beside_data`.
    pub(super) fn of(plan: &Plan, beside_data: bool) -> Self {
        match plan.progress {
            true => Self::on_stderr(plan.sources.clone(), plan.err.lang, beside_data),
            false => Self::hidden(),
        }
    }

    /// A bar that is not shown.
    fn hidden() -> Self {
        Progress {
            counts: Arc::default(),
            line: Arc::new(Line::on_stderr()),
            drawing: None,
        }
    }

    /// A bar that shows itself in a while. `beside_data` says that data goes to the same terminal: then a run without a
    /// known end, which is a live view, shows its data only.
    fn on_stderr(sources: Sources, lang: Lang, beside_data: bool) -> Self {
        let mut progress = Self::hidden();
        let (stop, stopped) = channel();
        let drawing = Drawing {
            line: progress.line.clone(),
            counts: progress.counts.clone(),
            stopped,
            start: Instant::now(),
            lang,
            beside_data,
        };
        progress.drawing = Some((stop, thread::spawn(move || drawing.run(&sources))));
        progress
    }

    pub(super) fn counts(&self) -> &Arc<Counts> {
        &self.counts
    }

    /// Does `write`, which writes to the terminal, while the bar is out of the way. It must not call this again.
    pub(super) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.line.aside(write)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((stop, drawing)) = self.drawing.take() {
            drop(stop);
            _ = drawing.join();
            self.line.clear();
        }
    }
}

/// The drawing thread.
struct Drawing {
    line: Arc<Line>,
    counts: Arc<Counts>,
    /// Ends when the run does.
    stopped: Receiver<()>,
    start: Instant,
    lang: Lang,
    beside_data: bool,
}

impl Drawing {
    fn run(&self, sources: &Sources) {
        if self.has_stopped_within(PATIENCE) {
            return;
        }
        let total = self.total(sources);
        if self.beside_data && total.is_none() {
            return;
        }
        let mut bar = Bar::new(self.lang, total, self.start);
        while !self.has_stopped_within(BEAT) {
            let bytes = self.counts.bytes.load(Ordering::Relaxed);
            let callbacks = self.counts.callbacks.load(Ordering::Relaxed);
            let text = bar.text(Instant::now(), self.line.width(), bytes, callbacks);
            self.line.show(text);
        }
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
