//! Judges whether an event's name is one of the values of a callback in a list that has no names:
//! `Push(gh_123456789abc,oAbc…,1610969440,event,subscribe_msg_popup_event)`, or the row of a table whose names stand far
//! above.
//!
//! Only values of an unmistakable shape count, and only those that fill a cell of the list. Prose that names an openid has
//! other words beside it, and an object has names before its values.

use std::ops::Range;

use crate::event::evidence::{FROM_USER, TO_USER, extend, is_of_value, shape_or_template};
use crate::event::fields::MSG_TYPE_EVENT;
use crate::simd::line_start;

/// The most bytes of the list that are read before the event's name, and after it.
const REACH: usize = 1024;

/// Returns the range of the values in `text`, if the event's `name` stands in a list with enough of them: an account or a
/// user and a time or a template in brackets, or three of these in a line.
pub(crate) fn listed(text: &[u8], name: &Range<usize>) -> Option<Range<usize>> {
    let separator = separator(text, name)?;
    let bracket = opening_bracket(text, name.start);
    let range = match bracket {
        Some(open) => open + 1..end_of_bracket(text, name.end),
        None => line_around(text, name),
    };
    let cells = || cells(text, range.clone(), separator);
    let mut before = cells().take_while(|cell| cell.end <= name.start);
    if separator == b' ' && (bracket.is_none() || before.any(|cell| is_prose(&text[cell]))) {
        return None;
    }
    let (mut seen, mut found) = (0, name.clone());
    for cell in cells() {
        let shape = shape_of_cell(&text[cell.clone()]);
        if shape != 0 {
            seen |= shape;
            extend(&mut found, &cell);
        }
    }
    is_enough(seen, bracket.is_some()).then_some(found)
}

/// Returns true if values of the shapes `seen` show a callback.
fn is_enough(seen: u8, is_bracketed: bool) -> bool {
    const LEAST: u32 = 3;
    let has_user = seen & (TO_USER | FROM_USER) != 0;
    let has_more = seen & !(TO_USER | FROM_USER) != 0;
    is_bracketed && has_user && has_more || seen.count_ones() >= LEAST
}

/// Returns the bit of the field whose shape `cell` has, or 0.
fn shape_of_cell(cell: &[u8]) -> u8 {
    match cell.iter().all(|&b| is_of_value(b)) {
        true => shape_or_template(cell),
        false => 0,
    }
}

/// Returns true for a word that stands in prose and in no list of values.
fn is_prose(cell: &[u8]) -> bool {
    let is_word = !cell.is_empty() && cell.iter().all(u8::is_ascii_alphabetic);
    is_word && cell != MSG_TYPE_EVENT.as_bytes()
}

/// Stands for the end of a list beside a value.
const BORDER: u8 = b'\n';

/// Returns the byte that separates the event's `name` from the values beside it, or `None` if the name is no value of a
/// list.
fn separator(text: &[u8], name: &Range<usize>) -> Option<u8> {
    let before = beside(text[..name.start].iter().rev())?;
    let behind = &text[name.end..];
    let behind = beside(behind[type_len(behind)..].iter())?;
    match (before, behind) {
        (BORDER, other) | (other, BORDER) => Some(other).filter(|&other| other != BORDER),
        _ => Some(before).filter(|_| before == behind),
    }
}

/// Returns the first separator in `bytes`, which come after a value or, in reverse order, before it.
fn beside<'t>(bytes: impl Iterator<Item = &'t u8>) -> Option<u8> {
    let mut is_apart = false;
    for &byte in bytes.skip_while(|&&byte| is_quote(byte)) {
        match byte {
            b' ' => is_apart = true,
            b',' | b'|' | b';' | b'\t' => return Some(byte),
            b'\n' | b'\r' => return Some(BORDER),
            b':' | b'=' | b'>' => return None,
            _ if is_bracket(byte) => return Some(BORDER),
            _ => return is_apart.then_some(b' '),
        }
    }
    Some(BORDER)
}

fn is_quote(byte: u8) -> bool {
    b"\"'`\\".contains(&byte)
}

fn is_bracket(byte: u8) -> bool {
    b"([{)]}".contains(&byte)
}

/// Returns the length of the type behind a value, as in `event(String)`.
fn type_len(behind: &[u8]) -> usize {
    let word = behind.strip_prefix(b"(").unwrap_or_default();
    let len = word.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    match word.get(len) {
        Some(b')') if len > 0 => len + 2,
        _ => 0,
    }
}

/// Returns the position of the bracket that opens before `end` and does not close there.
fn opening_bracket(text: &[u8], end: usize) -> Option<usize> {
    let near = end.saturating_sub(REACH)..end;
    outer_bracket(text, near.rev(), [b"([{", b")]}"])
}

/// Returns the position of the bracket that closes at `start` or later and does not open there, or the end of what is read.
fn end_of_bracket(text: &[u8], start: usize) -> usize {
    let end = text.len().min(start + REACH);
    outer_bracket(text, start..end, [b")]}", b"([{"]).unwrap_or(end)
}

