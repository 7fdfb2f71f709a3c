//! The arguments of the gate, and what they mean together with `wxsub.toml`.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Arg, ArgAction, ArgMatches, FromArgMatches, ValueEnum};
use wxsub::Code;
use wxsub::gate::{Config, Level, Setting, Settings};
use wxsub::report::text::printable;
use wxsub::report::{Github, Gitlab, JsonLines, Junit, Report, Sarif, Text};

use crate::cli::known::Known;
use crate::cli::language::{Words, both, chosen};
use crate::cli::number::whole;
use crate::cli::plan::Plan;
use crate::cli::say::tell_warning;
use crate::cli::sources::{CONFIG, refuse_overwriting};

#[derive(Debug, clap::Args)]
pub(super) struct GateArgs {
    /// How findings are written [default: text; github in its workflows]
    ///
    /// On a terminal text is the default in a workflow, too.
    #[arg(long, value_enum)]
    format: Option<ReportFormat>,
    /// The most findings of a code that are written; the rest is counted; 0 for all [default: 100 for text and github,
    /// else 0]
    #[arg(
        long,
        value_name = "N",
        value_parser = whole::<u64>,
        allow_negative_numbers = true,
        hide_short_help = true
    )]
    max_findings: Option<u64>,
    /// Warnings fail the run, too
    #[arg(long, help_heading = WHAT_COUNTS)]
    strict: bool,
    #[command(flatten)]
    levels: LevelArgs,
    /// Read FILE instead of the wxsub.toml in this folder or the nearest one above it
    #[arg(long, value_name = "FILE", help_heading = WHAT_COUNTS, hide_short_help = true)]
    config: Option<PathBuf>,
    /// Read no wxsub.toml
    #[arg(long, conflicts_with = "config", help_heading = WHAT_COUNTS, hide_short_help = true)]
    no_config: bool,
    /// From now on, only new findings count
    ///
    /// Writes the findings of today into wxsub.toml as expected ones.
    #[arg(long, conflicts_with_all = ["no_config", "fail_fast"], help_heading = WHAT_COUNTS)]
    write_expectations: bool,
}

const WHAT_COUNTS: &str = "What counts";

/// The flags `--deny`, `--warn` and `--allow`, in the order in which they were given.
#[derive(Clone, Debug, Default)]
struct LevelArgs(Vec<Setting>);

const LEVELS: [(&str, Level, &str, &str); 3] = [
    (
        "deny",
        Level::Deny,
        "Findings of these codes are errors; `all` for all",
        "Several with commas, or the flag again, as for --warn and --allow: a code counts more than `all`, a later flag \
         more than an earlier one, and flags more than wxsub.toml.",
    ),
    (
        "warn",
        Level::Warn,
        "Findings of these codes are warnings",
        "",
    ),
    (
        "allow",
        Level::Allow,
        "Findings of these codes are not reported",
        "",
    ),
];

impl clap::Args for LevelArgs {
    fn augment_args(command: clap::Command) -> clap::Command {
        command.args(LEVELS.map(|(name, level, help, more)| {
            let parse = move |name: &str| setting(level, name);
            Arg::new(name)
                .long(name)
                .value_name("CODE,…")
                .value_delimiter(',')
                .action(ArgAction::Append)
                .value_parser(Known::new(parse, codes))
                .hide_possible_values(true)
                .help(help)
                .long_help(format!("{help}\n\n{more}").trim_end().to_owned())
                .help_heading(WHAT_COUNTS)
        }))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

/// Returns the words that `--deny` takes.
fn codes() -> Vec<String> {
    let codes = Code::ALL.iter().map(|code| code.as_str());
    ["all"].into_iter().chain(codes).map(String::from).collect()
}

fn setting(level: Level, name: &str) -> Result<Setting, String> {
    Setting::new(level, name).map_err(|error| error.message(chosen()))
}

impl FromArgMatches for LevelArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = LEVELS.iter().flat_map(|(name, ..)| {
            let indices = matches.indices_of(name).into_iter().flatten();
            let settings = matches.get_many::<Setting>(name).into_iter().flatten();
            indices.zip(settings.copied())
        });
        let mut given: Vec<_> = given.collect();
        given.sort_by_key(|(index, _)| *index);
        Ok(LevelArgs(
            given.into_iter().map(|(_, setting)| setting).collect(),
        ))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// For people: the place marked in its line
    Text,
    /// An object a line
    #[value(aliases = ["jsonl", "ndjson"])]
    Json,
    /// Annotations of GitHub Actions, and a table in the step's summary
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML, a test case a file
    Junit,
    /// A GitLab code quality report
    Gitlab,
}

impl ReportFormat {
    /// The default format: `github` in a GitHub workflow, but not on a terminal.
    fn of_environment() -> Self {
        let is_set = |value: String| !["", "0", "false"].contains(&value.as_str());
        let in_workflow = env::var("GITHUB_ACTIONS").is_ok_and(is_set);
        match in_workflow && !std::io::stdout().is_terminal() {
            true => ReportFormat::Github,
            false => ReportFormat::Text,
        }
    }

