//! Numbers and values as a page shows them.

use unicode_width::UnicodeWidthChar;

use crate::lang::Lang;
use crate::printable::printable;

/// The most columns of a value. Ids of templates have 43.
const MOST_COLUMNS: usize = 64;

/// Makes a value of a payload fit to be shown: without what would control the page, and not too long.
pub(super) fn value(text: &str) -> String {
    clip(text, MOST_COLUMNS)
}

/// Shows at most so many columns of a text.
pub(super) fn clip(text: &str, most: usize) -> String {
    // A character may have no width, so characters are bounded, too.
    let head: String = text.chars().take(most + 1).collect();
    let shown = printable(&head);
    let is_whole = head.len() == text.len();
    let mut width = 0;
    let end = shown.char_indices().find(|(_, c)| {
        width += c.width().unwrap_or_default();
        width > most
    });
    match end {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None if is_whole => shown,
        None => format!("{shown}…"),
    }
}

/// Shows a rate in per cent, or a dash if there is nothing to divide by.
pub(super) fn percent(part: u64, whole: u64) -> String {
    match rate(part, whole) {
        Some(rate) => format!("{:.1} %", rate * 100.0),
        None => "–".to_owned(),
    }
}

/// Returns a rate, if there is something to divide by.
pub(super) fn rate(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Shows a count in a few characters, rounded down.
pub(super) fn short(count: u64, lang: Lang) -> String {
    const ENGLISH: [(u64, &str); 4] = [
        (1_000_000_000_000, "T"),
        (1_000_000_000, "G"),
        (1_000_000, "M"),
        (1_000, "k"),
    ];
    const CHINESE: [(u64, &str); 3] = [
        (1_000_000_000_000, "万亿"),
        (100_000_000, "亿"),
        (10_000, "万"),
    ];
    let units = match lang {
        Lang::En => &ENGLISH[..],
        Lang::Zh => &CHINESE[..],
    };
    let Some((size, name)) = units.iter().find(|(size, _)| count >= *size) else {
        return count.to_string();
    };
    match (count / size, count % size * 10 / size) {
        (whole, tenth) if whole < 10 && tenth > 0 => format!("{whole}.{tenth}{name}"),
        (whole, _) => format!("{whole}{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_short() {
        let counts = [0, 999, 1_000, 1_290, 12_900, 1_500_000, u64::MAX];
        let english = counts.map(|count| short(count, Lang::En));
        assert_eq!(
            english,
            ["0", "999", "1k", "1.2k", "12k", "1.5M", "18446744T"]
        );
        let chinese = counts.map(|count| short(count, Lang::Zh));
        assert_eq!(chinese[3..6], ["1290", "1.2万", "150万"]);
    }

    #[test]
    fn values_are_clipped_and_cannot_control_a_page() {
        assert_eq!(value("订阅"), "订阅");
        assert_eq!(value("a\0\u{202e}b"), "a\\u{0}\\u{202e}b");
        assert_eq!(clip("订阅订阅", 4), "订阅…");
        assert_eq!(clip("abcd", 4), "abcd");
        assert_eq!(clip("abcde", 4), "abcd…");
        assert!(value(&"\u{301}".repeat(1000)).len() < 200);
    }
}
