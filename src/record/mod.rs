//! One payload of a capture with everything that is known of it: where it stands, what it means, what is odd.
//!
//! Making a record never fails: what could not be understood is a finding in it. `decoder` makes them of captures, where
//! frame, wire and event are tied together; `decode` makes one of one payload.

mod body;
mod contents;
mod decode;
mod decoder;
mod place;
mod pooled;
mod request;
mod sealed;
mod unseal;

use std::borrow::Cow;
use std::sync::Arc;

use crate::event::{CallbackRef, Event, ItemRef, name_span};
use crate::fast::patch::Patched;
use crate::finding::{Finding, Findings, Severity};
use crate::request::FoundQuery;
use crate::scan::source_map::Step;
use crate::span::{Place, Span, Units};
use crate::syntax::{Kind, Syntax, View};

use body::Body;
use contents::{Contents, Decoded};
pub use decode::{decode, decode_sealed, decode_with};
pub(crate) use decode::{decode_alone, decode_written};
pub(crate) use decoder::{Decoder, Learnt};
pub use sealed::{Sealed, Trust};

/// What became of a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// One of the three events.
    Callback(Event),
    /// A WeChat message of another kind: the name of its event or its type.
    Other(String),
    /// Nothing could be decoded; the record's one finding says why.
    Undecodable,
    /// No payload, but something about the capture around payloads.
    Remark,
    /// A callback that was not asked for; see [`select`](crate::select).
    FilteredOut(Event),
    /// A callback that was delivered before; see [`select`](crate::select).
    Deduplicated(Event),
}

/// One payload of a capture.
///
/// ```
/// let record = wxsub::decode(b"<xml><ToUserName>gh_123456789abc</ToUserName></xlm>");
/// assert!(record.callback().is_none());
/// let finding = &record.findings()[0];
/// assert_eq!(finding.message(wxsub::Lang::En), "expected `</xml>`, found `</xlm>`");
/// assert_eq!(record.place(finding.span().start).column, 46);
/// ```
#[derive(Clone, Debug)]
pub struct Record<'a> {
    source: Arc<str>,
    place: Place,
    units: Units,
    syntax: Syntax,
    body: Body<'a>,
    /// Where the body is not written as it reads in the capture.
    raw: Option<Raw<'a>>,
    outcome: Outcome,
    decoded: Contents,
    /// How it was opened, if it came sealed. Then the body is what was inside.
    sealed: Option<Box<Sealed>>,
    query: Option<Box<FoundQuery>>,
}

/// The bytes in the capture, and how the body was made of them.
type Raw<'a> = (Cow<'a, [u8]>, Vec<Step>);

