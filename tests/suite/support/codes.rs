//! Policies for the examples of codes.

use std::sync::Arc;

use wxsub::Code;
use wxsub::seal::{Account, Keys, Policy};

/// Returns the policy under which the example of `code` has its finding.
pub(crate) fn policy_for(code: Code) -> Option<Arc<Policy>> {
    let (key, token, appid) = (
        "ownKey7ownKey7ownKey7ownKey7ownKey7ownKey7x",
        "ourOwnToken",
        "wx5a2c71d0e9b4a1b2",
    );
    let account = Account::from_lists(key, token, appid).expect("keys");
    let policy = Policy::from(Keys::new([account]));
    let is_sealed = matches!(
        code,
        Code::DecryptFailed | Code::SignatureMismatch | Code::EnvelopeMismatch | Code::OddEnvelope
    );
    match code {
        Code::NotVerified => Some(Arc::new(Policy {
            require_signature: true,
            ..policy
        })),
        Code::NotEncrypted => Some(Arc::new(Policy {
            require_encryption: true,
            ..policy
        })),
        _ => is_sealed.then(|| policy.into()),
    }
}
