//! Captures and sends for the commands that look at single users.

use jiff::tz::TimeZone;
use serde_json::{Value, json};
use wxsub::pipeline::{Options, run};
use wxsub::stats::{Columns, Fold, Sends, SendsError};

use super::rng::Rng;

/// 2025-11-22T12:00:00Z, a Saturday.
pub(crate) const NOON: i64 = 1_763_812_800;

/// Makes the line of a record of one item, of the user `u` and the template `t`.
pub(crate) fn popup(time: i64, status: &str) -> String {
    record("popup", time, json!({"template_id": "t", "status": status}))
}

pub(crate) fn change(time: i64, status: &str) -> String {
    record(
        "change",
        time,
        json!({"template_id": "t", "status": status}),
    )
}

pub(crate) fn sent(time: i64, id: &str, code: i64) -> String {
    record(
        "sent",
        time,
        json!({"template_id": "t", "msg_id": id, "error_code": code}),
    )
}

pub(crate) fn record(event: &str, time: i64, item: Value) -> String {
    let event = format!("subscribe_msg_{event}_event");
    let record = json!({"event": event, "to_user": "gh_1", "from_user": "u", "create_time": time, "items": [item]});
    format!("{record}\n")
}

/// Reads sends from files.
pub(crate) fn sends(files: &[String]) -> Result<Sends, SendsError> {
    let mut sends = Sends::new(Columns::default(), TimeZone::UTC, 1 << 30);
    files
        .iter()
        .try_for_each(|file| sends.read(file.as_bytes()))?;
    Ok(sends)
}

/// Reads files into a fold.
pub(crate) fn fold<F: Fold>(files: &[String], threads: usize, block_size: usize, mut fold: F) -> F {
    let options = Options {
        threads,
        block_size,
        ..Options::default()
    };
    for file in files {
        if run(file.as_bytes(), "", &options, &mut fold).is_err() {
            break;
        }
    }
    fold
}

/// A capture and sends, each in several files.
pub(crate) struct Drawn {
    pub(crate) files: Vec<Vec<Value>>,
    pub(crate) sends: Vec<Value>,
    send_files: Vec<String>,
    pub(crate) keep_repeats: bool,
}

const TEMPLATES: [&str; 4] = ["x", "-y", "模板", "a,b"];

/// Ids of which some are near others, some rounded, and some no numbers.
const IDS: [&str; 12] = [
    "1988810812324364291",
    "1988810812324364292",
    "1988810812324364300",
    "1988810812324364288",
    "2794188253209100289",
    "2794188253209100300",
    "17",
    "18",
    "msg_1",
    "007",
    "9223372036854775808",
    "0",
];

impl Drawn {
    pub(crate) fn new(rng: &mut Rng) -> Self {
        let mut records: Vec<Value> = (0..rng.below(40)).map(|_| drawn_record(rng)).collect();
        for _ in 0..rng.below(8) {
            let repeated = (!records.is_empty()).then(|| rng.pick(&records).clone());
            records.extend(repeated);
        }
        let mut files = vec![Vec::new(); 1 + rng.below(3)];
        let count = files.len();
        for record in records {
            files[rng.below(count)].push(record);
        }
        let mut sends: Vec<Value> = (0..rng.below(3) * rng.below(8))
            .map(|_| drawn_send(rng))
            .collect();
        if !sends.is_empty() && rng.one_in(3) {
            sends.push(rng.pick(&sends).clone());
        }
        Drawn {
            send_files: send_files(&sends, rng),
            files,
            sends,
            keep_repeats: rng.one_in(4),
        }
    }

    /// Returns the files in another order, and the sends in the order of theirs.
    pub(crate) fn rotated(&self, rng: &mut Rng) -> (Vec<String>, Sends) {
        let lines = |file: &Vec<Value>| file.iter().map(|record| format!("{record}\n")).collect();
        let mut files: Vec<String> = self.files.iter().map(lines).collect();
        let mut sends_in = self.send_files.clone();
        files.rotate_left(rng.below(self.files.len()));
        let by = rng.below(sends_in.len().max(1));
        sends_in.rotate_left(by);
        let sends = sends(&sends_in).unwrap_or_else(|error| panic!("{error}: {sends_in:?}"));
        (files, sends)
    }
}

fn drawn_time(rng: &mut Rng) -> i64 {
    match rng.below(20) {
        0 => *rng.pick(&[-1, 4_133_980_800, 1 << 40]),
        1..12 => NOON + rng.below(4) as i64,
        _ => NOON + rng.below(40) as i64,
    }
}

fn set(value: &mut Value, key: &str, new: impl Into<Value>, rng: &mut Rng) {
    if !rng.one_in(14) {
        value[key] = new.into();
    }
}

