//! Payloads that differ from one before in nothing but a few values of the same lengths.
//!
//! Ids, times and statuses have fixed lengths, so of millions of callbacks most are, byte for byte, one of some dozens
//! but for the values. A [`Template`] is such a payload: what stands around the values, where the values are (its
//! [`Placeholder`]s), and of which characters they are. Text that has the same bytes around the holes and in each of them
//! characters of its alphabet is read exactly as the sample was, token by token: it has the same tree, node by node and
//! span by span. So comparing sixteen bytes at a time replaces reading.
//!
//! What may stand at a place, be it around the holes or in them, is told by the first and the last byte that may: that is
//! the same few instructions for all of a text, without a branch. Where an alphabet has gaps, the holes are looked at once
//! more.
//!
//! Which values are holes, and what may be in them, is for those to say who know what the values mean: they must not draw
//! any other conclusion from a value than from its text.

use std::ops::Range;
use std::sync::Arc;

use crate::simd::block::{self, Block, Bounds, LEN, Marks};
use crate::simd::{self, Survey, base64_url, lower_hex};
use crate::syntax::Syntax;

/// Which of the shapes that were learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TemplateId(usize);

/// What is known of each shape.
#[derive(Clone, Debug)]
pub(crate) struct ByTemplate<T>(Vec<T>);

impl<T> ByTemplate<T> {
    pub(crate) fn get(&self, TemplateId(id): TemplateId) -> &T {
        &self.0[id]
    }

    pub(crate) fn get_mut(&mut self, TemplateId(id): TemplateId) -> Option<&mut T> {
        self.0.get_mut(id)
    }

    /// Notes what is known of a shape that was just learnt; it may have the place of an old one.
    pub(crate) fn set(&mut self, TemplateId(id): TemplateId, known: T) {
        match self.0.get_mut(id) {
            Some(old) => *old = known,
            None => self.0.push(known),
        }
    }
}

impl<T> Default for ByTemplate<T> {
    fn default() -> Self {
        ByTemplate(Vec::new())
    }
}

/// Bytes of a payload that are others in others of its shape.
#[derive(Clone, Debug)]
pub(crate) struct Placeholder {
    pub(crate) range: Range<usize>,
    pub(crate) charset: CharSet,
}

/// What may stand in a hole. All of it is printable ASCII without quotes and backslashes, so whoever writes it to JSON can
/// copy it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CharSet {
    /// Anything that means nothing in a string of JSON, without blanks at its ends.
    JsonText,
    /// The same for a text of XML.
    XmlText,
    Digits,
    /// Digits, of which the first is 0 only if it is the only one.
    Number,
    LowerHex,
    Base64Url,
    /// Those of one of these words, of which each is printable ASCII and no longer than a block.
    Word(&'static [&'static str]),
}

/// What all payloads of a shape take up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub(crate) syntax: Syntax,
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

impl From<Survey> for Lines {
    fn from(survey: Survey) -> Self {
        Lines {
            breaks: survey.breaks,
            last: survey.last_break.map(|at| at + 1),
        }
    }
}

impl Lines {
    pub(crate) fn of(text: &[u8]) -> Self {
        let (breaks, last) = simd::breaks(text);
        Lines {
            breaks,
            last: last.map(|at| at + 1),
        }
    }
}

/// How many bytes at the ends are compared before all others.
const EDGE: usize = 8;

/// The shapes that were learnt.
#[derive(Clone, Debug, Default)]
pub(crate) struct Templates {
    /// Shared by those who learnt from one another.
    templates: Vec<Arc<Template>>,
    /// All of them by how they begin: there are few ways, and most other documents begin in none.
    families: Vec<Family>,
    /// Payloads that could not be learnt for want of room.
    passed: usize,
    /// How often a shape took the place of another.
    renewed: usize,
}

/// The shapes of a syntax that begin with the same bytes.
#[derive(Clone, Debug)]
struct Family {
    first: u64,
    syntax: Syntax,
    /// The frequent ones first.
    order: Vec<Outline>,
}

/// What tells most other payloads from those of a shape.
#[derive(Clone, Copy, Debug)]
struct Outline {
    len: usize,
    /// Its last bytes, and all bits of those that are in no holes.
    last: u64,
    fixed: u64,
    id: usize,
}

