//! Finds the lines near an anchor on which a document may begin.
//!
//! A document that contains an anchor begins on the anchor's line, or on an earlier line from which it may continue up
//! to the anchor; `line_end` tells from which. This does not depend on where blocks end. The beginning of a capture
//! counts as an anchor, because a file may be one payload in an unusual form.

use crate::scan::anchor::Anchors;
use crate::scan::container::{self, LineKind};
use crate::scan::line_end::{BEHIND, document_ends, relation};
use crate::scan::lookahead::{Arrived, Lookahead, Settled};
use crate::scan::prefix::Relation;
use crate::simd::{Survey, last_break, line_start, skip_space};

/// For each kind of line, the start of the run before some line. A *run* is a sequence of lines of one kind in which a
/// document may continue from each line to the next.
type Runs = [i64; LineKind::ALL.len()];

/// The progress of the search for anchors, and the earliest start of a document around an anchor. All values are
/// positions in the buffer; starts of lines may lie before it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SearchWindow {
    /// Before this position there is no anchor except `anchor`.
    searched: usize,
    pub(super) anchor: Option<usize>,
    /// The latest anchor near which no document begins.
    pub(super) unused_anchor: Option<usize>,
    /// Before this position every bracket was tried, and begins nothing.
    pub(super) tried: usize,
    /// The latest bracket of each kind that was tried far before an anchor.
    brackets: [Option<TriedBracket>; BRACKETS.len()],
    /// The latest position for which a start was looked for, or at which the search was restarted. Unlike `known`, it
    /// does not depend on how much has arrived.
    settled: usize,
    /// The position to which the cursor moved only because bytes before it need not be kept.
    kept: usize,
    /// `line` is the start of the line that contains `known`; `runs` are the runs before that line.
    known: usize,
    line: i64,
    runs: Runs,
    /// True if the first bytes of the capture were looked at.
    begun: bool,
    /// From `solid` to `seen` there are only blanks.
    solid: usize,
    seen: usize,
}

/// The brackets that may begin a document.
const BRACKETS: [u8; 4] = *b"<{[(";

fn kind_of(bracket: u8) -> Option<usize> {
    BRACKETS.iter().position(|&kind| kind == bracket)
}

/// A bracket that was tried. It may be gone.
#[derive(Clone, Copy, Debug)]
struct TriedBracket {
    at: i64,
    /// The bracket, and the bytes behind it.
    head: [u8; 16],
}

impl TriedBracket {
    /// The longest distance between two brackets of a run.
    const FARTHEST: usize = 32;
    /// A run is passed over only if at least so many bytes can be passed. As many bytes remain at its end.
    const FEWEST: usize = 64;
    const SHORTEST_RUN: usize = 2 * TriedBracket::FEWEST;

    /// Returns true if `run` at `found` is near this bracket and begins with the bytes of its head.
    fn comes_again(&self, run: &[u8], found: usize) -> bool {
        let distance = found as i64 - self.at;
        (1..=Self::FARTHEST as i64).contains(&distance) && run.starts_with(&self.head)
    }
}

/// Returns the number of bytes to pass over in `run`, if it repeats its first few bytes. Otherwise returns 0.
fn run_len(run: &[u8]) -> usize {
    let mut again = memchr::memchr_iter(run[0], &run[1..=TriedBracket::FARTHEST]);
    let passed = again.find_map(|at| {
        let len = at + 1;
        let same = run[len..].iter().zip(run);
        let end = same.take_while(|(byte, before)| byte == before).count();
        let passed = end.saturating_sub(TriedBracket::FEWEST) / len * len;
        (passed >= TriedBracket::FEWEST).then_some(passed)
    });
    passed.unwrap_or(0)
}

impl SearchWindow {
    /// How far before an anchor to look for a start if the line is longer than any payload.
    const NEAR: usize = 1 << 16;

    /// Notes that the beginning of the capture is not ahead.
    pub(super) fn skip_beginning(&mut self) {
        self.begun = true;
    }

    /// Takes the next byte that is not white space for an anchor, as the first of the capture.
    pub(super) fn begin_again(&mut self) {
        self.begun = false;
    }

