//! Percent-encoding, as in URLs.

use std::fmt::Write;

/// Percent-encodes all bytes of `text` but letters, digits, `-`, `_`, `.`, `~` and those in `kept`.
pub(crate) fn encoded(text: &str, kept: &[u8]) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        // A `String` takes all that is written to it.
        _ = match byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || kept.contains(&byte) {
            true => encoded.write_char(char::from(byte)),
            false => write!(encoded, "%{byte:02X}"),
        };
    }
    encoded
}
