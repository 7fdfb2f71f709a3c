//! Findings as compilers show them: place, severity, code and sentence, then the line with the place marked.
//!
//! Findings of one payload that stand on neighbouring lines are shown together: first what was found, in order, then the
//! lines with all places marked. A long line is cut around its mark, so findings far apart on it are shown apart.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthChar;

use crate::finding::{Finding, Severity, printable};
use crate::lang::{Lang, Text as Words};
use crate::report::{File, Line, Notice, Report, Spot, Total, step_summary};

/// How text looks.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The language of messages.
    pub lang: Lang,
    /// Whether to use ANSI colours.
    pub color: bool,
    /// Columns of the terminal; long lines are cut around the place.
    pub width: usize,
}

impl Default for Look {
    fn default() -> Self {
        Look {
            lang: Lang::En,
            color: false,
            width: 140,
        }
    }
}

impl Look {
    /// `text` in `style`, if there is colour.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        if self.color {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    fn severity(&self, severity: Severity) -> (Style, &'static str) {
        let (color, word) = match severity {
            Severity::Warning => (AnsiColor::Yellow, Words::new("warning", "警告")),
            Severity::Error | Severity::Undecodable => {
                (AnsiColor::Red, Words::new("error", "错误"))
            }
        };
        (color.on_default().bold(), word.get(self.lang))
    }

    /// `error[code]: sentence`.
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
        format!("{} {sentence}\n", self.paint(Style::new().bold(), &place))
    }
}

/// Text for people.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text {
    /// How it looks.
    pub look: Look,
}

impl Report for Text {
    fn findings(
        &mut self,
        file: &File<'_>,
        notices: &[Notice],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let views: Vec<View<'_>> = notices
            .iter()
            .map(|notice| View::of(notice, true))
            .collect();
        let mut text = String::new();
        views
            .chunk_by(|one, next| one.is_beside(next, &self.look))
            .for_each(|block| show(file.name, block, &self.look, &mut text));
        out.write_all(text.as_bytes())
    }

    fn close(&mut self, total: &Total<'_>, out: &mut dyn Write) -> io::Result<()> {
        match step_summary::hidden(total, self.look.lang) {
            hidden if hidden.is_empty() => Ok(()),
            hidden => writeln!(out, "… {hidden}"),
        }
    }
}

/// A finding in one line: `path:line:col: error[code]: sentence`.
pub fn line(source: &str, spot: &Spot, finding: &Finding, look: &Look, out: &mut Vec<u8>) {
    let head = look.head(source, spot, &look.sentence(finding));
    out.extend_from_slice(head.as_bytes());
}

/// A finding with its line, the place marked, and what to do about it.
///
/// ```
/// use wxsub::report::{Spot, text};
///
/// let record = wxsub::decode(b"{\"ToUserName\":\"gh_123456789abc\",\"MsgType\":event}");
/// let finding = &record.findings()[0];
/// let mut out = Vec::new();
/// text::write("body.json", &Spot::of(&record, finding), finding, &text::Look::default(), &mut out);
/// assert_eq!(String::from_utf8(out).unwrap(), "\
/// body.json:1:43: error[malformed-json]: expected a value, found `e`
///   |
/// 1 | {\"ToUserName\":\"gh_123456789abc\",\"MsgType\":event}
///   |                                           ^
/// ");
/// ```
pub fn write(source: &str, spot: &Spot, finding: &Finding, look: &Look, out: &mut Vec<u8>) {
    let view = View {
        finding,
        severity: finding.severity(),
        spot,
        around: false,
    };
    let mut text = String::new();
    show(source, &[view], look, &mut text);
    out.extend_from_slice(text.as_bytes());
}

/// A finding as it is to be shown.
#[derive(Clone, Copy)]
struct View<'a> {
    finding: &'a Finding,
    severity: Severity,
    spot: &'a Spot,
    /// With the lines around.
    around: bool,
}

impl<'a> View<'a> {
    fn of(notice: &'a Notice, around: bool) -> Self {
        View {
            finding: &notice.finding,
            severity: notice.severity,
            spot: &notice.spot,
            around,
        }
    }

    /// The lines that are shown, with their numbers.
    fn lines(&self) -> impl Iterator<Item = (u64, &'a Line)> {
        let (number, spot) = (self.spot.place.line, self.spot);
        let [before, behind] = match self.around {
            true => [spot.around[0].as_ref(), spot.around[1].as_ref()],
            false => [None, None],
        };
        let before = before.map(|line| (number - 1, line));
        let behind = behind.map(|line| (number + 1, line));
        before
            .into_iter()
            .chain([(number, &spot.line)])
            .chain(behind)
    }

    /// Whether `next` can be shown with this one: lines they share are the same to the last column.
    fn is_beside(&self, next: &View<'_>, look: &Look) -> bool {
        let fits = |line: &Line| {
            line.cut == [false, false] && width(&line.text) <= room(look, next.spot.place.line)
        };
        let (line, next_line) = (self.spot.place.line, next.spot.place.line);
        let same = line == next_line && self.spot.line == next.spot.line;
        let near = line < next_line
            && self
                .lines()
                .last()
                .is_some_and(|(last, _)| last + 1 >= next_line)
            && self.spot.around[1].is_some();
        let is_shown = |view: &View<'_>| !view.spot.line.text.is_empty() && fits(&view.spot.line);
        (same || near) && is_shown(self) && is_shown(next)
    }
}

