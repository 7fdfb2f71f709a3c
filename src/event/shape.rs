//! The shapes of WeChat's ids.

use crate::simd::{is_base64url, is_lower_hex};

/// The lengths of ids.
pub(crate) const ACCOUNT_LEN: usize = 15;
pub(crate) const APPID_LEN: usize = 18;
pub(crate) const OPENID_LEN: usize = 28;
pub(crate) const TEMPLATE_LEN: usize = 43;

/// The first character of an openid.
pub(crate) const OPENID: &str = "o";
/// The prefix of an account id.
pub(crate) const ACCOUNT: &str = "gh_";
/// The prefix of an appid.
pub(crate) const APPID: &str = "wx";

/// Returns true for an account id: `gh_` and 12 hexadecimal digits.
pub(crate) fn is_account(id: &[u8]) -> bool {
    id.len() == ACCOUNT_LEN
        && id
            .strip_prefix(ACCOUNT.as_bytes())
            .is_some_and(is_lower_hex)
}

/// Returns true for an appid: `wx` and 16 hexadecimal digits.
pub(crate) fn is_appid(id: &[u8]) -> bool {
    id.len() == APPID_LEN && id.strip_prefix(APPID.as_bytes()).is_some_and(is_lower_hex)
}

/// Returns true for an openid or unionid: `o` and 27 characters of base64url.
pub(crate) fn is_openid(id: &[u8]) -> bool {
    id.len() == OPENID_LEN && id.starts_with(OPENID.as_bytes()) && is_base64url(id)
}

/// Returns true for a template id: 43 characters of base64url.
pub(crate) fn is_template_id(id: &[u8]) -> bool {
    id.len() == TEMPLATE_LEN && is_base64url(id)
}
