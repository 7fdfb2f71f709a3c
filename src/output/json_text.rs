//! What JSON formats share: values that have no typed field, and white space.

use crate::event::extra::{Scalars, Values};
use crate::json_format;
use crate::wire::View;
use crate::wire::scan::json_special;

/// Writes a single value as it is, several as an array.
pub(super) fn one_or_array(values: &[View<'_>], scalars: Scalars, out: &mut Vec<u8>) {
    json_format::write(&Values::new(values, scalars), out);
}

/// Indents the JSON that was written to `out` from `start` on: two spaces a level, a member or entry a line.
pub(crate) fn indent(start: usize, out: &mut Vec<u8>) {
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
}
