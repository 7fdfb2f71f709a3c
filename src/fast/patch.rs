//! A text in which some bytes are copied from each payload.
//!
//! The copied parts are short, and a call of `memcpy` would take longer than the copying. They are therefore copied in
//! blocks of one size, together with the text around a shorter part. Bytes that were just written are not read again,
//! because the processor would have to wait for them.

use std::ops::Range;

use crate::simd::block::{self, Block, LEN};

/// A text, and the parts of it that are copied from a payload.
#[derive(Clone, Debug)]
pub(crate) struct Patched {
    text: Vec<u8>,
    /// In the order of the text. A patch may write bytes of the sample where the next patch writes.
    patches: Vec<Patch>,
}

/// A part of a payload, and the position to which it is copied.
#[derive(Clone, Debug)]
pub(crate) struct Copied {
    pub(crate) to: usize,
    pub(crate) from: Range<usize>,
}

/// A block of the text, with some bytes of a block of the payload.
#[derive(Clone, Copy, Debug)]
struct Patch {
    to: u32,
    from: u32,
    /// All bits of the bytes that are copied.
    copied: Block,
    /// The bytes that are not copied.
    around: Block,
}

impl Patched {
    /// Makes patches of `copied` for payloads of `len` bytes. Returns `None` if a part cannot be copied in whole
    /// blocks.
    pub(crate) fn new(text: Vec<u8>, mut copied: Vec<Copied>, len: usize) -> Option<Self> {
        copied.sort_by_key(|copied| copied.to);
        let mut patches = Vec::new();
        let mut end = 0;
        for copied in &copied {
            for part in copied.blocks() {
                let patch = Patch::new(&part, &text, len)?;
                patches.push(Some(patch).filter(|patch| patch.to as usize >= end)?);
            }
            end = copied.to + copied.from.len();
        }
        Some(Patched { text, patches })
    }

    /// Writes the text for `payload`.
    pub(crate) fn write(&self, payload: &[u8], out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&self.text);
        let text = &mut out[start..];
        for patch in &self.patches {
            let (from, to) = (
                block::at(payload, patch.from),
                block::at_mut(text, patch.to),
            );
            if let (Some(from), Some(to)) = (from, to) {
                *to = (Block::new(*from) & patch.copied | patch.around).bytes();
            }
        }
    }
}

impl Copied {
    /// Splits the part into parts of at most a block. The last may overlap the part before it.
    fn blocks(&self) -> impl Iterator<Item = Copied> {
        let Copied { to, ref from } = *self;
        let (start, len) = (from.start, from.len());
        let last = len.saturating_sub(LEN);
        (0..len).step_by(LEN).map(move |at| {
            let at = at.min(last);
            Copied {
                to: to + at,
                from: start + at..start + at + len.min(LEN),
            }
        })
    }
}

impl Patch {
    /// Makes the patch for a part of at most a block. The patch begins early enough to end within `text` and within the
    /// payload of `len` bytes.
    fn new(copied: &Copied, text: &[u8], len: usize) -> Option<Self> {
        let Copied { to, from } = copied;
        let late = to.saturating_sub(text.len().checked_sub(LEN)?);
        let before = late.max(from.start.saturating_sub(len.checked_sub(LEN)?));
        let to = to.checked_sub(before)?;
        let is_copied = |n: &usize| (before..before + from.len()).contains(n);
        Some(Patch {
            to: to.try_into().ok()?,
            from: from.start.checked_sub(before)?.try_into().ok()?,
            copied: Block::new(std::array::from_fn(|n| 0xFF * u8::from(is_copied(&n)))),
            around: Block::new(std::array::from_fn(|n| {
                text[to + n] * u8::from(!is_copied(&n))
            })),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes the text with the parts `copied`.
    fn written(text: &[u8], payload: &[u8], copied: &[Copied]) -> Option<Vec<u8>> {
        let template = Patched::new(text.to_vec(), copied.to_vec(), payload.len())?;
        let mut out = b"before ".to_vec();
        template.write(payload, &mut out);
        Some(out)
    }

    /// Returns true if the text has patches. Checks that they write the right bytes.
    fn is_written(text: &[u8], payload: &[u8], copied: &[Copied]) -> bool {
        let out = written(text, payload, copied);
        let mut expected = text.to_vec();
        for Copied { to, from } in copied {
            expected[*to..to + from.len()].copy_from_slice(&payload[from.clone()]);
        }
        out.as_ref()
            .inspect(|out| assert_eq!(**out, [b"before ", &expected[..]].concat(), "{copied:?}"))
            .is_some()
    }

    fn copied(to: usize, from: usize, len: usize) -> Copied {
        let from = from..from + len;
        Copied { to, from }
    }

    const PAYLOAD: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    #[test]
    fn parts_are_copied() {
        let text = [b'.'; 60];
        for len in 0..=text.len() {
            for to in 0..=text.len() - len {
                for from in 0..=PAYLOAD.len() - len {
                    let is_early = to < LEN || from < LEN;
                    let is_late = to + LEN > text.len() || from + LEN > PAYLOAD.len();
                    let is_written = is_written(&text, PAYLOAD, &[copied(to, from, len)]);
                    assert!(
                        is_written || is_early && is_late,
                        "{len} from {from} to {to}"
                    );
                }
            }
        }
    }

    #[test]
    fn parts_may_be_near_one_another() {
        let text = [b'.'; 60];
        let mut how_many = 0;
        for len in 1..40 {
            for between in 0..20 {
                let (first, second) = (copied(3, 20, 5), copied(8 + between, 7, len));
                if second.to + len <= text.len() {
                    how_many += usize::from(is_written(&text, PAYLOAD, &[second, first]));
                }
            }
        }
        assert!(how_many > 500, "{how_many}");
    }

    #[test]
    fn what_is_shorter_than_a_block_has_no_template() {
        let copied = [copied(3, 3, 2)];
        assert!(written(&[b'.'; LEN], &[b'a'; LEN], &copied).is_some());
        assert!(written(&[b'.'; LEN - 1], &[b'a'; LEN], &copied).is_none());
        assert!(written(&[b'.'; LEN], &[b'a'; LEN - 1], &copied).is_none());
    }
}
