//! Judges whether a list of names and values is a callback, as `[{"name":"ToUserName","value":"gh_…"},…]`.
//!
//! Some programs print each field as an object of its own, in which two members with other names hold WeChat's name and
//! its value. The *key* is the name of the first of these members. In every notation, the key stands before WeChat's
//! name.

use std::ops::Range;

use crate::event::evidence::{Form, Known, event_name, extend, is_masked, is_of_value, words};
use crate::event::fields;
use crate::scan::{FARTHEST_KEY, Pairs};

/// The least number of header fields with values that shows a callback.
const LEAST_HEADERS: u32 = 3;

/// Returns the list in which the name or the event at `at` stands: its range from the first key to the last value, and the
/// range of the event if the list is a callback.
pub(crate) fn pairs(text: &[u8], at: usize) -> Option<Pairs> {
    let key = key_of(text, at)?;
    let mut keys = keys(text, key.clone()).peekable();
    let (mut seen, mut named, mut before) = (0, 0, key.start);
    let mut range = key;
    while let Some((key, name)) = keys.next() {
        // The next callback begins with a name that this one has.
        let field = header_field(&text[name.clone()]);
        let bit = field.map_or(0, |(bit, _)| bit);
        if named & bit != 0 {
            break;
        }
        named |= bit;
        let next = keys
            .peek()
            .map_or(name.end + FARTHEST_KEY, |(key, _)| key.start);
        let behind = name.end..next.min(text.len());
        seen |= header(text, field, [before..key.start, behind.clone()]);
        before = name.end;
        let value = words(&text[behind.clone()], is_of_value).nth(1);
        let end = value.map_or(0, |value| value.end);
        extend(&mut range, &(key.start..behind.start + end));
    }
    let event = event_name(&text[range.clone()]);
    let event = event.filter(|_| seen.count_ones() >= LEAST_HEADERS);
    let event = event.map(|event| range.start + event.start..range.start + event.end);
    Some((range, event))
}

/// Returns the bit and the form of the header field `name`.
fn header_field(name: &[u8]) -> Option<(u8, Form)> {
    match Known::of(name) {
        Some(Known::Header(bit, form)) => Some((bit, form)),
        _ => None,
    }
}

/// Returns the bit of a header field, or 0 if no range in `beside` holds a value that fits it.
fn header(text: &[u8], field: Option<(u8, Form)>, beside: [Range<usize>; 2]) -> u8 {
    let Some((bit, form)) = field else {
        return 0;
    };
    let has_value = |range: &Range<usize>| {
        let part = &text[range.clone()];
        words(part, is_of_value).any(|word| fits(&part[word], form))
    };
    if beside.iter().any(has_value) { bit } else { 0 }
}

/// Returns true if `value` has the `form` and can be no type or description, as a schema has beside a name.
fn fits(value: &[u8], form: Form) -> bool {
    const LEAST_DIGITS: usize = 5;
    let has = |is: fn(&u8) -> bool| value.iter().any(is);
    match form {
        _ if is_masked(value) => true,
        Form::Digits => value.len() >= LEAST_DIGITS && value.iter().all(u8::is_ascii_digit),
        Form::Event => value == fields::MSG_TYPE_EVENT.as_bytes(),
        Form::Id if value.starts_with(b"gh_") => true,
        Form::Id => {
            let is_long = value.len() > LEAST_DIGITS;
            is_long && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
        }
    }
}

/// Returns the key before the name at `at`, or before the name of the field that holds the event there.
fn key_of(text: &[u8], at: usize) -> Option<Range<usize>> {
    let word = word_before(text, at)?;
    let is_known = |word: &Range<usize>| Known::of(&text[word.clone()]).is_some();
    let key = match text[at..].starts_with(fields::EVENT_PREFIX.as_bytes()) {
        true => {
            let name = word_before(text, word.start).filter(is_known)?;
            word_before(text, name.start)?
        }
        false => word,
    };
    (!is_known(&key)).then_some(key)
}

/// Returns the word before `at`, if quotes and separators stand between.
fn word_before(text: &[u8], at: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 16;
    const FAR: usize = 12;
    let near = &text[at.saturating_sub(FAR)..at];
    let between = near.iter().rev().take_while(|&&b| is_between(b)).count();
    let end = at - between;
    let word = text[..end].iter().rev().take(LONGEST + 1);
    let len = word.take_while(|b| b.is_ascii_alphabetic()).count();
    // A letter behind a backslash is an escape.
    let is_escape = text[..end - len].last() == Some(&b'\\');
    let is_word = between > 0 && (1..=LONGEST).contains(&len) && !is_escape;
    is_word.then_some(end - len..end)
}

fn is_between(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"\"'`\\:=>,".contains(&byte)
}