    /// Returns true if nothing is known of the bytes from `pos` on, which means that `restart` forgets everything.
    pub(super) fn knows_nothing_after(&self, pos: usize) -> bool {
        let is_open = self.anchor.is_some_and(|anchor| anchor >= pos);
        self.begun && self.known < pos && self.searched <= pos && self.tried <= pos && !is_open
    }

    /// Forgets everything before `pos`.
    pub(super) fn restart(&mut self, pos: usize) {
        if self.anchor.is_some_and(|anchor| anchor < pos) {
            self.anchor = None;
        }
        self.searched = self.searched.max(pos);
        self.tried = self.tried.max(pos);
        if self.settled < pos {
            (self.settled, self.known) = (pos, pos);
            (self.line, self.runs) = (pos as i64, [pos as i64; _]);
        }
        self.forget_lines(pos);
    }

    /// Forgets that lines begin before the cursor, because these bytes may be gone.
    fn forget_lines(&mut self, pos: usize) {
        if self.kept < pos {
            self.line = self.line.max(pos as i64);
            self.runs = self.runs.map(|run| run.max(pos as i64));
        }
    }

    /// Notes that the cursor moved to `pos` only because no bytes before it are needed. Nothing is forgotten.
    pub(super) fn keep_from(&mut self, pos: usize) {
        self.kept = pos;
        self.settled = self.settled.max(pos);
    }

    /// Adjusts the positions after the buffer lost its first `len` bytes.
    pub(super) fn drop_front(&mut self, len: usize) {
        self.forget_lines(len);
        self.searched = self.searched.saturating_sub(len);
        self.anchor = self.anchor.and_then(|anchor| anchor.checked_sub(len));
        self.unused_anchor = self
            .unused_anchor
            .and_then(|anchor| anchor.checked_sub(len));
        self.tried = self.tried.saturating_sub(len);
        for bracket in self.brackets.iter_mut().flatten() {
            bracket.at -= len as i64;
        }
        self.settled = self.settled.saturating_sub(len);
        self.kept = self.kept.saturating_sub(len);
        self.known = self.known.saturating_sub(len);
        self.solid = self.solid.saturating_sub(len);
        self.seen = self.seen.saturating_sub(len);
        self.line -= len as i64;
        self.runs = self.runs.map(|run| run - len as i64);
    }

    /// Returns the next anchor, if it has arrived completely.
    pub(super) fn next_anchor(&mut self, anchors: &Anchors, buffer: &[u8]) -> Option<usize> {
        if !self.begun {
            let first = skip_space(buffer, self.searched);
            self.begun = first < buffer.len();
            self.anchor = Some(first).filter(|_| self.begun);
        }
        if self.anchor.is_none() {
            self.anchor = anchors.find(buffer, self.searched);
            self.searched = match self.anchor {
                Some(anchor) => anchor + 1,
                None => {
                    // An anchor may have begun at the end of the buffer.
                    let begun = anchors.longest() - 1;
                    self.searched.max(buffer.len().saturating_sub(begun))
                }
            };
        }
        self.anchor
    }

    /// Returns the earliest start of a document that contains `at`, and the kind of its lines.
    pub(super) fn start(
        &mut self,
        arrived: &Arrived<'_>,
        at: usize,
        limit: usize,
    ) -> Settled<(usize, LineKind)> {
        if let Some(line) = self.next_line(arrived.bytes, at) {
            // The beginning of the line tells whether a document continues there.
            _ = arrived.from(line).window(BEHIND).find(b'\n');
            arrived.settled()?;
        }
        self.move_to_line_of(arrived.bytes, at, limit);
        self.settled = self.settled.max(at);
        // If no line continues, the kind does not matter.
        let kind = match self.runs == [self.line; _] {
            true => LineKind::Plain,
            false => {
                let line = arrived.from(self.line.max(0) as usize);
                container::line_kind(line.window(limit))
            }
        };
        arrived.settled()?;
        Some((self.begin(self.runs[kind as usize], at, limit), kind))
    }

