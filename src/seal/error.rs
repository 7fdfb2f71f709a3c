//! What can go wrong with something sealed, each cause told apart.
//!
//! Users look for the codes of the vendor's samples (WXBizMsgCrypt), so every error has one. The sentences are rows of
//! the one table in [`finding`](crate::finding). Being precise is safe here: nobody who chooses ciphertexts gets the
//! answers.

use std::fmt;

use crate::finding::{Finding, Reason};
use crate::lang::Lang;
use crate::span::Span;

/// Why something sealed could not be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// Nothing is there.
    Empty,
    /// Not base64: its blanks were `+` before they went through a form decoder.
    PlusLost,
    /// Not base64: a character that does not belong there.
    Character {
        /// Where it stands, in bytes.
        at: usize,
        /// The first byte of it.
        byte: u8,
    },
    /// Not base64: it ends too early, or goes on behind its end.
    CutOff {
        /// How many characters there are.
        len: usize,
    },
    /// Not whole blocks, or fewer than anything sealed has.
    Length {
        /// How many bytes there are.
        len: usize,
    },
    /// The padding is wrong with every key: as a rule, none of them is the right one.
    Padding,
    /// The announced length of the message does not fit with any key.
    MessageLength,
    /// Sealed for somebody else.
    ReceiveId {
        /// For whom.
        found: String,
        /// Whom it should have been for.
        expected: Vec<String>,
    },
}

impl Error {
    /// The code that the vendor's samples answer in this case.
    ///
    /// ```
    /// assert_eq!(wxsub::seal::Error::Padding.vendor_code(), -40007);
    /// ```
    pub fn vendor_code(&self) -> i32 {
        match self {
            Error::Empty => -40002,
            Error::PlusLost | Error::Character { .. } | Error::CutOff { .. } => -40010,
            Error::Length { .. } | Error::Padding => -40007,
            Error::MessageLength => -40008,
            Error::ReceiveId { .. } => -40005,
        }
    }

    /// The error as a sentence, with the vendor's code.
    ///
    /// ```
    /// use wxsub::{Lang, seal::Error};
    ///
    /// let message = Error::CutOff { len: 5 }.message(Lang::En);
    /// assert_eq!(message, "`Encrypt` is cut off: 5 characters are not whole base64 (-40010)");
    /// ```
    pub fn message(&self, lang: Lang) -> String {
        self.finding(Span::default()).message(lang)
    }

    /// What to do about it, where there is something to say.
    pub fn help(&self, lang: Lang) -> Option<&'static str> {
        self.finding(Span::default()).help(lang)
    }

    /// The error as a finding about `span`.
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

/// A byte for a message.
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
