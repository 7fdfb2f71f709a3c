//! The text form of a ciphertext: base64, which may have been damaged on its way.
//!
//! Line breaks and blanks that mailers and editors put into it are passed over. A blank may also be what form decoding
//! made of a `+`: then what is left is no base64, and that is told.

use std::borrow::Cow;

use base64::engine::general_purpose::STANDARD;
use base64::{DecodeSliceError, Engine};

use crate::seal::Error;

/// Makes `bytes` what the base64 in `text` stands for. Whether white space stood in it.
pub(super) fn decode(text: &[u8], bytes: &mut Vec<u8>) -> Result<bool, Error> {
    // As a rule there is none: looking for it first would take as long as all else here.
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

/// How many bytes the base64 in `text` stands for, which are then at the start of `bytes`.
fn decode_strictly(text: &[u8], bytes: &mut Vec<u8>) -> Result<usize, DecodeSliceError> {
    bytes.resize(text.len() / 4 * 3 + 3, 0);
    STANDARD.decode_slice(text, bytes)
}

/// `bytes` as base64.
pub(super) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// `text` without white space; the text itself if there is none.
pub(super) fn compact(text: &[u8]) -> Cow<'_, [u8]> {
    match text.iter().any(u8::is_ascii_whitespace) {
        false => text.into(),
        true => {
            let kept = text.iter().filter(|byte| !byte.is_ascii_whitespace());
            kept.copied().collect::<Vec<u8>>().into()
        }
    }
}

/// What is wrong with `text`, which without its white space is `compact`.
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

/// Whether `text` is base64 once its blanks are `+` again.
fn is_without_plus(text: &[u8]) -> bool {
    let mended: Vec<u8> = text
        .iter()
        .map(|&byte| if byte == b' ' { b'+' } else { byte })
        .collect();
    mended != text && STANDARD.decode(mended).is_ok()
}

/// Where the byte at `at` of the text without white space stands in `text`.
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
