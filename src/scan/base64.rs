//! Base64: bodies from API gateways, HAR files, mail, and loggers of bytes.
//!
//! Nothing shows where base64 begins, so anchors are searched for in it, too. A name looks different at each of its three
//! alignments, and each tells the *phase*: the position of a character in its group of four. The text is decoded from the
//! first whole group of the run of characters around an anchor. The run may have line breaks, as mail has, with `\n` for
//! a line break and `\/` for a slash if it stands in a string literal. The standard and the URL-safe character set are
//! read, with or without padding.
//!
//! A line break may cut an anchor. A name that occurs twice in a message is therefore searched for in two halves: one of
//! them is whole. A payload whose only anchor is its event may be missed if a line break cuts it.
//!
//! Each byte is a [`Piece`] of its own, so a position in the text maps back to its character.

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;

use crate::scan::escape::{Bytes, Piece};
use crate::scan::lookahead::{Arrived, Lookahead};
use crate::simd::is_blank;

/// The state of reading base64: the bits of the character before the cursor that belong to the next byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Base64 {
    bits: u8,
    /// The number of bits: 0 before a group, then 4, then 2.
    count: u8,
    /// The number of characters before the cursor on its line, or [`UNKNOWN`].
    column: u16,
}

/// The column in a long line, or in a line that does not begin with base64.
const UNKNOWN: u16 = u16::MAX;

/// A part of a name in base64.
#[derive(Clone, Debug)]
pub(super) struct Anchor {
    pub(super) text: Vec<u8>,
    /// The position of its first character in a group of four.
    pub(super) phase: usize,
}

/// The number of characters in a group.
const GROUP: usize = 4;

/// Stands for no value in [`VALUES`].
const NONE: u8 = 0xFF;

/// The values of the characters of both character sets.
const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut value = 0;
    while value < letters.len() {
        values[letters[value] as usize] = value as u8;
        value += 1;
    }
    values[b'-' as usize] = 62;
    values[b'_' as usize] = 63;
    values
};

fn value(byte: u8) -> Option<u8> {
    let value = VALUES[usize::from(byte)];
    (value != NONE).then_some(value)
}

fn is_character(byte: u8) -> bool {
    value(byte).is_some()
}

/// Returns the base64 of `name` at each alignment, without the characters that depend on the bytes around it. Each is
/// divided into `count` parts, because a line break may cut one of them.
pub(super) fn anchors(name: &str, count: usize) -> impl Iterator<Item = Anchor> {
    (0..3).flat_map(move |offset| {
        let bytes = [&[0; 2][..offset], name.as_bytes()].concat();
        let (first, end) = ((8 * offset).div_ceil(6), 8 * bytes.len() / 6);
        let text = STANDARD.encode(bytes).into_bytes()[first..end].to_vec();
        let len = text.len() / count;
        let pieces = text.chunks_exact(len).enumerate();
        let anchors = pieces.map(|(number, piece)| Anchor {
            text: piece.to_vec(),
            phase: (first + number * len) % GROUP,
        });
        anchors.collect::<Vec<_>>()
    })
}

/// Returns the start of the base64 that contains an anchor, and the state there. It begins at `start` or later, and the
/// byte `before` comes before `start`. The anchor has the phase `phase`.
pub(super) fn begin(
    arrived: &Arrived<'_>,
    before: u8,
    start: usize,
    anchor: usize,
    phase: usize,
) -> (usize, Base64) {
    let run = Run::before(arrived, before, start, anchor);
    let first = (phase + GROUP - run.count % GROUP) % GROUP;
    let is_line = ends_line(&arrived.bytes[start..run.start], before);
    let column = if is_line { 0 } else { UNKNOWN };
    let bits = value(before).filter(|_| run.start == start);
    match (first, bits) {
        (0, _) => (run.start, Base64::at_group(column)),
        (2, Some(bits)) => (start, Base64::within(bits, 4, UNKNOWN)),
        (3, Some(bits)) => (start, Base64::within(bits, 2, UNKNOWN)),
        _ => {
            let skipped = skip(&arrived.bytes[run.start..], GROUP - first);
            (run.start + skipped, Base64::at_group(UNKNOWN))
        }
    }
}

/// Returns true if a line begins after `bytes`, or after the blanks at their end. The byte `before` comes before them.
fn ends_line(bytes: &[u8], before: u8) -> bool {
    let solid = bytes.iter().rev().find(|&&byte| !is_blank(byte));
    *solid.unwrap_or(&before) == b'\n'
}

/// A run of characters.
struct Run {
    start: usize,
    /// The number of its characters.
    count: usize,
}

