//! Measures decrypting and verifying generated callbacks: `cargo bench --bench sealed`
//!
//! Throughput counts the bytes of the envelopes, with their base64.

mod callbacks;

use std::sync::Arc;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use wxsub::Syntax;
use wxsub::pipeline::{self, Options};
use wxsub::report::Tally;
use wxsub::seal::{Account, EncodingAesKey, Keys, Policy, Token, open, seal, sign};

use crate::callbacks::{CALLBACKS, capture};

const KEY: &str = "benchKey7benchKey7benchKey7benchKey7benchKx";
const FORMER_KEY: &str = "formerKey7formerKey7formerKey7formerKey7foK";
const APPID: &str = "wx5a2c71d0e9b4a1b2";

fn main() {
    divan::main();
}

/// Encrypts each callback in an envelope of its syntax. With a token, a signed request line precedes each envelope.
fn sealed(syntax: Syntax, token: &str) -> Vec<u8> {
    let key: EncodingAesKey = KEY.parse().expect("a key");
    let plain = capture(syntax);
    let mut text = String::new();
    for (i, message) in plain.split(|&byte| byte == b'\n').enumerate() {
        if message.is_empty() {
            continue;
        }
        let encrypt = seal(&key, message, APPID, b"0123456789abcdef");
        if !token.is_empty() {
            let (timestamp, nonce) = ("1763812800", i.to_string());
            let signature = sign(&Token::new(token), timestamp, &nonce, &encrypt);
            text += &format!(
                "POST /wx?timestamp={timestamp}&nonce={nonce}&encrypt_type=aes&msg_signature={signature} HTTP/1.1\n\n"
            );
        }
        text += &match syntax {
            Syntax::Json => {
                format!("{{\"ToUserName\":\"gh_5a2c71d0e9b4\",\"Encrypt\":\"{encrypt}\"}}\n")
            }
            Syntax::Xml => format!(
                "<xml><ToUserName><![CDATA[gh_5a2c71d0e9b4]]></ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>\n"
            ),
        };
    }
    text.into_bytes()
}

fn options(keys: &str, token: &str, threads: usize) -> Options {
    let account = Account::from_lists(keys, token, APPID).expect("keys");
    Options {
        policy: Some(Arc::new(Policy::from(Keys::new([account])))),
        threads,
        ..Options::default()
    }
}

fn run(bencher: Bencher<'_, '_>, capture: &[u8], options: &Options, verified: bool) {
    let count = || {
        let mut tally = Tally::default();
        pipeline::run(black_box(capture), "bench", options, &mut tally)
            .expect("memory can be read");
        tally
    };
    let decrypted = count().decrypted().clone();
    let all = if verified {
        decrypted.verified
    } else {
        decrypted.unverified
    };
    assert_eq!(all, CALLBACKS as u64);
    bencher.counter(BytesCount::of_slice(capture)).bench(count);
}

/// Decrypts and decodes on one thread.
#[divan::bench(args = [Syntax::Json, Syntax::Xml])]
fn decode(bencher: Bencher<'_, '_>, syntax: Syntax) {
    run(bencher, &sealed(syntax, ""), &options(KEY, "", 1), false);
}

/// Decrypts and decodes on all cores.
#[divan::bench(args = [Syntax::Json, Syntax::Xml])]
fn decode_on_all_cores(bencher: Bencher<'_, '_>, syntax: Syntax) {
    run(bencher, &sealed(syntax, ""), &options(KEY, "", 0), false);
}

/// Decrypts with the second of two keys.
#[divan::bench(args = [Syntax::Json, Syntax::Xml])]
fn decode_with_former_key(bencher: Bencher<'_, '_>, syntax: Syntax) {
    let keys = format!("{FORMER_KEY},{KEY}");
    run(bencher, &sealed(syntax, ""), &options(&keys, "", 1), false);
}

/// Decrypts, and verifies the signature in the request line before each payload.
#[divan::bench(args = [Syntax::Json, Syntax::Xml])]
fn verify(bencher: Bencher<'_, '_>, syntax: Syntax) {
    let token = "benchToken";
    run(
        bencher,
        &sealed(syntax, token),
        &options(KEY, token, 1),
        true,
    );
}

/// Decrypts the ciphertext only.
#[divan::bench(args = [512, 4096, 65536])]
fn open_only(bencher: Bencher<'_, '_>, len: usize) {
    let keys = Keys::new([Account::from_lists(KEY, "", APPID).expect("keys")]);
    let encrypt = seal(
        &keys.accounts()[0].keys[0],
        &vec![b'x'; len],
        APPID,
        b"0123456789abcdef",
    );
    let mut buffer = Vec::new();
    let size = BytesCount::of_str(&encrypt);
    bencher.counter(size).bench_local(|| {
        open(&keys, black_box(encrypt.as_bytes()), &mut buffer).map(|opened| opened.message.len())
    });
}
