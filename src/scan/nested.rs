//! Nested text: escaped text in a capture. It is unescaped once, and an inner scanner reads the result.
//!
//! The inner scanner works like the outer scanner, and so to any depth: it finds the same payloads in escaped text as
//! in plain text. The outer cursor repeats each [`Move`](super::Move) of the inner cursor, escape by escape. Places and
//! noise are therefore those of the capture.
//!
//! Often a clue or a sign shows nested text, but nothing shows where it ends. The inner scanner then sees one line at a
//! time, and the outer scanner continues after a payload, a terminator or a line that begins nothing.

use std::ops::Range;

use crate::fast::template::TemplateId;
use crate::input::Flow;
use crate::scan::escape::{Escape, Piece};
use crate::scan::learn::Quoted;
use crate::scan::lookahead::{Arrived, Lookahead};
use crate::scan::source_map::Step;
use crate::scan::{Anchors, Found, FoundKind, Inside, Parts, Scanner, State, Turn, anchor, found};
use crate::simd::skip_space;
use crate::syntax::Syntax;

/// Nested text that is being read. Lengths in raw bytes count from the outer cursor.
#[derive(Debug)]
pub(super) struct Nested {
    /// The escaping after the unescaped bytes.
    escape: Escape,
    /// The escaping at the outer cursor, which is at `text_at` in the text.
    mark: Escape,
    text_at: usize,
    /// The number of unescaped bytes after the outer cursor.
    raw: usize,
    text: Vec<u8>,
    /// The length of text that the inner scanner may see; see [`Nested::visible`].
    shown: usize,
    bounds: Bounds,
    /// The position of the name after the clue, if nothing else shows nested text. Negative once it was passed.
    clue: Option<isize>,
    /// True if the inner scanner moved, and may move again without more text.
    moved: bool,
    /// True if some bytes were unescaped.
    begun: bool,
    /// True if there is no more text.
    ended: bool,
    /// True if a payload was found.
    found: bool,
    scanner: Scanner,
    /// The end of the latest walk over the raw bytes.
    walked: Option<Walked>,
    /// The document around the nested text, which is continued afterwards.
    around: Option<Inside>,
}

/// A position, in the raw bytes from the outer cursor and in the text.
#[derive(Clone, Copy, Debug)]
struct Walked {
    raw: usize,
    text: usize,
    /// The escaping there.
    mark: Escape,
}

impl Walked {
    /// Passes over the rest of a Docker log line after its text.
    fn pass_wrapping(&mut self, raw: &[u8]) {
        let rest = &raw[self.raw..];
        if matches!(self.mark, Escape::Container(_)) && rest.starts_with(b"\"") {
            let wrapping = self.mark.piece(Lookahead::whole(rest));
            self.raw += wrapping.raw_len().unwrap_or(0);
        }
    }
}

/// A payload in nested text.
struct InnerPayload {
    range: Range<usize>,
    syntax: Syntax,
    kind: FoundKind,
    template: Option<TemplateId>,
}

/// The latest end of nested text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bounds {
    /// After a number of bytes.
    Len(usize),
    /// At the first *terminator*: one of the bytes `of`, outside of escapes, at or after `from`; see [`Bounds::from`].
    Terminators { of: &'static [u8], from: usize },
}

/// The position at which to continue after nested text.
enum GoOn {
    /// At the cursor.
    Here,
    /// After a number of bytes.
    At(usize),
    /// After all unescaped bytes.
    Behind,
}

impl Nested {
    /// The most bytes that are unescaped before the inner scanner sees them.
    const WINDOW: usize = 4096;
    /// The longest anchor.
    const NAME: usize = 64;
    /// So many bytes behind a clue are undone first.
    const NEAR: usize = 16;

    fn new(escape: Escape, bounds: Bounds, scanner: Scanner) -> Self {
        Nested {
            escape,
            mark: escape,
            text_at: 0,
            raw: 0,
            text: Vec::new(),
            shown: 0,
            bounds,
            clue: None,
            moved: false,
            begun: false,
            ended: false,
            found: false,
            scanner,
            walked: None,
            around: None,
        }
    }

    /// Starts again with other nested text. Keeps the memory.
    fn renew(&mut self, escape: Escape, bounds: Bounds) {
        let Nested {
            escape: own_escape,
            mark,
            text_at,
            raw,
            text,
            shown,
            bounds: own_bounds,
            clue,
            moved,
            begun,
            ended,
            found,
            scanner,
            walked,
            around,
        } = self;
        (*own_escape, *mark, *own_bounds) = (escape, escape, bounds);
        (*text_at, *raw, *shown, *clue) = (0, 0, 0, None);
        (*moved, *begun, *ended, *found) = (false, false, false, false);
        text.clear();
        scanner.renew();
        (*walked, *around) = (None, None);
    }

