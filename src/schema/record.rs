//! The schema of records.

use crate::event::fields::{Field, HEADER, ITEM};
use crate::lang::Lang;
use crate::record::Trust;
use crate::schema::{
    Node, events, members, object, one_of, reference, root, text, texts, type_name, typed,
};
use crate::syntax::Syntax;

pub(super) fn schema() -> Node {
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
        .with("properties", members(properties))
        .with("required", texts(["event", "items"]))
        .with("additionalProperties", Node::Flag(false))
        .with("$defs", object([("item", item()), ("extra", extra())]))
}

/// The keys of typed fields.
fn keys(fields: &'static [&'static Field]) -> impl Iterator<Item = (&'static str, Node)> {
    let row = |field: &&'static Field| {
        let about = format!("{}: {}", field.wire, field.about.get(Lang::En));
        (field.key, typed(type_name(field), &about))
    };
    fields.iter().map(row)
}

fn items() -> Node {
    typed("array", "The entries of List, in the order of the payload.")
        .with("items", reference("#/$defs/item"))
}

fn item() -> Node {
    let extra = ("extra", reference("#/$defs/extra"));
    typed("object", "One template's answer, or one message's result.")
        .with("properties", members(keys(&ITEM).chain([extra])))
        .with("additionalProperties", Node::Flag(false))
}

fn extra() -> Node {
    typed("object", "What has no key of its own, by its name on the wire: fields that WeChat does not document, values that do not fit their field, repeated fields.")
        .with("minProperties", Node::Number(1))
}

/// How an encrypted payload was opened.
fn sealed() -> Node {
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
        "Only of a payload that came sealed: how it was opened.",
        words,
    )
}

fn source() -> Node {
    let whole = |words, least| typed("integer", words).with("minimum", Node::Number(least));
    let formats = [Syntax::Json, Syntax::Xml].map(Syntax::as_str);
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
        .with("additionalProperties", Node::Flag(false))
}
