//! Reads a JSON object into a [`Tree`].
//!
//! Why not serde_json: it gives no places for findings and keeps only the last of two equal names. It refuses the
//! comments and trailing commas that captures and WeChat's samples hold; here they are read and reported. It leaves
//! nothing of a document that is torn; here a partial tree tells what the document was and where the next payload
//! begins.
//!
//! Anything else that RFC 8259 does not allow is [`Stop::Broken`], with its place and what was expected there. A
//! document is read without recursion. If it is longer than the bytes that have arrived, the answer is [`Stop::More`],
//! and the caller reads again with more bytes.

use crate::finding::{Finding, Findings, Reason};
use crate::simd::{is_space, json_special, skip_space};
use crate::span::Span;
use crate::syntax::{Bytes, Kind, Limits, Node, NodeId, Stop, Str, Syntax, Tree, not_utf8};

/// The most bytes of a short `//` comment, and of all comments of a document whose comments are short.
const LONGEST_LINE: usize = 4096;

/// What may come next.
#[derive(Clone, Copy, Debug)]
enum Expect {
    Value,
    FirstMember,
    NextMember,
    Colon,
    FirstEntry,
    NextEntry,
    CommaOrEnd,
}

/// The state of reading a document.
#[derive(Debug)]
pub(crate) struct Reader {
    at: usize,
    expect: Expect,
    /// The objects and arrays that are not closed yet, outermost first.
    open: Vec<NodeId>,
    /// The name of the member whose value comes next, and its position.
    name: (Str, u32),
    /// The position of the latest comma.
    comma: usize,
    /// True if comments of any length are read, not only a few short ones; see [`short_comment_len`].
    pub(crate) reads_long_comments: bool,
    /// True if a comment that is not short was met, or many short ones.
    met_long_comment: bool,
    /// The number of bytes of all comments.
    comments: usize,
    /// The comments. Those with only white space between them are one.
    comment_spans: Vec<Span>,
}

/// The bytes of a document, and what a read writes to.
struct Document<'a, 'b> {
    bytes: Bytes<'a>,
    tree: &'b mut Tree,
    findings: &'b mut Findings,
    limits: &'b Limits,
}

impl Reader {
    pub(crate) fn new() -> Self {
        Reader {
            at: 0,
            expect: Expect::Value,
            open: Vec::new(),
            name: Default::default(),
            comma: 0,
            reads_long_comments: true,
            met_long_comment: false,
            comments: 0,
            comment_spans: Vec::new(),
        }
    }

    /// Starts over and keeps the memory of the stack.
    fn restart(&mut self) {
        self.open.clear();
        self.comment_spans.clear();
        *self = Reader {
            open: std::mem::take(&mut self.open),
            comment_spans: std::mem::take(&mut self.comment_spans),
            reads_long_comments: self.reads_long_comments,
            ..Reader::new()
        };
    }

    /// Returns the position of the token that could not be read, or has not arrived whole.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Returns the position of the string before a missing colon, if a colon is expected next.
    pub(crate) fn unnamed_at(&self) -> Option<usize> {
        let (_, name_at) = self.name;
        matches!(self.expect, Expect::Colon).then(|| (name_at as usize).saturating_sub(1))
    }

    /// Returns the name of the member whose value comes next or is cut off.
    pub(crate) fn member(&self) -> Option<Str> {
        let (name, _) = self.name;
        (matches!(self.expect, Expect::Value) && name.len() > 0).then_some(name)
    }

    /// Returns true if a comment before [`Reader::at`] is not short, or if there are many.
    pub(crate) fn met_long_comment(&self) -> bool {
        self.met_long_comment
    }

    /// Returns the number of objects and arrays that are open at [`Reader::at`].
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Returns true if `id` is still open: its end is not known.
    pub(crate) fn is_open(&self, id: NodeId) -> bool {
        self.open.binary_search(&id).is_ok()
    }

    /// Reads the object with which `bytes` begin into `tree`, and returns its length.
    ///
    /// # Errors
    ///
    /// [`Stop::Broken`] if the bytes are not JSON or exceed a limit. [`Stop::More`] if they end too early and more may
    /// come.
    pub(crate) fn read(
        &mut self,
        bytes: Bytes<'_>,
        tree: &mut Tree,
        findings: &mut Findings,
        limits: &Limits,
    ) -> Result<usize, Stop> {
        self.restart();
        tree.clear(Syntax::Json);
        let mut document = Document {
            bytes,
            tree,
            findings,
            limits,
        };
        self.document(&mut document)
    }

