//! The shapes of payloads, one payload for each event and shape. Tests combine them with all ways of embedding.
//!
//! Ids, times and statuses identify the payload, so that lost, repeated or reordered records are detected.

use serde_json::{Map, Value, json};

use super::escape::{self, JsonStyle};
use super::model::{EVENTS, HEADER, ITEM, Type};
use super::traced::Traced;

const TO: &str = "gh_3f7a90c1d2e4";
const FROM: &str = "oBury1Test_abcdefghij-KLMNOP";

/// Text that loggers must escape, and text that looks escaped.
const HARD: &str = "a+b 100% #1 & it's <b>\"q\"</b> \\d %22 &lt; \\x22";
const FOREIGN: &str = "订阅 😀 é";

/// A shape of a payload.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    write: fn(&Facts) -> String,
}

impl Shape {
    /// Writes payload `number` of event number `event`.
    pub(crate) fn write(&self, event: usize, number: usize) -> String {
        (self.write)(&Facts { event, number })
    }
}

/// Returns the shape called `name`.
pub(crate) fn shape(name: &str) -> &'static Shape {
    let found = SHAPES.iter().find(|shape| shape.name == name);
    found.unwrap_or_else(|| panic!("no shape is called {name:?}"))
}

/// The content of a payload.
#[derive(Clone, Copy)]
struct Facts {
    event: usize,
    number: usize,
}

type Fields = Vec<(&'static str, String)>;

impl Facts {
    fn header(&self) -> Fields {
        vec![
            ("ToUserName", TO.into()),
            ("FromUserName", FROM.into()),
            ("CreateTime", (1_610_969_440 + self.number).to_string()),
            ("MsgType", "event".into()),
            ("Event", EVENTS[self.event].name.into()),
        ]
    }

    fn wrapper(&self) -> &'static str {
        EVENTS[self.event].wrapper
    }

    fn item(&self, at: usize) -> Fields {
        let value = |name: &str| match name {
            // Longer than a real id, so that each payload has a finding whose place can be checked.
            "TemplateId" => format!("T{at}-bury_test_template_0123456789-ABCDEFGHIJKLM"),
            "SubscribeStatusString" => ["accept", "reject"][(self.number + at) % 2].into(),
            "MsgID" => format!("17008271328{:08}", self.number * 10 + at),
            "ErrorStatus" => "success".into(),
            _ => "0".into(),
        };
        let fields = EVENTS[self.event].fields.iter();
        fields.map(|&name| (name, value(name))).collect()
    }

    fn items(&self) -> Vec<Fields> {
        vec![self.item(0), self.item(1)]
    }

    /// Returns a field and a value that does not fit its type.
    fn misfit(&self) -> (&'static str, &'static str) {
        [
            ("PopupScene", "SCENE_X"),
            ("CreateTime", "soon"),
            ("ErrorCode", "E_X"),
        ][self.event]
    }
}

