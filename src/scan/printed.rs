//! Reads objects that programs print, as a Python dict or a Java map: the state [`State::Printed`].
//!
//! An object that is a message is a payload. An object around a message is noise up to the message. Of any other object
//! only the bracket is passed over as noise, and the rest is searched.
//!
//! In a notation without quotes, a text that a user typed could look like members. An object with such a text is never
//! read, and neither is the rest of its log entry.

use std::ops::Range;

use crate::finding::{Finding, Reason};
use crate::scan::lookahead::{Arrived, Lookahead, Settled};
use crate::scan::verdict::valid_text;
use crate::scan::{Found, Near, Parts, Read, Scanner, State, unread};
use crate::simd::line_start;
use crate::span::Span;
use crate::syntax::notation::{self, Notation, Printed, Users};
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

/// The result of reading an object that may be printed over several lines.
pub(super) enum OverLines {
    /// A whole message of this length.
    Whole(usize),
    /// The object holds what a user typed and has no sure end. Its log entry takes up this many bytes.
    Typed(usize),
    /// Another object, or none. So many bytes were read.
    Other(usize),
}

impl PrintedForm {
    /// Returns true if the object takes up one line.
    pub(super) fn is_one_line(self) -> bool {
        self.notation().is_one_line() || matches!(self, PrintedForm::Yaml { .. })
    }

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
        let offset = self.offset_at(found);
        if self.tried.failures.are_many(offset) {
            return Some(Near::Nothing);
        }
        for at in starts(buffer, start, found) {
            if let Some(notation) = self.notation_at(arrived, at)? {
                self.note_lead(buffer, at);
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
        let bytes = self.bytes_from(arrived, at);
        let notation = self.told(notation::at(bytes, self.users()), bytes)?;
        Some(notation.flatten())
    }

    /// Returns what the first bytes of a document tell, or nothing if they break or go beyond the size limit.
    fn told<T>(&self, look: Result<T, Stop>, bytes: Bytes<'_>) -> Settled<Option<T>> {
        match look {
            Ok(told) => Some(Some(told)),
            Err(Stop::More) if bytes.all.len() < self.limits.payload_size => None,
            Err(_) => Some(None),
        }
    }

    /// Reads the printed object at the start of `arrived`, if it is printed over several lines.
    pub(super) fn printed_over_lines(
        &self,
        arrived: &Arrived<'_>,
        parts: &mut Parts,
    ) -> Settled<OverLines> {
        let bytes = self.bytes_from(arrived, 0);
        let users = Users {
            headerless: 0,
            ..self.users()
        };
        if let Some(indent) = self.indent_of_member(bytes.all) {
            return self.yaml_over_lines(indent, arrived, users, parts);
        }
        let notation = self.notation_at(arrived, 0)?;
        let Some(notation) = notation.filter(|notation| !notation.is_one_line()) else {
            return Some(OverLines::Other(0));
        };
        let read = notation::read(notation, bytes, users, &mut parts.tree, &self.limits);
        self.over_lines(0, notation.is_open(), read, arrived, parts)
    }

    /// Reads the YAML at the start of `arrived`, whose names stand at `indent`.
    fn yaml_over_lines(
        &self,
        indent: usize,
        arrived: &Arrived<'_>,
        users: Users,
        parts: &mut Parts,
    ) -> Settled<OverLines> {
        let bytes = self.bytes_from(arrived, indent);
        if self.told(notation::yaml_at(bytes, indent), bytes)? != Some(true) {
            return Some(OverLines::Other(0));
        }
        let read = notation::read_yaml(bytes, indent, users, &mut parts.tree, &self.limits);
        self.over_lines(indent, true, read, arrived, parts)
    }

    /// Returns the result of `read` for an object at the start of `arrived`, after `before` blanks. `has_lines` is true if
    /// its texts may go over lines.
    fn over_lines(
        &self,
        before: usize,
        has_lines: bool,
        read: Result<Printed, Stop>,
        arrived: &Arrived<'_>,
        parts: &Parts,
    ) -> Settled<OverLines> {
        let bytes = self.bytes_from(arrived, before);
        let printed = match read {
            Err(Stop::More) if !bytes.last => return None,
            Err(Stop::Broken(finding)) if finding.reason() == Reason::PrintedTyped => {
                let at = before + finding.span().end as usize;
                return Some(OverLines::Typed(Self::end_of_entry(
                    has_lines,
                    arrived.from(0),
                    at,
                )));
            }
            Err(Stop::Broken(finding)) => {
                return Some(OverLines::Other(before + finding.span().end as usize));
            }
            Err(Stop::More) => return Some(OverLines::Other(before + bytes.all.len())),
            Ok(printed) => printed,
        };
        let text = valid_text(&bytes.all[..printed.len]);
        let is_whole = printed.typed.is_none() && text.len() == printed.len;
        let message = self.first_message(&parts.tree, text);
        let is_message = message.is_some_and(|message| message.start == 0);
        Some(match is_whole && is_message {
            true => OverLines::Whole(before + printed.len),
            false => OverLines::Other(before + printed.len),
        })
    }

    pub(super) fn users(&self) -> Users {
        Users {
            private: self.names.private,
            headerless: self
                .tried
                .no_header_before
                .saturating_sub(self.cursor.offset()) as usize,
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
        let offset = self.cursor.offset();
        if self.tried.no_notation_at == Some(offset) || self.tried.failures.are_many(offset) {
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
        match self.line_from(start, anchor) {
            Some(line) => self.try_begin_yaml_above(arrived, start, line),
            None => Some(false),
        }
    }

    /// Returns the start of the line of `anchor`, if it is not before `start`.
    fn line_from(&self, start: usize, anchor: usize) -> Option<usize> {
        let line = self.line_of(anchor);
        line.filter(|line| (start..=anchor).contains(line))
    }

    /// Begins to read YAML at the first of the lines from `start` to `line` that belong together.
    fn try_begin_yaml_above(
        &mut self,
        arrived: &Arrived<'_>,
        start: usize,
        line: usize,
    ) -> Settled<bool> {
        let found = self.first_member(arrived, start, line);
        arrived.settled()?;
        let Some((at, indent)) = found else {
            return Some(false);
        };
        let offset = self.offset_at(at);
        if self.tried.no_yaml_before > offset || self.tried.failures.are_many(offset) {
            return Some(false);
        }
        let bytes = self.bytes_from(arrived, at);
        if self.told(notation::yaml_at(bytes, indent), bytes)? != Some(true) {
            // Each anchor on the line would ask again.
            self.tried.no_yaml_before = offset + 1;
            return Some(false);
        }
        self.pass(arrived.bytes, at);
        self.begin_printed(PrintedForm::Yaml { indent });
        Some(true)
    }

    /// Returns the start of the first of the members of YAML on the lines from `start` to `line`, and the number of blanks
    /// before it.
    pub(super) fn first_member(
        &self,
        arrived: &Arrived<'_>,
        start: usize,
        mut line: usize,
    ) -> Option<(usize, usize)> {
        const MOST_LINES: usize = 16;
        const LONGEST_HEAD: usize = 64;
        let buffer = arrived.bytes;
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

    /// Begins to read the printed object around `anchor`, if the lines above have a text of a user that takes up several
    /// lines and has not ended. The search window does not reach the bracket of such an object.
    pub(super) fn try_begin_around(
        &mut self,
        arrived: &Arrived<'_>,
        anchor: usize,
    ) -> Settled<bool> {
        const FARTHEST: usize = 2048;
        let buffer = arrived.bytes;
        let from = anchor.saturating_sub(FARTHEST).max(self.pos());
        let line = self.search.line_start_from(buffer, from, anchor);
        let above = &buffer[from..line];
        let Some(sign) = self.open_text_above(buffer, from..from + above.len()) else {
            return Some(false);
        };
        for bracket in (from..from + sign).filter(|&at| b"{[(".contains(&buffer[at])) {
            if matches!(self.try_begin_printed(arrived, from, bracket)?, Near::Begun) {
                return Some(true);
            }
        }
        let line = line_start(&above[..sign]);
        self.try_begin_yaml_above(arrived, from, from + line)
    }

    fn is_typed_exactly(&self, name: &str) -> bool {
        (self.names.private.is_typed_exactly)(name)
    }

    /// Begins to read YAML if the line of `anchor` is a member that holds what a user typed: nothing in it begins an
    /// object.
    pub(super) fn try_begin_typed_yaml(
        &mut self,
        arrived: &Arrived<'_>,
        start: usize,
        anchor: usize,
    ) -> Settled<bool> {
        let Some(line) = self.line_from(start, anchor) else {
            return Some(false);
        };
        let name = name_of_member(arrived.bytes[line..anchor].trim_ascii_start());
        match name.is_some_and(|name| self.is_typed_exactly(name)) {
            true => self.try_begin_yaml_above(arrived, start, line),
            false => Some(false),
        }
    }

    /// Returns the number of blanks before the member of YAML with which `line` begins, if its name is one of WeChat's.
    fn indent_of_member(&self, line: &[u8]) -> Option<usize> {
        let blanks = line.iter().take_while(|&&b| b == b' ').count();
        let dash = if line[blanks..].starts_with(b"- ") {
            2
        } else {
            0
        };
        let name = name_of_member(&line[blanks + dash..])?;
        let is_named = (self.names.begins_message)(name) || self.is_typed_exactly(name);
        is_named.then_some(blanks + dash)
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
        let users = self.users();
        let (tree, limits) = (&mut parts.tree, &self.limits);
        let read = match form {
            PrintedForm::Yaml { indent } => notation::read_yaml(bytes, indent, users, tree, limits),
            _ => notation::read(form.notation(), bytes, users, tree, limits),
        };
        let (len, missing, typed) = match read {
            Ok(printed) => {
                let headerless = self.cursor.offset() + printed.headerless as u64;
                self.tried.no_header_before = self.tried.no_header_before.max(headerless);
                (Ok(printed.len), printed.missing, printed.typed)
            }
            Err(stop) => (Err(stop), None, None),
        };
        match self.verdict(len, bytes)? {
            Read::Broken(finding) if finding.reason() == Reason::PrintedTyped => {
                self.broken_typed(finding, form, arrived, parts)
            }
            Read::Broken(finding) if matches!(form, PrintedForm::BrokenJson(_)) => {
                let len = finding.span().end as usize;
                if self.begin_prefixed_printed(arrived, len, form)? {
                    return None;
                }
                self.tried.failures.note(self.cursor.offset(), len);
                self.read_as_json();
                None
            }
            Read::Broken(finding) => self.broken_printed(finding, form, arrived, parts),
            Read::Whole(text) => {
                let root = View::root(&parts.tree, text);
                if let Some(line) = self.entry_inside(root, form, arrived)? {
                    return self.ran_into_entry(line, text, form, arrived, parts);
                }
                match typed {
                    Some(typed) if self.first_message(&parts.tree, text).is_some() => {
                        self.broken_typed(typed, form, arrived, parts)
                    }
                    _ => self.whole_printed(text, form, missing, arrived.bytes, parts),
                }
            }
        }
    }

    /// Returns the line break before the first log entry inside a callback, if its texts may hold line breaks. The callback
    /// was cut off in a text, and the reader took the next entries for parts of that text.
    fn entry_inside(
        &self,
        message: View<'_>,
        form: PrintedForm,
        arrived: &Arrived<'_>,
    ) -> Settled<Option<usize>> {
        let mut members = message.children();
        if form.is_one_line()
            || !form.notation().keeps_breaks()
            || !members.any(|member| self.names_event(member))
        {
            return Some(None);
        }
        let next = self.next_entry(arrived.bytes);
        let line = next.first_in(arrived.from(self.pos()), message.span().range().len());
        arrived.settled().map(|()| line)
    }

    /// Returns true if the value of `member` is the name of an event.
    fn names_event(&self, member: View<'_>) -> bool {
        let value = member.value().as_bytes();
        let name = (self.names.event_name)(value);
        name == Some(0..value.len()) && !self.is_typed_exactly(member.name())
    }

    /// Handles an object that was cut off before the log entry behind the line break at `line`.
    fn ran_into_entry<'b>(
        &mut self,
        line: usize,
        text: &str,
        form: PrintedForm,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let finding = form.notation().cut_off(Span::new(line, line));
        let nodes = parts.tree.nodes().iter();
        let mut names = nodes.map(|node| parts.tree.str(node.name, text));
        match names.any(|name| self.is_typed_exactly(name)) {
            true => self.broken_typed(finding, form, arrived, parts),
            false => self.broken_printed(finding, form, arrived, parts),
        }
    }

    /// Returns the bytes that the object may take up: its line, if its notation has no line breaks.
    fn printed_bytes<'b>(
        &mut self,
        notation: &Notation,
        arrived: &Arrived<'b>,
    ) -> Settled<Bytes<'b>> {
        let document = &arrived.bytes[self.pos()..];
        if !notation.is_one_line() {
            return Some(self.limited(document, arrived.is_final));
        }
        let line = arrived.from(self.pos()).window(self.limits.payload_size);
        // Many objects may stand on one long line.
        let known = self
            .tried
            .no_break_before
            .saturating_sub(self.cursor.offset());
        let known = line.len().min(known as usize);
        let rest = line.from(known);
        let len = known + rest.line_end();
        arrived.settled()?;
        self.tried.no_break_before = self.cursor.offset() + len as u64;
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
            // Each line in it is tried, but not to its end each time.
            self.tried.failures.note(self.cursor.offset(), text.len());
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
            let inside = Lookahead::whole(&text.as_bytes()[1..]);
            let is_length = missing.reason() == Reason::PrintedLength;
            if is_length && self.document_start(inside).is_some() {
                // The object was cut off, and a payload behind it fitted in.
                self.pass_bracket(buffer);
                return None;
            }
            let range = self.pos()..self.pos() + text.len();
            return Some(self.report_broken(range, missing, buffer, parts));
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
        if self.begin_prefixed_printed(arrived, at, form)? {
            return None;
        }
        let rest = ahead.from(at);
        let end = at + rest.line_end();
        let end = self.end_before_payload(ahead.window(end), at);
        arrived.settled()?;
        self.tried.failures.note(self.cursor.offset(), end);
        if !self.is_printed_callback(&finding, ahead.window(end)) {
            self.tried.passed_notation = Some((self.cursor.offset(), form.notation()));
            match form {
                // Its first byte is one of a name, which may show that a callback was printed.
                PrintedForm::Yaml { .. } => self.leave_yaml(at),
                _ => self.pass_bracket(buffer),
            }
            return None;
        }
        Some(self.report_broken(pos..pos + end, finding, buffer, parts))
    }

    /// Passes over a printed object that holds what a user typed, and over the rest of its log entry. Reports it only if
    /// it names an event.
    fn broken_typed<'b>(
        &mut self,
        finding: Finding,
        form: PrintedForm,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let (buffer, pos) = (arrived.bytes, self.pos());
        let ahead = arrived.from(pos).window(self.limits.payload_size);
        let at = (finding.span().end as usize).min(ahead.len());
        let has_lines = !form.notation().is_one_line() && form.notation().is_open();
        let end = Self::end_of_entry(has_lines, ahead, at);
        let end = self.next_entry(buffer).first_in(ahead, end).unwrap_or(end);
        arrived.settled()?;
        let is_cut = form.notation().is_one_line() && is_unclosed(&ahead.bytes()[..end]);
        self.tried.failures.note(self.cursor.offset(), end);
        let names_event = (self.names.event_name)(&ahead.bytes()[..end]).is_some();
        if form.notation().keeps_breaks() && !form.notation().is_one_line() || is_cut {
            self.begin_doubt_of_printed(buffer, end);
        }
        if !names_event {
            self.pass(buffer, pos + end);
            self.state = State::Seek;
            return None;
        }
        Some(self.report_broken(pos..pos + end, finding, buffer, parts))
    }

