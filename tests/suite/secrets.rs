//! Keys and tokens appear in no output: not in data, messages, errors or summaries of any command or failure, not even
//! eight characters of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Drawn for this test, and used nowhere else.
const KEY: &str = "q7Vf2ZsLwXe09RbTyMiK4aUoPd8GhNcJ6lQxEtYu3W5";
const OTHER_KEY: &str = "Hj4kLz9XcVb2NmQw8ErTy6UiOp1AsDf3Gh7JkLq5ZxC";
const TOKEN: &str = "wR8tYp3kZq6LmX1vBn9c";
const OTHER_TOKEN: &str = "uJ5gHd2sFa7PoIe4WyQb";
/// The secret of pseudonyms.
const REDACT_KEY: &str = "nB7xKq2wZt9VrYc4Lm1SgHd8";
const APPID: &str = "wx5a2c71d0e9b4a1b2";

/// The number of characters in a row that count as a part of a secret.
const PART: usize = 8;

const PLAIN: &str = "<xml>\n<ToUserName><![CDATA[gh_5a2c71d0e9b4]]></ToUserName>\n\
    <FromUserName><![CDATA[oUJpEiXDgCbEFb0HOo8kZ-C2SJHT]]></FromUserName>\n\
    <CreateTime>1763812800</CreateTime>\n<MsgType><![CDATA[event]]></MsgType>\n\
    <Event><![CDATA[subscribe_msg_popup_event]]></Event>\n<SubscribeMsgPopupEvent><List>\n\
    <TemplateId><![CDATA[Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1]]></TemplateId>\n\
    <SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString>\n<PopupScene>0</PopupScene>\n\
    </List></SubscribeMsgPopupEvent></xml>\n";

/// Returns what must not be shown: the parts of all secrets, as text, as bytes of the key, and as their digits.
fn parts() -> Vec<Vec<u8>> {
    let engine = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::RequireNone)
            .with_decode_allow_trailing_bits(true),
    );
    let mut secrets: Vec<Vec<u8>> = [KEY, OTHER_KEY, TOKEN, OTHER_TOKEN, REDACT_KEY]
        .map(|it| it.as_bytes().to_vec())
        .into();
    for key in [KEY, OTHER_KEY] {
        let bytes = engine.decode(key).expect("a key");
        let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        secrets.push(digits.concat().into_bytes());
        secrets.push(digits.concat().to_uppercase().into_bytes());
        let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
        secrets.push(numbers.join(", ").into_bytes());
        secrets.push(bytes);
    }
    let windows = secrets.iter().flat_map(|secret| secret.windows(PART));
    windows.map(<[u8]>::to_vec).collect()
}

/// A folder of captures and of files of keys.
struct Folder {
    folder: tempfile::TempDir,
}

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let it = Folder { folder };
        it.write("plain.xml", PLAIN);
        let sealed = run(&it.path("plain.xml"), &["encrypt"], &KEYS, |arg| {
            it.path(arg)
        });
        it.write("sealed.xml", &text(&sealed.stdout));
        let url = "http://localhost/wx";
        let pushed = run(
            &it.path("plain.xml"),
            &["encrypt", "--http", url],
            &KEYS,
            |arg| it.path(arg),
        );
        let pushed = text(&pushed.stdout);
        it.write("pushed.http", &pushed);
        it.write(
            "altered.http",
            &pushed
                .replacen("CDATA[gh_", "CDATA[gx_", 1)
                .replacen("==]]", "=]]", 1)
                .replacen("&msg_signature=", "&msg_signature=0", 1),
        );
        it.write("forged.http", &forged(&pushed));
        it.write("torn.http", &pushed[..pushed.len() - 60]);
        it.write(
            "both.xml",
            &PLAIN.replacen(
                "<CreateTime>",
                &format!("<Encrypt>{}</Encrypt><CreateTime>", "A".repeat(64)),
                1,
            ),
        );
        it.write(
            "good.keys",
            &format!("encoding_aes_key = {KEY}\ntoken = {TOKEN}\nappid = {APPID}\n"),
        );
        it.write("two.keys", &format!("[a]\nencoding_aes_key = {OTHER_KEY}\ntoken = {OTHER_TOKEN}\n[b]\nencoding_aes_key = {KEY}\ntoken = {TOKEN}\n"));
        it.write("redact.key", &format!("{REDACT_KEY}\n"));
        it.write("no-names.keys", &format!("{KEY}\n{TOKEN}\n"));
        it.write(
            "odd-names.keys",
            &format!("aes-key: {KEY}\nsecret = {TOKEN}\n"),
        );
        it.write(
            "short.keys",
            &format!("encoding_aes_key = {}\ntoken = {TOKEN}\n", &KEY[1..]),
        );
        it.write("long.keys", &format!("encoding_aes_key = {KEY}=\n"));
        it.write(
            "quoted.keys",
            &format!("encoding_aes_key = \"{KEY}\"\ntoken = '{TOKEN}'\n"),
        );
        it.write(
            "swapped.keys",
            &format!("encoding_aes_key = {TOKEN}\ntoken = {KEY}\n"),
        );
        it.write(
            "json.keys",
            &format!("{{\"encoding_aes_key\":\"{KEY}\",\"token\":\"{TOKEN}\"}}\n"),
        );
        it.write("empty.keys", "");
        fs::write(
            it.path("bytes.keys"),
            [b"token = \xFF", TOKEN.as_bytes()].concat(),
        )
        .expect("it can be written");
        fs::create_dir(it.path("folder.keys")).expect("a folder");
        it
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("it can be written");
    }
}

