//! Finds anchors.
//!
//! An *anchor* is a byte string, mostly a part of a field name. Every message contains an anchor, however it is
//! escaped. All anchors are searched for at once with vector instructions, by three bytes of each that are rare in
//! other text. `window` tells how near to an anchor a document may begin.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind, packed};

use crate::scan::base64;
use crate::scan::decimal;
use crate::scan::dump;
use crate::scan::escape;
use crate::scan::hex;

/// The anchors of a capture.
#[derive(Debug)]
pub(crate) struct Anchors {
    names: &'static [&'static str],
    /// The names that are searched for in base64, and the number of pieces of each.
    encoded: &'static [(&'static str, usize)],
    /// Made for the first search. Making it takes longer than reading a small file, which may not need it.
    searcher: OnceLock<Searcher>,
    /// The length of the longest anchor.
    longest: OnceLock<usize>,
}

impl Anchors {
    /// Searches for `names` of messages, for the beginnings of XML documents, and for byte order marks. Searches for the
    /// names `encoded` in base64, each in a number of pieces.
    pub(crate) const fn new(
        names: &'static [&'static str],
        encoded: &'static [(&'static str, usize)],
    ) -> Self {
        Anchors {
            names,
            encoded,
            searcher: OnceLock::new(),
            longest: OnceLock::new(),
        }
    }

    /// Returns the base64 of the names, in pieces.
    fn pieces(&self) -> impl Iterator<Item = base64::Anchor> {
        let encoded = self.encoded.iter();
        encoded.flat_map(|&(name, count)| base64::anchors(name, count))
    }

    /// Returns the anchor in base64 that begins at `at`.
    pub(super) fn piece_at(&self, bytes: &[u8], at: usize) -> Option<&base64::Anchor> {
        let rest = bytes.get(at..)?;
        let first = rest.first();
        let mut pieces = self.searcher().pieces.iter();
        // Most anchors are no base64, and differ in their first byte.
        pieces.find(|piece| piece.text.first() == first && rest.starts_with(&piece.text))
    }

    fn texts(&self) -> impl Iterator<Item = &'static str> + Clone {
        ["<xml", "<?xml", "<!--", "<!DOCTYPE", "\u{FEFF}"]
            .iter()
            .copied()
            .chain(escape::roots())
            .chain(self.names.iter().copied())
    }

    fn searcher(&self) -> &Searcher {
        self.searcher.get_or_init(|| {
            let has_digit = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
            debug_assert!(
                self.texts()
                    .all(|text| text.contains('#') || !has_digit(text))
            );
            Searcher::new(self.texts(), self.pieces().collect())
        })
    }

    /// Returns the length of the longest anchor.
    pub(super) fn longest(&self) -> usize {
        *self.longest.get_or_init(|| {
            let longest = self.texts().map(str::len).max();
            let longest = longest.unwrap_or(0).max(decimal::LONGEST);
            longest.max(hex::LONGEST)
        })
    }

    /// Returns the position of the first anchor at or after `from`.
    pub(super) fn find(&self, bytes: &[u8], from: usize) -> Option<usize> {
        self.next(bytes, from).map(|found| found.start)
    }

    /// Returns the range of the first anchor at or after `from`.
    #[inline]
    fn next(&self, bytes: &[u8], from: usize) -> Option<Range<usize>> {
        // The bytes after a single payload are often shorter than a key. They need no searcher.
        let has_room = bytes.len().saturating_sub(from) >= size_of::<Key>();
        has_room.then(|| self.searcher().find(bytes, from))?
    }

    /// Returns the position of the first anchor in `bytes`.
    pub(super) fn first_in(&self, bytes: &[u8]) -> Option<usize> {
        self.find(bytes, 0)
    }

    /// Returns true if `bytes` contain an anchor.
    pub(super) fn is_in(&self, bytes: &[u8]) -> bool {
        self.first_in(bytes).is_some()
    }
}

/// Searches for several texts at once, by a key of each text.
#[derive(Debug)]
struct Searcher {
    keys: Keys,
    /// For each key, the texts that contain it and its position in them. At most one of them can match around a key.
    texts: Vec<Vec<(usize, Vec<u8>)>>,
    /// The texts in base64.
    pieces: Vec<base64::Anchor>,
}

/// Three bytes of a text that are rare in other text.
type Key = [u8; 3];

