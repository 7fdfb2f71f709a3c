//! Encrypted payloads give the record of the payload inside, in every form of a capture. A changed envelope is an error
//! or a finding, and never a wrong record without a finding.

use std::sync::Arc;

use proptest::prelude::*;
use wxsub::seal::{Account, Keys, Mismatch, Policy, Query, open, seal, verify};
use wxsub::{Code, Outcome, Syntax, Trust};

use crate::support::embed::{line, ways};
use crate::support::seal::{
    ACCOUNT, APPID, FORMER_KEY, KEY, ReadRecord, TOKEN, decode, encrypt, envelope, keys, policy,
    query, read,
};
use crate::support::shapes::shape;
use crate::support::traced::Traced;

const BOTH: [Syntax; 2] = [Syntax::Xml, Syntax::Json];

/// Returns a callback of each event in both syntaxes.
fn messages() -> impl Iterator<Item = String> {
    let forms = [shape("XML"), shape("JSON")];
    forms
        .into_iter()
        .flat_map(|form| (0..3).map(|event| form.write(event, 1)))
}

fn popup(syntax: Syntax) -> String {
    let account = ACCOUNT;
    match syntax {
        Syntax::Json => format!(
            r#"{{"ToUserName":"{account}","FromUserName":"oBury1Test_abcdefghij-KLMNOP","CreateTime":1763812800,"MsgType":"event","Event":"subscribe_msg_popup_event","List":{{"TemplateId":"Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1","SubscribeStatusString":"accept","PopupScene":"0"}}}}"#
        ),
        Syntax::Xml => format!(
            "<xml><ToUserName><![CDATA[{account}]]></ToUserName><FromUserName><![CDATA[oBury1Test_abcdefghij-KLMNOP]]></FromUserName><CreateTime>1763812800</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_popup_event]]></Event><SubscribeMsgPopupEvent><List><TemplateId><![CDATA[Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1]]></TemplateId><SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString><PopupScene>0</PopupScene></List></SubscribeMsgPopupEvent></xml>"
        ),
    }
}

fn plain_line(message: &str) -> String {
    line(&wxsub::decode(message.as_bytes()))
}

#[test]
fn what_is_inside_is_decoded_like_any_other_payload() {
    for message in messages() {
        for syntax in BOTH {
            let text = encrypt(message.as_bytes());
            let seen = decode(envelope(syntax, &text).as_bytes(), policy(""));
            assert_eq!(seen.line, plain_line(&message));
            assert_eq!(
                (seen.trust, seen.opened),
                (Trust::Opened, Some(message.clone().into()))
            );
            let asked = Policy {
                query: Query::parse(query(&text).as_bytes()),
                ..policy(TOKEN)
            };
            let seen = decode(envelope(syntax, &text).as_bytes(), asked);
            assert_eq!(
                (seen.trust, seen.line),
                (Trust::Verified, plain_line(&message))
            );
        }
    }
}

#[test]
fn in_every_capture_form_it_is_the_same() {
    let policy = Arc::new(policy(""));
    let mut tried = 0;
    for way in ways() {
        for syntax in BOTH {
            let messages = BOTH.map(popup);
            let bodies = messages
                .clone()
                .map(|message| envelope(syntax, &encrypt(message.as_bytes())));
            if !bodies
                .iter()
                .all(|body| way.takes(body) && !way.is_undecidable(body))
            {
                continue;
            }
            let traced = [0, 1].map(|i| Traced::payload(i as u32, &bodies[i]));
            let capture = way.embed(&traced, 7).text();
            let seen = read(capture.as_bytes(), &policy, 1, 1 << 16);
            let lines: Vec<&str> = seen.iter().map(|seen| seen.line.as_str()).collect();
            assert_eq!(
                lines,
                messages.each_ref().map(|message| plain_line(message)),
                "{}",
                way.name
            );
            assert!(
                seen.iter().all(|seen| seen.trust == Trust::Opened),
                "{}",
                way.name
            );
            tried += 1;
        }
    }
    assert!(tried > 100, "only {tried} ways");
}

