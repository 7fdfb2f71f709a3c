//! Writes JSON with serde_json, safe to show on a terminal.
//!
//! JSON allows DEL and the C1 control characters in strings. Terminals obey them, so they are escaped, like the control
//! characters that JSON forbids.

use std::borrow::Cow;
use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, PrettyFormatter};
use serde_json::value::RawValue;

use crate::simd::block::{Block, Marks};
use crate::simd::position;

/// Appends `value` to `out` as JSON without white space.
///
/// # Panics
///
/// If `value` cannot be JSON, such as a map whose keys are not strings.
pub(crate) fn write<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    let start = out.len();
    serialize(value, out);
    escape_late_controls(start, out);
}

/// Appends `value` to `out` as JSON indented by two spaces, with a member or entry on each line.
///
/// # Panics
///
/// Panics like [`write`].
pub(crate) fn write_pretty<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    let start = out.len();
    serialize_with(PrettyFormatter::new(), value, out);
    escape_late_controls(start, out);
}

/// Writes `value` to `out`, which must be memory, without white space. Does not escape DEL and C1.
///
/// # Panics
///
/// Panics like [`write`].
pub(crate) fn serialize<T: Serialize + ?Sized>(value: &T, out: &mut impl io::Write) {
    serialize_with(CompactFormatter, value, out);
}

fn serialize_with<T: Serialize + ?Sized>(
    formatter: impl Formatter,
    value: &T,
    out: &mut impl io::Write,
) {
    let mut serializer = Serializer::with_formatter(out, Numbered(formatter));
    value.serialize(&mut serializer).expect("it can be JSON");
}

/// Returns true if `json` has no byte of DEL or C1.
pub(crate) fn is_safe(json: &[u8]) -> bool {
    position(json, late_controls) == json.len()
}

/// Marks DEL, and the first byte of C1 characters. Other characters begin with that byte as well.
fn late_controls(block: Block) -> Marks {
    block.equal(0x7F) | block.equal(0xC2)
}

/// Escapes DEL and C1 in the JSON from `start` on, where they can only be in strings.
///
/// Most texts have neither, and one search of the whole costs less than one of each string.
fn escape_late_controls(start: usize, out: &mut Vec<u8>) {
    let clean = start + position(&out[start..], late_controls);
    if clean == out.len() {
        return;
    }
    let tail = out.split_off(clean);
    for c in String::from_utf8_lossy(&tail).chars() {
        match c {
            '\u{7F}'..='\u{9F}' => {
                out.extend_from_slice(format!("\\u{:04x}", u32::from(c)).as_bytes());
            }
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// A formatter that escapes control characters by number, except line breaks and tabs.
#[derive(Clone, Copy, Debug)]
struct Numbered<F>(F);

/// Forwards the formatting between values to the inner formatter.
macro_rules! leave_to_inner {
    ($($name:ident($($argument:ident: $of:ty)?),)*) => {$(
        #[inline]
        fn $name<W: ?Sized + io::Write>(&mut self, writer: &mut W $(, $argument: $of)?) -> io::Result<()> {
            self.0.$name(writer $(, $argument)?)
        }
    )*};
}

impl<F: Formatter> Formatter for Numbered<F> {
    leave_to_inner! {
        begin_array(), end_array(), begin_array_value(first: bool), end_array_value(),
        begin_object(), end_object(), begin_object_key(first: bool), end_object_key(),
        begin_object_value(), end_object_value(),
    }

    fn write_char_escape<W>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        match escape {
            CharEscape::Backspace => writer.write_all(b"\\u0008"),
            CharEscape::FormFeed => writer.write_all(b"\\u000c"),
            escape => self.0.write_char_escape(writer, escape),
        }
    }
}

/// The members of an object in order, regardless of serde_json's features.
#[derive(Clone, Debug)]
pub(crate) struct InOrder<K, V>(pub(crate) Vec<(K, V)>);

impl<K: Serialize, V: Serialize> Serialize for InOrder<K, V> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<K, V> FromIterator<(K, V)> for InOrder<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Self {
        InOrder(members.into_iter().collect())
    }
}

/// A JSON value to write. Members keep their order.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Json<'a> {
    Text(Cow<'a, str>),
    Number(u64),
    Integer(i64),
    /// A number with all its digits.
    Raw(&'a RawValue),
    Flag(bool),
    Array(Vec<Json<'a>>),
    Object(InOrder<&'a str, Json<'a>>),
}

impl<'a> Json<'a> {
    /// Appends a member to an object.
    pub(crate) fn with(mut self, name: &'a str, value: Json<'a>) -> Self {
        if let Json::Object(members) = &mut self {
            members.0.push((name, value));
        }
        self
    }
}

pub(crate) fn text<'a>(text: impl Into<Cow<'a, str>>) -> Json<'a> {
    Json::Text(text.into())
}

pub(crate) fn object<'a>(members: impl IntoIterator<Item = (&'a str, Json<'a>)>) -> Json<'a> {
    Json::Object(members.into_iter().collect())
}

pub(crate) fn array<'a>(entries: impl IntoIterator<Item = Json<'a>>) -> Json<'a> {
    Json::Array(entries.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written<T: Serialize + ?Sized>(value: &T) -> String {
        let mut out = b"before ".to_vec();
        write(value, &mut out);
        let text = String::from_utf8(out).unwrap();
        text.strip_prefix("before ").unwrap().to_owned()
    }

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
            let json = written(text);
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
            assert_eq!(json.chars().find(|c| c.is_control()), None, "{text:?}");
        }
    }

    #[test]
    fn control_characters_are_escaped_and_nothing_else() {
        for c in ('\0'..='\u{2FF}').filter(|c| !matches!(c, '"' | '\\')) {
            let shown = match c {
                '\n' => "\\n".into(),
                '\r' => "\\r".into(),
                '\t' => "\\t".into(),
                c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
                c => c.to_string(),
            };
            assert_eq!(written(&format!("ab{c}cd")), format!("\"ab{shown}cd\""));
        }
    }

    #[test]
    fn raw_values_are_escaped_in_their_strings() {
        let raw = serde_json::value::RawValue::from_string("[1.50, \"\u{7f}é\u{85}\"]".into());
        assert_eq!(written(&raw.unwrap()), "[1.50, \"\\u007fé\\u0085\"]");
    }

    #[test]
    fn pretty_text_differs_in_white_space_only() {
        let json = r#"{"a":[],"b":{},"c":[1,{"d":"x,\"]}: "}],"e":[[]]}"#;
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        let mut out = Vec::new();
        write_pretty(&value, &mut out);
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), pretty);
    }

    #[test]
    fn nothing_is_between_tokens() {
        let value: serde_json::Value = serde_json::from_str(r#"{ "a": [1, null] }"#).unwrap();
        assert_eq!(written(&value), r#"{"a":[1,null]}"#);
    }
}
