//! Writes the overview that `stats` shows without `--by`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::event::Event;
use crate::lang::{Lang, Text};
use crate::output::words;
use crate::report::Tally;
use crate::report::text::TextOptions;
use crate::stats::Key;
use crate::stats::bars::bar;
use crate::stats::calendar::{Calendar, date_of};
use crate::stats::result::{Counts, NO_TIME, Row};
use crate::stats::said::Said;
use crate::stats::table::{Cell, Column, Form, Table, grouped};

const RATE_NOTE: Text = Text::new(
    "The acceptance rate is of the items that prompts showed, not of callbacks. A grant without a dialog is not pushed, \
     so it is not counted.",
    "接收率按弹窗中的条目计算，不按回调计算。未弹窗的静默授权不会推送，因此不计入。",
);
const ESTIMATE_NOTE: Text = Text::new(
    "≈: more than a million users, estimated to within about 0.4 %.",
    "≈：用户超过一百万，为估计值，误差约 0.4%。",
);
const PERIOD: Text = Text::new("period", "时间段");
const CALLBACKS: Text = Text::new("callbacks", "回调");
const REPEATS: Text = Text::new("repeated", "重复推送");
const LEFT_OUT: Text = Text::new("left out of all counts", "不计入任何统计");
const OTHERS: Text = Text::new("other messages", "其他消息");
const UNDECODABLE: Text = Text::new("undecodable", "无法解码");
const ITEMS: Text = Text::new("items", "条目");
const FAILURES: Text = Text::new("Codes of failure", "推送失败的错误码");

/// The most lines of days, weeks or months.
const MOST_BARS: usize = 31;

