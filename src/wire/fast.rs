//! A recogniser of what WeChat sends nearly always, several times as fast as the readers.
//!
//! The readers of [`json`](super::json) and [`xml`](super::xml) define what is right: they tell every fault by its
//! place, know every tolerance, and can pause. A payload of the documented shape needs none of that. So before a reader
//! starts, the recogniser tries: it fills the same [`Tree`], node by node the same, or gives up, and then it is as if it
//! had not been there. It knows no names; what it asks of a document is that nothing in it needs a second look:
//!
//! - JSON: objects, arrays, strings without escapes and whole numbers, at most a blank behind a comma or a colon; nothing
//!   is empty, and nothing is nested deeper than callbacks are.
//! - XML: `<xml>` with elements that hold either elements, a text or a CDATA section, all of it printable ASCII; names of
//!   letters and digits, no attributes, white space between elements only.
//!
//! Whatever else comes, the end of the bytes included, is left to the readers. Sixteen bytes are looked at at once
//! ([`Block`]); strings are mostly shorter than two such blocks, so what counts is how few steps are taken between them.

use crate::span::Span;
use crate::wire::block::{self, Block, LEN, Marks};
use crate::wire::{Kind, Limits, Node, NodeId, Str, Syntax, Tree};

/// The deepest that is recognised: a callback has an object, a wrapper, a list and an item.
const DEPTH: usize = 6;

/// The objects, arrays or elements that are not closed yet.
#[derive(Default)]
struct Stack {
    open: [NodeId; DEPTH],
    len: usize,
}

impl Stack {
    fn push(&mut self, id: NodeId, limits: &Limits) -> Option<()> {
        if self.len >= limits.depth {
            return None;
        }
        *self.open.get_mut(self.len)? = id;
        self.len += 1;
        Some(())
    }

    fn pop(&mut self) -> Option<NodeId> {
        self.len = self.len.checked_sub(1)?;
        Some(self.open[self.len])
    }
}

/// The length of the document with which `bytes` begin, if it is a plain one; `tree` then holds it.
pub(crate) fn read(
    syntax: Syntax,
    bytes: &[u8],
    tree: &mut Tree,
    limits: &Limits,
) -> Option<usize> {
    tree.clear(syntax);
    let len = match syntax {
        Syntax::Json => json(bytes, tree, limits),
        Syntax::Xml => xml(bytes, tree, limits),
    };
    let len = len.filter(|_| tree.len() <= limits.values);
    if len.is_none() {
        tree.clear(syntax);
    }
    len
}

/// The place of the first byte from `at` on that `mark` marks, which must mark zero bytes; `None` at the end.
#[inline(always)]
fn find(bytes: &[u8], mut at: usize, mark: impl Fn(Block) -> Marks) -> Option<usize> {
    loop {
        let rest = bytes.get(at..)?;
        let bits = mark(Block::new(block::head(rest))).bits();
        if bits != 0 {
            let first = bits.trailing_zeros() as usize;
            return (first < rest.len()).then_some(at + first);
        }
        at += LEN;
    }
}

/// A node without a name and a value, at `start`.
#[inline(always)]
fn node(kind: Kind, start: usize) -> Node {
    Node {
        kind,
        padded: false,
        raw_name: false,
        name: Str::default(),
        name_at: 0,
        value: Str::default(),
        span: Span::new(start, start),
        end: 0,
    }
}

/// Where a string ends whose text begins at `at`: at its closing quote.
#[inline(always)]
fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let end = find(bytes, at, |b| b.less(0x20) | b.equal(b'"') | b.equal(b'\\'))?;
    (bytes[end] == b'"').then_some(end)
}

/// `at`, or behind the blank that stands there.
#[inline(always)]
fn past_blank(bytes: &[u8], at: usize) -> usize {
    at + usize::from(bytes.get(at) == Some(&b' '))
}

fn json(bytes: &[u8], tree: &mut Tree, limits: &Limits) -> Option<usize> {
    let mut open = Stack::default();
    let mut in_object = true;
    let mut named = node(Kind::Object, 0);
    let mut at = 0;
    loop {
        // At a value; `named` is its node so far.
        match *bytes.get(at)? {
            b'"' => {
                let end = string_end(bytes, at + 1)?;
                tree.push(leaf(named, Kind::Text, at + 1..end, at..end + 1));
                at = end + 1;
            }
            bracket @ (b'{' | b'[') => {
                in_object = bracket == b'{';
                let kind = if in_object { Kind::Object } else { Kind::Array };
                named.kind = kind;
                named.span = Span::new(at, at);
                open.push(tree.push(named), limits)?;
                (named, at) = next_name(bytes, at + 1, in_object)?;
                continue;
            }
            _ => {
                let end = digits_end(bytes, at)?;
                tree.push(leaf(named, Kind::Number, at..end, at..end));
                at = end;
            }
        }
        loop {
            match (*bytes.get(at)?, in_object) {
                (b',', _) => break,
                (b'}', true) | (b']', false) => {
                    at += 1;
                    tree.close(open.pop()?, at);
                    if open.len == 0 {
                        return Some(at);
                    }
                    in_object = tree.node(open.open[open.len - 1]).kind == Kind::Object;
                }
                _ => return None,
            }
        }
        (named, at) = next_name(bytes, past_blank(bytes, at + 1), in_object)?;
    }
}

