//! Payloads and log lines that differ from an earlier one in a few bytes decode the same with the fast path and without
//! it.
//!
//! A unit test of `record/decoder.rs` checks that the fast path is used when it is on, and not when it is off.

use crate::support::cases::{FEWER, Share};
use crate::support::reading::{read_slowly, read_whole};
use crate::support::shapes::{SHAPES, shape};

/// Bytes that end a value, escape, or change its kind; digits, white space, and bytes that are not text.
const BYTES: &[u8] = b"\"\\<>&]/{}[],:- 09aZ_.g@`\n\r\t\0\x7F\x80\xC2\xE8\xFF";

/// Checks that `payload` decodes the same on both paths after `sample`, from which the fast path learns.
#[track_caller]
fn assert_same(sample: &str, payload: &[u8]) {
    let capture = [sample.as_bytes(), b"\n", payload].concat();
    let (fast, slow) = (read_whole(&capture), read_slowly(&capture));
    assert_eq!(fast, slow, "{}", String::from_utf8_lossy(payload));
}

#[test]
fn a_payload_with_one_other_byte() {
    let mut turn = 0;
    for (shape, event) in SHAPES
        .iter()
        .flat_map(|shape| (0..3).map(move |e| (shape, e)))
    {
        let sample = shape.write(event, 1);
        assert_same_with_other_bytes(&sample, sample.clone(), &mut turn, 23);
    }
}

/// Puts bytes of [`BYTES`] at each place of `payload`, one byte in `many`, others in each `turn`. All bytes at all
/// places would take minutes.
#[track_caller]
fn assert_same_with_other_bytes(sample: &str, payload: String, turn: &mut usize, many: usize) {
    let mut payload = payload.into_bytes();
    for at in 0..payload.len() {
        *turn += 1;
        let was = payload[at];
        let many = many * FEWER;
        for &byte in BYTES.iter().skip(*turn % many).step_by(many) {
            payload[at] = byte;
            assert_same(sample, &payload);
        }
        payload[at] = was;
    }
}

