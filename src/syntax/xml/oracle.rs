//! The XML reader that was used before quick-xml, kept as an oracle for the tests.
//!
//! It shares no code with the reader that is tested. Both must agree on every document: on each node of the tree, and
//! on each error with its byte.

use std::collections::HashSet;

use crate::finding::{Finding, Findings, Reason};
use crate::simd::{is_space, skip_space};
use crate::span::Span;
use crate::syntax::{Bytes, Kind, Limits, Node, NodeId, Stop, Str, Tree, describe};

/// An element that is not closed yet.
#[derive(Clone, Copy, Debug)]
struct Open {
    node: NodeId,
    /// Where its content begins.
    content: usize,
}

/// The text of the innermost element so far: since its start, or since its latest child. Blanks at its ends are no part
/// of it, so no text is made of the blanks between elements.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    /// `None` before the first piece that is no blank.
    value: Option<Str>,
    /// There is more than blanks.
    solid: bool,
    /// Blanks stand in front of it.
    padded: bool,
    /// Blanks behind it, which are part of the text if more text follows.
    blank: Option<Piece>,
    /// How many bytes of such blanks `value` ends with.
    tail: usize,
    /// Where it stands without blanks around it.
    span: (usize, usize),
}

/// A piece of text: where it stands, and whether it is white space as formatters put around text, that is outside
/// CDATA and not by reference.
#[derive(Clone, Copy, Debug)]
struct Piece {
    start: usize,
    end: usize,
    blank: bool,
}

impl Run {
    /// The run is now `value`, of which the last `added` bytes are `piece`.
    fn extend(&mut self, value: Str, added: usize, piece: Piece) {
        self.value = Some(value);
        if piece.blank {
            self.tail += added;
            return;
        }
        self.span = (
            if self.solid { self.span.0 } else { piece.start },
            piece.end,
        );
        self.solid = true;
        self.tail = 0;
    }

    /// Whether blanks stand around the text.
    fn is_padded(&self) -> bool {
        self.padded || self.blank.is_some() || self.tail > 0
    }

    /// The text without the blanks around it.
    fn trimmed(&self) -> Str {
        self.value.unwrap_or_default().trimmed(self.tail)
    }

    /// The text in the payload if `piece` continues it there.
    fn continued(&self, piece: Piece) -> Option<Str> {
        match self.value {
            None => Some(Str::source(piece.start, piece.end)),
            Some(value) => value
                .source_up_to(piece.start)
                .map(|start| Str::source(start, piece.end)),
        }
    }
}

/// A document being read.
#[derive(Debug, Default)]
pub(super) struct Reader {
    at: usize,
    open: Vec<Open>,
    run: Run,
    /// What is wrong with the prolog. It is told once the root shows that the document is one of ours.
    fault: Option<Finding>,
    /// No line break stands before this place.
    first_line: usize,
    /// Whether the root's start tag was read.
    rooted: bool,
    /// The start tag being read does not end before this place.
    tag_goes_to: usize,
}

type IsPlain<'a> = &'a dyn Fn(&str) -> bool;

impl Reader {
    pub(super) fn new() -> Self {
        Reader::default()
    }

    /// Where the token begins that could not be read, or has not arrived whole.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Whether the root element was reached: before it this may be anybody's document.
    pub(super) fn is_rooted(&self) -> bool {
        self.rooted
    }

    /// Whether the document ended, whatever is wrong with it.
    pub(super) fn is_closed(&self) -> bool {
        self.rooted && self.open.is_empty()
    }

    /// The child of the root that is not closed yet.
    pub(super) fn open_child(&self) -> Option<NodeId> {
        self.open.get(1).map(|open| open.node)
    }

    /// Where the text of the outermost open element that `is_plain` begins. It has children only if it ran into other
    /// text.
    pub(super) fn plain_text_at(
        &self,
        text: &[u8],
        tree: &Tree,
        is_plain: IsPlain<'_>,
    ) -> Option<usize> {
        let name = |open: &Open| name_of(tree, open.node, text);
        let open = self.open.iter().find(|open| is_plain(name(open)))?;
        Some(open.content)
    }

    /// Whether the innermost element `is_plain` and has no children so far.
    fn is_in_plain_text(&self, t: &Tokens<'_, '_>) -> bool {
        self.open.last().is_some_and(|open| {
            let is_leaf = t.tree.len() as NodeId == open.node + 1;
            is_leaf && (t.is_plain)(name_of(t.tree, open.node, t.bytes.all))
        })
    }

