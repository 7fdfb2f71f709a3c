//! Every payload buried in a log is found: once, in order, in its place, and with the record it has alone. Nothing else
//! is found.
//!
//! The cases combine every event, every shape and every way of burying; [`crate::support`] generates them. Cases in which the
//! bytes have two readings are left out: see [`crate::support::embed::Way::is_undecidable`], and the comments of the tests.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use proptest::prelude::*;
use wxsub::{Code, Outcome, Place};

use crate::support::cases::Share;
use crate::support::embed::{Way, way, ways};
use crate::support::failures::Failures;
use crate::support::messages::{FORMS, imitations, message};
use crate::support::model::{callback, callback_for_xml};
use crate::support::noise;
use crate::support::reading::{ReadRecord, read, read_whole};
use crate::support::render;
use crate::support::rng::Rng;
use crate::support::shapes::{SHAPES, Shape, shape};
use crate::support::traced::{Capture, Traced};

const BLOCKS: [usize; 6] = [1, 2, 7, 64, 1000, 4096];

/// Reads a payload that is alone in a file.
fn alone(payload: &str) -> Rc<ReadRecord> {
    thread_local!(static KNOWN: RefCell<HashMap<String, Rc<ReadRecord>>> = RefCell::default());
    let read = || {
        let mut seen = read_whole(payload.as_bytes());
        assert_eq!(seen.len(), 1, "{payload}");
        Rc::new(seen.remove(0))
    };
    KNOWN.with_borrow_mut(|known| known.entry(payload.to_owned()).or_insert_with(read).clone())
}

/// Makes traced texts of the payloads.
fn traced(payloads: &[String]) -> Vec<Traced> {
    let number = |(i, text): (usize, &String)| Traced::payload(i as u32, text);
    payloads.iter().enumerate().map(number).collect()
}

/// Returns the first bytes, for a message.
fn excerpt(bytes: &[u8]) -> String {
    const SHOWN: usize = 320;
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN)]).replace('\n', "⏎");
    let visible = |c: char| if c.is_control() { '·' } else { c };
    let end = if bytes.len() > SHOWN { "…" } else { "" };
    text.chars().map(visible).collect::<String>() + end
}

/// Returns what is wrong with the records of a capture of `payloads`.
fn problem(capture: &Capture, payloads: &[String], seen: &[ReadRecord]) -> Option<String> {
    let told = |what: String| Some(format!("{what}, in {}", excerpt(&capture.bytes)));
    if seen.len() != payloads.len() {
        let briefs: Vec<String> = seen.iter().map(ReadRecord::brief).collect();
        let (found, of) = (seen.len(), payloads.len());
        return told(format!("{found} records of {of}: [{}]", briefs.join("; ")));
    }
    let pairs = payloads.iter().zip(seen).enumerate();
    pairs
        .filter_map(|(i, (payload, seen))| difference(capture, i as u32, &alone(payload), seen))
        .find_map(told)
}

/// Returns how a record differs from the record of the payload alone, at its place in the capture.
fn difference(
    capture: &Capture,
    number: u32,
    alone: &ReadRecord,
    seen: &ReadRecord,
) -> Option<String> {
    let place = capture.place(number, 0);
    let findings: Vec<_> = alone
        .findings
        .iter()
        .map(|told| (told.code, capture.place(number, told.offset)))
        .collect();
    // A torn message before it is no fault of the payload.
    let seen_findings: Vec<_> = seen
        .findings
        .iter()
        .filter(|told| told.code != Code::AfterTorn)
        .map(|told| (told.code, Some(told.place)))
        .collect();
    let what = if seen.outcome != alone.outcome || seen.line != alone.line {
        format!(
            "{}{} is not {}",
            seen.brief(),
            seen.line.trim_end(),
            alone.line.trim_end()
        )
    } else if Some(seen.place) != place {
        format!("place {:?} is not {place:?}", seen.place)
    } else if seen_findings != findings {
        format!("findings {seen_findings:?} are not {findings:?}")
    } else {
        return None;
    };
    Some(format!("payload {number}: {what}"))
}

/// Reads a capture in one block, and in blocks of `block`. Both must agree with each other and with the payloads.
fn check(capture: &Capture, payloads: &[String], block: Option<usize>) -> Option<String> {
    let seen = read_whole(&capture.bytes);
    problem(capture, payloads, &seen).or_else(|| {
        let is_same = block.is_none_or(|block| read(&capture.bytes, block) == seen);
        (!is_same).then(|| {
            format!(
                "not the same in blocks of {block:?}, in {}",
                excerpt(&capture.bytes)
            )
        })
    })
}

