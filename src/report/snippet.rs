//! The source lines of findings shown together, cut to the terminal's width, with marks.
//!
//! Long lines are cut around their marks before annotate-snippets sees them. That crate keeps only one mark in view,
//! and walks over the whole line, which may be 16 MiB, for each mark.

use std::collections::BTreeMap;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Snippet};
use unicode_width::UnicodeWidthChar;

use crate::finding::{Finding, Severity};
use crate::report::{Line, Notice, Spot};

/// A finding to show.
#[derive(Clone, Copy)]
pub(super) struct ShownFinding<'a> {
    pub(super) finding: &'a Finding,
    pub(super) severity: Severity,
    pub(super) spot: &'a Spot,
    /// True if the lines before and after are shown.
    pub(super) around: bool,
    /// The label of the mark, if it marks what was opened and is not closed.
    pub(super) opening: Option<&'static str>,
}

impl<'a> ShownFinding<'a> {
    pub(super) fn of(notice: &'a Notice) -> Self {
        ShownFinding {
            finding: &notice.finding,
            severity: notice.severity,
            spot: &notice.spot,
            around: true,
            opening: None,
        }
    }

    /// Returns the view of what was opened and is not closed, labelled `label`.
    fn opening(&self, label: &'static str) -> Option<Self> {
        let spot = self.spot.opened.as_deref()?;
        let has_line = !spot.line.text.is_empty();
        has_line.then_some(ShownFinding {
            spot,
            around: false,
            opening: Some(label),
            ..*self
        })
    }

    /// Returns true if there is a line to show.
    pub(super) fn has_lines(&self) -> bool {
        let opened = self.spot.opened.as_ref();
        let own = [Some(self.spot), opened.map(Box::as_ref)];
        own.into_iter()
            .flatten()
            .any(|spot| !spot.line.text.is_empty())
    }

    fn number(&self) -> u64 {
        self.spot.shown_at().line
    }

    /// The line of the finding, with its number.
    fn own(&self) -> (u64, &'a Line) {
        (self.number(), &self.spot.line)
    }

    /// The lines before and after, with their numbers.
    fn around(&self) -> impl Iterator<Item = (u64, &'a Line)> {
        let (number, [before, after]) = (self.number(), &self.spot.around);
        let before = before.as_ref().map(|line| (number - 1, line));
        let after = after.as_ref().map(|line| (number + 1, line));
        let is_shown = self.around;
        before.into_iter().chain(after).filter(move |_| is_shown)
    }
}

/// The most findings shown together. More marks on few lines confuse.
const MOST: usize = 6;

/// The columns reserved for the code beside a mark.
const LABEL: usize = 22;

/// Groups findings that are shown together.
pub(super) fn blocks<'a, 'v>(
    views: &'a [ShownFinding<'v>],
    width: usize,
) -> impl Iterator<Item = &'a [ShownFinding<'v>]> {
    let mut rest = views;
    std::iter::from_fn(move || {
        let fits = |len: &usize| is_near(&rest[..len - 1], &rest[len - 1], width);
        let len = 1 + (2..=rest.len().min(MOST)).take_while(fits).count();
        let (block, after) = rest.split_at_checked(len)?;
        rest = after;
        Some(block)
    })
}

/// Returns true if `next` can be shown with `block`.
///
/// It must be on the line of the last finding with all marks in view, on a line shown anyway, or on the line after.
fn is_near(block: &[ShownFinding<'_>], next: &ShownFinding<'_>, width: usize) -> bool {
    let Some(last) = block.last() else {
        return false;
    };
    let has_line = |view: &ShownFinding<'_>| !view.spot.line.text.is_empty();
    if !has_line(last) || !has_line(next) {
        return false;
    }
    if last.number() != next.number() {
        let shown = last.around().last().map_or(0, |(number, _)| number);
        return shown > last.number() && (last.number()..=shown + 1).contains(&next.number());
    }
    let on_line = block.iter().filter(|view| view.number() == next.number());
    let marks = union(on_line.chain([next]));
    let line = &next.spot.line;
    *line == last.spot.line
        && width_of(&line.text[marks]) + ELLIPSES <= room(width, next.number(), true)
}

/// The range from the first mark to the last.
fn union<'v: 'a, 'a>(views: impl Iterator<Item = &'a ShownFinding<'v>>) -> Range<usize> {
    let marks = views.map(|view| view.spot.mark.clone());
    marks
        .reduce(|all, mark| all.start.min(mark.start)..all.end.max(mark.end))
        .unwrap_or_default()
}