    /// Reads on and returns the length of the document.
    pub(super) fn read(
        &mut self,
        bytes: Bytes<'_>,
        tree: &mut Tree,
        findings: &mut Findings,
        limits: &Limits,
        is_plain: IsPlain<'_>,
    ) -> Result<usize, Stop> {
        let mut tokens = Tokens {
            bytes,
            tree,
            findings,
            limits,
            is_plain,
        };
        match (self.document(&mut tokens), &self.fault) {
            (Ok(_) | Err(Stop::Broken(_)), Some(fault)) if self.rooted => {
                Err(Stop::Broken(fault.clone()))
            }
            (read, _) => read,
        }
    }

    fn document(&mut self, t: &mut Tokens<'_, '_>) -> Result<usize, Stop> {
        while !self.rooted {
            self.prolog(t)?;
        }
        while !self.open.is_empty() {
            self.content(t)?;
        }
        Ok(self.at)
    }

    /// One token before the root.
    fn prolog(&mut self, t: &mut Tokens<'_, '_>) -> Result<(), Stop> {
        self.at = skip_space(t.bytes.all, self.at.min(t.bytes.all.len()));
        let rest = t.bytes.from(self.at);
        if rest.starts_with(b"<!--") {
            let end = t.comment(self.at);
            self.at = self.past_fault(end, t, b"-->")?;
        } else if is_doctype(rest) {
            let end = t.doctype(self.at)?;
            self.fault
                .get_or_insert_with(|| Finding::new(Reason::Doctype, Span::new(self.at, end)));
            self.at = end;
        } else if rest.starts_with(b"<?") {
            let end = t.instruction(self.at, self.at == 0);
            self.at = self.past_fault(end, t, b"?>")?;
        } else if rest.first() == Some(&b'<')
            && rest.get(1).is_some_and(|&b| !matches!(b, b'!' | b'?'))
        {
            let name_end = t.name(self.at + 1)?;
            if !is_root_name(&t.bytes.all[self.at + 1..name_end]) {
                return Err(t.broken(self.at, Reason::ExpectedName));
            }
            self.start_tag(t)?;
            self.rooted = true;
        } else if rest.len() < DOCTYPE.len() && !t.bytes.last {
            return Err(Stop::More);
        } else {
            return Err(t.broken(self.at, Reason::BadMarkup));
        }
        Ok(())
    }

    /// Remembers what is wrong with a token of the prolog and goes on behind its `end`, if that is near.
    fn past_fault(
        &mut self,
        read: Result<usize, Stop>,
        t: &Tokens<'_, '_>,
        end: &[u8],
    ) -> Result<usize, Stop> {
        let Err(Stop::Broken(finding)) = read else {
            return read;
        };
        if finding.reason() == Reason::LateDeclaration {
            // A declaration on a line of its own begins another document.
            if t.bytes.all[self.first_line..self.at].contains(&b'\n') {
                return Err(Stop::Broken(finding));
            }
            self.first_line = self.at;
        }
        let rest = t.bytes.from(self.at);
        let window = &rest[..rest.len().min(LONGEST_PROLOG)];
        let close = memchr::memmem::find(window, end).map(|len| len + end.len());
        // A declaration may lack no more than its second `?`.
        let bracket = memchr::memchr(b'>', window)
            .filter(|_| end == b"?>")
            .map(|len| len + 1);
        match close.or(bracket) {
            _ if close.is_none() && window.len() < LONGEST_PROLOG && !t.bytes.last => {
                Err(Stop::More)
            }
            // A `<` in a declaration: it was cut off, and something else has begun.
            Some(len) if !(end == b"?>" && window[1..len].contains(&b'<')) => {
                self.fault.get_or_insert(finding);
                Ok(self.at + len)
            }
            _ => Err(Stop::Broken(finding)),
        }
    }

    /// One token inside the root.
    fn content(&mut self, t: &mut Tokens<'_, '_>) -> Result<(), Stop> {
        let rest = t.bytes.from(self.at);
        match rest {
            [] => return t.run_out(self),
            [b'<', b'/', ..] => return self.end_tag(t),
            [b'<', b'?', ..] => self.at = t.instruction(self.at, false)?,
            [b'<', b'!', ..] => return self.declaration(t),
            [b'<', _, ..] => return self.start_tag(t),
            [b'&', ..] => return self.reference(t),
            [b'<'] => return t.run_out(self),
            _ => return self.text(t),
        }
        Ok(())
    }

    /// `<!` inside the root: a comment, CDATA, or something refused.
    fn declaration(&mut self, t: &mut Tokens<'_, '_>) -> Result<(), Stop> {
        let rest = t.bytes.from(self.at);
        if rest.starts_with(CDATA) {
            let start = self.at + CDATA.len();
            let end = self.cdata_end(t, start)?;
            self.cdata_piece(t, start, end);
            self.at = end + 3;
        } else if rest.starts_with(b"<!--") {
            self.at = t.comment(self.at)?;
        } else if is_doctype(rest) {
            return Err(Stop::Broken(Finding::new(
                Reason::Doctype,
                Span::new(self.at, self.at + DOCTYPE.len()),
            )));
        } else if rest.len() < CDATA.len() && is_prefix_of_any(rest, &[CDATA, b"<!--", DOCTYPE]) {
            return t.run_out(self);
        } else {
            return Err(t.broken_at(self.at, self.at + 2, Reason::BadMarkup));
        }
        Ok(())
    }

