//! The query of a push request, which holds the signatures.

/// The parameters of a push request's query.
///
/// ```
/// use wxsub::seal::Query;
///
/// let line = b"POST /callback?timestamp=1763812800&nonce=20731&msg_signature=0af1 HTTP/1.1";
/// let query = Query::parse(line).expect("a signed query");
/// assert_eq!(query.nonce, "20731");
/// assert_eq!(query.msg_signature.as_deref(), Some("0af1"));
/// assert_eq!(Query::parse(b"page=2&nonce=1"), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Query {
    /// The time of the request. Empty if absent.
    pub timestamp: String,
    /// The random number of the request. Empty if absent.
    pub nonce: String,
    /// The signature of token, timestamp and nonce.
    pub signature: Option<String>,
    /// The signature of token, timestamp, nonce and encrypted payload.
    pub msg_signature: Option<String>,
    /// `aes` if the body is encrypted.
    pub encrypt_type: Option<String>,
    /// The user's openid.
    pub openid: Option<String>,
    /// The text that a server must answer when the console checks its address.
    pub echostr: Option<String>,
}

impl Query {
    /// Reads a query, a URL or a request line. Returns `None` if it has no signature and none of the signed parameters.
    ///
    /// Parameters may be in any order. If one repeats, the first counts.
    pub fn parse(text: &[u8]) -> Option<Query> {
        let mut query = Query::default();
        let (mut timestamp, mut nonce) = (None, None);
        for (name, value) in pairs(query_of(text)) {
            let slot = match name {
                b"timestamp" => &mut timestamp,
                b"nonce" => &mut nonce,
                b"signature" => &mut query.signature,
                b"msg_signature" => &mut query.msg_signature,
                b"encrypt_type" => &mut query.encrypt_type,
                b"openid" => &mut query.openid,
                b"echostr" => &mut query.echostr,
                _ => continue,
            };
            slot.get_or_insert_with(|| unescaped(value));
        }
        let is_signed = query.signature.is_some() || query.says_sealed();
        let is_push = is_signed || timestamp.is_some() && nonce.is_some();
        query.timestamp = timestamp.unwrap_or_default();
        query.nonce = nonce.unwrap_or_default();
        is_push.then_some(query)
    }

    /// Returns true if the request declares an encrypted body.
    pub fn says_sealed(&self) -> bool {
        self.msg_signature.is_some() || self.encrypt_type.as_deref() == Some("aes")
    }
}

/// Returns the query in `text`: from the first `?`, if any, to the first character that cannot be in a query.
fn query_of(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_start();
    let from = memchr::memchr(b'?', text).map_or(0, |at| at + 1);
    let text = &text[from..];
    let ends = |byte: &u8| {
        byte.is_ascii_whitespace() || matches!(byte, b'#' | b'"' | b'\'' | b'<' | b'>' | b'`')
    };
    let end = text.iter().position(ends).unwrap_or(text.len());
    &text[..end]
}

fn pairs(query: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    query.split(|&byte| byte == b'&').filter_map(|pair| {
        let at = memchr::memchr(b'=', pair)?;
        let (name, value) = (&pair[..at], &pair[at + 1..]);
        // In HTML and XML `&` is written `&amp;`.
        Some((name.strip_prefix(b"amp;").unwrap_or(name), value))
    })
}

/// Decodes percent escapes. A `+` stays, because values with one are base64.
fn unescaped(value: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value;
    while let [first, after @ ..] = rest {
        let escaped = match rest {
            [b'%', high, low, after @ ..] => hex(*high, *low).map(|byte| (byte, after)),
            _ => None,
        };
        let (byte, after) = escaped.unwrap_or((*first, after));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |c: u8| char::from(c).to_digit(16);
    Some((digit(high)? << 4 | digit(low)?) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_read_wherever_they_stand() {
        for text in [
            "signature=ab&timestamp=1&nonce=2",
            "?nonce=2&timestamp=1&signature=ab",
            "https://example.com/wx?x=1&signature=ab&amp;timestamp=1&amp;nonce=2#top",
            "\"POST /wx?signature=a%62&timestamp=%31&nonce=2 HTTP/1.1\" 200",
            "/wx?nonce=2&signature=ab&signature=cd&timestamp=1&nonce=3\"",
        ] {
            let query = Query::parse(text.as_bytes()).expect(text);
            assert_eq!(query.signature.as_deref(), Some("ab"), "{text}");
            assert_eq!((&*query.timestamp, &*query.nonce), ("1", "2"), "{text}");
        }
    }

    #[test]
    fn either_parameter_says_that_a_body_is_sealed() {
        for (text, is_sealed) in [
            ("msg_signature=ab", true),
            ("encrypt_type=aes", true),
            ("encrypt_type=aes&msg_signature=ab", true),
            ("encrypt_type=raw&signature=ab", false),
            ("signature=ab", false),
        ] {
            let query = Query::parse(text.as_bytes()).expect(text);
            assert_eq!(query.says_sealed(), is_sealed, "{text}");
        }
    }

    #[test]
    fn escapes_that_are_none_stay() {
        for (text, value) in [
            ("%", "%"),
            ("%4", "%4"),
            ("%zz", "%zz"),
            ("a%2Bb+c", "a+b+c"),
        ] {
            assert_eq!(unescaped(text.as_bytes()), value);
        }
    }
}
