//! Nested text: escaped text in a capture. It is unescaped once, and an inner scanner reads the result.
//!
//! The inner scanner works like the outer scanner, and so to any depth: it finds the same payloads in escaped text as
//! in plain text. The outer cursor repeats each [`Move`](super::Move) of the inner cursor, escape by escape. Places and
//! noise are therefore those of the capture.
//!
//! Often a clue or a sign shows nested text, but nothing shows where it ends. The inner scanner then sees one line at a
//! time, and the outer scanner continues after a payload, a terminator or a line that begins nothing.
//!
//! The raw bytes of the capture and the text made of them have different lengths. Distances in raw bytes count from the
//! outer cursor:
//!
//! ```text
//!             outer cursor         name after the clue                   latest end
//!                  |                     |                                   |
//! raw bytes  ------+=====================+=====================+ . . . . . . +
//!                  |<------------- unescaped ----------------->|
//!                  |                                           |
//! text       ------+-----------+----------------+--------------+
//!               outer_at       |              shown       text.len()
//!             outer_escape  inner cursor                   end_escape
//! ```
//!
//! The inner cursor leads, between `outer_at` and `shown`. The outer cursor then follows it, and all distances shrink.
//! `position` converts positions in the text to distances in raw bytes; `unescape` adds to the text.

mod kept;
mod position;
mod surrogate;
mod unescape;

use std::ops::Range;

use crate::fast::template::TemplateKey;
use crate::finding::{Finding, Reason};
use crate::input::Flow;
use crate::scan::escape::Escape;
use crate::scan::learn::Quoted;
use crate::scan::lookahead::{Arrived, Settled};
use crate::scan::nested::kept::Kept;
use crate::scan::nested::position::Position;
use crate::scan::nested::surrogate::halves_of_pairs;
use crate::scan::source_map::Step;
use crate::scan::tried::Failures;
use crate::scan::{Doubt, Found, FoundKind, Inside, Parts, Scanner, State, Turn, line_end};
use crate::simd::skip_space;
use crate::span::Span;
use crate::syntax::Syntax;

/// Nested text that is being read. The module page shows the positions.
#[derive(Debug)]
pub(super) struct Nested {
    /// The inner scanner, which reads `text`.
    scanner: Scanner,
    text: Vec<u8>,
    /// The length of text that the inner scanner may see; see [`Nested::visible`].
    shown: usize,
    /// The position of the outer cursor in the text, and the escaping there.
    outer_at: usize,
    outer_escape: Escape,
    /// The number of raw bytes after the outer cursor that were unescaped, and the escaping after them.
    unescaped: usize,
    end_escape: Escape,
    end: NestedEnd,
    /// The number of raw bytes that the outer cursor passed, here and in the nested text before.
    passed: usize,
    passed_before: usize,
    /// The clue, if nothing else shows nested text and no payload was found.
    clue: Option<Clue>,
    /// The end of the latest walk over the raw bytes.
    walked: Option<Position>,
    /// True if the inner scanner moved and was stopped, so that the clue is checked. It needs no more text to go on.
    paused: bool,
    /// True if the next log line is of the other stream. Whether this stream has something unfinished must show before.
    is_before_other: bool,
    /// True if some bytes were unescaped.
    begun: bool,
    /// True if there is no more text.
    ended: bool,
    /// True if a payload was found.
    found: bool,
    /// The document around the nested text, which is continued afterwards.
    around: Option<Inside>,
    /// What the inner scanner was told of failed attempts.
    failures: Failures,
    /// The text of the nested text before.
    kept: Option<Kept>,
}

/// A clue that may be false. It is true if a payload contains the name that follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clue {
    /// The number of raw bytes from the outer cursor to the name.
    NameAfter(usize),
    /// The outer cursor passed the name, and no payload contains it.
    Passed,
}

impl Clue {
    /// Returns the number of raw bytes before the name.
    fn distance(self) -> usize {
        match self {
            Clue::NameAfter(len) => len,
            Clue::Passed => 0,
        }
    }

