//! Hex dumps: rows of an offset, sixteen bytes in hexadecimal, and these bytes as text. `hexdump -C`, `xxd`,
//! `tcpdump -X`, Wireshark and `od -A x -t x1z` print them.
//!
//! The text of a row shows the names that no row's end cuts, and they are the anchors. The dump is read from its first row
//! to the last whose offset follows the offset before. Each byte is a piece of its own.

use crate::scan::decimal::two_digits;
use crate::scan::escape::{Bytes, Piece};
use crate::scan::lookahead::{Arrived, Lookahead, Settled};
use crate::simd::{is_blank, line_start};

/// The state of reading a dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dump {
    /// The number of bytes of the row before the cursor.
    count: u32,
    /// The offset of the next row.
    next: u32,
}

/// The number of bytes in a row.
const ROW: u32 = 16;

/// The longest row, and the longest text before its first byte.
const LONGEST: usize = 128;
const LONGEST_HEAD: usize = 32;

/// Returns the start of the dump to which the row at `line` belongs, and its state there. The dump begins at `far` or
/// later, where a line begins.
pub(super) fn begin(
    arrived: &Arrived<'_>,
    far: usize,
    line: usize,
) -> Settled<Option<(usize, Dump)>> {
    let row = Head::of(arrived.from(line)).filter(|head| head.is_row(arrived.from(line)));
    arrived.settled()?;
    let Some(mut head) = row else {
        return Some(None);
    };
    let mut start = line;
    while let Some((before, row)) = row_before(&arrived.bytes[far..start], head.offset) {
        (start, head) = (far + before, row);
    }
    let dump = Dump {
        count: 0,
        next: head.offset.wrapping_add(ROW),
    };
    Some(Some((start + head.len, dump)))
}

/// Returns the start of the last line of `lines`, if it is the row before that of `offset`.
fn row_before(lines: &[u8], offset: u32) -> Option<(usize, Head)> {
    let line = lines.strip_suffix(b"\n")?;
    let start = line_start(line);
    let head = Head::of(Lookahead::whole(&lines[start..]))?;
    (head.offset.checked_add(ROW) == Some(offset)).then_some((start, head))
}

/// The beginning of a row.
#[derive(Clone, Copy, Debug)]
struct Head {
    /// The length of the text before the first byte.
    len: usize,
    offset: u32,
}

impl Head {
    /// Reads blanks, the offset and the gap behind it.
    fn of(row: Lookahead<'_>) -> Option<Self> {
        let row = row.window(LONGEST_HEAD);
        let blanks = row.position(|byte| !is_blank(byte))?;
        let sign = if row.from(blanks).starts_with(b"0x") {
            2
        } else {
            0
        };
        let start = blanks + sign;
        let end = start + row.from(start).position(|byte| !byte.is_ascii_hexdigit())?;
        if !(4..=8).contains(&(end - start)) {
            return None;
        }
        let colon = usize::from(row.get(end)? == b':');
        let gap = row.from(end + colon).position(|byte| !is_blank(byte))?;
        let digits = std::str::from_utf8(&row.bytes()[start..end]).ok()?;
        let offset = u32::from_str_radix(digits, 16).ok().filter(|_| gap > 0)?;
        let len = end + colon + gap;
        two_digits(row.from(len)).map(|_| Head { len, offset })
    }

    /// Returns true if half of a row's bytes or more follow. Logs have lines that begin with two numbers.
    fn is_row(self, row: Lookahead<'_>) -> bool {
        const LEAST: u32 = ROW / 2;
        let mut raw = row.from(self.len);
        for _ in 1..LEAST {
            match two_digits(raw).and_then(|_| gap(raw.from(2))) {
                Some(len) => raw = raw.from(2 + len),
                None => return false,
            }
        }
        self.offset.is_multiple_of(ROW) && two_digits(raw).is_some()
    }
}

impl Dump {
    /// Returns the piece at the start of `raw`: a byte with what stands before the next byte.
    pub(super) fn piece(&mut self, raw: Lookahead<'_>) -> Piece {
        let Some(byte) = two_digits(raw) else {
            return Piece::End;
        };
        self.count += 1;
        let behind = raw.from(2);
        let gap = gap(behind).filter(|_| self.count < ROW);
        let len = gap.or_else(|| self.next_row(behind)).unwrap_or(0);
        Piece::Other(2 + len, Bytes::byte(byte))
    }

    /// Returns the length of the rest of the row, and of what stands before the first byte of the next row.
    fn next_row(&mut self, rest: Lookahead<'_>) -> Option<usize> {
        let line = rest.window(LONGEST).find(b'\n')? + 1;
        let head = Head::of(rest.from(line)).filter(|head| head.offset == self.next)?;
        *self = Dump {
            count: 0,
            next: self.next.wrapping_add(ROW),
        };
        Some(line + head.len)
    }
}

/// Returns the length of the gap before the next byte of a row. What stands behind a wider gap is text.
fn gap(behind: Lookahead<'_>) -> Option<usize> {
    const WIDEST: usize = 2;
    let len = behind.window(WIDEST + 1).position(|b| !is_blank(b))?;
    two_digits(behind.from(len)).map(|_| len)
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
        let mut text = Vec::new();
        { Escape::Dump(dump) }.unescape(arrived.from(start), &mut text);
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
    fn rows_that_arrive_in_parts_come_to_the_same() {
        let raw = b"61 62  63 64 |ab|\n00000010  65 66\nx";
        let begun = Dump {
            count: 12,
            next: 16,
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
