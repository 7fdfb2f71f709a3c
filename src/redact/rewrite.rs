//! Replaces the ids in a text.
//!
//! A text is read as words: runs of letters, digits, `_` and `-`, each as itself or escaped (`unit`). A word that has
//! the shape of an id, or was seen as an id, is replaced. A part of a word between `_` or `-` is judged like a word. Text in
//! base64, in numbers of bytes or in a hex dump is decoded, and encoded again.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::redact::armor;
use crate::redact::dump;
use crate::redact::form::{Kind, is_word};
use crate::redact::known::{Known, LONGEST, MOST, Wide, is_words};
use crate::redact::numbers;
use crate::redact::pseudonym::{Key, Pseudonyms};
use crate::redact::unit::{self, is_lead};

/// The most times that a text is decoded: base64 may hold base64.
const MOST_LEVELS: usize = 3;

/// Replaces the ids of texts.
#[derive(Debug)]
pub(super) struct Rewriter {
    known: Arc<Known>,
    signatures: Arc<Signatures>,
    wide: Option<Arc<Wide>>,
    pseudonyms: Pseudonyms,
    /// The number of ids that were replaced.
    pub(super) replaced: u64,
    /// The number of times that the text was decoded.
    level: usize,
    /// The places of ids in a word. Kept to reuse its memory.
    pieces: Vec<Range<usize>>,
}

/// The signatures to replace, each with its replacement.
#[derive(Debug, Default)]
pub(super) struct Signatures(HashMap<[u8; 40], [u8; 40]>);

impl Signatures {
    pub(super) fn insert(&mut self, old: [u8; 40], new: [u8; 40]) {
        self.0.entry(old).or_insert(new);
    }

    /// Returns true if there are so many that they take too much memory.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() > MOST
    }

    pub(super) fn join(&mut self, later: Signatures) {
        for (old, new) in later.0 {
            self.insert(old, new);
        }
    }

    /// Returns the replacement of `text`, if it is a signature to replace.
    fn get(&self, text: &[u8]) -> Option<[u8; 40]> {
        match self.0.is_empty() {
            true => None,
            false => self.0.get(text).copied(),
        }
    }
}

/// Returns the characters of the word at `at`.
pub(super) fn word_at(text: &[u8], at: usize) -> Vec<u8> {
    Word::read(text, at).chars.into_owned()
}

/// Returns true if `raw` is one word, escaped or not, with the characters `value`.
pub(super) fn reads_as(raw: &[u8], value: &[u8]) -> bool {
    let is_word = raw
        .first()
        .is_some_and(|byte| is_word(*byte) || is_lead(*byte));
    raw == value
        || is_word && {
            let word = Word::read(raw, 0);
            *word.chars == *value && word.range.end == raw.len()
        }
}

/// A word of a text.
struct Word<'t> {
    /// Its characters, unescaped.
    chars: Cow<'t, [u8]>,
    /// The start of each character in the text, and the end of the last; empty if nothing is escaped.
    starts: Vec<usize>,
    range: Range<usize>,
}

impl<'t> Word<'t> {
    fn start(&self, char: usize) -> usize {
        let start = self.starts.get(char).copied();
        start.unwrap_or(self.range.start + char)
    }

    fn is_escaped(&self) -> bool {
        !self.starts.is_empty()
    }

    /// Reads the word at `at`, escaped or not.
    fn read(text: &'t [u8], at: usize) -> Self {
        let len = raw_len(&text[at..]);
        let end = at + len;
        let mut word = Word {
            chars: text[at..end].into(),
            starts: Vec::new(),
            range: at..end,
        };
        if text.get(end).copied().is_some_and(is_lead) {
            word.go_on(text);
        }
        word
    }

    /// Reads the escaped rest of a word after its raw start.
    fn go_on(&mut self, text: &[u8]) {
        let raw = self.range.clone();
        let mut starts = Vec::new();
        while self.range.end < text.len() {
            let unit = unit::read(text, self.range.end);
            if !is_word(unit.value) {
                break;
            }
            starts.push(self.range.end);
            self.chars.to_mut().push(unit.value);
            self.range.end += unit.len;
        }
        if !starts.is_empty() {
            self.starts = raw.chain(starts).chain([self.range.end]).collect();
        }
    }
}

/// Returns the length of the raw word at the start of `text`.
fn raw_len(text: &[u8]) -> usize {
    let len = text.iter().position(|byte| !is_word(*byte));
    len.unwrap_or(text.len())
}

/// A walk over a text that writes it with pseudonyms.
struct Walk<'t, 'o> {
    text: &'t [u8],
    at: usize,
    /// The text before this position is written.
    done: usize,
    /// Encoded text before this position was decoded and holds no id.
    encoded: usize,
    out: &'o mut Vec<u8>,
}

impl Walk<'_, '_> {
    fn rest(&self) -> &[u8] {
        &self.text[self.at..]
    }

    /// Writes the text up to `end` as it is.
    fn copy_to(&mut self, end: usize) {
        self.out.extend_from_slice(&self.text[self.done..end]);
        self.done = end;
    }

