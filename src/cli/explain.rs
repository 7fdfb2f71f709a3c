//! `wxsub explain`: prints what a term means.

use std::io::{self, Write};

use anyhow::Context;
use console::Term;
use wxsub::explain::{find, index};

use crate::cli::options::Language;
use crate::cli::plan::language;
use crate::cli::status::{Status, UNWRITTEN};

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
    #[arg(value_name = "TERM", allow_hyphen_values = true)]
    term: Option<String>,
    /// Language of messages [default: from WXSUB_LANG, LC_ALL, LC_MESSAGES or LANG]
    #[arg(long, value_enum)]
    lang: Option<Language>,
}

/// Runs `wxsub explain`.
pub(super) fn explain(args: &Args) -> anyhow::Result<Status> {
    let (lang, width) = (language(args.lang), width());
    let text = match &args.term {
        None => index(lang, width),
        Some(term) => {
            let topics = find(term)?;
            let pages = topics.iter().map(|topic| topic.text(lang, width));
            pages.collect::<Vec<_>>().join("\n")
        }
    };
    let written = io::stdout().write_all(text.as_bytes());
    written.context(UNWRITTEN)?;
    Ok(Status::Fine)
}

/// The width of the text: the columns of the terminal, but at most 100, to be easy to read.
fn width() -> usize {
    const WIDEST: usize = 100;
    let terminal = Term::stdout();
    let size = terminal
        .is_term()
        .then(|| terminal.size_checked())
        .flatten();
    size.map_or(WIDEST, |(_, columns)| WIDEST.min(columns.into()))
}
