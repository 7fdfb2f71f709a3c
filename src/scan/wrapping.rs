//! Log lines that are JSON objects around a text: `{"log":"…","stream":"stdout"}`, `{"MESSAGE":"…","_PID":"7"}`.
//!
//! One member of each object holds a line that a program printed, as a string or as an array of the numbers of its
//! bytes. A [`Wrapping`] is what stands around that member: all names, and all values but those that differ from line to
//! line, which are times, counters and ids. It is not known which member holds the text: a document begins in it.
//!
//! An object with the text's name and another wrapping is of another stream, such as another process or another
//! container.

use crate::scan::chunked;
use crate::scan::container::{closing_quote, without_escape};
use crate::scan::decimal;
use crate::scan::escape::{Bytes, Escape, Piece};
use crate::scan::lookahead::Lookahead;
use crate::scan::prefix::{Hash, Prefix, Relation};
use crate::scan::typed;
use crate::simd::is_line_space;

/// What stands around the text of each log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wrapping {
    /// What stands before each object on its line.
    prefix: Option<Prefix>,
    /// The number of tokens before the text.
    tokens: u32,
    /// The hashes of what stands before and after the text.
    head: Hash,
    tail: Hash,
    /// The hash of the name of the text.
    name: Hash,
    /// True if each line ends with a line break. A text without one is then a part of a line.
    is_terminated: bool,
}

/// The text of one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// True for an array of numbers.
    is_array: bool,
    /// True if the text lacks the line break at its end.
    lacks_break: bool,
}

impl Member {
    /// Returns the piece at the start of `raw`, or `None` at the end of the text.
    pub(super) fn piece(self, raw: Lookahead<'_>) -> Option<Piece> {
        let bytes = raw.bytes();
        match (self.is_array, bytes[0]) {
            (true, b']') | (false, b'"') => None,
            (_, b'\n') => Some(Piece::End),
            (true, _) => Some(decimal::DECIMAL.piece(raw)),
            (false, b'\\') => Some(Escape::Backslash.piece(raw)),
            (false, _) => {
                let len = memchr::memchr3(b'\\', b'"', b'\n', bytes);
                Some(Piece::Same(len.unwrap_or(bytes.len())))
            }
        }
    }

    /// Returns the line break that the text lacks.
    pub(super) fn line_break(self) -> Bytes {
        match self.lacks_break {
            true => Bytes::byte(b'\n'),
            false => Bytes::NONE,
        }
    }
}

/// The most lines of other streams that are passed over to find the second line of a document.
const MOST_OTHERS: usize = 64;

/// Docker and Kubernetes cut lines into parts of so many bytes.
const LONGEST_LINE: usize = 16 << 10;

impl Wrapping {
    /// Returns the wrapping of `object` with the text whose quote or bracket stands at `at`, and its text.
    pub(super) fn of(object: &[u8], at: usize, prefix: Option<Prefix>) -> Option<(Self, Member)> {
        let mut tokens = Tokens::new(object);
        let (mut head, mut count) = (Around::default(), 0);
        let text = loop {
            let token = tokens.next()?;
            if token.start == at {
                break Text::at(object, at)?;
            }
            head.add(&token, object);
            count += 1;
        };
        let end = text.end?;
        let is_terminated = text.has_break(object, end);
        let wrapping = Wrapping {
            prefix,
            tokens: count,
            head: head.hash,
            tail: Around::after(object, end + 1, head.name)?.hash,
            name: hash(head.name),
            is_terminated,
        };
        Some((wrapping, wrapping.member(text, object)))
    }

    /// Returns true if the first of the lines `next` that is of no other stream has this wrapping.
    pub(super) fn goes_on(self, mut next: Lookahead<'_>) -> bool {
        for _ in 0..MOST_OTHERS {
            match self.line(next) {
                Relation::Own(_) => return true,
                Relation::Ends => return false,
                Relation::Beside => match next.find(b'\n') {
                    Some(line) => next = next.from(line + 1),
                    None => return false,
                },
            }
        }
        false
    }

