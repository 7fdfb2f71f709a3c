//! `explain` finds every topic by each of its names, in both languages, and understands slips.

use std::collections::HashMap;

use unicode_width::UnicodeWidthStr;
use wxsub::explain::{Kind, Topic, find, index};
use wxsub::{Code, Event, Lang};

const LANGS: [Lang; 2] = [Lang::En, Lang::Zh];

/// Returns the first name of each topic that `term` finds.
fn found(term: &str) -> Vec<String> {
    let topics = find(term).unwrap_or_else(|error| panic!("{error}"));
    topics.iter().map(|topic| topic.names().remove(0)).collect()
}

#[test]
fn every_topic_is_found_by_all_its_names() {
    for topic in Topic::all() {
        let names = topic.names();
        for name in &names {
            for term in [name.clone(), name.to_uppercase(), format!(" {name} ")] {
                assert!(found(&term).contains(&names[0]), "{term}");
            }
        }
    }
    for (term, expected) in [
        ("popup", "subscribe_msg_popup_event"),
        ("SubscribeMsgSentEvent", "subscribe_msg_sent_event"),
        ("MsgId", "MsgID"),
        ("error-code", "ErrorCode"),
        ("safe mode", "safe-mode"),
        ("EMPTY_LIST", "empty-list"),
        ("user refuse to accept the msg", "43101"),
    ] {
        assert_eq!(found(term), [expected], "{term}");
    }
}

#[test]
fn a_name_means_one_thing_but_for_the_numbers_of_two_fields() {
    let mut meanings: HashMap<String, usize> = HashMap::new();
    for topic in Topic::all() {
        *meanings.entry(topic.names().remove(0)).or_default() += 1;
    }
    let several: Vec<String> = Topic::all()
        .map(|topic| topic.names().remove(0))
        .filter(|name| find(name).map_or(0, |topics| topics.len()) > 1)
        .collect();
    assert_eq!(several, ["0", "0"]);
    assert_eq!(meanings["0"], 2);
}

#[test]
fn nothing_of_the_tables_is_left_out() {
    let count = |kind| Topic::all().filter(|topic| topic.kind() == kind).count();
    assert_eq!(count(Kind::Event), Event::ALL.len());
    assert_eq!(count(Kind::Finding), Code::ALL.len());
    let index = LANGS.map(|lang| index(lang, 100));
    for topic in Topic::all() {
        for (lang, index) in LANGS.into_iter().zip(&index) {
            let is_row = |line: &str| {
                let mut parts = line.split_whitespace();
                let is_named = parts.next() == Some(topic.names()[0].as_str());
                let summary = topic.summary(lang);
                is_named && line.contains(summary.split(' ').next().unwrap_or_default())
            };
            assert!(index.lines().any(is_row), "{topic:?} {lang:?}");
        }
    }
}

#[test]
fn every_page_says_more_than_the_index_and_fits_the_width() {
    let is_chinese = |text: &str| text.contains(|c| matches!(c, '\u{4E00}'..='\u{9FFF}'));
    for topic in Topic::all() {
        for (lang, width) in LANGS.into_iter().flat_map(|l| [60, 100].map(|w| (l, w))) {
            let text = topic.text(lang, width);
            let (prose, _) = text.split_once("\nfound in").unwrap_or((&text, ""));
            let (prose, _) = prose.split_once("\n会发现").unwrap_or((prose, ""));
            assert_eq!(is_chinese(prose), lang == Lang::Zh, "{prose}");
            assert!(prose.lines().count() >= 4, "{prose}");
            let long = prose.lines().find(|line| line.width() > width);
            assert!(
                long.is_none_or(|line| !line.trim().contains(' ')),
                "{long:?}"
            );
        }
    }
}

#[test]
fn a_slip_is_understood() {
    let letters = |name: &str| name.chars().filter(char::is_ascii_alphabetic).count() > 5;
    let names = Topic::all().map(|topic| topic.names().remove(0));
    for name in names.filter(|name| letters(name)) {
        let slip = format!("{}{}", &name[..1], &name[2..]);
        let error = find(&slip).expect_err("no such name");
        assert_eq!(error.suggestion.as_deref(), Some(name.as_str()), "{slip}");
    }
    let error = find("\u{1b}]0;x").expect_err("no such name");
    assert_eq!(
        error.to_string(),
        "nothing is known of `\\u{1b}]0;x`; `wxsub explain` lists all that is"
    );
}

#[test]
fn what_a_signature_does_not_cover_is_said_wherever_it_is_asked() {
    for term in [
        "signature",
        "msg_signature",
        "Encrypt",
        "encrypted",
        "plain-mode",
    ] {
        let topics = find(term).expect("a topic");
        let texts = LANGS.map(|lang| {
            topics
                .iter()
                .map(|t| t.text(lang, 1_000))
                .collect::<String>()
        });
        assert!(texts[0].contains("cover"), "{term}: {}", texts[0]);
        assert!(texts[1].contains("覆盖"), "{term}: {}", texts[1]);
    }
    let plain = find("signature").expect("a topic")[0].text(Lang::En, 1_000);
    assert!(plain.contains("It does not cover the body"), "{plain}");
}

#[test]
fn topics_are_found_by_chinese_words() {
    for (term, expected) in [
        ("拒收", "reject"),
        ("接收", "accept"),
        ("弹窗", "subscribe_msg_popup_event"),
        ("错误码", "ErrorCode"),
        ("明文模式", "plain-mode"),
        ("兼容模式", "compatible-mode"),
        ("安全模式", "safe-mode"),
        ("重复推送", "duplicate"),
        ("取消订阅", "subscribe_msg_change_event"),
        ("长期订阅", "long-term"),
        ("一次性订阅", "one-time"),
        ("收不到回调", "not-received"),
        ("发送接口：用户拒收", "43101"),
    ] {
        assert_eq!(found(term), [expected], "{term}");
    }
    let error = find("为什么收不到").expect_err("no such word");
    assert_eq!(error.suggestion.as_deref(), Some("收不到"));
}
