//! Where something stands: [`Span`] in bytes while decoding, [`Place`] in lines and columns for people.

use std::ops::Range;

/// A range of bytes in the text of one payload.
///
/// Thirty-two bits each, because a tree holds one for every value; payloads are at most 1 GiB
/// (see [`Limits`](crate::Limits)).
///
/// ```
/// let span = wxsub::Span::new(2, 5);
/// assert_eq!(&"gh_123"[span.range()], "_12");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes from `start` up to, not including, `end`.
    ///
    /// Offsets beyond `u32::MAX` are cut to it; no payload is that long.
    pub fn new(start: usize, end: usize) -> Self {
        let fit = |offset: usize| offset.min(u32::MAX as usize) as u32;
        Span {
            start: fit(start),
            end: fit(end),
        }
    }

    /// The same span as a range for slicing.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// How many bytes of the captured file one character of the decoded text takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Units {
    /// The file is read as it is.
    #[default]
    Utf8,
    /// The file is UTF-16: two bytes a code unit.
    Utf16,
}

/// A place in a captured file. Lines and columns count from 1, columns in characters; the offset counts bytes
/// from the start of the file.
///
/// ```
/// let record = wxsub::decode(b"{}");
/// assert_eq!((record.place(0).line, record.place(0).column, record.place(1).offset), (1, 1, 1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, from 1.
    pub line: u64,
    /// The column in characters, from 1.
    pub column: u64,
    /// Bytes from the start of the file.
    pub offset: u64,
}

impl Default for Place {
    fn default() -> Self {
        Place {
            line: 1,
            column: 1,
            offset: 0,
        }
    }
}

impl Place {
    /// The place behind `bytes`, which begin here.
    pub(crate) fn after(self, bytes: &[u8], units: Units) -> Place {
        // As before every payload, whose own place is asked for most.
        if bytes.is_empty() {
            return self;
        }
        let (line, column) = match memchr::memrchr(b'\n', bytes) {
            None => (self.line, self.column + chars(bytes)),
            Some(last) => {
                let lines = memchr::memchr_iter(b'\n', bytes).count() as u64;
                (self.line + lines, 1 + chars(&bytes[last + 1..]))
            }
        };
        Place {
            line,
            column,
            offset: self.offset + units.len(bytes),
        }
    }
}

/// A walk over text from one place to the next.
pub(crate) struct Walk<'t> {
    place: Place,
    at: usize,
    text: &'t [u8],
    units: Units,
}

impl<'t> Walk<'t> {
    /// Begins at the start of `text`, which is at `place`.
    pub(crate) fn new(place: Place, text: &'t [u8], units: Units) -> Self {
        Walk {
            place,
            at: 0,
            text,
            units,
        }
    }

    /// The place of the byte at `offset`, which is not in front of the one before; of a later one the end of the text.
    pub(crate) fn to(&mut self, offset: usize) -> Place {
        let end = offset.clamp(self.at, self.text.len());
        self.place = self.place.after(&self.text[self.at..end], self.units);
        self.at = end;
        self.place
    }

    /// Shows `see` the places of the bytes at `offsets`, which are in order.
    pub(crate) fn each(&mut self, offsets: &[usize], mut see: impl FnMut(usize, Place)) {
        for (n, offset) in offsets.iter().enumerate() {
            see(n, self.to(*offset));
        }
    }
}

impl Units {
    /// How many bytes of the file `text` stands for.
    pub(crate) fn len(self, text: &[u8]) -> u64 {
        match self {
            Units::Utf8 => text.len() as u64,
            Units::Utf16 => 2 * (chars(text) + text.iter().filter(|&&b| b >= 0xF0).count() as u64),
        }
    }
}

/// The number of characters; in broken UTF-8 every byte that continues nothing counts with the one before it.
pub(crate) fn chars(bytes: &[u8]) -> u64 {
    const LEN: usize = 8;
    let (words, rest) = bytes.as_chunks::<LEN>();
    let in_words = words.iter().map(|&word| firsts(u64::from_le_bytes(word)));
    let end = match (rest, bytes.last_chunk()) {
        ([], _) => return in_words.sum(),
        (_, Some(&end)) => u64::from_le_bytes(end) >> (8 * (LEN - rest.len())),
        (_, None) => rest
            .iter()
            .rev()
            .fold(0, |word, &byte| word << 8 | u64::from(byte)),
    };
    // Behind its end it has zeros.
    in_words.sum::<u64>() + firsts(end) - (LEN - rest.len()) as u64
}

/// How many of the eight bytes continue no character.
fn firsts(bytes: u64) -> u64 {
    const LOWEST: u64 = u64::from_ne_bytes([1; 8]);
    // A byte that continues a character has the bit 0x80, and 0x40 not.
    let firsts = (!bytes >> 7 | bytes >> 6) & LOWEST;
    firsts.wrapping_mul(LOWEST) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters() {
        let start = Place {
            line: 3,
            column: 5,
            offset: 100,
        };
        let cases = [
            ("", 3, 5, 100),
            ("abc", 3, 8, 103),
            ("订阅", 3, 7, 106),
            ("a\n", 4, 1, 102),
            ("a\r\n订b", 4, 3, 107),
            ("\n\n\n", 6, 1, 103),
        ];
        for (text, line, column, offset) in cases {
            assert_eq!(
                start.after(text.as_bytes(), Units::Utf8),
                Place {
                    line,
                    column,
                    offset
                },
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_walk_comes_to_the_places_that_lie_on_it() {
        let text = "a\r\n订b\n\n阅😀".as_bytes();
        let start = Place::default().after(b"\nab", Units::Utf8);
        for units in [Units::Utf8, Units::Utf16] {
            let mut walk = Walk::new(start, text, units);
            for offset in
                (0..=text.len()).filter(|at| text.get(*at).is_none_or(|b| b & 0xC0 != 0x80))
            {
                assert_eq!(walk.to(offset), start.after(&text[..offset], units));
                assert_eq!(walk.to(offset), walk.to(0));
            }
            assert_eq!(walk.to(1000), start.after(text, units));
        }
    }

    #[test]
    fn characters_are_counted_in_texts_of_any_length() {
        let text = "订a阅-😀b".repeat(700);
        for len in (0..200).chain(4000..4100).chain([text.len()]) {
            let bytes = &text.as_bytes()[..len];
            let expected = bytes
                .iter()
                .filter(|&&b| !(0x80..0xC0).contains(&b))
                .count();
            assert_eq!(chars(bytes), expected as u64, "{len}");
        }
    }

    #[test]
    fn utf16_offsets_count_two_bytes_a_unit() {
        let place = Place {
            offset: 2,
            ..Place::default()
        }
        .after("订a😀\n".as_bytes(), Units::Utf16);
        assert_eq!(
            place,
            Place {
                line: 2,
                column: 1,
                offset: 2 + 2 * 5
            }
        );
    }
}
