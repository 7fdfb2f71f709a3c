//! A payload's tree into its meaning: which event, whose, when, and the items.
//!
//! One decoder for every syntax, shape and capture. Names are looked up in [`fields`]; each event is a file with a
//! [`Definition`]. Adding an event: one file, one variant of [`Event`] and one row in [`Event::ALL`].

mod change;
mod checks;
mod compare;
mod decode;
pub(crate) mod extra;
pub(crate) mod fields;
mod log_entry;
mod popup;
pub(crate) mod record;
mod sent;
pub(crate) mod serialize;
pub(crate) mod terms;

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

pub(crate) use checks::same;
pub(crate) use compare::compare;
use decode::integer;
pub(crate) use decode::{Class, classify, decode, is_message, name_span};

use crate::fast::template::Placeholder;
use crate::lang::{Lang, Text};
use crate::span::Span;
use crate::syntax::{NodeId, Str, Tree, View};
use fields::{Field, Type};

/// What is known of an event.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) name: &'static str,
    pub(crate) short: &'static str,
    /// The element around the lists in XML.
    pub(crate) wrapper: &'static str,
    /// The documented fields of an item, in the document's order.
    pub(crate) fields: &'static [&'static Field],
    pub(crate) words: Text,
    /// When it is sent and what it does not say, in whole sentences.
    pub(crate) about: Text,
}

impl Definition {
    /// The bits of the fields that the header and the items of this event have.
    fn known(&self) -> u16 {
        let fields = fields::HEADER.iter().chain(self.fields);
        fields.fold(0, |bits, field| bits | field.bit)
    }
}

/// Which of the subscribe-message events a callback reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Event {
    /// The user answered the prompt to subscribe.
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

    /// The name on the wire.
    ///
    /// ```
    /// assert_eq!(wxsub::Event::Sent.name(), "subscribe_msg_sent_event");
    /// ```
    pub fn name(self) -> &'static str {
        self.definition().name
    }

    /// `popup`, `change` or `sent`.
    pub fn short_name(self) -> &'static str {
        self.definition().short
    }

    /// What happened, in words.
    pub fn words(self, lang: Lang) -> &'static str {
        self.definition().words.get(lang)
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
    /// Serializes the wire name.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Event {
    /// Reads the wire name.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let unknown =
            || D::Error::custom(format_args!("`{name}` is no event of subscribe messages"));
        Event::by_name(&name).ok_or_else(unknown)
    }
}

/// Whether `name` means something at the top of a payload.
pub(crate) fn is_top(name: &str) -> bool {
    fields::top(name).is_some() || Event::by_wrapper(name).is_some()
}

/// A typed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value<'a> {
    /// Text, as given.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
}

/// A typed field where it was found.
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
            Type::Integer => Value::Integer(integer(text.trim_ascii()).unwrap_or_default()),
            Type::Text | Type::Digits => Value::Text(text),
        }
    }

    /// Whether its text can be copied to JSON, digits as a number.
    fn is_plain(&self, root: View<'_>) -> bool {
        let text = self.text(root);
        let is_copied = |b| matches!(b, b' '..=b'~') && b != b'"' && b != b'\\';
        let is_number = self.field.ty == Type::Integer;
        text.bytes().all(is_copied) && !(is_number && text.trim_ascii() != text)
    }
}

/// Something that arrived and has no typed field: its node, and the name it goes by if not its own.
#[derive(Clone, Copy, Debug)]
struct Extra {
    name: Option<&'static str>,
    node: NodeId,
}

/// The header's or one item's part of the lists of slots and extras.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    slots: (u32, u32),
    extras: (u32, u32),
    /// Where an item stands, with its name if it has one.
    span: Span,
}