#[test]
fn threads_and_blocks_change_nothing() {
    let mut capture = String::new();
    for i in 0..400 {
        let message = popup(BOTH[i % 2]).replace("1763812800", &(1_763_812_800 + i).to_string());
        let text = encrypt(message.as_bytes());
        let signed = if i % 3 == 0 {
            query(&text)
        } else {
            "page=1".into()
        };
        capture += &format!(
            "POST /wx?{signed} HTTP/1.1\n\n{}\n",
            envelope(BOTH[i / 2 % 2], &text)
        );
        capture += if i % 7 == 0 {
            "{\"ToUserName\":\"x\",\"Encrypt\":\"bm90aGluZw==\"}\n"
        } else {
            "\n"
        };
    }
    let policy = Arc::new(policy(TOKEN));
    let expected = read(capture.as_bytes(), &policy, 1, capture.len());
    let count = |trust| expected.iter().filter(|seen| seen.trust == trust).count();
    assert_eq!(
        (
            count(Trust::Verified),
            count(Trust::Opened),
            count(Trust::None)
        ),
        (134, 266, 58)
    );
    for (threads, block_size) in [(1, 1000), (1, 17), (2, 3000), (4, 10_000)] {
        let seen = read(capture.as_bytes(), &policy, threads, block_size);
        assert_eq!(seen, expected, "{threads} threads, {block_size} bytes");
    }
}

/// Makes a signed envelope, and the policy to read it with.
fn signed(syntax: Syntax) -> (String, impl Fn(&str) -> Policy) {
    let text = encrypt(popup(syntax).as_bytes());
    let query = Query::parse(query(&text).as_bytes());
    let asked = move |token: &str| Policy {
        query: query.clone(),
        ..policy(token)
    };
    (envelope(syntax, &text), asked)
}

/// Checks that a wrong record has a finding, and is not verified.
fn check(seen: &ReadRecord, right: &str, what: &str) {
    let is_right = seen.line == right && seen.is_callback();
    assert!(is_right || !seen.codes.is_empty(), "{what}: {seen:?}");
    assert!(
        is_right || seen.trust != Trust::Verified,
        "{what}: {seen:?}"
    );
}

#[test]
fn every_changed_byte_is_told() {
    for syntax in BOTH {
        let (body, asked) = signed(syntax);
        let right = plain_line(&popup(syntax));
        for at in 0..body.len() {
            for change in [1, 2, 0x20, 0x80, 0xFF] {
                let mut bytes = body.clone().into_bytes();
                bytes[at] ^= change;
                for token in ["", TOKEN] {
                    let what = format!("{syntax:?}, byte {at} ^ {change}, token `{token}`");
                    check(&decode(&bytes, asked(token)), &right, &what);
                }
            }
        }
    }
}

#[test]
fn every_truncation_is_told() {
    for syntax in BOTH {
        let (body, asked) = signed(syntax);
        for len in 0..body.len() {
            for token in ["", TOKEN] {
                let seen = decode(&body.as_bytes()[..len], asked(token));
                assert_eq!(seen.outcome, Outcome::Undecodable, "{len}");
                assert!(!seen.codes.is_empty(), "{len}");
            }
        }
    }
}

#[test]
fn every_truncated_ciphertext_is_told() {
    let text = encrypt(popup(Syntax::Xml).as_bytes());
    for len in 0..text.len() {
        for syntax in BOTH {
            let seen = decode(envelope(syntax, &text[..len]).as_bytes(), policy(""));
            assert_eq!(seen.codes, [Code::DecryptFailed], "{len}");
        }
    }
}

