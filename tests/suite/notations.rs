//! Objects as programs print them: what stands in them is decoded, wherever the object stands.
//!
//! `tests/notations` holds what programs printed (`make.py` there says which), a file for each program. Each case names
//! the callback that was printed. The expected record is that of the callback's JSON; strings and numbers may have
//! become each other, as most notations print them alike.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;
use wxsub::output::{Format, JsonLines};
use wxsub::pipeline::{self, CaptureStats, Options, Sink, Stop};
use wxsub::{Code, Outcome, Record};

use crate::support::cases::count;
use crate::support::rng::Rng;

/// The records of a capture, and the codes of what is undecodable.
#[derive(Default)]
struct Read {
    lines: Vec<String>,
    undecodable: Vec<Code>,
    printed: usize,
    others: usize,
    noise: u64,
}

impl Sink for Read {
    fn fork(&self) -> Self {
        Read::default()
    }

    fn record(&mut self, record: &Record<'_>) {
        match record.outcome() {
            Outcome::Callback(_) => {
                let mut line = Vec::new();
                let written = JsonLines::default().record(record, &mut line);
                written.expect("JSON holds everything");
                self.lines.push(String::from_utf8(line).expect("UTF-8"));
                let is_printed = |finding: &&wxsub::Finding| finding.code() == Code::PrintedObject;
                self.printed += record.findings().iter().filter(is_printed).count().min(1);
            }
            Outcome::Undecodable => self.undecodable.push(record.findings()[0].code()),
            _ => self.others += 1,
        }
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.lines.extend(later.lines);
        self.undecodable.extend(later.undecodable);
        self.printed += later.printed;
        self.others += later.others;
        Ok(())
    }

    fn end(&mut self, _source: &str, stats: &CaptureStats) {
        self.noise = stats.noise();
    }
}

fn read(capture: &str, block_size: usize) -> Read {
    let options = Options {
        block_size,
        ..Options::default()
    };
    let mut sink = Read::default();
    pipeline::run(capture.as_bytes(), "", &options, &mut sink).expect("memory can be read");
    sink
}

/// Makes strings of all numbers, booleans and nulls, and leaves out members that are empty or null.
fn spelled(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| (name.clone(), spelled(value)));
            members
                .filter(|(_, value)| *value != "" && *value != "null")
                .collect()
        }
        Value::Array(entries) => entries.iter().map(spelled).collect(),
        Value::String(text) => Value::String(text.trim().into()),
        other => Value::String(other.to_string()),
    }
}

fn record(line: &str) -> Value {
    spelled(&serde_json::from_str(line).expect("a record"))
}

/// Returns the file, the name and the text of each case.
fn cases() -> Vec<(String, String, String)> {
    let mut cases = Vec::new();
    for entry in fs::read_dir("tests/notations").expect("the cases") {
        let path = entry.expect("an entry").path();
        let file = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if !file.ends_with(".txt") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a file of cases");
        for case in text.split("--- ").skip(1) {
            let (name, text) = case.split_once('\n').expect("a name");
            if !text.starts_with("skip") {
                cases.push((file.clone(), name.into(), text.trim_end().into()));
            }
        }
    }
    cases
}

/// Returns the records of the callbacks by name, as their JSON gives them.
fn expected() -> BTreeMap<String, Value> {
    let text = fs::read_to_string("tests/notations/expected.json").expect("callbacks");
    let callbacks: BTreeMap<String, Value> = serde_json::from_str(&text).expect("JSON");
    let records = callbacks.into_iter().map(|(name, callback)| {
        let body = callback.get("xml").unwrap_or(&callback).to_string();
        let read = read(&body, 1 << 16);
        (name, record(&read.lines[0]))
    });
    records.collect()
}

/// The typed part of a record, without `extra`: notations differ in what they print of other values.
fn typed(mut record: Value) -> Value {
    if let Some(members) = record.as_object_mut() {
        members.remove("extra");
        if let Some(items) = members.get_mut("items").and_then(Value::as_array_mut) {
            for item in items {
                item.as_object_mut().map(|item| item.remove("extra"));
            }
        }
    }
    record
}

