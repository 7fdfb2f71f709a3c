//! Sends and results as `wxsub::stats::Join` joins them: each rule checked by hand, and drawn captures against a model.

use jiff::tz::{Offset, TimeZone};
use serde_json::json;
use wxsub::Lang;
use wxsub::report::text::TextOptions;
use wxsub::select::Selection;
use wxsub::stats::{Columns, Failure, Form, Join, JoinSettings, Joined, Part, Sends, SendsError};

use crate::support::python::{Model, draws};
use crate::support::rng::Rng;
use crate::support::sends::{Drawn, NOON, fold, popup, record, sends, sent};

fn join(
    files: &[String],
    sends: Sends,
    settings: JoinSettings,
    threads: usize,
) -> Result<Joined, Failure> {
    fold(files, threads, 300, Join::new(settings, sends)).finish()
}

fn csv(joined: &Joined) -> String {
    let mut csv = Vec::new();
    let shown = (&TextOptions::default(), &TimeZone::UTC);
    joined.write(Form::Csv, shown, &mut csv).expect("memory");
    String::from_utf8(csv).expect("text")
}

/// Joins a log with sends, and returns the rows.
fn rows(log: &str, sends_in: &str) -> Vec<String> {
    let sends = sends(&[sends_in.to_owned()]).expect("sends");
    let settings = JoinSettings {
        all: true,
        ..JoinSettings::default()
    };
    let joined = join(&[log.to_owned()], sends, settings, 1).expect("a join");
    csv(&joined).lines().skip(1).map(str::to_owned).collect()
}

const HEADER: &str = "msgid,touser,template_id,errcode,time\n";

#[test]
fn a_send_has_its_result_and_the_delay() {
    let log = sent(NOON + 3, "7", 0) + &sent(NOON + 4, "8", -1);
    let sends = format!("{HEADER}7,u,t,0,{NOON}\n8,u,t,0,{}\n", NOON + 5);
    assert_eq!(
        rows(&log, &sends),
        [
            format!("7,t,u,0,{NOON},0,,{},3,exact", NOON + 3),
            format!("8,t,u,0,{},-1,,{},-1,exact", NOON + 5, NOON + 4),
        ]
    );
}

#[test]
fn what_has_no_counterpart_is_a_row_of_its_own() {
    let log = sent(NOON + 3, "9", 0);
    let sends = format!("{HEADER}7,u,t,0,{NOON}\n,u,t,43101,{}\n", NOON + 1);
    assert_eq!(
        rows(&log, &sends),
        [
            format!("7,t,u,0,{NOON},,,,,none"),
            format!(",t,u,43101,{},,,,,none", NOON + 1),
            format!("9,t,u,,,0,,{},,none", NOON + 3),
        ]
    );
    let without_strays = join(
        &[log],
        self::sends(&[sends]).unwrap(),
        JoinSettings::default(),
        1,
    );
    let without_strays = without_strays.unwrap();
    assert_eq!(csv(&without_strays).lines().count(), 3);
    assert_eq!(
        without_strays.notes(Lang::En),
        [
            "2 sends: 1 refused by the interface, 1 not in this log",
            "1 results without a send; --all shows them"
        ]
    );
}

#[test]
fn what_is_outside_of_the_period_is_not_called_failed() {
    let log = popup(NOON, "accept") + &popup(NOON + 10, "accept");
    let sends_in =
        [NOON - 1, NOON, NOON + 10, NOON + 11].map(|time| format!("{time},u,t,0,{time}\n"));
    let sends = sends(&[HEADER.to_owned() + &sends_in.concat()]).unwrap();
    let joined = join(&[log], sends, JoinSettings::default(), 1).unwrap();
    assert_eq!(
        joined.notes(Lang::En),
        ["4 sends: 2 without a result, 2 not in this log"]
    );
    assert_eq!(
        joined.notes(Lang::Zh),
        ["4 条发送：2 没有结果、2 不在日志时间段内"]
    );
}

