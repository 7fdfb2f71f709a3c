//! Compares the results of several thousand captures with digests of earlier results: a change that should change no
//! output must change no digest.
//!
//! `golden/README.md` says what the captures are, how to add a capture, and what to do if a digest differs.
//! `WXSUB_GOLDEN=write cargo test --test golden` writes `golden/digests.txt` again.

use std::collections::HashSet;
use std::env;
use std::fmt;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;

use lzma_rust2::XzReader;
use tempfile::TempDir;
use wxsub::output::{Format, JsonLines};
use wxsub::pipeline::{self, CaptureStats, Options, Sink, Stop};
use wxsub::report::{self, Notice, Report, Tally};
use wxsub::seal::{Keys, Policy, accounts};
use wxsub::{Lang, Record};

const ARCHIVE: &str = "tests/golden/cases.tar.xz";
const DIGESTS: &str = "tests/golden/digests.txt";
const KEYS: &str = "tests/golden/keys.ini";
/// The folder for cases whose result differs.
const DIFFERING: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/golden");

/// A way to read a capture.
#[derive(Clone, Copy)]
struct Reading {
    block_size: usize,
    threads: usize,
    fast: bool,
}

impl Reading {
    const fn fast(block_size: usize, threads: usize) -> Self {
        Reading {
            block_size,
            threads,
            fast: true,
        }
    }

    const fn slow(block_size: usize, threads: usize) -> Self {
        let fast = false;
        Reading {
            fast,
            ..Reading::fast(block_size, threads)
        }
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.fast { "fast" } else { "slow" };
        let Reading {
            block_size,
            threads,
            ..
        } = self;
        write!(f, "blocks of {block_size}, {threads} threads, {path} path")
    }
}

/// The ways to read. The digests are of the first; the others must give the same result.
const READINGS: [Reading; 6] = [
    Reading::fast(64 << 10, 1),
    Reading::fast(64 << 10, 2),
    Reading::fast(7, 2),
    Reading::fast(1, 1),
    Reading::slow(64 << 10, 1),
    Reading::slow(700, 2),
];
/// The most blocks into which a capture is cut. More would take minutes in a debug build.
const MOST_BLOCKS: usize = 600;

/// One case in this many is given to the program. The program runs one in `COMMANDS_A_CASE` of the commands on it.
const CASES_A_PROGRAM: usize = 20;
const COMMANDS_A_CASE: usize = 4;
const COMMANDS: [&str; 18] = [
    "parse --tz UTC",
    "parse --tz UTC --format table",
    "parse --tz +08:00 --lang zh",
    "convert --summary json",
    "convert --to jsonl --with-source",
    "convert --to jsonl --flat",
    "convert --to json",
    "convert --to json --pretty",
    "convert --to xml",
    "convert --to xml --pretty",
    "convert --to csv --tz UTC",
    "check",
    "check --lang zh --summary files",
    "check --format json",
    "check --format github",
    "check --format sarif",
    "check --format junit",
    "check --format gitlab",
];

/// A build without optimisation, which is ten times slower, compares one case in this many. It writes all.
const FEWER: usize = if cfg!(debug_assertions) { 5 } else { 1 };

/// A capture, named by its path in the archive.
struct Case {
    name: String,
    bytes: Vec<u8>,
}

impl Case {
    fn is_sealed(&self) -> bool {
        self.name.starts_with("sealed/")
    }

    /// Returns the keys for the case, if it is encrypted.
    fn policy(&self) -> Option<Arc<Policy>> {
        self.is_sealed().then(|| {
            let keys = fs::read_to_string(KEYS).expect("the keys");
            Arc::new(Policy::from(Keys::new(accounts(&keys).expect("keys"))))
        })
    }
}

/// Returns the cases in the order of the archive.
fn cases() -> Vec<Case> {
    let archive = File::open(ARCHIVE).expect("the archive");
    let mut bytes = Vec::new();
    XzReader::new(archive, false)
        .read_to_end(&mut bytes)
        .expect("an archive");
    files(&bytes)
}

/// Reads the files of a tar archive. A block with name, size and kind precedes each file.
fn files(mut archive: &[u8]) -> Vec<Case> {
    const BLOCK: usize = 512;
    let mut cases = Vec::new();
    while archive[0] != 0 {
        let (head, rest) = archive.split_at(BLOCK);
        let name = text(&head[..100]).trim_start_matches("./").to_owned();
        let size = usize::from_str_radix(text(&head[124..135]), 8).expect("a size");
        let bytes = rest[..size].to_vec();
        if head[156] == b'0' {
            cases.push(Case { name, bytes });
        }
        archive = &rest[size.next_multiple_of(BLOCK)..];
    }
    cases
}

