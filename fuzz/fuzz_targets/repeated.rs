//! What is recognised by its likeness to a payload before, or as a plain document, comes to what the readers alone make
//! of it.
//!
//! The input follows a payload of the documented shape, and one that is never learnt from. Both must come to the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wxsub_fuzz::read;

const JSON: &str = r#"{"ToUserName":"gh_0123456789ab","FromUserName":"oTest-0123456789_abcdefghijk","CreateTime":1610969440,"MsgType":"event","Event":"subscribe_msg_sent_event","List":{"TemplateId":"T0-test_template_0123456789-ABCDEFGHIJKLMNO","MsgID":1700827132819554304,"ErrorCode":"43101","ErrorStatus":"user refuse"}}"#;
const OTHER: &str = r#"{"ToUserName":"gh_0123456789ab","MsgType":"text","Content":"hello"}"#;

/// What stands behind `first`: what does not depend on where it stands.
fn behind(first: &str, payload: &[u8]) -> Vec<String> {
    let capture = [first.as_bytes(), b"\n", payload].concat();
    let records = read(&capture, capture.len() + 1, 1).into_iter().skip(1);
    records.map(|(_, shown)| shown).collect()
}

fuzz_target!(|bytes: &[u8]| {
    // The input changes the sample: a place, and what stands there instead of as many bytes.
    let [high, low, change @ ..] = bytes else {
        return;
    };
    let at = usize::from(u16::from_be_bytes([*high, *low])) % JSON.len();
    let end = (at + change.len()).min(JSON.len());
    let payload = [&JSON.as_bytes()[..at], change, &JSON.as_bytes()[end..]].concat();
    assert_eq!(behind(JSON, &payload), behind(OTHER, &payload));
});
