//! Numbers texts, in as few bytes as possible.

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The number of a text. Zero stands for no text.
pub(crate) type Name = u32;

/// The number of an absent text.
pub(crate) const NO_NAME: Name = 0;

/// Texts with numbers from 1 on.
#[derive(Debug)]
pub(crate) struct Names {
    texts: String,
    /// The end of each text. The first entry is that of no text.
    ends: Vec<usize>,
    index: HashTable<Name>,
    /// Differs in every run, so that nobody can prepare texts that fall together in the table.
    seed: u64,
}

impl Names {
    pub(crate) fn new(seed: u64) -> Self {
        Names {
            texts: String::new(),
            ends: vec![0],
            index: HashTable::new(),
            seed,
        }
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// Returns the hash of a text, which [`Names::hashed`] takes.
    #[inline]
    pub(crate) fn hash(text: &str, seed: u64) -> u64 {
        xxh3_64_with_seed(text.as_bytes(), seed)
    }

    /// Returns the number of a text, or that of no text. `last` is the number of a text that is likely.
    #[inline]
    pub(crate) fn likely(&mut self, text: Option<&str>, last: Name) -> Name {
        match text {
            None => NO_NAME,
            Some(text) if last != NO_NAME && self.text(last) == text => last,
            Some(text) => self.hashed(text, Self::hash(text, self.seed)),
        }
    }

    /// Returns the number of a text.
    pub(crate) fn number(&mut self, text: &str) -> Name {
        self.hashed(text, Self::hash(text, self.seed))
    }

    /// Returns the number of a text whose hash is known.
    #[inline]
    pub(crate) fn hashed(&mut self, text: &str, hash: u64) -> Name {
        let known = self.index.find(hash, |&name| self.text(name) == text);
        known.copied().unwrap_or_else(|| self.add(text, hash))
    }

    fn add(&mut self, text: &str, hash: u64) -> Name {
        let name = self.ends.len() as Name;
        let room = self.texts.capacity() - self.texts.len();
        if room < text.len() {
            self.texts
                .reserve_exact(text.len() + self.texts.len() / SLACK);
        }
        self.texts.push_str(text);
        push(&mut self.ends, self.texts.len());
        let (texts, ends, seed) = (&self.texts, &self.ends, self.seed);
        let hash_of = |&name: &Name| Self::hash(slice(texts, ends, name), seed);
        self.index.insert_unique(hash, name, hash_of);
        name
    }

    /// Returns the text of a number. That of no text is empty.
    #[inline]
    pub(crate) fn text(&self, name: Name) -> &str {
        slice(&self.texts, &self.ends, name)
    }

    /// Returns the text of a number, or `None` for no text.
    pub(crate) fn get(&self, name: Name) -> Option<&str> {
        (name != NO_NAME).then(|| self.text(name))
    }

    /// Returns the number of texts, no text among them.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns the memory in bytes.
    #[inline]
    pub(crate) fn bytes(&self) -> usize {
        self.texts.capacity()
            + self.ends.capacity() * size_of::<usize>()
            + self.index.allocation_size()
    }

    /// Returns for each number its place in the order of the texts.
    ///
    /// The first sixteen bytes decide as a rule, so texts are seldom looked at.
    pub(crate) fn ranks(&self) -> Vec<u32> {
        let names = 0..self.len() as Name;
        let mut order: Vec<(u128, Name)> =
            names.map(|name| (head(self.text(name)), name)).collect();
        order.sort_unstable_by(|a, b| {
            let by_text = || self.text(a.1).cmp(self.text(b.1)).then(a.1.cmp(&b.1));
            a.0.cmp(&b.0).then_with(by_text)
        });
        let mut ranks = vec![0; self.len()];
        for (rank, (_, name)) in order.iter().enumerate() {
            ranks[*name as usize] = rank as u32;
        }
        ranks
    }
}

/// Returns the first bytes of a text as a number that orders as they do.
fn head(text: &str) -> u128 {
    let mut head = [0; 16];
    let len = text.len().min(head.len());
    head[..len].copy_from_slice(&text.as_bytes()[..len]);
    u128::from_be_bytes(head)
}

#[inline]
fn slice<'a>(texts: &'a str, ends: &[usize], name: Name) -> &'a str {
    let at = name as usize;
    let start = if at == 0 { 0 } else { ends[at - 1] };
    &texts[start..ends[at]]
}

/// A full list grows by one part in this number: doubling would waste up to half of the memory.
const SLACK: usize = 4;

/// Appends to a list that grows by small steps.
#[inline]
pub(crate) fn push<T>(list: &mut Vec<T>, value: T) {
    if list.len() == list.capacity() {
        list.reserve_exact(list.len() / SLACK + 16);
    }
    list.push(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_keep_their_numbers_and_ranks_are_in_their_order() {
        let mut names = Names::new(7);
        let texts = [
            "b",
            "a",
            "",
            "openid-of-sixteen-b",
            "openid-of-sixteen-a",
            "é",
        ];
        let numbers = texts.map(|text| names.number(text));
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
        assert_eq!(texts.map(|text| names.number(text)), numbers);
        assert_eq!(numbers.map(|name| names.get(name)), texts.map(Some));
        assert_eq!(names.get(NO_NAME), None);
        assert_eq!(names.likely(None, 2), NO_NAME);
        assert_eq!(names.likely(Some("b"), 2), 1);
        assert_eq!(names.ranks(), [0, 3, 2, 1, 5, 4, 6]);
    }
}
