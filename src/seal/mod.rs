//! Encrypted payloads: decryption, encryption and verification of signatures.
//!
//! In safe mode a body has little besides `Encrypt`: the base64 of a message and its receiver's appid, encrypted with
//! AES-256-CBC. The query of the request has `msg_signature`. This module knows this scheme, not the documents around
//! and inside it, nor where keys come from.
//!
//! Only [`verify`] proves the sender. The cipher has no authentication, so a payload that decrypts with the right key
//! and appid probably comes from WeChat, but this is no proof.

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

pub(crate) use envelope::{DecryptedRanges, decrypt, reseal};
pub use envelope::{Opened, open, seal};
pub use error::Error;
pub use file::{FileError, accounts};
pub use key::{EncodingAesKey, KeyError, Token};
pub use keys::{Account, Keys};
pub use policy::Policy;
pub use query::Query;
pub use signature::{NotASignature, Signature, sign, sign_plain};
pub use verify::{Mismatch, verify, verify_plain};