    /// Returns the clue after the outer cursor has moved by `len` raw bytes. A payload begins before the name.
    fn after(self, len: usize) -> Self {
        match self {
            Clue::NameAfter(name) if name > len => Clue::NameAfter(name - len),
            _ => Clue::Passed,
        }
    }
}

/// A payload in nested text.
struct InnerPayload {
    range: Range<usize>,
    syntax: Syntax,
    kind: FoundKind,
    template: Option<TemplateKey>,
    doubt: Option<Doubt>,
}

/// The latest end of nested text.
#[derive(Clone, Copy, Debug)]
pub(super) enum NestedEnd {
    /// After a number of bytes.
    Len(usize),
    /// At the first *terminator*: one of the bytes `of`, outside of escapes, at or after `from`; see
    /// [`NestedEnd::at_terminator`].
    Terminator { of: &'static [u8], from: usize },
}

/// The position at which to continue after nested text.
enum GoOn {
    /// At the cursor.
    Here,
    /// After a number of bytes.
    After(usize),
    /// At the end of the nested text.
    AtEnd,
}

impl Nested {
    /// The most raw bytes that are unescaped before the inner scanner sees them.
    const MOST_AT_ONCE: usize = 4096;
    /// The fewest raw bytes that are unescaped first.
    const FEWEST_FIRST: usize = 256;
    const LONGEST_ANCHOR: usize = 64;
    /// The number of raw bytes after a clue that are unescaped first.
    const FIRST_AFTER_CLUE: usize = 16;

    fn new(escape: Escape, end: NestedEnd, scanner: Scanner) -> Self {
        Nested {
            scanner,
            text: Vec::new(),
            shown: 0,
            outer_at: 0,
            outer_escape: escape,
            unescaped: 0,
            end_escape: escape,
            end,
            passed: 0,
            passed_before: Self::MOST_AT_ONCE,
            clue: None,
            walked: None,
            paused: false,
            is_before_other: false,
            begun: false,
            ended: false,
            found: false,
            around: None,
            failures: Failures::default(),
            kept: None,
        }
    }

    /// Starts again with other nested text. Keeps the memory.
    fn renew(&mut self, escape: Escape, end: NestedEnd) {
        let Nested {
            scanner,
            text,
            shown,
            outer_at,
            outer_escape,
            unescaped,
            end_escape,
            end: own_end,
            passed,
            passed_before,
            clue,
            walked,
            paused,
            is_before_other,
            begun,
            ended,
            found,
            around,
            failures,
            kept,
        } = self;
        scanner.renew();
        if kept.is_none() {
            text.clear();
            scanner.forget_kept();
        }
        (*outer_escape, *end_escape, *own_end) = (escape, escape, end);
        (*shown, *outer_at, *unescaped) = (0, 0, 0);
        *passed_before = std::mem::take(passed);
        (*clue, *walked, *around) = (None, None, None);
        *failures = Failures::default();
        (*paused, *begun, *ended, *found) = (false, false, false, false);
        *is_before_other = false;
    }

    /// Returns the document around the nested text.
    pub(super) fn around(&self) -> Option<&Inside> {
        self.around.as_ref()
    }

    /// Returns the latest end, counted from the outer cursor.
    pub(super) fn end(&self) -> NestedEnd {
        self.end
    }

    /// Notes that only the clue before the name at `at` shows nested text. A payload must begin before the name.
    pub(super) fn set_clue(&mut self, at: usize) {
        self.clue = Some(Clue::NameAfter(at));
    }

    /// Sets the two bytes before the text.
    pub(super) fn set_before(&mut self, before: [u8; 2]) {
        self.scanner.before = before;
    }

    /// Returns true for the text of one payload or literal, and false for a container's log or a dump, which go over lines.
    fn is_inline(&self) -> bool {
        !matches!(self.end_escape, Escape::Container(_) | Escape::Dump(_))
    }

    /// Returns true if the text up to `end` is complete: it ends with a line break, no document is being read, and no
    /// document may continue on the text `after`.
    fn is_complete(&self, end: usize, after: &[u8]) -> bool {
        let text = &self.text[..end];
        if !text.ends_with(b"\n") || !self.scanner.is_idle() {
            return false;
        }
        let rest = text[self.scanner.pos()..].trim_ascii_end();
        let line = memchr::memrchr(b'\n', rest).map_or(rest, |n| &rest[n + 1..]);
        line.is_empty() || !line_end::goes_on(line, after)
    }

