//! Dumps: rows of an offset and sixteen bytes, some with the bytes as text behind them. `hexdump -C`, `xxd`, `tcpdump -X`,
//! Wireshark, Netty and `od -t x1z` print the text, too; `hexdump`, `od -c`, `od -b` and `od -x` do not.
//!
//! The anchors are names in the text of a row (a name that the end of a row cuts is not found), names in hexadecimal digits,
//! and the offset of the second row. The dump is read from its first row to the last whose offset follows the offset
//! before. Each byte is a piece of its own; a word of two bytes is one piece.

use crate::scan::escape::{Bytes, Piece};
use crate::scan::hex::two_digits;
use crate::scan::lookahead::{Arrived, Lookahead, Settled};
use crate::simd::{is_blank, line_start};

/// The state of reading a dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dump {
    form: Form,
    /// The number of bytes of the row before the cursor.
    count: u32,
    /// The offset of the row, as its digits read in hexadecimal.
    offset: u32,
}

/// How the bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Two hexadecimal digits a byte, in groups of any length.
    Hex,
    /// Four hexadecimal digits for two bytes, the second byte first.
    Words,
    /// Three octal digits a byte.
    Octal,
    /// The characters, in cells of four columns.
    Characters,
}

/// The number of bytes in a row.
const ROW: u32 = 16;

/// The longest row, and the longest text before its first byte.
const LONGEST: usize = 128;
const LONGEST_HEAD: usize = 32;

/// The offsets of second rows, in hexadecimal, octal and decimal digits, with the line break before them. The last is that of
/// rows with fewer or more bytes than sixteen.
pub(super) const ANCHORS: [&str; 7] = [
    "\n0000010 ",
    "\n0000020 ",
    "\n0000016 ",
    "\n00000010",
    "\n000010 ",
    "\n000020 ",
    "\n000000",
];

/// Returns the start of the dump to which the row at `line` belongs, and its state there. The dump begins at `far` or
/// later, where a line begins.
pub(super) fn begin(
    arrived: &Arrived<'_>,
    far: usize,
    line: usize,
) -> Settled<Option<(usize, Dump)>> {
    let row = arrived.from(line);
    let head = Head::of(row).filter(Head::begins_row);
    let head = head.filter(|head| !head.is_of_other_width(row));
    let form = head.and_then(|head| head.form(row));
    arrived.settled()?;
    let Some((mut head, form)) = head.zip(form) else {
        return Some(None);
    };
    let next = Head::of(row.from(row.window(LONGEST).line_len()));
    let is_followed = next.is_some_and(|next| follows(head.offset, next.offset));
    arrived.settled()?;
    let mut start = line;
    while let Some((before, row)) = row_before(&arrived.bytes[far..start], head.offset) {
        (start, head) = (far + before, row);
    }
    // Numbers that begin a line look like an offset.
    if start == line && head.offset > 0 && !is_followed {
        return Some(None);
    }
    let dump = Dump {
        form,
        count: 0,
        offset: head.offset,
    };
    Some(Some((start + head.len(form), dump)))
}

/// Returns the start of the last line of `lines`, if it is the row before that of `offset`.
fn row_before(lines: &[u8], offset: u32) -> Option<(usize, Head)> {
    let line = lines.strip_suffix(b"\n")?;
    let start = line_start(line);
    let head = Head::of(Lookahead::whole(&lines[start..]))?;
    follows(head.offset, offset).then_some((start, head))
}

/// Returns true if the row at the offset `next` follows the row at `offset`. Both are digits that were read in hexadecimal,
/// but may be octal or decimal.
fn follows(offset: u32, next: u32) -> bool {
    let is_next = |radix| {
        let (offset, next) = (in_radix(offset, radix)?, in_radix(next, radix)?);
        offset.checked_add(ROW).map(|end| end == next)
    };
    [16, 8, 10]
        .into_iter()
        .any(|radix| is_next(radix) == Some(true))
}

/// Returns the offset with which a row of any length begins, and the length of the text before its first byte.
pub(super) fn row_head(row: Lookahead<'_>) -> Option<(u32, usize)> {
    let head = Head::of(row)?;
    Some((head.offset, head.before + head.gap))
}