#[derive(Debug)]
enum Keys {
    /// Uses vector instructions. Not available on all processors.
    Packed(packed::Searcher),
    Automaton(AhoCorasick),
}

impl Searcher {
    fn new(all: impl Iterator<Item = &'static str>, pieces: Vec<base64::Anchor>) -> Self {
        let mut keys: Vec<(Key, Vec<_>)> = Vec::new();
        let encoded = pieces.iter().map(|piece| piece.text.clone());
        let texts = all.map(Vec::from).chain(encoded);
        let texts = texts.map(|text| (key_at(&text), text));
        let numbers = decimal::anchors().map(Vec::from);
        let numbers = numbers.map(|text| (decimal::key_at(&text), text));
        let digits = hex::ANCHORS.iter().map(|text| text.as_bytes().to_vec());
        let digits = digits.map(|text| (hex::KEY_AT, text));
        let rows = dump::ANCHORS
            .iter()
            .map(|text| (0, text.as_bytes().to_vec()));
        for (at, text) in texts.chain(numbers).chain(digits).chain(rows) {
            let key = [text[at], text[at + 1], text[at + 2]];
            match keys.iter_mut().find(|(other, _)| *other == key) {
                Some((_, texts)) => texts.push((at, text)),
                None => keys.push((key, vec![(at, text)])),
            }
        }
        keys.sort_by_key(|&(key, _)| number(key).unwrap_or(usize::MAX));
        let (keys, texts): (Vec<Key>, _) = keys.into_iter().unzip();
        let keys = Keys::new(&keys);
        Searcher {
            keys,
            texts,
            pieces,
        }
    }

    /// Returns the range of the first text at or after `from`.
    #[inline]
    fn find(&self, bytes: &[u8], from: usize) -> Option<Range<usize>> {
        // The packed search begins as if any bytes could stand before its start, and stops there at the last byte of any
        // key, as a digit of a time. Line breaks and brackets, with which documents end, are none.
        let mut searched = from.saturating_sub(size_of::<Key>() - 1);
        loop {
            let (id, key) = self.keys.find(bytes, searched)?;
            let is_at = |(at, text): &(usize, Vec<u8>)| {
                let start = key.checked_sub(*at).filter(|&start| start >= from)?;
                let is_there = bytes[start..].starts_with(text);
                is_there.then(|| start..start + text.len())
            };
            if let Some(found) = self.texts[id].iter().find_map(is_at) {
                return Some(found);
            }
            searched = key + 1;
        }
    }
}

/// The keys that share a bucket of the packed search.
///
/// The search stops at three bytes if the halves of each byte occur in keys of one bucket, even in different keys: with
/// `<!-` and `rPa` in one bucket, it stops at `2 1`. These buckets were found by exchanging keys as long as it stopped
/// less often in 650 KB of logs, payloads, source code and prose, where it stops in vain at 4 of 10,000 bytes; sorted
/// keys stop it at 42. Keys with the same lower halves, as `e61` and `E61`, share a bucket wherever they stand. More than
/// 32 keys would need twice as many buckets, and a search that takes half as many bytes at once.
const BUCKETS: [[&str; 4]; 8] = [
    ["rPa", "OYW", "rNa", "\n00"],
    ["E-6", "Enc", "uff", "xml"],
    ["k5h", "f6d", "c2d", "F6D"],
    ["mFt", "c2V", "\u{FEFF}", "eMs"],
    ["<!-", "<!D", "[60", "[12"],
    ["e_m", "e61", "zZ1", "E61"],
    ["VXN", "m_u", "bXN", "gTy"],
    ["E 6", "zZX", "e 6", "e:6"],
];

/// Returns the number that a key needs to get into its bucket: the search puts the key with the number `n` into the
/// bucket `n % 8`.
fn number(key: Key) -> Option<usize> {
    let place = |(bucket, keys): (usize, &[&str; 4])| {
        let at = keys.iter().position(|other| other.as_bytes() == key)?;
        Some(at * BUCKETS.len() + bucket)
    };
    BUCKETS.iter().enumerate().find_map(place)
}

