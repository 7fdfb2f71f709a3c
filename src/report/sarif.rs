//! Findings as SARIF 2.1.0, which code scanning reads. All codes are rules; each finding is a result.

use std::io::{self, Write};

use serde::Serialize;

use crate::finding::{Code, Severity};
use crate::json_format;
use crate::lang::Lang;
use crate::report::fingerprint::Fingerprints;
use crate::report::json::{begin_entry, write_each};
use crate::report::{File, MOST_UNREADABLE, Notice, Report, Total};

/// Writes one log with one run.
#[derive(Debug, Default)]
pub struct Sarif {
    lang: Lang,
    fingerprints: Fingerprints,
    begun: bool,
    /// The reasons why files could not be read.
    unreadable: Vec<String>,
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
        let result = Entry {
            rule_id: notice.code(),
            rule_index: notice.code() as u64,
            level: notice.severity,
            message: Message {
                text: &notice.message_with_help(self.lang),
            },
            locations: [Location::of(file, notice)],
            partial_fingerprints: Fingerprint {
                primary_location_line_hash: self.fingerprints.of(file.path, notice),
            },
        };
        json_format::write(&result, out);
    }

    /// Writes the log without results, in two parts. The results go between them.
    fn log(&self) -> [Vec<u8>; 2] {
        let tool = Tool {
            driver: Driver {
                name: "wxsub",
                version: env!("CARGO_PKG_VERSION"),
                rules: Code::ALL
                    .iter()
                    .map(|code| Rule::of(*code, self.lang))
                    .collect(),
            },
        };
        let run = Run {
            tool,
            column_kind: "unicodeCodePoints",
            results: [],
            invocations: [Invocation::of(&self.unreadable)],
        };
        let log = Log {
            schema: SCHEMA,
            version: "2.1.0",
            runs: [run],
        };
        let mut head = Vec::new();
        json_format::write(&log, &mut head);
        let results = memchr::memmem::find(&head, RESULTS).map_or(0, |at| at + RESULTS.len());
        let tail = head.split_off(results);
        [head, tail]
    }
}

/// The place where results begin. It cannot occur inside a string, where quotes are escaped.
const RESULTS: &[u8] = b"\"results\":[";

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    column_kind: &'static str,
    /// Always empty: results are written one by one as they arrive.
    results: [Entry<'a>; 0],
    invocations: [Invocation<'a>; 1],
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: Code,
    short_description: Message<'static>,
    full_description: Message<'static>,
    help: Message<'static>,
    default_configuration: Configuration,
}

impl Rule {
    fn of(code: Code, lang: Lang) -> Self {
        let message = |text| Message { text };
        Rule {
            id: code,
            short_description: message(code.summary(lang)),
            full_description: message(code.explanation(lang)),
            help: message(code.advice(lang)),
            default_configuration: Configuration {
                level: code.severity(),
            },
        }
    }
}

#[derive(Serialize)]
struct Configuration {
    level: Severity,
}

#[derive(Serialize)]
struct Message<'a> {
    text: &'a str,
}

/// A SARIF result.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    rule_id: Code,
    rule_index: u64,
    level: Severity,
    message: Message<'a>,
    locations: [Location; 1],
    partial_fingerprints: Fingerprint,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fingerprint {
    primary_location_line_hash: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

impl Location {
    fn of(file: &File<'_>, notice: &Notice) -> Self {
        let is_relative = !file.path.starts_with('/');
        Location {
            physical_location: Physical {
                artifact_location: Artifact {
                    uri: uri(file.path),
                    uri_base_id: is_relative.then_some("%SRCROOT%"),
                },
                region: Region::of(notice),
            },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u64,
    start_column: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<u64>,
}

impl Region {
    fn of(notice: &Notice) -> Self {
        let (start, end) = (notice.spot.place, notice.spot.end);
        let is_range = (end.line, end.column) > (start.line, start.column);
        Region {
            start_line: start.line,
            start_column: start.column,
            end_line: is_range.then_some(end.line),
            end_column: is_range.then_some(end.column),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'a> {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification<'a>>,
}

#[derive(Serialize)]
struct Notification<'a> {
    level: &'static str,
    message: Message<'a>,
}

impl<'a> Invocation<'a> {
    /// Makes an invocation with a notification for each unreadable file.
    fn of(unreadable: &'a [String]) -> Self {
        let notification = |text: &'a String| Notification {
            level: "error",
            message: Message { text },
        };
        Invocation {
            execution_successful: unreadable.is_empty(),
            tool_execution_notifications: unreadable.iter().map(notification).collect(),
        }
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
        _file: Option<&File<'_>>,
        why: &str,
        _out: &mut dyn Write,
    ) -> io::Result<()> {
        if self.unreadable.len() < MOST_UNREADABLE {
            self.unreadable.push(why.to_owned());
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
    let mut uri = String::with_capacity(path.len());
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            byte => uri += &format!("%{byte:02X}"),
        }
    }
    uri
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
