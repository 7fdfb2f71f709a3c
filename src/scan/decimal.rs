//! Bodies printed as the numbers of their bytes: `[123 34 84]` by Go's `%v`, `[123, 34, 84]` by Java and Python,
//! `[123,34,84]` in JSON, and `<Buffer 7b 22 54>` by Node.
//!
//! Such a body is recognised by its first bytes, which are the anchors. Each number is a piece of its own. Java prints
//! bytes with a sign. What is left out (`... 462 more bytes`) ends the text, which is then cut off.

use std::ops::Range;

use crate::scan::escape::{Bytes, Piece};
use crate::scan::lookahead::Lookahead;
use crate::simd::skip_space;

/// The numbers of bytes in one radix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Numbers {
    radix: u32,
}

/// Decimal numbers, as in JSON.
pub(super) const DECIMAL: Numbers = Numbers { radix: 10 };

/// A way to print bytes: what comes before them, what comes between, and the radix.
type Form = (&'static str, &'static str, u32);

const FORMS: [Form; 4] = [
    ("[", " ", 10),
    ("[", ", ", 10),
    ("[", ",", 10),
    ("<Buffer ", " ", 16),
];

/// The first bytes of bodies: brackets, and the bytes that may follow them.
const HEADS: [&str; 9] = ["{\"", "{\n", "{\r", "{ ", "{\t", "{/", "<xm", "<?x", "<!-"];

/// The length of the longest anchor.
pub(super) const LONGEST: usize = "<Buffer 3c 78 6d ".len();

/// Returns the first bytes of bodies that are printed as numbers.
pub(super) fn anchors() -> impl Iterator<Item = String> {
    FORMS.into_iter().flat_map(anchors_of)
}

fn anchors_of((open, between, radix): Form) -> impl Iterator<Item = String> {
    HEADS.into_iter().flat_map(move |head| {
        let numbers = head.bytes().map(|byte| match radix {
            16 => format!("{byte:02x}{between}"),
            _ => format!("{byte}{between}"),
        });
        let lower = numbers.collect::<String>();
        let upper = Some(lower.to_ascii_uppercase()).filter(|upper| *upper != lower);
        [Some(lower), upper]
            .into_iter()
            .flatten()
            .map(move |numbers| open.to_owned() + &numbers)
    })
}

/// Returns the numbers that begin at the anchor at the start of `bytes`, and the length of the text before them.
pub(super) fn at(bytes: &[u8]) -> Option<(usize, Numbers)> {
    if !matches!(bytes, [b'[', b'1' | b'6', ..] | [b'<', b'B', ..]) {
        return None;
    }
    let is_at = |form: &Form| anchors_of(*form).any(|text| bytes.starts_with(text.as_bytes()));
    let (open, _, radix) = FORMS.into_iter().find(is_at)?;
    Some((open.len(), Numbers { radix }))
}

/// Returns the range of the numbers in the JSON array at the start of `array`, if it may be a body. An array that was cut
/// off may have no other bracket, and anything may follow.
pub(super) fn numbers_in(array: &[u8]) -> Option<Range<usize>> {
    let is_of_number = |byte: &u8| byte.is_ascii_digit() || b", \t\r\n-".contains(byte);
    array.strip_prefix(b"[")?;
    let start = skip_space(array, 1);
    let is_body = begins_body(Lookahead::whole(&array[start..]));
    let numbers = array[start..].iter().take_while(|&byte| is_of_number(byte));
    is_body.then(|| start..start + numbers.count())
}

/// Returns true if the numbers at the start of `raw` are the first bytes of a body.
fn begins_body(mut raw: Lookahead<'_>) -> bool {
    const LONGEST_HEAD: usize = 3;
    let mut head = Vec::with_capacity(LONGEST_HEAD);
    while head.len() < LONGEST_HEAD
        && let Some((len, byte)) = DECIMAL.byte(raw)
    {
        head.push(byte);
        raw = raw.from(len + separator(raw.from(len)));
    }
    HEADS.iter().any(|known| head.starts_with(known.as_bytes()))
}

/// Returns the position in `anchor` of its three rarest bytes.
pub(super) fn key_at(anchor: &[u8]) -> usize {
    if anchor.starts_with(b"<") { 2 } else { 0 }
}

