//! Reads the text of one payload into a [`Tree`]: names, values and their places.
//!
//! This stage knows syntax and nothing of WeChat. [`xml`], [`json`] and [`notation`] each read one document from its
//! first byte to its last and return its length, so nobody has to find the end of a payload beforehand. If the bytes
//! end before the document, they return [`Stop::More`].
//!
//! [`xml`] finds tokens with quick-xml, which is fast but accepts much that is not well-formed, and checks the rest.
//! [`json`] is a reader of our own, and says why. [`notation`] reads objects as programs print them, with a table of
//! notations. [`fast`](crate::fast) recognises payloads that match a template, so they are not read here.

pub(crate) mod json;
pub(crate) mod notation;
mod tree;
mod walk;
pub(crate) mod xml;

pub(crate) use tree::{Kind, Node, NodeId, Str, Tree, View};
pub(crate) use walk::{Private, Walk};

use crate::finding::{Arg, Finding, Reason};
use crate::lang::Text;
use crate::span::Span;

/// The two syntaxes that WeChat sends. An object that a program printed counts as JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// An `<xml>` document.
    Xml,
    /// A JSON object.
    #[default]
    Json,
}

/// The name of the form of a payload that a program printed in a notation of its own.
pub(crate) const PRINTED: &str = "printed";

impl Syntax {
    /// Returns `xml` or `json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Syntax::Xml => "xml",
            Syntax::Json => "json",
        }
    }
}

/// The limits of one payload. A payload that exceeds a limit gets the finding `limit-exceeded`.
///
/// Functions that take limits lower a size or a depth above its maximum to the maximum, and raise a size of 0 to 1.
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
    /// The most levels of nested elements, or of nested objects and arrays; at most [`Limits::MAX_DEPTH`].
    pub depth: usize,
    /// The most items of one callback.
    pub items: usize,
    /// The most values (elements, or JSON members and array entries) of one payload.
    pub values: usize,
}

impl Limits {
    /// The greatest allowed `payload_size`: 1 GiB.
    pub const MAX_PAYLOAD_SIZE: usize = 1 << 30;
    /// The greatest allowed `depth`. Nested values are written by recursion, for which the stack must have room.
    pub const MAX_DEPTH: usize = 1_000;

    /// Returns the limits that apply: within what memory and stack can take.
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

/// The reason why a reader stopped before the end of its document.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The bytes ended, and more may come: read again with more bytes.
    More,
    /// The bytes are no document. More bytes would not change that.
    Broken(Finding),
}

impl Stop {
    /// Adds what was opened and is not closed to a failure.
    fn with_opened(self, opened: Option<Span>) -> Stop {
        match (self, opened) {
            (Stop::Broken(finding), Some(span)) => Stop::Broken(finding.with_opened(span)),
            (stop, _) => stop,
        }
    }
}

/// The bytes of a document that have arrived, from its first byte on.
#[derive(Clone, Copy)]
pub(crate) struct Bytes<'a> {
    pub(crate) all: &'a [u8],
    /// True if no bytes follow.
    pub(crate) last: bool,
}

impl<'a> Bytes<'a> {
    /// Returns the bytes from `at` on. Empty if `at` is beyond the end.
    fn from(self, at: usize) -> &'a [u8] {
        self.all.get(at..).unwrap_or_default()
    }

    fn get(self, at: usize) -> Option<u8> {
        self.all.get(at).copied()
    }

    /// Makes the failure of an unexpected byte at `at`. [`Stop::More`] if too few bytes have arrived to describe it.
    fn broken(self, at: usize, reason: Reason) -> Stop {
        const LONGEST_CHARACTER: usize = 4;
        let rest = self.from(at);
        if !self.last && rest.len() < LONGEST_CHARACTER {
            return Stop::More;
        }
        let span = Span::new(at, at + first_char_len(rest));
        Stop::Broken(Finding::new(reason, span).with(describe(rest)))
    }

    /// Makes the stop of a document that ends inside `what`: [`Stop::More`], or `reason` if no bytes follow.
    fn run_out(self, reason: Reason, what: impl AsRef<str>) -> Stop {
        let end = self.all.len();
        match self.last {
            false => Stop::More,
            true => Stop::Broken(Finding::new(reason, Span::new(end, end)).with(what)),
        }
    }
}

/// Describes the first character of `bytes` for a message.
pub(crate) fn describe(bytes: &[u8]) -> Arg {
    if let Some(sign) = bytes.first().and_then(|&byte| quoted(byte)) {
        return Arg::Name(sign);
    }
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

/// Returns a printable character of ASCII in quotes. Most malformed documents break at one.
fn quoted(byte: u8) -> Option<&'static str> {
    static QUOTED: [[u8; 3]; 0x5F] = {
        let mut quoted = [*b"` `"; 0x5F];
        let mut n = 0;
        while n < quoted.len() {
            quoted[n][1] = b' ' + n as u8;
            n += 1;
        }
        quoted
    };
    let quoted = QUOTED.get(usize::from(byte.checked_sub(b' ')?))?;
    std::str::from_utf8(quoted).ok()
}

/// Returns the length of the first character of `bytes`, or 1 if it is not UTF-8.
fn first_char_len(bytes: &[u8]) -> usize {
    let head = &bytes[..bytes.len().min(4)];
    let first = head
        .utf8_chunks()
        .next()
        .and_then(|chunk| chunk.valid().chars().next());
    first.map_or(1, char::len_utf8)
}

/// Returns `finding`, or the finding of an earlier byte that is not UTF-8.
pub(crate) fn earliest(finding: Finding, bytes: &[u8]) -> Finding {
    let before = &bytes[..bytes.len().min(finding.span().start as usize)];
    match std::str::from_utf8(before) {
        // A character cut off right before `finding` is what `finding` reports.
        Err(error) if error.error_len().is_some() => not_utf8(bytes, error.valid_up_to()),
        _ => finding,
    }
}

/// Makes the finding of bytes at `at` that are not UTF-8.
pub(crate) fn not_utf8(bytes: &[u8], at: usize) -> Finding {
    let byte = bytes
        .get(at)
        .map_or_else(String::new, |byte| format!("{byte:02X}"));
    Finding::new(Reason::NotUtf8, Span::new(at, at + 1)).with(byte)
}
