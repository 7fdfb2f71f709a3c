//! Detects clues, with one function for each row of the table in [`escape`](super::escape).
//!
//! A *clue* is an escaped quote, tag or CDATA bracket right before a name or a value. It shows how the text around it
//! is escaped. Each function returns true if `tail` ends with a clue.

use crate::scan::decode;
use crate::scan::lookahead::Lookahead;

/// Detects `\"` and `\'`, or the code of a character, as `\x22` or `\u003c`.
pub(super) fn backslash(tail: &[u8]) -> bool {
    let is_numbered = matches!(
        before_number(tail),
        Some([.., b'\\', b'x' | b'X'] | [.., b'\\', b'u', b'0', b'0'])
    );
    is_numbered || matches!(tail, [.., b'\\', b'"' | b'\''])
}

/// Detects two quotes where a name or a value of JSON may stand.
pub(super) fn doubled(tail: &[u8]) -> bool {
    let before = tail.strip_suffix(b"\"\"").map(<[u8]>::trim_ascii_end);
    matches!(before, Some([.., b'{' | b',' | b':' | b'[']))
}

/// Detects an entity, whose `&` may be escaped again. `&nbsp;` shows nothing: pages have it in text that is not
/// escaped. An unknown entity is text.
pub(super) fn entity(tail: &[u8]) -> bool {
    let is_of_entity = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'#' | b';');
    let may_be_clue = tail.ends_with(b";") && !tail.ends_with(b"nbsp;");
    let start = memchr::memrchr(b'&', tail).filter(|_| may_be_clue);
    let entity = start.map(|at| &tail[at..]);
    entity.is_some_and(|entity| {
        entity[1..].iter().all(is_of_entity) && decode::entity(Lookahead::whole(entity)).is_some()
    })
}

/// Detects the code of a character, as `%22`, whose `%` may be escaped again.
pub(super) fn percent(tail: &[u8]) -> bool {
    let mut before = before_number(tail).unwrap_or_default();
    while let Some(rest) = before.strip_suffix(b"25") {
        before = rest;
    }
    before.ends_with(b"%")
}

/// Returns the bytes before the hexadecimal code of `"`, `<` or `[`, if `tail` ends with it.
fn before_number(tail: &[u8]) -> Option<&[u8]> {
    let (before, digits) = tail.split_last_chunk::<2>()?;
    let is_sign = matches!(
        digits.map(|digit| digit.to_ascii_lowercase()),
        [b'2', b'2'] | [b'3', b'c'] | [b'5', b'b']
    );
    is_sign.then_some(before)
}
