//! Findings as JSON lines, an object for each finding.

use std::io::{self, Write};

use serde::Serialize;

use crate::finding::{Code, Severity};
use crate::json_format;
use crate::lang::Lang;
use crate::report::{File, Notice, Report};

/// A finding as plain data: the object that `check --format json` writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReportedFinding<'a> {
    /// The stable name of the kind of finding.
    pub code: Code,
    /// The severity in this run.
    pub severity: Severity,
    /// What was found, as a sentence.
    pub message: String,
    /// The path of the capture, relative to the working directory if the capture lies below it.
    pub path: &'a str,
    /// The line, counted from 1.
    pub line: u64,
    /// The character of the line, counted from 1.
    pub column: u64,
    /// The byte offset in the decompressed capture, counted from 0.
    pub offset: u64,
    /// What to do about it, if there is advice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<&'static str>,
}

/// Writes one [`ReportedFinding`] a line.
#[derive(Clone, Copy, Debug, Default)]
pub struct JsonLines {
    /// The language of messages.
    pub lang: Lang,
}

impl Report for JsonLines {
    fn shows_lines(&self) -> bool {
        false
    }

    fn findings(
        &mut self,
        file: &File<'_>,
        notices: &[Notice],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        write_each(notices, out, |notice, text| {
            json_format::write(&notice.reported(file, self.lang), text);
            text.push(b'\n');
        })
    }
}

/// Calls `write` for each notice and writes the collected text to `out` at once.
pub(super) fn write_each(
    notices: &[Notice],
    out: &mut dyn Write,
    mut write: impl FnMut(&Notice, &mut Vec<u8>),
) -> io::Result<()> {
    let mut text = Vec::new();
    for notice in notices {
        write(notice, &mut text);
    }
    out.write_all(&text)
}

/// Starts an array entry on a new line, with a comma if an entry was `begun` before.
pub(super) fn begin_entry(begun: &mut bool, out: &mut Vec<u8>) {
    let is_first = !std::mem::replace(begun, true);
    out.extend_from_slice(if is_first { b"\n" } else { b",\n" });
}

impl Notice {
    /// Returns the finding as plain data.
    ///
    /// ```
    /// use wxsub::Lang;
    /// use wxsub::report::{File, Notice};
    ///
    /// let record = wxsub::decode(br#"{"Event":"subscribe_msg_sent_event","List":[],}"#);
    /// let finding = record.findings().last().expect("a finding");
    /// let file = File { name: "./a.json", path: "a.json" };
    /// let reported = Notice::of(&record, finding, finding.severity());
    /// let reported = reported.reported(&file, Lang::En);
    /// assert_eq!((reported.code.as_str(), reported.column), ("trailing-comma", 46));
    /// ```
    pub fn reported<'a>(&self, file: &File<'a>, lang: Lang) -> ReportedFinding<'a> {
        let place = self.spot.place;
        ReportedFinding {
            code: self.code(),
            severity: self.severity,
            message: self.message(lang),
            path: file.path,
            line: place.line,
            column: place.column,
            offset: place.offset,
            help: self.help(lang),
        }
    }
}
