//! Where data goes: `-o` and standard output, and the files that are read beside them.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const CALLBACK: &str = "<xml><ToUserName>gh_5a2c71d0e9b4</ToUserName>\
    <FromUserName>o0LloXjEDNrbUldTysPkh4uS-Haw</FromUserName><CreateTime>1763812861</CreateTime>\
    <MsgType>event</MsgType><Event>subscribe_msg_change_event</Event><SubscribeMsgChangeEvent><List>\
    <TemplateId>KB8hJiBh-3sQXKxixVOz_2z0vOhWBBRQs9c7_9XOOMN</TemplateId>\
    <SubscribeStatusString>reject</SubscribeStatusString></List></SubscribeMsgChangeEvent></xml>";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("logs")).expect("a folder");
    fs::write(folder.path().join("logs/a.log"), CALLBACK).expect("a file");
    folder
}

fn command(args: &str, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wxsub"));
    command
        .args(args.split(' '))
        .current_dir(folder)
        .env("WXSUB_LANG", "en");
    command
}

fn run(args: &str, folder: &Path) -> Output {
    command(args, folder).output().expect("the program runs")
}

fn lines(path: &Path) -> usize {
    fs::read_to_string(path).expect("a file").lines().count()
}

#[test]
fn a_dash_is_standard_output() {
    let folder = folder();
    let output = run("convert -q -o - logs", folder.path());
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.starts_with(b"{\"event\":"));
    assert!(!folder.path().join("-").exists());
}

#[test]
fn what_is_read_is_never_written_over() {
    let folder = folder();
    std::os::unix::fs::symlink("a.log", folder.path().join("logs/link")).expect("a link");
    for args in [
        "convert -o logs/a.log logs/a.log",
        "convert -o logs/link logs/a.log",
        "convert -o logs/a.log ./logs/link",
        "convert --noise logs/a.log logs/a.log",
    ] {
        let output = run(args, folder.path());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args}: {said}");
        assert!(said.contains("the output is written to it"), "{said}");
        let kept = fs::read_to_string(folder.path().join("logs/a.log"));
        assert_eq!(kept.expect("a file"), CALLBACK, "{args}");
    }
}

const KEYS: &str = "encoding_aes_key = ownKey7ownKey7ownKey7ownKey7ownKey7ownKey7x\n\
    token = ourOwnToken\nappid = wx5a2c71d0e9b45a2c\n";

/// The commands that read captures and write data.
const READERS: [&str; 8] = [
    "parse",
    "convert",
    "check --no-config",
    "stats",
    "report",
    "quota",
    "join --sends sends.csv",
    "decrypt --keys keys",
];

/// Makes a folder with a capture, keys and sends.
fn whole_folder() -> TempDir {
    let folder = folder();
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("a file");
    };
    write("keys", KEYS);
    write("sends.csv", "msgid,touser,template_id,errcode,time\n");
    folder
}

#[test]
fn every_command_writes_the_file_that_it_would_print() {
    let folder = whole_folder();
    let others = [
        "explain popup",
        "schema record",
        "sample popup --seed 7",
        "encrypt logs/a.log --keys keys --seed 7 --timestamp 1763812861",
    ];
    let readers = READERS.map(|command| format!("{command} logs"));
    for args in others.map(String::from).iter().chain(&readers) {
        let printed = run(args, folder.path());
        let out = folder.path().join("out");
        fs::write(&out, "old").expect("a file");
        let written = run(&format!("{args} -o out"), folder.path());
        let said = String::from_utf8_lossy(&written.stderr);
        assert_eq!(written.status, printed.status, "{args}: {said}");
        assert!(written.stdout.is_empty(), "{args}");
        let text = fs::read(&out).expect("a file");
        assert_eq!(text, printed.stdout, "{args}: {said}");
    }
}

#[test]
fn no_command_writes_over_its_input() {
    let folder = whole_folder();
    let fails = |args: &str, kept: &str| {
        let before = fs::read(folder.path().join(kept)).expect("a file");
        let output = run(args, folder.path());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args}: {said}");
        let after = fs::read(folder.path().join(kept)).expect("a file");
        assert_eq!(after, before, "{args}");
    };
    for command in READERS {
        fails(&format!("{command} -o logs/a.log logs/a.log"), "logs/a.log");
    }
    fails("encrypt --keys keys -o logs/a.log logs/a.log", "logs/a.log");
    fails("encrypt --keys keys -o keys logs/a.log", "keys");
    fails("convert --keys keys -o keys logs", "keys");
    fails("convert --keys keys --noise ./keys logs", "keys");
    fails("join --sends sends.csv -o sends.csv logs", "sends.csv");
    fails("quota --sends sends.csv -o ./sends.csv logs", "sends.csv");
    fs::write(folder.path().join("wxsub.toml"), "").expect("a file");
    fails("check -o wxsub.toml logs", "wxsub.toml");
    fails(
        "convert -o logs/a.log --noise logs/a.log logs",
        "logs/a.log",
    );
}

