//! A rate over time as a line, beside the rate of all templates.

use std::fmt::Write;

use maud::{Markup, html};

use crate::stats::page::periods::{Periods, Series};
use crate::stats::page::show::{percent, rate};
use crate::stats::page::svg::{Anchor, WIDTH, chart, label, px, rule};
use crate::stats::result::Row;
use crate::stats::table::grouped;

const HEIGHT: f64 = 128.0;
const LEFT: f64 = 40.0;
const RIGHT: f64 = WIDTH - 70.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = HEIGHT - 20.0;

/// The least distance between two labels at the ends of lines.
const LABEL: f64 = 13.0;

/// A point of a line: its period, its place, and its rate.
struct Point {
    at: usize,
    x: f64,
    y: f64,
    rate: String,
    /// The number of things of which it is the rate.
    whole: u64,
}

/// Returns the part and the whole of a rate.
type Rate = fn(&Row) -> (u64, u64);

/// Draws a rate of `series` for each period, beside that of `others`, which have a name. The scale ends at `top`.
pub(super) fn rates(
    title: &str,
    (series, rate): (&Series, Rate),
    others: Option<(&Series, &str)>,
    periods: &Periods,
    top: f64,
) -> Markup {
    let own = points(series, rate, periods, top);
    let others = others.map(|(series, name)| (points(series, rate, periods, top), name));
    let last = others
        .as_ref()
        .and_then(|(points, name)| Some((points.last()?, *name)));
    chart(
        HEIGHT,
        title,
        &html! {
            (axes(periods, top))
            @if let Some((points, _)) = &others { (line(points, "ref", periods)) }
            (line(&own, "line", periods))
            @for point in &own { (hit(point, own.len(), periods)) }
            (ends(own.last(), last))
        },
    )
}

fn points(series: &Series, of: Rate, periods: &Periods, top: f64) -> Vec<Point> {
    let step = (RIGHT - LEFT) / (periods.len().max(2) - 1) as f64;
    let left = if periods.len() == 1 {
        (LEFT + RIGHT) / 2.0
    } else {
        LEFT
    };
    let points = series.iter().enumerate().filter_map(|(at, counts)| {
        let (part, whole) = of(&Row::of_said(*counts));
        Some(Point {
            at,
            x: left + step * at as f64,
            y: BOTTOM - rate(part, whole)? / top * (BOTTOM - TOP),
            rate: percent(part, whole),
            whole,
        })
    });
    points.collect()
}

fn axes(periods: &Periods, top: f64) -> Markup {
    let last = periods.len().saturating_sub(1);
    html! {
        @for share in [0.0, 0.5, 1.0] {
            @let y = BOTTOM - share * (BOTTOM - TOP);
            (rule(LEFT, RIGHT, y, "grid"))
            (label(LEFT - 5.0, y + 3.5, Anchor::End, "tick", &tick(share * top)))
        }
        (label(LEFT, HEIGHT - 5.0, Anchor::Start, "tick", &periods.name(0)))
        @if last > 0 { (label(RIGHT, HEIGHT - 5.0, Anchor::End, "tick", &periods.name(last))) }
    }
}

fn tick(rate: f64) -> String {
    match rate {
        0.0 => "0".to_owned(),
        rate => format!("{} %", px(rate * 100.0)),
    }
}

/// Returns the end of a scale on which all rates of a series can be told apart.
pub(super) fn top(series: &Series, of: Rate) -> f64 {
    let rates = series.iter().filter_map(|counts| {
        let (part, whole) = of(&Row::of_said(*counts));
        rate(part, whole)
    });
    let most = rates.fold(0.0, f64::max);
    let tops = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
    tops.into_iter().find(|top| most <= *top).unwrap_or(1.0)
}

/// Draws the lines between periods that follow each other, and dots where a period stands alone.
fn line(points: &[Point], class: &str, periods: &Periods) -> Markup {
    let mut path = String::new();
    for (n, point) in points.iter().enumerate() {
        let is_next = n > 0 && points[n - 1].at + 1 == point.at && periods.follows(point.at);
        let step = if is_next { 'L' } else { 'M' };
        let written = write!(path, "{step}{} {}", px(point.x), px(point.y));
        written.expect("memory takes all text");
    }
    let follows = |n: usize| n < points.len() && periods.follows(points[n].at);
    let alone = (0..points.len()).filter(|n| !follows(*n) && !follows(n + 1));
    html! {
        path d=(path) class=(class) {}
        @for n in alone {
            circle cx=(px(points[n].x)) cy=(px(points[n].y)) r="2" class=(format_args!("{class}-dot")) {}
        }
    }
}

/// Draws what is pointed at to see the number of a period.
fn hit(point: &Point, count: usize, periods: &Periods) -> Markup {
    let radius = if count > 31 { "4" } else { "7" };
    html! {
        circle cx=(px(point.x)) cy=(px(point.y)) r=(radius) class="hit" {
            title { (periods.name(point.at)) ": " (point.rate) " / " (grouped(point.whole)) }
        }
    }
}

/// Writes the last rate of both lines at their ends, one above the other if they are near.
fn ends(own: Option<&Point>, others: Option<(&Point, &str)>) -> Markup {
    let mut below = others.map_or(0.0, |(point, _)| point.y);
    let mut above = own.map_or(0.0, |point| point.y);
    let near = |(own, (others, _)): (&Point, (&Point, &str))| {
        (own.x - others.x).abs() < WIDTH - RIGHT && (own.y - others.y).abs() < LABEL
    };
    if own.zip(others).is_some_and(near) {
        let middle = ((above + below) / 2.0).clamp(TOP + LABEL / 2.0, BOTTOM - LABEL / 2.0);
        let is_above = above <= below;
        let half = if is_above { LABEL / 2.0 } else { -LABEL / 2.0 };
        (above, below) = (middle - half, middle + half);
    }
    html! {
        @if let Some(point) = own {
            circle cx=(px(point.x)) cy=(px(point.y)) r="2.5" class="line-dot" {}
            (label(point.x + 6.0, above + 4.0, Anchor::Start, "end", &point.rate))
        }
        @if let Some((point, name)) = others {
            (label(point.x + 6.0, below + 4.0, Anchor::Start, "end-ref", &format!("{name} {}", point.rate)))
        }
    }
}
