//! A recogniser of plain XML: `<xml>` with elements that hold either elements, a text or a CDATA section, all of it
//! printable ASCII; names of letters and digits, no attributes, white space between elements only.

use std::ops::Range;

use crate::span::Span;
use crate::wire::block::{Block, Marks};
use crate::wire::scan::{is_space, position};
use crate::wire::xml::{CDATA, ROOT, is_root_name};
use crate::wire::{Kind, Limits, Node, NodeId, Str, Tree};

/// The deepest that is recognised: a callback has a root, a wrapper, a list and an item's fields.
const DEPTH: usize = 6;

/// The elements that are not closed yet.
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

/// The place of the first byte from `at` on that `mark` marks, which must mark zero bytes; `None` at the end.
#[inline(always)]
fn find(bytes: &[u8], at: usize, mark: impl Fn(Block) -> Marks) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let len = position(rest, mark);
    (len < rest.len()).then_some(at + len)
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
    while bytes.get(at).is_some_and(|&byte| is_space(byte)) {
        at += 1;
    }
    at
}

/// The length of the document with which `bytes` begin, if it is a plain one; `tree` then holds it.
pub(super) fn read(bytes: &[u8], tree: &mut Tree, limits: &Limits) -> Option<usize> {
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
        let mut element = Node {
            kind: Kind::Text,
            padded: false,
            name: Str::source(name, end),
            name_at: Span::new(name, name).start,
            value: Str::default(),
            span: Span::new(content, content),
            end: 0,
        };
        let inside = past_space(bytes, content);
        if is_start_tag(bytes, inside) {
            // Inside a document that is a matter for the reader.
            if open.len > 0 && is_root_name(&bytes[name..end]) {
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
        if open.len == 0 || open.len >= limits.depth || is_root_name(&bytes[name..end]) {
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

#[inline(always)]
fn is_start_tag(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at..at + 2), Some([b'<', next]) if next.is_ascii_alphabetic())
}

/// The text of an element whose content begins at `at`, and where its end tag begins.
#[inline(always)]
fn text(bytes: &[u8], at: usize) -> Option<(Range<usize>, usize)> {
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
