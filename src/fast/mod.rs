//! The fast path: recognises payloads and log lines that differ from an earlier one only in a few values.
//!
//! Of a capture with millions of callbacks nearly all are of some dozen templates. Comparing such a text with its template
//! is many times as fast as reading it. Its tree, its meaning, its findings and the line that is written for it are those
//! of the template. A decoder keeps what it has learnt in one [`Cache`].
//!
//! The slow path defines what is right. The fast path decides nothing: everything in the cache was read by the slow path,
//! and only values vary that no decision depends on. [`Options::fast`](crate::pipeline::Options::fast) switches the fast
//! path off: then there is no cache, nothing is learnt and nothing is looked up. The tests read the same captures both ways
//! (`tests/repeated.rs`, `tests/golden.rs`), and both must give the same.

pub(crate) mod entry;
pub(crate) mod patch;
pub(crate) mod pooled;
mod prefix;
pub(crate) mod template;

use std::any::Any;
use std::sync::Arc;

use entry::Entry;
use pooled::Pooled;
use prefix::Prefixes;
use template::{Extent, Placeholder, Sample, TemplateId, Templates};

pub(crate) use prefix::PrefixSize;

/// What one decoder has learnt.
///
/// A cache is handed over to another decoder by moving or cloning it: a clone shares the templates and their meanings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cache {
    payloads: Templates<Payload>,
    /// Log entries that hold one escaped payload.
    entries: Templates<Arc<Entry>>,
    /// What stands before payloads on their lines.
    prefixes: Prefixes,
}

/// What the payloads of a template mean: a type of the stage that decodes them, of which this stage knows nothing.
pub(crate) type Meaning = dyn Any + Send + Sync;

/// What is remembered about the payloads of a template.
#[derive(Clone, Debug)]
struct Payload {
    /// They begin as most payloads do, so nothing can begin before them on a line of their own.
    is_usual: bool,
    meaning: Pooled<Meaning>,
}

/// What is looked up.
impl Cache {
    /// Finds the payload with which `bytes` begin.
    #[inline]
    pub(crate) fn payload(&mut self, bytes: &[u8]) -> Option<TemplateId> {
        self.payloads.find(bytes)
    }

    /// Finds the payload with which `bytes` begin, if it begins as most payloads do.
    #[inline]
    pub(crate) fn usual_payload(&mut self, bytes: &[u8]) -> Option<TemplateId> {
        let found = self.payloads.find(bytes)?;
        self.payloads.get(found).is_usual.then_some(found)
    }

    /// Whether a payload may begin with `bytes`.
    #[inline]
    pub(crate) fn may_begin(&self, bytes: &[u8]) -> bool {
        self.payloads.may_begin(bytes)
    }

    /// What a payload takes up.
    #[inline]
    pub(crate) fn extent(&self, payload: TemplateId) -> Extent {
        self.payloads.extent(payload)
    }

    /// Where payloads of a template vary.
    pub(crate) fn placeholders(&self, payload: TemplateId) -> &[Placeholder] {
        self.payloads.placeholders(payload)
    }

    /// Lends what a payload means; give it to [`Cache::take_back`] afterwards.
    #[inline]
    pub(crate) fn meaning<T: Any + Send + Sync>(&mut self, payload: TemplateId) -> Option<Arc<T>> {
        let meaning = self.payloads.get_mut(payload)?.meaning.lend();
        meaning.downcast().ok()
    }

    /// Takes back what was lent for a payload.
    #[inline]
    pub(crate) fn take_back(&mut self, payload: TemplateId, meaning: Arc<Meaning>) {
        if let Some(payload) = self.payloads.get_mut(payload) {
            payload.meaning.take_back(meaning);
        }
    }

    /// Finds the log entry with which `bytes` begin.
    #[inline]
    pub(crate) fn entry(&mut self, bytes: &[u8], is_bare: bool) -> Option<&Entry> {
        let entry = self.entries.find(bytes)?;
        let entry = self.entries.get(entry);
        (entry.is_bare == is_bare).then_some(entry)
    }

    /// Whether lines with a prefix were learnt.
    #[inline]
    pub(crate) fn has_prefixes(&self) -> bool {
        !self.prefixes.is_empty()
    }

    /// Finds the prefix with which `line` begins, if a payload may begin behind it.
    #[inline]
    pub(crate) fn prefix(&self, line: &[u8]) -> Option<PrefixSize> {
        self.prefixes.find(line, |rest| self.may_begin(rest))
    }
}

/// What is learnt.
impl Cache {
    /// Whether it is time to learn a payload.
    pub(crate) fn admits_payload(&mut self) -> bool {
        self.payloads.admits()
    }

    /// Learns a payload, and what `meaning` says about all of its template.
    pub(crate) fn learn_payload(
        &mut self,
        sample: Sample<'_>,
        is_usual: bool,
        meaning: impl FnOnce(TemplateId) -> Arc<Meaning>,
    ) {
        let is_full = self.payloads.is_full();
        let learnt = self.payloads.learn(sample, |id| Payload {
            is_usual,
            meaning: meaning(id).into(),
        });
        // Entries may hold payloads of the template whose place was taken.
        if is_full && learnt.is_some() {
            self.entries = Templates::default();
        }
    }

    /// Whether it is time to learn a log entry.
    pub(crate) fn admits_entry(&mut self) -> bool {
        self.entries.admits()
    }

    /// Learns a log entry.
    pub(crate) fn learn_entry(&mut self, sample: Sample<'_>, entry: Entry) {
        self.entries.learn(sample, |_| entry.into());
    }

    /// Learns what stands before a payload on its line, if it is time to, and `is_simple` says that no payload can begin
    /// in it.
    pub(crate) fn learn_prefix(&mut self, text: &[u8], is_simple: impl FnOnce(&[u8]) -> bool) {
        if self.prefixes.admits(text) && is_simple(text) {
            self.prefixes.learn(text);
        }
    }
}
