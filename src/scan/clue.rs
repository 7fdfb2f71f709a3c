//! Whether bytes end with an escaped quote, tag or bracket of CDATA, behind which a name or a value stands: a function for
//! each row of the table in [`escape`](super::escape).

/// A quote behind a backslash, or a sign by its number.
pub(super) fn backslash(tail: &[u8]) -> bool {
    let is_numbered = matches!(
        before_number(tail),
        Some([.., b'\\', b'x' | b'X'] | [.., b'\\', b'u', b'0', b'0'])
    );
    is_numbered || matches!(tail, [.., b'\\', b'"' | b'\''])
}

/// Two quotes where a name or a value of JSON may stand.
pub(super) fn doubled(tail: &[u8]) -> bool {
    let before = tail.strip_suffix(b"\"\"").map(<[u8]>::trim_ascii_end);
    matches!(before, Some([.., b'{' | b',' | b':' | b'[']))
}

/// An entity, also one that is escaped again.
pub(super) fn entity(tail: &[u8]) -> bool {
    let is_of_entity = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'#' | b';');
    let start = memchr::memrchr(b'&', tail).filter(|_| tail.ends_with(b";"));
    start.is_some_and(|at| tail[at + 1..].iter().all(is_of_entity))
}

/// A sign by its number, also where the `%` is escaped again.
pub(super) fn percent(tail: &[u8]) -> bool {
    let mut before = before_number(tail).unwrap_or_default();
    while let Some(rest) = before.strip_suffix(b"25") {
        before = rest;
    }
    before.ends_with(b"%")
}

/// What stands before the number of a quote, a tag or a bracket.
fn before_number(tail: &[u8]) -> Option<&[u8]> {
    let (before, digits) = tail.split_last_chunk::<2>()?;
    let is_sign = matches!(
        digits.map(|digit| digit.to_ascii_lowercase()),
        [b'2', b'2'] | [b'3', b'c'] | [b'5', b'b']
    );
    is_sign.then_some(before)
}
