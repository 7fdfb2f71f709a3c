//! Sixteen bytes as one value: a vector register, if the processor has them.
//!
//! Every operation costs a few instructions. [`Marks`] hold a byte of ones for each marked byte, and zeros elsewhere.

use std::ops::{BitAnd, BitOr, Not};

use wide::{i8x16, u8x16};

/// The bytes of a block.
pub(crate) const LEN: usize = 16;

/// Returns the first bytes of `bytes`, padded with zeros.
#[inline(always)]
pub(crate) fn head(bytes: &[u8]) -> [u8; LEN] {
    match bytes.first_chunk() {
        Some(block) => *block,
        None => padded(bytes),
    }
}

/// Returns the block of `bytes` that begins at `at`.
///
/// `at` is a `u32`: adding [`LEN`] cannot overflow, and one bounds check is left.
#[inline(always)]
pub(crate) fn at(bytes: &[u8], at: u32) -> Option<&[u8; LEN]> {
    bytes.get(at as usize..at as usize + LEN)?.first_chunk()
}

/// Returns the block of `bytes` that begins at `at`, to be changed.
#[inline(always)]
pub(crate) fn at_mut(bytes: &mut [u8], at: u32) -> Option<&mut [u8; LEN]> {
    let block = bytes.get_mut(at as usize..at as usize + LEN);
    block?.first_chunk_mut()
}

/// Pads fewer than sixteen bytes with zeros. A copy of unknown length would be a call of `memcpy`.
fn padded(bytes: &[u8]) -> [u8; LEN] {
    let len = bytes.len();
    let word = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) if len > 8 => {
            let (low, high) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
            return (u128::from(low) | u128::from(high) << (8 * (len - 8))).to_le_bytes();
        }
        (Some(all), _) => u64::from_le_bytes(*all),
        (None, _) => match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => {
                let (low, high) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
                u64::from(low) | u64::from(high) << (8 * (len - 4))
            }
            _ => {
                let word = bytes.iter().rev();
                word.fold(0, |word, &byte| word << 8 | u64::from(byte))
            }
        },
    };
    u128::from(word).to_le_bytes()
}

/// Sixteen consecutive bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Block(u8x16);

/// The bytes of a block that were marked.
#[derive(Clone, Copy)]
pub(crate) struct Marks(u8x16);

impl Block {
    #[inline(always)]
    pub(crate) fn new(bytes: [u8; LEN]) -> Self {
        Block(u8x16::new(bytes))
    }

    #[inline(always)]
    pub(crate) fn equal(self, byte: u8) -> Marks {
        Marks(self.0.simd_eq(u8x16::splat(byte)))
    }

    /// Marks bytes less than `limit`, which must not be 0.
    #[inline(always)]
    pub(crate) fn less(self, limit: u8) -> Marks {
        Marks(self.0.min(u8x16::splat(limit - 1)).simd_eq(self.0))
    }

    /// Marks bytes from `first` to `last`, which must be at most 127.
    #[inline(always)]
    pub(crate) fn within(self, first: u8, last: u8) -> Marks {
        // Adds so much that `last` becomes the greatest signed number. Then only the bytes from `first` to `last` are
        // greater than the number before the moved `first`.
        let up = i8::MAX as u8 - last;
        let moved = (self.0 + u8x16::splat(up)).cast_signed();
        let before = i8x16::splat((first + up) as i8 - 1);
        Marks(moved.simd_gt(before).cast_unsigned())
    }

    /// Returns the bits that differ from `other`.
    #[inline(always)]
    pub(crate) fn other_than(self, other: Block) -> Block {
        Block(self.0 ^ other.0)
    }

    /// Returns a block that is zero in the bytes within `bounds` and not zero in all others.
    #[inline(always)]
    pub(crate) fn beyond(self, bounds: Bounds) -> Block {
        let Bounds { first, span } = bounds;
        Block((self.0 - first.0).saturating_sub(span.0))
    }

    /// Keeps the last `len` bytes and clears the bytes before them.
    #[inline(always)]
    pub(crate) fn last(self, len: usize) -> Block {
        const EDGE: [[u8; LEN]; 2] = [[0; LEN], [0xFF; LEN]];
        self & Block::new(head(&EDGE.as_flattened()[len..]))
    }

    #[inline(always)]
    pub(crate) fn bytes(self) -> [u8; LEN] {
        self.0.to_array()
    }

    #[inline(always)]
    pub(crate) fn is_zero(self) -> bool {
        self.0.simd_eq(u8x16::default()).to_bitmask() == 0xFFFF
    }

