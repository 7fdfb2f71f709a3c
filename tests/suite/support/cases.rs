//! The number of cases that a test tries.
//!
//! A build without optimisation takes ten times as long for each case. It tries one in [`FEWER`], so that `cargo test` is
//! quick; `cargo test --profile thorough --test suite` tries all.

use std::ops::Range;

use proptest::prelude::ProptestConfig;

/// A prime, so that every entry of every table has its turn.
pub(crate) const FEWER: usize = if cfg!(debug_assertions) { 19 } else { 1 };

/// Returns a configuration with `all` cases, or fewer. `PROPTEST_CASES` overrides the number.
pub(crate) fn cases(all: u32) -> ProptestConfig {
    ProptestConfig {
        cases: count(all.into()) as u32,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Returns `all` or fewer, or the number of cases that `PROPTEST_CASES` asks for.
pub(crate) fn count(all: u64) -> u64 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked
        .and_then(|asked| asked.parse().ok())
        .unwrap_or(all.div_ceil(FEWER as u64))
}

/// Returns the seeds of `all` cases or fewer, or of as many as `PROPTEST_CASES` asks for. `PROPTEST_RNG_SEED` asks for
/// other cases.
pub(crate) fn seeds(all: u64) -> Range<u64> {
    let asked = std::env::var("PROPTEST_RNG_SEED").ok();
    let block = asked.and_then(|asked| asked.parse::<u64>().ok());
    let start = block.unwrap_or(0) << 32;
    start..start + count(all)
}

/// Chooses among the cases of a test that goes through tables: all of them, or the first and
/// one in [`FEWER`] after it.
#[derive(Default)]
pub(crate) struct Share {
    seen: usize,
}

impl Share {
    /// Returns true if the next case is tried.
    pub(crate) fn takes_next(&mut self) -> bool {
        let is_taken = self.seen.is_multiple_of(FEWER);
        self.seen += 1;
        is_taken
    }
}
