//! Reports callbacks that were printed in a way that no reader can read.
//!
//! If no document begins near the name of an event, the name is noise, and is judged by what stands around it. If names
//! of a callback have values there, a callback was printed and cannot be read: it is reported. A name without values is
//! a *mention*, and is counted.
//!
//! The text before the name is noise that was searched already. The text after it ends where something else may begin:
//! the next document, the next event's name, or a line that begins like the name's own line.

use std::collections::VecDeque;
use std::ops::Range;

use crate::finding::{Finding, Reason};
use crate::scan::container::{self, LineKind};
use crate::scan::highlight::Highlight;
use crate::scan::lookahead::{Arrived, Lookahead, Settled};
use crate::scan::{FARTHEST_KEY, Found, InnerPart, Pairs, Parts, Scanner, State, start};
use crate::simd::is_blank;
use crate::span::Span;
use crate::syntax::notation::Notation;
use crate::syntax::{Kind, Node, Syntax, View};

/// How far before and after an event's name the values may stand.
pub(super) const REACH: usize = 2048;

/// How far before the first anchor names may stand that are no anchors, as `to_user`.
const LEAD: usize = 256;

/// The longest name of an event, and the byte after it.
const LONGEST_NAME: usize = 32;

impl Scanner {
    /// Reports the callback around `anchor` that cannot be read, or counts a mention there. No document begins near the
    /// anchor.
    pub(super) fn judge_noise<'b>(
        &mut self,
        arrived: &Arrived<'b>,
        anchor: usize,
        parts: &mut Parts,
    ) -> Settled<Option<Found<'b>>> {
        if self.is_unsure {
            // The outer scanner reads the text again.
            return Some(None);
        }
        let name = self.name_at(arrived.from(anchor));
        arrived.settled()?;
        self.search.unused_anchor = Some(anchor);
        // The beginning of a capture counts as an anchor, and may be one.
        let name = name.filter(|_| anchor >= self.tried.judged_before);
        let Some(name) = name.map(|len| anchor..anchor + len) else {
            return Some(None);
        };
        let (start, _) = self
            .search
            .start(arrived, anchor, self.limits.payload_size)?;
        let unread = self.unread_around(arrived, start, &name);
        arrived.settled()?;
        self.tried.judged_before = name.end;
        let Some(range) = unread else {
            self.noise.mentions += 1;
            return Some(None);
        };
        Some(Some(self.report_unread(range, name, arrived.bytes, parts)))
    }

    /// Reports the callback in which the name at `anchor` stands, if it is a list with an object for each name and value, or if
    /// source code joins it from string literals. The event's name alone does not show either.
    pub(super) fn judge_ahead<'b>(
        &mut self,
        arrived: &Arrived<'b>,
        anchor: usize,
        parts: &mut Parts,
    ) -> Settled<Option<Found<'b>>> {
        if self.is_unsure || anchor < self.tried.no_pairs_before {
            return Some(None);
        }
        let list = self.pairs_at(arrived, anchor);
        let list = list.or_else(|| self.joined_at(arrived, anchor));
        arrived.settled()?;
        match list {
            Some((range, Some(name))) => {
                let found = self.report_unread(range, name, arrived.bytes, parts);
                Some(Some(found))
            }
            Some((range, None)) => {
                self.tried.no_pairs_before = range.end;
                Some(None)
            }
            None => Some(None),
        }
    }

    /// Returns the list of names and values in which the name at `anchor` stands.
    fn pairs_at(&self, arrived: &Arrived<'_>, anchor: usize) -> Option<Pairs> {
        const NEAR: usize = 64;
        let from = anchor.saturating_sub(NEAR).max(self.pos());
        // What is highlighted is the name of a member, not a value.
        let is_element = arrived.bytes[anchor] == b'<';
        let before = &arrived.bytes[from..anchor];
        if is_element || !is_held(before) || Highlight::at_name(before).is_some() {
            return None;
        }
        let ahead = arrived.from(from).window(NEAR + 2 * REACH);
        let (range, name) = (self.names.pairs)(ahead.bytes(), anchor - from)?;
        _ = ahead.first(range.end + FARTHEST_KEY);
        let start = self.message_start(ahead.from(range.start).window(range.len()));
        let is_before =
            |name: &Range<usize>| start.is_none_or(|start| range.start + start > name.end);
        let name = name.filter(is_before);
        let shift = |range: Range<usize>| from + range.start..from + range.end;
        Some((shift(range), name.map(shift)))
    }

    /// Returns the range of a callback that source code joins from string literals. The name at `anchor` is in the first of
    /// them.
    fn joined_at(&self, arrived: &Arrived<'_>, anchor: usize) -> Option<Pairs> {
        let ahead = arrived.from(anchor).window(2 * REACH);
        let name_end = ahead
            .window(LONGEST_NAME)
            .position(|b| !b.is_ascii_alphanumeric())?;
        if !is_joint(ahead.from(name_end)) {
            return None;
        }
        let ahead = ahead.until(self.message_start(ahead));
        let ahead = ahead.until(self.printed_start(ahead));
        ahead.note_end();
        let shift = |range: Range<usize>| anchor + range.start..anchor + range.end;
        let name = (self.names.event_name)(ahead.bytes());
        let values = (self.names.values)(ahead.bytes());
        Some(match name.zip(values) {
            Some((name, values)) => {
                let range = values.start.min(name.start)..values.end.max(name.end);
                (shift(range), Some(shift(name)))
            }
            None => (anchor..anchor + REACH, None),
        })
    }

    /// Returns the position of the first message that begins in `ahead`.
    fn message_start(&self, ahead: Lookahead<'_>) -> Option<usize> {
        let begins = self.names.begins_message;
        brackets(ahead).find(|&at| self.begins_payload(ahead.from(at), &begins))
    }

    /// Returns true if a payload begins at the start of `ahead`. `begins` judges the first name of an object.
    fn begins_payload(&self, ahead: Lookahead<'_>, begins: &dyn Fn(&str) -> bool) -> bool {
        start::payload_at(ahead, begins, self.names.private.is_header).is_some()
    }

    /// Returns the length of the event's name at the start of `ahead`.
    fn name_at(&self, ahead: Lookahead<'_>) -> Option<usize> {
        let prefix = self.names.event_prefix.as_bytes();
        if !ahead.bytes().starts_with(prefix) {
            return None;
        }
        let name = self.event_name(ahead.window(LONGEST_NAME))?;
        (name.start == 0).then_some(name.end)
    }

    /// Returns the range of the callback around an event's `name`, if there are enough values. A document around the name
    /// would begin at `start` or later.
    fn unread_around(
        &self,
        arrived: &Arrived<'_>,
        start: usize,
        name: &Range<usize>,
    ) -> Option<Range<usize>> {
        let from = [
            self.pos(),
            self.tried.judged_before,
            name.start.saturating_sub(REACH),
        ];
        let from = from.into_iter().max().unwrap_or(name.start);
        // Bytes farther before the first anchor may be gone.
        let anchors = self.names.anchors;
        let anchor = from + anchors.first_in(&arrived.bytes[from..name.end])?;
        let from = from.max(anchor.saturating_sub(LEAD).min(start.max(from)));
        let with_name = |values: Range<usize>| {
            name.start.min(from + values.start)..name.end.max(from + values.end)
        };
        let values = |end: usize| (self.names.values)(&arrived.bytes[from..end]);
        let end = name.end + self.len_after(arrived, name);
        let found = match values(end) {
            // The values before the name may be enough.
            Some(all) => Some(values(name.end).unwrap_or(all)),
            None => self.listed(&arrived.bytes[from..end], name.start - from),
        };
        found.map(with_name)
    }

    /// Returns the range of the values in the list around the event's name at `at`.
    fn listed(&self, text: &[u8], at: usize) -> Option<Range<usize>> {
        let name = (self.names.event_name)(&text[at..])?;
        (self.names.listed)(text, &(at + name.start..at + name.end))
    }

    /// Returns the length of the text after an event's `name` that may belong to it.
    fn len_after(&self, arrived: &Arrived<'_>, name: &Range<usize>) -> usize {
        let ahead = arrived.from(name.end).window(REACH);
        let ahead = ahead.until(self.event_name(ahead).map(|next| next.start));
        let ahead = ahead.until(self.document_start(ahead));
        let ahead = ahead.until(self.printed_start(ahead));
        let start = self.line_of(name.start).unwrap_or(name.start);
        let line = Line {
            text: &arrived.bytes[start..],
            event: name.start - start,
        };
        let ahead = ahead.until(self.next_entry_of(line, ahead));
        let before = self.bytes_before(arrived.bytes, name.start);
        ahead.until(escaped_text(before, ahead)).len()
    }

    /// Returns the position of the first printed message that begins in `ahead`, with a name that messages have.
    fn printed_start(&self, ahead: Lookahead<'_>) -> Option<usize> {
        let is_bracket = |b: &u8| matches!(b, b'{' | b'[' | b'(');
        let mut brackets = (0..ahead.len()).filter(|&at| is_bracket(&ahead.bytes()[at]));
        brackets.find(|&at| self.begins_printed(ahead.from(at)))
    }

    /// Returns true if a name of messages follows the bracket at the start of `object`, after white space and quotes, and is
    /// not all that stands in it.
    fn begins_printed(&self, object: Lookahead<'_>) -> bool {
        let near = object.from(1).window(LONGEST_NAME);
        let is_sign = |b: u8| b.is_ascii_whitespace() || b"'\"`[:(u".contains(&b);
        let start = near.run(is_sign);
        let name = near.from(start);
        let len = name.run(|b| b.is_ascii_alphanumeric());
        let text = std::str::from_utf8(&name.bytes()[..len]).unwrap_or_default();
        let is_all = start == 0 && object.get(0) == Some(b'[') && name.get(len) == Some(b']');
        (self.names.begins_message)(text) && !is_all
    }

    /// Returns the range of the first event's name. Notes the end if more bytes may complete one.
    fn event_name(&self, ahead: Lookahead<'_>) -> Option<Range<usize>> {
        let name = (self.names.event_name)(ahead.bytes());
        if name.as_ref().is_none_or(|name| name.end == ahead.len()) {
            ahead.note_end();
        }
        name
    }

    /// Returns the position of the first payload that begins in `ahead`.
    pub(super) fn document_start(&self, ahead: Lookahead<'_>) -> Option<usize> {
        let names = &self.names;
        // An object may be a log entry around a payload, but not if it is an item.
        let is_item = |name: &str| (names.is_plain)(name) && !(names.begins_message)(name);
        let begins = |name: &str| !is_item(name);
        brackets(ahead).find(|&at| {
            self.begins_payload(ahead.from(at), &begins) || self.begins_prefixed(ahead, at)
        })
    }

    /// Returns the position of an event's name in `text`, a log entry in JSON, if values of a callback stand around it. The
    /// texts of `inner` are searched later: if one could be more than a name, the entry is not judged.
    pub(super) fn unread_entry(
        &self,
        text: &str,
        inner: &VecDeque<InnerPart>,
    ) -> Option<Range<usize>> {
        if inner.is_empty() || !inner.iter().all(|part| is_word(text, part)) {
            return None;
        }
        let name = (self.names.event_name)(text.as_bytes())?;
        let bytes = text.as_bytes();
        (self.names.values)(bytes).or_else(|| (self.names.listed)(bytes, &name))?;
        Some(self.pos() + name.start..self.pos() + name.end)
    }

    /// Returns true if the texts in an array, or those in its entries, are the lines of a callback: together they have its
    /// values, and none has them alone. Jupyter keeps what a cell printed in such arrays, and CloudWatch and Loki keep lines
    /// in entries with their times.
    pub(super) fn are_lines(&self, array: View<'_>) -> bool {
        const LEAST: usize = 3;
        let Some(text) = array.text.as_bytes().get(array.span().range()) else {
            return false;
        };
        array.children().nth(LEAST - 1).is_some()
            && (self.names.event_name)(text).is_some()
            && array.children().all(|entry| self.may_be_line(entry))
            && self.has_values_near_event(text)
            && !array.children().any(|entry| self.is_whole(entry))
    }

    /// Returns true if an entry of an array may hold a line: a text, or an entry of texts. A long text with an anchor may be a
    /// whole message, in any encoding. An entry with containers in an array would be read once for each array around it.
    fn may_be_line(&self, entry: View<'_>) -> bool {
        const LONGEST: usize = 320;
        let nodes = &entry.tree.nodes()[entry.id as usize..entry.node().end as usize];
        let is_container = |node: &Node| matches!(node.kind, Kind::Object | Kind::Array);
        let is_flat = |id: usize| {
            let end = (nodes[id].end - entry.id) as usize;
            !nodes[id + 1..end].iter().any(is_container)
        };
        let may_be = |(id, node): (usize, &Node)| match node.kind {
            Kind::Text => {
                let text = entry.text.as_bytes().get(node.span.range());
                text.is_some_and(|it| it.len() <= LONGEST || !self.names.anchors.is_in(it))
            }
            Kind::Array => id == 0 || is_flat(id),
            _ => true,
        };
        (entry.kind() == Kind::Text || is_container(entry.node()))
            && nodes.iter().enumerate().all(may_be)
    }

    /// Returns true if values of a callback stand near an event's name in `text`. What lies farther apart is of several
    /// messages.
    fn has_values_near_event(&self, text: &[u8]) -> bool {
        const FARTHEST: usize = 2 * REACH;
        let mut at = 0;
        while let Some(name) = (self.names.event_name)(&text[at..]) {
            let (start, end) = (at + name.start, at + name.end);
            let near = start.saturating_sub(FARTHEST)..text.len().min(end + FARTHEST);
            at = near.end;
            if (self.names.values)(&text[near]).is_some() {
                return true;
            }
        }
        false
    }

    /// Returns true if an entry of an array may be read alone: it has the names of a message, or the values of a callback.
    fn is_whole(&self, entry: View<'_>) -> bool {
        let text = match entry.kind() {
            Kind::Text => entry.value().as_bytes(),
            _ => &entry.text.as_bytes()[entry.span().range()],
        };
        let names = &self.names;
        let has_values = || (names.values)(text).is_some();
        (names.has_headers)(text) || (names.event_name)(text).is_some() && has_values()
    }

    /// Reports the callback whose lines stand in the array of `len` bytes at the cursor.
    pub(super) fn unread_lines<'b>(
        &mut self,
        buffer: &'b [u8],
        len: usize,
        parts: &mut Parts,
    ) -> Found<'b> {
        let text = &buffer[self.pos()..self.pos() + len];
        let name = (self.names.event_name)(text).unwrap_or(0..1);
        let found = self.broken(finding(text, &name, None), buffer, len, Syntax::Json, parts);
        self.move_to(buffer, found.range.end, false);
        found
    }

    /// Reports the callback in `range`, in which the event's `name` stands.
    pub(super) fn report_unread<'b>(
        &mut self,
        range: Range<usize>,
        name: Range<usize>,
        buffer: &'b [u8],
        parts: &mut Parts,
    ) -> Found<'b> {
        let notation = self.notation_before(range.start);
        let name = name.start - range.start..name.end - range.start;
        let finding = finding(&buffer[range.clone()], &name, notation);
        self.report_broken(range, finding, buffer, parts)
    }

    /// Reports the callback in `range`, which no reader can read. The `finding` has its place in the range.
    pub(super) fn report_broken<'b>(
        &mut self,
        range: Range<usize>,
        finding: Finding,
        buffer: &'b [u8],
        parts: &mut Parts,
    ) -> Found<'b> {
        self.pass(buffer, range.start);
        let found = self.broken(finding, buffer, range.len(), Syntax::Json, parts);
        self.state = State::after_broken(range.len(), None);
        found
    }

    /// Returns the notation of the object that begins shortly before `at` and could not be read.
    fn notation_before(&self, at: usize) -> Option<&'static Notation> {
        const NEAR: u64 = 32;
        let (begun, notation) = self.tried.passed_notation?;
        let offset = self.offset_at(at);
        (offset - begun <= NEAR).then_some(notation)
    }
}

