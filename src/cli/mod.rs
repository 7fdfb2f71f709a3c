//! The command line: what was typed, what it means, and one short function a command.

mod args;
mod bar;
mod check;
mod commands;
mod decrypt;
mod draw;
mod encrypt;
mod explain;
mod feed;
mod gate;
mod interrupt;
mod keys;
mod moment;
mod number;
mod plan;
mod progress;
mod read;
mod sample;
mod schema;
mod select;
mod sources;
mod stream;
mod target;
mod texts;
mod unheard;

use std::process::ExitCode;

use args::{Args, Command};

/// How a run ended, as scripts see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Status {
    /// All well.
    Fine = 0,
    /// The input has a problem.
    Problem = 1,
    /// The run itself failed.
    Failed = 2,
    /// Ctrl-C was pressed.
    Interrupted = interrupt::STATUS as isize,
}

/// What failed, where standard output takes no more.
const UNWRITTEN: &str = "cannot write the output";

/// Parses the arguments and does what they ask for.
pub(crate) fn run() -> ExitCode {
    let done = match Args::of_command_line().command {
        Command::Parse(args) => commands::parse(&args),
        Command::Convert(args) => commands::convert(&args),
        Command::Check(args) => check::check(&args),
        Command::Explain(args) => explain::explain(&args),
        Command::Schema(args) => schema::schema(&args),
        Command::Sample(args) => sample::sample(&args),
        Command::Decrypt(args) => decrypt::run(&args),
        Command::Encrypt(args) => encrypt::run(&args),
    };
    let status = done.unwrap_or_else(|error| match is_closed_pipe(&error) {
        true => Status::Fine,
        false => {
            eprintln!("wxsub: error: {error:#}");
            Status::Failed
        }
    });
    ExitCode::from(status as u8)
}

/// Whether whoever read the output has seen enough, as `head` has.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let causes = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    causes
        .into_iter()
        .any(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
