//! Nested text: part of a capture that holds escaped payloads. It is unescaped once, and a scanner of its own reads it.
//!
//! The inner scanner is the same as the outer one, so everything that is found in plain text is found in escaped text,
//! to any depth. What it moves over, the outer cursor moves over too, escape by escape: places and noise are those of
//! the capture.

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

/// Escaped text that is being read. Lengths of raw bytes count from the outer cursor.
#[derive(Debug)]
pub(super) struct Nested {
    /// How to read on behind `raw`.
    escape: Escape,
    /// How to read on at the outer cursor, where the text is at `text_at`.
    mark: Escape,
    text_at: usize,
    /// How many bytes behind the outer cursor are undone.
    raw: usize,
    text: Vec<u8>,
    /// How much of the text the scanner has seen; see [`Nested::visible`].
    shown: usize,
    bounds: Bounds,
    /// Where the name stands, if nothing else shows that this is escaped text.
    clue: Option<isize>,
    /// The scanner did something, and there may be more to do.
    moved: bool,
    /// Some of it was undone.
    begun: bool,
    /// There is no more text.
    ended: bool,
    /// A payload was found.
    found: bool,
    scanner: Scanner,
    /// How far the latest walk over the raw bytes came.
    walked: Option<Walked>,
    /// The document in which the text lies, to go on with behind it.
    around: Option<Inside>,
}

/// A place in the raw bytes, counted from the outer cursor, and in the text.
#[derive(Clone, Copy, Debug)]
struct Walked {
    raw: usize,
    text: usize,
    /// How to read on there.
    mark: Escape,
}

impl Walked {
    /// Passes over the rest of a record of Docker, which stands behind its last line.
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

/// Where nested text ends at the latest.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bounds {
    /// Behind so many bytes.
    Len(usize),
    /// At the first of these bytes that is no part of an escape, from so many bytes on; see [`Bounds::from`].
    Any { of: &'static [u8], from: usize },
}

/// Where to go on when nested text is over.
enum GoOn {
    /// At the cursor.
    Here,
    /// Behind so many bytes.
    At(usize),
    /// Behind all that was undone.
    Behind,
}

impl Nested {
    /// The most bytes that are undone before the scanner sees them.
    const WINDOW: usize = 4096;
    /// No name that is an anchor is longer.
    const NAME: usize = 64;

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

    /// Starts over with other escaped text and keeps the memory.
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

    /// The document in which it lies.
    pub(super) fn around(&self) -> Option<&Inside> {
        self.around.as_ref()
    }

    pub(super) fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// What is read of it must have begun before the name at `at`, which alone shows that this is escaped text.
    pub(super) fn is_told_by(&mut self, at: usize) {
        self.clue = Some(at as isize);
    }

    /// The bytes before its text.
    pub(super) fn follows(&mut self, before: [u8; 2]) {
        self.scanner.before = before;
    }

    /// How many bytes to undo next: of what may be no escaped text at all, just enough to tell.
    fn window(&self) -> usize {
        let clue = self.clue.filter(|_| !self.found && self.scanner.is_idle());
        let near = clue.map(|at| at.max(0) as usize + 2 * Self::NAME);
        near.map_or(Self::WINDOW, |near| near.min(Self::WINDOW))
    }

