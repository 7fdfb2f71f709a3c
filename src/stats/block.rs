//! The callbacks of a block, for folds that look at single users: quota and join.
//!
//! Texts are copied once: users with their hashes, and all others as numbers that [`Local`] maps to those of the whole.

use crate::event::compact::Compact;
use crate::event::delivery::DeliveryKey;
use crate::event::{CallbackRef, Event, ItemRef};
use crate::record::Record;
use crate::stats::folding::Collect;
use crate::stats::names::{NO_NAME, Name, Names};
use crate::stats::said::Said;
use crate::stats::sends::msg_id::MsgId;
use crate::stats::sends::time::{Second, second};

/// A callback of a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SeenCallback {
    /// `None` if repeated deliveries count.
    pub(crate) key: Option<DeliveryKey>,
    pub(crate) event: Event,
    pub(crate) items: u32,
    pub(crate) time: Second,
    pub(crate) created: Option<i64>,
    pub(crate) account: Name,
    /// The hash of the user's text.
    pub(crate) user: Option<u64>,
    /// The end of the user's text.
    user_end: usize,
}

impl SeenCallback {
    /// Returns what [`Deliveries`](crate::stats::deliveries::Deliveries) tell repeated ones by.
    #[inline]
    pub(crate) fn delivery(&self) -> (Option<DeliveryKey>, Event, Option<i64>) {
        (self.key, self.event, self.created)
    }
}

/// An item of a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SeenItem {
    pub(crate) said: Said,
    pub(crate) template: Name,
    /// The status of an answer, or the error status of a result.
    pub(crate) status: Name,
    pub(crate) id: MsgId,
    pub(crate) code: Option<i64>,
}

/// The callbacks of a block.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) callbacks: Vec<SeenCallback>,
    pub(crate) items: Vec<SeenItem>,
    users: String,
    pub(crate) local: Local,
    compact: Compact,
    keep_repeats: bool,
    seed: u64,
}

/// The texts of a block, and the numbers that they have in the whole.
#[derive(Debug)]
pub(crate) struct Local {
    texts: Names,
    adopted: Vec<Name>,
}

impl Local {
    fn new() -> Self {
        Local {
            texts: Names::new(0),
            adopted: vec![NO_NAME],
        }
    }

    /// Returns the number of a text in the whole.
    #[inline]
    pub(crate) fn adopt(&mut self, name: Name, whole: &mut Names) -> Name {
        let known = self.adopted.get(name as usize).copied();
        match known {
            Some(known) if known != NO_NAME || name == NO_NAME => known,
            _ => self.add(name, whole),
        }
    }

    #[cold]
    fn add(&mut self, name: Name, whole: &mut Names) -> Name {
        let number = whole.number(self.texts.text(name));
        self.adopted.resize(self.texts.len(), NO_NAME);
        self.adopted[name as usize] = number;
        number
    }
}

impl Block {
    /// Makes an empty block. `seed` is that of the names of users in the whole.
    pub(crate) fn new(keep_repeats: bool, seed: u64) -> Self {
        Block {
            callbacks: Vec::new(),
            items: Vec::new(),
            users: String::new(),
            local: Local::new(),
            compact: Compact::default(),
            keep_repeats,
            seed,
        }
    }

    #[inline]
    fn add_callback(&mut self, callback: &CallbackRef<'_>, record: &Record<'_>) {
        let last = self.callbacks.last().map_or(NO_NAME, |seen| seen.account);
        let (user, created) = (callback.from_user(), callback.create_time());
        self.users.push_str(user.unwrap_or_default());
        let seen = SeenCallback {
            key: self.key(record),
            event: callback.event(),
            items: callback.items().len() as u32,
            time: second(created),
            created,
            account: self.local.texts.likely(callback.to_user(), last),
            user: user.map(|user| Names::hash(user, self.seed)),
            user_end: self.users.len(),
        };
        self.callbacks.push(seen);
        for item in callback.items() {
            self.add_item(callback.event(), &item);
        }
    }

    /// Returns the key of a delivery, unless repeated ones count.
    #[inline]
    fn key(&mut self, record: &Record<'_>) -> Option<DeliveryKey> {
        let wanted = (!self.keep_repeats).then_some(record)?;
        wanted.delivery_key().or_else(|| {
            let values = wanted.compact(&mut self.compact)?;
            Some(DeliveryKey::of_values(values, values.user()))
        })
    }

    #[inline]
    fn add_item(&mut self, event: Event, item: &ItemRef<'_>) {
        let texts = &mut self.local.texts;
        let last = self.items.last();
        let last = last.map_or((NO_NAME, NO_NAME), |item| (item.template, item.status));
        let is_sent = event == Event::Sent;
        let status = if is_sent {
            item.error_status()
        } else {
            item.status()
        };
        self.items.push(SeenItem {
            said: Said::of(event, item.status().map(str::as_bytes), item.error_code()),
            template: texts.likely(item.template_id(), last.0),
            status: texts.likely(status, last.1),
            id: if is_sent {
                MsgId::new(item.msg_id(), texts)
            } else {
                MsgId::NONE
            },
            code: item.error_code().filter(|_| is_sent),
        });
    }

    /// Calls `each` with all callbacks, their users' texts and their items, until it fails.
    pub(crate) fn each<E>(
        &mut self,
        mut each: impl FnMut(&SeenCallback, &str, &[SeenItem], &mut Local) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut items, mut start) = (self.items.as_slice(), 0);
        for seen in &self.callbacks {
            let own;
            (own, items) = items.split_at(seen.items as usize);
            each(
                seen,
                &self.users[start..seen.user_end],
                own,
                &mut self.local,
            )?;
            start = seen.user_end;
        }
        Ok(())
    }
}

impl<S> Collect<S> for Block {
    fn like(&self, _settings: &S) -> Self {
        Block::new(self.keep_repeats, self.seed)
    }

    #[inline]
    fn add(&mut self, record: &Record<'_>, _settings: &S) {
        if let Some(callback) = record.callback() {
            self.add_callback(&callback, record);
        }
    }

    /// Texts are kept as well, if there are not too many.
    fn empty(&mut self) {
        const MOST_BYTES: usize = 1 << 20;
        self.callbacks.clear();
        self.items.clear();
        self.users.clear();
        if self.local.texts.bytes() > MOST_BYTES {
            self.local = Local::new();
        }
    }
}
