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
use crate::scan::lookahead::{Arrived, FARTHEST, Lookahead, Settled};
use crate::scan::nested::NestedEnd;
use crate::scan::printed::PrintedForm;
use crate::scan::skip::{Skip, Skipped};
use crate::scan::start;
use crate::scan::torn::{Doubt, NextEntry};
use crate::scan::typographic::{self, Pasted};
use crate::scan::unread::is_word;
use crate::scan::verdict::{shown_end, valid_text};
use crate::scan::{
    Continuation, Found, FoundKind, Holds, InnerPart, Inside, Parts, Read, Scanner, State,
};
use crate::simd::is_line_space;
use crate::span::Span;
use crate::syntax::{Bytes, Kind, Syntax, Tree, View, Walk, json, not_utf8};

impl Scanner {
    /// Reads the document at the cursor: the state [`State::Json`].
    pub(super) fn json<'b>(
        &mut self,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let (buffer, last) = (arrived.bytes, arrived.is_final);
        if let Some(found) = self.fast_document(arrived, parts) {
            return Some(found);
        }
        let bytes = self.limited(&buffer[self.pos()..], last);
        let read = self.read_json(bytes, parts)?;
        if let Read::Broken(finding) = &read
            && self.json.met_long_comment()
        {
            let offset = self.cursor.offset();
            self.tried
                .long_comments
                .note(offset, finding.span().end as usize);
        }
        if self.enter_literal(arrived, read.len(), read.is_broken(), Syntax::Json)? {
            return None;
        }
        if read.is_broken()
            && self.begin_prefixed_at(arrived, self.json.at(), true, Syntax::Json)?
        {
            return None;
        }
        match read {
            Read::Whole(text) => {
                let doubt = self.doubt_before_rest(arrived, self.pos() + text.len())?;
                let found = self.whole_json(arrived, text, parts)?;
                Some(self.before_rest(found, doubt))
            }
            Read::Broken(finding) => self.broken_json(finding, arrived, parts),
        }
    }

    /// Reads the document at the start of `bytes`.
    pub(super) fn read_json<'b>(
        &mut self,
        bytes: Bytes<'b>,
        parts: &mut Parts,
    ) -> Settled<Read<'b>> {
        let long = self.reads_long_comments();
        self.read_json_with(long, bytes, parts)
    }

    /// Reads the document at the start of `bytes`, with comments of any length if they may be `long`.
    pub(super) fn read_json_with<'b>(
        &mut self,
        long: bool,
        bytes: Bytes<'b>,
        parts: &mut Parts,
    ) -> Settled<Read<'b>> {
        let Parts { tree, findings, .. } = parts;
        findings.clear();
        self.json.reads_long_comments = long;
        let read = self.json.read(bytes, tree, findings, &self.limits);
        self.verdict(read, bytes)
    }

    /// Returns true if comments of any length are read at the cursor.
    pub(super) fn reads_long_comments(&self) -> bool {
        self.reads_long_comments && !self.tried.long_comments.are_many(self.cursor.offset())
    }

    /// Handles a well-formed object: a message, or a log entry around messages.
    fn whole_json<'b>(
        &mut self,
        arrived: &Arrived<'b>,
        text: &'b str,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let buffer = arrived.bytes;
        if (self.names.is_message)(View::root(&parts.tree, text)) {
            return Some(self.whole(buffer, text, Syntax::Json));
        }
        let mut inner = self.empty_inner();
        self.add_inner_of(View::root(&parts.tree, text), &mut inner);
        self.add_comments(text, &mut inner);
        if self.begin_wrapped(arrived, text.as_bytes(), &inner)? {
            return None;
        }
        if let Some(name) = self.unread_entry(text, &inner) {
            let found =
                self.report_unread(self.pos()..self.pos() + text.len(), name, buffer, parts);
            return Some(found);
        }
        if let Some(first) = inner.front()
            && is_word(text, first)
            && let Some(found) =
                self.judge_ahead(arrived, self.pos() + first.span().range().start, parts)?
        {
            return Some(found);
        }
        self.state = State::Inside(Inside {
            sample: self.sample(&inner),
            ..Inside::new(inner, Continuation::noise(text.len()))
        });
        None
    }

    /// Returns memory for the messages inside a document.
    pub(super) fn empty_inner(&mut self) -> VecDeque<InnerPart> {
        let mut inner = std::mem::take(&mut self.spare_inner);
        inner.clear();
        inner
    }

    /// Returns the complete messages that begin a line in an unfinished object.
    pub(super) fn messages_on_new_lines(
        &self,
        tree: &Tree,
        document: &[u8],
    ) -> VecDeque<InnerPart> {
        let text = valid_text(&document[..self.json.at()]);
        let mut found = VecDeque::new();
        let mut id = 1;
        while let Some(node) = tree.nodes().get(id as usize) {
            let is_open = self.json.is_open(id);
            if !is_open && begins_line(document, node.span.start as usize) {
                found.extend(self.messages_at(View::root(tree, text).at(id)));
            }
            id = if is_open { id + 1 } else { node.end };
        }
        found
    }

    /// Returns the start of the inner object in which an object broke, if it begins a line and has no member yet. It may be
    /// the escaped beginning of the next payload.
    pub(super) fn object_on_new_line(&self, document: &[u8], tree: &Tree) -> Option<usize> {
        let last = (tree.len() as u32)
            .checked_sub(1)
            .filter(|&id| id > 0 && self.json.is_open(id))?;
        let start = tree.node(last).span.start as usize;
        begins_line(document, start).then_some(start)
    }

    /// Returns `value` if it is a message, or the outermost messages inside of it.
    fn messages_at(&self, value: View<'_>) -> VecDeque<InnerPart> {
        if value.kind() == Kind::Object && (self.names.is_message)(value) {
            return [InnerPart::Message(value.span())].into();
        }
        let mut inner = self.inner_of(value);
        inner.retain(|inner| matches!(inner, InnerPart::Message(_)));
        inner
    }

    /// Returns the outermost complete messages inside of `root`, and the texts with an anchor outside of them.
    pub(super) fn inner_of(&self, root: View<'_>) -> VecDeque<InnerPart> {
        let mut inner = VecDeque::new();
        self.add_inner_of(root, &mut inner);
        inner
    }

    /// Adds the result of [`Self::inner_of`] to `inner`.
    fn add_inner_of(&self, root: View<'_>, inner: &mut VecDeque<InnerPart>) {
        if root.tree.len() == 0 {
            return;
        }
        let mut ahead = Ahead::new(self.names.anchors, root.text.as_bytes());
        let mut walk = match self.json.is_open(root.id) {
            true => Walk::inside_cut(root, self.names.private),
            false => Walk::inside(root, self.names.private),
        };
        while let Some((value, is_private)) = walk.next_cut(|id| self.json.is_open(id)) {
            match self.inner_at(value, is_private, &mut ahead) {
                Some(found @ (InnerPart::Message(_) | InnerPart::Lines(_))) => {
                    inner.push_back(found);
                    walk.leave_out(value);
                }
                other => inner.extend(other),
            }
        }
    }

    /// Adds the comments of `text` with an anchor to `inner`, except those in its parts, which are searched themselves. The last
    /// comment may go on behind the text. Source code has payloads in comments, and is read as JSON up to its first statement.
    fn add_comments(&self, text: &str, inner: &mut VecDeque<InnerPart>) {
        let all = self.json.comments().iter().map(|comment| comment.range());
        let all = all.filter_map(|comment| {
            let comment = comment.start..comment.end.min(text.len());
            let bytes = text.as_bytes().get(comment.clone())?;
            let has_anchor = self.names.anchors.is_in(bytes);
            has_anchor.then(|| Span::new(comment.start, comment.end))
        });
        let mut parts = std::mem::take(inner).into_iter().peekable();
        for comment in all {
            while let Some(part) = parts.next_if(|part| part.span().start <= comment.start) {
                inner.push_back(part);
            }
            let is_inside = |part: &InnerPart| comment.end <= part.span().end;
            if !inner.back().is_some_and(is_inside) {
                inner.push_back(InnerPart::Comment(comment));
            }
        }
        inner.extend(parts);
    }

    fn inner_at(
        &self,
        value: View<'_>,
        is_private: bool,
        ahead: &mut Ahead<'_>,
    ) -> Option<InnerPart> {
        let node = value.node();
        match node.kind {
            Kind::Object if self.json.is_open(value.id) => None,
            Kind::Object => {
                let is_message = (self.names.is_message)(value);
                is_message.then_some(InnerPart::Message(node.span))
            }
            Kind::Text if !is_private => {
                value.text.get(node.span.range())?;
                let span = Span {
                    start: node.span.start + 1,
                    end: node.span.end - 1,
                };
                let has_anchor = ahead.is_in(node.span.range());
                has_anchor.then_some(InnerPart::Text(span))
            }
            Kind::Array if !is_private && self.are_lines(value) => {
                Some(InnerPart::Lines(node.span))
            }
            Kind::Array => {
                let start = node.span.start as usize;
                let numbers = decimal::numbers_in(value.text.as_bytes().get(start..)?)?;
                let span = Span::new(start + numbers.start, start + numbers.end);
                Some(InnerPart::Numbers(span))
            }
            _ => None,
        }
    }

    /// Returns the next payload inside a document, or ends the document: the state [`State::Inside`].
    pub(super) fn inside<'b>(&mut self, buffer: &'b [u8], parts: &mut Parts) -> Option<Found<'b>> {
        // Moving it out takes 2 % more instructions for payloads in log entries, and 5 % in the static program.
        let State::Inside(inside) = &mut self.state else {
            return None;
        };
        let (start, then) = (self.cursor.pos() - inside.done, inside.then);
        let Some(inner) = inside.inner.pop_front() else {
            self.spare_inner = std::mem::take(&mut inside.inner);
            self.move_to(buffer, start + then.len, then.noise);
            self.state = then.skip.map_or(State::Seek, State::Skip);
            return None;
        };
        let span = inner.span();
        inside.done = span.end as usize;
        self.move_to(buffer, start + span.start as usize, then.noise);
        let len = span.range().len();
        let escape = match inner {
            InnerPart::Message(_) => return Some(self.inner_message(buffer, len, parts)),
            InnerPart::Lines(_) => return Some(self.unread_lines(buffer, len, parts)),
            InnerPart::Numbers(_) => Escape::Numbers(decimal::DECIMAL),
            InnerPart::Comment(_) => Escape::Comment,
            InnerPart::Text(_) => Escape::Backslash,
            InnerPart::Typed(_) => {
                self.begin_doubt_within(len);
                Escape::Backslash
            }
        };
        if !self.enter(escape, NestedEnd::Len(len)) {
            self.move_to(buffer, start + span.end as usize, then.noise);
        }
        None
    }

    /// Reads the message of `len` bytes at the cursor again, inside a document that was read.
    fn inner_message<'b>(&mut self, buffer: &'b [u8], len: usize, parts: &mut Parts) -> Found<'b> {
        let place = self.cursor.place(buffer);
        let doubt = self.doubt();
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
            doubt,
            ..Found::at(range, place, Syntax::Json)
        }
    }

    /// Begins to read a broken object again as escaped text, if an escape is where it broke or in a comment before that.
    /// Returns true if it began.
    fn enter_broken(&mut self, arrived: &Arrived<'_>, findings: &Findings) -> Settled<bool> {
        let document = arrived.from(self.pos());
        if typographic::shows(document.from(self.json.at())) {
            arrived.settled()?;
            return Some(self.enter_from(Escape::Pasted(Pasted::default()), None, 0));
        }
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

    /// Returns true if the object at the cursor broke before its first line break.
    fn broke_on_first_line(&self, buffer: &[u8]) -> bool {
        let (document, at) = (&buffer[self.pos()..], self.json.at());
        memchr::memchr(b'\n', &document[..at]).is_none()
            && is_on_one_line(document, end_of_broken(document, at))
    }

    /// Returns what shows the beginning of the log entry after a broken object.
    fn entry_behind_broken(&self, buffer: &[u8]) -> NextEntry {
        match self.broke_on_first_line(buffer) {
            // Such an object ends with its line.
            true => NextEntry::Unknown,
            false => self.next_entry(buffer),
        }
    }

    /// Begins to read a broken object as escaped text, or as a printed object unless it broke in a text that a user typed.
    /// Returns true if it began.
    fn read_broken_again(&mut self, arrived: &Arrived<'_>, parts: &Parts) -> Settled<bool> {
        let (tree, findings) = (&parts.tree, &parts.findings);
        // Ruby's `=>` comes first: an escape after it does not show that the object is escaped.
        let is_ruby = arrived.from(self.pos() + self.json.at()).starts_with(b"=>");
        if !is_ruby && self.enter_broken(arrived, findings)? {
            return Some(true);
        }
        if !self.is_in_typed_string(&arrived.bytes[self.pos()..], tree)
            && let Some(notation) = self.notation_of_broken(arrived)?
        {
            self.begin_printed(PrintedForm::BrokenJson(notation));
            return Some(true);
        }
        Some(is_ruby && self.enter_broken(arrived, findings)?)
    }

    /// Reports a broken object if it is a message. Otherwise it is noise, in which messages may stand.
    fn broken_json<'b>(
        &mut self,
        finding: Finding,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let next_entry = self.entry_behind_broken(arrived.bytes);
        let entry = next_entry.first_in(arrived.from(self.pos()), self.json.at());
        let finding = entry.map_or(finding, entry_begins);
        let shown_end = shown_end(arrived.from(self.pos()), &finding);
        arrived.settled()?;
        if self.read_broken_again(arrived, parts)? {
            return None;
        }
        let typed = self.cut_typed(arrived, &parts.tree)?;
        let document = &arrived.bytes[self.pos()..];
        let end = end_of_broken(document, entry.unwrap_or(self.json.at()));
        let skip = Skip::json(self.json.depth(), is_on_one_line(document, end), next_entry);
        let text = valid_text(&document[..end]);
        let mut inner = self.inner_of(View::root(&parts.tree, text));
        self.add_comments(text, &mut inner);
        cut(&mut inner, end);
        let is_message = self.is_broken_message(arrived, &finding, &inner, skip)?
            || typed.is_none() && self.holds_typed_event(View::root(&parts.tree, text));
        let (inner, then) = match typed {
            Some(typed) => inside_typed(typed, is_message, inner),
            None => {
                if is_message {
                    // A message is not searched. But a message that begins a line in it is the next payload, because
                    // this one was cut off.
                    inner = self.messages_on_new_lines(&parts.tree, document);
                }
                let next = start_of_next(document, end, &finding);
                let mut then = match is_message {
                    true => self.after_broken_message(next, end, skip),
                    false => self.after_broken_noise(next, end),
                };
                if is_message && (next.is_some() || is_cut_at_line_end(document, end)) {
                    self.begin_doubt(arrived.bytes, then.len, Doubt::AfterTorn);
                }
                cut(&mut inner, then.len);
                then.len = then.len.max(end_of_messages(&inner));
                (inner, then)
            }
        };
        self.state = State::Inside(Inside::new(inner, then));
        self.array = None;
        is_message.then(|| self.broken(finding, arrived.bytes, shown_end, Syntax::Json, parts))
    }

    /// Returns true if a broken object holds the name of an event in a text that a user filled: it is a message whose
    /// header is cut off.
    fn holds_typed_event(&self, root: View<'_>) -> bool {
        let is_typed = self.names.private.is_typed_exactly;
        (1..root.tree.len()).any(|id| {
            let value = root.at(id as u32);
            value.kind() == Kind::Text
                && is_typed(value.name())
                && (self.names.event_name)(value.value().as_bytes()).is_some()
        })
    }

    /// Returns true if the object broke in a string that a user filled.
    pub(super) fn is_in_typed_string(&self, document: &[u8], tree: &Tree) -> bool {
        let at = self.json.at();
        let text = valid_text(&document[..at.min(document.len())]);
        let name = self.json.member().map(|name| tree.str(name, text));
        let is_typed = name.is_some_and(self.names.private.is_typed_exactly);
        is_typed && document.get(at) == Some(&b'"')
    }

    /// Returns the range of the text that a user filled and in which the object broke, up to the end of the line.
    fn cut_typed(&self, arrived: &Arrived<'_>, tree: &Tree) -> Settled<Option<Range<usize>>> {
        let document = arrived.from(self.pos());
        if !self.is_in_typed_string(document.bytes(), tree) {
            return Some(None);
        }
        let start = self.json.at() + 1;
        let rest = document.from(start).window(self.limits.payload_size);
        let len = rest.line_end();
        arrived.settled()?;
        Some(Some(start..start + len))
    }

    /// Returns true if the broken object has the mark of a message, in the part that was read or in the rest that
    /// `skip` would skip.
    fn is_broken_message(
        &mut self,
        arrived: &Arrived<'_>,
        finding: &Finding,
        inner: &VecDeque<InnerPart>,
        skip: Skip,
    ) -> Settled<bool> {
        let document = &arrived.bytes[self.pos()..];
        let end = end_of_broken(document, self.json.at());
        let known = end.max(finding.span().end as usize).min(document.len());
        if self.has_mark(&document[..known], inner) {
            return Some(!self.is_other_code(arrived)?);
        }
        if is_line_of_bracket(document, self.json.at()) || self.tried.no_mark_before > self.pos() {
            return Some(false);
        }
        let has_mark = self.mark_ahead(arrived, self.pos() + end, skip)?;
        Some(has_mark && !self.is_other_code(arrived)?)
    }

    /// Returns true if the broken object at the cursor is source code without values of a callback.
    fn is_other_code(&mut self, arrived: &Arrived<'_>) -> Settled<bool> {
        let document = arrived.from(self.pos());
        let is_declaration = self.is_declaration(document);
        let expression = self.expression_len(document);
        arrived.settled()?;
        if let Some(len) = expression {
            self.tried.expressions.note(self.cursor.offset(), len);
        }
        Some(is_declaration || expression.is_some())
    }

    /// Returns true if the broken object begins with an entry of a set, a case of a match or a declaration, and its first
    /// line has no values of a callback.
    fn is_declaration(&self, document: Lookahead<'_>) -> bool {
        let near = document.window(NEAR_CODE);
        let line = || near.window(near.line_end());
        begins_with_entry(near) && (self.names.values)(line().bytes()).is_none()
    }

    /// Returns the length of an object that broke at an expression, with the text behind it: up to the end of the line if it
    /// broke on its first line, otherwise up to the next empty line, and never more than [`NEAR_CODE`] behind the break.
    /// Returns `None` if a value of a callback stands there, or after too many such objects.
    fn expression_len(&mut self, document: Lookahead<'_>) -> Option<usize> {
        let (before, rest) = (
            &document.bytes()[..self.json.at()],
            document.from(self.json.at()),
        );
        if !is_at_expression(before, rest) || self.tried.expressions.are_many(self.cursor.offset())
        {
            return None;
        }
        let near = rest.window(NEAR_CODE);
        let end = match memchr::memchr(b'\n', before) {
            None => near.find_text(b"\n"),
            Some(_) => near.find_text(b"\n\n"),
        };
        let len = before.len() + end.unwrap_or(near.len());
        (!self.holds_value(&document.bytes()[..len])).then_some(len)
    }

    /// Returns true if a value of a callback stands in `text` at the cursor. What was searched for an object before is not
    /// searched again, but for the bytes at its end, which may bind what follows.
    fn holds_value(&mut self, text: &[u8]) -> bool {
        const NEAR: usize = 128;
        let at = self.dropped + self.pos();
        let known = self.tried.nothing_held_before.saturating_sub(at);
        let from = known.saturating_sub(NEAR).min(text.len());
        let is_of_value = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'*');
        let word = match from {
            0 => 0,
            _ => text[from..].iter().take_while(is_of_value).count(),
        };
        let holds = (self.names.holds)(&text[from + word..]);
        if holds == Holds::Nothing {
            self.tried.nothing_held_before = at + text.len().max(known);
        }
        holds == Holds::Value
    }

    /// Continues after a broken message that ends at `end`: at the `next` object, or after the rest of the message.
    fn after_broken_message(&self, next: Option<usize>, end: usize, skip: Skip) -> Continuation {
        let has_rest = next.is_none() && self.json.depth() > 0;
        Continuation {
            len: next.unwrap_or(end),
            noise: false,
            skip: has_rest.then_some(skip),
        }
    }

    /// Continues after a broken object that is not a message and ends at `end`. If a string in it has no colon, continues
    /// at the string: the bracket before it is prose.
    fn after_broken_noise(&self, next: Option<usize>, end: usize) -> Continuation {
        Continuation::noise(next.or(self.json.unnamed_at()).unwrap_or(end))
    }

    /// Returns true if a mark stands in `bytes` outside of the messages and comments in `inner`. Marks in texts have escaped
    /// quotes.
    pub(super) fn has_mark(&self, bytes: &[u8], inner: &VecDeque<InnerPart>) -> bool {
        let mut at = 0;
        let spans = inner.iter().filter_map(|inner| match inner {
            InnerPart::Message(span) | InnerPart::Comment(span) => Some(span.range()),
            _ => None,
        });
        let end = bytes.len()..bytes.len();
        spans.chain(std::iter::once(end)).any(|span| {
            let gap = &bytes[at.min(span.start)..span.start];
            at = span.end;
            match gap.len() <= SHORT {
                true => self.has_mark_in_short(gap),
                false => {
                    let mut marks = self.names.marks.iter();
                    marks.any(|mark| has_plain(gap, mark)) || self.has_marked_event(gap)
                }
            }
        })
    }

    /// Returns true if a short text has a mark. Comparing the marks at each quote is faster than making a searcher for each
    /// mark.
    fn has_mark_in_short(&self, text: &[u8]) -> bool {
        let (event, members) = self.names.event_marks;
        let (mut has_event, mut has_member) = (false, false);
        for at in memchr::memchr_iter(b'"', text) {
            if at > 0 && text[at - 1] == b'\\' {
                continue;
            }
            let rest = &text[at..];
            if begins_with_one(rest, self.names.marks) {
                return true;
            }
            has_event |= rest.starts_with(event.as_bytes());
            has_member |= begins_with_one(rest, members);
        }
        has_event && has_member
    }

    /// Returns true if `bytes` have an event and a member that stands beside it in messages and records.
    fn has_marked_event(&self, bytes: &[u8]) -> bool {
        let (event, beside) = self.names.event_marks;
        has_plain(bytes, event) && beside.iter().any(|name| has_plain(bytes, name))
    }

    /// Returns true if the rest of a broken object, from `at` on, has a mark.
    fn mark_ahead(&mut self, arrived: &Arrived<'_>, at: usize, mut skip: Skip) -> Settled<bool> {
        let window = arrived.from(at).window(FARTHEST);
        if self.has_mark_near(window.bytes(), skip) {
            return Some(true);
        }
        let len = match skip.run(window, &self.names.begins_message) {
            Skipped::To(len) => len,
            Skipped::Past(_) => return None,
        };
        let has_mark = self.has_mark(&window.bytes()[..len], &VecDeque::new());
        if !has_mark {
            self.tried.no_mark_before = self.pos() + self.json.at().max(len);
        }
        Some(has_mark)
    }

    /// Returns true if a mark is near the start of `rest`. Looks in small windows first: many broken objects may come
    /// before one mark, and skipping to the end of `rest` for each of them would take quadratic time.
    fn has_mark_near(&self, rest: &[u8], skip: Skip) -> bool {
        const WINDOWS: [usize; 4] = [1 << 8, 1 << 10, 1 << 12, 1 << 14];
        for bytes in WINDOWS.iter().map_while(|&len| rest.get(..len)) {
            let (near, mut skip) = (Arrived::new(bytes, false), skip);
            match skip.run(near.from(0), &self.names.begins_message) {
                Skipped::To(_) => return false,
                Skipped::Past(len) if self.has_mark(&bytes[..len], &VecDeque::new()) => {
                    return true;
                }
                Skipped::Past(_) => {}
            }
        }
        false
    }
}