    /// Returns the start of the last line that begins after `known`, up to `at`.
    fn next_line(&self, buffer: &[u8], at: usize) -> Option<usize> {
        let line = last_break(buffer.get(self.known..at)?)?;
        Some(self.known + line + 1)
    }

    /// Returns the start of the line that contains `at`, and a survey of the bytes before it. Returns `None` if a
    /// document may continue from an earlier line, or if the search was restarted on this line.
    pub(super) fn fresh_line(
        &self,
        buffer: &[u8],
        at: usize,
        limit: usize,
    ) -> Option<(usize, Survey)> {
        let end = last_break(buffer.get(self.known..at)?)?;
        let survey = Survey::of(&buffer[self.known..self.known + end]);
        let (begin, _) = self.line_behind(survey.last_break);
        let before = &buffer[begin..self.known + end];
        let line = self.known + end + 1;
        let kind = container::line_kind(Lookahead::whole(before));
        let is_fresh = at - line <= limit && document_ends(kind, before, &buffer[line..]);
        let survey = Survey {
            breaks: survey.breaks + 1,
            last_break: Some(end),
            ..survey
        };
        is_fresh.then_some((line, survey))
    }

    /// Returns the start of the line of `at`, for which `start` was called, if it is near enough to be looked at.
    pub(super) fn line(&self, at: usize, limit: usize) -> Option<usize> {
        let is_near = at as i64 - self.line <= limit as i64;
        usize::try_from(self.line).ok().filter(|_| is_near)
    }

    /// Notes that the bracket at `found` was tried near an `anchor`.
    pub(super) fn note_bracket(&mut self, buffer: &[u8], found: usize, anchor: usize) {
        if anchor - found < TriedBracket::SHORTEST_RUN {
            return;
        }
        let at = found as i64;
        let head = buffer[found..anchor].first_chunk();
        if let (Some(&head), Some(kind)) = (head, kind_of(buffer[found])) {
            self.brackets[kind] = Some(TriedBracket { at, head });
        }
    }

    /// Returns the next bracket to try, at `found` or later. Passes over a bracket that repeats with the bytes after it, up
    /// to the last repetitions before `anchor`: no payload repeats so soon, and one of them was tried.
    pub(super) fn last_in_run(&mut self, buffer: &[u8], found: usize, anchor: usize) -> usize {
        if anchor - found < TriedBracket::SHORTEST_RUN {
            return found;
        }
        let run = &buffer[found..anchor];
        let is_again = |kind: usize| {
            let before = self.brackets[kind].as_ref();
            before.is_some_and(|before| before.comes_again(run, found))
        };
        if !kind_of(buffer[found]).is_some_and(is_again) {
            return found;
        }
        let last = found + run_len(run);
        self.tried = self.tried.max(last);
        last
    }

    /// Returns the start of the line for which `start` was last called.
    pub(super) fn line_start(&self) -> usize {
        self.line.max(0) as usize
    }

    /// Returns the start of the line of `at`, or `from` if that is on the line.
    pub(super) fn line_start_from(&self, buffer: &[u8], from: usize, at: usize) -> usize {
        let line = self.line_start();
        match (line..=self.known).contains(&at) {
            true => line.max(from),
            false => from + line_start(&buffer[from..at]),
        }
    }

    /// Returns the position from which bytes must be kept for anchors that arrive later.
    pub(super) fn first_needed(&mut self, buffer: &[u8], limit: usize) -> usize {
        // The beginning of the next line may tell that a document continues there.
        let solid = &buffer[..self.solid_end(buffer)];
        if buffer.len() - solid.len() > limit {
            return buffer.len();
        }
        let near = solid.len().saturating_sub(BEHIND);
        let at = match last_break(&solid[near..]) {
            Some(n) => solid[..near + n + 1].trim_ascii_end().len(),
            None if near == 0 => 0,
            None => solid.len(),
        };
        let at = at.max(self.known);
        self.move_to_line_of(buffer, at, limit);
        let begins = self.runs.map(|run| self.begin(run, at, limit));
        begins.into_iter().min().unwrap_or(at)
    }

