//! What a term means: an event, a field, a value, an error code, a finding, or a word that wxsub uses.
//!
//! Nothing is explained here but the words of `word`: everything else is read off the tables of events, fields, values
//! and codes. `page` puts together what is said of a term, `text` lays it out for people.

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

/// What sort of thing a topic is, in the order of the index.
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
    /// A value of ErrorCode, or an error of WeChat's encryption library.
    ErrorCode,
    /// A code of findings.
    Finding,
    /// A word of WeChat's or of wxsub's.
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

    /// What it is called: `event`, `error code`, …
    pub fn name(self, lang: Lang) -> &'static str {
        self.names().0.get(lang)
    }

    /// One of them, and all of them.
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

/// Something that can be explained.
///
/// ```
/// use wxsub::{Lang, explain};
///
/// let topics = explain::find("43101")?;
/// assert_eq!(topics[0].summary(Lang::En), "send API: user refused");
/// assert!(topics[0].text(Lang::En, 80).contains("subscribed before"));
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
    /// Everything that can be explained, in the order of the index.
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

    /// What sort of thing it is.
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

    /// The names by which it is found; the first is the usual one.
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

    /// What it is, in a few words.
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

    /// All that is known of it, in lines of at most `width` columns, payloads excepted.
    pub fn text(&self, lang: Lang, width: usize) -> String {
        text::page(&page::Page::of(self, lang), lang, width)
    }

    fn is_called(&self, term: &str) -> bool {
        let wanted = plain(term);
        self.names().iter().any(|name| plain(name) == wanted)
    }
}

/// Whether items of `event` have `field`, or its header does.
fn has_field(event: Event, field: &Field) -> bool {
    let mut fields = HEADER.iter().chain(event.definition().fields);
    fields.any(|known| same(known, field))
}

/// A name without what people write in different ways: capitals, hyphens, underscores and blanks; a number as it is.
fn plain(name: &str) -> String {
    let name = name.trim();
    match name.parse::<i64>() {
        Ok(number) => number.to_string(),
        Err(_) => name.to_lowercase().replace(['-', '_', ' '], ""),
    }
}

/// Nothing is known by that name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownTerm {
    term: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

impl fmt::Display for UnknownTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing is known of `{}`", printable(&self.term))?;
        match &self.suggestion {
            Some(name) => write!(f, "; did you mean `{name}`?"),
            None => f.write_str("; `wxsub explain` lists all that is"),
        }
    }
}

impl std::error::Error for UnknownTerm {}

/// What is called `term`, in any case of letters: as a rule one topic, of `0` two.
///
/// ```
/// use wxsub::Lang;
/// use wxsub::explain::find;
///
/// assert!(find("popupscene")?[0].text(Lang::En, 80).starts_with("PopupScene"));
/// let unknown = find("popupscenes").unwrap_err();
/// assert_eq!(unknown.to_string(), "nothing is known of `popupscenes`; did you mean `PopupScene`?");
/// # Ok::<(), wxsub::explain::UnknownTerm>(())
/// ```
///
/// # Errors
///
/// Nothing is; the error knows what was probably meant.
pub fn find(term: &str) -> Result<Vec<Topic>, UnknownTerm> {
    let found: Vec<Topic> = Topic::all().filter(|topic| topic.is_called(term)).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let names: Vec<String> = Topic::all().flat_map(|topic| topic.names()).collect();
    let suggestion = closest(term.trim(), names.iter().map(String::as_str)).map(str::to_owned);
    Err(UnknownTerm {
        term: term.to_owned(),
        suggestion,
    })
}
