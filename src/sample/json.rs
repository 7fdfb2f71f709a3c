//! Writes a draft as JSON.

use crate::event::fields::{CREATE_TIME, LIST, LIST_ENTRY};
use crate::json_format::{self, InOrder, Json, array, text};
use crate::sample::draft::{Draft, Member, Scalar};
use crate::sample::shape::{List, Numbers, Style};

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
fn list<'d>(draft: &'d Draft, style: &Style) -> Json<'d> {
    let items = || array(draft.items.iter().map(|entry| item(entry, style)));
    match (style.list, draft.items.as_slice()) {
        (List::OneOrArray, [one]) => item(one, style),
        (List::Documented, [one]) if draft.event.definition().most_items == 1 => item(one, style),
        (List::Wrapped, _) => object([(LIST, items())], style),
        (List::Entries, _) => object([(LIST_ENTRY, items())], style),
        _ => items(),
    }
}

fn item<'d>(members: &'d [Member], style: &Style) -> Json<'d> {
    object(members.iter().map(|member| scalar(member, style)), style)
}

fn object<'d>(members: impl IntoIterator<Item = (&'d str, Json<'d>)>, style: &Style) -> Json<'d> {
    let mut members: InOrder<_, _> = members.into_iter().collect();
    if style.sorted {
        members.0.sort_by_key(|member| member.0);
    }
    Json::Object(members)
}

fn scalar<'d>((name, value): &'d Member, style: &Style) -> (&'d str, Json<'d>) {
    let is_quoted = match style.numbers {
        Numbers::All => true,
        Numbers::AllButTime => *name != CREATE_TIME.wire,
        Numbers::None => false,
    };
    let value = match value {
        Scalar::Text(value) => text(value),
        Scalar::Whole(digits) if is_quoted => text(digits),
        Scalar::Whole(digits) | Scalar::Bare(digits) => {
            Json::Raw(serde_json::from_str(digits).expect("a number"))
        }
    };
    (name, value)
}
