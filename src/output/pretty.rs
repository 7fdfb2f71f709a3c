//! A callback for people: event, time, user, the items as a table, and the findings.

use anstyle::Style;
use comfy_table::{ContentArrangement, Table, presets};
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

use crate::event::extra::{Members, Scalars};
use crate::event::fields::{CREATE_TIME, Field, HEADER, ITEM};
use crate::event::{CallbackRef, Fields, ItemRef, Value, same};
use crate::finding::Finding;
use crate::json_format;
use crate::lang::Text;
use crate::output::{Format, words};
use crate::printable::printable;
use crate::record::Record;
use crate::report::text::TextOptions;

/// Writes a block of lines for each callback.
#[derive(Clone, Debug)]
pub struct Pretty {
    /// Language, colour and width.
    pub options: TextOptions,
    /// The time zone of shown times.
    pub time_zone: TimeZone,
}

const EXTRA: Text = Text::new("also", "其他");
const SEAL: Text = Text::new("encrypted", "加密");
const ITEM_LABEL: Text = Text::new("item", "条目");
const INDENT: &str = "  ";

impl Format for Pretty {
    fn record(&self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), Finding> {
        if let Some(callback) = record.callback() {
            let mut lines = String::new();
            self.title(record, &callback, &mut lines);
            self.header(record, &callback, &mut lines);
            self.items(&callback, &mut lines);
            self.findings(record, &mut lines);
            out.extend_from_slice(lines.as_bytes());
        }
        Ok(())
    }

    /// Writes a thin line.
    fn between(&self, out: &mut Vec<u8>) {
        let line = "─".repeat(self.options.width.min(72));
        out.extend_from_slice(self.options.paint(Style::new().dimmed(), &line).as_bytes());
        out.push(b'\n');
    }
}

impl Pretty {
    /// Writes the place and the event.
    fn title(&self, record: &Record<'_>, callback: &CallbackRef<'_>, lines: &mut String) {
        let place = format!("{}:{}", printable(record.source()), record.place(0).line);
        let event = callback.event();
        let (words, name) = (event.words(self.options.lang), event.name());
        let width = place.width() + words.width() + name.len() + "   ()".len();
        lines.push_str(&self.options.paint(Style::new().dimmed(), &place));
        lines.push_str(if width <= self.options.width {
            "  "
        } else {
            "\n"
        });
        lines.push_str(&self.options.paint(Style::new().bold(), words));
        lines.push_str(&format!(" ({name})\n"));
    }

    fn header(&self, record: &Record<'_>, callback: &CallbackRef<'_>, lines: &mut String) {
        let header = callback.header();
        let rows = HEADER.iter().rev().filter_map(|field| {
            let value = header.get(field)?;
            Some((field.label, self.header_value(field, value)))
        });
        let extra = extra(header).map(|extra| (EXTRA, extra));
        let seal = record
            .sealed()
            .map(|sealed| (SEAL, words::seal(sealed, self.options.lang)));
        self.rows(rows.chain(extra).chain(seal), INDENT, lines);
    }

    fn header_value(&self, field: &Field, value: Value<'_>) -> String {
        match value {
            Value::Integer(seconds) if same(field, &CREATE_TIME) => {
                match words::time(seconds, &self.time_zone) {
                    Some(time) => format!("{time} ({seconds})"),
                    None => seconds.to_string(),
                }
            }
            value => words::value(field, value, self.options.lang),
        }
    }

    /// Writes labels and values in two columns.
    fn rows(&self, rows: impl Iterator<Item = (Text, String)>, indent: &str, lines: &mut String) {
        const LABELS: usize = 10;
        let rows: Vec<_> = rows
            .map(|(label, value)| (label.get(self.options.lang), value))
            .collect();
        let widest = rows.iter().map(|(label, _)| label.width()).max();
        let column = LABELS.max(widest.map_or(0, |widest| widest + 2));
        for (label, value) in rows {
            let gap = " ".repeat(column - label.width());
            lines.push_str(indent);
            lines.push_str(&self.options.paint(Style::new().dimmed(), label));
            lines.push_str(&format!("{gap}{value}\n"));
        }
    }

    fn items(&self, callback: &CallbackRef<'_>, lines: &mut String) {
        let items: Vec<ItemRef<'_>> = callback.items().collect();
        if items.is_empty() {
            return;
        }
        lines.push('\n');
        let columns: Vec<&'static Field> = ITEM
            .into_iter()
            .filter(|field| items.iter().any(|item| item.fields().get(field).is_some()))
            .collect();
        let table = self.table(&columns, &items);
        let width = table
            .lines()
            .map(|line| line.trim_end().width())
            .max()
            .unwrap_or(0);
        match INDENT.len() + width <= self.options.width {
            true => self.indented(&table, &columns, &items, lines),
            false => self.blocks(&columns, &items, lines),
        }
    }

