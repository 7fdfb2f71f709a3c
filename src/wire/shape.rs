//! Payloads that differ from one before in nothing but a few values of the same lengths.
//!
//! Ids, times and statuses have fixed lengths, so of millions of callbacks most are, byte for byte, one of some dozens
//! but for the values. A [`Shape`] is such a payload: what stands around the values, where the values are (its
//! [`Hole`]s), and of which characters they are. Text that has the same bytes around the holes and in each of them
//! characters of its alphabet is read exactly as the sample was, token by token: it has the same tree, node by node and
//! span by span. So comparing sixteen bytes at a time replaces reading.
//!
//! Which values are holes, and what may be in them, is for those to say who know what the values mean: they must not draw
//! any other conclusion from a value than from its text.

use std::ops::Range;
use std::sync::Arc;

use crate::wire::Syntax;
use crate::wire::block::{self, Block, LEN, Marks};
use crate::wire::scan::{base64_url, digit, lower_hex};

/// Which of the shapes that were learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ShapeId(usize);

/// What is known of each shape.
#[derive(Clone, Debug)]
pub(crate) struct ByShape<T>(Vec<T>);

impl<T> ByShape<T> {
    pub(crate) fn get(&self, ShapeId(id): ShapeId) -> &T {
        &self.0[id]
    }

    /// Notes what is known of a shape that was just learnt; it may have the place of an old one.
    pub(crate) fn set(&mut self, ShapeId(id): ShapeId, known: T) {
        match self.0.get_mut(id) {
            Some(old) => *old = known,
            None => self.0.push(known),
        }
    }
}

impl<T> Default for ByShape<T> {
    fn default() -> Self {
        ByShape(Vec::new())
    }
}

/// Bytes of a payload that are others in others of its shape.
#[derive(Clone, Debug)]
pub(crate) struct Hole {
    pub(crate) range: Range<usize>,
    pub(crate) alphabet: Alphabet,
}

/// Whether a text is one of some words.
pub(crate) type IsWord = fn(&str) -> bool;

/// What may stand in a hole. All of it is printable ASCII without quotes and backslashes, so whoever writes it to JSON can
/// copy it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Alphabet {
    /// Anything that means nothing in a string of JSON, without blanks at its ends.
    JsonText,
    /// The same for a text of XML.
    XmlText,
    Digits,
    /// Digits, of which the first is 0 only if it is the only one.
    Number,
    LowerHex,
    Base64Url,
    /// What is one of the words for which this holds.
    Word(IsWord),
}

/// A payload that has a known shape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) shape: ShapeId,
    pub(crate) len: usize,
    pub(crate) lines: Lines,
}

/// The lines of a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines {
    pub(crate) breaks: usize,
    /// Where the last one begins, if there is a break.
    pub(crate) last: Option<usize>,
}

impl Lines {
    pub(crate) fn of(text: &[u8]) -> Self {
        let last = memchr::memrchr(b'\n', text).map(|n| n + 1);
        let breaks = |len| memchr::memchr_iter(b'\n', &text[..len]).count();
        Lines {
            breaks: last.map_or(0, breaks),
            last,
        }
    }
}

/// How many bytes at the ends are compared before all others.
const EDGE: usize = 8;

/// The shapes that were learnt.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shapes {
    /// Shared by those who learnt from one another.
    shapes: Vec<Arc<Shape>>,
    /// All of them, the frequent ones first.
    order: Vec<Outline>,
    /// How they begin: there are few ways, and most other documents begin in none.
    beginnings: Vec<[u8; EDGE]>,
    /// Payloads that could not be learnt for want of room.
    passed: usize,
    /// How often a shape took the place of another.
    renewed: usize,
}

/// What tells most other payloads from those of a shape.
#[derive(Clone, Copy, Debug)]
struct Outline {
    id: usize,
    syntax: Syntax,
    len: usize,
    first: [u8; EDGE],
    /// Its last bytes, and where they are holes.
    last: (u64, u64),
    lines: Lines,
}

#[derive(Debug)]
struct Shape {
    /// All of its bytes, with bits set where those are in no holes; and the last of them, if they fill no block.
    blocks: Vec<([u8; LEN], [u8; LEN])>,
    last: ([u8; LEN], [u8; LEN]),
    /// Where bytes of an alphabet stand, with bits set there.
    json_text: Vec<Spot<[u8; LEN]>>,
    xml_text: Vec<Spot<[u8; LEN]>>,
    digits: Vec<Spot<[u8; LEN]>>,
    lower_hex: Vec<Spot<[u8; LEN]>>,
    base64_url: Vec<Spot<[u8; LEN]>>,
    /// Bytes that may be anything but this.
    edges: Vec<Spot<u8>>,
    words: Vec<(Range<usize>, IsWord)>,
    holes: Vec<Hole>,
}

