//! Counts over time as columns, perhaps with a part that is marked.

use maud::{Markup, html};

use crate::lang::Lang;
use crate::stats::page::periods::{Periods, Series};
use crate::stats::page::show::short;
use crate::stats::page::svg::{Anchor, WIDTH, chart, label, rect, rule};
use crate::stats::result::Row;
use crate::stats::table::grouped;

const HEIGHT: f64 = 128.0;
const TOP: f64 = 20.0;
const BOTTOM: f64 = HEIGHT - 20.0;

/// The widest column.
const WIDEST: f64 = 28.0;

/// Returns a count of a row.
pub(super) type Count = fn(&Row) -> u64;

/// What columns show: the count, and the part of it that is marked at the foot, with its name.
pub(super) struct Shown {
    pub(super) count: Count,
    pub(super) part: Option<(Count, &'static str)>,
    pub(super) class: &'static str,
}

/// The place of columns: how many there are, and the count of the highest.
#[derive(Clone, Copy)]
struct Grid {
    len: usize,
    most: u64,
}

impl Grid {
    /// Returns the width of a period.
    fn step(self) -> f64 {
        WIDTH / self.len.max(1) as f64
    }

    /// Draws a column. What is not zero can be seen.
    fn column(self, at: usize, count: u64, class: &str) -> Markup {
        let (step, scale) = (self.step(), (BOTTOM - TOP) / self.most.max(1) as f64);
        let width = (step * 0.8).min(WIDEST);
        let height = (count as f64 * scale).max(f64::from(u8::from(count > 0)));
        let x = step * at as f64 + (step - width) / 2.0;
        rect((x, BOTTOM - height), (width, height), class, None)
    }
}

/// Draws a column for each period. The highest has its number.
pub(super) fn columns(
    title: &str,
    (series, shown): (&Series, &Shown),
    periods: &Periods,
    lang: Lang,
) -> Markup {
    let rows: Vec<Row> = series.iter().map(|counts| Row::of_said(*counts)).collect();
    let most = rows.iter().map(shown.count).max().unwrap_or_default();
    let grid = Grid {
        len: rows.len(),
        most,
    };
    let highest = rows
        .iter()
        .position(|row| most > 0 && (shown.count)(row) == most);
    let drawn = rows.iter().enumerate();
    let drawn = drawn.map(|(at, row)| column(row, shown, &periods.name(at), (grid, at)));
    let body = html! {
        @for column in drawn { (column) }
        (rule(0.0, WIDTH, BOTTOM, "axis"))
        @if let Some(at) = highest { (highest_label(at, grid, &short(most, lang))) }
        (ends(periods))
    };
    chart(HEIGHT, title, &body)
}

/// Draws the column of a period, with its numbers for who points at it.
fn column(row: &Row, shown: &Shown, period: &str, (grid, at): (Grid, usize)) -> Markup {
    let count = (shown.count)(row);
    html! {
        @if count > 0 {
            g {
                title { (in_words(row, count, shown, period)) }
                (grid.column(at, count, shown.class))
                @if let Some((part, _)) = shown.part { (grid.column(at, part(row), "failed")) }
            }
        }
    }
}

/// Names the first and the last period.
fn ends(periods: &Periods) -> Markup {
    let last = periods.len().saturating_sub(1);
    html! {
        (label(0.0, HEIGHT - 5.0, Anchor::Start, "tick", &periods.name(0)))
        @if last > 0 { (label(WIDTH, HEIGHT - 5.0, Anchor::End, "tick", &periods.name(last))) }
    }
}

/// Says what a column shows.
fn in_words(row: &Row, count: u64, shown: &Shown, period: &str) -> String {
    match shown.part {
        Some((part, name)) => {
            let part = grouped(part(row));
            format!("{period}: {}, {name} {part}", grouped(count))
        }
        None => format!("{period}: {}", grouped(count)),
    }
}

/// Writes the number of the highest column above it, and inside the chart.
fn highest_label(at: usize, grid: Grid, text: &str) -> Markup {
    let x = grid.step() * (at as f64 + 0.5);
    let (x, anchor) = match x {
        x if x < 30.0 => (0.0, Anchor::Start),
        x if x > WIDTH - 30.0 => (WIDTH, Anchor::End),
        x => (x, Anchor::Middle),
    };
    label(x, TOP - 6.0, anchor, "end", text)
}
