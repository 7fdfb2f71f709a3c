//! The steps of all blocks, and how they are put in order.

use std::cmp::Ordering;
use std::mem::take;

use hashbrown::HashTable;

use crate::event::send;
use crate::stats::Failure;
use crate::stats::block::{Block, Local, SeenCallback, SeenItem};
use crate::stats::deliveries::Deliveries;
use crate::stats::folding;
use crate::stats::names::{NO_NAME, Name, push};
use crate::stats::quota::ledger::{GivenBack, Kind, Step};
use crate::stats::quota::{Grants, QuotaSettings};
use crate::stats::said::Said;
use crate::stats::sends::matching::{Match, Matching, Side};
use crate::stats::sends::msg_id::MsgId;
use crate::stats::sends::time::{NO_TIME, Second};
use crate::stats::sends::{Send, Sends};

/// An account, a user of it, and a template.
pub(super) type Pair = [Name; 3];

/// A step, and the number of its pair.
#[derive(Clone, Copy, Debug)]
pub(super) struct PairStep {
    pub(super) pair: u32,
    pub(super) step: Step,
}

/// The result of a message, for joining it with its send.
#[derive(Clone, Copy, Debug)]
struct Sent {
    id: MsgId,
    code: Option<i64>,
    pair: u32,
    time: Second,
    status: Name,
    is_delivered: bool,
}

/// What was counted.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) sends: Sends,
    /// True if results must be joined with sends.
    has_sends: bool,
    pub(super) pairs: Vec<Pair>,
    index: HashTable<u32>,
    steps: Vec<PairStep>,
    results: Vec<Sent>,
    pub(super) given_back: Vec<GivenBack>,
    deliveries: Deliveries,
    /// Callbacks without a plausible time, which have no place in the order.
    pub(super) timeless: u64,
}

impl folding::Whole for Whole {
    type Settings = QuotaSettings;
    type Block = Block;

    fn none(_settings: &QuotaSettings) -> Self {
        Whole::new(Sends::default())
    }

    fn take(&mut self, block: &mut Block, settings: &QuotaSettings) -> Result<(), Failure> {
        block.each(|seen, user, items, local| self.callback(seen, user, items, local, settings))
    }

    fn deliveries(&self) -> &Deliveries {
        &self.deliveries
    }
}

impl Whole {
    pub(super) fn new(sends: Sends) -> Self {
        Whole {
            has_sends: !sends.is_empty(),
            sends,
            pairs: Vec::new(),
            index: HashTable::new(),
            steps: Vec::new(),
            results: Vec::new(),
            given_back: Vec::new(),
            deliveries: Deliveries::default(),
            timeless: 0,
        }
    }

    #[inline]
    fn callback(
        &mut self,
        seen: &SeenCallback,
        user: &str,
        items: &[SeenItem],
        local: &mut Local,
        settings: &QuotaSettings,
    ) -> Result<(), Failure> {
        let (bytes, limit) = (self.bytes(), settings.max_memory);
        if !self.deliveries.is_new(seen.delivery(), bytes, limit)? {
            return Ok(());
        }
        if seen.time == NO_TIME {
            self.timeless += 1;
            return Ok(());
        }
        let user = seen
            .user
            .map_or(NO_NAME, |hash| self.sends.users.hashed(user, hash));
        let account = local.adopt(seen.account, &mut self.sends.texts);
        for item in items {
            let template = local.adopt(item.template, &mut self.sends.texts);
            let pair = self.pair([account, user, template]);
            self.item(pair, seen.time, item, local);
        }
        self.check(limit)
    }

    #[inline]
    fn item(&mut self, pair: u32, time: Second, item: &SeenItem, local: &mut Local) {
        let texts = &mut self.sends.texts;
        let status = local.adopt(item.status, texts);
        let id = item.id.renamed(|name| local.adopt(name, texts));
        let is_delivered = item.said == Said::Delivered;
        if self.has_sends && !id.is_none() {
            let code = item.code;
            let sent = Sent {
                id,
                code,
                pair,
                time,
                status,
                is_delivered,
            };
            return push(&mut self.results, sent);
        }
        self.step(pair, time, kind(item.said, item.code), status);
    }

    fn step(&mut self, pair: u32, time: Second, kind: Kind, status: Name) {
        let step = Step { time, kind, status };
        push(&mut self.steps, PairStep { pair, step });
    }

