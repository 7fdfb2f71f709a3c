//! Bytes of a capture into payloads: where one begins, what lies between them, and where to go on after a broken one.
//!
//! The [`Scanner`] is a state machine over a buffer that grows at its end and is emptied from its start. What it
//! decides never depends on where the buffer happens to end: where that would matter, it asks for more. A document
//! ends where its reader in [`wire`](crate::wire) says it ends, so no byte is looked at twice to find out.
//!
//! The search goes from the outside in. A JSON object that is no message is somebody's log entry, and the messages
//! inside it count; a message is never searched, however much the texts in it look like callbacks. What belongs to
//! no message is [`Noise`].
//!
//! This stage knows which names make a message only through [`Names`]. Another way of finding payloads is another
//! [`State`].

mod cursor;
pub(crate) mod recode;
mod skip;
mod start;

use std::collections::VecDeque;
use std::ops::Range;

use encoding_rs::Encoding;

use crate::finding::{Code, Finding, Findings, Reason};
use crate::span::{Place, Span, Units};
use crate::wire::scan::{is_space, skip_space};
use crate::wire::{
    Bytes, Kind, Limits, Stop, Syntax, Tree, View, describe, earliest, json, not_utf8, xml,
};
use cursor::Cursor;
use recode::Declared;
use skip::{Skip, Skipped};
use start::Start;

/// What this stage needs to know of WeChat's names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names {
    /// Whether an object is a message.
    pub(crate) is_message: fn(View<'_>) -> bool,
    /// Whether fields of this name hold short plain text, never a user's words.
    pub(crate) is_plain: fn(&str) -> bool,
    /// Whether a message may begin with a field of this name.
    pub(crate) begins_message: fn(&str) -> bool,
    /// Bytes that no text but a message's has.
    pub(crate) anchors: &'static [&'static str],
}