    /// Undoes more of `raw`, which begins at the outer cursor; `false` if more bytes are needed for that.
    fn unescape(&mut self, raw: &[u8], last: bool, anchors: &Anchors) -> bool {
        let all = raw;
        let (raw, last) = match self.bounds {
            Bounds::Len(len) => (&raw[..len], true),
            Bounds::Any { .. } => (raw, last),
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

    /// Unescapes what is fast of the first `len` bytes of `raw`; whether that is anything. What may end the text is left.
    fn unescape_fast(&mut self, raw: &[u8], len: usize) -> bool {
        let (escape, text) = (self.escape, &mut self.text);
        let len = match self.bounds {
            Bounds::Len(_) => escape.unescape_fast(raw, len, text, |b| b.equal(b'\n')),
            Bounds::Any { .. } => escape.unescape_fast(raw, len, text, |b| {
                b.equal(b'\n') | b.equal(b'"') | b.equal(b'\'')
            }),
        };
        self.raw += len;
        len > 0
    }

    /// Whether a line of a container's other stream comes next that must not be passed over: it holds a payload, or may
    /// begin one while this stream is not in the middle of something.
    fn is_other_payload(&self, raw: Lookahead<'_>, anchors: &Anchors) -> bool {
        match self.escape {
            Escape::Container(container) => container.other_line(raw).is_some_and(|len| {
                anchors.is_in(&raw.bytes()[..len]) || self.is_resting(self.text.len(), b"")
            }),
            _ => false,
        }
    }

    /// Whether a line of the text ends at `end`, nothing is being read, and nothing has begun before that may go on with
    /// what stands `behind`.
    fn is_resting(&self, end: usize, behind: &[u8]) -> bool {
        let text = &self.text[..end];
        if !text.ends_with(b"\n") || !self.scanner.is_idle() {
            return false;
        }
        let rest = text[self.scanner.pos()..].trim_ascii_end();
        let line = memchr::memrchr(b'\n', rest).map_or(rest, |n| &rest[n + 1..]);
        line.is_empty() || !anchor::goes_on(line, behind)
    }

    /// What stands behind the line of the text that ends at `end`, if enough of it was undone to tell whether it goes on.
    fn behind(&self, end: usize) -> Option<&[u8]> {
        let behind = &self.text[end..];
        let next = &behind[skip_space(behind, 0)..];
        let is_enough = next.len() >= anchor::NEXT || behind.len() > Self::WINDOW;
        (self.ended || is_enough).then_some(behind)
    }

    /// How much of the text the scanner may look at. While it looks for a payload that is no more than a line at a time:
    /// what comes behind may not be escaped like this.
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

    /// Where the line ends that goes on at `from` of the text.
    fn line_end(&self, from: usize) -> usize {
        let line = memchr::memchr(b'\n', &self.text[from..]);
        line.map_or(self.text.len(), |len| from + len + 1)
    }

    /// Whether it is known that the scanner has to see more.
    fn knows_more(&mut self) -> bool {
        let end = self.visible();
        matches!(self.bounds, Bounds::Len(_)) || self.behind(end).is_some()
    }

    /// Lets the scanner see a line more; `false` if it saw all.
    fn show_more(&mut self) -> bool {
        let shown = self.visible();
        let is_more = shown < self.text.len();
        if is_more {
            self.shown = self.line_end(shown);
        }
        is_more
    }

    /// Takes `bytes` as they are, up to where the text ends or behind a line break; whether that is before their end.
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
        let Bounds::Any { of, from } = self.bounds else {
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

    /// Where to go on if the text of `raw` is over, which stands at the outer cursor behind the byte `before`.
    fn end(&mut self, raw: &[u8], before: u8) -> Option<GoOn> {
        let is_inline = !matches!(self.escape, Escape::Container(_));
        let end = self.visible();
        let false_clue = self.false_clue(raw, end);
        match self.bounds {
            _ if false_clue.is_some() => false_clue.map(GoOn::At),
            _ if self.moved => None,
            _ if self.ended && end == self.text.len() => Some(GoOn::Behind),
            Bounds::Len(_) => None,
            Bounds::Any { .. } if self.found && is_inline => None,
            Bounds::Any { from, .. }
                if self
                    .behind(end)
                    .is_some_and(|behind| self.is_resting(end, behind)) =>
            {
                let len = self.line_len(raw, end);
                // A record may hold several lines.
                let last = raw[..len].last().copied().unwrap_or(before);
                let is_whole = is_inline || last == b'\n';
                (is_whole && len >= from).then_some(GoOn::At(len))
            }
            Bounds::Any { .. } => None,
        }
    }

    /// Whether the payload was found for which escaped text was entered, of which it is not known where it ends.
    fn is_behind_payload(&self) -> bool {
        let is_open = matches!(self.bounds, Bounds::Any { .. });
        let is_inline = !matches!(self.escape, Escape::Container(_));
        is_open && is_inline && self.found && self.scanner.is_between()
    }

    /// Where the clue stands, if it is a false one and stands before `len`; 0 if it was passed over.
    fn clue_before(&self, len: usize) -> Option<usize> {
        let at = self.clue.filter(|_| !self.found)?;
        (at < len as isize).then_some(at.max(0) as usize)
    }

    /// Where to go on if the name that seemed to show escaped text is part of nothing: behind so many bytes.
    fn false_clue(&mut self, raw: &[u8], end: usize) -> Option<usize> {
        let clue = self.clue.filter(|_| !self.found)?;
        let Ok(at) = usize::try_from(clue) else {
            return Some(0);
        };
        if !self.scanner.is_idle() {
            return None;
        }
        let is_end = self.text[..end].ends_with(b"\n") || self.ended && end == self.text.len();
        let least = if is_end { at } else { at + Self::NAME };
        (self.line_len(raw, end) > least).then_some(at)
    }

    /// The next payload in what the scanner may look at.
    fn next(&mut self, parts: &mut Parts) -> Option<InnerPayload> {
        let found = loop {
            let end = self.visible();
            let last = self.ended && end == self.text.len();
            match self.scanner.step(&self.text[..end], last, parts) {
                Turn::Found(found) => break found,
                // It may have moved past the clue.
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
            Some(text) => parts.source_map.renew_text(text),
            None => parts.source_map.renew(&self.text[range.clone()]),
        }
        Some(InnerPayload {
            range,
            syntax,
            kind,
            template,
        })
    }

    /// How many bytes of `raw` are for the text up to the end of a line at `to`, with what is wrapped around it.
    fn line_len(&mut self, raw: &[u8], to: usize) -> usize {
        if to == self.text.len() {
            return self.raw;
        }
        let mut walk = self.walk_to(&raw[..self.raw], to);
        self.walked = Some(walk);
        walk.pass_wrapping(&raw[..self.raw]);
        walk.raw
    }

    /// How many bytes of `raw` are for the text up to the end of a line at `to`, and reads on there.
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

    /// Walks over `raw` from the outer cursor to the place `to` of the text; goes on where the latest walk came to, so that
    /// a long line is walked over once.
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

    /// How many bytes of `raw`, which begins at the outer cursor, stand for the text up to `to`.
    fn raw_len(&mut self, raw: &[u8], to: usize, noise: bool) -> usize {
        // Wrapping may stand behind the last of a container's text.
        let is_inline = !matches!(self.escape, Escape::Container(_));
        if is_inline && to == self.text.len() {
            self.mark = self.escape;
            return self.raw;
        }
        // Up to the end of a line stands all that is wrapped around it, and nothing of what comes next.
        if !is_inline && noise && self.text[..to].ends_with(b"\n") {
            return self.pass_line(raw, to);
        }
        let (raw, len) = (&raw[..self.raw], to - self.text_at);
        match noise {
            true => self.mark.raw_start(raw, len),
            false => self.mark.raw_end(raw, len),
        }
    }

    /// Forgets text that is done with.
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
    /// How deep text may be escaped.
    pub(super) const DEEPEST: usize = 8;

    /// Begins to read escaped text at the cursor; `false` if it is too deep.
    pub(super) fn enter(&mut self, escape: Escape, bounds: Bounds, around: Option<Inside>) -> bool {
        if self.depth == Self::DEEPEST {
            // What was being read is read on: from its start it would be read to here again and again.
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
            // How much was undone behind a payload depends on how the bytes came.
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
            if !nested.scanner.hear(flow) && !goes_on {
                self.state = State::Nested(nested);
                return None;
            }
        }
    }

    /// A payload of nested text as one of the capture.
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
        parts.source_map.comes_from(Step::Escape(mark));
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

    /// Moves as the inner scanner moved, up to the place `to` of its text.
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

    /// Goes on behind nested text.
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
    /// At the first byte `of` these, from so many bytes on, but never at the first of all: what escaped text begins with
    /// may be what ends it elsewhere, and text that ends where it begins would be entered again and again.
    pub(super) fn from(of: &'static [u8], from: usize) -> Self {
        let from = from.max(1);
        Bounds::Any { of, from }
    }

    /// These bounds, counted from `len` bytes further on.
    fn behind(self, len: usize) -> Self {
        match self {
            Bounds::Len(all) => Bounds::Len(all - len),
            Bounds::Any { of, from } => Bounds::Any {
                of,
                from: from.saturating_sub(len),
            },
        }
    }
}
