//! Learns templates from the slow path for the fast path.
//!
//! A log entry is learnt if one text in it is exactly one payload of a known template, and nothing else in it may
//! contain a payload. Around the payload, only digits and runs of hexadecimal digits may vary, because no search for
//! payloads depends on them. A *prefix* is the text before a payload on its line. It is learnt if only its digits vary
//! and they cannot change how the line is read. Only this file of `scan` fills the cache.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use crate::fast::entry::{Before, Entry, Layout};
use crate::fast::patch::{Copied, Patched};
use crate::fast::template::{CharSet, Placeholder, Sample, TemplateKey};
use crate::fast::{AnyMeaning, Cache};
use crate::finding::Findings;
use crate::scan::anchor::Anchors;
use crate::scan::decimal;
use crate::scan::escape::Escape;
use crate::scan::hex;
use crate::scan::lookahead::Lookahead;
use crate::scan::{InnerPart, Inside, Names, Scanner, container};
use crate::simd::{Lines, is_space};
use crate::span::Span;
use crate::syntax::{Bytes, Kind, Limits, Node, Syntax, Tree, json};

/// A log entry that may be learnt. One text in it may contain payloads.
#[derive(Clone, Copy, Debug)]
pub(super) struct EntrySample {
    is_bare: bool,
    text: Span,
}

/// A payload that was found in a text of a log entry.
pub(super) struct Quoted<'p> {
    pub(super) raw: Range<usize>,
    pub(super) template: TemplateKey,
    pub(super) text: &'p str,
    pub(super) syntax: Syntax,
}

/// The escaped payload of a log entry: its placeholders, and how to unescape it by copying them.
struct Escaped {
    placeholders: Vec<Placeholder>,
    unescaped: Patched,
}

impl Scanner {
    /// Learns a payload that needed no unescaping, and the meaning of all payloads of its template.
    pub(crate) fn learn_payload(
        &mut self,
        sample: Sample<'_>,
        meaning: impl FnOnce(TemplateKey) -> Arc<AnyMeaning>,
    ) {
        if let Some(cache) = &mut self.cache {
            cache.learn_payload(sample, self.names.is_usual(sample.text), meaning);
        }
    }

    /// Returns the data to learn the entry at the cursor, if `inner` is exactly one text.
    pub(super) fn sample(&self, inner: &VecDeque<InnerPart>) -> Option<EntrySample> {
        match inner.front() {
            Some(&InnerPart::Text(text)) if inner.len() == 1 && !self.is_quoted() => {
                let is_bare = self.bare;
                self.cache.as_ref().map(|_| EntrySample { is_bare, text })
            }
            _ => None,
        }
    }

    /// Learns the entry of `inside` if `payload` is the whole of its text.
    pub(super) fn learn_entry(&mut self, buffer: &[u8], inside: &Inside, payload: &Quoted<'_>) {
        let (Some(cache), Some(sample)) = (&mut self.cache, &inside.sample) else {
            return;
        };
        let entry = entry_around(buffer, inside, sample, payload);
        if let Some(text) = entry.filter(|_| cache.admits_entry()) {
            let around = placeholders(text, sample, &self.names, &self.limits);
            learn_entry(cache, text, sample, payload, around);
        }
    }

    /// Learns the prefix of the payload at `found`.
    pub(super) fn learn_prefix(&mut self, buffer: &[u8], found: usize) {
        let line = self.line_of(found).unwrap_or(0);
        let is_before = line > self.pos() && line <= found;
        if let Some(cache) = self.cache.as_mut().filter(|_| is_before) {
            let anchors = self.names.anchors;
            cache.learn_prefix(&buffer[line..found], |text| is_simple(text, anchors));
        }
    }
}

/// Returns the text of the entry of `inside`, if `payload` is the whole of the sample's text.
fn entry_around<'b>(
    buffer: &'b [u8],
    inside: &Inside,
    sample: &EntrySample,
    payload: &Quoted<'_>,
) -> Option<&'b str> {
    let text = sample.text.range();
    let start = payload.raw.start.checked_sub(text.start)?;
    let is_all = payload.raw.end - start == text.end;
    let entry = buffer.get(start..start + inside.then.len)?;
    std::str::from_utf8(entry).ok().filter(|_| is_all)
}

/// Learns the entry `text` with the placeholders `around` the payload.
fn learn_entry(
    cache: &mut Cache,
    text: &str,
    sample: &EntrySample,
    payload: &Quoted<'_>,
    around: Vec<Placeholder>,
) {
    let raw = &text[sample.text.range()];
    let inside = cache.placeholders(payload.template);
    let Some(escaped) = Escaped::new(raw.as_bytes(), payload.text, inside) else {
        return;
    };
    let start = sample.text.range().start;
    let mut placeholders = around;
    placeholders.extend(
        escaped
            .placeholders
            .into_iter()
            .map(|it| it.shifted_by(start)),
    );
    let entry = Entry {
        is_bare: sample.is_bare,
        layout: Layout {
            len: text.len(),
            before: Before::new(&text.as_bytes()[..start]),
            text: sample.text,
            lines: Lines::of(raw.as_bytes()),
            payload: payload.template,
            syntax: payload.syntax,
        },
        unescaped: escaped.unescaped,
    };
    let sample = Sample {
        syntax: Syntax::Json,
        text,
        placeholders: &placeholders,
    };
    cache.learn_entry(sample, entry);
}

