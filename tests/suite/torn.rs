//! Messages that are cut off: nothing behind the cut is lost, and nothing in it becomes a callback.
//!
//! Each case cuts a message at some byte, logs it in one of many ways, and lets other entries follow. What must come out
//! follows from the rule that `docs/captures.md` gives: a torn message ends where the next log entry surely begins. Only on bare
//! lines, behind a cut in a text that a user types, callbacks are undecodable, and each is told.
//!
//! `PROPTEST_CASES` sets the number of cases, and `PROPTEST_RNG_SEED` draws others.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::support::cases::seeds;
use crate::support::escape;
use crate::support::reading::{ReadRecord, read, read_whole};
use crate::support::rng::Rng;
use crate::support::traced::Traced;
use wxsub::{Code, Outcome};

const TO: &str = "gh_3f7a90c1d2e4";
/// The openids of the message that is cut, of the callbacks that follow, and of those that users type.
const TORN: &str = "oTorn_Message_abcdefghij-KLM";
const GENUINE: &str = "oGenuine_callback_abcdefghij";
const FORGED: &str = "oForged-Decoy_abcdefghij-KLM";

/// Cases that failed once.
const KNOWN: [u64; 10] = [
    22389,
    33024,
    38496,
    53505,
    86989,
    88478,
    113326,
    116928,
    25769898800,
    52328,
];

const BLOCKS: [usize; 3] = [1, 7, 64];

/// How a message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Xml,
    XmlPretty,
    XmlPlain,
    Json,
    JsonPretty,
    JsonSorted,
}

const FORMS: [Form; 6] = [
    Form::Xml,
    Form::XmlPretty,
    Form::XmlPlain,
    Form::Json,
    Form::JsonPretty,
    Form::JsonSorted,
];

impl Form {
    fn is_xml(self) -> bool {
        matches!(self, Form::Xml | Form::XmlPretty | Form::XmlPlain)
    }

    fn callback(self, user: &str) -> String {
        let template = "Dm4cYpWb7sKtGv2RzQx9LjNfHa5EoUi3-TqXlBkMwJ8";
        match self.is_xml() {
            true => {
                let item = [
                    self.text("TemplateId", template),
                    self.text("SubscribeStatusString", "reject"),
                ];
                let list = self.element("List", &item.concat());
                let members = [
                    self.text("Event", "subscribe_msg_change_event"),
                    self.element("SubscribeMsgChangeEvent", &list),
                ];
                self.document(user, "event", &members.concat())
            }
            false => self.object(
                user,
                "event",
                serde_json::json!({"Event": "subscribe_msg_change_event",
                    "List": {"TemplateId": template, "SubscribeStatusString": "reject"}}),
            ),
        }
    }

    fn message(self, user: &str, content: &str) -> String {
        match self.is_xml() {
            true => {
                let id = self.element("MsgId", "23456789012345678");
                let members = self.text("Content", content) + &id;
                self.document(user, "text", &members)
            }
            false => self.object(
                user,
                "text",
                serde_json::json!({"Content": content, "MsgId": 23_456_789_012_345_678_u64}),
            ),
        }
    }

    fn gap(self) -> &'static str {
        match self {
            Form::XmlPretty => "\n",
            _ => "",
        }
    }

    fn element(self, name: &str, content: &str) -> String {
        let gap = match content.starts_with('<') && !content.starts_with("<!") {
            true => self.gap(),
            false => "",
        };
        format!("<{name}>{gap}{content}</{name}>{}", self.gap())
    }

    fn text(self, name: &str, text: &str) -> String {
        let text = match self {
            Form::XmlPlain => text
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;"),
            _ => format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>")),
        };
        self.element(name, &text)
    }

    fn document(self, user: &str, kind: &str, members: &str) -> String {
        let header = [
            self.text("ToUserName", TO),
            self.text("FromUserName", user),
            self.element("CreateTime", "1765432100"),
            self.text("MsgType", kind),
        ];
        self.element("xml", &(header.concat() + members))
            .trim_end()
            .into()
    }

    fn object(self, user: &str, kind: &str, members: serde_json::Value) -> String {
        let header = serde_json::json!({"ToUserName": TO, "FromUserName": user, "CreateTime": 1_765_432_100,
            "MsgType": kind});
        let (Some(header), Some(members)) = (header.as_object(), members.as_object()) else {
            unreachable!("both are objects");
        };
        let mut members: Vec<_> = header.iter().chain(members).collect();
        if self == Form::JsonSorted {
            members.sort_by_key(|(name, _)| name.to_string());
        } else {
            let order = [
                "ToUserName",
                "FromUserName",
                "CreateTime",
                "MsgType",
                "Event",
                "List",
                "Content",
                "MsgId",
            ];
            members.sort_by_key(|(name, _)| order.iter().position(|known| known == name));
        }
        let (open, between, close) = match self {
            Form::JsonPretty => ("{\n  ", ",\n  ", "\n}"),
            _ => ("{", ",", "}"),
        };
        let members = members
            .iter()
            .map(|(name, value)| format!("\"{name}\":{value}"));
        [open, &members.collect::<Vec<_>>().join(between), close].concat()
    }
}