/// True if the payload can be buried like this, and must be found.
fn is_fair(way: &Way, payload: &str) -> bool {
    way.takes(payload) && !way.is_undecidable(payload)
}

/// Draws a payload that can be buried like this.
fn any_payload(way: &Way, number: usize, rng: &mut Rng) -> String {
    loop {
        let payload = rng.pick(&SHAPES).write(rng.below(3), number);
        if is_fair(way, &payload) {
            return payload;
        }
    }
}

/// Draws one to three payloads, the first in this shape. Empty if it cannot be buried like this.
fn some_payloads(way: &Way, event: usize, shape: &Shape, rng: &mut Rng) -> Vec<String> {
    let first = shape.write(event, 1);
    if !is_fair(way, &first) {
        return Vec::new();
    }
    let others = (0..rng.below(3)).map(|i| any_payload(way, i + 2, rng));
    [first].into_iter().chain(others).collect()
}

/// Draws a block size. Half of the captures are also read in small blocks.
fn some_block(rng: &mut Rng) -> Option<usize> {
    let block = *rng.pick(&BLOCKS);
    rng.one_in(2).then_some(block)
}

#[test]
fn every_event_in_every_shape_is_found_in_every_way() {
    let mut failures = Failures::default();
    let mut share = Share::default();
    let mut rng = Rng::new(1);
    for way in ways() {
        for (shape, event) in SHAPES
            .iter()
            .flat_map(|shape| (0..3).map(move |event| (shape, event)))
        {
            let payloads = some_payloads(&way, event, shape, &mut rng);
            if payloads.is_empty() || !share.takes_next() {
                continue;
            }
            let seed = rng.below(1 << 20) as u64;
            let capture = Capture::of(&way.embed(&traced(&payloads), seed));
            let problem = check(&capture, &payloads, some_block(&mut rng));
            failures.count(
                &way.name,
                problem.map(|what| format!("{}: {what}", shape.name)),
            );
        }
    }
    failures.none(5000);
}

#[test]
fn any_size_of_read_comes_to_the_same() {
    let mut failures = Failures::default();
    let mut share = Share::default();
    let payloads = [
        shape("XML, misfit").write(0, 1),
        shape("JSON, hard").write(2, 2),
    ];
    for way in ways()
        .iter()
        .filter(|way| !way.only_json && share.takes_next())
    {
        let capture = Capture::of(&way.embed(&traced(&payloads), 1));
        let whole = read_whole(&capture.bytes);
        for block in BLOCKS.into_iter().chain([3, 100, 1 << 20]) {
            let is_same = read(&capture.bytes, block) == whole;
            failures.count(&way.name, (!is_same).then(|| format!("blocks of {block}")));
        }
    }
    failures.none(500);
}

#[test]
fn a_finding_points_at_its_byte() {
    let mut failures = Failures::default();
    for way in ways() {
        for name in ["JSON, misfit", "XML, misfit"] {
            for (event, value) in ["SCENE_X", "soon", "E_X"].into_iter().enumerate() {
                let payload = shape(name).write(event, 1);
                if is_fair(&way, &payload) {
                    failures.count(&way.name, misplaced(&way, &payload, value));
                }
            }
        }
    }
    failures.none(500);
}

/// Returns what is wrong with the place of the finding about `value`, which no way of burying changes.
fn misplaced(way: &Way, payload: &str, value: &str) -> Option<String> {
    let bytes = Capture::of(&way.embed(&traced(&[payload.to_owned()]), 1)).bytes;
    let at = find(&bytes, value.as_bytes())?;
    let seen = read_whole(&bytes);
    let findings = seen.iter().flat_map(|seen| &seen.findings);
    let mut places = findings
        .filter(|told| told.code.as_str() == "wrong-type")
        .map(|told| told.place);
    let Some(Place { line, offset, .. }) = places.next() else {
        return Some(format!("no finding about {value}, in {}", excerpt(&bytes)));
    };
    let lines = 1 + bytes[..at].iter().filter(|&&b| b == b'\n').count() as u64;
    // The value may begin with a quote or the start of CDATA, as the way writes it.
    let opening = at as u64 - offset.min(at as u64);
    (line != lines || opening > 40 || offset > at as u64)
        .then(|| format!("line {line}, offset {offset} for {value} at {at} in line {lines}"))
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
}