/// A payload that was found; its tree is in the scanner's hands until the next step.
#[derive(Debug)]
pub(crate) struct Framed<'b> {
    /// Where it stands in the buffer; of a broken one, as much as is worth showing.
    pub(crate) range: Range<usize>,
    pub(crate) place: Place,
    pub(crate) syntax: Syntax,
    /// Its text, where it is known to be text.
    pub(crate) text: Option<&'b str>,
    /// Its text and encoding, where that is not the capture's own.
    pub(crate) recoded: Option<(Vec<u8>, &'static Encoding)>,
    pub(crate) kind: FramedKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FramedKind {
    /// Well-formed; the tree holds it.
    Whole,
    /// The one finding says what is wrong.
    Broken,
    /// No payload, but something about the capture around payloads.
    Remark,
}

/// Bytes that belong to no payload.
#[derive(Clone, Debug, Default)]
pub(crate) struct Noise {
    /// How many, white space not counted.
    pub(crate) bytes: u64,
    /// Where the first of them stands, and its line from there on.
    pub(crate) first: Option<(Place, Vec<u8>)>,
    /// The line of the first is not complete.
    open: bool,
}

impl Noise {
    /// As much of the first noisy line as is worth showing.
    const SHOWN: usize = 160;

    /// Adds `bytes`; `place` tells where they begin.
    fn add(&mut self, bytes: &[u8], units: Units, place: impl FnOnce() -> Place) {
        let solid = bytes.iter().filter(|&&b| !is_space(b)).count() as u64;
        self.bytes += solid;
        if solid > 0 && self.first.is_none() {
            let at = skip_space(bytes, 0);
            self.first = Some((place().after(&bytes[..at], units), Vec::new()));
            self.open = true;
            self.show(&bytes[at..]);
        } else if self.open {
            self.show(bytes);
        }
    }

    fn show(&mut self, bytes: &[u8]) {
        let Some((_, text)) = &mut self.first else {
            return;
        };
        let room = Self::SHOWN - text.len();
        let line = bytes.iter().take(room).take_while(|&&b| b != b'\n').count();
        text.extend_from_slice(&bytes[..line]);
        self.open = line == bytes.len() && line < room;
    }

    /// What stands behind belongs to a payload, so the line is not shown further.
    fn interrupt(&mut self) {
        self.open = false;
    }
}

/// What the scanner is doing.
#[derive(Debug)]
enum State {
    /// Looking for the start of a document.
    Seek,
    /// Reading the document that starts at `pos`; `doubt` is what speaks against it from the start.
    Json,
    Xml {
        doubt: Option<Finding>,
    },
    /// Reading a document in an encoding of its own.
    Recoded(&'static Encoding),
    /// Handing out the messages inside a document of which `done` bytes lie before the cursor; then going on as `then`
    /// says.
    Inside {
        messages: VecDeque<Span>,
        done: usize,
        then: Then,
    },
    /// Leaving a broken document.
    Skip(Skip),
}

impl State {
    /// Going on behind `len` bytes of a broken document without messages inside.
    fn behind(len: usize, skip: Option<Skip>) -> Self {
        let then = Then {
            len,
            noise: false,
            skip,
        };
        State::Inside {
            messages: VecDeque::new(),
            done: 0,
            then,
        }
    }
}

/// How to go on behind a document: how many bytes of it are done with, and what to do there.
#[derive(Clone, Copy, Debug)]
struct Then {
    len: usize,
    noise: bool,
    skip: Option<Skip>,
}

/// U+FEFF in UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// A JSON array around payloads.
#[derive(Clone, Copy, Debug, Default)]
struct Array {
    /// It began on a line of its own, and holds a payload: then it is worth a word if it breaks.
    bare: bool,
    payloads: bool,
    /// A comma stands before the cursor, so an entry must come.
    comma: bool,
    before_first: bool,
}

/// Finds the payloads of one capture.
#[derive(Debug)]
pub(crate) struct Scanner {
    limits: Limits,
    names: Names,
    state: State,
    cursor: Cursor,
    /// Nothing but white space stands before the cursor on its line, or since the last payload.
    bare: bool,
    /// A bare payload ended right here.
    glued: Option<Syntax>,
    array: Option<Array>,
    /// Up to here no broken object has turned out to be a message: it need not be looked for again.
    clean_until: usize,
    json: json::Reader,
    xml: xml::Reader,
    pub(crate) noise: Noise,
}

/// Where the scanner puts what it reads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    pub(crate) tree: Tree,
    pub(crate) findings: Findings,
}

/// How far a document was read.
enum Read<'b> {
    Whole(&'b str),
    Broken(Finding),
    More,
}

impl Scanner {
    pub(crate) fn new(limits: Limits, names: Names, place: Place, units: Units) -> Self {
        Scanner {
            limits: Limits {
                payload_size: limits.payload_size.max(1),
                ..limits
            },
            names,
            state: State::Seek,
            cursor: Cursor::new(place, units),
            bare: true,
            glued: None,
            array: None,
            clean_until: 0,
            json: json::Reader::new(),
            xml: xml::Reader::new(),
            noise: Noise::default(),
        }
    }

    /// How many bytes of the buffer are done with since the last call; the caller drops them.
    pub(crate) fn take_done(&mut self, buffer: &[u8]) -> usize {
        let done = self.cursor.take_done(buffer);
        self.clean_until = self.clean_until.saturating_sub(done);
        done
    }

    /// The next payload in `buffer`; `None` if more bytes are needed or, with `last`, if there is none.
    pub(crate) fn next<'b>(
        &mut self,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Framed<'b>> {
        loop {
            let before = (self.pos(), std::mem::discriminant(&self.state));
            let framed = match &mut self.state {
                State::Seek => self.seek(buffer, last, parts),
                State::Json => self.json(buffer, last, parts),
                State::Xml { .. } => self.xml(buffer, last, parts),
                State::Recoded(encoding) => {
                    let encoding = *encoding;
                    self.recoded(encoding, buffer, last, parts)
                }
                State::Inside { .. } => self.inside(buffer, parts),
                State::Skip(_) => self.skip(buffer, last),
            };
            if framed.is_some() || before == (self.pos(), std::mem::discriminant(&self.state)) {
                return framed;
            }
        }
    }

    fn pos(&self) -> usize {
        self.cursor.pos()
    }

    fn advance(&mut self, buffer: &[u8], to: usize) {
        self.cursor.advance(buffer, to);
    }

    /// Passes over bytes that belong to no payload.
    fn pass(&mut self, buffer: &[u8], to: usize) {
        let bytes = &buffer[self.pos()..to];
        let cursor = &mut self.cursor;
        self.noise
            .add(bytes, cursor.units(), || cursor.place(buffer));
        let line = memchr::memrchr(b'\n', bytes).map(|n| n + 1);
        self.bare = (line.is_some() || self.bare)
            && bytes[line.unwrap_or(0)..].iter().all(|&b| is_space(b));
        self.advance(buffer, to);
    }

    fn seek<'b>(&mut self, buffer: &'b [u8], last: bool, parts: &mut Parts) -> Option<Framed<'b>> {
        if let Some(syntax) = self.glued {
            match self.stray_end(syntax, &buffer[self.pos()..], last) {
                None => return None,
                Some(len) => {
                    self.glued = None;
                    if len > 0 {
                        return Some(self.stray(buffer, len, syntax, parts));
                    }
                }
            }
        }
        if self.array.is_some() {
            return self.seek_in_array(buffer, last, parts);
        }
        self.seek_start(buffer, last)
    }

    fn seek_start<'b>(&mut self, buffer: &'b [u8], last: bool) -> Option<Framed<'b>> {
        let bracket = |at: usize| memchr::memchr3(b'<', b'{', b'[', &buffer[at..]).map(|n| at + n);
        let mut at = self.pos();
        let mut next = bracket(at);
        loop {
            let stretch = &buffer[at..next.unwrap_or(buffer.len())];
            if let Some(mark) = memchr::memmem::find(stretch, MARK) {
                self.pass(buffer, at + mark);
                self.byte_order_mark(buffer);
                at = self.pos();
                continue;
            }
            let Some(found) = next else { break };
            match start::at(&buffer[found..], last, self.is_bare_at(buffer, found)) {
                Start::Nothing => {
                    at = found + 1;
                    next = bracket(at);
                }
                Start::Undecided => {
                    self.pass(buffer, found);
                    return None;
                }
                start => {
                    self.pass(buffer, found);
                    self.begin(start, buffer);
                    return None;
                }
            }
        }
        let arriving = (1..MARK.len())
            .rev()
            .find(|&len| buffer[at..].ends_with(&MARK[..len]));
        let held = arriving.filter(|_| !last).unwrap_or(0);
        self.pass(buffer, buffer.len() - held);
        None
    }

    /// Passes over a byte order mark: `cat` leaves one before every file. Elsewhere it is noise.
    fn byte_order_mark(&mut self, buffer: &[u8]) {
        let end = self.pos() + MARK.len();
        match self.bare {
            true => self.cursor.advance_unseen(buffer, end),
            false => self.pass(buffer, end),
        }
    }

    /// Whether only white space stands before `at` on its line, or since the last payload.
    fn is_bare_at(&self, buffer: &[u8], at: usize) -> bool {
        let bytes = &buffer[self.pos()..at];
        match bytes.iter().rposition(|&b| !is_space(b)) {
            Some(solid) => bytes[solid..].contains(&b'\n'),
            None => self.bare || bytes.contains(&b'\n'),
        }
    }

    fn begin(&mut self, start: Start, buffer: &[u8]) {
        match start {
            Start::Array => {
                self.array = Some(Array {
                    bare: self.bare,
                    before_first: true,
                    ..Array::default()
                });
                self.advance(buffer, self.pos() + 1);
            }
            Start::Json => {
                self.json.restart();
                self.state = State::Json;
            }
            _ => {
                self.xml.restart();
                self.state = State::Xml { doubt: None };
            }
        }
    }
}

