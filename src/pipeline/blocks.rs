//! A capture's blocks, with what is left of one in front of the next, decoded one after the other.

use std::io::{self, Read};
use std::sync::Arc;

use crate::frame::{Noise, Turn, Waypoint};
use crate::input::Input;
use crate::pipeline::chunk::Chunk;
use crate::pipeline::{Options, Rest, Sink};
use crate::record::{Decoder, Memory, Record};
use crate::seal::Policy;
use crate::select::Chooser;
use crate::span::Place;
use crate::wire::Limits;

/// A capture that is read block by block.
#[derive(Debug)]
pub(super) struct Blocks<R> {
    pub(super) input: Input<R>,
    pub(super) source: Arc<str>,
    pub(super) limits: Limits,
    pub(super) policy: Option<Arc<Policy>>,
    wants_queries: bool,
    /// Made when it is known how the capture is written.
    decoder: Option<Decoder>,
    /// What the decoders before this one left.
    noise: Noise,
    ended: bool,
}

impl<R: Read> Blocks<R> {
    pub(super) fn new(from: R, source: &str, options: &Options) -> Self {
        let input = Input::new(from, options.block_size);
        Blocks {
            input,
            source: source.into(),
            limits: options.limits,
            policy: options.policy.clone(),
            wants_queries: options.wants_queries,
            decoder: None,
            noise: Noise::default(),
            ended: false,
        }
    }

    /// Reads a block; `false` behind the last.
    pub(super) fn read(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        // A failed read is the last.
        self.ended = true;
        self.input.read()?;
        let (text, ended) = self.input.text();
        self.ended = ended;
        if self.decoder.is_none() && (ended || !text.is_empty()) {
            let decoder = Decoder::new(self.source.clone(), self.limits, self.input.origin());
            let decoder = decoder.opening(self.policy.clone());
            self.decoder = Some(decoder.with_queries(self.wants_queries));
        }
        Ok(true)
    }

    /// The next record that has arrived whole.
    pub(super) fn next(&mut self) -> Option<Record<'_>> {
        let (text, last) = self.input.text();
        self.decoder.as_mut()?.next(text, last)
    }

    /// Gives all records that have arrived whole to `part`, until `chooser` has enough.
    pub(super) fn give<S: Sink>(&mut self, chooser: &mut Chooser, part: &mut S) {
        while let Some(record) = self.next() {
            let memory = hand_over(record, chooser, part);
            self.recycle(memory);
            if chooser.has_enough() {
                break;
            }
        }
        self.forget();
    }

    fn recycle(&mut self, memory: Memory) {
        if let Some(decoder) = &mut self.decoder {
            decoder.recycle(memory);
        }
    }

    /// Nothing more can be read: what waited for the rest of its line waits no longer.
    pub(super) fn reveal(&mut self) {
        if let Some(decoder) = &mut self.decoder {
            decoder.scanner.reveal();
        }
    }

    /// Drops what is done with.
    pub(super) fn forget(&mut self) {
        if let Some(decoder) = &mut self.decoder {
            let done = decoder.scanner.take_done(self.input.text().0);
            self.input.drop_front(done);
        }
    }

    /// The same as [`Blocks::rest`], of what was looked at and not of all that was read.
    pub(super) fn rest_so_far(&self) -> Rest {
        let decoder = self.decoder.as_ref();
        Rest {
            bytes: decoder.map_or(0, |decoder| decoder.scanner.offset()),
            ..self.rest()
        }
    }

    pub(super) fn rest(&self) -> Rest {
        let mut noise = self.noise.clone();
        if let Some(decoder) = &self.decoder {
            noise.join(decoder.scanner.noise.clone());
        }
        Rest {
            noise,
            bytes: self.input.bytes(),
        }
    }
}

/// What it takes to go on with bytes that were read past the text, and perhaps decoded by somebody else.
impl<R: Read> Blocks<R> {
    /// Whether more may be there at once, and it is text as it is.
    pub(super) fn is_plenty(&self) -> bool {
        self.decoder.is_some() && self.input.is_plenty()
    }

    /// Where the next byte stands that will be read.
    pub(super) fn end(&mut self) -> Place {
        let (text, _) = self.input.text();
        let scanner = self.decoder.as_mut().map(|decoder| &mut decoder.scanner);
        scanner.map_or(self.input.origin().0, |scanner| scanner.end(text))
    }

    /// Reads on in `chunk`, which comes next, until it comes by `goal`; if it does not, to the end of the chunk. Whether
    /// it came by.
    pub(super) fn follow<S: Sink>(
        &mut self,
        chunk: &Chunk,
        goal: Option<Waypoint>,
        chooser: &mut Chooser,
        part: &mut S,
    ) -> bool {
        /// What stands behind a document may have to be seen to tell that it ends.
        const AHEAD: usize = 4096;
        let bytes = chunk.bytes();
        let near = goal.map_or(bytes.len(), |goal| {
            (goal.offset() - chunk.place.offset) as usize + AHEAD
        });
        let (near, far) = bytes.split_at(near.min(bytes.len()));
        let mut comes_by = |bytes| {
            self.input.push(bytes);
            self.comes_by(goal, chooser, part)
        };
        comes_by(near) || (!far.is_empty() && comes_by(far))
    }

    fn comes_by<S: Sink>(
        &mut self,
        goal: Option<Waypoint>,
        chooser: &mut Chooser,
        part: &mut S,
    ) -> bool {
        while let Some(decoder) = &mut self.decoder {
            let text = self.input.text().0;
            let is_at = |goal: Waypoint| {
                decoder.scanner.offset() == goal.offset()
                    && decoder.scanner.waypoint(text) == Some(goal)
            };
            if goal.is_some_and(is_at) {
                return true;
            }
            match decoder.step(text) {
                Turn::Found(record) => {
                    let memory = hand_over(record, chooser, part);
                    self.recycle(memory);
                }
                Turn::Moved => {}
                Turn::Stuck => break,
            }
        }
        self.forget();
        false
    }

    /// Leaves the rest to a decoder that came by the same waypoint and has read on to where `text` begins.
    pub(super) fn hand_to(&mut self, decoder: Decoder, text: &[u8]) {
        if let Some(before) = self.decoder.replace(decoder) {
            self.noise.join(before.scanner.noise);
        }
        self.input.replace(text);
    }
}

/// Gives a record to `part`, as far as it is chosen.
pub(super) fn hand_over<S: Sink>(
    mut record: Record<'_>,
    chooser: &mut Chooser,
    part: &mut S,
) -> Memory {
    chooser.choose(&mut record);
    part.record(&record);
    record.into_memory()
}
