//! Writes a callback in every shape, in both syntaxes. Independent of the writers under test.

use super::json::{Json, is_number};
use super::model::{Callback, Field, HEADER, ITEM, Member, field, typed};

/// Makes random choices of form. The seed 0 always chooses the plain form, so cases shrink to it.
pub(crate) struct Choices(u64);

impl Choices {
    pub(crate) fn new(seed: u64) -> Self {
        Choices(seed)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }

    fn one_in(&mut self, odds: u64) -> bool {
        self.below(odds) == odds - 1
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }
}

/// The members of a rendered object: names and values as text.
type Rendered = Vec<(String, String)>;

/// Inserts `more` into `members` before the member at `at`.
fn inserted(mut members: Rendered, at: usize, more: Rendered) -> Rendered {
    let at = at.min(members.len());
    members.splice(at..at, more);
    members
}

/// Returns true if a member alone shows that its object is a message.
fn is_of_header((name, value): &Member) -> bool {
    let is_scalar = matches!(value, Json::Text(_) | Json::Number(_));
    is_scalar && ["ToUserName", "FromUserName", "CreateTime"].contains(&name.as_str())
}

/// Writes a callback as JSON in a random shape.
pub(crate) fn json(callback: &Callback, seed: u64) -> String {
    let mut writer = JsonWriter(Choices::new(seed));
    let header = writer.fields(&callback.header, &HEADER);
    let list = writer.list(callback);
    let event = writer.string(callback.event.name);
    let with_list = inserted(header, callback.list_at, list);
    let event = vec![("\"Event\"".to_owned(), event)];
    let members = inserted(with_list, callback.event_at, event);
    writer.object(members)
}

/// Writes any value with random white space, comments and escapes.
pub(crate) fn value(value: &Json, seed: u64) -> String {
    JsonWriter(Choices::new(seed)).value(value)
}

struct JsonWriter(Choices);

impl JsonWriter {
    /// Writes the member that holds the items.
    fn list(&mut self, callback: &Callback) -> Rendered {
        let items: Vec<String> = callback.items.iter().map(|item| self.item(item)).collect();
        // `{}` is an empty list, and an object with `item` holds items. Any other single item needs no array.
        let has_entry = |item: &Vec<Member>| {
            item.iter()
                .any(|(name, _)| name.eq_ignore_ascii_case("item"))
        };
        let is_clear = |item: &Vec<Member>| !item.is_empty() && !has_entry(item);
        let alone = matches!(callback.items.as_slice(), [item] if is_clear(item));
        let list = match (self.0.below(4), items.as_slice()) {
            (1, []) => self.0.pick(&["null", "{}", "\"\"", "\" \""]).to_owned(),
            (1, [item]) if alone => item.clone(),
            (2, [_, ..]) => {
                let entries = match items.as_slice() {
                    [item] => item.clone(),
                    _ => self.array(&items),
                };
                self.object(vec![("\"item\"".into(), entries)])
            }
            // Without a list and a header it would be a mention.
            (3, []) if callback.header.iter().any(is_of_header) => return Vec::new(),
            _ => self.array(&items),
        };
        let wrapper = format!("\"{}\"", callback.event.wrapper);
        match self.0.below(4) {
            1 => {
                let inner = self.object(vec![("\"List\"".into(), list)]);
                vec![(wrapper, inner)]
            }
            2 => vec![(wrapper, self.array(&items))],
            _ => vec![("\"List\"".into(), list)],
        }
    }

    fn item(&mut self, item: &[Member]) -> String {
        let members = self.fields(item, &ITEM);
        self.object(members)
    }

    fn fields(&mut self, members: &[Member], table: &[Field]) -> Rendered {
        let is_typed = |at: usize, (name, value): &Member| {
            let again = |(earlier, _): &Member| earlier.eq_ignore_ascii_case(name);
            let row = field(table, name).filter(|_| !members[..at].iter().any(again));
            row.is_some_and(|row| typed(row.2, value).is_some())
        };
        members
            .iter()
            .enumerate()
            .map(|(at, member)| {
                let (name, value) = member;
                let given = match is_typed(at, member) {
                    true => self.other_scalar(value),
                    false => value.clone(),
                };
                (self.string(name), self.value(&given))
            })
            .collect()
    }

    /// Turns a number into a string, or a string into a number.
    fn other_scalar(&mut self, value: &Json) -> Json {
        match value {
            Json::Text(text) if is_number(text) && self.0.one_in(3) => Json::Number(text.clone()),
            Json::Number(text) if self.0.one_in(3) => Json::Text(text.clone()),
            other => other.clone(),
        }
    }

