//! The answer never depends on how a capture is cut into reads, or on the number of threads.
//!
//! Captures are drawn from all that the suite knows, and damaged. Each is read at once, and in reads of several sizes,
//! as a file and as a pipe. Everything that a run tells must be the same: records, findings, places, and the noise with
//! its mentions. A capture that fails is reduced before it is shown.
//!
//! `PROPTEST_CASES` sets the number of captures, and `READS_FROM` the first seed.

use std::io::{self, Read};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use wxsub::Limits;
use wxsub::pipeline::{self, Options};

use crate::support::answer::{Answer, difference};
use crate::support::captures::{self, Pipe};
use crate::support::cases::count;
use crate::support::rng::Rng;
use crate::support::seal;

const SIZES: [usize; 12] = [1, 1, 1, 2, 3, 7, 64, 150, 1000, 4095, 4096, 65_537];

/// How a capture arrives.
#[derive(Clone, Copy, Debug)]
enum Arrival {
    /// Each read is full.
    File,
    /// No read is full, so nothing more is there for now after each.
    Trickle,
    /// Reads are of random sizes.
    Pipe(u64),
    /// Each read returns a line.
    Lines,
}

/// A way to read a capture.
#[derive(Clone, Copy, Debug)]
struct Manner {
    arrival: Arrival,
    size: usize,
    threads: usize,
    /// The size limit of payloads.
    limit: usize,
    is_fast: bool,
    wants_queries: bool,
    keeps_noise: bool,
    has_keys: bool,
}

impl Manner {
    fn draw(rng: &mut Rng) -> Self {
        let arrival = match rng.below(6) {
            0..3 => Arrival::File,
            3 => Arrival::Trickle,
            4 => Arrival::Pipe(rng.below(1 << 30) as u64),
            _ => Arrival::Lines,
        };
        let threads = if rng.one_in(4) { 2 + rng.below(7) } else { 1 };
        Manner {
            arrival,
            size: *rng.pick(&SIZES),
            threads,
            limit: match rng.one_in(8) {
                true => 50 + rng.below(900),
                false => Limits::default().payload_size,
            },
            is_fast: rng.one_in(2),
            wants_queries: rng.one_in(8),
            keeps_noise: threads == 1 && rng.one_in(2),
            has_keys: rng.one_in(4),
        }
    }

    /// Returns the manner in which all of the capture is read at once.
    fn at_once(self, len: usize) -> Self {
        Manner {
            arrival: Arrival::File,
            size: len + 1,
            threads: 1,
            is_fast: false,
            ..self
        }
    }

    fn options(self) -> Options {
        let size = match self.arrival {
            Arrival::File => self.size,
            // Larger than each read.
            Arrival::Trickle | Arrival::Lines => self.size.max(64) * 2,
            Arrival::Pipe(_) => self.size.max(150),
        };
        Options {
            limits: Limits {
                payload_size: self.limit,
                ..Limits::default()
            },
            block_size: size,
            threads: self.threads,
            policy: self.has_keys.then(|| seal::policy(seal::TOKEN).into()),
            wants_queries: self.wants_queries,
            keeps_noise: self.keeps_noise,
            fast: self.is_fast,
            ..Options::default()
        }
    }

    fn read(self, bytes: &[u8]) -> Answer {
        let options = self.options();
        match self.arrival {
            Arrival::File => run(bytes, &options),
            Arrival::Trickle => run(
                Trickle {
                    bytes,
                    most: self.size,
                },
                &options,
            ),
            Arrival::Lines => run(ByLines(bytes), &options),
            Arrival::Pipe(seed) => run(Pipe::new(bytes, seed, self.size.min(1500)), &options),
        }
    }
}

fn run(from: impl Read + Send, options: &Options) -> Answer {
    let mut answer = Answer::default();
    pipeline::run(from, "", options, &mut answer).expect("it can be read");
    answer
}

/// Returns at most a few bytes with each read.
struct Trickle<'a> {
    bytes: &'a [u8],
    most: usize,
}

impl Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let len = out.len().min(self.most);
        self.bytes.read(&mut out[..len])
    }
}

/// Returns at most a line with each read.
struct ByLines<'a>(&'a [u8]);

impl Read for ByLines<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let line = memchr::memchr(b'\n', self.0).map_or(self.0.len(), |end| end + 1);
        let len = out.len().min(line);
        self.0.read(&mut out[..len])
    }
}

/// Returns how the answer differs from that of reading all at once.
fn problem(bytes: &[u8], manner: Manner) -> Option<String> {
    let compare = || {
        let one = manner.at_once(bytes.len()).read(bytes);
        difference(&manner.read(bytes), &one)
    };
    panic::catch_unwind(AssertUnwindSafe(compare)).unwrap_or_else(|_| Some("a panic".into()))
}

/// Returns a short capture that differs, too.
fn reduced(bytes: &[u8], manner: Manner) -> Vec<u8> {
    let mut best = bytes.to_vec();
    let mut len = best.len() / 2;
    let mut tries = 6000;
    while len > 0 {
        let mut at = 0;
        let before = best.len();
        while at < best.len() && tries > 0 {
            tries -= 1;
            let mut shorter = best.clone();
            shorter.drain(at..(at + len).min(best.len()));
            match problem(&shorter, manner) {
                Some(_) => best = shorter,
                None => at += len,
            }
        }
        if best.len() == before || tries == 0 {
            len /= 2;
        }
    }
    best
}

/// The files of cases of other tests.
fn files() -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    for folder in ["notations", "net/mentions", "net/printed"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests")
            .join(folder);
        let entries = folder.read_dir().expect("a folder");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        let mut paths: Vec<_> = paths.collect();
        paths.sort();
        files.extend(paths.iter().filter_map(|path| std::fs::read(path).ok()));
    }
    files
}

