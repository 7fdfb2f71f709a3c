//! Payloads that `encrypt` encrypts and pushes, read again by the library, by every command, and byte for byte by
//! `decrypt`.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use wxsub::seal::{Query, Token, verify};
use wxsub::{Code, Syntax, Trust};

use crate::support::seal::{APPID, KEY, ReadRecord, TOKEN, encrypt, envelope, policy, query, read};
use crate::support::shapes::shape;

fn wxsub(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wxsub"));
    command
        .args(args)
        .env("WXSUB_LANG", "en")
        .env("WXSUB_ENCODING_AES_KEY", KEY)
        .env("WXSUB_TOKEN", TOKEN)
        .env("WXSUB_APPID", APPID)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(args: &[&str], input: &[u8]) -> Output {
    let mut child = wxsub(args).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    // The program does not read input that it refuses early.
    let writer = thread::spawn(move || _ = stdin.write_all(&input));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("it does not panic");
    output
}

fn message(n: usize) -> String {
    let form = if n.is_multiple_of(2) { "XML" } else { "JSON" };
    shape(form).write(n % 3, n)
}

/// Makes a request that pushes `inside`, encrypted.
fn push(inside: &[u8], syntax: Syntax) -> String {
    let text = encrypt(inside);
    let body = envelope(syntax, &text);
    format!(
        "POST /wx?{} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body}\r\n",
        query(&text),
        body.len()
    )
}

fn read_with_token(capture: &str) -> Vec<ReadRecord> {
    read(capture.as_bytes(), &Arc::new(policy(TOKEN)), 1, 1 << 16)
}

#[test]
fn what_encrypt_pushes_is_verified_and_decrypt_gives_it_back() {
    for n in 0..6 {
        for envelope in ["xml", "json"] {
            let message = format!("{}\n", message(n));
            let args = [
                "encrypt",
                "--envelope",
                envelope,
                "--http",
                "http://localhost/wx",
            ];
            let pushed = run(&args, message.as_bytes());
            assert!(pushed.status.success());
            let decrypted = run(&["decrypt", "--require-signature"], &pushed.stdout);
            assert_eq!(String::from_utf8_lossy(&decrypted.stdout), message);
            let summary = String::from_utf8_lossy(&decrypted.stderr).into_owned();
            assert!(summary.contains("opened: 1 verified"), "{summary}");
        }
    }
}

#[test]
fn the_query_goes_with_the_body() {
    let sealed = run(&["encrypt"], message(1).as_bytes());
    let body: serde_json::Value = serde_json::from_slice(&sealed.stdout).expect("JSON as inside");
    let encrypt = body["Encrypt"].as_str().expect("a sealed payload");
    let query = Query::parse(&sealed.stderr).expect("a query");
    assert_eq!(query.encrypt_type.as_deref(), Some("aes"));
    assert_eq!(
        verify([&Token::new(TOKEN)], &query, encrypt.as_bytes()),
        Ok(())
    );
    let another = run(&["encrypt"], message(1).as_bytes());
    assert_ne!(sealed.stdout, another.stdout);
}

#[test]
fn a_seed_makes_the_same_push_each_time() {
    let args = |seed| {
        [
            "encrypt",
            "--timestamp",
            "1763812800",
            "--http",
            "http://localhost/",
            "--seed",
            seed,
        ]
    };
    let push = |seed| run(&args(seed), message(2).as_bytes()).stdout;
    assert_eq!(push("7"), push("7"));
    assert_ne!(push("7"), push("8"));
}

#[test]
fn a_request_says_how_long_its_body_is() {
    let pushed = run(
        &["encrypt", "--http", "http://localhost:8080/a?b=c"],
        message(2).as_bytes(),
    );
    let pushed = String::from_utf8(pushed.stdout).expect("text");
    let (head, body) = pushed.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("POST /a?b=c&signature="), "{head}");
    assert!(head.contains("\r\nHost: localhost:8080\r\n"), "{head}");
    assert!(
        head.contains(&format!("\r\nContent-Length: {}\r\n", body.len())),
        "{head}"
    );
}

