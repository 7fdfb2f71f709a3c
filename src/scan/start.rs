//! Where a document may begin.

use crate::scan::escape::Escape;
use crate::simd::{is_space, skip_space};
use crate::syntax::json::comment_len;
use crate::syntax::xml::{LONGEST_DECLARATION, ROOT, is_doctype};

/// What begins at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    Xml,
    Json,
    /// An array of JSON objects, which are framed one by one.
    Array,
    /// The same, in escaped text.
    Buried(Escape),
    Nothing,
    /// The bytes end before it can be told.
    Undecided,
}

/// The most white space looked through to tell a document from a stray bracket.
const BLANKS: usize = 4096;

/// So many bytes tell how a document is escaped.
const WINDOW: usize = 64;

/// What begins with `bytes`; `bare` if nothing but white space stands before it on its line.
pub(super) fn at(bytes: &[u8], last: bool, bare: bool) -> Start {
    let start = match bytes {
        // As in `[http-14]`.
        [b'{' | b'[', next, ..] if next.is_ascii_alphanumeric() => Start::Nothing,
        [b'{' | b'[' | b'<', ..] => at_bracket(bytes, last, bare),
        _ => Start::Nothing,
    };
    if last && start == Start::Undecided {
        Start::Nothing
    } else {
        start
    }
}

fn at_bracket(bytes: &[u8], last: bool, bare: bool) -> Start {
    let sign = first_sign(bytes);
    match (bytes[0], sign.and_then(escape_of)) {
        (b'{' | b'<', _) if !last && is_missing(sign, bytes) => Start::Undecided,
        (b'<', Some(Escape::Entity)) if sign.and_then(is_text) == Some(true) => Start::Xml,
        (_, Some(escape)) => {
            let head = sign.map_or(0, |sign| bytes.len() - sign.len());
            buried(escape, head, bytes, last, bare)
        }
        (b'{', None) => object(bytes),
        (b'[', None) => array(bytes),
        _ => element(bytes, bare),
    }
}

/// What shows the escaping of a document: what stands right behind its first bracket; in an XML declaration, what is
/// written for its first quote, and what follows it.
fn first_sign(bytes: &[u8]) -> Option<&[u8]> {
    if bytes.starts_with(DECLARATION) {
        return declaration_sign(bytes);
    }
    let window = &bytes[..bytes.len().min(BLANKS)];
    match bytes.get(..ROOT.len()) {
        _ if bytes[0] == b'{' => behind_comments(window),
        Some(head) if head.eq_ignore_ascii_case(ROOT) => Some(skip_space(window, ROOT.len())),
        _ if bytes[0] == b'<' => None,
        _ => Some(skip_space(window, 1)),
    }
    .map(|at| &bytes[at..])
}

/// Where what is no blank and no comment of JSON begins behind the bracket, or the escape that ends a comment; `None` if
/// that has not arrived.
fn behind_comments(bytes: &[u8]) -> Option<usize> {
    let mut at = skip_space(bytes, 1);
    while bytes.get(at) == Some(&b'/') {
        let comment = &bytes[at..];
        let len = comment_len(comment);
        if comment.starts_with(b"//") {
            let line = &comment[..len.ok().flatten().unwrap_or(comment.len())];
            if let Some((escape, _)) = line_break(line) {
                return Some(at + escape);
            }
        }
        match len {
            Ok(len) => at = skip_space(bytes, at + len?),
            Err(()) => return Some(at),
        }
    }
    Some(at)
}

/// Where the first line break that is escaped stands in `line`, and how.
pub(super) fn line_break(line: &[u8]) -> Option<(usize, Escape)> {
    memchr::memchr3_iter(b'\\', b'#', b'%', line).find_map(|at| {
        let shows = |escape: &Escape| { *escape }.escape(&line[at..]) == Some(b'\n');
        Some((at, Escape::INLINE.into_iter().find(shows)?))
    })
}

const DECLARATION: &[u8] = b"<?xml ";

