//! What is odd about a value that fits its type.
//!
//! Other lengths and alphabets are hints to the reader, never errors: redacted and invented ids are common.

use crate::event::fields::{self, Field};
use crate::event::{Value, terms};
use crate::finding::{Finding, Reason};
use crate::span::Span;
use crate::wire::scan::{is_base64url, is_digits, is_lower_hex};

/// What is odd about the `value` of `field`.
pub(crate) fn odd(field: &Field, value: Value<'_>, span: Span) -> Option<Finding> {
    let finding = |reason| Finding::new(reason, span);
    match value {
        Value::Integer(time) if same(field, &fields::CREATE_TIME) => {
            odd_time(time).map(|reason| finding(reason).with(time.to_string()))
        }
        Value::Integer(_) => None,
        Value::Text(id) if same(field, &fields::TEMPLATE_ID) => odd_template_id(id, span),
        Value::Text(id) if same(field, &fields::TO_USER) => {
            odd_account(id).map(|reason| finding(reason).with(id))
        }
        Value::Text(id) if same(field, &fields::FROM_USER) && !is_openid(id) => {
            Some(finding(Reason::OpenidShape).with(id))
        }
        Value::Text(id) if same(field, &fields::MSG_ID) && !is_msg_id(id) => {
            Some(finding(Reason::MsgIdShape).with(id))
        }
        Value::Text(status) if same(field, &fields::STATUS) => odd_status(status, span),
        Value::Text(_) => None,
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
