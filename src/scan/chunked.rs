//! Joins chunked HTTP bodies.
//!
//! A server that does not know the length of a body sends it in chunks: the size in hexadecimal digits on a line of its
//! own, so many bytes, and a line break. A chunk may end inside an id. The sizes are recognised by themselves: the next one
//! stands exactly where the one before says, which no other text does. The last size is 0.

use crate::scan::escape::{Bytes, Piece};
use crate::scan::lookahead::Lookahead;
use crate::simd::block::Block;
use crate::simd::line_start;

/// The state of reading a chunked body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chunked {
    /// The number of bytes of the chunk that are not read yet, or `None` before the first size.
    left: Option<u32>,
}

/// The size of the largest chunk. A size is trusted only once the whole chunk has arrived.
const LARGEST: u32 = 1 << 16;

/// The longest line with a size, without extensions: they are hardly used.
const LONGEST: usize = 10;

/// A size, and the length of its line.
struct Size {
    len: usize,
    value: u32,
}

/// Returns the state before the chunked body that begins with the line at the start of `line`.
pub(super) fn of_line(line: Lookahead<'_>) -> Option<Chunked> {
    let size = size(line)?;
    let is_plausible = (1..=LARGEST).contains(&size.value);
    let end = size.len + size.value as usize;
    is_plausible.then(|| next_size(line.past(end)?))??;
    Some(Chunked { left: None })
}

/// Returns true if `text` ends with the line of a size: the first chunk follows.
pub(super) fn ends_with_size(text: &[u8]) -> bool {
    let Some(line) = text.strip_suffix(b"\n") else {
        return false;
    };
    let line = &text[line_start(line)..];
    size(Lookahead::whole(line)).is_some_and(|size| size.len == line.len())
}

/// Reads the size on the line at the start of `line`.
fn size(line: Lookahead<'_>) -> Option<Size> {
    let head = line.window(LONGEST);
    let digits = head.position(|byte| !byte.is_ascii_hexdigit())?;
    // Most lines that begin with digits begin with a time.
    let end = line_break(line.from(digits))?;
    let text = std::str::from_utf8(&head.bytes()[..digits]).ok()?;
    let value = u32::from_str_radix(text, 16).ok()?;
    let len = digits + end;
    Some(Size { len, value })
}

/// Returns the length of the line break at the start of `bytes`.
fn line_break(bytes: Lookahead<'_>) -> Option<usize> {
    match bytes.get(0)? {
        b'\n' => Some(1),
        b'\r' => (bytes.get(1)? == b'\n').then_some(2),
        _ => None,
    }
}

/// Reads the size after the chunk that ends at the start of `behind`. Its length includes the line break before it.
fn next_size(behind: Lookahead<'_>) -> Option<Size> {
    let end = line_break(behind)?;
    let Size { len, value } = size(behind.from(end))?;
    let len = end + len;
    Some(Size { len, value })
}

/// Returns true if exactly one of `line` and the line `behind` it is a size: a body may continue there. In a list of
/// numbers both are.
// Asked of most lines before a payload; a call takes longer than the answer.
#[inline(always)]
pub(super) fn joins(line: &[u8], behind: &[u8]) -> bool {
    let is_short = (1..LONGEST).contains(&line.len());
    let is_size = is_short && line.iter().all(u8::is_ascii_hexdigit);
    is_size != (!is_long(behind) && size(Lookahead::whole(behind)).is_some())
}

/// Returns true if the line at the start of `line` is longer than a size, as most lines are.
fn is_long(line: &[u8]) -> bool {
    let head = line.first_chunk().map(|head| Block::new(*head));
    head.is_some_and(|head| (head.equal(b'\n') | head.equal(b'\r')).bits() == 0)
}

impl Chunked {
    /// Returns the piece at the start of `raw`: a byte of the body, or a size with the line breaks around it.
    pub(super) fn piece(&mut self, raw: Lookahead<'_>) -> Piece {
        let size = match self.left {
            None => size(raw),
            Some(0) => next_size(raw),
            Some(left) => {
                self.left = Some(left - 1);
                return Piece::Other(1, Bytes::byte(raw.bytes()[0]));
            }
        };
        match size {
            Some(Size { len, value: 1.. }) => {
                self.left = size.map(|size| size.value);
                Piece::Other(len, Bytes::NONE)
            }
            _ => Piece::End,
        }
    }

    /// Copies bytes of the chunk to `out`. Returns their number.
    pub(super) fn copy(&mut self, raw: &[u8], out: &mut Vec<u8>) -> usize {
        let len = self.pass(raw.len());
        out.extend_from_slice(&raw[..len]);
        len
    }

    /// Walks over fewer than `len` bytes of the chunk. Returns the number of raw bytes and of text bytes.
    pub(super) fn walk(&mut self, raw: &[u8], len: usize) -> (usize, usize) {
        let len = self.pass(raw.len().min(len.saturating_sub(1)));
        (len, len)
    }

    /// Passes over up to `len` bytes of the chunk. Returns their number.
    fn pass(&mut self, len: usize) -> usize {
        let Some(left) = &mut self.left else {
            return 0;
        };
        let len = len.min(*left as usize);
        *left -= len as u32;
        len
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::escape::Escape;
    use crate::scan::lookahead::Arrived;

    fn joined(raw: &str) -> Option<(String, usize)> {
        let whole = Lookahead::whole(raw.as_bytes());
        let mut escape = Escape::Chunked(of_line(whole)?);
        let mut text = Vec::new();
        let len = escape.unescape(whole, &mut text);
        Some((String::from_utf8(text).expect("UTF-8"), len))
    }

    #[test]
    fn chunks_are_joined_up_to_the_last() {
        let cases = [
            ("5\n<xml>\n2\n</\n0\n\n", "<xml></", 12),
            (
                "5\r\n<xml>\r\nA\r\n0123456789\r\n0\r\n\r\n",
                "<xml>0123456789",
                23,
            ),
            ("5\n<xml>\n9\n<a>", "<xml><a>", 13),
            ("5\n<xml>\n9\n<a>\n</a>\nb", "<xml><a>\n</a>\n", 19),
        ];
        for (raw, text, len) in cases {
            let joined = joined(raw);
            assert_eq!(joined, Some((text.to_owned(), len)), "{raw}");
        }
        for raw in [
            "5\n<xml>",
            "5\n<xml>\n",
            "6\n<xml>\n2\n",
            "0\n\n0\n",
            "5 <xml>\n2\n",
            "x\n",
        ] {
            assert_eq!(joined(raw), None, "{raw}");
        }
    }

    #[test]
    fn a_size_is_trusted_once_the_next_has_arrived() {
        let raw = b"5\r\n<xml>\r\n2\r\n";
        for end in 0..=raw.len() {
            let arrived = Arrived::new(&raw[..end], false);
            let is_begun = of_line(arrived.from(0)).is_some();
            assert_eq!(
                (is_begun, arrived.settled().is_some()),
                (end == raw.len(), end == raw.len())
            );
        }
    }

    #[test]
    fn lines_go_on_before_and_after_sizes() {
        assert!(joins(b"24e", b"<xml>\n") && joins(b"<a", b"24e\r\n>"));
        assert!(!joins(b"24e", b"24f\n") && !joins(b"a b", b"c d\n") && !joins(b"", b"a"));
    }
}
