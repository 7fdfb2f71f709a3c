//! Bytes of a capture into payloads: where one begins, what lies between them, and where to go on after a broken one.
//!
//! The [`Scanner`] is a state machine over a buffer that grows at its end and is emptied from its start. What it
//! decides never depends on where the buffer happens to end: [`lookahead`] says how that is kept. A document
//! ends where its reader in [`wire`](crate::syntax) says it ends, so no byte is looked at twice to find out.
//!
//! The search goes from the outside in. A JSON object that is no message is somebody's log entry, and the messages
//! inside it count; a message is never searched, however much the texts in it look like callbacks. What belongs to
//! no message is [`Noise`].
//!
//! This stage knows which names make a message only through [`Names`]. Another way of finding payloads is another
//! [`State`]. The signature queries that payloads come with are looked for beside that, by [`request`](crate::request).

mod anchor;
mod array;
mod attempt;
mod backslash;
mod clue;
mod container;
mod cursor;
mod decode;
mod document;
mod escape;
mod fast_path;
mod json;
mod learn;
mod literal;
mod lookahead;
mod nested;
mod noise;
mod query;
mod recode;
mod seek;
mod skip;
pub(crate) mod source_map;
mod start;
mod sync_point;
mod xml;

use std::collections::VecDeque;
use std::ops::Range;

use encoding_rs::Encoding;

use crate::fast::Cache;
use crate::fast::template::{Extent, TemplateId};
use crate::finding::{Finding, Findings, Reason};
use crate::input::Flow;
use crate::request::{FoundQuery, Trail};
use crate::simd::{Lines, Survey, is_space};
use crate::span::{Place, Span, Units};
use crate::syntax::{self, Bytes, Limits, Stop, Syntax, Tree, View, earliest, not_utf8};
pub(crate) use anchor::Anchors;
use anchor::SearchWindow;
use array::Array;
use attempt::Attempts;
use cursor::Cursor;
pub(crate) use document::Document;
use learn::EntrySample;
use lookahead::{Arrived, Lookahead};
use nested::Nested;
pub(crate) use noise::Noise;
use skip::{Skip, Skipped};
use source_map::SourceMap;
pub(crate) use sync_point::SyncPoint;

/// What this stage needs to know of WeChat's names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names {
    /// Whether an object is a message.
    pub(crate) is_message: fn(View<'_>) -> bool,
    /// Whether that may depend on the value of a field of this name.
    pub(crate) tells_by_value: fn(&str) -> bool,
    /// Whether fields of this name hold short plain text, never a user's words.
    pub(crate) is_plain: fn(&str) -> bool,
    /// Whether a message may begin with a field of this name.
    pub(crate) begins_message: fn(&str) -> bool,
    /// Bytes that no text but a JSON message's has.
    pub(crate) marks: &'static [&'static str],
    /// How most messages begin. Each has an anchor in it.
    pub(crate) heads: &'static [&'static str],
    /// Bytes of which every message has some, however it is escaped.
    pub(crate) anchors: &'static Anchors,
}

/// A payload that was found; its tree is in the scanner's hands until the next step.
#[derive(Debug)]
pub(crate) struct Found<'b> {
    /// Where it stands in the buffer; of a broken one, as much as is worth showing.
    pub(crate) range: Range<usize>,
    pub(crate) place: Place,
    pub(crate) syntax: Syntax,
    /// Its text, where it is known to be text.
    pub(crate) text: Option<&'b str>,
    /// Its text is not the capture's own, but [`Parts::source_map`].
    pub(crate) is_unescaped: bool,
    pub(crate) kind: FoundKind,
    /// Which template of the cache it has.
    pub(crate) template: Option<TemplateId>,
    /// The query that belongs to it, if queries are wanted.
    pub(crate) query: Option<Box<FoundQuery>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FoundKind {
    /// Well-formed; the tree holds it, unless it was recognised by its template.
    Whole,
    /// The one finding says what is wrong.
    Broken,
    /// No payload, but something about the capture around payloads.
    Remark,
}

