//! The typed values of a callback, one after the other in one buffer.
//!
//! Counting needs a few values of each callback, and a hash of all of them. For payloads of one template the positions of
//! the values are known, so they are copied without looking at the payload's tree.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::event::decode::integer_in_bytes;
use crate::event::delivery::hash_of_shape;
use crate::event::fields::{Field, HEADER, ITEM};
use crate::event::{CallbackRef, Event, Fields, Value};
use crate::simd::block;

/// A buffer for the values of one callback after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Compact {
    /// Bytes behind the end of the values mean nothing.
    bytes: Vec<u8>,
    layout: Layout,
    /// The event, then for each value its field and length, with marks between items.
    shape: Vec<u8>,
}

/// The positions of the values in the buffer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    event: Option<Event>,
    header: [Place; HEADER.len()],
    items: Vec<[Place; ITEM.len()]>,
    /// A hash of what tells the values apart: the event, fields and lengths.
    shape: u64,
    /// The end of the values.
    end: usize,
}

/// The position of a value; empty and at [`ABSENT`] if there is none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    start: u32,
    end: u32,
}

const ABSENT: u32 = u32::MAX;

impl Default for Place {
    fn default() -> Self {
        Place {
            start: ABSENT,
            end: ABSENT,
        }
    }
}

impl Place {
    /// Returns the value among all `values` of its callback.
    #[inline(always)]
    pub(crate) fn of(self, values: &[u8]) -> &[u8] {
        let value = values.get(self.start as usize..self.end as usize);
        value.unwrap_or_default()
    }

    #[inline(always)]
    fn known(self) -> Option<Self> {
        (self.start != ABSENT).then_some(self)
    }
}

/// The values of a callback in a buffer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CompactRef<'a> {
    bytes: &'a [u8],
    layout: &'a Layout,
}

/// A user of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct User<'a> {
    /// A hash of account and user. It is the same in every run, as estimates of distinct users need.
    pub(crate) hash: u64,
    /// The other values of the callback.
    pub(crate) rest: &'a [u8],
}

/// The layout that all payloads of a template have, and where their values come from.
#[derive(Clone, Debug)]
pub(crate) struct CompactTemplate {
    layout: Layout,
    /// Blocks in the order of the buffer. A block may write beyond its value, where the next value is written.
    blocks: Vec<Copied>,
    /// The blocks from the first on that would end beyond the payload. Such a block is read as the last bytes of the payload,
    /// shifted.
    rest: Vec<Late>,
}

/// Where a part of a value comes from, and where it is copied to.
#[derive(Clone, Copy, Debug)]
struct Copied {
    from: u32,
    to: u32,
}

/// A block that is shifted after it is read: it may begin before its value.
#[derive(Clone, Copy, Debug)]
struct Late {
    copied: Copied,
    /// The number of bits of the block before the value.
    skipped: u32,
}

/// The number of bytes that are copied at once.
const BLOCK: usize = block::LEN;

impl Compact {
    /// Reads the values of a callback.
    pub(crate) fn read(&mut self, callback: &CallbackRef<'_>) -> CompactRef<'_> {
        self.bytes.clear();
        self.shape.clear();
        self.shape.push(callback.event() as u8);
        self.layout.event = Some(callback.event());
        self.layout.items.clear();
        for (place, field) in HEADER.iter().enumerate() {
            self.layout.header[place] = self.add(callback.header(), field);
        }
        for item in callback.items() {
            self.shape.push(NEXT_ITEM);
            let places = ITEM.map(|field| self.add(item.fields(), field));
            self.layout.items.push(places);
        }
        self.layout.end = self.bytes.len();
        self.layout.shape = hash_of_shape(&self.shape);
        CompactRef {
            bytes: &self.bytes,
            layout: &self.layout,
        }
    }

    fn add(&mut self, fields: Fields<'_>, field: &'static Field) -> Place {
        let Some(value) = fields.get(field) else {
            return Place::default();
        };
        let start = self.bytes.len();
        match value {
            Value::Text(text) => self.bytes.extend_from_slice(text.as_bytes()),
            Value::Integer(number) => self.bytes.extend_from_slice(number.to_string().as_bytes()),
        }
        let len = self.bytes.len() - start;
        self.shape.push(field.bit.trailing_zeros() as u8);
        self.shape.extend_from_slice(&(len as u32).to_le_bytes());
        Place {
            start: start as u32,
            end: (start + len) as u32,
        }
    }

    /// Copies the values of a payload of a template.
    #[inline(always)]
    pub(crate) fn copy<'a>(
        &'a mut self,
        template: &'a CompactTemplate,
        payload: &[u8],
    ) -> CompactRef<'a> {
        let end = template.layout.end;
        let needed = end + BLOCK;
        if self.bytes.len() < needed {
            self.bytes.resize(needed, 0);
        }
        let bytes = &mut self.bytes[..];
        for copied in &template.blocks {
            copied.copy(payload, bytes, |block| block);
        }
        for Late { copied, skipped } in &template.rest {
            copied.copy(payload, bytes, |block| {
                (u128::from_le_bytes(block) >> skipped).to_le_bytes()
            });
        }
        CompactRef {
            bytes: &self.bytes[..end],
            layout: &template.layout,
        }
    }
}