    fn document(&mut self, d: &mut Document<'_, '_>) -> Result<usize, Stop> {
        loop {
            let next = match d.bytes.get(self.at) {
                Some(next) if next > b' ' && next != b'/' => next,
                _ => {
                    self.skip_insignificant(d)?;
                    match d.bytes.get(self.at) {
                        Some(next) => next,
                        None => return self.run_out(d),
                    }
                }
            };
            self.token(d, next)?;
            if self.open.is_empty() {
                return Ok(self.at);
            }
        }
    }

    /// Returns the comments that were read. Those with only white space between them are one.
    pub(crate) fn comments(&self) -> &[Span] {
        &self.comment_spans
    }

    /// Skips white space and comments. Each comment is a finding.
    fn skip_insignificant(&mut self, d: &mut Document<'_, '_>) -> Result<(), Stop> {
        let before = self.comment_spans.len();
        loop {
            self.at = skip_space(d.bytes.all, self.at);
            if d.bytes.get(self.at) != Some(b'/') {
                return Ok(());
            }
            let comment = self.comment(d.bytes.from(self.at));
            let Some(len) = comment.map_err(|()| self.unexpected(d))? else {
                return self.run_out(d);
            };
            self.comments += len;
            if self.comments > LONGEST_LINE {
                if !self.reads_long_comments {
                    return Err(self.unexpected(d));
                }
                self.met_long_comment = true;
            }
            let span = Span::new(self.at, self.at + len);
            d.findings.push(Finding::new(Reason::Comment, span));
            match self.comment_spans.get_mut(before) {
                Some(begun) => begun.end = span.end,
                None => self.comment_spans.push(span),
            }
            self.at += len;
        }
    }

    fn comment(&mut self, rest: &[u8]) -> Result<Option<usize>, ()> {
        let short = short_comment_len(rest);
        if short.is_ok() || !self.reads_long_comments {
            return short;
        }
        let long = comment_len(rest, 0);
        self.met_long_comment |= long.is_ok();
        long
    }

    /// Reads the token that begins with `next`.
    fn token(&mut self, d: &mut Document<'_, '_>, next: u8) -> Result<(), Stop> {
        match (self.expect, next) {
            (Expect::FirstMember | Expect::NextMember, b'"') => return self.name(d),
            (Expect::FirstMember, b'}') | (Expect::FirstEntry, b']') => self.close(d),
            (Expect::NextMember, b'}') => self.close_after_comma(d, "}"),
            (Expect::NextEntry, b']') => self.close_after_comma(d, "]"),
            (Expect::Colon, b':') => self.skip_to(Expect::Value),
            (Expect::Value | Expect::FirstEntry | Expect::NextEntry, _) => {
                return self.value(d, next);
            }
            (Expect::CommaOrEnd, _) => return self.comma_or_end(d, next),
            _ => return Err(self.unexpected(d)),
        }
        Ok(())
    }

    /// Skips a character and sets what may come next.
    fn skip_to(&mut self, expect: Expect) {
        self.at += 1;
        self.expect = expect;
    }

    /// Reads the name of a member, and the colon if it follows at once.
    fn name(&mut self, d: &mut Document<'_, '_>) -> Result<(), Stop> {
        let start = self.at;
        let name = self.string(d)?;
        self.name = (name, Span::new(start + 1, start).start);
        match d.bytes.get(self.at) {
            Some(b':') => self.skip_to(Expect::Value),
            _ => self.expect = Expect::Colon,
        }
        Ok(())
    }

    fn value(&mut self, d: &mut Document<'_, '_>, next: u8) -> Result<(), Stop> {
        if d.tree.len() >= d.limits.values {
            return Err(self.over_limit(Reason::TooManyValues, d.limits.values));
        }
        match next {
            b'{' => self.open(d, Kind::Object, Expect::FirstMember),
            b'[' => self.open(d, Kind::Array, Expect::FirstEntry),
            b'"' => {
                let start = self.at;
                let value = self.string(d)?;
                self.leaf(d, Kind::Text, value, start);
                Ok(())
            }
            b'-' | b'0'..=b'9' | b'a'..=b'z' => self.word(d, next),
            _ => Err(d.bytes.broken(self.at, Reason::ExpectedValue)),
        }
    }

