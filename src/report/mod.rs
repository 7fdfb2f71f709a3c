//! What a run found, for people and for programs: findings in several formats, and the counts of a whole run.
//!
//! A [`Report`] is a fold over findings in the order of the captures. It writes and keeps what it must, never more than
//! a bounded part of what it was given. Adding a format: one file here, and one row where the command line lists them.

mod files;
mod fingerprint;
mod github;
mod gitlab;
mod json;
mod junit;
mod notice;
mod place;
mod sarif;
mod snippet;
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
pub use tally::{Tally, Undecodable, Unseals, Verdict};
pub use text::Text;

use std::io::{self, Write};

use crate::finding::{Code, Finding, Reason, Severity};
use crate::pipeline::Rest;
use crate::record::{Outcome, Record};
use crate::span::Span;

/// A capture, as reports call it.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// The name as it was given.
    pub name: &'a str,
    /// The path relative to the working directory, if the capture lies below it, with `/` between its parts.
    pub path: &'a str,
}

/// What a whole run comes to.
#[derive(Clone, Copy, Debug)]
pub struct Total<'a> {
    /// Everything that was counted.
    pub tally: &'a Tally,
    /// Findings by file and code.
    pub files: &'a [FileCounts],
    /// Findings that were counted but not reported, since there were so many of their code.
    pub hidden: &'a [(Code, Severity, u64)],
}

/// The most files that a format names because they could not be read.
const MOST_UNREADABLE: usize = 100;

/// How findings are written.
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
    /// Whether the lines on which findings are go into the report; they are not looked up for nothing.
    fn shows_lines(&self) -> bool {
        true
    }

    /// Writes what comes before everything else.
    ///
    /// # Errors
    ///
    /// As in all methods: `out`, or a temporary file, could not be written.
    fn open(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// Takes findings of one payload, or of the file itself, in the order of their places.
    ///
    /// # Errors
    ///
    /// Those of [`Report::open`].
    fn findings(
        &mut self,
        file: &File<'_>,
        notices: &[Notice],
        out: &mut dyn Write,
    ) -> io::Result<()>;

    /// A file ended.
    ///
    /// # Errors
    ///
    /// Those of [`Report::open`].
    fn end(&mut self, _file: &File<'_>, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// A file could not be read, or not to its end.
    ///
    /// # Errors
    ///
    /// Those of [`Report::open`].
    fn unreadable(
        &mut self,
        _file: Option<&File<'_>>,
        _why: &str,
        _out: &mut dyn Write,
    ) -> io::Result<()> {
        Ok(())
    }

    /// Writes what comes after everything else.
    ///
    /// # Errors
    ///
    /// Those of [`Report::open`].
    fn close(&mut self, _total: &Total<'_>, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// What a check says of a message that is none of the three events.
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
        Outcome::Other(name) => {
            Some(Finding::new(Reason::OtherMessage, record.name_span()).with(name))
        }
        _ => None,
    }
}

/// What a check says of a capture without a payload.
///
/// ```
/// assert_eq!(wxsub::report::no_payload().code(), wxsub::Code::NoPayload);
/// ```
pub fn no_payload() -> Finding {
    Finding::new(Reason::FileWithoutPayload, Span::default())
}

/// What a check says of bytes that belong to no payload, and where the first of them stand.
///
/// ```
/// use wxsub::{Capture, Lang, report};
///
/// let mut records = Capture::new(&b"\nGET / 200\n"[..]);
/// assert!(records.next().is_none());
/// let (finding, spot) = report::noise(&records.rest()).expect("a line of noise");
/// assert_eq!(finding.message(Lang::En), "7 bytes belong to no payload; the first stand here");
/// assert_eq!(spot.place.line, 2);
/// ```
pub fn noise(rest: &Rest) -> Option<(Finding, Spot)> {
    let (place, line) = rest.first_noise()?;
    let finding =
        Finding::new(Reason::NoiseHere, Span::new(0, line.len())).with(rest.noise().to_string());
    Some((
        finding,
        Spot::new(place, line, 0..line.trim_ascii_end().len()),
    ))
}

/// Says that `wanted` was expected in a file and `found` is what there is; `entry` is where that is written.
pub(crate) fn unmet(wanted: String, found: String, entry: String) -> Finding {
    Finding::new(Reason::ExpectedHere, Span::default())
        .with(wanted)
        .with(found)
        .with(entry)
}
