//! Counts of each template over time.
//!
//! Hours are kept while a capture covers two days at most, and days from then on. Which of them is left depends on the
//! first and the last hour only, not on their order.

use std::collections::BTreeMap;

use crate::stats::said::Said;

/// Counts by what items say.
pub(super) type SaidCounts = [u64; Said::COUNT];

/// The most hours between the first and the last one while hours are kept.
const MOST_HOURS: i64 = 48;

/// The hours of a day.
pub(super) const DAY: i64 = 24;

/// Counts by template and time.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    /// For each template, its counts by the first hour of a cell. Hours count from 1970-01-01, as clocks show them.
    cells: Vec<BTreeMap<i64, SaidCounts>>,
    /// The number of cells.
    len: usize,
    /// The first and the last hour.
    span: Option<(i64, i64)>,
    /// True if a cell is a day, false if it is an hour.
    by_day: bool,
}

impl Timeline {
    /// Counts an item.
    #[inline]
    pub(super) fn add(&mut self, template: u32, hour: i64, said: Said) {
        let (first, last) = self.span.unwrap_or((hour, hour));
        let (first, last) = (first.min(hour), last.max(hour));
        self.span = Some((first, last));
        if !self.by_day && last - first >= MOST_HOURS {
            self.widen();
        }
        let start = if self.by_day { day_of(hour) } else { hour };
        let at = template as usize;
        if self.cells.len() <= at {
            self.cells.resize_with(at + 1, BTreeMap::new);
        }
        let cells = &mut self.cells[at];
        let before = cells.len();
        cells.entry(start).or_insert([0; Said::COUNT])[said as usize] += 1;
        self.len += cells.len() - before;
    }

    /// Makes days of hours.
    #[cold]
    fn widen(&mut self) {
        self.by_day = true;
        for cells in &mut self.cells {
            *cells = sums(cells, day_of);
        }
        self.len = self.cells.iter().map(BTreeMap::len).sum();
    }

    pub(super) fn by_day(&self) -> bool {
        self.by_day
    }

    /// Returns the counts of a template by first hours.
    pub(super) fn of(&self, template: u32) -> impl Iterator<Item = (i64, &SaidCounts)> {
        let cells = self.cells.get(template as usize).into_iter().flatten();
        cells.map(|(start, counts)| (*start, counts))
    }

    /// Returns the counts of all templates by first hours.
    pub(super) fn all(&self) -> BTreeMap<i64, SaidCounts> {
        let mut all = BTreeMap::new();
        for (start, counts) in self.cells.iter().flatten() {
            add(all.entry(*start).or_insert([0; Said::COUNT]), counts);
        }
        all
    }

    /// Returns the memory in bytes, as measured for B-trees.
    pub(super) fn bytes(&self) -> usize {
        const CELL: usize = 112;
        self.len * CELL + self.cells.capacity() * size_of::<BTreeMap<i64, SaidCounts>>()
    }
}

/// Returns the first hour of an hour's day.
pub(super) fn day_of(hour: i64) -> i64 {
    hour - hour.rem_euclid(DAY)
}

/// Adds up the counts of hours that `first` maps to one hour.
pub(super) fn sums(
    cells: &BTreeMap<i64, SaidCounts>,
    first: impl Fn(i64) -> i64,
) -> BTreeMap<i64, SaidCounts> {
    let mut sums = BTreeMap::new();
    for (start, counts) in cells {
        let sum = sums.entry(first(*start)).or_insert([0; Said::COUNT]);
        add(sum, counts);
    }
    sums
}

/// Adds counts to others.
pub(super) fn add(to: &mut SaidCounts, counts: &SaidCounts) {
    to.iter_mut()
        .zip(counts)
        .for_each(|(sum, count)| *sum += count);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_or_days_are_kept_whatever_the_order() {
        let near = [10, 12, 10 + MOST_HOURS - 1];
        let far = [10, 12, 10 + MOST_HOURS];
        for (hours, by_day) in [(near, false), (far, true)] {
            let mut orders = [hours, hours, hours];
            orders[1].reverse();
            orders[2].rotate_left(1);
            let lines = orders.map(|hours| {
                let mut line = Timeline::default();
                hours
                    .iter()
                    .for_each(|hour| line.add(0, *hour, Said::Accepted));
                (line.by_day, line.len, line.all())
            });
            assert!(lines.iter().all(|line| *line == lines[0]));
            assert_eq!(
                (lines[0].0, lines[0].1),
                (by_day, if by_day { 2 } else { 3 })
            );
        }
    }
}
