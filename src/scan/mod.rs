//! Finds the payloads of a capture.
//!
//! The [`Scanner`] is a state machine over a buffer: bytes are appended at its end and removed at its start. Its
//! [`State`] says what it does at its [`Cursor`]: it seeks a document, reads one, returns the messages inside one,
//! reads nested text, or skips the rest of a broken document. A *document* is XML, JSON or a printed object that may be
//! a payload; its reader in [`syntax`] tells where it ends. Bytes outside of payloads are [`Noise`].
//!
//! The result never depends on where a buffer ends. Code that reads ahead uses a [`Lookahead`], which notes if more
//! bytes may change the answer. The scanner then discards the answer and waits.
//!
//! The search goes from the outside in. A JSON object that is not a message is a log entry, and is searched for
//! messages. A message is never searched, even if its texts look like callbacks. *Nested text* is text with escaped
//! payloads: it is unescaped, and an inner scanner reads it ([`Nested`]).
//!
//! The *slow path* does all this, and defines the result. The *fast path* recognises a payload or a line that matches a
//! learnt template, and takes all steps over it at once.
//!
//! Reading order: `seek` finds a start, with `anchor`, `window` and `start`. `json`, `xml` and `printed` read a
//! document, `prefixed` reads one whose lines have a prefix, and `wrapped` finds a printed object of which each line
//! stands in an object of its own. `skip` leaves a broken document, and `torn` knows what is in doubt after it.
//! `nested`, `escape` and `literal` handle escaped text, with `base64`, `chunked`, `decimal`, `dump`, `hex`,
//! `highlight`, `joined` and `typographic`; `trial` tells whether highlighted and joined text is a message. `unread`
//! looks at what is left: it reports callbacks that nothing else reads, `hidden` those in which no name is readable,
//! and `wide` those in another encoding. `learn` and `fast_path` are the fast path. `moves` moves the cursor, and
//! `verdict` turns what was read into what was found.
//!
//! Only [`Names`] knows which names make a message, and [`request`](crate::request) finds the signature queries. Adding
//! another way to find payloads: a new [`State`].

mod anchor;
mod array;
mod attempt;
mod backslash;
mod base64;
mod chunked;
mod clue;
mod container;
mod cursor;
mod decimal;
mod decode;
mod document;
mod dump;
mod escape;
mod fast_path;
mod hex;
mod hidden;
mod highlight;
mod joined;
mod json;
mod learn;
mod line_end;
mod literal;
mod lookahead;
mod moves;
mod nested;
mod noise;
mod prefix;
mod prefixed;
mod printed;
mod query;
mod recode;
mod seek;
mod skip;
pub(crate) mod source_map;
mod start;
mod sync_point;
mod torn;
mod trial;
mod tried;
mod typed;
mod typographic;
mod unread;
mod verdict;
mod wide;
mod window;
mod wrapped;
mod wrapping;
mod xml;

use std::collections::VecDeque;
use std::ops::Range;

use encoding_rs::Encoding;

use crate::fast::Cache;
use crate::fast::template::TemplateKey;
use crate::finding::{Finding, Findings};
use crate::input::Flow;
use crate::request::{FoundQuery, QueryTrail};
use crate::span::{Place, Span, Units};
use crate::syntax::{self, Limits, Private, Syntax, Tree, View};
pub(crate) use anchor::Anchors;
use array::Array;
use attempt::Attempts;
use cursor::Cursor;
pub(crate) use document::Document;
use learn::EntrySample;
use lookahead::Arrived;
use nested::Nested;
pub(crate) use noise::Noise;
use prefixed::Prefixed;
use printed::PrintedForm;
use seek::Near;
use skip::{Skip, Skipped};
use source_map::SourceMap;
pub(crate) use sync_point::SyncPoint;
pub(crate) use torn::Doubt;
use torn::{AfterTorn, LineBefore, ReadAgain};
use tried::Tried;
use window::SearchWindow;

