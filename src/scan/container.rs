//! Reads container logs: the json-file format of Docker and the CRI format of Kubernetes.
//!
//! A container's log puts each line that a program prints into a *log line* with wrapping. A body of several lines
//! takes several log lines, and a long line is cut into parts. The printed text is read as one, through the wrapping. A
//! *torn* log line, which lacks its end, ends the text. Log lines of stdout and stderr may be mixed. Lines of the other
//! stream are *beside* the text, and are passed over.
//!
//! Lines with a prefix, and lines that are JSON objects around a text, are read in this way too, but only after a
//! document turned out to have such lines; see [`prefixed`](super::prefixed).

use std::borrow::Cow;

use crate::scan::escape::{Bytes, Escape, Piece};
use crate::scan::lookahead::{Arrived, Lookahead};
use crate::scan::prefix::{Prefix, Relation};
use crate::scan::wrapping::{Member, Wrapping};
use crate::simd::line_start;

/// The state of reading a container's log: its format, what the next byte belongs to, and the stream that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Container {
    format: Format,
    at: At,
    stream: Option<Stream>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// `{"log":"…\n","stream":"stdout","time":"…"}`.
    Docker,
    /// `2021-01-18T11:30:40.1Z stdout F …`.
    Cri,
    /// Lines with a prefix; see [`prefix`](super::prefix).
    Prefix(Prefix),
    /// Lines that are JSON objects around a text; see [`wrapping`](super::wrapping).
    Wrapping(Wrapping),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    Out,
    Error,
}

/// The position in a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// At the start of a log line.
    Line,
    /// In the printed text.
    Text,
    /// In printed text whose line continues in the next log line.
    Part,
    /// In the member of an object that holds the printed text.
    Member(Member),
}

const DOCKER: &[u8] = b"{\"log\":\"";

/// Returns the text of Docker's log line at the start of `line`, with what follows it.
///
/// A line that ends with `}}` was written by a log collector, which adds an object about the container. Such lines are
/// read by their [`Wrapping`], which tells containers apart. A torn line may also end with `}}`: its text has no closing
/// quote.
fn docker_line(line: Lookahead<'_>) -> Option<&[u8]> {
    if !line.starts_with(DOCKER) {
        return None;
    }
    let near = line.window(LONGEST_LOG_LINE);
    let end = near.line_end();
    let (text, near) = (
        &line.bytes()[DOCKER.len()..],
        &near.bytes()[DOCKER.len()..end],
    );
    let is_other = near.trim_ascii_end().ends_with(b"}}") && closing_quote(near).is_some();
    (!is_other).then_some(text)
}

/// Returns the container log to which `line` belongs.
pub(super) fn of_line(line: Lookahead<'_>) -> Option<Container> {
    if docker_line(line).is_some() {
        return Some(Container::new(Format::Docker));
    }
    if may_be_cri(line.bytes()) {
        line.note_end();
    }
    cri_prefix(line.bytes()).map(|_| Container::new(Format::Cri))
}

/// Returns the printed text of `line`, without wrapping and line break, and true if its printed line continues in the
/// next log line.
pub(super) fn text_of_line(line: &[u8]) -> Option<(&[u8], bool)> {
    if let Some(text) = docker_line(Lookahead::whole(line)) {
        // A torn log line ends its text.
        let Some(end) = closing_quote(text) else {
            return Some((b"}", false));
        };
        let text = &text[..end];
        return Some(match without_escape(text, b"\\n") {
            Some(text) => (without_escape(text, b"\\r").unwrap_or(text), false),
            None => (text, true),
        });
    }
    cri_prefix(line).map(|prefix| (&line[prefix.len..], prefix.at == At::Part))
}

