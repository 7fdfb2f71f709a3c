//! How a run ended, as scripts see it.

use crate::cli::interrupt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    /// All well.
    Fine = 0,
    /// The input has a problem.
    Problem = 1,
    /// The run itself failed.
    Failed = 2,
    /// Ctrl-C was pressed.
    Interrupted = interrupt::STATUS as isize,
}

/// What failed when standard output takes no more.
pub(super) const UNWRITTEN: &str = "cannot write the output";
