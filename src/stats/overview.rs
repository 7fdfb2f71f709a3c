//! What is known about all callbacks together: events, period, days and codes of failure.

use std::collections::BTreeMap;

use crate::event::Event;

/// Counts of callbacks without a group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overview {
    pub(crate) callbacks: [u64; Event::ALL.len()],
    /// The first and the last plausible time.
    pub(crate) period: Option<(i64, i64)>,
    /// Callbacks with no time, or with one before 1970 or after 2100.
    pub(crate) timeless: u64,
    /// The number of callbacks of each day; see [`Overview::days`].
    by_day: BTreeMap<i64, u64>,
    /// A day and its callbacks that are not in `by_day` yet: most callbacks have the day of the one before.
    today: (i64, u64),
    /// The number of failed items, by group and code.
    codes: BTreeMap<(u32, i64), u64>,
}

impl Overview {
    /// Counts a callback. `day` is `None` without a plausible time.
    #[inline]
    pub(crate) fn add(&mut self, event: Event, time: Option<i64>, day: Option<i64>) {
        self.callbacks[event as usize] += 1;
        let (Some(time), Some(day)) = (time, day) else {
            self.timeless += 1;
            return;
        };
        let (first, last) = self.period.unwrap_or((time, time));
        self.period = Some((first.min(time), last.max(time)));
        if self.today.0 != day {
            self.end_day();
            self.today = (day, 0);
        }
        self.today.1 += 1;
    }

    fn end_day(&mut self) {
        let (day, count) = self.today;
        if count > 0 {
            *self.by_day.entry(day).or_default() += count;
        }
    }

    /// Counts a code. Returns true if it is new in its group.
    pub(crate) fn add_code(&mut self, group: u32, code: i64) -> bool {
        let count = self.codes.entry((group, code)).or_default();
        *count += 1;
        *count == 1
    }

    /// Returns the number of callbacks of each day that has some.
    pub(crate) fn days(&self) -> BTreeMap<i64, u64> {
        let mut all = self.clone();
        all.end_day();
        all.by_day
    }

    /// Returns the codes of a group, the most frequent first.
    pub(crate) fn codes(&self, group: u32) -> Vec<(i64, u64)> {
        let own = self.codes.range((group, i64::MIN)..=(group, i64::MAX));
        let mut own: Vec<_> = own.map(|((_, code), count)| (*code, *count)).collect();
        own.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        own
    }

    /// Returns the codes of all groups, the most frequent first.
    pub(crate) fn all_codes(&self) -> Vec<(i64, u64)> {
        let mut sums = BTreeMap::new();
        for ((_, code), count) in &self.codes {
            *sums.entry(*code).or_default() += count;
        }
        let mut all: Vec<(i64, u64)> = sums.into_iter().collect();
        all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        all
    }

    /// Returns the memory in bytes, as measured for B-trees.
    #[inline]
    pub(crate) fn bytes(&self) -> usize {
        const ENTRY: usize = 48;
        (self.by_day.len() + self.codes.len()) * ENTRY
    }
}
