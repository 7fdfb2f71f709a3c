//! The conditions for callbacks and their items.

use crate::event::{CallbackRef, Event, ItemRef, fields};
use crate::record::{Outcome, Record};

/// The callbacks and items to keep. The default keeps everything.
///
/// The values of a list are alternatives; an empty list is no condition. All conditions must hold. A callback or item
/// without the field of a condition is excluded. Values are compared as in the record.
///
/// Templates, statuses and failures are conditions on items. A callback keeps the matching items, and is excluded if
/// there are none.
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
    /// Keeps callbacks of these events.
    pub events: Vec<Event>,
    /// Keeps callbacks of these users, by openid.
    pub users: Vec<String>,
    /// Keeps callbacks to these accounts.
    pub accounts: Vec<String>,
    /// Keeps callbacks made at this Unix second or later.
    pub since: Option<i64>,
    /// Keeps callbacks made before this Unix second.
    pub until: Option<i64>,
    /// Keeps items of these templates.
    pub templates: Vec<String>,
    /// Keeps items with these statuses.
    pub statuses: Vec<String>,
    /// Keeps items of sent events with an error code other than 0.
    pub failed: bool,
}

impl Selection {
    /// Removes what is not selected from `record`.
    ///
    /// Returns false if nothing of a callback is left; it becomes [`Outcome::FilteredOut`]. Other records pass.
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

    /// Returns true if an account, a user and a template fit the conditions on them.
    pub(crate) fn wants(&self, names: [Option<&str>; 3]) -> bool {
        let [account, user, template] = names;
        is_one_of(account, &self.accounts)
            && is_one_of(user, &self.users)
            && is_one_of(template, &self.templates)
    }

    /// Returns true if a Unix second fits the conditions on it.
    pub(crate) fn wants_time(&self, time: i64) -> bool {
        self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time < until)
    }

    /// Returns true if there are no conditions.
    pub(super) fn keeps_all(&self) -> bool {
        *self == Selection::default()
    }

    /// Returns true if there are conditions on items.
    pub(super) fn asks_items(&self) -> bool {
        !self.templates.is_empty() || !self.statuses.is_empty() || self.failed
    }

    /// Returns true if a callback meets all conditions except those on items.
    fn fits(&self, callback: &CallbackRef<'_>) -> bool {
        let is_in_time = match callback.create_time() {
            Some(time) => self.wants_time(time),
            None => self.since.is_none() && self.until.is_none(),
        };
        (self.events.is_empty() || self.events.contains(&callback.event()))
            && is_one_of(callback.from_user(), &self.users)
            && is_one_of(callback.to_user(), &self.accounts)
            && is_in_time
    }

    /// Keeps the matching items. Returns false if there is a condition on items and none matches.
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

/// Returns true if `value` is one of `wanted`, or if `wanted` is empty.
fn is_one_of(value: Option<&str>, wanted: &[String]) -> bool {
    wanted.is_empty() || value.is_some_and(|value| wanted.iter().any(|one| one == value))
}

fn is_failed(event: Event, item: &ItemRef<'_>) -> bool {
    event.definition().has(&fields::ERROR_CODE) && item.error_code().is_some_and(|code| code != 0)
}
