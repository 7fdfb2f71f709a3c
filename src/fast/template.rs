//! Templates: texts that are equal except for a few values of fixed lengths.
//!
//! Ids, times and statuses have fixed lengths. Apart from these values, most callbacks are byte for byte one of some
//! dozen texts. A [`Template`] has the fixed bytes, the positions of the values ([`Placeholder`]s) and their characters
//! ([`CharSet`]). A text that matches is read exactly as the sample was, token by token, and has the same tree and
//! spans. Comparing sixteen bytes at a time therefore replaces reading.
//!
//! Each byte of a template, fixed or in a placeholder, has a smallest and a largest value. One comparison without
//! branches checks all bytes. Character sets with gaps need a second check of their placeholders.
//!
//! The caller chooses the placeholders. It may use only the characters and the length of a value, never the value itself,
//! to decide anything.

use std::ops::Range;
use std::sync::Arc;

use crate::simd::block::{self, Block, Bounds, LEN, Marks};
use crate::simd::{Lines, base64_url, lower_hex};
use crate::syntax::Syntax;

/// The index of a learnt template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TemplateKey(usize);

/// A placeholder: the bytes that vary between texts of one template.
#[derive(Clone, Debug)]
pub(crate) struct Placeholder {
    pub(crate) range: Range<usize>,
    pub(crate) charset: CharSet,
}

/// The characters that may stand in a placeholder. They are printable ASCII without quotes and backslashes, and can be
/// copied to JSON as they are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CharSet {
    /// Characters without a meaning in a JSON string, without blanks at the ends.
    JsonText,
    /// Characters without a meaning in an XML text, without blanks at the ends.
    XmlText,
    Digits,
    /// Digits. The first is 0 only if it is the only digit.
    Number,
    LowerHex,
    Base64Url,
    /// One of these words, which are printable ASCII and at most as long as a block.
    Word(&'static [&'static str]),
}

/// A text from which a template is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample<'a> {
    pub(crate) syntax: Syntax,
    /// A text that needed no unescaping.
    pub(crate) text: &'a str,
    pub(crate) placeholders: &'a [Placeholder],
}

/// The size of every text of a template.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub(crate) syntax: Syntax,
    pub(crate) len: usize,
    pub(crate) lines: Lines,
}

/// The number of bytes at either end that are compared first.
const EDGE: usize = 8;

/// The learnt templates, with a value for each.
#[derive(Clone, Debug)]
pub(super) struct Templates<T> {
    all: Vec<Learnt<T>>,
    /// The templates, grouped by their first bytes. There are few groups, and most other documents belong to none.
    families: Vec<Family>,
    /// The number of texts that were not learnt because the list was full.
    refused: usize,
}

#[derive(Clone, Debug)]
struct Learnt<T> {
    /// Shared between clones of a cache.
    template: Arc<Template>,
    value: T,
}

/// The templates that begin with the same bytes.
#[derive(Clone, Debug)]
struct Family {
    first: u64,
    /// The templates. Frequent ones move to the front.
    order: Vec<Outline>,
}

/// A quick check that excludes most texts of other templates.
#[derive(Clone, Copy, Debug)]
struct Outline {
    len: usize,
    /// The last bytes, and all bits of those that are in no placeholder.
    last: u64,
    fixed: u64,
    id: TemplateKey,
}

#[derive(Debug)]
struct Template {
    extent: Extent,
    /// The bounds of each byte: of all whole parts, and of the last part, which may overlap the part before it.
    bounds: Vec<[Bounds; PART / LEN]>,
    last: [Bounds; PART / LEN],
    /// The positions of characters from a set with gaps.
    json_text: Vec<Spot>,
    xml_text: Vec<Spot>,
    lower_hex: Vec<Spot>,
    base64_url: Vec<Spot>,
    words: Vec<Choice>,
    placeholders: Vec<Placeholder>,
}

/// The number of bytes that are compared at once.
const PART: usize = 4 * LEN;

/// Some bytes of the block at a position. All their bits are set.
#[derive(Clone, Copy, Debug)]
struct Spot {
    at: u32,
    bytes: Block,
}