/// Returns the positions of the brackets with which payloads may begin.
fn brackets(ahead: Lookahead<'_>) -> impl Iterator<Item = usize> {
    memchr::memchr2_iter(b'<', b'{', ahead.bytes())
}

/// Returns true if a sign joins two string literals at the start of `ahead`, which follows a name. Literals that only follow
/// each other do not count: Python's pprint prints what a user typed like that.
fn is_joint(ahead: Lookahead<'_>) -> bool {
    const LONGEST: usize = 48;
    let is_of_joint = |b: u8| b"\"'\\:<> +&.\r\n\t".contains(&b);
    let near = ahead.window(LONGEST);
    let mut joint = &near.bytes()[..near.run(is_of_joint)];
    if !joint.iter().any(|&b| is_sign_of_joint(b)) {
        return false;
    }
    while let Some(quote) = next_quote(joint) {
        joint = &joint[quote + 1..];
        let between = &joint[..next_quote(joint).unwrap_or(0)];
        if between.iter().any(|&b| is_sign_of_joint(b)) && !between.contains(&b':') {
            return true;
        }
    }
    false
}

fn is_sign_of_joint(byte: u8) -> bool {
    matches!(byte, b'+' | b'&' | b'.')
}

/// Returns the position of the first quote that is not escaped.
fn next_quote(text: &[u8]) -> Option<usize> {
    let mut quotes = memchr::memchr2_iter(b'"', b'\'', text);
    quotes.find(|&at| at == 0 || text[at - 1] != b'\\')
}

