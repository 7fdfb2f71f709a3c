//! Payloads that differ from one before in nothing but a few values of the same lengths.
//!
//! Ids, times and statuses have fixed lengths, so of millions of callbacks most are, byte for byte, one of some dozens
//! but for the values. A [`Shape`] is such a payload: what stands around the values, and where the values are (its
//! holes). Text that has the same bytes around the holes, and in them none that means something to a syntax, is read
//! exactly as the sample was, token by token: it has the same tree, node by node and span by span. So comparing sixteen
//! bytes at a time replaces reading.
//!
//! A hole holds printable ASCII without quotes and backslashes, too, so whoever writes its value to JSON can copy it.
//!
//! Which values are holes is for those to say who know what the values mean: they must not draw any other conclusion
//! from a value than from its text.

use crate::wire::block::{self, Block, LEN, Marks};
use crate::wire::{Kind, Syntax, Tree};

/// Which of the shapes that were learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ShapeId(pub(crate) usize);

/// How many bytes at the ends are compared before all others.
const EDGE: usize = 8;

/// A byte that may stand in any hole.
const PLAIN: u8 = b'0';

/// The shapes that were learnt.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shapes {
    shapes: Vec<Shape>,
    /// All of them, the frequent ones first.
    order: Vec<usize>,
    /// How they begin: there are few ways, and most other documents begin in none.
    beginnings: Vec<[u8; EDGE]>,
    /// Payloads that could not be learnt for want of room.
    passed: usize,
}

#[derive(Clone, Debug)]
struct Shape {
    syntax: Syntax,
    /// Its first bytes, and its last ones, which tell most other lengths.
    first: [u8; EDGE],
    last: ([u8; EDGE], [u8; EDGE]),
    len: usize,
    /// What stands around the holes, with [`PLAIN`] in them; and all bits set in the holes. Zeros follow the end.
    blocks: Vec<([u8; LEN], [u8; LEN])>,
    holes: Vec<Hole>,
    tree: Tree,
}

#[derive(Clone, Copy, Debug)]
struct Hole {
    start: usize,
    end: usize,
    /// A JSON number.
    is_number: bool,
}

impl Shapes {
    /// So many are kept; then a new one takes the place of an old one now and then.
    const MOST: usize = 64;
    /// A full list is renewed with one payload of so many that it lacks.
    const RARE: usize = 64;
    /// The longest payload of which a shape is made.
    const LONGEST: usize = 4096;

    /// The shape with which `bytes` begin, and the length of the payload; `tree` then holds it.
    pub(crate) fn find(
        &mut self,
        syntax: Syntax,
        bytes: &[u8],
        tree: &mut Tree,
    ) -> Option<(ShapeId, usize)> {
        let first = bytes.first_chunk()?;
        if !self.beginnings.contains(first) {
            return None;
        }
        let is_it = |&id: &usize| {
            let shape = &self.shapes[id];
            shape.first == *first && shape.syntax == syntax && shape.holds(bytes)
        };
        let at = self.order.iter().position(is_it)?;
        let id = self.order[at];
        self.order.swap(at, at / 2);
        let shape = &self.shapes[id];
        tree.copy_from(&shape.tree);
        Some((ShapeId(id), shape.len))
    }

    /// Learns the shape of `text`, whose tree is `tree` and whose values at `nodes` are holes, if it has one. What an XML
    /// declaration means depends on more than the text, so such texts have none.
    pub(crate) fn learn(
        &mut self,
        text: &str,
        tree: &Tree,
        nodes: impl Iterator<Item = u32>,
    ) -> Option<ShapeId> {
        let first = *text.as_bytes().first_chunk()?;
        let is_declared = text.starts_with("<?");
        if text.len() > Self::LONGEST || is_declared || tree.has_own() || !self.has_room() {
            return None;
        }
        let holes: Vec<Hole> = nodes.filter_map(|id| Hole::of(tree, id)).collect();
        let shape = Shape::new(text, tree, first, holes);
        // A value that is not plain in the sample is no hole.
        if shape.holes.iter().any(|hole| hole.start < EDGE) || !shape.holds(text.as_bytes()) {
            return None;
        }
        Some(self.add(shape))
    }

