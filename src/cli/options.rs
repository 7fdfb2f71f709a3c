//! The arguments that several commands share, and the parsers of their values.

use std::path::PathBuf;

use clap::{ArgAction, ValueEnum};
use wxsub::decompress::Bounds;
use wxsub::stats::{Form, Part};
use wxsub::{Limits, Syntax};

use crate::cli::keys::KeyArgs;
use crate::cli::number::{Number, whole, within};
use crate::cli::pseudonyms::RedactArgs;
use crate::cli::select::SelectArgs;

#[derive(Debug, clap::Args)]
pub(super) struct Common {
    /// Files, folders (walked recursively), zip archives or - for standard input; also compressed with
    /// gzip, zstd, bzip2 or xz [default: standard input]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// In folders, read only files that match; with ! in front, only those that do not
    #[arg(long, value_name = "GLOB", action = ArgAction::Append)]
    pub(super) glob: Vec<String>,
    /// Stop at the first payload that cannot be decoded
    #[arg(long)]
    pub(super) fail_fast: bool,
    /// No summary and no progress
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// What is said at the end on standard error: text for people, the same with findings by file, or one JSON object
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Summary::Text, conflicts_with = "quiet")]
    pub(super) summary: Summary,
    /// How many threads decode; 0 for as many as the machine runs at once, up to 8
    #[arg(
        short = 'j',
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true,
        value_parser = whole::<usize>,
        allow_negative_numbers = true
    )]
    pub(super) threads: usize,
    /// Status 0 if the input has a problem; 2 stays for a run that fails
    #[arg(long)]
    pub(super) exit_zero: bool,
    /// Write what belongs to no payload to this file, a line each with its place
    #[arg(long, value_name = "FILE")]
    pub(super) noise: Option<PathBuf>,
    /// Also decode callbacks after a message that is cut off, which a user may have typed
    #[arg(long)]
    pub(super) accept_after_torn: bool,
    /// Language of messages [default: from WXSUB_LANG, LC_ALL, LC_MESSAGES or LANG]
    #[arg(long, value_enum)]
    pub(super) lang: Option<Language>,
    /// Colours; also NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = When::Auto)]
    pub(super) color: When,
    #[command(flatten, next_help_heading = "Choosing callbacks")]
    pub(super) select: SelectArgs,
    #[command(flatten, next_help_heading = "Encrypted payloads")]
    pub(super) keys: KeyArgs,
    #[command(flatten, next_help_heading = "Pseudonyms")]
    pub(super) redact: RedactArgs,
    #[command(flatten, next_help_heading = "Limits of one payload")]
    pub(super) limits: LimitArgs,
    #[command(flatten, next_help_heading = "Limits of compressed input")]
    pub(super) compressed: CompressedArgs,
}

#[derive(Debug, clap::Args)]
pub(super) struct CompressedArgs {
    /// How many times its own size it may grow to, once that is more than 1 GiB
    #[arg(long, value_name = "N", default_value_t = Bounds::DEFAULT.expansion, value_parser = positive::<u64>)]
    pub(super) max_expansion: u64,
    /// The window of zstd or dictionary of xz, with K, M or G: it stays in memory
    #[arg(long, value_name = "SIZE", default_value = "128M", value_parser = window)]
    pub(super) max_window: u64,
}

#[derive(Debug, clap::Args)]
pub(super) struct LimitArgs {
    /// Its bytes, with K, M or G for powers of 1024
    #[arg(long, value_name = "SIZE", default_value = "16M", value_parser = size)]
    pub(super) max_payload_size: usize,
    /// Levels of nesting
    #[arg(long, value_name = "N", default_value_t = Limits::default().depth, value_parser = depth)]
    pub(super) max_depth: usize,
    /// Items of one callback
    #[arg(long, value_name = "N", default_value_t = Limits::default().items, value_parser = positive::<usize>)]
    pub(super) max_items: usize,
    /// Elements of XML; members and entries of JSON
    #[arg(long, value_name = "N", default_value_t = Limits::default().values, value_parser = positive::<usize>)]
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
    Jsonl,
    /// The JSON that WeChat documents
    Json,
    /// The XML that WeChat documents
    Xml,
    /// One row an item
    Csv,
}

/// The form of a table of counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TableFormat {
    /// For people
    Table,
    /// A JSON object a line
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
    /// Write to FILE, which is replaced only when all was read and written
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Zone of hours, days, weeks and months: local, UTC, a name like Asia/Shanghai, or an offset like +08:00
    #[arg(
        long,
        value_name = "ZONE",
        default_value = "local",
        allow_hyphen_values = true
    )]
    pub(super) tz: String,
    /// Count repeated deliveries, too: same account, user, time, event and items
    #[arg(long, conflicts_with = "dedup")]
    pub(super) keep_repeats: bool,
    /// The most memory for counting, with K, M or G for powers of 1024
    #[arg(long, value_name = "SIZE", default_value = "1G", value_parser = memory)]
    pub(super) max_memory: usize,
}

// The names of columns in files of sends. Not a doc comment: clap would show it as the command's help.
#[derive(Debug, clap::Args)]
pub(super) struct ColumnArgs {
    /// What columns or members of --sends are called, if not as usual: msgid, touser, template_id, errcode, time
    #[arg(long, value_name = "NAME=COLUMN,…", value_delimiter = ',', value_parser = column)]
    pub(super) columns: Vec<(Part, String)>,
}

/// Reads `name=column`.
fn column(text: &str) -> Result<(Part, String), String> {
    let names = Part::ALL.map(Part::name).join(", ");
    let (name, column) = text
        .split_once('=')
        .filter(|(_, column)| !column.is_empty())
        .ok_or("expected NAME=COLUMN")?;
    let part = Part::ALL.into_iter().find(|part| part.name() == name);
    let part = part.ok_or_else(|| format!("unknown name `{name}`: expected one of {names}"))?;
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
pub(super) enum Language {
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
    const EXPECTED: &str = "expected 1 to 1G: a whole number, perhaps with K, M or G";
    let size = bytes(text).filter(|bytes| (1..=Limits::MAX_PAYLOAD_SIZE as u64).contains(bytes));
    size.map(|size| size as usize).ok_or(EXPECTED.into())
}

/// Reads the size of a window.
fn window(text: &str) -> Result<u64, String> {
    const EXPECTED: &str = "expected 1 to 4G: a whole number, perhaps with K, M or G";
    let window = bytes(text).filter(|bytes| (1..=4 << 30).contains(bytes));
    window.ok_or(EXPECTED.into())
}

/// Reads a size of memory.
fn memory(text: &str) -> Result<usize, String> {
    const EXPECTED: &str = "expected at least 1M: a whole number, perhaps with K, M or G";
    let size = bytes(text).filter(|bytes| *bytes >= 1 << 20);
    let size = size.and_then(|bytes| usize::try_from(bytes).ok());
    size.ok_or(EXPECTED.into())
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
