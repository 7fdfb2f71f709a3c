//! The signature query that belongs to a payload: `signature=…&timestamp=…&nonce=…` of the URL to which it was pushed.
//!
//! Captures keep it near the body: in the request line above, in an access log's URL on the same line, in a field beside
//! the body. It is looked for in the noise between the payload before and this one, and behind this one up to the end of
//! its line or of the log entry around it, at most [`REACH`] bytes away. Bytes of a message are never noise, so what a
//! user typed is no query.
//!
//! A query belongs to one payload: a payload or another request in between ends its reach. Where lines of several
//! requests may be mixed, what stands nearest may be another request's: such a query is not [`FoundQuery::is_sure`], so
//! it may prove something but not refute it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use crate::scan::anchor::Anchors;
use crate::scan::container;
use crate::scan::link::{self, Link};
use crate::scan::nested::Bounds;
use crate::scan::{Found, FoundKind, Inside, Scanner, State};

/// How far from a payload its query is looked for: what servers allow for the head of a request.
const REACH: usize = 8 << 10;

/// The most bytes of a query on either side of a signature's name.
const LONGEST: usize = 1 << 10;

/// So many times the word is looked at that may be a signature's name.
const MOST_TRIES: usize = 16;

/// What tells whether a query can be checked, in the order in which it is written.
const NAMES: [&str; 7] = [
    "signature",
    "timestamp",
    "nonce",
    "openid",
    "encrypt_type",
    "msg_signature",
    "echostr",
];

/// A signature query in a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundQuery {
    /// As in a URL, without the question mark.
    pub(crate) text: String,
    /// It can be no other request's.
    pub(crate) is_sure: bool,
}

/// The noise since the last payload, as much as is within reach.
#[derive(Clone, Debug, Default)]
pub(super) struct Trail {
    noise: Vec<u8>,
    /// So many bytes of the noise to come hold the query of the payload before.
    used: usize,
    /// How long the buffer was that was looked at, and how much of it is visible.
    looked_at: (usize, usize),
    /// Nothing will follow what there is.
    is_revealed: bool,
}

impl Trail {
    fn add(&mut self, bytes: &[u8]) {
        let used = self.used.min(bytes.len());
        self.used -= used;
        let bytes = &bytes[used..];
        self.noise
            .extend_from_slice(&bytes[bytes.len().saturating_sub(REACH)..]);
        if self.noise.len() > 2 * REACH {
            let far = self.noise.len() - REACH;
            self.noise.drain(..far);
        }
    }

    fn near(&self) -> &[u8] {
        &self.noise[self.noise.len().saturating_sub(REACH)..]
    }

    /// Forgets the noise; of what comes, `used` bytes are a query that belongs to the payload before.
    fn restart(&mut self, used: usize) {
        self.noise.clear();
        self.used = used;
    }

    /// Up to where the rest of a line is there: asked at every step, so it is not searched for again.
    fn visible_len(&mut self, buffer: &[u8]) -> usize {
        if self.is_revealed {
            return buffer.len();
        }
        if self.looked_at.0 != buffer.len() {
            let far = buffer.len().saturating_sub(REACH);
            let line = memchr::memrchr(b'\n', &buffer[far..]).map_or(0, |n| n + 1);
            self.looked_at = (buffer.len(), far + line);
        }
        self.looked_at.1
    }

    /// The buffer is another.
    pub(super) fn forget_buffer(&mut self) {
        self.looked_at = (0, 0);
    }

    /// The same for two trails that will find the same.
    pub(super) fn mark(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.near(), self.used).hash(&mut hasher);
        hasher.finish()
    }
}

/// A query, and the bytes up to which it was read.
#[derive(Debug)]
struct Sighting {
    text: String,
    end: usize,
}

impl Scanner {
    /// The same, but it looks for the queries of payloads, too.
    pub(crate) fn wanting_queries(self) -> Self {
        Scanner {
            trail: Some(Box::default()),
            ..self
        }
    }