    /// Where the CDATA that begins at `start` ends.
    ///
    /// CDATA cannot be nested, so an opening in it is text; but in an element of plain text, behind an `<xml>`, it
    /// means that the payload was cut off inside it and the next one has begun.
    fn cdata_end(&self, t: &Tokens<'_, '_>, start: usize) -> Result<usize, Stop> {
        let mut begins_inside = false;
        let mut at = start;
        while let Some(n) = memchr::memchr2(b'<', b'>', t.bytes.from(at)) {
            at += n;
            if t.bytes.all[start..=at].ends_with(b"]]>") {
                return Ok(at - 2);
            }
            begins_inside |= t.bytes.from(at).starts_with(b"<xml");
            if begins_inside && t.bytes.from(at).starts_with(CDATA) && self.is_in_plain_text(t) {
                return Err(t.named(self, Reason::XmlNextBegins, at));
            }
            at += 1;
        }
        t.run_out(self)
    }

    fn text(&mut self, t: &mut Tokens<'_, '_>) -> Result<(), Stop> {
        let rest = t.bytes.from(self.at);
        let len = memchr::memchr2(b'<', b'&', rest).unwrap_or(rest.len());
        if len == rest.len() {
            return t.run_out(self);
        }
        let end = rest[..len]
            .contains(&b']')
            .then(|| memchr::memmem::find(&rest[..len], b"]]>"));
        if let Some(at) = end.flatten() {
            return Err(t.broken_at(self.at + at, self.at + at + 3, Reason::CdataEndInText));
        }
        let (start, end) = (self.at, self.at + len);
        let solid_start = start + rest[..len].iter().take_while(|&&b| is_space(b)).count();
        let tail = rest[..len]
            .iter()
            .rev()
            .take_while(|&&b| is_space(b))
            .count();
        let solid_end = (end - tail).max(solid_start);
        self.piece(
            t,
            Piece {
                start,
                end: solid_start,
                blank: true,
            },
        );
        self.piece(
            t,
            Piece {
                start: solid_start,
                end: solid_end,
                blank: false,
            },
        );
        self.piece(
            t,
            Piece {
                start: solid_end,
                end,
                blank: true,
            },
        );
        self.at = end;
        Ok(())
    }

    fn reference(&mut self, t: &mut Tokens<'_, '_>) -> Result<(), Stop> {
        let (c, len) = t.reference(self.at)?;
        let piece = Piece {
            start: self.at,
            end: self.at + len,
            blank: false,
        };
        self.add_blanks(t);
        self.append(t, c.encode_utf8(&mut [0; 4]), piece);
        self.at = piece.end;
        Ok(())
    }

    /// Adds the content of a CDATA section, even if it is empty: then the element's text is not blank.
    fn cdata_piece(&mut self, t: &mut Tokens<'_, '_>, start: usize, end: usize) {
        let piece = Piece {
            start,
            end,
            blank: false,
        };
        self.add_blanks(t);
        match start == end && self.run.value.is_some() {
            true => self.append(t, "", piece),
            false if start == end => self.run.extend(Str::source(start, end), 0, piece),
            false => self.piece(t, piece),
        }
    }

    /// Adds a piece of the payload to the text of the innermost element. Blanks wait until text follows.
    fn piece(&mut self, t: &mut Tokens<'_, '_>, piece: Piece) {
        if piece.start == piece.end {
            return;
        }
        if piece.blank && !self.run.solid {
            self.run.padded = true;
            self.run.span = (piece.end, piece.end);
            return;
        }
        self.add_blanks(t);
        match piece.blank {
            true => self.run.blank = Some(piece),
            false => self.add(t, piece),
        }
    }

    /// Adds the blanks that stand behind the text so far.
    fn add_blanks(&mut self, t: &mut Tokens<'_, '_>) {
        if let Some(blank) = self.run.blank.take() {
            self.add(t, blank);
        }
    }

    /// Adds a piece of the payload, line breaks normalised as XML asks.
    fn add(&mut self, t: &mut Tokens<'_, '_>, piece: Piece) {
        let raw = &t.bytes.all[piece.start..piece.end];
        let has_return = memchr::memchr(b'\r', raw).is_some();
        if let Some(value) = self.run.continued(piece).filter(|_| !has_return) {
            return self.run.extend(value, raw.len(), piece);
        }
        // Invalid UTF-8 is refused at the end of the document; until then any text will do.
        let text = String::from_utf8_lossy(raw);
        match has_return {
            true => self.append(t, &text.replace("\r\n", "\n").replace('\r', "\n"), piece),
            false => self.append(t, &text, piece),
        }
    }

