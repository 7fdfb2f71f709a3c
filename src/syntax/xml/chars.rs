//! The characters that XML 1.0, fifth edition, allows in documents and in names.

use crate::finding::{Finding, Reason};
use crate::simd::xml_control;
use crate::span::Span;

/// Returns true if XML 1.0 allows `c` (production 2).
pub(crate) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// The ASCII characters of names: [`is_name_char`] as a table.
pub(super) static NAME_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = matches!(byte as u8, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b':' | b'-' | b'.');
        byte += 1;
    }
    table
};

/// Returns true if `text` is a name of ASCII characters.
pub(super) fn is_plain_name(text: &str) -> bool {
    let is_start = matches!(
        text.as_bytes(),
        [b'a'..=b'z' | b'A'..=b'Z' | b'_' | b':', ..]
    );
    is_start && text.bytes().all(|b| NAME_BYTES[usize::from(b)])
}

/// Returns true if `text` begins with a name of ASCII characters and `>`, the rest of a start tag without attributes.
pub(super) fn begins_plain_tag(text: &[u8]) -> bool {
    let len = text.iter().position(|&b| !NAME_BYTES[usize::from(b)]);
    len.is_some_and(|len| len > 0 && text[len] == b'>')
}

/// Returns true if a name may begin with `c` (production 4).
pub(super) fn is_name_start(c: char) -> bool {
    matches!(c, ':' | '_' | 'A'..='Z' | 'a'..='z'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// Returns true if a name may hold `c` (production 4a).
pub(super) fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Returns true if `text` can be the name of an element.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(is_name_start) && text.chars().all(is_name_char)
}

/// Checks that a document holds no character that XML forbids everywhere.
///
/// # Errors
///
/// [`Reason::IllegalCharacter`] with the place of the first such character.
pub(crate) fn check_characters(text: &str) -> Result<(), Finding> {
    let bytes = text.as_bytes();
    let is_noncharacter = |at: &usize| matches!(bytes[*at..], [_, 0xBF, 0xBE | 0xBF, ..]);
    let noncharacter = memchr::memchr_iter(0xEF, bytes)
        .find(is_noncharacter)
        .unwrap_or(text.len());
    let at = xml_control(bytes).min(noncharacter);
    match text[at..].chars().next() {
        None => Ok(()),
        Some(c) => {
            let finding = Finding::new(Reason::IllegalCharacter, Span::new(at, at + c.len_utf8()));
            Err(finding.with(format!("U+{:04X}", u32::from(c))))
        }
    }
}
