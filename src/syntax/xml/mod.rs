//! Reads an `<xml>` document into a [`Tree`].
//!
//! XML 1.0 without a DTD is read to the letter. `tokens` makes quick-xml find the tokens; quick-xml accepts much that
//! is not well-formed, and `check` refuses it with its place. `prolog` reads what stands before the root. `text`
//! collects the text of an element. [`check_characters`] looks for forbidden characters at the end, in one pass over
//! the document.
//!
//! A document is read without recursion. If it is longer than the bytes that have arrived, the answer is
//! [`Stop::More`], and the caller reads again with more bytes.

mod chars;
mod check;
mod prolog;
#[cfg(test)]
mod tests;
mod text;
mod tokens;

use quick_xml::events::{BytesRef, BytesStart, Event};

pub(crate) use chars::{check_characters, is_name, is_xml_char};
pub(crate) use check::{LONGEST_INSTRUCTION, declaration, is_doctype};

use crate::finding::{Finding, Findings, Reason};
use crate::simd::{is_space, skip_space};
use crate::span::Span;
use crate::syntax::{Bytes, Kind, Limits, Node, NodeId, Stop, Str, Syntax, Tree};
use check::{Markup, StartTag};
use text::{Piece, Run};
use tokens::Tokens;

/// The start of a CDATA section.
pub(crate) const CDATA: &[u8] = b"<![CDATA[";
/// The end of a CDATA section.
const CDATA_END: &[u8] = b"]]>";
/// The start tag of the root, as WeChat writes it.
pub(crate) const ROOT: &[u8] = b"<xml>";

/// The most bytes of an XML declaration. Without a bound, text full of unfinished declarations would take quadratic
/// time.
pub(crate) const LONGEST_DECLARATION: usize = 256;

/// Tells the names of elements whose text is short and never markup. If such a text runs into another document, the
/// payload was cut off there.
pub(crate) type IsPlain<'a> = &'a dyn Fn(&str) -> bool;

/// An element that is not closed yet.
#[derive(Clone, Copy, Debug)]
struct Open {
    node: NodeId,
    /// The position at which its content begins.
    content: usize,
}

/// The state of reading a document. After a read it tells how far the read went.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    at: usize,
    open: Vec<Open>,
    /// The text of the innermost element since its start or its latest child.
    run: Run,
    /// The start tag at `at`, if it was read to check it and is not plain.
    tag: Option<StartTag>,
    /// An error in the prolog. It is reported only after the root shows that the document is WeChat's.
    fault: Option<Finding>,
    /// A position before which the document holds no line break.
    first_line: usize,
    /// True after the root's start tag was read.
    rooted: bool,
    /// Tells the elements with which a message begins. A root with any name is read before one of them.
    begins_message: Option<fn(&str) -> bool>,
    /// The position of the document in the capture.
    start: usize,
    /// The long CDATA that was searched for its end the latest, in the capture.
    searched: Searched,
    /// The number of bytes of CDATA whose end was known.
    spared: usize,
    /// True if the document is cut off in long CDATA.
    is_long_cut: bool,
}

/// A part of a capture that was searched for the end of CDATA, which does not stand before `end`. At `end` it does if
/// it `is_found`.
#[derive(Clone, Copy, Debug, Default)]
struct Searched {
    start: usize,
    end: usize,
    is_found: bool,
}

impl Searched {
    /// Shorter CDATA is not worth remembering.
    const LEAST: usize = 1 << 12;
}

/// The bytes of a document, and what a read writes to.
struct Document<'a, 'b> {
    bytes: Bytes<'a>,
    tree: &'b mut Tree,
    findings: &'b mut Findings,
    limits: &'b Limits,
    is_plain: IsPlain<'b>,
}

impl Reader {
    #[cfg(test)]
    fn new() -> Self {
        Reader::default()
    }

    /// Makes a reader of documents with any root, if an element begins in it that `begins_message`: programs write
    /// messages again under other names.
    pub(crate) fn of_any_root(begins_message: fn(&str) -> bool) -> Self {
        Reader {
            begins_message: Some(begins_message),
            ..Reader::default()
        }
    }

    /// Returns the position of the token that could not be read, or has not arrived whole.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Returns true if the root element was reached. Before the root the document may be any document.
    pub(crate) fn is_rooted(&self) -> bool {
        self.rooted
    }