    fn open(&mut self, d: &mut Document<'_, '_>, kind: Kind, expect: Expect) -> Result<(), Stop> {
        if self.open.len() >= d.limits.depth {
            return Err(self.over_limit(Reason::TooDeep, d.limits.depth));
        }
        let id = d.tree.push(self.node(kind, Str::default(), self.at));
        self.open.push(id);
        self.skip_to(expect);
        Ok(())
    }

    fn over_limit(&self, reason: Reason, limit: usize) -> Stop {
        let finding = Finding::new(reason, Span::new(self.at, self.at + 1));
        Stop::Broken(finding.with(limit.to_string()))
    }

    fn close(&mut self, d: &mut Document<'_, '_>) {
        self.skip_to(Expect::CommaOrEnd);
        if let Some(id) = self.open.pop() {
            d.tree.close(id, self.at);
        }
    }

    fn close_after_comma(&mut self, d: &mut Document<'_, '_>, closer: &str) {
        let comma = Span::new(self.comma, self.comma + 1);
        let finding = Finding::new(Reason::CommaBeforeEnd, comma);
        d.findings.push(finding.with(closer));
        self.close(d);
    }

    fn comma_or_end(&mut self, d: &mut Document<'_, '_>, next: u8) -> Result<(), Stop> {
        match (next, self.in_object(d)) {
            (b',', in_object) => {
                self.comma = self.at;
                self.skip_to(match in_object {
                    true => Expect::NextMember,
                    false => Expect::NextEntry,
                });
            }
            (b'}', true) | (b']', false) => self.close(d),
            _ => return Err(self.unexpected(d)),
        }
        Ok(())
    }

    /// Reads a number, `true`, `false` or `null`: all bytes up to the next separator.
    fn word(&mut self, d: &mut Document<'_, '_>, first: u8) -> Result<(), Stop> {
        let rest = d.bytes.from(self.at);
        let is_separator =
            |b: &u8| is_space(*b) || matches!(b, b',' | b'}' | b']' | b':' | b'"' | b'/');
        let Some(len) = rest.iter().position(is_separator) else {
            return self.run_out(d);
        };
        let word = &rest[..len];
        let kind = match first {
            b'a'..=b'z' if matches!(word, b"true" | b"false" | b"null") => Kind::Literal,
            b'a'..=b'z' => return Err(d.bytes.broken(self.at, Reason::ExpectedValue)),
            _ if is_number(word) => Kind::Number,
            _ => {
                let finding = Finding::new(Reason::BadNumber, Span::new(self.at, self.at + len));
                return Err(Stop::Broken(finding.with(String::from_utf8_lossy(word))));
            }
        };
        let start = self.at;
        self.at += len;
        self.leaf(d, kind, Str::source(start, self.at), start);
        Ok(())
    }

    fn leaf(&mut self, d: &mut Document<'_, '_>, kind: Kind, value: Str, start: usize) {
        let mut node = self.node(kind, value, start);
        node.span.end = Span::new(0, self.at).end;
        d.tree.push(node);
        self.expect = Expect::CommaOrEnd;
    }

    /// Makes a node with the name that was read before, if any.
    fn node(&mut self, kind: Kind, value: Str, start: usize) -> Node {
        let (name, name_at) = std::mem::take(&mut self.name);
        Node {
            kind,
            padded: false,
            name,
            name_at,
            value,
            span: Span::new(start, start),
            end: 0,
        }
    }

    /// Reads a string and moves after it. Returns its text without escapes.
    // A call would take 4 % more instructions for each payload.
    #[inline(always)]
    fn string(&mut self, d: &mut Document<'_, '_>) -> Result<Str, Stop> {
        let start = self.at + 1;
        let end = start + json_special(d.bytes.from(start));
        match d.bytes.get(end) {
            Some(b'"') => {
                self.at = end + 1;
                Ok(Str::source(start, end))
            }
            _ => self.escaped_string(d, start, end),
        }
    }

