//! Files of keys: what is read from them, and what is reported about them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const KEY: &str = "ownKey7ownKey7ownKey7ownKey7ownKey7ownKey7x";
const FORMER_KEY: &str = "ownKey8ownKey8ownKey8ownKey8ownKey8ownKey8x";
const CAPTURE: &str = "examples/encrypted/pushes.http";

/// Writes a file of keys that only its owner can read.
fn file(folder: &Path, text: &str) -> String {
    let path = folder.join("keys");
    fs::write(&path, text).expect("a file");
    allow(&path, 0o600);
    path.to_str().expect("a name").to_owned()
}

#[cfg(unix)]
fn allow(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("our own file");
}

#[cfg(not(unix))]
fn allow(_: &Path, _: u32) {}

fn wxsub(args: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wxsub"));
    for name in ["WXSUB_ENCODING_AES_KEY", "WXSUB_TOKEN", "WXSUB_APPID"] {
        command.env_remove(name);
    }
    let command = command.args(args).env("WXSUB_LANG", "en");
    command
        .envs(variables.iter().copied())
        .output()
        .expect("it runs")
}

/// Converts with the keys in `text` and returns the summary.
fn summary(text: &str, variables: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = file(folder.path(), text);
    let output = wxsub(&["convert", "--keys", &keys, CAPTURE], variables);
    String::from_utf8(output.stderr).expect("text")
}

#[test]
fn accounts_are_tried_in_turn() {
    let theirs = format!("encoding_aes_key = {FORMER_KEY}\ntoken = another\n");
    let ours = format!("[ours]\nencoding_aes_key = {KEY}\ntoken = ourOwnToken\n");
    let said = summary(&format!("{theirs}{ours}"), &[]);
    assert!(
        said.contains("opened: 2 verified, key 2 of 2: 2\n"),
        "{said}"
    );
    let mixed = format!("encoding_aes_key = {FORMER_KEY}\nencoding_aes_key = {KEY}\n");
    let said = summary(&mixed, &[]);
    assert!(
        said.contains("opened: 2 not verified, key 2 of 2: 2\n"),
        "{said}"
    );
}

#[test]
fn what_an_account_leaves_out_is_taken_from_the_environment() {
    let key = format!("encoding_aes_key = {KEY}\n");
    let said = summary(&key, &[("WXSUB_TOKEN", "ourOwnToken")]);
    assert!(said.contains("opened: 2 verified\n"), "{said}");
    let said = summary(&key, &[("WXSUB_APPID", "wx0000000000000000")]);
    assert!(said.contains("(-40005)"), "{said}");
    let own = format!("{key}appid = wx5a2c71d0e9b4a1b2\n");
    let said = summary(&own, &[("WXSUB_APPID", "wx0000000000000000")]);
    assert!(said.contains("opened: 2 not verified\n"), "{said}");
    let said = summary("token = ourOwnToken\n", &[("WXSUB_ENCODING_AES_KEY", KEY)]);
    assert!(said.contains("opened: 2 verified\n"), "{said}");
}

#[test]
#[cfg(unix)]
fn a_file_that_others_can_read_is_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = file(folder.path(), &format!("encoding_aes_key = {KEY}"));
    for (mode, is_reported) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true)] {
        allow(Path::new(&keys), mode);
        let output = wxsub(&["convert", "--keys", &keys, CAPTURE], &[]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(
            said.contains("others can read the keys"),
            is_reported,
            "{mode:o}: {said}"
        );
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn a_file_that_cannot_be_used_ends_the_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let cases = [
        ("", "there is no key in it"),
        ("# nothing\n[here]\n", "there is no key in it"),
        (
            "\nencoding_aes_key = short\n",
            "line 2: an EncodingAESKey has 43",
        ),
        (KEY, "line 1: expected"),
        ("tokens = s3cr3t", "line 1: expected"),
    ];
    for (text, words) in cases {
        let keys = file(folder.path(), text);
        let output = wxsub(&["convert", "--keys", &keys, CAPTURE], &[]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(words), "{said}");
        assert!(
            !said.contains("s3cr3t") && !said.contains("ownKey7"),
            "{said}"
        );
        assert!(output.stdout.is_empty());
    }
}
