//! What all sections need: the counts, the language, and the templates in their order.

use std::cmp::Reverse;

use maud::{Markup, html};

use crate::lang::{Lang, Text};
use crate::report::Tally;
use crate::stats::groups::KeyValue;
use crate::stats::page::Page;
use crate::stats::page::periods::Periods;
use crate::stats::page::show::value;
use crate::stats::page::tables::Table;
use crate::stats::page::texts::{NONE, more};
use crate::stats::page::whole::Whole;
use crate::stats::result::Row;

/// The most rows of a table.
const MOST_ROWS: usize = 1000;

/// A page in a language.
pub(super) struct Sheet<'a> {
    pub(super) whole: &'a Whole,
    pub(super) periods: &'a Periods,
    pub(super) page: &'a Page,
    pub(super) tally: &'a Tally,
    pub(super) lang: Lang,
    /// The templates, those with the most shown items first, then those with the most items.
    pub(super) templates: Vec<(u32, Row)>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(page: &'a Page, tally: &'a Tally, lang: Lang) -> Self {
        let mut sheet = Sheet {
            whole: &page.whole,
            periods: &page.periods,
            page,
            tally,
            lang,
            templates: Vec::new(),
        };
        let counts = page.whole.counts.iter().enumerate();
        let mut rows: Vec<_> = counts
            .map(|(n, group)| (n as u32, Row::of_group(group)))
            .collect();
        rows.sort_by(|(a, one), (b, other)| {
            let most = |row: &Row| Reverse((row.shown(), row.items()));
            let by_id = || sheet.text(*a).cmp(&sheet.text(*b));
            most(one).cmp(&most(other)).then_with(by_id)
        });
        sheet.templates = rows;
        sheet
    }

    pub(super) fn say(&self, text: Text) -> &'static str {
        text.get(self.lang)
    }

    /// Returns titles of columns.
    pub(super) fn titles(&self, texts: impl IntoIterator<Item = Text>) -> Vec<String> {
        let titles = texts.into_iter().map(|text| self.say(text).to_owned());
        titles.collect()
    }

    /// Returns the id of a template.
    fn text(&self, template: u32) -> Option<&str> {
        match self.whole.templates.values_of(template) {
            [KeyValue::Text(text)] => str::from_utf8(self.whole.pairs.text_of(*text)).ok(),
            _ => None,
        }
    }

    /// Returns the id of a template as it is shown.
    pub(super) fn template(&self, template: u32) -> String {
        match self.text(template) {
            None => self.say(NONE).to_owned(),
            Some("") => "\"\"".to_owned(),
            Some(text) => value(text),
        }
    }

    /// Returns the templates with the highest `count`, which is not zero.
    pub(super) fn highest(&self, count: fn(&Row) -> u64) -> Vec<(u32, Row)> {
        let counted = self.templates.iter().filter(|(_, row)| count(row) > 0);
        let mut counted: Vec<_> = counted.copied().collect();
        counted.sort_by_key(|(_, row)| Reverse(count(row)));
        counted
    }

    /// Makes a table of at most so many rows as a page should have.
    pub(super) fn table<T>(
        &self,
        titles: Vec<String>,
        all: &[T],
        cells: impl Fn(&T) -> Vec<String>,
    ) -> Table {
        let rows = all.iter().take(MOST_ROWS).map(cells).collect();
        let mut table = Table::new(titles, rows);
        let left = all.len().saturating_sub(MOST_ROWS);
        table.note = (left > 0).then(|| more(left as u64, self.lang));
        table
    }

    /// Makes a table with a row for each period that has some `count`.
    pub(super) fn table_over_time<const N: usize>(
        &self,
        texts: [Text; N],
        count: fn(&Row) -> u64,
        cells: fn(&Row) -> [String; N],
    ) -> Table {
        let rows = self
            .periods
            .all
            .iter()
            .map(|counts| Row::of_said(*counts))
            .enumerate();
        let rows: Vec<(usize, Row)> = rows.filter(|(_, row)| count(row) > 0).collect();
        let title = self.periods.title(self.lang).to_owned();
        let titles = [vec![title], self.titles(texts)].concat();
        self.table(titles, &rows, |(at, row)| {
            [vec![self.periods.name(*at)], cells(row).to_vec()].concat()
        })
    }

    /// Draws a section with a heading, a sentence below it, and a body.
    pub(super) fn section(&self, head: Text, lead: Text, body: &Markup) -> Markup {
        html! {
            section {
                h2 { (self.say(head)) }
                p class="lead" { (self.say(lead)) }
                (body)
            }
        }
    }
}
