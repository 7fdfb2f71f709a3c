//! Captures made to do harm: damaged bytes, bombs, floods, and endless lines.
//!
//! Nothing may panic or hang, memory must follow the limits, and the next payload must be found. The result must not
//! depend on the size of blocks.

use std::io::{self, Read};
use std::time::Duration;
#[cfg(target_os = "linux")]
use std::time::Instant;

use proptest::prelude::*;
use wxsub::pipeline::{CaptureStats, Options, Sink, Stop, run};
use wxsub::{Code, Limits, Outcome, Record, decode, decode_with};

use crate::support::cases::{Share, cases};
use crate::support::clock::Clock;
use crate::support::everything::{ReadRecord, Reading, difference, read_by, read_with};

const TO: &str = "gh_0a1b2c3d4e5f";
const FROM: &str = "oWxSubTest_0123456789-abcdef";
const TEMPLATE: &str = "T1-wxsub_test_template_0123456789-ABCDEFGHI";

// The result of a capture.

/// Asserts that an undecodable payload has a reason, and a decoded payload a line.
fn assert_sound(reading: &Reading, bytes: &[u8]) {
    for seen in &reading.records {
        let shown = || String::from_utf8_lossy(&bytes[..bytes.len().min(1000)]).into_owned();
        assert_eq!(seen.is_callback(), !seen.line.is_empty(), "{:?}", shown());
        let is_told = seen.outcome != Outcome::Undecodable || !seen.findings.is_empty();
        assert!(is_told, "undecodable without a reason: {:?}", shown());
    }
}

fn read_within(from: impl Read + Send, block_size: usize, limits: Limits) -> Reading {
    let options = Options {
        limits,
        block_size,
        ..Options::default()
    };
    read_with(from, &options)
}

// Payloads.

fn json() -> String {
    format!(
        r#"{{"ToUserName":"{TO}","FromUserName":"{FROM}","CreateTime":"1610969440","MsgType":"event","Event":"subscribe_msg_sent_event","List":[{{"TemplateId":"{TEMPLATE}","MsgID":1700827132819554304,"ErrorCode":0,"ErrorStatus":"success\u00e9\n"}}],"A":[true,null,1.5e3]}}"#
    )
}

fn xml() -> String {
    format!(
        "<xml><ToUserName><![CDATA[{TO}]]></ToUserName>\n<FromUserName>{FROM}</FromUserName><CreateTime>1610969440</CreateTime>\
         <MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_popup_event]]></Event><!-- c -->\
         <SubscribeMsgPopupEvent><List><TemplateId><![CDATA[{TEMPLATE}]]></TemplateId>\
         <SubscribeStatusString>&#97;ccept</SubscribeStatusString><PopupScene a='b'>0</PopupScene></List></SubscribeMsgPopupEvent></xml>"
    )
}

fn utf16(text: &str) -> Vec<u8> {
    format!("\u{FEFF}{text}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect()
}

fn gbk() -> Vec<u8> {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"GBK\"?>{}",
        xml_with("<A>@</A>")
    );
    let (head, tail) = text.split_once('@').expect("a mark");
    [head.as_bytes(), b"\xCD\xAC\xD2\xE2", tail.as_bytes()].concat()
}

/// Makes a payload whose field `A` holds the JSON `value`.
fn json_with(value: &str) -> String {
    format!(
        r#"{{"ToUserName":"{TO}","MsgType":"event","Event":"subscribe_msg_change_event","A":{value}}}"#
    )
}

fn xml_with(content: &str) -> String {
    format!(
        "<xml><ToUserName>{TO}</ToUserName><Event>subscribe_msg_change_event</Event>{content}</xml>"
    )
}

// Damaged bytes.

const BYTES: &[u8] = b"\0\x01\n\r\t \"'\\/<>&;:,{}[]-0aX!?\x7F\x80\xC0\xE4\xED\xF0\xFF";