/// A column of templates: its title and its cell.
type Shown = (Text, fn(&Row) -> Cell<'static>);

static SHOWN: [Shown; 9] = [
    (Text::new("shown", "弹出"), |row| Cell::count(row.shown())),
    (Text::new("accepted", "接收"), |row| {
        row.cell(Said::Accepted)
    }),
    (Text::new("rejected", "拒收"), |row| {
        row.cell(Said::Rejected)
    }),
    (Text::new("other statuses", "其他状态"), |row| {
        row.cell(Said::OtherStatus)
    }),
    (Text::new("acceptance rate", "接收率"), |row| {
        Cell::rate(row.of(Said::Accepted), row.shown())
    }),
    (Text::new("users", "用户"), |row| row.users.cell()),
    (Text::new("switched off", "关闭"), |row| {
        row.cell(Said::SwitchedOff)
    }),
    (Text::new("sent", "推送"), |row| Cell::count(row.sent())),
    (Text::new("failed", "推送失败"), |row| {
        row.cell(Said::Failed)
    }),
];

impl Counts {
    /// Writes an overview for people: period, callbacks by event, what else there was, the `top` templates that were
    /// shown most, and callbacks by day. The templates are there if items were counted by [`Key::Template`].
    ///
    /// # Errors
    ///
    /// An error of `to`.
    pub fn write_screen(
        &self,
        tally: &Tally,
        top: usize,
        options: &TextOptions,
        to: &mut dyn Write,
    ) -> io::Result<()> {
        let mut out = Vec::new();
        let lines = self.heads(tally, options.lang);
        let widest = lines.iter().map(|(label, _)| label.width()).max();
        for (label, text) in lines {
            let gap = " ".repeat(widest.unwrap_or_default() - label.width() + 2);
            out.extend_from_slice(format!("{label}{gap}{text}\n").as_bytes());
        }
        if self.by == [Key::Template] && self.whole.groups.len() > 0 {
            self.write_templates(top, options, &mut out);
            self.write_days(options, &mut out);
            self.write_notes(options.lang, &mut out);
        }
        to.write_all(&out)
    }

    /// Returns the labelled lines about all callbacks.
    fn heads(&self, tally: &Tally, lang: Lang) -> Vec<(&'static str, String)> {
        let overview = &self.whole.overview;
        let left_out = self.whole.deliveries.left_out();
        let repeats: u64 = left_out.iter().map(|(_, count)| count).sum();
        let counts = [
            (UNDECODABLE, tally.undecodable()),
            (OTHERS, tally.all_others()),
            (NO_TIME, overview.timeless),
        ];
        let period = self.period().map(|period| (PERIOD.get(lang), period));
        let mut lines = Vec::from_iter(period);
        lines.push((CALLBACKS.get(lang), self.by_event()));
        if repeats > 0 {
            let text = format!("{} ({})", grouped(repeats), LEFT_OUT.get(lang));
            lines.push((REPEATS.get(lang), text));
        }
        let some = counts.into_iter().filter(|(_, count)| *count > 0);
        lines.extend(some.map(|(label, count)| (label.get(lang), grouped(count))));
        lines
    }

    fn period(&self) -> Option<String> {
        let (first, last) = self.whole.overview.period?;
        let shown = |second| words::time(second, &self.time_zone).unwrap_or_default();
        Some(format!("{} – {}", shown(first), shown(last)))
    }

    fn by_event(&self) -> String {
        let callbacks = self.whole.overview.callbacks;
        let events = Event::ALL.iter().zip(callbacks);
        let some = events.filter(|(_, count)| *count > 0);
        let parts = some.map(|(event, count)| format!("{} {}", grouped(count), event.short_name()));
        match callbacks.iter().sum() {
            0 => grouped(0),
            all => format!("{} ({})", grouped(all), Vec::from_iter(parts).join(", ")),
        }
    }

    fn write_templates(&self, top: usize, options: &TextOptions, out: &mut Vec<u8>) {
        let mut templates = self.most_shown();
        let title = templates_title(templates.len(), top, options.lang);
        templates.truncate(top);
        out.extend_from_slice(format!("\n{title}\n").as_bytes());
        let mut table = Table::open(Form::Table, columns(), *options, out);
        for (group, row) in &templates {
            let mut cells = vec![self.template_cell(*group, options.lang)];
            cells.extend(SHOWN.iter().map(|(_, cell)| cell(row)));
            table.row(&cells, out);
        }
        table.close(out);
        self.write_codes(&templates, options, out);
    }

    /// Returns the cell of a group's template.
    fn template_cell(&self, group: u32, lang: Lang) -> Cell<'_> {
        let value = self.whole.groups.values_of(group)[0];
        self.key_cell(Key::Template, value, lang)
    }

    /// Returns the templates, those with the most shown items first, then those with the most items.
    fn most_shown(&self) -> Vec<(u32, Row)> {
        let groups = self.whole.groups.sorted().into_iter();
        let rows = groups.map(|group| (group, Row::of_group(&self.whole.counts[group as usize])));
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by_key(|(_, row)| std::cmp::Reverse((row.shown(), row.items())));
        rows
    }

    /// Writes the codes of failure of each template that has some.
    fn write_codes(&self, templates: &[(u32, Row)], options: &TextOptions, out: &mut Vec<u8>) {
        let failed = templates.iter();
        let failed: Vec<_> = failed.filter(|(_, row)| row.of(Said::Failed) > 0).collect();
        if failed.is_empty() {
            return;
        }
        let lang = options.lang;
        let columns = [
            people_column(Key::Template.title(), false),
            people_column(Key::Code.title(), false),
            people_column(ITEMS, true),
        ];
        out.extend_from_slice(format!("\n{}\n", FAILURES.get(lang)).as_bytes());
        let mut table = Table::open(Form::Table, columns.to_vec(), *options, out);
        for (group, _) in failed {
            for (code, count) in self.whole.overview.codes(*group) {
                let template = self.template_cell(*group, lang);
                let code = self.number_cell(Key::Code, code, lang);
                table.row(&[template, code, Cell::count(count)], out);
            }
        }
        table.close(out);
    }

    /// Writes a bar for each day. If there are many, for each week or month.
    fn write_days(&self, options: &TextOptions, out: &mut Vec<u8>) {
        const WIDTH: u64 = 40;
        let (key, periods) = self.periods();
        let Some(&most) = periods.values().max() else {
            return;
        };
        let title = match (options.lang, key) {
            (Lang::En, key) => format!("Callbacks by {}", key.name()),
            (Lang::Zh, Key::Day) => "每日回调".to_owned(),
            (Lang::Zh, Key::Week) => "每周回调".to_owned(),
            (Lang::Zh, _) => "每月回调".to_owned(),
        };
        out.extend_from_slice(format!("\n{title}\n").as_bytes());
        let counts = periods.values().map(|count| grouped(*count));
        let widest = counts.map(|count| count.len()).max().unwrap_or_default();
        for (first, count) in periods {
            let (date, bar) = (date_of(first), bar(count, most, WIDTH));
            let line = format!("{date}  {:>widest$}  {bar}", grouped(count));
            out.extend_from_slice(line.trim_end().as_bytes());
            out.push(b'\n');
        }
    }

    /// Returns callbacks by day, or by week or month if there would be too many lines.
    fn periods(&self) -> (Key, BTreeMap<i64, u64>) {
        let days = self.whole.overview.days();
        let firsts = [
            (Key::Day, (|day| day) as FirstDay),
            (Key::Week, Calendar::week_of),
        ];
        for (key, first) in firsts {
            let periods = by(&days, first);
            if periods.len() <= MOST_BARS {
                return (key, periods);
            }
        }
        (Key::Month, by(&days, Calendar::month_of))
    }

    /// Writes what a reader must know about the numbers.
    pub(super) fn write_notes(&self, lang: Lang, out: &mut Vec<u8>) {
        let notes = self.notes(lang);
        if !notes.is_empty() {
            out.push(b'\n');
        }
        for note in notes {
            out.extend_from_slice(note.as_bytes());
            out.push(b'\n');
        }
    }

    fn notes(&self, lang: Lang) -> Vec<&'static str> {
        let prompts = self.whole.overview.callbacks[Event::Popup as usize];
        let notes = [
            (prompts > 0, RATE_NOTE),
            (self.has_estimates(), ESTIMATE_NOTE),
        ];
        let notes = notes.iter().filter(|(is_due, _)| *is_due);
        notes.map(|(_, note)| note.get(lang)).collect()
    }

    /// Returns true if a number of users is an estimate.
    pub fn has_estimates(&self) -> bool {
        let mut counts = self.whole.counts.iter();
        counts.any(|group| group.users.count().is_estimate)
    }
}

