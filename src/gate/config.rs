//! Reads a `wxsub.toml` and reports errors in it.
//!
//! An unknown key is an error that suggests the nearest key: a misspelt setting would leave the gate open.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::finding::Code;
use crate::gate::glob::literal;
use crate::gate::written::{Expect, NOT_A_GLOB, Names, Pattern, Patterns, Written};
use crate::gate::{Expectations, Globs, Level, Rules, Setting};
use crate::lang::{Lang, Text};
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
    message: Message,
}

impl ConfigError {
    /// Says where the error is, and what is wrong.
    pub fn message(&self, lang: Lang) -> String {
        let message = match lang {
            Lang::En => &self.message.en,
            Lang::Zh => &self.message.zh,
        };
        format!("{}:{}:{}: {message}", self.name, self.line, self.column)
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
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
            let message = Message::new(|lang| sentence(error.message(), lang));
            reader.error(at, message)
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
                    let message = Message {
                        en: format!("`{name}` stands under `{other}` already"),
                        zh: format!("`{name}` 已在 `{other}` 中"),
                    };
                    return Err(self.error(span.start, message));
                }
                let setting = Setting::new(level, &name).map_err(|error| {
                    self.error(span.start, Message::new(|lang| error.message(lang)))
                })?;
                seen.push((name, key));
                settings.push(setting);
            }
        }
        Ok(settings)
    }

    fn globs(&self, patterns: &Patterns) -> Read<Globs> {
        let paths = patterns.0.iter().map(|Pattern(path)| path.as_str());
        Globs::new(paths, self.folder)
            .map_err(|error| self.error(0, Message::new(|_| error.clone())))
    }

    fn error(&self, at: usize, message: Message) -> ConfigError {
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

/// A message in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Message {
    en: String,
    zh: String,
}

impl Message {
    /// Makes a message of `say`, which is called once for each language.
    fn new(say: impl Fn(Lang) -> String) -> Self {
        let [en, zh] = [Lang::En, Lang::Zh].map(say);
        Message { en, zh }
    }
}

/// Rewrites a parser message as one line in the words of a `wxsub.toml`.
fn sentence(message: &str, lang: Lang) -> String {
    let known = unknown_key(message, lang)
        .or_else(|| unknown_code(message, lang))
        .or_else(|| wrong_value(message, lang))
        .or_else(|| in_words(message, MISSING, lang));
    let told = known.unwrap_or_else(|| message.replace('\n', ", "));
    match lang {
        Lang::En => told,
        Lang::Zh => in_words(&told, SYNTAX, lang)
            .unwrap_or(told)
            .replace(", expected ", "，应为 "),
    }
}