    /// Reads the string that begins at `start` on from `at`, where it does not end.
    fn escaped_string(
        &mut self,
        d: &mut Document<'_, '_>,
        start: usize,
        mut at: usize,
    ) -> Result<Str, Stop> {
        loop {
            match d.bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    at += match escape_len(d.bytes, at) {
                        Some(len) => len?,
                        None => return self.run_out(d),
                    };
                }
                Some(_) => return Err(d.bytes.broken(at, Reason::ControlInString)),
                None => return self.run_out(d),
            }
            at += json_special(d.bytes.from(at));
        }
        let text = d.unescape(start, at)?;
        self.at = at + 1;
        Ok(text)
    }

    fn in_object(&self, d: &Document<'_, '_>) -> bool {
        let innermost = self.open.last();
        innermost.is_some_and(|&id| d.tree.node(id).kind == Kind::Object)
    }

    /// Makes the failure of a byte that fits nothing that may come next.
    fn unexpected(&self, d: &Document<'_, '_>) -> Stop {
        let reason = match self.expect {
            Expect::Value | Expect::FirstEntry | Expect::NextEntry => Reason::ExpectedValue,
            Expect::FirstMember => Reason::ExpectedMember,
            Expect::NextMember => Reason::ExpectedMemberName,
            Expect::Colon => Reason::ExpectedColon,
            Expect::CommaOrEnd if d.bytes.from(self.at).starts_with("，".as_bytes()) => {
                Reason::FullWidthComma
            }
            Expect::CommaOrEnd if self.in_object(d) => Reason::ExpectedCommaOrBrace,
            Expect::CommaOrEnd => Reason::ExpectedCommaOrBracket,
        };
        d.bytes.broken(self.at, reason)
    }

    fn run_out<T>(&self, d: &Document<'_, '_>) -> Result<T, Stop> {
        if !d.bytes.last {
            return Err(Stop::More);
        }
        let within = self.open.last().map(|&id| *d.tree.node(id));
        let bracket = |start: u32| Span::new(start as usize, start as usize + 1);
        let opened = within.map(|node| bracket(node.span.start));
        let name = within.filter(|node| node.name.len() > 0).map(|node| {
            let text = std::str::from_utf8(d.bytes.all).unwrap_or_default();
            format!("`{}`", d.tree.str(node.name, text))
        });
        let within = name.unwrap_or_else(|| "`{`".into());
        let stop = d.bytes.run_out(Reason::JsonCutOff, within);
        Err(stop.with_opened(opened))
    }
}

/// Returns the length of the comment that begins with the `/` of `rest`: `None` if it has not arrived whole, `Err` if
/// it is no comment. The end is searched from `from` on.
pub(crate) fn comment_len(rest: &[u8], from: usize) -> Result<Option<usize>, ()> {
    let find = |from: usize, end: &[u8]| {
        let found = memchr::memmem::find(rest.get(from..)?, end)?;
        Some(from + found)
    };
    match rest.get(1) {
        None => Ok(None),
        Some(b'/') => Ok(find(from, b"\n")),
        Some(b'*') => Ok(find(from.max(2), b"*/").map(|at| at + 2)),
        Some(_) => Err(()),
    }
}

/// Returns the length of a short comment, as [`comment_len`] does: a line comment of at most [`LONGEST_LINE`] bytes, or
/// a block comment without `/*` inside.
///
/// With these bounds, text full of unfinished comments is read in linear time. A caller of [`comment_len`] must limit
/// how often it reads long comments.
pub(crate) fn short_comment_len(rest: &[u8]) -> Result<Option<usize>, ()> {
    match rest.get(1) {
        Some(b'/') => match memchr::memchr(b'\n', &rest[..rest.len().min(LONGEST_LINE)]) {
            None if rest.len() >= LONGEST_LINE => Err(()),
            len => Ok(len),
        },
        Some(b'*') => {
            for at in memchr::memchr_iter(b'*', &rest[2..]).map(|n| n + 2) {
                match (rest[at - 1], rest.get(at + 1)) {
                    (_, Some(b'/')) => return Ok(Some(at + 2)),
                    (b'/', _) if at > 2 => return Err(()),
                    _ => {}
                }
            }
            Ok(None)
        }
        _ => comment_len(rest, 0),
    }
}