/// The part of WeChat's names that this stage needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names {
    /// Returns true if an object is a message.
    pub(crate) is_message: fn(View<'_>) -> bool,
    /// Returns true if `is_message` may depend on the value of a field of this name.
    pub(crate) tells_by_value: fn(&str) -> bool,
    /// Returns true if fields of this name hold short plain text, never a user's words.
    pub(crate) is_plain: fn(&str) -> bool,
    /// Tells which members of objects a user filled. They are never searched.
    pub(crate) private: Private,
    /// Returns true if messages have a member of this name at the top.
    pub(crate) is_member: fn(&str) -> bool,
    /// Returns true if a field of this name and value shows that a message is an event.
    pub(crate) is_of_event: fn(&str, &str) -> bool,
    /// Returns true if a message may begin with a field of this name.
    pub(crate) begins_message: fn(&str) -> bool,
    /// Returns true if a record may have a field of this name.
    pub(crate) is_record_key: fn(&str) -> bool,
    /// Byte strings that occur only in JSON messages. Each begins with a quote.
    pub(crate) marks: &'static [&'static str],
    /// The beginning of an event's name in JSON, and the members of messages and records. The name is a mark if one of the
    /// members is there too.
    pub(crate) event_marks: (&'static str, &'static [&'static str]),
    /// Returns true if the header of a message has names that are not WeChat's.
    pub(crate) is_renamed: fn(View<'_>) -> bool,
    /// The beginnings of most messages. Each contains an anchor.
    pub(crate) heads: &'static [&'static str],
    /// The beginning of all events' names. It is an anchor.
    pub(crate) event_prefix: &'static str,
    /// Returns the range of the first event's name.
    pub(crate) event_name: fn(&[u8]) -> Option<Range<usize>>,
    /// Returns the range of the names that have values, if there are enough of them for a callback.
    pub(crate) values: fn(&[u8]) -> Option<Range<usize>>,
    /// Tells what of a callback stands in a text.
    pub(crate) holds: fn(&[u8]) -> Holds,
    /// Returns true for the name of a field, in any spelling.
    pub(crate) is_field: fn(&[u8]) -> bool,
    /// Returns true if a text has the names of several fields of the header, in any spelling.
    pub(crate) has_headers: fn(&[u8]) -> bool,
    /// Returns the range of the values without names in a list around an event's name, if there are enough of them.
    pub(crate) listed: fn(&[u8], &Range<usize>) -> Option<Range<usize>>,
    /// Returns the range of the list of names and values in which the name at a position stands, and in it the range of the
    /// event's name if the values are those of a callback.
    pub(crate) pairs: fn(&[u8], usize) -> Option<Pairs>,
    /// Byte strings of which every message has at least one, however it is escaped; see [`anchor`].
    pub(crate) anchors: &'static Anchors,
}

/// The most bytes between two keys of a list of names and values. The list ends where no other key follows so near.
pub(crate) const FARTHEST_KEY: usize = 256;

/// A list of names and values, and in it the event's name if the values are those of a callback.
pub(crate) type Pairs = (Range<usize>, Option<Range<usize>>);

/// What of a callback stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A value: with its name, or of an unmistakable shape.
    Value,
    /// No value, but the beginning of a list: a value behind the text may be one of its items.
    List,
    Nothing,
}

/// A payload that was found. The scanner keeps its tree until the next step.
#[derive(Debug)]
pub(crate) struct Found<'b> {
    /// The position in the buffer. For a broken payload, only the part that is shown to the user.
    pub(crate) range: Range<usize>,
    pub(crate) place: Place,
    pub(crate) syntax: Syntax,
    /// The text, if it was checked to be UTF-8 and stands in the capture as it is.
    pub(crate) text: Option<&'b str>,
    /// True if the text is in [`Parts::source_map`], because it was unescaped or transcoded.
    pub(crate) is_unescaped: bool,
    pub(crate) kind: FoundKind,
    /// The payload's template in the cache, if the fast path knows it.
    pub(crate) template: Option<TemplateKey>,
    /// The payload's query, if queries are wanted.
    pub(crate) query: Option<Box<FoundQuery>>,
    /// Why it may be no callback.
    pub(crate) doubt: Option<Doubt>,
}