impl Run {
    /// Returns the run from `start` or later to `end`. The byte `before` comes before `start`.
    fn before(arrived: &Arrived<'_>, before: u8, start: usize, end: usize) -> Self {
        let (mut run, mut at) = (
            Run {
                start: end,
                count: 0,
            },
            end,
        );
        loop {
            let head = &arrived.bytes[start..at];
            if let Some(len) = character_before(head) {
                at -= len;
                (run.start, run.count) = (at, run.count + 1);
            } else if let Some(len) = break_before(head)
                && continues(before, &head[..head.len() - len], arrived.from(at))
            {
                at -= len;
            } else {
                return run;
            }
        }
    }
}

/// Returns true if base64 continues from `line` to the line `behind` it, which is not longer. The byte `before` comes
/// before `line`.
fn continues(before: u8, line: &[u8], behind: Lookahead<'_>) -> bool {
    let run = line.iter().rev().take_while(|&&byte| is_character(byte));
    let len = run.count();
    let is_line = ends_line(&line[..line.len() - len], before);
    let column = u16::try_from(len).ok().filter(|_| is_line);
    len >= LONG && begins_line(behind) && !is_longer(behind, column.unwrap_or(UNKNOWN))
}

/// Returns true if the line at the start of `ahead` has more characters than `column`.
fn is_longer(ahead: Lookahead<'_>, column: u16) -> bool {
    if column == UNKNOWN {
        return false;
    }
    let window = ahead.window(usize::from(column) + 1);
    window.run(is_character) > usize::from(column)
}

/// Returns the length of the character at the end of `bytes`.
fn character_before(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [.., b'%', b'2', b'B' | b'b' | b'F' | b'f'] => Some(3),
        [.., b'\\', b'/'] => Some(2),
        [.., b'\\', b'n' | b'r'] => None,
        [.., last] => is_character(*last).then_some(1),
        [] => None,
    }
}

/// Returns the length of the line break at the end of `bytes` and of the blanks after it.
fn break_before(bytes: &[u8]) -> Option<usize> {
    let head = match bytes.strip_suffix(b"\\n") {
        Some(head) => head.strip_suffix(b"\\r").unwrap_or(head),
        None => {
            let blanks = bytes.iter().rev().take_while(|&&b| is_blank(b)).count();
            let line = bytes[..bytes.len() - blanks.min(BLANKS)].strip_suffix(b"\n")?;
            line.strip_suffix(b"\r").unwrap_or(line)
        }
    };
    Some(bytes.len() - head.len())
}

/// Returns the length of the first `count` characters of `bytes`, with the wrapping between them.
fn skip(bytes: &[u8], count: usize) -> usize {
    let (mut at, mut left) = (0, count);
    while left > 0 && at < bytes.len() {
        let rest = Lookahead::whole(&bytes[at..]);
        at += match character(rest) {
            Some((len, _)) => {
                left -= 1;
                len
            }
            None => 1,
        };
    }
    at
}

/// The most blanks before a line.
const BLANKS: usize = 32;

/// Returns true if base64 may continue from `line` to the line `behind` it.
pub(super) fn joins(line: &[u8], behind: &[u8]) -> bool {
    ends_with_run(line) && begins_line(blanks_skipped(Lookahead::whole(behind)))
}

/// The length of the shortest line of base64 that continues on the next line.
const LONG: usize = 16;

/// Returns true if `line` ends with many characters.
fn ends_with_run(line: &[u8]) -> bool {
    let tail = line.last_chunk::<LONG>();
    tail.is_some_and(|tail| tail.iter().rev().all(|&byte| is_character(byte)))
}

