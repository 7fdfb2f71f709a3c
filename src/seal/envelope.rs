//! What a ciphertext holds: 16 random bytes, the length of the message in four, the message, and for whom it is.

use std::ops::Range;

use crate::seal::{Account, EncodingAesKey, Error, Keys, armor, cipher};

/// How many bytes come before the length, and before the message.
const RANDOM: usize = 16;
const HEAD: usize = RANDOM + 4;

/// Something sealed that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opened<'b> {
    /// What was sealed: XML or JSON, as a rule.
    pub message: &'b [u8],
    /// For whom: an appid, as a rule.
    pub receive_id: &'b [u8],
    /// The random bytes in front of it.
    pub random: &'b [u8],
    /// Which of the keys opened it, counted from 0; see [`Keys`].
    pub key: usize,
    /// Whose key that is, counted from 0; see [`Keys::accounts`].
    pub account: usize,
    /// White space stood in the ciphertext.
    pub has_white_space: bool,
    /// The sender padded to blocks of 16 bytes, which WeChat does not.
    pub is_padded_to_16: bool,
}

/// The same as [`Opened`], as ranges of the buffer.
#[derive(Clone, Debug)]
pub(crate) struct Unsealed {
    pub(crate) message: Range<usize>,
    pub(crate) receive_id: Range<usize>,
    pub(crate) key: usize,
    pub(crate) account: usize,
    pub(crate) has_white_space: bool,
    pub(crate) is_padded_to_16: bool,
}

/// A key that seems to fit.
struct Fit<'k> {
    number: usize,
    account: &'k Account,
    key: &'k EncodingAesKey,
    /// Where the message ends, and where the plaintext does.
    message_end: usize,
    end: usize,
}

/// Opens `encrypt`, the text of a payload's `Encrypt`, with the first of `keys` that fits. The message is put into
/// `buffer`, whatever was there before.
///
/// Opening proves little of who sealed it: see [`verify`](crate::seal::verify).
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
/// The most telling of what goes wrong: that of the key that came furthest.
pub fn open<'b>(keys: &Keys, encrypt: &[u8], buffer: &'b mut Vec<u8>) -> Result<Opened<'b>, Error> {
    let unsealed = unseal(keys, encrypt, buffer)?;
    Ok(Opened {
        message: &buffer[unsealed.message],
        receive_id: &buffer[unsealed.receive_id],
        random: &buffer[..RANDOM],
        key: unsealed.key,
        account: unsealed.account,
        has_white_space: unsealed.has_white_space,
        is_padded_to_16: unsealed.is_padded_to_16,
    })
}

/// [`open`] for those who keep the buffer.
pub(crate) fn unseal(keys: &Keys, encrypt: &[u8], buffer: &mut Vec<u8>) -> Result<Unsealed, Error> {
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
    // Accounts may have the same key.
    let fit = fits.iter().find(|fit| fit.account.receives(for_whom));
    let fit = fit.ok_or_else(|| other(for_whom, &fits))?;
    let mut accounts = keys.accounts().iter();
    Ok(Unsealed {
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

/// The keys that fit; an error if there are some and each fails.
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

/// Where the message in `ciphertext` ends and where the plaintext does, if `key` fits. No length that was read is
/// believed before it was held against the buffer: with another key it is noise.
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

/// The error for something sealed for `receive_id`, who is nobody's.
fn other(receive_id: &[u8], fits: &[Fit<'_>]) -> Error {
    let expected = fits
        .iter()
        .flat_map(|fit| fit.account.appids.iter().cloned());
    Error::ReceiveId {
        found: String::from_utf8_lossy(receive_id).into_owned(),
        expected: expected.collect(),
    }
}

/// Seals `message` for `receive_id`; `random` should be. The text is a payload's `Encrypt`.
///
/// See [`open`] for an example.
///
/// # Panics
///
/// If the message has 4 GiB or more: its length is sealed with it, in four bytes.
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

    /// Random bytes, a message of a length as `announced`, an id, and `padding` as it is.
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
        // More than a block of it is none.
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
