//! The XML that WeChat documents.

use std::borrow::Cow;

use crate::event::extra::{TEXT_NAME, grouped, has_usual_type, is_loose_text};
use crate::event::fields::{
    EVENT, Field, HEADER, ITEM, LIST, MSG_TYPE, MSG_TYPE_EVENT, ROOT, Type, item_field,
};
use crate::event::{CallbackRef, Fields, ItemRef, Value, is_top};
use crate::finding::{Finding, Reason};
use crate::json::integer;
use crate::lang::Text;
use crate::output::json_text::break_line;
use crate::output::{Format, faithful};
use crate::record::Record;
use crate::wire::xml::{is_name, is_xml_char};
use crate::wire::{Kind, Syntax, View};

/// The documented wire form in XML: the wrapper element, a `<List>` an item, text in CDATA.
#[derive(Clone, Copy, Debug, Default)]
pub struct Xml {
    /// Indented, one element a line.
    pub pretty: bool,
}

impl Format for Xml {
    fn record(&self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), Finding> {
        let Some(callback) = record.callback() else {
            return Ok(());
        };
        let start = out.len();
        let mut writer = Writer {
            pretty: self.pretty,
            depth: 0,
            out,
        };
        let written = writer
            .payload(&callback)
            .and_then(|()| faithful::check(record, &callback, &out[start..], Syntax::Xml));
        match written {
            Ok(()) => out.push(b'\n'),
            Err(_) => out.truncate(start),
        }
        written
    }
}

struct Writer<'o> {
    pretty: bool,
    depth: usize,
    out: &'o mut Vec<u8>,
}

type Written = Result<(), Finding>;

