//! Proves that a written capture has the pseudonyms of all ids, before it is handed out.
//!
//! Ids are replaced in text, and payloads are read in more ways than text is rewritten. So the written capture is read like
//! any other: its payloads must have the pseudonyms of the ids that the payloads of the original have, each as often, and
//! no encrypted text but what was encrypted again. A callback that is not read, and whose ids do not stand as text, must have
//! changed. A capture of which that cannot be shown is an error, not a leak.

use std::collections::HashSet;
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use crate::finding::Finding;
use crate::pipeline::{Sink, Stop};
use crate::record::Record;
use crate::redact::collect::each_opened_id;
use crate::redact::form::Kind;
use crate::redact::patch::blank;
use crate::seal::Policy;

/// The ids of payloads that have a shape, and the encrypted texts that are not blank: the sum of their hashes. The order of
/// payloads does not change it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum(u64);

impl Sum {
    /// Adds an id.
    pub(super) fn add_id(&mut self, id: &str) {
        if has_shape(id) {
            self.add(id.as_bytes());
        }
    }

    /// Adds the text of an encrypted payload.
    pub(super) fn add_encrypted(&mut self, text: &[u8]) {
        if blank(text) != text {
            self.add(text);
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        self.join(Sum(xxh3_64(bytes)));
    }

    pub(super) fn join(&mut self, other: Sum) {
        self.0 = self.0.wrapping_add(other.0);
    }
}

/// Returns true if the shape of an id tells it. Its pseudonym has that shape, too.
pub(super) fn has_shape(id: &str) -> bool {
    Kind::of(id.as_bytes()).is_some()
}

/// Callbacks that are not read, and whose ids do not stand as text: the hashes of their bytes.
#[derive(Debug, Default)]
pub(super) struct Hidden(HashSet<u64>);

impl Hidden {
    /// The most that are kept. If there are more, every hidden callback counts as unchanged.
    const MOST: usize = 1 << 16;

    /// Adds a record, if it is such a callback.
    pub(super) fn add(&mut self, record: &Record<'_>) {
        if self.0.len() < Self::MOST {
            self.0.extend(Self::hash(record));
        }
    }

    fn hash(record: &Record<'_>) -> Option<u64> {
        let is_hidden = record.findings().iter().any(Finding::is_of_hidden);
        is_hidden.then(|| xxh3_64(record.bytes()))
    }

    pub(super) fn join(&mut self, other: Hidden) {
        for hash in other.0 {
            if self.0.len() < Self::MOST {
                self.0.insert(hash);
            }
        }
    }

    /// Returns true if a record of the written capture is such a callback, as it was.
    fn has(&self, record: &Record<'_>) -> bool {
        let is_full = self.0.len() == Self::MOST;
        Self::hash(record).is_some_and(|hash| is_full || self.0.contains(&hash))
    }
}

/// Sums up a written capture.
pub(super) struct Written {
    pub(super) sum: Sum,
    /// True if a hidden callback was written unchanged.
    pub(super) has_hidden: bool,
    /// The hidden callbacks of the original.
    hidden: Arc<Hidden>,
    policy: Option<Arc<Policy>>,
}

impl Written {
    pub(super) fn new(policy: Option<Arc<Policy>>, hidden: Hidden) -> Self {
        Written {
            sum: Sum::default(),
            has_hidden: false,
            hidden: Arc::new(hidden),
            policy,
        }
    }
}

impl Sink for Written {
    fn fork(&self) -> Self {
        Written {
            sum: Sum::default(),
            has_hidden: false,
            hidden: self.hidden.clone(),
            policy: self.policy.clone(),
        }
    }

    fn record(&mut self, record: &Record<'_>) {
        self.has_hidden |= self.hidden.has(record);
        let Written { sum, policy, .. } = self;
        each_opened_id(record, policy.as_deref(), |id| sum.add_id(id));
        if let Some(encrypt) = record.encrypted_text() {
            sum.add_encrypted(encrypt.text.as_bytes());
        }
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.sum.join(later.sum);
        self.has_hidden |= later.has_hidden;
        Ok(())
    }
}