    /// Adds `text`, as which the payload's `piece` reads, to the text of the innermost element.
    fn append(&mut self, t: &mut Tokens<'_, '_>, text: &str, piece: Piece) {
        let start = t.tree.make_own(self.run.value, t.bytes.all);
        t.tree.own().push_str(text);
        self.run.extend(t.tree.own_since(start), text.len(), piece);
    }

    /// `<name attributes>` or `<name/>`.
    fn start_tag(&mut self, t: &mut Tokens<'_, '_>) -> Result<(), Stop> {
        // A long tag that arrives in pieces is read again only when it may have ended.
        let ends = |from: usize| memchr::memchr(b'>', t.bytes.from(from)).is_some();
        if self.tag_goes_to > self.at && !t.bytes.last && !ends(self.tag_goes_to) {
            return Err(Stop::More);
        }
        self.tag_goes_to = t.bytes.all.len();
        let tag = t.start_tag(self.at)?;
        self.tag_goes_to = 0;
        let is_root = self.rooted && is_root_name(tag.name(t.bytes.all));
        if is_root && (t.is_behind_a_line(self.at) || t.begins_payload(tag.end)?) {
            return Err(t.named(self, Reason::XmlNextBegins, self.at));
        }
        if self.open.len() >= t.limits.depth {
            return Err(t.limit(self.at, Reason::TooDeep, t.limits.depth));
        }
        if t.tree.len() >= t.limits.values {
            return Err(t.limit(self.at, Reason::TooManyValues, t.limits.values));
        }
        self.stray_text(t);
        if let Some(first) = tag.attribute {
            t.attribute_finding(first, tag.attributes);
        }
        let node = t.tree.push(Node {
            kind: Kind::Text,
            padded: false,
            name: Str::source(tag.name_start, tag.name_end),
            name_at: Span::new(tag.name_start, 0).start,
            value: Str::default(),
            span: Span::new(tag.end, tag.end),
            end: 0,
        });
        if let Some(parent) = self.open.last() {
            t.tree.node_mut(parent.node).kind = Kind::Object;
        }
        self.run = Run {
            span: (tag.end, tag.end),
            ..Run::default()
        };
        self.at = tag.end;
        if !tag.empty {
            self.open.push(Open {
                node,
                content: tag.end,
            });
        }
        Ok(())
    }

    fn end_tag(&mut self, t: &mut Tokens<'_, '_>) -> Result<(), Stop> {
        let Some(open) = self.open.last().copied() else {
            return Ok(());
        };
        let name_start = self.at + 2;
        let expected = &t.bytes.all[t.tree.node(open.node).name.source_range()];
        let closes_at_once = t
            .bytes
            .from(name_start)
            .strip_prefix(expected)
            .is_some_and(|rest| rest.starts_with(b">"));
        let name_end = if closes_at_once {
            name_start + expected.len()
        } else {
            t.name(name_start)?
        };
        let close = skip_space(t.bytes.all, name_end);
        match t.bytes.get(close) {
            None => return t.run_out(self),
            Some(b'>') => {}
            Some(_) => return Err(t.broken(close, Reason::ExpectedTagEnd)),
        }
        if t.bytes.all[name_start..name_end] != *expected {
            let finding = Finding::new(Reason::MismatchedEnd, Span::new(self.at, close + 1));
            let found = text_of(t.bytes.all, Str::source(name_start, name_end));
            return Err(Stop::Broken(
                finding
                    .with(name_of(t.tree, open.node, t.bytes.all))
                    .with(found),
            ));
        }
        self.close(open, t);
        self.at = close + 1;
        Ok(())
    }

    /// Gives the element its text, or reports text beside its children.
    fn close(&mut self, open: Open, t: &mut Tokens<'_, '_>) {
        let mut end = self.at;
        if t.tree.node(open.node).kind == Kind::Text {
            let run = self.run;
            let node = t.tree.node_mut(open.node);
            node.padded = run.is_padded();
            node.value = run.trimmed();
            node.span = Span::new(run.span.0, run.span.1);
            end = run.span.1;
        } else {
            self.stray_text(t);
        }
        t.tree.close(open.node, end);
        self.open.pop();
        self.run = Run::default();
    }

    /// Turns the text before a child element, or behind the last one, into a node without a name, unless it is
    /// white space.
    fn stray_text(&mut self, t: &mut Tokens<'_, '_>) {
        if !self.run.solid {
            return;
        }
        let run = std::mem::take(&mut self.run);
        let Some(parent) = self.open.last() else {
            return;
        };
        let span = Span::new(run.span.0, run.span.1);
        let finding =
            Finding::new(Reason::TextBetween, span).with(name_of(t.tree, parent.node, t.bytes.all));
        t.findings.push(finding);
        t.tree.node_mut(parent.node).kind = Kind::Object;
        let (name, name_at, value) = (Str::default(), span.start, run.trimmed());
        t.tree.push(Node {
            kind: Kind::Text,
            padded: false,
            name,
            name_at,
            value,
            span,
            end: 0,
        });
    }
}

