//! Reads a document whose lines have a [`Prefix`] or a [`Wrapping`]: the state [`State::Prefixed`].
//!
//! The text before a document on its line may be a prefix if the next line begins with it too. This is checked only for a
//! document that takes up several lines, so that documents on one line cost nothing. The document is then read through
//! the prefix. If it is whole, an inner scanner reads it as nested text. Otherwise the document is read as if there were
//! no prefix: it may be torn, and the next line may be a new log entry.
//!
//! A text in a JSON object on a line of its own may begin a document that goes on in the objects on the next lines. The
//! wrapping of the text is then the prefix, and what follows the text on its line is left out, too.
//!
//! A document that is not whole may be read in vain over a long distance. In the first part of that distance no other
//! document of its syntax is read through a prefix, so the time stays linear.

use std::collections::VecDeque;
use std::ops::Range;

use crate::finding::Finding;
use crate::scan::container::Container;
use crate::scan::decimal;
use crate::scan::escape::{Escape, Piece};
use crate::scan::json::begins_line;
use crate::scan::lookahead::{Arrived, Lookahead, Settled};
use crate::scan::nested::NestedEnd;
use crate::scan::prefix::{self, Prefix, Relation};
use crate::scan::printed::{OverLines, PrintedForm};
use crate::scan::source_map::Step;
use crate::scan::start;
use crate::scan::unread::REACH;
use crate::scan::verdict::{shown_end, valid_text};
use crate::scan::wrapping::{self, Member, Wrapping};
use crate::scan::xml::{Resume, root_of};
use crate::scan::{Found, InnerPart, Parts, Read, Scanner, State};
use crate::simd::{is_line_space, is_space};
use crate::syntax::xml::ROOT;
use crate::syntax::{Bytes, Node, Syntax, Tree, View};

/// How far before the line of an anchor an object may begin whose lines have a prefix.
pub(super) const FARTHEST_BEFORE: usize = 8192;

/// One byte of a capture is read as XML in vain at most this many times. CDATA and comments may hold any number of
/// documents.
const XML_IN_VAIN: usize = 8;

/// One byte of a capture is read as JSON in vain at most this many times. JSON holds documents only down to its
/// greatest depth, and in comments.
const JSON_IN_VAIN: usize = 64;

/// One byte of a capture is read in vain at most this many times as a printed object that begins with a word. Such an
/// object goes far only if no bracket after it closes one.
const PRINTED_IN_VAIN: usize = 2;

/// The limits above hold for the first `FREE` bytes that are read in vain. Beyond them, a byte is read in vain at most
/// [`LONG_IN_VAIN`] times.
const FREE: usize = 1 << 16;
const LONG_IN_VAIN: usize = 4;

/// The positions before which no document is read through a prefix, because one was read in vain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Unprefixed {
    xml: usize,
    json: usize,
    /// The farthest position that a read in vain reached, and the number of bytes of the reads in vain that overlap.
    end: usize,
    bytes: usize,
}

impl Unprefixed {
    /// Returns the position for `document`.
    fn of(self, document: &[u8]) -> usize {
        match document.first() {
            Some(b'<') => self.xml,
            _ => self.json,
        }
    }

    /// Returns the position for a document of which the syntax is not known.
    fn any(self) -> usize {
        self.xml.max(self.json)
    }

    /// Notes that a document at `start`, which begins with the byte `first`, was read in vain over `len` bytes.
    fn note(&mut self, first: Option<u8>, start: usize, len: usize) {
        self.bytes = len + if start < self.end { self.bytes } else { 0 };
        self.end = self.end.max(start + len);
        let times = match first {
            Some(b'<') => XML_IN_VAIN,
            Some(b'{' | b'[') => JSON_IN_VAIN,
            _ => PRINTED_IN_VAIN,
        };
        let times = if self.bytes <= FREE {
            times
        } else {
            times.min(LONG_IN_VAIN)
        };
        let next = start + 1 + len / times;
        match first {
            Some(b'<') => self.xml = next,
            _ => self.json = next,
        }
    }

    /// Returns the positions after the first `len` bytes are gone.
    pub(super) fn after(self, len: usize) -> Self {
        let end = self.end.saturating_sub(len);
        Unprefixed {
            xml: self.xml.saturating_sub(len),
            json: self.json.saturating_sub(len),
            end,
            bytes: if end > 0 { self.bytes } else { 0 },
        }
    }
}

