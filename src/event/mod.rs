//! The meaning of a payload: event, account, user, time and items, decoded from its tree.
//!
//! One decoder serves every syntax, structure and capture. [`fields`] has the names; each event is a file with a
//! [`Definition`]. Adding an event: one file, and in this one a variant of [`Event`], its place in [`Event::ALL`] and its
//! arm in `Event::definition`. Its name begins with [`fields::EVENT_PREFIX`], by which payloads are found.

mod change;
mod checks;
pub(crate) mod compact;
mod compare;
mod decode;
pub(crate) mod delivery;
pub(crate) mod evidence;
pub(crate) mod extra;
pub(crate) mod fields;
pub(crate) mod listed;
mod log_entry;
mod message;
pub(crate) mod pairs;
mod popup;
mod printed;
pub(crate) mod record;
mod repeated;
pub(crate) mod send;
mod sent;
pub(crate) mod serialize;
pub(crate) mod shape;
pub(crate) mod terms;

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

pub(crate) use checks::same;
pub(crate) use compare::compare;
use decode::integer_in;
pub(crate) use decode::{Class, classify, decode, name_span};
pub(crate) use message::{is_message, is_renamed};
pub(crate) use printed::body;

use crate::fast::template::Placeholder;
use crate::lang::{Lang, Text};
use crate::span::Span;
use crate::suggest::closest;
use crate::syntax::{NodeId, Private, Str, Tree, View};
use fields::{Field, Type};

/// The description of an event.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) name: &'static str,
    pub(crate) short: &'static str,
    /// The XML element around the lists.
    pub(crate) wrapper: &'static str,
    /// The documented fields of an item, in the order of the document.
    pub(crate) fields: &'static [&'static Field],
    /// The most items of a usual callback. If it is 1, the item is documented without an array around it.
    pub(crate) most_items: usize,
    /// The only status that the document knows for this event, if it knows one.
    pub(crate) only_status: Option<&'static str>,
    pub(crate) words: Text,
    /// A description in whole sentences: when the event is sent, and what it does not tell.
    pub(crate) about: Text,
}

impl Definition {
    /// True if items of this event have `field`.
    pub(crate) fn has(&self, field: &Field) -> bool {
        self.fields.iter().any(|own| own.bit == field.bit)
    }

    /// Returns true if items of this event may have `status`, as far as it is documented.
    fn is_status(&self, status: &str) -> bool {
        self.only_status.is_none_or(|only| only == status)
    }

    /// Returns the bits of the fields that header and items of this event have.
    fn known(&self) -> u16 {
        let fields = fields::HEADER.iter().chain(self.fields);
        fields.fold(0, |bits, field| bits | field.bit)
    }
}

/// A subscribe-message event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Event {
    /// The user answered the subscribe prompt.
    Popup,
    /// The user switched a template off in the service notifications.
    Change,
    /// The final result of a message that the developer sent.
    Sent,
}

impl Event {
    /// Every event.
    pub const ALL: [Event; 3] = [Event::Popup, Event::Change, Event::Sent];

    pub(crate) fn definition(self) -> &'static Definition {
        match self {
            Event::Popup => &popup::EVENT,
            Event::Change => &change::EVENT,
            Event::Sent => &sent::EVENT,
        }
    }

    /// Returns WeChat's name of the event.
    ///
    /// ```
    /// assert_eq!(wxsub::Event::Sent.name(), "subscribe_msg_sent_event");
    /// ```
    pub fn name(self) -> &'static str {
        self.definition().name
    }

    /// Returns `popup`, `change` or `sent`.
    pub fn short_name(self) -> &'static str {
        self.definition().short
    }

    /// Returns the event in words.
    pub fn words(self, lang: Lang) -> &'static str {
        self.definition().words.get(lang)
    }

    /// Returns the event of which `name` is a misspelling, if it is one.
    pub(crate) fn misspelt(name: &str) -> Option<Event> {
        // Other events of WeChat have names of other words.
        let is_like = name.to_ascii_lowercase().contains(fields::EVENT_WORD);
        let names = Event::ALL.map(Event::name);
        Event::by_name(closest(name, names).filter(|_| is_like)?)
    }

    fn by_name(name: &str) -> Option<Event> {
        Event::ALL.into_iter().find(|event| event.name() == name)
    }

    fn by_wrapper(name: &str) -> Option<Event> {
        Event::ALL
            .into_iter()
            .find(|event| event.definition().wrapper.eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Event {
    /// Serializes WeChat's name.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Event {
    /// Reads WeChat's name.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let unknown =
            || D::Error::custom(format_args!("`{name}` is no event of subscribe messages"));
        Event::by_name(&name).ok_or_else(unknown)
    }
}

/// Returns true if `name` has a meaning at the top of a payload.
pub(crate) fn is_top(name: &str) -> bool {
    fields::top(name).is_some() || Event::by_wrapper(name).is_some()
}

/// The members of messages that are never searched for payloads.
pub(crate) const PRIVATE: Private = Private {
    is_header: fields::is_header,
    is_typed: fields::is_typed,
    is_typed_exactly: fields::is_typed_exactly,
};

/// A typed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value<'a> {
    /// Text as given.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
}

