//! The one loop: blocks of a capture in, records to a sink.
//!
//! A [`Sink`] forks for each block and is joined in the order of the input, so what it does with a block may happen
//! anywhere; today it happens here, one block after the other.

use std::io::{self, Read};
use std::sync::Arc;

use crate::frame::Noise;
use crate::input::Input;
use crate::record::{Decoder, Memory, Record};
use crate::span::Place;
use crate::wire::Limits;

/// Where records go.
pub trait Sink: Sized {
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

/// How captures are read.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// What one payload may take.
    pub limits: Limits,
    /// The most bytes of one read. The output does not depend on it.
    pub block_size: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            limits: Limits::default(),
            block_size: 256 << 10,
        }
    }
}

/// Reads all of `from`, a capture called `source`, and gives its records to `sink`.
///
/// What was read is given to the sink at once, so a live stream is a live view. Memory follows the largest payload,
/// not the capture.
///
/// # Errors
///
/// [`Error::Input`] if reading fails, after the sink was given what came before; [`Error::Stopped`] if the sink says
/// so.
pub fn run<S: Sink>(
    from: impl Read,
    source: &str,
    options: &Options,
    sink: &mut S,
) -> Result<(), Error> {
    let mut blocks = Blocks::new(from, source, options);
    let result = blocks.give(sink);
    match &result {
        Ok(()) => sink.end(source, &blocks.rest()),
        Err(Error::Input(_)) => sink.cut(source, &blocks.rest()),
        // How much was read beyond the stop is a matter of chance.
        Err(Error::Stopped(_)) => sink.cut(source, &Rest::default()),
    }
    result
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

    /// The same, with a name for [`Record::source`].
    pub fn named(mut self, source: &str) -> Self {
        self.blocks.source = source.into();
        self
    }

    /// The same, with limits of your own.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.blocks.limits = limits;
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
            if let Some(record) = self.blocks.next() {
                return Some(Ok(record.into_owned()));
            }
            self.blocks.forget();
            match self.blocks.read() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// A capture's blocks, with what is left of one in front of the next.
#[derive(Debug)]
struct Blocks<R> {
    input: Input<R>,
    source: Arc<str>,
    limits: Limits,
    /// Made when it is known how the capture is written.
    decoder: Option<Decoder>,
    ended: bool,
}

impl<R: Read> Blocks<R> {
    fn new(from: R, source: &str, options: &Options) -> Self {
        let input = Input::new(from, options.block_size);
        Blocks {
            input,
            source: source.into(),
            limits: options.limits,
            decoder: None,
            ended: false,
        }
    }

    /// Gives all records to `sink`.
    fn give<S: Sink>(&mut self, sink: &mut S) -> Result<(), Error> {
        while self.read().map_err(Error::Input)? {
            let mut part = sink.fork();
            while let Some(record) = self.next() {
                part.record(&record);
                let memory = record.into_memory();
                self.recycle(memory);
            }
            self.forget();
            sink.join(part).map_err(Error::Stopped)?;
        }
        Ok(())
    }

    /// Reads a block; `false` behind the last.
    fn read(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        // A failed read is the last.
        self.ended = true;
        self.input.read()?;
        let (text, ended) = self.input.text();
        self.ended = ended;
        if self.decoder.is_none() && (ended || !text.is_empty()) {
            self.decoder = Some(Decoder::new(
                self.source.clone(),
                self.limits,
                self.input.origin(),
            ));
        }
        Ok(true)
    }

    /// The next record that has arrived whole.
    fn next(&mut self) -> Option<Record<'_>> {
        let (text, last) = self.input.text();
        self.decoder.as_mut()?.next(text, last)
    }

    fn recycle(&mut self, memory: Memory) {
        if let Some(decoder) = &mut self.decoder {
            decoder.recycle(memory);
        }
    }

    /// Drops what is done with.
    fn forget(&mut self) {
        if let Some(decoder) = &mut self.decoder {
            let done = decoder.scanner.take_done(self.input.text().0);
            self.input.drop_front(done);
        }
    }

    fn rest(&self) -> Rest {
        Rest {
            noise: self
                .decoder
                .as_ref()
                .map(|decoder| decoder.scanner.noise.clone())
                .unwrap_or_default(),
            bytes: self.input.bytes(),
        }
    }
}