/// A document that may have a prefix.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prefixed {
    /// The number of bytes between the cursor and the document. The cursor stays there until the document is read,
    /// because otherwise an earlier document may begin.
    at: usize,
    /// The lines, at the start of the document.
    container: Container,
    otherwise: Otherwise,
    /// An anchor that must be in the document.
    anchor: usize,
}

/// How to continue if the text read through the prefix is not a payload.
#[derive(Clone, Copy, Debug)]
enum Otherwise {
    /// Reads the document without the prefix, also if it is a torn message.
    Read(Syntax),
    /// Reads the printed object without the prefix.
    Printed(PrintedForm),
    /// Seeks from the start of the document.
    Seek,
    /// Passes over the document's root.
    Pass,
}

/// The result of reading a document through a prefix.
enum Through {
    /// The document takes up this many bytes.
    Whole(usize),
    Torn(Torn),
    /// It is an object with a text of a user, in a log entry of this many bytes.
    Typed(usize),
    /// It is no payload. This many bytes were read.
    Vain(usize),
}

/// A message that broke.
struct Torn {
    finding: Finding,
    syntax: Syntax,
    /// The part of the text that is shown.
    text: Vec<u8>,
    /// The number of bytes of the capture that this part takes up.
    shown: usize,
    /// How to go on, and how many bytes were read.
    resume: Resume,
    read: usize,
    /// True if the message surely has the prefix: JSON continued after its first line, or XML up to another payload.
    is_sure: bool,
    /// True if the message continued after its first line, and did so on another line of the capture.
    goes_on: bool,
}

/// The result of reading the text of a document.
enum Text {
    Whole(usize),
    /// The flag is true if it was cut off in a text that a user may have typed, which may go over lines.
    Torn(Finding, Resume, bool),
    /// It is an object with a text of a user, in a log entry of this many bytes.
    Typed(usize),
    /// It is no payload, as shows after this many bytes.
    Vain(usize),
}

impl Scanner {
    /// Notes the text before the document that may begin at `found`.
    pub(super) fn note_lead(&mut self, buffer: &[u8], found: usize) {
        let lead = lead_in(&buffer[self.pos()..found], self.before());
        self.lead.clear();
        self.lead.extend_from_slice(lead.unwrap_or_default());
    }

    /// Begins to read the document at `found` through a prefix, if its first line has only its bracket or root.
    pub(super) fn begin_prefixed_over_lines(
        &mut self,
        arrived: &Arrived<'_>,
        found: usize,
    ) -> Settled<bool> {
        let document = arrived.from(found);
        if self.lead.is_empty() || found < self.tried.unprefixed.of(document.bytes()) {
            return Some(false);
        }
        let Some(line) = first_line_end(document.bytes()) else {
            return Some(false);
        };
        // A line that comes again is not the first of a document.
        if document.from(line).starts_with(&self.lead)
            && document
                .from(line + self.lead.len())
                .starts_with(&document.bytes()[..line])
        {
            return arrived.settled().map(|()| false);
        }
        let prefix = Prefix::of(&self.lead, document.from(line));
        let is_root = document.bytes().starts_with(b"<");
        // Text behind a root is no document, but one may begin there.
        let prefix =
            prefix.filter(|prefix| !is_root || begins_with_tag(*prefix, document.from(line)));
        arrived.settled()?;
        let Some(prefix) = prefix else {
            return Some(false);
        };
        self.begin_prefixed(Container::behind(prefix), found, 0, Otherwise::Seek);
        Some(true)
    }

    /// Begins to read the document at the cursor again, through a prefix, if it has one and goes over lines. It was
    /// read up to `end`.
    pub(super) fn begin_prefixed_at(
        &mut self,
        arrived: &Arrived<'_>,
        end: usize,
        is_broken: bool,
        syntax: Syntax,
    ) -> Settled<bool> {
        let document = arrived.from(self.pos());
        if self.lead.is_empty() || self.pos() < self.tried.unprefixed.of(document.bytes()) {
            return Some(false);
        }
        let Some(line) = line_break_until(document.bytes(), end) else {
            return Some(false);
        };
        let prefix = Prefix::of(&self.lead, document.from(line + 1));
        arrived.settled()?;
        if let Some(prefix) = prefix {
            // JSON may take a prefix for a comment, and XML for text or for the end of a tag.
            let rest = document.bytes().get(line..end).unwrap_or_default();
            let is_misread = match syntax {
                Syntax::Json => !rest.trim_ascii().is_empty(),
                Syntax::Xml => self.lead.contains(&b'>'),
            };
            let otherwise = match syntax {
                Syntax::Xml if is_broken && self.lead.contains(&b'>') => Otherwise::Pass,
                _ if is_misread => Otherwise::Seek,
                syntax => Otherwise::Read(syntax),
            };
            self.begin_prefixed(Container::behind(prefix), self.pos(), 0, otherwise);
        }
        Some(prefix.is_some())
    }