/// The words that may stand at a spot.
#[derive(Debug)]
struct Choice {
    spot: Spot,
    words: Vec<Block>,
}

impl<T> Templates<T> {
    /// The most templates that are kept. A full list replaces an old template now and then.
    const MOST: usize = 64;
    /// A full list learns only one of this many unknown texts.
    const RARE: usize = 64;
    /// The longest text from which a template is made.
    const LONGEST: usize = 4096;

    /// Returns the template of the text at the start of `bytes`.
    #[inline]
    pub(super) fn find(&mut self, bytes: &[u8]) -> Option<TemplateKey> {
        let first = first_bytes(bytes)?;
        let mut families = self.families.iter_mut();
        let family = families.find(|family| family.first == first)?;
        family.find(&self.all, bytes)
    }

    /// Returns true if `bytes` may begin with a text of a template.
    #[inline]
    pub(super) fn may_begin(&self, bytes: &[u8]) -> bool {
        let first = first_bytes(bytes);
        first.is_some_and(|first| self.families.iter().any(|family| family.first == first))
    }

    #[inline]
    pub(super) fn get(&self, TemplateKey(id): TemplateKey) -> &T {
        &self.all[id].value
    }

    /// Returns `None` if `id` is from another list.
    #[inline]
    pub(super) fn get_mut(&mut self, TemplateKey(id): TemplateKey) -> Option<&mut T> {
        self.all.get_mut(id).map(|learnt| &mut learnt.value)
    }

    #[inline]
    pub(super) fn extent(&self, TemplateKey(id): TemplateKey) -> Extent {
        self.all[id].template.extent
    }

    pub(super) fn placeholders(&self, TemplateKey(id): TemplateKey) -> &[Placeholder] {
        &self.all[id].template.placeholders
    }

    /// Returns true if the list is full. The next template that is learnt then replaces an old one and takes its
    /// [`TemplateKey`].
    pub(super) fn is_full(&self) -> bool {
        self.all.len() >= Self::MOST
    }

    /// Returns true if a text should be learnt now: there is room, or many texts were refused.
    pub(super) fn admits(&mut self) -> bool {
        if !self.is_full() {
            return true;
        }
        self.refused += 1;
        self.refused.is_multiple_of(Self::RARE)
    }

    /// Learns the template of `sample` with a `value` for its id. Returns `None` if the sample has no template.
    pub(super) fn learn(
        &mut self,
        sample: Sample<'_>,
        value: impl FnOnce(TemplateKey) -> T,
    ) -> Option<TemplateKey> {
        let (first, outline, template) = sample.template()?;
        let id = self.free_id();
        let learnt = Learnt {
            template: template.into(),
            value: value(id),
        };
        match self.all.get_mut(id.0) {
            Some(old) => *old = learnt,
            None => self.all.push(learnt),
        }
        self.family(first).order.push(Outline { id, ..outline });
        Some(id)
    }

    /// Returns an id for the next template: a new one, or that of the rarest template of the largest family.
    fn free_id(&mut self) -> TemplateKey {
        if !self.is_full() {
            return TemplateKey(self.all.len());
        }
        let size = |family: &&mut Family| family.order.len();
        let largest = self.families.iter_mut().max_by_key(size);
        let rarest = largest.and_then(|family| family.order.pop());
        self.families.retain(|family| !family.order.is_empty());
        rarest.map_or(TemplateKey(0), |outline| outline.id)
    }

    /// Returns the family of the templates that begin with `first`, which may be new.
    fn family(&mut self, first: u64) -> &mut Family {
        let is_it = |family: &Family| family.first == first;
        let at = self.families.iter().position(is_it);
        let at = at.unwrap_or_else(|| {
            let order = Vec::new();
            self.families.push(Family { first, order });
            self.families.len() - 1
        });
        &mut self.families[at]
    }
}

impl<T> Default for Templates<T> {
    fn default() -> Self {
        Templates {
            all: Vec::new(),
            families: Vec::new(),
            refused: 0,
        }
    }
}

