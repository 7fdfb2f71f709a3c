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

/// The records of a capture, and the codes of what is undecodable.
#[derive(Default)]
struct Read {
    lines: Vec<String>,
    undecodable: Vec<Code>,
    printed: usize,
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
            _ => {}
        }
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.lines.extend(later.lines);
        self.undecodable.extend(later.undecodable);
        self.printed += later.printed;
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