    /// Returns the relation of the line at the start of `ahead` to this wrapping: where its text begins, and what is known of
    /// that. A line may be torn.
    pub(super) fn line(self, ahead: Lookahead<'_>) -> Relation<(usize, Member)> {
        let prefix = match self.prefix.map(|prefix| prefix.line(ahead)) {
            None => 0,
            Some(Relation::Own(len)) => len,
            Some(Relation::Beside) => return Relation::Beside,
            Some(Relation::Ends) => return Relation::Ends,
        };
        let ahead = ahead.from(prefix);
        if ahead.get(0) != Some(b'{') {
            return match self.prefix {
                Some(_) => Relation::Beside,
                None => Relation::Ends,
            };
        }
        let end = ahead.line_end();
        let line = &ahead.bytes()[..end];
        match self.text_in(line) {
            Some(text) => Relation::Own((prefix + text.start, self.member(text, line))),
            None if self.is_beside(line) => Relation::Beside,
            None => Relation::Ends,
        }
    }

    /// Returns the text of the object `line`, if it has this wrapping, as far as it goes.
    fn text_in(self, line: &[u8]) -> Option<Text> {
        let mut tokens = Tokens::new(line);
        let mut head = Around::default();
        for _ in 0..self.tokens {
            head.add(&tokens.next()?, line);
        }
        let text = Text::at(line, tokens.next()?.start)?;
        let tail = text
            .end
            .and_then(|end| Around::after(line, end + 1, head.name));
        let is_own = head.hash == self.head && tail.is_none_or(|tail| tail.hash == self.tail);
        is_own.then_some(text)
    }

    fn member(self, text: Text, line: &[u8]) -> Member {
        let lacks_break = text.end.is_some_and(|end| {
            let is_part = self.is_terminated || end - text.start >= LONGEST_LINE;
            !is_part && !text.has_break(line, end)
        });
        Member {
            is_array: text.is_array,
            lacks_break,
        }
    }

    /// Returns true if the object `line` has a text of the same name.
    fn is_beside(self, line: &[u8]) -> bool {
        let mut tokens = Tokens::new(line);
        while let Some(token) = tokens.next() {
            if token.is_name && hash(token.text(line)) == self.name {
                return line.trim_ascii_end().ends_with(b"}");
            }
        }
        false
    }
}

/// The place of a text in an object.
#[derive(Clone, Copy, Debug)]
struct Text {
    is_array: bool,
    /// The position after the quote or bracket.
    start: usize,
    /// The position of the quote or bracket at the end, if it is there.
    end: Option<usize>,
}

impl Text {
    /// Returns the text whose quote or bracket stands at `at`.
    fn at(line: &[u8], at: usize) -> Option<Self> {
        let start = at + 1;
        let rest = line.get(start..)?;
        let (is_array, len) = match line[at] {
            b'"' => (false, closing_quote(rest)),
            b'[' => (true, memchr::memchr(b']', rest)),
            _ => return None,
        };
        let end = len.map(|len| start + len);
        Some(Text {
            is_array,
            start,
            end,
        })
    }

    /// Returns true if the text, which ends at `end`, has a line break at its end.
    fn has_break(self, line: &[u8], end: usize) -> bool {
        let text = &line[self.start..end];
        match self.is_array {
            true => text.rsplit(|b| !b.is_ascii_digit()).next() == Some(b"10"),
            false => without_escape(text, b"\\n").is_some(),
        }
    }
}

/// What stands around a text: names, and values that do not differ from line to line.
#[derive(Clone, Copy, Debug)]
struct Around<'t> {
    hash: Hash,
    /// The latest name.
    name: &'t [u8],
}

impl Default for Around<'_> {
    fn default() -> Self {
        Around {
            hash: Hash::new(),
            name: b"",
        }
    }
}

impl<'t> Around<'t> {
    /// Reads what stands in `object` from `at` on. Returns `None` if the object has no end.
    fn after(object: &'t [u8], at: usize, name: &'t [u8]) -> Option<Self> {
        let mut tokens = Tokens { line: object, at };
        let mut around = Around {
            name,
            ..Around::default()
        };
        let mut last = 0;
        while let Some(token) = tokens.next() {
            last = object[token.start];
            around.add(&token, object);
        }
        (last == b'}').then_some(around)
    }

