//! Findings as a JUnit test report: a test case for each file.
//!
//! An error fails the case of its file. Warnings are the case's output, unless they count as errors. The number of
//! failed cases stands at the start of the report, so the cases wait in a temporary file until the run ends.

use std::io::{self, Seek, Write};

use tempfile::SpooledTempFile;

use crate::finding::Severity;
use crate::lang::Lang;
use crate::printable::{is_unprintable, printable};
use crate::report::{File, Notice, Report, Total};
use crate::syntax::xml::is_xml_char;
use crate::xml_format::{XmlWriter, escape};

/// Writes one test suite with a case for each file.
#[derive(Debug)]
pub struct Junit {
    lang: Lang,
    strict: bool,
    case: Case,
    cases: SpooledTempFile,
    counts: Counts,
}

#[derive(Debug, Default)]
struct Counts {
    tests: u64,
    failures: u64,
    errors: u64,
}

/// The findings of the current file.
#[derive(Debug, Default)]
struct Case {
    errors: Lines,
    warnings: Lines,
}

/// The findings of one severity, a line each.
#[derive(Debug, Default)]
struct Lines {
    text: String,
    count: u64,
    /// The code of the first finding.
    code: &'static str,
}

impl Lines {
    /// The most lines of a case. Further findings are only counted.
    const MOST: u64 = 1_000;

    fn push(&mut self, line: &str, code: &'static str) {
        if self.count == 0 {
            self.code = code;
        }
        self.count += 1;
        if self.count <= Self::MOST {
            self.text += line;
        }
    }

    fn finish(&mut self) {
        let more = self.count.saturating_sub(Self::MOST);
        if more > 0 {
            self.text += &format!("… and {more} more\n");
        }
    }

    /// Writes the lines as the text of the element `name`.
    fn write(&self, name: &str, attributes: &[(&str, &str)], xml: &mut XmlWriter<'_>) {
        xml.escaped("\n      ");
        xml.start(name, attributes);
        xml.escaped(&escape(&allowed(&self.text), |c| {
            is_unprintable(c) && c != '\n'
        }));
        xml.end(name);
    }
}

impl Junit {
    /// The number of bytes of the cases that stay in memory.
    const IN_MEMORY: usize = 1 << 20;

    /// Makes a report with messages in `lang`. If `strict`, warnings fail a case.
    pub fn new(lang: Lang, strict: bool) -> Self {
        Junit {
            lang,
            strict,
            case: Case::default(),
            cases: SpooledTempFile::new(Self::IN_MEMORY),
            counts: Counts::default(),
        }
    }

    /// Writes the case of the file `path`: the error of the file itself, then its findings.
    fn case(&mut self, path: Option<&str>, error: Option<&str>, mut case: Case) -> io::Result<()> {
        self.counts.tests += 1;
        case.errors.finish();
        case.warnings.finish();
        let mut text = Vec::new();
        case.write(
            path.map(allowed).as_deref(),
            error.map(allowed).as_deref(),
            &mut XmlWriter::compact(&mut text),
        );
        self.cases.write_all(&text)
    }
}

impl Report for Junit {
    fn shows_lines(&self) -> bool {
        false
    }

    fn findings(
        &mut self,
        file: &File<'_>,
        notices: &[Notice],
        _out: &mut dyn Write,
    ) -> io::Result<()> {
        for notice in notices {
            let fails = self.strict || notice.severity > Severity::Warning;
            let lines = match fails {
                true => &mut self.case.errors,
                false => &mut self.case.warnings,
            };
            lines.push(&line(file, notice, self.lang), notice.code().as_str());
        }
        Ok(())
    }

    fn end(&mut self, file: &File<'_>, _out: &mut dyn Write) -> io::Result<()> {
        let case = std::mem::take(&mut self.case);
        self.counts.failures += u64::from(case.errors.count > 0);
        self.case(Some(file.path), None, case)
    }

    fn unreadable(
        &mut self,
        file: Option<&File<'_>>,
        why: &str,
        _out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut case = std::mem::take(&mut self.case);
        self.counts.errors += 1;
        // A case has one result, the read error, so the findings before it become output.
        case.warnings.text = case.errors.text.clone() + &case.warnings.text;
        case.errors = Lines::default();
        self.case(file.map(|file| file.path), Some(why), case)
    }

    fn close(&mut self, _total: &Total<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut frame = Vec::new();
        let head = self.counts.write_frame(&mut frame);
        self.cases.rewind()?;
        out.write_all(&frame[..head])?;
        io::copy(&mut self.cases, out)?;
        out.write_all(&frame[head..])
    }
}

impl Counts {
    /// Writes the elements around the cases and returns the offset at which the cases belong.
    fn write_frame(&self, out: &mut Vec<u8>) -> usize {
        let counts = [self.tests, self.failures, self.errors].map(|count| count.to_string());
        let [tests, failures, errors] = counts.each_ref().map(String::as_str);
        let attributes = |name| {
            [
                ("name", name),
                ("tests", tests),
                ("failures", failures),
                ("errors", errors),
            ]
        };
        let mut xml = XmlWriter::indented(2, out);
        xml.declaration();
        xml.start("testsuites", &attributes("wxsub"));
        xml.start("testsuite", &attributes("wxsub check"));
        let head = xml.len();
        xml.end("testsuite");
        xml.end("testsuites");
        xml.escaped("\n");
        head
    }
}

impl Case {
    fn write(&self, path: Option<&str>, error: Option<&str>, xml: &mut XmlWriter<'_>) {
        let name = path.or(error).unwrap_or_default();
        let attributes = [("classname", "wxsub"), ("name", name), ("file", name)];
        // Without a path the error itself is the name.
        let attributes = &attributes[..2 + usize::from(path.is_some())];
        xml.escaped("\n    ");
        if error.is_none() && self.errors.count == 0 && self.warnings.text.is_empty() {
            return xml.empty("testcase", attributes);
        }
        xml.start("testcase", attributes);
        if let Some(why) = error {
            xml.escaped("\n      ");
            xml.empty("error", &[("message", why), ("type", "unreadable")]);
        }
        if self.errors.count > 0 {
            let first = self.errors.text.lines().next().unwrap_or_default();
            let attributes = [("message", &*allowed(first)), ("type", self.errors.code)];
            self.errors.write("failure", &attributes, xml);
        }
        if !self.warnings.text.is_empty() {
            self.warnings.write("system-out", &[], xml);
        }
        xml.escaped("\n    ");
        xml.end("testcase");
    }
}

fn line(file: &File<'_>, notice: &Notice, lang: Lang) -> String {
    let place = notice.spot.place;
    format!(
        "{}:{}:{}: {}[{}]: {}\n",
        printable(file.path),
        place.line,
        place.column,
        notice.severity.as_str(),
        notice.code().as_str(),
        notice.message_with_help(lang)
    )
}

/// Replaces the characters that XML does not allow, not even as a reference.
fn allowed(text: &str) -> String {
    text.replace(|c| !is_xml_char(c), "\u{FFFD}")
}
