//! Recognises a notation by its first bytes.

use super::Users;
use super::pattern::{blank_len, find, identifier_len, member_len, name_len};
use super::reader::Reader;
use super::table::{
    BY_WORD, Bracket, GO, Holds, JAVA_MAP, JAVASCRIPT, Notation, PHP, PYTHON, RUBY, RUST, Values,
};
use crate::syntax::{Bytes, Limits, Stop, Tree};

/// The most brackets of arrays before the first object.
const MOST_ARRAYS: usize = 4;

/// The most bytes that are looked at.
const WINDOW: usize = 4096;

/// Returns the notation of the printed object with which `bytes` begin, or of an array's first object.
///
/// It looks at the bracket, the first member's name and what binds a value to it. JSON is none of the notations.
///
/// # Errors
///
/// [`Stop::More`] if too few bytes have arrived to tell.
pub(crate) fn at(bytes: Bytes<'_>, users: Users) -> Result<Option<&'static Notation>, Stop> {
    let is_long = bytes.all.len() > WINDOW;
    let window = Bytes {
        all: &bytes.all[..bytes.all.len().min(WINDOW)],
        last: bytes.last && !is_long,
    };
    match begin(window, users, 0, MOST_ARRAYS) {
        Err(Stop::More) if is_long => Ok(None),
        found => found,
    }
}

fn begin(
    bytes: Bytes<'_>,
    users: Users,
    at: usize,
    arrays: usize,
) -> Result<Option<&'static Notation>, Stop> {
    match bytes.from(at) {
        [] if !bytes.last => Err(Stop::More),
        [b'{', ..] => in_braces(bytes, at + 1),
        [b'[', ..] => in_square_brackets(bytes, users, at + 1, arrays),
        // No object begins so, and runs of brackets may be long.
        [b'(', b'(', ..] => Ok(None),
        _ => by_word(bytes, users, at),
    }
}

/// Returns the notation in which to read JSON that is mixed with bare names, single quotes or functions.
///
/// The first member of such text can look like JSON's. Read it where the reader of JSON has failed.
pub(crate) fn relaxed() -> &'static Notation {
    &JAVASCRIPT
}

