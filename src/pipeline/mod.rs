//! The one loop: blocks of a capture in, records to a sink.
//!
//! A [`Sink`] forks for each block and is joined in the order of the input, so what it does with a block may happen
//! anywhere: here, one block after the other (`blocks`), or on several threads, where every block is decoded (`speculation`)
//! before it is known how it begins (`workers`, which says why the output is the same). `chunk` cuts the blocks for that.
//! How far a capture has been read is a `reading`.
//!
//! What a [`Chooser`] decides about one callback alone may happen anywhere too. Whether a callback was there before, and
//! whether it is one too many, depends on all that came before it; then one thread does everything.

mod blocks;
mod chunk;
mod reading;
mod speculation;
mod workers;

use std::io::{self, Read};
use std::sync::Arc;
use std::thread;

use crate::record::Record;
use crate::scan::Noise;
use crate::seal::Policy;
use crate::select::Chooser;
use crate::span::Place;
use crate::syntax::Limits;
use blocks::Blocks;

/// Where records go.
///
/// Forks may be filled on several threads at once. All else happens to one sink at one time, though not always on the
/// same thread.
pub trait Sink: Sized + Send {
    /// An empty sink of the same kind, for one block.
    fn fork(&self) -> Self;

    /// Takes one record.
    fn record(&mut self, record: &Record<'_>);

    /// Adds what came later.
    ///
    /// # Errors
    ///
    /// [`Stop`] ends the run: the output failed, or enough was seen.
    fn join(&mut self, later: Self) -> Result<(), Stop>;

    /// A capture ended.
    fn end(&mut self, _source: &str, _rest: &Rest) {}

    /// A capture was left before its end: reading it failed, or the sink stopped.
    fn cut(&mut self, _source: &str, _rest: &Rest) {}
}

/// What a capture held beside its payloads.
#[derive(Clone, Debug, Default)]
pub struct Rest {
    pub(crate) noise: Noise,
    bytes: u64,
}

impl Rest {
    /// How many bytes belong to no payload, white space not counted.
    pub fn noise(&self) -> u64 {
        self.noise.bytes
    }

    /// How many bytes the capture has, payloads included; of one that was cut, as many as were read.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Where the first of them stands, and its line from there on.
    pub fn first_noise(&self) -> Option<(Place, &[u8])> {
        self.noise
            .first
            .as_ref()
            .map(|(place, line)| (*place, line.as_slice()))
    }
}

/// Why a run ended early.
#[derive(Debug)]
pub enum Stop {
    /// The output could not be written.
    Output(io::Error),
    /// The sink has seen enough.
    Enough,
}

/// Why a capture was not read to its end.
#[derive(Debug)]
pub enum Error {
    /// It could not be read.
    Input(io::Error),
    /// The sink stopped.
    Stopped(Stop),
}

/// How captures are read. What is above its maximum is taken as the maximum.
#[derive(Clone, Debug)]
pub struct Options {
    /// What one payload may take.
    pub limits: Limits,
    /// The most bytes of one read; at most [`Options::MAX_BLOCK_SIZE`]. The output does not depend on it.
    pub block_size: usize,
    /// How many threads decode, at most [`Options::MAX_THREADS`]; 0 for as many as the machine runs at once, up to eight.
    /// The output does not depend on it.
    ///
    /// More than one are started only for a capture that has more than a block at once; a live one is decoded as it
    /// comes.
    pub threads: usize,
    /// What is done with sealed payloads; nothing, if there is none.
    pub policy: Option<Arc<Policy>>,
    /// Whether records shall know the signature queries that belong to them; see [`Record::query`].
    ///
    /// A payload is then given to the sink when the rest of its line was read, since its query may stand there.
    pub wants_queries: bool,
    /// Whether payloads and log lines that differ from an earlier one only in a few values are recognised instead of read.
    /// The output does not depend on it: switch it off to find out whether a record comes from the fast path.
    pub fast: bool,
}

impl Options {
    /// More threads than this gain nothing: the thread that reads and writes has no time for them.
    const MOST_THREADS: usize = 8;

    /// 64 MiB; a larger block is read as several.
    pub const MAX_BLOCK_SIZE: usize = 64 << 20;
    /// Each thread holds a few blocks.
    pub const MAX_THREADS: usize = 256;

    fn threads(&self) -> usize {
        match self.threads {
            0 => thread::available_parallelism().map_or(1, |n| n.get().min(Self::MOST_THREADS)),
            threads => threads.min(Self::MAX_THREADS),
        }
    }