/// Draws a capture of at most a few kilobytes.
fn draw(files: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    const MOST: usize = 5000;
    let seed = rng.below(1 << 40) as u64;
    let bytes = match rng.below(8) {
        0..3 => captures::capture(seed),
        3 => captures::part(&files[rng.below(files.len())], rng),
        4 => captures::of_one_template(rng),
        _ => captures::mixed(rng),
    };
    let bytes = match rng.one_in(4) {
        true => bytes,
        false => captures::damaged(bytes, rng),
    };
    match bytes.len() > MOST && !rng.one_in(50) {
        true => captures::part(&bytes, rng),
        false => bytes,
    }
}

#[test]
fn reads_of_any_size_come_to_the_same() {
    const MOST_SHOWN: usize = 12;
    let from = std::env::var("READS_FROM").map_or(0, |from| from.parse().expect("a seed"));
    let files = files();
    let (mut tried, mut failed) = (0, 0);
    for seed in from..from + count(400) {
        let mut rng = Rng::new(seed);
        let bytes = draw(&files, &mut rng);
        for _ in 0..2 {
            let manner = Manner::draw(&mut rng);
            tried += 1;
            let Some(told) = problem(&bytes, manner) else {
                continue;
            };
            failed += 1;
            if failed <= MOST_SHOWN {
                let short = reduced(&bytes, manner);
                let told = problem(&short, manner).unwrap_or(told);
                let text = short.escape_ascii();
                eprintln!("---- seed {seed}, {manner:?}\nb\"{text}\"\n{told}\n");
            }
        }
    }
    assert_eq!(failed, 0, "of {tried} comparisons");
}

/// Captures that came to something else in some manner once.
const ONCE_DIFFERENT: [&[u8]; 4] = [
    // Torn records of a container, with two streams between each other.
    b"x\n{\"log\":\"\"\n{\"log\":\"\"stream\":\"stderr\"\n{\"log\":\"x\\n\"stream\":\"stdout\"\n\
      {\"log\":\"x\"stream\":\"stderr\"\n\
      {\"log\":\"*/subscribe_msg_change_event SubscribeMsgChangeEvent{\"\n\
      {\"log\":\"x\"stream\":\"stdout\"\n{\"log\":\"TemplateId:x5",
    // A whole message in an object that breaks goes on behind what looks like the next entry.
    b"{ \"ToUserName\":\r\n\t \"\\\\\0\0\0\0\0\x01 /* // */\"\\u0046\\u006f\\u006f\":/***/ /* // */7}// \"a\": {\n\
      ,\"\xe8\xae\xa2d\":{\"[1E6\" : true,\"Encrypt\": null,\r\n\t \"\" :\"d\":{\"TemplateId\":/***/ \
      /* // {\"CreateTime\":1610969440,\"_.1\": {\"Encrypt\":null,\"AppId\":{\"[1E6\" : true,\"Encrypt\": null,\r\n\
      \t \"\" :\"-9-t_k1CdxW_l-9\"/***/ /* // */},//\xe6\x96\x87\xe6\xa1\xa3 /* \r\n\"_.1\"://\r\nnull}\r\n\t }// \"a\": {\n",
    // The next document begins inside a broken instruction.
    b"<xml><?\0\0sg}/\n<xml><",
    // A line of nested text whose end arrives later.
    b".{\\\"i{&quot;n<xml<\\5\\n<xml><\\5",
];

#[test]
fn what_once_differed_comes_to_the_same() {
    for bytes in ONCE_DIFFERENT {
        for size in 1..80 {
            for arrival in [Arrival::File, Arrival::Trickle] {
                let manner = Manner {
                    arrival,
                    size,
                    threads: 1,
                    limit: Limits::default().payload_size,
                    is_fast: true,
                    wants_queries: false,
                    keeps_noise: true,
                    has_keys: false,
                };
                let told = problem(bytes, manner);
                assert_eq!(told, None, "{manner:?}\n{}", bytes.escape_ascii());
            }
        }
    }
}

/// The fast path learns a payload's template. How the text around that payload was escaped is no part of it.
#[test]
fn findings_of_an_escape_are_not_learnt() {
    let pretty = |user: &str| {
        format!(
            "{{\n  \"ToUserName\": \"gh_3f7a90c1d2e4\",\n  \"FromUserName\": \"{user}\",\n  \"CreateTime\": 1765432100,\n  \
             \"MsgType\": \"event\",\n  \"Event\": \"subscribe_msg_change_event\",\n  \"List\": {{\n    \
             \"TemplateId\": \"Dm4cYpWb7sKtGv2RzQx9LjNfHa5EoUi3-TqXlBkMwJ8\",\n    \"SubscribeStatusString\": \
             \"reject\"\n  }}\n}}\n"
        )
    };
    let (one, other) = (
        pretty("oLearnt_callback_abcdefghijk"),
        pretty("oSecond_callback_abcdefghijk"),
    );
    for capture in [
        format!("{{\"x\":{one}\u{1b}[31mred\u{1b}[0m\n{other}{one}"),
        format!("{}{other}{one}", one.replace("\n  ", "\n\u{1b}[0m  ")),
        format!("{}{other}", one.replace(": \"", ": “").replace("\",", "”,")),
        String::from_utf8_lossy(&captures::capture(102_680_483)).into_owned(),
    ] {
        let manner = Manner {
            arrival: Arrival::File,
            size: 1 << 16,
            threads: 1,
            limit: Limits::default().payload_size,
            is_fast: true,
            wants_queries: false,
            keeps_noise: false,
            has_keys: false,
        };
        assert_eq!(problem(capture.as_bytes(), manner), None, "{capture}");
    }
}