    fn add(&mut self, token: &Token, line: &'t [u8]) {
        let text = token.text(line);
        if token.is_name {
            self.name = text;
        }
        let is_value = !token.is_name && token.is_value;
        match is_value && differs(self.name, text) {
            true => self.hash.add(b"0"),
            false => self.hash.add(text),
        }
    }
}

/// Returns true if the value `text` of the member `name` may differ from line to line of one stream.
fn differs(name: &[u8], text: &[u8]) -> bool {
    /// The ids of log lines.
    const IDS: [&[u8]; 9] = [
        b"__CURSOR",
        b"insertId",
        b"eventId",
        b"_id",
        b"uuid",
        b"log_id",
        b"@ptr",
        b"logtag",
        b"partial_ordinal",
    ];
    IDS.contains(&name) || (is_number(text) || is_time(text)) && !tells_stream(name)
}

/// Returns true if the value of the member `name` tells the stream, even if it is a number.
fn tells_stream(name: &[u8]) -> bool {
    const PARTS: [&[u8]; 9] = [
        b"pid",
        b"thread",
        b"host",
        b"pod",
        b"container",
        b"instance",
        b"level",
        b"severity",
        b"priority",
    ];
    PARTS.iter().any(|part| {
        let mut windows = name.windows(part.len());
        windows.any(|window| window.eq_ignore_ascii_case(part))
    })
}

/// Returns true if `text` is a number: digits, with a sign, a point or an exponent.
fn is_number(text: &[u8]) -> bool {
    let points = text.iter().filter(|&&b| b == b'.').count();
    let is_of_number = |b: &u8| b.is_ascii_digit() || b"+-.eE".contains(b);
    points <= 1 && text.iter().any(u8::is_ascii_digit) && text.iter().all(is_of_number)
}

/// Returns true if `text` has the time of a day: two digits, a colon, and two digits.
fn is_time(text: &[u8]) -> bool {
    const LONGEST: usize = 48;
    let is_digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    let is_at = |colon: usize| {
        let pair = |at: usize| is_digit(at) && is_digit(at + 1);
        let is_alone = !colon.checked_sub(3).is_some_and(is_digit);
        colon >= 2 && pair(colon - 2) && pair(colon + 1) && is_alone && !is_digit(colon + 3)
    };
    text.len() <= LONGEST && memchr::memchr_iter(b':', text).any(is_at)
}

fn hash(text: &[u8]) -> Hash {
    let mut hash = Hash::new();
    hash.add(text);
    hash
}

/// A token of JSON.
#[derive(Clone, Copy, Debug)]
struct Token {
    start: usize,
    end: usize,
    /// True for a string before a colon.
    is_name: bool,
    /// True for a string, a number or a word.
    is_value: bool,
}

impl Token {
    /// Returns the text of the token, without its quotes.
    fn text<'t>(&self, line: &'t [u8]) -> &'t [u8] {
        let text = &line[self.start..self.end];
        let text = text.strip_prefix(b"\"").unwrap_or(text);
        text.strip_suffix(b"\"").unwrap_or(text)
    }
}

/// The tokens of a line.
struct Tokens<'t> {
    line: &'t [u8],
    at: usize,
}

impl<'t> Tokens<'t> {
    fn new(line: &'t [u8]) -> Self {
        Tokens { line, at: 0 }
    }

    fn next(&mut self) -> Option<Token> {
        let start = skip_blanks(self.line, self.at);
        let first = *self.line.get(start)?;
        let rest = &self.line[start + 1..];
        let len = match first {
            b'"' => closing_quote(rest).map_or(rest.len(), |len| len + 1),
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 0,
            _ => {
                let end = rest.iter().position(|b| b"{}[],:\" \t\r".contains(b));
                end.unwrap_or(rest.len())
            }
        };
        let end = start + 1 + len;
        self.at = end;
        let is_string = first == b'"';
        Some(Token {
            start,
            end,
            is_name: is_string && self.line.get(skip_blanks(self.line, end)) == Some(&b':'),
            is_value: is_string || len > 0 || first.is_ascii_alphanumeric(),
        })
    }
}

