//! Finds the requests and answers in a line: objects in JSON or as programs print them, also inside texts.
//!
//! An object that names a receiver or a template is a request, and one with a message id or a code is an answer; a row
//! is both. The message's data, and any text of a request, may be typed by a user and is not searched. Callbacks are no
//! sends.

use std::mem::take;

use crate::event::send::{DATA, Part, is_of_callback};
use crate::finding::Findings;
use crate::stats::sends::draft::{Columns, Draft, Given};
use crate::stats::sends::pairs;
use crate::syntax::notation::{self, Users};
use crate::syntax::{Bytes, Kind, Limits, NodeId, Tree, View, json};

/// The most texts inside texts.
const MOST_TEXTS: usize = 4;

/// The most beginnings in a line that turn out to be no object.
const MOST_FAILURES: usize = 64;

/// What was found in a line, and how to find more.
pub(super) struct Line<'a> {
    columns: &'a Columns,
    /// What a request and an answer gave so far.
    request: Draft,
    answer: Draft,
    /// A time beside requests and answers.
    time: Option<Given>,
    pub(super) found: Vec<Draft>,
    failures: usize,
    has_callback: bool,
    /// The members that were seen, for the error of a file without ids.
    seen: &'a mut Vec<String>,
    /// True if one of them is called as ids are.
    pub(super) names_ids: bool,
    /// True if the line has a request and not its answer.
    pub(super) is_unanswered: bool,
}

impl<'a> Line<'a> {
    pub(super) fn new(columns: &'a Columns, seen: &'a mut Vec<String>) -> Self {
        Line {
            columns,
            request: Draft::default(),
            answer: Draft::default(),
            time: None,
            found: Vec::new(),
            failures: 0,
            has_callback: false,
            seen,
            names_ids: false,
            is_unanswered: false,
        }
    }

    /// Finds the sends in a whole line.
    pub(super) fn read(&mut self, line: &str) {
        self.text(line, 0);
        self.end();
        if self.found.is_empty() && !self.has_callback {
            self.found.extend(pairs::read(line, self.columns));
        }
        for send in &mut self.found {
            if send.get(Part::Time).is_none() {
                send.put(Part::Time, self.time.clone());
            }
        }
    }

    /// Reads the objects in a text that stands in `depth` other texts.
    fn text(&mut self, text: &str, depth: usize) {
        let mut rest = text;
        while let Some(at) = rest.find(['{', '[']) {
            rest = &rest[at..];
            if self.failures >= MOST_FAILURES || depth >= MOST_TEXTS {
                return;
            }
            if is_escaped(rest) {
                return self.text(&unescaped(rest), depth + 1);
            }
            let len = self.object(rest, depth).unwrap_or(1);
            rest = &rest[len..];
        }
    }

    /// Reads the object with which `text` begins, and returns its length.
    fn object(&mut self, text: &str, depth: usize) -> Option<usize> {
        let mut tree = Tree::default();
        let Some(len) = object(text, &mut tree) else {
            self.failures += 1;
            return None;
        };
        self.tree(View::root(&tree, text), depth);
        Some(len)
    }

    fn tree(&mut self, root: View<'_>, depth: usize) {
        let (mut next, mut hidden) = (root.id, Vec::new());
        while next < root.node().end {
            let node = root.at(next);
            next = match node.kind() {
                _ if hidden.last() == Some(&next) => {
                    hidden.pop();
                    node.node().end
                }
                Kind::Object if is_callback(node) => {
                    self.has_callback = true;
                    node.node().end
                }
                Kind::Object => {
                    hidden.extend(self.members(node, depth));
                    next + 1
                }
                _ => next + 1,
            };
        }
    }

