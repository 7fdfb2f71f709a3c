//! The values of a callback in words, for both formats for people.

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::event::fields::{ERROR_CODE, ERROR_STATUS, Field, POPUP_SCENE, STATUS};
use crate::event::{Fields, Value, same, terms};
use crate::lang::{Lang, Text};
use crate::printable::printable;
use crate::record::{Sealed, Trust};

/// Formats a field's value, with its meaning first if it has one: `accepted (accept)`.
pub(crate) fn value(field: &Field, value: Value<'_>, lang: Lang) -> String {
    let given = match value {
        Value::Text(text) => printable(text),
        Value::Integer(number) => number.to_string(),
    };
    match meaning(field, value) {
        Some(words) => format!("{} ({given})", words.get(lang)),
        None => given,
    }
}

fn meaning(field: &Field, value: Value<'_>) -> Option<Text> {
    match value {
        Value::Text(status) if same(field, &STATUS) => terms::status(status),
        Value::Integer(scene) if same(field, &POPUP_SCENE) => terms::scene(scene),
        Value::Integer(code) if same(field, &ERROR_CODE) => terms::error_code(code),
        _ => None,
    }
}

/// Returns the style that shows what a value means: green for what was accepted or pushed, yellow for what the user
/// rejected, red for what failed. The words say it, too.
pub(super) fn style(field: &Field, value: Value<'_>) -> Style {
    let color = match value {
        Value::Text(terms::ACCEPT) if same(field, &STATUS) => AnsiColor::Green,
        Value::Text(terms::REJECT) if same(field, &STATUS) => AnsiColor::Yellow,
        Value::Integer(0) if same(field, &ERROR_CODE) => AnsiColor::Green,
        Value::Integer(_) if same(field, &ERROR_CODE) => AnsiColor::Red,
        _ => return Style::new(),
    };
    Style::new().fg_color(Some(color.into()))
}

/// Returns the style of an item's result.
pub(super) fn result_style(item: Fields<'_>) -> Style {
    [&STATUS, &ERROR_CODE]
        .into_iter()
        .find_map(|field| Some(style(field, item.get(field)?)))
        .unwrap_or_default()
}

/// Formats the trust in a decrypted payload, and if there are several keys, the one that opened it.
pub(super) fn seal(sealed: &Sealed, lang: Lang) -> String {
    let words = match sealed.trust() {
        Trust::Verified => Text::new("verified", "已验签"),
        Trust::Opened | Trust::None => Text::new("opened, not verified", "已解密，未验签"),
    };
    let words = words.get(lang);
    match (sealed.key(), lang) {
        ((_, 1), _) => words.to_owned(),
        ((key, keys), Lang::En) => format!("{words}, key {key} of {keys}"),
        ((key, keys), Lang::Zh) => format!("{words}，第 {key} 个密钥（共 {keys} 个）"),
    }
}

/// Formats the result of an item for one cell: the user's answer or the message's status.
pub(super) fn result(item: Fields<'_>, lang: Lang) -> String {
    let word = |field: &'static Field| item.get(field).map(|given| value(field, given, lang));
    let error = item
        .get(&ERROR_CODE)
        .filter(|code| *code != Value::Integer(0))
        .and_then(|_| word(&ERROR_STATUS));
    let parts = [word(&STATUS), word(&ERROR_CODE), error, word(&POPUP_SCENE)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Formats the result of an item in as few words as possible.
pub(super) fn short_result(item: Fields<'_>, lang: Lang) -> String {
    let given = [&STATUS, &ERROR_CODE]
        .into_iter()
        .find_map(|field| Some((field, item.get(field)?)));
    given.map_or_else(String::new, |(field, given)| match meaning(field, given) {
        Some(words) => words.get(lang).to_owned(),
        None => value(field, given, lang),
    })
}

/// Formats `seconds` in a time zone for people, or returns `None` if the time is out of range.
pub(crate) fn time(seconds: i64, zone: &TimeZone) -> Option<String> {
    format_time("%Y-%m-%d %H:%M:%S %:z", seconds, zone)
}

/// Formats `seconds` without the zone.
pub(crate) fn second(seconds: i64, zone: &TimeZone) -> Option<String> {
    format_time("%Y-%m-%d %H:%M:%S", seconds, zone)
}

/// Formats `seconds` to the minute, without the zone.
pub(super) fn short_time(seconds: i64, zone: &TimeZone) -> Option<String> {
    format_time("%Y-%m-%d %H:%M", seconds, zone)
}

fn format_time(pattern: &str, seconds: i64, zone: &TimeZone) -> Option<String> {
    let time = Timestamp::from_second(seconds).ok()?;
    Some(
        time.to_zoned_datetime(zone.clone())
            .strftime(pattern)
            .to_string(),
    )
}
