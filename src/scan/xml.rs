//! Reads XML documents, also in declared encodings, and finds the next document after a broken one.

use std::ops::Range;

use encoding_rs::Encoding;

use crate::finding::{Code, Finding, Reason};
use crate::scan::escape::Escape;
use crate::scan::literal;
use crate::scan::lookahead::{Arrived, Lookahead, Settled};
use crate::scan::recode::{self, Declared};
use crate::scan::skip::{Skip, ends_ahead};
use crate::scan::source_map::Step;
use crate::scan::start::{self, Start};
use crate::scan::torn::Doubt;
use crate::scan::verdict::{shown_end, valid_text};
use crate::scan::{Found, Parts, Read, Scanner, State};
use crate::simd::skip_space;
use crate::span::Span;
use crate::syntax::xml::{CDATA, LONGEST_INSTRUCTION, ROOT};
use crate::syntax::{Bytes, Kind, Node, NodeId, Stop, Syntax, Tree, View, xml};

/// The position at which to continue after a broken document.
#[derive(Clone, Copy, Debug)]
pub(super) enum Resume {
    /// The start of the next payload, or of text around it.
    Next(usize),
    /// The start of the rest of the document, which is skipped.
    Rest(usize),
}

impl Scanner {
    /// Reads the document at the cursor: the state [`State::Xml`].
    pub(super) fn xml<'b>(
        &mut self,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        if let Some(found) = self.fast_document(arrived, parts) {
            return Some(found);
        }
        let document = &arrived.bytes[self.pos()..];
        let bytes = self.limited(document, arrived.is_final);
        parts.findings.clear();
        if !self.begin_xml(arrived, parts)? {
            return None;
        }
        self.xml.begin_at(Some(self.dropped + self.pos()));
        let read = self.read_begun_xml(bytes, parts)?;
        let end = match read {
            Read::Whole(text) => text.len(),
            Read::Broken(_) => self.xml.at(),
        };
        let is_entered = self.enter_literal(arrived, read.len(), read.is_broken(), Syntax::Xml)?
            || self.begin_prefixed_at(arrived, end, read.is_broken(), Syntax::Xml)?
            || self.enter_escaped(document, &read, &parts.tree);
        if is_entered || self.pass_to_comment(arrived.bytes, &parts.tree) {
            return None;
        }
        match read {
            Read::Whole(text) => {
                let doubt = self.doubt_before_rest(arrived, self.pos() + text.len())?;
                let found = self.whole_xml(arrived.bytes, text, parts)?;
                Some(self.before_rest(found, doubt))
            }
            Read::Broken(finding) => self.broken_xml(finding, arrived, parts),
        }
    }

    /// Moves the cursor into the first comment before the root of the document at the cursor, if a payload begins in it.
    /// Returns false if none does.
    fn pass_to_comment(&mut self, buffer: &[u8], tree: &Tree) -> bool {
        let len = match tree.nodes().first() {
            Some(root) => root.span.start as usize,
            None => self.xml.at(),
        };
        let prolog = &buffer[self.pos()..][..len];
        let holds_payload = |comment: &Range<usize>| {
            let comment = Lookahead::whole(&prolog[comment.clone()]);
            self.document_start(comment).is_some()
        };
        let Some(comment) = comments_of(prolog).find(holds_payload) else {
            return false;
        };
        self.tried.no_prolog_before = self.cursor.offset() + len as u64;
        self.pass_no_message(buffer, comment.start);
        true
    }

    /// Handles a well-formed document: a message, or another document, which is searched from its root on.
    fn whole_xml<'b>(
        &mut self,
        buffer: &'b [u8],
        text: &'b str,
        parts: &Parts,
    ) -> Option<Found<'b>> {
        let root = View::root(&parts.tree, text);
        if (self.names.is_message)(root) {
            return Some(self.whole(buffer, text, Syntax::Xml));
        }
        self.pass_no_message(buffer, self.outside_of_messages(root));
        None
    }

    /// Returns the length of the start of a document that holds no payload: all of it, if a user filled a part of it.
    fn outside_of_messages(&self, root: View<'_>) -> usize {
        let is_typed = self.names.private.is_typed_exactly;
        match root.children().any(|child| is_typed(child.name())) {
            true => root.text.len(),
            false => (root.span().start as usize).max(1),
        }
    }

    /// Reads the document at the cursor again, if it is escaped and only the blanks between its elements show it. Returns
    /// false if it is not, or if it is nested too deep.
    fn enter_escaped(&mut self, document: &[u8], read: &Read<'_>, tree: &Tree) -> bool {
        let len = match self.xml.is_long_cut() {
            true => self.xml.at(),
            false => read.len().min(document.len()),
        };
        let text = &document[..len];
        let texts = tree.nodes().iter().filter(|node| is_between_elements(node));
        let texts = texts.filter_map(|node| document.get(node.span.range()));
        let escape = match literal::is_of_rsyslog(text, self.names.is_plain) {
            true => Some(Escape::Octal),
            false => literal::is_between_lines(text, texts).then_some(Escape::Backslash),
        };
        escape.is_some_and(|escape| self.enter_from(escape, None, 0))
    }

    /// Checks the encoding that the document declares. If it is not UTF-8, begins to read the document in that encoding and
    /// returns false.
    fn begin_xml(&mut self, arrived: &Arrived<'_>, parts: &mut Parts) -> Settled<bool> {
        let declared = recode::declared(arrived.from(self.pos()), self.cursor.units());
        arrived.settled()?;
        match declared {
            Declared::Other(encoding) => {
                self.begin_attempts();
                self.state = State::Recoded(encoding);
                return Some(false);
            }
            Declared::AsIs(Some(finding)) if finding.code() == Code::InvalidEncoding => {
                self.state = State::Xml {
                    pending: Some(finding),
                };
            }
            Declared::AsIs(finding) => parts.findings.extend(finding),
        }
        Some(true)
    }

    /// Reads the document at the start of `bytes`, which are not a part of the buffer.
    pub(super) fn read_xml<'b>(
        &mut self,
        bytes: Bytes<'b>,
        parts: &mut Parts,
    ) -> Settled<Read<'b>> {
        self.xml.begin_at(None);
        self.read_begun_xml(bytes, parts)
    }

    /// Reads the document at the start of `bytes`. The caller called `begin_at` with its place.
    fn read_begun_xml<'b>(&mut self, bytes: Bytes<'b>, parts: &mut Parts) -> Settled<Read<'b>> {
        let Parts { tree, findings, .. } = parts;
        let is_plain = &self.names.is_plain;
        let read = match self.xml.read(bytes, tree, findings, &self.limits, is_plain) {
            Err(Stop::Broken(finding)) if self.xml.is_long_cut() => {
                let at = self.xml.at();
                return Some(Read::Broken(finding.at(Span::new(at, at + 1))));
            }
            read => read,
        };
        self.verdict_xml(read, bytes)
    }

    /// Checks the result of a read with [`Self::verdict`], then the declared encoding and the characters.
    fn verdict_xml<'b>(
        &mut self,
        read: Result<usize, Stop>,
        bytes: Bytes<'b>,
    ) -> Settled<Read<'b>> {
        let pending = match &mut self.state {
            State::Xml { pending } => pending.clone(),
            _ => None,
        };
        let verdict = match (self.verdict(read, bytes)?, pending) {
            (_, Some(pending)) if self.xml.is_rooted() => Read::Broken(pending),
            (Read::Whole(text), None) => match xml::check_characters(text) {
                Ok(()) => Read::Whole(text),
                Err(finding) => Read::Broken(finding),
            },
            (Read::Broken(finding), None) => {
                let before = bytes.all.len().min(finding.span().start as usize);
                Read::Broken(
                    xml::check_characters(valid_text(&bytes.all[..before]))
                        .err()
                        .unwrap_or(finding),
                )
            }
            (read, _) => read,
        };
        Some(verdict)
    }

    /// Passes over the first `len` bytes of a document that is not a message.
    fn pass_no_message(&mut self, buffer: &[u8], len: usize) {
        self.pass(buffer, self.pos() + len);
        self.state = State::Seek;
    }

    /// Reports a broken document, unless it is not a message.
    fn broken_xml<'b>(
        &mut self,
        finding: Finding,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let ahead = arrived.from(self.pos());
        let document = &arrived.bytes[self.pos()..];
        if !self.xml.is_rooted() {
            return self.broken_root(finding, arrived, parts);
        }
        if self.broke_at_escaped_tag(document) && self.enter_string() {
            return None;
        }
        if self.is_in_prose(document, &parts.tree) {
            self.pass_no_message(arrived.bytes, ROOT.len());
            return None;
        }
        if self.is_quoted_beginning(ahead, &finding, &parts.tree) {
            self.pass_no_message(arrived.bytes, (finding.span().end as usize).max(1));
            return None;
        }
        let shown_end = shown_end(ahead, &finding);
        let resume = self.resume_after(ahead, &finding, &parts.tree);
        let typed = match self.doubt() {
            // Nothing shows where it ends, as it may be typed, too.
            Some(Doubt::InTyped) => Some(1),
            _ => self.cut_in_typed(ahead, &finding, &parts.tree),
        };
        let entry = match self.last_root_of_many(document, &finding, &parts.tree) {
            Some(_) => None,
            None => self.entry_before(resume, arrived, &parts.tree),
        };
        let is_malformed =
            |start: usize| ends_ahead(ahead.from(start), root_of(document, &parts.tree));
        let entry = entry.filter(|&line| !is_malformed(line));
        arrived.settled()?;
        self.state = match (typed, entry, resume) {
            (Some(text), ..) => self.state_in_typed(text, &finding, arrived.bytes),
            (None, Some(len), _) => State::after_broken(len, None),
            (None, None, Resume::Next(len)) => {
                self.begin_doubt(arrived.bytes, len, Doubt::AfterTorn);
                State::after_broken(len, None)
            }
            _ => self.state_after(resume, root_of(document, &parts.tree)),
        };
        Some(self.broken(finding, arrived.bytes, shown_end, Syntax::Xml, parts))
    }

    /// Reports a broken document of which even the root's tag is malformed, if a message stands in it.
    fn broken_root<'b>(
        &mut self,
        finding: Finding,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let ahead = arrived.from(self.pos());
        let at = self.xml.at();
        let end = start::end_before_header(ahead.from(at), self.names.private.is_header);
        let shown_end = shown_end(ahead, &finding);
        arrived.settled()?;
        let Some(end) = end else {
            self.pass_no_message(arrived.bytes, at.max(1));
            return None;
        };
        self.state = State::after_broken(at + end, Some(Skip::xml(b"xml")));
        let shown_end = shown_end.max(at + end);
        Some(self.broken(finding, arrived.bytes, shown_end, Syntax::Xml, parts))
    }

    /// Returns the line break before the first log entry that a broken document ran into, if that is before `resume`.
    fn entry_before(&self, resume: Resume, arrived: &Arrived<'_>, tree: &Tree) -> Option<usize> {
        let (Resume::Next(end) | Resume::Rest(end)) = resume;
        let ahead = arrived.from(self.pos());
        let start = self.end_of_elements(ahead.bytes(), tree);
        let next = self.next_entry(arrived.bytes);
        let mut lines = memchr::memchr_iter(b'\n', ahead.bytes().get(start..end)?);
        lines.find_map(|line| {
            let line = start + line;
            next.begins_at(ahead.from(line + 1)).then_some(line)
        })
    }

    /// Returns the position after which a broken document may be cut off: the end of its last whole element, or the start of
    /// the content of its innermost open element, if that is later. Elements of the next document do not count.
    pub(super) fn end_of_elements(&self, document: &[u8], tree: &Tree) -> usize {
        let is_root = |node: NodeId| {
            let name = document.get(tree.node(node).name.source_range());
            name.is_some_and(xml::is_root_name)
        };
        let next = self.xml.open_elements().find(|&(node, _)| is_root(node));
        let own = next.map_or(tree.len(), |(node, _)| node as usize);
        let open = self
            .xml
            .open_elements()
            .take_while(|&(node, _)| !is_root(node));
        let content = match open.last() {
            Some((node, content)) if self.is_at_torn_end(document, tree, node, content) => {
                self.xml.at()
            }
            last => last.map_or(0, |(_, content)| content),
        };
        let whole = (1..own).filter(|&id| tree.node(id as NodeId).end as usize > id);
        let whole = whole.map(|id| tree.node(id as NodeId));
        let ends = whole
            .filter(|node| !is_between_elements(node))
            .map(|node| node.span.end as usize);
        ends.fold(content, usize::max)
    }

    /// Returns true if a document broke at the end tag of the open element `node`, of which only the beginning is there:
    /// the text before it is whole.
    fn is_at_torn_end(&self, document: &[u8], tree: &Tree, node: NodeId, content: usize) -> bool {
        let at = self.xml.at();
        let text = document.get(content..at).unwrap_or_default();
        let is_whole = !text.starts_with(CDATA) || text.trim_ascii_end().ends_with(b"]]>");
        let name = document.get(tree.node(node).name.source_range());
        let tag = document.get(at..).and_then(|tag| tag.strip_prefix(b"</"));
        is_whole
            && tag
                .zip(name)
                .is_some_and(|(tag, name)| is_torn_name(tag, name))
    }

    /// Returns the first line break after the last element of a broken document, if the document ran into other text before
    /// `resume`. Each line is then a log entry. Lines of other streams may be in between.
    pub(super) fn line_after_elements(
        &self,
        ahead: Lookahead<'_>,
        resume: Resume,
        tree: &Tree,
    ) -> Option<usize> {
        let document = ahead.bytes();
        let (Resume::Next(end) | Resume::Rest(end)) = resume;
        let start = self.end_of_elements(document, tree);
        let line = start + memchr::memchr(b'\n', document.get(start..end)?)?;
        let is_next = matches!(resume, Resume::Next(_));
        let is_other = is_next || !document[line..end].trim_ascii().is_empty();
        (is_other && !ends_ahead(ahead.from(line), root_of(document, tree))).then_some(line)
    }

    /// Returns the state after a document that was cut off in the `text` of a user: what stands there is searched, but a
    /// user may have typed it.
    fn state_in_typed(&mut self, text: usize, finding: &Finding, buffer: &[u8]) -> State {
        let read = self.xml.at().max(finding.span().end as usize);
        let text = match self.may_read_again(read, self.xml.work()) {
            true => text,
            false => self.xml.at().max(text),
        };
        self.begin_doubt(buffer, text, Doubt::InTyped);
        State::after_broken(text, None)
    }

    /// Returns the start of the text in which a document was cut off, if a user may have typed that text. Users fill some
    /// members of messages. If the message may be another than an event, every text counts that is not short and plain.
    /// Returns `None` if the element ends later: the document is then malformed, not cut off.
    pub(super) fn cut_in_typed(
        &self,
        ahead: Lookahead<'_>,
        finding: &Finding,
        tree: &Tree,
    ) -> Option<usize> {
        let document = ahead.bytes();
        let innermost = self.xml.open_elements().last();
        if innermost.is_some_and(|(node, start)| self.is_at_torn_end(document, tree, node, start)) {
            return None;
        }
        let text = valid_text(&document[..self.xml.at()]);
        let name = |node: NodeId| tree.str(tree.node(node).name, text);
        let is_typed = self.names.private.is_typed_exactly;
        let open = self
            .xml
            .open_elements()
            .filter(|&(node, _)| is_typed(name(node)));
        let mut typed = open
            .last()
            .map(|(node, content)| (node, self.behind_typed(tree, text, node).max(content)));
        if typed.is_none() && !self.is_of_event(tree, text) {
            // A line break shows that the text was cut off, and is not only malformed.
            let is_cut = |start: usize| {
                let end = self.xml.at().max(finding.span().start as usize);
                let read = document.get(start..end).unwrap_or_default();
                self.xml.is_long_cut()
                    || end >= document.len()
                    || memchr::memchr(b'\n', read).is_some()
            };
            // An element in a member of short plain text shows that the text was cut off there.
            let member = self.xml.open_elements().nth(1);
            let is_cut_before = member.is_some_and(|(node, _)| (self.names.is_plain)(name(node)));
            let innermost = self.xml.open_elements().last();
            let innermost = innermost.filter(|&(node, content)| {
                let is_leaf = tree.len() == node as usize + 1;
                is_leaf && !is_cut_before && !self.is_structural(name(node)) && is_cut(content)
            });
            typed = innermost.and_then(|_| self.xml.open_elements().next());
        }
        let (node, content) = typed?;
        let cdata = cdata_opening(&document[content..]);
        let content = content + cdata;
        let names = [name(node).as_bytes(), root_of(document, tree)];
        let is_closed = closes(ahead.from(content), cdata > 0, names);
        (!is_closed).then_some(content)
    }

    /// Returns the end of the last whole child of the open element `node` that holds what a user typed, or 0.
    fn behind_typed(&self, tree: &Tree, text: &str, node: NodeId) -> usize {
        let (mut id, mut end) = (node as usize + 1, 0);
        while id < tree.len() && tree.node(id as NodeId).end as usize > id {
            let child = tree.node(id as NodeId);
            if (self.names.private.is_typed_exactly)(tree.str(child.name, text)) {
                end = child.span.end as usize;
            }
            id = child.end as usize;
        }
        end
    }

    /// Returns true if an element of this name holds other elements.
    fn holds_fields(&self, name: &str) -> bool {
        (self.names.begins_message)(name) || (self.names.is_of_event)(name, "")
    }

    /// Returns true if an element of this name holds short plain text or other elements.
    fn is_structural(&self, name: &str) -> bool {
        (self.names.is_plain)(name)
            || (self.names.begins_message)(name)
            || xml::is_root_name(name.as_bytes())
    }

    /// Returns true if a broken document is a message of an event, as far as it was read.
    fn is_of_event(&self, tree: &Tree, text: &str) -> bool {
        let name = |node: NodeId| tree.str(tree.node(node).name, text);
        let mut open = self.xml.open_elements();
        if open.any(|(node, _)| (self.names.is_of_event)(name(node), "")) {
            return true;
        }
        let end = self.xml.open_child().map_or(tree.len(), |id| id as usize);
        let mut id = 1;
        while id < end {
            let field = View::root(tree, text).at(id as NodeId);
            if (self.names.is_of_event)(field.name(), field.value()) {
                return true;
            }
            id = tree.node(id as NodeId).end as usize;
        }
        false
    }

    /// Returns true if the document broke at an end tag as JSON may escape it.
    fn broke_at_escaped_tag(&self, document: &[u8]) -> bool {
        document[self.xml.at()..].starts_with(b"<\\/")
    }

    /// Returns where to continue after a broken document: in another payload that it ran into, or where it broke.
    pub(super) fn resume_after(
        &self,
        ahead: Lookahead<'_>,
        finding: &Finding,
        tree: &Tree,
    ) -> Resume {
        if let Some(root) = self.last_root_of_many(ahead.bytes(), finding, tree) {
            return Resume::Next(root);
        }
        let at = self.xml.at();
        let is_next = finding.reason() == Reason::XmlNextBegins;
        let broke_at_next = is_next && finding.span().start as usize == at;
        match self.ran_into(ahead, finding, tree) {
            Some(Resume::Next(next)) if next < at => Resume::Next(next),
            None | Some(Resume::Next(_)) if broke_at_next => {
                Resume::Next(self.last_of_heads(ahead, tree))
            }
            Some(resume) => resume,
            None => Resume::Rest(at),
        }
    }

    /// Returns the start of the next document, at which this one broke. If this document has only start tags, and they are
    /// repeated many times, returns the start of the last repetition: the others hold nothing.
    fn last_of_heads(&self, ahead: Lookahead<'_>, tree: &Tree) -> usize {
        const FARTHEST: usize = 1 << 12;
        let at = self.xml.at();
        let head = &ahead.bytes()[..at];
        let is_head = (0..tree.len()).all(|id| self.xml.is_open(id as NodeId));
        if !is_head || !head.trim_ascii_end().ends_with(b">") {
            return at;
        }
        let window = ahead.from(at).window(FARTHEST);
        let heads = window.bytes().chunks_exact(at);
        let count = heads.take_while(|next| *next == head).count();
        if (count + 1) * at > window.len() {
            window.note_end();
        }
        at * count.max(1)
    }

    /// Returns the start of the innermost open root, if a document is nested too deep because it is a sequence of cut-off
    /// documents: no element ended, and no text has an anchor. Continuing at an earlier root would read as deep again.
    pub(super) fn last_root_of_many(
        &self,
        document: &[u8],
        finding: &Finding,
        tree: &Tree,
    ) -> Option<usize> {
        if finding.reason() != Reason::TooDeep {
            return None;
        }
        let own = root_of(document, tree);
        let is_open = |id: NodeId| self.xml.is_open(id);
        let is_cut = |id: NodeId| match is_between_elements(tree.node(id)) {
            true => !self
                .names
                .anchors
                .is_in(&document[tree.node(id).span.range()]),
            false => is_open(id),
        };
        let name = |node: NodeId| document.get(tree.node(node).name.source_range());
        let is_root = |node: NodeId| name(node).is_some_and(|name| name == own);
        let roots = self.xml.open_elements().map(|(node, _)| node);
        let root = roots.filter(|&node| is_root(node)).last()?;
        let is_of_many = (0..root).all(is_cut);
        is_of_many.then(|| tree.node(root).name_at as usize - b"<".len())
    }

    /// Returns where to continue if the document ran into other payloads before the next root.
    fn ran_into(&self, ahead: Lookahead<'_>, finding: &Finding, tree: &Tree) -> Option<Resume> {
        let line = self.line_between_elements(ahead.bytes(), tree);
        line.map(Resume::Next)
            .or_else(|| self.swallowed(ahead, finding, tree))
    }

    /// Returns the state that continues at `resume`. A document whose root was closed has no rest to skip.
    pub(super) fn state_after(&self, resume: Resume, root: &[u8]) -> State {
        let rest = (!self.xml.is_closed()).then(|| Skip::xml(root));
        match resume {
            Resume::Next(len) => State::after_broken(len, None),
            Resume::Rest(len) => State::after_broken(len, rest),
        }
    }

    /// Returns true if a broken document is the beginning of a body that an error message quotes, as
    /// `Unexpected token '<', "<xml><ToUs"...`. It has no whole tag after the root's, and a quote ends it.
    fn is_quoted_beginning(&self, ahead: Lookahead<'_>, finding: &Finding, tree: &Tree) -> bool {
        const LONGEST: usize = 64;
        let at = finding.span().start as usize;
        if tree.len() > 1 || at > LONGEST {
            return false;
        }
        let is_at_end = ahead.len() <= at && ahead.is_final() && self.ends_at_quote;
        is_at_end || self.is_quoted() && ahead.get(at) == Some(self.before())
    }

    /// Returns true if the root of a broken document is a word in prose: other markup begins the next line, and no
    /// field of a message was found.
    fn is_in_prose(&self, document: &[u8], tree: &Tree) -> bool {
        let Some(content) = document.strip_prefix(ROOT).filter(|_| !self.bare) else {
            return false;
        };
        let (blank, next) = content.split_at(skip_space(content, 0));
        let text = valid_text(&document[..self.xml.at()]);
        let is_field = |node: &Node| (self.names.begins_message)(tree.str(node.name, text));
        let is_markup = matches!(next, [b'<', b'a'..=b'z', ..]) && blank.contains(&b'\n');
        is_markup && !tree.nodes().iter().any(is_field)
    }

    /// Returns the line break before the first line with an anchor that is text between the children of the root. Users
    /// cannot write there, so the document was cut off before that line.
    fn line_between_elements(&self, document: &[u8], tree: &Tree) -> Option<usize> {
        let end = self.xml.open_child().map_or(tree.len(), |id| id as usize);
        let mut id = 1;
        while id < end {
            let node = tree.node(id as NodeId);
            let line = is_between_elements(node).then(|| line_before(document, node.span.range()));
            let holds = |&line: &usize| {
                let text = &document[line..node.span.end as usize];
                self.names.anchors.is_in(text)
            };
            if let Some(line) = line.flatten().filter(holds) {
                return Some(line);
            }
            id = node.end as usize;
        }
        None
    }

    /// Returns where to continue if the document broke in a short text that ran into the next line or payload.
    fn swallowed(&self, ahead: Lookahead<'_>, finding: &Finding, tree: &Tree) -> Option<Resume> {
        const FARTHEST: usize = 1 << 12;
        let document = ahead.bytes();
        let text = self.broken_text(document, tree)?;
        let at = self.xml.at();
        let end = match document.get(at..at + 2) {
            Some(b"<?") => at + LONGEST_INSTRUCTION,
            // Its finding covers one byte.
            _ if self.xml.is_long_cut() => at + FARTHEST,
            _ => finding.span().end as usize,
        };
        let window = ahead.window(end);
        let texts = window.bytes().get(text..).unwrap_or_default();
        let line = memchr::memchr(b'\n', texts).map(|n| text + n);
        let mut end = None;
        for at in memchr::memchr2_iter(b'<', b'{', texts).map(|n| text + n) {
            if is_own_element(&texts[at - text..]) {
                end = Some(at);
                break;
            }
            let start = start::payload_at(
                ahead.from(at),
                &self.names.begins_message,
                self.names.private.is_header,
            );
            // If the line begins earlier, continue there: the text before a payload tells how it is escaped and where
            // it ends.
            if let Some(start) = start {
                let before = line.filter(|&line| line < at);
                let is_plain = !matches!(start, Start::Escaped(_));
                return before.or(is_plain.then_some(at)).map(Resume::Next);
            }
        }
        let end = end.unwrap_or_else(|| {
            window.note_end();
            text + texts.len()
        });
        let is_other = |&line: &usize| line < end && is_other_line(&document[line..end]);
        line.filter(is_other).map(Resume::Rest)
    }

    /// Returns the start of the text in which the document broke, if users cannot write there: a short plain text, or
    /// text between elements.
    fn broken_text(&self, document: &[u8], tree: &Tree) -> Option<usize> {
        let plain = self.xml.plain_text_at(document, tree, &self.names.is_plain);
        let between = || text_between(&document[..self.xml.at()], |name| self.holds_fields(name));
        let text = plain.or_else(between)?;
        Some(text + cdata_opening(&document[text..]))
    }

    /// Reads a document in its declared encoding, in windows that double until it is complete.
    pub(super) fn recoded<'b>(
        &mut self,
        encoding: &'static Encoding,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        const FIRST_WINDOW: usize = 4096;
        let buffer = arrived.bytes;
        let document = self.limited(&buffer[self.pos()..], arrived.is_final);
        let mut window = FIRST_WINDOW;
        loop {
            let raw = &document.all[..window.min(document.all.len())];
            let whole = raw.len() == document.all.len();
            let text = recode::decode(encoding, raw, whole && document.last);
            parts.findings.clear();
            let bytes = Bytes {
                all: &text,
                last: whole && document.last,
            };
            match self.read_xml(bytes, parts) {
                None if whole && raw.len() < self.limits.payload_size => return None,
                None if !whole => window *= 2,
                None => {
                    return self.recoded_broken(self.too_large(), encoding, &text, buffer, parts);
                }
                Some(Read::Whole(text)) => {
                    let root = View::root(&parts.tree, text);
                    if !(self.names.is_message)(root) {
                        let len = self.outside_of_messages(root);
                        self.pass_no_message(buffer, recode::raw_len(encoding, raw, len));
                        return None;
                    }
                    let raw_len = recode::raw_len(encoding, raw, text.len());
                    let found = self.ended(buffer, raw_len, Syntax::Xml);
                    parts.source_map.set_text(text);
                    parts.source_map.add_outer_step(Step::Encoding(encoding));
                    return Some(Found {
                        is_unescaped: true,
                        ..found
                    });
                }
                Some(Read::Broken(finding)) => {
                    let finding = match finding.reason() {
                        Reason::NotUtf8 => {
                            Finding::new(Reason::NotIn, finding.span()).with(encoding.name())
                        }
                        _ => finding,
                    };
                    return self.recoded_broken(finding, encoding, &text, buffer, parts);
                }
            }
        }
    }

    /// Reports a broken document in another encoding, unless it is not a message.
    fn recoded_broken<'b>(
        &mut self,
        finding: Finding,
        encoding: &'static Encoding,
        text: &[u8],
        buffer: &'b [u8],
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let raw = &buffer[self.pos()..];
        let at = recode::raw_len(encoding, raw, self.xml.at());
        if !self.xml.is_rooted() {
            self.pass_no_message(buffer, at.max(1));
            return None;
        }
        let shown = (finding.span().end as usize)
            .max(self.xml.at())
            .min(text.len());
        let len = recode::raw_len(encoding, raw, shown);
        let root = root_of(text, &parts.tree);
        self.state = self.state_after(Resume::Rest(at), root);
        parts.source_map.renew(&text[..shown]);
        parts.source_map.add_outer_step(Step::Encoding(encoding));
        Some(Found {
            is_unescaped: true,
            ..self.broken(finding, buffer, len, Syntax::Xml, parts)
        })
    }
}

