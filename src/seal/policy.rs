//! What is done with payloads that are sealed, or should be.

use crate::seal::{Keys, Query};

/// Keys, and what is asked of payloads. The default has no keys and asks for nothing.
///
/// ```
/// use wxsub::seal::{Account, Keys, Policy};
///
/// let account = Account::from_lists("ownKey7ownKey7ownKey7ownKey7ownKey7ownKey7x", "", "")?;
/// let policy = Policy { require_encryption: true, ..Policy::from(Keys::new([account])) };
/// assert_eq!(policy.keys.len(), 1);
/// # Ok::<(), wxsub::seal::KeyError>(())
/// ```
#[derive(Debug, Default)]
pub struct Policy {
    /// What opens and verifies.
    pub keys: Keys,
    /// The query that the payload came with, where the capture does not hold it.
    pub query: Option<Query>,
    /// Decode payloads whose signature is wrong or missing all the same; the finding stays.
    pub accept_unverified: bool,
    /// Refuse payloads that are not verified.
    pub require_signature: bool,
    /// Refuse payloads that were not sealed: a plain one must not pass because keys were given.
    pub require_encryption: bool,
}

impl Policy {
    /// Whether anything is to be done.
    pub fn is_idle(&self) -> bool {
        let asks = self.require_signature || self.require_encryption;
        self.keys.is_empty() && !self.keys.has_tokens() && !asks
    }

    /// Whether the queries in a capture tell anything.
    pub(crate) fn wants_queries(&self) -> bool {
        self.keys.has_tokens() && self.query.is_none()
    }
}

impl From<Keys> for Policy {
    fn from(keys: Keys) -> Self {
        Policy {
            keys,
            ..Policy::default()
        }
    }
}
