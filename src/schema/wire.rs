//! The schema of WeChat's JSON.
//!
//! It exists in two degrees. `Types` is what `convert --to json` guarantees: names and types, because it cannot add
//! fields that a payload lacks. `All` is WeChat's document: all fields of the event, whole numbers, at least one item.

use crate::event::Event;
use crate::event::fields::{EVENT, Field, HEADER, ITEM, LIST, MSG_TYPE, MSG_TYPE_EVENT, Type};
use crate::json_format::{array, object, text};
use crate::lang::Lang;
use crate::schema::{Json, events, reference, root, texts, typed};

/// The degree of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    Types,
    All,
}

/// Makes the schema of a payload.
pub(super) fn schema(demand: Demand) -> Json {
    let msg_type = ("description", text("The type of the message."));
    let msg_type = match demand {
        Demand::Types => object([msg_type]),
        Demand::All => object([msg_type, ("const", text(MSG_TYPE_EVENT))]),
    };
    let own = [
        (MSG_TYPE, msg_type),
        (EVENT, events()),
        (LIST, list(demand)),
    ];
    let properties = fields(&HEADER, demand).chain(own);
    let header = HEADER.iter().map(|field| field.wire).chain([MSG_TYPE]);
    let required = header
        .filter(|_| demand == Demand::All)
        .chain([EVENT, LIST]);
    let schema = root(
        "WeChat subscribe-message callback",
        "A callback in the JSON that WeChat documents. Fields beyond those described here may come at any time.",
    );
    let schema = schema
        .with("properties", object(properties))
        .with("required", texts(required));
    let schema = match demand {
        Demand::Types => schema,
        Demand::All => schema.with("allOf", array(Event::ALL.map(complete))),
    };
    schema.with("$defs", object([("item", item(demand))]))
}

fn fields(
    fields: &'static [&'static Field],
    demand: Demand,
) -> impl Iterator<Item = (&'static str, Json)> {
    fields
        .iter()
        .map(move |field| (field.wire, scalar(field, demand)))
}

/// A scalar field. The document shows all scalars as strings; WeChat's servers send some as numbers.
fn scalar(field: &Field, demand: Demand) -> Json {
    let number = match field.ty {
        Type::Text => "number",
        Type::Integer | Type::Digits => "integer",
    };
    let either = object([
        ("type", texts(["string", number])),
        ("description", text(field.about.get(Lang::En))),
    ]);
    match (field.ty, demand) {
        (Type::Integer, Demand::All) => either.with("pattern", text("^\\s*(0|-?[1-9][0-9]*)\\s*$")),
        _ => either,
    }
}

fn item(demand: Demand) -> Json {
    typed("object", "One template's answer, or one message's result.")
        .with("properties", object(fields(&ITEM, demand)))
}

/// The list: one item is an object, several are an array.
fn list(demand: Demand) -> Json {
    let several = object([
        ("type", text("array")),
        ("items", reference("#/$defs/item")),
    ]);
    let several = match demand {
        Demand::Types => several,
        Demand::All => several.with("minItems", Json::Number(1)),
    };
    object([
        (
            "description",
            text("The items: one as an object, several as an array; arrays of one occur."),
        ),
        ("oneOf", array([reference("#/$defs/item"), several])),
    ])
}

/// Requires all fields of `event` in its items.
fn complete(event: Event) -> Json {
    let is_event = object([("const", text(event.name()))]);
    let names = event.definition().fields.iter().map(|field| field.wire);
    let whole = object([("required", texts(names))]);
    // `items` applies only to arrays and `required` only to objects.
    let both = whole.clone().with("items", whole);
    object([
        ("if", object([("properties", object([(EVENT, is_event)]))])),
        ("then", object([("properties", object([(LIST, both)]))])),
    ])
}
