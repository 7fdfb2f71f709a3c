//! Counts items by the values of keys.

use jiff::tz::TimeZone;

use crate::event::Event;
use crate::event::compact::{Compact, CompactItem, CompactRef, Place};
use crate::event::delivery::DeliveryKey;
use crate::record::Record;
use crate::stats::calendar::{Calendar, LocalTime, plausible};
use crate::stats::deliveries::Deliveries;
use crate::stats::folding::{self, Collect, Folding, Whole as _, fold};
use crate::stats::groups::{Asked, Groups, KeyValue};
use crate::stats::overview::Overview;
use crate::stats::result::Counts;
use crate::stats::said::Said;
use crate::stats::users::Users;
use crate::stats::{Failure, Key};

/// What to count, and how.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The keys by which items are counted. Without any, all are counted together.
    pub by: Vec<Key>,
    /// The zone of hours, days, weeks and months.
    pub time_zone: TimeZone,
    /// True to count repeated deliveries, too.
    pub keep_repeats: bool,
    /// True to count the codes of failed items of each group, for [`Counts::write_screen`].
    pub with_codes: bool,
    /// The most bytes that may be used for counting.
    pub max_memory: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            by: Vec::new(),
            time_zone: TimeZone::UTC,
            keep_repeats: false,
            with_codes: false,
            max_memory: Settings::MAX_MEMORY,
        }
    }
}

impl Settings {
    /// The default bound of memory: 1 GiB.
    pub const MAX_MEMORY: usize = 1 << 30;
}

/// Counts items by keys; a sink of records.
///
/// A run with a selection of items needs [`Filter::noting_keys`](crate::select::Filter::noting_keys), to tell repeated
/// deliveries by all of their items.
///
/// ```
/// use wxsub::pipeline;
/// use wxsub::stats::{Form, Key, Settings, Stats};
///
/// let log = r#"
/// {"event":"subscribe_msg_popup_event","from_user":"a","items":[{"status":"accept"},{"status":"reject"}]}
/// {"event":"subscribe_msg_popup_event","from_user":"b","items":[{"status":"accept"}]}
/// {"event":"subscribe_msg_popup_event","from_user":"b","items":[{"status":"accept"}]}
/// "#;
/// let settings = Settings { by: vec![Key::Status], ..Settings::default() };
/// let mut stats = Stats::new(settings);
/// pipeline::run(log.as_bytes(), "log", &pipeline::Options::default(), &mut stats).unwrap();
/// let mut csv = Vec::new();
/// stats.finish()?.write(Form::Csv, &Default::default(), &mut csv).unwrap();
/// assert_eq!(String::from_utf8(csv).unwrap(), "\
/// status,callbacks,items,accepted,rejected,other_statuses,acceptance_rate,users,switched_off,sent,failed
/// accept,2,2,2,0,0,1.0000,2,0,0,0
/// reject,1,1,0,1,0,0.0000,1,0,0,0
/// ");
/// # Ok::<(), wxsub::stats::Failure>(())
/// ```
pub struct Stats(Folding<Whole>);

impl Stats {
    /// Makes a sink that counts what `settings` say.
    pub fn new(settings: Settings) -> Self {
        let (block, whole) = (Block::new(&settings), Whole::none(&settings));
        Stats(Folding::new(settings, block, whole, Ok(())))
    }

    /// Returns the counts.
    ///
    /// # Errors
    ///
    /// The reason why they cannot be right.
    pub fn finish(self) -> Result<Counts, Failure> {
        let (whole, settings) = self.0.finish()?;
        Ok(Counts::new(whole, &settings))
    }
}

fold!(Stats);

/// A callback of a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// `None` if repeated deliveries count.
    key: Option<DeliveryKey>,
    pub(super) event: Event,
    items: u32,
    /// The number of its failed items, if codes are counted.
    codes: u32,
    pub(super) time: Option<i64>,
    /// `None` without a plausible time.
    pub(super) day: Option<i64>,
    pub(super) user: Option<u64>,
}

impl Seen {
    /// Returns what [`Deliveries`] tell repeated ones by.
    #[inline]
    pub(super) fn delivery(&self) -> (Option<DeliveryKey>, Event, Option<i64>) {
        (self.key, self.event, self.time)
    }
}

/// An item of a block, with the number that its group has there.
#[derive(Clone, Copy, Debug)]
pub(super) struct SeenItem {
    pub(super) group: u32,
    pub(super) said: Said,
}

/// The groups of a block, and the number of each in the whole.
pub(super) type Adopting<'a> = (&'a Groups, &'a mut [u32]);

/// A block of a capture.
#[derive(Debug)]
pub(super) struct Block {
    rows: Rows,
    /// The numbers that the groups of the rows have in the whole, if they are known.
    adopted: Vec<u32>,
    compact: Compact,
}