/// Returns true if a part of `text` is a text that could be a name.
pub(super) fn is_word(text: &str, part: &InnerPart) -> bool {
    let is_of_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    match part {
        InnerPart::Text(span) => text.as_bytes()[span.range()].iter().all(is_of_name),
        _ => false,
    }
}

/// Returns true if a name after `before` may be the value of a member: it stands behind a separator, and in quotes or not.
fn is_held(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let quoted = before
        .strip_suffix(b"\"")
        .or_else(|| before.strip_suffix(b"'"));
    let before = quoted.unwrap_or(before);
    matches!(
        before.trim_ascii_end().last(),
        Some(b':' | b'=' | b'>' | b'\\')
    )
}

/// Makes the finding for a callback in `text`, in which the event's `name` stands. It names the cause, if the text shows it.
pub(super) fn finding(
    text: &[u8],
    name: &Range<usize>,
    notation: Option<&'static Notation>,
) -> Finding {
    let span = Span::new(name.start, name.end);
    let event = String::from_utf8_lossy(&text[name.clone()]);
    let prefix = prefix(text).map(String::from_utf8_lossy);
    let finding = |reason| Finding::new(reason, span).with(&*event);
    match (prefix, notation) {
        (Some(prefix), _) => finding(Reason::PrefixedUnread).with(&*prefix),
        (None, Some(notation)) => finding(Reason::NotationUnread).with_words(notation.name),
        (None, None) => finding(Reason::PrintedUnread),
    }
}

