//! Text between payloads in logs, some of it similar to a payload.

use super::rng::Rng;

/// Lines of logs and of other files.
const LINES: &[&str] = &[
    "",
    "   ",
    "\t\r",
    "2023-06-07 10:05:43.120 INFO [http-3] c.e.Foo - started in 3.2 s",
    "10.0.0.7 - - [07/Jun/2023:10:05:43 +0800] \"GET /wx?echostr=%22a%22&x=%7B%22b%22%7D HTTP/1.1\" 200 7 \"-\" \"curl/8.0\"",
    "{\"time\":\"2023-06-07T10:05:43Z\",\"level\":\"info\",\"msg\":\"request \\\"done\\\"\",\"req\":{\"a\":[1,{}]}}",
    "{\"log\":\"GET /healthz \\u003cok\\u003e\\n\",\"stream\":\"stdout\",\"time\":\"2023-06-07T10:05:43.1Z\"}",
    "2021-01-18T11:30:40.123456Z stdout F GET /healthz",
    "INSERT INTO `t` VALUES (1,'it\\'s',NULL),(2,'{\\\"a\\\":1}',NULL);",
    "7,\"a \"\"quoted\"\" field\",\"two\nlines\"",
    "b'\\x89PNG\\r\\n' {'a': \"it's\"} array ( 'b' => '', )",
    "<html><body class=\"a\"><p>1 &lt; 2 &amp;&amp; &quot;b&quot;</p><br></body></html>",
    "POST /wx?signature=ab&nonce=1 HTTP/1.1\r\nHost: wx.example.org\r\nContent-Length: 0\r\n\r",
    "a=1&b=%3Cp%3E&c=%22%22",
    "Jun  7 10:05:43 web-1 app: two lines#012in one#011here",
    "订阅消息 😀 已发送",
    "{\"errcode\":43101,\"errmsg\":\"user refuse to accept the msg rid: 1-2-3\"}",
];

/// Text similar to the start of a payload.
const MISSES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "[{",
    "}]",
    "{{{",
    "{\"",
    "\"",
    "'",
    "\\",
    "\\\"",
    "\\\\\\\"",
    "<",
    "<xml",
    "<xml ",
    "the root is <xml>",
    "&lt;xml&gt;",
    "%3Cxml%3E",
    "\\u003cxml\\u003e",
    "\\x3Cxml>",
    "{\\x22",
    "%7B%22",
    "{&quot;",
    "the field ToUserName holds the account",
    "\"ToUserName\" is missing",
    "\\\"ToUserName\\\" alone",
    "\\\\\\\"ToUserName\\\\\\\" deeper",
    "no <ToUserName> in it",
    "&lt;ToUserName&gt; is a tag",
    "%22ToUserName%22 %3CToUserName%3E",
    "\\x22ToUserName\\x22 was not found",
    "\\u003cToUserName\\u003e",
    "\"\"ToUserName\"\"",
    "case \"subscribe_msg_popup_event\": // ToUserName, FromUserName",
    "Event=subscribe_msg_sent_event",
    "'subscribe_msg_change_event' => Handler::class,",
    "{'user': 'gh_0', 'Event': 'subscribe_msg_popup_event'}",
    "{user: \"gh_0\", event: \"subscribe_msg_popup_event\"}",
    "ToUserName=gh_0&Event=subscribe_msg_popup_event",
    "[ToUserName] => gh_0",
    "[\"ToUserName\",\"FromUserName\",\"Event\"]",
    "{\"fields\":[\"ToUserName\",\"Event\"],\"events\":{\"subscribe_msg_sent_event\":3}}",
    "{\"msg\":\"no ToUserName in \\\"subscribe_msg_sent_event\\\"\"}",
    "SELECT `ToUserName` FROM t WHERE `Event` = 'subscribe_msg_sent_event';",
    "Encrypt \"Encrypt\" <Encrypt>",
];

/// Text that ends a cut-off payload, even many lines before, so it must be read on its own.
const ENDS: &[&str] = &["</xml>", "]]>", "the root is <xml> and ends with </xml>"];

/// Bytes that are not UTF-8.
const BYTES: &[&[u8]] = &[
    b"a\xFFb\xC3",
    b"\xE8\xAE",
    b"\0\0\0",
    b"\x1b[31mred\x1b[0m\x07",
    b"PK\x03\x04\x14\0\x08\0 \x80\x81\x82",
    b"a\r\rb\x0b\x0c",
];

