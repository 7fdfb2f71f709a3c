//! Findings as compilers show them: place, severity, code and sentence, then the line with the place marked.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anstyle::{AnsiColor, Style};

use crate::finding::{Finding, Severity, printable};
use crate::lang::{Lang, Text};
use crate::report::Spot;

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
            Severity::Warning => (AnsiColor::Yellow, Text::new("warning", "警告")),
            Severity::Error | Severity::Undecodable => (AnsiColor::Red, Text::new("error", "错误")),
        };
        (color.on_default().bold(), word.get(self.lang))
    }

    /// `error[code]: sentence`.
    pub(crate) fn sentence(&self, finding: &Finding) -> String {
        let (style, word) = self.severity(finding.severity());
        let head = self.paint(style, &format!("{word}[{}]", finding.code().as_str()));
        format!("{head}: {}", finding.message(self.lang))
    }
}

/// A finding in one line: `path:line:col: error[code]: sentence`.
pub fn line(source: &str, spot: &Spot, finding: &Finding, look: &Look, out: &mut Vec<u8>) {
    let place = format!(
        "{}:{}:{}:",
        printable(source),
        spot.place.line,
        spot.place.column
    );
    let place = look.paint(Style::new().bold(), &place);
    let inside = spot.inside.map(|inside| {
        let words = Text::new("in the plaintext at", "明文").get(look.lang);
        format!(" ({words} {}:{})", inside.line, inside.column)
    });
    let (sentence, inside) = (look.sentence(finding), inside.unwrap_or_default());
    out.extend_from_slice(format!("{place} {sentence}{inside}\n").as_bytes());
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
    line(source, spot, finding, look, out);
    let help = finding.help(look.lang);
    if spot.line.is_empty() {
        if let Some(help) = help {
            out.extend_from_slice(
                format!("  = {}: {help}\n", Text::new("help", "提示").get(look.lang)).as_bytes(),
            );
        }
        return;
    }
    let level = match finding.severity() {
        Severity::Warning => Level::WARNING,
        Severity::Error | Severity::Undecodable => Level::ERROR,
    };
    let snippet = Snippet::source(spot.line.as_str())
        .line_start(spot.inside.unwrap_or(spot.place).line as usize)
        .annotation(AnnotationKind::Primary.span(spot.mark.clone()));
    let mut group = Group::with_level(level).element(snippet);
    if let Some(help) = help {
        let name = Text::new("help", "提示").get(look.lang);
        group = group.element(Level::HELP.with_name(name).message(help));
    }
    let renderer = if look.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let text = renderer
        .decor_style(DecorStyle::Ascii)
        .term_width(look.width)
        .render(&[group]);
    out.extend_from_slice(text.as_bytes());
    out.push(b'\n');
}
