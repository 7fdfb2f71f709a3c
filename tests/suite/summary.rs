//! The counts of a run, in words and as JSON. They do not depend on the size of blocks.

use std::io;

use wxsub::pipeline::{self, Options, Sink, Stop};
use wxsub::report::Tally;
use wxsub::{Code, Lang, Place, Record};

fn tally(captures: &[&str], block_size: usize) -> Tally {
    let mut tally = Tally::default();
    let options = Options {
        block_size,
        ..Options::default()
    };
    for (i, capture) in captures.iter().enumerate() {
        pipeline::run(
            capture.as_bytes(),
            &format!("{i}.log"),
            &options,
            &mut tally,
        )
        .expect("memory can be read");
    }
    tally
}

/// Returns captures with callbacks, broken payloads, findings, noise, and more kinds of messages than are named.
fn captures() -> [String; 2] {
    let mut first = String::from("2025-11-22 starts\n");
    for i in 0..7 {
        first += &format!("{i} <xml><Event>subscribe_msg_sent_event</Event></xlm>\n");
        first += "{\"ToUserName\":\"gh_5a2c71d0e9b4\",\"Event\":\"subscribe_msg_popup_event\",}\n";
    }
    let mut second = String::new();
    for i in 0..250 {
        let kind = (i * 7) % 125;
        second += &format!(
            "<xml><ToUserName>gh_5a2c71d0e9b4</ToUserName><MsgType>kind{kind:03}</MsgType></xml>\n"
        );
    }
    [first, second]
}

#[test]
fn counts_do_not_depend_on_blocks() {
    let captures = captures();
    let captures = [captures[0].as_str(), &captures[1]];
    let whole = tally(&captures, 1 << 20);
    assert_eq!(whole.others().count(), 100);
    assert!(
        whole.others().all(|(_, count)| count == 2),
        "the counts of those that are named are whole"
    );
    assert_eq!((whole.unnamed_others(), whole.all_others()), (50, 250));
    assert_eq!(whole.undecodable(), 7);
    assert_eq!(
        whole.bytes(),
        captures.iter().map(|text| text.len() as u64).sum::<u64>()
    );
    for block_size in [1, 13, 100, 5000] {
        assert_eq!(tally(&captures, block_size), whole, "{block_size}");
    }
}

#[test]
fn the_first_places_are_kept_in_order() {
    let captures = captures();
    let tally = tally(&["no payload", &captures[0], &captures[0]], 50);
    let places: Vec<_> = tally
        .first_undecodable()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(places, ["1.log:2:47", "1.log:4:47", "1.log:6:47"]);
    assert!(
        tally
            .first_undecodable()
            .iter()
            .all(|at| at.code == Code::MalformedXml)
    );
    assert_eq!(
        tally.details(Lang::En)[1],
        "undecodable: 1.log:2:47, 1.log:4:47, 1.log:6:47 and 11 more"
    );
    assert_eq!(
        tally.details(Lang::Zh)[1],
        "无法解码：1.log:2:47、1.log:4:47、1.log:6:47，另有 11 处"
    );
}

#[test]
fn findings_stand_by_weight_then_by_number() {
    let captures = captures();
    let codes: Vec<_> = tally(&[&captures[0]], 1 << 20).findings_by_code();
    assert_eq!(codes.first(), Some(&(Code::MalformedXml, 7)));
    let weights: Vec<_> = codes
        .iter()
        .map(|(code, count)| (code.severity(), *count))
        .collect();
    assert!(weights.is_sorted_by(|one, next| one >= next), "{weights:?}");
    assert!(codes.contains(&(Code::TrailingComma, 7)));
}