    /// What may be looked at of `buffer`, so that behind every payload in it the rest of its line is there, or as much as
    /// is within reach; and whether that is the last.
    pub(super) fn visible<'b>(&mut self, buffer: &'b [u8], last: bool) -> (&'b [u8], bool) {
        match &mut self.trail {
            Some(trail) if !last => (&buffer[..trail.visible_len(buffer)], false),
            _ => (buffer, last),
        }
    }

    /// Makes all visible: the capture could not be read on, so the rest of the last line will not come.
    pub(crate) fn reveal(&mut self) {
        if let Some(trail) = &mut self.trail {
            trail.is_revealed = true;
        }
    }

    /// Keeps what may hold the next payload's query.
    pub(super) fn trail(&mut self, noise: &[u8]) {
        if let Some(trail) = &mut self.trail {
            trail.add(noise);
        }
    }

    /// The query that belongs to a payload which was just found.
    pub(super) fn query(&mut self, found: &Found<'_>, buffer: &[u8]) -> Option<Box<FoundQuery>> {
        if found.kind == FoundKind::Remark {
            return None;
        }
        let mut trail = self.trail.take()?;
        let entry = self.entry_around(found);
        let unwrapped = container::text_before(trail.near(), &buffer[found.range.start..]);
        let noise = unwrapped.as_deref().unwrap_or(trail.near());
        let behind = behind(noise, entry.before);
        let is_settled = behind.as_ref().is_some_and(|query| query.is_sure);
        let ahead = match is_settled || found.kind == FoundKind::Broken {
            true => None,
            false => ahead(&buffer[found.range.end..], entry.after, self.names.anchors),
        };
        // What stands before a payload is more often its own.
        let ahead = ahead.filter(|(query, _)| query.is_sure || behind.is_none());
        trail.restart(ahead.as_ref().map_or(0, |&(_, used)| used));
        self.trail = Some(trail);
        ahead.map(|(query, _)| query).or(behind).map(Box::new)
    }

    /// How far the log entry reaches in which a payload stands.
    fn entry_around(&self, found: &Found<'_>) -> Around {
        let (inside, rest) = match &self.state {
            State::Inside(inside) => (Some(inside), 0),
            State::Nested(nested) => match (nested.around(), nested.bounds()) {
                (Some(inside), Bounds::Len(rest)) => (Some(inside), rest),
                _ => (None, 0),
            },
            _ => (None, 0),
        };
        let len = self.pos().saturating_sub(found.range.start);
        let around = |inside: &Inside| Around {
            before: inside.done.saturating_sub(rest + len),
            after: rest + inside.then.len.saturating_sub(inside.done),
        };
        inside.map(around).unwrap_or_default()
    }
}

/// How many bytes of the log entry around a payload stand before and behind it.
#[derive(Clone, Copy, Debug, Default)]
struct Around {
    before: usize,
    after: usize,
}

/// The query in the noise before a payload; `entry` bytes of it are of the log entry in which the payload stands.
fn behind(noise: &[u8], entry: usize) -> Option<FoundQuery> {
    let found = last(noise)?;
    let (before, between) = noise.split_at(found.end);
    let line = memchr::memrchr(b'\n', before).map_or(before, |n| &before[n + 1..]);
    let is_in_entry = between.len() < entry;
    let is_sure = match link::back(line, between, is_in_entry) {
        Link::None => return None,
        Link::Weak => false,
        Link::Sure => true,
    };
    Some(FoundQuery {
        text: found.text,
        is_sure,
    })
}

/// The query behind a payload, of whose log entry `entry` bytes are left, and where it ends.
fn ahead(bytes: &[u8], entry: usize, anchors: &Anchors) -> Option<(FoundQuery, usize)> {
    let bytes = &bytes[..bytes.len().min(REACH)];
    let line = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    let near = &bytes[..line.max(entry).min(bytes.len())];
    let other = link::other_payload(near, anchors);
    let near = &near[..other.unwrap_or(near.len())];
    let own = link::forward(near);
    let found = first(own)?;
    // On a line with several payloads it may be the next one's.
    let is_alone = other.is_none() || own.len() < near.len();
    let query = FoundQuery {
        text: found.text,
        is_sure: is_alone || entry > 0,
    };
    Some((query, found.end))
}

const WORD: &[u8] = b"signature";

