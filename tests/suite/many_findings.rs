//! Many findings in one payload: their places are found in one pass, in every way of writing the payload and in every
//! report.

use std::sync::Arc;
use std::time::Duration;

use crate::support::cases::Share;
use crate::support::clock::Clock;
use crate::support::seal::{encrypt, envelope, policy};
use encoding_rs::GBK;
use jiff::tz::TimeZone;
use wxsub::gate::{Gate, Settings};
use wxsub::output::{Format, Pretty};
use wxsub::pipeline::{Options, Sink, Stop, run};
use wxsub::report::text::TextOptions;
use wxsub::report::{Github, Gitlab, JsonLines, Junit, Report, Sarif, Spot, Text};
use wxsub::{Capture, Code, Lang, Record, Syntax};

/// The number of findings that are kept of one payload.
const MANY: usize = 1_000;

/// The bytes of the values of all unknown fields.
const LARGE: usize = 200_000;
const SMALL: usize = 4_000;

/// Makes a payload with `fields` unknown fields. Their values and one known value have `size` bytes together.
fn json(fields: usize, size: usize, gap: &str) -> String {
    let value = "v".repeat(size / MANY);
    let known = "k".repeat(size - value.len() * fields);
    let fields = (0..fields).map(|n| format!(r#",{gap}"field{n}":"{value}""#));
    let fields: String = fields.collect();
    format!(
        r#"{{"ToUserName":"gh_0a1b2c3d4e5f","FromUserName":"{known}","CreateTime":1763812800,"MsgType":"event","Event":"subscribe_msg_change_event","List":[{{"TemplateId":"a","SubscribeStatusString":"reject"}}]{fields}}}"#
    )
}

fn xml(fields: usize, size: usize) -> String {
    let value = "订".repeat(size / MANY / 3);
    let known = "阅".repeat((size - value.len() * fields) / 3);
    let fields = (0..fields).map(|n| format!("<field{n}>{value}</field{n}>\n"));
    let fields: String = fields.collect();
    format!(
        "<xml>\n<ToUserName>gh_0a1b2c3d4e5f</ToUserName>\n<FromUserName>{known}</FromUserName>\n<Event>subscribe_msg_change_event</Event>\n{fields}</xml>"
    )
}

/// Makes a log entry with `body` as a string.
fn entry(body: &str) -> String {
    let body = serde_json::to_string(body).expect("JSON");
    format!(r#"{{"level":"info","body":{body}}}"#)
}

/// Makes a capture of a payload with a number of unknown fields and bytes.
type Write = fn(usize, usize) -> Vec<u8>;

/// The ways to write the payload in a capture.
const WAYS: [(&str, Write); 8] = [
    ("one line", |n, size| json(n, size, "").into_bytes()),
    ("a line a field", |n, size| json(n, size, "\n").into_bytes()),
    ("XML", |n, size| xml(n, size).into_bytes()),
    ("in a string", |n, size| {
        entry(&json(n, size, "\n")).into_bytes()
    }),
    ("in a string in a string", |n, size| {
        entry(&entry(&json(n, size, "\n"))).into_bytes()
    }),
    ("GBK", |n, size| {
        let text = format!("<?xml version=\"1.0\" encoding=\"GBK\"?>{}", xml(n, size));
        GBK.encode(&text).0.into_owned()
    }),
    ("UTF-16", |n, size| {
        let units = format!("\u{FEFF}{}", xml(n, size));
        units.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }),
    ("sealed", |n, size| {
        envelope(Syntax::Json, &encrypt(json(n, size, "\n").as_bytes())).into_bytes()
    }),
];

/// Shows records as `wxsub parse` does.
struct Showing(usize);

impl Sink for Showing {
    fn fork(&self) -> Self {
        Showing(0)
    }

    fn record(&mut self, record: &Record<'_>) {
        let options = TextOptions::default();
        let time_zone = TimeZone::UTC;
        let mut out = Vec::new();
        let shown = Pretty { options, time_zone }.record(record, &mut out);
        shown.expect("every callback can be shown");
        self.0 += out.len();
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.0 += later.0;
        Ok(())
    }
}

fn options() -> Options {
    Options {
        policy: Some(Arc::new(policy(""))),
        ..Options::default()
    }
}

fn checked(capture: &[u8], report: Box<dyn Report>) {
    let settings = Settings::default();
    let mut out = Vec::new();
    let mut gate = Gate::new(&settings, report, &mut out).expect("memory");
    run(capture, "capture", &options(), &mut gate).expect("it is read");
    gate.close().expect("memory");
    assert!(!out.is_empty());
}

fn shown(capture: &[u8]) {
    let mut showing = Showing(0);
    run(capture, "capture", &options(), &mut showing).expect("it is read");
    assert!(showing.0 > 0);
}

/// Reads a capture and reports its findings.
type Tell = fn(&[u8]);

/// The reports and views that use the findings.
const USES: [(&str, Tell); 7] = [
    ("text", |it| checked(it, Box::new(Text::default()))),
    ("json", |it| checked(it, Box::new(JsonLines::default()))),
    ("github", |it| {
        checked(it, Box::new(Github::new(Lang::En, None)))
    }),
    ("sarif", |it| checked(it, Box::new(Sarif::new(Lang::En)))),
    ("junit", |it| {
        checked(it, Box::new(Junit::new(Lang::En, false)))
    }),
    ("gitlab", |it| checked(it, Box::new(Gitlab::new(Lang::En)))),
    ("parse", shown),
];

/// Measures how long `tell` takes.
fn time_of(tell: Tell, capture: &[u8]) -> Duration {
    let clock = Clock::start();
    tell(capture);
    clock.elapsed()
}

/// The findings of a payload fifty times as large take no longer, apart from reading it. One pass for each finding
/// would take fifty times as long, or more.
#[test]
#[cfg_attr(debug_assertions, ignore = "measures: cargo test --profile thorough")]
fn a_large_payload_makes_its_findings_no_slower() {
    for (way, write) in WAYS {
        let [small, large] = [SMALL, LARGE].map(|size| write(MANY, size));
        let large_with_one = write(1, LARGE);
        for (name, tell) in USES {
            let mut told = Vec::new();
            // Other work on the machine may disturb one measurement.
            let is_linear = (0..4).any(|_| {
                let expected = time_of(tell, &small) + time_of(tell, &large_with_one);
                let taken = time_of(tell, &large);
                told.push((taken, expected));
                taken <= 3 * expected
            });
            assert!(is_linear, "{way} as {name}: {told:?}");
        }
    }
}

/// Places found in one pass equal places found one by one.
#[test]
fn places_are_the_same_together_and_alone() {
    let mut share = Share::default();
    for (way, write) in WAYS {
        for size in [SMALL, 100_000].into_iter().filter(|_| share.takes_next()) {
            let capture = write(40, size);
            let records = Capture::new(&capture[..]).policy(Arc::new(policy("")));
            let records = records.map(|record| record.expect("memory can be read"));
            let mut unknown = 0;
            for record in records {
                let findings = record.findings();
                let spots = Spot::all(&record, findings);
                assert_eq!(spots.len(), findings.len());
                for (finding, spot) in findings.iter().zip(spots) {
                    assert_eq!(spot, Spot::of(&record, finding), "{way} {size}");
                    unknown += usize::from(finding.code() == Code::UnknownField);
                }
                let starts = findings.iter().rev().map(|finding| finding.span().start);
                let starts: Vec<u32> = starts.collect();
                let alone: Vec<_> = starts.iter().map(|at| record.place(*at)).collect();
                assert_eq!(record.places(&starts), alone, "{way} {size}");
            }
            assert_eq!(unknown, 40, "{way} {size}");
        }
    }
}
