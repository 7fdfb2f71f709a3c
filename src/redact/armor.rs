//! Base64 in a text: finds it, decodes it, and encodes it again.
//!
//! Base64 may be broken into lines, and its signs may be escaped: `\/`, `%2B`. Only base64 of text is decoded: up to the
//! first group of bytes that is no text.

use std::ops::Range;

use crate::redact::unit;

/// The length of the shortest word that may begin base64 of a text with an id.
pub(super) const SHORTEST_WORD: usize = 16;
/// The length of the shortest base64 that is taken for a ciphertext.
const SHORTEST_CIPHER: usize = 100;
/// The length of the shortest line after which base64 goes on.
const SHORTEST_LINE: usize = 16;
/// The number of characters in a group.
const GROUP: usize = 4;
/// The number of bytes that a group encodes.
const BYTES: usize = 3;

/// Base64 of a text.
pub(super) struct Armored {
    /// The places of its characters, without padding.
    places: Vec<Range<usize>>,
    pub(super) text: Vec<u8>,
    is_url_safe: bool,
}

/// Finds base64 of a text. The first word of the base64 is at `at`.
pub(super) fn find(text: &[u8], at: usize) -> Option<Armored> {
    let start = start(text, at);
    let is_text = |byte: &u8| is_text(*byte);
    let (groups, _) = text.get(start..start + 2 * GROUP)?.as_chunks::<GROUP>();
    let begins = groups.iter().all(|group| {
        let sextets = group.iter().map(|byte| value(*byte).map(u32::from));
        let bits = sextets.reduce(|bits, sextet| Some(bits? << 6 | sextet?));
        let bytes = bits.flatten().map(u32::to_be_bytes);
        bytes.is_some_and(|bytes| bytes[1..].iter().all(is_text))
    });
    begins.then(|| read(text, start)).flatten()
}

/// Returns the end of the base64 to which the word at `at` belongs, if it looks like a ciphertext. Words in a ciphertext
/// mean nothing.
pub(super) fn cipher_end(text: &[u8], at: usize) -> Option<usize> {
    let start = start(text, at);
    let is_inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let len = text[start..]
        .iter()
        .take_while(|byte| is_inside(byte))
        .count();
    let is_cipher =
        len >= SHORTEST_CIPHER && memchr::memchr(b'+', &text[start..start + len]).is_some();
    is_cipher.then_some(start + len)
}

/// Returns the start of the base64 to which the word at `at` belongs.
fn start(text: &[u8], at: usize) -> usize {
    let before = text[..at].iter().rev().take(GROUP);
    at - before
        .take_while(|byte| matches!(byte, b'+' | b'/'))
        .count()
}

/// Reads base64 from `at` on.
fn read(text: &[u8], at: usize) -> Option<Armored> {
    let (mut armored, mut group, mut at) = (Armored::new(), Vec::new(), at);
    let mut line = 0;
    while let Some((sextet, place)) = next(text, at, &mut line) {
        armored.is_url_safe |= matches!(text[place.start], b'-' | b'_') && place.len() == 1;
        at = place.end;
        group.push(sextet);
        armored.places.push(place);
        if group.len() == GROUP && !armored.take(&mut group) {
            break;
        }
    }
    armored.take(&mut group);
    let whole = match std::str::from_utf8(&armored.text) {
        Ok(_) => armored.text.len(),
        Err(error) => error.valid_up_to() / BYTES * BYTES,
    };
    armored.text.truncate(whole);
    armored.places.truncate(chars(whole));
    (whole >= crate::redact::known::SHORTEST).then_some(armored)
}

/// Reads the character at `at`, or after a line break there. `line` is the number of characters before it on its line.
fn next(text: &[u8], at: usize, line: &mut usize) -> Option<(u8, Range<usize>)> {
    let (mut at, mut is_broken) = (at, false);
    loop {
        let (byte, len) = char_at(text, at)?;
        if let Some(sextet) = value(byte) {
            *line = if is_broken { 1 } else { *line + 1 };
            return Some((sextet, at..at + len));
        }
        match byte {
            b'\n' | b'\r' if is_broken || *line >= SHORTEST_LINE => is_broken = true,
            b' ' | b'\t' if is_broken => {}
            _ => return None,
        }
        at += len;
    }
}