/// Returns the prefix that all lines of `text` have except the first, whose beginning may be missing. Digits may differ. At
/// least two lines must have the prefix. Quotes, backslashes and brackets at the end do not belong to it.
fn prefix(text: &[u8]) -> Option<&[u8]> {
    const LONGEST: usize = 48;
    let lines = text.split(|&b| b == b'\n').skip(1);
    let mut lines = lines.filter(|line| !line.trim_ascii().is_empty());
    let first = lines.next()?;
    let first = &first[..first.len().min(LONGEST)];
    let second = lines.next()?;
    let lines = std::iter::once(second).chain(lines);
    let len = lines.map(|line| len_alike(first, line)).min()?;
    let tells = |b: &u8| !b" \t\r\"'\\[({<".contains(b);
    let end = first[..len].iter().rposition(tells)?;
    Some(first[..=end].trim_ascii_start())
}

/// Returns the number of bytes with which both lines begin, digits apart.
fn len_alike(line: &[u8], next: &[u8]) -> usize {
    line.iter()
        .zip(next)
        .take_while(|(a, b)| alike(a, b))
        .count()
}

/// Returns true if two bytes are equal, or are digits.
fn alike(a: &u8, b: &u8) -> bool {
    a == b || a.is_ascii_digit() && b.is_ascii_digit()
}

