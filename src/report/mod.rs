//! Reports of a run, for people and for programs: findings in several formats, and the counts of the whole run.
//!
//! A [`Report`] receives the findings in the order of the captures. It writes them at once or keeps a bounded number.
//! Adding a format: one file here; in `cli`, a variant of `gate::ReportFormat` and its arm.

mod files;
mod fingerprint;
mod github;
mod gitlab;
mod json;
mod junit;
mod notice;
mod place;
mod sarif;
pub(crate) mod snippet;
mod step_summary;
mod summary;
mod summary_json;
mod tally;
pub mod text;

pub use files::FileCounts;
pub use github::Github;
pub use gitlab::Gitlab;
pub use json::{JsonLines, ReportedFinding};
pub use junit::Junit;
pub use notice::Notice;
pub use place::{Line, Spot};
pub use sarif::Sarif;
pub(crate) use summary::grouped;
pub use tally::{Decrypted, Tally, Undecodable, Verdict};
pub use text::Text;

use std::io::{self, Write};

use crate::event::Event;
use crate::finding::{Code, Finding, Reason, Severity};
use crate::pipeline::CaptureStats;
use crate::record::{Outcome, Record};
use crate::span::Span;

/// The file or stream that a finding is in.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// The name as the user gave it.
    pub name: &'a str,
    /// The path relative to the working directory, if the capture lies below it, with `/` between its parts.
    pub path: &'a str,
}

/// The result of a whole run.
#[derive(Clone, Copy, Debug)]
pub struct Total<'a> {
    /// The counts of the run.
    pub tally: &'a Tally,
    /// Findings by file and code.
    pub files: &'a [FileCounts],
    /// Findings counted but not reported, because the limit of their code was reached.
    pub hidden: &'a [(Code, Severity, u64)],
}

/// The most unreadable files that a format names.
const MOST_UNREADABLE: usize = 100;

/// An output format for findings.
///
/// ```
/// use wxsub::report::{File, JsonLines, Notice, Report};
///
/// let record = wxsub::decode(br#"{"Event":"subscribe_msg_sent_event","List":[]}"#);
/// let finding = &record.findings()[0];
/// let notices = [Notice::of(&record, finding, finding.severity())];
/// let mut out = Vec::new();
/// JsonLines::default().findings(&File { name: "./a.json", path: "a.json" }, &notices, &mut out)?;
/// assert!(out.starts_with(br#"{"code":"missing-field","severity":"error","message":"`ToUserName` is missing","path":"a.json""#));
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Report: Send {
    /// Returns true if the report shows source lines. Otherwise they are not looked up.
    fn shows_lines(&self) -> bool {
        true
    }

    /// Writes the beginning of the report.
    ///
    /// # Errors
    ///
    /// An error of `out`, or of the format's temporary file.
    fn open(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// Reports findings of one payload, or of the file itself, in the order of their positions.
    ///
    /// # Errors
    ///
    /// Fails like [`Report::open`].
    fn findings(
        &mut self,
        file: &File<'_>,
        notices: &[Notice],
        out: &mut dyn Write,
    ) -> io::Result<()>;

    /// Ends the current file.
    ///
    /// # Errors
    ///
    /// Fails like [`Report::open`].
    fn end(&mut self, _file: &File<'_>, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// Reports a file that could not be read to its end.
    ///
    /// # Errors
    ///
    /// Fails like [`Report::open`].
    fn unreadable(
        &mut self,
        _file: Option<&File<'_>>,
        _why: &str,
        _out: &mut dyn Write,
    ) -> io::Result<()> {
        Ok(())
    }

    /// Writes the end of the report.
    ///
    /// # Errors
    ///
    /// Fails like [`Report::open`].
    fn close(&mut self, _total: &Total<'_>, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// Makes the finding for a message that is none of the three events.
///
/// ```
/// use wxsub::{Lang, report};
///
/// let record = wxsub::decode(b"<xml><MsgType>text</MsgType></xml>");
/// let finding = report::other_event(&record).expect("it is no callback");
/// assert_eq!(finding.message(Lang::En), "`text` is not a subscribe-message callback");
/// ```
pub fn other_event(record: &Record<'_>) -> Option<Finding> {
    match record.outcome() {
        Outcome::Other(name) => Some(match Event::misspelt(name) {
            Some(event) => Finding::new(Reason::MisspeltEvent, record.name_span())
                .with(name)
                .with_name(event.name()),
            None => Finding::new(Reason::OtherMessage, record.name_span()).with(name),
        }),
        _ => None,
    }
}

/// Makes the finding for a capture without a payload.
///
/// ```
/// assert_eq!(wxsub::report::no_payload().code(), wxsub::Code::NoPayload);
/// ```
pub fn no_payload() -> Finding {
    Finding::new(Reason::FileWithoutPayload, Span::default())
}

/// Makes the finding for bytes that belong to no payload, with the spot of the first of them.
///
/// ```
/// use wxsub::{Capture, Lang, report};
///
/// let mut records = Capture::new(&b"\nGET / 200\n"[..]);
/// assert!(records.next().is_none());
/// let (finding, spot) = report::noise(&records.stats()).expect("a line of noise");
/// assert_eq!(finding.message(Lang::En), "7 bytes belong to no payload; the first stand here");
/// assert_eq!(spot.place.line, 2);
/// ```
pub fn noise(stats: &CaptureStats) -> Option<(Finding, Spot)> {
    let (place, line) = stats.first_noise()?;
    Some((
        Finding::noise(stats.noise(), Span::new(0, line.len())),
        Spot::new(place, line, 0..line.trim_ascii_end().len()),
    ))
}

/// Makes the finding for a file whose result is `found` and not the expected `wanted`.
///
/// `entry` says where the expectation is written.
pub(crate) fn unmet(wanted: String, found: String, entry: String) -> Finding {
    Finding::new(Reason::ExpectedHere, Span::default())
        .with(wanted)
        .with(found)
        .with(entry)
}