    /// Returns the number of a pair.
    #[inline]
    fn pair(&mut self, pair: Pair) -> u32 {
        let (pairs, seed) = (&mut self.pairs, self.sends.users.seed());
        let wanted = hash(&pair, seed);
        if let Some(known) = self.index.find(wanted, |&at| pairs[at as usize] == pair) {
            return *known;
        }
        let at = pairs.len() as u32;
        push(pairs, pair);
        let hash_of = |&at: &u32| hash(&pairs[at as usize], seed);
        self.index.insert_unique(wanted, at, hash_of);
        at
    }

    /// Returns the memory of everything but repeats, in bytes.
    #[inline]
    fn bytes(&self) -> usize {
        self.sends.bytes()
            + self.pairs.capacity() * size_of::<Pair>()
            + self.index.allocation_size()
            + self.steps.capacity() * size_of::<PairStep>()
            + self.results.capacity() * size_of::<Sent>()
    }

    /// Returns the memory that putting steps in order takes, when repeats are forgotten.
    #[inline]
    fn later_bytes(&self) -> usize {
        let (users, pairs) = (self.sends.users.len(), self.pairs.len());
        let steps = self.steps.len() + self.results.len() + self.sends.len();
        let joined = 40 * self.results.len() + 16 * self.sends.len();
        let ordered = 4 * users + 24 * pairs + size_of::<Step>() * steps;
        (36 * users).max(ordered).max(joined)
    }

    #[inline]
    pub(super) fn check(&mut self, limit: usize) -> Result<(), Failure> {
        let (bytes, later) = (self.bytes(), self.later_bytes());
        self.deliveries.check(bytes, later, limit)
    }

    /// Puts the steps in order.
    pub(super) fn finish(mut self, settings: &QuotaSettings) -> Grants {
        self.deliveries.forget();
        if self.has_sends {
            self.join_sends(settings);
        }
        let steps = take(&mut self.steps);
        Grants::new(self, steps, settings)
    }

    /// Joins sends with results, and makes their steps.
    fn join_sends(&mut self, settings: &QuotaSettings) {
        self.sends.settle();
        let mut results = take(&mut self.results);
        results.sort_unstable_by(|a, b| self.compare(a, b));
        let matches = self.matches(&results);
        let accepted = self.accepted(&results, &matches);
        for (result, sent) in results.iter().zip(accepted) {
            self.result(result, sent, settings);
        }
        let rows = take(&mut self.sends.rows);
        let unmatched = rows
            .iter()
            .zip(&matches)
            .filter(|(_, matched)| matched.is_none());
        let unmatched: Vec<Send> = unmatched.map(|(row, _)| *row).collect();
        self.unmatched(&unmatched, settings);
    }

    fn matches(&self, results: &[Sent]) -> Vec<Option<Match>> {
        Matching::run(&self.sends.rows, results.len() as u32, |at| {
            let result = &results[at as usize];
            let [_, user, template] = self.pairs[result.pair as usize];
            Side {
                id: result.id,
                user,
                template,
            }
        })
    }

    /// Returns for each result when its send was accepted.
    fn accepted(&self, results: &[Sent], matches: &[Option<Match>]) -> Vec<Option<Second>> {
        let mut accepted = vec![None; results.len()];
        let sends = self.sends.rows.iter().zip(matches);
        for (send, matched) in sends.filter(|(send, _)| send.is_accepted()) {
            if let Some(matched) = matched {
                accepted[matched.result as usize] = Some(send.time);
            }
        }
        accepted
    }

    fn result(&mut self, result: &Sent, accepted: Option<Second>, settings: &QuotaSettings) {
        let said = if result.is_delivered {
            Said::Delivered
        } else {
            Said::Failed
        };
        let (kind, status) = (kind(said, result.code), result.status);
        let is_refusal = kind == Kind::FailedRefused && settings.refused_is_zero;
        match accepted.filter(|_| !result.is_delivered && !is_refusal) {
            Some(sent) => {
                let at = self.given_back.len() as Name;
                self.given_back.push(GivenBack { sent, status });
                self.step(result.pair, result.time, Kind::GivenBack, at);
            }
            None => self.step(result.pair, result.time, kind, status),
        }
    }

