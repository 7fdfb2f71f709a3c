//! Errors of decryption, one for each cause.
//!
//! Users search for the error codes of the vendor's samples (WXBizMsgCrypt), so every error has one. The sentences are
//! in the table of [`finding`](crate::finding). Precise errors are safe here, because an attacker who chooses
//! ciphertexts does not see them.

use std::fmt;

use crate::finding::{Finding, Reason};
use crate::lang::Lang;
use crate::span::Span;

/// The reason why a payload could not be decrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// `Encrypt` is empty.
    Empty,
    /// Not base64: form decoding changed `+` to a space.
    PlusLost,
    /// Not base64: an invalid character.
    Character {
        /// The byte offset of the character.
        at: usize,
        /// The first byte of the character.
        byte: u8,
    },
    /// Not base64: cut off, or with text after its end.
    CutOff {
        /// The number of characters.
        len: usize,
    },
    /// Not whole blocks, or too few.
    Length {
        /// The number of bytes.
        len: usize,
    },
    /// The padding is wrong with every key. Usually none of the keys is right.
    Padding,
    /// With every key, the message length does not fit.
    MessageLength,
    /// Encrypted for another receiver.
    ReceiveId {
        /// The receiver's id.
        found: String,
        /// The expected ids.
        expected: Vec<String>,
    },
}

impl Error {
    /// Returns the error as a sentence with the vendor's code.
    ///
    /// ```
    /// use wxsub::{Lang, seal::Error};
    ///
    /// let message = Error::CutOff { len: 5 }.message(Lang::En);
    /// assert_eq!(message, "`Encrypt` is cut off: no base64 has a length of 5 (-40010)");
    /// ```
    pub fn message(&self, lang: Lang) -> String {
        self.finding(Span::default()).message(lang)
    }

    /// Returns the error as a finding about `span`.
    pub(crate) fn finding(&self, span: Span) -> Finding {
        let finding = |reason| Finding::new(reason, span);
        match self {
            Error::Empty => finding(Reason::EncryptEmpty),
            Error::PlusLost => finding(Reason::PlusLost),
            Error::Character { at, byte } => finding(Reason::NotBase64)
                .with(shown(*byte))
                .with((at + 1).to_string()),
            Error::CutOff { len } => finding(Reason::CutBase64).with(len.to_string()),
            Error::Length { len } => finding(Reason::CipherLength).with(len.to_string()),
            Error::Padding => finding(Reason::NoKeyFits),
            Error::MessageLength => finding(Reason::SealedLength),
            Error::ReceiveId { found, expected } => finding(Reason::SealedForOther)
                .with(found)
                .with(expected.join("`, `")),
        }
    }
}

/// Formats a byte for a message.
fn shown(byte: u8) -> String {
    match byte.is_ascii_graphic() {
        true => format!("`{}`", char::from(byte)),
        false => format!("0x{byte:02X}"),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

impl std::error::Error for Error {}
