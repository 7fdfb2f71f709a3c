//! Distinguishes log entries from messages where both have WeChat's names.
//!
//! An application logs `{"event":"subscribe_msg_popup_event","openid":…,"body":"<xml>…"}` or
//! `{"MsgType":"event","payload":{…}}`; the message is in `body` or `payload`. WeChat's own messages have four names
//! together ([`fields::WHOLE_HEADER`]). An object with fewer of them is a log entry if it has a member that messages and
//! records lack, and that member holds a whole message.

use crate::event::fields::{self, WHOLE_HEADER};
use crate::event::{PRIVATE, is_top};
use crate::syntax::{Kind, View, Walk};

/// Returns true if the object at `root` holds a whole message, as an object or as text that no user typed.
pub(super) fn holds_message(root: View<'_>) -> bool {
    let mut walk = Walk::inside(root, PRIVATE);
    while let Some((value, is_private)) = walk.next() {
        if walk.depth() == 1 && !is_foreign_name(value.name()) {
            walk.leave_out(value);
        } else if is_whole_message(value, is_private) {
            return true;
        }
    }
    false
}

/// Returns true if neither messages nor records have a member of this name.
fn is_foreign_name(name: &str) -> bool {
    !is_top(name) && !fields::is_record_key(name) && name != fields::SDK_FIELDS
}

fn is_whole_message(value: View<'_>, is_private: bool) -> bool {
    match value.kind() {
        Kind::Object => has_whole_header(value),
        Kind::Text => !is_private && names_whole_message(value.value()),
        _ => false,
    }
}

/// Returns true if an object has all names of a plain message, or that of an encrypted one.
fn has_whole_header(object: View<'_>) -> bool {
    let has = |wanted: &str| {
        let mut names = object.children().map(View::name);
        names.any(|name| name.eq_ignore_ascii_case(wanted))
    };
    WHOLE_HEADER.iter().all(|name| has(name)) || is_sealed(object)
}

/// Returns true if an object is an envelope: it holds a ciphertext, and a name that stands beside one.
fn is_sealed(object: View<'_>) -> bool {
    // Base64 of the shortest plaintext: random bytes, a length and padding to 32 bytes.
    const SHORTEST: usize = 44;
    let is_base64 = |b: u8| b.is_ascii_alphanumeric() || b"+/=".contains(&b);
    let is_cipher = |text: &str| text.len() >= SHORTEST && text.bytes().all(is_base64);
    let is_beside = |name: &str| fields::is_header(name) || fields::is_of_envelope(name);
    let mut children = object.children();
    children.clone().any(|child| is_beside(child.name()))
        && children.any(|child| {
            let is_text = child.name() == fields::ENCRYPT && child.kind() == Kind::Text;
            is_text && is_cipher(child.value())
        })
}

/// Returns true if a text has all names of a message in markup, however it is escaped.
///
/// The scanner unescapes and reads the text. It reports what is broken in it.
fn names_whole_message(text: &str) -> bool {
    let is_named = |name: &&str| is_in_markup(text.as_bytes(), name);
    let is_sealed = || is_named(&fields::ENCRYPT) && is_named(&fields::TO_USER.wire);
    WHOLE_HEADER.iter().all(is_named) || is_sealed()
}

/// Returns true if `name` stands in `text` as in a tag or in quotes, perhaps escaped: `<Name>`, `\"Name\"`, `%22Name%22`.
fn is_in_markup(text: &[u8], name: &str) -> bool {
    let is_opening = |byte: &u8| b"<\"';2cC".contains(byte);
    let is_closing = |byte: &u8| b">\"'\\&%".contains(byte);
    memchr::memmem::find_iter(text, name).any(|at| {
        let (before, behind) = (&text[..at], &text[at + name.len()..]);
        before.last().is_some_and(is_opening) && behind.first().is_some_and(is_closing)
    })
}
