//! Leaving a broken document: where does the next one begin?
//!
//! What stands behind the place where a message broke still belongs to it, texts that users typed among it, and
//! must not be searched. So it is skipped with an eye for strings and CDATA, up to where the message must have
//! ended: its last bracket or end tag; the end of the line, if it was on one line so far; or the first thing outside
//! a text that only the next payload can be.

use crate::frame::start::first_name;
use crate::wire::Syntax;

/// How far a skip came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Skipped {
    /// The broken document ends here.
    To(usize),
    /// It goes on: these bytes are done with, more are needed.
    Past(usize),
}

/// What the skip is in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    Markup,
    String,
    Cdata,
    Comment,
    Instruction,
}

/// The state of a skip, which goes on over any number of blocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Skip {
    syntax: Syntax,
    within: Within,
    /// JSON's open brackets.
    depth: usize,
    /// No line break so far: then the document ends with its line.
    one_line: bool,
    /// Stop at the next object, whatever it is.
    timid: bool,
}

/// Whether an object that begins with this name may be a message.
pub(super) type BeginsMessage<'a> = &'a dyn Fn(&str) -> bool;

/// What to do at a byte of interest.
enum Act {
    Stop(usize),
    Go(usize),
    Wait,
}

impl Skip {
    pub(super) fn json(depth: usize, one_line: bool) -> Self {
        Skip {
            syntax: Syntax::Json,
            within: Within::Markup,
            depth,
            one_line,
            timid: false,
        }
    }

    pub(super) fn xml(one_line: bool) -> Self {
        Skip {
            syntax: Syntax::Xml,
            ..Skip::json(0, one_line)
        }
    }

    /// The same, but ends before the next object in any case.
    pub(super) fn timid(self) -> Self {
        Skip {
            timid: true,
            ..self
        }
    }

    /// Skips what can be skipped of `bytes`.
    pub(super) fn run(
        &mut self,
        bytes: &[u8],
        last: bool,
        begins_message: BeginsMessage<'_>,
    ) -> Skipped {
        let mut at = 0;
        while let Some(n) = self.interesting(&bytes[at..]) {
            at += n;
            match self.act(bytes, at, last, begins_message) {
                Act::Stop(end) => return Skipped::To(end),
                Act::Go(next) => at = next,
                Act::Wait => return Skipped::Past(at),
            }
        }
        match (last, self.within) {
            (true, _) => Skipped::To(bytes.len()),
            // The end of a text may have begun.
            (false, Within::Cdata | Within::Comment | Within::Instruction) => {
                Skipped::Past(bytes.len().saturating_sub(2).max(at))
            }
            (false, _) => Skipped::Past(bytes.len()),
        }
    }

    fn interesting(&self, bytes: &[u8]) -> Option<usize> {
        match (self.within, self.syntax) {
            (Within::Cdata | Within::Comment | Within::Instruction, _) => {
                memchr::memchr(b'>', bytes).map(|n| n.saturating_sub(2))
            }
            (Within::String, _) => memchr::memchr3(b'"', b'\\', b'\n', bytes),
            (Within::Markup, Syntax::Xml) => memchr::memchr2(b'<', b'\n', bytes),
            (Within::Markup, Syntax::Json) => bytes.iter().position(|b| b"\"{}[]<\n".contains(b)),
        }
    }

    fn act(
        &mut self,
        bytes: &[u8],
        at: usize,
        last: bool,
        begins_message: BeginsMessage<'_>,
    ) -> Act {
        let rest = &bytes[at..];
        match (self.within, rest[0]) {
            (Within::Cdata | Within::Comment | Within::Instruction, _) => self.close_text(rest, at),
            (Within::String, b'"') => self.go(Within::Markup, at + 1),
            (Within::String, b'\\') if rest.len() < 2 && !last => Act::Wait,
            (Within::String, b'\\') => Act::Go((at + 2).min(bytes.len())),
            (_, b'\n') => self.line_end(rest, at, last),
            (_, b'<') => self.tag(rest, at, last),
            (_, b'"') => self.go(Within::String, at + 1),
            (_, b'{') => self.object(rest, at, last, begins_message),
            (_, b'[') => {
                self.depth += 1;
                Act::Go(at + 1)
            }
            _ => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    Act::Stop(at + 1)
                } else {
                    Act::Go(at + 1)
                }
            }
        }
    }

    fn go(&mut self, within: Within, next: usize) -> Act {
        self.within = within;
        Act::Go(next)
    }

    /// At a `>` of CDATA, a comment or an instruction, or up to two bytes before it.
    fn close_text(&mut self, rest: &[u8], at: usize) -> Act {
        let end: &[u8] = match self.within {
            Within::Cdata => b"]]>",
            Within::Comment => b"-->",
            _ => b"?>",
        };
        let len = rest
            .iter()
            .position(|&b| b == b'>')
            .map_or(rest.len(), |n| n + 1);
        match rest[..len].ends_with(end) {
            true => self.go(Within::Markup, at + len),
            false => Act::Go(at + len),
        }
    }

    /// A line break ends a string, a document that was on one line, and any document if the next line is an object.
    fn line_end(&mut self, rest: &[u8], at: usize, last: bool) -> Act {
        match rest.get(1..3) {
            _ if self.one_line => Act::Stop(at),
            None if !last => Act::Wait,
            Some(b"{\"") => Act::Stop(at),
            _ => self.go(Within::Markup, at + 1),
        }
    }

    fn tag(&mut self, rest: &[u8], at: usize, last: bool) -> Act {
        const LONGEST: usize = b"<![CDATA[".len();
        let is_xml = self.syntax == Syntax::Xml;
        let opens = |token: &[u8]| {
            rest.get(..token.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(token))
        };
        if rest.len() < LONGEST && !last {
            return Act::Wait;
        }
        if opens(b"<xml>") || opens(b"<?xml ") || opens(b"<xml ") {
            Act::Stop(at)
        } else if is_xml && opens(b"</xml") {
            match memchr::memchr(b'>', rest) {
                Some(len) => Act::Stop(at + len + 1),
                None if last => Act::Stop(at + rest.len()),
                None => Act::Wait,
            }
        } else if is_xml && opens(b"<![CDATA[") {
            self.go(Within::Cdata, at + LONGEST)
        } else if is_xml && opens(b"<?") {
            self.go(Within::Instruction, at + 2)
        } else if is_xml && opens(b"<!--") {
            self.go(Within::Comment, at + 4)
        } else {
            Act::Go(at + 1)
        }
    }

    fn object(
        &mut self,
        rest: &[u8],
        at: usize,
        last: bool,
        begins_message: BeginsMessage<'_>,
    ) -> Act {
        match first_name(rest, last) {
            Err(()) => Act::Wait,
            Ok(Some(name)) if begins_message(name) || self.timid => Act::Stop(at),
            Ok(_) => {
                self.depth += 1;
                Act::Go(at + 1)
            }
        }
    }
}