#[inline(always)]
fn leaf(
    named: Node,
    kind: Kind,
    value: std::ops::Range<usize>,
    span: std::ops::Range<usize>,
) -> Node {
    Node {
        kind,
        value: Str::source(value.start, value.end),
        span: Span::new(span.start, span.end),
        ..named
    }
}

/// A member's name at `at`, or no name in an array; and where the value begins.
#[inline(always)]
fn next_name(bytes: &[u8], at: usize, in_object: bool) -> Option<(Node, usize)> {
    let mut named = node(Kind::Text, 0);
    if !in_object {
        return Some((named, at));
    }
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let end = string_end(bytes, at + 1)?;
    if bytes.get(end + 1) != Some(&b':') {
        return None;
    }
    named.name = Str::source(at + 1, end);
    named.name_at = Span::new(at + 1, at + 1).start;
    Some((named, past_blank(bytes, end + 2)))
}

/// Where a whole number ends that begins at `at`.
#[inline(always)]
fn digits_end(bytes: &[u8], at: usize) -> Option<usize> {
    const LONGEST: usize = 20;
    let digits = &bytes[at..bytes.len().min(at + LONGEST)];
    let len = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    let is_plain = match digits[..len] {
        [] => false,
        [first, ..] => first != b'0' || len == 1,
    };
    let ends = matches!(digits.get(len), Some(b',' | b'}' | b']'));
    (is_plain && ends).then_some(at + len)
}

/// Where a name of ASCII letters and digits ends that begins at `at`.
#[inline(always)]
fn name_end(bytes: &[u8], at: usize) -> Option<usize> {
    if !bytes.get(at)?.is_ascii_alphabetic() {
        return None;
    }
    let end = find(bytes, at, |b| {
        !(b.folded().within(b'a', b'z') | b.within(b'0', b'9'))
    })?;
    (bytes[end] == b'>').then_some(end)
}

/// The next byte from `at` on that is no white space between elements.
#[inline(always)]
fn past_space(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b'\n' | b' ' | b'\t')) {
        at += 1;
    }
    at
}

const CDATA: &[u8] = b"<![CDATA[";
const ROOT: &[u8] = b"<xml>";

fn xml(bytes: &[u8], tree: &mut Tree, limits: &Limits) -> Option<usize> {
    if !bytes.starts_with(ROOT) {
        return None;
    }
    let mut open = Stack::default();
    let mut at = 0;
    loop {
        // At the start tag of an element.
        let name = at + 1;
        let end = name_end(bytes, name)?;
        let content = end + 1;
        let mut element = node(Kind::Text, content);
        element.name = Str::source(name, end);
        element.name_at = Span::new(name, name).start;
        let inside = past_space(bytes, content);
        if is_start_tag(bytes, inside) {
            if open.len > 0 && is_root(&bytes[name..end]) {
                return None;
            }
            element.kind = Kind::Object;
            open.push(tree.push(element), limits)?;
            at = inside;
            continue;
        }
        let (text, behind) = text(bytes, content)?;
        element.value = Str::source(text.start, text.end);
        element.span = Span::new(text.start, text.end);
        if open.len == 0 || open.len >= limits.depth || is_root(&bytes[name..end]) {
            return None;
        }
        tree.push(element);
        at = end_tag(bytes, behind, &bytes[name..end])?;
        loop {
            at = past_space(bytes, at);
            if is_start_tag(bytes, at) {
                break;
            }
            let id = open.pop()?;
            tree.close(id, at);
            let name = tree.node(id).name.source_range();
            at = end_tag(bytes, at, &bytes[name])?;
            if open.len == 0 {
                return Some(at);
            }
        }
    }
}

/// Whether an element named like the root: inside a document that is a matter for the reader.
fn is_root(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"xml")
}

#[inline(always)]
fn is_start_tag(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at..at + 2), Some([b'<', next]) if next.is_ascii_alphabetic())
}

