//! Findings as a GitLab code quality report: a JSON array of Code Climate issues.

use std::io::{self, Write};

use serde::Serialize;

use crate::finding::{Code, Severity};
use crate::json_format;
use crate::lang::Lang;
use crate::report::fingerprint::Fingerprints;
use crate::report::json::{begin_entry, write_each};
use crate::report::{File, Notice, Report, Total};

/// Writes one JSON array with an object for each finding.
#[derive(Debug, Default)]
pub struct Gitlab {
    /// The language of messages.
    lang: Lang,
    fingerprints: Fingerprints,
    begun: bool,
}

impl Gitlab {
    /// Makes a report with messages in `lang`.
    pub fn new(lang: Lang) -> Self {
        Gitlab {
            lang,
            ..Self::default()
        }
    }

    fn issue(&mut self, file: &File<'_>, notice: &Notice, out: &mut Vec<u8>) {
        begin_entry(&mut self.begun, out);
        let issue = Issue {
            description: notice.message_with_help(self.lang),
            check_name: notice.code(),
            fingerprint: self.fingerprints.of(file.path, notice),
            severity: severity(notice.severity),
            location: Location {
                path: file.path,
                lines: Lines {
                    begin: notice.spot.place.line,
                },
            },
        };
        json_format::write(&issue, out);
    }
}

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: Code,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u64,
}

/// GitLab's name of a severity, out of `info`, `minor`, `major`, `critical` and `blocker`.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Warning => "minor",
        Severity::Error => "major",
        Severity::Undecodable => "critical",
    }
}

impl Report for Gitlab {
    fn open(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"[")
    }

    fn findings(
        &mut self,
        file: &File<'_>,
        notices: &[Notice],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        write_each(notices, out, |notice, text| self.issue(file, notice, text))
    }

    fn end(&mut self, _file: &File<'_>, _out: &mut dyn Write) -> io::Result<()> {
        self.fingerprints.forget();
        Ok(())
    }

    fn close(&mut self, _total: &Total<'_>, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if self.begun { b"\n]\n" } else { b"]\n" })
    }
}
