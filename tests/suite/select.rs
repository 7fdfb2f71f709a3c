//! Choosing callbacks: each filter in both syntaxes, comparison with an independent model over the records, and runs
//! that stop early.

use std::collections::HashSet;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;
use wxsub::output::{Format, JsonLines};
use wxsub::pipeline::{CaptureStats, Options, Sink, Stop, run_filtered};
use wxsub::report::Tally;
use wxsub::select::{Filter, Selection};
use wxsub::{Code, Event, Outcome, Record, decode};

use crate::support::cases::cases;
use crate::support::model::{Callback, callback_for_xml};
use crate::support::render;

/// The lines that `convert --to jsonl` writes, and the counts.
#[derive(Clone, Debug, Default, PartialEq)]
struct Written {
    lines: Vec<u8>,
    tally: Tally,
}

impl Written {
    fn records(&self) -> Vec<Value> {
        let text = std::str::from_utf8(&self.lines).expect("UTF-8");
        text.lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }
}

impl Sink for Written {
    fn fork(&self) -> Self {
        Written::default()
    }

    fn record(&mut self, record: &Record<'_>) {
        JsonLines::default()
            .record(record, &mut self.lines)
            .expect("JSON holds everything");
        self.tally.record(record);
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.lines.extend(later.lines);
        self.tally.join(later.tally)
    }

    fn end(&mut self, source: &str, rest: &CaptureStats) {
        self.tally.end(source, rest);
    }
}

fn written(capture: &str, filter: &Filter, block_size: usize) -> Written {
    let options = Options {
        block_size,
        ..Options::default()
    };
    let mut written = Written::default();
    let mut filter = filter.clone();
    run_filtered(capture.as_bytes(), "", &options, &mut filter, &mut written)
        .expect("memory can be read");
    written
}

const WHOLE: usize = 1 << 16;

// Each filter.

/// Makes a callback in both syntaxes, with these fields in the header and in each item.
fn both(event: &str, header: &[(&str, &str)], items: &[&[(&str, &str)]]) -> [String; 2] {
    let xml = |fields: &[(&str, &str)]| -> String {
        fields
            .iter()
            .map(|(name, value)| format!("<{name}>{value}</{name}>"))
            .collect()
    };
    let json = |fields: &[(&str, &str)]| -> String {
        let members: Vec<_> = fields
            .iter()
            .map(|(name, value)| format!("{name:?}:{value:?}"))
            .collect();
        members.join(",")
    };
    let wrapper = match event {
        "popup" => "SubscribeMsgPopupEvent",
        "change" => "SubscribeMsgChangeEvent",
        _ => "SubscribeMsgSentEvent",
    };
    let name = format!("subscribe_msg_{event}_event");
    let header = [header, &[("MsgType", "event"), ("Event", name.as_str())]].concat();
    let lists: String = items
        .iter()
        .map(|item| format!("<List>{}</List>", xml(item)))
        .collect();
    let entries: Vec<_> = items
        .iter()
        .map(|item| format!("{{{}}}", json(item)))
        .collect();
    [
        format!("<xml>{}<{wrapper}>{lists}</{wrapper}></xml>", xml(&header)),
        format!("{{{},\"List\":[{}]}}", json(&header), entries.join(",")),
    ]
}

/// Returns the templates of the items that `selection` keeps, or `None` if it drops the callback.
fn left(selection: &Selection, payload: &str) -> Option<Vec<String>> {
    let mut record = decode(payload.as_bytes());
    assert!(record.callback().is_some(), "{payload}");
    let is_kept = selection.apply(&mut record);
    let callback = record.callback();
    assert_eq!(is_kept, callback.is_some());
    assert_eq!(
        is_kept,
        !matches!(record.outcome(), Outcome::FilteredOut(_))
    );
    callback.map(|callback| {
        let ids = callback
            .items()
            .map(|item| item.template_id().unwrap_or("none").to_owned());
        ids.collect()
    })
}

