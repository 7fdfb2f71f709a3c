//! JSON Schemas (2020-12) of wxsub's output and of WeChat's JSON, generated from the tables.
//!
//! A schema is built as a `Json` value and then written. Adding one: a file here and a row in [`Schema`].

mod finding;
mod record;
mod wire;

use std::borrow::Cow;

use crate::event::Event;
use crate::event::fields::{Field, Type};
use crate::json_format::{self, array, object, text};
use crate::lang::Lang;

/// A schema that `wxsub schema` can print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Schema {
    /// A line of `convert --to jsonl`.
    Record,
    /// A line of `check --format json`.
    Finding,
    /// WeChat's JSON as `convert --to json` writes it. Fields that a payload lacks are optional.
    WireJson,
    /// WeChat's JSON with all fields that its document lists for a callback.
    DocumentedJson,
}

impl Schema {
    /// Returns the schema as indented JSON with a line feed at the end.
    ///
    /// ```
    /// use wxsub::schema::Schema;
    ///
    /// assert!(Schema::Record.text().contains("\"$schema\": \"https://json-schema.org/draft/2020-12/schema\""));
    /// ```
    pub fn text(self) -> String {
        let schema = match self {
            Schema::Record => record::schema(),
            Schema::Finding => finding::schema(),
            Schema::WireJson => wire::schema(wire::Demand::Types),
            Schema::DocumentedJson => wire::schema(wire::Demand::All),
        };
        let mut out = Vec::new();
        json_format::write_pretty(&schema, &mut out);
        out.push(b'\n');
        String::from_utf8_lossy(&out).into_owned()
    }
}

type Json = json_format::Json<'static>;

fn texts(names: impl IntoIterator<Item = &'static str>) -> Json {
    array(names.into_iter().map(text))
}

/// A value of type `name` with a description.
fn typed(name: &'static str, description: impl Into<Cow<'static, str>>) -> Json {
    object([("type", text(name)), ("description", text(description))])
}

/// A whole number of at least `least`, with a description.
fn whole(description: &'static str, least: u64) -> Json {
    typed("integer", description).with("minimum", Json::Number(least))
}

/// A reference to the definition `path`, which begins with `#`.
fn reference(path: &'static str) -> Json {
    object([("$ref", text(path))])
}

/// A choice of names, each with its meaning.
fn one_of(
    description: &'static str,
    names: impl IntoIterator<Item = (&'static str, &'static str)>,
) -> Json {
    let choice = |(name, words)| object([("const", text(name)), ("description", text(words))]);
    object([
        ("description", text(description)),
        ("oneOf", array(names.into_iter().map(choice))),
    ])
}

/// A choice of the three events.
fn events() -> Json {
    let names = Event::ALL.map(|event| (event.name(), event.words(Lang::En)));
    one_of("Which event it is, by WeChat's name.", names)
}

/// The first members of every schema.
fn root(title: &'static str, description: &'static str) -> Json {
    object([
        (
            "$schema",
            text("https://json-schema.org/draft/2020-12/schema"),
        ),
        ("title", text(title)),
        ("description", text(description)),
        ("type", text("object")),
    ])
}

/// Returns the JSON type of a field in records.
fn type_name(field: &Field) -> &'static str {
    match field.ty {
        Type::Text | Type::Digits => "string",
        Type::Integer => "integer",
    }
}