    fn indented(
        &self,
        table: &str,
        columns: &[&'static Field],
        items: &[ItemRef<'_>],
        lines: &mut String,
    ) {
        let mut rows = table.lines().map(str::trim_end);
        let titles = rows.next().unwrap_or_default();
        let titles = self.options.paint(Style::new().dimmed(), titles);
        let rows = rows.zip(items);
        let rows = rows.map(|(row, item)| self.painted(row, columns, item.fields()));
        for row in std::iter::once(titles).chain(rows) {
            lines.push_str(&format!("{INDENT}{row}\n"));
        }
    }

    /// Paints the cells of a row of the table.
    fn painted(&self, row: &str, columns: &[&'static Field], item: Fields<'_>) -> String {
        if !self.options.color {
            return row.to_owned();
        }
        let (mut painted, mut rest) = (String::new(), row);
        for field in columns {
            let cell = self.cell(field, item);
            let Some((gap, behind)) = rest.split_once(cell.as_str()) else {
                break;
            };
            painted.push_str(gap);
            painted.push_str(&self.paint(field, item, &cell));
            rest = behind;
        }
        painted + rest
    }

    fn paint(&self, field: &Field, item: Fields<'_>, cell: &str) -> String {
        let style = item.get(field).map(|value| words::style(field, value));
        self.options.paint(style.unwrap_or_default(), cell)
    }

    /// Formats the items as a table.
    fn table(&self, columns: &[&'static Field], items: &[ItemRef<'_>]) -> String {
        let lang = self.options.lang;
        let has_extra = items.iter().any(|item| item.extra_names().next().is_some());
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled);
        let labels = columns
            .iter()
            .map(|field| field.label)
            .chain(has_extra.then_some(EXTRA));
        table.set_header(labels.map(|label| label.get(lang)));
        for item in items {
            let cells = columns.iter().map(|field| self.cell(field, item.fields()));
            let extra = has_extra.then(|| extra(item.fields()).unwrap_or_default());
            table.add_row(cells.chain(extra));
        }
        table
            .column_iter_mut()
            .for_each(|column| _ = column.set_padding((0, 2)));
        table.to_string()
    }

    /// Writes a block for each item, if the terminal is too narrow for the table.
    fn blocks(&self, columns: &[&'static Field], items: &[ItemRef<'_>], lines: &mut String) {
        for (i, item) in items.iter().enumerate() {
            let title = format!("{} {}", ITEM_LABEL.get(self.options.lang), i + 1);
            lines.push_str(&format!("{INDENT}{title}\n"));
            let fields = columns
                .iter()
                .filter(|field| item.fields().get(field).is_some());
            let rows = fields.map(|field| {
                let cell = self.cell(field, item.fields());
                (field.label, self.paint(field, item.fields(), &cell))
            });
            let extra = extra(item.fields()).map(|extra| (EXTRA, extra));
            self.rows(rows.chain(extra), "    ", lines);
        }
    }

    fn cell(&self, field: &Field, item: Fields<'_>) -> String {
        item.get(field)
            .map(|value| words::value(field, value, self.options.lang))
            .unwrap_or_default()
    }

    fn findings(&self, record: &Record<'_>, lines: &mut String) {
        let findings = record.findings();
        if !findings.is_empty() {
            lines.push('\n');
        }
        let starts: Vec<u32> = findings
            .iter()
            .map(|finding| finding.span().start)
            .collect();
        let places = record
            .places_inside(&starts)
            .unwrap_or_else(|| record.places(&starts));
        for (finding, place) in findings.iter().zip(places) {
            let place = self.options.paint(
                Style::new().dimmed(),
                &format!("{}:{}", place.line, place.column),
            );
            lines.push_str(&format!(
                "{INDENT}{place} {}\n",
                self.options.sentence(finding)
            ));
        }
    }
}

/// Formats the extra fields as JSON.
fn extra(fields: Fields<'_>) -> Option<String> {
    fields.extras().next()?;
    let (members, scalars) = (fields.extras(), Scalars::AsGiven);
    let mut json = Vec::new();
    json_format::write(&Members { members, scalars }, &mut json);
    Some(printable(&String::from_utf8_lossy(&json)))
}