    /// Turns upper-case letters into lower-case letters. Other bytes may change, but never into a letter.
    #[inline(always)]
    pub(crate) fn folded(self) -> Self {
        Block(self.0 | u8x16::splat(0x20))
    }
}

/// The least and the greatest allowed value of each byte of a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    first: Block,
    span: Block,
}

impl Bounds {
    /// Allows each byte the values from its byte in `first` to its byte in `last`.
    pub(crate) fn new(first: [u8; LEN], last: [u8; LEN]) -> Self {
        let (first, last) = (u8x16::new(first), u8x16::new(last));
        Bounds {
            first: Block(first),
            span: Block(last - first),
        }
    }
}

impl Marks {
    /// Keeps the marked bytes of `block` and clears the others.
    #[inline(always)]
    pub(crate) fn of(self, block: Block) -> Block {
        Block(self.0 & block.0)
    }

    /// Returns one bit for each byte; the lowest bit is the first byte's.
    #[inline(always)]
    pub(crate) fn bits(self) -> u32 {
        self.0.to_bitmask()
    }
}

/// Counts marks, each place of a block by itself.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counter(u8x16);

impl Counter {
    /// The most full blocks that one counter takes. A byte counts to 255: one block that is not full may follow.
    pub(crate) const MOST: usize = 254;

    #[inline(always)]
    pub(crate) fn add(&mut self, marks: Marks) {
        // A marked byte is 0xFF, which is -1: subtracting it adds 1.
        self.0 -= marks.0;
    }

    pub(crate) fn sum(self) -> usize {
        self.0.to_array().into_iter().map(usize::from).sum()
    }
}

impl BitAnd for Block {
    type Output = Block;

    #[inline(always)]
    fn bitand(self, other: Block) -> Block {
        Block(self.0 & other.0)
    }
}

impl BitOr for Block {
    type Output = Block;

    #[inline(always)]
    fn bitor(self, other: Block) -> Block {
        Block(self.0 | other.0)
    }
}

impl BitOr for Marks {
    type Output = Marks;

    #[inline(always)]
    fn bitor(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }
}

impl Not for Marks {
    type Output = Marks;

    #[inline(always)]
    fn not(self) -> Marks {
        Marks(!self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_padded_with_zeros() {
        let bytes: [u8; 40] = std::array::from_fn(|i| 0xF0 ^ i as u8);
        for len in 0..40 {
            let mut expected = [0; LEN];
            let taken = len.min(LEN);
            expected[..taken].copy_from_slice(&bytes[..taken]);
            assert_eq!(head(&bytes[..len]), expected, "{len}");
        }
    }

    #[test]
    fn marks_say_what_each_byte_is() {
        for start in (0..=240u8).step_by(16) {
            let bytes = std::array::from_fn(|i| start + i as u8);
            let block = Block::new(bytes);
            let expected = |is: &dyn Fn(u8) -> bool| {
                (0..LEN).fold(0, |bits, i| bits | u32::from(is(bytes[i])) << i)
            };
            for limit in [1, 0x20, 0x7F] {
                assert_eq!(block.less(limit).bits(), expected(&|b| b < limit));
                assert_eq!(block.equal(limit).bits(), expected(&|b| b == limit));
            }
            assert_eq!(
                block.within(b'0', b'9').bits(),
                expected(&|b| b.is_ascii_digit())
            );
            for (first, last) in [(0, 0), (0, 127), (1, 31), (b'A', b'_'), (127, 127)] {
                let is_within = |b| (first..=last).contains(&b);
                assert_eq!(block.within(first, last).bits(), expected(&is_within));
            }
            let letters = block.folded().within(b'a', b'z');
            assert_eq!(letters.bits(), expected(&|b| b.is_ascii_alphabetic()));
        }
    }

    #[test]
    fn bounds_hold_for_each_byte() {
        let bytes: [u8; LEN] = std::array::from_fn(|i| i as u8 * 17);
        for at in 0..LEN {
            for (first, last) in [(0, 0), (0, 255), (b'0', b'9'), (200, 255), (0x7F, 0x80)] {
                let (mut firsts, mut lasts) = (bytes, bytes);
                (firsts[at], lasts[at]) = (first, last);
                let bounds = Bounds::new(firsts, lasts);
                for byte in 0..=255 {
                    let mut bytes = bytes;
                    bytes[at] = byte;
                    let is_within = (first..=last).contains(&byte);
                    assert_eq!(Block::new(bytes).beyond(bounds).is_zero(), is_within);
                }
            }
        }
    }
}
