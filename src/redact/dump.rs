//! Hex dumps: rows of an offset, sixteen bytes in hexadecimal, and these bytes as text.

use std::ops::Range;

use crate::redact::known::SHORTEST;
use crate::simd::is_blank;

/// The number of bytes in a row.
const ROW: usize = 16;
/// The most characters in a row.
const LONGEST: usize = 128;

/// The bytes of a dump, and where they stand.
pub(super) struct Dump {
    pub(super) bytes: Vec<u8>,
    places: Vec<Place>,
    end: usize,
}

/// Where a byte stands: its two digits, and its character at the right of the row.
struct Place {
    digits: usize,
    char: Option<usize>,
}

/// Finds the dump whose first row has its offset at `at`.
pub(super) fn find(text: &[u8], at: usize) -> Option<Dump> {
    let mut dump = Dump {
        bytes: Vec::new(),
        places: Vec::new(),
        end: at,
    };
    let (mut line, mut expected) = (at, None);
    while let Some((offset, len)) =
        head(&text[line..]).filter(|it| expected.is_none_or(|e| e == it.0))
    {
        let end = line_end(text, line);
        let count = dump.row(text, line + len..end);
        dump.end = end;
        expected = Some(offset.wrapping_add(ROW as u32));
        line = (end + 1).min(text.len());
        if count < ROW {
            break;
        }
    }
    (dump.bytes.len() >= SHORTEST).then_some(dump)
}

/// Returns true if a row may begin at `at`, where a word begins.
pub(super) fn may_begin(text: &[u8], at: usize) -> bool {
    const INDENT: usize = 8;
    if !text[at].is_ascii_hexdigit() {
        return false;
    }
    let before = &text[at.saturating_sub(INDENT)..at];
    let solid = before.iter().rposition(|byte| !is_blank(*byte));
    let is_first = solid.map_or(before.len() < INDENT, |at| before[at] == b'\n');
    is_first && head(&text[at..]).is_some()
}

/// Returns true if `line` is a row, with blanks before it.
pub(super) fn is_row(line: &[u8]) -> bool {
    head(line).is_some()
}

fn line_end(text: &[u8], line: usize) -> usize {
    let rest = &text[line..text.len().min(line + LONGEST)];
    line + memchr::memchr(b'\n', rest).unwrap_or(rest.len())
}

/// Reads blanks, the offset and the gap after it. Returns the offset, and the length of all that was read.
fn head(row: &[u8]) -> Option<(u32, usize)> {
    let row = &row[..row.len().min(LONGEST)];
    let blanks = row.iter().take_while(|byte| is_blank(**byte)).count();
    let sign = if row[blanks..].starts_with(b"0x") {
        2
    } else {
        0
    };
    let start = blanks + sign;
    let digits = row[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_hexdigit());
    let end = start + digits.count();
    let colon = usize::from(row.get(end) == Some(&b':'));
    let gap = row
        .get(end + colon..)?
        .iter()
        .take_while(|byte| is_blank(**byte))
        .count();
    let first = end + colon + gap;
    let is_row = (4..=8).contains(&(end - start)) && gap > 0 && two_digits(row, first).is_some();
    let digits = std::str::from_utf8(&row[start..end]).ok()?;
    let offset = u32::from_str_radix(digits, 16).ok()?;
    (is_row && offset.is_multiple_of(ROW as u32)).then_some((offset, first))
}

/// Returns the byte of which the two hexadecimal digits stand at `at`.
fn two_digits(row: &[u8], at: usize) -> Option<u8> {
    let digits = std::str::from_utf8(row.get(at..at + 2)?).ok()?;
    let are_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    are_digits
        .then(|| u8::from_str_radix(digits, 16).ok())
        .flatten()
}

impl Dump {
    /// Adds the bytes of a row. Returns their number.
    fn row(&mut self, text: &[u8], row: Range<usize>) -> usize {
        const WIDEST: usize = 2;
        let (row_end, first) = (row.end, self.bytes.len());
        let mut at = row.start;
        while self.bytes.len() - first < ROW
            && let Some(byte) = two_digits(&text[..row_end], at)
        {
            self.bytes.push(byte);
            self.places.push(Place {
                digits: at,
                char: None,
            });
            at += 2;
            let gap = text[at..row_end]
                .iter()
                .take_while(|byte| is_blank(**byte))
                .count();
            at += if gap <= WIDEST { gap } else { 0 };
        }
        self.chars(text, at..row_end, first);
        self.bytes.len() - first
    }