    /// Returns the text after the line that ends at `end`, if it is long enough to tell whether a document continues
    /// there.
    fn text_after(&self, end: usize) -> Settled<&[u8]> {
        let after = &self.text[end..];
        let blanks = skip_space(after, 0);
        if blanks >= Self::MOST_AT_ONCE {
            return Some(b"");
        }
        let is_enough = after.len() - blanks >= line_end::NEXT;
        (self.ended || is_enough).then_some(after)
    }

    /// Returns the length of text that the inner scanner may see. While it seeks a payload in text of unknown length,
    /// it sees one line at a time, because the next line may not be escaped.
    fn visible(&mut self) -> usize {
        if matches!(self.end, NestedEnd::Len(_)) || !self.scanner.is_between() {
            return self.text.len();
        }
        let pos = self.scanner.pos();
        if self.shown < pos || self.shown == 0 {
            let begun = self.end_of_begun_line().filter(|&end| end >= pos);
            self.shown = begun.unwrap_or_else(|| self.line_end(pos));
        }
        self.shown
    }

    /// Returns the end of the line of which only the beginning was shown, or `None` if the line was shown to its end.
    fn end_of_begun_line(&self) -> Option<usize> {
        let shown = &self.text[..self.shown];
        let is_begun = !shown.is_empty() && !shown.ends_with(b"\n");
        is_begun.then(|| self.line_end(self.shown))
    }

    /// Returns the end of the line that contains `from`.
    fn line_end(&self, from: usize) -> usize {
        let line = memchr::memchr(b'\n', &self.text[from..]);
        line.map_or(self.text.len(), |len| from + len + 1)
    }

    /// Returns true if the inner scanner may see more without more bytes.
    fn may_show_more(&mut self) -> bool {
        let end = self.visible();
        matches!(self.end, NestedEnd::Len(_)) || self.text_after(end).is_some()
    }

    /// Lets the inner scanner see another line. Returns false if it has seen everything.
    fn show_more(&mut self) -> bool {
        let shown = self.visible();
        let is_more = shown < self.text.len();
        if is_more {
            self.shown = self.line_end(shown);
        }
        is_more
    }

    /// Returns where to continue if the nested text has ended, and `None` if it goes on. `raw` begins at the outer
    /// cursor, and `before` is the byte before it.
    fn ends(&mut self, raw: &[u8], before: u8) -> Option<GoOn> {
        let end = self.visible();
        if let Some(at) = self.false_clue(raw, end) {
            return Some(GoOn::After(at));
        }
        if self.paused {
            return None;
        }
        if self.ended && end == self.text.len() {
            return Some(match self.clue {
                Some(Clue::NameAfter(name)) => GoOn::After(name),
                _ => GoOn::AtEnd,
            });
        }
        match self.end {
            NestedEnd::Len(_) => None,
            NestedEnd::Terminator { .. } if self.found && self.is_inline() => None,
            NestedEnd::Terminator { from, .. } => self.ends_with_line(raw, before, end, from),
        }
    }

    /// Returns where to continue if the text ends with the line that ends at `end`, but not before `from`.
    fn ends_with_line(&mut self, raw: &[u8], before: u8, end: usize, from: usize) -> Option<GoOn> {
        let after = self.text_after(end)?;
        if !self.is_complete(end, after) {
            return None;
        }
        let len = self.line_len(raw, end);
        // A log line may contain several printed lines.
        let last = raw[..len].last().copied().unwrap_or(before);
        let is_whole = self.is_inline() || last == b'\n';
        (is_whole && len >= from).then_some(GoOn::After(len))
    }

    /// Returns true if a payload was found in inline nested text of unknown length, which therefore ends.
    fn ends_after_payload(&self) -> bool {
        let is_open = matches!(self.end, NestedEnd::Terminator { .. });
        is_open && self.is_inline() && self.found && self.scanner.is_done_with_payload()
    }

