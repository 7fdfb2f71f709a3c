//! Payloads that came sealed: opened, verified, and read like any other.
//!
//! The record of an opened payload is that of what was inside. Its spans are ranges of the plaintext; its place in the
//! capture is that of the envelope. What can be said of the envelope is said about the plaintext, too.

use std::borrow::Cow;
use std::sync::Arc;

use crate::event::{self, fields};
use crate::finding::{Finding, Reason};
use crate::frame::Document;
use crate::record::{Body, Decoded, Decoder, Learnt, Memory, Outcome, Record};
use crate::seal::{self, Mismatch, Policy, Query, Unsealed, unseal, verify, verify_plain};
use crate::span::{Place, Span, Units};
use crate::wire::shape::ShapeId;
use crate::wire::{Kind, Limits, View};

/// What is known of where a payload comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trust {
    /// Nothing: it is plain, or it could not be opened. What signs a plain request covers nothing of its body.
    #[default]
    None,
    /// It was opened. Who sealed it has the key, as a rule; the cipher itself proves nothing.
    Opened,
    /// It was opened, and its signature is right: who sealed it knows the token.
    Verified,
}

impl Trust {
    /// `none`, `opened` or `verified`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Trust::None => "none",
            Trust::Opened => "opened",
            Trust::Verified => "verified",
        }
    }
}

/// How a payload was opened; see [`Record::sealed`].
#[derive(Clone, Debug)]
pub struct Sealed {
    trust: Trust,
    key: usize,
    keys: usize,
    /// White space before the document inside, and whatever stood behind it.
    around: [Vec<u8>; 2],
}

impl Sealed {
    /// Whether it was verified, too.
    pub fn trust(&self) -> Trust {
        self.trust
    }

    /// Which key opened it, counted from 1, of how many.
    pub fn key(&self) -> (usize, usize) {
        (self.key + 1, self.keys)
    }
}

impl Record<'_> {
    /// What is known of where the payload comes from.
    ///
    /// ```
    /// assert_eq!(wxsub::decode(b"<xml><MsgType>event</MsgType></xml>").trust(), wxsub::Trust::None);
    /// ```
    pub fn trust(&self) -> Trust {
        self.sealed().map_or(Trust::None, Sealed::trust)
    }

    /// How the payload was opened, if it came sealed.
    pub fn sealed(&self) -> Option<&Sealed> {
        self.sealed.as_deref()
    }

    /// The bytes that were sealed, all of them and as they were, if the payload was opened.
    pub fn opened(&self) -> Option<Cow<'_, [u8]>> {
        let [before, behind] = &self.sealed()?.around;
        Some(match before.is_empty() && behind.is_empty() {
            true => self.bytes().into(),
            false => [before, self.bytes(), behind].concat().into(),
        })
    }

    /// Where the byte at `offset` of the text stands in what was sealed, if the payload was opened: [`Record::place`]
    /// then says where the envelope stands.
    pub fn place_inside(&self, offset: u32) -> Option<Place> {
        let [before, _] = &self.sealed()?.around;
        let text = self.bytes();
        let len = text.len().min(offset as usize);
        let start = Place::default().after(before, Units::Utf8);
        Some(start.after(&text[..len], Units::Utf8))
    }
}

/// Opens payloads as a policy says, and reads what was inside.
#[derive(Debug)]
pub(super) struct Unsealer {
    policy: Arc<Policy>,
    /// It never sees a capture, only documents.
    pub(super) inner: Decoder,
}

impl Unsealer {
    pub(super) fn new(policy: Arc<Policy>, limits: Limits) -> Self {
        let inner = Decoder::new("".into(), limits, (Place::default(), Units::Utf8));
        Unsealer { policy, inner }
    }

    /// Knows again what another one knew.
    pub(super) fn know(&mut self, learnt: Learnt) {
        (self.inner.scanner.shapes, self.inner.known) = (learnt.shapes, learnt.known);
    }
}

/// A finding that leaves nothing to decode.
type Refused<T> = Result<T, Finding>;

/// The sealed part of a payload.
#[derive(Clone, Copy)]
struct Part<'r> {
    text: &'r str,
    span: Span,
}