fn check(file: &str, capture: &str, expected: &Value, wrong: &mut Vec<String>) {
    for block_size in [7, 1 << 16] {
        let read = read(capture, block_size);
        let records: Vec<Value> = read.lines.iter().map(|line| typed(record(line))).collect();
        let is_cut = capture.contains("[Array]");
        let is_right = match is_cut {
            true => records.is_empty() && read.undecodable == [Code::PrintedObject],
            false => records == [typed(expected.clone())] && read.undecodable.is_empty(),
        };
        if !is_right || read.printed != usize::from(!is_cut) {
            let Read {
                lines, undecodable, ..
            } = read;
            wrong.push(format!(
                "{file}, blocks of {block_size}: {lines:?} {undecodable:?} of\n{capture}\n"
            ));
            return;
        }
    }
}

#[test]
fn printed_callbacks_are_decoded_wherever_they_stand() {
    let (expected, mut wrong, mut count) = (expected(), Vec::new(), 0);
    for (file, name, text) in cases() {
        let expected = &expected[&name];
        let is_one_line = !text.contains('\n');
        let mut captures = vec![text.clone(), format!("x\n\n{text}\n\ny\n")];
        if !file.starts_with("yaml") {
            captures.push(format!(
                "2025-11-22 20:00:00 INFO [http-1] callback {text}\n2025-11-22 20:00:01 INFO done\n"
            ));
        }
        if is_one_line {
            captures.push(format!(
                "{{\"level\":\"info\",\"msg\":{}}}\n",
                Value::from(text.clone())
            ));
        }
        let prefixed = |line: &str| format!("shop-1  | {line}\n");
        let lines: Vec<String> = text.lines().map(prefixed).collect();
        // PHP and YAML begin with words or a bracket alone.
        if !file.starts_with("php") && !file.starts_with("yaml") {
            captures.push(format!("shop-1  | x\n{}shop-1  | y\n", lines.concat()));
        }
        for capture in captures {
            count += 1;
            check(&format!("{file} {name}"), &capture, expected, &mut wrong);
        }
    }
    let shown = wrong
        .iter()
        .take(12)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n");
    assert!(wrong.is_empty(), "{} of {count}:\n{shown}", wrong.len());
    assert!(count > 900, "{count}");
}

/// A callback of another user, on a log line.
const GENUINE: &str = r#"{"ToUserName":"gh_0b7e95d3f1a6","FromUserName":"oQ4k_Genuine-one_zXcVbNmAsDf","CreateTime":1765432111,"MsgType":"event","Event":"subscribe_msg_change_event","List":{"TemplateId":"Jf3yPnKw8sVq2RbXz6LmTc-HdGoU9EiA5tZ_N4xQvW0","SubscribeStatusString":"reject"}}"#;

fn read_with(capture: &str, block_size: usize, threads: usize) -> Read {
    let options = Options {
        block_size,
        threads,
        ..Options::default()
    };
    let mut sink = Read::default();
    pipeline::run(capture.as_bytes(), "", &options, &mut sink).expect("memory can be read");
    sink
}

/// Cuts a printed object anywhere, changes some of its bytes, or both. Returns true if it is only cut.
fn damaged(text: &str, rng: &mut Rng) -> (String, bool) {
    const SIGNS: &[u8] = b"'\"\\{}[]()<>=:, \n";
    let mut bytes = text.as_bytes().to_vec();
    if rng.one_in(2) {
        bytes.truncate(rng.below(bytes.len()));
    }
    let changes = rng.below(4);
    for _ in 0..changes {
        let at = rng.below(bytes.len().max(1));
        match rng.below(3) {
            _ if bytes.is_empty() => {}
            0 => drop(bytes.remove(at)),
            1 => bytes[at] = *rng.pick(SIGNS),
            _ => bytes.insert(at, *rng.pick(SIGNS)),
        }
    }
    (String::from_utf8_lossy(&bytes).into_owned(), changes == 0)
}

