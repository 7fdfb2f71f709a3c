//! The content of a ciphertext: 16 random bytes, the message's length in 4 bytes, the message, and the receiver's id.

use std::ops::Range;

use crate::seal::{Account, EncodingAesKey, Error, Keys, armor, cipher};

/// The number of random bytes before the length.
const RANDOM: usize = 16;
/// The number of bytes before the message.
const HEAD: usize = RANDOM + 4;

/// A decrypted message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opened<'b> {
    /// The plaintext, usually XML or JSON.
    pub message: &'b [u8],
    /// The id of the receiver, usually an appid.
    pub receive_id: &'b [u8],
    /// The random bytes before the message.
    pub random: &'b [u8],
    /// The index of the key that decrypted it; see [`Keys`].
    pub key: usize,
    /// The index of the key's account; see [`Keys::accounts`].
    pub account: usize,
    /// True if the ciphertext contained white space.
    pub has_white_space: bool,
    /// True if the sender padded to 16 bytes, which WeChat does not do.
    pub is_padded_to_16: bool,
}

/// An [`Opened`] with ranges of the buffer instead of slices.
#[derive(Clone, Debug)]
pub(crate) struct DecryptedRanges {
    pub(crate) message: Range<usize>,
    pub(crate) receive_id: Range<usize>,
    pub(crate) key: usize,
    pub(crate) account: usize,
    pub(crate) has_white_space: bool,
    pub(crate) is_padded_to_16: bool,
}

/// A key whose padding and message length fit.
struct Fit<'k> {
    number: usize,
    account: &'k Account,
    key: &'k EncodingAesKey,
    /// The end of the message, and the end of the plaintext.
    message_end: usize,
    end: usize,
}

/// Decrypts `encrypt`, the text of a payload's `Encrypt`, with the first of `keys` that fits.
///
/// The message is stored in `buffer`, whose content is replaced. Decryption does not prove who encrypted the message:
/// see [`verify`](crate::seal::verify).
///
/// ```
/// use wxsub::seal::{Account, Keys, open, seal};
///
/// let keys = "ownKey7ownKey7ownKey7ownKey7ownKey7ownKey7x,ownKey8ownKey8ownKey8ownKey8ownKey8ownKey8x";
/// let keys = Keys::new([Account::from_lists(keys, "", "wx5a2c71d0e9b4a1b2")?]);
/// let second = &keys.accounts()[0].keys[1];
/// let encrypt = seal(second, b"{}", "wx5a2c71d0e9b4a1b2", &[7; 16]);
///
/// let mut buffer = Vec::new();
/// let opened = open(&keys, encrypt.as_bytes(), &mut buffer).expect("the second key fits");
/// assert_eq!((opened.message, opened.key), (&b"{}"[..], 1));
/// # Ok::<(), wxsub::seal::KeyError>(())
/// ```
///
/// # Errors
///
/// The error of the key with which decryption came furthest.
pub fn open<'b>(keys: &Keys, encrypt: &[u8], buffer: &'b mut Vec<u8>) -> Result<Opened<'b>, Error> {
    let decrypted = decrypt(keys, encrypt, buffer)?;
    Ok(Opened {
        message: &buffer[decrypted.message],
        receive_id: &buffer[decrypted.receive_id],
        random: &buffer[..RANDOM],
        key: decrypted.key,
        account: decrypted.account,
        has_white_space: decrypted.has_white_space,
        is_padded_to_16: decrypted.is_padded_to_16,
    })
}

/// Decrypts like [`open`] and returns ranges of `buffer`.
pub(crate) fn decrypt(
    keys: &Keys,
    encrypt: &[u8],
    buffer: &mut Vec<u8>,
) -> Result<DecryptedRanges, Error> {
    let has_white_space = armor::decode(encrypt, buffer)?;
    cipher::check_length(buffer)?;
    let fits = fits(keys, buffer)?;
    let Some(first) = fits.first() else {
        return Err(Error::Padding);
    };
    let is_padded_to_16 = cipher::is_padded_to_16(buffer);
    cipher::open(first.key, buffer);
    let receive_id = first.message_end..first.end;
    let for_whom = &buffer[receive_id.clone()];
    // Several accounts may have the same key.
    let fit = fits.iter().find(|fit| fit.account.receives(for_whom));
    let fit = fit.ok_or_else(|| other(for_whom, &fits))?;
    let mut accounts = keys.accounts().iter();
    Ok(DecryptedRanges {
        message: HEAD..fit.message_end,
        receive_id,
        key: fit.number,
        account: accounts
            .position(|known| std::ptr::eq(known, fit.account))
            .unwrap_or_default(),
        has_white_space,
        is_padded_to_16,
    })
}

/// Decrypts `encrypt`, changes the message, and encrypts it again with its key, for its receiver and with the white space
/// of `encrypt`. Also returns the index of the account.
pub(crate) fn reseal(
    keys: &Keys,
    encrypt: &[u8],
    change: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Result<(Vec<u8>, usize), Error> {
    let mut bytes = Vec::new();
    let decrypted = decrypt(keys, encrypt, &mut bytes)?;
    let message = change(&bytes[decrypted.message.clone()]);
    let length = u32::try_from(message.len()).map_err(|_| Error::MessageLength)?;
    let is_as_long = message.len() == decrypted.message.len();
    bytes[RANDOM..HEAD].copy_from_slice(&length.to_be_bytes());
    if !is_as_long {
        bytes.truncate(decrypted.receive_id.end);
    }
    bytes.splice(decrypted.message, message);
    let (_, key) = keys.all().nth(decrypted.key).ok_or(Error::Padding)?;
    match is_as_long {
        true => cipher::encrypt(key, &mut bytes),
        false => cipher::close(key, &mut bytes),
    }
    Ok((armor::encode_like(encrypt, &bytes), decrypted.account))
}

/// Returns the keys that fit. Fails if a key has the right padding but no key the right message length.
fn fits<'k>(keys: &'k Keys, ciphertext: &[u8]) -> Result<Vec<Fit<'k>>, Error> {
    let mut fits = Vec::new();
    let mut worst = Ok(());
    for (number, (account, key)) in keys.all().enumerate() {
        match ends(key, ciphertext) {
            Ok((message_end, end)) => fits.push(Fit {
                number,
                account,
                key,
                message_end,
                end,
            }),
            Err(Error::MessageLength) => worst = Err(Error::MessageLength),
            Err(_) => {}
        }
    }
    match fits.is_empty() {
        true => worst.map(|()| fits),
        false => Ok(fits),
    }
}

