//! Where a finding points, ready to be shown: the place, the line, and the part of it to mark.

use std::ops::Range;

use crate::finding::{Finding, is_unprintable};
use crate::record::Record;
use crate::span::Place;

/// A place in a capture with the line that stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Line, column and offset.
    pub place: Place,
    /// Of a payload that was sealed: where it is in what was inside. The place above is that of its envelope.
    pub inside: Option<Place>,
    /// The line as far as it belongs to the payload, with what would steer a terminal replaced.
    pub line: String,
    /// The bytes of `line` to mark.
    pub mark: Range<usize>,
}

impl Spot {
    /// Where `finding` points in `record`.
    pub fn of(record: &Record<'_>, finding: &Finding) -> Self {
        let bytes = record.bytes();
        let span = finding.span().range();
        let start = span.start.min(bytes.len());
        let line_start = memchr::memrchr(b'\n', &bytes[..start]).map_or(0, |n| n + 1);
        let line_end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |n| start + n);
        let end = span.end.clamp(start, line_end);
        let place = record.place(finding.span().start);
        let line = &bytes[line_start..line_end];
        Spot {
            inside: record.place_inside(finding.span().start),
            ..Spot::new(place, line, start - line_start..end - line_start)
        }
    }

    /// Marks the part `mark` of `line`.
    pub fn new(place: Place, line: &[u8], mark: Range<usize>) -> Self {
        let mut shown = String::with_capacity(line.len());
        let ends = [mark.start, mark.end, line.len()];
        let mut at = 0;
        let [start, end, _] = ends.map(|end| {
            show(&line[at..end], &mut shown);
            at = end;
            shown.len()
        });
        Spot {
            place,
            inside: None,
            line: shown,
            mark: start..end,
        }
    }
}

/// Appends `bytes` as text that is as wide as it looks: tabs stay, everything a terminal would obey or could not show
/// becomes a replacement character.
fn show(bytes: &[u8], out: &mut String) {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_suffix('\r').unwrap_or(&text);
    out.extend(text.chars().map(|c| {
        if c != '\t' && is_unprintable(c) {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_the_same_part_of_what_is_shown() {
        let cases: [(&[u8], Range<usize>, &str, &str); 5] = [
            (b"abc", 1..2, "abc", "b"),
            ("订阅x".as_bytes(), 3..6, "订阅x", "阅"),
            (b"\x1b[31mred\xFF!", 5..8, "\u{FFFD}[31mred\u{FFFD}!", "red"),
            (b"a\tb\r", 2..3, "a\tb", "b"),
            (b"", 0..0, "", ""),
        ];
        for (line, mark, shown, marked) in cases {
            let spot = Spot::new(Place::default(), line, mark);
            assert_eq!(
                (spot.line.as_str(), &spot.line[spot.mark.clone()]),
                (shown, marked)
            );
        }
    }
}
