//! The command line: turns arguments into a plan and runs one command.
//!
//! `args` and `options` hold what was typed, and `plan` holds what it means. Each command is one short function. A run
//! passes through `sources` (which files), `feed` (their bytes), `read` (the loop) and `stream` or `check` (the sink).
//! Adding a new file: give it a place in the order of `COMMAND_LINE` in tests/suite/house.rs.

mod args;
mod bar;
mod check;
mod chinese;
mod commands;
mod completions;
mod decrypt;
mod encrypt;
mod errors;
mod explain;
mod feed;
mod files;
mod fold;
mod gate;
mod help;
mod interrupt;
mod join;
mod keys;
mod known;
mod language;
mod man;
mod moment;
mod noise;
mod number;
mod options;
mod output;
mod plan;
mod progress;
mod pseudonyms;
mod quota;
mod random;
mod read;
mod redact;
mod report;
mod sample;
mod say;
mod schema;
mod select;
mod sends;
mod sources;
mod stats;
mod status;
mod stream;
mod target;
mod texts;
mod usage;

use std::process::ExitCode;

use args::{Args, Command};
use plan::{NoInput, Plan};
use say::tell_error;
use status::Status;

/// Runs the command that was typed and returns the exit status.
pub(crate) fn run() -> ExitCode {
    let command = Args::of_command_line().command;
    let done = match command.common().filter(|(_, common)| common.input.files) {
        Some((name, common)) => Plan::new(name, common, None).and_then(|plan| files::list(&plan)),
        None => run_command(&command),
    };
    done.unwrap_or_else(|error| failed(&error)).into()
}

/// Runs a command that does not just list files.
fn run_command(command: &Command) -> anyhow::Result<Status> {
    match command {
        Command::Parse(args) => commands::parse(args),
        Command::Convert(args) => commands::convert(args),
        Command::Check(args) => check::check(args),
        Command::Stats(args) => stats::run(args),
        Command::Report(args) => report::run(args),
        Command::Quota(args) => quota::run(args),
        Command::Join(args) => join::run(args),
        Command::Redact(args) => redact::run(args),
        Command::Explain(args) => explain::explain(args),
        Command::Schema(args) => schema::schema(args),
        Command::Sample(args) => sample::sample(args),
        Command::Decrypt(args) => decrypt::run(args),
        Command::Encrypt(args) => encrypt::run(args),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => man::run(args),
    }
}

/// Prints the error and returns the status. A closed output pipe is not an error.
fn failed(error: &anyhow::Error) -> Status {
    if is_closed_pipe(error) {
        return Status::Fine;
    }
    if let Some(missing) = error.downcast_ref::<NoInput>() {
        args::exit_with_usage(missing);
    }
    tell_error(errors::told(error));
    Status::Failed
}

/// Returns true if the reader of the output closed its pipe, as `head` does.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let causes = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    causes
        .into_iter()
        .any(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
