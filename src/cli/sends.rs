//! Opens the files of `--sends`.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use jiff::tz::TimeZone;
use wxsub::Decompressed;
use wxsub::report::text::printable;
use wxsub::stats::{Columns, Sends, SendsError};

use crate::cli::errors::told_io;
use crate::cli::language::{Words, both};
use crate::cli::options::{ColumnArgs, Common};
use crate::cli::plan::Plan;
use crate::cli::sources::refuse_overwriting;

/// Reads all files of sends, and keeps those of the times that the plan's filter wants.
pub(super) fn read(
    files: &[PathBuf],
    (columns, common): (&ColumnArgs, &Common),
    (zone, max_memory): (TimeZone, usize),
    plan: &Plan,
) -> anyhow::Result<Sends> {
    let mut names = Columns::default();
    for (part, column) in &columns.columns {
        names.add(*part, column);
    }
    let mut sends = Sends::new(names, zone, max_memory);
    for file in files {
        refuse_overwriting(plan.outputs(), "--sends", file)?;
        let name = printable(&file.to_string_lossy());
        let from = Decompressed::new(open(file, common)?).bounds(plan.bounds);
        let read = match &plan.redactor {
            None => sends.read(from),
            Some(redactor) => {
                let redacted = redactor.redact(from);
                let context = || both!("cannot read `{name}`", "无法读取 `{name}`");
                sends.read(redacted.with_context(context)?)
            }
        };
        read.map_err(|error| {
            let why = match &error {
                SendsError::Unreadable(error) => told_io(error),
                error => error.message(plan.err.lang),
            };
            anyhow!(both!("`{name}`: {why}", "`{name}`：{why}"))
        })?;
    }
    sends.keep_times(plan.filter.selection());
    Ok(sends)
}

/// Opens a file, or standard input, unless captures come from there.
fn open(file: &Path, common: &Common) -> anyhow::Result<Box<dyn Read + Send>> {
    let stdin = Path::new("-");
    if file != stdin {
        let opened = File::open(file);
        let opened = opened.with_context(|| {
            let name = printable(&file.to_string_lossy());
            both!("cannot read `{name}`", "无法读取 `{name}`")
        })?;
        return Ok(Box::new(opened));
    }
    if common.paths.is_empty() || common.paths.iter().any(|path| path == stdin) {
        bail!(Words(
            "--sends - and captures cannot both come from standard input: name the captures",
            "--sends - 和日志不能都来自标准输入：请给出日志文件"
        ));
    }
    Ok(Box::new(io::stdin()))
}