/// Returns the number that the hexadecimal digits of `number` are in another radix.
pub(super) fn in_radix(number: u32, radix: u32) -> Option<u32> {
    u32::from_str_radix(&format!("{number:x}"), radix).ok()
}

/// The beginning of a row: an offset, and a gap before the first byte.
#[derive(Clone, Copy, Debug)]
struct Head {
    offset: u32,
    /// The length of the text before the gap.
    before: usize,
    gap: usize,
    /// True if the offset has `0x` before it, a colon behind it, or stands between bars.
    has_sign: bool,
}

impl Head {
    /// Reads blanks, the offset and the gap behind it. Netty puts bars around the offset.
    fn of(line: Lookahead<'_>) -> Option<Self> {
        let row = line.window(LONGEST_HEAD);
        let blanks = row.position(|byte| !is_blank(byte))?;
        let is_boxed = row.get(blanks) == Some(b'|');
        let sign = match row.from(blanks) {
            _ if is_boxed => 1,
            offset if offset.starts_with(b"0x") => 2,
            _ => 0,
        };
        let start = blanks + sign;
        let end = start + row.from(start).position(|byte| !byte.is_ascii_hexdigit())?;
        if !(4..=8).contains(&(end - start)) {
            return None;
        }
        let colon = row.get(end)?;
        let colon = usize::from(colon == b':' || is_boxed && colon == b'|');
        let behind = row.from(end + colon);
        // Blanks may be characters.
        let gap = behind.run(is_blank);
        let digits = std::str::from_utf8(&row.bytes()[start..end]).ok()?;
        let offset = u32::from_str_radix(digits, 16).ok().filter(|_| gap > 0)?;
        Some(Head {
            offset,
            before: end + colon,
            gap,
            has_sign: sign + colon > 0,
        })
    }

    /// Returns true if the offset may be that of a row.
    fn begins_row(&self) -> bool {
        let is_offset = |radix| {
            let offset = in_radix(self.offset, radix);
            offset.is_some_and(|offset| offset.is_multiple_of(ROW))
        };
        [16, 10].into_iter().any(is_offset)
    }

    /// Returns true if the offset behind `row` shows that rows have fewer or more than sixteen bytes.
    fn is_of_other_width(&self, row: Lookahead<'_>) -> bool {
        let line = row.window(LONGEST);
        let next = Head::of(row.from(line.line_len()));
        next.is_some_and(|next| next.offset > self.offset && !follows(self.offset, next.offset))
    }

    /// Returns the length of the text before the first byte. A cell begins with blanks of its own.
    fn len(&self, form: Form) -> usize {
        match form {
            Form::Characters => self.before,
            _ => self.before + self.gap,
        }
    }

    /// Returns the form of `row`, if half of its bytes or more follow. Logs have lines that begin with two numbers.
    fn form(&self, row: Lookahead<'_>) -> Option<Form> {
        const WORD: usize = 4;
        let first = row.from(self.before + self.gap).window(WORD + 1);
        let len = first.position(|byte| !byte.is_ascii_hexdigit());
        let hex = match (len, self.has_sign) {
            (Some(WORD), false) => Form::Words,
            _ => Form::Hex,
        };
        let forms = [hex, Form::Octal, Form::Characters];
        forms
            .into_iter()
            .find(|form| form.fills_half(row.from(self.len(*form))))
    }
}

impl Form {
    /// Returns true if half of a row's bytes or more stand at the start of `raw`.
    fn fills_half(self, mut raw: Lookahead<'_>) -> bool {
        const LEAST: u32 = ROW / 2;
        for _ in 1..LEAST / self.size() {
            let byte = self.byte(raw).map(|(len, _)| len);
            match byte.and_then(|len| Some(len + self.gap(raw.from(len))?)) {
                Some(len) => raw = raw.from(len),
                None => return false,
            }
        }
        self.byte(raw).is_some()
    }

