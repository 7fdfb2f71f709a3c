//! Finds names with values in text without brackets: `touser=o… template_id=… errcode=0 msgid=…`.

use crate::event::send::{Part, is_of_callback};
use crate::stats::sends::draft::{Columns, Draft};

/// Returns the send that the names in a line make.
///
/// A request comes before its answer, and what lies between may be typed by a user. So the first receiver and template
/// count, and the last code and id.
pub(super) fn read(line: &str, columns: &Columns) -> Option<Draft> {
    let mut send = Draft::default();
    for (name, value) in values(line) {
        if is_of_callback(name, value) {
            return None;
        }
        let Some((part, rank)) = columns.part(name) else {
            continue;
        };
        match part {
            Part::User | Part::Template => send.set((part, rank), value),
            Part::MsgId | Part::Code => {
                send.put(part, None);
                send.set((part, rank), value);
            }
            // The line's own time is more certain.
            Part::Time => {}
        }
    }
    let id = send.get(Part::MsgId);
    let has_id = id.is_some_and(|id| is_evident(&id.text));
    (has_id || send.is_request() && send.is_answer()).then_some(send)
}

/// Returns true if `id` is an id even where nothing else shows a send: WeChat's have 19 digits. Prose and source code have
/// the name `msgid` before words and small numbers.
fn is_evident(id: &str) -> bool {
    const LEAST_DIGITS: usize = 10;
    id.len() >= LEAST_DIGITS && id.bytes().all(|b| b.is_ascii_digit())
}

/// Returns all names of letters with the values behind them.
fn values(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = line;
    std::iter::from_fn(move || {
        loop {
            let start = rest.find(is_of_name)?;
            let word = &rest[start..];
            let len = word.find(|c| !is_of_name(c)).unwrap_or(word.len());
            let (name, behind) = word.split_at(len);
            rest = behind;
            if let Some(value) = value(behind) {
                return Some((name, value));
            }
        }
    })
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// Returns the value behind a name, if something binds one to it.
fn value(behind: &str) -> Option<&str> {
    const QUOTES: [char; 5] = [' ', '"', '\'', '\\', '`'];
    let bind = behind.trim_start_matches(QUOTES);
    let bound = ["=>", ":", "=", "：", "->"]
        .into_iter()
        .find_map(|sign| bind.strip_prefix(sign))?;
    let value = bound.trim_start_matches(QUOTES);
    let len = value.find(|c| !is_of_name(c)).unwrap_or(value.len());
    (len > 0).then(|| &value[..len])
}
