//! Runs a command over all captures: what it writes goes out in order, block by block, and everything is counted.

use std::cell::Cell;
use std::io::{self, Write};

use wxsub::pipeline::{Rest, Sink, Stop};
use wxsub::report::{Tally, Verdict};
use wxsub::{Outcome, Record};

use crate::cli::plan::Plan;
use crate::cli::progress::Progress;
use crate::cli::read::{Reader, read_all, say};
use crate::cli::target::Target;
use crate::cli::texts::{Channel, Texts};

/// What a command does with a record.
pub(super) trait Job: Sync {
    /// Writes what comes before everything else.
    fn open(&self, _out: &mut Vec<u8>) {}

    /// Writes what separates two pieces of data.
    fn between(&self, _out: &mut Vec<u8>) {}

    fn record(&self, record: &Record<'_>, texts: &mut Texts, tally: &mut Tally);

    /// Whether what was counted ends a run that is to stop at the first failure.
    fn is_failure(&self, tally: &Tally) -> bool {
        tally.verdict() == Verdict::Undecodable
    }
}

/// The sink of a run. Forks collect texts and counts; the root writes and adds up.
struct Stream<'a, J> {
    job: &'a J,
    texts: Texts,
    tally: Tally,
    fail_fast: bool,
    failed: bool,
    /// Memory for the texts of forks: millions of bytes a second, which would be asked for and given back.
    spare: Cell<Vec<Texts>>,
    root: Option<Root<'a>>,
}

/// What only the root has.
struct Root<'a> {
    to: &'a mut Target,
    progress: &'a Progress,
    /// Data was written.
    begun: bool,
    messages: u64,
}

/// The most messages about single payloads; the rest is only counted.
const MOST_MESSAGES: u64 = 50;

impl<J: Job> Sink for Stream<'_, J> {
    fn fork(&self) -> Self {
        let mut spare = self.spare.take();
        let texts = spare.pop().unwrap_or_default();
        self.spare.set(spare);
        Stream {
            job: self.job,
            texts,
            tally: Tally::default(),
            fail_fast: self.fail_fast,
            failed: false,
            spare: Cell::default(),
            root: None,
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
        self.failed = self.fail_fast && self.job.is_failure(&self.tally);
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        if let Some(root) = &mut self.root {
            root.write(self.job, &later.texts).map_err(Stop::Output)?;
        }
        self.spare.get_mut().push(Texts::reusing(later.texts));
        self.failed |= later.failed;
        self.tally.join(later.tally)?;
        if let Some(root) = &self.root {
            root.progress
                .counts()
                .set_callbacks(self.tally.all_callbacks());
        }
        if self.failed {
            Err(Stop::Enough)
        } else {
            Ok(())
        }
    }

    fn end(&mut self, source: &str, rest: &Rest) {
        self.tally.end(source, rest);
    }

    fn cut(&mut self, source: &str, rest: &Rest) {
        self.tally.cut(source, rest);
    }
}

impl<J: Job> Reader for Stream<'_, J> {
    fn is_over(&self) -> bool {
        self.failed
    }

    fn flush(&mut self) -> io::Result<()> {
        let texts = std::mem::take(&mut self.texts);
        match &mut self.root {
            Some(root) => root.write(self.job, &texts),
            None => Ok(()),
        }
    }

    fn unreadable(&mut self, _name: Option<&str>, _why: &str) -> io::Result<()> {
        Ok(())
    }
}

impl Root<'_> {
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
        self.to.flush()
    }

    /// Writes a message, in its place among the data if both go to a terminal.
    fn message(&mut self, text: &[u8]) -> io::Result<()> {
        self.messages += 1;
        if self.messages <= MOST_MESSAGES {
            self.to.flush()?;
            say(text);
        }
        Ok(())
    }
}

/// What a run came to.
pub(super) struct Done {
    pub(super) tally: Tally,
    /// A capture could not be read.
    pub(super) failed: bool,
    /// The run was stopped by the first failure.
    pub(super) stopped: bool,
    /// The run was ended by Ctrl-C.
    pub(super) interrupted: bool,
}

impl Done {
    /// Makes what was written to `target` the output, if all went well.
    pub(super) fn keep(&self, target: Target) -> anyhow::Result<()> {
        if !(self.stopped || self.failed || self.interrupted) {
            return target.finish();
        }
        if target.abandon() {
            eprintln!("wxsub: the output file was not touched");
        }
        Ok(())
    }
}

/// Runs `job` over all captures of `plan` and writes its data to `to`.
pub(super) fn run(plan: &Plan, job: &impl Job, to: &mut Target) -> anyhow::Result<Done> {
    let progress = Progress::of(plan, to);
    let mut opening = Vec::new();
    job.open(&mut opening);
    to.write_all(&opening)?;
    let mut stream = Stream {
        job,
        texts: Texts::default(),
        tally: Tally::default(),
        fail_fast: plan.fail_fast,
        failed: false,
        spare: Cell::default(),
        root: Some(Root {
            to,
            progress: &progress,
            begun: false,
            messages: 0,
        }),
    };
    let (failed, interrupted) = read_all(plan, &mut stream, &progress)?;
    let more = stream
        .root
        .map_or(0, |root| root.messages.saturating_sub(MOST_MESSAGES));
    if more > 0 {
        let text = format!("wxsub: … and {more} more messages like these\n");
        progress.aside(|| say(text.as_bytes()));
    }
    Ok(Done {
        tally: stream.tally,
        failed,
        stopped: stream.failed,
        interrupted,
    })
}

/// Whether a record is one that could not be decoded.
pub(super) fn is_undecodable(record: &Record<'_>) -> bool {
    matches!(record.outcome(), Outcome::Undecodable)
}
