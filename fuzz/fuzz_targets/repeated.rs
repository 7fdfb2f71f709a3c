//! Checks that a capture decodes the same with the fast path and without it.
//!
//! The input follows a documented payload, from which the fast path learns.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wxsub_fuzz::{read, read_slowly};

const JSON: &str = r#"{"ToUserName":"gh_0123456789ab","FromUserName":"oTest-0123456789_abcdefghijk","CreateTime":1610969440,"MsgType":"event","Event":"subscribe_msg_sent_event","List":{"TemplateId":"T0-test_template_0123456789-ABCDEFGHIJKLMNO","MsgID":1700827132819554304,"ErrorCode":"43101","ErrorStatus":"user refuse"}}"#;

fuzz_target!(|bytes: &[u8]| {
    // The input changes the sample: the first two bytes give a place, the rest replaces as many bytes there.
    let [high, low, change @ ..] = bytes else {
        return;
    };
    let at = usize::from(u16::from_be_bytes([*high, *low])) % JSON.len();
    let end = (at + change.len()).min(JSON.len());
    let payload = [&JSON.as_bytes()[..at], change, &JSON.as_bytes()[end..]].concat();
    let capture = [JSON.as_bytes(), b"\n", &payload].concat();
    assert_eq!(read(&capture, capture.len() + 1, 1), read_slowly(&capture));
});
