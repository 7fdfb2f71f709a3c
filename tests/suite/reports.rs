//! The formats of `check`, read back by independent readers, with paths that need every escape.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::checking::{self, folder};
use crate::support::codes::policy_for;
use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;
use unicode_width::UnicodeWidthChar;
use wxsub::report::{
    File, Github, Gitlab, JsonLines, Junit, Notice, Report, Sarif, Tally, Text, Total,
};
use wxsub::{Capture, Code, Lang, Record};

/// File names that some format must escape.
const NAMES: [&str; 12] = [
    "plain.json",
    "with space.json",
    "comma,comma.json",
    "50%.json",
    "already%2Cescaped%0A.json",
    "colon:12:3.json",
    "quote\"and'.json",
    "line\nfeed\r.json",
    "::error ::injected.json",
    "<angle>&amp;.json",
    "订阅消息.json",
    "folder/back\\slash|`.json",
];

/// A payload with errors and warnings, on several lines.
const ODD: &str = r#"{
    "ToUserName": "gh_5a2c71d0e9b4", "FromUserName": "o0LloXjEDNrbUldTysPkh4uS-Haw",
    "MsgType": "event", "Event":  "subscribe_msg_popup_event", "a%b\n:,c": "订",
    "List": [{"TemplateId": "KB8hJiBh-3sQXKxixVOz_2z0vOhWBBRQs9c7_9XOOMN", "SubscribeStatusString": "no",
    "PopupScene": 0},]
}
"#;

fn odd_names() -> TempDir {
    folder(&NAMES.map(|name| (name, ODD)))
}

fn check(folder: &Path, args: &[&str]) -> Command {
    checking::check(folder, &[&["--no-config"], args].concat())
}

fn run(folder: &Path, args: &[&str]) -> Output {
    check(folder, args).output().expect("the program runs")
}

fn written(folder: &Path, format: &str) -> String {
    let output = run(folder, &["--format", format, "."]);
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The facts about a finding that every format tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct FindingFacts {
    path: String,
    line: u64,
    column: u64,
    severity: String,
    code: String,
    message: String,
}

/// Reads the facts from JSON lines. The other formats are compared with them.
fn facts_as_json(folder: &Path) -> Vec<FindingFacts> {
    let text = written(folder, "json");
    let mut told: Vec<FindingFacts> = text
        .lines()
        .map(|line| {
            let finding = json(line);
            let text = |key: &str| finding[key].as_str().expect(key).to_owned();
            let help = finding["help"].as_str().map(|help| format!("; {help}"));
            FindingFacts {
                path: text("path"),
                line: finding["line"].as_u64().expect("a line"),
                column: finding["column"].as_u64().expect("a column"),
                severity: text("severity"),
                code: text("code"),
                message: text("message") + &help.unwrap_or_default(),
            }
        })
        .collect();
    told.sort();
    told
}

#[test]
fn json_lines_name_files_as_they_are() {
    let folder = odd_names();
    let told = facts_as_json(folder.path());
    let paths: BTreeSet<&str> = told.iter().map(|told| told.path.as_str()).collect();
    assert_eq!(paths, BTreeSet::from(NAMES));
    let severities: BTreeSet<&str> = told.iter().map(|told| told.severity.as_str()).collect();
    assert_eq!(severities, BTreeSet::from(["error", "warning"]));
    assert_eq!(told.len(), NAMES.len() * 4);
    let first = written(folder.path(), "json");
    let first = first.lines().next().expect("a line");
    let keys: Vec<_> = json(first)
        .as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect();
    let expected = [
        "code", "severity", "message", "path", "line", "column", "offset",
    ];
    assert_eq!(keys[..7], expected);
}

#[test]
fn json_lines_are_what_their_schema_says() {
    let schema = Command::new(env!("CARGO_BIN_EXE_wxsub"))
        .args(["schema", "finding"])
        .output()
        .expect("the program runs");
    let schema = json(std::str::from_utf8(&schema.stdout).expect("UTF-8"));
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let folder = odd_names();
    fs::write(folder.path().join("none"), "nothing").expect("a file");
    let text = written(folder.path(), "json");
    assert!(text.lines().count() > 40);
    text.lines()
        .for_each(|line| assert_valid(&schema, &json(line)));
}

/// Unescapes as the GitHub runner does.
fn unescaped(text: &str, is_property: bool) -> String {
    let text = match is_property {
        true => text.replace("%3A", ":").replace("%2C", ","),
        false => text.to_owned(),
    };
    text.replace("%0D", "\r")
        .replace("%0A", "\n")
        .replace("%25", "%")
}

/// Parses a workflow command as the GitHub runner does.
fn command(line: &str) -> FindingFacts {
    let rest = line.strip_prefix("::").expect("a command");
    let (head, message) = rest.split_once("::").expect("an end");
    let (name, properties) = head.split_once(' ').expect("properties");
    let get = |key: &str| {
        let mut pairs = properties
            .split(',')
            .filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(name, _)| *name == key).expect("a property");
        unescaped(value, true)
    };
    FindingFacts {
        path: get("file"),
        line: get("line").parse().expect("a number"),
        column: get("col").parse().expect("a number"),
        severity: name.to_owned(),
        code: get("title"),
        message: unescaped(message, false),
    }
}

