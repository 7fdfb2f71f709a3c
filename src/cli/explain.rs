//! `wxsub explain`: prints what a term means.

use console::Term;
use wxsub::explain::{Topic, find, index};

use crate::cli::known::Known;
use crate::cli::language::chosen;
use crate::cli::options::FileArg;
use crate::cli::status::Status;
use crate::cli::target;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wxsub explain                   lists everything
  wxsub explain trailing-comma    a finding
  wxsub explain popup             an event
  wxsub explain PopupScene        a field
  wxsub explain 43101             an error code")]
pub(super) struct Args {
    /// An event, field, status, scene, error code, finding or other word, in any case of letters
    /// [default: a list of all]
    #[arg(
        value_name = "TERM",
        allow_hyphen_values = true,
        value_parser = Known::new(any, terms),
        hide_possible_values = true
    )]
    term: Option<String>,
    #[command(flatten)]
    to: FileArg,
}

fn any(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

/// Returns the names of all topics that are one word of a shell.
fn terms() -> Vec<String> {
    let names = Topic::all().flat_map(|topic| topic.names());
    let mut names: Vec<String> = names.filter(|name| !name.contains(' ')).collect();
    names.sort();
    names.dedup();
    names
}

/// Runs `wxsub explain`.
pub(super) fn explain(args: &Args) -> anyhow::Result<Status> {
    let (lang, width) = (chosen(), width(&args.to));
    let text = match &args.term {
        None => index(lang, width),
        Some(term) => {
            let topics = find(term)?;
            let pages = topics.iter().map(|topic| topic.text(lang, width));
            pages.collect::<Vec<_>>().join("\n")
        }
    };
    target::write(args.to.path(), text.as_bytes())?;
    Ok(Status::Fine)
}

/// The width of the text: the columns of the terminal, but at most 100, to be easy to read.
fn width(to: &FileArg) -> usize {
    const WIDEST: usize = 100;
    let terminal = Some(Term::stdout()).filter(|it| to.path().is_none() && it.is_term());
    let size = terminal.and_then(|terminal| terminal.size_checked());
    size.map_or(WIDEST, |(_, columns)| WIDEST.min(columns.into()))
}