impl Escaped {
    /// Makes the escaped form `raw` of a payload with `text` and `placeholders`. A placeholder with escapes does not
    /// vary.
    fn new(raw: &[u8], text: &str, placeholders: &[Placeholder]) -> Option<Self> {
        let mut copied = Vec::new();
        let mut in_raw = Vec::new();
        for Placeholder { range, charset } in placeholders {
            if let Some(from) = verbatim_range(raw, text, range.clone()) {
                copied.push(Copied {
                    to: range.start,
                    from: from.clone(),
                });
                in_raw.push(Placeholder {
                    range: from,
                    charset: *charset,
                });
            }
        }
        Some(Escaped {
            placeholders: in_raw,
            unescaped: Patched::new(text.into(), copied, raw.len())?,
        })
    }
}

/// Returns the range in `raw` of the part `range` of `text`, if it has no escapes.
fn verbatim_range(raw: &[u8], text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let start = { Escape::Backslash }.raw_start(raw, range.start);
    let from = start..start + range.len();
    (raw.get(from.clone())? == &text.as_bytes()[range]).then_some(from)
}

/// Returns the placeholders in `entry` around its payload.
fn placeholders(
    entry: &str,
    sample: &EntrySample,
    names: &Names,
    limits: &Limits,
) -> Vec<Placeholder> {
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
    let values = values.filter_map(|node| Some((node.kind, unescaped_range(node, entry)?)));
    let values = values.filter(|(_, range)| *range != sample.text.range());
    let placeholders = values.flat_map(|(kind, range)| {
        let is_number = kind == Kind::Number;
        let runs = runs(&bytes.all[range.clone()], range.start).enumerate();
        runs.filter_map(move |(n, run)| run.placeholder(is_number, n == 0))
    });
    placeholders.collect()
}

/// Returns the range in `entry` of the number or text of `node`, if it has no escapes.
fn unescaped_range(node: &Node, entry: &str) -> Option<Range<usize>> {
    let Range { start, end } = node.span.range();
    let range = match node.kind {
        Kind::Number => start..end,
        Kind::Text => start + 1..end - 1,
        _ => return None,
    };
    let text = entry.as_bytes().get(range.clone())?;
    let is_as_it_is = memchr::memchr(b'\\', text).is_none();
    let may_begin = || decimal::may_begin(text) || hex::may_begin(text);
    (is_as_it_is && !may_begin()).then_some(range)
}

/// A sequence of hexadecimal digits.
struct HexRun {
    range: Range<usize>,
    has_letters: bool,
}

/// Returns the runs in `bytes`, which begin at `start`.
fn runs(bytes: &[u8], start: usize) -> impl Iterator<Item = HexRun> {
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let mut at = 0;
    std::iter::from_fn(move || {
        at += bytes[at..].iter().position(is_digit)?;
        let len = bytes[at..].iter().take_while(|byte| is_digit(byte)).count();
        let run = &bytes[at..at + len];
        let range = start + at..start + at + len;
        at += len;
        Some(HexRun {
            range,
            has_letters: !run.iter().all(u8::is_ascii_digit),
        })
    })
}

impl HexRun {
    /// Names, and values that make an object a message, have fewer hexadecimal digits in a row.
    const SAFE: usize = 4;
    /// A callback in hexadecimal digits has more.
    const LONGEST: usize = 64;

    /// Returns the placeholder for a run in a number or a text. `is_first` is true for its first run.
    fn placeholder(self, is_number: bool, is_first: bool) -> Option<Placeholder> {
        let HexRun { range, has_letters } = self;
        let charset = match has_letters {
            _ if range.len() > Self::LONGEST => return None,
            false if is_number && is_first => CharSet::Number,
            false => CharSet::Digits,
            true if !is_number && range.len() >= Self::SAFE => CharSet::LowerHex,
            true => return None,
        };
        Some(Placeholder { range, charset })
    }
}

/// Returns true if a payload after `text` is the first document on the line, whatever the digits of `text` are.
///
/// This holds if `text` has no anchor and no byte that could make an anchor of digits. A word follows each of its
/// brackets, as in `[http-14]`. The line is not a container's log line. `text` does not begin with a blank or end with
/// a quote: the payload is neither alone on its line nor a literal.
fn is_simple(text: &[u8], anchors: &Anchors) -> bool {
    let is_prose = |at: usize| text.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
    let head = &text[..text.len().min(container::LONGEST_PREFIX)];
    !text.iter().any(|byte| b"<#\n".contains(byte))
        && memchr::memchr2_iter(b'{', b'[', text).all(is_prose)
        && head.contains(&b' ')
        && container::of_line(Lookahead::whole(text)).is_none()
        && !text.first().is_some_and(|&first| is_space(first))
        && !matches!(text.last(), Some(b'"' | b'\''))
        && !anchors.is_in(text)
        && !decimal::may_begin(text)
        && !hex::may_begin(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_digits_are_placeholders() {
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
    #[test]
    fn what_may_begin_something_is_no_simple_prefix() {
        let anchors = Anchors::new(&["ToUserName"], &[]);
        let is_simple = |text: &str| is_simple(text.as_bytes(), &anchors);
        assert!(is_simple("INFO [http-14] {trace} a http://b//c body="));
        for text in [
            "INFO ToUserName body=",
            "INFO &#61;xml body=",
            "    INFO body=",
            "INFO <a> body=",
            "INFO [] body=",
            "INFO body=[",
            "INFO\nbody=",
            "INFO body=\"",
            "no-blank-before-the-body=",
            "2021-01-18T11:30:40.1Z stdout F body=",
        ] {
            assert!(!is_simple(text), "{text}");
        }
    }
}
