//! Reports bodies in which no name stands as text: compressed bodies in base64, and dumps whose digits are not read.
//!
//! No anchor finds such a body, since each anchor makes every search slower. So only the first line of a capture is looked
//! at, or its first 256 bytes if that line ends with a bracket that opens, and dumps of rows with offsets, whose offsets
//! are anchors. A body is decoded only to see whether it is a callback: the decoded bytes cannot be mapped to places in
//! the capture, which a payload needs.

use std::io::Read;
use std::ops::RangeInclusive;

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use flate2::read::{MultiGzDecoder, ZlibDecoder};

use crate::decompress::GZIP;
use crate::finding::{Finding, Reason};
use crate::scan::lookahead::{Arrived, Lookahead, Settled};
use crate::scan::{Found, Names, Parts, Scanner, dump};
use crate::simd::is_blank;
use crate::span::Span;

/// The most bytes of the capture that are decoded.
const LONGEST: usize = 1 << 15;

/// The most bytes of what they are decoded to.
const LONGEST_TEXT: u64 = 1 << 16;

/// How far from the beginning of the first line the body may begin.
const NEAR: usize = 256;

/// The most encodings around another.
const MOST_LEVELS: usize = 2;

/// The least number of bytes of a body, compressed or not.
const SHORTEST: usize = 48;

/// A hidden body: its length in the capture, and its event.
type Hidden = (usize, String);

impl Scanner {
    /// Reports the body without readable names that begins on the first line of the capture, or whose second row is at
    /// the anchor. No document begins near the anchor.
    pub(super) fn judge_hidden<'b>(
        &mut self,
        arrived: &Arrived<'b>,
        anchor: usize,
        parts: &mut Parts,
    ) -> Settled<Option<Found<'b>>> {
        // Asked once: at each anchor of a long line it would read all of it.
        let before = arrived.bytes.get(self.pos()..anchor).unwrap_or_default();
        let is_first = self.noise.bytes == 0 && before.trim_ascii().is_empty();
        let start = match arrived.bytes[anchor] {
            b'\n' => self
                .row_before(arrived.bytes, anchor)
                .filter(|&row| begins_dump(arrived.from(row))),
            _ => Some(anchor).filter(|_| is_first),
        };
        let Some(start) = start.filter(|_| self.depth == 0) else {
            return Some(None);
        };
        let near = match is_first {
            true => beginning(arrived.from(start).window(NEAR)),
            false => 1,
        };
        let text = &arrived.bytes[start..start + near];
        let hidden = starts(text).find_map(|at| {
            let ahead = arrived.from(start + at).window(LONGEST);
            let (len, event) = reveal(ahead, &self.names, 0)?;
            let is_alone = dump::row_head(ahead).is_some() || {
                // What has an anchor may be read from there, and what stands behind one may be in a message.
                let line = &arrived.bytes[start..start + at + len];
                let behind = arrived.from(start + at + len).window(NEAR);
                !self.names.anchors.is_in(line) && !self.has_headers(behind)
            };
            is_alone.then_some((start + at, len, event))
        });
        arrived.settled()?;
        let Some((at, len, event)) = hidden else {
            return Some(None);
        };
        let finding = Finding::new(Reason::HiddenUnread, Span::new(0, len)).with(event);
        let found = self.report_broken(at..at + len, finding, arrived.bytes, parts);
        // Another may follow.
        self.search.begin_again();
        Some(Some(found))
    }

    /// Returns true if several names of the header stand on the rest of a line. A user may have typed what stands before them.
    fn has_headers(&self, rest: Lookahead<'_>) -> bool {
        (self.names.has_headers)(&rest.bytes()[..rest.line_len()])
    }

    /// Returns the start of the line before the line break at `at`, if it was not passed.
    fn row_before(&self, buffer: &[u8], at: usize) -> Option<usize> {
        let near = at.saturating_sub(NEAR).max(self.pos());
        let line = memchr::memrchr(b'\n', &buffer[near..at]);
        match line {
            Some(line) => Some(near + line + 1),
            None => (near == self.pos()).then_some(near),
        }
    }
}

