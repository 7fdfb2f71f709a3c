//! The table of escapings: what loggers, languages and containers make of a body, and how to undo one layer of it.
//!
//! A [`Escape`] reads piece by piece: bytes that stand for themselves, an escape that stands for a character, or
//! wrapping that stands for nothing. Text is made of pieces by [`Escape::unescape`]; the way back, from a place in the text
//! to the place in the capture, is the same walk with a counter ([`Escape::raw_starts`], [`Escape::raw_end`]), so no table
//! of places is kept. Several layers are undone one after the other.
//!
//! Adding an escaping: one variant, one row in [`Escape::piece`] and in [`Escape::INLINE`], and how to recognise it in
//! `start`. Adding a container: the same, with its line in `container`.

use crate::scan::container::{self, Container};
use crate::scan::lookahead::{Arrived, Lookahead};
use crate::scan::stretch::{self, SIMPLE};
use crate::simd::block::{Block, Marks};

/// One way of writing a text into another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escape {
    /// String literals of JSON, C, Go, Java, JavaScript, Python and SQL; nginx's `\x22`.
    Backslash,
    /// Those of Python's texts in single quotes, where `\xa0` is a character if it is no part of one.
    Literal,
    /// URLs and forms: `%22`, and `+` for a blank.
    Percent,
    /// HTML and XML: `&lt;`, `&#34;`.
    Entity,
    /// rsyslog's control characters: `#012`.
    Octal,
    /// The same over JSON, in a string of which or not: there can be no control characters in strings, but for one, so
    /// that `#012` in them is what somebody wrote.
    OctalJson { in_string: bool },
    /// CSV's quotes: `""`.
    Doubled,
    /// A log of containers, and what its next byte belongs to.
    Container(Container),
}

/// The next bytes of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// So many bytes that stand for themselves.
    Same(usize),
    /// So many bytes that stand for others.
    Other(usize, Bytes),
    /// The layer ends here.
    End,
}

/// What an escape stands for: at most a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bytes {
    bytes: [u8; 4],
    len: u8,
}

impl Bytes {
    pub(super) const NONE: Bytes = Bytes {
        bytes: [0; 4],
        len: 0,
    };

    fn byte(byte: u8) -> Self {
        Bytes {
            bytes: [byte, 0, 0, 0],
            len: 1,
        }
    }

