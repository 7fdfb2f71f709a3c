//! Lays out explanations and the index as text, wrapped to a number of columns.

use unicode_width::UnicodeWidthStr;

use crate::explain::page::{Page, Row, row};
use crate::explain::{Kind, Topic};
use crate::lang::{Lang, Text};
use crate::wrap::wrapped;

/// Lists all topics, a line each.
///
/// ```
/// let index = wxsub::explain::index(wxsub::Lang::En, 100);
/// assert!(index.contains("  43101 "));
/// ```
pub fn index(lang: Lang, width: usize) -> String {
    let topics: Vec<Topic> = Topic::all().collect();
    let mut text = String::new();
    for kind in Kind::ALL {
        let of_kind = topics.iter().filter(|topic| topic.kind() == kind);
        let rows: Vec<Row> = of_kind.map(|topic| row(topic, lang)).collect();
        list(kind.names().1.get(lang), &rows, lang, width, &mut text);
        text.push('\n');
    }
    let more = Text::new(
        "`wxsub explain TERM` says more about one of them",
        "`wxsub explain TERM` 给出详细说明",
    );
    text + more.get(lang) + "\n"
}

/// Lays out one explanation.
pub(super) fn page(page: &Page, lang: Lang, width: usize) -> String {
    let (open, comma, close) = match lang {
        Lang::En => (" (", ", ", ")"),
        Lang::Zh => ("（", "，", "）"),
    };
    let title = format!("{}{open}{}{close}", page.name, page.notes.join(comma));
    let mut text = wrapped(&title, 0, width) + &wrapped(page.summary, 0, width);
    for paragraph in &page.paragraphs {
        text.push('\n');
        text += &wrapped(paragraph, 0, width);
    }
    for (heading, rows) in &page.lists {
        text.push('\n');
        list(heading, rows, lang, width, &mut text);
    }
    for (heading, capture) in &page.captures {
        text += &format!("\n{heading}{}\n", colon(lang));
        for line in capture.trim().lines() {
            text += &format!("  {line}\n");
        }
    }
    text
}

fn colon(lang: Lang) -> &'static str {
    Text::new(":", "：").get(lang)
}

/// Lays out names and words in two columns under a heading.
fn list(heading: &str, rows: &[Row], lang: Lang, width: usize, text: &mut String) {
    const GAP: usize = 2;
    *text += &format!("{heading}{}\n", colon(lang));
    let widest = rows.iter().map(|(name, _)| name.width()).max();
    let column = GAP + widest.unwrap_or_default() + GAP;
    for (name, words) in rows {
        let gap = " ".repeat(column - GAP - name.width());
        let words = wrapped(words, column, width);
        *text += &format!("  {name}{gap}{}", words.trim_start());
    }
}
