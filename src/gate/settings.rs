//! The settings of a gate.

use std::path::{Component, Path, PathBuf};

use crate::gate::{Expectations, Rules};
use crate::report::{Tally, Verdict};

/// The settings by which a run is judged.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The severities of findings.
    pub rules: Rules,
    /// The expected findings.
    pub expectations: Expectations,
    /// The working directory, an absolute path. Paths in reports are relative to it.
    pub folder: PathBuf,
    /// True if warnings fail the run.
    pub strict: bool,
    /// True to stop at the first finding that fails the run.
    pub fail_fast: bool,
    /// True if files are read only in part. Missing expectations are then not reported.
    pub partial: bool,
    /// True to count findings by file.
    pub by_file: bool,
    /// The most findings of a code that are reported. All are counted.
    pub most: Option<u64>,
}

impl Settings {
    /// Returns true if the counts fail the run.
    pub fn is_failure(&self, tally: &Tally) -> bool {
        tally.verdict()
            >= match self.strict {
                true => Verdict::Warnings,
                false => Verdict::Errors,
            }
    }

    pub(super) fn absolute(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Makes `name` relative to the working directory, if it lies below it.
    pub(super) fn relative(&self, name: &str) -> String {
        let path = Path::new(name);
        let path: PathBuf = path
            .strip_prefix(&self.folder)
            .unwrap_or(path)
            .components()
            .filter(|part| !matches!(part, Component::CurDir))
            .collect();
        let path = path.to_string_lossy().into_owned();
        match cfg!(windows) {
            true => path.replace('\\', "/"),
            false => path,
        }
    }
}
