//! Reads objects that programs print, as a Python dict or a Java map: the state [`State::Printed`].
//!
//! An object that is a message is a payload. An object around a message is noise up to the message. Any other object is
//! noise, and so is its bracket: what stands in it is searched as ever.
//!
//! Where a notation has no quotes, what a user typed could look like members. An object with a text of a user is never
//! read there, and nothing more is read from its log entry.

use std::ops::Range;

use crate::finding::{Finding, Reason};
use crate::scan::lookahead::{Arrived, Settled};
use crate::scan::{Found, Near, Parts, Read, Scanner, State};
use crate::span::Span;
use crate::syntax::notation::{self, Notation, Users};
use crate::syntax::{Bytes, Kind, Stop, Syntax, Tree, View};

impl Scanner {
    /// Begins to read a printed object at the bracket `found`, or at the words before it, which come after `start`.
    pub(super) fn try_begin_printed(
        &mut self,
        arrived: &Arrived<'_>,
        start: usize,
        found: usize,
    ) -> Settled<Near> {
        let buffer = arrived.bytes;
        for at in starts(buffer, start, found) {
            if let Some(notation) = self.notation_at(arrived, at)? {
                self.pass(buffer, at);
                self.begin_printed(notation);
                return Some(Near::Begun);
            }
        }
        Some(Near::Nothing)
    }

    /// Returns the notation of the printed object that begins at `at`.
    pub(super) fn notation_at(
        &self,
        arrived: &Arrived<'_>,
        at: usize,
    ) -> Settled<Option<&'static Notation>> {
        let bytes = Bytes {
            all: self.within_limit(&arrived.bytes[at..]),
            last: arrived.is_final,
        };
        match notation::at(bytes) {
            Ok(notation) => Some(notation),
            Err(Stop::More) => None,
            Err(Stop::Broken(_)) => Some(None),
        }
    }

    pub(super) fn begin_printed(&mut self, notation: &'static Notation) {
        self.begin_attempts();
        self.state = State::Printed(notation);
    }

    /// Reads the printed object at the cursor.
    pub(super) fn printed<'b>(
        &mut self,
        notation: &'static Notation,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let bytes = self.printed_bytes(notation, arrived)?;
        parts.findings.clear();
        let users = Users {
            is_typed: self.names.is_typed,
            is_header: self.names.is_header,
        };
        let read = notation::read(notation, bytes, users, &mut parts.tree, &self.limits);
        let (len, missing) = match read {
            Ok(printed) => (Ok(printed.len), printed.missing),
            Err(stop) => (Err(stop), None),
        };
        match self.verdict(len, bytes)? {
            Read::Broken(finding) => self.broken_printed(finding, arrived, parts),
            Read::Whole(text) => self.whole_printed(text, notation, missing, arrived.bytes, parts),
        }
    }

    /// Returns the bytes that the object may take up: its line, if its notation has no line breaks.
    fn printed_bytes<'b>(
        &self,
        notation: &Notation,
        arrived: &Arrived<'b>,
    ) -> Settled<Bytes<'b>> {
        let document = &arrived.bytes[self.pos()..];
        if !notation.is_one_line() {
            return Some(self.limited(document, arrived.is_final));
        }
        let line = arrived.from(self.pos()).window(self.limits.payload_size);
        let len = line.find(b'\n').unwrap_or(line.len());
        arrived.settled()?;
        let all = &document[..len];
        Some(Bytes { all, last: true })
    }

    fn whole_printed<'b>(
        &mut self,
        text: &'b str,
        notation: &'static Notation,
        missing: Option<Finding>,
        buffer: &'b [u8],
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let Some(message) = self.first_message(&parts.tree, text) else {
            self.pass_bracket(buffer);
            return None;
        };
        if message.start > 0 {
            self.pass(buffer, self.pos() + message.start);
            self.begin_printed(notation);
            return None;
        }
        if let Some(missing) = missing {
            let found = self.broken(missing, buffer, text.len(), Syntax::Json, parts);
            self.state = State::after_broken(text.len(), None);
            return Some(found);
        }
        parts.tree.is_printed = true;
        parts.findings.push(notation.printed(Span::new(0, 1)));
        Some(self.whole(buffer, text, Syntax::Json))
    }

    /// Returns the range of the outermost object of `tree` that is a message.
    fn first_message(&self, tree: &Tree, text: &str) -> Option<Range<usize>> {
        let root = View::root(tree, text);
        let is_message = |id: usize| {
            let node = root.at(id as u32);
            node.kind() == Kind::Object && (self.names.is_message)(node)
        };
        let first = (0..tree.len()).find(|&id| is_message(id))?;
        Some(tree.node(first as u32).span.range())
    }

    /// Reports a printed object that breaks, if it has values of a callback. Otherwise its bracket is noise.
    fn broken_printed<'b>(
        &mut self,
        finding: Finding,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let (buffer, pos) = (arrived.bytes, self.pos());
        let entry = arrived.from(pos).window(self.limits.payload_size);
        let end = entry.find(b'\n').unwrap_or(entry.len());
        arrived.settled()?;
        if finding.reason() == Reason::PrintedTyped {
            self.pass(buffer, pos + end);
            self.state = State::Seek;
            return None;
        }
        let len = end.max(finding.span().end as usize);
        let text = &buffer[pos..pos + len];
        let is_callback =
            (self.names.event_name)(text).is_some() && (self.names.values)(text).is_some();
        if !is_callback {
            self.pass_bracket(buffer);
            return None;
        }
        let found = self.broken(finding, buffer, end, Syntax::Json, parts);
        self.state = State::after_broken(len, None);
        Some(found)
    }

    /// Passes over the first byte of an object that is not a payload.
    fn pass_bracket(&mut self, buffer: &[u8]) {
        self.pass(buffer, self.pos() + 1);
        self.state = State::Seek;
    }
}

/// Returns the positions at which a printed object with the bracket `found` may begin, from `start` on: at the words
/// before the bracket, as in `Array (` and `stdClass Object (`, and at the bracket.
fn starts(buffer: &[u8], start: usize, found: usize) -> impl Iterator<Item = usize> {
    const LONGEST: usize = 64;
    let near = &buffer[start.max(found.saturating_sub(LONGEST))..found];
    let word = word_before(near);
    let words = word.map(|len| word_before(&near[..near.len() - len]).map_or(len, |more| len + more));
    let lens = [words.filter(|_| words != word), word, Some(0)];
    lens.into_iter().flatten().map(move |len| found - len)
}

/// Returns the length of the word at the end of `bytes`, with the white space after it.
fn word_before(bytes: &[u8]) -> Option<usize> {
    let is_of_word = |b: &&u8| b.is_ascii_alphanumeric() || b"_.$\\&#".contains(b);
    let text = bytes.trim_ascii_end();
    let len = text.iter().rev().take_while(is_of_word).count();
    (len > 0).then_some(bytes.len() - text.len() + len)
}
