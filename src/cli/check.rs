//! `wxsub check`: the gate.
//!
//! Findings are its data and go to standard output. The exit status says whether the findings let the input pass.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use anyhow::{Context, anyhow};
use wxsub::gate::{Gate, GateResult, Settings, write_baseline};
use wxsub::pipeline::{CaptureStats, Sink, Stop};
use wxsub::report::text::printable;
use wxsub::report::{FileCounts, Report};
use wxsub::{Place, Record, Severity};

use crate::cli::args;
use crate::cli::commands::summarize;
use crate::cli::gate::{GatePlan, config_folder, shown};
use crate::cli::interrupt::Interrupted;
use crate::cli::language::{Words, both};
use crate::cli::noise::NoiseFile;
use crate::cli::options::Summary;
use crate::cli::output::Output;
use crate::cli::plan::Plan;
use crate::cli::progress::Progress;
use crate::cli::read::{RunSink, read_all};
use crate::cli::say::{tell, tell_error};
use crate::cli::status::{Status, UNWRITTEN};
use crate::cli::target::Target;

/// Runs `wxsub check`.
pub(super) fn check(args: &args::Check) -> anyhow::Result<Status> {
    let plan = Plan::new("check", &args.common, None)?;
    let gate = GatePlan::new(&args.gate, &plan, args.common.select.is_any())?;
    let run = run(&plan, &gate.settings, gate.report)?;
    if fails_by_warnings(&run.result, &gate.settings) && plan.summary != Summary::None {
        tell_error(Words(
            "there are warnings, and --strict lets none pass",
            "有警告，而 --strict 不放过任何警告",
        ));
    }
    summarize(&run.result.tally, &plan, &run.result.files);
    if let Some(why) = run.unchecked() {
        tell_error(why);
    }
    let status = plan.exit_status(run.status(&gate.settings));
    match gate.expectations {
        Some(path)
            if matches!(status, Status::Fine | Status::Problem)
                && run.result.tally.sources() > 0 =>
        {
            write_expectations(&path, &run.result.files, &gate.settings.folder)?;
            Ok(Status::Fine)
        }
        _ => Ok(status),
    }
}

/// Returns true if the run fails only because of warnings.
fn fails_by_warnings(result: &GateResult, settings: &Settings) -> bool {
    let lenient = Settings {
        strict: false,
        ..Settings::default()
    };
    settings.is_failure(&result.tally) && !lenient.is_failure(&result.tally)
}

/// The result of a check.
struct CheckRun {
    result: GateResult,
    /// True if a capture could not be read.
    failed: bool,
    interrupted: Option<Interrupted>,
}

fn run(plan: &Plan, settings: &Settings, report: Box<dyn Report>) -> anyhow::Result<CheckRun> {
    let target = plan.target()?;
    let progress = Progress::of(plan, &target);
    let has_file = target.is_new_file();
    let mut out = Output::new(target);
    let mut sink = CheckSink {
        gate: Gate::new(settings, report, &mut out).context(UNWRITTEN)?,
        progress: &progress,
        noise: NoiseFile::new(plan.noise.as_deref())?,
        has_file,
    };
    let (failed, interrupted) = read_all(plan, &mut sink, &progress)?;
    let is_all = !failed && interrupted.is_none();
    sink.noise.map_or(Ok(()), |noise| noise.finish(is_all))?;
    let result = sink.gate.close().context(UNWRITTEN)?;
    out.finish(is_all)?;
    Ok(CheckRun {
        result,
        failed,
        interrupted,
    })
}

impl CheckRun {
    fn status(&self, settings: &Settings) -> Status {
        let is_failure = self.unchecked().is_some() || settings.is_failure(&self.result.tally);
        match (self.interrupted, self.failed) {
            (Some(interrupted), _) => Status::Interrupted(interrupted),
            (None, true) => Status::Failed,
            (None, false) if is_failure => Status::Problem,
            (None, false) => Status::Fine,
        }
    }

