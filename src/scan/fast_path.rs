//! The fast path of the scanner: recognises payloads, log entries and prefixes that are in the cache.
//!
//! The slow path finds the same payloads, step by step. The cache tells if all of these steps can be taken at once. If
//! not, nothing changes and the slow path continues. Only this file of `scan` reads the cache; `learn` fills it.
//! Without a cache every function returns at once.

use crate::fast::entry::{Before, Entry, Layout};
use crate::fast::template::{Extent, TemplateKey};
use crate::fast::{Cache, PrefixSize};
use crate::scan::escape::Escape;
use crate::scan::lookahead::Arrived;
use crate::scan::source_map::{SourceMap, Step};
use crate::scan::{Continuation, Document, Found, Inside, Parts, Scanner, State};
use crate::simd::Survey;
use crate::span::Place;

/// A payload after the prefix of its line.
struct OnLine {
    start: usize,
    prefix: PrefixSize,
    payload: Recognised,
}

/// A payload that the cache knows.
#[derive(Clone, Copy)]
struct Recognised {
    template: TemplateKey,
    extent: Extent,
}

impl Scanner {
    /// Finds the next payload in its most frequent positions: on the next line, alone, in a log entry or after a
    /// prefix, or after a prefix on a later line. Finds nothing after a torn message: the slow path adds the doubt.
    #[inline]
    pub(super) fn fast_next<'b>(
        &mut self,
        buffer: &'b [u8],
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let (pos, line) = (self.pos(), self.next_start(buffer));
        if line == pos || self.depth > 0 || self.after_torn.is_some() || !self.is_between() {
            return None;
        }
        if self.cache.as_ref()?.may_begin(&buffer[line..]) {
            let payload = self.usual_payload(&buffer[line..])?;
            self.search.skip_beginning();
            self.pass(buffer, line);
            return Some(self.recognised(payload, buffer));
        }
        // The call would take longer than the answer for most lines.
        if buffer.get(line) == Some(&b'{')
            && let Some(found) = self.fast_entry(line, true, buffer, parts)
        {
            return Some(found);
        }
        self.fast_after_prefix(line, buffer)
    }

    /// Returns the payload with a usual beginning at the start of `bytes`, unless a user may have typed it.
    #[inline(always)]
    fn usual_payload(&mut self, bytes: &[u8]) -> Option<Recognised> {
        let bytes = self.within_limit(bytes);
        let cache = self.cache.as_mut()?;
        let template = cache.usual_payload(bytes)?;
        let extent = cache.extent(template);
        (!may_be_typed(bytes, extent)).then_some(Recognised { template, extent })
    }

    /// Finds the next payload after a prefix, on the line that begins at `line` or after noise.
    #[inline(always)]
    fn fast_after_prefix<'b>(&mut self, line: usize, buffer: &'b [u8]) -> Option<Found<'b>> {
        let pos = self.pos();
        if !self.cache.as_ref()?.has_prefixes() || !self.search.knows_nothing_after(pos) {
            return None;
        }
        match self.fast_on_line(line, buffer) {
            Some(on_line) => {
                let noise = Survey::of(&buffer[pos..line]);
                self.pass_to_payload(on_line, noise, buffer)
            }
            None => self.fast_after_noise(buffer),
        }
    }

    /// Finds the payload after the prefix of the line that begins at `line`. Notes nothing about the line, because that
    /// would not be needed after the payload.
    #[inline(always)]
    fn fast_on_line(&mut self, line: usize, buffer: &[u8]) -> Option<OnLine> {
        let prefix = self.cache.as_ref()?.prefix(&buffer[line..])?;
        let start = line + prefix.bytes;
        let payload = self.usual_payload(&buffer[start..])?;
        Some(OnLine {
            start,
            prefix,
            payload,
        })
    }

    /// Finds the payload on the line of the next anchor, unless that anchor is in the prefix.
    #[inline(always)]
    fn fast_after_noise<'b>(&mut self, buffer: &'b [u8]) -> Option<Found<'b>> {
        self.search.restart(self.pos());
        let anchor = self.search.next_anchor(self.names.anchors, buffer)?;
        let limit = self.limits.payload_size;
        let (line, noise) = self.search.fresh_line(buffer, anchor, limit)?;
        let on_line = self.fast_on_line(line, buffer)?;
        if on_line.start > anchor {
            return None;
        }
        self.pass_to_payload(on_line, noise, buffer)
    }

    /// Passes over `noise` and the prefix of a line, and finds the payload after it.
    #[inline(always)]
    fn pass_to_payload<'b>(
        &mut self,
        on_line: OnLine,
        noise: Survey,
        buffer: &'b [u8],
    ) -> Option<Found<'b>> {
        let OnLine {
            start,
            prefix,
            payload,
        } = on_line;
        let survey = Survey {
            solid: noise.solid + prefix.solid,
            ..noise
        };
        self.bare = false;
        self.pass_counted(buffer, start, survey);
        self.cursor.note_chars(prefix.chars);
        Some(self.recognised(payload, buffer))
    }

    /// Finds the payload in the log entry at the cursor. In nested text, also finds it in the entry on the next line,
    /// which [`Scanner::fast_next`] does elsewhere. Finds nothing after a torn message.
    pub(super) fn fast_seek<'b>(
        &mut self,
        buffer: &'b [u8],
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let (pos, start) = (self.pos(), self.next_start(buffer));
        match start == pos {
            true if !self.bare || self.is_quoted() => None,
            false if self.depth == 0 => None,
            _ => self.fast_entry(start, true, buffer, parts),
        }
    }

    /// Finds the document at the cursor: a payload, or a log entry that contains a payload.
    pub(super) fn fast_document<'b>(
        &mut self,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let buffer = arrived.bytes;
        let bytes = self.within_limit(&buffer[self.pos()..]);
        let cache = self.cache.as_mut()?;
        let Some(template) = cache.payload(bytes) else {
            return match self.is_quoted() {
                true => None,
                false => self.fast_entry(self.pos(), self.bare, buffer, parts),
            };
        };
        let extent = cache.extent(template);
        let is_last = arrived.is_final && self.pos() + extent.len == buffer.len();
        let is_doubtful =
            self.may_be_literal(template, bytes) || may_be_typed(bytes, extent) && !is_last;
        (!is_doubtful).then(|| self.recognised(Recognised { template, extent }, buffer))
    }

    /// Returns true if the payload at the start of `bytes` may be a string literal: a quote stands before it, and it
    /// contains a backslash.
    fn may_be_literal(&self, payload: TemplateKey, bytes: &[u8]) -> bool {
        let has_backslash = |cache: &Cache| {
            let text = &bytes[..cache.extent(payload).len];
            memchr::memchr(b'\\', text).is_some()
        };
        self.is_quoted() && self.cache.as_deref().is_some_and(has_backslash)
    }

    /// Finds the document at the start of `text`, which must be the start of a document.
    pub(super) fn fast_alone(&mut self, text: &[u8]) -> Option<Document> {
        let cache = self.cache.as_mut()?;
        let template = cache.payload(text)?;
        let extent = cache.extent(template);
        Some(Document {
            syntax: extent.syntax,
            len: extent.len,
            template: Some(template),
        })
    }

    /// Finds the payload in the log entry that begins at `start`, at the cursor or on the next line. Finds nothing after a
    /// torn message: only the slow path knows whether the doubt ends before the payload.
    fn fast_entry<'b>(
        &mut self,
        start: usize,
        is_bare: bool,
        buffer: &'b [u8],
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        if buffer.get(start) != Some(&b'{') {
            return None;
        }
        // The text in the entry may be nested too deep, or the entry may contain the payload's query.
        if self.depth == Self::DEEPEST || self.trail.is_some() || self.after_torn.is_some() {
            return None;
        }
        let bytes = self.within_limit(&buffer[start..]);
        let entry = self.cache.as_mut()?.entry(bytes, is_bare)?;
        let layout = entry.layout;
        unescape(entry, bytes, &mut parts.source_map);
        // The entry's bracket is not stray after the previous payload.
        self.after_bare_payload = None;
        self.search.skip_beginning();
        self.pass(buffer, start);
        Some(self.in_entry(layout, buffer))
    }

    /// Passes over the payload of the entry at the cursor, and the bytes before it.
    fn in_entry<'b>(&mut self, layout: Layout, buffer: &'b [u8]) -> Found<'b> {
        let (start, text) = (self.pos(), layout.text.range());
        let raw = start + text.start..start + text.end;
        let place = self.pass_before(layout.before, buffer, raw.start);
        self.cursor.advance_lines(buffer, raw.end, layout.lines);
        self.note_move(buffer, raw.end, false);
        self.state = State::Inside(Inside {
            done: text.end,
            ..Inside::new(self.empty_inner(), Continuation::noise(layout.len))
        });
        Found {
            is_unescaped: true,
            template: Some(layout.payload),
            ..Found::at(raw, place, layout.syntax)
        }
    }

    /// Passes over the bytes before an entry's payload, which begins at `to`. Returns the place of the payload.
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

    /// Passes over the `payload` at the cursor.
    #[inline(always)]
    fn recognised<'b>(&mut self, payload: Recognised, buffer: &'b [u8]) -> Found<'b> {
        Found {
            template: Some(payload.template),
            ..self.end_of_extent(buffer, payload.extent)
        }
    }
}

/// Returns true if the rest of another message may follow the payload with which `bytes` begin, or if that has not
/// arrived.
#[inline(always)]
fn may_be_typed(bytes: &[u8], payload: Extent) -> bool {
    match bytes.get(payload.len..) {
        None | Some([] | [b']' | b'\\', ..] | [b'<'] | [b'<', b'/', ..]) => true,
        Some([b'"' | b'\'', next @ ..]) => matches!(next, [] | [b',', ..]),
        Some(_) => false,
    }
}

/// Writes the unescaped payload of `entry`, which is at the start of `bytes`.
fn unescape(entry: &Entry, bytes: &[u8], source_map: &mut SourceMap) {
    let raw = &bytes[entry.layout.text.range()];
    // The text is checked to be UTF-8 where it is used.
    source_map.set_text("");
    entry.unescaped.write(raw, &mut source_map.rest);
    source_map.add_outer_step(Step::Escape(Escape::Backslash));
}
