//! Numbers groups of items by the values of their keys.
//!
//! Most items are of a group that was found before. Its texts are compared as they are in the callback; only those of
//! other groups are looked up.

use std::cmp::Ordering;
use std::hash::BuildHasher;
use std::hash::RandomState;

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::event::compact::Place;
use crate::simd::block;

/// The value of a key of a group. Texts are numbered by [`Groups::text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyValue {
    Absent,
    Number(i64),
    Text(u32),
}

/// The value of a key of an item whose group is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asked {
    Value(KeyValue),
    /// A text of the callback, which may have no number yet.
    Text(Place),
}

/// The groups that were seen, with numbers from 0 on, and the texts in their keys.
#[derive(Debug)]
pub(crate) struct Groups {
    /// The number of keys.
    width: usize,
    /// The values of each group, `width` each.
    values: Vec<KeyValue>,
    by_values: HashTable<u32>,
    /// All texts, one after the other, and the end of each.
    texts: Vec<u8>,
    ends: Vec<usize>,
    by_text: HashTable<u32>,
    len: usize,
    /// Groups and texts that were found before, by a few of their bits: most are found again.
    found_groups: Box<[u32; FOUND]>,
    found_texts: Box<[u32; FOUND]>,
    /// Differs in every run, so that nobody can prepare texts that fall together in a table.
    seed: u64,
}

