//! Everything that a capture came to: its records with the messages of their findings, and its noise.

use std::collections::BTreeSet;
use std::io::Read;

use wxsub::pipeline::{CaptureStats, Options, Sink, Stop, run};
use wxsub::{Code, Lang, Outcome, Place, Record};

use super::embed::line;

/// A record without borrows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReadRecord {
    pub(crate) outcome: Outcome,
    pub(crate) place: Place,
    pub(crate) line: String,
    pub(crate) findings: Vec<(Code, String, Place)>,
    pub(crate) bytes: Vec<u8>,
}

impl ReadRecord {
    pub(crate) fn new(record: &Record<'_>) -> Self {
        let finding =
            |f: &wxsub::Finding| (f.code(), f.message(Lang::En), record.place(f.span().start));
        ReadRecord {
            outcome: record.outcome().clone(),
            place: record.place(0),
            line: line(record),
            findings: record.findings().iter().map(finding).collect(),
            bytes: record.bytes().to_vec(),
        }
    }

    pub(crate) fn codes(&self) -> BTreeSet<&'static str> {
        self.findings
            .iter()
            .map(|(code, ..)| code.as_str())
            .collect()
    }

    pub(crate) fn is_callback(&self) -> bool {
        matches!(self.outcome, Outcome::Callback(_))
    }

    /// Returns everything that does not depend on the place.
    pub(crate) fn meaning(&self) -> (&Outcome, &str, BTreeSet<&'static str>, &[u8]) {
        (&self.outcome, &self.line, self.codes(), &self.bytes)
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reading {
    pub(crate) records: Vec<ReadRecord>,
    pub(crate) noise: u64,
    pub(crate) first_noise: Option<(Place, Vec<u8>)>,
}

impl Reading {
    pub(crate) fn callbacks(&self) -> Vec<&ReadRecord> {
        self.records
            .iter()
            .filter(|seen| seen.is_callback())
            .collect()
    }

    pub(crate) fn codes(&self) -> BTreeSet<&'static str> {
        self.records.iter().flat_map(ReadRecord::codes).collect()
    }
}

impl Sink for Reading {
    fn fork(&self) -> Self {
        Reading::default()
    }

    fn record(&mut self, record: &Record<'_>) {
        self.records.push(ReadRecord::new(record));
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.records.extend(later.records);
        Ok(())
    }

    fn end(&mut self, _: &str, rest: &CaptureStats) {
        self.noise = rest.noise();
        self.first_noise = rest
            .first_noise()
            .map(|(place, line)| (place, line.to_vec()));
    }
}

/// Reads a capture to its end.
pub(crate) fn read_with(from: impl Read + Send, options: &Options) -> Reading {
    let mut reading = Reading::default();
    run(from, "", options, &mut reading).expect("it can be read");
    reading
}

/// Reads a capture in blocks of `block_size`.
pub(crate) fn read_by(bytes: &[u8], block_size: usize) -> Reading {
    let options = Options {
        block_size,
        ..Options::default()
    };
    read_with(bytes, &options)
}

/// Describes briefly how two readings differ.
pub(crate) fn difference(bytes: &[u8], one: &Reading, other: &Reading) -> String {
    let told = |reading: &Reading| {
        let line = |seen: &ReadRecord| {
            format!(
                "\n  {:?} {:?} {:?} {} bytes",
                seen.outcome,
                seen.place,
                seen.findings,
                seen.bytes.len()
            )
        };
        format!(
            "{}\n  noise {} {:?}",
            reading.records.iter().map(line).collect::<String>(),
            reading.noise,
            reading.first_noise
        )
    };
    format!(
        "{:?}\none: {}\nother: {}",
        String::from_utf8_lossy(bytes),
        told(one),
        told(other)
    )
}