fn templates_title(all: usize, top: usize, lang: Lang) -> String {
    let shown = all.min(top);
    let all_grouped = grouped(all as u64);
    match (lang, shown < all) {
        (Lang::En, false) => "Templates, most shown first".to_owned(),
        (Lang::En, true) => format!("Templates, most shown first ({shown} of {all_grouped})"),
        (Lang::Zh, false) => "模板（按弹出次数排序）".to_owned(),
        (Lang::Zh, true) => {
            format!("模板（按弹出次数排序，前 {shown} 个，共 {all_grouped} 个）")
        }
    }
}

/// Returns the first day of the period that a day belongs to.
type FirstDay = fn(i64) -> i64;

/// Adds up the counts of days that have one first day.
fn by(days: &BTreeMap<i64, u64>, first: FirstDay) -> BTreeMap<i64, u64> {
    let mut sums = BTreeMap::new();
    for (day, count) in days {
        *sums.entry(first(*day)).or_default() += count;
    }
    sums
}

fn columns() -> Vec<Column> {
    let counted = SHOWN.iter().map(|(title, _)| Column {
        is_optional: true,
        ..people_column(*title, true)
    });
    let template = people_column(Key::Template.title(), false);
    [template].into_iter().chain(counted).collect()
}

fn people_column(title: Text, is_number: bool) -> Column {
    Column {
        key: None,
        title,
        is_number,
        is_optional: false,
    }
}
