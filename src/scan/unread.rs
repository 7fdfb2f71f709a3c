//! The net under the search: callbacks that were printed in a way that nothing here reads.
//!
//! If no document begins near an anchor, the text around it is noise. Noise with the name of an event is judged by what
//! stands near the name. If names of a callback have values there, a callback was printed and cannot be read: it is
//! reported. A name without values is a *mention*, and is counted.
//!
//! The text that is judged begins on the anchor's line, and ends before the next document or the next event's name. An
//! event's name is judged once: what a later anchor before it would see is a part of what the first anchor saw.

use std::ops::Range;

use crate::finding::{Finding, Reason};
use crate::scan::lookahead::{Arrived, Lookahead};
use crate::scan::{Found, Parts, Scanner, State, start};
use crate::span::Span;
use crate::syntax::Syntax;

/// How far from each other an event's name and the values may stand.
const REACH: usize = 2048;

/// The longest name of an event, and the byte after it.
const LONGEST_NAME: usize = 32;

/// A callback that was printed and cannot be read.
struct Unread {
    /// All of it, in the buffer.
    range: Range<usize>,
    /// The event's name.
    name: Range<usize>,
}

impl Scanner {
    /// Reports the callback around `anchor` that cannot be read, or counts a mention there. No document begins near the
    /// anchor. The outer `None` means that more bytes are needed.
    pub(super) fn judge_noise<'b>(
        &mut self,
        arrived: &Arrived<'b>,
        anchor: usize,
        parts: &mut Parts,
    ) -> Option<Option<Found<'b>>> {
        let is_anchor = self.names.anchors.begins(&arrived.bytes[anchor..]);
        if is_anchor && anchor >= self.judged {
            let (unread, judged) = self.unread_near(arrived, anchor);
            arrived.settled()?;
            if let Some(unread) = unread {
                return Some(Some(self.report_unread(unread, arrived.bytes, parts)));
            }
            self.judged = judged;
        }
        let name = arrived.from(anchor).window(LONGEST_NAME);
        let is_name = self.event_name(name).is_some_and(|name| name.start == 0);
        arrived.settled()?;
        self.noise.mentions += u64::from(is_name);
        Some(None)
    }

    /// Returns the callback around `anchor` that cannot be read, and the position before which all is judged if there
    /// is none.
    fn unread_near(&self, arrived: &Arrived<'_>, anchor: usize) -> (Option<Unread>, usize) {
        let ahead = arrived.from(anchor).window(2 * REACH);
        let end = self.document_start(ahead);
        let ahead = ahead.window(end.unwrap_or(ahead.len()));
        let near = ahead.window(REACH + LONGEST_NAME);
        let Some(name) = self.event_name(near) else {
            let known = near.len().saturating_sub(LONGEST_NAME);
            return (None, anchor + 1 + known);
        };
        let name = anchor + name.start..anchor + name.end;
        let rest = arrived
            .from(name.end)
            .window(REACH.min(anchor + ahead.len() - name.end));
        let next = self.event_name(rest).map_or(rest.len(), |next| next.start);
        let line = usize::try_from(self.search.line()).unwrap_or(0);
        let earliest = [line, self.pos(), self.judged, anchor.saturating_sub(REACH)];
        let from = earliest.into_iter().max().unwrap_or(anchor).min(anchor);
        let text = &arrived.bytes[from..name.end + next];
        let unread = (self.names.values)(text).map(|values| Unread {
            range: name.start.min(from + values.start)..name.end.max(from + values.end),
            name: name.clone(),
        });
        (unread, name.end)
    }

    /// Returns the range of the first event's name. Notes the end if more bytes may complete one.
    fn event_name(&self, ahead: Lookahead<'_>) -> Option<Range<usize>> {
        let name = (self.names.event_name)(ahead.bytes());
        if name.as_ref().is_none_or(|name| name.end == ahead.len()) {
            ahead.note_end();
        }
        name
    }

    /// Returns the position of the first payload that begins after the start of `ahead`.
    fn document_start(&self, ahead: Lookahead<'_>) -> Option<usize> {
        let names = &self.names;
        let begins = |name: &str| (names.begins_message)(name) || (names.is_record_key)(name);
        let mut brackets = memchr::memchr2_iter(b'<', b'{', ahead.bytes());
        brackets.find(|&at| {
            at > 0
                && (start::payload_at(ahead.from(at), &begins).is_some()
                    || self.begins_prefixed(ahead, at))
        })
    }

    fn report_unread<'b>(
        &mut self,
        unread: Unread,
        buffer: &'b [u8],
        parts: &mut Parts,
    ) -> Found<'b> {
        let Unread { range, name } = unread;
        self.pass(buffer, range.start);
        let span = Span::new(name.start - range.start, name.end - range.start);
        let event = String::from_utf8_lossy(&buffer[name]);
        let finding = Finding::new(Reason::PrintedUnread, span).with(&*event);
        let len = range.len();
        let found = self.broken(finding, buffer, len, Syntax::Json, parts);
        self.judged = range.end;
        self.state = State::after_broken(len, None);
        found
    }
}
