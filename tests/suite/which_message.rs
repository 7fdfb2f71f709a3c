//! Which objects of a capture are messages: log entries, mentions, what parsers of XML print, other roots, and texts that
//! users typed.

use std::collections::BTreeSet;

use crate::support::reading::{ReadRecord, read, read_slowly, read_whole};
use serde_json::{Value, json};
use wxsub::{Code, Lang, Outcome, decode, report};

const TO: &str = "gh_0a1b2c3d4e5f";
const FROM: &str = "oWxSubTest_0123456789-abcdef";
const TEMPLATE: &str = "T1-wxsub_test_template_0123456789-ABCDEFGHI";

fn header() -> Value {
    json!({"ToUserName": TO, "FromUserName": FROM, "CreateTime": "1610969440", "MsgType": "event",
        "Event": "subscribe_msg_popup_event"})
}

fn item() -> Value {
    json!({"TemplateId": TEMPLATE, "SubscribeStatusString": "accept", "PopupScene": "0"})
}

/// Returns `object` with `members`, which replace members of the same names.
fn with(object: Value, members: Value) -> Value {
    let (Value::Object(mut all), Value::Object(members)) = (object, members) else {
        panic!("two objects");
    };
    all.extend(members);
    all.into()
}

fn message() -> Value {
    with(header(), json!({"List": item()}))
}

fn wrapped(list: Value) -> Value {
    with(header(), json!({"SubscribeMsgPopupEvent": {"List": list}}))
}

fn xml() -> String {
    let element = |(name, value): (&String, &Value)| {
        let text = value.as_str().expect("a text");
        format!("<{name}>{text}</{name}>")
    };
    let all = |object: &Value| -> String {
        let members = object.as_object().expect("an object");
        members.iter().map(element).collect()
    };
    let (header, item) = (all(&header()), all(&item()));
    format!(
        "<xml>{header}<SubscribeMsgPopupEvent><List>{item}</List></SubscribeMsgPopupEvent></xml>"
    )
}

/// Returns the record of a popup with `items` items.
fn record(items: usize) -> String {
    let item = format!(r#"{{"template_id":"{TEMPLATE}","status":"accept","popup_scene":0}}"#);
    format!(
        "{{\"event\":\"subscribe_msg_popup_event\",\"to_user\":\"{TO}\",\"from_user\":\"{FROM}\",\"create_time\":1610969440,\"items\":[{}]}}\n",
        vec![item; items].join(",")
    )
}

/// Reads a capture in blocks of several sizes, and without the fast path. All results must be equal.
fn seen(capture: &str) -> Vec<ReadRecord> {
    let whole = read_whole(capture.as_bytes());
    assert_eq!(whole, read_slowly(capture.as_bytes()), "{capture}");
    for block in [1, 7, 64] {
        assert_eq!(whole, read(capture.as_bytes(), block), "{block}: {capture}");
    }
    whole
}

fn codes(seen: &[ReadRecord]) -> BTreeSet<&'static str> {
    let findings = seen.iter().flat_map(|seen| &seen.findings);
    findings.map(|told| told.code.as_str()).collect()
}

/// Checks that a capture holds one popup with `items` items and findings with `expected` codes; several times, so that
/// the fast path learns it.
fn holds(capture: &str, items: usize, expected: &str) {
    let expected: BTreeSet<&str> = expected.split_whitespace().collect();
    for times in [1, 4] {
        let seen = seen(&format!("{capture}\n").repeat(times));
        let lines: String = seen.iter().map(|seen| seen.line.clone()).collect();
        assert_eq!(lines, record(items).repeat(times), "{capture}");
        assert_eq!(codes(&seen), expected, "{capture}");
    }
}

/// Checks that nothing in a capture is a payload.
fn holds_nothing(capture: &str) {
    let seen = seen(&format!("{capture}\n").repeat(2));
    assert!(seen.is_empty(), "{capture}: {}", seen[0].brief());
}

/// Checks that a capture holds messages, but no callback.
fn holds_no_callback(capture: &str) {
    let seen = seen(&format!("{capture}\n").repeat(2));
    let is_callback = seen.iter().any(ReadRecord::is_callback);
    assert!(!is_callback && !seen.is_empty(), "{capture}");
}

