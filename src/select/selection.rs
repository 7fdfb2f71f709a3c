//! What a callback and its items must be like.

use crate::event::{CallbackRef, Event, ItemRef};
use crate::record::{Outcome, Record};

/// What to keep. The default keeps everything.
///
/// Values of one list are alternatives, and an empty list asks for nothing; different fields must all hold. A callback
/// or an item that lacks what is asked for is not kept. Values are compared as they stand in the record.
///
/// Templates, statuses and failures are asked of items: a callback keeps the items that fit, and is left out if none
/// does.
///
/// ```
/// use wxsub::select::Selection;
///
/// let rejected = Selection { statuses: vec!["reject".into()], ..Selection::default() };
/// let mut record = wxsub::decode(
///     br#"{"Event":"subscribe_msg_popup_event","List":[
///         {"TemplateId":"a","SubscribeStatusString":"accept"},
///         {"TemplateId":"b","SubscribeStatusString":"reject"}]}"#,
/// );
/// assert!(rejected.apply(&mut record));
/// let items: Vec<_> = record.callback().unwrap().items().map(|item| item.template_id()).collect();
/// assert_eq!(items, [Some("b")]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Callbacks of these events.
    pub events: Vec<Event>,
    /// Callbacks of these users, by openid.
    pub users: Vec<String>,
    /// Callbacks to these accounts.
    pub accounts: Vec<String>,
    /// Callbacks made at this Unix second or later.
    pub since: Option<i64>,
    /// Callbacks made before this Unix second.
    pub until: Option<i64>,
    /// Items of these templates.
    pub templates: Vec<String>,
    /// Items with these statuses.
    pub statuses: Vec<String>,
    /// Items of sent events whose error code is not 0.
    pub failed: bool,
}

impl Selection {
    /// Leaves of `record` what is to be kept; `false` if it is a callback of which nothing is, which then is
    /// [`Outcome::FilteredOut`]. A record that is no callback passes.
    #[inline]
    pub fn apply(&self, record: &mut Record<'_>) -> bool {
        self.keeps_all() || self.keep(record)
    }

    fn keep(&self, record: &mut Record<'_>) -> bool {
        let Some(callback) = record.callback() else {
            return true;
        };
        let event = callback.event();
        if !self.fits(&callback) || !self.keep_items(event, record) {
            record.leave_out(Outcome::FilteredOut(event));
            return false;
        }
        true
    }

    pub(super) fn keeps_all(&self) -> bool {
        let Selection {
            events,
            users,
            accounts,
            since,
            until,
            ..
        } = self;
        let asks_none = events.is_empty() && users.is_empty() && accounts.is_empty();
        asks_none && since.is_none() && until.is_none() && !self.asks_items()
    }

    fn asks_items(&self) -> bool {
        !self.templates.is_empty() || !self.statuses.is_empty() || self.failed
    }

    /// Whether a callback is kept, as far as its items do not decide.
    fn fits(&self, callback: &CallbackRef<'_>) -> bool {
        let made = callback.create_time();
        let is_asked = |bound: Option<i64>, holds: fn(i64, i64) -> bool| match (bound, made) {
            (None, _) => true,
            (Some(bound), Some(made)) => holds(made, bound),
            (Some(_), None) => false,
        };
        (self.events.is_empty() || self.events.contains(&callback.event()))
            && is_one_of(callback.from_user(), &self.users)
            && is_one_of(callback.to_user(), &self.accounts)
            && is_asked(self.since, |made, since| made >= since)
            && is_asked(self.until, |made, until| made < until)
    }

    /// Keeps the items that fit; `false` if items are asked for and none is left.
    fn keep_items(&self, event: Event, record: &mut Record<'_>) -> bool {
        if !self.asks_items() {
            return true;
        }
        let fits = |item: &ItemRef<'_>| self.fits_item(event, item);
        let items = |callback: CallbackRef<'_>| callback.items().filter(fits).count();
        let kept = record.callback().map_or(0, items);
        if kept > 0 {
            record.retain_items(|item| fits(&item));
        }
        kept > 0
    }

    fn fits_item(&self, event: Event, item: &ItemRef<'_>) -> bool {
        is_one_of(item.template_id(), &self.templates)
            && is_one_of(item.status(), &self.statuses)
            && (!self.failed || is_failed(event, item))
    }
}

/// Whether `value` is among the `wanted`, or nothing is wanted.
fn is_one_of(value: Option<&str>, wanted: &[String]) -> bool {
    wanted.is_empty() || value.is_some_and(|value| wanted.iter().any(|one| one == value))
}

fn is_failed(event: Event, item: &ItemRef<'_>) -> bool {
    event == Event::Sent && item.error_code().is_some_and(|code| code != 0)
}
