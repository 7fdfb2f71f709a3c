//! Unescapes backslashes sixteen bytes at a time.
//!
//! Most captures with escaped payloads have them in JSON strings, with an escape such as `\"` or `\n` every few bytes.
//! The table of [`escape`](super::escape) defines all escapes. This module handles plain bytes and escapes of two
//! bytes, and asks the table for longer ones.

use crate::scan::decode::{self, Sequence};
use crate::scan::lookahead::Lookahead;
use crate::simd::block::{Block, LEN, Marks};

/// The bytes for which two-byte escapes stand, by their second byte. 0 means that there is none.
pub(super) const SIMPLE: [u8; 256] = {
    let mut table = [0; 256];
    let escapes = *b"n\nr\rt\tb\x08f\x0cv\x0ba\x07\"\"''\\\\//``$$";
    let (pairs, _) = escapes.as_chunks::<2>();
    let mut i = 0;
    while i < pairs.len() {
        table[pairs[i][0] as usize] = pairs[i][1];
        i += 1;
    }
    table
};

/// A block and one more byte, because an escape may begin with the last byte of the block.
const AHEAD: usize = LEN + 1;

/// The next plain bytes and the escape after them.
struct Next {
    /// The number of bytes that stand for themselves.
    same: usize,
    /// The byte for which the two-byte escape after them stands, or 0.
    escape: u8,
}

/// Reads `bytes` up to the first byte that `stops` marks, or to the end of the block.
#[inline(always)]
fn next(bytes: &[u8; AHEAD], stops: impl Fn(Block) -> Marks) -> Next {
    let block = Block::new(*bytes.first_chunk().unwrap_or(&[0; LEN]));
    let bits = (block.equal(b'\\') | stops(block)).bits();
    // A mark after the block stands for its end.
    let same = (bits | 1 << LEN).trailing_zeros() as usize;
    match bytes[same..] {
        [b'\\', second, ..] if same < LEN => Next {
            same,
            escape: SIMPLE[usize::from(second)],
        },
        _ => Next { same, escape: 0 },
    }
}

/// Returns the bytes from `at` on, if enough have arrived.
#[inline(always)]
fn ahead(raw: &[u8], at: usize) -> Option<&[u8; AHEAD]> {
    raw.get(at..)?.first_chunk()
}

