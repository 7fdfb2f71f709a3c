//! How far a run is, on a terminal, when it takes more than a second.
//!
//! The run only counts. A thread looks at the counts a few times a second and draws. Whoever writes to the terminal
//! meanwhile does it in [`Progress::aside`], so that lines and bar stay apart.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};
use wxsub::Lang;

use crate::cli::edge::Edged;
use crate::cli::plan::Plan;
use crate::cli::sources::Sources;

/// Runs that are shorter show nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the bar moves.
const BEAT: Duration = Duration::from_millis(200);

/// How often a second it is drawn at most, also between beats, when it was out of the way.
const HERTZ: u8 = 20;

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
            bar: ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()),
            drawing: None,
        }
    }

    /// A bar that shows itself in a while. `beside_data` says that data goes to the same terminal: then a run without a
    /// known end, which is a live view, shows its data only.
    fn on_stderr(sources: Sources, lang: Lang, beside_data: bool) -> Self {
        let mut progress = Self::hidden();
        let (stop, stopped) = channel();
        let drawing = Drawing {
            bar: progress.bar.clone(),
            counts: progress.counts.clone(),
            stopped,
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
        self.bar.suspend(write)
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
        if let Some(total) = total {
            self.bar.set_length(total);
        }
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(Edged::stderr()), HERTZ);
        self.bar.set_draw_target(target);
        while !self.has_stopped_within(BEAT) {
            let callbacks = HumanCount(self.counts.callbacks.load(Ordering::Relaxed));
            self.bar.set_message(match self.lang {
                Lang::En => format!("{callbacks} callbacks"),
                Lang::Zh => format!("{callbacks} 个回调"),
            });
            self.bar.set_style(style(total.is_some(), self.lang));
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
}

/// What the bar shows on a terminal of at least so many columns, in English and in Chinese: never more than a line, or
/// the terminal would keep what was drawn before.
type Row = (usize, &'static str, &'static str);

const WITH_TOTAL: [Row; 5] = [
    (
        110,
        "{percent:>3}% {bar:24} {bytes} of {total_bytes} · {bytes_per_sec} · {msg} · {eta} left",
        "{percent:>3}% {bar:24} {bytes} / {total_bytes} · {bytes_per_sec} · {msg} · 剩余 {eta}",
    ),
    (
        80,
        "{percent:>3}% {bar:10} {bytes} · {bytes_per_sec} · {msg} · {eta} left",
        "{percent:>3}% {bar:10} {bytes} · {bytes_per_sec} · {msg} · 剩余 {eta}",
    ),
    (
        56,
        "{percent:>3}% · {bytes_per_sec} · {msg} · {eta} left",
        "{percent:>3}% · {bytes_per_sec} · {msg} · 剩余 {eta}",
    ),
    (
        40,
        "{percent:>3}% · {msg} · {eta} left",
        "{percent:>3}% · {msg} · 剩余 {eta}",
    ),
    (0, "{percent:>3}%", "{percent:>3}%"),
];

const WITHOUT_TOTAL: [Row; 3] = [
    (
        64,
        "{spinner} {bytes} · {bytes_per_sec} · {msg} · {elapsed}",
        "{spinner} {bytes} · {bytes_per_sec} · {msg} · {elapsed}",
    ),
    (40, "{spinner} {bytes} · {msg}", "{spinner} {bytes} · {msg}"),
    (0, "{spinner}", "{spinner}"),
];

/// What fits now: terminals change their size.
fn style(has_total: bool, lang: Lang) -> ProgressStyle {
    let width = usize::from(Edged::stderr().width());
    let rows: &[Row] = if has_total {
        &WITH_TOTAL
    } else {
        &WITHOUT_TOTAL
    };
    let row = rows.iter().find(|(least, ..)| width >= *least);
    let template = row.map_or("", |(_, en, zh)| match lang {
        Lang::En => en,
        Lang::Zh => zh,
    });
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr;

    /// The widest that each part gets in practice.
    const PARTS: [(&str, &str); 10] = [
        ("{percent:>3}", "100"),
        ("{bar:24}", "########################"),
        ("{bar:10}", "##########"),
        ("{bytes}", "1,023.99 GiB"),
        ("{total_bytes}", "1,023.99 GiB"),
        ("{bytes_per_sec}", "1,023.99 MiB/s"),
        ("{msg}", "123,456,789 callbacks"),
        ("{eta}", "89s"),
        ("{elapsed}", "89s"),
        ("{spinner}", "⠓"),
    ];

    #[test]
    fn every_row_fits_its_terminal() {
        for (least, en, zh) in WITH_TOTAL.iter().chain(&WITHOUT_TOTAL) {
            for template in [en, zh] {
                let shown = PARTS
                    .iter()
                    .fold(template.to_string(), |text, (key, widest)| {
                        text.replace(key, widest)
                    });
                assert!(!shown.contains(['{', '}']), "{shown}");
                assert!(shown.width() <= (*least).max(4), "{shown}");
                assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
            }
        }
    }
}
