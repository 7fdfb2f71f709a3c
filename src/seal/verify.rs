//! Verifies signatures, and finds the likely cause if one is wrong.
//!
//! URLs usually have both signatures. `signature` does not cover the body, so it tells a wrong token from a changed
//! payload.

use crate::finding::{Finding, Reason};
use crate::lang::Lang;
use crate::seal::{Query, Signature, Token, armor, sign, sign_plain};
use crate::span::Span;

/// The reason why a payload is not verified despite a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// The query has no `msg_signature`.
    Absent,
    /// `msg_signature` has the value of `signature`.
    WrongParameter,
    /// `signature` is right: the payload was changed, or belongs to another request.
    Altered,
    /// `signature` is wrong as well: the token differs, or the query was changed.
    Token,
    /// The cause is unknown, because there is no `signature`.
    Unknown,
}

impl Mismatch {
    /// Returns the mismatch as a sentence with the vendor's code.
    ///
    /// ```
    /// use wxsub::{Lang, seal::Mismatch};
    ///
    /// assert_eq!(Mismatch::Unknown.message(Lang::En), "`msg_signature` does not verify (-40001)");
    /// ```
    pub fn message(self, lang: Lang) -> String {
        self.finding(Span::default()).message(lang)
    }

    /// Returns the mismatch as a finding about `span`.
    pub(crate) fn finding(self, span: Span) -> Finding {
        let reason = match self {
            Mismatch::Absent => Reason::SignatureAbsent,
            Mismatch::WrongParameter => Reason::SignatureOfOther,
            Mismatch::Altered => Reason::SignatureOfAltered,
            Mismatch::Token => Reason::SignatureOfToken,
            Mismatch::Unknown => Reason::SignatureWrong,
        };
        Finding::new(reason, span)
    }
}

/// Verifies the `msg_signature` of `encrypt`, the text of a payload's `Encrypt`, with each of `tokens`.
///
/// ```
/// use wxsub::seal::{Mismatch, Query, Token, sign, verify};
///
/// let token = Token::new("ourOwnToken");
/// let signature = sign(&token, "1763812800", "20731", "c2VhbGVk");
/// let text = format!("timestamp=1763812800&nonce=20731&msg_signature={signature}");
/// let query = Query::parse(text.as_bytes()).expect("a signed query");
/// assert_eq!(verify([&token], &query, b"c2VhbGVk"), Ok(()));
/// assert_eq!(verify([&token], &query, b"b3RoZXI="), Err(Mismatch::Unknown));
/// ```
///
/// # Errors
///
/// [`Mismatch`] with the likely cause.
pub fn verify<'t>(
    tokens: impl IntoIterator<Item = &'t Token>,
    query: &Query,
    encrypt: &[u8],
) -> Result<(), Mismatch> {
    let Some(given) = &query.msg_signature else {
        return Err(Mismatch::Absent);
    };
    let given = given.parse::<Signature>().ok();
    let mut mismatch = Mismatch::Unknown;
    for token in tokens {
        match check(token, query, given, encrypt) {
            Ok(()) => return Ok(()),
            // A more precise cause found with another token stays.
            Err(Mismatch::Token) if mismatch != Mismatch::Unknown => {}
            Err(other) => mismatch = other,
        }
    }
    Err(mismatch)
}

fn check(
    token: &Token,
    query: &Query,
    given: Option<Signature>,
    encrypt: &[u8],
) -> Result<(), Mismatch> {
    let Query {
        timestamp, nonce, ..
    } = query;
    let is_over = |text: &[u8]| given == Some(sign(token, timestamp, nonce, text));
    // Outer white space belongs to the document; inner white space may have been added later.
    if is_over(encrypt.trim_ascii()) || is_over(&armor::compact(encrypt)) {
        return Ok(());
    }
    if given == Some(sign_plain(token, timestamp, nonce)) {
        return Err(Mismatch::WrongParameter);
    }
    Err(match verify_plain([token], query) {
        Some(true) => Mismatch::Altered,
        Some(false) => Mismatch::Token,
        None => Mismatch::Unknown,
    })
}

/// Verifies the `signature` of a query with each of `tokens`. Returns `None` if there is none.
///
/// It proves that the sender knows the token or has seen a signed URL, but nothing about the body.
///
/// ```
/// use wxsub::seal::{Query, Token, sign_plain, verify_plain};
///
/// let token = Token::new("ourOwnToken");
/// let signature = sign_plain(&token, "1763812800", "20731");
/// let text = format!("timestamp=1763812800&nonce=20731&signature={signature}");
/// let query = Query::parse(text.as_bytes()).expect("a signed query");
/// assert_eq!(verify_plain([&token], &query), Some(true));
/// ```
pub fn verify_plain<'t>(
    tokens: impl IntoIterator<Item = &'t Token>,
    query: &Query,
) -> Option<bool> {
    let given = query.signature.as_ref()?.parse::<Signature>().ok();
    let mut tokens = tokens.into_iter();
    let is_right = |token| given == Some(sign_plain(token, &query.timestamp, &query.nonce));
    Some(tokens.any(is_right))
}
