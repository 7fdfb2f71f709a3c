//! The sections of a page below its head.

use maud::{Markup, html};

use crate::event::fields::POPUP_SCENE;
use crate::event::{Event, Value, terms};
use crate::lang::{Lang, Text};
use crate::output::words;
use crate::report::Tally;
use crate::stats::page::acceptance::{self, answers};
use crate::stats::page::bars::{Bar, bars};
use crate::stats::page::columns::{Count, Shown, columns};
use crate::stats::page::lines::{rates, top};
use crate::stats::page::sheet::Sheet;
use crate::stats::page::show::{percent, rate};
use crate::stats::page::svg::legend;
use crate::stats::page::tables::Table;
use crate::stats::page::texts::*;
use crate::stats::page::{Page, found, head, heat};
use crate::stats::result::Row;
use crate::stats::said::Said;
use crate::stats::table::grouped;

/// The most bars of a chart.
const MOST_BARS: usize = 8;

/// Draws what the page shows, in its order.
pub(super) fn all(page: &Page, tally: &Tally, title: &str, lang: Lang) -> Markup {
    let sheet = Sheet::new(page, tally, lang);
    let is_empty = sheet
        .whole
        .overview
        .callbacks
        .iter()
        .all(|count| *count == 0);
    html! {
        (head::title(&sheet, title))
        @if is_empty {
            p { (sheet.say(NO_CALLBACKS)) }
            (head::notes(&sheet))
        } @else {
            (head::totals(&sheet))
            (head::notes(&sheet))
            @if let Some(section) = acceptance::section(&sheet) { (section) }
            @if let Some(section) = scenes(&sheet) { (section) }
            (switched_off(&sheet))
            (results(&sheet))
            @if let Some(section) = weeks(&sheet) { (section) }
        }
        (found::section(&sheet))
    }
}

fn scenes(sheet: &Sheet<'_>) -> Option<Markup> {
    let scenes = sheet.whole.scenes.iter();
    let mut rows: Vec<(String, Row)> = scenes
        .map(|(scene, counts)| (scene_name(*scene, sheet), Row::of_said(*counts)))
        .collect();
    rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.shown()));
    let shown = rows.iter().take(MOST_BARS);
    let shown: Vec<Bar> = shown.map(|(name, row)| scene(name, row, sheet)).collect();
    let classes = ["accepted", "rejected", "other"].into_iter();
    let names = [ACCEPTED, REJECTED, OTHER].map(|text| sheet.say(text));
    let has_others = rows.iter().any(|(_, row)| row.of(Said::OtherStatus) > 0);
    let entries: Vec<_> = classes
        .zip(names)
        .take(if has_others { 3 } else { 2 })
        .collect();
    let titles = sheet.titles([SCENE, SHOWN, ACCEPTED, REJECTED, OTHER, RATE]);
    let table = sheet.table(titles, &rows, |(name, row)| {
        [vec![name.clone()], answers(row).to_vec()].concat()
    });
    let body = html! {
        div class="charts" {
            figure { (bars(sheet.say(SCENES_HEAD), &shown)) (legend(&entries)) }
        }
        (table.without_nothing().folded(sheet.say(BY_SCENE), sheet.lang))
    };
    (!rows.is_empty()).then(|| sheet.section(SCENES_HEAD, SCENES_LEAD, &body))
}

/// Makes the bar of a scene. It is as long as the chart is wide, and its parts are what users chose.
fn scene(name: &str, row: &Row, sheet: &Sheet<'_>) -> Bar {
    let parts = [
        (Said::Accepted, "accepted"),
        (Said::Rejected, "rejected"),
        (Said::OtherStatus, "other"),
    ];
    let share = |said| rate(row.of(said), row.shown()).unwrap_or_default();
    let (accepted, shown) = (row.of(Said::Accepted), row.shown());
    Bar {
        name: name.to_owned(),
        number: of_whole(&percent(accepted, shown), &grouped(shown), sheet.lang),
        parts: parts.map(|(said, class)| (share(said), class)).to_vec(),
    }
}

/// Names a scene with its meaning.
fn scene_name(scene: Option<i64>, sheet: &Sheet<'_>) -> String {
    match scene {
        Some(scene) => words::value(&POPUP_SCENE, Value::Integer(scene), sheet.lang),
        None => sheet.say(NONE).to_owned(),
    }
}

