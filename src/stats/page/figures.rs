//! Charts with their captions.

use maud::{Markup, html};

use crate::lang::Text;
use crate::stats::page::columns::{Shown, columns};
use crate::stats::page::sheet::Sheet;
use crate::stats::page::texts::NO_PERIOD;

/// The most bars of a chart.
pub(super) const MOST_BARS: usize = 8;

/// Draws columns over time, if anything has a time.
pub(super) fn time(sheet: &Sheet<'_>, title: Text, shown: &Shown) -> Markup {
    match sheet.periods.len() {
        0 => html! { p class="note" { (sheet.say(NO_PERIOD)) } },
        _ => {
            let what = (&sheet.periods.all, shown);
            columns(sheet.say(title), what, sheet.periods, sheet.lang)
        }
    }
}

/// Draws a chart below its caption.
pub(super) fn figure(sheet: &Sheet<'_>, caption: Text, drawn: &Markup) -> Markup {
    html! { figure { figcaption { (sheet.say(caption)) } (drawn) } }
}