/// Returns the first position in `near` at which one of the brackets `wanted` stands that is not the `other` end of one that
/// was passed.
fn outer_bracket(
    text: &[u8],
    mut near: impl Iterator<Item = usize>,
    [wanted, other]: [&[u8; 3]; 2],
) -> Option<usize> {
    let mut inner = 0_usize;
    near.find(|&at| {
        let is_wanted = wanted.contains(&text[at]);
        let is_outer = is_wanted && inner == 0;
        inner += usize::from(other.contains(&text[at]));
        inner -= usize::from(is_wanted && !is_outer);
        is_outer
    })
}

/// Returns the range of the line of `name`, without a label before its first value.
fn line_around(text: &[u8], name: &Range<usize>) -> Range<usize> {
    let (far, end) = (
        name.start.saturating_sub(REACH),
        text.len().min(name.end + REACH),
    );
    let start = far + line_start(&text[far..name.start]);
    let len = memchr::memchr(b'\n', &text[name.end..end]);
    let label = memchr::memmem::rfind(&text[start..name.start], b": ");
    start + label.unwrap_or(0)..len.map_or(end, |len| name.end + len)
}

/// Returns the cells of a list in `range`, without the blanks and quotes around them. Brackets inside separate cells, too.
fn cells(text: &[u8], range: Range<usize>, separator: u8) -> impl Iterator<Item = Range<usize>> {
    let is_end = move |byte: u8| byte == separator || byte == BORDER || is_bracket(byte);
    let is_around = |byte: u8| byte.is_ascii_whitespace() || byte == b':' || is_quote(byte);
    let mut at = range.start;
    std::iter::from_fn(move || {
        let start = at
            + text
                .get(at..range.end)?
                .iter()
                .position(|&b| !is_around(b))?;
        let cell = &text[start..range.end];
        let len = cell.iter().position(|&b| is_end(b)).unwrap_or(cell.len());
        at = start + len + 1;
        let solid = cell[..len].iter().rposition(|&b| !is_around(b));
        Some(start..start + solid.map_or(0, |solid| solid + 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::evidence::event_name;

    const ACCOUNT: &str = "gh_0123456789ab";
    const OPENID: &str = "oWx3b5Tq0nRkF7uYhLs9aVmPzE1c";
    const TEMPLATE: &str = "bN4cYw8LpS1tGx6HqZ0rUdE9oKmJ2aVf7iTkX5hQ3Rs";
    const NAME: &str = "subscribe_msg_sent_event";

    /// Returns the values around the event's name in `pattern`, in which letters stand for values.
    fn found(pattern: &str) -> Option<String> {
        let text = pattern.replace("NAME", NAME).replace("ACCOUNT", ACCOUNT);
        let text = text.replace("OPENID", OPENID).replace("TEMPLATE", TEMPLATE);
        let name = event_name(text.as_bytes()).expect("a name");
        listed(text.as_bytes(), &name).map(|range| text[range].to_owned())
    }

    #[test]
    fn values_in_brackets_show_a_callback() {
        for pattern in [
            "Push(ACCOUNT,OPENID,1762040403,event,NAME,List(Item(TEMPLATE,reject)))",
            "Push(OPENID, NAME, TEMPLATE)",
            "{ACCOUNT OPENID 1762040403 event NAME [{TEMPLATE reject}]}",
            "('ACCOUNT', 'OPENID', 1762040403, 'event', 'NAME')",
            "[\"NAME\",\"OPENID\",1762040403]",
            "[\\\"NAME\\\",\\\"OPENID\\\",1762040403]",
            "Push(\n    \"ACCOUNT\",\n    1762040403,\n    \"NAME\",\n)",
            "[ACCOUNT(String), 1762040403(Long), NAME(String)]",
            "x\nACCOUNT,OPENID,1762040403,event,NAME\n",
            "==> Parameters: ACCOUNT(String), OPENID(String), 1762040403(Long), NAME(String)",
            "| 7 | ACCOUNT | OPENID | NAME | TEMPLATE |\r\n",
            "ACCOUNT\tOPENID\t\"NAME\"\tTEMPLATE",
        ] {
            let found = found(pattern).expect(pattern);
            assert!(found.contains(NAME), "{pattern}: {found}");
        }
    }

    #[test]
    fn prose_and_names_with_values_show_none() {
        for pattern in [
            "(openid OPENID sent NAME at 1762040403)",
            "the user OPENID of ACCOUNT, NAME, at 1762040403 with TEMPLATE",
            "{\"event\":\"NAME\",\"openid\":\"OPENID\",\"time\":1762040403}",
            "event=NAME openid=OPENID template=TEMPLATE time=1762040403",
            "[NAME] user OPENID template TEMPLATE time 1762040403",
            "handle(NAME, OPENID)",
            "2026-11-02 08:00:01|INFO|NAME|OPENID|1762040403",
            "('NAME', {'openid': 'OPENID', 'time': 1762040403})",
            "{ACCOUNT at 1762040403 got NAME}",
        ] {
            assert_eq!(found(pattern), None, "{pattern}");
        }
    }
}
