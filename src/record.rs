//! One payload of a capture with everything that is known of it: where it stands, what it means, what is odd.
//!
//! This is where frame, wire and event are tied together. Making a record never fails: what could not be understood
//! is a finding in it.

mod request;
mod sealed;
mod unseal;

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use crate::event::{
    Callback, Class, Event, Item, Meaning, classify, decode as decode_meaning, fields, is_message,
    name_span, revalue,
};
use crate::finding::{Code, Finding, Reason};
use crate::frame::rewritten::{self, Rewritten, Step};
use crate::frame::{Anchors, FoundQuery, Framed, FramedKind, Names, Parts, Scanner, Turn};
use crate::input::Input;
use crate::seal::Policy;
use crate::span::{Place, Span, Units};
use crate::wire::shape::{ShapeId, Shapes};
use crate::wire::{Kind, Limits, Syntax, View};

pub use sealed::{Sealed, Trust};
use unseal::Unsealer;

const NAMES: Names = Names {
    is_message,
    tells_by_value: fields::tells_by_value,
    is_plain: fields::is_plain,
    begins_message: |name| fields::top(name).is_some(),
    marks: &fields::MARKS,
    heads: &fields::HEADS,
    anchors: &ANCHORS,
};

static ANCHORS: LazyLock<Anchors> = LazyLock::new(|| Anchors::new(&fields::ANCHORS));

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
    /// The bytes in the capture, where the body is not written as it reads there, and how it was made of them.
    raw: Option<(Cow<'a, [u8]>, Vec<Step>)>,
    outcome: Outcome,
    decoded: Box<Decoded>,
    /// How it was opened, if it came sealed. Then the body is what was inside.
    sealed: Option<Box<Sealed>>,
    query: Option<Box<FoundQuery>>,
}

/// What was read of a payload, and what it means.
#[derive(Clone, Debug, Default)]
struct Decoded {
    parts: Parts,
    meaning: Meaning,
    /// Memory for what is inside the next sealed payload.
    plain: Vec<u8>,
}

#[derive(Clone, Debug)]
enum Body<'a> {
    Text(Cow<'a, str>),
    /// Broken, and not even text.
    Bytes(Cow<'a, [u8]>),
}

impl<'a> Body<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Body::Text(text.into()),
            Err(_) => Body::Bytes(bytes.into()),
        }
    }

    /// A text, and the `rest` of it, which is no text.
    fn owned(text: String, rest: Vec<u8>) -> Self {
        match rest.is_empty() {
            true => Body::Text(text.into()),
            false => Body::Bytes([text.into_bytes(), rest].concat().into()),
        }
    }

    fn into_bytes(self) -> Vec<u8> {
        match self {
            Body::Text(text) => text.into_owned().into_bytes(),
            Body::Bytes(bytes) => bytes.into_owned(),
        }
    }

    fn into_owned(self) -> Body<'static> {
        match self {
            Body::Text(text) => Body::Text(text.into_owned().into()),
            Body::Bytes(bytes) => Body::Bytes(bytes.into_owned().into()),
        }
    }
}

