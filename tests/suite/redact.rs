//! A redacted capture has none of the ids of the capture, and its records, findings and places.

use std::io::{Read, Write};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use wxsub::pipeline::Options;
use wxsub::redact::{Key, Redactor, Refusal};
use wxsub::seal::{Account, Keys, Policy, seal, sign};
use wxsub::{Code, Trust};

use crate::support::cases::{Share, count};
use crate::support::each::each;
use crate::support::embed::{Way, line, ways};
use crate::support::failures::Failures;
use crate::support::reading::{ReadRecord, read_whole};
use crate::support::rng::Rng;
use crate::support::shapes::{SHAPES, Shape, shape};
use crate::support::traced::{Capture, Traced};

const SECRET: &[u8] = b"a secret of this test";

fn key() -> Key {
    Key::new(SECRET)
}

fn redact_with(bytes: &[u8], options: &Options) -> Vec<u8> {
    let mut out = Vec::new();
    let mut redacted = Redactor::new(key(), options)
        .redact(bytes)
        .expect("a capture in memory");
    redacted.read_to_end(&mut out).expect("it can be read");
    out
}

fn redact(bytes: &[u8]) -> Vec<u8> {
    redact_with(bytes, &Options::default())
}

fn redact_text(text: &str) -> String {
    String::from_utf8(redact(text.as_bytes())).expect("text")
}

/// The keys of a record that hold ids.
const IDS: [&str; 4] = ["to_user", "from_user", "template_id", "msg_id"];

/// Replaces the ids of a record by pseudonyms, and collects them.
fn expected(value: &mut Value, ids: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(id) if IDS.contains(&name.as_str()) => {
                        ids.push(id.clone());
                        *id = key().pseudonym(id);
                    }
                    value if name != "extra" => expected(value, ids),
                    _ => {}
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| expected(value, ids)),
        _ => {}
    }
}

fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or(Value::Null)
}

/// Returns what differs between the records of a capture and those of its redacted form.
fn difference(
    before: &ReadRecord,
    after: &ReadRecord,
    is_as_long: bool,
    ids: &mut Vec<String>,
) -> Option<String> {
    let told = |record: &ReadRecord| -> Vec<_> {
        let findings = record.findings.iter();
        findings
            .map(|told| (told.code, is_as_long.then_some(told.place)))
            .collect()
    };
    let mut line = json(&before.line);
    expected(&mut line, ids);
    let is_moved = is_as_long && before.place != after.place;
    if before.outcome != after.outcome || is_moved {
        return Some(format!("{} is not {}", after.brief(), before.brief()));
    }
    if told(before) != told(after) {
        return Some(format!(
            "findings: {} are not {}",
            after.brief(),
            before.brief()
        ));
    }
    (line != json(&after.line)).then(|| format!("{} is not {line}", after.line))
}

fn problem(name: &str, bytes: &[u8], redacted: &[u8]) -> Option<String> {
    let (before, after) = (read_whole(bytes), read_whole(redacted));
    let shown = || {
        format!(
            "in {:.600}\nredacted {:.600}",
            String::from_utf8_lossy(bytes),
            String::from_utf8_lossy(redacted)
        )
    };
    let is_as_long = is_as_long(name);
    if is_as_long && bytes.len() != redacted.len() {
        return Some(format!(
            "{} bytes of {}, {}",
            redacted.len(),
            bytes.len(),
            shown()
        ));
    }
    if before.len() != after.len() {
        return Some(format!(
            "{} records of {}, {}",
            after.len(),
            before.len(),
            shown()
        ));
    }
    let mut ids = Vec::new();
    let mut pairs = before.iter().zip(&after);
    let difference =
        pairs.find_map(|(before, after)| difference(before, after, is_as_long, &mut ids));
    let stays = || {
        let long = ids.iter().filter(|id| id.len() >= 8);
        let mut here = long.filter(|id| memchr_find(redacted, id.as_bytes()));
        here.next().map(|id| format!("{id} stays"))
    };
    difference
        .or_else(stays)
        .map(|what| format!("{what}, {}", shown()))
}

/// Numbers have two digits or three, and an escaped slash or plus of base64 may become a letter.
fn is_as_long(name: &str) -> bool {
    !["numbers", "\\/", "form"]
        .iter()
        .any(|part| name.contains(part))
}