/// Returns true if the name of an event stands in `text`, and three values of the header with their names.
fn is_evident(text: &str) -> bool {
    let header = [
        ("ToUserName", "gh_c41f9e07a2d8"),
        ("FromUserName", "oR7c-2ZkWm4Xv_bT9uYqLsE1nHf0"),
        ("CreateTime", "1765432100"),
    ];
    let is_bound = |(name, value): &(&str, &str)| {
        let near = |at: usize| text.get(at..(at + name.len() + value.len() + 24).min(text.len()));
        let mut names = text.match_indices(name);
        names.any(|(at, _)| near(at).is_some_and(|near| near.contains(value)))
    };
    let event = text.split("subscribe_msg_").skip(1).any(|rest| {
        let names = ["popup_event", "change_event", "sent_event"];
        let name = names.iter().find(|name| rest.starts_with(**name));
        name.is_some_and(|name| !rest[name.len()..].starts_with(|c: char| c.is_alphanumeric()))
    });
    event && header.iter().all(is_bound)
}

/// A damaged object takes no callback behind it along, and the blocks and threads do not matter.
///
/// Only objects that were cut and not changed must be told. Of changed ones some are passed over in silence: where an
/// object inside can be read, what stood before it no longer counts as the values of a callback.
#[test]
fn damaged_objects_are_told_and_take_nothing_with_them() {
    let genuine = record(&read(GENUINE, 1 << 16).lines[0]);
    let cases = cases();
    let mut rng = Rng::new(8);
    let mut wrong: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for _ in 0..count(4000) {
        let (file, name, text) = rng.pick(&cases);
        let (text, is_cut) = damaged(text, &mut rng);
        // Two quotes behind a bracket are JSON in a cell of CSV, which ends at a quote.
        if text.contains("{\"\"") {
            continue;
        }
        let head = *rng.pick(&["", "2025-11-22 20:00:00 INFO callback "]);
        let capture = format!("{head}{text}\n2025-11-22 20:00:01 INFO callback {GENUINE}\n");
        let seen = read_with(&capture, 1 << 16, 1);
        let (block, threads) = (*rng.pick(&[1, 7, 4096]), 1 + rng.below(2));
        let again = read_with(&capture, block, threads);
        let last = seen.lines.last().map(|line| record(line));
        let count = seen.lines.len() + seen.undecodable.len() + seen.others;
        let problem = match () {
            () if last.as_ref() != Some(&genuine) => "the one behind it is lost",
            () if seen.lines.len() > 2 => "invented",
            () if again.lines != seen.lines || again.undecodable != seen.undecodable => {
                "not the same in blocks"
            }
            () if is_cut && is_evident(&text) && count < 2 => "silence",
            () => continue,
        };
        let shown = format!(
            "{name}, blocks of {block}, {threads}: {:?} {:?}\n{capture}\n",
            seen.lines, seen.undecodable
        );
        let known = wrong
            .entry(format!("{problem}: {file}"))
            .or_insert((0, shown.clone()));
        known.0 += 1;
        if shown.len() < known.1.len() {
            known.1 = shown;
        }
    }
    let shown: Vec<String> = wrong
        .iter()
        .map(|(kind, (count, shown))| format!("{kind} ({count}): {shown}"))
        .collect();
    assert!(wrong.is_empty(), "{}", shown.join("\n"));
}

/// Each object that breaks is remembered by its offset, for a while. Text in a JSON string has offsets of its own.
#[test]
fn an_object_is_decoded_behind_many_broken_ones() {
    const WHOLE: &str = "{ToUserName=gh_123456789abc, FromUserName=o6_bmjrPTlm6_2sgVt7hMZOPfL2M, CreateTime=1610969440, \
        MsgType=event, Event=subscribe_msg_popup_event, List={TemplateId=t, SubscribeStatusString=accept, PopupScene=1}}";
    let torn = &WHOLE[..WHOLE.len() - "e, PopupScene=1}}".len()];
    for broken in [1, 15, 16, 17, 100] {
        let lines = format!("{}{WHOLE}\n", format!("{torn}\n").repeat(broken));
        let string = serde_json::json!({ "log": lines }).to_string();
        for capture in [&lines, &string] {
            let seen = read(capture, 1 << 16);
            let counts = (seen.lines.len(), seen.undecodable.len());
            assert_eq!(counts, (1, broken), "{capture}");
        }
    }
}
