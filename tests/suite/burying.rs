//! The ways of burying write what real loggers write.
//!
//! The output of [`crate::support::escape`] is read back by independent readers. If there is no such reader, it is compared
//! with the output of the real writers.

use serde_json::Value;

use crate::support::cases::Share;
use crate::support::embed::{way, ways};
use crate::support::escape::{self, JsonStyle};
use crate::support::shapes::{SHAPES, shape};
use crate::support::traced::{Capture, Traced};

const HARD: &str = "{\"A\":\"b\\/c\"}\r\n\t<b>it's &amp; 100% a+b #1</b> 订阅 😀 é\u{7}\u{7f}";

fn payloads() -> impl Iterator<Item = String> {
    let payloads = SHAPES
        .iter()
        .flat_map(|shape| (0..3).map(|event| shape.write(event, 1)));
    payloads.chain([HARD.to_owned()])
}

fn buried(name: &str, payload: &str) -> String {
    way(name).embed(&[Traced::payload(0, payload)], 1).text()
}

#[test]
fn json_strings_are_read_by_serde() {
    let [off, on] = [false, true];
    for flags in 0..32 {
        let is = |bit: u8| if flags & (1 << bit) == 0 { off } else { on };
        let style = JsonStyle {
            slash: is(0),
            html: is(1),
            ascii: is(2),
            quote: is(3),
            upper: is(4),
        };
        for payload in payloads() {
            let written = escape::json(&Traced::plain(&payload), style).text();
            assert_eq!(
                serde_json::from_str::<String>(&written).ok(),
                Some(payload),
                "{written}"
            );
            assert!(!style.ascii || written.is_ascii());
            assert!(!style.html || !written.contains(['<', '>', '&']));
            assert!(!style.slash || !written.replace("\\/", "").contains('/'));
            assert!(!style.quote || !written.contains("\\\""));
        }
    }
}

#[test]
fn lines_of_json_logs_are_json() {
    let names: Vec<String> = ways().into_iter().map(|way| way.name).collect();
    for name in names
        .iter()
        .filter(|name| name.starts_with("JSON log") && !name.contains("over lines"))
    {
        for payload in payloads().filter(|payload| way(name).takes(payload)) {
            let line = buried(name, &payload);
            let is_object = way(name).only_json;
            let value = serde_json::from_str::<Value>(&line);
            // An object may have the trailing commas and comments of its payload.
            assert!(
                value.is_ok() || (is_object && serde_json::from_str::<Value>(&payload).is_err()),
                "{line}"
            );
        }
    }
}

#[test]
fn layers_of_json_hold_the_payload() {
    for (name, layers) in [
        ("JSON log, string", 1),
        ("JSON log, 2 layers", 2),
        ("JSON log, 3 layers", 3),
        ("JSON log, \\/ inside \\u003c", 2),
    ] {
        for payload in payloads() {
            let mut text = buried(name, &payload);
            for _ in 0..layers {
                let value: Value = serde_json::from_str(&text).expect("JSON");
                text = value["body"].as_str().expect("a string").to_owned();
            }
            assert_eq!(text, payload, "{name}");
        }
    }
}

#[test]
fn archives_hold_the_payload() {
    for payload in payloads() {
        let value: Value = serde_json::from_str(&buried("HAR", &payload)).expect("JSON");
        assert_eq!(
            value["log"]["entries"][0]["request"]["postData"]["text"],
            payload
        );
    }
}

#[test]
fn docker_records_hold_the_output() {
    for name in [
        "Docker",
        "Docker, \\u003c",
        "Docker, partial",
        "Docker, other stream between",
    ] {
        for payload in payloads() {
            let text = buried(name, &payload);
            let records = text
                .lines()
                .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
            let output: String = records
                .filter(|record| record["stream"] == "stdout")
                .map(|record| record["log"].as_str().expect("a string").to_owned())
                .collect();
            assert_eq!(output, format!("{payload}\n"), "{name}");
        }
    }
}

#[test]
fn cri_lines_hold_the_output() {
    for name in ["CRI", "CRI, partial", "CRI, other stream between"] {
        for payload in payloads() {
            let mut output = String::new();
            for line in buried(name, &payload).split_inclusive('\n') {
                let parts: Vec<&str> = line.splitn(4, ' ').collect();
                let [_, stream, tag, text] = parts[..] else {
                    panic!("{line:?}")
                };
                if stream == "stdout" {
                    output += if tag == "P" {
                        &text[..text.len() - 1]
                    } else {
                        text
                    };
                }
            }
            assert_eq!(output, format!("{payload}\n"), "{name}");
        }
    }
}

#[test]
fn csv_rows_hold_the_payload() {
    for payload in payloads() {
        let text = buried("CSV", &payload);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("CSV");
        assert_eq!(
            (rows.len(), rows[0].len(), &rows[0][2]),
            (1, 5, payload.as_str())
        );
    }
}