impl Decoder {
    /// Decides what a well-formed payload is that may be sealed.
    pub(super) fn judge<'b>(
        &mut self,
        mut record: Record<'b>,
        shape: Option<ShapeId>,
        unsealer: &mut Unsealer,
    ) -> Record<'b> {
        let policy = unsealer.policy.clone();
        let query = query_of(&record, &policy);
        self.understand(&mut record, shape);
        let opened = match sealed_part(&record) {
            Err(finding) => Err(finding),
            Ok(None) => check_plain(&policy, &record, query.as_ref()).map(Err),
            Ok(Some(part)) if policy.keys.is_empty() => {
                check_sealed(&policy, part, query.as_ref()).map(Err)
            }
            Ok(Some(part)) => unsealer.open(&record, part, query.as_ref()).map(Ok),
        };
        match opened {
            Err(finding) => record.refuse(finding),
            Ok(Err(None)) => {}
            Ok(Err(Some(finding))) => record.mention_all([finding]),
            Ok(Ok(inner)) => self.recycle(Memory(record.replace(inner))),
        }
        record
    }
}

/// The query that a payload came with.
struct Came<'q> {
    query: Cow<'q, Query>,
    /// It can be no other payload's, so it may refute something, too.
    is_sure: bool,
}

/// The query that the payload came with.
fn query_of<'q>(record: &Record<'_>, policy: &'q Policy) -> Option<Came<'q>> {
    let sure = |query| Came {
        query,
        is_sure: true,
    };
    let given = policy
        .query
        .as_ref()
        .map(|query| sure(Cow::Borrowed(query)));
    let found = || {
        Some(Came {
            query: Cow::Owned(Query::parse(record.query()?.as_bytes())?),
            is_sure: record.is_query_sure(),
        })
    };
    let of_reply = || of_reply(record).map(|query| sure(Cow::Owned(query)));
    // What a reply says of itself is nearer than the request that it answers.
    given.or_else(of_reply).or_else(found)
}

/// A reply has its signature in the body.
fn of_reply(record: &Record<'_>) -> Option<Query> {
    let root = record.root();
    let value = |name: &str| {
        let child = root.children().find(|child| child.name() == name)?;
        Some(child.value().trim_ascii().to_owned())
    };
    let [signature, timestamp, nonce] = fields::SIGNATURE;
    Some(Query {
        msg_signature: Some(value(signature)?),
        timestamp: value(timestamp)?,
        nonce: value(nonce)?,
        ..Query::default()
    })
}

/// The sealed part of a payload, if it has one.
fn sealed_part<'r>(record: &'r Record<'_>) -> Refused<Option<Part<'r>>> {
    let root = record.root();
    let is_sealed = |child: &View<'_>| child.name().eq_ignore_ascii_case(fields::ENCRYPT);
    let mut parts = root.children().filter(is_sealed);
    let Some(first) = parts.next() else {
        return Ok(None);
    };
    if let Some(second) = parts.next() {
        return Err(Finding::new(Reason::EncryptTwice, second.name_span()));
    }
    match first.kind() {
        Kind::Text => Ok(Some(Part {
            text: first.value(),
            span: first.name_span(),
        })),
        _ => Err(seal::Error::Empty.finding(first.span())),
    }
}

/// Whether a payload that is not sealed will do.
fn check_plain(
    policy: &Policy,
    record: &Record<'_>,
    came: Option<&Came<'_>>,
) -> Refused<Option<Finding>> {
    let reason = if policy.require_encryption {
        Some(Reason::Plain)
    } else if policy.require_signature {
        Some(Reason::PlainNotVerified)
    } else {
        None
    };
    let finding = |reason| Finding::new(reason, record.name_span());
    match reason {
        Some(reason) => Err(finding(reason)),
        None => {
            let sure = came.filter(|came| came.is_sure);
            let wrong = sure.and_then(|came| wrong_with_plain(policy, &came.query));
            tolerate(policy, wrong.map(finding))
        }
    }
}

/// What speaks against a plain payload that came with `query`.
fn wrong_with_plain(policy: &Policy, query: &Query) -> Option<Reason> {
    let keys = &policy.keys;
    if query.says_sealed() {
        return (!keys.is_empty()).then_some(Reason::EncryptMissing);
    }
    let is_wrong = keys.has_tokens() && verify_plain(keys.tokens(), query) == Some(false);
    is_wrong.then_some(Reason::SignatureOfPlain)
}

