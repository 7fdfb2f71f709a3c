//! The counts of a run, from which its exit status follows.

use std::collections::BTreeMap;

use crate::event::Event;
use crate::finding::{Code, Finding, Severity};
use crate::pipeline::{Rest, Sink, Stop};
use crate::record::{Outcome, Record, Sealed, Trust};
use crate::span::Place;

/// Counts of what was found; a fold over records.
///
/// ```
/// use wxsub::{pipeline, report::Tally, Event};
///
/// let log = "<xml><Event>subscribe_msg_sent_event</Event></xml>\n{\"MsgType\":\"text\",\"ToUserName\":\"x\"}\n";
/// let mut tally = Tally::default();
/// pipeline::run(log.as_bytes(), "log", &pipeline::Options::default(), &mut tally).unwrap();
/// assert_eq!(tally.callbacks(Event::Sent), 1);
/// assert_eq!(tally.others().collect::<Vec<_>>(), [("text", 1)]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    callbacks: [u64; Event::ALL.len()],
    others: BTreeMap<String, u64>,
    /// Others whose names are beyond the most that are kept.
    unnamed: u64,
    undecodable: u64,
    filtered_out: u64,
    deduplicated: u64,
    unseals: Unseals,
    /// The first of them.
    places: Vec<Undecodable>,
    /// By what they weigh in this run, which may be something else than usual.
    findings: BTreeMap<(Code, Severity), u64>,
    expected: u64,
    allowed: u64,
    dropped: u64,
    noise: u64,
    bytes: u64,
    sources: u64,
}

/// How many payloads came sealed and were opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unseals {
    /// Those whose signature is right.
    pub verified: u64,
    /// Those that were opened and not verified.
    pub unverified: u64,
    /// How many each key opened, in the order of the keys; empty if nothing was opened.
    pub by_key: Vec<u64>,
}

impl Unseals {
    fn count(&mut self, sealed: &Sealed) {
        match sealed.trust() {
            Trust::Verified => self.verified += 1,
            Trust::Opened | Trust::None => self.unverified += 1,
        }
        let (key, keys) = sealed.key();
        self.by_key.resize(self.by_key.len().max(keys), 0);
        self.by_key[key - 1] += 1;
    }

    fn add(&mut self, later: &Unseals) {
        self.verified += later.verified;
        self.unverified += later.unverified;
        self.by_key
            .resize(self.by_key.len().max(later.by_key.len()), 0);
        let counts = self.by_key.iter_mut().zip(&later.by_key);
        counts.for_each(|(count, more)| *count += more);
    }
}

/// Where a payload stands that could not be decoded, and why it could not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecodable {
    /// The name of the capture.
    pub source: String,
    /// Where in it decoding failed.
    pub place: Place,
    /// What is wrong there.
    pub code: Code,
}

impl Undecodable {
    fn of(record: &Record<'_>) -> Option<Self> {
        let finding = record.findings().first()?;
        Some(Undecodable {
            source: record.source().to_owned(),
            place: record.place(finding.span().start),
            code: finding.code(),
        })
    }
}

/// What a run comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing to complain about.
    Fine,
    /// Only warnings.
    Warnings,
    /// Errors in what was decoded.
    Errors,
    /// Something could not be decoded.
    Undecodable,
}

impl Tally {
    /// The most names of other messages that are kept: in a hostile capture every message has its own.
    const MOST_NAMES: usize = 100;

    /// How many places of undecodable payloads are kept: enough to look.
    const MOST_PLACES: usize = 3;

    /// How many callbacks report `event`.
    pub fn callbacks(&self, event: Event) -> u64 {
        Event::ALL
            .iter()
            .zip(self.callbacks)
            .find(|(known, _)| **known == event)
            .map_or(0, |(_, count)| count)
    }

    /// How many callbacks there are.
    pub fn all_callbacks(&self) -> u64 {
        self.callbacks.iter().sum()
    }

    /// Messages of other kinds, by name.
    pub fn others(&self) -> impl Iterator<Item = (&str, u64)> {
        self.others
            .iter()
            .map(|(name, count)| (name.as_str(), *count))
    }

    /// How many messages of other kinds there are.
    pub fn all_others(&self) -> u64 {
        self.others.values().sum::<u64>() + self.unnamed
    }

    /// How many payloads could not be decoded.
    pub fn undecodable(&self) -> u64 {
        self.undecodable
    }

    /// How many callbacks were not asked for.
    pub fn filtered_out(&self) -> u64 {
        self.filtered_out
    }

    /// How many callbacks were delivered before.
    pub fn deduplicated(&self) -> u64 {
        self.deduplicated
    }

    /// How many payloads were opened.
    pub fn unseals(&self) -> &Unseals {
        &self.unseals
    }

    /// Where the first of the undecodable payloads stand.
    pub fn first_undecodable(&self) -> &[Undecodable] {
        &self.places
    }

    /// How many findings there are of each code: what weighs most first, then what there is most of.
    pub fn findings_by_code(&self) -> Vec<(Code, u64)> {
        let mut by_code: BTreeMap<Code, (Severity, u64)> = BTreeMap::new();
        for ((code, severity), count) in &self.findings {
            // The weights of a code come in order, so the last is the most.
            let (most, all) = by_code.entry(*code).or_insert((*severity, 0));
            (*most, *all) = (*severity, *all + count);
        }
        let mut counts: Vec<_> = by_code.into_iter().collect();
        counts.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
        counts
            .into_iter()
            .map(|(code, (_, count))| (code, count))
            .collect()
    }