/// Replaces every byte of `payload` by every byte in [`BYTES`].
fn damage(payload: &[u8], check: impl Fn(&[u8], &[u8])) {
    let mut share = Share::default();
    let mut capture = [payload, b"\n", xml_with("").as_bytes()].concat();
    for at in 0..payload.len() {
        let was = capture[at];
        for &byte in BYTES.iter().filter(|_| share.takes_next()) {
            capture[at] = byte;
            check(&capture[..payload.len()], &capture);
        }
        capture[at] = was;
    }
}

fn check_damage(payload: &[u8]) {
    let count = std::cell::Cell::new(0u32);
    damage(payload, |alone, followed| {
        count.set(count.get() + 1);
        let whole = read_by(alone, 4096);
        assert_sound(&whole, alone);
        let capture = if count.get().is_multiple_of(2) {
            alone
        } else {
            followed
        };
        let whole = read_by(capture, 4096);
        assert_sound(&whole, capture);
        // Small blocks for every case would take minutes.
        if count.get().is_multiple_of(11) {
            let bytewise = read_by(capture, 1 + count.get() as usize / 11 % 3);
            assert!(
                whole == bytewise,
                "{}",
                difference(capture, &whole, &bytewise)
            );
        }
        let decoded = ReadRecord::new(&decode(alone));
        let is_told = decoded.outcome != Outcome::Undecodable || !decoded.findings.is_empty();
        assert!(
            is_told,
            "undecodable without a reason: {:?}",
            String::from_utf8_lossy(alone)
        );
    });
}

#[test]
fn a_damaged_byte_in_json_is_harmless() {
    check_damage(json().as_bytes());
}

#[test]
fn a_damaged_byte_in_xml_is_harmless() {
    check_damage(xml().as_bytes());
}

#[test]
fn a_damaged_byte_in_utf16_is_harmless() {
    check_damage(&utf16(&json_with("\"订😀\"")));
}

#[test]
fn a_damaged_byte_in_gbk_is_harmless() {
    check_damage(&gbk());
}

#[test]
fn a_damaged_byte_in_a_broken_payload_is_harmless() {
    check_damage(format!("{{\"ToUserName\":\"{TO}\\\n [{{\"a\":1}}").as_bytes());
    check_damage(
        format!("<xml><ToUserName>{TO}<![CDATA[x</b><A b='c'><?p q?><!DOCTYPE").as_bytes(),
    );
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let odd: [&[u8]; 9] = [
        b"\xFF",
        b"\xC0\x80",
        b"\xC0\xBC",
        b"\xE0\x80\xBC",
        b"\xF8\x88\x80\x80\x80",
        b"\xED\xA0\x80",
        b"\xED\xB0\x80",
        b"\xF4\x90\x80\x80",
        b"\xE4\xBD",
    ];
    for bytes in odd {
        for (head, tail) in [
            json_with("\"@\""),
            xml_with("<A>@</A>"),
            xml_with("<A><![CDATA[@]]></A>"),
        ]
        .iter()
        .map(|text| text.split_once('@').expect("a mark"))
        {
            let payload = [
                head.as_bytes(),
                bytes,
                tail.as_bytes(),
                b"\n",
                xml().as_bytes(),
            ]
            .concat();
            for block in [1, 4096] {
                let reading = read_by(&payload, block);
                assert_sound(&reading, &payload);
                assert_eq!(
                    reading.callbacks().len(),
                    1,
                    "{head} {bytes:X?}: {:?}",
                    reading
                        .records
                        .iter()
                        .map(|seen| &seen.outcome)
                        .collect::<Vec<_>>()
                );
                assert!(
                    reading.codes().contains("invalid-encoding"),
                    "{head} {bytes:X?}: {:?}",
                    reading.codes()
                );
            }
        }
    }
}

