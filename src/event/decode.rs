//! Decodes a payload: walks its tree once and sorts the nodes into typed fields, items and extra fields.

use std::borrow::Cow;

use crate::event::fields::{self, Check, Field, Known, Top, Type};
use crate::event::{Definition, Event, Extra, Meaning, Part, Slot, checks, log_entry, record};
use crate::finding::{Finding, Findings, Reason};
use crate::span::Span;
use crate::syntax::json::is_number;
use crate::syntax::{Kind, Limits, NodeId, Syntax, View};

/// The kind of a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Class<'a> {
    Callback(Event),
    /// A callback in the JSON form of a record.
    Record(Event),
    /// The name of another WeChat message.
    Other(Cow<'a, str>),
    /// Undecodable, with the reason.
    Refused(Finding),
}

/// Returns the first child of `root` with the name `wanted`, in any letter case.
fn first<'a>(root: View<'a>, wanted: &str) -> Option<View<'a>> {
    root.children().find(|child| {
        child.node().name.len() == wanted.len() && child.name().eq_ignore_ascii_case(wanted)
    })
}

/// Classifies a payload. Only `Event` decides which event it reports.
pub(crate) fn classify<'a>(root: View<'a>) -> Class<'a> {
    if let Some(event) = record::event_of(root) {
        return Class::Record(event);
    }
    let event = first(root, fields::EVENT);
    let msg_type = first(root, fields::MSG_TYPE).map(|node| node.value().trim_ascii());
    let refused = |reason, span| Class::Refused(Finding::new(reason, span));
    if let Some(event) = event {
        let name = event.value().trim_ascii();
        return match (event.kind(), Event::by_name(name)) {
            (Kind::Text, Some(event)) => Class::Callback(event),
            (Kind::Text, None) if name.is_empty() => refused(Reason::NoEvent, event.span()),
            // Half of a surrogate pair was replaced: nobody knows which event it was.
            (Kind::Text, None) if name.contains(char::REPLACEMENT_CHARACTER) => {
                refused(Reason::EventNotText, event.span())
            }
            (Kind::Text, None) => Class::Other(name.into()),
            _ => refused(Reason::EventNotText, event.span()),
        };
    }
    match msg_type {
        Some(other) if other != fields::MSG_TYPE_EVENT && !other.is_empty() => {
            Class::Other(other.into())
        }
        None if root.children().any(|child| child.name() == fields::ENCRYPT) => {
            refused(Reason::Sealed, head(root))
        }
        None if is_probe(root) => Class::Other(fields::PROBE.1.into()),
        None if !is_message(root) => Class::Other(Cow::Borrowed("unknown")),
        _ => refused(Reason::NoEvent, head(root)),
    }
}

/// Returns the span of the message's kind, or the start of the message.
pub(crate) fn name_span(root: View<'_>) -> Span {
    let named = first(root, fields::EVENT).or_else(|| first(root, fields::MSG_TYPE));
    named.map_or_else(|| head(root), View::span)
}

/// Returns the span for a finding about the whole of `node`: its name, or its opening bracket.
pub(super) fn head(node: View<'_>) -> Span {
    let span = node.span();
    match node.node().name.len() {
        0 => Span {
            end: span.start + 1,
            ..span
        },
        _ => node.name_span(),
    }
}

fn is_probe(root: View<'_>) -> bool {
    let (name, value) = fields::PROBE;
    root.children()
        .any(|child| child.name() == name && child.value().trim_ascii() == value)
}

/// Returns true if the names at the top of an object mark a WeChat message or a record.
///
/// If only an event's name marks it and it holds a whole message, the object is a log entry and not a message.
pub(crate) fn is_message(root: View<'_>) -> bool {
    let mut names_event = false;
    let is_marked = root.children().any(|child| {
        let name = child.name();
        names_event |= name.eq_ignore_ascii_case(fields::EVENT)
            && child.value().trim_ascii().starts_with(fields::EVENT_PREFIX);
        fields::marks_message(name) || Event::by_wrapper(name).is_some()
    });
    is_marked || (names_event && !log_entry::holds_message(root)) || is_probe(root)
}

/// Returns true if `child` holds the message type of all callbacks.
pub(super) fn is_usual_type(child: View<'_>) -> bool {
    child.kind() == Kind::Text && child.value().trim_ascii() == fields::MSG_TYPE_EVENT
}

