//! Judges whether text that is no payload carries the values of one.
//!
//! A program may print a callback in a way that nothing here can read. Such text names an event and has WeChat's names
//! with values, as `ToUserName=gh_123456789abc`. Source code, prose and log lines name events too, but without values.
//!
//! A name counts in any letter case and with or without underscores. Two things show a callback:
//!
//! - Names are *bound* to values: a separator and a literal follow. Variables, placeholders (`%s`), comparisons
//!   (`== 'event'`), types and other names are no values, and neither are small numbers (`CreateTime = 3`). Behind the
//!   signs of prose (`：`, `→`), an id must look random, since `open_id_2` is another name.
//! - Names stand there, and values of an unmistakable *shape*: an account's id, an openid and a time. Nothing needs to
//!   bind them: they may stand in tags, in cells of a table, or in a row below a row of names. Two names are enough if
//!   each of them is bound to a value of its own shape.
//!
//! Without names, four values together show a callback: an account's id, an openid, a time and a template's id. A sign
//! or another value must stand before each of them; in prose, a word stands there.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::event::Event;
use crate::event::fields::{self, EVENT_PREFIX};
use crate::event::shape::{OPENID_LEN, TEMPLATE_LEN};
use crate::event::terms::{CLIENT_STATUSES, STATUSES};
use crate::scan::Holds;
use crate::syntax::notation;

/// Returns the range of the first event's name in `text`.
pub(crate) fn event_name(text: &[u8]) -> Option<Range<usize>> {
    let is_of_name = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    static PREFIX: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(EVENT_PREFIX));
    PREFIX.find_iter(text).find_map(|start| {
        let len = text[start..].iter().take_while(|&&b| is_of_name(b)).count();
        let name = std::str::from_utf8(&text[start..start + len]).ok()?;
        Event::by_name(name).map(|_| start..start + len)
    })
}

/// Returns the range of a callback's names and values in `text`, if they are enough to show that a callback was printed:
/// three of the header, or a list with a value of an item.
pub(crate) fn values(text: &[u8]) -> Option<Range<usize>> {
    if memchr::memchr(ESCAPE, text).is_none() {
        return plain_values(text);
    }
    let (plain, places) = without_colours(text);
    let found = plain_values(&plain)?;
    let last = found.end.checked_sub(1)?;
    Some(places[found.start]..places[last] + 1)
}

/// The first byte of a terminal's control sequence.
const ESCAPE: u8 = 0x1B;

/// Returns `text` without the sequences that set colours, and the place of each byte that is left.
fn without_colours(text: &[u8]) -> (Vec<u8>, Vec<usize>) {
    let (mut plain, mut places, mut at) = (Vec::new(), Vec::new(), 0);
    while at < text.len() {
        let colour = (text[at] == ESCAPE).then(|| colour_len(&text[at..]));
        match colour.flatten() {
            Some(len) => at += len,
            None => {
                plain.push(text[at]);
                places.push(at);
                at += 1;
            }
        }
    }
    (plain, places)
}

/// Returns what [`values`] does, for text without colours.
fn plain_values(text: &[u8]) -> Option<Range<usize>> {
    let evidence = Evidence::of(text);
    match evidence.is_bound() {
        true => Some(evidence.bound),
        false => evidence.with_shapes(text).or_else(|| set_off(text)),
    }
}

/// Tells what of a callback stands in `text`.
pub(crate) fn holds(text: &[u8]) -> Holds {
    let evidence = Evidence::of(text);
    let has_shape = |word: Range<usize>| shape_or_template(&text[word]) != 0;
    let has_value = evidence.header & !MSG_TYPE != 0
        || evidence.has_item
        || evidence.has_template
        || words(text, is_of_value).any(has_shape);
    match has_value {
        true => Holds::Value,
        false if evidence.has_list => Holds::List,
        false => Holds::Nothing,
    }
}

/// Returns true if a field of an item stands in `text` with a value.
pub(crate) fn holds_item(text: &[u8]) -> bool {
    let is_bound = |end: usize| value_after(text, end).is_some_and(|value| !value.text.is_empty());
    names(text).any(|word| match Known::of(&text[word.clone()]) {
        Some(Known::Item(_) | Known::Status) => is_bound(word.end),
        _ => false,
    })
}

/// Returns true if `word` is the name of a field, in any spelling.
pub(crate) fn is_field(word: &[u8]) -> bool {
    Known::of(word).is_some()
}