impl<'a> Record<'a> {
    /// What became of the payload.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The callback, if it is one.
    pub fn callback(&self) -> Option<Callback<'_>> {
        match self.outcome {
            Outcome::Callback(event) => Some(Callback::new(
                event,
                &self.decoded.meaning,
                &self.decoded.parts.tree,
                self.text(),
            )),
            _ => None,
        }
    }

    /// What is noteworthy about the payload, in the order of the places.
    pub fn findings(&self) -> &[Finding] {
        self.decoded.parts.findings.as_slice()
    }

    /// How many findings there are beyond the thousand that are kept.
    pub fn findings_dropped(&self) -> usize {
        self.decoded.parts.findings.dropped()
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
        let root = View::root(&self.decoded.parts.tree, self.text());
        let field = root.children().find(|child| child.name() == name)?;
        (field.kind() == Kind::Text).then(|| field.value().trim_ascii())
    }

    /// XML or JSON.
    pub fn syntax(&self) -> Syntax {
        self.syntax
    }

    /// The payload's text, in which spans are ranges; empty if it is not text. Of a broken payload, as much as shows
    /// where it broke.
    pub fn text(&self) -> &str {
        match &self.body {
            Body::Text(text) => text,
            Body::Bytes(_) => "",
        }
    }

    /// The payload's text as bytes, also if it is not text.
    pub fn bytes(&self) -> &[u8] {
        match &self.body {
            Body::Text(text) => text.as_bytes(),
            Body::Bytes(bytes) => bytes,
        }
    }

    /// Where the byte at `offset` of the payload's text stands in the capture. If the payload came sealed and was
    /// opened, this is where its envelope begins; see [`Record::place_inside`].
    pub fn place(&self, offset: u32) -> Place {
        if self.sealed.is_some() {
            return self.place;
        }
        let text = self.bytes();
        let len = text.len().min(offset as usize);
        let in_text = || self.place.after(&text[..len], self.units);
        let Some((raw, steps)) = &self.raw else {
            return in_text();
        };
        let raw = &raw[..rewritten::raw_offset(steps, raw, len)];
        match rewritten::has_layers(steps) {
            true => self.place.after(raw, self.units),
            false => Place {
                offset: self.place.offset + raw.len() as u64,
                ..in_text()
            },
        }
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
    pub fn retain_items(&mut self, keep: impl FnMut(Item<'_>) -> bool) {
        let Record { decoded, body, .. } = self;
        let Decoded { parts, meaning, .. } = &mut **decoded;
        if let Body::Text(text) = body {
            let dropped = meaning.retain_items(View::root(&parts.tree, text), keep);
            parts.findings.drop_inside(&dropped);
        }
    }

    /// Makes a callback one that is left out, as `outcome` says; nothing of it is reported.
    pub(crate) fn leave_out(&mut self, outcome: Outcome) {
        self.decoded.parts.findings.clear();
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

    /// Keeps what the next record can use.
    pub(crate) fn into_memory(self) -> Memory {
        let mut decoded = self.decoded;
        if self.sealed.is_some() {
            decoded.plain = self.body.into_bytes();
            return Memory(decoded);
        }
        if let (Body::Text(Cow::Owned(text)), Some((_, steps))) = (self.body, self.raw) {
            decoded.parts.rewritten = Rewritten {
                text,
                steps,
                rest: Vec::new(),
            };
        }
        Memory(decoded)
    }

    fn root(&self) -> View<'_> {
        View::root(&self.decoded.parts.tree, self.text())
    }

    /// Where the payload says what kind of message it is, or its start.
    pub(crate) fn name_span(&self) -> Span {
        name_span(View::root(&self.decoded.parts.tree, self.text()))
    }
}

/// Decodes one payload.
///
/// White space and a byte order mark around it are fine; anything else beside the first payload is a finding.
///
/// ```
/// let body = b"<xml><ToUserName><![CDATA[gh_123456789abc]]></ToUserName>\
///     <FromUserName><![CDATA[otFpruAK8D-E6EfStSYonYSBZ8_4]]></FromUserName><CreateTime>1610969468</CreateTime>\
///     <MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_sent_event]]></Event>\
///     <SubscribeMsgSentEvent><List><TemplateId><![CDATA[VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc]]></TemplateId>\
///     <MsgID>1700827132819554304</MsgID><ErrorCode>0</ErrorCode><ErrorStatus><![CDATA[success]]></ErrorStatus>\
///     </List></SubscribeMsgSentEvent></xml>";
/// let record = wxsub::decode(body);
/// assert!(record.findings().is_empty());
/// let item = record.callback().and_then(|callback| callback.items().next()).expect("an item");
/// assert_eq!(item.msg_id(), Some("1700827132819554304"));
/// ```
pub fn decode(payload: &[u8]) -> Record<'_> {
    decode_with(payload, &Limits::default())
}

/// Decodes one payload within limits of your own; see [`decode`].
pub fn decode_with<'a>(payload: &'a [u8], limits: &Limits) -> Record<'a> {
    decode_as(payload, limits, None)
}

