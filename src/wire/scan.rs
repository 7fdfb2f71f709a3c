//! Finding the next byte of interest, sixteen bytes at a time.

use crate::wire::block::{Block, LEN, Marks};

/// The first byte of `bytes` that `mark` marks, or `bytes.len()`. Zero bytes must be marked.
#[inline(always)]
pub(crate) fn position(bytes: &[u8], mark: impl Fn(Block) -> Marks) -> usize {
    let (blocks, rest) = bytes.as_chunks::<LEN>();
    for (i, block) in blocks.iter().enumerate() {
        let bits = mark(Block::new(*block)).bits();
        if bits != 0 {
            return i * LEN + bits.trailing_zeros() as usize;
        }
    }
    if rest.is_empty() {
        return bytes.len();
    }
    let mut block = [0; LEN];
    block[..rest.len()].copy_from_slice(rest);
    let bits = mark(Block::new(block)).bits();
    blocks.len() * LEN + (bits.trailing_zeros() as usize).min(rest.len())
}

/// The first byte of a JSON string that is not itself: a quote, a backslash or a control character.
#[inline]
pub(crate) fn json_special(bytes: &[u8]) -> usize {
    position(bytes, |b| b.less(0x20) | b.equal(b'"') | b.equal(b'\\'))
}

/// The first byte of a text that is written to JSON in another way, or may begin a character that is: DEL and C1
/// (behind 0xC2) besides the others.
#[inline]
pub(crate) fn json_unsafe(bytes: &[u8]) -> usize {
    position(bytes, |b| {
        b.less(0x20) | b.equal(b'"') | b.equal(b'\\') | b.equal(0x7F) | b.equal(0xC2)
    })
}

/// The first byte that XML forbids whatever stands around it: a control character other than tab, line feed and
/// carriage return.
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

/// The first byte of XML text that is not itself: the start of a tag or a reference. A zero byte is none.
pub(crate) fn xml_special(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        at += position(&bytes[at..], |b| b.equal(b'<') | b.equal(b'&') | b.equal(0));
        match bytes.get(at) {
            Some(0) => at += 1,
            _ => return at,
        }
    }
}

/// White space as both syntaxes know it.
pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The first byte at or after `at` that is not white space.
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
                    assert_eq!(
                        json_unsafe(&bytes),
                        expected(json || matches!(special, 0x7F | 0xC2)),
                        "{special}"
                    );
                    let control = special < 0x20 && !is_space(special);
                    assert_eq!(
                        xml_control(&bytes),
                        expected(control),
                        "{special} at {at} of {len}"
                    );
                    assert_eq!(
                        xml_special(&bytes),
                        expected(matches!(special, b'<' | b'&')),
                        "{special}"
                    );
                }
            }
        }
    }

    #[test]
    fn finds_the_first_of_several() {
        assert_eq!(json_special(b"abc\x01\"\\def\x02"), 3);
        assert_eq!(json_special(b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\"\""), 7);
        assert_eq!(xml_control(b"\n\n\n\n\n\n\n\n\n\x02\x01"), 9);
    }
}