#[test]
fn json_says_the_same_to_programs() {
    let captures = captures();
    let captures = [
        captures[0].as_str(),
        &captures[1],
        "\u{1b}{\"MsgType\":\"a\\\"\u{7f}b\",\"ToUserName\":\"gh_\"}",
    ];
    let tally = tally(&captures, 1 << 20);
    let json: serde_json::Value = serde_json::from_str(&tally.summary_json()).expect("JSON");
    let keys: Vec<_> = json
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        keys,
        [
            "files",
            "bytes",
            "callbacks",
            "others",
            "others_unnamed",
            "undecodable",
            "undecodable_places",
            "findings",
            "filtered_out",
            "deduplicated",
            "noise_bytes",
            "mentions",
            "opened",
        ]
    );
    assert_eq!(json["files"], 3);
    assert_eq!(
        json["callbacks"],
        serde_json::json!({"popup": 7, "change": 0, "sent": 0})
    );
    assert_eq!(json["others"]["a\"\u{7f}b"], 1);
    assert_eq!(json["undecodable"], 7);
    assert_eq!(
        json["undecodable_places"][0],
        serde_json::json!(
            {"path": "0.log", "line": 2, "column": 47, "offset": 64, "code": "malformed-xml"}
        )
    );
    assert_eq!(json["findings"]["malformed-xml"], 7);
    assert_eq!(json["noise_bytes"], tally.noise());
    let opened = serde_json::json!({"verified": 0, "not_verified": 0, "by_key": []});
    assert_eq!(json["opened"], opened);
    assert!(
        !tally.summary_json().contains(|c: char| c.is_control()),
        "a terminal obeys nothing in it"
    );
}

/// A reader that fails after its bytes.
struct Failing<'a>(&'a [u8]);

impl io::Read for Failing<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.0.read(out) {
            Ok(0) => Err(io::Error::other("gone")),
            read => read,
        }
    }
}

#[test]
fn what_was_seen_of_a_capture_that_fails_is_counted() {
    let captures = captures();
    let text = format!("{}<xml><Event>subscribe", captures[0]);
    let mut tally = Tally::default();
    pipeline::run(
        Failing(text.as_bytes()),
        "log",
        &Options::default(),
        &mut tally,
    )
    .expect_err("fails");
    assert_eq!((tally.sources(), tally.bytes()), (1, text.len() as u64));
    assert_eq!(
        (tally.all_callbacks(), tally.undecodable()),
        (7, 7),
        "what failed to arrive is not cut off"
    );
    assert!(tally.noise() > 0);
}

/// Collects the noise of a capture as `line:column: text`.
#[derive(Default)]
struct Passed(Vec<String>);

impl Sink for Passed {
    fn fork(&self) -> Self {
        Passed::default()
    }

    fn record(&mut self, _record: &Record<'_>) {}

    fn join(&mut self, _later: Self) -> Result<(), Stop> {
        Ok(())
    }

    fn noise(&mut self, _source: &str, place: Place, line: &[u8]) -> Result<(), Stop> {
        let text = String::from_utf8_lossy(line);
        self.0
            .push(format!("{}:{}: {text}", place.line, place.column));
        Ok(())
    }
}

#[test]
fn all_noise_is_passed_on_with_its_places() {
    let callback = "<xml><Event>subscribe_msg_change_event</Event><List/></xml>";
    let entry =
        r#"{"level":"info","body":"{\"Event\":\"subscribe_msg_change_event\",\"List\":[]}"}"#;
    let capture =
        format!("开始\nINFO body={callback} done\n\n{callback}{callback}\n{entry}\nthe end");
    for block_size in [1, 7, 1 << 16] {
        for threads in [1, 2] {
            let options = Options {
                block_size,
                threads,
                keeps_noise: true,
                ..Options::default()
            };
            let mut passed = Passed::default();
            pipeline::run(capture.as_bytes(), "", &options, &mut passed).expect("memory");
            assert_eq!(
                passed.0,
                [
                    "1:1: 开始",
                    "2:1: INFO body=",
                    "2:70:  done",
                    r#"5:1: {"level":"info","body":""#,
                    r#"5:79: "}"#,
                    "6:1: the end"
                ]
            );
        }
    }
}

#[test]
fn names_of_events_in_noise_are_mentions() {
    let log = "handled subscribe_msg_popup_event\n{\"level\":\"info\",\"msg\":\"subscribe_msg_sent_event done\"}\n\
               subscribe_msg_popup_events are no event\n";
    for block_size in [1, 64, 1 << 16] {
        let tally = tally(&[log], block_size);
        assert_eq!(
            (tally.mentions(), tally.undecodable()),
            (2, 0),
            "{block_size}"
        );
        assert!(
            tally
                .summary(Lang::En)
                .ends_with(", 2 mentions of an event")
        );
        assert!(tally.summary(Lang::Zh).ends_with("，2 处提及事件"));
    }
}
