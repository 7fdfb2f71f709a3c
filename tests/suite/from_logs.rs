//! Runs the commands of the section "From logs" of `docs/captures.md`, in English and Chinese, in a shell.
//!
//! The logs stand in the places that the commands name. Stand-ins replace the programs that print logs.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use flate2::Compression;
use flate2::write::GzEncoder;

/// The place of each log, and the example that stands there.
const PLACES: [(&str, &str); 9] = [
    ("var/log/nginx/access.log", "nginx.log"),
    ("var/log/nginx/access.log.2.gz", "nginx-json.log"),
    (
        "var/lib/docker/containers/4f0c/4f0c-json.log",
        "docker-json.log",
    ),
    ("var/lib/docker/containers/4f0c/config.v2.json", "app.log"),
    (
        "var/log/pods/default_shop-7c9f4_1d0f2e3c/web/0.log",
        "cri.log",
    ),
    (
        "var/log/pods/default_other-5b8d7_a1b2c3d4/web/0.log",
        "cri.log",
    ),
    ("var/log/syslog", "syslog"),
    ("app.json.1.gz", "json-lines.log"),
    ("app.json.2.gz", "json-lines.log"),
];

/// The programs that print a log, and the example that each prints.
const PRINTERS: [(&str, &str); 5] = [
    ("tail -F var/log/nginx/access.log", "nginx.log"),
    ("docker logs shop", "app.log >&2"),
    ("kubectl logs -l app=shop --since=2h --tail=-1", "app.log"),
    ("journalctl -u shop -o cat -f", "app.log"),
    ("journalctl -u shop -o json --all", "journal.json"),
];

/// The commands, the number of lines that each writes, and the beginning of its summary.
const COMMANDS: [(&str, usize, &str); 10] = [
    (
        "tail -F /var/log/nginx/access.log | wxsub parse --event sent --failed",
        7,
        "1 file: 1 callback (1 sent), 2 filtered out, 1 other message (1 text), ",
    ),
    (
        "wxsub convert --dedup /var/log/nginx/access.log* > callbacks.jsonl",
        3,
        "2 files: 3 callbacks (1 popup, 1 change, 1 sent), 3 repeated, 2 other messages (2 text), ",
    ),
    ("docker logs shop 2>&1 | wxsub parse", 24, ALL),
    (
        "wxsub convert --glob '*-json.log*' /var/lib/docker/containers > callbacks.jsonl",
        3,
        ALL,
    ),
    (
        "kubectl logs -l app=shop --since=2h --tail=-1 | wxsub parse --status reject",
        15,
        "1 file: 2 callbacks (1 popup, 1 change), 1 filtered out, 1 other message (1 text), ",
    ),
    (
        "wxsub convert --to csv --since 2025-11-22T12:01:00Z /var/log/pods/default_shop-* > callbacks.csv",
        3,
        "1 file: 2 callbacks (1 change, 1 sent), 1 filtered out, 1 other message (1 text), ",
    ),
    ("journalctl -u shop -o cat -f | wxsub parse", 24, ALL),
    (
        "journalctl -u shop -o json --all | wxsub convert > callbacks.jsonl",
        3,
        ALL,
    ),
    ("wxsub parse --format table /var/log/syslog*", 5, ALL),
    (
        "wxsub convert --summary json -o callbacks.jsonl app.json.*.gz 2>&1 | tail -n 1 > summary.json",
        6,
        "{\"files\":2,\"bytes\":4568,\"callbacks\":{\"popup\":2,\"change\":2,\"sent\":2},\"others\":{\"text\":2},",
    ),
];

const ALL: &str = "1 file: 3 callbacks (1 popup, 1 change, 1 sent), 1 other message (1 text), ";

#[test]
fn the_commands_are_those_of_the_documents() {
    check_commands("docs/captures.md", "## From logs\n");
    check_commands("docs/zh/captures.md", "## 各种日志\n");
}

fn check_commands(path: &str, heading: &str) {
    let document = fs::read_to_string(path).expect("a file");
    let section = document.split(heading).nth(1).expect("a section");
    let block = section.split("```sh\n").nth(1).expect("a block");
    let block = block.split("```").next().expect("its end");
    let lines = block.lines();
    let commands: Vec<_> = lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    assert_eq!(commands, COMMANDS.map(|(command, ..)| command), "{path}");
}