/// The beginnings of escapes that payloads have.
const ESCAPES: [&[u8]; 8] = [
    b"&#", b"&quot;", b"&lt;", b"%22", b"%7B", b"%3C", b"\\x", b"\\\"",
];

/// Returns the position of the first escape in `ahead`, which follows an event's name after the bytes `before`. It may
/// belong to a payload, unless the quote before the name is escaped, too.
fn escaped_text(before: [u8; 2], ahead: Lookahead<'_>) -> Option<usize> {
    let is_escaped = matches!(before, [_, b';'] | [b'2', b'2'] | [b'\\', b'"' | b'\'']);
    let text = ahead.bytes();
    let begins = |at: &usize| ESCAPES.iter().any(|escape| text[*at..].starts_with(escape));
    let escape = || memchr::memchr3_iter(b'&', b'%', b'\\', text).find(begins);
    (!is_escaped).then(escape)?
}

/// The line of an event's name.
#[derive(Clone, Copy)]
struct Line<'t> {
    text: &'t [u8],
    /// The position of the name.
    event: usize,
}

impl Scanner {
    /// Returns the position of the first line in `ahead` that begins another log entry than `line`: a log line of a
    /// container, a line that begins with a time or like `line`, or one that begins neither with a blank nor like a member
    /// of an object. Lines with a field each, behind the same beginning, belong to one entry.
    fn next_entry_of(&self, line: Line<'_>, ahead: Lookahead<'_>) -> Option<usize> {
        let breaks = memchr::memchr_iter(b'\n', ahead.bytes());
        breaks.map(|end| end + 1).find(|&next| {
            let next = ahead.from(next);
            !self.is_row(line, next)
                && (container::line_kind(next) != LineKind::Plain
                    || begins_with_time(next)
                    || begins_alike(line.text, next)
                    || !self.may_be_member(next))
        })
    }