/// Returns true if an object begins with a text that is not a name: a comma, a bracket or an arrow follows it. Without
/// quotes, a second word follows it.
fn begins_with_entry(document: Lookahead<'_>) -> bool {
    let mut inside = document
        .from(usize::from(document.get(0) == Some(b'{')))
        .trim_start();
    while inside.starts_with(b"//") {
        inside = inside.from(inside.line_len()).trim_start();
    }
    if inside.get(0) != Some(b'"') {
        return begins_with_words(inside);
    }
    let text = inside.from(1);
    let end = text.position(|b| matches!(b, b'"' | b'\n'));
    let Some(end) = end.filter(|&end| text.get(end) == Some(b'"')) else {
        return false;
    };
    let behind = text.from(end + 1).trim_start();
    match behind.get(0) {
        Some(b',' | b'}') => true,
        Some(b'=' | b'-') => behind.get(1) == Some(b'>'),
        _ => false,
    }
}

/// How far around a broken object source code is looked for.
const NEAR_CODE: usize = 512;

/// Returns true if `text` begins with an expression of source code or with a placeholder of a template, in the place of
/// the value of a member or behind a text. Whatever follows a message that is cut off is no expression, such as words,
/// tags and other lines.
fn is_at_expression(before: &[u8], text: Lookahead<'_>) -> bool {
    let lead = before.trim_ascii_end();
    let is_on_line = !before[lead.len()..].contains(&b'\n');
    is_on_line
        && match lead.last() {
            Some(b':') => begins_with_expression(text),
            Some(b'{') => text.starts_with(b"{"),
            Some(b'"') => text.starts_with(b"+"),
            _ => false,
        }
}

