//! Explains terms: events, fields, values, error codes, findings, and words that wxsub uses.
//!
//! Only `word` has explanations of its own; the rest comes from the tables of events, fields, values and codes. `page`
//! collects the content for a term, `text` lays it out.

mod chinese;
mod page;
mod text;
mod word;

use std::fmt;

use crate::event::fields::{Field, HEADER, ITEM};
use crate::event::terms::{
    CLIENT_STATUSES, ERROR_CODES, ErrorCode, SCENES, STATUSES, Term as Value,
};
use crate::event::{Event, same};
use crate::finding::Code;
use crate::lang::{Lang, Text};
use crate::printable::printable;
use crate::suggest::closest;
use word::{WORDS, Word};

pub use text::index;

/// The kind of a topic, in the order of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// One of the three events.
    Event,
    /// A field that WeChat documents.
    Field,
    /// A value of SubscribeStatusString.
    Status,
    /// A value of PopupScene.
    Scene,
    /// A value of ErrorCode, or an error of the send interface or of WeChat's encryption library.
    ErrorCode,
    /// A code of findings.
    Finding,
    /// A word of WeChat or wxsub.
    Word,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 7] = [
        Kind::Event,
        Kind::Field,
        Kind::Status,
        Kind::Scene,
        Kind::ErrorCode,
        Kind::Finding,
        Kind::Word,
    ];

    /// Returns the name of the kind: `event`, `error code`, …
    pub fn name(self, lang: Lang) -> &'static str {
        self.names().0.get(lang)
    }

    /// Returns the kind's name in singular and plural.
    fn names(self) -> (Text, Text) {
        let names = |one, all, zh| (Text::new(one, zh), Text::new(all, zh));
        match self {
            Kind::Event => names("event", "events", "事件"),
            Kind::Field => names("field", "fields", "字段"),
            Kind::Status => names("status", "statuses", "状态"),
            Kind::Scene => names("scene", "scenes", "场景"),
            Kind::ErrorCode => names("error code", "error codes", "错误码"),
            Kind::Finding => names("finding", "findings", "问题"),
            Kind::Word => names("word", "words", "术语"),
        }
    }
}

/// A term that can be explained.
///
/// ```
/// use wxsub::{Lang, explain};
///
/// let topics = explain::find("43101")?;
/// assert_eq!(topics[0].summary(Lang::En), "send API: user refused");
/// assert!(topics[0].text(Lang::En, 80).contains("developer forum"));
/// # Ok::<(), explain::UnknownTerm>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Topic(Inner);

