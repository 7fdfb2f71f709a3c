//! What a binding gets is what the program writes: records with their sources, and the findings of a check.

use std::path::Path;
use std::{fs, io};

use wxsub::gate::{Gate, Settings};
use wxsub::output::{Format, JsonLines};
use wxsub::pipeline::{self, Options};
use wxsub::{Capture, Code, Extract, Lang, report};

/// The name of a capture that is not a file.
const NAME: &str = "-";

fn records(capture: &[u8]) -> String {
    let format = JsonLines {
        with_source: true,
        ..JsonLines::default()
    };
    let mut out = Vec::new();
    for record in Capture::new(capture).named(NAME) {
        let record = record.expect("a record");
        format.record(&record, &mut out).expect("a line");
    }
    String::from_utf8(out).expect("text")
}

fn findings(capture: &[u8], lang: Lang) -> String {
    let settings = Settings::default();
    let mut out = Vec::new();
    let report = Box::new(report::JsonLines { lang });
    let mut gate = Gate::new(&settings, report, &mut out).expect("a gate");
    pipeline::run(capture, NAME, &Options::default(), &mut gate).expect("a run");
    gate.close().expect("a result");
    String::from_utf8(out).expect("text")
}

fn lines(values: &[impl serde::Serialize]) -> String {
    let lines = values
        .iter()
        .map(|value| serde_json::to_string(value).expect("JSON") + "\n");
    lines.collect()
}

fn extract(capture: &[u8], lang: Lang) -> Extract {
    let extract = wxsub::extract(capture, lang);
    assert_eq!(lines(&extract.records), records(capture));
    assert_eq!(lines(&extract.findings), findings(capture, lang));
    extract
}

fn files(folder: &Path) -> io::Result<Vec<Vec<u8>>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => files.extend(self::files(&path)?),
            false => files.push(fs::read(&path)?),
        }
    }
    Ok(files)
}

#[test]
fn says_of_each_finding_what_a_check_says() {
    for code in Code::ALL {
        for lang in [Lang::En, Lang::Zh] {
            extract(code.example().as_bytes(), lang);
            extract(code.near_miss().as_bytes(), lang);
        }
    }
}

#[test]
fn reads_the_captures_of_the_examples() {
    let files = files(Path::new("examples")).expect("examples");
    let extracts = files.iter().map(|file| extract(file, Lang::En));
    let counts = extracts.map(|extract| extract.records.len());
    assert!(counts.sum::<usize>() > 20);
}

#[test]
fn nothing_is_a_finding() {
    let extract = extract(b"", Lang::Zh);
    assert_eq!(extract.findings[0].code, Code::NoPayload);
    assert!(extract.records.is_empty());
}
