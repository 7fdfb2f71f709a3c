//! Finds the next byte of interest, sixteen bytes at a time.
//!
//! Each function takes a closure that marks bytes of a [`Block`]; `wide` is used in this folder only. Test each
//! function at every length and position: the last block of a slice is padded with zeros, or overlaps the block before
//! it.

pub(crate) mod block;

use block::{Block, Counter, LEN, Marks};

/// Returns the position of the first byte that `mark` marks, or `bytes.len()`.
#[inline(always)]
pub(crate) fn position(bytes: &[u8], mark: impl Fn(Block) -> Marks) -> usize {
    let (blocks, rest) = bytes.as_chunks::<LEN>();
    for (i, block) in blocks.iter().enumerate() {
        let bits = mark(Block::new(*block)).bits();
        if bits != 0 {
            return i * LEN + bits.trailing_zeros() as usize;
        }
    }
    let (at, end) = match (rest, bytes.last_chunk()) {
        ([], _) => return bytes.len(),
        // The last chunk overlaps the blocks above, which hold no mark.
        (_, Some(end)) => (bytes.len() - LEN, *end),
        (_, None) => (0, block::head(rest)),
    };
    let bits = mark(Block::new(end)).bits();
    (at + bits.trailing_zeros() as usize).min(bytes.len())
}

/// Returns the positions of all bytes that `mark` marks.
#[inline(always)]
pub(crate) fn positions(
    bytes: &[u8],
    mark: impl Fn(Block) -> Marks,
) -> impl Iterator<Item = usize> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + position(bytes.get(from..)?, &mark);
        from = at + 1;
        (at < bytes.len()).then_some(at)
    })
}

/// Returns the position of the last byte that `mark` marks. `mark` must not mark zero bytes.
#[inline(always)]
fn last_position(bytes: &[u8], mark: impl Fn(Block) -> Marks) -> Option<usize> {
    let (rest, blocks) = bytes.as_rchunks::<LEN>();
    for (i, block) in blocks.iter().enumerate().rev() {
        let bits = mark(Block::new(*block)).bits();
        if bits != 0 {
            return Some(rest.len() + i * LEN + bits.ilog2() as usize);
        }
    }
    // The head overlaps the blocks above, which hold no mark, or is padded with zeros.
    let bits = mark(Block::new(block::head(bytes))).bits();
    bits.checked_ilog2().map(|bit| bit as usize)
}

/// Marks the bytes that end or change a JSON string: quotes, backslashes and control characters.
#[inline(always)]
pub(crate) fn string_marks(block: Block) -> Marks {
    block.less(0x20) | block.equal(b'"') | block.equal(b'\\')
}

/// Returns the position of the first quote, backslash or control character, or `bytes.len()`.
#[inline]
pub(crate) fn json_special(bytes: &[u8]) -> usize {
    position(bytes, string_marks)
}

/// Returns the position of the first control character that XML forbids everywhere, or `bytes.len()`.
///
/// XML allows tab, line feed and carriage return.
pub(crate) fn xml_control(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        at += position(&bytes[at..], |b| b.less(0x09) | b.within(0x0B, 0x1F));
        match bytes.get(at) {
            Some(b'\r') => at += 1,
            _ => return at,
        }
    }
}

/// Returns true if `mark` marks all of `bytes`. `mark` must not mark zero bytes.
#[inline(always)]
pub(crate) fn all(bytes: &[u8], mark: impl Fn(Block) -> Marks) -> bool {
    let marked = |block| mark(Block::new(block)).bits();
    match bytes.last_chunk() {
        Some(&end) => {
            let blocks = bytes.as_chunks().0;
            blocks.iter().all(|&block| marked(block) == 0xFFFF) && marked(end) == 0xFFFF
        }
        None => marked(block::head(bytes)) == (1 << bytes.len()) - 1,
    }
}

/// Marks ASCII letters, digits, `-` and `_`.
#[inline(always)]
pub(crate) fn base64_url(block: Block) -> Marks {
    let letters = block.folded().within(b'a', b'z');
    letters | digit(block) | block.equal(b'-') | block.equal(b'_')
}

/// Marks decimal digits.
#[inline(always)]
pub(crate) fn digit(block: Block) -> Marks {
    block.within(b'0', b'9')
}

/// Marks digits and the letters `a` to `f`.
#[inline(always)]
pub(crate) fn lower_hex(block: Block) -> Marks {
    digit(block) | block.within(b'a', b'f')
}

/// Returns true if all of `bytes` are ASCII letters, digits, `-` or `_`.
pub(crate) fn is_base64url(bytes: &[u8]) -> bool {
    all(bytes, base64_url)
}

/// Returns true if all of `bytes` are decimal digits.
pub(crate) fn is_digits(bytes: &[u8]) -> bool {
    all(bytes, digit)
}

/// Returns true if all of `bytes` are digits or letters from `a` to `f`.
pub(crate) fn is_lower_hex(bytes: &[u8]) -> bool {
    all(bytes, lower_hex)
}