    /// Writes `new` in the place of some characters of `word`, after the text before it.
    fn replace(&mut self, word: &Word<'_>, range: Range<usize>, new: &[u8]) {
        self.copy_to(word.start(range.start));
        self.done = word.start(range.end);
        if !word.is_escaped() {
            return self.out.extend_from_slice(new);
        }
        for (char, value) in range.zip(new) {
            let raw = &self.text[word.start(char)..word.start(char + 1)];
            unit::write(raw, *value, self.out);
        }
    }
}

/// Returns true if `text` begins with more hexadecimal digits than an id has.
fn is_hex(text: &[u8]) -> bool {
    const DIGITS: usize = 48;
    let digits = text.iter().take(DIGITS);
    digits.filter(|byte| byte.is_ascii_hexdigit()).count() == DIGITS
}

impl Rewriter {
    pub(super) fn new(key: Key, known: Arc<Known>) -> Self {
        Rewriter {
            wide: known.wide(&key).map(Arc::new),
            known,
            signatures: Arc::default(),
            pseudonyms: Pseudonyms::new(key),
            replaced: 0,
            level: 0,
            pieces: Vec::new(),
        }
    }

    /// Also replaces `signatures`.
    pub(super) fn signing(self, signatures: Signatures) -> Self {
        let signatures = Arc::new(signatures);
        Rewriter { signatures, ..self }
    }

    /// Makes another rewriter that replaces ids in the same way.
    pub(super) fn fork(&self) -> Self {
        Rewriter {
            known: self.known.clone(),
            signatures: self.signatures.clone(),
            wide: self.wide.clone(),
            pseudonyms: self.pseudonyms.fork(),
            replaced: 0,
            level: 0,
            pieces: Vec::new(),
        }
    }

    /// Appends `text` to `out`, with pseudonyms.
    pub(super) fn rewrite(&mut self, text: &[u8], out: &mut Vec<u8>) {
        let Some(wide) = self.wide.clone() else {
            return self.rewrite_words(text, out);
        };
        let mut done = 0;
        for found in wide.automaton.find_iter(text) {
            self.rewrite_words(&text[done..found.start()], out);
            out.extend_from_slice(&wide.replacements[found.pattern()]);
            self.replaced += 1;
            done = found.end();
        }
        self.rewrite_words(&text[done..], out);
    }

    fn rewrite_words(&mut self, text: &[u8], out: &mut Vec<u8>) {
        let mut walk = Walk {
            text,
            at: 0,
            done: 0,
            encoded: 0,
            out,
        };
        while let Some(skipped) = walk.rest().iter().position(|b| is_word(*b) || is_lead(*b)) {
            walk.at += skipped;
            if !self.skip(&mut walk) && !self.rewrite_encoded(&mut walk) {
                let word = Word::read(text, walk.at);
                if word.chars.is_empty() {
                    walk.at += unit::read(text, walk.at).len;
                    continue;
                }
                walk.at = word.range.end;
                self.rewrite_word(&word, &mut walk);
            }
        }
        walk.copy_to(text.len());
    }

    /// Skips an escape or a word that holds no id. Returns false if an id may stand at the walk's position.
    fn skip(&mut self, walk: &mut Walk<'_, '_>) -> bool {
        let (text, at) = (walk.text, walk.at);
        if is_lead(text[at]) {
            let unit = unit::read(text, at);
            let is_numbers = || unit.len > 1 && is_hex(&text[at + unit.len..]);
            let is_skipped = !is_word(unit.value) && (text[at] != b'\\' || !is_numbers());
            walk.at += if is_skipped { unit.len } else { 0 };
            return is_skipped;
        }
        let len = raw_len(&text[at..]);
        let is_numbers = || at > 0 && matches!(text[at - 1], b'[' | b'<');
        let is_skipped = len < SHORTEST_WORD
            && !text.get(at + len).copied().is_some_and(is_lead)
            && !is_numbers()
            && !dump::may_begin(text, at);
        walk.at += if is_skipped { len } else { 0 };
        is_skipped
    }

    /// Replaces the ids in what is encoded at the walk's position. Returns false if it is a word.
    fn rewrite_encoded(&mut self, walk: &mut Walk<'_, '_>) -> bool {
        let (text, at) = (walk.text, walk.at);
        if at < walk.encoded || self.level >= MOST_LEVELS {
            return false;
        }
        if let Some(numbers) = numbers::find(text, at) {
            let range = numbers.range();
            let write = |inner: &[u8], out: &mut Vec<u8>| numbers.write(text, inner, out);
            return self.rewrite_inner(walk, range, &numbers.text, write);
        }
        if dump::may_begin(text, at)
            && let Some(dump) = dump::find(text, at)
        {
            let range = dump.range();
            let write = |inner: &[u8], out: &mut Vec<u8>| dump.write(text, inner, out);
            return self.rewrite_inner(walk, range, &dump.bytes, write);
        }
        if raw_len(&text[at..]) < armor::SHORTEST_WORD {
            return false;
        }
        if let Some(armored) = armor::find(text, at) {
            let range = armored.range();
            let write = |inner: &[u8], out: &mut Vec<u8>| armored.write(text, inner, out);
            return self.rewrite_inner(walk, range, &armored.text, write);
        }
        match armor::cipher_end(text, at) {
            Some(end) => {
                walk.at = end;
                true
            }
            None => false,
        }
    }

