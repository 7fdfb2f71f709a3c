//! The severities of findings: settings, and the order in which they apply.

use std::fmt;
use std::path::Path;

use crate::finding::{Code, Finding, Severity, UnknownCode};
use crate::gate::Globs;
use crate::gate::glob::Entries;
use crate::lang::{Lang, Text};

/// The effect of a setting on a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The finding is not reported.
    Allow,
    /// The finding is a warning.
    Warn,
    /// The finding is an error.
    Deny,
}

/// The findings that a setting applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All findings without a setting of their own.
    All,
    /// The findings of one code.
    Code(Code),
}

/// A level for the findings of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    scope: Scope,
    level: Level,
}

/// The reason why a setting is invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// No code has this name.
    Unknown(UnknownCode),
    /// An undecodable payload can be neither allowed nor a warning.
    Undecodable,
}

impl Refused {
    /// Says what is wrong with the setting.
    pub fn message(&self, lang: Lang) -> String {
        let undecodable = Text::new(
            "a payload that cannot be decoded is always an error; a fixture of one is accepted by an `[[expect]]` \
             entry in wxsub.toml",
            "无法解码的消息体总是错误；这样的测试样例可用 wxsub.toml 中的 `[[expect]]` 表示预期如此",
        );
        match self {
            Refused::Unknown(error) => error.message(lang),
            Refused::Undecodable => undecodable.get(lang).to_owned(),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

impl std::error::Error for Refused {}

impl Setting {
    /// The name that stands for all codes.
    pub const ALL: &'static str = "all";

    /// Makes the setting of `level` for the findings called `name`: a code, or `all`.
    ///
    /// ```
    /// use wxsub::gate::{Level, Refused, Setting};
    ///
    /// assert!(Setting::new(Level::Deny, "unknown-field").is_ok());
    /// let error = Setting::new(Level::Deny, "unknown-feld").unwrap_err();
    /// assert_eq!(error.to_string(), "unknown code `unknown-feld`; did you mean `unknown-field`?");
    /// assert_eq!(Setting::new(Level::Allow, "malformed-xml"), Err(Refused::Undecodable));
    /// ```
    ///
    /// # Errors
    ///
    /// [`Refused`], if the name is not a code or the level does not fit the code.
    pub fn new(level: Level, name: &str) -> Result<Self, Refused> {
        let scope = match name {
            Self::ALL => Scope::All,
            name => Scope::Code(name.parse().map_err(Refused::Unknown)?),
        };
        let is_undecodable =
            matches!(scope, Scope::Code(code) if code.severity() == Severity::Undecodable);
        match is_undecodable && level != Level::Deny {
            true => Err(Refused::Undecodable),
            false => Ok(Setting { scope, level }),
        }
    }
}

/// Settings in layers. The topmost layer with a setting for a code decides.
///
/// Within a layer, a setting of the code takes precedence over `all`, and a later setting over an earlier one.
///
/// ```
/// use std::path::Path;
/// use wxsub::gate::{Level, Rules, Setting};
/// use wxsub::{Code, Severity};
///
/// let mut rules = Rules::default();
/// let settings = [(Level::Allow, "unknown-field"), (Level::Deny, "all")].map(|(level, name)| Setting::new(level, name));
/// rules.add(settings.into_iter().collect::<Result<_, _>>()?, None);
/// assert_eq!(rules.severity(Code::UnknownField, Path::new("/a.json")), None);
/// assert_eq!(rules.severity(Code::OddCase, Path::new("/a.json")), Some(Severity::Error));
/// # Ok::<(), wxsub::gate::Refused>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Rules {
    layers: Vec<Layer>,
    files: Entries,
}

#[derive(Clone, Debug)]
struct Layer(Vec<Setting>);

impl Layer {
    fn level(&self, code: Code) -> Option<Level> {
        let last = |scope| {
            let mut settings = self.0.iter().rev();
            settings.find(|setting| setting.scope == scope)
        };
        let of_all = || last(Scope::All).filter(|_| code.severity() != Severity::Undecodable);
        last(Scope::Code(code))
            .or_else(of_all)
            .map(|setting| setting.level)
    }
}

impl Rules {
    /// Adds a layer on top. With `files` it applies to these files only.
    pub fn add(&mut self, settings: Vec<Setting>, files: Option<Globs>) {
        self.files.add(files);
        self.layers.push(Layer(settings));
    }

    /// Returns the severity of `code` in the file at the absolute `path`, or `None` if it is allowed.
    pub fn severity(&self, code: Code, path: &Path) -> Option<Severity> {
        self.of_file(path).severity(code)
    }

    /// Returns the rules of one file.
    pub(super) fn of_file(&self, path: &Path) -> FileRules {
        let layers = self.files.about(path);
        let severity = |code: &Code| {
            let mut layers = layers.iter().rev().map(|at| &self.layers[*at]);
            let level = layers.find_map(|layer| layer.level(*code));
            match level {
                None => Some(code.severity()),
                Some(Level::Allow) => None,
                Some(Level::Warn) => Some(Severity::Warning),
                Some(Level::Deny) => Some(code.severity().max(Severity::Error)),
            }
        };
        FileRules(Code::ALL.iter().map(severity).collect())
    }
}

/// The severity of each code in one file.
#[derive(Clone, Debug)]
pub(super) struct FileRules(Vec<Option<Severity>>);

impl FileRules {
    pub(super) fn severity(&self, code: Code) -> Option<Severity> {
        self.0[code as usize]
    }

    /// Returns the severity of `finding`, or `None` if it is allowed. No setting silences what cannot be decoded.
    pub(super) fn of_finding(&self, finding: &Finding) -> Option<Severity> {
        match finding.severity() {
            Severity::Undecodable => Some(Severity::Undecodable),
            _ => self.severity(finding.code()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Reason;
    use crate::span::Span;

    type Layers<'a> = &'a [&'a [(Level, &'a str)]];

    fn rules(layers: Layers<'_>) -> Rules {
        let mut rules = Rules::default();
        for layer in layers {
            let settings = layer.iter().map(|(level, name)| Setting::new(*level, name));
            rules.add(settings.collect::<Result<_, _>>().expect("settings"), None);
        }
        rules
    }

    #[test]
    fn later_settings_codes_and_higher_layers_win() {
        use Level::{Allow, Deny, Warn};
        let cases: [(Layers<'_>, Option<Severity>); 8] = [
            (&[], Some(Severity::Warning)),
            (&[&[(Deny, "odd-case")]], Some(Severity::Error)),
            (&[&[(Deny, "odd-case"), (Allow, "odd-case")]], None),
            (&[&[(Allow, "odd-case"), (Deny, "all")]], None),
            (&[&[(Deny, "all"), (Warn, "all")]], Some(Severity::Warning)),
            (
                &[&[(Allow, "odd-case")], &[(Deny, "all")]],
                Some(Severity::Error),
            ),
            (&[&[(Allow, "odd-case")], &[(Deny, "odd-openid")]], None),
            (&[&[(Allow, "all")], &[]], None),
        ];
        for (layers, expected) in cases {
            let found = rules(layers).severity(Code::OddCase, Path::new("/a"));
            assert_eq!(found, expected, "{layers:?}");
        }
    }

    #[test]
    fn a_reason_may_be_heavier_than_its_code() {
        let rules = rules(&[&[(Level::Allow, "printed-object")]]);
        let rules = rules.of_file(Path::new("/a"));
        let severity = |reason| rules.of_finding(&Finding::new(reason, Span::default()));
        assert_eq!(severity(Reason::Printed), None);
        assert_eq!(severity(Reason::PrintedCut), Some(Severity::Undecodable));
    }

    #[test]
    fn what_cannot_be_decoded_stays_an_error() {
        for level in [Level::Allow, Level::Warn, Level::Deny] {
            let rules = rules(&[&[(level, "all")]]);
            for code in Code::ALL
                .iter()
                .filter(|code| code.severity() == Severity::Undecodable)
            {
                let severity = rules.severity(*code, Path::new("/a"));
                assert_eq!(severity, Some(Severity::Undecodable), "{level:?}");
            }
        }
    }
}
