//! The keys by which items can be counted.

use std::fmt;
use std::str::FromStr;

use crate::event::fields::{ERROR_CODE, POPUP_SCENE, RECORD_EVENT, STATUS, TEMPLATE_ID, TO_USER};
use crate::lang::{Lang, Text};
use crate::suggest::closest;

/// A key by which items are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Key {
    /// The event.
    Event,
    /// The template.
    Template,
    /// The place of the prompt.
    Scene,
    /// The user's decision.
    Status,
    /// The result of a message.
    Code,
    /// The account.
    Account,
    /// The hour in which the callback was made.
    Hour,
    /// The hour of the day, 0 to 23.
    HourOfDay,
    /// The day of the week, 1 for Monday.
    Weekday,
    /// The day.
    Day,
    /// The week, from Monday.
    Week,
    /// The month.
    Month,
}

/// The names of a key.
struct Row {
    key: Key,
    name: &'static str,
    column: &'static str,
    title: Text,
}

const fn row(key: Key, name: &'static str, column: &'static str, title: Text) -> Row {
    Row {
        key,
        name,
        column,
        title,
    }
}

static KEYS: [Row; 12] = [
    row(
        Key::Event,
        "event",
        RECORD_EVENT,
        Text::new("event", "事件"),
    ),
    row(
        Key::Template,
        "template",
        TEMPLATE_ID.key,
        TEMPLATE_ID.label,
    ),
    row(Key::Scene, "scene", POPUP_SCENE.key, POPUP_SCENE.label),
    row(Key::Status, "status", STATUS.key, STATUS.label),
    row(Key::Code, "code", ERROR_CODE.key, ERROR_CODE.label),
    row(Key::Account, "account", TO_USER.key, TO_USER.label),
    row(Key::Hour, "hour", "hour", Text::new("hour", "小时")),
    row(
        Key::HourOfDay,
        "hour-of-day",
        "hour_of_day",
        Text::new("hour of day", "时段"),
    ),
    row(
        Key::Weekday,
        "weekday",
        "weekday",
        Text::new("weekday", "星期"),
    ),
    row(Key::Day, "day", "day", Text::new("day", "日期")),
    row(Key::Week, "week", "week", Text::new("week", "周")),
    row(Key::Month, "month", "month", Text::new("month", "月")),
];

impl Key {
    /// Returns the names of all keys.
    pub fn names() -> impl Iterator<Item = &'static str> + Clone {
        KEYS.iter().map(|row| row.name)
    }

    /// Returns the name, as `FromStr` reads it.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Returns the name of the column in CSV and JSON lines.
    pub fn column(self) -> &'static str {
        self.row().column
    }

    pub(crate) fn title(self) -> Text {
        self.row().title
    }

    /// Returns true if the key is a part of the time.
    pub(crate) fn is_time(self) -> bool {
        use Key::{Day, Hour, HourOfDay, Month, Week, Weekday};
        matches!(self, Hour | HourOfDay | Weekday | Day | Week | Month)
    }

    /// Returns true if the items of one callback may differ in the key.
    #[inline]
    pub(crate) fn is_of_item(self) -> bool {
        use Key::{Code, Scene, Status, Template};
        matches!(self, Template | Scene | Status | Code)
    }

    fn row(self) -> &'static Row {
        let row = KEYS.iter().find(|row| row.key == self);
        row.expect("every key has a row")
    }
}

/// The error of a word that is no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownKey(String);

impl UnknownKey {
    /// Says which words are keys.
    pub fn message(&self, lang: Lang) -> String {
        let names: Vec<_> = Key::names().collect();
        let names = names.join(Text::new(", ", "、").get(lang));
        let similar = closest(&self.0, Key::names());
        match (lang, similar) {
            (Lang::En, None) => format!("expected one of {names}"),
            (Lang::En, Some(name)) => format!("expected one of {names}; did you mean `{name}`?"),
            (Lang::Zh, None) => format!("应为 {names} 之一"),
            (Lang::Zh, Some(name)) => format!("应为 {names} 之一；是不是 `{name}`？"),
        }
    }
}

impl fmt::Display for UnknownKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

impl std::error::Error for UnknownKey {}

impl FromStr for Key {
    type Err = UnknownKey;

    /// Reads a name.
    ///
    /// ```
    /// use wxsub::stats::Key;
    ///
    /// assert_eq!("hour-of-day".parse(), Ok(Key::HourOfDay));
    /// let unknown = "tempalte".parse::<Key>().unwrap_err();
    /// assert!(unknown.to_string().ends_with("did you mean `template`?"));
    /// ```
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let row = KEYS.iter().find(|row| row.name == text);
        row.map(|row| row.key)
            .ok_or_else(|| UnknownKey(text.into()))
    }
}
