//! Decrypts payloads and decodes the plaintext.

use std::sync::Arc;

use crate::event;
use crate::finding::{Finding, Reason};
use crate::record::body::Body;
use crate::record::request::{
    EncryptedPart, Refused, RequestQuery, check_encrypted, check_plain, encrypted_part,
    request_query, require_signature,
};
use crate::record::{Decoder, Outcome, Record, Sealed, Trust};
use crate::scan::Document;
use crate::seal::{self, DecryptedRanges, Policy, decrypt};
use crate::span::{Place, Span, Units};
use crate::syntax::Limits;

/// Decrypts payloads according to a policy.
#[derive(Debug)]
pub(super) struct Decryptor {
    policy: Arc<Policy>,
    /// The decoder of plaintexts. It sees single documents, never a capture.
    pub(super) inner: Decoder,
    /// Memory for the next plaintext.
    pub(super) plain: Vec<u8>,
}

impl Decryptor {
    pub(super) fn new(policy: Arc<Policy>, limits: Limits) -> Self {
        let inner = Decoder::new("".into(), limits, (Place::default(), Units::Utf8));
        Decryptor {
            policy,
            inner,
            plain: Vec::new(),
        }
    }
}

/// The result of checking a payload.
enum Checked {
    /// The payload is plain, with an accepted finding if any.
    Plain(Option<Finding>),
    /// The payload was encrypted; the record of its plaintext.
    Decrypted(Record<'static>),
}

impl Decoder {
    /// Checks a decoded payload and replaces it by its plaintext if it is encrypted.
    pub(super) fn decrypt(&mut self, record: &mut Record<'_>) {
        let Some(decryptor) = &mut self.decryptor else {
            return;
        };
        // Decrypted payloads have the templates of plain ones.
        std::mem::swap(&mut self.scanner.cache, &mut decryptor.inner.scanner.cache);
        let checked = decryptor.check(record);
        std::mem::swap(&mut self.scanner.cache, &mut decryptor.inner.scanner.cache);
        match checked {
            Err(finding) => record.refuse(finding),
            Ok(Checked::Plain(accepted)) => record.mention_all(accepted),
            Ok(Checked::Decrypted(inner)) => {
                let outer = std::mem::replace(record, inner);
                self.recycle(outer);
            }
        }
    }
}

impl Decryptor {
    fn check(&mut self, record: &Record<'_>) -> Refused<Checked> {
        let policy = self.policy.clone();
        let request = request_query(record, &policy);
        let request = request.as_ref();
        let Some(part) = encrypted_part(record)? else {
            return check_plain(&policy, record, request).map(Checked::Plain);
        };
        if policy.keys.is_empty() {
            let signed = check_encrypted(&policy, part, request, None)?;
            // No signature covers the fields beside the encrypted text.
            require_signature(&policy, part, false)?;
            return Ok(Checked::Plain(signed.wrong));
        }
        self.open(record, part, request, &policy)
            .map(Checked::Decrypted)
    }

    /// Decrypts `part` of the payload `outer` and decodes the plaintext.
    fn open(
        &mut self,
        outer: &Record<'_>,
        part: EncryptedPart<'_>,
        request: Option<&RequestQuery<'_>>,
        policy: &Policy,
    ) -> Refused<Record<'static>> {
        let mut plain = std::mem::take(&mut self.plain);
        let decrypted = decrypt(&policy.keys, part.text.as_bytes(), &mut plain);
        let account = decrypted.as_ref().ok().map(|decrypted| decrypted.account);
        let signed = check_encrypted(policy, part, request, account)?;
        let decrypted = decrypted.map_err(|error| unopened(&error, part, signed.is_verified))?;
        require_signature(policy, part, signed.is_verified)?;
        let oddities = oddities(policy, &decrypted, &plain);
        plain.truncate(decrypted.message.end);
        plain.drain(..decrypted.message.start);
        let trust = match signed.is_verified {
            true => Trust::Verified,
            false => Trust::Opened,
        };
        let sealed = Sealed::new(trust, decrypted.key, policy.keys.len());
        let mut inner = self.read(outer, plain, sealed);
        let wrong = signed.wrong.map(|finding| finding.at(Span::new(0, 1)));
        inner.add_of_envelope(wrong.into_iter().chain(oddities), outer);
        Ok(inner)
    }

