//! Whether a signature is right, and if not, what is likely wrong.
//!
//! Both signatures are on the URL, as a rule, and the plain one covers less: so it tells a wrong token from an altered
//! payload.

use crate::finding::{Finding, Reason};
use crate::lang::Lang;
use crate::seal::{Query, Signature, Token, armor, sign, sign_plain};
use crate::span::Span;

/// Why a payload is not verified though a token was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// The query has no `msg_signature`.
    Absent,
    /// `msg_signature` has the value that `signature` should have.
    WrongParameter,
    /// `signature` is right: the payload was altered, or came with another request.
    Altered,
    /// `signature` is wrong, too: the token is another, or the query was altered.
    Token,
    /// There is no `signature` to tell more.
    Unknown,
}

impl Mismatch {
    /// What the vendor's samples answer.
    pub const VENDOR_CODE: i32 = -40001;

    /// The mismatch as a sentence, with the vendor's code.
    ///
    /// ```
    /// use wxsub::{Lang, seal::Mismatch};
    ///
    /// assert_eq!(Mismatch::Unknown.message(Lang::En), "`msg_signature` does not verify (-40001)");
    /// ```
    pub fn message(self, lang: Lang) -> String {
        self.finding(Span::default()).message(lang)
    }

    /// What is likely wrong, where there is something to say.
    pub fn help(self, lang: Lang) -> Option<&'static str> {
        self.finding(Span::default()).help(lang)
    }

    /// The mismatch as a finding about `span`.
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

/// Checks the `msg_signature` of `encrypt`, the text of a payload's `Encrypt`, with each of `tokens`.
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
/// A [`Mismatch`] that says what is likely wrong.
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
            // What another token tells more of stays.
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
    // White space around it belongs to the document, and that inside may have come later.
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

/// Checks the `signature` of a query with each of `tokens`; `None` if there is none. It says that the request came
/// from somebody who knows the token, or saw one of its URLs, and nothing about the body.
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