#[test]
fn the_message_in_a_log_entry_counts() {
    let heads = [
        json!({"event": "subscribe_msg_popup_event", "openid": FROM}),
        json!({"event": "subscribe_msg_change_event", "List": [1], "level": "info"}),
        json!({"event": "push", "MsgType": "event"}),
        json!({"MsgType": "push", "CreateTime": 1, "FromUserName": FROM}),
        json!({"msgType": "event", "event": "subscribe_msg_sent_event", "ts": 1}),
        // A whole header of an event without a list.
        header(),
    ];
    let text = serde_json::to_string(&message()).expect("JSON");
    for head in heads {
        for body in [
            message(),
            json!({"raw": [message()]}),
            json!(text),
            json!(xml()),
            json!(format!("received {} in 3 ms", xml())),
            json!(format!("body={text}")),
            json!(serde_json::to_string(&text).expect("JSON")),
        ] {
            holds(
                &with(head.clone(), json!({"body": body})).to_string(),
                1,
                "",
            );
        }
    }
    let sealed =
        json!({"MsgType": "event", "body": {"ToUserName": TO, "Encrypt": "abcd".repeat(16)}});
    assert_eq!(codes(&seen(&sealed.to_string())), ["encrypted"].into());
}

#[test]
fn a_whole_message_is_never_searched() {
    let text = serde_json::to_string(&message()).expect("JSON");
    let header = with(header(), json!({"MsgType": "text", "Event": "subscribe"}));
    for body in [message(), json!(text), json!(xml())] {
        holds_no_callback(&with(header.clone(), json!({"Foo": body})).to_string());
        let callback = with(message(), json!({"Foo": body})).to_string();
        assert_eq!(seen(&callback).len(), 1, "{callback}");
    }
}

#[test]
fn an_event_that_is_only_named_is_a_mention() {
    for capture in [
        r#"{"level":"info","event":"subscribe_msg_change_event","msg":"handled"}"#,
        r#"{"event":"subscribe_msg_popup_event","status":"ok"}"#,
        r#"{"event":"subscribe_msg_popup_event","items":3,"took":7}"#,
        r#"{"event":"subscribe_msg_skipped","reason":"not configured"}"#,
        r#"{"Event":"subscribe_msg_sent_event"}"#,
        "<xml><Event>subscribe_msg_popup_event</Event></xml>",
        "<xml><Event><![CDATA[subscribe_msg_popup_event]]></Event><AppId>a</AppId></xml>",
    ] {
        holds_nothing(capture);
    }
}

#[test]
fn fixtures_with_a_list_or_a_header_are_decoded() {
    let item = item();
    for (capture, items, code) in [
        (
            json!({"Event": "subscribe_msg_popup_event", "List": item}).to_string(),
            1,
            Code::MissingField,
        ),
        (
            json!({"Event": "subscribe_msg_popup_event", "SubscribeMsgPopupEvent": {"List": item}})
                .to_string(),
            1,
            Code::MissingField,
        ),
        (header().to_string(), 0, Code::MissingList),
        (
            format!(
                "{}</xml>",
                xml().split_once("<Subscribe").expect("a wrapper").0
            ),
            0,
            Code::MissingList,
        ),
    ] {
        let seen = seen(&capture);
        assert_eq!(seen.len(), 1, "{capture}");
        assert!(seen[0].is_callback(), "{capture}");
        assert_eq!(seen[0].line.matches("template_id").count(), items);
        assert!(codes(&seen).contains(code.as_str()), "{capture}");
    }
}

#[test]
fn what_a_user_typed_is_not_searched_beside_a_name_of_the_header() {
    let text = serde_json::to_string(&message()).expect("JSON");
    let names = ["Content", "content", "Title", "EventKey", "SessionFrom"];
    for typed in [text, xml()] {
        for name in names {
            for header in ["ToUserName", "FromUserName", "MsgType"] {
                let entry = json!({header: "text", name: typed});
                let seen = seen(&entry.to_string());
                assert!(!seen.iter().any(ReadRecord::is_callback), "{entry}");
            }
            let entry = json!({"CreateTime": 1, name: typed}).to_string();
            holds_nothing(&entry);
            let inside = json!({"level": "info", "data": {"CreateTime": 1, name: typed}});
            holds_nothing(&inside.to_string());
            // In another log entry, a member of this name is as good as any.
            holds(&json!({"level": "info", name: typed}).to_string(), 1, "");
        }
        // A scanned code stands deeper.
        let code = json!({"CreateTime": 1, "ScanCodeInfo": {"ScanType": "qrcode", "Foo": typed}});
        holds_nothing(&code.to_string());
        // In a torn object, a name as WeChat spells it is enough.
        let torn = json!({"level": "info", "Content": typed, "Foo": ""}).to_string();
        let torn = torn.strip_suffix("\"\"}").expect("an end");
        assert!(!seen(torn).iter().any(ReadRecord::is_callback), "{torn}");
    }
}

