//! Decides whether a document begins at a bracket.
//!
//! A document may be escaped. The *sign* is the first byte after its bracket: `{\"` has a backslash, `{&quot;` an `&`.
//! It shows the escaping; [`buried`] then undoes it and checks that a document begins in the result.

use crate::scan::escape::{self, Escape, TABLE, is_blank_letter};
use crate::scan::lookahead::Lookahead;
use crate::scan::typographic::{self, Pasted};
use crate::simd::is_space;
use crate::syntax::json::short_comment_len;
use crate::syntax::xml::{LONGEST_DECLARATION, ROOT};

/// The kind of document that begins at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    Xml,
    Json,
    /// An array of JSON objects. Each object is a document.
    Array,
    /// An escaped document.
    Escaped(Escape),
    Nothing,
}

/// The longest white space after the bracket of a document.
const LONGEST_BLANKS: usize = 4096;

/// The number of bytes from which the escaping is determined.
const SIGN_WINDOW: usize = 64;

/// Returns true if WeChat's messages have a field of this name in their header.
pub(super) type IsHeader = fn(&str) -> bool;

/// Returns what begins at the start of `ahead`. `bare` is true if the start is bare; see [`Scanner`](super::Scanner).
pub(super) fn at(ahead: Lookahead<'_>, bare: bool, is_header: IsHeader) -> Start {
    match ahead.bytes() {
        // Prose, as `[http-14]`.
        [b'{' | b'[', next, ..] if next.is_ascii_alphanumeric() => Start::Nothing,
        [b'{' | b'[' | b'<', ..] => at_bracket(ahead, bare, is_header),
        _ => Start::Nothing,
    }
}

fn at_bracket(ahead: Lookahead<'_>, bare: bool, is_header: IsHeader) -> Start {
    let sign = first_sign(ahead);
    match (ahead.bytes()[0], sign.and_then(escape_of)) {
        (b'<', Some(Escape::Entity)) if sign.is_some_and(is_text) => Start::Xml,
        (_, Some(escape)) => {
            let head = sign.map_or(0, |sign| ahead.len() - sign.len());
            buried(escape, head, ahead, bare, is_header)
        }
        (b'{', None) => object(ahead),
        (b'[', None) => array(ahead),
        _ => element(ahead, bare, is_header),
    }
}

