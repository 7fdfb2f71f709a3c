//! Results of messages: how many were sent, how many failed, and why.

use maud::{Markup, html};

use crate::event::terms;
use crate::stats::page::bars::{Bar, bars};
use crate::stats::page::columns::Shown;
use crate::stats::page::figures::{MOST_BARS, figure, time};
use crate::stats::page::lines::{rates, top};
use crate::stats::page::sheet::Sheet;
use crate::stats::page::show::percent;
use crate::stats::page::svg::legend;
use crate::stats::page::tables::Table;
use crate::stats::page::texts;
use crate::stats::result::Row;
use crate::stats::said::Said;
use crate::stats::table::grouped;

/// Draws the section.
pub(super) fn section(sheet: &Sheet<'_>) -> Markup {
    if sheet.highest(Row::sent).is_empty() {
        return sheet.section(texts::SENT_HEAD, texts::SENT_NONE, &html! {});
    }
    let codes = sheet.whole.overview.all_codes();
    let body = html! {
        div class="charts" {
            (sent_over_time(sheet))
            @if !codes.is_empty() {
                @if sheet.periods.len() > 0 {
                    (figure(sheet, texts::FAILURES_OVER_TIME, &failure_rate(sheet)))
                }
                (figure(sheet, texts::BY_CODE, &failures(sheet, &codes)))
            }
        }
        @if sheet.periods.len() > 0 {
            (sent_table(sheet).folded(sheet.say(texts::OVER_TIME), sheet.lang))
        }
        @if !codes.is_empty() {
            (by_code(sheet, &codes).folded(sheet.say(texts::BY_CODE), sheet.lang))
            (by_template_and_code(sheet).folded(sheet.say(texts::BY_TEMPLATE_AND_CODE), sheet.lang))
        }
    };
    sheet.section(texts::SENT_HEAD, texts::SENT_LEAD, &body)
}

fn sent_over_time(sheet: &Sheet<'_>) -> Markup {
    let shown = Shown {
        count: Row::sent,
        part: Some((|row| row.of(Said::Failed), sheet.say(texts::FAILED))),
        class: "delivered",
    };
    let words = [
        ("delivered", sheet.say(texts::DELIVERED)),
        ("failed", sheet.say(texts::FAILED)),
    ];
    html! {
        figure {
            figcaption { (sheet.say(texts::OVER_TIME)) }
            (time(sheet, texts::SENT_HEAD, &shown))
            (legend(&words))
        }
    }
}

fn sent_table(sheet: &Sheet<'_>) -> Table {
    let titles = [
        texts::SENT,
        texts::DELIVERED,
        texts::FAILED,
        texts::FAILURE_RATE,
    ];
    sheet.table_over_time(titles, Row::sent, |row| {
        let (delivered, failed) = (row.of(Said::Delivered), row.of(Said::Failed));
        let counts = [row.sent(), delivered, failed].map(grouped);
        let [sent, delivered, failed_shown] = counts;
        [sent, delivered, failed_shown, percent(failed, row.sent())]
    })
}

/// Returns failed messages, and all that were sent.
fn failure(row: &Row) -> (u64, u64) {
    (row.of(Said::Failed), row.sent())
}

fn failure_rate(sheet: &Sheet<'_>) -> Markup {
    let all = &sheet.periods.all;
    let title = sheet.say(texts::FAILURE_RATE);
    match sheet.periods.len() {
        0 => html! {},
        _ => rates(
            title,
            (all, failure),
            None,
            sheet.periods,
            top(all, failure),
        ),
    }
}

fn failures(sheet: &Sheet<'_>, codes: &[(i64, u64)]) -> Markup {
    let most = codes.first().map_or(1, |(_, count)| *count);
    let shown = codes.iter().take(MOST_BARS).map(|(code, count)| Bar {
        name: format!("{code} {}", meaning(*code, sheet)),
        number: grouped(*count),
        parts: vec![(*count as f64 / most as f64, "failed")],
    });
    let shown: Vec<Bar> = shown.collect();
    bars(sheet.say(texts::FAILED), &shown)
}

fn by_code(sheet: &Sheet<'_>, codes: &[(i64, u64)]) -> Table {
    sheet.table(
        sheet.titles([texts::CODE, texts::MEANING, texts::ITEMS]),
        codes,
        |(code, count)| {
            vec![
                code.to_string(),
                meaning(*code, sheet).to_owned(),
                grouped(*count),
            ]
        },
    )
}

fn by_template_and_code(sheet: &Sheet<'_>) -> Table {
    let failed = sheet.highest(|row| row.of(Said::Failed));
    let rows: Vec<_> = failed
        .iter()
        .flat_map(|(template, _)| {
            let codes = sheet.whole.overview.codes(*template).into_iter();
            codes.map(|(code, count)| (*template, code, count))
        })
        .collect();
    sheet.table(
        sheet.titles([texts::TEMPLATE, texts::CODE, texts::MEANING, texts::ITEMS]),
        &rows,
        |(template, code, count)| {
            let template = sheet.template(*template);
            vec![
                template,
                code.to_string(),
                meaning(*code, sheet).to_owned(),
                grouped(*count),
            ]
        },
    )
}

/// Returns what a code means, if that is documented.
fn meaning(code: i64, sheet: &Sheet<'_>) -> &'static str {
    terms::error_code(code).map_or("", |words| words.get(sheet.lang))
}
