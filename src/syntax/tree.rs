//! The tree that both syntaxes become: flat, in document order, without pointers into the text, so that one tree
//! serves payload after payload and outlives a move of the bytes.

use crate::span::Span;
use crate::syntax::Syntax;

/// A node's position in its tree. The root is 0.
pub(crate) type NodeId = u32;

/// Text as a range: of the payload, or of the tree's own buffer where escapes had to be resolved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Str {
    start: u32,
    len: u32,
}

impl Str {
    /// The top bit of `len` says that the range is in the tree's buffer; payloads are at most 1 GiB.
    const OWN: u32 = 1 << 31;

    /// A range of the payload.
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

    /// The text without its last `tail` bytes.
    pub(crate) fn trimmed(self, tail: usize) -> Self {
        Str {
            len: self.len - tail as u32,
            ..self
        }
    }

    pub(crate) fn len(self) -> usize {
        (self.len & !Self::OWN) as usize
    }

    /// The range of the payload; meaningless for text in the tree's own buffer.
    pub(crate) fn source_range(self) -> std::ops::Range<usize> {
        self.range()
    }

    /// Where the text starts, if it is a range of the payload that ends at `end`.
    pub(crate) fn source_up_to(self, end: usize) -> Option<usize> {
        (self.len & Self::OWN == 0 && self.range().end == end).then_some(self.range().start)
    }

    fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.start as usize + self.len()
    }
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A JSON object, or an XML element with child elements.
    Object,
    /// A JSON array.
    Array,
    /// A JSON string, or an XML element without child elements.
    Text,
    /// A JSON number, its digits as given.
    Number,
    /// `true`, `false` or `null`.
    Literal,
}

/// One name with its value. Array entries and JSON's root have no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// XML: white space stood around the text; the value is without it.
    pub(crate) padded: bool,
    pub(crate) name: Str,
    /// Where the name stands, as written.
    pub(crate) name_at: u32,
    pub(crate) value: Str,
    /// Where the value stands, as written; a JSON string with its quotes.
    pub(crate) span: Span,
    /// One past the last node below this one.
    pub(crate) end: NodeId,
}

/// The nodes of one payload, in document order: the nodes below `i` are `i + 1..nodes[i].end`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    pub(crate) syntax: Syntax,
    nodes: Vec<Node>,
    own: String,
}

impl Tree {
    /// Empties the tree for another payload and keeps its memory.
    pub(crate) fn clear(&mut self, syntax: Syntax) {
        self.syntax = syntax;
        self.nodes.clear();
        self.own.clear();
    }

    /// Whether escapes had to be resolved.
    pub(crate) fn has_own(&self) -> bool {
        !self.own.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Adds a node that is its own last one; [`Tree::close`] makes it hold what came since.
    pub(crate) fn push(&mut self, node: Node) -> NodeId {
        let id = self.nodes.len() as NodeId;
        self.nodes.push(Node {
            end: id + 1,
            ..node
        });
        id
    }

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

    /// The buffer for resolved text. What is appended between two calls of `own.len()` is a [`Str`] by
    /// [`Tree::own_since`].
    pub(crate) fn own(&mut self) -> &mut String {
        &mut self.own
    }

    pub(crate) fn own_since(&self, start: usize) -> Str {
        Str::own(start, self.own.len())
    }

    /// Moves `value` to the end of the own buffer, so that more can be appended to it, and gives back where it
    /// starts there.
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

    /// The bytes of `value` while the payload's text is not yet known to be text.
    pub(crate) fn bytes<'a>(&'a self, value: Str, bytes: &'a [u8]) -> &'a [u8] {
        if value.len & Str::OWN == 0 {
            &bytes[value.range()]
        } else {
            &self.own.as_bytes()[value.range()]
        }
    }

    pub(crate) fn str<'a>(&'a self, value: Str, text: &'a str) -> &'a str {
        let buffer = if value.len & Str::OWN == 0 {
            text
        } else {
            &self.own
        };
        buffer.get(value.range()).unwrap_or_default()
    }
}

/// A node together with its tree and the payload's text.
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

    /// Where the name stands.
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
