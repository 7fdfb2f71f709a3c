//! A finding as it is reported: all that a format needs, apart from the payload.

use crate::finding::{Code, Finding, Severity};
use crate::lang::Lang;
use crate::record::Record;
use crate::report::Spot;

/// A finding with its place, and what it weighs in this run.
#[derive(Clone, Debug)]
pub struct Notice {
    /// What was found.
    pub finding: Finding,
    /// What it weighs: what the code weighs as a rule, or what the settings say.
    pub severity: Severity,
    /// Where it was found; only where that begins, if the report [shows no lines](crate::report::Report::shows_lines).
    pub spot: Spot,
}

impl Notice {
    /// `finding` of `record`, weighing as much as `severity`.
    pub fn of(record: &Record<'_>, finding: &Finding, severity: Severity) -> Self {
        Notice {
            finding: finding.clone(),
            severity,
            spot: Spot::of(record, finding),
        }
    }

    /// Its stable name.
    pub fn code(&self) -> Code {
        self.finding.code()
    }

    /// What was found, as a sentence.
    pub fn message(&self, lang: Lang) -> String {
        self.finding.message(lang)
    }

    /// What to do about it, where there is something to say.
    pub fn help(&self, lang: Lang) -> Option<&'static str> {
        self.finding.help(lang)
    }

    /// The sentence, and behind it what to do, for formats that have one place for both.
    pub(crate) fn message_with_help(&self, lang: Lang) -> String {
        match self.help(lang) {
            Some(help) => format!("{}; {help}", self.message(lang)),
            None => self.message(lang),
        }
    }
}
