//! How a run is judged: everything a gate is told.

use std::path::{Component, Path, PathBuf};

use crate::gate::{Expectations, Rules};
use crate::report::{Tally, Verdict};

/// How a run is judged.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What findings weigh.
    pub rules: Rules,
    /// Which findings are wanted.
    pub expectations: Expectations,
    /// The working directory: an absolute path. Paths in reports are relative to it.
    pub folder: PathBuf,
    /// Whether warnings fail the run.
    pub strict: bool,
    /// Whether the run stops at the first finding that fails it.
    pub fail_fast: bool,
    /// Whether files are read in part only, so that nothing can be said of what is missing in them.
    pub partial: bool,
    /// Whether to count by file.
    pub by_file: bool,
    /// The most findings of a code that are reported; all are counted.
    pub most: Option<u64>,
}

impl Settings {
    /// Whether what was counted fails the run.
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

    /// `name` relative to the working directory, if it lies below it.
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