/// Returns the request with its ciphertext changed in the middle.
fn forged(pushed: &str) -> String {
    let at = pushed.len() - 200;
    let other = if &pushed[at..at + 1] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &pushed[..at], &pushed[at + 1..])
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

type Environment = [(&'static str, &'static str)];

const KEYS: [(&str, &str); 3] = [
    ("WXSUB_ENCODING_AES_KEY", KEY),
    ("WXSUB_TOKEN", TOKEN),
    ("WXSUB_APPID", APPID),
];

/// Runs a command on `capture`. An argument `@name` stands for the path of that file.
fn run(
    capture: &Path,
    args: &[&str],
    environment: &Environment,
    path: impl Fn(&str) -> PathBuf,
) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wxsub"));
    for name in ["WXSUB_ENCODING_AES_KEY", "WXSUB_TOKEN", "WXSUB_APPID"] {
        command.env_remove(name);
    }
    command
        .envs(environment.iter().copied())
        .env("WXSUB_REDACT_KEY", REDACT_KEY)
        .envs([("RUST_BACKTRACE", "full"), ("RUST_LOG", "trace")]);
    for arg in args {
        match arg.strip_prefix('@') {
            Some(name) => command.arg(path(name)),
            None => command.arg(arg),
        };
    }
    command
        .arg(capture)
        .stdin(Stdio::null())
        .output()
        .expect("it runs")
}

const COMMANDS: &[&[&str]] = &[
    &["parse"],
    &["parse", "--format", "table", "--color", "always"],
    &["parse", "--quiet", "--lang", "zh"],
    &["convert"],
    &["convert", "--with-source", "--flat", "--summary", "json"],
    &["convert", "--to", "json", "--pretty"],
    &["convert", "--to", "xml"],
    &["convert", "--to", "csv", "--threads", "2"],
    &["check", "--strict"],
    &[
        "check",
        "--fail-fast",
        "--summary",
        "none",
        "--color",
        "always",
    ],
    &["check", "--lang", "zh"],
    &["check", "--require-signature"],
    &["check", "--require-encryption"],
    &["convert", "--accept-unverified"],
    &[
        "parse",
        "--query",
        "signature=00&timestamp=1&nonce=2&msg_signature=33",
    ],
    &["decrypt"],
    &["decrypt", "--quiet", "--accept-unverified"],
    &["redact"],
    &["redact", "--redact-key-file", "@redact.key"],
    &["redact", "--redact-key-file", "@empty.keys"],
    &["redact", "--redact-key-file", "@folder.keys"],
    // A secret in the place of the file name.
    &["redact", "--redact-key-file", REDACT_KEY],
    &["convert", "--redact"],
    &["check", "--redact", "--strict"],
    &["encrypt"],
    &["encrypt", "--http", "http://localhost/wx"],
    &[
        "encrypt",
        "--curl",
        "http://localhost/wx",
        "--envelope",
        "json",
    ],
    &["encrypt", "--no-such-option"],
];

const CAPTURES: &[&str] = &[
    "plain.xml",
    "sealed.xml",
    "pushed.http",
    "altered.http",
    "forged.http",
    "torn.http",
    "both.xml",
    "absent.xml",
];

const ENVIRONMENTS: &[&Environment] = &[
    &[],
    &KEYS,
    &[("WXSUB_ENCODING_AES_KEY", KEY)],
    &[("WXSUB_TOKEN", TOKEN)],
    &[
        ("WXSUB_ENCODING_AES_KEY", OTHER_KEY),
        ("WXSUB_TOKEN", TOKEN),
        ("WXSUB_APPID", APPID),
    ],
    &[
        ("WXSUB_ENCODING_AES_KEY", KEY),
        ("WXSUB_TOKEN", OTHER_TOKEN),
        ("WXSUB_APPID", APPID),
    ],
    &[
        ("WXSUB_ENCODING_AES_KEY", KEY),
        ("WXSUB_TOKEN", TOKEN),
        ("WXSUB_APPID", "wx0000000000000000"),
    ],
    // Mistyped or badly pasted keys.
    &[(
        "WXSUB_ENCODING_AES_KEY",
        "q7Vf2ZsLwXe09RbTyMiK4aUoPd8GhNcJ6lQxEtYu3W",
    )],
    &[(
        "WXSUB_ENCODING_AES_KEY",
        "q7Vf2ZsLwXe09RbTyMiK4aUoPd8GhNcJ6lQxEtYu3W5=",
    )],
    &[(
        "WXSUB_ENCODING_AES_KEY",
        " q7Vf2ZsLwXe09RbTyMiK4aUoPd8GhNcJ6lQxEtYu3W5",
    )],
    &[(
        "WXSUB_ENCODING_AES_KEY",
        "q7Vf2ZsLwXe09RbT-MiK4aUoPd8GhNcJ6lQxEtYu3W5",
    )],
    &[(
        "WXSUB_ENCODING_AES_KEY",
        "q7Vf2ZsLwXe09RbTyMiK4aUoPd8GhNcJ6lQxEtYu3W5;Hj4kLz9XcVb2NmQw8ErTy6UiOp1AsDf3Gh7JkLq5ZxC",
    )],
    &[("WXSUB_ENCODING_AES_KEY", TOKEN), ("WXSUB_TOKEN", KEY)],
];