    /// The default of `--max-findings`: few for people, all for programs.
    fn most(self) -> u64 {
        match self {
            ReportFormat::Text | ReportFormat::Github => 100,
            ReportFormat::Json
            | ReportFormat::Sarif
            | ReportFormat::Junit
            | ReportFormat::Gitlab => 0,
        }
    }
}

/// What a check does.
pub(super) struct GatePlan {
    pub(super) settings: Settings,
    pub(super) report: Box<dyn Report>,
    /// The config file to write expectations into, if `--write-expectations` was given.
    pub(super) expectations: Option<PathBuf>,
}

impl GatePlan {
    pub(super) fn new(args: &GateArgs, plan: &Plan, partial: bool) -> anyhow::Result<Self> {
        if partial && args.write_expectations {
            bail!(Words(
                "--write-expectations belongs to whole files: leave out what chooses callbacks",
                "--write-expectations 针对整个文件：请去掉筛选回调的选项"
            ));
        }
        let folder = env::current_dir().context(Words(
            "cannot tell the working directory",
            "无法得知当前文件夹",
        ))?;
        let path = args.config_path(&folder);
        if let Some(path) = &path {
            refuse_overwriting(plan.outputs(), "check", path)?;
        }
        let config = match &path {
            Some(path) => read_config(path, &folder, args.write_expectations)?,
            None => Config::default(),
        };
        warn_of_absent(&config, &folder);
        let format = args.format.unwrap_or_else(ReportFormat::of_environment);
        let most = args.max_findings.unwrap_or(format.most());
        let mut rules = config.rules;
        rules.add(args.levels.0.clone(), None);
        let settings = Settings {
            rules,
            expectations: config.expectations,
            strict: args.strict || config.strict,
            fail_fast: plan.fail_fast,
            partial,
            by_file: true,
            most: Some(most).filter(|most| *most > 0),
            folder: folder.clone(),
        };
        let written = path.unwrap_or_else(|| folder.join(CONFIG));
        Ok(GatePlan {
            report: report(format, plan, &settings)?,
            settings,
            expectations: Some(written).filter(|_| args.write_expectations),
        })
    }
}

impl GateArgs {
    /// The config file: the one that was named, or the nearest `wxsub.toml` in `folder` or above it.
    fn config_path(&self, folder: &Path) -> Option<PathBuf> {
        match &self.config {
            Some(path) => Some(folder.join(path)),
            None if self.no_config => None,
            None => nearest(folder),
        }
    }
}

/// Returns the nearest `wxsub.toml`. One that somebody else may have put there is not taken, and that is said.
fn nearest(folder: &Path) -> Option<PathBuf> {
    let mut is_above = false;
    for folder in folder.ancestors() {
        let file = folder.join(CONFIG);
        if let Ok(metadata) = fs::metadata(&file)
            && metadata.is_file()
        {
            let why = match () {
                () if is_above => Words(
                    "it lies above the repository",
                    "它在代码仓库之外的上级文件夹中",
                ),
                () if is_foreign(&metadata) => Words(
                    "others own it and can write to it",
                    "它属于其他用户，且任何人都能写入",
                ),
                () => return Some(file),
            };
            let file = printable(&file.display().to_string());
            tell_warning(both!(
                "`{file}` is not taken: {why}; --config takes it",
                "没有采用 `{file}`：{why}；可用 --config 指定"
            ));
            return None;
        }
        is_above |= folder.join(".git").exists();
    }
    None
}

/// Returns true if the file belongs to another user, and all users can write to it.
#[cfg(unix)]
fn is_foreign(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    const WRITABLE_BY_OTHERS: u32 = 0o002;
    metadata.uid() != rustix::process::geteuid().as_raw()
        && metadata.mode() & WRITABLE_BY_OTHERS != 0
}

#[cfg(not(unix))]
fn is_foreign(_: &fs::Metadata) -> bool {
    false
}

/// Warns of expectations for files that do not exist: nothing can fulfil them.
fn warn_of_absent(config: &Config, folder: &Path) {
    let expected = config.expected_files.iter();
    for (file, place) in expected.filter(|(file, _)| !file.exists()) {
        let file = printable(&shown(file, folder));
        tell_warning(both!(
            "{place} expects findings in `{file}`, which is not there",
            "{place} 预期 `{file}` 中有问题，但没有这个文件"
        ));
    }
}

fn read_config(path: &Path, folder: &Path, may_be_new: bool) -> anyhow::Result<Config> {
    let name = shown(path, folder);
    if may_be_new && !path.exists() {
        return Ok(Config::default());
    }
    let text = fs::read_to_string(path)
        .with_context(|| both!("cannot read `{name}`", "无法读取 `{name}`"))?;
    Ok(Config::parse(&text, &name, config_folder(path))?)
}

/// The folder to which the paths in a config are relative.
pub(super) fn config_folder(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("/"))
}

/// The name of `path` in messages: relative to `folder` if it is below it.
pub(super) fn shown(path: &Path, folder: &Path) -> String {
    let path = path.strip_prefix(folder).unwrap_or(path);
    path.display().to_string()
}

fn report(
    format: ReportFormat,
    plan: &Plan,
    settings: &Settings,
) -> anyhow::Result<Box<dyn Report>> {
    let lang = plan.out.lang;
    Ok(match format {
        ReportFormat::Text => Box::new(Text { options: plan.out }),
        ReportFormat::Json => Box::new(JsonLines { lang }),
        ReportFormat::Github => Box::new(Github::new(lang, step_summary()?)),
        ReportFormat::Sarif => Box::new(Sarif::new(lang)),
        ReportFormat::Junit => Box::new(Junit::new(lang, settings.strict)),
        ReportFormat::Gitlab => Box::new(Gitlab::new(lang)),
    })
}

/// Opens the file for the summary of the GitHub step. Appends, because other programs may have written to it.
fn step_summary() -> anyhow::Result<Option<Box<dyn Write + Send>>> {
    let Some(path) = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return Ok(None);
    };
    let file = OpenOptions::new().append(true).create(true).open(&path);
    let file = file.with_context(|| {
        let path = Path::new(&path).display();
        both!(
            "cannot write the step's summary `{path}`, which GITHUB_STEP_SUMMARY names",
            "无法写入 GITHUB_STEP_SUMMARY 指定的步骤总结 `{path}`"
        )
    })?;
    Ok(Some(Box::new(file)))
}