/// Returns the ranges of the comments before a root, without `<!--` and `-->`. Those inside of a DOCTYPE are left out, as far as
/// no `>` stands before them in it.
fn comments_of(prolog: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += memchr::memmem::find(&prolog[at..], b"<!")?;
            let rest = &prolog[at..];
            let (open, close) = match rest.starts_with(b"<!--") {
                true => (b"<!--".len(), &b"-->"[..]),
                false => (b"<!".len(), &b">"[..]),
            };
            let len = memchr::memmem::find(&rest[open..], close);
            let end = len.map_or(prolog.len(), |len| at + open + len);
            let begin = at + open;
            at = prolog.len().min(end + close.len());
            if close.len() > 1 {
                return Some(begin..end);
            }
        }
    })
}

/// Returns the name of the root of a broken document.
pub(super) fn root_of<'a>(document: &'a [u8], tree: &Tree) -> &'a [u8] {
    let root = tree.nodes().first();
    root.and_then(|root| document.get(root.name.source_range()))
        .unwrap_or_default()
}

/// Returns true if `text` begins with a part of `name` that was cut off: a byte follows that no name has.
fn is_torn_name(text: &[u8], name: &[u8]) -> bool {
    let len = text.iter().zip(name).take_while(|(a, b)| a == b).count();
    let is_of_name = |b: &u8| b.is_ascii_alphanumeric() || b"_-.:>".contains(b);
    !text.get(len).is_some_and(is_of_name)
}

