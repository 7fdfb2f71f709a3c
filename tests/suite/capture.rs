//! The search for payloads in captures, from outside: what is decoded, what is found among other text, what survives a
//! broken neighbour, and what must never be taken for a payload.
//!
//! [`read`] reads every capture with several block sizes, which must not change the result.

use std::collections::BTreeSet;

use wxsub::{Code, Outcome, decode};

use crate::support::cases::Share;
use crate::support::everything::{ReadRecord, Reading, difference, read_by};

const TO: &str = "gh_0a1b2c3d4e5f";
const FORGED: &str = "gh_badbadbadbad";
const FROM: &str = "oWxSubTest_0123456789-abcdef";
const T1: &str = "T1-wxsub_test_template_0123456789-ABCDEFGHI";
const T2: &str = "-2_wxsub-test-template_abcdefghij-KLMNOPQRS";
const BLOCKS: [usize; 6] = [1, 2, 7, 64, 4096, 1 << 20];
/// A block larger than any capture here, but small enough to clear fast.
const WHOLE: usize = 8192;

// What a capture came to.

/// Reads `bytes` with every block size. All results must be equal.
fn read(bytes: &[u8]) -> Reading {
    read_in(bytes, &BLOCKS)
}

fn read_in(bytes: &[u8], blocks: &[usize]) -> Reading {
    let whole = read_by(bytes, WHOLE);
    for &block in blocks {
        let other = read_by(bytes, block);
        assert!(
            other == whole,
            "block size {block}: {}",
            difference(bytes, &whole, &other)
        );
    }
    whole
}

/// Collects failures, to show them all in one run.
#[derive(Default)]
struct Failures(Vec<String>);

impl Failures {
    fn check(&mut self, is_fine: bool, what: impl FnOnce() -> String) {
        if !is_fine {
            self.0.push(what());
        }
    }

    fn none(self) {
        let cut = |what: &String| what.chars().take(400).collect::<String>();
        let shown = self
            .0
            .iter()
            .take(40)
            .map(cut)
            .collect::<Vec<_>>()
            .join("\n");
        assert!(self.0.is_empty(), "{} failures:\n{shown}", self.0.len());
    }
}

// Payloads.

fn xml(event: &str, rest: &str) -> String {
    xml_at(1_610_969_440, event, rest)
}

fn xml_at(time: u32, event: &str, rest: &str) -> String {
    format!(
        "<xml><ToUserName><![CDATA[{TO}]]></ToUserName><FromUserName><![CDATA[{FROM}]]></FromUserName>\
         <CreateTime>{time}</CreateTime><MsgType><![CDATA[event]]></MsgType>\
         <Event><![CDATA[subscribe_msg_{event}_event]]></Event>{rest}</xml>"
    )
}

/// Makes a JSON callback. `rest` begins with a comma.
fn json(event: &str, rest: &str) -> String {
    json_at(1_610_969_440, event, rest)
}

fn json_at(time: u32, event: &str, rest: &str) -> String {
    format!(
        r#"{{"ToUserName":"{TO}","FromUserName":"{FROM}","CreateTime":{time},"MsgType":"event","Event":"subscribe_msg_{event}_event"{rest}}}"#
    )
}

fn popup_xml() -> String {
    format!(
        "<List><TemplateId><![CDATA[{T1}]]></TemplateId><SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString>\
         <PopupScene>0</PopupScene></List>"
    )
}