    /// Makes the steps of sends without a result.
    fn unmatched(&mut self, sends: &[Send], settings: &QuotaSettings) {
        let counted = sends
            .iter()
            .filter_map(|send| Some((send, kind_of_send(send)?)));
        let counted: Vec<_> = counted.collect();
        let keys = counted.iter().map(|(send, _)| (send.user, send.template));
        let accounts = self.accounts(keys, settings);
        for (send, kind) in counted {
            let key = (send.user, send.template);
            let at = accounts.binary_search_by_key(&key, |(key, _)| *key);
            let account = at.map_or(NO_NAME, |at| accounts[at].1);
            let pair = [account, send.user, send.template];
            if self.is_wanted(pair, settings) {
                let pair = self.pair(pair);
                self.step(pair, send.time, kind, NO_NAME);
            }
        }
    }

    fn is_wanted(&self, [account, user, template]: Pair, settings: &QuotaSettings) -> bool {
        let (users, texts) = (&self.sends.users, &self.sends.texts);
        let names = [texts.get(account), users.get(user), texts.get(template)];
        settings.selection.wants(names)
    }

    /// Returns the account of each user and template, as far as callbacks name one and no other.
    fn accounts(
        &self,
        wanted: impl Iterator<Item = (Name, Name)>,
        settings: &QuotaSettings,
    ) -> Vec<((Name, Name), Name)> {
        const UNKNOWN: Name = Name::MAX;
        // If accounts were chosen, the callbacks of others are not there.
        let is_chosen = !settings.selection.accounts.is_empty();
        let single = if is_chosen {
            NO_NAME
        } else {
            self.single_account()
        };
        let mut accounts: Vec<_> = wanted.map(|key| (key, UNKNOWN)).collect();
        accounts.sort_unstable();
        accounts.dedup();
        for [account, user, template] in &self.pairs {
            let at = accounts.binary_search_by_key(&(*user, *template), |(key, _)| *key);
            if let Ok(at) = at {
                let known = &mut accounts[at].1;
                *known = if *known == UNKNOWN || *known == *account {
                    *account
                } else {
                    NO_NAME
                };
            }
        }
        for (_, account) in &mut accounts {
            if *account == UNKNOWN {
                *account = single;
            }
        }
        accounts
    }

    /// Returns the account of all callbacks, if there is only one.
    fn single_account(&self) -> Name {
        let mut accounts = self.pairs.iter().map(|[account, ..]| *account);
        let first = accounts.next().unwrap_or(NO_NAME);
        if accounts.all(|account| account == first) {
            first
        } else {
            NO_NAME
        }
    }

    /// Compares results in an order that does not depend on that of files.
    fn compare(&self, a: &Sent, b: &Sent) -> Ordering {
        let (users, texts) = (&self.sends.users, &self.sends.texts);
        let words = |sent: &Sent| {
            let [account, user, template] = self.pairs[sent.pair as usize];
            let own = [users.text(user), texts.text(template)];
            (own, texts.text(sent.status), texts.text(account))
        };
        let by_id = a.id.compare(b.id, texts);
        by_id
            .then((a.time, a.code).cmp(&(b.time, b.code)))
            .then_with(|| words(a).cmp(&words(b)))
    }
}

fn kind(said: Said, code: Option<i64>) -> Kind {
    match said {
        Said::Accepted => Kind::Accepted,
        Said::Rejected | Said::OtherStatus => Kind::NotAccepted,
        Said::SwitchedOff => Kind::SwitchedOff,
        Said::OtherChange => Kind::OtherChange,
        Said::Delivered => Kind::Delivered,
        Said::Failed if code == Some(send::REFUSED) => Kind::FailedRefused,
        Said::Failed => Kind::Failed,
    }
}

/// Returns what a send without a result does to a pair, if anything.
fn kind_of_send(send: &Send) -> Option<Kind> {
    match send.code() {
        _ if send.is_accepted() => Some(Kind::Sent),
        Some(send::REFUSED) => Some(Kind::SendRefused),
        _ => None,
    }
}

/// Returns a hash of a pair.
fn hash(pair: &Pair, seed: u64) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    pair.iter().fold(seed, |hash, name| {
        let product = u128::from(hash ^ u64::from(*name)) * u128::from(FACTOR);
        product as u64 ^ (product >> 64) as u64
    })
}
