//! How many of the items that prompts showed were accepted: a small chart for each of the most shown templates.

use maud::{Markup, html};

use crate::lang::Text;
use crate::stats::page::lines::rates;
use crate::stats::page::periods::Series;
use crate::stats::page::sheet::Sheet;
use crate::stats::page::show::percent;
use crate::stats::page::tables::Table;
use crate::stats::page::texts::{self, of_shown};
use crate::stats::result::Row;
use crate::stats::said::Said;
use crate::stats::table::grouped;

/// The most templates that have a chart.
const MOST: usize = 8;

/// A template with a chart: its id, its counts, and its counts over time.
struct Shown {
    id: String,
    row: Row,
    series: Series,
}

/// Draws the section, or nothing if no prompt was answered.
pub(super) fn section(sheet: &Sheet<'_>) -> Option<Markup> {
    let shown = sheet.templates.iter().filter(|(_, row)| row.shown() > 0);
    let shown = shown.take(MOST).map(|(template, row)| Shown {
        id: sheet.template(*template),
        row: *row,
        series: sheet.periods.series(&sheet.whole.timeline, *template),
    });
    let shown: Vec<Shown> = shown.collect();
    if shown.is_empty() {
        return None;
    }
    let body = html! {
        @if sheet.periods.len() == 0 {
            p class="note" { (sheet.say(texts::NO_PERIOD)) }
        } @else {
            div class="charts" {
                @if shown.len() > 1 { (chart_of_all(sheet)) }
                @for template in &shown { (chart(sheet, template, shown.len() > 1)) }
            }
        }
        (templates(sheet).folded(sheet.say(texts::BY_TEMPLATE), sheet.lang))
        @if sheet.periods.len() > 0 {
            (over_time(sheet).folded(sheet.say(texts::OVER_TIME), sheet.lang))
            (rates_over_time(sheet, &shown).folded(sheet.say(texts::RATES_OVER_TIME), sheet.lang))
        }
    };
    Some(sheet.section(texts::ACCEPTANCE_HEAD, texts::ACCEPTANCE_LEAD, &body))
}

/// Returns accepted items, and all that were shown.
fn acceptance(row: &Row) -> (u64, u64) {
    (row.of(Said::Accepted), row.shown())
}

fn chart_of_all(sheet: &Sheet<'_>) -> Markup {
    let mut all = Row::default();
    sheet.templates.iter().for_each(|(_, row)| all.add(row));
    let name = sheet.say(texts::ALL_TEMPLATES);
    html! {
        figure {
            figcaption { (name) (summary(sheet, &all)) }
            (rates(name, (&sheet.periods.all, acceptance), None, sheet.periods, 1.0))
        }
    }
}

fn chart(sheet: &Sheet<'_>, template: &Shown, has_others: bool) -> Markup {
    let others = has_others.then(|| (&sheet.periods.all, sheet.say(texts::ALL)));
    html! {
        figure {
            figcaption { code { (template.id) } (summary(sheet, &template.row)) }
            (rates(&template.id, (&template.series, acceptance), others, sheet.periods, 1.0))
        }
    }
}

/// Draws the rate of the whole period, and the number of items of which it is the rate.
fn summary(sheet: &Sheet<'_>, row: &Row) -> Markup {
    let (accepted, shown) = acceptance(row);
    let rate = percent(accepted, shown);
    html! {
        span { (of_shown(&rate, shown, sheet.lang)) }
    }
}

/// Makes the table of all templates.
fn templates(sheet: &Sheet<'_>) -> Table {
    let counts = [
        texts::USERS,
        texts::SWITCHED_OFF,
        texts::SENT,
        texts::FAILED,
    ];
    let titles = [texts::TEMPLATE].into_iter().chain(ANSWERS).chain(counts);
    let table = sheet.table(sheet.titles(titles), &sheet.templates, |(template, row)| {
        let users = match row.users.is_estimate {
            true => format!("≈ {}", grouped(row.users.count)),
            false => grouped(row.users.count),
        };
        let mut cells = vec![sheet.template(*template)];
        cells.extend(answers(row));
        cells.push(users);
        let counts = [row.of(Said::SwitchedOff), row.sent(), row.of(Said::Failed)];
        cells.extend(counts.map(grouped));
        cells
    });
    table.without_nothing()
}

/// The titles of the cells about answers.
pub(super) const ANSWERS: [Text; 5] = [
    texts::SHOWN,
    texts::ACCEPTED,
    texts::REJECTED,
    texts::OTHER,
    texts::RATE,
];

/// Returns the cells about answers.
pub(super) fn answers(row: &Row) -> [String; 5] {
    [
        grouped(row.shown()),
        grouped(row.of(Said::Accepted)),
        grouped(row.of(Said::Rejected)),
        grouped(row.of(Said::OtherStatus)),
        percent(row.of(Said::Accepted), row.shown()),
    ]
}

fn over_time(sheet: &Sheet<'_>) -> Table {
    sheet
        .table_over_time(ANSWERS, Row::shown, answers)
        .without_nothing()
}

/// Makes the table of what the charts show.
fn rates_over_time(sheet: &Sheet<'_>, shown: &[Shown]) -> Table {
    let names = [sheet.periods.title(sheet.lang), sheet.say(texts::ALL)].map(str::to_owned);
    let ids = shown.iter().map(|template| template.id.clone());
    let titles = names.into_iter().chain(ids).collect();
    let at: Vec<usize> = (0..sheet.periods.len()).collect();
    sheet.table(titles, &at, |at| {
        let series = [&sheet.periods.all].into_iter();
        let series = series.chain(shown.iter().map(|template| &template.series));
        let rates = series.map(|series| {
            let (part, whole) = acceptance(&Row::of_said(series[*at]));
            percent(part, whole)
        });
        [sheet.periods.name(*at)].into_iter().chain(rates).collect()
    })
}