impl Copied {
    /// Returns the block, read from `last` at the latest.
    fn not_after(self, last: u32) -> Late {
        let from = self.from.min(last);
        Late {
            copied: Copied { from, ..self },
            skipped: u8::BITS * (self.from - from),
        }
    }

    /// Copies a block, after `change`.
    #[inline(always)]
    fn copy(self, payload: &[u8], bytes: &mut [u8], change: impl Fn([u8; BLOCK]) -> [u8; BLOCK]) {
        let blocks = (block::at(payload, self.from), block::at_mut(bytes, self.to));
        if let (Some(from), Some(to)) = blocks {
            *to = change(*from);
        }
    }
}

/// Begins an item in a shape. No field has this number.
const NEXT_ITEM: u8 = u8::MAX;

impl CompactTemplate {
    /// Makes the template of payloads like that of `callback`. Returns `None` if a value is no part of the payload.
    pub(crate) fn of(callback: &CallbackRef<'_>) -> Option<Self> {
        let mut compact = Compact::default();
        let layout = compact.read(callback).layout.clone();
        let mut copies = Vec::new();
        let mut add = |fields: Fields<'_>, table: &[&'static Field], places: &[Place]| {
            let values = table.iter().map(|field| fields.text_and_value(field));
            values.zip(places).try_for_each(|(value, place)| {
                let copied = value.map(|(text, value)| copies_of(callback, text, value, *place));
                copies.extend(copied.unwrap_or(Some(Vec::new()))?);
                Some(())
            })
        };
        add(callback.header(), &HEADER, &layout.header)?;
        for (item, places) in callback.items().zip(&layout.items) {
            add(item.fields(), &ITEM, places)?;
        }
        let last = callback.text().len().checked_sub(BLOCK)? as u32;
        let is_late = |copied: &Copied| copied.from > last;
        let rest = copies.split_off(copies.iter().position(is_late).unwrap_or(copies.len()));
        Some(CompactTemplate {
            layout,
            blocks: copies,
            rest: rest.iter().map(|copied| copied.not_after(last)).collect(),
        })
    }
}

/// Returns the parts of a value. Returns `None` if the value is not written like this in the payload.
fn copies_of(
    callback: &CallbackRef<'_>,
    text: &str,
    value: Value<'_>,
    place: Place,
) -> Option<Vec<Copied>> {
    let payload = callback.text();
    let is_as_written = match value {
        Value::Text(value) => value == text,
        Value::Integer(number) => number.to_string() == text,
    };
    let from = text.as_ptr().addr().checked_sub(payload.as_ptr().addr())?;
    let is_inside = payload.get(from..from + text.len()) == Some(text);
    if !(is_as_written && is_inside) {
        return None;
    }
    let parts = (0..text.len()).step_by(BLOCK).map(|at| Copied {
        from: (from + at) as u32,
        to: place.start + at as u32,
    });
    Some(parts.collect())
}

impl<'a> CompactRef<'a> {
    pub(crate) fn event(self) -> Event {
        self.layout.event.unwrap_or(Event::Popup)
    }

    /// Returns all values. Two lists of values are equal if these and their shapes are.
    #[inline]
    pub(crate) fn all(self) -> &'a [u8] {
        self.bytes
    }

    /// Returns a hash of the event, and of the fields and lengths of the values.
    #[inline]
    pub(crate) fn shape(self) -> u64 {
        self.layout.shape
    }

    /// Returns the account's id.
    #[inline]
    pub(crate) fn to_user(self) -> Option<&'a [u8]> {
        self.value(self.layout.header[0])
    }

    /// Returns the account and the user, or `None` without a user.
    #[inline(always)]
    pub(crate) fn user(self) -> Option<User<'a>> {
        let [_, user, _] = self.layout.header;
        // The account and the user stand side by side.
        let (both, rest) = self.bytes.split_at_checked(user.end as usize)?;
        let hash = xxh3_64_with_seed(both, user.start.into());
        Some(User { hash, rest })
    }

    #[inline]
    pub(crate) fn create_time(self) -> Option<i64> {
        self.integer(self.layout.header[2])
    }

    #[inline]
    pub(crate) fn items(self) -> impl ExactSizeIterator<Item = CompactItem<'a>> + use<'a> {
        let values = self;
        let items = values.layout.items.iter();
        items.map(move |places| CompactItem { values, places })
    }

    #[inline]
    fn value(self, place: Place) -> Option<&'a [u8]> {
        place.known().map(|place| place.of(self.bytes))
    }

    #[inline]
    fn integer(self, place: Place) -> Option<i64> {
        integer_in_bytes(self.value(place)?)
    }
}

