//! Skips the rest of a broken message.
//!
//! The rest still belongs to the message and contains texts that users typed, so it must not be searched. The skip
//! keeps track of strings and CDATA, and stops where the message must have ended: at its last bracket or end tag; at
//! the end of the line, if the message was on one line so far; or at something outside of texts that can only be the
//! next payload.

use crate::scan::lookahead::{Arrived, FARTHEST, Lookahead};
use crate::scan::start::{LONGEST_TAG, first_name};
use crate::scan::torn::NextEntry;
use crate::simd::is_line_space;
use crate::syntax::Syntax;
use crate::syntax::xml::{CDATA, LONGEST_INSTRUCTION, ROOT};

/// The result of a skip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Skipped {
    /// The broken message ends here.
    To(usize),
    /// The broken message continues: these bytes are finished, and more are needed.
    Past(usize),
}

/// The kind of text that the skip is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    Markup,
    String,
    Cdata,
    Comment,
    Instruction,
}

/// The state of a skip. It continues over any number of blocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Skip {
    syntax: Syntax,
    within: Within,
    /// The number of open brackets in JSON.
    depth: usize,
    /// True for JSON without a line break so far. Such a message ends with its line.
    one_line: bool,
    /// The last skipped byte that is not a blank.
    before: u8,
    /// True for XML whose end tag was seen ahead. No line break ends such a message.
    is_end_ahead: bool,
    /// True for JSON after an escape outside of strings. Strings cannot be recognised up to the end of the line.
    garbled: bool,
    /// The length so far of the CDATA section, comment or instruction.
    text_len: usize,
    /// The end tag of the root of XML.
    end_tag: EndTag,
    /// What shows that the next log entry begins. Only texts of XML have line breaks.
    next: NextEntry,
}

/// Returns true if a line with the first two bytes `head` cannot be a line of indented JSON.
pub(super) fn is_new_line_of_log(head: &[u8]) -> bool {
    head == b"{\"" || head == b"[{" || !b" \t\r\n\"{}[],:/-".contains(&head[0])
}

/// The end tag of the root of a message, without its `>`.
#[derive(Clone, Copy, Debug)]
struct EndTag {
    bytes: [u8; EndTag::LONGEST],
    len: usize,
}

impl EndTag {
    const LONGEST: usize = b"</".len() + LONGEST_TAG;