    /// Parses the only document of `message` into the spare memory.
    fn document(&mut self, message: &[u8]) -> Refused<Document> {
        let spare = self.inner.spare.get_or_insert_default();
        let document = self.inner.scanner.document(message, &mut spare.parts)?;
        alone(document, message)
    }

    /// Makes the record of `message`, which was in the envelope `outer`.
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
        let (syntax, template) = match &document {
            Ok(document) => (document.syntax, document.template),
            Err(_) => (outer.syntax, None),
        };
        let decoded = self.inner.contents(template);
        let event = decoded.event();
        let mut record = Record {
            source: outer.source.clone(),
            place: outer.place,
            units: Units::Utf8,
            syntax,
            body: Body::from_vec(message),
            raw: None,
            outcome: Outcome::Undecodable,
            decoded,
            sealed: Some(Box::new(sealed)),
            query: outer.query.clone(),
            delivery_key: None,
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

/// Removes white space and the byte order mark from the start of `message`.
fn take_blanks(message: &mut Vec<u8>) -> Vec<u8> {
    let is_blank = |byte: &u8| byte.is_ascii_whitespace() || [0xEF, 0xBB, 0xBF].contains(byte);
    let len = message.iter().take_while(|byte| is_blank(byte)).count();
    message.drain(..len).collect()
}

/// Fails if text follows the document.
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

/// Returns the finding for a plaintext that is not a document: not text, if it is not UTF-8.
fn of_inside(finding: Finding, message: &[u8]) -> Finding {
    match std::str::from_utf8(message) {
        Ok(_) => finding,
        Err(error) => {
            let at = error.valid_up_to();
            Finding::new(Reason::SealedNotText, Span::new(at, at + 1))
        }
    }
}

/// Returns the reason why decryption failed, given the result for the signature.
fn unopened(error: &seal::Error, part: EncryptedPart<'_>, is_verified: bool) -> Finding {
    match error {
        seal::Error::Padding if is_verified => Finding::new(Reason::NoKeyFitsToken, part.span),
        error => error.finding(part.span),
    }
}

/// Returns warnings about the encryption of the payload.
fn oddities(policy: &Policy, decrypted: &DecryptedRanges, plain: &[u8]) -> Vec<Finding> {
    let finding = |reason| Finding::new(reason, Span::new(0, 1));
    let mut found = Vec::new();
    if decrypted.has_white_space {
        found.push(finding(Reason::CipherSpaces));
    }
    if decrypted.is_padded_to_16 {
        found.push(finding(Reason::PaddedTo16));
    }
    let receive_id = &plain[decrypted.receive_id.clone()];
    let is_checked = !policy.keys.accounts()[decrypted.account].appids.is_empty();
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
    /// Makes the payload undecodable with `finding`.
    fn refuse(&mut self, finding: Finding) {
        self.decoded.make_own().parts.findings.only(finding);
        self.outcome = Outcome::Undecodable;
    }

    /// Rejects an encrypted plaintext: only one level is decrypted.
    fn refuse_twice(&mut self) {
        if let [finding] = self.findings()
            && finding.reason() == Reason::Sealed
        {
            self.refuse(Finding::new(Reason::SealedTwice, finding.span()));
        }
    }

    /// Adds findings, unless the payload is undecodable and has its one finding.
    fn mention_all(&mut self, found: impl IntoIterator<Item = Finding>) {
        let mut found = found.into_iter().peekable();
        if self.outcome != Outcome::Undecodable && found.peek().is_some() {
            let findings = &mut self.decoded.make_own().parts.findings;
            findings.extend(found);
            findings.sort();
        }
    }

    /// Adds findings about the envelope and about fields that differ from the plaintext.
    fn add_of_envelope(&mut self, found: impl IntoIterator<Item = Finding>, outer: &Record<'_>) {
        if self.outcome == Outcome::Undecodable {
            return;
        }
        let callbacks = outer.callback().zip(self.callback());
        let differences = event::compare(outer.root(), self.root(), callbacks);
        self.mention_all(found.into_iter().chain(differences));
    }
}
