//! Decrypted payloads.
//!
//! The record of a decrypted payload holds the plaintext. Its spans are ranges of the plaintext; its place in the
//! capture is that of the envelope. Findings about the envelope are attached to the plaintext as well.

use std::borrow::Cow;

use crate::record::Record;

/// The degree of trust in a payload's origin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trust {
    /// The payload is plain or was not decrypted. The signature of a plain request does not cover its body.
    #[default]
    None,
    /// It was decrypted. The sender probably has the key, but the cipher does not prove it.
    Opened,
    /// It was decrypted and its signature is right: the sender knows the token.
    Verified,
}

impl Trust {
    /// Returns `none`, `opened` or `verified`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Trust::None => "none",
            Trust::Opened => "opened",
            Trust::Verified => "verified",
        }
    }
}

/// How a payload was decrypted; see [`Record::sealed`].
#[derive(Clone, Debug)]
pub struct Sealed {
    trust: Trust,
    key: usize,
    keys: usize,
    /// The white space before the document in the plaintext, and everything after the document.
    pub(super) around: [Vec<u8>; 2],
}

impl Sealed {
    pub(super) fn new(trust: Trust, key: usize, keys: usize) -> Self {
        Sealed {
            trust,
            key,
            keys,
            around: Default::default(),
        }
    }

    /// Returns the degree of trust: only opened, or also verified.
    pub fn trust(&self) -> Trust {
        self.trust
    }

    /// Returns the number of the key that fitted, counted from 1, and the number of keys.
    pub fn key(&self) -> (usize, usize) {
        (self.key + 1, self.keys)
    }
}

impl Record<'_> {
    /// Returns the degree of trust in the payload's origin.
    ///
    /// ```
    /// assert_eq!(wxsub::decode(b"<xml><MsgType>event</MsgType></xml>").trust(), wxsub::Trust::None);
    /// ```
    pub fn trust(&self) -> Trust {
        self.sealed().map_or(Trust::None, Sealed::trust)
    }

    /// Returns how the payload was decrypted, or `None` if it was plain.
    ///
    /// ```
    /// use wxsub::seal::{Account, Keys, Policy, seal};
    ///
    /// let keys = Keys::new([Account::from_lists("ownKey7ownKey7ownKey7ownKey7ownKey7ownKey7x", "", "")?]);
    /// let event = "<xml>\n<Event>subscribe_msg_sent_event</Event></xml>\n";
    /// let encrypt = seal(&keys.accounts()[0].keys[0], event.as_bytes(), "wx5a2c71d0e9b4a1b2", &[7; 16]);
    /// let body = format!("<xml><Encrypt>{encrypt}</Encrypt></xml>");
    ///
    /// let record = wxsub::decode_sealed(body.as_bytes(), &wxsub::Limits::default(), &Policy::from(keys).into());
    /// assert_eq!(record.sealed().map(|sealed| sealed.key()), Some((1, 1)));
    /// assert_eq!(record.opened().as_deref(), Some(event.as_bytes()));
    /// assert_eq!((record.place(6).line, record.places_inside(&[6]).unwrap()[0].line), (1, 2));
    /// # Ok::<(), wxsub::seal::KeyError>(())
    /// ```
    pub fn sealed(&self) -> Option<&Sealed> {
        self.sealed.as_deref()
    }

    /// Returns the whole plaintext, unchanged, if the payload was decrypted.
    pub fn opened(&self) -> Option<Cow<'_, [u8]>> {
        let [before, after] = &self.sealed()?.around;
        Some(match before.is_empty() && after.is_empty() {
            true => self.bytes().into(),
            false => [before, self.bytes(), after].concat().into(),
        })
    }
}
