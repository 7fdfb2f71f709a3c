//! Whatever call to the system fails: the program ends in good order, an old file stays whole, nothing is left behind,
//! and the other files are read.
//!
//! A small library (`faults/fault.c`) is preloaded that makes one call fail: each call of each function in turn. It is
//! built with the C compiler that links the tests. The renaming at the end of a run is tried without it, since it does
//! not go through the C library.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use tempfile::TempDir;

use crate::support::cases::FEWER;

const INPUT_OUTPUT: i32 = 5;
const INTERRUPTED: i32 = 4;
const NO_SPACE: i32 = 28;
const TRY_AGAIN: i32 = 11;
/// Not an error: a single byte is transferred.
const SHORT: i32 = 0;

/// The functions and their errors. `read` stands for each way to read, `write` for each way to write.
const FAULTS: [(&str, i32); 10] = [
    ("read", INPUT_OUTPUT),
    ("read", INTERRUPTED),
    ("read", SHORT),
    ("write", NO_SPACE),
    ("write", SHORT),
    ("open", INPUT_OUTPUT),
    ("stat", INPUT_OUTPUT),
    ("seek", INPUT_OUTPUT),
    ("fsync", INPUT_OUTPUT),
    ("thread", TRY_AGAIN),
];

/// A command, and the files that it replaces. They stand in the folder where it runs.
struct Scenario {
    args: &'static str,
    files: &'static [&'static str],
}

const SCENARIOS: [Scenario; 6] = [
    Scenario {
        args: "parse --format table in",
        files: &[],
    },
    Scenario {
        args: "convert in --with-source",
        files: &[],
    },
    Scenario {
        args: "convert -j 2 -o out.jsonl --noise noise.txt in",
        files: &["out.jsonl", "noise.txt"],
    },
    Scenario {
        args: "convert --to csv -o out.csv in/a.log in/b.log.gz in/c.xml",
        files: &["out.csv"],
    },
    Scenario {
        args: "check --no-config --format json --summary json in",
        files: &[],
    },
    Scenario {
        args: "check -q --write-expectations in",
        files: &["wxsub.toml"],
    },
];

fn callback(user: usize) -> String {
    format!(
        "<xml><ToUserName>gh_5a2c71d0e9b4</ToUserName><FromUserName>oFaults_test-{user:015}</FromUserName>\
         <CreateTime>1763812861</CreateTime><MsgType>event</MsgType><Event>subscribe_msg_change_event</Event>\
         <SubscribeMsgChangeEvent><List><TemplateId>KB8hJiBh-3sQXKxixVOz_2z0vOhWBBRQs9c7_9XOOMN</TemplateId>\
         <SubscribeStatusString>reject</SubscribeStatusString></List></SubscribeMsgChangeEvent></xml>"
    )
}

fn log(users: std::ops::Range<usize>) -> String {
    let line = |user| format!("2025-11-22 20:01:01 INFO body={}\n", callback(user));
    users.map(line).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).expect("memory");
    gzip.finish().expect("memory")
}

/// The text of a file that a run replaces.
const OLD: &str = "# old\n";

/// Makes a folder with captures in `in`, and with files that the runs replace.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("in")).expect("a folder");
    fs::write(at("in/a.log"), log(0..3)).expect("a file");
    fs::write(at("in/b.log.gz"), gzip(log(10..400).as_bytes())).expect("a file");
    fs::write(at("in/c.xml"), callback(2000)).expect("a file");
    fs::write(at("in/d.log"), log(3000..3400)).expect("a file");
    write_old(folder.path());
    folder
}

fn write_old(folder: &Path) {
    for file in SCENARIOS.iter().flat_map(|scenario| scenario.files) {
        fs::write(folder.join(file), OLD).expect("a file");
    }
}

fn wxsub(scenario: &Scenario, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wxsub"));
    command
        .args(scenario.args.split(' '))
        .current_dir(folder)
        .env("WXSUB_LANG", "en")
        .stdin(Stdio::null());
    command
}

/// Builds the library that makes calls fail.
fn library(folder: &Path) -> PathBuf {
    let library = folder.join("fault.so");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([&library, Path::new("tests/faults/fault.c")])
        .status()
        .expect("a C compiler: Rust links with it");
    assert!(built.success());
    library
}

/// What a run without faults gives.
struct Right {
    output: Output,
    files: Vec<String>,
}

impl Right {
    fn of(scenario: &Scenario, folder: &Path) -> Self {
        let output = wxsub(scenario, folder).output().expect("the program runs");
        assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
        let text = |file: &&str| fs::read_to_string(folder.join(file)).expect("a file");
        let files = scenario.files.iter().map(text).collect();
        write_old(folder);
        Right { output, files }
    }