/// Makes a reader that only looks for names.
fn with_reader<T>(
    notation: &'static Notation,
    bytes: Bytes<'_>,
    users: Users,
    look: impl FnOnce(&mut Reader<'_>) -> T,
) -> T {
    let (mut tree, limits) = (Tree::default(), Limits::default());
    look(&mut Reader::new(notation, bytes, users, &mut tree, &limits))
}

fn in_braces(bytes: Bytes<'_>, inside: usize) -> Result<Option<&'static Notation>, Stop> {
    let at = inside + blank_len(bytes.from(inside));
    let name = with_reader(&PYTHON, bytes, Users::NONE, |reader| {
        reader.plain_name(at, &["=>", ":", "="])
    })?;
    let Some(name) = name else { return Ok(None) };
    let first = bytes.get(at).unwrap_or_default();
    let is_bare = !b"'\"`:".contains(&first);
    Ok(match bytes.all[..name.end] {
        [.., b'=', b'>'] => Some(&RUBY),
        [.., b':'] if is_prefixed(bytes, name.at) || first == b'\'' => Some(&PYTHON),
        [.., b':'] if first == b'"' => after_double_quotes(bytes, name.end)?,
        [.., b':'] if is_bare && at > inside => Some(&JAVASCRIPT),
        [.., b':'] if is_bare => Some(go_or_javascript(bytes, name.end)?),
        [.., b'='] if is_bare && at == inside && is_of_java(bytes, name.at, name.end)? => {
            Some(&JAVA_MAP)
        }
        _ => None,
    })
}

/// True for a name as `u'name'`, where `at` is behind the quote.
fn is_prefixed(bytes: Bytes<'_>, at: usize) -> bool {
    matches!(bytes.all[..at], [.., b'u' | b'b', b'\''])
}

/// A Java map has no white space around `=`, and `==` is an operator.
fn is_of_java(bytes: Bytes<'_>, start: usize, end: usize) -> Result<bool, Stop> {
    let len = name_len(bytes.from(start)).unwrap_or(0);
    match bytes.get(end) {
        None if !bytes.last => Err(Stop::More),
        next => Ok(start + len + 1 == end && next != Some(b'=')),
    }
}

/// Names in double quotes are JSON's, too. The first value tells.
fn after_double_quotes(bytes: Bytes<'_>, end: usize) -> Result<Option<&'static Notation>, Stop> {
    let at = end + blank_len(bytes.from(end));
    match bytes.from(at) {
        [] if !bytes.last => Err(Stop::More),
        [b'\'', ..] => Ok(Some(&PYTHON)),
        rest => {
            for word in ["None", "True", "False"] {
                if find(word, bytes, at)?.is_some() {
                    return Ok(Some(&PYTHON));
                }
            }
            let len = identifier_len(rest).unwrap_or(0);
            let is_call = len > 0 && rest.get(len) == Some(&b'(');
            Ok(is_call.then_some(&JAVASCRIPT as &'static Notation))
        }
    }
}

/// Tells `{name:value name:value}` from `{name:'text',name:1}`. `end` is behind the first colon.
fn go_or_javascript(bytes: Bytes<'_>, end: usize) -> Result<&'static Notation, Stop> {
    const NEAR: usize = 256;
    let rest = bytes.from(end);
    if let [b' ', ..] = rest {
        return is_go_member(bytes, end + 1);
    }
    let window = &rest[..rest.len().min(NEAR)];
    for (i, byte) in window.iter().enumerate() {
        let next = end + i + 1;
        match byte {
            b'\'' | b'"' | b'`' | b'\n' | b'\r' => return Ok(&JAVASCRIPT),
            b' ' if bytes.get(next).is_none() && !bytes.last => return Err(Stop::More),
            b' ' if matches!(bytes.get(next), Some(b'\'' | b'"' | b'`')) => return Ok(&JAVASCRIPT),
            b' ' | b'}' => return Ok(&GO),
            b',' if is_javascript_member(bytes, next)? => return Ok(&JAVASCRIPT),
            _ => {}
        }
    }
    match window.len() < NEAR && !bytes.last {
        true => Err(Stop::More),
        false => Ok(&GO),
    }
}

/// In Go a member whose text is empty is followed by a blank and the next member: `{Space: Local:xml}`.
fn is_go_member(bytes: Bytes<'_>, at: usize) -> Result<&'static Notation, Stop> {
    let len = member_len(bytes.from(at)).unwrap_or(0);
    match bytes.from(at + len) {
        [] | [b':'] if !bytes.last => Err(Stop::More),
        [b':', next, ..] if len > 0 && !next.is_ascii_whitespace() => Ok(&GO),
        _ => Ok(&JAVASCRIPT),
    }
}

fn is_javascript_member(bytes: Bytes<'_>, at: usize) -> Result<bool, Stop> {
    let at = at + blank_len(bytes.from(at));
    let name = with_reader(&JAVASCRIPT, bytes, Users::NONE, |reader| {
        reader.plain_name(at, &[":"])
    })?;
    Ok(name.is_some())
}

fn in_square_brackets(
    bytes: Bytes<'_>,
    users: Users,
    inside: usize,
    arrays: usize,
) -> Result<Option<&'static Notation>, Stop> {
    let at = inside + blank_len(bytes.from(inside));
    if find("^: null prototype] {", bytes, at)?.is_some() {
        return Ok(Some(&JAVASCRIPT));
    }
    if with_reader(&PHP, bytes, users, |reader| reader.plain_name(at, &["=>"]))?.is_some() {
        return Ok(Some(&PHP));
    }
    match arrays.checked_sub(1) {
        Some(arrays) => begin(bytes, users, at, arrays),
        None => Ok(None),
    }
}

/// Looks for the notations in which a word or a sign stands before the bracket.
fn by_word(bytes: Bytes<'_>, users: Users, at: usize) -> Result<Option<&'static Notation>, Stop> {
    let Some(behind) = behind_word(bytes.from(at)) else {
        return Ok(None);
    };
    // All patterns that begin with a word have the byte behind the word.
    let may_be = |open: &str| behind.is_none_or(|byte| open.as_bytes().contains(&byte));
    for notation in BY_WORD {
        let with_word = |bracket: &&Bracket| {
            bracket.holds != Holds::Entries && !matches!(bracket.open.as_bytes()[0], b'{' | b'[')
        };
        let brackets = notation.brackets.iter().filter(with_word);
        for bracket in brackets.filter(|bracket| may_be(bracket.open)) {
            let Some(found) = find(bracket.open, bytes, at)? else {
                continue;
            };
            let inside = at + found.len;
            if begins_with_member(notation, bracket.holds, bytes, users, inside)?
                && (!std::ptr::eq(notation, &RUST) || is_of_rust(bytes, at, inside)?)
            {
                return Ok(Some(notation));
            }
        }
    }
    Ok(None)
}

/// Returns the first byte behind the word and the white space with which `rest` begins, if there are any. Returns `None`
/// for most text before which no bracket of a notation stands.
fn behind_word(rest: &[u8]) -> Option<Option<u8>> {
    let Some(len) = identifier_len(rest) else {
        return matches!(rest, [] | [b'(' | b'#' | b'&' | b'%', ..]).then_some(None);
    };
    let behind = &rest[len..];
    let next = behind.get(blank_len(behind)).copied();
    next.is_none_or(|next| b"({[:O".contains(&next))
        .then_some(next)
}

fn begins_with_member(
    notation: &'static Notation,
    holds: Holds,
    bytes: Bytes<'_>,
    users: Users,
    at: usize,
) -> Result<bool, Stop> {
    let mut at = match notation.values {
        Values::UpToMember => at,
        _ => at + blank_len(bytes.from(at)),
    };
    if holds == Holds::Pairs {
        let Some(found) = find("( ", bytes, at)? else {
            return Ok(false);
        };
        at += found.len;
    }
    let is_quoted = matches!(bytes.get(at), Some(b'\'' | b'"' | b'u' | b'b'));
    if std::ptr::eq(notation, &PYTHON) && !is_quoted {
        return Ok(false);
    }
    let name = with_reader(notation, bytes, users, |reader| reader.find_name(at, holds))?;
    Ok(name.is_some())
}

/// Returns true if the object at `start` may be a value of Rust: a blank follows its bracket, and its first text has the
/// quotes of Rust. Node puts the texts of a class in single quotes. A word in capital letters is the level of a log line.
fn is_of_rust(bytes: Bytes<'_>, start: usize, inside: usize) -> Result<bool, Stop> {
    const NEAR: usize = 256;
    let is_name = bytes.all[start..inside].iter().any(u8::is_ascii_lowercase);
    let is_apart = bytes.get(inside).is_some_and(|b| b.is_ascii_whitespace());
    if !is_name || !is_apart {
        return Ok(false);
    }
    let rest = bytes.from(inside);
    let near = &rest[..rest.len().min(NEAR)];
    match memchr::memchr3(b'"', b'\'', b'`', near) {
        None if near.len() < NEAR && !bytes.last => Err(Stop::More),
        quote => Ok(quote.is_some_and(|quote| near[quote] == b'"')),
    }
}
