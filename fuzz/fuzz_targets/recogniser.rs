//! The recogniser and the readers behind it come to what the readers alone make of any document.
//!
//! Of a document that comes byte by byte the recogniser never sees the end, so that it leaves all of it to the readers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wxsub_fuzz::read;

fuzz_target!(|document: &[u8]| {
    assert_eq!(read(document, document.len() + 1, 1), read(document, 1, 1));
});
