//! Decodes a payload: walks its tree once and sorts the nodes into typed fields, items and extra fields.

use std::borrow::Cow;

use crate::event::fields::{self, Check, Field, Known, Top, Type};
use crate::event::message::{is_message, is_probe};
use crate::event::printed::SdkFields;
use crate::event::{
    Definition, Event, Extra, Meaning, Part, Slot, Value, checks, evidence, printed, record,
    repeated,
};
use crate::finding::{Finding, Findings, Reason};
use crate::span::Span;
use crate::syntax::json::is_number;
use crate::syntax::{Kind, Limits, NodeId, Syntax, Tree, View};

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
pub(super) fn first<'a>(root: View<'a>, wanted: &str) -> Option<View<'a>> {
    root.children().find(|child| {
        child.node().name.len() == wanted.len() && child.name().eq_ignore_ascii_case(wanted)
    })
}

/// Classifies a payload. Only `Event` decides which event it reports.
pub(crate) fn classify<'a>(root: View<'a>) -> Class<'a> {
    if let Some(event) = record::event_of(root) {
        return Class::Record(event);
    }
    match printed::named(root, fields::EVENT) {
        Some(event) => by_event(event, root),
        None => by_type(root),
    }
}

/// Classifies the payload `root` by the value of `Event`.
fn by_event<'a>(event: View<'a>, root: View<'a>) -> Class<'a> {
    let name = event.value().trim_ascii();
    let refused = |reason| Class::Refused(Finding::new(reason, event.span()));
    match (event.kind(), Event::by_name(name)) {
        (Kind::Text, Some(event)) => Class::Callback(event),
        (Kind::Text, None) if name.is_empty() => refused(Reason::NoEvent),
        // Half of a surrogate pair was replaced: nobody knows which event it was.
        (Kind::Text, None) if name.contains(char::REPLACEMENT_CHARACTER) => {
            refused(Reason::EventNotText)
        }
        (Kind::Text, None) => match joined(name, root) {
            Some(name) => {
                let finding = Finding::new(Reason::PrintedUnread, event.span());
                Class::Refused(finding.with(name))
            }
            None => Class::Other(name.into()),
        },
        _ => refused(Reason::EventNotText),
    }
}

/// Returns the event's name in a value that is more than a name, if the payload `root` has the values of a callback: source
/// code joins it of several string literals.
fn joined<'a>(value: &'a str, root: View<'_>) -> Option<&'a str> {
    let name = evidence::event_name(value.as_bytes())?;
    let text = root.text.as_bytes().get(root.span().range())?;
    evidence::values(text).map(|_| &value[name])
}

/// Classifies a payload without `Event`.
fn by_type<'a>(root: View<'a>) -> Class<'a> {
    let refused = |reason| Class::Refused(Finding::new(reason, head(root)));
    match printed::named(root, fields::MSG_TYPE).map(|node| node.value().trim_ascii()) {
        Some(other) if other != fields::MSG_TYPE_EVENT && !other.is_empty() => {
            Class::Other(other.into())
        }
        None if root.children().any(|child| child.name() == fields::ENCRYPT) => {
            refused(Reason::Sealed)
        }
        None if is_probe(root) => Class::Other(fields::PROBE.1.into()),
        None if !is_message(root) => Class::Other(Cow::Borrowed("unknown")),
        _ => refused(Reason::NoEvent),
    }
}