    /// Begins to read the printed object at the cursor again, through a prefix, if it has one and goes over lines. It broke
    /// after `len` bytes.
    pub(super) fn begin_prefixed_printed(
        &mut self,
        arrived: &Arrived<'_>,
        len: usize,
        form: PrintedForm,
    ) -> Settled<bool> {
        if self.lead.is_empty() || self.pos() < self.unprefixed() || form.is_one_line() {
            return Some(false);
        }
        let document = arrived.from(self.pos());
        let Some(line) = line_break_until(document.bytes(), len) else {
            return Some(false);
        };
        let prefix = Prefix::of(&self.lead, document.from(line + 1));
        arrived.settled()?;
        if let Some(prefix) = prefix {
            let container = Container::behind(prefix);
            self.begin_prefixed(container, self.pos(), 0, Otherwise::Printed(form));
        }
        Some(prefix.is_some())
    }

    /// Begins to read a document through a prefix that may contain `anchor`, on lines before `start` between which
    /// lines of other streams may stand. Near the anchor no document begins.
    pub(super) fn begin_prefixed_before(
        &mut self,
        arrived: &Arrived<'_>,
        start: usize,
        anchor: usize,
    ) -> Settled<bool> {
        let buffer = arrived.bytes;
        let Some(line) = self.line_of(anchor).filter(|&line| start <= line) else {
            return Some(false);
        };
        let far = start.saturating_sub(FARTHEST_BEFORE);
        let known = [
            far,
            self.pos(),
            self.unprefixed(),
            self.tried.no_prefix_before,
        ];
        let mut begin = known.into_iter().max().unwrap_or(line);
        while let Some(end) = next_line(buffer, begin, line) {
            if self.bytes_before(buffer, begin)[1] == b'\n' {
                let wrapped = self.wrapped_document(arrived, begin..end, line);
                let found = wrapped.or_else(|| {
                    let (found, prefix) = prefixed_object(arrived, begin..end, line)?;
                    Some((found, Container::behind(prefix)))
                });
                arrived.settled()?;
                if let Some((found, container)) = found {
                    self.tried.no_prefix_before = end;
                    self.begin_prefixed(container, found, anchor - found, Otherwise::Seek);
                    return Some(true);
                }
            }
            begin = end;
        }
        self.tried.no_prefix_before = self.tried.no_prefix_before.max(line);
        Some(false)
    }

    /// Begins to read a document that begins in a text of the `object` at the cursor and continues in the objects on the
    /// next lines. `inner` are the texts of the object.
    pub(super) fn begin_wrapped(
        &mut self,
        arrived: &Arrived<'_>,
        object: &[u8],
        inner: &VecDeque<InnerPart>,
    ) -> Settled<bool> {
        // Nested text may begin inside of a line.
        let begins_text = self.offset() == 0 && !self.bare;
        let begins_line = self.before() == b'\n' && !begins_text || !self.lead.is_empty();
        if !begins_line || self.pos() < self.unprefixed() {
            return Some(false);
        }
        let is_typed = self.names.private.is_typed_exactly;
        let begun = inner
            .iter()
            .filter_map(|part| begun_in(*part, object, is_typed));
        // The first names may stand on a later line.
        let unnamed = (inner.is_empty() && !self.names.anchors.is_in(object))
            .then(|| wrapping::begun_in(object, is_typed))
            .flatten();
        for begun in begun.chain(unnamed) {
            let found = self.wrapping_of(arrived, object, begun.0);
            arrived.settled()?;
            if let Some((wrapping, member)) = found {
                let found = self.pos() + begun.0 + 1 + begun.1;
                let container = Container::within(wrapping, member);
                self.begin_prefixed(container, found, 0, Otherwise::Read(Syntax::Json));
                return Some(true);
            }
        }
        Some(false)
    }

    /// Returns the wrapping of the text at `at` in the object at the cursor, if the next line has it, too.
    fn wrapping_of(
        &self,
        arrived: &Arrived<'_>,
        object: &[u8],
        at: usize,
    ) -> Option<(Wrapping, Member)> {
        let rest = arrived.from(self.pos() + object.len());
        let next = rest.from(rest.position(|b| !is_line_space(b))?);
        let next = next.past(1).filter(|_| next.get(0) == Some(b'\n'))?;
        let prefix = match self.lead.is_empty() {
            true => None,
            false => Some(Prefix::of(&self.lead, next)?),
        };
        let (wrapping, member) = Wrapping::of(object, at, prefix)?;
        wrapping.goes_on(next).then_some((wrapping, member))
    }