    fn block_size(&self) -> usize {
        self.block_size.min(Self::MAX_BLOCK_SIZE)
    }
}

impl Default for Options {
    fn default() -> Self {
        Options {
            limits: Limits::default(),
            block_size: 256 << 10,
            threads: 1,
            policy: None,
            wants_queries: false,
            fast: true,
        }
    }
}

/// Reads all of `from`, a capture called `source`, and gives its records to `sink`.
///
/// What was read is given to the sink at once, so a live stream is a live view. Memory follows the largest payload,
/// not the capture. Whichever thread has time reads, hence `Send`: [`std::io::stdin`] is, its lock is not.
///
/// # Errors
///
/// [`Error::Input`] if reading fails, after the sink was given what came before; [`Error::Stopped`] if the sink says
/// so.
pub fn run<S: Sink>(
    from: impl Read + Send,
    source: &str,
    options: &Options,
    sink: &mut S,
) -> Result<(), Error> {
    run_chosen(from, source, options, &mut Chooser::default(), sink)
}

/// [`run`] with a choice of callbacks: the sink sees what is left out as such, by its
/// [`Outcome`](crate::Outcome).
///
/// Reading ends when `chooser` has enough; the capture then counts as ended there, and further ones are not read at
/// all. Ask [`Chooser::has_enough`].
///
/// ```
/// use wxsub::report::Tally;
/// use wxsub::select::{Chooser, Selection};
/// use wxsub::{Event, pipeline};
///
/// let log = "\
/// <xml><Event>subscribe_msg_change_event</Event></xml>
/// <xml><Event>subscribe_msg_popup_event</Event></xml>
/// <xml><Event>subscribe_msg_change_event</Event></xml>
/// ";
/// let selection = Selection { events: vec![Event::Change], ..Selection::default() };
/// let mut chooser = Chooser::new(selection).dedup();
/// let mut tally = Tally::default();
/// pipeline::run_chosen(log.as_bytes(), "log", &pipeline::Options::default(), &mut chooser, &mut tally).unwrap();
/// assert_eq!((tally.all_callbacks(), tally.filtered_out(), tally.deduplicated()), (1, 1, 1));
/// ```
///
/// # Errors
///
/// Those of [`run`].
pub fn run_chosen<S: Sink>(
    from: impl Read + Send,
    source: &str,
    options: &Options,
    chooser: &mut Chooser,
    sink: &mut S,
) -> Result<(), Error> {
    if chooser.has_enough() {
        return Ok(());
    }
    let mut blocks = Blocks::new(from, source, options);
    let result = give(&mut blocks, options, chooser, sink);
    match &result {
        // How much was read beyond the last callback that was asked for is a matter of chance, too.
        Ok(()) if chooser.has_enough() => sink.end(source, &blocks.rest_so_far()),
        Ok(()) => sink.end(source, &blocks.rest()),
        Err(Error::Input(_)) => sink.cut(source, &blocks.rest()),
        // How much was read beyond the stop is a matter of chance.
        Err(Error::Stopped(_)) => sink.cut(source, &Rest::default()),
    }
    result
}

/// Gives all records to `sink`, until `chooser` has enough.
fn give<S: Sink>(
    blocks: &mut Blocks<impl Read + Send>,
    options: &Options,
    chooser: &mut Chooser,
    sink: &mut S,
) -> Result<(), Error> {
    while !chooser.has_enough() {
        let read = blocks.read();
        match read {
            Ok(false) => break,
            Ok(true) => {}
            Err(_) => blocks.reading.reveal(),
        }
        let mut part = sink.fork();
        blocks.reading.give(chooser, &mut part);
        sink.join(part).map_err(Error::Stopped)?;
        read.map_err(Error::Input)?;
        if options.threads != 1 && blocks.is_plenty() && !chooser.depends_on_order() {
            let threads = options.threads();
            if threads > 1 {
                return workers::give(blocks, threads, options, chooser, sink);
            }
        }
    }
    Ok(())
}

/// The records of one capture, one after the other, each independent of the capture.
///
/// The simplest way to read a capture; [`run`] does the same without copying.
///
/// ```
/// let log = "\
/// 2021-01-18 11:30:40 INFO body={\"ToUserName\":\"gh_123456789abc\",\"MsgType\":\"event\",\"Event\":\"subscribe\"}
/// 2021-01-18 11:30:41 INFO body=<xml><Event>subscribe_msg_change_event</Event></xml>
/// ";
/// let records: Vec<_> = wxsub::Capture::new(log.as_bytes()).collect::<Result<_, _>>()?;
/// assert_eq!(records[0].outcome(), &wxsub::Outcome::Other("subscribe".into()));
/// assert_eq!(records[1].callback().map(|callback| callback.event()), Some(wxsub::Event::Change));
/// assert_eq!(records[1].place(0).line, 2);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Capture<R> {
    blocks: Blocks<R>,
}

impl<R: Read> Capture<R> {
    /// The records in what `from` gives.
    pub fn new(from: R) -> Self {
        Capture {
            blocks: Blocks::new(from, "", &Options::default()),
        }
    }

    /// Sets the name of the capture, for [`Record::source`].
    pub fn named(mut self, source: &str) -> Self {
        self.blocks.source = source.into();
        self
    }

    /// Sets limits of your own.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.blocks.limits = limits.clamped();
        self
    }

    /// Sets the keys for what is sealed.
    pub fn policy(mut self, policy: Arc<Policy>) -> Self {
        self.blocks.policy = Some(policy);
        self
    }

    /// What there was beside the payloads, so far.
    pub fn rest(&self) -> Rest {
        self.blocks.rest()
    }
}

impl<R: Read> Iterator for Capture<R> {
    type Item = io::Result<Record<'static>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(record) = self.blocks.reading.next() {
                return Some(Ok(record.into_owned()));
            }
            self.blocks.reading.forget();
            match self.blocks.read() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    self.blocks.reading.reveal();
                    return Some(Err(error));
                }
            }
        }
    }
}
