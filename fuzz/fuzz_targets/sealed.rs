//! Checks that no encrypted input causes a panic, and that decryption returns what was encrypted.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use wxsub::seal::{Account, Keys, Policy, seal};
use wxsub::{Limits, Trust, decode_sealed};

static POLICY: LazyLock<Arc<Policy>> = LazyLock::new(|| {
    let account = Account::from_lists("fuzzKey70fuzzKey70fuzzKey70fuzzKey70fuzzKe7", "", "");
    Arc::new(Policy::from(Keys::new([account.expect("a key")])))
});

fuzz_target!(|message: &[u8]| {
    let key = &POLICY.keys.accounts()[0].keys[0];
    let encrypt = seal(key, message, "wx3f7a90c1d2e4b5a6", &[7; 16]);
    let body = format!("<xml><Encrypt>{encrypt}</Encrypt></xml>");
    let record = decode_sealed(body.as_bytes(), &Limits::default(), &POLICY);
    assert_eq!(record.trust(), Trust::Opened);
    assert_eq!(record.opened().as_deref(), Some(message));
    // The input as an envelope, and as a ciphertext.
    decode_sealed(message, &Limits::default(), &POLICY);
    let body = [b"{\"Encrypt\":\"", message, b"\"}"].concat();
    decode_sealed(&body, &Limits::default(), &POLICY);
});
