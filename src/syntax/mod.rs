//! One payload's text into a [`Tree`]: names, values and where they stand.
//!
//! This stage knows syntax and nothing of WeChat. [`xml`] and [`json`] each read one document from its first byte
//! to its last and say where that is, so nobody needs to find the end of a payload beforehand. Where the bytes end before
//! the document, they say [`Stop::More`].
//!
//! Most payloads are like one before: [`template`] recognises those without reading them. What is made of those of a shape
//! differs only in the values: a [`template`].
//!
//! XML is read with quick-xml, which finds the tokens fast and accepts much that is not well-formed; what it leaves to its
//! caller stands beside it. JSON is read by a reader of ours; [`json`] says why.

pub(crate) mod json;
mod tree;
pub(crate) mod xml;

pub(crate) use tree::{Kind, Node, NodeId, Str, Tree, View};

use crate::finding::{Arg, Finding, Reason};
use crate::lang::Text;
use crate::span::Span;

/// The two syntaxes WeChat sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// An `<xml>` document.
    Xml,
    /// A JSON object.
    #[default]
    Json,
}

impl Syntax {
    /// `xml` or `json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Syntax::Xml => "xml",
            Syntax::Json => "json",
        }
    }
}

/// What one payload may take. Each limit can be set; what exceeds one is a finding, `limit-exceeded`.
///
/// Whatever takes limits takes a size or depth above its maximum as the maximum, and a size of 0 as 1.
///
/// ```
/// use wxsub::{Code, Limits};
///
/// let limits = Limits { depth: 8, ..Limits::default() };
/// assert_eq!(limits.payload_size, 16 << 20);
///
/// let no_limit = Limits { depth: usize::MAX, ..Limits::default() };
/// let deep = "[".repeat(1_001) + &"]".repeat(1_001);
/// let payload = format!(r#"{{"Event":"subscribe_msg_sent_event","List":[],"deep":{deep}}}"#);
/// assert_eq!(wxsub::decode_with(payload.as_bytes(), &no_limit).findings()[0].code(), Code::LimitExceeded);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of one payload; at most [`Limits::MAX_PAYLOAD_SIZE`].
    pub payload_size: usize,
    /// How deep elements or objects and arrays may be nested; at most [`Limits::MAX_DEPTH`].
    pub depth: usize,
    /// The most items of one callback.
    pub items: usize,
    /// The most values (elements, or JSON members and array entries) of one payload.
    pub values: usize,
}

impl Limits {
    /// 1 GiB.
    pub const MAX_PAYLOAD_SIZE: usize = 1 << 30;
    /// Nested values are written by recursion, which the stack must hold.
    pub const MAX_DEPTH: usize = 1_000;

    /// The limits that are held: within what memory and stack can take.
    pub(crate) fn clamped(self) -> Self {
        Limits {
            payload_size: self.payload_size.clamp(1, Self::MAX_PAYLOAD_SIZE),
            depth: self.depth.min(Self::MAX_DEPTH),
            ..self
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            payload_size: 16 << 20,
            depth: 64,
            items: 10_000,
            values: 500_000,
        }
    }
}

/// Why a reader stopped before the end of its document.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The bytes ran out, and more may come: call again with more.
    More,
    /// This is no document; nothing can mend it.
    Broken(Finding),
}

/// The bytes a reader is given: a document from its first byte on, as far as it has arrived.
#[derive(Clone, Copy)]
pub(crate) struct Bytes<'a> {
    pub(crate) all: &'a [u8],
    /// Nothing comes after these.
    pub(crate) last: bool,
}

impl<'a> Bytes<'a> {
    /// The bytes from `at` on; none where `at` lies behind the end.
    fn from(self, at: usize) -> &'a [u8] {
        self.all.get(at..).unwrap_or_default()
    }

    fn get(self, at: usize) -> Option<u8> {
        self.all.get(at).copied()
    }

    /// Stops at `at` because of what stands there, once enough of it has arrived to describe it.
    fn broken(self, at: usize, reason: Reason) -> Stop {
        const LONGEST_CHARACTER: usize = 4;
        let rest = self.from(at);
        if !self.last && rest.len() < LONGEST_CHARACTER {
            return Stop::More;
        }
        let span = Span::new(at, at + first_char_len(rest));
        Stop::Broken(Finding::new(reason, span).with(describe(rest)))
    }

    /// Stops because the bytes end: for now, or for good with `reason` inside `what`.
    fn run_out(self, reason: Reason, what: impl AsRef<str>) -> Stop {
        let end = self.all.len();
        match self.last {
            false => Stop::More,
            true => Stop::Broken(Finding::new(reason, Span::new(end, end)).with(what)),
        }
    }
}

/// The first character of `bytes`, quoted, in words for a message.
pub(crate) fn describe(bytes: &[u8]) -> Arg {
    let head = &bytes[..bytes.len().min(4)];
    let text = head.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    match (text.chars().next(), head.first()) {
        (Some('\n' | '\r'), _) => Arg::Words(Text::new("a line break", "换行")),
        (Some(c), _) if crate::printable::is_unprintable(c) => {
            format!("U+{:04X}", u32::from(c)).into()
        }
        (Some(c), _) => format!("`{c}`").into(),
        (None, Some(byte)) => format!("0x{byte:02X}").into(),
        (None, None) => Arg::Words(Text::new("the end", "结尾")),
    }
}

/// The length of the first character of `bytes`, one if it is none.
fn first_char_len(bytes: &[u8]) -> usize {
    let head = &bytes[..bytes.len().min(4)];
    let first = head
        .utf8_chunks()
        .next()
        .and_then(|chunk| chunk.valid().chars().next());
    first.map_or(1, char::len_utf8)
}

/// Ends a read that failed at `finding`, unless there is something worse before it: text that is not UTF-8.
pub(crate) fn earliest(finding: Finding, bytes: &[u8]) -> Finding {
    let before = &bytes[..bytes.len().min(finding.span().start as usize)];
    match std::str::from_utf8(before) {
        // An incomplete character right before the failure is told by the failure.
        Err(error) if error.error_len().is_some() => not_utf8(bytes, error.valid_up_to()),
        _ => finding,
    }
}

/// The finding for bytes at `at` that are not UTF-8.
pub(crate) fn not_utf8(bytes: &[u8], at: usize) -> Finding {
    let byte = bytes
        .get(at)
        .map_or_else(String::new, |byte| format!("{byte:02X}"));
    Finding::new(Reason::NotUtf8, Span::new(at, at + 1)).with(byte)
}
