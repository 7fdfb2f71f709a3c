//! Runs `wxsub check` in folders made for a test.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A line with a callback that has no findings.
pub(crate) const CLEAN: &str = "<xml><ToUserName>gh_5a2c71d0e9b4</ToUserName>\
    <FromUserName>o0LloXjEDNrbUldTysPkh4uS-Haw</FromUserName><CreateTime>1763812861</CreateTime>\
    <MsgType>event</MsgType><Event>subscribe_msg_change_event</Event><SubscribeMsgChangeEvent><List>\
    <TemplateId>KB8hJiBh-3sQXKxixVOz_2z0vOhWBBRQs9c7_9XOOMN</TemplateId>\
    <SubscribeStatusString>reject</SubscribeStatusString></List></SubscribeMsgChangeEvent></xml>\n";

/// Makes a folder with `files`.
pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

/// Makes a check that runs in `folder`, independent of environment variables.
pub(crate) fn check(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wxsub"));
    command
        .arg("check")
        .args(args)
        .current_dir(folder)
        .env("WXSUB_LANG", "en")
        .env_remove("GITHUB_ACTIONS")
        .env_remove("GITHUB_STEP_SUMMARY")
        .stdin(Stdio::null());
    command
}
