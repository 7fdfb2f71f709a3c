//! Sealed payloads: opening them, making them, and telling whether WeChat sent them.
//!
//! In safe mode a body holds `Encrypt` and little else: base64 of AES-256-CBC of a message and the appid that it is
//! for, and the query of the request holds `msg_signature` over it. This module knows that scheme and nothing of the
//! documents around and inside it, nor of where keys come from.
//!
//! Only [`verify`] proves anything. The cipher has no authentication of its own: that something opens with the right
//! key and for the right appid makes it likely that WeChat sealed it, and no more.

mod armor;
mod cipher;
mod envelope;
mod error;
mod file;
mod key;
mod keys;
mod policy;
mod query;
mod signature;
mod verify;

pub use envelope::{Opened, open, seal};
pub(crate) use envelope::{Unsealed, unseal};
pub use error::Error;
pub use file::{FileError, accounts};
pub use key::{EncodingAesKey, KeyError, Token};
pub use keys::{Account, Keys};
pub use policy::Policy;
pub use query::Query;
pub use signature::{NotASignature, Signature, sign, sign_plain};
pub use verify::{Mismatch, verify, verify_plain};
