//! Highlighted source: a document whose parts a program marked, by tags in a page or by the colours of a terminal.
//!
//! The marks are left out, and tags that break lines are line breaks. In a page the document's own `<` is escaped, so any tag
//! that is not is a mark.

use crate::scan::decode;
use crate::scan::escape::{Bytes, Piece};
use crate::scan::lookahead::Lookahead;
use crate::scan::typographic::{self, ESCAPE, LONGEST_COLOUR};

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
const LONGEST_TAG: usize = 1024;

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
            (Highlight::Page, b'<') => match tag(raw) {
                Some((name, len)) if name.eq_ignore_ascii_case(b"br") => {
                    return Piece::Other(len, Bytes::byte(b'\n'));
                }
                other => other.map(|(_, len)| len),
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

/// Returns the end of `text` from the last `open` on, if that is at most `longest` bytes before the end.
fn last_from(open: u8, text: &[u8], longest: usize) -> Option<&[u8]> {
    let near = &text[text.len().saturating_sub(longest)..];
    Some(&near[memchr::memrchr(open, near)?..])
}

/// Returns the length of the sequence at the end of `text` that sets a colour.
pub(super) fn colour_before(text: &[u8]) -> Option<usize> {
    let colour = last_from(ESCAPE, text, LONGEST_COLOUR)?;
    let len = typographic::colour_len(Lookahead::whole(colour))?;
    (len == colour.len()).then_some(len)
}

/// Returns the length of the tag at the end of `text`, if it marks a part of a line.
fn tag_before(text: &[u8]) -> Option<usize> {
    let last = last_from(b'<', text, LONGEST_TAG)?;
    let (name, len) = tag(Lookahead::whole(last))?;
    let is_mark = TAGS.iter().any(|mark| name.eq_ignore_ascii_case(mark));
    (is_mark && len == last.len()).then_some(len)
}

/// Returns the name and the length of the tag at the start of `raw`. A `>` in the quotes of an attribute does not end it.
fn tag(raw: Lookahead<'_>) -> Option<(&[u8], usize)> {
    let near = raw.window(LONGEST_TAG);
    let start = 1 + usize::from(near.get(1)? == b'/');
    let is_of_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'!');
    let end = start + near.from(start).position(|b| !is_of_name(b))?;
    let (mut at, mut quote) = (end, None);
    loop {
        match (near.get(at)?, quote) {
            (b'>', None) => break,
            (b'<', None) => return None,
            (byte @ (b'"' | b'\''), None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            _ => {}
        }
        at += 1;
    }
    (end > start).then(|| (&near.bytes()[start..end], at + 1))
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
                "<span class=\"p\">{</span><b>&quot;a&quot;</b>: 1 &lt; <BR/><wbr><i t='>'>x</i> a<b",
                "{\"a\": 1 < \nx a<b",
            ),
            (
                Highlight::Terminal,
                "\u{1B}[94m<xml\u{1B}[39;49;00m>\u{1B}[0m&lt;\u{1B}]0;",
                "<xml>&lt;\u{1B}]0;",
            ),
        ];
        for (highlight, raw, text) in cases {
            let read = Escape::Highlighted(highlight).text_of(raw.as_bytes());
            assert_eq!(String::from_utf8_lossy(&read), text);
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
