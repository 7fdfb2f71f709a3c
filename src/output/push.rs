//! Payloads as WeChat pushes them in safe mode: sealed, in an envelope, with the query that signs them.
//!
//! For testing a server. What is sealed are the bytes of the payload, as they are; the envelope says no more than
//! WeChat's does.

use crate::event::fields::{ENCRYPT, FROM_USER, ROOT, TO_USER};
use crate::finding::{Finding, Reason};
use crate::json_format::{self, InOrder};
use crate::output::xml;
use crate::record::Record;
use crate::seal::{EncodingAesKey, Token, seal, sign, sign_plain};
use crate::span::Span;
use crate::syntax::Syntax;
use crate::xml_format::XmlWriter;

/// How payloads are sealed.
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
    /// What it is sealed with.
    pub key: &'k EncodingAesKey,
    /// What signs it; without one there are no signatures in the query.
    pub token: Option<&'k Token>,
    /// For whom it is sealed.
    pub appid: &'k str,
    /// How the envelope is written; by default as what is inside.
    pub envelope: Option<Syntax>,
    /// When it is pushed, in Unix seconds.
    pub timestamp: &'k str,
    /// A number drawn for the push.
    pub nonce: &'k str,
    /// What is sealed before the message. WeChat takes lower-case letters and digits.
    pub random: [u8; 16],
}

/// A payload as it is pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Push {
    /// The body, without a line break behind it.
    pub body: Vec<u8>,
    /// The query, without a question mark.
    pub query: String,
    /// How the body is written.
    pub syntax: Syntax,
}

impl Sealing<'_> {
    /// Seals the payload of `record`.
    ///
    /// # Errors
    ///
    /// The name of the account has a character that XML cannot hold, or it is a record and no payload
    /// (`unrepresentable`).
    pub fn push(&self, record: &Record<'_>) -> Result<Push, Finding> {
        if record.is_json_record() {
            return Err(Finding::new(Reason::RecordForPayload, Span::default()));
        }
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

    /// The query, in WeChat's order.
    fn query(&self, openid: Option<&str>, encrypt: &str) -> String {
        let (timestamp, nonce) = (self.timestamp, self.nonce);
        let plain = self.token.map(|token| sign_plain(token, timestamp, nonce));
        let over_all = self
            .token
            .map(|token| sign(token, timestamp, nonce, encrypt));
        let pairs = [
            ("signature", plain.map(|it| it.to_string())),
            ("timestamp", Some(timestamp.to_owned())),
            ("nonce", Some(nonce.to_owned())),
            ("openid", openid.map(str::to_owned)),
            ("encrypt_type", Some("aes".to_owned())),
            ("msg_signature", over_all.map(|it| it.to_string())),
        ];
        let pairs = pairs
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}={}", escaped(&value?))));
        pairs.collect::<Vec<_>>().join("&")
    }
}

fn json_envelope(to_user: Option<&str>, encrypt: &str, out: &mut Vec<u8>) {
    let to_user = to_user.map(|to_user| (TO_USER.wire, to_user));
    let members: InOrder<_, _> = to_user.into_iter().chain([(ENCRYPT, encrypt)]).collect();
    json_format::write(&members, out);
}

fn xml_envelope(to_user: Option<&str>, encrypt: &str, out: &mut Vec<u8>) -> Result<(), Finding> {
    XmlWriter::indented(4, out).element(ROOT, |envelope| {
        if let Some(to_user) = to_user {
            xml::element(TO_USER.wire, to_user, Span::default(), envelope)?;
        }
        xml::element(ENCRYPT, encrypt, Span::default(), envelope)
    })
}

/// `value` as it stands in a query.
fn escaped(value: &str) -> String {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    let escape = |b: u8| match is_plain(b) {
        true => char::from(b).to_string(),
        false => format!("%{b:02X}"),
    };
    value.bytes().map(escape).collect()
}

impl Push {
    /// The request that pushes it to `url`, which begins with `http://` and a host.
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

    /// `url` with the query.
    pub fn url(&self, url: &str) -> String {
        let url = url.split('#').next().unwrap_or_default();
        let joint = if url.contains('?') { '&' } else { '?' };
        format!("{url}{joint}{}", self.query)
    }

    /// What the body is, as a header says it.
    pub fn content_type(&self) -> &'static str {
        match self.syntax {
            Syntax::Json => "application/json",
            Syntax::Xml => "text/xml",
        }
    }
}
