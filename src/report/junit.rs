//! Findings as JUnit reads test results: a test case a file.
//!
//! A case fails by its errors; its warnings are what it printed, unless they count as errors. How many cases failed
//! stands in front of them, so the cases wait in a temporary file until all are known.

use std::io::{self, Seek, Write};

use tempfile::SpooledTempFile;

use crate::finding::Severity;
use crate::lang::Lang;
use crate::printable::printable;
use crate::report::{File, Notice, Report, Total};

/// One test suite, a case a file.
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

/// What the file being checked comes to.
#[derive(Debug, Default)]
struct Case {
    errors: Lines,
    warnings: Lines,
}

/// Findings of one weight, a line each.
#[derive(Debug, Default)]
struct Lines {
    text: String,
    count: u64,
    /// The code of the first.
    code: &'static str,
}

impl Lines {
    /// The most lines of one case; the rest is only counted.
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
}

impl Junit {
    /// What is kept in memory of the cases.
    const IN_MEMORY: usize = 1 << 20;

    /// A report with messages in `lang`; if it is `strict`, warnings fail a case.
    pub fn new(lang: Lang, strict: bool) -> Self {
        Junit {
            lang,
            strict,
            case: Case::default(),
            cases: SpooledTempFile::new(Self::IN_MEMORY),
            counts: Counts::default(),
        }
    }

    fn case(&mut self, path: &str, inside: &str) -> io::Result<()> {
        self.counts.tests += 1;
        let path = escaped(path);
        let head = format!("    <testcase classname=\"wxsub\" name=\"{path}\" file=\"{path}\"");
        match inside.is_empty() {
            true => writeln!(self.cases, "{head}/>"),
            false => writeln!(self.cases, "{head}>\n{inside}    </testcase>"),
        }
    }
}

impl Report for Junit {
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
        let mut case = std::mem::take(&mut self.case);
        self.counts.failures += u64::from(case.errors.count > 0);
        self.case(file.path, &case.inside())
    }

    fn unreadable(
        &mut self,
        file: Option<&File<'_>>,
        why: &str,
        _out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut case = std::mem::take(&mut self.case);
        self.counts.errors += 1;
        let error = format!(
            "      <error message=\"{}\" type=\"unreadable\"/>\n",
            escaped(why)
        );
        // What was found in front of the break is kept, but the case has one result.
        case.warnings.text = case.errors.text.clone() + &case.warnings.text;
        case.errors = Lines::default();
        self.case(
            file.map_or(why, |file| file.path),
            &(error + &case.inside()),
        )
    }

    fn close(&mut self, _total: &Total<'_>, out: &mut dyn Write) -> io::Result<()> {
        let Counts {
            tests,
            failures,
            errors,
        } = self.counts;
        let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(out, "<testsuites name=\"wxsub\" {counts}>")?;
        writeln!(out, "  <testsuite name=\"wxsub check\" {counts}>")?;
        self.cases.rewind()?;
        io::copy(&mut self.cases, out)?;
        writeln!(out, "  </testsuite>\n</testsuites>")
    }
}

impl Case {
    fn inside(&mut self) -> String {
        let mut inside = String::new();
        self.errors.finish();
        self.warnings.finish();
        if self.errors.count > 0 {
            let first = escaped(self.errors.text.lines().next().unwrap_or_default());
            let (code, text) = (self.errors.code, escaped_text(&self.errors.text));
            inside +=
                &format!("      <failure message=\"{first}\" type=\"{code}\">{text}</failure>\n");
        }
        if !self.warnings.text.is_empty() {
            let text = escaped_text(&self.warnings.text);
            inside += &format!("      <system-out>{text}</system-out>\n");
        }
        inside
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

/// `text` in an attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' | '\n' | '\r' => out += &format!("&#{};", u32::from(c)),
            '"' => out.push_str("&quot;"),
            c => escape(c, &mut out),
        }
    }
    out
}

/// `text` between tags.
fn escaped_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| escape(c, &mut out));
    out
}

/// What XML cannot hold, not even as a reference, becomes a replacement character.
fn escape(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '\n' | '\t' => out.push(c),
        '\r' => out.push_str("&#13;"),
        '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => out.push(char::REPLACEMENT_CHARACTER),
        c => out.push(c),
    }
}