#[derive(Clone, Copy, Debug)]
enum Inner {
    Event(Event),
    Field(&'static Field),
    Status(&'static Value<&'static str>),
    Scene(&'static Value<i64>),
    ErrorCode(&'static ErrorCode),
    Finding(Code),
    Word(&'static Word),
}

impl Topic {
    /// Returns all topics in the order of the index.
    pub fn all() -> impl Iterator<Item = Topic> {
        let statuses = STATUSES.iter().chain(&CLIENT_STATUSES);
        let events = Event::ALL.into_iter().map(Inner::Event);
        let all = events
            .chain(HEADER.into_iter().chain(ITEM).map(Inner::Field))
            .chain(statuses.map(Inner::Status))
            .chain(SCENES.iter().map(Inner::Scene))
            .chain(ERROR_CODES.iter().map(Inner::ErrorCode))
            .chain(Code::ALL.iter().copied().map(Inner::Finding))
            .chain(WORDS.iter().map(Inner::Word));
        all.map(Topic)
    }

    /// Returns the kind of the topic.
    pub fn kind(&self) -> Kind {
        match self.0 {
            Inner::Event(_) => Kind::Event,
            Inner::Field(_) => Kind::Field,
            Inner::Status(_) => Kind::Status,
            Inner::Scene(_) => Kind::Scene,
            Inner::ErrorCode(_) => Kind::ErrorCode,
            Inner::Finding(_) => Kind::Finding,
            Inner::Word(word) => word.kind,
        }
    }

    /// Returns the names of the topic, the usual one first.
    pub fn names(&self) -> Vec<String> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        match self.0 {
            Inner::Event(event) => {
                let row = event.definition();
                owned(&[row.name, row.short, row.wrapper])
            }
            Inner::Field(field) => owned(&[field.wire, field.key]),
            Inner::Status(status) => owned(&[status.value]),
            Inner::Scene(scene) => vec![scene.value.to_string()],
            Inner::ErrorCode(row) => vec![row.term.value.to_string(), row.status.to_owned()],
            Inner::Finding(code) => owned(&[code.as_str()]),
            Inner::Word(word) => owned(&[&[word.name], word.others].concat()),
        }
    }

    /// Returns the meaning in a few words.
    pub fn summary(&self, lang: Lang) -> &'static str {
        match self.0 {
            Inner::Event(event) => event.words(lang),
            Inner::Field(field) => field.label.get(lang),
            Inner::Status(status) => status.words.get(lang),
            Inner::Scene(scene) => scene.words.get(lang),
            Inner::ErrorCode(row) => row.term.words.get(lang),
            Inner::Finding(code) => code.summary(lang),
            Inner::Word(word) => word.words.get(lang),
        }
    }

    /// Returns the whole explanation, wrapped to `width` columns. Payloads are not wrapped.
    pub fn text(&self, lang: Lang, width: usize) -> String {
        text::page(&page::Page::of(self, lang), lang, width)
    }

    fn is_called(&self, term: &str) -> bool {
        let wanted = plain(term);
        let names = self.names();
        let in_chinese = chinese::names(&names[0]);
        names.iter().any(|name| plain(name) == wanted)
            || self.summary(Lang::Zh) == wanted && !wanted.is_ascii()
            || in_chinese.contains(&wanted.as_str())
    }
}

/// Returns true if the header or the items of `event` have `field`.
fn has_field(event: Event, field: &Field) -> bool {
    let mut fields = HEADER.iter().chain(event.definition().fields);
    fields.any(|known| same(known, field))
}

/// Normalises a name: lower case, without hyphens, underscores and spaces. A number stays a number.
fn plain(name: &str) -> String {
    let name = name.trim();
    match name.parse::<i64>() {
        Ok(number) => number.to_string(),
        Err(_) => name.to_lowercase().replace(['-', '_', ' '], ""),
    }
}

/// The error for an unknown term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownTerm {
    term: String,
    /// The most similar term.
    pub suggestion: Option<String>,
}

impl UnknownTerm {
    /// Says that the term is unknown, and what may have been meant.
    pub fn message(&self, lang: Lang) -> String {
        let term = printable(&self.term);
        match (lang, &self.suggestion) {
            (Lang::En, Some(name)) => {
                format!("nothing is known of `{term}`; did you mean `{name}`?")
            }
            (Lang::En, None) => {
                format!("nothing is known of `{term}`; `wxsub explain` lists all that is")
            }
            (Lang::Zh, Some(name)) => format!("没有 `{term}` 的说明；是不是 `{name}`？"),
            (Lang::Zh, None) => {
                format!("没有 `{term}` 的说明；`wxsub explain` 列出全部")
            }
        }
    }
}

impl fmt::Display for UnknownTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

impl std::error::Error for UnknownTerm {}

/// Finds the topics called `term`, in any letter case, by an English or a Chinese name. Usually one topic; `0` has two.
///
/// ```
/// use wxsub::Lang;
/// use wxsub::explain::find;
///
/// assert_eq!(find("拒收")?[0].names()[0], "reject");
/// assert!(find("popupscene")?[0].text(Lang::En, 80).starts_with("PopupScene"));
/// let unknown = find("popupscenes").unwrap_err();
/// assert_eq!(unknown.to_string(), "nothing is known of `popupscenes`; did you mean `PopupScene`?");
/// # Ok::<(), wxsub::explain::UnknownTerm>(())
/// ```
///
/// # Errors
///
/// [`UnknownTerm`], with a suggestion if a similar term exists.
pub fn find(term: &str) -> Result<Vec<Topic>, UnknownTerm> {
    let found: Vec<Topic> = Topic::all().filter(|topic| topic.is_called(term)).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    Err(UnknownTerm {
        term: term.to_owned(),
        suggestion: similar(term.trim()),
    })
}

/// Returns the name of a topic that is most similar to `term`. A number has no similar name: with another digit or sign it
/// is another code, often of another table.
fn similar(term: &str) -> Option<String> {
    let is_number = |name: &str| name.parse::<i64>().is_ok();
    if is_number(term) {
        return None;
    }
    if let Some(word) = chinese::similar(term) {
        return Some(word.to_owned());
    }
    let names = Topic::all().flat_map(|topic| topic.names());
    let words: Vec<String> = names.filter(|name| !is_number(name)).collect();
    closest(term, words.iter().map(String::as_str)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::send;

    #[test]
    fn every_answer_of_the_send_interface_is_explained() {
        for code in send::codes() {
            let topics = find(&code.to_string()).unwrap_or_else(|error| panic!("{error}"));
            let is_code = |topic: &Topic| topic.kind() == Kind::ErrorCode;
            assert!(topics.iter().any(is_code), "{code}");
        }
    }
}
