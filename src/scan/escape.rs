//! The table of escapings: how loggers, languages and containers escape a body, and how to undo it.
//!
//! An [`Escape`] reads escaped text in pieces: bytes that stand for themselves, an escape that stands for a character,
//! or wrapping that stands for nothing. [`Escape::unescape`] makes text of the pieces. The way back, from a position in
//! the text to the position in the capture, walks over the same pieces and counts ([`Escape::raw_starts`],
//! [`Escape::raw_end`]), so no table of positions is kept. Text that was escaped several times is unescaped as often.
//!
//! In this stage *raw* means bytes before unescaping, and *text* the result.
//!
//! Adding an escaping: add a variant of [`Escape`], a row of [`TABLE`], and the row's functions in `decode` and `clue`.
//! The search reads the table, and a test walks it. Code for one escaping only names it, as `Escape::Entity` in `seek`.
//! Queries are unescaped in `request`. Adding a container: recognise its lines in `container`. An escaping
//! that has no sign, or has a state, is recognised and read in a file of its own: `base64`, `chunked`, `decimal`, `dump`,
//! `hex`, `highlight`, `joined` and `typographic`.

use crate::request::EscapedLineBreaks;
use crate::scan::backslash;
use crate::scan::base64::Base64;
use crate::scan::chunked::Chunked;
use crate::scan::clue;
use crate::scan::container::Container;
use crate::scan::decimal::Numbers;
use crate::scan::decode::{self, Sequence};
use crate::scan::dump::Dump;
use crate::scan::hex::Hex;
use crate::scan::highlight::Highlight;
use crate::scan::joined::Joined;
use crate::scan::lookahead::{Arrived, Lookahead};
use crate::scan::typographic::Pasted;
use crate::simd::block::{self, Block, Marks};
use crate::simd::is_space;

/// A way of escaping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escape {
    /// Backslashes in string literals of JSON, C, Go, Java, JavaScript, Python and SQL, and nginx's `\x22`.
    Backslash,
    /// Backslashes in Python's texts in single quotes. There `\xa0` is a character, unless it is a byte of one.
    Literal,
    /// URLs and forms: `%22`, and `+` for a space.
    Percent,
    /// HTML and XML: `&lt;`, `&#34;`.
    Entity,
    /// Control characters of rsyslog: `#012`.
    Octal,
    /// [`Escape::Octal`] over JSON, inside or outside of a string. Strings can contain only one control character, so
    /// `#012` in them is text.
    OctalJson { in_string: bool },
    /// Quotes in CSV: `""`.
    Doubled,
    /// Typographic quotes, full-width punctuation and colours, with the state at the next byte.
    Pasted(Pasted),
    /// A container's log, with its state at the next byte.
    Container(Container),
    /// Base64, with its state at the next byte.
    Base64(Base64),
    /// A chunked HTTP body, with its state at the next byte.
    Chunked(Chunked),
    /// The numbers of bytes.
    Numbers(Numbers),
    /// Hexadecimal digits.
    Hex(Hex),
    /// A hex dump, with its state at the next byte.
    Dump(Dump),
    /// Source whose parts are marked.
    Highlighted(Highlight),
    /// String literals that are joined.
    Joined(Joined),
    /// Nothing is escaped: the text of a comment is read as it stands.
    Comment,
}

/// The properties of an escaping.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) escape: Escape,
    /// The bytes that begin its escapes. The first of them is the sign that shows it; see [`start`](super::start).
    leads: &'static [u8],
    /// Decodes the escape at the start of some bytes.
    decode: fn(Lookahead<'_>) -> Sequence,
    /// Returns true if some bytes end with a clue; see [`clue`].
    pub(super) is_clue: fn(&[u8]) -> bool,
    /// The escapes of a line end.
    line_breaks: &'static [&'static str],
    /// The escapes of `>`, with which a line of XML may end. Entities are without `&`, which may be escaped again.
    pub(super) tag_ends: &'static [&'static str],
    /// The escapes of an XML root. They are anchors, because lines between the root and the first name may look like
    /// prose.
    pub(super) roots: &'static [&'static str],
    /// The bytes that end text in it, as a line end, or what a URL cannot contain.
    ends: &'static [u8],
    /// The bytes that end text in it after a certain quote or bracket.
    ends_after: &'static [(u8, &'static [u8])],
}

