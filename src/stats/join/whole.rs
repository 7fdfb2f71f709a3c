//! The results of all blocks, and their join with the sends.

use std::cmp::Ordering;
use std::mem::take;

use crate::event::Event;
use crate::stats::Failure;
use crate::stats::block::{Block, Local, SeenCallback, SeenItem};
use crate::stats::deliveries::Deliveries;
use crate::stats::folding;
use crate::stats::join::{JoinSettings, Joined};
use crate::stats::names::{NO_NAME, Name, push};
use crate::stats::sends::Sends;
use crate::stats::sends::matching::{Match, Matching, Side};
use crate::stats::sends::msg_id::MsgId;
use crate::stats::sends::time::{NO_TIME, Second};

/// The result of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub(super) id: MsgId,
    pub(super) code: Option<i64>,
    pub(super) user: Name,
    pub(super) template: Name,
    pub(super) time: Second,
    pub(super) status: Name,
}

/// What was read.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) sends: Sends,
    results: Vec<Sent>,
    /// The first and the last plausible time of a callback.
    period: Option<(Second, Second)>,
    deliveries: Deliveries,
}

impl folding::Whole for Whole {
    type Settings = JoinSettings;
    type Block = Block;

    fn none(_settings: &JoinSettings) -> Self {
        Whole::new(Sends::default())
    }

    fn take(&mut self, block: &mut Block, settings: &JoinSettings) -> Result<(), Failure> {
        block.each(|seen, user, items, local| self.callback(seen, user, items, local, settings))
    }

    fn deliveries(&self) -> &Deliveries {
        &self.deliveries
    }
}

impl Whole {
    pub(super) fn new(sends: Sends) -> Self {
        Whole {
            sends,
            results: Vec::new(),
            period: None,
            deliveries: Deliveries::default(),
        }
    }

    fn callback(
        &mut self,
        seen: &SeenCallback,
        user: &str,
        items: &[SeenItem],
        local: &mut Local,
        settings: &JoinSettings,
    ) -> Result<(), Failure> {
        self.widen(seen.time);
        let (bytes, limit) = (self.bytes(), settings.max_memory);
        if !self.deliveries.is_new(seen.delivery(), bytes, limit)? {
            return Ok(());
        }
        if seen.event == Event::Sent {
            let user = seen
                .user
                .map_or(NO_NAME, |hash| self.sends.users.hashed(user, hash));
            for item in items {
                self.item(user, seen.time, item, local);
            }
        }
        self.check(limit)
    }

    fn widen(&mut self, time: Second) {
        if time != NO_TIME {
            let (first, last) = self.period.unwrap_or((time, time));
            self.period = Some((first.min(time), last.max(time)));
        }
    }

    fn item(&mut self, user: Name, time: Second, item: &SeenItem, local: &mut Local) {
        let texts = &mut self.sends.texts;
        let sent = Sent {
            id: item.id.renamed(|name| local.adopt(name, texts)),
            code: item.code,
            user,
            template: local.adopt(item.template, texts),
            time,
            status: local.adopt(item.status, texts),
        };
        push(&mut self.results, sent);
    }

    /// Returns the memory of everything but repeats, in bytes.
    fn bytes(&self) -> usize {
        self.sends.bytes() + self.results.capacity() * size_of::<Sent>()
    }

    /// Returns the memory that the join takes, when repeats are forgotten.
    fn later_bytes(&self) -> usize {
        40 * self.results.len() + 48 * self.sends.len()
    }

    pub(super) fn check(&mut self, limit: usize) -> Result<(), Failure> {
        let (bytes, later) = (self.bytes(), self.later_bytes());
        self.deliveries.check(bytes, later, limit)
    }

    /// Joins the sends with the results.
    pub(super) fn finish(mut self, settings: &JoinSettings) -> Joined {
        self.deliveries.forget();
        self.sends.settle();
        let mut results = take(&mut self.results);
        results.sort_unstable_by(|a, b| self.compare(a, b));
        let matches = self.matches(&results);
        let order = self.order(&results, &matches, settings);
        let strays = self.strays(&results, &matches, settings);
        Joined {
            sends: self.sends,
            results,
            matches,
            order,
            strays,
            period: self.period,
            all: settings.all,
        }
    }

    fn matches(&self, results: &[Sent]) -> Vec<Option<Match>> {
        Matching::run(&self.sends.rows, results.len() as u32, |at| {
            let Sent {
                id, user, template, ..
            } = results[at as usize];
            Side { id, user, template }
        })
    }

    /// Returns the sends that are wanted, in the order of their times. What a send does not say its result may.
    fn order(
        &self,
        results: &[Sent],
        matches: &[Option<Match>],
        settings: &JoinSettings,
    ) -> Vec<u32> {
        let rows = &self.sends.rows;
        let is_wanted = |at: &u32| {
            let (row, matched) = (&rows[*at as usize], matches[*at as usize]);
            let result = matched.map(|matched| &results[matched.result as usize]);
            let given = |name: Name, of_result: fn(&Sent) -> Name| match name {
                NO_NAME => result.map_or(NO_NAME, of_result),
                name => name,
            };
            let user = given(row.user, |result| result.user);
            let template = given(row.template, |result| result.template);
            self.is_of(user, template, settings)
        };
        let mut order: Vec<u32> = (0..rows.len() as u32).filter(is_wanted).collect();
        // The rest of the order is that of the rows.
        order.sort_by_key(|&at| rows[at as usize].time);
        order
    }

    /// Returns the results without a send that are wanted, in the order of their times.
    fn strays(
        &self,
        results: &[Sent],
        matches: &[Option<Match>],
        settings: &JoinSettings,
    ) -> Vec<u32> {
        let mut is_matched = vec![false; results.len()];
        for matched in matches.iter().flatten() {
            is_matched[matched.result as usize] = true;
        }
        let results_with_numbers = results.iter().zip(0_u32..);
        let strays = results_with_numbers
            .filter(|(sent, at)| !is_matched[*at as usize] && self.is_wanted(sent, settings));
        let mut strays: Vec<u32> = strays.map(|(_, at)| at).collect();
        strays.sort_by_key(|&at| results[at as usize].time);
        strays
    }

    fn is_wanted(&self, sent: &Sent, settings: &JoinSettings) -> bool {
        let selection = &settings.selection;
        let is_of_time = sent.time == NO_TIME || selection.wants_time(sent.time.into());
        is_of_time && self.is_of(sent.user, sent.template, settings)
    }

    fn is_of(&self, user: Name, template: Name, settings: &JoinSettings) -> bool {
        let names = [
            None,
            self.sends.users.get(user),
            self.sends.texts.get(template),
        ];
        settings.selection.wants(names)
    }

    /// Compares results in an order that does not depend on that of files.
    fn compare(&self, a: &Sent, b: &Sent) -> Ordering {
        let (users, texts) = (&self.sends.users, &self.sends.texts);
        let words = |sent: &Sent| {
            [
                users.text(sent.user),
                texts.text(sent.template),
                texts.text(sent.status),
            ]
        };
        let by_id = a.id.compare(b.id, texts);
        by_id
            .then((a.time, a.code).cmp(&(b.time, b.code)))
            .then_with(|| words(a).cmp(&words(b)))
    }
}
