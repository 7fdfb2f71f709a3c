//! The result of reading a capture.

use wxsub::pipeline::Options;
use wxsub::{Code, Outcome, Place, Record};

use super::each::each;
use super::embed::line;

/// A record with owned values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReadRecord {
    pub(crate) outcome: Outcome,
    pub(crate) place: Place,
    /// The line that `convert --to jsonl` writes.
    pub(crate) line: String,
    pub(crate) findings: Vec<ReadFinding>,
}

/// A finding with its offset in the payload and its place in the capture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ReadFinding {
    pub(crate) code: Code,
    pub(crate) offset: u32,
    pub(crate) place: Place,
}

impl ReadRecord {
    fn new(record: &Record<'_>) -> Self {
        let told = |finding: &wxsub::Finding| ReadFinding {
            code: finding.code(),
            offset: finding.span().start,
            place: record.place(finding.span().start),
        };
        ReadRecord {
            outcome: record.outcome().clone(),
            place: record.place(0),
            line: line(record),
            findings: record.findings().iter().map(told).collect(),
        }
    }

    pub(crate) fn is_callback(&self) -> bool {
        matches!(self.outcome, Outcome::Callback(_))
    }

    /// Formats the record in one line.
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

/// Reads all records of `bytes` in blocks of `block_size`.
pub(crate) fn read(bytes: &[u8], block_size: usize) -> Vec<ReadRecord> {
    let options = Options {
        block_size,
        ..Options::default()
    };
    each(bytes, &options, ReadRecord::new)
}

/// Reads all records of `bytes` at once, without the fast path.
pub(crate) fn read_slowly(bytes: &[u8]) -> Vec<ReadRecord> {
    let options = Options {
        block_size: bytes.len().max(1),
        fast: false,
        ..Options::default()
    };
    each(bytes, &options, ReadRecord::new)
}

/// Reads all records of `bytes` at once.
pub(crate) fn read_whole(bytes: &[u8]) -> Vec<ReadRecord> {
    // The block is as small as possible, because clearing it takes time.
    read(bytes, bytes.len().max(1))
}
