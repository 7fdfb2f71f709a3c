//! Applies a selection, deduplication and a limit to callbacks in their order.

use crate::event::delivery::DeliveryKey;
use crate::record::{Outcome, Record};
use crate::select::Selection;
use crate::select::recent::Recent;

/// Filters the callbacks of one or more captures, in their order.
///
/// ```
/// use wxsub::Outcome;
/// use wxsub::select::{Filter, Selection};
///
/// let mut filter = Filter::new(Selection::default()).dedup().limit(2);
/// let payload = br#"{"FromUserName":"otFpruAK8D-E6EfStSYonYSBZ8_4","Event":"subscribe_msg_change_event"}"#;
/// let [mut first, mut again] = [wxsub::decode(payload), wxsub::decode(payload)];
/// filter.apply(&mut first);
/// filter.apply(&mut again);
/// assert!(first.callback().is_some());
/// assert_eq!(again.outcome(), &Outcome::Deduplicated(wxsub::Event::Change));
/// assert!(!filter.has_enough());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Filter {
    selection: Selection,
    /// True if the selection can exclude a callback.
    selects: bool,
    recent: Option<Recent>,
    /// True to note keys in records, because items may be removed from them.
    notes_keys: bool,
    limit: Option<u64>,
    kept: u64,
}

impl Filter {
    /// The least number of kept callbacks that [`Filter::dedup`] remembers.
    pub const REMEMBERED: usize = 900_000;
    /// The most memory of [`Filter::dedup`] in bytes: two tables of 2^20 slots with 13 bytes each.
    pub const MEMORY: usize = 26 << 20;

    /// Makes a filter for `selection`.
    pub fn new(selection: Selection) -> Self {
        Filter {
            selects: !selection.keeps_all(),
            selection,
            ..Filter::default()
        }
    }

    /// Excludes repeated deliveries: callbacks with the account, user, time, event and items of an earlier one.
    ///
    /// Extra fields are ignored. At least the last [`Filter::REMEMBERED`] kept callbacks are remembered. A repetition of
    /// an older one may be kept.
    pub fn dedup(self) -> Self {
        Filter {
            recent: Some(Recent::new(Self::REMEMBERED)),
            ..self
        }
    }

    /// Notes the key of a callback before items are removed from it; see [`Record::delivery_key`]. Keeps repeated
    /// deliveries, for a sink that recognises them itself.
    pub fn noting_keys(self) -> Self {
        Filter {
            recent: None,
            notes_keys: self.selection.asks_items(),
            ..self
        }
    }

    /// Limits the number of kept callbacks to `most`.
    pub fn limit(self, most: u64) -> Self {
        Filter {
            limit: Some(most),
            ..self
        }
    }

    /// Returns the conditions for callbacks.
    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    /// Returns true if the limit is reached, and reading can stop.
    pub fn has_enough(&self) -> bool {
        self.limit.is_some_and(|most| self.kept >= most)
    }

    /// Returns true if the decision about a callback depends on earlier ones.
    pub(crate) fn depends_on_order(&self) -> bool {
        self.recent.is_some() || self.limit.is_some()
    }

    /// Removes what is filtered out from `record`.
    ///
    /// A callback that is filtered out entirely becomes [`Outcome::FilteredOut`] or [`Outcome::Deduplicated`].
    #[inline]
    pub fn apply(&mut self, record: &mut Record<'_>) {
        let key = self.key(record);
        if !self.selects || self.selection.apply(record) {
            self.admit(key, record);
        }
    }

    /// Returns the key of a callback if it is needed. It covers all items, including those that the selection removes.
    #[inline]
    fn key(&self, record: &mut Record<'_>) -> Option<DeliveryKey> {
        if self.recent.is_none() && !self.notes_keys {
            return None;
        }
        let key = DeliveryKey::of(&record.callback()?);
        record.note_delivery_key(key);
        Some(key)
    }

    /// Counts a selected callback if it is new. Only this step depends on earlier callbacks.
    #[inline]
    fn admit(&mut self, key: Option<DeliveryKey>, record: &mut Record<'_>) {
        let Outcome::Callback(event) = *record.outcome() else {
            return;
        };
        let is_new = match (&mut self.recent, key) {
            (Some(recent), Some(key)) => recent.insert(key),
            _ => true,
        };
        match is_new {
            true => self.kept += 1,
            false => record.leave_out(Outcome::Deduplicated(event)),
        }
    }
}
