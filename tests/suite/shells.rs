//! What `completions` and `man` print for shells and readers of manual pages.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::program::{commands, wxsub};

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// Returns true if the machine has a program.
fn has(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[test]
fn every_shell_has_a_script_with_all_commands() {
    for shell in SHELLS {
        let script = wxsub(&["completions", shell]);
        for command in commands() {
            assert!(script.contains(&command), "{shell}: {command}");
        }
        assert!(script.contains("reject"), "{shell}: values are completed");
    }
}

/// Completes the last of `words` with the script of bash, and returns what it offers.
fn complete(script: &Path, words: &[&str]) -> BTreeSet<String> {
    let [.., previous, last] = words else {
        panic!("a program and a word");
    };
    let line = words.iter().map(|word| format!("'{word}'"));
    let line = line.collect::<Vec<_>>().join(" ");
    let commands = format!(
        ". '{}'; COMP_WORDS=({line}); COMP_CWORD={}; _wxsub wxsub '{last}' '{previous}'; \
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        script.display(),
        words.len() - 1
    );
    let output = Command::new("bash")
        .args(["--norc", "-c", &commands])
        .output();
    let output = output.expect("bash runs");
    assert!(output.stderr.is_empty(), "{words:?}: {output:?}");
    let offers = String::from_utf8(output.stdout).expect("UTF-8");
    offers.lines().map(String::from).collect()
}

#[test]
fn bash_completes_commands_flags_and_values() {
    if !has("bash") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("wxsub.bash");
    fs::write(&script, wxsub(&["completions", "bash"])).expect("a file");
    let offers = |words: &[&str]| complete(&script, words).into_iter().collect::<Vec<_>>();
    assert_eq!(offers(&["wxsub", "par"]), ["parse"]);
    assert_eq!(offers(&["wxsub", "parse", "--max-d"]), ["--max-depth"]);
    assert_eq!(
        offers(&["wxsub", "convert", "--to", "json"]),
        ["json", "jsonl"]
    );
    let events = offers(&["wxsub", "parse", "--event", ""]);
    assert_eq!(events, ["change", "popup", "sent"]);
    assert_eq!(offers(&["wxsub", "parse", "--status", "rej"]), ["reject"]);
    let codes = offers(&["wxsub", "check", "--deny", "trailing"]);
    assert_eq!(codes, ["trailing-comma"]);
    assert_eq!(
        offers(&["wxsub", "stats", "--by", "hour-"]),
        ["hour-of-day"]
    );
    assert_eq!(offers(&["wxsub", "explain", "MsgI"]), ["MsgID"]);
    assert_eq!(
        offers(&["wxsub", "explain", "pop"]),
        ["popup", "popup_scene"]
    );
    assert_eq!(offers(&["wxsub", "man", "conv"]), ["convert"]);
    assert_eq!(offers(&["wxsub", "--lang", ""]), ["en", "zh"]);
}

/// The other shells are asked only whether they understand their script, on machines that have them.
#[test]
fn scripts_are_valid() {
    let folder = tempfile::tempdir().expect("a folder");
    for (shell, flag) in [("bash", "-n"), ("fish", "--no-execute"), ("zsh", "-n")] {
        if has(shell) {
            let script = folder.path().join(shell);
            fs::write(&script, wxsub(&["completions", shell])).expect("a file");
            let output = Command::new(shell).arg(flag).arg(&script).output();
            assert!(output.expect("it runs").status.success(), "{shell}");
        }
    }
}

/// Returns the long flags that are named in a manual page or a help, `--` included.
fn flags(text: &str) -> BTreeSet<String> {
    let text = text.replace("\\-", "-");
    let flags = text.split("--").skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '-');
        rest[..end.unwrap_or(rest.len())].to_owned()
    });
    flags.filter(|flag| !flag.is_empty()).collect()
}

#[test]
fn every_command_has_a_manual_page_with_all_flags() {
    let folder = tempfile::tempdir().expect("a folder");
    let pages = folder.path().join("new/man1");
    wxsub(&["man", "--dir", pages.to_str().expect("a name")]);
    let read = |name: &str| fs::read_to_string(pages.join(name)).expect("a page");
    assert_eq!(read("wxsub.1"), wxsub(&["man"]));
    let commands = commands();
    for command in &commands {
        let page = read(&format!("wxsub-{command}.1"));
        assert_eq!(page, wxsub(&["man", command]), "{command}");
        assert!(
            page.contains(&format!(".TH wxsub-{command} 1")),
            "{command}"
        );
        let help = flags(&wxsub(&[command, "--help"]));
        let shown = flags(&page);
        assert!(help.is_subset(&shown), "{command}: {help:?} {shown:?}");
    }
    let count = fs::read_dir(&pages).expect("a folder").count();
    assert_eq!(count, commands.len() + 1);
}

/// A flag whose text is only in the long help or only in the short one has it in the page.
#[test]
fn every_flag_of_a_page_has_its_text() {
    for command in commands() {
        let page = wxsub(&["man", &command]);
        let mut lines = page.lines().peekable();
        while let Some(line) = lines.next() {
            let is_flag = line.starts_with("\\fB\\-");
            let next = lines.peek().copied().unwrap_or_default();
            assert!(!is_flag || !next.is_empty(), "{command}: {line}");
        }
    }
}

#[test]
fn groff_has_no_complaints() {
    if !has("groff") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let pages = folder.path().to_str().expect("a name");
    wxsub(&["man", "--dir", pages]);
    for page in fs::read_dir(folder.path()).expect("a folder") {
        let page = page.expect("a page").path();
        let mut groff = Command::new("groff");
        groff.args(["-man", "-Tutf8", "-ww", "-z", "-k"]).arg(&page);
        let output = groff.output().expect("groff runs");
        assert!(output.stderr.is_empty(), "{page:?}: {output:?}");
    }
}
