//! Why a payload is no callback.

use std::fmt;

use crate::finding::{Code, Finding, Reason};
use crate::lang::Lang;
use crate::record::{Outcome, Record};
use crate::report::other_event;
use crate::span::{Place, Span};

/// Why [`from_slice`](crate::from_slice) gives no callback, and where the reason stands.
///
/// It shows the sentence of a finding, in English; [`Error::finding`] has it in Chinese, too.
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

/// What kind of error an [`Error`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The payload is broken, sealed, or larger than the limits.
    Undecodable,
    /// A WeChat message of another kind: the name of its event or its type. Servers get them, too, and pass them on.
    Other(String),
    /// There is no payload.
    NoPayload,
    /// Something stands beside the first payload: another payload, or bytes that belong to none.
    NotAlone,
}

impl Error {
    /// Why `record` is no callback.
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

    /// Something that is no part of the payload stands at `place`.
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

    /// What kind of error it is.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The stable name of the reason.
    pub fn code(&self) -> Code {
        self.0.finding.code()
    }

    /// Where the reason stands in what was given.
    pub fn place(&self) -> Place {
        self.0.place
    }

    /// The reason as `check` tells it.
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
