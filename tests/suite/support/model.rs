//! A model of a callback, and the record that it must become.

use proptest::prelude::*;
use proptest::sample::select;

use super::json::{Json, grouped, is_integer, is_number, normal};

pub(crate) type Member = (String, Json);

/// The content of a callback, independent of syntax and shape.
#[derive(Clone, Debug)]
pub(crate) struct Callback {
    pub(crate) event: &'static Event,
    /// All top-level fields except `Event` and the items.
    pub(crate) header: Vec<Member>,
    pub(crate) items: Vec<Vec<Member>>,
    /// The positions of `Event` and of the items among the members of the header.
    pub(crate) event_at: usize,
    pub(crate) list_at: usize,
}

#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) name: &'static str,
    pub(crate) wrapper: &'static str,
    pub(crate) fields: &'static [&'static str],
}

pub(crate) static EVENTS: [Event; 3] = [
    Event {
        name: "subscribe_msg_popup_event",
        wrapper: "SubscribeMsgPopupEvent",
        fields: &["TemplateId", "SubscribeStatusString", "PopupScene"],
    },
    Event {
        name: "subscribe_msg_change_event",
        wrapper: "SubscribeMsgChangeEvent",
        fields: &["TemplateId", "SubscribeStatusString"],
    },
    Event {
        name: "subscribe_msg_sent_event",
        wrapper: "SubscribeMsgSentEvent",
        fields: &["TemplateId", "MsgID", "ErrorCode", "ErrorStatus"],
    },
];

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Type {
    Text,
    Integer,
    Digits,
}

/// A field: its name in a payload, its key in a record, its type.
pub(crate) type Field = (&'static str, &'static str, Type);

pub(crate) const HEADER: [Field; 3] = [
    ("ToUserName", "to_user", Type::Text),
    ("FromUserName", "from_user", Type::Text),
    ("CreateTime", "create_time", Type::Integer),
];

pub(crate) const ITEM: [Field; 6] = [
    ("TemplateId", "template_id", Type::Text),
    ("SubscribeStatusString", "status", Type::Text),
    ("PopupScene", "popup_scene", Type::Integer),
    ("MsgID", "msg_id", Type::Digits),
    ("ErrorCode", "error_code", Type::Integer),
    ("ErrorStatus", "error_status", Type::Text),
];

/// Names that have a meaning at the top but are not fields.
const STRUCTURE: [&str; 6] = [
    "Event",
    "List",
    "Encrypt",
    "SubscribeMsgPopupEvent",
    "SubscribeMsgChangeEvent",
    "SubscribeMsgSentEvent",
];

/// Returns the row of `table` for `name`, in any letter case.
pub(crate) fn field(table: &[Field], name: &str) -> Option<Field> {
    table
        .iter()
        .copied()
        .find(|row| row.0.eq_ignore_ascii_case(name))
}

/// Returns the typed value of a field, or `None` if it has the wrong type.
pub(crate) fn typed(ty: Type, given: &Json) -> Option<Json> {
    let (Json::Text(text) | Json::Number(text)) = given else {
        return None;
    };
    let bare = text.trim_ascii();
    match ty {
        Type::Text => Some(Json::text(text)),
        Type::Digits if is_number(bare) && !is_integer(bare) => None,
        Type::Digits => Some(Json::text(text)),
        Type::Integer if is_integer(bare) && bare.parse::<i64>().is_ok() => {
            Some(Json::Number(bare.into()))
        }
        Type::Integer => None,
    }
}

/// The names of members in which parsers of XML put a text.
const TEXT_MEMBERS: [&str; 2] = ["#text", "_"];

/// Returns the scalar that a parser of XML wrapped in `given`, or `given` itself.
fn unwrapped(given: &Json) -> &Json {
    let mut value = given;
    loop {
        value = match value {
            Json::Array(entries) if entries.len() == 1 => &entries[0],
            Json::Object(members) if members.len() == 1 && is_text_member(&members[0].0) => {
                &members[0].1
            }
            Json::Array(_) | Json::Object(_) => return given,
            _ => return value,
        }
    }
}

