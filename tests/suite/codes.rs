//! The table of codes: every code is explained in both languages, listed in `docs/check.md`, found in its example, and not
//! found in its near miss.

use std::collections::BTreeSet;
use std::fs;

use crate::support::codes::policy_for;
use wxsub::output::{Format, Xml};
use wxsub::{Capture, Code, Lang, Limits, Record, report};

/// Returns the codes that `check` and `convert --to xml` find in a capture, with the policy for `code`.
fn codes(code: Code, capture: &str) -> BTreeSet<Code> {
    let mut codes = BTreeSet::new();
    let mut records = Capture::new(capture.as_bytes());
    if let Some(policy) = policy_for(code) {
        records = records.policy(policy);
    }
    let mut payloads = 0;
    for record in records.by_ref() {
        payloads += 1;
        codes.extend(codes_of(&record.expect("memory can be read")));
    }
    let noise = report::noise(&records.stats()).map(|(finding, _)| finding);
    let nothing = (payloads == 0).then(report::no_payload);
    // In a file without payloads everything is noise.
    codes.extend(nothing.or(noise).map(|finding| finding.code()));
    codes
}

fn codes_of(record: &Record<'_>) -> Vec<Code> {
    let other = report::other_event(record);
    let unwritten = Xml::default().record(record, &mut Vec::new()).err();
    let findings = record.findings().iter().chain(&other).chain(&unwritten);
    findings.map(|finding| finding.code()).collect()
}

#[test]
fn an_example_provokes_its_code_and_a_near_miss_does_not() {
    // These codes need another code in their example: an extra is an unknown field, a signature stands in a request
    // line, and the rest of a message is noise.
    let beside = [
        (Code::Unrepresentable, Code::UnknownField),
        (Code::SignatureMismatch, Code::Noise),
        (Code::AfterTorn, Code::Noise),
    ];
    // An unmet expectation is not in the file; `gate` has the case.
    let is_in_payloads = |code: &&Code| **code != Code::UnmetExpectation;
    for &code in Code::ALL.iter().filter(is_in_payloads) {
        let expected = beside.iter().filter(|(of, _)| *of == code).map(|row| row.1);
        let expected: BTreeSet<Code> = expected.chain([code]).collect();
        let example = code.example();
        assert_eq!(codes(code, example), expected, "{code}: {example}");
        let near_miss = code.near_miss();
        assert!(
            !codes(code, near_miss).contains(&code),
            "{code}: {near_miss}"
        );
    }
}

#[test]
fn every_code_is_explained_in_both_languages() {
    let is_chinese = |text: &str| text.contains(|c| matches!(c, '\u{4E00}'..='\u{9FFF}'));
    for &code in Code::ALL {
        let [summary, explanation, advice] =
            [Code::summary, Code::explanation, Code::advice].map(|text| {
                let (en, zh) = (text(code, Lang::En), text(code, Lang::Zh));
                assert!(!is_chinese(en) && en.len() >= 10, "{code}: {en:?}");
                assert!(is_chinese(zh), "{code}: {zh:?}");
                (en, zh)
            });
        assert!(!summary.0.ends_with('.'), "{code}: {}", summary.0);
        for (en, zh) in [explanation, advice] {
            assert!(en.ends_with('.') && !en.contains("  "), "{code}: {en}");
            assert!(zh.ends_with('。'), "{code}: {zh}");
            assert_ne!(en, summary.0, "{code}");
        }
    }
}

#[test]
fn every_code_stands_in_the_document() {
    let document = fs::read_to_string("docs/check.md").expect("the document");
    for &code in Code::ALL {
        assert!(document.contains(&format!("`{code}`")), "{code}");
    }
}

#[test]
fn a_code_is_read_however_it_is_written() {
    for &code in Code::ALL {
        let name = code.as_str();
        let spelled = [name.to_owned(), name.to_uppercase(), name.replace('-', "_")];
        for spelled in spelled {
            assert_eq!(spelled.parse(), Ok(code));
        }
        let slip = format!("{name}s").parse::<Code>().unwrap_err();
        assert_eq!(slip.suggestion, Some(code), "{slip}");
    }
    let error = "\u{1b}[31m".parse::<Code>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "unknown code `\\u{1b}[31m`; `wxsub explain` lists all"
    );
}

#[test]
fn the_limits_that_are_told_are_the_limits() {
    let told = Code::LimitExceeded.explanation(Lang::En);
    let limits = Limits::default();
    let expected = format!(
        "{} MiB, {} levels, {},000 items and {},000 values",
        limits.payload_size >> 20,
        limits.depth,
        limits.items / 1_000,
        limits.values / 1_000
    );
    assert!(told.contains(&expected), "{expected}: {told}");
}
