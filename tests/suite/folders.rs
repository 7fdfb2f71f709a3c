//! What a folder walk reads, and `--files`, which lists it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::checking::{CLEAN, folder};
use tempfile::TempDir;

fn run(args: &str, folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wxsub"));
    command.args(args.split(' ')).current_dir(folder);
    command.env("WXSUB_LANG", "en").output().expect("it runs")
}

/// Returns what is listed, after checking that as many callbacks are read.
fn listed(args: &str, folder: &Path) -> Vec<String> {
    let output = run(&format!("convert --files {args}"), folder);
    assert_eq!(output.status.code(), Some(0), "{args}: {output:?}");
    assert!(output.stderr.is_empty(), "{args}: {output:?}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let files: Vec<String> = text.lines().map(String::from).collect();
    let read = run(&format!("convert -q {args}"), folder).stdout;
    let callbacks = read.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(callbacks, files.len(), "{args}: {files:?}");
    files
}

fn logs() -> TempDir {
    let names = [
        "logs/a.log",
        "logs/b/c.json",
        "logs/.hidden.log",
        "logs/.git/d.log",
        "logs/wxsub.toml",
        "logs/ignored.log",
        "logs/.gitignore",
        "other.log",
    ];
    let files = names.map(|name| match name {
        "logs/wxsub.toml" => (name, ""),
        _ => (name, CLEAN),
    });
    folder(&files)
}

#[test]
fn a_walk_reads_all_but_hidden_files_and_the_config() {
    let folder = logs();
    let files = listed("logs", folder.path());
    assert_eq!(files, ["logs/a.log", "logs/b/c.json", "logs/ignored.log"]);
    let files = listed("other.log logs/b", folder.path());
    assert_eq!(files, ["other.log", "logs/b/c.json"]);
}

#[test]
fn hidden_files_are_read_where_that_is_asked_for() {
    let folder = logs();
    let files = listed("--hidden logs", folder.path());
    let hidden = ["logs/.git/d.log", "logs/.gitignore", "logs/.hidden.log"];
    let others = ["logs/a.log", "logs/b/c.json", "logs/ignored.log"];
    assert_eq!(files, [hidden, others].concat());
    let files = listed("--hidden --glob *.log --glob !.git logs", folder.path());
    assert_eq!(
        files,
        ["logs/.hidden.log", "logs/a.log", "logs/ignored.log"]
    );
    // A file that is named is read, whatever its name.
    let files = listed("logs/.hidden.log", folder.path());
    assert_eq!(files, ["logs/.hidden.log"]);
}

#[test]
fn what_a_run_writes_is_not_listed() {
    let folder = logs();
    let output = run("convert --files -o logs/list logs", folder.path());
    assert_eq!(output.status.code(), Some(0));
    let list = fs::read_to_string(folder.path().join("logs/list")).expect("a file");
    assert_eq!(list, "logs/a.log\nlogs/b/c.json\nlogs/ignored.log\n");
    let again = run("convert --files -o logs/list logs", folder.path());
    assert_eq!(again.status.code(), Some(0));
    let same = fs::read_to_string(folder.path().join("logs/list")).expect("a file");
    assert_eq!(same, list);
}

#[test]
fn a_path_that_is_not_there_is_reported_and_the_rest_is_listed() {
    let folder = logs();
    let output = run("parse --files missing.log other.log", folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(output.stdout, b"other.log\n");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("cannot read `missing.log`: No such file"),
        "{said}"
    );
}

#[test]
fn standard_input_is_listed_by_its_name() {
    let folder = logs();
    for command in ["stats", "check", "report", "quota", "decrypt"] {
        let output = run(&format!("{command} --files -"), folder.path());
        assert_eq!(
            (output.status.code(), &output.stdout[..]),
            (Some(0), &b"-\n"[..])
        );
    }
}