impl Writer<'_> {
    fn payload(&mut self, callback: &CallbackRef<'_>) -> Written {
        let header = callback.header();
        self.parent(ROOT, |w| {
            w.scalars(&HEADER, header)?;
            if has_usual_type(header) {
                w.text(MSG_TYPE, MSG_TYPE_EVENT, None)?;
            }
            w.text(EVENT, callback.event().name(), None)?;
            w.parent(callback.event().definition().wrapper, |w| {
                callback.items().try_for_each(|item| w.item(item))
            })?;
            w.extras(header, is_top)
        })
    }

    fn item(&mut self, item: ItemRef<'_>) -> Written {
        self.parent(LIST, |w| {
            w.scalars(&ITEM, item.fields())?;
            w.extras(item.fields(), |name| item_field(name).is_some())
        })
    }

    fn scalars(&mut self, table: &[&'static Field], fields: Fields<'_>) -> Written {
        for field in table {
            let span = fields.span(field).unwrap_or_default();
            match fields.get(field) {
                None => {}
                Some(Value::Integer(number)) => self.leaf(field.wire, |out| integer(number, out)),
                Some(Value::Text(digits)) if field.ty == Type::Digits && is_digits(digits) => {
                    self.leaf(field.wire, |out| out.extend_from_slice(digits.as_bytes()));
                }
                Some(Value::Text(text)) => self.text(
                    field.wire,
                    text,
                    Some(Finding::new(Reason::XmlCharacter, span)),
                )?,
            }
        }
        Ok(())
    }

    /// What has no typed field. The values of a name that `is_known` stay elements of their own, as they came.
    fn extras(&mut self, fields: Fields<'_>, is_known: impl Fn(&str) -> bool) -> Written {
        for (name, values) in grouped(fields.extras()) {
            match is_known(name) {
                true => values
                    .iter()
                    .try_for_each(|value| self.values(name, &[*value]))?,
                false => self.values(name, &values)?,
            }
        }
        Ok(())
    }

    /// The values of one name, each an element; one array as its entries.
    fn values(&mut self, name: &str, values: &[View<'_>]) -> Written {
        match values {
            [array] if array.kind() == Kind::Array => {
                let entries: Vec<View<'_>> = array.children().collect();
                match entries.len() {
                    0 => Err(shape(name, *array, Text::new("an empty array", "空数组"))),
                    1 => Err(shape(
                        name,
                        *array,
                        Text::new("an array of one", "只有一个元素的数组"),
                    )),
                    _ => entries
                        .iter()
                        .try_for_each(|entry| self.value(name, *entry)),
                }
            }
            _ => values.iter().try_for_each(|value| self.value(name, *value)),
        }
    }

    fn value(&mut self, name: &str, view: View<'_>) -> Written {
        if is_loose_text(view.name(), view) {
            self.line();
            return self.cdata(
                view.value(),
                Finding::new(Reason::XmlCharacter, view.span()).with(TEXT_NAME),
            );
        }
        if !is_name(name) {
            return Err(Finding::new(Reason::XmlName, view.span()).with(name));
        }
        match view.kind() {
            Kind::Text | Kind::Number | Kind::Literal | Kind::Escaped => self.text(
                name,
                view.value(),
                Some(Finding::new(Reason::XmlCharacter, view.span())),
            ),
            Kind::Array => Err(shape(
                name,
                view,
                Text::new("an array in an array", "数组中的数组"),
            )),
            Kind::Object if view.is_empty() && view.tree.syntax == Syntax::Json => {
                Err(shape(name, view, Text::new("an empty object", "空对象")))
            }
            Kind::Object => self.parent(name, |w| {
                let members = grouped(view.children().map(|child| (child.name(), child)));
                members
                    .iter()
                    .try_for_each(|(name, values)| w.values(name, values))
            }),
        }
    }

    /// An element with child elements.
    fn parent(&mut self, name: &str, children: impl FnOnce(&mut Self) -> Written) -> Written {
        self.open(name);
        self.depth += 1;
        let start = self.out.len();
        children(self)?;
        self.depth -= 1;
        if self.out.len() > start {
            self.line();
        }
        self.close(name);
        Ok(())
    }

    /// An element with text; `illegal` is the finding if XML cannot hold it.
    fn text(&mut self, name: &str, text: &str, illegal: Option<Finding>) -> Written {
        self.open(name);
        let illegal =
            illegal.unwrap_or_else(|| Finding::new(Reason::XmlCharacter, Default::default()));
        self.cdata(text, illegal.with(name))?;
        self.close(name);
        Ok(())
    }

    fn leaf(&mut self, name: &str, write: impl FnOnce(&mut Vec<u8>)) {
        self.open(name);
        write(self.out);
        self.close(name);
    }

    /// Text in CDATA; as references what CDATA would lose or a terminal would obey.
    fn cdata(&mut self, text: &str, illegal: Finding) -> Written {
        if let Some(c) = text.chars().find(|&c| !is_xml_char(c)) {
            return Err(illegal.with(format!("U+{:04X}", u32::from(c))));
        }
        let needs_references = |c: char| c == '\r' || matches!(c, '\u{7F}'..='\u{9F}');
        if text.contains(needs_references) {
            for c in text.chars() {
                match c {
                    '<' => self.out.extend_from_slice(b"&lt;"),
                    '>' => self.out.extend_from_slice(b"&gt;"),
                    '&' => self.out.extend_from_slice(b"&amp;"),
                    c if needs_references(c) || c.is_ascii_whitespace() => {
                        self.out
                            .extend_from_slice(format!("&#{};", u32::from(c)).as_bytes());
                    }
                    c => self
                        .out
                        .extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                }
            }
            return Ok(());
        }
        self.out.extend_from_slice(b"<![CDATA[");
        self.out.extend_from_slice(cdata_content(text).as_bytes());
        self.out.extend_from_slice(b"]]>");
        Ok(())
    }

    fn open(&mut self, name: &str) {
        if self.depth > 0 {
            self.line();
        }
        self.out.push(b'<');
        self.out.extend_from_slice(name.as_bytes());
        self.out.push(b'>');
    }

    fn close(&mut self, name: &str) {
        self.out.extend_from_slice(b"</");
        self.out.extend_from_slice(name.as_bytes());
        self.out.push(b'>');
    }

    fn line(&mut self) {
        if self.pretty {
            break_line(self.depth, self.out);
        }
    }
}

/// Writes an element with text; `illegal` is the finding if XML cannot hold it.
pub(super) fn element(name: &str, text: &str, illegal: Finding, out: &mut Vec<u8>) -> Written {
    let mut writer = Writer {
        pretty: false,
        depth: 0,
        out,
    };
    writer.text(name, text, Some(illegal))
}

/// `text` as it stands in CDATA. The end of CDATA cannot; its beginning is broken up too, for readers that take it
/// for the next payload.
fn cdata_content(text: &str) -> Cow<'_, str> {
    const OPEN: &str = "<![CDATA[";
    if !text.contains("]]>") && !text.contains(OPEN) {
        return text.into();
    }
    let pieces = text
        .split("]]>")
        .map(|piece| piece.replace(OPEN, "<]]><![CDATA[![CDATA["));
    pieces.collect::<Vec<_>>().join("]]]]><![CDATA[>").into()
}

/// Digits that XML's plain text holds as they are.
fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn shape(name: &str, view: View<'_>, what: Text) -> Finding {
    Finding::new(Reason::XmlShape, view.span())
        .with(name)
        .with_words(what)
}
