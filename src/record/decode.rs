//! Decodes a single payload and reports what is beside it.

use std::sync::Arc;

use crate::finding::{Finding, Reason};
use crate::input::{Input, Text};
use crate::record::body::Body;
use crate::record::contents::{Contents, Decoded};
use crate::record::{Decoder, Outcome, Record};
use crate::seal::Policy;
use crate::span::{Place, Span, Units};
use crate::syntax::{Limits, Syntax};

/// Decodes one payload, or one record written by [`JsonLines`](crate::output::JsonLines).
///
/// White space and a byte order mark around it are allowed. Anything else beside the first payload is a finding.
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

/// Decodes one payload within `limits`; see [`decode`].
///
/// ```
/// use wxsub::{Code, Limits};
///
/// let limits = Limits { depth: 2, ..Limits::default() };
/// let record = wxsub::decode_with(b"<xml><a><b>1</b></a><Event>subscribe</Event></xml>", &limits);
/// assert_eq!(record.findings()[0].code(), Code::LimitExceeded);
/// ```
pub fn decode_with<'a>(payload: &'a [u8], limits: &Limits) -> Record<'a> {
    decode_as(payload, &limits.clamped(), None)
}

/// Decodes a payload that this library wrote, with limits that every accepted payload meets.
pub(crate) fn decode_written(payload: &[u8]) -> Record<'_> {
    let limits = Limits {
        payload_size: Limits::MAX_PAYLOAD_SIZE,
        depth: usize::MAX,
        items: usize::MAX,
        values: usize::MAX,
    };
    decode_as(payload, &limits, None)
}

/// Decodes one payload that may be encrypted; see [`decode`].
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
    decode_as(payload, &limits.clamped(), Some(policy))
}

/// Decodes one payload and returns the place of the first byte outside it; see [`decode`].
pub(crate) fn decode_alone(payload: &[u8]) -> (Record<'_>, Option<Place>) {
    decode_beside(payload, &Limits::default(), None)
}

fn decode_as<'a>(payload: &'a [u8], limits: &Limits, policy: Option<&Arc<Policy>>) -> Record<'a> {
    decode_beside(payload, limits, policy).0
}

fn decode_beside<'a>(
    payload: &'a [u8],
    limits: &Limits,
    policy: Option<&Arc<Policy>>,
) -> (Record<'a>, Option<Place>) {
    if matches!(
        payload,
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0xEF, 0xBB, 0xBF, ..]
    ) {
        let mut input = Input::new(payload, payload.len());
        let mut text = Text::default();
        // Reading from memory cannot fail. A read of zero bytes reports the end.
        while input.read(&mut text).is_ok() && !text.is_ended() {}
        let (record, beside) = decode_first(text.bytes(), input.origin(), limits, policy);
        return (record.into_owned(), beside);
    }
    decode_first(payload, (Place::default(), Units::Utf8), limits, policy)
}

/// Decodes the first payload of `text` and returns the place of the first other bytes.
fn decode_first<'a>(
    text: &'a [u8],
    origin: (Place, Units),
    limits: &Limits,
    policy: Option<&Arc<Policy>>,
) -> (Record<'a>, Option<Place>) {
    let mut decoder = Decoder::new("".into(), *limits, origin).opening(policy.cloned());
    let mut record = decoder
        .next(text, true)
        .unwrap_or_else(|| Record::without_payload(text));
    let mut beside = None;
    if !matches!(record.outcome, Outcome::Undecodable) {
        let mut bytes = 0;
        while let Some(other) = decoder.next(text, true) {
            bytes += other.bytes().len() as u64;
            beside.get_or_insert(other.place(0));
        }
        let noise = &decoder.scanner.noise;
        record.mention(noise.bytes + bytes);
        let first = noise.first.as_ref().map(|(place, _)| *place);
        beside = beside
            .into_iter()
            .chain(first)
            .min_by_key(|place| place.offset);
    }
    (record, beside)
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
            decoded: Contents::Own(decoded),
            sealed: None,
            query: None,
            delivery_key: None,
        }
    }

    fn mention(&mut self, bytes_beside: u64) {
        if bytes_beside > 0 {
            let findings = &mut self.decoded.make_own().parts.findings;
            findings.push(Finding::noise(bytes_beside, Span::default()));
        }
    }
}