/// Returns true if `text` has the names of several fields of the header, not one name several times.
pub(crate) fn has_headers(text: &[u8]) -> bool {
    let mut seen = 0;
    names(text).any(|word| {
        if let Some(Known::Header(bit, _)) = Known::of(&text[word]) {
            seen |= bit;
        }
        seen.count_ones() > 1
    })
}

/// The shortest and the longest of the names that count.
const SHORTEST_NAME: usize = fields::LIST.len();
const LONGEST_NAME: usize = 32;

/// The least number of names of the header that show a callback.
const LEAST_HEADERS: u32 = 3;

/// The least number of names of the header with values of their own shapes that show one.
const LEAST_SHAPED: u32 = 2;

/// Returns true for a byte of a name. Names have hyphens in Lisp and in options of commands.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-')
}

pub(super) fn is_of_value(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'*')
}

/// Returns the ranges of the longest runs of bytes for which `is_of` is true.
#[inline]
pub(super) fn words(text: &[u8], is_of: impl Fn(u8) -> bool) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].iter().position(|&b| is_of(b))?;
        let len = text[start..].iter().position(|&b| !is_of(b));
        at = len.map_or(text.len(), |len| start + len);
        Some(start..at)
    })
}

/// Returns the ranges of what may be names, without the letter with which an escape before them ends.
fn names(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    words(text, is_of_word).map(|word| {
        let is_escaped = ends_escape(&text[..word.start], text[word.start]);
        word.start + usize::from(is_escaped)..word.end
    })
}

/// Returns true if `letter` ends an escape after `before`: `\n`, `\x0A`, `%0A` or `\u003c`.
fn ends_escape(before: &[u8], letter: u8) -> bool {
    match (before, letter) {
        ([.., b'\\'], b'n' | b'r' | b't') => true,
        ([before @ .., digit], b'a'..=b'f' | b'A'..=b'F') if digit.is_ascii_digit() => {
            let signs: [&[u8]; 3] = [b"\\x", b"%", b"\\u00"];
            signs.iter().any(|sign| before.ends_with(sign))
        }
        _ => false,
    }
}

/// The names that were seen.
#[derive(Default)]
struct Evidence {
    /// A bit for each name of the header.
    named: u8,
    /// Where these names stand.
    names: Range<usize>,
    /// A bit for each name of the header that has a value.
    header: u8,
    /// A bit for each name of the header that has a value of its own shape.
    shaped: u8,
    has_list: bool,
    /// True if the list has a template with an id of any form.
    has_template: bool,
    has_item: bool,
    /// The range of the names that have values.
    bound: Range<usize>,
}

impl Evidence {
    fn of(text: &[u8]) -> Self {
        let mut evidence = Evidence::default();
        names(text).for_each(|word| evidence.add(text, word));
        evidence
    }

    fn add(&mut self, text: &[u8], word: Range<usize>) {
        let Some(known) = Known::of(&text[word.clone()]) else {
            return;
        };
        if let Known::Header(bit, _) = known {
            self.named |= bit;
            extend(&mut self.names, &word);
        }
        let Some(value) = value_after(text, word.end) else {
            return;
        };
        if self.counts(known, &value) {
            extend(&mut self.bound, &(word.start..value.end));
        }
    }

    /// Notes a name with its value. Returns true if they show something.
    fn counts(&mut self, known: Known, value: &Bound<'_>) -> bool {
        if !matches!(known, Known::List) && value.is_expression {
            return false;
        }
        match known {
            Known::Header(bit, form) if value.fits(form) => {
                self.header |= bit;
                self.shaped |= bit & shape(value.text);
            }
            Known::Item(form) if self.has_list && value.fits(form) => self.has_item = true,
            Known::Item(Form::Id) if self.has_list && value.is_literal() => {
                self.has_template = true
            }
            Known::Status if self.has_template && value.is_status() => self.has_item = true,
            Known::List if value.is_opened => self.has_list = true,
            _ => return false,
        }
        true
    }

    fn is_bound(&self) -> bool {
        self.header.count_ones() >= LEAST_HEADERS
            || self.shaped.count_ones() >= LEAST_SHAPED
            || self.has_list && self.has_item
    }

