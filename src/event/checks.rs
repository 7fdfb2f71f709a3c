//! Checks values that have the right type: length, character set, range.
//!
//! An unusual id is a warning, never an error: redacted and invented ids are common.

use std::ops::Range;

use crate::event::fields::{Check, Field, SAMPLE_TEMPLATE_ID, Type};
use crate::event::shape::{ACCOUNT, OPENID, is_account, is_appid, is_openid, is_template_id};
use crate::event::{Definition, Value, terms};
use crate::fast::template::{CharSet, Placeholder};
use crate::finding::{Finding, Reason};
use crate::simd::{is_base64url, is_digits};
use crate::span::Span;
use crate::syntax::{Kind, Syntax, View};

/// Returns the finding about an unusual `value` of `field`, which stands at `view`.
pub(crate) fn odd(field: &Field, value: Value<'_>, view: View<'_>) -> Option<Finding> {
    let span = view.span();
    match value {
        Value::Text(id) if field.check == Check::MsgId && is_rounded(id, view) => {
            Some(Finding::new(Reason::MsgIdRounded, span).with(id))
        }
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
        Check::Openid => (!is_openid(text.as_bytes())).then(|| finding(Reason::OpenidShape)),
        Check::MsgId => (!is_msg_id(text)).then(|| finding(Reason::MsgIdShape)),
        Check::Nothing | Check::Time => None,
    }
}

/// Returns true if a message id is a number that may have lost digits: it is what a floating-point number prints.
fn is_rounded(id: &str, view: View<'_>) -> bool {
    const MOST_DIGITS: usize = 19;
    const EXACT: f64 = (1_u64 << 53) as f64;
    // A floating-point number prints 17 digits at most, and zeros. Few ids end with them.
    const PRINTED: usize = 17;
    let ends = id.get(PRINTED..).unwrap_or_default();
    let is_candidate = view.kind() == Kind::Number
        && id.len() <= MOST_DIGITS
        && ends.bytes().all(|digit| digit == b'0');
    let number: Option<f64> = is_candidate.then(|| id.parse().ok()).flatten();
    number.is_some_and(|number| number > EXACT && number.to_string() == id)
}

/// Returns the part of a value that may have other characters without changing the findings about it.
pub(crate) fn placeholder(
    event: &Definition,
    field: &Field,
    view: View<'_>,
) -> Option<Placeholder> {
    let (part, charset) = free(event, field, view)?;
    let is_fit = match view.kind() {
        Kind::Number => matches!(charset, CharSet::Digits | CharSet::Number),
        _ => true,
    };
    let start = view.node().value.source_range().start;
    let range = start + part.start..start + part.end;
    (is_fit && !range.is_empty()).then_some(Placeholder { range, charset })
}

/// Returns the placeholder of a short whole number that no check looks at.
pub(crate) fn number_placeholder(view: View<'_>) -> Option<Placeholder> {
    let is_it = view.kind() == Kind::Number && is_short_number(view.value());
    is_it.then(|| Placeholder {
        range: view.node().value.source_range(),
        charset: CharSet::Number,
    })
}

fn free(event: &Definition, field: &Field, view: View<'_>) -> Option<(Range<usize>, CharSet)> {
    let text = view.value();
    let all = 0..text.len();
    let free = match field.check {
        Check::Account if odd_account(text).is_none() => {
            (ACCOUNT.len()..text.len(), CharSet::LowerHex)
        }
        Check::Openid if is_openid(text.as_bytes()) => {
            (OPENID.len()..text.len(), CharSet::Base64Url)
        }
        Check::Template if is_template_id(text.as_bytes()) => (all, CharSet::Base64Url),
        Check::Status if event.only_status.is_none() && is_documented_status(text) => {
            (all, CharSet::Word(&terms::DOCUMENTED_STATUSES))
        }
        // A number may be one that lost digits.
        Check::MsgId if view.kind() == Kind::Number => return None,
        Check::MsgId if is_msg_id(text) && is_plain_number(text) => (all, CharSet::Number),
        Check::Time => (telling_digits(text)?..text.len(), CharSet::Digits),
        Check::Nothing => match field.ty {
            Type::Integer if is_short_number(text) => (all, CharSet::Number),
            Type::Text if view.tree.syntax == Syntax::Xml => (all, CharSet::XmlText),
            Type::Text => (all, CharSet::JsonText),
            Type::Integer | Type::Digits => return None,
        },
        _ => return None,
    };
    Some(free)
}

/// Returns the number of leading digits that are enough to show that a time is valid.
fn telling_digits(text: &str) -> Option<usize> {
    let number: i64 = text.parse().ok().filter(|_| is_short_number(text))?;
    (1..text.len()).find(|told| {
        let unit = 10_i64.pow((text.len() - told) as u32);
        let first = number / unit * unit;
        odd_time(first).is_none() && odd_time(first + unit - 1).is_none()
    })
}

/// Returns true for a number with at most 18 digits, which fits into 64 bits.
fn is_short_number(text: &str) -> bool {
    text.len() <= 18 && is_plain_number(text)
}

fn is_plain_number(text: &str) -> bool {
    let is_padded = text.len() > 1 && text.starts_with('0');
    !text.is_empty() && is_digits(text.as_bytes()) && !is_padded
}

/// Returns true if both are the same row of the table.
pub(crate) fn same(a: &Field, b: &Field) -> bool {
    a.bit == b.bit
}

fn odd_template_id(id: &str, span: Span) -> Option<Finding> {
    if id == SAMPLE_TEMPLATE_ID {
        return Some(Finding::new(Reason::TemplateIdOfSample, span).with(id));
    }
    if !is_base64url(id.as_bytes()) {
        return Some(Finding::new(Reason::TemplateIdCharset, span).with(id));
    }
    let finding = || {
        Finding::new(Reason::TemplateIdLength, span)
            .with(id)
            .with(id.len().to_string())
    };
    (!is_template_id(id.as_bytes())).then(finding)
}

fn odd_account(id: &str) -> Option<Reason> {
    let id = id.as_bytes();
    match is_appid(id) {
        _ if is_account(id) => None,
        true => Some(Reason::AccountIsAppid),
        false => Some(Reason::AccountIdShape),
    }
}

fn is_msg_id(id: &str) -> bool {
    (1..=19).contains(&id.len()) && is_digits(id.as_bytes())
}

fn is_documented_status(status: &str) -> bool {
    terms::DOCUMENTED_STATUSES.contains(&status)
}

fn odd_status(status: &str, span: Span) -> Option<Finding> {
    if is_documented_status(status) {
        return None;
    }
    Some(match terms::client_status(status) {
        Some(words) => Finding::new(Reason::StatusOfClient, span)
            .with(status)
            .with_words(words),
        None => Finding::new(Reason::StatusUnknown, span).with(status),
    })
}

/// Checks a time. Official accounts opened in 2012, mini programs later; a time after 2100 is a mistake.
fn odd_time(seconds: i64) -> Option<Reason> {
    const EARLIEST: i64 = 1_325_376_000; // 2012-01-01
    const LATEST: i64 = 4_102_444_800; // 2100-01-01
    match seconds {
        EARLIEST..LATEST => None,
        _ if (EARLIEST..LATEST).contains(&(seconds / 1_000)) => Some(Reason::TimeInMilliseconds),
        _ => Some(Reason::TimeOutOfRange),
    }
}