/// Returns true if `text` begins with a variable, a call, a placeholder or a text that is no JSON. Programs print words
/// like `None` for values.
fn begins_with_expression(text: Lookahead<'_>) -> bool {
    const LONGEST: usize = 64;
    const PRINTED: [&[u8]; 7] = [
        b"None",
        b"True",
        b"False",
        b"nil",
        b"undefined",
        b"NaN",
        b"Infinity",
    ];
    let near = text.window(LONGEST);
    let is_of_name = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'$';
    let len = near.run(is_of_name);
    let (name, after) = (&near.bytes()[..len], near.from(len));
    match (name, after.trim_start().get(0)) {
        ([], Some(b'`')) => true,
        ([], Some(b'%')) => after.get(1).is_some_and(|b| b.is_ascii_alphabetic()),
        ([b'0'..=b'9', ..], _) => false,
        ([_] | [_, _], Some(b'"' | b'\'')) => true,
        (name, Some(b',' | b';' | b'}' | b'.' | b'(' | b'[' | b'{')) => {
            !name.is_empty() && !PRINTED.contains(&name)
        }
        _ => false,
    }
}

/// Returns true if `text` begins with two words.
fn begins_with_words(text: Lookahead<'_>) -> bool {
    let is_of_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let Some(len) = text.position(|b| !is_of_word(b)).filter(|&len| len > 0) else {
        return false;
    };
    let behind = text.from(len);
    let next = behind.trim_start();
    next.len() < behind.len() && next.get(0).is_some_and(|b| b.is_ascii_alphabetic())
}

