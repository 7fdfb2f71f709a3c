//! The forms of ids: what kind an id is, and which characters its pseudonym may have.

use crate::event::shape::{self, is_account, is_appid, is_openid, is_template_id};
use crate::simd::is_digits;

/// The kind of an id, as far as its shape tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An account id: `gh_` and 12 hexadecimal digits.
    Account,
    /// An appid: `wx` and 16 hexadecimal digits.
    Appid,
    /// An openid or unionid: `o` and 27 characters of base64url.
    Openid,
    /// A template id: 43 characters of base64url.
    Template,
    /// The id of a message: 17 to 19 digits.
    Message,
    /// An id of any other shape.
    Other,
}

impl Kind {
    /// The lengths of ids that have a shape.
    pub(super) const LENGTHS: [usize; 6] = [
        shape::ACCOUNT_LEN,
        17,
        shape::APPID_LEN,
        19,
        shape::OPENID_LEN,
        shape::TEMPLATE_LEN,
    ];

    /// Returns the kind of a text that has the shape of an id.
    pub(super) fn of(text: &[u8]) -> Option<Kind> {
        match text.len() {
            shape::ACCOUNT_LEN => is_account(text).then_some(Kind::Account),
            shape::APPID_LEN if is_appid(text) => Some(Kind::Appid),
            shape::OPENID_LEN => is_openid(text).then_some(Kind::Openid),
            shape::TEMPLATE_LEN => is_template_id(text).then_some(Kind::Template),
            17..=19 => (is_digits(text) && text[0] != b'0').then_some(Kind::Message),
            _ => None,
        }
    }

    /// Returns the number of bytes at the start that a pseudonym keeps, because they show the kind.
    fn fixed(self) -> usize {
        match self {
            Kind::Account => shape::ACCOUNT.len(),
            Kind::Appid => shape::APPID.len(),
            // The first digit keeps the number within 64 bits.
            Kind::Openid | Kind::Message => 1,
            Kind::Template | Kind::Other => 0,
        }
    }
}

/// A set of characters. An id is made of the smallest set that has all its characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CharacterSet {
    Digits,
    LowerHex,
    Lower,
    Alphanumeric,
    Base64Url,
}

impl CharacterSet {
    const ALL: [CharacterSet; 5] = [
        CharacterSet::Digits,
        CharacterSet::LowerHex,
        CharacterSet::Lower,
        CharacterSet::Alphanumeric,
        CharacterSet::Base64Url,
    ];

    /// Returns the number of its characters, which are the first of [`CHARS`].
    fn len(self) -> u16 {
        match self {
            CharacterSet::Digits => 10,
            CharacterSet::LowerHex => 16,
            CharacterSet::Lower => 36,
            CharacterSet::Alphanumeric => 62,
            CharacterSet::Base64Url => 64,
        }
    }

    fn has_all(self, bytes: &[u8]) -> bool {
        bytes.iter().all(|byte| number(*byte) < Some(self.len()))
    }
}

/// The characters of words.
const CHARS: &[u8; 64] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-";

/// Returns the position of a character in [`CHARS`].
fn number(byte: u8) -> Option<u16> {
    Some(u16::from(match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'z' => byte - b'a' + 10,
        b'A'..=b'Z' => byte - b'A' + 36,
        b'_' => 62,
        b'-' => 63,
        _ => return None,
    }))
}

/// What an id and its pseudonym have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Form {
    kind: Kind,
    character_set: CharacterSet,
    /// True for a number that lost its last digits because a floating-point number held it.
    is_rounded: bool,
    /// The number of bytes at the start that a pseudonym keeps.
    head: usize,
    /// The number of bytes at the end that a pseudonym keeps: the zeros of a rounded number, or an exponent.
    tail: usize,
    /// True for a number that begins with a zero.
    is_padded: bool,
}

/// A character of an id as a number: its position in a set of characters, and the size of the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Symbol {
    pub(super) value: u16,
    pub(super) radix: u16,
}

/// The Chinese characters, each of which may stand for another.
const CHINESE: std::ops::Range<u32> = 0x4E00..0xA000;

impl Form {
    pub(super) fn of(id: &str) -> Form {
        let bytes = id.as_bytes();
        let kind = Kind::of(bytes).unwrap_or(Kind::Other);
        let is_number = is_digits(bytes) && !bytes.is_empty();
        let is_rounded = is_number && is_rounded(id);
        let mantissa = mantissa(id);
        let (head, tail) = match &mantissa {
            Some(mantissa) => (mantissa.start, id.len() - mantissa.end),
            None if is_rounded => (kind.fixed(), id.len() - id.trim_end_matches('0').len()),
            None => (kind.fixed(), 0),
        };
        let character_set = match kind {
            Kind::Account | Kind::Appid => CharacterSet::LowerHex,
            Kind::Openid | Kind::Template => CharacterSet::Base64Url,
            Kind::Message => CharacterSet::Digits,
            Kind::Other if mantissa.is_some() => CharacterSet::Digits,
            Kind::Other => smallest(&bytes[head..]),
        };
        Form {
            kind,
            character_set,
            is_rounded,
            head,
            tail,
            is_padded: is_number && bytes.len() > 1 && bytes[0] == b'0',
        }
    }

