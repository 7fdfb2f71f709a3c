//! Several threads give the result of one thread, byte for byte, for every capture, block size and read size.

use std::collections::HashSet;
use std::io::{self, Read};
use std::iter;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ThreadId};
use std::time::Duration;

use proptest::prelude::*;
use wxsub::pipeline::{self, Error, Options, Sink, Stop};
use wxsub::select::{Filter, Selection};
use wxsub::{Event, Outcome, Record};

use crate::support::answer::{Answer, difference};
use crate::support::captures::{Pipe, capture};
use crate::support::cases::{Share, cases};
use crate::support::each::each;
use crate::support::shapes::shape;
use crate::support::traced::{Capture, Traced};

fn options(threads: usize, block_size: usize) -> Options {
    Options {
        threads,
        block_size,
        ..Options::default()
    }
}

/// One thread, all at once, and no fast path.
fn read_slowly(bytes: &[u8]) -> Answer {
    let options = Options {
        fast: false,
        ..options(1, bytes.len() + 1)
    };
    read(bytes, &options)
}

fn read(from: impl Read + Send, options: &Options) -> Answer {
    let mut answer = Answer::default();
    pipeline::run(from, "", options, &mut answer).expect("it can be read");
    answer
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn many_come_to_what_one_comes_to(
        seed in any::<u32>(),
        threads in prop::sample::select(vec![1, 2, 3, 8]),
        block in prop::sample::select(vec![1, 2, 7, 40, 64, 150, 300, 700, 1000, 2000, 4096, 8 << 20]),
        most in 1_usize..2000,
    ) {
        let bytes = capture(seed.into());
        let one = read(&bytes[..], &options(1, bytes.len() + 1));
        prop_assert_eq!(difference(&read_slowly(&bytes), &one), None, "the slow path");
        let many = read(&bytes[..], &options(threads, block));
        prop_assert_eq!(difference(&many, &one), None, "a file");
        let piped = read(Pipe::new(&bytes, seed.into(), most), &options(threads, block));
        prop_assert_eq!(difference(&piped, &one), None, "a pipe");
    }
}

/// Makes a capture of payloads that are all buried in the same way, as in most captures.
fn uniform(way: &str, shapes: &[&str], count: usize) -> Vec<u8> {
    let way = crate::support::embed::way(way);
    let lines = (0..count).flat_map(|number| {
        let payload = shape(shapes[number % shapes.len()]).write(number % 3, number);
        Capture::of(&way.embed(&[Traced::payload(0, &payload)], number as u64)).bytes
    });
    lines.collect()
}

const UNIFORM: [(&str, &[&str]); 8] = [
    ("bare", &["JSON"]),
    ("bare", &["XML"]),
    ("bare", &["XML, pretty"]),
    ("bare", &["JSON, pretty"]),
    ("log prefix", &["JSON", "XML"]),
    ("JSON log, string", &["XML", "JSON"]),
    ("Docker, \\u003c", &["XML, pretty"]),
    ("CRI, partial", &["JSON, pretty", "XML"]),
];

/// Counts the records of each block, and the threads that saw them.
#[derive(Default)]
struct Shares {
    blocks: Vec<usize>,
    threads: HashSet<ThreadId>,
}

impl Sink for Shares {
    fn fork(&self) -> Self {
        Shares {
            blocks: vec![0],
            ..Shares::default()
        }
    }

    fn record(&mut self, _: &Record<'_>) {
        self.blocks[0] += 1;
        self.threads.insert(thread::current().id());
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.blocks.extend(later.blocks);
        self.threads.extend(later.threads);
        Ok(())
    }
}

/// Waits at every read, to give threads time to start: a few hundred records are read faster than a thread starts.
struct Slow<'a>(&'a [u8]);

impl Read for Slow<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        thread::sleep(Duration::from_millis(5));
        self.0.read(out)
    }
}