#[test]
fn halves_of_surrogate_pairs_become_replacement_characters() {
    for (escapes, text) in [
        (r"\ud800", "\u{FFFD}"),
        (r"\udc00", "\u{FFFD}"),
        (r"\uD800\ud800", "\u{FFFD}\u{FFFD}"),
        (r"\ud83d\ude00\ud83d", "😀\u{FFFD}"),
        (r"\ude00\ud83d", "\u{FFFD}\u{FFFD}"),
        (r"\ud800x", "\u{FFFD}x"),
        (r"x\ud83d\u0041", "x\u{FFFD}A"),
        (r"\ud83d\n", "\u{FFFD}\\n"),
    ] {
        for (given, expected) in [
            (format!("\"{escapes}\""), format!("\"{text}\"")),
            (format!("{{\"{escapes}\":1}}"), format!("{{\"{text}\":1}}")),
        ] {
            let payload = json_with(&given);
            for block in [1, 7, 4096] {
                let reading = read_by(payload.as_bytes(), block);
                assert_eq!(reading.callbacks().len(), 1, "{payload}");
                let seen = &reading.records[0];
                assert!(seen.line.contains(&expected), "{expected} in {}", seen.line);
                let found = seen.findings.iter();
                let found = found.filter(|(code, ..)| *code == Code::LoneSurrogate);
                assert_eq!(found.count(), 1, "{payload}");
            }
        }
    }
}

// Limits.

fn limits(change: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = Limits::default();
    change(&mut limits);
    limits
}

/// Checks that a payload at the limit is decoded, that one more is `limit-exceeded`, and that the next payload is
/// always found.
fn check_limit(name: &str, fits: &str, exceeds: &str, limits: Limits) {
    for block in [7, 4096] {
        for next in ["\n", "\nlog "] {
            let follow = |payload: &str| format!("{payload}{next}{}", json_with("2"));
            let fine = read_within(follow(fits).as_bytes(), block, limits);
            assert_eq!(
                (
                    fine.callbacks().len(),
                    fine.codes().contains("limit-exceeded")
                ),
                (2, false),
                "{name}: {fine:?}"
            );
            let over = read_within(follow(exceeds).as_bytes(), block, limits);
            assert_eq!(
                (
                    over.callbacks().len(),
                    over.codes().contains("limit-exceeded")
                ),
                (1, true),
                "{name}: {over:?}"
            );
        }
    }
    let alone = decode_with(exceeds.as_bytes(), &limits);
    assert_eq!(alone.findings()[0].code(), Code::LimitExceeded, "{name}");
}

#[test]
fn sizes_are_limited() {
    let size = json_with("2").len() + 20;
    let filled = |len: usize| {
        json_with(&format!(
            "\"{}\"",
            "x".repeat(len - json_with("\"\"").len())
        ))
    };
    check_limit(
        "JSON",
        &filled(size),
        &filled(size + 1),
        limits(|l| l.payload_size = size),
    );
    let filled = |len: usize| xml_with(&"x".repeat(len - xml_with("").len()));
    let size = xml_with("").len() + 200;
    check_limit(
        "XML",
        &filled(size),
        &filled(size + 1),
        limits(|l| l.payload_size = size),
    );
    let filled = |len: usize| {
        xml_with(&format!(
            "<A><![CDATA[{}]]></A>",
            "x".repeat(len - xml_with("<A><![CDATA[]]></A>").len())
        ))
    };
    check_limit(
        "CDATA",
        &filled(size),
        &filled(size + 1),
        limits(|l| l.payload_size = size),
    );
    let filled = |len: usize| {
        xml_with(&format!(
            "<A b='{}'/>",
            "x".repeat(len - xml_with("<A b=''/>").len())
        ))
    };
    check_limit(
        "attribute",
        &filled(size),
        &filled(size + 1),
        limits(|l| l.payload_size = size),
    );
    let filled = |len: usize| {
        xml_with(&format!(
            "<!--{}-->",
            "x".repeat(len - xml_with("<!---->").len())
        ))
    };
    check_limit(
        "comment",
        &filled(size),
        &filled(size + 1),
        limits(|l| l.payload_size = size),
    );
}

