//! What a `wxsub.toml` says, and what is wrong with one.
//!
//! Keys are looked up in [`TOP`], [`OVERRIDE`] and [`EXPECT`]; whatever else is there is an error that says what would be
//! right, since a setting that nobody reads is a gate that stands open.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml_edit::{Document, Item, Table, TableLike, Value};

use crate::finding::Code;
use crate::gate::{Count, Expectations, Globs, Level, Rules, Setting};
use crate::near::closest;

/// A `wxsub.toml`.
///
/// ```
/// use std::path::Path;
/// use wxsub::gate::Config;
///
/// let config = Config::parse(r#"
///     allow = ["odd-openid"]
///
///     [[override]]
///     path = "tests/fixtures/old/**"
///     warn = ["missing-field"]
///
///     [[expect]]
///     path = "tests/fixtures/cut.xml"
///     codes = ["malformed-xml"]
/// "#, "wxsub.toml", Path::new("/project"))?;
/// assert!(!config.strict);
///
/// let error = Config::parse("alow = []", "wxsub.toml", Path::new("/project")).unwrap_err();
/// assert_eq!(error.to_string(), "wxsub.toml:1:1: unknown key `alow`; did you mean `allow`?");
/// # Ok::<(), wxsub::gate::ConfigError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Whether warnings fail the run.
    pub strict: bool,
    /// What findings weigh.
    pub rules: Rules,
    /// Which findings are wanted where.
    pub expectations: Expectations,
    /// The paths without wildcards that have expectations, and where that is written: they should be there.
    pub expected_files: Vec<(PathBuf, String)>,
}

/// What is wrong with a `wxsub.toml`, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    name: String,
    line: usize,
    column: usize,
    message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ConfigError {
            name,
            line,
            column,
            message,
        } = self;
        write!(f, "{name}:{line}:{column}: {message}")
    }
}

impl std::error::Error for ConfigError {}

const LEVELS: [(&str, Level); 3] = [
    ("allow", Level::Allow),
    ("warn", Level::Warn),
    ("deny", Level::Deny),
];
const TOP: &[&str] = &["strict", "allow", "warn", "deny", "override", "expect"];
const OVERRIDE: &[&str] = &["path", "allow", "warn", "deny"];
const EXPECT: &[&str] = &["path", "codes"];

/// What makes a path stand for several.
const WILDCARDS: [char; 5] = ['*', '?', '[', '{', '\\'];

impl Config {
    /// Reads `text`, the content of the file `name`, in which paths are relative to `folder`: an absolute path.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it.
    pub fn parse(text: &str, name: &str, folder: &Path) -> Result<Self, ConfigError> {
        let reader = Reader { text, name, folder };
        let document = Document::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            reader.error(at, error.message().replace('\n', ", "))
        })?;
        reader.config(document.as_table())
    }
}

/// What is being read.
struct Reader<'a> {
    text: &'a str,
    name: &'a str,
    folder: &'a Path,
}

type Read<T> = Result<T, ConfigError>;

