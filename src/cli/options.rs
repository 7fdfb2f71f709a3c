//! The arguments that several commands share, and the parsers of their values.

use std::path::{Path, PathBuf};

use clap::builder::EnumValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches, ValueEnum};
use wxsub::decompress::Bounds;
use wxsub::output::JsonShape;
use wxsub::stats::{Form, Part};
use wxsub::{Lang, Limits, Syntax};

use crate::cli::keys::KeyArgs;
use crate::cli::language::{Words, both, of_environment};
use crate::cli::number::{Number, whole, within};
use crate::cli::pseudonyms::RedactArgs;
use crate::cli::select::SelectArgs;

// The arguments of all commands that read captures. `-h` shows what most people need and hides the rest, which `--help`
// shows. Not a doc comment: clap would show it as the command's help.
#[derive(Debug, clap::Args)]
pub(super) struct Common {
    /// Files, folders, archives; - or nothing is standard input
    ///
    /// Folders are walked with all folders in them. Files may be compressed with gzip, zstd, bzip2 or xz; each member of a zip
    /// archive is a capture of its own.
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) to: FileArg,
    /// No summary and no progress
    #[arg(short, long)]
    pub(super) quiet: bool,
    #[command(flatten, next_help_heading = "Choosing callbacks")]
    pub(super) select: SelectArgs,
    #[command(flatten, next_help_heading = "Input")]
    pub(super) input: InputArgs,
    #[command(flatten, next_help_heading = "Output")]
    pub(super) output: OutputArgs,
    #[command(flatten, next_help_heading = "Encrypted payloads")]
    pub(super) keys: KeyArgs,
    #[command(flatten, next_help_heading = "Pseudonyms")]
    pub(super) redact: RedactArgs,
    #[command(flatten, next_help_heading = "Limits of one payload")]
    pub(super) limits: LimitArgs,
    #[command(flatten, next_help_heading = "Limits of compressed input")]
    pub(super) compressed: CompressedArgs,
}

// Where data goes. Not a doc comment: clap would show it as the command's help.
#[derive(Debug, clap::Args)]
pub(super) struct FileArg {
    /// Write to FILE instead of standard output
    ///
    /// FILE is replaced only when all was read and written.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl FileArg {
    /// Returns true if the destination was named, also if it is standard output.
    pub(super) fn is_given(&self) -> bool {
        self.output.is_some()
    }

    /// The file that data goes to. `None` for standard output.
    pub(super) fn path(&self) -> Option<&Path> {
        let path = self.output.as_deref();
        path.filter(|path| *path != Path::new("-"))
    }
}

/// The value of `--lang`, which stands before the command or after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct LangArg(Option<Language>);

impl LangArg {
    const ID: &str = "lang";

    /// Returns the language: the flag decides, then the environment.
    pub(super) fn get(self) -> Lang {
        self.0.map_or_else(of_environment, |lang| match lang {
            Language::En => Lang::En,
            Language::Zh => Lang::Zh,
        })
    }

    /// Makes the argument. It belongs to the program, and all commands have it.
    pub(super) fn arg() -> Arg {
        Arg::new(Self::ID)
            .long(Self::ID)
            .value_name("LANG")
            .value_parser(EnumValueParser::<Language>::new())
            .global(true)
            // After the flags of a command, and before `--help`.
            .display_order(900)
            .help("Language of messages")
            .long_help(
                "Language of messages [default: from WXSUB_LANG, LC_ALL, LC_MESSAGES or LANG]",
            )
    }
}

/// Reads the argument, and does not add it.
impl clap::Args for LangArg {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}