#[derive(Debug)]
struct Template {
    /// It begins as most do.
    is_usual: bool,
    extent: Extent,
    /// What its bytes may be: those of as many whole parts as it has, and of the part at its end, which may begin within
    /// another.
    bounds: Vec<[Bounds; PART / LEN]>,
    last: [Bounds; PART / LEN],
    /// Where bytes of an alphabet that has gaps stand.
    json_text: Vec<Spot>,
    xml_text: Vec<Spot>,
    lower_hex: Vec<Spot>,
    base64_url: Vec<Spot>,
    words: Vec<Choice>,
    placeholders: Vec<Placeholder>,
}

/// How many bytes are compared at once.
const PART: usize = 4 * LEN;

/// Some bytes of the block that begins at a place; all their bits are set.
#[derive(Clone, Copy, Debug)]
struct Spot {
    at: u32,
    bytes: Block,
}

/// What may stand at a spot.
#[derive(Debug)]
struct Choice {
    spot: Spot,
    words: Vec<Block>,
}

impl Templates {
    /// So many are kept; then a new one takes the place of an old one now and then.
    const MOST: usize = 64;
    /// A full list is renewed with one payload of so many that it lacks.
    const RARE: usize = 64;
    /// The longest payload of which a shape is made.
    const LONGEST: usize = 4096;

    /// The payload with which `bytes` begin, if its shape is known.
    #[inline]
    pub(crate) fn find(&mut self, syntax: Syntax, bytes: &[u8]) -> Option<TemplateId> {
        let first = first_bytes(bytes)?;
        let is_it = |family: &&mut Family| family.first == first && family.syntax == syntax;
        let family = self.families.iter_mut().find(is_it)?;
        family.find(&self.templates, bytes)
    }

    /// Whether a payload of a known shape may begin with `bytes`.
    #[inline]
    pub(crate) fn may_begin(&self, bytes: &[u8]) -> bool {
        let first = first_bytes(bytes);
        first.is_some_and(|first| self.families.iter().any(|family| family.first == first))
    }

    /// The payload with which `bytes` begin, if its shape is known as that of one that begins as most do.
    #[inline]
    pub(crate) fn find_usual(&mut self, bytes: &[u8]) -> Option<TemplateId> {
        let first = first_bytes(bytes)?;
        let mut families = self.families.iter_mut();
        let family = families.find(|family| family.first == first)?;
        let found = family.find(&self.templates, bytes)?;
        self.templates[found.0].is_usual.then_some(found)
    }

    /// Learns the shape of `text`, of which nothing had to be unescaped, if it has one and there is room. What an XML
    /// declaration means depends on more than the text, so such texts have none. With `is_usual` it begins as most do.
    pub(crate) fn learn(
        &mut self,
        syntax: Syntax,
        text: &str,
        placeholders: &[Placeholder],
        is_usual: bool,
    ) -> Option<TemplateId> {
        let bytes = text.as_bytes();
        let fits = (PART..=Self::LONGEST).contains(&text.len());
        if !fits || text.starts_with("<?") {
            return None;
        }
        let first = first_bytes(bytes)?;
        let template = Template {
            is_usual,
            ..Template::new(syntax, bytes, placeholders)
        };
        // A value that is not of its alphabet in the sample is no hole.
        if placeholders
            .iter()
            .any(|placeholder| placeholder.range.start < EDGE)
            || !template.holds(bytes)
        {
            return None;
        }
        let outline = Outline::new(bytes, placeholders);
        Some(self.add((syntax, first), outline, template))
    }

    /// How often a shape took the place of another, which had the same [`TemplateId`].
    pub(crate) fn renewed(&self) -> usize {
        self.renewed
    }

    #[inline]
    pub(crate) fn extent(&self, TemplateId(id): TemplateId) -> Extent {
        self.templates[id].extent
    }

    pub(crate) fn placeholders(&self, TemplateId(id): TemplateId) -> &[Placeholder] {
        &self.templates[id].placeholders
    }

    /// Whether it is time to learn: there is room, or one of many is asked for that is not known.
    pub(crate) fn admits(&mut self) -> bool {
        if self.templates.len() < Self::MOST {
            return true;
        }
        self.passed += 1;
        self.passed.is_multiple_of(Self::RARE)
    }