impl Row {
    const fn new(
        escape: Escape,
        leads: &'static [u8],
        decode: fn(Lookahead<'_>) -> Sequence,
    ) -> Self {
        Row {
            escape,
            leads,
            decode,
            is_clue: |_| false,
            line_breaks: &[],
            tag_ends: &[],
            roots: &[],
            ends: b"\n",
            ends_after: &[],
        }
    }

    /// Returns the position of the first lead byte in `bytes`.
    fn lead(&self, bytes: &[u8]) -> Option<usize> {
        match *self.leads {
            [lead] => memchr::memchr(lead, bytes),
            [one, other] => memchr::memchr2(one, other, bytes),
            _ => bytes.iter().position(|byte| self.leads.contains(byte)),
        }
    }

    /// Reads the pieces of `raw` and gives the text of each to `take`. Stops at the first byte that `stops` marks or that
    /// is no escape, near the end of `raw`, and when `take` returns false. Returns the number of bytes of `raw`.
    #[inline(always)]
    fn pieces(
        &self,
        raw: &[u8],
        stops: impl Fn(Block) -> Marks,
        mut take: impl FnMut(&[u8]) -> bool,
    ) -> usize {
        let (mut at, mut goes_on) = (0, true);
        while let Some(bytes) = raw[at..].first_chunk::<{ decode::LONGEST }>()
            && goes_on
        {
            if self.leads.contains(&bytes[0]) {
                let Some((len, text)) = (self.decode)(Lookahead::whole(bytes)) else {
                    break;
                };
                goes_on = take(text.as_slice());
                at += len;
                continue;
            }
            let block = Block::new(*bytes);
            let leads = self.leads.iter().map(|&lead| block.equal(lead));
            let ends = leads.fold(stops(block), |ends, lead| ends | lead).bits();
            let len = (ends | 1 << block::LEN).trailing_zeros() as usize;
            if len == 0 {
                break;
            }
            goes_on = take(&bytes[..len]);
            at += len;
        }
        at
    }

    /// Unescapes `raw`, which nothing follows, and appends the text to `out`.
    fn unescape(&self, raw: &[u8], out: &mut Vec<u8>) {
        out.reserve(raw.len());
        let mut at = 0;
        while let Some(len) = self.lead(&raw[at..]) {
            out.extend_from_slice(&raw[at..at + len]);
            at += len;
            at += match (self.decode)(Lookahead::whole(&raw[at..])) {
                Some((len, text)) => {
                    out.extend_from_slice(text.as_slice());
                    len
                }
                None => {
                    out.push(raw[at]);
                    1
                }
            };
        }
        out.extend_from_slice(&raw[at..]);
    }

    /// Walks over the start of `raw` for fewer than `len` bytes of text. Returns the numbers of raw and of text bytes.
    fn walk(&self, raw: &[u8], len: usize) -> (usize, usize) {
        let mut text = 0;
        if len <= decode::LONGEST {
            return (0, 0);
        }
        let at = self.pieces(
            raw,
            |block| block.equal(self.leads[0]),
            |piece| {
                text += piece.len();
                text + decode::LONGEST < len
            },
        );
        (at, text)
    }
}

/// The escapings that have a sign. If several may be outermost, the first is undone first.
pub(super) const TABLE: [Row; 5] = [PERCENT, ENTITY, DOUBLED, BACKSLASH, OCTAL];

const PERCENT: Row = Row {
    is_clue: clue::percent,
    line_breaks: &["%0A", "%0a", "%0D", "%0d"],
    tag_ends: &["%3E"],
    ends: b"\n \"<>&\\",
    ..Row::new(Escape::Percent, b"%+", decode::percent)
};

const ENTITY: Row = Row {
    is_clue: clue::entity,
    line_breaks: &["&#10;", "&#13;", "&#xA;"],
    tag_ends: &["gt;", "#62;", "#x3e;", "#x3E;"],
    roots: &[
        "lt;xml",
        "lt;?xml",
        "#60;xml",
        "#60;?xml",
        "#x3c;xml",
        "#x3c;?xml",
    ],
    ends: b"",
    ends_after: &[(b'<', b"<")],
    ..Row::new(Escape::Entity, b"&", decode::entity)
};

const DOUBLED: Row = Row {
    is_clue: clue::doubled,
    ends: b"\"",
    ..Row::new(Escape::Doubled, b"\"", decode::doubled)
};

const BACKSLASH: Row = Row {
    is_clue: clue::backslash,
    line_breaks: &["\\n", "\\r", "\\x0A", "\\x0a", "\\x0D", "\\x0d"],
    tag_ends: &["\\u003e"],
    ends_after: &LITERAL_ENDS,
    ..Row::new(Escape::Backslash, b"\\", decode::backslash)
};

const OCTAL: Row = Row {
    line_breaks: &["#012", "#015"],
    ends_after: &LITERAL_ENDS,
    ..Row::new(Escape::Octal, b"#", decode::octal)
};

/// Has no sign of its own: the text before it distinguishes it from [`BACKSLASH`].
const LITERAL: Row = Row::new(Escape::Literal, b"\\", decode::literal);

/// The surrounding quote ends a literal, and so does a line break.
const LITERAL_ENDS: [(u8, &[u8]); 2] = [(b'\'', b"\n'"), (b'"', b"\n\"")];

/// The escapes of a line end, row by row.
pub(super) const LINE_BREAKS: EscapedLineBreaks = EscapedLineBreaks(&{
    let mut all: [&[&str]; TABLE.len()] = [&[]; TABLE.len()];
    let mut row = 0;
    while row < TABLE.len() {
        all[row] = TABLE[row].line_breaks;
        row += 1;
    }
    all
});

/// Returns the escapes of an XML root that are anchors.
pub(super) fn roots() -> impl Iterator<Item = &'static str> + Clone {
    TABLE.iter().flat_map(|row| row.roots).copied()
}

