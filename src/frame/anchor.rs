//! Skipping noise: only near an anchor can there be a payload.
//!
//! An anchor is a run of bytes that some name or value of every message has, in whatever way it was escaped. They are
//! searched for all at once with vector instructions, and what is far from any of them is never looked at again.
//!
//! How far is told by [`Reach`]: a document that holds an anchor begins on the anchor's line, or on a line before it
//! from which the document can go on. It is the same wherever the blocks of a capture end. What a capture begins with
//! is looked at as well: a file may be a payload, however strangely it is written.

use aho_corasick::{AhoCorasick, Input, MatchKind};

use crate::frame::container;
use crate::wire::scan::skip_space;

/// The anchors of a capture.
#[derive(Debug)]
pub(crate) struct Anchors {
    searcher: AhoCorasick,
    longest: usize,
}

impl Anchors {
    /// Looks for `names` that messages have, for what begins an XML document, and for byte order marks.
    ///
    /// # Panics
    ///
    /// If there are more than a search can hold; there are about ten.
    pub(crate) fn new(names: &[&str]) -> Self {
        let texts = || {
            ["<xml", "<?xml", "<!--", "<!DOCTYPE", "\u{FEFF}"]
                .iter()
                .chain(names)
        };
        let searcher = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .build(texts())
            .expect("a few short texts");
        let longest = texts().map(|text| text.len()).max().unwrap_or(0);
        Anchors { searcher, longest }
    }

    /// Where the first anchor begins at or behind `from`.
    fn find(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let found = self.searcher.find(Input::new(bytes).range(from..));
        found.map(|found| found.start())
    }

    /// Whether there is one in `bytes`.
    pub(super) fn is_in(&self, bytes: &[u8]) -> bool {
        self.find(bytes, 0).is_some()
    }
}

/// How far the search has come, and where a document that goes on there would begin. All are places of the buffer; the
/// starts may lie before it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reach {
    /// Before this there is no anchor but `anchor`.
    searched: usize,
    pub(super) anchor: Option<usize>,
    /// The starts before this were tried, and are none.
    pub(super) tried: usize,
    /// Here the line begins that holds `known`, and the first of the lines that go on up to it.
    known: usize,
    line: i64,
    run: i64,
    /// The first bytes of the capture were looked at.
    begun: bool,
}

impl Reach {
    /// A document in a line longer than all payloads is looked for so near before an anchor.
    const NEAR: usize = 1 << 16;

    /// What comes next is not the beginning of a capture.
    pub(super) fn begin(&mut self) {
        self.begun = true;
    }

    /// Whether nothing is known of what comes at and behind `pos`, so that [`Reach::restart`] forgets everything.
    pub(super) fn is_behind(&self, pos: usize) -> bool {
        let is_open = self.anchor.is_some_and(|anchor| anchor >= pos);
        self.begun && self.known < pos && self.searched <= pos && self.tried <= pos && !is_open
    }

    /// Nothing before `pos` counts any more.
    pub(super) fn restart(&mut self, pos: usize) {
        if self.anchor.is_some_and(|anchor| anchor < pos) {
            self.anchor = None;
        }
        self.searched = self.searched.max(pos);
        self.tried = self.tried.max(pos);
        if self.known < pos {
            self.known = pos;
            (self.line, self.run) = (pos as i64, pos as i64);
        }
    }

    /// The buffer lost its first `len` bytes.
    pub(super) fn drop_front(&mut self, len: usize) {
        self.searched = self.searched.saturating_sub(len);
        self.anchor = self.anchor.and_then(|anchor| anchor.checked_sub(len));
        self.tried = self.tried.saturating_sub(len);
        self.known = self.known.saturating_sub(len);
        self.line -= len as i64;
        self.run -= len as i64;
    }

    /// The next anchor, if it has arrived whole.
    pub(super) fn next_anchor(
        &mut self,
        anchors: &Anchors,
        buffer: &[u8],
        last: bool,
    ) -> Option<usize> {
        if !self.begun {
            let first = skip_space(buffer, self.searched);
            self.begun = first < buffer.len();
            self.anchor = Some(first).filter(|_| self.begun);
        }
        if self.anchor.is_none() {
            self.anchor = anchors.find(buffer, self.searched);
            let held = if last { 0 } else { anchors.longest - 1 };
            self.searched = match self.anchor {
                Some(anchor) => anchor + 1,
                None => self.searched.max(buffer.len().saturating_sub(held)),
            };
        }
        self.anchor
    }

    /// Where a document that holds `at` would begin at the earliest.
    pub(super) fn start(&mut self, buffer: &[u8], at: usize, limit: usize) -> usize {
        self.know(buffer, at);
        let is_near = |start: i64| at as i64 - start <= limit as i64;
        let start = match (is_near(self.run), is_near(self.line)) {
            (true, _) => self.run,
            (false, true) => self.line,
            (false, false) => at.saturating_sub(Self::NEAR) as i64,
        };
        start.max(0) as usize
    }

    /// From where on bytes must be kept for anchors behind `buffer`.
    pub(super) fn kept(&mut self, buffer: &[u8], limit: usize) -> usize {
        // What begins the next line may tell that it belongs to this one.
        let solid = buffer.trim_ascii_end().len();
        let at = open_record(buffer, solid).unwrap_or(solid);
        self.start(buffer, at.max(self.known), limit)
    }

