//! Counts of named things as horizontal bars, each below its name and number.

use maud::{Markup, html};
use unicode_width::UnicodeWidthStr;

use crate::stats::page::show::clip;
use crate::stats::page::svg::{Anchor, WIDTH, chart, label, rect};

/// The height of a row and of its bar.
const ROW: f64 = 34.0;
const BAR: f64 = 9.0;

/// The width of a column of a name, and of its number. Some fonts are narrower.
const NAME: f64 = 6.9;
const NUMBER: f64 = 8.0;

/// A bar of parts, one after the other.
pub(super) struct Bar {
    pub(super) name: String,
    /// What is written at the right end.
    pub(super) number: String,
    /// The length of each part, as a share of the longest bar, with its class.
    pub(super) parts: Vec<(f64, &'static str)>,
}

/// Draws bars one below the other.
pub(super) fn bars(title: &str, all: &[Bar]) -> Markup {
    let height = ROW * all.len() as f64;
    chart(
        height,
        title,
        &html! {
            @for (n, bar) in all.iter().enumerate() { (row(bar, ROW * n as f64)) }
        },
    )
}

fn row(bar: &Bar, top: f64) -> Markup {
    let mut x = 0.0;
    let parts = bar.parts.iter().filter(|(share, _)| *share > 0.0);
    let parts = parts.map(|(share, class)| {
        // What is not zero can be seen.
        let width = (share * WIDTH).max(1.0).min(WIDTH - x);
        let drawn = rect((x, top + 17.0), (width, BAR), class, None);
        x += width;
        drawn
    });
    let parts: Vec<Markup> = parts.collect();
    // A name leaves room for its number.
    let most = (WIDTH - NUMBER * (bar.number.width() + 1) as f64) / NAME;
    html! {
        (label(0.0, top + 12.0, Anchor::Start, "name", &clip(&bar.name, most as usize)))
        (label(WIDTH, top + 12.0, Anchor::End, "number", &bar.number))
        @for part in parts { (part) }
    }
}
