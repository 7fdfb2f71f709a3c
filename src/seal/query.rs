//! The query of the request that a payload came with, where the signatures are.

/// What the query of a push says.
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
    /// When the request was made; empty if it is not said.
    pub timestamp: String,
    /// A number drawn for the request; empty if it is not said.
    pub nonce: String,
    /// Over token, timestamp and nonce.
    pub signature: Option<String>,
    /// Over the same and the sealed payload.
    pub msg_signature: Option<String>,
    /// `aes` where something sealed is in the body.
    pub encrypt_type: Option<String>,
    /// The user.
    pub openid: Option<String>,
    /// What a server has to answer when the console checks its address.
    pub echostr: Option<String>,
}

impl Query {
    /// Reads a query, or what it is in: a URL or a request line. `None` if it is not that of a push: it has no
    /// signature, nor what belongs to one.
    ///
    /// Parameters may come in any order. Of one that is given twice the first counts.
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

    /// Whether the request says that something sealed is in its body.
    pub fn says_sealed(&self) -> bool {
        self.msg_signature.is_some() || self.encrypt_type.as_deref() == Some("aes")
    }
}

/// The query in `text`: from the first `?`, if there is one, up to what no query has in it.
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
        // Where the URL stood in HTML or XML.
        Some((name.strip_prefix(b"amp;").unwrap_or(name), value))
    })
}

/// `value` with its percent escapes undone. A `+` stays: what has one here is base64.
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
