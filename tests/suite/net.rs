//! The two rates of the net under the search: captures that only mention events raise no alarm, and a callback in a form
//! that is not read does not pass in silence.
//!
//! `tests/net/mentions` holds captures without a callback. `tests/net/printed` holds captures with callbacks in all kinds
//! of forms; each event's name there stands for a callback. `tests/net/records.jsonl` has the records of all of them:
//! a record that is none of these has wrong or missing values.
//!
//! Adding a case: a file in one of the folders. What cannot be judged rightly is named in [`ALARMS`] or [`SILENT`].

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::cases::Share;
use crate::support::escape;
use crate::support::reading::{ReadRecord, read, read_whole};
use crate::support::traced::Traced;
use wxsub::Outcome;

/// Files of `mentions` that are taken for callbacks.
const ALARMS: [&str; 2] = ["quoted-error.log", "template.erb"];

/// Files of `printed` of which a callback passes in silence.
const SILENT: [&str; 0] = [];

struct Case {
    name: String,
    bytes: Vec<u8>,
}

/// Returns the cases of a folder, in the order of their names.
fn cases(folder: &str) -> Vec<Case> {
    let files = fs::read_dir(Path::new("tests/net").join(folder)).expect("a folder");
    let mut cases: Vec<Case> = files
        .map(|file| {
            let file = file.expect("an entry");
            Case {
                name: file.file_name().to_string_lossy().into_owned(),
                bytes: fs::read(file.path()).expect("a file"),
            }
        })
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

impl Case {
    /// Returns the ways in which the capture is tried: as it is, with the other line ends, and as a text in a JSON log.
    fn forms(&self) -> Vec<(&'static str, Vec<u8>)> {
        let mut forms = vec![("as it is", self.bytes.clone())];
        if let Ok(text) = std::str::from_utf8(&self.bytes)
            && !text.contains('\0')
        {
            let crlf = text.replace("\r\n", "\n").replace('\n', "\r\n");
            forms.push(("with CRLF", crlf.into_bytes()));
            let inside = escape::json(&Traced::plain(text), escape::JSON).text();
            let line = format!("{{\"level\":\"info\",\"n\":7,\"text\":{inside}}}\n");
            forms.push(("in a JSON log", line.into_bytes()));
        }
        forms
    }

    /// Returns the number of events' names in the capture, at least one.
    fn callbacks(&self) -> usize {
        let names = [
            &b"subscribe_msg_popup_event"[..],
            b"subscribe_msg_change_event",
            b"subscribe_msg_sent_event",
        ];
        let count = |name: &&[u8]| self.bytes.windows(name.len()).filter(|w| w == name).count();
        names.iter().map(count).sum::<usize>().max(1)
    }

    /// Returns what is wrong with the capture in one of its forms.
    fn problems(&self, judge: impl Fn(&[ReadRecord]) -> Option<String>) -> Option<String> {
        let problem = |(form, bytes): &(&str, Vec<u8>)| {
            let problem = judge(&read_whole(bytes))?;
            Some(format!("    {form}: {problem}\n"))
        };
        let problems: String = self.forms().iter().filter_map(problem).collect();
        (!problems.is_empty()).then_some(problems)
    }
}

/// Prints the rate of wrong cases, and demands that they are the `known` ones.
fn demand(what: &str, known: &[&str], cases: &[Case], wrong: &[(&str, String)]) {
    let lines: String = wrong
        .iter()
        .map(|(name, problems)| format!("  {name}\n{problems}"))
        .collect();
    println!("{what}: {} of {}\n{lines}", wrong.len(), cases.len());
    let names: Vec<&str> = wrong.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, known, "{what}\n{lines}");
}

fn is_bad(record: &ReadRecord) -> bool {
    matches!(
        record.outcome,
        Outcome::Callback(_) | Outcome::Undecodable | Outcome::Remark
    )
}

#[test]
fn what_only_mentions_events_raises_no_alarm() {
    let cases = cases("mentions");
    assert!(cases.len() >= 70, "only {} captures", cases.len());
    let judge = |seen: &[ReadRecord]| {
        let bad: Vec<String> = seen
            .iter()
            .filter(|seen| is_bad(seen))
            .map(ReadRecord::brief)
            .collect();
        (!bad.is_empty()).then(|| bad.join(", "))
    };
    let wrong: Vec<_> = cases
        .iter()
        .filter_map(|case| Some((&*case.name, case.problems(judge)?)))
        .collect();
    demand("false alarms", &ALARMS, &cases, &wrong);
}