/// Whether a sealed payload will do that stays closed.
fn check_sealed(
    policy: &Policy,
    part: Part<'_>,
    came: Option<&Came<'_>>,
) -> Refused<Option<Finding>> {
    let signature = check_signature(policy, part, came, None);
    let wrong = signature.and_then(Result::err);
    let wrong = tolerate(policy, wrong.map(|mismatch| mismatch.finding(part.span)))?;
    match policy.require_signature {
        true => Err(Finding::new(Reason::SealedNotVerified, part.span)),
        false => Ok(wrong),
    }
}

/// A finding about a signature, which may be accepted.
fn tolerate(policy: &Policy, wrong: Option<Finding>) -> Refused<Option<Finding>> {
    match wrong {
        Some(finding) if !policy.accept_unverified => Err(finding),
        wrong => Ok(wrong),
    }
}

/// Checks the signature with the tokens of the account whose key opened the payload, or of all if none did; `None` if
/// there is nothing to check it with.
fn check_signature(
    policy: &Policy,
    part: Part<'_>,
    came: Option<&Came<'_>>,
    account: Option<usize>,
) -> Option<Result<(), Mismatch>> {
    let Came { query, is_sure } = came?;
    let accounts = policy.keys.accounts();
    let accounts = match account {
        Some(at) => &accounts[at..=at],
        None => accounts,
    };
    let mut tokens = accounts
        .iter()
        .flat_map(|account| &account.tokens)
        .peekable();
    tokens.peek()?;
    let verified = verify(tokens, query, part.text.as_bytes());
    (*is_sure || verified.is_ok()).then_some(verified)
}

impl Unsealer {
    /// Opens `part` of the payload `outer` and reads what is inside.
    fn open(
        &mut self,
        outer: &Record<'_>,
        part: Part<'_>,
        came: Option<&Came<'_>>,
    ) -> Refused<Record<'static>> {
        let policy = self.policy.clone();
        let mut decoded = self.inner.memory.take().unwrap_or_default().0;
        let mut plain = std::mem::take(&mut decoded.plain);
        let unsealed = unseal(&policy.keys, part.text.as_bytes(), &mut plain);
        let account = unsealed.as_ref().ok().map(|unsealed| unsealed.account);
        let signature = check_signature(&policy, part, came, account);
        let wrong = signature.and_then(Result::err);
        let wrong = tolerate(&policy, wrong.map(|mismatch| mismatch.finding(part.span)))?;
        let is_verified = signature == Some(Ok(()));
        let unsealed = unsealed.map_err(|error| unopened(&error, part, is_verified))?;
        if policy.require_signature && !is_verified {
            return Err(Finding::new(Reason::SealedNotVerified, part.span));
        }
        let oddities = oddities(&policy, &unsealed, &plain);
        let sealed = Sealed {
            trust: if is_verified {
                Trust::Verified
            } else {
                Trust::Opened
            },
            key: unsealed.key,
            keys: policy.keys.len(),
            around: Default::default(),
        };
        plain.truncate(unsealed.message.end);
        plain.drain(..unsealed.message.start);
        let mut inner = self.read(outer, plain, decoded, sealed);
        let wrong = wrong.map(|finding| finding.at(Span::new(0, 1)));
        inner.add_of_envelope(wrong.into_iter().chain(oddities), outer);
        Ok(inner)
    }

    /// The record of `message`, which was in the envelope `outer`.
    fn read(
        &mut self,
        outer: &Record<'_>,
        mut message: Vec<u8>,
        mut decoded: Box<Decoded>,
        mut sealed: Sealed,
    ) -> Record<'static> {
        sealed.around[0] = take_blanks(&mut message);
        let document = self.inner.scanner.document(&message, &mut decoded.parts);
        let document = document.and_then(|document| alone(document, &message));
        if let Ok(document) = &document {
            sealed.around[1] = message.split_off(document.len);
        }
        let mut record = Record {
            source: outer.source.clone(),
            place: outer.place,
            units: Units::Utf8,
            syntax: document
                .as_ref()
                .map_or(outer.syntax, |document| document.syntax),
            body: body(message),
            raw: None,
            outcome: Outcome::Undecodable,
            decoded,
            sealed: Some(Box::new(sealed)),
            query: outer.query.clone(),
        };
        match document {
            Err(finding) => record.refuse(of_inside(finding, record.bytes())),
            Ok(document) => {
                self.inner.understand(&mut record, document.shape);
                record.refuse_twice();
            }
        }
        record
    }
}