/// Returns the ends of message and plaintext, if `key` fits.
///
/// The length is compared with the buffer first, because with a wrong key it is random.
fn ends(key: &EncodingAesKey, ciphertext: &[u8]) -> Result<(usize, usize), Error> {
    let end = ciphertext.len() - cipher::padding(key, ciphertext)?;
    let length = cipher::second_block(key, ciphertext);
    let [a, b, c, d, ..] = length;
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    let room = end.checked_sub(HEAD).ok_or(Error::MessageLength)?;
    match length <= room {
        true => Ok((HEAD + length, end)),
        false => Err(Error::MessageLength),
    }
}

/// Returns the error for a `receive_id` that is no account's.
fn other(receive_id: &[u8], fits: &[Fit<'_>]) -> Error {
    let expected = fits
        .iter()
        .flat_map(|fit| fit.account.appids.iter().cloned());
    Error::ReceiveId {
        found: String::from_utf8_lossy(receive_id).into_owned(),
        expected: expected.collect(),
    }
}

/// Encrypts `message` for `receive_id` and returns the text of a payload's `Encrypt`.
///
/// `random` should be random. See [`open`] for an example.
///
/// # Panics
///
/// If the message has 4 GiB or more, because its length is stored in four bytes.
pub fn seal(key: &EncodingAesKey, message: &[u8], receive_id: &str, random: &[u8; 16]) -> String {
    let length = u32::try_from(message.len()).expect("a message of less than 4 GiB");
    let parts = [
        random,
        &length.to_be_bytes()[..],
        message,
        receive_id.as_bytes(),
    ];
    let mut bytes = parts.concat();
    cipher::close(key, &mut bytes);
    armor::encode(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &[u8] = b"wx5a2c71d0e9b4a1b2";

    fn keys() -> Keys {
        let key = "ownKey7ownKey7ownKey7ownKey7ownKey7ownKey7x";
        Keys::new([Account::from_lists(key, "", "").expect("a key")])
    }

    /// Encrypts `{}` with the length `announced` and the given `padding`.
    fn sealed(announced: u32, padding: &[u8]) -> String {
        let random = [7; RANDOM];
        let mut bytes = [&random[..], &announced.to_be_bytes(), b"{}", ID, padding].concat();
        let keys = keys();
        cipher::encrypt(&keys.accounts()[0].keys[0], &mut bytes);
        armor::encode(&bytes)
    }

    fn opened(encrypt: &str) -> Result<(Vec<u8>, Vec<u8>), Error> {
        let mut buffer = Vec::new();
        let opened = open(&keys(), encrypt.as_bytes(), &mut buffer)?;
        Ok((opened.message.to_vec(), opened.receive_id.to_vec()))
    }

    #[test]
    fn every_byte_of_the_padding_counts() {
        let right = [24; 24];
        assert_eq!(
            opened(&sealed(2, &right)),
            Ok((b"{}".to_vec(), ID.to_vec()))
        );
        for at in 0..right.len() {
            let mut padding = right;
            padding[at] ^= 1;
            assert_eq!(opened(&sealed(2, &padding)), Err(Error::Padding), "{at}");
        }
        for count in [0, 33, 64, 255] {
            let mut padding = right;
            padding[23] = count;
            assert_eq!(opened(&sealed(2, &padding)), Err(Error::Padding), "{count}");
        }
    }

    #[test]
    fn padding_to_16_is_told_by_the_length() {
        let mut buffer = Vec::new();
        let keys = keys();
        let text = sealed(2, &[8; 8]);
        let opened = open(&keys, text.as_bytes(), &mut buffer).expect("it opens");
        assert!(opened.is_padded_to_16);
        // More than one block of padding is invalid.
        let mut long = [24; 40];
        long[..16].copy_from_slice(b"0123456789abcdef");
        assert_eq!(
            super::open(&keys, sealed(2, &long).as_bytes(), &mut Vec::new()).map(|_| ()),
            Err(Error::Padding)
        );
    }

    #[test]
    fn no_length_is_believed() {
        let room = 2 + ID.len() as u32;
        let whole = opened(&sealed(room, &[24; 24])).expect("nobody is left to be for");
        assert_eq!((whole.0.len(), whole.1.len()), (room as usize, 0));
        for announced in [room + 1, room + 24, room + 25, 1 << 31, u32::MAX] {
            let result = opened(&sealed(announced, &[24; 24]));
            assert_eq!(result, Err(Error::MessageLength), "{announced}");
        }
    }

    #[test]
    fn what_is_too_short_holds_nothing() {
        let keys = keys();
        let mut bytes = vec![32; 32];
        cipher::encrypt(&keys.accounts()[0].keys[0], &mut bytes);
        assert_eq!(opened(&armor::encode(&bytes)), Err(Error::MessageLength));
        for len in [1, 16, 31, 33, 47] {
            let text = armor::encode(&vec![0; len]);
            assert_eq!(opened(&text), Err(Error::Length { len }));
        }
    }
}
