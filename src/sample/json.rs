//! Writes a draft as JSON.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::event::fields::{CREATE_TIME, LIST, LIST_ENTRY};
use crate::json_format::{self, InOrder};
use crate::sample::draft::{Draft, Member, Scalar};
use crate::sample::shape::{List, Numbers, Style};

/// A value of a draft.
#[derive(Serialize)]
#[serde(untagged)]
enum Value<'d> {
    Text(&'d str),
    Number(&'d RawValue),
    Array(Vec<Value<'d>>),
    Object(InOrder<&'d str, Value<'d>>),
}

pub(super) fn write(draft: &Draft, style: &Style, out: &mut Vec<u8>) {
    let header = draft.header.iter().map(|member| scalar(member, style));
    let wrapper = draft.event.definition().wrapper;
    let name = match style.list {
        List::Absent => None,
        List::Wrapped | List::Wrapper => Some(wrapper),
        _ => Some(LIST),
    };
    let list = name.map(|name| (name, list(draft, style)));
    json_format::write(&object(header.chain(list), style), out);
    let last = out.len() - 1;
    out.splice(last..last, style.tail.bytes());
}

/// Makes the value of the member that holds the items.
fn list<'d>(draft: &'d Draft, style: &Style) -> Value<'d> {
    let items = || Value::Array(draft.items.iter().map(|entry| item(entry, style)).collect());
    match (style.list, draft.items.as_slice()) {
        (List::OneOrArray, [one]) => item(one, style),
        (List::Documented, [one]) if draft.event.definition().most_items == 1 => item(one, style),
        (List::Wrapped, _) => object([(LIST, items())], style),
        (List::Entries, _) => object([(LIST_ENTRY, items())], style),
        _ => items(),
    }
}

fn item<'d>(members: &'d [Member], style: &Style) -> Value<'d> {
    object(members.iter().map(|member| scalar(member, style)), style)
}

fn object<'d>(members: impl IntoIterator<Item = (&'d str, Value<'d>)>, style: &Style) -> Value<'d> {
    let mut members: InOrder<_, _> = members.into_iter().collect();
    if style.sorted {
        members.0.sort_by_key(|member| member.0);
    }
    Value::Object(members)
}

fn scalar<'d>((name, value): &'d Member, style: &Style) -> (&'d str, Value<'d>) {
    let is_quoted = match style.numbers {
        Numbers::All => true,
        Numbers::AllButTime => *name != CREATE_TIME.wire,
        Numbers::None => false,
    };
    let value = match value {
        Scalar::Text(text) => Value::Text(text),
        Scalar::Whole(digits) if is_quoted => Value::Text(digits),
        Scalar::Whole(digits) | Scalar::Bare(digits) => {
            Value::Number(serde_json::from_str(digits).expect("a number"))
        }
    };
    (name, value)
}
