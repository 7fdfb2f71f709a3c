//! Looking for the next document.

use crate::finding::{Finding, Reason};
use crate::frame::array::Array;
use crate::frame::start::{self, Start};
use crate::frame::{Framed, FramedKind, Parts, Scanner, State, framed};
use crate::span::Span;
use crate::wire::Syntax;
use crate::wire::scan::is_space;

/// U+FEFF in UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";

impl Scanner {
    pub(super) fn seek<'b>(
        &mut self,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Framed<'b>> {
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

    pub(super) fn seek_start<'b>(&mut self, buffer: &'b [u8], last: bool) -> Option<Framed<'b>> {
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
    pub(super) fn byte_order_mark(&mut self, buffer: &[u8]) {
        let end = self.pos() + MARK.len();
        match self.bare {
            true => self.cursor.advance_unseen(buffer, end),
            false => self.pass(buffer, end),
        }
    }

    /// Whether only white space stands before `at` on its line, or since the last payload.
    pub(super) fn is_bare_at(&self, buffer: &[u8], at: usize) -> bool {
        let bytes = &buffer[self.pos()..at];
        match bytes.iter().rposition(|&b| !is_space(b)) {
            Some(solid) => bytes[solid..].contains(&b'\n'),
            None => self.bare || bytes.contains(&b'\n'),
        }
    }

    pub(super) fn begin(&mut self, start: Start, buffer: &[u8]) {
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

    /// The length of a closing bracket or tag right behind a payload: it closes nothing. `None` if it cannot be
    /// told yet.
    pub(super) fn stray_end(&self, syntax: Syntax, rest: &[u8], last: bool) -> Option<usize> {
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

    pub(super) fn stray<'b>(
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
}
