//! How far a run is, on a terminal, when it takes more than a second.
//!
//! The run only counts. A thread looks at the counts a few times a second and draws. Whoever writes to standard error
//! meanwhile does it through [`Progress::say`], so that lines and bar stay apart.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use wxsub::Lang;

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
    bar: ProgressBar,
    drawing: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// A bar that is not shown.
    pub(super) fn hidden() -> Self {
        Progress {
            counts: Arc::default(),
            bar: ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()),
            drawing: None,
        }
    }

    /// A bar that shows itself in a while.
    pub(super) fn on_stderr(sources: Sources, lang: Lang) -> Self {
        let mut progress = Self::hidden();
        let (stop, stopped) = channel();
        let drawing = Drawing {
            bar: progress.bar.clone(),
            counts: progress.counts.clone(),
            stopped,
            lang,
        };
        progress.drawing = Some((stop, thread::spawn(move || drawing.run(&sources))));
        progress
    }

    pub(super) fn counts(&self) -> &Arc<Counts> {
        &self.counts
    }

    /// Writes `text` to standard error.
    pub(super) fn say(&self, text: &[u8]) {
        // Who closes standard error does not want messages.
        _ = self.bar.suspend(|| io::stderr().write_all(text));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((stop, drawing)) = self.drawing.take() {
            drop(stop);
            _ = drawing.join();
            self.bar.finish_and_clear();
        }
    }
}

/// The drawing thread.
struct Drawing {
    bar: ProgressBar,
    counts: Arc<Counts>,
    /// Ends when the run does.
    stopped: Receiver<()>,
    lang: Lang,
}

impl Drawing {
    fn run(&self, sources: &Sources) {
        if self.has_stopped_within(PATIENCE) {
            return;
        }
        let total = self.total(sources);
        self.bar.set_style(self.style(total.is_some()));
        if let Some(total) = total {
            self.bar.set_length(total);
        }
        self.bar.set_draw_target(ProgressDrawTarget::stderr());
        while !self.has_stopped_within(BEAT) {
            let callbacks = HumanCount(self.counts.callbacks.load(Ordering::Relaxed));
            self.bar.set_message(match self.lang {
                Lang::En => format!("{callbacks} callbacks"),
                Lang::Zh => format!("{callbacks} 个回调"),
            });
            self.bar
                .set_position(self.counts.bytes.load(Ordering::Relaxed));
            self.bar.tick();
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

    fn style(&self, has_total: bool) -> ProgressStyle {
        let template = match (has_total, self.lang) {
            (false, _) => "{spinner} {bytes} · {bytes_per_sec} · {msg} · {elapsed}",
            (true, Lang::En) => {
                "{percent:>3}% {bar:24} {bytes} of {total_bytes} · {bytes_per_sec} · {msg} · {eta} left"
            }
            (true, Lang::Zh) => {
                "{percent:>3}% {bar:24} {bytes} / {total_bytes} · {bytes_per_sec} · {msg} · 剩余 {eta}"
            }
        };
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
    }
}