fn memchr_find(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

fn is_fair(way: &Way, payload: &str) -> bool {
    way.takes(payload) && !way.is_undecidable(payload)
}

fn payloads(way: &Way, event: usize, shape: &Shape) -> Vec<String> {
    let payloads = [shape.write(event, 1), shape.write((event + 1) % 3, 2)];
    payloads
        .into_iter()
        .filter(|payload| is_fair(way, payload))
        .collect()
}

fn buried(way: &Way, payloads: &[String], seed: u64) -> Vec<u8> {
    let number = |(i, text): (usize, &String)| Traced::payload(i as u32, text);
    let traced: Vec<Traced> = payloads.iter().enumerate().map(number).collect();
    Capture::of(&way.embed(&traced, seed)).bytes
}

#[test]
fn a_capture_is_read_as_before_whatever_its_payloads_are_buried_in() {
    let mut failures = Failures::default();
    let mut share = Share::default();
    let mut rng = Rng::new(1);
    for way in ways() {
        for shape in &SHAPES {
            let payloads = payloads(&way, rng.below(3), shape);
            // All take two minutes.
            if payloads.is_empty() || !rng.one_in(3) || !share.takes_next() {
                continue;
            }
            let bytes = buried(&way, &payloads, rng.below(1 << 20) as u64);
            let problem = problem(&way.name, &bytes, &redact(&bytes));
            failures.count(
                &way.name,
                problem.map(|what| format!("{}: {what}", shape.name)),
            );
        }
    }
    failures.none(1000);
}

#[test]
fn threads_and_reads_make_no_difference() {
    let payload = shape("XML, misfit").write(0, 1);
    let mut share = Share::default();
    for way in ways()
        .iter()
        .filter(|way| is_fair(way, &payload) && share.takes_next())
    {
        let bytes = buried(way, std::slice::from_ref(&payload), 1).repeat(3);
        let whole = redact(&bytes);
        for (threads, block_size) in [(1, 7), (4, 64), (2, 1 << 16)] {
            let options = Options {
                threads,
                block_size,
                ..Options::default()
            };
            assert!(redact_with(&bytes, &options) == whole, "{}", way.name);
        }
    }
}

/// A long capture is rewritten by several threads.
#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation: cargo test --profile thorough"
)]
fn a_long_capture_is_the_same_on_any_number_of_threads() {
    let mut text = String::new();
    let base64 = |n: usize| STANDARD.encode(format!("{{\"openid\":\"user-{n:06}\",\"b\":1}}"));
    for n in 0.. {
        text += &format!(
            "GET /wx?openid=user-{n:06}\n{}\n",
            shape("XML").write(n % 3, n)
        );
        let lines: Vec<String> = base64(n)
            .as_bytes()
            .chunks(24)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        text += &lines.join("\n");
        text += " end\n";
        if text.len() > 2 << 20 {
            break;
        }
    }
    let with = |threads| {
        let options = Options {
            threads,
            ..Options::default()
        };
        redact_with(text.as_bytes(), &options)
    };
    let one = with(1);
    assert!(one == with(3) && one == with(8));
    assert!(!memchr_find(&one, b"user-00"));
    assert!(!memchr_find(&one, &base64(500).as_bytes()[..20]));
}

const OPENID: &str = "otFpruAK8D-E6EfStSYonYSBZ8_4";
const TEMPLATE: &str = "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc";

#[test]
fn ids_are_replaced_wherever_they_stand() {
    let pseudonym = key().pseudonym(OPENID);
    let other = key().pseudonym(TEMPLATE);
    for (text, wanted) in [
        ("openid=ID&a=1", "openid=OTHER&a=1"),
        ("/users/ID/x", "/users/OTHER/x"),
        (
            "{\\\"openid\\\":\\\"ID\\\"}",
            "{\\\"openid\\\":\\\"OTHER\\\"}",
        ),
        ("%22ID%22", "%22OTHER%22"),
        ("&#34;ID&#34;", "&#34;OTHER&#34;"),
        ("\\nID\\n", "\\nOTHER\\n"),
        ("#012ID#012", "#012OTHER#012"),
        ("=3DID", "=3DOTHER"),
        ("\x1b[31mID\x1b[0m", "\x1b[31mOTHER\x1b[0m"),
        ("user_ID", "user_OTHER"),
        ("quota:ID_TEMPLATE", "quota:OTHER_PATTERN"),
        ("ID-TEMPLATE-1", "OTHER-PATTERN-1"),
        ("订ID阅", "订OTHER阅"),
        ("\\x7b22 ID", "\\x7b22 OTHER"),
    ] {
        let text = text.replace("ID", OPENID).replace("TEMPLATE", TEMPLATE);
        let wanted = wanted
            .replace("OTHER", &pseudonym)
            .replace("PATTERN", &other);
        assert_eq!(redact_text(&text), wanted, "{text}");
    }
}