fn declaration_sign(bytes: &[u8]) -> Option<&[u8]> {
    let head = &bytes[..bytes.len().min(LONGEST_DECLARATION)];
    let value = memchr::memchr(b'=', head).map(|at| &bytes[at + 1..])?;
    match value {
        [b'"', b'"', ..] => Some(value),
        [b'\\', b'\'', ..] => is_above_document(head).map(|_| value),
        [b'"' | b'\'', ..] => {
            let end = memchr::memmem::find(head, b"?>")? + 2;
            Some(&bytes[end..])
        }
        _ => Some(value),
    }
}

/// Whether the XML declaration with which `bytes` begin stands on a line of its own, as in a PHP literal; `None` if that
/// has not arrived.
fn is_above_document(bytes: &[u8]) -> Option<bool> {
    let head = &bytes[..bytes.len().min(LONGEST_DECLARATION)];
    let line = memchr::memchr(b'\n', head).map(|len| &head[..len]);
    let end = memchr::memmem::find(line.unwrap_or(head), b"?>");
    match (line, end) {
        (Some(line), Some(end)) => Some(line.trim_ascii_end().len() == end + 2),
        (Some(_), None) => Some(false),
        (None, Some(end)) if head.len() > end + 3 => Some(false),
        (None, _) => (head.len() == LONGEST_DECLARATION).then_some(false),
    }
}

/// Whether `bytes` begin a literal of XML that goes on over lines.
pub(super) fn is_over_lines(bytes: &[u8]) -> bool {
    bytes.starts_with(DECLARATION) && is_above_document(bytes) == Some(true)
}

/// The layer that a sign shows.
fn escape_of(sign: &[u8]) -> Option<Escape> {
    match sign {
        [b'\\' | b'"', ..] if has_doubled_quote(sign) => Some(Escape::Doubled),
        [b'\\', ..] => Some(Escape::Backslash),
        [b'#', ..] => Some(Escape::Octal),
        [b'&', ..] => Some(Escape::Entity),
        [b'%', ..] => Some(Escape::Percent),
        _ => None,
    }
}

/// Whether the entity with which `sign` begins is one of a text behind the root, since a tag follows that is not escaped;
/// `None` if that has not arrived.
fn is_text(sign: &[u8]) -> Option<bool> {
    let window = &sign[..sign.len().min(WINDOW)];
    let bracket = memchr::memchr2(b'<', b'>', window);
    let before = &window[..bracket.unwrap_or(window.len())];
    if memchr::memmem::find(before, b"gt;").is_some() {
        return Some(false);
    }
    match bracket {
        Some(at) => Some(window[at] == b'<'),
        None => (window.len() == WINDOW).then_some(false),
    }
}

/// Whether the first quote of `sign` was doubled, once or more, after all other escaping: `""a`, `""""a`, `\""a`.
fn has_doubled_quote(sign: &[u8]) -> bool {
    let Some(at) = first_quote(sign) else {
        return false;
    };
    let run = quotes(&sign[at..]);
    let is_outermost = matches!(&sign[..at], [] | [.., b'\\']);
    // An empty name ends with the second quote, or with the fourth if all are doubled.
    let next = behind_blanks(&sign[at + run..]).first().copied();
    let is_name = next.is_some_and(|next| !b":/,}".contains(&next));
    let is_empty = run > 2 && matches!(next, Some(b':' | b'/'));
    is_outermost && run > 1 && run.is_power_of_two() && (is_name || is_empty)
}

/// `text` without the blanks with which it begins, escaped or not.
fn behind_blanks(mut text: &[u8]) -> &[u8] {
    loop {
        text = match text {
            [blank, rest @ ..] if is_space(*blank) => rest,
            [b'\\', b'n' | b'r' | b't', rest @ ..] => rest,
            _ => return text,
        }
    }
}

/// Where the first quote stands near the start of `text`, if only blanks stand before it, escaped or not.
fn first_quote(text: &[u8]) -> Option<usize> {
    let is_blank = |&b: &u8| is_space(b) || b"\\nrt".contains(&b);
    let blanks = text.iter().take(WINDOW).take_while(|b| is_blank(b)).count();
    (text.get(blanks) == Some(&b'"')).then_some(blanks)
}