fn is_text_member(name: &str) -> bool {
    TEXT_MEMBERS.contains(&name)
}

/// Returns the typed members of a header or an item in the record's order, and the extra fields as given.
fn sorted(table: &[Field], given: &[Member]) -> (Vec<Member>, Vec<Member>) {
    let mut first: Vec<(&str, Json)> = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    let mut extras = Vec::new();
    for (name, value) in given {
        let value = normal(value);
        let Some((wire, key, ty)) = field(table, name) else {
            extras.push((name.clone(), value));
            continue;
        };
        let is_first = !seen.contains(&wire);
        seen.push(wire);
        match typed(ty, unwrapped(&value)).filter(|_| is_first) {
            Some(value) => first.push((key, value)),
            None => extras.push((wire.to_owned(), value)),
        }
    }
    let position = |key: &str| table.iter().position(|row| row.1 == key);
    first.sort_by_key(|(key, _)| position(key));
    let typed = first
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value));
    (typed.collect(), extras)
}

fn with_extra(mut members: Vec<Member>, extras: &[Member]) -> Json {
    if !extras.is_empty() {
        members.push(("extra".into(), Json::Object(grouped(extras))));
    }
    Json::Object(members)
}

impl Callback {
    /// Returns `event` with the header's typed members, and its extra fields.
    fn head(&self) -> (Vec<Member>, Vec<Member>) {
        let mut seen = false;
        let given: Vec<Member> = self
            .header
            .iter()
            .filter(|(name, value)| {
                let is_type = name.eq_ignore_ascii_case("MsgType");
                let is_first = is_type && !seen;
                seen |= is_type;
                let value = unwrapped(value);
                let is_event = matches!(value, Json::Text(text) if text.trim_ascii() == "event");
                !(is_first && is_event)
            })
            .map(|(name, value)| match name.eq_ignore_ascii_case("MsgType") {
                true => ("MsgType".into(), value.clone()),
                false => (name.clone(), value.clone()),
            })
            .collect();
        let (typed, extras) = sorted(&HEADER, &given);
        let event = ("event".to_owned(), Json::text(self.event.name));
        ([vec![event], typed].concat(), extras)
    }

    /// Returns the expected record.
    pub(crate) fn record(&self) -> Json {
        let (mut members, extras) = self.head();
        let items = self.items.iter().map(|given| {
            let (typed, extras) = sorted(&ITEM, given);
            with_extra(typed, &extras)
        });
        members.push(("items".into(), Json::Array(items.collect())));
        with_extra(members, &extras)
    }

    /// Returns the expected lines of `--flat`. Extra fields of the header come before those of the item.
    pub(crate) fn flat(&self) -> Vec<Json> {
        let (head, header_extras) = self.head();
        let line = |(typed, extras): (Vec<Member>, Vec<Member>)| {
            let extras = [header_extras.clone(), extras].concat();
            with_extra([head.clone(), typed].concat(), &extras)
        };
        match self.items.as_slice() {
            [] => vec![line(Default::default())],
            items => items.iter().map(|item| line(sorted(&ITEM, item))).collect(),
        }
    }
}

/// A callback that JSON can express.
pub(crate) fn callback() -> BoxedStrategy<Callback> {
    (0..EVENTS.len())
        .prop_flat_map(|event| {
            let event = &EVENTS[event];
            (
                header(),
                prop::collection::vec(item(event), 0..4),
                0..8usize,
                0..8usize,
            )
                .prop_map(move |(header, items, event_at, list_at)| Callback {
                    event,
                    event_at: event_at.min(header.len()),
                    list_at: list_at.min(header.len()),
                    header: without_wraps(header),
                    items: items.into_iter().map(without_wraps).collect(),
                })
        })
        .boxed()
}

