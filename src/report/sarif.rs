//! Findings as SARIF 2.1.0, which code scanning reads: the rules are all codes, the results are written as they come.

use std::io::{self, Write};

use crate::finding::Code;
use crate::json::{Object, array, count, string};
use crate::lang::Lang;
use crate::report::fingerprint::Fingerprints;
use crate::report::json::{begin_entry, write_each};
use crate::report::{File, MOST_UNREADABLE, Notice, Report, Total};

/// One log with one run.
#[derive(Debug, Default)]
pub struct Sarif {
    lang: Lang,
    fingerprints: Fingerprints,
    begun: bool,
    /// Why files could not be read.
    unreadable: Vec<String>,
}

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

impl Sarif {
    /// A report with messages in `lang`.
    pub fn new(lang: Lang) -> Self {
        Sarif {
            lang,
            ..Self::default()
        }
    }

    fn result(&mut self, file: &File<'_>, notice: &Notice, out: &mut Vec<u8>) {
        begin_entry(&mut self.begun, out);
        let mut result = Object::open(out);
        string(notice.code().as_str(), result.member("ruleId"));
        count(notice.code() as u64, result.member("ruleIndex"));
        string(notice.severity.as_str(), result.member("level"));
        text(
            &notice.message_with_help(self.lang),
            result.member("message"),
        );
        array([notice], result.member("locations"), |notice, out| {
            location(file, notice, out);
        });
        let mut fingerprints = Object::open(result.member("partialFingerprints"));
        let fingerprint = self.fingerprints.of(file.path, notice);
        string(&fingerprint, fingerprints.member("primaryLocationLineHash"));
        fingerprints.close();
        result.close();
    }

    fn invocation(&self, out: &mut Vec<u8>) {
        let mut invocation = Object::open(out);
        let is_whole = self.unreadable.is_empty();
        invocation
            .member("executionSuccessful")
            .extend_from_slice(if is_whole { b"true" } else { b"false" });
        if !is_whole {
            let notifications = invocation.member("toolExecutionNotifications");
            array(&self.unreadable, notifications, |why, out| {
                let mut notification = Object::open(out);
                string("error", notification.member("level"));
                text(why, notification.member("message"));
                notification.close();
            });
        }
        invocation.close();
    }
}

impl Report for Sarif {
    fn open(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let mut head = Vec::new();
        head.extend_from_slice(b"{\"$schema\":");
        string(SCHEMA, &mut head);
        head.extend_from_slice(b",\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":");
        driver(self.lang, &mut head);
        head.extend_from_slice(b"},\"columnKind\":\"unicodeCodePoints\",\"results\":[");
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
        let mut tail = Vec::new();
        tail.extend_from_slice(b"],\"invocations\":[");
        self.invocation(&mut tail);
        tail.extend_from_slice(b"]}]}\n");
        out.write_all(&tail)
    }
}

fn driver(lang: Lang, out: &mut Vec<u8>) {
    let mut driver = Object::open(out);
    string("wxsub", driver.member("name"));
    string(env!("CARGO_PKG_VERSION"), driver.member("version"));
    array(Code::ALL, driver.member("rules"), |code, out| {
        rule(*code, lang, out);
    });
    driver.close();
}

fn rule(code: Code, lang: Lang, out: &mut Vec<u8>) {
    let mut rule = Object::open(out);
    string(code.as_str(), rule.member("id"));
    text(code.summary(lang), rule.member("shortDescription"));
    text(code.explanation(lang), rule.member("fullDescription"));
    text(code.advice(lang), rule.member("help"));
    let mut configuration = Object::open(rule.member("defaultConfiguration"));
    string(code.severity().as_str(), configuration.member("level"));
    configuration.close();
    rule.close();
}

fn location(file: &File<'_>, notice: &Notice, out: &mut Vec<u8>) {
    let mut location = Object::open(out);
    let mut physical = Object::open(location.member("physicalLocation"));
    let mut artifact = Object::open(physical.member("artifactLocation"));
    string(&uri(file.path), artifact.member("uri"));
    if !file.path.starts_with('/') {
        string("%SRCROOT%", artifact.member("uriBaseId"));
    }
    artifact.close();
    region(notice, physical.member("region"));
    physical.close();
    location.close();
}

fn region(notice: &Notice, out: &mut Vec<u8>) {
    let (start, end) = (notice.spot.place, notice.spot.end);
    let mut region = Object::open(out);
    count(start.line, region.member("startLine"));
    count(start.column, region.member("startColumn"));
    if (end.line, end.column) > (start.line, start.column) {
        count(end.line, region.member("endLine"));
        count(end.column, region.member("endColumn"));
    }
    region.close();
}

/// A message object.
fn text(words: &str, out: &mut Vec<u8>) {
    let mut message = Object::open(out);
    string(words, message.member("text"));
    message.close();
}

/// `path` as a reference to a URI: relative, if it is.
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
