//! String literals that source code joins: `"<xml>\n" +` on a line, and `"<ToUserName>…\n" +` on the next. Together they
//! are one literal.

use crate::scan::decode;
use crate::scan::escape::{Bytes, Piece};
use crate::scan::lookahead::Lookahead;
use crate::simd::is_blank;

/// The text of joined literals, with the quote around each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Joined {
    quote: u8,
}

/// The names of a line break that are joined between literals, in Visual Basic, PHP, C#, Java and Python. They are left out:
/// literals end between parts of a document, where a line break means nothing.
const LINE_BREAKS: [&[u8]; 7] = [
    b"vbCrLf",
    b"vbLf",
    b"vbNewLine",
    b"PHP_EOL",
    b"Environment.NewLine",
    b"System.lineSeparator()",
    b"os.linesep",
];

/// The most bytes from the end of a literal to the beginning of the next.
const LONGEST_JOINT: usize = 160;

impl Joined {
    /// Returns the literals of which the first holds the start of `document`, if others are joined to it. The byte
    /// `before` the document is its quote.
    pub(super) fn at(before: u8, document: Lookahead<'_>) -> Option<Self> {
        const LONGEST_FIRST: usize = 256;
        if !matches!(before, b'"' | b'\'') {
            return None;
        }
        let joined = Joined { quote: before };
        let near = document.window(LONGEST_FIRST + LONGEST_JOINT);
        let mut at = 0;
        while at < near.len().min(LONGEST_FIRST) {
            let piece = joined.piece(near.from(at));
            at += piece.raw_len()?;
            if piece.text_len() == 0 {
                return Some(joined);
            }
        }
        if at < LONGEST_FIRST {
            near.note_end();
        }
        None
    }

    /// Returns the piece at the start of `raw`, which must not be empty.
    pub(super) fn piece(self, raw: Lookahead<'_>) -> Piece {
        let bytes = raw.bytes();
        match bytes[0] {
            // The double quotes of JSON need no escape between single quotes.
            b'\\' if self.quote == b'\'' && raw.get(1) == Some(b'"') => Piece::Same(1),
            b'\\' => Piece::of(decode::backslash(raw)),
            b'\n' => Piece::End,
            // As in Visual Basic.
            byte if byte == self.quote && raw.get(1) == Some(byte) => {
                Piece::Other(2, Bytes::byte(byte))
            }
            byte if byte == self.quote => match joint_len(raw, self.quote) {
                Some(len) => Piece::Other(len, Bytes::NONE),
                None => Piece::End,
            },
            _ => {
                let len = memchr::memchr3(self.quote, b'\\', b'\n', bytes);
                Piece::Same(len.unwrap_or(bytes.len()))
            }
        }
    }
}

/// Returns the length of what stands between two literals in `quote`, with the quotes: a sign, or a line break and blanks
/// between literals of C. Texts of JSON stand on lines of their own, too, but without blanks before them.
fn joint_len(raw: Lookahead<'_>, quote: u8) -> Option<usize> {
    let near = raw.window(LONGEST_JOINT);
    let (mut at, mut is_joined) = (1, false);
    loop {
        match near.get(at)? {
            byte if byte == quote => break,
            b'+' | b'.' | b'&' | b'|' => is_joined = true,
            b'\\' if matches!(near.get(at + 1)?, b'\n' | b'\r') => is_joined = true,
            b'\n' => is_joined |= quote == b'"' && near.get(at + 1).is_some_and(is_blank),
            b'_' | b'\r' => {}
            byte if is_blank(byte) => {}
            _ => {
                let rest = near.from(at);
                let name = LINE_BREAKS.iter().find(|name| rest.starts_with(name))?;
                at += name.len() - 1;
            }
        }
        at += 1;
    }
    is_joined.then_some(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::escape::Escape;

    fn read(quote: u8, raw: &str) -> String {
        let text = Escape::Joined(Joined { quote }).text_of(raw.as_bytes());
        String::from_utf8(text).expect("text")
    }

    #[test]
    fn joined_literals_are_one() {
        let cases = [
            (
                b'"',
                "<xml>\\n\" +\n    \"<a>1</a>\" + \"</xml>\"; \"x\"",
                "<xml>\n<a>1</a></xml>",
            ),
            (b'"', "{\\\"a\\\":\"\n  \"1}\"", "{\"a\":1}"),
            (
                b'"',
                "{\"\"a\"\":\" & vbCrLf & _\r\n \"1}\", \"x\"",
                "{\"a\":1}",
            ),
            (
                b'\'',
                "{\"a\":\"\\\"\",' . PHP_EOL .\n '\"b\":1}')",
                "{\"a\":\"\\\"\",\"b\":1}",
            ),
            (b'\'', "<a>'\n'</a>'", "<a>"),
            (b'"', "<a>\" + name + \"</a>\"", "<a>"),
        ];
        for (quote, raw, text) in cases {
            assert_eq!(read(quote, raw), text, "{raw}");
        }
    }

    #[test]
    fn one_literal_is_not_joined() {
        let cases = [
            ("<xml>\" +\n\"<a>", true),
            ("{\\n\" \\\n\"", true),
            ("{\\\"a\\\":1}\", \"b\"", false),
            ("{\"\"a\"\":\"\"\\\"\"\\\"\"}", false),
            ("{\\\"a\\\":1}\": \"b\"", false),
            ("<xml>\n\" + \"", false),
            ("{\" + name", false),
        ];
        for (document, is_joined) in cases {
            let joined = Joined::at(b'"', Lookahead::whole(document.as_bytes()));
            assert_eq!(joined.is_some(), is_joined, "{document}");
        }
    }
}