/// How many quotes `bytes` begin with.
fn quotes(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|&&b| b == b'"').count()
}

/// Whether `bytes` end before their sign can tell how a document is escaped that seems not to be.
fn is_missing(sign: Option<&[u8]>, bytes: &[u8]) -> bool {
    match sign {
        _ if bytes.starts_with(DECLARATION) && bytes.len() >= LONGEST_DECLARATION => false,
        None => bytes.starts_with(DECLARATION) || bytes[0] == b'{' && bytes.len() < BLANKS,
        Some([]) => bytes[0] == b'<' || bytes.len() < BLANKS,
        Some(sign @ [b'&', ..]) => bytes[0] == b'<' && is_text(sign).is_none(),
        Some(sign) => sign.len() < WINDOW && quotes(sign) == sign.len(),
    }
}

/// What begins with `bytes` once `escape` is undone, which shows behind `head` bytes.
fn buried(escape: Escape, head: usize, bytes: &[u8], last: bool, bare: bool) -> Start {
    let (text, last) = unescaped(escape, head, bytes, last);
    match text.len() < bytes.len().min(head + WINDOW) {
        true => match at(&text, last, bare) {
            Start::Nothing => Start::Nothing,
            Start::Undecided => Start::Undecided,
            _ => Start::Buried(escape),
        },
        false if last => Start::Nothing,
        false => Start::Undecided,
    }
}

/// The first of `bytes` without `escape`, which shows behind `head` of them, and whether that is all there is to tell by.
fn unescaped(mut escape: Escape, head: usize, bytes: &[u8], last: bool) -> (Vec<u8>, bool) {
    let window = &bytes[..bytes.len().min(head + WINDOW)];
    let last = last || window.len() == head + WINDOW;
    let mut text = Vec::with_capacity(WINDOW);
    escape.unescape(window, last, &mut text);
    (text, last)
}

/// Whether what begins with `bytes` is escaped still once `escape` is undone.
pub(super) fn is_buried_twice(escape: Escape, bytes: &[u8]) -> bool {
    let (text, _) = unescaped(escape, 0, bytes, true);
    matches!(at(&text, true, false), Start::Buried(_))
}

/// What begins with `bytes` if that is a payload, in however many layers of escapes; `Err` if that cannot be told yet.
pub(super) fn payload_at(
    bytes: &[u8],
    last: bool,
    begins_message: &dyn Fn(&str) -> bool,
) -> Result<Option<Start>, ()> {
    let start = at(bytes, last, false);
    let is_payload = match start {
        Start::Undecided => return Err(()),
        Start::Xml => true,
        Start::Json => first_name(bytes, last)?.is_some_and(begins_message),
        Start::Buried(escape) => {
            let (text, is_all) = unescaped(escape, 0, bytes, last);
            payload_at(&text, is_all, begins_message)?.is_some()
        }
        Start::Array | Start::Nothing => false,
    };
    Ok(is_payload.then_some(start))
}

/// The quote that ends the literal in which `bytes` are escaped by `escape`, if `before` is what stands before them. One
/// that is not escaped in them ends nothing: the literal has the other quotes.
pub(super) fn quote_around(escape: Escape, bytes: &[u8], before: u8) -> Option<u8> {
    if let [b'{', b'\\', b'"', ..] = bytes {
        return Some(b'"');
    }
    let (text, _) = unescaped(escape, 0, bytes, true);
    let is_plain = first_quote(&text[1..])
        .is_some_and(|at| bytes[{ escape }.raw_start(bytes, 1 + at)] == b'"');
    Some(before).filter(|&before| before != b'"' || !is_plain)
}