#[test]
fn depths_are_limited() {
    let arrays = |depth: usize| {
        json_with(&format!(
            "{}{}",
            "[".repeat(depth - 1),
            "]".repeat(depth - 1)
        ))
    };
    let objects = |depth: usize| {
        json_with(&format!(
            "{}1{}",
            "{\"a\":".repeat(depth - 1),
            "}".repeat(depth - 1)
        ))
    };
    let elements = |depth: usize| {
        xml_with(&format!(
            "{}{}",
            "<A>".repeat(depth - 1),
            "</A>".repeat(depth - 1)
        ))
    };
    for depth in [3, 64, 1000] {
        let limits = limits(|l| l.depth = depth);
        check_limit("arrays", &arrays(depth), &arrays(depth + 1), limits);
        check_limit("objects", &objects(depth), &objects(depth + 1), limits);
        check_limit("elements", &elements(depth), &elements(depth + 1), limits);
    }
}

#[test]
fn items_are_limited() {
    let array = |items: usize| {
        json_with("1").replace(
            "\"A\":1",
            &format!("\"List\":[{}]", vec!["{}"; items].join(",")),
        )
    };
    let lists = |items: usize| xml_with(&"<List><TemplateId/></List>".repeat(items));
    let limits = limits(|l| l.items = 100);
    check_limit("array", &array(100), &array(101), limits);
    check_limit("lists", &lists(100), &lists(101), limits);
}

#[test]
fn values_are_limited() {
    let array = |values: usize| json_with(&format!("[{}]", vec!["0"; values - 5].join(",")));
    let members =
        |values: usize| json_with(&format!("{{{}}}", vec!["\"a\":0"; values - 5].join(",")));
    let elements = |values: usize| xml_with(&"<a/>".repeat(values - 3));
    let limits = limits(|l| l.values = 200);
    check_limit("array", &array(200), &array(201), limits);
    check_limit("members", &members(200), &members(201), limits);
    check_limit("elements", &elements(200), &elements(201), limits);
}

/// Runs `work` on a thread of its own: a hang becomes a failure.
fn within(time: Duration, name: &str, work: impl FnOnce() + Send + 'static) {
    let (done, ended) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        work();
        done.send(()).ok();
    });
    assert!(
        ended.recv_timeout(time).is_ok(),
        "{name}: not done after {time:?}, or panicked"
    );
}

#[test]
fn limits_of_zero_end() {
    let all: [fn(&mut Limits); 4] = [
        |l| l.payload_size = 0,
        |l| l.depth = 0,
        |l| l.items = 0,
        |l| l.values = 0,
    ];
    for (at, zero) in all.into_iter().enumerate() {
        for payload in [
            json(),
            xml(),
            String::from_utf8_lossy(&gbk()).into_owned(),
            format!("[{}]", json()),
        ] {
            within(
                Duration::from_secs(5),
                &format!("limit {at} of zero: {payload}"),
                move || {
                    read_within(payload.as_bytes(), 64, limits(zero));
                },
            );
        }
    }
}

// Bombs and floods.

