//! `wxsub man`: prints manual pages, which are made of the help texts.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context;
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use wxsub::report::text::printable;

use crate::cli::args;
use crate::cli::language::both;
use crate::cli::status::{Status, UNWRITTEN};
use crate::cli::target;

/// Runs `wxsub man`.
pub(super) fn run(args: &args::Man) -> anyhow::Result<Status> {
    match &args.dir {
        Some(folder) => write_all(folder)?,
        None => {
            let page = page(named(args.command.as_deref())).context(UNWRITTEN)?;
            target::write(args.to.path(), &page)?;
        }
    }
    Ok(Status::Fine)
}

/// Returns the program. It is built, because its commands know their arguments only then.
fn program() -> Command {
    // The page of `help` would repeat the list of commands.
    let mut program = args::Args::command().disable_help_subcommand(true);
    program.build();
    program
}

/// Returns the command `name`, or the program.
fn named(name: Option<&str>) -> Command {
    let program = program();
    let found = name.and_then(|name| program.find_subcommand(name));
    found.cloned().unwrap_or(program)
}

/// Returns the manual page of a command.
fn page(command: Command) -> io::Result<Vec<u8>> {
    // An argument that is hidden in the short help would be shown without its text.
    let mut command = command.mut_args(|arg| arg.hide_short_help(false));
    let (synopsis, notes) = (synopsis(&mut command), notes(&command));
    let has_commands = command.has_subcommands();
    let man = Man::new(command).source(concat!("wxsub ", env!("CARGO_PKG_VERSION")));
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    page.extend_from_slice(synopsis.as_bytes());
    man.render_options_section(&mut page)?;
    if has_commands {
        man.render_subcommands_section(&mut page)?;
    }
    page.extend_from_slice(notes.as_bytes());
    Ok(page)
}

/// Returns the section with the usage. The library's own section lists all flags, which fills a screen.
fn synopsis(command: &mut Command) -> String {
    let usage = command.render_usage().to_string();
    let usage = escaped(usage.trim_start_matches("Usage: "));
    format!(".SH SYNOPSIS\n{usage}\n")
}

/// Returns the section with the text after the help. Its lines are not filled: most are examples.
fn notes(command: &Command) -> String {
    let text = command.get_after_long_help().or(command.get_after_help());
    let Some(text) = text.map(ToString::to_string) else {
        return String::new();
    };
    let (heading, text) = match text.strip_prefix("Examples:\n") {
        Some(text) => ("EXAMPLES", text),
        None => ("NOTES", &text[..]),
    };
    format!(".SH {heading}\n.nf\n{}\n.fi\n", escaped(text))
}

/// Escapes text for roff. No line of the help texts begins with a dot or an apostrophe, which would be a command.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\e").replace('-', "\\-")
}

/// Writes the pages of the program and of all commands into `folder`, which is created if it is missing.
fn write_all(folder: &Path) -> anyhow::Result<()> {
    let context = || {
        let name = printable(&folder.display().to_string());
        both!("cannot write to `{name}`", "无法写入 `{name}`")
    };
    fs::create_dir_all(folder).with_context(context)?;
    let program = program();
    for command in program.get_subcommands().chain([&program]) {
        let name = command.get_display_name().unwrap_or(command.get_name());
        let page = page(command.clone()).with_context(context)?;
        target::write(Some(&folder.join(format!("{name}.1"))), &page)?;
    }
    Ok(())
}