/// Decodes the payload at `root` as `event` into `meaning`.
///
/// # Errors
///
/// [`Reason::TooManyItems`] or an id with a line break inside, which make the payload undecodable.
pub(crate) fn decode(
    event: Event,
    root: View<'_>,
    limits: &Limits,
    meaning: &mut Meaning,
    findings: &mut Findings,
) -> Result<(), Finding> {
    let mut decoder = Decoder::new(event, root, meaning, findings);
    decoder.header();
    decoder.items();
    decoder.wrapped_id.take().map_or(Ok(()), Err)?;
    decoder.check_count(limits)
}

pub(super) struct Decoder<'a, 'b> {
    pub(super) event: &'static Definition,
    /// The bits of the fields that the event has.
    known: u16,
    pub(super) root: View<'a>,
    pub(super) meaning: &'b mut Meaning,
    pub(super) findings: &'b mut Findings,
    /// The parent of the first list. Lists elsewhere are duplicates.
    lists_in: Option<NodeId>,
    /// The finding about the first id that has a line break inside.
    wrapped_id: Option<Finding>,
}

impl<'a, 'b> Decoder<'a, 'b> {
    pub(super) fn new(
        event: Event,
        root: View<'a>,
        meaning: &'b mut Meaning,
        findings: &'b mut Findings,
    ) -> Self {
        meaning.clear();
        Decoder {
            event: event.definition(),
            known: event.definition().known(),
            root,
            meaning,
            findings,
            lists_in: None,
            wrapped_id: None,
        }
    }

    /// Fails if a callback has more items than the limits allow.
    pub(super) fn check_count(&self, limits: &Limits) -> Result<(), Finding> {
        if self.meaning.items.len() <= limits.items {
            return Ok(());
        }
        let finding = Finding::new(Reason::TooManyItems, head(self.root));
        Err(finding.with(limits.items.to_string()))
    }

    fn header(&mut self) {
        let mut seen = Seen::default();
        for child in self.root.children() {
            self.top(child, &mut seen);
        }
        for field in fields::HEADER {
            self.missing(!seen.has(field), field.wire, head(self.root));
        }
        self.missing(!seen.msg_type, fields::MSG_TYPE, head(self.root));
        self.meaning.header = self.part_since(Part::default());
    }

    fn top(&mut self, child: View<'a>, seen: &mut Seen) {
        let Some(Known { what, name, exact }) = fields::top(child.name()) else {
            return match Event::by_wrapper(child.name()) {
                Some(event) => self.wrapper(child, event),
                None => self.unknown(child),
            };
        };
        self.check_case(child, name, exact);
        match what {
            Top::Field(field) => self.field(child, field, seen),
            Top::Event if std::mem::replace(&mut seen.event, true) => self.duplicate(child, name),
            Top::Event => self.padding(child, name),
            Top::MsgType if std::mem::replace(&mut seen.msg_type, true) => {
                self.duplicate(child, name)
            }
            Top::MsgType => self.msg_type(child),
            Top::List => self.list_at(child, self.root),
            Top::Encrypt => {}
        }
    }

    fn msg_type(&mut self, child: View<'a>) {
        if is_usual_type(child) {
            return self.padding(child, fields::MSG_TYPE);
        }
        self.unusual_type(child);
        self.extra(child, Some(fields::MSG_TYPE));
    }

    pub(super) fn unusual_type(&mut self, child: View<'a>) {
        let finding = Finding::new(Reason::MsgTypeMismatch, child.span());
        self.findings.push(finding.with(child.value().trim_ascii()));
    }

    /// Reads the element around the lists. It may also be itself the list, or an item.
    fn wrapper(&mut self, child: View<'a>, event: Event) {
        let name = event.definition().wrapper;
        self.check_case(child, name, child.name() == name);
        if name != self.event.wrapper {
            let finding = Finding::new(Reason::WrapperMismatch, child.name_span());
            self.findings
                .push(finding.with_name(self.event.name).with_name(name));
        }
        let named =
            |wanted: &'static str| move |node: &View<'_>| node.name().eq_ignore_ascii_case(wanted);
        let has_list = child.children().any(|node| named(fields::LIST)(&node));
        let is_item = child
            .children()
            .any(|node| fields::item_field(node.name()).is_some());
        match child.kind() {
            Kind::Object if has_list => self.wrapped_lists(child, name),
            Kind::Object if is_item => self.wrapper_as_list(child, name),
            Kind::Array => self.wrapper_as_list(child, name),
            Kind::Text if child.value().is_empty() => {}
            _ if child.is_empty() && child.kind() == Kind::Object => {}
            _ => self.unknown(child),
        }
    }

