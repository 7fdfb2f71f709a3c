//! The tokens of a document, found by quick-xml.
//!
//! quick-xml stops at a token that is not UTF-8. The first malformed token and the end of the document must not depend
//! on a bad byte before them. Such a token is therefore read again with its bad bytes replaced, and quick-xml goes on
//! after it.

use quick_xml::Reader;
use quick_xml::errors::Error;
use quick_xml::events::{BytesText, Event};

/// U+FEFF. quick-xml drops it at the start of its input.
const MARK: &str = "\u{FEFF}";

/// Replaces a byte that is not UTF-8. XML forbids it everywhere.
const NOT_UTF8: char = '\u{1A}';

/// Reads the tokens of a document one by one.
pub(super) struct Tokens<'a> {
    all: &'a [u8],
    /// The position at which the reader began.
    start: usize,
    reader: Reader<&'a [u8]>,
}

impl<'a> Tokens<'a> {
    /// Makes the tokens of `all` from `start` on.
    pub(super) fn new(all: &'a [u8], start: usize) -> Self {
        let rest = all.get(start..).unwrap_or_default();
        Tokens {
            all,
            start,
            reader: reader(rest),
        }
    }

    /// Returns the end of the latest token.
    pub(super) fn end(&self) -> usize {
        self.start + self.reader.buffer_position() as usize
    }

    /// Returns the next token. `None` if quick-xml refuses it.
    pub(super) fn next(&mut self) -> Option<Event<'a>> {
        let start = self.end();
        if start == self.start && self.all[start..].starts_with(MARK.as_bytes()) {
            return self.marked_text(start);
        }
        let event = self.reader.read_event();
        self.checked(event, start)
    }

    /// Returns the text at `start`, which begins with the mark. quick-xml keeps the mark if one byte of a tag before it is
    /// read as text.
    fn marked_text(&mut self, start: usize) -> Option<Event<'a>> {
        let Some(before) = start.checked_sub(1) else {
            *self = Tokens::new(self.all, start + MARK.len());
            return Some(Event::Text(BytesText::from_escaped(MARK)));
        };
        *self = Tokens::new(self.all, before);
        let event = self.reader.read_event().map(|_| {
            let text = std::str::from_utf8(&self.all[start..self.end()]).unwrap_or(MARK);
            Event::Text(BytesText::from_escaped(text))
        });
        self.checked(event, start)
    }

    /// Returns `event`, which begins at `start`. If its bytes are not UTF-8, it is read again.
    fn checked(&mut self, event: Result<Event<'a>, Error>, start: usize) -> Option<Event<'a>> {
        match event {
            Ok(event) => Some(event),
            Err(Error::Encoding(_)) => {
                *self = Tokens::new(self.all, self.end());
                mended(&self.all[start..self.start])
            }
            Err(_) => None,
        }
    }
}

/// Reads `token` with its bytes that are not UTF-8 replaced.
fn mended(token: &[u8]) -> Option<Event<'static>> {
    let mut text = String::with_capacity(token.len());
    for chunk in token.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| NOT_UTF8));
    }
    let event = reader(text.as_bytes()).read_event();
    event.ok().map(Event::into_owned)
}

/// Makes quick-xml read `bytes` without comparing names: `xml` compares them itself and knows the place.
fn reader(bytes: &[u8]) -> Reader<&[u8]> {
    let mut reader = Reader::from_reader(bytes);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    reader
}
