//! Bodies printed as hexadecimal digits: `3c786d6c…`, `3c 78 6d 6c …` or `3c:78:6d:6c:…`, in either case, behind `0x` or
//! `\x` or nothing. MySQL, PostgreSQL, `xxd -p`, `od -An -t x1` and loggers of bytes print them.
//!
//! Nothing shows where the digits begin, so parts of names are searched for in them, as in base64. The text is decoded from
//! the first digit of the run around an anchor. The run may have line breaks. Each byte is a piece of its own.

use crate::scan::escape::{Bytes, Piece};
use crate::scan::lookahead::Lookahead;
use crate::simd::is_blank;

/// The state of reading hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hex {
    /// True if nothing stands between the bytes on a line.
    is_joined: bool,
}

/// The anchors: parts of `UserName` and of the names of events. Those with signs between the bytes are few, because each
/// makes the search slower.
pub(super) const ANCHORS: [&str; 11] = [
    "4e616d65",
    "4E616D65",
    "5f6d7367",
    "5F6D7367",
    "4e61 6d65",
    "4E61 6D65",
    "4e 61 6d 65",
    "4e 616d 65",
    "4e:61:6d:65",
    "4E 61 6D 65",
    "4E-61-6D-65",
];

/// The length of the longest anchor.
pub(super) const LONGEST: usize = "4e 61 6d 65".len();

/// The position in each anchor of its three rarest bytes: a letter among digits or signs.
pub(super) const KEY_AT: usize = 1;

/// Returns true if an anchor begins at the start of `bytes`.
pub(super) fn begins(bytes: &[u8]) -> bool {
    is_head(bytes)
        && ANCHORS
            .iter()
            .any(|anchor| bytes.starts_with(anchor.as_bytes()))
}

/// Returns true if other digits could make an anchor of a part of `text`.
pub(super) fn may_begin(text: &[u8]) -> bool {
    let mut heads = (0..text.len())
        .map(|at| &text[at..])
        .filter(|text| is_head(text));
    heads.any(|text| {
        ANCHORS
            .iter()
            .any(|anchor| is_like(text, anchor.as_bytes()))
    })
}

/// Returns true if other digits could make `bytes` begin like an anchor.
fn is_head(bytes: &[u8]) -> bool {
    matches!(bytes, [b'0'..=b'9', b'e' | b'E' | b'f' | b'F', ..])
}

/// Returns true if other digits could make an anchor of the start of `text`.
fn is_like(text: &[u8], anchor: &[u8]) -> bool {
    let is_like =
        |(one, other): (&u8, &u8)| one == other || one.is_ascii_digit() && other.is_ascii_digit();
    let part = text.get(..anchor.len());
    part.is_some_and(|part| part.iter().zip(anchor).all(is_like))
}

/// Returns the start of the digits that contain an anchor, and the state there. They begin at `start` or later.
pub(super) fn begin(bytes: &[u8], start: usize, anchor: usize) -> (usize, Hex) {
    let name = &bytes[anchor..];
    let hex = Hex {
        is_joined: name.iter().take(8).all(u8::is_ascii_hexdigit),
    };
    let mut at = anchor;
    while let Some(len) = hex.byte_before(&bytes[start..at], &bytes[at..]) {
        at -= len;
    }
    (at, hex)
}

/// Returns true if rows of digits with blanks between them may continue from `line` to the text `behind` it.
pub(super) fn joins(line: &[u8], behind: &[u8]) -> bool {
    matches!(line, [.., b' ', _, _]) && ends_row(line) && begins_row(Lookahead::whole(behind))
}

/// The most blanks before a row.
const BLANKS: usize = 32;

/// Returns true if `line` ends with two bytes that have a sign between them.
fn ends_row(line: &[u8]) -> bool {
    match line.last_chunk::<5>() {
        Some([a, b, sign, c, d]) => {
            is_sign(*sign) && [a, b, c, d].into_iter().all(u8::is_ascii_hexdigit)
        }
        None => false,
    }
}

