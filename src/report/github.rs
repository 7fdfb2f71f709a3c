//! Findings as workflow commands of GitHub Actions: `::error file=…,line=…,col=…,title=…::…`.
//!
//! GitHub shows annotations for the first ten errors and the first ten warnings of a step only. Commands are
//! therefore written at the end: errors first, and within a severity the first finding of each code before any
//! second one. The step's log has all of them; the step's summary lists those without an annotation.

use std::fmt::Write as _;
use std::io::{self, Seek, Write};

use tempfile::SpooledTempFile;

use crate::finding::{Code, Severity};
use crate::lang::Lang;
use crate::report::step_summary::{self, Unannotated};
use crate::report::{File, MOST_UNREADABLE, Notice, Report, Total};

/// Writes workflow commands, and Markdown for the step's summary.
pub struct Github {
    lang: Lang,
    errors: Queue,
    warnings: Queue,
    unreadable: Vec<String>,
    /// Receives the step's summary.
    summary: Option<Box<dyn Write + Send>>,
}

impl std::fmt::Debug for Github {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Github")
            .field("lang", &self.lang)
            .finish_non_exhaustive()
    }
}

impl Github {
    /// Makes a report with messages in `lang`. The table of all findings goes to `summary`.
    pub fn new(lang: Lang, summary: Option<Box<dyn Write + Send>>) -> Self {
        Github {
            lang,
            errors: Queue::new("error"),
            warnings: Queue::new("warning"),
            unreadable: Vec::new(),
            summary,
        }
    }

    fn queue(&mut self, severity: Severity) -> &mut Queue {
        match severity {
            Severity::Warning => &mut self.warnings,
            Severity::Error | Severity::Undecodable => &mut self.errors,
        }
    }
}

impl Report for Github {
    fn shows_lines(&self) -> bool {
        false
    }

    fn findings(
        &mut self,
        file: &File<'_>,
        notices: &[Notice],
        _out: &mut dyn Write,
    ) -> io::Result<()> {
        let lang = self.lang;
        for notice in notices {
            self.queue(notice.severity).push(file, notice, lang)?;
        }
        Ok(())
    }

    fn unreadable(
        &mut self,
        _file: Option<&File<'_>>,
        why: &str,
        _out: &mut dyn Write,
    ) -> io::Result<()> {
        if self.unreadable.len() < MOST_UNREADABLE {
            let why = data(why);
            self.unreadable
                .push(format!("::error title=wxsub::{why}\n"));
        }
        Ok(())
    }

    fn close(&mut self, total: &Total<'_>, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.unreadable.concat().as_bytes())?;
        self.errors.write_first(out)?;
        self.warnings.write_first(out)?;
        self.errors.write_rest(out)?;
        self.warnings.write_rest(out)?;
        let hidden = total.hidden_words(self.lang);
        if !hidden.is_empty() {
            writeln!(out, "::notice title=wxsub::{}", data(&hidden))?;
        }
        match &mut self.summary {
            None => Ok(()),
            Some(summary) => {
                let rest = [&self.errors.unannotated, &self.warnings.unannotated];
                let text = step_summary::write(total, rest, self.lang);
                summary.write_all(text.as_bytes())?;
                summary.flush()
            }
        }
    }
}

/// The commands of one severity.
struct Queue {
    command: &'static str,
    seen: Vec<Code>,
    /// The first finding of each code.
    firsts: Vec<QueuedCommand>,
    /// Further findings, at most as many as GitHub annotates.
    seconds: Vec<QueuedCommand>,
    /// The remaining commands, as text.
    rest: SpooledTempFile,
    unannotated: Unannotated,
}

/// A command, and the line of the step's summary that replaces it if it gets no annotation.
struct QueuedCommand {
    command: String,
    line: String,
}

impl Queue {
    /// The number of annotations of one severity that GitHub shows in a step.
    const ANNOTATIONS: usize = 10;

    /// The number of bytes of `rest` that stay in memory.
    const IN_MEMORY: usize = 1 << 20;

    fn new(command: &'static str) -> Self {
        Queue {
            command,
            seen: Vec::new(),
            firsts: Vec::new(),
            seconds: Vec::new(),
            rest: SpooledTempFile::new(Self::IN_MEMORY),
            unannotated: Unannotated::default(),
        }
    }

    fn push(&mut self, file: &File<'_>, notice: &Notice, lang: Lang) -> io::Result<()> {
        let waiting = QueuedCommand {
            command: command(self.command, file, notice, lang),
            line: step_summary::line(file, notice, lang),
        };
        if !self.seen.contains(&notice.code()) {
            self.seen.push(notice.code());
            self.firsts.push(waiting);
        } else if self.seconds.len() < Self::ANNOTATIONS {
            self.seconds.push(waiting);
        } else {
            self.rest.write_all(waiting.command.as_bytes())?;
            self.unannotated.push(waiting.line);
        }
        Ok(())
    }

    /// Writes the commands that get an annotation and lists the remaining commands as unannotated.
    fn write_first(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let mut all = std::mem::take(&mut self.firsts);
        all.append(&mut self.seconds);
        let after = all.split_off(Self::ANNOTATIONS.min(all.len()));
        for waiting in all {
            out.write_all(waiting.command.as_bytes())?;
        }
        let lines = after.iter().map(|waiting| waiting.line.clone()).collect();
        self.unannotated.put_first(lines);
        self.seconds = after;
        Ok(())
    }

    fn write_rest(&mut self, out: &mut dyn Write) -> io::Result<()> {
        for waiting in &self.seconds {
            out.write_all(waiting.command.as_bytes())?;
        }
        self.rest.rewind()?;
        io::copy(&mut self.rest, out)?;
        Ok(())
    }
}

fn command(name: &str, file: &File<'_>, notice: &Notice, lang: Lang) -> String {
    let mut text = format!("::{name} ");
    let place = notice.spot.place;
    // GitHub cannot show a line of standard input.
    if file.path != "-" {
        let path = property(file.path);
        _ = write!(
            text,
            "file={path},line={},col={},",
            place.line, place.column
        );
    }
    let (code, message) = (notice.code().as_str(), notice.message_with_help(lang));
    _ = writeln!(text, "title={code}::{}", data(&message));
    text
}

/// Escapes the message of a command.
fn data(text: &str) -> String {
    let text = text.replace('%', "%25");
    text.replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