#[test]
fn each_filter_keeps_what_it_says_in_both_syntaxes() {
    let popup = both(
        "popup",
        &[
            ("ToUserName", "gh_1"),
            ("FromUserName", "o1"),
            ("CreateTime", "100"),
        ],
        &[
            &[("TemplateId", "-a"), ("SubscribeStatusString", "accept")],
            &[
                ("TemplateId", "b"),
                ("SubscribeStatusString", "reject"),
                ("ErrorCode", "7"),
            ],
            &[("SubscribeStatusString", "ban")],
        ],
    );
    let sent = both(
        "sent",
        &[
            ("ToUserName", "gh_2"),
            ("FromUserName", "o1"),
            ("CreateTime", "200"),
        ],
        &[
            &[("TemplateId", "-a"), ("ErrorCode", "0")],
            &[("TemplateId", "b"), ("ErrorCode", "43101")],
            &[("TemplateId", "c"), ("ErrorCode", "-1")],
            &[
                ("TemplateId", "d"),
                ("ErrorCode", "oops"),
                ("ErrorStatus", "failed"),
            ],
            &[("TemplateId", "e")],
        ],
    );
    let bare = both("change", &[("CreateTime", "soon")], &[]);

    let all = Selection::default();
    let text = |text: &str| vec![text.to_owned()];
    let cases = [
        (all.clone(), Some("-a b none"), Some("-a b c d e"), Some("")),
        (
            Selection {
                events: vec![Event::Popup],
                ..all.clone()
            },
            Some("-a b none"),
            None,
            None,
        ),
        (
            Selection {
                events: vec![Event::Change, Event::Sent],
                ..all.clone()
            },
            None,
            Some("-a b c d e"),
            Some(""),
        ),
        (
            Selection {
                users: text("o1"),
                ..all.clone()
            },
            Some("-a b none"),
            Some("-a b c d e"),
            None,
        ),
        (
            Selection {
                users: text("O1"),
                ..all.clone()
            },
            None,
            None,
            None,
        ),
        (
            Selection {
                users: text(""),
                ..all.clone()
            },
            None,
            None,
            None,
        ),
        (
            Selection {
                accounts: text("gh_2"),
                ..all.clone()
            },
            None,
            Some("-a b c d e"),
            None,
        ),
        (
            Selection {
                accounts: text("gh_2"),
                users: text("o2"),
                ..all.clone()
            },
            None,
            None,
            None,
        ),
        (
            Selection {
                since: Some(200),
                ..all.clone()
            },
            None,
            Some("-a b c d e"),
            None,
        ),
        (
            Selection {
                since: Some(100),
                until: Some(200),
                ..all.clone()
            },
            Some("-a b none"),
            None,
            None,
        ),
        (
            Selection {
                since: Some(101),
                until: Some(200),
                ..all.clone()
            },
            None,
            None,
            None,
        ),
        (
            Selection {
                until: Some(i64::MAX),
                ..all.clone()
            },
            Some("-a b none"),
            Some("-a b c d e"),
            None,
        ),
        (
            Selection {
                templates: text("-a"),
                ..all.clone()
            },
            Some("-a"),
            Some("-a"),
            None,
        ),
        (
            Selection {
                templates: vec!["c".into(), "b".into()],
                ..all.clone()
            },
            Some("b"),
            Some("b c"),
            None,
        ),
        (
            Selection {
                statuses: text("reject"),
                ..all.clone()
            },
            Some("b"),
            None,
            None,
        ),
        (
            Selection {
                statuses: text("ban"),
                ..all.clone()
            },
            Some("none"),
            None,
            None,
        ),
        (
            Selection {
                statuses: text("reject"),
                templates: text("-a"),
                ..all.clone()
            },
            None,
            None,
            None,
        ),
        (
            Selection {
                failed: true,
                ..all.clone()
            },
            None,
            Some("b c"),
            None,
        ),
        (
            Selection {
                failed: true,
                templates: text("b"),
                ..all.clone()
            },
            None,
            Some("b"),
            None,
        ),
        (
            Selection {
                failed: true,
                events: vec![Event::Popup],
                ..all.clone()
            },
            None,
            None,
            None,
        ),
    ];
    for (selection, of_popup, of_sent, of_bare) in &cases {
        for (payloads, expected) in [(&popup, of_popup), (&sent, of_sent), (&bare, of_bare)] {
            for payload in payloads {
                let expected =
                    expected.map(|ids| ids.split_whitespace().map(str::to_owned).collect());
                assert_eq!(
                    left(selection, payload),
                    expected,
                    "{selection:?} {payload}"
                );
            }
        }
    }
}

#[test]
fn what_is_no_callback_passes_every_filter() {
    let nothing = Selection {
        users: vec!["nobody".into()],
        ..Selection::default()
    };
    let payloads = [
        r#"{"ToUserName":"gh_1","MsgType":"text"}"#,
        "<xml><ToUserName>gh_1</ToUserName></xlm>",
        "",
    ];
    for payload in payloads {
        let mut record = decode(payload.as_bytes());
        let before = (record.outcome().clone(), record.findings().to_vec());
        assert!(nothing.apply(&mut record));
        assert_eq!(
            (record.outcome().clone(), record.findings().to_vec()),
            before,
            "{payload}"
        );
    }
}

