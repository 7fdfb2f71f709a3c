//! The exit status of a run.

use crate::cli::interrupt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    /// No problem was found.
    Fine = 0,
    /// The input has a problem.
    Problem = 1,
    /// The run itself failed.
    Failed = 2,
    /// Ctrl-C was pressed.
    Interrupted = interrupt::STATUS as isize,
}

/// The error message for standard output that takes no more.
pub(super) const UNWRITTEN: &str = "cannot write the output";