/// Returns the bytes from the sign on. In an XML declaration, the sign is its first quote or the byte after the
/// declaration.
fn first_sign(ahead: Lookahead<'_>) -> Option<Lookahead<'_>> {
    if ahead.bytes().starts_with(DECLARATION) {
        return declaration_sign(ahead);
    }
    let window = ahead.window(LONGEST_BLANKS);
    let at = match ahead.bytes()[0] {
        b'{' => after_comments(window)?,
        b'[' => window.skip_space(1),
        _ if ahead.begins(ROOT) => window.skip_space(ROOT.len()),
        _ => return None,
    };
    Some(ahead.from(at))
}

/// Returns the position after white space and comments, or of the escape that ends a comment. Returns `None` if a
/// comment has no end.
fn after_comments(ahead: Lookahead<'_>) -> Option<usize> {
    let mut at = ahead.skip_space(1);
    while ahead.bytes().get(at) == Some(&b'/') {
        let comment = ahead.from(at);
        let len = short_comment_len(comment.bytes());
        if let Some(escape) = escaped_end(comment, len.ok().flatten()) {
            return Some(at + escape);
        }
        at = match len {
            Ok(Some(len)) => ahead.skip_space(at + len),
            Ok(None) => {
                ahead.note_end();
                return None;
            }
            Err(()) => return Some(at),
        }
    }
    Some(at)
}

/// Returns the position of the escaped line break that ends a `comment` of apparently `len` bytes.
fn escaped_end(comment: Lookahead<'_>, len: Option<usize>) -> Option<usize> {
    let comment = comment.bytes();
    let line = &comment[..len.unwrap_or(comment.len())];
    let (at, _) = line_break(line).filter(|_| line.starts_with(b"//"))?;
    Some(at)
}

/// Returns the position and the escaping of the first escaped line break in `line`.
pub(super) fn line_break(line: &[u8]) -> Option<(usize, Escape)> {
    memchr::memchr3_iter(b'\\', b'#', b'%', line).find_map(|at| {
        let mut escape = Escape::of_sign(line[at])?;
        let byte = escape.escape(Lookahead::whole(&line[at..]));
        (byte == Some(b'\n')).then_some((at, escape))
    })
}

const DECLARATION: &[u8] = b"<?xml ";

/// Returns the bytes from the sign of an XML declaration on.
fn declaration_sign(ahead: Lookahead<'_>) -> Option<Lookahead<'_>> {
    let head = ahead.window(LONGEST_DECLARATION);
    let value = head.find(b'=')? + 1;
    match head.bytes()[value..] {
        [b'"', b'"', ..] => Some(ahead.from(value)),
        [b'"' | b'\'', ..] => Some(ahead.from(head.find_text(b"?>")? + 2)),
        _ => Some(ahead.from(value)),
    }
}

/// Returns true if the XML declaration at the start of `ahead` has a line of its own, as in a PHP literal.
fn is_above_document(ahead: Lookahead<'_>) -> bool {
    let head = ahead.window(LONGEST_DECLARATION);
    let Some(end) = head.line().find_text(b"?>") else {
        return false;
    };
    let rest = head.from(end + 2);
    let next = rest.position(|b| b == b'\n' || !b.is_ascii_whitespace());
    next.is_some_and(|at| rest.bytes()[at] == b'\n')
}

/// Returns true if `ahead` begins an XML literal that extends over several lines.
pub(super) fn is_over_lines(ahead: Lookahead<'_>) -> bool {
    ahead.starts_with(DECLARATION) && is_above_document(ahead)
}

/// Returns the escaping that a sign shows.
fn escape_of(sign: Lookahead<'_>) -> Option<Escape> {
    match sign.get(0)? {
        b'\\' | b'"' if has_doubled_quote(sign) => Some(Escape::Doubled),
        b'"' => None,
        _ if typographic::shows(sign) => Some(Escape::Pasted(Pasted::default())),
        sign => Escape::of_sign(sign),
    }
}

/// Returns true if the entity at the sign is text inside an XML root: an unescaped tag follows.
fn is_text(sign: Lookahead<'_>) -> bool {
    let window = sign.window(SIGN_WINDOW);
    let bytes = window.bytes();
    let bracket = memchr::memchr2(b'<', b'>', bytes);
    let before = &bytes[..bracket.unwrap_or(bytes.len())];
    if memchr::memmem::find(before, b"gt;").is_some() {
        return false;
    }
    if bracket.is_none() {
        window.note_end();
    }
    bracket.is_some_and(|at| bytes[at] == b'<')
}

/// Returns true if the first quote was doubled once or more, after all other escaping: `""a`, `""""a`, `\""a`.
fn has_doubled_quote(sign: Lookahead<'_>) -> bool {
    let Some(at) = first_quote(sign) else {
        return false;
    };
    let is_outermost = matches!(&sign.bytes()[..at], [] | [.., b'\\']);
    is_outermost && begins_with_doubled(sign.from(at).window(LONGEST_BLANKS))
}

/// Returns true if `text` begins with a doubled quote before a name.
fn begins_with_doubled(text: Lookahead<'_>) -> bool {
    let run = text.run(|b| b == b'"');
    if run == 1 || !run.is_power_of_two() {
        return false;
    }
    // An empty name ends with the second quote, or with the fourth if all are doubled.
    match after_blanks(text.from(run)).get(0) {
        Some(b':' | b'/') => run > 2,
        Some(b',' | b'}') | None => false,
        Some(_) => true,
    }
}

/// Returns `text` after its blanks, escaped or not.
fn after_blanks(mut text: Lookahead<'_>) -> Lookahead<'_> {
    loop {
        text = match text.get(0) {
            Some(blank) if is_space(blank) => text.from(1),
            Some(b'\\') if text.get(1).is_some_and(is_blank_letter) => text.from(2),
            _ => return text,
        }
    }
}

/// Returns the position of the first quote near the start of `text`, if only blanks, escaped or not, stand before it.
fn first_quote(text: Lookahead<'_>) -> Option<usize> {
    let is_blank = |b| is_space(b) || b == b'\\' || is_blank_letter(b);
    let at = text.window(SIGN_WINDOW + 1).position(|b| !is_blank(b))?;
    (text.bytes()[at] == b'"').then_some(at)
}

/// Returns the start of `ahead` after undoing `escape`. The sign comes after `head` bytes.
fn buried(
    escape: Escape,
    head: usize,
    ahead: Lookahead<'_>,
    bare: bool,
    is_header: IsHeader,
) -> Start {
    let (text, window) = unescaped(escape, head, ahead);
    if text.len() == window.len() {
        window.note_end();
        return Start::Nothing;
    }
    match at(window.of(&text), bare, is_header) {
        Start::Nothing => Start::Nothing,
        _ => Start::Escaped(escape),
    }
}

/// Returns the first bytes of `ahead` with `escape` undone, and the window that contains them. The sign comes after
/// `head` bytes.
fn unescaped(mut escape: Escape, head: usize, ahead: Lookahead<'_>) -> (Vec<u8>, Lookahead<'_>) {
    let window = ahead.window(head + SIGN_WINDOW);
    let mut text = Vec::with_capacity(SIGN_WINDOW);
    escape.unescape(window, &mut text);
    (text, window)
}

/// Returns true if `ahead` is still escaped after undoing `escape`.
pub(super) fn is_escaped_twice(escape: Escape, ahead: Lookahead<'_>, is_header: IsHeader) -> bool {
    let (text, window) = unescaped(escape, 0, ahead);
    matches!(at(window.of(&text), false, is_header), Start::Escaped(_))
}

/// Returns the start of `ahead` if a payload begins there, escaped any number of times.
pub(super) fn payload_at(
    ahead: Lookahead<'_>,
    begins_message: &dyn Fn(&str) -> bool,
    is_header: IsHeader,
) -> Option<Start> {
    let start = at(ahead, false, is_header);
    let is_payload = match start {
        Start::Xml => true,
        Start::Json => first_name(ahead).is_some_and(begins_message),
        Start::Escaped(escape) => {
            let (text, window) = unescaped(escape, 0, ahead);
            payload_at(window.of(&text), begins_message, is_header).is_some()
        }
        Start::Array | Start::Nothing => false,
    };
    is_payload.then_some(start)
}

/// Returns the quote that ends the literal around a document with the escaping `escape`; `before` is the byte before
/// the document. A quote that stands unescaped in the document does not end the literal.
pub(super) fn quote_around(escape: Escape, document: Lookahead<'_>, before: u8) -> Option<u8> {
    if document.starts_with(b"{\\\"") {
        return Some(b'"');
    }
    if before != b'"' {
        return Some(before);
    }
    let (text, window) = unescaped(escape, 0, document);
    let bytes = document.bytes();
    let is_plain = first_quote(window.of(&text).from(1))
        .is_some_and(|at| bytes[{ escape }.raw_start(bytes, 1 + at)] == b'"');
    Some(before).filter(|_| !is_plain)
}

/// Returns the outermost escaping of the clue at the end of `before`, if there is one; see [`clue`](super::clue). The
/// clue may be escaped several times.
pub(super) fn clue(before: &[u8]) -> Option<Escape> {
    const LONGEST_CLUE: usize = 32;
    if !before.last().is_some_and(|&last| may_end_clue(last)) {
        return None;
    }
    let tail = &before[before.len().saturating_sub(LONGEST_CLUE)..];
    direct_clue(tail).or_else(|| {
        let shows = |escape: &Escape| undone(*escape, tail).is_some_and(has_clue);
        TABLE.iter().map(|row| row.escape).find(shows)
    })
}

/// Returns true if a clue may end with the byte `last`: a quote, the end of an entity, or a digit of a code.
fn may_end_clue(last: u8) -> bool {
    matches!(last, b'"' | b'\'' | b';') || last.is_ascii_hexdigit()
}

/// Returns true if a document may begin in the text of `raw`, which ends with a clue of `escape`: a bracket stands in it or a
/// line begins as in YAML, escaped any number of times.
pub(super) fn may_begin_before_clue(escape: Escape, raw: &[u8]) -> bool {
    let raw = match escape {
        Escape::Backslash => of_literal(raw),
        _ => raw,
    };
    let Some(text) = undone(escape, raw) else {
        return false;
    };
    let is_bracket = |b: &u8| b"<{[(".contains(b);
    let has_bracket = match escape {
        Escape::Entity => has_bracket_in_page(raw),
        _ => text.iter().any(is_bracket),
    };
    has_bracket
        || text.split(|&b| b == b'\n').any(begins_member)
        || clue(&text).is_some_and(|inner| may_begin_before_clue(inner, &text))
}

/// Returns the end of `raw` that stands in one string literal: what follows the last quote that is not escaped.
fn of_literal(raw: &[u8]) -> &[u8] {
    let is_open = |at: &usize| raw[at.saturating_sub(1)] != b'\\';
    let open = memchr::memrchr_iter(b'"', raw).find(is_open);
    &raw[open.map_or(0, |at| at + 1)..]
}

/// Returns true if a bracket stands in `raw`, which belongs to a page: tags that are not escaped are no part of a document.
fn has_bracket_in_page(raw: &[u8]) -> bool {
    let opens = |at: usize| match raw[at] {
        b'&' => {
            let text = { Escape::Entity }.escape(Lookahead::whole(&raw[at..]));
            text.is_some_and(|byte| b"<{[(".contains(&byte))
        }
        other => b"{[(".contains(&other),
    };
    (0..raw.len()).any(opens)
}

/// Returns true if `line` begins with a name and a colon.
fn begins_member(line: &[u8]) -> bool {
    let blanks = line.iter().take_while(|b| b" -".contains(b)).count();
    let line = &line[blanks..];
    let name = line
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric())
        .count();
    name > 0 && line.get(name) == Some(&b':')
}

/// Returns the length of the escaped `<` at the start of `anchor`, without its `&`, or 0.
pub(super) fn entity_len(anchor: &[u8]) -> usize {
    let root = escape::roots().find(|root| anchor.starts_with(root.as_bytes()));
    let end = root.and_then(|root| memchr::memchr(b';', root.as_bytes()));
    end.map_or(0, |end| end + 1)
}

/// Returns true if `text` ends with a clue after undoing any escapings.
fn has_clue(mut text: Vec<u8>) -> bool {
    while direct_clue(&text).is_none() {
        let inner = TABLE.iter().find_map(|row| undone(row.escape, &text));
        match inner {
            Some(inner) => text = inner,
            None => return false,
        }
    }
    true
}

/// Returns `raw` with `escape` undone, or `None` if `raw` has no such escape.
fn undone(escape: Escape, raw: &[u8]) -> Option<Vec<u8>> {
    let text = escape.may_be_in(raw).then(|| escape.text_of(raw))?;
    (text.len() < raw.len()).then_some(text)
}

/// Returns the escaping of a clue that is escaped once.
fn direct_clue(tail: &[u8]) -> Option<Escape> {
    let row = TABLE.iter().find(|row| (row.is_clue)(tail))?;
    Some(row.escape)
}

/// Returns the first byte after the bracket that is not white space.
fn inside(ahead: Lookahead<'_>) -> Option<u8> {
    ahead.get(ahead.skip_space(1))
}

fn object(ahead: Lookahead<'_>) -> Start {
    match inside(ahead) {
        Some(b'"' | b'}' | b'/' | b',') => Start::Json,
        _ => Start::Nothing,
    }
}

fn array(ahead: Lookahead<'_>) -> Start {
    match inside(ahead) {
        Some(b'{') => Start::Array,
        _ => Start::Nothing,
    }
}

fn element(ahead: Lookahead<'_>, bare: bool, is_header: IsHeader) -> Start {
    const PROLOGS: [&[u8]; 6] = [
        b"<?xml ",
        b"<?xml\t",
        b"<?xml\n",
        b"<?xml\r",
        b"<?xml?",
        b"<!DOCTYPE",
    ];
    if ahead.begins(ROOT_NAME) {
        return root_element(ahead, is_header);
    }
    let is_comment = bare && ahead.begins(b"<!--");
    let is_prolog = is_comment || PROLOGS.iter().any(|prolog| ahead.begins(prolog));
    match is_prolog || is_other_root(ahead, is_header) {
        true => Start::Xml,
        false => Start::Nothing,
    }
}

/// Returns true if an element with any name begins with a field of WeChat's header. Other elements are not looked at
/// further: most are of HTML.
fn is_other_root(ahead: Lookahead<'_>, is_header: IsHeader) -> bool {
    let Some(root) = tag_name(ahead).filter(|root| !is_header(root)) else {
        return false;
    };
    let tag = ahead.window(LONGEST_DECLARATION).from(root.len() + 1);
    let Some(end) = tag.position(|b| matches!(b, b'<' | b'>')) else {
        return false;
    };
    let content = ahead.from(root.len() + 1 + end + 1).window(LONGEST_BLANKS);
    let child = content.from(content.skip_space(0));
    tag.bytes()[end] == b'>' && tag_name(child).is_some_and(is_header)
}

/// Returns the name in the start tag at the start of `ahead`, if it is short.
fn tag_name(ahead: Lookahead<'_>) -> Option<&str> {
    if ahead.get(0)? != b'<' || !ahead.get(1)?.is_ascii_alphabetic() {
        return None;
    }
    let name = ahead.from(1).window(LONGEST_TAG + 1);
    let len = name.position(|b| !b.is_ascii_alphanumeric() && !b"_-.:".contains(&b))?;
    let is_whole = name.bytes()[len] == b'>' || is_space(name.bytes()[len]);
    is_whole.then(|| std::str::from_utf8(&name.bytes()[..len]).ok())?
}

/// The longest name of a root other than `xml`.
pub(super) const LONGEST_TAG: usize = 32;

const ROOT_NAME: &[u8] = b"<xml";

/// Accepts `<xml>` only before an element, or before text and a field of WeChat's header. Prose about `<xml>` is no
/// document.
fn root_element(ahead: Lookahead<'_>, is_header: IsHeader) -> Start {
    let name_end = ROOT_NAME.len();
    let end = match ahead.get(name_end) {
        Some(next) if is_space(next) => ahead.skip_space(name_end),
        _ => name_end,
    };
    let is_root = match ahead.get(end) {
        Some(b'/') => true,
        Some(b'>') => {
            inside(ahead.from(end)) == Some(b'<') || end_before_header(ahead, is_header).is_some()
        }
        next => end > name_end && next.is_some(),
    };
    match is_root {
        true => Start::Xml,
        false => Start::Nothing,
    }
}

/// Returns the end of the tag at the start of `ahead`, if a field of WeChat's header follows it, perhaps behind text.
pub(super) fn end_before_header(ahead: Lookahead<'_>, is_header: IsHeader) -> Option<usize> {
    if ahead.get(0)? != b'<' || !ahead.get(1)?.is_ascii_alphabetic() {
        return None;
    }
    let end = tag_end(ahead.window(LONGEST_BLANKS))?;
    let content = ahead.from(end).window(LONGEST_BLANKS);
    let child = content.from(content.find(b'<')?);
    is_header(tag_name(child)?).then_some(end)
}

/// Returns the end of a tag, however malformed it is. Neither another tag nor an object begins inside.
fn tag_end(ahead: Lookahead<'_>) -> Option<usize> {
    let inside = ahead.from(1);
    let signs = memchr::memchr3_iter(b'<', b'>', b'{', inside.bytes());
    for at in signs {
        match inside.bytes()[at] {
            b'>' => return Some(1 + at + 1),
            // In a value, where it is malformed.
            b'<' if matches!(inside.get(at + 1)?, b'\'' | b'"') => {}
            _ => return None,
        }
    }
    inside.note_end();
    None
}

/// Returns the first name of an object, or `None` if the object does not begin with a name.
pub(super) fn first_name(object: Lookahead<'_>) -> Option<&str> {
    let at = object.skip_space(1);
    name(object.from(at))
}

/// Returns the name in quotes at the start of `ahead`, if there is one.
pub(super) fn name(ahead: Lookahead<'_>) -> Option<&str> {
    const LONGEST_NAME: usize = 32;
    if ahead.get(0)? != b'"' {
        return None;
    }
    let name = ahead.from(1);
    let len = name.window(LONGEST_NAME).find(b'"')?;
    std::str::from_utf8(&name.bytes()[..len]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::lookahead::Arrived;

    fn is_header(name: &str) -> bool {
        name == "ToUserName"
    }

    #[test]
    fn a_root_with_another_name_begins_only_before_a_field_of_the_header() {
        for (text, start) in [
            ("<root><ToUserName>", Start::Xml),
            ("<my-root>\r\n  <ToUserName>", Start::Xml),
            ("<XML><ToUserName>", Start::Xml),
            ("<p>ToUserName", Start::Nothing),
            ("<p><b>ToUserName", Start::Nothing),
            ("<root a='b'>\n<ToUserName>", Start::Xml),
            ("<p class='a'>ToUserName", Start::Nothing),
            ("<p class='a' <ToUserName>", Start::Nothing),
            ("</p><ToUserName>", Start::Nothing),
            ("<ToUserName><ToUserName>", Start::Nothing),
            ("<br/><ToUserName>", Start::Nothing),
        ] {
            for len in 1..text.len() {
                let begun = begun(&text[..len]);
                assert!(begun.is_none_or(|begun| begun == start), "{text} {len}");
            }
            assert_eq!(begun(text), Some(start), "{text}");
        }
    }

    /// Returns the start of `text`, if no more bytes are needed.
    fn begun(text: &str) -> Option<Start> {
        let arrived = Arrived::new(text.as_bytes(), false);
        let start = at(arrived.from(0), false, is_header);
        arrived.settled().map(|()| start)
    }

    #[test]
    fn the_outermost_layer_shows_first() {
        let cases = [
            (r#"{\"a\":"#, Escape::Backslash),
            (r#"{""a"":"#, Escape::Doubled),
            (r#"{""""a"""":"#, Escape::Doubled),
            (r#"{"" a"":"#, Escape::Doubled),
            (r#"{"""" :"#, Escape::Doubled),
            (r#"{\"\r\n\t :"#, Escape::Backslash),
            (r#"{\""a\"":"#, Escape::Doubled),
            (r#"{\n  \""a\"":"#, Escape::Doubled),
            (r#"{\n  ""a"":"#, Escape::Backslash),
            (r#"{#012  ""a"":"#, Escape::Octal),
        ];
        for (text, escape) in cases {
            assert_eq!(
                at(Lookahead::whole(text.as_bytes()), false, is_header),
                Start::Escaped(escape),
                "{text}"
            );
        }
        for text in [r#"{"" :"#, r#"{"a":"""#, r#"{"""a""":"#] {
            assert_eq!(
                at(Lookahead::whole(text.as_bytes()), false, is_header),
                Start::Json
            );
        }
        assert_eq!(begun("{ // a\n"), None);
    }

    #[test]
    fn entities_before_a_tag_are_text() {
        let entity = Start::Escaped(Escape::Entity);
        for (text, start) in [
            ("<xml>&lt;<ToUserName>a", Start::Xml),
            ("<xml> &amp; b <ToUserName>a", Start::Xml),
            ("<xml>&lt;ToUserName&gt;a<b>", entity),
            ("<xml>&lt;ToUserName>a<b>", entity),
        ] {
            for len in 6..text.len() {
                let begun = begun(&text[..len]);
                assert!(begun.is_none_or(|begun| begun == start), "{text} {len}");
            }
            assert_eq!(begun(text), Some(start), "{text}");
        }
    }

    #[test]
    fn clues_show_through_layers() {
        let cases = [
            (r#"{\""#, Some(Escape::Backslash)),
            (r#"{\"""#, Some(Escape::Doubled)),
            (r#"{"""""#, Some(Escape::Doubled)),
            ("%26quot%3B", Some(Escape::Percent)),
            ("%255Cu003c", Some(Escape::Percent)),
            ("&amp;quot;", Some(Escape::Entity)),
            (r"\u0026quot;", Some(Escape::Backslash)),
            (r#"a%20b&amp; ""#, None),
            ("%41", None),
            ("&160;", None),
            ("&none;", None),
        ];
        for (before, escape) in cases {
            assert_eq!(clue(before.as_bytes()), escape, "{before}");
        }
    }

    #[test]
    fn a_document_begins_with_a_bracket_or_a_member() {
        let cases = [
            (r#"{\""#, true),
            (r#"["{\""#, true),
            (r#"append("  \""#, false),
            (r#"- Event: \""#, true),
            (r#"x\nEvent: a, b: \""#, true),
            (r#"x, Event: a\n\""#, false),
            ("&lt;a&gt;&quot;", true),
            ("%26lt%3Ba%26quot%3B", true),
            (r#"x\""#, false),
            ("x&#160;", false),
            ("x%26quot%3B", false),
        ];
        for (before, begins) in cases {
            let escape = clue(before.as_bytes()).expect("a clue");
            let may_begin = may_begin_before_clue(escape, before.as_bytes());
            assert_eq!(may_begin, begins, "{before}");
        }
    }

    #[test]
    fn quotes_that_are_not_escaped_end_nothing() {
        let around = |text: &str, before| {
            let document = Lookahead::whole(text.as_bytes());
            quote_around(Escape::Backslash, document, before)
        };
        assert_eq!(around(r#"{\n \"a\":"#, b'"'), Some(b'"'));
        assert_eq!(around(r#"{\n ""a"":"#, b'"'), None);
        assert_eq!(around(r#"{\\"a\\":"#, b'"'), None);
        assert_eq!(around(r#"{\n "a":"#, b'\''), Some(b'\''));
        assert_eq!(around(r"<xml>\n<a>", b'"'), Some(b'"'));
    }
}