    /// Takes the values of an object's own members. Returns the member that users fill, if it is a request.
    fn members(&mut self, object: View<'_>, depth: usize) -> Option<NodeId> {
        let mut own = Draft::default();
        let is_scalar = |child: &View<'_>| !matches!(child.kind(), Kind::Object | Kind::Array);
        for child in object.children().filter(is_scalar) {
            self.see(child.name());
            let Some(named) = self.columns.part(child.name()) else {
                continue;
            };
            self.names_ids |= named.0 == Part::MsgId;
            if child.kind() != Kind::Literal {
                own.set(named, child.value());
            }
        }
        let is_request = own.is_request();
        self.add(own);
        if !is_request {
            let texts = object.children().filter(|child| child.kind() == Kind::Text);
            texts.for_each(|text| self.text(text.value(), depth + 1));
            return None;
        }
        let mut data = object.children().filter(|child| !is_scalar(child));
        data.find(|child| child.name() == DATA)
            .map(|child| child.id)
    }

    fn see(&mut self, name: &str) {
        const MOST: usize = 40;
        if self.seen.len() < MOST && !self.seen.iter().any(|seen| seen == name) {
            self.seen.push(name.to_owned());
        }
    }

    /// Adds what an object says to what the objects before it said.
    fn add(&mut self, mut own: Draft) {
        if own.is_whole() {
            self.found.push(own);
        } else if own.is_request() {
            if self.request.overlaps(&own) {
                self.request = Draft::default();
            }
            self.request.merge(own);
        } else if own.is_answer() {
            if self.answer.overlaps(&own) {
                self.answer = Draft::default();
            }
            self.answer.merge(own);
        } else if self.time.is_none() {
            self.time = own.take(Part::Time);
        }
        let is_last_part =
            self.answer.get(Part::MsgId).is_some() || self.answer.get(Part::Code).is_some();
        if self.request.is_request() && is_last_part {
            self.complete();
        }
    }

    fn complete(&mut self) {
        let mut send = take(&mut self.answer);
        send.merge(take(&mut self.request));
        self.found.push(send);
    }

    /// An answer without a request may have an id, and that is enough.
    fn end(&mut self) {
        if self.answer.get(Part::MsgId).is_some() {
            self.complete();
        }
        let has = |part| self.request.get(part).is_some();
        self.is_unanswered = has(Part::User) && has(Part::Template);
    }
}

/// Reads the object or array with which `text` begins into `tree`, and returns its length.
fn object(text: &str, tree: &mut Tree) -> Option<usize> {
    let limits = Limits::default();
    let bytes = Bytes {
        all: text.as_bytes(),
        last: true,
    };
    let mut findings = Findings::default();
    let read = json::Reader::new().read(bytes, tree, &mut findings, &limits);
    if let Ok(len) = read {
        return Some(len);
    }
    let notation = notation::at(bytes, Users::NONE).ok()??;
    let read = notation::read(notation, bytes, Users::NONE, tree, &limits).ok()?;
    Some(read.len.max(1))
}

/// Returns true if the object is a callback, or a record of one.
fn is_callback(object: View<'_>) -> bool {
    let mut members = object.children();
    members.any(|member| is_of_callback(member.name(), member.value()))
}

/// Returns true if the object stands in a string literal: its quotes have backslashes.
fn is_escaped(text: &str) -> bool {
    let inside = text.trim_start_matches(['{', '[', ' ']);
    inside.starts_with('\\') || inside.starts_with("&quot;")
}

/// Removes one level of escapes.
fn unescaped(text: &str) -> String {
    let text = text.replace("&quot;", "\"");
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        let (c, len) = escape(&rest[at + 1..]);
        plain.extend(c);
        rest = &rest[at + 1 + len..];
    }
    plain + rest
}

/// Returns the character of an escape without its backslash, and the escape's length.
fn escape(rest: &str) -> (Option<char>, usize) {
    let hex = |len: usize| {
        let digits = rest.get(1..1 + len)?;
        let code = u32::from_str_radix(digits, 16).ok()?;
        Some((char::from_u32(code), 1 + len))
    };
    match rest.chars().next() {
        Some('x') => hex(2).unwrap_or((Some('x'), 1)),
        Some('u') => hex(4).unwrap_or((Some('u'), 1)),
        Some('n' | 'r' | 't') => (Some(' '), 1),
        Some(c) => (Some(c), c.len_utf8()),
        None => (None, 0),
    }
}
