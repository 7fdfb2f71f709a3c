//! Runs a job over all captures: writes its data and messages in order, block by block, and counts everything.

use std::cell::Cell;
use std::io::{self, Write};

use anyhow::Context;
use wxsub::pipeline::{CaptureStats, Sink, Stop};
use wxsub::report::{Tally, Verdict};
use wxsub::{Lang, Outcome, Place, Record};

use crate::cli::interrupt::Interrupted;
use crate::cli::noise::NoiseFile;
use crate::cli::plan::Plan;
use crate::cli::progress::Progress;
use crate::cli::read::{RunSink, read_all};
use crate::cli::say::say;
use crate::cli::status::UNWRITTEN;
use crate::cli::target::Target;
use crate::cli::texts::{Channel, MOST_MESSAGES, Texts};

/// What a command does with each record.
pub(super) trait Job: Sync {
    /// Writes what comes before all data.
    fn open(&self, _out: &mut Vec<u8>) {}

    /// Writes the separator between two pieces of data.
    fn between(&self, _out: &mut Vec<u8>) {}

    fn record(&self, record: &Record<'_>, texts: &mut Texts, tally: &mut Tally);

    /// Returns true if the counts show a failure, which ends a run with `--fail-fast`.
    fn is_failure(&self, tally: &Tally) -> bool {
        tally.verdict() == Verdict::Undecodable
    }
}

/// The sink of a run. Forks collect texts and counts; the collector writes the texts and adds up the counts.
struct Stream<'a, J, F> {
    job: &'a J,
    /// Takes all records, too.
    fold: F,
    texts: Texts,
    tally: Tally,
    fail_fast: bool,
    failed: bool,
    /// Emptied texts for the next forks. Without reuse a run allocates and frees millions of bytes a second.
    spare: Cell<Vec<Texts>>,
    collector: Option<Collector<'a>>,
}

/// The parts of a stream that only the collector has.
struct Collector<'a> {
    to: &'a mut Target,
    progress: &'a Progress,
    noise: Option<NoiseFile>,
    /// True after the first data was written.
    begun: bool,
    messages: u64,
}

impl<J: Job, F: Sink> Sink for Stream<'_, J, F> {
    fn fork(&self) -> Self {
        let mut spare = self.spare.take();
        let texts = spare.pop().unwrap_or_default();
        self.spare.set(spare);
        Stream {
            job: self.job,
            fold: self.fold.fork(),
            texts,
            tally: Tally::default(),
            fail_fast: self.fail_fast,
            failed: false,
            spare: Cell::default(),
            collector: None,
        }
    }

    fn record(&mut self, record: &Record<'_>) {
        if self.failed {
            return;
        }
        if matches!(record.outcome(), Outcome::Callback(_)) && self.texts.has(Channel::Data) {
            self.texts.data(|out| self.job.between(out));
        }
        self.tally.record(record);
        self.job.record(record, &mut self.texts, &mut self.tally);
        self.fold.record(record);
        self.failed = self.fail_fast && self.job.is_failure(&self.tally);
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        if let Some(collector) = &mut self.collector {
            collector
                .write(self.job, &later.texts)
                .map_err(Stop::Output)?;
        }
        self.spare.get_mut().push(Texts::reusing(later.texts));
        self.failed |= later.failed;
        self.tally.join(later.tally)?;
        if let Some(collector) = &self.collector {
            collector
                .progress
                .counts()
                .set_callbacks(self.tally.all_callbacks());
        }
        let folded = self.fold.join(later.fold);
        self.failed |= folded.is_err();
        match self.failed {
            true => Err(Stop::Enough),
            false => folded,
        }
    }

    fn noise(&mut self, source: &str, place: Place, line: &[u8]) -> Result<(), Stop> {
        let collector = self.collector.as_mut();
        match collector.and_then(|collector| collector.noise.as_mut()) {
            Some(noise) => noise.write(source, place, line),
            None => Ok(()),
        }
    }

    fn end(&mut self, source: &str, stats: &CaptureStats) {
        self.tally.end(source, stats);
    }

    fn cut(&mut self, source: &str, stats: &CaptureStats) {
        self.tally.cut(source, stats);
    }
}

impl<J: Job, F: Sink> RunSink for Stream<'_, J, F> {
    fn is_over(&self) -> bool {
        self.failed
    }

    fn flush(&mut self) -> io::Result<()> {
        let texts = std::mem::take(&mut self.texts);
        match &mut self.collector {
            Some(collector) => collector.write(self.job, &texts),
            None => Ok(()),
        }
    }

    fn has_file(&self) -> bool {
        let collector = self.collector.as_ref();
        collector.is_some_and(|collector| collector.noise.is_some() || collector.to.is_new_file())
    }

    fn unreadable(&mut self, _name: Option<&str>, _why: &str) -> io::Result<()> {
        Ok(())
    }
}