/// Returns true if two bytes with a sign between them begin the line at the start of `row`, or if the line is a single byte.
fn begins_row(row: Lookahead<'_>) -> bool {
    let row = row.from(blanks(row));
    let is_byte = |at| two_digits(row.from(at)).is_some();
    is_byte(0)
        && match row.get(2) {
            Some(b'\r' | b'\n') | None => true,
            Some(sign) => is_sign(sign) && is_byte(3),
        }
}

/// Returns true if the line at the start of `ahead` begins with eight digits or more, or is all digits.
fn begins_joined(ahead: Lookahead<'_>) -> bool {
    const LEAST: usize = 8;
    let head = ahead.window(LEAST);
    match head.position(|byte| !byte.is_ascii_hexdigit()) {
        Some(len) => len > 1 && b"\r\n\"'<".contains(&head.bytes()[len]),
        None => head.len() > 1,
    }
}

fn blanks(line: Lookahead<'_>) -> usize {
    line.window(BLANKS).run(is_blank)
}

fn is_sign(byte: u8) -> bool {
    matches!(byte, b' ' | b':' | b'-')
}

impl Hex {
    /// Returns the length of the byte at the end of `bytes`, with what stands between it and the byte `behind`.
    fn byte_before(self, bytes: &[u8], behind: &[u8]) -> Option<usize> {
        let is_byte = |bytes: &[u8]| {
            bytes
                .last_chunk::<2>()
                .is_some_and(|last| last.iter().all(u8::is_ascii_hexdigit))
        };
        if is_byte(bytes) {
            return Some(2);
        }
        let solid = bytes.trim_ascii_end();
        let between = bytes.len() - solid.len();
        if memchr::memchr(b'\n', &bytes[solid.len()..]).is_some() {
            let goes_on = self.goes_on(Lookahead::whole(behind)) && self.ends_line(solid);
            return goes_on.then_some(between + 2).filter(|_| between < BLANKS);
        }
        let solid = match solid.split_last() {
            Some((&sign, solid)) if between == 0 && is_sign(sign) => solid,
            _ => solid,
        };
        let between = bytes.len() - solid.len();
        let is_near = !self.is_joined && between <= Self::WIDEST;
        (is_near && is_byte(solid)).then_some(between + 2)
    }

    /// The most blanks between two bytes.
    const WIDEST: usize = 2;

    /// Returns true if digits continue from `line` to the next.
    fn ends_line(self, line: &[u8]) -> bool {
        const LONG: usize = 16;
        let tail = line.last_chunk::<LONG>();
        match self.is_joined {
            true => tail.is_some_and(|tail| tail.iter().all(u8::is_ascii_hexdigit)),
            false => ends_row(line),
        }
    }

    /// Returns true if digits continue with the line at the start of `ahead`.
    fn goes_on(self, ahead: Lookahead<'_>) -> bool {
        match self.is_joined {
            true => begins_joined(ahead.from(blanks(ahead))),
            false => begins_row(ahead),
        }
    }

    /// Returns the piece at the start of `raw`: a byte with what stands before the next byte.
    pub(super) fn piece(self, raw: Lookahead<'_>) -> Piece {
        match two_digits(raw) {
            Some(byte) => Piece::Other(2 + self.between(raw.from(2)), Bytes::byte(byte)),
            None => Piece::End,
        }
    }

    /// Returns the length of what stands before the next byte, or 0 if there is none.
    fn between(self, behind: Lookahead<'_>) -> usize {
        let Some(next) = behind.get(0) else {
            return 0;
        };
        if matches!(next, b'\r' | b'\n') {
            return self.line_break(behind);
        }
        if self.is_joined || next.is_ascii_hexdigit() {
            return 0;
        }
        let len = match next {
            b':' | b'-' => 1,
            _ => {
                let near = behind.window(Self::WIDEST + 1);
                near.position(|byte| !is_blank(byte)).unwrap_or(0)
            }
        };
        match behind.get(len) {
            Some(b'\r' | b'\n') => len + self.line_break(behind.from(len)),
            _ if two_digits(behind.from(len)).is_some() => len,
            _ => 0,
        }
    }

