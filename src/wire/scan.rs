//! Finding the next byte of interest, eight bytes at a time.

/// Every byte of the word is `byte`.
const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Marks, by its top bit, the first byte of `word` that is less than `limit` (at most 128). Bytes behind the first
/// may be marked by mistake, since a borrow runs upwards; nobody asks for them.
const fn less(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(each(limit)) & !word & each(0x80)
}

/// Marks the first byte of `word` that is `byte`.
const fn equal(word: u64, byte: u8) -> u64 {
    less(word ^ each(byte), 1)
}

/// The first byte of `bytes` that `mark` marks, or `bytes.len()`. The byte `x` must not be marked.
#[inline(always)]
fn position(bytes: &[u8], mark: impl Fn(u64) -> u64) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (i, word) in words.iter().enumerate() {
        let marks = mark(u64::from_le_bytes(*word));
        if marks != 0 {
            return i * 8 + marks.trailing_zeros() as usize / 8;
        }
    }
    let mut word = [b'x'; 8];
    word[..rest.len()].copy_from_slice(rest);
    let marks = mark(u64::from_le_bytes(word));
    let at = if marks == 0 {
        rest.len()
    } else {
        marks.trailing_zeros() as usize / 8
    };
    words.len() * 8 + at
}

/// The first byte of a JSON string that is not itself: a quote, a backslash or a control character.
pub(crate) fn json_special(bytes: &[u8]) -> usize {
    position(bytes, |w| less(w, 0x20) | equal(w, b'"') | equal(w, b'\\'))
}

/// The first byte of a text that is written to JSON in another way, or may begin a character that is: DEL and C1
/// (behind 0xC2) besides the others.
pub(crate) fn json_unsafe(bytes: &[u8]) -> usize {
    position(bytes, |w| {
        less(w, 0x20) | equal(w, b'"') | equal(w, b'\\') | equal(w, 0x7F) | equal(w, 0xC2)
    })
}

/// The first byte that XML forbids whatever stands around it: a control character other than tab, line feed and
/// carriage return.
pub(crate) fn xml_control(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        at += position(&bytes[at..], |w| less(w, 0x20));
        match bytes.get(at) {
            Some(b'\t' | b'\n' | b'\r') => at += 1,
            _ => return at,
        }
    }
}

/// The first byte of XML text that is not itself: the start of a tag or a reference.
pub(crate) fn xml_special(bytes: &[u8]) -> usize {
    position(bytes, |w| equal(w, b'<') | equal(w, b'&'))
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
