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
    Exact(HashTable<u64>),
    Estimate(Box<HyperLogLog<NoHasher>>),
}

/// A number of users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct UserCount {
    pub(crate) count: u64,
    pub(crate) is_estimate: bool,
}

impl Default for Users {
    fn default() -> Self {
        Users::Exact(HashTable::new())
    }
}

impl Users {
    /// Adds a user. Returns the number of bytes by which the set grew; a set that becomes an estimate shrinks.
    #[inline]
    pub(crate) fn insert(&mut self, user: u64) -> isize {
        match self {
            Users::Exact(users) => {
                let before = users.allocation_size();
                // Looking for a place may make the table larger.
                if let Entry::Vacant(place) =
                    users.entry(user, |known| *known == user, |known| *known)
                {
                    place.insert(user);
                }
                let grown = users.allocation_size() as isize - before as isize;
                match users.len() > MOST_EXACT {
                    true => grown + self.estimate(),
                    false => grown,
                }
            }
            Users::Estimate(users) => {
                users.insert_hash(user);
                0
            }
        }
    }

    /// Turns the set into an estimate. Returns the number of bytes by which it grew.
    #[cold]
    fn estimate(&mut self) -> isize {
        let Users::Exact(users) = self else { return 0 };
        let freed = users.allocation_size() as isize;
        let mut estimate = HyperLogLog::with_hasher(PRECISION, NoHasher::default());
        users.iter().for_each(|&user| estimate.insert_hash(user));
        *self = Users::Estimate(Box::new(estimate));
        (1 << PRECISION) - freed
    }

    pub(crate) fn count(&self) -> UserCount {
        match self {
            Users::Exact(users) => UserCount {
                count: users.len() as u64,
                is_estimate: false,
            },
            Users::Estimate(users) => UserCount {
                count: users.count() as u64,
                is_estimate: true,
            },
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

    #[test]
    fn a_million_is_exact_and_more_is_near_in_any_order() {
        let (mut users, mut backwards, mut bytes) = (Users::default(), Users::default(), 0);
        for number in 0..MOST_EXACT as u64 {
            bytes += users.insert(hash(number));
            bytes += users.insert(hash(number / 2));
        }
        let count = users.count();
        assert_eq!((count.count, count.is_estimate), (1_000_000, false));
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