    /// Returns the end of the log entry of a printed object that holds what a user typed and breaks at `at`.
    ///
    /// It is the end of that line. If a text `has_lines`, the lines below that are blank or indented belong to it.
    fn end_of_entry(has_lines: bool, document: Lookahead<'_>, at: usize) -> usize {
        let rest = document.from(at);
        let mut end = at + rest.line_end();
        while has_lines && end < document.len() && is_inner_line(document.from(end + 1)) {
            let rest = document.from(end + 1);
            end += 1 + rest.line_end();
        }
        end
    }

    /// Returns the end of an object that breaks at `at`: before the line of a payload that begins there.
    fn end_before_payload(&self, text: Lookahead<'_>, at: usize) -> usize {
        let rest = text.from(at);
        let Some(start) = self.document_start(rest) else {
            return text.len();
        };
        let before = &text.bytes()[..at + start];
        before[..at].trim_ascii_end().len().max(1)
    }

    /// Returns true if `text`, a printed object that breaks, has values of a callback and no payload inside. A word
    /// that no program prints shows source code.
    fn is_printed_callback(&self, finding: &Finding, text: Lookahead<'_>) -> bool {
        finding.reason() != Reason::PrintedWord
            && (self.names.event_name)(text.bytes()).is_some()
            && (self.names.values)(text.bytes()).is_some()
            && self.document_start(text.from(1)).is_none()
    }

