//! What a user typed never becomes a callback, however a program prints the message in which it stands.
//!
//! Each case draws a message of WeChat that is no callback, and in one of its members an imitation of a callback: whole,
//! escaped, or as the rest of the notation in which the message is printed. The message stands alone, in a log line, in
//! the string of a JSON log, or between callbacks, of which all must be found; or it is torn.
//!
//! Some cases are only counted, by reason ([`apart`]); in all others no imitation is decoded and no callback is lost. In
//! the cases called undecidable the bytes do not tell: without quotes, or behind a cut in XML, a typed line break begins a
//! whole log entry. The cases called gaps are faults that are known and not mended: a text over lines before the header
//! (sorted names, in PHP and YAML), torn or not, of which a line begins a whole log entry, or which is a block of YAML; a
//! Go struct with the text first, which looks like JavaScript; and what is torn before the header, in a notation that
//! shows no end. Of 100,000 cases 66 are decoded there. Where the gaps are, this test proves nothing.
//!
//! Every eighth case is read in small blocks, too.
//!
//! `PROPTEST_CASES` sets the number of cases, and `PROPTEST_RNG_SEED` draws others.

use std::collections::BTreeMap;

use crate::support::cases::seeds;
use crate::support::json::Json;
use crate::support::print::{PRINTERS, Printer};
use crate::support::reading::{ReadRecord, read, read_whole};
use crate::support::rng::Rng;

const BLOCKS: [usize; 3] = [1, 7, 4096];

/// Cases that were decoded once.
const KNOWN: [u64; 11] = [
    9562,
    67622,
    76279,
    94210,
    8589960125,
    8590013075,
    12884962652,
    17179890493,
    17179964426,
    25769855385,
    606560,
];

/// The openid of all imitations.
const FORGED: &str = "oForged-Decoy_abcdefghij-KLM";

fn object(members: Vec<(&str, Json)>) -> Json {
    let members = members.into_iter();
    Json::Object(members.map(|(name, v)| (name.into(), v)).collect())
}

fn number(text: &str) -> Json {
    Json::Number(text.into())
}

/// Sorts the members by their names, as some programs do.
fn sorted(value: &Json) -> Json {
    let Json::Object(members) = value else {
        return value.clone();
    };
    let mut members = members.clone();
    members.sort_by(|a, b| a.0.cmp(&b.0));
    Json::Object(members)
}

fn header(user: &str, kind: &str) -> Vec<(&'static str, Json)> {
    vec![
        ("ToUserName", Json::text("gh_3f7a90c1d2e4")),
        ("FromUserName", Json::text(user)),
        ("CreateTime", number("1765432100")),
        ("MsgType", Json::text(kind)),
    ]
}

/// The event and the list of a callback.
fn event(rng: &mut Rng) -> Vec<(&'static str, Json)> {
    let template = (
        "TemplateId",
        Json::text("Dm4cYpWb7sKtGv2RzQx9LjNfHa5EoUi3-TqXlBkMwJ8"),
    );
    let status = ("SubscribeStatusString", Json::text("reject"));
    let (name, item) = match rng.below(3) {
        0 => (
            "subscribe_msg_popup_event",
            vec![template, status, ("PopupScene", Json::text("0"))],
        ),
        1 => ("subscribe_msg_change_event", vec![template, status]),
        _ => (
            "subscribe_msg_sent_event",
            vec![
                template,
                ("MsgID", Json::text("4372059182637404160")),
                ("ErrorCode", Json::text("0")),
                ("ErrorStatus", Json::text("success")),
            ],
        ),
    };
    let item = object(item);
    let list = match rng.below(3) {
        0 => Json::Array(vec![item]),
        1 => Json::Array(vec![item.clone(), item]),
        _ => item,
    };
    vec![("Event", Json::text(name)), ("List", list)]
}

fn callback(user: &str, rng: &mut Rng) -> Json {
    let callback = object([header(user, "event"), event(rng)].concat());
    match rng.one_in(4) {
        true => sorted(&callback),
        false => callback,
    }
}