/// Returns the printed text `before` a document, of the document's stream. `document` begins with the document. Returns
/// `None` if it is not in a container's log.
pub(super) fn text_before(before: &[u8], document: &[u8]) -> Option<Vec<u8>> {
    let start = line_start(before);
    let (lines, own) = before.split_at(start);
    // Text that was read to the end of a log line is followed by the next wrapping.
    let begins = if own.is_empty() { document } else { own };
    if !begins.starts_with(DOCKER) && cri_prefix(begins).is_none() {
        return None;
    }
    let document = &document[..document.len().min(LONGEST_LOG_LINE)];
    let own_len = memchr::memchr(b'\n', document).unwrap_or(document.len());
    let own_line = [own, &document[..own_len]].concat();
    let kind = line_kind(Lookahead::whole(&own_line));
    let mut text = Vec::with_capacity(before.len());
    for line in lines.split_inclusive(|&b| b == b'\n') {
        if line_kind(Lookahead::whole(line)).is_beside(kind) {
            continue;
        }
        let line = &line[..line.len() - 1];
        let (part, goes_on) = text_of_line(line).unwrap_or((line, false));
        text.extend_from_slice(part);
        text.extend((!goes_on).then_some(b'\n'));
    }
    let prefix = cri_prefix(own).map_or(DOCKER.len(), |prefix| prefix.len);
    text.extend_from_slice(own.get(prefix..).unwrap_or_default());
    Some(text)
}

/// Returns the lines `before` a document without those of other streams, if there are such lines and the document's line
/// has a prefix.
pub(super) fn without_others(before: &[u8]) -> Option<Vec<u8>> {
    let start = line_start(before);
    let (lines, lead) = before.split_at(start);
    let text = memchr::memchr2(b'{', b'<', lead).unwrap_or(lead.len());
    let prefix = Prefix::of_lead(&lead[..text])?;
    let is_own = |line: &&[u8]| prefix.line(Lookahead::whole(line)) != Relation::Beside;
    let own = lines.split_inclusive(|&b| b == b'\n').filter(is_own);
    let own = own.chain([lead]).collect::<Vec<_>>().concat();
    (own.len() < before.len()).then_some(own)
}

/// More than the longest log line of Docker: 16 KiB of text with each byte escaped.
const LONGEST_LOG_LINE: usize = 128 << 10;

/// Returns `text` without `escape` at its end, unless the backslash of `escape` is itself escaped.
pub(super) fn without_escape<'a>(text: &'a [u8], escape: &[u8]) -> Option<&'a [u8]> {
    let head = text.strip_suffix(escape)?;
    let run = head.iter().rev().take_while(|&&b| b == b'\\').count();
    run.is_multiple_of(2).then_some(head)
}

/// Returns the first bytes of the printed text of `line`.
pub(super) fn printed(line: &[u8]) -> Cow<'_, [u8]> {
    let Some(text) = line.strip_prefix(DOCKER) else {
        return Cow::Borrowed(cri_prefix(line).map_or(line, |prefix| &line[prefix.len..]));
    };
    let mut printed = Vec::with_capacity(LONGEST_PREFIX);
    let head = Arrived::new(&text[..text.len().min(LONGEST_PREFIX)], false);
    { Escape::Backslash }.unescape(head.from(0), &mut printed);
    Cow::Owned(printed)
}

/// The kind of a line. The lines of one document are all of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineKind {
    Plain,
    Out,
    Error,
}

impl LineKind {
    /// All kinds, by their numbers.
    pub(super) const ALL: [LineKind; 3] = [LineKind::Plain, LineKind::Out, LineKind::Error];

    /// Returns true if lines of this kind may stand between lines of the kind `other`.
    pub(super) fn is_beside(self, other: LineKind) -> bool {
        self != other && self != LineKind::Plain && other != LineKind::Plain
    }
}

/// Returns the kind of the line at the start of `line`.
pub(super) fn line_kind(line: Lookahead<'_>) -> LineKind {
    match of_line(line).map(|container| container.stream_of(line)) {
        None => LineKind::Plain,
        Some(Some(Stream::Out) | None) => LineKind::Out,
        Some(Some(Stream::Error)) => LineKind::Error,
    }
}

/// Returns the start of the first line, from `start` on, that is not beside `kind`.
pub(super) fn skip_beside(arrived: &Arrived<'_>, start: usize, kind: LineKind) -> usize {
    let mut at = start;
    while kind != LineKind::Plain && line_kind(arrived.from(at)).is_beside(kind) {
        let line = arrived.from(at).find(b'\n');
        at = line.map_or(arrived.bytes.len(), |n| at + n + 1);
    }
    at
}

