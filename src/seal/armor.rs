//! The text form of a ciphertext: base64, possibly damaged in transit.
//!
//! Line breaks and spaces that mailers and editors insert are ignored. Form decoding changes `+` to a space: the text
//! without its spaces is then not base64, and the error names this cause.

use std::borrow::Cow;

use base64::engine::general_purpose::STANDARD;
use base64::{DecodeSliceError, Engine};

use crate::seal::Error;

/// Decodes the base64 in `text` into `bytes`. Returns true if there was white space.
pub(super) fn decode(text: &[u8], bytes: &mut Vec<u8>) -> Result<bool, Error> {
    // Usually there is no white space, and searching for it would take as long as decoding.
    if let Some(bytes_len) = decode_strictly(text, bytes).ok().filter(|len| *len > 0) {
        bytes.truncate(bytes_len);
        return Ok(false);
    }
    let compact = compact(text);
    if compact.is_empty() {
        return Err(Error::Empty);
    }
    match decode_strictly(&compact, bytes) {
        Ok(len) => {
            bytes.truncate(len);
            Ok(true)
        }
        Err(error) => Err(damage(text, &compact, &error)),
    }
}

/// Decodes base64 without white space and returns the length. `bytes` may be longer.
fn decode_strictly(text: &[u8], bytes: &mut Vec<u8>) -> Result<usize, DecodeSliceError> {
    bytes.resize(text.len() / 4 * 3 + 3, 0);
    STANDARD.decode_slice(text, bytes)
}

/// Encodes `bytes` as base64.
pub(super) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Encodes `bytes` with white space where `text` has it.
pub(super) fn encode_like(text: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut encoded = encode(bytes).into_bytes().into_iter();
    let is_blank = |byte: &u8| byte.is_ascii_whitespace();
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    for byte in text {
        out.extend(match is_blank(byte) {
            true => Some(*byte),
            false => encoded.next(),
        });
    }
    out.extend(encoded);
    out
}

/// Removes white space. Borrows `text` if there is none.
pub(super) fn compact(text: &[u8]) -> Cow<'_, [u8]> {
    match text.iter().any(u8::is_ascii_whitespace) {
        false => text.into(),
        true => {
            let kept = text.iter().filter(|byte| !byte.is_ascii_whitespace());
            kept.copied().collect::<Vec<u8>>().into()
        }
    }
}

/// Returns the error for `text`, which is `compact` without white space.
fn damage(text: &[u8], compact: &[u8], error: &DecodeSliceError) -> Error {
    if is_without_plus(text) {
        return Error::PlusLost;
    }
    match *error {
        DecodeSliceError::DecodeError(base64::DecodeError::InvalidByte(at, byte))
            if byte != b'=' =>
        {
            Error::Character {
                at: with_white_space(text, at),
                byte,
            }
        }
        _ => Error::CutOff { len: compact.len() },
    }
}

/// Returns true if `text` is base64 after its spaces are replaced by `+`.
fn is_without_plus(text: &[u8]) -> bool {
    let mended: Vec<u8> = text
        .iter()
        .map(|&byte| if byte == b' ' { b'+' } else { byte })
        .collect();
    mended != text && STANDARD.decode(mended).is_ok()
}

/// Converts the offset `at` in the compact text to an offset in `text`.
fn with_white_space(text: &[u8], at: usize) -> usize {
    let kept = text.iter().enumerate();
    let mut kept = kept.filter(|(_, byte)| !byte.is_ascii_whitespace());
    kept.nth(at).map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_told_apart() {
        let cases: [(&[u8], Result<bool, Error>); 9] = [
            (b"YWJj", Ok(false)),
            (b" YW\r\nJj\n", Ok(true)),
            (b"YWI=", Ok(false)),
            (b"", Err(Error::Empty)),
            (b" \n", Err(Error::Empty)),
            (b"YW Jj*", Err(Error::Character { at: 5, byte: b'*' })),
            (b"YWJjY", Err(Error::CutOff { len: 5 })),
            (b"YWJjYW", Err(Error::CutOff { len: 6 })),
            (b"YW c Jj =", Err(Error::CutOff { len: 6 })),
        ];
        for (text, expected) in cases {
            assert_eq!(decode(text, &mut Vec::new()), expected, "{text:?}");
        }
        assert_eq!(decode(b"YW J", &mut Vec::new()), Err(Error::PlusLost));
    }
}
