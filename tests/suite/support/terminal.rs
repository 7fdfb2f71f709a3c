//! Runs programs on a terminal, which Python makes.

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

const SPAWN: &str = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";

/// The path of the program.
pub(crate) const WXSUB: &str = env!("CARGO_BIN_EXE_wxsub");

/// Runs a program on a terminal, and returns what the terminal shows and the program's status. `keys` are typed after the
/// given time.
pub(crate) fn on_terminal(args: &[&str], keys: Option<(Duration, &str)>) -> (String, Option<i32>) {
    let mut command = Command::new("python3");
    command.args(["-c", SPAWN]).args(args);
    command
        .env("WXSUB_LANG", "en")
        .env("NO_COLOR", "1")
        .env("TERM", "xterm")
        .env_remove("COLUMNS")
        .stdin(keys.map_or(Stdio::null(), |_| Stdio::piped()))
        .stdout(Stdio::piped());
    let mut child = command.spawn().expect("python3 runs");
    if let Some((time, keys)) = keys {
        thread::sleep(time);
        // A program that ended early reads no keys.
        _ = child
            .stdin
            .take()
            .map(|mut stdin| stdin.write_all(keys.as_bytes()));
    }
    let output = child.wait_with_output().expect("python3 ends");
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        output.status.code(),
    )
}
