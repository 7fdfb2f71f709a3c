//! Signatures: SHA-1 of the token and other parts, sorted by bytes and concatenated.
//!
//! They are compared as bytes, so the case of hexadecimal digits is ignored, and in constant time.

use std::fmt;
use std::str::FromStr;

use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

use crate::seal::Token;

/// A signature: 20 bytes, written as 40 hexadecimal digits.
///
/// ```
/// use wxsub::seal::{Signature, Token, sign_plain};
///
/// let token = Token::new("ourOwnToken");
/// let signature = sign_plain(&token, "1763812800", "20731");
/// assert_eq!(signature.to_string(), "1804bcf190c773d6714099a7df9fdda96f820467");
/// assert_eq!(signature.to_string().to_uppercase().parse(), Ok(signature));
/// ```
#[derive(Clone, Copy)]
pub struct Signature([u8; 20]);

impl PartialEq for Signature {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Signature {}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}

/// The error for a text that is not a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotASignature;

impl fmt::Display for NotASignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a signature has 40 hexadecimal digits")
    }
}

impl std::error::Error for NotASignature {}

impl FromStr for Signature {
    type Err = NotASignature;

    fn from_str(text: &str) -> Result<Self, NotASignature> {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let mut bytes = [0; 20];
        if pairs.len() != bytes.len() || !rest.is_empty() {
            return Err(NotASignature);
        }
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = digit(*high)? << 4 | digit(*low)?;
        }
        Ok(Signature(bytes))
    }
}

fn digit(c: u8) -> Result<u8, NotASignature> {
    let digit = char::from(c).to_digit(16).ok_or(NotASignature)?;
    Ok(digit as u8)
}

/// Computes the `msg_signature` of an encrypted payload. `encrypt` is the text of `Encrypt`.
///
/// ```
/// use wxsub::seal::{Token, sign};
///
/// let signature = sign(&Token::new("ourOwnToken"), "1763812800", "20731", "c2VhbGVk");
/// assert_eq!(signature.to_string(), "e37e2de961630efe7cfe4d04d9af2ce82f29580a");
/// ```
pub fn sign(token: &Token, timestamp: &str, nonce: &str, encrypt: impl AsRef<[u8]>) -> Signature {
    let (timestamp, nonce) = (timestamp.as_bytes(), nonce.as_bytes());
    digest(&mut [token.bytes(), timestamp, nonce, encrypt.as_ref()])
}

/// Computes the `signature` of a request, which does not cover the body. See [`Signature`] for an example.
pub fn sign_plain(token: &Token, timestamp: &str, nonce: &str) -> Signature {
    digest(&mut [token.bytes(), timestamp.as_bytes(), nonce.as_bytes()])
}

fn digest(parts: &mut [&[u8]]) -> Signature {
    parts.sort_unstable();
    let mut hash = Sha1::new();
    parts.iter().for_each(|part| hash.update(part));
    Signature(hash.finalize().into())
}
