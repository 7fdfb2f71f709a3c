//! The fast path: recognises payloads and log lines that differ from an earlier one only in a few values.
//!
//! Nearly all of the millions of callbacks in a capture follow some dozen templates. Comparing a payload with its
//! template is many times faster than reading it, and gives the same tree, meaning, findings and output line. A decoder
//! keeps what it learns in one [`Cache`].
//!
//! The slow path defines what is right. Everything in the cache was read by the slow path, and only values that decide
//! nothing may vary. [`Options::fast`](crate::pipeline::Options::fast) turns the fast path off: without a
//! cache, nothing is learnt or looked up. Tests read captures both ways and compare the results:
//! `tests/suite/repeated.rs`, `tests/golden.rs`.

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
use template::{Extent, Placeholder, Sample, TemplateKey, Templates};

pub(crate) use prefix::PrefixSize;

/// The templates that one decoder has learnt.
///
/// Another decoder can take over a cache, or a clone of it. Clones share templates and meanings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cache {
    payloads: Templates<LearntPayload>,
    /// The log entries with one escaped payload.
    entries: Templates<Arc<Entry>>,
    /// The texts before payloads on their lines.
    prefixes: Prefixes,
}

/// The meaning of a template's payloads. Its type belongs to the stage that decodes payloads, and is unknown here.
pub(crate) type AnyMeaning = dyn Any + Send + Sync;

/// The stored properties of the payloads of a template.
#[derive(Clone, Debug)]
struct LearntPayload {
    /// True if they begin as most payloads do. Then no document can begin before them on their line.
    is_usual: bool,
    meaning: Pooled<AnyMeaning>,
}

/// Methods that look something up.
impl Cache {
    /// Returns the template of the payload at the start of `bytes`.
    #[inline]
    pub(crate) fn payload(&mut self, bytes: &[u8]) -> Option<TemplateKey> {
        self.payloads.find(bytes)
    }

    /// Returns the template of the payload at the start of `bytes`, if the payload has a usual beginning.
    #[inline]
    pub(crate) fn usual_payload(&mut self, bytes: &[u8]) -> Option<TemplateKey> {
        let found = self.payloads.find(bytes)?;
        self.payloads.get(found).is_usual.then_some(found)
    }

    /// Returns true if `bytes` may begin with a payload.
    #[inline]
    pub(crate) fn may_begin(&self, bytes: &[u8]) -> bool {
        self.payloads.may_begin(bytes)
    }

    /// Returns the extent of a payload.
    #[inline]
    pub(crate) fn extent(&self, payload: TemplateKey) -> Extent {
        self.payloads.extent(payload)
    }

    /// Returns the placeholders of a payload.
    pub(crate) fn placeholders(&self, payload: TemplateKey) -> &[Placeholder] {
        self.payloads.placeholders(payload)
    }

    /// Returns a pooled clone of the meaning of a payload. Return it with [`Cache::take_back`].
    #[inline]
    pub(crate) fn meaning<T: Any + Send + Sync>(&mut self, payload: TemplateKey) -> Option<Arc<T>> {
        let meaning = self.payloads.get_mut(payload)?.meaning.take();
        meaning.downcast().ok()
    }

    /// Takes back a clone of [`Cache::meaning`].
    #[inline]
    pub(crate) fn take_back(&mut self, payload: TemplateKey, meaning: Arc<AnyMeaning>) {
        if let Some(payload) = self.payloads.get_mut(payload) {
            payload.meaning.take_back(meaning);
        }
    }

    /// Returns the log entry at the start of `bytes`.
    #[inline]
    pub(crate) fn entry(&mut self, bytes: &[u8], is_bare: bool) -> Option<&Entry> {
        let entry = self.entries.find(bytes)?;
        let entry = self.entries.get(entry);
        (entry.is_bare == is_bare).then_some(entry)
    }

    /// Returns true if a prefix was learnt.
    #[inline]
    pub(crate) fn has_prefixes(&self) -> bool {
        !self.prefixes.is_empty()
    }

    /// Returns the prefix of `line`, if a payload may follow it.
    #[inline]
    pub(crate) fn prefix(&self, line: &[u8]) -> Option<PrefixSize> {
        self.prefixes.find(line, |rest| self.may_begin(rest))
    }
}

/// Methods that learn.
impl Cache {
    /// Returns true if a payload should be learnt now.
    pub(crate) fn admits_payload(&mut self) -> bool {
        self.payloads.admits()
    }

    /// Learns a payload, and the meaning of all payloads of its template.
    pub(crate) fn learn_payload(
        &mut self,
        sample: Sample<'_>,
        is_usual: bool,
        meaning: impl FnOnce(TemplateKey) -> Arc<AnyMeaning>,
    ) {
        let is_full = self.payloads.is_full();
        let learnt = self.payloads.learn(sample, |id| LearntPayload {
            is_usual,
            meaning: meaning(id).into(),
        });
        // Entries may contain payloads of the template that was replaced.
        if is_full && learnt.is_some() {
            self.entries = Templates::default();
        }
    }

    /// Returns true if a log entry should be learnt now.
    pub(crate) fn admits_entry(&mut self) -> bool {
        self.entries.admits()
    }

    pub(crate) fn learn_entry(&mut self, sample: Sample<'_>, entry: Entry) {
        self.entries.learn(sample, |_| entry.into());
    }

    /// Learns the prefix `text`, if it should be learnt now and `is_simple` returns true: no payload can begin in it.
    pub(crate) fn learn_prefix(&mut self, text: &[u8], is_simple: impl FnOnce(&[u8]) -> bool) {
        if self.prefixes.admits(text) && is_simple(text) {
            self.prefixes.learn(text);
        }
    }
}
