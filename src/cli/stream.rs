//! Runs a command over all captures: what it writes goes out in order, block by block, and everything is counted.

use std::io::{self, Write};

use wxsub::pipeline::{self, Error, Rest, Sink, Stop};
use wxsub::report::{Tally, Verdict};
use wxsub::select::Chooser;
use wxsub::{Outcome, Record, decompress};

use crate::cli::feed::{Capture, Feed};
use crate::cli::interrupt::Interrupted;
use crate::cli::plan::Plan;
use crate::cli::progress::Progress;
use crate::cli::sources::printable;
use crate::cli::target::Target;

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

/// A sink that reads one capture after the other.
pub(super) trait Reader: Sink {
    /// Whether the run is to end.
    fn is_over(&self) -> bool;

    /// Writes what is to be written.
    fn flush(&mut self) -> io::Result<()>;

    /// The capture `name`, if it could be opened, was not read to its end.
    fn unreadable(&mut self, name: Option<&str>, why: &str) -> io::Result<()>;
}

/// Text for standard output and standard error, in the order in which it was made.
#[derive(Debug, Default)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    /// Where each piece ends, and where it goes.
    pieces: Vec<(usize, Channel)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Channel {
    Data,
    /// A message about a payload; there may be thousands.
    Message,
}

impl Texts {
    fn with_room(room: usize) -> Self {
        Texts {
            bytes: Vec::with_capacity(room),
            pieces: Vec::new(),
        }
    }

    /// Adds to the data what `write` writes.
    pub(super) fn data<T>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        self.piece(Channel::Data, write)
    }

    /// Adds a message for standard error.
    pub(super) fn message(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.piece(Channel::Message, write);
    }

    fn piece<T>(&mut self, channel: Channel, write: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        let before = self.bytes.len();
        let result = write(&mut self.bytes);
        match self.pieces.last_mut() {
            _ if self.bytes.len() == before => {}
            Some((end, Channel::Data)) if channel == Channel::Data => *end = self.bytes.len(),
            _ => self.pieces.push((self.bytes.len(), channel)),
        }
        result
    }

    fn has(&self, wanted: Channel) -> bool {
        self.pieces.iter().any(|(_, channel)| *channel == wanted)
    }
}

/// The sink of a run. Forks collect texts and counts; the root writes and adds up.
struct Stream<'a, J> {
    job: &'a J,
    texts: Texts,
    tally: Tally,
    fail_fast: bool,
    failed: bool,
    /// How much text a block had at most.
    most: usize,
    root: Option<Root<'a>>,
}

/// What only the root has.
struct Root<'a> {
    to: &'a mut Target,
    progress: &'a Progress,
    /// Data goes to a terminal.
    visible: bool,
    /// Data was written.
    begun: bool,
    messages: u64,
}

/// The most messages about single payloads; the rest is only counted.
const MOST_MESSAGES: u64 = 50;