/// All shapes.
pub(crate) static SHAPES: [Shape; 33] = [
    Shape {
        name: "JSON",
        write: |f| compact(&with_list(f, items(f))),
    },
    Shape {
        name: "JSON, one object",
        write: |f| compact(&with_list(f, object(&f.item(0)))),
    },
    Shape {
        name: "JSON, wrapper",
        write: |f| compact(&with(f, f.wrapper(), json!({"List": items(f)}))),
    },
    Shape {
        name: "JSON, wrapper is the list",
        write: |f| compact(&with(f, f.wrapper(), items(f))),
    },
    Shape {
        name: "JSON, pretty",
        write: |f| pretty(&with_list(f, items(f))),
    },
    Shape {
        name: "JSON, pretty with tabs and CRLF",
        write: |f| {
            pretty(&with_list(f, object(&f.item(0))))
                .replace("  ", "\t")
                .replace('\n', "\r\n")
        },
    },
    Shape {
        name: "JSON, spaced",
        write: |f| spaced(&compact(&with_list(f, items(f)))),
    },
    Shape {
        name: "JSON, sorted",
        write: |f| compact(&sorted(&with_list(f, items(f)))),
    },
    Shape {
        name: "JSON, sorted and pretty",
        write: |f| pretty(&sorted(&with_list(f, items(f)))),
    },
    Shape {
        name: "JSON, numbers",
        write: |f| numbers(&compact(&with_list(f, items(f)))),
    },
    Shape {
        name: "JSON, as documented",
        write: as_documented,
    },
    Shape {
        name: "JSON, comments",
        write: |f| {
            pretty(&with_list(f, items(f)))
                .replacen(",\n", ", // 文档 \"中\"\n", 1)
                .replacen(": [", ": /* two */ [", 1)
        },
    },
    Shape {
        name: "JSON, \\/ and \\uXXXX",
        write: |f| {
            let text = compact(&with_remark(f, "a/b 订阅 😀 </b>"));
            in_style(&text, true)
        },
    },
    Shape {
        name: "JSON, foreign",
        write: |f| compact(&with_remark(f, FOREIGN)),
    },
    Shape {
        name: "JSON, hard",
        write: |f| compact(&with_remark(f, HARD)),
    },
    Shape {
        name: "JSON, misfit",
        write: |f| {
            let (name, value) = f.misfit();
            misfitted(&compact(&with_list(f, object(&f.item(0)))), name, value)
        },
    },
    Shape {
        name: "JSON record",
        write: |f| compact(&record(f)),
    },
    Shape {
        name: "JSON record, flat",
        write: |f| compact(&flat_record(f)),
    },
    Shape {
        name: "JSON record, pretty",
        write: |f| pretty(&record(f)),
    },
    Shape {
        name: "JSON record, sorted",
        write: |f| compact(&sorted(&record(f))),
    },
    Shape {
        name: "JSON record, with source",
        write: |f| compact(&with_source(f, record(f))),
    },
    Shape {
        name: "JSON record, foreign",
        write: |f| {
            let mut record = record(f);
            record["extra"] = json!({ "Remark": FOREIGN });
            compact(&record)
        },
    },
    Shape {
        name: "XML",
        write: |f| xml(f, &CDATA),
    },
    Shape {
        name: "XML, pretty",
        write: |f| xml(f, &Style { gap: "\n", ..CDATA }),
    },
    Shape {
        name: "XML, pretty with CRLF",
        write: |f| {
            xml(
                f,
                &Style {
                    gap: "\r\n    ",
                    ..CDATA
                },
            )
        },
    },
    Shape {
        name: "XML, space around CDATA",
        write: |f| {
            xml(
                f,
                &Style {
                    gap: "\n  ",
                    around: "\n    ",
                    ..CDATA
                },
            )
        },
    },
    Shape {
        name: "XML, no CDATA",
        write: |f| {
            xml(
                f,
                &Style {
                    cdata: false,
                    ..CDATA
                },
            )
        },
    },
    Shape {
        name: "XML, declared",
        write: |f| {
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}",
                xml(f, &CDATA)
            )
        },
    },
    Shape {
        name: "XML, no wrapper",
        write: |f| {
            let text = xml(f, &CDATA);
            text.replace(&format!("<{}>", f.wrapper()), "")
                .replace(&format!("</{}>", f.wrapper()), "")
        },
    },
    Shape {
        name: "XML, references",
        // `#115` looks like an escape of rsyslog but is a reference.
        write: |f| {
            remarked(
                &xml(f, &Style { gap: "\n", ..CDATA }),
                "a &amp; b &lt;i&gt; &#x8ba2;&quot;&#39;&#115;",
            )
        },
    },
    Shape {
        name: "XML, foreign",
        write: |f| remarked(&xml(f, &CDATA), &format!("<![CDATA[{FOREIGN}]]>")),
    },
    Shape {
        name: "XML, hard",
        write: |f| {
            remarked(
                &xml(f, &Style { gap: "\n", ..CDATA }),
                &format!("<![CDATA[{HARD}]]>"),
            )
        },
    },
    Shape {
        name: "XML, misfit",
        write: |f| {
            let (name, value) = f.misfit();
            let text = xml(f, &CDATA);
            let (head, tail) = text
                .split_once(&format!("<{name}>"))
                .expect("the field is there");
            let (_, tail) = tail.split_once("</").expect("it ends");
            format!("{head}<{name}><![CDATA[{value}]]></{tail}")
        },
    },
];

// JSON.

fn object(fields: &Fields) -> Value {
    let member = |(name, value): &(&str, String)| ((*name).to_owned(), json!(value));
    Value::Object(fields.iter().map(member).collect())
}

fn items(facts: &Facts) -> Value {
    facts.items().iter().map(object).collect()
}

fn with(facts: &Facts, name: &str, value: Value) -> Value {
    let mut payload = object(&facts.header());
    payload[name] = value;
    payload
}

fn with_list(facts: &Facts, list: Value) -> Value {
    with(facts, "List", list)
}

fn with_remark(facts: &Facts, remark: &str) -> Value {
    let mut payload = with_list(facts, items(facts));
    payload["Remark"] = json!(remark);
    payload
}