#[test]
fn what_standard_input_reads_is_not_written_over() {
    let folder = folder();
    let capture = folder.path().join("logs/a.log");
    let mut command = command("convert -o logs/a.log", folder.path());
    command.stdin(File::open(&capture).expect("a file"));
    let status = command.status().expect("the program runs");
    assert_eq!(status.code(), Some(2));
    assert_eq!(fs::read_to_string(&capture).expect("a file"), CALLBACK);
}

/// A named pipe is opened once: each opening waits for the other end, and closing it ends the other end.
#[test]
fn named_pipes_are_read_and_written() {
    let folder = folder();
    let shell = |line: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(folder.path());
        command.env("WXSUB", env!("CARGO_BIN_EXE_wxsub"));
        let output = command.output().expect("sh runs");
        assert_eq!(output.status.code(), Some(0), "{line}: {output:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    shell("mkfifo pipe");
    let limit = "$(command -v timeout > /dev/null && echo timeout 20) $WXSUB convert -q";
    let expected = shell(&format!("{limit} logs"));
    let written = shell(&format!(
        "cat pipe & {limit} -o pipe logs; status=$?; wait; exit $status"
    ));
    assert_eq!(written, expected);
    let read = format!("cat logs/a.log > pipe & {limit} -o out pipe && cat out");
    assert_eq!(shell(&read), expected);
    let stdin = format!("cat logs/a.log > pipe & {limit} -o out < pipe && cat out");
    assert_eq!(shell(&stdin), expected);
}

/// A check that could not read all keeps the old report; one that found errors writes its report.
#[test]
fn a_failed_check_keeps_the_old_report() {
    let folder = folder();
    let report = folder.path().join("report");
    fs::write(&report, "old").expect("a file");
    let failed = run("check -o report logs missing", folder.path());
    assert_eq!(failed.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&report).expect("a file"), "old");
    fs::write(
        folder.path().join("logs/b.log"),
        "<xml><Event>subscribe_msg_sent_event</Event>",
    )
    .expect("a file");
    let found = run(
        "check --fail-fast --format json -o report logs",
        folder.path(),
    );
    assert_eq!(found.status.code(), Some(1));
    let text = fs::read_to_string(&report).expect("a file");
    assert!(text.starts_with("{\"code\":"), "{text}");
}

#[test]
fn a_file_has_no_colours_and_all_columns() {
    let folder = folder();
    let mut command = command("parse -q -o out logs", folder.path());
    command.status().expect("the program runs");
    let text = fs::read_to_string(folder.path().join("out")).expect("a file");
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn the_output_in_a_folder_that_is_read_is_no_input() {
    let folder = folder();
    let out = folder.path().join("logs/out.jsonl");
    for _ in 0..2 {
        let output = run("convert -q -o logs/out.jsonl logs", folder.path());
        assert_eq!((output.status.code(), lines(&out)), (Some(0), 1));
        let file = File::create(&out).expect("a file");
        let mut command = command("convert -q logs", folder.path());
        let status = command.stdout(file).status().expect("the program runs");
        assert_eq!((status.code(), lines(&out)), (Some(0), 1));
    }
}

#[test]
fn the_target_of_a_link_is_written() {
    let folder = folder();
    let (file, link) = (folder.path().join("out.jsonl"), folder.path().join("link"));
    fs::write(&file, "old").expect("a file");
    std::os::unix::fs::symlink("out.jsonl", &link).expect("a link");
    assert_eq!(
        run("convert -q -o link logs", folder.path()).status.code(),
        Some(0)
    );
    assert!(link.is_symlink());
    assert_eq!(lines(&file), 1);
}

#[test]
fn a_stream_of_the_process_is_written_to_and_not_replaced() {
    let folder = folder();
    fs::write(folder.path().join("logs/a.log"), "noise\n").expect("a file");
    let path = folder.path().join("said.txt");
    fs::write(&path, "old\n").expect("a file");
    let said = File::options().append(true).open(&path).expect("a file");
    let mut command = command("convert -q --noise /dev/stderr logs", folder.path());
    command.stderr(said).status().expect("the program runs");
    let said = fs::read_to_string(&path).expect("a file");
    assert_eq!(said, "old\nlogs/a.log:1:1: noise\n");
}