impl Container {
    fn new(format: Format) -> Self {
        Container {
            format,
            at: At::Line,
            stream: None,
        }
    }

    /// Makes the container of a document whose lines have a prefix, at the start of the document.
    pub(super) fn behind(prefix: Prefix) -> Self {
        Container {
            at: At::Text,
            ..Container::new(Format::Prefix(prefix))
        }
    }

    /// Makes the container of a document whose lines are objects, in the `member` of the first of them.
    pub(super) fn within(wrapping: Wrapping, member: Member) -> Self {
        Container {
            at: At::Member(member),
            ..Container::new(Format::Wrapping(wrapping))
        }
    }

    pub(super) fn piece(&mut self, raw: Lookahead<'_>) -> Piece {
        match (self.at, self.format) {
            (At::Line, Format::Prefix(prefix)) => {
                self.begin_line(prefix.line(raw), |len| (len, At::Text), raw)
            }
            (At::Line, Format::Wrapping(wrapping)) => {
                let text = |(len, member)| (len, At::Member(member));
                self.begin_line(wrapping.line(raw), text, raw)
            }
            (At::Line, _) => self.line(raw),
            (At::Member(member), _) => self.member_text(member, raw),
            (_, Format::Docker) => self.docker_text(raw),
            (_, _) => plain_text(&mut self.at, raw.bytes()),
        }
    }

    /// Returns true if more of a log line follows after its text.
    pub(super) fn has_tail(self) -> bool {
        self.format == Format::Docker || matches!(self.at, At::Member(_))
    }

    /// Returns true if the document's lines are objects.
    pub(super) fn is_wrapped(self) -> bool {
        matches!(self.format, Format::Wrapping(_))
    }

    /// Returns true if `line` is of another stream than the document.
    pub(super) fn is_beside(self, line: &[u8]) -> bool {
        let line = Lookahead::whole(line);
        match self.format {
            Format::Prefix(prefix) => prefix.line(line) == Relation::Beside,
            Format::Wrapping(wrapping) => wrapping.line(line) == Relation::Beside,
            Format::Docker | Format::Cri => false,
        }
    }

    /// Reads what stands before the text of a line, or all of a line of another stream. `text` tells where the text begins.
    fn begin_line<T>(
        &mut self,
        relation: Relation<T>,
        text: impl Fn(T) -> (usize, At),
        raw: Lookahead<'_>,
    ) -> Piece {
        let len = match relation {
            Relation::Own(own) => {
                let (len, at) = text(own);
                self.at = at;
                len
            }
            Relation::Beside => raw.line_len(),
            Relation::Ends => return Piece::End,
        };
        Piece::Other(len, Bytes::NONE)
    }

    /// Reads the text of an object, and the object's rest after it.
    fn member_text(&mut self, member: Member, raw: Lookahead<'_>) -> Piece {
        if let Some(piece) = member.piece(raw) {
            return piece;
        }
        let len = raw.line_len();
        self.at = At::Line;
        Piece::Other(len, member.line_break())
    }

    /// Returns true if the next byte begins a log line.
    pub(super) fn is_at_line(self) -> bool {
        self.at == At::Line
    }

    /// Returns the length of the line at the start of `raw`, if it is of the other stream.
    pub(super) fn other_line(self, raw: Lookahead<'_>) -> Option<usize> {
        let stream = self.stream.filter(|_| self.at == At::Line)?;
        let len = raw.line_len();
        (self.stream_of(raw)? != stream).then_some(len)
    }

    /// Reads the start of a log line: its wrapping, or all of it if it is of the other stream.
    fn line(&mut self, raw: Lookahead<'_>) -> Piece {
        match (self.has_line(raw), self.other_line(raw)) {
            (false, _) => Piece::End,
            (true, Some(len)) => Piece::Other(len, Bytes::NONE),
            (true, None) => self.begin_log_line(raw.bytes()),
        }
    }