    fn has_room(&mut self) -> bool {
        if self.shapes.len() < Self::MOST {
            return true;
        }
        self.passed += 1;
        self.passed.is_multiple_of(Self::RARE)
    }

    fn add(&mut self, shape: Shape) -> ShapeId {
        let id = match self.order.get(Self::MOST - 1) {
            Some(&rarest) => rarest,
            None => self.shapes.len(),
        };
        match self.shapes.get_mut(id) {
            Some(old) => *old = shape,
            None => {
                self.shapes.push(shape);
                self.order.push(id);
            }
        }
        self.beginnings = self.shapes.iter().map(|shape| shape.first).collect();
        self.beginnings.sort_unstable();
        self.beginnings.dedup();
        ShapeId(id)
    }
}

impl Hole {
    fn of(tree: &Tree, id: u32) -> Option<Hole> {
        let node = tree.node(id);
        let range = node.value.source_range();
        (!range.is_empty()).then_some(Hole {
            start: range.start,
            end: range.end,
            is_number: node.kind == Kind::Number,
        })
    }

    /// Whether what fills the hole is read as it was in the sample.
    fn fits(self, bytes: &[u8]) -> bool {
        let value = &bytes[self.start..self.end];
        let is_padded = value[0] == b' ' || value[value.len() - 1] == b' ';
        let is_plain_number =
            || value.iter().all(u8::is_ascii_digit) && (value[0] != b'0' || value.len() == 1);
        !is_padded && (!self.is_number || is_plain_number())
    }
}

impl Shape {
    fn new(text: &str, tree: &Tree, first: [u8; EDGE], holes: Vec<Hole>) -> Self {
        let mut sample = text.as_bytes().to_vec();
        let mut mask = vec![0; sample.len()];
        for hole in &holes {
            sample[hole.start..hole.end].fill(PLAIN);
            mask[hole.start..hole.end].fill(0xFF);
        }
        let last = |bytes: &[u8]| bytes.last_chunk().copied().unwrap_or_default();
        let blocks = sample.chunks(LEN).zip(mask.chunks(LEN));
        Shape {
            syntax: tree.syntax,
            first,
            last: (last(&sample), last(&mask)),
            len: text.len(),
            blocks: blocks
                .map(|(sample, mask)| (block::head(sample), block::head(mask)))
                .collect(),
            holes,
            tree: tree.clone(),
        }
    }

    /// Whether `bytes` begin with a payload of this shape.
    #[inline]
    fn holds(&self, bytes: &[u8]) -> bool {
        let Some(text) = bytes.get(..self.len) else {
            return false;
        };
        let (last, mask) = self.last;
        let end = text.last_chunk().map(|end| u64::from_le_bytes(*end));
        let is_end = |end| (end ^ u64::from_le_bytes(last)) & !u64::from_le_bytes(mask) == 0;
        end.is_some_and(is_end)
            && match self.syntax {
                Syntax::Json => self.is_same(text, json_special),
                Syntax::Xml => self.is_same(text, xml_special),
            }
            && self.holes.iter().all(|hole| hole.fits(text))
    }

    /// Whether all blocks of `text` are the same but for the holes, with no byte in those that is `special`.
    #[inline(always)]
    fn is_same(&self, text: &[u8], special: impl Fn(Block) -> Marks) -> bool {
        let is_same = |text: [u8; LEN], (sample, mask): &([u8; LEN], [u8; LEN])| {
            let text = Block::new(text);
            text.is_same_but(Block::new(*sample), Block::new(*mask), special(text))
        };
        let (texts, rest) = text.as_chunks::<LEN>();
        let (blocks, last) = self.blocks.split_at(texts.len());
        let mut pairs = texts.iter().zip(blocks);
        pairs.all(|(text, block)| is_same(*text, block))
            && last.iter().all(|block| is_same(block::head(rest), block))
    }
}

/// What may mean something in a string of JSON, or is not printable ASCII.
#[inline(always)]
fn json_special(block: Block) -> Marks {
    block.less_or_high(0x20) | block.equal(b'"') | block.equal(b'\\') | block.equal(0x7F)
}

/// The same for a text of XML.
#[inline(always)]
fn xml_special(block: Block) -> Marks {
    json_special(block) | block.equal(b'<') | block.equal(b'&') | block.equal(b']')
}