/// The outermost layer that shows right before a name or a value: an escaped quote, tag or CDATA bracket, whose escape
/// may be escaped itself.
pub(super) fn clue(before: &[u8]) -> Option<Escape> {
    const LONGEST: usize = 32;
    let tail = &before[before.len().saturating_sub(LONGEST)..];
    direct_clue(tail).or_else(|| {
        let shows = |escape: &Escape| undone(*escape, tail).is_some_and(has_clue);
        Escape::INLINE.into_iter().find(shows)
    })
}

/// Behind how many bytes an escaped root shows that it is one, if `anchor` is one without its `&`; 0 if it is none.
pub(super) fn entity_len(anchor: &[u8]) -> usize {
    let root = ESCAPED_ROOTS
        .iter()
        .find(|root| anchor.starts_with(root.as_bytes()));
    let end = root.and_then(|root| memchr::memchr(b';', root.as_bytes()));
    end.map_or(0, |end| end + 1)
}

/// How XML begins in HTML, whatever stands before: the lines of its texts may look like anything, up to the first name
/// that is an anchor.
pub(super) const ESCAPED_ROOTS: [&str; 6] = [
    "lt;xml",
    "lt;?xml",
    "#60;xml",
    "#60;?xml",
    "#x3c;xml",
    "#x3c;?xml",
];

/// Whether a clue shows once the layers over `text` are undone.
fn has_clue(mut text: Vec<u8>) -> bool {
    while direct_clue(&text).is_none() {
        let inner = Escape::INLINE
            .into_iter()
            .find_map(|escape| undone(escape, &text));
        match inner {
            Some(inner) => text = inner,
            None => return false,
        }
    }
    true
}

/// The text under `escape`, if there is such a layer.
fn undone(mut escape: Escape, raw: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    escape.unescape(raw, true, &mut text);
    (text.len() < raw.len()).then_some(text)
}

/// The layer of an escape that is not escaped itself.
fn direct_clue(tail: &[u8]) -> Option<Escape> {
    match tail {
        [.., b'\\', b'"' | b'\''] => Some(Escape::Backslash),
        [before @ .., b'"', b'"'] if is_before_name(before) => Some(Escape::Doubled),
        [.., b';'] => is_entity(tail).then_some(Escape::Entity),
        [head @ .., high, low] => match [high, low].map(u8::to_ascii_lowercase) {
            [b'2', b'2'] | [b'3', b'c'] | [b'5', b'b'] => hex_clue(head),
            _ => None,
        },
        _ => None,
    }
}

/// Whether what stands behind `before` may be a name or a value of JSON.
fn is_before_name(before: &[u8]) -> bool {
    matches!(before.trim_ascii_end(), [.., b'{' | b',' | b':' | b'['])
}

/// The layer of two hexadecimal digits behind `before`.
fn hex_clue(before: &[u8]) -> Option<Escape> {
    let outer = |mut head: &[u8]| {
        while let Some(rest) = head.strip_suffix(b"25") {
            head = rest;
        }
        head.ends_with(b"%")
    };
    match before {
        _ if outer(before) => Some(Escape::Percent),
        [.., b'\\', b'x' | b'X'] | [.., b'\\', b'u', b'0', b'0'] => Some(Escape::Backslash),
        _ => None,
    }
}

/// Whether `tail` ends with an entity, also one that is escaped again.
fn is_entity(tail: &[u8]) -> bool {
    let name = tail
        .iter()
        .rposition(|&b| b == b'&')
        .map(|at| &tail[at + 1..]);
    name.is_some_and(|name| {
        name.iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'#' | b';'))
    })
}

/// The first byte behind the bracket that is not white space: `Err` if there is none.
fn inside(bytes: &[u8]) -> Result<u8, Start> {
    let blanks = bytes[1..]
        .iter()
        .take(BLANKS)
        .take_while(|&&b| is_space(b))
        .count();
    match bytes.get(1 + blanks) {
        _ if blanks == BLANKS => Err(Start::Nothing),
        Some(&byte) => Ok(byte),
        None => Err(Start::Undecided),
    }
}

