//! AES-256-CBC on whole buffers, with WeChat's padding.
//!
//! The padding is PKCS#7 with blocks of 32 bytes, twice the cipher's block. Standard unpadding rejects half of all
//! messages, so every byte of the padding is checked here. Some senders pad to 16 bytes; the length shows it.

use aes::Aes256;
use aes::cipher::{Array, InnerIvInit, consts::U16};
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt};

use crate::seal::{EncodingAesKey, Error};

/// The block size of the cipher.
const BLOCK: usize = 16;
/// The block size of the padding.
const PADDED: usize = 32;

type Block = Array<u8, U16>;

/// Decrypts `bytes` in place, padding included.
fn decrypt(key: &EncodingAesKey, iv: &[u8], bytes: &mut [u8]) {
    let mut cbc = cbc::Decryptor::<&Aes256>::inner_iv_slice_init(key.cipher(), iv)
        .expect("an initialization vector of 16 bytes");
    cbc.decrypt_blocks(Block::slice_as_chunks_mut(bytes).0);
}

/// Checks that the length is possible for a ciphertext.
pub(super) fn check_length(ciphertext: &[u8]) -> Result<(), Error> {
    let len = ciphertext.len();
    match len >= PADDED && len.is_multiple_of(BLOCK) {
        true => Ok(()),
        false => Err(Error::Length { len }),
    }
}

/// Returns the number of padding bytes. `ciphertext` must have a checked length.
///
/// Decrypts only the end of the ciphertext, which is enough to reject a wrong key.
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

/// Returns true if the sender padded to 16 bytes.
pub(super) fn is_padded_to_16(ciphertext: &[u8]) -> bool {
    !ciphertext.len().is_multiple_of(PADDED)
}

/// Decrypts all of `bytes`, which must have a checked length.
pub(super) fn open(key: &EncodingAesKey, bytes: &mut [u8]) {
    decrypt(key, key.iv(), bytes);
}

/// Pads and encrypts `bytes`.
pub(super) fn close(key: &EncodingAesKey, bytes: &mut Vec<u8>) {
    let padding = PADDED - bytes.len() % PADDED;
    bytes.resize(bytes.len() + padding, padding as u8);
    encrypt(key, bytes);
}

/// Encrypts `bytes` in place, padding included.
pub(super) fn encrypt(key: &EncodingAesKey, bytes: &mut [u8]) {
    let mut cbc = cbc::Encryptor::<&Aes256>::inner_iv_slice_init(key.cipher(), key.iv())
        .expect("an initialization vector of 16 bytes");
    cbc.encrypt_blocks(Block::slice_as_chunks_mut(bytes).0);
}

/// Decrypts the second block of `ciphertext`, which must have a checked length.
pub(super) fn second_block(key: &EncodingAesKey, ciphertext: &[u8]) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    block.copy_from_slice(&ciphertext[BLOCK..2 * BLOCK]);
    decrypt(key, &ciphertext[..BLOCK], &mut block);
    block
}