    /// How many findings weigh as much as `severity`.
    pub fn findings(&self, severity: Severity) -> u64 {
        self.findings
            .iter()
            .filter(|((_, weight), _)| *weight == severity)
            .map(|(_, count)| count)
            .sum()
    }

    /// How many findings have this code.
    pub fn count_of(&self, code: Code) -> u64 {
        self.findings
            .iter()
            .filter(|((known, _), _)| *known == code)
            .map(|(_, count)| count)
            .sum()
    }

    /// How many findings were expected, and so are not among the others.
    pub fn expected(&self) -> u64 {
        self.expected
    }

    /// How many findings were neither kept nor counted by code, because their payload has so many.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// How many findings were allowed, and so are not among the others.
    pub fn allowed(&self) -> u64 {
        self.allowed
    }

    /// How many bytes belong to no payload.
    pub fn noise(&self) -> u64 {
        self.noise
    }

    /// How many bytes the captures have, as far as they were read.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many messages of other kinds there are beyond those that [`Tally::others`] names.
    pub fn unnamed_others(&self) -> u64 {
        self.unnamed
    }

    /// How many captures were read, if not all to their end.
    pub fn sources(&self) -> u64 {
        self.sources
    }

    /// What it comes to. Every payload that could not be decoded has a finding that says why; if that was expected, so
    /// was the payload.
    pub fn verdict(&self) -> Verdict {
        let worst = self.findings.keys().map(|(_, severity)| *severity).max();
        match worst {
            None => Verdict::Fine,
            Some(Severity::Warning) => Verdict::Warnings,
            Some(Severity::Error) => Verdict::Errors,
            Some(Severity::Undecodable) => Verdict::Undecodable,
        }
    }

    /// Counts a finding that is not in a record.
    pub fn count(&mut self, finding: &Finding) {
        self.count_as(finding.code(), finding.severity());
    }

    /// Counts a finding that weighs as much as `severity`.
    pub fn count_as(&mut self, code: Code, severity: Severity) {
        *self.findings.entry((code, severity)).or_default() += 1;
    }

    /// Counts a finding that was expected.
    pub fn count_expected(&mut self) {
        self.expected += 1;
    }

    /// Counts a finding that is allowed.
    pub fn count_allowed(&mut self) {
        self.allowed += 1;
    }

    /// Counts a payload, but not its findings.
    #[inline]
    pub fn count_payload(&mut self, record: &Record<'_>) {
        self.dropped += record.findings_dropped() as u64;
        match record.outcome() {
            Outcome::Callback(event) => self.callbacks[*event as usize] += 1,
            Outcome::Other(name) => self.count_other(name, 1),
            Outcome::Undecodable => self.count_undecodable(record),
            Outcome::Remark => {}
            Outcome::FilteredOut(_) => self.filtered_out += 1,
            Outcome::Deduplicated(_) => self.deduplicated += 1,
        }
        if let Some(sealed) = record.sealed() {
            self.unseals.count(sealed);
        }
    }

    /// How many payloads there are, whatever became of them.
    pub fn payloads(&self) -> u64 {
        self.all_callbacks()
            + self.all_others()
            + self.undecodable
            + self.filtered_out
            + self.deduplicated
    }

    fn count_undecodable(&mut self, record: &Record<'_>) {
        self.undecodable += 1;
        if self.places.len() < Self::MOST_PLACES {
            self.places.extend(Undecodable::of(record));
        }
    }

    /// Counts under a name. Of too many names the last in the alphabet go, whatever the order in which they came: so
    /// the counts of those that stay are whole, and the same however a run is cut into blocks.
    fn count_other(&mut self, name: &str, count: u64) {
        match self.others.get_mut(name) {
            Some(known) => *known += count,
            None => _ = self.others.insert(name.to_owned(), count),
        }
        if self.others.len() > Self::MOST_NAMES {
            self.unnamed += self.others.pop_last().map_or(0, |(_, count)| count);
        }
    }
}

impl Sink for Tally {
    fn fork(&self) -> Self {
        Tally::default()
    }

    fn record(&mut self, record: &Record<'_>) {
        self.count_payload(record);
        record
            .findings()
            .iter()
            .for_each(|finding| self.count_as(finding.code(), record.severity(finding)));
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        for (count, more) in self.callbacks.iter_mut().zip(later.callbacks) {
            *count += more;
        }
        for (name, count) in &later.others {
            self.count_other(name, *count);
        }
        for (kind, count) in later.findings {
            *self.findings.entry(kind).or_default() += count;
        }
        self.expected += later.expected;
        self.allowed += later.allowed;
        self.dropped += later.dropped;
        self.unnamed += later.unnamed;
        self.undecodable += later.undecodable;
        self.filtered_out += later.filtered_out;
        self.deduplicated += later.deduplicated;
        self.unseals.add(&later.unseals);
        self.places.extend(later.places);
        self.places.truncate(Self::MOST_PLACES);
        self.noise += later.noise;
        self.bytes += later.bytes;
        self.sources += later.sources;
        Ok(())
    }

    fn end(&mut self, _source: &str, rest: &Rest) {
        self.noise += rest.noise();
        self.bytes += rest.bytes();
        self.sources += 1;
    }

    fn cut(&mut self, source: &str, rest: &Rest) {
        self.end(source, rest);
    }
}