#[test]
fn html_is_read_by_an_xml_reader() {
    // XML changes line ends and forbids control characters.
    let payloads = payloads().map(|text| text.replace(['\r', '\u{7}'], ""));
    for payload in payloads {
        for encode in [
            escape::html,
            escape::html_text,
            escape::html_decimal,
            escape::html_hex,
        ] {
            let page = format!("<pre>{}</pre>", encode(&Traced::plain(&payload)).text());
            let document = roxmltree::Document::parse(&page).expect("XML");
            assert_eq!(
                document.root_element().text(),
                Some(payload.as_str()),
                "{page}"
            );
        }
    }
}

type Write = fn(&Traced) -> Traced;

/// The rows of Python and URLs were compared with Python 3 and Node. The other rows follow the rules of their
/// languages.
#[test]
fn literals_are_what_their_languages_write() {
    let foreign = "订 😀 é";
    let cases: &[(Write, &str, &str)] = &[
        (
            escape::python_bytes,
            "{\"A\":\"b\\/c\"}\n",
            r#"b'{"A":"b\\/c"}\n'"#,
        ),
        (escape::python_bytes, "it's", r#"b"it's""#),
        (
            escape::python_bytes,
            "it's \"q\"\t\r\\",
            r#"b'it\'s "q"\t\r\\'"#,
        ),
        (
            escape::python_bytes,
            "\0\u{7}\u{7f}é",
            r"b'\x00\x07\x7f\xc3\xa9'",
        ),
        (
            escape::python_str,
            "{\"A\":\"b\\/c\"}\n",
            r#"'{"A":"b\\/c"}\n'"#,
        ),
        (escape::python_str, "it's", r#""it's""#),
        (
            escape::python_str,
            "it's \"q\"\t\r\\",
            r#"'it\'s "q"\t\r\\'"#,
        ),
        (
            escape::python_str,
            "订阅 😀 é\u{2028}\0\u{7f}",
            r"'订阅 😀 é\u2028\x00\x7f'",
        ),
        (
            escape::go,
            "{\"A\":\"b\\c\"}\n\u{7}\u{b}\u{7f}订\u{2028}it's",
            r#""{\"A\":\"b\\c\"}\n\a\v\x7f订\u2028it's""#,
        ),
        (escape::java, "\"a\\\n\t订'", r#""\"a\\\n\t订'""#),
        (
            escape::java_ascii,
            foreign,
            r#""\u8BA2 \uD83D\uDE00 \u00E9""#,
        ),
        (
            escape::php,
            "{\"A\":\"b\\/c\"}\nit's",
            "'{\"A\":\"b\\\\/c\"}\nit\\'s'",
        ),
        (escape::c, "\"a\\\n\t订'\u{1}", r#""\"a\\\n\t订'\001""#),
        (escape::c_octal, "é", r#""\303\251""#),
        (
            escape::sql,
            "{\"A\":\"b\\/c\"}\r\nit's\0\u{1a}订",
            r#"'{\"A\":\"b\\/c\"}\r\nit\'s\0\Z订'"#,
        ),
        (
            escape::csv,
            "{\"A\":\n\"b\"}",
            "\"{\"\"A\"\":\n\"\"b\"\"}\"",
        ),
        (
            escape::nginx,
            "{\"A\":\"b\\/c\"}\r\n订\u{7f}it's <b>",
            r"{\x22A\x22:\x22b\x5C/c\x22}\x0D\x0A\xE8\xAE\xA2\x7Fit's <b>",
        ),
        (
            escape::rsyslog,
            "<xml>\n\t<A>é</A>\r\n#",
            "<xml>#012#011<A>é</A>#015#012#",
        ),
        (
            escape::url,
            "a+b 100% #1&<b> ~*'()!",
            "a%2Bb%20100%25%20%231%26%3Cb%3E%20~*'()!",
        ),
        (
            escape::url,
            "{\"A\":\"b\\/c\"}\n订",
            "%7B%22A%22%3A%22b%5C%2Fc%22%7D%0A%E8%AE%A2",
        ),
        (escape::url_lower, "<a>/é", "%3ca%3e%2f%c3%a9"),
        (
            escape::form,
            "a+b 100% #1&<b> ~*'()!",
            "a%2Bb+100%25+%231%26%3Cb%3E+%7E*%27%28%29%21",
        ),
        (
            escape::url_query,
            "{\"A\":[1, 2]}",
            "%7B%22A%22:[1,%202]%7D",
        ),
        (
            escape::html,
            "<a b=\"c\">it's &amp;</a>",
            "&lt;a b=&quot;c&quot;&gt;it&#39;s &amp;amp;&lt;/a&gt;",
        ),
        (escape::html_text, "<a b=\"c\">&", "&lt;a b=\"c\"&gt;&amp;"),
        (escape::html_decimal, "<a>\"", "&#60;a&#62;&#34;"),
        (escape::html_hex, "<a>\"订", "&#x3c;a&#x3e;&#x22;&#x8BA2;"),
    ];
    for (write, text, expected) in cases {
        assert_eq!(write(&Traced::plain(text)).text(), *expected);
    }
}

/// URL encoding is decoded by a reader written for this test.
#[test]
fn percent_signs_are_undone() {
    for payload in payloads() {
        for (encode, plus) in [
            (escape::url as Write, "+"),
            (escape::form, " "),
            (escape::url_lower, "+"),
        ] {
            let written = encode(&Traced::plain(&payload)).text();
            assert_eq!(
                percent_decoded(&written.replace('+', plus)),
                payload,
                "{written}"
            );
        }
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [byte, behind @ ..] = rest {
        match (byte, behind) {
            (b'%', [a, b, behind @ ..]) => {
                let digits = String::from_utf8(vec![*a, *b]).expect("ASCII");
                bytes.push(u8::from_str_radix(&digits, 16).expect("hexadecimal"));
                rest = behind;
            }
            _ => {
                bytes.push(*byte);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn payloads_begin_at_their_places() {
    let mut share = Share::default();
    let openings = [
        "<",
        "{",
        "\\u003c",
        "\\u003C",
        "\\\\u003c",
        "\\\\u003C",
        "&lt;",
        "&amp;lt;",
        "&#60;",
        "&#x3c;",
        "%3C",
        "%3c",
        "%253C",
        "%7B",
        "%7b",
        "%257B",
        "\\\\\\u003c",
        // In base64.
        "PHht",
        "PD94",
        "eyJ",
        "ewo",
        "ew0",
        "eyA",
        // In numbers.
        "123",
        "60",
        "7B",
        "7b",
        "3C",
        "3c",
    ];
    // In base64 of a log line a payload may begin at any alignment.
    for way in ways()
        .into_iter()
        .filter(|way| !way.name.starts_with("base64 of a JSON"))
    {
        for payload in payloads().filter(|payload| payload != HARD && way.takes(payload)) {
            if !share.takes_next() {
                continue;
            }
            let capture = Capture::of(&way.embed(&[Traced::payload(0, &payload)], 1));
            let place = capture.place(0, 0).expect("it has a place");
            let rest = &capture.bytes[place.offset as usize..];
            assert!(
                openings
                    .iter()
                    .any(|opening| rest.starts_with(opening.as_bytes())),
                "{} at {place:?}",
                way.name
            );
            let before =
                String::from_utf8_lossy(&capture.bytes[..place.offset as usize]).into_owned();
            let last = before.rsplit('\n').next().unwrap_or_default();
            let counted = (
                before.matches('\n').count() as u64 + 1,
                last.chars().count() as u64 + 1,
            );
            assert_eq!((place.line, place.column), counted, "{}", way.name);
        }
    }
}

#[test]
fn ways_and_shapes_have_names_of_their_own() {
    let mut names: Vec<String> = ways().into_iter().map(|way| way.name).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!((names.len(), count > 90), (count, true));
    assert!(SHAPES.iter().all(|s| std::ptr::eq(shape(s.name), s)));
}

#[test]
fn only_what_two_readings_fit_is_undecidable() {
    let is_undecidable = |name: &str, payload: &str| way(name).is_undecidable(payload);
    let with_slash =
        r#"{"ToUserName":"g","Event":"subscribe_msg_popup_event","List":[],"A":"b\/c"}"#;
    let with_quote =
        r#"{"ToUserName":"g","Event":"subscribe_msg_popup_event","List":[],"A":"b\"c"}"#;
    // `'{…"A":"b\\/c"}'` may be a literal or not; `'{…"A":"b\\"c"}'` is JSON only as a literal.
    assert!(is_undecidable("PHP", with_slash) && !is_undecidable("PHP", with_quote));
    assert!(
        is_undecidable("Python text", with_slash) && !is_undecidable("Python bytes", with_slash)
    );
    // Escaped quotes are not the quotes of JSON, and a line feed written as text never stands between elements.
    assert!(!is_undecidable("Go %q", with_slash) && !is_undecidable("nginx", with_slash));
    assert!(!is_undecidable(
        "Go %q",
        "<xml>\n<ToUserName>g</ToUserName><Event>subscribe_msg_popup_event</Event></xml>"
    ));
    assert!(is_undecidable(
        "Go %q",
        "<xml><ToUserName>g</ToUserName><Event>subscribe_msg_popup_event</Event><A>a\\b</A></xml>"
    ));
}

/// Most cases of the matrix can be tested.
#[test]
fn few_cases_are_undecidable() {
    let cases = ways().into_iter().flat_map(|way| {
        payloads()
            .filter(|payload| payload != HARD)
            .map(move |payload| way.is_undecidable(&payload))
            .collect::<Vec<_>>()
    });
    let (undecidable, all) =
        cases.fold((0, 0), |(some, all), is| (some + usize::from(is), all + 1));
    assert!(undecidable * 50 < all, "{undecidable} of {all}");
}
