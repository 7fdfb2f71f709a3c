//! Payloads as WeChat pushes them: plain, or encrypted in an envelope, with the signing query.
//!
//! For testing a server. The payload's bytes are sent or encrypted unchanged. The envelope has the fields of WeChat's.

use crate::event::fields::{ENCRYPT, FROM_USER, ROOT, TO_USER};
use crate::finding::{Finding, Reason};
use crate::json_format::{self, object, text};
use crate::output::xml;
use crate::percent;
use crate::record::Record;
use crate::seal::{EncodingAesKey, Token, seal, sign, sign_plain};
use crate::span::Span;
use crate::syntax::Syntax;
use crate::xml_format::XmlWriter;

/// Settings for encrypting payloads.
///
/// ```
/// use wxsub::output::Sealing;
/// use wxsub::seal::{Account, Query, verify};
///
/// let account = Account::from_lists("ownKey7ownKey7ownKey7ownKey7ownKey7ownKey7x", "ourOwnToken", "")?;
/// let sealing = Sealing {
///     key: &account.keys[0],
///     token: account.tokens.first(),
///     appid: "wx5a2c71d0e9b4a1b2",
///     envelope: None,
///     timestamp: "1763812800",
///     nonce: "20731",
///     random: *b"0123456789abcdef",
/// };
/// let record = wxsub::decode(br#"{"ToUserName":"gh_123456789abc","Event":"subscribe_msg_change_event"}"#);
/// let push = sealing.push(&record).expect("any text can be in JSON");
/// assert!(push.body.starts_with(br#"{"ToUserName":"gh_123456789abc","Encrypt":""#));
/// assert!(push.query.starts_with("signature=1804bcf190c773d6714099a7df9fdda96f820467&timestamp=1763812800&nonce=20731"));
/// # Ok::<(), wxsub::seal::KeyError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sealing<'k> {
    /// The key that encrypts.
    pub key: &'k EncodingAesKey,
    /// The token that signs. Without it the query has no signatures.
    pub token: Option<&'k Token>,
    /// The appid of the recipient.
    pub appid: &'k str,
    /// The syntax of the envelope; by default that of the payload.
    pub envelope: Option<Syntax>,
    /// The time of the push in Unix seconds.
    pub timestamp: &'k str,
    /// A random number for the push.
    pub nonce: &'k str,
    /// Random bytes before the message. WeChat uses lower-case letters and digits.
    pub random: [u8; 16],
}

/// A push request: body and query.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Push {
    /// The body, without a line break at its end.
    pub body: Vec<u8>,
    /// The query, without a question mark.
    pub query: String,
    /// The syntax of the body.
    pub syntax: Syntax,
}

impl Sealing<'_> {
    /// Encrypts the payload of `record`.
    ///
    /// # Errors
    ///
    /// `unrepresentable` if XML does not allow a character of the account's name, or if the input is a record and not a
    /// payload.
    pub fn push(&self, record: &Record<'_>) -> Result<Push, Finding> {
        refuse_record(record)?;
        let encrypt = seal(self.key, record.bytes(), self.appid, &self.random);
        let syntax = self.envelope.unwrap_or(record.syntax());
        let to_user = record.top_text(TO_USER.wire);
        let mut body = Vec::new();
        match syntax {
            Syntax::Json => json_envelope(to_user, &encrypt, &mut body),
            Syntax::Xml => xml_envelope(to_user, &encrypt, &mut body)?,
        }
        Ok(Push {
            body,
            query: self.query(record.top_text(FROM_USER.wire), &encrypt),
            syntax,
        })
    }

    /// Formats the query, in WeChat's order.
    fn query(&self, openid: Option<&str>, encrypt: &str) -> String {
        let (timestamp, nonce) = (self.timestamp, self.nonce);
        let over_all = self
            .token
            .map(|token| sign(token, timestamp, nonce, encrypt));
        let sealed = [
            ("encrypt_type", Some("aes".to_owned())),
            ("msg_signature", over_all.map(|it| it.to_string())),
        ];
        let plain = plain_pairs(self.token, timestamp, nonce, openid);
        joined(plain.into_iter().chain(sealed))
    }
}

