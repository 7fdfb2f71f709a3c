//! The schema of findings as JSON.

use crate::finding::{Code, Severity};
use crate::json_format::{object, text};
use crate::lang::Lang;
use crate::schema::{Json, one_of, root, texts, typed, whole};

/// Makes the schema of a line of `check --format json`.
pub(super) fn schema() -> Json {
    let codes = Code::ALL
        .iter()
        .map(|code| (code.as_str(), code.summary(Lang::En)));
    let severities = [Severity::Warning, Severity::Error].map(Severity::as_str);
    let properties = object([
        (
            "code",
            one_of(
                "The kind of finding; `wxsub explain` with it says more.",
                codes,
            ),
        ),
        (
            "severity",
            object([
                ("description", text("How much it weighs.")),
                ("enum", texts(severities)),
            ]),
        ),
        (
            "message",
            typed(
                "string",
                "What was found, as a sentence in the language of --lang.",
            ),
        ),
        ("path", typed("string", "The capture, as it was named.")),
        ("line", whole("The line, counted from 1.", 1)),
        (
            "column",
            whole("The character of the line, counted from 1.", 1),
        ),
        (
            "offset",
            whole("The byte of the decompressed capture, counted from 0.", 0),
        ),
        (
            "help",
            typed(
                "string",
                "What to do about it, where there is something to say.",
            ),
        ),
    ]);
    let required = [
        "code", "severity", "message", "path", "line", "column", "offset",
    ];
    root(
        "wxsub finding",
        "A finding as `wxsub check --format json` writes it, one a line.",
    )
    .with("properties", properties)
    .with("required", texts(required))
    .with("additionalProperties", Json::Flag(false))
}
