//! Checks that the fast paths give what the readers give.
//!
//! The input follows a documented payload, from which a template is learnt, and then a payload from which none is
//! learnt. Both must decode the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wxsub_fuzz::read;

const JSON: &str = r#"{"ToUserName":"gh_0123456789ab","FromUserName":"oTest-0123456789_abcdefghijk","CreateTime":1610969440,"MsgType":"event","Event":"subscribe_msg_sent_event","List":{"TemplateId":"T0-test_template_0123456789-ABCDEFGHIJKLMNO","MsgID":1700827132819554304,"ErrorCode":"43101","ErrorStatus":"user refuse"}}"#;
const OTHER: &str = r#"{"ToUserName":"gh_0123456789ab","MsgType":"text","Content":"hello"}"#;

/// Decodes `payload` after `first`, and describes what does not depend on its place.
fn behind(first: &str, payload: &[u8]) -> Vec<String> {
    let capture = [first.as_bytes(), b"\n", payload].concat();
    let records = read(&capture, capture.len() + 1, 1).into_iter().skip(1);
    records.map(|(_, shown)| shown).collect()
}

fuzz_target!(|bytes: &[u8]| {
    // The input changes the sample: the first two bytes give a place, the rest replaces as many bytes there.
    let [high, low, change @ ..] = bytes else {
        return;
    };
    let at = usize::from(u16::from_be_bytes([*high, *low])) % JSON.len();
    let end = (at + change.len()).min(JSON.len());
    let payload = [&JSON.as_bytes()[..at], change, &JSON.as_bytes()[end..]].concat();
    assert_eq!(behind(JSON, &payload), behind(OTHER, &payload));
});