    /// Returns the range of the names and of the values, if enough names of the header stand in `text` and values of
    /// its shapes, too.
    fn with_shapes(self, text: &[u8]) -> Option<Range<usize>> {
        if self.named.count_ones() < LEAST_HEADERS || !may_hold_account(text) {
            return None;
        }
        let (mut seen, mut range) = (0, self.names);
        for word in words(text, is_of_value) {
            let shape = shape(&text[word.clone()]);
            if shape != 0 {
                seen |= shape;
                extend(&mut range, &word);
            }
        }
        (seen.count_ones() >= LEAST_HEADERS).then_some(range)
    }
}

/// Returns the range of the values of all shapes in `text`, if a sign or another value stands before each of them.
fn set_off(text: &[u8]) -> Option<Range<usize>> {
    const ALL: u8 = TO_USER | FROM_USER | CREATE_TIME | TEMPLATE;
    if !may_hold_account(text) {
        return None;
    }
    let (mut seen, mut range, mut before) = (0, 0..0, 0);
    let mut follows_value = true;
    for word in words(text, is_of_value) {
        let value = &text[word.clone()];
        if !value.iter().any(u8::is_ascii_alphanumeric) {
            continue;
        }
        let shape = shape_or_template(value);
        let is_set_off = follows_value || has_sign(&text[before..word.start]);
        if shape != 0 && is_set_off {
            seen |= shape;
            extend(&mut range, &word);
        }
        follows_value = shape != 0 || is_plain_value(value);
        before = word.end;
    }
    (seen == ALL).then_some(range)
}

/// Returns true if more than blanks, quotes, commas and round brackets stand between two words. Prose has those, too.
fn has_sign(between: &[u8]) -> bool {
    between.iter().any(|b| !b" \t\"'`\\,.()".contains(b))
}

/// Returns true for a value of a callback that has no shape.
fn is_plain_value(value: &[u8]) -> bool {
    value == fields::MSG_TYPE_EVENT.as_bytes() || value.starts_with(EVENT_PREFIX.as_bytes())
}

/// Extends `range` to `more`.
pub(super) fn extend(range: &mut Range<usize>, more: &Range<usize>) {
    if range.start == range.end {
        *range = more.clone();
    }
    *range = range.start.min(more.start)..range.end.max(more.end);
}

pub(super) const TO_USER: u8 = 1;
pub(super) const FROM_USER: u8 = 2;
const CREATE_TIME: u8 = 4;
const MSG_TYPE: u8 = 8;
/// The bit of a template's id, beside those of the header.
pub(super) const TEMPLATE: u8 = 16;

/// Returns the bit of the header's field whose shape `value` has, or 0.
pub(super) fn shape(value: &[u8]) -> u8 {
    const SECONDS: usize = 10;
    match value {
        [b'g', b'h', b'_', id @ ..] if is_account(id) => TO_USER,
        [b'o', ..] if value.len() == OPENID_LEN && is_mixed(value) => FROM_USER,
        [b'1', ..] if value.len() == SECONDS && value.iter().all(u8::is_ascii_digit) => CREATE_TIME,
        _ => 0,
    }
}

/// Returns the bit of the field whose shape `value` has, a template's id among them, or 0.
pub(super) fn shape_or_template(value: &[u8]) -> u8 {
    match value.len() == TEMPLATE_LEN && is_mixed(value) {
        true => TEMPLATE,
        false => shape(value),
    }
}

/// Returns true if `value` has letters of both cases.
fn is_mixed(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_lowercase) && value.iter().any(u8::is_ascii_uppercase)
}

/// Returns true if an account's id may stand in `text`. Without one, no values have all the shapes of the header.
fn may_hold_account(text: &[u8]) -> bool {
    let mut signs = memchr::memchr_iter(b'_', text);
    signs.any(|at| text[..at].ends_with(b"gh"))
}

/// Returns true if an account's id has `id` after its `gh_`.
fn is_account(id: &[u8]) -> bool {
    const LEN: usize = 12;
    id.len() == LEN && id.iter().all(u8::is_ascii_hexdigit)
}

/// A name that counts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known {
    Header(u8, Form),
    Item(Form),
    Status,
    /// The list, or the element around it.
    List,
    /// A name whose value shows nothing.
    Other,
}

/// The form of a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// An id of letters, digits, `-` and `_`.
    Id,
    /// A time or an id: more than a few digits.
    Digits,
    /// The word `event`.
    Event,
}

