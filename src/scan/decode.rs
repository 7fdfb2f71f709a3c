//! Decodes escapes, with one function for each row of the table in [`escape`](super::escape).
//!
//! The bytes given to a function begin with a lead byte of its row.

use crate::scan::backslash::SIMPLE;
use crate::scan::escape::{Bytes, Piece};
use crate::scan::lookahead::Lookahead;

/// The length of an escape and the bytes that it stands for, or `None` if its first byte is no escape.
pub(super) type Sequence = Option<(usize, Bytes)>;

/// The number of bytes of the longest escape: a character above U+FFFF of a Python text, byte by byte.
pub(super) const LONGEST: usize = 16;

fn byte(len: usize, byte: u8) -> Sequence {
    Some((len, Bytes::byte(byte)))
}

fn character(len: usize, value: u32) -> Sequence {
    Some((len, Bytes::char(char::from_u32(value)?)))
}

/// Decodes a backslash escape of any language. An unknown escape stays as it is, as in Python.
pub(super) fn backslash(raw: Lookahead<'_>) -> Sequence {
    match raw.get(1)? {
        simple if SIMPLE[usize::from(simple)] != 0 => byte(2, SIMPLE[usize::from(simple)]),
        b'x' => byte(4, hex(raw, 2, 2)? as u8),
        b'u' => unicode(raw),
        b'U' => character(10, hex(raw, 2, 8)?),
        b'0'..=b'7' => octal_digits(raw),
        _ => None,
    }
}

/// Decodes a backslash escape of a Python text. Python escapes invisible characters, with digits in lower case. Each
/// byte of a longer character has its own escape.
pub(super) fn literal(raw: Lookahead<'_>) -> Sequence {
    const LEN: usize = 4;
    let Some(lead @ 0x80..) = byte_escape(raw) else {
        return backslash(raw);
    };
    let is_lower = !raw.bytes()[2..LEN].iter().any(u8::is_ascii_uppercase);
    match lead {
        0x80..=0xA0 | 0xAD if is_lower => character(LEN, lead.into()),
        _ => whole_character(raw, lead).or(byte(LEN, lead)),
    }
}

/// Returns the character whose bytes are escaped one by one, if `lead` begins one.
fn whole_character(raw: Lookahead<'_>, lead: u8) -> Sequence {
    let len = match lead {
        0xC2..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0..0xF5 => 4,
        _ => return None,
    };
    let mut bytes = [0; 4];
    for (i, byte) in bytes[..len].iter_mut().enumerate() {
        *byte = byte_escape(raw.from(4 * i))?;
    }
    let text = std::str::from_utf8(&bytes[..len]).ok()?;
    Some((4 * len, Bytes::char(text.chars().next()?)))
}

/// Returns the byte of the escape at the start of `raw`, as `\xe8`.
fn byte_escape(raw: Lookahead<'_>) -> Option<u8> {
    let is_byte = raw.get(0)? == b'\\' && raw.get(1)? == b'x';
    is_byte.then(|| hex(raw, 2, 2))?.map(|value| value as u8)
}

/// Decodes `\u4e2d`, or two such escapes for a character above U+FFFF. U+FFFD stands for half of a pair; see
/// [`surrogate`].
fn unicode(raw: Lookahead<'_>) -> Sequence {
    let high = match hex(raw, 2, 4)? {
        high @ 0xD800..0xDC00 => high - 0xD800,
        0xDC00..0xE000 => return HALF_OF_PAIR,
        value => return character(SURROGATE_LEN, value),
    };
    let is_pair = raw.get(SURROGATE_LEN) == Some(b'\\') && raw.get(SURROGATE_LEN + 1) == Some(b'u');
    match is_pair.then(|| hex(raw, SURROGATE_LEN + 2, 4)).flatten() {
        Some(low @ 0xDC00..0xE000) => {
            character(2 * SURROGATE_LEN, 0x10000 + (high << 10) + (low - 0xDC00))
        }
        _ => HALF_OF_PAIR,
    }
}

/// The length of the escape of half a surrogate pair, as `\ud83d`.
const SURROGATE_LEN: usize = 6;

const HALF_OF_PAIR: Sequence = Some((SURROGATE_LEN, Bytes::REPLACEMENT));

