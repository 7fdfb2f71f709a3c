//! Tables of numbers.

use maud::{Markup, PreEscaped, html};

use crate::lang::Lang;
use crate::stats::page::texts::as_table;

/// A table: the titles of its columns, and its rows. The first column has names.
pub(super) struct Table {
    pub(super) titles: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// What is said below it.
    pub(super) note: Option<String>,
}

impl Table {
    pub(super) fn new(titles: impl IntoIterator<Item = String>, rows: Vec<Vec<String>>) -> Self {
        Table {
            titles: titles.into_iter().collect(),
            rows,
            note: None,
        }
    }

    /// Leaves out the columns of numbers in which nothing is counted.
    pub(super) fn without_nothing(mut self) -> Self {
        let is_nothing = |cell: &String| cell == "0" || cell == "–";
        let columns = 0..self.titles.len();
        let used: Vec<bool> = columns
            .map(|at| at == 0 || !self.rows.iter().all(|row| is_nothing(&row[at])))
            .collect();
        self.titles = kept(self.titles, &used);
        self.rows = self.rows.into_iter().map(|row| kept(row, &used)).collect();
        self
    }

    /// Draws the table.
    pub(super) fn draw(&self) -> Markup {
        html! {
            div class="scroll" {
                table {
                    thead { tr { @for title in &self.titles { th scope="col" { (title) } } } }
                    // A line break a row keeps the file readable as text.
                    tbody { @for row in &self.rows { tr { (cells(row)) } (PreEscaped("\n")) } }
                }
            }
            @if let Some(note) = &self.note { p class="note" { (note) } }
        }
    }

    /// Draws the table behind a line that opens it.
    pub(super) fn folded(&self, of: &str, lang: Lang) -> Markup {
        html! {
            details {
                summary { (as_table(of, lang)) }
                (self.draw())
            }
        }
    }
}

fn cells(row: &[String]) -> Markup {
    html! {
        @for (n, cell) in row.iter().enumerate() {
            @if n == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
        }
    }
}

fn kept(cells: Vec<String>, used: &[bool]) -> Vec<String> {
    let cells = cells.into_iter().zip(used);
    let kept = cells.filter(|(_, is_used)| **is_used);
    kept.map(|(cell, _)| cell).collect()
}