fn switched_off(sheet: &Sheet<'_>) -> Markup {
    const OFF: Count = |row| row.of(Said::SwitchedOff);
    let templates = sheet.highest(OFF);
    if templates.is_empty() {
        return sheet.section(OFF_HEAD, OFF_NONE, &html! {});
    }
    let most = templates.first().map_or(1, |(_, row)| OFF(row));
    let shown = templates.iter().take(MOST_BARS).map(|(template, row)| Bar {
        name: sheet.template(*template),
        number: grouped(OFF(row)),
        parts: vec![(OFF(row) as f64 / most as f64, "bar")],
    });
    let shown: Vec<Bar> = shown.collect();
    let over_time = Shown {
        count: OFF,
        part: None,
        class: "bar",
    };
    let table = sheet.table(
        sheet.titles([TEMPLATE, SWITCHED_OFF]),
        &templates,
        |(id, row)| vec![sheet.template(*id), grouped(OFF(row))],
    );
    let by_time = sheet.table_over_time([SWITCHED_OFF], OFF, |row| [grouped(OFF(row))]);
    let body = html! {
        div class="charts" {
            (figure(sheet, OVER_TIME, &time(sheet, OFF_HEAD, &over_time)))
            (figure(sheet, BY_TEMPLATE, &bars(sheet.say(OFF_HEAD), &shown)))
        }
        (by_time.folded(sheet.say(OVER_TIME), sheet.lang))
        (table.folded(sheet.say(BY_TEMPLATE), sheet.lang))
    };
    sheet.section(OFF_HEAD, OFF_LEAD, &body)
}

fn results(sheet: &Sheet<'_>) -> Markup {
    if sheet.highest(Row::sent).is_empty() {
        return sheet.section(SENT_HEAD, SENT_NONE, &html! {});
    }
    let shown = Shown {
        count: Row::sent,
        part: Some((|row| row.of(Said::Failed), sheet.say(FAILED))),
        class: "delivered",
    };
    let words = [
        ("delivered", sheet.say(DELIVERED)),
        ("failed", sheet.say(FAILED)),
    ];
    let codes = sheet.whole.overview.all_codes();
    let titles = [SENT, DELIVERED, FAILED, FAILURE_RATE];
    let by_time = sheet.table_over_time(titles, Row::sent, |row| {
        let (delivered, failed) = (row.of(Said::Delivered), row.of(Said::Failed));
        [
            grouped(row.sent()),
            grouped(delivered),
            grouped(failed),
            percent(failed, row.sent()),
        ]
    });
    let body = html! {
        div class="charts" {
            figure {
                figcaption { (sheet.say(OVER_TIME)) }
                (time(sheet, SENT_HEAD, &shown))
                (legend(&words))
            }
            @if !codes.is_empty() {
                (figure(sheet, FAILURES_OVER_TIME, &failure_rate(sheet)))
                (figure(sheet, BY_CODE, &failures(sheet, &codes)))
            }
        }
        (by_time.folded(sheet.say(OVER_TIME), sheet.lang))
        @if !codes.is_empty() {
            (by_code(sheet, &codes).folded(sheet.say(BY_CODE), sheet.lang))
            (by_template_and_code(sheet).folded(sheet.say(BY_TEMPLATE_AND_CODE), sheet.lang))
        }
    };
    sheet.section(SENT_HEAD, SENT_LEAD, &body)
}

fn failure_rate(sheet: &Sheet<'_>) -> Markup {
    const RATE: fn(&Row) -> (u64, u64) = |row| (row.of(Said::Failed), row.sent());
    let all = &sheet.periods.all;
    match sheet.periods.len() {
        0 => html! {},
        _ => rates(
            sheet.say(FAILURE_RATE),
            (all, RATE),
            None,
            sheet.periods,
            top(all, RATE),
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
    bars(sheet.say(FAILED), &shown)
}

fn by_code(sheet: &Sheet<'_>, codes: &[(i64, u64)]) -> Table {
    sheet.table(
        sheet.titles([CODE, MEANING, ITEMS]),
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
        sheet.titles([TEMPLATE, CODE, MEANING, ITEMS]),
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

fn weeks(sheet: &Sheet<'_>) -> Option<Markup> {
    let weeks = Event::ALL.iter().zip(&sheet.whole.weeks);
    let weeks: Vec<_> = weeks
        .filter(|(_, week)| week.iter().any(|count| *count > 0))
        .collect();
    let body = html! {
        div class="charts" {
            @for (event, week) in &weeks {
                figure {
                    figcaption { (event.words(sheet.lang)) }
                    (heat::map(event.words(sheet.lang), week, sheet.lang))
                }
            }
        }
        @for (event, week) in &weeks {
            (heat::table(sheet, week).folded(event.words(sheet.lang), sheet.lang))
        }
    };
    (!weeks.is_empty()).then(|| sheet.section(WEEK_HEAD, WEEK_LEAD, &body))
}

/// Draws columns over time, if anything has a time.
fn time(sheet: &Sheet<'_>, title: Text, shown: &Shown) -> Markup {
    match sheet.periods.len() {
        0 => html! { p class="note" { (sheet.say(NO_PERIOD)) } },
        _ => {
            let what = (&sheet.periods.all, shown);
            columns(sheet.say(title), what, sheet.periods, sheet.lang)
        }
    }
}

fn figure(sheet: &Sheet<'_>, caption: Text, drawn: &Markup) -> Markup {
    html! { figure { figcaption { (sheet.say(caption)) } (drawn) } }
}
