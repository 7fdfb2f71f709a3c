//! Reads objects that programs print, as a Python dict or a Java map: the state [`State::Printed`].
//!
//! An object that is a message is a payload. An object around a message is noise up to the message. Any other object is
//! noise, and so is its bracket: what stands in it is searched as ever.
//!
//! Where a notation has no quotes, what a user typed could look like members. An object with a text of a user is never
//! read there, and nothing more is read from its log entry.

use std::ops::Range;

use crate::finding::{Finding, Reason};
use crate::scan::lookahead::{Arrived, Lookahead, Settled};
use crate::scan::{Found, Near, Parts, Read, Scanner, State, unread};
use crate::span::Span;
use crate::syntax::notation::{self, Notation, Users};
use crate::syntax::{Bytes, Kind, Stop, Syntax, Tree, View};

/// How the printed object at the cursor is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum PrintedForm {
    /// In brackets.
    Brackets(&'static Notation),
    /// In brackets, and the reader of JSON has failed. If this reader fails, too, it is broken JSON.
    BrokenJson(&'static Notation),
    /// In YAML, with this many blanks before the names.
    Yaml { indent: usize },
}

/// The failed attempts to read a printed object. Objects in an object that breaks are tried, too, but only a few: each
/// attempt may read up to the same place.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Failures {
    /// The offset of the farthest place at which an attempt failed.
    end: u64,
    /// The number of attempts before that place.
    count: u8,
}

impl Failures {
    const MOST: u8 = 16;

    /// Notes that the attempt at `offset` failed after `len` bytes.
    fn note(&mut self, offset: u64, len: usize) {
        if offset >= self.end {
            self.count = 0;
        }
        self.count += 1;
        self.end = self.end.max(offset + len as u64);
    }

    /// Returns true if an attempt failed after `offset`.
    pub(super) fn reach_beyond(&self, offset: u64) -> bool {
        offset < self.end
    }

    /// Returns true if no further attempt is due at `offset`.
    fn are_many(&self, offset: u64) -> bool {
        self.reach_beyond(offset) && self.count >= Self::MOST
    }
}

impl PrintedForm {
    fn notation(self) -> &'static Notation {
        match self {
            PrintedForm::Brackets(notation) | PrintedForm::BrokenJson(notation) => notation,
            PrintedForm::Yaml { .. } => &notation::YAML,
        }
    }
}

impl Scanner {
    /// Begins to read a printed object at the bracket `found`, or at the words before it, which come after `start`.
    pub(super) fn try_begin_printed(
        &mut self,
        arrived: &Arrived<'_>,
        start: usize,
        found: usize,
    ) -> Settled<Near> {
        let buffer = arrived.bytes;
        let offset = self.cursor.offset() + (found - self.pos()) as u64;
        if self.failures.are_many(offset) {
            return Some(Near::Nothing);
        }
        for at in starts(buffer, start, found) {
            if let Some(notation) = self.notation_at(arrived, at)? {
                self.pass(buffer, at);
                self.begin_printed(PrintedForm::Brackets(notation));
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
        match notation::at(self.bytes_from(arrived, at)) {
            Ok(notation) => Some(notation),
            Err(Stop::More) => None,
            Err(Stop::Broken(_)) => Some(None),
        }
    }

    /// Returns the bytes from `at` on that a payload may have.
    fn bytes_from<'b>(&self, arrived: &Arrived<'b>, at: usize) -> Bytes<'b> {
        self.limited(&arrived.bytes[at..], arrived.is_final)
    }