#[test]
fn what_is_no_id_stays() {
    for text in [
        "onSubscribeMessagePopupEvent on_subscribe_msg_popup_event",
        "1610969440 1610969440123 2021-01-18T11:30:40.123456Z",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709 d41d8cd98f00b204e9800998ecf8427e",
        "123e4567-e89b-12d3-a456-426614174000",
        "subscribe_msg_popup_event SubscribeMsgPopupEvent acceptWithAudio success",
        "%zz \\q &x; #123 100% \\",
        "",
    ] {
        assert_eq!(redact_text(text), text);
    }
}

/// A payload makes an id of no known shape known, also in the text before the payload. A short id, or an id that looks like
/// a name or a time, is replaced in payloads only.
#[test]
fn ids_of_no_shape_are_told_by_payloads() {
    let payload = |user: &str| {
        format!(
            r#"{{"ToUserName":"toUser","FromUserName":"{user}","CreateTime":1610969440,"MsgType":"event","Event":"subscribe_msg_change_event","List":{{"TemplateId":"T1","SubscribeStatusString":"reject"}}}}"#
        )
    };
    for user in ["customer-17", "me@example.com", "张三李四王五"] {
        let text = format!(
            "before {user}\n{}\nafter {user}, T1 toUser\n",
            payload(user)
        );
        let redacted = redact_text(&text);
        assert!(!redacted.contains(user), "{redacted}");
        assert_eq!(
            redacted.matches(&key().pseudonym(user)).count(),
            3,
            "{redacted}"
        );
        assert!(redacted.ends_with(", T1 toUser\n"), "{redacted}");
        assert!(!redacted.contains(r#""T1""#) && !redacted.contains(r#""toUser""#));
    }
    for user in ["fromUser", "1610969440", "short"] {
        let text = format!("{user} {} {user}", payload(user));
        let redacted = redact_text(&text);
        assert_eq!(
            redacted.matches(user).count(),
            2 + usize::from(user.starts_with('1'))
        );
        assert!(!redacted.contains(&format!("\"{user}\"")), "{redacted}");
    }
}

#[test]
fn redacting_twice_gives_other_pseudonyms() {
    let once = redact_text(OPENID);
    let twice = redact_text(&once);
    assert!(once != OPENID && twice != once && twice != OPENID);
}

#[test]
fn other_encodings_are_kept() {
    let text = format!("{OPENID} 订阅 😀\n{}\n", shape("XML, misfit").write(0, 1));
    let redacted = redact_text(&text);
    let units = |text: &str, mark: bool| -> Vec<u8> {
        let marked = if mark { "\u{FEFF}" } else { "" };
        let text = format!("{marked}{text}");
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    };
    for mark in [true, false] {
        assert!(redact(&units(&text, mark)) == units(&redacted, mark));
    }
    let marked = |text: &str| format!("\u{FEFF}{text}");
    assert_eq!(redact_text(&marked(&text)), marked(&redacted));
}

const AES_KEY: &str = "ownKey7ownKey7ownKey7ownKey7ownKey7ownKey7x";
const TOKEN: &str = "ourOwnToken";
const APPID: &str = "wx5a2c71d0e9b4a1b2";

fn keys(keys: &str, token: &str) -> Options {
    let account = Account::from_lists(keys, token, APPID).expect("keys");
    Options {
        policy: Some(Arc::new(Policy::from(Keys::new([account])))),
        ..Options::default()
    }
}

/// Writes the request that pushes `message`, with its signature or with another one.
fn pushed(message: &str, is_xml: bool, signature: Option<&str>) -> String {
    let account = Account::from_lists(AES_KEY, TOKEN, APPID).expect("keys");
    let encrypt = seal(
        &account.keys[0],
        message.as_bytes(),
        APPID,
        b"0123456789abcdef",
    );
    let signed = sign(&account.tokens[0], "1763812800", "20731", &encrypt).to_string();
    let body = match is_xml {
        true => format!(
            "<xml><ToUserName><![CDATA[gh_3f7a90c1d2e4]]></ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
        ),
        false => format!(r#"{{"ToUserName":"gh_3f7a90c1d2e4","Encrypt":"{encrypt}"}}"#),
    };
    format!(
        "POST /wx?timestamp=1763812800&nonce=20731&openid={OPENID}&msg_signature={} HTTP/1.1\r\n\r\n{body}\n",
        signature.unwrap_or(&signed)
    )
}

/// Returns the lines, the trust and the codes of all records.
fn opened(bytes: &[u8], options: &Options) -> Vec<(String, Trust, Vec<Code>)> {
    each(bytes, options, |record| {
        let codes = record.findings().iter().map(wxsub::Finding::code);
        (line(record), record.trust(), codes.collect())
    })
}

#[test]
fn encrypted_payloads_are_encrypted_again_and_signed() {
    let options = keys(AES_KEY, TOKEN);
    for shape in &SHAPES {
        let message = shape
            .write(0, 1)
            .replace("accept", "张三")
            .replace("gh_3f7a90c1d2e4", "gh_1");
        for is_xml in [true, false] {
            let capture = pushed(&message, is_xml, None).repeat(2);
            let redacted = redact_with(capture.as_bytes(), &options);
            assert_eq!(redacted.len(), capture.len(), "{}", shape.name);
            let before = opened(capture.as_bytes(), &options);
            let after = opened(&redacted, &options);
            assert_eq!((before.len(), after.len()), (2, 2));
            for (before, after) in before.iter().zip(&after) {
                let (mut line, mut ids) = (json(&before.0), Vec::new());
                expected(&mut line, &mut ids);
                assert_eq!(json(&after.0), line, "{}", shape.name);
                assert_eq!((before.1, &before.2), (Trust::Verified, &after.2));
                assert_eq!(after.1, Trust::Verified);
            }
        }
    }
}

#[test]
fn what_no_key_opens_is_blanked_and_no_wrong_signature_becomes_right() {
    let message = shape("XML").write(0, 1);
    let capture = pushed(&message, true, None);
    for options in [
        Options::default(),
        keys("otherKeyotherKeyotherKeyotherKeyotherKeyotk", TOKEN),
    ] {
        let redacted = redact_with(capture.as_bytes(), &options);
        let text = String::from_utf8(redacted.clone()).expect("text");
        assert_eq!(text.len(), capture.len());
        assert!(text.contains(&"A".repeat(300)), "{text}");
        let codes = |bytes: &[u8]| opened(bytes, &options)[0].2.clone();
        assert_eq!(codes(&redacted), codes(capture.as_bytes()), "{text}");
    }
    let wrong = pushed(&message, true, Some(&"ab".repeat(20)));
    for (capture, options) in [
        (&wrong, keys(AES_KEY, TOKEN)),
        (&capture, keys(AES_KEY, "")),
    ] {
        let redacted = redact_with(capture.as_bytes(), &options);
        let text = String::from_utf8(redacted.clone()).expect("text");
        assert!(
            text.contains(&format!("msg_signature={}", "0".repeat(40))),
            "{text}"
        );
        let told = |bytes: &[u8]| {
            let records = opened(bytes, &options);
            (records[0].1, records[0].2.clone())
        };
        assert_eq!(told(&redacted), told(capture.as_bytes()));
    }
}

/// Texts of pieces that mean something together.
/// Returns why a capture is refused.
fn refusal(capture: &str, options: &Options) -> Option<Refusal> {
    let redacted = Redactor::new(key(), options).redact(capture.as_bytes());
    let error = redacted.map(|_| ()).expect_err(capture);
    error.get_ref()?.downcast_ref().copied()
}

#[test]
fn what_cannot_be_replaced_is_refused() {
    let message = SHAPES[0].write(0, 1);
    let digits: Vec<String> = message.bytes().map(|byte| format!("{byte:02x}")).collect();
    let line = format!("2025-11-22 20:00:00 body={} took=3ms\n", digits.concat());
    for capture in [digits.concat(), line, digits.join(":")] {
        let read = opened(capture.as_bytes(), &Options::default());
        assert!(read[0].0.contains("from_user"), "{read:?}");
        let refusal = refusal(&capture, &Options::default());
        assert_eq!(refusal, Some(Refusal::Irreplaceable), "{capture}");
    }
}

#[test]
fn a_callback_that_is_not_read_must_have_changed() {
    let body = SHAPES[0].write(0, 1);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    gzip.write_all(body.as_bytes()).expect("memory");
    let gzip = STANDARD.encode(gzip.finish().expect("memory"));
    let list: Vec<String> = body.bytes().map(|byte| format!("0x{byte:02x}")).collect();
    for capture in [gzip, format!("[{}]", list.join(", "))] {
        let refusal = refusal(&capture, &Options::default());
        assert_eq!(refusal, Some(Refusal::Irreplaceable), "{capture}");
    }
    // Here the ids are replaced though the body is not read.
    let escaped: String = body.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
    assert_ne!(redact_text(&escaped), escaped);
}

/// A capture that was read to its end, after which the run is to end.
struct Interrupted<'a>(&'a [u8]);

impl Read for Interrupted<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        match self.0 {
            [] if to.is_empty() => Err(std::io::Error::other("interrupted")),
            _ => self.0.read(to),
        }
    }
}

