//! Reads a JSON object into a [`Tree`].
//!
//! Why not serde_json: it gives no places for findings and keeps only the last of two equal names. It refuses the
//! comments and trailing commas that captures and WeChat's samples hold; here they are read and reported. It leaves
//! nothing of a document that is torn; here a partial tree tells what the document was and where the next payload
//! begins.
//!
//! Everything else follows RFC 8259. What does not is [`Stop::Broken`], with its place and what was expected there. A
//! document is read without recursion. If it is longer than the bytes that have arrived, the answer is [`Stop::More`],
//! and the caller reads again with more bytes.

use crate::finding::{Finding, Findings, Reason};
use crate::simd::{is_space, json_special};
use crate::span::Span;
use crate::syntax::{Bytes, Kind, Limits, Node, NodeId, Stop, Str, Syntax, Tree};

/// The most bytes of a `//` comment.
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
}

impl Reader {
    pub(crate) fn new() -> Self {
        Reader {
            at: 0,
            expect: Expect::Value,
            open: Vec::new(),
            name: Default::default(),
            comma: 0,
        }
    }

    /// Starts over and keeps the memory of the stack.
    fn restart(&mut self) {
        self.open.clear();
        *self = Reader {
            open: std::mem::take(&mut self.open),
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

    /// Returns the number of objects and arrays that are open at [`Reader::at`].
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// True if `id` is still open: its end is not known.
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
        loop {
            let next = match bytes.get(self.at) {
                Some(next) if next > b' ' && next != b'/' => next,
                _ => {
                    self.skip_insignificant(bytes, tree, findings)?;
                    match bytes.get(self.at) {
                        Some(next) => next,
                        None => return self.run_out(bytes, tree),
                    }
                }
            };
            match self.expect {
                Expect::Value => self.value(next, bytes, tree, findings, limits)?,
                Expect::FirstMember => {
                    self.member(next, bytes, tree, findings, Reason::ExpectedMember)?
                }
                Expect::NextMember => match next {
                    b'}' => self.close_after_comma(tree, findings, "}"),
                    _ => self.member(next, bytes, tree, findings, Reason::ExpectedMemberName)?,
                },
                Expect::Colon => self.colon(next, bytes)?,
                Expect::FirstEntry if next == b']' => self.close(tree),
                Expect::NextEntry if next == b']' => self.close_after_comma(tree, findings, "]"),
                Expect::FirstEntry | Expect::NextEntry => {
                    self.entry(next, bytes, tree, findings, limits)?
                }
                Expect::CommaOrEnd => self.comma_or_end(next, bytes, tree)?,
            }
            if self.open.is_empty() {
                return Ok(self.at);
            }
        }
    }

    /// Skips white space and comments. Each comment is a finding.
    fn skip_insignificant(
        &mut self,
        bytes: Bytes<'_>,
        tree: &Tree,
        findings: &mut Findings,
    ) -> Result<(), Stop> {
        loop {
            self.at += bytes
                .from(self.at)
                .iter()
                .take_while(|&&b| is_space(b))
                .count();
            if bytes.get(self.at) != Some(b'/') {
                return Ok(());
            }
            let comment =
                comment_len(bytes.from(self.at)).map_err(|()| self.unexpected(bytes, tree))?;
            let Some(len) = comment else {
                return self.run_out(bytes, tree);
            };
            findings.push(Finding::new(
                Reason::Comment,
                Span::new(self.at, self.at + len),
            ));
            self.at += len;
        }
    }

    /// Reads the name of a member, or the end of an object without members.
    fn member(
        &mut self,
        next: u8,
        bytes: Bytes<'_>,
        tree: &mut Tree,
        findings: &mut Findings,
        otherwise: Reason,
    ) -> Result<(), Stop> {
        match next {
            b'"' => {
                let start = self.at;
                let name = self.string(bytes, tree, findings)?;
                self.name = (name, Span::new(start + 1, start).start);
                self.expect = match bytes.get(self.at) {
                    Some(b':') => {
                        self.at += 1;
                        Expect::Value
                    }
                    _ => Expect::Colon,
                };
                Ok(())
            }
            b'}' if matches!(self.expect, Expect::FirstMember) => {
                self.close(tree);
                Ok(())
            }
            _ => Err(bytes.broken(self.at, otherwise)),
        }
    }

    fn colon(&mut self, next: u8, bytes: Bytes<'_>) -> Result<(), Stop> {
        if next != b':' {
            return Err(bytes.broken(self.at, Reason::ExpectedColon));
        }
        self.at += 1;
        self.expect = Expect::Value;
        Ok(())
    }

    fn entry(
        &mut self,
        next: u8,
        bytes: Bytes<'_>,
        tree: &mut Tree,
        findings: &mut Findings,
        limits: &Limits,
    ) -> Result<(), Stop> {
        self.name = Default::default();
        self.value(next, bytes, tree, findings, limits)
    }

    fn value(
        &mut self,
        next: u8,
        bytes: Bytes<'_>,
        tree: &mut Tree,
        findings: &mut Findings,
        limits: &Limits,
    ) -> Result<(), Stop> {
        if tree.len() >= limits.values {
            return Err(Stop::Broken(
                Finding::new(Reason::TooManyValues, self.here()).with(limits.values.to_string()),
            ));
        }
        match next {
            b'{' => self.open(Kind::Object, Expect::FirstMember, tree, limits),
            b'[' => self.open(Kind::Array, Expect::FirstEntry, tree, limits),
            b'"' => {
                let start = self.at;
                let value = self.string(bytes, tree, findings)?;
                self.leaf(Kind::Text, value, start, tree);
                Ok(())
            }
            b'-' | b'0'..=b'9' | b'a'..=b'z' => self.word(next, bytes, tree),
            _ => Err(bytes.broken(self.at, Reason::ExpectedValue)),
        }
    }

    fn open(
        &mut self,
        kind: Kind,
        expect: Expect,
        tree: &mut Tree,
        limits: &Limits,
    ) -> Result<(), Stop> {
        if self.open.len() >= limits.depth {
            return Err(Stop::Broken(
                Finding::new(Reason::TooDeep, self.here()).with(limits.depth.to_string()),
            ));
        }
        let id = tree.push(self.node(kind, Str::default(), self.at));
        self.open.push(id);
        self.at += 1;
        self.expect = expect;
        Ok(())
    }

    fn close(&mut self, tree: &mut Tree) {
        self.at += 1;
        if let Some(id) = self.open.pop() {
            tree.close(id, self.at);
        }
        self.expect = Expect::CommaOrEnd;
    }

    fn close_after_comma(&mut self, tree: &mut Tree, findings: &mut Findings, closer: &str) {
        findings.push(
            Finding::new(
                Reason::CommaBeforeEnd,
                Span::new(self.comma, self.comma + 1),
            )
            .with(closer),
        );
        self.close(tree);
    }

    fn comma_or_end(&mut self, next: u8, bytes: Bytes<'_>, tree: &mut Tree) -> Result<(), Stop> {
        let in_object = self.in_object(tree);
        match (next, in_object) {
            (b',', _) => {
                self.comma = self.at;
                self.at += 1;
                self.expect = if in_object {
                    Expect::NextMember
                } else {
                    Expect::NextEntry
                };
                Ok(())
            }
            (b'}', true) | (b']', false) => {
                self.close(tree);
                Ok(())
            }
            _ => Err(self.unexpected(bytes, tree)),
        }
    }

    /// Reads a number, `true`, `false` or `null`: all bytes up to the next separator.
    fn word(&mut self, first: u8, bytes: Bytes<'_>, tree: &mut Tree) -> Result<(), Stop> {
        let rest = bytes.from(self.at);
        let Some(len) = rest
            .iter()
            .position(|&b| is_space(b) || matches!(b, b',' | b'}' | b']' | b':' | b'"' | b'/'))
        else {
            return self.run_out(bytes, tree);
        };
        let word = &rest[..len];
        let kind = match first {
            b'a'..=b'z' if matches!(word, b"true" | b"false" | b"null") => Kind::Literal,
            b'a'..=b'z' => return Err(bytes.broken(self.at, Reason::ExpectedValue)),
            _ if is_number(word) => Kind::Number,
            _ => {
                let finding = Finding::new(Reason::BadNumber, Span::new(self.at, self.at + len));
                return Err(Stop::Broken(finding.with(String::from_utf8_lossy(word))));
            }
        };
        let start = self.at;
        self.at += len;
        self.leaf(kind, Str::source(start, self.at), start, tree);
        Ok(())
    }

    fn leaf(&mut self, kind: Kind, value: Str, start: usize, tree: &mut Tree) {
        let mut node = self.node(kind, value, start);
        node.span.end = Span::new(0, self.at).end;
        tree.push(node);
        self.expect = Expect::CommaOrEnd;
    }

    fn node(&mut self, kind: Kind, value: Str, start: usize) -> Node {
        let (name, name_at) = std::mem::take(&mut self.name);
        let span = Span::new(start, start);
        Node {
            kind,
            padded: false,
            name,
            name_at,
            value,
            span,
            end: 0,
        }
    }

    /// Reads a string and moves behind it. Returns its text without escapes.
    fn string(
        &mut self,
        bytes: Bytes<'_>,
        tree: &mut Tree,
        findings: &mut Findings,
    ) -> Result<Str, Stop> {
        let start = self.at + 1;
        let mut at = start;
        let mut escaped = false;
        loop {
            at += json_special(bytes.from(at));
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    at += match escape_len(bytes, at) {
                        Some(len) => len?,
                        None => return self.run_out(bytes, tree),
                    };
                }
                Some(_) => return Err(bytes.broken(at, Reason::ControlInString)),
                None => return self.run_out(bytes, tree),
            }
        }
        let text = if escaped {
            unescape(bytes, start, at, tree, findings)?
        } else {
            Str::source(start, at)
        };
        self.at = at + 1;
        Ok(text)
    }

    fn in_object(&self, tree: &Tree) -> bool {
        self.open
            .last()
            .is_some_and(|&id| tree.node(id).kind == Kind::Object)
    }

    /// Makes the failure of a byte that fits nothing that may come next.
    fn unexpected(&self, bytes: Bytes<'_>, tree: &Tree) -> Stop {
        let reason = match self.expect {
            Expect::Value | Expect::FirstEntry | Expect::NextEntry => Reason::ExpectedValue,
            Expect::FirstMember => Reason::ExpectedMember,
            Expect::NextMember => Reason::ExpectedMemberName,
            Expect::Colon => Reason::ExpectedColon,
            Expect::CommaOrEnd if bytes.from(self.at).starts_with("，".as_bytes()) => {
                Reason::FullWidthComma
            }
            Expect::CommaOrEnd if self.in_object(tree) => Reason::ExpectedCommaOrBrace,
            Expect::CommaOrEnd => Reason::ExpectedCommaOrBracket,
        };
        bytes.broken(self.at, reason)
    }

    fn here(&self) -> Span {
        Span::new(self.at, self.at + 1)
    }

    fn run_out<T>(&self, bytes: Bytes<'_>, tree: &Tree) -> Result<T, Stop> {
        if !bytes.last {
            return Err(Stop::More);
        }
        let within = self.open.last().map(|&id| *tree.node(id));
        let name = within.filter(|node| node.name.len() > 0).map(|node| {
            let text = std::str::from_utf8(bytes.all).unwrap_or_default();
            format!("`{}`", tree.str(node.name, text))
        });
        let within = name.unwrap_or_else(|| "`{`".into());
        Err(bytes.run_out(Reason::JsonCutOff, within))
    }
}

