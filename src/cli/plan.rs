//! The plan of a run: what the arguments mean, given the environment and the terminals.
//!
//! It is made before the first byte is read: a wrong glob, key or time zone ends the run here.

use std::env;
use std::fmt;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use console::Term;
use jiff::tz::{Offset, TimeZone};
use wxsub::Limits;
use wxsub::decompress::Bounds;
use wxsub::pipeline::Options;
use wxsub::redact::Redactor;
use wxsub::report::text::TextOptions;
use wxsub::select::Filter;

use crate::cli::language::{Words, both, chosen};
use crate::cli::options::{Common, Summary, When};
use crate::cli::sources::{Sources, refuse_overwriting};
use crate::cli::status::Status;
use crate::cli::target::Target;

/// The error of a command that has no file while standard input is a terminal.
#[derive(Debug)]
pub(super) struct NoInput {
    pub(super) command: &'static str,
    pub(super) message: Words,
}

impl std::error::Error for NoInput {}

impl fmt::Display for NoInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message.fmt(f)
    }
}

/// The settings that all commands share.
pub(super) struct Plan {
    pub(super) sources: Sources,
    /// The file that data goes to. `None` for standard output.
    output: Option<PathBuf>,
    pub(super) options: Options,
    /// Replaces the ids of captures, if that is wanted.
    pub(super) redactor: Option<Redactor>,
    /// Which callbacks are wanted. Each run works on a copy, because a filter counts and remembers.
    pub(super) filter: Filter,
    /// The options of text on standard output.
    pub(super) out: TextOptions,
    /// The options of text on standard error.
    pub(super) err: TextOptions,
    pub(super) fail_fast: bool,
    exit_zero: bool,
    /// The file that noise is written to.
    pub(super) noise: Option<PathBuf>,
    pub(super) summary: Summary,
    /// True if a progress bar may be drawn on standard error.
    pub(super) progress: bool,
    /// The limits of compressed input.
    pub(super) bounds: Bounds,
}

impl Plan {
    /// Returns the files that the run writes.
    pub(super) fn outputs(&self) -> impl Iterator<Item = &Path> {
        [&self.output, &self.noise]
            .into_iter()
            .flatten()
            .map(PathBuf::as_path)
    }

    /// Opens the destination of the data.
    pub(super) fn target(&self) -> anyhow::Result<Target> {
        Target::new(self.output.as_deref())
    }

    /// Returns the exit status of a run that came to `status`. With `--exit-zero` a problem of the input is none.
    pub(super) fn exit_status(&self, status: Status) -> Status {
        match status {
            Status::Problem if self.exit_zero => Status::Fine,
            status => status,
        }
    }

    /// Makes the plan of `command`. Times without a zone are in the zone `tz`, or in the local zone.
    pub(super) fn new(
        command: &'static str,
        common: &Common,
        tz: Option<&str>,
    ) -> anyhow::Result<Self> {
        if common.paths.is_empty() && io::stdin().is_terminal() {
            let message = Words(
                "nothing to read: name a file or a folder, or pipe something in",
                "没有可读的内容：请给出文件或文件夹，或用管道传入",
            );
            return Err(NoInput { command, message }.into());
        }
        refuse_lost_files(common)?;
        if command != "redact" {
            common.redact.refuse_idle_key()?;
        }
        let has_watcher = io::stderr().is_terminal();
        let sources = sources(common)?;
        let options = Options {
            limits: limits(common),
            threads: common.input.threads,
            policy: common.keys.policy()?,
            keeps_noise: common.output.noise.is_some(),
            accepts_after_torn: common.input.accept_after_torn,
            ..Options::default()
        };
        let redactor = common.redact.redactor(&options)?;
        let zone = || time_zone(tz.unwrap_or("local"));
        Ok(Plan {
            filter: common.select.filter(zone, redactor.as_ref())?,
            redactor,
            sources,
            output: common.to.path().map(Path::to_owned),
            options,
            out: match common.to.path() {
                Some(_) => text_options(common, None),
                None => text_options(common, Some(&Term::stdout())),
            },
            err: text_options(common, Some(&Term::stderr())),
            fail_fast: common.input.fail_fast,
            exit_zero: common.output.exit_zero,
            noise: common.output.noise.clone(),
            summary: if common.quiet {
                Summary::None
            } else {
                common.output.summary
            },
            progress: has_watcher && !common.quiet && !is_dumb(),
            bounds: Bounds {
                expansion: common.compressed.max_expansion,
                window: common.compressed.max_window,
            },
        })
    }
}

/// Refuses outputs of which one would replace another, or a file of keys.
fn refuse_lost_files(common: &Common) -> anyhow::Result<()> {
    let outputs = [common.to.path(), common.output.noise.as_deref()];
    refuse_one_file(outputs)?;
    for (flag, file) in [
        ("--keys", common.keys.file()),
        ("--redact-key-file", common.redact.file()),
    ] {
        if let Some(file) = file {
            refuse_overwriting(outputs.into_iter().flatten(), flag, file)?;
        }
    }
    Ok(())
}

