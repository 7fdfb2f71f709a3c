//! The net under the search: callbacks that were printed in a way that nothing here reads.
//!
//! If no document begins near the name of an event, the name is noise, and is judged by what stands around it. If names
//! of a callback have values there, a callback was printed and cannot be read: it is reported. A name without values is
//! a *mention*, and is counted.
//!
//! The text before the name is noise that was searched already. The text after it ends where something else may begin:
//! the next document, the next event's name, or a line that begins like the name's own line.

use std::ops::Range;

use crate::finding::{Finding, Reason};
use crate::scan::container::{self, LineKind};
use crate::scan::lookahead::{Arrived, Lookahead, Settled};
use crate::scan::{Found, Parts, Scanner, State, start};
use crate::span::Span;
use crate::syntax::Syntax;

/// How far before and after an event's name the values may stand.
pub(super) const REACH: usize = 2048;

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
        let ahead = arrived.from(anchor).window(LONGEST_NAME);
        let name = self.event_name(ahead).filter(|name| name.start == 0);
        arrived.settled()?;
        self.search.unused_anchor = Some(anchor);
        // The beginning of a capture counts as an anchor, and may be one.
        let name = name.filter(|_| anchor >= self.judged);
        let Some(name) = name.map(|name| anchor..anchor + name.end) else {
            return Some(None);
        };
        let unread = self.unread_around(arrived, &name);
        arrived.settled()?;
        self.judged = name.end;
        let Some(range) = unread else {
            self.noise.mentions += 1;
            return Some(None);
        };
        Some(Some(self.report_unread(range, name, arrived.bytes, parts)))
    }

    /// Returns the range of the callback around an event's `name`, if there are enough values.
    fn unread_around(&self, arrived: &Arrived<'_>, name: &Range<usize>) -> Option<Range<usize>> {
        let from = [self.pos(), self.judged, name.start.saturating_sub(REACH)];
        let from = from.into_iter().max().unwrap_or(name.start);
        // Bytes before the first anchor may be gone.
        let from = from
            + self
                .names
                .anchors
                .first_in(&arrived.bytes[from..name.end])?;
        let values = |end: usize| {
            let values = (self.names.values)(&arrived.bytes[from..end])?;
            Some(name.start.min(from + values.start)..name.end.max(from + values.end))
        };
        values(name.end).or_else(|| {
            let len = self.len_after(arrived, name);
            values(name.end + len)
        })
    }

    /// Returns the length of the text after an event's `name` that may belong to it.
    fn len_after(&self, arrived: &Arrived<'_>, name: &Range<usize>) -> usize {
        let ahead = arrived.from(name.end).window(REACH);
        let next = self.event_name(ahead);
        let ahead = ahead.window(next.map_or(ahead.len(), |next| next.start));
        let ahead = match self.document_start(ahead) {
            Some(start) => ahead.window(start),
            None => ahead,
        };
        let ahead = match self.printed_start(ahead) {
            Some(start) => ahead.window(start),
            None => ahead,
        };
        // Bytes before the cursor may be gone.
        let line = usize::try_from(self.search.line()).ok();
        let line = line.filter(|line| (self.pos()..name.start).contains(line));
        match next_entry(&arrived.bytes[line.unwrap_or(name.start)..], ahead) {
            Some(start) => start,
            None => ahead.len(),
        }
    }

    /// Returns the position of the first printed message that begins in `ahead`, with a name that messages have.
    fn printed_start(&self, ahead: Lookahead<'_>) -> Option<usize> {
        let is_bracket = |b: &u8| matches!(b, b'{' | b'[' | b'(');
        let mut brackets = (0..ahead.len()).filter(|&at| is_bracket(&ahead.bytes()[at]));
        brackets.find(|&at| self.begins_printed(ahead.from(at + 1)))
    }

    /// Returns true if the name of a member that messages have stands behind a bracket, white space and quotes.
    fn begins_printed(&self, inside: Lookahead<'_>) -> bool {
        let near = inside.window(LONGEST_NAME);
        let is_sign = |b: u8| b.is_ascii_whitespace() || b"'\"`[:(u".contains(&b);
        let start = near.position(|b| !is_sign(b)).unwrap_or(near.len());
        let name = near.from(start);
        let len = name
            .position(|b| !b.is_ascii_alphanumeric())
            .unwrap_or(name.len());
        let text = std::str::from_utf8(&name.bytes()[..len]).unwrap_or_default();
        (self.names.begins_message)(text)
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
        let begins = |name: &str| (names.begins_message)(name) || (names.is_record_key)(name);
        let mut brackets = memchr::memchr2_iter(b'<', b'{', ahead.bytes());
        brackets.find(|&at| start::payload_at(ahead.from(at), &begins, names.is_header).is_some())
    }

    fn report_unread<'b>(
        &mut self,
        range: Range<usize>,
        name: Range<usize>,
        buffer: &'b [u8],
        parts: &mut Parts,
    ) -> Found<'b> {
        self.pass(buffer, range.start);
        let span = Span::new(name.start - range.start, name.end - range.start);
        let event = String::from_utf8_lossy(&buffer[name]);
        let finding = Finding::new(Reason::PrintedUnread, span).with(&*event);
        let found = self.broken(finding, buffer, range.len(), Syntax::Json, parts);
        self.state = State::after_broken(range.len(), None);
        found
    }
}

/// Returns the position of the first line in `ahead` that begins another log entry than `line`: a log line of a
/// container, a line that begins with a time, or one that begins like `line`.
fn next_entry(line: &[u8], ahead: Lookahead<'_>) -> Option<usize> {
    let breaks = memchr::memchr_iter(b'\n', ahead.bytes());
    breaks.map(|end| end + 1).find(|&next| {
        let next = ahead.from(next);
        container::line_kind(next) != LineKind::Plain
            || begins_with_time(next)
            || begins_alike(line, next)
    })
}

/// Returns true if a line begins with a date or a time, as `2025-11-22`, `[20:00:01` or `22/Nov`.
fn begins_with_time(line: Lookahead<'_>) -> bool {
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
    let alike = |a: &u8, b: &u8| a == b || a.is_ascii_digit() && b.is_ascii_digit();
    !line[0].is_ascii_whitespace() && line.iter().zip(next).all(|(a, b)| alike(a, b))
}
