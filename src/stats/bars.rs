//! Bars of blocks, for people.

use crate::lang::Text;
use crate::stats::table::{Cell, Column};

/// A column of bars beside a table.
pub(crate) const COLUMN: Column = Column {
    key: None,
    title: Text::new("", ""),
    is_number: false,
    is_optional: false,
};

/// The columns of the longest bar.
const WIDTH: u64 = 16;

/// Makes a cell with a bar for `count`, where the longest is for `most`.
pub(crate) fn cell(count: u64, most: u64) -> Cell<'static> {
    Cell::absent().shown(bar(count, most, WIDTH))
}

/// Draws a bar. What is not zero has at least an eighth of a column.
pub(crate) fn bar(count: u64, most: u64, width: u64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = u128::from(count) * u128::from(width * 8) / u128::from(most.max(1));
    let eighths = (eighths as u64).max(u64::from(count > 0));
    let rest = EIGHTHS[(eighths % 8) as usize];
    format!("{}{rest}", "█".repeat((eighths / 8) as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_share() {
        let bars = [0, 1, 50, 99, 100].map(|count| bar(count, 100, 2));
        assert_eq!(bars, ["", "▏", "█", "█▉", "██"]);
        assert_eq!(bar(u64::MAX, u64::MAX, 3), "███");
        assert_eq!(bar(0, 0, 3), "");
    }
}