/// Decodes an escape, as the table does.
type Decode = fn(Lookahead<'_>) -> Sequence;

/// Returns the escape of more than two bytes at the start of `raw`, if the longest one fits there.
#[inline(never)]
fn longer(raw: &[u8], decode: Decode) -> Sequence {
    let block = raw.first_chunk::<{ decode::LONGEST }>()?;
    (block[0] == b'\\').then(|| decode(Lookahead::whole(block)))?
}

/// The most bytes that are unescaped by one call, because memory for all of them is reserved first.
const LONGEST: usize = 1024;

/// Unescapes up to `len` bytes of `raw` and appends the text to `out`. Stops at the first byte that `stops` marks or
/// that is no escape, and near the end of `raw`. Returns the number of bytes of `raw`.
#[inline(always)]
pub(super) fn unescape(
    raw: &[u8],
    len: usize,
    out: &mut Vec<u8>,
    stops: impl Fn(Block) -> Marks,
    decode: Decode,
) -> usize {
    let len = len.min(LONGEST).min(raw.len());
    let (mut at, mut to) = (0, out.len());
    // Whole blocks are written, even if only their first bytes count.
    out.resize(to + len + AHEAD, 0);
    while let (Some(bytes), Some(room)) = (ahead(raw, at), out[to..].first_chunk_mut()) {
        let next = next(bytes, &stops);
        let room: &mut [u8; AHEAD] = room;
        room[..LEN].copy_from_slice(&bytes[..LEN]);
        if next.same + 2 > len - at {
            let same = next.same.min(len - at);
            (at, to) = (at + same, to + same);
            break;
        }
        room[next.same] = next.escape;
        (at, to) = (at + next.same, to + next.same);
        if next.escape != 0 {
            (at, to) = (at + 2, to + 1);
        } else if next.same < LEN {
            let Some((raw_len, escape)) = longer(&raw[at..len], decode) else {
                break;
            };
            let escape = escape.as_slice();
            out[to..to + escape.len()].copy_from_slice(escape);
            (at, to) = (at + raw_len, to + escape.len());
        }
    }
    out.truncate(to);
    at
}

/// Walks over the start of `raw` for fewer than `len` bytes of text. Returns the numbers of raw and of text bytes.
pub(super) fn walk(raw: &[u8], len: usize, decode: Decode) -> (usize, usize) {
    /// The most bytes of text of one step: a block and a character.
    const LONGEST_STEP: usize = LEN + 4;
    let (mut at, mut text) = (0, 0);
    while text + LONGEST_STEP < len {
        let Some(bytes) = ahead(raw, at) else {
            break;
        };
        let next = next(bytes, |block| block.equal(b'\\'));
        (at, text) = (at + next.same, text + next.same);
        if next.escape != 0 {
            (at, text) = (at + 2, text + 1);
        } else if next.same < LEN {
            let Some((raw_len, escape)) = longer(&raw[at..], decode) else {
                break;
            };
            (at, text) = (at + raw_len, text + escape.as_slice().len());
        }
    }
    (at, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::escape::{Escape, Piece};
    use crate::scan::lookahead::Lookahead;

    /// Texts with all kinds of escapes at all positions of a block, whole and cut off.
    fn texts() -> Vec<Vec<u8>> {
        let mut texts = Vec::new();
        for escape in [
            r#"\""#, r"\n", r"\\", r"\u003c", r"\x22", r"\101", r"\q", "\n", "'", "\0", r"\ud83d",
        ] {
            for before in 0..2 * LEN {
                let (head, tail) = ("a".repeat(before), "b".repeat(LEN + 3));
                let text = format!("{head}{escape}{escape}c{escape}{tail}{escape}订{tail}");
                texts.push(text.clone().into_bytes());
                texts.push(text.into_bytes()[..before + 1].to_vec());
            }
        }
        texts
    }

    /// Unescapes `raw` piece by piece.
    fn pieces(raw: &[u8]) -> Vec<u8> {
        let (mut at, mut text, mut escape) = (0, Vec::new(), Escape::Backslash);
        while at < raw.len() {
            match escape.piece(Lookahead::whole(&raw[at..])) {
                Piece::Same(len) => {
                    text.extend_from_slice(&raw[at..at + len]);
                    at += len;
                }
                Piece::Other(len, bytes) => {
                    text.extend_from_slice(bytes.as_slice());
                    at += len;
                }
                Piece::End => unreachable!("it has no end"),
            }
        }
        text
    }

    #[test]
    fn escapes_are_undone_as_piece_by_piece() {
        for raw in texts() {
            let stops = |block: Block| block.equal(b'\n') | block.equal(b'\'');
            let more = [&raw[..], &[b'n'; AHEAD]].concat();
            let (mut out, mut at) = (b"before".to_vec(), 0);
            let backslash = decode::backslash;
            while let len @ 1.. = unescape(&more[at..], raw.len() - at, &mut out, stops, backslash)
            {
                at += len;
            }
            let shown = String::from_utf8_lossy(&raw).into_owned();
            assert_eq!(out, [b"before", &*pieces(&raw[..at])].concat(), "{shown}");
            match raw[at..] {
                [] | [b'\n' | b'\'', ..] | [b'\\'] => {}
                [b'\\', second, ..] => {
                    let is_longer = raw.len() - at >= decode::LONGEST;
                    assert_eq!(SIMPLE[usize::from(second)], 0, "{shown}");
                    assert!(!is_longer || second == b'q', "{shown}");
                }
                _ => panic!("stopped early: {shown}"),
            }
        }
    }

    #[test]
    fn walks_go_as_far_as_texts() {
        for raw in texts() {
            let text = pieces(&raw);
            for len in 0..=text.len() {
                let (at, walked) = walk(&raw, len, decode::backslash);
                assert!(walked == 0 || walked < len);
                assert_eq!(pieces(&raw[..at]), text[..walked]);
            }
        }
    }
}
