//! The arguments as they were typed, and their help texts.
//!
//! [`Plan`](crate::cli::plan::Plan) says what they mean. The arguments that several commands share are in
//! [`Common`].

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process;

use clap::builder::PossibleValuesParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Error, Parser, Subcommand};
use clap_complete::Shell;
use wxsub::Lang;
use wxsub::stats::Key;

use crate::cli::gate::GateArgs;
use crate::cli::known::Known;
use crate::cli::language::{self, Words, chosen};
use crate::cli::number::whole;
use crate::cli::options::{
    ColumnArgs, Common, ConvertFormat, FileArg, FoldArgs, LangArg, ParseFormat, ShapeArg,
    SyntaxArg, TableArgs, When,
};
use crate::cli::plan::{NoInput, has_color};
use crate::cli::say::{say, tell_error};
use crate::cli::select::template;
use crate::cli::status::UNWRITTEN;
use crate::cli::{explain, help, sample, schema, usage};

/// Reads WeChat (微信) subscribe-message callbacks: shows, converts and checks captured payloads
#[derive(Debug, Parser)]
#[command(name = "wxsub", version, max_term_width = 100, arg(LangArg::arg()))]
#[command(after_help = "\
Examples:
  wxsub parse payload.xml                what happened, in words
  wxsub convert --to csv app.log.*.gz    records, for programs
  wxsub check --strict tests/fixtures    the CI gate
  wxsub explain trailing-comma           what a finding or a code means")]
#[command(after_long_help = "\
Examples:
  wxsub parse payload.xml                     what happened, in words
  wxsub convert -o callbacks.jsonl app.log    a record a line
  wxsub convert --to csv app.log.*.gz         compressed logs
  tail -f app.log | wxsub parse --failed      live: messages that did not arrive
  wxsub check --strict tests/fixtures         the CI gate
  wxsub stats --by template,day app.log       how many accepted, and what failed
  wxsub report -o page.html app.log           the same as a page to look at
  wxsub quota --left 0 app.log                who must be asked again
  wxsub join --sends sends.csv app.log        did these messages arrive?
  wxsub redact app.log > shared.log           the log with pseudonyms
  wxsub explain trailing-comma                what a finding, a field or a code means

`wxsub FILE` is `wxsub parse FILE`.

Exit status: 0 all well; 1 the input has a problem; 2 the run itself failed;
130 it was ended by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP.")]
pub(super) struct Args {
    #[command(flatten)]
    lang: LangArg,
    #[command(subcommand)]
    pub(super) command: Command,
}

impl Args {
    /// Parses the command line, and sets the language of the run. Ends the program if the command line is wrong or asks
    /// for help.
    pub(super) fn of_command_line() -> Self {
        let typed: Vec<OsString> = env::args_os().collect();
        language::choose(language::of_arguments(typed.iter().cloned()));
        let args = Args::of(typed.into_iter())
            .or_else(Args::of_file)
            .unwrap_or_else(|error| exit(&error));
        language::choose(args.lang.get());
        args
    }

    /// Parses a command line. The error is the help, if that is asked for, in the language of the run.
    fn of(typed: impl Iterator<Item = OsString> + Clone) -> Result<Self, Error> {
        let parsed = Args::try_parse_from(typed.clone());
        parsed.map_err(|error| match is_help(&error) && chosen() == Lang::Zh {
            true => {
                let program = help::in_chinese(Args::command());
                program.try_get_matches_from(typed).err().unwrap_or(error)
            }
            false => error,
        })
    }

    /// Parses a command line that names a file where the command is expected as that of `parse`.
    fn of_file(error: Error) -> Result<Self, Error> {
        let name = error.get(ContextKind::InvalidSubcommand);
        let Some(ContextValue::String(name)) = name.filter(|_| is_unknown_command(&error)) else {
            return Err(error);
        };
        let mut typed = env::args_os();
        let program = typed.next();
        let rest: Vec<OsString> = typed.collect();
        let named = rest
            .iter()
            .find(|typed| typed.to_string_lossy() == name[..]);
        let mut before = rest.iter().take_while(|typed| Some(*typed) != named);
        if before.any(|typed| typed == "help") {
            return Err(error);
        }
        match named.is_some_and(|named| is_path(Path::new(named))) {
            // What stands before the file may stand after the command, too.
            true => Args::of(program.into_iter().chain(["parse".into()]).chain(rest)),
            false => Err(neither(error)),
        }
    }
}

