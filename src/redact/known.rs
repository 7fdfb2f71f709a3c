//! Ids that were seen in payloads and are not recognised by their shape.
//!
//! Real ids have shapes, so only made-up ids are kept here, and memory stays small. An id with characters that no word has,
//! such as an e-mail address, is searched for as it is, percent-encoded and with `\u` escapes.

use std::collections::HashSet;
use std::fmt::Write;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::event::fields;
use crate::percent;
use crate::redact::form::{Kind, is_word};
use crate::redact::pseudonym::Key;

/// The length of the shortest id that is replaced outside of payloads.
pub(super) const SHORTEST: usize = 8;
/// The length of the longest id.
pub(super) const LONGEST: usize = 512;
/// The most ids that are kept. More would take too much memory, and can hardly be ids.
pub(super) const MOST: usize = 4 << 20;
/// The most ids with characters that no word has.
const MOST_WIDE: usize = 1 << 16;

/// Ids without a shape.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Ids that are words.
    words: HashSet<Box<str>>,
    /// Ids with characters that no word has.
    wide: HashSet<Box<str>>,
    is_full: bool,
}

impl Known {
    /// Adds an id that was seen, unless its shape tells it.
    pub(super) fn add(&mut self, id: &str) {
        if !is_kept(id) {
            return;
        }
        let set = match id.bytes().all(is_word) {
            true if self.words.len() < MOST => &mut self.words,
            false if self.wide.len() < MOST_WIDE => &mut self.wide,
            _ => return self.is_full = true,
        };
        if !set.contains(id) {
            set.insert(id.into());
        }
    }

    /// Adds all that `other` has.
    pub(super) fn join(&mut self, other: Known) {
        self.is_full |= other.is_full;
        other
            .words
            .iter()
            .chain(&other.wide)
            .for_each(|id| self.add(id));
    }

    /// Returns true if an id was dropped, because there are too many.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    pub(super) fn has_words(&self) -> bool {
        !self.words.is_empty()
    }

    pub(super) fn has_word(&self, text: &[u8]) -> bool {
        let is_possible = self.has_words() && (SHORTEST..=LONGEST).contains(&text.len());
        is_possible && std::str::from_utf8(text).is_ok_and(|text| self.words.contains(text))
    }

    /// Makes the search for ids with characters that no word has, and the replacement of each match.
    pub(super) fn wide(&self, key: &Key) -> Option<Wide> {
        let mut ids: Vec<&str> = self.wide.iter().map(AsRef::as_ref).collect();
        ids.sort_unstable();
        let (mut patterns, mut replacements) = (Vec::new(), Vec::new());
        for id in ids {
            let pseudonym = key.pseudonym(id);
            for write in WAYS {
                let pattern = write(id);
                // A repeated pattern does no harm, but looking for it in a long list is slow.
                if !patterns.contains(&pattern) || patterns.len() > 64 {
                    patterns.push(pattern);
                    replacements.push(write(&pseudonym).into_bytes());
                }
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&patterns);
        (!patterns.is_empty()).then_some(Wide {
            automaton: automaton.ok()?,
            replacements,
        })
    }
}

/// The search for ids with characters that no word has. Each pattern has its replacement.
#[derive(Debug)]
pub(super) struct Wide {
    pub(super) automaton: AhoCorasick,
    pub(super) replacements: Vec<Vec<u8>>,
}

/// The ways in which an id may be written.
const WAYS: [fn(&str) -> String; 4] = [
    |id| id.to_owned(),
    |id| percent::encoded(id, b""),
    |id| unicode(id, |text, unit| write!(text, "\\u{unit:04x}")),
    |id| unicode(id, |text, unit| write!(text, "\\u{unit:04X}")),
];

fn unicode(id: &str, escape: fn(&mut String, u16) -> std::fmt::Result) -> String {
    let mut text = String::new();
    for c in id.chars() {
        match c.is_ascii() {
            true => text.push(c),
            false => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    _ = escape(&mut text, *unit);
                }
            }
        }
    }
    text
}

/// Returns true for an id that is replaced wherever it stands, and is not recognised by its shape.
pub(super) fn is_kept(id: &str) -> bool {
    is_global(id) && Kind::of(id.as_bytes()).is_none_or(|_| is_words(id.as_bytes()))
}

/// Returns true for an id that is replaced wherever it stands: it is long enough, has only letters, digits and signs of
/// addresses, and is neither a name that WeChat or records use nor a time.
pub(super) fn is_global(id: &str) -> bool {
    (SHORTEST..=LONGEST).contains(&id.len())
        && id.chars().all(is_of_id)
        && !fields::is_word_of_wire(id)
        && !is_time(id)
}

/// Returns true for a letter, a digit or a sign of addresses.
fn is_of_id(c: char) -> bool {
    c.is_alphanumeric() || "_-.@:+~*$#/".contains(c)
}

/// Returns true for a number that may be a time of this century, in seconds or milliseconds.
fn is_time(id: &str) -> bool {
    let is_number = id.bytes().all(|byte| byte.is_ascii_digit());
    is_number && matches!(id.len(), 10 | 13) && matches!(id.as_bytes()[0], b'1' | b'2')
}

/// Returns true for a name made of words, such as `onSubscribeMessagePopupEvent`, which no id looks like.
pub(super) fn is_words(text: &[u8]) -> bool {
    let (mut words, mut before) = (0, b'_');
    for &byte in text {
        let begins = match byte {
            b'a'..=b'z' => !before.is_ascii_alphabetic(),
            b'A'..=b'Z' => !before.is_ascii_uppercase(),
            b'_' | b'-' => false,
            _ => return false,
        };
        words += usize::from(begins);
        before = byte;
    }
    words * 3 <= text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_ids() {
        for name in [
            "onSubscribeMessagePopupEvent",
            "on_subscribe_msg_popup_event",
            "SubscribeMsgPopupEventHandlerFactoryTestCas",
        ] {
            assert!(is_words(name.as_bytes()), "{name}");
        }
        for id in [
            "otFpruAK8D-E6EfStSYonYSBZ8_4",
            "otFpruAKxDzEyEfStSYonYSBZvuQ",
            "oWxSubTest_00000000000000017",
        ] {
            assert!(!is_words(id.as_bytes()), "{id}");
        }
    }

    #[test]
    fn only_ids_without_a_shape_are_kept() {
        let mut known = Known::default();
        for id in ["short", "gh_123456789abc", "fromUser", "1610969440"] {
            known.add(id);
            assert!(!known.has_word(id.as_bytes()), "{id}");
        }
        known.add("customer-17");
        assert!(known.has_word(b"customer-17"));
        known.add("me@example.com");
        let wide = known.wide(&Key::new(b"secret")).expect("one");
        assert!(wide.automaton.is_match("openid=me%40example.com&"));
    }
}
