//! Counts the findings of each file by code.

use std::collections::BTreeMap;

use crate::finding::{Code, Severity};
use crate::lang::{Lang, Text};
use crate::printable::printable;
use crate::report::summary::{grouped, of_code};
use crate::report::{Tally, Total};

/// The findings of one file, counted by code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileCounts {
    /// The path relative to the working directory.
    pub path: String,
    /// The reported findings, by code and severity.
    pub reported: BTreeMap<(Code, Severity), u64>,
    /// All findings by code, with those the user declared as expected.
    pub all: BTreeMap<Code, u64>,
}

impl FileCounts {
    /// Returns the number of reported findings.
    pub fn len(&self) -> u64 {
        self.reported.values().sum()
    }

    /// Returns true if the file has no reported finding.
    pub fn is_empty(&self) -> bool {
        self.reported.is_empty()
    }

    /// Returns code, severity and count of the reported findings, most severe first.
    pub(crate) fn rows(&self) -> Vec<(Code, Severity, u64)> {
        let counts = self.reported.iter();
        let mut rows: Vec<_> = counts
            .map(|((code, severity), count)| (*code, *severity, *count))
            .collect();
        rows.sort_by_key(|(_, severity, count)| std::cmp::Reverse((*severity, *count)));
        rows
    }
}

impl Tally {
    /// The most files that [`Tally::details_by_file`] lists.
    const MOST_FILES: usize = 1_000;

    /// Lists the findings of each file by code, one line for each file with findings.
    ///
    /// ```
    /// use wxsub::report::{FileCounts, Tally};
    /// use wxsub::{Code, Lang, Severity};
    ///
    /// let file = FileCounts {
    ///     path: "a.json".into(),
    ///     reported: [((Code::TrailingComma, Severity::Warning), 2)].into(),
    ///     ..FileCounts::default()
    /// };
    /// assert_eq!(Tally::details_by_file(&[file], Lang::En), ["a.json: 2 trailing-comma"]);
    /// ```
    pub fn details_by_file(files: &[FileCounts], lang: Lang) -> Vec<String> {
        let mut with_findings = files.iter().filter(|file| !file.is_empty());
        let mut lines: Vec<String> = with_findings
            .by_ref()
            .take(Self::MOST_FILES)
            .map(|file| line(file, lang))
            .collect();
        let more = with_findings.count() as u64;
        if more > 0 {
            let count = grouped(more);
            lines.push(match lang {
                Lang::En => format!("… and {count} more"),
                Lang::Zh => format!("……另有 {count} 个文件"),
            });
        }
        lines
    }
}

impl Total<'_> {
    /// Names the findings that were counted but not shown. Empty if all were shown.
    pub(super) fn hidden_words(&self, lang: Lang) -> String {
        let parts = self.hidden.iter();
        let parts: Vec<String> = parts
            .map(|(code, _, count)| of_code(*code, *count))
            .collect();
        match (parts.is_empty(), lang) {
            (true, _) => String::new(),
            (_, Lang::En) => format!(
                "not shown: {}; --max-findings 0 shows all",
                parts.join(", ")
            ),
            (_, Lang::Zh) => format!("未显示：{}；--max-findings 0 显示全部", parts.join("、")),
        }
    }
}

fn line(file: &FileCounts, lang: Lang) -> String {
    let counts = file.rows().into_iter();
    let counts: Vec<String> = counts
        .map(|(code, _, count)| of_code(code, count))
        .collect();
    let [colon, comma] = [Text::new(": ", "："), Text::new(", ", "、")].map(|text| text.get(lang));
    format!("{}{colon}{}", printable(&file.path), counts.join(comma))
}