/// Returns true if `line` does not belong to the document that ran into it: it begins with text, or is longer than the
/// markup that broke the document.
fn is_other_line(line: &[u8]) -> bool {
    const LONGEST_MARKUP: usize = 3;
    let line = line.trim_ascii();
    line.first().is_some_and(|&b| b != b'<') || line.len() > LONGEST_MARKUP
}

/// Returns true if the node is text between elements.
fn is_between_elements(node: &Node) -> bool {
    node.kind == Kind::Text && node.name.len() == 0
}

/// Returns the first line break in the `text` between two tags, or in the blanks before it.
fn line_before(document: &[u8], text: Range<usize>) -> Option<usize> {
    let tag = memchr::memrchr(b'>', &document[..text.start])?;
    memchr::memchr(b'\n', &document[tag..text.end]).map(|n| tag + n)
}

/// Returns the end of the last tag of `bytes`, if the text after it belongs to no element. That is an end tag, or the
/// start tag of the root or of a field that contains fields. What looks like a tag in a CDATA section is none.
fn text_between(bytes: &[u8], is_field: impl Fn(&str) -> bool) -> Option<usize> {
    let (name, text) = xml::last_tag(bytes)?;
    let is_between = name.starts_with('/') || name.eq_ignore_ascii_case("xml") || is_field(name);
    let is_in_text = memchr::memmem::find(text, b"]]>").is_some();
    (is_between && !is_in_text).then_some(bytes.len() - text.len())
}

