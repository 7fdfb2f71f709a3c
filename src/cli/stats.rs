//! `wxsub stats`: counts and rates.

use anyhow::bail;
use wxsub::stats::{Form, Key, Settings, Stats};

use crate::cli::args;
use crate::cli::fold;
use crate::cli::language::{Words, both};
use crate::cli::options::{Summary, TableFormat};
use crate::cli::plan::time_zone;
use crate::cli::say::tell;
use crate::cli::status::Status;

/// The templates of the overview if `--top` is not given.
const TOP: usize = 10;

/// Runs `wxsub stats`.
pub(super) fn run(args: &args::Stats) -> anyhow::Result<Status> {
    check(args)?;
    let plan = fold::plan("stats", &args.common, &args.fold)?;
    let mut target = plan.target()?;
    let (done, stats) = fold::run(&plan, Stats::new(settings(args)?), &mut target)?;
    let counts = stats.finish()?;
    if counts.has_estimates()
        && args.table.to != TableFormat::Table
        && plan.summary == Summary::Text
    {
        tell(Words(
            "more than a million users in a row are an estimate",
            "一行中用户超过一百万时为估计值",
        ));
    }
    fold::finish(
        &plan,
        args.table.is_raw(),
        &done,
        target,
        |to| match is_screen(args) {
            true => counts.write_screen(&done.tally, args.top.unwrap_or(TOP), &plan.out, to),
            false => counts.write(Form::from(args.table.to), &plan.out, to),
        },
    )
}

/// True if the overview for people is wanted.
fn is_screen(args: &args::Stats) -> bool {
    args.by.is_empty() && args.table.to == TableFormat::Table
}

/// Refuses arguments that contradict each other.
fn check(args: &args::Stats) -> anyhow::Result<()> {
    if args.top.is_some() && !is_screen(args) {
        bail!(Words(
            "--top belongs to the overview: stats without --by and --to",
            "--top 只用于概览，即不带 --by 和 --to 的 stats"
        ));
    }
    match repeated(&args.by) {
        Some(key) => {
            let key = key.name();
            bail!(both!(
                "--by names `{key}` twice",
                "--by 中 `{key}` 出现了两次"
            ))
        }
        None => Ok(()),
    }
}

fn settings(args: &args::Stats) -> anyhow::Result<Settings> {
    let is_screen = is_screen(args);
    Ok(Settings {
        by: match is_screen {
            true => vec![Key::Template],
            false => args.by.clone(),
        },
        time_zone: time_zone(&args.fold.tz)?,
        keep_repeats: args.fold.keep_repeats,
        with_codes: is_screen,
        max_memory: args.fold.max_memory,
    })
}

/// Returns a key that is there twice.
fn repeated(by: &[Key]) -> Option<Key> {
    let mut keys = by.iter().enumerate();
    let found = keys.find(|(at, key)| by[..*at].contains(key));
    found.map(|(_, key)| *key)
}