/// The first half of a payload. A half in XML ends in an element without user text, or between elements: after a
/// broken tag, the text of a message may follow with an imitation in it.
const HALVES: &[&str] = &[
    "{\"ToUserName\":\"gh_0\",\"Event\":\"subscribe_msg_popup_event\",\"List\":[{\"TemplateId\":\"T",
    "{\"ToUserName\":\"gh_0",
    "{\"ToUserName\"",
    "{\"msg\":\"{\\\"ToUserName\\\":\\\"gh_0\\\",\\\"Event\\\":\\\"subscribe_msg_popup_event\\\"",
    "{\"msg\":\"{\\\"ToUserName\\\":\\\"gh_0\\\",\\\"Event\\\":\\\"subscribe_msg_popup_event\\\",\\\"Li\"}",
    "<xml><ToUserName><![CDATA[gh_0]]></ToUserName><Event><![CDATA[subscribe_msg_popup_eve",
    "<xml><ToUserName>gh_0",
    "<xml>\n<ToUserName>gh_0</ToUserName>\n<Event>subscribe_msg_popup_event</Event>",
    "\"{\\x22ToUserName\\x22:\\x22gh_0\\x22,\\x22Event\\x22:\\x22subscribe_msg_popup_event\\x22\"",
    "body=%3Cxml%3E%3CToUserName%3Egh_0%3C%2FToUserName%3E%3CEvent%3Esubscribe_msg_popup_event&b=1",
    "<pre>&lt;xml&gt;&lt;ToUserName&gt;gh_0&lt;/ToUserName&gt;</pre>",
    "b'<xml>\\n<ToUserName>gh_0</ToUserName>\\n'",
    "VALUES (1,'{\\\"ToUserName\\\":\\\"gh_0\\\",\\\"Event\\\":\\\"subscribe_msg_popup_event\\\"',2);",
];

/// Returns a line without a payload or half of one.
pub(crate) fn line(seed: u64) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    let mut line = match rng.below(8) {
        0..3 => rng.pick(LINES).as_bytes().to_vec(),
        3..6 => near_miss(&mut rng),
        6 => rng.pick(BYTES).to_vec(),
        _ => long_line(&mut rng),
    };
    line.push(b'\n');
    line
}

/// Returns true if a payload may begin in this line without one, or seem to stand there, so that what follows may be part
/// of it.
pub(crate) fn begins_payload(line: &[u8]) -> bool {
    line.trim_ascii_end().ends_with(b"{")
        || has(line, "<xml")
        || has(line, "ToUserName")
        || has(line, "subscribe_msg_")
}

/// Returns true if this line lends its escaping to what follows, or if its last tag goes on there.
pub(crate) fn goes_on(line: &[u8]) -> bool {
    has(line, "{&quot;") || line.trim_ascii_end().ends_with(b"<xml")
}

fn has(line: &[u8], text: &str) -> bool {
    line.windows(text.len()).any(|part| part == text.as_bytes())
}

/// Returns a line with the first half of a payload.
pub(crate) fn half(seed: u64) -> Vec<u8> {
    format!("INFO body={}\n", Rng::new(seed).pick(HALVES)).into_bytes()
}

fn near_miss(rng: &mut Rng) -> Vec<u8> {
    let miss = rng.pick(MISSES);
    match rng.below(3) {
        0 => miss.as_bytes().to_vec(),
        1 => format!("2023-06-07 WARN it's odd: {miss}").into_bytes(),
        _ => format!("DEBUG {miss} {}", rng.pick(MISSES)).into_bytes(),
    }
}

fn long_line(rng: &mut Rng) -> Vec<u8> {
    let part = *rng.pick(&[
        "a",
        "0123456789abcdef ",
        "\\\"",
        "%22",
        "{\"a\":1} ",
        "订阅",
        "<b>",
        "\\\\",
    ]);
    part.repeat(1 + rng.below(9000) / part.len()).into_bytes()
}

/// Returns every line of noise, to be read on its own.
pub(crate) fn all() -> Vec<Vec<u8>> {
    let texts = [LINES, MISSES, ENDS].concat();
    let texts = texts.into_iter().map(|text| text.as_bytes().to_vec());
    texts
        .chain(BYTES.iter().map(|bytes| bytes.to_vec()))
        .collect()
}

/// Returns all halves.
pub(crate) fn halves() -> Vec<Vec<u8>> {
    HALVES.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// Returns the lines without broken or cut-off payloads.
pub(crate) fn clean() -> Vec<Vec<u8>> {
    let prose = MISSES
        .iter()
        .filter(|text| text.contains(' ') && !text.contains("<xml"));
    let texts = LINES
        .iter()
        .chain(prose)
        .map(|text| text.as_bytes().to_vec());
    texts
        .chain(BYTES.iter().map(|bytes| bytes.to_vec()))
        .collect()
}
