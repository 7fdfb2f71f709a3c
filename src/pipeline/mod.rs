//! The main loop: reads a capture in blocks and passes its records to a sink.
//!
//! A [`Sink`] forks for each block, and the forks are joined in the order of the input. Blocks can therefore be decoded
//! one after another (`blocks`) or on several threads (`workers`, which explains why the output does not depend on
//! this). A thread decodes a block before the state at its start is known (`speculation`). `chunk` splits the input for
//! threads, `reading` is the progress in a capture.
//!
//! A [`Selection`](crate::select::Selection) works on any thread. Deduplication and a limit depend on all earlier
//! callbacks, so they run on one thread.

mod blocks;
mod chunk;
mod reading;
mod speculation;
mod workers;

use std::io::{self, Read};
use std::sync::Arc;
use std::thread;

use crate::record::{Decoder, Record};
use crate::scan::Noise;
use crate::seal::Policy;
use crate::select::Filter;
use crate::span::Place;
use crate::syntax::Limits;
use blocks::Blocks;

/// Receives records.
///
/// Forks may be filled on several threads at once. All other methods are called by one thread at a time, not always the
/// same one.
pub trait Sink: Sized + Send {
    /// Returns an empty sink of the same kind, for one block.
    fn fork(&self) -> Self;

    /// Takes one record.
    fn record(&mut self, record: &Record<'_>);

    /// Appends the results of a later fork.
    ///
    /// # Errors
    ///
    /// [`Stop`] ends the run: the output failed, or the sink needs no more records.
    fn join(&mut self, later: Self) -> Result<(), Stop>;

    /// Ends a capture.
    fn end(&mut self, _source: &str, _stats: &CaptureStats) {}

    /// Takes a line of noise, or a part of one beside a payload, without its line end; see [`Options::keeps_noise`].
    ///
    /// # Errors
    ///
    /// The reason to end the run.
    fn noise(&mut self, _source: &str, _place: Place, _line: &[u8]) -> Result<(), Stop> {
        Ok(())
    }

    /// Ends a capture that was not read to its end: reading failed or the sink stopped.
    fn cut(&mut self, _source: &str, _stats: &CaptureStats) {}
}

/// The noise and the size of a capture.
#[derive(Clone, Debug, Default)]
pub struct CaptureStats {
    pub(crate) noise: Noise,
    bytes: u64,
}

impl CaptureStats {
    /// Returns the number of bytes that belong to no payload, without white space.
    pub fn noise(&self) -> u64 {
        self.noise.bytes
    }

    /// Returns the number of mentions: names of events in noise that are not part of a callback.
    pub fn mentions(&self) -> u64 {
        self.noise.mentions
    }

    /// Returns the number of bytes read, payloads included.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the place of the first noise, and its line from there on.
    pub fn first_noise(&self) -> Option<(Place, &[u8])> {
        self.noise
            .first
            .as_ref()
            .map(|(place, line)| (*place, line.as_slice()))
    }
}

/// The reason why a sink ends a run.
#[derive(Debug)]
pub enum Stop {
    /// The output failed.
    Output(io::Error),
    /// The sink needs no more records.
    Enough,
}

/// The reason why a capture was not read to its end.
#[derive(Debug)]
pub enum Error {
    /// Reading failed.
    Input(io::Error),
    /// The sink stopped.
    Stopped(Stop),
}

/// Settings for reading captures. A value above its maximum counts as the maximum.
#[derive(Clone, Debug)]
pub struct Options {
    /// The limits for one payload.
    pub limits: Limits,
    /// The size of a read in bytes, at most [`Options::MAX_BLOCK_SIZE`]. The output does not depend on it.
    pub block_size: usize,
    /// The number of decoding threads, at most [`Options::MAX_THREADS`]. 0 is the number of processors, up to eight.
    ///
    /// The output does not depend on it. Threads start only for a capture with more than one block available at once,
    /// so a live stream is decoded as it arrives.
    pub threads: usize,
    /// The policy for encrypted payloads. Without one they are not decrypted.
    pub policy: Option<Arc<Policy>>,
    /// True to attach signature queries to records; see [`Record::query`].
    ///
    /// A payload is then delayed until the rest of its line is read, because its query may be there.
    pub wants_queries: bool,
    /// True to pass all noise to [`Sink::noise`]. One thread decodes then.
    pub keeps_noise: bool,
    /// True to decode callbacks after a torn message, although a user may have typed them.
    ///
    /// Otherwise they are undecodable, with [`Code::AfterTorn`](crate::Code::AfterTorn).
    pub accepts_after_torn: bool,
    /// True to recognise payloads and log lines that differ from an earlier one only in a few values, instead of
    /// reading them.
    ///
    /// The output does not depend on it. Switching it off shows whether a suspicious record is a fault of the fast
    /// path.
    pub fast: bool,
}

impl Options {
    /// The default maximum of threads. With more, the thread that reads and writes is the bottleneck.
    const MOST_THREADS: usize = 8;

    /// The maximum of `block_size`, 64 MiB.
    pub const MAX_BLOCK_SIZE: usize = 64 << 20;
    /// The maximum of `threads`. More would only need memory, for several blocks each.
    pub const MAX_THREADS: usize = 16;

    /// Returns the number of threads.
    pub(crate) fn threads(&self) -> usize {
        match self.threads {
            _ if self.keeps_noise => 1,
            0 => thread::available_parallelism().map_or(1, |n| n.get().min(Self::MOST_THREADS)),
            threads => threads.min(Self::MAX_THREADS),
        }
    }

