//! The counts of a run, as a table.

use std::io::{self, Write};

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Weekday};

use crate::event::fields::{ERROR_CODE, Field, POPUP_SCENE, STATUS};
use crate::event::{Event, Value};
use crate::lang::{Lang, Text};
use crate::output::words;
use crate::report::text::TextOptions;
use crate::stats::calendar::{date_of, rfc3339};
use crate::stats::count::{Group, Settings, Whole};
use crate::stats::groups::KeyValue;
use crate::stats::said::Said;
use crate::stats::table::{Cell, Column, Form, Table};
use crate::stats::users::UserCount;
use crate::stats::{Key, bars};

/// What was counted.
#[derive(Debug)]
pub struct Counts {
    pub(super) whole: Whole,
    pub(super) by: Vec<Key>,
    pub(super) time_zone: TimeZone,
}

/// A column of counts: its key, its title, and its cell.
type Counted = (&'static str, Text, fn(&Row) -> Cell<'static>);

static COUNTED: [Counted; 10] = [
    ("callbacks", Text::new("callbacks", "回调"), |row| {
        Cell::count(row.callbacks)
    }),
    ("items", Text::new("items", "条目"), |row| {
        Cell::count(row.items())
    }),
    ("accepted", Text::new("accepted", "接收"), |row| {
        row.cell(Said::Accepted)
    }),
    ("rejected", Text::new("rejected", "拒收"), |row| {
        row.cell(Said::Rejected)
    }),
    (
        "other_statuses",
        Text::new("other statuses", "其他状态"),
        |row| row.cell(Said::OtherStatus),
    ),
    (
        "acceptance_rate",
        Text::new("acceptance rate", "接收率"),
        |row| Cell::rate(row.of(Said::Accepted), row.shown()),
    ),
    ("users", Text::new("users", "用户"), |row| {
        row.users.cell()
    }),
    ("switched_off", Text::new("switched off", "关闭"), |row| {
        row.cell(Said::SwitchedOff)
    }),
    ("sent", Text::new("sent", "推送"), |row| {
        Cell::count(row.sent())
    }),
    ("failed", Text::new("failed", "推送失败"), |row| {
        row.cell(Said::Failed)
    }),
];

/// The counts of a row.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Row {
    pub(super) callbacks: u64,
    said: [u64; Said::COUNT],
    pub(super) users: UserCount,
}

impl Row {
    pub(super) fn of_group(group: &Group) -> Self {
        Row {
            callbacks: group.callbacks,
            said: group.said,
            users: group.users.count(),
        }
    }

    /// Makes the row of items that were counted by what they say.
    pub(super) fn of_said(said: [u64; Said::COUNT]) -> Self {
        Row {
            said,
            ..Row::default()
        }
    }

    /// Adds the items of another row.
    pub(super) fn add(&mut self, other: &Row) {
        let counts = self.said.iter_mut().zip(other.said);
        counts.for_each(|(sum, count)| *sum += count);
    }

    pub(super) fn of(&self, said: Said) -> u64 {
        self.said[said as usize]
    }

    pub(super) fn items(&self) -> u64 {
        self.said.iter().sum()
    }

    /// Returns the number of items that a prompt showed.
    pub(super) fn shown(&self) -> u64 {
        self.of(Said::Accepted) + self.of(Said::Rejected) + self.of(Said::OtherStatus)
    }

    pub(super) fn sent(&self) -> u64 {
        self.of(Said::Delivered) + self.of(Said::Failed)
    }

    pub(super) fn cell(&self, said: Said) -> Cell<'static> {
        Cell::count(self.of(said))
    }
}

impl UserCount {
    /// Makes a cell that tells people whether the count is an estimate.
    pub(super) fn cell(self) -> Cell<'static> {
        let cell = Cell::count(self.count);
        match self.is_estimate {
            true => cell.marked('≈'),
            false => cell,
        }
    }
}

impl Counts {
    pub(super) fn new(whole: Whole, settings: &Settings) -> Self {
        Counts {
            whole,
            by: settings.by.clone(),
            time_zone: settings.time_zone.clone(),
        }
    }

    /// Writes a row for each group, in the order of their keys. A table for people has bars and notes.
    ///
    /// # Errors
    ///
    /// An error of `to`.
    pub fn write(&self, form: Form, options: &TextOptions, to: &mut dyn Write) -> io::Result<()> {
        let mut out = Vec::new();
        let mut table = Table::open(form, self.columns(), *options, &mut out);
        let groups = self.whole.groups.sorted();
        let most = groups.iter().map(|&group| self.row(group).items()).max();
        for group in groups {
            let cells = self.cells(group, most.unwrap_or_default(), options.lang);
            table.row(&cells, &mut out);
            flush(&mut out, to, ENOUGH)?;
        }
        // Without keys there is one row, even of nothing.
        if self.by.is_empty() && self.whole.groups.len() == 0 {
            table.row(&counted(&Row::default(), 0), &mut out);
        }
        table.close(&mut out);
        if form == Form::Table {
            self.write_end(options.lang, &mut out);
        }
        flush(&mut out, to, 0)
    }