/// Returns true if a word was taken for a command. The error of a missing command names the program.
fn is_unknown_command(error: &Error) -> bool {
    error.kind() == ErrorKind::InvalidSubcommand
}

/// Adds to the error of an unknown command that it is no file, either, unless a command has a similar name.
fn neither(mut error: Error) -> Error {
    if error.get(ContextKind::SuggestedSubcommand).is_none() {
        let tip = Words(
            "there is no file of this name, either",
            "也没有这个名称的文件",
        );
        let tip = tip.to_string().into();
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    error
}

/// Returns true if an argument names a file or looks like the name of one. No command has a dot or a slash.
fn is_path(typed: &Path) -> bool {
    typed.exists() || typed.extension().is_some() || typed.components().count() > 1
}

/// Returns true if the error is the help, which was asked for or is shown because nothing was typed.
fn is_help(error: &Error) -> bool {
    let kind = error.kind();
    kind == ErrorKind::DisplayHelp || kind == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
}

/// Prints what is missing and the usage of the command, then ends the program.
pub(super) fn exit_with_usage(missing: &NoInput) -> ! {
    let mut program = Args::command();
    // Only a built command knows the usage of its subcommands.
    program.build();
    let typed = match program.find_subcommand_mut(missing.command) {
        Some(subcommand) => subcommand,
        None => &mut program,
    };
    match chosen() {
        Lang::En => exit(&typed.error(ErrorKind::MissingRequiredArgument, missing.message)),
        Lang::Zh => {
            let usage = typed.render_usage().to_string();
            exit_with(&usage::page(&missing.to_string(), &[], Some(&usage)))
        }
    }
}

/// Prints the error, or the help that was asked for, and ends the program. Help that cannot be written is a failure; a
/// closed pipe is not.
fn exit(error: &Error) -> ! {
    if error.use_stderr() && !is_help(error) && chosen() == Lang::Zh {
        exit_with(&usage::in_chinese(error));
    }
    let printed = error.print().and_then(|()| io::stdout().flush());
    let is_unwritten = printed.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe);
    process::exit(match error.exit_code() {
        0 if is_unwritten => {
            tell_error(UNWRITTEN);
            2
        }
        code => code,
    })
}

/// Prints a usage error and ends the program.
fn exit_with(text: &str) -> ! {
    match has_color(When::Auto, io::stderr().is_terminal()) {
        true => say(usage::coloured(text).as_bytes()),
        false => say(text.as_bytes()),
    }
    process::exit(2)
}

// clap builds the arguments of a command only when that command is called: building those of all commands takes as
// long as reading a small file.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(super) enum Command {
    /// Show callbacks in words, for people
    Parse(Parse),
    /// Write callbacks as JSON lines, WeChat's JSON or XML, or CSV
    Convert(Convert),
    /// Report what is wrong or odd; the CI gate
    #[command(visible_alias = "validate")]
    Check(Check),
    /// Count callbacks, answers, users and results
    Stats(Stats),
    /// Draw what stats counts as one HTML page without scripts
    Report(Report),
    /// Count the grants left for each user and template
    Quota(Quota),
    /// Join send requests with their results, by message id
    Join(Join),
    /// Write captures as they are, with pseudonyms in the place of ids
    Redact(Redact),
    /// Say what an event, field, value, error code or finding means
    Explain(explain::Args),
    /// Print a JSON Schema of records, findings or WeChat's JSON
    Schema(schema::Args),
    /// Make up payloads for tests
    Sample(sample::Args),
    /// Write what encrypted payloads hold, byte for byte
    Decrypt(Decrypt),
    /// Encrypt a payload as WeChat does, to test a server
    Encrypt(Encrypt),
    /// Print the script that completes command lines in a shell
    Completions(Completions),
    /// Print manual pages
    Man(Man),
}

