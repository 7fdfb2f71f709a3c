//! The periods that charts show: hours, days, weeks or months, and the counts of each.

use std::collections::BTreeMap;

use crate::lang::{Lang, Text};
use crate::stats::Key;
use crate::stats::calendar::{Calendar, date_of};
use crate::stats::page::timeline::{DAY, SaidCounts, Timeline, add, sums};
use crate::stats::said::Said;

/// The most days or weeks that a chart shows.
const MOST: usize = 62;

/// The periods in which something happened.
#[derive(Debug)]
pub(super) struct Periods {
    pub(super) key: Key,
    /// The first hour of each.
    starts: Vec<i64>,
    /// The counts of all templates.
    pub(super) all: Series,
}

/// Counts for each period.
pub(super) type Series = Vec<SaidCounts>;

/// The first hour of an hour's period.
type FirstHour = fn(i64) -> i64;

impl Periods {
    /// Chooses the shortest periods of which there are not too many.
    pub(super) fn of(timeline: &Timeline) -> Self {
        let cells = timeline.all();
        let keys = [Key::Hour, Key::Day, Key::Week, Key::Month];
        let keys = keys.into_iter().skip(usize::from(timeline.by_day()));
        let choices = keys.map(|key| (key, sums(&cells, first_of(key))));
        let mut choices = choices.filter(|(key, sums)| *key == Key::Month || sums.len() <= MOST);
        let (key, chosen) = choices.next().unwrap_or((Key::Month, BTreeMap::new()));
        let (starts, all) = chosen.into_iter().unzip();
        Periods { key, starts, all }
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// Returns the counts of a template for each period.
    pub(super) fn series(&self, timeline: &Timeline, template: u32) -> Series {
        let first = first_of(self.key);
        let mut series = vec![[0; Said::COUNT]; self.len()];
        for (start, counts) in timeline.of(template) {
            if let Ok(at) = self.starts.binary_search(&first(start)) {
                add(&mut series[at], counts);
            }
        }
        series
    }

    /// Returns true if the period at `at` directly follows the one before.
    pub(super) fn follows(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else {
            return false;
        };
        let (before, start) = (self.starts[before], self.starts[at]);
        match self.key {
            Key::Hour => start - before == 1,
            Key::Day => start - before == DAY,
            Key::Week => start - before == 7 * DAY,
            _ => month_of(before + 31 * DAY) == start,
        }
    }

    /// Returns true if there are periods in between in which nothing happened.
    pub(super) fn has_gaps(&self) -> bool {
        (1..self.len()).any(|at| !self.follows(at))
    }

    /// Returns the name of a period, or nothing if there is no such period.
    pub(super) fn name(&self, at: usize) -> String {
        let Some(&start) = self.starts.get(at) else {
            return String::new();
        };
        let date = date_of(start.div_euclid(DAY));
        match self.key {
            Key::Hour => format!("{date} {:02}:00", start.rem_euclid(DAY)),
            Key::Month => date.strftime("%Y-%m").to_string(),
            _ => date.to_string(),
        }
    }

    /// Returns the name of all periods.
    pub(super) fn title(&self, lang: Lang) -> &'static str {
        let text = match self.key {
            Key::Hour => Text::new("hour", "小时"),
            Key::Day => Text::new("day", "日期"),
            Key::Week => Text::new("week from", "周（起始日）"),
            _ => Text::new("month", "月份"),
        };
        text.get(lang)
    }
}

fn first_of(key: Key) -> FirstHour {
    match key {
        Key::Hour => |hour| hour,
        Key::Day => super::timeline::day_of,
        Key::Week => |hour| Calendar::week_of(hour.div_euclid(DAY)) * DAY,
        _ => month_of,
    }
}

fn month_of(hour: i64) -> i64 {
    Calendar::month_of(hour.div_euclid(DAY)) * DAY
}
