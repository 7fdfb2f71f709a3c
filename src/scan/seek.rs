//! Seeks the next document: the state [`State::Seek`].
//!
//! It looks near the next anchor for a bracket that may begin a document, and for a clue that shows escaped text. Bytes
//! far from any anchor are passed over as noise.

use std::ops::Range;

use crate::finding::{Finding, Reason};
use crate::scan::array::Array;
use crate::scan::base64;
use crate::scan::chunked;
use crate::scan::clue;
use crate::scan::container::{self, LineKind};
use crate::scan::decimal::{self, Numbers};
use crate::scan::dump;
use crate::scan::escape::Escape;
use crate::scan::hex;
use crate::scan::highlight::Highlight;
use crate::scan::joined::Joined;
use crate::scan::literal::{self, Candidate};
use crate::scan::lookahead::{Arrived, Lookahead, Settled};
use crate::scan::nested::NestedEnd;
use crate::scan::prefixed;
use crate::scan::start::{self, Start};
use crate::scan::unread::REACH;
use crate::scan::wide;
use crate::scan::{Found, FoundKind, Names, Parts, Scanner, State};
use crate::simd::block::Block;
use crate::simd::{self, is_space};
use crate::span::Span;
use crate::syntax::Syntax;
use crate::syntax::xml::ROOT;

/// The byte order mark, U+FEFF in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The result of looking for a document near an anchor.
pub(super) enum Near {
    /// A message with a usual beginning, at the cursor.
    Usual(Start),
    /// Something that may contain the anchor. The state was set.
    Begun,
    Nothing,
}

impl Near {
    fn of(has_begun: bool) -> Self {
        match has_begun {
            true => Near::Begun,
            false => Near::Nothing,
        }
    }
}

impl Names {
    /// Returns true if `text` begins as most messages do.
    pub(super) fn is_usual(&self, text: &str) -> bool {
        self.usual_start(text.as_bytes()).is_some()
    }

    /// Returns the start of `text` if it begins as most messages do. [`start::at`] would return the same.
    fn usual_start(&self, text: &[u8]) -> Option<Start> {
        let begun = match text {
            [b'<', b'x', ..] => Start::Xml,
            [b'{', b'"', ..] => Start::Json,
            _ => return None,
        };
        let begins = |head: &&str| text.starts_with(head.as_bytes());
        self.heads.iter().any(begins).then_some(begun)
    }
}

/// Returns the syntax of a document with the start `begun`.
fn syntax_of(begun: Start) -> Syntax {
    match begun {
        Start::Xml => Syntax::Xml,
        _ => Syntax::Json,
    }
}

