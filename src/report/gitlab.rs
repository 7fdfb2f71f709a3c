//! Findings as a GitLab code quality report: a JSON array of what Code Climate calls issues.

use std::io::{self, Write};

use crate::finding::Severity;
use crate::json::{Object, count, string};
use crate::lang::Lang;
use crate::report::fingerprint::Fingerprints;
use crate::report::json::{begin_entry, write_each};
use crate::report::{File, Notice, Report, Total};

/// One array, an object a finding.
#[derive(Debug, Default)]
pub struct Gitlab {
    /// The language of messages.
    lang: Lang,
    fingerprints: Fingerprints,
    begun: bool,
}

impl Gitlab {
    /// A report with messages in `lang`.
    pub fn new(lang: Lang) -> Self {
        Gitlab {
            lang,
            ..Self::default()
        }
    }

    fn issue(&mut self, file: &File<'_>, notice: &Notice, out: &mut Vec<u8>) {
        begin_entry(&mut self.begun, out);
        let mut issue = Object::open(out);
        let message = notice.message_with_help(self.lang);
        string(&message, issue.member("description"));
        string(notice.code().as_str(), issue.member("check_name"));
        let fingerprint = self.fingerprints.of(file.path, notice);
        string(&fingerprint, issue.member("fingerprint"));
        string(severity(notice.severity), issue.member("severity"));
        let mut location = Object::open(issue.member("location"));
        string(file.path, location.member("path"));
        let mut lines = Object::open(location.member("lines"));
        count(notice.spot.place.line, lines.member("begin"));
        lines.close();
        location.close();
        issue.close();
    }
}

/// What GitLab calls it, of `info`, `minor`, `major`, `critical` and `blocker`.
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