    /// Returns the notation in which the object at the cursor may be printed, which the reader of JSON could not read.
    pub(super) fn notation_of_broken(
        &self,
        arrived: &Arrived<'_>,
    ) -> Settled<Option<&'static Notation>> {
        if self.no_notation_at == Some(self.cursor.offset()) {
            return Some(None);
        }
        let is_call = is_call(arrived.from(self.pos() + self.json.at()));
        arrived.settled()?;
        let notation = self.notation_at(arrived, self.pos())?;
        Some(notation.or(is_call.then(notation::relaxed)))
    }

    pub(super) fn begin_printed(&mut self, form: PrintedForm) {
        self.begin_attempts();
        self.state = State::Printed(form);
    }

    /// Begins to read YAML at the first of the lines from `start` on that belong to the line of `anchor`.
    pub(super) fn try_begin_yaml(
        &mut self,
        arrived: &Arrived<'_>,
        start: usize,
        anchor: usize,
    ) -> Settled<bool> {
        let found = self.first_member(arrived, start, anchor);
        arrived.settled()?;
        let Some((at, indent)) = found else {
            return Some(false);
        };
        match notation::yaml_at(self.bytes_from(arrived, at), indent) {
            Ok(true) => {}
            Err(Stop::More) => return None,
            Ok(false) | Err(Stop::Broken(_)) => return Some(false),
        }
        self.pass(arrived.bytes, at);
        self.begin_printed(PrintedForm::Yaml { indent });
        Some(true)
    }

    /// Returns the start of the first of the members of YAML on the lines from `start` to that of `anchor`, and the
    /// number of blanks before it.
    fn first_member(
        &self,
        arrived: &Arrived<'_>,
        start: usize,
        anchor: usize,
    ) -> Option<(usize, usize)> {
        const MOST_LINES: usize = 16;
        const LONGEST_HEAD: usize = 64;
        let buffer = arrived.bytes;
        let line = usize::try_from(self.search.line()).ok()?;
        let mut line = Some(line).filter(|&line| line >= start && line <= anchor)?;
        // The colon after the name may not have arrived.
        let head = arrived.from(line).window(LONGEST_HEAD);
        _ = head.position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-')));
        let indent = self.indent_of_member(&buffer[line..])?;
        // Without a limit each name on a long run of lines would be preceded by all others.
        for _ in 0..MOST_LINES {
            let Some(end) = line.checked_sub(1).filter(|&end| end > start) else {
                break;
            };
            let before =
                memchr::memrchr(b'\n', &buffer[start..end]).map_or(start, |n| start + n + 1);
            if self.indent_of_member(&buffer[before..]) != Some(indent) {
                break;
            }
            line = before;
        }
        Some((line + indent, indent))
    }

    /// Returns the number of blanks before the member of YAML with which `line` begins, if its name is one of WeChat's.
    fn indent_of_member(&self, line: &[u8]) -> Option<usize> {
        const LONGEST_NAME: usize = 32;
        let blanks = line.iter().take_while(|&&b| b == b' ').count();
        let dash = if line[blanks..].starts_with(b"- ") {
            2
        } else {
            0
        };
        let member = &line[blanks + dash..];
        let len = memchr::memchr(b':', &member[..member.len().min(LONGEST_NAME)])?;
        let name = std::str::from_utf8(&member[..len]).ok()?;
        (self.names.begins_message)(name).then_some(blanks + dash)
    }

    /// Reads the printed object at the cursor.
    pub(super) fn printed<'b>(
        &mut self,
        form: PrintedForm,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let bytes = self.printed_bytes(form.notation(), arrived)?;
        parts.findings.clear();
        let users = Users {
            is_typed: self.names.is_typed,
            is_header: self.names.is_header,
        };
        let (tree, limits) = (&mut parts.tree, &self.limits);
        let read = match form {
            PrintedForm::Yaml { indent } => notation::read_yaml(bytes, indent, tree, limits),
            _ => notation::read(form.notation(), bytes, users, tree, limits),
        };
        let (len, missing) = match read {
            Ok(printed) => (Ok(printed.len), printed.missing),
            Err(stop) => (Err(stop), None),
        };
        match self.verdict(len, bytes)? {
            Read::Broken(_) if matches!(form, PrintedForm::BrokenJson(_)) => {
                self.read_as_json();
                None
            }
            Read::Broken(finding) => self.broken_printed(finding, form, arrived, parts),
            Read::Whole(text) => self.whole_printed(text, form, missing, arrived.bytes, parts),
        }
    }

    /// Returns the bytes that the object may take up: its line, if its notation has no line breaks.
    fn printed_bytes<'b>(&self, notation: &Notation, arrived: &Arrived<'b>) -> Settled<Bytes<'b>> {
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
        form: PrintedForm,
        missing: Option<Finding>,
        buffer: &'b [u8],
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let Some(message) = self.first_message(&parts.tree, text) else {
            match form {
                PrintedForm::BrokenJson(_) => self.read_as_json(),
                _ => self.pass_printed(buffer, text),
            }
            return None;
        };
        let is_inner = message.start > 0;
        if is_inner && matches!(form, PrintedForm::Yaml { .. }) {
            self.pass_bracket(buffer);
            return None;
        }
        if is_inner {
            self.pass(buffer, self.pos() + message.start);
            self.begin_printed(form);
            return None;
        }
        let missing = missing.or_else(|| self.renamed(View::root(&parts.tree, text), form));
        if let Some(missing) = missing {
            let found = self.broken(missing, buffer, text.len(), Syntax::Json, parts);
            self.state = State::after_broken(text.len(), None);
            return Some(found);
        }
        parts.tree.is_printed = true;
        parts
            .findings
            .push(form.notation().printed(Span::new(0, 1)));
        Some(self.whole(buffer, text, Syntax::Json))
    }

    /// Returns a finding if the header's names in a message are not WeChat's.
    fn renamed(&self, message: View<'_>, form: PrintedForm) -> Option<Finding> {
        let name = (self.names.event_name)(message.text.as_bytes())?;
        let is_renamed = (self.names.is_renamed)(message);
        is_renamed.then(|| unread::finding(message.text.as_bytes(), &name, Some(form.notation())))
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
        form: PrintedForm,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let (buffer, pos) = (arrived.bytes, self.pos());
        let ahead = arrived.from(pos).window(self.limits.payload_size);
        let at = (finding.span().end as usize).min(ahead.len());
        let rest = ahead.from(at);
        let end = at + rest.find(b'\n').unwrap_or(rest.len());
        arrived.settled()?;
        self.failures.note(self.cursor.offset(), end);
        if finding.reason() == Reason::PrintedTyped {
            self.pass(buffer, pos + end);
            self.state = State::Seek;
            return None;
        }
        if !self.is_printed_callback(&finding, ahead.window(end)) {
            self.passed_notation = Some((self.cursor.offset(), form.notation()));
            self.pass_bracket(buffer);
            return None;
        }
        let found = self.broken(finding, buffer, end, Syntax::Json, parts);
        self.state = State::after_broken(end, None);
        Some(found)
    }

    /// Returns true if `text`, a printed object that breaks, has values of a callback and no payload inside. A word
    /// that no program prints shows source code.
    fn is_printed_callback(&self, finding: &Finding, text: Lookahead<'_>) -> bool {
        finding.reason() != Reason::PrintedWord
            && (self.names.event_name)(text.bytes()).is_some()
            && (self.names.values)(text.bytes()).is_some()
            && self.document_start(text.from(1)).is_none()
    }

    /// Reads the object at the cursor as JSON again, which breaks.
    fn read_as_json(&mut self) {
        self.no_notation_at = Some(self.cursor.offset());
        self.begin_document(Syntax::Json);
    }

    /// Passes over a printed object that is no payload, or only its bracket if a payload may stand in it.
    fn pass_printed(&mut self, buffer: &[u8], text: &str) {
        match self.names.anchors.is_in(text.as_bytes()) {
            true => self.pass_bracket(buffer),
            false => {
                self.pass(buffer, self.pos() + text.len());
                self.state = State::Seek;
            }
        }
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
    let words =
        word.map(|len| word_before(&near[..near.len() - len]).map_or(len, |more| len + more));
    let lens = [words.filter(|_| words != word), word, Some(0)];
    lens.into_iter().flatten().map(move |len| found - len)
}

/// Returns true if `text` begins with a call of a function, as `NumberLong(1)`.
fn is_call(text: Lookahead<'_>) -> bool {
    const LONGEST_NAME: usize = 32;
    let name = text.window(LONGEST_NAME);
    let end = name.position(|b| !b.is_ascii_alphanumeric());
    end.is_some_and(|end| end > 0 && name.get(end) == Some(b'('))
}

/// Returns the length of the word at the end of `bytes`, with the white space after it.
fn word_before(bytes: &[u8]) -> Option<usize> {
    let is_of_word = |b: &&u8| b.is_ascii_alphanumeric() || b"_.$\\&#".contains(b);
    let text = bytes.trim_ascii_end();
    let len = text.iter().rev().take_while(is_of_word).count();
    (len > 0).then_some(bytes.len() - text.len() + len)
}