    /// Returns the document that begins in a text of the object on the line `first`, and the object's wrapping, if the
    /// object on the line at `line` has that wrapping, too. Names of messages stand only on that line.
    fn wrapped_document(
        &self,
        arrived: &Arrived<'_>,
        first: Range<usize>,
        line: usize,
    ) -> Option<(usize, Container)> {
        let text = arrived.bytes[first.clone()].trim_ascii_end();
        let bracket = memchr::memchr(b'{', text).filter(|_| text.ends_with(b"}"))?;
        let (lead, object) = text.split_at(bracket);
        let (at, begun) = wrapping::begun_in(object, self.names.private.is_typed_exactly)?;
        let prefix = match lead.is_empty() {
            true => None,
            false => Some(Prefix::of(lead_in(lead, b'\n')?, arrived.from(first.end))?),
        };
        let (wrapping, member) = Wrapping::of(object, at, prefix)?;
        let is_own = matches!(wrapping.line(arrived.from(line)), Relation::Own(_));
        let found = first.start + bracket + at + 1 + begun;
        (is_own && !self.names.anchors.is_in(text))
            .then_some((found, Container::within(wrapping, member)))
    }

    /// Returns true if a document of any syntax at `found` may be read through a prefix.
    pub(super) fn may_begin_prefixed(&self, found: usize) -> bool {
        found >= self.unprefixed()
    }

    /// Returns the position before which no document is read through a prefix, whatever its syntax.
    pub(super) fn unprefixed(&self) -> usize {
        self.tried.unprefixed.any()
    }

    /// Begins to read the document at `found`, which must contain `anchor`, through its container.
    pub(super) fn begin_prefixed_found(
        &mut self,
        container: Container,
        found: usize,
        anchor: usize,
    ) {
        self.begin_prefixed(container, found, anchor - found, Otherwise::Seek);
    }

    fn begin_prefixed(
        &mut self,
        container: Container,
        found: usize,
        anchor: usize,
        otherwise: Otherwise,
    ) {
        self.lead.clear();
        self.begin_attempts();
        self.state = State::Prefixed(Prefixed {
            at: found - self.pos(),
            container,
            otherwise,
            anchor,
        });
    }

