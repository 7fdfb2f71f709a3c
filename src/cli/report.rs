//! `wxsub report`: a page of charts.

use wxsub::stats::{ChartSettings, Charts};

use crate::cli::args;
use crate::cli::fold;
use crate::cli::language::Words;
use crate::cli::plan::{NoInput, time_zone};
use crate::cli::status::Status;

/// Runs `wxsub report`.
pub(super) fn run(args: &args::Report) -> anyhow::Result<Status> {
    let plan = fold::plan("report", &args.common, &args.fold)?;
    let mut target = plan.target()?;
    if !args.common.to.is_given() && target.is_terminal() {
        return Err(NoInput {
            command: "report",
            message: Words(
                "a page is nothing to read in a terminal: name a file with -o, or write it to a pipe",
                "网页不适合在终端里看：请用 -o 指定文件，或用管道传出",
            ),
        }
        .into());
    }
    let settings = ChartSettings {
        time_zone: time_zone(&args.fold.tz)?,
        keep_repeats: args.fold.keep_repeats,
        max_memory: args.fold.max_memory,
    };
    let (done, charts) = fold::run(&plan, Charts::new(settings), &mut target)?;
    let page = charts.finish()?;
    fold::finish(&plan, false, &done, target, |to| {
        page.write(&done.tally, args.title.as_deref(), plan.out.lang, to)
    })
}