/// The start of a parser message, and what a message of ours says in its place.
type Rewritten = (&'static str, Text);

/// How the reader of TOML says what is wrong with the syntax.
static SYNTAX: &[Rewritten] = &[
    same("unclosed array table", "表头 `[[…` 没有结束"),
    same("unclosed array", "数组没有结束"),
    same("unclosed inline table", "表 `{…` 没有结束"),
    same("unclosed table", "表头 `[…` 没有结束"),
    same(
        "missing comma between array elements",
        "数组的元素之间缺少逗号",
    ),
    same("extra comma in array", "数组中有多余的逗号"),
    same(
        "missing assignment between key-value pairs",
        "键与值之间缺少 `=`",
    ),
    same("key with no value", "键没有值"),
    same("missing value for key", "键没有值"),
    same("missing value", "缺少值"),
    same("invalid unquoted key", "没有引号的键无效"),
    same("string values must be quoted", "字符串要加引号"),
    same("duplicate key", "键重复"),
    same("invalid basic string", "字符串无效"),
    same("invalid literal string", "字符串无效"),
    same("unexpected content", "有多余的内容"),
    same("unexpected key or value", "有多余的键或值"),
    same("extra `=`", "有多余的 `=`"),
];

/// A parser message that is kept in English.
const fn same(en: &'static str, zh: &'static str) -> Rewritten {
    (en, Text::new(en, zh))
}

/// How serde says what is missing.
static MISSING: &[Rewritten] = &[
    (
        "missing field `path`",
        Text::new(
            "the entry has no `path`, a glob like \"tests/fixtures/*.json\"",
            "此项没有 `path`，即 \"tests/fixtures/*.json\" 这样的通配符",
        ),
    ),
    (
        "missing field `codes`",
        Text::new(
            "the entry has no `codes`, a list like [\"wrong-type\"]",
            "此项没有 `codes`，即 [\"wrong-type\"] 这样的列表",
        ),
    ),
    (NOT_A_GLOB, Text::new(NOT_A_GLOB, "路径不是有效的通配符：")),
];

/// How serde and the visitors of `written` say what was expected.
static EXPECTED: &[Rewritten] = &[
    (
        "a boolean",
        Text::new("`true` or `false`", "`true` 或 `false`"),
    ),
    (
        "a nonzero u64",
        Text::new("a whole number of at least 1", "不小于 1 的整数"),
    ),
    (
        "a list of codes like ",
        Text::new("a list of codes like ", "代码的列表，如 "),
    ),
    (
        "tables, each headed by ",
        Text::new("tables, each headed by ", "若干个表，每个以此开头："),
    ),
    ("a table", Text::new("a table", "表")),
    ("a string", Text::new("a string", "字符串")),
    (
        "a glob like \"tests/fixtures/*.json\", or several",
        Text::new(
            "a glob like \"tests/fixtures/*.json\", or several",
            "\"tests/fixtures/*.json\" 这样的通配符，或其列表",
        ),
    ),
    (
        "codes like [\"wrong-type\"], or how many of each like { wrong-type = 2 }",
        Text::new(
            "codes like [\"wrong-type\"], or how many of each like { wrong-type = 2 }",
            "[\"wrong-type\"] 这样的代码列表，或 { wrong-type = 2 } 这样的个数",
        ),
    ),
];

/// How serde says what was found.
static FOUND: &[Rewritten] = &[
    ("boolean ", Text::new("", "")),
    ("integer ", Text::new("", "")),
    ("floating point ", Text::new("", "")),
    ("string ", Text::new("", "")),
    ("map", Text::new("a table or a date", "表或日期")),
    ("sequence", Text::new("an array", "数组")),
];

/// Replaces the start of `text` by the words of a table. Returns `None` if the table does not have it.
fn in_words(text: &str, table: &[Rewritten], lang: Lang) -> Option<String> {
    let mut rows = table.iter();
    rows.find_map(|(serde, ours)| Some(format!("{}{}", ours.get(lang), text.strip_prefix(serde)?)))
}

/// Returns `expected a boolean, found …` for serde's `invalid type: …, expected a boolean`.
fn wrong_value(message: &str, lang: Lang) -> Option<String> {
    let rest = message.strip_prefix("invalid type: ");
    let rest = rest.or_else(|| message.strip_prefix("invalid value: "))?;
    let (found, expected) = rest.rsplit_once(", expected ")?;
    let found = shortened(found);
    let expected = in_words(expected, EXPECTED, lang).unwrap_or_else(|| expected.to_owned());
    let found = in_words(&found, FOUND, lang).unwrap_or(found);
    Some(match lang {
        Lang::En => format!("expected {expected}, found {found}"),
        Lang::Zh => format!("应为{}，实际为 {found}", spaced(&expected)),
    })
}

/// Puts a space before what begins with a letter or sign that is not Chinese.
fn spaced(text: &str) -> String {
    match text.starts_with(|c: char| c.is_ascii()) {
        true => format!(" {text}"),
        false => text.to_owned(),
    }
}

/// Cuts a long value. What is left stands in a message.
fn shortened(found: &str) -> String {
    const LONGEST: usize = 60;
    match found.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &found[..end]),
        None => found.to_owned(),
    }
}

/// Says which code may have been meant, for the message about an unknown one.
fn unknown_code(message: &str, lang: Lang) -> Option<String> {
    let (given, _) = message.strip_prefix("unknown code `")?.split_once("`; ")?;
    let error = given.parse::<Code>().err()?;
    Some(error.message(lang))
}

/// Suggests a key if `message` is about an unknown key.
fn unknown_key(message: &str, lang: Lang) -> Option<String> {
    let rest = message.strip_prefix("unknown field `")?;
    let (name, expected) = rest.split_once("`, expected ")?;
    let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    let similar = closest(name, known.iter().copied());
    let (name, known) = (printable(name), known.join("`, `"));
    Some(match (lang, similar) {
        (Lang::En, Some(like)) => format!("unknown key `{name}`; did you mean `{like}`?"),
        (Lang::En, None) => format!("unknown key `{name}`; the keys here are `{known}`"),
        (Lang::Zh, Some(like)) => format!("未知的键 `{name}`；是不是 `{like}`？"),
        (Lang::Zh, None) => format!("未知的键 `{name}`；这里的键有 `{known}`"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every message of ours is there in Chinese; what the TOML reader says of its syntax stays English.
    #[test]
    fn messages_are_there_in_chinese() {
        let cases = [
            ("alow = []", "c:1:1: 未知的键 `alow`；是不是 `allow`？"),
            ("allow = [\"x\"", "c:1:13: 数组没有结束，应为 `]`"),
            ("strict", "c:1:7: 键没有值，应为 `=`"),
            ("strict = 1", "c:1:10: 应为 `true` 或 `false`，实际为 `1`"),
            (
                "allow = [\"odd-opnid\"]",
                "c:1:10: 未知代码 `odd-opnid`；是不是 `odd-openid`？",
            ),
            (
                "allow = [\"odd-case\"]\nwarn = [\"odd-case\"]",
                "c:2:9: `odd-case` 已在 `allow` 中",
            ),
            (
                "[[expect]]\npath = \"a\"\ncodes = 1",
                "c:3:9: 应为 [\"wrong-type\"] 这样的代码列表，或 { wrong-type = 2 } 这样的个数，实际为 `1`",
            ),
            (
                "[[expect]]\ncodes = [\"odd-case\"]",
                "c:1:1: 此项没有 `path`，即 \"tests/fixtures/*.json\" 这样的通配符",
            ),
        ];
        for (text, expected) in cases {
            let error = Config::parse(text, "c", Path::new("/")).unwrap_err();
            assert_eq!(error.message(Lang::Zh), expected);
        }
    }
}