#[test]
fn burying_twice_changes_nothing() {
    let mut share = Share::default();
    let outers = [
        "JSON log, string",
        "JSON log, string, \\u003c",
        "JSON log, string, \\u0022",
        "Monolog",
        "nginx",
        "nginx escape=json",
        "rsyslog",
        "Python bytes",
        "Python text",
        "Go %q",
        "Java, ASCII",
        "PHP",
        "SQL dump",
        "CSV",
        "URL query",
        "form body, +",
        "HTML",
        "HTML, decimal",
        "HTTP capture",
        "HAR",
        "Docker, \\u003c",
        "CRI",
        "CRI, partial",
    ];
    let inners = [
        "log prefix",
        "JSON log, string",
        "JSON log, string, \\/",
        "JSON log, string, \\u003c",
        "Monolog",
        "nginx",
        "Python bytes",
        "Python text",
        "Go %q",
        "PHP",
        "CSV",
        "URL query",
        "form body",
        "HTML",
        "HTTP capture",
    ];
    let mut failures = Failures::default();
    let mut rng = Rng::new(6);
    for outer in outers.map(way) {
        for (i, inner) in inners.iter().map(|name| way(name)).enumerate() {
            // Here text escaped twice is structure: it has one reading.
            for name in [
                "JSON",
                "JSON, sorted and pretty",
                "XML",
                "XML, no CDATA",
                "XML, pretty",
            ] {
                if !share.takes_next() {
                    continue;
                }
                let payloads = [shape(name).write(i % 3, 1)];
                let text = outer.around(&inner, &traced(&payloads)[0], i as u64);
                let problem = check(&Capture::of(&text), &payloads, some_block(&mut rng));
                let name = format!("{} in {}", inner.name, outer.name);
                failures.count(&name, problem);
            }
        }
    }
    failures.none(1500);
}

// What a user typed is not a payload.

/// Returns what is wrong, unless exactly the text message and the callback after it are found.
fn invented(bytes: &[u8]) -> Option<String> {
    let seen = read_whole(bytes);
    let is_fine = match seen.as_slice() {
        [text, callback] => text.outcome == Outcome::Other("text".into()) && callback.is_callback(),
        _ => false,
    };
    let briefs: Vec<String> = seen.iter().map(ReadRecord::brief).collect();
    (!is_fine).then(|| format!("[{}] in {}", briefs.join("; "), excerpt(bytes)))
}

#[test]
fn buried_messages_are_never_searched() {
    let mut failures = Failures::default();
    let mut share = Share::default();
    let mut rng = Rng::new(6);
    let imitations = imitations();
    for way in ways() {
        for form in FORMS.iter().filter(|form| way.takes(&message(form, ""))) {
            for _ in 0..7 {
                let (name, content) = rng.pick(&imitations);
                if !share.takes_next() {
                    continue;
                }
                let payloads = [message(form, content), shape("JSON").write(2, 1)];
                let bytes = Capture::of(&way.embed(&traced(&payloads), 1)).bytes;
                failures.count(
                    &way.name,
                    invented(&bytes).map(|what| format!("{form}, {name}: {what}")),
                );
            }
        }
    }
    failures.none(2500);
}

/// Browsers leave some brackets of a URL unescaped: the first bracket need not begin a document.
#[test]
fn a_bracket_in_an_escaped_message_begins_nothing() {
    let way = way("URL query, as a browser");
    let content = format!("[\n{}]", shape("JSON").write(1, 1));
    let payloads = [message("JSON, sorted", &content), shape("JSON").write(2, 1)];
    let bytes = Capture::of(&way.embed(&traced(&payloads), 1)).bytes;
    assert_eq!(invented(&bytes), None);
}

#[test]
fn every_imitation_in_a_message_stays_a_message() {
    let mut failures = Failures::default();
    let mut share = Share::default();
    for (name, content) in imitations() {
        for form in FORMS {
            for way in [
                "bare",
                "log prefix",
                "JSON log, string",
                "nginx",
                "Docker",
                "CRI",
            ]
            .map(way)
            .into_iter()
            .filter(|_| share.takes_next())
            {
                let payloads = [message(form, &content), shape("XML").write(0, 1)];
                let bytes = Capture::of(&way.embed(&traced(&payloads), 1)).bytes;
                let problem = invented(&bytes).map(|what| format!("{form}, {}: {what}", way.name));
                failures.count(&name, problem);
            }
        }
    }
    failures.none(3000);
}

