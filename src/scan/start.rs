//! Where a document may begin.

use crate::scan::escape::{self, Escape, TABLE, is_blank_letter};
use crate::scan::lookahead::Lookahead;
use crate::simd::is_space;
use crate::syntax::json::comment_len;
use crate::syntax::xml::{LONGEST_DECLARATION, ROOT};

/// What begins at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    Xml,
    Json,
    /// An array of JSON objects, each of which is a document.
    Array,
    /// A document in escaped text.
    Buried(Escape),
    Nothing,
}

/// The most white space looked through to tell a document from a stray bracket.
const BLANKS: usize = 4096;

/// How many bytes tell how a document is escaped.
const WINDOW: usize = 64;

/// What begins with `ahead`; `bare` if nothing but white space stands before it on its line.
pub(super) fn at(ahead: Lookahead<'_>, bare: bool) -> Start {
    match ahead.bytes() {
        // As in `[http-14]`.
        [b'{' | b'[', next, ..] if next.is_ascii_alphanumeric() => Start::Nothing,
        [b'{' | b'[' | b'<', ..] => at_bracket(ahead, bare),
        _ => Start::Nothing,
    }
}

fn at_bracket(ahead: Lookahead<'_>, bare: bool) -> Start {
    let sign = first_sign(ahead);
    match (ahead.bytes()[0], sign.and_then(escape_of)) {
        (b'<', Some(Escape::Entity)) if sign.is_some_and(is_text) => Start::Xml,
        (_, Some(escape)) => {
            let head = sign.map_or(0, |sign| ahead.len() - sign.len());
            buried(escape, head, ahead, bare)
        }
        (b'{', None) => object(ahead),
        (b'[', None) => array(ahead),
        _ => element(ahead, bare),
    }
}