impl Sample<'_> {
    /// Makes the first bytes, the outline and the template of the sample. Returns `None` if the text is too short or
    /// too long, or if a value is not of its character set. Also returns `None` for a text with an XML declaration,
    /// because its meaning depends on more than the text.
    fn template(self) -> Option<(u64, Outline, Template)> {
        let Sample {
            text, placeholders, ..
        } = self;
        let fits = (PART..=Templates::<()>::LONGEST).contains(&text.len());
        if !fits || text.starts_with("<?") {
            return None;
        }
        let is_fixed = |placeholder: &Placeholder| placeholder.range.start >= EDGE;
        let template = Template::new(self);
        let is_own = placeholders.iter().all(is_fixed) && template.holds(text.as_bytes());
        is_own.then_some((
            first_bytes(text.as_bytes())?,
            Outline::new(text.as_bytes(), placeholders),
            template,
        ))
    }
}

/// Returns the first of `bytes` that are compared.
#[inline(always)]
fn first_bytes(bytes: &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.first_chunk()?))
}

/// Returns the last of `bytes` that are compared.
#[inline(always)]
fn last_bytes(bytes: &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.last_chunk()?))
}

impl Family {
    #[inline(always)]
    fn find<T>(&mut self, all: &[Learnt<T>], bytes: &[u8]) -> Option<TemplateKey> {
        let is_it = |outline: &Outline| {
            let text = outline.text(bytes);
            text.is_some_and(|text| all[outline.id.0].template.holds(text))
        };
        let at = self.order.iter().position(is_it)?;
        let id = self.order[at].id;
        self.order.swap(at, at / 2);
        Some(id)
    }
}

impl Outline {
    fn new(text: &[u8], placeholders: &[Placeholder]) -> Self {
        let inside = marked(text.len(), placeholders, |_| true);
        Outline {
            id: TemplateKey(0),
            len: text.len(),
            last: last_bytes(text).unwrap_or_default(),
            fixed: !last_bytes(&inside).unwrap_or_default(),
        }
    }

    /// Returns the text at the start of `bytes` that may be of the template.
    #[inline(always)]
    fn text<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let text = bytes.get(..self.len)?;
        let last = last_bytes(text)?;
        ((last ^ self.last) & self.fixed == 0).then_some(text)
    }
}

impl Template {
    fn new(sample: Sample<'_>) -> Self {
        let Sample {
            syntax,
            text,
            placeholders,
        } = sample;
        let sample = text.as_bytes();
        let (mut first, mut last) = (sample.to_vec(), sample.to_vec());
        for placeholder in placeholders {
            for at in placeholder.range.clone() {
                (first[at], last[at]) = placeholder.bounds(at);
            }
        }
        let block = |at| Bounds::new(block::head(&first[at..]), block::head(&last[at..]));
        let part = |at| std::array::from_fn(|n| block(at + n * LEN));
        let of = |is_it| spots(&marked(sample.len(), placeholders, is_it));
        Template {
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

    /// Returns true if `text`, which must be as long as the template, is of it.
    #[inline]
    fn holds(&self, text: &[u8]) -> bool {
        let outside = self.beyond_bounds(text)
            | outside(&self.base64_url, text, base64_url)
            | outside(&self.lower_hex, text, lower_hex)
            | outside(&self.json_text, text, |block| !json_special(block))
            | outside(&self.xml_text, text, |block| !xml_special(block));
        outside.is_zero() && self.words.iter().all(|choice| choice.has(text))
    }

    /// Sets some bits if a byte of `text` is outside its bounds.
    #[inline(always)]
    fn beyond_bounds(&self, text: &[u8]) -> Block {
        let (parts, _) = text.as_chunks();
        let parts = parts.iter().zip(&self.bounds);
        let last = text.last_chunk().map(|part| (part, &self.last));
        let all = parts.chain(last).map(|(part, bounds)| beyond(part, bounds));
        all.fold(Block::default(), |all, bits| all | bits)
    }
}

/// Sets some bits if a byte of `part` is outside its bounds.
#[inline(always)]
fn beyond(part: &[u8; PART], bounds: &[Bounds; PART / LEN]) -> Block {
    let (blocks, _) = part.as_chunks();
    let pairs = blocks.iter().zip(bounds);
    pairs.fold(Block::default(), |all, (block, &bounds)| {
        all | Block::new(*block).beyond(bounds)
    })
}

/// Sets some bits if `is` is false for a byte of `text` at `spots`.
#[inline(always)]
fn outside(spots: &[Spot], text: &[u8], is: impl Fn(Block) -> Marks) -> Block {
    spots.iter().fold(Block::default(), |all, spot| {
        let outside = |block| (!is(block)).of(spot.bytes);
        all | spot.block(text).map_or(spot.bytes, outside)
    })
}

/// Returns, for each byte of a text of `len` bytes, all bits set if it is in a placeholder for whose character set
/// `is_it` is true.
fn marked(len: usize, placeholders: &[Placeholder], is_it: fn(CharSet) -> bool) -> Vec<u8> {
    let mut bits = vec![0; len];
    for placeholder in placeholders
        .iter()
        .filter(|placeholder| is_it(placeholder.charset))
    {
        bits[placeholder.range.clone()].fill(0xFF);
    }
    bits
}

/// Makes the fewest spots that cover all `bits`.
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
    /// Returns true if `text` has a word of the choice at the spot.
    fn has(&self, text: &[u8]) -> bool {
        let Some(block) = self.spot.block(text) else {
            return false;
        };
        let is_there = |word: &Block| (block.other_than(*word) & self.spot.bytes).is_zero();
        self.words.iter().any(is_there)
    }
}

impl Placeholder {
    /// Returns the placeholder for a text with `len` more bytes at its start.
    pub(crate) fn shifted_by(self, len: usize) -> Self {
        let Range { start, end } = self.range;
        Placeholder {
            range: len + start..len + end,
            ..self
        }
    }