fn skip_blanks(line: &[u8], at: usize) -> usize {
    let blanks = line[at..].iter().take_while(|&&b| is_line_space(b));
    at + blanks.count()
}

/// Finds the first text in `object` in which a document begins but does not end. Returns the position of the text's quote,
/// and the position of the document in the text. Stops at a name for which `is_typed` is true: users fill such members.
pub(super) fn begun_in(object: &[u8], is_typed: fn(&str) -> bool) -> Option<(usize, usize)> {
    let mut tokens = Tokens::new(object);
    while let Some(token) = tokens.next() {
        let text = token.text(object);
        if token.is_name && std::str::from_utf8(text).is_ok_and(is_typed) {
            return None;
        }
        if token.is_value && !token.is_name && may_be_open(text) {
            let begun = open_document(Escape::Backslash, text, is_typed);
            if let Some(begun) = begun {
                return Some((token.start, begun));
            }
        }
    }
    None
}

/// Returns true if the escaped `text` has a bracket, or may end with a tag.
fn may_be_open(text: &[u8]) -> bool {
    memchr::memchr2(b'{', b'>', text).is_some() || memchr::memmem::find(text, b"\\u003e").is_some()
}

/// Returns the position in the escaped text `raw` of a document that begins in it but does not end. Documents in a text of
/// a user do not count.
pub(super) fn open_document(
    escape: Escape,
    raw: &[u8],
    is_typed: fn(&str) -> bool,
) -> Option<usize> {
    let text = escape.text_of(raw);
    let at = open_at(&text)?;
    let is_in_typed = typed::ends_in_typed(&text[..at], is_typed);
    (!is_in_typed).then(|| { escape }.raw_start(raw, at))
}

/// Returns the position of the first document that does not end in `text`.
fn open_at(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(len) = memchr::memchr2(b'<', b'{', &text[at..]) {
        at += len;
        let rest = &text[at..];
        let is_element = rest.starts_with(b"<xml") || rest.starts_with(b"<?xml");
        let len = match rest[0] {
            b'{' => object_len(rest),
            _ if is_element => element_len(rest),
            _ => Some(1),
        };
        match len {
            Some(len) => at += len,
            // The sizes of chunks may stand anywhere in it, also in an escape.
            None if chunked::ends_with_size(&text[..at]) => return None,
            None => return Some(at),
        }
    }
    begun_element(text)
}

/// Returns the length of the XML document at the start of `text`, or `None` if it does not end.
fn element_len(text: &[u8]) -> Option<usize> {
    const SECTIONS: [(&[u8], &[u8]); 2] = [(b"<![CDATA[", b"]]>"), (b"<!--", b"-->")];
    let mut at = 1;
    loop {
        at += memchr::memchr(b'<', &text[at..])?;
        let rest = &text[at..];
        if rest.starts_with(ROOT_END) {
            return Some(at + ROOT_END.len());
        }
        let section = SECTIONS.iter().find(|(begin, _)| rest.starts_with(begin));
        at += match section {
            Some((begin, end)) => begin.len() + after(&rest[begin.len()..], end)?,
            None => 1,
        };
    }
}

const ROOT_END: &[u8] = b"</xml>";

/// Returns the position after the first `end` in `text`.
fn after(text: &[u8], end: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, end).map(|at| at + end.len())
}

/// Returns the position of the start tag with which `text` ends.
fn begun_element(text: &[u8]) -> Option<usize> {
    let text = text.trim_ascii_end();
    let at = memchr::memrchr(b'<', text)?;
    let name = text[at + 1..].strip_suffix(b">")?;
    let is_of_name = |b: &u8| b.is_ascii_alphanumeric() || b"_-.:".contains(b);
    let begins = name.first().is_some_and(u8::is_ascii_alphabetic);
    (begins && name.iter().all(is_of_name)).then_some(at)
}

