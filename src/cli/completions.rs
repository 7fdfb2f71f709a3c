//! `wxsub completions`: prints the script with which a shell completes command lines.

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::cli::args;
use crate::cli::status::Status;
use crate::cli::target;

/// Runs `wxsub completions`.
pub(super) fn run(args: &args::Completions) -> anyhow::Result<Status> {
    target::write(args.to.path(), &script(args.shell))?;
    Ok(Status::Fine)
}

fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    generate(shell, &mut args::Args::command(), "wxsub", &mut script);
    script
}