/// What one step came to.
#[derive(Debug)]
pub(crate) enum Turn<T> {
    Found(T),
    /// It goes on.
    Moved,
    /// More bytes are needed, or there is nothing more.
    Stuck,
}

/// What the scanner is doing.
#[derive(Debug)]
enum State {
    /// Looking for the start of a document.
    Seek,
    /// Reading the document that starts at `pos`; `pending` is what speaks against it from the start.
    Json,
    Xml {
        pending: Option<Finding>,
    },
    /// Reading a document in an encoding of its own.
    Recoded(&'static Encoding),
    /// Handing out what is inside a document.
    Inside(Inside),
    /// Reading escaped text.
    Nested(Box<Nested>),
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
        State::Inside(Inside::new(VecDeque::new(), then))
    }
}

/// A document with messages inside, of which `done` bytes lie before the cursor.
#[derive(Debug)]
struct Inside {
    inner: VecDeque<Inner>,
    done: usize,
    then: Then,
    /// What is needed to learn it.
    sample: Option<EntrySample>,
}

impl Inside {
    fn new(inner: VecDeque<Inner>, then: Then) -> Self {
        Inside {
            inner,
            done: 0,
            then,
            sample: None,
        }
    }
}

/// What is worth a look inside a document.
#[derive(Clone, Copy, Debug)]
enum Inner {
    /// An object that is a message.
    Message(Span),
    /// A string that may hold payloads; without its quotes.
    Text(Span),
}

impl Inner {
    fn span(self) -> Span {
        match self {
            Inner::Message(span) | Inner::Text(span) => span,
        }
    }
}

/// How the cursor moved: up to a place of the buffer, over noise or over what belongs to a payload.
#[derive(Clone, Copy, Debug)]
struct Move {
    to: usize,
    noise: bool,
}

/// How to go on behind a document: how many bytes of it are done with, and what to do there.
#[derive(Clone, Copy, Debug)]
struct Then {
    len: usize,
    noise: bool,
    skip: Option<Skip>,
}

impl Then {
    /// Behind an entry of `len` bytes.
    fn noise(len: usize) -> Self {
        Then {
            len,
            noise: true,
            skip: None,
        }
    }
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
    json: syntax::json::Reader,
    xml: syntax::xml::Reader,
    attempts: Attempts,
    /// How the bytes come.
    pub(crate) flow: Flow,
    pub(crate) noise: Noise,
    search: SearchWindow,
    /// The two bytes before the cursor.
    before: [u8; 2],
    /// How often this scanner's text was escaped; and how it moved, for the scanner outside.
    depth: usize,
    moves: Vec<Move>,
    /// What the fast path has learnt; `None` if it is switched off. The scanner of escaped text borrows it while it reads.
    pub(crate) cache: Option<Box<Cache>>,
    /// Memory for the next escaped text, and for what is inside the next document.
    spare: Option<Box<Nested>>,
    spare_inner: VecDeque<Inner>,
    /// What may hold the next payload's query, if queries are wanted.
    trail: Option<Box<Trail>>,
}

/// Where the scanner puts what it reads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    pub(crate) tree: Tree,
    pub(crate) findings: Findings,
    pub(crate) source_map: SourceMap,
}

/// A document that was read.
enum Read<'b> {
    Whole(&'b str),
    Broken(Finding),
}

impl Read<'_> {
    /// How many bytes it takes to tell.
    fn len(&self) -> usize {
        match self {
            Read::Whole(text) => text.len(),
            Read::Broken(finding) => finding.span().end as usize,
        }
    }

    fn is_broken(&self) -> bool {
        matches!(self, Read::Broken(_))
    }
}

impl Scanner {
    pub(crate) fn new(limits: Limits, names: Names, place: Place, units: Units) -> Self {
        Scanner {
            limits,
            names,
            state: State::Seek,
            cursor: Cursor::new(place, units),
            bare: true,
            glued: None,
            array: None,
            clean_until: 0,
            json: syntax::json::Reader::new(),
            xml: syntax::xml::Reader::new(),
            attempts: Attempts::default(),
            flow: Flow::default(),
            noise: Noise::default(),
            search: SearchWindow::default(),
            before: [b'\n'; 2],
            depth: 0,
            moves: Vec::new(),
            cache: None,
            spare: None,
            spare_inner: VecDeque::new(),
            trail: None,
        }
    }

