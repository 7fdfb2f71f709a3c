//! Reads JSON documents: messages, objects around messages, and broken objects.
//!
//! A whole object is a message or a log entry. A broken object is reported only if it contains a mark
//! ([`Names::marks`](super::Names)), which makes it a message; otherwise it is noise.

use std::collections::VecDeque;
use std::ops::Range;

use crate::finding::{Finding, Findings, Reason};
use crate::scan::anchor::Ahead;
use crate::scan::decimal;
use crate::scan::escape::Escape;
use crate::scan::literal;
use crate::scan::lookahead::{Arrived, Lookahead};
use crate::scan::nested::Bounds;
use crate::scan::skip::{Skip, Skipped};
use crate::scan::start;
use crate::scan::{
    Continuation, Found, FoundKind, Inner, Inside, Parts, Read, Scanner, State, found, shown_end,
    valid_text,
};
use crate::span::Span;
use crate::syntax::{Bytes, Kind, Syntax, Tree, View, json, not_utf8};

impl Scanner {
    pub(super) fn json<'b>(
        &mut self,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let (buffer, last) = (arrived.bytes, arrived.is_final);
        if let Some(found) = self.fast_document(buffer, parts) {
            return Some(found);
        }
        let bytes = self.limited(&buffer[self.pos()..], last);
        let read = self.read_json(bytes, parts)?;
        if self.enter_literal(arrived, read.len(), read.is_broken(), Syntax::Json)? {
            return None;
        }
        match read {
            Read::Whole(text) => self.whole_json(buffer, text, parts),
            Read::Broken(finding) => self.broken_json(finding, arrived, parts),
        }
    }

    /// Reads the document at the start of `bytes`. Returns `None` if it has not arrived completely.
    pub(super) fn read_json<'b>(
        &mut self,
        bytes: Bytes<'b>,
        parts: &mut Parts,
    ) -> Option<Read<'b>> {
        let Parts { tree, findings, .. } = parts;
        findings.clear();
        let read = self.json.read(bytes, tree, findings, &self.limits);
        self.verdict(read, bytes)
    }

    /// Handles a well-formed object: a message, or a log entry around messages.
    fn whole_json<'b>(
        &mut self,
        buffer: &'b [u8],
        text: &'b str,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        if (self.names.is_message)(View::root(&parts.tree, text)) {
            return Some(self.whole(buffer, text, Syntax::Json));
        }
        let mut inner = self.empty_inner();
        self.add_inner_of(&parts.tree, text, 1, &mut inner);
        self.state = State::Inside(Inside {
            sample: self.sample(&inner),
            ..Inside::new(inner, Continuation::noise(text.len()))
        });
        None
    }

    /// Returns memory for the messages inside a document.
    pub(super) fn empty_inner(&mut self) -> VecDeque<Inner> {
        let mut inner = std::mem::take(&mut self.spare_inner);
        inner.clear();
        inner
    }

    /// Returns the complete messages that begin a line in an unfinished object.
    fn messages_on_new_lines(&self, tree: &Tree, document: &[u8]) -> VecDeque<Inner> {
        let text = valid_text(&document[..self.json.at()]);
        let mut found = VecDeque::new();
        let mut id = 1;
        while let Some(node) = tree.nodes().get(id) {
            let is_open = self.json.is_open(id as u32);
            if !is_open && begins_line(document, node.span.start as usize) {
                let inner = self.inner_of(tree, text, id).into_iter();
                found.extend(
                    inner
                        .take_while(|inner| inner.span().end <= node.span.end)
                        .filter(|inner| matches!(inner, Inner::Message(_))),
                );
            }
            id = if is_open { id + 1 } else { node.end as usize };
        }
        found
    }

    /// Returns the outermost complete messages, and the texts with an anchor outside of them, from the node `id` on.
    fn inner_of(&self, tree: &Tree, text: &str, id: usize) -> VecDeque<Inner> {
        let mut inner = VecDeque::new();
        self.add_inner_of(tree, text, id, &mut inner);
        inner
    }

    /// Adds the result of [`Self::inner_of`] to `inner`.
    fn add_inner_of(&self, tree: &Tree, text: &str, mut id: usize, inner: &mut VecDeque<Inner>) {
        let mut ahead = Ahead::new(self.names.anchors, text.as_bytes());
        while let Some(node) = tree.nodes().get(id) {
            match self.inner_at(tree, text, id as u32, &mut ahead) {
                Some(found @ Inner::Message(_)) => {
                    inner.push_back(found);
                    id = node.end as usize;
                }
                other => {
                    inner.extend(other);
                    id += 1;
                }
            }
        }
    }

    fn inner_at(&self, tree: &Tree, text: &str, id: u32, ahead: &mut Ahead<'_>) -> Option<Inner> {
        let node = tree.node(id);
        match node.kind {
            Kind::Object if self.json.is_open(id) => None,
            Kind::Object => {
                let is_message = (self.names.is_message)(View::root(tree, text).at(id));
                is_message.then_some(Inner::Message(node.span))
            }
            Kind::Text => {
                text.get(node.span.range())?;
                let span = Span {
                    start: node.span.start + 1,
                    end: node.span.end - 1,
                };
                let has_anchor = ahead.is_in(node.span.range());
                has_anchor.then_some(Inner::Text(span))
            }
            Kind::Array => {
                let start = node.span.start as usize;
                let len = decimal::array_len(text.as_bytes().get(start..)?)?;
                Some(Inner::Numbers(Span::new(start + 1, start + len)))
            }
            _ => None,
        }
    }

    /// Returns the next payload inside a document, or ends the document.
    pub(super) fn inside<'b>(&mut self, buffer: &'b [u8], parts: &mut Parts) -> Option<Found<'b>> {
        let State::Inside(mut inside) = std::mem::replace(&mut self.state, State::Seek) else {
            return None;
        };
        let (start, then) = (self.pos() - inside.done, inside.then);
        let Some(inner) = inside.inner.pop_front() else {
            self.leave(buffer, start + then.len, then.noise);
            self.state = then.skip.map_or(State::Seek, State::Skip);
            self.spare_inner = inside.inner;
            return None;
        };
        let span = inner.span();
        self.leave(buffer, start + span.start as usize, then.noise);
        inside.done = span.end as usize;
        let len = span.range().len();
        match inner {
            Inner::Message(_) => {
                self.state = State::Inside(inside);
                Some(self.inner_message(buffer, len, parts))
            }
            Inner::Text(_) | Inner::Numbers(_) => {
                let escape = match inner {
                    Inner::Numbers(_) => Escape::Numbers(decimal::DECIMAL),
                    _ => Escape::Backslash,
                };
                if !self.enter(escape, Bounds::Len(len), Some(inside)) {
                    self.leave(buffer, start + span.end as usize, then.noise);
                }
                None
            }
        }
    }

    /// Reads the message of `len` bytes at the cursor again, inside a document that was read.
    fn inner_message<'b>(&mut self, buffer: &'b [u8], len: usize, parts: &mut Parts) -> Found<'b> {
        let place = self.cursor.place(buffer);
        let range = self.pos()..self.pos() + len;
        let bytes = Bytes {
            all: &buffer[range.clone()],
            last: true,
        };
        parts.findings.clear();
        let read =
            json::Reader::new().read(bytes, &mut parts.tree, &mut parts.findings, &self.limits);
        debug_assert!(read.is_ok(), "it was read before as a part of something");
        let text = std::str::from_utf8(bytes.all);
        if let Err(error) = text {
            parts
                .findings
                .only(not_utf8(bytes.all, error.valid_up_to()));
        }
        self.noise.interrupt();
        self.advance(buffer, range.end);
        let kind = if text.is_ok() {
            FoundKind::Whole
        } else {
            FoundKind::Broken
        };
        Found {
            kind,
            text: text.ok(),
            ..found(range, place, Syntax::Json)
        }
    }

    /// Moves to `to`, over noise or over a part of a reported payload.
    pub(super) fn leave(&mut self, buffer: &[u8], to: usize, noise: bool) {
        match noise {
            true => self.pass(buffer, to),
            false => self.advance(buffer, to),
        }
    }

    /// Reads a broken object again as escaped text, if an escape stands where it broke or in a comment before. Returns
    /// true if it does, and `None` if more bytes are needed.
    fn enter_broken(&mut self, arrived: &Arrived<'_>, findings: &Findings) -> Option<bool> {
        let document = arrived.from(self.pos());
        let escape = self.escape_of_broken(document, findings);
        let quote = escape.and_then(|escape| start::quote_around(escape, document, self.before()));
        arrived.settled()?;
        let is_entered =
            escape.is_some_and(|escape| self.enter_from(escape.over(document.bytes()), quote, 0));
        Some(is_entered)
    }

    /// Returns the escaping of the escape where a broken object broke, or in a comment before.
    fn escape_of_broken(&self, document: Lookahead<'_>, findings: &Findings) -> Option<Escape> {
        let (at, bytes) = (self.json.at(), document.bytes());
        let comments = findings.as_slice().iter();
        let comments = comments.filter(|finding| finding.reason() == Reason::Comment);
        let comments = comments.map(|finding| finding.span().range());
        // A comment that is too long breaks the object.
        let shown = literal::escape_at(document, at).or_else(|| {
            comments
                .chain(comment_at(document, at))
                .find_map(|comment| literal::escape_in_comment(bytes, comment))
        });
        let shown = shown.filter(|&(_, escape)| self.is_quoted() || escape == Escape::Octal);
        let shown = shown.or_else(|| literal::escape_before(bytes, at));
        let shown = shown.filter(|&(at, escape)| literal::is_in(escape, &bytes[..at]));
        shown.map(|(_, escape)| escape)
    }

    /// Reports a broken object if it has the mark of a message. Otherwise it is noise.
    fn broken_json<'b>(
        &mut self,
        finding: Finding,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let buffer = arrived.bytes;
        let document = &buffer[self.pos()..];
        let shown_end = shown_end(arrived.from(self.pos()), &finding);
        arrived.settled()?;
        if self.enter_broken(arrived, &parts.findings)? {
            return None;
        }
        // A line break before the unexpected token belongs to the next document.
        let at = document[..self.json.at()].trim_ascii_end().len().max(1);
        let mut inner = self.inner_of(&parts.tree, valid_text(&document[..at]), 1);
        // A line break directly after an opening bracket does not end the object.
        let behind = document[at..]
            .iter()
            .find(|&&b| !matches!(b, b' ' | b'\t' | b'\r'));
        let opens = matches!(document[at - 1], b'{' | b'[') && behind == Some(&b'\n');
        let one_line = !opens && memchr::memchr(b'\n', &document[..at]).is_none();
        let skip = Skip::json(self.json.depth(), one_line);
        let known = &document[..at.max(finding.span().end as usize).min(document.len())];
        let is_message = self.has_mark(known, &inner)
            || !is_line_of_bracket(document, self.json.at())
                && (self.no_mark_before <= self.pos()
                    && self.mark_ahead(arrived, self.pos() + at, skip)?);
        if is_message {
            // A message is not searched. But a message that begins a line in it is the next payload, because this one
            // was cut off.
            inner = self.messages_on_new_lines(&parts.tree, document);
        }
        let next = start_after_payload(document, at, &finding);
        let skips = is_message && next.is_none() && self.json.depth() > 0;
        // After a bracket in prose, a string on the next line is not a name.
        let unnamed = self.json.unnamed_at().filter(|_| !is_message);
        let len = next.or(unnamed).unwrap_or(at);
        cut(&mut inner, len);
        let then = Continuation {
            len,
            noise: !is_message,
            skip: skips.then_some(skip),
        };
        self.state = State::Inside(Inside::new(inner, then));
        self.array = None;
        if !is_message {
            return None;
        }
        Some(self.broken(finding, buffer, shown_end, Syntax::Json, parts))
    }

    /// Returns true if a mark stands in `bytes` outside of the messages in `inner`. Marks in texts have escaped quotes.
    fn has_mark(&self, bytes: &[u8], inner: &VecDeque<Inner>) -> bool {
        let mut at = 0;
        let spans = inner.iter().filter_map(|inner| match inner {
            Inner::Message(span) => Some(span.range()),
            Inner::Text(_) | Inner::Numbers(_) => None,
        });
        let end = bytes.len()..bytes.len();
        spans.chain(std::iter::once(end)).any(|span| {
            let gap = &bytes[at.min(span.start)..span.start];
            at = span.end;
            self.names.marks.iter().any(|mark| has_plain(gap, mark))
        })
    }

    /// Returns true if the rest of a broken object, from `at` on, has a mark. Returns `None` if more bytes are needed.
    fn mark_ahead(&mut self, arrived: &Arrived<'_>, at: usize, mut skip: Skip) -> Option<bool> {
        const FAR: usize = 1 << 16;
        // Most marks are near, and broken objects may stand one behind the other before the same marks.
        const NEAR: [usize; 4] = [1 << 8, 1 << 10, 1 << 12, 1 << 14];
        let window = arrived.from(at).window(FAR);
        for near in NEAR {
            let Some(bytes) = window.bytes().get(..near) else {
                break;
            };
            let (near, mut skip) = (Arrived::new(bytes, false), skip);
            match skip.run(near.from(0), &self.names.begins_message) {
                Skipped::To(_) => break,
                Skipped::Past(len) if self.has_mark(&bytes[..len], &VecDeque::new()) => {
                    return Some(true);
                }
                Skipped::Past(_) => {}
            }
        }
        let len = match skip.run(window, &self.names.begins_message) {
            Skipped::To(len) => len,
            Skipped::Past(_) => return None,
        };
        let found = self.has_mark(&window.bytes()[..len], &VecDeque::new());
        if !found {
            self.no_mark_before = self.pos() + self.json.at().max(len);
        }
        Some(found)
    }
}

