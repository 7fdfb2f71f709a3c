//! The first places of each code of findings.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Code;
use crate::record::Record;
use crate::span::Place;

/// The most places that are kept of a code.
const MOST: usize = 3;

/// A place in a capture. Places are in the order of names, lines and columns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FoundAt {
    pub(super) source: String,
    pub(super) line: u64,
    pub(super) column: u64,
}

/// The first places of each code. They do not depend on the order in which places are added.
#[derive(Debug, Default)]
pub(super) struct Places(BTreeMap<Code, BTreeSet<FoundAt>>);

impl Places {
    /// Adds the findings of a payload.
    #[inline]
    pub(super) fn add(&mut self, record: &Record<'_>) {
        for finding in record.findings() {
            self.note(finding.code(), record, finding.span().start);
        }
    }

    /// Adds the place of an offset. Within a capture most places come in their order, so most are too late.
    fn note(&mut self, code: Code, record: &Record<'_>, offset: u32) {
        let known = self.0.entry(code).or_default();
        let last = known.last().filter(|_| known.len() == MOST);
        let start = record.place(0);
        if last.is_some_and(|last| (&*last.source, last.line) < (record.source(), start.line)) {
            return;
        }
        let Place { line, column, .. } = record.place(offset);
        let source = record.source().to_owned();
        keep(
            known,
            FoundAt {
                source,
                line,
                column,
            },
        );
    }

    /// Adds the places of a block.
    pub(super) fn join(&mut self, later: &mut Places) {
        for (code, places) in &mut later.0 {
            let known = self.0.entry(*code).or_default();
            while let Some(place) = places.pop_first() {
                keep(known, place);
            }
        }
    }

    /// Returns the places of a code.
    pub(super) fn of(&self, code: Code) -> impl Iterator<Item = &FoundAt> {
        self.0.get(&code).into_iter().flatten()
    }
}

/// Adds a place to those kept. The last one goes if there are too many.
fn keep(known: &mut BTreeSet<FoundAt>, place: FoundAt) {
    known.insert(place);
    if known.len() > MOST {
        known.pop_last();
    }
}
