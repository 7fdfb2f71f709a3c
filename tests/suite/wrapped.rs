//! Objects that a program printed over lines, each of which a logger put into a JSON object of its own: a callback is
//! decoded or reported, and what a user typed is no callback.

use crate::support::json::Json;
use crate::support::print::{PRINTERS, Printer};
use crate::support::reading::{ReadRecord, read, read_whole};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use wxsub::{Code, Outcome};

const USER: &str = "oGenuine_callback_abcdefghij";
const FORGED: &str = "oForged-Decoy_abcdefghij-KLM";

fn object(members: Vec<(&str, Json)>) -> Json {
    let members = members.into_iter();
    Json::Object(members.map(|(name, v)| (name.into(), v)).collect())
}

fn header(user: &str, kind: &str) -> Vec<(&'static str, Json)> {
    vec![
        ("ToUserName", Json::text("gh_3f7a90c1d2e4")),
        ("FromUserName", Json::text(user)),
        ("CreateTime", Json::Number("1765432100".into())),
        ("MsgType", Json::text(kind)),
    ]
}

fn callback(user: &str) -> Json {
    let item = object(vec![
        (
            "TemplateId",
            Json::text("Dm4cYpWb7sKtGv2RzQx9LjNfHa5EoUi3-TqXlBkMwJ8"),
        ),
        ("SubscribeStatusString", Json::text("reject")),
    ]);
    let event = vec![
        ("Event", Json::text("subscribe_msg_change_event")),
        ("List", item),
    ];
    object([header(user, "event"), event].concat())
}

fn message(content: &str) -> Json {
    let text = vec![("Content", Json::text(content))];
    object([header("oMessage-of-a-user_abcdefghi", "text"), text].concat())
}

/// Ways in which loggers put a line into an object.
const LOGGERS: [fn(&str) -> serde_json::Value; 3] = [
    |line| json!({"log": format!("{line}\n"), "stream": "stdout", "pod": {"name": "shop-1"}}),
    |line| json!({"level": "info", "message": line}),
    |line| json!({"date": 1765432100.5, "log": line}),
];

fn logged(text: &str, logger: fn(&str) -> serde_json::Value) -> String {
    text.trim_end()
        .lines()
        .map(|line| format!("{}\n", logger(line)))
        .collect()
}

/// Returns a log of what `printer` prints, and of a body behind it.
fn log(printer: &Printer, value: &Json, logger: fn(&str) -> serde_json::Value) -> String {
    let head = logged("starting\nreceived:", logger);
    let body = PRINTERS[0].print(&callback(USER));
    let printed = logged(&printer.print(value), logger);
    format!("{head}{printed}{}", logged(&body, logger))
}

fn callbacks(seen: &[ReadRecord]) -> Vec<&ReadRecord> {
    seen.iter().filter(|seen| seen.is_callback()).collect()
}

#[test]
fn a_callback_is_decoded_or_reported() {
    for printer in &PRINTERS {
        for logger in LOGGERS {
            let log = log(printer, &callback("oPrinted_callback_abcdefghij"), logger);
            let seen = read_whole(log.as_bytes());
            let told = seen.iter().any(|seen| {
                seen.findings
                    .iter()
                    .any(|told| told.code == Code::UnreadPayload)
            });
            let found = callbacks(&seen);
            let is_whole = found.len() == 2 && found[0].line.contains("oPrinted");
            let briefs: Vec<String> = seen.iter().map(ReadRecord::brief).collect();
            println!(
                "{} {}",
                printer.name,
                if is_whole { "decoded" } else { "told" }
            );
            assert!(is_whole || told, "{}: {briefs:?}\n{log}", printer.name);
            assert!(found.last().is_some_and(|found| found.line.contains(USER)));
            for block in [1, 64] {
                assert_eq!(read(log.as_bytes(), block), seen, "{}\n{log}", printer.name);
            }
        }
    }
}

/// Ways in which stores of logs export lines: in the entries of an array.
const EXPORTS: [fn(&[&str]) -> serde_json::Value; 4] = [
    |lines| json!({"events": lines.iter().map(|line| json!({"timestamp": 1, "message": line})).collect::<Vec<_>>()}),
    |lines| json!({"hits": {"hits": lines.iter().map(|line| json!({"_source": {"log": line}})).collect::<Vec<_>>()}}),
    |lines| json!({"values": lines.iter().map(|line| json!(["1765432100", line])).collect::<Vec<_>>()}),
    |lines| json!({"outputs": lines}),
];

#[test]
fn lines_in_the_entries_of_an_array_are_told() {
    for printer in &PRINTERS {
        let printed = printer.print(&callback("oPrinted_callback_abcdefghij"));
        let lines: Vec<&str> = printed.lines().collect();
        for export in EXPORTS.iter().filter(|_| lines.len() > 3) {
            let around = [&["starting"], &lines[..], &["done"]].concat();
            let log = format!("{}\n{}", export(&around), printer.print(&callback(USER)));
            let seen = read_whole(log.as_bytes());
            let is_told = seen[0].outcome == Outcome::Undecodable;
            assert!(is_told && seen.len() > 1, "{}: {log}", printer.name);
            assert_eq!(read(log.as_bytes(), 64), seen, "{}\n{log}", printer.name);
        }
    }
}

