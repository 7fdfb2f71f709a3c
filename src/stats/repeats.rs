//! Remembers callbacks, to tell repeated deliveries, in any order and from any file.
//!
//! The keys of an hour of CreateTime are in a table of their own. While memory allows, all are remembered. When it is
//! full, the hours that lie more than an hour behind the newest callback are forgotten: WeChat repeats a delivery within
//! seconds, so nothing is missed in a capture in order of time. A callback of a forgotten hour is a [`Failure`]. A few
//! callbacks far ahead of all others have a wrong time, and do not make the others old.

use std::cmp::Reverse;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::event::delivery::DeliveryKey;
use crate::stats::Failure;
use crate::stats::calendar::plausible;

/// The keys of one hour.
type Keys = HashTable<DeliveryKey>;

const HOUR: i64 = 3_600;

/// A memory of callbacks.
#[derive(Debug)]
pub(crate) struct Repeats {
    /// The hours since 1970 that are remembered. The first entry has the callbacks without a plausible time, which are
    /// never forgotten.
    hours: Vec<(i64, Keys)>,
    /// The indices of hours, by hour.
    index: HashTable<u32>,
    /// The index of the last hour that was asked for.
    last: usize,
    /// The newest plausible time.
    newest: i64,
    /// The first hour that is still remembered.
    first: i64,
    /// The number of keys of the hour before the last new one.
    usual: usize,
    /// The memory of the keys in bytes.
    bytes: usize,
}

impl Default for Repeats {
    fn default() -> Self {
        Repeats {
            hours: vec![(TIMELESS, Keys::new())],
            index: HashTable::new(),
            last: 0,
            newest: 0,
            first: 0,
            usual: 0,
            bytes: 0,
        }
    }
}

/// The hour of callbacks without a plausible time.
const TIMELESS: i64 = -1;

impl Repeats {
    /// Remembers a callback. Returns false if it is known.
    ///
    /// The memory takes `room` bytes at most; `limit` is the size that a failure names.
    ///
    /// # Errors
    ///
    /// [`Failure::OutOfOrder`] if the callbacks of its hour are forgotten; [`Failure::Memory`] if nothing can be
    /// forgotten.
    pub(crate) fn insert(
        &mut self,
        key: DeliveryKey,
        time: Option<i64>,
        room: usize,
        limit: usize,
    ) -> Result<bool, Failure> {
        let hour = self.hour(time.filter(|&time| plausible(time)), limit)?;
        let at = self.index_of(hour);
        let keys = &mut self.hours[at].1;
        match keys.len() == keys.capacity() {
            true => self.insert_into_full(key, hour, room, limit),
            false => Ok(add(keys, key)),
        }
    }

    /// Remembers a callback of an hour whose table is full.
    #[cold]
    fn insert_into_full(
        &mut self,
        key: DeliveryKey,
        hour: i64,
        room: usize,
        limit: usize,
    ) -> Result<bool, Failure> {
        let at = self.index_of(hour);
        let known = self.hours[at]
            .1
            .find(key.table_hash(), |known| *known == key);
        if known.is_some() {
            return Ok(false);
        }
        if !self.grow(at, room) {
            return Err(Failure::Memory { limit });
        }
        // Forgetting may have moved the hour.
        Ok(add(&mut self.hours[self.last].1, key))
    }

    /// Returns the hour of a plausible time, if it is not forgotten.
    #[inline]
    fn hour(&mut self, time: Option<i64>, limit: usize) -> Result<i64, Failure> {
        let Some(time) = time else {
            return Ok(TIMELESS);
        };
        self.newest = self.newest.max(time);
        let (hour, newest) = (time / HOUR, self.newest);
        match hour >= self.first {
            true => Ok(hour),
            false => Err(Failure::OutOfOrder {
                time,
                newest,
                limit,
            }),
        }
    }

    /// Returns the memory in bytes.
    #[inline]
    pub(crate) fn bytes(&self) -> usize {
        self.bytes + self.hours.capacity() * size_of::<(i64, Keys)>() + self.index.allocation_size()
    }