#[test]
fn no_printed_callback_passes_in_silence() {
    let cases = cases("printed");
    assert!(cases.len() >= 70, "only {} captures", cases.len());
    let records = fs::read_to_string("tests/net/records.jsonl").expect("a file");
    let judge = |callbacks: usize, seen: &[ReadRecord]| {
        let seen: Vec<_> = seen.iter().filter(|seen| is_bad(seen)).collect();
        let wrong = |seen: &&&ReadRecord| {
            seen.is_callback() && !records.lines().any(|line| line == seen.line.trim_end())
        };
        if let Some(wrong) = seen.iter().find(wrong) {
            return Some(format!("a wrong record: {}", wrong.line));
        }
        (seen.len() < callbacks).then(|| format!("{} of {callbacks} callbacks", seen.len()))
    };
    let wrong: Vec<_> = cases
        .iter()
        .filter_map(|case| {
            let problems = case.problems(|seen| judge(case.callbacks(), seen))?;
            Some((&*case.name, problems))
        })
        .collect();
    demand("silence", &SILENT, &cases, &wrong);
}

/// A table, as databases print it and as it is exported. The names stand in its first row only, or not at all.
#[test]
fn a_callback_in_any_row_of_a_table_is_told() {
    let names = "ToUserName,FromUserName,CreateTime,MsgType,Event";
    let row = |n: usize, event: &str| {
        format!(
            "gh_5d0c7be19a42,oWx3b5Tq0nRkF7uYhLs9aVmPzE1c,{},event,{event}",
            1_762_040_400 + n
        )
    };
    let forms: [fn(&str) -> String; 6] = [
        |row| format!("{row}\n"),
        |row| format!("{}\n", row.replace(',', "\t")),
        |row| format!("\"{}\"\r\n", row.replace(',', "\",\"")),
        |row| format!("| {} |\n", row.replace(',', " | ")),
        |row| format!(" {}\n", row.replace(',', " | ")),
        |row| format!("{};\n", row.replace(',', ";")),
    ];
    for (form, write) in forms.iter().enumerate() {
        for before in [0, 1, 5, 30, 100] {
            let other = |n: usize| write(&row(n, "other"));
            let rows: String = (0..before).map(other).collect();
            let told = write(&row(before, "subscribe_msg_sent_event"));
            for head in [write(names), String::new()] {
                let capture = format!("{head}{rows}{told}{told}");
                let seen = read_whole(capture.as_bytes());
                let told = seen.iter().filter(|seen| is_bad(seen)).count();
                assert_eq!(told, 2, "form {form}, {before} rows: {seen:?}");
                for block in [1, 7, 64, 4096] {
                    assert_eq!(read(capture.as_bytes(), block), seen, "blocks of {block}");
                }
            }
        }
    }
}