impl Command {
    /// The name and the arguments of a command that reads captures.
    pub(super) fn common(&self) -> Option<(&'static str, &Common)> {
        Some(match self {
            Command::Parse(args) => ("parse", &args.common),
            Command::Convert(args) => ("convert", &args.common),
            Command::Check(args) => ("check", &args.common),
            Command::Stats(args) => ("stats", &args.common),
            Command::Report(args) => ("report", &args.common),
            Command::Quota(args) => ("quota", &args.common),
            Command::Join(args) => ("join", &args.common),
            Command::Redact(args) => ("redact", &args.common),
            Command::Decrypt(args) => ("decrypt", &args.common),
            _ => return None,
        })
    }
}

#[derive(Debug, clap::Args)]
#[command(mut_args(of_parse))]
#[command(after_help = "\
Examples:
  wxsub parse --format table app.log                     a line an item
  tail -f app.log | wxsub parse --event sent --failed    live")]
#[command(after_long_help = "\
Examples:
  wxsub parse payload.xml
  wxsub parse --format table app.log                     a line an item
  tail -f app.log | wxsub parse --event sent --failed    live
  wxsub parse --keys keys.ini push.http                  encrypted payloads, too")]
pub(super) struct Parse {
    /// How callbacks look: pretty or table [default: pretty]
    ///
    /// A block of lines a callback, or one table with a row an item.
    #[arg(
        long,
        value_enum,
        default_value_t = ParseFormat::Pretty,
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub(super) format: ParseFormat,
    /// Zone of the times shown: local, UTC, a name like Asia/Shanghai, or an offset like +08:00
    #[arg(
        long,
        value_name = "ZONE",
        default_value = "local",
        allow_hyphen_values = true,
        hide_short_help = true
    )]
    pub(super) tz: String,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, clap::Args)]
#[command(mut_arg("summary", decoding_summary))]
#[command(after_help = "\
Examples:
  wxsub convert app.log > callbacks.jsonl
  wxsub convert --to csv --since 7d -o week.csv app.log.*.gz
  wxsub convert --to xml --pretty payload.json
  wxsub convert --flat --with-source logs/    a line an item, with its place
  wxsub convert app.log | jq 'select(.items[1])' | wxsub convert --to csv

Lines of jsonl are read like payloads; `wxsub schema record` describes them.")]
pub(super) struct Convert {
    /// What to write
    // The alias: the other commands call this flag --format.
    #[arg(long, alias = "format", value_name = "FORMAT", value_enum, default_value_t = ConvertFormat::Jsonl)]
    pub(super) to: ConvertFormat,
    /// Indent json or xml
    #[arg(long)]
    pub(super) pretty: bool,
    /// documented, or wire: as servers receive it (json) [default: documented]
    #[arg(long, value_name = "SHAPE", value_enum, hide_possible_values = true)]
    pub(super) shape: Option<ShapeArg>,
    /// A line an item instead of a line a callback (jsonl)
    #[arg(long)]
    pub(super) flat: bool,
    /// Add the place of each callback, as `source` (jsonl)
    #[arg(long)]
    pub(super) with_source: bool,
    /// Zone of the column `time` (csv) [default: UTC]
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    pub(super) tz: Option<String>,
    /// An apostrophe before what spreadsheets take for a formula (csv)
    #[arg(long)]
    pub(super) csv_safe: bool,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, clap::Args)]
#[command(mut_args(of_counts))]
#[command(after_help = "\
Examples:
  wxsub stats app.log.*.gz                      what happened, on one screen
  wxsub stats --by template,day --to csv -o days.csv logs/
  wxsub stats --by code --event sent app.log    why messages failed
  wxsub stats --by hour-of-day --tz Asia/Shanghai app.log

Repeated deliveries count once. Rates are of items, not of callbacks.")]
pub(super) struct Stats {
    /// Count items by these keys, with commas between them: event, template, scene, status, code, account, hour,
    /// hour-of-day, weekday, day, week, month
    #[arg(
        long,
        value_name = "KEY,…",
        value_delimiter = ',',
        value_parser = Known::new(key, keys),
        hide_possible_values = true
    )]
    pub(super) by: Vec<Key>,
    /// How many templates the overview shows [default: 10]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(super) top: Option<usize>,
    #[command(flatten)]
    pub(super) table: TableArgs,
    #[command(flatten)]
    pub(super) fold: FoldArgs,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, clap::Args)]