/// Returns the length of the escape at `at`. `None` if it has not arrived whole.
fn escape_len(bytes: Bytes<'_>, at: usize) -> Option<Result<usize, Stop>> {
    let len = match bytes.get(at + 1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => return Some(Ok(2)),
        b'u' => 6,
        _ => 2,
    };
    let escape = bytes.all.get(at..at + len)?;
    if len == 6 && escape[2..].iter().all(u8::is_ascii_hexdigit) {
        return Some(Ok(6));
    }
    let finding = Finding::new(Reason::BadEscape, Span::new(at, at + len));
    Some(Err(Stop::Broken(
        finding.with(String::from_utf8_lossy(escape)),
    )))
}

impl Document<'_, '_> {
    /// Unescapes the string from `start` to `end`, whose escapes are well-formed.
    ///
    /// Half of a surrogate pair becomes U+FFFD; the first one in a string is a finding.
    fn unescape(&mut self, start: usize, end: usize) -> Result<Str, Stop> {
        let (all, own) = (self.bytes.all, self.tree.own().len());
        let mut at = start;
        let mut is_whole = true;
        while at < end {
            let plain = memchr::memchr(b'\\', &all[at..end]).map_or(end, |n| at + n);
            let piece = std::str::from_utf8(&all[at..plain])
                .map_err(|error| Stop::Broken(not_utf8(all, at + error.valid_up_to())))?;
            self.tree.own().push_str(piece);
            at = plain;
            if at < end {
                let (c, len) = escaped_char(&all[at..end]).unwrap_or_else(|| {
                    let is_first = std::mem::replace(&mut is_whole, false);
                    let half = || lone_surrogate(all, at);
                    self.findings.extend(is_first.then(half));
                    (char::REPLACEMENT_CHARACTER, SURROGATE_LEN)
                });
                self.tree.own().push(c);
                at += len;
            }
        }
        Ok(self.tree.own_since(own))
    }
}

/// The length of the escape of half a surrogate pair, such as `\ud83d`.
const SURROGATE_LEN: usize = 6;

fn lone_surrogate(bytes: &[u8], at: usize) -> Finding {
    let span = Span::new(at, at + SURROGATE_LEN);
    let escape = bytes.get(span.range()).unwrap_or_default();
    Finding::new(Reason::LoneSurrogate, span).with(String::from_utf8_lossy(escape))
}

/// Returns the character of the escape at the start of `bytes`, and the escape's length. `None` for half of a surrogate
/// pair.
fn escaped_char(bytes: &[u8]) -> Option<(char, usize)> {
    let simple = |c| Some((c, 2));
    match bytes[1] {
        b'b' => simple('\u{8}'),
        b'f' => simple('\u{c}'),
        b'n' => simple('\n'),
        b'r' => simple('\r'),
        b't' => simple('\t'),
        b'u' => {
            let high = hex4(&bytes[2..])?;
            if let Some(c) = char::from_u32(high) {
                return Some((c, 6));
            }
            let low = bytes[6..]
                .strip_prefix(b"\\u")
                .and_then(hex4)
                .filter(|low| (0xDC00..0xE000).contains(low))?;
            (high < 0xDC00).then_some(())?;
            Some((
                char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))?,
                12,
            ))
        }
        other => simple(char::from(other)),
    }
}

fn hex4(digits: &[u8]) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(digits.get(..4)?).ok()?, 16).ok()
}

/// Returns true if `word` is a number of RFC 8259.
pub(crate) fn is_number(word: &[u8]) -> bool {
    fn digits(bytes: &[u8]) -> Option<&[u8]> {
        let len = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
        (len > 0).then(|| &bytes[len..])
    }
    let number = || {
        let unsigned = word.strip_prefix(b"-").unwrap_or(word);
        let mut rest = digits(unsigned)?;
        if unsigned[0] == b'0' && unsigned.len() - rest.len() > 1 {
            return None;
        }
        if let Some(fraction) = rest.strip_prefix(b".") {
            rest = digits(fraction)?;
        }
        if let Some((b'e' | b'E', exponent)) = rest.split_first().map(|(e, rest)| (*e, rest)) {
            let sign = exponent.first().is_some_and(|b| matches!(b, b'+' | b'-'));
            rest = digits(&exponent[usize::from(sign)..])?;
        }
        rest.is_empty().then_some(())
    };
    number().is_some()
}