    fn wrapped_lists(&mut self, wrapper: View<'a>, name: &'static str) {
        if self.root.tree.syntax == Syntax::Json {
            self.findings
                .push(Finding::new(Reason::JsonWrapper, wrapper.name_span()).with_name(name));
        }
        for child in wrapper.children() {
            match child.name().eq_ignore_ascii_case(fields::LIST) {
                true => {
                    self.check_case(child, fields::LIST, child.name() == fields::LIST);
                    self.list_at(child, wrapper);
                }
                false => self.unknown(child),
            }
        }
    }

    fn wrapper_as_list(&mut self, wrapper: View<'a>, name: &'static str) {
        self.findings
            .push(Finding::new(Reason::WrapperIsList, wrapper.name_span()).with_name(name));
        self.list_at(wrapper, wrapper);
    }

    /// Reads a list inside `parent`. Only the first list counts, in XML also its siblings.
    fn list_at(&mut self, list: View<'a>, parent: View<'a>) {
        let is_xml = self.root.tree.syntax == Syntax::Xml;
        if is_xml && parent.id == self.root.id && self.lists_in.is_none() {
            self.findings
                .push(Finding::new(Reason::ListAtRoot, list.name_span()));
        }
        match self.lists_in {
            None => self.lists_in = Some(parent.id),
            Some(id) if id == parent.id && is_xml => {}
            Some(_) => return self.duplicate(list, fields::LIST),
        }
        self.meaning.lists.push(list.id);
    }

    fn items(&mut self) {
        let header = self.meaning.header;
        for i in 0..self.meaning.lists.len() {
            self.list(self.root.at(self.meaning.lists[i]));
        }
        if self.meaning.lists.is_empty() {
            self.findings
                .push(Finding::new(Reason::ListMissing, head(self.root)));
        }
        self.gather_extras(header);
    }

    fn list(&mut self, list: View<'a>) {
        let is_entry = |node: &View<'_>| node.name().eq_ignore_ascii_case(fields::LIST_ENTRY);
        let is_empty = match list.kind() {
            Kind::Text => list.value().trim_ascii().is_empty(),
            Kind::Literal => list.value() == "null",
            Kind::Object | Kind::Array => list.is_empty(),
            Kind::Number => false,
        };
        match list.kind() {
            _ if is_empty => self.empty_list(fields::LIST, head(list)),
            Kind::Array => list.children().for_each(|entry| self.entry(entry)),
            Kind::Object if list.children().any(|node| is_entry(&node)) => self.entries(list),
            _ => self.entry(list),
        }
    }

    pub(super) fn empty_list(&mut self, name: &'static str, span: Span) {
        self.findings
            .push(Finding::new(Reason::ListEmpty, span).with_name(name));
    }

    /// Reads a `List` that holds `item` elements, or an array of that name.
    fn entries(&mut self, list: View<'a>) {
        self.findings
            .push(Finding::new(Reason::ItemElements, head(list)).with_name(fields::LIST_ENTRY));
        for child in list.children() {
            match (
                child.name().eq_ignore_ascii_case(fields::LIST_ENTRY),
                child.kind(),
            ) {
                (true, Kind::Array) => child.children().for_each(|entry| self.entry(entry)),
                (true, _) => self.entry(child),
                (false, _) => self.unknown(child),
            }
        }
    }

    fn entry(&mut self, entry: View<'a>) {
        if entry.kind() != Kind::Object {
            self.findings
                .push(Finding::new(Reason::NotItem, entry.span()).with_name(fields::LIST));
            return self.extra(entry, Some(fields::LIST));
        }
        let before = self.mark();
        let mut seen = Seen::default();
        for child in entry.children() {
            match fields::item_field(child.name()) {
                Some(Known { what, name, exact }) => {
                    self.check_case(child, name, exact);
                    self.field(child, what, &mut seen);
                }
                None => self.unknown(child),
            }
        }
        for field in self.event.fields {
            self.missing(!seen.has(field), field.wire, head(entry));
        }
        self.item_since(before, entry);
    }