/// Returns the members of a record with these fields.
fn keys(fields: &Fields) -> Map<String, Value> {
    let rows = || HEADER.iter().chain(&ITEM);
    let member = |(name, value): &(&str, String)| {
        let (_, key, ty) = rows().find(|row| row.0 == *name)?;
        let number = || value.parse::<u64>().expect("a number");
        Some(match ty {
            Type::Integer => ((*key).to_owned(), json!(number())),
            Type::Text | Type::Digits => ((*key).to_owned(), json!(value)),
        })
    };
    fields.iter().filter_map(member).collect()
}

fn record_head(facts: &Facts) -> Map<String, Value> {
    let event = ("event".to_owned(), json!(EVENTS[facts.event].name));
    std::iter::once(event)
        .chain(keys(&facts.header()))
        .collect()
}

fn record(facts: &Facts) -> Value {
    let mut members = record_head(facts);
    let items = facts.items();
    members.insert(
        "items".into(),
        items.iter().map(keys).map(Value::Object).collect(),
    );
    Value::Object(members)
}

fn flat_record(facts: &Facts) -> Value {
    let mut members = record_head(facts);
    members.extend(keys(&facts.item(0)));
    Value::Object(members)
}

fn with_source(facts: &Facts, mut record: Value) -> Value {
    let line = facts.number * 7 + 3;
    record["source"] =
        json!({"path": "logs/app.log", "line": line, "offset": line * 411, "format": "xml"});
    record
}

fn compact(value: &Value) -> String {
    value.to_string()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("JSON")
}

/// Adds the spaces of Python's `json.dumps` between tokens.
fn spaced(compact: &str) -> String {
    compact
        .replace("\":", "\": ")
        .replace("\",\"", "\", \"")
        .replace("},{", "}, {")
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort();
            let member = |name: &String| (name.clone(), sorted(&members[name]));
            Value::Object(names.into_iter().map(member).collect::<Map<_, _>>())
        }
        Value::Array(entries) => entries.iter().map(sorted).collect(),
        scalar => scalar.clone(),
    }
}

/// Removes the quotes around digits.
fn numbers(compact: &str) -> String {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let mut text = String::new();
    let mut parts = compact.split('"').peekable();
    while let Some(part) = parts.next() {
        text += part;
        match parts.peek() {
            Some(next) if !is_digits(next) && !is_digits(part) => text.push('"'),
            _ => {}
        }
    }
    text
}

/// Writes the commas and blank lines of WeChat's samples.
fn as_documented(facts: &Facts) -> String {
    let text = pretty(&with_list(facts, items(facts)));
    text.replacen("\n  ]\n", "\n  ],\n\n", 1).replace("  ", "")
}

/// Escapes texts in JSON more than required.
fn in_style(compact: &str, upper: bool) -> String {
    let style = JsonStyle {
        slash: true,
        ascii: true,
        upper,
        ..escape::JSON
    };
    let text = escape::json_inside(&Traced::plain(compact), style).text();
    text.replace("\\\"", "\"")
}

fn misfitted(compact: &str, name: &str, value: &str) -> String {
    let name = format!("\"{name}\":\"");
    let (head, tail) = compact.split_once(&name).expect("the field is there");
    let (_, tail) = tail.split_once('"').expect("it ends");
    format!("{head}{name}{value}\"{tail}")
}

// XML.

struct Style {
    /// The text between elements.
    gap: &'static str,
    /// The text around texts.
    around: &'static str,
    cdata: bool,
}

const CDATA: Style = Style {
    gap: "",
    around: "",
    cdata: true,
};

fn xml(facts: &Facts, style: &Style) -> String {
    let lists = facts
        .items()
        .into_iter()
        .map(|item| enclosed("List", &elements(&item, style), style));
    let mut parts = elements(&facts.header(), style);
    parts.push(enclosed(facts.wrapper(), &lists.collect::<Vec<_>>(), style));
    enclosed("xml", &parts, style)
}

fn elements(fields: &Fields, style: &Style) -> Vec<String> {
    fields
        .iter()
        .map(|(name, value)| element(name, value, style))
        .collect()
}

fn element(name: &str, value: &str, style: &Style) -> String {
    let is_number = value.bytes().all(|b| b.is_ascii_digit());
    let text = match style.cdata && !is_number {
        true => format!("<![CDATA[{value}]]>"),
        false => value.into(),
    };
    format!("<{name}>{0}{text}{0}</{name}>", style.around)
}

fn enclosed(name: &str, parts: &[String], style: &Style) -> String {
    let gap = style.gap;
    format!("<{name}>{gap}{}{gap}</{name}>", parts.join(gap))
}

/// Appends an element to a payload.
fn remarked(text: &str, remark: &str) -> String {
    let head = text.strip_suffix("</xml>").expect("the root ends");
    format!("{head}<Remark>{remark}</Remark></xml>")
}