/// Returns the places of the key in `text` from `first` on, each with the name after it.
fn keys(text: &[u8], first: Range<usize>) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
    let key = &text[first.clone()];
    let mut at = first.start;
    std::iter::from_fn(move || {
        let near = &text[at..text.len().min(at + FARTHEST_KEY)];
        let mut found = memchr::memmem::find_iter(near, key).map(|found| at + found);
        let (key, name) = found.find_map(|start| {
            let key = start..start + key.len();
            Some((key.clone(), name_behind(text, key)?))
        })?;
        at = name.end;
        Some((key, name))
    })
}

/// Returns the name that stands behind `key`, if `key` is a whole word.
fn name_behind(text: &[u8], key: Range<usize>) -> Option<Range<usize>> {
    let is_of_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let is_begun = text[..key.start].last().is_some_and(is_of_word);
    let behind = &text[key.end..];
    let between = behind.iter().take_while(|&&b| is_between(b)).count();
    let len = behind[between..]
        .iter()
        .take_while(|b| is_of_word(b))
        .count();
    let start = key.end + between;
    let is_name = !is_begun && between > 0 && len > 0 && !binds(&behind[between + len..]);
    is_name.then_some(start..start + len)
}

/// Returns true if a colon or an equals sign follows a word, in `behind`: the word is a name and no value.
fn binds(behind: &[u8]) -> bool {
    let sign = behind.iter().find(|&&b| !b"\"'\\ ".contains(&b));
    matches!(sign, Some(b':' | b'='))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [&str; 5] = [
        "gh_1",
        "o_abc12",
        "1610969440",
        "event",
        "subscribe_msg_sent_event",
    ];

    /// Writes a list of pairs, each by `pair`.
    fn list(values: [&str; 5], pair: impl Fn(&str, &str) -> String) -> String {
        let names = [
            "ToUserName",
            "FromUserName",
            "CreateTime",
            "MsgType",
            "Event",
        ];
        names
            .iter()
            .zip(values)
            .map(|(name, value)| pair(name, value))
            .collect()
    }

    fn event_in(text: &str) -> Option<String> {
        let at = text.find("ToUserName").expect("a name");
        let (_, event) = pairs(text.as_bytes(), at)?;
        event.map(|event| text[event].to_owned())
    }

    #[test]
    fn names_and_values_in_objects_of_their_own_show_a_callback() {
        for text in [
            list(VALUES, |k, v| {
                format!("{{\"name\":\"{k}\",\"value\":\"{v}\"}},")
            }),
            list(VALUES, |k, v| format!("{{\"v\":\"{v}\",\"k\":\"{k}\"}},")),
            list(VALUES, |k, v| {
                format!("{{\n  \"Key\": \"{k}\",\n  \"Value\": \"{v}\"\n}},\n")
            }),
            list(VALUES, |k, v| format!("{{name={k}, value={v}}}, ")),
            list(VALUES, |k, v| {
                format!("{{'name': '{k}', 'value': '{v}'}}, ")
            }),
            list(VALUES, |k, v| format!("{{name:{k} value:{v}}} ")),
            list(VALUES, |k, v| {
                format!("{{\\\"name\\\":\\\"{k}\\\",\\\"value\\\":\\\"{v}\\\"}},")
            }),
        ] {
            assert_eq!(event_in(&text).as_deref(), Some(VALUES[4]), "{text}");
        }
    }

    #[test]
    fn a_list_ends_where_the_next_callback_begins() {
        let one = list(VALUES, |k, v| {
            format!("{{\"key\":\"{k}\",\"value\":\"{v}\"}},")
        });
        let two = format!("{one}\n{one}");
        let at = two.find("ToUserName").expect("a name");
        let (range, event) = pairs(two.as_bytes(), at).expect("a list");
        assert!(range.end < one.len() && event.is_some(), "{range:?}");
    }

    #[test]
    fn schemas_and_messages_are_no_lists_of_values() {
        let types = [
            "string",
            "varchar(64)",
            "int64",
            "string",
            "subscribe_msg_sent_event",
        ];
        for text in [
            list(types, |k, v| {
                format!("{{\"name\":\"{k}\",\"type\":\"{v}\"}},")
            }),
            list(types, |k, v| {
                format!("{{\"field\":\"{k}\",\"default\":\"{v}\",\"length\":32}},")
            }),
            list(types, |k, v| format!("\"{k}\":\"{v}\",")),
            list(VALUES, |k, v| {
                format!("{{\"log\":\"  \\\"{k}\\\":\\\"{v}\\\"\"}}")
            }),
            list(VALUES, |k, v| format!("\\n  \\\"{k}\\\":\\\"{v}\\\",")),
        ] {
            assert_eq!(event_in(&text), None, "{text}");
        }
    }
}