/// Cuts messages after the beginning of the user's text.
///
/// Two cases are left out because the bytes do not tell them apart: with sorted keys the text comes first, and the cut
/// message looks like a log entry; a text of several lines leaves lines that look like log lines.
#[test]
fn messages_that_were_cut_are_never_searched() {
    let mut failures = Failures::default();
    let mut share = Share::default();
    let mut rng = Rng::new(3);
    let imitations: Vec<_> = imitations()
        .into_iter()
        .map(|(name, content)| (name, content.trim_end().to_owned()))
        .filter(|(_, content)| !content.contains('\n'))
        .collect();
    for way in ways() {
        for form in ["JSON", "XML", "XML, pretty", "XML, no CDATA"]
            .iter()
            .filter(|form| way.takes(&message(form, "")))
        {
            for _ in 0..6 {
                let (name, content) = rng.pick(&imitations);
                let text = message(form, content);
                let capture = Capture::of(&way.embed(&traced(std::slice::from_ref(&text)), 1));
                let content = text.find("Content").expect("it has a content");
                let at = content + rng.below(text.len() - content);
                if !share.takes_next() {
                    continue;
                }
                let Some(place) = (content..=at)
                    .rev()
                    .find_map(|at| capture.place(0, at as u32))
                else {
                    continue;
                };
                let bytes = [
                    &capture.bytes[..place.offset as usize],
                    b"\nthe next line\n",
                ]
                .concat();
                failures.count(
                    &way.name,
                    any_callback(&bytes).map(|what| format!("{form}, {name}: {what}")),
                );
            }
        }
    }
    failures.none(1500);
}

fn any_callback(bytes: &[u8]) -> Option<String> {
    let seen = read_whole(bytes);
    let callback = seen.iter().find(|seen| seen.is_callback())?;
    Some(format!("{} in {}", callback.brief(), excerpt(bytes)))
}

#[test]
fn noise_holds_no_callback() {
    let mut failures = Failures::default();
    for text in noise::all().into_iter().chain(noise::halves()) {
        failures.count("alone", any_callback(&text));
    }
    for seed in 0..300 {
        let lines: Vec<Vec<u8>> = (0..6).map(|i| noise::line(seed * 10 + i)).collect();
        let half = noise::half(seed);
        failures.count("lines", any_callback(&lines.concat()));
        failures.count(
            "lines with a half",
            any_callback(&[&half, &lines.concat()[..], &half].concat()),
        );
    }
    failures.none(650);
}

/// Texts about callbacks and other logs are no errors: nothing in them is cut off or broken.
#[test]
fn other_logs_are_only_noise() {
    let mut failures = Failures::default();
    for text in noise::clean() {
        let seen = read_whole(&text);
        let problem = seen
            .first()
            .map(|seen| format!("{} in {}", seen.brief(), excerpt(&text)));
        failures.count("alone", problem);
    }
    failures.none(30);
}

// Payloads that were cut off.

/// Shapes whose texts are all plain. In other texts that were cut open, the rest cannot be told from what follows.
const CUT_SHAPES: [&str; 6] = [
    "JSON",
    "JSON, pretty",
    "JSON, sorted",
    "XML",
    "XML, pretty",
    "XML, no CDATA",
];

/// Returns the end of the first field name that makes a message, with the byte that closes it.
fn named_from(payload: &str) -> usize {
    ["\"ToUserName\"", "<ToUserName>"]
        .iter()
        .find_map(|name| payload.find(name).map(|at| at + name.len()))
        .expect("every payload has it")
}

/// Returns what is wrong with a cut payload, which ends before `end`, and a whole payload after it.
fn lost(bytes: &[u8], end: usize, is_named: bool, whole: &str) -> Option<String> {
    let seen = read_whole(bytes);
    let callbacks: Vec<&ReadRecord> = seen.iter().filter(|seen| seen.is_callback()).collect();
    let is_whole = matches!(callbacks.as_slice(), [one] if one.line == alone(whole).line);
    // Plain JSON that was cut breaks at the next line. Only the record is sure to stand in its own lines.
    let is_told = seen.iter().any(|seen| {
        let is_broken = seen.outcome == Outcome::Undecodable && !seen.findings.is_empty();
        is_broken && seen.place.offset < end as u64
    });
    let what = match callbacks.len() {
        0 => "the whole one is lost",
        1 if !is_whole => "not the whole one",
        2.. => "invented",
        _ if is_named && !is_told => "not told",
        _ => return None,
    };
    let briefs: Vec<String> = seen.iter().map(ReadRecord::brief).collect();
    let cut = excerpt(&bytes[end.saturating_sub(120)..]);
    Some(format!("{what}: [{}] around …{cut}", briefs.join("; ")))
}

