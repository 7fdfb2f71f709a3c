//! Pasted text: JSON in which an editor or a chat replaced quotes and punctuation, or a terminal added colours.
//!
//! Between the texts of a document only one reading is possible: a typographic quote is a quote, full-width punctuation
//! is punctuation, blanks of any width are blanks, and characters without width and colours are nothing. In a text,
//! which may contain any of these characters, only its closing quote and colours are read in this way.

use crate::scan::escape::{Bytes, Piece};
use crate::scan::lookahead::Lookahead;

/// The part of pasted text in which the next byte stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Pasted {
    #[default]
    Between,
    /// In a text in the usual quotes.
    InText,
    /// In a text in typographic quotes.
    InTypographicText,
}

/// The first byte of a terminal's control sequence.
pub(super) const ESCAPE: u8 = 0x1B;

/// The longest sequence that sets a colour.
pub(super) const LONGEST_COLOUR: usize = 32;

/// Returns true if pasted text shows at the start of `text`: a colour, a typographic quote or an unusual blank.
///
/// Full-width punctuation alone does not show it: somebody typed it, and may have typed more. Neither do the characters
/// that only join words.
pub(super) fn shows(text: Lookahead<'_>) -> bool {
    match text.get(0) {
        Some(ESCAPE) => colour_len(text).is_some(),
        Some(0x80..) => character(text).is_some_and(|c| match reading(c) {
            Some("\"" | " ") => true,
            Some("") => ('\u{200B}'..='\u{200F}').contains(&c),
            _ => false,
        }),
        _ => false,
    }
}

impl Pasted {
    /// Returns the piece at the start of `raw`, which must not be empty.
    pub(super) fn piece(&mut self, raw: Lookahead<'_>) -> Piece {
        let bytes = raw.bytes();
        let is_plain = |b: &u8| *b < 0x80 && !matches!(*b, ESCAPE | b'"' | b'\\');
        match bytes.iter().take_while(|b| is_plain(b)).count() {
            0 => {}
            plain => return Piece::Same(plain),
        }
        match (bytes[0], *self) {
            (ESCAPE, _) => match colour_len(raw) {
                Some(len) => Piece::Other(len, Bytes::NONE),
                None => Piece::Same(1),
            },
            (b'\\', Pasted::Between) => Piece::Same(1),
            (b'\\', _) => Piece::Same(raw.get(1).map_or(1, |_| 2)),
            (b'"', Pasted::InTypographicText) => Piece::Other(1, Bytes::of(b"\\\"")),
            (b'"', Pasted::Between) => self.turn(Pasted::InText, Piece::Same(1)),
            (b'"', Pasted::InText) => self.turn(Pasted::Between, Piece::Same(1)),
            _ => self.other(raw),
        }
    }

    /// Returns the piece of a character that is not ASCII.
    fn other(&mut self, raw: Lookahead<'_>) -> Piece {
        let Some(c) = character(raw) else {
            return Piece::Same(1);
        };
        let len = c.len_utf8();
        match (reading(c), *self) {
            (Some("\""), Pasted::Between) => self.turn(
                Pasted::InTypographicText,
                Piece::Other(len, Bytes::byte(b'"')),
            ),
            (Some("\""), Pasted::InTypographicText) => {
                self.turn(Pasted::Between, Piece::Other(len, Bytes::byte(b'"')))
            }
            (Some(reading), Pasted::Between) => Piece::Other(len, Bytes::of(reading.as_bytes())),
            _ => Piece::Same(len),
        }
    }

    fn turn(&mut self, next: Pasted, piece: Piece) -> Piece {
        *self = next;
        piece
    }
}

/// Returns the character at the start of `raw`.
fn character(raw: Lookahead<'_>) -> Option<char> {
    let len = match raw.get(0)? {
        0xF0.. => 4,
        0xE0.. => 3,
        0xC0.. => 2,
        _ => 1,
    };
    let text = std::str::from_utf8(raw.first(len)?).ok()?;
    text.chars().next()
}

/// Returns what `c` stands for between the texts of a document.
fn reading(c: char) -> Option<&'static str> {
    Some(match c {
        '“' | '”' | '„' | '‟' | '‘' | '’' | '＂' | '＇' => "\"",
        '：' => ":",
        '，' => ",",
        '｛' => "{",
        '｝' => "}",
        '［' => "[",
        '］' => "]",
        '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => " ",
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}' => "",
        _ => return None,
    })
}

/// Returns the length of the control sequence at the start of `raw`, if it only sets colours or clears a line.
pub(super) fn colour_len(raw: Lookahead<'_>) -> Option<usize> {
    let head = raw.window(LONGEST_COLOUR);
    if head.get(1)? != b'[' {
        return None;
    }
    let parameters = head
        .from(2)
        .position(|b| !matches!(b, b'0'..=b'9' | b';' | b':'))?;
    let end = 2 + parameters;
    matches!(head.get(end)?, b'm' | b'K').then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::escape::Escape;

    fn read(raw: &str) -> String {
        let text = Escape::Pasted(Pasted::default()).text_of(raw.as_bytes());
        String::from_utf8(text).expect("text")
    }

    #[test]
    fn there_is_one_reading_between_texts() {
        let cases = [
            ("{“a”：“b”，\u{A0}“c”：1｝", "{\"a\":\"b\", \"c\":1}"),
            (
                "{“a”: “say \"hi\"，now”}",
                "{\"a\": \"say \\\"hi\\\"，now\"}",
            ),
            ("{\"a\": \"“b”，\\\"c\"}", "{\"a\": \"“b”，\\\"c\"}"),
            (
                "\u{1B}[1;39m{\u{1B}[0m\"a\u{1B}[0m\":1}\u{1B}[K",
                "{\"a\":1}",
            ),
            ("{\u{200B}\"a\":\u{3000}1}", "{\"a\": 1}"),
            ("\u{1B}]0;title", "\u{1B}]0;title"),
        ];
        for (raw, text) in cases {
            assert_eq!(read(raw), text);
        }
    }
}