/// Makes the snippets of `block`: one before it of what was opened and is not closed, labelled `opened`, unless both can
/// be shown together.
pub(super) fn snippets<'a>(
    block: &[ShownFinding<'a>],
    width: usize,
    opened: &'static str,
) -> Vec<Snippet<'a, Annotation<'a>>> {
    let opening = block.first().and_then(|first| first.opening(opened));
    let (Some(opening), [finding]) = (opening, block) else {
        return vec![snippet(block, width)];
    };
    if finding.spot.line.text.is_empty() {
        return vec![snippet(&[opening], width)];
    }
    match is_near(&[opening], finding, width) {
        true => vec![snippet(&[opening, *finding], width)],
        false => [[opening], [*finding]]
            .map(|part| snippet(&part, width))
            .into(),
    }
}

/// Makes the snippet of `block` with its marks. The marks of several findings are labelled with their codes.
fn snippet<'a>(block: &[ShownFinding<'a>], width: usize) -> Snippet<'a, Annotation<'a>> {
    let has_labels = block.len() > 1;
    let has_codes = has_labels && block.iter().all(|view| view.opening.is_none());
    let mut lines: BTreeMap<u64, VisibleLine<'a>> = BTreeMap::new();
    // Own lines come first: a mark is a range of the finding's own copy, and a long line is cut differently elsewhere.
    let own = block.iter().map(ShownFinding::own);
    for (number, line) in own.chain(block.iter().flat_map(ShownFinding::around)) {
        let marks = union(block.iter().filter(|view| view.number() == number));
        let room = room(width, number, has_labels);
        lines
            .entry(number)
            .or_insert_with(|| VisibleLine::of(line, marks, room));
    }
    let mut text = String::new();
    for line in lines.values_mut() {
        line.at = text.len();
        line.write(&mut text);
        text.push('\n');
    }
    text.pop();
    let first = lines.keys().next().copied().unwrap_or_default();
    let annotations = block.iter().map(|view| {
        let code = has_codes.then(|| view.finding.code().as_str());
        let mark = lines[&view.number()].place(&view.spot.mark);
        let kind = match view.opening {
            Some(_) => AnnotationKind::Context,
            None => AnnotationKind::Primary,
        };
        kind.span(mark).label(view.opening.or(code))
    });
    Snippet::source(text)
        .line_start(first as usize)
        .fold(false)
        .annotations(annotations.collect::<Vec<_>>())
}

/// The columns for a line's text, without line number and labels.
fn room(width: usize, number: u64, has_labels: bool) -> usize {
    let gutter = number.to_string().len() + " | ".len() + 1;
    let labels = if has_labels { LABEL } else { 0 };
    width.saturating_sub(gutter + labels).max(NARROWEST)
}

/// The smallest width at which text is readable.
const NARROWEST: usize = 20;

/// The columns of the two ellipses.
const ELLIPSES: usize = 2;

/// The visible part of a line.
struct VisibleLine<'a> {
    text: &'a str,
    part: Range<usize>,
    /// True if text is left out before, and after.
    cut: [bool; 2],
    /// The offset of the line in the snippet's text.
    at: usize,
}

impl<'a> VisibleLine<'a> {
    /// Selects at most `room` columns around the marks, about a third of them before the first mark.
    fn of(line: &'a Line, marks: Range<usize>, room: usize) -> Self {
        let text = line.text.as_str();
        let mut shown = VisibleLine {
            text,
            part: 0..text.len(),
            cut: line.cut,
            at: 0,
        };
        if line.cut == [false, false] && width_of(text) <= room {
            return shown;
        }
        let room = room - ELLIPSES;
        let marked = width_of(&text[marks.clone()]).min(room);
        let after = width_of(&text[marks.start..]).min(room * 2 / 3).max(marked);
        let start = back(text, marks.start, room - after);
        let end = forth(text, start, room);
        shown.part = start..end;
        shown.cut = [line.cut[0] || start > 0, line.cut[1] || end < text.len()];
        shown
    }

    fn write(&self, out: &mut String) {
        let ellipsis = |is_cut| if is_cut { ELLIPSIS } else { "" };
        *out += ellipsis(self.cut[0]);
        *out += &self.text[self.part.clone()];
        *out += ellipsis(self.cut[1]);
    }

    /// Converts `mark` to a range of the snippet's text.
    fn place(&self, mark: &Range<usize>) -> Range<usize> {
        let Range { start, end } = self.part;
        let lead = if self.cut[0] { ELLIPSIS.len() } else { 0 };
        let place = |at: usize| self.at + lead + at.clamp(start, end) - start;
        place(mark.start)..place(mark.end)
    }
}

const ELLIPSIS: &str = "…";

/// Returns the start of the text before `at` that fits into `room` columns.
pub(crate) fn back(text: &str, at: usize, room: usize) -> usize {
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

/// Returns the end of the text after `at` that fits into `room` columns.
pub(crate) fn forth(text: &str, at: usize, room: usize) -> usize {
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

fn width_of(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// The columns that a character takes when shown. A tab becomes four spaces.
fn columns(c: char) -> usize {
    match c {
        '\t' => 4,
        c => c.width().unwrap_or(1),
    }
}
