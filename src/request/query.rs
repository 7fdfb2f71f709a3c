//! Reads a query as it stands in a URL, `signature=…&timestamp=…&nonce=…`, with any escapes, or as fields of an object.

use crate::simd::line_start;
use std::ops::Range;

/// The most bytes of a query on either side of a signature's name.
const LONGEST_QUERY: usize = 1 << 10;

/// The number of times that the word `signature` is tried.
const MOST_TRIES: usize = 16;

/// The parameters that are needed to check a query, in the order in which they are written.
const NAMES: [&str; 7] = [
    "signature",
    "timestamp",
    "nonce",
    "openid",
    "encrypt_type",
    "msg_signature",
    "echostr",
];

/// A query, and the position up to which it was read.
#[derive(Debug)]
pub(super) struct Sighting {
    pub(super) text: String,
    pub(super) end: usize,
}

const WORD: &[u8] = b"signature";

/// Returns the last query in `bytes`.
pub(super) fn last(bytes: &[u8]) -> Option<Sighting> {
    let places = memchr::memmem::rfind_iter(bytes, WORD);
    places.take(MOST_TRIES).find_map(|at| query_at(bytes, at))
}

/// Returns the first query in `bytes`.
pub(super) fn first(bytes: &[u8]) -> Option<Sighting> {
    let places = memchr::memmem::find_iter(bytes, WORD);
    places.take(MOST_TRIES).find_map(|at| query_at(bytes, at))
}

/// Returns the query with the signature's name at `at`.
fn query_at(bytes: &[u8], at: usize) -> Option<Sighting> {
    string_at(bytes, at).or_else(|| fields_at(bytes, at))
}

/// Reads the query around `at` as it stands in a URL, with any escapes.
fn string_at(bytes: &[u8], at: usize) -> Option<Sighting> {
    let mut text = Vec::new();
    let mut end = at - at.min(LONGEST_QUERY);
    while end < bytes.len().min(at + LONGEST_QUERY) {
        match character(&bytes[end..]) {
            Some((c, len)) => {
                text.push(c);
                end += len;
            }
            None if end < at => {
                text.clear();
                end += 1;
            }
            None => break,
        }
    }
    let text = String::from_utf8(text).ok()?;
    let text = query_in(&text)?;
    Some(Sighting { text, end })
}

/// Returns the query of the URL `text`, or of a URL that is a value in it.
fn query_in(text: &str) -> Option<String> {
    const DEEPEST: usize = 4;
    let mut text = text.to_owned();
    for _ in 0..DEEPEST {
        let mut words = text.split(|c: char| !is_of_url(c));
        let word = words.find(|word| word.contains("signature="));
        let query = word
            .and_then(|word| word.rsplit('?').next())
            .unwrap_or_default();
        let query = query.trim_end_matches(['.', '&']);
        if is_complete(query) {
            return Some(query.to_owned());
        }
        let mut values = text.split('&');
        let value = values.find(|value| value.contains("signature") && value.contains('%'))?;
        text = undo_percent(value);
    }
    None
}

/// Decodes the character of a URL at the start of `bytes`, escaped or not. Returns it with its length.
fn character(bytes: &[u8]) -> Option<(u8, usize)> {
    let (c, len) = match bytes {
        [b'&', b'#', ..] => numbered(bytes)?,
        [b'&', rest @ ..] => (b'&', 1 + repeated(rest, b"amp;")),
        [b'\\', ..] => backslashed(bytes)?,
        [c, ..] => (*c, 1),
        [] => return None,
    };
    is_of_url(c.into()).then_some((c, len))
}

/// Returns true for the characters of a URL, except `+`, which stands for a space in a query.
fn is_of_url(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.~%=&*@:/?$!".contains(c)
}

/// Returns the length of the repetitions of `word` at the start of `bytes`: `&amp;amp;` was escaped twice.
fn repeated(bytes: &[u8], word: &[u8]) -> usize {
    bytes
        .chunks(word.len())
        .take_while(|chunk| *chunk == word)
        .count()
        * word.len()
}

/// Decodes `&#38;` or `&#x26;`.
fn numbered(bytes: &[u8]) -> Option<(u8, usize)> {
    let end = bytes.iter().take(8).position(|&b| b == b';')?;
    let digits = std::str::from_utf8(&bytes[2..end]).ok()?;
    let c = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => u8::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    Some((c.ok()?, end + 1))
}

/// Decodes `\u0026`, `\x26` or `\/`, with any number of backslashes, because it may be escaped several times.
fn backslashed(bytes: &[u8]) -> Option<(u8, usize)> {
    let start = bytes.iter().take_while(|&&b| b == b'\\').count();
    let (kind, digits) = match bytes[start..] {
        [b'/', ..] => return Some((b'/', start + 1)),
        [b'u', ..] => (start + 1, 4),
        [b'x', ..] => (start + 1, 2),
        _ => return None,
    };
    let digits = std::str::from_utf8(bytes.get(kind..kind + digits)?).ok()?;
    let c = u8::from_str_radix(digits, 16).ok()?;
    Some((c, kind + digits.len()))
}

fn undo_percent(text: &str) -> String {
    let mut parts = text.split('%');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part
            .get(..2)
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        match code.filter(u8::is_ascii) {
            Some(code) => {
                out.push(code.into());
                out.push_str(&part[2..]);
            }
            None => {
                out.push('%');
                out.push_str(part);
            }
        }
    }
    out
}

