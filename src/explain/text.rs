//! Lays out explanations and the index as text, wrapped to a number of columns.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::explain::page::{Page, Row, row};
use crate::explain::{Kind, Topic};
use crate::lang::{Lang, Text};

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

/// Wraps `text` to `width` columns, each line indented by `indent` spaces.
///
/// Lines break at spaces and beside wide characters, but not between a character and its punctuation.
fn wrapped(text: &str, indent: usize, width: usize) -> String {
    let margin = " ".repeat(indent);
    let mut out = margin.clone();
    let mut column = indent;
    for piece in pieces(text) {
        let len = piece.trim_end().width();
        if column > indent && column + len > width {
            out.truncate(out.trim_end().len());
            out.push('\n');
            out += &margin;
            column = indent;
        }
        out += piece;
        column += piece.width();
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// Splits `text` where a line may end.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut chars = rest.char_indices().zip(rest.chars().skip(1));
        let last = chars.find(|((_, c), next)| may_break(*c, *next));
        let len = last.map_or(rest.len(), |((at, c), _)| at + c.len_utf8());
        let (piece, after) = rest.split_at(len);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Returns true if a line may end between two characters.
fn may_break(c: char, next: char) -> bool {
    const BELONGS_TO_LAST: &str = "，。、；：？！）”》…";
    const BELONGS_TO_NEXT: &str = "（“《";
    let is_wide = |c: char| c.width() == Some(2);
    let is_allowed = !BELONGS_TO_LAST.contains(next) && !BELONGS_TO_NEXT.contains(c);
    match c {
        ' ' => next != ' ',
        _ => is_allowed && next != ' ' && (is_wide(c) || is_wide(next)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_long_as_fits_and_nothing_is_lost() {
        let texts = [
            "a bb ccc dddd eeeee, ffffff ggggggg",
            "微信推送 URL 的参数：token、timestamp、nonce 排序拼接后的 SHA-1。它不覆盖（也不会覆盖）消息体。",
        ];
        for (text, width) in texts
            .iter()
            .flat_map(|text| (8..40).map(move |w| (text, w)))
        {
            let lines = wrapped(text, 0, width);
            let bare = |text: &str| text.replace([' ', '\n'], "");
            assert_eq!(bare(&lines), bare(text));
            for line in lines.lines() {
                let is_one = pieces(line).nth(1).is_none();
                assert!(line.width() <= width || is_one, "{width}: {line:?}");
                assert!(!line.starts_with(['，', '。', '）', '、']), "{line:?}");
                assert!(!line.ends_with(['（', ' ']), "{line:?}");
            }
        }
        assert_eq!(wrapped("a bb ccc", 2, 7), "  a bb\n  ccc\n");
    }

    #[test]
    fn what_does_not_fit_stands_alone() {
        assert_eq!(wrapped("a bbbbbbbbbb c", 0, 4), "a\nbbbbbbbbbb\nc\n");
        assert_eq!(wrapped("", 2, 4), "\n");
    }
}