    /// Reads a document through its prefix: the state [`State::Prefixed`].
    pub(super) fn prefixed<'b>(
        &mut self,
        prefixed: Prefixed,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let escape = Escape::Container(prefixed.container);
        let (buffer, start) = (arrived.bytes, self.pos() + prefixed.at);
        let first = { escape }.text_byte(arrived.from(start));
        let is_wrapped = prefixed.container.is_wrapped();
        let is_sure = matches!(prefixed.otherwise, Otherwise::Seek | Otherwise::Pass);
        let read = match self.read_through(escape, start, arrived, parts)? {
            Through::Whole(len)
                if len > prefixed.anchor
                    && self
                        .other_with_anchor(prefixed.container, &buffer[start..start + len])
                        .is_none()
                    && self.depth < Self::DEEPEST =>
            {
                self.pass(buffer, start);
                self.enter(escape, NestedEnd::Len(len));
                return None;
            }
            Through::Torn(mut torn)
                if (torn.is_sure || is_sure || is_wrapped && torn.goes_on)
                    && torn.read > prefixed.anchor =>
            {
                let (Resume::Next(end) | Resume::Rest(end)) = torn.resume;
                let document = &buffer[start..start + end];
                let other = self.other_with_anchor(prefixed.container, document);
                torn.resume = other.map_or(torn.resume, Resume::Next);
                self.pass(buffer, start);
                return Some(self.torn(torn, escape, buffer, parts));
            }
            Through::Typed(len) if is_sure && len > prefixed.anchor => {
                // The rest of an object around a line belongs to the text.
                let len = match is_wrapped && buffer[start + len - 1] != b'\n' {
                    true => len + arrived.from(start + len).line_len(),
                    false => len,
                };
                arrived.settled()?;
                self.pass(buffer, start + len);
                self.state = State::Seek;
                return None;
            }
            Through::Torn(torn) if is_wrapped && is_ruby(arrived.from(start)) => {
                const FAR: usize = 4 * REACH;
                _ = arrived.from(start).first(FAR);
                arrived.settled()?;
                if let Some(name) = self.unread_through(prefixed.container, start, FAR, buffer) {
                    return Some(self.report_unread(name.clone(), name, buffer, parts));
                }
                torn.read
            }
            Through::Torn(torn) => torn.read,
            Through::Whole(len) | Through::Typed(len) => len,
            Through::Vain(len) => {
                let is_printed = is_wrapped && first != Some(b'<');
                let name =
                    is_printed.then(|| self.unread_through(prefixed.container, start, len, buffer));
                if let Some(name) = name.flatten() {
                    return Some(self.report_unread(name.clone(), name, buffer, parts));
                }
                len
            }
        };
        self.tried.unprefixed.note(first, start, read);
        self.read_otherwise(prefixed.otherwise, start, buffer);
        None
    }

    /// Continues at `start`, where no document was read through a prefix.
    fn read_otherwise(&mut self, otherwise: Otherwise, start: usize, buffer: &[u8]) {
        self.state = State::Seek;
        match otherwise {
            Otherwise::Read(syntax) => self.begin_document(syntax),
            Otherwise::Printed(form) => self.begin_printed(form),
            Otherwise::Seek => {}
            Otherwise::Pass => self.pass(buffer, start + ROOT.len()),
        }
    }

    /// Reports a torn message.
    fn torn<'b>(
        &mut self,
        torn: Torn,
        escape: Escape,
        buffer: &'b [u8],
        parts: &mut Parts,
    ) -> Found<'b> {
        let root = root_of(&torn.text, &parts.tree);
        self.state = self.state_after(torn.resume, root);
        parts.source_map.renew(&torn.text);
        parts.source_map.add_outer_step(Step::Escape(escape));
        Found {
            is_unescaped: true,
            ..self.broken(torn.finding, buffer, torn.shown, torn.syntax, parts)
        }
    }

    /// Reads the document at `start` with `escape`, in windows that double until it is complete.
    fn read_through(
        &mut self,
        escape: Escape,
        start: usize,
        arrived: &Arrived<'_>,
        parts: &mut Parts,
    ) -> Settled<Through> {
        const FIRST_WINDOW: usize = 64;
        let raw = self.within_limit(&arrived.bytes[start..]);
        let is_wrapped = matches!(escape, Escape::Container(container) if container.is_wrapped());
        let is_quoted =
            !is_wrapped && matches!(self.bytes_before(arrived.bytes, start)[1], b'"' | b'\'');
        let is_last = arrived.is_final || raw.len() == self.limits.payload_size;
        let (mut text, mut window) = (Vec::new(), FIRST_WINDOW);
        let (mut unescaped, mut end_escape) = (0, escape);
        loop {
            let head = &raw[..window.min(raw.len())];
            let is_all = head.len() == raw.len();
            let ahead = Arrived::new(head, is_all && is_last);
            let rest = ahead.from(unescaped);
            unescaped += end_escape.unescape(rest, &mut text);
            let has_ended = has_ended(end_escape, ahead.from(unescaped));
            let ahead = Arrived::new(&text, has_ended);
            match self.read_text(&ahead, is_quoted, parts) {
                // Less than the window may have arrived and be enough. That must not matter.
                Some(text) => return Some(through(text, escape, head, window, &ahead)),
                None if !is_all => window *= 2,
                None if is_last => return Some(Through::Vain(window)),
                None => return None,
            }
        }
    }

    /// Reads the document at the start of `arrived`.
    fn read_text(
        &mut self,
        arrived: &Arrived<'_>,
        is_quoted: bool,
        parts: &mut Parts,
    ) -> Settled<Text> {
        parts.findings.clear();
        let bytes = Bytes {
            all: arrived.bytes,
            last: arrived.is_final,
        };
        let is_xml = arrived.bytes.first()? == &b'<';
        let mut read = match is_xml {
            true => self.read_xml(bytes, parts)?,
            // Each line may begin a document, so comments that go on and on are not followed.
            false => self.read_json_with(false, bytes, parts)?,
        };
        let mut printed = 0;
        if !is_xml && read.is_broken() {
            match self.printed_over_lines(arrived, parts)? {
                OverLines::Whole(len) => return arrived.settled().map(|()| Text::Whole(len)),
                OverLines::Typed(len) => return arrived.settled().map(|()| Text::Typed(len)),
                OverLines::Other(len) => {
                    printed = len;
                    read = self.read_json_with(false, bytes, parts)?;
                }
            }
        }
        let text = match read {
            // In quotes, text with backslashes may be a literal.
            Read::Whole(text) if is_quoted && text.contains('\\') => Text::Vain(text.len()),
            Read::Whole(text) if self.may_be_payload(text, &parts.tree) => Text::Whole(text.len()),
            Read::Whole(text) => Text::Vain(text.len()),
            Read::Broken(finding) => {
                let resume = match is_xml {
                    true => self.resume_in_xml(arrived.from(0), &finding, &parts.tree),
                    false => self.resume_in_json(arrived.from(0), &finding, &parts.tree),
                };
                _ = shown_end(arrived.from(0), &finding);
                let is_typed = is_xml
                    && self
                        .cut_in_typed(arrived.from(0), &finding, &parts.tree)
                        .is_some();
                match resume {
                    Some(resume) => Text::Torn(finding, resume, is_typed),
                    None => Text::Vain(printed.max(finding.span().end as usize)),
                }
            }
        };
        arrived.settled().map(|()| text)
    }

    /// Returns true if the document `text` is a payload or may hold one.
    fn may_be_payload(&self, text: &str, tree: &Tree) -> bool {
        text.starts_with('<')
            || (self.names.is_message)(View::root(tree, text))
            || !self.inner_of(View::root(tree, text)).is_empty()
    }

    /// Returns where to continue after broken XML, if it is a message.
    fn resume_in_xml(&self, text: Lookahead<'_>, finding: &Finding, tree: &Tree) -> Option<Resume> {
        let head = valid_text(&text.bytes()[..self.xml.at()]);
        let is_field = |node: &Node| (self.names.begins_message)(tree.str(node.name, head));
        let is_message = self.xml.is_rooted() && tree.nodes().iter().any(is_field);
        let resume = || match self.cut_in_typed(text, finding, tree) {
            // A line with the prefix surely begins a log entry.
            Some(typed) => match memchr::memchr(b'\n', &text.bytes()[typed..]) {
                Some(line) => Resume::Next(typed + line),
                None => Resume::Rest(self.xml.at()),
            },
            None => self.resume_after(text, finding, tree),
        };
        let resume = || match resume() {
            // What follows up to the end of the text may be typed.
            Resume::Rest(_) if text.is_final() && finding.span().end as usize >= text.len() => {
                Resume::Next(last_begun(text.bytes()))
            }
            resume => resume,
        };
        is_message.then(|| {
            if let Some(root) = self.last_root_of_many(text.bytes(), finding, tree) {
                return Resume::Next(root);
            }
            let resume = resume();
            let line = self.line_after_elements(text, resume, tree);
            line.map_or(resume, Resume::Next)
        })
    }

    /// Returns where to continue after broken JSON, if it is a message.
    fn resume_in_json(
        &self,
        ahead: Lookahead<'_>,
        finding: &Finding,
        tree: &Tree,
    ) -> Option<Resume> {
        let (at, text) = (self.json.at(), ahead.bytes());
        let inner = self.inner_of(View::root(tree, valid_text(&text[..at])));
        let known = at.max(finding.span().end as usize).min(text.len());
        let next = || self.messages_on_new_lines(tree, text).pop_front();
        self.has_mark(&text[..known], &inner).then(|| {
            if self.is_in_typed_string(text, tree) {
                let line = memchr::memchr(b'\n', &text[at..]);
                return Resume::Next(line.map_or(text.len(), |line| at + line));
            }
            if let Some(line) = self.object_on_new_line(text, tree) {
                return Resume::Next(line);
            }
            let next = next().map(|next| next.span().start as usize);
            Resume::Next(next.unwrap_or_else(|| end_of_torn(ahead, at)))
        })
    }

    /// Returns true if a document whose lines have a prefix may begin at `at`.
    pub(super) fn begins_prefixed(&self, ahead: Lookahead<'_>, at: usize) -> bool {
        let document = ahead.from(at);
        let lead = lead_in(&ahead.bytes()[..at], b' ');
        let next = first_line_end(document.bytes()).map(|line| document.from(line));
        let (Some(lead), Some(next)) = (lead, next) else {
            return false;
        };
        let text = Prefix::of(lead, next).and_then(|prefix| prefix.next_text(next));
        let names = &self.names;
        let begins = |name: &str| (names.begins_message)(name) || (names.is_record_key)(name);
        text.is_some_and(|text| {
            document.bytes()[0] == b'<' || start::name(text.trim_start()).is_some_and(begins)
        })
    }

    /// Returns the start of the first line with an anchor that is of another stream and stands between the lines of
    /// `document`.
    pub(super) fn other_with_anchor(&self, container: Container, document: &[u8]) -> Option<usize> {
        let mut start = memchr::memchr(b'\n', document)? + 1;
        for line in document[start..].split_inclusive(|&b| b == b'\n') {
            if container.is_beside(line) && self.names.anchors.is_in(line) {
                return Some(start);
            }
            start += line.len();
        }
        None
    }
}