impl Keys {
    fn new(keys: &[Key]) -> Self {
        if let Some(packed) = packed::Searcher::new(keys) {
            return Keys::Packed(packed);
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(keys);
        Keys::Automaton(automaton.expect("a few short texts"))
    }

    /// Returns the index and the position of the first key at or after `from`.
    fn find(&self, bytes: &[u8], from: usize) -> Option<(usize, usize)> {
        let found = match self {
            Keys::Packed(packed) => packed.find_in(bytes, (from..bytes.len()).into()),
            Keys::Automaton(automaton) => automaton.find(Input::new(bytes).range(from..)),
        };
        found.map(|found| (found.pattern().as_usize(), found.start()))
    }
}

/// Returns the position of a text's key: `xml` if the text contains it, otherwise the last beginning of a new word, as
/// `rN` in `UserName`.
fn key_at(text: &[u8]) -> usize {
    let begins_word = |key: &[u8]| key[0].is_ascii_lowercase() && !key[1].is_ascii_lowercase();
    let mut keys = text.windows(size_of::<Key>());
    let root = keys.clone().position(|key| key == b"xml");
    root.or_else(|| keys.rposition(begins_word)).unwrap_or(0)
}

/// The anchors of a text whose parts are looked up in order, with one search.
#[derive(Debug)]
pub(super) struct Ahead<'a> {
    anchors: &'a Anchors,
    text: &'a [u8],
    /// The next anchor, or a range after the text.
    next: Range<usize>,
}

impl<'a> Ahead<'a> {
    pub(super) fn new(anchors: &'a Anchors, text: &'a [u8]) -> Self {
        let next = 0..0;
        Ahead {
            anchors,
            text,
            next,
        }
    }

    /// Returns true if `part` of the text contains an anchor. Calls for later parts continue the search.
    pub(super) fn is_in(&mut self, part: Range<usize>) -> bool {
        if self.next.start < part.start || self.next.is_empty() {
            let end = self.text.len();
            let next = self.anchors.next(self.text, part.start);
            self.next = next.unwrap_or(end..end + 1);
        }
        let is_cut = self.next.start < part.end && self.next.end > part.end;
        match is_cut {
            true => self.anchors.is_in(&self.text[part]),
            false => self.next.end <= part.end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::fields;

    #[test]
    fn the_first_anchor_is_found_by_its_key_wherever_others_stand() {
        let anchors = Anchors::new(&fields::ANCHORS, &fields::ENCODED_ANCHORS);
        let first = |bytes: &[u8], from: usize| {
            let rest = &bytes[from..];
            (0..rest.len()).find_map(|at| {
                let begins = |text: &&str| rest[at..].starts_with(text.as_bytes());
                let text = anchors.texts().find(begins)?;
                Some(from + at..from + at + text.len())
            })
        };
        for (one, other) in anchors
            .texts()
            .flat_map(|one| anchors.texts().map(move |other| (one, other)))
        {
            for overlap in 0..one.len() {
                for before in ["", "x", "xml rNa &#60", "SubscribeMs"] {
                    let cut = &one.as_bytes()[..one.len() - overlap];
                    let text = [before.as_bytes(), cut, other.as_bytes()].concat();
                    for from in 0..=text.len() {
                        let found = anchors.next(&text, from);
                        assert_eq!(found, first(&text, from), "{text:?} from {from}");
                    }
                }
            }
        }
    }

    #[test]
    fn each_key_is_in_its_bucket() {
        let mut numbers = Vec::new();
        let anchors = Anchors::new(&fields::ANCHORS, &fields::ENCODED_ANCHORS);
        let searcher = anchors.searcher();
        for texts in &searcher.texts {
            let (at, text) = &texts[0];
            let key = [text[*at], text[at + 1], text[at + 2]];
            numbers.push(number(key).expect("BUCKETS has each key"));
        }
        assert!(numbers.is_sorted());
        assert_eq!(numbers.len(), BUCKETS.as_flattened().len(), "{numbers:?}");
    }

    #[test]
    fn parts_are_asked_for_anchors_in_any_order() {
        let anchors = Anchors::new(&["UserName", "Name"], &[]);
        let text = b"Name UserName xx <xml> Name <xm";
        for start in 0..text.len() {
            let mut ahead = Ahead::new(&anchors, text);
            for first in [0..0, 0..5, start..text.len()] {
                ahead.is_in(first);
                for end in start..=text.len() {
                    let expected = anchors.is_in(&text[start..end]);
                    assert_eq!(ahead.is_in(start..end), expected, "{start}..{end}");
                }
            }
        }
    }
}
