//! Speculative decoding: decodes a chunk before its start state is known; see `workers`.

use crate::fast::Cache;
use crate::pipeline::chunk::Chunk;
use crate::pipeline::reading::emit_all;
use crate::pipeline::{Options, Sink};
use crate::record::{Decoder, Outcome};
use crate::scan::{SyncPoint, Turn};
use crate::select::Filter;

/// The result of decoding a chunk from `sync_point` on.
pub(super) struct Speculation<S> {
    pub(super) sync_point: SyncPoint,
    pub(super) part: S,
    /// The decoder after the chunk. It is finished up to `done` and has no templates.
    pub(super) decoder: Decoder,
    pub(super) done: usize,
}

/// The settings for speculation, and the templates learnt by it.
#[derive(Clone)]
pub(super) struct Speculator<'e> {
    pub(super) source: &'e str,
    pub(super) options: &'e Options,
    pub(super) filter: Filter,
    /// `None` if the fast path is off.
    pub(super) cache: Option<Box<Cache>>,
}

impl Speculator<'_> {
    /// Decodes `chunk` into `part`. Returns `None` if there is no sync point after a payload.
    pub(super) fn speculate<S: Sink>(&mut self, chunk: &Chunk, part: S) -> Option<Speculation<S>> {
        // A new `Arc`, so that threads do not share a reference counter.
        let decoder = Decoder::on_line(self.source.into(), self.options.limits, chunk.place);
        let decoder = self.options.set_up(decoder);
        let mut decoder = decoder.with_cache(self.cache.take());
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
        emit_all(decoder, bytes, false, &mut self.filter, &mut part);
        Some((sync_point, part))
    }
}

/// Returns the first sync point after a whole payload. A broken one may be the rest of a payload that began before the
/// chunk, where the capture has no sync point.
fn first_sync_point(decoder: &mut Decoder, bytes: &[u8]) -> Option<SyncPoint> {
    let mut found = false;
    loop {
        if found && let Some(sync_point) = decoder.scanner.sync_point(bytes) {
            return Some(sync_point);
        }
        match decoder.step(bytes) {
            Turn::Found(record) => {
                found |= !matches!(record.outcome(), Outcome::Undecodable);
                decoder.recycle(record);
            }
            Turn::Moved => {}
            Turn::Stuck => return None,
        }
    }
}