fn object(bytes: &[u8]) -> Start {
    match inside(bytes) {
        Ok(b'"' | b'}' | b'/' | b',') => Start::Json,
        Ok(_) => Start::Nothing,
        Err(start) => start,
    }
}

fn array(bytes: &[u8]) -> Start {
    match inside(bytes) {
        Ok(b'{') => Start::Array,
        Ok(_) => Start::Nothing,
        Err(start) => start,
    }
}

fn element(bytes: &[u8], bare: bool) -> Start {
    let opens = |token: &[u8]| match bytes.get(..token.len()) {
        Some(head) if head.eq_ignore_ascii_case(token) => Start::Xml,
        None if token[..bytes.len()].eq_ignore_ascii_case(bytes) => Start::Undecided,
        _ => Start::Nothing,
    };
    let root = opens(b"<xml");
    if root == Start::Xml {
        return root_element(bytes);
    }
    if is_doctype(bytes) {
        return Start::Xml;
    }
    let prolog = [
        opens(b"<?xml "),
        opens(b"<?xml\t"),
        opens(b"<?xml\n"),
        opens(b"<?xml\r"),
        opens(b"<?xml?"),
        opens(b"<!DOCTYPE"),
    ];
    let comment = if bare { opens(b"<!--") } else { Start::Nothing };
    [root, comment]
        .into_iter()
        .chain(prolog)
        .find(|&start| start != Start::Nothing)
        .unwrap_or(Start::Nothing)
}

/// `<xml>` is a payload only if an element follows: prose about `<xml>` is not.
fn root_element(bytes: &[u8]) -> Start {
    match bytes.get(4) {
        None => Start::Undecided,
        Some(b'/') => Start::Xml,
        Some(&b) if is_space(b) => Start::Xml,
        Some(b'>') => match inside(&bytes[4..]) {
            Ok(b'<') => Start::Xml,
            Ok(_) => Start::Nothing,
            Err(start) => start,
        },
        Some(_) => Start::Nothing,
    }
}

/// The name with which an object that begins with `bytes` begins: `Ok(None)` if it does not begin with a name,
/// `Err` if that cannot be told yet.
pub(super) fn first_name(bytes: &[u8], last: bool) -> Result<Option<&str>, ()> {
    const LONGEST_NAME: usize = 32;
    let undecided = if last { Ok(None) } else { Err(()) };
    let at = skip_space(&bytes[..bytes.len().min(1 + BLANKS)], 1);
    match bytes.get(at) {
        None => return undecided,
        Some(b'"') => {}
        Some(_) => return Ok(None),
    }
    let name = &bytes[at + 1..];
    match name.iter().take(LONGEST_NAME).position(|&b| b == b'"') {
        Some(len) => Ok(std::str::from_utf8(&name[..len]).ok()),
        None if name.len() < LONGEST_NAME => undecided,
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
                at(text.as_bytes(), true, false),
                Start::Buried(escape),
                "{text}"
            );
        }
        assert_eq!(at(br#"{"" :"#, true, false), Start::Json);
        assert_eq!(at(b"{ // a\n", false, false), Start::Undecided);
        assert_eq!(at(br#"{"a":"""#, true, false), Start::Json);
        assert_eq!(at(br#"{"""a""":"#, true, false), Start::Json);
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
                let begun = at(&text.as_bytes()[..len], false, false);
                assert!([start, Start::Undecided].contains(&begun), "{text} {len}");
            }
            assert_eq!(at(text.as_bytes(), false, false), start, "{text}");
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
        let around = |text: &str, before| quote_around(Escape::Backslash, text.as_bytes(), before);
        assert_eq!(around(r#"{\n \"a\":"#, b'"'), Some(b'"'));
        assert_eq!(around(r#"{\n ""a"":"#, b'"'), None);
        assert_eq!(around(r#"{\\"a\\":"#, b'"'), None);
        assert_eq!(around(r#"{\n "a":"#, b'\''), Some(b'\''));
        assert_eq!(around(r"<xml>\n<a>", b'"'), Some(b'"'));
    }
}