impl Collector<'_> {
    /// Ends the file of noise, which `is_all` or lacks some, and prints the number of messages that were left out.
    fn finish(self, is_all: bool, lang: Lang) -> anyhow::Result<()> {
        self.noise.map_or(Ok(()), |noise| noise.finish(is_all))?;
        let more = self.messages.saturating_sub(MOST_MESSAGES);
        if more > 0 {
            let text = match lang {
                Lang::En => format!("wxsub: … and {more} more like these\n"),
                Lang::Zh => format!("wxsub: ……另有 {more} 条类似的消息\n"),
            };
            self.progress.aside(|| say(text.as_bytes()));
        }
        Ok(())
    }

    fn write(&mut self, job: &impl Job, texts: &Texts) -> io::Result<()> {
        let progress = self.progress;
        match texts.has(Channel::Message) {
            true => progress.aside(|| self.write_pieces(job, texts)),
            false => self.write_pieces(job, texts),
        }
    }

    fn write_pieces(&mut self, job: &impl Job, texts: &Texts) -> io::Result<()> {
        let (mut start, mut has_data) = (0, false);
        for (end, channel) in &texts.pieces {
            let piece = &texts.bytes[start..*end];
            match channel {
                Channel::Data => {
                    let is_first = !std::mem::replace(&mut has_data, true);
                    if is_first && std::mem::replace(&mut self.begun, true) {
                        let mut between = Vec::new();
                        job.between(&mut between);
                        self.to.write_all(&between)?;
                    }
                    self.to.write_all(piece)?;
                }
                Channel::Message => self.message(piece)?,
            }
            start = *end;
        }
        self.messages += texts.more;
        self.to.flush()
    }

    /// Writes a message to standard error. Flushes the data first, to keep the order if both go to a terminal.
    fn message(&mut self, text: &[u8]) -> io::Result<()> {
        self.messages += 1;
        if self.messages <= MOST_MESSAGES {
            self.to.flush()?;
            say(text);
        }
        Ok(())
    }
}

/// The result of a run.
pub(super) struct Done {
    pub(super) tally: Tally,
    /// True if a capture could not be read.
    pub(super) failed: bool,
    /// True if the first failure stopped the run, or the fold did.
    pub(super) stopped: bool,
    /// The signal that ended the run.
    pub(super) interrupted: Option<Interrupted>,
}

impl Done {
    /// Puts the written file in its place if all went well. Otherwise the old file stays.
    pub(super) fn keep(&self, target: Target) -> anyhow::Result<()> {
        target.keep(!(self.stopped || self.failed || self.interrupted.is_some()))
    }
}

/// A fold of no interest.
struct NoFold;

impl Sink for NoFold {
    fn fork(&self) -> Self {
        NoFold
    }

    fn record(&mut self, _: &Record<'_>) {}

    fn join(&mut self, NoFold: Self) -> Result<(), Stop> {
        Ok(())
    }
}

/// Runs `job` over all captures of `plan` and writes its data to `to`.
pub(super) fn run(plan: &Plan, job: &impl Job, to: &mut Target) -> anyhow::Result<Done> {
    run_with(plan, job, NoFold, to).map(|(done, NoFold)| done)
}

/// Runs `job` like [`run`], and passes all records to `fold`, too.
pub(super) fn run_with<F: Sink>(
    plan: &Plan,
    job: &impl Job,
    fold: F,
    to: &mut Target,
) -> anyhow::Result<(Done, F)> {
    let progress = Progress::of(plan, to);
    let mut opening = Vec::new();
    job.open(&mut opening);
    to.write_all(&opening).context(UNWRITTEN)?;
    let mut stream = Stream {
        job,
        fold,
        texts: Texts::default(),
        tally: Tally::default(),
        fail_fast: plan.fail_fast,
        failed: false,
        spare: Cell::default(),
        collector: Some(Collector {
            to,
            progress: &progress,
            noise: NoiseFile::new(plan.noise.as_deref())?,
            begun: false,
            messages: 0,
        }),
    };
    let (failed, interrupted) = read_all(plan, &mut stream, &progress)?;
    let is_all = !failed && !stream.failed && interrupted.is_none();
    if let Some(collector) = stream.collector {
        collector.finish(is_all, plan.err.lang)?;
    }
    let done = Done {
        tally: stream.tally,
        failed,
        stopped: stream.failed,
        interrupted,
    };
    Ok((done, stream.fold))
}

/// Returns true if the payload of the record could not be decoded.
pub(super) fn is_undecodable(record: &Record<'_>) -> bool {
    matches!(record.outcome(), Outcome::Undecodable)
}
