//! Checks that every capture reads the same in one block, in small blocks, and on several threads.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wxsub_fuzz::read;

fuzz_target!(|capture: &[u8]| {
    let whole = read(capture, 1 << 16, 1);
    assert_eq!(read(capture, 7, 1), whole);
    assert_eq!(read(capture, 64, 3), whole);
});