impl Found<'_> {
    /// Makes a well-formed payload.
    #[inline(always)]
    fn at(range: Range<usize>, place: Place, syntax: Syntax) -> Self {
        Found {
            range,
            place,
            syntax,
            text: None,
            is_unescaped: false,
            kind: FoundKind::Whole,
            template: None,
            query: None,
            doubt: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FoundKind {
    /// Well-formed. The tree is filled, unless the fast path recognised the payload.
    Whole,
    /// Not decodable. The only finding says why.
    Broken,
    /// Not a payload but a finding about the capture around payloads.
    Remark,
}

/// The result of one step.
#[derive(Debug)]
pub(crate) enum Turn<T> {
    Found(T),
    /// The scanner did something, and can go on.
    Moved,
    /// More bytes are needed, or the capture has ended.
    Stuck,
}

/// The current activity of the scanner.
#[derive(Debug)]
enum State {
    /// Seeks the start of a document.
    Seek,
    /// Reads the document at the cursor.
    Json,
    Xml {
        pending: Option<Finding>,
    },
    /// Reads an object that a program printed.
    Printed(PrintedForm),
    /// Reads a document through the prefix of its lines.
    Prefixed(Prefixed),
    /// Reads a document that declares another encoding.
    Recoded(&'static Encoding),
    /// Returns the messages inside a document.
    Inside(Inside),
    /// Reads nested text.
    Nested(Box<Nested>),
    /// Skips the rest of a broken document.
    Skip(Skip),
}

impl State {
    /// Continues after `len` bytes of a broken document that has no messages inside.
    fn after_broken(len: usize, skip: Option<Skip>) -> Self {
        let then = Continuation {
            len,
            noise: false,
            skip,
        };
        State::Inside(Inside::new(VecDeque::new(), then))
    }
}

/// A document with messages inside. The first `done` bytes of it lie before the cursor.
#[derive(Debug)]
struct Inside {
    inner: VecDeque<InnerPart>,
    done: usize,
    then: Continuation,
    /// The data from which the fast path learns the document, if it can.
    sample: Option<EntrySample>,
}

impl Inside {
    fn new(inner: VecDeque<InnerPart>, then: Continuation) -> Self {
        Inside {
            inner,
            done: 0,
            then,
            sample: None,
        }
    }
}

/// A part of a document that is searched for payloads.
#[derive(Clone, Copy, Debug)]
enum InnerPart {
    /// An object that is a message.
    Message(Span),
    /// A string that may hold payloads, without its quotes.
    Text(Span),
    /// An array of texts that are the lines of a callback.
    Lines(Span),
    /// An array of numbers that may be the bytes of a payload, without its brackets.
    Numbers(Span),
    /// A string that a user filled and that is cut off, without its quote.
    Typed(Span),
    /// Comments with only white space between them.
    Comment(Span),
}

impl InnerPart {
    fn span(self) -> Span {
        match self {
            InnerPart::Message(span)
            | InnerPart::Text(span)
            | InnerPart::Lines(span)
            | InnerPart::Numbers(span)
            | InnerPart::Typed(span)
            | InnerPart::Comment(span) => span,
        }
    }
}

/// A move of the cursor to a position in the buffer. `noise` is true if the bytes belong to no payload.
#[derive(Clone, Copy, Debug)]
struct Move {
    to: usize,
    noise: bool,
}

/// How to continue after a document: the bytes to pass over, whether they are noise, and the skip that follows.
#[derive(Clone, Copy, Debug)]
struct Continuation {
    len: usize,
    noise: bool,
    skip: Option<Skip>,
}

impl Continuation {
    /// Continues after a log entry of `len` bytes.
    fn noise(len: usize) -> Self {
        Continuation {
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
    /// True if the cursor is *bare*: only white space and payloads stand before it on its line.
    bare: bool,
    /// The syntax of a bare payload that ends exactly at the cursor. A closing bracket or tag there is *stray*.
    after_bare_payload: Option<Syntax>,
    array: Option<Array>,
    tried: Tried,
    /// The attempts to seek at the cursor, if the latest needs more bytes.
    waiting: Option<Attempts>,
    /// True if long comments are read. False in nested text of unknown length: it is read again from each of its lines, so
    /// long comments would take quadratic time.
    reads_long_comments: bool,
    /// True for nested text that only a clue shows, which may be false.
    is_unsure: bool,
    /// The doubt about what follows a torn message.
    after_torn: Option<AfterTorn>,
    /// What the buffer lost of the line at its start.
    line_before: LineBefore,
    /// The number of bytes that the buffer lost.
    dropped: usize,
    read_again: ReadAgain,
    /// True for the text of a container's log: each line of it is a log line of its own.
    lines_are_log_lines: bool,
    /// True for nested text in text that only a clue shows. The outer scanners check the clue after each move.
    is_watched: bool,
    /// The text before the document at the cursor on its line, or nothing if it is not known to be all of it.
    lead: Vec<u8>,
    json: syntax::json::Reader,
    xml: syntax::xml::Reader,
    attempts: Attempts,
    /// How the input arrives.
    pub(crate) flow: Flow,
    pub(crate) noise: Noise,
    search: SearchWindow,
    /// The two bytes before the cursor.
    before: [u8; 2],
    /// True if this scanner's text is nested text that ends at a quote.
    ends_at_quote: bool,
    /// The number of times that this scanner's text was escaped. If it is not 0, `moves` are for the outer scanner.
    depth: usize,
    moves: Vec<Move>,
    /// The templates of the fast path, or `None` if it is off. The scanner of nested text borrows it while it reads.
    pub(crate) cache: Option<Box<Cache>>,
    /// Memory for the next nested text, and for the messages inside the next document.
    spare: Option<Box<Nested>>,
    spare_inner: VecDeque<InnerPart>,
    /// The bytes that may hold the next payload's query, if queries are wanted.
    trail: Option<Box<QueryTrail>>,
}

/// The memory for the payload that is read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    pub(crate) tree: Tree,
    pub(crate) findings: Findings,
    pub(crate) source_map: SourceMap,
}

/// The result of reading a document.
enum Read<'b> {
    Whole(&'b str),
    Broken(Finding),
}

impl Read<'_> {
    /// Returns the number of bytes that were read.
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
            after_bare_payload: None,
            array: None,
            tried: Tried::default(),
            waiting: None,
            reads_long_comments: true,
            is_unsure: false,
            after_torn: None,
            line_before: LineBefore::default(),
            dropped: 0,
            read_again: ReadAgain::default(),
            lines_are_log_lines: false,
            is_watched: false,
            lead: Vec::new(),
            json: syntax::json::Reader::new(),
            xml: syntax::xml::Reader::of_any_root(names.private.is_header),
            attempts: Attempts::default(),
            flow: Flow::default(),
            noise: Noise::default(),
            search: SearchWindow::default(),
            before: [b'\n'; 2],
            ends_at_quote: false,
            depth: 0,
            moves: Vec::new(),
            cache: None,
            spare: None,
            spare_inner: VecDeque::new(),
            trail: None,
        }
    }

    /// Makes a scanner for text that is nested in this scanner's text.
    fn inner(&self) -> Scanner {
        let place = Place::default();
        Scanner {
            depth: self.depth + 1,
            cursor: Cursor::unplaced(),
            ..Scanner::new(self.limits, self.names, place, Units::Utf8)
        }
    }

    /// Starts again with other nested text. Keeps the memory.
    fn renew(&mut self) {
        let Scanner {
            state,
            cursor,
            bare,
            after_bare_payload,
            array,
            tried,
            waiting,
            is_unsure,
            after_torn,
            line_before,
            dropped,
            read_again,
            lines_are_log_lines,
            is_watched,
            lead,
            noise,
            search,
            before,
            ends_at_quote,
            moves,
            xml,
            // These start again with each document, are set by the outer scanner, or do not change.
            reads_long_comments: _,
            limits: _,
            names: _,
            json: _,
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
        (*bare, *after_bare_payload, *array) = (true, None, None);
        (*tried, *waiting) = Default::default();
        (*is_unsure, *is_watched) = (false, false);
        (*after_torn, *line_before, *read_again) = Default::default();
        (*dropped, *lines_are_log_lines) = (0, false);
        xml.begin_at(None);
        lead.clear();
        *noise = Noise::default();
        *search = SearchWindow::default();
        *before = [b'\n'; 2];
        *ends_at_quote = false;
        moves.clear();
    }

    /// Returns the number of finished bytes at the start of the buffer. The caller must drop them.
    pub(crate) fn take_done(&mut self, buffer: &[u8]) -> usize {
        let done = self.cursor.take_done(buffer);
        self.drop_torn(buffer, done);
        self.tried.drop_front(done);
        self.search.drop_front(done);
        if let Some(trail) = &mut self.trail {
            trail.forget_buffer();
        }
        done
    }

    /// Returns the next payload in `buffer`, or `None` if more bytes are needed or, with `last`, if there is none.
    pub(crate) fn next<'b>(
        &mut self,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        loop {
            // `step` does this too, but would move its result once more: 2 % more instructions for each payload.
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

    /// Does one step. Tries the fast path first.
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

    /// Does one step on the slow path. If queries are wanted, does one step with the query instead.
    fn step_on<'b>(&mut self, buffer: &'b [u8], last: bool, parts: &mut Parts) -> Turn<Found<'b>> {
        match self.trail {
            None => self.step_in(buffer, last, parts),
            Some(_) => self.step_with_query(buffer, last, parts),
        }
    }

    /// Does one step on either path, and adds the query of the payload that it finds.
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

    /// Does one step on the slow path. The method of a state returns the payload that it found. Otherwise it changed the
    /// state, moved the cursor, or needs more bytes.
    fn step_in<'b>(&mut self, buffer: &'b [u8], last: bool, parts: &mut Parts) -> Turn<Found<'b>> {
        let before = self.progress();
        let arrived = Arrived::new(buffer, last);
        let is_due = match self.state {
            State::Seek => self.may_seek(&arrived),
            _ => !self.is_in_document() || self.is_due(&arrived),
        };
        // In these states the cursor is not at the document. `surface` and `inner_message` add the doubt themselves.
        let doubt = match self.state {
            State::Seek | State::Inside(_) | State::Nested(_) => None,
            _ => self.doubt(),
        };
        let found = match self.state {
            _ if !is_due => None,
            State::Seek => self.seek(&arrived, parts),
            State::Json => self.json(&arrived, parts),
            State::Xml { .. } => self.xml(&arrived, parts),
            State::Printed(form) => self.printed(form, &arrived, parts),
            State::Prefixed(prefixed) => self.prefixed(prefixed, &arrived, parts),
            State::Recoded(encoding) => self.recoded(encoding, &arrived, parts),
            State::Inside(_) => self.inside(buffer, parts),
            State::Nested(_) => self.nested(&arrived, parts),
            State::Skip(_) => self.skip(&arrived),
        };
        match found {
            Some(found) => {
                self.waiting = None;
                Turn::Found(self.with_doubt(found, doubt))
            }
            None if before == self.progress() => {
                self.note_waiting(&arrived);
                Turn::Stuck
            }
            None => {
                self.waiting = None;
                Turn::Moved
            }
        }
    }

    /// Adds the `doubt` about what was found. A whole payload ends the lesser doubt about the payloads after it.
    #[inline(always)]
    fn with_doubt<'b>(&mut self, mut found: Found<'b>, doubt: Option<Doubt>) -> Found<'b> {
        if let Some(doubt) = doubt {
            found.doubt.get_or_insert(doubt);
            if found.kind == FoundKind::Whole {
                self.end_lesser_doubt();
            }
        }
        found
    }

    /// Returns what a step changes if it does something.
    fn progress(&self) -> (usize, std::mem::Discriminant<State>, bool) {
        let state = std::mem::discriminant(&self.state);
        (self.pos(), state, self.array.is_some())
    }

    fn pos(&self) -> usize {
        self.cursor.pos()
    }

    /// Returns the offset in the capture of the position `at`, which is not before the cursor.
    fn offset_at(&self, at: usize) -> u64 {
        self.cursor.offset() + (at - self.pos()) as u64
    }

    /// Returns true if the document at the cursor is not read yet.
    fn is_in_document(&self) -> bool {
        matches!(
            self.state,
            State::Json
                | State::Xml { .. }
                | State::Printed(_)
                | State::Prefixed(_)
                | State::Recoded(_)
        )
    }

    /// Returns the number of bytes of the capture before the cursor.
    pub(crate) fn offset(&self) -> u64 {
        self.cursor.offset()
    }

    fn is_seeking(&self) -> bool {
        matches!(self.state, State::Seek)
    }

    /// Returns true if no document is being read.
    fn is_between(&self) -> bool {
        self.is_seeking() && self.array.is_none()
    }

    /// Returns true if no document is being read and no anchor waits to be looked at.
    fn is_idle(&self) -> bool {
        self.is_between() && self.search.anchor.is_none()
    }

    /// Returns the anchor near which a document may begin, of which only the first bytes have arrived.
    fn pending_anchor(&self) -> Option<usize> {
        self.search.anchor.filter(|_| self.is_between())
    }

    /// Returns the byte before the cursor.
    fn before(&self) -> u8 {
        self.before[1]
    }

    /// Returns true if a quote stands before the cursor. The text after it may be a string literal.
    fn is_quoted(&self) -> bool {
        matches!(self.before(), b'"' | b'\'')
    }

    /// Skips more of a broken document. Finds nothing.
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
