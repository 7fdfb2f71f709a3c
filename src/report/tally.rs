//! The counts of a run, which decide its exit status.

use std::collections::BTreeMap;

use crate::event::Event;
use crate::finding::{Code, Finding, Severity};
use crate::pipeline::{CaptureStats, Sink, Stop};
use crate::record::{Outcome, Record, Sealed, Trust};
use crate::span::Place;

/// Counts payloads and findings; a sink of records.
///
/// ```
/// use wxsub::{pipeline, report::Tally, Event};
///
/// let log = "<xml><MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event></xml>\n{\"MsgType\":\"text\",\"ToUserName\":\"x\"}\n";
/// let mut tally = Tally::default();
/// pipeline::run(log.as_bytes(), "log", &pipeline::Options::default(), &mut tally).unwrap();
/// assert_eq!(tally.callbacks(Event::Sent), 1);
/// assert_eq!(tally.others().collect::<Vec<_>>(), [("text", 1)]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    callbacks: [u64; Event::ALL.len()],
    others: BTreeMap<String, u64>,
    /// Other messages whose names are not kept, because too many names are known.
    unnamed: u64,
    undecodable: u64,
    filtered_out: u64,
    deduplicated: u64,
    /// Callbacks written without their extra fields.
    shortened: u64,
    decrypted: Decrypted,
    /// The places of the first undecodable payloads.
    places: Vec<Undecodable>,
    /// Counts by code and severity in this run, which may differ from the usual severity.
    findings: BTreeMap<(Code, Severity), u64>,
    expected: u64,
    allowed: u64,
    dropped: u64,
    noise: u64,
    mentions: u64,
    bytes: u64,
    sources: u64,
}

/// The number of decrypted payloads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decrypted {
    /// Payloads with a valid signature.
    pub verified: u64,
    /// Payloads decrypted but not verified.
    pub unverified: u64,
    /// The number of payloads that each key opened, in the order of the keys. Empty if none was opened.
    pub by_key: Vec<u64>,
}

impl Decrypted {
    fn count(&mut self, sealed: &Sealed) {
        match sealed.trust() {
            Trust::Verified => self.verified += 1,
            Trust::Opened | Trust::None => self.unverified += 1,
        }
        let (key, keys) = sealed.key();
        self.by_key.resize(self.by_key.len().max(keys), 0);
        self.by_key[key - 1] += 1;
    }

    fn add(&mut self, later: &Decrypted) {
        self.verified += later.verified;
        self.unverified += later.unverified;
        self.by_key
            .resize(self.by_key.len().max(later.by_key.len()), 0);
        let counts = self.by_key.iter_mut().zip(&later.by_key);
        counts.for_each(|(count, more)| *count += more);
    }
}

/// The place of a payload that could not be decoded, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecodable {
    /// The name of the capture.
    pub source: String,
    /// The place at which decoding failed.
    pub place: Place,
    /// The finding at that place.
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

/// The overall result of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// No errors and no warnings.
    Fine,
    /// Only warnings.
    Warnings,
    /// Errors in decoded payloads.
    Errors,
    /// At least one payload could not be decoded.
    Undecodable,
}

impl Tally {
    /// The most names of other messages that are kept. In a hostile capture every message may have a new name.
    const MOST_NAMES: usize = 100;

    /// The most places of undecodable payloads that are kept.
    const MOST_PLACES: usize = 3;

    /// Returns the number of callbacks that report `event`.
    pub fn callbacks(&self, event: Event) -> u64 {
        self.callbacks[event as usize]
    }

    /// Returns the number of callbacks of all events.
    pub fn all_callbacks(&self) -> u64 {
        self.callbacks.iter().sum()
    }

    /// Returns name and count of the messages that are no callbacks.
    pub fn others(&self) -> impl Iterator<Item = (&str, u64)> {
        self.others
            .iter()
            .map(|(name, count)| (name.as_str(), *count))
    }

    /// Returns the number of messages that are no callbacks.
    pub fn all_others(&self) -> u64 {
        self.others.values().sum::<u64>() + self.unnamed
    }

    /// Returns the number of payloads that could not be decoded.
    pub fn undecodable(&self) -> u64 {
        self.undecodable
    }

    /// Returns the number of callbacks that the selection excluded.
    pub fn filtered_out(&self) -> u64 {
        self.filtered_out
    }

    /// Returns the number of callbacks that were repetitions.
    pub fn deduplicated(&self) -> u64 {
        self.deduplicated
    }

    /// Returns the number of callbacks that were written without their extra fields.
    pub fn shortened(&self) -> u64 {
        self.shortened
    }