#[test]
fn rounded_ids_are_joined_only_where_all_else_agrees_and_nothing_else_fits() {
    let exact = "1988810812324364291";
    let (rounded, near) = ("1988810812324364300", "1988810812324364292");
    let log = sent(NOON, exact, 0);
    let send = |id, user| format!("{id},{user},t,0,{NOON}\n");
    let ask = |log: &str, sends: &[String]| {
        let rows = rows(log, &(HEADER.to_owned() + &sends.concat()));
        let sends = rows.iter().filter(|row| row.split(',').nth(3) != Some(""));
        let matches = sends.map(|row| row.rsplit(',').next().unwrap().to_owned());
        matches.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(ask(&log, &[send(rounded, "u")]), "rounded");
    assert_eq!(ask(&log, &[send("1.9888108123243643e+18", "u")]), "rounded");
    // What doubles print in other languages.
    assert_eq!(ask(&log, &[send("1988810812324364288", "u")]), "rounded");
    assert_eq!(ask(&log, &[send(rounded, "v")]), "none");
    assert_eq!(ask(&log, &[send(rounded, "")]), "none");
    // No id is rounded.
    assert_eq!(ask(&log, &[send(near, "u")]), "none");
    // Two results, or two sends, of which only one could be meant.
    assert_eq!(
        ask(
            &(log.clone() + &sent(NOON + 1, near, 0)),
            &[send(rounded, "u")]
        ),
        "none"
    );
    assert_eq!(
        ask(
            &log,
            &[send(rounded, "u"), send("1988810812324364288", "u")]
        ),
        "none none"
    );
    // One of the results has its send already.
    let both = [send(rounded, "u"), send(near, "u")];
    assert_eq!(
        ask(&(log.clone() + &sent(NOON + 1, near, 0)), &both),
        "exact rounded"
    );
    // An id that looks rounded may be exact.
    assert_eq!(ask(&sent(NOON, rounded, 0), &[send(rounded, "u")]), "exact");
    assert_eq!(ask(&sent(NOON, rounded, 0), &[send(rounded, "")]), "exact");
    assert_eq!(ask(&sent(NOON, rounded, 0), &[send(exact, "u")]), "rounded");
}

#[test]
fn ids_need_not_be_numbers() {
    let log = sent(NOON, "msg_1", 0) + &sent(NOON, "007", 0);
    let matches = rows(&log, "msgid\nmsg_1\n007\n7\n");
    assert_eq!(
        matches.iter().filter(|row| row.ends_with("exact")).count(),
        2,
        "{matches:?}"
    );
}

/// Lines in which applications keep a send, all with one meaning.
const LINES: [&str; 16] = [
    r#"2025-11-22 12:00:00.120 INFO 请求参数:{"touser":"u","template_id":"t","data":{"k":{"value":"x"}}},返回参数:{"errcode":0,"errmsg":"ok","msgid":1988810812324364291}"#,
    r#"2025-11-22T12:00:00Z send {"touser":"u","template_id":"t"} -> {"errcode":0,"msgid":"1988810812324364291"}"#,
    r#"{"time":"2025-11-22T12:00:00Z","level":"info","request":{"touser":"u","template_id":"t"},"response":{"errcode":0,"msgid":1988810812324364291}}"#,
    r#"{"ts":1763812800.25,"code":200,"msg":"send","body":"{\"touser\":\"u\",\"template_id\":\"t\"}","resp":"{\"errcode\":0,\"msgid\":1988810812324364291}"}"#,
    r#"{"log":"2025-11-22 12:00:00 请求参数:{\"touser\":\"u\",\"template_id\":\"t\"},返回参数:{\"errcode\":0,\"msgid\":1988810812324364291}\n","stream":"stdout","time":"2025-11-22T12:00:00Z"}"#,
    r#"2025-11-22 12:00:00 req="{\"touser\":\"u\",\"template_id\":\"t\"}" res="{\"errcode\":0,\"msgid\":1988810812324364291}""#,
    r#"2025-11-22 12:00:00 {\x22touser\x22:\x22u\x22,\x22template_id\x22:\x22t\x22} {\x22errcode\x22:0,\x22msgid\x22:1988810812324364291}"#,
    r#"2025-11-22 12:00:00 params={'touser': 'u', 'template_id': 't', 'data': {'k': {'value': 'x'}}} result={'errcode': 0, 'errmsg': 'ok', 'msgid': 1988810812324364291}"#,
    r#"2025-11-22 12:00:00 请求: {touser=u, template_id=t, page=index} 返回: {errcode=0, errmsg=ok, msgid=1988810812324364291}"#,
    r#"2025-11-22 12:00:00 {"touser"=>"u", "template_id"=>"t"} {"errcode"=>0, "msgid"=>1988810812324364291}"#,
    "2025-11-22 12:00:00 sent touser=u template_id=t errcode=0 errmsg=ok msgid=1988810812324364291",
    "2025-11-22 12:00:00 [INFO] touser: u, templateId: t, errCode: 0, msgId: 1988810812324364291",
    r#"[{"openid":"u","templateId":"t","errcode":"0","msg_id":"1988810812324364291","created_at":"2025-11-22 12:00:00"}]"#,
    r#"{"msgid":"1988810812324364291","errcode":0,"request":{"touser":"u","template_id":"t"},"timestamp":1763812800123}"#,
    r#"2025/11/22 12:00:00 {"data":{"touser":"u","template_id":"t"},"result":{"errcode":0,"msgid":1988810812324364291}}"#,
    r#"[22/Nov/2025:12:00:00 +0000] <p>{&quot;touser&quot;:&quot;u&quot;,&quot;template_id&quot;:&quot;t&quot;} {&quot;errcode&quot;:0,&quot;msgid&quot;:1988810812324364291}"#,
];

#[test]
fn sends_are_read_from_logs_in_any_spelling() {
    let expected = format!("1988810812324364291,t,u,0,{NOON},0,,{},2,exact", NOON + 2);
    let log = sent(NOON + 2, "1988810812324364291", 0);
    for line in LINES {
        assert_eq!(rows(&log, line), [&*expected], "{line}");
    }
}

#[test]
fn tables_are_read_as_programs_write_them() {
    let expected = format!("1988810812324364291,t,u,0,{NOON},0,,{},2,exact", NOON + 2);
    let log = sent(NOON + 2, "1988810812324364291", 0);
    for table in [
        format!("msgid,touser,template_id,errcode,created_at\n1988810812324364291,u,t,0,{NOON}\n"),
        "\u{feff}MsgId;OpenID;TemplateId;ErrCode;sent_at\r\n1988810812324364291;u;t;0;2025-11-22 12:00:00\r\n".into(),
        "id\tmsg_id\ttouser\ttemplate_id\terrcode\ttime\n1\t1988810812324364291\tu\tt\t0\t2025-11-22T12:00:00Z\n".into(),
        "msgid,note,touser,template_id,errcode,time\n=\"1988810812324364291\",\"a\nb\",u,t,0,1763812800000\n".into(),
        "msgid,touser,template_id,errcode,time\n'1988810812324364291,u,t,0,2025-11-22 13:00:00 +0100\n".into(),
    ] {
        assert_eq!(rows(&log, &table), [&*expected], "{table}");
        let utf16: Vec<u8> = "\u{feff}".chars().chain(table.trim_start_matches('\u{feff}').chars())
            .collect::<String>().encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut sends = Sends::default();
        sends.read(&utf16[..]).expect("UTF-16 is read");
        let joined = join(std::slice::from_ref(&log), sends, JoinSettings::default(), 1).unwrap();
        assert_eq!(csv(&joined).lines().nth(1), Some(&*expected));
    }
}

#[test]
fn columns_can_have_any_name() {
    let mut columns = Columns::default();
    columns.add(Part::MsgId, "wx 编号");
    columns.add(Part::Time, "at");
    let zone = TimeZone::fixed(Offset::from_hours(8).unwrap());
    let mut sends = Sends::new(columns, zone, 1 << 20);
    sends
        .read("wx 编号,openid,at,time\n7,u,2025-11-22 20:00:00,1\n".as_bytes())
        .unwrap();
    let joined = join(&[sent(NOON + 1, "7", 0)], sends, JoinSettings::default(), 1).unwrap();
    assert!(csv(&joined).contains(&format!("7,t,u,,{NOON},0,,{},1,exact", NOON + 1)));
}

#[test]
fn a_file_that_is_no_list_of_sends_is_an_error() {
    let error = |file: &str| {
        sends(&[file.to_owned()])
            .map(|sends| sends.len())
            .map_err(|error| error.to_string())
    };
    let no_ids = "no column `msgid` or `msg_id`; there are `openid`, `template_id`, `errcode`. \
                  --columns msgid=NAME names another";
    assert_eq!(
        error("openid,template_id,errcode\nu,t,0\n"),
        Err(no_ids.into())
    );
    let line = r#"{"openid":"u","template_id":"t","errcode":0}"#;
    assert_eq!(error(line), Err(no_ids.into()));
    for prose in ["GET / HTTP/1.1\n", "keep msgid = str and msgid: 17 apart\n"] {
        let error = error(prose).unwrap_err();
        assert!(error.starts_with("no send was found"), "{prose}: {error}");
    }
    assert_eq!(error("sent, msgid=4263718905521438730\n"), Ok(1));
    assert_eq!(error(""), Ok(0));
    assert_eq!(error("\n\n"), Ok(0));
    assert_eq!(error("msgid,touser\n"), Ok(0));
    // Nothing was accepted, so there are no ids.
    assert_eq!(error(&line.replace(":0", ":43101")), Ok(1));
    let mut small = Sends::new(Columns::default(), TimeZone::UTC, 1000);
    let many: String = (1..1000).map(|id| format!("{id},u{id}\n")).collect();
    let failure = small
        .read(format!("msgid,touser\n{many}").as_bytes())
        .unwrap_err();
    assert!(matches!(
        failure,
        SendsError::Failure(Failure::Memory { limit: 1000 })
    ));
}

#[test]
fn callbacks_and_typed_texts_are_no_sends() {
    let callback = r#"{"ToUserName":"gh_1","FromUserName":"u","CreateTime":1763812800,"MsgType":"event","Event":"subscribe_msg_sent_event","List":{"TemplateId":"t","MsgID":"8","ErrorCode":"0","ErrorStatus":"success"}}"#;
    let record = sent(NOON, "9", 0);
    let typed = r#"{"touser":"u","template_id":"t","page":"{\"msgid\":5,\"errcode\":0}","data":{"k":{"value":"{\"touser\":\"v\",\"msgid\":6,\"errcode\":0}"}}} {"errcode":0,"msgid":7}"#;
    let flat = r#"{"event":"subscribe_msg_sent_event","to_user":"gh_1","from_user":"u","create_time":1,"template_id":"t","msg_id":"4","error_code":0}"#;
    let log = [callback, record.trim_end(), flat, typed].join("\n");
    let rows = rows("", &log);
    assert_eq!(rows, ["7,t,u,0,,,,,,none"]);
}

#[test]
fn a_selection_chooses_sends_and_results_without_one() {
    let other = record(
        "sent",
        NOON + 9,
        json!({"template_id": "s", "msg_id": "9", "error_code": 0}),
    );
    let log = sent(NOON + 3, "7", 0) + &other;
    let settings = JoinSettings {
        all: true,
        selection: Selection {
            templates: vec!["t".into()],
            until: Some(NOON + 2),
            ..Selection::default()
        },
        ..JoinSettings::default()
    };
    let sends = sends(&[format!("{HEADER}7,u,t,0,{NOON}\n")]).unwrap();
    let joined = join(&[log], sends, settings, 1).unwrap();
    assert_eq!(
        csv(&joined).lines().skip(1).collect::<Vec<_>>(),
        [format!("7,t,u,0,{NOON},0,,{},3,exact", NOON + 3)]
    );
}

#[test]
fn a_result_says_whose_a_send_is_that_does_not() {
    let log = sent(NOON, "7", 0) + &sent(NOON, "8", 0).replace("\"u\"", "\"v\"");
    let settings = JoinSettings {
        selection: Selection {
            users: vec!["u".into()],
            ..Selection::default()
        },
        ..JoinSettings::default()
    };
    let joined = join(
        &[log],
        sends(&["msgid\n7\n8\n9\n".into()]).unwrap(),
        settings,
        1,
    )
    .unwrap();
    assert_eq!(
        csv(&joined).lines().skip(1).collect::<Vec<_>>(),
        [format!("7,t,u,,,0,,{NOON},,exact")]
    );
}

#[test]
fn empty_captures_say_so() {
    let sends = sends(&[format!("{HEADER}7,u,t,0,{NOON}\n")]).unwrap();
    let joined = join(&[], sends, JoinSettings::default(), 1).unwrap();
    assert_eq!(
        joined.notes(Lang::En),
        ["1 send: 1 not in this log", "no callbacks in the captures"]
    );
}

#[test]
#[cfg_attr(debug_assertions, ignore = "measures: cargo test --profile thorough")]
fn hostile_lines_take_linear_time() {
    for unit in [
        "{",
        "{\\",
        "[{\"a\":",
        "{\"touser\":\"",
        "msgid=",
        "{\\\"a\\\":\\\"{",
        "\"{\\\\\\\"",
        "2025-",
    ] {
        let line = unit.repeat(400_000 / unit.len());
        let started = std::time::Instant::now();
        _ = sends(&[line]);
        assert!(started.elapsed().as_secs() < 20, "{unit}");
    }
}

/// `PROPTEST_CASES` asks for another number of captures.
#[test]
fn drawn_captures_are_joined_as_the_model_says() {
    let Some(mut model) = Model::start("quota_model.py") else {
        return;
    };
    for seed in 0..draws() {
        let mut rng = Rng::new(seed);
        let drawn = Drawn::new(&mut rng);
        let all = rng.one_in(2);
        let expected = model.ask(&json!({
            "ask": "join", "files": drawn.files, "sends": drawn.sends, "keep_repeats": drawn.keep_repeats, "all": all,
        }));
        for threads in [1, 2] {
            let (files, sends) = drawn.rotated(&mut rng);
            let settings = JoinSettings {
                all,
                keep_repeats: drawn.keep_repeats,
                ..JoinSettings::default()
            };
            let joined = join(&files, sends, settings, threads).expect("a join");
            assert_eq!(csv(&joined), expected, "seed {seed}");
        }
    }
}