/// What is asked of the bytes from a place on.
#[derive(Clone, Copy, Debug)]
struct Spot<T> {
    at: usize,
    is: T,
}

impl Shapes {
    /// So many are kept; then a new one takes the place of an old one now and then.
    const MOST: usize = 64;
    /// A full list is renewed with one payload of so many that it lacks.
    const RARE: usize = 64;
    /// The longest payload of which a shape is made.
    const LONGEST: usize = 4096;

    /// The payload with which `bytes` begin, if its shape is known.
    #[inline]
    pub(crate) fn find(&mut self, syntax: Syntax, bytes: &[u8]) -> Option<Found> {
        let first = bytes.first_chunk()?;
        if !self.beginnings.contains(first) {
            return None;
        }
        let shapes = &self.shapes;
        let is_it = |outline: &Outline| {
            let text = outline.outlines(syntax, first, bytes);
            text.is_some_and(|text| shapes[outline.id].holds(text))
        };
        let at = self.order.iter().position(is_it)?;
        let Outline { id, len, lines, .. } = self.order[at];
        self.order.swap(at, at / 2);
        Some(Found {
            shape: ShapeId(id),
            len,
            lines,
        })
    }

    /// Learns the shape of `text`, of which nothing had to be unescaped, if it has one and there is room. What an XML
    /// declaration means depends on more than the text, so such texts have none.
    pub(crate) fn learn(&mut self, syntax: Syntax, text: &str, holes: &[Hole]) -> Option<ShapeId> {
        let bytes = text.as_bytes();
        let first = *bytes.first_chunk()?;
        let fits = (LEN..=Self::LONGEST).contains(&text.len());
        if !fits || text.starts_with("<?") {
            return None;
        }
        let shape = Shape::new(bytes, holes);
        // A value that is not of its alphabet in the sample is no hole.
        if holes.iter().any(|hole| hole.range.start < EDGE) || !shape.holds(bytes) {
            return None;
        }
        let outline = Outline::new(syntax, bytes, first, holes);
        Some(self.add(outline, shape))
    }

    /// How often a shape took the place of another, which had the same [`ShapeId`].
    pub(crate) fn renewed(&self) -> usize {
        self.renewed
    }

    pub(crate) fn holes(&self, ShapeId(id): ShapeId) -> &[Hole] {
        &self.shapes[id].holes
    }

    /// Whether it is time to learn: there is room, or one of many is asked for that is not known.
    pub(crate) fn admits(&mut self) -> bool {
        if self.shapes.len() < Self::MOST {
            return true;
        }
        self.passed += 1;
        self.passed.is_multiple_of(Self::RARE)
    }

    fn add(&mut self, outline: Outline, shape: Shape) -> ShapeId {
        let id = match self.order.get_mut(Self::MOST - 1) {
            Some(rarest) => {
                let id = rarest.id;
                *rarest = Outline { id, ..outline };
                self.renewed += 1;
                self.shapes[id] = shape.into();
                id
            }
            None => {
                let id = self.shapes.len();
                self.order.push(Outline { id, ..outline });
                self.shapes.push(shape.into());
                id
            }
        };
        self.beginnings = self.order.iter().map(|outline| outline.first).collect();
        self.beginnings.sort_unstable();
        self.beginnings.dedup();
        ShapeId(id)
    }
}

impl Outline {
    fn new(syntax: Syntax, text: &[u8], first: [u8; EDGE], holes: &[Hole]) -> Self {
        let mask = holes_of(text.len(), holes, |_| true);
        let last =
            |bytes: &[u8]| u64::from_le_bytes(bytes.last_chunk().copied().unwrap_or_default());
        Outline {
            id: 0,
            syntax,
            len: text.len(),
            first,
            last: (last(text), last(&mask)),
            lines: Lines::of(text),
        }
    }

    /// The text at the start of `bytes` that may have the shape.
    #[inline(always)]
    fn outlines<'b>(
        &self,
        syntax: Syntax,
        first: &[u8; EDGE],
        bytes: &'b [u8],
    ) -> Option<&'b [u8]> {
        let text = bytes.get(..self.len)?;
        let end = u64::from_le_bytes(*text.last_chunk()?);
        let (last, mask) = self.last;
        let fits = (end ^ last) & !mask == 0 && self.first == *first && self.syntax == syntax;
        fits.then_some(text)
    }
}

