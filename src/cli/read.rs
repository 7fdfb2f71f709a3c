//! The loop over all captures: reads each one into a sink.
//!
//! A capture that cannot be read is reported, and the run goes on. Output that cannot be written ends the run.

use std::io;

use wxsub::decompress;
use wxsub::pipeline::{self, Error, Sink, Stop};
use wxsub::redact::Refusal;
use wxsub::report::text::printable;
use wxsub::select::Filter;

use crate::cli::errors::{told, told_io};
use crate::cli::feed::{Feed, OpenCapture};
use crate::cli::interrupt::Interrupted;
use crate::cli::language::{Words, both};
use crate::cli::options::Summary;
use crate::cli::plan::Plan;
use crate::cli::progress::Progress;
use crate::cli::say::{tell, tell_error};
use crate::cli::sources::Unreadable;
use crate::cli::status::UNWRITTEN;

/// A sink that takes several captures, one after the other.
pub(super) trait RunSink: Sink {
    /// Returns true if the run must end.
    fn is_over(&self) -> bool;

    /// Writes what was collected.
    fn flush(&mut self) -> io::Result<()>;

    /// Returns true if a run that is ended at once would leave a file that is not whole.
    fn has_file(&self) -> bool;

    /// Takes note of a capture that was not read to its end. `name` is `None` if it is the current one, or unknown.
    fn unreadable(&mut self, name: Option<&str>, why: &str) -> io::Result<()>;
}

/// Why an interrupted run is not whole, for reports.
const CUT_OFF: Words = Words(
    "interrupted: the rest was not read",
    "已中断：其余部分没有读取",
);

/// Reads all captures. Returns true if one of them could not be read, and the signal that ended the run, if one did.
pub(super) fn read_all(
    plan: &Plan,
    sink: &mut impl RunSink,
    progress: &Progress,
) -> anyhow::Result<(bool, Option<Interrupted>)> {
    let counts = progress.counts().clone();
    let mut feed = Feed::new(&plan.sources, plan.bounds, counts);
    if sink.has_file() {
        feed.watch();
    }
    let mut failed = false;
    let mut filter = plan.filter.clone();
    loop {
        let next = feed.next().map_err(|error| (None, error));
        let read = |it: OpenCapture<'_>| {
            let name = it.name.clone();
            read(it, plan, &mut filter, sink).map_err(|error| (Some(name), error))
        };
        match next.and_then(|capture| capture.map_or(Ok(false), read)) {
            Ok(true) => {}
            Ok(false) => return Ok((failed, None)),
            Err((_, error)) if error.is::<OutputFailed>() => return Err(error),
            Err((name, error)) => {
                if let Some(interrupted) = error.downcast_ref() {
                    tell_interrupted(*interrupted, plan, progress);
                    sink.unreadable(None, &CUT_OFF.to_string())
                        .map_err(OutputFailed)?;
                    return Ok((failed, Some(*interrupted)));
                }
                let unread = error.downcast_ref::<Unreadable>();
                let name = name.or_else(|| unread.map(|unread| unread.name.clone()));
                let why = told(&error);
                progress.aside(|| tell_error(&why));
                let told = sink.unreadable(name.as_deref(), &why);
                told.map_err(OutputFailed)?;
                failed = true;
            }
        }
    }
}

/// Says that a run was interrupted, where people read the summary.
pub(super) fn tell_interrupted(interrupted: Interrupted, plan: &Plan, progress: &Progress) {
    if matches!(plan.summary, Summary::Text | Summary::Files) {
        progress.aside(|| tell(interrupted));
    }
}

/// The error of output that could not be written: there is no point in reading on.
#[derive(Debug)]
struct OutputFailed(io::Error);

impl std::fmt::Display for OutputFailed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        UNWRITTEN.fmt(f)
    }
}

impl std::error::Error for OutputFailed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// Reads one capture. Returns false if the run is over.
fn read(
    capture: OpenCapture<'_>,
    plan: &Plan,
    filter: &mut Filter,
    sink: &mut impl RunSink,
) -> anyhow::Result<bool> {
    let (name, bytes) = (&capture.name, capture.bytes);
    let read = match &plan.redactor {
        None => pipeline::run_filtered(bytes, name, &plan.options, filter, sink),
        Some(redactor) => redactor
            .redact(bytes)
            .map_err(Error::Input)
            .and_then(|it| pipeline::run_filtered(it, name, &plan.options, filter, sink)),
    };
    match read {
        Ok(()) => {}
        Err(Error::Stopped(Stop::Enough)) => return Ok(false),
        Err(Error::Stopped(Stop::Output(error))) => return Err(OutputFailed(error).into()),
        Err(Error::Input(error)) => return Err(unreadable(error, &capture.name)),
    }
    sink.flush().map_err(OutputFailed)?;
    Ok(!sink.is_over() && !filter.has_enough())
}

/// The error of a capture that was not read to its end, or that is not redacted, with a hint if a flag helps. An
/// interruption stays what it is.
pub(super) fn unreadable(error: io::Error, name: &str) -> anyhow::Error {
    let inner = error.get_ref();
    if let Some(interrupted) = inner.and_then(|inner| inner.downcast_ref::<Interrupted>()) {
        return (*interrupted).into();
    }
    let hint = match inner.and_then(|inner| inner.downcast_ref()) {
        Some(decompress::Error::Expands { .. }) => Words(
            "; --max-expansion allows more",
            "；可用 --max-expansion 放宽",
        ),
        Some(decompress::Error::Window { .. }) => {
            Words("; --max-window allows more", "；可用 --max-window 放宽")
        }
        _ => Words("", ""),
    };
    let is_refused = inner.is_some_and(|inner| inner.is::<Refusal>());
    let (name, error) = (printable(name), told_io(&error));
    if is_refused {
        return anyhow::anyhow!(both!(
            "cannot redact `{name}`: {error}",
            "无法替换 `{name}` 中的 ID：{error}"
        ));
    }
    anyhow::anyhow!(both!(
        "cannot read `{name}`: {error}{hint}",
        "无法读取 `{name}`：{error}{hint}"
    ))
}
