//! Tells whether a document may continue from a line to the next.
//!
//! The end of the line and the beginning of the next line show it. In doubt the answer is yes, which costs time and loses
//! nothing.

use std::borrow::Cow;

use crate::scan::base64;
use crate::scan::chunked;
use crate::scan::container::{self, LineKind};
use crate::scan::escape::{Escape, TABLE};
use crate::scan::hex;
use crate::scan::highlight;
use crate::scan::lookahead::Lookahead;
use crate::scan::prefix::Relation;
use crate::simd::{self, skip_space};

/// Returns the relation of a line to the lines of `kind` after it, of which the text `behind` it is the first.
pub(super) fn relation(line: &[u8], behind: &[u8], kind: LineKind) -> Relation<()> {
    match container::line_kind(Lookahead::whole(line)) {
        other if other.is_beside(kind) => Relation::Beside,
        other if other == kind && goes_on(line, &container::printed(behind)) => Relation::Own(()),
        _ => Relation::Ends,
    }
}

/// Returns true for a line outside of a container's log from which no document continues to the text `behind` it. Most
/// lines are like this.
pub(super) fn document_ends(kind: LineKind, line: &[u8], behind: &[u8]) -> bool {
    kind == LineKind::Plain && !is_open(line, &container::printed(behind))
}

/// Returns true if a document may continue from `line` to the text `behind` it.
pub(super) fn goes_on(line: &[u8], behind: &[u8]) -> bool {
    let (text, is_part) = container::text_of_line(line).unwrap_or((line, false));
    is_part || is_open(text, behind)
}

/// Returns true if a document may continue from the `text` of a line to the text `behind` it.
#[inline]
fn is_open(text: &[u8], behind: &[u8]) -> bool {
    let text = without_colours(text.trim_ascii_end());
    text.is_empty()
        || ends_inside(text)
        || has_comment(text)
        || joins(text, behind)
        || splits_text(text, behind)
        || is_member_line(text)
        || base64::joins(text, behind)
        || hex::joins(text, behind)
        || chunked::joins(text, behind)
}

/// Returns `line` without the colours of a terminal and the white space at its end.
#[inline]
fn without_colours(mut line: &[u8]) -> &[u8] {
    while let [.., b'm'] = line
        && let Some(len) = highlight::colour_before(line)
    {
        line = line[..line.len() - len].trim_ascii_end();
    }
    line
}

/// Returns true if `line` begins like a member of an object that is printed with a member on each line: `CreateTime: `
/// in YAML, `[CreateTime] => `, `"CreateTime" => ` or `int(1610969440)` in PHP. Bare names without two capitals are too
/// common elsewhere.
// Asked of most lines before a payload; a call takes longer than the answer.
#[inline(always)]
fn is_member_line(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    let is_of_name = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_';
    let split = |text: &[u8]| text.iter().take_while(is_of_name).count();
    match line {
        [b'[', b'"', name @ ..] => name[split(name)..].starts_with(b"\"]=>"),
        [b'[', name @ ..] => name[split(name)..].starts_with(b"] =>"),
        [b'"', name @ ..] => name[split(name)..].starts_with(b"\" =>"),
        [b'-', b' ', name @ ..] | name @ [b'A'..=b'Z', ..] => {
            let (name, rest) = name.split_at(split(name));
            let capitals = name.iter().filter(|b| b.is_ascii_uppercase());
            capitals.count() > 1 && rest.starts_with(b": ")
        }
        [b's' | b'i' | b'f' | b'a', ..] => TYPED.iter().any(|typed| line.starts_with(typed)),
        _ => false,
    }
}

/// The beginnings of values that PHP's `var_dump` writes on lines of their own. [`is_member_line`] checks their first
/// bytes before it compares them.
const TYPED: [&[u8]; 4] = [b"string(", b"int(", b"float(", b"array("];

/// The line ends after which a document continues: open markup and brackets, and separators of lists.
const ENDS: [&str; 8] = ["{", "[", ",", ">", ":", "(", "，", "*/"];

/// Returns [`ENDS`] and the escaped ends of tags.
fn open_ends() -> impl Iterator<Item = &'static str> {
    let escaped = TABLE.iter().flat_map(|row| row.tag_ends);
    ENDS.iter().chain(escaped).copied()
}