/// The values of an item.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CompactItem<'a> {
    values: CompactRef<'a>,
    places: &'a [Place; ITEM.len()],
}

impl CompactItem<'_> {
    #[inline]
    pub(crate) fn template_id(self) -> Option<Place> {
        self.places[0].known()
    }

    #[inline]
    pub(crate) fn status(self) -> Option<Place> {
        self.places[1].known()
    }

    #[inline]
    pub(crate) fn popup_scene(self) -> Option<i64> {
        self.values.integer(self.places[2])
    }

    #[inline]
    pub(crate) fn error_code(self) -> Option<i64> {
        self.values.integer(self.places[4])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::{Options, Sink, Stop, run};
    use crate::record::Record;
    use crate::sample::{Recipe, Shape};
    use crate::syntax::Syntax;

    /// Compares the values copied by position with those that were read.
    #[derive(Default)]
    struct Compared {
        callbacks: usize,
        /// The number of callbacks whose values were copied.
        copied: usize,
    }

    impl Sink for Compared {
        fn fork(&self) -> Self {
            Compared::default()
        }

        fn record(&mut self, record: &Record<'_>) {
            let Some(callback) = record.callback() else {
                return;
            };
            let mut buffers = [Compact::default(), Compact::default()];
            let [copied, read] = &mut buffers;
            // A buffer is used again for another callback.
            copied.bytes = vec![b'x'; 70];
            let (copied, read) = (record.compact(copied).unwrap(), read.read(&callback));
            self.callbacks += 1;
            self.copied += usize::from(record.is_compact_by_position());
            assert_eq!((copied.all(), copied.shape()), (read.all(), read.shape()));
            assert_eq!(copied.event(), callback.event());
            assert_eq!(copied.create_time(), callback.create_time());
            assert_eq!(copied.user(), read.user());
            let text = |text: Option<&str>| text.map(|text| text.as_bytes().to_vec());
            assert_eq!(
                copied.to_user().map(<[u8]>::to_vec),
                text(callback.to_user())
            );
            let value = |place: Option<Place>| place.map(|place| place.of(copied.all()).to_vec());
            for (item, expected) in copied.items().zip(callback.items()) {
                assert_eq!(value(item.template_id()), text(expected.template_id()));
                assert_eq!(value(item.status()), text(expected.status()));
                assert_eq!(item.popup_scene(), expected.popup_scene());
                assert_eq!(item.error_code(), expected.error_code());
            }
        }

        fn join(&mut self, later: Self) -> Result<(), Stop> {
            self.callbacks += later.callbacks;
            self.copied += later.copied;
            Ok(())
        }
    }

    #[test]
    fn values_copied_by_position_are_those_that_are_read() {
        let mut all = Compared::default();
        let syntaxes = [Syntax::Json, Syntax::Xml];
        for (shape, (syntax, event)) in Shape::all().flat_map(|shape| {
            let pairs = syntaxes.map(|syntax| Event::ALL.map(|event| (syntax, event)));
            pairs.into_iter().flatten().map(move |pair| (shape, pair))
        }) {
            let recipe = Recipe {
                shape,
                syntax: Some(syntax),
                ..Recipe::new(event)
            };
            let Ok(mut samples) = recipe.samples(1) else {
                continue;
            };
            let mut capture = Vec::new();
            for _ in 0..40 {
                samples.write(&mut capture);
                capture.push(b'\n');
            }
            run(&capture[..], "", &Options::default(), &mut all).unwrap();
        }
        assert!(all.callbacks > 3_000, "{} callbacks", all.callbacks);
        assert!(all.copied > all.callbacks / 2, "{} copied", all.copied);
    }

    #[test]
    fn values_at_the_end_of_a_payload_are_copied_in_the_order_of_the_buffer() {
        let mut all = Compared::default();
        for (account, user) in [("gh_1", "oUJpEiXDgCbEFb0HOo8kZ-C2SJHT"), ("gh_12", "o1")] {
            let mut capture = String::new();
            for time in 1_763_812_800..1_763_812_840 {
                capture += &format!(
                    "{{\"Event\":\"subscribe_msg_change_event\",\"MsgType\":\"event\",\"CreateTime\":\"{time}\",\
                     \"List\":[{{\"TemplateId\":\"VYkaE005P5x\",\"SubscribeStatusString\":\"reject\"}}],\
                     \"FromUserName\":\"{user}\",\"ToUserName\":\"{account}\"}}\n"
                );
            }
            run(capture.as_bytes(), "", &Options::default(), &mut all).unwrap();
        }
        assert_eq!(all.callbacks, 80);
        assert!(all.copied > 60, "{} copied", all.copied);
    }
}
