//! Reads all callbacks and findings of a capture in memory, for bindings to other languages.

use serde::Serialize;

use crate::callback::{Callback, RawJson};
use crate::finding::{Finding, Severity};
use crate::lang::Lang;
use crate::output::SourcePosition;
use crate::pipeline::Capture;
use crate::record::Record;
use crate::report::{File, Notice, ReportedFinding, Spot, no_payload, noise, other_event};

/// The callbacks and findings of a capture.
///
/// ```
/// use wxsub::{Lang, extract};
///
/// let pasted = "body=<xml><MsgType>event</MsgType><Event>subscribe_msg_change_event</Event></xml>";
/// let extract = extract(pasted.as_bytes(), Lang::En);
/// assert_eq!(extract.records[0].event, wxsub::Event::Change);
/// assert_eq!(extract.findings[0].message, "`ToUserName` is missing");
/// let json = serde_json::to_string(&extract)?;
/// assert!(json.starts_with(r#"{"records":[{"event":"subscribe_msg_change_event","items":[],"source":{"path":"-","line":1,"#));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Extract {
    /// The callbacks in the order of the capture. Their [`source`](Callback::source) is what
    /// `convert --with-source` writes.
    pub records: Vec<Callback>,
    /// The findings in the order of the capture: what `check --format json` writes.
    pub findings: Vec<ReportedFinding<'static>>,
}

/// The capture's name in `path`: as the program names standard input.
const FILE: File<'static> = File {
    name: "-",
    path: "-",
};

/// Reads all callbacks and findings of `capture`: a payload, a pasted text or a log, not compressed.
///
/// The result takes more memory than the capture. [`Capture`] reads one payload at a time. What [`from_slice`] refuses
/// is a finding here: messages of other kinds, undecodable payloads, text beside payloads, and a capture without a
/// payload.
///
/// [`from_slice`]: crate::from_slice
pub fn extract(capture: &[u8], lang: Lang) -> Extract {
    let mut extract = Extract::default();
    let mut records = Capture::new(capture).named(FILE.name);
    let mut is_empty = true;
    // Reading from memory cannot fail.
    for record in records.by_ref().map_while(Result::ok) {
        extract.add(&record, lang);
        is_empty = false;
    }
    let nothing = is_empty.then(|| (no_payload(), Spot::default()));
    for (finding, spot) in nothing.into_iter().chain(noise(&records.stats())) {
        let severity = finding.severity();
        extract.report(finding, severity, spot, lang);
    }
    extract
}

impl Extract {
    fn add(&mut self, record: &Record<'_>, lang: Lang) {
        self.records.extend(with_source(record));
        let other = other_event(record);
        let findings = || record.findings().iter().chain(&other);
        for (finding, spot) in findings().zip(Spot::starts(record, findings())) {
            self.report(finding.clone(), record.severity(finding), spot, lang);
        }
    }

    fn report(&mut self, finding: Finding, severity: Severity, spot: Spot, lang: Lang) {
        let notice = Notice {
            finding,
            severity,
            spot,
        };
        self.findings.push(notice.reported(&FILE, lang));
    }
}

fn with_source(record: &Record<'_>) -> Option<Callback> {
    let callback = record.callback()?.to_owned();
    let source = Some(RawJson::of(&SourcePosition::of(record)));
    Some(Callback { source, ..callback })
}
