//! Records as input: what `convert` writes is read again and gives the same bytes.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use proptest::prelude::*;
use wxsub::output::{Format, Json as JsonForm, JsonLines, Xml};
use wxsub::pipeline::Options;
use wxsub::seal::{Keys, Policy};
use wxsub::{Capture, Code, Finding, Lang, Limits, Outcome, Record, Severity, Trust, decode};

use crate::support::cases::cases;
use crate::support::each::each;
use crate::support::embed::line;
use crate::support::json::{Json, parse};
use crate::support::model::{HEADER, callback, callback_for_xml, callback_with_structure};
use crate::support::render;

const FLAT: JsonLines = JsonLines {
    flat: true,
    with_source: false,
};
const WITH_SOURCE: JsonLines = JsonLines {
    flat: false,
    with_source: true,
};

/// Returns what `format` writes of all records of a capture.
fn written(format: &dyn Format, capture: &[u8]) -> String {
    let mut out = Vec::new();
    for record in Capture::new(capture).named("test.log") {
        let record = record.expect("memory can be read");
        format.record(&record, &mut out).expect("it can be written");
    }
    String::from_utf8(out).expect("UTF-8")
}

fn codes(record: &Record<'_>) -> Vec<Code> {
    record.findings().iter().map(Finding::code).collect()
}

#[track_caller]
fn callback_line(text: &str) -> String {
    let record = decode(text.as_bytes());
    let findings = record.findings();
    assert!(record.callback().is_some(), "{findings:?} in {text}");
    line(&record)
}

/// Generates payloads in any shape and syntax.
fn payload() -> BoxedStrategy<String> {
    let json = prop_oneof![2 => callback(), 1 => callback_with_structure()];
    prop_oneof![
        (json, any::<u64>()).prop_map(|(callback, seed)| render::json(&callback, seed)),
        (callback_for_xml(), any::<u64>())
            .prop_map(|(callback, seed)| render::xml(&callback, seed)),
    ]
    .boxed()
}

/// Counts the missing fields. `MsgType` does not count: records do not hold it.
fn missing(record: &Record<'_>) -> usize {
    let is_told = |finding: &&Finding| {
        let is_missing = finding.code() == Code::MissingField;
        is_missing && !finding.message(Lang::En).contains("`MsgType`")
    };
    record.findings().iter().filter(is_told).count()
}