/// Counts the bytes that each of `marks` marks. `marks` must not mark zero bytes.
#[inline(always)]
fn counts<const N: usize>(bytes: &[u8], marks: impl Fn(Block) -> [Marks; N]) -> [usize; N] {
    let mut all = [0; N];
    for part in bytes.chunks(Counter::MOST * LEN) {
        let mut counters = [Counter::default(); N];
        let mut add = |block| {
            for (counter, marks) in counters.iter_mut().zip(marks(block)) {
                counter.add(marks);
            }
        };
        let (blocks, rest) = part.as_chunks::<LEN>();
        blocks.iter().for_each(|block| add(Block::new(*block)));
        match (rest, part.last_chunk()) {
            ([], _) => {}
            (_, Some(end)) => add(Block::new(*end).last(rest.len())),
            (_, None) => add(Block::new(block::head(rest))),
        }
        for (all, counter) in all.iter_mut().zip(counters) {
            *all += counter.sum();
        }
    }
    all
}

/// Counts characters: all bytes that are not UTF-8 continuation bytes.
pub(crate) fn chars(bytes: &[u8]) -> u64 {
    let [inside] = counts(bytes, |block| [!(block.less(0x80) | !block.less(0xC0))]);
    (bytes.len() - inside) as u64
}

/// The counts of text that belongs to no payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Survey {
    /// The number of bytes that are not white space.
    pub(crate) solid: usize,
    pub(crate) breaks: usize,
    /// The position of the last line break.
    pub(crate) last_break: Option<usize>,
}

impl Survey {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        /// Up to this many bytes are faster looked at one by one. The end of a log entry is as short.
        const SHORT: usize = 4;
        if bytes.len() <= SHORT {
            return Survey::of_short(bytes);
        }
        let [blanks, breaks] = counts(bytes, |block| {
            let blanks = block.equal(b' ') | block.equal(b'\t') | block.equal(b'\r');
            [blanks, block.equal(b'\n')]
        });
        // Noise behind a payload often begins with its only line break.
        let last_break = match (breaks, bytes[0]) {
            (0, _) => None,
            (1, b'\n') => Some(0),
            _ => last_break(bytes),
        };
        Survey {
            solid: bytes.len() - blanks - breaks,
            breaks,
            last_break,
        }
    }

    fn of_short(bytes: &[u8]) -> Self {
        Survey {
            solid: bytes.iter().filter(|byte| !is_space(**byte)).count(),
            breaks: bytes.iter().filter(|byte| **byte == b'\n').count(),
            last_break: bytes.iter().rposition(|byte| *byte == b'\n'),
        }
    }
}

/// The line breaks of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lines {
    pub(crate) breaks: usize,
    /// The position of the last line, if there is a break.
    pub(crate) last: Option<usize>,
}

impl Lines {
    pub(crate) fn of(text: &[u8]) -> Self {
        let last = last_break(text).map(|at| at + 1);
        let [breaks] = counts(&text[..last.unwrap_or(0)], |block| [block.equal(b'\n')]);
        Lines { breaks, last }
    }
}

impl From<Survey> for Lines {
    fn from(survey: Survey) -> Self {
        Lines {
            breaks: survey.breaks,
            last: survey.last_break.map(|at| at + 1),
        }
    }
}

/// Returns the start of the last line of `bytes`, which is empty after a line break.
pub(crate) fn line_start(bytes: &[u8]) -> usize {
    memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1)
}

/// Returns true for a space or a tab.
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Returns the position of the last line break.
///
/// Only the bytes before the last 4096 are left to `memchr`. It first asks what the processor can do; on a virtual
/// machine that takes a twentieth of the time in which one payload is shown.
#[inline]
pub(crate) fn last_break(bytes: &[u8]) -> Option<usize> {
    const NEAR: usize = 4096;
    let (far, near) = bytes.split_at(bytes.len().saturating_sub(NEAR));
    match last_position(near, |b| b.equal(b'\n')) {
        Some(at) => Some(far.len() + at),
        None if far.is_empty() => None,
        None => memchr::memrchr(b'\n', far),
    }
}

/// Returns true for white space: XML and JSON both have these four bytes.
pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Returns true for white space within a line: a space, a tab or a carriage return.
pub(crate) const fn is_line_space(byte: u8) -> bool {
    is_space(byte) && byte != b'\n'
}

