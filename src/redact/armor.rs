//! Base64 in a text: finds it, decodes it, and encodes it again.

use std::ops::Range;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The length of the shortest word that may begin base64 of a text with an id.
pub(super) const SHORTEST_WORD: usize = 16;
/// The length of the shortest ciphertext in which words mean nothing.
const SHORTEST_CIPHER: usize = 100;

const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_encode_padding(false)
    .with_decode_padding_mode(DecodePaddingMode::RequireNone);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, CONFIG);

/// What may be base64.
pub(super) struct Armored {
    pub(super) range: Range<usize>,
}

/// Returns what may be base64 at `at`, without what pads it.
pub(super) fn find(text: &[u8], at: usize) -> Armored {
    let is_sign = |byte: &u8| matches!(byte, b'+' | b'/');
    let before = text[..at]
        .iter()
        .rev()
        .take(SHORTEST_WORD)
        .take_while(|byte| is_sign(byte));
    let start = at - before.count();
    let is_inside =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
    let len = text[at..].iter().take_while(|byte| is_inside(byte)).count();
    Armored {
        range: start..at + len,
    }
}

impl Armored {
    /// Returns the text that it holds, if it is base64 of one.
    pub(super) fn text(&self, text: &[u8]) -> Option<Vec<u8>> {
        let bytes = &text[self.range.clone()];
        let engine = engine(bytes);
        let head = engine.decode(bytes.get(..8)?).ok()?;
        if !head.iter().all(|byte| is_text(*byte)) {
            return None;
        }
        let decoded = engine.decode(bytes).ok()?;
        let is_it = std::str::from_utf8(&decoded).is_ok() && decoded.iter().all(|b| is_text(*b));
        is_it.then_some(decoded)
    }

    /// Returns `inner` as it is encoded in `text`.
    pub(super) fn encode(&self, text: &[u8], inner: &[u8]) -> Vec<u8> {
        engine(&text[self.range.clone()]).encode(inner).into_bytes()
    }

    /// Returns true if it is random bytes, in which words mean nothing.
    pub(super) fn is_cipher(&self, text: &[u8]) -> bool {
        let bytes = &text[self.range.clone()];
        let has = |byte| memchr::memchr(byte, bytes).is_some();
        bytes.len() >= SHORTEST_CIPHER && has(b'+') && !has(b'-') && !has(b'_')
    }
}

fn engine(bytes: &[u8]) -> GeneralPurpose {
    match memchr::memchr2(b'-', b'_', bytes) {
        Some(_) => URL_SAFE,
        None => STANDARD,
    }
}

/// Returns true for a byte of UTF-8 that is no control character.
fn is_text(byte: u8) -> bool {
    byte >= b' ' && byte != 0x7F || byte.is_ascii_whitespace()
}