/// Takes the white space and the byte order mark with which `message` begins.
fn take_blanks(message: &mut Vec<u8>) -> Vec<u8> {
    let is_blank = |byte: &u8| byte.is_ascii_whitespace() || [0xEF, 0xBB, 0xBF].contains(byte);
    let len = message.iter().take_while(|byte| is_blank(byte)).count();
    message.drain(..len).collect()
}

/// Refuses a document behind which something follows.
fn alone(document: Document, message: &[u8]) -> Refused<Document> {
    let rest = &message[document.len..];
    match rest.iter().position(|byte| !byte.is_ascii_whitespace()) {
        None => Ok(document),
        Some(at) => {
            let at = document.len + at;
            Err(Finding::new(Reason::SealedMore, Span::new(at, at + 1)))
        }
    }
}

fn body(message: Vec<u8>) -> Body<'static> {
    match String::from_utf8(message) {
        Ok(text) => Body::Text(text.into()),
        Err(error) => Body::Bytes(error.into_bytes().into()),
    }
}

/// What is inside is no document: because it is no text, if it is none.
fn of_inside(finding: Finding, message: &[u8]) -> Finding {
    match std::str::from_utf8(message) {
        Ok(_) => finding,
        Err(error) => {
            let at = error.valid_up_to();
            Finding::new(Reason::SealedNotText, Span::new(at, at + 1))
        }
    }
}

/// Why nothing opens, in the light of the signature.
fn unopened(error: &seal::Error, part: Part<'_>, is_verified: bool) -> Finding {
    match error {
        seal::Error::Padding if is_verified => Finding::new(Reason::NoKeyFitsToken, part.span),
        error => error.finding(part.span),
    }
}

/// What is odd about the way in which it was sealed.
fn oddities(policy: &Policy, unsealed: &Unsealed, plain: &[u8]) -> Vec<Finding> {
    let finding = |reason| Finding::new(reason, Span::new(0, 1));
    let mut found = Vec::new();
    if unsealed.has_white_space {
        found.push(finding(Reason::CipherSpaces));
    }
    if unsealed.is_padded_to_16 {
        found.push(finding(Reason::PaddedTo16));
    }
    let receive_id = &plain[unsealed.receive_id.clone()];
    let is_checked = !policy.keys.accounts()[unsealed.account].appids.is_empty();
    let is_id = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_@.".contains(byte);
    match receive_id {
        _ if is_checked => {}
        [] => found.push(finding(Reason::ReceiveIdNone)),
        id if id.iter().all(is_id) => {}
        id => found.push(finding(Reason::ReceiveIdOdd).with(String::from_utf8_lossy(id))),
    }
    found
}

impl Record<'_> {
    fn root(&self) -> View<'_> {
        View::root(&self.decoded.parts.tree, self.text())
    }

    /// Leaves nothing but `finding`, which makes the payload undecodable.
    fn refuse(&mut self, finding: Finding) {
        self.decoded.parts.findings.only(finding);
        self.outcome = Outcome::Undecodable;
    }

    /// What is sealed twice is not opened twice.
    fn refuse_twice(&mut self) {
        if let [finding] = self.findings()
            && finding.reason() == Reason::Sealed
        {
            self.refuse(Finding::new(Reason::SealedTwice, finding.span()));
        }
    }

    /// Adds findings that change nothing, unless nothing was decoded: then there is one that says why.
    fn mention_all(&mut self, found: impl IntoIterator<Item = Finding>) {
        if self.outcome != Outcome::Undecodable {
            self.decoded.parts.findings.extend(found);
            self.decoded.parts.findings.sort();
        }
    }

    /// Adds what is odd about the envelope, and where its own fields differ.
    fn add_of_envelope(&mut self, found: impl IntoIterator<Item = Finding>, outer: &Record<'_>) {
        if self.outcome == Outcome::Undecodable {
            return;
        }
        let callbacks = outer.callback().zip(self.callback());
        let differences = event::compare(outer.root(), self.root(), callbacks);
        self.mention_all(found.into_iter().chain(differences));
    }
}

impl<'a> Record<'a> {
    /// Becomes `inner`, which was inside; gives the memory of the envelope back.
    fn replace(&mut self, inner: Record<'a>) -> Box<Decoded> {
        std::mem::replace(self, inner).decoded
    }
}