/// A way in which messages are logged.
struct Way {
    name: &'static str,
    /// True if each entry surely begins.
    is_sure: bool,
    /// True if a message takes up one line.
    is_one_line: bool,
    /// Returns the entry of the message, and the range in which the message stands.
    put: fn(&str, usize) -> (String, Range<usize>),
}

/// Puts `text` between `head` and `tail`.
fn between(head: &str, text: &str, tail: &str) -> (String, Range<usize>) {
    let range = head.len()..head.len() + text.len();
    (format!("{head}{text}{tail}\n"), range)
}

/// Puts `head` and `tail` around each line of `text`.
fn lines(text: &str, head: impl Fn(usize) -> String, tail: &str) -> (String, Range<usize>) {
    let lines = text.split('\n').enumerate();
    let lines = lines.map(|(n, line)| format!("{}{line}{tail}\n", head(n)));
    let all = lines.collect::<String>();
    let range = head(0).len()..all.len() - tail.len() - 1;
    (all, range)
}

fn escaped(text: &str, escape: fn(&Traced) -> Traced) -> String {
    escape(&Traced::plain(text)).text()
}

fn in_string(text: &str) -> String {
    let text = serde_json::Value::from(text).to_string();
    text[1..text.len() - 1].into()
}

static WAYS: [Way; 15] = [
    Way {
        name: "bare lines",
        is_sure: false,
        is_one_line: false,
        put: |text, _| between("", text, ""),
    },
    Way {
        name: "time and level",
        is_sure: true,
        is_one_line: false,
        put: |text, n| {
            between(
                &format!("2025-11-22 20:00:{:02}.120 INFO  [http-1] body=", n % 60),
                text,
                "",
            )
        },
    },
    Way {
        name: "time, more behind",
        is_sure: true,
        is_one_line: false,
        put: |text, n| {
            between(
                &format!("2025-11-22 20:00:{:02}.120 INFO body=", n % 60),
                text,
                " took=3ms",
            )
        },
    },
    Way {
        name: "brackets",
        is_sure: true,
        is_one_line: false,
        put: |text, n| between(&format!("[22/Nov/2025:20:00:{:02}] [", n % 60), text, "]"),
    },
    Way {
        name: "logger",
        is_sure: true,
        is_one_line: false,
        put: |text, _| between("logger: ", text, ""),
    },
    Way {
        name: "level",
        is_sure: true,
        is_one_line: false,
        put: |text, n| between(["INFO: ", "WARN: ", "ERROR: "][n % 3], text, ""),
    },
    Way {
        name: "string of a JSON log",
        is_sure: true,
        is_one_line: false,
        put: |text, n| {
            let head = format!("{{\"level\":\"info\",\"line\":{n},\"msg\":\"received ");
            between(&head, &in_string(text), "\",\"took\":3}")
        },
    },
    Way {
        name: "Docker",
        is_sure: true,
        is_one_line: false,
        put: |text, _| {
            let tail = "\\n\",\"stream\":\"stdout\",\"time\":\"2025-11-22T20:00:00.1Z\"}";
            let text: Vec<String> = text.split('\n').map(in_string).collect();
            lines(&text.join("\n"), |_| "{\"log\":\"".into(), tail)
        },
    },
    Way {
        name: "CRI",
        is_sure: true,
        is_one_line: false,
        put: |text, _| {
            lines(
                text,
                |n| format!("2025-11-22T20:00:00.{}Z stdout F ", n % 9),
                "",
            )
        },
    },
    Way {
        name: "compose",
        is_sure: true,
        is_one_line: false,
        put: |text, _| lines(text, |_| "shop-1  | ".into(), ""),
    },
    Way {
        name: "row of psql",
        is_sure: true,
        is_one_line: true,
        put: |text, n| between(&format!(" {n:3} | "), text, " | 2025-11-22"),
    },
    Way {
        name: "row of Markdown",
        is_sure: true,
        is_one_line: true,
        put: |text, n| between(&format!("| {n} | "), text, " |"),
    },
    Way {
        name: "literal",
        is_sure: true,
        is_one_line: false,
        put: |text, n| {
            let head = format!("2025-11-22 20:00:{:02} body='", n % 60);
            between(&head, &escaped(text, escape::python_str), "'")
        },
    },
    Way {
        name: "nginx",
        is_sure: true,
        is_one_line: false,
        put: |text, n| {
            let head = format!("10.0.0.{} - - \"POST /wx HTTP/1.1\" 200 \"", n % 100);
            between(&head, &escaped(text, escape::nginx), "\" \"-\"")
        },
    },
    Way {
        name: "rsyslog",
        is_sure: true,
        is_one_line: false,
        put: |text, n| {
            let head = format!("Nov 22 20:00:{:02} web app[1]: ", n % 60);
            between(&head, &escaped(text, escape::rsyslog), "")
        },
    },
];