/// Returns the length of the object at the start of `text`, or `None` if it does not end. It may have comments.
fn object_len(text: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        at += text[at..].iter().position(|b| b"{}[]\"/".contains(b))?;
        let rest = &text[at + 1..];
        at += 1 + match (text[at], rest.first()) {
            (b'"', _) => closing_quote(rest)? + 1,
            (b'/', Some(b'*')) => after(rest, b"*/")?,
            (b'/', Some(b'/')) => after(rest, b"\n")?,
            _ => 0,
        };
        match text[at - 1] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::container::Container;

    fn of(object: &str, text: &str) -> (Wrapping, Member) {
        let at = object.find(text).expect("the text is there");
        Wrapping::of(object.as_bytes(), at, None).expect("an object")
    }

    fn line(wrapping: Wrapping, line: &str) -> Relation<(usize, Member)> {
        wrapping.line(Lookahead::whole(line.as_bytes()))
    }

    fn is_own(wrapping: Wrapping, text: &str) -> bool {
        matches!(line(wrapping, text), Relation::Own(..))
    }

    #[test]
    fn times_and_counters_differ_and_streams_do_not() {
        let object =
            r#"{"_id":"aX","n":1,"t":"2025-11-22T12:00:00Z","pid":7,"pod":"a-1","log":"x"}"#;
        let (wrapping, _) = of(object, "\"x\"");
        for (from, to) in [
            ("aX", "bY"),
            (":1,", ":22,"),
            ("12:00:00Z", "13:01:02.5Z"),
            ("\"x\"", "\"other \\\" text\""),
            (",\"n\"", ", \"n\""),
        ] {
            assert!(is_own(wrapping, &object.replacen(from, to, 1)), "{to}");
        }
        for (from, to) in [(":7,", ":8,"), ("a-1", "a-2"), ("\"n\"", "\"m\"")] {
            let other = object.replacen(from, to, 1);
            assert_eq!(line(wrapping, &other), Relation::Beside, "{to}");
        }
        for foreign in ["", "x", "{\"msg\":\"x\"}", "{}", "[1]"] {
            assert_eq!(line(wrapping, foreign), Relation::Ends, "{foreign}");
        }
    }

    #[test]
    fn lines_of_objects_are_one_text() {
        let cases = [
            (
                "{\"a\":1,\"m\":\"{\\n\"}\n{\"a\":2,\"m\":\"x \\\"y\\\"\"}\n{\"a\":3,\"m\":\"}\\n\"}\n",
                "{\nx \"y\"}\n",
            ),
            (
                "{\"m\":\"{\",\"a\":\"12:00:00\"}\r\n{\"m\":\"x\",\"a\":\"12:00:01\"}\r\n{\"m\":\"z\",\"a\":\"b\"}\n",
                "{\nx\n",
            ),
            (
                "{\"m\":\"{\"}\n{\"m\":[120,49]}\n{\"m\":\"torn\n",
                "{\nx1\ntorn",
            ),
        ];
        for (raw, expected) in cases {
            let first = raw.lines().next().expect("a line");
            let at = first.find("\"{").expect("the text is there");
            let (wrapping, member) = Wrapping::of(first.as_bytes(), at, None).expect("an object");
            let escape = Escape::Container(Container::within(wrapping, member));
            let text = escape.text_of(&raw.as_bytes()[at + 1..]);
            assert_eq!(String::from_utf8_lossy(&text), expected, "{raw}");
        }
    }

    #[test]
    fn a_document_that_ends_is_not_open() {
        let open = |text: &str| open_at(text.as_bytes());
        for (text, at) in [
            ("body={", 5),
            ("{}{\"a\":[", 2),
            ("{\"a\":\"}", 0),
            ("{\"a\"/* } ", 0),
            ("{} <xml><a>", 3),
            ("<?xml version=\"1.0\"?>", 0),
            ("<xml><![CDATA[</xml>", 0),
            ("a <root> ", 2),
        ] {
            assert_eq!(open(text), Some(at), "{text}");
        }
        for text in [
            "",
            "{}",
            "{\"a\":\"<xml>\"}",
            "{\"a\":\"\\\"{\"}",
            "<xml>{</xml>",
            "<xml><![CDATA[<xml>]]></xml>",
            "a < b",
            "</xml>",
        ] {
            assert_eq!(open(text), None, "{text}");
        }
    }
}
