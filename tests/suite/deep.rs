//! Log entries in log entries, nested deeper than escapes are undone.

use wxsub::{Capture, Outcome};

const PAYLOAD: &str =
    r#"{"ToUserName":"gh_0123456789ab","MsgType":"event","Event":"subscribe_msg_popup_event"}"#;

/// Puts `text` into `depth` nested log entries, each a string in the next.
fn buried(text: &str, depth: usize) -> String {
    (0..depth).fold(text.to_owned(), |text, _| {
        serde_json::json!({"n": 1, "log": text}).to_string()
    })
}

#[test]
fn what_stands_too_deep_is_passed_over() {
    for depth in 0..13 {
        let capture = format!("{}\n{PAYLOAD}\n", buried(PAYLOAD, depth));
        let records = Capture::new(capture.as_bytes()).map(|record| {
            let record = record.expect("memory does not fail");
            assert!(matches!(record.outcome(), Outcome::Callback(_)), "{depth}");
            record.place(0).line
        });
        let lines: Vec<u64> = records.collect();
        let expected: &[u64] = if depth <= 8 { &[1, 2] } else { &[2] };
        assert_eq!(lines, expected, "{depth}");
    }
}