    /// Returns the kind and the character set as a number, which goes into the permutation.
    pub(super) fn tag(&self) -> u8 {
        self.kind as u8 * 8 + self.character_set as u8
    }

    /// Returns the characters of `id` that a pseudonym changes.
    pub(super) fn symbols(&self, id: &str) -> Vec<Symbol> {
        let chars = id[..id.len() - self.tail].char_indices();
        chars.filter_map(|(at, c)| self.symbol(at, c)).collect()
    }

    /// Returns the symbol of the character `c` at `at`, or `None` if a pseudonym keeps the character.
    fn symbol(&self, at: usize, c: char) -> Option<Symbol> {
        if at < self.head {
            return None;
        }
        if CHINESE.contains(&u32::from(c)) {
            return Some(Symbol {
                value: (u32::from(c) - CHINESE.start) as u16,
                radix: (CHINESE.end - CHINESE.start) as u16,
            });
        }
        let radix = self.character_set.len();
        let value = u8::try_from(c).ok().and_then(number);
        let value = value.filter(|value| *value < radix)?;
        Some(Symbol { value, radix })
    }

    /// Returns `id` with `symbols` in the place of its own.
    pub(super) fn text(&self, id: &str, symbols: &[Symbol]) -> String {
        let mut symbols = symbols.iter();
        let changed = |(at, c)| match self.symbol(at, c).and_then(|_| symbols.next()) {
            Some(symbol) => self.char(*symbol),
            None => c,
        };
        id.char_indices().map(changed).collect()
    }

    fn char(&self, Symbol { value, radix }: Symbol) -> char {
        match radix <= CharacterSet::Base64Url.len() {
            true => char::from(CHARS[usize::from(value)]),
            false => char::from_u32(CHINESE.start + u32::from(value)).unwrap_or('?'),
        }
    }
}

/// Returns the digits that a pseudonym changes in a number with a sign, a point or an exponent: all but the first.
fn mantissa(id: &str) -> Option<std::ops::Range<usize>> {
    let is_of_number = |byte: u8| byte.is_ascii_digit() || b".eE+-".contains(&byte);
    let has_sign = id.starts_with('-') || id.contains(['.', 'e', 'E']);
    let is_number = has_sign && id.bytes().all(is_of_number);
    let start = id.find(|c: char| c.is_ascii_digit())? + 1;
    let end = id.find(['e', 'E']).unwrap_or(id.len());
    let has_mantissa = is_number && id.parse::<f64>().is_ok() && start <= end;
    has_mantissa.then_some(start..end)
}

/// Returns the smallest set of characters that has all word characters in `bytes`.
fn smallest(bytes: &[u8]) -> CharacterSet {
    let words: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|byte| is_word(*byte))
        .collect();
    let mut fitting = CharacterSet::ALL
        .into_iter()
        .filter(|it| it.has_all(&words));
    fitting.next().unwrap_or(CharacterSet::Base64Url)
}

/// Returns true for a number above 2^53 that a floating-point number prints with exactly these digits: its last digits may
/// be lost.
fn is_rounded(digits: &str) -> bool {
    const EXACT: f64 = (1_u64 << 53) as f64;
    let number: Option<f64> = (digits.len() <= 19).then(|| digits.parse().ok()).flatten();
    number.is_some_and(|number| number > EXACT && number.to_string() == digits)
}

/// Returns true for a character of words, of which most ids are made.
#[inline(always)]
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_told() {
        for (text, kind) in [
            ("gh_123456789abc", Some(Kind::Account)),
            ("gh_123456789abC", None),
            ("wx5a2c71d0e9b4a1b2", Some(Kind::Appid)),
            ("otFpruAK8D-E6EfStSYonYSBZ8_4", Some(Kind::Openid)),
            ("itFpruAK8D-E6EfStSYonYSBZ8_4", None),
            (
                "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc",
                Some(Kind::Template),
            ),
            ("1700827132819554304", Some(Kind::Message)),
            ("1700827132819", None),
            ("", None),
        ] {
            assert_eq!(Kind::of(text.as_bytes()), kind, "{text}");
        }
    }
}