#[test]
#[cfg_attr(debug_assertions, ignore = "measures: cargo test --profile thorough")]
fn deep_nesting_is_refused_at_once() {
    let bombs = ["[", "{\"a\":", "[{\"a\":", "{\"a\":[{\"b\":"]
        .map(|open| json_with(&open.repeat(200_000)));
    let elements =
        ["<A>", "<A b='c'>", "<xml>", "<xml><A>"].map(|open| xml_with(&open.repeat(200_000)));
    for bomb in bombs.iter().chain(&elements) {
        let bytes = format!("{bomb}\n{}\n", json_with("1"));
        let start = Clock::start();
        let reading = read_by(bytes.as_bytes(), 1 << 16);
        assert!(
            reading.codes().contains("limit-exceeded") || reading.codes().contains("malformed-xml"),
            "{:?}",
            &bomb[..150]
        );
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{:?} took {:?}",
            &bomb[90..150],
            start.elapsed()
        );
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "measures: cargo test --profile thorough")]
fn floods_of_values_are_read_in_time() {
    let many = |n: usize, piece: fn(usize) -> String| (0..n).map(piece).collect::<String>();
    let floods = [
        (
            "attributes",
            xml_with(&format!("<A{}/>", many(300_000, |n| format!(" a{n}='1'")))),
        ),
        (
            "array",
            json_with(&format!("[{}0]", "0,".repeat(1_000_000))),
        ),
        (
            "duplicate keys",
            json_with(&format!("1{}", ",\"ToUserName\":1".repeat(100_000))),
        ),
        (
            "duplicate unknown keys",
            json_with(&format!("1{}", ",\"a\":1".repeat(100_000))),
        ),
        (
            "different keys",
            json_with(&format!("1{}", many(100_000, |n| format!(",\"k{n}\":1")))),
        ),
        (
            "duplicate elements",
            xml_with(&"<ToUserName/>".repeat(100_000)),
        ),
        (
            "different elements",
            xml_with(&many(100_000, |n| format!("<k{n}/>"))),
        ),
        ("stray texts", xml_with(&"x<a/>".repeat(100_000))),
        (
            "references",
            xml_with(&format!("<A>{}</A>", "&lt;x".repeat(200_000))),
        ),
        (
            "CDATA sections",
            xml_with(&format!("<A>{}</A>", "<![CDATA[x]]>".repeat(100_000))),
        ),
        ("comments", xml_with(&"<!---->".repeat(200_000))),
        (
            "carriage returns",
            xml_with(&format!("<A>{}</A>", "\r".repeat(500_000))),
        ),
        (
            "escapes",
            json_with(&format!("\"{}\"", "\\u0061".repeat(200_000))),
        ),
        (
            "trailing commas",
            json_with(&format!("[{}]", "[1,],".repeat(100_000))),
        ),
        (
            "comments in JSON",
            json_with(&format!("{}1", "/**/".repeat(200_000))),
        ),
    ];
    for (name, flood) in floods {
        let bytes = format!("{flood}\n{}", json_with("1"));
        let start = Clock::start();
        let reading = read_by(bytes.as_bytes(), 256 << 10);
        let took = start.elapsed();
        assert_sound(&reading, bytes.as_bytes());
        assert!(
            !reading.callbacks().is_empty(),
            "{name}: the next one is lost: {:?}",
            reading.codes()
        );
        assert!(
            took < Duration::from_secs(6),
            "{name}: {took:?} for {} bytes",
            bytes.len()
        );
    }
}

/// Returns a complaint if eight times the input takes much more than eight times as long. Quadratic work takes
/// sixty-four times as long.
fn superlinear(name: &str, block: usize, make: impl Fn(usize) -> Vec<u8>) -> Option<String> {
    let time = |n: usize| {
        let bytes = make(n);
        let start = Clock::start();
        read_by(&bytes, block);
        start.elapsed()
    };
    let best = |n: usize| time(n).min(time(n));
    let small = best(1).max(Duration::from_millis(5));
    let large = time(8);
    (large > small * 24).then(|| format!("{name}: {small:?}, eight times as much {large:?}"))
}

#[test]
#[cfg_attr(debug_assertions, ignore = "measures: cargo test --profile thorough")]
fn many_messages_in_one_object_take_linear_time() {
    let slow = superlinear("messages in an object", 1 << 20, |n| {
        let messages = "{\"MsgType\":\"text\"},".repeat(1_000 * n);
        format!("{{\"a\":[{messages}1]}}").into_bytes()
    });
    assert_eq!(slow, None);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "measures: cargo test --profile thorough")]
fn rows_of_dumps_take_linear_time() {
    for (name, piece) in [
        ("rows with the offset 0", "000000 7b 22\n"),
        (
            "short dumps",
            "00000000: 7b 22 7b 22 7b 22 7b 22\n00000008: 7b 22 7b 22 7b 22 7b 22\n",
        ),
        ("digits before a row", "7b 22 7b 22 7b\n00000010 22\n"),
    ] {
        let slow = superlinear(name, 1 << 20, |n| piece.repeat(100 * n).into_bytes());
        assert_eq!(slow, None);
    }
}

// Streams.

/// Generated bytes: a head, a piece again and again, a tail.
struct Endless {
    head: Vec<u8>,
    piece: Vec<u8>,
    tail: Vec<u8>,
    len: u64,
    at: u64,
}