    /// Returns the document around the nested text.
    pub(super) fn around(&self) -> Option<&Inside> {
        self.around.as_ref()
    }

    pub(super) fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Notes that only the clue before the name at `at` shows nested text. A payload must begin before the name.
    pub(super) fn set_clue(&mut self, at: usize) {
        self.clue = Some(at as isize);
    }

    /// Sets the two bytes before the text.
    pub(super) fn follows(&mut self, before: [u8; 2]) {
        self.scanner.before = before;
    }

    /// Returns the number of bytes to unescape next. After a clue that may be false, this is only enough to check it.
    fn window(&self) -> usize {
        let clue = self
            .clue
            .filter(|_| !self.found && self.scanner.is_between());
        // Twice as much behind the clue each time.
        let near = clue.map(|at| {
            let at = at.max(0) as usize;
            at.saturating_sub(self.raw) + self.raw.saturating_sub(at).max(Self::NEAR)
        });
        near.map_or(Self::WINDOW, |near| near.min(Self::WINDOW))
    }

    /// Unescapes more of `raw`, which begins at the outer cursor. Returns false if more bytes are needed.
    fn unescape(&mut self, raw: &[u8], last: bool, anchors: &Anchors) -> bool {
        let all = raw;
        let (raw, last) = match self.bounds {
            Bounds::Len(len) => (&raw[..len], true),
            Bounds::Terminators { .. } => (raw, last),
        };
        let arrived = Arrived::new(raw, last);
        let window = (self.raw + self.window()).min(raw.len());
        let before = self.raw;
        self.begun = true;
        while self.raw < window && !self.ended {
            let is_other = self.is_other_payload(arrived.from(self.raw), anchors);
            if arrived.settled().is_none() {
                break;
            }
            if is_other {
                self.ended = true;
                break;
            }
            if self.unescape_fast(&all[self.raw..], window - self.raw) {
                continue;
            }
            let Some(piece) = self.escape.whole_piece(arrived.from(self.raw)) else {
                break;
            };
            match piece {
                Piece::Same(len) => {
                    if self.copy(&raw[self.raw..self.raw + len.min(window - self.raw)]) {
                        break;
                    }
                }
                Piece::Other(len, bytes) => {
                    self.text.extend_from_slice(bytes.as_slice());
                    self.raw += len;
                    if self.escape.is_at_line() {
                        break;
                    }
                }
                Piece::End => self.ended = true,
            }
        }
        self.ended |= last && self.raw == raw.len();
        self.ended || self.raw > before
    }

    /// Unescapes up to `len` bytes of `raw` with vector instructions, up to a possible terminator or line break.
    /// Returns true if it made progress.
    fn unescape_fast(&mut self, raw: &[u8], len: usize) -> bool {
        let (escape, text) = (&mut self.escape, &mut self.text);
        let len = match self.bounds {
            Bounds::Len(_) => escape.unescape_fast(raw, len, text, |b| b.equal(b'\n')),
            Bounds::Terminators { .. } => escape.unescape_fast(raw, len, text, |b| {
                b.equal(b'\n') | b.equal(b'"') | b.equal(b'\'')
            }),
        };
        self.raw += len;
        len > 0
    }

    /// Returns true if the next log line is of the other stream and must not be passed over: it contains an anchor, or
    /// this stream has nothing unfinished.
    fn is_other_payload(&self, raw: Lookahead<'_>, anchors: &Anchors) -> bool {
        match self.escape {
            Escape::Container(container) => container.other_line(raw).is_some_and(|len| {
                anchors.is_in(&raw.bytes()[..len]) || self.is_resting(self.text.len(), b"")
            }),
            _ => false,
        }
    }

    /// Returns true if the text up to `end` is complete: it ends with a line break, no document is being read, and no
    /// document may continue on the text `behind`.
    fn is_resting(&self, end: usize, behind: &[u8]) -> bool {
        let text = &self.text[..end];
        if !text.ends_with(b"\n") || !self.scanner.is_idle() {
            return false;
        }
        let rest = text[self.scanner.pos()..].trim_ascii_end();
        let line = memchr::memrchr(b'\n', rest).map_or(rest, |n| &rest[n + 1..]);
        line.is_empty() || !anchor::goes_on(line, behind)
    }

