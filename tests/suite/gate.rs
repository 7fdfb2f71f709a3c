//! The gate as scripts see it: its exit status for every input and setting, its settings and expectations, and its
//! independence of a closed pipe.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use wxsub::gate::{Gate, Settings};
use wxsub::pipeline::{self, Options};
use wxsub::report::JsonLines;

use crate::support::cases::Share;
use crate::support::checking::{CLEAN, check, folder};

/// Returns a popup event like `CLEAN` with an unknown status, which is a warning.
fn warning() -> String {
    let popup = CLEAN
        .replace("_change_", "_popup_")
        .replace("MsgChange", "MsgPopup");
    let status = "ban</SubscribeStatusString><PopupScene>0</PopupScene>";
    popup.replace("reject</SubscribeStatusString>", status)
}

/// Returns `CLEAN` without a field, which is an error.
fn error() -> String {
    CLEAN.replace("<CreateTime>1763812861</CreateTime>", "")
}

fn undecodable() -> String {
    CLEAN.replace("</xml>", "</xlm>")
}

fn run(folder: &Path, args: &[&str]) -> Output {
    check(folder, args).output().expect("the program runs")
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("not ended by a signal")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Returns the codes and paths of the findings, from the JSON report.
fn reported(folder: &Path, args: &[&str]) -> Vec<(String, String)> {
    let output = run(folder, &[&["--format", "json"], args].concat());
    let findings = text(&output.stdout);
    let findings = findings.lines().map(|line| {
        let finding: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let get = |key: &str| finding[key].as_str().expect("a text").to_owned();
        (get("code"), get("path"))
    });
    findings.collect()
}

/// The inputs, and the exit status of each alone: by default, with --strict, with all denied, with all allowed.
const INPUTS: [(&str, [i32; 4]); 7] = [
    ("clean", [0, 0, 0, 0]),
    ("warning", [0, 1, 1, 0]),
    ("error", [1, 1, 1, 0]),
    ("undecodable", [1, 1, 1, 1]),
    ("none", [1, 1, 1, 1]),
    ("missing", [2, 2, 2, 2]),
    ("unreadable", [2, 2, 2, 2]),
];

const MODES: [&[&str]; 4] = [&[], &["--strict"], &["--deny", "all"], &["--allow", "all"]];

/// Returns the exit status of several inputs: the worst. A file without payloads may be allowed next to other files.
fn expected(inputs: &[&(&str, [i32; 4])], mode: usize) -> i32 {
    let is_none = |input: &&&(&str, [i32; 4])| input.0 == "none";
    let has_payload =
        |input: &&(&str, [i32; 4])| ["clean", "warning", "error", "undecodable"].contains(&input.0);
    let is_allowed = mode == 3 && inputs.iter().any(has_payload);
    let counted = inputs
        .iter()
        .filter(|input| !(is_allowed && is_none(input)));
    counted.map(|input| input.1[mode]).max().unwrap_or(0)
}

#[test]
fn every_combination_of_inputs_and_settings_has_its_status() {
    let folder = folder(&[
        ("clean", CLEAN),
        ("warning", &warning()),
        ("error", &error()),
        ("undecodable", &undecodable()),
        ("none", "nothing of interest\n"),
        // Compressed data that was cut off.
        ("unreadable", "\u{1f}"),
    ]);
    fs::write(
        folder.path().join("unreadable"),
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
    )
    .expect("a file");
    let all: Vec<_> = INPUTS.iter().collect();
    let mut share = Share::default();
    for chosen in 1..1_u32 << all.len() {
        let is_in = |(at, _): &(usize, _)| chosen >> at & 1 == 1;
        let inputs = all.iter().copied().enumerate().filter(is_in);
        let inputs: Vec<_> = inputs.map(|(_, input)| input).collect();
        let names: Vec<&str> = inputs.iter().map(|input| input.0).collect();
        let modes = MODES.iter().enumerate().filter(|_| share.takes_next());
        for (mode, flags) in modes {
            let output = run(folder.path(), &[*flags, &["--no-config"], &names].concat());
            let case = format!("{names:?} {flags:?}: {}", text(&output.stderr));
            assert_eq!(status(&output), expected(&inputs, mode), "{case}");
        }
    }
}

#[test]
fn the_status_is_the_same_in_every_format() {
    let folder = folder(&[
        ("clean", CLEAN),
        ("warning", &warning()),
        ("error", &error()),
        ("undecodable", &undecodable()),
    ]);
    for format in ["text", "json", "github", "sarif", "junit", "gitlab"] {
        for (name, [default, strict, ..]) in &INPUTS[..4] {
            let run = |flags: &[&str]| {
                status(&run(
                    folder.path(),
                    &[&["--format", format, name], flags].concat(),
                ))
            };
            assert_eq!(run(&[]), *default, "{format} {name}");
            assert_eq!(run(&["--strict"]), *strict, "{format} {name}");
        }
    }
}

#[test]
fn a_closed_pipe_does_not_change_the_answer() {
    let findings = error().repeat(500);
    let folder = folder(&[("many", &findings), ("clean", CLEAN)]);
    for format in ["text", "json", "github", "sarif", "junit", "gitlab"] {
        for (name, expected) in [("many", 1), ("clean", 0)] {
            let args = ["--format", format, "--max-findings", "0", name];
            let mut command = check(folder.path(), &args);
            let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = command.spawn().expect("the program starts");
            drop(child.stdout.take());
            let output = child.wait_with_output().expect("it ends");
            assert_eq!(status(&output), expected, "{format} {name}");
            let said = text(&output.stderr);
            assert!(said.starts_with("1 file: "), "{format} {name}: {said}");
        }
    }
}

#[test]
fn a_full_disk_is_a_failure_with_a_message() {
    let folder = folder(&[("error", &error()), ("clean", CLEAN)]);
    for format in ["text", "json", "github", "sarif", "junit", "gitlab"] {
        let full = File::options().write(true).open("/dev/full");
        let mut command = check(folder.path(), &["--format", format, "error"]);
        let output = command.stdout(full.expect("the device")).output();
        let output = output.expect("the program runs");
        assert_eq!(status(&output), 2, "{format}");
        let said = text(&output.stderr);
        assert!(
            said.starts_with("wxsub: error: cannot write the output: No space left"),
            "{format}: {said}"
        );
    }
    // A run without output does not fail on a full device.
    let full = File::options()
        .write(true)
        .open("/dev/full")
        .expect("the device");
    let output = check(folder.path(), &["clean"]).stdout(full).output();
    assert_eq!(status(&output.expect("the program runs")), 0);
}

#[test]
fn a_step_summary_that_cannot_be_written_is_a_failure() {
    let folder = folder(&[("clean", CLEAN)]);
    for summary in ["/dev/full", "no/such/folder"] {
        let output = check(folder.path(), &["--format", "github", "clean"])
            .env("GITHUB_STEP_SUMMARY", summary)
            .output();
        let output = output.expect("the program runs");
        assert_eq!(status(&output), 2, "{summary}: {}", text(&output.stderr));
    }
}

#[test]
fn settings_come_from_the_nearest_file_and_flags_win() {
    let folder = folder(&[
        (
            "wxsub.toml",
            "allow = [\"unknown-status\"]\n[[override]]\npath = \"deep/strict\"\ndeny = [\"all\"]\n",
        ),
        ("a.xml", &warning()),
        ("deep/strict/b.xml", &warning()),
        ("deep/other/wxsub.toml", "strict = true\n"),
        ("deep/other/c.xml", &warning()),
    ]);
    let root = folder.path();
    let status_in = |place: &str, args: &[&str]| status(&run(&root.join(place), args));
    assert_eq!(reported(root, &["a.xml"]), []);
    assert_eq!(status_in("", &["--deny", "unknown-status", "a.xml"]), 1);
    assert_eq!(status_in("", &["--deny", "all", "a.xml"]), 1);
    assert_eq!(status_in("", &["--no-config", "--strict", "a.xml"]), 1);
    assert_eq!(status_in("", &["--strict", "a.xml"]), 0);
    assert_eq!(status_in("", &["deep/strict"]), 1);
    assert_eq!(status_in("deep", &["strict"]), 1);
    assert_eq!(status_in("deep/strict", &["../strict/b.xml"]), 1);
    assert_eq!(
        status_in("", &["--allow", "unknown-status", "deep/strict"]),
        0
    );
    assert_eq!(status_in("deep/other", &["c.xml"]), 1);
    assert_eq!(
        status_in("", &["--config", "deep/other/wxsub.toml", "a.xml"]),
        1
    );
    let order = [
        "--allow",
        "all",
        "--warn",
        "unknown-status",
        "--strict",
        "a.xml",
    ];
    assert_eq!(status_in("", &order), 1);
    assert_eq!(
        status_in(
            "",
            &[
                "--deny",
                "unknown-status",
                "--allow",
                "unknown-status",
                "a.xml"
            ]
        ),
        0
    );
    assert_eq!(
        status_in(
            "",
            &[
                "--allow",
                "unknown-status",
                "--deny",
                "unknown-status",
                "a.xml"
            ]
        ),
        1
    );
}

#[test]
fn what_is_wrong_with_a_config_is_told_with_its_place() {
    let cases = [
        (
            "alow = []",
            "1:1: unknown key `alow`; did you mean `allow`?",
        ),
        (
            "\n[[expects]]\npath = \"a\"",
            "2:3: unknown key `expects`; did you mean `expect`?",
        ),
        (
            "xyz = 1",
            "1:1: unknown key `xyz`; the keys here are `strict`, `allow`, `warn`, `deny`, `override`, `expect`",
        ),
        (
            "strict = \"yes\"",
            "1:10: expected `true` or `false`, found \"yes\"",
        ),
        (
            "allow = \"all\"",
            "1:9: expected a list of codes like [\"odd-openid\"], found \"all\"",
        ),
        (
            "deny = [\"odd-case\", \"od-openid\"]",
            "1:21: unknown code `od-openid`; did you mean `odd-openid`?",
        ),
        (
            "allow = [\"encrypted\"]",
            "1:10: a payload that cannot be decoded is always an error; a fixture of one is accepted by an `[[expect]]` entry in wxsub.toml",
        ),
        (
            "allow = [\"noise\"]\ndeny = [\"noise\"]",
            "2:9: `noise` stands under `allow` already",
        ),
        (
            "[override]\npath = \"a\"",
            "1:1: expected tables, each headed by `[[override]]`, found a table or a date",
        ),
        (
            "override = [[\"a\"]]",
            "1:13: expected a table, found an array",
        ),
        (
            "\"\\u001b[31m\" = 1",
            "1:1: unknown key `\\u{1b}[31m`; the keys here are `strict`, `allow`, `warn`, `deny`, `override`, `expect`",
        ),
        (
            "[[override]]\nallow = []",
            "1:1: the entry has no `path`, a glob like \"tests/fixtures/*.json\"",
        ),
        (
            "[[expect]]\npath = \"a\"\ncodes = [\"wrong-tipe\"]",
            "3:10: unknown code `wrong-tipe`; did you mean `wrong-type`?",
        ),
        (
            "[[expect]]\npath = \"a\"\ncodes = { wrong-type = 0 }",
            "3:24: expected a whole number of at least 1, found `0`",
        ),
        (
            "[[expect]]\npath = \"a\"",
            "1:1: the entry has no `codes`, a list like [\"wrong-type\"]",
        ),
        (
            "[[expect]]\npath = \"a[\"\ncodes = []",
            "2:8: the path is not a glob: unclosed character class; missing ']'",
        ),
        (
            "[[expect]]\npath = \"a\"\ncode = []",
            "3:1: unknown key `code`; did you mean `codes`?",
        ),
        ("strict = true\nstrict = false", "2:1: duplicate key"),
        (
            "deny = [\"odd-case\", 1]",
            "1:21: expected a string, found `1`",
        ),
        (
            "[[expect]]\npath = 1\ncodes = []",
            "2:8: expected a glob like \"tests/fixtures/*.json\", or several, found `1`",
        ),
        (
            "[[expect]]\npath = \"a\"\ncodes = 1",
            "3:9: expected codes like [\"wrong-type\"], or how many of each like { wrong-type = 2 }, found `1`",
        ),
        (
            "[[expect]]\npath = \"a\"\n[expect.codes]\nwrong-tipe = 1",
            "4:1: unknown code `wrong-tipe`; did you mean `wrong-type`?",
        ),
        (
            "[[override]]\npath = [\"a\", \"a[\"]",
            "2:14: the path is not a glob: unclosed character class; missing ']'",
        ),
    ];
    for (config, message) in cases {
        let folder = folder(&[("wxsub.toml", config), ("a", CLEAN)]);
        let output = run(folder.path(), &["a"]);
        assert_eq!(status(&output), 2, "{config}");
        let expected = format!("wxsub: error: wxsub.toml:{message}\n");
        assert_eq!(text(&output.stderr), expected, "{config}");
    }
}

#[test]
fn expected_findings_are_required_and_others_count() {
    let bad = warning().replace("<CreateTime>1763812861</CreateTime>", "");
    let folder = folder(&[
        (
            "wxsub.toml",
            "[[expect]]\npath = \"bad/*.xml\"\ncodes = [\"missing-field\"]\n",
        ),
        ("bad/a.xml", &bad),
        ("bad/mended.xml", CLEAN),
        ("bad/deep/b.xml", &error()),
    ]);
    let pair = |code: &str, path: &str| (code.to_owned(), path.to_owned());
    assert_eq!(
        reported(folder.path(), &["."]),
        [
            pair("unknown-status", "bad/a.xml"),
            pair("missing-field", "bad/deep/b.xml"),
            pair("unmet-expectation", "bad/mended.xml"),
        ]
    );
    assert_eq!(status(&run(folder.path(), &["bad/a.xml"])), 0);
    assert_eq!(status(&run(folder.path(), &["--strict", "bad/a.xml"])), 1);
    // Expected findings that a filter leaves out are not missing.
    assert_eq!(
        reported(folder.path(), &["--event", "change", "bad/mended.xml"]),
        []
    );
}

#[test]
fn a_payload_that_cannot_be_decoded_may_be_expected() {
    let config = "[[expect]]\npath = [\"cut.xml\", \"no\"]\ncodes = [\"malformed-xml\", \"no-payload\", \"noise\"]\n";
    let folder = folder(&[("wxsub.toml", config), ("cut.xml", &undecodable())]);
    let stderr = text(&run(folder.path(), &["cut.xml"]).stderr);
    let stale = "wxsub: warning: wxsub.toml:2 expects findings in `no`, which is not there\n";
    assert!(stderr.starts_with(stale), "{stderr}");
    assert_eq!(
        status(&run(
            folder.path(),
            &["--allow", "unmet-expectation", "cut.xml"]
        )),
        0
    );
    assert_eq!(status(&run(folder.path(), &["cut.xml"])), 1);
}

#[test]
fn of_a_counted_expectation_what_is_more_counts_and_what_is_less_is_missing() {
    let expects =
        |count: u32| format!("[[expect]]\npath = \"a\"\ncodes = {{ unknown-status = {count} }}\n");
    let folder = folder(&[("a", &warning().repeat(3))]);
    let codes = |count| {
        fs::write(folder.path().join("wxsub.toml"), expects(count)).expect("a file");
        let found = reported(folder.path(), &["a"]).into_iter();
        found.map(|(code, _)| code).collect::<Vec<_>>()
    };
    assert_eq!(codes(1), ["unknown-status", "unknown-status"]);
    assert_eq!(codes(3), [""; 0]);
    assert_eq!(codes(4), ["unmet-expectation"]);
}

#[test]
fn what_is_recorded_is_expected_from_then_on() {
    let config = "# ours\nstrict = true # for now\n\n[[expect]] # by hand\npath = \"kept/*\"\ncodes = [\"wrong-type\"]\n";
    let folder = folder(&[
        ("wxsub.toml", config),
        ("sub/a, b%.xml", &warning().repeat(2)),
        ("sub/[c].xml", &error()),
        ("sub/none", "nothing of interest"),
    ]);
    let root = folder.path();
    assert_eq!(status(&run(root, &["."])), 1);
    // The working directory does not matter.
    let output = run(&root.join("sub"), &["--write-expectations", "."]);
    assert_eq!(status(&output), 0, "{}", text(&output.stderr));
    let written = fs::read_to_string(root.join("wxsub.toml")).expect("the config");
    assert!(written.starts_with(config), "{written}");
    assert_eq!(reported(root, &["."]), []);
    assert_eq!(status(&run(root, &["."])), 0);
    // A second run changes nothing.
    run(root, &["--write-expectations", "."]);
    assert_eq!(
        fs::read_to_string(root.join("wxsub.toml")).expect("the config"),
        written
    );
    // New findings count. A finding that is gone is an error until that is recorded, too.
    fs::write(root.join("sub/a, b%.xml"), warning().repeat(3)).expect("a file");
    fs::write(root.join("sub/[c].xml"), CLEAN).expect("a file");
    let codes: Vec<_> = reported(root, &["."])
        .into_iter()
        .map(|(code, _)| code)
        .collect();
    assert_eq!(codes, ["unmet-expectation", "unknown-status"]);
    run(root, &["--write-expectations", "."]);
    assert_eq!(reported(root, &["."]), []);
    let written = fs::read_to_string(root.join("wxsub.toml")).expect("the config");
    assert!(!written.contains("[c]"), "{written}");
    assert!(written.contains("unknown-status = 3"), "{written}");
}

#[test]
fn of_many_findings_the_first_are_shown_and_the_rest_is_counted() {
    let folder = folder(&[("a", &[warning().repeat(250), error().repeat(5)].concat())]);
    let lines = |args: &[&str]| {
        let output = run(folder.path(), &[args, &["a"]].concat());
        let shown = text(&output.stdout);
        let count = |code: &str| shown.matches(&format!("[{code}]")).count();
        (
            count("unknown-status"),
            count("missing-field"),
            shown.clone(),
        )
    };
    let (warnings, errors, shown) = lines(&[]);
    assert_eq!((warnings, errors), (100, 5));
    assert!(shown.ends_with("… not shown: 150 unknown-status; --max-findings 0 shows all\n"));
    let (warnings, errors, shown) = lines(&["--max-findings", "2"]);
    assert_eq!((warnings, errors), (2, 2));
    assert!(
        shown.ends_with(
            "… not shown: 3 missing-field, 248 unknown-status; --max-findings 0 shows all\n"
        ),
        "{shown}"
    );
    let (warnings, errors, shown) = lines(&["--max-findings", "0"]);
    assert_eq!((warnings, errors), (250, 5));
    assert!(!shown.contains("not shown"));
    let summary = text(
        &run(
            folder.path(),
            &["--max-findings", "1", "--summary", "files", "a"],
        )
        .stderr,
    );
    assert!(
        summary.ends_with("\n  a: 5 missing-field, 250 unknown-status\n"),
        "{summary}"
    );
}

#[test]
fn the_answer_does_not_depend_on_blocks_and_threads() {
    let capture = [
        CLEAN,
        &warning(),
        &error(),
        "noise\n",
        &undecodable(),
        &warning(),
    ]
    .concat()
    .repeat(40);
    let mut settings = Settings {
        folder: "/work".into(),
        ..Settings::default()
    };
    let entry = "[[expect]]\npath = \"log\"\ncodes = { unknown-status = 50, missing-field = 7 }\n";
    let config = wxsub::gate::Config::parse(entry, "wxsub.toml", Path::new("/work"));
    settings.expectations = config.expect("a config").expectations;
    for fail_fast in [false, true] {
        settings.fail_fast = fail_fast;
        let judge = |block_size, threads| {
            let mut out = Vec::new();
            let report = Box::new(JsonLines::default());
            let mut gate = Gate::new(&settings, report, &mut out).expect("memory");
            let options = Options {
                block_size,
                threads,
                ..Options::default()
            };
            let ended = pipeline::run(capture.as_bytes(), "log", &options, &mut gate);
            assert_eq!(ended.is_err(), fail_fast);
            let result = gate.close().expect("memory");
            // How much is read after a stop depends on timing.
            let counted = (
                result.tally.all_callbacks(),
                result.tally.findings_by_code(),
                result.tally.expected(),
            );
            (out, counted)
        };
        let expected = judge(1 << 20, 1);
        assert!(!expected.0.is_empty());
        for block_size in [1, 100, 1_000, 5_000] {
            for threads in [1, 3] {
                assert_eq!(
                    judge(block_size, threads),
                    expected,
                    "{block_size} {threads}"
                );
            }
        }
    }
}

#[test]
fn a_config_above_the_repository_is_taken_only_if_it_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("repository/fixtures")).expect("a folder");
    fs::write(at("wxsub.toml"), "allow = [\"no-payload\"]").expect("a file");
    fs::write(at("repository/fixtures/a.xml"), "noise").expect("a file");
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wxsub"));
        command
            .args(args)
            .current_dir(at("repository"))
            .env("WXSUB_LANG", "en");
        let output = command.output().expect("the program runs");
        let said = String::from_utf8(output.stderr).expect("text");
        (
            String::from_utf8(output.stdout)
                .expect("text")
                .contains("no-payload"),
            said,
        )
    };
    assert!(!run(&["check", "fixtures"]).0, "there is no repository yet");
    fs::create_dir(at("repository/.git")).expect("a folder");
    let (is_found, said) = run(&["check", "fixtures"]);
    assert!(
        is_found && said.contains("is not taken: it lies above the repository"),
        "{said}"
    );
    assert!(!run(&["check", "--config", "../wxsub.toml", "fixtures"]).0);
    fs::write(at("repository/wxsub.toml"), "allow = [\"no-payload\"]").expect("a file");
    let (is_found, said) = run(&["check", "fixtures"]);
    assert!(!is_found && !said.contains("not taken"), "{said}");
}
