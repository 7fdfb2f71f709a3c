//! wxsub as a WebAssembly module.
//!
//! Each function takes bytes and returns JSON as text. `package/api.js` makes values and errors of it, for the npm package
//! and for the page.

use std::collections::BTreeMap;

use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;
use wxsub::explain::{Kind, Topic};
use wxsub::report::ReportedFinding;
use wxsub::{Callback, Code, Error, Extract, Lang};

/// The answer of [`decode`].
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Callback(Callback),
    Error(Refusal),
}

/// The reason why a payload is not a callback.
#[derive(Serialize)]
struct Refusal {
    code: Code,
    message: String,
    line: u64,
    column: u64,
    offset: u64,
}

impl Refusal {
    fn new(error: &Error, lang: Lang) -> Self {
        let place = error.place();
        Refusal {
            code: error.code(),
            message: error.finding().message(lang),
            line: place.line,
            column: place.column,
            offset: place.offset,
        }
    }
}

/// Decodes one payload.
#[wasm_bindgen]
pub fn decode(payload: &[u8], is_chinese: bool) -> String {
    json(&match wxsub::from_slice(payload) {
        Ok(callback) => Answer::Callback(callback),
        Err(error) => Answer::Error(Refusal::new(&error, lang(is_chinese))),
    })
}

/// The answer of [`extract`].
#[derive(Serialize)]
struct Extracted<'a> {
    records: &'a [Callback],
    findings: &'a [ReportedFinding<'a>],
    /// The records as text, since numbers of JavaScript do not hold all digits.
    lines: Vec<String>,
}

/// Reads all callbacks and findings of a capture.
#[wasm_bindgen]
pub fn extract(capture: &[u8], is_chinese: bool) -> String {
    let Extract {
        records, findings, ..
    } = &wxsub::extract(capture, lang(is_chinese));
    json(&Extracted {
        records,
        findings,
        lines: records.iter().map(json).collect(),
    })
}

/// Returns the meanings of names, values and codes in a few words: for each kind, an object of names and meanings.
#[wasm_bindgen]
pub fn words(is_chinese: bool) -> String {
    let mut words: BTreeMap<&str, BTreeMap<String, &str>> = BTreeMap::new();
    for topic in Topic::all().filter(|topic| topic.kind() != Kind::Word) {
        let meaning = topic.summary(lang(is_chinese));
        let of_kind = words.entry(topic.kind().name(Lang::En)).or_default();
        of_kind.extend(topic.names().into_iter().map(|name| (name, meaning)));
    }
    json(&words)
}

fn lang(is_chinese: bool) -> Lang {
    match is_chinese {
        true => Lang::Zh,
        false => Lang::En,
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("keys are texts")
}