#[test]
fn github_commands_say_the_same() {
    let folder = odd_names();
    let text = written(folder.path(), "github");
    let mut told: Vec<FindingFacts> = text.lines().map(command).collect();
    let severities: Vec<_> = told.iter().map(|told| told.severity.clone()).collect();
    assert_eq!(severities[..10], ["error"; 10]);
    assert_eq!(severities[10..20], ["warning"; 10]);
    told.sort();
    assert_eq!(told, facts_as_json(folder.path()));
}

#[test]
fn github_annotates_one_of_each_code_before_a_second() {
    let mut files: Vec<(String, String)> = (0..30)
        .map(|at| (format!("a{at:02}.json"), ODD.to_owned()))
        .collect();
    files.push(("z.xml".into(), Code::DuplicateField.example().into()));
    let files: Vec<_> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let folder = folder(&files);
    let summary = folder.path().join("summary.md");
    fs::write(&summary, "Of another tool.\n").expect("a file");
    let output = check(
        folder.path(),
        &["--format", "github", "--glob", "!summary.md", "."],
    )
    .env("GITHUB_STEP_SUMMARY", &summary)
    .output()
    .expect("the program runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let codes: Vec<_> = text.lines().map(|line| command(line).code).collect();
    assert_eq!(
        codes[..3],
        ["missing-field", "duplicate-field", "missing-field"]
    );
    assert_eq!(
        codes[10..13],
        ["unknown-field", "unknown-status", "trailing-comma"]
    );
    let summary = fs::read_to_string(summary).expect("the summary");
    assert!(
        summary.starts_with("Of another tool.\n### wxsub check\n\n31 files: "),
        "{summary}"
    );
    assert!(
        summary.contains("\n| z.xml | `duplicate-field` | error | 1 |\n"),
        "{summary}"
    );
    // 31 errors and 90 warnings, less ten of each.
    assert!(
        summary.contains("\n101 without an annotation:\n"),
        "{summary}"
    );
    let listed = summary
        .lines()
        .filter(|line| line.starts_with("- a"))
        .count();
    assert_eq!(listed, 101, "{summary}");
}

#[test]
fn github_is_chosen_in_a_workflow() {
    let folder = folder(&[("a.json", ODD)]);
    let starts_with = |value: &str, args: &[&str], expected: &str| {
        let output = check(folder.path(), args)
            .env("GITHUB_ACTIONS", value)
            .output();
        let text = String::from_utf8(output.expect("the program runs").stdout).expect("UTF-8");
        assert!(text.starts_with(expected), "{value:?} {args:?}: {text}");
    };
    starts_with(
        "true",
        &["a.json"],
        "::error file=a.json,line=1,col=1,title=missing-field::",
    );
    starts_with(
        "true",
        &["--format", "text", "a.json"],
        "a.json:1:1: error[",
    );
    starts_with("false", &["a.json"], "a.json:1:1: error[");
    starts_with("", &["a.json"], "a.json:1:1: error[");
}

fn schema(name: &str) -> jsonschema::Validator {
    let text = fs::read_to_string(Path::new("tests/schemas").join(name)).expect("a schema");
    // SARIF's pattern for languages is not a regular expression: it has a bracket too many.
    let schema = json(&text.replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}?$"));
    jsonschema::validator_for(&schema).expect("a schema")
}

fn assert_valid(schema: &jsonschema::Validator, value: &Value) {
    let errors: Vec<_> = schema
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(errors, [""; 0], "{value}");
}

/// Decodes a percent-encoded reference.
fn decoded(uri: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = uri.bytes();
    while let Some(byte) = rest.next() {
        let mut hex = || {
            char::from(rest.next().expect("a digit"))
                .to_digit(16)
                .expect("a digit")
        };
        bytes.push(match byte {
            b'%' => (hex() * 16 + hex()) as u8,
            byte => byte,
        });
    }
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn sarif_is_valid_and_says_the_same() {
    let schema = schema("sarif-2.1.0.json");
    let folder = odd_names();
    let log = json(&written(folder.path(), "sarif"));
    assert_valid(&schema, &log);
    let rules = &log["runs"][0]["tool"]["driver"]["rules"];
    let results = log["runs"][0]["results"].as_array().expect("results");
    let mut told: Vec<FindingFacts> = results
        .iter()
        .map(|result| {
            let place = &result["locations"][0]["physicalLocation"];
            let index = result["ruleIndex"].as_u64().expect("an index") as usize;
            assert_eq!(rules[index]["id"], result["ruleId"]);
            FindingFacts {
                path: decoded(place["artifactLocation"]["uri"].as_str().expect("a URI")),
                line: place["region"]["startLine"].as_u64().expect("a line"),
                column: place["region"]["startColumn"].as_u64().expect("a column"),
                severity: result["level"].as_str().expect("a level").to_owned(),
                code: result["ruleId"].as_str().expect("a code").to_owned(),
                message: result["message"]["text"]
                    .as_str()
                    .expect("a text")
                    .to_owned(),
            }
        })
        .collect();
    told.sort();
    assert_eq!(told, facts_as_json(folder.path()));
}

#[test]
fn sarif_counts_columns_in_code_points() {
    let text = ODD.replace("\\n", "");
    let text = text.replace("\"List\"", "\"😀e\u{301}订\": 1, \"List\"");
    let folder = folder(&[("a.json", &text)]);
    let log = json(&written(folder.path(), "sarif"));
    assert_eq!(log["runs"][0]["columnKind"], "unicodeCodePoints");
    let lines: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
    let marked = |result: &Value| {
        let region = &result["locations"][0]["physicalLocation"]["region"];
        let get = |key: &str| region[key].as_u64().expect(key) as usize;
        assert_eq!(get("startLine"), get("endLine"));
        let line = &lines[get("startLine") - 1];
        line[get("startColumn") - 1..get("endColumn") - 1]
            .iter()
            .collect()
    };
    let results = log["runs"][0]["results"].as_array().expect("results");
    let marked: Vec<String> = results.iter().map(marked).collect();
    assert_eq!(marked, ["{", "a%b:,c", "😀e\u{301}订", "\"no\"", ","]);
}

#[test]
fn sarif_is_valid_whatever_the_run_came_to() {
    let schema = schema("sarif-2.1.0.json");
    let folder = folder(&[("none", "nothing"), ("clean.json", Code::Noise.near_miss())]);
    let runs: [(&[&str], bool, usize); 4] = [
        (&["clean.json"], true, 0),
        (&["none"], true, 2),
        (&["clean.json", "missing"], false, 0),
        (&["--lang", "zh", "none"], true, 2),
    ];
    for (args, is_whole, results) in runs {
        let output = run(folder.path(), &[&["--format", "sarif"], args].concat());
        let log = json(std::str::from_utf8(&output.stdout).expect("UTF-8"));
        assert_valid(&schema, &log);
        let run = &log["runs"][0];
        assert_eq!(
            run["invocations"][0]["executionSuccessful"], is_whole,
            "{args:?}"
        );
        assert_eq!(
            run["results"].as_array().map(Vec::len),
            Some(results),
            "{args:?}"
        );
        let told = &run["invocations"][0]["toolExecutionNotifications"][0];
        let place = &told["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        let missing = (!is_whole).then_some("missing");
        assert_eq!(place.as_str(), missing, "{args:?}");
    }
}

/// The walk of a folder has errors of its own, which repeat the path.
#[cfg(unix)]
#[test]
fn a_file_below_a_folder_that_cannot_be_read_is_named_once() {
    let folder = folder(&[("clean.json", Code::Noise.near_miss())]);
    std::os::unix::fs::symlink("nowhere", folder.path().join("link")).expect("a link");
    let output = run(folder.path(), &["."]);
    let told = String::from_utf8(output.stderr).expect("UTF-8");
    let why = "wxsub: error: cannot read `./link`: No such file or directory (os error 2)";
    assert_eq!(told.lines().next(), Some(why));
}

#[test]
fn gitlab_is_valid_and_says_the_same() {
    let schema = schema("gitlab-code-quality.json");
    let folder = odd_names();
    let issues = json(&written(folder.path(), "gitlab"));
    assert_valid(&schema, &issues);
    let issues = issues.as_array().expect("an array");
    let mut told: Vec<_> = issues
        .iter()
        .map(|issue| {
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            let line = issue["location"]["lines"]["begin"].as_u64();
            let (code, message) = (text(&issue["check_name"]), text(&issue["description"]));
            (
                text(&issue["location"]["path"]),
                line.expect("a line"),
                code,
                message,
            )
        })
        .collect();
    told.sort();
    let json = facts_as_json(folder.path()).into_iter();
    let mut expected: Vec<_> = json
        .map(|told| (told.path, told.line, told.code, told.message))
        .collect();
    expected.sort();
    assert_eq!(told, expected);
    let names: BTreeSet<_> = issues
        .iter()
        .map(|issue| &issue["fingerprint"])
        .map(Value::to_string)
        .collect();
    assert_eq!(names.len(), issues.len());
}

#[test]
fn no_findings_are_an_empty_array_for_gitlab() {
    let folder = folder(&[("clean.json", Code::Noise.near_miss())]);
    assert_eq!(
        json(&written(folder.path(), "gitlab")),
        Value::Array(Vec::new())
    );
}

#[test]
fn fingerprints_stay_when_lines_move() {
    let fingerprints = |text: &str| {
        let folder = folder(&[("a.json", text)]);
        let of_sarif = json(&written(folder.path(), "sarif"));
        let of_sarif = of_sarif["runs"][0]["results"]
            .as_array()
            .expect("results")
            .clone();
        let of_sarif = of_sarif
            .iter()
            .map(|result| result["partialFingerprints"]["primaryLocationLineHash"].to_string());
        let issues = json(&written(folder.path(), "gitlab"));
        let issues = issues.as_array().expect("an array").clone();
        let of_gitlab = issues.iter().map(|issue| issue["fingerprint"].to_string());
        of_sarif.chain(of_gitlab).collect::<BTreeSet<_>>()
    };
    let before = fingerprints(ODD);
    assert_eq!(before.len(), 4);
    assert_eq!(fingerprints(&format!("\n\n\n{ODD}")), before);
    // The payload repeated gives its old fingerprints, and as many new ones.
    let twice = fingerprints(&format!("{ODD}\n{ODD}"));
    assert!(twice.is_superset(&before));
    assert_eq!(twice.len(), 8);
}

#[test]
fn junit_has_a_case_a_file() {
    let folder = odd_names();
    fs::write(folder.path().join("clean.json"), Code::Noise.near_miss()).expect("a file");
    let text = written(folder.path(), "junit");
    let document = roxmltree::Document::parse(&text).expect("XML");
    let suite = document
        .descendants()
        .find(|node| node.has_tag_name("testsuite"));
    let suite = suite.expect("a suite");
    assert_eq!(suite.attribute("tests"), Some("13"));
    assert_eq!(suite.attribute("failures"), Some("12"));
    let cases = suite
        .children()
        .filter(|node| node.has_tag_name("testcase"));
    let mut paths = BTreeSet::new();
    for case in cases {
        let child = |name: &str| case.children().find(|node| node.has_tag_name(name));
        let path = case.attribute("name").expect("a name");
        paths.insert(path);
        let is_clean = path == "clean.json";
        assert_eq!(child("failure").is_none(), is_clean, "{path}");
        if let Some(failure) = child("failure") {
            assert_eq!(failure.attribute("type"), Some("missing-field"));
            let out = child("system-out")
                .and_then(|node| node.text())
                .expect("warnings");
            assert_eq!(out.matches(": warning[").count(), 3, "{out}");
        }
    }
    assert_eq!(
        paths,
        BTreeSet::from_iter(NAMES.into_iter().chain(["clean.json"]))
    );
}

#[test]
fn junit_tells_what_could_not_be_read_and_strictness() {
    let folder = folder(&[("odd.json", Code::TrailingComma.example())]);
    let of = |args: &[&str]| {
        let output = run(folder.path(), &[&["--format", "junit"], args].concat());
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    assert!(of(&["odd.json"]).contains("tests=\"1\" failures=\"0\" errors=\"0\""));
    assert!(of(&["--strict", "odd.json"]).contains("tests=\"1\" failures=\"1\" errors=\"0\""));
    let text = of(&["missing", "odd.json"]);
    let document = roxmltree::Document::parse(&text).expect("XML");
    let error = document
        .descendants()
        .find(|node| node.has_tag_name("error"));
    let message = error
        .and_then(|node| node.attribute("message"))
        .expect("an error");
    assert!(message.starts_with("cannot open `missing`"), "{message}");
    assert!(
        text.contains("tests=\"2\" failures=\"0\" errors=\"1\""),
        "{text}"
    );
}

#[test]
fn paths_below_the_working_directory_are_relative_to_it() {
    let folder = folder(&[("sub/a.json", ODD)]);
    let absolute = folder
        .path()
        .canonicalize()
        .expect("a path")
        .join("sub/a.json");
    let absolute = absolute.to_str().expect("UTF-8");
    for (place, path, expected) in [
        ("", absolute, "sub/a.json"),
        ("", "./sub/./a.json", "sub/a.json"),
        ("sub", absolute, "a.json"),
        ("sub", "../sub/a.json", "../sub/a.json"),
    ] {
        let output = run(&folder.path().join(place), &["--format", "json", path]);
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let first = json(text.lines().next().expect("a finding"));
        assert_eq!(first["path"], expected, "{place} {path}");
    }
}

/// Returns what `report` writes of one finding in a file with this path.
fn one(mut report: impl Report, path: &str) -> String {
    let payload = br#"{"Event":"subscribe_msg_sent_event","ToUserName":"gh_5a2c71d0e9b4"}"#;
    let record = wxsub::decode(payload);
    let notices = [notice(&record, &record.findings()[0])];
    let file = File { name: path, path };
    let (mut out, tally) = (Vec::new(), Tally::default());
    let total = Total {
        tally: &tally,
        files: &[],
        hidden: &[],
    };
    report.open(&mut out).expect("memory");
    report.findings(&file, &notices, &mut out).expect("memory");
    report.end(&file, &mut out).expect("memory");
    report.close(&total, &mut out).expect("memory");
    String::from_utf8(out).expect("UTF-8")
}

proptest! {
    #[test]
    fn any_path_is_read_back_from_any_format(path in "([%:,\"'&<>\r\n\t /]|\\PC|\\p{Cc}|[a-z])+") {
        prop_assume!(path != "-" && !path.starts_with('/'));
        let lang = Lang::En;
        let finding = json(&one(JsonLines { lang }, &path));
        prop_assert_eq!(finding["path"].as_str(), Some(path.as_str()));
        let issues = json(&one(Gitlab::new(lang), &path));
        prop_assert_eq!(issues[0]["location"]["path"].as_str(), Some(path.as_str()));
        let log = json(&one(Sarif::new(lang), &path));
        let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().expect("a URI");
        prop_assert!(uri.bytes().all(|byte| byte.is_ascii_graphic()));
        prop_assert_eq!(decoded(uri), path.clone());
        let commands = one(Github::new(lang, None), &path);
        prop_assert_eq!(commands.lines().count(), 1);
        prop_assert_eq!(command(commands.trim_end_matches('\n')).path, path.clone());
        let cases = one(Junit::new(lang, false), &path);
        let document = roxmltree::Document::parse(&cases).expect("XML");
        let case = document.descendants().find(|node| node.has_tag_name("testcase"));
        // Characters that XML forbids are replaced.
        let held = path.replace(|c: char| c < ' ' && !"\t\n\r".contains(c), "\u{FFFD}");
        prop_assert_eq!(case.and_then(|case| case.attribute("name")), Some(held.as_str()));
    }
}

/// Writes the findings of a capture as text, as `check` does.
fn shown(name: &str, mut records: Capture<&[u8]>) -> String {
    let file = File { name, path: name };
    let (mut out, mut text) = (Vec::new(), Text::default());
    text.options.width = 100;
    for record in records.by_ref() {
        let record = record.expect("memory can be read");
        let other = wxsub::report::other_event(&record);
        let findings = record.findings().iter().chain(&other);
        let notices: Vec<_> = findings.map(|finding| notice(&record, finding)).collect();
        text.findings(&file, &notices, &mut out).expect("memory");
    }
    let of_file = [
        wxsub::report::noise(&records.stats()),
        out.is_empty()
            .then(|| (wxsub::report::no_payload(), Default::default())),
    ];
    for (finding, spot) in of_file.into_iter().flatten().take(1) {
        let severity = finding.severity();
        let notice = Notice {
            finding,
            severity,
            spot,
        };
        text.findings(&file, &[notice], &mut out).expect("memory");
    }
    String::from_utf8(out).expect("UTF-8")
}

fn notice(record: &Record<'_>, finding: &wxsub::Finding) -> Notice {
    Notice::of(record, finding, finding.severity())
}

/// Codes that no capture has: `convert` gives the first, and a file that lacks something gives the second.
const ELSEWHERE: [Code; 2] = [Code::Unrepresentable, Code::UnmetExpectation];

/// Compares the text of each finding with a file. `WXSUB_OVERWRITE=1 cargo test --test suite reports::` writes the present
/// texts; read the difference before you keep it.
#[test]
fn the_text_of_each_finding_is_as_it_was() {
    let codes = Code::ALL.iter().filter(|code| !ELSEWHERE.contains(code));
    let texts: Vec<_> = codes
        .map(|&code| {
            let mut records = Capture::new(code.example().as_bytes());
            if let Some(policy) = policy_for(code) {
                records = records.policy(policy);
            }
            shown(code.as_str(), records)
        })
        .collect();
    let texts = texts.join("\n");
    let path = "tests/findings.txt";
    if std::env::var_os("WXSUB_OVERWRITE").is_some() {
        fs::write(path, &texts).expect("the texts");
    }
    assert_eq!(texts, fs::read_to_string(path).unwrap_or_default());
}

/// Returns the text above the carets of a snippet, by columns of a terminal.
fn above_the_mark(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let at = lines
        .iter()
        .position(|line| line.trim_start().starts_with('|') && line.contains('^'));
    let at = at.unwrap_or_else(|| panic!("no mark: {text}"));
    let carets = lines[at].find('^').expect("a mark")..lines[at].rfind('^').expect("a mark") + 1;
    let mut column = 0;
    let mut above = String::new();
    for c in lines[at - 1].chars() {
        if carets.contains(&column) {
            above.push(c);
        }
        column += c.width().unwrap_or(0);
    }
    above
}

#[test]
fn the_mark_stands_under_its_place() {
    let long = "x".repeat(3_000);
    let wide = "订".repeat(1_000);
    let befores = [
        "",
        "\\t",
        "\t\t",
        "订阅",
        "e\u{301}",
        "\u{1b}[31m",
        "\u{202e}",
        "ｆｕｌｌ",
        "😀",
        &long,
        &wide,
    ];
    for before in befores {
        for behind in ["", &long, &wide] {
            let payload = format!(
                "<xml><Remark>{before}</Remark><odd>1</odd>{behind}<MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event></xml>"
            );
            let record = wxsub::decode(payload.as_bytes());
            let mut findings = record.findings().iter();
            let finding =
                findings.find(|finding| finding.message(wxsub::Lang::En).starts_with("`odd`"));
            let Some(finding) = finding else {
                // XML cannot hold escape characters.
                assert!(before.contains('\u{1b}'), "{before:?}");
                continue;
            };
            for width in [40, 80, 180] {
                let mut text = Text::default();
                text.options.width = width;
                let mut out = Vec::new();
                let file = File {
                    name: "a",
                    path: "a",
                };
                text.findings(&file, &[notice(&record, finding)], &mut out)
                    .expect("memory");
                let out = String::from_utf8(out).expect("UTF-8");
                let marked = &record.text()[finding.span().range()];
                assert_eq!(above_the_mark(&out), marked, "{out}");
                let widest = |line: &str| {
                    line.chars()
                        .filter_map(UnicodeWidthChar::width)
                        .sum::<usize>()
                };
                let snippet = out.lines().skip(1).map(widest).max();
                assert!(
                    snippet.is_some_and(|columns| columns <= width),
                    "{width}: {out}"
                );
            }
        }
    }
}

proptest! {
    /// Findings anywhere on lines of any length: each has its head line, and each mark stands under its place.
    #[test]
    fn any_findings_are_marked(
        gaps in proptest::collection::vec((0_usize..1200, any::<bool>(), "[a-z\\t订😀]{1,40}"), 1..8),
        width in 30_usize..200,
    ) {
        let fields: Vec<String> = gaps
            .iter()
            .map(|(gap, is_line, name)| {
                let end = if *is_line { "\n" } else { "" };
                format!("{}{end}\"x{name}\":1", " ".repeat(*gap))
            })
            .collect();
        let payload = format!("{{\"Event\":\"subscribe_msg_sent_event\",{}}}", fields.join(","));
        let record = wxsub::decode(payload.as_bytes());
        let notices: Vec<_> = record.findings().iter().map(|finding| notice(&record, finding)).collect();
        let mut text = Text::default();
        text.options.width = width;
        let mut out = Vec::new();
        text.findings(&File { name: "a", path: "a" }, &notices, &mut out).expect("memory");
        let out = String::from_utf8(out).expect("UTF-8");
        let heads = out.lines().filter(|line| line.starts_with("a:")).count();
        prop_assert_eq!(heads, notices.len());
        prop_assert!(out.lines().any(|line| line.contains('^')));
    }
}

#[test]
fn findings_of_neighbouring_lines_are_shown_together() {
    let text = shown("a.json", Capture::new(ODD.as_bytes()));
    let places: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("a.json:"))
        .map(|line| line.split(": ").next().expect("a place"))
        .collect();
    let sorted = |places: &[&str]| {
        let numbers = places.iter().map(|place| {
            let (line, column) = place.split_once(':').expect("a column");
            (
                line.parse::<u32>().expect("a line"),
                column.parse::<u32>().expect("a column"),
            )
        });
        numbers.is_sorted()
    };
    assert_eq!(places.len(), 4);
    assert!(sorted(&places), "{text}");
    // Every line of the payload is shown once.
    for number in 1..=5 {
        let gutter = format!("\n{number} | ");
        assert_eq!(text.matches(&gutter).count(), 1, "{number}: {text}");
    }
    let widest = |line: &str| {
        line.chars()
            .filter_map(UnicodeWidthChar::width)
            .sum::<usize>()
    };
    assert!(text.lines().all(|line| widest(line) <= 100), "{text}");
}