    /// Returns true if the document was read to its end, with or without errors.
    pub(crate) fn is_closed(&self) -> bool {
        self.rooted && self.open.is_empty()
    }

    /// Returns the child of the root that is not closed yet.
    pub(crate) fn open_child(&self) -> Option<NodeId> {
        self.open.get(1).map(|open| open.node)
    }

    /// Returns the open elements below the root, outermost first: the node of each, and the start of its content.
    pub(crate) fn open_elements(&self) -> impl Iterator<Item = (NodeId, usize)> + '_ {
        let open = self.open.get(1..).unwrap_or_default();
        open.iter().map(|open| (open.node, open.content))
    }

    /// Returns true if `node` is an open element.
    pub(crate) fn is_open(&self, node: NodeId) -> bool {
        let open = self.open.binary_search_by_key(&node, |open| open.node);
        open.is_ok()
    }

    /// Returns the number of bytes that were looked at. Long CDATA that was looked at before is not counted.
    pub(crate) fn work(&self) -> usize {
        self.at.saturating_sub(self.spared)
    }

    /// Returns true if the document is cut off in long CDATA. Many documents may begin in that text, so nothing may
    /// look at all of it for each.
    pub(crate) fn is_long_cut(&self) -> bool {
        self.is_long_cut
    }

    /// Tells where in the capture the next document begins, so that long CDATA is not searched again for its end.
    /// `None` for a text that is not in the capture as it is.
    pub(crate) fn begin_at(&mut self, start: Option<usize>) {
        self.start = start.unwrap_or_default();
        if start.is_none() {
            self.searched = Searched::default();
        }
    }

    /// Returns the start of the text of the outermost open element that `is_plain`. If that element has children, its
    /// text ran into other text.
    pub(crate) fn plain_text_at(
        &self,
        text: &[u8],
        tree: &Tree,
        is_plain: IsPlain<'_>,
    ) -> Option<usize> {
        let name = |open: &Open| name_of(tree, open.node, text);
        let open = self.open.iter().find(|open| is_plain(name(open)))?;
        Some(open.content)
    }

    /// Reads the document with which `bytes` begin into `tree`, and returns its length.
    ///
    /// # Errors
    ///
    /// [`Stop::Broken`] if the bytes are not well-formed or exceed a limit. [`Stop::More`] if they end too early and
    /// more may come.
    pub(crate) fn read(
        &mut self,
        bytes: Bytes<'_>,
        tree: &mut Tree,
        findings: &mut Findings,
        limits: &Limits,
        is_plain: IsPlain<'_>,
    ) -> Result<usize, Stop> {
        self.restart();
        tree.clear(Syntax::Xml);
        let mut document = Document {
            bytes,
            tree,
            findings,
            limits,
            is_plain,
        };
        match (self.document(&mut document), &self.fault) {
            (Ok(_) | Err(Stop::Broken(_)), Some(fault)) if self.rooted => {
                Err(Stop::Broken(fault.clone()))
            }
            (read, _) => read,
        }
    }

    /// Starts over and keeps the memory of the stack.
    fn restart(&mut self) {
        self.open.clear();
        *self = Reader {
            open: std::mem::take(&mut self.open),
            begins_message: self.begins_message,
            start: self.start,
            searched: self.searched,
            ..Reader::default()
        };
    }

    fn document(&mut self, d: &mut Document<'_, '_>) -> Result<usize, Stop> {
        self.prolog(d)?;
        let mut tokens = Tokens::new(d.bytes.all, self.at);
        while !self.is_closed() {
            self.check_ahead(d)?;
            if let Some(end) = self.end_of_known_cdata(d)? {
                tokens = Tokens::new(d.bytes.all, end);
                self.at = end;
                continue;
            }
            let event = tokens.next();
            self.token(d, event, tokens.end())?;
            self.at = tokens.end();
        }
        Ok(self.at)
    }

    /// Adds the CDATA at `self.at` and returns its end, if that is known from a document that was read before.
    fn end_of_known_cdata(&mut self, d: &mut Document<'_, '_>) -> Result<Option<usize>, Stop> {
        let content = self.start + self.at + CDATA.len();
        if !(self.searched.start..self.searched.end).contains(&content)
            || !d.bytes.from(self.at).starts_with(CDATA)
        {
            return Ok(None);
        }
        if !self.searched.is_found {
            self.search_on(d);
        }
        let end = self.searched.end - self.start;
        if !self.searched.is_found || end + CDATA_END.len() > d.bytes.all.len() {
            self.note_long_cut(d);
            return Err(self.run_out(d));
        }
        let start = self.at + CDATA.len();
        self.spared += end - start;
        let piece = Piece::solid(start, end);
        self.run.add_cdata(piece, d.tree, d.bytes.all);
        Ok(Some(end + CDATA_END.len()))
    }

    /// Searches on for the end of CDATA.
    fn search_on(&mut self, d: &Document<'_, '_>) {
        let known = self.searched.end - self.start;
        let rest = d.bytes.from(known);
        let found = memchr::memmem::find(rest, CDATA_END);
        // The end may have begun.
        let len = found.unwrap_or(rest.len().saturating_sub(CDATA_END.len() - 1));
        self.searched.end += len;
        self.searched.is_found = found.is_some();
    }

    /// Notes that the document ends in the CDATA at `self.at`.
    fn note_long_cut(&mut self, d: &Document<'_, '_>) {
        self.is_long_cut = d.bytes.all.len() - self.at >= Searched::LEAST;
    }

    /// Remembers that CDATA at `self.at` ends at `end`, or goes on there.
    fn note_searched(&mut self, end: usize, is_found: bool) {
        let start = self.at + CDATA.len();
        if end.saturating_sub(start) >= Searched::LEAST {
            self.searched = Searched {
                start: self.start + start,
                end: self.start + end,
                is_found,
            };
        }
    }

    /// Refuses malformed markup before quick-xml reads it, perhaps far beyond the error.
    fn check_ahead(&mut self, d: &Document<'_, '_>) -> Result<(), Stop> {
        let (rest, markup) = (d.bytes.from(self.at), d.markup());
        self.tag = None;
        match rest {
            [b'<', b'?', ..] => markup.instruction(self.at, false).map(drop),
            [b'<', b'!', ..] if rest.starts_with(CDATA) => self.check_cdata(d),
            [b'<', b'!', b'-', b'-', ..] => markup.comment(self.at).map(drop),
            [b'<', b'!', ..] => match markup.is_cut_declaration(self.at) {
                true => Err(self.run_out(d)),
                false => Err(markup.bad_declaration(self.at)),
            },
            [b'<', b'/', ..] | [b'<'] => Ok(()),
            [b'<', tag @ ..] if !chars::begins_plain_tag(tag) => {
                self.tag = Some(markup.start_tag(self.at)?);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Refuses CDATA that was cut off and runs into the next document.
    ///
    /// CDATA cannot be nested: a second `<![CDATA[` in it is text. But in an element of plain text, after an `<xml>`,
    /// it means that the next payload has begun.
    fn check_cdata(&self, d: &Document<'_, '_>) -> Result<(), Stop> {
        let start = self.at + CDATA.len();
        let content = d.bytes.from(start);
        // Most CDATA ends before another document could begin in it.
        let first = memchr::memchr2(b'<', b']', content).unwrap_or(content.len());
        if content[first..].starts_with(CDATA_END) || !self.is_in_plain_text(d) {
            return Ok(());
        }
        match next_document(content) {
            Some(next) => Err(self.named(d, Reason::XmlNextBegins, start + next)),
            None => Ok(()),
        }
    }

    /// Returns true if the innermost element `is_plain` and has no children so far.
    fn is_in_plain_text(&self, d: &Document<'_, '_>) -> bool {
        self.open.last().is_some_and(|open| {
            let is_leaf = d.tree.len() as NodeId == open.node + 1;
            is_leaf && (d.is_plain)(d.name(open.node))
        })
    }

    /// Reads the token from `self.at` to `end`. `None` is a token that quick-xml refuses.
    fn token(
        &mut self,
        d: &mut Document<'_, '_>,
        event: Option<Event<'_>>,
        end: usize,
    ) -> Result<(), Stop> {
        match event {
            Some(Event::Start(tag)) => self.start_tag(d, &tag, end, false),
            Some(Event::Empty(tag)) => self.start_tag(d, &tag, end, true),
            Some(Event::End(tag)) => self.end_tag(d, tag.name().as_ref()),
            Some(Event::Text(_)) if end < d.bytes.all.len() => self.text(d, end),
            Some(Event::CData(text)) => {
                self.note_searched(end - CDATA_END.len(), true);
                let start = self.at + CDATA.len();
                let piece = Piece::solid(start, start + text.len());
                self.run.add_cdata(piece, d.tree, d.bytes.all);
                Ok(())
            }
            Some(Event::GeneralRef(name)) => self.reference(d, &name, end),
            Some(Event::Comment(_) | Event::PI(_)) => Ok(()),
            _ => Err(self.refused(d)),
        }
    }

    /// Makes the failure of the token at `self.at`: it is malformed, or it does not end.
    fn refused(&mut self, d: &Document<'_, '_>) -> Stop {
        match d.bytes.from(self.at) {
            rest if rest.starts_with(CDATA) => {
                // The end may have begun.
                let end = d.bytes.all.len().saturating_sub(CDATA_END.len() - 1);
                self.note_searched(end, false);
                self.note_long_cut(d);
                self.run_out(d)
            }
            [b'<', b'/', ..] => self.wrong_end(d),
            [b'<', b'!', ..] | [b'<'] => self.run_out(d),
            [b'<', ..] => match d.markup().start_tag(self.at) {
                Err(stop) => stop,
                Ok(_) => self.run_out(d),
            },
            [b'&', ..] => d.markup().bad_reference(self.at),
            _ => self.run_out(d),
        }
    }

    /// Adds the text up to `end`.
    fn text(&mut self, d: &mut Document<'_, '_>, end: usize) -> Result<(), Stop> {
        let (start, text) = (self.at, &d.bytes.all[self.at..end]);
        d.markup().text(start, text)?;
        let head = text.iter().take_while(|&&b| is_space(b)).count();
        let tail = text[head..]
            .iter()
            .rev()
            .take_while(|&&b| is_space(b))
            .count();
        let (solid, blank) = (start + head, end - tail);
        let pieces = [
            Piece::blank(start, solid),
            Piece::solid(solid, blank),
            Piece::blank(blank, end),
        ];
        for piece in pieces {
            self.run.add(piece, d.tree, d.bytes.all);
        }
        Ok(())
    }

    fn reference(
        &mut self,
        d: &mut Document<'_, '_>,
        name: &BytesRef<'_>,
        end: usize,
    ) -> Result<(), Stop> {
        let Some(c) = check::resolved(name) else {
            return Err(d.markup().bad_reference(self.at));
        };
        let piece = Piece::solid(self.at, end);
        let mut utf8 = [0; 4];
        let text = c.encode_utf8(&mut utf8);
        self.run.add_text(text, piece, d.tree, d.bytes.all);
        Ok(())
    }

    /// Opens an element, or adds an element that is `empty`.
    fn start_tag(
        &mut self,
        d: &mut Document<'_, '_>,
        tag: &BytesStart<'_>,
        end: usize,
        empty: bool,
    ) -> Result<(), Stop> {
        let tag = match self.tag.take() {
            Some(tag) => tag,
            None if chars::is_plain_name(tag) => StartTag::plain(self.at + 1, tag.len()),
            None => d.markup().start_tag(self.at)?,
        };
        let is_root = self.rooted && is_root_name(tag.name(d.bytes.all));
        if is_root && (d.has_line_before(self.at) || d.begins_payload(end)?) {
            return Err(self.named(d, Reason::XmlNextBegins, self.at));
        }
        self.check_limits(d)?;
        self.stray_text(d);
        if let Some(first) = tag.attribute {
            d.attribute_finding(first, tag.attributes);
        }
        if let Some(parent) = self.open.last() {
            d.tree.node_mut(parent.node).kind = Kind::Object;
        }
        let node = d.tree.push(element(&tag, end));
        self.run = Run::at(end);
        self.rooted = true;
        if !empty {
            self.open.push(Open { node, content: end });
        }
        Ok(())
    }

    /// Fails if one more element would exceed a limit.
    fn check_limits(&self, d: &Document<'_, '_>) -> Result<(), Stop> {
        let Limits { depth, values, .. } = *d.limits;
        let (reason, limit) = match () {
            () if self.open.len() >= depth => (Reason::TooDeep, depth),
            () if d.tree.len() >= values => (Reason::TooManyValues, values),
            () => return Ok(()),
        };
        let finding = Finding::new(reason, Span::new(self.at, self.at + 1));
        Err(Stop::Broken(finding.with(limit.to_string())))
    }

    /// Closes the innermost element, whose name must be `name`.
    fn end_tag(&mut self, d: &mut Document<'_, '_>, name: &str) -> Result<(), Stop> {
        match self.open.last().copied() {
            Some(open) if d.name(open.node) == name => {
                self.close(open, d);
                Ok(())
            }
            _ => Err(self.wrong_end(d)),
        }
    }

    /// Makes the failure of the end tag at `self.at`.
    fn wrong_end(&self, d: &Document<'_, '_>) -> Stop {
        let (found, close) = match d.markup().end_tag(self.at) {
            Ok(tag) => tag,
            Err(stop) => return stop,
        };
        match d.bytes.get(close) {
            None => self.run_out(d),
            Some(b'>') => {
                let finding = Finding::new(Reason::MismatchedEnd, Span::new(self.at, close + 1));
                let finding = finding.with(self.innermost(d));
                let finding = finding.with(text_of(d.bytes.all, found));
                Stop::Broken(finding).with_opened(self.opened(d))
            }
            Some(_) => d.bytes.broken(close, Reason::ExpectedTagEnd),
        }
    }

    /// Closes an element: gives it its text, or reports text between its children.
    fn close(&mut self, open: Open, d: &mut Document<'_, '_>) {
        let mut end = self.at;
        if d.tree.node(open.node).kind == Kind::Text {
            let (start, text_end) = self.run.span();
            let node = d.tree.node_mut(open.node);
            node.padded = self.run.is_padded();
            node.value = self.run.trimmed();
            node.span = Span::new(start, text_end);
            end = text_end;
        } else {
            self.stray_text(d);
        }
        d.tree.close(open.node, end);
        self.open.pop();
        // The text of the parent begins again after each child.
        self.run = Run::default();
    }

    /// Makes a node without a name of text before, between or after child elements, unless it is white space.
    fn stray_text(&mut self, d: &mut Document<'_, '_>) {
        let Some(parent) = self.open.last().filter(|_| self.run.is_solid()) else {
            return;
        };
        let (start, end) = self.run.span();
        let span = Span::new(start, end);
        let finding = Finding::new(Reason::TextBetween, span).with(d.name(parent.node));
        d.findings.push(finding);
        d.tree.node_mut(parent.node).kind = Kind::Object;
        d.tree.push(Node {
            kind: Kind::Text,
            padded: false,
            name: Str::default(),
            name_at: span.start,
            value: self.run.trimmed(),
            span,
            end: 0,
        });
    }

    /// Makes a failure at `at` that names the innermost element.
    fn named(&self, d: &Document<'_, '_>, reason: Reason, at: usize) -> Stop {
        let finding = Finding::new(reason, Span::new(at, at + 1));
        let finding = finding.with(self.innermost_tag(d));
        Stop::Broken(finding).with_opened(self.opened(d))
    }

    fn run_out(&self, d: &Document<'_, '_>) -> Stop {
        match d.bytes.last {
            true => {
                let stop = d.markup().run_out(&self.innermost_tag(d));
                stop.with_opened(self.opened(d))
            }
            false => Stop::More,
        }
    }

    /// Returns the range of the start tag of the innermost element.
    fn opened(&self, d: &Document<'_, '_>) -> Option<Span> {
        let open = self.open.last()?;
        let start = (d.tree.node(open.node).name_at as usize).saturating_sub(1);
        Some(Span::new(start, open.content))
    }

    fn innermost_tag(&self, d: &Document<'_, '_>) -> String {
        ["<", self.innermost(d), ">"].concat()
    }

    /// Returns the name of the innermost element.
    fn innermost<'a>(&self, d: &Document<'a, '_>) -> &'a str {
        self.open.last().map_or("", |open| d.name(open.node))
    }
}

impl<'a> Document<'a, '_> {
    fn markup(&self) -> Markup<'a> {
        Markup(self.bytes)
    }

    fn name(&self, node: NodeId) -> &'a str {
        name_of(self.tree, node, self.bytes.all)
    }

    /// Returns true if other text with a line break stands before `at`, between elements or in a plain text.
    ///
    /// The payload was cut off before that line.
    fn has_line_before(&self, at: usize) -> bool {
        let Some((name, text)) = last_tag(&self.bytes.all[..at]) else {
            return false;
        };
        let is_ours =
            name.starts_with('/') || is_root_name(name.as_bytes()) || (self.is_plain)(name);
        is_ours && text.contains(&b'\n') && !text.iter().all(|&b| is_space(b))
    }

    /// Returns true if the first child of a message begins at `at`: an `<xml>` before it begins a new payload.
    fn begins_payload(&self, at: usize) -> Result<bool, Stop> {
        self.begins_element(at, self.is_plain)
    }

    /// Returns true if an element begins at `at` whose name `is_it`.
    fn begins_element(&self, at: usize, is_it: impl Fn(&str) -> bool) -> Result<bool, Stop> {
        let rest = past_escaped_space(self.bytes.from(skip_space(self.bytes.all, at)));
        if !self.bytes.last && may_be_escaped_space(rest) {
            return Err(Stop::More);
        }
        let name = rest.strip_prefix(b"<").unwrap_or_default();
        let len = name
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric())
            .count();
        match rest.first() {
            None | Some(b'<') if len == name.len() && !self.bytes.last => Err(Stop::More),
            _ => Ok(is_it(std::str::from_utf8(&name[..len]).unwrap_or_default())),
        }
    }

    fn attribute_finding(&mut self, first: Str, count: usize) {
        let range = first.source_range();
        let reason = match count {
            1 => Reason::Attribute,
            _ => Reason::Attributes,
        };
        let finding = Finding::new(reason, Span::new(range.start, range.end));
        let finding = finding.with(text_of(self.bytes.all, first));
        self.findings.push(match count {
            1 => finding,
            _ => finding.with(count.to_string()),
        });
    }
}