/// A typed field with its text and its node.
#[derive(Clone, Copy, Debug)]
struct Slot {
    field: &'static Field,
    text: Str,
    node: NodeId,
}

impl Slot {
    fn text<'a>(&self, root: View<'a>) -> &'a str {
        root.tree.str(self.text, root.text)
    }

    fn value<'a>(&self, root: View<'a>) -> Value<'a> {
        let text = self.text(root);
        match self.field.ty {
            Type::Integer => {
                Value::Integer(integer_in(root.tree, text.trim_ascii()).unwrap_or_default())
            }
            Type::Text | Type::Digits => Value::Text(text),
        }
    }

    /// Returns true if the text can be copied into JSON unchanged, digits as a number.
    fn is_plain(&self, root: View<'_>) -> bool {
        let text = self.text(root);
        let is_copied = |b| matches!(b, b' '..=b'~') && b != b'"' && b != b'\\';
        let is_number = self.field.ty == Type::Integer;
        text.bytes().all(is_copied) && !(is_number && text.trim_ascii() != text)
    }
}

/// A value without a typed field: its node, and a name if it replaces the node's own.
#[derive(Clone, Copy, Debug)]
struct Extra {
    name: Option<&'static str>,
    node: NodeId,
}

/// The ranges of slots and extras that belong to the header or to one item.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    slots: (u32, u32),
    extras: (u32, u32),
    /// The span of an item, with its name if it has one.
    span: Span,
}

/// The meaning of a payload, as indices into its tree. Reused for the next payload.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meaning {
    slots: Vec<Slot>,
    extras: Vec<Extra>,
    /// True if all typed values are printable ASCII without quotes and backslashes, and numbers print as written.
    is_plain: bool,
    header: Part,
    items: Vec<Part>,
    /// True if the meaning was read from a record and not from a WeChat payload.
    is_record: bool,
    /// The source that a record states for its payload.
    source: Option<NodeId>,
    /// `List` nodes, or a wrapper that is itself a list or an item. Several only as repeated elements.
    lists: Vec<NodeId>,
}

impl Meaning {
    pub(crate) fn clear(&mut self) {
        self.slots.clear();
        self.extras.clear();
        self.items.clear();
        self.lists.clear();
        self.header = Part::default();
        self.is_plain = false;
        self.is_record = false;
        self.source = None;
    }

    /// Returns true if a record states its source.
    pub(crate) fn has_source(&self) -> bool {
        self.source.is_some()
    }

    /// Returns true if the meaning was read from a record.
    pub(crate) fn is_record(&self) -> bool {
        self.is_record
    }

    /// Returns the placeholders: the parts of values that may vary without changing the meaning's structure.
    ///
    /// Valid only if no part of this payload had to be unescaped.
    pub(crate) fn placeholders(&self, event: Event, root: View<'_>) -> Vec<Placeholder> {
        let event = event.definition();
        let placeholder = |slot: &Slot| checks::placeholder(event, slot.field, root.at(slot.node));
        let source = self
            .source
            .into_iter()
            .flat_map(|id| root.at(id).children());
        let numbers = source.filter_map(checks::number_placeholder);
        self.slots
            .iter()
            .filter_map(placeholder)
            .chain(numbers)
            .collect()
    }