#[test]
fn documents_that_are_no_messages_are_noise() {
    for capture in [
        "<xml><return_code>SUCCESS</return_code><return_msg>OK</return_msg></xml>",
        "<xml><appid>wx1</appid><return_code><![CDATA[SUCCESS]]></return_code></xml>",
        "<xml></xml>",
        "<xml>\n<Content>typed</Content>\n</xml>",
    ] {
        holds_nothing(capture);
    }
    let typed = format!(
        "<xml><a>1</a><Content><![CDATA[{}]]></Content></xml>",
        xml()
    );
    holds_nothing(&typed);
    holds(
        &format!("<xml><a>1</a><b><![CDATA[{}]]></b></xml>", xml()),
        1,
        "",
    );
}

/// Returns `value` with `wrap` around every text.
fn each_text(value: &Value, wrap: &dyn Fn(&str) -> Value) -> Value {
    match value {
        Value::String(text) => wrap(text),
        Value::Array(all) => all.iter().map(|value| each_text(value, wrap)).collect(),
        Value::Object(members) => {
            let members = members.iter();
            members
                .map(|(name, value)| (name.clone(), each_text(value, wrap)))
                .collect()
        }
        other => other.clone(),
    }
}

/// Returns `value` as xml2js makes it: every value is an array.
fn in_arrays(value: &Value) -> Value {
    match value {
        Value::Array(all) => all.iter().map(in_object).collect(),
        other => json!([in_object(other)]),
    }
}

fn in_object(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter();
            members
                .map(|(name, value)| (name.clone(), in_arrays(value)))
                .collect()
        }
        other => other.clone(),
    }
}

fn in_lower_case(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter();
            members
                .map(|(name, value)| (name.to_ascii_lowercase(), in_lower_case(value)))
                .collect()
        }
        Value::Array(all) => all.iter().map(in_lower_case).collect(),
        other => other.clone(),
    }
}

#[test]
fn what_parsers_of_xml_print_is_decoded() {
    for (list, items) in [
        (item(), 1),
        (json!([item()]), 1),
        (json!([item(), item()]), 2),
    ] {
        let message = wrapped(list);
        let mut printed = vec![
            in_object(&message),
            in_lower_case(&in_object(&message)),
            in_lower_case(&message),
        ];
        for name in [
            "#text",
            "_text",
            "$t",
            "_",
            "_cdata",
            "__cdata",
            "#cdata",
            "#cdata-section",
        ] {
            printed.push(each_text(&message, &|text| json!({name: text})));
        }
        for printed in printed {
            holds(&printed.to_string(), items, "printed-object");
            holds(
                &json!({"xml": printed}).to_string(),
                items,
                "printed-object",
            );
            let logged = json!({"level": "info", "body": {"xml": printed}});
            holds(&logged.to_string(), items, "printed-object");
            let as_text = json!({"level": "info", "body": printed.to_string()});
            holds(&as_text.to_string(), items, "printed-object");
        }
        holds(
            &json!({"xml": message}).to_string(),
            items,
            "printed-object",
        );
    }
}