fn drawn_record(rng: &mut Rng) -> Value {
    let event = *rng.pick(&["popup", "popup", "popup", "change", "sent", "sent"]);
    let mut record = json!({"event": format!("subscribe_msg_{event}_event")});
    let account = *rng.pick(&["gh_1", "gh_1", "gh_1", "gh_2"]);
    set(&mut record, "to_user", account, rng);
    let user = format!("user{}", rng.below(3));
    set(&mut record, "from_user", user, rng);
    let time = drawn_time(rng);
    set(&mut record, "create_time", time, rng);
    let items: Vec<_> = (0..rng.below(4)).map(|_| drawn_item(event, rng)).collect();
    record["items"] = items.into();
    record
}

fn drawn_item(event: &str, rng: &mut Rng) -> Value {
    let mut item = json!({});
    set(&mut item, "template_id", *rng.pick(&TEMPLATES), rng);
    if event == "sent" {
        set(&mut item, "msg_id", *rng.pick(&IDS), rng);
        set(
            &mut item,
            "error_code",
            *rng.pick(&[0, 0, 0, 43101, -1]),
            rng,
        );
        set(
            &mut item,
            "error_status",
            *rng.pick(&["success", "failed"]),
            rng,
        );
    } else {
        set(
            &mut item,
            "status",
            *rng.pick(&["accept", "accept", "accept", "reject", "ban"]),
            rng,
        );
    }
    item
}

fn drawn_send(rng: &mut Rng) -> Value {
    let mut send = json!({});
    set(&mut send, "msgid", *rng.pick(&IDS), rng);
    let user = format!("user{}", rng.below(4));
    set(&mut send, "touser", user, rng);
    set(&mut send, "template_id", *rng.pick(&TEMPLATES), rng);
    set(
        &mut send,
        "errcode",
        *rng.pick(&[0, 0, 0, 43101, 47003]),
        rng,
    );
    // A larger number would be one of milliseconds.
    let time = drawn_time(rng).min(4_133_980_800);
    set(&mut send, "time", time, rng);
    send
}

/// Writes sends to files of several forms.
fn send_files(sends: &[Value], rng: &mut Rng) -> Vec<String> {
    let mut files = Vec::new();
    for part in sends.chunks(1 + rng.below(6)) {
        let is_whole = |send: &Value| {
            ["touser", "template_id", "errcode", "msgid"]
                .iter()
                .all(|key| send[key].is_string() || send[key].is_i64())
        };
        files.push(match rng.below(3) {
            0 => table(part, rng),
            1 if part.iter().all(is_whole) => part.iter().map(|send| log_line(send, rng)).collect(),
            _ => object_lines(part, rng),
        });
    }
    files
}

fn table(sends: &[Value], rng: &mut Rng) -> String {
    const NAMES: [&str; 5] = ["time", "msgid", "touser", "template_id", "errcode"];
    let header = *rng.pick(&[
        "time,msgid,touser,template_id,errcode\n",
        "created_at,msg_id,openid,templateId,err_code\n",
        "\u{feff}sent_at,MsgID,toUser,Template_ID,errCode\r\n",
    ]);
    let cell = |send: &Value, name: &str| {
        let text = match &send[name] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        format!("\"{text}\"")
    };
    let rows = sends
        .iter()
        .map(|send| NAMES.map(|name| cell(send, name)).join(",") + "\n");
    header.to_owned() + &rows.collect::<String>()
}

fn object_lines(sends: &[Value], rng: &mut Rng) -> String {
    let mut lines = String::new();
    // The first line must have an id for a file to be known.
    lines += "{\"level\":\"info\",\"msgid\":\"\"}\n";
    for send in sends {
        let send = match rng.below(3) {
            0 => json!({"level": "info", "code": 0, "message": format!("sent {send}")}),
            1 => json!([send]),
            _ => send.clone(),
        };
        lines += &format!("{send}\n");
    }
    lines
}

/// Writes a request and its answer, as applications log them.
fn log_line(send: &Value, rng: &mut Rng) -> String {
    let typed = json!({"thing1": {"value": "\"errcode\":0,\"msgid\":5} touser=x"}});
    let mut request =
        json!({"touser": send["touser"], "template_id": send["template_id"], "data": typed});
    request["time"] = send["time"].clone();
    let id = send["msgid"].as_str().unwrap_or_default();
    let answer =
        match rng.one_in(2) && id.len() < 19 && !id.starts_with('0') && id.parse::<u64>().is_ok() {
            true => format!(
                "{{\"errcode\":{},\"errmsg\":\"ok\",\"msgid\":{id}}}",
                send["errcode"]
            ),
            false => json!({"errcode": send["errcode"], "errmsg": "ok", "msgid": id}).to_string(),
        };
    match rng.below(3) {
        0 => format!("INFO 请求参数:{request},返回参数:{answer}\n"),
        1 => format!(
            "{}\n",
            json!({"level": "info", "request": request, "response": answer})
        ),
        _ => format!(
            "{}\n",
            json!({"log": format!("INFO req={request} res={answer}\n"), "stream": "stdout"})
        ),
    }
}