/// The fields of three callbacks: WeChat's name, the record's, and the value.
const POPUP: [Field; 8] = [
    TO_USER,
    FROM_USER,
    CREATE_TIME,
    MSG_TYPE,
    ("Event", "event", "subscribe_msg_popup_event"),
    TEMPLATE,
    ("SubscribeStatusString", "status", "accept"),
    ("PopupScene", "popup_scene", "2"),
];
const CHANGE: [Field; 7] = [
    TO_USER,
    FROM_USER,
    CREATE_TIME,
    MSG_TYPE,
    ("Event", "event", "subscribe_msg_change_event"),
    TEMPLATE,
    ("SubscribeStatusString", "status", "reject"),
];
const SENT: [Field; 9] = [
    TO_USER,
    FROM_USER,
    CREATE_TIME,
    MSG_TYPE,
    ("Event", "event", "subscribe_msg_sent_event"),
    TEMPLATE,
    ("MsgID", "msg_id", "1988810812324364292"),
    ("ErrorCode", "error_code", "43101"),
    ("ErrorStatus", "error_status", "用户拒绝接收"),
];
type Field = (&'static str, &'static str, &'static str);
const TO_USER: Field = ("ToUserName", "to_user", "gh_5d0c7be19a42");
const FROM_USER: Field = ("FromUserName", "from_user", "oWx3b5Tq0nRkF7uYhLs9aVmPzE1c");
const CREATE_TIME: Field = ("CreateTime", "create_time", "1762040406");
const MSG_TYPE: Field = ("MsgType", "msg_type", "event");
const TEMPLATE: Field = (
    "TemplateId",
    "template_id",
    "VkQ2hT7mZrX0aLw9JcNs4EuBfYd1GpKi8Rv3SxMqO5A",
);

/// How programs, databases and people write fields one by one. `{n}` is the name and `{v}` the value.
const ONE_BY_ONE: [&str; 43] = [
    "{n}: {v}\n",
    "{n} | {v}\n",
    "| {n} | {v} |\n",
    "| `{n}` | `{v}` |\n",
    "│ {n} │ {v} │\n",
    "{n}\t{v}\n",
    "{n},{v}\n",
    "{n};{v}\n",
    "\"{n}\",\"{v}\"\n",
    "{n}   {v}\n",
    "{n}\n{v}\n",
    "{n} -> {v}\n",
    "{n}->{v}\n",
    "{n} => {v}\n",
    "{n} → {v}\n",
    "{n} := {v}\n",
    "{n}::{v}\n",
    "{n} ... {v}\n",
    "{n}~{v}\n",
    "{n}={v} ",
    "{n} -> {v}, ",
    "{n}：{v}\n",
    "{n}：{v}，",
    "{n}＝{v}；",
    "【{n}】{v} ",
    "{n}：“{v}”、",
    "<tr><td>{n}</td><td>{v}</td></tr>\n",
    "<tr>\n  <td>{n}</td>\n  <td>{v}</td>\n</tr>\n",
    "<td>{n}</td><td>{v}</td>",
    "<dt>{n}</dt><dd>{v}</dd>\n",
    "<key>{n}</key><string>{v}</string>",
    "<key>{n}</key>\n<string>{v}</string>\n",
    "<entry><string>{n}</string><string>{v}</string></entry>\n",
    "<entry key=\"{n}\" value=\"{v}\"/>\n",
    "<field name=\"{n}\">{v}</field>\n",
    "<field name=\"{n}\">{v}</field>",
    "<param><name>{n}</name><value>{v}</value></param>\n",
    "  <Data Name='{n}'>{v}</Data>\n",
    "------b7f0\nContent-Disposition: form-data; name=\"{n}\"\n\n{v}\n",
    "$10\n{n}\n$12\n{v}\n",
    "2) \"{n}\"\n3) \"{v}\"\n",
    "2026-11-02 08:00:01 INFO  {n}: {v}\n",
    "- {n}: {v}\n",
];

/// Whatever comes first, each form is reported or read.
#[test]
fn a_callback_whose_fields_stand_one_by_one_is_told() {
    let orders: [fn(&mut Vec<Field>); 3] = [
        |_| {},
        |fields| fields[..5].rotate_right(1),
        |fields| fields[1..5].rotate_right(1),
    ];
    for fields in [&POPUP[..], &CHANGE, &SENT] {
        for (form, order) in ONE_BY_ONE
            .iter()
            .flat_map(|form| orders.map(|order| (form, order)))
        {
            let mut fields = fields.to_vec();
            order(&mut fields);
            let written = |name: fn(&Field) -> &'static str| {
                let one = |field: &Field| form.replace("{n}", name(field)).replace("{v}", field.2);
                fields.iter().map(one).collect::<String>()
            };
            for text in [written(|field| field.0), written(|field| field.1)] {
                demand_told(text.as_bytes(), 1);
            }
        }
    }
}

/// Demands that `count` callbacks are read or reported, however the capture arrives.
fn demand_told(capture: &[u8], count: usize) {
    let seen = read_whole(capture);
    let told = seen.iter().filter(|seen| is_bad(seen)).count();
    let text = String::from_utf8_lossy(capture);
    assert_eq!(told, count, "{text}\n{seen:?}");
    for block in [1, 64] {
        assert_eq!(read(capture, block), seen, "{text}\nblocks of {block}");
    }
}