/// The names that count, without the wrappers. Some programs shorten the header's names.
static KNOWN: [(&str, Known); 14] = [
    (fields::TO_USER.wire, Known::Header(TO_USER, Form::Id)),
    ("toUser", Known::Header(TO_USER, Form::Id)),
    (fields::FROM_USER.wire, Known::Header(FROM_USER, Form::Id)),
    ("fromUser", Known::Header(FROM_USER, Form::Id)),
    (
        fields::CREATE_TIME.wire,
        Known::Header(CREATE_TIME, Form::Digits),
    ),
    (fields::MSG_TYPE, Known::Header(MSG_TYPE, Form::Event)),
    (fields::EVENT, Known::Other),
    (fields::LIST, Known::List),
    (fields::TEMPLATE_ID.wire, Known::Item(Form::Id)),
    (fields::STATUS.wire, Known::Status),
    (fields::POPUP_SCENE.wire, Known::Other),
    (fields::MSG_ID.wire, Known::Item(Form::Digits)),
    (fields::ERROR_CODE.wire, Known::Other),
    (fields::ERROR_STATUS.wire, Known::Other),
];

impl Known {
    pub(super) fn of(word: &[u8]) -> Option<Known> {
        if !(SHORTEST_NAME..=LONGEST_NAME).contains(&word.len()) {
            return None;
        }
        let mut letters = [0; LONGEST_NAME];
        let letters = letters_of(word, &mut letters);
        let is_spelling = |name: &str| letters.eq_ignore_ascii_case(name.as_bytes());
        let known = KNOWN.iter().find(|(name, _)| is_spelling(name));
        let known = known.map(|&(_, known)| known);
        known.or_else(|| {
            let mut wrappers = Event::ALL.iter().map(|event| event.definition().wrapper);
            wrappers.any(is_spelling).then_some(Known::List)
        })
    }
}

/// Copies the bytes of `word` to `letters` and returns them, without underscores and hyphens.
fn letters_of<'l>(word: &[u8], letters: &'l mut [u8; LONGEST_NAME]) -> &'l [u8] {
    let mut len = 0;
    for &byte in word.iter().filter(|b| !matches!(b, b'_' | b'-')) {
        letters[len] = byte;
        len += 1;
    }
    &letters[..len]
}

/// What stands after a name and its separator.
struct Bound<'t> {
    text: &'t [u8],
    is_quoted: bool,
    /// True if a sign of prose stands before the value.
    may_be_prose: bool,
    /// True if a bracket or a tag opens before or after the value.
    is_opened: bool,
    /// True if the value is an expression of source code.
    is_expression: bool,
    /// The position of its end.
    end: usize,
}

/// The most bytes between a name and its value.
const FAR: usize = 32;

/// Returns what is bound to the name that ends at `end`. Returns `None` if the name is compared, or if nothing separates
/// it from what follows.
fn value_after(text: &[u8], end: usize) -> Option<Bound<'_>> {
    let near = &text[end..text.len().min(end + FAR)];
    let between = &near[..len_between(near)];
    let start = end + between.len();
    let len = text[start..]
        .iter()
        .take_while(|&&b| is_of_value(b))
        .count();
    let (value, rest) = text[start..].split_at(len);
    let is_word = len > 0 && value.iter().all(u8::is_ascii_alphabetic);
    binds(between).then(|| Bound {
        text: value,
        is_quoted: QUOTES
            .iter()
            .chain(&BRACKETS)
            .any(|sign| between.ends_with(sign))
            || between.last().is_some_and(|b| b"\"'`[>".contains(b)) && !between.ends_with(b"=>"),
        may_be_prose: has_any(between, &PROSE_SIGNS) && !between.ends_with(b"%22"),
        is_opened: between.iter().any(|b| b"[{(<\n".contains(b)) || is_word && opens(rest),
        is_expression: is_code(rest),
        end: start + len,
    })
}

/// Returns true if `text` begins with a bracket, perhaps after blanks.
fn opens(text: &[u8]) -> bool {
    let near = &text[..text.len().min(FAR)];
    matches!(near.trim_ascii_start(), [b'(' | b'[' | b'{', ..])
}