    /// Returns how many raw bytes to pass over if the clue is false: no payload contains the name after it. Returns
    /// `None` if there is no such clue, or if it may still be true.
    fn false_clue(&mut self, raw: &[u8], end: usize) -> Option<usize> {
        let name = match self.clue? {
            Clue::NameAfter(len) => len,
            Clue::Passed => return Some(0),
        };
        // Everything before an anchor that is still to be tried was tried.
        if let Some(anchor) = self.scanner.pending_anchor() {
            let is_after = anchor > self.outer_at && self.line_len(raw, anchor) > name;
            return is_after.then_some(name);
        }
        if !self.scanner.is_between() {
            return None;
        }
        // Base64 may end before the name.
        let is_over = self.ended && end == self.text.len();
        let is_end = is_over || self.text[..end].ends_with(b"\n");
        let tried = if is_end {
            name
        } else {
            name + Self::LONGEST_ANCHOR
        };
        (is_over || self.line_len(raw, end) > tried).then_some(name)
    }

    /// Returns the next payload in the visible text. Stops at each move if a clue is checked, here or by an outer scanner
    /// that watches.
    fn next(&mut self, is_watched: bool, parts: &mut Parts) -> Option<InnerPayload> {
        let payload = loop {
            let end = self.visible();
            let last = self.ended && end == self.text.len();
            self.scanner.is_unsure = self.clue.is_some();
            self.scanner.is_watched = is_watched || self.scanner.is_unsure;
            match self.scanner.step(&self.text[..end], last, parts) {
                Turn::Found(payload) => break payload,
                // The inner cursor may have moved past the clue.
                Turn::Moved if self.scanner.is_watched => {
                    self.paused = true;
                    return None;
                }
                Turn::Moved if self.ends_after_payload() => return None,
                Turn::Moved => {}
                Turn::Stuck => return None,
            }
        };
        self.found = true;
        self.clue = None;
        let Found {
            range,
            syntax,
            kind,
            template,
            doubt,
            ..
        } = payload;
        match payload.text {
            _ if payload.is_unescaped => {}
            Some(text) => parts.source_map.set_text(text),
            None => parts.source_map.renew(&self.text[range.clone()]),
        }
        Some(InnerPayload {
            range,
            syntax,
            kind,
            template,
            doubt,
        })
    }

    /// Notes that the outer cursor moved to `to` in the text, by `len` raw bytes.
    fn outer_moved(&mut self, to: usize, len: usize) {
        self.outer_at = to;
        self.walked = None;
        self.unescaped -= len;
        self.passed += len;
        self.end = self.end.after(len);
        self.clue = self.clue.map(|clue| clue.after(len));
    }

    /// Drops finished text.
    fn forget(&mut self) {
        if self.outer_at > Self::MOST_AT_ONCE {
            let done = self.scanner.take_done(&self.text);
            self.text.drain(..done);
            self.outer_at -= done;
            self.shown = self.shown.saturating_sub(done);
            self.walked = None;
        }
    }
}

impl Scanner {
    /// The deepest nesting.
    pub(super) const DEEPEST: usize = 8;

    /// Enters nested text at the cursor. A document around it is continued afterwards. Returns false if the text is nested
    /// too deep.
    pub(super) fn enter(&mut self, escape: Escape, end: NestedEnd) -> bool {
        if self.depth == Self::DEEPEST {
            return false;
        }
        let escape = match (escape, self.before) {
            (Escape::Backslash, [prefix, b'\'']) if prefix != b'b' => Escape::Literal,
            _ => escape,
        };
        let mut nested = match self.spare.take() {
            Some(mut nested) => {
                nested.renew(escape, end);
                nested
            }
            None => Box::new(Nested::new(escape, end, self.inner())),
        };
        nested.scanner.bare = self.bare;
        nested.scanner.reads_long_comments =
            self.reads_long_comments && matches!(end, NestedEnd::Len(_));
        nested.scanner.lines_are_log_lines = matches!(escape, Escape::Container(_));
        if let State::Inside(around) = std::mem::replace(&mut self.state, State::Seek) {
            nested.around = Some(around);
        }
        self.hand_failures_down(&mut nested);
        self.state = State::Nested(nested);
        true
    }