    /// Returns the number of decrypted payloads.
    pub fn decrypted(&self) -> &Decrypted {
        &self.decrypted
    }

    /// Returns the places of the first undecodable payloads.
    pub fn first_undecodable(&self) -> &[Undecodable] {
        &self.places
    }

    /// Returns the number of findings of each code, most severe first, then most frequent first.
    pub fn findings_by_code(&self) -> Vec<(Code, u64)> {
        let mut by_code: BTreeMap<Code, (Severity, u64)> = BTreeMap::new();
        for ((code, severity), count) in &self.findings {
            // A code's severities come in ascending order, so the last is the highest.
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

    /// Returns the number of findings of this severity.
    pub fn findings(&self, severity: Severity) -> u64 {
        self.findings
            .iter()
            .filter(|((_, weight), _)| *weight == severity)
            .map(|(_, count)| count)
            .sum()
    }

    /// Returns the number of findings of this code.
    pub fn count_of(&self, code: Code) -> u64 {
        self.findings
            .iter()
            .filter(|((known, _), _)| *known == code)
            .map(|(_, count)| count)
            .sum()
    }

    /// Returns the number of findings that the user expects. They are not counted by code.
    pub fn expected(&self) -> u64 {
        self.expected
    }

    /// Returns the number of findings beyond the limit of a payload. They are not counted by code.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Returns the number of findings that the user allows. They are not counted by code.
    pub fn allowed(&self) -> u64 {
        self.allowed
    }

    /// Returns the number of bytes that belong to no payload.
    pub fn noise(&self) -> u64 {
        self.noise
    }

    /// Returns the number of mentions: names of events in noise that are not part of a callback.
    pub fn mentions(&self) -> u64 {
        self.mentions
    }

    /// Returns the number of bytes read.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the number of messages whose names are missing in [`Tally::others`].
    pub fn unnamed_others(&self) -> u64 {
        self.unnamed
    }

    /// Returns the number of captures read, also those not read to their end.
    pub fn sources(&self) -> u64 {
        self.sources
    }

    /// Returns the overall result.
    ///
    /// Every undecodable payload has a finding. An expected finding does not count, nor does its payload.
    pub fn verdict(&self) -> Verdict {
        let worst = self.findings.keys().map(|(_, severity)| *severity).max();
        match worst {
            None => Verdict::Fine,
            Some(Severity::Warning) => Verdict::Warnings,
            Some(Severity::Error) => Verdict::Errors,
            Some(Severity::Undecodable) => Verdict::Undecodable,
        }
    }

    /// Counts a finding that belongs to no record.
    pub fn count(&mut self, finding: &Finding) {
        self.count_as(finding.code(), finding.severity());
    }

    /// Counts a finding of this severity.
    pub fn count_as(&mut self, code: Code, severity: Severity) {
        *self.findings.entry((code, severity)).or_default() += 1;
    }

    /// Counts a callback that was written without its extra fields.
    pub fn count_shortened(&mut self) {
        self.shortened += 1;
    }

    /// Counts an expected finding.
    pub fn count_expected(&mut self) {
        self.expected += 1;
    }

    /// Counts an allowed finding.
    pub fn count_allowed(&mut self) {
        self.allowed += 1;
    }

    /// Notes that `count` callbacks of `event`, which were counted, turned out to be repetitions.
    pub fn move_to_deduplicated(&mut self, event: Event, count: u64) {
        let callbacks = &mut self.callbacks[event as usize];
        *callbacks = callbacks.saturating_sub(count);
        self.deduplicated += count;
    }

    /// Counts a payload without its findings.
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
            self.decrypted.count(sealed);
        }
    }

    /// Returns the number of payloads of every outcome.
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

    /// Counts a message under its name. With too many names, the last in alphabetical order goes.
    ///
    /// The kept names thus have complete counts, which do not depend on how a run is split into blocks.
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
        self.shortened += later.shortened;
        self.decrypted.add(&later.decrypted);
        self.places.extend(later.places);
        self.places.truncate(Self::MOST_PLACES);
        self.noise += later.noise;
        self.mentions += later.mentions;
        self.bytes += later.bytes;
        self.sources += later.sources;
        Ok(())
    }

    fn end(&mut self, _source: &str, stats: &CaptureStats) {
        self.noise += stats.noise();
        self.mentions += stats.mentions();
        self.bytes += stats.bytes();
        self.sources += 1;
    }

    fn cut(&mut self, source: &str, stats: &CaptureStats) {
        self.end(source, stats);
    }
}
