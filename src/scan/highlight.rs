//! Highlighted source: a document whose parts a program marked, by tags in a page or by the colours of a terminal.
//!
//! The marks stand for nothing, and tags that break lines for line breaks. In a page everything else is escaped with entities, so a tag is never a part of the
//! document.

use crate::scan::decode;
use crate::scan::escape::{Bytes, Piece};
use crate::scan::lookahead::Lookahead;
use crate::scan::typographic::{self, ESCAPE};

/// What marks the parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Highlight {
    Page,
    Terminal,
}

/// The tags that mark parts of a line.
const TAGS: [&[u8]; 10] = [
    b"span", b"tspan", b"font", b"a", b"b", b"i", b"u", b"em", b"strong", b"mark",
];

/// The longest tag.
const LONGEST_TAG: usize = 256;

/// The longest sequence that sets a colour.
const LONGEST_COLOUR: usize = 32;

impl Highlight {
    /// Returns what marks the name right behind `before`, with or without a quote or a bracket around it.
    pub(super) fn at_name(before: &[u8]) -> Option<Self> {
        const AROUND: [&[u8]; 10] = [
            b"&lt;", b"&quot;", b"&#34;", b"&#39;", b"&#x27;", b"&#x22;", b"\"", b"'", b"<", b"/",
        ];
        let mut tail = before;
        while let Some(rest) = AROUND.iter().find_map(|sign| tail.strip_suffix(*sign)) {
            tail = rest;
        }
        match tail.last()? {
            b'>' => tag_before(tail).map(|_| Highlight::Page),
            b'm' => colour_before(tail).map(|_| Highlight::Terminal),
            _ => None,
        }
    }

    /// Returns the piece at the start of `raw`, which must not be empty.
    pub(super) fn piece(self, raw: Lookahead<'_>) -> Piece {
        let bytes = raw.bytes();
        let mark = match (self, bytes[0]) {
            (Highlight::Page, b'&') => return Piece::of(decode::entity(raw)),
            (Highlight::Page, b'<') => match break_len(raw) {
                Some(len) => return Piece::Other(len, Bytes::byte(b'\n')),
                None => tag_len(raw),
            },
            (Highlight::Terminal, ESCAPE) => typographic::colour_len(raw),
            (Highlight::Page, _) => {
                let len = memchr::memchr2(b'&', b'<', bytes);
                return Piece::Same(len.unwrap_or(bytes.len()));
            }
            (Highlight::Terminal, _) => {
                return Piece::Same(memchr::memchr(ESCAPE, bytes).unwrap_or(bytes.len()));
            }
        };
        mark.map_or(Piece::Same(1), |len| Piece::Other(len, Bytes::NONE))
    }
}

/// Returns the length of the tag at the start of `raw`, if it breaks the line.
fn break_len(raw: Lookahead<'_>) -> Option<usize> {
    const TAGS: [&[u8]; 3] = [b"<br>", b"<br/>", b"<br />"];
    let tag = TAGS.iter().find(|tag| raw.begins(tag))?;
    Some(tag.len())
}

/// Returns the length of the sequence at the end of `text` that sets a colour.
pub(super) fn colour_before(text: &[u8]) -> Option<usize> {
    let near = &text[text.len().saturating_sub(LONGEST_COLOUR)..];
    let colour = &near[memchr::memrchr(ESCAPE, near)?..];
    let len = typographic::colour_len(Lookahead::whole(colour))?;
    (len == colour.len()).then_some(len)
}

/// Returns the length of the tag at the end of `text`, if it marks a part of a line.
fn tag_before(text: &[u8]) -> Option<usize> {
    let near = &text[text.len().saturating_sub(LONGEST_TAG)..];
    let tag = &near[memchr::memrchr(b'<', near)?..];
    let len = tag_len(Lookahead::whole(tag))?;
    (len == tag.len()).then_some(len)
}

/// Returns the length of the tag at the start of `raw`, if it marks a part of a line.
fn tag_len(raw: Lookahead<'_>) -> Option<usize> {
    let tag = raw.window(LONGEST_TAG);
    let start = 1 + usize::from(tag.get(1)? == b'/');
    let is_of_name = |b: u8| b.is_ascii_alphabetic();
    let name = start + tag.from(start).position(|b| !is_of_name(b))?;
    let is_known = TAGS.contains(&&tag.bytes()[start..name]);
    let end = tag.from(name).position(|b| matches!(b, b'<' | b'>'))?;
    (is_known && tag.get(name + end)? == b'>').then_some(name + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::escape::Escape;

    #[test]
    fn marks_stand_for_nothing() {
        let cases = [
            (
                Highlight::Page,
                "<span class=\"p\">{</span><b>&quot;a&quot;</b>: 1 &lt; <br/><p> a<b",
                "{\"a\": 1 < \n<p> a<b",
            ),
            (
                Highlight::Terminal,
                "\u{1B}[94m<xml\u{1B}[39;49;00m>\u{1B}[0m&lt;\u{1B}]0;",
                "<xml>&lt;\u{1B}]0;",
            ),
        ];
        for (highlight, raw, text) in cases {
            let mut out = Vec::new();
            { Escape::Highlighted(highlight) }.unescape(Lookahead::whole(raw.as_bytes()), &mut out);
            assert_eq!(String::from_utf8_lossy(&out), text);
        }
    }

    #[test]
    fn a_mark_stands_before_a_name() {
        let cases = [
            ("<span class=\"nt\">&quot;", Some(Highlight::Page)),
            ("<span>&lt;</span>", Some(Highlight::Page)),
            ("&lt;/<i>", Some(Highlight::Page)),
            ("\u{1B}[1;34m\"", Some(Highlight::Terminal)),
            ("<\u{1B}[34m", Some(Highlight::Terminal)),
            ("<td>", None),
            ("a > ", None),
            ("<b> ", None),
            ("m", None),
        ];
        for (before, highlight) in cases {
            assert_eq!(Highlight::at_name(before.as_bytes()), highlight, "{before}");
        }
    }
}