impl FromArgMatches for LangArg {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(LangArg(matches.get_one(Self::ID).copied()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

// What is read, and how. Not a doc comment: clap would show it as the command's help.
#[derive(Debug, clap::Args)]
pub(super) struct InputArgs {
    /// In folders, read only files that match; with ! in front, only those that do not
    #[arg(long, value_name = "GLOB", action = ArgAction::Append, hide_short_help = true)]
    pub(super) glob: Vec<String>,
    /// In folders, read hidden files and folders, too: those whose names begin with a dot
    #[arg(long, hide_short_help = true)]
    pub(super) hidden: bool,
    /// List the files that would be read, one a line, and read none
    #[arg(long, hide_short_help = true)]
    pub(super) files: bool,
    /// Stop at the first payload that cannot be decoded
    #[arg(long, hide_short_help = true)]
    pub(super) fail_fast: bool,
    /// Also decode callbacks after a message that is cut off, which a user may have typed
    #[arg(long, hide_short_help = true)]
    pub(super) accept_after_torn: bool,
    /// How many threads decode; 0 for as many as the machine runs at once, up to 8
    #[arg(
        short = 'j',
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true,
        hide_short_help = true,
        value_parser = whole::<usize>,
        allow_negative_numbers = true
    )]
    pub(super) threads: usize,
}

// What is written beside the data, and how. Not a doc comment: clap would show it as the command's help.
#[derive(Debug, clap::Args)]
pub(super) struct OutputArgs {
    /// What is said at the end on standard error: text for people, the same with findings by file, or one JSON object
    #[arg(
        long,
        value_name = "FORM",
        value_enum,
        default_value_t = Summary::Text,
        conflicts_with = "quiet",
        hide_short_help = true
    )]
    pub(super) summary: Summary,
    /// Write what belongs to no payload to this file, a line each with its place
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub(super) noise: Option<PathBuf>,
    /// Status 0 if the input has a problem; 2 stays for a run that fails
    #[arg(long, hide_short_help = true)]
    pub(super) exit_zero: bool,
    /// Colours; also NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = When::Auto, hide_short_help = true)]
    pub(super) color: When,
}

#[derive(Debug, clap::Args)]
pub(super) struct CompressedArgs {
    /// How many times its own size it may grow to, once that is more than 1 GiB
    #[arg(
        long,
        value_name = "N",
        default_value_t = Bounds::DEFAULT.expansion,
        value_parser = positive::<u64>,
        hide_short_help = true
    )]
    pub(super) max_expansion: u64,
    /// The window of zstd or dictionary of xz, with K, M or G: it stays in memory
    #[arg(long, value_name = "SIZE", default_value = "128M", value_parser = window, hide_short_help = true)]
    pub(super) max_window: u64,
}

#[derive(Debug, clap::Args)]
pub(super) struct LimitArgs {
    /// Its bytes, with K, M or G for powers of 1024
    #[arg(long, value_name = "SIZE", default_value = "16M", value_parser = size, hide_short_help = true)]
    pub(super) max_payload_size: usize,
    /// Levels of nesting
    #[arg(
        long,
        value_name = "N",
        default_value_t = Limits::default().depth,
        value_parser = depth,
        hide_short_help = true
    )]
    pub(super) max_depth: usize,
    /// Items of one callback
    #[arg(
        long,
        value_name = "N",
        default_value_t = Limits::default().items,
        value_parser = positive::<usize>,
        hide_short_help = true
    )]
    pub(super) max_items: usize,
    /// Elements of XML; members and entries of JSON
    #[arg(
        long,
        value_name = "N",
        default_value_t = Limits::default().values,
        value_parser = positive::<usize>,
        hide_short_help = true
    )]
    pub(super) max_values: usize,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ParseFormat {
    Pretty,
    Table,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ConvertFormat {
    /// The normalized record, one a line
    #[value(alias = "ndjson")]
    Jsonl,
    /// The JSON that WeChat documents
    Json,
    /// The XML that WeChat documents
    Xml,
    /// One row an item
    Csv,
}

/// The shape of WeChat's JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ShapeArg {
    /// As WeChat documents it
    Documented,
    /// As servers receive it: one item as an object, the time as a number
    Wire,
}

impl From<ShapeArg> for JsonShape {
    fn from(shape: ShapeArg) -> Self {
        match shape {
            ShapeArg::Documented => JsonShape::Documented,
            ShapeArg::Wire => JsonShape::Wire,
        }
    }
}

/// The form of a table of counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TableFormat {
    /// For people
    Table,
    /// A JSON object a line
    #[value(alias = "ndjson")]
    Jsonl,
    /// A header and a row each
    Csv,
}

impl From<TableFormat> for Form {
    fn from(format: TableFormat) -> Self {
        match format {
            TableFormat::Table => Form::Table,
            TableFormat::Jsonl => Form::JsonLines,
            TableFormat::Csv => Form::Csv,
        }
    }
}

// The arguments of the commands that write tables. Not a doc comment: clap would show it as the command's help.
#[derive(Debug, clap::Args)]
pub(super) struct TableArgs {
    /// What to write
    // The alias: other commands call this flag --format.
    #[arg(long, alias = "format", value_name = "FORMAT", value_enum, default_value_t = TableFormat::Table)]
    pub(super) to: TableFormat,
}

impl TableArgs {
    /// Returns true if cells are written as they are, control characters among them.
    pub(super) fn is_raw(&self) -> bool {
        self.to == TableFormat::Csv
    }
}

