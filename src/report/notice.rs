//! A finding as it is reported: all that a format needs, without the payload.

use crate::finding::{Code, Finding, Severity};
use crate::lang::Lang;
use crate::record::Record;
use crate::report::Spot;

/// A finding with its position, and its severity in this run.
#[derive(Clone, Debug)]
pub struct Notice {
    /// What was found.
    pub finding: Finding,
    /// The severity: that of the code, unless the settings change it.
    pub severity: Severity,
    /// The position. Only its start is set if the report [shows no lines](crate::report::Report::shows_lines).
    pub spot: Spot,
}

impl Notice {
    /// Makes the notice of a `finding` of `record`.
    pub fn of(record: &Record<'_>, finding: &Finding, severity: Severity) -> Self {
        Notice {
            finding: finding.clone(),
            severity,
            spot: Spot::of(record, finding),
        }
    }

    /// Returns the finding's stable name.
    pub fn code(&self) -> Code {
        self.finding.code()
    }

    /// Returns what was found, as a sentence.
    pub fn message(&self, lang: Lang) -> String {
        self.finding.message(lang)
    }

    /// Returns what to do about it, if there is advice.
    pub fn help(&self, lang: Lang) -> Option<&'static str> {
        self.finding.help(lang)
    }

    /// Returns message and advice in one sentence, for formats with one field for both.
    pub(crate) fn message_with_help(&self, lang: Lang) -> String {
        match self.help(lang) {
            Some(help) => format!("{}; {help}", self.message(lang)),
            None => self.message(lang),
        }
    }
}
