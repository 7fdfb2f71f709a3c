//! Text that is printed as the numbers of its bytes: `[123 34 84]`, `[123,34,84]`, `<Buffer 7b 22 54>`, `0x7B2254` and
//! `\x7b2254`.

use std::ops::Range;

use crate::redact::armor::is_text;
use crate::redact::known::SHORTEST;

/// A text, and the numbers that print its bytes.
pub(super) struct Numbers {
    pub(super) text: Vec<u8>,
    /// The place of each number.
    places: Vec<Range<usize>>,
    radix: u32,
}

/// Finds numbers that begin at `at`.
pub(super) fn find(text: &[u8], at: usize) -> Option<Numbers> {
    let (head, rest) = text.split_at(at);
    let (start, radix, is_joined) = match (head, rest) {
        ([.., b'['], [b'0'..=b'9' | b'-', ..]) => (at, 10, false),
        ([.., b'<'], [b'B', ..]) if rest.starts_with(b"Buffer ") => (at + 7, 16, false),
        (_, [b'0', b'x', ..]) => (at + 2, 16, true),
        (_, [b'\\', ..]) => {
            let signs = rest.iter().take_while(|byte| **byte == b'\\').count();
            let start = at + signs + 1;
            (rest.get(signs) == Some(&b'x')).then_some((start, 16, true))?
        }
        _ => return None,
    };
    let mut numbers = Numbers {
        text: Vec::new(),
        places: Vec::new(),
        radix,
    };
    let mut next = start;
    while let Some((place, byte)) = number(text, next, radix, is_joined).filter(|it| is_text(it.1))
    {
        next = place.end;
        if !is_joined {
            let rest = text[next..].iter();
            next += rest
                .take_while(|byte| matches!(byte, b' ' | b',' | b'\n' | b'\r' | b'\t'))
                .count();
        }
        numbers.text.push(byte);
        numbers.places.push(place);
    }
    (numbers.text.len() >= SHORTEST).then_some(numbers)
}

/// Reads the number at `at`, and its place.
fn number(text: &[u8], at: usize, radix: u32, is_joined: bool) -> Option<(Range<usize>, u8)> {
    let sign = usize::from(!is_joined && text.get(at) == Some(&b'-'));
    let digits = text
        .get(at + sign..)?
        .iter()
        .take(if radix == 16 { 2 } else { 3 });
    let len = digits
        .take_while(|byte| char::from(**byte).is_digit(radix))
        .count();
    let end = at + sign + len;
    let digits = std::str::from_utf8(&text[at + sign..end]).ok()?;
    let value = u8::from_str_radix(digits, radix).ok()?;
    let is_whole = !is_joined || len == 2;
    let value = if sign == 1 {
        value.wrapping_neg()
    } else {
        value
    };
    is_whole.then_some((at..end, value))
}

impl Numbers {
    /// Returns the place of the numbers, from the first to the last.
    pub(super) fn range(&self) -> Range<usize> {
        let start = self.places.first().map_or(0, |place| place.start);
        start..self.places.last().map_or(start, |place| place.end)
    }

    /// Appends the numbers of the bytes of `inner`, with what stands between the numbers in `text`. `inner` must be as long
    /// as the decoded text.
    pub(super) fn write(&self, text: &[u8], inner: &[u8], out: &mut Vec<u8>) {
        let digits = &text[self.range()];
        let is_upper = self.radix == 16 && digits.iter().any(u8::is_ascii_uppercase);
        let mut done = self.range().start;
        for ((place, old), new) in self.places.iter().zip(&self.text).zip(inner) {
            if old == new {
                continue;
            }
            out.extend_from_slice(&text[done..place.start]);
            let number = match (self.radix, is_upper) {
                (10, _) => format!("{new}"),
                (_, true) => format!("{new:02X}"),
                (_, false) => format!("{new:02x}"),
            };
            out.extend_from_slice(number.as_bytes());
            done = place.end;
        }
        out.extend_from_slice(&text[done..self.range().end]);
    }
}