impl Shape {
    fn new(sample: &[u8], holes: &[Hole]) -> Self {
        let inside = holes_of(sample.len(), holes, |_| true);
        let around = |at| block::head(&inside[at..]).map(|byte| !byte);
        let block = |at| (block::head(&sample[at..]), around(at));
        let of = |is_it| spots(&holes_of(sample.len(), holes, is_it));
        Shape {
            blocks: (0..sample.len() / LEN).map(|n| block(n * LEN)).collect(),
            last: block(sample.len() - LEN),
            json_text: of(|alphabet| matches!(alphabet, Alphabet::JsonText)),
            xml_text: of(|alphabet| matches!(alphabet, Alphabet::XmlText)),
            digits: of(|alphabet| matches!(alphabet, Alphabet::Digits | Alphabet::Number)),
            lower_hex: of(|alphabet| matches!(alphabet, Alphabet::LowerHex)),
            base64_url: of(|alphabet| matches!(alphabet, Alphabet::Base64Url)),
            edges: holes.iter().flat_map(Hole::edges).collect(),
            words: holes.iter().filter_map(Hole::word).collect(),
            holes: holes.to_vec(),
        }
    }

    /// Whether `text`, which is as long as it, has the shape.
    #[inline]
    fn holds(&self, text: &[u8]) -> bool {
        self.is_same(text)
            && all_are(&self.digits, text, digit)
            && all_are(&self.base64_url, text, base64_url)
            && all_are(&self.lower_hex, text, lower_hex)
            && all_are(&self.json_text, text, |block| !json_special(block))
            && all_are(&self.xml_text, text, |block| !xml_special(block))
            && self.edges.iter().all(|edge| text[edge.at] != edge.is)
            && self.words.iter().all(|(range, is_word)| {
                let value = std::str::from_utf8(&text[range.clone()]);
                value.is_ok_and(is_word)
            })
    }

    /// Whether all bytes of `text` are the same but for the holes.
    #[inline(always)]
    fn is_same(&self, text: &[u8]) -> bool {
        let others = |text: &[u8; LEN], (sample, mask): &([u8; LEN], [u8; LEN])| {
            Block::new(*text).other_than(Block::new(*sample)) & Block::new(*mask)
        };
        let Some(last) = text.last_chunk() else {
            return false;
        };
        let (texts, _) = text.as_chunks::<LEN>();
        let pairs = texts.iter().zip(&self.blocks);
        let all = pairs.fold(others(last, &self.last), |all, (text, block)| {
            all | others(text, block)
        });
        all.is_zero()
    }
}

/// Whether `is` holds for all bytes of `text` at `spots`.
#[inline(always)]
fn all_are(spots: &[Spot<[u8; LEN]>], text: &[u8], is: impl Fn(Block) -> Marks) -> bool {
    spots.iter().all(|spot| {
        let block = text.get(spot.at..).and_then(|text| text.first_chunk());
        block.is_some_and(|block| {
            let others = !is(Block::new(*block));
            others.of(Block::new(spot.is)).is_zero()
        })
    })
}

/// For each byte of a text of `len` bytes all bits, if it is in one of those holes for whose alphabet `is_it` holds.
fn holes_of(len: usize, holes: &[Hole], is_it: fn(Alphabet) -> bool) -> Vec<u8> {
    let mut bits = vec![0; len];
    for hole in holes.iter().filter(|hole| is_it(hole.alphabet)) {
        bits[hole.range.clone()].fill(0xFF);
    }
    bits
}

/// The blocks that have some bits of `bits`; the last one may overlap the one before.
fn spots(bits: &[u8]) -> Vec<Spot<[u8; LEN]>> {
    let last = bits.len() - LEN;
    let blocks = (0..last).step_by(LEN).chain([last]);
    let spots = blocks.map(|at| Spot {
        at,
        is: block::head(&bits[at..]),
    });
    spots.filter(|spot| spot.is != [0; LEN]).collect()
}

impl Hole {
    fn word(&self) -> Option<(Range<usize>, IsWord)> {
        match self.alphabet {
            Alphabet::Word(is_word) => Some((self.range.clone(), is_word)),
            _ => None,
        }
    }

    /// What may not stand at its ends.
    fn edges(&self) -> Vec<Spot<u8>> {
        let Range { start, end } = self.range;
        let edge = |at, is| Spot { at, is };
        match self.alphabet {
            Alphabet::JsonText | Alphabet::XmlText => vec![edge(start, b' '), edge(end - 1, b' ')],
            Alphabet::Number if end - start > 1 => vec![edge(start, b'0')],
            _ => Vec::new(),
        }
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