impl<J: Job> Sink for Stream<'_, J> {
    fn fork(&self) -> Self {
        Stream {
            texts: Texts::with_room(self.most),
            tally: Tally::default(),
            failed: false,
            root: None,
            ..*self
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
        self.most = self.most.max(later.texts.bytes.len());
        if let Some(root) = &mut self.root {
            root.write(self.job, &later.texts).map_err(Stop::Output)?;
        }
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
        match texts.has(Channel::Message) || self.visible && texts.has(Channel::Data) {
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

/// Writes to standard error; who closes it does not want messages.
fn say(text: &[u8]) {
    _ = io::stderr().write_all(text);
}

/// Standard output of a gate, whose answer does not depend on who listens: when the pipe is closed it goes on in silence.
pub(super) struct Output<'a> {
    to: Target,
    progress: &'a Progress,
    visible: bool,
    closed: bool,
}

impl<'a> Output<'a> {
    pub(super) fn new(to: Target, progress: &'a Progress) -> Self {
        Output {
            visible: to.is_terminal(),
            closed: false,
            to,
            progress,
        }
    }

    fn unless_closed(&mut self, act: impl FnOnce(&mut Target) -> io::Result<()>) -> io::Result<()> {
        let done = match self.closed {
            true => return Ok(()),
            false if self.visible => self.progress.aside(|| act(&mut self.to)),
            false => act(&mut self.to),
        };
        self.closed = matches!(&done, Err(error) if error.kind() == io::ErrorKind::BrokenPipe);
        if self.closed { Ok(()) } else { done }
    }
}

impl Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_closed(|to| to.write_all(bytes))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_closed(Write::flush)
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

/// Runs `job` over all captures of `plan` and writes its data to `to`.
pub(super) fn run(plan: &Plan, job: &impl Job, to: &mut Target) -> anyhow::Result<Done> {
    let visible = to.is_terminal();
    let progress = match plan.progress {
        true => Progress::on_stderr(plan.sources.clone(), plan.err.lang, visible),
        false => Progress::hidden(),
    };
    let mut opening = Vec::new();
    job.open(&mut opening);
    to.write_all(&opening)?;
    let mut stream = Stream {
        job,
        texts: Texts::default(),
        tally: Tally::default(),
        fail_fast: plan.fail_fast,
        failed: false,
        most: 0,
        root: Some(Root {
            to,
            progress: &progress,
            visible,
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

/// Reads all captures: whether one of them could not be read, and whether the run was interrupted.
pub(super) fn read_all(
    plan: &Plan,
    sink: &mut impl Reader,
    progress: &Progress,
) -> anyhow::Result<(bool, bool)> {
    let counts = progress.counts().clone();
    let mut feed = Feed::new(&plan.sources, plan.max_expansion, counts);
    let mut failed = false;
    let mut chooser = plan.chooser.clone();
    loop {
        let next = feed.next().map_err(|error| (None, error));
        let read = |it: Capture<'_>| {
            let name = it.name.clone();
            read(it, plan, &mut chooser, sink).map_err(|error| (Some(name), error))
        };
        match next.and_then(|capture| capture.map_or(Ok(false), read)) {
            Ok(true) => {}
            Ok(false) => return Ok((failed, false)),
            Err((_, error)) if error.is::<OutputFailed>() => return Err(error),
            Err((_, error)) if error.is::<Interrupted>() => return Ok((failed, true)),
            Err((name, error)) => {
                let why = format!("{error:#}");
                progress.aside(|| say(format!("wxsub: error: {why}\n").as_bytes()));
                let told = sink.unreadable(name.as_deref(), &why);
                told.map_err(OutputFailed)?;
                failed = true;
            }
        }
    }
}

/// The output could not be written: there is no point in reading on.
#[derive(Debug)]
struct OutputFailed(io::Error);

impl std::fmt::Display for OutputFailed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cannot write the output")
    }
}

impl std::error::Error for OutputFailed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// Reads one capture; `false` if the run is over.
fn read(
    capture: Capture<'_>,
    plan: &Plan,
    chooser: &mut Chooser,
    sink: &mut impl Reader,
) -> anyhow::Result<bool> {
    match pipeline::run_chosen(capture.bytes, &capture.name, &plan.options, chooser, sink) {
        Ok(()) => {}
        Err(Error::Stopped(Stop::Enough)) => return Ok(false),
        Err(Error::Stopped(Stop::Output(error))) => return Err(OutputFailed(error).into()),
        Err(Error::Input(error)) => return Err(unreadable(error, &capture.name)),
    }
    sink.flush().map_err(OutputFailed)?;
    Ok(!sink.is_over() && !chooser.has_enough())
}

/// Why a capture was not read to its end, and what to do about it.
fn unreadable(error: io::Error, name: &str) -> anyhow::Error {
    let inner = error.get_ref();
    if inner.is_some_and(|inner| inner.is::<Interrupted>()) {
        return Interrupted.into();
    }
    let hint = match inner.and_then(|inner| inner.downcast_ref()) {
        Some(decompress::Error::Expands { .. }) => "; --max-expansion allows more",
        _ => "",
    };
    anyhow::anyhow!("cannot read `{}`: {error}{hint}", printable(name))
}

/// Whether a record is one that could not be decoded.
pub(super) fn is_undecodable(record: &Record<'_>) -> bool {
    matches!(record.outcome(), Outcome::Undecodable)
}
