//! What was undecodable or odd: findings by code, with their meaning and first places.

use std::cmp::Reverse;

use maud::{Markup, html};

use crate::finding::{Code, Severity};
use crate::stats::page::places::FoundAt;
use crate::stats::page::sheet::Sheet;
use crate::stats::page::show::{clip, value};
use crate::stats::page::texts::{self, counted};
use crate::stats::table::grouped;

/// The most columns of a place's file name.
const MOST_NAME: usize = 200;

/// Draws the section.
pub(super) fn section(sheet: &Sheet<'_>) -> Markup {
    let findings = sheet.tally.findings_by_code();
    let lead = if findings.is_empty() {
        texts::FOUND_NONE
    } else {
        texts::FOUND_LEAD
    };
    let body = html! {
        @if !findings.is_empty() {
            table class="found" {
                thead { tr { @for title in texts::FOUND_TITLES { th scope="col" { (sheet.say(title)) } } } }
                tbody { @for (code, count) in findings { (row(sheet, code, count)) } }
            }
        }
        (beside(sheet))
    };
    sheet.section(texts::FOUND_HEAD, lead, &body)
}

fn row(sheet: &Sheet<'_>, code: Code, count: u64) -> Markup {
    let severity = code.severity();
    let class = if severity == Severity::Warning {
        "level"
    } else {
        "level severe"
    };
    html! {
        tr {
            th scope="row" {
                code { (code.as_str()) } br;
                span class=(class) { (severity.words().get(sheet.lang)) }
            }
            td { (grouped(count)) }
            td {
                (code.summary(sheet.lang))
                ul { @for place in sheet.whole.places.of(code) { li { code { (shown(place)) } } } }
            }
        }
    }
}

fn shown(place: &FoundAt) -> String {
    format!(
        "{}:{}:{}",
        clip(&place.source, MOST_NAME),
        place.line,
        place.column
    )
}

/// Draws what else was read: other messages by name, noise and mentions.
fn beside(sheet: &Sheet<'_>) -> Markup {
    const MOST_OTHERS: usize = 10;
    let tally = sheet.tally;
    let mut others: Vec<_> = tally.others().collect();
    others.sort_by_key(|(name, count)| (Reverse(*count), *name));
    let names = others.iter().take(MOST_OTHERS);
    let names = names.map(|(name, count)| format!("{} {}", grouped(*count), value(name)));
    let names = Vec::from_iter(names).join(", ");
    let counts = [
        (tally.mentions(), texts::MENTIONS),
        (tally.noise(), texts::NOISE),
        (tally.all_others(), texts::OTHERS),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    html! {
        ul class="notes" {
            @for (count, name) in counts {
                li {
                    (counted(sheet.say(*name), *count, sheet.lang))
                    @if *name == texts::OTHERS { " (" (names) ")" }
                }
            }
        }
    }
}
