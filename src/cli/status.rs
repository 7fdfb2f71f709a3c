//! The exit status of a run.

use std::process::ExitCode;

use crate::cli::interrupt::Interrupted;
use crate::cli::language::Words;

pub(super) enum Status {
    /// No problem was found.
    Fine,
    /// The input has a problem.
    Problem,
    /// The run itself failed.
    Failed,
    /// A signal ended the run.
    Interrupted(Interrupted),
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        ExitCode::from(match status {
            Status::Fine => 0,
            Status::Problem => 1,
            Status::Failed => 2,
            Status::Interrupted(interrupted) => interrupted.status(),
        })
    }
}

/// The error message for standard output that takes no more.
pub(super) const UNWRITTEN: Words = Words("cannot write the output", "无法写出结果");
