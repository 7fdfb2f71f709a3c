//! The counts of `wxsub::stats`: rules checked by hand, and drawn captures against the model in `stats/model.py`.

use std::slice;

use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};
use wxsub::pipeline::{Options, run_filtered};
use wxsub::report::text::TextOptions;
use wxsub::select::{Filter, Selection};
use wxsub::stats::{Failure, Form, Key, Settings, Stats};

use crate::support::python::{Model, draws};
use crate::support::rng::Rng;

/// A run of the counts.
struct Question<'a> {
    by: &'a [&'a str],
    zone: i32,
    keep_repeats: bool,
    max_memory: usize,
    threads: usize,
    block_size: usize,
    selection: Selection,
}

impl Default for Question<'_> {
    fn default() -> Self {
        Question {
            by: &[],
            zone: 0,
            keep_repeats: false,
            max_memory: Settings::MAX_MEMORY,
            threads: 1,
            block_size: 1 << 16,
            selection: Selection::default(),
        }
    }
}

impl Question<'_> {
    fn by<'a>(by: &'a [&'a str]) -> Question<'a> {
        Question {
            by,
            ..Question::default()
        }
    }

    fn read(&self, files: &[String]) -> Stats {
        let mut filter = Filter::new(self.selection.clone()).noting_keys();
        let offset = Offset::from_seconds(self.zone).expect("an offset");
        let mut stats = Stats::new(Settings {
            by: self.by.iter().map(|key| key.parse().unwrap()).collect(),
            time_zone: match self.zone {
                0 => TimeZone::UTC,
                _ => TimeZone::fixed(offset),
            },
            keep_repeats: self.keep_repeats,
            max_memory: self.max_memory,
            ..Settings::default()
        });
        let options = Options {
            threads: self.threads,
            block_size: self.block_size,
            ..Options::default()
        };
        for file in files {
            let read = run_filtered(file.as_bytes(), "", &options, &mut filter, &mut stats);
            if read.is_err() {
                break;
            }
        }
        stats
    }

    fn ask(&self, files: &[String]) -> Result<String, Failure> {
        let counts = self.read(files).finish()?;
        let mut csv = Vec::new();
        let options = TextOptions::default();
        counts.write(Form::Csv, &options, &mut csv).expect("memory");
        Ok(String::from_utf8(csv).expect("text"))
    }

    /// Asks and returns the rows, without the header.
    fn rows(&self, capture: &str) -> Vec<String> {
        let csv = self.ask(&[capture.to_owned()]).expect("counts");
        csv.lines().skip(1).map(str::to_owned).collect()
    }
}

/// Makes the line of a record.
fn popup(user: &str, time: i64, items: &[(&str, &str)]) -> String {
    let items = items.iter();
    let items: Vec<_> = items
        .map(|(template, status)| json!({"template_id": template, "status": status}))
        .collect();
    record("popup", user, time, json!(items))
}

fn change(user: &str, time: i64, template: &str, status: &str) -> String {
    let items = json!([{"template_id": template, "status": status}]);
    record("change", user, time, items)
}

fn sent(user: &str, time: i64, template: &str, code: i64) -> String {
    let items = json!([{"template_id": template, "msg_id": time.to_string(), "error_code": code}]);
    record("sent", user, time, items)
}

fn record(event: &str, user: &str, time: i64, items: Value) -> String {
    let event = format!("subscribe_msg_{event}_event");
    let record = json!({
        "event": event, "to_user": "gh_123456789abc", "from_user": user, "create_time": time, "items": items,
    });
    format!("{record}\n")
}

/// 2025-11-22T12:00:00Z, a Saturday.
const NOON: i64 = 1_763_812_800;

#[test]
fn a_row_counts_items_and_the_callbacks_that_have_one() {
    let log = popup("a", NOON, &[("x", "accept"), ("x", "reject"), ("y", "ban")])
        + &popup("b", NOON, &[("x", "accept")]);
    let by_template = Question::by(&["template"]).rows(&log);
    assert_eq!(
        by_template,
        ["x,2,3,2,1,0,0.6667,2,0,0,0", "y,1,1,0,0,1,0.0000,1,0,0,0"]
    );
    assert_eq!(Question::by(&[]).rows(&log), ["2,4,2,1,1,0.5000,2,0,0,0"]);
}