/// Returns the escape of half a surrogate pair at the start of `raw`.
pub(super) fn surrogate(raw: &[u8]) -> Option<&str> {
    let is_half = matches!(
        raw,
        [
            b'\\',
            b'u',
            b'd' | b'D',
            b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F',
            ..,
        ]
    );
    let escape = is_half.then(|| raw.get(..SURROGATE_LEN)).flatten()?;
    std::str::from_utf8(escape).ok()
}

/// Reads a hexadecimal number of `count` digits at `at`.
fn hex(raw: Lookahead<'_>, at: usize, count: usize) -> Option<u32> {
    (at..at + count).try_fold(0, |value, at| {
        Some(value << 4 | char::from(raw.get(at)?).to_digit(16)?)
    })
}

/// Decodes `\0` to `\377`.
fn octal_digits(raw: Lookahead<'_>) -> Sequence {
    let first = raw.get(1)?;
    let most = if first <= b'3' { 3 } else { 2 };
    let digits = raw.from(1).window(most);
    let digits = &digits.bytes()[..digits.run(|b| matches!(b, b'0'..=b'7'))];
    let value = digits.iter().fold(0, |n, b| n << 3 | (b - b'0'));
    byte(1 + digits.len(), value)
}

pub(super) fn percent(raw: Lookahead<'_>) -> Sequence {
    match raw.get(0)? {
        b'+' => byte(1, b' '),
        _ => byte(3, hex(raw, 1, 2)? as u8),
    }
}

pub(super) fn entity(raw: Lookahead<'_>) -> Sequence {
    const LONGEST: usize = 10;
    match raw.bytes() {
        [b'&', b'l', b't', b';', ..] => return byte(4, b'<'),
        [b'&', b'g', b't', b';', ..] => return byte(4, b'>'),
        [b'&', b'a', b'm', b'p', b';', ..] => return byte(5, b'&'),
        [b'&', b'q', b'u', b'o', b't', b';', ..] => return byte(6, b'"'),
        [b'&', b'a', b'p', b'o', b's', b';', ..] => return byte(6, b'\''),
        _ => {}
    }
    let window = raw.window(LONGEST).from(1);
    let end = window.position(|b| !b.is_ascii_alphanumeric() && b != b'#')?;
    let is_entity = window.bytes()[end] == b';';
    is_entity.then(|| numbered(end + 2, &window.bytes()[..end]))?
}

/// Decodes a numeric entity of `len` bytes with the name `#60` or `#x3c`.
fn numbered(len: usize, name: &[u8]) -> Sequence {
    let number = std::str::from_utf8(name.strip_prefix(b"#")?).ok()?;
    let value = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    character(len, value.ok()?)
}

/// Decodes `#012` or `#177`. Only control characters are escaped; another number after `#` is text.
pub(super) fn octal(raw: Lookahead<'_>) -> Sequence {
    match raw.get(1)? {
        b'0' => {
            let high = raw.get(2).filter(|high| (b'0'..=b'3').contains(high))?;
            let low = raw.get(3).filter(|low| (b'0'..=b'7').contains(low))?;
            byte(4, (high - b'0') << 3 | (low - b'0'))
        }
        b'1' => delete(raw),
        _ => None,
    }
}

/// Decodes `#177`.
fn delete(raw: Lookahead<'_>) -> Sequence {
    raw.begins(b"#177").then_some((4, Bytes::byte(0x7F)))
}

/// Returns the piece at the start of `raw`, which is JSON that rsyslog logged. A JSON string can contain only one
/// control character, `#177`.
pub(super) fn octal_json(in_string: &mut bool, raw: Lookahead<'_>) -> Piece {
    let bytes = raw.bytes();
    match (memchr::memchr3(b'"', b'#', b'\\', bytes), bytes[0]) {
        (None, _) => Piece::Same(raw.len()),
        (Some(len @ 1..), _) => Piece::Same(len),
        (_, b'"') => {
            *in_string = !*in_string;
            Piece::Same(1)
        }
        (_, b'#') if *in_string => Piece::of(delete(raw)),
        (_, b'#') => Piece::of(octal(raw)),
        _ if !*in_string => Piece::Same(1),
        _ => Piece::Same(1 + usize::from(raw.get(1).is_some())),
    }
}

pub(super) fn doubled(raw: Lookahead<'_>) -> Sequence {
    (raw.get(1)? == b'"').then_some((2, Bytes::byte(b'"')))
}