    /// A scanner for text that is escaped in this one's.
    fn inner(&self) -> Scanner {
        let place = Place::default();
        Scanner {
            depth: self.depth + 1,
            cursor: Cursor::unplaced(),
            ..Scanner::new(self.limits, self.names, place, Units::Utf8)
        }
    }

    /// Starts over with other escaped text and keeps the memory.
    fn renew(&mut self) {
        let Scanner {
            state,
            cursor,
            bare,
            glued,
            array,
            clean_until,
            noise,
            search,
            before,
            moves,
            // These begin anew with each document, or stay as they are.
            limits: _,
            names: _,
            json: _,
            xml: _,
            attempts: _,
            flow: _,
            depth: _,
            cache: _,
            spare: _,
            spare_inner: _,
            trail: _,
        } = self;
        *state = State::Seek;
        *cursor = Cursor::unplaced();
        (*bare, *glued, *array) = (true, None, None);
        *clean_until = 0;
        *noise = Noise::default();
        *search = SearchWindow::default();
        *before = [b'\n'; 2];
        moves.clear();
    }

    /// How many bytes of the buffer are done with since the last call; the caller drops them.
    pub(crate) fn take_done(&mut self, buffer: &[u8]) -> usize {
        let done = self.cursor.take_done(buffer);
        self.clean_until = self.clean_until.saturating_sub(done);
        self.search.drop_front(done);
        if let Some(trail) = &mut self.trail {
            trail.forget_buffer();
        }
        done
    }

