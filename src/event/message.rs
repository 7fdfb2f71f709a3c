//! Decides which object is a message.
//!
//! WeChat's messages carry four names together. Applications log objects with some of these names, and events by their
//! names alone; [`log_entry`] tells log entries apart.

use crate::event::fields::{self, Top};
use crate::event::{Event, log_entry, printed, record};
use crate::syntax::{Kind, Syntax, View};

/// The number of names of the header by which a document with another root is a message.
const LEAST_HEADERS: usize = 2;

/// The names at the top of an object.
#[derive(Default)]
struct Names {
    /// The number of names of the header.
    headers: usize,
    /// True if a name alone marks a message.
    is_marked: bool,
    has_list: bool,
    has_event: bool,
    /// True if the event is one of subscribe messages, perhaps misspelt.
    has_own_event: bool,
}

impl Names {
    fn of(root: View<'_>) -> Self {
        let mut names = Names::default();
        root.children().for_each(|child| names.add(child));
        names
    }

    fn add(&mut self, child: View<'_>) {
        let name = child.name();
        self.headers += usize::from(fields::is_header(name));
        self.is_marked |= fields::marks_message(name);
        if name.eq_ignore_ascii_case(fields::EVENT) {
            let event = printed::unwrapped(child).value().trim_ascii();
            self.has_event = true;
            self.has_own_event |= event.starts_with(fields::EVENT_PREFIX);
        }
        self.has_list |= Event::by_wrapper(name).is_some()
            || matches!(fields::top(name).map(|known| known.what), Some(Top::List));
    }

    fn has_wrapper(root: View<'_>) -> bool {
        root.children()
            .any(|child| Event::by_wrapper(child.name()).is_some())
    }

    /// Returns true if the event is only mentioned: nothing of a message stands beside its name.
    fn is_mention(&self) -> bool {
        self.has_own_event && self.headers == 0 && !self.has_list
    }

    /// Returns true if the object is a whole message, whatever stands in it: WeChat's header, and a list if the event
    /// has one.
    fn is_whole(&self) -> bool {
        self.headers >= fields::WHOLE_HEADER.len() && (self.has_list || !self.has_own_event)
    }
}

/// Returns true if the names at the top of an object or a document mark a WeChat message or a record.
///
/// An object that is not a whole message and holds one is a log entry. A name of an event alone is a mention.
pub(crate) fn is_message(root: View<'_>) -> bool {
    match root.tree.syntax {
        Syntax::Xml => is_document(root),
        Syntax::Json => is_object(printed::body(root)),
    }
}

fn is_document(root: View<'_>) -> bool {
    let names = Names::of(root);
    if !root.name().eq_ignore_ascii_case(fields::ROOT) {
        return names.headers >= LEAST_HEADERS && (names.has_event || names.is_whole());
    }
    let is_ours = names.headers > 0 || names.has_list || names.has_event;
    names.is_marked || is_ours && !names.is_mention() || is_probe(root)
}

fn is_object(root: View<'_>) -> bool {
    let names = Names::of(root);
    let has_event = names.has_own_event && !names.is_mention();
    let is_ours = names.is_marked
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