    /// Finds the characters of the bytes from `first` on, at the right of their row.
    fn chars(&mut self, text: &[u8], rest: Range<usize>, first: usize) {
        let bytes = &self.bytes[first..];
        let blanks = text[rest.clone()]
            .iter()
            .take_while(|byte| is_blank(**byte))
            .count();
        let shows = |start: &usize| {
            let chars = text[..rest.end].get(*start..start + bytes.len());
            let is_of = |(char, byte): (&u8, &u8)| char == byte || *char == b'.';
            chars.is_some_and(|chars| chars.iter().zip(bytes).all(is_of))
        };
        let start = rest.start + blanks;
        if let Some(start) = [start, start + 1].into_iter().find(shows) {
            for (n, place) in self.places[first..].iter_mut().enumerate() {
                place.char = Some(start + n);
            }
        }
    }

    /// Returns the place of the dump, from its first digit to the end of its last row.
    pub(super) fn range(&self) -> Range<usize> {
        let start = self.places.first().map_or(self.end, |place| place.digits);
        start..self.end
    }

    /// Appends the rows with the bytes of `inner` in both columns. `inner` must have as many bytes as the dump.
    pub(super) fn write(&self, text: &[u8], inner: &[u8], out: &mut Vec<u8>) {
        let range = self.range();
        let mut rows = text[range.clone()].to_vec();
        let is_upper = self.places.iter().any(|place| {
            let digits = &text[place.digits..place.digits + 2];
            digits.iter().any(u8::is_ascii_uppercase)
        });
        for ((place, old), new) in self.places.iter().zip(&self.bytes).zip(inner) {
            if old == new {
                continue;
            }
            let digits = match is_upper {
                true => format!("{new:02X}"),
                false => format!("{new:02x}"),
            };
            let at = place.digits - range.start;
            rows[at..at + 2].copy_from_slice(digits.as_bytes());
            if let Some(char) = place.char {
                rows[char - range.start] = *new;
            }
        }
        out.extend_from_slice(&rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_columns_are_written() {
        for dump in [
            "00000000  3c 78 6d 6c 3e 0a 3c 54  6f 55 73 65 72 4e 61 6d  |<xml>.<ToUserNam|\n\
             00000010  65 3e 65 61                                       |e>ea|\n",
            "\t0x0000:  3c78 6d6c 3e0a 3c54 6f55 7365 724e 616d  <xml>.<ToUserNam\n\
             \t0x0010:  653e 6561                                e>ea\n",
        ] {
            let at = dump.find('0').expect("an offset");
            assert!(may_begin(dump.as_bytes(), at), "{dump}");
            let found = find(dump.as_bytes(), at).expect("a dump");
            assert_eq!(found.bytes, b"<xml>\n<ToUserName>ea");
            let (range, mut out) = (found.range(), Vec::new());
            found.write(dump.as_bytes(), b"<xml>\n<ToUserNXme>eb", &mut out);
            let written = format!(
                "{}{}\n",
                &dump[..range.start],
                String::from_utf8_lossy(&out)
            );
            let expected = dump.replace("Nam", "NXm").replace("4e 61", "4e 58");
            let expected = expected
                .replace("4e 61", "4e 58")
                .replace("724e 616d", "724e 586d");
            let expected = expected.replace("e>ea", "e>eb").replace("65 61", "65 62");
            assert_eq!(written, expected.replace("653e 6561", "653e 6562"));
        }
    }

    #[test]
    fn lines_of_logs_are_no_rows() {
        for line in [
            "2025-11-22 20:00:00 INFO x",
            "1762040400 ab cd ef",
            "00000010",
            "x 0000  61",
        ] {
            assert!(!may_begin(line.as_bytes(), 0), "{line}");
        }
    }
}