/// Changes the order of the members at the top and in the items.
fn reordered(record: &Json, turn: usize) -> Json {
    let Json::Object(members) = record else {
        return record.clone();
    };
    let mut members: Vec<_> = members.clone();
    for (name, value) in &mut members {
        if let (true, Json::Array(items)) = (name == "items", &*value) {
            *value = Json::Array(items.iter().map(|item| reordered(item, turn + 1)).collect());
        }
    }
    let len = members.len().max(1);
    members.rotate_left(turn % len);
    Json::Object(members)
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn a_line_gives_the_same_line_again(payload in payload()) {
        let record = decode(payload.as_bytes());
        prop_assume!(record.callback().is_some());
        let before = line(&record);
        let again = decode(before.as_bytes());
        prop_assert!(again.is_json_record() && !record.is_json_record());
        prop_assert_eq!(&line(&again), &before, "{:?} {}", again.findings(), payload);
        prop_assert_eq!(missing(&again), missing(&record), "{} {:?}", payload, again.findings());
    }

    #[test]
    fn flat_lines_give_the_same_lines_again(payload in payload()) {
        let flat = written(&FLAT, payload.as_bytes());
        let headed = flat.lines().all(|line| HEADER.iter().all(|row| line.contains(&format!("\"{}\":", row.1))));
        prop_assume!(headed);
        prop_assert_eq!(written(&FLAT, flat.as_bytes()), flat, "{}", payload);
    }

    #[test]
    fn a_source_stays_until_another_is_written(payload in payload()) {
        let first = written(&WITH_SOURCE, format!("noise\n{payload}").as_bytes());
        prop_assume!(!first.is_empty());
        prop_assert_eq!(written(&JsonLines::default(), first.as_bytes()), first.clone());
        let own = written(&WITH_SOURCE, first.as_bytes());
        let place = "\"source\":{\"path\":\"test.log\",\"line\":1,\"offset\":0,\"format\":\"json\"}}\n";
        prop_assert!(own.ends_with(place), "{}", own);
    }

    #[test]
    fn a_record_may_be_written_in_any_way(payload in payload(), seed: u64, turn in 0..8usize) {
        let record = decode(payload.as_bytes());
        prop_assume!(record.callback().is_some());
        let before = line(&record);
        let value = parse(before.trim_end(), true).expect("JSON");
        let other = render::value(&reordered(&value, turn), seed);
        prop_assert_eq!(callback_line(&other), before, "{}", other);
    }

    #[test]
    fn wire_forms_of_a_record_are_read_as_the_record(payload in payload()) {
        let record = decode(payload.as_bytes());
        prop_assume!(record.callback().is_some());
        let before = line(&record);
        let again = decode(before.as_bytes());
        let mut json = Vec::new();
        if JsonForm::default().record(&again, &mut json).is_ok() {
            prop_assert_eq!(&line(&decode(&json)), &before, "{}", payload);
        }
        let mut xml = Vec::new();
        // In XML numbers become texts, and the writer itself checks that against the record.
        if Xml::default().record(&again, &mut xml).is_ok() {
            prop_assert!(decode(&xml).callback().is_some(), "{}", String::from_utf8_lossy(&xml));
        }
    }

}

proptest! {
    // Blocks of one byte take long.
    #![proptest_config(cases(25))]

    #[test]
    fn records_among_payloads_are_read_by_any_threads_and_blocks(
        payloads in prop::collection::vec(payload(), 1..4),
        flat: bool,
        with_source: bool,
    ) {
        let mut capture = String::new();
        for payload in &payloads {
            let lines = written(&JsonLines { flat, with_source }, payload.as_bytes());
            capture += &format!("{lines}noise\n{payload}\n2021-01-18 INFO {lines}\n");
        }
        let of = |record: &Record<'_>| (line(record), record.place(0).offset, codes(record));
        let whole = each(capture.as_bytes(), &Options::default(), of);
        for (threads, block_size) in [(1, 7), (2, 64)] {
            let options = Options { threads, block_size, ..Options::default() };
            prop_assert_eq!(&each(capture.as_bytes(), &options, of), &whole, "{}", capture);
        }
    }
}

const HEAD: &str = r#""event":"subscribe_msg_popup_event","to_user":"gh_5a2c71d0e9b4","from_user":"oUJpEiXDgCbEFb0HOo8kZ-C2SJHT","create_time":1763812800"#;
const ITEM_KEYS: &str = r#""template_id":"Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1","status":"accept","popup_scene":0"#;

