//! The counts of all blocks, for a page.

use std::collections::BTreeMap;

use crate::event::Event;
use crate::stats::Failure;
use crate::stats::calendar::{Calendar, plausible, weekday};
use crate::stats::count::{Adopting, Group, Seen, SeenItem, Settings, UNKNOWN};
use crate::stats::deliveries::Deliveries;
use crate::stats::folding;
use crate::stats::groups::{Asked, Groups, KeyValue};
use crate::stats::overview::Overview;
use crate::stats::page::Block;
use crate::stats::page::places::Places;
use crate::stats::page::timeline::{DAY, SaidCounts, Timeline};
use crate::stats::result::Row;
use crate::stats::said::Said;
use crate::stats::users::Users;

/// The hours of a week, from Monday.
pub(super) const WEEK: usize = 7 * 24;

/// Callbacks by the hour of the week.
pub(super) type Week = [u64; WEEK];

/// The counts of all blocks.
#[derive(Debug)]
pub(super) struct Whole {
    /// Pairs of template and scene, with the texts of templates.
    pub(super) pairs: Groups,
    /// The template of each pair, by its number, and the scene.
    parts: Vec<(u32, Option<i64>)>,
    /// Templates, with the numbers that their texts have in `pairs`.
    pub(super) templates: Groups,
    /// The counts of each template.
    pub(super) counts: Vec<Group>,
    pub(super) timeline: Timeline,
    /// What the items of prompts say, by scene.
    pub(super) scenes: BTreeMap<Option<i64>, SaidCounts>,
    /// The hours of callbacks, by event.
    pub(super) weeks: [Week; Event::ALL.len()],
    /// All users.
    pub(super) users: Users,
    pub(super) overview: Overview,
    pub(super) deliveries: Deliveries,
    pub(super) places: Places,
    calendar: Calendar,
    /// The memory of everything but `deliveries`, in bytes.
    bytes: usize,
    /// The memory of all users in bytes.
    users_bytes: usize,
    /// The number of callbacks.
    number: u64,
}

impl folding::Whole for Whole {
    type Settings = Settings;
    type Block = Block;

    fn none(settings: &Settings) -> Self {
        Whole {
            pairs: Groups::new(settings.by.len()),
            parts: Vec::new(),
            templates: Groups::new(1),
            counts: Vec::new(),
            timeline: Timeline::default(),
            scenes: BTreeMap::new(),
            weeks: [[0; WEEK]; Event::ALL.len()],
            users: Users::default(),
            overview: Overview::default(),
            deliveries: Deliveries::default(),
            places: Places::default(),
            calendar: Calendar::new(settings.time_zone.clone()),
            bytes: 0,
            users_bytes: 0,
            number: 0,
        }
    }

    fn take(&mut self, block: &mut Block, settings: &Settings) -> Result<(), Failure> {
        let limit = settings.max_memory;
        self.places.join(&mut block.places);
        block.rows.each(|seen, items, codes, adopting| {
            if self.deliveries.is_new(seen.delivery(), self.bytes, limit)? {
                self.add(seen, items, codes, adopting);
            }
            Ok(())
        })?;
        self.check(limit)
    }

    fn deliveries(&self) -> &Deliveries {
        &self.deliveries
    }
}

impl Whole {
    /// Counts a callback.
    fn add(&mut self, seen: &Seen, items: &[SeenItem], codes: &[i64], adopting: Adopting<'_>) {
        self.number += 1;
        self.overview.add(seen.event, seen.time, seen.day);
        let hour = self.hour(seen);
        let (local, adopted) = adopting;
        let mut codes = codes.iter();
        for item in items {
            let pair = &mut adopted[item.group as usize];
            if *pair == UNKNOWN {
                *pair = self.adopt(local, item.group);
            }
            let (template, scene) = self.parts[*pair as usize];
            self.add_item(seen, item.said, (template, scene, hour));
            if let (Said::Failed, Some(code)) = (item.said, codes.next()) {
                self.overview.add_code(template, *code);
            }
        }
        if let Some(user) = seen.user.filter(|_| !items.is_empty()) {
            self.grow_users(|whole| whole.users.insert(user));
        }
    }

    /// Counts an item of a template, scene and hour.
    fn add_item(&mut self, seen: &Seen, said: Said, of: (u32, Option<i64>, Option<i64>)) {
        let (template, scene, hour) = of;
        let number = self.number;
        self.grow_users(|whole| whole.counts[template as usize].add(number, said, seen.user));
        if let Some(hour) = hour {
            self.timeline.add(template, hour, said);
        }
        if seen.event == Event::Popup {
            let counts = self.scenes.entry(scene).or_insert([0; Said::COUNT]);
            counts[said as usize] += 1;
        }
    }

    /// Counts a callback's hour of the week, and returns its hour.
    fn hour(&mut self, seen: &Seen) -> Option<i64> {
        let time = seen.time.filter(|&time| plausible(time))?;
        let hour = self.calendar.at(time).local_hour();
        let (day, of_day) = (hour.div_euclid(DAY), hour.rem_euclid(DAY));
        let at = (weekday(day) - 1) * DAY + of_day;
        self.weeks[seen.event as usize][at as usize] += 1;
        Some(hour)
    }

    fn grow_users(&mut self, insert: impl FnOnce(&mut Whole) -> isize) {
        let grown = insert(self);
        self.users_bytes = self.users_bytes.saturating_add_signed(grown);
    }

    /// Returns the number of a block's pair here.
    #[cold]
    fn adopt(&mut self, local: &Groups, pair: u32) -> u32 {
        let pair = self.pairs.adopt(local, pair);
        if self.parts.len() <= pair as usize {
            let values = self.pairs.values_of(pair);
            let template = self.templates.group(&[Asked::Value(values[0])], &[]);
            let scene = match values[1] {
                KeyValue::Number(scene) => Some(scene),
                _ => None,
            };
            self.parts.push((template, scene));
            self.counts
                .resize_with(self.templates.len(), Group::default);
        }
        pair
    }

    /// Checks that memory suffices, perhaps after forgetting old callbacks.
    fn check(&mut self, limit: usize) -> Result<(), Failure> {
        const SCENE: usize = 112;
        // What is drawn from the counts: the rows of templates in two orders.
        let later = 2 * self.counts.len() * size_of::<(u32, Row)>();
        self.bytes = self.pairs.bytes()
            + self.templates.bytes()
            + self.parts.capacity() * size_of::<(u32, Option<i64>)>()
            + self.counts.capacity() * size_of::<Group>()
            + self.timeline.bytes()
            + self.scenes.len() * SCENE
            + self.users_bytes
            + self.overview.bytes();
        self.deliveries.check(self.bytes, later, limit)
    }
}