/// Returns the number of bytes of `near`, which follows a name, up to the value.
fn len_between(near: &[u8]) -> usize {
    let blanks = |mut at: usize| {
        while let Some(len) = separator_len(&near[at..]) {
            at += len;
        }
        at
    };
    let at = blanks(0);
    let rest = &near[at..];
    // Python 2 writes `u` before texts.
    if let [b'u' | b'b', b'\'' | b'"', ..] = rest {
        return at + 2;
    }
    if rest.starts_with(b"CDATA[") {
        return at + b"CDATA[".len();
    }
    if rest.starts_with(b"int(") {
        return at + b"int(".len();
    }
    match rest.strip_prefix(b"string(") {
        Some(sized) => {
            let digits = sized.iter().take_while(|b| b.is_ascii_digit()).count();
            blanks(near.len() - sized.len() + digits)
        }
        None => at,
    }
}

/// Escaped quotes, and those of Chinese text.
const QUOTES: [&[u8]; 8] = [
    b"&#34;",
    b"&#39;",
    b"&quot;",
    b"%22",
    b"\\x22",
    b"\\u0022",
    "“".as_bytes(),
    "「".as_bytes(),
];

/// The escaped brackets of tags. A tag is followed by its text or by the next tag.
const BRACKETS: [&[u8]; 14] = [
    b"&lt;", b"&gt;", b"%3C", b"%3E", b"%3c", b"%3e", b"\\x3C", b"\\x3E", b"\\x3c", b"\\x3e",
    b"\\u003c", b"\\u003e", b"\\u003C", b"\\u003E",
];

/// Blanks of HTML, escaped and not.
const BLANKS: [&[u8]; 4] = [b"&nbsp;", b"&#160;", b"&#xa0;", "\u{A0}".as_bytes()];

/// Returns the length of the sequence at the start of `text` that sets a colour of a terminal.
fn colour_len(text: &[u8]) -> Option<usize> {
    const ESCAPES: [&[u8]; 4] = [b"\x1B[", b"\\u001b[", b"\\x1b[", b"\\x1B["];
    let escape = ESCAPES.iter().find(|escape| text.starts_with(escape))?;
    let len = notation::colour_len(&text[escape.len()..])?;
    Some(escape.len() + len)
}

/// The signs with which prose binds the name of a field to its type, its meaning or another name.
const PROSE_SIGNS: [&[u8]; 5] = [
    b"%3A",
    b"%3a",
    "：".as_bytes(),
    "＝".as_bytes(),
    "→".as_bytes(),
];

/// Returns true if one of the signs `wanted` stands in `text`.
fn has_any(text: &[u8], wanted: &[&[u8]]) -> bool {
    let mut starts = (0..text.len()).filter(|&at| begins_sign(text[at]));
    starts.any(|at| wanted.iter().any(|sign| text[at..].starts_with(sign)))
}

/// Returns the length of a quote, bracket, blank or other separator at the start of `text`.
fn separator_len(text: &[u8]) -> Option<usize> {
    let first = text.first()?;
    let is_plain = b"\"'`\\ \t\r\n:=><![](),{&#;".contains(first);
    let long = begins_sign(*first).then(|| sign_len(text)).flatten();
    long.or(is_plain.then_some(1))
}

/// Returns true if a separator of several bytes may begin with `first`.
fn begins_sign(first: u8) -> bool {
    matches!(first, b'&' | b'%' | b'\\' | ESCAPE | 0x80..)
}

/// Returns the length of a separator of several bytes at the start of `text`.
fn sign_len(text: &[u8]) -> Option<usize> {
    let signs = QUOTES.iter().chain(&PROSE_SIGNS).chain(&BLANKS);
    let mut signs = signs.chain(&BRACKETS);
    let sign = signs.find(|sign| text.starts_with(sign));
    sign.map(|sign| sign.len()).or_else(|| colour_len(text))
}

/// Returns true if `between` separates a name from its value.
fn binds(between: &[u8]) -> bool {
    let mut pairs = between.windows(2);
    let is_compared = pairs.any(|pair| matches!(pair, b"==" | b"!=" | b">=" | b"<="));
    let is_plain = between.iter().any(|b| b"=:>{\"'`".contains(b));
    let has_any = |signs| has_any(between, signs);
    !is_compared && (is_plain || has_any(&QUOTES) || has_any(&PROSE_SIGNS) || has_any(&BRACKETS))
}

/// Returns true if a value followed by `rest` is an expression of source code.
fn is_code(rest: &[u8]) -> bool {
    match rest {
        [b'%', b'0'..=b'9', ..] => false,
        [b'(' | b'[' | b'$' | b'%', ..] | [b'-', b'>', ..] => true,
        [b'.', next, ..] => next.is_ascii_alphabetic() || *next == b'_',
        _ => false,
    }
}