    /// Reads the nested text at the cursor: the state [`State::Nested`].
    pub(super) fn nested<'b>(
        &mut self,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let (buffer, last) = (arrived.bytes, arrived.is_final);
        let State::Nested(mut nested) = std::mem::replace(&mut self.state, State::Seek) else {
            return None;
        };
        let start = self.pos();
        nested.take_up_kept(buffer, self.dropped, start);
        loop {
            // The number of bytes unescaped after a payload depends on how input arrives, so they are not read.
            if nested.ends_after_payload() {
                self.leave_nested(nested, GoOn::Here, buffer);
                return None;
            }
            std::mem::swap(&mut self.cache, &mut nested.scanner.cache);
            let payload = nested.next(self.is_watched, parts);
            std::mem::swap(&mut self.cache, &mut nested.scanner.cache);
            if let Some(payload) = payload {
                let found = self.surface(payload, &mut nested, buffer, parts);
                self.state = State::Nested(nested);
                return Some(found);
            }
            self.follow(&mut nested, buffer, usize::MAX);
            if nested.ends_after_payload() {
                continue;
            }
            let ends = nested.ends(&buffer[self.pos()..], self.before());
            if let Some(go_on) = ends.filter(|_| nested.begun) {
                self.leave_nested(nested, go_on, buffer);
                return None;
            }
            let was_paused = std::mem::take(&mut nested.paused);
            if was_paused && self.is_watched && self.pos() > start {
                self.state = State::Nested(nested);
                return None;
            }
            if was_paused || nested.may_show_more() && nested.show_more() {
                continue;
            }
            nested.forget();
            let goes_on = nested.unescape(&buffer[self.pos()..], last, self.names.anchors);
            let flow = match goes_on {
                // Whatever has arrived is read before the line.
                true if nested.is_before_other => Flow::Pending,
                true => Flow::Ready,
                false => self.flow,
            };
            if !nested.scanner.set_flow(flow) && !goes_on {
                self.state = State::Nested(nested);
                return None;
            }
        }
    }

