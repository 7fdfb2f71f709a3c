//! The first pass over a capture: collects the ids of its payloads.

use std::sync::Arc;

use crate::pipeline::{Sink, Stop};
use crate::record::{Record, decode};
use crate::redact::known::{Known, is_global};
use crate::redact::proof::{Hidden, Sum, has_shape};
use crate::redact::pseudonym::Pseudonyms;
use crate::seal::{self, Policy};

/// Collects the ids in payloads that are not recognised by their shape, and sums up the pseudonyms of the others.
#[derive(Debug)]
pub(super) struct Collector {
    pub(super) known: Known,
    /// True if a payload holds something that can be replaced only at its place: a short id, an escaped id, or encrypted
    /// text.
    pub(super) needs_places: bool,
    pub(super) hidden: Hidden,
    /// What the payloads of the written capture must come to.
    pub(super) expected: Sum,
    pseudonyms: Pseudonyms,
    policy: Option<Arc<Policy>>,
}

impl Collector {
    pub(super) fn new(policy: Option<Arc<Policy>>, pseudonyms: Pseudonyms) -> Self {
        Collector {
            known: Known::default(),
            needs_places: false,
            hidden: Hidden::default(),
            expected: Sum::default(),
            pseudonyms,
            policy,
        }
    }

    fn add(&mut self, id: &str) {
        self.needs_places |= !is_global(id);
        self.known.add(id);
        if has_shape(id) {
            self.expected.add_id(self.pseudonyms.of(id));
        }
    }
}

impl Sink for Collector {
    fn fork(&self) -> Self {
        Collector::new(self.policy.clone(), self.pseudonyms.fork())
    }

    fn record(&mut self, record: &Record<'_>) {
        self.needs_places |= record.is_escaped() || record.encrypted_text().is_some();
        self.hidden.add(record);
        let policy = self.policy.clone();
        each_opened_id(record, policy.as_deref(), |id| self.add(id));
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.needs_places |= later.needs_places;
        self.hidden.join(later.hidden);
        self.known.join(later.known);
        self.expected.join(later.expected);
        Ok(())
    }
}

/// Calls `see` with each id of a payload, and of the message that is encrypted in it, if a key of `policy` opens it.
pub(super) fn each_opened_id(
    record: &Record<'_>,
    policy: Option<&Policy>,
    mut see: impl FnMut(&str),
) {
    record.each_id(|id| see(id.text));
    let Some((policy, encrypt)) = policy.zip(record.encrypted_text()) else {
        return;
    };
    let mut buffer = Vec::new();
    if let Ok(opened) = seal::open(&policy.keys, encrypt.text.as_bytes(), &mut buffer) {
        decode(opened.message).each_id(|id| see(id.text));
    }
}