    /// Returns true if `next` is a row like `line`: behind the same beginning one line has the event or the name of its
    /// field, and the other the name of a field, or the value that was announced on the line before.
    fn is_row(&self, line: Line<'_>, next: Lookahead<'_>) -> bool {
        const LONGEST: usize = 1024;
        let window = next.window(LONGEST);
        let row = window.line();
        if row.len() == window.len() {
            window.note_end();
        }
        let [own, other] = [line.text, row.bytes()].map(|text| &text[digits(text)..]);
        let alike = len_alike(own, other);
        let start = other[..alike].iter().rposition(|&b| !is_of_name(b));
        let start = start.map_or(0, |at| at + 1);
        let name = word(&other[start..]);
        let is_event = line.text.len() - own.len() + start == line.event;
        let is_like = is_event || (self.names.is_field)(word(&own[start..]));
        let is_value = is_event && !name.is_empty() && is_short(&other[start + name.len()..]);
        start > 0
            && is_like
            && (is_value || (self.names.is_field)(name))
            && !(self.names.has_headers)(row.bytes())
    }

    /// Returns true if `line` is empty or begins with a blank, a bracket or a quote, with the name of a field or with any
    /// name and its separator, or if it is a single word.
    fn may_be_member(&self, line: Lookahead<'_>) -> bool {
        const LONGEST_NAME: usize = 40;
        let is_of_name = |b: u8| is_of_name(b) || b == b'-';
        match line.get(0) {
            Some(first) if is_of_name(first) && first != b'-' => {
                let head = line.window(LONGEST_NAME);
                let end = head.run(is_of_name);
                let rest = head.from(end);
                let next = rest.position(|b| !is_blank(b)).and_then(|at| rest.get(at));
                let is_bound =
                    matches!(next, Some(b':' | b'=' | b'{')) || rest.get(0) == Some(b'\t');
                let is_alone = matches!(next, Some(b'\r' | b'\n') | None);
                is_alone
                    || is_bound && !first.is_ascii_digit()
                    || (self.names.is_field)(&head.bytes()[..end])
            }
            Some(first) => {
                first.is_ascii_whitespace()
                    || b"\"'<>()[]{}|*-+,`$".contains(&first)
                    || !first.is_ascii()
            }
            None => true,
        }
    }
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Returns the name with which `text` begins, or nothing.
fn word(text: &[u8]) -> &[u8] {
    let len = text.iter().take_while(|&&b| is_of_name(b)).count();
    &text[..len]
}

/// Returns the number of digits with which `text` begins.
fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|b| b.is_ascii_digit()).count()
}

