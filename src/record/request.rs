//! Checks that a payload is signed and encrypted as the policy requires.
//!
//! The signature is in the query of the payload's request, which is in the capture or given by the user. A query that
//! may belong to another request can verify a payload, but cannot reject it.

use std::borrow::Cow;

use crate::event::fields;
use crate::finding::{Finding, Reason};
use crate::record::Record;
use crate::seal::{self, Mismatch, Policy, Query, verify, verify_plain};
use crate::span::Span;
use crate::syntax::{Kind, View};

/// A result whose error makes the payload undecodable.
pub(super) type Refused<T> = Result<T, Finding>;

/// The encrypted text of a payload.
#[derive(Clone, Copy)]
pub(super) struct EncryptedPart<'r> {
    pub(super) text: &'r str,
    pub(super) span: Span,
}

/// The query of a payload's request.
pub(super) struct RequestQuery<'q> {
    query: Cow<'q, Query>,
    /// True if the query can belong to no other payload. Only then it can reject.
    is_sure: bool,
}

/// Returns the query of the payload's request. A query that the user gave comes first, then that of a reply, then that
/// of the capture.
pub(super) fn request_query<'q>(
    record: &Record<'_>,
    policy: &'q Policy,
) -> Option<RequestQuery<'q>> {
    let sure = |query| RequestQuery {
        query,
        is_sure: true,
    };
    let given = policy
        .query
        .as_ref()
        .map(|query| sure(Cow::Borrowed(query)));
    let found = || {
        Some(RequestQuery {
            query: Cow::Owned(Query::parse(record.query()?.as_bytes())?),
            is_sure: record.is_query_sure(),
        })
    };
    let of_reply = || of_reply(record).map(|query| sure(Cow::Owned(query)));
    // A reply carries its own signature; the query in the capture belongs to the request that it answers.
    given.or_else(of_reply).or_else(found)
}

/// Reads the signature of a reply from its body.
pub(super) fn of_reply(record: &Record<'_>) -> Option<Query> {
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

/// Returns the encrypted part of a payload, if it has one. A record never has.
pub(super) fn encrypted_part<'r>(record: &'r Record<'_>) -> Refused<Option<EncryptedPart<'r>>> {
    if record.is_json_record() {
        return Ok(None);
    }
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
        Kind::Text => Ok(Some(EncryptedPart {
            text: first.value(),
            span: first.name_span(),
        })),
        _ => Err(seal::Error::Empty.finding(first.span())),
    }
}

/// The result of checking a signature.
pub(super) struct Signed {
    pub(super) is_verified: bool,
    /// The accepted finding about a wrong signature.
    pub(super) wrong: Option<Finding>,
}

/// Checks the signature of `part` with the tokens of `account`, or with all tokens if no key fitted.
pub(super) fn check_encrypted(
    policy: &Policy,
    part: EncryptedPart<'_>,
    request: Option<&RequestQuery<'_>>,
    account: Option<usize>,
) -> Refused<Signed> {
    let signature = check_signature(policy, part, request, account);
    let wrong = signature.and_then(Result::err);
    let wrong = tolerate(policy, wrong.map(|mismatch| mismatch.finding(part.span)))?;
    Ok(Signed {
        is_verified: signature == Some(Ok(())),
        wrong,
    })
}

/// Fails if a signature is required and not verified.
pub(super) fn require_signature(
    policy: &Policy,
    part: EncryptedPart<'_>,
    is_verified: bool,
) -> Refused<()> {
    match policy.require_signature && !is_verified {
        true => Err(Finding::new(Reason::SealedNotVerified, part.span)),
        false => Ok(()),
    }
}

/// Verifies the signature. Returns `None` if the query or the token is missing.
fn check_signature(
    policy: &Policy,
    part: EncryptedPart<'_>,
    request: Option<&RequestQuery<'_>>,
    account: Option<usize>,
) -> Option<Result<(), Mismatch>> {
    let RequestQuery { query, is_sure } = request?;
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

/// Checks a plain payload against the policy. Returns the finding about a wrong signature, if the policy accepts it.
pub(super) fn check_plain(
    policy: &Policy,
    record: &Record<'_>,
    request: Option<&RequestQuery<'_>>,
) -> Refused<Option<Finding>> {
    let finding = |reason| Finding::new(reason, record.name_span());
    if policy.require_encryption {
        return Err(finding(Reason::Plain));
    }
    if policy.require_signature {
        return Err(finding(Reason::PlainNotVerified));
    }
    let sure = request.filter(|request| request.is_sure);
    let wrong = sure.and_then(|request| wrong_with_plain(policy, &request.query));
    tolerate(policy, wrong.map(finding))
}

/// Returns the objection to a plain payload with `query`.
fn wrong_with_plain(policy: &Policy, query: &Query) -> Option<Reason> {
    let keys = &policy.keys;
    if query.says_sealed() {
        return (!keys.is_empty()).then_some(Reason::EncryptMissing);
    }
    let is_wrong = keys.has_tokens() && verify_plain(keys.tokens(), query) == Some(false);
    is_wrong.then_some(Reason::SignatureOfPlain)
}

/// Fails with the finding, unless the policy accepts unverified payloads.
fn tolerate(policy: &Policy, wrong: Option<Finding>) -> Refused<Option<Finding>> {
    match wrong {
        Some(finding) if !policy.accept_unverified => Err(finding),
        wrong => Ok(wrong),
    }
}