#[command(mut_args(of_counts))]
#[command(mut_arg("lang", |arg| arg.help("Language of the page and of messages")))]
#[command(after_help = "\
Examples:
  wxsub report -o page.html app.log.*.gz
  wxsub report --lang zh --tz Asia/Shanghai --since 30d -o page.html logs/
  wxsub report --title 'Orders, May' --template ID app.log > page.html

The page shows acceptance by template over time, answers by scene, what was
switched off, results of messages, codes of failure, hours and weekdays, and
what was undecodable or odd, with a table under each chart. It is one file that
loads nothing and runs nothing. Repeated deliveries count once.")]
pub(super) struct Report {
    /// The heading of the page
    #[arg(long, value_name = "TEXT")]
    pub(super) title: Option<String>,
    #[command(flatten)]
    pub(super) fold: FoldArgs,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, clap::Args)]
#[command(mut_args(of_counts))]
#[command(mut_args(without_parts))]
#[command(after_help = "\
Examples:
  wxsub quota app.log.*.gz                     what is left, as a table
  wxsub quota --left 0 --template ID logs/     who must be asked again
  wxsub quota --sends sends.csv app.log        sends without a result, too
  wxsub quota --until 2026-01-02 app.log       what was left then

Repeated deliveries count once. What is left is at least so much: grants without
a dialog are not pushed. `wxsub explain quota` has the rules.")]
pub(super) struct Quota {
    /// Only rows with so many left
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(super) left: Option<u64>,
    /// Long-term templates: sending uses up no grant
    #[arg(
        long,
        value_name = "ID,…",
        value_delimiter = ',',
        allow_hyphen_values = true,
        value_parser = template
    )]
    pub(super) long_term: Vec<String>,
    /// A send that the user refused (43101) shows that nothing is left
    #[arg(long, hide_short_help = true)]
    pub(super) assume_refused_is_zero: bool,
    /// Send requests and their answers, as CSV, JSON lines or a log
    ///
    /// May be given again for another file.
    #[arg(long, value_name = "FILE")]
    pub(super) sends: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) columns: ColumnArgs,
    #[command(flatten)]
    pub(super) table: TableArgs,
    #[command(flatten)]
    pub(super) fold: FoldArgs,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, clap::Args)]
#[command(mut_args(of_counts))]
#[command(mut_args(without_parts))]
#[command(mut_arg("account", |arg| arg.hide(true)))]
#[command(after_help = "\
Examples:
  wxsub join --sends sends.csv app.log.*.gz    did these messages arrive?
  wxsub join --sends app.log app.log           the log itself has the requests
  wxsub join --sends sends.csv --columns msgid=wx_id,time=at --to csv app.log

FILE is CSV with a header, JSON lines, or a log whose lines hold a request and
its answer. Filters choose sends. `wxsub explain join` has the rules.")]
pub(super) struct Join {
    /// Send requests and their answers, as CSV, JSON lines or a log
    ///
    /// May be given again for another file.
    #[arg(long, value_name = "FILE", required = true)]
    pub(super) sends: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) columns: ColumnArgs,
    /// Also a row for each result without a send
    #[arg(long)]
    pub(super) all: bool,
    #[command(flatten)]
    pub(super) table: TableArgs,
    #[command(flatten)]
    pub(super) fold: FoldArgs,
    #[command(flatten)]
    pub(super) common: Common,
}

/// Reads a key that `--by` takes.
fn key(text: &str) -> Result<Key, String> {
    let key = text.parse::<Key>();
    key.map_err(|error| error.message(chosen()))
}

/// Returns the names of the keys that `--by` takes.
fn keys() -> Vec<String> {
    Key::names().map(String::from).collect()
}

/// Changes the flags of `parse`: its short help fits into a terminal of 24 lines.
fn of_parse(arg: clap::Arg) -> clap::Arg {
    match arg.get_id().as_str() {
        "summary" => decoding_summary(arg),
        "output" => arg.hide_short_help(true),
        _ => arg,
    }
}