impl Endless {
    fn new(head: &str, piece: &str, len: u64) -> Self {
        let piece = piece.repeat((1 << 16) / piece.len() + 1).into_bytes();
        Endless {
            head: head.into(),
            piece,
            tail: format!("\n{}\n", json_with("1")).into_bytes(),
            len,
            at: 0,
        }
    }

    fn copy(&mut self, from: &[u8], to: &mut [u8]) -> usize {
        let len = from.len().min(to.len());
        to[..len].copy_from_slice(&from[..len]);
        self.at += len as u64;
        len
    }
}

impl Read for Endless {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let (head, tail, piece) = (
            self.head.clone(),
            self.tail.clone(),
            std::mem::take(&mut self.piece),
        );
        let at = self.at;
        let read = match (head.get(at as usize..), at.checked_sub(self.len)) {
            (Some(rest @ [_, ..]), _) => self.copy(rest, to),
            (_, Some(past)) => self.copy(tail.get(past as usize..).unwrap_or_default(), to),
            _ => {
                let start = (at - head.len() as u64) as usize % piece.len();
                let end = piece.len().min(start + (self.len - at) as usize);
                self.copy(&piece[start..end], to)
            }
        };
        self.piece = piece;
        Ok(read)
    }
}

/// Counts records, and keeps none.
#[derive(Default)]
struct Count {
    records: u64,
    callbacks: u64,
    noise: u64,
}

impl Sink for Count {
    fn fork(&self) -> Self {
        Count::default()
    }

    fn record(&mut self, record: &Record<'_>) {
        self.records += 1;
        self.callbacks += u64::from(record.callback().is_some());
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.records += later.records;
        self.callbacks += later.callbacks;
        Ok(())
    }

    fn end(&mut self, _: &str, rest: &CaptureStats) {
        self.noise = rest.noise();
    }
}

/// Endless lines: the beginning, and the piece that repeats.
const LINES: &[(&str, &str)] = &[
    ("{\"a\":\"", "x"),
    ("<xml><ToUserName>", "x"),
    ("<xml><A><![CDATA[", "x"),
    ("<xml><A></B><![CDATA[", "x"),
    ("[", "["),
    ("{\"a\":[0", ",0"),
    ("<xml>", "<a/>"),
    ("", "noise "),
    ("{\"ToUserName\":\"", "x"),
    ("{\"ToUserName\":[0", ",0"),
    ("{\"ToUserName\":", "1"),
    ("<xml><ToUserName>x</B></xml", " "),
    ("<xml><ToUserName>x</B>", "<"),
    ("<xml><ToUserName>x</B>", "</xml"),
    ("<xml a='", "x"),
    ("<!--", "x"),
    ("<!DOCTYPE xml [", "x"),
    ("<?xml ", "x"),
    ("[{\"ToUserName\":1},", "{\"ToUserName\":1},"),
    ("{\"a\":{\"ToUserName\":\"x", "\\\""),
];

/// The size of an endless line. A debug build uses less: a hundred megabytes would take minutes.
const SIZE: u64 = if cfg!(debug_assertions) {
    12 << 20
} else {
    100 << 20
};
#[cfg(target_os = "linux")]
const PEAK: u64 = if cfg!(debug_assertions) {
    14 << 10
} else {
    64 << 10
};

fn small_options() -> Options {
    let limits = limits(|l| (l.payload_size, l.values) = (1 << 20, 20_000));
    Options {
        limits,
        block_size: 64 << 10,
        ..Options::default()
    }
}

/// The child process of [`memory_follows_the_limits`]: reads one line and prints the peak of its memory.
#[test]
#[ignore = "run by the test beside it, in a process of its own"]
fn stream_child() {
    let Ok(line) = std::env::var("WXSUB_TEST_LINE") else {
        return;
    };
    let size = std::env::var("WXSUB_TEST_SIZE")
        .ok()
        .and_then(|size| size.parse().ok())
        .unwrap_or(SIZE);
    let (head, piece) = LINES[line.parse::<usize>().expect("a number")];
    let mut count = Count::default();
    let options = if cfg!(debug_assertions) {
        small_options()
    } else {
        Options::default()
    };
    run(Endless::new(head, piece, size), "", &options, &mut count).expect("it can be read");
    println!("callbacks={} peak={}", count.callbacks, peak_memory());
}

