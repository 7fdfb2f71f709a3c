//! The schema of records.

use crate::event::fields::{Field, HEADER, ITEM};
use crate::json_format::{object, text};
use crate::lang::Lang;
use crate::record::Trust;
use crate::schema::{Json, events, one_of, reference, root, texts, type_name, typed, whole};
use crate::syntax::{self, Syntax};

/// Makes the schema of a line of `convert --to jsonl`.
pub(super) fn schema() -> Json {
    let ends = [
        ("items", items()),
        ("extra", reference("#/$defs/extra")),
        ("source", source()),
    ];
    let properties = [("event", events())]
        .into_iter()
        .chain(keys(&HEADER))
        .chain(ends);
    root("wxsub record", "A callback as `wxsub convert --to jsonl` writes it, one a line. Keys that do not apply are absent, never null.")
        .with("properties", object(properties))
        .with("required", texts(["event", "items"]))
        .with("additionalProperties", Json::Flag(false))
        .with("$defs", object([("item", item()), ("extra", extra())]))
}

/// The keys of typed fields.
fn keys(fields: &'static [&'static Field]) -> impl Iterator<Item = (&'static str, Json)> {
    let row = |field: &&'static Field| {
        let about = format!("{}: {}", field.wire, field.about.get(Lang::En));
        (field.key, typed(type_name(field), about))
    };
    fields.iter().map(row)
}

fn items() -> Json {
    typed("array", "The entries of List, in the order of the payload.")
        .with("items", reference("#/$defs/item"))
}

fn item() -> Json {
    let extra = ("extra", reference("#/$defs/extra"));
    typed("object", "One template's answer, or one message's result.")
        .with("properties", object(keys(&ITEM).chain([extra])))
        .with("additionalProperties", Json::Flag(false))
}

fn extra() -> Json {
    typed("object", "What has no key of its own, by WeChat's name: fields that WeChat does not document, values that do not fit their field, repeated fields.")
        .with("minProperties", Json::Number(1))
}

/// How an encrypted payload was opened.
fn sealed() -> Json {
    let words = [
        (
            Trust::Verified.as_str(),
            "It was opened, and its signature is right.",
        ),
        (
            Trust::Opened.as_str(),
            "It was opened; its signature was not checked.",
        ),
    ];
    one_of(
        "Only of a payload that came encrypted: how it was opened.",
        words,
    )
}

fn source() -> Json {
    let formats = [Syntax::Json.as_str(), Syntax::Xml.as_str(), syntax::PRINTED];
    let format = object([
        ("description", text("The syntax of the payload.")),
        ("enum", texts(formats)),
    ]);
    let properties = object([
        ("path", typed("string", "The capture, as it was named.")),
        ("line", whole("The line on which the payload begins.", 1)),
        (
            "offset",
            whole(
                "The byte of the decompressed capture at which it begins.",
                0,
            ),
        ),
        ("format", format),
        ("sealed", sealed()),
    ]);
    typed("object", "Where the payload stood; with --with-source.")
        .with("properties", properties)
        .with("required", texts(["path", "line", "offset", "format"]))
        .with("additionalProperties", Json::Flag(false))
}
