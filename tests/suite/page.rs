//! The page of `wxsub report`: what it says, that it says it again, and that no value becomes part of its markup.
//!
//! How it looks is checked in a browser, by `tests/report/run.sh`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[cfg(unix)]
use crate::support::terminal::{WXSUB, on_terminal};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The first second of 2026-04-01.
const START: i64 = 1_775_001_600;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn write(folder: &TempDir, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).expect("a file can be written");
    path
}

fn run(args: &[&str], paths: &[&Path]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wxsub"));
    command.args(args).args(paths).env("WXSUB_LANG", "en");
    command.output().expect("the program runs")
}

/// Returns the page of some captures, with the exit status of the run.
fn page(args: &[&str], paths: &[&Path]) -> (String, Option<i32>) {
    let args = [&["report", "--tz", "UTC", "--quiet"], args].concat();
    let output = run(&args, paths);
    let html = String::from_utf8(output.stdout).expect("a page is text");
    (html, output.status.code())
}

fn callback(event: &str, user: &str, time: i64, item: &Value) -> String {
    let name = format!("subscribe_msg_{event}_event");
    let mut body = json!({
        "ToUserName": "gh_0a1b2c3d4e5f", "FromUserName": user, "CreateTime": time,
        "MsgType": "event", "Event": name, "List": [item],
    });
    body.sort_all_objects();
    format!("{body}\n")
}

fn popup(template: &str, user: &str, time: i64, status: &str) -> String {
    let item = json!({"TemplateId": template, "SubscribeStatusString": status, "PopupScene": 0});
    callback("popup", user, time, &item)
}

/// Returns the cells of the first row of a page that begins with `name`, as text.
fn row(html: &str, name: &str) -> Vec<String> {
    let start = format!("<th scope=\"row\">{name}</th>");
    let (_, rest) = html.split_once(&start).expect("the row is there");
    let (cells, _) = rest.split_once("</tr>").expect("the row ends");
    let cells = cells
        .split("</td>")
        .filter_map(|cell| cell.split_once("<td>"));
    cells.map(|(_, cell)| cell.to_owned()).collect()
}

/// Splits a page into its tags, and checks that each is a tag of the page and not of a value.
fn tags(html: &str) -> Vec<&str> {
    let (before, rest) = html.split_once("<style>").expect("the page has a style");
    let (_, after) = rest.split_once("</style>").expect("the style ends");
    let parts = before.split('<').chain(after.split('<')).skip(1);
    let tags = parts.filter_map(|part| Some(part.split_once('>')?.0));
    tags.filter(|tag| !tag.is_empty()).collect()
}

/// The names of elements that a page has.
const ELEMENTS: &[&str] = &[
    "!DOCTYPE",
    "html",
    "head",
    "meta",
    "title",
    "body",
    "main",
    "header",
    "section",
    "h1",
    "h2",
    "p",
    "ul",
    "li",
    "dl",
    "div",
    "dt",
    "dd",
    "figure",
    "figcaption",
    "span",
    "code",
    "br",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "details",
    "summary",
    "svg",
    "defs",
    "pattern",
    "g",
    "text",
    "rect",
    "circle",
    "path",
    "line",
];

/// Checks that a tag has a known name, and attributes of known names with values in quotes.
fn check_tag(tag: &str) {
    let tag = tag.strip_prefix('/').unwrap_or(tag);
    let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
    assert!(ELEMENTS.contains(&name), "<{tag}> is no tag of a page");
    if name == "!DOCTYPE" {
        return;
    }
    let quoted = attributes
        .split('"')
        .step_by(2)
        .filter(|name| !name.is_empty());
    for attribute in quoted {
        let name = attribute.trim_start().strip_suffix('=');
        let name = name.unwrap_or_else(|| panic!("<{tag}> has an attribute without a value"));
        let is_plain = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let is_active = name.starts_with("on") || ["style", "href", "src", "xlink"].contains(&name);
        assert!(is_plain && !is_active, "<{tag}> has the attribute {name}");
    }
}

