//! The type `Callback`: read from payloads and from records, compared, and refused with a reason.

use wxsub::{Callback, Code, ErrorKind, Event, Extra, Item, Lang, RawJson};

const POPUP: &str = r#"{"ToUserName":"gh_123456789abc","FromUserName":"otFpruAK8D-E6EfStSYonYSBZ8_4",
    "CreateTime":"1610969440","MsgType":"event","Event":"subscribe_msg_popup_event","List":{
    "TemplateId":"VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc","SubscribeStatusString":"accept","PopupScene":"2"}}"#;
const RECORD: &str = r#"{"event":"subscribe_msg_popup_event","to_user":"gh_123456789abc","from_user":"otFpruAK8D-E6EfStSYonYSBZ8_4","create_time":1610969440,"items":[{"template_id":"VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc","status":"accept","popup_scene":2}]}"#;

fn json(text: &str) -> RawJson {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn read(record: &str) -> Result<Callback, String> {
    serde_json::from_str(record).map_err(|error| error.to_string())
}

fn write(callback: &Callback) -> String {
    serde_json::to_string(callback).expect("a callback is JSON")
}

#[test]
fn every_field_has_its_key() {
    let mut item = Item::default();
    item.template_id = Some("t".into());
    item.status = Some("accept".into());
    item.popup_scene = Some(2);
    item.msg_id = Some("1700827132819554304".into());
    item.error_code = Some(-1);
    item.error_status = Some("success".into());
    item.extra.insert("Item", json("[1]"));
    let mut callback = Callback::new(Event::Sent);
    callback.to_user = Some("gh".into());
    callback.from_user = Some("o".into());
    callback.create_time = Some(1610969440);
    callback.items = vec![Item::default(), item];
    callback.extra.insert("Header", json("1.50"));
    callback.source = Some(json(r#"{"path":"a.log","line":1}"#));
    let record = r#"{"event":"subscribe_msg_sent_event","to_user":"gh","from_user":"o","create_time":1610969440,"items":[{},{"template_id":"t","status":"accept","popup_scene":2,"msg_id":"1700827132819554304","error_code":-1,"error_status":"success","extra":{"Item":[1]}}],"extra":{"Header":1.50},"source":{"path":"a.log","line":1}}"#;
    assert_eq!(write(&callback), record);
    assert_eq!(read(record), Ok(callback));
}

#[test]
fn keys_come_in_any_order_and_unknown_ones_are_kept() {
    let record = r#" { "items" : [ { "Ratio" : 1E6 , "status" : "accept" } ] , "z" : { "b" : [ ] , "a" : null },
        "event" : "subscribe_msg_popup_event" , "extra" : { "y" : "\u0041" , "z" : 2 } } "#;
    let expected = r#"{"event":"subscribe_msg_popup_event","items":[{"status":"accept","extra":{"Ratio":1E6}}],"extra":{"z":[{"b":[],"a":null},2],"y":"A"}}"#;
    assert_eq!(write(&read(record).unwrap()), expected);
}

#[test]
fn what_breaks_the_table_is_an_error() {
    for (record, reason) in [
        (r#"{"items":[]}"#, "missing field `event`"),
        (
            r#"{"event":"subscribe_msg_sent_event"}"#,
            "missing field `items`",
        ),
        (
            r#"{"event":"subscribe","items":[]}"#,
            "`subscribe` is no event",
        ),
        (
            r#"{"event":1,"items":[]}"#,
            "invalid type: integer `1`, expected a string",
        ),
        (
            r#"{"event":"subscribe_msg_sent_event","items":{}}"#,
            "expected a sequence",
        ),
        (
            r#"{"event":"subscribe_msg_sent_event","items":[1]}"#,
            "expected an item of a record",
        ),
        (
            r#"{"event":"subscribe_msg_sent_event","items":[],"items":[]}"#,
            "duplicate field `items`",
        ),
        (
            r#"{"event":"subscribe_msg_sent_event","items":[],"to_user":null}"#,
            "expected a string",
        ),
        (
            r#"{"event":"subscribe_msg_sent_event","items":[],"create_time":"1"}"#,
            "expected i64",
        ),
        (
            r#"{"event":"subscribe_msg_sent_event","items":[],"create_time":1.5}"#,
            "expected i64",
        ),
        (
            r#"{"event":"subscribe_msg_sent_event","items":[],"extra":[]}"#,
            "expected an object",
        ),
        (
            r#"{"event":"subscribe_msg_sent_event","items":[],"source":1}"#,
            "`source` is no object",
        ),
        (
            r#"{"event":"subscribe_msg_sent_event","items":[{"msg_id":1}]}"#,
            "expected a string",
        ),
        ("[]", "expected a record of a callback"),
    ] {
        let error = read(record).unwrap_err();
        assert!(error.contains(reason), "{record}: {error}");
    }
}

#[test]
fn every_way_through_serde_comes_to_the_same() {
    let record = r#"{"event":"subscribe_msg_change_event","items":[{"extra":{"a":{"b":[1,"x",null]}}}],"extra":{"c":true}}"#;
    let callback = read(record).unwrap();
    let value = serde_json::to_value(&callback).unwrap();
    assert_eq!(value.to_string(), record);
    assert_eq!(serde_json::from_value::<Callback>(value).unwrap(), callback);
    assert_eq!(
        serde_json::from_reader::<_, Callback>(record.as_bytes()).unwrap(),
        callback
    );
    assert_eq!(
        serde_json::from_slice::<Callback>(record.as_bytes()).unwrap(),
        callback
    );
}

#[test]
fn raw_json_is_equal_by_what_is_written() {
    for (given, tidy) in [
        (" [ 1.50 , 1E6 , -0 ] ", "[1.50,1E6,-0]"),
        ("{\"b\":1,\n\"a\":{}}", r#"{"b":1,"a":{}}"#),
        (r#""\u8ba2\/\b""#, r#""订/\u0008""#),
        ("\"\u{7f}\u{85}\"", r#""\u007f\u0085""#),
        (
            r#"["\ud83d",{"\udc00":"\ud83d\ude00"}]"#,
            "[\"\u{FFFD}\",{\"\u{FFFD}\":\"😀\"}]",
        ),
        (r#"{"a":1,"b":2,"a":[3]}"#, r#"{"a":[1,[3]],"b":2}"#),
        ("null", "null"),
        (r#""""#, r#""""#),
    ] {
        assert_eq!(json(given).as_str(), tidy);
        assert_eq!(json(tidy), json(given));
        assert_eq!(
            (json(given).to_string(), format!("{:?}", json(given))),
            (tidy.into(), tidy.into())
        );
    }
    assert_ne!(json("1.50"), json("1.5"));
    let value = serde_json::json!({"a": ["x", 1]});
    assert_eq!(RawJson::from(&value).to_value().unwrap(), value);
    for (depth, fits) in [(999, true), (1_000, false)] {
        let nested = "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(nested.parse::<RawJson>().is_ok(), fits, "{depth}");
    }
    for broken in ["", "1 2", "[1,]", "{a:1}", "\"\n\""] {
        assert!(broken.parse::<RawJson>().is_err(), "{broken}");
    }
}

#[test]
fn extras_keep_their_order() {
    let mut extra = Extra::default();
    assert!(extra.is_empty());
    for (name, value) in [("b", "1"), ("a", "2"), ("b", "3")] {
        extra.insert(name, json(value));
    }
    let shown: Vec<_> = extra
        .iter()
        .map(|(name, value)| (name, value.as_str()))
        .collect();
    assert_eq!(shown, [("b", "3"), ("a", "2")]);
    assert_eq!(
        (extra.len(), extra.get("a"), extra.get("c")),
        (2, Some(&json("2")), None)
    );
    let other: Extra = [("a".to_owned(), json("2")), ("b".to_owned(), json("3"))]
        .into_iter()
        .collect();
    assert_ne!(extra, other);
    let repeated =
        [("a", "1"), ("b", "2"), ("a", "3")].map(|(name, value)| (name.to_owned(), json(value)));
    let grouped: Extra = repeated.into_iter().collect();
    assert_eq!(
        serde_json::to_string(&grouped).unwrap(),
        r#"{"a":[1,3],"b":2}"#
    );
}

#[test]
fn a_payload_is_read_in_any_shape() {
    let callback = wxsub::from_str(POPUP).unwrap();
    assert_eq!(write(&callback), RECORD);
    let xml = "<?xml version=\"1.0\"?><xml><ToUserName><![CDATA[gh_123456789abc]]></ToUserName>\
        <FromUserName>otFpruAK8D-E6EfStSYonYSBZ8_4</FromUserName><CreateTime>1610969440</CreateTime>\
        <MsgType>event</MsgType><Event>subscribe_msg_popup_event</Event><SubscribeMsgPopupEvent><List>\
        <TemplateId>VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc</TemplateId>\
        <SubscribeStatusString>accept</SubscribeStatusString><PopupScene>2</PopupScene></List>\
        </SubscribeMsgPopupEvent></xml>";
    let utf_16: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(POPUP.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let shapes: [&[u8]; 5] = [
        xml.as_bytes(),
        &utf_16,
        &["\u{feff}\n", POPUP, "\n\n"].concat().into_bytes(),
        &["[", POPUP, "]"].concat().into_bytes(),
        &POPUP.replace("}}", "},}").into_bytes(),
    ];
    for shape in shapes {
        assert_eq!(
            wxsub::from_slice(shape).unwrap(),
            callback,
            "{}",
            String::from_utf8_lossy(shape)
        );
    }
}

#[test]
fn what_is_no_callback_is_refused_with_code_place_and_sentence() {
    let other = ErrorKind::Other("text".into());
    let two = format!("{POPUP}\n{POPUP}");
    let cases = [
        (
            "",
            ErrorKind::NoPayload,
            Code::NoPayload,
            (1, 1),
            "no payload here (line 1, column 1)",
        ),
        (
            "GET / 200\n",
            ErrorKind::NoPayload,
            Code::NoPayload,
            (1, 1),
            "no payload here (line 1, column 1)",
        ),
        (
            "<xml>\n <MsgType>text</MsgType></xml>",
            other,
            Code::OtherEvent,
            (2, 11),
            "`text` is not a subscribe-message callback (line 2, column 11)",
        ),
        (
            "\n{\"Event\":\"subscribe_msg_sent_event\",\"List\":[1 2]}",
            ErrorKind::Undecodable,
            Code::MalformedJson,
            (2, 47),
            "expected `,` or `]`, found `2` (line 2, column 47)",
        ),
        (
            r#"{"ToUserName":"gh_123456789abc","Encrypt":"q1Zf0sT8vB3nKx7LmP2wYhUeRjD5cAo4iG6tS9kQb+E="}"#,
            ErrorKind::Undecodable,
            Code::Encrypted,
            (1, 1),
            "the payload is encrypted and no key was given (line 1, column 1)",
        ),
        (
            &two,
            ErrorKind::NotAlone,
            Code::Noise,
            (4, 1),
            "something beside the payload stands here (line 4, column 1)",
        ),
    ];
    for (payload, kind, code, place, sentence) in cases {
        let error = wxsub::from_str(payload).unwrap_err();
        let (line, column) = (error.place().line, error.place().column);
        assert_eq!(
            (error.kind(), error.code(), (line, column)),
            (&kind, code, place),
            "{payload}"
        );
        assert_eq!(error.to_string(), sentence, "{payload}");
        assert!(!error.finding().message(Lang::Zh).is_empty());
    }
}

#[test]
fn nothing_stands_beside_a_payload_in_silence() {
    for (capture, place) in [
        (format!("INFO {POPUP}"), (1, 1)),
        (format!("\n {POPUP} x"), (4, 116)),
        (format!("{POPUP}\nINFO\n{POPUP}"), (4, 1)),
        (format!("{{\"body\":{POPUP},\"n\":1}}"), (1, 1)),
    ] {
        let error = wxsub::from_str(&capture).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NotAlone, "{capture}");
        assert_eq!(
            (error.place().line, error.place().column),
            place,
            "{capture}"
        );
    }
}

#[test]
fn errors_can_be_passed_on() {
    fn passes<T: std::error::Error + Send + Sync + 'static>(
        error: T,
    ) -> Box<dyn std::error::Error + Send + Sync> {
        error.into()
    }
    let error = wxsub::from_slice(b"\xff").unwrap_err();
    assert_eq!(size_of_val(&error), size_of::<usize>());
    assert_eq!(
        format!("{error:?}"),
        "Error(no-payload: no payload here (line 1, column 1))"
    );
    passes(error);
}
