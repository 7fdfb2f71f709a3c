//! Backslash escapes sixteen bytes at a time.
//!
//! In most captures that escape payloads at all, a JSON string holds them, and every few bytes stands `\"` or `\n`. The
//! table of [`layer`](super::layer) says what every escape stands for, piece by piece; what is here goes the same way
//! over bytes that stand for themselves and escapes of two bytes, and leaves all else to the table.

use crate::wire::block::{self, Block, LEN, Marks};

/// What two-byte escapes stand for, by their second byte; 0 where there is none.
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

/// What the two bytes at `at` stand for, if they are an escape.
#[inline(always)]
fn simple(raw: &[u8], at: usize) -> Option<u8> {
    match raw.get(at..at + 2) {
        Some(&[b'\\', second]) => Some(SIMPLE[usize::from(second)]).filter(|&byte| byte != 0),
        _ => None,
    }
}

/// The most bytes that are undone at once, since room is made for all of them before.
const LONGEST: usize = 1024;

/// Undoes escapes at the start of `raw` and adds the text to `out`, up to the first byte that `stops` marks or that only
/// the table knows; gives back how much of `raw` that was.
#[inline(always)]
pub(super) fn peel(raw: &[u8], out: &mut Vec<u8>, stops: impl Fn(Block) -> Marks) -> usize {
    let raw = &raw[..raw.len().min(LONGEST)];
    let mut to = out.len();
    // Whole blocks are written, also where only their first bytes count.
    out.resize(to + raw.len() + LEN, 0);
    let mut at = 0;
    while at < raw.len() {
        let bytes = block::head(&raw[at..]);
        let Some(room) = out[to..].first_chunk_mut() else {
            break;
        };
        *room = bytes;
        let block = Block::new(bytes);
        let bits = (block.equal(b'\\') | stops(block)).bits();
        let len = (raw.len() - at).min(LEN);
        let same = (bits.trailing_zeros() as usize).min(len);
        (at, to) = (at + same, to + same);
        if same == len {
            continue;
        }
        let Some(byte) = simple(raw, at) else {
            break;
        };
        out[to] = byte;
        (at, to) = (at + 2, to + 1);
    }
    out.truncate(to);
    at
}

/// Walks over the start of `raw`, which stands for less than `len` bytes of text; gives back how much of each that is.
pub(super) fn walk(raw: &[u8], len: usize) -> (usize, usize) {
    let (mut at, mut text) = (0, 0);
    while text + LEN < len {
        let Some(bytes) = raw.get(at..).and_then(|rest| rest.first_chunk()) else {
            break;
        };
        let bits = Block::new(*bytes).equal(b'\\').bits();
        let same = (bits.trailing_zeros() as usize).min(LEN);
        (at, text) = (at + same, text + same);
        if same == LEN {
            continue;
        }
        if simple(raw, at).is_none() {
            break;
        }
        (at, text) = (at + 2, text + 1);
    }
    (at, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::layer::{Layer, Piece};

    /// Texts with all kinds of escapes at all places of a block, whole and cut off.
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

    /// The text piece by piece.
    fn pieces(raw: &[u8]) -> Vec<u8> {
        let (mut at, mut text, mut layer) = (0, Vec::new(), Layer::Backslash);
        while at < raw.len() {
            match layer.piece(&raw[at..], true) {
                Piece::Same(len) => {
                    text.extend_from_slice(&raw[at..at + len]);
                    at += len;
                }
                Piece::Other(len, bytes) => {
                    text.extend_from_slice(bytes.as_slice());
                    at += len;
                }
                Piece::End | Piece::More => unreachable!("it is all there"),
            }
        }
        text
    }

    #[test]
    fn escapes_are_undone_as_piece_by_piece() {
        for raw in texts() {
            let mut out = b"before".to_vec();
            let len = peel(&raw, &mut out, |block| {
                block.equal(b'\n') | block.equal(b'\'')
            });
            let shown = String::from_utf8_lossy(&raw).into_owned();
            assert_eq!(out, [b"before", &*pieces(&raw[..len])].concat(), "{shown}");
            assert!(
                matches!(raw[len..], [] | [b'\n' | b'\'' | b'\\', ..]),
                "{shown}"
            );
            assert!(!raw[len..].starts_with(b"\\n"), "{shown}");
        }
    }

    #[test]
    fn walks_go_as_far_as_texts() {
        for raw in texts() {
            let text = pieces(&raw);
            for len in 0..=text.len() {
                let (at, walked) = walk(&raw, len);
                assert!(walked == 0 || walked < len);
                assert_eq!(pieces(&raw[..at]), text[..walked]);
            }
        }
    }
}