/// Returns true if a backslash and `letter` stand for white space.
pub(super) fn is_blank_letter(letter: u8) -> bool {
    is_space(backslash::SIMPLE[usize::from(letter)])
}

/// A piece of escaped text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Some bytes that stand for themselves.
    Same(usize),
    /// Some bytes that stand for other bytes.
    Other(usize, Bytes),
    /// The end of the escaped text.
    End,
}

/// The bytes that an escape stands for: at most one character.
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

    /// U+FFFD.
    pub(super) const REPLACEMENT: Bytes = Bytes {
        bytes: [0xEF, 0xBF, 0xBD, 0],
        len: 3,
    };

    pub(super) fn byte(byte: u8) -> Self {
        Bytes {
            bytes: [byte, 0, 0, 0],
            len: 1,
        }
    }

    /// Makes the bytes of `text`, of which there are at most four.
    pub(super) fn of(text: &[u8]) -> Self {
        let mut bytes = [0; 4];
        let len = text.len().min(bytes.len());
        bytes[..len].copy_from_slice(&text[..len]);
        Bytes {
            bytes,
            len: len as u8,
        }
    }

    pub(super) fn char(c: char) -> Self {
        let mut bytes = [0; 4];
        let len = c.encode_utf8(&mut bytes).len() as u8;
        Bytes { bytes, len }
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl Piece {
    /// Makes a piece of a decoded escape, or of the byte that is no escape.
    pub(super) fn of(escape: Sequence) -> Self {
        match escape {
            Some((len, bytes)) => Piece::Other(len, bytes),
            None => Piece::Same(1),
        }
    }

    /// Returns this piece, of which at most `len` raw bytes are read if they stand for themselves.
    pub(super) fn up_to(self, len: usize) -> Self {
        match self {
            Piece::Same(same) => Piece::Same(same.min(len)),
            other => other,
        }
    }

    pub(super) fn text_len(self) -> usize {
        match self {
            Piece::Same(len) => len,
            Piece::Other(_, bytes) => bytes.as_slice().len(),
            Piece::End => 0,
        }
    }

    /// Returns the number of raw bytes, or `None` at the end.
    pub(super) fn raw_len(self) -> Option<usize> {
        match self {
            Piece::Same(len) | Piece::Other(len, _) => Some(len),
            Piece::End => None,
        }
    }
}

impl Escape {
    /// Returns the text of `raw`, which nothing follows.
    pub(super) fn text_of(mut self, raw: &[u8]) -> Vec<u8> {
        let mut text = Vec::with_capacity(raw.len());
        self.unescape(Lookahead::whole(raw), &mut text);
        text
    }

    /// Returns the escaping that `sign` shows after the bracket of a document.
    pub(super) fn of_sign(sign: u8) -> Option<Self> {
        let row = TABLE.iter().find(|row| row.leads[0] == sign)?;
        Some(row.escape)
    }

    /// Returns the row of the escaping. What has no signs has none.
    fn row(self) -> Option<&'static Row> {
        match self {
            Escape::Percent => Some(&PERCENT),
            Escape::Entity => Some(&ENTITY),
            Escape::Doubled => Some(&DOUBLED),
            Escape::Backslash => Some(&BACKSLASH),
            Escape::Literal => Some(&LITERAL),
            Escape::Octal | Escape::OctalJson { .. } => Some(&OCTAL),
            Escape::Pasted(_)
            | Escape::Container(_)
            | Escape::Base64(_)
            | Escape::Chunked(_)
            | Escape::Numbers(_)
            | Escape::Hex(_)
            | Escape::Dump(_)
            | Escape::Highlighted(_)
            | Escape::Joined(_)
            | Escape::Comment => None,
        }
    }

    /// Returns true for an escaping with a row whose next escape depends on the text before.
    fn has_state(self) -> bool {
        matches!(self, Escape::OctalJson { .. })
    }

    /// Returns true if a byte stands in `raw` that may begin an escape.
    pub(super) fn may_be_in(self, raw: &[u8]) -> bool {
        self.row().is_none_or(|row| row.lead(raw).is_some())
    }

    /// Returns the bytes that end text with this escaping, if `before` stands before the text.
    pub(super) fn ends(self, before: Option<u8>) -> &'static [u8] {
        let Some(row) = self.row() else { return b"" };
        let behind = row
            .ends_after
            .iter()
            .find(|(byte, _)| Some(*byte) == before);
        behind.map_or(row.ends, |(_, ends)| ends)
    }

    /// Returns the escaping for `document`, which it may depend on.
    pub(super) fn over(self, document: &[u8]) -> Self {
        match self {
            Escape::Octal if document.starts_with(b"{") => Escape::OctalJson { in_string: false },
            _ => self,
        }
    }

    /// Returns the piece at the start of `raw`, which must not be empty.
    #[inline]
    pub(super) fn piece(&mut self, raw: Lookahead<'_>) -> Piece {
        let row = match self {
            Escape::OctalJson { in_string } => return decode::octal_json(in_string, raw),
            Escape::Pasted(pasted) => return pasted.piece(raw),
            Escape::Container(container) => return container.piece(raw),
            Escape::Base64(base64) => return base64.piece(raw),
            Escape::Chunked(chunked) => return chunked.piece(raw),
            Escape::Numbers(numbers) => return numbers.piece(raw),
            Escape::Hex(hex) => return hex.piece(raw),
            Escape::Dump(dump) => return dump.piece(raw),
            Escape::Highlighted(highlight) => return highlight.piece(raw),
            Escape::Joined(joined) => return joined.piece(raw),
            escape => escape.row(),
        };
        let bytes = raw.bytes();
        let len = match row {
            Some(row) if row.leads.contains(&bytes[0]) => return Piece::of((row.decode)(raw)),
            Some(row) => row.lead(bytes),
            None => None,
        };
        Piece::Same(len.unwrap_or(bytes.len()))
    }

    /// Returns the piece at the start of `raw`, which must not be empty, or `None` if more bytes are needed.
    #[inline]
    pub(super) fn whole_piece(&mut self, raw: Lookahead<'_>) -> Option<Piece> {
        let arrived = Arrived::new(raw.bytes(), raw.is_final());
        let mut behind = *self;
        let piece = behind.piece(arrived.from(0));
        arrived.settled()?;
        *self = behind;
        Some(piece)
    }

    /// Unescapes up to `len` bytes of `raw` with vector instructions, if this escaping has them, and appends the text
    /// to `out`. Stops at a byte that `stops` marks, or that needs [`Escape::piece`]. Returns the number of bytes of
    /// `raw`.
    #[inline]
    pub(super) fn unescape_fast(
        &mut self,
        raw: &[u8],
        len: usize,
        out: &mut Vec<u8>,
        stops: impl Fn(Block) -> Marks,
    ) -> usize {
        match self {
            Escape::Backslash => backslash::unescape(raw, len, out, stops, decode::backslash),
            Escape::Literal => backslash::unescape(raw, len, out, stops, decode::literal),
            Escape::Percent | Escape::Entity => {
                let raw = &raw[..len.min(raw.len())];
                self.row().map_or(0, |row| {
                    row.pieces(raw, stops, |text| {
                        out.extend_from_slice(text);
                        true
                    })
                })
            }
            Escape::Base64(base64) => base64.decode(&raw[..len.min(raw.len())], out),
            Escape::Chunked(chunked) => chunked.copy(&raw[..len.min(raw.len())], out),
            _ => 0,
        }
    }

    /// Unescapes as much of `raw` as possible with vector instructions, which stop at each `lead` anyway. Returns the
    /// number of bytes of `raw`.
    fn unescape_most(&mut self, raw: &[u8], lead: u8, out: &mut Vec<u8>) -> usize {
        let mut at = 0;
        loop {
            match self.unescape_fast(&raw[at..], raw.len(), out, |block| block.equal(lead)) {
                0 => return at,
                len => at += len,
            }
        }
    }

    /// Returns the first byte of the text of the escape at the start of `raw`, if there is one.
    pub(super) fn escape(&mut self, raw: Lookahead<'_>) -> Option<u8> {
        match self.piece(raw) {
            Piece::Other(_, bytes) => bytes.as_slice().first().copied(),
            _ => None,
        }
    }

    /// Returns the first byte of the text of `raw`, unless wrapping stands before it.
    pub(super) fn text_byte(mut self, raw: Lookahead<'_>) -> Option<u8> {
        match self.piece(raw) {
            Piece::Same(_) => raw.bytes().first().copied(),
            Piece::Other(_, bytes) => bytes.as_slice().first().copied(),
            Piece::End => None,
        }
    }

    /// Returns true if the next byte begins a line of a container's log.
    pub(super) fn is_at_line(self) -> bool {
        matches!(self, Escape::Container(container) if container.is_at_line())
    }

    /// Returns true if something follows the text of each line of a container's log.
    pub(super) fn has_tail(self) -> bool {
        matches!(self, Escape::Container(container) if container.has_tail())
    }

    /// Unescapes `raw` and appends the text to `out`, except an incomplete piece at the end. Returns the number of
    /// bytes of `raw`.
    pub(super) fn unescape(&mut self, raw: Lookahead<'_>, out: &mut Vec<u8>) -> usize {
        let mut at = 0;
        if let Some(row) = self.row().filter(|_| !self.has_state()) {
            at = self.unescape_most(raw.bytes(), row.leads[0], out);
            if raw.is_final() {
                row.unescape(&raw.bytes()[at..], out);
                return raw.len();
            }
        }
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

    /// Replaces each of `offsets`, which must be sorted, by the position in `raw` where that byte of the text begins,
    /// after any wrapping before it. Walks over `raw` once.
    pub(super) fn raw_starts(self, raw: &[u8], offsets: &mut [usize]) {
        let mut walk = Walk::new(self, raw);
        for offset in offsets {
            let len = *offset;
            *offset = walk.to(len, |text, piece| text + piece.text_len() <= len);
        }
    }

    /// Returns the position in `raw` where the byte at `len` of the text begins, after any wrapping before it.
    pub(super) fn raw_start(&mut self, raw: &[u8], len: usize) -> usize {
        self.walk(raw, len, |text, piece| text + piece.text_len() <= len)
    }

    /// Returns the position in `raw` where the first `len` bytes of the text end.
    pub(super) fn raw_end(&mut self, raw: &[u8], len: usize) -> usize {
        self.walk(raw, len, |text, piece| {
            text < len && text + piece.text_len() <= len
        })
    }

    /// Walks to `len` bytes of the text and returns the position in `raw`. Afterwards `self` reads on from there.
    fn walk(&mut self, raw: &[u8], len: usize, goes_on: impl Fn(usize, Piece) -> bool) -> usize {
        let mut walk = Walk::new(*self, raw);
        let at = walk.to(len, goes_on);
        *self = walk.escape;
        at
    }

    /// Walks over the start of `raw` with vector instructions, for fewer than `len` bytes of text. Returns the number
    /// of raw bytes and of text bytes.
    fn walk_fast(&mut self, raw: &[u8], len: usize) -> (usize, usize) {
        match self {
            Escape::Backslash => backslash::walk(raw, len, decode::backslash),
            Escape::Literal => backslash::walk(raw, len, decode::literal),
            Escape::Percent | Escape::Entity => self.row().map_or((0, 0), |row| row.walk(raw, len)),
            Escape::Base64(base64) => base64.walk(raw, len),
            Escape::Chunked(chunked) => chunked.walk(raw, len),
            _ => (0, 0),
        }
    }
}

