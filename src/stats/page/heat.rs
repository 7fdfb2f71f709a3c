//! Callbacks by weekday and hour, as a map with a number in each cell.

use maud::{Markup, html};

use crate::lang::Lang;
use crate::stats::page::sheet::Sheet;
use crate::stats::page::show::short;
use crate::stats::page::svg::{Anchor, WIDTH, chart, label, rect};
use crate::stats::page::tables::Table;
use crate::stats::page::texts::{HOUR, weekday};
use crate::stats::page::whole::Week;
use crate::stats::table::grouped;

const LEFT: f64 = 32.0;
const TOP: f64 = 16.0;
const ROW: f64 = 15.0;

/// The darkest shade. The shades before it are lighter in equal steps.
const DARKEST: u64 = 6;

/// Draws a map: a row for each hour, a column for each weekday.
pub(super) fn map(title: &str, week: &Week, lang: Lang) -> Markup {
    let most = week.iter().copied().max().unwrap_or_default();
    let column = (WIDTH - LEFT) / 7.0;
    chart(
        TOP + 24.0 * ROW,
        title,
        &html! {
            @for day in 0..7 {
                @let x = LEFT + column * (day as f64 + 0.5);
                (label(x, TOP - 5.0, Anchor::Middle, "tick", weekday(day, lang)))
            }
            @for hour in 0..24 {
                @let y = TOP + ROW * hour as f64;
                (label(LEFT - 6.0, y + 11.0, Anchor::End, "tick", &format!("{hour:02}")))
                @for day in 0..7 {
                    (cell((LEFT + column * day as f64, y), column, week[day * 24 + hour], most, lang))
                }
            }
        },
    )
}

fn cell((x, y): (f64, f64), column: f64, count: u64, most: u64, lang: Lang) -> Markup {
    if count == 0 {
        return label(x + column / 2.0, y + 11.0, Anchor::Middle, "tick", "·");
    }
    let shade = u128::from(count) * u128::from(DARKEST) / u128::from(most.max(1));
    let class = format!("h{}", shade.max(1));
    html! {
        (rect((x + 0.5, y + 0.5), (column - 1.0, ROW - 1.0), &class, Some(&grouped(count))))
        (label(x + column / 2.0, y + 11.0, Anchor::Middle, "cell", &short(count, lang)))
    }
}

/// Makes the table of a map.
pub(super) fn table(sheet: &Sheet<'_>, week: &Week) -> Table {
    let days = (0..7).map(|day| weekday(day, sheet.lang).to_owned());
    let titles = [sheet.say(HOUR).to_owned()]
        .into_iter()
        .chain(days)
        .collect();
    let hours: Vec<usize> = (0..24).collect();
    sheet.table(titles, &hours, |hour| {
        let counts = (0..7).map(|day| grouped(week[day * 24 + hour]));
        [format!("{hour:02}")].into_iter().chain(counts).collect()
    })
}