/// Makes the node of an element whose content begins at `content`.
fn element(tag: &StartTag, content: usize) -> Node {
    Node {
        kind: Kind::Text,
        padded: false,
        name: tag.name,
        name_at: Span::new(tag.name.source_range().start, 0).start,
        value: Str::default(),
        span: Span::new(content, content),
        end: 0,
    }
}

/// Returns the position at which another document opens CDATA in `content`, before the end of this CDATA section.
fn next_document(content: &[u8]) -> Option<usize> {
    let mut begins_inside = false;
    for at in memchr::memchr2_iter(b'<', b'>', content) {
        let rest = &content[at..];
        if content[..=at].ends_with(CDATA_END) {
            return None;
        }
        begins_inside |= rest.starts_with(b"<xml");
        if begins_inside && rest.starts_with(CDATA) {
            return Some(at);
        }
    }
    None
}

/// Returns true if `name` is the name of WeChat's root element.
pub(crate) fn is_root_name(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"xml")
}

fn text_of(bytes: &[u8], text: Str) -> &str {
    std::str::from_utf8(&bytes[text.source_range()]).unwrap_or("?")
}

fn name_of<'a>(tree: &Tree, node: NodeId, bytes: &'a [u8]) -> &'a str {
    text_of(bytes, tree.node(node).name)
}

/// Returns the name in the last tag of `bytes`, with its `/`, and the text after the tag.
pub(crate) fn last_tag(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let tag = memchr::memrchr(b'<', bytes)?;
    let len = memchr::memchr(b'>', &bytes[tag..])?;
    let name = std::str::from_utf8(&bytes[tag + 1..tag + len]).ok()?;
    Some((name, &bytes[tag + len + 1..]))
}

/// White space as loggers escape it.
const ESCAPED_SPACE: [&[u8]; 7] = [b"\\n", b"\\r", b"\\t", b"\\x0A", b"\\x0D", b"#012", b"#015"];

/// Returns true if more bytes may turn `rest` into escaped white space.
fn may_be_escaped_space(rest: &[u8]) -> bool {
    let is_begun = |escape: &[u8]| rest.len() < escape.len() && escape.starts_with(rest);
    ESCAPED_SPACE.into_iter().any(is_begun)
}

/// Skips escaped white space at the start of `rest`.
fn past_escaped_space(mut rest: &[u8]) -> &[u8] {
    while let Some(next) = ESCAPED_SPACE
        .iter()
        .find_map(|escape| rest.strip_prefix(*escape))
    {
        rest = next.trim_ascii_start();
    }
    rest
}
