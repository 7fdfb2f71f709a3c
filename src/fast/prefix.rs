//! Prefixes: the texts that a logger writes before a payload on its line, as a time, a level and a thread.
//!
//! Prefixes of one logger differ only in digits. Their sizes are counted once.

use crate::simd::block::{Block, LEN};
use crate::simd::{Survey, digit};
use crate::span;

/// The learnt prefixes.
#[derive(Clone, Debug, Default)]
pub(super) struct Prefixes {
    all: Vec<LearntPrefix>,
    /// The number of payloads that were found after a prefix by the slow path.
    found: usize,
}

#[derive(Clone, Debug)]
struct LearntPrefix {
    /// The text, with zeros for all digits.
    text: Vec<u8>,
    size: PrefixSize,
}

/// The size of a prefix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PrefixSize {
    pub(crate) bytes: usize,
    /// The number of bytes that are not white space.
    pub(crate) solid: usize,
    pub(crate) chars: u64,
}

impl Prefixes {
    /// The most prefixes that are kept.
    const MOST: usize = 8;
    /// After this many payloads, a prefix is learnt only from one payload in this many.
    const RARE: usize = 64;
    /// The longest prefix that is kept.
    const LONGEST: usize = 256;

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Returns the prefix of `line`, if `begins` returns true for the text after it.
    #[inline]
    pub(super) fn find(&self, line: &[u8], begins: impl Fn(&[u8]) -> bool) -> Option<PrefixSize> {
        let mut all = self.all.iter();
        let prefix = all.find(|prefix| {
            let parts = line.split_at_checked(prefix.size.bytes);
            parts.is_some_and(|(text, rest)| begins(rest) && prefix.holds(text))
        });
        prefix.map(|prefix| prefix.size)
    }

    /// Returns true if `text` should be learnt now.
    pub(super) fn admits(&mut self, text: &[u8]) -> bool {
        self.found += 1;
        let is_due = self.found <= Self::RARE || self.found.is_multiple_of(Self::RARE);
        let fits = (LEN..=Self::LONGEST).contains(&text.len());
        is_due && fits && !self.all.iter().any(|prefix| prefix.holds(text))
    }

    /// Learns a prefix.
    pub(super) fn learn(&mut self, text: &[u8]) {
        self.all.truncate(Self::MOST - 1);
        self.all.push(LearntPrefix::new(text));
    }
}

impl LearntPrefix {
    fn new(text: &[u8]) -> Self {
        let without_digit = |byte: &u8| if byte.is_ascii_digit() { b'0' } else { *byte };
        LearntPrefix {
            text: text.iter().map(without_digit).collect(),
            size: PrefixSize {
                bytes: text.len(),
                solid: Survey::of(text).solid,
                chars: span::chars(text),
            },
        }
    }

    /// Returns true if `text` differs from the prefix only in digits.
    #[inline]
    fn holds(&self, text: &[u8]) -> bool {
        let unlike = |text: &[u8; LEN], own: &[u8; LEN]| {
            without_digits(Block::new(*text)).other_than(Block::new(*own))
        };
        let (Some(last), Some(own_last)) = (text.last_chunk(), self.text.last_chunk()) else {
            return false;
        };
        if text.len() != self.text.len() {
            return false;
        }
        let pairs = text.as_chunks().0.iter().zip(self.text.as_chunks().0);
        let all = pairs.fold(unlike(last, own_last), |all, (text, own)| {
            all | unlike(text, own)
        });
        all.is_zero()
    }
}

/// Replaces all digits by zeros.
#[inline(always)]
fn without_digits(block: Block) -> Block {
    let digits = digit(block);
    digits.of(Block::new([b'0'; LEN])) | (!digits).of(block)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(text: &[u8]) -> bool {
        text.starts_with(b"{")
    }

    fn learn(prefixes: &mut Prefixes, text: &str) {
        if prefixes.admits(text.as_bytes()) {
            prefixes.learn(text.as_bytes());
        }
    }

    #[test]
    fn lines_that_differ_in_digits_have_one_prefix() {
        let mut prefixes = Prefixes::default();
        for time in ["2021-01-18 11:30:40.517", "2021-01-18 11:30:41.003"] {
            learn(&mut prefixes, &format!("{time} [http-3] 收到 body="));
        }
        assert_eq!(prefixes.all.len(), 1);
        let is_found = |line: &str| match prefixes.find(line.as_bytes(), begins) {
            Some(size) => {
                let text = &line[..size.bytes];
                let solid = text.bytes().filter(|&byte| byte != b' ').count();
                assert_eq!(
                    (size.solid, size.chars),
                    (solid, text.chars().count() as u64)
                );
                true
            }
            None => false,
        };
        assert!(is_found("2021-01-18 11:30:40.517 [http-3] 收到 body={"));
        assert!(is_found("1999-12-31 23:59:59.999 [http-0] 收到 body={"));
        for other in [
            "2021-01-18 11:30:40.517 [http-3] 收到 body=<",
            "2021-01-18 11:30:40.517 [http-3] 收到 bode={",
            "2021-01-18 11:30:40.517 [http-x] 收到 body={",
            "2021-01-18 11:30:40.517 [http-\0] 收到 body={",
            "2021-01-18 11:30:40.517 [http-13] 收到 body={",
            "x021-01-18 11:30:40.517 [http-3] 收到 body={",
            "2021-01-18 11:30:40.51",
        ] {
            assert!(!is_found(other), "{other}");
        }
    }

    #[test]
    fn a_few_are_kept() {
        let mut prefixes = Prefixes::default();
        for n in 0..200 {
            let word = "x".repeat(n % 100);
            learn(&mut prefixes, &format!("2021-01-18 {word} body="));
            assert!(prefixes.all.len() <= Prefixes::MOST);
        }
    }
}