#[test]
fn other_keys_are_kept_among_the_extras() {
    let cases = [
        // Members added with jq, before and after the record's own.
        (
            format!(
                r#"{{"n":1.50,{HEAD},"items":[{{"z":[1],{ITEM_KEYS}}}],"extra":{{"Foo":"x"}},"day":null}}"#
            ),
            format!(
                r#"{{{HEAD},"items":[{{{ITEM_KEYS},"extra":{{"z":[1]}}}}],"extra":{{"n":1.50,"Foo":"x","day":null}}}}"#
            ),
            vec![Code::UnknownField; 4],
        ),
        // WeChat's names are no keys of a record.
        (
            format!(r#"{{{HEAD},"items":[],"ToUserName":"a","Encrypt":"b","List":[]}}"#),
            format!(
                r#"{{{HEAD},"items":[],"extra":{{"ToUserName":"a","Encrypt":"b","List":[]}}}}"#
            ),
            vec![
                Code::EmptyList,
                Code::DuplicateField,
                Code::DuplicateField,
                Code::DuplicateField,
            ],
        ),
        // The key of an item at the top of a record that has items.
        (
            format!(r#"{{{HEAD},"items":[{{{ITEM_KEYS}}}],"status":"accept"}}"#),
            format!(r#"{{{HEAD},"items":[{{{ITEM_KEYS}}}],"extra":{{"status":"accept"}}}}"#),
            vec![Code::UnknownField],
        ),
        // Of two equal names, the first counts.
        (
            format!(
                r#"{{{HEAD},"to_user":"gh_000000000000","items":[{{{ITEM_KEYS},"status":"reject"}}],"items":[]}}"#
            ),
            format!(
                r#"{{{HEAD},"items":[{{{ITEM_KEYS},"extra":{{"SubscribeStatusString":"reject"}}}}],"extra":{{"ToUserName":"gh_000000000000","List":[]}}}}"#
            ),
            vec![Code::DuplicateField; 3],
        ),
        // The fields of another event.
        (
            format!(r#"{{{HEAD},"items":[{{{ITEM_KEYS},"msg_id":"1"}}]}}"#),
            format!(r#"{{{HEAD},"items":[{{{ITEM_KEYS},"msg_id":"1"}}]}}"#),
            vec![Code::UnknownField],
        ),
        // A source that the program never writes.
        (
            format!(
                r#"{{{HEAD},"items":[],"source":{{"path":"a","sealed":"verified","shard":3}}}}"#
            ),
            format!(r#"{{{HEAD},"items":[],"source":{{"path":"a","shard":3}}}}"#),
            vec![Code::EmptyList, Code::UnknownField],
        ),
        (
            format!(r#"{{{HEAD},"items":[],"extra":{{}}}}"#),
            format!(r#"{{{HEAD},"items":[]}}"#),
            vec![Code::EmptyList],
        ),
    ];
    for (given, expected, findings) in cases {
        let record = decode(given.as_bytes());
        assert_eq!(line(&record).trim_end(), expected, "{given}");
        assert_eq!(codes(&record), findings, "{given}");
        assert_eq!(callback_line(&expected).trim_end(), expected);
    }
}

/// A record has the findings of its payload, except for what a record does not hold.
#[test]
fn a_record_has_the_findings_of_its_payload() {
    let payloads = [
        r#"{"Event":"subscribe_msg_popup_event","MsgType":"text","ToUserName":"x","ToUserName":"y","CreateTime":"soon","Foo":1,
            "List":[{"TemplateId":"x","PopupScene":"","Bar":2},{"SubscribeStatusString":"ban","PopupScene":7,"PopupScene":8}]}"#,
        r#"{"Event":"subscribe_msg_sent_event","MsgType":"event","FromUserName":"x","CreateTime":1,
            "List":{"TemplateId":"x","MsgID":1.7e18,"ErrorCode":null,"ErrorStatus":" success"}}"#,
        r#"{"Event":"subscribe_msg_change_event","MsgType":"event","ToUserName":"gh_5a2c71d0e9b4","FromUserName":"x",
            "CreateTime":1763812800000,"List":[{"TemplateId":"x","SubscribeStatusString":"reject","PopupScene":1},{}]}"#,
    ];
    for payload in payloads {
        let record = decode(payload.as_bytes());
        let again = decode(line(&record).as_bytes()).into_owned();
        let sorted = |record: &Record<'_>| {
            let mut codes = codes(record);
            codes.sort();
            codes
        };
        assert_eq!(sorted(&again), sorted(&record), "{payload}");
    }
}

#[test]
fn keys_of_other_types_leave_nothing_to_decode() {
    let record = |head: &str, items: &str| format!("{{{head},\"items\":{items}}}");
    let item = |member: &str| record(HEAD, &format!("[{{{member}}}]"));
    let head = |member: &str| {
        record(
            &format!("\"event\":\"subscribe_msg_sent_event\",{member}"),
            "[]",
        )
    };
    let cases = [
        (
            head(r#""to_user":5"#),
            "5",
            "`to_user` of a record should be a string, found `5`",
        ),
        (
            head(r#""from_user":null"#),
            "null",
            "`from_user` of a record should be a string, found `null`",
        ),
        (
            head(r#""create_time":"1763812800""#),
            "\"1763812800\"",
            "`create_time` of a record should be a whole number, found a string",
        ),
        (
            head(r#""create_time":1.7e9"#),
            "1.7e9",
            "`create_time` of a record should be a whole number, found `1.7e9`",
        ),
        (
            head(r#""create_time":9223372036854775808"#),
            "9223372036854775808",
            "`create_time` of a record should be a whole number, found `9223372036854775808`",
        ),
        (
            head(r#""extra":[1]"#),
            "[1]",
            "`extra` of a record should be an object, found an array",
        ),
        (
            head(r#""source":"app.log""#),
            "\"app.log\"",
            "`source` of a record should be an object, found a string",
        ),
        (
            head(r#""source":{"line":"1"}"#),
            "\"1\"",
            "`line` of a record should be a whole number, found a string",
        ),
        (
            head(r#""source":{"path":{}}"#),
            "{}",
            "`path` of a record should be a string, found an object",
        ),
        (
            record(HEAD, "{}"),
            "{}}",
            "`items` of a record should be an array, found an object",
        ),
        (
            record(HEAD, "[{},7]"),
            "7",
            "`items[]` of a record should be an object, found `7`",
        ),
        (
            item(r#""msg_id":1700827132819554304"#),
            "1700827132819554304",
            "`msg_id` of a record should be a string, found `1700827132819554304`",
        ),
        (
            item(r#""popup_scene":"0""#),
            "\"0\"",
            "`popup_scene` of a record should be a whole number, found a string",
        ),
        (
            item(r#""status":true"#),
            "true",
            "`status` of a record should be a string, found `true`",
        ),
        (
            item(r#""extra":"x""#),
            "\"x\"",
            "`extra` of a record should be an object, found a string",
        ),
        (
            format!("{{{HEAD},\"template_id\":[]}}"),
            "[]",
            "`template_id` of a record should be a string, found an array",
        ),
    ];
    for (given, at, message) in cases {
        let record = decode(given.as_bytes());
        assert_eq!(*record.outcome(), Outcome::Undecodable, "{given}");
        let [finding] = record.findings() else {
            panic!("{:?} in {given}", record.findings());
        };
        assert_eq!(finding.code(), Code::MalformedRecord, "{given}");
        assert_eq!(finding.severity(), Severity::Undecodable);
        assert_eq!(finding.message(Lang::En), message, "{given}");
        assert!(
            given[finding.span().range()].starts_with(at.trim_end_matches('}')) || at == "{}}",
            "{given}"
        );
        assert_eq!(line(&record), "");
    }
}

#[test]
fn what_only_resembles_a_record_is_none() {
    let cases = [
        // A part of a name or another name, or neither items nor a whole header beside a key of another kind.
        format!(r#"{{"event":"subscribe_msg_popup","items":[],{ITEM_KEYS}}}"#),
        format!(r#"{{"event":"subscribe_msg_popup_event ","items":[],{ITEM_KEYS}}}"#),
        format!(r#"{{"Event":"subscribe_msg_popup_event","items":[],{ITEM_KEYS}}}"#),
        format!(r#"{{"event":"subscribe_msg_popup_event","items":3,"level":"info",{ITEM_KEYS}}}"#),
        format!(r#"{{"event":"subscribe_msg_popup_event","to_user":"a","from_user":"b","level":"info",{ITEM_KEYS}}}"#),
        format!(r#"{{"event":["subscribe_msg_popup_event"],"items":[],{ITEM_KEYS}}}"#),
        "<xml><event>subscribe_msg_popup_event</event><to_user>a</to_user><from_user>b</from_user><create_time>1</create_time></xml>".to_owned(),
    ];
    for given in cases {
        let record = decode(given.as_bytes());
        assert!(!record.is_json_record(), "{given}");
        assert!(!line(&record).contains("\"items\":[{"), "{given}");
    }
}

#[test]
fn an_object_around_a_message_is_a_log_entry() {
    let xml = "<xml><ToUserName>gh_5a2c71d0e9b4</ToUserName><FromUserName>oUJpEiXDgCbEFb0HOo8kZ-C2SJHT</FromUserName>\
        <CreateTime>1763812800</CreateTime><MsgType>event</MsgType><Event>subscribe_msg_change_event</Event>\
        <SubscribeMsgChangeEvent><List><TemplateId>a</TemplateId></List></SubscribeMsgChangeEvent></xml>";
    let json = callback_to_json(xml);
    let inner = line(&decode(xml.as_bytes()));
    for body in [
        serde_json::to_string(xml).unwrap(),
        serde_json::to_string(&json).unwrap(),
        json.clone(),
        format!("{{\"raw\":[{json}]}}"),
    ] {
        for head in [
            format!("{HEAD},\"items\":[{{\"sku\":1}}]"),
            format!("{HEAD},\"items\":[{{{ITEM_KEYS}}}]"),
            HEAD.to_owned(),
            "\"event\":\"subscribe_msg_popup_event\",\"openid\":\"oUJpEiXDgCbEFb0HOo8kZ-C2SJHT\""
                .to_owned(),
        ] {
            for entry in [
                format!("{{{head},\"body\":{body}}}\n"),
                format!("{{\"ts\":1,\"body\":{body},{head}}}\n"),
            ] {
                assert_eq!(
                    written(&JsonLines::default(), entry.as_bytes()),
                    inner,
                    "{entry}"
                );
            }
        }
    }
    // Messages are not searched in a record's own keys, nor in a payload.
    for (kept, name) in [
        (HEAD, "items"),
        (r#""Event":"subscribe_msg_popup_event""#, "List"),
    ] {
        let text = serde_json::to_string(xml).unwrap();
        let entry = format!(
            "{{{kept},\"{name}\":[{{\"extra\":{{\"Foo\":{json},\"Bar\":{text}}}}}],\"body\":1}}"
        );
        assert!(callback_line(&entry).starts_with("{\"event\":\"subscribe_msg_popup_event\""));
    }
    // Only a whole message makes an object a log entry.
    for body in [
        "\"<xml><ToUserName>a</ToUserName></xml>\"",
        "{\"FromUserName\":\"o\"}",
        "\"{\\\"a\\\":1}\"",
        "\"<xml>\"",
    ] {
        let record = format!("{{{HEAD},\"items\":[{{{ITEM_KEYS}}}],\"body\":{body}}}");
        let extra = format!("\"extra\":{{\"body\":{body}}}}}\n");
        assert!(callback_line(&record).ends_with(&extra), "{record}");
    }
}

fn callback_to_json(payload: &str) -> String {
    let mut out = Vec::new();
    JsonForm::default()
        .record(&decode(payload.as_bytes()), &mut out)
        .unwrap();
    String::from_utf8(out).unwrap().trim_end().to_owned()
}

#[test]
fn a_typed_record_is_no_record() {
    let record = format!("{{{HEAD},\"items\":[{{{ITEM_KEYS}}}]}}");
    let text = serde_json::to_string(&record).unwrap();
    let header = r#""ToUserName":"gh_5a2c71d0e9b4","FromUserName":"oUJpEiXDgCbEFb0HOo8kZ-C2SJHT","CreateTime":1,"MsgType":"text""#;
    for message in [
        format!("{{{header},\"Content\":{text}}}"),
        format!(
            "<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><CreateTime>1</CreateTime>\
            <MsgType>text</MsgType><Content><![CDATA[\n{record}\n]]></Content></xml>"
        ),
    ] {
        assert_eq!(
            written(&JsonLines::default(), message.as_bytes()),
            "",
            "{message}"
        );
    }
}

#[test]
fn flat_lines_are_callbacks_of_one_item() {
    let flat = |rest: &str| format!("{{{HEAD}{rest}}}");
    let whole = |items: &str, rest: &str| format!("{{{HEAD},\"items\":[{items}]{rest}}}\n");
    let cases = [
        (
            flat(&format!(",{ITEM_KEYS}")),
            whole(&format!("{{{ITEM_KEYS}}}"), ""),
        ),
        (flat(""), whole("", "")),
        // The extras of an item begin at the first name of an item's field. The extras before it are the header's.
        (
            flat(
                ",\"template_id\":\"a\",\"extra\":{\"MsgType\":\"text\",\"Foo\":1,\"PopupScene\":\"\",\"Bar\":2}",
            ),
            whole(
                "{\"template_id\":\"a\",\"extra\":{\"PopupScene\":\"\",\"Bar\":2}}",
                ",\"extra\":{\"MsgType\":\"text\",\"Foo\":1}",
            ),
        ),
        (
            flat(",\"extra\":{\"PopupScene\":\"\",\"CreateTime\":\"x\",\"Foo\":1}"),
            whole(
                "",
                ",\"extra\":{\"PopupScene\":\"\",\"CreateTime\":\"x\",\"Foo\":1}",
            ),
        ),
        (
            flat(",\"extra\":{\"PopupScene\":\"\"}"),
            whole("{\"extra\":{\"PopupScene\":\"\"}}", ""),
        ),
    ];
    for (given, expected) in cases {
        assert_eq!(callback_line(&given), expected, "{given}");
        assert_eq!(written(&FLAT, given.as_bytes()).trim_end(), given);
    }
}

#[test]
fn records_are_never_verified() {
    let record = format!(
        "{{{HEAD},\"items\":[{{{ITEM_KEYS}}}],\"source\":{{\"path\":\"a\",\"line\":1,\"offset\":0,\"format\":\"xml\",\"sealed\":\"verified\"}}}}"
    );
    let read = decode(record.as_bytes());
    assert_eq!(read.trust(), Trust::None);
    assert!(line(&read).ends_with("\"format\":\"xml\"}}\n"));
    let policy = Policy {
        require_signature: true,
        ..Policy::from(Keys::default())
    };
    let policy: Arc<Policy> = policy.into();
    // A member `Encrypt` does not turn a record into a payload.
    for given in [
        record.clone(),
        record.replacen('{', "{\"Encrypt\":\"x\",", 1),
    ] {
        let refused = wxsub::decode_sealed(given.as_bytes(), &Limits::default(), &policy);
        assert_eq!(*refused.outcome(), Outcome::Undecodable);
        assert_eq!(codes(&refused), [Code::NotVerified]);
    }
}

#[test]
fn the_limit_of_items_holds_for_records() {
    let limits = Limits {
        items: 1,
        ..Limits::default()
    };
    let record = format!("{{{HEAD},\"items\":[{{{ITEM_KEYS}}},{{{ITEM_KEYS}}}]}}");
    let refused = wxsub::decode_with(record.as_bytes(), &limits);
    assert_eq!(codes(&refused), [Code::LimitExceeded]);
}

/// Returns the captures in `examples`.
fn examples() -> Vec<Vec<u8>> {
    let folders = ["examples/payloads", "examples/logs"];
    let files = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).expect("a folder"));
    files
        .map(|file| fs::read(file.expect("an entry").path()).expect("a file"))
        .collect()
}

#[test]
fn what_was_written_of_the_examples_is_written_again() {
    let mut lines = 0;
    for capture in examples() {
        for (flat, with_source) in [(false, false), (false, true), (true, false), (true, true)] {
            let once = written(&JsonLines { flat, with_source }, &capture);
            lines += once.lines().count();
            assert_eq!(
                written(
                    &JsonLines {
                        flat,
                        with_source: false
                    },
                    once.as_bytes()
                ),
                once
            );
        }
    }
    assert!(lines > 50, "{lines}");
}

/// Runs `wxsub` on `input`. Returns standard output, standard error and the exit status.
fn run(args: &[&str], input: &str) -> (String, String, Option<i32>) {
    let mut wxsub = Command::new(env!("CARGO_BIN_EXE_wxsub"));
    let mut child = wxsub
        .args(args)
        .env_remove("WXSUB_LANG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (
        text(output.stdout),
        text(output.stderr),
        output.status.code(),
    )
}

#[test]
fn every_command_reads_records() {
    let log = fs::read_to_string("examples/logs/day.log").expect("the example");
    let (records, _, _) = run(&["convert", "--quiet"], &log);
    assert!(records.lines().count() > 3, "{records}");
    for args in [
        &["convert", "--to", "csv"][..],
        &["convert", "--to", "json"],
        &["convert", "--to", "xml"],
        &["convert", "--flat", "--status", "reject"],
        &["convert", "--event", "sent", "--failed", "--dedup"],
        &["convert", "--since", "2026-01-02T00:30:00Z"],
        &["parse", "--format", "table", "--tz", "UTC"],
    ] {
        // The places that `parse` shows differ.
        let shown = |input: &str| {
            let (out, _, _) = run(&[args, &["--quiet"]].concat(), input);
            let lines = out.lines().map(|line| {
                line.split("(stdin)")
                    .next()
                    .unwrap_or_default()
                    .split("  -:")
                    .next()
                    .unwrap_or_default()
                    .trim_end()
                    .to_owned()
            });
            lines.collect::<Vec<_>>()
        };
        assert_eq!(shown(&records), shown(&log), "{args:?}");
    }
    let (_, summary, status) = run(&["check"], &records);
    assert_eq!(status, Some(0), "{summary}");
    assert!(summary.contains("callbacks ("), "{summary}");
}

#[test]
fn a_record_is_not_sealed() {
    let keys = "encoding_aes_key = ownKey7ownKey7ownKey7ownKey7ownKey7ownKey7x\ntoken = t\nappid = wx5a2c71d0e9b4a1b2\n";
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("keys");
    fs::write(&path, keys).expect("a file");
    let record = format!("{{{HEAD},\"items\":[{{{ITEM_KEYS}}}]}}");
    let (out, error, status) = run(
        &["encrypt", "--keys", path.to_str().expect("UTF-8")],
        &record,
    );
    assert_eq!((out.as_str(), status), ("", Some(2)));
    assert!(error.contains("a record is no payload"), "{error}");
}

#[test]
fn flat_records_without_a_whole_header_stay_flat_records() {
    let flat = r#"{"event":"subscribe_msg_change_event","from_user":"o","template_id":"t","status":"reject"}"#;
    assert_eq!(written(&FLAT, flat.as_bytes()).trim_end(), flat);

    let record = decode(br#"{"event":"subscribe_msg_sent_event","to_user":"g","items":"x"}"#);
    assert_eq!(codes(&record), [Code::MalformedRecord]);
}

#[test]
fn an_event_with_half_a_surrogate_pair_is_undecodable() {
    for name in ["Event", "event"] {
        let payload = format!(
            r#"{{"ToUserName":"g","MsgType":"event","{name}":"subscribe_msg_sent_event\ud83d"}}"#
        );
        let record = decode(payload.as_bytes());
        assert_eq!(record.outcome(), &Outcome::Undecodable);
        assert_eq!(codes(&record), [Code::MissingEvent]);
    }
}