impl Scanner {
    /// Seeks the next document, or the next entry of an array: the state [`State::Seek`].
    pub(super) fn seek<'b>(
        &mut self,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        if let Some(syntax) = self.after_bare_payload {
            let len = stray_end(syntax, arrived.from(self.pos()));
            arrived.settled()?;
            self.after_bare_payload = None;
            if len > 0 {
                return Some(self.stray(arrived.bytes, len, syntax, parts));
            }
        }
        match self.array {
            Some(array) => self.seek_in_array(array, arrived, parts),
            None => self.seek_start(arrived, parts),
        }
    }

    /// Seeks a start near the next anchor, and passes over noise.
    pub(super) fn seek_start<'b>(
        &mut self,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let (buffer, last) = (arrived.bytes, arrived.is_final);
        if let Some(begun) = self.try_begin_here(buffer) {
            return self.begin_usual(begun, arrived, parts);
        }
        if self.array.is_none()
            && let Some(found) = self.fast_seek(buffer, parts)
        {
            return Some(found);
        }
        self.search.restart(self.pos());
        while let Some(anchor) = self.search.next_anchor(self.names.anchors, buffer) {
            if let Some(found) = self.judge_wide(arrived, anchor, anchor, parts)? {
                return Some(found);
            }
            if let Some(found) = self.judge_ahead(arrived, anchor, parts)? {
                return Some(found);
            }
            if self.begin_wrapped_printed(arrived, anchor)? {
                return None;
            }
            match self.try_begin_near(arrived, anchor)? {
                Near::Usual(begun) => return self.begin_usual(begun, arrived, parts),
                Near::Begun => return None,
                Near::Nothing => {
                    if let Some(found) = self.judge_noise(arrived, anchor, parts)? {
                        return Some(found);
                    }
                    if let Some(found) = self.judge_hidden(arrived, anchor, parts)? {
                        return Some(found);
                    }
                    self.search.anchor = None;
                }
            }
        }
        let kept = match last {
            true => buffer.len(),
            false => self.kept(buffer).saturating_sub(prefixed::FARTHEST_BEFORE),
        };
        let seen = buffer.len().min(kept + wide::STRIDE);
        if let Some(found) = self.judge_wide(arrived, kept, seen, parts)? {
            return Some(found);
        }
        self.pass(buffer, kept.max(self.pos()));
        self.search.keep_from(self.pos());
        None
    }

    /// Returns the position from which bytes must be kept: for a document that may continue, and for what stands before
    /// an event's name; see [`unread`](super::unread).
    fn kept(&mut self, buffer: &[u8]) -> usize {
        let kept = self.search.first_needed(buffer, self.limits.payload_size);
        let near = buffer.len().saturating_sub(REACH);
        match self.search.unused_anchor {
            Some(anchor) if anchor >= near => kept.min(near),
            _ => kept,
        }
    }

    /// Begins to read a message with a usual beginning at the cursor, unless the fast path recognises it.
    fn begin_usual<'b>(
        &mut self,
        begun: Start,
        arrived: &Arrived<'b>,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let found = match self.after_torn {
            None => self.fast_document(arrived, parts),
            Some(_) => None,
        };
        if found.is_none() {
            self.begin_document(syntax_of(begun));
        }
        found
    }

    /// Moves to a payload with a usual beginning at the cursor or on the next line. The search for anchors would find
    /// it too: no bracket stands before it, and its first name is an anchor.
    fn try_begin_here(&mut self, buffer: &[u8]) -> Option<Start> {
        let start = self.next_start(buffer);
        let begun = self.names.usual_start(&buffer[start..])?;
        self.search.skip_beginning();
        self.lead.clear();
        self.pass(buffer, start);
        Some(begun)
    }

    /// Returns the cursor, or the start of the next line if the cursor is at a line break.
    pub(super) fn next_start(&self, buffer: &[u8]) -> usize {
        let pos = self.pos();
        match &buffer[pos..] {
            [b'\n', ..] => pos + 1,
            [b'\r', b'\n', ..] => pos + 2,
            _ => pos,
        }
    }

    /// Looks for a start that may contain the anchor.
    fn try_begin_near(&mut self, arrived: &Arrived<'_>, anchor: usize) -> Settled<Near> {
        let limit = self.limits.payload_size;
        let (start, kind) = self.search.start(arrived, anchor, limit)?;
        let start = start.max(self.pos());
        if self.try_enter_container(arrived, start, kind)?
            || self.try_enter_dump(arrived, anchor)?
        {
            return Some(Near::Begun);
        }
        if self.try_begin_around(arrived, anchor)?
            || self.try_begin_typed_yaml(arrived, start, anchor)?
            || self.begin_prefixed_before(arrived, start, anchor)?
        {
            return Some(Near::Begun);
        }
        self.search.tried = self.search.tried.max(start);
        if self.try_enter_chunks(arrived, start, anchor)? {
            return Some(Near::Begun);
        }
        while let Some(found) = self.bracket(arrived.bytes, anchor) {
            let found = self.search.last_in_run(arrived.bytes, found, anchor);
            let near = self.try_begin_at(arrived, start, found)?;
            self.search.note_bracket(arrived.bytes, found, anchor);
            match near {
                Near::Nothing => self.search.tried = found + 1,
                near => return Some(near),
            }
        }
        self.search.tried = self.search.tried.max(anchor + 1);
        if self.pass_typed_string(arrived, anchor)? {
            return Some(Near::Begun);
        }
        if let Some((len, numbers)) = decimal::at(&arrived.bytes[anchor..]) {
            return Some(self.enter_numbers(arrived.bytes, start, anchor..anchor + len, numbers));
        }
        if let Some(piece) = self.names.anchors.piece_at(arrived.bytes, anchor) {
            return Some(Near::of(self.enter_base64(arrived, start, anchor, piece)?));
        }
        if hex::begins(&arrived.bytes[anchor..]) {
            return Some(Near::of(self.enter_hex(arrived.bytes, start, anchor)));
        }
        if self.try_begin_yaml(arrived, start, anchor)? {
            return Some(Near::Begun);
        }
        Some(Near::of(self.try_enter_by_clue(arrived, start, anchor)?))
    }

    /// Enters the text behind a bracket of `numbers`, which stands at `anchor`, or the URL around it from `start` on: what
    /// a URL holds is undone from the outside in.
    fn enter_numbers(
        &mut self,
        buffer: &[u8],
        start: usize,
        anchor: Range<usize>,
        numbers: Numbers,
    ) -> Near {
        if !is_in_url(&buffer[start..anchor.start]) {
            self.pass(buffer, anchor.end);
            return Near::of(self.enter_from(Escape::Numbers(numbers), None, 0));
        }
        let offset = self.offset_at(start);
        if self.tried.failures.are_many(offset) {
            self.pass(buffer, anchor.end);
            return Near::Begun;
        }
        self.tried.failures.note(offset, NEAR_IN_URL);
        Near::of(self.enter_url(buffer, start, anchor.start + 1))
    }

    /// Returns the start of the line of the anchor that is looked at, or the cursor if that is on the line. Returns
    /// `None` if the line is longer than any payload.
    pub(super) fn line_of(&self, anchor: usize) -> Option<usize> {
        self.search.line(anchor, self.limits.payload_size)
    }

    /// Enters a container's log if the line at `start` belongs to one.
    fn try_enter_container(
        &mut self,
        arrived: &Arrived<'_>,
        start: usize,
        kind: LineKind,
    ) -> Settled<bool> {
        let buffer = arrived.bytes;
        // After a torn log line, its line break comes first.
        let line = start + usize::from(buffer.get(start) == Some(&b'\n'));
        let line = container::skip_beside(arrived, line, kind);
        if line < self.search.tried || !self.is_bare_at(buffer, line) {
            return arrived.settled().map(|()| false);
        }
        let container = container::of_line(arrived.from(line));
        arrived.settled()?;
        let Some(container) = container else {
            return Some(false);
        };
        self.pass(buffer, line);
        Some(self.enter_from(Escape::Container(container), None, 0))
    }

    /// Enters a hex dump if the line of the anchor is a row of one.
    fn try_enter_dump(&mut self, arrived: &Arrived<'_>, anchor: usize) -> Settled<bool> {
        let Some(line) = self.line_of(anchor).filter(|&line| line >= self.pos()) else {
            return Some(false);
        };
        let far = line
            .saturating_sub(prefixed::FARTHEST_BEFORE)
            .max(self.pos());
        let Some((start, dump)) = dump::begin(arrived, far, line)? else {
            return Some(false);
        };
        self.pass(arrived.bytes, start);
        Some(self.enter_from(Escape::Dump(dump), None, 0))
    }

    /// Enters a chunked body if it begins near `start`, before the anchor.
    fn try_enter_chunks(
        &mut self,
        arrived: &Arrived<'_>,
        start: usize,
        anchor: usize,
    ) -> Settled<bool> {
        const LINES: usize = 4;
        let buffer = arrived.bytes;
        let mut line = start;
        for _ in 0..LINES {
            let is_first = line >= self.search.tried && self.is_bare_at(buffer, line);
            let begun = is_first
                .then(|| chunked::of_line(arrived.from(line)))
                .flatten();
            arrived.settled()?;
            if let Some(begun) = begun {
                self.pass(buffer, line);
                return Some(self.enter_from(Escape::Chunked(begun), None, anchor + 1 - line));
            }
            // A long line is not searched again for each bracket on it.
            let end = self.search.line_start().min(anchor);
            let untried = line.max(self.search.tried).min(end);
            match memchr::memchr(b'\n', &buffer[untried..end]) {
                Some(len) => line = untried + len + 1,
                None => break,
            }
        }
        Some(false)
    }

    /// Begins a document at the bracket `found`, after `start`.
    fn try_begin_at(&mut self, arrived: &Arrived<'_>, start: usize, found: usize) -> Settled<Near> {
        let buffer = arrived.bytes;
        if self.pass_typed_string(arrived, found)? {
            return Some(Near::Begun);
        }
        self.note_lead(buffer, found);
        self.doubt_in_printed(buffer, found);
        if self.begin_prefixed_over_lines(arrived, found)? {
            return Some(Near::Begun);
        }
        if let Some(joined) = self.joined_at_bracket(arrived, found)? {
            return self.enter_at(Escape::Joined(joined), arrived, Some(found), found);
        }
        // Not in nested text: the outer scanner must see each step of the inner scanner.
        if self.depth == 0
            && let Some(begun) = self.names.usual_start(&buffer[found..])
        {
            self.learn_prefix(buffer, found);
            self.pass(buffer, found);
            return Some(Near::Usual(begun));
        }
        // This matters only for XML comments.
        let is_bare = buffer[found] == b'<'
            && self.is_bare_at(buffer, found)
            && self.offset_at(found) >= self.tried.no_prolog_before;
        let begun = start::at(arrived.from(found), is_bare, self.names.private.is_header);
        arrived.settled()?;
        match begun {
            Start::Nothing => return self.try_begin_printed(arrived, start, found),
            Start::Escaped(escape) => {
                let before = &buffer[start..found];
                let text = text_before(escape, before).map(|before| start + before);
                return self.enter_at(escape, arrived, text, found);
            }
            _ => self.pass(buffer, found),
        }
        match begun {
            Start::Array => self.begin_array(buffer),
            begun => self.begin_document(syntax_of(begun)),
        }
        Some(Near::Begun)
    }

    /// Returns the joined literals of which the first begins with the bracket `found`, if they are a message.
    fn joined_at_bracket(
        &mut self,
        arrived: &Arrived<'_>,
        found: usize,
    ) -> Settled<Option<Joined>> {
        let [_, before] = self.bytes_before(arrived.bytes, found);
        let joined = Joined::at(before, arrived.from(found));
        arrived.settled()?;
        let Some(joined) = joined else {
            return Some(None);
        };
        let is_whole = self.holds_message(Escape::Joined(joined), arrived, found..found + 1)?;
        Some(Some(joined).filter(|_| is_whole))
    }

    /// Enters escaped text that shows at the bracket `found` and begins at `text`, if that is known.
    fn enter_at(
        &mut self,
        escape: Escape,
        arrived: &Arrived<'_>,
        text: Option<usize>,
        found: usize,
    ) -> Settled<Near> {
        let Some(text) = text else {
            self.enter_escaped_document(escape, arrived, found)?;
            return Some(Near::Begun);
        };
        self.pass(arrived.bytes, text);
        Some(Near::of(self.enter_from(escape, None, found + 1 - text)))
    }

    /// Returns the next bracket up to the anchor that was not tried yet.
    fn bracket(&self, buffer: &[u8], anchor: usize) -> Option<usize> {
        let tried = self.search.tried;
        let near = buffer.get(tried..=anchor)?;
        let is_bracket = |block: Block| {
            block.equal(b'<') | block.equal(b'{') | block.equal(b'[') | block.equal(b'(')
        };
        let at = tried + simd::position(near, is_bracket);
        (at <= anchor).then_some(at)
    }

    /// Enters escaped text if a clue stands before the anchor, or highlighted source, and passes over a byte order mark.
    fn try_enter_by_clue(
        &mut self,
        arrived: &Arrived<'_>,
        start: usize,
        anchor: usize,
    ) -> Settled<bool> {
        let buffer = arrived.bytes;
        if buffer[anchor..].starts_with(BYTE_ORDER_MARK) && self.is_bare_at(buffer, anchor) {
            self.pass(buffer, anchor);
            self.byte_order_mark(buffer);
            return Some(true);
        }
        let told = anchor + start::entity_len(&buffer[anchor..]);
        let before = &buffer[start..told];
        if let Some(highlight) = Highlight::at_name(before) {
            let escape = Escape::Highlighted(highlight);
            if self.holds_message(escape, arrived, start..told)? {
                self.pass(buffer, start);
                return Some(self.enter_told(escape, None, told - start));
            }
        }
        let Some(escape) = start::clue(before) else {
            return Some(false);
        };
        // Nothing before the name begins a document that holds it.
        if !self.may_begin_before(escape, buffer, start..told) {
            return Some(false);
        }
        self.pass(buffer, start);
        let quote = if escape == Escape::Entity { b'<' } else { b'"' };
        Some(self.enter_told(escape, Some(quote), told - start))
    }

    /// Returns true if a document escaped with `escape` may begin in `range`, which ends with a clue. Otherwise what stands there
    /// is noise that is judged with what follows.
    fn may_begin_before(&mut self, escape: Escape, buffer: &[u8], range: Range<usize>) -> bool {
        let untried = range.start.max(self.tried.no_clue_before)..range.end;
        let raw = buffer.get(untried).unwrap_or_default();
        let may_begin = start::may_begin_before_clue(escape, raw);
        if !may_begin {
            self.tried.no_clue_before = range.end;
        }
        may_begin
    }

    /// Enters escaped text that only the name after `told` bytes shows.
    fn enter_told(&mut self, escape: Escape, quote: Option<u8>, told: usize) -> bool {
        let is_entered = self.enter_from(escape, quote, told);
        if let State::Nested(nested) = &mut self.state {
            nested.set_clue(told);
        }
        is_entered
    }

    /// Enters the base64 with the anchor `piece`. It begins at `start` or later. Returns `None` if more bytes are needed.
    fn enter_base64(
        &mut self,
        arrived: &Arrived<'_>,
        start: usize,
        anchor: usize,
        piece: &base64::Anchor,
    ) -> Option<bool> {
        let buffer = arrived.bytes;
        let before = self.bytes_before(buffer, start)[1];
        let (run, base64) = base64::begin(arrived, before, start, anchor, piece.phase);
        arrived.settled()?;
        // The text may begin with the name.
        let name = anchor + piece.text.len();
        // It may be a message with a typed text in base64.
        if is_in_url(&buffer[start..run]) {
            return Some(self.enter_url(buffer, start, name));
        }
        self.pass(buffer, run);
        Some(self.enter_told(Escape::Base64(base64), None, name - run))
    }

    /// Enters the URL that begins at `start`, with the name at `name`. What a URL holds is undone from the outside in.
    fn enter_url(&mut self, buffer: &[u8], start: usize, name: usize) -> bool {
        self.pass(buffer, start);
        self.enter_told(Escape::Percent, None, name - start)
    }

    /// Enters the hexadecimal digits with the name at `anchor`, which begin at `start` or later.
    fn enter_hex(&mut self, buffer: &[u8], start: usize, anchor: usize) -> bool {
        let (run, hex) = hex::begin(buffer, start, anchor);
        if is_in_url(&buffer[start..run]) {
            return self.enter_url(buffer, start, anchor + 1);
        }
        self.pass(buffer, run);
        self.enter_from(Escape::Hex(hex), None, anchor - run)
    }

    /// Enters escaped text that ends at one of its terminators, at the earliest after `from` bytes.
    pub(super) fn enter_from(&mut self, escape: Escape, quote: Option<u8>, from: usize) -> bool {
        let of = escape.ends(quote);
        self.enter(escape, NestedEnd::at_terminator(of, from))
    }

    /// Enters the escaped document at `found`. The quote before it belongs to the innermost literal. A single quote
    /// there is not escaped by the outer literals, which then have double quotes.
    fn enter_escaped_document(
        &mut self,
        escape: Escape,
        arrived: &Arrived<'_>,
        found: usize,
    ) -> Settled<()> {
        let document = arrived.from(found);
        let [second, before] = self.bytes_before(arrived.bytes, found);
        let is_header = self.names.private.is_header;
        let is_innermost = before == b'\'' && start::is_escaped_twice(escape, document, is_header);
        let around = if is_innermost { b'"' } else { before };
        let quote = start::quote_around(escape, document, around);
        let of = match quote {
            Some(b'\'') if start::is_over_lines(document) => b"'",
            _ => escape.ends(quote),
        };
        arrived.settled()?;
        self.pass(arrived.bytes, found);
        self.enter(
            escape.over(document.bytes()),
            NestedEnd::at_terminator(of, 0),
        );
        if let State::Nested(nested) = &mut self.state
            && is_innermost
        {
            nested.set_before([second, before]);
        }
        Some(())
    }

    /// Reads the document at the cursor again as a string literal. Returns false if it is nested too deep.
    pub(super) fn enter_string(&mut self) -> bool {
        let quote = Some(self.before()).filter(|b| matches!(b, b'"' | b'\''));
        self.enter_from(Escape::Backslash, quote, 0)
    }

    /// Reads the document at the cursor again as a string literal, if a quote stands before it and the escapes in its
    /// first `len` bytes are those of a literal. Returns true if it does.
    pub(super) fn enter_literal(
        &mut self,
        arrived: &Arrived<'_>,
        len: usize,
        is_broken: bool,
        syntax: Syntax,
    ) -> Settled<bool> {
        let document = arrived.from(self.pos());
        let text = &document.bytes()[..len.min(document.len())];
        if !self.is_quoted() || memchr::memchr(b'\\', text).is_none() {
            return Some(false);
        }
        let (quote, pos) = (self.before(), self.pos());
        let unclosed = match self.tried.unclosed {
            (known, until) if known == quote => until.saturating_sub(pos),
            _ => 0,
        };
        let candidate = Candidate {
            text: document,
            quote,
            syntax,
            read: len,
            is_broken,
            unclosed,
        };
        let end = literal::end(candidate);
        arrived.settled()?;
        if let Err(len) = end {
            self.tried.unclosed = (quote, pos + len);
        }
        let end = end.ok().filter(|&end| candidate.is_literal(end));
        arrived.settled()?;
        let is_entered = end.is_some_and(|end| self.enter(Escape::Backslash, NestedEnd::Len(end)));
        Some(is_entered)
    }

    /// Passes over a byte order mark. `cat` leaves one before each file; elsewhere it is noise.
    fn byte_order_mark(&mut self, buffer: &[u8]) {
        let end = self.pos() + BYTE_ORDER_MARK.len();
        match self.bare {
            true => {
                self.cursor.advance_unseen(buffer, end);
                self.note_move(buffer, end, false);
            }
            false => self.pass(buffer, end),
        }
    }

    /// Returns true if `at` is bare; see [`Scanner`].
    fn is_bare_at(&self, buffer: &[u8], at: usize) -> bool {
        let bytes = &buffer[self.pos()..at];
        match bytes.iter().rposition(|&b| !is_space(b)) {
            Some(solid) => bytes[solid..].contains(&b'\n'),
            None => self.bare || bytes.contains(&b'\n'),
        }
    }

    fn begin_array(&mut self, buffer: &[u8]) {
        self.array = Some(Array {
            bare: self.bare,
            ..Array::default()
        });
        self.advance(buffer, self.pos() + 1);
    }

    /// Begins to read the document at the cursor.
    pub(super) fn begin_document(&mut self, syntax: Syntax) {
        self.begin_attempts();
        self.state = match syntax {
            Syntax::Json => State::Json,
            Syntax::Xml => State::Xml { pending: None },
        };
    }

    fn stray<'b>(
        &mut self,
        buffer: &'b [u8],
        len: usize,
        syntax: Syntax,
        parts: &mut Parts,
    ) -> Found<'b> {
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
        Found {
            kind: FoundKind::Broken,
            ..Found::at(range, place, syntax)
        }
    }
}