/// Returns true if a document on `line` must continue on the next line.
fn ends_inside(line: &[u8]) -> bool {
    // A quick check: most lines end in other bytes. The last byte of `，` is not ASCII.
    let may_end = matches!(
        line.last(),
        Some(b'{' | b'[' | b',' | b'>' | b':' | b'(' | b'/' | b'e' | b'E' | b';' | 0x80..)
    );
    may_end && open_ends().any(|end| line.ends_with(end.as_bytes()))
}

/// The number of bytes of a line that tell whether a document continues there.
pub(super) const NEXT: usize = 24;

/// The number of bytes of a line that tell whether a document continues there, if the line may be a container's log line.
pub(super) const BEHIND: usize = NEXT + container::LONGEST_PREFIX;

/// Returns true if `line` ends and `behind` begins with a part of one text, as Node and Python print long ones and source
/// code joins them: `'a' +` on a line, or `'a'` above `'b'`.
fn splits_text(line: &[u8], behind: &[u8]) -> bool {
    let before = match line {
        [.., b' ', b'+' | b'.' | b'&' | b'|' | b'\\' | b'_'] => before_joint(line),
        _ => line,
    };
    let behind = match &behind[skip_space(behind, 0)..] {
        [b'+' | b'.' | b'&', b' ', behind @ ..] => behind,
        behind => behind,
    };
    before.last().is_some_and(is_quote) && behind.first().is_some_and(is_quote)
}

fn is_quote(byte: &u8) -> bool {
    b"'\"`".contains(byte)
}

/// Returns `line` up to the quote before what joins its literal to the next line, as ` +` or ` & vbCrLf & _`.
fn before_joint(line: &[u8]) -> &[u8] {
    const LONGEST: usize = 32;
    let near = &line[line.len().saturating_sub(LONGEST)..];
    let joint = near.iter().rev().take_while(|byte| !is_quote(byte)).count();
    &line[..line.len() - joint]
}

/// Returns true if `line` ends and `behind` begins like JSON that was split between any two tokens.
fn joins(line: &[u8], behind: &[u8]) -> bool {
    let next = &behind[skip_space(behind, 0)..];
    if !matches!(
        next.first(),
        Some(b'&' | b'"' | b':' | b',' | b'}' | b']' | b'*')
    ) {
        return false;
    }
    let next = unescaped(next);
    let is_end = matches!(
        line_end(line),
        Some(b'"' | b'}' | b']' | b'0'..=b'9' | b'e' | b'l')
    );
    is_end && matches!(next.first(), Some(b'"' | b':' | b',' | b'}' | b']'))
        || next.starts_with(b"*/")
        || behind.first() == Some(&b'&') && next.starts_with(b"</")
}

/// Returns the last byte of `line`. Decodes it if it is an entity.
fn line_end(line: &[u8]) -> Option<u8> {
    let entity = memchr::memrchr(b'&', line).filter(|_| line.ends_with(b";"));
    match entity {
        Some(at) => unescaped(&line[at..]).last().copied(),
        None => line.last().copied(),
    }
}

/// Returns the first bytes of `text`, with entities at the start decoded.
fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    let mut text = Cow::Borrowed(&text[..text.len().min(NEXT)]);
    while text.first() == Some(&b'&') {
        let inner = Escape::Entity.text_of(&text);
        if inner.len() == text.len() {
            break;
        }
        text = Cow::Owned(inner);
    }
    text
}

/// Returns true if `line` has a JSON comment. Slashes of paths and URLs do not count.
fn has_comment(line: &[u8]) -> bool {
    let mut slashes = simd::positions(line, |block| block.equal(b'/'));
    slashes.any(|at| match (line.get(at + 1), &line[..at]) {
        (Some(b'*'), _) => true,
        (Some(b'/'), [.., scheme, b':']) => !scheme.is_ascii_alphabetic(),
        (Some(b'/'), [.., b'/' | b'.' | b'-' | b'_']) => false,
        (Some(b'/'), before @ [.., last]) => !last.is_ascii_alphabetic() || is_json_word(before),
        (Some(b'/'), []) => true,
        _ => false,
    })
}

/// Returns true if `text` ends with `null`, `true` or `false`.
fn is_json_word(text: &[u8]) -> bool {
    let words: [&[u8]; 3] = [b"null", b"true", b"false"];
    words.iter().any(|word| text.ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_cannot_end_are_told_by_their_ends() {
        for end in open_ends() {
            assert!(ends_inside(format!("a{end}").as_bytes()), "{end}");
        }
        assert!(!ends_inside(b"name") && !ends_inside("阅".as_bytes()) && !ends_inside(b""));
    }
}
