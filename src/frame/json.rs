//! JSON documents: messages, what stands around messages, and what is broken.

use std::collections::VecDeque;

use crate::finding::Finding;
use crate::frame::skip::{Skip, Skipped};
use crate::frame::{Framed, FramedKind, Parts, Read, Scanner, State, Then, framed, valid_text};
use crate::span::Span;
use crate::wire::{Bytes, Kind, Syntax, Tree, View, json, not_utf8};

impl Scanner {
    pub(super) fn json<'b>(
        &mut self,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Framed<'b>> {
        if self.json.at() == 0 {
            parts.tree.clear(Syntax::Json);
            parts.findings.clear();
        }
        let document = &buffer[self.pos()..];
        let bytes = self.limited(document, last);
        let Parts { tree, findings } = parts;
        let read = self.json.read(bytes, tree, findings, &self.limits);
        match self.verdict(read, bytes) {
            Read::More => None,
            Read::Whole(text) => self.whole_json(buffer, text, parts),
            Read::Broken(finding) => self.broken_json(finding, buffer, last, parts),
        }
    }

    /// A well-formed object: a message, or something around messages.
    pub(super) fn whole_json<'b>(
        &mut self,
        buffer: &'b [u8],
        text: &'b str,
        parts: &mut Parts,
    ) -> Option<Framed<'b>> {
        if (self.names.is_message)(View::root(&parts.tree, text)) {
            return Some(self.whole(buffer, text, Syntax::Json));
        }
        let messages = self.messages_inside(&parts.tree, text, 0);
        self.state = State::Inside {
            messages,
            done: 0,
            then: Then {
                len: text.len(),
                noise: true,
                skip: None,
            },
        };
        None
    }

    /// The messages in those complete values of an unfinished object that begin a line.
    pub(super) fn messages_on_new_lines(&self, tree: &Tree, document: &[u8]) -> VecDeque<Span> {
        let text = valid_text(&document[..self.json.at()]);
        let mut found = VecDeque::new();
        let mut id = 1;
        while let Some(node) = tree.nodes().get(id) {
            let is_open = self.json.is_open(id as u32);
            if !is_open && begins_line(document, node.span.start as usize) {
                let messages = self.messages_inside(tree, text, id);
                found.extend(
                    messages
                        .into_iter()
                        .take_while(|span| span.end <= node.span.end),
                );
            }
            id = if is_open { id + 1 } else { node.end as usize };
        }
        found
    }

    /// The outermost messages that are complete, from the node `id` on.
    pub(super) fn messages_inside(&self, tree: &Tree, text: &str, mut id: usize) -> VecDeque<Span> {
        let mut messages = VecDeque::new();
        while let Some(node) = tree.nodes().get(id) {
            let is_candidate = node.kind == Kind::Object && !self.json.is_open(id as u32);
            if is_candidate && (self.names.is_message)(View::root(tree, text).at(id as u32)) {
                messages.push_back(node.span);
                id = node.end as usize;
            } else {
                id += 1;
            }
        }
        messages
    }

    /// The next message inside a document, or the end of the document.
    pub(super) fn inside<'b>(&mut self, buffer: &'b [u8], parts: &mut Parts) -> Option<Framed<'b>> {
        let State::Inside {
            mut messages,
            done,
            then,
        } = std::mem::replace(&mut self.state, State::Seek)
        else {
            return None;
        };
        let start = self.pos() - done;
        let Some(span) = messages.pop_front() else {
            self.leave(buffer, start + then.len, then.noise);
            self.state = then.skip.map_or(State::Seek, State::Skip);
            return None;
        };
        self.leave(buffer, start + span.start as usize, then.noise);
        let place = self.cursor.place(buffer);
        let range = self.pos()..self.pos() + span.range().len();
        let bytes = Bytes {
            all: &buffer[range.clone()],
            last: true,
        };
        parts.tree.clear(Syntax::Json);
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
        self.state = State::Inside {
            messages,
            done: span.end as usize,
            then,
        };
        let kind = if text.is_ok() {
            FramedKind::Whole
        } else {
            FramedKind::Broken
        };
        Some(Framed {
            kind,
            text: text.ok(),
            ..framed(range, place, Syntax::Json)
        })
    }

    /// Goes on at `to`; what lies before is `noise`, or belongs to a payload that was reported.
    pub(super) fn leave(&mut self, buffer: &[u8], to: usize, noise: bool) {
        match noise {
            true => self.pass(buffer, to),
            false => self.advance(buffer, to),
        }
    }

    /// Reports a broken object if it is, or would have become, a message; otherwise it is noise.
    pub(super) fn broken_json<'b>(
        &mut self,
        finding: Finding,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Framed<'b>> {
        let document = &buffer[self.pos()..];
        // A line break before the token that does not fit belongs to what comes, not to the broken object.
        let at = document[..self.json.at()].trim_ascii_end().len().max(1);
        let shown_end = self.shown_end(document, &finding, last)?;
        let mut messages = self.messages_inside(&parts.tree, valid_text(&document[..at]), 1);
        // Right behind an opening bracket a line break is no end.
        let behind = document[at..]
            .iter()
            .find(|&&b| !matches!(b, b' ' | b'\t' | b'\r'));
        let opens = matches!(document[at - 1], b'{' | b'[') && behind == Some(&b'\n');
        let one_line = !opens && memchr::memchr(b'\n', &document[..at]).is_none();
        let skip = Skip::json(self.json.depth(), one_line);
        let known = &document[..at.max(finding.span().end as usize).min(document.len())];
        let is_message = self.has_anchor(known, &messages)
            || (self.clean_until <= self.pos()
                && self.anchor_ahead(&document[at..], skip, last)?);
        if is_message {
            // A message is not searched; but what begins a line in it is the next payload, and it was cut off.
            messages = self.messages_on_new_lines(&parts.tree, document);
        }
        let glued = glued_start(document, at, &finding);
        let skips = is_message && glued.is_none() && self.json.depth() > 0;
        let then = Then {
            len: glued.unwrap_or(at),
            noise: !is_message,
            skip: skips.then_some(skip),
        };
        self.state = State::Inside {
            messages,
            done: 0,
            then,
        };
        self.array = None;
        if !is_message {
            return None;
        }
        Some(self.broken(finding, buffer, shown_end, Syntax::Json, parts))
    }

    /// Whether an anchor stands in `bytes` outside of `messages`.
    pub(super) fn has_anchor(&self, bytes: &[u8], messages: &VecDeque<Span>) -> bool {
        let mut at = 0;
        let ends = messages
            .iter()
            .map(|span| (span.start as usize, span.end as usize));
        ends.chain([(bytes.len(), bytes.len())])
            .any(|(start, end)| {
                let gap = &bytes[at.min(start)..start];
                at = end;
                self.names
                    .anchors
                    .iter()
                    .any(|anchor| memchr::memmem::find(gap, anchor.as_bytes()).is_some())
            })
    }

    /// Whether what a broken object leaves behind has an anchor; `None` if that cannot be told yet.
    pub(super) fn anchor_ahead(&mut self, rest: &[u8], mut skip: Skip, last: bool) -> Option<bool> {
        const FAR: usize = 1 << 16;
        let window = &rest[..rest.len().min(FAR)];
        let whole = last || window.len() == FAR;
        let len = match skip.run(window, whole, &self.names.begins_message) {
            Skipped::To(len) => len,
            Skipped::Past(_) => return None,
        };
        let found = self.has_anchor(&window[..len], &VecDeque::new());
        if !found {
            self.clean_until = self.pos() + self.json.at().max(len);
        }
        Some(found)
    }
}

/// Whether only blanks stand before `at` on its line, and it is not the first line.
fn begins_line(document: &[u8], at: usize) -> bool {
    let before = document[..at]
        .iter()
        .rev()
        .find(|&&b| !matches!(b, b' ' | b'\t' | b'\r'));
    before == Some(&b'\n')
}

/// Where the next object begins if it was swallowed by a string that was cut off: `"gh_12{"ToUserName"` breaks behind
/// `{"`, and what users typed cannot look like this, since in JSON their quotes are escaped.
fn glued_start(document: &[u8], at: usize, finding: &Finding) -> Option<usize> {
    let breaks_here = finding.span().start as usize == at;
    let before = document[..at].strip_suffix(b"\"")?.trim_ascii_end();
    (breaks_here && before.ends_with(b"{") && before.len() > 1).then(|| before.len() - 1)
}