    /// Returns true if all typed values are known to be copyable into JSON.
    pub(crate) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Determines whether values can be copied. Pays off only for templates, which copy more than once.
    pub(crate) fn note_plain(&mut self, root: View<'_>) {
        self.is_plain = self.slots.iter().all(|slot| slot.is_plain(root));
    }

    /// Drops the items that `keep` rejects and returns their spans in the order of the payload.
    pub(crate) fn retain_items(
        &mut self,
        root: View<'_>,
        mut keep: impl FnMut(ItemRef<'_>) -> bool,
    ) -> Vec<Span> {
        let mut items = std::mem::take(&mut self.items);
        let mut dropped = Vec::new();
        items.retain(|&part| {
            let (meaning, span) = (&*self, part.span);
            let kept = keep(ItemRef(Fields {
                part,
                meaning,
                root,
            }));
            dropped.extend((!kept).then_some(span));
            kept
        });
        self.items = items;
        dropped
    }
}

/// A decoded callback, borrowed from its record.
///
/// ```
/// let record = wxsub::decode(
///     br#"{"ToUserName":"gh_123456789abc","FromUserName":"otFpruAK8D-E6EfStSYonYSBZ8_4","CreateTime":1610969440,
///         "MsgType":"event","Event":"subscribe_msg_popup_event","List":{"PopupScene":"0",
///         "SubscribeStatusString":"accept","TemplateId":"VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc"}}"#,
/// );
/// let callback = record.callback().expect("a callback");
/// assert_eq!(callback.event(), wxsub::Event::Popup);
/// assert_eq!(callback.create_time(), Some(1610969440));
/// let item = callback.items().next().expect("an item");
/// assert_eq!((item.status(), item.popup_scene()), (Some("accept"), Some(0)));
/// ```
#[derive(Clone, Copy)]
pub struct CallbackRef<'a> {
    event: Event,
    meaning: &'a Meaning,
    root: View<'a>,
}

/// An item of a callback: the answer for one template, or the result of one message.
#[derive(Clone, Copy)]
pub struct ItemRef<'a>(Fields<'a>);

/// The typed and the extra fields of a header or an item.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a> {
    part: Part,
    meaning: &'a Meaning,
    root: View<'a>,
}

impl<'a> CallbackRef<'a> {
    pub(crate) fn new(event: Event, meaning: &'a Meaning, tree: &'a Tree, text: &'a str) -> Self {
        CallbackRef {
            event,
            meaning,
            root: View::root(tree, text),
        }
    }

    /// Returns the event.
    pub fn event(&self) -> Event {
        self.event
    }

    /// Returns the account's id, `gh_…`.
    pub fn to_user(&self) -> Option<&'a str> {
        self.header().text(&fields::TO_USER)
    }

    /// Returns the user's openid.
    pub fn from_user(&self) -> Option<&'a str> {
        self.header().text(&fields::FROM_USER)
    }

    /// Returns the time at which WeChat made the callback, in Unix seconds.
    pub fn create_time(&self) -> Option<i64> {
        self.header().integer(&fields::CREATE_TIME)
    }

    /// Returns the items in the order of the payload.
    pub fn items(&self) -> impl ExactSizeIterator<Item = ItemRef<'a>> + use<'a> {
        let (meaning, root) = (self.meaning, self.root);
        meaning.items.iter().map(move |&part| {
            ItemRef(Fields {
                part,
                meaning,
                root,
            })
        })
    }

    /// Returns the names of header fields that are unknown or have a value of the wrong type.
    pub fn extra_names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.header().extras().map(|(name, _)| name)
    }

    /// Returns the payload's text.
    pub(crate) fn text(&self) -> &'a str {
        self.root.text
    }

    /// Returns the `source` object of a record.
    pub(crate) fn source(&self) -> Option<View<'a>> {
        Some(self.root.at(self.meaning.source?))
    }

    /// Returns the texts of all typed fields.
    pub(crate) fn typed_texts(&self) -> impl Iterator<Item = &'a str> {
        let root = self.root;
        self.meaning.slots.iter().map(move |slot| slot.text(root))
    }

    pub(crate) fn header(&self) -> Fields<'a> {
        Fields {
            part: self.meaning.header,
            meaning: self.meaning,
            root: self.root,
        }
    }
}

