//! Positions: a [`Span`] in bytes for decoding, a [`Place`] in lines and columns for people.

use std::ops::Range;

pub(crate) use crate::simd::chars;

/// A range of bytes in the text of one payload.
///
/// It has two 32-bit offsets to save memory, since a tree has a span for every value. Payloads are at most 1 GiB
/// (see [`Limits`](crate::Limits)).
///
/// ```
/// let span = wxsub::Span::new(2, 5);
/// assert_eq!(&"gh_123"[span.range()], "_12");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The offset of the first byte.
    pub start: u32,
    /// The offset after the last byte.
    pub end: u32,
}

impl Span {
    /// Makes the span from `start` up to, but not including, `end`.
    ///
    /// Offsets above `u32::MAX` become `u32::MAX`; no payload is that long.
    pub fn new(start: usize, end: usize) -> Self {
        let fit = |offset: usize| offset.min(u32::MAX as usize) as u32;
        Span {
            start: fit(start),
            end: fit(end),
        }
    }

    /// Returns the span as a range for slicing.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The relation of file bytes to characters of the decoded text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Units {
    /// The file is UTF-8 and read unchanged.
    #[default]
    Utf8,
    /// The file is UTF-16, with two bytes a code unit.
    Utf16,
}

/// A place in a captured file.
///
/// ```
/// let record = wxsub::decode(b"{}");
/// assert_eq!((record.place(0).line, record.place(0).column, record.place(1).offset), (1, 1, 1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, counted from 1.
    pub line: u64,
    /// The column in characters, counted from 1.
    pub column: u64,
    /// The offset in bytes, counted from 0.
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
    /// Returns the place after `bytes`, which begin here.
    pub(crate) fn after(self, bytes: &[u8], units: Units) -> Place {
        // The usual case: the place of the payload itself.
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

/// Computes places in a text in ascending order.
pub(crate) struct Walk<'t> {
    place: Place,
    at: usize,
    text: &'t [u8],
    units: Units,
}

impl<'t> Walk<'t> {
    /// Starts at the beginning of `text`, which is at `place`.
    pub(crate) fn new(place: Place, text: &'t [u8], units: Units) -> Self {
        Walk {
            place,
            at: 0,
            text,
            units,
        }
    }

    /// Returns the place of the byte at `offset`, which must not be before the last one. Stops at the end of the text.
    pub(crate) fn to(&mut self, offset: usize) -> Place {
        let end = offset.clamp(self.at, self.text.len());
        self.place = self.place.after(&self.text[self.at..end], self.units);
        self.at = end;
        self.place
    }

    /// Calls `see` with the place of each of `offsets`, which must be sorted.
    pub(crate) fn each(&mut self, offsets: &[usize], mut see: impl FnMut(usize, Place)) {
        for (n, offset) in offsets.iter().enumerate() {
            see(n, self.to(*offset));
        }
    }
}

impl Units {
    /// Returns the number of file bytes of `text`.
    pub(crate) fn len(self, text: &[u8]) -> u64 {
        match self {
            Units::Utf8 => text.len() as u64,
            Units::Utf16 => 2 * (chars(text) + text.iter().filter(|&&b| b >= 0xF0).count() as u64),
        }
    }
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