/// What is cut: a message before it is logged, or the line of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    Message,
    Line,
}

/// A capture, and what must come of it.
struct Case {
    name: String,
    capture: String,
    /// The callbacks that must be found, by their openids.
    users: Vec<String>,
    /// True if these callbacks must be undecodable.
    is_in_doubt: bool,
    /// True if the torn message must be told.
    is_told: bool,
    /// The end of the torn message.
    end: usize,
}

/// Returns the text of the message that is cut: a callback, or a message with what a user typed.
fn victim(form: Form, rng: &mut Rng) -> String {
    let other = *rng.pick(&FORMS);
    let typed = match rng.below(6) {
        0 | 1 => return form.callback(TORN),
        2 => "hello there".into(),
        3 => format!("look: {} what is it?", other.callback(FORGED)),
        4 => other.callback(FORGED).replace('\n', " "),
        _ => format!(
            "{} {}",
            other.callback(FORGED).replace('\n', " "),
            in_string(&other.callback(FORGED))
        ),
    };
    // A typed line break may imitate anything.
    form.message(TORN, &typed.replace('\n', " "))
}

/// Returns true if the message `text` is cut in a text that a user may have typed, as the rule has it.
fn is_in_typed(form: Form, text: &str, at: usize) -> bool {
    if !form.is_xml() {
        return false;
    }
    let content = text
        .find("<Content>")
        .map(|start| start + "<Content>".len());
    // An end tag that is cut shows that the text before it is whole.
    let end = text.find("</Content>").map(|end| end + "</".len());
    content
        .zip(end)
        .is_some_and(|(start, end)| (start..end).contains(&at))
}

fn case(seed: u64) -> Case {
    let mut rng = Rng::new(seed);
    let rng = &mut rng;
    for _ in 0..3 {
        rng.below(2);
    }
    let way = &WAYS[rng.below(WAYS.len())];
    let form = loop {
        let form = *rng.pick(&FORMS);
        if !way.is_one_line || !matches!(form, Form::XmlPretty | Form::JsonPretty) {
            break form;
        }
    };
    let text = victim(form, rng);
    let (mut capture, mut users, mut n) = (String::new(), Vec::new(), 0);
    let mut add = |capture: &mut String, text: &str| {
        n += 1;
        capture.push_str(&(way.put)(text, n).0);
    };
    let flat = |rng: &mut Rng| match way.is_one_line {
        true => *rng.pick(&[Form::Xml, Form::Json]),
        false => *rng.pick(&FORMS),
    };
    let genuine = |users: &mut Vec<String>, rng: &mut Rng| {
        let user = format!("{}{:02}", &GENUINE[..26], users.len());
        let text = flat(rng).callback(&user);
        users.push(user);
        text
    };
    let mut before = Vec::new();
    if rng.one_in(2) {
        let text = genuine(&mut before, rng);
        add(&mut capture, &text);
    }
    let cut = *rng.pick(&[Cut::Message, Cut::Line]);
    let places: Vec<usize> = (1..text.len())
        .filter(|&at| text.is_char_boundary(at))
        .collect();
    let at = *rng.pick(&places);
    let is_named = ["\"ToUserName\"", "<ToUserName>"]
        .iter()
        .any(|name| text[..at].contains(name));
    match cut {
        Cut::Message => add(&mut capture, &text[..at]),
        Cut::Line => {
            let (head, range) = (way.put)(&text[..at], 9);
            capture.push_str(&head[..range.end]);
            capture.push('\n');
        }
    }
    let end = capture.len();
    for _ in 0..rng.below(4) {
        let text = match rng.below(4) {
            0 => flat(rng).message("oOther_abcdefghijklmnopqrstu", "hello"),
            1 => flat(rng).message("oOther_abcdefghijklmnopqrstu", &Form::Json.callback(FORGED)),
            _ => genuine(&mut users, rng),
        };
        add(&mut capture, &text);
    }
    let is_in_doubt = !way.is_sure && is_in_typed(form, &text, at);
    let shown = &text[at.saturating_sub(24)..at];
    Case {
        name: format!("{}, {cut:?}, {form:?}", way.name),
        is_told: is_named,
        users: if is_in_doubt {
            users
        } else {
            [before.clone(), users].concat()
        },
        capture,
        is_in_doubt,
        end,
    }
    .with(shown, seed)
}

