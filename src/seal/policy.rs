//! The rules for encrypted payloads, and for those that should be.

use crate::seal::{Keys, Query};

/// Keys and requirements. The default has no keys and requires nothing.
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
    /// The keys to decrypt and verify with.
    pub keys: Keys,
    /// The query of the payload's request, if the capture does not contain it.
    pub query: Option<Query>,
    /// Decodes payloads with a wrong or missing signature anyway. The finding stays.
    pub accept_unverified: bool,
    /// Rejects payloads that are not verified.
    pub require_signature: bool,
    /// Rejects plain payloads.
    pub require_encryption: bool,
}

impl Policy {
    /// Returns true if there is nothing to decrypt, verify or require.
    pub fn is_idle(&self) -> bool {
        let asks = self.require_signature || self.require_encryption;
        self.keys.is_empty() && !self.keys.has_tokens() && !asks
    }

    /// Returns true if queries in a capture are needed.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_that_requires_something_is_not_idle() {
        for (require_signature, require_encryption) in
            [(false, false), (false, true), (true, false), (true, true)]
        {
            let policy = Policy {
                require_signature,
                require_encryption,
                ..Policy::default()
            };
            let is_idle = !require_signature && !require_encryption;
            assert_eq!(policy.is_idle(), is_idle, "{policy:?}");
        }
    }
}
