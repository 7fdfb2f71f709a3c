//! The progress in a capture: the decoder, and the text that it has not finished.

use std::ops::ControlFlow;

use crate::fast::Cache;
use crate::input::{Flow, Text};
use crate::pipeline::Sink;
use crate::pipeline::chunk::Chunk;
use crate::record::{Decoder, Record};
use crate::scan::{Noise, SyncPoint, Turn};
use crate::select::Filter;
use crate::span::Place;

/// The state that continues from block to block.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) text: Text,
    /// Made when the capture's encoding is known.
    pub(super) decoder: Option<Decoder>,
    /// The noise found by earlier decoders.
    noise: Noise,
}

impl Reading {
    /// Returns the next complete record.
    pub(super) fn next(&mut self) -> Option<Record<'_>> {
        let decoder = self.decoder.as_mut()?;
        decoder.scanner.flow = self.text.flow();
        decoder.next(self.text.bytes(), self.text.is_ended())
    }

    /// Passes all complete records to `part` until `filter` has enough.
    pub(super) fn emit<S: Sink>(&mut self, filter: &mut Filter, part: &mut S) {
        if let Some(decoder) = &mut self.decoder {
            decoder.scanner.flow = self.text.flow();
            emit_all(
                decoder,
                self.text.bytes(),
                self.text.is_ended(),
                filter,
                part,
            );
        }
        self.forget();
    }

    /// Ends the text after a failed read, which releases a payload that waits for the rest of its line.
    pub(super) fn show_all(&mut self) {
        self.text.note(Flow::Ended);
        if let Some(decoder) = &mut self.decoder {
            decoder.scanner.show_all();
        }
    }

    /// Drops text that the decoder has finished.
    pub(super) fn forget(&mut self) {
        if let Some(decoder) = &mut self.decoder {
            let done = decoder.scanner.take_done(self.text.bytes());
            self.text.drop_front(done);
        }
    }

    /// Returns the number of scanned bytes.
    pub(super) fn offset(&self) -> u64 {
        let decoder = self.decoder.as_ref();
        decoder.map_or(0, |decoder| decoder.scanner.offset())
    }

    /// Returns a clone of the decoder's cache, or `None` if the fast path is off.
    pub(super) fn cache(&self) -> Option<Box<Cache>> {
        self.decoder.as_ref()?.scanner.cache.clone()
    }

    /// Takes the lines of noise that are finished; see [`Noise::take_lines`].
    pub(super) fn take_noise(&mut self) -> Vec<(Place, Vec<u8>)> {
        let has_ended = self.text.is_ended();
        let decoder = self.decoder.as_mut();
        decoder.map_or(Vec::new(), |decoder| {
            decoder.scanner.noise.take_lines(has_ended)
        })
    }

    pub(super) fn noise(&self) -> Noise {
        let mut noise = self.noise.clone();
        if let Some(decoder) = &self.decoder {
            noise.join(decoder.scanner.noise.clone());
        }
        noise
    }
}

/// Methods to continue after chunks that another decoder may have decoded.
impl Reading {
    /// Returns the place of the text's end, if there is a decoder.
    pub(super) fn end(&mut self) -> Option<Place> {
        let decoder = self.decoder.as_mut()?;
        Some(decoder.scanner.end(self.text.bytes()))
    }

    /// Decodes `chunk`, the next one, up to `goal` or to its end. Returns true if `goal` was reached.
    pub(super) fn follow<S: Sink>(
        &mut self,
        chunk: &Chunk,
        goal: Option<SyncPoint>,
        filter: &mut Filter,
        part: &mut S,
    ) -> bool {
        /// The end of a document may be known only after some bytes that follow it.
        const AHEAD: usize = 4096;
        let bytes = chunk.bytes();
        let near = goal.map_or(bytes.len(), |goal| {
            (goal.offset() - chunk.place.offset) as usize + AHEAD
        });
        let (near, far) = bytes.split_at(near.min(bytes.len()));
        let mut reaches = |bytes, flow| {
            self.text.push(bytes);
            self.text.note(flow);
            self.reaches(goal, filter, part)
        };
        let flow = if chunk.is_full {
            Flow::Ready
        } else {
            Flow::Pending
        };
        match far.is_empty() {
            true => reaches(near, flow),
            false => reaches(near, Flow::Ready) || reaches(far, flow),
        }
    }

    fn reaches<S: Sink>(
        &mut self,
        goal: Option<SyncPoint>,
        filter: &mut Filter,
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
                    emit_record(&mut record, filter, part);
                    decoder.recycle(record);
                }
                Turn::Moved => {}
                Turn::Stuck => break,
            }
        }
        self.forget();
        false
    }

    /// Continues with a decoder that reached the same sync point and has decoded up to `text`. It gets the templates.
    pub(super) fn hand_to(&mut self, mut decoder: Decoder, text: &[u8]) {
        if let Some(mut before) = self.decoder.take() {
            decoder.scanner.cache = before.scanner.cache.take();
            self.noise.join(before.scanner.noise);
        }
        self.decoder = Some(decoder);
        self.text.replace(text);
    }
}

/// Passes the records in `text` to `part` until `filter` has enough. `last` if nothing follows the text.
pub(super) fn emit_all<S: Sink>(
    decoder: &mut Decoder,
    text: &[u8],
    last: bool,
    filter: &mut Filter,
    part: &mut S,
) {
    decoder.each(text, last, |record| {
        emit_record(record, filter, part);
        match filter.has_enough() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
}

/// Applies `filter` to a record and passes it to `part`.
#[inline]
fn emit_record<S: Sink>(record: &mut Record<'_>, filter: &mut Filter, part: &mut S) {
    filter.apply(record);
    part.record(record);
}
