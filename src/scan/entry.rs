//! Log entries that differ from one before in nothing but digits, and in the values of the payload that they hold.
//!
//! A JSON logger writes the body of a request as a text among others, and entry after entry is the same but for times,
//! numbers and ids. What was found in one of them is found in all that look like it: a payload of the same shape, in the
//! same place, behind the same escapes. So such an entry is compared with the one before, and need not be read, nor its
//! text peeled and read.
//!
//! Only digits, and runs of hexadecimal ones, may be others around the payload: nothing can come of that in which a
//! payload would be looked for.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use crate::fast::patch::{Copied, Patched};
use crate::fast::template::{ByTemplate, CharSet, Lines, Placeholder, TemplateId, Templates};
use crate::finding::Findings;
use crate::scan::escape::Escape;
use crate::scan::source_map::Step;
use crate::scan::{Found, Inner, Inside, Names, Parts, Scanner, State, Then, found};
use crate::simd::Survey;
use crate::span::{Place, Units};
use crate::syntax::{Bytes, Kind, Limits, Node, Syntax, Tree, json};

/// The payloads and the entries that were seen before.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) payloads: Templates,
    entries: Templates,
    known: ByTemplate<Arc<Entry>>,
    /// How often a payload's shape had taken the place of another when the first of the entries was learnt.
    renewed: usize,
}

/// What is known of the entries of a shape. Places are counted from their starts.
#[derive(Debug)]
struct Entry {
    is_bare: bool,
    before: Before,
    /// Where the payload stands, which is a whole text of the entry, and the lines of that.
    text: Range<usize>,
    lines: Lines,
    payload: TemplateId,
    /// The payload's text, of which some is copied from where it stands escaped.
    unescaped: Patched,
}

/// What stands before the payload in an entry. All but digits is the same there in all entries of a shape.
#[derive(Clone, Copy, Debug)]
struct Before {
    survey: Survey,
    /// Where the payload stands, if the entry stands at the default place.
    end: Place,
}

impl Before {
    fn new(bytes: &[u8]) -> Self {
        Before {
            survey: Survey::of(bytes),
            end: Place::default().after(bytes, Units::Utf8),
        }
    }

    /// Where the payload stands in an entry at `start`.
    fn end_from(self, start: Place, units: Units, bytes: &[u8]) -> Place {
        let (line, column) = match self.survey.breaks {
            0 => (start.line, start.column + self.end.column - 1),
            breaks => (start.line + breaks as u64, self.end.column),
        };
        Place {
            line,
            column,
            offset: start.offset + units.len(bytes),
        }
    }
}

/// An entry that may be learnt from: it holds one text that may hold payloads.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    is_bare: bool,
    text: Range<usize>,
}

/// A payload that was found as a text of an entry.
pub(super) struct Quoted<'p> {
    pub(super) raw: Range<usize>,
    pub(super) template: TemplateId,
    pub(super) text: &'p str,
}

impl Seen {
    /// The entry with which `bytes` begin.
    fn entry(&mut self, bytes: &[u8], is_bare: bool) -> Option<TemplateId> {
        if self.renewed != self.payloads.renewed() {
            (self.entries, self.known) = Default::default();
            self.renewed = self.payloads.renewed();
        }
        let entry = self.entries.find(Syntax::Json, bytes);
        entry.filter(|&entry| self.known.get(entry).is_bare == is_bare)
    }

    /// Learns from `entry`, which holds `payload` and nothing else.
    fn learn(
        &mut self,
        entry: &str,
        sample: &Sample,
        payload: &Quoted<'_>,
        around: Vec<Placeholder>,
    ) {
        let mut placeholders = around;
        let mut copied = Vec::new();
        let raw = &entry.as_bytes()[sample.text.clone()];
        for placeholder in self.payloads.placeholders(payload.template) {
            let Some(from) = verbatim_range(raw, payload.text, placeholder.range.clone()) else {
                continue;
            };
            placeholders.push(Placeholder {
                range: sample.text.start + from.start..sample.text.start + from.end,
                charset: placeholder.charset,
            });
            let to = placeholder.range.start;
            copied.push(Copied { to, from });
        }
        let Some(unescaped) = Patched::new(payload.text.into(), copied, raw.len()) else {
            return;
        };
        let Some(template) = self
            .entries
            .learn(Syntax::Json, entry, &placeholders, false)
        else {
            return;
        };
        let known = Entry {
            is_bare: sample.is_bare,
            before: Before::new(&entry.as_bytes()[..sample.text.start]),
            text: sample.text.clone(),
            lines: Lines::of(raw),
            payload: payload.template,
            unescaped,
        };
        self.known.set(template, known.into());
    }
}

