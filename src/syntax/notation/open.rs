//! Values without quotes, as Java and Go print them: they end before the next member or the closing bracket.

use std::ops::Range;

use super::pattern::{is_at, member_len};
use super::reader::Reader;
use super::table::{Between, Holds, PYTHON};
use crate::syntax::{Stop, Str};

/// How far a value may go on after a bracket that may have closed what it is in.
const FAR: usize = 512;

/// The brackets inside a value.
struct Balance {
    open: u8,
    count: usize,
    counted: usize,
}

impl Balance {
    fn new(start: usize, close: u8) -> Self {
        Balance {
            open: opener(close),
            count: 0,
            counted: start,
        }
    }

    /// Returns true if the bracket at `at` closes one inside the value.
    fn closes(&mut self, bytes: &[u8], at: usize) -> bool {
        self.count += memchr::memchr_iter(self.open, &bytes[self.counted..at]).count();
        self.counted = at + 1;
        let closes = self.count > 0;
        self.count -= usize::from(closes);
        closes
    }
}

fn opener(close: u8) -> u8 {
    match close {
        b'}' => b'{',
        b']' => b'[',
        _ => b'(',
    }
}

/// Returns true if `text` begins with an object whose first name is in quotes, or with arrays around one.
fn begins_quoted(text: &[u8]) -> bool {
    const MOST_ARRAYS: usize = 4;
    let arrays = text.iter().take(MOST_ARRAYS).take_while(|&&b| b == b'[');
    let [b'{', quote @ (b'"' | b'\''), name @ ..] = &text[arrays.count()..] else {
        return false;
    };
    let Some(len) = member_len(name) else {
        return false;
    };
    let behind = name[len..].strip_prefix(&[*quote]);
    behind.is_some_and(|behind| behind.trim_ascii_start().starts_with(b":"))
}

