//! Runs a fold over all captures: what the commands that count share.
//!
//! Adding a command: flatten `FoldArgs` and `Common` into its arguments; call [`plan`], [`run`] and [`finish`].

use std::io::Write;

use anyhow::{Context, anyhow};
use wxsub::Record;
use wxsub::report::Tally;
use wxsub::report::text::TextOptions;
use wxsub::stats::Fold;

use crate::cli::commands::{
    decoded, in_text, refuse_files, report_undecodable, summarize, visible,
};
use crate::cli::options::{Common, FoldArgs};
use crate::cli::plan::Plan;
use crate::cli::status::{Status, UNWRITTEN};
use crate::cli::stream::{Done, Job, run_with};
use crate::cli::target::Target;
use crate::cli::texts::Texts;

/// Makes the plan of a command that counts.
pub(super) fn plan(
    command: &'static str,
    common: &Common,
    args: &FoldArgs,
) -> anyhow::Result<Plan> {
    let mut plan = Plan::new(command, common, Some(&args.tz))?;
    refuse_files(&plan)?;
    // Only the fold remembers deliveries: it lets all threads decode.
    plan.filter = plan.filter.noting_keys();
    Ok(plan)
}

/// Reads all captures of `plan` into `fold`.
///
/// # Errors
///
/// The failure of the fold, besides errors of input.
pub(super) fn run<F: Fold>(plan: &Plan, fold: F, target: &mut Target) -> anyhow::Result<(Done, F)> {
    let job = Messages { options: plan.err };
    let (mut done, fold) = run_with(plan, &job, fold, target)?;
    if let Some(failure) = fold.failure() {
        return Err(anyhow!(failure.message(plan.err.lang)));
    }
    for (event, count) in fold.repeats() {
        done.tally.move_to_deduplicated(event, count);
    }
    Ok((done, fold))
}

/// Writes the result to `target`, and the summary to standard error. Returns the exit status. If the result `is_raw`, it
/// may hold what a terminal would obey.
pub(super) fn finish(
    plan: &Plan,
    is_raw: bool,
    done: &Done,
    mut target: Target,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> anyhow::Result<Status> {
    let written = match is_raw && target.is_terminal() {
        true => write(&mut Visible(&mut target)),
        false => write(&mut target),
    };
    written.context(UNWRITTEN)?;
    target.flush().context(UNWRITTEN)?;
    done.keep(target)?;
    summarize(&done.tally, plan, &[]);
    Ok(decoded(done, plan))
}

/// A writer that escapes what a terminal would obey.
struct Visible<'a>(&'a mut Target);

impl Write for Visible<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write_all(&visible(bytes, in_text))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// The job beside a fold: messages about undecodable payloads.
struct Messages {
    options: TextOptions,
}

impl Job for Messages {
    fn record(&self, record: &Record<'_>, texts: &mut Texts, _tally: &mut Tally) {
        report_undecodable(record, &self.options, texts);
    }
}