    fn add(&mut self, begins: (Syntax, u64), outline: Outline, template: Template) -> TemplateId {
        let id = match self.templates.len() < Self::MOST {
            true => {
                self.templates.push(template.into());
                self.templates.len() - 1
            }
            false => {
                let id = self.forget_one();
                self.renewed += 1;
                self.templates[id] = template.into();
                id
            }
        };
        self.family(begins).order.push(Outline { id, ..outline });
        TemplateId(id)
    }

    /// Makes room: forgets the rarest shape of the largest family.
    fn forget_one(&mut self) -> usize {
        let size = |family: &&mut Family| family.order.len();
        let largest = self.families.iter_mut().max_by_key(size);
        let rarest = largest.and_then(|family| family.order.pop());
        self.families.retain(|family| !family.order.is_empty());
        rarest.map_or(0, |outline| outline.id)
    }

    /// The family of the shapes that begin so.
    fn family(&mut self, (syntax, first): (Syntax, u64)) -> &mut Family {
        let is_it = |family: &Family| family.first == first && family.syntax == syntax;
        let at = self.families.iter().position(is_it);
        let at = at.unwrap_or_else(|| {
            self.families.push(Family {
                first,
                syntax,
                order: Vec::new(),
            });
            self.families.len() - 1
        });
        &mut self.families[at]
    }
}

/// The first of `bytes` that are compared.
#[inline(always)]
fn first_bytes(bytes: &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.first_chunk()?))
}

/// The last of them.
#[inline(always)]
fn last_bytes(bytes: &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.last_chunk()?))
}

impl Family {
    #[inline(always)]
    fn find(&mut self, templates: &[Arc<Template>], bytes: &[u8]) -> Option<TemplateId> {
        let is_it = |outline: &Outline| {
            let text = outline.text(bytes);
            text.is_some_and(|text| templates[outline.id].holds(text))
        };
        let at = self.order.iter().position(is_it)?;
        let id = self.order[at].id;
        self.order.swap(at, at / 2);
        Some(TemplateId(id))
    }
}

impl Outline {
    fn new(text: &[u8], placeholders: &[Placeholder]) -> Self {
        let inside = holes_of(text.len(), placeholders, |_| true);
        Outline {
            id: 0,
            len: text.len(),
            last: last_bytes(text).unwrap_or_default(),
            fixed: !last_bytes(&inside).unwrap_or_default(),
        }
    }

    /// The text at the start of `bytes` that may have the shape.
    #[inline(always)]
    fn text<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let text = bytes.get(..self.len)?;
        let last = last_bytes(text)?;
        ((last ^ self.last) & self.fixed == 0).then_some(text)
    }
}

impl Template {
    fn new(syntax: Syntax, sample: &[u8], placeholders: &[Placeholder]) -> Self {
        let (mut first, mut last) = (sample.to_vec(), sample.to_vec());
        for placeholder in placeholders {
            for at in placeholder.range.clone() {
                (first[at], last[at]) = placeholder.bounds(at);
            }
        }
        let block = |at| Bounds::new(block::head(&first[at..]), block::head(&last[at..]));
        let part = |at| std::array::from_fn(|n| block(at + n * LEN));
        let of = |is_it| spots(&holes_of(sample.len(), placeholders, is_it));
        Template {
            is_usual: false,
            extent: Extent {
                syntax,
                len: sample.len(),
                lines: Lines::of(sample),
            },
            bounds: (0..sample.len() / PART).map(|n| part(n * PART)).collect(),
            last: part(sample.len() - PART),
            json_text: of(|charset| matches!(charset, CharSet::JsonText)),
            xml_text: of(|charset| matches!(charset, CharSet::XmlText)),
            lower_hex: of(|charset| matches!(charset, CharSet::LowerHex)),
            base64_url: of(|charset| matches!(charset, CharSet::Base64Url)),
            words: placeholders
                .iter()
                .filter_map(|placeholder| placeholder.choice(sample.len()))
                .collect(),
            placeholders: placeholders.to_vec(),
        }
    }

