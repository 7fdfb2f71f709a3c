//! Opens sealed payloads and reads what is inside.

use std::sync::Arc;

use crate::event;
use crate::finding::{Finding, Reason};
use crate::record::body::Body;
use crate::record::request::{
    Came, Part, Refused, check_plain, check_sealed, query_of, require_signature, sealed_part,
};
use crate::record::{Decoder, Outcome, Record, Sealed, Trust};
use crate::scan::Document;
use crate::seal::{self, Policy, Unsealed, unseal};
use crate::span::{Place, Span, Units};
use crate::syntax::Limits;

/// Opens payloads as a policy says, and reads what was inside.
#[derive(Debug)]
pub(super) struct Unsealer {
    policy: Arc<Policy>,
    /// It never sees a capture, only documents.
    pub(super) inner: Decoder,
    /// Memory for what is inside the next sealed payload.
    pub(super) plain: Vec<u8>,
}

impl Unsealer {
    pub(super) fn new(policy: Arc<Policy>, limits: Limits) -> Self {
        let inner = Decoder::new("".into(), limits, (Place::default(), Units::Utf8));
        Unsealer {
            policy,
            inner,
            plain: Vec::new(),
        }
    }
}

/// What a payload turned out to be.
enum Judged {
    /// It is as it stands there; with what was accepted.
    Plain(Option<Finding>),
    /// It was sealed: the record of what was inside.
    Inside(Record<'static>),
}

impl Decoder {
    /// Opens a payload that was decoded as it stands there, if it is sealed and that was asked for.
    pub(super) fn judge(&mut self, record: &mut Record<'_>) {
        let Some(unsealer) = &mut self.unsealer else {
            return;
        };
        // What is inside is of the same templates as what is not sealed.
        std::mem::swap(&mut self.scanner.cache, &mut unsealer.inner.scanner.cache);
        let judged = unsealer.judge(record);
        std::mem::swap(&mut self.scanner.cache, &mut unsealer.inner.scanner.cache);
        match judged {
            Err(finding) => record.refuse(finding),
            Ok(Judged::Plain(accepted)) => record.mention_all(accepted),
            Ok(Judged::Inside(inner)) => {
                let outer = std::mem::replace(record, inner);
                self.recycle(outer);
            }
        }
    }
}

impl Unsealer {
    fn judge(&mut self, record: &Record<'_>) -> Refused<Judged> {
        let policy = self.policy.clone();
        let came = query_of(record, &policy);
        let came = came.as_ref();
        let Some(part) = sealed_part(record)? else {
            return check_plain(&policy, record, came).map(Judged::Plain);
        };
        if policy.keys.is_empty() {
            let signed = check_sealed(&policy, part, came, None)?;
            // Nothing signs the fields that stand beside it.
            require_signature(&policy, part, false)?;
            return Ok(Judged::Plain(signed.wrong));
        }
        self.open(record, part, came, &policy).map(Judged::Inside)
    }

    /// Opens `part` of the payload `outer` and reads what is inside.
    fn open(
        &mut self,
        outer: &Record<'_>,
        part: Part<'_>,
        came: Option<&Came<'_>>,
        policy: &Policy,
    ) -> Refused<Record<'static>> {
        let mut plain = std::mem::take(&mut self.plain);
        let unsealed = unseal(&policy.keys, part.text.as_bytes(), &mut plain);
        let account = unsealed.as_ref().ok().map(|unsealed| unsealed.account);
        let signed = check_sealed(policy, part, came, account)?;
        let unsealed = unsealed.map_err(|error| unopened(&error, part, signed.is_verified))?;
        require_signature(policy, part, signed.is_verified)?;
        let oddities = oddities(policy, &unsealed, &plain);
        plain.truncate(unsealed.message.end);
        plain.drain(..unsealed.message.start);
        let trust = match signed.is_verified {
            true => Trust::Verified,
            false => Trust::Opened,
        };
        let sealed = Sealed::new(trust, unsealed.key, policy.keys.len());
        let mut inner = self.read(outer, plain, sealed);
        let wrong = signed.wrong.map(|finding| finding.at(Span::new(0, 1)));
        inner.add_of_envelope(wrong.into_iter().chain(oddities), outer);
        Ok(inner)
    }

    /// The one document of `message`, read into the spare memory.
    fn document(&mut self, message: &[u8]) -> Refused<Document> {
        let spare = self.inner.spare.get_or_insert_default();
        let document = self.inner.scanner.document(message, &mut spare.parts)?;
        alone(document, message)
    }

    /// The record of `message`, which was in the envelope `outer`.
    fn read(
        &mut self,
        outer: &Record<'_>,
        mut message: Vec<u8>,
        mut sealed: Sealed,
    ) -> Record<'static> {
        sealed.around[0] = take_blanks(&mut message);
        let document = self.document(&message);
        if let Ok(document) = &document {
            sealed.around[1] = message.split_off(document.len);
        }
        let template = document
            .as_ref()
            .ok()
            .and_then(|document| document.template);
        let decoded = self.inner.contents(template);
        let event = decoded.event();
        let mut record = Record {
            source: outer.source.clone(),
            place: outer.place,
            units: Units::Utf8,
            syntax: document
                .as_ref()
                .map_or(outer.syntax, |document| document.syntax),
            body: Body::from_vec(message),
            raw: None,
            outcome: Outcome::Undecodable,
            decoded,
            sealed: Some(Box::new(sealed)),
            query: outer.query.clone(),
        };
        match (document, event) {
            (Err(finding), _) => record.refuse(of_inside(finding, record.bytes())),
            (Ok(_), Some(event)) => record.outcome = Outcome::Callback(event),
            (Ok(_), None) => {
                self.inner.understand(&mut record);
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
    /// Leaves nothing but `finding`, which makes the payload undecodable.
    fn refuse(&mut self, finding: Finding) {
        self.decoded.make_own().parts.findings.only(finding);
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
        let mut found = found.into_iter().peekable();
        if self.outcome != Outcome::Undecodable && found.peek().is_some() {
            let findings = &mut self.decoded.make_own().parts.findings;
            findings.extend(found);
            findings.sort();
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
