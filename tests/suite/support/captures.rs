//! Captures with everything in them that logs have, whole and damaged, and the ways in which they are read.

use std::io::{self, Read};

use wxsub::Syntax;

use super::embed::{Way, line, ways};
use super::escape;
use super::json;
use super::messages::{FORMS, imitations, message};
use super::noise;
use super::print::PRINTERS;
use super::rng::Rng;
use super::seal;
use super::shapes::{SHAPES, shape};
use super::traced::{Capture, Traced};

/// A pipe that returns any number of bytes.
pub(crate) struct Pipe<'a> {
    bytes: &'a [u8],
    rng: Rng,
    most: usize,
}

impl<'a> Pipe<'a> {
    pub(crate) fn new(bytes: &'a [u8], seed: u64, most: usize) -> Self {
        let rng = Rng::new(seed);
        Pipe { bytes, rng, most }
    }
}

impl Read for Pipe<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // Often as much as asked for: only then threads are used.
        let most = if self.rng.one_in(3) {
            1 + self.rng.below(self.most)
        } else {
            usize::MAX
        };
        let len = out.len().min(most);
        self.bytes.read(&mut out[..len])
    }
}

pub(crate) fn payload(rng: &mut Rng) -> String {
    let number = rng.below(1000);
    match rng.below(6) {
        0 => {
            let imitations = imitations();
            let (_, content) = rng.pick(&imitations);
            message(FORMS[number % FORMS.len()], content)
        }
        1 => [
            "{\"a\":[{\"b\":\"c\"}]}",
            "<html><p>x</p></html>",
            "[1,[2]]",
        ][number % 3]
            .into(),
        _ => rng.pick(&SHAPES).write(rng.below(3), number),
    }
}

fn buried(rng: &mut Rng) -> Vec<u8> {
    thread_local!(static WAYS: Vec<Way> = ways());
    WAYS.with(|ways| {
        let way = rng.pick(ways);
        let payloads: Vec<Traced> = (0..1 + rng.below(3))
            .map(|_| payload(rng))
            .filter(|payload| way.takes(payload))
            .map(|payload| Traced::payload(0, &payload))
            .collect();
        match payloads.is_empty() {
            true => Vec::new(),
            false => Capture::of(&way.embed(&payloads, rng.below(1000) as u64)).bytes,
        }
    })
}

/// Texts between and around payloads that change how they are read.
const GLUE: &[&str] = &[
    "",
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "\u{FEFF}",
    "\n\u{FEFF}",
    "[",
    "]",
    "[\n",
    "\n]\n",
    ",\n",
    "}",
    "</xml>",
    "\"",
    "'",
    "{\"log\":\"",
    "2021-01-18T11:30:40Z stdout F ",
    "2021-01-18T11:30:40Z stderr P a\n",
    "{\n",
    "/*",
    "*/",
    "<!--",
    "-->",
    "<xml>",
    "{\"x\":",
    "订",
];

fn array(rng: &mut Rng) -> Vec<u8> {
    let payloads: Vec<String> = (0..rng.below(5))
        .map(|i| shape("JSON").write(rng.below(3), i))
        .collect();
    format!(
        "[{}]\n",
        payloads.join([",", ",\n", " ,\r\n "][rng.below(3)])
    )
    .into_bytes()
}

/// Draws pieces mostly of one kind, as in real captures.
fn pieces(rng: &mut Rng) -> Vec<u8> {
    let kind = rng.below(8);
    let mut bytes = Vec::new();
    for _ in 0..rng.below(25) {
        let kind = if rng.one_in(4) { rng.below(8) } else { kind };
        let seed = rng.below(1 << 30) as u64;
        let piece = match kind {
            0..3 => buried(rng),
            3 => noise::line(seed),
            4 if rng.one_in(3) => noise::half(seed),
            4 | 5 => [payload(rng).as_bytes(), b"\n"].concat(),
            6 => array(rng),
            _ => rng.pick(GLUE).as_bytes().to_vec(),
        };
        // Long lines take time and find little here.
        bytes.extend_from_slice(&piece[..piece.len().min(4000)]);
    }
    bytes
}