/// Returns the length of the first line of `ahead`, or of `ahead` if the line ends with a bracket that opens.
fn beginning(ahead: Lookahead<'_>) -> usize {
    let line = ahead.line_len();
    let solid = ahead.bytes()[..line].trim_ascii_end();
    match solid.last() {
        Some(b'{' | b'[' | b'(') => {
            ahead.note_end();
            ahead.len()
        }
        _ => line,
    }
}

/// Returns the positions in `line` at which a value may begin.
fn starts(line: &[u8]) -> impl Iterator<Item = usize> {
    let is_before = |b: u8| b" \t\r\n=:\"'`([{,<>".contains(&b);
    let begins = move |&at: &usize| at == 0 || is_before(line[at - 1]) && !is_before(line[at]);
    (0..line.len()).filter(begins)
}

/// Returns the body at the start of `ahead`, if it is a callback behind any encodings.
fn reveal(ahead: Lookahead<'_>, names: &Names, level: usize) -> Option<Hidden> {
    let forms = FORMS.iter().map(|form| form as &dyn Encoding);
    let all = forms.chain([&Rows as &dyn Encoding, &Base64]);
    all.map(|encoding| encoding.decode(ahead))
        .filter(|(_, bytes)| bytes.len() >= SHORTEST)
        .find_map(|(len, bytes)| {
            let bytes = inflated(&bytes).unwrap_or(bytes);
            let event = event_in(&bytes, names).or_else(|| {
                let inner = Some(Lookahead::whole(&bytes)).filter(|_| level < MOST_LEVELS)?;
                Some(reveal(inner, names, level + 1)?.1)
            })?;
            Some((len, event))
        })
}

/// Returns the event of the callback in `text`.
fn event_in(text: &[u8], names: &Names) -> Option<String> {
    let event = (names.event_name)(text)?;
    (names.values)(text)?;
    Some(String::from_utf8_lossy(&text[event]).into_owned())
}

/// Returns the bytes that `bytes` were compressed from, as far as they go.
fn inflated(bytes: &[u8]) -> Option<Vec<u8>> {
    let from: Box<dyn Read + '_> = match Compression::of(bytes)? {
        Compression::Gzip => Box::new(MultiGzDecoder::new(bytes)),
        Compression::Zlib => Box::new(ZlibDecoder::new(bytes)),
    };
    let mut text = Vec::new();
    // A body that is cut off shows enough.
    _ = from.take(LONGEST_TEXT).read_to_end(&mut text);
    Some(text)
}

/// How a body may be compressed. Captures are not compressed with zlib, which is hard to tell from text.
enum Compression {
    Gzip,
    Zlib,
}

impl Compression {
    /// Returns the compression of the data that begins with `head`.
    fn of(head: &[u8]) -> Option<Self> {
        match head {
            [first, second, ..] if [*first, *second] == GZIP => Some(Compression::Gzip),
            [0x78, 0x01 | 0x5E | 0x9C | 0xDA, ..] => Some(Compression::Zlib),
            _ => None,
        }
    }
}

/// Returns true if `head` may begin a body, compressed or not.
fn may_begin(head: &[u8]) -> bool {
    match head {
        [b'<', b'x' | b'?' | b'!', ..] => true,
        [b'{' | b'[', next, ..] => next.is_ascii_whitespace() || b"\"'{".contains(next),
        _ => Compression::of(head).is_some(),
    }
}