// The arguments of the commands that count. Not a doc comment: clap would show it as the command's help.
#[derive(Debug, clap::Args)]
pub(super) struct FoldArgs {
    /// Zone of hours, days, weeks and months
    ///
    /// local, UTC, a name like Asia/Shanghai, or an offset like +08:00.
    #[arg(
        long,
        value_name = "ZONE",
        default_value = "local",
        allow_hyphen_values = true
    )]
    pub(super) tz: String,
    /// Count repeated deliveries, too: same account, user, time, event and items
    #[arg(long, conflicts_with = "dedup", hide_short_help = true)]
    pub(super) keep_repeats: bool,
    /// The most memory for counting, with K, M or G for powers of 1024
    #[arg(long, value_name = "SIZE", default_value = "1G", value_parser = memory, hide_short_help = true)]
    pub(super) max_memory: usize,
}

// The names of columns in files of sends. Not a doc comment: clap would show it as the command's help.
#[derive(Debug, clap::Args)]
pub(super) struct ColumnArgs {
    /// What columns or members of --sends are called, if not as usual: msgid, touser, template_id, errcode, time
    #[arg(
        long,
        value_name = "NAME=COLUMN,…",
        value_delimiter = ',',
        value_parser = column,
        hide_short_help = true
    )]
    pub(super) columns: Vec<(Part, String)>,
}

/// Reads `name=column`.
fn column(text: &str) -> Result<(Part, String), String> {
    let comma = Words(", ", "、").to_string();
    let names = Part::ALL.map(Part::name).join(&comma);
    let (name, column) = text
        .split_once('=')
        .filter(|(_, column)| !column.is_empty())
        .ok_or_else(|| Words("expected NAME=COLUMN", "应为 NAME=COLUMN").to_string())?;
    let part = Part::ALL.into_iter().find(|part| part.name() == name);
    let part = part.ok_or_else(|| {
        both!(
            "unknown name `{name}`: expected one of {names}",
            "未知名称 `{name}`：应为 {names} 之一"
        )
    })?;
    Ok((part, column.to_owned()))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Summary {
    Text,
    Files,
    Json,
    None,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Language {
    En,
    Zh,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum When {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum SyntaxArg {
    Xml,
    Json,
}

impl From<SyntaxArg> for Syntax {
    fn from(wire: SyntaxArg) -> Self {
        match wire {
            SyntaxArg::Xml => Syntax::Xml,
            SyntaxArg::Json => Syntax::Json,
        }
    }
}

/// Reads the size of a payload.
fn size(text: &str) -> Result<usize, String> {
    const EXPECTED: Words = Words(
        "expected 1 to 1G: a whole number, perhaps with K, M or G",
        "应为 1 到 1G：整数，可带 K、M 或 G",
    );
    let size = bytes(text).filter(|bytes| (1..=Limits::MAX_PAYLOAD_SIZE as u64).contains(bytes));
    size.map(|size| size as usize)
        .ok_or_else(|| EXPECTED.to_string())
}

/// Reads the size of a window.
fn window(text: &str) -> Result<u64, String> {
    const EXPECTED: Words = Words(
        "expected 1 to 4G: a whole number, perhaps with K, M or G",
        "应为 1 到 4G：整数，可带 K、M 或 G",
    );
    let window = bytes(text).filter(|bytes| (1..=4 << 30).contains(bytes));
    window.ok_or_else(|| EXPECTED.to_string())
}

/// Reads a size of memory.
fn memory(text: &str) -> Result<usize, String> {
    const EXPECTED: Words = Words(
        "expected at least 1M: a whole number, perhaps with K, M or G",
        "至少为 1M：整数，可带 K、M 或 G",
    );
    let size = bytes(text).filter(|bytes| *bytes >= 1 << 20);
    let size = size.and_then(|bytes| usize::try_from(bytes).ok());
    size.ok_or_else(|| EXPECTED.to_string())
}

/// Reads a number of bytes, perhaps with a unit.
fn bytes(text: &str) -> Option<u64> {
    let (digits, unit) = match text.find(|c: char| !c.is_ascii_digit()) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let shift = match unit.to_ascii_uppercase().as_str() {
        "" => 0,
        "K" | "KIB" => 10,
        "M" | "MIB" => 20,
        "G" | "GIB" => 30,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

fn positive<T: Number + From<u8>>(text: &str) -> Result<T, String> {
    within(text, T::from(1)..=T::MOST)
}

fn depth(text: &str) -> Result<usize, String> {
    within(text, 1..=Limits::MAX_DEPTH)
}