/// Where the part `range` of `text` stands in `raw`, if it is written there as it is.
fn verbatim_range(raw: &[u8], text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let start = { Escape::Backslash }.raw_start(raw, range.start);
    let from = start..start + range.len();
    (raw.get(from.clone())? == &text.as_bytes()[range]).then_some(from)
}

impl Scanner {
    /// The payload in the entry that begins at the cursor, if it is like one before; in escaped text, also that on the
    /// next line, which [`Scanner::next_alike`] looks for otherwise.
    pub(super) fn entry_here<'b>(
        &mut self,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let (pos, start) = (self.pos(), self.next_start(buffer));
        match start == pos {
            true if !self.bare || self.is_quoted() => None,
            false if self.depth == 0 => None,
            _ => self.entry_at(start, buffer, last, parts),
        }
    }

    /// The payload in the entry that begins at `start`, the cursor or the next line, if it is like one before.
    pub(super) fn entry_at<'b>(
        &mut self,
        start: usize,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        if buffer.get(start) != Some(&b'{') {
            return None;
        }
        let bytes = self.limited(&buffer[start..], last);
        let entry = self.known_entry(bytes, true)?;
        self.search.skip_beginning();
        self.pass(buffer, start);
        Some(self.quoted(entry, buffer, parts))
    }

    /// The payload in the entry at the cursor, if it is like one before.
    pub(super) fn entry_like_before<'b>(
        &mut self,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        if self.is_quoted() {
            return None;
        }
        let bytes = self.limited(&buffer[self.pos()..], last);
        let entry = self.known_entry(bytes, self.bare)?;
        Some(self.quoted(entry, buffer, parts))
    }

    /// The entry with which `bytes` begin, if it is like one before.
    fn known_entry(&mut self, bytes: Bytes<'_>, is_bare: bool) -> Option<TemplateId> {
        // Its text would be too deep; or its query may be part of it.
        if self.depth == Scanner::DEEPEST || self.trail.is_some() {
            return None;
        }
        self.seen.entry(bytes.all, is_bare)
    }

    /// The payload in the entry at the cursor, which is like one before.
    fn quoted<'b>(&mut self, entry: TemplateId, buffer: &'b [u8], parts: &mut Parts) -> Found<'b> {
        let start = self.pos();
        let len = self.seen.entries.extent(entry).len;
        let Entry {
            before,
            ref text,
            lines,
            payload,
            ref unescaped,
            ..
        } = **self.seen.known.get(entry);
        let (raw, done) = (start + text.start..start + text.end, text.end);
        let source_map = &mut parts.source_map;
        // Whoever asks for the text finds out that it is one.
        source_map.renew_text("");
        unescaped.write(&buffer[raw.clone()], &mut source_map.rest);
        source_map.comes_from(Step::Escape(Escape::Backslash));
        let place = self.pass_before(before, buffer, raw.start);
        self.cursor.advance_lines(buffer, raw.end, lines);
        self.moved(buffer, raw.end, false);
        self.state = State::Inside(Inside {
            done,
            ..Inside::new(self.empty_inner(), Then::noise(len))
        });
        Found {
            is_unescaped: true,
            template: Some(payload),
            ..found(raw, place, self.seen.payloads.extent(payload).syntax)
        }
    }

    /// Passes over what stands before a payload that begins at `to`, as [`Scanner::pass`] does; gives back where that is.
    fn pass_before(&mut self, before: Before, buffer: &[u8], to: usize) -> Place {
        let (bytes, units) = (&buffer[self.pos()..to], self.cursor.units());
        let start = self.cursor.place(buffer);
        self.bare = false;
        self.pass_counted(buffer, to, before.survey);
        self.noise.interrupt();
        match self.depth {
            0 => before.end_from(start, units, bytes),
            _ => start,
        }
    }

    /// Notes what is needed to learn from the entry at the cursor, if `inner` is all that is in it.
    pub(super) fn sample(&self, inner: &VecDeque<Inner>) -> Option<Sample> {
        match inner.front() {
            Some(Inner::Text(span)) if inner.len() == 1 && !self.is_quoted() => Some(Sample {
                is_bare: self.bare,
                text: span.range(),
            }),
            _ => None,
        }
    }

    /// Learns from the entry of `inside`, of which `payload` was found, if that is all of the text.
    pub(super) fn learn_entry(&mut self, buffer: &[u8], inside: &Inside, payload: &Quoted<'_>) {
        let Some(sample) = &inside.sample else { return };
        let Some(start) = payload.raw.start.checked_sub(sample.text.start) else {
            return;
        };
        let is_all = payload.raw.end - start == sample.text.end;
        let entry = buffer.get(start..start + inside.then.len);
        let entry = entry.and_then(|bytes| std::str::from_utf8(bytes).ok());
        if let Some(entry) = entry.filter(|_| is_all && self.seen.entries.admits()) {
            let around = placeholders(entry, sample, &self.names, &self.limits);
            self.seen.learn(entry, sample, payload, around);
        }
    }

    /// Whether a quote stands before the cursor: what follows may be a literal.
    pub(super) fn is_quoted(&self) -> bool {
        matches!(self.before(), b'"' | b'\'')
    }
}

