//! Findings about a payload, and the tables of their codes and messages.
//!
//! A [`Finding`] is plain data: a reason, a span, and the arguments of its message. Report formats decide how it looks.
//! Every reason belongs to a [`Code`], the stable name that scripts rely on.
//!
//! Adding a code: a row in `code`, at least one row in `reason`, and a row of the table in `docs/check.md`. The stage that sees the
//! fault makes the finding: `syntax` and `scan` those of syntax, `event` those of names and values, `record` those of
//! signatures.

mod code;
mod list;
mod reason;

use std::fmt;

pub use code::{Code, Severity, UnknownCode};
pub(crate) use list::Findings;
pub(crate) use reason::Reason;
use reason::Sentence;

use crate::lang::{Lang, Text};
use crate::printable::is_unprintable;
use crate::span::Span;

/// An error or a warning about a payload.
///
/// ```
/// use wxsub::{Code, Lang};
///
/// let record = wxsub::decode(br#"{"ToUserName":"gh_123456789abc","Event":"subscribe_msg_sent_event","List":[]}"#);
/// let codes: Vec<Code> = record.findings().iter().map(|f| f.code()).collect();
/// assert!(codes.contains(&Code::EmptyList));
/// assert_eq!(record.findings()[0].message(Lang::En), "`FromUserName` is missing");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    reason: Reason,
    span: Span,
    opened: Option<Span>,
    args: Vec<Arg>,
}

/// An argument of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Arg {
    /// Text from the input, shortened and safe for a terminal.
    Given(String),
    /// A fixed text: a name of WeChat or wxsub, or a sign in quotes.
    Name(&'static str),
    Words(Text),
}

impl Arg {
    fn get(&self, lang: Lang) -> &str {
        match self {
            Arg::Given(text) => text,
            Arg::Name(name) => name,
            Arg::Words(words) => words.get(lang),
        }
    }
}

impl<T: AsRef<str>> From<T> for Arg {
    fn from(text: T) -> Self {
        let text = text.as_ref();
        let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        Arg::Given(match is_plain && text.len() <= Excerpt::LONGEST {
            true => text.to_owned(),
            false => Excerpt(text).to_string(),
        })
    }
}

impl Finding {
    pub(crate) fn new(reason: Reason, span: Span) -> Self {
        Finding {
            reason,
            span,
            opened: None,
            args: Vec::new(),
        }
    }

    /// Says how many bytes, at least one, belong to no payload.
    pub(crate) fn noise(bytes: u64, span: Span) -> Self {
        match bytes {
            1 => Finding::new(Reason::NoiseByte, span),
            _ => Finding::new(Reason::NoiseHere, span).with(bytes.to_string()),
        }
    }

    /// Returns true if a callback is not read because no name in it stands as text of the capture.
    pub(crate) fn is_of_hidden(&self) -> bool {
        matches!(self.reason, Reason::HiddenUnread | Reason::WideUnread)
    }

    /// Adds text from the input as the next argument of the message.
    pub(crate) fn with(mut self, arg: impl Into<Arg>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Adds a fixed name as the next argument.
    pub(crate) fn with_name(mut self, name: &'static str) -> Self {
        self.args.push(Arg::Name(name));
        self
    }

    /// Adds words in both languages as the next argument.
    pub(crate) fn with_words(mut self, words: Text) -> Self {
        self.args.push(Arg::Words(words));
        self
    }

    /// Adds the tag or bracket that is not closed.
    pub(crate) fn with_opened(mut self, span: Span) -> Self {
        self.opened = Some(span);
        self
    }

    /// Moves the finding to `span`.
    pub(crate) fn at(self, span: Span) -> Self {
        Finding { span, ..self }
    }

    /// Returns the reason.
    pub(crate) fn reason(&self) -> Reason {
        self.reason
    }

    /// Returns the stable name.
    pub fn code(&self) -> Code {
        self.sentence().code
    }

    /// Returns the default severity: that of the code, unless the payload is undecodable for this reason.
    pub fn severity(&self) -> Severity {
        let own = self.sentence().severity;
        own.unwrap_or(self.code().severity())
    }

    /// Returns the byte range in the payload's text.
    pub fn span(&self) -> Span {
        self.span
    }

    /// Returns the byte range of the tag or bracket that is not closed, if the finding is about one.
    pub fn opened(&self) -> Option<Span> {
        self.opened
    }

    /// Returns what was found, as a sentence.
    pub fn message(&self, lang: Lang) -> String {
        fill(self.sentence().text.get(lang), &self.args, lang)
    }

    /// Returns what to do about it, if there is advice.
    pub fn help(&self, lang: Lang) -> Option<&'static str> {
        self.sentence().help.map(|help| help.get(lang))
    }

    fn sentence(&self) -> &'static Sentence {
        self.reason.sentence()
    }
}

/// Fills the slots `{0}`, `{1}` and `{2}` of `pattern`. Other braces stay.
fn fill(pattern: &str, args: &[Arg], lang: Lang) -> String {
    let mut text = String::with_capacity(pattern.len() + 32);
    let mut rest = pattern;
    while let Some(at) = rest.find('{') {
        let (before, slot) = rest.split_at(at);
        text.push_str(before);
        match args
            .iter()
            .enumerate()
            .find_map(|(i, arg)| Some((arg, slot.strip_prefix(SLOTS.get(i)?)?)))
        {
            Some((arg, after)) => {
                text.push_str(arg.get(lang));
                rest = after;
            }
            None => {
                text.push('{');
                rest = &slot[1..];
            }
        }
    }
    text + rest
}

const SLOTS: [&str; 3] = ["{0}", "{1}", "{2}"];

/// Text from the input in a message: control characters escaped, long text shortened.
pub(crate) struct Excerpt<'a>(pub(crate) &'a str);

impl Excerpt<'_> {
    /// The most characters of a value in a message.
    const LONGEST: usize = 64;
}

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, c) in self.0.chars().enumerate() {
            match c {
                _ if i == Self::LONGEST => return f.write_str("…"),
                c if is_unprintable(c) => write!(f, "{}", c.escape_unicode())?,
                c => write!(f, "{c}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_cut_and_harmless() {
        let finding = Finding::new(Reason::Unknown, Span::default())
            .with("a\u{1b}[31m\u{202E}".to_string() + &"x".repeat(100));
        let message = finding.message(Lang::En);
        assert!(
            message.starts_with("`a\\u{1b}[31m\\u{202e}xxx"),
            "{message}"
        );
        assert!(message.contains("…` is not"), "{message}");
        assert!(message.chars().count() < 120);
    }

    #[test]
    fn arguments_that_look_like_slots_stay() {
        let finding = Finding::new(Reason::WrapperMismatch, Span::default())
            .with("{1}")
            .with("b{0}");
        assert_eq!(
            finding.message(Lang::En),
            "`Event` is `{1}`, but the wrapper is `b{0}`"
        );
    }
}