/// A walk over escaped text that counts bytes of text.
struct Walk<'r> {
    /// The escaping before the piece at `at`.
    escape: Escape,
    raw: &'r [u8],
    at: usize,
    text: usize,
    /// The piece at `at` and the escaping after it. A piece may be long, so it is read only once.
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

    /// Walks while `goes_on` is true, and into the piece with the end of the first `len` bytes of the text.
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

    /// Returns the next piece on the way to `len`, or `None` at the end.
    fn next(&mut self, len: usize) -> Option<(Piece, Escape)> {
        if self.piece.is_none() {
            let left = len.saturating_sub(self.text);
            let (raw_len, text_len) = self.escape.walk_fast(&self.raw[self.at..], left);
            (self.at, self.text) = (self.at + raw_len, self.text + text_len);
            let rest = self.raw.get(self.at..).filter(|rest| !rest.is_empty())?;
            let mut behind = self.escape;
            self.piece = Some((behind.piece(Lookahead::whole(rest)), behind));
        }
        self.piece
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unescaped(escape: Escape, raw: &str) -> Vec<u8> {
        escape.text_of(raw.as_bytes())
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
                "\u{FFFD} \u{FFFD} \\q \\u12 \\x1",
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
    fn rows_say_what_their_escapes_are() {
        for Row {
            escape,
            leads,
            line_breaks,
            tag_ends,
            roots,
            ..
        } in TABLE
        {
            assert_eq!(Escape::of_sign(leads[0]), Some(escape));
            assert_eq!(escape.row().map(|row| row.escape), Some(escape));
            for written in line_breaks {
                assert!(
                    ["\n", "\r"]
                        .map(str::as_bytes)
                        .contains(&&*unescaped(escape, written)),
                    "{written}"
                );
            }
            for (written, text) in tag_ends
                .iter()
                .map(|end| (end, ">"))
                .chain(roots.iter().map(|root| (root, "<")))
            {
                let amp = if escape == Escape::Entity { "&" } else { "" };
                let unescaped = unescaped(escape, &format!("{amp}{written}"));
                assert!(unescaped.starts_with(text.as_bytes()), "{written}");
                assert!(unescaped.len() < written.len(), "{written}");
            }
        }
    }

    #[test]
    fn every_escaping_shows_before_names() {
        for (escape, before) in [
            (Escape::Percent, "%22"),
            (Escape::Entity, "&quot;"),
            (Escape::Doubled, "{\"\""),
            (Escape::Backslash, "\\\""),
        ] {
            let shows: Vec<_> = TABLE
                .iter()
                .filter(|row| (row.is_clue)(before.as_bytes()))
                .collect();
            assert_eq!(shows.len(), 1, "{before}");
            assert_eq!(shows[0].escape, escape, "{before}");
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
            assert_eq!(Escape::Literal.text_of(raw), text, "{}", raw.escape_ascii());
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