/// Reads a text field of a header, which is padded with zeros.
fn text(field: &[u8]) -> &str {
    let text = field.split(|&byte| byte == 0).next().unwrap_or_default();
    std::str::from_utf8(text).expect("ASCII")
}

/// Everything that the library reads in a capture, as text.
#[derive(Default)]
struct Transcript {
    text: Vec<u8>,
    tally: Tally,
}

impl Sink for Transcript {
    fn fork(&self) -> Self {
        Transcript::default()
    }

    fn record(&mut self, record: &Record<'_>) {
        self.tally.record(record);
        tell_record(record, &mut self.text);
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.text.extend(later.text);
        self.tally.join(later.tally)
    }

    fn end(&mut self, source: &str, rest: &CaptureStats) {
        self.tally.end(source, rest);
        tell_rest(rest, &mut self.text);
        tell_tally(&self.tally, &mut self.text);
    }
}

/// Writes the payload, its place, its record and its findings.
fn tell_record(record: &Record<'_>, out: &mut Vec<u8>) {
    let head = (record.outcome(), record.trust(), record.place(0));
    writeln!(out, "{head:?}").expect("memory");
    out.extend_from_slice(record.bytes());
    out.push(b'\n');
    let lines = JsonLines {
        with_source: true,
        ..JsonLines::default()
    };
    lines.record(record, out).expect("JSON holds everything");
    let findings = record.findings().iter();
    let notices: Vec<Notice> = findings
        .map(|finding| Notice::of(record, finding, record.severity(finding)))
        .collect();
    let file = report::File {
        name: "case",
        path: "case",
    };
    report::JsonLines::default()
        .findings(&file, &notices, out)
        .expect("memory");
}

/// Writes what belongs to no payload.
fn tell_rest(rest: &CaptureStats, out: &mut Vec<u8>) {
    let first = rest.first_noise();
    let first = first.map(|(place, line)| (place, line.escape_ascii().to_string()));
    let told = (rest.noise(), rest.bytes(), first);
    writeln!(out, "{told:?}").expect("memory");
}

fn tell_tally(tally: &Tally, out: &mut Vec<u8>) {
    let details = tally.details(Lang::En).join("\n");
    let (summary, json) = (tally.summary(Lang::En), tally.summary_json());
    writeln!(out, "{:?}\n{summary}\n{details}\n{json}", tally.verdict()).expect("memory");
}

/// Reads a case in one way and returns the result of the library.
fn read(case: &Case, reading: Reading) -> Vec<u8> {
    let options = Options {
        block_size: reading.block_size,
        threads: reading.threads,
        fast: reading.fast,
        policy: case.policy(),
        ..Options::default()
    };
    let mut told = Transcript::default();
    pipeline::run(&case.bytes[..], "case", &options, &mut told).expect("memory can be read");
    told.text
}

/// Returns the result of a case, and the ways of reading whose result differs.
fn of_library(case: &Case) -> (Vec<u8>, Vec<String>) {
    let told = read(case, READINGS[0]);
    let others = READINGS[1..]
        .iter()
        .filter(|reading| case.bytes.len() / reading.block_size <= MOST_BLOCKS)
        .filter(|reading| read(case, **reading) != told)
        .map(Reading::to_string)
        .collect();
    (told, others)
}

/// Runs the program on a case, from a file and from a pipe. Returns what it prints, and its exit status.
fn of_program(case: &Case, commands: impl Iterator<Item = &'static str>) -> Vec<u8> {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("case"), &case.bytes).expect("a file");
    fs::copy(KEYS, folder.path().join("keys.ini")).expect("a file");
    let mut told = Vec::new();
    for command in commands {
        tell_run(
            program(folder.path(), case, command).arg("case"),
            &[],
            &mut told,
        );
        tell_run(
            &mut program(folder.path(), case, command),
            &case.bytes,
            &mut told,
        );
    }
    told
}

fn program(folder: &Path, case: &Case, command: &str) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_wxsub"));
    program.args(command.split(' ')).current_dir(folder);
    if case.is_sealed() {
        program.args(["--keys", "keys.ini"]);
    }
    program
        .env_clear()
        .env("WXSUB_LANG", "en")
        .env("COLUMNS", "100")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    program
}