/// What a payload means, as indices into its tree; reused from payload to payload.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meaning {
    slots: Vec<Slot>,
    extras: Vec<Extra>,
    /// All values of typed fields are known to be printable ASCII without quotes and backslashes, and numbers to be
    /// written as they print.
    is_plain: bool,
    header: Part,
    items: Vec<Part>,
    /// It was read from a record, which is no payload of WeChat's.
    is_record: bool,
    /// Where the payload stood of which a record was made, as the record says it.
    source: Option<NodeId>,
    /// `List` nodes, or a wrapper that is itself the list or an item; several only as repeated elements.
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

    /// Whether it says where a payload stood.
    pub(crate) fn has_source(&self) -> bool {
        self.source.is_some()
    }

    /// Whether it was read from a record.
    pub(crate) fn is_record(&self) -> bool {
        self.is_record
    }

    /// The values of a payload, of which nothing had to be unescaped, that may vary without a change of its meaning and its
    /// findings.
    pub(crate) fn placeholders(&self, root: View<'_>) -> Vec<Placeholder> {
        let placeholder = |slot: &Slot| checks::placeholder(slot.field, root.at(slot.node));
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

    /// Whether all values of typed fields are known to be such that they can be copied to JSON.
    pub(crate) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Notes whether values can be copied, if they are copied more often than once.
    pub(crate) fn note_plain(&mut self, root: View<'_>) {
        self.is_plain = self.slots.iter().all(|slot| slot.is_plain(root));
    }

    /// Drops the items for which `keep` does not hold; gives back where they stand, in the order of the payload.
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

/// A decoded callback: a view of its record.
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

/// One entry of a callback's list: one template's answer, or one message's result.
#[derive(Clone, Copy)]
pub struct ItemRef<'a>(Fields<'a>);

/// The typed fields and the extras of a header or an item.
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

    /// Which event it reports.
    pub fn event(&self) -> Event {
        self.event
    }

    /// The account's id, `gh_…`.
    pub fn to_user(&self) -> Option<&'a str> {
        self.header().text(&fields::TO_USER)
    }

    /// The user's openid.
    pub fn from_user(&self) -> Option<&'a str> {
        self.header().text(&fields::FROM_USER)
    }

    /// When WeChat made it, in Unix seconds.
    pub fn create_time(&self) -> Option<i64> {
        self.header().integer(&fields::CREATE_TIME)
    }

    /// The items in wire order.
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

    /// The names of fields that are not in the record's table, and of values that do not fit it.
    pub fn extra_names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.header().extras().map(|(name, _)| name)
    }

    /// The payload's text.
    pub(crate) fn text(&self) -> &'a str {
        self.root.text
    }

    /// Where a record says that its payload stood: the members of its `source`.
    pub(crate) fn source(&self) -> Option<View<'a>> {
        Some(self.root.at(self.meaning.source?))
    }

    /// The texts of all typed fields.
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
    /// Which template.
    pub fn template_id(&self) -> Option<&'a str> {
        self.0.text(&fields::TEMPLATE_ID)
    }

    /// What the user decided, as given: `accept`, `reject`, `ban`, …
    pub fn status(&self) -> Option<&'a str> {
        self.0.text(&fields::STATUS)
    }

    /// Where the prompt was shown.
    pub fn popup_scene(&self) -> Option<i64> {
        self.0.integer(&fields::POPUP_SCENE)
    }

    /// The id that the send interface answered; digits as a rule, too many for a double.
    pub fn msg_id(&self) -> Option<&'a str> {
        self.0.text(&fields::MSG_ID)
    }

    /// The result; 0 is success.
    pub fn error_code(&self) -> Option<i64> {
        self.0.integer(&fields::ERROR_CODE)
    }

    /// The result in WeChat's words.
    pub fn error_status(&self) -> Option<&'a str> {
        self.0.text(&fields::ERROR_STATUS)
    }

    /// The names of fields that are not in the record's table, and of values that do not fit it.
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

    /// The value of `field`, if it was given and fits.
    pub(crate) fn get(self, field: &Field) -> Option<Value<'a>> {
        let slot = self.slots().iter().find(|slot| same(slot.field, field))?;
        Some(slot.value(self.root))
    }

    /// Hands out the slots of the fields of `table`, which has them all, in its order.
    fn slots_in_order<E>(
        self,
        table: &[&'static Field],
        take: impl FnMut(&'a Slot) -> Result<(), E>,
    ) -> Result<(), E> {
        let slots = self.slots();
        // As a rule they come in the order of the table, which is that of their bits.
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

    /// Where the value of `field` stands.
    pub(crate) fn span(self, field: &Field) -> Option<Span> {
        let slot = self.slots().iter().find(|slot| same(slot.field, field))?;
        Some(self.root.at(slot.node).span())
    }

    /// What has no typed field, by name, in wire order.
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
