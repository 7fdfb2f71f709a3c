//! What is odd about a value that fits its type.
//!
//! Other lengths and alphabets are hints to the reader, never errors: redacted and invented ids are common.

use crate::event::fields::{Check, Field};
use crate::event::{Value, terms};
use crate::finding::{Finding, Reason};
use crate::span::Span;
use crate::wire::scan::{is_base64url, is_digits, is_lower_hex};

/// What is odd about the `value` of `field`.
pub(crate) fn odd(field: &Field, value: Value<'_>, span: Span) -> Option<Finding> {
    match value {
        Value::Integer(number) => match field.check {
            Check::Time => {
                odd_time(number).map(|reason| Finding::new(reason, span).with(number.to_string()))
            }
            _ => None,
        },
        Value::Text(text) => odd_text(field.check, text, span),
    }
}

fn odd_text(check: Check, text: &str, span: Span) -> Option<Finding> {
    let finding = |reason| Finding::new(reason, span).with(text);
    match check {
        Check::Template => odd_template_id(text, span),
        Check::Status => odd_status(text, span),
        Check::Account => odd_account(text).map(finding),
        Check::Openid => (!is_openid(text)).then(|| finding(Reason::OpenidShape)),
        Check::MsgId => (!is_msg_id(text)).then(|| finding(Reason::MsgIdShape)),
        Check::Nothing | Check::Time => None,
    }
}

/// Whether both are the same row of the table.
pub(crate) fn same(a: &Field, b: &Field) -> bool {
    a.bit == b.bit
}

fn odd_template_id(id: &str, span: Span) -> Option<Finding> {
    const LENGTH: usize = 43;
    if !is_base64url(id.as_bytes()) {
        return Some(Finding::new(Reason::TemplateIdAlphabet, span).with(id));
    }
    let finding = || {
        Finding::new(Reason::TemplateIdLength, span)
            .with(id)
            .with(id.len().to_string())
    };
    (id.len() != LENGTH).then(finding)
}

fn is_openid(id: &str) -> bool {
    const LENGTH: usize = 28;
    id.len() == LENGTH && id.starts_with('o') && is_base64url(id.as_bytes())
}

fn odd_account(id: &str) -> Option<Reason> {
    let is_hex = |digits: &str, len| digits.len() == len && is_lower_hex(digits.as_bytes());
    if id
        .strip_prefix("gh_")
        .is_some_and(|digits| is_hex(digits, 12))
    {
        return None;
    }
    let is_appid = id
        .strip_prefix("wx")
        .is_some_and(|digits| is_hex(digits, 16));
    Some(if is_appid {
        Reason::AccountIsAppid
    } else {
        Reason::AccountIdShape
    })
}

fn is_msg_id(id: &str) -> bool {
    (1..=19).contains(&id.len()) && is_digits(id.as_bytes())
}

fn odd_status(status: &str, span: Span) -> Option<Finding> {
    if terms::is_documented_status(status) {
        return None;
    }
    Some(match terms::client_status(status) {
        Some(words) => Finding::new(Reason::StatusOfClient, span)
            .with(status)
            .with_words(words),
        None => Finding::new(Reason::StatusUnknown, span).with(status),
    })
}

/// Official accounts opened in 2012, mini programs later; what claims to be from after 2100 is a mistake.
fn odd_time(seconds: i64) -> Option<Reason> {
    const EARLIEST: i64 = 1_325_376_000; // 2012-01-01
    const LATEST: i64 = 4_102_444_800; // 2100-01-01
    match seconds {
        EARLIEST..LATEST => None,
        _ if (EARLIEST..LATEST).contains(&(seconds / 1_000)) => Some(Reason::TimeInMilliseconds),
        _ => Some(Reason::TimeOutOfRange),
    }
}