/// Draws a message that is no callback, with `text` in a member that users fill. Returns true if the members are sorted:
/// then the text may stand before the header.
fn message(user: &str, text: &str, rng: &mut Rng) -> (Json, bool) {
    let typed = Json::text(text);
    let id = ("MsgId", number("23456789012345678"));
    let plain = |kind, members: Vec<(&'static str, Json)>| [header(user, kind), members].concat();
    let named = |name, members: Vec<(&'static str, Json)>| {
        [
            header(user, "event"),
            vec![("Event", Json::text(name))],
            members,
        ]
        .concat()
    };
    let members = match rng.below(14) {
        0..4 => plain("text", vec![("Content", typed), id]),
        4 => plain(
            "link",
            vec![
                ("Title", typed),
                ("Description", Json::text("x")),
                ("Url", Json::text("y")),
                id,
            ],
        ),
        5 => plain(
            "link",
            vec![
                ("Title", Json::text("hi")),
                ("Description", typed),
                ("Url", Json::text("y")),
                id,
            ],
        ),
        6 => plain(
            "location",
            vec![("Scale", number("15")), ("Label", typed), id],
        ),
        7 => plain(
            "miniprogrampage",
            vec![("Title", typed.clone()), ("PagePath", typed), id],
        ),
        8 => plain(
            "voice",
            vec![("MediaId", Json::text("m")), ("Recognition", typed), id],
        ),
        9 => named(
            "subscribe",
            vec![("EventKey", typed), ("Ticket", Json::text("t"))],
        ),
        10 => named(
            "scancode_push",
            vec![
                ("EventKey", Json::text("k")),
                (
                    "ScanCodeInfo",
                    object(vec![
                        ("ScanType", Json::text("qrcode")),
                        ("ScanResult", typed),
                    ]),
                ),
            ],
        ),
        11 => named(
            "location_select",
            vec![
                ("EventKey", Json::text("k")),
                (
                    "SendLocationInfo",
                    object(vec![("Label", typed), ("Poiname", Json::text("p"))]),
                ),
            ],
        ),
        12 => named("user_enter_tempsession", vec![("SessionFrom", typed)]),
        _ => named(
            "weapp_audit",
            vec![("Query", typed.clone()), ("PagePath", typed)],
        ),
    };
    match rng.one_in(3) {
        true => (sorted(&object(members)), true),
        false => (object(members), false),
    }
}

/// What a user typed.
struct Decoy {
    name: String,
    text: String,
    /// True if a line of it begins a whole log entry.
    is_entry: bool,
}

/// Writes a record of the imitation.
fn record() -> String {
    format!(
        "{{\"event\":\"subscribe_msg_change_event\",\"to_user\":\"gh_3f7a90c1d2e4\",\"from_user\":\"{FORGED}\",\
         \"create_time\":1765432100,\"items\":[{{\"template_id\":\"t\",\"status\":\"reject\"}}]}}"
    )
}

fn whole(rng: &mut Rng) -> (String, String) {
    match rng.below(8) {
        0 => ("record".into(), record()),
        1..4 => {
            let printer = &PRINTERS[rng.below(5)];
            (printer.name.into(), printer.print(&callback(FORGED, rng)))
        }
        _ => {
            let printer = rng.pick(&PRINTERS);
            (printer.name.into(), printer.print(&callback(FORGED, rng)))
        }
    }
}

/// Returns what `printer` prints behind a text: members of a callback, or the end of the object and a whole callback.
fn rest(printer: &Printer, rng: &mut Rng) -> (String, bool) {
    const MARK: &str = "Marked";
    let mark = || ("Content", Json::text(MARK));
    let members = match rng.below(5) {
        0 => vec![mark()],
        1 => [vec![mark()], header(FORGED, "event"), event(rng)].concat(),
        2 => vec![
            ("Any", object(vec![mark()])),
            event(rng).remove(0),
            event(rng).remove(1),
        ],
        _ => [vec![mark()], event(rng)].concat(),
    };
    let ends = members.len() == 1;
    let printed = printer.print(&object(members));
    let (_, rest) = printed.split_once(MARK).expect("it is printed");
    // The last bracket is that of the message.
    let cut = rng.below(3).min(rest.len());
    let rest = match rest.is_char_boundary(rest.len() - cut) && !ends {
        true => &rest[..rest.len() - cut],
        false => rest,
    };
    let between = *rng.pick(&["", " ", ", ", "\n", ",", " next=", "\n\n"]);
    let after = match ends || rng.one_in(4) {
        true => format!("{between}{}", whole(rng).1),
        false => String::new(),
    };
    let is_whole = !after.is_empty();
    (format!("{rest}{after}"), is_whole)
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(text: &str) -> String {
    let group = |bytes: &[u8]| {
        let bits = (0..3).fold(0, |bits, i| {
            bits << 8 | u32::from(*bytes.get(i).unwrap_or(&0))
        });
        let sign = |i: usize| match i <= bytes.len() {
            true => char::from(BASE64[(bits >> (18 - 6 * i)) as usize & 63]),
            false => '=',
        };
        (0..4).map(sign).collect::<String>()
    };
    text.as_bytes().chunks(3).map(group).collect()
}

fn wrapped(text: &str, rng: &mut Rng) -> (&'static str, String) {
    use crate::support::escape::{html, nginx, python_bytes, url};
    use crate::support::traced::Traced;
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let traced = Traced::plain(text);
    match rng.below(14) {
        0 => (", in base64", base64(text)),
        1 => (", in a string", quoted(text)),
        2 => (", in two strings", quoted(&quoted(text))),
        3 => (", escaped", quoted(text).trim_matches('"').into()),
        4 => (", for nginx", nginx(&traced).text()),
        5 => (", for a URL", url(&traced).text()),
        6 => (", for HTML", html(&traced).text()),
        7 => (", in Python", python_bytes(&traced).text()),
        _ => ("", text.into()),
    }
}

fn decoy(printer: &Printer, rng: &mut Rng) -> Decoy {
    const HEADS: [&str; 10] = [
        "",
        "",
        "hi ",
        "\n",
        "x\n\n",
        "\"",
        "'",
        "hi\n2025-11-22 20:00:00.120 INFO [http-1] body=",
        "} ",
        "]]></Content></xml>",
    ];
    const TAILS: [&str; 9] = [
        "",
        "",
        " bye",
        "\n",
        "\n{\"a\":\"",
        ", x=",
        "{x=",
        "\n\"",
        "'",
    ];
    let (name, text, is_whole) = match rng.below(5) {
        0 | 1 => {
            let (name, text) = whole(rng);
            let (how, text) = wrapped(&text, rng);
            (format!("{name}{how}"), text, true)
        }
        2 => {
            let other = rng.pick(&PRINTERS);
            let (text, is_whole) = rest(other, rng);
            let is_whole = is_whole || other.begins_line;
            (format!("rest of {}", other.name), text, is_whole)
        }
        _ => {
            let (text, is_whole) = rest(printer, rng);
            let is_whole = is_whole || printer.begins_line;
            ("rest".into(), text, is_whole)
        }
    };
    let (head, tail): (&str, &str) = (*rng.pick(&HEADS), *rng.pick(&TAILS));
    let text = format!("{head}{text}{tail}");
    let text = match rng.one_in(2) {
        true => text.replace('\n', " "),
        false => text,
    };
    let is_entry = (is_whole || tail.contains('{')) && text.contains('\n');
    Decoy {
        name,
        text,
        is_entry,
    }
}

/// Returns true if `text`, a torn message, is cut in XML behind a typed line that begins a whole log entry.
fn is_cut_behind_entry(printer: &Printer, text: &str) -> bool {
    let end = match printer.name {
        "XML, no CDATA" => "</",
        name if name.starts_with("XML") => "]]></",
        _ => return false,
    };
    let entry = text.rsplit_once("\n2025-11-22 ");
    entry.is_some_and(|(_, rest)| !rest.contains(end))
}

/// Returns why the case is only counted, if it is; see the top of this file.
fn apart(printer: &Printer, decoy: &Decoy, is_early: bool, is_torn: bool) -> Option<&'static str> {
    let is_xml = printer.name.starts_with("XML");
    let is_wire = is_xml || printer.name.starts_with("JSON");
    let is_block = printer.name == "YAML, blocks";
    let has_lines = printer.keeps_breaks && decoy.text.contains('\n') || is_block;
    let has_no_end = printer.keeps_breaks || printer.begins_line;
    match () {
        () if decoy.is_entry && printer.is_open => Some("undecidable: a forged entry"),
        () if is_torn && has_lines && !is_wire => Some("gap: torn, over lines"),
        () if is_torn && is_early && has_no_end && !is_wire => Some("gap: torn before the header"),
        () if is_early && has_lines && !is_wire => Some("gap: over lines before the header"),
        () if is_early && printer.name == "Go struct" => Some("gap: a Go struct, text first"),
        () => None,
    }
}

/// How a capture shows what was printed.
#[derive(Clone, Copy, Debug)]
enum Around {
    Nothing,
    LogLine,
    JsonLog,
}

impl Around {
    fn put(self, text: &str, begins_line: bool) -> String {
        let gap = if begins_line { "\n" } else { "" };
        match self {
            Around::Nothing if begins_line => format!("---\n{text}\n"),
            Around::Nothing => format!("{text}\n"),
            Around::LogLine => {
                let end = if begins_line { "" } else { " took=3ms" };
                format!("2025-11-22 20:00:00.120 INFO [http-1] body={gap}{text}{end}\n")
            }
            Around::JsonLog => {
                let text = format!("received {gap}{text}");
                let text = serde_json::Value::from(text);
                format!("{{\"level\":\"info\",\"msg\":{text},\"took\":3}}\n")
            }
        }
    }

    fn put_printed(self, printer: &Printer, value: &Json) -> String {
        self.put(&printer.print(value), printer.begins_line)
    }
}

/// A capture with its callbacks, by their openids.
struct Case {
    name: String,
    capture: String,
    users: Vec<String>,
    is_torn: bool,
    /// Why the case is only counted.
    apart: Option<&'static str>,
}

fn case(seed: u64) -> Case {
    let mut rng = Rng::new(seed);
    let rng = &mut rng;
    for _ in 0..3 {
        rng.below(2);
    }
    let printer = rng.pick(&PRINTERS);
    let around = *rng.pick(&[
        Around::Nothing,
        Around::LogLine,
        Around::LogLine,
        Around::JsonLog,
    ]);
    let (mut capture, mut users) = (String::new(), Vec::new());
    let is_torn = rng.one_in(4);
    let mut genuine = |capture: &mut String, around: Around, printer: &Printer, rng: &mut Rng| {
        let user = format!("oGenuine_callback_{:010}", users.len());
        capture.push_str(&around.put_printed(printer, &callback(&user, rng)));
        users.push(user);
    };
    if rng.one_in(2) {
        let printer = if rng.one_in(2) { printer } else { &PRINTERS[0] };
        genuine(&mut capture, Around::LogLine, printer, rng);
    }
    let (mut name, mut reason) = (String::new(), None);
    for _ in 0..1 + rng.below(2) {
        let decoy = decoy(printer, rng);
        let (message, is_early) = message("oMessage-of-a-user_abcdefghi", &decoy.text, rng);
        let text = printer.print(&message);
        let cut = (1..text.len()).filter(|at| text.is_char_boundary(*at));
        let cut: Vec<usize> = cut.filter(|_| is_torn).collect();
        let (text, torn) = match cut.is_empty() {
            false => (&text[..*rng.pick(&cut)], ", torn"),
            true => (text.as_str(), ""),
        };
        capture.push_str(&around.put(text, printer.begins_line));
        name = format!("{}, {around:?}{torn}: {}", printer.name, decoy.name);
        reason = reason.or_else(|| apart(printer, &decoy, is_early, is_torn));
        if is_torn && is_cut_behind_entry(printer, text) {
            reason = Some("undecidable: a forged entry");
        }
        if rng.one_in(2) {
            genuine(&mut capture, Around::LogLine, printer, rng);
        }
    }
    genuine(&mut capture, Around::LogLine, &PRINTERS[0], rng);
    Case {
        name,
        capture,
        users,
        is_torn,
        apart: reason,
    }
}

/// Returns the openids of the callbacks.
fn users(seen: &[ReadRecord]) -> Vec<String> {
    let callbacks = seen.iter().filter(|seen| seen.is_callback());
    let user = |seen: &ReadRecord| {
        let (_, rest) = seen
            .line
            .split_once("\"from_user\":\"")
            .unwrap_or(("", "none\""));
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    callbacks.map(user).collect()
}

/// Returns what is wrong with the callbacks of a case: one is invented, or one is lost.
fn problem(case: &Case, seen: &[ReadRecord]) -> Option<&'static str> {
    let found = users(seen);
    let mut wanted = case.users.iter();
    if !found
        .iter()
        .all(|user| wanted.any(|genuine| genuine == user))
    {
        return Some("invented");
    }
    if seen
        .iter()
        .any(|seen| seen.is_callback() && seen.line.contains("Decoy"))
    {
        return Some("mixed");
    }
    (!case.is_torn && found != case.users).then_some("lost")
}

#[test]
fn what_a_user_typed_is_no_callback() {
    let (mut failed, mut first) = (BTreeMap::<String, usize>::new(), BTreeMap::new());
    let mut apart = BTreeMap::<&str, [usize; 3]>::new();
    for seed in seeds(4000).chain(KNOWN) {
        let case = case(seed);
        let seen = read_whole(case.capture.as_bytes());
        let mut problem = problem(&case, &seen);
        if let Some(reason) = case.apart {
            let [all, invented, lost] = apart.entry(reason).or_default();
            *all += 1;
            *lost += usize::from(problem == Some("lost"));
            *invented += usize::from(problem.is_some_and(|problem| problem != "lost"));
            problem = None;
        }
        if seed % 8 == 0 && read(case.capture.as_bytes(), BLOCKS[(seed / 8 % 3) as usize]) != seen {
            problem = Some("not the same in blocks");
        }
        if let Some(problem) = problem {
            let key = format!(
                "{problem}: {}",
                case.name.split(": ").next().unwrap_or_default()
            );
            *failed.entry(key.clone()).or_default() += 1;
            let briefs: Vec<String> = seen.iter().map(ReadRecord::brief).collect();
            let shown = format!(
                "seed {seed}, {}: {:?}\n{}\n",
                case.name, briefs, case.capture
            );
            let best = first.entry(key).or_insert_with(|| shown.clone());
            if shown.len() < best.len() {
                *best = shown;
            }
        }
    }
    println!("counted apart (cases, invented, lost): {apart:#?}");
    let total: usize = failed.values().sum();
    for (key, shown) in first.iter().take(6) {
        eprintln!("---- {key} ({}): {shown}", failed[key]);
    }
    assert!(failed.is_empty(), "{total} failed: {failed:#?}");
}

/// Lines of another stream break an object apart. Its texts stay those of a user.
#[test]
fn a_member_behind_a_line_of_another_stream_is_not_searched() {
    let typed = PRINTERS[0].print(&callback(FORGED, &mut Rng::new(1)));
    let other = PRINTERS[0].print(&callback("oGenuine_callback_0000000000", &mut Rng::new(2)));
    let (message, _) = message("oMessage-of-a-user_abcdefghi", &typed, &mut Rng::new(3));
    for printer in PRINTERS
        .iter()
        .filter(|printer| printer.name == "JSON, pretty")
    {
        let text = printer.print(&message);
        let lines: Vec<String> = text
            .lines()
            .map(|line| format!("shop-1  | {line}\n"))
            .collect();
        for at in 1..lines.len() {
            let capture = [
                &lines[..at].concat(),
                &format!("shop-2  | {other}\n"),
                &lines[at..].concat(),
            ]
            .map(String::as_str)
            .concat();
            let seen = read_whole(capture.as_bytes());
            assert_eq!(users(&seen), ["oGenuine_callback_0000000000"], "{capture}");
        }
    }
}