    /// Returns the number of bytes in a piece.
    fn size(self) -> u32 {
        if self == Form::Words { 2 } else { 1 }
    }

    /// Reads the bytes at the start of `raw`, and returns their length there.
    fn byte(self, raw: Lookahead<'_>) -> Option<(usize, Bytes)> {
        match self {
            Form::Hex => two_digits(raw).map(|byte| (2, Bytes::byte(byte))),
            Form::Words => {
                let (second, first) = (two_digits(raw)?, two_digits(raw.from(2))?);
                Some((4, Bytes::of(&[first, second])))
            }
            Form::Octal => octal(raw.first(3)?).map(|byte| (3, Bytes::byte(byte))),
            Form::Characters => character(raw),
        }
    }

    /// Returns the length of the gap before the next byte of a row. What stands behind a wider gap is text.
    fn gap(self, behind: Lookahead<'_>) -> Option<usize> {
        const WIDEST: usize = 2;
        /// Nothing stands behind words.
        const WIDEST_OF_WORDS: usize = 4;
        let widest = match self {
            Form::Characters => return character(behind).map(|_| 0),
            Form::Words => WIDEST_OF_WORDS,
            Form::Hex | Form::Octal => WIDEST,
        };
        let len = behind.window(widest + 1).position(|b| !is_blank(b))?;
        let is_joined = len == 0 && self == Form::Octal;
        self.byte(behind.from(len))
            .filter(|_| !is_joined)
            .map(|_| len)
    }
}

/// Returns the byte of three octal digits.
fn octal(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok()?;
    u8::from_str_radix(text, 8).ok().filter(|_| text.len() == 3)
}

/// Reads a cell of four columns: a character, its escape, its octal digits, or the stars that stand for further bytes of the
/// character before.
fn character(cell: Lookahead<'_>) -> Option<(usize, Bytes)> {
    let columns = cell.first(4)?;
    let bytes = match *columns {
        [b' ', b' ', b'*', b'*'] => Bytes::NONE,
        [b' ', b' ', b'\\', letter] => Bytes::byte(escaped(letter)?),
        [b' ', b' ', b' ', byte @ b' '..=b'~'] => Bytes::byte(byte),
        [b' ', _, _, digit] if digit.is_ascii_digit() => Bytes::byte(octal(&columns[1..])?),
        [b' ', b' ', b' ', _] => return wide_character(cell),
        _ => return None,
    };
    Some((columns.len(), bytes))
}

