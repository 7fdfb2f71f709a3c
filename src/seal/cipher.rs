//! AES-256 in CBC mode over whole buffers, and the padding that WeChat uses with it.
//!
//! The padding is PKCS#7 with blocks of 32 bytes, twice what the cipher has: stock unpadders refuse half of all
//! messages, so it is checked here, every byte of it. Senders that pad to 16 exist; that can be told from the length.

use aes::Aes256;
use aes::cipher::{Array, InnerIvInit, consts::U16};
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt};

use crate::seal::{EncodingAesKey, Error};

/// The block of the cipher, and the one that messages are padded to.
const BLOCK: usize = 16;
const PADDED: usize = 32;

type Block = Array<u8, U16>;

/// Makes plaintext of the ciphertext in `bytes`, padding included.
fn decrypt(key: &EncodingAesKey, iv: &[u8], bytes: &mut [u8]) {
    let mut cbc = cbc::Decryptor::<&Aes256>::inner_iv_slice_init(key.cipher(), iv)
        .expect("an initialization vector of 16 bytes");
    cbc.decrypt_blocks(Block::slice_as_chunks_mut(bytes).0);
}

/// Whether `ciphertext` has a length that something sealed can have.
pub(super) fn check_length(ciphertext: &[u8]) -> Result<(), Error> {
    let len = ciphertext.len();
    match len >= PADDED && len.is_multiple_of(BLOCK) {
        true => Ok(()),
        false => Err(Error::Length { len }),
    }
}

/// How many bytes of padding `ciphertext`, of a length that was checked, ends in. Only its end is decrypted: a key that
/// does not fit is told by that.
pub(super) fn padding(key: &EncodingAesKey, ciphertext: &[u8]) -> Result<usize, Error> {
    let (before, last) = ciphertext.split_at(ciphertext.len() - PADDED);
    let iv = before.last_chunk::<BLOCK>().unwrap_or(key.iv());
    let mut tail = [0; PADDED];
    tail.copy_from_slice(last);
    decrypt(key, iv, &mut tail);
    let most = if is_padded_to_16(ciphertext) {
        BLOCK
    } else {
        PADDED
    };
    let count = tail[PADDED - 1];
    let len = usize::from(count);
    let is_whole = (1..=most).contains(&len) && tail[PADDED - len..].iter().all(|b| *b == count);
    is_whole.then_some(len).ok_or(Error::Padding)
}

/// Whether the sender padded to the cipher's own block.
pub(super) fn is_padded_to_16(ciphertext: &[u8]) -> bool {
    !ciphertext.len().is_multiple_of(PADDED)
}

/// Makes plaintext of all of `bytes`, a ciphertext of a length that was checked.
pub(super) fn open(key: &EncodingAesKey, bytes: &mut [u8]) {
    decrypt(key, key.iv(), bytes);
}

/// Pads the plaintext in `bytes` and makes ciphertext of it.
pub(super) fn close(key: &EncodingAesKey, bytes: &mut Vec<u8>) {
    let padding = PADDED - bytes.len() % PADDED;
    bytes.resize(bytes.len() + padding, padding as u8);
    encrypt(key, bytes);
}

/// Makes ciphertext of the plaintext in `bytes`, padding included.
pub(super) fn encrypt(key: &EncodingAesKey, bytes: &mut [u8]) {
    let mut cbc = cbc::Encryptor::<&Aes256>::inner_iv_slice_init(key.cipher(), key.iv())
        .expect("an initialization vector of 16 bytes");
    cbc.encrypt_blocks(Block::slice_as_chunks_mut(bytes).0);
}

/// The plaintext of the second block of `ciphertext`, of a length that was checked.
pub(super) fn second_block(key: &EncodingAesKey, ciphertext: &[u8]) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    block.copy_from_slice(&ciphertext[BLOCK..2 * BLOCK]);
    decrypt(key, &ciphertext[..BLOCK], &mut block);
    block
}