#[test]
fn counts_are_those_of_stats() {
    let folder = folder();
    let day = 86_400;
    let log = [
        popup("T1", "a", START, "accept"),
        popup("T1", "b", START + day, "reject"),
        popup("T1", "b", START + day, "reject"),
        popup("T1", "c", START + 3 * day, "accept"),
        popup("T2", "c", START + 3 * day, "ban"),
        callback(
            "change",
            "a",
            START + day,
            &json!({"TemplateId": "T1", "SubscribeStatusString": "reject"}),
        ),
        callback(
            "sent",
            "a",
            START + day,
            &json!({"TemplateId": "T1", "MsgID": "1700827132819554304", "ErrorCode": 43101}),
        ),
        callback(
            "sent",
            "b",
            START + day,
            &json!({"TemplateId": "T1", "MsgID": "1700827132819554305", "ErrorCode": 0}),
        ),
        callback(
            "sent",
            "b",
            -5,
            &json!({"TemplateId": "T1", "MsgID": "1700827132819554306", "ErrorCode": 0}),
        ),
    ];
    let path = write(&folder, "a.log", log.concat());
    let (html, status) = page(&[], &[&path]);
    assert_eq!(status, Some(0));
    // shown, accepted, rejected, other statuses, acceptance rate, users, switched off, sent, failed
    assert_eq!(
        row(&html, "T1"),
        ["3", "2", "1", "0", "66.7 %", "3", "1", "3", "1"]
    );
    assert_eq!(
        row(&html, "T2"),
        ["1", "0", "0", "1", "0.0 %", "1", "0", "0", "0"]
    );
    assert_eq!(row(&html, "2026-04-01"), ["1", "1", "0", "0", "100.0 %"]);
    assert_eq!(
        row(&html, "mini program page (0)"),
        ["4", "2", "1", "1", "50.0 %"]
    );
    assert_eq!(row(&html, "43101"), ["send API: user refused", "1"]);
    for words in [
        "2026-04-01 00:00:00 +00:00 – 2026-04-04 00:00:00 +00:00",
        "Repeated deliveries, left out of all counts: 1",
        "Callbacks without a plausible time, missing where time is shown: 1",
        "Times without anything to count are left out",
        "failed: 1 (33.3 %)",
        "a.log:5:",
    ] {
        assert!(html.contains(words), "{words:?} is missing");
    }
    let all = page(&["--keep-repeats"], &[&path]).0;
    assert_eq!(row(&all, "T1")[..3], ["4", "2", "2"]);
    let some = page(&["--template", "T2"], &[&path]).0;
    assert!(some.contains("Callbacks filtered out: 8"));
    assert!(some.contains("<code>T2</code>") && !some.contains(">T1<"));
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation: cargo test --profile thorough"
)]
fn any_threads_and_any_order_of_files_give_one_page() {
    let folder = folder();
    let mut paths = Vec::new();
    for file in 0..3 {
        let mut log = String::new();
        for n in 0..1_500 {
            let (template, user) = (format!("T{}", n % 17), format!("u{}", n % 101));
            let time = START + (n * 7_919 + file * 31) % (20 * 86_400);
            let status = if (n + file) % 3 == 0 {
                "accept"
            } else {
                "reject"
            };
            log += &popup(&template, &user, time, status);
        }
        log += "<xml><Event>subscribe_msg_popup_event</Event></xlm>\n";
        paths.push(write(&folder, &format!("{file}.log"), log));
    }
    let [a, b, c] = [&*paths[0], &*paths[1], &*paths[2]];
    let (first, status) = page(&["--threads", "1"], &[a, b, c]);
    assert_eq!(status, Some(1));
    assert!(first.contains("malformed-xml"));
    for (threads, order) in [("1", [c, a, b]), ("4", [a, b, c]), ("3", [b, c, a])] {
        let (again, _) = page(&["--threads", threads], &order);
        assert_eq!(first, again, "{threads} threads, {order:?}");
    }
    assert_eq!(page(&["--exit-zero"], &[a]).1, Some(0));
}

#[test]
fn no_value_becomes_markup() {
    const VALUES: &[&str] = &[
        "\"><script>alert(1)</script>",
        "'><img src=x onerror=alert(1)>",
        "</style>",
        "</title></svg></table>",
        "]]>",
        "<!--",
        "\" onload=\"alert(1)",
        "a\u{202e}b\u{2066}",
        "\0\u{7}\u{1b}[31m",
        "&lt;",
        "{{1}}${1}",
        "",
        " ",
    ];
    let folder = folder();
    let mut log = String::new();
    for (n, value) in VALUES.iter().enumerate() {
        let time = START + n as i64 * 3600;
        for event in ["popup", "change", "sent"] {
            let item = json!({
                "TemplateId": value, "SubscribeStatusString": value, "PopupScene": value, "MsgID": value,
                "ErrorCode": value, "ErrorStatus": value, *value: value,
            });
            log += &callback(event, value, time, &item)
                .replace("gh_0a1b2c3d4e5f", "gh_\\u003cb\\u003e");
        }
        log += &format!(
            "{}\n",
            json!({"ToUserName": value, "FromUserName": value, "CreateTime": 1, "MsgType": value})
        );
    }
    log += &popup("LONE", "u", START, "accept").replace("LONE", "\\ud83d");
    let path = write(&folder, "\"><script>alert(2)<.log", log);
    for lang in ["en", "zh"] {
        let (html, _) = page(&["--lang", lang, "--title", "</h1><script>"], &[&path]);
        let tags = tags(&html);
        assert!(tags.len() > 100);
        tags.into_iter().for_each(check_tag);
        let is_hidden =
            |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{2069}').contains(&c);
        assert!(
            !html.contains(is_hidden),
            "a control character is in the page"
        );
        assert!(html.contains("&lt;/h1&gt;&lt;script&gt;") && html.contains("\u{fffd}"));
        assert!(html.contains("&lt;script&gt;alert(2)&lt;.log:"));
    }
}

