//! A stretch of a capture that holds escaped payloads: one layer is undone, and a scanner of its own reads the text.
//!
//! The inner scanner is the same as the outer one, so everything that is found in plain text is found in escaped text,
//! to any depth. What it moves over, the outer cursor moves over too, escape by escape: places and noise are those of
//! the capture.

use std::ops::Range;

use crate::frame::layer::{Layer, Piece};
use crate::frame::rewritten::Step;
use crate::frame::{Anchors, Framed, FramedKind, Inside, Parts, Scanner, State, anchor, framed};
use crate::wire::Syntax;
use crate::wire::shape::ShapeId;

/// A stretch of escaped text. Lengths of raw bytes count from the outer cursor.
#[derive(Debug)]
pub(super) struct Region {
    /// As it reads on behind `raw`.
    layer: Layer,
    /// As it reads on at the outer cursor, where the text is at `text_at`.
    mark: Layer,
    text_at: usize,
    /// How many bytes behind the outer cursor are undone.
    raw: usize,
    text: Vec<u8>,
    bounds: Bounds,
    /// Some of it was undone.
    begun: bool,
    /// The next byte begins a line of the capture.
    at_line: bool,
    /// There is no more text.
    ended: bool,
    /// A payload was found.
    found: bool,
    scanner: Scanner,
    /// A document in which the region lies, to go on with behind it.
    around: Option<Inside>,
}

/// A payload in the text of a region.
struct Found {
    range: Range<usize>,
    syntax: Syntax,
    kind: FramedKind,
    shape: Option<ShapeId>,
}

/// Where a region ends at the latest.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bounds {
    /// Behind so many bytes.
    Len(usize),
    /// At the first of these bytes that is no part of an escape, from so many bytes on; see [`Bounds::from`].
    Any { of: &'static [u8], from: usize },
}

/// Where to go on when a region is over.
enum GoOn {
    /// At the cursor.
    Here,
    /// Behind all that was undone.
    Behind,
}

/// What may end escaped text: the quote around a literal, the end of a line, what a URL cannot hold.
pub(super) fn terminators(layer: Layer, quote: Option<u8>) -> &'static [u8] {
    match (layer, quote) {
        (Layer::Backslash | Layer::Octal, Some(b'\'')) => b"\n'",
        (Layer::Backslash | Layer::Octal, Some(b'"')) => b"\n\"",
        (Layer::Backslash | Layer::Octal | Layer::Literal, _) => b"\n",
        (Layer::Percent, _) => b"\n \"<>&\\",
        (Layer::Entity, Some(b'<')) => b"<",
        (Layer::Doubled, _) => b"\"",
        (Layer::Entity | Layer::Container(_), _) => b"",
    }
}

impl Region {
    /// The most bytes that are undone before the scanner sees them.
    const WINDOW: usize = 4096;

    fn new(layer: Layer, bounds: Bounds, scanner: Scanner) -> Self {
        Region {
            layer,
            mark: layer,
            text_at: 0,
            raw: 0,
            text: Vec::new(),
            bounds,
            begun: false,
            at_line: false,
            ended: false,
            found: false,
            scanner,
            around: None,
        }
    }

    /// The same for another stretch, with the memory of this one.
    fn renew(&mut self, layer: Layer, bounds: Bounds) {
        let Region {
            layer: own_layer,
            mark,
            text_at,
            raw,
            text,
            bounds: own_bounds,
            begun,
            at_line,
            ended,
            found,
            scanner,
            around,
        } = self;
        (*own_layer, *mark, *own_bounds) = (layer, layer, bounds);
        (*text_at, *raw) = (0, 0);
        (*begun, *at_line, *ended, *found) = (false, false, false, false);
        text.clear();
        scanner.renew();
        *around = None;
    }

    /// The bytes before its text.
    pub(super) fn follows(&mut self, before: [u8; 2]) {
        self.scanner.before = before;
    }

    /// Undoes more of `raw`, which begins at the outer cursor; `false` if more bytes are needed for that.
    fn peel(&mut self, raw: &[u8], last: bool, anchors: &Anchors) -> bool {
        let all = raw;
        let (raw, last) = match self.bounds {
            Bounds::Len(len) => (&raw[..len], true),
            Bounds::Any { .. } => (raw, last),
        };
        let window = (self.raw + Self::WINDOW).min(raw.len());
        let before = self.raw;
        self.begun = true;
        while self.raw < window && !self.ended {
            if self.is_other_payload(&raw[self.raw..], anchors) {
                self.ended = true;
                break;
            }
            if self.stretch(&all[self.raw..], window - self.raw) {
                continue;
            }
            match self.layer.piece(&raw[self.raw..], last) {
                Piece::Same(len) => {
                    if self.copy(&raw[self.raw..self.raw + len.min(Self::WINDOW)]) {
                        break;
                    }
                }
                Piece::Other(len, bytes) => {
                    self.text.extend_from_slice(bytes.as_slice());
                    self.raw += len;
                    self.at_line = self.layer.is_at_line();
                    if self.at_line {
                        break;
                    }
                }
                Piece::End => self.ended = true,
                Piece::More => break,
            }
        }
        self.ended |= last && self.raw == raw.len();
        self.ended || self.raw > before
    }

