//! Message ids in eight bytes, and which of them lost digits.

use std::cmp::Ordering;

use crate::stats::names::{Name, Names};

/// A message id: a number below 2^63, the number of a text with the top bit set, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct MsgId(u64);

const TEXT: u64 = 1 << 63;

/// From here on not every whole number is a floating-point number.
const EXACT: u64 = 1 << 53;

impl MsgId {
    pub(crate) const NONE: MsgId = MsgId(0);

    /// Makes an id of a text. What is no plain number goes to `texts`.
    #[inline]
    pub(crate) fn new(text: Option<&str>, texts: &mut Names) -> Self {
        let text = text.map_or("", str::trim_ascii);
        let is_plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
        let number = text
            .parse()
            .ok()
            .filter(|number| is_plain && *number < TEXT);
        match number {
            Some(number) => MsgId(number),
            None if text.is_empty() || text == "0" => MsgId::NONE,
            None => MsgId(TEXT | u64::from(texts.number(text))),
        }
    }

    /// Makes an id of a number as it stands in JSON, perhaps with an exponent: then digits are lost.
    pub(crate) fn of_number(literal: &str, texts: &mut Names) -> Self {
        let float = literal
            .parse::<f64>()
            .ok()
            .filter(|_| literal.contains(['.', 'e', 'E']));
        match float.filter(|float| float.fract() == 0.0 && (0.0..TEXT as f64).contains(float)) {
            Some(float) => MsgId(shortest(float).unwrap_or_default()),
            None => MsgId::new(Some(literal), texts),
        }
    }

    pub(crate) fn is_none(self) -> bool {
        self == MsgId::NONE
    }

    /// Returns the number of the id's text in a list of names, if it is no number.
    pub(crate) fn name(self) -> Option<Name> {
        (self.0 & TEXT != 0).then_some(self.0 as Name)
    }

    /// Changes the number of the id's text.
    pub(crate) fn renamed(self, new: impl FnOnce(Name) -> Name) -> Self {
        self.name()
            .map_or(self, |name| MsgId(TEXT | u64::from(new(name))))
    }

    /// Writes the id as it was.
    pub(crate) fn text(self, texts: &Names) -> String {
        self.name()
            .map_or_else(|| self.0.to_string(), |name| texts.text(name).to_owned())
    }

    /// Compares in an order that does not depend on the numbers of texts.
    pub(crate) fn compare(self, other: Self, texts: &Names) -> Ordering {
        match (self.name(), other.name()) {
            (Some(a), Some(b)) => texts.text(a).cmp(texts.text(b)),
            _ => self.cmp(&other),
        }
    }

    /// Returns the floating-point number nearest to the id, as bits, if rounding may have changed the id.
    pub(crate) fn float(self) -> Option<u64> {
        let is_large = self.name().is_none() && self.0 > EXACT;
        is_large.then(|| (self.0 as f64).to_bits())
    }

    /// Returns true if the id is what a program prints of a floating-point number: JavaScript and jq round so.
    ///
    /// About one exact id in a hundred looks so, too.
    pub(crate) fn looks_rounded(self) -> bool {
        let Some(bits) = self.float() else {
            return false;
        };
        let float = f64::from_bits(bits);
        float as u64 == self.0
            || shortest(float) == Some(self.0)
            || seventeen(float) == Some(self.0)
    }
}

/// Returns the whole number that JavaScript prints.
fn shortest(float: f64) -> Option<u64> {
    float.to_string().parse().ok()
}

/// Returns the whole number with seventeen digits of a floating-point number and zeros behind, as jq 1.6 prints it.
fn seventeen(float: f64) -> Option<u64> {
    let text = format!("{float:.16e}");
    let (digits, exponent) = text.split_once('e')?;
    let digits: u64 = digits.replace('.', "").parse().ok()?;
    let zeros = exponent.parse::<u32>().ok()?.checked_sub(16)?;
    digits.checked_mul(10_u64.checked_pow(zeros)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_numbers_texts_or_none() {
        let mut texts = Names::new(0);
        let mut id = |text| MsgId::new(Some(text), &mut texts);
        let ids = ["", " ", "0"].map(&mut id);
        assert!(ids.iter().all(|id| id.is_none()));
        let written = [
            "17",
            "1988810812324364291",
            "007",
            "msg_1",
            "9223372036854775808",
        ];
        let ids = written.map(&mut id);
        assert_eq!(ids.map(|id| id.text(&texts)), written);
    }

    #[test]
    fn rounded_ids_look_so() {
        let mut texts = Names::new(0);
        for (text, is_rounded) in [
            ("1988810812324364291", false),
            ("1988810812324364300", true),
            // The floating-point number itself.
            ("1988810812324364288", true),
            ("2794188253209100300", true),
            ("2794188253209100289", false),
            ("17", false),
            ("9007199254740993", false),
            ("msg_1", false),
        ] {
            let id = MsgId::new(Some(text), &mut texts);
            assert_eq!(id.looks_rounded(), is_rounded, "{text}");
        }
        let exact = MsgId::new(Some("1988810812324364291"), &mut texts);
        for literal in ["1.9888108123243643e18", "1.9888108123243643E+18"] {
            let id = MsgId::of_number(literal, &mut texts);
            assert_eq!(id.text(&texts), "1988810812324364300");
            assert_eq!(id.float(), exact.float());
        }
    }
}