/// Decodes one payload that may be sealed; see [`decode`].
///
/// ```
/// use wxsub::Trust;
/// use wxsub::seal::{Account, Keys, Policy, seal};
///
/// let keys = Keys::new([Account::from_lists("ownKey7ownKey7ownKey7ownKey7ownKey7ownKey7x", "", "")?]);
/// let event = b"<xml><Event>subscribe_msg_sent_event</Event></xml>";
/// let encrypt = seal(&keys.accounts()[0].keys[0], event, "wx5a2c71d0e9b4a1b2", &[7; 16]);
/// let body = format!("<xml><Encrypt>{encrypt}</Encrypt></xml>");
///
/// let policy = Policy::from(keys).into();
/// let record = wxsub::decode_sealed(body.as_bytes(), &wxsub::Limits::default(), &policy);
/// assert_eq!(record.callback().map(|callback| callback.event()), Some(wxsub::Event::Sent));
/// assert_eq!(record.trust(), Trust::Opened);
/// # Ok::<(), wxsub::seal::KeyError>(())
/// ```
pub fn decode_sealed<'a>(payload: &'a [u8], limits: &Limits, policy: &Arc<Policy>) -> Record<'a> {
    decode_as(payload, limits, Some(policy))
}

fn decode_as<'a>(payload: &'a [u8], limits: &Limits, policy: Option<&Arc<Policy>>) -> Record<'a> {
    if matches!(
        payload,
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0xEF, 0xBB, 0xBF, ..]
    ) {
        let mut input = Input::new(payload, payload.len());
        // Memory can be read; twice, since the end is told by reading nothing.
        while input.read().is_ok() && !input.text().1 {}
        return decode_first(input.text().0, input.origin(), limits, policy).into_owned();
    }
    decode_first(payload, (Place::default(), Units::Utf8), limits, policy)
}

/// The first payload of `text`, with a word about what else there is.
fn decode_first<'a>(
    text: &'a [u8],
    origin: (Place, Units),
    limits: &Limits,
    policy: Option<&Arc<Policy>>,
) -> Record<'a> {
    let mut decoder = Decoder::new("".into(), *limits, origin).opening(policy.cloned());
    let mut record = decoder
        .next(text, true)
        .unwrap_or_else(|| Record::without_payload(text));
    if !matches!(record.outcome, Outcome::Undecodable) {
        let mut beside = 0;
        while let Some(other) = decoder.next(text, true) {
            beside += other.bytes().len() as u64;
        }
        record.mention(decoder.scanner.noise.bytes + beside);
    }
    record
}

impl<'a> Record<'a> {
    fn without_payload(bytes: &'a [u8]) -> Self {
        let mut decoded = Box::<Decoded>::default();
        decoded
            .parts
            .findings
            .push(Finding::new(Reason::FileWithoutPayload, Span::default()));
        Record {
            source: "".into(),
            place: Place::default(),
            units: Units::Utf8,
            syntax: Syntax::default(),
            body: Body::new(bytes),
            raw: None,
            outcome: Outcome::Undecodable,
            decoded,
            sealed: None,
            query: None,
        }
    }

    fn mention(&mut self, bytes_beside: u64) {
        if bytes_beside > 0 {
            let finding = Finding::new(Reason::NoiseHere, Span::default());
            self.decoded
                .parts
                .findings
                .push(finding.with(bytes_beside.to_string()));
        }
    }
}

/// What goes round from record to record, so that decoding allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Memory(Box<Decoded>);

/// Turns the bytes of one capture into records.
#[derive(Debug)]
pub(crate) struct Decoder {
    source: Arc<str>,
    limits: Limits,
    units: Units,
    pub(crate) scanner: Scanner,
    /// What the scanner's shapes mean.
    known: Vec<Known>,
    /// Memory that goes round: into a record, and back by [`Decoder::recycle`].
    memory: Option<Memory>,
    /// Opens what is sealed, if that was asked for.
    unsealer: Option<Box<Unsealer>>,
}

impl Decoder {
    pub(crate) fn new(source: Arc<str>, limits: Limits, (place, units): (Place, Units)) -> Self {
        let scanner = Scanner::new(limits, NAMES, place, units);
        Self::with(scanner, source, limits, units)
    }

    /// A decoder that begins on a line of a capture; see [`Scanner::on_line`].
    pub(crate) fn on_line(source: Arc<str>, limits: Limits, place: Place) -> Self {
        let scanner = Scanner::on_line(limits, NAMES, place);
        Self::with(scanner, source, limits, Units::Utf8)
    }

