//! What is known of payloads that came sealed.
//!
//! The record of an opened payload is that of what was inside. Its spans are ranges of the plaintext; its place in the
//! capture is that of the envelope. What can be said of the envelope is said about the plaintext, too.

use std::borrow::Cow;

use crate::record::Record;

/// What is known of where a payload comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trust {
    /// Nothing: it is plain, or it could not be opened. What signs a plain request covers nothing of its body.
    #[default]
    None,
    /// It was opened. Who sealed it has the key, as a rule; the cipher itself proves nothing.
    Opened,
    /// It was opened, and its signature is right: who sealed it knows the token.
    Verified,
}

impl Trust {
    /// `none`, `opened` or `verified`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Trust::None => "none",
            Trust::Opened => "opened",
            Trust::Verified => "verified",
        }
    }
}

/// How a payload was opened; see [`Record::sealed`].
#[derive(Clone, Debug)]
pub struct Sealed {
    trust: Trust,
    key: usize,
    keys: usize,
    /// White space before the document inside, and whatever stood behind it.
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

    /// Whether it was verified, too.
    pub fn trust(&self) -> Trust {
        self.trust
    }

    /// Which key opened it, counted from 1, of how many.
    pub fn key(&self) -> (usize, usize) {
        (self.key + 1, self.keys)
    }
}

impl Record<'_> {
    /// What is known of where the payload comes from.
    ///
    /// ```
    /// assert_eq!(wxsub::decode(b"<xml><MsgType>event</MsgType></xml>").trust(), wxsub::Trust::None);
    /// ```
    pub fn trust(&self) -> Trust {
        self.sealed().map_or(Trust::None, Sealed::trust)
    }

    /// How the payload was opened, if it came sealed.
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
    /// assert_eq!((record.place(6).line, record.place_inside(6).map(|place| place.line)), (1, Some(2)));
    /// # Ok::<(), wxsub::seal::KeyError>(())
    /// ```
    pub fn sealed(&self) -> Option<&Sealed> {
        self.sealed.as_deref()
    }

    /// The bytes that were sealed, all of them and as they were, if the payload was opened.
    pub fn opened(&self) -> Option<Cow<'_, [u8]>> {
        let [before, behind] = &self.sealed()?.around;
        Some(match before.is_empty() && behind.is_empty() {
            true => self.bytes().into(),
            false => [before, self.bytes(), behind].concat().into(),
        })
    }
}
