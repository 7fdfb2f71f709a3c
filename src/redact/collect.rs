//! The first pass over a capture: collects the ids of its payloads.

use std::sync::Arc;

use crate::pipeline::{Sink, Stop};
use crate::record::{Record, decode};
use crate::redact::known::{Known, is_global};
use crate::seal::{self, Policy};

/// Collects the ids in payloads that are not recognised by their shape.
#[derive(Debug, Default)]
pub(super) struct Collector {
    pub(super) known: Known,
    /// True if a payload holds something that can be replaced only at its place: a short id, an escaped id, or encrypted
    /// text.
    pub(super) needs_places: bool,
    policy: Option<Arc<Policy>>,
}

impl Collector {
    pub(super) fn new(policy: Option<Arc<Policy>>) -> Self {
        Collector {
            policy,
            ..Collector::default()
        }
    }

    fn collect(&mut self, record: &Record<'_>) {
        self.needs_places |= record.is_escaped();
        record.each_id(|id| {
            self.needs_places |= !is_global(id.text);
            self.known.add(id.text);
        });
    }

    /// Decrypts `encrypt` and collects the ids inside.
    fn open(&mut self, encrypt: &str) {
        self.needs_places = true;
        let Some(policy) = &self.policy else { return };
        let mut buffer = Vec::new();
        if let Ok(opened) = seal::open(&policy.keys, encrypt.as_bytes(), &mut buffer) {
            self.collect(&decode(opened.message));
        }
    }
}

impl Sink for Collector {
    fn fork(&self) -> Self {
        Collector::new(self.policy.clone())
    }

    fn record(&mut self, record: &Record<'_>) {
        self.collect(record);
        if let Some(encrypt) = record.encrypted_text() {
            self.open(encrypt.text);
        }
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.needs_places |= later.needs_places;
        self.known.join(later.known);
        Ok(())
    }
}