/// Returns true if a query can be checked: it has a time, a nonce and a signature. A query with `echostr` is a test of
/// the server's address, which pushes no payload.
fn is_complete(query: &str) -> bool {
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let is_signature =
        |value: &str| value.len() == 40 && value.bytes().all(|b| b.is_ascii_hexdigit());
    let has = |name| value(name).is_some_and(|value| !value.is_empty());
    let is_signed = ["signature", "msg_signature"]
        .iter()
        .any(|name| value(name).is_some_and(is_signature));
    has("timestamp") && has("nonce") && is_signed && !has("echostr")
}

/// Reads the query around `at` as fields of an object, as frameworks log it: `{"signature":"…","timestamp":"…",…}`.
fn fields_at(bytes: &[u8], at: usize) -> Option<Sighting> {
    let around = object_around(bytes, at);
    let (fields, at) = (&bytes[around.clone()], at - around.start);
    let mut end = 0;
    let pairs = NAMES.iter().filter_map(|name| {
        let value = field(fields, name, at)?;
        end = end.max(value.end);
        let value = std::str::from_utf8(&fields[value]).ok()?;
        Some(format!("{name}={value}"))
    });
    let text = pairs.collect::<Vec<_>>().join("&");
    is_complete(&text).then_some(Sighting {
        text,
        end: around.start + end,
    })
}

/// Returns the range inside the object around `at`, or of the line if there are no brackets.
fn object_around(bytes: &[u8], at: usize) -> Range<usize> {
    let start = at - at.min(LONGEST_QUERY);
    let (before, far) = (
        &bytes[start..at],
        &bytes[at..bytes.len().min(at + LONGEST_QUERY)],
    );
    match memchr::memrchr2(b'{', b'}', before) {
        Some(bracket) if before[bracket] == b'{' => {
            let len = memchr::memchr2(b'{', b'}', far).unwrap_or(far.len());
            start + bracket + 1..at + len
        }
        _ => {
            let line = line_start(before);
            let len = memchr::memchr(b'\n', far).unwrap_or(far.len());
            start + line..at + len
        }
    }
}

/// Returns the range of the value of the field `name` that is nearest to `at`.
fn field(fields: &[u8], name: &str, at: usize) -> Option<Range<usize>> {
    let places = memchr::memmem::find_iter(fields, name.as_bytes());
    let values = places.filter_map(|place| value_at(fields, place, name));
    values.min_by_key(|value| value.start.abs_diff(at))
}

/// Returns the range of the value if a field `name` begins at `at`.
fn value_at(fields: &[u8], at: usize, name: &str) -> Option<Range<usize>> {
    let is_of_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    let begins = at == 0 || !is_of_word(fields[at - 1]);
    let rest = &fields[at + name.len()..];
    let between = rest.iter().position(|b| !b"\\\"': =>[".contains(b))?;
    let is_assigned = rest[..between].iter().any(|b| b":=".contains(b));
    let start = at + name.len() + between;
    let len = fields[start..]
        .iter()
        .take_while(|&&b| is_of_word(b))
        .count();
    (begins && is_assigned && len > 0).then_some(start..start + len)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "0123456789abcdef0123456789abcdef01234567";

    fn query() -> String {
        format!("signature={HEX}&timestamp=1&nonce=2")
    }

    fn found(text: &str) -> Option<(String, &str)> {
        let sighting = last(text.as_bytes())?;
        Some((sighting.text, &text[sighting.end..]))
    }

    #[test]
    fn queries_are_read_through_escapes() {
        for (amp, equals) in [
            ("&", "="),
            ("&amp;", "="),
            ("&amp;amp;", "="),
            ("&#38;", "&#x3D;"),
            ("\\u0026", "="),
            ("\\\\u0026", "\\\\u003d"),
            ("\\x26", "\\x3D"),
            ("%26", "%3D"),
            ("%2526", "%253D"),
            ("%26", "="),
        ] {
            let escaped = query().replace('&', amp).replace('=', equals);
            for (before, after) in [
                ("", ""),
                ("GET /a?", " HTTP/1.1"),
                ("u=\"\\/wx?", "\\\"}"),
                ("订", "订"),
            ] {
                let text = format!("{before}{escaped}{after}");
                assert_eq!(found(&text), Some((query(), after)), "{text}");
            }
        }
    }

    #[test]
    fn queries_are_read_from_fields() {
        let fields = format!("\"nonce\":\"2\",\"signature\":\"{HEX}\",\"timestamp\":1");
        for text in [
            format!("{{{fields}}}"),
            format!("{{{}}}", fields.replace('"', "\\\"")),
            format!("{{{}}}", fields.replace('"', "'").replace(':', " => ")),
            format!("map[{}]", fields.replace('"', "").replace(',', " ")),
            format!("{{{fields}}},{{\"nonce\":\"3\"}}"),
            format!("{{\"nonce\":\"3\"}},{{{fields}}}"),
        ] {
            let text_found = found(&text).map(|(query, _)| query);
            assert_eq!(text_found, Some(query()), "{text}");
        }
        let torn = format!("{{\"nonce\":\"3\"}},{{\"signature\":\"{HEX}\",\"timestamp\":1}}");
        assert_eq!(found(&torn), None);
    }

    #[test]
    fn what_pushes_nothing_is_no_query() {
        assert_eq!(found(&format!("/wx?{}&echostr=3", query())), None);
        assert_eq!(found(&query().replace("nonce", "noncestr")), None);
    }
}