fn popup_json() -> String {
    format!(r#"{{"TemplateId":"{T1}","SubscribeStatusString":"accept","PopupScene":"0"}}"#)
}

fn popup_record() -> String {
    format!(r#"{{"template_id":"{T1}","status":"accept","popup_scene":0}}"#)
}

fn change_xml() -> String {
    format!(
        "<List><TemplateId><![CDATA[{T2}]]></TemplateId>\
         <SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString></List>"
    )
}

fn change_json() -> String {
    format!(r#"{{"TemplateId":"{T2}","SubscribeStatusString":"reject"}}"#)
}

fn change_record() -> String {
    format!(r#"{{"template_id":"{T2}","status":"reject"}}"#)
}

fn sent_xml(msg_id: &str) -> String {
    format!(
        "<List><TemplateId><![CDATA[{T1}]]></TemplateId><MsgID>{msg_id}</MsgID><ErrorCode>0</ErrorCode>\
         <ErrorStatus><![CDATA[success]]></ErrorStatus></List>"
    )
}

fn sent_json(msg_id: &str) -> String {
    format!(r#"{{"TemplateId":"{T1}","MsgID":{msg_id},"ErrorCode":"0","ErrorStatus":"success"}}"#)
}

/// Makes an item of a `sent` record. `msg_id` is the member with its comma, or empty.
fn sent_record(msg_id: &str) -> String {
    format!(r#"{{"template_id":"{T1}",{msg_id}"error_code":0,"error_status":"success"}}"#)
}

fn wrapped(event: &str, inner: &str) -> String {
    format!("<SubscribeMsg{event}Event>{inner}</SubscribeMsg{event}Event>")
}

fn popup() -> String {
    xml("popup", &wrapped("Popup", &popup_xml()))
}

/// Makes a record with `items`. `extra` has its comma, or is empty.
fn record(event: &str, items: &str, extra: &str) -> String {
    format!(
        r#"{{"event":"subscribe_msg_{event}_event","to_user":"{TO}","from_user":"{FROM}","create_time":1610969440,"items":[{items}]{extra}}}"#
    )
}

fn popup_recorded() -> String {
    record("popup", &popup_record(), "")
}

fn indented_json(text: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
    serde_json::to_string_pretty(&value).expect("JSON")
}

fn indented_xml(text: &str) -> String {
    text.replace("><", ">\n  <")
        .replace(">\n  <![", "><![")
        .replace("]]>\n  </", "]]></")
}

// 1. The forms of a payload.

enum Expected {
    Record(String),
    Other(&'static str),
    Undecodable,
}

struct Case {
    name: &'static str,
    payload: Vec<u8>,
    expected: Expected,
    codes: &'static str,
}

fn ok(
    name: &'static str,
    payload: impl Into<Vec<u8>>,
    record: String,
    codes: &'static str,
) -> Case {
    Case {
        name,
        payload: payload.into(),
        expected: Expected::Record(record),
        codes,
    }
}

fn refused(name: &'static str, payload: impl Into<Vec<u8>>, codes: &'static str) -> Case {
    Case {
        name,
        payload: payload.into(),
        expected: Expected::Undecodable,
        codes,
    }
}

fn other(name: &'static str, payload: impl Into<Vec<u8>>, message: &'static str) -> Case {
    Case {
        name,
        payload: payload.into(),
        expected: Expected::Other(message),
        codes: "",
    }
}

fn check(case: &Case, seen: &ReadRecord, failures: &mut Failures, road: &str) {
    let Case {
        name,
        expected,
        codes,
        ..
    } = case;
    let wanted: BTreeSet<&str> = codes.split_whitespace().collect();
    let is_codes = seen.codes() == wanted;
    failures.check(is_codes, || {
        format!(
            "{name} ({road}): codes {:?}, expected {wanted:?}",
            seen.findings
        )
    });
    let outcome = &seen.outcome;
    match expected {
        Expected::Record(record) => {
            let (record, got) = (canonical(record), canonical(&seen.line));
            failures.check(got == record, || {
                format!("{name} ({road}): {outcome:?}\n  {got}\n  {record}")
            });
        }
        Expected::Other(message) => failures
            .check(*outcome == Outcome::Other((*message).into()), || {
                format!("{name} ({road}): {outcome:?}")
            }),
        Expected::Undecodable => failures.check(*outcome == Outcome::Undecodable, || {
            format!("{name} ({road}): {outcome:?} {}", seen.line)
        }),
    }
}

/// Removes white space from JSON. Keeps the order of keys and the digits of numbers.
fn canonical(json: &str) -> String {
    let value: Result<serde_json::Value, _> = serde_json::from_str(json);
    value.map_or_else(|_| json.to_owned(), |value| value.to_string())
}

/// Decodes each case alone, as a capture, and inside a log.
fn check_all(cases: &[Case]) {
    let mut failures = Failures::default();
    for case in cases {
        check(
            case,
            &ReadRecord::new(&decode(&case.payload)),
            &mut failures,
            "decode",
        );
        let reading = read_in(&case.payload, &[1, 3, 64]);
        failures.check(reading.records.len() == 1, || {
            format!("{}: {} records", case.name, reading.records.len())
        });
        if let Some(seen) = reading.records.first() {
            check(case, seen, &mut failures, "capture");
        }
    }
    failures.none();
}

#[test]
fn lists_stand_in_many_places() {
    let (item, list) = (popup_json(), popup_xml());
    let bare_item = list
        .trim_start_matches("<List>")
        .trim_end_matches("</List>")
        .to_owned();
    let two = record("popup", &format!("{0},{0}", popup_record()), "");
    let one = popup_recorded;
    check_all(&[
        ok("documented XML", popup(), one(), ""),
        ok(
            "two lists",
            xml("popup", &wrapped("Popup", &list.repeat(2))),
            two.clone(),
            "",
        ),
        ok(
            "object",
            json("popup", &format!(r#","List":{item}"#)),
            one(),
            "",
        ),
        ok(
            "array",
            json("popup", &format!(r#","List":[{item}]"#)),
            one(),
            "",
        ),
        ok(
            "array of two",
            json("popup", &format!(r#","List":[{item},{item}]"#)),
            two.clone(),
            "",
        ),
        ok(
            "wrapper, object",
            json(
                "popup",
                &format!(r#","SubscribeMsgPopupEvent":{{"List":{item}}}"#),
            ),
            one(),
            "legacy-shape",
        ),
        ok(
            "wrapper, array",
            json(
                "popup",
                &format!(r#","SubscribeMsgPopupEvent":{{"List":[{item}]}}"#),
            ),
            one(),
            "legacy-shape",
        ),
        ok(
            "wrapper is list",
            json("popup", &format!(r#","SubscribeMsgPopupEvent":[{item}]"#)),
            one(),
            "legacy-shape",
        ),
        ok(
            "wrapper is item",
            json("popup", &format!(r#","SubscribeMsgPopupEvent":{item}"#)),
            one(),
            "legacy-shape",
        ),
        ok(
            "wrapper is item, XML",
            xml("popup", &wrapped("Popup", &bare_item)),
            one(),
            "legacy-shape",
        ),
        ok(
            "list at the root",
            xml("popup", &list),
            one(),
            "legacy-shape",
        ),
        ok(
            "lists at the root",
            xml("popup", &list.repeat(2)),
            two.clone(),
            "legacy-shape",
        ),
        ok(
            "item elements",
            xml(
                "popup",
                &wrapped(
                    "Popup",
                    &format!("<List><item>{bare_item}</item><item>{bare_item}</item></List>"),
                ),
            ),
            two.clone(),
            "legacy-shape",
        ),
        ok(
            "item array",
            json("popup", &format!(r#","List":{{"item":[{item},{item}]}}"#)),
            two.clone(),
            "legacy-shape",
        ),
        ok(
            "lists in a list, as Jackson and Rails write them",
            xml(
                "popup",
                &wrapped("Popup", &format!("<List>{}</List>", list.repeat(2))),
            ),
            two.clone(),
            "legacy-shape",
        ),
        ok(
            "an array of PHP with a gap",
            json("popup", &format!(r#","List":{{"0":{item},"2":{item}}}"#)),
            two.clone(),
            "legacy-shape",
        ),
        ok(
            "values of a typed list",
            json(
                "popup",
                &format!(r#","List":{{"$values":[{item},{item}]}}"#),
            ),
            two.clone(),
            "legacy-shape",
        ),
        ok(
            "an array of objects with a list each",
            json(
                "popup",
                &format!(r#","SubscribeMsgPopupEvent":[{{"List":{item}}},{{"List":{item}}}]"#),
            ),
            two,
            "legacy-shape",
        ),
        ok(
            "item object",
            json("popup", &format!(r#","List":{{"item":{item}}}"#)),
            one(),
            "legacy-shape",
        ),
        ok(
            "mismatch",
            xml("change", &wrapped("Popup", &change_xml())),
            record("change", &change_record(), ""),
            "event-mismatch",
        ),
        ok(
            "mismatch, JSON",
            json(
                "change",
                &format!(r#","SubscribeMsgPopupEvent":[{}]"#, change_json()),
            ),
            record("change", &change_record(), ""),
            "event-mismatch legacy-shape",
        ),
    ]);
}

#[test]
fn lists_may_be_empty_or_missing() {
    let none = || record("popup", "", "");
    let mut cases = vec![
        ok("missing", xml("popup", ""), none(), "missing-list"),
        ok("missing, JSON", json("popup", ""), none(), "missing-list"),
        ok(
            "empty wrapper",
            xml("popup", "<SubscribeMsgPopupEvent/>"),
            record("popup", "", r#","extra":{"SubscribeMsgPopupEvent":""}"#),
            "missing-list",
        ),
        ok(
            "empty element",
            xml("popup", &wrapped("Popup", "<List/>")),
            none(),
            "empty-list",
        ),
        ok(
            "blank element",
            xml("popup", &wrapped("Popup", "<List>\n</List>")),
            none(),
            "empty-list",
        ),
        ok(
            "empty CDATA",
            xml("popup", &wrapped("Popup", "<List><![CDATA[]]></List>")),
            none(),
            "empty-list",
        ),
    ];
    for empty in ["[]", "{}", r#""""#, "null"] {
        cases.push(ok(
            "empty",
            json("popup", &format!(r#","List":{empty}"#)),
            none(),
            "empty-list",
        ));
    }
    check_all(&cases);
}

#[test]
fn header_fields_may_be_missing() {
    let bare =
        |items: &str| format!(r#"{{"event":"subscribe_msg_popup_event","items":[{items}]}}"#);
    check_all(&[
        ok(
            "no header",
            format!(
                "<xml><Event>subscribe_msg_popup_event</Event>{}</xml>",
                wrapped("Popup", &popup_xml())
            ),
            bare(&popup_record()),
            "missing-field",
        ),
        ok(
            "no header, JSON",
            format!(
                r#"{{"Event":"subscribe_msg_popup_event","List":{}}}"#,
                popup_json()
            ),
            bare(&popup_record()),
            "missing-field",
        ),
        ok(
            "no item fields",
            r#"{"Event":"subscribe_msg_popup_event","List":[{"PopupScene":1}]}"#,
            bare(r#"{"popup_scene":1}"#),
            "missing-field",
        ),
    ]);
}

#[test]
fn scalars_are_numbers_or_texts() {
    let sent = |id: &str, member: &str, codes| {
        ok(
            "MsgID",
            json("sent", &format!(r#","List":{}"#, sent_json(id))),
            record("sent", &sent_record(member), ""),
            codes,
        )
    };
    let lost = |id: &str| {
        let item = sent_record("").replace('}', &format!(r#","extra":{{"MsgID":{id}}}}}"#));
        ok(
            "lost digits",
            json("sent", &format!(r#","List":{}"#, sent_json(id))),
            record("sent", &item, ""),
            "imprecise-msg-id",
        )
    };
    let scene = |scene: &str, record_: String, codes| {
        let item = popup_json().replace(r#""0""#, scene);
        ok(
            "PopupScene",
            json("popup", &format!(r#","List":{item}"#)),
            record("popup", &record_, ""),
            codes,
        )
    };
    let no_scene = |value: &str| {
        format!(r#"{{"template_id":"{T1}","status":"accept","extra":{{"PopupScene":{value}}}}}"#)
    };
    check_all(&[
        sent(
            r#""1700827132819554304""#,
            r#""msg_id":"1700827132819554304","#,
            "",
        ),
        sent(
            "1864323726461255680",
            r#""msg_id":"1864323726461255680","#,
            "",
        ),
        sent(r#""msg_1""#, r#""msg_id":"msg_1","#, "odd-msg-id"),
        lost("1.8e18"),
        lost("1.8643237264612557e18"),
        lost(r#""1.8e18""#),
        ok(
            "XML",
            xml("sent", &wrapped("Sent", &sent_xml("1700827132819554304"))),
            record(
                "sent",
                &sent_record(r#""msg_id":"1700827132819554304","#),
                "",
            ),
            "",
        ),
        ok(
            "CDATA number",
            xml(
                "sent",
                &wrapped("Sent", &sent_xml("<![CDATA[1700827132819554304]]>")),
            ),
            record(
                "sent",
                &sent_record(r#""msg_id":"1700827132819554304","#),
                "",
            ),
            "",
        ),
        ok(
            "text id",
            xml("sent", &wrapped("Sent", &sent_xml("msg_1"))),
            record("sent", &sent_record(r#""msg_id":"msg_1","#), ""),
            "odd-msg-id",
        ),
        scene("2", popup_record().replace(":0", ":2"), ""),
        scene(r#""2""#, popup_record().replace(":0", ":2"), ""),
        scene(r#""SCENE_X""#, no_scene(r#""SCENE_X""#), "wrong-type"),
        scene(r#""""#, no_scene(r#""""#), "wrong-type"),
        scene("1.5", no_scene("1.5"), "wrong-type"),
        scene("null", no_scene("null"), "wrong-type"),
        scene(
            "9223372036854775807",
            popup_record().replace(":0", ":9223372036854775807"),
            "",
        ),
        scene(
            "9223372036854775808",
            no_scene("9223372036854775808"),
            "wrong-type",
        ),
        scene("-1", popup_record().replace(":0", ":-1"), ""),
        ok(
            "time as text",
            json("popup", &format!(r#","List":{}"#, popup_json()))
                .replace("1610969440", r#""1610969440""#),
            popup_recorded(),
            "",
        ),
        ok(
            "status",
            xml(
                "popup",
                &wrapped("Popup", &popup_xml().replace("accept", "acceptWithAudio")),
            ),
            popup_recorded().replace(r#""accept""#, r#""acceptWithAudio""#),
            "unknown-status",
        ),
        ok(
            "appid",
            popup().replace(TO, "wx0123456789abcdef"),
            popup_recorded().replace(TO, "wx0123456789abcdef"),
            "odd-account-id",
        ),
    ]);
}

#[test]
fn texts_are_written_in_many_ways() {
    let spaced = format!(
        "  {}\r\n\r\n",
        popup()
            .replace("><", ">\n<")
            .replace("</", "\n</")
            .replace("><!", ">\n<!")
    );
    let escaped = json("popup", &format!(r#","List":{}"#, popup_json()))
        .replace("gh_", "\\u0067\\u0068\\u005f")
        .replace("event\"", "\\u0065vent\"");
    check_all(&[
        ok(
            "no CDATA",
            popup().replace("<![CDATA[", "").replace("]]>", ""),
            popup_recorded(),
            "",
        ),
        ok(
            "references",
            popup().replace("<![CDATA[gh_", "&#103;&#x68;<![CDATA[_"),
            popup_recorded(),
            "",
        ),
        ok(
            "split CDATA",
            popup().replace("accept]]>", "acc]]><![CDATA[ept]]>"),
            popup_recorded(),
            "",
        ),
        ok(
            "comment in a text",
            popup().replace("accept]]>", "acc]]><!-- x --><![CDATA[ept]]>"),
            popup_recorded(),
            "",
        ),
        ok(
            "white space around CDATA",
            spaced,
            popup_recorded(),
            "padded-value",
        ),
        ok(
            "padded CDATA",
            popup().replace("[accept]", "[ accept ]"),
            popup_recorded().replace(r#""accept""#, r#"" accept ""#),
            "padded-value unknown-status",
        ),
        ok("escapes", escaped, popup_recorded(), ""),
    ]);
}

#[test]
fn syntax_is_read_with_tolerance() {
    let commas = json(
        "popup",
        &format!(r#","List":[{},],"#, popup_json().replace('}', ",}")),
    );
    let comments = json(
        "popup",
        &format!("/* a */,\n// b {{\"\n\"List\" :\n\n{}/**/", popup_json()),
    );
    let sorted = format!(
        r#"{{"CreateTime":1610969440,"Event":"subscribe_msg_popup_event","FromUserName":"{FROM}","List":{},"MsgType":"event","ToUserName":"{TO}"}}"#,
        popup_json()
    );
    let wrong_case = popup()
        .replace("ToUserName", "TOUSERNAME")
        .replace("List>", "list>")
        .replace("PopupScene", "popupscene");
    check_all(&[
        ok(
            "trailing commas",
            commas,
            popup_recorded(),
            "trailing-comma",
        ),
        ok("comments", comments, popup_recorded(), "json-comment"),
        ok("sorted keys", sorted, popup_recorded(), ""),
        ok(
            "indented",
            indented_json(&json("popup", &format!(r#","List":{}"#, popup_json()))),
            popup_recorded(),
            "",
        ),
        ok("indented XML", indented_xml(&popup()), popup_recorded(), ""),
        ok("wrong case", wrong_case, popup_recorded(), "odd-case"),
        ok(
            "MsgId",
            json(
                "sent",
                &format!(r#","List":{}"#, sent_json("7").replace("MsgID", "MsgId")),
            ),
            record("sent", &sent_record(r#""msg_id":"7","#), ""),
            "odd-case",
        ),
        refused(
            "full-width comma",
            json("popup", &format!(r#","List":[{0}，{0}]"#, popup_json())),
            "malformed-json",
        ),
        refused(
            "single quotes",
            json("popup", "").replace(r#""event""#, "'event'"),
            "malformed-json",
        ),
        refused(
            "mismatched tag",
            popup().replace("</List>", "</list>"),
            "malformed-xml",
        ),
        refused(
            "unknown entity",
            popup().replace("<PopupScene>0", "<PopupScene>&nbsp;0"),
            "malformed-xml",
        ),
        refused("cut off", &popup()[..300], "malformed-xml"),
        refused("cut off, JSON", &json("popup", "")[..100], "malformed-json"),
    ]);
}

#[test]
fn nothing_that_arrived_is_dropped() {
    let with = |extra: &str, recorded: &str, codes| {
        ok(
            "extra",
            xml(
                "change",
                &format!("{}{extra}", wrapped("Change", &change_xml())),
            ),
            record(
                "change",
                &change_record(),
                &format!(r#","extra":{recorded}"#),
            ),
            codes,
        )
    };
    let json_with = |extra: &str, recorded: &str, codes| {
        let text = json("change", &format!(r#","List":{}{extra}"#, change_json()));
        ok(
            "extra, JSON",
            text,
            record(
                "change",
                &change_record(),
                &format!(r#","extra":{recorded}"#),
            ),
            codes,
        )
    };
    let in_item = |extra: &str, recorded: &str, codes| {
        let items = change_record().replace('}', &format!(r#","extra":{recorded}}}"#));
        ok(
            "extra of an item",
            xml(
                "change",
                &wrapped(
                    "Change",
                    &change_xml().replace("</List>", &format!("{extra}</List>")),
                ),
            ),
            record("change", &items, ""),
            codes,
        )
    };
    check_all(&[
        with(
            "<WeAppId>wx1</WeAppId>",
            r#"{"WeAppId":"wx1"}"#,
            "unknown-field",
        ),
        with("<A>1</A><A>2</A>", r#"{"A":["1","2"]}"#, "unknown-field"),
        with(
            "<A><B>1</B><B/><C> x </C></A>",
            r#"{"A":{"B":["1",""],"C":"x"}}"#,
            "unknown-field",
        ),
        with(
            "<A b='c'>1</A>",
            r#"{"A":"1"}"#,
            "unknown-field unexpected-attribute",
        ),
        with("stray", r##"{"#text":"stray"}"##, "stray-text"),
        with(
            "<ToUserName>gh_0</ToUserName>",
            r#"{"ToUserName":"gh_0"}"#,
            "duplicate-field",
        ),
        with(
            "<Event>other</Event>",
            r#"{"Event":"other"}"#,
            "duplicate-field",
        ),
        json_with(
            r#","A":1.50,"B":[true,null,{"C":1e400}],"D":123456789012345678901234567890"#,
            r#"{"A":1.50,"B":[true,null,{"C":1e400}],"D":123456789012345678901234567890}"#,
            "unknown-field",
        ),
        json_with(
            r#","A":1,"A":2"#,
            r#"{"A":[1,2]}"#,
            "unknown-field duplicate-field",
        ),
        json_with(r#","List":[]"#, r#"{"List":[]}"#, "duplicate-field"),
        json_with(
            r#","CreateTime":1"#,
            r#"{"CreateTime":1}"#,
            "duplicate-field",
        ),
        in_item("<X>1</X>", r#"{"X":"1"}"#, "unknown-field"),
        in_item(
            "<TemplateId>2</TemplateId>",
            r#"{"TemplateId":"2"}"#,
            "duplicate-field",
        ),
        ok(
            "MsgType",
            json("change", &format!(r#","List":{}"#, change_json()))
                .replace(r#""event""#, r#""text""#),
            record("change", &change_record(), r#","extra":{"MsgType":"text"}"#),
            "event-mismatch",
        ),
        ok(
            "field of another event",
            xml(
                "change",
                &wrapped(
                    "Change",
                    &change_xml().replace("</List>", "<PopupScene>1</PopupScene></List>"),
                ),
            ),
            record(
                "change",
                &change_record().replace('}', r#","popup_scene":1}"#),
                "",
            ),
            "unknown-field",
        ),
        ok(
            "entry that is no item",
            json("change", &format!(r#","List":[{},7]"#, change_json())),
            record("change", &change_record(), r#","extra":{"List":7}"#),
            "wrong-type",
        ),
    ]);
}

#[test]
fn what_is_no_callback_says_so() {
    let text = format!(
        "<xml><ToUserName>{TO}</ToUserName><MsgType>text</MsgType><Content>hi</Content></xml>"
    );
    check_all(&[
        refused(
            "no Event",
            json("popup", "").replace(r#""Event":"subscribe_msg_popup_event""#, r#""E":1"#),
            "missing-event",
        ),
        refused(
            "empty Event",
            popup().replace("subscribe_msg_popup_event", ""),
            "missing-event",
        ),
        refused(
            "number",
            json("popup", "").replace(r#""subscribe_msg_popup_event""#, "7"),
            "missing-event",
        ),
        refused(
            "sealed",
            format!("<xml><ToUserName>{TO}</ToUserName><Encrypt>abc=</Encrypt></xml>"),
            "encrypted",
        ),
        refused(
            "sealed, JSON",
            format!(r#"{{"ToUserName":"{TO}","Encrypt":"abc="}}"#),
            "encrypted",
        ),
        ok(
            "compatible",
            popup().replace("</xml>", "<Encrypt><![CDATA[abc=]]></Encrypt></xml>"),
            popup_recorded(),
            "",
        ),
        ok(
            "compatible, JSON",
            json(
                "popup",
                &format!(r#","Encrypt":"abc=","List":{}"#, popup_json()),
            ),
            popup_recorded(),
            "",
        ),
        other("text", text, "text"),
        other(
            "subscribe",
            r#"{"MsgType":"event","Event":"subscribe"}"#,
            "subscribe",
        ),
        other(
            "longer name",
            popup().replace("popup_event", "popup_event_x"),
            "subscribe_msg_popup_event_x",
        ),
        other(
            "media check",
            r#"{"MsgType":"event","Event":"wxa_media_check","result":{}}"#,
            "wxa_media_check",
        ),
        other(
            "probe",
            r#"{"action":"CheckContainerPath"}"#,
            "CheckContainerPath",
        ),
    ]);
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    format!("\u{FEFF}{text}")
        .encode_utf16()
        .flat_map(unit)
        .collect()
}

/// Makes a payload that declares an encoding. All of it is ASCII, except `status`.
fn declared(label: &str, status: &[u8]) -> Vec<u8> {
    let text = format!("<?xml version=\"1.0\" encoding=\"{label}\"?>{}", popup());
    let (head, tail) = text.split_once("accept").expect("a status");
    [head.as_bytes(), status, tail.as_bytes()].concat()
}

#[test]
fn encodings_are_read_as_declared() {
    let status = |status: &str| popup_recorded().replace(r#""accept""#, &format!(r#""{status}""#));
    let popup_in = |text: &str| popup().replace("accept", text);
    check_all(&[
        ok("mark", format!("\u{FEFF}{}", popup()), popup_recorded(), ""),
        ok(
            "mark, JSON",
            format!(
                "\u{FEFF}{}",
                json("popup", &format!(r#","List":{}"#, popup_json()))
            ),
            popup_recorded(),
            "",
        ),
        ok(
            "UTF-16 LE",
            utf16(&popup_in("同意😀"), u16::to_le_bytes),
            status("同意😀"),
            "unknown-status",
        ),
        ok(
            "UTF-16 BE",
            utf16(&popup_in("同意😀"), u16::to_be_bytes),
            status("同意😀"),
            "unknown-status",
        ),
        ok(
            "declaration",
            format!(
                "<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n{}",
                popup()
            ),
            popup_recorded(),
            "",
        ),
        ok(
            "GBK",
            declared("GBK", b"\xCD\xAC\xD2\xE2"),
            status("同意"),
            "unknown-status",
        ),
        ok(
            "gb2312",
            declared("gb2312", b"\xCD\xAC\xD2\xE2"),
            status("同意"),
            "unknown-status",
        ),
        ok(
            "Big5",
            declared("Big5", b"\xA6\x50\xB7\x4E"),
            status("同意"),
            "unknown-status",
        ),
        ok(
            "GBK, ASCII bytes in characters",
            declared("GBK", b"\x81\x5D\x81\x5D\x81\x7B"),
            status("乚乚亄"),
            "unknown-status",
        ),
        ok(
            "wrong declaration",
            format!("<?xml version='1.0' encoding='UTF-16'?>{}", popup()),
            popup_recorded(),
            "encoding-mismatch",
        ),
        ok(
            "wrong declaration in UTF-16",
            utf16(
                &format!("<?xml version='1.0' encoding='UTF-8'?>{}", popup()),
                u16::to_le_bytes,
            ),
            popup_recorded(),
            "encoding-mismatch",
        ),
        refused("unknown", declared("klingon", b"x"), "invalid-encoding"),
        refused(
            "undecodable by name",
            declared("hz-gb-2312", b"x"),
            "invalid-encoding",
        ),
        refused(
            "invalid bytes",
            declared("UTF-8", b"a\xFFb"),
            "invalid-encoding",
        ),
        refused(
            "overlong",
            declared("UTF-8", b"\xC0\xBC"),
            "invalid-encoding",
        ),
        refused(
            "surrogate",
            declared("UTF-8", b"\xED\xA0\x80"),
            "invalid-encoding",
        ),
        refused(
            "invalid in GBK",
            declared("GBK", b"a\xFF"),
            "invalid-encoding",
        ),
        refused(
            "control character",
            declared("UTF-8", b"\x01"),
            "malformed-xml",
        ),
        refused("NUL", declared("UTF-8", b"\0"), "malformed-xml"),
        refused(
            "DOCTYPE",
            format!("<!DOCTYPE xml [<!ENTITY a \"accept\">]>{}", popup_in("a")),
            "doctype-forbidden",
        ),
        refused(
            "doctype",
            format!("<?xml version='1.0'?><!doctype xml>{}", popup()),
            "doctype-forbidden",
        ),
    ]);
}

#[test]
fn invalid_bytes_in_json_are_a_finding() {
    let good = json("popup", &format!(r#","List":{},"A":"x""#, popup_json()));
    let mut failures = Failures::default();
    for (at, _) in good.match_indices(|c: char| c.is_ascii_alphanumeric()) {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = 0xFF;
        for payload in [
            bytes.clone(),
            [b"log ", &bytes[..], b" end"].concat(),
            [b"[", &bytes[..], b"]"].concat(),
        ] {
            let reading = read_in(&payload, &[3]);
            let is_told = reading.records.iter().any(|seen| !seen.findings.is_empty());
            let has_name = String::from_utf8_lossy(&payload).contains("\"ToUserName\"");
            failures.check(reading.callbacks().is_empty(), || {
                format!("{at}: a callback")
            });
            failures.check(is_told || !has_name, || {
                format!(
                    "{at}: no finding for {:?}",
                    String::from_utf8_lossy(&payload)
                )
            });
            let is_mute = reading
                .records
                .iter()
                .any(|seen| seen.outcome == Outcome::Undecodable && seen.findings.is_empty());
            failures.check(!is_mute, || {
                format!(
                    "{at}: undecodable without a reason: {:?}",
                    String::from_utf8_lossy(&payload)
                )
            });
        }
    }
    failures.none();
}

#[test]
fn decode_says_what_stands_beside_the_payload() {
    let good = json("popup", &format!(r#","List":{}"#, popup_json()));
    let mut failures = Failures::default();
    for (before, after) in [
        ("", "x"),
        ("x", ""),
        ("", "}"),
        ("", &*popup()),
        ("", &*good),
        ("{} ", ""),
        ("", "<a/>"),
    ] {
        for mark in ["", "\u{FEFF}"] {
            let bytes = format!("{mark}{before}{good}{after}");
            let record = decode(bytes.as_bytes());
            failures.check(record.callback().is_some(), || {
                format!("{bytes}: no callback")
            });
            failures.check(!record.findings().is_empty(), || {
                format!("no finding for what stands beside: {mark:?} {before:?} {after:?}")
            });
        }
    }
    failures.none();
}

// 2. Payloads among other text.

/// Returns one payload of each kind, all different.
fn kinds() -> Vec<String> {
    let popup = json_at(
        1_610_969_441,
        "popup",
        &format!(r#","List":[{}]"#, popup_json()),
    );
    let change = json_at(
        1_610_969_442,
        "change",
        &format!(r#","List":{},"A":{{"B":["}}",{{}}]}}"#, change_json()),
    );
    vec![
        xml_at(1_610_969_443, "popup", &wrapped("Popup", &popup_xml())),
        popup,
        indented_xml(&xml_at(
            1_610_969_444,
            "sent",
            &wrapped("Sent", &sent_xml("1700827132819554304")),
        )),
        indented_json(&change),
        format!(
            "<xml><ToUserName>{TO}</ToUserName><MsgType>text</MsgType><Content><![CDATA[订阅 <xml> {{\"ToUserName\":1}}\n]]></Content></xml>"
        ),
        format!(r#"{{"ToUserName":"{TO}","Encrypt":"AAAA"}}"#),
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}<!-- 完 -->",
            xml_at(1_610_969_445, "change", &wrapped("Change", &change_xml()))
        ),
    ]
}

fn bare(payload: &str) -> ReadRecord {
    let mut seen = ReadRecord::new(&decode(payload.as_bytes()));
    seen.findings.retain(|(code, ..)| *code != Code::Noise);
    seen
}

/// Returns the place of `offset` in `text`, counted the slow way.
fn place_of(text: &str, offset: usize) -> (u64, u64, u64) {
    let (head, mark) = (
        &text[..offset],
        if text.starts_with('\u{FEFF}') { 1 } else { 0 },
    );
    let line = head.matches('\n').count() as u64 + 1;
    let column = head.rsplit('\n').next().unwrap_or_default().chars().count() as u64 + 1;
    (
        line,
        if line == 1 { column - mark } else { column },
        offset as u64,
    )
}

/// A capture under construction, with its payloads and their offsets.
#[derive(Default)]
struct Built {
    text: String,
    payloads: Vec<(usize, String)>,
}

impl Built {
    fn noise(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    fn payload(mut self, payload: &str) -> Self {
        self.payloads.push((self.text.len(), payload.to_owned()));
        self.text.push_str(payload);
        self
    }

    /// Checks that the records are exactly those of the payloads, in order and in place.
    fn check(&self, name: &str, failures: &mut Failures) -> Reading {
        let whole = read_by(self.text.as_bytes(), 1 << 20);
        for block in BLOCKS {
            let other = read_by(self.text.as_bytes(), block);
            failures.check(whole.records == other.records, || {
                format!("{name}: records differ with block size {block}")
            });
            failures.check(whole.noise == other.noise, || {
                format!(
                    "{name}: noise {} with block size {block}, {} whole",
                    other.noise, whole.noise
                )
            });
            failures.check(whole.first_noise == other.first_noise, || {
                format!(
                    "{name}: first noise {:?} with block size {block}, {:?} whole",
                    other.first_noise, whole.first_noise
                )
            });
        }
        self.compare(name, &whole, failures);
        whole
    }

    fn compare(&self, name: &str, reading: &Reading, failures: &mut Failures) {
        let found: Vec<&ReadRecord> = reading
            .records
            .iter()
            .filter(|seen| seen.outcome != Outcome::Remark)
            .collect();
        failures.check(found.len() == self.payloads.len(), || {
            let found: Vec<_> = found
                .iter()
                .map(|seen| (&seen.outcome, seen.codes()))
                .collect();
            format!(
                "{name}: {} of {} records: {found:?}",
                found.len(),
                self.payloads.len()
            )
        });
        for (seen, (at, payload)) in found.iter().zip(&self.payloads) {
            let expected = bare(payload);
            let is_same = (&seen.outcome, &seen.line, seen.codes())
                == (&expected.outcome, &expected.line, expected.codes());
            failures.check(is_same, || {
                format!(
                    "{name}: {:?}, expected {:?}",
                    seen.meaning(),
                    expected.meaning()
                )
            });
            let place = (seen.place.line, seen.place.column, seen.place.offset);
            let expected = place_of(&self.text, *at);
            failures.check(place == expected, || {
                format!("{name}: place {place:?}, expected {expected:?}")
            });
        }
    }
}

const SEPARATORS: [&str; 14] = [
    "",
    "\n",
    "   ",
    "\r\n",
    "\n\n \t\n",
    ", ",
    ",\n",
    " ; ",
    "\n2023-06-07 10:05:43.120 INFO [main] body=",
    "\n[INFO] a < b, {x} [1,2] <b>订阅</b> {\"level\":1} ",
    "\n[2023-06-07] (\"it's\") - ",
    "\nPOST /cb?a=1&b=2 HTTP/1.1\r\nHost: x\r\n\r\n",
    " \u{1b}[31m\0\u{7f} ",
    "\n} ] > \\ \" ' <![CDATA[ --> ]]> ",
];

fn solid(text: &str) -> u64 {
    text.bytes().filter(|b| !b" \t\r\n".contains(b)).count() as u64
}

#[test]
fn payloads_are_found_between_anything() {
    let mut failures = Failures::default();
    for separator in SEPARATORS {
        for ends in ["", separator] {
            let mut built = Built::default().noise(ends);
            for (at, payload) in kinds().iter().enumerate() {
                let payload = payload.split("<!--").next().unwrap_or_default();
                built = built
                    .noise(if at == 0 { "" } else { separator })
                    .payload(payload);
            }
            let built = built.noise(ends);
            let name = format!("separator {separator:?}, ends {ends:?}");
            let reading = built.check(&name, &mut failures);
            let noise = solid(separator) * 6 + solid(ends) * 2;
            failures.check(reading.noise == noise, || {
                format!("{name}: noise {}, expected {noise}", reading.noise)
            });
        }
    }
    failures.none();
}

#[test]
fn every_kind_stands_behind_every_kind() {
    let mut failures = Failures::default();
    for first in kinds() {
        for second in kinds() {
            for separator in SEPARATORS {
                let first = first.split("<!--").next().unwrap_or_default();
                let built = Built::default()
                    .noise("a ")
                    .payload(first)
                    .noise(separator)
                    .payload(&second);
                let reading = read_in(built.text.as_bytes(), &[5]);
                let second = second.split("<!--").next().unwrap_or_default();
                let built = Built {
                    payloads: vec![
                        (2, first.into()),
                        (2 + first.len() + separator.len(), second.into()),
                    ],
                    ..built
                };
                built.compare(&format!("{separator:?}"), &reading, &mut failures);
            }
        }
    }
    failures.none();
}

#[test]
fn byte_order_marks_are_passed_over() {
    let mut failures = Failures::default();
    for separator in [
        "\u{FEFF}",
        "\n\u{FEFF}",
        "\u{FEFF}\n",
        "\nlog\n\u{FEFF}",
        "\nlog \u{FEFF}",
        "\nlog\n\n \u{FEFF}",
        "x\u{FEFF}",
    ] {
        let mut text = String::from(separator);
        for payload in kinds() {
            text.push_str(payload.split("<!--").next().unwrap_or_default());
            text.push_str(separator);
        }
        let whole = read_by(text.as_bytes(), 1 << 20);
        failures.check(whole.records.len() == kinds().len(), || {
            format!("{separator:?}: {} records", whole.records.len())
        });
        for block in BLOCKS {
            let other = read_by(text.as_bytes(), block);
            failures.check(other.records == whole.records, || {
                format!("{separator:?}: records differ with block size {block}")
            });
            failures.check(other.noise == whole.noise, || {
                format!(
                    "{separator:?}: noise {} with block size {block}, {} whole",
                    other.noise, whole.noise
                )
            });
            failures.check(other.first_noise == whole.first_noise, || {
                format!(
                    "{separator:?}: first noise {:?} with block size {block}, {:?} whole",
                    other.first_noise, whole.first_noise
                )
            });
        }
    }
    failures.none();
}

fn json_kinds() -> Vec<String> {
    kinds()
        .into_iter()
        .filter(|payload| payload.starts_with('{'))
        .collect()
}

fn joined(before: &str, between: &str, after: &str) -> Built {
    let mut built = Built::default().noise(before);
    for (at, payload) in json_kinds().iter().enumerate() {
        built = built
            .noise(if at == 0 { "" } else { between })
            .payload(payload);
    }
    built.noise(after)
}

#[test]
fn payloads_are_found_in_arrays_and_objects() {
    let mut failures = Failures::default();
    let shapes = [
        ("[", ",", "]"),
        ("[\n  ", ",\n  ", "\n]\n"),
        ("\u{FEFF}[ ", " , ", ",\n]"),
        ("log: [", ", ", "] done"),
        ("[[", "],[", "]]"),
        ("{\"a\":[", ",", "]}"),
        (
            "{\"level\":\"info\",\"a\":{\"b\":[1,{\"c\":",
            "},{\"d\":",
            "}]}} ",
        ),
        ("{\n \"订阅\": ", ",\n \"x\": ", "\n}"),
        ("x {\"a\":", "} y {\"a\":", "} z"),
        ("[{\"a\":", "},{\"a\":", "}]"),
        ("[{\"level\":1},", ",{\"level\":2},", ",{}]"),
    ];
    for (before, between, after) in shapes {
        joined(before, between, after).check(&format!("{before:?}"), &mut failures);
    }
    failures.none();
}

#[test]
fn comments_in_arrays_are_tolerated_as_in_objects() {
    let mut failures = Failures::default();
    for (before, between, after) in [
        ("[/* a */", ",", "]"),
        ("[", ",\n// a\n", "]"),
        ("[", "/* a */,", "]"),
        ("[", ",", "// a\n]"),
        ("[", "/* a /* b */,", "]"),
        ("[", &format!(",//{}\n", "a".repeat(9000)), "]"),
    ] {
        let built = joined(before, between, after);
        let reading = built.check(&format!("{before:?} {between:?} {after:?}"), &mut failures);
        let is_broken = reading
            .records
            .iter()
            .any(|seen| seen.codes().contains("malformed-json"));
        failures.check(!is_broken, || {
            format!("{before:?} {between:?} {after:?}: malformed-json")
        });
    }
    failures.none();
}

#[test]
fn a_broken_array_is_told_and_its_payloads_are_found() {
    let mut failures = Failures::default();
    for (before, between, after) in [
        ("[", " ", "]"),
        ("[", ",", ""),
        ("[", ",", "}"),
        ("[", ",,", "]"),
        ("[", "，", "]"),
    ] {
        let built = joined(before, between, after);
        let reading = read(built.text.as_bytes());
        let name = format!("{between:?} {after:?}");
        failures.check(reading.callbacks().len() == 2, || {
            format!("{name}: {} callbacks", reading.callbacks().len())
        });
        let is_told = reading
            .records
            .iter()
            .any(|seen| seen.codes().contains("malformed-json"));
        failures.check(is_told, || format!("{name}: no finding"));
    }
    failures.none();
}

#[test]
fn utf16_places_count_bytes_of_the_file() {
    for unit in [u16::to_le_bytes, u16::to_be_bytes] {
        let text = format!("日志😀\n😀 {}\n订 {}", popup(), json("popup", ""));
        let bytes = utf16(&text, unit);
        let reading = read(&bytes);
        let places: Vec<_> = reading
            .records
            .iter()
            .map(|seen| (seen.place.line, seen.place.column, seen.place.offset))
            .collect();
        let offset =
            |needle: &str| 2 + 2 * text[..text.find(needle).unwrap()].encode_utf16().count() as u64;
        assert_eq!(places, [(2, 3, offset("<xml>")), (3, 3, offset("{\""))]);
    }
}

// 3. A broken payload, then a good payload.

/// Returns payloads to cut, of every syntax and layout.
fn victims() -> Vec<(&'static str, String)> {
    let popup_x = xml("popup", &wrapped("Popup", &popup_xml().repeat(2)));
    let sent_j = json(
        "sent",
        &format!(
            r#","List":[{}],"A":"a\"b\\c\u00e9\n/","N":[1.5,true,null]"#,
            sent_json(r#""17""#)
        ),
    );
    vec![
        ("XML", popup_x.clone()),
        ("XML, indented", indented_xml(&popup_x)),
        (
            "XML without CDATA",
            popup_x.replace("<![CDATA[", "").replace("]]>", ""),
        ),
        (
            "XML with a declaration",
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{popup_x}"),
        ),
        (
            "XML with an unknown field",
            popup_x.replace("</xml>", "<Extra a=\"b\"><B>x</B></Extra></xml>"),
        ),
        ("JSON", sent_j.clone()),
        ("JSON, indented", indented_json(&sent_j)),
    ]
}

/// Returns payloads that follow a cut, all with a time of their own.
fn followers() -> Vec<(&'static str, String)> {
    let item = popup_json();
    let good_j = json_at(1_700_000_000, "popup", &format!(r#","List":{item}"#));
    let good_x = xml_at(1_700_000_000, "popup", &wrapped("Popup", &popup_xml()));
    let sorted = format!(
        r#"{{"CreateTime":1700000000,"Event":"subscribe_msg_popup_event","List":{item},"ToUserName":"{TO}"}}"#
    );
    vec![
        ("line JSON", format!("\n{good_j}")),
        (
            "line JSON indented",
            format!("\n{}", indented_json(&good_j)),
        ),
        ("line JSON sorted", format!("\n{sorted}")),
        ("line XML", format!("\n{good_x}")),
        ("line XML indented", format!("\n{}", indented_xml(&good_x))),
        (
            "line XML declared",
            format!("\n<?xml version=\"1.0\"?>{good_x}"),
        ),
        (
            "line XML plain",
            format!("\n{}", good_x.replace("<![CDATA[", "").replace("]]>", "")),
        ),
        ("CRLF JSON", format!("\r\n{good_j}")),
        ("blank lines JSON", format!("\n\n  {good_j}")),
        (
            "log JSON",
            format!("\n2023-06-07 10:05:43 INFO [x] body={good_j}"),
        ),
        (
            "log XML",
            format!("\n2023-06-07 10:05:43 INFO [x] body={good_x}"),
        ),
        (
            "quoting log JSON",
            format!("\n2023-06-07 WARN it's \"odd: {good_j}"),
        ),
        (
            "wrapped JSON",
            format!("\n{{\"level\":\"info\",\"body\":{good_j}}}"),
        ),
        ("array JSON", format!("\n[{good_j}]")),
        ("direct JSON", good_j.clone()),
        ("direct XML", good_x.clone()),
        ("direct JSON indented", indented_json(&good_j)),
    ]
}

fn has_name(text: &str) -> bool {
    ["\"ToUserName\"", "<ToUserName>"]
        .iter()
        .any(|name| text.contains(name))
}

/// Writes lengths as ranges, for a message.
fn ranges(cuts: &[usize]) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for &cut in cuts {
        match ranges.last_mut() {
            Some((_, end)) if *end + 1 == cut => *end = cut,
            _ => ranges.push((cut, cut)),
        }
    }
    ranges
        .iter()
        .map(|(a, b)| format!("{a}..={b}"))
        .collect::<Vec<_>>()
        .join(" ")
}

/// The cuts at which something went wrong, by kind.
#[derive(Default)]
struct Cuts {
    lost: Vec<usize>,
    invented: Vec<usize>,
    untold: Vec<usize>,
    unsteady: Vec<usize>,
}

fn cut_everywhere(victim: &str, follower: &str) -> Cuts {
    let mut cuts = Cuts::default();
    for cut in (1..victim.len()).filter(|&cut| victim.is_char_boundary(cut)) {
        let text = format!("{}{follower}", &victim[..cut]);
        let reading = read_by(text.as_bytes(), WHOLE);
        let callbacks = reading.callbacks();
        let is_good = |seen: &&&ReadRecord| seen.line.contains("\"create_time\":1700000000");
        let good = callbacks.iter().filter(is_good).count();
        if good != 1 {
            cuts.lost.push(cut);
        }
        if callbacks.len() > good {
            cuts.invented.push(cut);
        }
        let is_told = reading
            .records
            .iter()
            .any(|seen| seen.outcome == Outcome::Undecodable && !seen.findings.is_empty());
        if has_name(&victim[..cut]) && !is_told {
            cuts.untold.push(cut);
        }
        if cut % 8 == 0 && reading != read_by(text.as_bytes(), [2, 7, 64][cut % 3]) {
            cuts.unsteady.push(cut);
        }
    }
    cuts
}

fn check_cuts(is_direct: bool) {
    let mut failures = Failures::default();
    let mut share = Share::default();
    for (kind, victim) in victims() {
        for (name, follower) in followers()
            .into_iter()
            .filter(|(name, _)| name.starts_with("direct") == is_direct)
        {
            if !share.takes_next() {
                continue;
            }
            let cuts = cut_everywhere(&victim, &follower);
            // Right after a cut, a payload mostly looks like a value, or like the text of a message that was cut.
            let can_be_told = !is_direct
                || (kind.contains("XML") && name.contains("XML") && !kind.contains("declaration"));
            let lost = if can_be_told { cuts.lost } else { Vec::new() };
            let parts = [
                ("lost", lost),
                ("invented", cuts.invented),
                ("untold", cuts.untold),
                ("unsteady", cuts.unsteady),
            ];
            for (what, cuts) in parts.into_iter().filter(|(_, cuts)| !cuts.is_empty()) {
                let shown = &victim[cuts[0].saturating_sub(40)..cuts[0]];
                failures.0.push(format!(
                    "{what}: {kind} + {name} at {} of {}, first behind {shown:?}",
                    ranges(&cuts),
                    victim.len()
                ));
            }
        }
    }
    failures.none();
}

#[test]
fn a_payload_on_the_next_line_survives_a_cut() {
    check_cuts(false);
}

#[test]
fn a_payload_right_behind_survives_a_cut() {
    check_cuts(true);
}

#[test]
fn a_broken_encoding_does_not_eat_the_next_payload() {
    let mut failures = Failures::default();
    for odd in [
        &b"\x81 "[..],
        b"\x81 \x81 ",
        b"\x81\x81\x81 ",
        b"\xFF\xFF\xFF\xFF",
        b"a\x81 b\x81 c\x81 d",
    ] {
        for between in ["", "\n"] {
            let text = [
                &declared("GBK", b"accept")[..],
                between.as_bytes(),
                popup().as_bytes(),
            ]
            .concat();
            let at = memfind(&text, b"accept");
            let bytes = [&text[..at], odd, &text[at + 6..]].concat();
            let reading = read(&bytes);
            failures.check(reading.callbacks().len() == 1, || {
                format!(
                    "{odd:?} {between:?}: {:?}",
                    reading
                        .records
                        .iter()
                        .map(|seen| (&seen.outcome, &seen.findings))
                        .collect::<Vec<_>>()
                )
            });
        }
        let text = declared("GBK", b"accept");
        let at = memfind(&text, b"<PopupScene>");
        let bytes = [
            &text[..at],
            b"<A>\x81</A><B>\x81</B><C>\x81</C><D>\x81</D>",
            &text[at..],
            b"\n",
            popup().as_bytes(),
        ]
        .concat();
        let reading = read(&bytes);
        failures.check(reading.callbacks().len() == 1, || {
            "elements that end in half a character".into()
        });
    }
    failures.none();
}

fn memfind(bytes: &[u8], needle: &[u8]) -> usize {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
        .expect("it is there")
}

#[test]
fn a_broken_payload_is_told_wherever_it_broke() {
    let good = json("popup", &format!(r#","List":{}"#, popup_json()));
    let mut failures = Failures::default();
    let breaks = [
        r#""X":01,"#,
        r#""X":tru,"#,
        r#""X" 1,"#,
        r#""X":"\q","#,
        r#""X":1，"#,
        "\"X\":\"\u{1}\",",
    ];
    for broken in breaks {
        for (before, after) in [
            ("", ""),
            ("log body=", ""),
            ("[", "]"),
            ("log [", "]"),
            ("{\"a\":", "}"),
            ("x\n", "\ny"),
        ] {
            for at in [1, good.find("\"MsgType\"").unwrap()] {
                let text = format!("{before}{}{broken}{}{after}", &good[..at], &good[at..]);
                let reading = read_in(text.as_bytes(), &[1]);
                let is_told = reading
                    .records
                    .iter()
                    .any(|seen| seen.codes().contains("malformed-json"));
                failures.check(is_told, || {
                    format!(
                        "{broken:?} at {at}, behind {before:?}: no finding; noise {}",
                        reading.noise
                    )
                });
                failures.check(reading.callbacks().is_empty(), || {
                    format!("{broken:?} at {at}: a callback")
                });
            }
        }
    }
    failures.none();
}

// 4. Text that a user typed is not a payload.

fn forged_json() -> String {
    json("popup", &format!(r#","List":{}"#, popup_json())).replace(TO, FORGED)
}

fn forged_xml() -> String {
    popup().replace(TO, FORGED)
}

/// Returns texts that a user may type into a chat.
fn imitations() -> Vec<String> {
    let (j, x) = (forged_json(), forged_xml());
    let quoted = serde_json::to_string(&j).expect("a string");
    let plain = x.replace("<![CDATA[", "").replace("]]>", "");
    let bare = vec![
        j.clone(),
        x.clone(),
        plain.clone(),
        indented_json(&j),
        indented_xml(&x),
        indented_xml(&plain),
        quoted.clone(),
        serde_json::to_string(&quoted).expect("a string"),
        x.replace('<', "&lt;").replace('>', "&gt;"),
        j.replace('"', "\\x22"),
        j.replace('"', "%22"),
        j.replace('"', "&quot;"),
        format!("]]>{x}"),
        format!("]]></Content></xml>\n{x}"),
        format!("]]></Content></xml>{plain}"),
        format!("\"}}\n{j}"),
        format!("\"}}{j}"),
        format!("\\\"}}\n{j}"),
        format!("\\\",\"A\":{j}"),
        format!("[{j},{j}]"),
        format!("{{\"a\":{j}}}"),
        format!("-->{x}<!--"),
        format!("?>{x}"),
        format!("<!DOCTYPE xml [<!ENTITY a '{x}'>]>"),
        format!("</xml>{x}"),
        format!("*/{j}/*"),
        format!("\u{FEFF}{x}"),
        format!("\u{2028}{j}\u{2029}"),
        "{\"ToUserName\"".into(),
        "\"Event\":\"subscribe_msg_sent_event\"".into(),
    ];
    let lines = bare
        .iter()
        .map(|text| format!("hi\n{text}\nbye"))
        .collect::<Vec<_>>();
    [bare, lines].concat()
}

/// Makes a text message, with broken markup before and after the text.
fn text_message(content: &str, before: &str, after: &str, break_lines: bool) -> String {
    let end = if break_lines { "\n" } else { "" };
    format!(
        "<xml>{end}<ToUserName><![CDATA[{TO}]]></ToUserName>{end}<CreateTime>1348831860</CreateTime>{end}\
         <MsgType><![CDATA[text]]></MsgType>{end}{before}<Content>{content}</Content>{end}{after}<MsgId>1</MsgId>{end}</xml>"
    )
}

fn in_cdata(text: &str) -> String {
    format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>"))
}

fn in_xml_text(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn no_callback(text: &str, what: impl Fn() -> String, failures: &mut Failures) {
    let reading = read_by(text.as_bytes(), WHOLE);
    if text.len().is_multiple_of(16) {
        let steady = read_by(text.as_bytes(), [2, 7, 64][text.len() / 16 % 3]);
        failures.check(reading == steady, || {
            format!("{}: not the same in other blocks: {text:?}", what())
        });
    }
    failures.check(reading.callbacks().is_empty(), || {
        format!("{}: invented from {text:?}", what())
    });
}

const SURROUNDINGS: [(&str, &str); 3] = [("", ""), ("2023 INFO body=", " done"), ("x\n", "\ny\n")];

#[test]
fn text_messages_in_xml_are_never_searched() {
    let mut share = Share::default();
    let mut failures = Failures::default();
    let breaks = [
        "",
        "<A>1</B>",
        "<A>&nbsp;</A>",
        "<A>&</A>",
        "<A b=c/>",
        "<A>\u{1}</A>",
        "<A b='1' b='2'/>",
        "<1/>",
        "<!x>",
        "<A>]]></A>",
        "<A",
    ];
    for imitation in imitations() {
        for (how, content) in [
            ("CDATA", in_cdata(&imitation)),
            ("escaped", in_xml_text(&imitation)),
        ] {
            for broken in breaks {
                for break_lines in [false, true] {
                    for (head, tail) in SURROUNDINGS {
                        let texts = [
                            text_message(&content, broken, "", break_lines),
                            text_message(&content, "", broken, break_lines),
                        ];
                        for (side, text) in ["before", "behind"]
                            .iter()
                            .zip(texts)
                            .filter(|_| share.takes_next())
                        {
                            let text = format!("{head}{text}{tail}");
                            no_callback(
                                &text,
                                || {
                                    format!(
                                        "{how}, {broken:?} {side}, lines {break_lines}, behind {head:?}"
                                    )
                                },
                                &mut failures,
                            );
                        }
                    }
                }
            }
        }
    }
    failures.none();
}

#[test]
fn text_messages_in_json_are_never_searched() {
    let mut share = Share::default();
    let mut failures = Failures::default();
    let breaks = [
        "",
        r#""A":01,"#,
        r#""A":tru,"#,
        r#""A":"\q","#,
        r#""A" 1,"#,
        r#""A":1，"#,
        r#""A":,"#,
        r#""A":{"ToUserName":1,},"B":[}],"#,
        r#","#,
    ];
    let names = format!(
        r#""ToUserName":"{TO}","FromUserName":"{FROM}","CreateTime":1348831860,"MsgType":"text","#
    );
    let surroundings = [
        ("", ""),
        ("2023 INFO body=", " done"),
        ("x\n", "\ny\n"),
        ("[", "]"),
        ("{\"level\":1,\"body\":", "}"),
        ("log [", "]"),
    ];
    for imitation in imitations() {
        let content = format!(
            "\"Content\":{},",
            serde_json::to_string(&imitation).expect("a string")
        );
        for broken in breaks {
            for fields in [
                [&names, broken, &content],
                [broken, &names, &content],
                [broken, &content, &names],
                [&content, broken, &names],
                [&content, &names, broken],
            ] {
                for (head, tail) in surroundings {
                    for gap in ["", "\n"].into_iter().filter(|_| share.takes_next()) {
                        let text =
                            format!("{head}{{{gap}{}{gap}\"MsgId\":1}}{tail}", fields.join(gap));
                        let order: Vec<String> = fields
                            .iter()
                            .map(|field| field.chars().take(12).collect())
                            .collect();
                        no_callback(
                            &text,
                            || format!("{order:?}, gap {gap:?}, behind {head:?}"),
                            &mut failures,
                        );
                    }
                }
            }
        }
    }
    failures.none();
}

#[test]
fn nested_values_of_a_message_are_never_payloads() {
    let mut failures = Failures::default();
    let forged = forged_json();
    for broken in ["", r#","X":01"#, r#","X":"\q""#, ",,"] {
        for nested in [
            forged.clone(),
            format!("[{forged}]"),
            format!("{{\"a\":{forged}}}"),
        ] {
            let head = format!(
                r#"{{"ToUserName":"{TO}","FromUserName":"{FROM}","CreateTime":1,"MsgType":"text""#
            );
            let text = format!(r#"{head},"Nested":{nested}{broken}}}"#);
            no_callback(
                &text,
                || format!("nested, broken {broken:?}"),
                &mut failures,
            );
            let text = format!(r#"{head}{broken},"Nested":{nested}}}"#);
            no_callback(&text, || format!("nested behind {broken:?}"), &mut failures);
        }
    }
    failures.none();
}

#[test]
fn comments_doctypes_and_prose_are_no_payloads() {
    let (j, x) = (forged_json(), forged_xml());
    let mut failures = Failures::default();
    let texts = [
        format!("<xml><ToUserName>x</ToUserName><!-- {x} {j} --></xml>"), format!("<xml><ToUserName>x</ToUserName><?p {x} {j}?></xml>"),
        format!("<xml><ToUserName>x</ToUserName></B><!-- {x} {j} --></xml>"), format!("<xml><ToUserName>x</ToUserName></B><?p {x} {j}?></xml>"),
        format!("{{\"ToUserName\":\"x\",/* {x} */\"MsgType\":\"text\"}}"), format!("{{\"ToUserName\":\"x\",// {j}\n\"MsgType\":\"text\"}}"),
        format!("<!DOCTYPE xml [<!ENTITY a \"{x}\">]><xml><ToUserName>&a;</ToUserName></xml>"),
        format!("<!DOCTYPE xml [<!-- {x} -->]><xml><ToUserName>x</ToUserName></xml>"),
        format!("<!DOCTYPE xml [<!ENTITY a '{x}'>]><xml><a>1</b></xml>"),
        "The field ToUserName holds gh_0, Event is subscribe_msg_sent_event; see <xml> and {\"ToUserName\"} there.".into(),
        r#"{"errcode":0,"errmsg":"ok","msgid":1700827132819554304}"#.into(),
        r#"{"errcode":43101,"errmsg":"user refuse to accept the msg rid: 1-2-3"}"#.into(),
        r#"{"touser":"oX","template_id":"T","data":{"thing1":{"value":"订阅"}}}"#.into(),
        r#"{"Event":"click","List":[1]}"#.into(),
    ];
    for text in texts {
        no_callback(&text, || "prose".into(), &mut failures);
    }
    failures.none();
}

#[test]
fn answers_of_the_interface_are_noise() {
    for text in [
        r#"{"errcode":0,"errmsg":"ok","msgid":1700827132819554304}"#,
        r#"{"Event":"click"}"#,
        "<p>ToUserName</p>",
        "<xml>",
    ] {
        let reading = read(text.as_bytes());
        assert_eq!(
            (reading.records.len(), reading.noise),
            (0, solid(text)),
            "{text}"
        );
    }
}

/// Log entries give the same payloads on the fast path and on the slow path. A tab after the bracket forces the slow
/// path.
#[test]
fn log_entries_hold_the_same_however_they_are_read() {
    let popup = json("popup", &format!(r#","List":{}"#, popup_json()));
    let change = json("change", &format!(r#","List":[{}]"#, change_json()));
    let quoted = |text: &str| format!("{text:?}");
    let (json, xml) = (
        quoted(&popup),
        quoted(&indented_xml(&xml("sent", &sent_xml("17")))),
    );
    let mut failures = Failures::default();
    let mut found = 0;
    let entries = [
        format!(r#"{{"ts":"1","level":"info","body":{json}}}"#),
        format!(
            r#"{{"n":-1.5, "ok":true, "none":{{}}, "list":[[],{xml},null], "body":{json}, "z":"\\"}}"#
        ),
        format!(r#"{{"a":[{{"b":{}}},{xml}],"c":{}}}"#, popup, change),
        format!(r#"{{"Event":"\u0073ubscribe_msg_sent_event","body":{json}}}"#),
        format!(r#"{{"a":{{"event":"subscribe_msg_\u0073ent_event"}},"body":{json}}}"#),
        format!(r#"{{"action":"\u0043heckContainerPath","body":{json}}}"#),
        format!(r#"{{"action":" Check","event":"a\tb","body":{json}}}"#),
        format!(r#"{{"To\u0055serName":"{TO}","body":{json}}}"#),
        format!(
            r#"{{"half":"\ud83d","body":"\ud83d {}"}}"#,
            &json[1..json.len() - 1]
        ),
        format!(r#"{{"":"empty","body":{json}}}"#),
        format!(r#"{{"a":1,"body":{json},}}"#),
        format!(r#"{{"a":01,"body":{json}}}"#),
        format!(r#"{{"a":1,"body":{json}"#),
        format!(r#"{{"a":"b,"body":{json}}}"#),
    ];
    for entry in entries {
        let (plain, odd) = (
            read(entry.as_bytes()),
            read(entry.replacen('{', "{\t", 1).as_bytes()),
        );
        let meanings = |reading: &Reading| -> Vec<_> {
            let shown = reading
                .records
                .iter()
                .map(|seen| (seen.outcome.clone(), seen.line.clone()));
            shown.collect()
        };
        let is_same = meanings(&plain) == meanings(&odd) && plain.noise == odd.noise;
        failures.check(is_same, || format!("{entry}\n{plain:?}\n{odd:?}"));
        found += plain.callbacks().len();
    }
    failures.none();
    assert!(found >= 10, "only {found} callbacks");
}

#[test]
fn a_text_that_runs_into_the_next_object_ends_before_it() {
    let torn = r#"{"a":"[subscribe_msg_{""#;
    let reading = read(torn.as_bytes());
    assert_eq!((reading.records.len(), reading.noise), (0, solid(torn)));
    let popup = json("popup", &format!(r#","List":{}"#, popup_json()));
    let reading = read(format!(r#"{{"a":"[subscribe_msg_{popup}"#).as_bytes());
    assert_eq!(reading.callbacks().len(), 1, "{reading:?}");
    let reading = read(format!(r#"{{"a":"{},{{""#, popup.replace('"', "\\\"")).as_bytes());
    assert_eq!(reading.callbacks().len(), 1, "{reading:?}");
}