#[test]
fn findings_go_with_what_they_are_about() {
    let payloads = both(
        "popup",
        &[("ToUserName", "account")],
        &[
            &[
                ("TemplateId", "x"),
                ("SubscribeStatusString", "ban"),
                ("PopupScene", "0"),
            ],
            &[("SubscribeStatusString", "accept"), ("PopupScene", "?")],
        ],
    );
    let header = [Code::MissingField, Code::MissingField, Code::OddAccountId];
    let first = [Code::OddTemplateId, Code::UnknownStatus];
    let second = [Code::MissingField, Code::WrongType];
    for payload in &payloads {
        let codes = |statuses: &[&str]| -> Vec<Code> {
            let mut record = decode(payload.as_bytes());
            record.retain_items(|item| statuses.contains(&item.status().unwrap_or_default()));
            record
                .findings()
                .iter()
                .map(|finding| finding.code())
                .collect()
        };
        assert_eq!(
            codes(&["ban", "accept"]),
            [&header[..], &first, &second].concat(),
            "{payload}"
        );
        assert_eq!(codes(&["ban"]), [&header[..], &first].concat(), "{payload}");
        assert_eq!(
            codes(&["accept"]),
            [&header[..], &second].concat(),
            "{payload}"
        );
        assert_eq!(codes(&[]), header, "{payload}");

        let mut record = decode(payload.as_bytes());
        Selection {
            failed: true,
            ..Selection::default()
        }
        .apply(&mut record);
        assert!(record.findings().is_empty());
    }
}

// Deduplication and limit, which depend on the order of callbacks.