/// Removes, doubles or changes a few bytes.
pub(crate) fn mutated(mut bytes: Vec<u8>, rng: &mut Rng) -> Vec<u8> {
    for _ in 0..rng.below(6) {
        if bytes.is_empty() {
            break;
        }
        let at = rng.below(bytes.len());
        let end = (at + 1 + rng.below(40)).min(bytes.len());
        match rng.below(4) {
            0 => _ = bytes.drain(at..end),
            1 => {
                let again = bytes[at..end].to_vec();
                _ = bytes.splice(at..at, again);
            }
            2 => bytes[at] = *rng.pick(b"\n\"\\{}[]<>',: \xFF\0"),
            _ => _ = bytes.splice(at..at, rng.pick(GLUE).bytes()),
        }
    }
    bytes
}

pub(crate) fn capture(seed: u64) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    let bytes = pieces(&mut rng);
    if rng.one_in(2) {
        mutated(bytes, &mut rng)
    } else {
        bytes
    }
}

/// Returns some lines of `bytes`.
pub(crate) fn part(bytes: &[u8], rng: &mut Rng) -> Vec<u8> {
    const MOST: usize = 3000;
    let start = rng.below(bytes.len().max(1)).min(bytes.len());
    let line = memchr::memchr(b'\n', &bytes[start..]).map_or(start, |n| start + n + 1);
    let start = if rng.one_in(4) { start } else { line };
    let len = 1 + rng.below(MOST);
    bytes[start..(start + len).min(bytes.len())].to_vec()
}

/// Draws an object of a message, as a program prints it.
fn printed(rng: &mut Rng) -> String {
    let number = rng.below(1000);
    let text = match rng.one_in(3) {
        true => {
            let imitations = imitations();
            let (_, content) = rng.pick(&imitations);
            message("JSON", content)
        }
        false => shape("JSON").write(number % 3, number),
    };
    let value = json::parse(&text, false).expect("JSON");
    rng.pick(&PRINTERS).print(&value)
}

/// Draws a text that holds a payload or looks like one.
fn text(rng: &mut Rng) -> String {
    match rng.below(10) {
        0..4 => printed(rng),
        4..7 => payload(rng),
        7 => {
            let syntax = *rng.pick(&[Syntax::Json, Syntax::Xml]);
            let sealed = seal::encrypt(payload(rng).as_bytes());
            let line = format!("POST /wx?{} ", seal::query(&sealed));
            format!("{line}{}", seal::envelope(syntax, &sealed))
        }
        8 => String::from_utf8_lossy(&noise::line(rng.below(1 << 30) as u64)).into_owned(),
        _ => {
            let payload = payload(rng);
            line(&wxsub::decode(payload.as_bytes()))
        }
    }
}

/// Draws a text in escapes, up to three times.
fn escaped(rng: &mut Rng) -> String {
    let escapes: [fn(&Traced) -> Traced; 16] = [
        |text| escape::json(text, escape::JSON),
        |text| escape::json_inside(text, escape::JSON_HTML),
        |text| escape::json(text, escape::JSON_PHP),
        escape::nginx,
        escape::rsyslog,
        escape::python_bytes,
        escape::python_str,
        escape::go,
        escape::php,
        escape::sql,
        escape::csv,
        escape::url,
        escape::html,
        escape::html_decimal,
        escape::base64,
        |text| escape::numbers(text, " "),
    ];
    let mut traced = Traced::plain(&text(rng));
    for _ in 0..[0, 0, 0, 1, 1, 1, 1, 2, 2, 3][rng.below(10)] {
        traced = rng.pick(&escapes)(&traced);
    }
    traced.text()
}

/// Draws a text with a prefix before each line, or in a container's log.
fn framed(rng: &mut Rng) -> String {
    const PREFIXES: [&str; 9] = [
        "shop-1  | ",
        "> ",
        "+",
        "// ",
        "2024-03-09 10:00:0% web[7]: ",
        "2024-03-09T10:00:0%Z stdout F ",
        "2024-03-09T10:00:0%Z stderr F ",
        "app.log:1%:",
        "  ",
    ];
    let text = escaped(rng);
    let prefix = *rng.pick(&PREFIXES);
    let mut framed = String::new();
    for (number, line) in text.split_inclusive('\n').enumerate() {
        framed.push_str(&prefix.replace('%', &(number % 10).to_string()));
        framed.push_str(line);
        if rng.one_in(8) {
            framed.push_str(
                ["db-1    | x\n", "2024-03-09T10:00:00Z stderr F y\n", "\n"][rng.below(3)],
            );
        }
    }
    framed
}