#[test]
fn the_rate_is_of_what_prompts_showed() {
    let log = popup("a", NOON, &[("x", "accept")])
        + &change("a", NOON + 1, "x", "reject")
        + &sent("a", NOON + 2, "x", 0)
        + &sent("a", NOON + 3, "x", 43101);
    assert_eq!(
        Question::by(&["template"]).rows(&log),
        ["x,4,4,1,0,0,1.0000,1,1,2,1"]
    );
    assert_eq!(
        Question::by(&["event"]).rows(&log),
        [
            "subscribe_msg_change_event,1,1,0,0,0,,1,1,0,0",
            "subscribe_msg_popup_event,1,1,1,0,0,1.0000,1,0,0,0",
            "subscribe_msg_sent_event,2,2,0,0,0,,1,0,2,1",
        ]
    );
}

#[test]
fn a_change_that_accepts_switches_nothing_off() {
    let log = change("a", NOON, "x", "accept");
    assert_eq!(Question::by(&[]).rows(&log), ["1,1,0,0,0,,1,0,0,0"]);
}

#[test]
fn repeated_deliveries_count_once_unless_they_are_kept() {
    let one = popup("a", NOON, &[("x", "accept")]);
    let other_second = popup("a", NOON + 1, &[("x", "accept")]);
    let with_extra = one.replace("\"items\"", "\"AppId\":\"wx\",\"items\"");
    let log = [&*one, &other_second, &with_extra, &one].concat();
    assert_eq!(Question::by(&[]).rows(&log), ["2,2,2,0,0,1.0000,1,0,0,0"]);
    let kept = Question {
        keep_repeats: true,
        ..Question::default()
    };
    assert_eq!(kept.rows(&log), ["4,4,4,0,0,1.0000,1,0,0,0"]);
}

#[test]
fn what_a_selection_leaves_of_two_callbacks_is_no_repetition() {
    let log = popup("a", NOON, &[("x", "accept"), ("y", "accept")])
        + &popup("a", NOON, &[("x", "accept"), ("y", "reject")])
        + &popup("a", NOON, &[("x", "accept"), ("y", "accept")]);
    let chosen = Question {
        selection: Selection {
            templates: vec!["x".into()],
            ..Selection::default()
        },
        ..Question::by(&["template"])
    };
    assert_eq!(chosen.rows(&log), ["x,2,2,2,0,0,1.0000,1,0,0,0"]);
}

#[test]
fn users_are_distinct_for_each_account() {
    let one = popup("a", NOON, &[("x", "accept")]);
    let elsewhere = one.replace("gh_123456789abc", "gh_000000000000");
    let nobody = one.replace("\"from_user\":\"a\",", "");
    let log = [&*one, &elsewhere, &nobody].concat();
    assert_eq!(Question::by(&[]).rows(&log), ["3,3,3,0,0,1.0000,2,0,0,0"]);
    assert_eq!(
        Question::by(&["account"]).rows(&log),
        [
            "gh_000000000000,1,1,1,0,0,1.0000,1,0,0,0",
            "gh_123456789abc,2,2,2,0,0,1.0000,1,0,0,0",
        ]
    );
}

#[test]
fn parts_of_time_are_those_of_the_zone() {
    let log = popup("a", NOON, &[("x", "accept")]);
    let first_cells = |zone| {
        let by = ["hour", "hour-of-day", "weekday", "day", "week", "month"];
        let rows = Question {
            zone,
            ..Question::by(&by)
        }
        .rows(&log);
        let cells: Vec<_> = rows[0]
            .split(',')
            .take(by.len())
            .map(String::from)
            .collect();
        cells.join(" ")
    };
    assert_eq!(
        first_cells(0),
        "2025-11-22T12:00:00Z 12 6 2025-11-22 2025-11-17 2025-11-01"
    );
    assert_eq!(
        first_cells(14 * 3600 + 1800),
        "2025-11-23T02:00:00+14:30 2 7 2025-11-23 2025-11-17 2025-11-01"
    );
}

#[test]
fn implausible_times_have_no_day() {
    let times = [-1, 0, 4_133_980_799, 4_133_980_800, i64::MAX];
    let log: String = times
        .map(|time| popup("a", time, &[("x", "accept")]))
        .concat();
    let counted = ",1,1,1,0,0,1.0000,1,0,0,0";
    let apart = ",3,3,3,0,0,1.0000,1,0,0,0".to_owned();
    let days = ["1970-01-01", "2100-12-31"].map(|day| format!("{day}{counted}"));
    let rows = Question::by(&["day"]).rows(&log);
    assert_eq!(rows, [&[apart], &days[..]].concat());
}