#[test]
fn guesses_are_right_and_the_work_is_shared() {
    // On a busy machine a single thread may do all of a small capture.
    let mut is_shared = false;
    // A CRI log is one text up to its end, and is not shared.
    for (way, shapes) in UNIFORM
        .into_iter()
        .filter(|(way, _)| !way.starts_with("CRI"))
    {
        let bytes = uniform(way, shapes, 600);
        let mut shares = Shares::default();
        pipeline::run(Slow(&bytes), "", &options(3, 24 << 10), &mut shares).expect("memory");
        // Each chunk gives two blocks: the first few records, and the speculated rest.
        let Shares {
            mut blocks,
            threads,
        } = shares;
        blocks.sort_unstable();
        let (few, many) = blocks.split_at(blocks.len() / 2);
        let (few, many): (usize, usize) = (few.iter().sum(), many.iter().sum());
        assert_eq!(few + many, 600, "{way}, {shapes:?}");
        assert!(few * 3 < many, "{way}, {shapes:?}: {few} and {many}");
        is_shared |= threads.len() > 1;
    }
    assert!(is_shared);
}

#[test]
fn what_most_captures_are_comes_to_the_same() {
    let mut share = Share::default();
    for (way, shapes) in UNIFORM {
        let bytes = uniform(way, shapes, 60);
        let one = read(&bytes[..], &options(1, bytes.len() + 1));
        assert_eq!(one.tally.all_callbacks(), 60, "{way}, {shapes:?}");
        assert_eq!(
            difference(&read_slowly(&bytes), &one),
            None,
            "{way}, {shapes:?}"
        );
        for block in [1, 100, 500, 1000, 1500, 5000, 20_000] {
            for threads in [2, 3, 8].into_iter().filter(|_| share.takes_next()) {
                let many = read(&bytes[..], &options(threads, block));
                let told = difference(&many, &one);
                assert_eq!(told, None, "{way}, {shapes:?}, {threads}, {block}");
            }
        }
    }
}

/// Cuts captures at many places: the result does not depend on where a chunk begins.
#[test]
fn any_cut_comes_to_the_same() {
    let mut share = Share::default();
    let captures = (0..12).map(|seed| capture(seed * 7 + 1));
    for bytes in captures.filter(|bytes| bytes.len() < 6000) {
        let one = read(&bytes[..], &options(1, bytes.len() + 1));
        for block in (1..bytes.len() + 2)
            .step_by(13)
            .filter(|_| share.takes_next())
        {
            let many = read(&bytes[..], &options(2, block));
            assert_eq!(difference(&many, &one), None, "{block}");
        }
    }
}

/// Captures that were torn at the end of a block.
const TORN: [&str; 6] = [
    // A time with a line break in it, and a malformed time.
    "2023-06-07T10:10:06.1Z stdout F {\n2023-06-07T10:10:06.2[\n6Z stdout F \"ToUserName\": \"gh_3f7a90c1d2e4\",\n\
     2023-06-07T10:10:06.3Z stdout F \"MsgType\": \"event\"\n2023-06-07T10:10:06.4Z stdout F }\n",
    "2023-06-07T10:10:06.1Z stdout F {\n2023-06-07T10:10:06.2Z stdout F \"ToUserName\": \"gh_3f7a90c1d2e4\",\n\
     2023->6-07T10:10:06.3Z stdout F \"MsgType\": \"event\"\n2023-06-07T10:10:06.4Z stdout F }\n",
    // Escaped text that was cut off, directly followed by a message with other escapes.
    "<pre>{&quot;ToUserName&quot;:&quot;gh_3f7a90c1d2e4&quot;,&quot;MsgType&quot;:&quot;even2023-06-07 10:48:03 \
     body=b'{\"Content\":\"&quot;} {\\\\\"ToUserName\\\\\":\\\\\"gh_3f7a90c1d2e4\\\\\",\\\\\"Event\\\\\":\\\\\"a\\\\\"}\",\
     \"MsgType\":\"text\",\"ToUserName\":\"gh_3f7a90c1d2e4\"}'\n",
    // Escaped text that broke before its closing quote.
    "\"<xml>\\n<TUserName><![CDATA<xml><\"",
    // Docker records of several lines, torn and whole.
    "{\"log\":\"\\n\\%3cxml%3e%3cToUserName%\"\n",
    "{\"log\":\"INFO\\n\\tat a\\n{\\\"ToUserName\\\":\\\"a\\\",\\\"Event\\\":\\\"b\\\"}\\nx\\n<xml><Event>a</Event></xml>\\n\",\"stream\":\
     \"stdout\"}\n{\"log\":\"INFO\\n{\\\"ToUserName\\\":\\\"a\\\",\\\"Event\\\":\\\"b\\\"}\\n\",\"stream\":\"stderr\"}\n",
];