#[test]
fn a_month_of_a_thousand_templates_stays_small() {
    let folder = folder();
    let mut log = String::new();
    for n in 0..20_000_i64 {
        let template = format!("{:0>43}", n % 1_000);
        let time = START + n * 86_400 * 30 / 20_000;
        log += &match n % 4 {
            0 => callback(
                "sent",
                "a",
                time,
                &json!({"TemplateId": template, "MsgID": "1", "ErrorCode": n % 5}),
            ),
            1 => callback(
                "change",
                "b",
                time,
                &json!({"TemplateId": template, "SubscribeStatusString": "reject"}),
            ),
            _ => popup(
                &template,
                "c",
                time,
                if n % 3 == 0 { "accept" } else { "reject" },
            ),
        };
    }
    let path = write(&folder, "a.log", log);
    let (html, status) = page(&["--keep-repeats"], &[&path]);
    assert_eq!(status, Some(0));
    assert!(html.len() < 1_000_000, "{} bytes", html.len());
    assert!(html.contains(">2026-04-30</th>"));
}

#[test]
fn tables_of_more_templates_say_how_many_are_missing() {
    let folder = folder();
    let log = (0..1_500).map(|n| popup(&format!("T{n}"), "u", START, "accept"));
    let path = write(&folder, "a.log", log.collect::<String>());
    let (html, _) = page(&[], &[&path]);
    assert!(html.contains("… and 500 more"));
}

#[test]
fn nothing_read_is_said() {
    let folder = folder();
    let empty = write(&folder, "empty.log", "");
    let (html, status) = page(&[], &[&empty]);
    assert_eq!(status, Some(0));
    assert!(
        html.contains("There are no callbacks")
            && html.contains("Nothing: all that names an event")
    );
    let (html, _) = page(&["--lang", "zh"], &[&empty]);
    assert!(html.contains("没有回调") && html.contains("lang=\"zh-CN\""));
    let broken = write(
        &folder,
        "broken.log",
        "<xml><Event>subscribe_msg_popup_event</Event></xlm>\n",
    );
    let (html, status) = page(&[], &[&broken]);
    assert_eq!(status, Some(1));
    assert!(
        html.contains("There are no callbacks")
            && html.contains("malformed-xml")
            && html.contains("broken.log:1:")
    );
}

#[test]
fn callbacks_without_a_time_are_in_the_totals() {
    let folder = folder();
    let late = 5_000_000_000;
    let log = [
        popup("T1", "a", -1, "accept"),
        popup("T2", "b", late, "reject"),
        callback(
            "change",
            "a",
            late,
            &json!({"TemplateId": "T1", "SubscribeStatusString": "reject"}),
        ),
        callback(
            "sent",
            "a",
            late,
            &json!({"TemplateId": "T1", "MsgID": "1", "ErrorCode": 1}),
        ),
    ];
    let path = write(&folder, "a.log", log.concat());
    let (html, status) = page(&[], &[&path]);
    assert_eq!(status, Some(0));
    assert!(html.contains("No callback has a plausible time.") && html.contains("50.0 %"));
    assert!(!html.contains("1970"));
    assert_eq!(row(&html, "T1")[..3], ["1", "1", "0"]);
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation: cargo test --profile thorough"
)]
fn a_page_without_enough_memory_is_an_error_and_the_old_one_stays() {
    let folder = folder();
    let log = (0..20_000).map(|n| popup(&format!("T{n}"), &format!("u{n}"), START, "accept"));
    let path = write(&folder, "a.log", log.collect::<String>());
    let old = write(&folder, "page.html", "old");
    let output = run(
        &[
            "report",
            "--max-memory",
            "1M",
            "-o",
            old.to_str().expect("a name"),
        ],
        &[&path],
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("counting needs more memory than 1 MiB")
    );
    assert_eq!(fs::read(&old).expect("the old page"), b"old");
    // The size of what is written does not count, and a page is in its place only when it is whole.
    assert_eq!(
        run(
            &["report", "-q", "-o", old.to_str().expect("a name")],
            &[&path]
        )
        .status
        .code(),
        Some(0)
    );
    assert!(
        fs::read_to_string(&old)
            .expect("the page")
            .starts_with("<!DOCTYPE html>")
    );
}

#[test]
#[cfg(unix)]
fn a_terminal_is_no_place_for_a_page() {
    let folder = folder();
    let path = write(&folder, "a.log", popup("T", "u", START, "accept"));
    let name = path.to_str().expect("a name");
    let (shown, status) = on_terminal(&[WXSUB, "report", name], None);
    assert_eq!(status, Some(2), "{shown}");
    assert!(
        shown.contains("name a file with -o") && shown.contains("wxsub report"),
        "{shown}"
    );
    let (shown, status) = on_terminal(&[WXSUB, "report", "-o", "-", name], None);
    assert_eq!(status, Some(0), "{shown}");
    assert!(shown.contains("<!DOCTYPE html>"));
}
