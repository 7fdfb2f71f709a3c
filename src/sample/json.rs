//! A draft as JSON.

use crate::event::Event;
use crate::event::fields::{CREATE_TIME, LIST, LIST_ENTRY};
use crate::json::{Object, array, string};
use crate::sample::draft::{Draft, Member, Scalar};
use crate::sample::shape::{List, Numbers, Style};

/// A member at the top.
enum Top<'d> {
    Scalar(&'d Scalar),
    /// The items, and where they stand.
    List(List),
}

pub(super) fn write(draft: &Draft, style: &Style, out: &mut Vec<u8>) {
    let header = draft
        .header
        .iter()
        .map(|(name, value)| (*name, Top::Scalar(value)));
    let wrapper = draft.event.definition().wrapper;
    let list = match style.list {
        List::Absent => None,
        list @ (List::Wrapped | List::Wrapper) => Some((wrapper, Top::List(list))),
        list => Some((LIST, Top::List(list))),
    };
    let mut members: Vec<(&str, Top<'_>)> = header.chain(list).collect();
    if style.sorted {
        members.sort_by_key(|member| member.0);
    }
    let mut object = Object::open(out);
    for (name, value) in members {
        let out = object.member(name);
        match value {
            Top::Scalar(value) => scalar(name, value, style, out),
            Top::List(place) => list_of(draft, place, style, out),
        }
    }
    object.close();
    let last = out.len() - 1;
    out.splice(last..last, style.tail.bytes());
}

fn list_of(draft: &Draft, place: List, style: &Style, out: &mut Vec<u8>) {
    let inside = |name, out: &mut Vec<u8>| {
        let mut object = Object::open(out);
        items(&draft.items, style, object.member(name));
        object.close();
    };
    let one = match draft.items.as_slice() {
        [one] => Some(one),
        _ => None,
    };
    match (place, one) {
        (List::OneOrArray, Some(one)) => item(one, style, out),
        (List::Documented, Some(one)) if draft.event == Event::Sent => item(one, style, out),
        (List::Wrapped, _) => inside(LIST, out),
        (List::Entries, _) => inside(LIST_ENTRY, out),
        _ => items(&draft.items, style, out),
    }
}

fn items(items: &[Vec<Member>], style: &Style, out: &mut Vec<u8>) {
    array(items, out, |members, out| item(members, style, out));
}

fn item(members: &[Member], style: &Style, out: &mut Vec<u8>) {
    let mut members: Vec<&Member> = members.iter().collect();
    if style.sorted {
        members.sort_by_key(|member| member.0);
    }
    let mut object = Object::open(out);
    for (name, value) in members {
        scalar(name, value, style, object.member(name));
    }
    object.close();
}

fn scalar(name: &str, value: &Scalar, style: &Style, out: &mut Vec<u8>) {
    let is_quoted = match style.numbers {
        Numbers::All => true,
        Numbers::AllButTime => name != CREATE_TIME.wire,
        Numbers::None => false,
    };
    match value {
        Scalar::Text(text) => string(text, out),
        Scalar::Whole(digits) if is_quoted => string(digits, out),
        Scalar::Whole(digits) | Scalar::Bare(digits) => out.extend_from_slice(digits.as_bytes()),
    }
}