    /// Returns the smallest and the largest byte that may stand at `at`.
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

    /// Returns the words that may stand in the placeholder of a text of `len` bytes, or `None` if it is not for words.
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

/// Marks the printable ASCII characters that may have a meaning in a JSON string.
#[inline(always)]
fn json_special(block: Block) -> Marks {
    block.equal(b'"') | block.equal(b'\\')
}

/// Marks the printable ASCII characters that may have a meaning in an XML text.
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

    /// Returns a text with `value` after `start` bytes and before `after` bytes.
    fn text_with(value: &str, start: usize, after: usize) -> String {
        format!("{}{value}{}", "{".repeat(start), "}".repeat(after))
    }

    #[test]
    fn texts_of_a_template_have_its_fixed_bytes_and_characters_of_its_sets() {
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
            for (start, after) in [(EDGE, 70), (PART, 0), (70, 3), (100, 100)] {
                let text = text_with(value, start, after);
                let range = start..start + value.len();
                let placeholder = Placeholder {
                    range: range.clone(),
                    charset,
                };
                let mut templates = Templates::default();
                let sample = Sample {
                    syntax: Syntax::Json,
                    text: &text,
                    placeholders: &[placeholder],
                };
                templates.learn(sample, drop).unwrap();
                for at in 0..text.len() {
                    for byte in 0..=255 {
                        let mut bytes = text.clone().into_bytes();
                        bytes[at] = byte;
                        let expected = match range.contains(&at) {
                            true => is_of(charset, &bytes[range.clone()]),
                            false => bytes == text.as_bytes(),
                        };
                        let found = templates.find(&bytes);
                        assert_eq!(found.is_some(), expected, "{byte} at {at} of {text}");
                    }
                }
                for word in WORDS {
                    let other = text_with(word, start, after);
                    let is_of_template = other.get(..text.len()).is_some_and(|other| {
                        let is_around = |n: &usize| !range.contains(n);
                        let (text, other) = (text.as_bytes(), other.as_bytes());
                        (0..text.len())
                            .filter(is_around)
                            .all(|n| text[n] == other[n])
                            && is_of(charset, &other[range.clone()])
                    });
                    let found = templates.find(other.as_bytes());
                    assert_eq!(found.is_some(), is_of_template, "{other}");
                }
                assert!(templates.find(&text.as_bytes()[1..]).is_none());
                assert!(templates.find(&text.as_bytes()[..text.len() - 1]).is_none());
            }
        }
    }
}