    fn value(&mut self, value: &Json) -> String {
        match value {
            Json::Literal(literal) => (*literal).into(),
            Json::Number(number) => number.clone(),
            Json::Text(text) => self.string(text),
            Json::Half(units) => self.units(units),
            Json::Array(entries) => {
                let entries: Vec<String> = entries.iter().map(|entry| self.value(entry)).collect();
                self.array(&entries)
            }
            Json::Object(members) => {
                let members = members
                    .iter()
                    .map(|(name, value)| (self.string(name), self.value(value)))
                    .collect();
                self.object(members)
            }
        }
    }

    fn string(&mut self, text: &str) -> String {
        let units: Vec<u16> = text.encode_utf16().collect();
        self.units(&units)
    }

    fn units(&mut self, units: &[u16]) -> String {
        let escape_all = self.0.one_in(8);
        let mut out = String::from("\"");
        for c in char::decode_utf16(units.iter().copied()) {
            match c {
                Err(half) => out += &format!("\\u{:04x}", half.unpaired_surrogate()),
                Ok('"') => out += "\\\"",
                Ok('\\') => out += "\\\\",
                Ok('\n') => out += self.0.pick(&["\\n", "\\u000a", "\\u000A"]),
                Ok('/') => out += self.0.pick(&["/", "\\/"]),
                Ok(c) if c < ' ' || escape_all => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        out += &format!("\\u{unit:04x}");
                    }
                }
                Ok(c) => out.push(c),
            }
        }
        out + "\""
    }

    fn array(&mut self, entries: &[String]) -> String {
        self.enclosed("[", entries, "]")
    }

    fn object(&mut self, members: Rendered) -> String {
        let members: Vec<String> = members
            .into_iter()
            .map(|(name, value)| format!("{name}{}:{}{value}", self.space(), self.space()))
            .collect();
        self.enclosed("{", &members, "}")
    }

    fn enclosed(&mut self, open: &str, parts: &[String], close: &str) -> String {
        let mut out = format!("{open}{}", self.space());
        for (i, part) in parts.iter().enumerate() {
            if i > 0 {
                out += &format!("{},{}", self.space(), self.space());
            }
            out += part;
        }
        if !parts.is_empty() && self.0.one_in(6) {
            out += &format!("{},", self.space());
        }
        out + &self.space() + close
    }

    fn space(&mut self) -> String {
        match self.0.below(12) {
            8 => " ".into(),
            9 => "\r\n\t ".into(),
            10 => self
                .0
                .pick(&["//\n", "// \"a\": {\n", "//文档 /* \r\n"])
                .into(),
            11 => self
                .0
                .pick(&["/**/", "/* } \n */", "/***/ /* // */"])
                .into(),
            _ => String::new(),
        }
    }
}

/// Writes a callback as XML in a random shape. XML must be able to express it.
pub(crate) fn xml(callback: &Callback, seed: u64) -> String {
    let choices = Choices::new(seed);
    let mut writer = XmlWriter { choices };
    let mut out = writer
        .choices
        .pick(&[
            "",
            "",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<?xml version='1.0'?>\n",
        ])
        .to_owned();
    let mut parts: Vec<String> = callback
        .header
        .iter()
        .map(|(name, value)| writer.element(name, value))
        .collect();
    let list_at = callback.list_at.min(parts.len());
    let list = writer.list(callback);
    parts.splice(list_at..list_at, list);
    let event = writer.element("Event", &Json::text(callback.event.name));
    parts.insert(callback.event_at.min(parts.len()), event);
    out += &writer.enclosed("xml", parts);
    out
}

struct XmlWriter {
    choices: Choices,
}

impl XmlWriter {
    /// Writes the elements that hold the items.
    fn list(&mut self, callback: &Callback) -> Vec<String> {
        let items: Vec<Vec<String>> = callback
            .items
            .iter()
            .map(|item| self.elements(item))
            .collect();
        let wrapper = callback.event.wrapper;
        let has_field = |item: &Vec<Member>| item.iter().any(|m| field(&ITEM, &m.0).is_some());
        let has_list = |item: &Vec<Member>| item.iter().any(|m| m.0.eq_ignore_ascii_case("List"));
        let lists = match (self.choices.below(5), callback.items.as_slice()) {
            // Without a list and a header it would be a mention.
            (_, []) => vec!["<List></List>".into()],
            (1, [item]) if has_field(item) && !has_list(item) => {
                return vec![self.enclosed(wrapper, items.concat())];
            }
            (2, [_, ..]) => {
                let entries = items
                    .into_iter()
                    .map(|item| self.enclosed("item", item))
                    .collect();
                vec![self.enclosed("List", entries)]
            }
            _ => items
                .into_iter()
                .map(|item| self.enclosed("List", item))
                .collect(),
        };
        match self.choices.one_in(4) {
            true => lists,
            false => vec![self.enclosed(wrapper, lists)],
        }
    }

