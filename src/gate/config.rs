//! Reads a `wxsub.toml` and reports errors in it.
//!
//! An unknown key is an error that suggests the nearest key: a misspelt setting would leave the gate open.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::gate::glob::literal;
use crate::gate::written::{Expect, Names, Pattern, Patterns, Written};
use crate::gate::{Expectations, Globs, Level, Rules, Setting};
use crate::printable::printable;
use crate::suggest::closest;

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
    /// True if warnings fail the run.
    pub strict: bool,
    /// The severities of findings.
    pub rules: Rules,
    /// The findings expected in each file.
    pub expectations: Expectations,
    /// The expected paths without wildcards, with the place in the file. These files should exist.
    pub expected_files: Vec<(PathBuf, String)>,
}

/// An error in a `wxsub.toml`, with its place.
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

impl Config {
    /// Reads `text`, the content of the file `name`. Paths in it are relative to the absolute path `folder`.
    ///
    /// # Errors
    ///
    /// The first error in the text.
    pub fn parse(text: &str, name: &str, folder: &Path) -> Result<Self, ConfigError> {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        let reader = ConfigReader {
            text,
            name,
            folder,
            lines: [0].into_iter().chain(ends.map(|end| end + 1)).collect(),
        };
        let written = toml_edit::de::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            reader.error(at, sentence(error.message()))
        })?;
        reader.config(written)
    }
}

/// The text being read, with its name and folder.
struct ConfigReader<'a> {
    text: &'a str,
    name: &'a str,
    folder: &'a Path,
    /// The offsets at which lines begin.
    lines: Vec<usize>,
}

type Read<T> = Result<T, ConfigError>;

impl ConfigReader<'_> {
    fn config(&self, written: Written) -> Read<Config> {
        let mut config = Config {
            strict: written.strict,
            ..Config::default()
        };
        let settings = self.settings(written.allow, written.warn, written.deny)?;
        config.rules.add(settings, None);
        for entry in written.overrides {
            let files = self.globs(&entry.path)?;
            let settings = self.settings(entry.allow, entry.warn, entry.deny)?;
            config.rules.add(settings, Some(files));
        }
        for entry in written.expects {
            self.expect(entry, &mut config)?;
        }
        Ok(config)
    }

    fn expect(&self, entry: Expect, config: &mut Config) -> Read<()> {
        let (line, _) = self.line_and_column(entry.path.span().start);
        let place = format!("{}:{line}", self.name);
        let paths = entry.path.into_inner();
        let files = self.globs(&paths)?;
        let plain = paths.0.iter().filter_map(|Pattern(path)| literal(path));
        let plain = plain.map(|path| (self.folder.join(path), place.clone()));
        config.expected_files.extend(plain);
        config.expectations.add(files, entry.codes.0, place);
        Ok(())
    }

    /// Reads the settings of all levels. Fails if a code has two.
    fn settings(&self, allow: Names, warn: Names, deny: Names) -> Read<Vec<Setting>> {
        let mut settings = Vec::new();
        let mut seen: Vec<(String, &str)> = Vec::new();
        let levels = [
            ("allow", Level::Allow, allow),
            ("warn", Level::Warn, warn),
            ("deny", Level::Deny, deny),
        ];
        for (key, level, names) in levels {
            for name in names {
                let (span, name) = (name.span(), name.into_inner());
                if let Some((_, other)) = seen.iter().find(|(known, _)| *known == name) {
                    let message = format!("`{name}` stands under `{other}` already");
                    return Err(self.error(span.start, message));
                }
                let setting = Setting::new(level, &name)
                    .map_err(|error| self.error(span.start, error.to_string()))?;
                seen.push((name, key));
                settings.push(setting);
            }
        }
        Ok(settings)
    }

    fn globs(&self, patterns: &Patterns) -> Read<Globs> {
        let paths = patterns.0.iter().map(|Pattern(path)| path.as_str());
        Globs::new(paths, self.folder).map_err(|error| self.error(0, error))
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
        let line = self.lines.partition_point(|start| *start <= at);
        let before = self.text.get(self.lines[line - 1]..at).unwrap_or_default();
        (line, before.chars().count() + 1)
    }
}

/// Rewrites a parser message as one line in the words of a `wxsub.toml`.
fn sentence(message: &str) -> String {
    let known = unknown_key(message).or_else(|| wrong_value(message));
    let known = known.or_else(|| in_words(message, &MISSING));
    known.unwrap_or_else(|| message.replace('\n', ", "))
}

/// How serde says what is missing, what was expected and what was found, and how a message says it.
const MISSING: [(&str, &str); 2] = [
    (
        "missing field `path`",
        "the entry has no `path`, a glob like \"tests/fixtures/*.json\"",
    ),
    (
        "missing field `codes`",
        "the entry has no `codes`, a list like [\"wrong-type\"]",
    ),
];
const EXPECTED: [(&str, &str); 2] = [
    ("a boolean", "`true` or `false`"),
    ("a nonzero u64", "a whole number of at least 1"),
];
const FOUND: [(&str, &str); 6] = [
    ("boolean ", ""),
    ("integer ", ""),
    ("floating point ", ""),
    ("string ", ""),
    ("map", "a table or a date"),
    ("sequence", "an array"),
];

/// Replaces the start of `text` by the words of a table. Returns `None` if the table does not have it.
fn in_words(text: &str, table: &[(&str, &str)]) -> Option<String> {
    let mut rows = table.iter();
    rows.find_map(|(serde, ours)| Some(format!("{ours}{}", text.strip_prefix(serde)?)))
}

/// Returns `expected a boolean, found …` for serde's `invalid type: …, expected a boolean`.
fn wrong_value(message: &str) -> Option<String> {
    let rest = message.strip_prefix("invalid type: ");
    let rest = rest.or_else(|| message.strip_prefix("invalid value: "))?;
    let (found, expected) = rest.rsplit_once(", expected ")?;
    let found = shortened(found);
    let expected = in_words(expected, &EXPECTED).unwrap_or_else(|| expected.to_owned());
    let found = in_words(&found, &FOUND).unwrap_or(found);
    Some(format!("expected {expected}, found {found}"))
}

/// Cuts a long value. What is left stands in a message.
fn shortened(found: &str) -> String {
    const LONGEST: usize = 60;
    match found.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &found[..end]),
        None => found.to_owned(),
    }
}

/// Suggests a key if `message` is about an unknown key.
fn unknown_key(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field `")?;
    let (name, expected) = rest.split_once("`, expected ")?;
    let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    let hint = match closest(name, known.iter().copied()) {
        Some(like) => format!("did you mean `{like}`?"),
        None => format!("the keys here are `{}`", known.join("`, `")),
    };
    Some(format!("unknown key `{}`; {hint}", printable(name)))
}
