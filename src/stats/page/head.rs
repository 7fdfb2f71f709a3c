//! The head of a page: its title, the period, the totals, and what is not among them.

use maud::{Markup, html};

use crate::event::Event;
use crate::lang::Text;
use crate::output::words;
use crate::stats::page::sheet::Sheet;
use crate::stats::page::show::percent;
use crate::stats::page::texts::{self, counted, templates};
use crate::stats::result::Row;
use crate::stats::said::Said;
use crate::stats::table::grouped;

/// A number of the head: its name, the number, and what belongs to it.
type Figure = (Text, String, Vec<String>);

/// Draws title and period.
pub(super) fn title(sheet: &Sheet<'_>, title: &str) -> Markup {
    html! {
        header {
            h1 { (title) }
            p class="period" { (period(sheet)) }
        }
    }
}

fn period(sheet: &Sheet<'_>) -> String {
    let Some((first, last)) = sheet.whole.overview.period else {
        return match sheet.whole.overview.timeless {
            0 => String::new(),
            _ => sheet.say(texts::NO_PERIOD).to_owned(),
        };
    };
    let shown = |second| words::time(second, &sheet.page.time_zone).unwrap_or_default();
    format!("{} – {}", shown(first), shown(last))
}

/// Draws the totals.
pub(super) fn totals(sheet: &Sheet<'_>) -> Markup {
    let mut all = Row::default();
    sheet.templates.iter().for_each(|(_, row)| all.add(row));
    html! {
        dl {
            @for (name, number, more) in [
                acceptance(sheet, &all), users(sheet), off(sheet, &all), sent(sheet, &all), callbacks(sheet),
            ] {
                div {
                    dt { (sheet.say(name)) }
                    dd class="big" { (number) }
                    @for more in more { dd class="sub" { (more) } }
                }
            }
        }
    }
}

fn acceptance(sheet: &Sheet<'_>, all: &Row) -> Figure {
    let number = percent(all.of(Said::Accepted), all.shown());
    let parts = [
        (all.shown(), texts::SHOWN),
        (all.of(Said::Accepted), texts::ACCEPTED),
        (all.of(Said::Rejected), texts::REJECTED),
        (all.of(Said::OtherStatus), texts::OTHER),
    ];
    (texts::RATE, number, in_words(sheet, parts))
}

fn users(sheet: &Sheet<'_>) -> Figure {
    let users = sheet.whole.users.count();
    let mark = if users.is_estimate { "≈ " } else { "" };
    let number = format!("{mark}{}", grouped(users.count));
    let more = vec![templates(sheet.templates.len(), sheet.lang)];
    (texts::USERS, number, more)
}

fn off(sheet: &Sheet<'_>, all: &Row) -> Figure {
    let count = all.of(Said::SwitchedOff);
    let more = match sheet.highest(|row| row.of(Said::SwitchedOff)).len() {
        0 => Vec::new(),
        some => vec![templates(some, sheet.lang)],
    };
    (texts::SWITCHED_OFF, grouped(count), more)
}

fn sent(sheet: &Sheet<'_>, all: &Row) -> Figure {
    let failed = all.of(Said::Failed);
    let mut more = in_words(
        sheet,
        [
            (all.of(Said::Delivered), texts::DELIVERED),
            (failed, texts::FAILED),
        ],
    );
    if let Some(last) = more.last_mut().filter(|_| failed > 0) {
        *last += &format!(" ({})", percent(failed, all.sent()));
    }
    (texts::SENT, grouped(all.sent()), more)
}

fn callbacks(sheet: &Sheet<'_>) -> Figure {
    let counts = sheet.whole.overview.callbacks;
    let events = Event::ALL
        .iter()
        .zip(counts)
        .filter(|(_, count)| *count > 0);
    let more = events.map(|(event, count)| counted(event.words(sheet.lang), count, sheet.lang));
    (
        texts::CALLBACKS,
        grouped(counts.iter().sum()),
        more.collect(),
    )
}

/// Says the counts that are not zero.
fn in_words<const N: usize>(sheet: &Sheet<'_>, parts: [(u64, Text); N]) -> Vec<String> {
    let some = parts.into_iter().filter(|(count, _)| *count > 0);
    some.map(|(count, name)| counted(sheet.say(name), count, sheet.lang))
        .collect()
}

/// Draws what is not in the counts, and what must be known about them.
pub(super) fn notes(sheet: &Sheet<'_>) -> Markup {
    let (tally, whole) = (sheet.tally, sheet.whole);
    let left_out = whole.deliveries.left_out();
    let counts = [
        (
            left_out.iter().map(|(_, count)| count).sum(),
            texts::REPEATED,
        ),
        (tally.undecodable(), texts::UNDECODABLE),
        (whole.overview.timeless, texts::TIMELESS),
        (tally.all_others(), texts::OTHERS),
        (tally.filtered_out(), texts::FILTERED_OUT),
    ];
    let gaps = sheet.periods.has_gaps().then_some(texts::GAPS);
    let estimates = whole.users.count().is_estimate.then_some(texts::ESTIMATE);
    html! {
        ul class="notes" {
            @for note in in_words(sheet, counts) { li { (note) } }
            @for note in [gaps, estimates].into_iter().flatten() { li { (sheet.say(note)) } }
        }
    }
}