/// Makes log entries with escaped payloads: three of each, because the third is recognised.
fn entries(payload: impl Fn(usize) -> String, number: std::ops::Range<usize>) -> String {
    let entry = |n: usize| {
        let body = serde_json::to_string(&payload(n)).expect("a string");
        format!(
            r#"{{"ts": "2021-01-18T11:30:{:02}.5Z", "level": "info", "id": "{:08x}-beef", "ms": {}, "body": {body}, "n": -{}.05}}"#,
            10 + n,
            0x0123_4567 * n,
            200 + n,
            10 + n
        )
    };
    number.map(entry).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_entry_with_one_other_byte() {
    let mut turn = 0;
    for shape in SHAPES.iter() {
        let payload = |number| shape.write(1, number);
        let sample = entries(payload, 1..4);
        let entry = entries(payload, 4..5);
        assert_same_with_other_bytes(&sample, entry, &mut turn, 29);
    }
}

#[test]
fn an_entry_with_other_texts_around() {
    let payload = |number| SHAPES[0].write(2, number);
    let sample = entries(payload, 1..4);
    let entry = entries(payload, 4..5);
    for (old, new) in [
        ("2021-01-18", "2021 01 18"),
        ("2021-01-18", "ToUserName"),
        ("048d159c", "ToUserNa"),
        ("048d159c", "Encrypt1"),
        ("204", "004"),
        ("204", "000"),
        ("204", "1e4"),
        ("-14.05", "-04.05"),
        ("-14.05", "-00.05"),
        ("-14.05", "-0.050"),
        ("beef", "be3f"),
        ("beef", "be}f"),
        ("body", "note"),
    ] {
        assert!(entry.contains(old), "{old}");
        let changed = entry.replacen(old, new, 1);
        for payload in [
            changed.clone(),
            format!("INFO {changed}"),
            format!("{changed} {entry}"),
            format!("[{changed},\n{entry}]"),
            format!("\"{changed}\n{entry}"),
            format!("{entry}\n{changed}\n{entry}"),
        ] {
            assert_same(&sample, payload.as_bytes());
        }
    }
}

/// The doubt after a message that is cut off ends where the next entry begins, before its payload.
#[test]
fn an_entry_after_one_that_is_cut_off() {
    let mut share = Share::default();
    let entry = |number| {
        let payload = shape("XML").write(0, number);
        format!("2026-01-02 {{\"log\":{}}}", serde_json::json!(payload))
    };
    let sample = [entry(1), entry(2)].join("\n");
    let torn = entry(3);
    for len in (0..torn.len()).filter(|_| share.takes_next()) {
        assert_same(&sample, [&torn[..len], "\n", &entry(4)].concat().as_bytes());
    }
}

/// Makes a line of an application's log.
fn line(before: &str, payload: impl Fn(usize) -> String, number: usize) -> String {
    let time = format!("2021-01-18 11:30:4{number}.{number}17");
    format!(
        "{time} INFO [http-{number}] {{t1}} {before}body={}",
        payload(number)
    )
}

/// Makes lines of a log. The first follows noise, the others follow a line.
fn lines(before: &str, payload: impl Fn(usize) -> String) -> String {
    let lines: Vec<String> = (1..4).map(|n| line(before, &payload, n)).collect();
    format!("up\n{}", lines.join("\n"))
}

#[test]
fn a_line_with_one_other_byte_before_its_payload() {
    let mut share = Share::default();
    for shape in ["JSON", "XML"].map(shape) {
        let payload = |number| shape.write(1, number);
        let sample = lines("wx ", payload);
        let mut next = line("wx ", payload, 4).into_bytes();
        for at in 0..next.len() - payload(4).len() {
            for &byte in BYTES.iter().filter(|_| share.takes_next()) {
                let was = std::mem::replace(&mut next[at], byte);
                assert_same(&sample, &next);
                assert_same(&sample, &[b"down\n", &next[..]].concat());
                next[at] = was;
            }
        }
    }
}

#[test]
fn lines_with_other_texts_before_their_payloads() {
    let payload = |number| SHAPES[0].write(1, number);
    for (old, new) in [
        ("&#61;xml ", "&#60;xml "),
        ("MsgType1 ", "MsgType2 "),
        ("[0] ", "[1] "),
        ("{\"a\":1} ", "{\"a\":2} "),
        ("[1, ", "[2, "),
        ("{ 1 ", "{ 2 "),
        ("<a1> ", "<a2> "),
        ("'", "'"),
        ("x\n\t ", "x\n\t "),
        ("// 1 ", "// 2 "),
    ] {
        let sample = lines(old, payload);
        let next = line(new, payload, 4);
        for behind in ["", "\n", " more\n", "\n\"n\":1}\n"] {
            let next = format!("{next}{behind}{next}");
            assert_same(&sample, next.as_bytes());
            assert_same(&sample, format!("down {{\n{next}").as_bytes());
        }
    }
}

#[test]
fn the_same_payload_again_and_others_between() {
    for (shape, event) in SHAPES
        .iter()
        .flat_map(|shape| (0..3).map(move |e| (shape, e)))
    {
        let payloads: Vec<String> = (1..6).map(|number| shape.write(event, number)).collect();
        for payload in &payloads {
            assert_same(&payloads[0], payload.as_bytes());
            assert_same(payload, format!("{payload}\n{}", payloads[1]).as_bytes());
        }
    }
}

/// Brackets and tags right after a recognised entry or payload.
#[test]
fn ends_behind_what_is_recognised() {
    let payload = |number| shape("JSON").write(1, number);
    let sample = entries(payload, 1..4);
    for alone in ["JSON", "XML"].map(|name| shape(name).write(1, 4)) {
        for end in ["", "}", "]", "}}", "</xml>", "<", " }", "\n}"] {
            let entry = entries(payload, 5..6);
            assert_same(&sample, format!("{alone}\n{entry}{end}\n").as_bytes());
            assert_same(&sample, format!("{entry}\n{alone}{end}\n").as_bytes());
        }
    }
}

/// Removes each value from its payload in turn, and replaces it with values of the same length.
#[test]
fn a_payload_with_another_value() {
    let sample = r#"{"ToUserName":"gh_0123456789ab","FromUserName":"oTest-0123456789_abcdefghijk","CreateTime":1610969440,"MsgType":"event","Event":"subscribe_msg_sent_event","List":{"TemplateId":"T0-test_template_0123456789-ABCDEFGHIJKLMNO","MsgID":1700827132819554304,"ErrorCode":"43101","ErrorStatus":"user refuse"}}"#;
    for value in [
        "gh_0123456789ab",
        "oTest-0123456789_abcdefghijk",
        "1610969440",
        "event",
        "subscribe_msg_sent_event",
        "1700827132819554304",
        "43101",
        "user refuse",
    ] {
        let len = value.len();
        let others = [
            "0".repeat(len),
            "9".repeat(len),
            format!("-{}", "1".repeat(len - 1)),
            format!("{}.0", "1".repeat(len - 2)),
            format!("1e{}", "1".repeat(len - 2)),
            " ".repeat(len),
            format!(" {}", "1".repeat(len - 1)),
            format!("{} ", "x".repeat(len - 1)),
            "x".repeat(len),
            value.to_uppercase(),
            value.chars().rev().collect(),
            format!(
                "{}{}",
                &value[..1],
                value[1..].chars().rev().collect::<String>()
            ),
        ];
        for other in others {
            assert_same(sample, sample.replace(value, &other).as_bytes());
        }
    }
}