/// Returns the position of the first byte at or after `at` that is not white space.
pub(crate) fn skip_space(bytes: &[u8], at: usize) -> usize {
    bytes[at..]
        .iter()
        .position(|&b| !is_space(b))
        .map_or(bytes.len(), |n| at + n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_first_special_byte_wherever_it_stands() {
        for len in 0..40 {
            for at in 0..len {
                for special in 0..=255u8 {
                    let mut bytes = vec![b'a'; len];
                    bytes[at] = special;
                    let expected = |is: bool| if is { at } else { len };
                    let json = special < 0x20 || matches!(special, b'"' | b'\\');
                    assert_eq!(
                        json_special(&bytes),
                        expected(json),
                        "{special} at {at} of {len}"
                    );
                    let control = special < 0x20 && !is_space(special);
                    assert_eq!(
                        xml_control(&bytes),
                        expected(control),
                        "{special} at {at} of {len}"
                    );
                }
            }
        }
    }

    #[test]
    fn finds_all_and_the_last_wherever_they_stand() {
        let is_it = |block: Block| block.equal(b'/');
        for len in 0..70 {
            for (first, second) in (0..len).flat_map(|n| [(n, n), (n / 2, n), (n, len - 1)]) {
                let mut bytes = vec![b'a'; len];
                (bytes[first], bytes[second]) = (b'/', b'/');
                let mut expected = vec![first, second];
                expected.dedup();
                assert_eq!(positions(&bytes, is_it).collect::<Vec<_>>(), expected);
                assert_eq!(last_position(&bytes, is_it), expected.last().copied());
            }
            assert_eq!(positions(&vec![0; len], is_it).next(), None);
            assert_eq!(last_position(&vec![0; len], is_it), None);
        }
    }

    #[test]
    fn numbers_are_digits() {
        for len in 0..40 {
            for byte in 0..=255u8 {
                let mut bytes = vec![b'7'; len + 1];
                bytes[len] = byte;
                assert_eq!(is_digits(&bytes), byte.is_ascii_digit(), "{byte}");
                let is_hex = byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
                assert_eq!(is_lower_hex(&bytes), is_hex, "{byte}");
            }
        }
    }

    #[test]
    fn text_is_surveyed_wherever_its_bytes_stand() {
        for len in 0..200 {
            let bytes: Vec<u8> = (0..len).map(|i| (i * i % 37) as u8).collect();
            let expected = Survey {
                solid: bytes.iter().filter(|&&b| !is_space(b)).count(),
                breaks: bytes.iter().filter(|&&b| b == b'\n').count(),
                last_break: bytes.iter().rposition(|&b| b == b'\n'),
            };
            assert_eq!(Survey::of(&bytes), expected, "{bytes:?}");
            assert_eq!(Survey::of(&vec![b'\t'; len]).solid, 0);
            assert_eq!(Survey::of(&vec![0; len]).solid, len);
        }
        for at in [0, 15, 16, 4063, 4064, 9999] {
            let mut bytes = vec![b' '; 10_000];
            bytes[at] = b'\n';
            let survey = Survey::of(&bytes);
            let expected = (0, 1, Some(at));
            assert_eq!((survey.solid, survey.breaks, survey.last_break), expected);
        }
    }

    fn lines(text: &[u8]) -> (usize, Option<usize>) {
        let Lines { breaks, last } = Lines::of(text);
        (breaks, last)
    }

    #[test]
    fn line_breaks_are_counted_and_the_last_is_found() {
        for len in 0..80 {
            for (first, second) in (0..len).flat_map(|at| [(at, at), (at / 3, at)]) {
                let mut bytes = vec![0; len];
                bytes[first] = b'\n';
                bytes[second] = b'\n';
                let count = if first == second { 1 } else { 2 };
                assert_eq!(lines(&bytes), (count, Some(second + 1)), "{bytes:?}");
            }
            assert_eq!(lines(&vec![0; len]), (0, None));
            assert_eq!(
                lines(&vec![b'\n'; len]),
                (len, Some(len).filter(|&len| len > 0))
            );
        }
        for at in [0, 7, 4096, 8191, 9999] {
            let mut bytes = vec![b'a'; 10_000];
            bytes[at] = b'\n';
            assert_eq!(lines(&bytes), (1, Some(at + 1)));
        }
    }

    #[test]
    fn ids_are_letters_digits_and_two_signs() {
        for len in 0..40 {
            for byte in 0..=255u8 {
                let is = byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
                let mut bytes = vec![b'Z'; len + 1];
                bytes[len] = byte;
                assert_eq!(is_base64url(&bytes), is, "{byte}");
                bytes[len / 2] = byte;
                assert_eq!(is_base64url(&bytes), is, "{byte}");
            }
        }
        assert!(is_base64url(b""));
    }

    #[test]
    fn finds_the_first_of_several() {
        assert_eq!(json_special(b"abc\x01\"\\def\x02"), 3);
        assert_eq!(json_special(b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\"\""), 7);
        assert_eq!(xml_control(b"\n\n\n\n\n\n\n\n\n\x02\x01"), 9);
    }

    #[test]
    fn characters_are_counted_in_texts_of_any_length() {
        let text = "订a阅-😀b".repeat(700);
        for len in (0..200).chain(4000..4100).chain([text.len()]) {
            let bytes = &text.as_bytes()[..len];
            let expected = bytes
                .iter()
                .filter(|&&b| !(0x80..0xC0).contains(&b))
                .count();
            assert_eq!(chars(bytes), expected as u64, "{len}");
        }
    }
}
