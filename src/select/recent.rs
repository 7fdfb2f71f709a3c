//! Remembers recent callbacks in bounded memory, to recognise repetitions.
//!
//! WeChat pushes a callback up to three times within seconds, but logs of several servers are read one after another.
//! The memory is therefore large: two generations of short keys. When the younger is full, it replaces the older.

use crate::event::delivery::DeliveryKey;
use std::collections::HashSet;

/// The keys of recent callbacks.
#[derive(Clone, Debug)]
pub(super) struct Recent {
    generation: usize,
    young: HashSet<DeliveryKey>,
    old: HashSet<DeliveryKey>,
}

impl Recent {
    /// Makes a memory for at least the last `generation` keys and at most twice that number.
    pub(super) fn new(generation: usize) -> Self {
        Recent {
            generation,
            young: HashSet::new(),
            old: HashSet::new(),
        }
    }

    /// Remembers `key`. Returns false if it is already known.
    pub(super) fn insert(&mut self, key: DeliveryKey) -> bool {
        if self.old.contains(&key) || !self.young.insert(key) {
            return false;
        }
        if self.young.len() == self.generation {
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
            // Reserved at once, because growing would need the old table and the new one.
            self.young.reserve(self.generation);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u32) -> DeliveryKey {
        DeliveryKey::of_number(number)
    }

    #[test]
    fn the_last_generation_is_always_remembered() {
        const GENERATION: u32 = 10;
        let mut recent = Recent::new(GENERATION as usize);
        for number in 0..100 {
            assert!(recent.insert(key(number)), "{number} is new");
            for last in number.saturating_sub(GENERATION - 1)..=number {
                assert!(!recent.insert(key(last)), "{last} came before {number}");
            }
        }
        assert!(recent.insert(key(0)), "the first is long forgotten");
    }

    #[test]
    fn memory_does_not_grow_with_the_input() {
        const GENERATION: usize = 7 << 10;
        let mut recent = Recent::new(GENERATION);
        let mut most = 0;
        for number in 0..20 * GENERATION as u32 {
            recent.insert(key(number));
            most = most.max(recent.young.capacity() + recent.old.capacity());
            assert!(recent.young.len() + recent.old.len() < 2 * GENERATION);
        }
        assert!(most <= 2 * GENERATION, "room for {most} keys");
    }
}