/// The ways to give a file of keys.
const KEY_FILES: &[&str] = &[
    "@good.keys",
    "@two.keys",
    "@no-names.keys",
    "@odd-names.keys",
    "@short.keys",
    "@long.keys",
    "@quoted.keys",
    "@swapped.keys",
    "@json.keys",
    "@empty.keys",
    "@bytes.keys",
    "@folder.keys",
    "@absent.keys",
    // A key in the place of the file name.
    KEY,
];

/// Returns the output of a run, if it shows a secret.
fn leak(output: &Output, parts: &[Vec<u8>]) -> Option<String> {
    let shown = [&output.stdout[..], b"\n", &output.stderr].concat();
    let found = parts
        .iter()
        .find(|part| memchr::memmem::find(&shown, part).is_some())?;
    Some(format!("{:?} in:\n{}", text(found), text(&shown)))
}

/// What was found in the output of many runs.
struct Search {
    folder: Folder,
    parts: Vec<Vec<u8>>,
    leaks: Vec<String>,
    /// The number of runs with exit status 0, 1 and 2.
    statuses: [u32; 3],
}

impl Search {
    fn new() -> Self {
        Search {
            folder: Folder::new(),
            parts: parts(),
            leaks: Vec::new(),
            statuses: [0; 3],
        }
    }

    fn run(&mut self, capture: &str, args: &[&str], environment: &Environment) {
        let folder = &self.folder;
        let output = run(&folder.path(capture), args, environment, |name| {
            folder.path(name)
        });
        let status = output.status.code().expect("it ends by itself");
        self.statuses[status as usize] += 1;
        if let Some(leak) = leak(&output, &self.parts) {
            let leak = format!("{args:?} {capture} {environment:?}: {leak}");
            self.leaks.push(leak);
        }
    }

    /// Panics if a secret was shown, or if some exit status was rare.
    fn end(self) {
        let Search {
            leaks, statuses, ..
        } = self;
        assert!(leaks.is_empty(), "{} leaks, as {}", leaks.len(), leaks[0]);
        assert!(statuses.iter().all(|&count| count > 10), "{statuses:?}");
    }
}

#[test]
fn no_output_shows_a_key_or_a_token() {
    let mut search = Search::new();
    for command in COMMANDS {
        for environment in ENVIRONMENTS {
            search.run("pushed.http", command, environment);
        }
        for capture in CAPTURES {
            search.run(capture, command, &KEYS);
        }
    }
    for environment in ENVIRONMENTS {
        for capture in CAPTURES {
            search.run(capture, &["decrypt"], environment);
            search.run(capture, &["encrypt"], environment);
        }
    }
    search.end();
}

#[test]
fn no_output_shows_what_is_in_a_file_of_keys() {
    let mut search = Search::new();
    for command in COMMANDS {
        for file in KEY_FILES {
            search.run(
                "pushed.http",
                &[command, &["--keys", file][..]].concat(),
                &[],
            );
        }
    }
    for file in KEY_FILES {
        search.run("plain.xml", &["encrypt", "--keys", file], &[]);
        search.run("pushed.http", &["check", "--strict", "--keys", file], &KEYS);
    }
    search.end();
}

#[test]
fn a_file_of_keys_in_the_folder_of_captures_is_none() {
    let mut search = Search::new();
    let good = "@good.keys";
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["plain.xml", "good.keys"] {
        fs::copy(search.folder.path(name), folder.path().join(name)).expect("it can be copied");
    }
    search.folder.folder = folder;
    for command in ["parse", "convert", "check"] {
        search.run("", &[command, "--keys", good], &[]);
    }
    assert_eq!(
        (search.leaks.concat().as_str(), search.statuses),
        ("", [3, 0, 0])
    );
}

#[test]
fn the_search_finds_what_is_there() {
    let parts = parts();
    for shown in [&KEY[3..11], &TOKEN[12..], &OTHER_KEY[35..]] {
        let output = Output {
            status: Default::default(),
            stdout: Vec::new(),
            stderr: format!("error: {shown}…").into(),
        };
        assert!(leak(&output, &parts).is_some(), "{shown}");
    }
}