    /// Reads the object at the cursor as JSON again, to report how it is broken.
    fn read_as_json(&mut self) {
        self.tried.no_notation_at = Some(self.cursor.offset());
        self.begin_document(Syntax::Json);
    }

    /// Passes over a printed object that is no payload, or only its bracket if a payload may stand in it.
    fn pass_printed(&mut self, buffer: &[u8], text: &str) {
        match self.names.anchors.is_in(text.as_bytes()) {
            true => {
                // Objects inside of it are tried, too, but only a few: it holds no message.
                self.tried.failures.note(self.cursor.offset(), text.len());
                self.pass_bracket(buffer);
            }
            false => {
                self.pass(buffer, self.pos() + text.len());
                self.state = State::Seek;
            }
        }
    }

    /// Seeks again from the first name of YAML that breaks after `len` bytes. Up to there it is not read as YAML again.
    fn leave_yaml(&mut self, len: usize) {
        self.tried.no_yaml_before = self.cursor.offset() + len.max(1) as u64;
        self.state = State::Seek;
    }

    /// Passes over the bracket of an object that is not a payload, and over the words before it.
    fn pass_bracket(&mut self, buffer: &[u8]) {
        const LONGEST: usize = 64;
        let object = &buffer[self.pos()..];
        let head = &object[..object.len().min(LONGEST)];
        let bracket = head.iter().position(|b| b"{[(<".contains(b));
        let is_word = |b: &u8| is_of_word(b) || b.is_ascii_whitespace();
        let words = bracket.filter(|&len| head[..len].iter().all(is_word));
        self.pass(buffer, self.pos() + words.unwrap_or(0) + 1);
        self.state = State::Seek;
    }
}

