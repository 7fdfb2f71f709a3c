//! A random number generator whose sequence never changes.
//!
//! It is SplitMix64 (Steele, Lea and Flood, 2014). Generators of crates may change their sequence, or the way they map
//! it to a range, with a release; samples must not change.

/// A random number generator with a seed.
///
/// ```
/// let mut rng = wxsub::sample::Rng::new(1_234_567);
/// assert_eq!(rng.number(), 6_457_827_717_110_365_317);
/// ```
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// Makes a generator whose sequence is determined by `seed`.
    pub fn new(seed: u64) -> Self {
        Rng(seed)
    }

    /// Returns any number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// Makes an independent generator, at the cost of one number.
    pub(super) fn fork(&mut self) -> Self {
        Rng(self.number())
    }

    /// Returns a number below `bound`.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.number()) * u128::from(bound);
        (wide >> 64) as u64
    }

    pub(super) fn one_in(&mut self, odds: u64) -> bool {
        self.below(odds) == 0
    }

    /// Returns `len` characters of base64url.
    pub(super) fn base64url(&mut self, len: usize) -> String {
        const CHARSET: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        self.characters(CHARSET, 6, len)
    }

    /// Returns `len` hexadecimal digits.
    pub(super) fn hex(&mut self, len: usize) -> String {
        self.characters(b"0123456789abcdef", 4, len)
    }

    /// Returns `len` characters of `charset`, which must have two to the power of `bits` characters.
    fn characters(&mut self, charset: &[u8], bits: u32, len: usize) -> String {
        let mut text = String::with_capacity(len);
        while text.len() < len {
            let mut drawn = self.number();
            for _ in 0..(len - text.len()).min((u64::BITS / bits) as usize) {
                text.push(charset[drawn as usize % charset.len()].into());
                drawn >>= bits;
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_that_of_the_paper() {
        let mut rng = Rng::new(1_234_567);
        let drawn = [(); 3].map(|()| rng.number());
        let published = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
        ];
        assert_eq!(drawn, published);
    }

    #[test]
    fn bounds_are_kept_and_reached() {
        let mut rng = Rng::new(7);
        let drawn: Vec<u64> = (0..1_000).map(|_| rng.below(3)).collect();
        assert!([0, 1, 2].iter().all(|number| drawn.contains(number)));
        assert!(drawn.iter().all(|number| *number < 3));
        assert_eq!(rng.base64url(43).len(), 43);
        assert_eq!(rng.hex(12).len(), 12);
    }
}