/// What may be others in `entry`, but for its payload.
fn placeholders(entry: &str, sample: &Sample, names: &Names, limits: &Limits) -> Vec<Placeholder> {
    let (mut tree, mut findings) = (Tree::default(), Findings::default());
    let bytes = Bytes {
        all: entry.as_bytes(),
        last: true,
    };
    let read = json::Reader::new().read(bytes, &mut tree, &mut findings, limits);
    if read.is_err() {
        return Vec::new();
    }
    let is_free = |node: &&Node| !(names.tells_by_value)(tree.str(node.name, entry));
    let values = tree.nodes().iter().filter(is_free);
    let values = values.filter_map(|node| Some((node.kind, literal(node, entry)?)));
    let values = values.filter(|(_, range)| *range != sample.text);
    let placeholders = values.flat_map(|(kind, range)| {
        let is_number = kind == Kind::Number;
        let runs = runs(&bytes.all[range.clone()], range.start).enumerate();
        runs.filter_map(move |(n, run)| run.placeholder(is_number, n == 0))
    });
    placeholders.collect()
}

/// Where the number or the text of `node` stands in `entry`, if it is written there as it is.
fn literal(node: &Node, entry: &str) -> Option<Range<usize>> {
    let Range { start, end } = node.span.range();
    let range = match node.kind {
        Kind::Number => start..end,
        Kind::Text => start + 1..end - 1,
        _ => return None,
    };
    let is_as_it_is = memchr::memchr(b'\\', entry.as_bytes().get(range.clone())?).is_none();
    is_as_it_is.then_some(range)
}

/// Characters that follow one another and are all hexadecimal digits.
struct Run {
    range: Range<usize>,
    has_letters: bool,
}

/// The runs of `bytes`, which begin at `start`.
fn runs(bytes: &[u8], start: usize) -> impl Iterator<Item = Run> {
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let mut at = 0;
    std::iter::from_fn(move || {
        at += bytes[at..].iter().position(is_digit)?;
        let len = bytes[at..].iter().take_while(|byte| is_digit(byte)).count();
        let run = &bytes[at..at + len];
        let range = start + at..start + at + len;
        at += len;
        Some(Run {
            range,
            has_letters: !run.iter().all(u8::is_ascii_digit),
        })
    })
}

impl Run {
    /// So many of them follow one another in no name and no value that makes a message.
    const SAFE: usize = 4;

    /// What may stand there instead, in a number or a text; whether it `is_first` in it.
    fn placeholder(self, is_number: bool, is_first: bool) -> Option<Placeholder> {
        let Run { range, has_letters } = self;
        let charset = match has_letters {
            false if is_number && is_first => CharSet::Number,
            false => CharSet::Digits,
            true if !is_number && range.len() >= Self::SAFE => CharSet::LowerHex,
            true => return None,
        };
        Some(Placeholder { range, charset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_digits_are_holes() {
        let shown = |text: &str, is_number| -> Vec<String> {
            let runs = runs(text.as_bytes(), 0).enumerate();
            let placeholders = runs.filter_map(|(n, run)| run.placeholder(is_number, n == 0));
            placeholders
                .map(|placeholder| {
                    format!("{} {:?}", &text[placeholder.range], placeholder.charset)
                })
                .collect()
        };
        assert_eq!(
            shown("2021-01 12ab x5 beef be \u{e9}7", false),
            [
                "2021 Digits",
                "01 Digits",
                "12ab LowerHex",
                "5 Digits",
                "beef LowerHex",
                "7 Digits"
            ]
        );
        assert_eq!(shown("-120.05", true), ["120 Number", "05 Digits"]);
        assert_eq!(shown("1e5", true), [] as [&str; 0]);
    }
}
