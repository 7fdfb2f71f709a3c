//! The XML form that WeChat documents.

use crate::event::extra::{TEXT_NAME, grouped, has_usual_type, is_loose_text};
use crate::event::fields::{
    EVENT, Field, HEADER, ITEM, LIST, MSG_TYPE, MSG_TYPE_EVENT, ROOT, Type, item_field,
};
use crate::event::{CallbackRef, Fields, ItemRef, Value, is_top};
use crate::finding::{Finding, Reason};
use crate::lang::Text;
use crate::output::{Format, faithful};
use crate::record::Record;
use crate::span::Span;
use crate::syntax::xml::{is_name, is_xml_char};
use crate::syntax::{Kind, Syntax, View};
use crate::xml_format::{XmlWriter, escape};

/// Writes the documented XML form: the wrapper element, a `<List>` for each item, text in CDATA.
#[derive(Clone, Copy, Debug, Default)]
pub struct Xml {
    /// True to indent, with an element on each line.
    pub pretty: bool,
}

impl Format for Xml {
    fn record(&self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), Finding> {
        let Some(callback) = record.callback() else {
            return Ok(());
        };
        let start = out.len();
        let mut xml = match self.pretty {
            true => XmlWriter::indented(2, out),
            false => XmlWriter::compact(out),
        };
        let written = payload(&callback, &mut xml)
            .and_then(|()| faithful::check(record, &callback, &out[start..], Syntax::Xml));
        match written {
            Ok(()) => out.push(b'\n'),
            Err(_) => out.truncate(start),
        }
        written
    }
}

type Written = Result<(), Finding>;

fn payload(callback: &CallbackRef<'_>, xml: &mut XmlWriter<'_>) -> Written {
    let header = callback.header();
    xml.element(ROOT, |xml| {
        scalars(&HEADER, header, xml)?;
        if has_usual_type(header) {
            xml.element(MSG_TYPE, |xml| write_text(MSG_TYPE_EVENT, xml));
        }
        xml.element(EVENT, |xml| write_text(callback.event().name(), xml));
        // A wrapper without a list is an extra field.
        if callback.items().len() > 0 {
            xml.element(callback.event().definition().wrapper, |xml| {
                callback.items().try_for_each(|entry| item(entry, xml))
            })?;
        }
        extras(header, is_top, xml)
    })
}

fn item(item: ItemRef<'_>, xml: &mut XmlWriter<'_>) -> Written {
    xml.element(LIST, |xml| {
        scalars(&ITEM, item.fields(), xml)?;
        extras(item.fields(), |name| item_field(name).is_some(), xml)
    })
}

fn scalars(table: &[&'static Field], fields: Fields<'_>, xml: &mut XmlWriter<'_>) -> Written {
    for field in table {
        match fields.get(field) {
            None => {}
            Some(Value::Integer(number)) => {
                xml.element(field.wire, |xml| xml.escaped(&number.to_string()));
            }
            Some(Value::Text(digits)) if field.ty == Type::Digits && is_digits(digits) => {
                xml.element(field.wire, |xml| xml.escaped(digits));
            }
            Some(Value::Text(text)) => {
                let span = fields.span(field).unwrap_or_default();
                element(field.wire, text, span, xml)?;
            }
        }
    }
    Ok(())
}

/// Writes the fields that are not typed. Values of a name that `is_known` stay separate elements.
fn extras(fields: Fields<'_>, is_known: impl Fn(&str) -> bool, xml: &mut XmlWriter<'_>) -> Written {
    for (name, group) in grouped(fields.extras()) {
        let together = if is_known(name) { 1 } else { group.len() };
        for group in group.chunks(together) {
            values(name, group, xml)?;
        }
    }
    Ok(())
}

/// Writes an element for each value of a name. A single array becomes an element for each entry.
fn values(name: &str, values: &[View<'_>], xml: &mut XmlWriter<'_>) -> Written {
    match values {
        [array] if array.kind() == Kind::Array => entries(name, *array, xml),
        _ => values.iter().try_for_each(|view| value(name, *view, xml)),
    }
}

fn entries(name: &str, array: View<'_>, xml: &mut XmlWriter<'_>) -> Written {
    let what = match array.children().count() {
        0 => Text::new("an empty array", "空数组"),
        1 => Text::new("an array of one", "只有一个元素的数组"),
        _ => {
            return array
                .children()
                .try_for_each(|entry| value(name, entry, xml));
        }
    };
    Err(refused(name, array, what))
}

fn value(name: &str, view: View<'_>, xml: &mut XmlWriter<'_>) -> Written {
    if is_loose_text(view.name(), view) {
        check(TEXT_NAME, view.value(), view.span())?;
        xml.line(|xml| write_text(view.value(), xml));
        return Ok(());
    }
    if !is_name(name) {
        return Err(Finding::new(Reason::XmlName, view.span()).with(name));
    }
    match view.kind() {
        Kind::Text | Kind::Number | Kind::Literal => element(name, view.value(), view.span(), xml),
        Kind::Array => {
            let what = Text::new("an array in an array", "数组中的数组");
            Err(refused(name, view, what))
        }
        Kind::Object if view.is_empty() && view.tree.syntax == Syntax::Json => {
            Err(refused(name, view, Text::new("an empty object", "空对象")))
        }
        Kind::Object => xml.element(name, |xml| {
            let members = grouped(view.children().map(|child| (child.name(), child)));
            members
                .iter()
                .try_for_each(|(name, group)| values(name, group, xml))
        }),
    }
}

/// Writes an element with text from `span`.
pub(super) fn element(name: &str, text: &str, span: Span, xml: &mut XmlWriter<'_>) -> Written {
    check(name, text, span)?;
    xml.element(name, |xml| write_text(text, xml));
    Ok(())
}

/// Fails if XML does not allow a character of `text`.
fn check(name: &str, text: &str, span: Span) -> Written {
    match text.chars().find(|&c| !is_xml_char(c)) {
        None => Ok(()),
        Some(c) => Err(Finding::new(Reason::XmlCharacter, span)
            .with(name)
            .with(format!("U+{:04X}", u32::from(c)))),
    }
}

/// Writes text in CDATA. Text with CR or control characters, which CDATA loses or terminals obey, is escaped.
fn write_text(text: &str, xml: &mut XmlWriter<'_>) {
    let needs_references = |c: char| c == '\r' || matches!(c, '\u{7F}'..='\u{9F}');
    match text.contains(needs_references) {
        true => xml.escaped(&escape(text, |c| {
            needs_references(c) || c.is_ascii_whitespace()
        })),
        false => cdata_pieces(text).for_each(|piece| xml.cdata(piece)),
    }
}

/// Splits `text` into pieces that CDATA can hold.
///
/// `]]>` is split, and also `<![CDATA[`, which some readers take for the start of a payload.
fn cdata_pieces(text: &str) -> impl Iterator<Item = &str> {
    let cut =
        |mark: &'static str, len: usize| text.match_indices(mark).map(move |(at, _)| at + len);
    let mut cuts: Vec<usize> = cut("]]>", 2).chain(cut("<![CDATA[", 1)).collect();
    cuts.sort_unstable();
    cuts.push(text.len());
    let mut start = 0;
    cuts.into_iter()
        .map(move |end| &text[std::mem::replace(&mut start, end)..end])
}

/// Returns true for digits, which need no CDATA.
fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn refused(name: &str, view: View<'_>, what: Text) -> Finding {
    Finding::new(Reason::XmlShape, view.span())
        .with(name)
        .with_words(what)
}
