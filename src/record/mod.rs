//! A payload of a capture with its place, meaning and findings.
//!
//! Making a record never fails: an undecodable payload has a finding that says why. `decoder` makes records from
//! captures, `decode` from a single payload.

mod body;
mod contents;
mod decode;
mod decoder;
mod decrypt;
mod ids;
mod place;
mod request;
mod sealed;

use std::borrow::Cow;
use std::sync::Arc;

use crate::event::compact::{Compact, CompactRef, CompactTemplate};
use crate::event::delivery::DeliveryKey;
use crate::event::{CallbackRef, Event, ItemRef, body, name_span};
use crate::fast::patch::Patched;
use crate::finding::{Finding, Findings, Severity};
use crate::request::FoundQuery;
use crate::scan::source_map::Step;
use crate::span::{Place, Span, Units};
use crate::syntax::{Kind, PRINTED, Syntax, View};

use body::Body;
use contents::{Contents, Decoded};
pub use decode::{decode, decode_sealed, decode_with};
pub(crate) use decode::{decode_alone, decode_written};
pub(crate) use decoder::Decoder;
pub(crate) use ids::PlacedValue;
pub use sealed::{Sealed, Trust};

/// The result of decoding a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// One of the three events.
    Callback(Event),
    /// Another WeChat message, with the name of its event or type.
    Other(String),
    /// Not decodable. The record's only finding says why.
    Undecodable,
    /// Not a payload but a finding about the capture around payloads.
    Remark,
    /// A callback excluded by a selection; see [`select`](crate::select).
    FilteredOut(Event),
    /// A callback that repeats an earlier one; see [`select`](crate::select).
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
    /// The original bytes, if the body was unescaped or transcoded.
    raw: Option<Raw<'a>>,
    outcome: Outcome,
    decoded: Contents,
    /// Set for a decrypted payload. The body is then the plaintext.
    sealed: Option<Box<Sealed>>,
    query: Option<Box<FoundQuery>>,
    /// The key of the callback with all its items, if a filter noted it.
    delivery_key: Option<DeliveryKey>,
}

/// The bytes in the capture, and the steps from them to the body.
type Raw<'a> = (Cow<'a, [u8]>, Vec<Step>);

impl<'a> Record<'a> {
    /// Returns the result of decoding.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// Returns the callback, if the payload is one.
    pub fn callback(&self) -> Option<CallbackRef<'_>> {
        match self.outcome {
            Outcome::Callback(event) => {
                let Decoded { parts, meaning } = self.decoded.get();
                Some(CallbackRef::new(event, meaning, &parts.tree, self.text()))
            }
            _ => None,
        }
    }

    /// Returns the findings about the payload in the order of their places.
    pub fn findings(&self) -> &[Finding] {
        self.all_findings().map_or(&[], Findings::as_slice)
    }

    /// Returns the findings with the number of dropped ones, or `None` for an excluded callback.
    fn all_findings(&self) -> Option<&Findings> {
        match self.outcome {
            Outcome::FilteredOut(_) | Outcome::Deduplicated(_) => None,
            _ => Some(&self.decoded.get().parts.findings),
        }
    }

    /// Returns the severity of a finding. Errors of an accepted payload are at most [`Severity::Error`].
    pub fn severity(&self, finding: &Finding) -> Severity {
        match self.outcome {
            Outcome::Undecodable => finding.severity(),
            _ => finding.severity().min(Severity::Error),
        }
    }

    /// Returns the number of findings beyond the limit of a thousand.
    pub fn findings_dropped(&self) -> usize {
        self.all_findings().map_or(0, Findings::dropped)
    }

    /// Returns the name of the capture, as given.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the signature query of the payload's request, without the question mark.
    ///
    /// Requires [`wants_queries`](crate::pipeline::Options::wants_queries). The query is in the request line above the
    /// payload, in the URL on the same line of an access log, or in a field of the same log entry.
    ///
    /// ```
    /// use wxsub::pipeline::{self, Options, CaptureStats, Sink, Stop};
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

    /// Returns true if the query certainly belongs to this payload's request.
    ///
    /// In a log that mixes requests, the query on the line before may belong to another one. It can then prove that a
    /// payload is genuine, but not that it is forged.
    pub fn is_query_sure(&self) -> bool {
        self.query.as_ref().is_some_and(|query| query.is_sure)
    }

    /// Returns the text of a field at the top of the payload, for any kind of message.
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

    /// Returns true if the input is a record, as [`JsonLines`](crate::output::JsonLines) writes it, and not a payload.
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

    /// Returns true if a record states the source of its payload.
    pub(crate) fn has_source(&self) -> bool {
        self.decoded.get().meaning.has_source()
    }

    /// Returns the syntax: XML or JSON.
    pub fn syntax(&self) -> Syntax {
        self.syntax
    }

    /// Returns the form of the payload in one word: its syntax, or `printed`.
    pub(crate) fn format(&self) -> &'static str {
        match self.decoded.get().parts.tree.is_printed {
            true => PRINTED,
            false => self.syntax.as_str(),
        }
    }

    /// Returns the payload's text, to which spans refer. Empty if it is not UTF-8.
    ///
    /// For a broken payload this is the text up to where it broke, and some of what follows.
    pub fn text(&self) -> &str {
        self.body.text()
    }

    /// Returns the payload's bytes, even if they are not UTF-8.
    pub fn bytes(&self) -> &[u8] {
        self.body.bytes()
    }

    /// Drops the items that `keep` rejects, and the findings about them.
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

    /// Returns the key that a [`Filter`](crate::select::Filter) noted before it removed items.
    pub fn delivery_key(&self) -> Option<DeliveryKey> {
        self.delivery_key
    }

    pub(crate) fn note_delivery_key(&mut self, key: DeliveryKey) {
        self.delivery_key = Some(key);
    }

    /// Excludes a callback with `outcome`, which hides its findings.
    pub(crate) fn leave_out(&mut self, outcome: Outcome) {
        self.outcome = outcome;
    }

    /// Copies what is borrowed from the capture.
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
            delivery_key: self.delivery_key,
        }
    }

    /// Returns the message, without what a parser of XML put around it.
    fn root(&self) -> View<'_> {
        body(View::root(&self.decoded.get().parts.tree, self.text()))
    }

    /// Returns the output line shared by all payloads of the template, made by `make`.
    ///
    /// Returns `None` without a template, or if values cannot be copied. All calls must use the same `make`.
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

    /// Reads the typed values of a callback into `compact`.
    #[inline(always)]
    pub(crate) fn compact<'c>(&'c self, compact: &'c mut Compact) -> Option<CompactRef<'c>> {
        match self.compact_template() {
            Some(template) => Some(compact.copy(template, self.bytes())),
            None => Some(compact.read(&self.callback()?)),
        }
    }

    /// Returns true if [`Record::compact`] copies the values without reading the tree.
    #[cfg(test)]
    pub(crate) fn is_compact_by_position(&self) -> bool {
        self.compact_template().is_some()
    }

    #[inline]
    fn compact_template(&self) -> Option<&CompactTemplate> {
        let (Contents::Shared(shared), Outcome::Callback(_)) = (&self.decoded, &self.outcome)
        else {
            return None;
        };
        let make = || CompactTemplate::of(&self.callback()?);
        shared.compact.get_or_init(make).as_ref()
    }

    /// Returns the span of the message's kind, or the start of the message.
    pub(crate) fn name_span(&self) -> Span {
        name_span(self.root())
    }
}