    /// Returns true if the log line at the start of `raw`, of which the end may be missing, has this format.
    fn has_line(self, raw: Lookahead<'_>) -> bool {
        match self.format {
            Format::Docker => raw.starts_with(DOCKER),
            _ => of_line(raw).is_some_and(|line| line.format == self.format),
        }
    }

    fn begin_log_line(&mut self, raw: &[u8]) -> Piece {
        let Some(prefix) = cri_prefix(raw).filter(|_| self.format == Format::Cri) else {
            self.at = At::Text;
            return Piece::Other(DOCKER.len(), Bytes::NONE);
        };
        (self.at, self.stream) = (prefix.at, Some(prefix.stream));
        Piece::Other(prefix.len, Bytes::NONE)
    }

    fn docker_text(&mut self, raw: Lookahead<'_>) -> Piece {
        let bytes = raw.bytes();
        match memchr::memchr3(b'\\', b'"', b'\n', bytes) {
            Some(0) if bytes[0] == b'\\' => Escape::Backslash.piece(raw),
            // A torn log line.
            Some(0) if bytes[0] == b'\n' => Piece::End,
            Some(0) => self.docker_end(raw),
            Some(len) => Piece::Same(len),
            None => Piece::Same(raw.len()),
        }
    }

    /// Reads the rest of a log line after its text, which names the stream.
    fn docker_end(&mut self, raw: Lookahead<'_>) -> Piece {
        let len = raw.line_len();
        self.stream = self.stream.or(self.stream_of(raw));
        self.at = At::Line;
        Piece::Other(len, Bytes::NONE)
    }

    /// Returns the stream of the line at the start of `raw`.
    fn stream_of(self, raw: Lookahead<'_>) -> Option<Stream> {
        let line = raw.line();
        let has = |name: &[u8]| line.find_text(name).is_some();
        match self.format {
            Format::Cri => cri_prefix(raw.bytes()).map(|prefix| prefix.stream),
            Format::Docker if has(b"\"stream\":\"stdout\"") => Some(Stream::Out),
            Format::Docker => has(b"\"stream\":\"stderr\"").then_some(Stream::Error),
            Format::Prefix(_) | Format::Wrapping(_) => None,
        }
    }
}

/// Returns the position of the quote that ends a JSON string.
pub(super) fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', &text[at..])?;
        match text[at] {
            b'"' => return Some(at),
            _ => at = (at + 2).min(text.len()),
        }
    }
}

/// Reads text that stands for itself.
fn plain_text(at: &mut At, raw: &[u8]) -> Piece {
    match memchr::memchr(b'\n', raw) {
        Some(0) => {
            let is_part = std::mem::replace(at, At::Line) == At::Part;
            match is_part {
                true => Piece::Other(1, Bytes::NONE),
                false => Piece::Same(1),
            }
        }
        Some(len) => Piece::Same(len),
        None => Piece::Same(raw.len()),
    }
}

/// The longest wrapping that CRI writes before a text.
pub(super) const LONGEST_PREFIX: usize = 64;

/// Returns true if more bytes may complete the CRI wrapping at the start of `line`.
fn may_be_cri(line: &[u8]) -> bool {
    line.len() < LONGEST_PREFIX
        && cri_prefix(line).is_none()
        && begins_like_time(line)
        && !line.contains(&b'\n')
}

/// The beginning of a time, with `0` for any digit.
const DATE: &[u8] = b"0000-00-00T";

/// Returns true if `line` begins with a time, as far as it has arrived.
fn begins_like_time(line: &[u8]) -> bool {
    line.iter().zip(DATE).all(|(b, like)| match like {
        b'0' => b.is_ascii_digit(),
        _ => b == like,
    })
}

/// The CRI wrapping before a text.
struct CriPrefix {
    len: usize,
    at: At,
    stream: Stream,
}

/// Reads the CRI wrapping at the start of `line`: time, stream, and `F` for a full line or `P` for a part.
#[inline]
fn cri_prefix(line: &[u8]) -> Option<CriPrefix> {
    // One byte excludes most lines.
    match line.get(DATE.len() - 1) {
        Some(b'T') => behind_time(line),
        _ => None,
    }
}

