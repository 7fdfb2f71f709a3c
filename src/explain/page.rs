//! The content of a topic's explanation, before layout.

use crate::event::fields::{ERROR_CODE, EVENT, Field, HEADER, MSG_TYPE, POPUP_SCENE, STATUS, Type};
use crate::event::terms::{CLIENT_STATUSES, ERROR_CODES, ErrorCode, SCENES, STATUSES, Term};
use crate::event::{Event, same};
use crate::explain::word::Word;
use crate::explain::{Inner, Topic, find, has_field};
use crate::finding::Code;
use crate::lang::{Lang, Text};

/// The content of an explanation.
pub(super) struct Page {
    pub(super) name: String,
    /// The topic's kind and other names.
    pub(super) notes: Vec<String>,
    pub(super) summary: &'static str,
    pub(super) paragraphs: Vec<String>,
    /// Lists of names with a few words each, under headings.
    pub(super) lists: Vec<(&'static str, Vec<Row>)>,
    /// Example captures, under headings.
    pub(super) captures: Vec<(&'static str, &'static str)>,
}

/// A name with its meaning in a few words.
pub(super) type Row = (String, &'static str);

impl Page {
    pub(super) fn of(topic: &Topic, lang: Lang) -> Page {
        let mut names = topic.names().into_iter();
        let mut page = Page {
            name: names.next().unwrap_or_default(),
            notes: vec![topic.kind().name(lang).to_owned()],
            summary: topic.summary(lang),
            paragraphs: Vec::new(),
            lists: Vec::new(),
            captures: Vec::new(),
        };
        let also = Text::new("also", "又作").get(lang);
        page.notes
            .extend(names.map(|name| format!("{also} `{name}`")));
        match topic.0 {
            Inner::Event(event) => page.event(event, lang),
            Inner::Field(field) => page.field(field, lang),
            Inner::Status(term) => page.value(&STATUS, term, lang),
            Inner::Scene(term) => page.value(&POPUP_SCENE, term, lang),
            Inner::ErrorCode(row) => page.error_code(row, lang),
            Inner::Finding(code) => page.finding(code, lang),
            Inner::Word(word) => page.word(word, lang),
        }
        page
    }

    fn say(&mut self, text: Text, lang: Lang) {
        self.paragraphs.push(text.get(lang).to_owned());
    }

    fn list(&mut self, heading: Text, rows: Vec<Row>, lang: Lang) {
        if !rows.is_empty() {
            self.lists.push((heading.get(lang), rows));
        }
    }

    fn event(&mut self, event: Event, lang: Lang) {
        let row = event.definition();
        let fields = |fields: &[&Field]| {
            let row = |field: &&Field| (field.wire.to_owned(), field.label.get(lang));
            fields.iter().map(row).collect::<Vec<Row>>()
        };
        let header = [fields(&HEADER), rows(&[MSG_TYPE, EVENT], lang)].concat();
        self.say(row.about, lang);
        self.list(Text::new("header", "头部"), header, lang);
        self.list(Text::new("each item", "每个条目"), fields(row.fields), lang);
    }

    fn field(&mut self, field: &'static Field, lang: Lang) {
        self.notes.push(type_words(field.ty).get(lang).to_owned());
        self.say(field.about, lang);
        let events = Event::ALL
            .into_iter()
            .filter(|event| has_field(*event, field));
        let events = events.map(|event| (event.name().to_owned(), event.words(lang)));
        self.list(Text::new("in", "出现于"), events.collect(), lang);
        self.list(Text::new("values", "取值"), values(field, lang), lang);
    }

    fn value<V>(&mut self, field: &Field, term: &Term<V>, lang: Lang) {
        self.say(term.about, lang);
        let row = (field.wire.to_owned(), field.label.get(lang));
        self.list(Text::new("a value of", "所属字段"), vec![row], lang);
    }

    fn error_code(&mut self, row: &'static ErrorCode, lang: Lang) {
        if row.term.value != 0 {
            self.say(
                Text::new(
                    "Documented for the send interface (subscribeMessage.send), which answers it at once; callbacks are not documented to have it.",
                    "见于发送接口（subscribeMessage.send）的文档，由该接口直接返回；回调文档中没有。",
                ),
                lang,
            );
        }
        self.value(&ERROR_CODE, &row.term, lang);
    }

    fn finding(&mut self, code: Code, lang: Lang) {
        self.notes.push(severity_words(code).get(lang).to_owned());
        let advice = Text::new("What to do: ", "怎么办：").get(lang);
        self.paragraphs = vec![
            code.explanation(lang).to_owned(),
            format!("{advice}{}", code.advice(lang)),
        ];
        self.captures = vec![
            (Text::new("found in", "会发现").get(lang), code.example()),
            (
                Text::new("not found in", "不会发现").get(lang),
                code.near_miss(),
            ),
        ];
    }

    fn word(&mut self, word: &'static Word, lang: Lang) {
        let paragraphs = word.about.get(lang).split('\n');
        self.paragraphs.extend(paragraphs.map(str::to_owned));
        self.list(Text::new("see also", "另见"), rows(word.see, lang), lang);
    }
}

/// Returns the rows of the topics with these names.
fn rows(names: &[&str], lang: Lang) -> Vec<Row> {
    let topics = names.iter().flat_map(|name| find(name).unwrap_or_default());
    topics.map(|topic| row(&topic, lang)).collect()
}

/// Returns the usual name and the summary of a topic.
pub(super) fn row(topic: &Topic, lang: Lang) -> Row {
    (topic.names().swap_remove(0), topic.summary(lang))
}

fn type_words(ty: Type) -> Text {
    match ty {
        Type::Text => Text::new("text", "文本"),
        Type::Integer => Text::new("whole number", "整数"),
        Type::Digits => Text::new("digits, as a text", "数字，作为文本"),
    }
}

fn severity_words(code: Code) -> Text {
    use crate::finding::Severity::{Error, Undecodable, Warning};
    match code.severity() {
        Warning => Text::new("warning", "警告"),
        Error => Text::new("error", "错误"),
        Undecodable => Text::new("error, nothing is decoded", "错误，无法解码"),
    }
}

/// Returns the known values of `field`.
fn values(field: &Field, lang: Lang) -> Vec<Row> {
    let is = |other: &Field| same(field, other);
    let text = |term: &Term<&str>| (term.value.to_owned(), term.words.get(lang));
    let number = |term: &Term<i64>| (term.value.to_string(), term.words.get(lang));
    match () {
        _ if is(&STATUS) => STATUSES.iter().chain(&CLIENT_STATUSES).map(text).collect(),
        _ if is(&POPUP_SCENE) => SCENES.iter().map(number).collect(),
        _ if is(&ERROR_CODE) => ERROR_CODES.iter().map(|row| number(&row.term)).collect(),
        _ => Vec::new(),
    }
}