fn blanks_skipped(line: Lookahead<'_>) -> Lookahead<'_> {
    line.from(line.window(BLANKS).run(is_blank))
}

/// Returns true if the line at the start of `ahead` is base64 from its beginning to its end, or for long.
fn begins_line(ahead: Lookahead<'_>) -> bool {
    const FAR: usize = 24;
    let window = ahead.window(FAR);
    match window.position(|byte| !is_character(byte)) {
        Some(0) => false,
        Some(len) => b"=\r\n\"'<\\%".contains(&window.bytes()[len]),
        None => window.len() > 0,
    }
}

/// Returns the length and the value of the character at the start of `raw`.
fn character(raw: Lookahead<'_>) -> Option<(usize, u8)> {
    match raw.get(0)? {
        b'\\' => (raw.get(1)? == b'/').then_some((2, 63)),
        b'%' => {
            let is_escape = raw.get(1)? == b'2';
            match is_escape.then(|| raw.get(2))?? {
                b'B' | b'b' => Some((3, 62)),
                b'F' | b'f' => Some((3, 63)),
                _ => None,
            }
        }
        byte => value(byte).map(|value| (1, value)),
    }
}

/// Returns the length of the line break at the start of `raw`, and of the blanks after it, if base64 continues there
/// after a line of `column` characters.
fn wrapping(raw: Lookahead<'_>, column: u16) -> Option<usize> {
    let breaks: [&[u8]; 4] = [b"\n", b"\r\n", b"\\n", b"\\r\\n"];
    let len = breaks.iter().find(|text| raw.starts_with(text))?.len();
    let rest = raw.from(len);
    let next = blanks_skipped(rest);
    let continues = begins_line(next) && !is_longer(next, column);
    continues.then(|| len + rest.len() - next.len())
}

/// Returns the bytes of a group, or `None` if it has other bytes than characters.
fn triple(group: &[u8; GROUP]) -> Option<[u8; 3]> {
    let values = group.map(|byte| VALUES[usize::from(byte)]);
    let is_whole = !values.contains(&NONE);
    let bits = values
        .iter()
        .fold(0_u32, |bits, &value| bits << 6 | u32::from(value));
    let [_, bytes @ ..] = bits.to_be_bytes();
    is_whole.then_some(bytes)
}

impl Base64 {
    /// Returns the state before a group.
    fn at_group(column: u16) -> Self {
        Base64::within(0, 0, column)
    }

    /// Returns the state after the character of the value `bits`, whose last `count` bits belong to the next byte.
    fn within(bits: u8, count: u8, column: u16) -> Self {
        let bits = bits & ((1 << count) - 1);
        Base64 {
            bits,
            count,
            column,
        }
    }

    /// Returns the column after `count` more characters.
    fn column_behind(self, count: usize) -> u16 {
        let count = u16::try_from(count).unwrap_or(UNKNOWN);
        self.column.saturating_add(count)
    }

    pub(super) fn piece(&mut self, raw: Lookahead<'_>) -> Piece {
        if let Some(len) = wrapping(raw, self.column) {
            self.column = 0;
            return Piece::Other(len, Bytes::NONE);
        }
        let piece = match self.count {
            0 => self.first_byte(raw),
            _ => self.next_byte(raw),
        };
        piece.unwrap_or(Piece::End)
    }

    /// Reads the first byte of a group, which takes two characters.
    fn first_byte(&mut self, raw: Lookahead<'_>) -> Option<Piece> {
        let (first, high) = character(raw)?;
        let wrapping = wrapping(raw.from(first), self.column_behind(1));
        let between = wrapping.unwrap_or(0);
        let (second, low) = character(raw.from(first + between))?;
        let column = wrapping.map_or(self.column_behind(2), |_| 1);
        *self = Base64::within(low, 4, column);
        let byte = high << 2 | low >> 4;
        Some(Piece::Other(first + between + second, Bytes::byte(byte)))
    }

    /// Reads the second or the third byte of a group.
    fn next_byte(&mut self, raw: Lookahead<'_>) -> Option<Piece> {
        let (len, value) = character(raw)?;
        let left = self.count - 2;
        let byte = self.bits << (8 - self.count) | value >> left;
        *self = Base64::within(value, left, self.column_behind(1));
        Some(Piece::Other(len, Bytes::byte(byte)))
    }

    /// Decodes the whole groups at the start of `raw`, up to a line break, and appends the text to `out`. Returns the
    /// number of bytes of `raw`.
    pub(super) fn decode(&mut self, raw: &[u8], out: &mut Vec<u8>) -> usize {
        let before = out.len();
        out.extend(self.groups(raw).flatten());
        let len = (out.len() - before) / 3 * GROUP;
        self.column = self.column_behind(len);
        len
    }

    /// Walks over whole groups of fewer than `len` bytes of text. Returns the number of raw bytes and of text bytes.
    pub(super) fn walk(&mut self, raw: &[u8], len: usize) -> (usize, usize) {
        let most = len.saturating_sub(1) / 3;
        let groups = self.groups(raw).take(most).count();
        self.column = self.column_behind(groups * GROUP);
        (groups * GROUP, groups * 3)
    }

    /// Returns the bytes of the whole groups at the start of `raw`. There are none within a group.
    fn groups(self, raw: &[u8]) -> impl Iterator<Item = [u8; 3]> {
        let (groups, _) = raw.as_chunks::<GROUP>();
        let groups = if self.count == 0 { groups } else { &[] };
        groups.iter().map_while(triple)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::escape::Escape;

    const START: Escape = Escape::Base64(Base64 {
        bits: 0,
        count: 0,
        column: UNKNOWN,
    });

    fn decoded(raw: &str) -> (Vec<u8>, usize) {
        let (mut text, mut escape) = (Vec::new(), START);
        let len = escape.unescape(Lookahead::whole(raw.as_bytes()), &mut text);
        (text, len)
    }

    #[test]
    fn both_alphabets_are_read_up_to_the_padding() {
        let cases = [
            ("PHhtbD4=", "<xml>", 7),
            ("PHhtbD4", "<xml>", 7),
            ("PHhtbA==", "<xml", 6),
            ("77+_Pz8_", "\u{ffff}???", 8),
            ("77-_Pz8%2F\"", "\u{ffff}???", 10),
            (r"77%2b\/Pz8\/", "\u{ffff}???", 12),
            ("PHht\nbD4=\nabc def", "<xml>", 8),
            ("PHh\r\n\ttbD4=", "<xml>", 10),
            (r"PHh\r\ntbD4=", "<xml>", 11),
            ("PHhtbD4\nabc def", "<xml>", 7),
            ("P", "", 0),
        ];
        for (raw, text, len) in cases {
            let (read, read_len) = decoded(raw);
            assert_eq!(
                (&*String::from_utf8_lossy(&read), read_len),
                (text, len),
                "{raw}"
            );
        }
    }

    #[test]
    fn anchors_stand_in_the_base64_of_any_text_with_the_name() {
        for (name, count) in [("UserName", 2), ("subscribe_msg_", 1)] {
            let all: Vec<Anchor> = anchors(name, count).collect();
            for before in 0..6 {
                let text = format!("{}{name}\u{9}\u{9}", "~".repeat(before));
                let encoded = STANDARD.encode(&text);
                let found = all.iter().filter_map(|anchor| {
                    let at = memchr::memmem::find(encoded.as_bytes(), &anchor.text)?;
                    assert_eq!(at % GROUP, anchor.phase);
                    Some(anchor)
                });
                assert_eq!(found.count(), count, "{text}");
            }
        }
    }

    /// The fast path passes over digits that vary, so digits alone must not decide whether there is an anchor.
    #[test]
    fn one_piece_of_a_name_has_no_digits() {
        for offset in 0..3 {
            let pieces = anchors("UserName", 2).skip(2 * offset).take(2);
            let has_digit = |piece: &Anchor| piece.text.iter().any(u8::is_ascii_digit);
            assert!(!pieces.into_iter().all(|piece| has_digit(&piece)));
        }
    }

    fn begun(before: u8, bytes: &str, phase: usize) -> (usize, Base64) {
        // The anchor and the rest of its line follow.
        let text = format!("{bytes}VXNlc=");
        let arrived = Arrived::new(text.as_bytes(), true);
        begin(&arrived, before, 0, bytes.len(), phase)
    }

    #[test]
    fn base64_begins_with_the_first_whole_group() {
        let cases = [
            (b'=', "body=PHht", 0, 5, Base64::at_group(UNKNOWN)),
            (b'=', "data/PHht", 0, 1, Base64::at_group(UNKNOWN)),
            (b'z', "aGVsbG8", 3, 0, Base64::at_group(UNKNOWN)),
            (b'z', "aGVsbG8", 1, 0, Base64::within(51, 4, UNKNOWN)),
            (b'z', "aGVsbG8", 2, 0, Base64::within(51, 2, UNKNOWN)),
            (b' ', "aGVsbG8", 1, 2, Base64::at_group(UNKNOWN)),
        ];
        for (before, bytes, phase, start, base64) in cases {
            assert_eq!(begun(before, bytes, phase), (start, base64), "{bytes}");
        }
        let line = "a".repeat(20);
        for (lines, start) in [
            (format!("x: {line}\r\n  {line}\n"), 3),
            (format!("x: word\n{line}"), 8),
            (format!("{line}\n{}", &line[..12]), 0),
            (format!("{line}\n{line}xxxx"), 21),
        ] {
            assert_eq!(begun(b'\n', &lines, 0).0, start, "{lines}");
        }
    }

    #[test]
    fn pieces_that_arrive_in_parts_come_to_the_same() {
        let raw = "PHh\r\ntbD48YT5iPC\n   9hPjwveG1s\nPg==\nx y";
        let mut reader = START;
        let (mut parts, mut at) = (Vec::new(), 0);
        for end in 0..=raw.len() {
            let arrived = Arrived::new(&raw.as_bytes()[at..end], end == raw.len());
            at += reader.unescape(arrived.from(0), &mut parts);
        }
        assert_eq!(parts, b"<xml><a>b</a></xml>");
    }

    #[test]
    fn places_map_back_to_characters() {
        let raw = b"PHht\nbD48YT5iPC9h";
        let starts = [0, 2, 3, 5, 7, 8, 9, 11, 12];
        for (len, start) in starts.into_iter().enumerate() {
            let mut offset = [len];
            START.raw_starts(raw, &mut offset);
            assert_eq!(offset, [start], "{len}");
            let end = { START }.raw_end(raw, len);
            let text = &decoded("PHhtbD48YT5iPC9h").0[..len];
            assert_eq!(decoded(std::str::from_utf8(&raw[..end]).unwrap()).0, text);
        }
    }
}