#[test]
fn the_work_ends_if_the_capture_is_not_wanted_any_more() {
    let body = SHAPES[0].write(0, 1);
    let ended = Redactor::new(key(), &Options::default()).redact(Interrupted(body.as_bytes()));
    let error = ended.map(|_| ()).expect_err("an end");
    assert_eq!(error.to_string(), "interrupted");
}

/// Returns an encrypted body with `sign` as `escaped`.
fn escaped_body(is_xml: bool, sign: char, escaped: &str) -> String {
    let message = SHAPES[0].write(0, 1);
    let capture = pushed(&message, is_xml, None);
    let body = capture.lines().last().expect("a body");
    let (head, encrypt) = body.split_once("Encrypt").expect("it is encrypted");
    let (encrypt, tail) = match is_xml {
        true => encrypt.split_once("]]>").expect("its end"),
        false => encrypt.split_once("\"}").expect("its end"),
    };
    assert!(encrypt.contains(sign), "{encrypt}");
    let encrypt = encrypt.replace(sign, escaped);
    match is_xml {
        true => format!("{head}Encrypt{}{tail}", encrypt.replace("<![CDATA[", "")),
        false => format!("{head}Encrypt{encrypt}\"}}{tail}"),
    }
}

#[test]
fn escapes_in_encrypted_text_are_left_out() {
    let options = keys(AES_KEY, TOKEN);
    for (sign, escaped) in [('/', r"\/"), ('+', r"\u002b")] {
        let body = escaped_body(false, sign, escaped);
        let redacted = redact_with(body.as_bytes(), &options);
        let (before, after) = (
            opened(body.as_bytes(), &options),
            opened(&redacted, &options),
        );
        let (mut line, mut ids) = (json(&before[0].0), Vec::new());
        expected(&mut line, &mut ids);
        assert_eq!(json(&after[0].0), line);
        let blanked = String::from_utf8(redact(body.as_bytes())).expect("text");
        assert!(
            blanked.contains("AAAAAAAAAAAA") && !blanked.contains(escaped),
            "{blanked}"
        );
    }
}