#[test]
fn names_far_apart_in_an_array_are_no_callback() {
    let idle = vec!["GET /health 200"; 400];
    let named = [
        "subscribe_msg_change_event",
        "FromUserName=o1",
        "ToUserName=gh_3f7a90c1d2e4",
        "CreateTime=1765432100",
    ];
    let lines: Vec<&str> = named
        .iter()
        .flat_map(|name| [&[*name], &idle[..]].concat())
        .collect();
    for export in EXPORTS {
        assert!(read_whole(export(&lines).to_string().as_bytes()).is_empty());
    }
}

#[test]
fn bodies_in_the_entries_of_an_array_are_decoded() {
    let body = PRINTERS[0].print(&callback(USER));
    let pretty = PRINTERS.iter().find(|it| it.name == "XML, pretty");
    let pretty = pretty.expect("a printer").print(&callback(USER));
    for export in EXPORTS {
        let log = export(&[
            "starting",
            &body,
            "subscribe_msg_change_event",
            &body,
            "done",
        ]);
        let seen = read_whole(log.to_string().as_bytes());
        assert_eq!(callbacks(&seen).len(), 2, "{log}");
        let encoded = STANDARD.encode(&body);
        let lines: Vec<&str> = pretty.lines().chain([&*encoded]).collect();
        let log = export(&lines).to_string();
        assert_eq!(callbacks(&read_whole(log.as_bytes())).len(), 1, "{log}");
        let typed = PRINTERS[0].print(&message(&body));
        let log = export(&["starting", &typed, "subscribe_msg_change_event", "done"]);
        assert!(
            callbacks(&read_whole(log.to_string().as_bytes())).is_empty(),
            "{log}"
        );
    }
}

#[test]
fn one_that_is_cut_off_is_told() {
    for printer in &PRINTERS {
        let printed = printer.print(&callback("oPrinted_callback_abcdefghij"));
        let lines: Vec<&str> = printed.lines().collect();
        for cut in 1..lines.len() {
            let part = lines[..cut].join("\n");
            if !part.contains("subscribe_msg_change_event") {
                continue;
            }
            for logger in LOGGERS {
                let log = logged(&format!("starting\n{part}\ndone\nidle"), logger);
                let seen = read_whole(log.as_bytes());
                let is_told = seen.iter().any(|seen| seen.outcome == Outcome::Undecodable);
                let is_found = !callbacks(&seen).is_empty();
                assert!(is_told || is_found, "{}: {log}", printer.name);
                assert_eq!(read(log.as_bytes(), 64), seen, "{}\n{log}", printer.name);
            }
        }
    }
}

/// Prints a callback as Ruby's `pp` does: the first member stands beside the bracket.
fn pp(arrow: &str) -> String {
    let lines = [
        "{\"ToUserName\"=>\"gh_3f7a90c1d2e4\",",
        " \"FromUserName\"=>\"oPrinted_callback_abcdefghij\",",
        " \"CreateTime\"=>1765432100,",
        " \"MsgType\"=>\"event\",",
        " \"Event\"=>\"subscribe_msg_change_event\",",
        " \"List\"=>",
        "  {\"TemplateId\"=>\"Dm4cYpWb7sKtGv2RzQx9LjNfHa5EoUi3-TqXlBkMwJ8\",",
        "   \"SubscribeStatusString\"=>\"reject\"}}",
    ];
    lines.join("\n").replace("=>", arrow)
}

#[test]
fn what_pp_printed_is_decoded_or_told() {
    for (arrow, logger) in ["=>", " => "]
        .iter()
        .flat_map(|arrow| LOGGERS.map(|it| (arrow, it)))
    {
        let printed = pp(arrow);
        let lines: Vec<&str> = printed.lines().collect();
        for cut in 5..=lines.len() {
            let part = lines[..cut].join("\n");
            let log = logged(&format!("starting\n{part}\ndone\nidle"), logger);
            let body = PRINTERS[0].print(&callback(USER));
            for log in [log.clone(), format!("{log}{}", logged(&body, logger))] {
                let seen = read_whole(log.as_bytes());
                let told = seen
                    .iter()
                    .filter(|seen| seen.outcome == Outcome::Undecodable);
                let is_whole = cut == lines.len();
                assert_eq!(told.count(), usize::from(!is_whole), "{seen:?}\n{log}");
                let expected = usize::from(is_whole) + usize::from(log.contains(USER));
                assert_eq!(callbacks(&seen).len(), expected, "{log}");
                for block in [1, 64] {
                    assert_eq!(read(log.as_bytes(), block), seen, "{log}");
                }
            }
        }
    }
}

#[test]
fn what_a_user_typed_is_no_callback() {
    let typed = PRINTERS[0].print(&callback(FORGED));
    for printer in &PRINTERS {
        for logger in LOGGERS {
            let log = log(printer, &message(&format!("look: {typed}")), logger);
            let seen = read_whole(log.as_bytes());
            let found = callbacks(&seen);
            let briefs: Vec<String> = seen.iter().map(ReadRecord::brief).collect();
            assert!(
                found.len() == 1 && found[0].line.contains(USER),
                "{}: {briefs:?}\n{log}",
                printer.name
            );
        }
    }
}