    fn block_size(&self) -> usize {
        self.block_size.min(Self::MAX_BLOCK_SIZE)
    }

    /// Returns `decoder` with the settings that concern single payloads.
    fn set_up(&self, decoder: Decoder) -> Decoder {
        decoder
            .opening(self.policy.clone())
            .with_queries(self.wants_queries)
            .accepting_after_torn(self.accepts_after_torn)
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
            keeps_noise: false,
            accepts_after_torn: false,
            fast: true,
        }
    }
}

/// Reads all of `from`, a capture called `source`, and passes its records to `sink`.
///
/// Records are passed on as soon as they are read, so a live stream gives live output. Memory depends on the largest
/// payload, not on the capture's size. Any thread may read, so `from` must be `Send`: [`std::io::stdin`]
/// is, its lock is not.
///
/// # Errors
///
/// [`Error::Input`] if reading fails, after all records before it; [`Error::Stopped`] if the sink stops.
pub fn run<S: Sink>(
    from: impl Read + Send,
    source: &str,
    options: &Options,
    sink: &mut S,
) -> Result<(), Error> {
    run_filtered(from, source, options, &mut Filter::default(), sink)
}

/// Reads a capture like [`run`], with a choice of callbacks. The sink also gets excluded callbacks, marked by their
/// [`Outcome`](crate::Outcome).
///
/// Reading ends when [`Filter::has_enough`] returns true. The capture counts as ended there, and further captures are
/// not read.
///
/// ```
/// use wxsub::report::Tally;
/// use wxsub::select::{Filter, Selection};
/// use wxsub::{Event, pipeline};
///
/// let log = "\
/// <xml><MsgType>event</MsgType><Event>subscribe_msg_change_event</Event></xml>
/// <xml><MsgType>event</MsgType><Event>subscribe_msg_popup_event</Event></xml>
/// <xml><MsgType>event</MsgType><Event>subscribe_msg_change_event</Event></xml>
/// ";
/// let selection = Selection { events: vec![Event::Change], ..Selection::default() };
/// let mut filter = Filter::new(selection).dedup();
/// let mut tally = Tally::default();
/// pipeline::run_filtered(log.as_bytes(), "log", &pipeline::Options::default(), &mut filter, &mut tally).unwrap();
/// assert_eq!((tally.all_callbacks(), tally.filtered_out(), tally.deduplicated()), (1, 1, 1));
/// ```
///
/// # Errors
///
/// Fails like [`run`].
pub fn run_filtered<S: Sink>(
    from: impl Read + Send,
    source: &str,
    options: &Options,
    filter: &mut Filter,
    sink: &mut S,
) -> Result<(), Error> {
    if filter.has_enough() {
        return Ok(());
    }
    let mut blocks = Blocks::new(from, source, options);
    let result = emit(&mut blocks, filter, sink);
    match &result {
        // Only what was scanned is counted; how much was read ahead varies.
        Ok(()) if filter.has_enough() => sink.end(source, &blocks.scanned_stats()),
        Ok(()) => sink.end(source, &blocks.stats()),
        Err(Error::Input(_)) => sink.cut(source, &blocks.stats()),
        // How much was read before the stop varies, so nothing is counted.
        Err(Error::Stopped(_)) => sink.cut(source, &CaptureStats::default()),
    }
    result
}

/// Passes all records to `sink` until `filter` has enough.
fn emit<S: Sink>(
    blocks: &mut Blocks<impl Read + Send>,
    filter: &mut Filter,
    sink: &mut S,
) -> Result<(), Error> {
    while !filter.has_enough() {
        let read = blocks.read();
        match read {
            Ok(false) => break,
            Ok(true) => {}
            Err(_) => blocks.reading.show_all(),
        }
        let mut part = sink.fork();
        blocks.reading.emit(filter, &mut part);
        sink.join(part).map_err(Error::Stopped)?;
        for (place, line) in blocks.reading.take_noise() {
            sink.noise(&blocks.source, place, &line)
                .map_err(Error::Stopped)?;
        }
        read.map_err(Error::Input)?;
        if blocks.options.threads != 1 && blocks.is_plenty() && !filter.depends_on_order() {
            let threads = blocks.options.threads();
            if threads > 1 {
                return workers::emit(blocks, threads, filter, sink);
            }
        }
    }
    Ok(())
}

/// An iterator over the owned records of one capture.
///
/// The simplest way to read a capture. [`run`] reads without copying.
///
/// ```
/// let log = "\
/// 2021-01-18 11:30:40 INFO body={\"ToUserName\":\"gh_123456789abc\",\"MsgType\":\"event\",\"Event\":\"subscribe\"}
/// 2021-01-18 11:30:41 INFO body=<xml><MsgType>event</MsgType><Event>subscribe_msg_change_event</Event></xml>
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
    /// Makes an iterator over the records of `from`.
    pub fn new(from: R) -> Self {
        Capture {
            blocks: Blocks::new(from, "", &Options::default()),
        }
    }

    /// Sets the name for [`Record::source`].
    pub fn named(mut self, source: &str) -> Self {
        self.blocks.source = source.into();
        self
    }

    /// Sets the limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.blocks.options.limits = limits.clamped();
        self
    }

    /// Sets the policy for encrypted payloads.
    pub fn policy(mut self, policy: Arc<Policy>) -> Self {
        self.blocks.options.policy = Some(policy);
        self
    }

    /// Returns noise and size of what was read until now.
    pub fn stats(&self) -> CaptureStats {
        self.blocks.stats()
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
                    self.blocks.reading.show_all();
                    return Some(Err(error));
                }
            }
        }
    }
}