#[test]
fn a_delivery_is_known_by_all_of_its_items_not_by_those_that_are_chosen() {
    let item = |id: &str| format!(r#"{{"TemplateId":"{id}","SubscribeStatusString":"accept"}}"#);
    let payload = |ids: &[&str]| {
        let items: Vec<_> = ids.iter().map(|id| item(id)).collect();
        format!(
            r#"{{"Event":"subscribe_msg_popup_event","List":[{}]}}"#,
            items.join(",")
        )
    };
    let capture = [
        payload(&["a", "b"]),
        payload(&["a", "c"]),
        payload(&["a", "b"]),
    ]
    .join("\n");
    let selection = Selection {
        templates: vec!["a".into()],
        ..Selection::default()
    };
    let tally = written(&capture, &Filter::new(selection).dedup(), WHOLE).tally;
    assert_eq!(
        (
            tally.all_callbacks(),
            tally.filtered_out(),
            tally.deduplicated()
        ),
        (2, 0, 1)
    );
}

#[test]
fn repeats_are_known_from_capture_to_capture() {
    let [xml, json] = both("sent", &[("FromUserName", "o1")], &[&[("MsgID", "17")]]);
    let mut filter = Filter::default().dedup();
    let mut tally = Tally::default();
    for capture in [&xml, &json, &xml] {
        run_filtered(
            capture.as_bytes(),
            "",
            &Options::default(),
            &mut filter,
            &mut tally,
        )
        .expect("memory can be read");
    }
    assert_eq!(
        (tally.sources(), tally.all_callbacks(), tally.deduplicated()),
        (3, 1, 2)
    );
}

#[test]
fn where_reading_stops_does_not_depend_on_the_blocks() {
    let [xml, json] = both("change", &[], &[&[("TemplateId", "a")]]);
    let capture = format!(
        "one {json} two\n{{\"ToUserName\":\"gh_1\",\"MsgType\":\"text\"}}\nthree {xml}{xml}\nfour\n{json}<xml><Event>"
    );
    let callbacks = 4;
    for limit in 0..=callbacks + 1 {
        let filter = Filter::default().limit(limit);
        let whole = written(&capture, &filter, WHOLE);
        assert_eq!(whole.tally.all_callbacks(), limit.min(callbacks));
        let noise = [
            "",
            "one",
            "onetwothree",
            "onetwothree",
            "onetwothreefour",
            "onetwothreefour",
        ];
        assert_eq!(
            whole.tally.noise(),
            noise[limit as usize].len() as u64,
            "{limit}"
        );
        assert_eq!(whole.tally.undecodable(), u64::from(limit > callbacks));
        for block_size in [1, 2, 7, 64] {
            assert_eq!(
                written(&capture, &filter, block_size),
                whole,
                "{limit} by {block_size}"
            );
        }
    }
}

#[test]
fn the_memory_of_repeats_is_within_what_is_said() {
    // A table has a power of two of places. An eighth of them stays free, and each has a byte beside it.
    let places = (Filter::REMEMBERED * 8).div_ceil(7).next_power_of_two();
    assert_eq!(2 * places * (size_of::<[u32; 3]>() + 1), Filter::MEMORY);
    const { assert!(Filter::MEMORY < 32 << 20) };
}

// Comparison with a model that knows only records.

/// The model: returns the records it keeps, and how many it filters out and drops as repeated.
fn model(
    records: &[Value],
    selection: &Selection,
    dedup: bool,
    limit: Option<u64>,
) -> (Vec<Value>, u64, u64) {
    let (mut kept, mut filtered_out, mut repeated) = (Vec::new(), 0, 0);
    let mut seen = HashSet::new();
    for record in records {
        if limit.is_some_and(|limit| kept.len() as u64 >= limit) {
            break;
        }
        let key = without_extra(record).to_string();
        match model_of_one(record, selection) {
            None => filtered_out += 1,
            Some(_) if dedup && !seen.insert(key) => repeated += 1,
            Some(record) => kept.push(record),
        }
    }
    (kept, filtered_out, repeated)
}

fn model_of_one(record: &Value, selection: &Selection) -> Option<Value> {
    let has = |object: &Value, key: &str, wanted: &[String]| {
        wanted.is_empty()
            || object[key]
                .as_str()
                .is_some_and(|text| wanted.contains(&text.to_owned()))
    };
    let events: Vec<String> = selection
        .events
        .iter()
        .map(|event| event.name().to_owned())
        .collect();
    let time = record["create_time"].as_i64();
    let is_wanted = has(record, "event", &events)
        && has(record, "from_user", &selection.users)
        && has(record, "to_user", &selection.accounts)
        && (selection.since.is_none() || time >= selection.since && time.is_some())
        && (selection.until.is_none() || time < selection.until && time.is_some());
    let is_sent = record["event"] == "subscribe_msg_sent_event";
    let fits = |item: &&Value| {
        let is_failed = is_sent && item["error_code"].as_i64().is_some_and(|code| code != 0);
        has(item, "template_id", &selection.templates)
            && has(item, "status", &selection.statuses)
            && (is_failed || !selection.failed)
    };
    let asks_items =
        !selection.templates.is_empty() || !selection.statuses.is_empty() || selection.failed;
    let items: Vec<Value> = record["items"]
        .as_array()?
        .iter()
        .filter(fits)
        .cloned()
        .collect();
    if !is_wanted || asks_items && items.is_empty() {
        return None;
    }
    let mut record = record.clone();
    record["items"] = Value::Array(items);
    Some(record)
}

fn without_extra(record: &Value) -> Value {
    let mut record = record.clone();
    if let Some(members) = record.as_object_mut() {
        members.remove("extra");
    }
    let items = record.get_mut("items").and_then(Value::as_array_mut);
    for item in items.into_iter().flatten() {
        item.as_object_mut().expect("an item").remove("extra");
    }
    record
}

/// Generates captures in which some callbacks are repeated.
fn capture() -> BoxedStrategy<String> {
    let payload = (callback_for_xml(), any::<u64>(), any::<bool>(), 1..3usize);
    let payloads = prop::collection::vec(payload, 1..6);
    let rendered = payloads.prop_map(|payloads| {
        let render = |callback: &Callback, seed: u64, as_xml: bool| match as_xml {
            true => render::xml(callback, seed),
            false => render::json(callback, seed),
        };
        // Perhaps twice in a row, and the first once more at the end.
        let twice = payloads.iter().flat_map(|(callback, seed, as_xml, times)| {
            let rendered = render(callback, *seed, *as_xml);
            std::iter::repeat_n(rendered, *times)
        });
        let (callback, _, as_xml, _) = &payloads[0];
        let again = render(callback, 0, !as_xml);
        twice.chain([again]).collect::<Vec<_>>().join("\n")
    });
    rendered.boxed()
}

/// The flags that are given, and their values among those that occur.
type Choices = (Vec<Index>, [bool; 8], Option<u64>);

fn choices() -> BoxedStrategy<Choices> {
    let rarely = || prop::bool::weighted(0.25);
    let flags = [
        rarely(),
        rarely(),
        rarely(),
        rarely(),
        rarely(),
        rarely(),
        rarely(),
        prop::bool::weighted(0.5),
    ];
    let limit = prop::option::weighted(0.3, 0..6u64);
    (prop::collection::vec(any::<Index>(), 16), flags, limit).boxed()
}

/// Makes a selection of values that occur in `records`.
fn selection(records: &[Value], (indices, flags, _): &Choices) -> Selection {
    let items = || {
        records
            .iter()
            .flat_map(|record| record["items"].as_array().into_iter().flatten())
    };
    let texts = |of: Vec<&Value>, flag: usize| -> Vec<String> {
        let mut texts: Vec<String> = of
            .iter()
            .filter_map(|value| value.as_str())
            .map(str::to_owned)
            .collect();
        texts.push("no such value".into());
        let picked = indices[flag * 2..flag * 2 + 2]
            .iter()
            .map(|index| index.get(&texts).clone());
        if flags[flag] {
            picked.collect()
        } else {
            Vec::new()
        }
    };
    let of_records = |key: &str| records.iter().map(|record| &record[key]).collect();
    let of_items = |key: &str| items().map(|item| &item[key]).collect();
    let times: Vec<i64> = records
        .iter()
        .filter_map(|record| record["create_time"].as_i64())
        .chain([0])
        .collect();
    let time = |flag: usize| flags[flag].then(|| *indices[flag * 2].get(&times));
    Selection {
        events: Event::ALL
            .into_iter()
            .filter(|event| texts(of_records("event"), 0).contains(&event.name().into()))
            .collect(),
        users: texts(of_records("from_user"), 1),
        accounts: texts(of_records("to_user"), 2),
        templates: texts(of_items("template_id"), 3),
        statuses: texts(of_items("status"), 4),
        failed: flags[5] && flags[0],
        since: time(5),
        until: time(6),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 4_000, ..cases(200) })]

    #[test]
    fn choosing_is_filtering_the_records(capture in capture(), choices in choices()) {
        let all = written(&capture, &Filter::default(), 1_000).records();
        let selection = selection(&all, &choices);
        let (dedup, limit) = (choices.1[7], choices.2);
        let mut filter = Filter::new(selection.clone());
        if dedup {
            filter = filter.dedup();
        }
        if let Some(limit) = limit {
            filter = filter.limit(limit);
        }
        let chosen = written(&capture, &filter, 1_000);
        let (kept, filtered_out, repeated) = model(&all, &selection, dedup, limit);
        prop_assert_eq!(chosen.records(), kept, "{:?} {}", selection, capture);
        prop_assert_eq!((chosen.tally.filtered_out(), chosen.tally.deduplicated()), (filtered_out, repeated));
    }
}