    /// Returns the start of the blanks at the end of the buffer. Each byte is looked at once.
    fn solid_end(&mut self, buffer: &[u8]) -> usize {
        let new = &buffer[self.seen.min(buffer.len())..];
        let len = new.trim_ascii_end().len();
        if len > 0 {
            self.solid = self.seen + len;
        }
        self.seen = buffer.len();
        self.solid.min(buffer.len())
    }

    /// Returns the position from which to look for a document that contains `at`, if its lines begin at `run`.
    fn begin(&self, run: i64, at: usize, limit: usize) -> usize {
        let is_near = |start: i64| at as i64 - start <= limit as i64;
        let start = match (is_near(run), is_near(self.line)) {
            (true, _) => run,
            (false, true) => self.line,
            (false, false) => at.saturating_sub(Self::NEAR) as i64,
        };
        start.max(0) as usize
    }

    /// Updates `known`, `line` and `runs` for the line that contains `at`.
    fn move_to_line_of(&mut self, buffer: &[u8], at: usize, limit: usize) {
        if let Some(line) = self.next_line(buffer, at) {
            self.runs = self.runs_to(buffer, line, limit);
            self.line = line as i64;
        }
        self.known = self.known.max(at);
    }

    /// Returns the runs before the line that begins at `line`. Only lines of the previous line's kind can continue.
    fn runs_to(&self, buffer: &[u8], line: usize, limit: usize) -> Runs {
        let none = line as i64;
        let end = line - 1;
        let (begin, is_known) = self.line_before(buffer, end);
        if self.is_long(begin, is_known, end, limit) {
            return [none; _];
        }
        let before = &buffer[begin..end];
        let kind = container::line_kind(Lookahead::whole(before));
        if document_ends(kind, before, &buffer[line..]) {
            return [none; _];
        }
        match kind {
            LineKind::Plain => [self.run(buffer, line, LineKind::Plain, limit), none, none],
            _ => LineKind::ALL.map(|kind| self.run(buffer, line, kind, limit)),
        }
    }

    /// Returns the start of the line that ends at `end`, and true if it is the line of `known`, which may begin before
    /// the buffer.
    fn line_before(&self, buffer: &[u8], end: usize) -> (usize, bool) {
        self.line_behind(last_break(&buffer[self.known..end]))
    }

    /// Returns the start of the line after `last_break`, which is counted from `known`; see [`Self::line_before`].
    fn line_behind(&self, last_break: Option<usize>) -> (usize, bool) {
        match last_break {
            Some(n) => (self.known + n + 1, false),
            None => (self.line.max(0) as usize, true),
        }
    }

    /// Returns true if a line is longer than any payload; see [`Self::line_before`]. Its beginning may be gone, and no
    /// document continues from it.
    fn is_long(&self, begin: usize, is_known: bool, end: usize, limit: usize) -> bool {
        let begin = if is_known { self.line } else { begin as i64 };
        end as i64 - begin > limit as i64
    }