    /// Replaces the ids in `inner`, which is the decoded text of `range`. Returns false if it has none: then the range is read
    /// as words.
    fn rewrite_inner(
        &mut self,
        walk: &mut Walk<'_, '_>,
        range: Range<usize>,
        inner: &[u8],
        write: impl FnOnce(&[u8], &mut Vec<u8>),
    ) -> bool {
        let mut changed = Vec::with_capacity(inner.len());
        self.level += 1;
        self.rewrite(inner, &mut changed);
        self.level -= 1;
        if changed == inner || changed.len() != inner.len() {
            walk.encoded = range.end;
            return false;
        }
        walk.copy_to(range.start);
        write(&changed, walk.out);
        (walk.at, walk.done) = (range.end, range.end);
        true
    }

    fn rewrite_word(&mut self, word: &Word<'_>, walk: &mut Walk<'_, '_>) {
        if let Some(new) = self.signatures.get(&word.chars) {
            return walk.replace(word, 0..new.len(), &new);
        }
        let mut pieces = std::mem::take(&mut self.pieces);
        pieces.clear();
        self.find(walk.text, word, &mut pieces);
        for range in pieces.drain(..) {
            let id = std::str::from_utf8(&word.chars[range.clone()]).unwrap_or_default();
            let pseudonym = self.pseudonyms.of(id).as_bytes().to_vec();
            self.replaced += 1;
            walk.replace(word, range, &pseudonym);
        }
        self.pieces = pieces;
    }

    /// Finds the ids in `word`.
    fn find(&self, text: &[u8], word: &Word<'_>, pieces: &mut Vec<Range<usize>>) {
        let chars = &word.chars[..];
        if self.is_id(chars) {
            return pieces.push(0..chars.len());
        }
        if let Some(start) = self.quoted_printable(text, word) {
            return pieces.push(start..chars.len());
        }
        let mut at = 0;
        while at < chars.len() {
            if let Some(len) = self.id_at(&chars[at..]) {
                pieces.push(at..at + len);
                at += len;
            }
            let border = chars[at..].iter().position(|byte| is_border(*byte));
            at = border.map_or(chars.len(), |border| at + border + 1);
        }
    }

    /// Returns the start of an id after an escape of quoted-printable, as `=3Do…`.
    fn quoted_printable(&self, text: &[u8], word: &Word<'_>) -> Option<usize> {
        const DIGITS: usize = 2;
        let before = word.range.start.checked_sub(1)?;
        let (digits, id) = word.chars.split_at_checked(DIGITS)?;
        let is_it = text[before] == b'=' && digits.iter().all(u8::is_ascii_hexdigit);
        (is_it && self.is_id(id)).then_some(DIGITS)
    }

    /// Returns true if a whole word is an id.
    fn is_id(&self, word: &[u8]) -> bool {
        match Kind::of(word) {
            Some(Kind::Openid | Kind::Template) if is_words(word) => self.known.has_word(word),
            Some(_) => true,
            None => self.known.has_word(word),
        }
    }

    /// Returns the length of the id at the start of the rest of a word.
    fn id_at(&self, rest: &[u8]) -> Option<usize> {
        /// The most borders that an id has.
        const BORDERS: usize = 32;
        let is_end = |len: usize| rest.get(len).is_none_or(|byte| is_border(*byte));
        let is_shape = |len: &usize| {
            let id = rest.get(..*len).filter(|_| is_end(*len));
            id.is_some_and(|id| match Kind::of(id) {
                Some(Kind::Openid | Kind::Template) => is_mixed(id),
                kind => kind.is_some(),
            })
        };
        let shape = Kind::LENGTHS.into_iter().rev().find(is_shape);
        if shape.is_some() || !self.known.has_words() {
            return shape;
        }
        let window = &rest[..rest.len().min(LONGEST + 1)];
        let borders = window.iter().enumerate().filter(|(_, b)| is_border(**b));
        let ends = borders.map(|(at, _)| at).take(BORDERS).chain([rest.len()]);
        ends.filter(|len| *len <= LONGEST && self.known.has_word(&rest[..*len]))
            .last()
    }
}

/// The length of the shortest word in which an id may stand.
const SHORTEST_WORD: usize = crate::redact::known::SHORTEST;

fn is_border(byte: u8) -> bool {
    byte == b'_' || byte == b'-'
}

/// Returns true for characters that no words are made of: letters in both cases, and digits.
fn is_mixed(id: &[u8]) -> bool {
    let has = |is: fn(&u8) -> bool| id.iter().any(is);
    has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit)
}
