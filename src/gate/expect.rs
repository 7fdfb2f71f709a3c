//! Which findings are wanted where: fixtures of bad input are legitimate.

use std::collections::BTreeMap;
use std::path::Path;

use crate::finding::{Code, Finding};
use crate::gate::Globs;
use crate::report::unmet;

/// How many findings of a code are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// One at least.
    Some,
    /// So many; those beyond count as ever.
    Exactly(u64),
}

/// The findings that are wanted, by file.
///
/// Where several entries name a code for a file, the last of them counts.
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    files: Globs,
    codes: Vec<(Code, Count)>,
    /// Where it is written.
    place: String,
}

impl Expectations {
    /// Wants `codes` in each of `files`; `place` says where that is written.
    pub fn add(&mut self, files: Globs, codes: Vec<(Code, Count)>, place: String) {
        self.entries.push(Entry {
            files,
            codes,
            place,
        });
    }

    /// What is wanted in the file `path`, which is absolute.
    pub(super) fn of_file(&self, path: &Path) -> Wanted<'_> {
        let mut wanted = Wanted::default();
        for entry in self.entries.iter().filter(|entry| entry.files.has(path)) {
            for (code, count) in &entry.codes {
                wanted.codes.insert(*code, (*count, &entry.place));
            }
        }
        wanted
    }
}

/// What is wanted in one file, and what of it is there.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted<'a> {
    codes: BTreeMap<Code, (Count, &'a str)>,
    found: BTreeMap<Code, u64>,
}

impl Wanted<'_> {
    /// Whether findings of `code` are wanted at all.
    pub(super) fn has(&self, code: Code) -> bool {
        self.codes.contains_key(&code)
    }

    /// Takes a finding of `code`: whether it was wanted.
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

    /// What was wanted and is not there.
    pub(super) fn missing(&self) -> Vec<Finding> {
        let missing = self.codes.iter().filter_map(|(code, (count, place))| {
            let found = self.found.get(code).copied().unwrap_or_default();
            let name = code.as_str();
            let wanted = match count {
                Count::Some if found == 0 => format!("`{name}`"),
                Count::Exactly(1) if found == 0 => format!("`{name}`"),
                Count::Exactly(most) if found < *most => format!("`{name}` {most} times"),
                _ => return None,
            };
            Some(unmet(wanted, found.to_string(), (*place).to_owned()))
        });
        missing.collect()
    }
}