/// Returns the span of the message's kind, or the start of the message.
pub(crate) fn name_span(root: View<'_>) -> Span {
    let named = first(root, fields::EVENT).or_else(|| first(root, fields::MSG_TYPE));
    named.map_or_else(|| head(root), |named| printed::unwrapped(named).span())
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

/// Returns true if `child` holds the message type of all callbacks.
pub(super) fn is_usual_type(child: View<'_>) -> bool {
    child.kind() == Kind::Text && child.value().trim_ascii() == fields::MSG_TYPE_EVENT
}

/// Decodes the payload at `root` as `event` into `meaning`.
///
/// # Errors
///
/// [`Reason::TooManyItems`], items in a text or an id with a line break inside, which make the payload undecodable.
pub(crate) fn decode(
    event: Event,
    root: View<'_>,
    limits: &Limits,
    meaning: &mut Meaning,
    findings: &mut Findings,
) -> Result<(), Finding> {
    let mut decoder = Decoder::new(event, root, meaning, findings);
    decoder.root_name();
    decoder.header();
    decoder.items();
    // One name that is no field repeats nothing, unless it has members itself.
    let may_repeat = match decoder.meaning.extras[..] {
        [] => false,
        [Extra { node, .. }] => matches!(root.at(node).kind(), Kind::Object | Kind::Array),
        _ => true,
    };
    if may_repeat {
        repeated::report(root, decoder.findings);
    }
    decoder.check_printed()?;
    decoder.refused.take().map_or(Ok(()), Err)?;
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
    /// True once it was reported that a program printed the message.
    is_printed: bool,
    /// True if a program printed the message under names of its own.
    is_renamed: bool,
    /// The finding about the first value for which the callback is undecodable: an id that has a line break inside, or
    /// items in a text.
    refused: Option<Finding>,
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
            is_printed: false,
            is_renamed: false,
            refused: None,
        }
    }

    /// Reports a root with another name, and a member `xml` around the message.
    fn root_name(&mut self) {
        let name = self.root.name();
        match self.root.tree.syntax {
            Syntax::Json if printed::is_of_parser(self.root) => {
                self.printed(Reason::ParserPrinted);
                self.is_renamed = printed::is_lower_case(self.root);
            }
            Syntax::Xml if name != fields::ROOT => {
                let finding = Finding::new(Reason::OtherRoot, self.root.name_span());
                self.findings.push(finding.with(name));
            }
            _ => {}
        }
    }

    /// Reports, once, that a program printed the message.
    fn printed(&mut self, reason: Reason) {
        if !std::mem::replace(&mut self.is_printed, true) {
            self.findings.push(Finding::new(reason, head(self.root)));
        }
    }

    /// Returns the value in `child`, without what a parser of XML put around it.
    // A call costs more than what most values take.
    #[inline(always)]
    fn unwrapped(&mut self, child: View<'a>) -> View<'a> {
        let value = printed::unwrapped(child);
        if value.id != child.id {
            self.printed(Reason::ParserPrinted);
        }
        value
    }

    /// Fails if a callback has more items than the limits allow.
    pub(super) fn check_count(&self, limits: &Limits) -> Result<(), Finding> {
        if self.meaning.items.len() <= limits.items {
            return Ok(());
        }
        let finding = Finding::new(Reason::TooManyItems, head(self.root));
        Err(finding.with(limits.items.to_string()))
    }

    /// Fails if a program printed the callback without its list. What else it left out, nobody knows.
    fn check_printed(&self) -> Result<(), Finding> {
        let has_wrapper = |child: View<'_>| Event::by_wrapper(child.name()).is_some();
        let is_cut = self.meaning.lists.is_empty()
            && self.root.tree.is_printed
            && !self.root.children().any(has_wrapper);
        match is_cut {
            true => Err(Finding::new(Reason::PrintedWithoutList, head(self.root))),
            false => Ok(()),
        }
    }

    fn header(&mut self) {
        let mut seen = Seen::default();
        match printed::is_of_sdk(self.root) {
            true => self.sdk_header(&mut seen),
            false => {
                let children = self.root.children();
                children.for_each(|child| self.top(child, &mut seen));
            }
        }
        for field in fields::HEADER {
            self.missing(!seen.has(field), field.wire, head(self.root));
        }
        self.missing(!seen.msg_type, fields::MSG_TYPE, head(self.root));
        self.meaning.header = self.part_since(Part::default());
    }

    /// Reads a message that WxJava printed: first the fields under WeChat's names, then the others. Members without a
    /// value, and those that only repeat a field, are left out.
    fn sdk_header(&mut self, seen: &mut Seen) {
        self.printed(Reason::SdkPrinted);
        self.is_renamed = true;
        let fields = SdkFields::of(self.root);
        fields.children().for_each(|child| self.top(child, seen));
        for child in self.root.children() {
            if !fields.repeats(child) {
                match fields::sdk_field(child.name()) {
                    Some(field) => self.field(child, field, seen),
                    None => self.top(child, seen),
                }
            }
        }
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
            Top::Event => {
                let event = self.unwrapped(child);
                self.padding(event, name);
            }
            Top::MsgType if std::mem::replace(&mut seen.msg_type, true) => {
                self.duplicate(child, name)
            }
            Top::MsgType => self.msg_type(child),
            Top::List => self.list_at(child, self.root),
            Top::Encrypt => {}
        }
    }

    fn msg_type(&mut self, child: View<'a>) {
        let value = self.unwrapped(child);
        if is_usual_type(value) {
            return self.padding(value, fields::MSG_TYPE);
        }
        self.unusual_type(value);
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
        let inside = printed::only_object(child);
        match child.kind() {
            Kind::Array if child.is_empty() => self.wrapper_as_list(child, name),
            _ if is_empty(printed::unwrapped(child)) => self.extra(child, None),
            Kind::Array if has_list(inside) && !has_item_field(inside) => {
                self.printed(Reason::ParserPrinted);
                self.wrapped_lists(inside, name);
            }
            Kind::Object if has_list(child) => self.wrapped_lists(child, name),
            Kind::Object if has_item_field(child) => self.wrapper_as_list(child, name),
            Kind::Array => self.wrapper_as_list(child, name),
            _ => {
                self.refuse_items_in(child, name);
                self.unknown(child)
            }
        }
    }

    fn wrapped_lists(&mut self, wrapper: View<'a>, name: &'static str) {
        if self.root.tree.syntax == Syntax::Json && !self.is_printed {
            self.report(Reason::JsonWrapper, wrapper.name_span(), name);
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
        self.report(Reason::WrapperIsList, wrapper.name_span(), name);
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
        let named = list.children().find(|child| is_named_item(*child));
        match (list.kind(), named) {
            _ if is_empty(printed::unwrapped(list)) => self.empty_list(fields::LIST, head(list)),
            (Kind::Array, _) => list.children().for_each(|entry| self.entry_or_items(entry)),
            (Kind::Object, Some(first)) => self.entries(list, first),
            _ => self.entry_or_items(list),
        }
    }

    /// Reads an item, or what holds items and is none itself.
    fn entry_or_items(&mut self, entry: View<'a>) {
        let is_holder = entry.kind() == Kind::Object && !has_item_field(entry);
        let mut children = entry.children().filter(|_| is_holder);
        match children.find(|child| holds_items(*child)) {
            Some(first) => self.entries(entry, first),
            None => self.entry(entry),
        }
    }

    pub(super) fn empty_list(&mut self, name: &'static str, span: Span) {
        self.report(Reason::ListEmpty, span, name);
    }

    /// Reads a `List` that holds the items one level deeper, in elements or arrays: programs call them `item`, `List`, `$values`
    /// or by numbers. `first` is the first that holds items.
    fn entries(&mut self, list: View<'a>, first: View<'a>) {
        let finding = Finding::new(Reason::ItemElements, head(list));
        self.findings.push(finding.with(first.name()));
        for child in list.children() {
            let are_items = is_named_item(child) || holds_items(child);
            match (are_items, child.kind()) {
                (true, Kind::Array) => child.children().for_each(|entry| self.entry(entry)),
                (true, _) => self.entry(child),
                (false, _) => self.unknown(child),
            }
        }
    }

    fn entry(&mut self, entry: View<'a>) {
        if entry.kind() != Kind::Object {
            self.refuse_items_in(entry, fields::LIST);
            self.report(Reason::NotItem, entry.span(), fields::LIST);
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

    /// Refuses the callback if `view`, a value that is not read, holds fields of an item.
    fn refuse_items_in(&mut self, view: View<'a>, name: &'static str) {
        let written = view.text.as_bytes().get(view.span().range());
        let is_first = self.refused.is_none();
        if is_first && written.is_some_and(evidence::holds_item) {
            let finding = Finding::new(Reason::ItemsInText, view.span());
            self.refused = Some(finding.with_name(name));
        }
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
        let value = self.unwrapped(child);
        match typed(value, field) {
            Ok((slot, typed)) => {
                self.padding(value, field.wire);
                if self.check_value(value, field, typed) {
                    self.check_lines(value, field);
                }
                self.meaning.slots.push(slot);
            }
            Err(finding) => {
                self.findings.push(finding);
                self.extra(child, Some(field.wire));
            }
        }
    }

    /// Checks an unusual id for line breaks inside. Half of it may be the end of a line of something else.
    fn check_lines(&mut self, child: View<'a>, field: &Field) {
        let is_id = matches!(
            field.check,
            Check::Account | Check::Openid | Check::Template | Check::MsgId
        );
        let is_wrapped = || child.value().trim_ascii().contains(['\n', '\r']);
        if is_id && self.refused.is_none() && is_wrapped() {
            let reason = match self.root.tree.syntax {
                Syntax::Xml => Reason::XmlWrappedId,
                Syntax::Json => Reason::JsonWrappedId,
            };
            self.refused = Some(Finding::new(reason, child.span()).with_name(field.wire));
        }
    }

    /// Reports a field that the event does not have.
    pub(super) fn check_event(&mut self, child: View<'a>, field: &Field) {
        if self.known & field.bit == 0 {
            self.other_name(Reason::OfAnotherEvent, child, self.event.name);
        }
    }

    /// Reports a name that is not the one expected.
    fn other_name(&mut self, reason: Reason, child: View<'a>, expected: &'static str) {
        let finding = Finding::new(reason, child.name_span());
        let finding = finding.with(child.name()).with_name(expected);
        self.findings.push(finding);
    }

    /// Reports an unusual value. Returns true if it is unusual in any event.
    pub(super) fn check_value(&mut self, child: View<'a>, field: &Field, value: Value<'_>) -> bool {
        let odd = checks::odd(field, value, child);
        let is_odd = odd.is_some();
        self.findings.extend(odd);
        if field.check == Check::Status && !self.event.is_status(child.value()) {
            let finding = Finding::new(Reason::StatusOfChange, child.span());
            self.findings.push(finding.with(child.value()));
        }
        is_odd
    }

    pub(super) fn padding(&mut self, child: View<'a>, name: &'static str) {
        let is_padded = match child.value().as_bytes() {
            [] => false,
            [first, ..] if first.is_ascii_whitespace() => true,
            [.., last] => last.is_ascii_whitespace(),
        };
        if is_padded || child.node().padded {
            self.report(Reason::Padded, child.span(), name);
        }
    }

    fn check_case(&mut self, child: View<'a>, name: &'static str, is_exact: bool) {
        if !is_exact && !self.is_renamed {
            self.other_name(Reason::WrongCase, child, name);
        }
    }

    /// Reports a finding about `name`.
    fn report(&mut self, reason: Reason, span: Span, name: &'static str) {
        self.findings
            .push(Finding::new(reason, span).with_name(name));
    }

    pub(super) fn missing(&mut self, is_missing: bool, name: &'static str, span: Span) {
        if is_missing {
            self.report(Reason::FieldMissing, span, name);
        }
    }

    fn duplicate(&mut self, child: View<'a>, name: &'static str) {
        self.report(Reason::Duplicate, child.name_span(), name);
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

/// Returns true if a list or a wrapper holds nothing.
fn is_empty(list: View<'_>) -> bool {
    match list.kind() {
        Kind::Text => list.value().trim_ascii().is_empty(),
        Kind::Literal => list.value() == "null",
        Kind::Object | Kind::Array => list.is_empty(),
        Kind::Number => false,
    }
}

fn has_list(wrapper: View<'_>) -> bool {
    let is_list = |node: View<'_>| node.name().eq_ignore_ascii_case(fields::LIST);
    wrapper.children().any(is_list)
}

fn is_named_item(child: View<'_>) -> bool {
    child.name().eq_ignore_ascii_case(fields::LIST_ENTRY)
}

/// Returns true if a member of a list is an item or an array of items.
fn holds_items(child: View<'_>) -> bool {
    let is_item = |node: View<'_>| node.kind() == Kind::Object && has_item_field(node);
    match child.kind() {
        Kind::Array => child.children().any(is_item),
        _ => is_item(child),
    }
}

fn has_item_field(wrapper: View<'_>) -> bool {
    let mut names = wrapper.children().map(View::name);
    names.any(|name| fields::item_field(name).is_some())
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

/// Returns the slot and the value of `child`, if it has the type of `field`.
pub(super) fn typed<'a>(
    child: View<'a>,
    field: &'static Field,
) -> Result<(Slot, Value<'a>), Finding> {
    let finding = |reason| Finding::new(reason, child.span()).with_name(field.wire);
    if !matches!(child.kind(), Kind::Text | Kind::Number) {
        return Err(finding(Reason::NotScalar));
    }
    let text = child.value();
    let value = match field.ty {
        Type::Integer => match integer_in(child.tree, text.trim_ascii()) {
            Some(number) => Value::Integer(number),
            None if text.trim_ascii().is_empty() => return Err(finding(Reason::EmptyInteger)),
            None => return Err(finding(Reason::NotInteger).with(text)),
        },
        Type::Digits if is_imprecise(text.trim_ascii()) => {
            return Err(Finding::new(Reason::MsgIdImprecise, child.span()).with(text));
        }
        Type::Text | Type::Digits => Value::Text(text),
    };
    let slot = Slot {
        field,
        text: child.node().value,
        node: child.id,
    };
    Ok((slot, value))
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

/// Parses a whole number of a payload. Programs print times as floating-point numbers, too: `1.646619072e+09`.
pub(super) fn integer_in(tree: &Tree, text: &str) -> Option<i64> {
    integer(text).or_else(|| whole_float(text).filter(|_| tree.is_printed))
}

/// Parses a floating-point number that is whole and lost no digits.
fn whole_float(text: &str) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
    let number: f64 = text.parse().ok().filter(|_| is_number(text.as_bytes()))?;
    (number.fract() == 0.0 && number.abs() < EXACT).then_some(number as i64)
}

/// Parses a whole number that prints as it is written.
pub(super) fn integer(text: &str) -> Option<i64> {
    plain_integer(text.as_bytes()).or_else(|| {
        integer_digits(text)?;
        text.parse().ok()
    })
}

/// Parses a number like [`integer`].
#[inline]
pub(super) fn integer_in_bytes(text: &[u8]) -> Option<i64> {
    match *text {
        // Codes and scenes, as a rule.
        [digit @ b'0'..=b'9'] => Some(i64::from(digit - b'0')),
        _ => plain_integer(text).or_else(|| integer(std::str::from_utf8(text).ok()?)),
    }
}

/// Parses a non-negative number with at most 18 digits, the usual case.
fn plain_integer(text: &[u8]) -> Option<i64> {
    const FIT: usize = 18;
    let is_padded = text.len() > 1 && text[0] == b'0';
    if text.is_empty() || text.len() > FIT || is_padded {
        return None;
    }
    let (eight, rest) = match text.split_first_chunk() {
        Some((eight, rest)) => (eight_digits(*eight)?, rest),
        None => (0, text),
    };
    rest.iter().try_fold(eight, |number, &byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| number * 10 + i64::from(digit))
    })
}

/// Parses eight digits at once, as times have them: digits to pairs, pairs to fours, fours to one number.
fn eight_digits(text: [u8; 8]) -> Option<i64> {
    const HIGH: u64 = 0xF0F0_F0F0_F0F0_F0F0;
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    const SIXES: u64 = 0x0606_0606_0606_0606;
    let text = u64::from_le_bytes(text);
    // Only digits have high halves of 3, before 6 is added and afterwards.
    if text & HIGH != ZEROS || text.wrapping_add(SIXES) & HIGH != ZEROS {
        return None;
    }
    let pairs = (text & !HIGH).wrapping_mul(10 << 8 | 1) >> 8 & 0x00FF_00FF_00FF_00FF;
    let fours = pairs.wrapping_mul(100 << 16 | 1) >> 16 & 0x0000_FFFF_0000_FFFF;
    Some((fours.wrapping_mul(10_000 << 32 | 1) >> 32) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_float_is_whole_below_the_numbers_that_lose_digits() {
        for (text, number) in [
            ("1610969440.0", Some(1_610_969_440)),
            ("1.61096944E9", Some(1_610_969_440)),
            ("9007199254740991.0", Some(9_007_199_254_740_991)),
            ("-9007199254740991.0", Some(-9_007_199_254_740_991)),
            ("9007199254740992.0", None),
            ("-9007199254740992.0", None),
            ("0.5", None),
        ] {
            assert_eq!(whole_float(text), number, "{text}");
        }
    }

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

    #[test]
    fn every_digit_counts_and_nothing_else() {
        for digits in ["12345678", "1763812800", "987654321012345678"] {
            for at in 0..digits.len() {
                for byte in 0..=0x7F {
                    let mut text = digits.as_bytes().to_vec();
                    text[at] = byte;
                    let text = String::from_utf8(text).unwrap();
                    let number = text.parse::<i64>().ok();
                    let printed = number.filter(|number| number.to_string() == text);
                    assert_eq!(integer(&text), printed, "{text}");
                }
            }
        }
    }
}
