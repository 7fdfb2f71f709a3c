//! What a logger writes before a payload on its line: a time, a level, a thread, a few words.
//!
//! Line after line it is the same but for digits. So it is settled once that no payload begins in it, and a line that
//! begins like one before is known up to its payload: no anchor is searched for, no bracket tried, nothing counted.
//!
//! Only what a line's text alone decides is kept, and nothing that other digits could change; see
//! [`Prefix::is_simple`].

use crate::scan::anchor::Anchors;
use crate::scan::container;
use crate::scan::lookahead::Lookahead;
use crate::simd::block::{Block, LEN};
use crate::simd::{Survey, digit, is_space};
use crate::span;

/// The beginnings of lines behind which payloads were found.
#[derive(Clone, Debug, Default)]
pub(super) struct Prefixes {
    known: Vec<Prefix>,
    /// How often a payload stood behind another.
    passed: usize,
}

#[derive(Clone, Debug)]
struct Prefix {
    /// With zeros for all digits.
    text: Vec<u8>,
    size: Size,
}

/// How much a prefix is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) bytes: usize,
    /// Bytes that are no white space.
    pub(super) solid: usize,
    pub(super) chars: u64,
}

impl Prefixes {
    /// So many are kept.
    const MOST: usize = 8;
    /// After so many others, one of so many is looked at.
    const RARE: usize = 64;

    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Which known prefix `line` has, if a payload begins behind it, as `begins` tells.
    #[inline]
    pub(super) fn find(&self, line: &[u8], begins: impl Fn(&[u8]) -> bool) -> Option<usize> {
        self.known.iter().position(|prefix| {
            let parts = line.split_at_checked(prefix.size.bytes);
            parts.is_some_and(|(text, rest)| begins(rest) && prefix.is_like(text))
        })
    }

    /// How much a known prefix is.
    #[inline]
    pub(super) fn size(&self, prefix: usize) -> Size {
        self.known[prefix].size
    }

    /// Learns what stands before a payload on its line.
    pub(super) fn learn(&mut self, text: &[u8], anchors: &Anchors) {
        self.passed += 1;
        let is_rare = self.passed.is_multiple_of(Self::RARE);
        let is_known = || self.known.iter().any(|prefix| prefix.is_like(text));
        if (self.passed > Self::RARE && !is_rare) || is_known() {
            return;
        }
        if let Some(prefix) = Prefix::new(text, anchors) {
            self.known.truncate(Self::MOST - 1);
            self.known.push(prefix);
        }
    }
}

impl Prefix {
    const LONGEST: usize = 256;

    fn new(text: &[u8], anchors: &Anchors) -> Option<Self> {
        if !(LEN..=Self::LONGEST).contains(&text.len()) || !Self::is_simple(text, anchors) {
            return None;
        }
        let without_digit = |byte: &u8| if byte.is_ascii_digit() { b'0' } else { *byte };
        Some(Prefix {
            text: text.iter().map(without_digit).collect(),
            size: Size {
                bytes: text.len(),
                solid: Survey::of(text).solid,
                chars: span::chars(text),
            },
        })
    }

    /// Whether a payload behind `text` is the first thing that begins on a line, whatever its digits are: `text` has no
    /// anchor and no byte that could make one of digits, each of its brackets is one as in `[http-14]`, and it shows that
    /// the line is no container's record. It begins with no blank and ends in no quote: the payload is neither alone on
    /// its line nor a literal.
    fn is_simple(text: &[u8], anchors: &Anchors) -> bool {
        let is_prose = |at: usize| text.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
        let head = &text[..text.len().min(container::LONGEST_PREFIX)];
        !text.iter().any(|byte| b"<#\n".contains(byte))
            && memchr::memchr2_iter(b'{', b'[', text).all(is_prose)
            && head.contains(&b' ')
            && container::of_line(Lookahead::whole(text)).is_none()
            && !text.first().is_some_and(|&first| is_space(first))
            && !matches!(text.last(), Some(b'"' | b'\''))
            && !anchors.is_in(text)
    }