    /// Adds the item at `entry`, with the slots and extras since `before`.
    pub(super) fn item_since(&mut self, before: Part, entry: View<'a>) {
        let span = Span {
            start: head(entry).start,
            ..entry.span()
        };
        let part = Part {
            span,
            ..self.part_since(before)
        };
        self.meaning.items.push(part);
    }

    /// Moves extras found in lists but outside items to the header, after its own.
    fn gather_extras(&mut self, header: Part) {
        let Meaning { extras, items, .. } = &mut *self.meaning;
        let owned: u32 = items.iter().map(|item| item.extras.1 - item.extras.0).sum();
        let end = extras.len() as u32;
        if end == header.extras.1 + owned {
            return;
        }
        let mut moved: Vec<Extra> = extras[..header.extras.1 as usize].to_vec();
        let mut at = header.extras.1;
        for (start, stop) in items.iter().map(|item| item.extras).chain([(end, end)]) {
            moved.extend_from_slice(&extras[at as usize..start as usize]);
            at = stop;
        }
        extras.extend(moved);
        self.meaning.header.extras = (end, self.meaning.extras.len() as u32);
    }

    pub(super) fn mark(&self) -> Part {
        let (slots, extras) = (
            self.meaning.slots.len() as u32,
            self.meaning.extras.len() as u32,
        );
        Part {
            slots: (slots, slots),
            extras: (extras, extras),
            ..Part::default()
        }
    }

    pub(super) fn part_since(&self, before: Part) -> Part {
        let now = self.mark();
        Part {
            slots: (before.slots.0, now.slots.0),
            extras: (before.extras.0, now.extras.0),
            ..Part::default()
        }
    }

    /// Stores the value of `field`, or keeps it as an extra with a finding if the type is wrong.
    fn field(&mut self, child: View<'a>, field: &'static Field, seen: &mut Seen) {
        if !seen.insert(field) {
            return self.duplicate(child, field.wire);
        }
        self.check_event(child, field);
        match typed(child, field) {
            Ok(slot) => {
                self.padding(child, field.wire);
                self.check_lines(child, field);
                self.check_value(child, &slot);
                self.meaning.slots.push(slot);
            }
            Err(finding) => {
                self.findings.push(finding);
                self.extra(child, Some(field.wire));
            }
        }
    }

    /// Checks an id for line breaks inside. Half of it may be the end of a line of something else.
    fn check_lines(&mut self, child: View<'a>, field: &Field) {
        let is_id = matches!(
            field.check,
            Check::Account | Check::Openid | Check::Template | Check::MsgId
        );
        let is_wrapped = || child.value().trim_ascii().contains(['\n', '\r']);
        if is_id && self.wrapped_id.is_none() && is_wrapped() {
            let reason = match self.root.tree.syntax {
                Syntax::Xml => Reason::XmlWrappedId,
                Syntax::Json => Reason::JsonWrappedId,
            };
            self.wrapped_id = Some(Finding::new(reason, child.span()).with_name(field.wire));
        }
    }

    /// Reports a field that the event does not have.
    pub(super) fn check_event(&mut self, child: View<'a>, field: &Field) {
        if self.known & field.bit == 0 {
            let finding = Finding::new(Reason::OfAnotherEvent, child.name_span());
            self.findings
                .push(finding.with(child.name()).with_name(self.event.name));
        }
    }

    /// Reports an unusual value.
    pub(super) fn check_value(&mut self, child: View<'a>, slot: &Slot) {
        let odd = checks::odd(slot.field, slot.value(child), child.span());
        self.findings.extend(odd);
    }

    pub(super) fn padding(&mut self, child: View<'a>, name: &'static str) {
        let is_padded = match child.value().as_bytes() {
            [] => false,
            [first, ..] if first.is_ascii_whitespace() => true,
            [.., last] => last.is_ascii_whitespace(),
        };
        if is_padded || child.node().padded {
            self.findings
                .push(Finding::new(Reason::Padded, child.span()).with_name(name));
        }
    }