/// What shows the escaping of a document: what stands right behind its first bracket; in an XML declaration, what is
/// written for its first quote, and what follows it.
fn first_sign(ahead: Lookahead<'_>) -> Option<Lookahead<'_>> {
    if ahead.bytes().starts_with(DECLARATION) {
        return declaration_sign(ahead);
    }
    let window = ahead.window(BLANKS);
    let at = match ahead.bytes()[0] {
        b'{' => behind_comments(window)?,
        b'[' => window.skip_space(1),
        _ if ahead.begins(ROOT) => window.skip_space(ROOT.len()),
        _ => return None,
    };
    Some(ahead.from(at))
}

/// Where what is no blank and no comment of JSON begins behind the bracket, or the escape that ends a comment; `None` if
/// a comment has no end.
fn behind_comments(ahead: Lookahead<'_>) -> Option<usize> {
    let mut at = ahead.skip_space(1);
    while ahead.bytes().get(at) == Some(&b'/') {
        let comment = ahead.from(at);
        let len = comment_len(comment.bytes());
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

/// Where a `comment` that seems to be `len` bytes long ends with a line break that is escaped.
fn escaped_end(comment: Lookahead<'_>, len: Option<usize>) -> Option<usize> {
    let comment = comment.bytes();
    let line = &comment[..len.unwrap_or(comment.len())];
    let (at, _) = line_break(line).filter(|_| line.starts_with(b"//"))?;
    Some(at)
}

/// Where the first line break that is escaped stands in `line`, and how.
pub(super) fn line_break(line: &[u8]) -> Option<(usize, Escape)> {
    memchr::memchr3_iter(b'\\', b'#', b'%', line).find_map(|at| {
        let mut escape = Escape::of_sign(line[at])?;
        let byte = escape.escape(Lookahead::whole(&line[at..]));
        (byte == Some(b'\n')).then_some((at, escape))
    })
}

const DECLARATION: &[u8] = b"<?xml ";

fn declaration_sign(ahead: Lookahead<'_>) -> Option<Lookahead<'_>> {
    let head = ahead.window(LONGEST_DECLARATION);
    let value = head.find(b'=')? + 1;
    match head.bytes()[value..] {
        [b'"', b'"', ..] => Some(ahead.from(value)),
        [b'"' | b'\'', ..] => Some(ahead.from(head.find_text(b"?>")? + 2)),
        _ => Some(ahead.from(value)),
    }
}

/// Whether the XML declaration with which `ahead` begins stands on a line of its own, as in a PHP literal.
fn is_above_document(ahead: Lookahead<'_>) -> bool {
    let head = ahead.window(LONGEST_DECLARATION);
    let Some(end) = head.line().find_text(b"?>") else {
        return false;
    };
    let rest = head.from(end + 2);
    let next = rest.position(|b| b == b'\n' || !b.is_ascii_whitespace());
    next.is_some_and(|at| rest.bytes()[at] == b'\n')
}

/// Whether `ahead` begins a literal of XML that goes on over lines.
pub(super) fn is_over_lines(ahead: Lookahead<'_>) -> bool {
    ahead.starts_with(DECLARATION) && is_above_document(ahead)
}

/// The escaping that a sign shows.
fn escape_of(sign: Lookahead<'_>) -> Option<Escape> {
    match sign.get(0)? {
        b'\\' | b'"' if has_doubled_quote(sign) => Some(Escape::Doubled),
        b'"' => None,
        sign => Escape::of_sign(sign),
    }
}

/// Whether the entity with which `sign` begins is one of a text behind the root, since a tag follows that is not escaped.
fn is_text(sign: Lookahead<'_>) -> bool {
    let window = sign.window(WINDOW);
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

/// Whether the first quote of `sign` was doubled, once or more, after all other escaping: `""a`, `""""a`, `\""a`.
fn has_doubled_quote(sign: Lookahead<'_>) -> bool {
    let Some(at) = first_quote(sign) else {
        return false;
    };
    let is_outermost = matches!(&sign.bytes()[..at], [] | [.., b'\\']);
    is_outermost && begins_with_doubled(sign.from(at).window(BLANKS))
}

/// Whether the quotes with which `text` begins are one that was doubled, before a name.
fn begins_with_doubled(text: Lookahead<'_>) -> bool {
    let run = text.position(|b| b != b'"').unwrap_or(text.len());
    if run == 1 || !run.is_power_of_two() {
        return false;
    }
    // An empty name ends with the second quote, or with the fourth if all are doubled.
    match behind_blanks(text.from(run)).get(0) {
        Some(b':' | b'/') => run > 2,
        Some(b',' | b'}') | None => false,
        Some(_) => true,
    }
}

/// `text` without the blanks with which it begins, escaped or not.
fn behind_blanks(mut text: Lookahead<'_>) -> Lookahead<'_> {
    loop {
        text = match text.get(0) {
            Some(blank) if is_space(blank) => text.from(1),
            Some(b'\\') if text.get(1).is_some_and(is_blank_letter) => text.from(2),
            _ => return text,
        }
    }
}

/// Where the first quote stands near the start of `text`, if only blanks stand before it, escaped or not.
fn first_quote(text: Lookahead<'_>) -> Option<usize> {
    let is_blank = |b| is_space(b) || b == b'\\' || is_blank_letter(b);
    let at = text.window(WINDOW + 1).position(|b| !is_blank(b))?;
    (text.bytes()[at] == b'"').then_some(at)
}

/// What begins with `ahead` once `escape` is undone, which shows behind `head` bytes.
fn buried(escape: Escape, head: usize, ahead: Lookahead<'_>, bare: bool) -> Start {
    let (text, window) = unescaped(escape, head, ahead);
    if text.len() == window.len() {
        window.note_end();
        return Start::Nothing;
    }
    match at(window.of(&text), bare) {
        Start::Nothing => Start::Nothing,
        _ => Start::Buried(escape),
    }
}

/// The first bytes of `ahead` without `escape`, which shows behind `head` of them, and the window in which they stand.
fn unescaped(mut escape: Escape, head: usize, ahead: Lookahead<'_>) -> (Vec<u8>, Lookahead<'_>) {
    let window = ahead.window(head + WINDOW);
    let mut text = Vec::with_capacity(WINDOW);
    escape.unescape(window, &mut text);
    (text, window)
}

/// Whether what begins with `ahead` is escaped still once `escape` is undone.
pub(super) fn is_buried_twice(escape: Escape, ahead: Lookahead<'_>) -> bool {
    let (text, window) = unescaped(escape, 0, ahead);
    matches!(at(window.of(&text), false), Start::Buried(_))
}

/// What begins with `ahead` if that is a payload, however often it was escaped.
pub(super) fn payload_at(
    ahead: Lookahead<'_>,
    begins_message: &dyn Fn(&str) -> bool,
) -> Option<Start> {
    let start = at(ahead, false);
    let is_payload = match start {
        Start::Xml => true,
        Start::Json => first_name(ahead).is_some_and(begins_message),
        Start::Buried(escape) => {
            let (text, window) = unescaped(escape, 0, ahead);
            payload_at(window.of(&text), begins_message).is_some()
        }
        Start::Array | Start::Nothing => false,
    };
    is_payload.then_some(start)
}

/// The quote that ends the literal in which a document is escaped by `escape`, if `before` is what stands before it. One
/// that is not escaped in the document ends nothing: the literal has the other quotes.
pub(super) fn quote_around(escape: Escape, document: Lookahead<'_>, before: u8) -> Option<u8> {
    if document.starts_with(b"{\\\"") {
        return Some(b'"');
    }
    let (text, window) = unescaped(escape, 0, document);
    let bytes = document.bytes();
    let is_plain = first_quote(window.of(&text).from(1))
        .is_some_and(|at| bytes[{ escape }.raw_start(bytes, 1 + at)] == b'"');
    Some(before).filter(|&before| before != b'"' || !is_plain)
}

/// The outermost escaping that shows right before a name or a value: an escaped quote, tag or CDATA bracket, whose escape
/// may be escaped itself.
pub(super) fn clue(before: &[u8]) -> Option<Escape> {
    const LONGEST: usize = 32;
    let tail = &before[before.len().saturating_sub(LONGEST)..];
    direct_clue(tail).or_else(|| {
        let shows = |escape: &Escape| undone(*escape, tail).is_some_and(has_clue);
        TABLE.iter().map(|row| row.escape).find(shows)
    })
}

/// Behind how many bytes an escaped root shows that it is one, if `anchor` is one without its `&`; 0 if it is none.
pub(super) fn entity_len(anchor: &[u8]) -> usize {
    let root = escape::roots().find(|root| anchor.starts_with(root.as_bytes()));
    let end = root.and_then(|root| memchr::memchr(b';', root.as_bytes()));
    end.map_or(0, |end| end + 1)
}

/// Whether a clue shows once `text` is unescaped.
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

/// The text of `raw` without `escape`, if there is such an escape in it.
fn undone(mut escape: Escape, raw: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    escape.unescape(Lookahead::whole(raw), &mut text);
    (text.len() < raw.len()).then_some(text)
}

/// The escaping of an escape that is not escaped itself.
fn direct_clue(tail: &[u8]) -> Option<Escape> {
    let row = TABLE.iter().find(|row| (row.is_clue)(tail))?;
    Some(row.escape)
}

/// The first byte behind the bracket that is not white space.
fn inside(ahead: Lookahead<'_>) -> Option<u8> {
    let window = ahead.window(1 + BLANKS);
    window.get(window.skip_space(1))
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

fn element(ahead: Lookahead<'_>, bare: bool) -> Start {
    const PROLOGS: [&[u8]; 6] = [
        b"<?xml ",
        b"<?xml\t",
        b"<?xml\n",
        b"<?xml\r",
        b"<?xml?",
        b"<!DOCTYPE",
    ];
    if ahead.begins(ROOT_NAME) {
        return root_element(ahead);
    }
    let is_comment = bare && ahead.begins(b"<!--");
    match is_comment || PROLOGS.iter().any(|prolog| ahead.begins(prolog)) {
        true => Start::Xml,
        false => Start::Nothing,
    }
}

const ROOT_NAME: &[u8] = b"<xml";

/// `<xml>` is a payload only if an element follows: prose about `<xml>` is not.
fn root_element(ahead: Lookahead<'_>) -> Start {
    let name_end = ROOT_NAME.len();
    let is_root = match ahead.get(name_end) {
        Some(b'/') => true,
        Some(b'>') => inside(ahead.from(name_end)) == Some(b'<'),
        next => next.is_some_and(is_space),
    };
    match is_root {
        true => Start::Xml,
        false => Start::Nothing,
    }
}

/// The name with which an object begins; `None` if it does not begin with a name.
pub(super) fn first_name(object: Lookahead<'_>) -> Option<&str> {
    const LONGEST_NAME: usize = 32;
    let at = object.window(1 + BLANKS).skip_space(1);
    if object.get(at)? != b'"' {
        return None;
    }
    let name = object.from(at + 1);
    let len = name.window(LONGEST_NAME).find(b'"')?;
    std::str::from_utf8(&name.bytes()[..len]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::lookahead::Arrived;

    /// What begins with `text`, if no more bytes are needed to tell.
    fn begun(text: &str) -> Option<Start> {
        let arrived = Arrived::new(text.as_bytes(), false);
        let start = at(arrived.from(0), false);
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
                at(Lookahead::whole(text.as_bytes()), false),
                Start::Buried(escape),
                "{text}"
            );
        }
        for text in [r#"{"" :"#, r#"{"a":"""#, r#"{"""a""":"#] {
            assert_eq!(at(Lookahead::whole(text.as_bytes()), false), Start::Json);
        }
        assert_eq!(begun("{ // a\n"), None);
    }

    #[test]
    fn entities_before_a_tag_are_text() {
        let entity = Start::Buried(Escape::Entity);
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
        ];
        for (before, escape) in cases {
            assert_eq!(clue(before.as_bytes()), escape, "{before}");
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