fn last(bytes: &[u8]) -> Option<Sighting> {
    let places = memchr::memmem::rfind_iter(bytes, WORD);
    places.take(MOST_TRIES).find_map(|at| query_at(bytes, at))
}

fn first(bytes: &[u8]) -> Option<Sighting> {
    let places = memchr::memmem::find_iter(bytes, WORD);
    places.take(MOST_TRIES).find_map(|at| query_at(bytes, at))
}

/// The query whose signature's name is at `at`.
fn query_at(bytes: &[u8], at: usize) -> Option<Sighting> {
    string_at(bytes, at).or_else(|| fields_at(bytes, at))
}

/// The query around `at` as it stands in a URL, however that is escaped.
fn string_at(bytes: &[u8], at: usize) -> Option<Sighting> {
    let mut text = Vec::new();
    let mut end = at - at.min(LONGEST);
    while end < bytes.len().min(at + LONGEST) {
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

/// The query of the URL that `text` is, or of one that stands in it as a value.
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

/// The character of a URL that `bytes` begin with, and its length: as it is, or escaped as logs do it.
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

/// A `+` is none: in a query it is a space.
fn is_of_url(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.~%=&*@:/?$!".contains(c)
}

/// How many bytes are `word`, again and again: `&amp;amp;` is escaped twice.
fn repeated(bytes: &[u8], word: &[u8]) -> usize {
    bytes
        .chunks(word.len())
        .take_while(|chunk| *chunk == word)
        .count()
        * word.len()
}

/// `&#38;` or `&#x26;`.
fn numbered(bytes: &[u8]) -> Option<(u8, usize)> {
    let end = bytes.iter().take(8).position(|&b| b == b';')?;
    let digits = std::str::from_utf8(&bytes[2..end]).ok()?;
    let c = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => u8::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    Some((c.ok()?, end + 1))
}

/// `\u0026`, `\x26` or `\/`, with as many backslashes as there are layers.
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

/// Whether a query can be checked: it has a time, a nonce and something that looks like a signature. With `echostr` it is
/// the console's, which checks a server's address and pushes nothing.
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

/// The query around `at` as fields of an object, as frameworks log it: `{"signature":"…","timestamp":"…",…}`.
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

/// The inside of the object around `at`; if there are no brackets, its line.
fn object_around(bytes: &[u8], at: usize) -> Range<usize> {
    let start = at - at.min(LONGEST);
    let (before, far) = (&bytes[start..at], &bytes[at..bytes.len().min(at + LONGEST)]);
    match memchr::memrchr2(b'{', b'}', before) {
        Some(bracket) if before[bracket] == b'{' => {
            let len = memchr::memchr2(b'{', b'}', far).unwrap_or(far.len());
            start + bracket + 1..at + len
        }
        _ => {
            let line = memchr::memrchr(b'\n', before).map_or(0, |n| n + 1);
            let len = memchr::memchr(b'\n', far).unwrap_or(far.len());
            start + line..at + len
        }
    }
}

/// Where the value of the field `name` stands that is nearest to `at`.
fn field(fields: &[u8], name: &str, at: usize) -> Option<Range<usize>> {
    let places = memchr::memmem::find_iter(fields, name.as_bytes());
    let values = places.filter_map(|place| value_at(fields, place, name));
    values.min_by_key(|value| value.start.abs_diff(at))
}

/// Where the value stands if a field begins at `at`.
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
            for (before, behind) in [
                ("", ""),
                ("GET /a?", " HTTP/1.1"),
                ("u=\"\\/wx?", "\\\"}"),
                ("订", "订"),
            ] {
                let text = format!("{before}{escaped}{behind}");
                assert_eq!(found(&text), Some((query(), behind)), "{text}");
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

    #[test]
    fn a_trail_is_as_long_as_the_reach() {
        let mut trail = Trail::default();
        for _ in 0..5 {
            trail.add(&[b'a'; REACH]);
            trail.add(b"b");
        }
        assert_eq!(trail.near().len(), REACH);
        assert!(trail.near().ends_with(b"ab"));
        trail.restart(3);
        trail.add(b"abcd");
        assert_eq!(trail.near(), b"d");
    }
}
