//! The tree of a payload, whatever its syntax.
//!
//! The nodes are one flat list in document order, and texts are ranges, not pointers. One tree can be reused for many
//! payloads, and it stays valid when the bytes of a payload move.

use crate::span::Span;
use crate::syntax::Syntax;

/// The index of a node in its tree. The root is 0.
pub(crate) type NodeId = u32;

/// A text as a range: of the payload, or of the tree's own buffer if it held escapes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Str {
    start: u32,
    len: u32,
}

impl Str {
    /// The top bit of `len`: set if the range is in the tree's own buffer. It is free: payloads are at most 1 GiB.
    const OWN: u32 = 1 << 31;

    /// Makes a range of the payload.
    pub(crate) fn source(start: usize, end: usize) -> Self {
        let span = Span::new(start, end);
        Str {
            start: span.start,
            len: span.end - span.start,
        }
    }

    fn own(start: usize, end: usize) -> Self {
        let Str { start, len } = Str::source(start, end);
        Str {
            start,
            len: len | Self::OWN,
        }
    }

    /// Returns the text without its last `tail` bytes.
    pub(crate) fn trimmed(self, tail: usize) -> Self {
        Str {
            len: self.len - tail as u32,
            ..self
        }
    }

    pub(crate) fn len(self) -> usize {
        (self.len & !Self::OWN) as usize
    }

    /// Returns the range of the payload. Meaningless for text in the tree's own buffer.
    pub(crate) fn source_range(self) -> std::ops::Range<usize> {
        self.range()
    }

    /// Returns the range of the payload, unless the text is in the tree's own buffer.
    pub(crate) fn in_source(self) -> Option<std::ops::Range<usize>> {
        (self.len & Self::OWN == 0).then(|| self.range())
    }

    /// Returns the start of the text, if it is a range of the payload that ends at `end`.
    pub(crate) fn source_up_to(self, end: usize) -> Option<usize> {
        (self.len & Self::OWN == 0 && self.range().end == end).then_some(self.range().start)
    }

    fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.start as usize + self.len()
    }
}

/// The kind of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A JSON object, or an XML element with child elements.
    Object,
    /// A JSON array.
    Array,
    /// A JSON string, or an XML element without child elements.
    Text,
    /// A JSON number. Its value is the digits as written.
    Number,
    /// `true`, `false` or `null`.
    Literal,
}

/// A name and its value. Array entries and the root of JSON have no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// True if white space stood around the text of an XML element. The value is without it.
    pub(crate) padded: bool,
    pub(crate) name: Str,
    /// The position of the name, as written.
    pub(crate) name_at: u32,
    pub(crate) value: Str,
    /// The place of the value, as written. That of a JSON string includes its quotes.
    pub(crate) span: Span,
    /// The index after the last node below this node.
    pub(crate) end: NodeId,
}

/// The nodes of one payload, in document order: the nodes below `i` are `i + 1..nodes[i].end`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    pub(crate) syntax: Syntax,
    /// True if a program printed the payload in a notation that is not JSON.
    pub(crate) is_printed: bool,
    nodes: Vec<Node>,
    own: String,
}

impl Tree {
    /// Empties the tree for the next payload and keeps its memory.
    pub(crate) fn clear(&mut self, syntax: Syntax) {
        self.syntax = syntax;
        self.is_printed = false;
        self.nodes.clear();
        self.own.clear();
    }

    /// Returns true if a text held escapes.
    pub(crate) fn has_own(&self) -> bool {
        !self.own.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Adds a node without nodes below it. [`Tree::close`] puts all nodes added later below it.
    pub(crate) fn push(&mut self, node: Node) -> NodeId {
        let id = self.nodes.len() as NodeId;
        self.nodes.push(Node {
            end: id + 1,
            ..node
        });
        id
    }

    /// Ends the node `id`, whose value ends at `span_end`: all nodes added since then are below it.
    pub(crate) fn close(&mut self, id: NodeId, span_end: usize) {
        let end = self.nodes.len() as NodeId;
        let node = &mut self.nodes[id as usize];
        node.end = end;
        node.span.end = Span::new(0, span_end).end;
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    pub(crate) fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id as usize]
    }

    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Returns the tree's own buffer, for unescaped text. [`Tree::own_since`] makes a [`Str`] of what was appended.
    pub(crate) fn own(&mut self) -> &mut String {
        &mut self.own
    }

    /// Returns the text that was appended to the own buffer since it had the length `start`.
    pub(crate) fn own_since(&self, start: usize) -> Str {
        Str::own(start, self.own.len())
    }

    /// Moves `value` to the end of the own buffer, and returns its start there. More text can then be appended to it.
    pub(crate) fn make_own(&mut self, value: Option<Str>, bytes: &[u8]) -> usize {
        let end = self.own.len();
        match value {
            Some(value) if value.len & Str::OWN != 0 && value.range().end == end => {
                return value.range().start;
            }
            Some(value) => {
                let text = String::from_utf8_lossy(self.bytes(value, bytes)).into_owned();
                self.own.push_str(&text);
            }
            None => {}
        }
        end
    }

    /// Returns the bytes of `value`, before the payload is known to be UTF-8.
    pub(crate) fn bytes<'a>(&'a self, value: Str, bytes: &'a [u8]) -> &'a [u8] {
        if value.len & Str::OWN == 0 {
            &bytes[value.range()]
        } else {
            &self.own.as_bytes()[value.range()]
        }
    }

    /// Returns the text of `value`, in a payload with this `text`.
    pub(crate) fn str<'a>(&'a self, value: Str, text: &'a str) -> &'a str {
        let buffer = if value.len & Str::OWN == 0 {
            text
        } else {
            &self.own
        };
        buffer.get(value.range()).unwrap_or_default()
    }
}

/// A node, with its tree and the text of the payload.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) text: &'a str,
    pub(crate) id: NodeId,
}

impl<'a> View<'a> {
    pub(crate) fn root(tree: &'a Tree, text: &'a str) -> Self {
        View { tree, text, id: 0 }
    }

    pub(crate) fn at(self, id: NodeId) -> Self {
        View { id, ..self }
    }

    pub(crate) fn node(self) -> &'a Node {
        self.tree.node(self.id)
    }

    pub(crate) fn kind(self) -> Kind {
        self.node().kind
    }

    pub(crate) fn name(self) -> &'a str {
        self.tree.str(self.node().name, self.text)
    }

    pub(crate) fn value(self) -> &'a str {
        self.tree.str(self.node().value, self.text)
    }

    pub(crate) fn span(self) -> Span {
        self.node().span
    }

    /// Returns the place of the name.
    pub(crate) fn name_span(self) -> Span {
        let start = self.node().name_at as usize;
        Span::new(start, start + self.node().name.len())
    }

    pub(crate) fn children(self) -> impl Iterator<Item = View<'a>> + Clone {
        let end = self.node().end;
        let mut next = self.id + 1;
        std::iter::from_fn(move || {
            let child = (next < end).then(|| self.at(next))?;
            next = child.node().end;
            Some(child)
        })
    }

    pub(crate) fn is_empty(self) -> bool {
        self.node().end == self.id + 1
    }
}
