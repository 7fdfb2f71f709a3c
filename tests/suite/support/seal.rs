//! Encrypted payloads, and the result of reading them with keys.

use std::sync::Arc;

use wxsub::pipeline::Options;
use wxsub::seal::{Account, Keys, Policy, Token, seal, sign};
use wxsub::{Code, Limits, Outcome, Record, Syntax, Trust};

use super::each::each;
use super::embed::line;

pub(crate) const KEY: &str = "testKey70testKey70testKey70testKey70testKe7";
pub(crate) const FORMER_KEY: &str = "formerKey8formerKey8formerKey8formerKey8foX";
pub(crate) const TOKEN: &str = "testToken70";
pub(crate) const APPID: &str = "wx3f7a90c1d2e4b5a6";
pub(crate) const ACCOUNT: &str = "gh_3f7a90c1d2e4";
const TIMESTAMP: &str = "1763812800";
const NONCE: &str = "20731";

pub(crate) fn keys(keys: &str, token: &str, appid: &str) -> Keys {
    Keys::new([Account::from_lists(keys, token, appid).expect("keys")])
}

pub(crate) fn policy(token: &str) -> Policy {
    Policy::from(keys(KEY, token, APPID))
}

/// Encrypts `message` and returns the text of `Encrypt`.
pub(crate) fn encrypt(message: &[u8]) -> String {
    let keys = keys(KEY, "", "");
    seal(
        &keys.accounts()[0].keys[0],
        message,
        APPID,
        b"0123456789abcdef",
    )
}

/// Writes an envelope as in safe mode.
pub(crate) fn envelope(syntax: Syntax, encrypt: &str) -> String {
    match syntax {
        Syntax::Json => format!(r#"{{"ToUserName":"{ACCOUNT}","Encrypt":"{encrypt}"}}"#),
        Syntax::Xml => format!(
            "<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
        ),
    }
}

/// Returns the query that signs a ciphertext.
pub(crate) fn query(encrypt: &str) -> String {
    let signature = sign(&Token::new(TOKEN), TIMESTAMP, NONCE, encrypt);
    format!("timestamp={TIMESTAMP}&nonce={NONCE}&encrypt_type=aes&msg_signature={signature}")
}

/// A record with owned values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReadRecord {
    pub(crate) outcome: Outcome,
    pub(crate) trust: Trust,
    pub(crate) line: String,
    pub(crate) codes: Vec<Code>,
    pub(crate) opened: Option<Vec<u8>>,
}

impl ReadRecord {
    fn new(record: &Record<'_>) -> Self {
        ReadRecord {
            outcome: record.outcome().clone(),
            trust: record.trust(),
            line: line(record),
            codes: record
                .findings()
                .iter()
                .map(|finding| finding.code())
                .collect(),
            opened: record.opened().map(|opened| opened.into_owned()),
        }
    }

    pub(crate) fn is_callback(&self) -> bool {
        matches!(self.outcome, Outcome::Callback(_))
    }
}

pub(crate) fn decode(payload: &[u8], policy: Policy) -> ReadRecord {
    ReadRecord::new(&wxsub::decode_sealed(
        payload,
        &Limits::default(),
        &Arc::new(policy),
    ))
}

/// Reads the records of a capture.
pub(crate) fn read(
    capture: &[u8],
    policy: &Arc<Policy>,
    threads: usize,
    block_size: usize,
) -> Vec<ReadRecord> {
    let options = Options {
        policy: Some(policy.clone()),
        threads,
        block_size,
        ..Options::default()
    };
    each(capture, &options, ReadRecord::new)
}
