//! Collects the ids of the payloads of a capture: of the original, before ids are replaced, and of what was written.

use std::sync::Arc;

use crate::pipeline::{Sink, Stop};
use crate::record::{Record, decode};
use crate::redact::known::{Known, is_global};
use crate::redact::proof::Seen;
use crate::redact::pseudonym::{Key, Pseudonyms};
use crate::seal::{self, Policy};

/// Collects the ids in payloads that are not recognised by their shape.
#[derive(Debug, Default)]
pub(super) struct Collector {
    pub(super) known: Known,
    /// True if a payload holds something that can be replaced only at its place: a short id, an escaped id, or encrypted
    /// text.
    pub(super) needs_places: bool,
    /// What the payloads have, and what they must have with pseudonyms.
    pub(super) seen: Seen,
    pub(super) expected: Seen,
    key: Option<Key>,
    pseudonyms: Option<Pseudonyms>,
    policy: Option<Arc<Policy>>,
}

impl Collector {
    /// Makes a collector. With `key` it also notes the pseudonyms that are expected.
    pub(super) fn new(policy: Option<Arc<Policy>>, key: Option<Key>) -> Self {
        Collector {
            policy,
            pseudonyms: key.clone().map(Pseudonyms::new),
            key,
            ..Collector::default()
        }
    }

    fn collect(&mut self, record: &Record<'_>) {
        self.needs_places |= record.is_escaped();
        record.each_id(|id| {
            self.needs_places |= !is_global(id.text);
            self.known.add(id.text);
            self.seen.add_id(id.text);
            if let Some(pseudonyms) = &mut self.pseudonyms {
                self.expected.add_pseudonym(id.text, pseudonyms);
            }
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
        Collector::new(self.policy.clone(), self.key.clone())
    }

    fn record(&mut self, record: &Record<'_>) {
        self.collect(record);
        if let Some(encrypt) = record.encrypted_text() {
            self.seen.add_encrypted(encrypt.text);
            self.open(encrypt.text);
        }
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.needs_places |= later.needs_places;
        self.known.join(later.known);
        self.seen.join(later.seen);
        self.expected.join(later.expected);
        Ok(())
    }
}
