//! Random numbers, from the system or from a seed.

use anyhow::Context;
use wxsub::sample::Rng;

use crate::cli::language::Words;

/// The source of random numbers.
pub(super) enum Random {
    System,
    Seed(Rng),
}

impl Random {
    pub(super) fn new(seed: Option<u64>) -> Self {
        seed.map_or(Random::System, |seed| Random::Seed(Rng::new(seed)))
    }

    pub(super) fn next_number(&mut self) -> anyhow::Result<u64> {
        match self {
            Random::System => getrandom::u64().context(Words(
                "the system has no random numbers",
                "系统无法提供随机数",
            )),
            Random::Seed(rng) => Ok(rng.number()),
        }
    }

    /// Draws sixteen lower-case hexadecimal digits, the form WeChat uses.
    pub(super) fn next_digits(&mut self) -> anyhow::Result<[u8; 16]> {
        let digits = format!("{:016x}", self.next_number()?);
        let mut random = [0; 16];
        random.copy_from_slice(digits.as_bytes());
        Ok(random)
    }
}