/// Reads a cell whose character has several bytes.
fn wide_character(cell: Lookahead<'_>) -> Option<(usize, Bytes)> {
    const BLANKS: usize = 3;
    let ahead = cell.from(BLANKS).window(4);
    let len = match ahead.get(0)? {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    Some((BLANKS + len, Bytes::of(ahead.first(len)?)))
}

/// Returns the byte of an escape of C.
fn escaped(letter: u8) -> Option<u8> {
    Some(match letter {
        b'0' => 0,
        b'a' => 7,
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 11,
        b'f' => 12,
        b'r' => b'\r',
        b'\\' => b'\\',
        _ => return None,
    })
}

impl Dump {
    /// Returns the piece at the start of `raw`: a byte with what stands before the next byte.
    pub(super) fn piece(&mut self, raw: Lookahead<'_>) -> Piece {
        let Some((len, bytes)) = self.form.byte(raw) else {
            return Piece::End;
        };
        self.count += self.form.size();
        let behind = raw.from(len);
        let gap = if self.count < ROW {
            self.form.gap(behind)
        } else {
            None
        };
        let rest = gap.or_else(|| self.next_row(behind)).unwrap_or(0);
        Piece::Other(len + rest, bytes)
    }

    /// Returns the length of the rest of the row, and of what stands before the first byte of the next row.
    fn next_row(&mut self, rest: Lookahead<'_>) -> Option<usize> {
        let line = rest.window(LONGEST).find(b'\n')? + 1;
        let head = Head::of(rest.from(line)).filter(|head| follows(self.offset, head.offset))?;
        self.count = 0;
        self.offset = head.offset;
        Some(line + head.len(self.form))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::escape::Escape;

    /// Reads the dump of which a row begins at the last line of `raw`.
    fn read(raw: &str) -> Option<String> {
        let arrived = Arrived::new(raw.as_bytes(), true);
        let line = raw.trim_end().rfind('\n').map_or(0, |at| at + 1);
        let far = raw.find('\n').map_or(0, |at| at + 1);
        let (start, dump) = begin(&arrived, far.min(line), line)??;
        let text = Escape::Dump(dump).text_of(&raw.as_bytes()[start..]);
        Some(String::from_utf8(text).expect("UTF-8"))
    }

    #[test]
    fn rows_are_joined_whatever_printed_them() {
        let dumps = [
            "x\n00000000  3c 78 6d 6c 3e 0a 3c 54  6f 55 73 65 72 4e 61 6d  |<xml>.<ToUserNam|\n\
             00000010  65 3e 65 61                                       |e>ea|\n00000014\n",
            "x\n00000000: 3c78 6d6c 3e0a 3c54 6f55 7365 724e 616d  <xml>.<ToUserNam\n\
             00000010: 653e 6561                                e>ea\n",
            "x\n\t0x0000:  3c78 6d6c 3e0a 3c54 6f55 7365 724e 616d  <xml>.<ToUserNam\n\
             \t0x0010:  653e 6561                                e>ea\n",
            "x\n0000   3c 78 6d 6c 3e 0a 3c 54 6f 55 73 65 72 4e 61 6d   <xml>.<ToUserNam\n\
             0010   65 3e 65 61                                       e>ea\n",
            "x\n000000 3c 78 6d 6c 3e 0a 3c 54 6f 55 73 65 72 4e 61 6d  ><xml>.<ToUserNam<\n\
             000010 65 3e 65 61                                      >e>ea<\n",
        ];
        for dump in dumps {
            let crlf = dump.replace('\n', "\r\n");
            for dump in [dump, &crlf] {
                let first = dump.find('\n').unwrap() + 1;
                let row = first + dump[first..].find('\n').unwrap() + 1;
                assert_eq!(
                    read(&dump[..row]).as_deref(),
                    Some("<xml>\n<ToUserNam"),
                    "{dump}"
                );
                let arrived = Arrived::new(dump.as_bytes(), true);
                let (start, dump) = begin(&arrived, first, first).unwrap().expect("a dump");
                let mut text = Vec::new();
                { Escape::Dump(dump) }.unescape(arrived.from(start), &mut text);
                assert_eq!(text, b"<xml>\n<ToUserName>ea");
            }
        }
    }

    #[test]
    fn the_first_row_is_found_from_any_row() {
        let row = |n: usize| format!("{:08x}  {}|................|\n", 16 * n, "61 ".repeat(16));
        let rows: String = (0..5).map(row).collect();
        assert_eq!(read(&format!("x\n{rows}")), Some("a".repeat(80)));
        // Another dump begins at another offset.
        assert_eq!(read(&format!("x\n{}{rows}", row(9))), Some("a".repeat(80)));
    }

    #[test]
    fn lines_of_logs_are_no_rows() {
        for line in [
            "2025-11-22 20:00:00 INFO x",
            "1762040400 ab cd ef",
            "00000010",
            "00000010  |abc|",
            "00000011  61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61  |a|",
            "deadbeef: 12 34",
            "",
        ] {
            assert_eq!(read(&format!("x\n{line}\n")), None, "{line}");
        }
    }

    #[test]
    fn rows_that_arrive_in_parts_are_read_as_one() {
        let raw = b"61 62  63 64 |ab|\n00000010  65 66\nx";
        let begun = Dump {
            form: Form::Hex,
            count: 12,
            offset: 0,
        };
        let mut escape = Escape::Dump(begun);
        let (mut text, mut at) = (Vec::new(), 0);
        for end in 0..=raw.len() {
            let arrived = Arrived::new(&raw[at..end], end == raw.len());
            at += escape.unescape(arrived.from(0), &mut text);
        }
        assert_eq!(text, b"abcdef");
    }
}