    /// Undoes what is undone fast of the first `len` bytes of `raw`; whether that is anything. What may end the region is
    /// left.
    fn stretch(&mut self, raw: &[u8], len: usize) -> bool {
        let (layer, text) = (self.layer, &mut self.text);
        let len = match self.bounds {
            Bounds::Len(_) => layer.stretch(raw, len, text, |b| b.equal(b'\n')),
            Bounds::Any { .. } => layer.stretch(raw, len, text, |b| {
                b.equal(b'\n') | b.equal(b'"') | b.equal(b'\'')
            }),
        };
        self.raw += len;
        self.at_line &= len == 0;
        len > 0
    }

    /// Whether a line of a container's other stream comes next that must not be passed over: it holds a payload, or may
    /// begin one while this stream is not in the middle of something.
    fn is_other_payload(&self, raw: &[u8], anchors: &Anchors) -> bool {
        match self.layer {
            Layer::Container(container) => container
                .other_line(raw)
                .is_some_and(|len| anchors.is_in(&raw[..len]) || self.is_resting()),
            _ => false,
        }
    }

    /// Whether a line of the text ended, nothing is being read, and nothing has begun that may go on.
    fn is_resting(&self) -> bool {
        let rest = &self.text[self.scanner.pos()..];
        let is_at_end = rest.is_empty() || rest.ends_with(b"\n");
        let rest = rest.trim_ascii_end();
        let line = memchr::memrchr(b'\n', rest).map_or(rest, |n| &rest[n + 1..]);
        is_at_end && self.scanner.is_idle() && (line.is_empty() || !anchor::goes_on(line, b""))
    }

    /// Takes `bytes` as they are, up to where the region ends or behind a line break; whether that is before their end.
    fn copy(&mut self, bytes: &[u8]) -> bool {
        let end = self.terminator(bytes);
        let len = end.unwrap_or(bytes.len());
        let line = memchr::memchr(b'\n', &bytes[..len]).map(|n| n + 1);
        let taken = line.unwrap_or(len);
        self.text.extend_from_slice(&bytes[..taken]);
        self.raw += taken;
        self.ended = end == Some(taken);
        self.at_line = line.is_some() && !matches!(self.layer, Layer::Container(_));
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

    /// Whether the region is over, and where to go on then.
    fn end(&self) -> Option<GoOn> {
        let is_idle = self.scanner.is_between();
        let is_inline = !matches!(self.layer, Layer::Container(_));
        match self.bounds {
            _ if self.ended => Some(GoOn::Behind),
            Bounds::Len(_) => None,
            Bounds::Any { .. } if self.found && is_inline => is_idle.then_some(GoOn::Here),
            // Lines behind it are looked at for what they are.
            Bounds::Any { from, .. } => {
                let is_done = self.at_line && self.raw >= from && self.is_resting();
                is_done.then_some(GoOn::Behind)
            }
        }
    }

    /// The next payload in what was undone.
    fn next(&mut self, parts: &mut Parts) -> Option<Found> {
        let framed = self.scanner.next(&self.text, self.ended, parts)?;
        self.found = true;
        let Framed {
            range,
            syntax,
            kind,
            shape,
            ..
        } = framed;
        match framed.text {
            _ if framed.is_rewritten => {}
            Some(text) => parts.rewritten.renew_text(text),
            None => parts.rewritten.renew(&self.text[range.clone()]),
        }
        Some(Found {
            range,
            syntax,
            kind,
            shape,
        })
    }

    /// How many bytes of `raw`, which begins at the outer cursor, stand for the text up to `to`.
    fn raw_len(&mut self, raw: &[u8], to: usize, noise: bool) -> usize {
        // Wrapping may stand behind the last of a container's text.
        let is_inline = !matches!(self.layer, Layer::Container(_));
        if is_inline && to == self.text.len() {
            return self.raw;
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
        }
    }
}

impl Scanner {
    /// How deep text may be escaped.
    const DEEPEST: usize = 8;