#[test]
fn rows_are_in_the_order_of_their_keys() {
    let codes = [43101, -1, 0, 20001, 9_800_006];
    let log: String = codes.map(|code| sent("a", NOON + code, "x", code)).concat();
    let log = log + &popup("a", NOON, &[("x", "accept")]);
    let rows = Question::by(&["code"]).rows(&log);
    let order: Vec<_> = rows
        .iter()
        .map(|row| row.split(',').next().unwrap())
        .collect();
    assert_eq!(order, ["", "-1", "0", "20001", "43101", "9800006"]);
}

#[test]
fn nothing_has_one_row_only_without_keys() {
    assert_eq!(Question::by(&[]).rows("GET /\n"), ["0,0,0,0,0,,0,0,0,0"]);
    assert_eq!(Question::by(&["day"]).rows(""), [""; 0]);
    let without_items = record("popup", "a", NOON, json!([]));
    assert_eq!(Question::by(&["event"]).rows(&without_items), [""; 0]);
}

#[test]
fn json_lines_leave_absent_values_out() {
    let stats = Question::by(&["scene", "code"]).read(&[sent("a", NOON, "x", 0)]);
    let mut lines = Vec::new();
    let counts = stats.finish().expect("counts");
    counts
        .write(Form::JsonLines, &TextOptions::default(), &mut lines)
        .expect("memory");
    assert_eq!(
        String::from_utf8(lines).unwrap(),
        "{\"error_code\":0,\"callbacks\":1,\"items\":1,\"accepted\":0,\"rejected\":0,\"other_statuses\":0,\
         \"users\":1,\"switched_off\":0,\"sent\":1,\"failed\":0}\n"
    );
}

/// The callbacks of three hours in order. 600 KiB remember two of them.
fn three_hours() -> String {
    let seconds = (0..3 * 3_600).flat_map(|second| [(second, "a"), (second, "b"), (second, "c")]);
    let log = seconds.map(|(second, user)| popup(user, NOON + second, &[("x", "accept")]));
    log.collect()
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation: cargo test --profile thorough"
)]
fn a_capture_out_of_order_beyond_memory_is_no_wrong_number() {
    let log = three_hours();
    for threads in [1, 2] {
        let small = Question {
            max_memory: 600 << 10,
            threads,
            block_size: 4096,
            ..Question::by(&["event"])
        };
        let in_order = small.ask(slice::from_ref(&log)).expect("it is in order");
        assert!(in_order.contains(",32400,32400,"), "{in_order}");
        let twice = [log.clone(), log.clone()];
        let failure = small.ask(&twice).expect_err("the first hour is forgotten");
        assert!(matches!(failure, Failure::OutOfOrder { time: NOON, .. }));
        let large = Question::by(&["event"]).ask(&twice);
        assert_eq!(large.as_ref(), Ok(&in_order));
        let kept = Question {
            keep_repeats: true,
            ..small
        };
        assert!(kept.ask(&twice).is_ok());
    }
}

#[test]
fn too_many_groups_are_an_error() {
    let log: String = (0..20_000)
        .map(|number| popup("a", NOON, &[(&format!("template {number}"), "accept")]))
        .collect();
    let small = Question {
        max_memory: 1 << 20,
        keep_repeats: true,
        ..Question::by(&["template"])
    };
    let limit = 1 << 20;
    assert_eq!(small.ask(&[log]), Err(Failure::Memory { limit }));
}

const KEYS: [&str; 12] = [
    "event",
    "template",
    "scene",
    "status",
    "code",
    "account",
    "hour",
    "hour-of-day",
    "weekday",
    "day",
    "week",
    "month",
];

#[test]
fn every_key_is_drawn() {
    assert!(Key::names().eq(KEYS));
}

/// A capture in several files, and the question about it.
struct Drawn {
    files: Vec<Vec<Value>>,
    by: Vec<&'static str>,
    zone: i32,
    keep_repeats: bool,
}