const DOCTYPE: &[u8] = b"<!DOCTYPE";
const CDATA: &[u8] = b"<![CDATA[";

/// The most bytes of a token of the prolog that is skipped with a fault.
const LONGEST_PROLOG: usize = 4096;

/// The most bytes of an XML declaration; without a bound, text full of unfinished ones would be read over and over.
pub(super) const LONGEST_DECLARATION: usize = 256;

/// Whether a DOCTYPE begins here, in any case of letters: who misspells it means it all the same.
pub(super) fn is_doctype(bytes: &[u8]) -> bool {
    bytes
        .get(..DOCTYPE.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(DOCTYPE))
}

fn is_prefix_of_any(bytes: &[u8], tokens: &[&[u8]]) -> bool {
    tokens
        .iter()
        .any(|token| token.len() >= bytes.len() && token[..bytes.len()].eq_ignore_ascii_case(bytes))
}

/// Whether `name` is what WeChat calls the root element.
pub(super) fn is_root_name(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"xml")
}

fn text_of(bytes: &[u8], text: Str) -> &str {
    std::str::from_utf8(&bytes[text.source_range()]).unwrap_or("?")
}

fn name_of<'a>(tree: &Tree, node: NodeId, bytes: &'a [u8]) -> &'a str {
    text_of(bytes, tree.node(node).name)
}

/// A start tag, by the ranges of its parts.
struct StartTag {
    name_start: usize,
    name_end: usize,
    /// The first attribute's name, and how many there are.
    attribute: Option<Str>,
    attributes: usize,
    empty: bool,
    end: usize,
}

impl StartTag {
    fn name<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        &bytes[self.name_start..self.name_end]
    }
}

/// Reads single tokens; every method takes where the token begins and gives back where it ends.
struct Tokens<'a, 'b> {
    bytes: Bytes<'a>,
    tree: &'b mut Tree,
    findings: &'b mut Findings,
    limits: &'b Limits,
    is_plain: IsPlain<'b>,
}

impl Tokens<'_, '_> {
    fn comment(&self, at: usize) -> Result<usize, Stop> {
        let text = at + 4;
        let Some(dashes) = memchr::memmem::find(self.bytes.from(text), b"--") else {
            return self.run_out_in("<!--");
        };
        match self.bytes.get(text + dashes + 2) {
            Some(b'>') => Ok(text + dashes + 3),
            Some(_) => {
                Err(self.broken_at(text + dashes, text + dashes + 2, Reason::DashesInComment))
            }
            None => self.run_out_in("<!--"),
        }
    }

    /// `<?target …?>`; the XML declaration where it is `allowed`.
    fn instruction(&self, at: usize, allowed: bool) -> Result<usize, Stop> {
        let name_end = self.name(at + 2)?;
        let name = &self.bytes.all[at + 2..name_end];
        let is_declaration_like = name.eq_ignore_ascii_case(b"xml");
        let rest = self.bytes.from(name_end);
        let longest = if is_declaration_like {
            LONGEST_DECLARATION
        } else {
            LONGEST_PROLOG
        };
        let window = &rest[..rest.len().min(longest)];
        let len = match memchr::memmem::find(window, b"?>") {
            Some(len) => len,
            None if window.len() == rest.len() => return self.run_out_in("<?"),
            None if is_declaration_like => {
                return Err(self.broken_at(at, name_end, Reason::BadDeclaration));
            }
            None => {
                let finding = Finding::new(Reason::LongInstruction, Span::new(at, name_end));
                return Err(Stop::Broken(finding.with(longest.to_string())));
            }
        };
        let end = name_end + len + 2;
        let content = &self.bytes.all[name_end..name_end + len];
        match (name, allowed) {
            (b"xml", true) if is_declaration(content) => Ok(end),
            (b"xml", true) => Err(self.broken_at(at, end, Reason::BadDeclaration)),
            (b"xml", false) => Err(self.broken_at(at, end, Reason::LateDeclaration)),
            (name, _) if is_declaration_like => {
                let finding = Finding::new(Reason::BadInstruction, Span::new(at + 2, name_end));
                Err(Stop::Broken(finding.with(String::from_utf8_lossy(name))))
            }
            _ if content.first().is_some_and(|&b| !is_space(b)) => {
                Err(self.broken(name_end, Reason::ExpectedSpace))
            }
            _ => Ok(end),
        }
    }