/// Returns true if the text behind `prefix` on the next line begins with a tag.
fn begins_with_tag(prefix: Prefix, next: Lookahead<'_>) -> bool {
    let text = prefix.next_text(next);
    text.is_some_and(|text| matches!(text.trim_start().get(0), Some(b'<') | None))
}

/// Returns the position of the quote or bracket of `part` in `object`, and of the document that begins in the part and
/// does not end there.
fn begun_in(part: InnerPart, object: &[u8], is_typed: fn(&str) -> bool) -> Option<(usize, usize)> {
    let escape = match part {
        // A comment ends in its object.
        InnerPart::Message(_)
        | InnerPart::Lines(_)
        | InnerPart::Typed(_)
        | InnerPart::Comment(_) => return None,
        InnerPart::Text(_) => Escape::Backslash,
        InnerPart::Numbers(_) => Escape::Numbers(decimal::DECIMAL),
    };
    let span = part.span().range();
    let begun = wrapping::open_document(escape, object.get(span.clone())?, is_typed)?;
    Some((span.start.checked_sub(1)?, begun))
}

/// Returns true if something stands in the first `len` bytes of `text` after its first line.
fn goes_on(text: &[u8], len: usize) -> bool {
    let text = &text[..len.min(text.len())];
    let line = memchr::memchr(b'\n', text);
    line.is_some_and(|line| !text[line..].trim_ascii().is_empty())
}

