//! Counts distinct users: exactly up to a million, above by an estimate.

use std::hash::{BuildHasherDefault, DefaultHasher};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use hyperloglockless::HyperLogLog;

/// The most users that are counted exactly.
pub(crate) const MOST_EXACT: usize = 1_000_000;

/// 2 to this power is the number of bytes of an estimate, which is off by 0.4 % as a rule.
const PRECISION: u8 = 16;

/// A hasher that is never asked: users are hashes already.
type NoHasher = BuildHasherDefault<DefaultHasher>;

/// A set of users, by hashes that are the same in every run.
#[derive(Debug)]
pub(crate) enum Users {
    Exact(Exact),
    Estimate(Box<HyperLogLog<NoHasher>>),
}

/// Users in a table, and users that were seen since it was last filled.
///
/// There are many sets, which together are larger than the caches of a processor. Going to a table for each user takes a
/// seventh of the time of a run, so users wait until there are enough to go there together.
#[derive(Debug, Default)]
pub(crate) struct Exact {
    known: HashTable<u64>,
    /// May be known, and may be there twice.
    waiting: Vec<u64>,
}

/// A number of users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct UserCount {
    pub(crate) count: u64,
    pub(crate) is_estimate: bool,
}

impl Default for Users {
    fn default() -> Self {
        Users::Exact(Exact::default())
    }
}

impl Users {
    /// Adds a user. Returns the number of bytes by which the set grew; a set that becomes an estimate shrinks.
    #[inline]
    pub(crate) fn insert(&mut self, user: u64) -> isize {
        match self {
            Users::Exact(users) if users.waiting.len() < users.waiting.capacity() => {
                users.waiting.push(user);
                0
            }
            Users::Exact(_) => self.make_room(user),
            Users::Estimate(users) => {
                users.insert_hash(user);
                0
            }
        }
    }

    /// Adds a user when no more can wait. Returns the number of bytes by which the set grew.
    #[cold]
    fn make_room(&mut self, user: u64) -> isize {
        let Users::Exact(users) = self else { return 0 };
        let before = users.bytes();
        users.fill();
        users.waiting.push(user);
        if users.known.len() <= MOST_EXACT {
            return users.bytes() as isize - before as isize;
        }
        *self = Users::Estimate(Box::new(users.estimate()));
        (1 << PRECISION) - before as isize
    }

    pub(crate) fn count(&self) -> UserCount {
        match self {
            Users::Exact(users) => users.count(),
            Users::Estimate(users) => UserCount::estimate(users),
        }
    }
}

impl Exact {
    /// Returns the memory in bytes.
    fn bytes(&self) -> usize {
        self.known.allocation_size() + self.waiting.capacity() * size_of::<u64>()
    }

    /// Puts those that wait into the table, and lets as many wait as a part of the table.
    fn fill(&mut self) {
        const LEAST: usize = 4;
        const MOST: usize = 16_384;
        const PART: usize = 4;
        for user in self.waiting.drain(..) {
            add(&mut self.known, user);
        }
        let wanted = (self.known.len() / PART).clamp(LEAST, MOST);
        self.waiting.reserve_exact(wanted);
    }

    /// Returns those that wait and are not in the table, each once.
    fn unknown(&self) -> HashTable<u64> {
        let mut unknown = HashTable::with_capacity(self.waiting.len());
        let is_known = |user: u64| self.known.find(user, |known| *known == user).is_some();
        for &user in self.waiting.iter().filter(|user| !is_known(**user)) {
            add(&mut unknown, user);
        }
        unknown
    }

    fn count(&self) -> UserCount {
        let count = self.known.len() + self.unknown().len();
        match count > MOST_EXACT {
            true => UserCount::estimate(&self.estimate()),
            false => UserCount {
                count: count as u64,
                is_estimate: false,
            },
        }
    }

    fn estimate(&self) -> HyperLogLog<NoHasher> {
        let mut estimate = HyperLogLog::with_hasher(PRECISION, NoHasher::default());
        let users = self.known.iter().chain(&self.waiting);
        users.for_each(|&user| estimate.insert_hash(user));
        estimate
    }
}

/// Adds a user to a table.
#[inline]
fn add(users: &mut HashTable<u64>, user: u64) {
    let place = users.entry(user, |known| *known == user, |known| *known);
    if let Entry::Vacant(place) = place {
        place.insert(user);
    }
}

impl UserCount {
    fn estimate(users: &HyperLogLog<NoHasher>) -> Self {
        UserCount {
            count: users.count() as u64,
            is_estimate: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look drawn.
    fn hash(number: u64) -> u64 {
        let mixed = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ mixed >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        mixed ^ mixed >> 32
    }

    fn allocated(users: &Users) -> isize {
        match users {
            Users::Exact(users) => users.bytes() as isize,
            Users::Estimate(_) => 1 << PRECISION,
        }
    }

    #[test]
    fn each_count_is_exact_while_users_wait() {
        let mut users = Users::default();
        for number in 0..3_000_u64 {
            users.insert(hash(number / 2));
            users.insert(hash(number % 7));
            assert_eq!(
                users.count().count,
                (number / 2 + 1).max((number + 1).min(7))
            );
        }
        let last = MOST_EXACT as u64;
        (0..last).for_each(|number| _ = users.insert(hash(number)));
        assert!(!users.count().is_estimate);
        users.insert(hash(last));
        assert!(
            users.count().is_estimate,
            "one more is too many, also while it waits"
        );
    }

    #[test]
    fn a_million_is_exact_and_more_is_near_in_any_order() {
        let (mut users, mut backwards, mut bytes) = (Users::default(), Users::default(), 0);
        for number in 0..MOST_EXACT as u64 {
            bytes += users.insert(hash(number));
            bytes += users.insert(hash(number / 2));
        }
        let count = users.count();
        assert_eq!((count.count, count.is_estimate), (1_000_000, false));
        assert_eq!(bytes, allocated(&users));
        assert!(bytes > 8_000_000);
        for number in MOST_EXACT as u64..1_500_000 {
            bytes += users.insert(hash(number));
        }
        assert_eq!(bytes, 1 << PRECISION);
        let count = users.count();
        assert!(count.is_estimate && (1_485_000..1_515_000).contains(&count.count));
        for number in (0..1_500_000).rev() {
            backwards.insert(hash(number));
        }
        assert_eq!(backwards.count(), count);
    }
}