/// Returns what is read: the paths, without what is written and without files of keys.
fn sources(common: &Common) -> anyhow::Result<Sources> {
    let sources = Sources::new(&common.paths, &common.input.glob)?
        .with_hidden(common.input.hidden)
        .without_keys(common.keys.file())
        .without_keys(common.redact.file())
        .without_output(common.to.path());
    Ok(match common.output.noise.as_deref() {
        None => sources,
        noise => sources.without_output(noise),
    })
}

/// Refuses data and noise in one file, where one would replace the other.
fn refuse_one_file([data, noise]: [Option<&Path>; 2]) -> anyhow::Result<()> {
    let is_file = |path: &&Path| !path.starts_with("/dev") && !path.starts_with("/proc");
    match data.filter(is_file).zip(noise) {
        Some((data, noise)) if data == noise => bail!(Words(
            "-o and --noise name one file",
            "-o 与 --noise 是同一个文件"
        )),
        _ => Ok(()),
    }
}

/// The options of text that goes to the stream `to`, or to a file.
fn text_options(common: &Common, to: Option<&Term>) -> TextOptions {
    let terminal = to.filter(|to| to.is_term());
    let size = terminal.and_then(Term::size_checked);
    TextOptions {
        lang: chosen(),
        color: has_color(common.output.color, terminal.is_some()),
        width: size.map_or(PIPE_WIDTH, |(_, columns)| columns.into()),
    }
}

/// The width if no terminal shows the text. Every table fits; snippets are still cut.
const PIPE_WIDTH: usize = 180;

fn limits(common: &Common) -> Limits {
    Limits {
        payload_size: common.limits.max_payload_size,
        depth: common.limits.max_depth,
        items: common.limits.max_items,
        values: common.limits.max_values,
    }
}

/// Returns true if text is coloured: the flag decides, then the environment, then whether the stream is a terminal.
pub(super) fn has_color(when: When, is_terminal: bool) -> bool {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let forced = |name| set(name).is_some_and(|value| value != "0" && value != "false");
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto if set("NO_COLOR").is_some() => false,
        When::Auto if forced("FORCE_COLOR") || forced("CLICOLOR_FORCE") => true,
        When::Auto => is_terminal && !is_dumb(),
    }
}

/// Returns true if the terminal understands no escape sequences.
fn is_dumb() -> bool {
    env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Returns the time zone that `name` means.
pub(super) fn time_zone(name: &str) -> anyhow::Result<TimeZone> {
    if name.eq_ignore_ascii_case("local") {
        // A machine without a zone, such as many containers, is taken as UTC.
        let zone = zone_of_file().or_else(|| TimeZone::try_system().ok());
        return Ok(zone.unwrap_or(TimeZone::UTC));
    }
    if name.eq_ignore_ascii_case("utc") || name == "Z" {
        return Ok(TimeZone::UTC);
    }
    if name.starts_with(['+', '-']) {
        return offset(name).ok_or_else(|| {
            anyhow!(both!(
                "`{name}` is no offset: expected one like +08:00, at most 25:59 from UTC",
                "`{name}` 不是时区偏移：应形如 +08:00，与 UTC 最多相差 25:59"
            ))
        });
    }
    // The library's error adds nothing to this message.
    TimeZone::get(name).map_err(|_| {
        anyhow!(both!(
            "unknown time zone `{name}`: expected local, UTC, a name like Asia/Shanghai, or an offset like +08:00",
            "未知时区 `{name}`：应为 local、UTC、Asia/Shanghai 这样的名称，或 +08:00 这样的偏移"
        ))
    })
}

/// Reads the machine's zone from `/etc/localtime`.
///
/// Looking the zone up by name first walks the folders of all zones. That takes longer than decoding a small file.
fn zone_of_file() -> Option<TimeZone> {
    if env::var_os("TZ").is_some() {
        return None;
    }
    let file = fs::read("/etc/localtime").ok()?;
    TimeZone::tzif("Local", &file).ok()
}

/// Reads an offset from UTC: `+08:00`, `+0800` or `+8`.
fn offset(text: &str) -> Option<TimeZone> {
    let (sign, rest) = text.split_at(1);
    let digits = rest.replace(':', "");
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        1 | 2 => (&digits[..], "0"),
        4 => digits.split_at(2),
        _ => return None,
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds = (hours * 60 + minutes) * 60;
    let seconds = if sign == "-" { -seconds } else { seconds };
    let offset = Offset::from_seconds(seconds).ok()?;
    (minutes < 60).then(|| TimeZone::fixed(offset))
}
