//! Documents in string literals whose escapes are not told by their first bytes: JSON in single quotes, where only
//! backslashes are doubled, and XML, which has no quotes to escape.
//!
//! Read as they are, their values would be others; and what a user typed could end the document early. So a document
//! behind a quote that has backslashes is looked at as a whole: is it what a language makes of a text?

use std::ops::Range;

use crate::scan::escape::{Escape, is_blank_letter};
use crate::scan::lookahead::Lookahead;
use crate::scan::{skip, start};
use crate::simd::is_space;
use crate::syntax::Syntax;

/// A literal is this long at the most.
const FAR: usize = 1 << 16;

/// A document that was read as it is, to tell whether it is a literal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate<'a> {
    pub(super) text: Lookahead<'a>,
    pub(super) quote: u8,
    pub(super) syntax: Syntax,
    /// Up to where it is a document, or broke.
    pub(super) read: usize,
    pub(super) is_broken: bool,
}

/// Where the literal ends that begins with the candidate. XML that goes on in another line is no literal: only PHP has
/// line breaks in them, and escapes nothing of XML. One that breaks on its first line and is not closed there was cut
/// off.
pub(super) fn end(candidate: Candidate<'_>) -> Option<usize> {
    let window = candidate.text.window(FAR);
    let bytes = window.bytes();
    let rest = |at| bytes.get(at..).unwrap_or_default();
    let mut at = 0;
    while let Some(n) = memchr::memchr3(candidate.quote, b'\\', b'\n', rest(at)) {
        at += n;
        at += match bytes[at] {
            b'\\' => 2,
            b'\n' if candidate.is_cut_at(at) => match candidate.goes_on_behind(at) {
                true => 1,
                false => return Some(at),
            },
            b'\n' if candidate.syntax == Syntax::Json => 1,
            b'\n' => return None,
            _ => return Some(at),
        };
    }
    window.note_end();
    let end = window.len();
    (end < FAR && candidate.is_cut_at(end)).then_some(end)
}

impl Candidate<'_> {
    /// Whether it is a literal if it ends at `end`.
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

    /// Whether the line behind the line break at `line` may be one of a PHP literal.
    fn goes_on_behind(&self, line: usize) -> bool {
        let is_json = self.syntax == Syntax::Json;
        let head = is_json.then(|| self.text.from(line + 1).first(2)).flatten();
        head.is_some_and(|head| !skip::is_new_line_of_log(head))
    }

    /// Whether it broke on its first line, which ends at `line`.
    fn is_cut_at(&self, line: usize) -> bool {
        let is_on_line = self.is_broken && self.read <= line + 1;
        is_on_line && memchr::memchr(b'\n', &self.text.bytes()[..line]).is_none()
    }
}

/// Whether the backslashes of `text` are those of a literal, not those of the document in it, which may be broken as it
/// stands there.
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
        if run > 0 && !is_of_any && !is_literals(run, next) {
            return false;
        }
        has_unseen |= is_unseen;
        is_doubled |= run > 1;
        in_string ^= next == Some(b'"') && run % 4 == 0;
        at = (at + run + 1).min(text.len());
    }
    // JSON may write such a character like this as well.
    is_broken || is_doubled || !has_unseen
}

