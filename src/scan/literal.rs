//! Recognises documents in string literals without a sign: JSON in single quotes, where only backslashes are escaped,
//! and XML, which has no quotes to escape.
//!
//! A *literal* is a string of a programming language, with its quotes. Read without unescaping, a document in a literal
//! would have wrong values, and a user's text could end it early. Therefore, if a document after a quote contains
//! backslashes, all of them are checked: they are either JSON's own, or those that a language writes.

use std::ops::Range;

use crate::scan::escape::{Escape, is_blank_letter};
use crate::scan::lookahead::{FARTHEST, Lookahead};
use crate::scan::{skip, start};
use crate::simd::is_space;
use crate::syntax::Syntax;

/// A document that was read without unescaping, and may be a literal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate<'a> {
    pub(super) text: Lookahead<'a>,
    pub(super) quote: u8,
    pub(super) syntax: Syntax,
    /// The end of the document, or the position at which it broke.
    pub(super) read: usize,
    pub(super) is_broken: bool,
    /// The number of bytes that are known to hold no end.
    pub(super) unclosed: usize,
}

/// Returns the end of the literal that begins with the candidate. XML that continues on another line is no literal:
/// only PHP literals have line breaks, and PHP escapes nothing of XML. A candidate that breaks on its first line,
/// without a closing quote there, was cut off.
///
/// # Errors
///
/// The number of bytes that hold no end.
pub(super) fn end(candidate: Candidate<'_>) -> Result<usize, usize> {
    let window = candidate.text.window(FARTHEST);
    let bytes = window.bytes();
    let rest = |at| bytes.get(at..).unwrap_or_default();
    let (mut at, mut is_on_line) = (candidate.unclosed, true);
    while let Some(n) = memchr::memchr3(candidate.quote, b'\\', b'\n', rest(at)) {
        at += n;
        is_on_line &= bytes[at] != b'\n';
        at += match bytes[at] {
            b'\\' => 2,
            b'\n' if candidate.is_cut_at(at) => match candidate.goes_on_after(at) {
                true => 1,
                false => return Ok(at),
            },
            b'\n' if candidate.syntax == Syntax::Json => 1,
            b'\n' => return Err(0),
            _ => return Ok(at),
        };
    }
    window.note_end();
    let end = window.len();
    match end < FARTHEST && candidate.is_cut_at(end) {
        true => Ok(end),
        false if is_on_line => Err(at.max(end)),
        false => Err(0),
    }
}

impl Candidate<'_> {
    /// Returns true if the candidate is a literal that ends at `end`.
    pub(super) fn is_literal(&self, end: usize) -> bool {
        let read = self.read.min(self.text.len());
        let mut text = &self.text.bytes()[..end];
        if self.is_cut_at(end) {
            text = text.trim_ascii_end();
            while let Some(head) = text.strip_suffix(b"\\") {
                text = head;
            }
        }
        (end >= read || self.is_cut_at(end)) && is_escaped(text, self.syntax, self.is_broken)
    }

    /// Returns true if the line after the line break at `line` may belong to a PHP literal.
    fn goes_on_after(&self, line: usize) -> bool {
        let is_json = self.syntax == Syntax::Json;
        let head = is_json.then(|| self.text.from(line + 1).first(2)).flatten();
        head.is_some_and(|head| !skip::is_new_line_of_log(head))
    }

    /// Returns true if the candidate broke on its first line, which ends at `line`.
    fn is_cut_at(&self, line: usize) -> bool {
        let is_on_line = self.is_broken && self.read <= line + 1;
        is_on_line && memchr::memchr(b'\n', &self.text.bytes()[..line]).is_none()
    }
}

