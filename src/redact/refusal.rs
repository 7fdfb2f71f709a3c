//! Why a capture is not written with pseudonyms.

use std::fmt;
use std::io;

use crate::lang::{Lang, Text};

/// The reason why a capture that can be read is not redacted. [`Redactor::redact`](super::Redactor::redact) returns it inside
/// of an [`io::Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It has more ids of no known shape than are remembered.
    TooManyIds,
    /// It has more signatures than are remembered.
    TooManySignatures,
    /// Its payloads have ids in a form in which they cannot be replaced.
    Irreplaceable,
    /// It changed between two reads.
    Changed,
}

impl Refusal {
    /// Says why.
    pub fn message(self, lang: Lang) -> &'static str {
        let words = match self {
            Refusal::TooManyIds => Text::new(
                "it has too many ids of no known shape",
                "其中形状未知的 ID 过多",
            ),
            Refusal::TooManySignatures => Text::new("it has too many signatures", "其中的签名过多"),
            Refusal::Irreplaceable => Text::new(
                "it holds ids in a form in which they cannot be replaced, so nothing of it is written",
                "其中有的 ID 所用的编码无法替换，因此不输出任何内容",
            ),
            Refusal::Changed => {
                Text::new("a payload is not where it was", "消息体的位置与之前不同")
            }
        };
        words.get(lang)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message(Lang::En))
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for io::Error {
    fn from(refusal: Refusal) -> Self {
        io::Error::other(refusal)
    }
}
