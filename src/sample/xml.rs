//! Writes a draft as XML.

use crate::event::Event;
use crate::event::fields::{LIST, LIST_ENTRY, ROOT};
use crate::sample::draft::{Draft, Member, Scalar};
use crate::sample::shape::{List, Style, Texts};
use crate::xml_format::{XmlWriter, escape};

pub(super) fn write(draft: &Draft, style: &Style, out: &mut Vec<u8>) {
    out.extend_from_slice(style.head.as_bytes());
    XmlWriter::compact(out).element(ROOT, |xml| {
        members(&draft.header, style, xml);
        match style.list {
            List::Absent => {}
            List::AtRoot => lists(draft, style, xml),
            _ => xml.element(wrapper(draft.event, style), |xml| lists(draft, style, xml)),
        }
    });
}

/// Returns the name of the element around the lists.
fn wrapper(event: Event, style: &Style) -> &'static str {
    let is_other = |other: &Event| *other != event;
    let event = match style.foreign_wrapper {
        true => Event::ALL.into_iter().find(is_other).unwrap_or(event),
        false => event,
    };
    event.definition().wrapper
}

fn lists(draft: &Draft, style: &Style, xml: &mut XmlWriter<'_>) {
    let each = |name, xml: &mut XmlWriter<'_>| {
        for item in &draft.items {
            xml.element(name, |xml| members(item, style, xml));
        }
    };
    match style.list {
        List::Entries => xml.element(LIST, |xml| each(LIST_ENTRY, xml)),
        _ => each(LIST, xml),
    }
}

fn members(members: &[Member], style: &Style, xml: &mut XmlWriter<'_>) {
    for (name, value) in members {
        xml.element(name, |xml| match value {
            Scalar::Text(value) => text(value, style.texts, xml),
            Scalar::Whole(digits) if style.texts == Texts::AllCdata => xml.cdata(digits),
            Scalar::Whole(digits) | Scalar::Bare(digits) => xml.escaped(digits),
        });
    }
}

fn text(value: &str, texts: Texts, xml: &mut XmlWriter<'_>) {
    // CDATA cannot hold `]]>`, parsers turn CR into LF, and a sample must stay on one line.
    let needs_references = value.contains("]]>") || value.contains(['\r', '\n']);
    let pad = if texts == Texts::Padded { " " } else { "" };
    xml.escaped(pad);
    match texts == Texts::Plain || needs_references {
        // Parsers may strip white space unless it is escaped.
        true => xml.escaped(&escape(value, |c| matches!(c, '\t' | '\n'))),
        false => xml.cdata(value),
    }
    xml.escaped(pad);
}