/// Changes the flags of a command that counts: it leaves out repeated deliveries by itself.
fn of_counts(arg: clap::Arg) -> clap::Arg {
    match arg.get_id().as_str() {
        "summary" => decoding_summary(arg),
        "dedup" => arg.hide(true),
        _ => arg,
    }
}

/// Hides the flags that leave out parts of what a user did with a template, and says what the zone is for.
fn without_parts(arg: clap::Arg) -> clap::Arg {
    match arg.get_id().as_str() {
        "event" | "status" | "failed" | "limit" => arg.hide(true),
        "template" => arg.help("Items of these templates"),
        "tz" => {
            const ZONE: &str =
                "Zone of the times shown, and of times in files that do not say theirs";
            const NAMES: &str = "local, UTC, a name like Asia/Shanghai, or an offset like +08:00.";
            arg.help(ZONE).long_help(format!("{ZONE}\n\n{NAMES}"))
        }
        _ => arg,
    }
}

#[derive(Debug, clap::Args)]
#[command(mut_arg("fail_fast", |arg| arg.help("Stop at the first error")))]
#[command(after_help = "\
Examples:
  wxsub check --strict tests/fixtures
  wxsub check --deny all --allow unknown-field tests/fixtures
  wxsub check --format sarif -o wxsub.sarif tests/fixtures
  wxsub check --write-expectations tests/fixtures    only new ones count

`wxsub explain CODE` says what a code means.")]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) gate: GateArgs,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, clap::Args)]
#[command(mut_arg("summary", decoding_summary))]
#[command(after_help = "\
Each payload is followed by a line break, unless it ends with one. What is plain
is left out.

Examples:
  wxsub decrypt --keys keys.ini push.http > payload.xml
  wxsub decrypt --event sent --limit 1 app.log    one, to look at")]
pub(super) struct Decrypt {
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, clap::Args)]
#[command(mut_args(of_captures))]
#[command(after_help = "\
Openids, account ids, appids, message ids and template ids become others of the same length and
characters, wherever they stand: in payloads, escaped or not, in queries, in other text. All else
stays byte for byte, what users typed among it. With the same key the same id always becomes the
same. A capture is read to its end before it is written, and decompressed. Encrypted payloads are
opened with the given key and encrypted again; those that no key opens are blanked.

Examples:
  wxsub redact app.log > shared.log
  wxsub redact --redact-key-file secret -o shared.log app.log.*.gz
  wxsub redact --keys keys.ini push.http | wxsub check --keys keys.ini")]
pub(super) struct Redact {
    #[command(flatten)]
    pub(super) common: Common,
}