    /// Returns what is wrong after a run in which a call failed.
    fn problem(&self, scenario: &Scenario, folder: &Path, output: &Output) -> Option<&'static str> {
        let said = String::from_utf8_lossy(&output.stderr);
        let is_as_ever = output.status == self.output.status;
        if said.contains("panicked") || !matches!(output.status.code(), Some(0..=2)) {
            return Some("not in good order");
        }
        if is_as_ever && output.stdout != self.output.stdout {
            return Some("the output is another, and the status does not tell");
        }
        if !is_as_ever && output.status.code() != Some(2) {
            return Some("not status 2");
        }
        for (file, right) in scenario.files.iter().zip(&self.files) {
            let now = fs::read_to_string(folder.join(file)).unwrap_or_default();
            if now != *right && (is_as_ever || now != OLD) {
                return Some("a file is not whole");
            }
        }
        if left_behind(folder) {
            return Some("something is left behind");
        }
        None
    }

    /// Returns the files of which nothing came out, by the paths in the records.
    fn missing(&self, output: &Output) -> usize {
        let (right, now) = (paths(&self.output.stdout), paths(&output.stdout));
        right.iter().filter(|path| !now.contains(path)).count()
    }
}

/// Returns the paths that records or findings name.
fn paths(output: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(output);
    let path = |line: &str| {
        Some(
            line.split_once("\"path\":\"")?
                .1
                .split_once('"')?
                .0
                .to_owned(),
        )
    };
    let mut paths: Vec<_> = text.lines().filter_map(path).collect();
    paths.dedup();
    paths
}

fn left_behind(folder: &Path) -> bool {
    let mut entries = fs::read_dir(folder).expect("a folder");
    entries.any(|entry| {
        let name = entry.expect("an entry").file_name();
        name.to_string_lossy().starts_with(".wxsub-")
    })
}

/// Makes one call after the other fail, until a run has no such call. Returns the number of calls.
fn each_call_fails(scenario: &Scenario, (function, errno): (&str, i32)) -> usize {
    let folder = folder();
    let (folder, mark) = (folder.path(), folder.path().join("mark"));
    let library = library(folder);
    let right = Right::of(scenario, folder);
    for number in (0..).step_by(FEWER) {
        let fault = format!("{function}:{number}:{errno}");
        let output = wxsub(scenario, folder)
            .env("LD_PRELOAD", &library)
            .env("WXSUB_FAULT", &fault)
            .env("WXSUB_FAULT_MARK", &mark)
            .output()
            .expect("the program runs");
        if fs::remove_file(&mark).is_err() {
            assert_eq!(
                output.status, right.output.status,
                "nothing failed: {output:?}"
            );
            return number;
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let problem = right.problem(scenario, folder, &output);
        assert_eq!(problem, None, "`{}` {fault}: {said}", scenario.args);
        if errno == INTERRUPTED || errno == SHORT {
            assert_eq!(
                output.status, right.output.status,
                "{fault} is no error: {said}"
            );
        }
        if function == "read" || function == "open" {
            let missing = right.missing(&output);
            assert!(
                missing <= 1,
                "`{}` {fault}: {missing} files: {said}",
                scenario.args
            );
        }
        write_old(folder);
    }
    unreachable!("the loop has no end")
}

#[test]
fn a_file_that_cannot_be_replaced_is_told_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out.jsonl");
    let mut child = Command::new(env!("CARGO_BIN_EXE_wxsub"))
        .args(["convert", "-o", "out.jsonl"])
        .current_dir(folder.path())
        .env("WXSUB_LANG", "en")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    while !left_behind(folder.path()) {
        thread::yield_now();
    }
    // A folder cannot be replaced by a file.
    fs::create_dir(&out).expect("a folder");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(log(0..3).as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("cannot write `") && said.contains("out.jsonl`: "),
        "{said}"
    );
    assert!(!left_behind(folder.path()));
}

fn full_disk() -> Stdio {
    let full = fs::OpenOptions::new().write(true).open("/dev/full");
    full.expect("it is there").into()
}

#[test]
fn streams_that_take_nothing_are_failures() {
    let folder = folder();
    for args in [
        "convert in",
        "parse in",
        "check --format json in",
        "explain trailing-comma",
        "schema record",
        "sample popup",
        "--help",
        "convert --help",
        "--version",
    ] {
        for both in [false, true] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_wxsub"));
            command.args(args.split(' ')).current_dir(folder.path());
            command.stdin(Stdio::null()).stdout(full_disk());
            if both {
                command.stderr(full_disk());
            }
            let output = command.output().expect("the program runs");
            assert_eq!(output.status.code(), Some(2), "{args}");
        }
    }
    let run = |args: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wxsub"));
        command
            .args(args.split(' '))
            .current_dir(folder.path())
            .stderr(full_disk());
        command.stdin(Stdio::null());
        command.output().expect("the program runs").status.code()
    };
    assert_eq!(run("convert in"), Some(0), "messages are not data");
    assert_eq!(run("convert --bad"), Some(2));
}

#[test]
fn whatever_call_fails_nothing_breaks() {
    let tried = |scenario| {
        let faults = FAULTS.into_iter();
        faults
            .map(|fault| each_call_fails(scenario, fault))
            .sum::<usize>()
    };
    let all: usize = thread::scope(|scope| {
        let runs: Vec<_> = SCENARIOS
            .iter()
            .map(|scenario| scope.spawn(move || tried(scenario)))
            .collect();
        runs.into_iter()
            .map(|run| run.join().expect("no problem"))
            .sum()
    });
    println!("one in {FEWER} of {all} calls failed");
    assert!(all > 700, "there are only {all} calls");
}