/// JSON documents, and arrays of them.
impl Scanner {
    fn seek_in_array<'b>(
        &mut self,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Framed<'b>> {
        let mut array = self.array.take()?;
        let next = skip_space(buffer, self.pos());
        self.advance(buffer, next);
        let expects_entry = array.before_first || array.comma;
        match buffer.get(next) {
            None if !last => self.array = Some(array),
            None if array.bare && array.payloads => {
                return Some(self.remark(Reason::ArrayCutOff, buffer, 0, parts));
            }
            None => {}
            Some(b'{') if expects_entry => {
                (array.comma, array.before_first) = (false, false);
                self.array = Some(array);
                self.begin(Start::Json, buffer);
            }
            Some(b',') if !expects_entry => {
                array.comma = true;
                self.array = Some(array);
                self.advance(buffer, next + 1);
            }
            Some(b']') => {
                let remark =
                    (array.comma && array.payloads).then(|| self.trailing_comma(buffer, parts));
                self.advance(buffer, next + 1);
                return remark;
            }
            Some(b'/') => return self.comment_in_array(array, buffer, last, parts),
            // A whole character, to name it.
            Some(_) if !last && buffer.len() - next < 4 => self.array = Some(array),
            Some(_) if array.bare && array.payloads => {
                return Some(self.remark(Reason::ArrayBroken, buffer, 1, parts));
            }
            Some(_) => return self.seek_start(buffer, last),
        }
        None
    }

    /// A comment between entries is tolerated as inside of them.
    fn comment_in_array<'b>(
        &mut self,
        array: Array,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Framed<'b>> {
        let rest = &buffer[self.pos()..];
        match json::comment_len(rest) {
            Ok(Some(len)) => {
                self.array = Some(array);
                parts
                    .findings
                    .only(Finding::new(Reason::Comment, Span::new(0, len)));
                let range = self.pos()..self.pos() + len;
                let place = self.cursor.place(buffer);
                self.advance(buffer, range.end);
                Some(Framed {
                    kind: FramedKind::Remark,
                    ..framed(range, place, Syntax::Json)
                })
            }
            Ok(None) if !last => {
                self.array = Some(array);
                None
            }
            _ => self.seek_start(buffer, last),
        }
    }

    fn json<'b>(&mut self, buffer: &'b [u8], last: bool, parts: &mut Parts) -> Option<Framed<'b>> {
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

    /// What may be read of `document`, so that no payload exceeds its limit.
    fn limited<'a>(&self, document: &'a [u8], last: bool) -> Bytes<'a> {
        let len = document.len().min(self.limits.payload_size);
        Bytes {
            all: &document[..len],
            last: last && len == document.len(),
        }
    }

    /// The outcome of a read, with what only the whole of the bytes can tell.
    fn verdict<'b>(&self, read: Result<usize, Stop>, bytes: Bytes<'b>) -> Read<'b> {
        match read {
            Ok(len) => match std::str::from_utf8(&bytes.all[..len]) {
                Ok(text) => Read::Whole(text),
                Err(error) => Read::Broken(not_utf8(bytes.all, error.valid_up_to())),
            },
            Err(Stop::More) if bytes.all.len() < self.limits.payload_size => Read::More,
            Err(Stop::More) => {
                let finding = Finding::new(Reason::TooLarge, Span::new(0, 1));
                Read::Broken(finding.with(self.limits.payload_size.to_string()))
            }
            Err(Stop::Broken(finding)) => Read::Broken(earliest(finding, bytes.all)),
        }
    }

    /// A well-formed object: a message, or something around messages.
    fn whole_json<'b>(
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
    fn messages_on_new_lines(&self, tree: &Tree, document: &[u8]) -> VecDeque<Span> {
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
    fn messages_inside(&self, tree: &Tree, text: &str, mut id: usize) -> VecDeque<Span> {
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
    fn inside<'b>(&mut self, buffer: &'b [u8], parts: &mut Parts) -> Option<Framed<'b>> {
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
    fn leave(&mut self, buffer: &[u8], to: usize, noise: bool) {
        match noise {
            true => self.pass(buffer, to),
            false => self.advance(buffer, to),
        }
    }

    /// Reports a broken object if it is, or would have become, a message; otherwise it is noise.
    fn broken_json<'b>(
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
    fn has_anchor(&self, bytes: &[u8], messages: &VecDeque<Span>) -> bool {
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
    fn anchor_ahead(&mut self, rest: &[u8], mut skip: Skip, last: bool) -> Option<bool> {
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

/// XML documents.
impl Scanner {
    fn xml<'b>(&mut self, buffer: &'b [u8], last: bool, parts: &mut Parts) -> Option<Framed<'b>> {
        let document = &buffer[self.pos()..];
        if self.xml.at() == 0 {
            parts.tree.clear(Syntax::Xml);
            parts.findings.clear();
            match recode::declared(document, last, self.cursor.units()) {
                Declared::Undecided => return None,
                Declared::Other(encoding) => {
                    self.state = State::Recoded(encoding);
                    return None;
                }
                Declared::AsIs(Some(finding)) if finding.code() == Code::InvalidEncoding => {
                    self.state = State::Xml {
                        doubt: Some(finding),
                    };
                }
                Declared::AsIs(finding) => finding
                    .into_iter()
                    .for_each(|finding| parts.findings.push(finding)),
            }
        }
        let bytes = self.limited(document, last);
        let Parts { tree, findings } = parts;
        let read = self
            .xml
            .read(bytes, tree, findings, &self.limits, &self.names.is_plain);
        match self.verdict_xml(read, bytes) {
            Read::More => None,
            Read::Whole(text) => Some(self.whole(buffer, text, Syntax::Xml)),
            Read::Broken(finding) => self.broken_xml(finding, buffer, last, parts),
        }
    }

    fn verdict_xml<'b>(&mut self, read: Result<usize, Stop>, bytes: Bytes<'b>) -> Read<'b> {
        let doubt = match &mut self.state {
            State::Xml { doubt } => doubt.clone(),
            _ => None,
        };
        match (self.verdict(read, bytes), doubt) {
            (Read::Whole(_) | Read::Broken(_), Some(doubt)) if self.xml.is_rooted() => {
                Read::Broken(doubt)
            }
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
        }
    }

    /// Reports a broken document, unless it turned out to be none of ours.
    fn broken_xml<'b>(
        &mut self,
        finding: Finding,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Framed<'b>> {
        let document = &buffer[self.pos()..];
        let at = self.xml.at();
        if !self.xml.is_rooted() {
            self.pass(buffer, self.pos() + at.max(1));
            self.state = State::Seek;
            return None;
        }
        let shown_end = self.shown_end(document, &finding, last)?;
        let next = match finding.reason() {
            Reason::XmlNextBegins if finding.span().start as usize == at => Some(at),
            _ => self.swallowed(document, &finding, &parts.tree, last).ok()?,
        };
        let skip = (next.is_none() && !self.xml.is_closed()).then(Skip::xml);
        self.state = State::behind(next.unwrap_or(at), skip);
        Some(self.broken(finding, buffer, shown_end, Syntax::Xml, parts))
    }

    /// Where the next payload begins, if the short text in which the document broke ran into it; `Err` if that cannot
    /// be told yet.
    fn swallowed(
        &self,
        document: &[u8],
        finding: &Finding,
        tree: &Tree,
        last: bool,
    ) -> Result<Option<usize>, ()> {
        let Some(text) = self.xml.plain_text_at(document, tree, &self.names.is_plain) else {
            return Ok(None);
        };
        let end = document.len().min(finding.span().end as usize);
        let texts = document.get(text..end).unwrap_or_default();
        for at in memchr::memchr2_iter(b'<', b'{', texts).map(|n| text + n) {
            match start::at(&document[at..], last, false) {
                Start::Undecided => return Err(()),
                Start::Xml => return Ok(Some(at)),
                Start::Json => match start::first_name(&document[at..], last)? {
                    Some(name) if (self.names.begins_message)(name) => return Ok(Some(at)),
                    _ => {}
                },
                Start::Array | Start::Nothing => {}
            }
        }
        Ok(None)
    }

    /// Reads a document in an encoding of its own, in windows that double until it is whole.
    fn recoded<'b>(
        &mut self,
        encoding: &'static Encoding,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Framed<'b>> {
        let document = self.limited(&buffer[self.pos()..], last);
        let mut window = 4096;
        loop {
            let raw = &document.all[..window.min(document.all.len())];
            let whole = raw.len() == document.all.len();
            let text = recode::decode(encoding, raw, whole && document.last);
            parts.tree.clear(Syntax::Xml);
            parts.findings.clear();
            self.xml.restart();
            let bytes = Bytes {
                all: &text,
                last: whole && document.last,
            };
            let Parts { tree, findings } = parts;
            let read = self
                .xml
                .read(bytes, tree, findings, &self.limits, &self.names.is_plain);
            match self.verdict_xml(read, bytes) {
                Read::More if whole && raw.len() < self.limits.payload_size => return None,
                Read::More if !whole => window *= 2,
                Read::More => {
                    let finding = Finding::new(Reason::TooLarge, Span::new(0, 1));
                    let finding = finding.with(self.limits.payload_size.to_string());
                    return self.recoded_broken(finding, encoding, &text, buffer, parts);
                }
                Read::Whole(text) => {
                    let raw_len = recode::raw_len(encoding, raw, text.len());
                    let framed = self.ended(buffer, raw_len, Syntax::Xml);
                    return Some(Framed {
                        recoded: Some((text.as_bytes().to_vec(), encoding)),
                        ..framed
                    });
                }
                Read::Broken(finding) => {
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

    fn recoded_broken<'b>(
        &mut self,
        finding: Finding,
        encoding: &'static Encoding,
        text: &[u8],
        buffer: &'b [u8],
        parts: &mut Parts,
    ) -> Option<Framed<'b>> {
        let raw = &buffer[self.pos()..];
        let at = recode::raw_len(encoding, raw, self.xml.at());
        if !self.xml.is_rooted() {
            self.pass(buffer, self.pos() + at.max(1));
            self.state = State::Seek;
            return None;
        }
        let shown = (finding.span().end as usize)
            .max(self.xml.at())
            .min(text.len());
        let len = recode::raw_len(encoding, raw, shown);
        let skip = (!self.xml.is_closed()).then(Skip::xml);
        self.state = State::behind(at, skip);
        Some(Framed {
            recoded: Some((text[..shown].to_vec(), encoding)),
            ..self.broken(finding, buffer, len, Syntax::Xml, parts)
        })
    }
}

/// What both syntaxes share.
impl Scanner {
    fn whole<'b>(&mut self, buffer: &'b [u8], text: &'b str, syntax: Syntax) -> Framed<'b> {
        Framed {
            text: Some(text),
            ..self.ended(buffer, text.len(), syntax)
        }
    }

    /// A broken document, of which `shown` bytes are worth showing; the state says how to go on.
    fn broken<'b>(
        &mut self,
        finding: Finding,
        buffer: &'b [u8],
        shown: usize,
        syntax: Syntax,
        parts: &mut Parts,
    ) -> Framed<'b> {
        parts.findings.only(finding);
        self.noise.interrupt();
        let start = self.pos();
        let kind = FramedKind::Broken;
        Framed {
            kind,
            ..framed(start..start + shown, self.cursor.place(buffer), syntax)
        }
    }

    /// A payload of `len` bytes ends.
    fn ended<'b>(&mut self, buffer: &'b [u8], len: usize, syntax: Syntax) -> Framed<'b> {
        let (start, place) = (self.pos(), self.cursor.place(buffer));
        self.glued = (self.bare && self.array.is_none()).then_some(syntax);
        if let Some(array) = &mut self.array {
            array.payloads = true;
        }
        self.noise.interrupt();
        self.advance(buffer, start + len);
        self.state = State::Seek;
        framed(start..start + len, place, syntax)
    }

    /// Up to where a broken document is worth showing: the end of the line on which it broke, if that is near;
    /// `None` if it has not arrived yet.
    fn shown_end(&self, document: &[u8], finding: &Finding, last: bool) -> Option<usize> {
        const NEAR: usize = 160;
        let at = (finding.span().end as usize).min(document.len());
        let rest = &document[at..document.len().min(at + NEAR)];
        match memchr::memchr(b'\n', rest) {
            Some(n) => Some(at + n),
            None if last || rest.len() == NEAR => Some(at + rest.len()),
            None => None,
        }
    }

    fn skip<'b>(&mut self, buffer: &'b [u8], last: bool) -> Option<Framed<'b>> {
        let pos = self.pos();
        let State::Skip(skip) = &mut self.state else {
            return None;
        };
        match skip.run(&buffer[pos..], last, &self.names.begins_message) {
            Skipped::To(len) => {
                self.state = State::Seek;
                self.bare = true;
                self.advance(buffer, pos + len);
            }
            Skipped::Past(len) => self.advance(buffer, pos + len),
        }
        None
    }

    /// The length of a closing bracket or tag right behind a payload: it closes nothing. `None` if it cannot be
    /// told yet.
    fn stray_end(&self, syntax: Syntax, rest: &[u8], last: bool) -> Option<usize> {
        match (syntax, rest) {
            (_, []) if !last => None,
            (Syntax::Json, [b'}' | b']', ..]) => Some(1),
            (Syntax::Xml, [b'<']) if !last => None,
            (Syntax::Xml, [b'<', b'/', ..]) => {
                match rest.iter().take(64).position(|&b| b == b'>') {
                    Some(n) => Some(n + 1),
                    None if !last && rest.len() < 64 => None,
                    None => Some(0),
                }
            }
            _ => Some(0),
        }
    }

    fn stray<'b>(
        &mut self,
        buffer: &'b [u8],
        len: usize,
        syntax: Syntax,
        parts: &mut Parts,
    ) -> Framed<'b> {
        let text = String::from_utf8_lossy(&buffer[self.pos()..self.pos() + len]);
        let finding = match syntax {
            Syntax::Json => Finding::new(Reason::StrayCloser, Span::new(0, len)).with(&*text),
            Syntax::Xml => {
                let name = text.trim_start_matches("</").trim_end_matches('>').trim();
                Finding::new(Reason::StrayEnd, Span::new(0, len)).with(name)
            }
        };
        let place = self.cursor.place(buffer);
        let range = self.pos()..self.pos() + len;
        self.advance(buffer, range.end);
        parts.findings.only(finding);
        Framed {
            kind: FramedKind::Broken,
            ..framed(range, place, syntax)
        }
    }

    /// Something about the array around payloads, at `pos`.
    fn remark<'b>(
        &mut self,
        reason: Reason,
        buffer: &'b [u8],
        len: usize,
        parts: &mut Parts,
    ) -> Framed<'b> {
        let rest = &buffer[self.pos()..];
        parts
            .findings
            .only(Finding::new(reason, Span::new(0, len)).with(describe(rest)));
        let line = rest.iter().take(160).take_while(|&&b| b != b'\n').count();
        let range = self.pos()..self.pos() + line.min(len.max(1)).min(rest.len());
        Framed {
            kind: FramedKind::Broken,
            ..framed(range, self.cursor.place(buffer), Syntax::Json)
        }
    }

    /// The array around payloads ends behind a comma.
    fn trailing_comma<'b>(&mut self, buffer: &'b [u8], parts: &mut Parts) -> Framed<'b> {
        parts
            .findings
            .only(Finding::new(Reason::CommaBeforeEnd, Span::new(0, 1)).with("]"));
        let at = self.pos();
        Framed {
            kind: FramedKind::Remark,
            ..framed(at..at + 1, self.cursor.place(buffer), Syntax::Json)
        }
    }
}

fn framed<'b>(range: Range<usize>, place: Place, syntax: Syntax) -> Framed<'b> {
    Framed {
        range,
        place,
        syntax,
        text: None,
        recoded: None,
        kind: FramedKind::Whole,
    }
}

/// The text of `bytes` up to what is not UTF-8.
fn valid_text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
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
