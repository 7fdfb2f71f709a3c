//! `wxsub stats`: counts and rates.

use anyhow::bail;
use wxsub::stats::{Form, Key, Settings, Stats};

use crate::cli::args;
use crate::cli::fold;
use crate::cli::options::TableFormat;
use crate::cli::plan::time_zone;
use crate::cli::status::Status;
use crate::cli::target::Target;

/// The templates of the overview if `--top` is not given.
const TOP: usize = 10;

/// Runs `wxsub stats`.
pub(super) fn run(args: &args::Stats) -> anyhow::Result<Status> {
    let is_screen = args.by.is_empty() && args.fold.to == TableFormat::Table;
    if args.top.is_some() && !is_screen {
        bail!("--top belongs to the overview: stats without --by and --to");
    }
    if let Some(key) = repeated(&args.by) {
        bail!("--by names `{}` twice", key.name());
    }
    let plan = fold::plan("stats", &args.common, &args.fold)?;
    let mut target = Target::new(args.fold.output.as_deref())?;
    let stats = Stats::new(Settings {
        by: if is_screen {
            vec![Key::Template]
        } else {
            args.by.clone()
        },
        time_zone: time_zone(&args.fold.tz)?,
        keep_repeats: args.fold.keep_repeats,
        with_codes: is_screen,
        max_memory: args.fold.max_memory,
    });
    let (done, stats) = fold::run(&plan, stats, &mut target)?;
    let counts = stats.finish()?;
    fold::finish(&plan, &args.fold, &done, target, |to| match is_screen {
        true => counts.write_screen(&done.tally, args.top.unwrap_or(TOP), &plan.out, to),
        false => counts.write(Form::from(args.fold.to), &plan.out, to),
    })
}

/// Returns a key that is there twice.
fn repeated(by: &[Key]) -> Option<Key> {
    let mut keys = by.iter().enumerate();
    let found = keys.find(|(at, key)| by[..*at].contains(key));
    found.map(|(_, key)| *key)
}