impl<'a> Record<'a> {
    /// What became of the payload.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The callback, if it is one.
    pub fn callback(&self) -> Option<CallbackRef<'_>> {
        match self.outcome {
            Outcome::Callback(event) => {
                let Decoded { parts, meaning } = self.decoded.get();
                Some(CallbackRef::new(event, meaning, &parts.tree, self.text()))
            }
            _ => None,
        }
    }

    /// What is noteworthy about the payload, in the order of the places.
    pub fn findings(&self) -> &[Finding] {
        self.all_findings().map_or(&[], Findings::as_slice)
    }

    /// Nothing is said about what is left out.
    fn all_findings(&self) -> Option<&Findings> {
        match self.outcome {
            Outcome::FilteredOut(_) | Outcome::Deduplicated(_) => None,
            _ => Some(&self.decoded.get().parts.findings),
        }
    }

    /// How much a finding about it weighs. What leaves nothing to decode as a rule is an error where it was accepted.
    pub fn severity(&self, finding: &Finding) -> Severity {
        match self.outcome {
            Outcome::Undecodable => finding.severity(),
            _ => finding.severity().min(Severity::Error),
        }
    }

    /// How many findings there are beyond the thousand that are kept.
    pub fn findings_dropped(&self) -> usize {
        self.all_findings().map_or(0, Findings::dropped)
    }

    /// The name of the capture, as it was given.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The signature query that belongs to the payload in its capture, without the question mark, if queries were
    /// [wanted](crate::pipeline::Options::wants_queries).
    ///
    /// It stands in the request line above the payload, in the URL of an access log on the same line, or in a field of
    /// the same log entry.
    ///
    /// ```
    /// use wxsub::pipeline::{self, Options, Rest, Sink, Stop};
    ///
    /// #[derive(Default)]
    /// struct Queries(Vec<Option<String>>);
    ///
    /// impl Sink for Queries {
    ///     fn fork(&self) -> Self {
    ///         Queries::default()
    ///     }
    ///
    ///     fn record(&mut self, record: &wxsub::Record<'_>) {
    ///         self.0.push(record.query().map(str::to_owned));
    ///     }
    ///
    ///     fn join(&mut self, later: Self) -> Result<(), Stop> {
    ///         self.0.extend(later.0);
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let query = "signature=0123456789abcdef0123456789abcdef01234567&timestamp=1610969440&nonce=1";
    /// let capture = format!("POST /wx?{query} HTTP/1.1\r\nHost: example.com\r\n\r\n<xml><Event>subscribe</Event></xml>");
    /// let options = Options { wants_queries: true, ..Options::default() };
    /// let mut queries = Queries::default();
    /// pipeline::run(capture.as_bytes(), "capture", &options, &mut queries).unwrap();
    /// assert_eq!(queries.0, [Some(query.to_owned())]);
    /// ```
    pub fn query(&self) -> Option<&str> {
        self.query.as_ref().map(|query| query.text.as_str())
    }

    /// Whether that query can be no other request's: in a log that mixes the lines of several requests, what stands on
    /// the line before may be anybody's. It may prove that a payload is genuine, but not that it is forged.
    pub fn is_query_sure(&self) -> bool {
        self.query.as_ref().is_some_and(|query| query.is_sure)
    }

    /// The text of a field at the top of the payload, whatever kind of message it is.
    ///
    /// ```
    /// let record = wxsub::decode(b"<xml><ToUserName>gh_123456789abc</ToUserName><Event>subscribe</Event></xml>");
    /// assert_eq!(record.top_text("ToUserName"), Some("gh_123456789abc"));
    /// assert_eq!(record.top_text("FromUserName"), None);
    /// ```
    pub fn top_text(&self, name: &str) -> Option<&str> {
        let field = self.root().children().find(|child| child.name() == name)?;
        (field.kind() == Kind::Text).then(|| field.value().trim_ascii())
    }

    /// Whether it is a record, as [`JsonLines`](crate::output::JsonLines) writes them, and no payload that WeChat sent.
    ///
    /// ```
    /// let record = wxsub::decode(br#"{"event":"subscribe_msg_sent_event","items":[{"error_code":0}]}"#);
    /// assert!(record.is_json_record());
    /// let callback = record.callback().expect("a callback");
    /// assert_eq!(callback.items().next().and_then(|item| item.error_code()), Some(0));
    /// ```
    pub fn is_json_record(&self) -> bool {
        self.decoded.get().meaning.is_record()
    }

    /// Whether it says where another payload stood, of which it was made.
    pub(crate) fn has_source(&self) -> bool {
        self.decoded.get().meaning.has_source()
    }

    /// XML or JSON.
    pub fn syntax(&self) -> Syntax {
        self.syntax
    }

    /// The payload's text, in which spans are ranges; empty if it is not text. Of a broken payload, as much as shows
    /// where it broke.
    pub fn text(&self) -> &str {
        self.body.text()
    }

    /// The payload's text as bytes, also if it is not text.
    pub fn bytes(&self) -> &[u8] {
        self.body.bytes()
    }

    /// Drops the items for which `keep` does not hold, and the findings about them.
    ///
    /// ```
    /// let mut record = wxsub::decode(
    ///     br#"{"Event":"subscribe_msg_change_event","List":[
    ///         {"TemplateId":"a","SubscribeStatusString":"reject"},
    ///         {"TemplateId":"b","SubscribeStatusString":"accept"}]}"#,
    /// );
    /// record.retain_items(|item| item.status() == Some("reject"));
    /// let ids: Vec<_> = record.callback().unwrap().items().map(|item| item.template_id()).collect();
    /// assert_eq!(ids, [Some("a")]);
    /// ```
    pub fn retain_items(&mut self, keep: impl FnMut(ItemRef<'_>) -> bool) {
        let Record { decoded, body, .. } = self;
        let Decoded { parts, meaning } = decoded.make_own();
        let dropped = meaning.retain_items(View::root(&parts.tree, body.text()), keep);
        parts.findings.drop_inside(&dropped);
    }

    /// Makes a callback one that is left out, as `outcome` says; nothing of it is reported.
    pub(crate) fn leave_out(&mut self, outcome: Outcome) {
        self.outcome = outcome;
    }

    /// The same record, independent of the capture.
    pub fn into_owned(self) -> Record<'static> {
        Record {
            source: self.source,
            body: self.body.into_owned(),
            raw: self
                .raw
                .map(|(raw, steps)| (raw.into_owned().into(), steps)),
            place: self.place,
            units: self.units,
            syntax: self.syntax,
            outcome: self.outcome,
            decoded: self.decoded,
            sealed: self.sealed,
            query: self.query,
        }
    }

    fn root(&self) -> View<'_> {
        View::root(&self.decoded.get().parts.tree, self.text())
    }

    /// The line that is written for this payload and others that were read alike, as `make` makes it; `None` if it is like
    /// no other, or its values cannot be copied. Whoever asks for it must always make the same of the same payload.
    pub(crate) fn line(&self, make: fn(&CallbackRef<'_>) -> Option<Patched>) -> Option<&Patched> {
        match &self.decoded {
            Contents::Shared(shared) if shared.decoded.meaning.is_plain() => {
                let made = || self.callback().as_ref().and_then(make);
                let line = || shared.line.get_or_init(made).as_ref();
                matches!(self.outcome, Outcome::Callback(_))
                    .then(line)
                    .flatten()
            }
            _ => None,
        }
    }

    /// Where the payload says what kind of message it is, or its start.
    pub(crate) fn name_span(&self) -> Span {
        name_span(self.root())
    }
}