    /// Makes the end tag of the root `name`, or of `xml` if that is no name of a root.
    fn of(name: &[u8]) -> Self {
        let name = match name.len() {
            1..=LONGEST_TAG => name,
            _ => b"xml",
        };
        let len = b"</".len() + name.len();
        let mut bytes = [0; EndTag::LONGEST];
        bytes[..2].copy_from_slice(b"</");
        bytes[2..len].copy_from_slice(name);
        EndTag { bytes, len }
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// Returns true if a document with the given `root` ends in `rest`, before the next one begins.
pub(super) fn ends_ahead(rest: Lookahead<'_>, root: &[u8]) -> bool {
    end_is_ahead(rest, &EndTag::of(root))
}

/// Returns true if `end`, the end tag of the root, comes before the next root.
fn end_is_ahead(rest: Lookahead<'_>, end: &EndTag) -> bool {
    let window = rest.window(FARTHEST);
    let is = |at: usize, token: &[u8]| {
        let head = window.bytes()[at..].get(..token.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(token))
    };
    let mut behind_text = 0;
    let mut tags = memchr::memchr_iter(b'<', window.bytes()).filter_map(|at| {
        if at < behind_text {
            return None;
        }
        behind_text = at + cdata_len(window.from(at));
        match (is(at, end.as_bytes()), is(at, b"<xml")) {
            (false, false) => None,
            (is_end, _) => Some(is_end),
        }
    });
    tags.next().unwrap_or_else(|| {
        window.note_end();
        false
    })
}

/// Returns the length of the CDATA section at the start of `ahead`, or 0. In a section that was cut off the next one
/// begins.
fn cdata_len(ahead: Lookahead<'_>) -> usize {
    let Some(text) = ahead.bytes().strip_prefix(CDATA) else {
        return 0;
    };
    // Looks no further than the next section: many sections without an end would take quadratic time.
    let next = memchr::memmem::find(text, CDATA);
    let end = memchr::memmem::find(&text[..next.unwrap_or(text.len())], b"]]>");
    if (next, end) == (None, None) {
        ahead.note_end();
    }
    end.map_or(0, |end| CDATA.len() + end)
}

/// Returns true if an object with this first name may be a message.
pub(super) type BeginsMessage<'a> = &'a dyn Fn(&str) -> bool;

/// The bytes between the texts of JSON at which something may end or begin. A table is faster than a
/// comparison with each of them where they stand close together.
const OF_JSON: [bool; 256] = {
    let (signs, mut table, mut at) = (b"\"{}[]<\n\\", [false; 256], 0);
    while at < signs.len() {
        table[signs[at] as usize] = true;
        at += 1;
    }
    table
};

/// The next action of the skip.
enum Act {
    Stop(usize),
    Go(usize),
}

impl Skip {
    pub(super) fn json(depth: usize, one_line: bool, next: NextEntry) -> Self {
        Skip {
            syntax: Syntax::Json,
            within: Within::Markup,
            depth,
            one_line,
            before: b' ',
            is_end_ahead: false,
            garbled: false,
            text_len: 0,
            end_tag: EndTag::of(b"xml"),
            next,
        }
    }

    /// Skips the rest of a document whose root has the name `root`.
    pub(super) fn xml(root: &[u8]) -> Self {
        Skip {
            syntax: Syntax::Xml,
            end_tag: EndTag::of(root),
            ..Skip::json(0, false, NextEntry::Unknown)
        }
    }

    /// Skips as much of `ahead` as possible.
    pub(super) fn run(
        &mut self,
        ahead: Lookahead<'_>,
        begins_message: BeginsMessage<'_>,
    ) -> Skipped {
        let arrived = Arrived::new(ahead.bytes(), ahead.is_final());
        let skipped = self.skip(&arrived, begins_message);
        if let Skipped::Past(len) = skipped {
            self.before = self.solid_before(&arrived.bytes[..len]);
        }
        skipped
    }

    fn skip(&mut self, arrived: &Arrived<'_>, begins_message: BeginsMessage<'_>) -> Skipped {
        let bytes = arrived.bytes;
        let mut at = 0;
        while let Some(n) = self.interesting(&bytes[at..]) {
            if let Some(end) = self.never_closed(&bytes[at..at + n]) {
                return Skipped::To(at + end);
            }
            at += n;
            let here = *self;
            let act = self.act(arrived, at, begins_message);
            if arrived.settled().is_none() {
                *self = here;
                return Skipped::Past(at);
            }
            match act {
                Act::Stop(end) => return Skipped::To(end),
                Act::Go(next) => at = next,
            }
        }
        match (arrived.is_final, self.within) {
            (true, _) => Skipped::To(bytes.len()),
            // The end of a CDATA section, comment or instruction may have begun.
            (false, Within::Cdata | Within::Comment | Within::Instruction) => {
                let end = bytes.len().saturating_sub(2).max(at);
                match self.never_closed(&bytes[at..end]) {
                    Some(len) => Skipped::To(at + len),
                    None => Skipped::Past(end),
                }
            }
            (false, _) => Skipped::Past(bytes.len()),
        }
    }

    /// Counts `bytes` of a CDATA section, comment or instruction. If it is longer than any of WeChat's, it was cut off, and
    /// no user typed the following lines. Returns the line break before them.
    fn never_closed(&mut self, bytes: &[u8]) -> Option<usize> {
        const LONGEST_TEXT: usize = 1 << 20;
        let longest = match self.within {
            Within::Markup | Within::String => return None,
            Within::Instruction => LONGEST_INSTRUCTION,
            Within::Cdata | Within::Comment => LONGEST_TEXT,
        };
        let room = longest.saturating_sub(self.text_len);
        self.text_len += bytes.len();
        let line = memchr::memchr(b'\n', bytes.get(room..)?)?;
        Some(room + line)
    }

    /// Returns the position of the next byte that may end or change the kind of text.
    fn interesting(&self, bytes: &[u8]) -> Option<usize> {
        match (self.within, self.syntax) {
            (Within::Cdata | Within::Comment | Within::Instruction, _) => {
                memchr::memchr(b'>', bytes).map(|n| n.saturating_sub(2))
            }
            (Within::String, _) => memchr::memchr3(b'"', b'\\', b'\n', bytes),
            (Within::Markup, Syntax::Xml) => memchr::memchr2(b'<', b'\n', bytes),
            (Within::Markup, Syntax::Json) if self.garbled => memchr::memchr(b'\n', bytes),
            (Within::Markup, Syntax::Json) => bytes.iter().position(|&b| OF_JSON[usize::from(b)]),
        }
    }

    fn act(&mut self, arrived: &Arrived<'_>, at: usize, begins_message: BeginsMessage<'_>) -> Act {
        let rest = arrived.from(at);
        match (self.within, rest.bytes()[0]) {
            (Within::Cdata | Within::Comment | Within::Instruction, _) => {
                self.close_text(rest.bytes(), at)
            }
            (Within::String, b'"') => self.go(Within::Markup, at + 1),
            (Within::String, b'\\') => match rest.get(1) {
                // Not an escape but a line that was cut off.
                None | Some(b'\n') => Act::Go(at + 1),
                Some(_) => Act::Go(at + 2),
            },
            (_, b'\n') => self.line_end(rest, at),
            (_, b'\\') => {
                self.garbled = true;
                Act::Go(at + 1)
            }
            (_, b'<') => self.tag(rest, at),
            (_, b'"') => self.go(Within::String, at + 1),
            (_, b'{') => self.object(arrived, at, begins_message),
            (_, b'[') => {
                self.depth += 1;
                Act::Go(at + 1)
            }
            _ => self.closer(arrived.from(at + 1), at, begins_message),
        }
    }

    /// Handles a closing bracket. If none remains open, the message ends, provided that a line end, a tag or another
    /// message follows.
    fn closer(&mut self, rest: Lookahead<'_>, at: usize, begins_message: BeginsMessage<'_>) -> Act {
        self.depth = self.depth.saturating_sub(1);
        if self.depth > 0 {
            return Act::Go(at + 1);
        }
        let next = rest.run(is_line_space);
        let next = rest.from(next);
        let (next, is_listed) = match next.get(0) {
            Some(b',') => (next.from(1).trim_start(), true),
            _ => (next, false),
        };
        let ends = match next.get(0) {
            Some(b'{') => first_name(next).is_some_and(begins_message),
            None | Some(b'\n' | b'<' | b']') => !is_listed,
            Some(_) => false,
        };
        if ends {
            Act::Stop(at + 1)
        } else {
            Act::Go(at + 1)
        }
    }

    fn go(&mut self, within: Within, next: usize) -> Act {
        self.within = within;
        self.text_len = 0;
        Act::Go(next)
    }

    /// Handles the `>` of a CDATA section, comment or instruction, or up to two bytes before it.
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
        self.text_len += len;
        match rest[..len].ends_with(end) {
            true => self.go(Within::Markup, at + len),
            false => Act::Go(at + len),
        }
    }

    /// Handles a line break. It ends a string. It also ends a message that was cut off: JSON that was on one line so
    /// far, or whose next line is not indented JSON, and XML whose end tag is not in sight.
    fn line_end(&mut self, rest: Lookahead<'_>, at: usize) -> Act {
        let ends = match self.syntax {
            Syntax::Json => self.one_line || rest.from(1).first(2).is_some_and(is_new_line_of_log),
            Syntax::Xml => !self.is_end_ahead && !end_is_ahead(rest, &self.end_tag),
        };
        match ends || self.next.begins_at(rest.from(1)) {
            true => Act::Stop(at),
            false => {
                self.is_end_ahead = true;
                self.garbled = false;
                self.go(Within::Markup, at + 1)
            }
        }
    }

    fn tag(&mut self, rest: Lookahead<'_>, at: usize) -> Act {
        let is_xml = self.syntax == Syntax::Xml;
        let opens = |token: &[u8]| rest.begins(token);
        // Until the longest tag has arrived, the answer is open.
        _ = rest.first(self.end_tag.len.max(CDATA.len()));
        if opens(ROOT) || opens(b"<?xml ") || opens(b"<xml ") {
            Act::Stop(at)
        } else if is_xml && opens(self.end_tag.as_bytes()) {
            self.end_tag(rest, at)
        } else if is_xml && opens(CDATA) {
            self.go(Within::Cdata, at + CDATA.len())
        } else if is_xml && opens(b"<?") {
            self.go(Within::Instruction, at + 2)
        } else if is_xml && opens(b"<!--") {
            self.go(Within::Comment, at + 4)
        } else {
            Act::Go(at + 1)
        }
    }

    /// Handles the end tag of the root, or as much of it as there is.
    fn end_tag(&mut self, rest: Lookahead<'_>, at: usize) -> Act {
        const LONGEST_BLANKS: usize = 64;
        let name = self.end_tag.len;
        let end = rest.window(name + LONGEST_BLANKS).skip_space(name);
        match rest.get(end) {
            Some(b'>') => Act::Stop(at + end + 1),
            // Cut off inside the tag.
            _ => Act::Stop(at + name),
        }
    }

    /// Handles an object. After `:`, `,` or `[` on the line it is a value of the broken message, whatever it contains.
    /// Elsewhere it is the next payload, if its first name is that of a message.
    fn object(
        &mut self,
        arrived: &Arrived<'_>,
        at: usize,
        begins_message: BeginsMessage<'_>,
    ) -> Act {
        let is_value = matches!(self.solid_before(&arrived.bytes[..at]), b':' | b',' | b'[');
        if !is_value && first_name(arrived.from(at)).is_some_and(begins_message) {
            return Act::Stop(at);
        }
        self.depth += 1;
        Act::Go(at + 1)
    }

    /// Returns the last byte of `skipped` that is not a blank. A line break is not a blank here.
    fn solid_before(&self, skipped: &[u8]) -> u8 {
        let solid = skipped.iter().rev().find(|&&b| !is_line_space(b));
        solid.copied().unwrap_or(self.before)
    }
}