/// What is found, then the lines where it is.
fn show(source: &str, block: &[View<'_>], look: &Look, out: &mut String) {
    for view in block {
        *out += &look.head(
            source,
            view.spot,
            &look.sentence_as(view.finding, view.severity),
        );
    }
    let mut helps: Vec<&str> = Vec::new();
    for help in block.iter().filter_map(|view| view.finding.help(look.lang)) {
        if !helps.contains(&help) {
            helps.push(help);
        }
    }
    let name = Words::new("help", "提示").get(look.lang);
    if block.iter().all(|view| view.spot.line.text.is_empty()) {
        helps
            .iter()
            .for_each(|help| *out += &format!("  = {name}: {help}\n"));
        return;
    }
    let worst = block.iter().map(|view| view.severity).max();
    let level = match worst {
        Some(Severity::Warning) => Level::WARNING,
        _ => Level::ERROR,
    };
    let mut group = Group::with_level(level).element(snippet(block, look));
    for help in helps {
        group = group.element(Level::HELP.with_name(name).message(help));
    }
    let renderer = match look.color {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    // Lines were cut already; what is left to the renderer must not be cut again.
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(WIDEST);
    *out += &renderer.render(&[group]);
    out.push('\n');
}

/// Wider than any terminal.
const WIDEST: usize = 1 << 14;

/// The lines of `block` with its places marked; where there are several, each with its code.
fn snippet<'a>(block: &[View<'a>], look: &Look) -> Snippet<'a, Annotation<'a>> {
    // By number: the line, and where it begins in the text.
    let mut lines: BTreeMap<u64, (String, usize)> = BTreeMap::new();
    let mut marks = Vec::new();
    for view in block {
        let room = room(look, view.spot.place.line);
        for (number, line) in view.lines() {
            let (text, _) = cut(line, 0..0, room);
            lines.entry(number).or_insert((text, 0));
        }
        let (text, mark) = cut(&view.spot.line, view.spot.mark.clone(), room);
        lines.insert(view.spot.place.line, (text, 0));
        marks.push((view, mark));
    }
    let mut text = String::new();
    for (line, start) in lines.values_mut() {
        *start = text.len();
        text = text + line + "\n";
    }
    text.pop();
    let first = lines.keys().next().copied().unwrap_or_default();
    let annotations = marks.into_iter().map(|(view, mark)| {
        let (_, start) = &lines[&view.spot.place.line];
        let label = (block.len() > 1).then(|| view.finding.code().as_str());
        AnnotationKind::Primary
            .span(start + mark.start..start + mark.end)
            .label(label)
    });
    let annotations: Vec<_> = annotations.collect();
    Snippet::source(text)
        .line_start(first as usize)
        .fold(false)
        .annotations(annotations)
}

/// How many columns a line has, behind its number.
fn room(look: &Look, number: u64) -> usize {
    let gutter = number.to_string().len() + " | ".len();
    look.width.saturating_sub(gutter + 1).max(NARROWEST)
}

/// Below this nobody could read anything.
const NARROWEST: usize = 20;

/// What of a line fits into `room` columns, around the mark.
fn cut(line: &Line, mark: Range<usize>, room: usize) -> (String, Range<usize>) {
    let text = &line.text;
    if line.cut == [false, false] && width(text) <= room {
        return (text.clone(), mark);
    }
    let room = room - "……".chars().count();
    let behind = width(&text[mark.start..]).min(room * 2 / 3);
    let start = back(text, mark.start, room - behind);
    let end = forth(text, start, room);
    let lead = if start > 0 || line.cut[0] { "…" } else { "" };
    let trail = if end < text.len() || line.cut[1] {
        "…"
    } else {
        ""
    };
    let shift = |at: usize| at.clamp(start, end) - start + lead.len();
    let shown = format!("{lead}{}{trail}", &text[start..end]);
    (shown, shift(mark.start)..shift(mark.end))
}

/// Where the text in front of `at` begins that is no wider than `room`.
fn back(text: &str, at: usize, room: usize) -> usize {
    let mut left = room;
    let mut start = at;
    for c in text[..at].chars().rev() {
        let Some(rest) = left.checked_sub(columns(c)) else {
            break;
        };
        (left, start) = (rest, start - c.len_utf8());
    }
    start
}

/// Where the text from `at` on ends that is no wider than `room`.
fn forth(text: &str, at: usize, room: usize) -> usize {
    let mut left = room;
    let mut end = at;
    for c in text[at..].chars() {
        let Some(rest) = left.checked_sub(columns(c)) else {
            break;
        };
        (left, end) = (rest, end + c.len_utf8());
    }
    end
}

fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// How many columns a character takes where it is shown; tabs are shown as four spaces.
fn columns(c: char) -> usize {
    match c {
        '\t' => 4,
        c => c.width().unwrap_or(1),
    }
}