/// Makes the finding for an object that was cut off: the next log entry begins after the line break at `line`.
fn entry_begins(line: usize) -> Finding {
    Finding::new(Reason::JsonEntryBegins, Span::new(line, line + 1))
}

/// Returns the end of an object that broke at `at`. A line break before the unexpected token belongs to the next
/// document.
fn end_of_broken(document: &[u8], at: usize) -> usize {
    document[..at].trim_ascii_end().len().max(1)
}

/// Returns true if only blanks follow a broken object, which ends at `end`, on its line.
fn is_cut_at_line_end(document: &[u8], end: usize) -> bool {
    let mut after = document[end..].iter();
    after
        .find(|&&b| !is_line_space(b))
        .is_none_or(|&b| b == b'\n')
}

/// Returns true if a broken object that ends at `end` ends with its line: it has no line break. A line break directly
/// after an opening bracket does not end the object.
fn is_on_one_line(document: &[u8], end: usize) -> bool {
    let mut after = document[end..].iter();
    let next = after.find(|&&b| !is_line_space(b));
    let opens = matches!(document[end - 1], b'{' | b'[') && next == Some(&b'\n');
    !opens && memchr::memchr(b'\n', &document[..end]).is_none()
}

/// Returns what is searched of an object that broke in the text `typed` of a user, and what follows it. A user may have
/// typed what is found in the text. JSON has no line breaks in texts, so the text ends with its line.
fn inside_typed(
    typed: Range<usize>,
    is_message: bool,
    mut inner: VecDeque<InnerPart>,
) -> (VecDeque<InnerPart>, Continuation) {
    if is_message {
        inner.clear();
    }
    cut(&mut inner, typed.start);
    inner.push_back(InnerPart::Typed(Span::new(typed.start, typed.end)));
    let then = Continuation {
        len: typed.end,
        noise: !is_message,
        skip: None,
    };
    (inner, then)
}