/// Returns the positions at which a printed object with the bracket `found` may begin, from `start` on: at the words
/// before the bracket, as in `Array (` and `stdClass Object (`, and at the bracket.
pub(super) fn starts(buffer: &[u8], start: usize, found: usize) -> impl Iterator<Item = usize> {
    const LONGEST: usize = 64;
    let near = &buffer[start.max(found.saturating_sub(LONGEST))..found];
    let word = word_before(near).map(|len| with_count(&near[..near.len() - len], len));
    let words =
        word.map(|len| word_before(&near[..near.len() - len]).map_or(len, |more| len + more));
    let lens = [words.filter(|_| words != word), word, Some(0)];
    lens.into_iter().flatten().map(move |len| found - len)
}

/// Returns true if the brackets of an object on one line are not closed there, as a text in it holds a line break.
fn is_unclosed(line: &[u8]) -> bool {
    let count = |brackets: &[u8]| line.iter().filter(|b| brackets.contains(b)).count();
    count(b"{[(") > count(b"}])")
}

/// Returns true if a line belongs to the printed object above it: it is blank, indented, or a bracket.
fn is_inner_line(line: Lookahead<'_>) -> bool {
    let first = line.get(0);
    first.is_some_and(|byte| byte.is_ascii_whitespace() || b"()]}".contains(&byte))
}