/// Hides the flags that say what to do with callbacks, for a command that writes captures.
fn of_captures(arg: clap::Arg) -> clap::Arg {
    match arg.get_id().as_str() {
        "paths" => arg
            .help(
            "Files, zip archives or - for standard input; also compressed with gzip, zstd, bzip2 or xz; written one \
             after the other [default: standard input]",
        )
        // No folders are walked.
        .long_help(None::<&str>),
        "glob" | "fail_fast" | "summary" | "exit_zero" | "noise" | "accept_after_torn" | "event"
        | "template" | "status" | "failed" | "user" | "account" | "since" | "until" | "dedup"
        | "limit" | "query" | "accept_unverified" | "require_signature" | "require_encryption"
        | "redact" => arg.hide(true),
        "redact_key_file" => arg.hide_short_help(false),
        _ => arg,
    }
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The body goes to standard output, without a line break after it; the query that
signs it goes to standard error. What a server wants is both:

  wxsub encrypt popup.xml --curl http://localhost:8080/wx | curl -K -
  wxsub encrypt popup.xml --http http://localhost:8080/wx | nc localhost 8080

The first key, token and appid are used; without a key the body is plain, as in
plain mode. With --seed, --timestamp and the same keys the output is the same
each time.")]
pub(super) struct Encrypt {
    /// A file that holds one payload, or - for standard input [default: standard input]
    #[arg(value_name = "PATH")]
    pub(super) path: Option<PathBuf>,
    #[command(flatten)]
    pub(super) to: FileArg,
    /// Keys in a file: lines `encoding_aes_key = …`, `token = …`, `appid = …`
    ///
    /// Also from WXSUB_ENCODING_AES_KEY, WXSUB_TOKEN and WXSUB_APPID.
    #[arg(long, value_name = "FILE")]
    pub(super) keys: Option<PathBuf>,
    /// How the envelope is written [default: as what is inside]
    #[arg(long, value_name = "SYNTAX", value_enum)]
    pub(super) envelope: Option<SyntaxArg>,
    /// Write the whole request that pushes it to URL
    #[arg(long, value_name = "URL", value_parser = url, conflicts_with = "curl")]
    pub(super) http: Option<String>,
    /// Write what `curl -K -` reads, to push it to URL
    #[arg(long, value_name = "URL", value_parser = url)]
    pub(super) curl: Option<String>,
    /// When it is pushed, in Unix seconds [default: now]
    #[arg(long, value_name = "SECONDS", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(super) timestamp: Option<u64>,
    /// The nonce of the query, letters and digits [default: drawn]
    #[arg(long, value_name = "TEXT", value_parser = nonce)]
    pub(super) nonce: Option<String>,
    /// Draw from this number what is random otherwise: for fixtures that stay the same
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(super) seed: Option<u64>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wxsub completions bash > ~/.local/share/bash-completion/completions/wxsub
  wxsub completions zsh > ~/.zfunc/_wxsub    with `fpath+=~/.zfunc` in .zshrc
  wxsub completions fish > ~/.config/fish/completions/wxsub.fish
  wxsub completions powershell >> $PROFILE")]
pub(super) struct Completions {
    /// Which shell
    #[arg(value_name = "SHELL", value_enum)]
    pub(super) shell: Shell,
    #[command(flatten)]
    pub(super) to: FileArg,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wxsub man | man -l -
  wxsub man parse | man -l -
  wxsub man --dir ~/.local/share/man/man1")]
pub(super) struct Man {
    /// The page of this command [default: of the program]
    #[arg(
        value_name = "COMMAND",
        value_parser = PossibleValuesParser::new(commands()),
        hide_possible_values = true
    )]
    pub(super) command: Option<String>,
    #[command(flatten)]
    pub(super) to: FileArg,
    /// Write all pages into this folder
    #[arg(long, value_name = "DIR", conflicts_with_all = ["command", "output"])]
    pub(super) dir: Option<PathBuf>,
}

/// Returns the names of the commands.
fn commands() -> Vec<String> {
    let program = Args::command();
    let names = program.get_subcommands().map(|it| it.get_name().to_owned());
    names.collect()
}

/// Changes the help of `--summary`: only `check` has the value `files`.
fn decoding_summary(arg: clap::Arg) -> clap::Arg {
    let help = "What is said at the end on standard error: text for people, or one JSON object";
    arg.help(format!("{help} [possible values: text, json, none]"))
        .hide_possible_values(true)
}

fn url(text: &str) -> Result<String, String> {
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    let has_host = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#']));
    match has_host && text.bytes().all(|b| b.is_ascii_graphic()) {
        true => Ok(text.to_owned()),
        false => Err(Words(
            "expected one like http://localhost:8080/wx",
            "应形如 http://localhost:8080/wx",
        )
        .to_string()),
    }
}

fn nonce(text: &str) -> Result<String, String> {
    match !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        true => Ok(text.to_owned()),
        false => Err(Words("expected letters and digits", "只能是字母和数字").to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::cli::chinese::{self, ARGUMENTS, COMMANDS, HEADINGS, OWN, VALUES};

    /// The program and its commands, with all their arguments.
    fn commands() -> Vec<clap::Command> {
        let mut program = Args::command();
        program.build();
        let commands = program.get_subcommands().cloned().collect::<Vec<_>>();
        commands.into_iter().chain([program]).collect()
    }

    /// What a translation keeps: flags, numbers and what stands between backticks.
    fn marks(text: &str) -> BTreeSet<String> {
        let code = text.split('`').skip(1).step_by(2).map(str::to_owned);
        let is_word = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let words = text.split(|c: char| !is_word(c));
        let words = words.map(|word| word.trim_end_matches(['.', '-']));
        let is_mark = |word: &&str| {
            word.starts_with("--") || word.parse::<u64>().is_ok() || word.starts_with("WXSUB_")
        };
        let words = words.filter(is_mark).map(str::to_owned);
        code.chain(words).collect()
    }

    fn text(styled: Option<&clap::builder::StyledStr>) -> String {
        styled.map(ToString::to_string).unwrap_or_default()
    }

    /// The lines of examples, without what is said of them.
    fn examples(text: &str) -> Vec<&str> {
        let lines = text.lines().filter_map(|line| line.strip_prefix("  "));
        let code = lines.map(|line| line.split("  ").next().unwrap_or_default());
        code.collect()
    }

    #[test]
    fn every_command_is_there_in_chinese_with_its_examples() {
        let mut names: Vec<&str> = COMMANDS.iter().map(|row| row.name).collect();
        for command in commands() {
            let name = command.get_name();
            let row = chinese::command(name).unwrap_or_else(|| panic!("no Chinese for `{name}`"));
            names.retain(|known| *known != name);
            assert!(!row.about.is_empty(), "{name}");
            let (notes, long) = (command.get_after_help(), command.get_after_long_help());
            for (english, chinese) in [(notes, row.notes), (long, row.long_notes)] {
                let english = text(english);
                assert_eq!(english.is_empty(), chinese.is_empty(), "{name}");
                assert_eq!(examples(&english), examples(chinese), "{name}");
            }
        }
        assert!(names.is_empty(), "no such command: {names:?}");
    }

    #[test]
    fn every_argument_is_there_in_chinese() {
        let mut used = BTreeSet::new();
        for command in commands() {
            for arg in command.get_arguments() {
                let (name, id) = (command.get_name(), arg.get_id().as_str());
                let row = chinese::argument(name, id);
                let row = row.unwrap_or_else(|| panic!("no Chinese for `{id}` of `{name}`"));
                used.insert((row.0, id.to_owned()));
                let (help, long) = (text(arg.get_help()), text(arg.get_long_help()));
                let more = long.strip_prefix(&help).unwrap_or(&long);
                let is_told = !arg.is_hide_set() && row.2 != OWN && row.3 != OWN;
                if is_told && name != "help" && id != "help" {
                    assert_eq!(more.is_empty(), row.3.is_empty(), "{name} {id}");
                    assert_eq!(marks(&help), marks(row.2), "{name} {id}");
                    assert_eq!(marks(more), marks(row.3), "{name} {id}");
                }
            }
        }
        let rows = ARGUMENTS.iter().map(|row| (row.0, row.1.to_owned()));
        let stale: Vec<_> = rows.filter(|row| !used.contains(row)).collect();
        assert!(stale.is_empty(), "no such argument: {stale:?}");
    }

    #[test]
    fn every_value_and_heading_is_there_in_chinese() {
        let (mut values, mut headings) = (BTreeSet::new(), BTreeSet::new());
        for command in commands() {
            for arg in command.get_arguments() {
                headings.extend(arg.get_help_heading().map(str::to_owned));
                let shown = arg.get_possible_values().into_iter();
                let shown = shown.filter(|_| !arg.is_hide_possible_values_set());
                for value in shown.filter(|value| value.get_help().is_some()) {
                    let (name, id) = (command.get_name(), arg.get_id().as_str());
                    let row = chinese::value(name, id, value.get_name());
                    let row = row.unwrap_or_else(|| panic!("no Chinese: {name} {id} {value:?}"));
                    values.insert((row.0, row.1, row.2));
                }
            }
        }
        headings.extend(["Commands", "Arguments", "Options"].map(str::to_owned));
        let known: BTreeSet<String> = HEADINGS.iter().map(|row| row.0.to_owned()).collect();
        assert_eq!(headings, known);
        let known: BTreeSet<_> = VALUES.iter().map(|row| (row.0, row.1, row.2)).collect();
        assert_eq!(values, known);
    }
}
