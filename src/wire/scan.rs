//! Finding the next byte of interest, many bytes at a time.
//!
//! Written so that the compiler turns the loops over sixteen bytes into vector instructions; no unsafe code.

const LANES: usize = 16;

/// The first byte of `bytes` for which `stop` holds, or `bytes.len()`.
///
/// `stop` must be free of branches (`|` instead of `||`) to be vectorised.
#[inline(always)]
fn position(bytes: &[u8], stop: impl Fn(u8) -> bool) -> usize {
    let mut at = 0;
    while let Some(block) = bytes[at..].first_chunk::<LANES>() {
        if block.iter().fold(false, |any, &b| any | stop(b)) {
            break;
        }
        at += LANES;
    }
    at + bytes[at..]
        .iter()
        .position(|&b| stop(b))
        .unwrap_or(bytes.len() - at)
}

/// The first byte of a JSON string that is not itself: a quote, a backslash or a control character.
pub(crate) fn json_special(bytes: &[u8]) -> usize {
    position(bytes, |b| (b == b'"') | (b == b'\\') | (b < 0x20))
}

/// The first byte that XML forbids whatever stands around it: a control character other than tab, line feed and
/// carriage return.
pub(crate) fn xml_control(bytes: &[u8]) -> usize {
    position(bytes, |b| {
        (b < 0x20) & (b != b'\t') & (b != b'\n') & (b != b'\r')
    })
}

/// The first byte of XML text that is not itself: the start of a tag or a reference.
pub(crate) fn xml_special(bytes: &[u8]) -> usize {
    memchr::memchr2(b'<', b'&', bytes).unwrap_or(bytes.len())
}

/// White space as both syntaxes know it.
pub(crate) fn is_space(byte: u8) -> bool {
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
        for len in 0..80 {
            for at in 0..len {
                for special in [b'"', b'\\', 0, 0x1f, b'\n'] {
                    let mut bytes = vec![b'x'; len];
                    bytes[at] = special;
                    assert_eq!(json_special(&bytes), at, "{special} at {at} of {len}");
                }
            }
            assert_eq!(json_special(&vec![0xff; len]), len);
            assert_eq!(xml_control(&vec![b'\n'; len]), len);
        }
    }
}