/// The escape of a blank that stands at `at` of JSON, where only blanks that are not escaped can stand, and where that is.
pub(super) fn escape_at(document: Lookahead<'_>, at: usize) -> Option<(usize, Escape)> {
    // A number or a word is told only by what stands behind it.
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

/// Whether `escape` writes blanks between the values of JSON.
fn may_be_blank(escape: &Escape) -> bool {
    matches!(escape, Escape::Backslash | Escape::Octal)
}

/// No number or word of JSON behind which an escape is looked for is longer.
const LONGEST_WORD: usize = 160;

/// Whether rsyslog logged the XML `text`: no control character is left, and escapes of blanks stand between elements or
/// at the start of a short text that `is_plain` by its name, where only blanks can stand.
pub(super) fn is_of_rsyslog(text: &[u8], is_plain: fn(&str) -> bool) -> bool {
    let mut escapes = memchr::memmem::find_iter(text, b"#01");
    escapes.any(|at| is_for_blanks(text, at, is_plain)) && !text.iter().any(u8::is_ascii_control)
}

/// Whether a tag ends at `at` behind which only blanks can stand up to the next one.
fn is_for_blanks(text: &[u8], at: usize, is_plain: fn(&str) -> bool) -> bool {
    const LONGEST_NAME: usize = 64;
    let Some(before) = text[..at].strip_suffix(b">") else {
        return false;
    };
    let near = &before[before.len().saturating_sub(LONGEST_NAME)..];
    let Some(tag) = memchr::memrchr(b'<', near) else {
        return false;
    };
    match std::str::from_utf8(&near[tag + 1..]) {
        Ok(name) if name.starts_with('/') && !name.contains('>') => {
            let len = memchr::memchr(b'<', &text[at..]);
            len.is_some_and(|len| is_escaped_blank(&text[at..at + len]))
        }
        Ok(name) => {
            is_plain(name) && { Escape::Octal }
                .escape(Lookahead::whole(&text[at..]))
                .is_some_and(is_space)
        }
        Err(_) => false,
    }
}

fn is_escaped_blank(text: &[u8]) -> bool {
    let mut blank = Vec::with_capacity(text.len());
    { Escape::Octal }.unescape(Lookahead::whole(text), &mut blank);
    blank.len() < text.len() && blank.iter().all(|&b| is_space(b))
}

/// The escape of a line break that ends a `comment`, which seems to run to the end of the line.
pub(super) fn escape_in_comment(document: &[u8], comment: Range<usize>) -> Option<(usize, Escape)> {
    let (start, text) = (comment.start, document.get(comment)?);
    let (at, escape) = start::line_break(text).filter(|_| text.starts_with(b"//"))?;
    Some((start + at, escape))
}

/// The escape of a quote with which a string of JSON seems to end at `at`, although what follows is no JSON: `\\"`. The
/// literal may have begun anywhere before.
pub(super) fn escape_before(document: &[u8], at: usize) -> Option<(usize, Escape)> {
    let is_quote = document.get(..at)?.ends_with(br#"\\""#);
    is_quote.then_some((at, Escape::Backslash))
}

/// Whether JSON that begins with `text` may stand in `escape`, which escapes its blanks.
pub(super) fn is_in(escape: Escape, text: &[u8]) -> bool {
    match escape {
        Escape::Octal => true,
        Escape::Backslash => is_escaped(text, Syntax::Json, true),
        _ => false,
    }
}

/// Whether `escape`, without its backslash, is that of a character that is no sign of JSON: Python writes what cannot be
/// seen like this, also where the other backslashes are doubled.
fn is_far_character(escape: &[u8]) -> bool {
    let digits = escape.strip_prefix(b"u");
    let high = digits.and_then(|digits| digits.first_chunk::<2>());
    high.is_some_and(|high| high != b"00")
}

/// Whether `escape`, without its backslash, is that of a character that Python escapes in a text, as Python writes it.
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

/// Whether `run` backslashes before `next` are JSON's own with each of them doubled, or one that JSON does not know.
fn is_literals(run: usize, next: Option<u8>) -> bool {
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
        }
    }

    #[test]
    fn literals_end_with_the_quote_that_began_them() {
        let end = |text| end(candidate(text, Syntax::Json));
        assert_eq!(end(r#"{"a":"\"it\'s\""}', 1"#), Some(17));
        assert_eq!(end("{\n}', 1"), Some(3));
        assert_eq!(end(r"{\'"), None);
        let xml = |text| super::end(candidate(text, Syntax::Xml));
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
            end(cut)
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
