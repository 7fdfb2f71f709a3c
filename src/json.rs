//! Writing JSON: strings, numbers, arrays and objects.

use crate::wire::scan::{all, json_marks, position};

/// Writes `text` as a JSON string.
///
/// DEL and the control characters of C1 are escaped too: JSON does not ask for it, but terminals obey them.
pub(crate) fn string(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    match is_clean(bytes) {
        true => out.extend_from_slice(bytes),
        false => escaped(text, out),
    }
    out.push(b'"');
}

/// Whether all of `bytes` are written as they are.
fn is_clean(bytes: &[u8]) -> bool {
    all(bytes, |block| !json_marks(block))
}

fn escaped(text: &str, out: &mut Vec<u8>) {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let len = position(rest.as_bytes(), json_marks);
        out.extend_from_slice(&rest.as_bytes()[..len]);
        let Some(c) = rest[len..].chars().next() else {
            return;
        };
        escape(c, out);
        at += len + c.len_utf8();
    }
}

fn escape(c: char, out: &mut Vec<u8>) {
    match c {
        '"' => out.extend_from_slice(b"\\\""),
        '\\' => out.extend_from_slice(b"\\\\"),
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' => unicode_escape(u32::from(c), out),
        // Behind 0xC2 there are harmless characters too.
        c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

fn unicode_escape(code: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("\\u{code:04x}").as_bytes());
}

/// Writes `entries` as an array, each by `write`.
pub(crate) fn array<T>(
    entries: impl IntoIterator<Item = T>,
    out: &mut Vec<u8>,
    mut write: impl FnMut(T, &mut Vec<u8>),
) {
    out.push(b'[');
    for (i, entry) in entries.into_iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        write(entry, out);
    }
    out.push(b']');
}

/// A name that needs no escapes, as it stands in an object: behind a bracket or a comma, in quotes, and with a colon and
/// the quote that a text begins with behind it.
#[derive(Debug)]
pub(crate) struct Key {
    /// The same as the first member and as another. Copied as a whole, which is faster than to copy what is needed.
    bytes: [[u8; Key::ROOM]; 2],
    /// How much of it comes before any value.
    len: usize,
}

impl Key {
    const ROOM: usize = 32;

    /// # Panics
    ///
    /// If there is no room for `name`; all names are constants.
    pub(crate) const fn new(name: &str) -> Self {
        Key {
            bytes: [Key::written(name, b'{'), Key::written(name, b',')],
            len: name.len() + 4,
        }
    }

    const fn written(name: &str, lead: u8) -> [u8; Key::ROOM] {
        let name = name.as_bytes();
        let mut bytes = [0; Key::ROOM];
        (bytes[0], bytes[1]) = (lead, b'"');
        let mut at = 0;
        while at < name.len() {
            bytes[2 + at] = name[at];
            at += 1;
        }
        (bytes[2 + at], bytes[3 + at], bytes[4 + at]) = (b'"', b':', b'"');
        bytes
    }
}

/// An object being written.
pub(crate) struct Object<'o> {
    out: &'o mut Vec<u8>,
    /// It has no members so far; its bracket is written with the first.
    empty: bool,
}

impl<'o> Object<'o> {
    pub(crate) fn open(out: &'o mut Vec<u8>) -> Self {
        Object { out, empty: true }
    }

    fn lead(&mut self) {
        let is_first = std::mem::take(&mut self.empty);
        self.out.push(if is_first { b'{' } else { b',' });
    }

    /// Begins a member; its value goes to what this gives back.
    pub(crate) fn member(&mut self, name: &str) -> &mut Vec<u8> {
        self.lead();
        string(name, self.out);
        self.out.push(b':');
        self.out
    }

    /// Begins a member whose name needs no escapes.
    #[inline]
    pub(crate) fn key(&mut self, key: &Key) -> &mut Vec<u8> {
        self.begin(key, key.len)
    }

    #[inline]
    fn begin(&mut self, key: &Key, len: usize) -> &mut Vec<u8> {
        let is_first = std::mem::take(&mut self.empty);
        let end = self.out.len() + len;
        self.out
            .extend_from_slice(&key.bytes[usize::from(!is_first)]);
        self.out.truncate(end);
        self.out
    }

    /// Closes it; what stands behind it goes to what this gives back.
    pub(crate) fn close(mut self) -> &'o mut Vec<u8> {
        if self.empty {
            self.lead();
        }
        self.out.push(b'}');
        self.out
    }
}

/// Writes `number` in decimal; counts never come near the bound.
pub(crate) fn count(number: u64, out: &mut Vec<u8>) {
    integer(i64::try_from(number).unwrap_or(i64::MAX), out);
}

/// Writes `number` in decimal.
pub(crate) fn integer(number: i64, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_what_serde_json_reads_back() {
        for text in [
            "",
            "a",
            "订阅",
            "\"\\/\u{8}\u{c}\n\r\t\0\u{1b}",
            "\u{7f}\u{80}\u{9f}\u{a0}é😀",
            "]]>",
            "\u{2028}",
        ] {
            let mut out = Vec::new();
            string(text, &mut out);
            assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
            let controls = String::from_utf8(out)
                .unwrap()
                .chars()
                .filter(|c| c.is_control())
                .count();
            assert_eq!(controls, 0, "{text:?}");
        }
    }

    #[test]
    fn integers() {
        for number in [0, 1, -1, 9, 10, 1_610_969_440, i64::MAX, i64::MIN] {
            let mut out = Vec::new();
            integer(number, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), number.to_string());
        }
    }
}
