//! Reads a file of test vectors for encrypted payloads: published and made, good and bad.
//!
//! The file is not part of this repository; `WXSUB_SEALED_VECTORS` names it. Without it this test passes and says that
//! it was skipped. `sealed` covers the same ground with payloads of its own.

use std::sync::Arc;

use serde_json::Value;
use wxsub::seal::{Account, Keys, Policy, Query, open, verify, verify_plain};
use wxsub::{Code, Lang, Limits, Outcome, Record, Trust};

#[test]
fn every_vector_comes_out_as_it_should() {
    let Some(path) = std::env::var_os("WXSUB_SEALED_VECTORS") else {
        eprintln!("WXSUB_SEALED_VECTORS is not set: the vectors were NOT tried");
        return;
    };
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("{path:?} cannot be read: the vectors were NOT tried");
        return;
    };
    let file: Value = serde_json::from_str(&text).expect("JSON");
    let vectors = file["vectors"].as_array().expect("vectors");
    let failures: Vec<String> = vectors
        .iter()
        .filter_map(|vector| Some(format!("{}: {}", vector["id"], failure(vector)?)))
        .collect();
    assert!(vectors.len() > 60, "only {} vectors", vectors.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn text<'v>(vector: &'v Value, name: &str) -> &'v str {
    vector[name].as_str().unwrap_or_default()
}

/// Returns what is wrong with the result of `vector`.
fn failure(vector: &Value) -> Option<String> {
    let key = text(vector, "encoding_aes_key");
    // A key that was replaced follows the key that replaced it.
    let keys = match vector["current_key"].as_str() {
        Some(current) => format!("{current},{key}"),
        None => key.to_owned(),
    };
    let account = match Account::from_lists(&keys, text(vector, "token"), text(vector, "appid")) {
        Ok(account) => account,
        Err(_) => return unexpected(&vector["expect"], "IllegalAesKey"),
    };
    let keys = Keys::new([account]);
    let query = Query::parse(text(vector, "query").as_bytes());
    match text(vector, "kind_of_input") {
        "push" | "reply" => failure_of_body(vector, keys, query),
        "echostr" => failure_of_echo(vector, &keys, query?),
        "ciphertext_only" => failure_of_text(&vector["expect"], &keys, text(vector, "encrypt")),
        "plain_signature" => failure_of_plain(vector, keys, query?),
        other => Some(format!("unknown kind {other}")),
    }
}

fn unexpected(expect: &Value, failed: &str) -> Option<String> {
    (expect["fail"] != failed).then(|| format!("{failed}, expected {expect}"))
}

fn failure_of_text(expect: &Value, keys: &Keys, encrypt: &str) -> Option<String> {
    let mut buffer = Vec::new();
    match open(keys, encrypt.as_bytes(), &mut buffer) {
        Err(error) => Some(error.to_string()),
        Ok(opened) => {
            let found = [opened.message, opened.receive_id];
            let expected = [text(expect, "plaintext"), text(expect, "receiveid")];
            (found != expected.map(str::as_bytes)).then(|| format!("{opened:?}"))
        }
    }
}

fn failure_of_echo(vector: &Value, keys: &Keys, query: Query) -> Option<String> {
    let encrypt = query.echostr.clone()?;
    let verified = verify(keys.tokens(), &query, encrypt.as_bytes());
    verified
        .err()
        .map(|mismatch| mismatch.message(Lang::En))
        .or_else(|| failure_of_text(&vector["expect"], keys, &encrypt))
}

/// Checks a plain request: its signature is right, but it does not verify the body.
fn failure_of_plain(vector: &Value, keys: Keys, query: Query) -> Option<String> {
    if verify_plain(keys.tokens(), &query) != Some(true) {
        return Some("the signature is wrong".into());
    }
    let record = decode(text(vector, "body"), keys, Some(query));
    let is_wrong = record.trust() != Trust::None || has(&record, Code::SignatureMismatch);
    is_wrong.then(|| format!("{record:?}"))
}

fn decode(body: &str, keys: Keys, query: Option<Query>) -> Record<'static> {
    let policy = Arc::new(Policy {
        query,
        ..Policy::from(keys)
    });
    wxsub::decode_sealed(body.as_bytes(), &Limits::default(), &policy).into_owned()
}

fn has(record: &Record<'_>, code: Code) -> bool {
    record
        .findings()
        .iter()
        .any(|finding| finding.code() == code)
}

fn failure_of_body(vector: &Value, keys: Keys, query: Option<Query>) -> Option<String> {
    let expect = &vector["expect"];
    let has_current = vector["current_key"].is_string();
    let record = decode(text(vector, "body"), keys, query);
    if expect["ok"] == false {
        return failure_of_bad(expect, &record);
    }
    let opened = record.opened().unwrap_or_default();
    let warning = match text(expect, "warn") {
        // Our decision: a payload encrypted for no appid opens if no appid is given, with a finding.
        "" if expect["receiveid"] == "" => Some(Code::OddEnvelope),
        "" => None,
        "PlainFieldsDisagree" => Some(Code::EnvelopeMismatch),
        "PaddedTo16" => Some(Code::OddEnvelope),
        other => return Some(format!("unknown warning {other}")),
    };
    let envelope = [Code::EnvelopeMismatch, Code::OddEnvelope].map(|code| has(&record, code));
    let key = record.sealed().map(|sealed| sealed.key());
    let is_right = opened == text(expect, "plaintext").as_bytes()
        && record.trust() == Trust::Verified
        && key == Some(if has_current { (2, 2) } else { (1, 1) })
        && envelope
            == [Code::EnvelopeMismatch, Code::OddEnvelope].map(|code| Some(code) == warning);
    (!is_right).then(|| {
        format!(
            "{key:?} {:?} {:?} {:?}",
            record.trust(),
            said(&record),
            record.outcome()
        )
    })
}

fn said(record: &Record<'_>) -> Vec<String> {
    let findings = record.findings().iter();
    findings.map(|finding| finding.message(Lang::En)).collect()
}

fn failure_of_bad(expect: &Value, record: &Record<'_>) -> Option<String> {
    let code = match text(expect, "fail") {
        "SignatureMismatch" | "SignatureMissing" => "signature-mismatch",
        "DtdForbidden" => "doctype-forbidden",
        "EnvelopeParse" => "malformed",
        _ => "decrypt-failed",
    };
    let is_of_document = matches!(text(expect, "fail"), "DtdForbidden" | "EnvelopeParse");
    let vendor = format!("({})", expect["code"]);
    let messages = said(record);
    let is_right = record.outcome() == &Outcome::Undecodable
        && record.findings().len() == 1
        && record.findings()[0].code().as_str().starts_with(code)
        && (is_of_document || messages[0].contains(&vendor));
    (!is_right).then(|| format!("{messages:?} {:?}, expected {expect}", record.outcome()))
}