/// A list of names and values may hold a whole message, which is read.
#[test]
fn a_message_in_a_list_of_names_and_values_is_read() {
    let pairs = |fields: &[Field]| -> String {
        let pair = |(name, _, value): &Field| format!(r#"{{"name":"{name}","value":"{value}"}},"#);
        fields.iter().map(pair).collect()
    };
    let (header, event) = (pairs(&POPUP[..4]), pairs(&POPUP[4..5]));
    let message = r#"{"ToUserName":"gh_0a1b2c3d4e5f","MsgType":"text","Content":"a"}"#;
    let capture = format!("[{header}{{\"name\":\"Raw\",\"value\":{message}}},{event}]\n");
    let seen = read_whole(capture.as_bytes());
    let is_text = |seen: &ReadRecord| seen.outcome == Outcome::Other("text".into());
    assert!(seen.iter().any(is_text), "{capture}");
}

/// Labels of any language, and lists of values between any signs.
#[test]
fn values_of_all_shapes_are_told_without_names() {
    let labels = [
        "小程序",
        "用户",
        "时间",
        "类型",
        "事件",
        "模板",
        "状态",
        "场景",
    ];
    for label in [
        "L：{v}\n",
        "L：{v}，",
        "L:{v}, ",
        "L={v} ",
        "[L]{v} ",
        "【L】{v} ",
    ] {
        let one = |(label_of, field): (&&str, &Field)| {
            label.replace('L', label_of).replace("{v}", field.2)
        };
        let text: String = labels.iter().zip(&POPUP).map(one).collect();
        demand_told(text.as_bytes(), 1);
    }
    for sign in [" ", "\n", " - ", "\u{1}", "/", "^", "$$", ":", "#"] {
        let values = POPUP.map(|field| field.2).join(sign);
        demand_told(format!("{values}\n").as_bytes(), 1);
    }
}

/// Two names of the header are enough if their values have the shapes of an account, a user and a time.
#[test]
fn two_names_with_values_of_their_shapes_are_told() {
    for rest in [
        "FromUserName=oWx3b5Tq0nRkF7uYhLs9aVmPzE1c ToUserName=gh_5d0c7be19a42",
        "from_user=oWx3b5Tq0nRkF7uYhLs9aVmPzE1c create_time=1762040406",
        "ToUserName: gh_5d0c7be19a42, CreateTime: 1762040406",
    ] {
        demand_told(
            format!("Event=subscribe_msg_sent_event {rest}\n").as_bytes(),
            1,
        );
        demand_told(
            format!("{rest} Event=subscribe_msg_sent_event\n").as_bytes(),
            1,
        );
    }
    for rest in [
        "FromUserName=oWx3b5Tq0nRkF7uYhLs9aVmPzE1c MsgType=event",
        "openid=oWx3b5Tq0nRkF7uYhLs9aVmPzE1c create_time=1762040406",
        "ToUserName=oWx3b5Tq0nRkF7uYhLs9aVmPzE1c FromUserName=gh_5d0c7be19a42",
        "to_user=%s from_user=%s",
    ] {
        demand_told(
            format!("Event=subscribe_msg_sent_event {rest}\n").as_bytes(),
            0,
        );
    }
}

/// Node sets colours around the texts of a message on a terminal.
#[test]
fn what_a_user_typed_in_colours_is_no_callback() {
    let typed = String::from_utf8(bodies().remove(0)).expect("text");
    for content in [
        format!("'{typed}'"),
        format!("'hi\\n'\u{1B}[39m +\n    \u{1B}[32m'{typed}'"),
    ] {
        let message = format!(
            "{{\n  ToUserName: \u{1B}[32m'gh_5d0c7be19a42'\u{1B}[39m,\n  CreateTime: \u{1B}[33m1762040403\u{1B}[39m,\n  \
             MsgType: \u{1B}[32m'text'\u{1B}[39m,\n  Content: \u{1B}[32m{content}\u{1B}[39m\n}}\n"
        );
        demand_told(message.as_bytes(), 0);
        demand_told(format!("INFO body={message}").as_bytes(), 0);
    }
}

/// Writes the bytes of a body, each as `one` writes it.
fn each(body: &[u8], one: impl Fn(u8) -> String) -> String {
    body.iter().map(|&byte| one(byte)).collect()
}

/// Writes rows of `width` bytes, with offsets.
fn rows(body: &[u8], width: usize, one: fn(u8) -> String) -> String {
    let mut text = String::new();
    for (row, bytes) in body.chunks(width).enumerate() {
        writeln!(text, "{:08x}: {}", row * width, each(bytes, one)).expect("a String");
    }
    text
}

fn gzipped(body: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(body).expect("a Vec");
    gzip.finish().expect("a Vec")
}

/// Writes a body in forms in which no name stands as text.
fn hidden(body: &[u8]) -> Vec<String> {
    let chars = |one: fn(u32) -> String| {
        let text = str::from_utf8(body).expect("text");
        text.chars().map(|c| one(c.into())).collect::<String>()
    };
    vec![
        chars(|c| format!("\\u{c:04x}")),
        chars(|c| format!("&#{c};")),
        chars(|c| format!("&#x{c:X};")),
        chars(|c| format!("U+{c:04X} ")),
        chars(|c| format!("\\u{{{c:x}}}")),
        each(body, |byte| format!("\\x{byte:02x}")),
        each(body, |byte| format!("\\{byte:03o}")),
        each(body, |byte| format!("%{byte:02X}")),
        each(body, |byte| format!("0x{byte:02x}, ")),
        each(body, |byte| format!("{byte} ")),
        each(body, |byte| format!("{}, ", byte as i8)),
        format!("body <<{}>>", each(body, |byte| format!("{byte},"))),
        each(body, |byte| format!("{byte:08b} ")),
        each(body, |byte| format!(" {byte:02x}\n")),
        format!("[\n{}]", each(body, |byte| format!("  {byte},\n"))),
        format!("[]byte{{{}}}", each(body, |byte| format!("0x{byte:x}, "))),
        format!("body=b'{}'", each(body, |byte| format!("\\x{byte:02x}"))),
        rows(body, 8, |byte| format!("{byte:02x} ")),
        rows(body, 24, |byte| format!("{byte:02x} ")),
        rows(body, 6, |byte| format!("{byte:08b} ")),
        rows(body, 12, |byte| format!("{byte:3} ")),
        STANDARD.encode(gzipped(body)),
        format!("body={}", STANDARD.encode(gzipped(body))),
        STANDARD.encode(STANDARD.encode(body)),
        each(&gzipped(body), |byte| format!("{byte:02x}")),
    ]
}

#[test]
fn a_capture_that_begins_with_a_hidden_callback_is_told() {
    let source = fs::read("tests/net/mentions/handler.go").expect("a file");
    for body in bodies() {
        for text in hidden(&body) {
            demand_told(text.as_bytes(), 1);
        }
    }
    for text in hidden(&source) {
        demand_told(text.as_bytes(), 0);
    }
    // Each line of a file of them.
    let lines: String = bodies()
        .iter()
        .map(|body| STANDARD.encode(gzipped(body)) + "\n")
        .collect();
    demand_told(lines.as_bytes(), bodies().len());
}

/// Each dump ends where the next begins with the offset 0.
#[test]
fn hidden_dumps_one_after_another_are_told_one_by_one() {
    for width in [8, 24] {
        let dumps: String = bodies()
            .iter()
            .map(|body| rows(body, width, |byte| format!("{byte:02x} ")))
            .collect();
        demand_told(dumps.as_bytes(), bodies().len());
    }
}

/// A message that no reader reads, with what a user typed before the names of its header.
#[test]
fn a_hidden_callback_that_a_user_typed_is_not_told() {
    for body in bodies() {
        let typed = [
            STANDARD.encode(gzipped(&body)),
            STANDARD.encode(STANDARD.encode(&body)),
            each(&body, |byte| format!("\\x{byte:02x}")),
        ];
        for typed in typed {
            for message in [
                "Content={t} ToUserName=gh_5d0c7be19a42 FromUserName=oWx3b5Tq0nRkF7uYhLs9aVmPzE1c MsgType=text\n",
                "Text(content='{t}', toUser='gh_5d0c7be19a42', msgType='text')\n",
            ] {
                demand_told(message.replace("{t}", &typed).as_bytes(), 0);
            }
            demand_told(
                format!("{typed}\nToUserName, FromUserName, MsgType\n").as_bytes(),
                1,
            );
        }
    }
}

/// Returns the payloads of the records, in both syntaxes.
fn bodies() -> Vec<Vec<u8>> {
    let json = |list: &str, event: &str| {
        format!(
            "{{\"ToUserName\":\"gh_5d0c7be19a42\",\"FromUserName\":\"oWx3b5Tq0nRkF7uYhLs9aVmPzE1c\",\
             \"CreateTime\":1762040406,\"MsgType\":\"event\",\"Event\":\"{event}\",\"List\":{list}}}"
        )
    };
    let item = "{\"TemplateId\":\"VkQ2hT7mZrX0aLw9JcNs4EuBfYd1GpKi8Rv3SxMqO5A\",\"SubscribeStatusString\":\"reject\"}";
    let change = "subscribe_msg_change_event";
    let xml = "<xml><ToUserName>gh_5d0c7be19a42</ToUserName><FromUserName>oWx3b5Tq0nRkF7uYhLs9aVmPzE1c</FromUserName>\
               <CreateTime>1762040406</CreateTime><MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event>\
               <SubscribeMsgSentEvent><List><ErrorStatus>用户拒绝</ErrorStatus></List></SubscribeMsgSentEvent></xml>";
    vec![
        json(item, change).into_bytes(),
        json(&format!("[{item},{item}]"), change).into_bytes(),
        xml.as_bytes().to_vec(),
    ]
}

#[test]
fn reads_do_not_change_the_judgement() {
    let mut share = Share::default();
    for case in cases("mentions").iter().chain(&cases("printed")) {
        for (form, bytes) in case.forms() {
            if !share.takes_next() {
                continue;
            }
            let seen = read_whole(&bytes);
            for block in [1, 7, 4096] {
                assert_eq!(
                    read(&bytes, block),
                    seen,
                    "{} {form}, blocks of {block}",
                    case.name
                );
            }
        }
    }
}
