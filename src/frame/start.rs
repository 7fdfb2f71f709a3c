//! Where a document may begin.

use crate::frame::layer::Layer;
use crate::wire::scan::{is_space, skip_space};
use crate::wire::xml::{LONGEST_DECLARATION, is_doctype};

/// What begins at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    Xml,
    Json,
    /// An array of JSON objects, which are framed one by one.
    Array,
    /// The same, in escaped text.
    Buried(Layer),
    Nothing,
    /// The bytes end before it can be told.
    Undecided,
}

/// The most white space looked through to tell a document from a stray bracket.
const BLANKS: usize = 4096;

/// What begins with `bytes`; `bare` if nothing but white space stands before it on its line.
pub(super) fn at(bytes: &[u8], last: bool, bare: bool) -> Start {
    let start = match bytes.first() {
        Some(b'{' | b'[' | b'<') => at_bracket(bytes, last, bare),
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
    match (bytes[0], sign.and_then(layer_of)) {
        (b'{' | b'<', _) if !last && is_missing(sign, bytes) => Start::Undecided,
        (_, Some(layer)) => buried(layer, bytes, last, bare),
        (b'{', None) => object(bytes),
        (b'[', None) => array(bytes),
        _ => element(bytes, bare),
    }
}

/// What shows the escaping of a document: what stands right behind its first bracket; in an XML declaration, what is
/// written for its first quote, and what follows it.
fn first_sign(bytes: &[u8]) -> Option<&[u8]> {
    const ROOT: &[u8] = b"<xml>";
    if bytes.starts_with(DECLARATION) {
        return declaration_sign(bytes);
    }
    let head = match bytes.get(..ROOT.len()) {
        Some(head) if head.eq_ignore_ascii_case(ROOT) => ROOT.len(),
        _ if bytes[0] == b'<' => return None,
        _ => 1,
    };
    Some(&bytes[skip_space(&bytes[..bytes.len().min(BLANKS)], head)..])
}

const DECLARATION: &[u8] = b"<?xml ";

fn declaration_sign(bytes: &[u8]) -> Option<&[u8]> {
    let head = &bytes[..bytes.len().min(LONGEST_DECLARATION)];
    let value = memchr::memchr(b'=', head).map(|at| &bytes[at + 1..])?;
    match value {
        [b'"', b'"', ..] => Some(value),
        [b'"' | b'\'', ..] => {
            let end = memchr::memmem::find(head, b"?>")? + 2;
            Some(&bytes[end..])
        }
        _ => Some(value),
    }
}

/// The layer that a sign shows.
fn layer_of(sign: &[u8]) -> Option<Layer> {
    match sign {
        [b'\\', ..] => Some(Layer::Backslash),
        [b'#', ..] => Some(Layer::Octal),
        [b'&', ..] => Some(Layer::Entity),
        [b'%', ..] => Some(Layer::Percent),
        [b'"', b'"', next, ..] if next.is_ascii_alphanumeric() => Some(Layer::Doubled),
        _ => None,
    }
}

/// Whether `bytes` end before their sign can tell how a document is escaped that seems not to be.
fn is_missing(sign: Option<&[u8]>, bytes: &[u8]) -> bool {
    match sign {
        _ if bytes.starts_with(DECLARATION) && bytes.len() >= LONGEST_DECLARATION => false,
        None => bytes.starts_with(DECLARATION),
        Some(sign) => sign == b"\"" || sign == b"\"\"" || sign.is_empty() && bytes[0] == b'<',
    }
}

/// What begins with `bytes` once `layer` is undone.
fn buried(layer: Layer, bytes: &[u8], last: bool, bare: bool) -> Start {
    let (text, last) = peeled(layer, bytes, last);
    match text.len() < bytes.len().min(PEELED) {
        true => match at(&text, last, bare) {
            Start::Nothing => Start::Nothing,
            Start::Undecided => Start::Undecided,
            _ => Start::Buried(layer),
        },
        false if last => Start::Nothing,
        false => Start::Undecided,
    }
}

/// So many bytes are undone to tell what begins.
const PEELED: usize = 64;

/// The first of `bytes` without `layer`, and whether that is all there is to tell by.
fn peeled(mut layer: Layer, bytes: &[u8], last: bool) -> (Vec<u8>, bool) {
    let window = &bytes[..bytes.len().min(PEELED)];
    let last = last || window.len() == PEELED;
    let mut text = Vec::with_capacity(PEELED);
    layer.peel(window, last, &mut text);
    (text, last)
}

/// Whether what begins with `bytes` is escaped still once `layer` is undone.
pub(super) fn is_buried_twice(layer: Layer, bytes: &[u8]) -> bool {
    let (text, _) = peeled(layer, bytes, true);
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
        Start::Buried(layer) => {
            let (text, is_all) = peeled(layer, bytes, last);
            payload_at(&text, is_all, begins_message)?.is_some()
        }
        Start::Array | Start::Nothing => false,
    };
    Ok(is_payload.then_some(start))
}

/// The layer that shows right before a name or a value: an escaped quote, tag or CDATA bracket.
pub(super) fn clue(before: &[u8]) -> Option<Layer> {
    const LONGEST: usize = 24;
    let tail = &before[before.len().saturating_sub(LONGEST)..];
    match tail {
        [.., b'\\', b'"' | b'\''] => Some(Layer::Backslash),
        [
            ..,
            b'{' | b',' | b':' | b' ' | b'\n' | b'\t' | b'[',
            b'"',
            b'"',
        ] => Some(Layer::Doubled),
        [.., b';'] => is_entity(tail).then_some(Layer::Entity),
        [head @ .., high, low] => match [high, low].map(u8::to_ascii_lowercase) {
            [b'2', b'2'] | [b'3', b'c'] | [b'5', b'b'] => hex_clue(head),
            _ => None,
        },
        _ => None,
    }
}

/// The layer of two hexadecimal digits behind `before`.
fn hex_clue(before: &[u8]) -> Option<Layer> {
    let outer = |mut head: &[u8]| {
        while let Some(rest) = head.strip_suffix(b"25") {
            head = rest;
        }
        head.ends_with(b"%")
    };
    match before {
        _ if outer(before) => Some(Layer::Percent),
        [.., b'\\', b'x' | b'X'] | [.., b'\\', b'u', b'0', b'0'] => Some(Layer::Backslash),
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