    /// The same, but its records know their queries if these are `wanted`.
    pub(crate) fn with_queries(self, wanted: bool) -> Self {
        match wanted {
            true => Decoder {
                scanner: self.scanner.wanting_queries(),
                ..self
            },
            false => self,
        }
    }

    fn with(scanner: Scanner, source: Arc<str>, limits: Limits, units: Units) -> Self {
        Decoder {
            source,
            limits,
            units,
            scanner,
            known: Vec::new(),
            memory: None,
            unsealer: None,
        }
    }

    /// The same, opening what is sealed as `policy` says.
    pub(crate) fn opening(mut self, policy: Option<Arc<Policy>>) -> Self {
        let wants_queries = policy.as_ref().is_some_and(|policy| policy.wants_queries());
        let unsealer = policy.map(|policy| Unsealer::new(policy, self.limits));
        self.unsealer = unsealer.map(Box::new);
        self.with_queries(wants_queries)
    }

    /// The next record in `buffer`, which begins where it began at the last call less what [`Scanner::take_done`]
    /// took; `None` if more bytes are needed or, with `last`, if there is none.
    pub(crate) fn next<'b>(&mut self, buffer: &'b [u8], last: bool) -> Option<Record<'b>> {
        let Memory(decoded) = self.memory.get_or_insert_default();
        let framed = self.scanner.next(buffer, last, &mut decoded.parts)?;
        Some(self.record(framed, buffer))
    }

    /// Goes one step further in `buffer`, which does not end the capture; see [`Decoder::next`].
    pub(crate) fn step<'b>(&mut self, buffer: &'b [u8]) -> Turn<Record<'b>> {
        let Memory(decoded) = self.memory.get_or_insert_default();
        match self.scanner.step(buffer, false, &mut decoded.parts) {
            Turn::Found(framed) => Turn::Found(self.record(framed, buffer)),
            Turn::Moved => Turn::Moved,
            Turn::Stuck => Turn::Stuck,
        }
    }

    /// What it knows so far.
    pub(crate) fn learnt(&self) -> Learnt {
        Learnt {
            shapes: self.scanner.shapes.clone(),
            known: self.known.clone(),
            inner: self
                .unsealer
                .as_ref()
                .map(|unsealer| Box::new(unsealer.inner.learnt())),
        }
    }

    /// The same with what another decoder knew.
    pub(crate) fn knowing(mut self, learnt: Learnt) -> Self {
        (self.scanner.shapes, self.known) = (learnt.shapes, learnt.known);
        if let (Some(unsealer), Some(learnt)) = (&mut self.unsealer, learnt.inner) {
            unsealer.know(*learnt);
        }
        self
    }

    /// Takes the memory of a record back.
    pub(crate) fn recycle(&mut self, memory: Memory) {
        match &mut self.unsealer {
            // That of the envelope is here already, so this is that of what was inside.
            Some(unsealer) if self.memory.is_some() => unsealer.inner.recycle(memory),
            _ => self.memory = Some(memory),
        }
    }

    fn record<'b>(&mut self, framed: Framed<'b>, buffer: &'b [u8]) -> Record<'b> {
        let raw = &buffer[framed.range];
        let mut decoded = self.memory.take().unwrap_or_default().0;
        let (body, raw) = match framed.text {
            _ if framed.is_rewritten => {
                let rewritten = std::mem::take(&mut decoded.parts.rewritten);
                let steps = rewritten.steps;
                (
                    Body::owned(rewritten.text, rewritten.rest),
                    Some((raw.into(), steps)),
                )
            }
            Some(text) => (Body::Text(text.into()), None),
            None => (Body::new(raw), None),
        };
        let mut record = Record {
            source: self.source.clone(),
            place: framed.place,
            units: self.units,
            syntax: framed.syntax,
            body,
            raw,
            outcome: Outcome::Undecodable,
            decoded,
            sealed: None,
            query: framed.query,
        };
        match framed.kind {
            FramedKind::Whole => {
                self.understand(&mut record, framed.shape);
                self.judge(&mut record);
            }
            FramedKind::Broken => {}
            FramedKind::Remark => record.outcome = Outcome::Remark,
        }
        record
    }
}