    /// Returns a payload of nested text as a payload of the capture.
    fn surface<'b>(
        &mut self,
        inner: InnerPayload,
        nested: &mut Nested,
        buffer: &'b [u8],
        parts: &mut Parts,
    ) -> Found<'b> {
        self.follow(nested, buffer, inner.range.start);
        let doubt = inner.doubt.or(self.doubt());
        if inner.kind == FoundKind::Whole {
            self.end_lesser_doubt();
        }
        self.noise.interrupt();
        let (start, place) = (self.pos(), self.cursor.place(buffer));
        let (mut escape, raw) = (nested.outer_escape, start..start + nested.unescaped);
        let text = &parts.source_map.text;
        let has_half = text.contains(char::REPLACEMENT_CHARACTER);
        let mut findings = match has_half && parts.source_map.steps.is_empty() {
            true => {
                // Much more may be unescaped, and other payloads may follow.
                let len = { escape }.raw_end(&buffer[raw.clone()], inner.range.len());
                halves_of_pairs(escape, &buffer[start..start + len], text)
            }
            false => Vec::new(),
        };
        if matches!(escape, Escape::Pasted(_) | Escape::Highlighted(_)) {
            findings.push(Finding::new(Reason::PastedText, Span::new(0, 1)));
        }
        let inner = self.with_findings(inner, findings, parts);
        let is_quoted = escape == Escape::Backslash && parts.source_map.steps.is_empty();
        parts.source_map.add_outer_step(Step::Escape(escape));
        self.follow(nested, buffer, usize::MAX);
        let len = match nested.outer_at == inner.range.end {
            true => self.pos() - start,
            false => escape.raw_end(&buffer[raw], inner.range.len()),
        };
        if let (Some(inside), Some(template), true) = (&nested.around, inner.template, is_quoted) {
            let payload = Quoted {
                raw: start..start + len,
                template,
                text: &parts.source_map.text,
                syntax: inner.syntax,
            };
            self.learn_entry(buffer, inside, &payload);
        }
        Found {
            is_unescaped: true,
            kind: inner.kind,
            template: inner.template,
            doubt,
            ..Found::at(start..start + len, place, inner.syntax)
        }
    }

    /// Repeats the moves of the inner cursor, up to the position `to` in its text.
    fn follow(&mut self, nested: &mut Nested, buffer: &[u8], to: usize) {
        let mut moves = std::mem::take(&mut nested.scanner.moves);
        let mut done = 0;
        for step in &moves {
            if step.to > to {
                self.follow_one(nested, buffer, to, step.noise);
                break;
            }
            self.follow_one(nested, buffer, step.to, step.noise);
            done += 1;
        }
        moves.drain(..done);
        nested.scanner.moves = moves;
    }

    /// Repeats a move of the inner cursor. Stops at the name after a clue that turns out to be false.
    fn follow_one(&mut self, nested: &mut Nested, buffer: &[u8], to: usize, noise: bool) {
        if to <= nested.outer_at || nested.clue == Some(Clue::Passed) {
            return;
        }
        let raw_len = nested.raw_len(&buffer[self.pos()..], to, noise);
        match nested.clue {
            Some(Clue::NameAfter(name)) if noise && name < raw_len => {
                self.pass(buffer, self.pos() + name);
                nested.clue = Some(Clue::Passed);
            }
            _ => {
                self.move_to(buffer, self.pos() + raw_len, noise);
                nested.outer_moved(to, raw_len);
            }
        }
    }

    /// Tells the inner scanner of a container's log what was read in vain before: the log is entered again at each of its
    /// lines.
    fn hand_failures_down(&self, nested: &mut Nested) {
        let offset = self.cursor.offset();
        if !nested.is_inline() && self.tried.failures.reach_beyond(offset) {
            // The text is never longer than the log.
            nested.failures = self.tried.failures.inside(offset);
            nested.scanner.tried.failures = nested.failures;
        }
    }

    /// Takes over what the inner scanner of a container's log has read in vain.
    fn take_failures_over(&mut self, nested: &mut Nested, raw: &[u8]) {
        let (inner, offset) = (nested.scanner.tried.failures, nested.scanner.offset());
        if nested.is_inline() || inner == nested.failures || !inner.reach_beyond(offset) {
            return;
        }
        let ahead = inner.own_len_from(offset) as usize;
        let to = (nested.scanner.pos() + ahead).clamp(nested.outer_at, nested.text.len());
        let len = nested.line_len(raw, to);
        self.tried
            .failures
            .note_inside(self.cursor.offset(), len, inner);
    }

    /// Continues after nested text.
    fn leave_nested(&mut self, mut nested: Box<Nested>, go_on: GoOn, buffer: &[u8]) {
        self.take_failures_over(&mut nested, &buffer[self.pos()..]);
        nested.keep(self.dropped + self.pos());
        // After a false clue the outer scanner reads the text again.
        let is_read_again = nested.clue.is_some() && matches!(go_on, GoOn::After(_));
        if !is_read_again {
            self.noise.mentions += nested.scanner.noise.mentions;
        }
        match (go_on, nested.end) {
            (GoOn::Here, _) => {}
            (GoOn::After(len), _) => self.pass(buffer, self.pos() + len),
            (GoOn::AtEnd, NestedEnd::Len(len)) => self.pass(buffer, self.pos() + len),
            (GoOn::AtEnd, _) => self.pass(buffer, self.pos() + nested.unescaped),
        }
        if let Some(around) = nested.around.take() {
            self.state = State::Inside(around);
        }
        self.spare = Some(nested);
    }
}

impl NestedEnd {
    /// Makes the end at the first of the bytes `of` at or after `from`, but never at the very first byte. That byte may
    /// be a terminator, and empty nested text would be entered again and again.
    pub(super) fn at_terminator(of: &'static [u8], from: usize) -> Self {
        let from = from.max(1);
        NestedEnd::Terminator { of, from }
    }

    /// Returns this end, counted from `len` bytes further on.
    fn after(self, len: usize) -> Self {
        match self {
            NestedEnd::Len(all) => NestedEnd::Len(all - len),
            NestedEnd::Terminator { of, from } => NestedEnd::Terminator {
                of,
                from: from.saturating_sub(len),
            },
        }
    }
}