/// The text of an element whose content begins at `at`, and where its end tag begins.
#[inline(always)]
fn text(bytes: &[u8], at: usize) -> Option<(std::ops::Range<usize>, usize)> {
    if bytes[at..].starts_with(CDATA) {
        let start = at + CDATA.len();
        let end = find(bytes, start, |b| {
            b.less_or_high(0x20) | b.equal(b']') | b.equal(b'<')
        })?;
        let is_text = end > start && bytes[end..].starts_with(b"]]>");
        return is_text.then_some((start..end, end + 3));
    }
    let end = find(bytes, at, |b| {
        b.less_or_high(0x21) | b.equal(b']') | b.equal(b'<') | b.equal(b'&')
    })?;
    (end > at && bytes[end] == b'<').then_some((at..end, end))
}

/// Behind the end tag of `name` that stands at `at`.
#[inline(always)]
fn end_tag(bytes: &[u8], at: usize, name: &[u8]) -> Option<usize> {
    let rest = bytes[at..].strip_prefix(b"</")?.strip_prefix(name)?;
    rest.starts_with(b">").then_some(at + 2 + name.len() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Findings;
    use crate::wire::{Bytes, json as json_reader, xml as xml_reader};

    /// What the readers alone make of `bytes`.
    fn plain(syntax: Syntax, bytes: &[u8], limits: &Limits) -> Option<(usize, Tree, bool)> {
        let (mut tree, mut findings) = (Tree::default(), Findings::default());
        tree.clear(syntax);
        let bytes = Bytes {
            all: bytes,
            last: true,
        };
        let read = match syntax {
            Syntax::Json => {
                json_reader::Reader::new().read(bytes, &mut tree, &mut findings, limits)
            }
            Syntax::Xml => {
                xml_reader::Reader::new().read(bytes, &mut tree, &mut findings, limits, &|name| {
                    name == "ToUserName"
                })
            }
        };
        let len = read.ok()?;
        if let Syntax::Xml = syntax {
            let text = std::str::from_utf8(&bytes.all[..len]).ok()?;
            xml_reader::check_characters(text).ok()?;
        }
        Some((len, tree, findings.as_slice().is_empty()))
    }

    /// Whether the document is recognised; if so, it must be what the reader makes of it, without a finding.
    #[track_caller]
    fn is_recognised(syntax: Syntax, bytes: &[u8], limits: &Limits) -> bool {
        let mut tree = Tree::default();
        let Some(len) = read(syntax, bytes, &mut tree, limits) else {
            return false;
        };
        let shown = String::from_utf8_lossy(bytes);
        let (expected_len, expected, is_clean) = plain(syntax, bytes, limits)
            .unwrap_or_else(|| panic!("refused by the reader: {shown}"));
        assert!(is_clean, "with findings: {shown}");
        assert_eq!(len, expected_len, "{shown}");
        assert_eq!(tree.nodes(), expected.nodes(), "{shown}");
        true
    }

    const JSON: &str = r#"{"ToUserName":"gh_0123456789ab", "CreateTime":1610969440,"List":[{"a":"订阅","b": 0},{"c":[1,"x"]}],"z":{"y":"A_-9.; :"}}"#;
    const XML: &str = "<xml>\n<ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>\n<CreateTime>1610969440</CreateTime>\n\
        <E>\n <List>\n\t<T><![CDATA[a > b & c]]></T><U>x/y.z</U></List>\n<List><T>1</T>\n</List></E>\n</xml>";

    #[test]
    fn plain_documents_are_recognised() {
        let limits = Limits::default();
        for end in ["", "\n", "}", "</xml>", "{\"next\":1}"] {
            assert!(is_recognised(
                Syntax::Json,
                format!("{JSON}{end}").as_bytes(),
                &limits
            ));
            assert!(is_recognised(
                Syntax::Xml,
                format!("{XML}{end}").as_bytes(),
                &limits
            ));
        }
    }

    /// Every byte replaced by every byte, taken out, or doubled; every length; and each limit.
    #[test]
    fn whatever_is_recognised_is_what_the_readers_read() {
        let limits = Limits::default();
        let mut recognised = 0;
        for (syntax, text) in [(Syntax::Json, JSON), (Syntax::Xml, XML)] {
            let text = text.as_bytes();
            for at in 0..text.len() {
                let with =
                    |middle: &[u8], rest: usize| [&text[..at], middle, &text[rest..]].concat();
                for byte in 0..=255 {
                    recognised +=
                        usize::from(is_recognised(syntax, &with(&[byte], at + 1), &limits));
                    recognised += usize::from(is_recognised(syntax, &with(&[byte], at), &limits));
                }
                is_recognised(syntax, &with(&[], at + 1), &limits);
                is_recognised(syntax, &with(&[], text.len()), &limits);
            }
            for limit in 0..20 {
                let few = Limits {
                    values: limit,
                    ..limits
                };
                let flat = Limits {
                    depth: limit,
                    ..limits
                };
                is_recognised(syntax, text, &few);
                is_recognised(syntax, text, &flat);
            }
        }
        assert!(recognised > 10_000, "{recognised} of the changed documents");
    }
}