    fn elements(&mut self, members: &[Member]) -> Vec<String> {
        members
            .iter()
            .map(|(name, value)| self.element(name, value))
            .collect()
    }

    fn element(&mut self, name: &str, value: &Json) -> String {
        match value {
            Json::Text(text) if text.is_empty() && self.choices.one_in(2) => format!("<{name}/>"),
            Json::Text(text) => {
                let text = self.text(text, is_plain(name));
                format!("<{name}>{text}</{name}>")
            }
            Json::Object(members) => {
                let children = self.elements(members);
                self.enclosed(name, children)
            }
            other => unreachable!("XML cannot hold {other:?}"),
        }
    }

    /// Writes text. White space around it is ignored by readers, unless it is in CDATA or references.
    fn text(&mut self, text: &str, is_plain: bool) -> String {
        let written = match self.choices.below(4) {
            0 | 3 => self.cdata(text, is_plain),
            1 => self.plain(text),
            _ => {
                let at = text.char_indices().nth(text.chars().count() / 2);
                let (head, tail) = text.split_at(at.map_or(0, |(at, _)| at));
                match self.choices.one_in(2) {
                    false => self.plain(head) + &self.cdata(tail, is_plain),
                    true => self.cdata(head, is_plain) + &self.plain(tail),
                }
            }
        };
        match self.choices.one_in(5) {
            true => format!("\n  {written} \r\n"),
            false => written,
        }
    }

    /// Writes CDATA, and references for characters that it cannot hold.
    ///
    /// A field of plain text with `<` is written without CDATA, because readers take it for a cut-off payload.
    fn cdata(&mut self, text: &str, is_plain: bool) -> String {
        if is_plain && text.contains(['<', '\r']) {
            return self.plain(text);
        }
        let text = text
            .replace("]]>", "]]]]><![CDATA[>")
            .replace('\r', "]]>&#13;<![CDATA[");
        format!("<![CDATA[{text}]]>")
    }

    /// Writes text with references where required, and with some that are optional.
    fn plain(&mut self, text: &str) -> String {
        let head = text.len() - text.trim_ascii_start().len();
        let tail = text.trim_ascii_end().len();
        let mut out = String::new();
        for (at, c) in text.char_indices() {
            match c {
                '<' => out += self.choices.pick(&["&lt;", "&#60;", "&#x3c;"]),
                '>' => out += self.choices.pick(&["&gt;", "&#x3E;"]),
                '&' => out += self.choices.pick(&["&amp;", "&#38;"]),
                '"' => out += self.choices.pick(&["\"", "&quot;"]),
                '\'' => out += self.choices.pick(&["'", "&apos;"]),
                c if c == '\r' || at < head || at >= tail || self.choices.one_in(9) => {
                    out += &format!("&#{};", c as u32);
                }
                c => out.push(c),
            }
        }
        out
    }

    fn enclosed(&mut self, name: &str, children: Vec<String>) -> String {
        if children.is_empty() {
            return match self.choices.one_in(2) {
                true => format!("<{name} />"),
                false => format!("<{name}></{name}>"),
            };
        }
        let mut out = format!("<{name}>");
        for child in children {
            out += &self.between();
            out += &child;
        }
        out + &self.between() + &format!("</{name}>")
    }

    fn between(&mut self) -> String {
        match self.choices.below(10) {
            7 => "\n  ".into(),
            8 => "\r\n\t".into(),
            9 => self
                .choices
                .pick(&["<!---->", "\n<!-- <List> & ]]> -->\n"])
                .into(),
            _ => String::new(),
        }
    }
}

/// Returns true if elements of this name hold ids, numbers or event names.
fn is_plain(name: &str) -> bool {
    let others = ["MsgType", "Event", "Encrypt"];
    field(&HEADER, name).is_some()
        || field(&ITEM, name).is_some()
        || others.iter().any(|other| other.eq_ignore_ascii_case(name))
}