// The program.

const PAYLOAD: &str = "<xml><ToUserName>gh_5a2c71d0e9b4</ToUserName><FromUserName>oUJpEiXDgCbEFb0HOo8kZ-C2SJHT</FromUserName>\
    <CreateTime>1767312000</CreateTime><MsgType>event</MsgType><Event>subscribe_msg_change_event</Event>\
    <SubscribeMsgChangeEvent><List><TemplateId>-ZQBw3nT0c5uYl7sKp_8dVhRjEaM41oGfNxI9tCbPq2</TemplateId>\
    <SubscribeStatusString>reject</SubscribeStatusString></List></SubscribeMsgChangeEvent></xml>";

fn start(args: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wxsub"));
    command
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command.spawn().expect("the program starts")
}

/// Waits until the program ends by itself. Returns its exit status and what it wrote.
fn end(mut child: Child) -> (Option<i32>, String) {
    let start = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if start.elapsed() > Duration::from_secs(60) {
            child.kill().expect("a child");
            panic!("the program reads on");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().expect("output");
    (
        output.status.code(),
        String::from_utf8(output.stdout).expect("UTF-8"),
    )
}

#[test]
fn an_endless_pipe_ends_at_the_limit() {
    let cases: [&[&str]; 3] = [
        &["convert", "--limit", "3"],
        &["check", "--limit", "3"],
        &["parse", "--limit", "3", "-", "-"],
    ];
    for args in cases {
        let mut child = start(args);
        let mut stdin = child.stdin.take().expect("a pipe");
        let writer = std::thread::spawn(move || while writeln!(stdin, "{PAYLOAD}").is_ok() {});
        let (status, text) = end(child);
        writer.join().expect("the pipe was closed");
        assert_eq!(status, Some(0), "{args:?}");
        let written = if args[0] == "check" { 0 } else { 3 };
        assert_eq!(
            text.matches("subscribe_msg_change_event").count(),
            written,
            "{text}"
        );
    }
}

#[test]
fn a_silent_pipe_is_not_waited_for() {
    let mut child = start(&["convert", "--limit", "1"]);
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin
        .write_all(PAYLOAD.as_bytes())
        .expect("the program reads");
    let (status, text) = end(child);
    assert_eq!((status, text.lines().count()), (Some(0), 1));
    drop(stdin);
}
