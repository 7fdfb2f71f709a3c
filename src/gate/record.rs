//! Writing today's findings into a `wxsub.toml` as expected ones, so that a gate can be put before an old corpus.
//!
//! All else in the file stays as it is: comments, order, white space. Entries that were written for one file are brought
//! up to date; entries with globs are left to who wrote them.

use std::collections::BTreeMap;

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value};

use crate::finding::Code;
use crate::report::FileCounts;

/// A `wxsub.toml` with expectations added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The file's new text.
    pub text: String,
    /// How many files have an entry of their own now or lost theirs.
    pub changed: usize,
}

/// `text` with an entry for each of `files` that says what was found there; `path` tells a file's path as the entry is to
/// have it. What is expected in a file already, and no finding beyond it counts, is left as it is.
///
/// ```
/// use wxsub::gate::record_findings;
/// use wxsub::report::FileCounts;
/// use wxsub::{Code, Severity};
///
/// let file = FileCounts {
///     path: "a.json".into(),
///     reported: [((Code::TrailingComma, Severity::Warning), 2)].into(),
///     all: [(Code::TrailingComma, 2)].into(),
/// };
/// let recorded = record_findings("strict = true # soon\n", &[file], |path| path.into())?;
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
/// `text` is not TOML, or has its expectations where none can be added.
pub fn record_findings(
    text: &str,
    files: &[FileCounts],
    path: impl Fn(&str) -> String,
) -> Result<Recorded, String> {
    let parsed = text.parse::<DocumentMut>();
    let mut document = parsed.map_err(|error| error.message().to_owned())?;
    let entries = document
        .entry("expect")
        .or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let entries = entries
        .as_array_of_tables_mut()
        .ok_or("`expect` is not written as [[expect]] tables, to which others can be added")?;
    let mut changed = 0;
    let mut is_first = text.trim().is_empty();
    for file in files.iter().filter(|file| !file.is_empty()) {
        let path = globset::escape(&path(&file.path));
        changed += usize::from(note(entries, file, &path, &mut is_first));
    }
    Ok(Recorded {
        text: document.to_string(),
        changed,
    })
}

/// Puts what `file` has into the entry of its own: whether that changed anything. The first entry of a file has no empty
/// line in front.
fn note(entries: &mut ArrayOfTables, file: &FileCounts, path: &str, is_first: &mut bool) -> bool {
    let counts: BTreeMap<Code, u64> = file
        .all
        .iter()
        .filter(|(code, _)| **code != Code::UnmetExpectation)
        .map(|(code, count)| (*code, *count))
        .collect();
    let own = entries
        .iter()
        .position(|entry| entry.get("path").and_then(Item::as_str) == Some(path));
    match (own, counts.is_empty()) {
        (None, true) => return false,
        (Some(at), true) => _ = entries.remove(at),
        (Some(at), false) => {
            if let Some(entry) = entries.get_mut(at) {
                entry["codes"] = codes(&counts);
            }
        }
        (None, false) => {
            let mut entry = Table::new();
            entry["path"] = path.into();
            entry["codes"] = codes(&counts);
            entry
                .decor_mut()
                .set_prefix(if *is_first { "" } else { "\n" });
            *is_first = false;
            entries.push(entry);
        }
    }
    true
}

fn codes(counts: &BTreeMap<Code, u64>) -> Item {
    let mut table = InlineTable::new();
    for (code, count) in counts {
        let count = i64::try_from(*count).unwrap_or(i64::MAX);
        table.insert(code.as_str(), Value::from(count));
    }
    Item::Value(Value::InlineTable(table))
}
