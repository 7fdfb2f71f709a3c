//! Findings as a GitLab code quality report: a JSON array of Code Climate issues.

use std::io::{self, Write};

use crate::finding::Severity;
use crate::json_format::{self, Json, object, text};
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
        let lines = object([("begin", Json::Number(notice.spot.place.line))]);
        let location = object([("path", text(file.path)), ("lines", lines)]);
        let fingerprint = self.fingerprints.of(file.path, notice);
        let issue = object([
            ("description", text(notice.message_with_help(self.lang))),
            ("check_name", text(notice.code().as_str())),
            ("fingerprint", text(fingerprint)),
            ("severity", text(severity(notice.severity))),
            ("location", location),
        ]);
        json_format::write(&issue, out);
    }
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
