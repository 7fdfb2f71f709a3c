//! Draws a table for people, in the width of their terminal.
//!
//! Cells are broken between words where the terminal has room for that, and numbers where it has none at all. Ids are
//! shortened before a word is broken.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};
use unicode_width::UnicodeWidthStr;

/// A column: its title, and its cells.
pub(crate) struct Column {
    pub(crate) is_number: bool,
    pub(crate) title: String,
    pub(crate) cells: Vec<String>,
}

/// The blanks between columns.
const GAP: usize = 2;

/// Words that are longer are shortened if the table is too wide: first openids and template ids, then message ids and
/// accounts, too.
const LONGEST: [usize; 2] = [20, 14];

/// A width in which nothing is shortened: that of a file or a pipe, which programs may read.
const WIDE: usize = 180;

/// The least widths of columns, the best first.
const LEAST: [fn(&Column) -> usize; 3] =
    [Column::least, Column::least_of_cells, Column::least_number];

/// Draws a table that is `width` wide at most, if its words let it.
pub(crate) fn draw(mut columns: Vec<Column>, width: usize, out: &mut Vec<u8>) {
    for longest in LONGEST {
        let fits = sum(columns.iter().map(Column::natural)) <= width;
        if fits || width >= WIDE || sum(columns.iter().map(Column::least)) <= width {
            break;
        }
        columns
            .iter_mut()
            .for_each(|column| column.shorten(longest));
    }
    let least = LEAST
        .iter()
        .find(|least| sum(columns.iter().map(least)) <= width);
    let least = least.unwrap_or(&LEAST[LEAST.len() - 1]);
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(narrow(width))
        .set_header(columns.iter().map(|column| &column.title))
        .add_rows(rows(&columns));
    let last = columns.len().saturating_sub(1);
    for (at, drawn) in table.column_iter_mut().enumerate() {
        let (column, gap) = (&columns[at], if at < last { GAP } else { 0 });
        drawn.set_padding((0, narrow(gap)));
        if column.is_number {
            drawn.set_cell_alignment(CellAlignment::Right);
        }
        let least = Width::Fixed(narrow(least(column) + gap));
        drawn.set_constraint(ColumnConstraint::LowerBoundary(least));
    }
    for line in table.lines() {
        out.extend_from_slice(line.trim_end().as_bytes());
        out.push(b'\n');
    }
}

/// Returns the width of a table whose columns have these widths.
fn sum(widths: impl ExactSizeIterator<Item = usize>) -> usize {
    let gaps = widths.len().saturating_sub(1) * GAP;
    widths.sum::<usize>() + gaps
}

fn rows(columns: &[Column]) -> impl Iterator<Item = Vec<&String>> {
    let len = columns.first().map_or(0, |column| column.cells.len());
    (0..len).map(|row| columns.iter().map(|column| &column.cells[row]).collect())
}

fn narrow(width: usize) -> u16 {
    width.try_into().unwrap_or(u16::MAX)
}

impl Column {
    /// Returns the width in which no cell is broken.
    fn natural(&self) -> usize {
        widest(&self.cells, str::width).max(self.title.width())
    }

    /// Returns the width in which no word is broken, and no number.
    fn least(&self) -> usize {
        self.least_of_cells().max(longest_word(&self.title))
    }

    /// Returns the width in which no word is broken but those of the title, and no number.
    fn least_of_cells(&self) -> usize {
        match self.is_number {
            true => widest(&self.cells, str::width),
            false => widest(&self.cells, longest_word),
        }
    }

    /// Returns the width in which no number is broken.
    fn least_number(&self) -> usize {
        const SOME: usize = 4;
        match self.is_number {
            true => widest(&self.cells, str::width),
            false => SOME,
        }
    }

    fn shorten(&mut self, longest: usize) {
        for cell in &mut self.cells {
            let words = cell.split(' ').map(|word| shortened(word, longest));
            *cell = words.collect::<Vec<_>>().join(" ");
        }
    }
}

fn widest(cells: &[String], of: fn(&str) -> usize) -> usize {
    cells.iter().map(|cell| of(cell)).max().unwrap_or(0)
}

/// Returns the width of the longest word. A sign, as in `~ 17`, is a part of the word behind it.
fn longest_word(text: &str) -> usize {
    let (mut longest, mut sign) = (0, 0);
    for word in text.split(' ') {
        let width = sign + word.width();
        longest = longest.max(width);
        sign = if word.width() == 1 { width + 1 } else { 0 };
    }
    longest
}

/// Shortens a word that is wider than `longest`, if it is of ASCII, as ids are. The first characters of ids of one account
/// are often the same, and so are the first digits of message ids.
fn shortened(word: &str, longest: usize) -> String {
    const KEPT: usize = 4;
    match word.is_ascii() && word.len() > longest {
        true => format!("{}…{}", &word[..KEPT], &word[word.len() - KEPT..]),
        false => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(width: usize) -> String {
        let column = |is_number, title: &str, cells: [&str; 2]| Column {
            is_number,
            title: title.to_owned(),
            cells: cells.map(str::to_owned).to_vec(),
        };
        let ids = [
            "VYkaE005P5x-5BJLWX0aHxdRmz7AkBW9gb1gSbQ0Mgc",
            "vgtkEEOCj_nIFz8mpUNNsdoYfpzBQwVgrm1LqqLPQpU",
        ];
        let columns = vec![
            column(false, "template", ids),
            column(false, "模板状态", ["接收", "用户 拒收"]),
            column(true, "acceptance rate", ["100.0 %", "0.0 %"]),
        ];
        let mut out = Vec::new();
        draw(columns, width, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn ids_are_whole_where_there_is_room() {
        assert_eq!(
            drawn(80),
            "\
template                                     模板状态   acceptance rate
VYkaE005P5x-5BJLWX0aHxdRmz7AkBW9gb1gSbQ0Mgc  接收               100.0 %
vgtkEEOCj_nIFz8mpUNNsdoYfpzBQwVgrm1LqqLPQpU  用户 拒收            0.0 %
"
        );
    }

    #[test]
    fn numbers_and_words_are_never_broken_where_they_fit() {
        assert_eq!(
            drawn(31),
            "\
template   模板状态  acceptance
                           rate
VYka…0Mgc  接收         100.0 %
vgtk…PQpU  用户           0.0 %
           拒收
"
        );
    }
}