impl<'a> ItemRef<'a> {
    /// Returns the template's id.
    pub fn template_id(&self) -> Option<&'a str> {
        self.0.text(&fields::TEMPLATE_ID)
    }

    /// Returns the user's decision as given: `accept`, `reject`, `ban`, …
    pub fn status(&self) -> Option<&'a str> {
        self.0.text(&fields::STATUS)
    }

    /// Returns the place where the prompt was shown.
    pub fn popup_scene(&self) -> Option<i64> {
        self.0.integer(&fields::POPUP_SCENE)
    }

    /// Returns the message id of the send API. It has too many digits for a floating-point number.
    pub fn msg_id(&self) -> Option<&'a str> {
        self.0.text(&fields::MSG_ID)
    }

    /// Returns the result code; 0 is success.
    pub fn error_code(&self) -> Option<i64> {
        self.0.integer(&fields::ERROR_CODE)
    }

    /// Returns the result in WeChat's words.
    pub fn error_status(&self) -> Option<&'a str> {
        self.0.text(&fields::ERROR_STATUS)
    }

    /// Returns the names of item fields that are unknown or have a value of the wrong type.
    pub fn extra_names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.0.extras().map(|(name, _)| name)
    }

    pub(crate) fn fields(&self) -> Fields<'a> {
        self.0
    }
}

impl<'a> Fields<'a> {
    fn slots(self) -> &'a [Slot] {
        &self.meaning.slots[self.part.slots.0 as usize..self.part.slots.1 as usize]
    }

    /// Returns the value of `field`, if it is given and has the right type.
    pub(crate) fn get(self, field: &Field) -> Option<Value<'a>> {
        let slot = self.slots().iter().find(|slot| same(slot.field, field))?;
        Some(slot.value(self.root))
    }

    /// Returns the text of `field` in the payload, and its value.
    fn text_and_value(self, field: &Field) -> Option<(&'a str, Value<'a>)> {
        let slot = self.slots().iter().find(|slot| same(slot.field, field))?;
        Some((slot.text(self.root), slot.value(self.root)))
    }

    /// Calls `take` for the slots in the order of `table`, which must contain all their fields.
    fn slots_in_order<E>(
        self,
        table: &[&'static Field],
        take: impl FnMut(&'a Slot) -> Result<(), E>,
    ) -> Result<(), E> {
        let slots = self.slots();
        // Fields usually come in the order of the table, which is the order of their bits.
        if slots.is_sorted_by_key(|slot| slot.field.bit) {
            return slots.iter().try_for_each(take);
        }
        let slot = |field: &&'static Field| slots.iter().find(|slot| same(slot.field, field));
        table.iter().filter_map(slot).try_for_each(take)
    }

    fn text(self, field: &Field) -> Option<&'a str> {
        match self.get(field)? {
            Value::Text(text) => Some(text),
            Value::Integer(_) => None,
        }
    }

    fn integer(self, field: &Field) -> Option<i64> {
        match self.get(field)? {
            Value::Integer(number) => Some(number),
            Value::Text(_) => None,
        }
    }

    /// Returns the span of the value of `field`.
    pub(crate) fn span(self, field: &Field) -> Option<Span> {
        let slot = self.slots().iter().find(|slot| same(slot.field, field))?;
        Some(self.root.at(slot.node).span())
    }

    /// Returns the extra fields by name, in the order of the payload.
    pub(crate) fn extras(
        self,
    ) -> impl ExactSizeIterator<Item = (&'a str, View<'a>)> + Clone + use<'a> {
        let extras = &self.meaning.extras[self.part.extras.0 as usize..self.part.extras.1 as usize];
        let root = self.root;
        extras.iter().map(move |extra| {
            let view = root.at(extra.node);
            (extra.name.unwrap_or_else(|| view.name()), view)
        })
    }
}