/// A way to hide text.
trait Encoding {
    /// Returns the bytes that are encoded at the start of `ahead`, and their length there.
    fn decode(&self, ahead: Lookahead<'_>) -> (usize, Vec<u8>);
}

/// A way to write each byte or character as a number.
struct Form {
    open: &'static str,
    radix: u32,
    /// The least and the greatest number of digits.
    digits: (usize, usize),
    close: &'static str,
    /// True if the numbers are those of characters.
    are_chars: bool,
}

const fn bytes(open: &'static str, radix: u32, digits: (usize, usize)) -> Form {
    Form {
        open,
        radix,
        digits,
        close: "",
        are_chars: false,
    }
}

const fn chars(
    open: &'static str,
    radix: u32,
    digits: (usize, usize),
    close: &'static str,
) -> Form {
    Form {
        open,
        radix,
        digits,
        close,
        are_chars: true,
    }
}

static FORMS: [Form; 14] = [
    chars("\\u{", 16, (2, 6), "}"),
    chars("\\u", 16, (4, 4), ""),
    chars("U+", 16, (4, 6), ""),
    chars("&#x", 16, (2, 6), ";"),
    chars("&#", 10, (2, 7), ";"),
    bytes("\\x", 16, (2, 2)),
    bytes("0x", 16, (1, 2)),
    bytes("0X", 16, (1, 2)),
    bytes("%", 16, (2, 2)),
    bytes("\\", 8, (3, 3)),
    BINARY,
    HEX,
    DECIMAL,
    bytes("-", 16, (2, 2)),
];
const BINARY: Form = bytes("", 2, (8, 8));
const HEX: Form = bytes("", 16, (2, 2));
const DECIMAL: Form = bytes("", 10, (1, 3));
const OCTAL: Form = bytes("", 8, (3, 3));

impl Encoding for Form {
    fn decode(&self, ahead: Lookahead<'_>) -> (usize, Vec<u8>) {
        const HEAD: usize = 2;
        let (mut at, mut end, mut text) = (0, 0, Vec::new());
        while let Some(len) = self.read(ahead.from(at), &mut text) {
            end = at + len;
            let gap = gap(ahead.from(end));
            let is_joined = gap == 0 && self.digits.0 < self.digits.1 && self.open.is_empty();
            if is_joined || text.len() == HEAD && !may_begin(&text) {
                break;
            }
            at = end + gap;
        }
        (end, text)
    }
}

impl Form {
    /// Reads the number at the start of `ahead`, and adds its bytes to `text`. Returns its length.
    fn read(&self, ahead: Lookahead<'_>, text: &mut Vec<u8>) -> Option<usize> {
        let is_negative = self.radix == 10 && !self.are_chars && ahead.get(0) == Some(b'-');
        let sign = usize::from(is_negative);
        if !ahead.from(sign).starts_with(self.open.as_bytes()) {
            return None;
        }
        let start = sign + self.open.len();
        let (least, most) = self.digits;
        let digits = ahead.from(start).window(most);
        let len = digits.run(|b| char::from(b).is_digit(self.radix));
        let end = start + len;
        if len < least || !ahead.from(end).starts_with(self.close.as_bytes()) {
            return None;
        }
        let digits = std::str::from_utf8(&digits.bytes()[..len]).ok()?;
        let number = i32::from_str_radix(digits, self.radix).ok()?;
        self.add(if is_negative { -number } else { number }, text)?;
        Some(end + self.close.len())
    }