    fn check_case(&mut self, child: View<'a>, name: &'static str, is_exact: bool) {
        if !is_exact {
            self.findings.push(
                Finding::new(Reason::WrongCase, child.name_span())
                    .with(child.name())
                    .with_name(name),
            );
        }
    }

    pub(super) fn missing(&mut self, is_missing: bool, name: &'static str, span: Span) {
        if is_missing {
            self.findings
                .push(Finding::new(Reason::FieldMissing, span).with_name(name));
        }
    }

    fn duplicate(&mut self, child: View<'a>, name: &'static str) {
        self.findings
            .push(Finding::new(Reason::Duplicate, child.name_span()).with_name(name));
        self.extra(child, Some(name));
    }

    fn unknown(&mut self, child: View<'a>) {
        self.undocumented(child);
        self.extra(child, None);
    }

    /// Reports a name that is not documented at its place.
    pub(super) fn undocumented(&mut self, child: View<'a>) {
        if child.node().name.len() > 0 {
            self.findings
                .push(Finding::new(Reason::Unknown, child.name_span()).with(child.name()));
        }
    }

    pub(super) fn extra(&mut self, child: View<'a>, name: Option<&'static str>) {
        self.meaning.extras.push(Extra {
            name,
            node: child.id,
        });
    }
}

/// The fields seen until now.
#[derive(Default)]
pub(super) struct Seen {
    fields: u16,
    event: bool,
    msg_type: bool,
}

impl Seen {
    pub(super) fn has(&self, field: &Field) -> bool {
        self.fields & field.bit != 0
    }

    pub(super) fn insert(&mut self, field: &Field) -> bool {
        let is_new = !self.has(field);
        self.fields |= field.bit;
        is_new
    }
}

/// Checks that `child` has the type of `field`.
pub(super) fn typed(child: View<'_>, field: &'static Field) -> Result<Slot, Finding> {
    let finding = |reason| Finding::new(reason, child.span()).with_name(field.wire);
    if !matches!(child.kind(), Kind::Text | Kind::Number) {
        return Err(finding(Reason::NotScalar));
    }
    let slot = Slot {
        field,
        text: child.node().value,
        node: child.id,
    };
    let value = child.value();
    match field.ty {
        Type::Text => Ok(slot),
        Type::Integer => match integer(value.trim_ascii()) {
            Some(_) => Ok(slot),
            None if value.trim_ascii().is_empty() => Err(finding(Reason::EmptyInteger)),
            None => Err(finding(Reason::NotInteger).with(value)),
        },
        Type::Digits if is_imprecise(value.trim_ascii()) => {
            Err(Finding::new(Reason::MsgIdImprecise, child.span()).with(value))
        }
        Type::Digits => Ok(slot),
    }
}

/// Returns true for a number that is not written as plain digits, and may have lost some.
fn is_imprecise(text: &str) -> bool {
    integer_digits(text).is_none() && is_number(text.as_bytes())
}

/// Returns the digits of a whole number without sign, exponent or leading zeros.
fn integer_digits(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let padded = digits.starts_with('0') && text != "0";
    (plain && !padded).then_some(digits)
}

/// Parses a whole number that prints as it is written.
pub(super) fn integer(text: &str) -> Option<i64> {
    plain_integer(text.as_bytes()).or_else(|| {
        integer_digits(text)?;
        text.parse().ok()
    })
}

/// Parses a non-negative number with at most 18 digits, the usual case.
fn plain_integer(text: &[u8]) -> Option<i64> {
    const FIT: usize = 18;
    let is_padded = text.len() > 1 && text[0] == b'0';
    if text.is_empty() || text.len() > FIT || is_padded {
        return None;
    }
    text.iter().try_fold(0, |number, &byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| number * 10 + i64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_those_that_print_as_they_were_written() {
        for text in [
            "0",
            "7",
            "-1",
            "-0",
            "00",
            "01",
            "",
            "-",
            "+1",
            "1a",
            "999999999999999999",
            "1000000000000000000",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "12345678901234567890123",
        ] {
            let printed = text
                .parse::<i64>()
                .ok()
                .filter(|number| number.to_string() == text);
            assert_eq!(integer(text), printed, "{text}");
        }
    }
}