/// Drops parts that begin after the first `len` bytes, and ends texts, numbers and comments there.
fn cut(inner: &mut VecDeque<InnerPart>, len: usize) {
    let end = Span::new(len, len).end;
    inner.retain(|inner| inner.span().start < end);
    for inner in inner {
        if let InnerPart::Text(span) | InnerPart::Numbers(span) | InnerPart::Comment(span) = inner {
            span.end = span.end.min(end);
        }
    }
}

/// Returns the end of the last message of `inner`, or 0. A whole message may go on behind a line with which a log entry
/// seems to begin.
fn end_of_messages(inner: &VecDeque<InnerPart>) -> usize {
    let messages = inner.iter().filter_map(|inner| match inner {
        InnerPart::Message(span) => Some(span.end as usize),
        _ => None,
    });
    messages.max().unwrap_or(0)
}

/// The most bytes of a text that is searched for marks quote by quote.
const SHORT: usize = 256;

/// Returns true if one of the `marks`, which begin with a quote, stands at the quote with which `text` begins.
fn begins_with_one(text: &[u8], marks: &[&str]) -> bool {
    let first = text.get(1);
    let mut marks = marks.iter().map(|mark| mark.as_bytes());
    marks.any(|mark| mark.get(1) == first && text.starts_with(mark))
}