/// Returns the length of a closing bracket or tag right after a payload, or 0. It closes nothing.
fn stray_end(syntax: Syntax, rest: Lookahead<'_>) -> usize {
    const LONGEST_END_TAG: usize = 64;
    match (syntax, rest.get(0)) {
        (Syntax::Json, Some(b'}' | b']')) => 1,
        (Syntax::Xml, Some(b'<')) if rest.get(1) == Some(b'/') => {
            let end = rest.window(LONGEST_END_TAG).find(b'>');
            end.map_or(0, |n| n + 1)
        }
        _ => 0,
    }
}

/// The number of bytes of a URL in which a few numbers are looked at from the outside. More are passed over.
const NEAR_IN_URL: usize = 4096;

/// Returns true if `bytes` end with a part of a URL that has escaped quotes or brackets.
fn is_in_url(bytes: &[u8]) -> bool {
    let start = text_before(Escape::Percent, bytes).unwrap_or(0);
    let part = &bytes[start..];
    let ends = 3..=part.len();
    memchr::memchr(b'%', part).is_some() && ends.into_iter().any(|end| clue::percent(&part[..end]))
}

/// Returns the start of escaped text whose first escaped bracket comes after `bytes`. URLs and forms may contain
/// unescaped brackets, and XML in HTML may too.
fn text_before(escape: Escape, bytes: &[u8]) -> Option<usize> {
    match escape {
        Escape::Percent => {
            let ends = escape.ends(None);
            let end = bytes.iter().rposition(|b| ends.contains(b));
            Some(end.map_or(0, |end| end + 1))
        }
        Escape::Entity => {
            let start = memchr::memrchr2(b'<', b'>', bytes).map_or(0, |end| end + 1);
            let text = escape.text_of(&bytes[start..]);
            let is_xml = memchr::memmem::find(&text, ROOT).is_some();
            is_xml.then_some(start)
        }
        _ => None,
    }
}