    /// Forgets the hours that lie more than an hour behind the newest callback.
    pub(crate) fn forget(&mut self) {
        self.first = self.first.max(self.newest_hour() - 1);
        let first = self.first;
        self.hours
            .retain(|(hour, _)| *hour >= first || *hour == TIMELESS);
        let kept = self.hours.iter().map(|(_, keys)| keys.allocation_size());
        self.bytes = kept.sum();
        self.last = 0;
        self.index.clear();
        for (at, (hour, _)) in self.hours.iter().enumerate().skip(1) {
            let hours = &self.hours;
            self.index
                .insert_unique(mixed(*hour), at as u32, |&at| mixed(hours[at as usize].0));
        }
    }

    /// Returns the newest hour of those that hold enough callbacks, together with the hours that follow each other before it.
    fn newest_hour(&self) -> i64 {
        const ENOUGH: usize = 100;
        let hours = self.hours.iter().skip(1);
        let mut hours: Vec<_> = hours.map(|(hour, keys)| (*hour, keys.len())).collect();
        hours.sort_unstable_by_key(|(hour, _)| Reverse(*hour));
        let all: usize = hours.iter().map(|(_, len)| len).sum();
        let runs = hours.chunk_by(|(later, _), (hour, _)| later - hour == 1);
        let len = |run: &[(i64, usize)]| run.iter().map(|(_, len)| len).sum::<usize>();
        let run = runs.clone().find(|run| len(run) * ENOUGH >= all);
        let newest = run.unwrap_or(&hours).first();
        newest.map_or(self.first, |(hour, _)| *hour)
    }

    /// Makes the keys of an hour larger. Forgets hours if that would take more than `room` bytes. Returns false if
    /// forgetting does not suffice.
    fn grow(&mut self, at: usize, room: usize) -> bool {
        let (hour, ref keys) = self.hours[at];
        let (len, old) = (keys.len(), keys.allocation_size());
        let wanted = wanted(len, self.usual);
        // The old table is there until the new one is filled.
        if self.bytes() + size_of_table(wanted) > room {
            self.forget();
            if self.bytes() + size_of_table(wanted) > room {
                return false;
            }
        }
        let at = self.index_of(hour);
        let keys = &mut self.hours[at].1;
        keys.reserve(wanted - len, |known| known.table_hash());
        self.bytes += keys.allocation_size() - old;
        true
    }

    /// Returns the index of an hour, which may be new.
    #[inline(always)]
    fn index_of(&mut self, hour: i64) -> usize {
        if self.hours[self.last].0 != hour {
            self.last = match hour {
                TIMELESS => 0,
                hour => self.find(hour),
            };
        }
        self.last
    }

    fn find(&mut self, hour: i64) -> usize {
        let Repeats {
            hours,
            index,
            last,
            usual,
            ..
        } = self;
        let known = index.find(mixed(hour), |&at| hours[at as usize].0 == hour);
        if let Some(&at) = known {
            return at as usize;
        }
        *usual = hours[*last].1.len();
        let at = hours.len();
        hours.push((hour, Keys::new()));
        index.insert_unique(mixed(hour), at as u32, |&at| mixed(hours[at as usize].0));
        at
    }
}

/// Adds a key to a table with room for it. Returns false if it is there already.
#[inline]
fn add(keys: &mut Keys, key: DeliveryKey) -> bool {
    let place = keys.entry(
        key.table_hash(),
        |known| *known == key,
        |known| known.table_hash(),
    );
    match place {
        Entry::Occupied(_) => false,
        Entry::Vacant(place) => {
            place.insert(key);
            true
        }
    }
}

/// Returns for how many keys a full table of `len` keys is made larger: at once for as many as the hour before had, if
/// that is not many times more.
fn wanted(len: usize, usual: usize) -> usize {
    const LEAST: usize = 3;
    const FEW: usize = 64;
    match len {
        ..FEW => (2 * len).max(LEAST),
        len => usual.clamp(2 * len, 8 * len),
    }
}

/// Returns the most bytes that a table for `len` keys takes: a byte for each place besides its key.
fn size_of_table(len: usize) -> usize {
    const MOST_FILLED: (usize, usize) = (7, 8);
    const LEAST: usize = 8;
    let places = (len * MOST_FILLED.1 / MOST_FILLED.0).next_power_of_two();
    places.max(LEAST) * (size_of::<DeliveryKey>() + 1) + 64
}

