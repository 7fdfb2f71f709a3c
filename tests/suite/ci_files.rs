//! The files with which other systems run wxsub: the action, the hook, and the examples in `docs/check.md`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;
use wxsub::Code;

const WXSUB: &str = env!("CARGO_BIN_EXE_wxsub");

fn read(path: &str) -> String {
    fs::read_to_string(path).expect(path)
}

/// Makes a folder with fixtures. One has a finding, one has a space in its name.
fn corpus() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let fixtures = folder.path().join("tests/fixtures");
    fs::create_dir_all(&fixtures).expect("a folder");
    let odd = Code::TrailingComma.example();
    fs::write(fixtures.join("two words.json"), odd).expect("a file");
    fs::write(fixtures.join("clean.json"), Code::TrailingComma.near_miss()).expect("a file");
    folder
}

fn status(output: &Output) -> Option<i32> {
    output.status.code()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Returns the script of the last step of the action.
fn action_script() -> String {
    let action = read("action.yml");
    let (_, script) = action.rsplit_once("run: |\n").expect("a script");
    let lines = script
        .lines()
        .map(|line| line.strip_prefix("        ").expect("indented"));
    lines.collect::<Vec<_>>().join("\n")
}

fn act(folder: &Path, paths: &str, args: &str) -> Output {
    Command::new("bash")
        .args(["-e", "-o", "pipefail", "-c", &action_script()])
        .current_dir(folder)
        .env("RUNNER_TEMP", folder)
        .env("GITHUB_ACTIONS", "true")
        .env_remove("GITHUB_STEP_SUMMARY")
        .env("WXSUB_LANG", "en")
        .env("WXSUB_PATHS", paths)
        .env("WXSUB_ARGS", args)
        .output()
        .expect("bash runs")
}

#[test]
fn the_action_checks_what_it_is_given() {
    let corpus = corpus();
    let bin = corpus.path().join("wxsub/bin");
    fs::create_dir_all(&bin).expect("a folder");
    symlink(WXSUB, bin.join("wxsub")).expect("a link");
    let folder = corpus.path();
    let output = act(folder, "tests/fixtures\n", "");
    assert_eq!(status(&output), Some(0), "{output:?}");
    let annotation = "::warning file=tests/fixtures/two words.json,line=3,";
    assert!(stdout(&output).starts_with(annotation), "{output:?}");
    let output = act(folder, "tests/fixtures/two words.json", "--strict\n\n");
    assert_eq!(status(&output), Some(1), "{output:?}");
    let output = act(
        folder,
        "tests/fixtures",
        "--allow\ntrailing-comma\n--strict",
    );
    assert_eq!(
        (status(&output), stdout(&output).as_str()),
        (Some(0), ""),
        "{output:?}"
    );
    // Commands in the inputs are not run.
    let output = act(
        folder,
        "$(touch injected)\n`touch injected`; touch injected",
        "",
    );
    assert_eq!(status(&output), Some(2), "{output:?}");
    assert!(!folder.join("injected").exists());
}

#[test]
fn the_hook_checks_the_files_that_it_is_given() {
    let corpus = corpus();
    let hooks = read(".pre-commit-hooks.yaml");
    let entry = hooks
        .lines()
        .find_map(|line| line.trim().strip_prefix("entry: wxsub "));
    let run = |files: &[&str]| {
        let mut command = Command::new(WXSUB);
        let command = command
            .args(entry.expect("an entry").split(' '))
            .args(files);
        command.current_dir(corpus.path()).env("WXSUB_LANG", "en");
        command
            .env("GITHUB_ACTIONS", "true")
            .output()
            .expect("the program runs")
    };
    let output = run(&["tests/fixtures/clean.json"]);
    assert_eq!(
        (status(&output), output.stderr.len()),
        (Some(0), 0),
        "{output:?}"
    );
    let output = run(&["tests/fixtures/clean.json", "tests/fixtures/two words.json"]);
    assert_eq!(status(&output), Some(0), "{output:?}");
    assert!(
        stdout(&output).starts_with("tests/fixtures/two words.json:3:"),
        "{output:?}"
    );
}

#[test]
fn the_examples_of_the_document_run() {
    let corpus = corpus();
    let document = read("docs/check.md");
    let (_, section) = document.split_once("\n## In CI\n").expect("the section");
    let (section, _) = section.split_once("\n## ").expect("another section");
    let starts = ["- run: wxsub ", "- wxsub ", "sh 'wxsub "];
    let commands: Vec<&str> = section
        .lines()
        .filter_map(|line| {
            starts
                .iter()
                .find_map(|start| line.trim().strip_prefix(start))
        })
        .collect();
    assert_eq!(commands.len(), 3, "{commands:?}");
    for command in commands {
        let command = format!("'{WXSUB}' {}", command.trim_end_matches('\''));
        let mut shell = Command::new("sh");
        let output = shell
            .args(["-c", &command])
            .current_dir(corpus.path())
            .output();
        let output = output.expect("sh runs");
        assert_eq!(status(&output), Some(0), "{command}: {output:?}");
        let (_, report) = command.rsplit_once("> ").expect("a report");
        let report = fs::read_to_string(corpus.path().join(report)).expect("a report");
        assert!(report.contains("trailing-comma"), "{command}: {report}");
    }
    let toml = section
        .split("```toml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let example = read("examples/wxsub.toml");
    let (_, shown) = example.split_once("\n\n").expect("a head");
    assert_eq!(toml, Some(shown), "the document shows examples/wxsub.toml");
}