#[test]
fn torn_captures_come_to_the_same_in_all_blocks() {
    for torn in TORN {
        let one = read(torn.as_bytes(), &options(1, torn.len() + 1));
        for block in 1..torn.len() {
            let other = read(torn.as_bytes(), &options(1, block));
            assert_eq!(difference(&other, &one), None, "{torn}{block}");
        }
    }
}

/// Lines of XML, each in a record of Docker that stands in one of CRI and was torn.
fn torn_records(lines: &[&str]) -> String {
    let record = |text: &&str| {
        let text = text.replace('<', "\\u003c").replace('>', "\\u003e");
        format!("2024-03-09T stdout F {{\"log\":\"{text}\\n\"\n")
    };
    lines.iter().map(record).collect()
}

/// Captures of which a part looks like something else than the whole.
fn half_told() -> Vec<String> {
    let xml = [
        "<xml>",
        "<ToUserName>gh_7d20c5e81f3a</ToUserName>",
        "<Event><![CDATA[subscribe_msg_sent_event]]></Event>",
        "<SubscribeMsgSentEvent>",
        "<List>",
        "</List>",
        "</SubscribeMsgSentEvent>",
        "</xml>",
    ];
    let json = "{\"ToUserName\":\"gh_7d20c5e81f3a\",\"FromUserName\":\"oKx2v9RfTq0-WcY7uPzL4bNsHd1E\",\
        \"CreateTime\":1709942400,\"Event\":\"subscribe_msg_popup_event\",\"List\":[]}";
    let escaped = json.replace('"', "\\\"");
    let doubled = json.replace('"', "\"\"");
    let torn = "2024-03-09T stdout F {\"log\":\"x\\n\",1111Z\"}\n";
    vec![
        // A name of nothing, or the quote of a name that was doubled.
        "{\"\"\t\"ToUserName\"".to_owned(),
        "{\"\" \t\"ToUserName\":1}\n{\"\"  \"Event\"\"".to_owned(),
        torn.to_owned() + &torn_records(&xml),
        torn_records(&xml) + torn,
        torn_records(&xml[..3]) + &torn_records(&xml),
        // Literals around escaped text.
        format!("body=\"{escaped}\"\n'{escaped}' \"{escaped}"),
        format!("1,\"{doubled}\",2\n\"{doubled}"),
        format!("{{\"a\":\"{escaped}\"}}\n{{\"a\":\"{}", &escaped[..150]),
        // An object that breaks at an escape behind a word.
        "'{\"ToUserName\":null\\n,\"Event\":x\\n}' {\"ToUserName\":1234567890\\n}".to_owned(),
        // A broken object that rsyslog logged: what is in a string must be known behind it.
        "body={#012  \"event\": \"subscribe_msg_popup_event\",#012  \"to_user\": \"gh_7d20c5e81f3a\",#012  \
         \"create_time\": 161 {#012      \"template_id\": \"T0\",#012      \"status\": \"accept\"#012    },#012    \
         {#012      \"template_id\": \"T1\"#012    }#012  ]#012}\n"
            .to_owned(),
        // A record of one stream that ran into one of the other.
        "{\"log\":\"<xml>\\n\",\"stream\":\"stdout\"}\n{\"log\":\"x\",\"stream\":\"stderr\",\"tim\
         {\"log\":\"<ToUserName>a</ToUserName></xml>\\n\",\"stream\":\"stdout\"}\n"
            .to_owned(),
    ]
}