#[test]
fn the_commands_find_the_callbacks() {
    for (command, lines, summary) in COMMANDS {
        let stage = Stage::set();
        let (data, said) = stage.run(command);
        assert_eq!(data.lines().count(), lines, "{command}\n{data}");
        assert!(said.starts_with(summary), "{command}\n{said}");
    }
}

#[test]
fn the_records_are_those_of_the_bare_bodies() {
    let bare = records(&in_examples("app.log"));
    assert_eq!(bare.lines().count(), 3);
    for (_, name) in PLACES.iter().chain(&[("", "journal.json")]) {
        assert_eq!(records(&in_examples(name)), bare, "{name}");
    }
}

#[test]
fn a_record_of_the_other_stream_hides_nothing() {
    let stdout = fs::read_to_string(in_examples("docker-json.log")).expect("an example");
    let stderr = stdout.lines().next().expect("a record");
    let stderr = stderr.replace("stdout", "stderr");
    let log = tempfile::NamedTempFile::new().expect("a file");
    fs::write(
        &log,
        format!("{stderr}\n{}", stdout.split_once('\n').expect("lines").1),
    )
    .expect("a file");
    let path = log.path().to_str().expect("a name");
    assert_eq!(records(path), records(&in_examples("docker-json.log")));
}

fn records(path: &str) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_wxsub"))
        .args(["convert", "--quiet", path])
        .output()
        .expect("the program starts");
    String::from_utf8(succeeded(path, run).stdout).expect("text")
}

/// A folder that plays the root of a machine, with logs and with programs that print logs.
struct Stage(tempfile::TempDir);

impl Stage {
    fn set() -> Self {
        let stage = Stage(tempfile::tempdir().expect("a folder"));
        for (place, example) in PLACES {
            stage.place(place, &fs::read(in_examples(example)).expect("an example"));
        }
        for (command, _) in PRINTERS {
            stage.printer(command.split(' ').next().expect("a name"));
        }
        let wxsub = Path::new(env!("CARGO_BIN_EXE_wxsub"));
        std::os::unix::fs::symlink(wxsub, stage.0.path().join("bin/wxsub")).expect("a link");
        stage
    }

    fn place(&self, place: &str, log: &[u8]) {
        let path = self.0.path().join(place);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        match place.ends_with(".gz") {
            true => fs::write(path, gzip(log)).expect("a file"),
            false => fs::write(path, log).expect("a file"),
        }
    }

    /// Makes a stand-in for the program `name`. Calls that are not in the table go to the real program.
    fn printer(&self, name: &str) {
        let cases = PRINTERS.map(|(command, example)| {
            format!("'{command}') exec cat {};;\n", in_examples(example))
        });
        let script = format!(
            "#!/bin/sh\ncase \"{name} $*\" in\n{}esac\nPATH=${{PATH#bin:}} exec {name} \"$@\"\n",
            cases.concat()
        );
        let path = format!("bin/{name}");
        self.place(&path, script.as_bytes());
        fs::set_permissions(self.0.path().join(path), Permissions::from_mode(0o755))
            .expect("a file of ours");
    }

    /// Runs `command`. Returns what it writes to standard output or a file, and to standard error.
    fn run(&self, command: &str) -> (String, String) {
        let path = std::env::var("PATH").expect("a path");
        let run = Command::new("sh")
            .args(["-c", &command.replace(" /var/", " var/")])
            .current_dir(&self.0)
            .env("PATH", format!("bin:{path}"))
            .env("WXSUB_LANG", "en")
            .output()
            .expect("a shell");
        let run = succeeded(command, run);
        let text = |bytes| String::from_utf8(bytes).expect("text");
        let file = |name| fs::read_to_string(self.0.path().join(name)).unwrap_or_default();
        let data = text(run.stdout) + &file("callbacks.jsonl") + &file("callbacks.csv");
        (data, text(run.stderr) + &file("summary.json"))
    }
}

fn in_examples(name: &str) -> String {
    format!("{}/examples/logs/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(text)
        .and_then(|()| gzip.finish())
        .expect("memory")
}

fn succeeded(what: &str, run: Output) -> Output {
    assert!(run.status.success(), "{what}: {run:?}");
    run
}
