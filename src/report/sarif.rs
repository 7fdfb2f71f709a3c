//! Findings as SARIF 2.1.0, which code scanning reads. All codes are rules; each finding is a result.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::finding::Code;
use crate::json_format::{self, Json, array, object, text};
use crate::lang::Lang;
use crate::percent;
use crate::report::fingerprint::Fingerprints;
use crate::report::json::{begin_entry, write_each};
use crate::report::{File, MOST_UNREADABLE, Notice, Report, Spot, Total};

/// Writes one log with one run.
#[derive(Debug, Default)]
pub struct Sarif {
    lang: Lang,
    fingerprints: Fingerprints,
    begun: bool,
    /// The reasons why files could not be read.
    /// The reasons, with the path of the file if there is one.
    unreadable: Vec<(Option<String>, String)>,
}

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

impl Sarif {
    /// Makes a report with messages in `lang`.
    pub fn new(lang: Lang) -> Self {
        Sarif {
            lang,
            ..Self::default()
        }
    }

    fn result(&mut self, file: &File<'_>, notice: &Notice, out: &mut Vec<u8>) {
        begin_entry(&mut self.begun, out);
        let fingerprint = text(self.fingerprints.of(file.path, notice));
        let result = object([
            ("ruleId", text(notice.code().as_str())),
            ("ruleIndex", Json::Number(notice.code() as u64)),
            ("level", text(notice.severity.as_str())),
            ("message", message(notice.message_with_help(self.lang))),
            (
                "locations",
                array([location(file.path, Some(&notice.spot))]),
            ),
            (
                "partialFingerprints",
                object([("primaryLocationLineHash", fingerprint)]),
            ),
        ]);
        json_format::write(&result, out);
    }

    /// Writes the log without results, in two parts. The results go between them.
    fn log(&self) -> [Vec<u8>; 2] {
        let driver = object([
            ("name", text("wxsub")),
            ("version", text(env!("CARGO_PKG_VERSION"))),
            (
                "rules",
                array(Code::ALL.iter().map(|code| rule(*code, self.lang))),
            ),
        ]);
        let run = object([
            ("tool", object([("driver", driver)])),
            ("columnKind", text("unicodeCodePoints")),
            // Results are written one by one as they arrive.
            ("results", array([])),
            ("invocations", array([self.invocation()])),
        ]);
        let log = object([
            ("$schema", text(SCHEMA)),
            ("version", text("2.1.0")),
            ("runs", array([run])),
        ]);
        let mut head = Vec::new();
        json_format::write(&log, &mut head);
        let results = memchr::memmem::find(&head, RESULTS).map_or(0, |at| at + RESULTS.len());
        let tail = head.split_off(results);
        [head, tail]
    }

    /// Makes an invocation with a notification for each unreadable file.
    fn invocation(&self) -> Json<'_> {
        let successful = (
            "executionSuccessful",
            Json::Flag(self.unreadable.is_empty()),
        );
        let notifications = self.unreadable.iter().map(|(path, why)| {
            let told = object([("level", text("error")), ("message", message(why))]);
            match path {
                Some(path) => told.with("locations", array([location(path, None)])),
                None => told,
            }
        });
        match self.unreadable.is_empty() {
            true => object([successful]),
            false => object([
                successful,
                ("toolExecutionNotifications", array(notifications)),
            ]),
        }
    }
}

/// The place where results begin. It cannot occur inside a string, where quotes are escaped.
const RESULTS: &[u8] = b"\"results\":[";

fn message<'a>(words: impl Into<Cow<'a, str>>) -> Json<'a> {
    object([("text", text(words))])
}

fn rule(code: Code, lang: Lang) -> Json<'static> {
    let level = text(code.severity().as_str());
    object([
        ("id", text(code.as_str())),
        ("shortDescription", message(code.summary(lang))),
        ("fullDescription", message(code.explanation(lang))),
        ("help", message(code.advice(lang))),
        ("defaultConfiguration", object([("level", level)])),
    ])
}

/// Makes the location of a `spot` in the file at `path`, or of the whole file.
fn location(path: &str, spot: Option<&Spot>) -> Json<'static> {
    let artifact = object([("uri", text(uri(path)))]);
    let artifact = match path.starts_with('/') {
        true => artifact,
        false => artifact.with("uriBaseId", text("%SRCROOT%")),
    };
    let physical = object([("artifactLocation", artifact)]);
    let physical = match spot {
        Some(spot) => physical.with("region", region(spot)),
        None => physical,
    };
    object([("physicalLocation", physical)])
}

fn region(spot: &Spot) -> Json<'static> {
    let (start, end) = (spot.place, spot.end);
    let region = object([
        ("startLine", Json::Number(start.line)),
        ("startColumn", Json::Number(start.column)),
    ]);
    match (end.line, end.column) > (start.line, start.column) {
        true => region
            .with("endLine", Json::Number(end.line))
            .with("endColumn", Json::Number(end.column)),
        false => region,
    }
}

impl Report for Sarif {
    fn open(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let [head, _] = self.log();
        out.write_all(&head)
    }

    fn findings(
        &mut self,
        file: &File<'_>,
        notices: &[Notice],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        write_each(notices, out, |notice, text| self.result(file, notice, text))
    }

    fn end(&mut self, _file: &File<'_>, _out: &mut dyn Write) -> io::Result<()> {
        self.fingerprints.forget();
        Ok(())
    }

    fn unreadable(
        &mut self,
        file: Option<&File<'_>>,
        why: &str,
        _out: &mut dyn Write,
    ) -> io::Result<()> {
        if self.unreadable.len() < MOST_UNREADABLE {
            let path = file.map(|file| file.path.to_owned());
            self.unreadable.push((path, why.to_owned()));
        }
        Ok(())
    }

    fn close(&mut self, _total: &Total<'_>, out: &mut dyn Write) -> io::Result<()> {
        let [_, tail] = self.log();
        out.write_all(&tail)?;
        out.write_all(b"\n")
    }
}

/// Converts `path` to a URI reference, relative if the path is relative.
fn uri(path: &str) -> String {
    let scheme = if path.starts_with('/') { "file://" } else { "" };
    scheme.to_owned() + &percent::encoded(path, b"/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_have_the_index_of_their_code() {
        for (index, code) in Code::ALL.iter().enumerate() {
            assert_eq!(*code as usize, index);
        }
    }

    #[test]
    fn paths_are_references() {
        let cases = [
            ("a/b.json", "a/b.json"),
            ("a b,c%.json", "a%20b%2Cc%25.json"),
            ("c:d\n\"订", "c%3Ad%0A%22%E8%AE%A2"),
            ("/tmp/a", "file:///tmp/a"),
        ];
        for (path, expected) in cases {
            assert_eq!(uri(path), expected);
        }
    }
}