/// The callbacks of a block.
#[derive(Debug)]
struct Rows {
    /// The groups of this block, and of earlier ones for which its memory was used.
    groups: Groups,
    callbacks: Vec<Seen>,
    items: Vec<SeenItem>,
    /// The codes of failed items.
    codes: Vec<i64>,
    calendar: Calendar,
    /// The values of the keys of an item.
    values: Vec<Asked>,
}

/// The number of a group that is not known yet.
pub(super) const UNKNOWN: u32 = u32::MAX;

impl Block {
    pub(super) fn new(settings: &Settings) -> Self {
        Block {
            rows: Rows {
                groups: Groups::new(settings.by.len()),
                callbacks: Vec::new(),
                items: Vec::new(),
                codes: Vec::new(),
                calendar: Calendar::new(settings.time_zone.clone()),
                values: vec![Asked::Value(KeyValue::Absent); settings.by.len()],
            },
            adopted: Vec::new(),
            compact: Compact::default(),
        }
    }

    /// Calls `each` with all callbacks, their items and the codes of the failed ones, until it fails.
    #[inline]
    pub(super) fn each<E>(
        &mut self,
        mut each: impl FnMut(&Seen, &[SeenItem], &[i64], Adopting<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Block { rows, adopted, .. } = self;
        adopted.resize(rows.groups.len(), UNKNOWN);
        let (mut items, mut codes) = (&rows.items[..], &rows.codes[..]);
        for seen in &rows.callbacks {
            let own;
            (own, items) = items.split_at(seen.items as usize);
            let own_codes;
            (own_codes, codes) = codes.split_at(seen.codes as usize);
            each(seen, own, own_codes, (&rows.groups, adopted))?;
        }
        Ok(())
    }
}

impl Collect<Settings> for Block {
    fn like(&self, settings: &Settings) -> Self {
        Block::new(settings)
    }

    #[inline]
    fn add(&mut self, record: &Record<'_>, settings: &Settings) {
        if let Some(values) = record.compact(&mut self.compact) {
            self.rows.add(&values, record.delivery_key(), settings);
        }
    }

    /// Groups are kept as well, if there are not too many.
    fn empty(&mut self) {
        const MOST_GROUPS: usize = 4096;
        const MOST_BYTES: usize = 1 << 20;
        let rows = &mut self.rows;
        rows.callbacks.clear();
        rows.items.clear();
        rows.codes.clear();
        if rows.groups.len() > MOST_GROUPS || rows.groups.bytes() > MOST_BYTES {
            rows.groups = Groups::new(rows.values.len());
            self.adopted.clear();
        }
    }
}

impl Rows {
    /// Adds a callback. `noted` is its key if items were removed from it.
    #[inline]
    fn add(&mut self, values: &CompactRef<'_>, noted: Option<DeliveryKey>, settings: &Settings) {
        let time = values.create_time();
        let local = time.filter(|&time| plausible(time));
        let local = local.map(|time| self.calendar.at(time));
        for (at, key) in settings.by.iter().enumerate() {
            if !key.is_of_item() {
                self.values[at] = Asked::Value(self.of_callback(*key, values, local));
            }
        }
        let codes = self.codes.len();
        for item in values.items() {
            self.add_item(values, &item, settings);
        }
        let user = values.user();
        let key = || noted.unwrap_or_else(|| DeliveryKey::of_values(*values, user));
        self.callbacks.push(Seen {
            key: (!settings.keep_repeats).then(key),
            event: values.event(),
            items: values.items().len() as u32,
            codes: (self.codes.len() - codes) as u32,
            time,
            day: local.map(LocalTime::day),
            user: user.map(|user| user.hash),
        });
    }

    #[inline(always)]
    fn add_item(&mut self, values: &CompactRef<'_>, item: &CompactItem<'_>, settings: &Settings) {
        for (value, key) in self.values.iter_mut().zip(&settings.by) {
            if key.is_of_item() {
                *value = asked(*key, item);
            }
        }
        let status = item.status().map(|place| place.of(values.all()));
        let said = Said::of(values.event(), status, item.error_code());
        if said == Said::Failed && settings.with_codes {
            self.codes.extend(item.error_code());
        }
        let group = self.groups.group(&self.values, values.all());
        self.items.push(SeenItem { group, said });
    }

    /// Returns the value of a key that all items of a callback share.
    ///
    /// It is not inlined: otherwise the compiler computes all parts of the time for each callback, in 75 instructions, even
    /// if no key asks for them.
    #[inline(never)]
    fn of_callback(
        &mut self,
        key: Key,
        values: &CompactRef<'_>,
        local: Option<LocalTime>,
    ) -> KeyValue {
        let number = |of: fn(LocalTime) -> i64| local.map(of);
        let number = match key {
            Key::Account => return self.text(values.to_user()),
            Key::Event => return self.text(Some(values.event().name().as_bytes())),
            Key::Hour => number(LocalTime::hour),
            Key::HourOfDay => number(LocalTime::hour_of_day),
            Key::Weekday => number(LocalTime::weekday),
            Key::Day => number(LocalTime::day),
            Key::Week => number(LocalTime::week),
            Key::Month => local.map(|time| self.calendar.month(time)),
            Key::Template | Key::Scene | Key::Status | Key::Code => None,
        };
        number.map_or(KeyValue::Absent, KeyValue::Number)
    }

