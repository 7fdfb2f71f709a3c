//! A draft as XML.

use crate::event::Event;
use crate::event::fields::{LIST, LIST_ENTRY, ROOT};
use crate::sample::draft::{Draft, Member, Scalar};
use crate::sample::shape::{List, Style, Texts};

pub(super) fn write(draft: &Draft, style: &Style, out: &mut Vec<u8>) {
    out.extend_from_slice(style.head.as_bytes());
    enclosed(ROOT, out, |out| {
        members(&draft.header, style, out);
        match style.list {
            List::Absent => {}
            List::AtRoot => lists(draft, style, out),
            _ => enclosed(wrapper(draft.event, style), out, |out| {
                lists(draft, style, out)
            }),
        }
    });
}

/// The name of the element around the lists.
fn wrapper(event: Event, style: &Style) -> &'static str {
    let is_other = |other: &Event| *other != event;
    let event = match style.foreign_wrapper {
        true => Event::ALL.into_iter().find(is_other).unwrap_or(event),
        false => event,
    };
    event.definition().wrapper
}

fn lists(draft: &Draft, style: &Style, out: &mut Vec<u8>) {
    let each = |name, out: &mut Vec<u8>| {
        for item in &draft.items {
            enclosed(name, out, |out| members(item, style, out));
        }
    };
    match style.list {
        List::Entries => enclosed(LIST, out, |out| each(LIST_ENTRY, out)),
        _ => each(LIST, out),
    }
}

fn members(members: &[Member], style: &Style, out: &mut Vec<u8>) {
    for (name, value) in members {
        enclosed(name, out, |out| match value {
            Scalar::Text(value) => text(value, style.texts, out),
            Scalar::Whole(digits) if style.texts == Texts::AllCdata => cdata(digits, out),
            Scalar::Whole(digits) | Scalar::Bare(digits) => {
                out.extend_from_slice(digits.as_bytes());
            }
        });
    }
}

fn text(value: &str, texts: Texts, out: &mut Vec<u8>) {
    // CDATA cannot hold its own end, readers make a line feed of a carriage return, and a sample is one line.
    let needs_references = value.contains("]]>") || value.contains(['\r', '\n']);
    let is_plain = texts == Texts::Plain || needs_references;
    let pad: &[u8] = if texts == Texts::Padded { b" " } else { b"" };
    out.extend_from_slice(pad);
    match is_plain {
        true => plain(value, out),
        false => cdata(value, out),
    }
    out.extend_from_slice(pad);
}

fn cdata(value: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"<![CDATA[");
    out.extend_from_slice(value.as_bytes());
    out.extend_from_slice(b"]]>");
}

/// Text with references for what would be markup, and for white space, which readers may take away.
fn plain(value: &str, out: &mut Vec<u8>) {
    for c in value.chars() {
        match c {
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '&' => out.extend_from_slice(b"&amp;"),
            '\t' | '\n' | '\r' => out.extend_from_slice(format!("&#{};", c as u32).as_bytes()),
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

fn enclosed(name: &str, out: &mut Vec<u8>, inside: impl FnOnce(&mut Vec<u8>)) {
    for part in ["<", name, ">"] {
        out.extend_from_slice(part.as_bytes());
    }
    inside(out);
    for part in ["</", name, ">"] {
        out.extend_from_slice(part.as_bytes());
    }
}