    /// Whether `text`, which is as long as it, has the shape.
    #[inline]
    fn holds(&self, text: &[u8]) -> bool {
        let others = self.beyond_bounds(text)
            | others(&self.base64_url, text, base64_url)
            | others(&self.lower_hex, text, lower_hex)
            | others(&self.json_text, text, |block| !json_special(block))
            | others(&self.xml_text, text, |block| !xml_special(block));
        others.is_zero() && self.words.iter().all(|choice| choice.has(text))
    }

    /// Some bits, if some bytes of `text` are not within their bounds.
    #[inline(always)]
    fn beyond_bounds(&self, text: &[u8]) -> Block {
        let (parts, _) = text.as_chunks();
        let parts = parts.iter().zip(&self.bounds);
        let last = text.last_chunk().map(|part| (part, &self.last));
        let all = parts.chain(last).map(|(part, bounds)| beyond(part, bounds));
        all.fold(Block::default(), |all, bits| all | bits)
    }
}

/// Some bits, if some bytes of `part` are not within their bounds.
#[inline(always)]
fn beyond(part: &[u8; PART], bounds: &[Bounds; PART / LEN]) -> Block {
    let (blocks, _) = part.as_chunks();
    let pairs = blocks.iter().zip(bounds);
    pairs.fold(Block::default(), |all, (block, &bounds)| {
        all | Block::new(*block).beyond(bounds)
    })
}

/// Some bits, if `is` does not hold for some bytes of `text` at `spots`.
#[inline(always)]
fn others(spots: &[Spot], text: &[u8], is: impl Fn(Block) -> Marks) -> Block {
    spots.iter().fold(Block::default(), |all, spot| {
        let others = |block| (!is(block)).of(spot.bytes);
        all | spot.block(text).map_or(spot.bytes, others)
    })
}

/// For each byte of a text of `len` bytes all bits, if it is in one of those holes for whose alphabet `is_it` holds.
fn holes_of(len: usize, placeholders: &[Placeholder], is_it: fn(CharSet) -> bool) -> Vec<u8> {
    let mut bits = vec![0; len];
    for placeholder in placeholders
        .iter()
        .filter(|placeholder| is_it(placeholder.charset))
    {
        bits[placeholder.range.clone()].fill(0xFF);
    }
    bits
}

/// Spots that have all `bits`, as few as possible.
fn spots(bits: &[u8]) -> Vec<Spot> {
    let mut end = 0;
    let spots = std::iter::from_fn(|| {
        let at = end + bits[end..].iter().position(|&byte| byte != 0)?;
        let at = at.min(bits.len() - LEN);
        end = at + LEN;
        Some(Spot {
            at: at as u32,
            bytes: Block::new(block::head(&bits[at..])),
        })
    });
    spots.collect()
}

impl Spot {
    #[inline(always)]
    fn block(self, text: &[u8]) -> Option<Block> {
        block::at(text, self.at).copied().map(Block::new)
    }
}

impl Choice {
    /// Whether one of the words stands in `text`.
    fn has(&self, text: &[u8]) -> bool {
        let Some(block) = self.spot.block(text) else {
            return false;
        };
        let is_there = |word: &Block| (block.other_than(*word) & self.spot.bytes).is_zero();
        self.words.iter().any(is_there)
    }
}

impl Placeholder {
    /// The first and the last byte that may stand at `at`.
    fn bounds(&self, at: usize) -> (u8, u8) {
        let Range { start, end } = self.range;
        let is_edge = at == start || at + 1 == end;
        match self.charset {
            CharSet::JsonText | CharSet::XmlText if is_edge => (b'!', b'~'),
            CharSet::JsonText | CharSet::XmlText | CharSet::Word(_) => (b' ', b'~'),
            CharSet::Number if at == start && end - start > 1 => (b'1', b'9'),
            CharSet::Digits | CharSet::Number => (b'0', b'9'),
            CharSet::LowerHex => (b'0', b'f'),
            CharSet::Base64Url => (b'-', b'z'),
        }
    }

    /// The words that may stand there in a text of `len` bytes.
    fn choice(&self, len: usize) -> Option<Choice> {
        let CharSet::Word(words) = self.charset else {
            return None;
        };
        let at = self.range.start.min(len - LEN);
        let inside = self.range.start - at..self.range.end - at;
        let block = |bytes: &[u8]| {
            let mut block = [0; LEN];
            block[inside.clone()].copy_from_slice(bytes);
            Block::new(block)
        };
        let words = words.iter().filter(|word| word.len() == inside.len());
        Some(Choice {
            spot: Spot {
                at: at as u32,
                bytes: block(&vec![0xFF; inside.len()]),
            },
            words: words.map(|word| block(word.as_bytes())).collect(),
        })
    }
}