/// Returns true if other digits could make `text` begin a body that is printed as numbers.
pub(super) fn may_begin(text: &[u8]) -> bool {
    let mut brackets = memchr::memchr_iter(b'[', text);
    brackets.any(|at| {
        let digits = text[at + 1..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit());
        let len = digits.count();
        (2..=3).contains(&len) && matches!(text.get(at + 1 + len), Some(b' ' | b','))
    })
}

impl Numbers {
    /// Returns the piece at the start of `raw`: a number and the separator after it.
    pub(super) fn piece(self, raw: Lookahead<'_>) -> Piece {
        match self.byte(raw) {
            Some((len, byte)) => Piece::Other(len + separator(raw.from(len)), Bytes::byte(byte)),
            None => Piece::End,
        }
    }

    /// Reads the number at the start of `raw`.
    fn byte(self, raw: Lookahead<'_>) -> Option<(usize, u8)> {
        const LONGEST: usize = 3;
        let sign = usize::from(raw.get(0)? == b'-');
        let digits = raw.from(sign).window(LONGEST + 1);
        let len = digits.run(|byte| char::from(byte).is_digit(self.radix));
        let text = std::str::from_utf8(&digits.bytes()[..len]).ok()?;
        let value = i16::from_str_radix(text, self.radix).ok()?;
        let byte = match sign {
            0 => u8::try_from(value).ok()?,
            _ => i8::try_from(-value).ok()? as u8,
        };
        Some((sign + len, byte))
    }
}

/// Returns the length of the separator at the start of `raw`, if another number follows.
fn separator(raw: Lookahead<'_>) -> usize {
    const LONGEST: usize = 64;
    let window = raw.window(LONGEST);
    let end = window.position(|byte| !matches!(byte, b' ' | b',' | b'\n' | b'\r' | b'\t'));
    let is_number = |at: &usize| matches!(window.bytes()[*at], b'-' | b'0'..=b'9' | b'a'..=b'f');
    end.filter(is_number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::escape::Escape;
    use crate::scan::lookahead::Arrived;

    fn read(raw: &str) -> Option<(String, usize)> {
        let (start, numbers) = at(raw.as_bytes())?;
        let mut text = Vec::new();
        let len = { Escape::Numbers(numbers) }
            .unescape(Lookahead::whole(&raw.as_bytes()[start..]), &mut text);
        Some((String::from_utf8(text).expect("UTF-8"), start + len))
    }

    #[test]
    fn numbers_are_read_up_to_the_bracket() {
        let cases = [
            ("[123 34 97 34 58 49 125] x", "{\"a\":1}", 23),
            ("[123, 34, -24, -82, -94, 34]", "{\"订\"", 27),
            ("[60,120,109,\n  108,62]", "<xml>", 21),
            ("<Buffer 7b 22 61 22>", "{\"a\"", 19),
            ("<Buffer 7b 22 61 ... 9 more bytes>", "{\"a", 16),
            ("[123 34 97 ... ]", "{\"a", 10),
            ("[123 34 256 1]", "{\"", 8),
        ];
        for (raw, text, len) in cases {
            assert_eq!(read(raw), Some((text.to_owned(), len)), "{raw}");
        }
        assert_eq!(read("[123 35 1]"), None);
    }

    #[test]
    fn numbers_that_arrive_in_parts_come_to_the_same() {
        let raw = b"123, 34, -24, -82, -94, 34]";
        let mut escape = Escape::Numbers(DECIMAL);
        let (mut text, mut at) = (Vec::new(), 0);
        for end in 0..=raw.len() {
            let arrived = Arrived::new(&raw[at..end], end == raw.len());
            at += escape.unescape(arrived.from(0), &mut text);
        }
        assert_eq!(text, "{\"订\"".as_bytes());
    }

    #[test]
    fn every_anchor_begins_numbers() {
        for anchor in anchors() {
            assert!(at(anchor.as_bytes()).is_some(), "{anchor}");
            assert!(anchor.len() <= LONGEST, "{anchor}");
            let is_digital = !anchor.starts_with('<');
            assert_eq!(may_begin(anchor.as_bytes()), is_digital, "{anchor}");
        }
        assert!(!may_begin(b"[http-12] [07/Jun/2023] [1234 5] 0xyz \\x0A"));
    }
}