#[test]
fn other_events_are_read_from_parsers_too() {
    let sent = json!({"xml": {"ToUserName": [TO], "FromUserName": [FROM], "CreateTime": ["1610969440"],
        "MsgType": ["event"], "Event": ["subscribe_msg_sent_event"], "SubscribeMsgSentEvent": [{"List": [{
        "TemplateId": [TEMPLATE], "MsgID": ["1700827132819554304"], "ErrorCode": ["0"], "ErrorStatus": ["success"]}]}]}});
    let sent = decode_line(&sent);
    assert!(
        sent.contains(r#""msg_id":"1700827132819554304","error_code":0"#),
        "{sent}"
    );
    let change = json!({"xml": {"ToUserName": {"_cdata": TO}, "FromUserName": {"_cdata": FROM},
        "CreateTime": {"_text": "1610969440"}, "MsgType": {"_cdata": "event"}, "AppId": {"_cdata": "a"},
        "Event": {"_cdata": "subscribe_msg_change_event"}, "SubscribeMsgChangeEvent": {"List": {
        "TemplateId": {"_cdata": TEMPLATE}, "SubscribeStatusString": {"_cdata": "reject"}}}}});
    let change = decode_line(&change);
    assert!(change.contains(r#""status":"reject"}]"#), "{change}");
    assert!(
        change.contains(r#""extra":{"AppId":{"_cdata":"a"}}"#),
        "{change}"
    );
    let text = json!({"xml": {"ToUserName": [TO], "MsgType": ["text"], "Content": [xml()]}});
    holds_no_callback(&text.to_string());
    let record = decode(text.to_string().as_bytes()).into_owned();
    assert_eq!(record.outcome(), &Outcome::Other("text".into()));
    let alone = in_object(&wrapped(item())).to_string();
    let callback = wxsub::from_slice(alone.as_bytes()).expect("a callback");
    assert_eq!(callback.items.len(), 1);
}

fn decode_line(payload: &Value) -> String {
    let seen = seen(&payload.to_string());
    assert!(codes(&seen).contains("printed-object"), "{payload}");
    seen[0].line.clone()
}

/// Returns what WxJava prints of the class for a popup.
fn printed_by_wxjava(items: usize) -> Value {
    let item =
        json!({"templateId": TEMPLATE, "subscribeStatusString": "accept", "popupScene": "0"});
    json!({"toUser": TO, "fromUser": FROM, "createTime": 1610969440, "msgType": "event",
        "event": "subscribe_msg_popup_event", "scanCodeInfo": {}, "sendPicsInfo": {"picList": []}, "hardWare": {},
        "subscribeMsgPopupEvent": {"list": vec![item; items]}})
}

#[test]
fn the_two_halves_of_a_printout_are_one_callback() {
    for items in 1..3 {
        let typed = printed_by_wxjava(items);
        let fields = wrapped(vec![item(); items].into());
        let lacks = [
            typed.clone(),
            with(typed.clone(), json!({"allFieldsMap": fields})),
            // The fields lack what the class has, and the other way round.
            with(typed.clone(), json!({"allFieldsMap": header()})),
            with(
                typed.clone(),
                json!({"allFieldsMap": {"SubscribeMsgPopupEvent": {"List": vec![item(); items]}}}),
            ),
            with(
                json!({"allFieldsMap": fields, "toUser": TO, "fromUser": FROM, "createTime": 1610969440}),
                json!({"msgType": "event", "event": "subscribe_msg_popup_event"}),
            ),
        ];
        for printed in lacks {
            holds(&printed.to_string(), items, "printed-object");
            holds(
                &format!("12:00:00 DEBUG 消息：\n{printed} "),
                items,
                "printed-object",
            );
        }
    }
}

#[test]
fn a_printout_keeps_what_differs_and_is_not_searched() {
    let fields = with(wrapped(item()), json!({"AppId": "a"}));
    let printed = with(
        printed_by_wxjava(1),
        json!({"allFieldsMap": fields, "appId": "a", "toUser": "gh_other", "deviceId": "d"}),
    );
    let seen = seen(&printed.to_string());
    assert_eq!(seen.len(), 1);
    let extra = r#""extra":{"AppId":"a","ToUserName":"gh_other","deviceId":"d"}"#;
    assert!(
        seen[0].line.contains(extra)
            || seen[0]
                .line
                .contains(r#""deviceId":"d","ToUserName":"gh_other""#),
        "{}",
        seen[0].line
    );
    assert!(codes(&seen).contains("duplicate-field"));
    let typed = json!({"allFieldsMap": {"ToUserName": TO, "FromUserName": FROM, "CreateTime": "1", "MsgType": "text",
        "Content": xml()}, "toUser": TO, "fromUser": FROM, "createTime": 1, "msgType": "text", "content": xml()});
    holds_no_callback(&typed.to_string());
    holds_nothing(&json!({"toUser": TO, "fromUser": FROM, "content": xml()}).to_string());
}

#[test]
fn a_root_may_have_another_name() {
    let named = |name: &str| {
        let root = xml().replacen("<xml>", &format!("<{name}>"), 1);
        root.replace("</xml>", &format!("</{name}>"))
    };
    for name in ["XML", "Xml", "root", "message", "my-root"] {
        holds(&named(name), 1, "legacy-shape");
        holds(
            &format!("12:00:00 INFO body={} done", named(name)),
            1,
            "legacy-shape",
        );
        holds(
            &format!("<?xml version=\"1.0\"?>\n{}", named(name)),
            1,
            "legacy-shape",
        );
        holds(
            &json!({"level": "info", "body": named(name)}).to_string(),
            1,
            "legacy-shape",
        );
        holds(&named(name).replace("><", ">\r\n  <"), 1, "legacy-shape");
    }
    for capture in [
        "<html><body><p>ToUserName</p></body></html>",
        "<table><tr><td>FromUserName</td></tr></table>",
        "<root><a>1</a></root>",
    ] {
        holds_nothing(capture);
    }
    // A broken document is skipped up to the end of its root.
    for name in ["xml", "root"] {
        let broken = format!(
            "<{name}>\n<ToUserName>a</ToUserName>\n<A>&</A>\n<Content><![CDATA[x\n{}\n]]></Content>\n</{name}>\n{}",
            xml(),
            xml()
        );
        let seen = seen(&broken);
        assert_eq!(seen.len(), 2, "{broken}");
        assert_eq!(seen[1].line, record(1));
    }
}

#[test]
fn a_name_in_snake_case_beside_the_header_is_another_field() {
    let message = with(message(), json!({"create_time": "1"}));
    let seen = seen(&message.to_string().replace('"', "'"));
    assert_eq!(seen.len(), 1);
    assert!(seen[0].is_callback(), "{}", seen[0].brief());
    let expected = ["printed-object", "unknown-field"];
    assert_eq!(codes(&seen), expected.into());
}

#[test]
fn error_messages_that_quote_a_beginning_are_no_payloads() {
    let quoted = r#"SyntaxError: Unexpected token '<', "<xml><ToUs"... is not valid JSON"#;
    for capture in [
        quoted.to_owned(),
        json!({"level": "error", "msg": quoted}).to_string(),
        r#"Unexpected token '<', "<xml><ToUserName"... is not valid JSON"#.to_owned(),
        r#"Unexpected token '<', "<xml>"... is not valid JSON"#.to_owned(),
        r"Expecting value: line 1 column 1 (char 0) b'<xml>\n<To'".to_owned(),
        "invalid character '<' looking for beginning of value".to_owned(),
    ] {
        holds_nothing(&capture);
    }
    // A body that was cut off is reported.
    for capture in [
        "<xml><ToUs",
        "body=<xml><ToUserName>gh_0",
        r#""<xml><ToUserName>a</ToUserName><Fro"#,
    ] {
        let seen = seen(capture);
        assert_eq!(codes(&seen), ["malformed-xml"].into(), "{capture}");
    }
}

#[test]
fn a_literal_may_begin_before_its_xml() {
    let lines = xml().replace("><", ">\\n<");
    let lines = lines.replacen(">\\n<", "><", 1);
    holds(&format!("body={lines}"), 1, "");
    let all = format!("b'{}\\nbody={lines}\\n{}'", message(), message());
    let seen = seen(&all);
    let records: String = seen.iter().map(|seen| seen.line.clone()).collect();
    assert_eq!(records, record(1).repeat(3));
    assert_eq!(codes(&seen), [].into());
}

#[test]
fn half_a_surrogate_pair_is_told_in_escaped_text_too() {
    let with_status = |status: &str| {
        let body = xml().replace("accept", status);
        format!("{{\"level\":\"info\",\"body\":\"{body}\"}}\n")
    };
    for (escape, text, is_half) in [
        ("a\\ud83d", "a\u{FFFD}", true),
        ("a\\ude00b", "a\u{FFFD}b", true),
        ("\\uD83D\\u0041", "\u{FFFD}A", true),
        ("a\\ud83d\\ude00", "a\u{1F600}", false),
        ("a\\ufffd", "a\u{FFFD}", false),
    ] {
        let entry = with_status(escape);
        // The fast path knows the payload.
        let capture = [with_status("accept").repeat(3), entry.repeat(3)].concat();
        let seen = seen(&capture);
        assert_eq!(seen.len(), 6, "{capture}");
        for seen in &seen[3..] {
            assert!(
                seen.line.contains(&format!("\"status\":\"{text}\"")),
                "{}",
                seen.line
            );
            let codes = codes(std::slice::from_ref(seen));
            assert_eq!(codes.contains("lone-surrogate"), is_half, "{entry}");
        }
    }
}

#[test]
fn a_misspelt_event_is_told() {
    let told = |event: &str| {
        let payload = with(message(), json!({"Event": event})).to_string();
        let record = decode(payload.as_bytes());
        let finding = report::other_event(&record).expect("another event");
        finding.message(Lang::En)
    };
    for (given, meant) in [
        ("subscribe_msg_chang_event", "subscribe_msg_change_event"),
        ("subscribe_msg_popup", "subscribe_msg_popup_event"),
        ("subscribe_msg_send_event", "subscribe_msg_sent_event"),
        ("Subscribe_Msg_Sent_Event", "subscribe_msg_sent_event"),
    ] {
        let expected = format!("did you mean `{meant}`?");
        assert!(told(given).ends_with(&expected), "{}", told(given));
    }
    for other in [
        "subscribe",
        "unsubscribe",
        "wxa_media_check",
        "TEMPLATESENDJOBFINISH",
    ] {
        assert!(!told(other).contains("did you mean"), "{other}");
    }
}

#[test]
fn small_oddities_are_told() {
    let sent = |id: &str| {
        let payload = with(
            header(),
            json!({"Event": "subscribe_msg_sent_event", "List": {"TemplateId": TEMPLATE, "MsgID": 7,
                "ErrorCode": 0, "ErrorStatus": "success"}}),
        );
        payload
            .to_string()
            .replace("\"MsgID\":7", &format!("\"MsgID\":{id}"))
    };
    let change = |status: &str| {
        with(
            header(),
            json!({"Event": "subscribe_msg_change_event", "List": {"TemplateId": TEMPLATE,
                "SubscribeStatusString": status}}),
        )
        .to_string()
    };
    let sample = with(
        message(),
        json!({"List": with(item(), json!({"TemplateId":
        "BEwX0BOT3MqK3Uc5oTU3CGBqzjpndk2jzUf7VfExd8"}))}),
    );
    for (payload, expected) in [
        (sent("1988810812324364300"), "imprecise-msg-id"),
        (sent("1988810812324364291"), ""),
        (sent("\"1988810812324364300\""), ""),
        (sent("9007199254740992"), ""),
        (sent("9007199254740994"), "imprecise-msg-id"),
        (change("reject"), ""),
        (change("accept"), "odd-status"),
        (change("ban"), "odd-status unknown-status"),
        (sample.to_string(), "odd-template-id"),
    ] {
        let expected: BTreeSet<&str> = expected.split_whitespace().collect();
        // Other payloads stand before, so that the fast path is tried.
        let before = [
            sent("1988810812324364291"),
            change("reject"),
            message().to_string(),
        ];
        let capture = before.join("\n") + "\n";
        let capture = capture.repeat(3) + &payload + "\n";
        let seen = seen(&capture);
        assert_eq!(codes(&seen[9..]), expected, "{payload}");
        let digits = payload
            .contains("4300")
            .then_some("\"msg_id\":\"1988810812324364300\"");
        assert!(digits.is_none_or(|digits| seen[9].line.contains(digits)));
    }
    let record = decode(sample.to_string().as_bytes()).into_owned();
    let help = record.findings()[0].help(Lang::En).expect("help");
    assert!(help.contains("WeChat's document"), "{help}");
}

#[test]
fn records_come_back_as_jq_writes_them() {
    let sorted = format!(
        r#"{{"create_time":1610969440,"event":"subscribe_msg_popup_event","from_user":"{FROM}","items":[{{"popup_scene":0,"status":"accept","template_id":"{TEMPLATE}"}}],"to_user":"{TO}"}}"#
    );
    holds(record(1).trim_end(), 1, "");
    holds(&sorted, 1, "");
    let value: Value = serde_json::from_str(&sorted).expect("JSON");
    holds(&serde_json::to_string_pretty(&value).expect("JSON"), 1, "");
    holds(&format!("[{sorted}]"), 1, "");
    holds(&json!(sorted).to_string(), 1, "");
    let added = with(value.clone(), json!({"day": "x"}));
    let seen_added = seen(&added.to_string());
    assert!(seen_added[0].line.contains(r#""extra":{"day":"x"}"#));
    assert_eq!(codes(&seen_added), ["unknown-field"].into());
    for broken in [
        json!({"items": "[]"}),
        json!({"items": {"a": 1}}),
        json!({"create_time": null}),
        json!({"from_user": 7}),
    ] {
        let broken = with(value.clone(), broken);
        assert_eq!(
            codes(&seen(&broken.to_string())),
            ["malformed-record"].into(),
            "{broken}"
        );
    }
}
