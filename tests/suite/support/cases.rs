//! The number of cases for property tests.

use proptest::prelude::ProptestConfig;

/// Returns a configuration with `cases` cases. `PROPTEST_CASES` overrides the number.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    let config = match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(cases),
    };
    ProptestConfig {
        failure_persistence: None,
        ..config
    }
}

/// Returns `least`, or the number of cases that `PROPTEST_CASES` asks for.
pub(crate) fn count(least: u64) -> u64 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|asked| asked.parse().ok()).unwrap_or(least)
}

/// Returns the seeds of at least `least` cases, or of as many as `PROPTEST_CASES` asks for. `PROPTEST_RNG_SEED` asks for
/// other cases.
pub(crate) fn seeds(least: u64) -> std::ops::Range<u64> {
    let asked = std::env::var("PROPTEST_RNG_SEED").ok();
    let block = asked.and_then(|asked| asked.parse::<u64>().ok());
    let start = block.unwrap_or(0) << 32;
    start..start + count(least)
}