/// A name of the query and its value, if there is one.
type Pair = (&'static str, Option<String>);

/// Returns what every query has, in WeChat's order.
fn plain_pairs(
    token: Option<&Token>,
    timestamp: &str,
    nonce: &str,
    openid: Option<&str>,
) -> [Pair; 4] {
    let signature = token.map(|token| sign_plain(token, timestamp, nonce));
    [
        ("signature", signature.map(|it| it.to_string())),
        ("timestamp", Some(timestamp.to_owned())),
        ("nonce", Some(nonce.to_owned())),
        ("openid", openid.map(str::to_owned)),
    ]
}

/// Joins the pairs that have a value.
fn joined(pairs: impl Iterator<Item = Pair>) -> String {
    let pairs = pairs
        .filter_map(|(name, value)| Some(format!("{name}={}", percent::encoded(&value?, b""))));
    pairs.collect::<Vec<_>>().join("&")
}

/// Refuses a record: it is not what WeChat sends.
fn refuse_record(record: &Record<'_>) -> Result<(), Finding> {
    match record.is_json_record() {
        true => Err(Finding::new(Reason::RecordForPayload, Span::default())),
        false => Ok(()),
    }
}

fn json_envelope(to_user: Option<&str>, encrypt: &str, out: &mut Vec<u8>) {
    let to_user = to_user.map(|to_user| (TO_USER.wire, text(to_user)));
    let members = to_user.into_iter().chain([(ENCRYPT, text(encrypt))]);
    json_format::write(&object(members), out);
}

fn xml_envelope(to_user: Option<&str>, encrypt: &str, out: &mut Vec<u8>) -> Result<(), Finding> {
    XmlWriter::indented(4, out).element(ROOT, |envelope| {
        if let Some(to_user) = to_user {
            xml::element(TO_USER.wire, to_user, Span::default(), envelope)?;
        }
        xml::element(ENCRYPT, encrypt, Span::default(), envelope)
    })
}

impl Push {
    /// Makes the request that pushes the payload of `record` in plain mode, signed with `token`.
    ///
    /// ```
    /// use wxsub::output::Push;
    /// use wxsub::seal::Token;
    ///
    /// let body = br#"{"FromUserName":"oJfCqwk4Usmld18eqDsp_0SYqBdK","Event":"subscribe_msg_change_event"}"#;
    /// let token = Token::new("ourOwnToken");
    /// let push = Push::plain(&wxsub::decode(body), &token, "1763812800", "20731").expect("a payload");
    /// assert_eq!(push.body, body);
    /// assert_eq!(
    ///     push.query,
    ///     "signature=1804bcf190c773d6714099a7df9fdda96f820467&timestamp=1763812800&nonce=20731\
    ///      &openid=oJfCqwk4Usmld18eqDsp_0SYqBdK"
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// `unrepresentable` if the input is a record and not a payload.
    pub fn plain(
        record: &Record<'_>,
        token: &Token,
        timestamp: &str,
        nonce: &str,
    ) -> Result<Push, Finding> {
        refuse_record(record)?;
        let openid = record.top_text(FROM_USER.wire);
        let pairs = plain_pairs(Some(token), timestamp, nonce, openid);
        Ok(Push {
            body: record.bytes().to_vec(),
            query: joined(pairs.into_iter()),
            syntax: record.syntax(),
        })
    }

    /// Returns the HTTP request to `url`, which must begin with a scheme like `http://` and a host.
    ///
    /// ```
    /// # use wxsub::{output::Sealing, seal::Account};
    /// # let account = Account::from_lists("ownKey7ownKey7ownKey7ownKey7ownKey7ownKey7x", "", "")?;
    /// # let sealing = Sealing { key: &account.keys[0], token: None, appid: "", envelope: None, timestamp: "1",
    /// #     nonce: "2", random: [b'0'; 16] };
    /// # let push = sealing.push(&wxsub::decode(b"<xml><Event>subscribe</Event></xml>")).unwrap();
    /// let request = String::from_utf8(push.request("http://localhost:8080/wx")).unwrap();
    /// assert!(request.starts_with("POST /wx?timestamp=1&nonce=2&encrypt_type=aes HTTP/1.1\r\nHost: localhost:8080\r\n"));
    /// # Ok::<(), wxsub::seal::KeyError>(())
    /// ```
    pub fn request(&self, url: &str) -> Vec<u8> {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let host_len = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (host, target) = rest.split_at(host_len);
        let slash = if target.starts_with('/') { "" } else { "/" };
        let target = self.url(&format!("{slash}{target}"));
        let head = format!(
            "POST {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Mozilla/4.0\r\nAccept: */*\r\n\
             Content-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.content_type(),
            self.body.len()
        );
        [head.as_bytes(), &self.body].concat()
    }

    /// Appends the query to `url`.
    pub fn url(&self, url: &str) -> String {
        let url = url.split('#').next().unwrap_or_default();
        let joint = if url.contains('?') { '&' } else { '?' };
        format!("{url}{joint}{}", self.query)
    }

    /// Returns the `Content-Type` of the body.
    pub fn content_type(&self) -> &'static str {
        match self.syntax {
            Syntax::Json => "application/json",
            Syntax::Xml => "text/xml",
        }
    }
}