    /// Returns the start of the run of `kind` before the line that begins at `line`.
    fn run(&self, buffer: &[u8], line: usize, kind: LineKind, limit: usize) -> i64 {
        let mut start = line as i64;
        let mut end = line - 1;
        loop {
            let (begin, is_known) = self.line_before(buffer, end);
            if self.is_long(begin, is_known, end, limit) {
                return start;
            }
            // The next line tells, even if it is of the other stream: that does not depend on what was known before.
            match relation(&buffer[begin..end], &buffer[end + 1..], kind) {
                Relation::Ends => return start,
                Relation::Own(()) if is_known => return self.runs[kind as usize],
                Relation::Own(()) => start = begin as i64,
                Relation::Beside if is_known => {
                    let run = self.runs[kind as usize];
                    return if run < self.line { run } else { start };
                }
                Relation::Beside => {}
            }
            end = begin - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start_of(text: &str, at: &str, limit: usize) -> usize {
        let at = text.find(at).expect("the place");
        let arrived = Arrived::new(text.as_bytes(), true);
        SearchWindow::default()
            .start(&arrived, at, limit)
            .expect("all has arrived")
            .0
    }

    #[test]
    fn a_document_begins_on_its_line_or_on_one_that_goes_on() {
        let cases = [
            ("noise\nabc @", "abc"),
            ("noise\n{\n\"a\":1,\n@", "{"),
            ("noise\n<xml>\r\n\n<a>\n@", "<xml>"),
            ("noise http://x\n\"a\": 1 // why\n@", "\"a\""),
            ("GET /x//y\n{\"a\":null//\n,\"b\":@", "{"),
            ("GET /x//y\n{\"a\"\n:1/*}\n*/,\"b\"\n,@", "{"),
            (
                "{\"log\":\"x\\n\",\"s\":1}\n{\"log\":\"{\\n\",\"s\":1}\n{\"log\":\"@\\n\"}\n",
                "{\"log\":\"{",
            ),
            (
                "2021-01-18T11:30:40Z stdout F x\n2021-01-18T11:30:41Z stdout P xy\n2021-01-18T11:30:42Z stdout F @",
                "2021-01-18T11:30:41Z",
            ),
            ("log:\n2021-01-18T11:30:40Z stdout F @", "2021"),
        ];
        for (text, start) in cases {
            assert_eq!(
                start_of(text, "@", 1000),
                text.find(start).unwrap(),
                "{text}"
            );
        }
    }

    #[test]
    fn lines_of_the_other_stream_may_stand_between() {
        let record = |text: &str| match text.split_at(1) {
            ("E", text) => format!("2021-01-18T11:30:40Z stderr F {text}\n"),
            (_, text) => format!("2021-01-18T11:30:40Z stdout F {text}\n"),
        };
        let cases = [
            (&["O{", "Ex", "O@"][..], 0),
            (&["Ox", "Ey", "O@"], 2),
            (&["E{", "Ox", "O{", "Ey", "Ez", "O@"], 2),
            (&["E{", "O{", "Ox", "E@"], 0),
            (&["O{", "Ex", "O[", "Ey", "O@"], 0),
        ];
        for (lines, first) in cases {
            let records: Vec<String> = lines.iter().map(|line| record(line)).collect();
            let (text, before) = (records.concat(), records[..first].concat());
            for known in 0..text.find('@').unwrap() {
                let mut search = SearchWindow::default();
                search.move_to_line_of(text.as_bytes(), known, 1000);
                let arrived = Arrived::new(text.as_bytes(), true);
                let (start, _) = search
                    .start(&arrived, text.find('@').unwrap(), 1000)
                    .unwrap();
                assert_eq!(start, before.len(), "{lines:?} {known}");
            }
        }
    }

    #[test]
    fn what_is_too_far_is_not_looked_for() {
        let text = format!("{{\n{}\n@", "\"a\":1,\n".repeat(20));
        assert_eq!(start_of(&text, "@", 1000), 0);
        assert_eq!(start_of(&text, "@", 100), text.len() - 1);
    }

    #[test]
    fn blocks_and_drops_change_nothing() {
        let text = "x\n{\n\"a\": {\n\"b\": 1,\ny\n{ z,\n\nlast @";
        let whole = start_of(text, "@", 1000);
        for step in 1..text.len() {
            let (mut search, mut dropped) = (SearchWindow::default(), 0);
            for end in (0..text.len()).step_by(step) {
                let start = search.first_needed(&text.as_bytes()[dropped..end], 1000);
                search.keep_from(start);
                search.drop_front(start);
                dropped += start;
            }
            let at = text.find('@').unwrap();
            let arrived = Arrived::new(&text.as_bytes()[dropped..], true);
            let (start, _) = search.start(&arrived, at - dropped, 1000).unwrap();
            assert_eq!(dropped + start, whole, "{step}");
        }
    }

    #[test]
    fn anchors_are_found_where_they_have_arrived() {
        let anchors = Anchors::new(&["UserName"], &[]);
        let text = b"noise UserName <xml";
        let mut search = SearchWindow::default();
        assert_eq!(search.next_anchor(&anchors, &text[..10]), Some(0));
        search.anchor = None;
        assert_eq!(search.next_anchor(&anchors, &text[..10]), None);
        assert_eq!(search.next_anchor(&anchors, text), Some(6));
        search.anchor = None;
        assert_eq!(search.next_anchor(&anchors, text), Some(15));
    }
}
