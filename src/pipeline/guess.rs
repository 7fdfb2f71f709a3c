//! What a chunk holds, decoded before it is known how it begins; see `lanes`.

use std::sync::Arc;

use crate::frame::{Turn, Waypoint};
use crate::pipeline::Sink;
use crate::pipeline::chunk::Chunk;
use crate::pipeline::reading::give_all;
use crate::record::{Decoder, Learnt};
use crate::seal::Policy;
use crate::select::Chooser;
use crate::wire::Limits;

/// What a chunk holds from `waypoint` on.
pub(super) struct Guess<S> {
    pub(super) waypoint: Waypoint,
    pub(super) part: S,
    /// It has read the chunk up to `done`, and the rest may go on in the next. It knows no payloads.
    pub(super) decoder: Decoder,
    pub(super) done: usize,
}

/// What it takes to guess, and what was learnt by it.
#[derive(Clone)]
pub(super) struct Guesser<'e> {
    pub(super) source: &'e str,
    pub(super) limits: Limits,
    pub(super) policy: &'e Option<Arc<Policy>>,
    pub(super) wants_queries: bool,
    pub(super) chooser: Chooser,
    pub(super) learnt: Learnt,
}

impl Guesser<'_> {
    /// Decodes `chunk` into `part`; `None` if no payload of it was left for certain.
    pub(super) fn guess<S: Sink>(&mut self, chunk: &Chunk, part: S) -> Option<Guess<S>> {
        // A source of its own, so that threads do not count in the same place.
        let mut decoder = Decoder::on_line(self.source.into(), self.limits, chunk.place)
            .opening(self.policy.clone())
            .with_queries(self.wants_queries);
        decoder.know(std::mem::take(&mut self.learnt));
        let guess = self.guess_with(&mut decoder, chunk.bytes(), part);
        self.learnt = decoder.take_learnt();
        let (waypoint, part) = guess?;
        let done = decoder.scanner.take_done(chunk.bytes());
        Some(Guess {
            waypoint,
            part,
            decoder,
            done,
        })
    }

    fn guess_with<S: Sink>(
        &mut self,
        decoder: &mut Decoder,
        bytes: &[u8],
        mut part: S,
    ) -> Option<(Waypoint, S)> {
        let waypoint = first_waypoint(decoder, bytes)?;
        decoder.scanner.forget_noise();
        give_all(decoder, bytes, false, &mut self.chooser, &mut part);
        Some((waypoint, part))
    }
}

/// The first waypoint behind a payload.
fn first_waypoint(decoder: &mut Decoder, bytes: &[u8]) -> Option<Waypoint> {
    let mut found = false;
    loop {
        if found && let Some(waypoint) = decoder.scanner.waypoint(bytes) {
            return Some(waypoint);
        }
        match decoder.step(bytes) {
            Turn::Found(record) => {
                found = true;
                decoder.recycle(record);
            }
            Turn::Moved => {}
            Turn::Stuck => return None,
        }
    }
}