    /// Returns the cells of a group: its keys, its counts, and a bar, the longest of which is for `most` items.
    fn cells(&self, group: u32, most: u64, lang: Lang) -> Vec<Cell<'_>> {
        let keys = self.by.iter().zip(self.whole.groups.values_of(group));
        let keys = keys.map(|(key, value)| self.key_cell(*key, *value, lang));
        keys.chain(counted(&self.row(group), most)).collect()
    }

    /// Writes what a person must know besides the rows.
    fn write_end(&self, lang: Lang, out: &mut Vec<u8>) {
        match self.whole.groups.len() {
            0 => out.extend_from_slice(format!("{}\n", NO_ITEMS.get(lang)).as_bytes()),
            _ => self.write_notes(lang, out),
        }
    }

    fn row(&self, group: u32) -> Row {
        Row::of_group(&self.whole.counts[group as usize])
    }

    fn columns(&self) -> Vec<Column> {
        let keys = self.by.iter().map(|key| Column {
            key: Some(key.column()),
            title: key.title(),
            is_number: false,
            is_optional: false,
        });
        let counted = COUNTED.iter().map(|(key, title, _)| Column {
            key: Some(key),
            title: *title,
            is_number: true,
            is_optional: !["callbacks", "items"].contains(key),
        });
        keys.chain(counted).chain([bars::COLUMN]).collect()
    }

    /// Makes the cell for the value of a key.
    pub(super) fn key_cell(&self, key: Key, value: KeyValue, lang: Lang) -> Cell<'_> {
        match value {
            KeyValue::Absent if key.is_time() => Cell::absent().shown(NO_TIME.get(lang).into()),
            KeyValue::Absent => Cell::absent().shown(NOTHING.get(lang).into()),
            KeyValue::Text(number) => {
                let text = str::from_utf8(self.whole.groups.text_of(number));
                text_cell(key, text.unwrap_or_default(), lang)
            }
            KeyValue::Number(number) => self.number_cell(key, number, lang),
        }
    }

    pub(super) fn number_cell(&self, key: Key, number: i64, lang: Lang) -> Cell<'static> {
        match key {
            Key::Day | Key::Week | Key::Month => Cell::text(date_of(number).to_string()),
            Key::Hour => {
                let shown = shown_hour(number, &self.time_zone);
                Cell::text(rfc3339(number, &self.time_zone)).shown(shown)
            }
            Key::Weekday => Cell::integer(number).shown(weekday(number, lang)),
            Key::Scene => in_words(
                Cell::integer(number),
                &POPUP_SCENE,
                Value::Integer(number),
                lang,
            ),
            Key::Code => in_words(
                Cell::integer(number),
                &ERROR_CODE,
                Value::Integer(number),
                lang,
            ),
            _ => Cell::integer(number),
        }
    }
}

/// Returns the cells of counts, and of a bar.
fn counted(row: &Row, most: u64) -> Vec<Cell<'static>> {
    let cells = COUNTED.iter().map(|(_, _, cell)| cell(row));
    cells.chain([bars::cell(row.items(), most)]).collect()
}

pub(super) const NO_TIME: Text = Text::new("without a plausible time", "时间缺失或不合理");
const NO_ITEMS: Text = Text::new("no items of callbacks", "没有回调条目");
const NOTHING: Text = Text::new("(none)", "（无）");

fn text_cell(key: Key, text: &str, lang: Lang) -> Cell<'_> {
    let cell = Cell::text(text);
    let event = Event::ALL.into_iter().find(|event| event.name() == text);
    match (key, event) {
        (Key::Event, Some(event)) => cell.shown(event.short_name().to_owned()),
        (Key::Status, _) => in_words(cell, &STATUS, Value::Text(text), lang),
        _ => cell,
    }
}

fn in_words<'a>(cell: Cell<'a>, field: &Field, value: Value<'_>, lang: Lang) -> Cell<'a> {
    cell.shown(words::value(field, value, lang))
}

fn shown_hour(second: i64, zone: &TimeZone) -> String {
    let time = Timestamp::from_second(second).unwrap_or_default();
    let zoned = time.to_zoned_datetime(zone.clone());
    zoned.strftime("%Y-%m-%d %H:%M %:z").to_string()
}

fn weekday(number: i64, lang: Lang) -> String {
    const CHINESE: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];
    let at = (number - 1).rem_euclid(7) as i8;
    match lang {
        Lang::Zh => format!("星期{}", CHINESE[at as usize]),
        Lang::En => {
            let day = Weekday::from_monday_zero_offset(at).unwrap_or(Weekday::Monday);
            format!("{day:?}")
        }
    }
}

/// The number of bytes that are worth a write.
pub(super) const ENOUGH: usize = 64 << 10;

/// Writes and empties `out` if it has at least `least` bytes.
pub(super) fn flush(out: &mut Vec<u8>, to: &mut dyn Write, least: usize) -> io::Result<()> {
    if out.len() >= least {
        to.write_all(out)?;
        out.clear();
    }
    Ok(())
}