impl Reader<'_> {
    /// Reads an object with names in quotes, or arrays around such, in the place of a value: an object in a Java map may
    /// print itself as JSON, and one in a Python class as a dict. Returns false if none stands here.
    pub(super) fn quoted_inside(&mut self) -> Result<bool, Stop> {
        let (start, depth) = (self.at, self.open.len());
        if start < self.unclosed || !begins_quoted(self.bytes.from(start)) {
            return Ok(false);
        }
        if !self.closes_quoted(start)? {
            return Ok(false);
        }
        let outer = std::mem::replace(&mut self.notation, &PYTHON);
        let read = self.value().and_then(|()| self.elements(depth));
        self.notation = outer;
        read.map(|()| true)
    }

    /// Returns true if the bracket at `start` closes on its line, with texts in quotes inside.
    fn closes_quoted(&mut self, start: usize) -> Result<bool, Stop> {
        let bytes = self.bytes.from(start);
        let (mut depth, mut quote, mut is_escaped) = (0_usize, None, false);
        for (at, &byte) in bytes.iter().enumerate() {
            match (quote, byte) {
                _ if std::mem::take(&mut is_escaped) => {}
                (_, b'\n') => {
                    self.unclosed = start + at;
                    return Ok(false);
                }
                (Some(_), b'\\') => is_escaped = true,
                (Some(opened), _) if opened == byte => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'{' | b'[') => depth += 1,
                (None, b'}' | b']') => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(true);
            }
        }
        self.unclosed = self.bytes.all.len();
        match self.bytes.last {
            true => Ok(false),
            false => Err(Stop::More),
        }
    }

    /// Reads the value up to the next member or the closing bracket.
    pub(super) fn up_to_member(&mut self) -> Result<(), Stop> {
        let start = self.at;
        let end = self.open_end(start)?;
        self.at = end;
        let cut = self.cut_len(start)?.filter(|len| start + len == end);
        if let Some(len) = cut {
            self.note_cut(start, len);
        }
        match self.bytes.all[start..end] {
            [first, .., last] if first == last && self.has_quote(first) => {
                self.text(Str::source(start + 1, end - 1), start, end);
            }
            _ => self.bare(start, end),
        }
        Ok(())
    }

    fn has_quote(&self, byte: u8) -> bool {
        let quotes = self.notation.quotes.iter();
        quotes.clone().any(|(quote, _)| *quote == byte)
    }

    /// Returns the end of the value that begins at `start`.
    ///
    /// A bracket that closes one inside the value belongs to the value, unless nothing else ends it soon.
    fn open_end(&mut self, start: usize) -> Result<usize, Stop> {
        let between = self.between().as_bytes()[0];
        let close = self.close_byte(self.open.len());
        let mut inside = Balance::new(start, close);
        let (mut at, mut otherwise) = (start, None::<usize>);
        loop {
            let Some(found) = memchr::memchr3(between, close, b'\n', self.bytes.from(at)) else {
                let end = self.bytes.all.len();
                return self.or_end(otherwise, end);
            };
            at += found;
            match (self.bytes.all[at], otherwise) {
                (_, Some(end)) if at > end + FAR => return Ok(end),
                (b'\n', _) => return self.or_end(otherwise, at),
                (byte, _) if byte == close => match inside.closes(self.bytes.all, at) {
                    true if otherwise.is_none() && self.closes(at)? => otherwise = Some(at),
                    false if self.closes(at)? => return Ok(at),
                    _ => {}
                },
                _ if self.separates(at, self.open.len())? => return Ok(at),
                _ => {}
            }
            at += 1;
        }
    }

    /// Returns `otherwise`, if the value has no other end up to `at`.
    fn or_end(&self, otherwise: Option<usize>, at: usize) -> Result<usize, Stop> {
        let is_all = at == self.bytes.all.len();
        match otherwise {
            Some(end) if !is_all || self.bytes.last || at > end + FAR => Ok(end),
            _ if is_all => Err(self.cut_off(at)),
            _ => Err(self.torn(at)),
        }
    }

    /// Makes the failure of a line break in a value: no program prints one between members.
    fn torn(&self, at: usize) -> Stop {
        match self.is_typed() {
            true => Stop::Broken(
                self.finding(crate::finding::Reason::PrintedTyped, at, 0)
                    .with("\n"),
            ),
            false => self.cut_off(at),
        }
    }

    fn between(&self) -> &'static str {
        match self.notation.between {
            Between::Exactly(text) => text,
            _ => ",",
        }
    }

    /// Returns the first byte of the closing bracket of the innermost of `depth` objects and arrays.
    fn close_byte(&self, depth: usize) -> u8 {
        let frame = depth.checked_sub(1).and_then(|last| self.open.get(last));
        frame.map_or(b'}', |frame| frame.bracket.close.as_bytes()[0])
    }

    /// Returns true if a separator stands at `at` and the next member or entry of the innermost of `depth` objects
    /// follows it.
    fn separates(&self, at: usize, depth: usize) -> Result<bool, Stop> {
        if !is_at(self.between(), self.bytes, at)? {
            return Ok(false);
        }
        let frame = depth.checked_sub(1).and_then(|last| self.open.get(last));
        match frame.map(|frame| frame.bracket.holds) {
            Some(Holds::Entries) => Ok(true),
            _ => self.is_member(at + self.between().len()),
        }
    }

    /// Returns true if a name and what binds a value to it stand at `at`.
    pub(super) fn is_member(&self, at: usize) -> Result<bool, Stop> {
        let rest = self.bytes.from(at);
        let Some(len) = member_len(rest) else {
            return match rest.is_empty() && !self.bytes.last {
                true => Err(Stop::More),
                false => Ok(false),
            };
        };
        let bind = self.notation.binds[0];
        match is_at(bind, self.bytes, at + len)? {
            true => self.binds_here(at..at + len, at + len + bind.len()),
            false => Ok(false),
        }
    }

    /// Returns true if what precedes `end` binds a value to `name`: neither `http://` nor `note: text` does in Go. A
    /// text that a user typed may begin with a blank.
    pub(super) fn binds_here(&self, name: Range<usize>, end: usize) -> Result<bool, Stop> {
        let is_known =
            std::str::from_utf8(&self.bytes.all[name]).is_ok_and(self.users.private.is_typed);
        if self.notation.binds[0] != ":" || is_known {
            return Ok(true);
        }
        match self.bytes.from(end) {
            [b'/', b'/', ..] => Ok(false),
            // The text is empty if a member follows the blank. That one is looked at later.
            [b' ', ..] => {
                let len = member_len(self.bytes.from(end + 1)).unwrap_or(0);
                let is_bound = is_at(":", self.bytes, end + 1 + len)?;
                Ok(len > 0 && is_bound)
            }
            [] | [b'/'] if !self.bytes.last => Err(Stop::More),
            _ => Ok(true),
        }
    }

    /// Returns true if the bracket at `at` closes what is open: a member, an entry or a further bracket must follow.
    fn closes(&self, mut at: usize) -> Result<bool, Stop> {
        for depth in (1..=self.open.len()).rev() {
            if self.bytes.get(at).is_none() && !self.bytes.last {
                return Err(Stop::More);
            }
            if self.bytes.get(at) != Some(self.close_byte(depth)) {
                return Ok(false);
            }
            at += 1;
            if depth > 1 && self.separates(at, depth - 1)? {
                return Ok(true);
            }
        }
        self.ends(at)
    }

    /// Returns true if the outermost bracket may have closed right before `at`.
    ///
    /// If a word follows without a blank and another bracket closes on the line, the bracket belonged to a text.
    fn ends(&self, at: usize) -> Result<bool, Stop> {
        const WINDOW: usize = 256;
        let rest = self.bytes.from(at);
        let is_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | 0x80..);
        match rest.first() {
            None if !self.bytes.last => return Err(Stop::More),
            Some(first) if is_word(first) => {}
            _ => return Ok(true),
        }
        let line = &rest[..rest.len().min(WINDOW)];
        let close = self.close_byte(1);
        match memchr::memchr3(close, opener(close), b'\n', line) {
            Some(found) => Ok(line[found] != close),
            None if line.len() < WINDOW && !self.bytes.last => Err(Stop::More),
            None => Ok(true),
        }
    }
}