impl Bound<'_> {
    fn fits(&self, form: Form) -> bool {
        const LEAST_DIGITS: usize = 5;
        let is_digits = self.text.iter().all(u8::is_ascii_digit);
        let is_small = is_digits && self.text.len() < LEAST_DIGITS;
        match form {
            _ if is_masked(self.text) => true,
            Form::Digits => is_digits && !is_small,
            Form::Event => self.text == fields::MSG_TYPE_EVENT.as_bytes(),
            Form::Id if self.may_be_prose => is_random(self.text),
            Form::Id => self.is_id() && !is_small,
        }
    }

    /// Returns true for an id: it has a digit, begins as an account's, or is a long text in quotes.
    fn is_id(&self) -> bool {
        const LONG: usize = 20;
        let has_digit = self.text.iter().any(u8::is_ascii_digit);
        let is_long = self.is_literal() && self.text.len() >= LONG;
        self.text.len() >= 2 && (has_digit || self.text.starts_with(b"gh_") || is_long)
    }

    /// Returns true for a text in quotes that is not one of the names.
    fn is_literal(&self) -> bool {
        self.is_quoted && !self.text.is_empty() && Known::of(self.text).is_none()
    }

    fn is_status(&self) -> bool {
        let mut known = STATUSES.iter().chain(&CLIENT_STATUSES);
        known.any(|status| status.value.as_bytes() == self.text)
    }
}

/// Returns true for an id that is no word with a number behind it, as `open_id_2` and `string32` are.
fn is_random(value: &[u8]) -> bool {
    let has_digit = value.iter().any(u8::is_ascii_digit);
    let mut pairs = value.windows(2);
    let is_mixed = pairs.any(|pair| pair[0].is_ascii_digit() && pair[1].is_ascii_alphabetic());
    is_mixed || has_digit && value.starts_with(b"gh_") || shape_or_template(value) != 0
}

