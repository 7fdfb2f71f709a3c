//! Decodes records: the JSON form of callbacks that `convert` writes, in full or flat (a line for each item).
//!
//! A record becomes the same [`Meaning`] as its payload, so all commands accept records. Findings use the record's
//! keys. Findings about the payload's names, structure and `MsgType` are lost; those about `extra` are made again.
//!
//! Keys have fixed types. A known key with a value of another type makes the record undecodable.

use crate::event::decode::{Decoder, Seen, head, integer, is_usual_type, typed};
use crate::event::fields::{
    self, EVENT, FROM_USER, Field, HEADER, ITEM, LIST, MSG_ID, MSG_TYPE, RECORD_EVENT,
    RECORD_EXTRA, RECORD_ITEMS, RECORD_SOURCE, TEMPLATE_ID, TO_USER, Type, by_key, by_wire,
};
use crate::event::{Event, Meaning, Part, Slot, is_top};
use crate::finding::{Finding, Findings, Reason};
use crate::lang::Text;
use crate::syntax::{Kind, Limits, Syntax, View};

/// Returns the event of the record at `root`, or `None` if `root` is not a record.
///
/// A record has the full event name, and either items, a whole header, or only keys of records with an id.
pub(super) fn event_of(root: View<'_>) -> Option<Event> {
    let event = member(root, RECORD_EVENT).filter(|_| root.tree.syntax == Syntax::Json)?;
    let event = Event::by_name(event.value()).filter(|_| event.kind() == Kind::Text)?;
    let has_header = || HEADER.iter().all(|field| member(root, field.key).is_some());
    (has_items(root) || has_header() || has_only_keys(root)).then_some(event)
}

/// Returns true if all members are of records, and an id is one of them. Applications log an event with its status.
fn has_only_keys(root: View<'_>) -> bool {
    let mut names = root.children().map(View::name);
    let ids = [&TO_USER, &FROM_USER, &TEMPLATE_ID, &MSG_ID];
    ids.iter().any(|field| member(root, field.key).is_some()) && names.all(fields::is_record_key)
}

fn member<'a>(root: View<'a>, key: &str) -> Option<View<'a>> {
    let mut children = root.children();
    children.find(|child| child.node().name.len() == key.len() && child.name() == key)
}

/// Returns true if an object has items, perhaps of another type. Applications log a number of items.
fn has_items(root: View<'_>) -> bool {
    let is_list = |items: View<'_>| !matches!(items.kind(), Kind::Number | Kind::Literal);
    member(root, RECORD_ITEMS).is_some_and(is_list)
}

