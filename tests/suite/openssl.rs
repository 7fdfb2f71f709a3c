//! Opens and verifies what openssl encrypted: every length of padding, both syntaxes inside and outside, each event.
//!
//! `tests/openssl_seal.sh` encrypts. Without openssl the test does nothing, and says that.

use std::io::Write;
use std::process::{Command, Stdio};

use wxsub::seal::{Policy, Query, Token, sign};
use wxsub::{Syntax, Trust};

use crate::support::embed::line;
use crate::support::seal::{APPID, FORMER_KEY, KEY, TOKEN, decode, envelope, keys};
use crate::support::shapes::shape;

const TIMESTAMP: &str = "1763812800";
const BLOCK: usize = 32;
/// The bytes of the plaintext before and after the message: random bytes, the length and the appid.
const BESIDE: usize = 16 + 4 + APPID.len();

fn has_openssl() -> bool {
    let version = Command::new("openssl")
        .arg("version")
        .stdout(Stdio::null())
        .status();
    let found = version.is_ok_and(|status| status.success());
    if !found {
        eprintln!("openssl is missing: what it seals was NOT tried");
    }
    found
}

/// Returns the value of `Encrypt` for `message`, and its `msg_signature`.
fn seal(key: &str, message: &str, nonce: &str) -> (String, String) {
    let mut child = Command::new("sh")
        .args(["tests/openssl_seal.sh", key, APPID, TOKEN, TIMESTAMP, nonce])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(message.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    let (encrypt, signature) = text.trim_end().split_once('\n').expect("two lines");
    (encrypt.to_owned(), signature.to_owned())
}

/// Appends white space to the message until it needs `padding` bytes of padding.
fn with_padding(message: &str, padding: usize) -> String {
    let len = message.len() + BESIDE + padding;
    message.to_owned() + &" ".repeat(len.next_multiple_of(BLOCK) - len)
}

#[test]
fn every_padding_and_form_is_opened_and_verified() {
    if !has_openssl() {
        return;
    }
    let mut forms = std::collections::BTreeSet::new();
    for padding in 1..=BLOCK {
        let inner = ["XML", "JSON"][padding % 2];
        let outer = [Syntax::Xml, Syntax::Json][padding / 2 % 2];
        let event = padding / 4 % 3;
        forms.insert((inner, outer.as_str(), event));
        let message = with_padding(&shape(inner).write(event, padding), padding);
        let nonce = padding.to_string();
        // The key with stray bits, and a key that was replaced.
        let key = [KEY, FORMER_KEY][padding / 16 % 2];
        let (encrypt, signature) = seal(key, &message, &nonce);
        let query = format!("timestamp={TIMESTAMP}&nonce={nonce}&msg_signature={signature}");
        let policy = Policy {
            query: Query::parse(query.as_bytes()),
            ..Policy::from(keys(&format!("{KEY},{FORMER_KEY}"), TOKEN, APPID))
        };
        let seen = decode(envelope(outer, &encrypt).as_bytes(), policy);
        assert_eq!(seen.trust, Trust::Verified, "{padding}: {seen:?}");
        assert_eq!(
            seen.line,
            line(&wxsub::decode(message.as_bytes())),
            "{padding}"
        );
        assert_eq!(seen.opened, Some(message.into_bytes()), "{padding}");
    }
    assert_eq!(
        forms.len(),
        12,
        "each event in both syntaxes, inside and outside"
    );
}

#[test]
fn openssl_signs_alike() {
    if !has_openssl() {
        return;
    }
    for nonce in ["9", "0", "zebra", "1763812801"] {
        let (encrypt, signature) = seal(KEY, "{}", nonce);
        let own = sign(&Token::new(TOKEN), TIMESTAMP, nonce, &encrypt);
        assert_eq!(own.to_string(), signature);
    }
}
