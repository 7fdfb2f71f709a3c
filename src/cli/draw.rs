//! Random numbers: those of the system, or those that follow from a seed.

use anyhow::Context;

/// Where random numbers come from.
pub(super) enum Draw {
    System,
    Seed(u64),
}

impl Draw {
    pub(super) fn new(seed: Option<u64>) -> Self {
        seed.map_or(Draw::System, Draw::Seed)
    }

    pub(super) fn next_number(&mut self) -> anyhow::Result<u64> {
        match self {
            Draw::System => getrandom::u64().context("the system has no random numbers"),
            Draw::Seed(state) => Ok(split_mix(state)),
        }
    }

    /// Sixteen lower-case hexadecimal digits, as WeChat draws them.
    pub(super) fn next_digits(&mut self) -> anyhow::Result<[u8; 16]> {
        let digits = format!("{:016x}", self.next_number()?);
        let mut random = [0; 16];
        random.copy_from_slice(digits.as_bytes());
        Ok(random)
    }
}

/// The SplitMix64 generator: each number follows from the one before.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