/// Returns true if a value was blotted out, as `o***xyz` or `[REDACTED]`.
pub(super) fn is_masked(value: &[u8]) -> bool {
    const WORDS: [&[u8]; 3] = [b"redacted", b"masked", b"filtered"];
    let has_stars = value.windows(3).any(|part| part == b"***");
    has_stars || WORDS.iter().any(|word| word.eq_ignore_ascii_case(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_callbacks_have_values() {
        let texts = [
            "{ToUserName=gh_0123456789ab, FromUserName=oAbc1, CreateTime=1610969440, Event=x}",
            "ToUserName: gh_0123456789ab\nFromUserName: oAbc1\nMsgType: event\n",
            "Message(toUser=gh_1, fromUser=o1, msgType=event)",
            "to_user_name='gh_x' from_user_name='o_1' create_time=1610969440",
            "array(3) {\n  [\"ToUserName\"]=>\n  string(15) \"gh_0123456789ab\"\n  [\"CreateTime\"]=>\n  \
             int(1610969440)\n  [\"MsgType\"]=>\n  string(5) \"event\"\n",
            "&#34;ToUserName&#34;:&#34;gh_0123456789ab&#34;,&#34;FromUserName&#34;:&#34;oAbc1&#34;,&#34;MsgType&#34;:&#34;event&#34;",
            "%22ToUserName%22%3A%22gh_0123456789ab%22%2C%22FromUserName%22%3A%22oAbc1%22%2C%22CreateTime%22%3A1610969440%2C",
            "OrderedDict([('ToUserName', 'gh_1'), ('FromUserName', 'o1'), ('MsgType', 'event')",
            "{u'ToUserName': u'gh_x', u'FromUserName': u'o_1', u'MsgType': u'event'",
            "<ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName>o1</FromUserName><CreateTime>12345</CreateTime>",
            "Event: x, List: [ { TemplateId: 'abc', SubscribeStatusString: 'accept' } ]",
            "SubscribeMsgSentEvent={List={MsgID=1700827132819554304}}",
            "ToUserName=******, FromUserName=o***E1c, MsgType=event",
            "ToUserName：gh_1，FromUserName：oWx3b5，MsgType：event",
            "[ToUserName]&nbsp;=>&nbsp;gh_1<br />[FromUserName]&nbsp;=>&nbsp;o1<br />[MsgType]&#160;=>&#160;event<br />",
            "ToUserName: \x1B[32m'gh_1'\x1B[39m, FromUserName: \x1B[32m'o1'\x1B[39m, CreateTime: \x1B[33m1762040401\x1B[39m",
            "\x1B[33m'\x1B[39;49;00m\x1B[33mToUserName\x1B[39m\x1B[33m'\x1B[39m:\x1B[37m \x1B[39m\x1B[33m'\x1B[39m\x1B[33mgh_1\x1B[39m, \
             \x1B[36mFromUserName=\x1B[0mo1 \x1B[36mMsgType=\x1B[0mevent",
            "ToUserName → ******, FromUserName → o***E1c, MsgType → event",
            "ToUserName,FromUserName,CreateTime\ngh_0123456789ab,oWx3b5Tq0nRkF7uYhLs9aVmPzE1c,1610969440\n",
            "<dt>ToUserName</dt><dd>gh_0123456789ab</dd><dt>FromUserName</dt><dd>oWx3b5Tq0nRkF7uYhLs9aVmPzE1c</dd>\
             <dt>CreateTime</dt><dd>1610969440</dd>",
            r#"got "ToUserName=gh_1\nFromUserName=o1\nCreateTime=1610969440\nEvent=x""#,
            r"ToUserName=gh_1\x0AFromUserName=o1\x0AMsgType=event\x0A",
            "ToUserName=gh_1%0AFromUserName=o1%0aMsgType=event",
            r"\u003cToUserName\u003egh_1\u003c/ToUserName\u003e\u003cFromUserName\u003eo1\u003c/\u003cMsgType\u003eevent",
            "Event=x, List=ArrayList (Item(TemplateId=oq1r9DkAZNPPjIFLTWJlvuNGOV1wWma1MJ5SYdocclw))",
        ];
        for text in texts {
            assert!(values(text.as_bytes()).is_some(), "{text}");
        }
    }

    #[test]
    fn source_code_and_prose_have_none() {
        let texts = [
            "if (msg.Event === 'subscribe_msg_popup_event') { for (const item of msg.SubscribeMsgPopupEvent.List) { \
             if (item.SubscribeStatusString === 'accept') grant(item.TemplateId, msg.FromUserName) } }",
            "\"<ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%d</CreateTime>\"",
            "{ ToUserName: msg.FromUserName, FromUserName: msg.ToUserName, CreateTime: Date.now(), MsgType: 'text' }",
            "$xml->ToUserName = $to; $xml->FromUserName = $from; $xml->CreateTime = time();",
            "CREATE TABLE t (ToUserName varchar(64), FromUserName varchar(64), CreateTime bigint, MsgType text)",
            "ToUserName 小程序账号ID FromUserName 用户openid CreateTime 时间戳 MsgType 消息类型",
            "event=\"subscribe_msg_popup_event\" count=3",
            "type List struct { TemplateId string `xml:\"TemplateId\"` PopupScene string `json:\"PopupScene\"` }",
            "private String ToUserName; private String FromUserName; private Long CreateTime; private String MsgType;",
            "at com.example.Wx.List(Wx.java:31) TemplateId",
            "rename = { ToUserName = \"to_user\", FromUserName = \"from_user\", MsgType = \"msg_type\" }",
            "List = 6; string TemplateId = 1; int32 PopupScene = 3; CreateTime = 3; MsgType = 4",
            "List: { TemplateId: string; SubscribeStatusString: 'reject' }[]",
            "ToUserName→to_user_v2；FromUserName→from_user_v2；CreateTime→time；MsgType→event",
            "`ToUserName` → `account_1`, `FromUserName` → `open_id_1`, `MsgType` → `event`",
            "ToUserName: 32, FromUserName: 28, CreateTime: 10, MsgType: event",
            "ToUserName%3Astring32,FromUserName%3Astring28,MsgType%3Aevent",
            "List：{ TemplateId：1，SubscribeStatusString：accept }",
        ];
        for text in texts {
            assert_eq!(values(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn names_of_events_are_whole() {
        assert_eq!(event_name(b"a subscribe_msg_popup_event,"), Some(2..27));
        assert_eq!(event_name(b"subscribe_msg_popup_events"), None);
        assert_eq!(
            event_name(b"subscribe_msg_ subscribe_msg_sent_event"),
            Some(15..39)
        );
    }
}
