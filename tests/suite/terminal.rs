//! The program on a terminal, alone and before a pager: where the progress bar is drawn, and how wide text is.

use std::fs;
use std::thread;
use std::time::Duration;

use crate::support::checking::CLEAN;
use crate::support::terminal::{WXSUB, on_terminal};
use tempfile::TempDir;

/// The openid in `CLEAN`.
const OPENID: &str = "o0LloXjEDNrbUldTysPkh4uS-Haw";

/// Makes a folder with a capture of `count` callbacks.
fn folder(count: usize) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.log"), CLEAN.repeat(count)).expect("a file");
    folder
}

/// Runs a line of shell in `folder` on a terminal of 80 columns. `$WXSUB` is the program. A capture that arrives over
/// `SLOW` takes longer than the bar waits.
fn shell(folder: &TempDir, line: &str, keys: Option<(Duration, &str)>) -> (String, Option<i32>) {
    let folder = folder.path().display();
    let line = format!("stty cols 80 rows 24; cd '{folder}'; WXSUB='{WXSUB}'; {line}");
    on_terminal(&["sh", "-c", &line], keys)
}

const SLOW: &str = "(cat a.log; sleep 2)";

/// Returns true if the bar of input of unknown size was drawn.
fn has_bar(shown: &str) -> bool {
    shown.chars().any(|c| ('⠁'..='⣿').contains(&c))
}

#[test]
fn a_bar_is_drawn_while_a_file_is_written() {
    let folder = folder(3);
    let (shown, status) = shell(&folder, &format!("{SLOW} | $WXSUB convert -o out"), None);
    assert_eq!(status, Some(0), "{shown}");
    assert!(has_bar(&shown), "{shown:?}");
    // The bar is gone when the summary comes.
    let summary = shown.rsplit('\r').find(|text| text.contains("1 file"));
    assert!(summary.is_some_and(|text| !has_bar(text)), "{shown:?}");
    let written = fs::read_to_string(folder.path().join("out")).expect("a file");
    assert_eq!(written.lines().count(), 3);
}

#[test]
fn no_bar_is_drawn_over_data() {
    let folder = folder(3);
    let check = |line: &str| {
        let (shown, status) = shell(&folder, &format!("{SLOW} | {line}"), None);
        assert_eq!(status, Some(0), "{line}: {shown}");
        assert!(!has_bar(&shown), "{line}: {shown:?}");
    };
    let check = &check;
    thread::scope(|scope| {
        for line in [
            "$WXSUB parse",
            "$WXSUB convert | cat",
            "TERM=dumb $WXSUB convert -o dumb",
            "$WXSUB convert -q -o quiet",
        ] {
            scope.spawn(move || check(line));
        }
    });
}

/// A pager owns the screen: nothing else may be drawn there, and the program ends when the pager does.
#[test]
fn a_pager_shows_callbacks_and_no_bar() {
    let folder = folder(1_000);
    let (_, status) = shell(&folder, "less --version > /dev/null", None);
    if status != Some(0) {
        return;
    }
    let keys = Some((Duration::from_millis(2_500), "q"));
    for line in [
        format!("{SLOW} | $WXSUB parse | less -R"),
        "$WXSUB parse a.log | less -R".to_owned(),
    ] {
        let (shown, status) = shell(&folder, &line, keys);
        assert_eq!(status, Some(0), "{line}: {shown}");
        assert!(shown.contains(OPENID), "{line}: {shown:?}");
        assert!(!has_bar(&shown), "{line}: {shown:?}");
        assert!(!shown.contains("error"), "{line}: {shown:?}");
    }
}

/// Without COLUMNS the width is that of the terminal.
#[test]
fn the_short_help_fits_on_a_small_terminal() {
    let folder = folder(0);
    let (shown, status) = shell(&folder, "$WXSUB parse -h", None);
    assert_eq!(status, Some(0));
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines.len() <= 24, "{shown}");
    assert!(
        lines.iter().all(|line| line.chars().count() <= 80),
        "{shown}"
    );
}