/// Returns true if the backslashes of `text` are those of a literal, not of the document. `is_broken` tells if the
/// document is broken without unescaping.
fn is_escaped(text: &[u8], syntax: Syntax, is_broken: bool) -> bool {
    // XML has no use for backslashes.
    if syntax == Syntax::Xml {
        return true;
    }
    let (mut at, mut in_string) = (0, false);
    let (mut is_doubled, mut has_unseen) = (false, false);
    while let Some(n) = memchr::memchr2(b'\\', b'"', &text[at..]) {
        at += n;
        let run = text[at..].iter().take_while(|&&b| b == b'\\').count();
        let next = text.get(at + run).copied();
        // JSON has no backslashes outside of strings.
        let is_blank = !in_string && run == 1 && next.is_some_and(is_blank_letter);
        let is_far = run % 2 == 1 && is_far_character(&text[at + run..]);
        let is_unseen = is_far && is_unseen_character(&text[at + run..]);
        let is_of_any = is_blank || is_unseen || is_far && is_broken;
        if run > 0 && !is_of_any && !is_of_literal(run, next) {
            return false;
        }
        has_unseen |= is_unseen;
        is_doubled |= run > 1;
        in_string ^= next == Some(b'"') && run % 4 == 0;
        at = (at + run + 1).min(text.len());
    }
    // JSON may also write invisible characters like this.
    is_broken || is_doubled || !has_unseen
}

/// Returns the position and the escaping of the escaped blank at `at`, or after the word there. JSON allows only blanks
/// in that place.
pub(super) fn escape_at(document: Lookahead<'_>, at: usize) -> Option<(usize, Escape)> {
    // The end of a number or a word is visible only after it.
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b"+-.".contains(&b);
    let at = at
        + document
            .from(at)
            .window(LONGEST_WORD)
            .position(|b| !is_word(b))?;
    let mut escape = Escape::of_sign(document.bytes()[at]).filter(may_be_blank)?;
    let byte = escape.escape(document.from(at))?;
    is_space(byte).then_some((at, escape))
}

/// Returns true if `escape` can stand for blanks between JSON values.
fn may_be_blank(escape: &Escape) -> bool {
    matches!(escape, Escape::Backslash | Escape::Octal)
}

/// The longest number or word of JSON after which an escape is looked for.
const LONGEST_WORD: usize = 160;

/// Returns true if rsyslog logged the XML `text`. It has no control characters, and it has escaped blanks where only
/// blanks can stand: between elements, or at the start of a short text that `is_plain` by its name.
pub(super) fn is_of_rsyslog(text: &[u8], is_plain: fn(&str) -> bool) -> bool {
    let mut signs = memchr::memchr_iter(b'#', text);
    signs.any(|at| text[at..].starts_with(b"#01") && is_for_blanks(text, at, is_plain))
        && !text.iter().any(u8::is_ascii_control)
}

/// Returns true if `at` follows a tag after which only blanks can stand up to the next tag.
fn is_for_blanks(text: &[u8], at: usize, is_plain: fn(&str) -> bool) -> bool {
    const LONGEST_NAME: usize = 64;
    let Some(before) = text[..at].strip_suffix(b">") else {
        return false;
    };
    let near = &before[before.len().saturating_sub(LONGEST_NAME)..];
    let Some(tag) = memchr::memrchr(b'<', near) else {
        return false;
    };
    let Ok(name) = std::str::from_utf8(&near[tag + 1..]) else {
        return false;
    };
    let behind = &text[at..];
    let blank_up_to_tag = || {
        let tag = memchr::memchr(b'<', behind)?;
        is_escaped_blank(Escape::Octal, &behind[..tag]).then_some(tag)
    };
    match name {
        // The bracket stands in text.
        _ if name.contains('>') => false,
        _ if name.starts_with('/') => blank_up_to_tag().is_some(),
        _ if is_plain(name) => { Escape::Octal }
            .escape(Lookahead::whole(behind))
            .is_some_and(is_space),
        // Nobody types an element.
        _ => blank_up_to_tag()
            .and_then(|tag| behind.get(tag + 1))
            .is_some_and(u8::is_ascii_alphabetic),
    }
}