impl Case {
    fn with(self, shown: &str, seed: u64) -> Self {
        Case {
            name: format!("{}: seed {seed} behind {shown:?}", self.name),
            ..self
        }
    }
}

/// Returns the openid of a callback, or of an undecodable payload.
fn user(seen: &ReadRecord) -> String {
    let (_, rest) = seen
        .line
        .split_once("\"from_user\":\"")
        .unwrap_or(("", "none\""));
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// Returns what is wrong with what came of a case.
fn problem(case: &Case, seen: &[ReadRecord]) -> Option<&'static str> {
    let found: Vec<String> = seen
        .iter()
        .filter(|seen| seen.is_callback())
        .map(user)
        .collect();
    let is_doubted = |seen: &&ReadRecord| {
        seen.outcome == Outcome::Undecodable
            && seen
                .findings
                .iter()
                .any(|told| told.code == Code::AfterTorn)
    };
    let is_genuine = |user: &String| user.starts_with(&GENUINE[..20]);
    let is_told = seen.iter().any(|seen| {
        let is_broken = seen.outcome == Outcome::Undecodable && !seen.findings.is_empty();
        is_broken && (seen.place.offset as usize) < case.end
    });
    match () {
        () if !found.iter().all(is_genuine) => Some("forged"),
        () if case.is_told && !is_told => Some("silent: the torn message"),
        () if case.is_in_doubt => {
            let doubted = seen
                .iter()
                .filter(is_doubted)
                .filter(|seen| seen.place.offset as usize >= case.end);
            let is_after =
                |seen: &&ReadRecord| seen.is_callback() && seen.place.offset as usize >= case.end;
            let decoded = seen.iter().filter(is_after).count();
            match doubted.count() {
                _ if decoded > 0 => Some("decoded though in doubt"),
                count if count < case.users.len() => Some("silent: a callback in doubt"),
                _ => None,
            }
        }
        () if found == case.users => None,
        () if seen
            .iter()
            .any(|seen| is_doubted(&seen) && seen.place.offset as usize >= case.end) =>
        {
            Some("undecodable though sure")
        }
        () => Some("lost"),
    }
}

#[test]
fn nothing_behind_a_cut_is_lost_and_nothing_is_forged() {
    let (mut failed, mut first) = (BTreeMap::<String, usize>::new(), BTreeMap::new());
    let mut doubted = 0;
    for seed in seeds(3000).chain(KNOWN) {
        let case = case(seed);
        let seen = read_whole(case.capture.as_bytes());
        doubted += usize::from(case.is_in_doubt);
        let mut problem = problem(&case, &seen);
        if problem.is_none() && seed % 8 == 0 {
            let blocks = read(case.capture.as_bytes(), BLOCKS[(seed / 8 % 3) as usize]);
            problem = (blocks != seen).then_some("not the same in blocks");
        }
        let Some(problem) = problem else { continue };
        let key = format!(
            "{problem}: {}",
            case.name.split(": ").next().unwrap_or_default()
        );
        *failed.entry(key.clone()).or_default() += 1;
        let briefs: Vec<String> = seen
            .iter()
            .map(|seen| format!("{} {}", seen.brief(), user(seen)))
            .collect();
        let shown = format!("{}: {briefs:#?}\n{}\n", case.name, case.capture);
        let best = first.entry(key).or_insert_with(|| shown.clone());
        if shown.len() < best.len() {
            *best = shown;
        }
    }
    println!("{doubted} cases in doubt");
    let total: usize = failed.values().sum();
    for (key, shown) in first.iter().rev().take(8) {
        eprintln!("---- {key} ({}): {shown}", failed[key]);
    }
    assert!(failed.is_empty(), "{total} failed: {failed:#?}");
}