/// Returns the character at `at` and its length. A line break and a slash may be escaped by a backslash.
fn char_at(text: &[u8], at: usize) -> Option<(u8, usize)> {
    let first = *text.get(at)?;
    if value(first).is_some() {
        return Some((first, 1));
    }
    let unit = unit::read(text, at);
    let byte = match text[at..at + unit.len] {
        [b'\\', .., b'/'] => b'/',
        [b'\\', .., b'n' | b'r'] => b'\n',
        _ => unit.value,
    };
    Some((byte, unit.len))
}

impl Armored {
    fn new() -> Self {
        Armored {
            places: Vec::new(),
            text: Vec::new(),
            is_url_safe: false,
        }
    }

    /// Decodes a group of characters and empties it. Returns false if its bytes are no text.
    fn take(&mut self, group: &mut Vec<u8>) -> bool {
        let decoded = bytes(group);
        let bits = group.last().copied().unwrap_or_default();
        let is_whole = match group.len() {
            2 => bits & 0xF == 0,
            3 => bits & 0x3 == 0,
            len => len == GROUP,
        };
        let is_taken = is_whole && decoded.iter().all(|byte| is_text(*byte));
        if is_taken {
            self.text.extend_from_slice(&decoded);
        }
        group.clear();
        is_taken
    }

    /// Returns the place of the base64, without padding.
    pub(super) fn range(&self) -> Range<usize> {
        let start = self.places.first().map_or(0, |place| place.start);
        start..self.places.last().map_or(start, |place| place.end)
    }

    /// Appends the base64 of `inner`, with the line breaks and escapes that the base64 in `text` has. `inner` must be as
    /// long as the decoded text.
    pub(super) fn write(&self, text: &[u8], inner: &[u8], out: &mut Vec<u8>) {
        let new = sextets(inner);
        let old = sextets(&self.text);
        let is_in_url = self.places.iter().any(|place| text[place.start] == b'%');
        let mut done = self.range().start;
        for ((place, old), new) in self.places.iter().zip(old).zip(new) {
            if old == new {
                continue;
            }
            out.extend_from_slice(&text[done..place.start]);
            match self.char(new) {
                b'+' if is_in_url => out.extend_from_slice(b"%2B"),
                char => unit::write(&text[place.clone()], char, out),
            }
            done = place.end;
        }
        out.extend_from_slice(&text[done..self.range().end]);
    }

    /// Returns the character that encodes `sextet`.
    fn char(&self, sextet: u8) -> u8 {
        match sextet {
            0..26 => b'A' + sextet,
            26..52 => b'a' + sextet - 26,
            52..62 => b'0' + sextet - 52,
            62 if self.is_url_safe => b'-',
            62 => b'+',
            _ if self.is_url_safe => b'_',
            _ => b'/',
        }
    }
}

/// Returns the number of characters that encode `len` bytes.
fn chars(len: usize) -> usize {
    (len * GROUP).div_ceil(BYTES)
}

/// Returns the bytes that a group of sextets encodes.
fn bytes(group: &[u8]) -> Vec<u8> {
    let bits = group
        .iter()
        .fold(0, |bits, sextet| bits << 6 | u32::from(*sextet));
    let bits = bits << (6 * GROUP.saturating_sub(group.len()));
    let len = (group.len() * BYTES / GROUP).min(BYTES);
    bits.to_be_bytes()[1..=len].to_vec()
}

/// Returns the sextets that encode `bytes`.
fn sextets(bytes: &[u8]) -> impl Iterator<Item = u8> {
    bytes.chunks(BYTES).flat_map(|chunk| {
        let at = |n: usize| u32::from(chunk.get(n).copied().unwrap_or_default());
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        (0..chars(chunk.len())).map(move |n| (bits >> (18 - 6 * n)) as u8 & 0x3F)
    })
}

/// Returns the sextet of a character of base64 or base64url.
fn value(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// Returns true for a byte of UTF-8 that is no control character.
pub(super) fn is_text(byte: u8) -> bool {
    byte >= b' ' && byte != 0x7F || byte.is_ascii_whitespace()
}