/// Draws places to cut: anywhere, right after the name, and before the last byte.
fn cuts(payload: &str, rng: &mut Rng) -> Vec<usize> {
    let anywhere: Vec<usize> = (0..4).map(|_| 1 + rng.below(payload.len() - 1)).collect();
    [anywhere, vec![named_from(payload), payload.len() - 1]].concat()
}

/// Cuts the payload before it is logged, as a program may do.
#[test]
fn a_payload_that_was_cut_before_it_was_logged_is_told() {
    let mut failures = Failures::default();
    let mut share = Share::default();
    let mut rng = Rng::new(4);
    for way in ways().iter().filter(|way| !way.only_json) {
        for name in CUT_SHAPES {
            let victim = shape(name).write(rng.below(3), 1);
            let whole = shape(CUT_SHAPES[rng.below(6)]).write(rng.below(3), 2);
            for cut in cuts(&victim, &mut rng)
                .into_iter()
                .filter(|_| share.takes_next())
            {
                if way.swallows && name == "XML, pretty" {
                    continue;
                }
                let mut capture = Capture::of(&way.embed(&traced(&[victim[..cut].to_owned()]), 1));
                let end = capture.bytes.len();
                capture.add(&way.embed(&[Traced::plain(&whole)], 2));
                let problem = lost(&capture.bytes, end, cut >= named_from(&victim), &whole);
                failures.count(
                    &way.name,
                    problem.map(|what| format!("{name} at {cut}: {what}")),
                );
            }
        }
    }
    failures.none(2500);
}

/// Cuts the line, as a logger may do. If the next record continues a cut record, nothing shows that it was cut.
#[test]
fn a_line_that_was_cut_is_told() {
    let mut failures = Failures::default();
    let mut share = Share::default();
    let mut rng = Rng::new(5);
    for way in ways().iter().filter(|way| !way.continues) {
        for name in CUT_SHAPES {
            let victim = shape(name).write(rng.below(3), 1);
            let whole = shape(if way.only_json {
                "JSON"
            } else {
                CUT_SHAPES[rng.below(6)]
            })
            .write(rng.below(3), 2);
            if !way.takes(&victim) {
                continue;
            }
            for cut in cuts(&victim, &mut rng)
                .into_iter()
                .filter(|_| share.takes_next())
            {
                let mut capture =
                    Capture::of(&way.embed(&traced(std::slice::from_ref(&victim)), 1));
                let place = capture
                    .place(0, cut as u32)
                    .expect("every byte has a place");
                capture = cut_capture(&capture, place.offset as usize);
                let end = capture.bytes.len();
                capture.add(&way.embed(&[Traced::plain(&whole)], 2));
                let problem = lost(&capture.bytes, end, cut >= named_from(&victim), &whole);
                failures.count(
                    &way.name,
                    problem.map(|what| format!("{name} at {cut}: {what}")),
                );
            }
        }
    }
    failures.none(2500);
}

fn cut_capture(capture: &Capture, at: usize) -> Capture {
    let mut cut = Capture::default();
    cut.push(&capture.bytes[..at]);
    cut.push(b"\n");
    cut
}

// Anything, in any order.

/// A part of a capture.
#[derive(Clone, Debug)]
enum Part {
    Payload {
        way: usize,
        shape: usize,
        event: usize,
        seed: u64,
    },
    Noise(u64),
    Half(u64),
}

fn part() -> impl Strategy<Value = Part> {
    let payload = (0..ways().len(), 0..SHAPES.len(), 0..3usize, 0..1000u64);
    prop_oneof![
        4 => payload.prop_map(|(way, shape, event, seed)| Part::Payload { way, shape, event, seed }),
        3 => (0..100_000u64).prop_map(Part::Noise),
        1 => (0..1000u64).prop_map(Part::Half),
    ]
}

/// A capture of parts.
#[derive(Default)]
struct Built {
    capture: Capture,
    payloads: Vec<String>,
    /// Something before the end is cut off, or looks as if it were. What follows may be part of it, as XML that was cut off
    /// may go on with any element.
    is_torn: bool,
}