/// Returns true if `bytes` contain `mark` with an unescaped quote.
fn has_plain(bytes: &[u8], mark: &str) -> bool {
    let is_plain = |at: usize| at == 0 || bytes[at - 1] != b'\\';
    memchr::memmem::find_iter(bytes, mark.as_bytes()).any(is_plain)
}

/// Returns true if only blanks stand before `at` on its line, and it is not the first line.
pub(super) fn begins_line(document: &[u8], at: usize) -> bool {
    let before = document[..at].iter().rev().find(|&&b| !is_line_space(b));
    before == Some(&b'\n')
}

/// Returns the range of the comment at `at`, up to the end of its line if that is near.
fn comment_at(document: Lookahead<'_>, at: usize) -> Option<Range<usize>> {
    const LONGEST_COMMENT: usize = 4096;
    let rest = document.from(at).window(LONGEST_COMMENT);
    let is_comment = rest.starts_with(b"//");
    is_comment.then(|| at..at + rest.line_end())
}

/// Returns true if the first line ends with `{` and the next line begins with the `{` that breaks the object at `at`.
/// The first `{` is then a bracket in prose.
fn is_line_of_bracket(document: &[u8], at: usize) -> bool {
    let (head, next) = document.split_at(at);
    head.contains(&b'\n') && head.trim_ascii_end() == b"{" && next.first() == Some(&b'{')
}

/// Returns the start of the next object, if a cut-off string ran into it: `"gh_12{"ToUserName"` breaks after `{"`.
/// Users cannot type this, because JSON escapes their quotes.
fn start_of_next(document: &[u8], at: usize, finding: &Finding) -> Option<usize> {
    let breaks_here = finding.span().start as usize == at;
    let before = document[..at].strip_suffix(b"\"")?.trim_ascii_end();
    (breaks_here && before.ends_with(b"{") && before.len() > 1).then(|| before.len() - 1)
}
