//! Secrets: the EncodingAESKey, which decrypts, and the token, which signs.
//!
//! Neither is ever printed, and both are wiped from memory when dropped. An error about a key gives its length and the
//! expected form, never the key.

use std::fmt;
use std::str::FromStr;

use aes::Aes256;
use aes::cipher::KeyInit;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::lang::{Lang, Text};

/// Forty-three characters are 258 bits, two more than a key. The console picks the last character at random, so three
/// keys in four have extra bits that a strict decoder rejects.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// The key for an account's messages, as shown in the console: 43 letters and digits.
///
/// ```
/// use wxsub::seal::EncodingAesKey;
///
/// let key: EncodingAesKey = "ownKey7ownKey7ownKey7ownKey7ownKey7ownKey7x".parse()?;
/// assert_eq!(format!("{key:?}"), "EncodingAesKey(..)");
/// # Ok::<(), wxsub::seal::KeyError>(())
/// ```
pub struct EncodingAesKey(Box<Material>);

/// The key's data, boxed so that moving the key leaves no copy in memory.
struct Material {
    cipher: Aes256,
    /// The first half of the key, used for every message.
    iv: [u8; 16],
}

impl EncodingAesKey {
    /// The number of characters of a key.
    pub const LEN: usize = 43;

    pub(super) fn cipher(&self) -> &Aes256 {
        &self.0.cipher
    }

    pub(super) fn iv(&self) -> &[u8; 16] {
        &self.0.iv
    }
}

impl FromStr for EncodingAesKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let error = |reason| KeyError {
            entry: None,
            chars: text.chars().count(),
            reason,
        };
        let is_symbol = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '/';
        match text.chars().position(|c| !is_symbol(c)) {
            _ if text.chars().count() != Self::LEN => return Err(error(KeyErrorReason::Length)),
            Some(at) => return Err(error(KeyErrorReason::Character(at + 1))),
            None => {}
        }
        // The decoder needs room for the whole last group.
        let mut bytes = Zeroizing::new([0; 33]);
        let len = LENIENT.decode_slice(text, bytes.as_mut_slice());
        match len {
            Ok(32) => Ok(Self::new(&bytes[..32])),
            _ => Err(error(KeyErrorReason::Length)),
        }
    }
}

impl EncodingAesKey {
    fn new(bytes: &[u8]) -> Self {
        let mut iv = [0; 16];
        iv.copy_from_slice(&bytes[..16]);
        let cipher = Aes256::new_from_slice(bytes).expect("a key of 32 bytes");
        EncodingAesKey(Box::new(Material { cipher, iv }))
    }
}

impl Drop for Material {
    fn drop(&mut self) {
        // The cipher wipes itself when dropped.
        self.iv.zeroize();
    }
}

impl ZeroizeOnDrop for EncodingAesKey {}

impl fmt::Debug for EncodingAesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncodingAesKey(..)")
    }
}

/// The reason why a text is not an EncodingAESKey. Does not contain the text.
///
/// ```
/// let error = "too short".parse::<wxsub::seal::EncodingAesKey>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "an EncodingAESKey has 43 letters and digits, this one has 9 characters (-40004)"
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyError {
    /// The number of the key in its list, counted from 1.
    entry: Option<usize>,
    chars: usize,
    reason: KeyErrorReason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyErrorReason {
    Length,
    /// An invalid character, with its position counted from 1.
    Character(usize),
}

impl KeyError {
    /// The code of the vendor's samples for an illegal AES key.
    const VENDOR_CODE: i32 = -40004;

    /// Adds the number of the key in its list.
    pub(super) fn numbered(self, entry: usize) -> Self {
        KeyError {
            entry: Some(entry),
            ..self
        }
    }

    /// Names the likely cause of a wrong length.
    fn likely_cause(&self) -> Text {
        match self.chars {
            42 => Text::new(
                ": was the last character lost in copying?",
                "：是否漏复制了最后一个字符？",
            ),
            44 => Text::new(
                ": was `=` appended, or a blank copied along?",
                "：是否多了 `=`，或多复制了空格？",
            ),
            32 => Text::new(
                ": this is how long an AppSecret is, which is another secret",
                "：AppSecret 才是这个长度，那是另一个密钥",
            ),
            _ => Text::new("", ""),
        }
    }

    /// Says what is wrong with the key, without the key.
    pub fn message(&self, lang: Lang) -> String {
        let (len, chars, code) = (EncodingAesKey::LEN, self.chars, Self::VENDOR_CODE);
        let cause = self.likely_cause().get(lang);
        let what = match (self.reason, lang) {
            (KeyErrorReason::Length, Lang::En) => format!(
                "an EncodingAESKey has {len} letters and digits, this one has {chars} characters ({code}){cause}"
            ),
            (KeyErrorReason::Length, Lang::Zh) => format!(
                "EncodingAESKey 由 {len} 个字母和数字组成，这里有 {chars} 个字符（{code}）{cause}"
            ),
            (KeyErrorReason::Character(at), Lang::En) => format!(
                "an EncodingAESKey has {len} letters and digits, the character {at} of this one is neither ({code})"
            ),
            (KeyErrorReason::Character(at), Lang::Zh) => format!(
                "EncodingAESKey 由 {len} 个字母和数字组成，这里的第 {at} 个字符两者都不是（{code}）"
            ),
        };
        match (self.entry, lang) {
            (None, _) => what,
            (Some(entry), Lang::En) => format!("key {entry}: {what}"),
            (Some(entry), Lang::Zh) => format!("第 {entry} 个密钥：{what}"),
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

impl std::error::Error for KeyError {}

/// The token of an account, which signs pushes.
///
/// ```
/// let token = wxsub::seal::Token::new("ourOwnToken");
/// assert_eq!(format!("{token:?}"), "Token(..)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// Makes a token of `text`, unchanged.
    pub fn new(text: impl Into<String>) -> Self {
        Token(Zeroizing::new(text.into()))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl ZeroizeOnDrop for Token {}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_last_characters_make_keys_and_four_spell_the_same() {
        let alphabet = STANDARD.as_str();
        for group in alphabet.as_bytes().chunks(4) {
            let ivs = group.iter().map(|&last| {
                let text = format!("{}{}", "k".repeat(42), char::from(last));
                *text.parse::<EncodingAesKey>().expect("a key").iv()
            });
            let ivs: Vec<_> = ivs.collect();
            assert!(ivs.iter().all(|iv| *iv == ivs[0]));
        }
    }

    #[test]
    fn errors_tell_length_and_place_and_nothing_of_the_key() {
        let long = "s3cr3t".repeat(9);
        let cases = [
            (
                &long[..42],
                "this one has 42 characters (-40004): was the last",
            ),
            (&long[..44], "this one has 44 characters (-40004): was `=`"),
            (&long[..32], "an AppSecret is"),
            ("", "this one has 0 characters"),
            (
                &format!("{} {}", &long[..20], &long[..22]),
                "the character 21 of this one",
            ),
            (
                &format!("{}密", &long[..42]),
                "the character 43 of this one",
            ),
        ];
        for (text, words) in cases {
            let error = text.parse::<EncodingAesKey>().unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
            assert!(!error.contains("s3cr"), "{error}");
        }
    }
}