/// Replaces line breaks in ids, which no id has: a payload with one is undecodable.
fn without_wraps(members: Vec<Member>) -> Vec<Member> {
    const IDS: [&str; 4] = ["ToUserName", "FromUserName", "TemplateId", "MsgID"];
    let is_id = |name: &str| IDS.iter().any(|id| id.eq_ignore_ascii_case(name));
    let members = members.into_iter().map(|(name, value)| match is_id(&name) {
        true => (name, unwrapped_lines(value)),
        false => (name, value),
    });
    members.collect()
}

fn unwrapped_lines(value: Json) -> Json {
    match value {
        Json::Text(text) => Json::Text(text.replace(['\n', '\r'], ".")),
        Json::Array(entries) => Json::Array(entries.into_iter().map(unwrapped_lines).collect()),
        Json::Object(members) => {
            let members = members.into_iter();
            Json::Object(
                members
                    .map(|(name, value)| (name, unwrapped_lines(value)))
                    .collect(),
            )
        }
        value => value,
    }
}

/// A callback that both syntaxes can express.
pub(crate) fn callback_for_xml() -> BoxedStrategy<Callback> {
    callback()
        .prop_map(|callback| Callback {
            header: members_for_xml(callback.header),
            items: callback.items.into_iter().map(item_for_xml).collect(),
            ..callback
        })
        .boxed()
}

/// A callback with extra fields whose names have a meaning at their place.
pub(crate) fn callback_with_structure() -> BoxedStrategy<Callback> {
    let strays = || {
        prop::collection::vec(
            (select(&STRUCTURE[..]).prop_map(str::to_owned), json()),
            0..3,
        )
    };
    let stray_items = prop::collection::vec(
        (
            select(vec!["item", "List", "Event", "xml"]).prop_map(str::to_owned),
            json(),
        ),
        0..2,
    );
    (callback(), strays(), stray_items, any::<bool>())
        .prop_map(|(mut callback, strays, items, behind)| {
            match behind {
                true => callback.header.extend(strays),
                false => drop(callback.header.splice(0..0, strays)),
            }
            if let Some(item) = callback.items.first_mut() {
                item.extend(items);
            }
            callback
        })
        .boxed()
}

fn header() -> BoxedStrategy<Vec<Member>> {
    let msg_type = prop_oneof![
        6 => Just(Json::text("event")),
        1 => Just(Json::text(" event ")),
        1 => Just(Json::text("text")),
        1 => json()
    ];
    let fields = (
        maybe(given("ToUserName", "gh_123456789abc")),
        maybe(given("FromUserName", "otFpruAK8D-E6EfStSYonYSBZ8_4")),
        maybe(given("CreateTime", "1610969440")),
        maybe(named("MsgType", msg_type)),
        again(vec!["ToUserName", "CreateTime", "MsgType", "createtime"]),
        extras(|name| {
            !STRUCTURE
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name))
        }),
    );
    fields
        .prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f].concat())
        .prop_shuffle()
        .boxed()
}

fn item(event: &'static Event) -> BoxedStrategy<Vec<Member>> {
    let good = |name| match name {
        "TemplateId" => "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc",
        "SubscribeStatusString" => "accept",
        "MsgID" => "1700827132819554304",
        "ErrorStatus" => "success",
        _ => "0",
    };
    let fields: Vec<_> = event
        .fields
        .iter()
        .map(|name| maybe(given(name, good(name))))
        .collect();
    let others = again(ITEM.iter().map(|row| row.0).chain(["msgid"]).collect());
    (fields, others, extras(|_| true))
        .prop_map(|(fields, others, extras)| [fields.concat(), others, extras].concat())
        .prop_shuffle()
        .boxed()
}

fn named(
    name: &'static str,
    value: impl Strategy<Value = Json> + 'static,
) -> BoxedStrategy<Vec<Member>> {
    value
        .prop_map(move |value| vec![(name.to_owned(), value)])
        .boxed()
}

