//! A selection, and what depends on the order of the callbacks.

use crate::record::{Outcome, Record};
use crate::select::Selection;
use crate::select::recent::{Key, Recent};

/// Chooses among the callbacks of one capture or of many, in the order in which they come.
///
/// ```
/// use wxsub::Outcome;
/// use wxsub::select::{Chooser, Selection};
///
/// let mut chooser = Chooser::new(Selection::default()).dedup().limit(2);
/// let payload = br#"{"FromUserName":"otFpruAK8D-E6EfStSYonYSBZ8_4","Event":"subscribe_msg_change_event"}"#;
/// let [mut first, mut again] = [wxsub::decode(payload), wxsub::decode(payload)];
/// chooser.choose(&mut first);
/// chooser.choose(&mut again);
/// assert!(first.callback().is_some());
/// assert_eq!(again.outcome(), &Outcome::Deduplicated(wxsub::Event::Change));
/// assert!(!chooser.has_enough());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Chooser {
    selection: Selection,
    /// The selection leaves something out.
    selects: bool,
    recent: Option<Recent>,
    limit: Option<u64>,
    chosen: u64,
}

impl Chooser {
    /// How many callbacks [`Chooser::dedup`] remembers at least: the last ones that were chosen.
    pub const REMEMBERED: usize = 900_000;
    /// The most memory that takes, in bytes: two tables of 2^20 places with twelve bytes and a mark each.
    pub const MEMORY: usize = 26 << 20;

    /// Chooses what `selection` keeps.
    pub fn new(selection: Selection) -> Self {
        Chooser {
            selects: !selection.keeps_all(),
            selection,
            ..Chooser::default()
        }
    }

    /// The same without repeated deliveries: callbacks with the account, user, time, event and items of one before.
    ///
    /// Extras do not count. The last [`Chooser::REMEMBERED`] callbacks are remembered, so a delivery that is repeated
    /// later than that is not recognised.
    pub fn dedup(self) -> Self {
        Chooser {
            recent: Some(Recent::new(Self::REMEMBERED)),
            ..self
        }
    }

    /// The same with `most` callbacks at most.
    pub fn limit(self, most: u64) -> Self {
        Chooser {
            limit: Some(most),
            ..self
        }
    }

    /// Whether the limit is reached: there is no need to read on.
    pub fn has_enough(&self) -> bool {
        self.limit.is_some_and(|most| self.chosen >= most)
    }

    /// Whether what it decides about a callback depends on those before.
    pub(crate) fn depends_on_order(&self) -> bool {
        self.recent.is_some() || self.limit.is_some()
    }

    /// Leaves of `record` what is chosen; a callback of which nothing is becomes [`Outcome::FilteredOut`] or
    /// [`Outcome::Deduplicated`].
    #[inline]
    pub fn choose(&mut self, record: &mut Record<'_>) {
        // A delivery is known by all of its items, also those that are not chosen.
        let remembers = self.recent.is_some();
        let key = match remembers {
            true => record.callback().map(|callback| Key::of(&callback)),
            false => None,
        };
        if !self.selects || self.selection.apply(record) {
            self.admit(key, record);
        }
    }

    /// Admits a callback that was chosen, if it is new. This is all that depends on what came before.
    #[inline]
    fn admit(&mut self, key: Option<Key>, record: &mut Record<'_>) {
        let Outcome::Callback(event) = *record.outcome() else {
            return;
        };
        let is_new = match (&mut self.recent, key) {
            (Some(recent), Some(key)) => recent.insert(key),
            _ => true,
        };
        match is_new {
            true => self.chosen += 1,
            false => record.leave_out(Outcome::Deduplicated(event)),
        }
    }
}