    /// Finds out the line and the run that hold `at`.
    fn know(&mut self, buffer: &[u8], at: usize) {
        let Some(new) = buffer.get(self.known..at).filter(|new| !new.is_empty()) else {
            return;
        };
        let Some(mut start) = memchr::memrchr(b'\n', new).map(|n| self.known + n + 1) else {
            self.known = at;
            return;
        };
        let line = start as i64;
        self.run = loop {
            // Where the line before `start` begins; the one that holds `known` may begin before the buffer.
            let before = memchr::memrchr(b'\n', &buffer[self.known..start - 1]);
            let begin = before.map_or(self.line.max(0) as usize, |n| self.known + n + 1);
            match (goes_on(&buffer[begin..start - 1], &buffer[start..]), before) {
                (false, _) => break start as i64,
                (true, None) => break self.run,
                (true, Some(_)) => start = begin,
            }
        };
        self.line = line;
        self.known = at;
    }
}

/// Where the record of a container ends that stands before the last line, if that is not complete: only all of a line
/// tells of which stream it is.
fn open_record(buffer: &[u8], solid: usize) -> Option<usize> {
    let end = memchr::memrchr(b'\n', &buffer[..solid])?;
    let start = memchr::memrchr(b'\n', &buffer[..end]).map_or(0, |line| line + 1);
    let is_open = memchr::memchr(b'\n', &buffer[solid..]).is_none();
    (is_open && container::text_of_line(&buffer[start..end]).is_some()).then_some(end)
}

/// Whether a document may go on from `line` to what stands `behind` it.
fn goes_on(line: &[u8], behind: &[u8]) -> bool {
    let (text, is_part) = container::text_of_line(line).unwrap_or((line, false));
    let text = text.trim_ascii_end();
    is_part
        || text.is_empty()
        || ends_inside(text)
        || has_comment(text)
        || joins(text, behind)
        || container::are_of_two_streams(line, behind)
}

/// Whether what `line` begins cannot end with it: markup and brackets that were opened, and lists.
fn ends_inside(line: &[u8]) -> bool {
    const ENDS: [&str; 14] = [
        "{", "[", ",", ">", ":", "(", "，", "*/", "\\u003e", "gt;", "#62;", "#x3e;", "#x3E;", "%3E",
    ];
    ENDS.iter().any(|end| line.ends_with(end.as_bytes()))
}

/// Whether `line` ends, and what stands `behind` it begins, as JSON does that is broken at any place.
fn joins(line: &[u8], behind: &[u8]) -> bool {
    let next = &behind[skip_space(behind, 0)..];
    let is_end = matches!(
        line.last(),
        Some(b'"' | b'}' | b']' | b'0'..=b'9' | b'e' | b'l')
    );
    is_end && matches!(next.first(), Some(b'"' | b':' | b',' | b'}' | b']'))
        || next.starts_with(b"*/")
}

/// Whether `line` has a comment of JSON; not a path or a URL.
fn has_comment(line: &[u8]) -> bool {
    memchr::memmem::find_iter(line, b"/*").next().is_some()
        || memchr::memmem::find_iter(line, b"//").any(|at| match &line[..at] {
            [.., scheme, b':'] => !scheme.is_ascii_alphabetic(),
            [.., b'/' | b'.' | b'-' | b'_'] => false,
            [.., before] => !before.is_ascii_alphabetic(),
            [] => true,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start_of(text: &str, at: &str, limit: usize) -> usize {
        let at = text.find(at).expect("the place");
        Reach::default().start(text.as_bytes(), at, limit)
    }

    #[test]
    fn a_document_begins_on_its_line_or_on_one_that_goes_on() {
        let cases = [
            ("noise\nabc @", "abc"),
            ("noise\n{\n\"a\":1,\n@", "{"),
            ("noise\n<xml>\r\n\n<a>\n@", "<xml>"),
            ("noise http://x\n\"a\": 1 // why\n@", "\"a\""),
            ("GET /x//y\n{\"a\"\n:1/*}\n*/,\"b\"\n,@", "{"),
            (
                "{\"log\":\"x\\n\",\"s\":1}\n{\"log\":\"{\\n\",\"s\":1}\n@",
                "{\"log\":\"{",
            ),
            (
                "2021-01-18T11:30:40Z stdout F x\n2021-01-18T11:30:40Z stdout P ab\n@",
                "2021-01-18T11:30:40Z stdout P",
            ),
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
            let (mut reach, mut dropped) = (Reach::default(), 0);
            for at in (0..text.len()).step_by(step) {
                let start = reach.start(&text.as_bytes()[dropped..], at - dropped, 1000);
                reach.drop_front(start);
                dropped += start;
            }
            let at = text.find('@').unwrap();
            let start = reach.start(&text.as_bytes()[dropped..], at - dropped, 1000);
            assert_eq!(dropped + start, whole, "{step}");
        }
    }

    #[test]
    fn anchors_are_found_where_they_have_arrived() {
        let anchors = Anchors::new(&["UserName"]);
        let text = b"noise UserName <xml";
        let mut reach = Reach::default();
        assert_eq!(reach.next_anchor(&anchors, &text[..10], false), Some(0));
        reach.anchor = None;
        assert_eq!(reach.next_anchor(&anchors, &text[..10], false), None);
        assert_eq!(reach.next_anchor(&anchors, text, false), Some(6));
        reach.anchor = None;
        assert_eq!(reach.next_anchor(&anchors, text, true), Some(15));
    }
}