#[test]
fn decrypt_changes_no_byte() {
    let document = message(0);
    let insides = [
        document.clone(),
        format!("\u{FEFF}\r\n  {document}"),
        format!("{document}\r\n"),
        format!("{document} \t"),
        document.replace('<', "\r\n<"),
        message(1),
        // A malformed payload is a fixture, too.
        document.replace("</xml>", ""),
        "<xml><ToUserName>gh_3f7a90c1d2e4</ToUserName><MsgType>text</MsgType><Content>订</Content></xml>".into(),
    ];
    let syntaxes = [Syntax::Xml, Syntax::Json];
    let pushes = insides.iter().zip(syntaxes.iter().cycle());
    let capture: String = pushes
        .map(|(inside, syntax)| push(inside.as_bytes(), *syntax))
        .collect();
    let output = run(&["decrypt"], capture.as_bytes());
    let ended = |text: &String| match text.ends_with('\n') {
        true => text.clone(),
        false => format!("{text}\n"),
    };
    let expected: String = insides.iter().map(ended).collect();
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    // One of the payloads cannot be decoded.
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_wrong_query_refutes_its_own_payload_and_no_other() {
    let pushes: Vec<String> = (0..4)
        .map(|n| push(message(n).as_bytes(), Syntax::Xml))
        .collect();
    for glue in ["", "2023-06-07 10:05:43 INFO next\n"] {
        let altered = pushes[1].replacen("nonce=", "nonce=9", 1);
        let capture = [
            &pushes[0], glue, &altered, glue, &pushes[2], glue, &pushes[3],
        ]
        .concat();
        let seen = read_with_token(&capture);
        let verified: Vec<bool> = seen.iter().map(|it| it.trust == Trust::Verified).collect();
        assert_eq!(verified, [true, false, true, true]);
        assert_eq!(seen[1].codes, [Code::SignatureMismatch]);
        assert!(!seen[1].is_callback());
    }
}

#[test]
fn lines_that_are_mixed_refute_nothing() {
    let texts = [0, 1].map(|n| encrypt(message(n).as_bytes()));
    let url = |n: usize| format!("10:05:43 INFO uri=/wx?{}\n", query(&texts[n]));
    let body = |n: usize| format!("10:05:43 INFO body={}\n", envelope(Syntax::Xml, &texts[n]));
    let trusts = |capture: String| -> Vec<Trust> {
        let seen = read_with_token(&capture);
        assert!(seen.iter().all(ReadRecord::is_callback), "{seen:?}");
        seen.iter().map(|it| it.trust).collect()
    };
    // A body right after its own URL is verified. A body after another URL is opened, and not reported as a mismatch.
    let in_turn = [url(0), body(0), url(1), body(1)].concat();
    assert_eq!(trusts(in_turn), [Trust::Verified; 2]);
    let mixed = [url(0), url(1), body(0), body(1)].concat();
    assert_eq!(trusts(mixed), [Trust::Opened; 2]);
    let crossed = [url(0), url(1), body(1), body(0)].concat();
    assert_eq!(trusts(crossed), [Trust::Verified, Trust::Opened]);
}

#[test]
fn a_query_inside_a_message_verifies_nothing() {
    let text = encrypt(message(0).as_bytes());
    let typed = format!(
        "<xml><ToUserName>gh_3f7a90c1d2e4</ToUserName><MsgType>text</MsgType><Content>/wx?{}</Content></xml>",
        query(&text).replace('&', "&amp;")
    );
    let body = envelope(Syntax::Xml, &text);
    for glue in ["\n", " "] {
        let seen = read_with_token(&[&typed, glue, &body, glue, &typed].concat());
        assert_eq!(seen[1].trust, Trust::Opened);
    }
}

#[test]
fn a_live_line_is_shown_when_it_ends() {
    let mut child = wxsub(&["convert", "--quiet"]).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let stdout = child.stdout.take().expect("a pipe");
    let (to, lines) = channel();
    thread::spawn(move || {
        let mut lines = BufReader::new(stdout).lines();
        while let Some(Ok(line)) = lines.next() {
            _ = to.send(line);
        }
    });
    for n in 0..3 {
        let request = push(message(n).as_bytes(), Syntax::Json);
        stdin.write_all(request.as_bytes()).expect("it reads");
        let line = lines
            .recv_timeout(Duration::from_secs(60))
            .expect("a record at once");
        assert!(line.starts_with("{\"event\":"), "{line}");
    }
    drop(stdin);
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn a_file_is_replaced_only_by_a_whole_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out");
    let name = path.to_str().expect("a name");
    for (args, input) in [
        (["encrypt", "-o", name], message(0)),
        (
            ["decrypt", "-o", name],
            push(message(0).as_bytes(), Syntax::Xml),
        ),
    ] {
        fs::write(&path, "old").expect("it can be written");
        assert!(run(&args, input.as_bytes()).status.success());
        assert_ne!(fs::read_to_string(&path).expect("a file"), "old");
    }
    fs::write(&path, "old").expect("it can be written");
    assert_eq!(
        run(&["encrypt", "-o", name], b"nothing").status.code(),
        Some(1)
    );
    let torn = push(b"<xml>", Syntax::Xml);
    assert_eq!(
        run(&["decrypt", "--fail-fast", "-o", name], torn.as_bytes())
            .status
            .code(),
        Some(1)
    );
    assert_eq!(fs::read_to_string(&path).expect("a file"), "old");
}
