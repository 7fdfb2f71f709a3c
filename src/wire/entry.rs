//! A recogniser of what loggers write around payloads: a JSON object in whose strings the payloads stand escaped.
//!
//! The reader of [`json`](super::json) finds out what every string says. Of a log entry only the names count, a few
//! values, and where the strings stand; what is in them is read from the capture again, escape by escape. So here a text
//! with escapes is not undone: its node is one of [`Kind::Surrogate`], with the literal as its value. Otherwise the
//! [`Tree`] is the reader's, node by node, or the entry is left to the reader: names with escapes, comments, trailing
//! commas, line breaks, whatever is deep, and the end of the bytes.

use std::ops::Range;

use crate::span::Span;
use crate::wire::block::{self, Block, LEN};
use crate::wire::json::is_number;
use crate::wire::{Kind, Limits, Node, NodeId, Str, Syntax, Tree};

/// The deepest that is recognised.
const DEPTH: usize = 8;

/// The length of the entry with which `bytes` begin, if it is a plain one; `tree` then holds it.
pub(crate) fn read(bytes: &[u8], tree: &mut Tree, limits: &Limits) -> Option<usize> {
    tree.clear(Syntax::Json);
    let mut entry = Entry {
        bytes,
        tree,
        open: [0; DEPTH],
        depth: 0,
        most: limits.depth.min(DEPTH),
        at: 0,
    };
    entry.bracket(b'{', Str::default())?;
    while entry.depth > 0 {
        entry.next()?;
    }
    let len = entry.at;
    (tree.len() <= limits.values).then_some(len)
}

/// An entry being read.
struct Entry<'a> {
    bytes: &'a [u8],
    tree: &'a mut Tree,
    /// The objects and arrays that are not closed yet.
    open: [NodeId; DEPTH],
    depth: usize,
    /// No more may be open.
    most: usize,
    at: usize,
}

impl Entry<'_> {
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
                    Kind::Surrogate
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
            raw_name: false,
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
    let mark = |b: Block| b.less(0x20) | b.equal(b'"') | b.equal(b'\\');
    match bytes.first_chunk() {
        Some(four) if is_long => (block::bits_of_four(four, mark), four.len()),
        _ => {
            let bits = mark(Block::new(block::head(bytes))).bits();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Findings;
    use crate::wire::{Bytes, json};

    /// What the reader alone makes of `bytes`, without a finding.
    fn plain(bytes: &[u8], limits: &Limits) -> Option<(usize, Tree)> {
        let (mut tree, mut findings) = (Tree::default(), Findings::default());
        tree.clear(Syntax::Json);
        let all = Bytes {
            all: bytes,
            last: true,
        };
        let read = json::Reader::new().read(all, &mut tree, &mut findings, limits);
        let len = read.ok()?;
        findings.as_slice().is_empty().then_some((len, tree))
    }

    /// Whether the entry is recognised; if so, it must be what the reader makes of it, but for texts with escapes.
    #[track_caller]
    fn is_recognised(bytes: &[u8], limits: &Limits) -> bool {
        let mut tree = Tree::default();
        let Some(len) = read(bytes, &mut tree, limits) else {
            return false;
        };
        let shown = String::from_utf8_lossy(bytes);
        // Whether it is text is for the caller to find out.
        if std::str::from_utf8(&bytes[..len]).is_err() {
            return true;
        }
        let (expected_len, mut expected) =
            plain(bytes, limits).unwrap_or_else(|| panic!("refused by the reader: {shown}"));
        assert_eq!(len, expected_len, "{shown}");
        for id in 0..expected.len() as NodeId {
            let node = expected.node_mut(id);
            let text = node.span.start as usize + 1..(node.span.end as usize).max(1) - 1;
            if matches!(node.kind, Kind::Text | Kind::Surrogate)
                && bytes[text.clone()].contains(&b'\\')
            {
                (node.kind, node.value) = (Kind::Surrogate, Str::source(text.start, text.end));
            }
        }
        assert_eq!(tree.nodes(), expected.nodes(), "{shown}");
        true
    }

    const ENTRY: &str = r#"{"ts":"2021-01-18", "n": -1.5e3,"ok":true,"none":{}, "list":["订",[],{"a":null}],"body":"{\"a\":\"\u8ba2\\\",\n\"b\":\"<\/x>\"}","half":"\ud83d", "z":0}"#;

    #[test]
    fn plain_entries_are_recognised() {
        for end in ["", "\n", "}", "{\"next\":1}"] {
            assert!(is_recognised(
                format!("{ENTRY}{end}").as_bytes(),
                &Limits::default()
            ));
        }
    }

    /// Every byte replaced by every byte, taken out, or doubled; every length; and each limit.
    #[test]
    fn whatever_is_recognised_is_what_the_reader_reads() {
        let limits = Limits::default();
        let text = ENTRY.as_bytes();
        let mut recognised = 0;
        for at in 0..text.len() {
            let with = |middle: &[u8], rest: usize| [&text[..at], middle, &text[rest..]].concat();
            for byte in 0..=255 {
                recognised += usize::from(is_recognised(&with(&[byte], at + 1), &limits));
                recognised += usize::from(is_recognised(&with(&[byte], at), &limits));
            }
            is_recognised(&with(&[], at + 1), &limits);
            is_recognised(&with(&[], text.len()), &limits);
        }
        for limit in 0..20 {
            let (values, depth) = (limit, limit);
            is_recognised(text, &Limits { values, ..limits });
            is_recognised(text, &Limits { depth, ..limits });
        }
        assert!(recognised > 10_000, "{recognised} of the changed entries");
    }
}
