//! Findings as compilers show them: place, severity, code and message, then the source line with a mark.
//!
//! Adjacent findings of one payload are shown together: first the messages in order, then the lines with all marks.
//! `snippet` decides which findings are adjacent and which part of a long line is shown.

use std::io::{self, Write};

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Group, Level, Renderer};
use anstyle::{AnsiColor, Style};

use crate::finding::{Finding, Severity};
use crate::lang::{Lang, Text as Words};
pub use crate::printable::{is_unprintable, printable};
use crate::report::snippet::{ShownFinding, blocks, snippets};
use crate::report::{File, Notice, Report, Spot, Total};
pub use crate::wrap::wrapped;

/// Settings of text output.
#[derive(Clone, Copy, Debug)]
pub struct TextOptions {
    /// The language of messages.
    pub lang: Lang,
    /// True to use ANSI colours.
    pub color: bool,
    /// The terminal's width in columns. Longer lines are cut around the mark.
    pub width: usize,
}

impl Default for TextOptions {
    fn default() -> Self {
        TextOptions {
            lang: Lang::En,
            color: false,
            width: 140,
        }
    }
}

impl TextOptions {
    /// Applies `style` to `text` if colours are on.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        if self.color {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    pub(crate) fn severity(&self, severity: Severity) -> (Style, &'static str) {
        let color = match severity {
            Severity::Warning => AnsiColor::Yellow,
            Severity::Error | Severity::Undecodable => AnsiColor::Red,
        };
        (color.on_default().bold(), severity.words().get(self.lang))
    }

    /// Formats a finding as `error[code]: sentence`.
    pub(crate) fn sentence(&self, finding: &Finding) -> String {
        self.sentence_as(finding, finding.severity())
    }

    fn sentence_as(&self, finding: &Finding, severity: Severity) -> String {
        let (style, word) = self.severity(severity);
        let head = self.paint(style, &format!("{word}[{}]", finding.code().as_str()));
        format!("{head}: {}", finding.message(self.lang))
    }

    fn head(&self, source: &str, spot: &Spot, sentence: &str) -> String {
        let (source, place) = (printable(source), spot.place);
        let place = format!("{source}:{}:{}:", place.line, place.column);
        let place = self.paint(Style::new().bold(), &place);
        let inside = spot.inside.map(|inside| {
            let words = Words::new("in the plaintext at", "明文").get(self.lang);
            format!(" ({words} {}:{})", inside.line, inside.column)
        });
        format!("{place} {sentence}{}\n", inside.unwrap_or_default())
    }
}

/// Writes text for people.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text {
    /// The settings.
    pub options: TextOptions,
}

impl Report for Text {
    fn findings(
        &mut self,
        file: &File<'_>,
        notices: &[Notice],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let views: Vec<ShownFinding<'_>> = notices.iter().map(ShownFinding::of).collect();
        let mut text = String::new();
        for block in blocks(&views, self.options.width) {
            show(file.name, block, &self.options, &mut text);
        }
        out.write_all(text.as_bytes())
    }

    fn close(&mut self, total: &Total<'_>, out: &mut dyn Write) -> io::Result<()> {
        match total.hidden_words(self.options.lang) {
            hidden if hidden.is_empty() => Ok(()),
            hidden => writeln!(out, "… {hidden}"),
        }
    }
}

/// Writes a finding in one line: `path:line:col: error[code]: sentence`.
///
/// ```
/// use wxsub::report::{Spot, text};
///
/// let record = wxsub::decode(b"{\"ToUserName\":\"gh_123456789abc\",\"MsgType\":event}");
/// let finding = &record.findings()[0];
/// let mut out = Vec::new();
/// text::line("body.json", &Spot::of(&record, finding), finding, &text::TextOptions::default(), &mut out);
/// assert_eq!(out, b"body.json:1:43: error[malformed-json]: expected a value, found `e`\n");
/// ```
pub fn line(
    source: &str,
    spot: &Spot,
    finding: &Finding,
    options: &TextOptions,
    out: &mut Vec<u8>,
) {
    let head = options.head(source, spot, &options.sentence(finding));
    out.extend_from_slice(head.as_bytes());
}

/// Writes a finding with its line, a mark and the advice.
///
/// ```
/// use wxsub::report::{Spot, text};
///
/// let record = wxsub::decode(b"{\"ToUserName\":\"gh_123456789abc\",\"MsgType\":event}");
/// let finding = &record.findings()[0];
/// let mut out = Vec::new();
/// text::write("body.json", &Spot::of(&record, finding), finding, &text::TextOptions::default(), &mut out);
/// assert_eq!(String::from_utf8(out).unwrap(), "\
/// body.json:1:43: error[malformed-json]: expected a value, found `e`
///   |
/// 1 | {\"ToUserName\":\"gh_123456789abc\",\"MsgType\":event}
///   |                                           ^
/// ");
/// ```
pub fn write(
    source: &str,
    spot: &Spot,
    finding: &Finding,
    options: &TextOptions,
    out: &mut Vec<u8>,
) {
    let view = ShownFinding {
        finding,
        severity: finding.severity(),
        spot,
        around: false,
        opening: None,
    };
    let mut text = String::new();
    show(source, &[view], options, &mut text);
    out.extend_from_slice(text.as_bytes());
}

/// Writes the messages, then the source lines.
fn show(source: &str, block: &[ShownFinding<'_>], options: &TextOptions, out: &mut String) {
    for view in block {
        *out += &options.head(
            source,
            view.spot,
            &options.sentence_as(view.finding, view.severity),
        );
    }
    let helps = helps(block, options.lang);
    match block.iter().all(|view| !view.has_lines()) {
        true => helps.iter().for_each(|help| {
            *out += &format!("  = {}: {help}\n", HELP.get(options.lang));
        }),
        false => show_lines(block, &helps, options, out),
    }
}

const HELP: Words = Words::new("help", "提示");
const OPENED: Words = Words::new("opened here", "在此开始");

/// Returns the advice for the findings, without duplicates.
fn helps(block: &[ShownFinding<'_>], lang: Lang) -> Vec<&'static str> {
    let mut helps = Vec::new();
    for help in block.iter().filter_map(|view| view.finding.help(lang)) {
        if !helps.contains(&help) {
            helps.push(help);
        }
    }
    helps
}

/// Writes the lines with marks, then the advice.
fn show_lines(block: &[ShownFinding<'_>], helps: &[&str], options: &TextOptions, out: &mut String) {
    let level = match block.iter().map(|view| view.severity).max() {
        Some(Severity::Warning) => Level::WARNING,
        _ => Level::ERROR,
    };
    let snippets = snippets(block, options.width, OPENED.get(options.lang));
    let mut group = Group::with_level(level).elements(snippets);
    for help in helps {
        group = group.element(Level::HELP.with_name(HELP.get(options.lang)).message(*help));
    }
    let renderer = match options.color {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    // The lines are already cut; the renderer must not cut them again.
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(WIDEST);
    *out += &renderer.render(&[group]);
    out.push('\n');
}

/// More columns than any terminal has.
const WIDEST: usize = 1 << 14;