    /// Skips a DOCTYPE with its internal subset; nothing in it is understood.
    fn doctype(&self, at: usize) -> Result<usize, Stop> {
        let mut depth = 0usize;
        let mut pos = at;
        let bracket = |from: &[u8]| from.iter().position(|b| b"\"'[]<>".contains(b));
        while let Some(n) = bracket(self.bytes.from(pos)) {
            pos += n;
            let rest = self.bytes.from(pos);
            match rest[0] {
                b'<' if rest.starts_with(b"<!--") => pos = self.comment(pos)? - 1,
                b'<' if rest.starts_with(b"<?") => {
                    match memchr::memmem::find(&rest[..rest.len().min(LONGEST_PROLOG)], b"?>") {
                        Some(n) => pos += n + 1,
                        None if rest.len() < LONGEST_PROLOG => break,
                        None => return Err(self.broken_at(pos, pos + 2, Reason::BadMarkup)),
                    }
                }
                b'<' if pos > at && is_doctype(rest) => {
                    return Err(self.broken_at(pos, pos + 2, Reason::BadMarkup));
                }
                quote @ (b'"' | b'\'') => match memchr::memchr(quote, &rest[1..]) {
                    Some(n) => pos += 1 + n,
                    None => break,
                },
                b'<' | b'[' => depth += 1,
                _ => depth = depth.saturating_sub(1),
            }
            pos += 1;
            if depth == 0 {
                return Ok(pos);
            }
        }
        self.run_out_in("<!DOCTYPE")
    }

    fn start_tag(&self, at: usize) -> Result<StartTag, Stop> {
        let name_start = at + 1;
        let name_end = self.name(name_start)?;
        let mut tag = StartTag {
            name_start,
            name_end,
            attribute: None,
            attributes: 0,
            empty: false,
            end: 0,
        };
        let mut names: Option<HashSet<&[u8]>> = None;
        let mut at = name_end;
        loop {
            let next = skip_space(self.bytes.all, at);
            match self.bytes.get(next) {
                None => return self.run_out_tag(&tag),
                Some(b'>') => {
                    return Ok(StartTag {
                        end: next + 1,
                        ..tag
                    });
                }
                Some(b'/') => match self.bytes.get(next + 1) {
                    None => return self.run_out_tag(&tag),
                    Some(b'>') => {
                        return Ok(StartTag {
                            end: next + 2,
                            empty: true,
                            ..tag
                        });
                    }
                    Some(_) => return Err(self.broken(next + 1, Reason::ExpectedTagEnd)),
                },
                Some(_) if next == at && tag.attributes == 0 => {
                    return Err(self.broken(next, Reason::ExpectedTagEnd));
                }
                Some(_) if next == at => return Err(self.broken(next, Reason::ExpectedSpace)),
                Some(_) => {}
            }
            let (name, end) = self.attribute(next, &tag)?;
            if !names
                .get_or_insert_default()
                .insert(&self.bytes.all[name.source_range()])
            {
                let finding = Finding::new(
                    Reason::DuplicateAttribute,
                    Span::new(next, next + name.len()),
                );
                return Err(Stop::Broken(finding.with(text_of(self.bytes.all, name))));
            }
            tag.attribute.get_or_insert(name);
            tag.attributes += 1;
            at = end;
        }
    }

    /// `name = "value"`.
    fn attribute(&self, at: usize, tag: &StartTag) -> Result<(Str, usize), Stop> {
        let name_end = self.name(at)?;
        let equals = skip_space(self.bytes.all, name_end);
        match self.bytes.get(equals) {
            None => return self.run_out_tag(tag),
            Some(b'=') => {}
            Some(_) => return Err(self.broken(equals, Reason::ExpectedEquals)),
        }
        let open = skip_space(self.bytes.all, equals + 1);
        let quote = match self.bytes.get(open) {
            None => return self.run_out_tag(tag),
            Some(quote @ (b'"' | b'\'')) => quote,
            Some(_) => return Err(self.broken(open, Reason::ExpectedQuote)),
        };
        let mut pos = open + 1;
        loop {
            let Some(n) = memchr::memchr3(quote, b'<', b'&', self.bytes.from(pos)) else {
                return self.run_out_tag(tag);
            };
            pos += n;
            match self.bytes.all[pos] {
                b'<' => return Err(self.broken_at(pos, pos + 1, Reason::LessInAttribute)),
                b'&' => pos += self.reference(pos)?.1,
                _ => return Ok((Str::source(at, name_end), pos + 1)),
            }
        }
    }