    #[inline]
    fn text(&mut self, text: Option<&[u8]>) -> KeyValue {
        text.map_or(KeyValue::Absent, |text| {
            KeyValue::Text(self.groups.text(text))
        })
    }
}

/// Returns the value of a key of an item.
#[inline(always)]
fn asked(key: Key, item: &CompactItem<'_>) -> Asked {
    let text = |place: Option<Place>| place.map_or(Asked::Value(KeyValue::Absent), Asked::Text);
    let number = match key {
        Key::Template => return text(item.template_id()),
        Key::Status => return text(item.status()),
        Key::Scene => item.popup_scene(),
        Key::Code => item.error_code(),
        _ => None,
    };
    Asked::Value(number.map_or(KeyValue::Absent, KeyValue::Number))
}

/// The counts of a group.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) callbacks: u64,
    pub(super) said: [u64; Said::COUNT],
    pub(super) users: Users,
    /// The number of the last callback with an item in this group.
    last: u64,
}

impl Group {
    /// Counts an item of the callback with this number. Returns the number of bytes by which the group grew.
    #[inline]
    pub(super) fn add(&mut self, number: u64, said: Said, user: Option<u64>) -> isize {
        self.said[said as usize] += 1;
        if self.last == number {
            return 0;
        }
        self.last = number;
        self.callbacks += 1;
        user.map_or(0, |user| self.users.insert(user))
    }
}

/// The counts of all blocks.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) groups: Groups,
    pub(super) counts: Vec<Group>,
    pub(super) overview: Overview,
    pub(super) deliveries: Deliveries,
    /// The memory of everything but `deliveries`, in bytes.
    bytes: usize,
    /// The memory of all users in bytes.
    users: usize,
    /// True if `bytes` is too low.
    has_grown: bool,
    /// The number of callbacks.
    number: u64,
}

impl folding::Whole for Whole {
    type Settings = Settings;
    type Block = Block;

    fn none(settings: &Settings) -> Self {
        Whole {
            groups: Groups::new(settings.by.len()),
            counts: Vec::new(),
            overview: Overview::default(),
            deliveries: Deliveries::default(),
            bytes: 0,
            users: 0,
            has_grown: false,
            number: 0,
        }
    }

    fn take(&mut self, block: &mut Block, settings: &Settings) -> Result<(), Failure> {
        let limit = settings.max_memory;
        block.each(|seen, items, codes, (local, adopted)| {
            if self.deliveries.is_new(seen.delivery(), self.bytes, limit)? {
                self.overview.add(seen.event, seen.time, seen.day);
                self.count(seen, items, local, adopted);
                self.count_codes(items, codes, adopted);
                if std::mem::take(&mut self.has_grown) {
                    self.check(limit)?;
                }
            }
            Ok(())
        })
    }

    fn deliveries(&self) -> &Deliveries {
        &self.deliveries
    }
}

impl Whole {
    #[inline]
    fn count(&mut self, seen: &Seen, items: &[SeenItem], local: &Groups, adopted: &mut [u32]) {
        self.number += 1;
        for item in items {
            let group = &mut adopted[item.group as usize];
            if *group == UNKNOWN {
                *group = self.adopt(local, item.group);
            }
            let grown = self.counts[*group as usize].add(self.number, item.said, seen.user);
            if grown != 0 {
                self.users = self.users.saturating_add_signed(grown);
                self.has_grown = true;
            }
        }
    }

    /// Returns the number of a block's group here.
    #[cold]
    fn adopt(&mut self, local: &Groups, group: u32) -> u32 {
        let group = self.groups.adopt(local, group);
        self.counts.resize_with(self.groups.len(), Group::default);
        self.has_grown = true;
        group
    }

    /// Counts the codes of failed items by group.
    #[inline]
    fn count_codes(&mut self, items: &[SeenItem], codes: &[i64], adopted: &[u32]) {
        if codes.is_empty() {
            return;
        }
        let failed = items.iter().filter(|item| item.said == Said::Failed);
        for (item, code) in failed.zip(codes) {
            let group = adopted[item.group as usize];
            self.has_grown |= self.overview.add_code(group, *code);
        }
    }

    /// Checks that memory suffices, perhaps after forgetting old callbacks.
    #[cold]
    fn check(&mut self, limit: usize) -> Result<(), Failure> {
        let counts = self.counts.capacity() * size_of::<Group>();
        self.bytes = self.groups.bytes() + counts + self.users + self.overview.bytes();
        self.deliveries.check(self.bytes, 0, limit)
    }
}
