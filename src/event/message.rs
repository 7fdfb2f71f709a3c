//! Decides which object is a message.
//!
//! WeChat's messages carry four names together. Applications log objects with some of these names, and events by their
//! names alone; [`log_entry`] tells log entries apart.

use crate::event::fields::{self, Known, MSG_TYPE_EVENT, Top};
use crate::event::{Event, log_entry, printed, record};
use crate::syntax::{Kind, Syntax, View};

/// The number of names of the header by which a document with another root is a message.
const LEAST_HEADERS: usize = 2;

/// The names at the top of an object.
#[derive(Default)]
struct Names {
    /// The number of names of the header.
    headers: usize,
    /// True if one of these names is not that of the message's type, which rules and settings have, too.
    has_address: bool,
    /// True if a name alone marks a message. The message's type marks one if it is not a rule's.
    is_marked: bool,
    has_type: bool,
    /// True if the message's type is that of events.
    is_of_event: bool,
    has_list: bool,
    has_event: bool,
    /// True if the event is one of subscribe messages, perhaps misspelt.
    has_own_event: bool,
    /// The number of fields whose value is a placeholder.
    placeholders: usize,
    /// The number of fields with another value. The event and the message's type do not count.
    values: usize,
}

impl Names {
    fn of(root: View<'_>) -> Self {
        let mut names = Names::default();
        root.children().for_each(|child| names.add(child));
        names
    }

    fn add(&mut self, child: View<'_>) {
        match fields::top(child.name()) {
            Some(known) => match known.what {
                Top::Event => self.add_event(child),
                Top::List => self.has_list = true,
                _ if !has_text(child) => {}
                Top::MsgType => self.add_type(child),
                Top::Field(_) | Top::Encrypt => self.add_field(child, known),
            },
            None => self.add_other(child),
        }
    }

    fn add_field(&mut self, child: View<'_>, known: Known<Top>) {
        self.headers += usize::from(known.is_header());
        self.has_address |= known.is_header();
        self.is_marked |= known.marks_message();
        match is_placeholder(printed::unwrapped(child).value()) {
            true => self.placeholders += 1,
            false => self.values += 1,
        }
    }

    fn add_event(&mut self, child: View<'_>) {
        let event = printed::unwrapped(child).value().trim_ascii();
        self.has_event = true;
        self.has_own_event |= event.starts_with(fields::EVENT_PREFIX);
    }

    fn add_type(&mut self, child: View<'_>) {
        self.headers += 1;
        self.has_type = true;
        self.is_of_event |= printed::unwrapped(child).value().trim_ascii() == MSG_TYPE_EVENT;
    }

    /// Adds a member that is none of a plain message.
    fn add_other(&mut self, child: View<'_>) {
        let name = child.name();
        let is_of_sdk = fields::sdk_field(name).is_some();
        self.headers += usize::from(is_of_sdk && has_text(child));
        self.has_address |= is_of_sdk || name == fields::SDK_FIELDS;
        self.has_list |= Event::by_wrapper(name).is_some();
    }

    fn has_wrapper(root: View<'_>) -> bool {
        root.children()
            .any(|child| Event::by_wrapper(child.name()).is_some())
    }

    /// Returns true if the event is only mentioned: nothing of a message stands beside its name.
    fn is_mention(&self) -> bool {
        self.has_own_event && !self.has_address && !self.has_list
    }

    /// Returns true if the object is a rule or a log entry about a message: the type of events stands without an address
    /// and without another event than ours.
    fn is_rule(&self) -> bool {
        let is_other = self.has_event && !self.has_own_event;
        self.is_of_event && !self.has_address && !self.has_list && !is_other
    }

    /// Returns true if the object is a template of an event, as in source code: its fields have placeholders only.
    fn is_template(&self) -> bool {
        const LEAST: usize = 2;
        self.has_own_event && self.placeholders >= LEAST && self.values == 0
    }

    /// Returns true if the object is a whole message, whatever stands in it: WeChat's header, and a list if the event
    /// has one.
    fn is_whole(&self) -> bool {
        self.headers >= fields::WHOLE_HEADER.len() && (self.has_list || !self.has_own_event)
    }
}

/// Returns true if a value is a placeholder of a template, or a variable between string literals: `%s`, `${openid}`,
/// `" + openid + "`. No id looks like one.
fn is_placeholder(value: &str) -> bool {
    match value.trim_ascii().as_bytes() {
        [b'{', .., b'}'] | [b'$' | b'#', b'{', .., b'}'] => true,
        [first @ (b'"' | b'\''), .., last] => first == last,
        [b'%' | b'$', name, ..] => name.is_ascii_alphanumeric() || *name == b'_',
        _ => false,
    }
}

/// Returns true if a member of JSON has a text or a number. A schema describes fields by objects.
fn has_text(child: View<'_>) -> bool {
    child.tree.syntax == Syntax::Xml
        || !matches!(printed::unwrapped(child).kind(), Kind::Object | Kind::Array)
}

/// Returns true if the names at the top of an object or a document mark a WeChat message or a record.
///
/// An object that is not a whole message and holds one is a log entry. A name of an event alone is a mention.
pub(crate) fn is_message(root: View<'_>) -> bool {
    let (root, is_ours): (_, fn(View<'_>, &Names) -> bool) = match root.tree.syntax {
        Syntax::Xml => (root, is_document),
        Syntax::Json => (printed::body(root), is_object),
    };
    let names = Names::of(root);
    !names.is_template() && is_ours(root, &names)
}

/// Returns true if a program prints the header's names in snake case. Their values cannot be told from other fields.
pub(crate) fn is_renamed(root: View<'_>) -> bool {
    let root = printed::body(root);
    let mut names = root.children().map(View::name);
    Names::of(root).headers == 0 && names.any(fields::is_snake_header)
}

fn is_document(root: View<'_>, names: &Names) -> bool {
    if !root.name().eq_ignore_ascii_case(fields::ROOT) {
        return names.headers >= LEAST_HEADERS && (names.has_event || names.is_whole());
    }
    let is_ours = names.headers > 0 || names.has_list || names.has_event;
    names.is_marked || names.has_type || is_ours && !names.is_mention() || is_probe(root)
}

fn is_object(root: View<'_>, names: &Names) -> bool {
    let has_event = names.has_own_event && !names.is_mention();
    let is_ours = names.is_marked
        || names.has_type && !names.is_rule()
        || has_event
        || Names::has_wrapper(root)
        || is_probe(root)
        || record::event_of(root).is_some();
    is_ours && (names.is_whole() || !log_entry::holds_message(root))
}

/// Returns true if cloud hosting probes a server with this.
pub(super) fn is_probe(root: View<'_>) -> bool {
    let (name, value) = fields::PROBE;
    root.children().any(|child| {
        child.name() == name && child.kind() == Kind::Text && child.value().trim_ascii() == value
    })
}
