//! The Markdown summary of a GitHub step: findings by file and code, and the findings without an annotation.

use crate::lang::Lang;
use crate::printable::printable;
use crate::report::summary::grouped;
use crate::report::{File, Notice, Total};

/// GitHub rejects summaries over 1 MiB. The limit leaves room for other tools of the step.
const MOST_BYTES: usize = 500 << 10;

/// The findings without an annotation, a line each.
#[derive(Debug, Default)]
pub(super) struct Unannotated {
    lines: Vec<String>,
    more: u64,
}

impl Unannotated {
    /// The most findings that are listed.
    const MOST: usize = 100;

    pub(super) fn push(&mut self, line: String) {
        match self.lines.len() < Self::MOST {
            true => self.lines.push(line),
            false => self.more += 1,
        }
    }

    /// Inserts `lines` at the front.
    pub(super) fn put_first(&mut self, mut lines: Vec<String>) {
        lines.append(&mut self.lines);
        self.more += lines.len().saturating_sub(Self::MOST) as u64;
        lines.truncate(Self::MOST);
        self.lines = lines;
    }
}

/// Returns the whole summary in Markdown.
pub(super) fn write(total: &Total<'_>, rest: [&Unannotated; 2], lang: Lang) -> String {
    let summary = markdown(&total.tally.summary_of_files(lang));
    let mut text = format!("### wxsub check\n\n{summary}\n");
    table(total, lang, &mut text);
    unannotated(rest, lang, &mut text);
    let hidden = total.hidden_words(lang);
    if !hidden.is_empty() {
        text += &format!("\n{}\n", markdown(&hidden));
    }
    text + "\n"
}

fn table(total: &Total<'_>, lang: Lang, text: &mut String) {
    if total.files.iter().all(|file| file.is_empty()) {
        return;
    }
    *text += match lang {
        Lang::En => "\n| file | finding | severity | count |\n| --- | --- | --- | --: |\n",
        Lang::Zh => "\n| 文件 | 问题 | 级别 | 数量 |\n| --- | --- | --- | --: |\n",
    };
    for file in total.files {
        for (code, severity, count) in file.rows() {
            if text.len() > MOST_BYTES {
                *text += "| … | | | |\n";
                return;
            }
            let (path, code) = (markdown(&file.path), code.as_str());
            let (severity, count) = (severity.words().get(lang), grouped(count));
            *text += &format!("| {path} | `{code}` | {severity} | {count} |\n");
        }
    }
}

fn unannotated(rest: [&Unannotated; 2], lang: Lang, text: &mut String) {
    let lines: Vec<&String> = rest.iter().flat_map(|rest| &rest.lines).collect();
    let more: u64 = rest.iter().map(|rest| rest.more).sum();
    if lines.is_empty() {
        return;
    }
    let all = grouped(lines.len() as u64 + more);
    *text += &match lang {
        Lang::En => format!("\n{all} without an annotation:\n\n"),
        Lang::Zh => format!("\n{all} 个没有注释：\n\n"),
    };
    for line in lines {
        *text += &format!("- {line}\n");
    }
    if more > 0 {
        *text += &format!("- … {}\n", and_more(more, lang));
    }
}

/// Formats a finding as a list entry.
pub(super) fn line(file: &File<'_>, notice: &Notice, lang: Lang) -> String {
    let place = notice.spot.place;
    let place = format!("{}:{}:{}", file.path, place.line, place.column);
    let (place, message) = (markdown(&place), markdown(&notice.message(lang)));
    let (code, severity) = (notice.code().as_str(), notice.severity.words().get(lang));
    format!("{place}: {severity} `{code}`: {message}")
}

fn and_more(count: u64, lang: Lang) -> String {
    match lang {
        Lang::En => format!("and {} more", grouped(count)),
        Lang::Zh => format!("另有 {} 个", grouped(count)),
    }
}

/// Escapes `text` for Markdown. Backticks stay, because names in messages are set as code.
fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut in_code = false;
    for c in printable(text).chars() {
        in_code ^= c == '`';
        match c {
            // A bar splits table cells even inside code.
            '|' => escaped.push_str("\\|"),
            '<' if !in_code => escaped.push_str("&lt;"),
            '\\' | '*' | '_' | '[' | ']' | '#' if !in_code => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_markdown_would_obey_is_escaped() {
        assert_eq!(
            markdown("a|b_c <b> `<x>_|` [d]\n"),
            "a\\|b\\_c &lt;b> `<x>_\\|` \\[d\\]\\\\u{a}"
        );
    }
}
