//! The small patterns in which the table writes brackets and marks of omission.

use crate::syntax::{Bytes, Stop};

/// The most bytes of an identifier or a name without quotes. It bounds how far a reader looks ahead.
pub(super) const LONGEST_NAME: usize = 128;

/// A match of a pattern.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Match {
    pub(super) len: usize,
    /// The number that `%` matched.
    pub(super) count: Option<usize>,
}

/// Matches `pattern` with the bytes at `at`.
///
/// In a pattern, ` ` is any white space, also none; `~` an identifier, `^` one that begins with a capital letter, `%` a
/// number that counts members, `?` another number, and `!` the hexadecimal digits of an address. All else is itself, and so
/// is the symbol behind a backslash.
///
/// # Errors
///
/// [`Stop::More`] if the bytes end inside what may become a match.
#[inline]
pub(super) fn find(pattern: &str, bytes: Bytes<'_>, at: usize) -> Result<Option<Match>, Stop> {
    // Most patterns fail at their first byte.
    let literal = pattern
        .bytes()
        .next()
        .filter(|symbol| !b" ~^%?!\\".contains(symbol));
    match (literal, bytes.get(at)) {
        (Some(literal), Some(first)) if literal != first => Ok(None),
        _ => find_all(pattern, bytes, at),
    }
}

fn find_all(pattern: &str, bytes: Bytes<'_>, at: usize) -> Result<Option<Match>, Stop> {
    let mut found = Match::default();
    let mut symbols = pattern.bytes();
    while let Some(symbol) = symbols.next() {
        let rest = bytes.from(at + found.len);
        let len = match symbol {
            b'\\' => literal_len(rest, symbols.next()),
            b' ' => Some(blank_len(rest)),
            b'~' => identifier_len(rest),
            b'^' => identifier_len(rest).filter(|_| rest[0].is_ascii_uppercase()),
            b'%' | b'?' => run(rest, |b| b.is_ascii_digit()),
            b'!' => run(rest, |b| b.is_ascii_hexdigit()).filter(|len| (5..=16).contains(len)),
            literal => literal_len(rest, Some(literal)),
        };
        if rest.is_empty() && symbol != b' ' && !bytes.last {
            return Err(Stop::More);
        }
        let Some(len) = len else { return Ok(None) };
        if symbol == b'%' {
            let digits = std::str::from_utf8(&rest[..len]).unwrap_or_default();
            found.count = Some(digits.parse().unwrap_or(usize::MAX));
        }
        found.len += len;
    }
    Ok(Some(found))
}

fn literal_len(rest: &[u8], literal: Option<u8>) -> Option<usize> {
    (literal.is_some() && rest.first().copied() == literal).then_some(1)
}

/// Returns true if `text` stands at `at`.
///
/// # Errors
///
/// [`Stop::More`] if the bytes end inside it.
pub(super) fn is_at(text: &str, bytes: Bytes<'_>, at: usize) -> Result<bool, Stop> {
    let rest = bytes.from(at);
    let (text, len) = (text.as_bytes(), rest.len().min(text.len()));
    match rest[..len] == text[..len] {
        true if len < text.len() && !bytes.last => Err(Stop::More),
        is_start => Ok(is_start && len == text.len()),
    }
}

/// Returns the length of the white space at the start of `rest`.
pub(super) fn blank_len(rest: &[u8]) -> usize {
    rest.iter().take_while(|b| b.is_ascii_whitespace()).count()
}

/// Returns the length of the white space at the start of `rest`, and of the sequences that set a terminal's colours.
pub(super) fn coloured_blank_len(rest: &[u8]) -> usize {
    let mut len = blank_len(rest);
    while let Some(colour) = rest[len..].strip_prefix(b"\x1B[").and_then(colour_len) {
        len += 2 + colour;
        len += blank_len(&rest[len..]);
    }
    len
}

/// The most bytes of a sequence that sets a terminal's colour. It bounds how far a reader looks ahead.
pub(super) const LONGEST_COLOUR: usize = 24;

/// Returns the length of what follows `ESC [` in a sequence that sets a terminal's colour.
pub(crate) fn colour_len(rest: &[u8]) -> Option<usize> {
    let rest = &rest[..rest.len().min(LONGEST_COLOUR - 2)];
    let digits = rest
        .iter()
        .take_while(|b| b.is_ascii_digit() || **b == b';');
    let len = digits.count();
    (rest.get(len) == Some(&b'm')).then_some(len + 1)
}

fn run(rest: &[u8], is_inside: impl Fn(u8) -> bool) -> Option<usize> {
    let head = &rest[..rest.len().min(LONGEST_NAME)];
    let len = head.iter().take_while(|b| is_inside(**b)).count();
    (len > 0).then_some(len)
}

/// Returns the length of the identifier at the start of `rest`: a name of a class, with its package or module.
pub(super) fn identifier_len(rest: &[u8]) -> Option<usize> {
    rest.first().filter(|b| !b.is_ascii_digit())?;
    let mut len = run(rest, |b| b.is_ascii_alphanumeric() || b"_.$\\".contains(&b))?;
    while let Some([b':', b':', capital, ..]) = rest.get(len..)
        && capital.is_ascii_uppercase()
    {
        len += 2 + run(&rest[len + 2..], |b| b.is_ascii_alphanumeric() || b == b'_')?;
    }
    Some(len)
}

/// Returns the length of the name without quotes at the start of `rest`, or `None` if there is none.
pub(super) fn name_len(rest: &[u8]) -> Option<usize> {
    let len = run(rest, is_of_name)?;
    (len < LONGEST_NAME && !matches!(rest[0], b'-' | b'.')).then_some(len)
}

/// Returns the length of the identifier that may begin a member where texts have no quotes: no number, as in `20:00`.
pub(super) fn member_len(rest: &[u8]) -> Option<usize> {
    name_len(rest).filter(|_| !rest[0].is_ascii_digit())
}

/// True if a name without quotes may hold `byte`.
pub(super) fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || b"_$-.@".contains(&byte)
}