#[test]
fn reads_of_any_size_come_to_the_same() {
    for capture in half_told() {
        let bytes = capture.as_bytes();
        let one = read(bytes, &options(1, bytes.len() + 1));
        for (size, threads) in [1, 2, 3, 5, 7, 13, 64, 4096]
            .into_iter()
            .flat_map(|size| [(size, 1), (size, 2)])
        {
            let file = read(bytes, &options(threads, size));
            assert_eq!(difference(&file, &one), None, "{size}: {capture}");
            let pipe = Pipe::new(bytes, size as u64, size);
            let piped = read(pipe, &options(threads, 4096));
            assert_eq!(difference(&piped, &one), None, "{size}: {capture}");
        }
    }
}

#[test]
fn all_lines_of_a_docker_record_are_read_where_they_stand() {
    let torn = TORN[5];
    let options = options(1, torn.len() + 1);
    let places = each(torn.as_bytes(), &options, |record| record.place(0).offset);
    let starts = torn
        .match_indices("{\\\"")
        .chain(torn.match_indices("<xml>"));
    let mut starts: Vec<u64> = starts.map(|(at, _)| at as u64).collect();
    starts.sort_unstable();
    assert_eq!(places, starts);
}

#[test]
fn a_selection_is_made_on_all_threads_and_what_depends_on_order_on_one() {
    let bytes = uniform("log prefix", &["JSON", "XML"], 90);
    let selection = || Selection {
        events: vec![Event::Change],
        ..Selection::default()
    };
    let choosers = [
        Filter::new(selection()),
        Filter::new(selection()).dedup(),
        Filter::new(selection()).limit(20),
    ];
    for filter in choosers {
        let chosen = |threads, block| {
            let mut answer = Answer::default();
            let (mut filter, options) = (filter.clone(), options(threads, block));
            pipeline::run_filtered(&bytes[..], "", &options, &mut filter, &mut answer)
                .expect("memory");
            (answer, filter.has_enough())
        };
        let one = chosen(1, bytes.len() + 1);
        assert!(one.0.tally.filtered_out() > 30);
        for block in [100, 1000, 4000] {
            assert_eq!(chosen(3, block), one, "{block}");
        }
    }
}

#[test]
fn utf16_comes_to_the_same() {
    let text = String::from_utf8(uniform("bare", &["JSON", "XML, pretty"], 20)).expect("text");
    let units = iter::once(0xFEFF).chain(text.encode_utf16());
    let bytes: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
    let one = read(&bytes[..], &options(1, bytes.len() + 1));
    assert_eq!(one.tally.all_callbacks(), 20);
    for block in [1, 100, 1000] {
        assert_eq!(read(&bytes[..], &options(3, block)), one, "{block}");
    }
}

/// Returns a payload with each read, and checks how many were seen before the next.
struct Live<'a> {
    payloads: &'a [String],
    given: usize,
    seen: &'a AtomicUsize,
}

impl Read for Live<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        assert_eq!(self.seen.load(Ordering::SeqCst), self.given);
        let Some(payload) = self.payloads.get(self.given) else {
            return Ok(0);
        };
        self.given += 1;
        out[..payload.len()].copy_from_slice(payload.as_bytes());
        Ok(payload.len())
    }
}

/// Counts callbacks when they arrive at the root.
struct Arrivals<'a>(usize, Option<&'a AtomicUsize>);