proptest! {
    #[test]
    fn what_is_sealed_is_opened(
        message in proptest::collection::vec(any::<u8>(), 0..5000),
        id in "[a-z0-9]{0,40}",
        random: [u8; 16],
        key in "[A-Za-z0-9]{43}",
    ) {
        let keys = keys(&format!("{FORMER_KEY},{key}"), "", &id);
        let text = seal(&keys.accounts()[0].keys[1], &message, &id, &random);
        let mut buffer = Vec::new();
        let opened = open(&keys, text.as_bytes(), &mut buffer).expect("the key fits");
        prop_assert_eq!(opened.message, &message[..]);
        prop_assert_eq!((opened.receive_id, opened.random, opened.key), (id.as_bytes(), &random[..], 1));
    }

    #[test]
    fn noise_opens_with_no_key(blocks in 2..40_usize, seed: u64) {
        let keys = keys(KEY, "", "");
        let mut noise = Vec::new();
        let mut state = seed;
        while noise.len() < blocks * 16 {
            state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
            noise.extend_from_slice(&(state >> 32).to_be_bytes());
        }
        let text = base64(&noise[..blocks * 16]);
        prop_assert!(open(&keys, text.as_bytes(), &mut Vec::new()).is_err());
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Makes an envelope of compatible mode: the fields of `plain`, and `sealed` encrypted.
fn compatible(plain: &str, sealed: &str) -> String {
    let text = encrypt(sealed.as_bytes());
    match plain.strip_suffix("</xml>") {
        Some(fields) => format!("{fields}<Encrypt><![CDATA[{text}]]></Encrypt></xml>"),
        None => format!("{},\"Encrypt\":\"{text}\"}}", &plain[..plain.len() - 1]),
    }
}

#[test]
fn in_compatible_mode_the_sealed_fields_count() {
    for syntax in BOTH {
        let message = popup(syntax);
        let forge = |from: &str, to: &str| compatible(&message.replace(from, to), &message);
        let cases = [
            (forge("", ""), 0),
            (forge("accept", "reject"), 1),
            (forge("1763812800", "1763812801"), 1),
            (
                forge("subscribe_msg_popup_event", "subscribe_msg_change_event"),
                1,
            ),
            (forge("FromUserName", "FromUsername"), 0),
            (forge("MsgType", "MsgTypo"), 1),
            (forge("gh_3f", "gh_4f"), 1),
            // Only the envelope has an `AgentID`.
            (forge("<CreateTime>", "<AgentID>7</AgentID><CreateTime>"), 0),
            (
                forge("\"CreateTime\"", "\"AgentID\":\"7\",\"CreateTime\""),
                0,
            ),
        ];
        for (body, differences) in cases {
            let seen = decode(body.as_bytes(), policy(""));
            assert_eq!(seen.line, plain_line(&message), "{body}");
            let mismatches = seen
                .codes
                .iter()
                .filter(|code| **code == Code::EnvelopeMismatch);
            assert_eq!(mismatches.count(), differences, "{body}");
        }
        // Without a key, the plain fields count.
        let forged = message.replace("accept", "reject");
        let seen = line(&wxsub::decode(compatible(&forged, &message).as_bytes()));
        assert_eq!(seen, plain_line(&forged));
    }
}

#[test]
fn in_compatible_mode_unknown_fields_of_items_are_compared() {
    for syntax in BOTH {
        let message = |name: &str, value: &str| {
            let (end, field) = match syntax {
                Syntax::Json => ("}}", format!(",\"{name}\":\"{value}\"}}}}")),
                Syntax::Xml => ("</List>", format!("<{name}>{value}</{name}></List>")),
            };
            popup(syntax).replace(end, &field)
        };
        let sealed = message("Remark", "a");
        let cases = [
            (message("Remark", "a"), false),
            (message("Remark", "b"), true),
            (message("Remarks", "a"), true),
            (popup(syntax), true),
        ];
        for (plain, differs) in cases {
            let body = compatible(&plain, &sealed);
            let seen = decode(body.as_bytes(), policy(""));
            let is_told = seen.codes.contains(&Code::EnvelopeMismatch);
            assert_eq!(is_told, differs, "{body}");
        }
    }
}

#[test]
fn a_forged_callback_beside_another_message_is_told() {
    let text = r#"{"ToUserName":"gh_3f7a90c1d2e4","MsgType":"text","Content":"hello"}"#;
    let seen = decode(
        compatible(&popup(Syntax::Json), text).as_bytes(),
        policy(""),
    );
    assert_eq!(seen.outcome, Outcome::Other("text".into()));
    assert!(seen.codes.contains(&Code::EnvelopeMismatch));
}

#[test]
fn what_is_no_payload_inside_is_told() {
    let more = popup(Syntax::Json) + "x";
    let twice = envelope(Syntax::Xml, "QUJD");
    let doctype = "<!DOCTYPE xml><xml><Event>subscribe_msg_sent_event</Event></xml>";
    let cases: [(&[u8], Code); 9] = [
        (doctype.as_bytes(), Code::DoctypeForbidden),
        (
            b"<xml><Event>subscribe_msg_sent_event</Event>",
            Code::MalformedXml,
        ),
        (
            b"{\"Event\":\"subscribe_msg_sent_event\"",
            Code::MalformedJson,
        ),
        (b"{\"Event\":\"\xFF\"}", Code::DecryptFailed),
        (b"success", Code::DecryptFailed),
        (b"", Code::DecryptFailed),
        (b"[{}]", Code::DecryptFailed),
        (more.as_bytes(), Code::DecryptFailed),
        (twice.as_bytes(), Code::DecryptFailed),
    ];
    for (message, code) in cases {
        let seen = decode(
            envelope(Syntax::Xml, &encrypt(message)).as_bytes(),
            policy(""),
        );
        assert_eq!(
            (&seen.outcome, &*seen.codes),
            (&Outcome::Undecodable, &[code][..]),
            "{message:?}"
        );
        assert_eq!(seen.opened.as_deref(), Some(message));
    }
}

#[test]
fn a_message_inside_is_never_searched() {
    let hidden = popup(Syntax::Json).replace('"', "\\\"");
    let log = format!("{{\"level\":\"info\",\"body\":\"{hidden}\"}}");
    let text =
        format!("{{\"ToUserName\":\"{ACCOUNT}\",\"MsgType\":\"text\",\"Content\":\"{hidden}\"}}");
    for (message, name) in [(log, "unknown"), (text, "text")] {
        let body = envelope(Syntax::Json, &encrypt(message.as_bytes()));
        let seen = read(body.as_bytes(), &Arc::new(policy("")), 1, 1 << 16);
        let outcomes: Vec<_> = seen.iter().map(|seen| &seen.outcome).collect();
        assert_eq!(outcomes, [&Outcome::Other(name.into())]);
    }
}

#[test]
fn white_space_around_what_is_sealed_stays() {
    let message = format!("\u{FEFF}\n {}\n\n", popup(Syntax::Xml));
    let seen = decode(
        envelope(Syntax::Xml, &encrypt(message.as_bytes())).as_bytes(),
        policy(""),
    );
    assert_eq!(seen.line, plain_line(&popup(Syntax::Xml)));
    assert_eq!(seen.opened, Some(message.into_bytes()));
}

#[test]
fn white_space_inside_the_ciphertext_is_tolerated() {
    let text = encrypt(popup(Syntax::Xml).as_bytes());
    let broken = format!("{}\r\n {}", &text[..76], &text[76..]);
    let asked = Policy {
        query: Query::parse(query(&text).as_bytes()),
        ..policy(TOKEN)
    };
    let seen = decode(envelope(Syntax::Xml, &broken).as_bytes(), asked);
    assert_eq!(
        (seen.trust, &*seen.codes),
        (Trust::Verified, &[Code::OddEnvelope][..])
    );
}

#[test]
fn what_is_asked_for_must_hold() {
    let (body, asked) = signed(Syntax::Json);
    let plain = popup(Syntax::Json);
    let require = |policy| Policy {
        require_signature: true,
        ..policy
    };
    let sealed = |policy| Policy {
        require_encryption: true,
        ..policy
    };
    let accept = |policy| Policy {
        accept_unverified: true,
        ..policy
    };
    let wrong = || Policy {
        query: asked("").query,
        ..policy("another")
    };
    let cases: [(&str, Policy, Trust, &[Code]); 9] = [
        (&body, require(asked(TOKEN)), Trust::Verified, &[]),
        (
            &body,
            require(policy(TOKEN)),
            Trust::None,
            &[Code::NotVerified],
        ),
        (&body, sealed(policy("")), Trust::Opened, &[]),
        (&body, wrong(), Trust::None, &[Code::SignatureMismatch]),
        (
            &body,
            accept(wrong()),
            Trust::Opened,
            &[Code::SignatureMismatch],
        ),
        (&plain, policy(TOKEN), Trust::None, &[]),
        (
            &plain,
            require(policy(TOKEN)),
            Trust::None,
            &[Code::NotVerified],
        ),
        (
            &plain,
            sealed(policy("")),
            Trust::None,
            &[Code::NotEncrypted],
        ),
        (&plain, asked(TOKEN), Trust::None, &[Code::DecryptFailed]),
    ];
    for (i, (body, policy, trust, codes)) in cases.into_iter().enumerate() {
        let seen = decode(body.as_bytes(), policy);
        assert_eq!((seen.trust, &*seen.codes), (trust, codes), "case {i}");
    }
}

#[test]
fn a_token_verifies_its_own_account_only() {
    let ours = Account::from_lists(KEY, "another", APPID).expect("keys");
    let theirs = Account::from_lists(FORMER_KEY, TOKEN, "").expect("keys");
    let (body, asked) = signed(Syntax::Xml);
    let policy = Policy {
        query: asked("").query,
        ..Policy::from(Keys::new([theirs, ours]))
    };
    let seen = decode(body.as_bytes(), policy);
    assert_eq!(seen.codes, [Code::SignatureMismatch]);
}

#[test]
fn the_same_key_may_have_several_accounts() {
    let accounts =
        ["wx0000000000000000", APPID].map(|id| Account::from_lists(KEY, "", id).expect("keys"));
    let text = encrypt(b"{}");
    let (keys, mut buffer) = (Keys::new(accounts), Vec::new());
    let opened = open(&keys, text.as_bytes(), &mut buffer).expect("the second account");
    assert_eq!((opened.key, opened.account), (1, 1));
}

#[test]
fn mismatches_are_told_apart() {
    let text = encrypt(b"{}");
    let keys = keys(KEY, TOKEN, "");
    let plain = wxsub::seal::sign_plain(&keys.accounts()[0].tokens[0], "1763812800", "20731");
    let right = query(&text);
    let with = |signature: &str| format!("{right}&signature={signature}");
    let other = "0123456789abcdef0123456789abcdef01234567";
    let absent = right.split("&msg_signature").next().unwrap_or_default();
    let cases = [
        (with(other), &*text, Ok(())),
        (
            right
                .to_uppercase()
                .replace("MSG_SIGNATURE", "msg_signature")
                .replace("TIMESTAMP", "timestamp")
                .replace("NONCE", "nonce"),
            &text,
            Ok(()),
        ),
        (with(&plain.to_string()), "QUJD", Err(Mismatch::Altered)),
        (with(other), "QUJD", Err(Mismatch::Token)),
        (right.clone(), "QUJD", Err(Mismatch::Unknown)),
        (absent.to_owned(), &text, Err(Mismatch::Absent)),
        (
            format!("{absent}&msg_signature={plain}"),
            &text,
            Err(Mismatch::WrongParameter),
        ),
        (
            format!("{absent}&msg_signature=no"),
            &text,
            Err(Mismatch::Unknown),
        ),
    ];
    for (query, text, expected) in cases {
        let parsed = Query::parse(query.as_bytes()).expect("a query");
        assert_eq!(
            verify(keys.tokens(), &parsed, text.as_bytes()),
            expected,
            "{query}"
        );
    }
}

#[test]
fn findings_say_where_the_envelope_stands_and_where_they_stand_inside() {
    use wxsub::report::{Spot, text};

    let message = "{\n\"ToUserName\":\"gh_3f7a90c1d2e4\",\n\"Event\":\"subscribe_msg_sent_event\",\"List\":[],\n}";
    let capture = format!(
        "\n {}",
        envelope(Syntax::Json, &encrypt(message.as_bytes()))
    );
    let policy = Arc::new(policy(""));
    let record = wxsub::decode_sealed(capture.as_bytes(), &wxsub::Limits::default(), &policy);
    let mut findings = record.findings().iter();
    let finding = findings
        .find(|finding| finding.code() == Code::TrailingComma)
        .expect("a comma");
    let mut out = Vec::new();
    let spot = Spot::of(&record, finding);
    text::write(
        "log",
        &spot,
        finding,
        &text::TextOptions::default(),
        &mut out,
    );
    let expected = "\
log:2:2: warning[trailing-comma]: a comma before `}` (in the plaintext at 3:45)
  |
3 | \"Event\":\"subscribe_msg_sent_event\",\"List\":[],
  |                                             ^
  |
  = help: the samples in WeChat's document have it; JSON readers refuse it
";
    assert_eq!(String::from_utf8_lossy(&out), expected);
}