fn maybe(member: impl Strategy<Value = Vec<Member>> + 'static) -> BoxedStrategy<Vec<Member>> {
    (prop::bool::weighted(0.9), member)
        .prop_map(|(given, member)| match given {
            true => member,
            false => Vec::new(),
        })
        .boxed()
}

/// A field, mostly valid.
fn given(name: &'static str, good: &'static str) -> BoxedStrategy<Vec<Member>> {
    let spelled = prop_oneof![8 => Just(name.to_owned()), 1 => Just(name.to_lowercase())];
    let value = prop_oneof![
        6 => Just(Json::text(good)),
        2 => number(),
        4 => text().prop_map(Json::Text),
        1 => json()
    ];
    (spelled, value).prop_map(|member| vec![member]).boxed()
}

/// Fields with these names, which may repeat.
fn again(names: Vec<&'static str>) -> BoxedStrategy<Vec<Member>> {
    let member = (select(names).prop_map(str::to_owned), json());
    prop_oneof![
        4 => Just(Vec::new()),
        1 => prop::collection::vec(member, 1..3)
    ]
    .boxed()
}

fn extras(is_free: fn(&str) -> bool) -> BoxedStrategy<Vec<Member>> {
    let name = name().prop_map(move |name| if is_free(&name) { name } else { "Free".into() });
    prop::collection::vec((name, json()), 0..3).boxed()
}

fn name() -> BoxedStrategy<String> {
    prop_oneof![
        6 => select(vec!["AppId", "WeAppId", "Foo", "名字", "a-b", "_.1"]).prop_map(str::to_owned),
        2 => select(vec!["", "1x", "a b", "a:b", "<", "#text", "xml", "XML", "item", "List", "Event", "Encrypt"])
            .prop_map(str::to_owned),
        1 => text()
    ].boxed()
}

/// Any JSON value.
pub(crate) fn json() -> BoxedStrategy<Json> {
    let half = select(vec![
        vec![0xD800],
        vec![0xDC00, 0x41],
        vec![0x9B, 0xD83D, 0x7F],
        vec![0xD800, 0xD800],
    ]);
    let scalar = prop_oneof![
        4 => text().prop_map(Json::Text),
        2 => number(),
        2 => select(vec!["true", "false", "null"]).prop_map(Json::Literal),
        1 => half.prop_map(Json::Half)
    ];
    scalar.prop_recursive(3, 12, 4, |inner| {
        let first = prop_oneof![3 => name(), 1 => select(vec!["ToUserName", "MsgType", "TemplateId", "List", "item"]).prop_map(str::to_owned)];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            prop::collection::vec((first, inner), 0..4).prop_map(Json::Object)
        ]
    }).boxed()
}

fn number() -> BoxedStrategy<Json> {
    let long = "1234567890".repeat(40);
    let numbers = [
        "0",
        "-0",
        "7",
        "-5",
        "1E6",
        "1e-7",
        "1.50",
        "-0.0",
        "1610969440",
        "1864323726461255680",
        "1.8643237264612557e18",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
    ];
    prop_oneof![
        8 => select(numbers.map(str::to_owned).to_vec()).prop_map(Json::Number),
        1 => Just(Json::Number(long))
    ]
    .boxed()
}