fn built(parts: &[Part]) -> Built {
    let ways = ways();
    let mut built = Built::default();
    // Without this line two bytes of noise may form a byte order mark.
    built.capture.push(b"log:\n");
    for part in parts {
        match part {
            Part::Noise(seed) => {
                let line = noise::line(*seed);
                if noise::goes_on(&line) {
                    continue;
                }
                built.is_torn |= noise::begins_payload(&line);
                built.capture.push(&line);
            }
            Part::Half(seed) => {
                built.capture.push(&noise::half(*seed));
                built.is_torn = true;
            }
            Part::Payload {
                way,
                shape,
                event,
                seed,
            } => {
                let way = &ways[*way];
                let number = built.payloads.len();
                let wanted = SHAPES[*shape].write(*event, number);
                let payload = if is_fair(way, &wanted) {
                    wanted
                } else {
                    SHAPES[0].write(*event, number)
                };
                let embedded = way.embed(&[Traced::payload(number as u32, &payload)], *seed);
                built.capture.add(&embedded);
                built.payloads.push(payload);
            }
        }
    }
    built
}

/// Returns true if it says that something is not decoded: a comment may hold a payload.
fn is_told(seen: &ReadRecord) -> bool {
    seen.outcome == Outcome::Undecodable
        || seen
            .findings
            .iter()
            .any(|told| told.code == Code::JsonComment)
}

impl Built {
    /// Returns the first problem of what was read from the capture.
    fn problem(&self, mut seen: Vec<ReadRecord>) -> Option<String> {
        let is_told = seen.iter().any(is_told);
        seen.retain(ReadRecord::is_callback);
        match self.is_torn && is_told {
            true => self.invented(&seen),
            false => problem(&self.capture, &self.payloads, &seen),
        }
    }

    /// Returns what is wrong if a record is not that of the next payload or of one behind it.
    fn invented(&self, seen: &[ReadRecord]) -> Option<String> {
        let mut payloads = (0..).zip(&self.payloads);
        let mut is_next = |seen: &ReadRecord| {
            payloads.any(|(number, payload)| {
                difference(&self.capture, number, &alone(payload), seen).is_none()
            })
        };
        let other = seen.iter().find(|seen| !is_next(seen))?;
        let excerpt = excerpt(&self.capture.bytes);
        Some(format!("{} is of no payload, in {excerpt}", other.brief()))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 500, ..crate::support::cases::cases(300) })]

    #[test]
    fn payloads_between_anything_come_back_in_order(
        parts in proptest::collection::vec(part(), 0..10), block in proptest::sample::select(&BLOCKS[..]),
    ) {
        let built = built(&parts);
        let problem = built.problem(read(&built.capture.bytes, block));
        let capture = String::from_utf8_lossy(&built.capture.bytes);
        prop_assert!(problem.is_none(), "{}\n{capture}", problem.unwrap_or_default());
    }

    #[test]
    fn payloads_that_say_anything_are_found_in_every_way(
        payload in any_rendered(), way in 0..ways().len(), seed in 0..1000u64,
    ) {
        let way = &ways()[way];
        prop_assume!(is_fair(way, &payload));
        let capture = Capture::of(&way.embed(&traced(std::slice::from_ref(&payload)), seed));
        let problem = check(&capture, std::slice::from_ref(&payload), Some(7));
        // Comments may end what seems to be a line of a log, or a string.
        let is_right = problem.is_none()
            || has_comment(&payload) && read_whole(&capture.bytes).iter().any(is_told);
        prop_assert!(is_right, "{}: {}", way.name, problem.unwrap_or_default());
    }
}

fn has_comment(payload: &str) -> bool {
    ["/*", "//", "<!--"]
        .iter()
        .any(|comment| payload.contains(comment))
}

/// Generates callbacks with any values in any shape. A name that makes a message is never hidden by escapes, and brackets
/// stand in no comment, where they may be taken for those of a document.
fn any_rendered() -> impl Strategy<Value = String> {
    let rendered = prop_oneof![
        (callback(), any::<u64>()).prop_map(|(callback, seed)| render::json(&callback, seed)),
        (callback_for_xml(), any::<u64>())
            .prop_map(|(callback, seed)| render::xml(&callback, seed)),
    ];
    rendered.prop_filter(
        "a name stands there as it is, and no comment looks like a document",
        |text| {
            let has_name = text.contains("\"ToUserName\"") || text.contains("<ToUserName>");
            let odd = ["/* }", "// \"a\": {", "<!-- <"];
            let has_bracket = odd.iter().any(|comment| text.contains(comment));
            has_name && !has_bracket && text.len() < 8000
        },
    )
}
