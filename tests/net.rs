//! The two rates of the net under the search: captures that only mention events raise no alarm, and a callback in a form
//! that is not read does not pass in silence.
//!
//! `tests/net/mentions` holds captures without a callback. `tests/net/printed` holds captures with callbacks in all kinds
//! of forms; each event's name there stands for a callback. `tests/net/records.jsonl` has the records of all of them:
//! a record that is none of these has wrong or missing values.
//!
//! Adding a case: a file in one of the folders. What cannot be judged rightly is named in [`ALARMS`] or [`SILENT`].

mod support;

use std::fs;
use std::path::Path;

use support::escape;
use support::reading::{ReadRecord, read, read_whole};
use support::traced::Traced;
use wxsub::Outcome;

/// Files of `mentions` that are taken for callbacks.
const ALARMS: [&str; 2] = ["quoted-error.log", "template.erb"];

/// Files of `printed` of which a callback passes in silence.
const SILENT: [&str; 0] = [];

struct Case {
    name: String,
    bytes: Vec<u8>,
}

/// Returns the cases of a folder, in the order of their names.
fn cases(folder: &str) -> Vec<Case> {
    let files = fs::read_dir(Path::new("tests/net").join(folder)).expect("a folder");
    let mut cases: Vec<Case> = files
        .map(|file| {
            let file = file.expect("an entry");
            Case {
                name: file.file_name().to_string_lossy().into_owned(),
                bytes: fs::read(file.path()).expect("a file"),
            }
        })
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

impl Case {
    /// Returns the ways in which the capture is tried: as it is, with the other line ends, and as a text in a JSON log.
    fn forms(&self) -> Vec<(&'static str, Vec<u8>)> {
        let mut forms = vec![("as it is", self.bytes.clone())];
        if let Ok(text) = std::str::from_utf8(&self.bytes)
            && !text.contains('\0')
        {
            let crlf = text.replace("\r\n", "\n").replace('\n', "\r\n");
            forms.push(("with CRLF", crlf.into_bytes()));
            let inside = escape::json(&Traced::plain(text), escape::JSON).text();
            let line = format!("{{\"level\":\"info\",\"n\":7,\"text\":{inside}}}\n");
            forms.push(("in a JSON log", line.into_bytes()));
        }
        forms
    }

    /// Returns the number of events' names in the capture, at least one.
    fn callbacks(&self) -> usize {
        let names = [
            &b"subscribe_msg_popup_event"[..],
            b"subscribe_msg_change_event",
            b"subscribe_msg_sent_event",
        ];
        let count = |name: &&[u8]| self.bytes.windows(name.len()).filter(|w| w == name).count();
        names.iter().map(count).sum::<usize>().max(1)
    }

    /// Returns what is wrong with the capture in one of its forms.
    fn problems(&self, judge: impl Fn(&[ReadRecord]) -> Option<String>) -> Option<String> {
        let problem = |(form, bytes): &(&str, Vec<u8>)| {
            let problem = judge(&read_whole(bytes))?;
            Some(format!("    {form}: {problem}\n"))
        };
        let problems: String = self.forms().iter().filter_map(problem).collect();
        (!problems.is_empty()).then_some(problems)
    }
}

/// Prints the rate of wrong cases, and demands that they are the `known` ones.
fn demand(what: &str, known: &[&str], cases: &[Case], wrong: &[(&str, String)]) {
    let lines: String = wrong
        .iter()
        .map(|(name, problems)| format!("  {name}\n{problems}"))
        .collect();
    println!("{what}: {} of {}\n{lines}", wrong.len(), cases.len());
    let names: Vec<&str> = wrong.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, known, "{what}\n{lines}");
}

fn is_bad(record: &ReadRecord) -> bool {
    matches!(
        record.outcome,
        Outcome::Callback(_) | Outcome::Undecodable | Outcome::Remark
    )
}

#[test]
fn what_only_mentions_events_raises_no_alarm() {
    let cases = cases("mentions");
    assert!(cases.len() >= 70, "only {} captures", cases.len());
    let judge = |seen: &[ReadRecord]| {
        let bad: Vec<String> = seen
            .iter()
            .filter(|seen| is_bad(seen))
            .map(ReadRecord::brief)
            .collect();
        (!bad.is_empty()).then(|| bad.join(", "))
    };
    let wrong: Vec<_> = cases
        .iter()
        .filter_map(|case| Some((&*case.name, case.problems(judge)?)))
        .collect();
    demand("false alarms", &ALARMS, &cases, &wrong);
}

#[test]
fn no_printed_callback_passes_in_silence() {
    let cases = cases("printed");
    assert!(cases.len() >= 70, "only {} captures", cases.len());
    let records = fs::read_to_string("tests/net/records.jsonl").expect("a file");
    let judge = |callbacks: usize, seen: &[ReadRecord]| {
        let seen: Vec<_> = seen.iter().filter(|seen| is_bad(seen)).collect();
        let wrong = |seen: &&&ReadRecord| {
            seen.is_callback() && !records.lines().any(|line| line == seen.line.trim_end())
        };
        if let Some(wrong) = seen.iter().find(wrong) {
            return Some(format!("a wrong record: {}", wrong.line));
        }
        (seen.len() < callbacks).then(|| format!("{} of {callbacks} callbacks", seen.len()))
    };
    let wrong: Vec<_> = cases
        .iter()
        .filter_map(|case| {
            let problems = case.problems(|seen| judge(case.callbacks(), seen))?;
            Some((&*case.name, problems))
        })
        .collect();
    demand("silence", &SILENT, &cases, &wrong);
}

/// A table, as databases print it and as it is exported. The names stand in its first row only, or not at all.
#[test]
fn a_callback_in_any_row_of_a_table_is_told() {
    let names = "ToUserName,FromUserName,CreateTime,MsgType,Event";
    let row = |n: usize, event: &str| {
        format!(
            "gh_5d0c7be19a42,oWx3b5Tq0nRkF7uYhLs9aVmPzE1c,{},event,{event}",
            1_762_040_400 + n
        )
    };
    let forms: [fn(&str) -> String; 6] = [
        |row| format!("{row}\n"),
        |row| format!("{}\n", row.replace(',', "\t")),
        |row| format!("\"{}\"\r\n", row.replace(',', "\",\"")),
        |row| format!("| {} |\n", row.replace(',', " | ")),
        |row| format!(" {}\n", row.replace(',', " | ")),
        |row| format!("{};\n", row.replace(',', ";")),
    ];
    for (form, write) in forms.iter().enumerate() {
        for before in [0, 1, 5, 30, 100] {
            let other = |n: usize| write(&row(n, "other"));
            let rows: String = (0..before).map(other).collect();
            let told = write(&row(before, "subscribe_msg_sent_event"));
            for head in [write(names), String::new()] {
                let capture = format!("{head}{rows}{told}{told}");
                let seen = read_whole(capture.as_bytes());
                let told = seen.iter().filter(|seen| is_bad(seen)).count();
                assert_eq!(told, 2, "form {form}, {before} rows: {seen:?}");
                for block in [1, 7, 64, 4096] {
                    assert_eq!(read(capture.as_bytes(), block), seen, "blocks of {block}");
                }
            }
        }
    }
}

#[test]
fn reads_do_not_change_the_judgement() {
    for case in cases("mentions").iter().chain(&cases("printed")) {
        for (form, bytes) in case.forms() {
            let seen = read_whole(&bytes);
            for block in [1, 7, 4096] {
                assert_eq!(
                    read(&bytes, block),
                    seen,
                    "{} {form}, blocks of {block}",
                    case.name
                );
            }
        }
    }
}