/// The payloads that a decoder knows again: decoding is the same without, but slower.
#[derive(Clone, Debug, Default)]
pub(crate) struct Learnt {
    shapes: Shapes,
    known: Vec<Known>,
    /// Those inside of envelopes.
    inner: Option<Box<Learnt>>,
}

/// What a shape means: what holds for all payloads that have it.
#[derive(Clone, Debug)]
struct Known {
    event: Event,
    meaning: Meaning,
    /// Those that do not depend on the values of typed fields; and those of them that are about the syntax.
    findings: Vec<Finding>,
    syntax_findings: Vec<Finding>,
}

impl Decoder {
    /// Decides what a well-formed payload is and decodes it: as one that was seen before, if it has its shape.
    #[inline(always)] // A call is a part of a hundred of all that is done for a payload.
    fn understand(&mut self, record: &mut Record<'_>, shape: Option<ShapeId>) {
        let known = shape.map(|ShapeId(id)| &self.known[id]);
        if known.is_some_and(|known| record.is_like(known)) {
            return;
        }
        match shape {
            Some(_) => record.understand(&self.limits),
            None => {
                let syntax_findings = record.findings().to_vec();
                record.understand(&self.limits);
                self.learn(record, syntax_findings);
            }
        }
    }

    /// Keeps the shape of a callback, and what it means.
    fn learn(&mut self, record: &Record<'_>, syntax_findings: Vec<Finding>) {
        let (Outcome::Callback(event), Body::Text(text)) = (&record.outcome, &record.body) else {
            return;
        };
        let Decoded { parts, meaning, .. } = &*record.decoded;
        let Parts { tree, findings, .. } = parts;
        let nodes = meaning.value_nodes();
        let Some(ShapeId(id)) = self.scanner.shapes.learn(text, tree, nodes.clone()) else {
            return;
        };
        let is_lasting = |finding: &&Finding| {
            let mut spans = nodes.clone().map(|node| tree.node(node).span);
            // Blanks around a value belong to the shape.
            finding.code() == Code::PaddedValue || !spans.any(|span| span == finding.span())
        };
        let known = Known {
            event: *event,
            meaning: meaning.clone(),
            findings: findings
                .as_slice()
                .iter()
                .filter(is_lasting)
                .cloned()
                .collect(),
            syntax_findings,
        };
        match self.known.get_mut(id) {
            Some(old) => *old = known,
            None => self.known.push(known),
        }
    }
}

impl Record<'_> {
    /// Decodes a payload of a known shape; `false` if its values do not fit.
    fn is_like(&mut self, known: &Known) -> bool {
        let Body::Text(text) = &self.body else {
            return false;
        };
        let Decoded { parts, meaning, .. } = &mut *self.decoded;
        let Parts { tree, findings, .. } = parts;
        meaning.copy_from(&known.meaning);
        findings.extend(known.findings.iter().cloned());
        let fits = revalue(View::root(tree, text), meaning, findings);
        match fits {
            true => {
                findings.sort();
                self.outcome = Outcome::Callback(known.event);
            }
            false => {
                findings.clear();
                findings.extend(known.syntax_findings.iter().cloned());
            }
        }
        fits
    }

    /// Decides what a well-formed payload is and decodes it.
    fn understand(&mut self, limits: &Limits) {
        let Record {
            decoded,
            body,
            outcome,
            ..
        } = self;
        let Body::Text(text) = body else { return };
        let Decoded { parts, meaning, .. } = &mut **decoded;
        let Parts { tree, findings, .. } = parts;
        let root = View::root(tree, text);
        let refused = match classify(root) {
            Class::Other(name) => {
                findings.clear();
                *outcome = Outcome::Other(name.into_owned());
                return;
            }
            Class::Callback(event) => {
                *outcome = Outcome::Callback(event);
                decode_meaning(event, root, limits, meaning, findings).err()
            }
            Class::Refused(finding) => Some(finding),
        };
        match refused {
            None => findings.sort(),
            Some(finding) => {
                findings.only(finding);
                *outcome = Outcome::Undecodable;
            }
        }
    }
}