impl Drawn {
    fn new(rng: &mut Rng) -> Self {
        let mut records: Vec<Value> = (0..rng.below(60)).map(|_| drawn_record(rng)).collect();
        for _ in 0..rng.below(10) {
            let repeated = (!records.is_empty()).then(|| rng.pick(&records).clone());
            records.extend(repeated.map(|record| with_extra(record, rng)));
        }
        let mut files = vec![Vec::new(); 1 + rng.below(4)];
        let count = files.len();
        for record in records {
            files[rng.below(count)].push(record);
        }
        let mut by: Vec<_> = (0..rng.below(5)).map(|_| *rng.pick(&KEYS)).collect();
        let mut seen = Vec::new();
        by.retain(|key| !seen.contains(key) && (seen.push(*key), true).1);
        Drawn {
            files,
            by,
            zone: *rng.pick(&[0, 0, 8 * 3600, -3 * 3600 - 1800, 5 * 3600 + 45 * 60]),
            keep_repeats: rng.one_in(4),
        }
    }

    fn question(&self) -> String {
        json!({
            "ask": "stats", "files": self.files, "by": self.by, "zone": self.zone, "keep_repeats": self.keep_repeats,
        })
        .to_string()
    }

    /// Returns the answers for several orders of files, numbers of threads and sizes of blocks, which must be equal.
    fn answer(&self, rng: &mut Rng) -> String {
        let mut files: Vec<String> = self.files.iter().map(|file| lines(file)).collect();
        let mut answers = (0..3).map(|round| {
            let by = rng.below(files.len());
            files.rotate_left(by);
            let question = Question {
                zone: self.zone,
                keep_repeats: self.keep_repeats,
                threads: 1 + round % 2,
                block_size: *rng.pick(&[64, 300, 1000, 1 << 16]),
                ..Question::by(&self.by)
            };
            question.ask(&files).expect("counts")
        });
        let first = answers.next().expect("three");
        answers.for_each(|answer| assert_eq!(answer, first, "in another order"));
        first
    }
}

fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

fn drawn_record(rng: &mut Rng) -> Value {
    let event = *rng.pick(&["popup", "popup", "change", "sent"]);
    let mut record = json!({"event": format!("subscribe_msg_{event}_event")});
    let mut set = |rng: &mut Rng, key: &str, value: Value| {
        if !rng.one_in(12) {
            record[key] = value;
        }
    };
    let account = *rng.pick(&["gh_1", "gh_2", "gh_3"]);
    let user = format!("user {}", rng.below(8));
    let time = drawn_time(rng);
    set(rng, "to_user", account.into());
    set(rng, "from_user", user.into());
    set(rng, "create_time", time.into());
    let items: Vec<_> = (0..rng.below(4)).map(|_| drawn_item(event, rng)).collect();
    record["items"] = items.into();
    record
}

fn drawn_time(rng: &mut Rng) -> i64 {
    match rng.below(20) {
        0 => *rng.pick(&[-1, 0, 4_133_980_799, 4_133_980_800, 1 << 40]),
        1..10 => NOON + rng.below(3) as i64,
        _ => NOON + rng.below(90 * 86_400) as i64,
    }
}

fn drawn_item(event: &str, rng: &mut Rng) -> Value {
    let mut item = json!({});
    let mut set = |rng: &mut Rng, key: &str, value: Value| {
        if !rng.one_in(12) {
            item[key] = value;
        }
    };
    let template = *rng.pick(&["x", "y", "-z", "模板", "a,b"]);
    set(rng, "template_id", template.into());
    if event == "sent" {
        let (id, code) = (rng.below(5), *rng.pick(&[0, 0, 0, 43101, -1]));
        set(rng, "msg_id", id.to_string().into());
        set(rng, "error_code", code.into());
    } else {
        let status = *rng.pick(&["accept", "accept", "reject", "ban"]);
        set(rng, "status", status.into());
        let scene = rng.below(3);
        set(rng, "popup_scene", scene.into());
    }
    item
}

/// Adds what a proxy may add to a repeated delivery.
fn with_extra(mut record: Value, rng: &mut Rng) -> Value {
    if rng.one_in(2) {
        record["extra"] = json!({"WeAppId": rng.below(9).to_string()});
    }
    record
}

/// `PROPTEST_CASES` asks for another number of captures.
#[test]
fn drawn_captures_count_as_the_model_says() {
    let Some(mut model) = Model::start("model.py") else {
        return;
    };
    for seed in 0..draws() {
        let mut rng = Rng::new(seed);
        let drawn = Drawn::new(&mut rng);
        let expected = model.ask(&drawn.question());
        assert_eq!(drawn.answer(&mut rng), expected, "seed {seed}");
    }
}