    /// Returns the text after the line that ends at `end`, if it is long enough to tell whether a document continues
    /// there.
    fn behind(&self, end: usize) -> Option<&[u8]> {
        let behind = &self.text[end..];
        let next = &behind[skip_space(behind, 0)..];
        let is_enough = next.len() >= anchor::NEXT || behind.len() > Self::WINDOW;
        (self.ended || is_enough).then_some(behind)
    }

    /// Returns the length of text that the inner scanner may see. While it seeks a payload in text of unknown length,
    /// it sees one line at a time, because the next line may not be escaped.
    fn visible(&mut self) -> usize {
        if matches!(self.bounds, Bounds::Len(_)) || !self.scanner.is_seeking() {
            return self.text.len();
        }
        if !self.scanner.is_between() {
            self.shown = self.text.len();
        }
        let pos = self.scanner.pos();
        if self.shown < pos || self.shown == 0 {
            self.shown = self.line_end(pos);
        }
        self.shown
    }

    /// Returns the end of the line that contains `from`.
    fn line_end(&self, from: usize) -> usize {
        let line = memchr::memchr(b'\n', &self.text[from..]);
        line.map_or(self.text.len(), |len| from + len + 1)
    }

    /// Returns true if the inner scanner may see more without more bytes.
    fn knows_more(&mut self) -> bool {
        let end = self.visible();
        matches!(self.bounds, Bounds::Len(_)) || self.behind(end).is_some()
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

    /// Copies `bytes` up to a terminator, or to the end of a line. Returns true if it stopped there.
    fn copy(&mut self, bytes: &[u8]) -> bool {
        let end = self.terminator(bytes);
        let len = end.unwrap_or(bytes.len());
        let line = memchr::memchr(b'\n', &bytes[..len]).map(|n| n + 1);
        let taken = line.unwrap_or(len);
        self.text.extend_from_slice(&bytes[..taken]);
        self.raw += taken;
        self.ended = end == Some(taken);
        self.ended || line.is_some()
    }

    fn terminator(&self, bytes: &[u8]) -> Option<usize> {
        let Bounds::Terminators { of, from } = self.bounds else {
            return None;
        };
        let skipped = from.saturating_sub(self.raw).min(bytes.len());
        let rest = &bytes[skipped..];
        let found = match of {
            [] => None,
            [a] => memchr::memchr(*a, rest),
            [a, b] => memchr::memchr2(*a, *b, rest),
            several => rest.iter().position(|b| several.contains(b)),
        };
        found.map(|n| skipped + n)
    }

    /// Returns where to continue if the nested text has ended. `raw` begins at the outer cursor, and `before` is the
    /// byte before it.
    fn end(&mut self, raw: &[u8], before: u8) -> Option<GoOn> {
        let is_inline = !matches!(self.escape, Escape::Container(_));
        let end = self.visible();
        let false_clue = self.false_clue(raw, end);
        match self.bounds {
            _ if false_clue.is_some() => false_clue.map(GoOn::At),
            _ if self.moved => None,
            _ if self.ended && end == self.text.len() => Some(GoOn::Behind),
            Bounds::Len(_) => None,
            Bounds::Terminators { .. } if self.found && is_inline => None,
            Bounds::Terminators { from, .. }
                if self
                    .behind(end)
                    .is_some_and(|behind| self.is_resting(end, behind)) =>
            {
                let len = self.line_len(raw, end);
                // A log line may contain several printed lines.
                let last = raw[..len].last().copied().unwrap_or(before);
                let is_whole = is_inline || last == b'\n';
                (is_whole && len >= from).then_some(GoOn::At(len))
            }
            Bounds::Terminators { .. } => None,
        }
    }

    /// Returns true if a payload was found in inline nested text of unknown length, which therefore ends.
    fn is_behind_payload(&self) -> bool {
        let is_open = matches!(self.bounds, Bounds::Terminators { .. });
        let is_inline = !matches!(self.escape, Escape::Container(_));
        is_open && is_inline && self.found && self.scanner.is_between()
    }

    /// Returns the position of a clue without a payload, if it is before `len`. Returns 0 if it was passed.
    fn clue_before(&self, len: usize) -> Option<usize> {
        let at = self.clue.filter(|_| !self.found)?;
        (at < len as isize).then_some(at.max(0) as usize)
    }

    /// Returns where to continue if the clue is false: no payload contains the name after it.
    fn false_clue(&mut self, raw: &[u8], end: usize) -> Option<usize> {
        let clue = self.clue.filter(|_| !self.found)?;
        let Ok(at) = usize::try_from(clue) else {
            return Some(0);
        };
        // Before an anchor that is yet to be tried, all was tried.
        if let Some(anchor) = self.scanner.pending_anchor() {
            let is_behind = anchor > self.text_at && self.line_len(raw, anchor) > at;
            return is_behind.then_some(at);
        }
        if !self.scanner.is_between() {
            return None;
        }
        // Base64 may end before the name.
        let is_over = self.ended && end == self.text.len();
        let is_end = is_over || self.text[..end].ends_with(b"\n");
        let least = if is_end { at } else { at + Self::NAME };
        (is_over || self.line_len(raw, end) > least).then_some(at)
    }

    /// Returns the next payload in the visible text.
    fn next(&mut self, parts: &mut Parts) -> Option<InnerPayload> {
        let found = loop {
            let end = self.visible();
            let last = self.ended && end == self.text.len();
            match self.scanner.step(&self.text[..end], last, parts) {
                Turn::Found(found) => break found,
                // The inner cursor may have moved past the clue.
                Turn::Moved if self.clue.is_some() && !self.found => {
                    self.moved = true;
                    return None;
                }
                Turn::Moved if self.is_behind_payload() => return None,
                Turn::Moved => {}
                Turn::Stuck => return None,
            }
        };
        self.found = true;
        let Found {
            range,
            syntax,
            kind,
            template,
            ..
        } = found;
        match found.text {
            _ if found.is_unescaped => {}
            Some(text) => parts.source_map.set_text(text),
            None => parts.source_map.renew(&self.text[range.clone()]),
        }
        Some(InnerPayload {
            range,
            syntax,
            kind,
            template,
        })
    }

    /// Returns the length in `raw` of the text up to a line end at `to`, with the wrapping around it.
    fn line_len(&mut self, raw: &[u8], to: usize) -> usize {
        if to == self.text.len() {
            return self.raw;
        }
        let mut walk = self.walk_to(&raw[..self.raw], to);
        self.walked = Some(walk);
        walk.pass_wrapping(&raw[..self.raw]);
        walk.raw
    }

    /// Returns the same length as [`Self::line_len`], and moves `mark` there.
    fn pass_line(&mut self, raw: &[u8], to: usize) -> usize {
        if to == self.text.len() {
            self.mark = self.escape;
            return self.raw;
        }
        let mut walk = self.walk_to(&raw[..self.raw], to);
        walk.pass_wrapping(&raw[..self.raw]);
        self.mark = walk.mark;
        walk.raw
    }

    /// Walks over `raw` to the position `to` in the text. Continues the latest walk, so that a long line is walked over
    /// once.
    fn walk_to(&self, raw: &[u8], to: usize) -> Walked {
        let start = Walked {
            raw: 0,
            text: self.text_at,
            mark: self.mark,
        };
        let walked = self.walked.filter(|walked| walked.text <= to);
        let mut walk = walked.unwrap_or(start);
        walk.raw += walk.mark.raw_end(&raw[walk.raw..], to - walk.text);
        walk.text = to;
        walk
    }

    /// Returns the length in `raw`, which begins at the outer cursor, of the text up to `to`.
    fn raw_len(&mut self, raw: &[u8], to: usize, noise: bool) -> usize {
        // Wrapping may follow the last text of a container's log.
        let is_inline = !matches!(self.escape, Escape::Container(_));
        if is_inline && to == self.text.len() {
            self.mark = self.escape;
            return self.raw;
        }
        // A line end includes all wrapping around the line, but nothing of the next line.
        if !is_inline && noise && self.text[..to].ends_with(b"\n") {
            return self.pass_line(raw, to);
        }
        let (raw, len) = (&raw[..self.raw], to - self.text_at);
        match noise {
            true => self.mark.raw_start(raw, len),
            false => self.mark.raw_end(raw, len),
        }
    }

    /// Drops finished text.
    fn forget(&mut self) {
        if self.text_at > Self::WINDOW {
            let done = self.scanner.take_done(&self.text);
            self.text.drain(..done);
            self.text_at -= done;
            self.shown = self.shown.saturating_sub(done);
            self.walked = None;
        }
    }
}

impl Scanner {
    /// The deepest nesting.
    pub(super) const DEEPEST: usize = 8;

