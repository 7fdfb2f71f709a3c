//! Pseudonyms of ids: a permutation that a key chooses.
//!
//! An id is cut in two halves. In each of several rounds one half is shifted, character by character, by what HMAC makes
//! of the other half (a Feistel network). That is a permutation of all ids of one form, so two ids never get the same
//! pseudonym. If the result has another form than the id, it is permuted again.

use std::collections::HashMap;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::redact::form::{Form, Symbol};

/// The rounds of the network.
const ROUNDS: u8 = 6;
/// The most pseudonyms that are kept for the next time.
const KEPT: usize = 1 << 16;

/// A secret from which pseudonyms are made.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl Key {
    /// Makes a key of `secret`, which should be long and random.
    pub fn new(secret: &[u8]) -> Self {
        // HMAC takes keys of any length.
        Key(Hmac::new_from_slice(secret).expect("a key of any length"))
    }

    /// Returns the pseudonym of `id`: of its length, of its kind, and made of characters of its set.
    ///
    /// ```
    /// use wxsub::redact::Key;
    ///
    /// let key = Key::new(b"our own secret");
    /// let pseudonym = key.pseudonym("gh_123456789abc");
    /// assert!(pseudonym.starts_with("gh_") && pseudonym.len() == 15);
    /// assert_ne!(pseudonym, "gh_123456789abc");
    /// assert_eq!(pseudonym, key.pseudonym("gh_123456789abc"));
    /// ```
    pub fn pseudonym(&self, id: &str) -> String {
        let form = Form::of(id);
        let mut symbols = form.symbols(id);
        if symbols.is_empty() {
            return id.to_owned();
        }
        // Half of all results have the form, in the worst case; 64 failures in a row never happen.
        for _ in 0..64 {
            self.permute(&form, &mut symbols);
            let text = form.text(id, &symbols);
            if Form::of(&text) == form {
                return text;
            }
        }
        form.text(id, &symbols)
    }

    /// Permutes `symbols` in all rounds.
    fn permute(&self, form: &Form, symbols: &mut [Symbol]) {
        let (left, right) = symbols.split_at_mut(symbols.len() / 2);
        for round in 0..ROUNDS {
            match round % 2 {
                0 => self.shift(form, round, left, right),
                _ => self.shift(form, round, right, left),
            }
        }
    }

    /// Shifts the symbols of `half` by numbers that depend on the `other` half.
    fn shift(&self, form: &Form, round: u8, other: &[Symbol], half: &mut [Symbol]) {
        const NUMBERS: usize = 16;
        for (block, symbols) in half.chunks_mut(NUMBERS).enumerate() {
            let mut mac = self.0.clone();
            mac.update(&[form.tag(), round, block as u8, (other.len() % 256) as u8]);
            // One call for several symbols is quicker than one for each.
            let mut bytes = [0; 2 * NUMBERS];
            for some in other.chunks(NUMBERS) {
                for (bytes, symbol) in bytes.as_chunks_mut::<2>().0.iter_mut().zip(some) {
                    *bytes = symbol.value.to_le_bytes();
                }
                mac.update(&bytes[..2 * some.len()]);
            }
            let drawn = mac.finalize().into_bytes();
            let (numbers, _) = drawn.as_slice().as_chunks::<2>();
            for (symbol, number) in symbols.iter_mut().zip(numbers) {
                let sum = u32::from(symbol.value) + u32::from(u16::from_le_bytes(*number));
                symbol.value = (sum % u32::from(symbol.radix)) as u16;
            }
        }
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

/// A key with the pseudonyms that were asked for lately.
#[derive(Debug)]
pub(super) struct Pseudonyms {
    key: Key,
    kept: HashMap<Box<str>, Box<str>>,
}

impl Pseudonyms {
    pub(super) fn new(key: Key) -> Self {
        Pseudonyms {
            key,
            kept: HashMap::new(),
        }
    }

    pub(super) fn fork(&self) -> Self {
        Pseudonyms::new(self.key.clone())
    }

    /// Returns the pseudonym of `id`.
    pub(super) fn of(&mut self, id: &str) -> &str {
        if !self.kept.contains_key(id) {
            if self.kept.len() >= KEPT {
                self.kept.clear();
            }
            let made = self.key.pseudonym(id).into_boxed_str();
            self.kept.insert(id.into(), made);
        }
        self.kept.get(id).map_or("", |made| made)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_pseudonym_has_the_form_of_its_id() {
        let key = Key::new(b"secret");
        for id in [
            "gh_123456789abc",
            "wx5a2c71d0e9b4a1b2",
            "otFpruAK8D-E6EfStSYonYSBZ8_4",
            "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc",
            "1700827132819554304",
            "user-0001@example.com",
            "张三李四",
            "1.8643237264612557e18",
            "-1.50",
            "-9223372036854775808",
            "a",
            "7",
        ] {
            let pseudonym = key.pseudonym(id);
            assert_eq!(pseudonym.len(), id.len(), "{id}");
            assert_eq!(Form::of(&pseudonym), Form::of(id), "{id}: {pseudonym}");
            assert_eq!(pseudonym, key.pseudonym(id));
            if id.len() > 7 {
                assert_ne!(pseudonym, id);
                assert_ne!(key.pseudonym(&pseudonym), pseudonym);
                assert_ne!(Key::new(b"other").pseudonym(id), pseudonym);
            }
        }
        assert_eq!(key.pseudonym(""), "");
        assert_eq!(key.pseudonym("***"), "***");
    }

    #[test]
    fn different_ids_have_different_pseudonyms() {
        let key = Key::new(b"secret");
        let numbers: HashSet<String> = (0..1000).map(|n| key.pseudonym(&format!("{n}"))).collect();
        assert_eq!(numbers.len(), 1000);
        let names: HashSet<String> = (0..3000)
            .map(|n| key.pseudonym(&format!("a{n:x}")))
            .collect();
        assert_eq!(names.len(), 3000);
    }

    #[test]
    fn a_number_that_lost_digits_stays_one() {
        let key = Key::new(b"secret");
        for id in ["1988810812324364300", "1700827132819554304"] {
            let lost = |id: &str| id.parse::<f64>().expect("a number").to_string() == id;
            assert_eq!(lost(&key.pseudonym(id)), lost(id), "{id}");
        }
    }
}
