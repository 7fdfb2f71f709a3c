//! Writes the findings of a run into a `wxsub.toml` as expected ones, to introduce a gate for an existing corpus.
//!
//! Comments, order and white space of the file stay. Entries for a single file are updated. Entries with globs are
//! not touched; their author keeps them.

use std::collections::{BTreeMap, HashMap, HashSet};

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value};

use crate::finding::Code;
use crate::report::FileCounts;

/// A `wxsub.toml` with expectations added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// The file's new text.
    pub text: String,
    /// The number of files whose entry was added, updated or removed.
    pub changed: usize,
}

/// Returns `text` with an entry for the findings of each of `files`. `path` converts a path to the form for the entry.
///
/// A file without reported findings is left as it is.
///
/// ```
/// use wxsub::gate::write_baseline;
/// use wxsub::report::FileCounts;
/// use wxsub::{Code, Severity};
///
/// let file = FileCounts {
///     path: "a.json".into(),
///     reported: [((Code::TrailingComma, Severity::Warning), 2)].into(),
///     all: [(Code::TrailingComma, 2)].into(),
/// };
/// let recorded = write_baseline("strict = true # soon\n", &[file], |path| path.into())?;
/// assert_eq!(recorded.text, "\
/// strict = true # soon
///
/// [[expect]]
/// path = \"a.json\"
/// codes = { trailing-comma = 2 }
/// ");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// `text` is not TOML, or its `expect` is not an array of tables.
pub fn write_baseline(
    text: &str,
    files: &[FileCounts],
    path: impl Fn(&str) -> String,
) -> Result<Baseline, String> {
    let parsed = text.parse::<DocumentMut>();
    let mut document = parsed.map_err(|error| error.message().to_owned())?;
    let entries = document
        .entry("expect")
        .or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let entries = entries
        .as_array_of_tables_mut()
        .ok_or("`expect` is not written as [[expect]] tables, to which others can be added")?;
    let paths = entries.iter().enumerate();
    let paths = paths.filter_map(|(at, entry)| Some((entry.get("path")?.as_str()?.to_owned(), at)));
    let mut written = Tables {
        // The last of several entries counts.
        by_path: paths.collect(),
        is_empty: text.trim().is_empty(),
        removed: HashSet::new(),
        entries,
    };
    let mut changed = 0;
    for file in files.iter().filter(|file| !file.is_empty()) {
        // `globset::escape` leaves backslashes as they are.
        let path = globset::escape(&path(&file.path)).replace('\\', r"\\");
        changed += usize::from(written.note(file, &path));
    }
    written.remove();
    Ok(Baseline {
        text: document.to_string(),
        changed,
    })
}

/// The entries of the file while they are updated.
struct Tables<'a> {
    entries: &'a mut ArrayOfTables,
    by_path: HashMap<String, usize>,
    removed: HashSet<usize>,
    /// True if the file is empty so far. The first entry gets no blank line before it.
    is_empty: bool,
}

impl Tables<'_> {
    /// Writes or removes the entry of `file`. Returns true if it did.
    fn note(&mut self, file: &FileCounts, path: &str) -> bool {
        let counts = file.all.iter();
        let counts = counts.filter(|(code, _)| **code != Code::UnmetExpectation);
        let counts: BTreeMap<Code, u64> = counts.map(|(code, count)| (*code, *count)).collect();
        match (self.by_path.get(path), counts.is_empty()) {
            (None, true) => return false,
            (Some(at), true) => _ = self.removed.insert(*at),
            (Some(at), false) => {
                if let Some(entry) = self.entries.get_mut(*at) {
                    entry["codes"] = codes(&counts);
                }
            }
            (None, false) => self.push(path, &counts),
        }
        true
    }

    fn push(&mut self, path: &str, counts: &BTreeMap<Code, u64>) {
        let mut entry = Table::new();
        entry["path"] = path.into();
        entry["codes"] = codes(counts);
        let is_first = std::mem::take(&mut self.is_empty);
        let prefix = if is_first { "" } else { "\n" };
        entry.decor_mut().set_prefix(prefix);
        self.entries.push(entry);
    }

    fn remove(self) {
        let mut at = 0..;
        let removed = self.removed;
        self.entries
            .retain(|_| at.next().is_some_and(|at| !removed.contains(&at)));
    }
}

fn codes(counts: &BTreeMap<Code, u64>) -> Item {
    let mut table = InlineTable::new();
    for (code, count) in counts {
        let count = i64::try_from(*count).unwrap_or(i64::MAX);
        table.insert(code.as_str(), Value::from(count));
    }
    Item::Value(Value::InlineTable(table))
}
