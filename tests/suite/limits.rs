//! Limits that exceed what the library can keep: the library lowers them to its maximum.

use std::io::{self, Read};
use std::sync::Arc;
use std::thread;

use wxsub::output::{Csv, Format, Json, JsonLines, Pretty, Xml};
use wxsub::pipeline::{Options, Sink, Stop, run};
use wxsub::report::text::TextOptions;
use wxsub::seal::{Account, Keys, Policy, seal};
use wxsub::{Capture, Code, Limits, Outcome, Record, decode_sealed, decode_with};

/// Limits of the greatest possible number.
const HUGE: Limits = Limits {
    payload_size: usize::MAX,
    depth: usize::MAX,
    items: usize::MAX,
    values: usize::MAX,
};

/// A depth that no stack can hold.
const FAR_TOO_DEEP: usize = 300_000;

/// Makes payloads with a value nested `depth` levels deep. The levels of the payload itself count.
fn nested(depth: usize) -> [String; 2] {
    let inside = depth - 1;
    let (open, close) = ("[".repeat(inside), "]".repeat(inside));
    let (start, end) = ("<a>".repeat(inside), "</a>".repeat(inside));
    let event = "subscribe_msg_sent_event";
    [
        format!(r#"{{"Event":"{event}","List":[],"deep":{open}{close}}}"#),
        format!("<xml><Event>{event}</Event><List></List>{start}{end}</xml>"),
    ]
}

/// Writes `record` in every format.
fn write(record: &Record<'_>) {
    let pretty = Pretty {
        time_zone: jiff::tz::TimeZone::UTC,
        options: TextOptions::default(),
    };
    let csv = Csv::default();
    let formats: [&dyn Format; 7] = [
        &JsonLines::default(),
        &Json::default(),
        &Json {
            pretty: true,
            ..Json::default()
        },
        &Xml { pretty: false },
        &Xml { pretty: true },
        &csv,
        &pretty,
    ];
    for format in formats {
        let mut out = Vec::new();
        // A value that a syntax cannot hold is a finding. Here only the stack matters.
        _ = format.record(record, &mut out);
    }
}

#[track_caller]
fn is_too_deep(record: &Record<'_>) {
    write(record);
    assert_eq!(record.outcome(), &Outcome::Undecodable);
    assert_eq!(record.findings()[0].code(), Code::LimitExceeded);
}

#[test]
fn no_depth_overflows_the_stack() {
    for payload in nested(FAR_TOO_DEEP) {
        is_too_deep(&decode_with(payload.as_bytes(), &HUGE));
        for record in Capture::new(payload.as_bytes()).limits(HUGE) {
            is_too_deep(&record.expect("memory can be read"));
        }
    }
}

#[test]
fn no_depth_inside_of_an_envelope_does() {
    let key = "ownKey7ownKey7ownKey7ownKey7ownKey7ownKey7x";
    for payload in nested(FAR_TOO_DEEP) {
        let account = Account::from_lists(key, "", "").expect("a key");
        let keys = Keys::new([account]);
        let key = &keys.accounts()[0].keys[0];
        let encrypt = seal(key, payload.as_bytes(), "wx5a2c71d0e9b4a1b2", &[7; 16]);
        let body = format!("<xml><Encrypt>{encrypt}</Encrypt></xml>");
        let policy = Arc::new(Policy::from(keys));
        is_too_deep(&decode_sealed(body.as_bytes(), &HUGE, &policy));
    }
}

#[test]
fn what_is_as_deep_as_can_be_is_read_and_written() {
    // Twice the usual stack of a thread: a build without optimisation needs several times the stack.
    let thread = thread::Builder::new().stack_size(4 << 20);
    let thread = thread.spawn(reads_and_writes_the_deepest);
    thread.expect("a thread").join().expect("no panic");
}

fn reads_and_writes_the_deepest() {
    for payload in nested(Limits::MAX_DEPTH) {
        let record = decode_with(payload.as_bytes(), &HUGE);
        write(&record);
        assert!(record.callback().is_some(), "{:?}", record.findings());
    }
    for payload in nested(Limits::MAX_DEPTH + 1) {
        is_too_deep(&decode_with(payload.as_bytes(), &HUGE));
    }
}

/// Writes records, and counts them.
#[derive(Default)]
struct Written {
    callbacks: usize,
    undecodable: usize,
}

impl Sink for Written {
    fn fork(&self) -> Self {
        Written::default()
    }

    fn record(&mut self, record: &Record<'_>) {
        write(record);
        match record.outcome() {
            Outcome::Callback(_) => self.callbacks += 1,
            _ => self.undecodable += 1,
        }
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.callbacks += later.callbacks;
        self.undecodable += later.undecodable;
        Ok(())
    }
}

/// A capture of unknown size: blocks grow and threads start.
struct Endless<R>(R);

impl<R: Read> Read for Endless<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = buffer.len().min(256 << 10);
        self.0.read(&mut buffer[..len])
    }
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation: cargo test --profile thorough"
)]
fn no_options_take_more_than_there_is() {
    let [deep, _] = nested(FAR_TOO_DEEP);
    let [good, _] = nested(2);
    let capture = format!("{good}\n").repeat(20_000) + &deep;
    for (threads, block_size) in [
        (1, usize::MAX),
        (usize::MAX, 4 << 10),
        (usize::MAX, 256 << 10),
    ] {
        let options = Options {
            limits: HUGE,
            threads,
            block_size,
            ..Options::default()
        };
        let mut written = Written::default();
        run(
            Endless(capture.as_bytes()),
            "capture",
            &options,
            &mut written,
        )
        .expect("it is read");
        assert_eq!(
            (written.callbacks, written.undecodable),
            (20_000, 1),
            "{threads} {block_size}"
        );
    }
}