    /// Returns the length of the line break at the start of `behind` and of the blanks after it, if digits continue there.
    fn line_break(self, behind: Lookahead<'_>) -> usize {
        let len = if behind.starts_with(b"\r\n") { 2 } else { 1 };
        let line = behind.from(len);
        if self.goes_on(line) {
            len + blanks(line)
        } else {
            0
        }
    }
}

/// Returns the byte of which the two hexadecimal digits stand at the start of `raw`.
pub(super) fn two_digits(raw: Lookahead<'_>) -> Option<u8> {
    let digit = |at| char::from(raw.get(at)?).to_digit(16);
    Some((digit(0)? << 4 | digit(1)?) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::escape::Escape;
    use crate::scan::lookahead::Arrived;

    const TEXT: &str = "<xml><ToUserName>订</ToUserName>";

    /// Writes the bytes of [`TEXT`], `width` on a line.
    fn lines(width: usize, between: &str, line_end: &str) -> String {
        let bytes: Vec<String> = TEXT.bytes().map(|byte| format!("{byte:02x}")).collect();
        let lines: Vec<String> = bytes.chunks(width).map(|line| line.join(between)).collect();
        lines.join(line_end)
    }

    /// Reads the digits around the first anchor, and what stands before them.
    fn read(raw: &str) -> Option<(&str, String)> {
        let anchor = (0..raw.len()).find(|&at| begins(&raw.as_bytes()[at..]))?;
        let (start, hex) = begin(raw.as_bytes(), 0, anchor);
        let text = Escape::Hex(hex).text_of(&raw.as_bytes()[start..]);
        Some((&raw[..start], String::from_utf8_lossy(&text).into_owned()))
    }

    #[test]
    fn digits_are_read_whatever_stands_between_them() {
        for (between, line_end) in [("", "\n"), (" ", "\n"), (" ", " \r\n  "), (":", ":\n")] {
            for width in [17, 30, 100] {
                let digits = lines(width, between, line_end);
                for before in ["body=", "0x", "\\x", "x'", ""] {
                    let raw = format!("{before}{digits}' 1");
                    assert_eq!(read(&raw), Some((before, TEXT.to_owned())), "{raw}");
                }
            }
        }
        let upper = lines(100, "", "").to_ascii_uppercase();
        assert_eq!(read(&upper), Some(("", TEXT.to_owned())));
        let dashes = lines(100, "-", "").to_ascii_uppercase();
        assert_eq!(read(&dashes), Some(("", TEXT.to_owned())));
    }

    #[test]
    fn digits_that_arrive_in_parts_are_read_as_one() {
        for raw in [lines(20, "", "\r\n"), lines(16, " ", "\n ")] {
            let (_, hex) = begin(raw.as_bytes(), 0, raw.find("4e").expect("the name"));
            let mut escape = Escape::Hex(hex);
            let (mut text, mut at) = (Vec::new(), 0);
            for end in 0..=raw.len() {
                let arrived = Arrived::new(&raw.as_bytes()[at..end], end == raw.len());
                at += escape.unescape(arrived.from(0), &mut text);
            }
            assert_eq!(String::from_utf8_lossy(&text), TEXT);
        }
    }

    #[test]
    fn other_digits_may_make_an_anchor() {
        for anchor in ANCHORS {
            let other = anchor.replace(['4', '5'], "7");
            assert!(may_begin(format!("id={other},").as_bytes()), "{anchor}");
            assert!(begins(anchor.as_bytes()) && anchor.len() <= LONGEST);
        }
        assert!(!may_begin(
            b"2026-11-02 08:00:01 4bf92f3577b34da6a3ce929d0e0e4736"
        ));
    }
}
