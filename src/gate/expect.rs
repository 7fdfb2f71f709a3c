//! The findings that the user expects, by file. Fixtures of bad input need them.

use std::collections::BTreeMap;
use std::path::Path;

use crate::finding::{Code, Finding};
use crate::gate::Globs;
use crate::gate::glob::Entries;
use crate::report::unmet;

/// The expected number of findings of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// At least one.
    Some,
    /// Exactly this number. Further findings are reported.
    Exactly(u64),
}

/// The expected findings, by file.
///
/// If several entries name a code for a file, the last entry counts.
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    entries: Vec<Entry>,
    files: Entries,
}

#[derive(Clone, Debug)]
struct Entry {
    codes: Vec<(Code, Count)>,
    /// The place of the entry in the settings file.
    place: String,
}

impl Expectations {
    /// Expects `codes` in each of `files`. `place` says where the entry is written.
    pub fn add(&mut self, files: Globs, codes: Vec<(Code, Count)>, place: String) {
        self.files.add(Some(files));
        self.entries.push(Entry { codes, place });
    }

    /// Returns the findings expected in the file at the absolute `path`.
    pub(super) fn of_file(&self, path: &Path) -> Expected<'_> {
        let mut expected = Expected::default();
        for entry in self
            .files
            .about(path)
            .into_iter()
            .map(|at| &self.entries[at])
        {
            for (code, count) in &entry.codes {
                expected.codes.insert(*code, (*count, &entry.place));
            }
        }
        expected
    }
}

/// The expected findings of one file, and the number found.
#[derive(Clone, Debug, Default)]
pub(super) struct Expected<'a> {
    codes: BTreeMap<Code, (Count, &'a str)>,
    found: BTreeMap<Code, u64>,
}

impl Expected<'_> {
    /// Returns true if any finding of `code` is expected.
    pub(super) fn has(&self, code: Code) -> bool {
        self.codes.contains_key(&code)
    }

    /// Counts a finding of `code` and returns true if it is expected.
    pub(super) fn take(&mut self, code: Code) -> bool {
        let Some((count, _)) = self.codes.get(&code) else {
            return false;
        };
        let found = self.found.entry(code).or_default();
        *found += 1;
        match count {
            Count::Some => true,
            Count::Exactly(most) => *found <= *most,
        }
    }

    /// Returns a finding for each expectation that was not met.
    pub(super) fn missing(&self) -> Vec<Finding> {
        let missing = self.codes.iter().filter_map(|(code, (count, place))| {
            let found = self.found.get(code).copied().unwrap_or_default();
            let name = code.as_str();
            let expected = match count {
                Count::Some if found == 0 => format!("`{name}`"),
                Count::Exactly(1) if found == 0 => format!("`{name}`"),
                Count::Exactly(most) if found < *most => format!("`{name}` {most} times"),
                _ => return None,
            };
            Some(unmet(expected, found.to_string(), (*place).to_owned()))
        });
        missing.collect()
    }
}