fn tell_run(program: &mut Command, input: &[u8], out: &mut Vec<u8>) {
    writeln!(out, "{:?}", program.get_args().collect::<Vec<_>>()).expect("memory");
    let mut child = program.spawn().expect("it starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    let done = thread::scope(|scope| {
        // A program that reads the file does not read the pipe.
        scope.spawn(move || _ = pipe.write_all(input));
        child.wait_with_output().expect("it ends")
    });
    for text in [&done.stdout, &done.stderr] {
        let text = String::from_utf8_lossy(text);
        out.extend_from_slice(without_version(&text).as_bytes());
    }
    writeln!(out, "{:?}", done.status.code()).expect("memory");
}

/// Removes the version and the rules of SARIF, which describe the program and not the case.
fn without_version(text: &str) -> String {
    let text = text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    match (text.find("\"rules\":["), text.find("\"columnKind\"")) {
        (Some(rules), Some(end)) => text[..rules].to_owned() + &text[end..],
        _ => text,
    }
}

/// The result of a case in this run.
struct Present<'a> {
    case: &'a Case,
    told: Vec<u8>,
    /// The ways of reading whose result differs.
    others: Vec<String>,
}

impl<'a> Present<'a> {
    fn of(case: &'a Case) -> Self {
        let (mut told, others) = of_library(case);
        // Chosen by name: a new case does not change the choice for other cases.
        let drawn = hash(case.name.as_bytes()) as usize;
        if drawn.is_multiple_of(CASES_A_PROGRAM) {
            let first = drawn / CASES_A_PROGRAM % COMMANDS_A_CASE;
            let commands = COMMANDS.into_iter().skip(first).step_by(COMMANDS_A_CASE);
            told.extend(of_program(case, commands));
        }
        Present { case, told, others }
    }

    /// Returns the line in the file of digests.
    fn line(&self) -> String {
        format!("{} {:016x}", self.case.name, hash(&self.told))
    }

    /// Returns what is wrong with the case. `known` holds the earlier lines.
    fn complaint(&self, known: &HashSet<&str>) -> Option<String> {
        let name = &self.case.name;
        if !self.others.is_empty() {
            let others = self.others.join("; ");
            return Some(format!("{name} comes to something else in {others}\n"));
        }
        let is_known = known.contains(&*self.line());
        (!is_known).then(|| format!("{name} comes to something else than before\n"))
    }

    /// Saves the case and its result, to compare them with an older program.
    fn keep(&self) {
        for (folder, bytes) in [("cases", &self.case.bytes), ("now", &self.told)] {
            let path = Path::new(DIFFERING).join(folder).join(&self.case.name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, bytes).expect("a file");
        }
    }
}

/// The FNV-1a hash.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

/// Reads all cases on all cores. Returns the results in order.
fn present(cases: &[Case]) -> Vec<Present<'_>> {
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
    thread::scope(|scope| {
        let parts = cases.chunks(cases.len().div_ceil(cores));
        let workers: Vec<_> = parts
            .map(|part| scope.spawn(|| part.iter().map(Present::of).collect::<Vec<_>>()))
            .collect();
        let results = workers.into_iter();
        results
            .flat_map(|worker| worker.join().expect("no panic"))
            .collect()
    })
}

fn write(present: &[Present<'_>]) {
    let lines: Vec<String> = present.iter().map(Present::line).collect();
    fs::write(DIGESTS, lines.join("\n") + "\n").expect("a file");
}

#[test]
fn captures_come_to_what_they_came_to() {
    let is_written = env::var("WXSUB_GOLDEN").is_ok_and(|asked| asked == "write");
    let fewer = if is_written { 1 } else { FEWER };
    let cases: Vec<Case> = cases().into_iter().step_by(fewer).collect();
    let present = present(&cases);
    if is_written {
        write(&present);
    }
    let known = fs::read_to_string(DIGESTS).expect("the digests");
    let known: HashSet<&str> = known.lines().collect();
    // Removes what an earlier run saved.
    _ = fs::remove_dir_all(DIFFERING);
    let mut complaints = String::new();
    for one in &present {
        if let Some(complaint) = one.complaint(&known) {
            complaints += &complaint;
            one.keep();
        }
    }
    assert!(complaints.is_empty(), "see {DIFFERING}\n{complaints}");
    assert_eq!(known.len().div_ceil(fewer), present.len());
}