/// Returns the items of a record; a flat record has none.
fn items_of(root: View<'_>) -> Option<View<'_>> {
    member(root, RECORD_ITEMS).filter(|items| items.kind() == Kind::Array)
}

/// Decodes the record at `root` as `event` into `meaning`.
///
/// # Errors
///
/// [`Reason::RecordType`] if a key has a value of another type, and [`Reason::TooManyItems`].
pub(crate) fn decode(
    event: Event,
    root: View<'_>,
    limits: &Limits,
    meaning: &mut Meaning,
    findings: &mut Findings,
) -> Result<(), Finding> {
    let mut decoder = Decoder::new(event, root, meaning, findings);
    decoder.meaning.is_record = true;
    match items_of(root) {
        Some(items) => decoder.record(items)?,
        None => decoder.flat_record()?,
    }
    decoder.check_count(limits)
}

type Read<T> = Result<T, Finding>;

/// The members found at the top of a record.
#[derive(Default)]
struct Found {
    seen: Seen,
    /// The values of a flat record's item.
    item: Vec<Slot>,
    has_event: bool,
    has_items: bool,
}

impl<'a> Decoder<'a, '_> {
    /// Decodes a record with `items`.
    fn record(&mut self, items: View<'a>) -> Read<()> {
        let found = self.top_of_record(&[])?;
        let header = self.part_since(Part::default());
        self.header_of_record(header, &found);
        if items.is_empty() {
            self.empty_list(RECORD_ITEMS, head(items));
        }
        let mut entries = items.children();
        entries.try_for_each(|entry| self.record_item(entry))
    }

    /// Decodes a flat record: the header and one item, or none.
    fn flat_record(&mut self) -> Read<()> {
        let found = self.top_of_record(&ITEM)?;
        let all = self.part_since(Part::default());
        let (start, end) = all.extras;
        let split = self.item_extras(all);
        let header = Part {
            extras: (start, split),
            ..all
        };
        self.header_of_record(header, &found);
        match found.item.is_empty() && split == end {
            true => self.empty_list(RECORD_ITEMS, head(self.root)),
            false => self.flat_item(found, (split, end)),
        }
        Ok(())
    }

    fn flat_item(&mut self, mut found: Found, extras: (u32, u32)) {
        let start = self.meaning.slots.len() as u32;
        self.meaning.slots.append(&mut found.item);
        let item = Part {
            slots: (start, self.meaning.slots.len() as u32),
            extras,
            span: self.root.span(),
        };
        self.look_over(item, &ITEM, &found.seen);
        self.missing_keys(item, self.event.fields, &found.seen, self.root);
        self.meaning.items.push(item);
    }

    fn header_of_record(&mut self, header: Part, found: &Found) {
        self.meaning.header = header;
        self.look_over(header, &HEADER, &found.seen);
        self.missing_keys(header, &HEADER, &found.seen, self.root);
    }

    /// Reads all members at the top except the items. In a flat record this includes the fields of `item`.
    fn top_of_record(&mut self, item: &[&'static Field]) -> Read<Found> {
        let mut found = Found::default();
        for child in self.root.children() {
            if let Some(field) = by_key(&HEADER, child.name()) {
                let slot = self.record_field(child, field, &mut found.seen)?;
                self.meaning.slots.extend(slot);
            } else if let Some(field) = by_key(item, child.name()) {
                let slot = self.record_field(child, field, &mut found.seen)?;
                found.item.extend(slot);
            } else {
                self.key_of_no_field(child, &mut found)?;
            }
        }
        Ok(found)
    }

    fn key_of_no_field(&mut self, child: View<'a>, found: &mut Found) -> Read<()> {
        match child.name() {
            RECORD_EVENT if !std::mem::replace(&mut found.has_event, true) => {}
            RECORD_EVENT => self.extra(child, Some(EVENT)),
            RECORD_ITEMS if !std::mem::replace(&mut found.has_items, true) => {
                expect(child, Kind::Array)?;
            }
            RECORD_ITEMS => self.extra(child, Some(LIST)),
            RECORD_EXTRA => self.extras(child)?,
            RECORD_SOURCE if self.meaning.source.is_none() => self.source(child)?,
            _ => self.extra(child, None),
        }
        Ok(())
    }

    fn record_item(&mut self, entry: View<'a>) -> Read<()> {
        if entry.kind() != Kind::Object {
            return Err(other_type(entry, RECORD_ITEM, AN_OBJECT));
        }
        let before = self.mark();
        let mut seen = Seen::default();
        for child in entry.children() {
            match by_key(&ITEM, child.name()) {
                Some(field) => {
                    let slot = self.record_field(child, field, &mut seen)?;
                    self.meaning.slots.extend(slot);
                }
                None if child.name() == RECORD_EXTRA => self.extras(child)?,
                None => self.extra(child, None),
            }
        }
        let part = self.part_since(before);
        self.look_over(part, &ITEM, &seen);
        self.missing_keys(part, self.event.fields, &seen, entry);
        self.item_since(before, entry);
        Ok(())
    }

    /// Reads a field. A repeated field, or a message id that lost digits, becomes an extra.
    fn record_field(
        &mut self,
        child: View<'a>,
        field: &'static Field,
        seen: &mut Seen,
    ) -> Read<Option<Slot>> {
        expect_field(child, field)?;
        let Some((slot, value)) = typed(child, field).ok().filter(|_| seen.insert(field)) else {
            self.extra(child, Some(field.wire));
            return Ok(None);
        };
        self.check_event(child, field);
        self.padding(child, field.key);
        self.check_value(child, field, value);
        Ok(Some(slot))
    }

    /// Reads the members of `extra`.
    fn extras(&mut self, extra: View<'a>) -> Read<()> {
        expect(extra, Kind::Object)?;
        extra.children().for_each(|child| self.extra(child, None));
        Ok(())
    }

    fn source(&mut self, source: View<'a>) -> Read<()> {
        expect(source, Kind::Object)?;
        for child in source.children() {
            match child.name() {
                fields::SOURCE_PATH | fields::SOURCE_FORMAT | fields::SOURCE_SEALED => {
                    expect(child, Kind::Text)?;
                }
                fields::SOURCE_LINE | fields::SOURCE_OFFSET => expect_integer(child)?,
                _ => self.undocumented(child),
            }
        }
        self.meaning.source = Some(source.id);
        Ok(())
    }

    /// Returns name and value of the extra at `index`.
    fn extra_at(&self, index: u32) -> (&'a str, View<'a>) {
        let extra = self.meaning.extras[index as usize];
        let view = self.root.at(extra.node);
        (extra.name.unwrap_or_else(|| view.name()), view)
    }

    /// Returns the index at which a flat record's extras change from the header's to the item's.
    ///
    /// That is the first name of an item's field after all names of the header.
    fn item_extras(&self, all: Part) -> u32 {
        let (start, end) = all.extras;
        let named = |index: u32| self.extra_at(index).0;
        let last_of_header = (start..end).rev().find(|&index| is_of_header(named(index)));
        let behind = last_of_header.map_or(start, |index| index + 1);
        let mut rest = behind..end;
        let first = rest.find(|&index| by_wire(&ITEM, named(index)).is_some());
        first.unwrap_or(end)
    }

    /// Reports findings about the extras of `part`, which has the fields of `table`.
    fn look_over(&mut self, part: Part, table: &[&'static Field], seen: &Seen) {
        let is_header = std::ptr::eq(table, &HEADER[..]);
        for index in part.extras.0..part.extras.1 {
            let (name, view) = self.extra_at(index);
            match by_wire(table, name) {
                Some(field) if seen.has(field) => self.again(view),
                Some(field) => match typed(view, field) {
                    Ok(_) => self.undocumented(view),
                    Err(finding) => self.findings.push(finding),
                },
                None if is_header && name == MSG_TYPE && !is_usual_type(view) => {
                    self.unusual_type(view);
                }
                None if is_header && fields::top(name).is_some() => self.again(view),
                None => self.undocumented(view),
            }
        }
    }

    /// Reports a repeated field.
    fn again(&mut self, view: View<'a>) {
        let finding = Finding::new(Reason::Duplicate, view.name_span());
        self.findings.push(finding.with(view.name()));
    }

    /// Reports the fields of `table` that are neither keys nor extras of `part`.
    fn missing_keys(
        &mut self,
        part: Part,
        table: &[&'static Field],
        seen: &Seen,
        object: View<'a>,
    ) {
        for field in table {
            let mut extras = part.extras.0..part.extras.1;
            let is_given = seen.has(field) || extras.any(|i| self.extra_at(i).0 == field.wire);
            self.missing(!is_given, field.key, head(object));
        }
    }
}

/// Returns true if only the top of a payload has this name.
fn is_of_header(name: &str) -> bool {
    is_top(name) && by_wire(&ITEM, name).is_none()
}

/// The name of an entry of `items` in findings.
const RECORD_ITEM: &str = "items[]";

const A_STRING: Text = Text::new("a string", "字符串");
const A_WHOLE_NUMBER: Text = Text::new("a whole number", "整数");
const AN_ARRAY: Text = Text::new("an array", "数组");
const AN_OBJECT: Text = Text::new("an object", "对象");

fn expect_field(child: View<'_>, field: &Field) -> Read<()> {
    match field.ty {
        Type::Integer => expect_integer(child),
        Type::Text | Type::Digits => expect(child, Kind::Text),
    }
}

fn expect_integer(child: View<'_>) -> Read<()> {
    let is_integer = integer(child.value()).is_some();
    match child.kind() == Kind::Number && is_integer {
        true => Ok(()),
        false => Err(other_type(child, child.name(), A_WHOLE_NUMBER)),
    }
}

fn expect(child: View<'_>, kind: Kind) -> Read<()> {
    let words = match kind {
        Kind::Array => AN_ARRAY,
        Kind::Object => AN_OBJECT,
        _ => A_STRING,
    };
    match child.kind() == kind {
        true => Ok(()),
        false => Err(other_type(child, child.name(), words)),
    }
}

/// Makes the finding for a value of another type than `expected`.
fn other_type(child: View<'_>, name: &str, expected: Text) -> Finding {
    let finding = Finding::new(Reason::RecordType, child.span());
    let finding = finding.with(name).with_words(expected);
    match child.kind() {
        Kind::Text => finding.with_words(A_STRING),
        Kind::Array => finding.with_words(AN_ARRAY),
        Kind::Object => finding.with_words(AN_OBJECT),
        Kind::Number | Kind::Literal => finding.with(format!("`{}`", child.value())),
    }
}