    /// Enters nested text at the cursor. Returns false if it is nested too deep.
    pub(super) fn enter(&mut self, escape: Escape, bounds: Bounds, around: Option<Inside>) -> bool {
        if self.depth == Self::DEEPEST {
            // Continues the document around it. Reading that from its start would come here again.
            if let Some(around) = around {
                self.state = State::Inside(around);
            }
            return false;
        }
        let escape = match (escape, self.before) {
            (Escape::Backslash, [prefix, b'\'']) if prefix != b'b' => Escape::Literal,
            _ => escape,
        };
        let mut nested = match self.spare.take() {
            Some(mut nested) => {
                nested.renew(escape, bounds);
                nested
            }
            None => Box::new(Nested::new(escape, bounds, self.inner())),
        };
        nested.scanner.bare = self.bare;
        nested.around = around;
        self.state = State::Nested(nested);
        true
    }

    pub(super) fn nested<'b>(
        &mut self,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let (buffer, last) = (arrived.bytes, arrived.is_final);
        let State::Nested(mut nested) = std::mem::replace(&mut self.state, State::Seek) else {
            return None;
        };
        loop {
            // The number of bytes unescaped after a payload depends on how input arrives, so they are left.
            if nested.is_behind_payload() {
                self.leave_nested(nested, GoOn::Here, buffer);
                return None;
            }
            std::mem::swap(&mut self.cache, &mut nested.scanner.cache);
            let found = nested.next(parts);
            std::mem::swap(&mut self.cache, &mut nested.scanner.cache);
            if let Some(found) = found {
                let found = self.surface(found, &mut nested, buffer, parts);
                self.state = State::Nested(nested);
                return Some(found);
            }
            self.follow(&mut nested, buffer, usize::MAX);
            if nested.is_behind_payload() {
                continue;
            }
            let end = nested.end(&buffer[self.pos()..], self.before());
            if let Some(go_on) = end.filter(|_| nested.begun) {
                self.leave_nested(nested, go_on, buffer);
                return None;
            }
            let goes_on = std::mem::take(&mut nested.moved);
            if goes_on || nested.knows_more() && nested.show_more() {
                continue;
            }
            nested.forget();
            let is_long = nested.raw > Self::DEEPEST * self.limits.payload_size;
            let goes_on =
                nested.unescape(&buffer[self.pos()..], last || is_long, self.names.anchors);
            let flow = if goes_on { Flow::Pours } else { self.flow };
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
        self.noise.interrupt();
        let (start, place) = (self.pos(), self.cursor.place(buffer));
        let (mut mark, raw) = (nested.mark, start..start + nested.raw);
        let is_quoted = mark == Escape::Backslash && parts.source_map.steps.is_empty();
        parts.source_map.add_outer_step(Step::Escape(mark));
        self.follow(nested, buffer, usize::MAX);
        let len = match nested.text_at == inner.range.end {
            true => self.pos() - start,
            false => mark.raw_end(&buffer[raw], inner.range.len()),
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
            ..found(start..start + len, place, inner.syntax)
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

    fn follow_one(&mut self, nested: &mut Nested, buffer: &[u8], to: usize, noise: bool) {
        if to <= nested.text_at || nested.clue_before(0).is_some() {
            return;
        }
        let raw_len = nested.raw_len(&buffer[self.pos()..], to, noise);
        if let Some(at) = nested.clue_before(raw_len).filter(|_| noise) {
            self.pass(buffer, self.pos() + at);
            nested.clue = Some(-1);
            return;
        }
        self.leave(buffer, self.pos() + raw_len, noise);
        nested.text_at = to;
        nested.walked = None;
        nested.raw -= raw_len;
        nested.bounds = nested.bounds.behind(raw_len);
        nested.clue = nested.clue.map(|at| at - raw_len as isize);
    }

    /// Continues after nested text.
    fn leave_nested(&mut self, mut nested: Box<Nested>, go_on: GoOn, buffer: &[u8]) {
        match (go_on, nested.bounds) {
            (GoOn::Here, _) => {}
            (GoOn::At(len), _) => self.pass(buffer, self.pos() + len),
            (GoOn::Behind, Bounds::Len(len)) => self.pass(buffer, self.pos() + len),
            (GoOn::Behind, _) => self.pass(buffer, self.pos() + nested.raw),
        }
        if let Some(around) = nested.around.take() {
            self.state = State::Inside(around);
        }
        self.spare = Some(nested);
    }
}

impl Bounds {
    /// Makes bounds at the first of the bytes `of`, at or after `from`, but never at the very first byte. That byte may
    /// be a terminator, and empty nested text would be entered again and again.
    pub(super) fn from(of: &'static [u8], from: usize) -> Self {
        let from = from.max(1);
        Bounds::Terminators { of, from }
    }

    /// Returns these bounds, counted from `len` bytes further on.
    fn behind(self, len: usize) -> Self {
        match self {
            Bounds::Len(all) => Bounds::Len(all - len),
            Bounds::Terminators { of, from } => Bounds::Terminators {
                of,
                from: from.saturating_sub(len),
            },
        }
    }
}