    /// If nothing was checked, says why. A gate that checked nothing must not pass.
    fn unchecked(&self) -> Option<Words> {
        let tally = &self.result.tally;
        // A file without a payload is an error finding already, unless it is allowed or expected.
        let is_told = tally.findings(Severity::Error) + tally.expected() > 0;
        match tally.all_callbacks() {
            _ if self.result.stopped || self.failed || self.interrupted.is_some() => None,
            _ if tally.sources() == 0 => Some(Words("no files to check", "没有可检查的文件")),
            0 if tally.filtered_out() > 0 => Some(Words(
                "nothing was checked: every callback was filtered out",
                "没有检查任何内容：所有回调都不符合筛选条件",
            )),
            0 if tally.payloads() == 0 && !is_told => Some(Words(
                "nothing was checked: there is no payload in any file",
                "没有检查任何内容：所有文件中都没有消息体",
            )),
            _ => None,
        }
    }
}

/// The gate, with a progress bar.
struct CheckSink<'a> {
    gate: Gate<'a, &'a mut Output>,
    progress: &'a Progress,
    noise: Option<NoiseFile>,
    /// True if the report goes to a new file.
    has_file: bool,
}

impl Sink for CheckSink<'_> {
    fn fork(&self) -> Self {
        CheckSink {
            gate: self.gate.fork(),
            progress: self.progress,
            noise: None,
            has_file: self.has_file,
        }
    }

    fn record(&mut self, record: &Record<'_>) {
        self.gate.record(record);
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        let joined = self.gate.join(later.gate);
        let callbacks = self.gate.tally().map_or(0, |tally| tally.all_callbacks());
        self.progress.counts().set_callbacks(callbacks);
        joined
    }

    fn noise(&mut self, source: &str, place: Place, line: &[u8]) -> Result<(), Stop> {
        match &mut self.noise {
            Some(noise) => noise.write(source, place, line),
            None => Ok(()),
        }
    }

    fn end(&mut self, source: &str, stats: &CaptureStats) {
        self.gate.end(source, stats);
    }

    fn cut(&mut self, source: &str, stats: &CaptureStats) {
        self.gate.cut(source, stats);
    }
}

impl RunSink for CheckSink<'_> {
    fn has_file(&self) -> bool {
        self.noise.is_some() || self.has_file
    }

    fn is_over(&self) -> bool {
        self.gate.is_stopped()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.gate.flush()
    }

    fn unreadable(&mut self, name: Option<&str>, why: &str) -> io::Result<()> {
        self.gate.unreadable(name, why)
    }
}

/// Writes the findings into the config at `path`, as expected findings.
fn write_expectations(path: &Path, files: &[FileCounts], folder: &Path) -> anyhow::Result<()> {
    let name = printable(&shown(path, folder));
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        text => text.with_context(|| both!("cannot read `{name}`", "无法读取 `{name}`"))?,
    };
    let below = |file: &str| relative(&folder.join(file), config_folder(path));
    let with_findings = files.iter().filter(|file| !file.is_empty()).cloned();
    let (inside, outside): (Vec<_>, Vec<_>) =
        with_findings.partition(|file| file.path != "-" && below(&file.path).is_some());
    for file in outside {
        let file = printable(&file.path);
        tell(both!(
            "`{file}` lies outside the folder of `{name}`: its findings are not written",
            "`{file}` 不在 `{name}` 所在的文件夹中：没有写入它的问题"
        ));
    }
    let recorded = write_baseline(&text, &inside, |file| below(file).unwrap_or_default());
    let recorded = recorded.map_err(|error| anyhow!(error).context(name.clone()))?;
    if recorded.text == text {
        tell(match text.is_empty() {
            true => both!(
                "there are no findings: `{name}` is not written",
                "没有问题：未写入 `{name}`"
            ),
            false => both!(
                "there are no findings that `{name}` does not expect: it stays as it is",
                "没有 `{name}` 尚未预期的问题：文件保持原样"
            ),
        });
        return Ok(());
    }
    let mut target = Target::new(Some(path))?;
    let written = target.write_all(recorded.text.as_bytes());
    written.with_context(|| both!("cannot write `{name}`", "无法写入 `{name}`"))?;
    target.finish()?;
    let (count, files) = match recorded.changed {
        1 => (1, "file"),
        count => (count, "files"),
    };
    tell(both!(
        "`{name}` now expects the findings of {count} {files}",
        "`{name}` 现在预期 {count} 个文件中的问题"
    ));
    Ok(())
}

/// The part of `path` below `folder`, with `/` as separator. `None` if `path` is outside.
fn relative(path: &Path, folder: &Path) -> Option<String> {
    let plain: PathBuf = path.components().collect();
    let path = plain.strip_prefix(folder).ok()?.to_str()?;
    Some(path.replace(MAIN_SEPARATOR, "/"))
}