impl Sink for Arrivals<'_> {
    fn fork(&self) -> Self {
        Arrivals(0, None)
    }

    fn record(&mut self, record: &Record<'_>) {
        self.0 += usize::from(matches!(record.outcome(), Outcome::Callback(_)));
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        if let Some(seen) = self.1 {
            seen.fetch_add(later.0, Ordering::SeqCst);
        }
        Ok(())
    }
}

#[test]
fn what_was_read_is_seen_before_anybody_waits_for_more() {
    // The first payload fills a block: threads may start.
    let payloads: Vec<String> = (0..30)
        .map(|i| shape(["XML", "JSON"][i % 2]).write(i % 3, i))
        .collect();
    let block = 2 + payloads.iter().map(String::len).max().expect("some");
    // A byte behind it shows that no rest of a message follows.
    let first = format!(
        "{}{}\n",
        " ".repeat(block - 1 - payloads[0].len()),
        payloads[0]
    );
    let payloads: Vec<String> = iter::once(first).chain(payloads[1..].to_vec()).collect();
    let seen = AtomicUsize::new(0);
    let live = Live {
        payloads: &payloads,
        given: 0,
        seen: &seen,
    };
    // Larger than all payloads but the first: no other read fills a block.
    let mut sink = Arrivals(0, Some(&seen));
    pipeline::run(live, "", &options(3, block), &mut sink).expect("memory");
    assert_eq!(seen.into_inner(), 30);
}

/// A sink that stops after a number of records.
struct Few(Answer, usize);

impl Sink for Few {
    fn fork(&self) -> Self {
        Few(self.0.fork(), self.1)
    }

    fn record(&mut self, record: &Record<'_>) {
        self.0.record(record);
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.0.join(later.0)?;
        if self.0.records.len() >= self.1 {
            return Err(Stop::Enough);
        }
        Ok(())
    }
}

#[test]
fn a_sink_that_has_enough_ends_an_endless_run() {
    let bytes = uniform("log prefix", &["XML"], 10);
    let endless = Endless {
        bytes: &bytes,
        at: 0,
    };
    let mut few = Few(Answer::default(), 1000);
    let result = pipeline::run(endless, "", &options(3, 4096), &mut few);
    assert!(matches!(result, Err(Error::Stopped(Stop::Enough))));
    assert!((1000..1100).contains(&few.0.records.len()));
}

/// A sink that panics at a record.
struct Breaks(usize);

impl Sink for Breaks {
    fn fork(&self) -> Self {
        Breaks(self.0)
    }

    fn record(&mut self, record: &Record<'_>) {
        assert!(record.place(0).line < self.0 as u64, "broken");
    }

    fn join(&mut self, _: Self) -> Result<(), Stop> {
        Ok(())
    }
}

#[test]
fn a_sink_that_panics_ends_the_run() {
    let bytes = uniform("log prefix", &["XML"], 200);
    for threads in [1, 2, 3] {
        for line in [2, 100, 199] {
            let run = || pipeline::run(&bytes[..], "", &options(threads, 2000), &mut Breaks(line));
            assert!(panic::catch_unwind(run).is_err(), "{threads}, {line}");
        }
    }
}

/// A reader that repeats its bytes without end.
struct Endless<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Read for Endless<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        for byte in &mut *out {
            *byte = self.bytes[self.at];
            self.at = (self.at + 1) % self.bytes.len();
        }
        Ok(out.len())
    }
}

#[test]
fn what_stands_before_a_failed_read_is_given() {
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("torn off"))
        }
    }
    let bytes = uniform("log prefix", &["XML", "JSON"], 40);
    for cut in [bytes.len(), bytes.len() - 100, 5000] {
        let read = |threads, block| {
            let mut answer = Answer::default();
            let from = bytes[..cut].chain(Fails);
            let result = pipeline::run(from, "", &options(threads, block), &mut answer);
            assert!(matches!(result, Err(Error::Input(_))));
            answer
        };
        let one = read(1, 1 << 20);
        for block in [100, 1000, 3000] {
            assert_eq!(read(3, block), one, "{cut}, {block}");
        }
    }
}
