//! What a capture comes to when it is read.

use wxsub::pipeline::Options;
use wxsub::{Code, Outcome, Place, Record};

use super::bury::line;
use super::each::each;

/// A record without its borrows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) outcome: Outcome,
    pub(crate) place: Place,
    /// What `convert --to jsonl` writes of it.
    pub(crate) line: String,
    pub(crate) findings: Vec<Told>,
}

/// A finding: where it stands in the payload, and where in the capture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) code: Code,
    pub(crate) offset: u32,
    pub(crate) place: Place,
}

impl Seen {
    fn new(record: &Record<'_>) -> Self {
        let told = |finding: &wxsub::Finding| Told {
            code: finding.code(),
            offset: finding.span().start,
            place: record.place(finding.span().start),
        };
        Seen {
            outcome: record.outcome().clone(),
            place: record.place(0),
            line: line(record),
            findings: record.findings().iter().map(told).collect(),
        }
    }

    pub(crate) fn is_callback(&self) -> bool {
        matches!(self.outcome, Outcome::Callback(_))
    }

    /// In one line, to show.
    pub(crate) fn brief(&self) -> String {
        let Place {
            line,
            column,
            offset,
        } = self.place;
        let codes: Vec<String> = self
            .findings
            .iter()
            .map(|told| format!("{}@{}", told.code.as_str(), told.place.offset))
            .collect();
        let outcome = &self.outcome;
        format!(
            "{outcome:?} at {line}:{column} ({offset}) {}",
            codes.join(" ")
        )
    }
}

/// All records of `bytes`, read in blocks of `block_size`.
pub(crate) fn read(bytes: &[u8], block_size: usize) -> Vec<Seen> {
    let options = Options {
        block_size,
        ..Options::default()
    };
    each(bytes, &options, Seen::new)
}

/// All records of `bytes`, read at once without the fast path.
pub(crate) fn read_slowly(bytes: &[u8]) -> Vec<Seen> {
    let options = Options {
        block_size: bytes.len().max(1),
        fast: false,
        ..Options::default()
    };
    each(bytes, &options, Seen::new)
}

/// All records of `bytes`, read at once.
pub(crate) fn read_whole(bytes: &[u8]) -> Vec<Seen> {
    // No larger than it must be, since clearing it takes time.
    read(bytes, bytes.len().max(1))
}