    /// The character that the reference at `at` stands for, and the reference's length.
    fn reference(&self, at: usize) -> Result<(char, usize), Stop> {
        const LONGEST: usize = 1024;
        let rest = self.bytes.from(at);
        let body = &rest[1..rest.len().min(LONGEST)];
        let len = body.iter().position(|b| {
            !b.is_ascii_alphanumeric() && !matches!(b, b'#' | b'_' | b'-' | b'.' | b':')
        });
        let name = match len {
            None if rest.len() < LONGEST => return self.run_out_in("&"),
            Some(len) if len > 0 && body[len] == b';' => &body[..len],
            _ => return Err(self.broken_at(at, at + 1, Reason::LoneAmpersand)),
        };
        let name = std::str::from_utf8(name).unwrap_or_default();
        let whole = name.len() + 2;
        match (name.strip_prefix('#'), predefined(name)) {
            (None, Some(c)) => Ok((c, whole)),
            (None, None) => Err(self.broken_with(at, at + whole, Reason::UnknownEntity, name)),
            (Some(number), _) => match numbered(number) {
                Some(c) => Ok((c, whole)),
                None => Err(self.broken_with(
                    at,
                    at + whole,
                    Reason::BadReference,
                    &format!("&{name};"),
                )),
            },
        }
    }

    /// Where the name that begins at `at` ends.
    fn name(&self, at: usize) -> Result<usize, Stop> {
        let rest = self.bytes.from(at);
        let ascii = rest
            .iter()
            .take_while(|&&b| NAME_BYTES[usize::from(b)])
            .count();
        let len = match rest.get(ascii) {
            Some(byte) if !byte.is_ascii() => {
                // No further than the name can go: the rest may be long.
                let end = rest
                    .iter()
                    .position(|&b| b.is_ascii() && !NAME_BYTES[usize::from(b)]);
                let valid = rest[..end.unwrap_or(rest.len())]
                    .utf8_chunks()
                    .next()
                    .map_or("", |chunk| chunk.valid());
                valid.find(|c| !is_name_char(c)).unwrap_or(valid.len())
            }
            _ => ascii,
        };
        let undecided = rest.len() - len < 4 && !rest[len..].iter().any(u8::is_ascii);
        if undecided && !self.bytes.last {
            return Err(Stop::More);
        }
        if undecided && rest.len() == len {
            return self.run_out_in("<");
        }
        let is_name = match rest[..len] {
            [b'a'..=b'z' | b'A'..=b'Z' | b'_' | b':', ..] => true,
            [] | [0..0x80, ..] => false,
            _ => {
                std::str::from_utf8(&rest[..len]).is_ok_and(|name| name.starts_with(is_name_start))
            }
        };
        if is_name {
            Ok(at + len)
        } else {
            Err(self.broken(at, Reason::ExpectedName))
        }
    }

    /// Whether a line of something else stands before `at`, between elements or in a plain text: the payload was cut off
    /// before that line.
    fn is_behind_a_line(&self, at: usize) -> bool {
        let Some((name, text)) = last_tag(&self.bytes.all[..at]) else {
            return false;
        };
        let is_ours =
            name.starts_with('/') || is_root_name(name.as_bytes()) || (self.is_plain)(name);
        is_ours && text.contains(&b'\n') && !text.iter().all(|&b| is_space(b))
    }

    /// Whether what stands at `at` is the first child of a message, so that a new payload begins here.
    fn begins_payload(&self, at: usize) -> Result<bool, Stop> {
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
            _ => Ok((self.is_plain)(
                std::str::from_utf8(&name[..len]).unwrap_or_default(),
            )),
        }
    }

    fn attribute_finding(&mut self, first: Str, count: usize) {
        let range = first.source_range();
        let reason = if count == 1 {
            Reason::Attribute
        } else {
            Reason::Attributes
        };
        let finding = Finding::new(reason, Span::new(range.start, range.end))
            .with(text_of(self.bytes.all, first));
        self.findings.push(if count == 1 {
            finding
        } else {
            finding.with(count.to_string())
        });
    }

    fn broken(&self, at: usize, reason: Reason) -> Stop {
        self.bytes.broken(at, reason)
    }

    fn broken_at(&self, start: usize, end: usize, reason: Reason) -> Stop {
        if !self.bytes.last && self.bytes.all.len() < end + 4 {
            return Stop::More;
        }
        Stop::Broken(
            Finding::new(reason, Span::new(start, end)).with(describe(self.bytes.from(end))),
        )
    }

    fn broken_with(&self, start: usize, end: usize, reason: Reason, arg: &str) -> Stop {
        Stop::Broken(Finding::new(reason, Span::new(start, end)).with(arg))
    }

    fn limit(&self, at: usize, reason: Reason, limit: usize) -> Stop {
        Stop::Broken(Finding::new(reason, Span::new(at, at + 1)).with(limit.to_string()))
    }

    /// A failure inside the innermost element, which it names.
    fn named(&self, reader: &Reader, reason: Reason, at: usize) -> Stop {
        let name = reader
            .open
            .last()
            .map_or("xml", |open| name_of(self.tree, open.node, self.bytes.all));
        Stop::Broken(Finding::new(reason, Span::new(at, at + 1)).with(format!("<{name}>")))
    }

    fn run_out<T>(&self, reader: &Reader) -> Result<T, Stop> {
        let name = reader
            .open
            .last()
            .map_or("", |open| name_of(self.tree, open.node, self.bytes.all));
        self.run_out_in(&format!("<{name}>"))
    }

    fn run_out_tag<T>(&self, tag: &StartTag) -> Result<T, Stop> {
        self.run_out_in(&format!(
            "<{}",
            String::from_utf8_lossy(tag.name(self.bytes.all))
        ))
    }

    fn run_out_in<T>(&self, what: &str) -> Result<T, Stop> {
        Err(self.bytes.run_out(Reason::XmlCutOff, what))
    }
}