/// Texts before a payload on its line.
const BEFORE: [&str; 12] = [
    "",
    "",
    "2025-11-22 20:00:00.120 INFO [http-1] body=",
    "10:05 received ",
    "data: \"",
    "'",
    "{\"level\":\"info\",\"msg\":",
    "{\"log\":\"",
    "  ",
    "subscribe_msg_popup_event ",
    "<li>",
    "x=",
];

/// Texts after a payload.
const AFTER: [&str; 9] = [
    "\n",
    "\n",
    "\n",
    " took=3ms\n",
    "\"\n",
    "}\n",
    "\",\"stream\":\"stdout\"}\n",
    "",
    "\r\n",
];

/// Draws a log whose payloads have one template, for the fast path. Some are cut off or damaged.
pub(crate) fn of_one_template(rng: &mut Rng) -> Vec<u8> {
    let (shape, event) = (rng.pick(&SHAPES), rng.below(3));
    let (before, after) = (*rng.pick(&BEFORE), *rng.pick(&AFTER));
    let is_text = rng.one_in(3);
    let mut bytes = Vec::new();
    for number in 0..2 + rng.below(5) {
        let payload = shape.write(event, number);
        let mut payload = match is_text {
            true => format!("{{\"log\":{}}}", serde_json::json!(payload)),
            false => payload,
        }
        .into_bytes();
        match rng.below(8) {
            0 => payload.truncate(rng.below(payload.len())),
            1 => payload = mutated(payload, rng),
            _ => {}
        }
        let is_other = rng.one_in(4);
        let before = if is_other { rng.pick(&BEFORE) } else { before };
        let after = if is_other { rng.pick(&AFTER) } else { after };
        bytes.extend([before.as_bytes(), &payload, after.as_bytes()].concat());
    }
    bytes
}

/// Draws a log with messages in all notations and escapes.
pub(crate) fn mixed(rng: &mut Rng) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..1 + rng.below(4) {
        let text = match rng.below(5) {
            0 => framed(rng),
            1 => printed(rng),
            _ => escaped(rng),
        };
        let text = match rng.one_in(5) {
            true => text.replace('\n', " "),
            false => text,
        };
        bytes.extend_from_slice(rng.pick(&BEFORE).as_bytes());
        bytes.extend_from_slice(text.as_bytes());
        bytes.extend_from_slice(rng.pick(&AFTER).as_bytes());
        if rng.one_in(3) {
            bytes.extend(noise::line(rng.below(1 << 30) as u64));
        }
    }
    bytes
}

/// Cuts, splices, doubles and swaps lines and other parts of a capture, and changes bytes.
pub(crate) fn damaged(mut bytes: Vec<u8>, rng: &mut Rng) -> Vec<u8> {
    for _ in 0..rng.below(3) {
        bytes = match rng.below(6) {
            0 => {
                let end = rng.below(bytes.len() + 1);
                bytes.truncate(end);
                bytes
            }
            1 => {
                let start = rng.below(bytes.len() + 1);
                bytes.split_off(start)
            }
            2 => {
                let at = rng.below(bytes.len() + 1);
                let other = mixed(rng);
                let end = rng.below(other.len() + 1);
                bytes.splice(at..at, other[..end].to_vec());
                bytes
            }
            3 | 4 => shuffled(&bytes, rng),
            _ => mutated(bytes, rng),
        };
    }
    mutated(bytes, rng)
}

/// Doubles, leaves out and swaps lines.
fn shuffled(bytes: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|&b| b == b'\n').collect();
    for _ in 0..rng.below(4) {
        if lines.is_empty() {
            break;
        }
        let (one, other) = (rng.below(lines.len()), rng.below(lines.len()));
        match rng.below(3) {
            0 => lines.swap(one, other),
            1 => _ = lines.remove(one),
            _ => lines.insert(other, lines[one]),
        }
    }
    lines.concat()
}