#[test]
fn encrypted_text_with_entities_is_refused() {
    let body = escaped_body(true, '+', "&#43;");
    for options in [Options::default(), keys(AES_KEY, TOKEN)] {
        assert_eq!(
            refusal(&body, &options),
            Some(Refusal::Irreplaceable),
            "{body}"
        );
    }
}

#[test]
fn no_text_is_too_strange() {
    const PIECES: [&str; 34] = [
        "\\",
        "u00",
        "6f",
        "x6f",
        "%",
        "26",
        "25",
        "#",
        "&",
        "amp;",
        "#x",
        "111;",
        "[",
        "123 34 ",
        "123,",
        "0x",
        "7b22",
        "<Buffer ",
        "\u{1b}[",
        "31m",
        "\n",
        "=",
        "3D",
        "eyJ0",
        "QUFBQUFBQUFBQUFB",
        "+",
        "/",
        "_",
        "-",
        "\"",
        "00000000  3c 78 6d 6c 3e 0a 3c 54 |<xml>.<T|",
        "openid=",
        "gh_",
        OPENID,
    ];
    const PAYLOAD: &str = r#"{"ToUserName":"gh_1","FromUserName":"张\u5f20&#111;","MsgType":"event","Event":"subscribe_msg_change_event","List":{"TemplateId":-1.5e3}}"#;
    let mut rng = Rng::new(7);
    for _ in 0..count(3000) {
        let mut text: String = (0..rng.below(40)).map(|_| *rng.pick(&PIECES)).collect();
        if rng.one_in(4) {
            text.insert_str(0, PAYLOAD);
        }
        redact(text.as_bytes());
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "measures: cargo test --profile thorough")]
fn the_time_is_linear() {
    let line = format!("{OPENID}_%26%23\\\\\\\\&amp;&amp;#####====++++////____----\u{1b}[\n");
    for text in [
        line.repeat(20_000),
        "\\".repeat(1 << 20),
        "%26".repeat(1 << 19),
        "&".repeat(1 << 20),
        "a_".repeat(1 << 19),
        "QUFB".repeat(1 << 18),
        format!("{OPENID}_").repeat(1 << 15),
    ] {
        let start = std::time::Instant::now();
        redact_text(&text);
        // In a debug build, on a busy machine.
        assert!(start.elapsed().as_secs() < 60, "{text:.40}");
    }
}
