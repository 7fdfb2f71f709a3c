//! What it means: arguments, environment and terminal made into settled facts.

use std::env;
use std::fmt;
use std::fs;
use std::io::{self, IsTerminal};

use anyhow::anyhow;
use console::Term;
use jiff::tz::{Offset, TimeZone};
use wxsub::pipeline::Options;
use wxsub::report::text::Look;
use wxsub::select::Chooser;
use wxsub::{Lang, Limits};

use crate::cli::options::{Common, Language, Summary, When};
use crate::cli::sources::Sources;

/// A command has no file and standard input is a terminal.
#[derive(Debug)]
pub(super) struct NothingGiven {
    pub(super) command: &'static str,
    pub(super) message: &'static str,
}

impl std::error::Error for NothingGiven {}

impl fmt::Display for NothingGiven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

/// Everything the commands share.
pub(super) struct Plan {
    pub(super) sources: Sources,
    pub(super) options: Options,
    /// Which callbacks are wanted, before any was seen.
    pub(super) chooser: Chooser,
    /// How standard output looks, and how standard error.
    pub(super) out: Look,
    pub(super) err: Look,
    pub(super) fail_fast: bool,
    pub(super) summary: Summary,
    /// Somebody is looking at standard error and wants to know how far it is.
    pub(super) progress: bool,
    /// How many times its own size compressed input may grow to.
    pub(super) max_expansion: u64,
}

impl Plan {
    /// What `common` means for `command`; times without a zone are in that of `tz`, or local.
    pub(super) fn new(
        command: &'static str,
        common: &Common,
        tz: Option<&str>,
    ) -> anyhow::Result<Self> {
        if common.paths.is_empty() && io::stdin().is_terminal() {
            let message = "nothing to read: name a file or a folder, or pipe something in";
            return Err(NothingGiven { command, message }.into());
        }
        let has_watcher = io::stderr().is_terminal();
        Ok(Plan {
            chooser: common.select.chooser(|| time_zone(tz.unwrap_or("local")))?,
            sources: Sources::new(&common.paths, &common.glob)?.without(common.keys.file()),
            options: Options {
                limits: limits(common),
                threads: common.threads,
                policy: common.keys.policy()?,
                ..Options::default()
            },
            out: look(common, &Term::stdout()),
            err: look(common, &Term::stderr()),
            fail_fast: common.fail_fast,
            summary: if common.quiet {
                Summary::None
            } else {
                common.summary
            },
            progress: has_watcher && !common.quiet && !is_dumb(),
            max_expansion: common.expansion.max_expansion,
        })
    }
}

/// How text looks where it goes.
fn look(common: &Common, to: &Term) -> Look {
    let size = to.is_term().then(|| to.size_checked()).flatten();
    Look {
        lang: language(common.lang),
        color: has_color(common.color, to.is_term()),
        width: size.map_or(PIPE_WIDTH, |(_, columns)| columns.into()),
    }
}

/// Wide enough for every table; snippets are still cut.
const PIPE_WIDTH: usize = 180;

fn limits(common: &Common) -> Limits {
    Limits {
        payload_size: common.limits.max_payload_size,
        depth: common.limits.max_depth,
        items: common.limits.max_items,
        values: common.limits.max_values,
    }
}

/// The language that was asked for, by a flag or else by the environment.
pub(super) fn language(given: Option<Language>) -> Lang {
    given.map_or_else(lang_of_environment, |lang| match lang {
        Language::En => Lang::En,
        Language::Zh => Lang::Zh,
    })
}

/// The language that WXSUB_LANG or the locale asks for.
pub(super) fn lang_of_environment() -> Lang {
    let names = ["WXSUB_LANG", "LC_ALL", "LC_MESSAGES", "LANG"];
    let first = names
        .into_iter()
        .filter_map(|name| env::var(name).ok())
        .find(|value| !value.is_empty());
    match first {
        Some(value) if value.to_ascii_lowercase().starts_with("zh") => Lang::Zh,
        _ => Lang::En,
    }
}

/// Whether to colour: the flag decides, then the environment, then whether somebody is looking.
fn has_color(when: When, is_terminal: bool) -> bool {
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

/// Whether the terminal obeys nothing.
fn is_dumb() -> bool {
    env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// The zone that `name` means.
pub(super) fn time_zone(name: &str) -> anyhow::Result<TimeZone> {
    if name.eq_ignore_ascii_case("local") {
        // Without a zone of its own, as in many containers, the machine's clock is UTC.
        let zone = zone_of_file().or_else(|| TimeZone::try_system().ok());
        return Ok(zone.unwrap_or(TimeZone::UTC));
    }
    if name.eq_ignore_ascii_case("utc") || name == "Z" {
        return Ok(TimeZone::UTC);
    }
    if name.starts_with(['+', '-']) {
        return offset(name).ok_or_else(|| {
            anyhow!("`{name}` is no offset: expected one like +08:00, at most 25:59 from UTC")
        });
    }
    // The error of the library says no more.
    TimeZone::get(name).map_err(|_| {
        anyhow!("unknown time zone `{name}`: expected local, UTC, a name like Asia/Shanghai, or an offset like +08:00")
    })
}

/// The machine's zone, where a file holds it. Asking for it by name looks through the folders of all zones first, which
/// takes longer than all else for a small file.
fn zone_of_file() -> Option<TimeZone> {
    if env::var_os("TZ").is_some() {
        return None;
    }
    let file = fs::read("/etc/localtime").ok()?;
    TimeZone::tzif("Local", &file).ok()
}

/// `+08:00`, `+0800` or `+8`.
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