/// What of printable ASCII may mean something in a string of JSON.
#[inline(always)]
fn json_special(block: Block) -> Marks {
    block.equal(b'"') | block.equal(b'\\')
}

/// The same for a text of XML.
#[inline(always)]
fn xml_special(block: Block) -> Marks {
    json_special(block) | block.equal(b'<') | block.equal(b'&') | block.equal(b']')
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &[&str] = &["accept", "reject", "ban"];

    fn is_of(charset: CharSet, value: &[u8]) -> bool {
        let is_text = |special: &[u8]| {
            let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && !special.contains(byte);
            value.iter().all(is_plain) && value.trim_ascii() == value
        };
        let is_id = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
        let is_digits = value.iter().all(u8::is_ascii_digit);
        match charset {
            CharSet::JsonText => is_text(b"\"\\"),
            CharSet::XmlText => is_text(b"\"\\<&]"),
            CharSet::Digits => is_digits,
            CharSet::Number => is_digits && (value.len() == 1 || value[0] != b'0'),
            CharSet::LowerHex => value.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')),
            CharSet::Base64Url => value.iter().all(is_id),
            CharSet::Word(words) => words.iter().any(|word| word.as_bytes() == value),
        }
    }

    /// A text with `value` behind `start` bytes, at the end or with more behind it.
    fn text_with(value: &str, start: usize, behind: usize) -> String {
        format!("{}{value}{}", "{".repeat(start), "}".repeat(behind))
    }

    #[test]
    fn what_has_a_shape_has_the_same_bytes_around_the_holes_and_its_alphabet_in_them() {
        let cases = [
            (CharSet::JsonText, "user refuse to accept the message"),
            (CharSet::JsonText, "x"),
            (CharSet::XmlText, "a b c"),
            (CharSet::Digits, "0123456789"),
            (CharSet::Number, "7"),
            (CharSet::Number, "1763812800"),
            (CharSet::LowerHex, "0123456789ab"),
            (CharSet::Base64Url, "oUJpEiXDgCbEFb0HOo8kZ-C2SJHT"),
            (CharSet::Word(WORDS), "reject"),
        ];
        for (charset, value) in cases {
            for (start, behind) in [(EDGE, 70), (PART, 0), (70, 3), (100, 100)] {
                let text = text_with(value, start, behind);
                let range = start..start + value.len();
                let placeholder = Placeholder {
                    range: range.clone(),
                    charset,
                };
                let mut templates = Templates::default();
                templates
                    .learn(Syntax::Json, &text, &[placeholder], false)
                    .unwrap();
                for at in 0..text.len() {
                    for byte in 0..=255 {
                        let mut bytes = text.clone().into_bytes();
                        bytes[at] = byte;
                        let expected = match range.contains(&at) {
                            true => is_of(charset, &bytes[range.clone()]),
                            false => bytes == text.as_bytes(),
                        };
                        let found = templates.find(Syntax::Json, &bytes);
                        assert_eq!(found.is_some(), expected, "{byte} at {at} of {text}");
                    }
                }
                for word in WORDS {
                    let other = text_with(word, start, behind);
                    let is_alike = other.get(..text.len()).is_some_and(|other| {
                        let is_around = |n: &usize| !range.contains(n);
                        let (text, other) = (text.as_bytes(), other.as_bytes());
                        (0..text.len())
                            .filter(is_around)
                            .all(|n| text[n] == other[n])
                            && is_of(charset, &other[range.clone()])
                    });
                    let found = templates.find(Syntax::Json, other.as_bytes());
                    assert_eq!(found.is_some(), is_alike, "{other}");
                }
                assert!(
                    templates
                        .find(Syntax::Json, &text.as_bytes()[1..])
                        .is_none()
                );
                assert!(
                    templates
                        .find(Syntax::Json, &text.as_bytes()[..text.len() - 1])
                        .is_none()
                );
                assert!(templates.find(Syntax::Xml, text.as_bytes()).is_none());
            }
        }
    }
}
