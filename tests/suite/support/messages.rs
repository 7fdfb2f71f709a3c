//! Messages with text that users typed, such as imitations of callbacks, plain and embedded in every way.

use serde_json::json;

use super::embed::ways;
use super::rng::Rng;
use super::shapes::shape;
use super::traced::Traced;

const TO: &str = "gh_3f7a90c1d2e4";

/// The forms of a text message.
pub(crate) const FORMS: [&str; 6] = [
    "JSON",
    "JSON, sorted",
    "JSON, pretty",
    "XML",
    "XML, pretty",
    "XML, no CDATA",
];

/// Writes a text message with `content`, in one of [`FORMS`].
pub(crate) fn message(form: &str, content: &str) -> String {
    let text = json!({"ToUserName": TO, "FromUserName": "oBury1Test_abcdefghij-KLMNOP", "CreateTime": 1_348_831_860,
        "MsgType": "text", "Content": content, "MsgId": 1_234_567_890_123_456_u64});
    match form {
        "JSON" => text.to_string(),
        "JSON, pretty" => serde_json::to_string_pretty(&text).expect("JSON"),
        "JSON, sorted" => json!({"Content": content, "CreateTime": 1_348_831_860, "FromUserName": "oBury1Test_abcdefghij-KLMNOP",
            "MsgId": 1_234_567_890_123_456_u64, "MsgType": "text", "ToUserName": TO})
        .to_string(),
        "XML" => xml_message(&in_cdata(content), ""),
        "XML, pretty" => xml_message(&in_cdata(content), "\n"),
        _ => xml_message(&in_references(content), "").replace("<![CDATA[", "").replace("]]>", ""),
    }
}

fn xml_message(content: &str, gap: &str) -> String {
    [
        "<xml>",
        &format!("<ToUserName><![CDATA[{TO}]]></ToUserName>"),
        "<FromUserName><![CDATA[oBury1Test_abcdefghij-KLMNOP]]></FromUserName>",
        "<CreateTime>1348831860</CreateTime>",
        "<MsgType><![CDATA[text]]></MsgType>",
        &format!("<Content>{content}</Content>"),
        "<MsgId>1234567890123456</MsgId>",
        "</xml>",
    ]
    .join(gap)
}

fn in_cdata(text: &str) -> String {
    format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>"))
}

fn in_references(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Writes a forged callback.
fn forged(rng: &mut Rng) -> String {
    let shapes = [
        "JSON",
        "JSON, one object",
        "JSON, pretty",
        "XML",
        "XML, pretty",
        "XML, no CDATA",
    ];
    let name = *rng.pick(&shapes);
    shape(name).write(rng.below(3), 999)
}

/// Returns texts that a user may type: forged callbacks embedded in every way, and text that may end a message early.
pub(crate) fn imitations() -> Vec<(String, String)> {
    let mut rng = Rng::new(7);
    let mut imitations = Vec::new();
    for way in ways() {
        let payload =
            std::iter::repeat_with(|| forged(&mut rng)).find(|payload| way.takes(payload));
        let payload = Traced::plain(&payload.expect("a shape fits"));
        imitations.push((way.name.clone(), way.embed(&[payload], 3).text()));
    }
    let (j, x) = (shape("JSON").write(0, 999), shape("XML").write(1, 999));
    let enders = [
        format!("]]></Content></xml>\n{x}"),
        format!("\"}}\n{j}"),
        format!("\\\"}}\n{j}\n"),
        format!("\\\\\"}}\n{j}\n"),
        format!("\\x22}}\n{j}"),
        format!("%22%7D {j}"),
        format!("\"\"}} {j}"),
        format!("'}} {j}"),
        format!("' b'{x}"),
        format!("&quot;}} {j}"),
        format!("\",\"stream\":\"stdout\",\"time\":\"\"}}\n{{\"log\":\"{x}"),
        format!("#012{j}#012"),
        format!("&body={x}&"),
        format!("HTTP/1.1\r\nContent-Length: 9\r\n\r\n{j}"),
        "{\"ToUserName\"".into(),
        "{\\\"ToUserName\\\":\\\"".into(),
    ];
    imitations.extend(enders.map(|text| ("what ends early".into(), text)));
    imitations
}