/// Drops parts that begin after the first `len` bytes, and ends a text there.
fn cut(inner: &mut VecDeque<Inner>, len: usize) {
    let end = Span::new(len, len).end;
    inner.retain(|inner| inner.span().start < end);
    for inner in inner {
        if let Inner::Text(span) | Inner::Numbers(span) = inner {
            span.end = span.end.min(end);
        }
    }
}

/// Returns true if `bytes` contain `mark` with an unescaped quote.
fn has_plain(bytes: &[u8], mark: &str) -> bool {
    memchr::memmem::find_iter(bytes, mark.as_bytes()).any(|at| at == 0 || bytes[at - 1] != b'\\')
}

/// Returns true if only blanks stand before `at` on its line, and it is not the first line.
fn begins_line(document: &[u8], at: usize) -> bool {
    let before = document[..at]
        .iter()
        .rev()
        .find(|&&b| !matches!(b, b' ' | b'\t' | b'\r'));
    before == Some(&b'\n')
}

/// Returns the range of the comment at `at`, up to the end of its line if that is near.
fn comment_at(document: Lookahead<'_>, at: usize) -> Option<Range<usize>> {
    const NEAR: usize = 4096;
    let near = document.from(at).window(NEAR);
    let is_comment = near.starts_with(b"//");
    is_comment.then(|| at..at + near.find(b'\n').unwrap_or(near.len()))
}

/// Returns true if the first line ends with `{` and the next line begins with the `{` that breaks the object at `at`.
/// The first `{` is then a bracket in prose.
fn is_line_of_bracket(document: &[u8], at: usize) -> bool {
    let (head, next) = document.split_at(at);
    head.contains(&b'\n') && head.trim_ascii_end() == b"{" && next.first() == Some(&b'{')
}

/// Returns the start of the next object, if a cut-off string ran into it: `"gh_12{"ToUserName"` breaks after `{"`.
/// Users cannot type this, because JSON escapes their quotes.
fn start_after_payload(document: &[u8], at: usize, finding: &Finding) -> Option<usize> {
    let breaks_here = finding.span().start as usize == at;
    let before = document[..at].strip_suffix(b"\"")?.trim_ascii_end();
    (breaks_here && before.ends_with(b"{") && before.len() > 1).then(|| before.len() - 1)
}