/// Returns a hash of an hour.
fn mixed(hour: i64) -> u64 {
    (hour as u64)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .rotate_left(32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 1 << 20;

    fn insert(repeats: &mut Repeats, number: u32, time: i64) -> Result<bool, Failure> {
        repeats.insert(DeliveryKey::of_number(number), Some(time), LIMIT, LIMIT)
    }

    fn sum_of_tables(repeats: &Repeats) -> usize {
        let tables = repeats.hours.iter();
        tables.map(|(_, keys)| keys.allocation_size()).sum()
    }

    #[test]
    fn order_does_not_matter_while_memory_suffices() {
        let mut repeats = Repeats::default();
        for number in 0..1_000 {
            let time = i64::from(number) * 7_919 % 100_000;
            assert_eq!(insert(&mut repeats, number, time), Ok(true));
        }
        for number in (0..1_000).rev() {
            let time = i64::from(number) * 7_919 % 100_000;
            assert_eq!(insert(&mut repeats, number, time), Ok(false));
        }
    }

    #[test]
    fn a_day_in_order_of_time_passes_in_the_memory_of_two_hours() {
        let mut repeats = Repeats::default();
        let mut most = 0;
        // A tenth comes up to an hour late, and each is delivered twice.
        for number in 0..400_000_u32 {
            assert_eq!(repeats.bytes, sum_of_tables(&repeats));
            let second = i64::from(number) / 3 + 1_600_000_000;
            let late = i64::from(number % 10 == 0) * i64::from(number % 3_600);
            assert_eq!(insert(&mut repeats, number, second - late), Ok(true));
            assert_eq!(insert(&mut repeats, number, second - late), Ok(false));
            most = most.max(repeats.bytes());
        }
        assert!(repeats.first > 0, "something was forgotten");
        assert!(most <= LIMIT, "{most} bytes");
    }

    #[test]
    fn a_few_wrong_times_do_not_make_all_others_old() {
        let mut repeats = Repeats::default();
        let start = 1_600_000_000;
        for number in 0..400_000_u32 {
            let wrong = number % 10_000 == 77;
            let ahead = 86_400 * i64::from(number % 9_999) + 7_200;
            let time = start + i64::from(number) / 3 + ahead * i64::from(wrong);
            assert_eq!(insert(&mut repeats, number, time), Ok(true));
            assert_eq!(insert(&mut repeats, number, time), Ok(false));
        }
        assert!(repeats.first > 0, "something was forgotten");
    }

    #[test]
    fn no_table_is_larger_than_expected() {
        for len in 1..3_000 {
            let keys = Keys::with_capacity(len);
            assert!(keys.allocation_size() <= size_of_table(len), "{len} keys");
        }
    }

    #[test]
    fn a_callback_of_a_forgotten_hour_is_a_failure() {
        let mut repeats = Repeats::default();
        let (start, mut number) = (1_600_000_200, 0);
        while repeats.first == 0 {
            number += 1;
            insert(&mut repeats, number, start + i64::from(number)).unwrap();
        }
        let newest = start + i64::from(number);
        let failure = insert(&mut repeats, 1, start + 1).unwrap_err();
        let time = start + 1;
        let limit = LIMIT;
        assert_eq!(
            failure,
            Failure::OutOfOrder {
                time,
                newest,
                limit
            }
        );
        let an_hour_ago = insert(&mut repeats, number - 3_600, newest - 3_600);
        assert_eq!(an_hour_ago, Ok(false));
    }

    #[test]
    fn what_cannot_be_forgotten_exhausts_the_memory() {
        let mut repeats = Repeats::default();
        let mut all = (0..).map(|number| {
            let key = DeliveryKey::of_number(number);
            repeats.insert(key, None, LIMIT, LIMIT)
        });
        let failure = all.find_map(Result::err);
        assert_eq!(failure, Some(Failure::Memory { limit: LIMIT }));
        let one_hour = |number: u32| insert(&mut Repeats::default(), number, 0);
        assert_eq!(one_hour(1), Ok(true));
    }

    #[test]
    fn times_beyond_the_calendar_make_no_hours() {
        let mut repeats = Repeats::default();
        for (number, time) in (0..).zip([i64::MIN, -1, i64::MAX, 1 << 40]) {
            assert_eq!(insert(&mut repeats, number, time), Ok(true));
        }
        assert_eq!(repeats.hours.len(), 1);
    }
}
