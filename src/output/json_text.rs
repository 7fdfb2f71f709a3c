//! JSON's texts and values.

use crate::output::extra::grouped;
use crate::wire::scan::{json_special, json_unsafe};
use crate::wire::{Kind, View};

/// Writes `text` as a JSON string.
///
/// DEL and the control characters of C1 are escaped too: JSON does not ask for it, but terminals obey them.
pub(super) fn string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    escaped(text, out);
    out.push(b'"');
}

fn escaped(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        let len = json_unsafe(&bytes[at..]);
        out.extend_from_slice(&bytes[at..at + len]);
        at += len;
        let Some(c) = text[at..].chars().next() else {
            return;
        };
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
        at += c.len_utf8();
    }
}

fn unicode_escape(code: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("\\u{code:04x}").as_bytes());
}

/// How numbers, `true`, `false` and `null` are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalars {
    /// As they came.
    AsGiven,
    /// As strings, which is all that XML has.
    AsText,
}

/// Writes a value that has no typed field, as it was: numbers with all their digits, XML elements as strings or
/// objects, names that are repeated as arrays.
pub(super) fn value(view: View<'_>, scalars: Scalars, out: &mut Vec<u8>) {
    match view.kind() {
        Kind::Text => string(view.value(), out),
        Kind::Number | Kind::Literal if scalars == Scalars::AsText => string(view.value(), out),
        Kind::Number | Kind::Literal => out.extend_from_slice(view.value().as_bytes()),
        Kind::Surrogate => literal(view.value(), out),
        Kind::Array => array(view.children(), out, |entry, out| {
            value(entry, scalars, out)
        }),
        Kind::Object => object(
            view.children().map(|child| (child.name(), child)),
            scalars,
            out,
        ),
    }
}

/// Writes the literal of a string that no text can stand for, but for what a terminal would obey.
fn literal(escaped: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for c in escaped.chars() {
        match c {
            '\u{7F}'..='\u{9F}' => unicode_escape(u32::from(c), out),
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

/// Writes `entries` as an array, each by `write`.
pub(super) fn array<T>(
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

/// Writes members as an object; the values of a repeated name as an array.
pub(super) fn object<'a>(
    members: impl Iterator<Item = (&'a str, View<'a>)>,
    scalars: Scalars,
    out: &mut Vec<u8>,
) {
    let mut object = Object::open(out);
    for (name, values) in grouped(members) {
        let out = match values.first() {
            Some(first) if first.node().raw_name => object.raw_member(name),
            _ => object.member(name),
        };
        one_or_array(&values, scalars, out);
    }
    object.close();
}

/// Writes a single value as it is, several as an array.
pub(super) fn one_or_array(values: &[View<'_>], scalars: Scalars, out: &mut Vec<u8>) {
    match values {
        [one] => value(*one, scalars, out),
        several => array(several, out, |entry, out| value(*entry, scalars, out)),
    }
}

/// An object being written.
pub(super) struct Object<'o> {
    out: &'o mut Vec<u8>,
    empty: bool,
}

impl<'o> Object<'o> {
    pub(super) fn open(out: &'o mut Vec<u8>) -> Self {
        out.push(b'{');
        Object { out, empty: true }
    }

    /// Begins a member; its value goes to what this gives back.
    pub(super) fn member(&mut self, name: &str) -> &mut Vec<u8> {
        if !std::mem::take(&mut self.empty) {
            self.out.push(b',');
        }
        string(name, self.out);
        self.out.push(b':');
        self.out
    }

    /// Begins a member whose name is a literal that no text can stand for.
    fn raw_member(&mut self, name: &str) -> &mut Vec<u8> {
        if !std::mem::take(&mut self.empty) {
            self.out.push(b',');
        }
        literal(name, self.out);
        self.out.push(b':');
        self.out
    }

    /// Begins a member whose name needs no escapes.
    pub(super) fn key(&mut self, name: &'static str) -> &mut Vec<u8> {
        self.out
            .extend_from_slice(if std::mem::take(&mut self.empty) {
                b"\""
            } else {
                b",\""
            });
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.out
    }

    pub(super) fn close(self) {
        self.out.push(b'}');
    }
}

/// Writes `number` in decimal.
pub(super) fn integer(number: i64, out: &mut Vec<u8>) {
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

/// Indents the JSON that was written to `out` from `start` on: two spaces a level, a member or entry a line.
pub(super) fn indent(start: usize, out: &mut Vec<u8>) {
    let compact = out.split_off(start);
    let mut depth = 0;
    let mut at = 0;
    while let Some(&byte) = compact.get(at) {
        let len = if byte == b'"' {
            string_len(&compact[at..])
        } else {
            1
        };
        let closes_at_once = matches!(compact.get(at + 1), Some(b'}' | b']'));
        if matches!(byte, b'}' | b']') && !matches!(compact[at - 1], b'{' | b'[') {
            depth -= 1;
            break_line(depth, out);
        }
        out.extend_from_slice(&compact[at..at + len]);
        match byte {
            b'{' | b'[' if !closes_at_once => {
                depth += 1;
                break_line(depth, out);
            }
            b',' => break_line(depth, out),
            b':' => out.push(b' '),
            _ => {}
        }
        at += len;
    }
}

/// The length of the string at the start of `json`, quotes included.
fn string_len(json: &[u8]) -> usize {
    let mut at = 1;
    loop {
        at += json_special(&json[at..]);
        match json.get(at) {
            Some(b'\\') => at += 2,
            _ => return at + 1,
        }
    }
}

/// Begins a line, indented by `depth` levels.
pub(super) fn break_line(depth: usize, out: &mut Vec<u8>) {
    out.push(b'\n');
    out.extend(std::iter::repeat_n(b' ', 2 * depth));
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
    fn indenting_changes_white_space_only() {
        let json = r#"{"a":[],"b":{},"c":[1,{"d":"x,\"]}: "}],"e":[[]]}"#;
        let mut out = b"before".to_vec();
        out.extend_from_slice(json.as_bytes());
        indent(6, &mut out);
        let text = String::from_utf8(out).unwrap();
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(
            text,
            format!("before{}", serde_json::to_string_pretty(&value).unwrap())
        );
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