    /// The next payload in `buffer`; `None` if more bytes are needed or, with `last`, if there is none.
    pub(crate) fn next<'b>(
        &mut self,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        loop {
            if self.trail.is_none()
                && let Some(found) = self.fast_next(buffer, parts)
            {
                return Some(found);
            }
            match self.step_on(buffer, last, parts) {
                Turn::Found(found) => return Some(found),
                Turn::Moved => {}
                Turn::Stuck => return None,
            }
        }
    }

    /// Does what there is to do in its state.
    pub(crate) fn step<'b>(
        &mut self,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Turn<Found<'b>> {
        if self.trail.is_none()
            && let Some(found) = self.fast_next(buffer, parts)
        {
            return Turn::Found(found);
        }
        self.step_on(buffer, last, parts)
    }

    /// Goes one step on the slow path, or on the fast path where queries are wanted.
    fn step_on<'b>(&mut self, buffer: &'b [u8], last: bool, parts: &mut Parts) -> Turn<Found<'b>> {
        match self.trail {
            None => self.step_in(buffer, last, parts),
            Some(_) => self.step_with_query(buffer, last, parts),
        }
    }

    /// Goes one step where queries are wanted: a payload gets the query that belongs to it.
    fn step_with_query<'b>(
        &mut self,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Turn<Found<'b>> {
        let (visible, last) = self.visible(buffer, last);
        let mut turn = match self.fast_next(visible, parts) {
            Some(found) => Turn::Found(found),
            None => self.step_in(visible, last, parts),
        };
        if let Turn::Found(found) = &mut turn {
            found.query = self.query(found, buffer);
        }
        turn
    }

    fn step_in<'b>(&mut self, buffer: &'b [u8], last: bool, parts: &mut Parts) -> Turn<Found<'b>> {
        let before = (self.pos(), std::mem::discriminant(&self.state));
        let arrived = Arrived::new(buffer, last);
        let is_due = !self.is_in_document() || self.is_due(&arrived);
        let found = match &mut self.state {
            State::Seek => self.seek(&arrived, parts),
            _ if !is_due => None,
            State::Json => self.json(&arrived, parts),
            State::Xml { .. } => self.xml(&arrived, parts),
            State::Recoded(encoding) => {
                let encoding = *encoding;
                self.recoded(encoding, &arrived, parts)
            }
            State::Inside(_) => self.inside(buffer, parts),
            State::Nested(_) => self.nested(&arrived, parts),
            State::Skip(_) => self.skip(&arrived),
        };
        match found {
            Some(found) => Turn::Found(found),
            None if before == (self.pos(), std::mem::discriminant(&self.state)) => Turn::Stuck,
            None => Turn::Moved,
        }
    }

    fn pos(&self) -> usize {
        self.cursor.pos()
    }

    /// Whether the cursor is at a document that has yet to be read.
    fn is_in_document(&self) -> bool {
        matches!(
            self.state,
            State::Json | State::Xml { .. } | State::Recoded(_)
        )
    }

    /// How many bytes of the capture are done with.
    pub(crate) fn offset(&self) -> u64 {
        self.cursor.offset()
    }

    /// Whether it looks for the start of a document.
    fn is_seeking(&self) -> bool {
        matches!(self.state, State::Seek)
    }

    /// Whether no document is being read.
    fn is_between(&self) -> bool {
        self.is_seeking() && self.array.is_none()
    }

    /// Whether no document is being read, and none may have begun.
    fn is_idle(&self) -> bool {
        self.is_between() && self.search.anchor.is_none()
    }

    fn advance(&mut self, buffer: &[u8], to: usize) {
        if to == self.pos() {
            return;
        }
        self.cursor.advance(buffer, to);
        self.moved(buffer, to, false);
    }

    /// The byte before the cursor.
    fn before(&self) -> u8 {
        self.before[1]
    }

    /// Whether a quote stands before the cursor: what follows may be a literal.
    fn is_quoted(&self) -> bool {
        matches!(self.before(), b'"' | b'\'')
    }

    /// The two bytes before `at`.
    fn bytes_before(&self, buffer: &[u8], at: usize) -> [u8; 2] {
        match buffer[..at] {
            [.., second, last] => [second, last],
            [last] => [self.before[1], last],
            [] => self.before,
        }
    }

    fn moved(&mut self, buffer: &[u8], to: usize, noise: bool) {
        self.before = self.bytes_before(buffer, to);
        if self.depth > 0 {
            match self.moves.last_mut() {
                Some(last) if last.noise == noise => last.to = to,
                _ => self.moves.push(Move { to, noise }),
            }
        }
    }

    /// Passes over bytes that belong to no payload.
    fn pass(&mut self, buffer: &[u8], to: usize) {
        match &buffer[self.pos()..to] {
            [] => {}
            b"\n" => self.pass_line_break(buffer),
            bytes => {
                let survey = Survey::of(bytes);
                let line = survey.last_break.map(|at| at + 1);
                self.bare = (line.is_some() || self.bare)
                    && bytes[line.unwrap_or(0)..].iter().all(|&b| is_space(b));
                self.pass_counted(buffer, to, survey);
            }
        }
    }

    /// Passes over bytes that belong to no payload, of which a survey was made.
    fn pass_counted(&mut self, buffer: &[u8], to: usize, survey: Survey) {
        // The noise of escaped text is counted as it stands in the capture.
        if self.depth == 0 {
            let bytes = &buffer[self.pos()..to];
            let cursor = &mut self.cursor;
            self.noise
                .add(bytes, survey.solid, cursor.units(), || cursor.place(buffer));
            self.trail(bytes);
        }
        self.cursor.advance_lines(buffer, to, survey.into());
        self.moved(buffer, to, true);
    }

    /// Passes over a line break that belongs to no payload.
    fn pass_line_break(&mut self, buffer: &[u8]) {
        self.noise.end_line();
        self.trail(b"\n");
        self.bare = true;
        self.cursor.pass_line_break();
        self.moved(buffer, self.pos(), true);
    }

    /// What may be read of `document`, so that no payload exceeds its limit.
    fn limited<'a>(&self, document: &'a [u8], last: bool) -> Bytes<'a> {
        let all = self.within_limit(document);
        Bytes {
            all,
            last: last && all.len() == document.len(),
        }
    }

    /// As many bytes of `document` as a payload may have.
    fn within_limit<'a>(&self, document: &'a [u8]) -> &'a [u8] {
        &document[..document.len().min(self.limits.payload_size)]
    }

    /// The outcome of a read, with what only the whole of the bytes can tell; `None` if more bytes are needed.
    fn verdict<'b>(&self, read: Result<usize, Stop>, bytes: Bytes<'b>) -> Option<Read<'b>> {
        let verdict = match read {
            Ok(len) => match std::str::from_utf8(&bytes.all[..len]) {
                Ok(text) => Read::Whole(text),
                Err(error) => Read::Broken(not_utf8(bytes.all, error.valid_up_to())),
            },
            Err(Stop::More) if bytes.all.len() < self.limits.payload_size => return None,
            Err(Stop::More) => {
                let finding = Finding::new(Reason::TooLarge, Span::new(0, 1));
                Read::Broken(finding.with(self.limits.payload_size.to_string()))
            }
            Err(Stop::Broken(finding)) => Read::Broken(earliest(finding, bytes.all)),
        };
        Some(verdict)
    }

    fn whole<'b>(&mut self, buffer: &'b [u8], text: &'b str, syntax: Syntax) -> Found<'b> {
        Found {
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
    ) -> Found<'b> {
        parts.findings.only(finding);
        self.noise.interrupt();
        let start = self.pos();
        let kind = FoundKind::Broken;
        Found {
            kind,
            ..found(start..start + shown, self.cursor.place(buffer), syntax)
        }
    }

    /// Ends a payload of `len` bytes.
    fn ended<'b>(&mut self, buffer: &'b [u8], len: usize, syntax: Syntax) -> Found<'b> {
        let lines = Lines::of(&buffer[self.pos()..self.pos() + len]);
        self.ended_behind(buffer, Extent { syntax, len, lines })
    }

    /// Ends a payload that takes up `extent`.
    #[inline(always)]
    fn ended_behind<'b>(&mut self, buffer: &'b [u8], extent: Extent) -> Found<'b> {
        let (start, place) = (self.pos(), self.cursor.place(buffer));
        self.pass_payload(buffer, extent);
        found(start..start + extent.len, place, extent.syntax)
    }

    fn pass_payload(&mut self, buffer: &[u8], extent: Extent) {
        let end = self.pos() + extent.len;
        self.glued = (self.bare && self.array.is_none()).then_some(extent.syntax);
        if let Some(array) = &mut self.array {
            array.payloads = true;
        }
        self.noise.interrupt();
        self.cursor.advance_lines(buffer, end, extent.lines);
        self.moved(buffer, end, false);
        if !self.is_seeking() {
            self.state = State::Seek;
        }
    }

    fn skip<'b>(&mut self, arrived: &Arrived<'b>) -> Option<Found<'b>> {
        let (buffer, pos) = (arrived.bytes, self.pos());
        let State::Skip(skip) = &mut self.state else {
            return None;
        };
        match skip.run(arrived.from(pos), &self.names.begins_message) {
            Skipped::To(len) => {
                self.state = State::Seek;
                self.bare = true;
                self.advance(buffer, pos + len);
            }
            Skipped::Past(len) => self.advance(buffer, pos + len),
        }
        None
    }
}

#[inline(always)]
fn found<'b>(range: Range<usize>, place: Place, syntax: Syntax) -> Found<'b> {
    Found {
        range,
        place,
        syntax,
        text: None,
        is_unescaped: false,
        kind: FoundKind::Whole,
        template: None,
        query: None,
    }
}

/// Up to where a broken document is worth showing: the end of the line on which it broke, if that is near.
fn shown_end(document: Lookahead<'_>, finding: &Finding) -> usize {
    const NEAR: usize = 160;
    let at = (finding.span().end as usize).min(document.len());
    let near = document.from(at).window(NEAR);
    at + near.find(b'\n').unwrap_or(near.len())
}

/// The text of `bytes` up to what is not UTF-8.
fn valid_text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    }
}