/// Reads the CRI wrapping at the start of a `line` that may begin with a time.
fn behind_time(line: &[u8]) -> Option<CriPrefix> {
    let head = &line[..line.len().min(LONGEST_PREFIX)];
    if !begins_like_time(head) {
        return None;
    }
    let time = memchr::memchr2(b' ', b'\n', head)?;
    let rest = &head[time..];
    let streams = [
        (&b" stdout "[..], Stream::Out),
        (b" stderr ", Stream::Error),
    ];
    let (tag, stream) = streams
        .into_iter()
        .find_map(|(name, stream)| Some((rest.strip_prefix(name)?, stream)))?;
    let (tag_len, at) = match tag {
        [b'F', b' ', ..] => (2, At::Text),
        [b'P', b' ', ..] => (2, At::Part),
        [b'F', b'\n', ..] => (1, At::Text),
        _ => return None,
    };
    let len = head.len() - tag.len() + tag_len;
    Some(CriPrefix { len, at, stream })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &str) -> (String, usize) {
        let mut escape = Escape::Container(
            of_line(Lookahead::whole(raw.as_bytes())).expect("a container's line"),
        );
        let mut out = Vec::new();
        let len = escape.unescape(Lookahead::whole(raw.as_bytes()), &mut out);
        (String::from_utf8(out).unwrap(), raw.len() - len)
    }

    #[test]
    fn docker_log_lines_are_one_text() {
        let log = "{\"log\":\"\\u003cxml\\u003e\\n\",\"stream\":\"stdout\",\"time\":\"2021-01-18T11:30:40Z\"}\n\
                   {\"log\":\"a \\\"b\\\" \",\"stream\":\"stdout\"}\n{\"log\":\"c\\n\"}\nplain\n";
        assert_eq!(text(log), ("<xml>\na \"b\" c\n".into(), "plain\n".len()));
        let other = "{\"log\":\"a\",\"stream\":\"stdout\"}\n{\"log\":\"x\",\"stream\":\"stderr\"}\n\
                     {\"log\":\"b\",\"stream\":\"stdout\"}\n";
        assert_eq!(text(other).0, "ab");
        assert_eq!(text("{\"log\":\"torn\n{\"log\":\"x\\n\"}\n").0, "torn");
    }

    #[test]
    fn cri_lines_are_one_text() {
        let log = "2021-01-18T11:30:40.1Z stdout F <xml>\n2021-01-18T11:30:40.1+08:00 stdout P ab\n\
                   2021-01-18T11:30:40.1Z stderr F stdout\n2021-01-18T11:30:40.1Z stdout F cd\n2021-01-18T11:30:40.1Z stdout F\nplain";
        assert_eq!(text(log), ("<xml>\nabcd\n\n".into(), "plain".len()));
        let prose = b"2021-01-18 11:30:40 INFO stdout F x";
        assert_eq!(of_line(Lookahead::whole(prose)), None);
        let arrived = Arrived::new(b"2021-01-18T11:", false);
        of_line(arrived.from(0));
        assert_eq!(arrived.settled(), None);
    }

    #[test]
    fn the_text_of_a_line_is_known_without_its_neighbours() {
        let line = b"{\"log\":\"{\\\"a\\\":1,\\n\",\"stream\":\"stdout\"}";
        assert_eq!(text_of_line(line), Some((&b"{\\\"a\\\":1,"[..], false)));
        assert_eq!(
            text_of_line(b"{\"log\":\"ab\",\"x\":1}"),
            Some((&b"ab"[..], true))
        );
        // The text of the body ends in `\n`, a backslash and a letter.
        let line = b"{\"log\":\"{\\\\n\",\"x\":1}";
        assert_eq!(text_of_line(line), Some((&b"{\\\\n"[..], true)));
        let line = b"2021-01-18T11:30:40.1Z stdout P {";
        assert_eq!(text_of_line(line), Some((&b"{"[..], true)));
        assert_eq!(text_of_line(b"plain"), None);
    }
}
