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
