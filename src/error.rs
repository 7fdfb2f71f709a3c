//! The error of decoding a single callback.

use std::fmt;

use crate::finding::{Code, Finding, Reason};
use crate::lang::Lang;
use crate::record::{Outcome, Record};
use crate::report::other_event;
use crate::span::{Place, Span};

/// The reason why [`from_slice`](crate::from_slice) returns no callback, with its place.
///
/// It displays the English message of a finding; [`Error::finding`] also has the Chinese one.
///
/// ```
/// let error = wxsub::from_str("<xml><Event>subscribe_msg_sent_event</Event></xlm>").unwrap_err();
/// assert_eq!(error.to_string(), "expected `</xml>`, found `</xlm>` (line 1, column 45)");
/// assert_eq!(error.code(), wxsub::Code::MalformedXml);
/// assert_eq!(error.place().column, 45);
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    finding: Finding,
    place: Place,
}

/// The kind of an [`Error`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The payload is broken, encrypted, or over the limits.
    Undecodable,
    /// Another WeChat message, with the name of its event or type. Servers receive these as well.
    Other(String),
    /// The input has no payload.
    NoPayload,
    /// The input has more than one payload, or other bytes beside it.
    NotAlone,
}

impl Error {
    /// Makes the error for a `record` that is not a callback.
    pub(crate) fn of(record: &Record<'_>) -> Self {
        let finding = record.findings().first().cloned();
        let finding = other_event(record).or(finding);
        let finding =
            finding.unwrap_or_else(|| Finding::new(Reason::FileWithoutPayload, Span::default()));
        let kind = match record.outcome() {
            Outcome::Other(name) => ErrorKind::Other(name.clone()),
            _ if finding.code() == Code::NoPayload => ErrorKind::NoPayload,
            _ => ErrorKind::Undecodable,
        };
        let place = record.place(finding.span().start);
        Error::new(kind, finding, place)
    }

    /// Makes the error for bytes beside the payload, the first of them at `place`.
    pub(crate) fn not_alone(place: Place) -> Self {
        let finding = Finding::new(Reason::NotAlone, Span::default());
        Error::new(ErrorKind::NotAlone, finding, place)
    }

    fn new(kind: ErrorKind, finding: Finding, place: Place) -> Self {
        Error(Box::new(Inner {
            kind,
            finding,
            place,
        }))
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Returns the stable name of the reason.
    pub fn code(&self) -> Code {
        self.0.finding.code()
    }

    /// Returns the place of the error in the input.
    pub fn place(&self) -> Place {
        self.0.place
    }

    /// Returns the reason as a finding.
    pub fn finding(&self) -> &Finding {
        &self.0.finding
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { line, column, .. } = self.0.place;
        let message = self.0.finding.message(Lang::En);
        write!(f, "{message} (line {line}, column {column})")
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({}: {self})", self.code())
    }
}

impl std::error::Error for Error {}
