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

/// Draws a column for each period. The highest has its number.
pub(super) fn columns(
    title: &str,
    (series, shown): (&Series, &Shown),
    periods: &Periods,
    lang: Lang,
) -> Markup {
    let rows: Vec<Row> = series.iter().map(|counts| Row::of_said(*counts)).collect();
    let counts: Vec<u64> = rows.iter().map(shown.count).collect();
    let most = counts.iter().copied().max().unwrap_or_default();
    let highest = counts.iter().position(|count| *count == most && most > 0);
    let scale = (BOTTOM - TOP) / most.max(1) as f64;
    let step = WIDTH / periods.len().max(1) as f64;
    let width = (step * 0.8).min(WIDEST);
    let last = periods.len().saturating_sub(1);
    let column = |at: usize, count: u64, class: &str| {
        // What is not zero can be seen.
        let height = (count as f64 * scale).max(f64::from(u8::from(count > 0)));
        let x = step * at as f64 + (step - width) / 2.0;
        rect((x, BOTTOM - height), (width, height), class, None)
    };
    chart(
        HEIGHT,
        title,
        &html! {
            @for (at, row) in rows.iter().enumerate().filter(|(at, _)| counts[*at] > 0) {
                g {
                    title { (in_words(row, counts[at], shown, &periods.name(at))) }
                    (column(at, counts[at], shown.class))
                    @if let Some((part, _)) = shown.part { (column(at, part(row), "failed")) }
                }
            }
            (rule(0.0, WIDTH, BOTTOM, "axis"))
            @if let Some(at) = highest { (highest_label(at, periods.len(), &short(most, lang))) }
            (label(0.0, HEIGHT - 5.0, Anchor::Start, "tick", &periods.name(0)))
            @if last > 0 { (label(WIDTH, HEIGHT - 5.0, Anchor::End, "tick", &periods.name(last))) }
        },
    )
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
fn highest_label(at: usize, count: usize, text: &str) -> Markup {
    let x = WIDTH / count as f64 * (at as f64 + 0.5);
    let (x, anchor) = match x {
        x if x < 30.0 => (0.0, Anchor::Start),
        x if x > WIDTH - 30.0 => (WIDTH, Anchor::End),
        x => (x, Anchor::Middle),
    };
    label(x, TOP - 6.0, anchor, "end", text)
}
