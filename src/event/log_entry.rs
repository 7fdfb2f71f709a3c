//! Distinguishes log entries from messages where both name an event.
//!
//! An application logs `{"event":"subscribe_msg_popup_event","openid":…,"body":"<xml>…"}`; the message is in `body`.
//! An object marked only by its event is a log entry if a member that neither messages nor records have holds a
//! whole message.

use crate::event::fields::{self, Top};
use crate::finding::Findings;
use crate::syntax::{Bytes, Kind, Limits, Tree, View, json, xml};

/// Returns true if the object at `root` holds a whole message, as an object or as text.
pub(super) fn holds_message(root: View<'_>) -> bool {
    let mut others = root
        .children()
        .filter(|child| is_foreign_name(child.name()));
    !root.children().any(is_list) && others.any(is_around_message)
}

fn is_list(child: View<'_>) -> bool {
    let top = fields::top(child.name());
    matches!(top.map(|known| known.what), Some(Top::List))
}

/// Returns true if neither messages nor records have a member of this name.
fn is_foreign_name(name: &str) -> bool {
    fields::top(name).is_none() && !fields::is_record_key(name)
}

/// Returns true if the value at `member`, or a value inside it, is a whole message.
fn is_around_message(member: View<'_>) -> bool {
    let values = member.id..member.node().end;
    values.map(|id| member.at(id)).any(is_whole_message)
}

fn is_whole_message(value: View<'_>) -> bool {
    match value.kind() {
        Kind::Object => has_whole_header(value),
        Kind::Text => is_text_of_message(value.value()),
        _ => false,
    }
}

/// Returns true if an object has all names of a plain message, or that of an encrypted one.
fn has_whole_header(object: View<'_>) -> bool {
    let has = |wanted: &str| {
        let mut names = object.children().map(View::name);
        names.any(|name| name.eq_ignore_ascii_case(wanted))
    };
    fields::WHOLE_HEADER.iter().all(|name| has(name)) || has(fields::ENCRYPT)
}

fn is_text_of_message(text: &str) -> bool {
    let text = text.trim_ascii();
    let (mut tree, mut findings) = (Tree::default(), Findings::default());
    let limits = &Limits::default();
    let bytes = Bytes {
        all: text.as_bytes(),
        last: true,
    };
    let read = match text.as_bytes().first() {
        Some(b'<') => {
            let is_plain = &fields::is_plain;
            xml::Reader::new().read(bytes, &mut tree, &mut findings, limits, is_plain)
        }
        Some(b'{') => json::Reader::new().read(bytes, &mut tree, &mut findings, limits),
        _ => return false,
    };
    read.is_ok() && has_whole_header(View::root(&tree, text))
}