    /// Begins to read escaped text at the cursor; `false` if it is too deep.
    pub(super) fn enter(&mut self, layer: Layer, bounds: Bounds, around: Option<Inside>) -> bool {
        if self.depth == Self::DEEPEST {
            self.state = around.map_or(State::Seek, State::Inside);
            return false;
        }
        let layer = match (layer, self.before) {
            (Layer::Backslash, [prefix, b'\'']) if prefix != b'b' => Layer::Literal,
            _ => layer,
        };
        let mut region = match self.spare.take() {
            Some(mut region) => {
                region.renew(layer, bounds);
                region
            }
            None => Box::new(Region::new(layer, bounds, self.inner())),
        };
        region.scanner.bare = self.bare;
        region.around = around;
        self.state = State::Region(region);
        true
    }

    pub(super) fn region<'b>(
        &mut self,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Framed<'b>> {
        let State::Region(mut region) = std::mem::replace(&mut self.state, State::Seek) else {
            return None;
        };
        loop {
            std::mem::swap(&mut self.shapes, &mut region.scanner.shapes);
            let found = region.next(parts);
            std::mem::swap(&mut self.shapes, &mut region.scanner.shapes);
            if let Some(found) = found {
                let framed = self.surface(found, &mut region, buffer, parts);
                self.state = State::Region(region);
                return Some(framed);
            }
            self.follow(&mut region, buffer, usize::MAX);
            if let Some(go_on) = region.end().filter(|_| region.begun) {
                self.leave_region(region, go_on, buffer);
                return None;
            }
            region.forget();
            let is_long = region.raw > Self::DEEPEST * self.limits.payload_size;
            if !region.peel(&buffer[self.pos()..], last || is_long, self.names.anchors) {
                self.state = State::Region(region);
                return None;
            }
        }
    }

    /// A payload of the region as one of the capture.
    fn surface<'b>(
        &mut self,
        inner: Found,
        region: &mut Region,
        buffer: &'b [u8],
        parts: &mut Parts,
    ) -> Framed<'b> {
        self.follow(region, buffer, inner.range.start);
        self.noise.interrupt();
        let (start, place) = (self.pos(), self.cursor.place(buffer));
        let (mut mark, raw) = (region.mark, start..start + region.raw);
        parts.rewritten.comes_from(Step::Layer(mark));
        self.follow(region, buffer, usize::MAX);
        let len = match region.text_at == inner.range.end {
            true => self.pos() - start,
            false => mark.raw_end(&buffer[raw], inner.range.len()),
        };
        Framed {
            is_rewritten: true,
            kind: inner.kind,
            shape: inner.shape,
            ..framed(start..start + len, place, inner.syntax)
        }
    }

    /// Moves as the inner scanner moved, up to the place `to` of its text.
    fn follow(&mut self, region: &mut Region, buffer: &[u8], to: usize) {
        let mut moves = std::mem::take(&mut region.scanner.moves);
        let mut done = 0;
        for step in &moves {
            if step.to > to {
                self.follow_one(region, buffer, to, step.noise);
                break;
            }
            self.follow_one(region, buffer, step.to, step.noise);
            done += 1;
        }
        moves.drain(..done);
        region.scanner.moves = moves;
    }

    fn follow_one(&mut self, region: &mut Region, buffer: &[u8], to: usize, noise: bool) {
        if to <= region.text_at {
            return;
        }
        let raw_len = region.raw_len(&buffer[self.pos()..], to, noise);
        self.leave(buffer, self.pos() + raw_len, noise);
        region.text_at = to;
        region.raw -= raw_len;
        region.bounds = region.bounds.behind(raw_len);
    }

    /// Goes on behind the region.
    fn leave_region(&mut self, mut region: Box<Region>, go_on: GoOn, buffer: &[u8]) {
        match (go_on, region.bounds) {
            (GoOn::Here, _) => {}
            (GoOn::Behind, Bounds::Len(len)) => self.pass(buffer, self.pos() + len),
            (GoOn::Behind, _) => self.pass(buffer, self.pos() + region.raw),
        }
        if let Some(around) = region.around.take() {
            self.state = State::Inside(around);
        }
        self.spare = Some(region);
    }
}

impl Bounds {
    /// At the first byte `of` these, from so many bytes on, but never at the first of all: what escaped text begins with
    /// may be what ends it elsewhere, and text that ends where it begins would be entered again and again.
    pub(super) fn from(of: &'static [u8], from: usize) -> Self {
        let from = from.max(1);
        Bounds::Any { of, from }
    }

    /// The same bounds, counted from `len` bytes further on.
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