/// Texts that may cause problems.
const ODD: &[&str] = &[
    "",
    " ",
    "a",
    "accept",
    " accept",
    "accept\t",
    "a\nb",
    "\n",
    "a\rb",
    "\r\n",
    "\r",
    " \r",
    "\0",
    "\u{b}",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{85}",
    "\u{9b}",
    " \u{9f}",
    "\u{a0}",
    "\u{2028}",
    "\u{feff}",
    "\u{fffe}",
    "\u{ffff}",
    "😀",
    "订阅",
    "]]>",
    "]]",
    ">",
    "]]]]>",
    "<![CDATA[",
    "<",
    "<xml>",
    "<xml><ToUserName>",
    "</xml>",
    "<!--",
    "-->",
    "&",
    "&amp;",
    "&#13;",
    "\"",
    "\"\"",
    "'",
    "\\",
    "\\\"",
    "\\u0041",
    "/",
    "//",
    "/*",
    "*/",
    ",",
    "，",
    ",}",
    "{",
    "}",
    "[",
    "]",
    "{\"ToUserName\":\"a\"}",
    "null",
    "true",
    "0",
    "-0",
    "007",
    "1E6",
    "1.50",
    " 12 ",
    "+1",
    "1864323726461255680",
    "9223372036854775808",
    "event",
    "=1+1",
];

/// Text, often unusual.
pub(crate) fn text() -> BoxedStrategy<String> {
    let odd = || select(ODD).prop_map(str::to_owned);
    prop_oneof![
        30 => odd(),
        30 => prop::collection::vec(odd(), 2..5).prop_map(|parts| parts.concat()),
        20 => "[a-zA-Z0-9_-]{0,44}",
        10 => prop::collection::vec(any::<char>(), 0..5).prop_map(String::from_iter),
        1 => odd().prop_map(|part| format!("{part}0123456789").repeat(20_000 / (10 + part.len())))
    ]
    .boxed()
}

fn item_for_xml(item: Vec<Member>) -> Vec<Member> {
    let mut members = members_for_xml(item);
    for (name, _) in &mut members {
        if name.eq_ignore_ascii_case("item") {
            *name = "Entry".into();
        }
    }
    if members.is_empty() {
        members.push(("Foo".into(), Json::text("bar")));
    }
    members
}

fn members_for_xml(members: Vec<Member>) -> Vec<Member> {
    members
        .into_iter()
        .map(|(name, value)| (name_for_xml(name), value_for_xml(value)))
        .collect()
}

/// Renames an element called `xml`, which might be read as the next payload.
fn name_for_xml(name: String) -> String {
    match is_xml_name(&name) && !name.eq_ignore_ascii_case("xml") {
        true => name,
        false => "Name".into(),
    }
}

fn value_for_xml(value: Json) -> Json {
    match value {
        Json::Text(text) => Json::Text(text.chars().filter(|&c| is_xml_char(c)).collect()),
        Json::Number(text) => Json::Text(text),
        Json::Literal(text) => Json::text(text),
        Json::Object(members) if !members.is_empty() => Json::Object(members_for_xml(members)),
        Json::Half(_) | Json::Array(_) | Json::Object(_) => Json::text("flat"),
    }
}

/// Matches XML 1.0, production 2.
pub(crate) fn is_xml_char(c: char) -> bool {
    matches!(c as u32, 0x9 | 0xA | 0xD | 0x20..=0xD7FF | 0xE000..=0xFFFD | 0x10000..)
}

/// Matches XML 1.0, production 5.
pub(crate) fn is_xml_name(name: &str) -> bool {
    let is_start = |c: char| {
        matches!(c, ':' | '_' | 'A'..='Z' | 'a'..='z')
            || matches!(c as u32, 0xC0..=0xD6 | 0xD8..=0xF6 | 0xF8..=0x2FF | 0x370..=0x37D | 0x37F..=0x1FFF
                | 0x200C..=0x200D | 0x2070..=0x218F | 0x2C00..=0x2FEF | 0x3001..=0xD7FF | 0xF900..=0xFDCF
                | 0xFDF0..=0xFFFD | 0x10000..=0xEFFFF)
    };
    let is_inner = |c: char| {
        is_start(c)
            || matches!(c, '-' | '.' | '0'..='9')
            || matches!(c as u32, 0xB7 | 0x300..=0x36F | 0x203F..=0x2040)
    };
    name.starts_with(is_start) && name.chars().all(is_inner)
}