    fn char(c: char) -> Self {
        let mut bytes = [0; 4];
        let len = c.encode_utf8(&mut bytes).len() as u8;
        Bytes { bytes, len }
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl Piece {
    fn text_len(self) -> usize {
        match self {
            Piece::Same(len) => len,
            Piece::Other(_, bytes) => bytes.as_slice().len(),
            Piece::End => 0,
        }
    }

    /// How many bytes it takes; `None` if there is no piece.
    pub(super) fn raw_len(self) -> Option<usize> {
        match self {
            Piece::Same(len) | Piece::Other(len, _) => Some(len),
            Piece::End => None,
        }
    }
}

impl Escape {
    /// The layers that stand within lines, in the order in which they are undone where several may be the outermost.
    pub(super) const INLINE: [Escape; 5] = [
        Escape::Percent,
        Escape::Entity,
        Escape::Doubled,
        Escape::Backslash,
        Escape::Octal,
    ];

    /// The same layer as it is over `document`.
    pub(super) fn over(self, document: &[u8]) -> Self {
        match self {
            Escape::Octal if document.starts_with(b"{") => Escape::OctalJson { in_string: false },
            _ => self,
        }
    }

    /// The piece at the start of `raw`, which is not empty.
    #[inline]
    pub(super) fn piece(&mut self, raw: Lookahead<'_>) -> Piece {
        let bytes = raw.bytes();
        let (lead, escape): (_, fn(Lookahead<'_>) -> Sequence) = match self {
            Escape::Backslash => (memchr::memchr(b'\\', bytes), backslash),
            Escape::Literal => (memchr::memchr(b'\\', bytes), literal),
            Escape::Percent => (memchr::memchr2(b'%', b'+', bytes), percent),
            Escape::Entity => (memchr::memchr(b'&', bytes), entity),
            Escape::Octal => (memchr::memchr(b'#', bytes), octal),
            Escape::OctalJson { in_string } => return octal_json(in_string, raw),
            Escape::Doubled => (memchr::memchr(b'"', bytes), doubled),
            Escape::Container(container) => return container.piece(raw),
        };
        match lead {
            Some(0) => piece_of(escape, raw),
            Some(len) => Piece::Same(len),
            None => Piece::Same(raw.len()),
        }
    }

    /// The piece at the start of `raw`, which is not empty; `None` if it has not arrived whole.
    #[inline]
    pub(super) fn whole_piece(&mut self, raw: Lookahead<'_>) -> Option<Piece> {
        let arrived = Arrived::new(raw.bytes(), raw.is_final());
        let mut behind = *self;
        let piece = behind.piece(arrived.from(0));
        arrived.settled()?;
        *self = behind;
        Some(piece)
    }

    /// Undoes the first `len` bytes of `raw`, as far as that is fast, and adds the text to `out`; stops at the latest where
    /// `stops` marks a byte. Gives back how much of `raw` that was; what comes next is a matter for [`Escape::piece`].
    #[inline]
    pub(super) fn stretch(
        self,
        raw: &[u8],
        len: usize,
        out: &mut Vec<u8>,
        stops: impl Fn(Block) -> Marks,
    ) -> usize {
        match self {
            Escape::Backslash | Escape::Literal => stretch::unescape(raw, len, out, stops),
            _ => 0,
        }
    }

    /// The byte for which the escape at the start of `raw` stands, if it is one.
    pub(super) fn escape(&mut self, raw: Lookahead<'_>) -> Option<u8> {
        match self.piece(raw) {
            Piece::Other(_, bytes) => bytes.as_slice().first().copied(),
            _ => None,
        }
    }

    /// Whether the next byte begins a line of a container's log.
    pub(super) fn is_at_line(self) -> bool {
        matches!(self, Escape::Container(container) if container.is_at_line())
    }

    /// Undoes the layer over `raw` and adds the text to `out`, but for what has not arrived whole; gives back how much of
    /// `raw` that was.
    pub(super) fn unescape(&mut self, raw: Lookahead<'_>, out: &mut Vec<u8>) -> usize {
        let mut at = 0;
        while at < raw.len() {
            let Some(piece) = self.whole_piece(raw.from(at)) else {
                break;
            };
            match piece {
                Piece::Same(len) => out.extend_from_slice(&raw.bytes()[at..at + len]),
                Piece::Other(_, bytes) => out.extend_from_slice(bytes.as_slice()),
                Piece::End => break,
            }
            at += piece.raw_len().unwrap_or(0);
        }
        at
    }

    /// Replaces each of `offsets`, which are in order, by where the byte there of the text begins in `raw`; wrapping before
    /// it is passed over. Walks over `raw` once.
    pub(super) fn raw_starts(self, raw: &[u8], offsets: &mut [usize]) {
        let mut walk = Walk::new(self, raw);
        for offset in offsets {
            let len = *offset;
            *offset = walk.to(len, |text, piece| text + piece.text_len() <= len);
        }
    }

    /// Where the byte at `len` of the text begins in `raw`; wrapping before it is passed over.
    pub(super) fn raw_start(&mut self, raw: &[u8], len: usize) -> usize {
        self.walk(raw, len, |text, piece| text + piece.text_len() <= len)
    }

    /// Where the first `len` bytes of the text end in `raw`.
    pub(super) fn raw_end(&mut self, raw: &[u8], len: usize) -> usize {
        self.walk(raw, len, |text, piece| {
            text < len && text + piece.text_len() <= len
        })
    }

    /// Walks from the start of `raw` to `len` bytes of the text, and reads on from there.
    fn walk(&mut self, raw: &[u8], len: usize, goes_on: impl Fn(usize, Piece) -> bool) -> usize {
        let mut walk = Walk::new(*self, raw);
        let at = walk.to(len, goes_on);
        *self = walk.escape;
        at
    }

    /// Walks over the start of `raw`, if that is fast, which stands for less than `len` bytes of text; gives back how much
    /// of each that is.
    fn stride(self, raw: &[u8], len: usize) -> (usize, usize) {
        match self {
            Escape::Backslash | Escape::Literal => stretch::walk(raw, len),
            _ => (0, 0),
        }
    }
}

/// A walk over escaped text that counts what it reads as, from one place to the next.
struct Walk<'r> {
    /// As it is before the piece at `at`.
    escape: Escape,
    raw: &'r [u8],
    at: usize,
    text: usize,
    /// The piece at `at`, once it was read, and the layer behind it. It may be long, so it is read once.
    piece: Option<(Piece, Escape)>,
}

impl<'r> Walk<'r> {
    fn new(escape: Escape, raw: &'r [u8]) -> Self {
        Walk {
            escape,
            raw,
            at: 0,
            text: 0,
            piece: None,
        }
    }

    /// Walks over pieces while `goes_on`, and into the one that holds the end of the first `len` bytes of the text.
    fn to(&mut self, len: usize, goes_on: impl Fn(usize, Piece) -> bool) -> usize {
        while let Some((piece, behind)) = self.next(len) {
            match piece.raw_len() {
                Some(raw_len) if goes_on(self.text, piece) => {
                    self.at += raw_len;
                    self.text += piece.text_len();
                    (self.escape, self.piece) = (behind, None);
                }
                _ => {
                    let is_same = matches!(piece, Piece::Same(_));
                    return self.at
                        + if is_same {
                            len.saturating_sub(self.text)
                        } else {
                            0
                        };
                }
            }
        }
        self.at
    }

    /// The next piece on the way to `len`, or `None` at the end.
    fn next(&mut self, len: usize) -> Option<(Piece, Escape)> {
        if self.piece.is_none() {
            let left = len.saturating_sub(self.text);
            let (raw_len, text_len) = self.escape.stride(&self.raw[self.at..], left);
            (self.at, self.text) = (self.at + raw_len, self.text + text_len);
            let rest = self.raw.get(self.at..).filter(|rest| !rest.is_empty())?;
            let mut behind = self.escape;
            self.piece = Some((behind.piece(Lookahead::whole(rest)), behind));
        }
        self.piece
    }
}

/// How long an escape is, and what it stands for; `None` if the byte it would begin with stands for itself.
type Sequence = Option<(usize, Bytes)>;

fn piece_of(escape: fn(Lookahead<'_>) -> Sequence, raw: Lookahead<'_>) -> Piece {
    match escape(raw) {
        Some((len, bytes)) => Piece::Other(len, bytes),
        None => Piece::Same(1),
    }
}

fn byte(len: usize, byte: u8) -> Sequence {
    Some((len, Bytes::byte(byte)))
}

fn character(len: usize, value: u32) -> Sequence {
    Some((len, Bytes::char(char::from_u32(value)?)))
}

/// A backslash escape of any language; one that none knows stays as it is, as in Python.
fn backslash(raw: Lookahead<'_>) -> Sequence {
    match raw.get(1)? {
        simple if SIMPLE[usize::from(simple)] != 0 => byte(2, SIMPLE[usize::from(simple)]),
        b'x' => byte(4, hex(raw, 2, 2)? as u8),
        b'u' => unicode(raw),
        b'U' => character(10, hex(raw, 2, 8)?),
        b'0'..=b'7' => octal_digits(raw),
        _ => None,
    }
}

/// A backslash escape of a text. Python escapes what cannot be seen, with digits in lower case; of a character that has
/// more bytes each is escaped.
fn literal(raw: Lookahead<'_>) -> Sequence {
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

/// The character of which each byte is escaped, if `lead` begins one.
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

/// The byte that `\xe8` at the start of `raw` stands for.
fn byte_escape(raw: Lookahead<'_>) -> Option<u8> {
    let is_byte = raw.get(0)? == b'\\' && raw.get(1)? == b'x';
    is_byte.then(|| hex(raw, 2, 2))?.map(|value| value as u8)
}

/// `\u4e2d`, or two of them for a character beyond the first 65,536. Half of such a pair stays as it is: a JSON
/// string can hold it, no text can.
fn unicode(raw: Lookahead<'_>) -> Sequence {
    const HALF: usize = 6;
    let high = match hex(raw, 2, 4)? {
        high @ 0xD800..0xDC00 => high - 0xD800,
        value => return character(HALF, value),
    };
    let is_pair = raw.get(HALF)? == b'\\' && raw.get(HALF + 1)? == b'u';
    match is_pair.then(|| hex(raw, HALF + 2, 4))?? {
        low @ 0xDC00..0xE000 => character(2 * HALF, 0x10000 + (high << 10) + (low - 0xDC00)),
        _ => None,
    }
}

/// The number that `count` hexadecimal digits from `at` on are.
fn hex(raw: Lookahead<'_>, at: usize, count: usize) -> Option<u32> {
    (at..at + count).try_fold(0, |value, at| {
        Some(value << 4 | char::from(raw.get(at)?).to_digit(16)?)
    })
}

/// `\0` to `\377`.
fn octal_digits(raw: Lookahead<'_>) -> Sequence {
    let first = raw.get(1)?;
    let most = if first <= b'3' { 3 } else { 2 };
    let digits = raw.from(1).window(most);
    let len = digits.position(|b| !matches!(b, b'0'..=b'7'));
    let digits = &digits.bytes()[..len.unwrap_or(digits.len())];
    let value = digits.iter().fold(0, |n, b| n << 3 | (b - b'0'));
    byte(1 + digits.len(), value)
}

fn percent(raw: Lookahead<'_>) -> Sequence {
    match raw.get(0)? {
        b'+' => byte(1, b' '),
        _ => byte(3, hex(raw, 1, 2)? as u8),
    }
}

fn entity(raw: Lookahead<'_>) -> Sequence {
    const LONGEST: usize = 10;
    let window = raw.window(LONGEST).from(1);
    let end = window.position(|b| !b.is_ascii_alphanumeric() && b != b'#')?;
    let (name, rest) = window.bytes().split_at(end);
    let is_entity = rest.starts_with(b";");
    Some((end + 2, Bytes::char(is_entity.then(|| entity_char(name))??)))
}

fn entity_char(name: &[u8]) -> Option<char> {
    match name {
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"amp" => Some('&'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        _ => {
            let number = std::str::from_utf8(name.strip_prefix(b"#")?).ok()?;
            let value = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(value.ok()?)
        }
    }
}

/// `#012` or `#177`, of control characters only: other numbers behind `#` are numbers.
fn octal(raw: Lookahead<'_>) -> Sequence {
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

/// `#177`.
fn delete(raw: Lookahead<'_>) -> Sequence {
    raw.begins(b"#177").then_some((4, Bytes::byte(0x7F)))
}

/// The piece at the start of `raw`, which is JSON that rsyslog logged. The only control character that a string of JSON
/// can hold is `#177`.
fn octal_json(in_string: &mut bool, raw: Lookahead<'_>) -> Piece {
    let bytes = raw.bytes();
    match (memchr::memchr3(b'"', b'#', b'\\', bytes), bytes[0]) {
        (None, _) => Piece::Same(raw.len()),
        (Some(len @ 1..), _) => Piece::Same(len),
        (_, b'"') => {
            *in_string = !*in_string;
            Piece::Same(1)
        }
        (_, b'#') if *in_string => piece_of(delete, raw),
        (_, b'#') => piece_of(octal, raw),
        _ if !*in_string => Piece::Same(1),
        _ => Piece::Same(1 + usize::from(raw.get(1).is_some())),
    }
}

fn doubled(raw: Lookahead<'_>) -> Sequence {
    (raw.get(1)? == b'"').then_some((2, Bytes::byte(b'"')))
}

/// The escaping of a container's log whose line begins with `line`.
pub(super) fn container(line: Lookahead<'_>) -> Option<Escape> {
    container::of_line(line).map(Escape::Container)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unescaped(mut escape: Escape, raw: &str) -> Vec<u8> {
        let mut out = Vec::new();
        escape.unescape(Lookahead::whole(raw.as_bytes()), &mut out);
        out
    }

    #[test]
    fn escapes_stand_for_what_their_languages_say() {
        let cases: [(Escape, &str, &str); 14] = [
            (
                Escape::Backslash,
                r#"{\"a\":\"b\/c\"}\n"#,
                "{\"a\":\"b/c\"}\n",
            ),
            (Escape::Backslash, r"\x22\x0A\x5C\xe8\xae\xa2", "\"\n\\订"),
            (
                Escape::Backslash,
                r"\u003cxml\u003e\u8ba2\ud83d\ude00",
                "<xml>订😀",
            ),
            (
                Escape::Backslash,
                r"\ud83d \ude00 \q \u12 \x1",
                r"\ud83d \ude00 \q \u12 \x1",
            ),
            (Escape::Backslash, r"\101\0\12x\U0001F600", "A\0\nx😀"),
            (
                Escape::Percent,
                "%7B%22a%22%3A+1%7D%e8%ae%a2%zz%",
                "{\"a\": 1}订%zz%",
            ),
            (
                Escape::Entity,
                "&lt;a&gt;&quot;&#34;&#x22;&apos;&amp;lt;",
                "<a>\"\"\"'&lt;",
            ),
            (
                Escape::Entity,
                "a & b &nosuch; &#; &#x110000;",
                "a & b &nosuch; &#; &#x110000;",
            ),
            (
                Escape::Octal,
                "<xml>#012#011<a> #12 #200 #",
                "<xml>\n\t<a> #12 #200 #",
            ),
            (
                Escape::OctalJson { in_string: false },
                r##"{#012"a#012":"\"#012"#012}"##,
                "{\n\"a#012\":\"\\\"#012\"\n}",
            ),
            (Escape::Doubled, "{\"\"a\"\":\"\"\"\"}", "{\"a\":\"\"}"),
            (Escape::Doubled, "a\"b", "a\"b"),
            (Escape::Backslash, "plain 订阅", "plain 订阅"),
            (
                Escape::Literal,
                r"a\xa0b\x9b\xe8\xae\xa2\u8ba2\x22",
                "a\u{a0}b\u{9b}订订\"",
            ),
        ];
        for (escape, raw, text) in cases {
            assert_eq!(
                String::from_utf8_lossy(&unescaped(escape, raw)),
                text,
                "{escape:?} {raw}"
            );
        }
    }

    #[test]
    fn bytes_of_a_text_are_characters_only_where_they_can_be_nothing_else() {
        let cases = [
            (&br"\xa0"[..], &b"\xc2\xa0"[..]),
            (br"\xA0", b"\xa0"),
            (br"\xb6\xa9", b"\xb6\xa9"),
            (br"\xe8\xae.", b"\xe8\xae."),
            (br"\xe8\x9b.", b"\xe8\xc2\x9b."),
        ];
        for (raw, text) in cases {
            let mut out = Vec::new();
            { Escape::Literal }.unescape(Lookahead::whole(raw), &mut out);
            assert_eq!(out, text, "{}", raw.escape_ascii());
        }
    }

    #[test]
    fn pieces_that_arrive_in_parts_come_to_the_same() {
        let cases = [
            (
                Escape::Backslash,
                r"a\n\u003c\ud83d\ude00\x22\101\U0001F600\\",
            ),
            (Escape::Literal, r"\xa0\xe8\xae\xa2\xe8\xae\x9b\xe8"),
            (Escape::Percent, "%7B+%zz%e8%ae%a2"),
            (Escape::Entity, "&lt;&#x3c;&amp;quot; &"),
            (Escape::Octal, "#012#0#01"),
            (Escape::Doubled, "\"\"a\"\"\""),
        ];
        for (escape, raw) in cases {
            let (mut parts, mut at) = (Vec::new(), 0);
            let mut reader = escape;
            for end in 0..=raw.len() {
                let arrived = Arrived::new(&raw.as_bytes()[at..end], end == raw.len());
                at += reader.unescape(arrived.from(0), &mut parts);
            }
            assert_eq!(parts, unescaped(escape, raw), "{escape:?} {raw}");
        }
    }

    #[test]
    fn places_map_back() {
        let raw = r"ab\ncd\u003cef";
        let text = "ab\ncd<ef";
        let ends = [0, 1, 2, 4, 5, 6, 12, 13, 14];
        for (len, &end) in ends.iter().enumerate() {
            let mut escape = Escape::Backslash;
            assert_eq!(escape.raw_end(raw.as_bytes(), len), end, "{len}");
            let mut offset = [len];
            Escape::Backslash.raw_starts(raw.as_bytes(), &mut offset);
            assert_eq!(offset, [end]);
        }
        assert_eq!(unescaped(Escape::Backslash, raw), text.as_bytes());
    }
}