    /// Whether `text` differs in nothing but digits.
    #[inline]
    fn is_like(&self, text: &[u8]) -> bool {
        let others = |text: &[u8; LEN], own: &[u8; LEN]| {
            without_digits(Block::new(*text)).other_than(Block::new(*own))
        };
        let (Some(last), Some(own_last)) = (text.last_chunk(), self.text.last_chunk()) else {
            return false;
        };
        if text.len() != self.text.len() {
            return false;
        }
        let pairs = text.as_chunks().0.iter().zip(self.text.as_chunks().0);
        let all = pairs.fold(others(last, own_last), |all, (text, own)| {
            all | others(text, own)
        });
        all.is_zero()
    }
}

/// The same bytes with zeros for all digits.
#[inline(always)]
fn without_digits(block: Block) -> Block {
    let digits = digit(block);
    digits.of(Block::new([b'0'; LEN])) | (!digits).of(block)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anchors() -> Anchors {
        Anchors::new(&["ToUserName"])
    }

    fn begins(text: &[u8]) -> bool {
        text.starts_with(b"{")
    }

    #[test]
    fn lines_that_differ_in_digits_begin_alike() {
        let mut prefixes = Prefixes::default();
        for time in ["2021-01-18 11:30:40.517", "2021-01-18 11:30:41.003"] {
            let text = format!("{time} [http-3] 收到 body=");
            prefixes.learn(text.as_bytes(), &anchors());
        }
        assert_eq!(prefixes.known.len(), 1);
        let is_known = |line: &str| match prefixes.find(line.as_bytes(), begins) {
            Some(prefix) => {
                let size = prefixes.size(prefix);
                let text = &line[..size.bytes];
                let solid = text.bytes().filter(|&byte| byte != b' ').count();
                assert_eq!(
                    (size.solid, size.chars),
                    (solid, text.chars().count() as u64)
                );
                true
            }
            None => false,
        };
        assert!(is_known("2021-01-18 11:30:40.517 [http-3] 收到 body={"));
        assert!(is_known("1999-12-31 23:59:59.999 [http-0] 收到 body={"));
        for other in [
            "2021-01-18 11:30:40.517 [http-3] 收到 body=<",
            "2021-01-18 11:30:40.517 [http-3] 收到 bode={",
            "2021-01-18 11:30:40.517 [http-x] 收到 body={",
            "2021-01-18 11:30:40.517 [http-\0] 收到 body={",
            "2021-01-18 11:30:40.517 [http-13] 收到 body={",
            "x021-01-18 11:30:40.517 [http-3] 收到 body={",
            "2021-01-18 11:30:40.51",
        ] {
            assert!(!is_known(other), "{other}");
        }
    }

    #[test]
    fn what_may_begin_something_is_no_prefix() {
        let is_simple = |text: &str| Prefix::is_simple(text.as_bytes(), &anchors());
        assert!(is_simple("INFO [http-14] {trace} a http://b//c body="));
        for text in [
            "INFO ToUserName body=",
            "INFO &#61;xml body=",
            "    INFO body=",
            "INFO <a> body=",
            "INFO [] body=",
            "INFO body=[",
            "INFO\nbody=",
            "INFO body=\"",
            "no-blank-before-the-body=",
            "2021-01-18T11:30:40.1Z stdout F body=",
        ] {
            assert!(!is_simple(text), "{text}");
        }
    }

    #[test]
    fn a_few_are_kept() {
        let mut prefixes = Prefixes::default();
        for n in 0..200 {
            let word = "x".repeat(n % 100);
            prefixes.learn(format!("2021-01-18 {word} body=").as_bytes(), &anchors());
            assert!(prefixes.known.len() <= Prefixes::MOST);
        }
    }
}