/// Returns the length of the comment that begins with the `/` of `rest`: `None` if it has not arrived whole, `Err` if
/// it is no comment.
///
/// A line comment has at most [`LONGEST_LINE`] bytes, and a block comment holds no `/*`. Without these bounds text
/// full of unfinished comments would take quadratic time.
pub(crate) fn comment_len(rest: &[u8]) -> Result<Option<usize>, ()> {
    match rest.get(1) {
        None => Ok(None),
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
        Some(_) => Err(()),
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

/// Unescapes a string whose escapes are well-formed.
///
/// Half of a surrogate pair becomes U+FFFD; the first one in a string is a finding.
fn unescape(
    bytes: Bytes<'_>,
    start: usize,
    end: usize,
    tree: &mut Tree,
    findings: &mut Findings,
) -> Result<Str, Stop> {
    let own = tree.own().len();
    let mut at = start;
    let mut is_whole = true;
    while at < end {
        let plain = memchr::memchr(b'\\', &bytes.all[at..end]).map_or(end, |n| at + n);
        let piece = std::str::from_utf8(&bytes.all[at..plain])
            .map_err(|e| Stop::Broken(crate::syntax::not_utf8(bytes.all, at + e.valid_up_to())))?;
        tree.own().push_str(piece);
        at = plain;
        if at < end {
            let (c, len) = escaped_char(&bytes.all[at..end]).unwrap_or_else(|| {
                let is_first = std::mem::replace(&mut is_whole, false);
                findings.extend(is_first.then(|| lone_surrogate(bytes, at)));
                (char::REPLACEMENT_CHARACTER, SURROGATE_LEN)
            });
            tree.own().push(c);
            at += len;
        }
    }
    Ok(tree.own_since(own))
}

/// The length of the escape of half a surrogate pair, such as `\ud83d`.
const SURROGATE_LEN: usize = 6;

fn lone_surrogate(bytes: Bytes<'_>, at: usize) -> Finding {
    let span = Span::new(at, at + SURROGATE_LEN);
    let escape = bytes.all.get(span.range()).unwrap_or_default();
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

/// True if `word` is a number of RFC 8259.
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
