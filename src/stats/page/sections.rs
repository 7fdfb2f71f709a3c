//! The sections of a page below its head.

use maud::{Markup, html};

use crate::event::fields::POPUP_SCENE;
use crate::event::{Event, Value};
use crate::lang::Lang;
use crate::output::words;
use crate::report::Tally;
use crate::stats::page::acceptance::{self, ANSWERS, answers};
use crate::stats::page::bars::{Bar, bars};
use crate::stats::page::columns::{Count, Shown};
use crate::stats::page::figures::{MOST_BARS, figure, time};
use crate::stats::page::sheet::Sheet;
use crate::stats::page::show::{percent, rate};
use crate::stats::page::svg::legend;
use crate::stats::page::texts::{self, of_whole};
use crate::stats::page::{Page, found, head, heat, results};
use crate::stats::result::Row;
use crate::stats::said::Said;
use crate::stats::table::grouped;

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
            p { (sheet.say(texts::NO_CALLBACKS)) }
            (head::notes(&sheet))
        } @else {
            (head::totals(&sheet))
            (head::notes(&sheet))
            @if let Some(section) = acceptance::section(&sheet) { (section) }
            @if let Some(section) = scenes(&sheet) { (section) }
            (switched_off(&sheet))
            (results::section(&sheet))
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
    let names = [texts::ACCEPTED, texts::REJECTED, texts::OTHER].map(|text| sheet.say(text));
    let has_others = rows.iter().any(|(_, row)| row.of(Said::OtherStatus) > 0);
    let entries: Vec<_> = classes
        .zip(names)
        .take(if has_others { 3 } else { 2 })
        .collect();
    let titles = sheet.titles([texts::SCENE].into_iter().chain(ANSWERS));
    let table = sheet.table(titles, &rows, |(name, row)| {
        [vec![name.clone()], answers(row).to_vec()].concat()
    });
    let body = html! {
        div class="charts" {
            figure { (bars(sheet.say(texts::SCENES_HEAD), &shown)) (legend(&entries)) }
        }
        (table.without_nothing().folded(sheet.say(texts::BY_SCENE), sheet.lang))
    };
    (!rows.is_empty()).then(|| sheet.section(texts::SCENES_HEAD, texts::SCENES_LEAD, &body))
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
        None => sheet.say(texts::NONE).to_owned(),
    }
}

/// Returns how often a template was switched off.
const OFF: Count = |row| row.of(Said::SwitchedOff);

fn switched_off(sheet: &Sheet<'_>) -> Markup {
    let templates = sheet.highest(OFF);
    if templates.is_empty() {
        return sheet.section(texts::OFF_HEAD, texts::OFF_NONE, &html! {});
    }
    let columns = Shown {
        count: OFF,
        part: None,
        class: "bar",
    };
    let table = sheet.table(
        sheet.titles([texts::TEMPLATE, texts::SWITCHED_OFF]),
        &templates,
        |(id, row)| vec![sheet.template(*id), grouped(OFF(row))],
    );
    let by_time = sheet.table_over_time([texts::SWITCHED_OFF], OFF, |row| [grouped(OFF(row))]);
    let body = html! {
        div class="charts" {
            (figure(sheet, texts::OVER_TIME, &time(sheet, texts::OFF_HEAD, &columns)))
            (figure(sheet, texts::BY_TEMPLATE, &bars(sheet.say(texts::OFF_HEAD), &off_by_template(sheet, &templates))))
        }
        @if sheet.periods.len() > 0 {
            (by_time.folded(sheet.say(texts::OVER_TIME), sheet.lang))
        }
        (table.folded(sheet.say(texts::BY_TEMPLATE), sheet.lang))
    };
    sheet.section(texts::OFF_HEAD, texts::OFF_LEAD, &body)
}

fn off_by_template(sheet: &Sheet<'_>, templates: &[(u32, Row)]) -> Vec<Bar> {
    let most = templates.first().map_or(1, |(_, row)| OFF(row));
    let shown = templates.iter().take(MOST_BARS);
    let bar = |(template, row): &(u32, Row)| Bar {
        name: sheet.template(*template),
        number: grouped(OFF(row)),
        parts: vec![(OFF(row) as f64 / most as f64, "bar")],
    };
    shown.map(bar).collect()
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
    (!weeks.is_empty()).then(|| sheet.section(texts::WEEK_HEAD, texts::WEEK_LEAD, &body))
}