    fn add(&self, number: i32, text: &mut Vec<u8>) -> Option<()> {
        if self.are_chars {
            // Names have no surrogates.
            let char = char::from_u32(number as u32).unwrap_or(char::REPLACEMENT_CHARACTER);
            text.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
            return Some(());
        }
        let byte = i8::try_from(number).map(|byte| byte as u8);
        text.push(byte.or_else(|_| u8::try_from(number)).ok()?);
        Some(())
    }
}

/// Returns the number of bytes between two numbers.
fn gap(ahead: Lookahead<'_>) -> usize {
    const WIDEST: usize = 32;
    ahead.window(WIDEST).run(|b| b" \t\r\n,;'\"+|".contains(&b))
}

/// Rows with an offset before their bytes, and perhaps with their text behind.
struct Rows;

impl Encoding for Rows {
    fn decode(&self, ahead: Lookahead<'_>) -> (usize, Vec<u8>) {
        let forms = [BINARY, HEX, OCTAL, DECIMAL];
        let all = forms.iter().filter_map(|form| rows(ahead, form));
        let mut all = all.filter(|(_, text)| may_begin(text));
        all.next().unwrap_or_default()
    }
}

/// Reads rows of numbers in `form`. The second offset tells how many there are in a row.
fn rows(ahead: Lookahead<'_>, form: &Form) -> Option<(usize, Vec<u8>)> {
    if !begins_dump(ahead) {
        return None;
    }
    let second = ahead.line_len();
    let (offset, _) = dump::row_head(ahead.from(second))?;
    let mut all = [16, 8, 10].into_iter().filter_map(|radix| {
        let width = dump::in_radix(offset, radix)? as usize;
        let (mut at, mut text) = (0, Vec::new());
        while let Some(row) = row(ahead.from(at), form, (radix, width), &mut text) {
            at += row;
        }
        (text.len() > width).then_some((at, text))
    });
    all.next()
}

/// Returns true if a row with the offset 0 is at the start of `ahead`.
fn begins_dump(ahead: Lookahead<'_>) -> bool {
    dump::row_head(ahead).is_some_and(|(offset, _)| offset == 0)
}

/// Reads the row at the start of `ahead`, if its offset is the length of `text`. Returns the row's length. Another dump that
/// follows begins at 0 again: if it belonged to this one, all dumps behind would be read for each of them.
fn row(
    ahead: Lookahead<'_>,
    form: &Form,
    (radix, width): (u32, usize),
    text: &mut Vec<u8>,
) -> Option<usize> {
    const WIDEST: usize = 2;
    let (offset, mut at) = dump::row_head(ahead)?;
    if dump::in_radix(offset, radix)? as usize != text.len() {
        return None;
    }
    let end = text.len() + width;
    while text.len() < end {
        at += form.read(ahead.from(at), text).filter(|len| *len > 0)?;
        let gap = ahead.from(at).window(WIDEST + 1);
        let blanks = gap.position(|b| !is_blank(b)).unwrap_or(0);
        if ahead
            .get(at + blanks)
            .is_none_or(|next| !next.is_ascii_hexdigit())
        {
            break;
        }
        at += blanks;
    }
    (width > 0).then(|| ahead.line_len())
}

struct Base64;

/// Accepts text without padding, and text that is cut off.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

impl Encoding for Base64 {
    fn decode(&self, ahead: Lookahead<'_>) -> (usize, Vec<u8>) {
        const GROUP: usize = 4;
        let len = base64_len(ahead);
        let solid = ahead.bytes()[..len]
            .iter()
            .filter(|b| !b.is_ascii_whitespace());
        let mut digits: Vec<u8> = solid
            .map(|b| match b {
                b'-' => b'+',
                b'_' => b'/',
                &other => other,
            })
            .collect();
        if digits.len() % GROUP == 1 {
            digits.pop();
        }
        let padding = ahead.from(len).window(2).bytes();
        let len = len + padding.iter().take_while(|b| **b == b'=').count();
        let text = Some(digits).filter(|digits| digits.len() >= SHORTEST);
        let text = text.and_then(|digits| ENGINE.decode(digits).ok());
        (len, text.unwrap_or_default())
    }
}

/// Returns the length of the base64 at the start of `ahead`. It goes over lines if they are as long as in mail.
fn base64_len(ahead: Lookahead<'_>) -> usize {
    const LINE: RangeInclusive<usize> = 60..=76;
    let is_of = |b: u8| b.is_ascii_alphanumeric() || b"+/-_".contains(&b);
    let mut at = 0;
    loop {
        let line = ahead.from(at);
        let len = line.run(is_of);
        let breaks = line.from(len).window(2).bytes();
        let gap = breaks.iter().take_while(|b| b"\r\n".contains(b)).count();
        at += len;
        if !LINE.contains(&len) || gap == 0 {
            return at;
        }
        at += gap;
    }
}
