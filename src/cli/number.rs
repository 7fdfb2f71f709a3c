//! Parses the numbers that flags take. The errors say which numbers are allowed.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::cli::language::{Words, both};

/// A type of number that flags take.
pub(super) trait Number: FromStr + PartialOrd + Display {
    const MOST: Self;
}

impl Number for u64 {
    const MOST: Self = u64::MAX;
}

impl Number for usize {
    const MOST: Self = usize::MAX;
}

/// Parses a whole number, 0 or more.
pub(super) fn whole<T: Number>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| match is_number(text) {
        true => at_most(T::MOST),
        false => Words("expected a whole number, 0 or more", "应为 0 或更大的整数").to_string(),
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn at_most(most: impl Display) -> String {
    both!("expected at most {most}", "最大为 {most}")
}

/// Parses a whole number in `range`.
pub(super) fn within<T: Number>(text: &str, range: RangeInclusive<T>) -> Result<T, String> {
    let number: Option<T> = text.parse().ok();
    let (least, most) = (range.start(), range.end());
    if number.is_none() && is_number(text) && *most == T::MOST {
        return Err(at_most(most));
    }
    let number = number.filter(|number| range.contains(number));
    number.ok_or_else(|| match *most < T::MOST {
        true => both!(
            "expected a whole number from {least} to {most}",
            "应为 {least} 到 {most} 的整数"
        ),
        false => both!(
            "expected a whole number of at least {least}",
            "应为不小于 {least} 的整数"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_right_is_told() {
        assert_eq!(whole::<u64>("18446744073709551615"), Ok(u64::MAX));
        let most = "expected at most 18446744073709551615";
        assert_eq!(whole::<u64>("18446744073709551616"), Err(most.into()));
        for text in ["", "-1", "x", "1.5"] {
            let expected = "expected a whole number, 0 or more";
            assert_eq!(whole::<u64>(text), Err(expected.into()), "{text}");
        }
        assert_eq!(within("1000", 1..=1_000_usize), Ok(1_000));
        let between = "expected a whole number from 1 to 1000";
        assert_eq!(within("0", 1..=1_000_usize), Err(between.into()));
        let least = "expected a whole number of at least 1";
        assert_eq!(within("0", 1..=u64::MAX), Err(least.into()));
        assert_eq!(
            within("18446744073709551616", 1..=u64::MAX),
            Err(most.into())
        );
    }
}
