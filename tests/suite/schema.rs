//! Everything written fits its schema: all fixtures, and what the generators make. What does not fit is refused.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use wxsub::output::{Format, Json as WireForm, JsonLines};
use wxsub::report::Spot;
use wxsub::sample::{Recipe, Shape};
use wxsub::schema::Schema;
use wxsub::{Capture, Code, Event, Finding, Lang, Record, Severity, Syntax, decode};

use crate::support::cases::cases;
use crate::support::json::{Json, parse};
use crate::support::model::{callback, callback_for_xml, callback_with_structure};
use crate::support::render;
use crate::support::shapes::SHAPES;

const SCHEMAS: [Schema; 4] = [
    Schema::Record,
    Schema::Finding,
    Schema::WireJson,
    Schema::DocumentedJson,
];

fn value(schema: Schema) -> Value {
    serde_json::from_str(&schema.text()).expect("a schema is JSON")
}

fn validator(schema: Schema) -> Validator {
    jsonschema::draft202012::new(&value(schema)).expect("a schema")
}

/// Converts a value for the validator.
fn plain(json: &Json) -> Value {
    match json {
        Json::Literal(_) | Json::Number(_) => {
            let text = match json {
                Json::Number(text) => text,
                Json::Literal(text) => *text,
                _ => unreachable!(),
            };
            serde_json::from_str(text).expect("JSON")
        }
        Json::Text(text) => json!(text),
        Json::Half(_) => unreachable!("it is never read"),
        Json::Array(entries) => entries.iter().map(plain).collect(),
        Json::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| (name.clone(), plain(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
    }
}

fn written(format: &dyn Format, record: &Record<'_>) -> Option<Value> {
    let mut out = Vec::new();
    format.record(record, &mut out).ok()?;
    let text = String::from_utf8(out).expect("UTF-8");
    (!text.is_empty()).then(|| plain(&parse(text.trim_end(), false).expect("JSON")))
}

static JUDGES: LazyLock<Schemas> = LazyLock::new(Schemas::new);

/// The schemas, compiled once.
struct Schemas {
    record: Validator,
    wire: Validator,
    documented: Validator,
}

impl Schemas {
    fn new() -> Self {
        Schemas {
            record: validator(Schema::Record),
            wire: validator(Schema::WireJson),
            documented: validator(Schema::DocumentedJson),
        }
    }

    /// Checks everything that is written of `record`.
    fn judge(&self, record: &Record<'_>) -> Result<(), String> {
        for with_source in [false, true] {
            let format = JsonLines {
                flat: false,
                with_source,
            };
            if let Some(line) = written(&format, record) {
                fits(&self.record, &line)?;
            }
        }
        let Some(wire) = written(&WireForm::default(), record) else {
            return Ok(());
        };
        let has = |codes: &[Code]| record.findings().iter().any(|f| codes.contains(&f.code()));
        let is_typed = !has(&[Code::WrongType, Code::DuplicateField, Code::ImpreciseMsgId]);
        if is_typed {
            fits(&self.wire, &wire)?;
        }
        // `MsgType` is the only field that the writer adds.
        let is_missing = |f: &Finding| {
            f.code() == Code::MissingField && f.message(Lang::En) != "`MsgType` is missing"
        };
        let is_short =
            has(&[Code::MissingList, Code::EmptyList]) || record.findings().iter().any(is_missing);
        // A wrong type is kept as it came, and a list that is also an extra appears twice.
        let is_usual = is_typed && !has(&[Code::EventMismatch, Code::UnknownField]);
        match self.documented.is_valid(&wire) {
            false if is_usual && !is_short => fits(&self.documented, &wire),
            true if is_short && is_typed && !has(&[Code::UnknownField]) => {
                Err(format!("nothing is missed in {wire}"))
            }
            _ => Ok(()),
        }
    }
}

fn fits(validator: &Validator, value: &Value) -> Result<(), String> {
    let told = validator.iter_errors(value).map(|error| error.to_string());
    let told: Vec<String> = told.collect();
    match told.is_empty() {
        true => Ok(()),
        false => Err(format!("{told:?} in {value}")),
    }
}

/// Returns all payloads in files, in the table of codes, and in the table of shapes.
fn fixtures() -> Vec<Vec<u8>> {
    let folders = ["examples/payloads", "examples/logs"];
    let entries = folders
        .into_iter()
        .flat_map(|folder| fs::read_dir(folder).expect("a folder"));
    let files = entries.map(|entry| fs::read(entry.expect("an entry").path()).expect("a file"));
    let codes = Code::ALL
        .iter()
        .flat_map(|code| [code.example(), code.near_miss()]);
    let shapes = SHAPES
        .iter()
        .flat_map(|shape| [0, 1, 2].map(|event| shape.write(event, 1)));
    files
        .chain(codes.map(|text| text.as_bytes().to_vec()))
        .chain(shapes.map(String::into_bytes))
        .collect()
}

#[test]
fn schemas_are_schemas() {
    for schema in SCHEMAS {
        let value = value(schema);
        jsonschema::meta::validate(&value).unwrap_or_else(|error| panic!("{schema:?}: {error}"));
        assert_eq!(
            value["$schema"],
            "https://json-schema.org/draft/2020-12/schema"
        );
    }
}

#[test]
fn what_is_written_of_fixtures_fits() {
    let schemas = &*JUDGES;
    let mut callbacks = 0;
    for fixture in fixtures() {
        for record in Capture::new(&fixture[..]) {
            let record = record.expect("memory can be read");
            callbacks += usize::from(record.callback().is_some());
            schemas
                .judge(&record)
                .unwrap_or_else(|problem| panic!("{problem}"));
        }
    }
    assert!(callbacks > 100, "only {callbacks} callbacks");
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn what_is_written_of_any_json_fits(callback in callback(), seed: u64) {
        let payload = render::json(&callback, seed);
        let judged = JUDGES.judge(&decode(payload.as_bytes()));
        prop_assert!(judged.is_ok(), "{judged:?}");
    }

    #[test]
    fn what_is_written_of_any_xml_fits(callback in callback_for_xml(), seed: u64) {
        let payload = render::xml(&callback, seed);
        let judged = JUDGES.judge(&decode(payload.as_bytes()));
        prop_assert!(judged.is_ok(), "{judged:?}");
    }

    #[test]
    fn what_is_written_of_mixed_up_names_fits(callback in callback_with_structure(), seed: u64) {
        let payload = render::json(&callback, seed);
        let judged = JUDGES.judge(&decode(payload.as_bytes()));
        prop_assert!(judged.is_ok(), "{judged:?}");
    }
}

/// Returns samples in JSON without findings.
fn samples() -> Vec<Vec<u8>> {
    let shapes = Shape::all().filter(|shape| shape.findings().is_empty());
    let recipes = shapes.flat_map(|shape| {
        Event::ALL.map(|event| Recipe {
            shape,
            ..Recipe::new(event)
        })
    });
    let is_json = |recipe: &Recipe| recipe.shape.syntax() != Some(Syntax::Xml);
    let sample = |recipe: Recipe| {
        let mut samples = recipe.samples(9).expect("a sound recipe");
        (0..20).map(move |_| {
            let mut out = Vec::new();
            samples.write(&mut out);
            out
        })
    };
    recipes.filter(is_json).flat_map(sample).collect()
}

#[test]
fn samples_fit_what_is_documented() {
    let mut seen = 0;
    for sample in samples() {
        let value: Value = serde_json::from_slice(&sample).expect("JSON");
        assert_eq!(fits(&JUDGES.documented, &value), Ok(()));
        assert_eq!(fits(&JUDGES.wire, &value), Ok(()));
        assert_eq!(JUDGES.judge(&decode(&sample)), Ok(()));
        seen += 1;
    }
    assert!(seen > 300, "only {seen} samples");
}

/// Returns a callback of every event with all possible fields, as record and as WeChat's JSON.
fn full() -> Vec<(Value, Value)> {
    let events = [
        (
            "popup",
            json!({"TemplateId": "a", "SubscribeStatusString": "accept", "PopupScene": "0"}),
        ),
        (
            "change",
            json!({"TemplateId": "a", "SubscribeStatusString": "reject"}),
        ),
        (
            "sent",
            json!({"TemplateId": "a", "MsgID": "1", "ErrorCode": 0, "ErrorStatus": "success"}),
        ),
    ];
    let made = events.map(|(event, mut item)| {
        item["Foo"] = json!(null);
        let event = format!("subscribe_msg_{event}_event");
        let wire = json!({"ToUserName": "a", "FromUserName": "b", "CreateTime": 1, "MsgType": "event",
            "Event": event, "List": [item], "Bar": {"a": [1.50]}});
        let text = wire.to_string();
        let format = JsonLines { flat: false, with_source: true };
        let record = decode(text.as_bytes());
        (written(&format, &record).expect("a callback"), wire)
    });
    made.into()
}

/// Returns the properties that `schema` allows an object and its items.
fn properties(schema: &Value) -> Vec<String> {
    let names = |value: &Value| {
        value
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    [
        names(&schema["properties"]),
        names(&schema["$defs"]["item"]["properties"]),
    ]
    .concat()
}

#[test]
fn every_property_occurs() {
    for (schema, is_wire) in [(Schema::Record, false), (Schema::DocumentedJson, true)] {
        let made = full()
            .into_iter()
            .map(|(record, wire)| if is_wire { wire } else { record });
        let made = made.map(|value| value.to_string()).collect::<String>();
        for name in properties(&value(schema)) {
            assert!(made.contains(&format!("\"{name}\":")), "{schema:?} {name}");
        }
    }
}

/// Returns `object` without a member, with a member too many, and with each member of a wrong type.
fn spoilt(object: &Value) -> Vec<(String, Value)> {
    let Value::Object(members) = object else {
        return Vec::new();
    };
    let mut made = Vec::new();
    for name in members.keys() {
        let mut without = members.clone();
        without.remove(name);
        made.push((format!("-{name}"), Value::Object(without)));
        let mut other = members.clone();
        other[name] = json!([[true]]);
        made.push((format!("!{name}"), Value::Object(other)));
    }
    let mut more = members.clone();
    more.insert("stray".into(), json!(1));
    made.push(("+stray".into(), Value::Object(more)));
    made
}

/// Returns the ways of spoiling `object` that `validator` accepts.
fn missed(validator: &Validator, object: &Value) -> Vec<String> {
    assert_eq!(fits(validator, object), Ok(()));
    let spoilt = spoilt(object).into_iter();
    let missed = spoilt.filter(|(_, value)| validator.is_valid(value));
    missed.map(|(how, _)| how).collect()
}

#[test]
fn what_does_not_fit_is_told() {
    let schemas = &*JUDGES;
    for (record, wire) in full() {
        // Keys may be absent, except the two that every record has.
        let optional = [
            "-to_user",
            "-from_user",
            "-create_time",
            "-extra",
            "-source",
        ];
        assert_eq!(missed(&schemas.record, &record), optional);
        // Other fields may be added by WeChat at any time, with any value.
        assert_eq!(
            missed(&schemas.documented, &wire),
            ["-Bar", "!Bar", "+stray"]
        );
        let lax = missed(&schemas.wire, &wire);
        let header = [
            "-ToUserName",
            "-FromUserName",
            "-CreateTime",
            "-MsgType",
            "!MsgType",
        ];
        assert_eq!(lax, [&header[..], &["-Bar", "!Bar", "+stray"]].concat());

        for (how, item) in spoilt(&wire["List"][0]) {
            let mut payload = wire.clone();
            payload["List"] = item;
            let is_told = !schemas.documented.is_valid(&payload);
            assert_eq!(
                is_told,
                !how.ends_with("Foo") && how != "+stray",
                "{wire} {how}"
            );
        }
    }
}

#[test]
fn numbers_are_numbers_however_they_are_written() {
    let validator = validator(Schema::DocumentedJson);
    let payload = |time: Value| {
        let mut wire = full().remove(0).1;
        wire["CreateTime"] = time;
        wire
    };
    for good in [
        json!(0),
        json!("0"),
        json!("-5"),
        json!(1763812800),
        json!(" 12 "),
    ] {
        assert!(validator.is_valid(&payload(good.clone())), "{good}");
    }
    for bad in [
        json!(""),
        json!("soon"),
        json!("01"),
        json!(1.5),
        json!("1.0"),
        json!(null),
    ] {
        assert!(!validator.is_valid(&payload(bad.clone())), "{bad}");
        let text = payload(bad).to_string();
        let record = decode(text.as_bytes());
        assert!(
            record
                .findings()
                .iter()
                .any(|f| f.code() == Code::WrongType),
            "{text}"
        );
    }
}

/// Returns a finding as `check --format json` writes it.
fn line(record: &Record<'_>, finding: &Finding, lang: Lang) -> Value {
    let place = Spot::of(record, finding).place;
    let mut line = json!({"code": finding.code().as_str(), "severity": finding.severity().as_str(),
        "message": finding.message(lang), "path": "a b.json", "line": place.line, "column": place.column,
        "offset": place.offset});
    if let Some(help) = finding.help(lang) {
        line["help"] = json!(help);
    }
    line
}

#[test]
fn findings_fit() {
    let validator = validator(Schema::Finding);
    let mut seen = 0;
    for fixture in fixtures() {
        for record in Capture::new(&fixture[..]) {
            let record = record.expect("memory can be read");
            for finding in record.findings() {
                seen += 1;
                for lang in [Lang::En, Lang::Zh] {
                    assert_eq!(fits(&validator, &line(&record, finding, lang)), Ok(()));
                }
            }
        }
    }
    assert!(seen > 100, "only {seen} findings");
}

#[test]
fn findings_that_do_not_fit_are_told() {
    let validator = validator(Schema::Finding);
    let record = decode(Code::TrailingComma.example().as_bytes());
    let line = line(&record, &record.findings()[0], Lang::En);
    assert_eq!(missed(&validator, &line), ["-help"]);
    for code in Code::ALL {
        let with = |code: &str, severity: &str| {
            let mut line = line.clone();
            (line["code"], line["severity"]) = (json!(code), json!(severity));
            validator.is_valid(&line)
        };
        for severity in [Severity::Warning, Severity::Error, Severity::Undecodable] {
            assert!(with(code.as_str(), severity.as_str()), "{code}");
        }
        assert!(!with(&format!("{code}s"), "error"));
        assert!(!with(code.as_str(), "info"));
    }
}

const KEY: &str = "ownKey7ownKey7ownKey7ownKey7ownKey7ownKey7x";
const TOKEN: &str = "ourOwnToken";

/// Runs the program with `args` and `token`, and returns the lines that it writes.
fn lines(args: &[&str], token: &str) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_wxsub"))
        .args(args)
        .env("WXSUB_ENCODING_AES_KEY", KEY)
        .env("WXSUB_TOKEN", token)
        .env("WXSUB_LANG", "en")
        .output()
        .expect("the program runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let line = |line: &str| serde_json::from_str(line).expect("JSON");
    text.lines().map(line).collect()
}

/// Returns the names of the members of all `objects`.
fn names<'a>(objects: impl Iterator<Item = &'a Value>) -> BTreeSet<String> {
    let members = objects.filter_map(Value::as_object);
    members
        .flat_map(|members| members.keys().cloned())
        .collect()
}

/// Checks the records that the program writes, with their source: plain, opened and verified.
#[test]
fn what_convert_writes_fits() {
    let schema = value(Schema::Record);
    let mut sources = Vec::new();
    for token in ["", TOKEN] {
        for capture in ["examples/payloads", "examples/logs", "examples/encrypted"] {
            let records = lines(&["convert", "--with-source", "--quiet", capture], token);
            assert!(!records.is_empty(), "{capture}");
            for record in records {
                assert_eq!(fits(&JUDGES.record, &record), Ok(()), "{capture}");
                sources.push(record["source"].clone());
            }
        }
    }
    let known = names([&schema["properties"]["source"]["properties"]].into_iter());
    assert_eq!(names(sources.iter()), known);
    let seals: BTreeSet<_> = sources
        .iter()
        .filter_map(|it| it["sealed"].as_str())
        .collect();
    assert_eq!(seals, BTreeSet::from(["opened", "verified"]));
}

#[test]
fn a_seal_that_was_not_opened_is_told() {
    let mut record = full().remove(0).0;
    record["source"]["sealed"] = json!("opened");
    assert_eq!(fits(&JUDGES.record, &record), Ok(()));
    for wrong in [json!("none"), json!(true), json!(null)] {
        record["source"]["sealed"] = wrong;
        assert!(!JUDGES.record.is_valid(&record), "{record}");
    }
}

#[test]
fn what_check_writes_fits() {
    let schema = value(Schema::Finding);
    let validator = validator(Schema::Finding);
    let args = ["check", "--format", "json", "--quiet", "examples"];
    let findings = [lines(&args, ""), lines(&args, "anotherToken")].concat();
    for finding in &findings {
        assert_eq!(fits(&validator, finding), Ok(()));
    }
    assert_eq!(
        names(findings.iter()),
        names([&schema["properties"]].into_iter())
    );
}