/// The name in the last tag of `bytes`, with its `/`, and the text behind it.
pub(super) fn last_tag(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let tag = memchr::memrchr(b'<', bytes)?;
    let len = memchr::memchr(b'>', &bytes[tag..])?;
    let name = std::str::from_utf8(&bytes[tag + 1..tag + len]).ok()?;
    Some((name, &bytes[tag + len + 1..]))
}

/// Line breaks and blanks as loggers escape them.
const ESCAPED_SPACE: [&[u8]; 7] = [b"\\n", b"\\r", b"\\t", b"\\x0A", b"\\x0D", b"#012", b"#015"];

/// Whether more bytes may make such an escape of `rest`.
fn may_be_escaped_space(rest: &[u8]) -> bool {
    let is_begun = |escape: &[u8]| rest.len() < escape.len() && escape.starts_with(rest);
    ESCAPED_SPACE.into_iter().any(is_begun)
}

/// `rest` behind line breaks and blanks that a logger escaped.
fn past_escaped_space(mut rest: &[u8]) -> &[u8] {
    while let Some(next) = ESCAPED_SPACE
        .iter()
        .find_map(|escape| rest.strip_prefix(*escape))
    {
        rest = next.trim_ascii_start();
    }
    rest
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// The character with this decimal or (`x…`) hexadecimal number, if XML allows it.
fn numbered(number: &str) -> Option<char> {
    let (digits, radix) = number
        .strip_prefix('x')
        .map_or((number, 10), |hex| (hex, 16));
    let all_digits = digits.chars().all(|c| c.is_digit(radix));
    let value = u32::from_str_radix(digits, radix)
        .ok()
        .filter(|_| all_digits)?;
    char::from_u32(value).filter(|&c| is_xml_char(c))
}

/// What XML 1.0 allows as a character (production 2).
pub(super) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// The ASCII characters of names, as [`is_name_char`] says.
static NAME_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = matches!(byte as u8, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b':' | b'-' | b'.');
        byte += 1;
    }
    table
};

/// Production 4 of XML 1.0, fifth edition.
fn is_name_start(c: char) -> bool {
    matches!(c, ':' | '_' | 'A'..='Z' | 'a'..='z'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// Production 4a.
fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Whether `content` is what may stand between `<?xml` and `?>`.
fn is_declaration(content: &[u8]) -> bool {
    declaration(content).is_some()
}

/// The encoding that an XML declaration names, given what stands between `<?xml` and `?>`; `None` if it is
/// malformed, and `Some("")` if it names none.
pub(super) fn declaration(content: &[u8]) -> Option<&str> {
    let content = std::str::from_utf8(content).ok()?;
    let (version, rest) = pseudo_attribute(content, "version")??;
    let minor = version.strip_prefix("1.")?;
    (!minor.is_empty() && minor.bytes().all(|b| b.is_ascii_digit())).then_some(())?;
    let (encoding, rest) = pseudo_attribute(rest, "encoding")?.unwrap_or(("", rest));
    let has_encoding = rest.len() < content.len() && !encoding.is_empty();
    let letters = encoding
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    let named =
        !has_encoding || (letters && encoding.starts_with(|c: char| c.is_ascii_alphabetic()));
    let (standalone, rest) = pseudo_attribute(rest, "standalone")?.unwrap_or(("no", rest));
    let fine = named && matches!(standalone, "yes" | "no") && rest.trim_ascii().is_empty();
    fine.then_some(encoding)
}

/// ` name = "value"` at the start of `text`: `Some(None)` if something else stands there, `None` if it is broken.
fn pseudo_attribute<'a>(text: &'a str, name: &str) -> Option<Option<(&'a str, &'a str)>> {
    let trimmed = text.trim_ascii_start();
    let Some(rest) = trimmed.strip_prefix(name) else {
        return Some(None);
    };
    if trimmed.len() == text.len() {
        return None;
    }
    let rest = rest
        .trim_ascii_start()
        .strip_prefix('=')?
        .trim_ascii_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (value, rest) = rest[1..].split_once(quote)?;
    (!value.is_empty()).then_some(Some((value, rest)))
}