impl Reader<'_> {
    fn config(&self, table: &Table) -> Read<Config> {
        self.only(table, TOP)?;
        let mut config = Config {
            strict: table
                .get("strict")
                .map_or(Ok(false), |item| self.switch(item))?,
            ..Config::default()
        };
        config.rules.add(self.settings(table)?, None);
        for entry in self.tables(table, "override")? {
            self.only(entry, OVERRIDE)?;
            let files = self.globs(&self.paths(entry, table)?)?;
            let settings = self.settings(entry)?;
            config.rules.add(settings, Some(files));
        }
        for entry in self.tables(table, "expect")? {
            self.only(entry, EXPECT)?;
            let paths = self.paths(entry, table)?;
            let files = self.globs(&paths)?;
            let at = entry.get("path").and_then(Item::span).unwrap_or_default();
            let place = format!("{}:{}", self.name, self.line_and_column(at.start).0);
            let codes = self.codes(entry, at)?;
            let plain = paths.iter().filter(|(path, _)| !path.contains(WILDCARDS));
            let plain = plain.map(|(path, _)| (self.folder.join(path), place.clone()));
            config.expected_files.extend(plain);
            config.expectations.add(files, codes, place);
        }
        Ok(config)
    }

    /// An error if `table` has keys that are not among `known`.
    fn only(&self, table: &dyn TableLike, known: &[&'static str]) -> Read<()> {
        let mut names = table.iter().map(|(name, _)| name);
        let Some(name) = names.find(|name| !known.contains(name)) else {
            return Ok(());
        };
        let hint = match closest(name, known.iter().copied()) {
            Some(like) => format!("did you mean `{like}`?"),
            None => format!("the keys here are {}", listed(known)),
        };
        let at = table.key(name).and_then(|key| key.span());
        let at = at.map_or(0, |span| span.start);
        Err(self.error(at, format!("unknown key `{name}`; {hint}")))
    }

    fn switch(&self, item: &Item) -> Read<bool> {
        item.as_bool()
            .ok_or_else(|| self.wrong(item, "`true` or `false`"))
    }

    /// The settings of all levels; no code has two.
    fn settings(&self, table: &dyn TableLike) -> Read<Vec<Setting>> {
        let mut settings = Vec::new();
        let mut seen: Vec<(&str, &str)> = Vec::new();
        for (key, level) in LEVELS {
            let Some(item) = table.get(key) else { continue };
            for (name, span) in self.strings(item, "a list of codes like [\"odd-openid\"]")? {
                if let Some((_, other)) = seen.iter().find(|(known, _)| *known == name) {
                    let message = format!("`{name}` stands under `{other}` already");
                    return Err(self.error(span.start, message));
                }
                let setting = Setting::new(level, name)
                    .map_err(|error| self.error(span.start, error.to_string()))?;
                seen.push((name, key));
                settings.push(setting);
            }
        }
        Ok(settings)
    }

    /// The tables of an array of tables, however it is written.
    fn tables<'t>(&self, table: &'t Table, key: &str) -> Read<Vec<&'t dyn TableLike>> {
        let wanted = format!("tables, each headed by `[[{key}]]`");
        match table.get(key) {
            None => Ok(Vec::new()),
            Some(Item::ArrayOfTables(tables)) => {
                Ok(tables.iter().map(|table| table as &dyn TableLike).collect())
            }
            Some(item @ Item::Value(Value::Array(array))) => array
                .iter()
                .map(|value| value.as_inline_table().map(|table| table as &dyn TableLike))
                .collect::<Option<_>>()
                .ok_or_else(|| self.wrong(item, &wanted)),
            Some(item) => Err(self.wrong(item, &wanted)),
        }
    }

    fn paths<'t>(
        &self,
        entry: &'t dyn TableLike,
        whole: &Table,
    ) -> Read<Vec<(&'t str, Range<usize>)>> {
        let Some(item) = entry.get("path") else {
            let at = first_span(entry).or(whole.span()).unwrap_or_default();
            let message = "the entry has no `path`, a glob like \"tests/fixtures/*.json\"";
            return Err(self.error(at.start, message.to_owned()));
        };
        match item.as_str() {
            Some(path) => Ok(vec![(path, item.span().unwrap_or_default())]),
            None => self.strings(item, "a glob like \"tests/fixtures/*.json\", or several"),
        }
    }

    fn globs(&self, paths: &[(&str, Range<usize>)]) -> Read<Globs> {
        for (path, span) in paths {
            Globs::new([*path], self.folder).map_err(|error| {
                self.error(span.start, format!("the path is not a glob: {error}"))
            })?;
        }
        let paths = paths.iter().map(|(path, _)| *path);
        Globs::new(paths, self.folder).map_err(|error| self.error(0, error))
    }

    /// `["code"]`, or `{ code = 2 }`.
    fn codes(&self, entry: &dyn TableLike, at: Range<usize>) -> Read<Vec<(Code, Count)>> {
        let wanted = "codes like [\"wrong-type\"], or how many of each like { wrong-type = 2 }";
        let Some(item) = entry.get("codes") else {
            return Err(self.error(at.start, format!("the entry has no `codes`: {wanted}")));
        };
        let Some(table) = item.as_table_like() else {
            let names = self.strings(item, wanted)?;
            return names
                .into_iter()
                .map(|(name, span)| Ok((self.code(name, span)?, Count::Some)))
                .collect();
        };
        let counts = table.iter().map(|(name, count)| {
            let span = table.key(name).and_then(|key| key.span());
            let number = count
                .as_integer()
                .and_then(|count| u64::try_from(count).ok());
            let number = number.filter(|count| *count > 0);
            let number = number
                .ok_or_else(|| self.wrong(count, "how many, a whole number of at least 1"))?;
            Ok((
                self.code(name, span.unwrap_or_default())?,
                Count::Exactly(number),
            ))
        });
        counts.collect()
    }

    fn code(&self, name: &str, span: Range<usize>) -> Read<Code> {
        name.parse::<Code>()
            .map_err(|error| self.error(span.start, error.to_string()))
    }

    fn strings<'t>(&self, item: &'t Item, wanted: &str) -> Read<Vec<(&'t str, Range<usize>)>> {
        let strings = item.as_array().and_then(|array| {
            let strings = array
                .iter()
                .map(|value| Some((value.as_str()?, value.span().unwrap_or_default())));
            strings.collect::<Option<Vec<_>>>()
        });
        strings.ok_or_else(|| self.wrong(item, wanted))
    }

    fn wrong(&self, item: &Item, wanted: &str) -> ConfigError {
        let at = item.span().unwrap_or_default();
        self.error(at.start, format!("expected {wanted}, found {}", kind(item)))
    }

    fn error(&self, at: usize, message: String) -> ConfigError {
        let (line, column) = self.line_and_column(at);
        ConfigError {
            name: self.name.to_owned(),
            line,
            column,
            message,
        }
    }

    fn line_and_column(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (
            before.matches('\n').count() + 1,
            before[start..].chars().count() + 1,
        )
    }
}

fn first_span(table: &dyn TableLike) -> Option<Range<usize>> {
    let (name, _) = table.iter().next()?;
    table.key(name)?.span()
}

fn kind(item: &Item) -> String {
    if let Some(number) = item.as_integer() {
        return format!("`{number}`");
    }
    match item.type_name() {
        name @ ("array" | "array of tables" | "inline table") => format!("an {name}"),
        name => format!("a {name}"),
    }
}

fn listed(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
