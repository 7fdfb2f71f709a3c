//! `wxsub join`: send requests with their results.

use wxsub::select::Filter;
use wxsub::stats::{Form, Join, JoinSettings};

use crate::cli::args;
use crate::cli::fold;
use crate::cli::options::Summary;
use crate::cli::plan::time_zone;
use crate::cli::say::tell;
use crate::cli::sends;
use crate::cli::status::Status;

/// Runs `wxsub join`.
pub(super) fn run(args: &args::Join) -> anyhow::Result<Status> {
    args.common.select.refuse_parts("join", false)?;
    let mut plan = fold::plan("join", &args.common, &args.fold)?;
    let zone = time_zone(&args.fold.tz)?;
    let memory = (zone.clone(), args.fold.max_memory);
    let sends = sends::read(&args.sends, (&args.columns, &args.common), memory, &plan)?;
    let mut target = plan.target()?;
    let settings = JoinSettings {
        all: args.all,
        selection: plan.filter.selection().clone(),
        keep_repeats: args.fold.keep_repeats,
        max_memory: args.fold.max_memory,
    };
    // The filter chose sends. A send near its bounds may have its result beyond.
    plan.filter = Filter::default();
    let (done, join) = fold::run(&plan, Join::new(settings, sends), &mut target)?;
    let joined = join.finish()?;
    let status = fold::finish(&plan, args.table.is_raw(), &done, target, |to| {
        joined.write(Form::from(args.table.to), (&plan.out, &zone), to)
    })?;
    if plan.summary == Summary::Text {
        joined.notes(plan.err.lang).iter().for_each(tell);
    }
    Ok(status)
}
