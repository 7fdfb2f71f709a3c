//! Runs the program, in English or in Chinese, on a terminal of 80 columns.

use std::process::Command;

/// Runs the program in English and returns its standard output.
pub(crate) fn wxsub(args: &[&str]) -> String {
    printed(args, "en")
}

/// Runs the program in Chinese and returns its standard output.
pub(crate) fn chinese(args: &[&str]) -> String {
    printed(args, "zh")
}

fn printed(args: &[&str], lang: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_wxsub"))
        .args(args)
        .env("COLUMNS", "80")
        .env("WXSUB_LANG", lang)
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(0), "{args:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Returns the commands that the program's help lists, without `help`.
pub(crate) fn commands() -> Vec<String> {
    let help = wxsub(&["-h"]);
    let (_, list) = help.split_once("Commands:\n").expect("a list");
    let rows = list.lines().take_while(|line| !line.is_empty());
    let names = rows.filter_map(|row| row.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(String::from)
        .collect()
}