/// Returns the peak of this process's memory, in KiB. A counting allocator would need `unsafe`, which is forbidden
/// here.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap_or_default();
    line.split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse().ok())
        .unwrap_or(0)
}

#[cfg(target_os = "linux")]
fn stream(line: usize, size: u64) -> (u64, u64, Duration) {
    let start = Instant::now();
    let output = std::process::Command::new(std::env::current_exe().expect("this program"))
        .args([
            "--exact",
            "hostile::stream_child",
            "--ignored",
            "--nocapture",
        ])
        .env("WXSUB_TEST_LINE", line.to_string())
        .env("WXSUB_TEST_SIZE", size.to_string())
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let value = |name: &str| {
        let value = text
            .split(name)
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next());
        value.and_then(|value| value.parse().ok()).unwrap_or(0)
    };
    (value("callbacks="), value("peak="), start.elapsed())
}

#[cfg(target_os = "linux")]
fn check_streams(lines: impl Iterator<Item = usize>, size: u64) {
    let mut failures = Vec::new();
    for line in lines {
        let (callbacks, peak, took) = stream(line, size);
        println!("{:?}: {peak} KiB, {took:?}", LINES[line]);
        if peak > PEAK {
            failures.push(format!("{:?}: {peak} KiB", LINES[line]));
        }
        if callbacks == 0 {
            failures.push(format!(
                "{:?}: panicked, or the next payload is lost",
                LINES[line]
            ));
        }
        if took > Duration::from_secs(20) {
            failures.push(format!("{:?}: {took:?}", LINES[line]));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Escaped text that seems to begin with its own end.
#[test]
fn a_start_that_is_an_end_is_passed_over() {
    for text in [
        "a=1&b=<xml>%3Cp%'E&cUserName",
        "<xml>%3CToUserName",
        "\"{%22ToUserName%22",
        "&<xml>&lt;ToUserName",
        "<<xml>&lt;ToUserName&gt;",
        "'<xml>\\nToUserName",
    ] {
        for block in [1, 7, 64] {
            assert_eq!(
                read_by(text.as_bytes(), block).callbacks().len(),
                0,
                "{text}"
            );
        }
    }
}

/// A text longer than any that WeChat sends was cut off. A shorter text may be what a user typed.
#[test]
fn a_text_that_is_never_closed_ends_some_time() {
    for (len, found) in [(1 << 10, 0), ((1 << 20) + (1 << 10), 1)] {
        let (text, next) = ("x".repeat(len), xml_with(""));
        let capture =
            format!("<xml><ToUserName>gh_1</ToUserName><A><![CDATA[{text}\nnoise\n{next}\n");
        for block in [4096, 1 << 16, 1 << 22] {
            let callbacks = read_by(capture.as_bytes(), block).callbacks().len();
            assert_eq!(callbacks, found, "{len} in blocks of {block}");
        }
    }
}

#[test]
#[ignore = "takes minutes without optimisation: cargo test --release --test suite -- --ignored hostile::memory_follows_the_limits"]
#[cfg(target_os = "linux")]
fn memory_follows_the_limits() {
    check_streams(0..LINES.len(), SIZE);
}

#[test]
#[ignore = "two gigabytes of each take ten seconds in release, and minutes without"]
#[cfg(target_os = "linux")]
fn memory_follows_the_limits_over_gigabytes() {
    check_streams(0..8, 2 << 30);
}

// Anything.

fn fragment() -> impl Strategy<Value = Vec<u8>> {
    let fixed: Vec<Vec<u8>> = [
        json(),
        xml(),
        json_with("1"),
        xml_with(""),
        json()[..200].into(),
        xml()[..150].into(),
        json()[100..].into(),
        xml()[200..].into(),
        format!("[{},", json_with("1")),
        format!("{{\"level\":1,\"a\":{}}}", json_with("1")),
        "2023 INFO body=".into(),
        "订阅".into(),
    ]
    .into_iter()
    .map(String::into_bytes)
    .chain([
        gbk(),
        utf16("<xml>"),
        "\u{FEFF}".into(),
        b"\xEF\xBB".to_vec(),
        b"\xFF".to_vec(),
        b"\xE8\xAE".to_vec(),
        b"\x81".to_vec(),
    ])
    .collect();
    const MARKUP: &[&str] = &[
        "\n",
        "\r\n",
        " ",
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "，",
        "{\"",
        "\":",
        "//",
        "/*",
        "*/",
        "<",
        ">",
        "/>",
        "</",
        "<!",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "<?xml ",
        "<?xml version=\"1.0\"?>",
        "<?xml version=\"1.0\" encoding=\"GBK\"?>",
        "<!DOCTYPE",
        "<xml",
        "<xml>",
        "<xml >",
        "</xml",
        "</xml>",
        "<ToUserName>",
        "</ToUserName>",
        "\"ToUserName\"",
        "{\"ToUserName\":",
        "\"Encrypt\"",
        "subscribe_msg_",
        "&amp;",
        "&",
        "&#x41;",
        "0",
        "01",
        "true",
        "null",
        "<A b='c'>",
        "<A/>",
        "{}",
        "[{",
        "}]",
        "#",
    ];
    prop_oneof![
        2 => proptest::sample::select(fixed),
        6 => proptest::sample::select(MARKUP).prop_map(|text| text.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 1..4),
    ]
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn blocks_change_nothing(fragments in proptest::collection::vec(fragment(), 0..12)) {
        let bytes = fragments.concat();
        let whole = read_by(&bytes, 1 << 16);
        assert_sound(&whole, &bytes);
        for block in [1, 3, 64] {
            let other = read_by(&bytes, block);
            prop_assert!(whole == other, "block size {}: {}", block, difference(&bytes, &whole, &other));
        }
    }

    #[test]
    fn decoding_anything_is_harmless(fragments in proptest::collection::vec(fragment(), 0..6)) {
        let bytes = fragments.concat();
        let record = decode(&bytes);
        prop_assert!(*record.outcome() != Outcome::Undecodable || !record.findings().is_empty(), "{:?}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn a_text_that_swallowed_the_next_object_is_left_once() {
    let bytes = b"{\"\":\"\",\"\":\"ToUserName{\"";
    let whole = read_by(bytes, 1 << 16);
    assert_sound(&whole, bytes);
    assert!(whole == read_by(bytes, 1));
}

#[test]
fn what_only_looks_like_an_escape_of_rsyslog_is_read_as_it_stands() {
    let texts = [
        "#01< aaa",
        "#01</ aaa",
        "#01a",
        "#018< aaa",
        "#01",
        "#0",
        "#000< aaa",
        "#008</Event>#01< aaa",
        "</Event>#01<Event>#01< aaa",
        "</Event>#018<Event>#18< aaa",
    ];
    for text in texts {
        let record = decode(format!("<xml><Event>{text}").as_bytes()).into_owned();
        assert_eq!(record.outcome(), &Outcome::Undecodable, "{text}");
    }
}

#[test]
fn what_is_escaped_where_nothing_more_is_undone_is_left_once() {
    // It breaks near the end of the part that is unescaped at a time.
    for pad in [3950, 4000] {
        let text = "a".repeat(pad);
        let text = format!(
            "<xml><ToUserName>#012</ToUserName><Content>{text}</b {}",
            "c".repeat(400)
        );
        let entry = |text: String, _| {
            let text = text.replace('\\', r"\\").replace('"', r#"\""#);
            format!("{{\"m\":\"{text}\"}}")
        };
        let bytes = (0..8).fold(text, entry);
        assert_eq!(read_by(bytes.as_bytes(), 1 << 16).records.len(), 1, "{pad}");
    }
}