impl Groups {
    pub(crate) fn new(width: usize) -> Self {
        Groups {
            width,
            values: Vec::new(),
            by_values: HashTable::new(),
            texts: Vec::new(),
            ends: Vec::new(),
            by_text: HashTable::new(),
            len: 0,
            found_groups: Box::new([0; FOUND]),
            found_texts: Box::new([0; FOUND]),
            seed: RandomState::new().hash_one(0),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Returns the memory in bytes.
    #[inline]
    pub(crate) fn bytes(&self) -> usize {
        self.values.capacity() * size_of::<KeyValue>()
            + self.ends.capacity() * size_of::<usize>()
            + self.texts.capacity()
            + self.by_values.allocation_size()
            + self.by_text.allocation_size()
    }

    /// Returns the number of the group with these values, one for each key. Their texts are in `bytes`.
    #[inline]
    pub(crate) fn group(&mut self, values: &[Asked], bytes: &[u8]) -> u32 {
        let bits = values.iter().fold(0, |bits: u64, value| {
            bits.rotate_left(7) ^ value.bits(bytes)
        });
        let place = few_bits(bits);
        let found = self.found_groups[place];
        if (found as usize) < self.len && self.has_values(found, values, bytes) {
            return found;
        }
        let group = self.look_up(values, bytes);
        self.found_groups[place] = group;
        group
    }

    #[inline]
    fn has_values(&self, group: u32, values: &[Asked], bytes: &[u8]) -> bool {
        let known = self.values_of(group).iter();
        known.zip(values).all(|pair| match pair {
            (known, Asked::Value(value)) => known == value,
            (KeyValue::Text(number), Asked::Text(place)) => {
                self.text_of(*number) == place.of(bytes)
            }
            _ => false,
        })
    }

    #[inline(never)]
    fn look_up(&mut self, values: &[Asked], bytes: &[u8]) -> u32 {
        let values = values.iter().map(|value| match value {
            Asked::Value(value) => *value,
            Asked::Text(place) => KeyValue::Text(self.text(place.of(bytes))),
        });
        let values: Vec<KeyValue> = values.collect();
        self.find_group(&values)
    }

    fn find_group(&mut self, values: &[KeyValue]) -> u32 {
        let hash = hash_of(values, self.seed);
        let known = self
            .by_values
            .find(hash, |&group| self.values_of(group) == values);
        if let Some(group) = known {
            return *group;
        }
        let group = self.len as u32;
        self.len += 1;
        self.values.extend_from_slice(values);
        let (all, width, seed) = (&self.values, self.width, self.seed);
        let values_of = |&group: &u32| hash_of(&all[group as usize * width..][..width], seed);
        self.by_values.insert_unique(hash, group, values_of);
        group
    }

    /// Returns the values of a group.
    #[inline]
    pub(crate) fn values_of(&self, group: u32) -> &[KeyValue] {
        &self.values[group as usize * self.width..][..self.width]
    }

    /// Returns the number of a text.
    #[inline]
    pub(crate) fn text(&mut self, text: &[u8]) -> u32 {
        let place = few_bits(bits_of(text));
        let found = self.found_texts[place];
        if (found as usize) < self.ends.len() && self.text_of(found) == text {
            return found;
        }
        let number = self.find_text(text);
        self.found_texts[place] = number;
        number
    }

    fn find_text(&mut self, text: &[u8]) -> u32 {
        let hash = xxh3_64_with_seed(text, self.seed);
        let known = self
            .by_text
            .find(hash, |&number| self.text_of(number) == text);
        if let Some(number) = known {
            return *number;
        }
        let number = self.ends.len() as u32;
        self.texts.extend_from_slice(text);
        self.ends.push(self.texts.len());
        let (texts, ends, seed) = (&self.texts, &self.ends, self.seed);
        let hash_of = |&number: &u32| {
            let text = slice(texts, ends, number);
            xxh3_64_with_seed(text, seed)
        };
        self.by_text.insert_unique(hash, number, hash_of);
        number
    }

    #[inline]
    pub(crate) fn text_of(&self, number: u32) -> &[u8] {
        slice(&self.texts, &self.ends, number)
    }

    /// Returns the number of the group of `later` here, where it may be new.
    pub(crate) fn adopt(&mut self, later: &Groups, group: u32) -> u32 {
        let values = later.values_of(group).iter();
        let values = values.map(|value| match *value {
            KeyValue::Text(number) => KeyValue::Text(self.text(later.text_of(number))),
            value => value,
        });
        let values: Vec<Asked> = values.map(Asked::Value).collect();
        self.group(&values, &[])
    }

    /// Returns all groups in the order of their values: absent ones first, then numbers, then texts.
    pub(crate) fn sorted(&self) -> Vec<u32> {
        let mut groups: Vec<u32> = (0..self.len as u32).collect();
        groups.sort_unstable_by(|&a, &b| self.compare(a, b));
        groups
    }

    fn compare(&self, a: u32, b: u32) -> Ordering {
        let pairs = self.values_of(a).iter().zip(self.values_of(b));
        let order = pairs.map(|(a, b)| match (*a, *b) {
            (KeyValue::Text(a), KeyValue::Text(b)) => self.text_of(a).cmp(self.text_of(b)),
            (KeyValue::Number(a), KeyValue::Number(b)) => a.cmp(&b),
            (a, b) => a.rank().cmp(&b.rank()),
        });
        order.fold(Ordering::Equal, Ordering::then)
    }
}

impl KeyValue {
    fn rank(self) -> u8 {
        match self {
            KeyValue::Absent => 0,
            KeyValue::Number(_) => 1,
            KeyValue::Text(_) => 2,
        }
    }

    fn bits(self) -> u64 {
        match self {
            KeyValue::Absent => 0,
            KeyValue::Number(number) => (number as u64).wrapping_mul(2).wrapping_add(1),
            KeyValue::Text(number) => u64::from(number) << 32 | 2,
        }
    }
}

impl Asked {
    #[inline]
    fn bits(self, bytes: &[u8]) -> u64 {
        match self {
            Asked::Value(value) => value.bits(),
            Asked::Text(place) => bits_of(place.of(bytes)),
        }
    }
}

#[inline]
fn slice<'a>(texts: &'a [u8], ends: &[usize], number: u32) -> &'a [u8] {
    let at = number as usize;
    let start = if at == 0 { 0 } else { ends[at - 1] };
    &texts[start..ends[at]]
}

/// The number of groups and texts that are tried before a table is searched.
const FOUND: usize = 1024;

/// Returns some bits that tell most texts apart.
#[inline]
fn bits_of(text: &[u8]) -> u64 {
    let head = u128::from_le_bytes(block::head(text));
    head as u64 ^ ((head >> 64) as u64).rotate_left(29)
}

/// Returns an index below [`FOUND`].
fn few_bits(bits: u64) -> usize {
    (bits.wrapping_mul(FACTOR) >> (64 - FOUND.trailing_zeros())) as usize
}

/// An odd number without a pattern.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// Returns a hash of values.
fn hash_of(values: &[KeyValue], seed: u64) -> u64 {
    let fold = |hash: u64, value: &KeyValue| {
        let product = u128::from(hash ^ value.bits()) * u128::from(FACTOR);
        product as u64 ^ (product >> 64) as u64
    };
    values.iter().fold(seed, fold)
}
