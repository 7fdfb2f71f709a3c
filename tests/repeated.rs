//! Payloads that are like one before but for a few bytes come to what they come to behind any other: what was learnt of
//! the one never shows in the other.

mod support;

use support::reading::{Seen, read_whole};
use support::shapes::SHAPES;

/// Bytes that end a value, escape, or make it another kind of value; digits, blanks, and what is no text.
const BYTES: &[u8] = b"\"\\<>&]/{}[],:- 09aZ_.g@`\n\r\t\0\x7F\x80\xC2\xE8\xFF";

/// What the records behind `sample` in its capture come to, with places as if it was not there.
fn behind(sample: &str, payload: &[u8]) -> Vec<Seen> {
    let capture = [sample.as_bytes(), b"\n", payload].concat();
    let lines = sample.matches('\n').count() as u64 + 1;
    let mut seen = read_whole(&capture);
    assert!(!seen.is_empty(), "the first is lost: {sample}");
    seen.remove(0);
    for seen in &mut seen {
        let places = seen.findings.iter_mut().map(|told| &mut told.place);
        for place in places.chain([&mut seen.place]) {
            place.line -= lines;
            place.offset -= sample.len() as u64 + 1;
        }
    }
    seen
}

#[track_caller]
fn assert_same(sample: &str, payload: &[u8]) {
    const OTHER: &str = r#"{"ToUserName":"gh_0123456789ab","MsgType":"text","Content":"hello"}"#;
    assert_eq!(
        behind(sample, payload),
        behind(OTHER, payload),
        "{}",
        String::from_utf8_lossy(payload)
    );
}

#[test]
fn a_payload_with_one_other_byte() {
    let mut turn = 0;
    for (shape, event) in SHAPES
        .iter()
        .flat_map(|shape| (0..3).map(move |e| (shape, e)))
    {
        let sample = shape.write(event, 1);
        let mut payload = sample.clone().into_bytes();
        for at in 0..payload.len() {
            // All bytes at all places take minutes.
            turn += 1;
            let was = payload[at];
            for &byte in BYTES.iter().skip(turn % 23).step_by(23) {
                payload[at] = byte;
                assert_same(&sample, &payload);
            }
            payload[at] = was;
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

/// Each value in turn, taken out of its payload and replaced by others of the same length.
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