fn is_escaped_blank(escape: Escape, text: &[u8]) -> bool {
    let blank = escape.text_of(text);
    blank.len() < text.len() && blank.iter().all(|&b| is_space(b))
}

/// Returns true if the XML `text` is part of a string literal: it has no control characters, and all its `texts` between
/// elements are escaped blanks.
pub(super) fn is_between_lines<'a>(text: &[u8], mut texts: impl Iterator<Item = &'a [u8]>) -> bool {
    let is_blank = |text: &[u8]| is_escaped_blank(Escape::Backslash, text);
    texts.next().is_some_and(is_blank)
        && texts.all(is_blank)
        && !text.iter().any(u8::is_ascii_control)
}

/// Returns the position and the escaping of the escaped line break that ends a `comment`, which runs to the line end.
pub(super) fn escape_in_comment(document: &[u8], comment: Range<usize>) -> Option<(usize, Escape)> {
    let (start, text) = (comment.start, document.get(comment)?);
    let (at, escape) = start::line_break(text).filter(|_| text.starts_with(b"//"))?;
    Some((start + at, escape))
}

/// Returns the escaping of the quote `\\"` that seems to end a JSON string at `at`, before text that is not JSON. The
/// literal may have begun anywhere before it.
pub(super) fn escape_before(document: &[u8], at: usize) -> Option<(usize, Escape)> {
    let is_quote = document.get(..at)?.ends_with(br#"\\""#);
    is_quote.then_some((at, Escape::Backslash))
}

/// Returns true if JSON that begins with `text` may be escaped with `escape`, which escapes its blanks.
pub(super) fn is_in(escape: Escape, text: &[u8]) -> bool {
    match escape {
        Escape::Octal => true,
        Escape::Backslash => is_escaped(text, Syntax::Json, true),
        _ => false,
    }
}

/// Returns true if `escape`, without its backslash, is a character above U+00FF. Python escapes invisible characters
/// like this, even if other backslashes are doubled.
fn is_far_character(escape: &[u8]) -> bool {
    let digits = escape.strip_prefix(b"u");
    let high = digits.and_then(|digits| digits.first_chunk::<2>());
    high.is_some_and(|high| high != b"00")
}

/// Returns true if `escape`, without its backslash, is an invisible character, as Python escapes it.
fn is_unseen_character(escape: &[u8]) -> bool {
    const LEN: usize = 1 + 4;
    let digits = escape.get(1..LEN).unwrap_or_default();
    let is_lower = !digits.iter().any(u8::is_ascii_uppercase);
    let value = std::str::from_utf8(digits).ok();
    let value = value.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let is_unseen = |value: u32| {
        matches!(value, 0x2000..=0x200F | 0x2028..=0x202F | 0x205F..=0x206F | 0x3000
            | 0xE000..=0xF8FF | 0xFEFF | 0xFFF0..=0xFFFB | 0xFFFE..=0xFFFF)
    };
    is_lower && value.is_some_and(is_unseen)
}

/// Returns true if `run` backslashes before `next` are JSON's own backslashes doubled, or an escape unknown to JSON.
fn is_of_literal(run: usize, next: Option<u8>) -> bool {
    let is_json = next.is_some_and(|next| b"\"\\/bfnrtu".contains(&next));
    match run % 4 {
        0 => true,
        2 => is_json,
        _ => matches!(next, Some(b'x' | b'U' | b'\'')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(text: &str, syntax: Syntax) -> Candidate<'_> {
        Candidate {
            text: Lookahead::whole(text.as_bytes()),
            quote: b'\'',
            syntax,
            read: 1,
            is_broken: false,
            unclosed: 0,
        }
    }

    #[test]
    fn literals_end_with_the_quote_that_began_them() {
        let end = |text| end(candidate(text, Syntax::Json)).ok();
        assert_eq!(end(r#"{"a":"\"it\'s\""}', 1"#), Some(17));
        assert_eq!(end("{\n}', 1"), Some(3));
        assert_eq!(end(r"{\'"), None);
        let xml = |text| super::end(candidate(text, Syntax::Xml)).ok();
        assert_eq!(xml("<xml>\n</xml>'"), None);
    }

    #[test]
    fn literals_that_were_cut_end_with_their_line() {
        let end = |text: &str, read| {
            let cut = Candidate {
                read,
                is_broken: true,
                ..candidate(text, Syntax::Json)
            };
            end(cut).ok()
        };
        assert_eq!(end("{\"a\n'", 4), Some(3));
        assert_eq!(end("{\"a", 3), Some(3));
        assert_eq!(end("{\n\"a\"x\n'", 6), Some(7));
    }

    #[test]
    fn escaped_quotes_break_what_stands_in_a_literal() {
        let shows = |text: &str| {
            let (at, text) = (text.find('@').expect("the place"), text.replace('@', ""));
            let found = escape_before(text.as_bytes(), at);
            let found = found.or(escape_at(Lookahead::whole(text.as_bytes()), at));
            let found = found.filter(|&(at, escape)| is_in(escape, &text.as_bytes()[..at]));
            found.map(|(_, escape)| escape)
        };
        assert_eq!(shows(r#"{"a":"{\\"@b\\""#), Some(Escape::Backslash));
        assert_eq!(shows(r#"{"a":"\\n\\"@b\\""#), Some(Escape::Backslash));
        assert_eq!(shows(r#"{"a":"x\\\""@b"#), None);
        assert_eq!(shows(r#"{"a":"b"@c"#), None);
        assert_eq!(shows(r#"{"a":"b"@\n}"#), Some(Escape::Backslash));
        assert_eq!(shows(r#"{"a":"\""@\n}"#), None);
        assert_eq!(shows(r#"{"a":"\""@#012}"#), Some(Escape::Octal));
        assert_eq!(shows(r#"{"a":"b"@#12}"#), None);
    }

    #[test]
    fn characters_that_cannot_be_seen_say_nothing_of_what_is_broken() {
        let is_escaped =
            |text: &str, is_broken| is_escaped(text.as_bytes(), Syntax::Json, is_broken);
        assert!(is_escaped(r#"{"a":"\\"\ufeff\\""#, true));
        assert!(!is_escaped(r#"{"a":"\ufeff"#, false));
        assert!(!is_escaped(r#"{"a":"\u0022"#, true));
    }

    #[test]
    fn rsyslog_shows_where_only_blanks_can_stand() {
        let cases = [
            ("<xml><A>a</A>#012  <B>b</B></xml>", true),
            ("<xml><A>#012 a #015#012</A></xml>", true),
            ("<xml><B>#012  <C>c</C></B></xml>", true),
            ("<xml><B>#012</B></xml>", false),
            ("<xml><B>#012<![CDATA[b]]></B></xml>", false),
            ("<xml><B>b>#012<C>c</C></B></xml>", false),
            ("<xml><A>a</A>\n#012<B>b</B></xml>", false),
            ("<xml><B>#012 a #015#012</B></xml>", false),
            ("<xml><A>a #012</A>#012b<B>b</B></xml>", false),
        ];
        for (text, expected) in cases {
            let is_plain = |name: &str| name == "A";
            assert_eq!(is_of_rsyslog(text.as_bytes(), is_plain), expected, "{text}");
        }
    }

    #[test]
    fn doubled_backslashes_are_a_literals() {
        let cases = [
            (r#"{"a":"b\\/c\\u8ba2"}"#, true),
            (r#"{"a":"\xe8\\"it\'s\\""}"#, true),
            (r#"{"a":"b\/c"}"#, false),
            (r#"{"a":"C:\\dir"}"#, false),
            (r#"{"a":"\\\\dir"}"#, true),
        ];
        for (text, expected) in cases {
            assert_eq!(
                is_escaped(text.as_bytes(), Syntax::Json, false),
                expected,
                "{text}"
            );
        }
    }
}
