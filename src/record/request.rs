//! Whether a payload is what was asked for: signed, and sealed.
//!
//! The query of its request tells, which came with it in the capture or was given. A query that may be another
//! request's proves what it verifies, and refutes nothing.

use std::borrow::Cow;

use crate::event::fields;
use crate::finding::{Finding, Reason};
use crate::record::Record;
use crate::seal::{self, Mismatch, Policy, Query, verify, verify_plain};
use crate::span::Span;
use crate::syntax::{Kind, View};

/// A finding that leaves nothing to decode.
pub(super) type Refused<T> = Result<T, Finding>;

/// The sealed part of a payload.
#[derive(Clone, Copy)]
pub(super) struct Part<'r> {
    pub(super) text: &'r str,
    pub(super) span: Span,
}

/// The query that a payload came with.
pub(super) struct Came<'q> {
    query: Cow<'q, Query>,
    /// It can be no other payload's, so it may refute something, too.
    is_sure: bool,
}

/// The query that the payload came with.
pub(super) fn query_of<'q>(record: &Record<'_>, policy: &'q Policy) -> Option<Came<'q>> {
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

/// The sealed part of a payload, if it has one; a record never has.
pub(super) fn sealed_part<'r>(record: &'r Record<'_>) -> Refused<Option<Part<'r>>> {
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
        Kind::Text => Ok(Some(Part {
            text: first.value(),
            span: first.name_span(),
        })),
        _ => Err(seal::Error::Empty.finding(first.span())),
    }
}

/// What the signature of a sealed payload tells.
pub(super) struct Signed {
    pub(super) is_verified: bool,
    /// What is wrong with it, where that is accepted.
    pub(super) wrong: Option<Finding>,
}

/// Checks the signature of `part` with the tokens of the account whose key opened it, or of all if none did.
pub(super) fn check_sealed(
    policy: &Policy,
    part: Part<'_>,
    came: Option<&Came<'_>>,
    account: Option<usize>,
) -> Refused<Signed> {
    let signature = check_signature(policy, part, came, account);
    let wrong = signature.and_then(Result::err);
    let wrong = tolerate(policy, wrong.map(|mismatch| mismatch.finding(part.span)))?;
    Ok(Signed {
        is_verified: signature == Some(Ok(())),
        wrong,
    })
}

/// Refuses what is not verified, if that was asked for.
pub(super) fn require_signature(policy: &Policy, part: Part<'_>, is_verified: bool) -> Refused<()> {
    match policy.require_signature && !is_verified {
        true => Err(Finding::new(Reason::SealedNotVerified, part.span)),
        false => Ok(()),
    }
}

/// What comes of the signature; `None` if there is nothing to check it with.
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

/// Whether a payload that is not sealed will do.
pub(super) fn check_plain(
    policy: &Policy,
    record: &Record<'_>,
    came: Option<&Came<'_>>,
) -> Refused<Option<Finding>> {
    let finding = |reason| Finding::new(reason, record.name_span());
    if policy.require_encryption {
        return Err(finding(Reason::Plain));
    }
    if policy.require_signature {
        return Err(finding(Reason::PlainNotVerified));
    }
    let sure = came.filter(|came| came.is_sure);
    let wrong = sure.and_then(|came| wrong_with_plain(policy, &came.query));
    tolerate(policy, wrong.map(finding))
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

/// A finding about a signature, which may be accepted.
fn tolerate(policy: &Policy, wrong: Option<Finding>) -> Refused<Option<Finding>> {
    match wrong {
        Some(finding) if !policy.accept_unverified => Err(finding),
        wrong => Ok(wrong),
    }
}
