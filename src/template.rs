//! Text that is the same for many payloads but for what is copied from each.
//!
//! What is copied is short: calling somebody to copy so many bytes would take longer than copying them. So it is copied by
//! blocks of one size, of which the text keeps what is not meant.

use std::ops::Range;

use crate::wire::block::{self, Block, LEN};

/// A text, and which parts of it are copied from a payload instead.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    text: Vec<u8>,
    patches: Vec<Patch>,
}

/// Where a part of a payload is copied to.
#[derive(Clone, Debug)]
pub(crate) struct Copied {
    pub(crate) to: usize,
    pub(crate) from: Range<usize>,
}

/// A block of the text that has bytes of a block of the payload.
#[derive(Clone, Copy, Debug)]
struct Patch {
    to: u32,
    from: u32,
    /// All bits of the bytes that stay as they are.
    kept: Block,
}

impl Template {
    /// The template of `text` for payloads of `len` bytes; `None` if a part cannot be copied by whole blocks.
    pub(crate) fn new(text: Vec<u8>, copied: &[Copied], len: usize) -> Option<Self> {
        let last = (text.len().checked_sub(LEN)?, len.checked_sub(LEN)?);
        let patches = copied.iter().flat_map(Copied::blocks);
        Some(Template {
            patches: patches.map(|it| it.patch(last)).collect::<Option<_>>()?,
            text,
        })
    }

    /// Writes the text for `payload`.
    #[inline]
    pub(crate) fn write(&self, payload: &[u8], out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&self.text);
        let text = &mut out[start..];
        for &Patch { to, from, kept } in &self.patches {
            let (new, old) = (block::at(payload, from), block::at_mut(text, to));
            if let (Some(new), Some(old)) = (new, old) {
                *old = kept.select(Block::new(*old), Block::new(*new)).bytes();
            }
        }
    }
}

impl Copied {
    /// The same in parts that are no longer than a block; the last may begin within the one before.
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

    /// The patch for it, if it is no longer than a block, where the last blocks of the text and of the payload begin there.
    fn patch(self, (last_to, last_from): (usize, usize)) -> Option<Patch> {
        let Copied { to, from } = self;
        let late = to.saturating_sub(last_to);
        let before = late.max(from.start.saturating_sub(last_from));
        let copied = before..before + from.len();
        let kept = |n| if copied.contains(&n) { 0 } else { 0xFF };
        Some(Patch {
            to: to.checked_sub(before)?.try_into().ok()?,
            from: from.start.checked_sub(before)?.try_into().ok()?,
            kept: Block::new(std::array::from_fn(kept)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written if the part of the payload from `from` on, of `len` bytes, is copied to `to`.
    fn written(text: &[u8], payload: &[u8], to: usize, from: usize, len: usize) -> Option<Vec<u8>> {
        let from = from..from + len;
        let template = Template::new(text.to_vec(), &[Copied { to, from }], payload.len())?;
        let mut out = b"before ".to_vec();
        template.write(payload, &mut out);
        Some(out)
    }

    #[test]
    fn parts_are_copied() {
        let (text, payload) = (
            [b'.'; 60],
            *b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        );
        for len in 0..=text.len() {
            for to in 0..=text.len() - len {
                for from in 0..=payload.len() - len {
                    let mut expected = text;
                    expected[to..to + len].copy_from_slice(&payload[from..from + len]);
                    match written(&text, &payload, to, from, len) {
                        Some(out) => assert_eq!(out, [&b"before "[..], &expected].concat()),
                        None => assert!(
                            to < LEN && from + LEN > payload.len()
                                || from < LEN && to + LEN > text.len()
                        ),
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_shorter_than_a_block_has_no_template() {
        assert!(written(&[b'.'; LEN], &[b'a'; LEN], 3, 3, 2).is_some());
        assert!(written(&[b'.'; LEN - 1], &[b'a'; LEN], 3, 3, 2).is_none());
        assert!(written(&[b'.'; LEN], &[b'a'; LEN - 1], 3, 3, 2).is_none());
    }
}