/// Returns true if only the end of a quote or of an element follows in `rest`, the rest of a line.
fn is_short(rest: &[u8]) -> bool {
    const LONGEST: usize = 16;
    rest.len() <= LONGEST && !rest.contains(&b' ')
}

/// Returns true if a line begins with a date or a time, as `2025-11-22`, `[20:00:01` or `22/Nov`.
pub(super) fn begins_with_time(line: Lookahead<'_>) -> bool {
    const LONGEST: usize = 8;
    let head = line.first(LONGEST).unwrap_or_default();
    let head = head.strip_prefix(b"[").unwrap_or(head);
    let digits = head.iter().take_while(|b| b.is_ascii_digit()).count();
    let sign = head.get(digits).filter(|b| b"-/:".contains(b));
    (digits == 2 || digits == 4) && sign.is_some()
}

/// Returns true if two lines begin with the same bytes, digits apart, and not with a blank.
fn begins_alike(line: &[u8], next: Lookahead<'_>) -> bool {
    const TELLING: usize = 4;
    let (Some(line), Some(next)) = (line.get(..TELLING), next.first(TELLING)) else {
        return false;
    };
    !line[0].is_ascii_whitespace() && line.iter().zip(next).all(|(a, b)| alike(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_that_of_all_lines_after_the_first() {
        let prefix = |text: &'static str| prefix(text.as_bytes()).map(String::from_utf8_lossy);
        let of = |text: &'static str| prefix(text).map(|prefix| prefix.into_owned());
        assert_eq!(
            of("x\n10:05 web> {\n10:06 web> \"a\"\n"),
            Some("10:05 web>".into())
        );
        assert_eq!(of("x\n  | \"a\"\n\n  | \"b\"\n"), Some("|".into()));
        assert_eq!(of("x\n| a\n"), None);
        assert_eq!(of("x\n  \"a\"\n  \"b\"\n"), None);
        assert_eq!(of("x\na: 1\nb: 2\n"), None);
    }
}
