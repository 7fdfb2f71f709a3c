//! `wxsub completions`: prints the script with which a shell completes command lines.

use clap::CommandFactory;
use clap_complete::{Shell, generate};
use wxsub::Lang;

use crate::cli::args;
use crate::cli::help;
use crate::cli::language::chosen;
use crate::cli::status::Status;
use crate::cli::target;

/// Runs `wxsub completions`.
pub(super) fn run(args: &args::Completions) -> anyhow::Result<Status> {
    target::write(args.to.path(), &script(args.shell))?;
    Ok(Status::Fine)
}

fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    let mut program = match chosen() {
        Lang::En => args::Args::command(),
        Lang::Zh => help::with_texts(args::Args::command()),
    };
    generate(shell, &mut program, "wxsub", &mut script);
    script
}
