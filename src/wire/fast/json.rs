//! A recogniser of plain JSON: whatever has no names with escapes, no comments, no trailing commas and no line breaks, at
//! most a blank behind a comma or a colon, and is not deep.
//!
//! The reader finds out what every string says. Of a log entry, in whose strings payloads stand escaped, only the names
//! count, a few values, and where the strings stand; what is in them is read from the capture again, escape by escape. So
//! here a text with escapes is not undone: its node is one of [`Kind::Escaped`], with the literal as its value.

use std::ops::Range;

use crate::span::Span;
use crate::wire::block::{self, Block, LEN};
use crate::wire::json::is_number;
use crate::wire::scan::string_marks;
use crate::wire::{Kind, Limits, Node, NodeId, Str, Tree};

/// The deepest that is recognised.
const DEPTH: usize = 8;

/// The length of the object with which `bytes` begin, if it is a plain one; `tree` then holds it.
pub(super) fn read(bytes: &[u8], tree: &mut Tree, limits: &Limits) -> Option<usize> {
    let mut object = Object {
        bytes,
        tree,
        open: [0; DEPTH],
        depth: 0,
        most: limits.depth.min(DEPTH),
        at: 0,
    };
    object.bracket(b'{', Str::default())?;
    while object.depth > 0 {
        object.next()?;
    }
    Some(object.at)
}

/// An object being read.
struct Object<'a> {
    bytes: &'a [u8],
    tree: &'a mut Tree,
    /// The objects and arrays that are not closed yet.
    open: [NodeId; DEPTH],
    depth: usize,
    /// No more may be open.
    most: usize,
    at: usize,
}

impl Object<'_> {
    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Moves over `byte`, if it stands here.
    fn eat(&mut self, byte: u8) -> bool {
        let is_here = self.byte() == Some(byte);
        self.at += usize::from(is_here);
        is_here
    }

    /// Whether members come next, not entries of an array.
    fn in_object(&self) -> bool {
        let id = self.depth.checked_sub(1).map(|top| self.open[top]);
        id.is_some_and(|id| self.tree.node(id).kind == Kind::Object)
    }

    /// Reads a member or an entry, and what ends behind it.
    fn next(&mut self) -> Option<()> {
        let name = match self.in_object() {
            true => self.name()?,
            false => Str::default(),
        };
        match self.byte()? {
            b'"' => {
                let (text, is_escaped) = self.string()?;
                let kind = if is_escaped {
                    Kind::Escaped
                } else {
                    Kind::Text
                };
                self.push(kind, name, text.clone(), text.start - 1..text.end + 1);
            }
            bracket @ (b'{' | b'[') => return self.bracket(bracket, name),
            first => {
                let (kind, word) = self.word(first)?;
                self.push(kind, name, word.clone(), word);
            }
        }
        self.ends()
    }

    /// Reads a name and the colon behind it.
    fn name(&mut self) -> Option<Str> {
        let (name, is_escaped) = self.string().filter(|_| self.eat(b':'))?;
        self.eat(b' ');
        (!is_escaped && !name.is_empty()).then(|| Str::source(name.start, name.end))
    }

    /// Opens an object or an array, which may be empty.
    fn bracket(&mut self, bracket: u8, name: Str) -> Option<()> {
        let (kind, closer) = match bracket {
            b'{' => (Kind::Object, b'}'),
            _ => (Kind::Array, b']'),
        };
        if !self.eat(bracket) || self.depth == self.most {
            return None;
        }
        let start = self.at - 1;
        let id = self.push(kind, name, 0..0, start..start);
        self.open[self.depth] = id;
        self.depth += 1;
        match self.byte() == Some(closer) {
            true => self.ends(),
            false => Some(()),
        }
    }

    /// Reads what closes behind a value, and the comma before the next.
    fn ends(&mut self) -> Option<()> {
        while self.depth > 0 {
            if self.eat(b',') {
                self.eat(b' ');
                return Some(());
            }
            let closer = if self.in_object() { b'}' } else { b']' };
            if !self.eat(closer) {
                return None;
            }
            self.depth -= 1;
            self.tree.close(self.open[self.depth], self.at);
        }
        Some(())
    }

    /// Reads a string: where its text stands, and whether there are escapes in it.
    fn string(&mut self) -> Option<(Range<usize>, bool)> {
        if !self.eat(b'"') {
            return None;
        }
        let (start, mut at) = (self.at, self.at);
        let mut is_escaped = false;
        loop {
            let rest = self.bytes.get(at..)?;
            // Most strings are short, and in the long ones are payloads.
            let (mut bits, mut len) = specials(rest, at - start >= SHORT);
            while bits != 0 {
                let special = bits.trailing_zeros() as usize;
                match rest.get(special)? {
                    b'"' => {
                        self.at = at + special + 1;
                        return Some((start..self.at - 1, is_escaped));
                    }
                    b'\\' => is_escaped = true,
                    _ => return None,
                }
                let end = special + escape_len(rest, special)?;
                if end >= len {
                    len = end;
                    break;
                }
                bits = bits >> end << end;
            }
            at += len;
        }
    }

    /// Reads a number, `true`, `false` or `null`.
    fn word(&mut self, first: u8) -> Option<(Kind, Range<usize>)> {
        const LONGEST: usize = 64;
        let rest = self.bytes[self.at..].iter().take(LONGEST);
        let len = rest
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
            .count();
        let range = self.at..self.at + len;
        let word = &self.bytes[range.clone()];
        let kind = match word {
            b"true" | b"false" | b"null" => Kind::Literal,
            _ if !first.is_ascii_alphabetic() && is_number(word) => Kind::Number,
            _ => return None,
        };
        self.at = range.end;
        Some((kind, range))
    }

    fn push(&mut self, kind: Kind, name: Str, value: Range<usize>, span: Range<usize>) -> NodeId {
        let name_at = match name.len() {
            0 => 0,
            _ => name.source_range().start,
        };
        self.tree.push(Node {
            kind,
            padded: false,
            name,
            name_at: Span::new(name_at, name_at).start,
            value: Str::source(value.start, value.end),
            span: Span::new(span.start, span.end),
            end: 0,
        })
    }
}

/// The first bytes of a string are looked at block by block, the others in fours of blocks.
const SHORT: usize = 2 * LEN;

/// A bit for each of the first bytes that is not itself in a string, and of how many bytes.
#[inline(always)]
fn specials(bytes: &[u8], is_long: bool) -> (u64, usize) {
    match bytes.first_chunk() {
        Some(four) if is_long => (block::bits_of_four(four, string_marks), four.len()),
        _ => {
            let bits = string_marks(Block::new(block::head(bytes))).bits();
            (bits.into(), LEN)
        }
    }
}

/// The length of the escape at `at`.
#[inline(always)]
fn escape_len(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at + 1)? {
        // By far the most frequent.
        b'"' | b'n' => Some(2),
        b'\\' | b'/' | b'b' | b'f' | b'r' | b't' => Some(2),
        b'u' => {
            let digits = bytes.get(at + 2..at + 6)?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(6)
        }
        _ => None,
    }
}