/// Returns the length of the CDATA opening at the start of `text`, or 0.
fn cdata_opening(text: &[u8]) -> usize {
    if text.starts_with(CDATA) {
        CDATA.len()
    } else {
        0
    }
}

/// Returns true if `ahead` has the end tags of the element and the root in `names`, in this order, before another root
/// begins. If `ahead` begins in a CDATA section, the section must end right before the first end tag.
fn closes(ahead: Lookahead<'_>, is_in_cdata: bool, names: [&[u8]; 2]) -> bool {
    const FARTHEST: usize = 1 << 13;
    let (window, root) = (ahead.window(FARTHEST), names[1]);
    let bytes = window.bytes();
    let mut is_in_cdata = is_in_cdata;
    let mut ends = names.into_iter().peekable();
    for at in memchr::memchr_iter(b'<', bytes).map(|at| at + 1) {
        let Some(end) = ends.peek() else {
            return true;
        };
        let tag = bytes[at..].strip_prefix(b"/");
        let tag = tag.and_then(|tag| tag.strip_prefix(*end));
        let is_end = tag.is_some_and(|rest| rest.starts_with(b">"));
        if is_end && (!is_in_cdata || bytes[..at - 1].trim_ascii_end().ends_with(b"]]>")) {
            is_in_cdata = false;
            ends.next();
        } else if bytes[at..].starts_with(root) {
            return false;
        }
    }
    if ends.peek().is_some() {
        window.note_end();
    }
    ends.peek().is_none()
}

/// Returns true if another element of the message begins here. Other documents have other names.
fn is_own_element(text: &[u8]) -> bool {
    matches!(
        text,
        [b'<', b'A'..=b'Z', ..] | [b'<', b'/', b'A'..=b'Z', ..] | [b'<', b'!', ..]
    )
}
