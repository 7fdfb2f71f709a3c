//! What a chunk holds, decoded before it is known how it begins; see `workers`.

use std::sync::Arc;

use crate::fast::Cache;
use crate::pipeline::Sink;
use crate::pipeline::chunk::Chunk;
use crate::pipeline::reading::give_all;
use crate::record::Decoder;
use crate::scan::{SyncPoint, Turn};
use crate::seal::Policy;
use crate::select::Chooser;
use crate::syntax::Limits;

/// What a chunk holds from `sync_point` on.
pub(super) struct Speculation<S> {
    pub(super) sync_point: SyncPoint,
    pub(super) part: S,
    /// It has read the chunk up to `done`, and the rest may go on in the next chunk. It has no cache.
    pub(super) decoder: Decoder,
    pub(super) done: usize,
}

/// What it takes to speculate, and what was learnt from that.
#[derive(Clone)]
pub(super) struct Speculator<'e> {
    pub(super) source: &'e str,
    pub(super) limits: Limits,
    pub(super) policy: &'e Option<Arc<Policy>>,
    pub(super) wants_queries: bool,
    pub(super) chooser: Chooser,
    /// `None` if the fast path is off.
    pub(super) cache: Option<Box<Cache>>,
}

impl Speculator<'_> {
    /// Decodes `chunk` into `part`; `None` if no payload of it was left for certain.
    pub(super) fn speculate<S: Sink>(&mut self, chunk: &Chunk, part: S) -> Option<Speculation<S>> {
        // A source of its own, so that threads do not count in the same place.
        let mut decoder = Decoder::on_line(self.source.into(), self.limits, chunk.place)
            .opening(self.policy.clone())
            .with_queries(self.wants_queries)
            .with_cache(self.cache.take());
        let speculation = self.speculate_with(&mut decoder, chunk.bytes(), part);
        self.cache = decoder.scanner.cache.take();
        let (sync_point, part) = speculation?;
        let done = decoder.scanner.take_done(chunk.bytes());
        Some(Speculation {
            sync_point,
            part,
            decoder,
            done,
        })
    }

    fn speculate_with<S: Sink>(
        &mut self,
        decoder: &mut Decoder,
        bytes: &[u8],
        mut part: S,
    ) -> Option<(SyncPoint, S)> {
        let sync_point = first_sync_point(decoder, bytes)?;
        decoder.scanner.forget_noise();
        give_all(decoder, bytes, false, &mut self.chooser, &mut part);
        Some((sync_point, part))
    }
}

/// The first sync point behind a payload.
fn first_sync_point(decoder: &mut Decoder, bytes: &[u8]) -> Option<SyncPoint> {
    let mut found = false;
    loop {
        if found && let Some(sync_point) = decoder.scanner.sync_point(bytes) {
            return Some(sync_point);
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
