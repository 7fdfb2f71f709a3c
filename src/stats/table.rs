//! Writes a table of named columns: for people, as CSV, or as JSON lines.
//!
//! All commands that count use it, so that names, absent values and numbers are written in one way. A [`Cell`] has a
//! value for programs, and perhaps another text for people.

use std::borrow::Cow;
use std::mem::take;

use csv::WriterBuilder;
use serde_json::value::RawValue;

use crate::json_format::{self, Json};
use crate::lang::Text;
use crate::printable::printable;
use crate::report::text::TextOptions;
use crate::stats::grid;

/// The form of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For people. Thousands of rows are kept, for the widths of the columns.
    Table,
    /// A JSON object a line. Absent values are left out.
    JsonLines,
    /// A header, and a row each. Absent values are empty.
    Csv,
}

/// A column. Without a key it is only for people.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) key: Option<&'static str>,
    pub(crate) title: Text,
    pub(crate) is_number: bool,
    /// True if people need not see the column when it holds only zeros.
    pub(crate) is_optional: bool,
}

/// A value of a row.
#[derive(Clone, Debug)]
pub(crate) struct Cell<'a> {
    value: Value<'a>,
    /// What people see. `None` for the value itself.
    shown: Option<String>,
}

#[derive(Clone, Debug)]
enum Value<'a> {
    Absent,
    Text(Cow<'a, str>),
    Integer(i64),
    Count(u64),
    /// A number that is not whole, as it is written.
    Decimal(String),
}

impl<'a> Cell<'a> {
    pub(crate) fn absent() -> Self {
        Value::Absent.into()
    }

    pub(crate) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Value::Text(text.into()).into()
    }

    /// A number that is a name, such as a code.
    pub(crate) fn integer(number: i64) -> Self {
        Value::Integer(number).into()
    }

    /// A number of things. People see it with separators.
    pub(crate) fn count(count: u64) -> Self {
        Value::Count(count).into()
    }

    /// A rate with four decimals, or absent if there is nothing to divide by. People see per cent.
    pub(crate) fn rate(part: u64, whole: u64) -> Self {
        if whole == 0 {
            return Cell::absent();
        }
        let rate = part as f64 / whole as f64;
        let shown = format!("{:.1} %", rate * 100.0);
        Cell::from(Value::Decimal(format!("{rate:.4}"))).shown(shown)
    }

    /// Sets what people see instead of the value.
    pub(crate) fn shown(mut self, shown: String) -> Self {
        self.shown = Some(shown);
        self
    }

    /// Puts a mark before what people see.
    pub(crate) fn marked(self, mark: char) -> Self {
        let shown = format!("{mark} {}", self.for_people());
        self.shown(shown)
    }

    fn for_people(&self) -> String {
        match (&self.shown, &self.value) {
            (Some(shown), _) => shown.clone(),
            (None, Value::Count(count)) => grouped(*count),
            (None, Value::Text(text)) => printable(text),
            (None, value) => value.plain().into_owned(),
        }
    }

    /// Returns true if people learn nothing from the cell.
    fn is_nothing(&self) -> bool {
        matches!(self.value, Value::Absent | Value::Count(0))
    }
}

impl<'a> From<Value<'a>> for Cell<'a> {
    fn from(value: Value<'a>) -> Self {
        Cell { value, shown: None }
    }
}

impl Value<'_> {
    /// Returns the value as CSV has it.
    fn plain(&self) -> Cow<'_, str> {
        match self {
            Value::Absent => "".into(),
            Value::Text(text) => Cow::Borrowed(text),
            Value::Integer(number) => number.to_string().into(),
            Value::Count(count) => count.to_string().into(),
            Value::Decimal(text) => Cow::Borrowed(text),
        }
    }

    fn json(&self) -> Option<Json<'_>> {
        Some(match self {
            Value::Absent => return None,
            Value::Text(text) => json_format::text(&**text),
            Value::Count(count) => Json::Number(*count),
            Value::Integer(number) => Json::Integer(*number),
            Value::Decimal(text) => Json::Raw(serde_json::from_str::<&RawValue>(text).ok()?),
        })
    }
}

/// The most rows of a table for people. More rows are another table, with widths of its own.
const PAGE: usize = 10_000;

/// Writes a table row by row.
#[derive(Debug)]
pub(crate) struct Table {
    form: Form,
    columns: Vec<Column>,
    options: TextOptions,
    /// The rows for people: the text of each cell.
    rows: Vec<Vec<String>>,
    /// For each column, true if a row has something in it.
    is_used: Vec<bool>,
}

impl Table {
    /// Makes a table and writes what comes before its rows.
    pub(crate) fn open(
        form: Form,
        columns: Vec<Column>,
        options: TextOptions,
        out: &mut Vec<u8>,
    ) -> Self {
        let table = Table {
            form,
            is_used: columns.iter().map(|column| !column.is_optional).collect(),
            columns,
            options,
            rows: Vec::new(),
        };
        let keys = table.columns.iter().filter_map(|column| column.key);
        if form == Form::Csv {
            write_csv(keys.map(Cow::Borrowed), out);
        }
        table
    }

    /// Writes a row, which must have a cell for each column. For people a page of rows is kept, for the
    /// widths of its columns.
    pub(crate) fn row(&mut self, cells: &[Cell<'_>], out: &mut Vec<u8>) {
        let keyed = self.columns.iter().zip(cells);
        let keyed = keyed.filter_map(|(column, cell)| Some((column.key?, &cell.value)));
        match self.form {
            Form::Csv => write_csv(keyed.map(|(_, value)| value.plain()), out),
            Form::JsonLines => {
                let members = keyed.filter_map(|(key, value)| Some((key, value.json()?)));
                json_format::write(&json_format::object(members), out);
                out.push(b'\n');
            }
            Form::Table => {
                let used = self.is_used.iter_mut().zip(cells);
                used.for_each(|(is_used, cell)| *is_used |= !cell.is_nothing());
                self.rows.push(cells.iter().map(Cell::for_people).collect());
                if self.rows.len() == PAGE {
                    self.draw(out);
                }
            }
        }
    }

    /// Writes the rest of the table.
    pub(crate) fn close(mut self, out: &mut Vec<u8>) {
        if self.form == Form::Table && !self.rows.is_empty() {
            self.draw(out);
        }
    }

    fn draw(&mut self, out: &mut Vec<u8>) {
        let mut rows = take(&mut self.rows);
        let columns = self.columns.iter().zip(&self.is_used).enumerate();
        let used = columns.filter(|(_, (_, is_used))| **is_used);
        let drawn = used.map(|(at, (column, _))| grid::Column {
            is_number: column.is_number,
            title: column.title.get(self.options.lang).to_owned(),
            cells: rows.iter_mut().map(|row| take(&mut row[at])).collect(),
        });
        grid::draw(drawn.collect(), self.options.width, out);
    }
}

fn write_csv<'a>(mut cells: impl Iterator<Item = Cow<'a, str>>, out: &mut Vec<u8>) {
    let mut writer = WriterBuilder::new().buffer_capacity(512).from_writer(out);
    let written = cells
        .try_for_each(|cell| writer.write_field(cell.as_bytes()))
        .and_then(|()| writer.write_record(None::<&[u8]>))
        .and_then(|()| Ok(writer.flush()?));
    written.expect("memory takes every row");
}

/// Formats a count with thousands separators.
pub(crate) use crate::report::grouped;