/// Returns true if `text` begins with a call of a function, as `NumberLong(1)`.
fn is_call(text: Lookahead<'_>) -> bool {
    const LONGEST_NAME: usize = 32;
    let name = text.window(LONGEST_NAME);
    let end = name.position(|b| !b.is_ascii_alphanumeric());
    end.is_some_and(|end| end > 0 && name.get(end) == Some(b'('))
}

/// Adds the word before a count of `len` bytes, as in `array:6 [`.
fn with_count(before: &[u8], len: usize) -> usize {
    const WORD: &[u8] = b"array:";
    match before.ends_with(WORD) {
        true => WORD.len() + len,
        false => len,
    }
}

/// Returns true if a word before a bracket may hold `byte`.
fn is_of_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.$\\&#".contains(byte)
}

/// Returns the length of the word at the end of `bytes`, with the white space after it.
fn word_before(bytes: &[u8]) -> Option<usize> {
    let text = bytes.trim_ascii_end();
    let len = text.iter().rev().take_while(|b| is_of_word(b)).count();
    (len > 0).then_some(bytes.len() - text.len() + len)
}

/// Returns the name before the colon with which `member` of YAML begins.
fn name_of_member(member: &[u8]) -> Option<&str> {
    const LONGEST: usize = 32;
    let len = memchr::memchr(b':', &member[..member.len().min(LONGEST)])?;
    std::str::from_utf8(&member[..len]).ok()
}
