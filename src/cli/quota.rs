//! `wxsub quota`: grants left for each account, user and template.

use wxsub::stats::{Form, Quota, QuotaSettings};

use crate::cli::args;
use crate::cli::fold;
use crate::cli::options::Summary;
use crate::cli::plan::time_zone;
use crate::cli::say::tell;
use crate::cli::sends;
use crate::cli::status::Status;

/// Runs `wxsub quota`.
pub(super) fn run(args: &args::Quota) -> anyhow::Result<Status> {
    args.common.select.refuse_parts("quota", true)?;
    let plan = fold::plan("quota", &args.common, &args.fold)?;
    let zone = time_zone(&args.fold.tz)?;
    let memory = (zone.clone(), args.fold.max_memory);
    let sends = sends::read(&args.sends, (&args.columns, &args.common), memory, &plan)?;
    let mut target = plan.target()?;
    // With pseudonyms in the captures, those of the templates are looked for.
    let long_term = args.long_term.iter().map(|id| match &plan.redactor {
        Some(redactor) => redactor.pseudonym(id),
        None => id.clone(),
    });
    let settings = QuotaSettings {
        long_term: long_term.collect(),
        refused_is_zero: args.assume_refused_is_zero,
        selection: plan.filter.selection().clone(),
        keep_repeats: args.fold.keep_repeats,
        max_memory: args.fold.max_memory,
    };
    let (done, quota) = fold::run(&plan, Quota::new(settings, sends), &mut target)?;
    let grants = quota.finish()?;
    let status = fold::finish(&plan, args.table.is_raw(), &done, target, |to| {
        let form = Form::from(args.table.to);
        grants.write(form, args.left, (&plan.out, &zone), to)
    })?;
    if plan.summary == Summary::Text {
        grants.notes(plan.err.lang).iter().for_each(tell);
    }
    Ok(status)
}
