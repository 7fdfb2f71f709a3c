//! Runs the commands in text files and compares their output with the text there.
//!
//! `TRYCMD=overwrite cargo test --test suite commands::` writes the present output; read the difference before you keep it.

use std::fs;
use std::path::PathBuf;

#[test]
fn commands_print_what_the_files_say() {
    trycmd::TestCases::new()
        .env("WXSUB_LANG", "en")
        .env("TZ", "UTC")
        .env("COLUMNS", "100")
        .env("GITHUB_ACTIONS", "")
        .case("README.md")
        .case("README.zh-CN.md")
        .case("docs/*.md")
        .case("docs/zh/*.md")
        .case("tests/cmd/*.trycmd");
}

/// A command outside of a block is text: nothing runs it.
#[test]
fn every_command_stands_in_a_block() {
    let files = ["tests/cmd", "docs", "docs/zh", "."]
        .iter()
        .flat_map(|folder| {
            let entries = fs::read_dir(folder).expect("a folder");
            entries.map(|entry| entry.expect("an entry").path())
        });
    let is_read = |path: &PathBuf| {
        let ending = path.extension();
        ending.is_some_and(|ending| ending == "md" || ending == "trycmd")
    };
    for path in files.filter(is_read) {
        let text = fs::read_to_string(&path).expect("text");
        let mut is_inside = false;
        for line in text.lines() {
            is_inside ^= line.trim_start().starts_with("```");
            assert!(is_inside || !line.starts_with("$ "), "{path:?}: {line}");
        }
        assert!(!is_inside, "{path:?}: the last block does not end");
    }
}