/// Returns the start of the last line of `text`, if a document begins there. Otherwise returns the end of `text`.
fn last_begun(text: &[u8]) -> usize {
    let line = memchr::memrchr(b'\n', text.trim_ascii_end()).map(|n| n + 1);
    // The line break after the last line may belong to what follows.
    let is_begun = |line: &usize| match &text[*line..] {
        b"{" | ROOT => true,
        text => first_line_end(text).is_some(),
    };
    let begun = line.filter(is_begun);
    begun.unwrap_or(text.len())
}

/// Returns the end of JSON that broke at `at`: the end of the line, unless another document may begin there.
fn end_of_torn(ahead: Lookahead<'_>, at: usize) -> usize {
    let text = ahead.bytes();
    let is_first = text[..at].trim_ascii_end().len() < at && begins_line(text, at);
    let line = ahead.from(at).position(|b| b"\n{<".contains(&b));
    let line = line.map(|n| at + n);
    line.filter(|&line| !is_first && text[line] == b'\n')
        .unwrap_or(at)
}

/// Returns the result of reading the document `raw` as `text`, in a window of `read` bytes.
fn through(
    text: Text,
    mut escape: Escape,
    raw: &[u8],
    read: usize,
    arrived: &Arrived<'_>,
) -> Through {
    let (finding, resume, is_typed) = match text {
        Text::Whole(len) => return Through::Whole(escape.raw_end(raw, len)),
        Text::Typed(len) => return Through::Typed(escape.raw_end(raw, len)),
        Text::Vain(len) => return Through::Vain(escape.raw_end(raw, len)),
        Text::Torn(finding, resume, is_typed) => (finding, resume, is_typed),
    };
    let shown = shown_end(arrived.from(0), &finding);
    let text = &arrived.bytes[..shown];
    let syntax = match text.first() {
        Some(b'<') => Syntax::Xml,
        _ => Syntax::Json,
    };
    let is_wrapped = matches!(escape, Escape::Container(container) if container.is_wrapped());
    let raw_at = |at: usize| match at == arrived.bytes.len() && arrived.is_final {
        true => { escape }.raw_end(raw, at),
        // A text that a user typed may have lines in one object.
        false if is_wrapped && is_typed => line_end(raw, { escape }.raw_start(raw, at)),
        false => line_start(raw, { escape }.raw_start(raw, at), &arrived.bytes[..at]),
    };
    Through::Torn(Torn {
        syntax,
        resume: match resume {
            Resume::Next(at) => Resume::Next(raw_at(at)),
            Resume::Rest(at) => Resume::Rest(raw_at(at)),
        },
        shown: { escape }.raw_end(raw, shown),
        text: text.to_vec(),
        is_sure: match (syntax, resume) {
            (Syntax::Xml, Resume::Next(next)) => next < arrived.bytes.len() && !is_typed,
            (Syntax::Xml, Resume::Rest(_)) => false,
            (Syntax::Json, _) => goes_on(arrived.bytes, finding.span().start as usize),
        },
        goes_on: goes_on(arrived.bytes, finding.span().start as usize)
            && raw[..{ escape }.raw_start(raw, finding.span().start as usize)].contains(&b'\n'),
        finding,
        read,
    })
}

