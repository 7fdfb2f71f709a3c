//! How far a capture has been read: the decoder that has read everything before, and the text it is not done with.

use std::ops::ControlFlow;

use crate::fast::Cache;
use crate::input::{Flow, Text};
use crate::pipeline::Sink;
use crate::pipeline::chunk::Chunk;
use crate::record::{Decoder, Record};
use crate::scan::{Noise, SyncPoint, Turn};
use crate::select::Chooser;
use crate::span::Place;

/// What goes on from block to block.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) text: Text,
    /// Made when it is known how the capture is written.
    pub(super) decoder: Option<Decoder>,
    /// What the decoders before this one left.
    noise: Noise,
}

impl Reading {
    /// The next record that has arrived whole.
    pub(super) fn next(&mut self) -> Option<Record<'_>> {
        let decoder = self.decoder.as_mut()?;
        decoder.scanner.flow = self.text.flow();
        decoder.next(self.text.bytes(), self.text.is_ended())
    }

    /// Gives all records that have arrived whole to `part`, until `chooser` has enough.
    pub(super) fn give<S: Sink>(&mut self, chooser: &mut Chooser, part: &mut S) {
        if let Some(decoder) = &mut self.decoder {
            decoder.scanner.flow = self.text.flow();
            give_all(
                decoder,
                self.text.bytes(),
                self.text.is_ended(),
                chooser,
                part,
            );
        }
        self.forget();
    }

    /// Nothing more can be read: what waited for the rest of its line waits no longer.
    pub(super) fn reveal(&mut self) {
        self.text.note(Flow::Ended);
        if let Some(decoder) = &mut self.decoder {
            decoder.scanner.reveal();
        }
    }

    /// Drops what is done with.
    pub(super) fn forget(&mut self) {
        if let Some(decoder) = &mut self.decoder {
            let done = decoder.scanner.take_done(self.text.bytes());
            self.text.drop_front(done);
        }
    }

    /// How many bytes of the capture were looked at.
    pub(super) fn offset(&self) -> u64 {
        let decoder = self.decoder.as_ref();
        decoder.map_or(0, |decoder| decoder.scanner.offset())
    }

    /// A copy of what the decoder has learnt, unless the fast path is off.
    pub(super) fn cache(&self) -> Option<Box<Cache>> {
        self.decoder.as_ref()?.scanner.cache.clone()
    }

    pub(super) fn noise(&self) -> Noise {
        let mut noise = self.noise.clone();
        if let Some(decoder) = &self.decoder {
            noise.join(decoder.scanner.noise.clone());
        }
        noise
    }
}

/// What it takes to go on with bytes that perhaps were decoded by somebody else.
impl Reading {
    /// Where the text ends; known if there is a decoder.
    pub(super) fn end(&mut self) -> Option<Place> {
        let decoder = self.decoder.as_mut()?;
        Some(decoder.scanner.end(self.text.bytes()))
    }

    /// Reads on in `chunk`, which comes next, until it comes by `goal`; if it does not, to the end of the chunk. Whether
    /// it came by.
    pub(super) fn follow<S: Sink>(
        &mut self,
        chunk: &Chunk,
        goal: Option<SyncPoint>,
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
        let mut comes_by = |bytes, flow| {
            self.text.push(bytes);
            self.text.note(flow);
            self.comes_by(goal, chooser, part)
        };
        let flow = if chunk.is_full {
            Flow::Pours
        } else {
            Flow::Rests
        };
        match far.is_empty() {
            true => comes_by(near, flow),
            false => comes_by(near, Flow::Pours) || comes_by(far, flow),
        }
    }

    fn comes_by<S: Sink>(
        &mut self,
        goal: Option<SyncPoint>,
        chooser: &mut Chooser,
        part: &mut S,
    ) -> bool {
        while let Some(decoder) = &mut self.decoder {
            decoder.scanner.flow = self.text.flow();
            let text = self.text.bytes();
            let is_at = |goal: SyncPoint| {
                decoder.scanner.offset() == goal.offset()
                    && decoder.scanner.sync_point(text) == Some(goal)
            };
            if goal.is_some_and(is_at) {
                return true;
            }
            match decoder.step(text) {
                Turn::Found(mut record) => {
                    hand_over(&mut record, chooser, part);
                    decoder.recycle(record);
                }
                Turn::Moved => {}
                Turn::Stuck => break,
            }
        }
        self.forget();
        false
    }

    /// Leaves the rest to a decoder that came by the same sync point and has read on to where `text` begins; hands over
    /// what was learnt.
    pub(super) fn hand_to(&mut self, mut decoder: Decoder, text: &[u8]) {
        if let Some(mut before) = self.decoder.take() {
            decoder.scanner.cache = before.scanner.cache.take();
            self.noise.join(before.scanner.noise);
        }
        self.decoder = Some(decoder);
        self.text.replace(text);
    }
}

/// Gives the records in `text` to `part`, until `chooser` has enough; `last` if nothing comes behind it.
pub(super) fn give_all<S: Sink>(
    decoder: &mut Decoder,
    text: &[u8],
    last: bool,
    chooser: &mut Chooser,
    part: &mut S,
) {
    decoder.each(text, last, |record| {
        hand_over(record, chooser, part);
        match chooser.has_enough() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
}

/// Gives a record to `part`, as far as it is chosen.
#[inline]
fn hand_over<S: Sink>(record: &mut Record<'_>, chooser: &mut Chooser, part: &mut S) {
    chooser.choose(record);
    part.record(record);
}