/// Returns the start of the line of `at` in `raw`, if the line of `text` that goes up to `at` is blank. Otherwise
/// returns `at`.
fn line_start(raw: &[u8], at: usize, text: &[u8]) -> usize {
    let line = memchr::memrchr(b'\n', &raw[..at]).map(|n| n + 1);
    let line = line.filter(|_| begins_line(text, text.len()));
    line.unwrap_or(at)
}

/// Returns `at` if a line begins there, or the end of the line of `at`.
fn line_end(raw: &[u8], at: usize) -> usize {
    let is_start = raw[..at].last() == Some(&b'\n');
    let end = memchr::memchr(b'\n', &raw[at..]).filter(|_| !is_start);
    end.map_or(if is_start { at } else { raw.len() }, |len| at + len)
}

/// Returns the start of the line after `begin`, up to `last`.
fn next_line(buffer: &[u8], begin: usize, last: usize) -> Option<usize> {
    let rest = buffer.get(begin..last).filter(|rest| !rest.is_empty())?;
    Some(memchr::memchr(b'\n', rest).map_or(last, |n| begin + n + 1))
}

/// Returns the object that begins on the line `first`, and its prefix, if the line at `line` has that prefix too.
fn prefixed_object(
    arrived: &Arrived<'_>,
    first: Range<usize>,
    line: usize,
) -> Option<(usize, Prefix)> {
    let found = first.start + open_bracket(&arrived.bytes[first.clone()])?;
    let lead = lead_in(&arrived.bytes[first.start..found], b'\n')?;
    let prefix = Prefix::of(lead, arrived.from(first.end))?;
    let is_own = matches!(prefix.line(arrived.from(line)), Relation::Own(_));
    is_own.then_some((found, prefix))
}

/// Returns the position of the first `{` on `line`, if an object may go on after the line.
fn open_bracket(line: &[u8]) -> Option<usize> {
    let text = line.trim_ascii_end();
    let is_open = !matches!(text.last(), Some(b'}' | b'>' | b'.' | b')'))
        || memchr::memmem::find(text, b"/*").is_some();
    memchr::memchr(b'{', text).filter(|&at| is_open && at > 0)
}

/// Returns the text on the line of a document before it, which ends with `before`. `last` is the byte before all this.
fn lead_in(before: &[u8], last: u8) -> Option<&[u8]> {
    let near = &before[before.len().saturating_sub(prefix::LONGEST)..];
    let lead = match memchr::memrchr(b'\n', near) {
        Some(line) => &near[line + 1..],
        None if near.len() == before.len() && last == b'\n' => near,
        None => return None,
    };
    lead.iter().any(|&b| !is_space(b)).then_some(lead)
}

/// Returns the end of the first line of a document, if that line has only the bracket or root.
fn first_line_end(document: &[u8]) -> Option<usize> {
    let head = match document {
        [b'{', ..] => 1,
        _ if document.starts_with(ROOT) => ROOT.len(),
        _ => return None,
    };
    Some(break_behind_blanks(document, head)? + 1)
}

/// Returns the first line break in the first `end` bytes of a document, or in the blanks after them.
fn line_break_until(document: &[u8], end: usize) -> Option<usize> {
    let end = end.min(document.len());
    memchr::memchr(b'\n', &document[..end]).or_else(|| break_behind_blanks(document, end))
}

/// Returns the line break behind the blanks at `at`.
fn break_behind_blanks(document: &[u8], at: usize) -> Option<usize> {
    let blanks = document[at..].iter().position(|&b| !is_line_space(b))?;
    (document[at + blanks] == b'\n').then_some(at + blanks)
}

/// Returns true if no text follows that was unescaped up to `raw`.
fn has_ended(mut escape: Escape, raw: Lookahead<'_>) -> bool {
    match raw.len() {
        0 => raw.is_final(),
        _ => escape.whole_piece(raw) == Some(Piece::End),
    }
}

/// Returns true if an escaped hash of Ruby, which is no JSON, begins at the start of `ahead`.
fn is_ruby(ahead: Lookahead<'_>) -> bool {
    const NEAR: usize = 64;
    let near = ahead.window(NEAR);
    let binds = |sign: &[u8]| near.find_text(sign).is_some();
    ahead.starts_with(b"{\\\"") && (binds(b"\\\"=>") || binds(b"\\\" =>"))
}
