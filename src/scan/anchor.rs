//! Finds anchors, and the lines near an anchor on which a document may begin.
//!
//! An *anchor* is a byte string, mostly a part of a field name. Every message contains an anchor, however it is
//! escaped. All anchors are searched for at once with vector instructions, by three bytes of each that are rare in
//! other text.
//!
//! [`SearchWindow`] tells how near: a document that contains an anchor begins on the anchor's line, or on an earlier
//! line from which it may continue up to the anchor. This does not depend on where blocks end. The beginning of a
//! capture counts as an anchor, because a file may be one payload in an unusual form.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind, packed};

use crate::scan::base64;
use crate::scan::chunked;
use crate::scan::container::{self, LineKind};
use crate::scan::decimal;
use crate::scan::escape::{self, Escape, TABLE};
use crate::scan::lookahead::{Arrived, Lookahead, Settled};
use crate::simd::{self, Survey, last_break, skip_space};

/// The anchors of a capture.
#[derive(Debug)]
pub(crate) struct Anchors {
    names: &'static [&'static str],
    /// The names that are searched for in base64, and the number of pieces of each.
    encoded: &'static [(&'static str, usize)],
    /// Made for the first search. Making it takes longer than reading a small file, which may not need it.
    searcher: OnceLock<Searcher>,
}

impl Anchors {
    /// Searches for `names` of messages, for the beginnings of XML documents, and for byte order marks. Searches for the
    /// names `encoded` in base64, each in a number of pieces.
    pub(crate) const fn new(
        names: &'static [&'static str],
        encoded: &'static [(&'static str, usize)],
    ) -> Self {
        let searcher = OnceLock::new();
        Anchors {
            names,
            encoded,
            searcher,
        }
    }

    /// Returns the base64 of the names, in pieces.
    fn pieces(&self) -> impl Iterator<Item = base64::Anchor> {
        let encoded = self.encoded.iter();
        encoded.flat_map(|&(name, count)| base64::anchors(name, count))
    }

    /// Returns the anchor in base64 that begins at `at`.
    pub(super) fn piece_at(&self, bytes: &[u8], at: usize) -> Option<&base64::Anchor> {
        let rest = bytes.get(at..)?;
        let mut pieces = self.searcher().pieces.iter();
        pieces.find(|piece| rest.starts_with(&piece.text))
    }

    fn texts(&self) -> impl Iterator<Item = &'static str> + Clone {
        ["<xml", "<?xml", "<!--", "<!DOCTYPE", "\u{FEFF}"]
            .iter()
            .copied()
            .chain(escape::roots())
            .chain(self.names.iter().copied())
    }

    fn searcher(&self) -> &Searcher {
        self.searcher.get_or_init(|| {
            let has_digit = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
            debug_assert!(
                self.texts()
                    .all(|text| text.contains('#') || !has_digit(text))
            );
            Searcher::new(self.texts(), self.pieces().collect())
        })
    }

    /// Returns the length of the longest anchor.
    fn longest(&self) -> usize {
        let longest = self.texts().map(str::len).max();
        longest.unwrap_or(0).max(decimal::LONGEST)
    }

    /// Returns the position of the first anchor at or after `from`.
    fn find(&self, bytes: &[u8], from: usize) -> Option<usize> {
        self.next(bytes, from).map(|found| found.start)
    }

    /// Returns the range of the first anchor at or after `from`.
    #[inline]
    fn next(&self, bytes: &[u8], from: usize) -> Option<Range<usize>> {
        // The bytes after a single payload are often shorter than a key. They need no searcher.
        let has_room = bytes.len().saturating_sub(from) >= size_of::<Key>();
        has_room.then(|| self.searcher().find(bytes, from))?
    }

    /// Returns the position of the first anchor in `bytes`.
    pub(super) fn first_in(&self, bytes: &[u8]) -> Option<usize> {
        self.find(bytes, 0)
    }

    /// Returns true if `bytes` contain an anchor.
    pub(super) fn is_in(&self, bytes: &[u8]) -> bool {
        self.first_in(bytes).is_some()
    }
}

/// Searches for several texts at once, by a key of each text.
#[derive(Debug)]
struct Searcher {
    keys: Keys,
    /// For each key, the texts that contain it and its position in them. At most one of them can match around a key.
    texts: Vec<Vec<(usize, Vec<u8>)>>,
    /// The texts in base64.
    pieces: Vec<base64::Anchor>,
}

/// Three bytes of a text that are rare in other text.
type Key = [u8; 3];

#[derive(Debug)]
enum Keys {
    /// Uses vector instructions. Not available on all processors.
    Packed(packed::Searcher),
    Automaton(AhoCorasick),
}

impl Searcher {
    fn new(all: impl Iterator<Item = &'static str>, pieces: Vec<base64::Anchor>) -> Self {
        let mut keys: Vec<(Key, Vec<_>)> = Vec::new();
        let encoded = pieces.iter().map(|piece| piece.text.clone());
        let texts = all.map(Vec::from).chain(encoded);
        let texts = texts.map(|text| (key_at(&text), text));
        let numbers = decimal::anchors().map(Vec::from);
        let numbers = numbers.map(|text| (decimal::key_at(&text), text));
        for (at, text) in texts.chain(numbers) {
            let key = [text[at], text[at + 1], text[at + 2]];
            match keys.iter_mut().find(|(other, _)| *other == key) {
                Some((_, texts)) => texts.push((at, text)),
                None => keys.push((key, vec![(at, text)])),
            }
        }
        let (keys, texts): (Vec<Key>, _) = in_buckets(keys).into_iter().unzip();
        let keys = Keys::new(&keys);
        Searcher {
            keys,
            texts,
            pieces,
        }
    }

    /// Returns the range of the first text at or after `from`.
    #[inline]
    fn find(&self, bytes: &[u8], from: usize) -> Option<Range<usize>> {
        // The packed search begins as if any bytes could stand before its start, and stops there at the last byte of any
        // key, as a digit of a time. Line breaks and brackets, with which documents end, are none.
        let mut searched = from.saturating_sub(size_of::<Key>() - 1);
        loop {
            let (id, key) = self.keys.find(bytes, searched)?;
            let is_at = |(at, text): &(usize, Vec<u8>)| {
                let start = key.checked_sub(*at).filter(|&start| start >= from)?;
                let is_there = bytes[start..].starts_with(text);
                is_there.then(|| start..start + text.len())
            };
            if let Some(found) = self.texts[id].iter().find_map(is_at) {
                return Some(found);
            }
            searched = key + 1;
        }
    }
}

/// Orders keys so that similar ones share a bucket.
///
/// The packed search puts the key with the number `n` into the bucket `n % 8`. It stops at three bytes if the halves of
/// each byte occur in keys of one bucket, even in different keys: with `<!-` and `rPa` in one bucket, it stops at `2 1`.
/// Of similar keys, few other bytes can be made. Those of hexadecimal digits (`0x7`) share one bucket with no others: with
/// others, they would stop it at times and ids. Keys of one kind stay in order: the usual ones come first.
fn in_buckets<T>(mut keys: Vec<(Key, T)>) -> Vec<(Key, T)> {
    const BUCKETS: usize = 8;
    keys.sort_by_key(|&([_, second, third], _)| (second != b'x', second >> 4, third >> 4));
    let mut numbers: Vec<usize> = (0..keys.len()).collect();
    numbers.sort_by_key(|number| number % BUCKETS);
    let mut numbered: Vec<_> = numbers.into_iter().zip(keys).collect();
    numbered.sort_by_key(|&(number, _)| number);
    numbered.into_iter().map(|(_, key)| key).collect()
}

impl Keys {
    fn new(keys: &[Key]) -> Self {
        if let Some(packed) = packed::Searcher::new(keys) {
            return Keys::Packed(packed);
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(keys);
        Keys::Automaton(automaton.expect("a few short texts"))
    }

    /// Returns the index and the position of the first key at or after `from`.
    fn find(&self, bytes: &[u8], from: usize) -> Option<(usize, usize)> {
        let found = match self {
            Keys::Packed(packed) => packed.find_in(bytes, (from..bytes.len()).into()),
            Keys::Automaton(automaton) => automaton.find(Input::new(bytes).range(from..)),
        };
        found.map(|found| (found.pattern().as_usize(), found.start()))
    }
}

/// Returns the position of a text's key: `xml` if the text contains it, otherwise the last beginning of a new word, as
/// `rN` in `UserName`.
fn key_at(text: &[u8]) -> usize {
    let begins_word = |key: &[u8]| key[0].is_ascii_lowercase() && !key[1].is_ascii_lowercase();
    let mut keys = text.windows(size_of::<Key>());
    let root = keys.clone().position(|key| key == b"xml");
    root.or_else(|| keys.rposition(begins_word)).unwrap_or(0)
}

/// The anchors of a text whose parts are looked up in order, with one search.
#[derive(Debug)]
pub(super) struct Ahead<'a> {
    anchors: &'a Anchors,
    text: &'a [u8],
    /// The next anchor, or a range after the text.
    next: Range<usize>,
}

impl<'a> Ahead<'a> {
    pub(super) fn new(anchors: &'a Anchors, text: &'a [u8]) -> Self {
        let next = 0..0;
        Ahead {
            anchors,
            text,
            next,
        }
    }

    /// Returns true if `part` of the text contains an anchor. Calls for later parts continue the search.
    pub(super) fn is_in(&mut self, part: Range<usize>) -> bool {
        if self.next.start < part.start || self.next.is_empty() {
            let end = self.text.len();
            let next = self.anchors.next(self.text, part.start);
            self.next = next.unwrap_or(end..end + 1);
        }
        let is_cut = self.next.start < part.end && self.next.end > part.end;
        match is_cut {
            true => self.anchors.is_in(&self.text[part]),
            false => self.next.end <= part.end,
        }
    }
}

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

    /// Returns true if nothing is known of the bytes from `pos` on, which means that `restart` forgets everything.
    pub(super) fn is_behind(&self, pos: usize) -> bool {
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
        self.know(arrived.bytes, at, limit);
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
        let is_fresh = at - line <= limit && ends(kind, before, &buffer[line..]);
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

    /// Returns the position from which bytes must be kept for anchors that arrive later.
    pub(super) fn kept(&mut self, buffer: &[u8], limit: usize) -> usize {
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
        self.know(buffer, at, limit);
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
    fn know(&mut self, buffer: &[u8], at: usize, limit: usize) {
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
        if ends(kind, before, &buffer[line..]) {
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
                Relation::GoesOn if is_known => return self.runs[kind as usize],
                Relation::GoesOn => start = begin as i64,
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

/// The relation of a line to the run after it.
enum Relation {
    GoesOn,
    /// A log line of the other stream. It may stand between the lines of a run.
    Beside,
    Ends,
}

fn relation(line: &[u8], behind: &[u8], kind: LineKind) -> Relation {
    match container::line_kind(Lookahead::whole(line)) {
        other if other.is_beside(kind) => Relation::Beside,
        other if other == kind && goes_on(line, &container::printed(behind)) => Relation::GoesOn,
        _ => Relation::Ends,
    }
}

/// Returns true for a line outside of a container's log from which no document continues to the text `behind` it. Most
/// lines are like this.
fn ends(kind: LineKind, line: &[u8], behind: &[u8]) -> bool {
    kind == LineKind::Plain && !is_open(line, &container::printed(behind))
}

/// Returns true if a document may continue from `line` to the text `behind` it.
pub(super) fn goes_on(line: &[u8], behind: &[u8]) -> bool {
    let (text, is_part) = container::text_of_line(line).unwrap_or((line, false));
    is_part || is_open(text, behind)
}

/// Returns true if a document may continue from the `text` of a line to the text `behind` it.
#[inline]
fn is_open(text: &[u8], behind: &[u8]) -> bool {
    let text = text.trim_ascii_end();
    text.is_empty()
        || ends_inside(text)
        || has_comment(text)
        || joins(text, behind)
        || splits_text(text, behind)
        || is_member_line(text)
        || base64::joins(text, behind)
        || chunked::joins(text, behind)
}

/// Returns true if `line` begins like a member of an object that is printed with a member on each line: `CreateTime: `
/// in YAML, `[CreateTime] => `, `"CreateTime" => ` or `int(1610969440)` in PHP. Bare names without two capitals are too
/// common elsewhere.
// Asked of most lines before a payload; a call takes longer than the answer.
#[inline(always)]
fn is_member_line(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    let is_of_name = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_';
    let split = |text: &[u8]| text.iter().take_while(is_of_name).count();
    match line {
        [b'[', b'"', name @ ..] => name[split(name)..].starts_with(b"\"]=>"),
        [b'[', name @ ..] => name[split(name)..].starts_with(b"] =>"),
        [b'"', name @ ..] => name[split(name)..].starts_with(b"\" =>"),
        [b'-', b' ', name @ ..] | name @ [b'A'..=b'Z', ..] => {
            let (name, rest) = name.split_at(split(name));
            let capitals = name.iter().filter(|b| b.is_ascii_uppercase());
            capitals.count() > 1 && rest.starts_with(b": ")
        }
        [b's' | b'i' | b'f' | b'a', ..] => TYPED.iter().any(|typed| line.starts_with(typed)),
        _ => false,
    }
}

/// The beginnings of values that PHP's `var_dump` writes on lines of their own. [`is_member_line`] checks their first
/// bytes before it compares them.
const TYPED: [&[u8]; 4] = [b"string(", b"int(", b"float(", b"array("];

/// The line ends after which a document continues: open markup and brackets, and separators of lists.
const ENDS: [&str; 8] = ["{", "[", ",", ">", ":", "(", "，", "*/"];

/// Returns [`ENDS`] and the escaped ends of tags.
fn open_ends() -> impl Iterator<Item = &'static str> {
    let escaped = TABLE.iter().flat_map(|row| row.tag_ends);
    ENDS.iter().chain(escaped).copied()
}

/// Returns true if a document on `line` must continue on the next line.
fn ends_inside(line: &[u8]) -> bool {
    // A quick check: most lines end in other bytes. The last byte of `，` is not ASCII.
    let may_end = matches!(
        line.last(),
        Some(b'{' | b'[' | b',' | b'>' | b':' | b'(' | b'/' | b'e' | b'E' | b';' | 0x80..)
    );
    may_end && open_ends().any(|end| line.ends_with(end.as_bytes()))
}

/// The number of bytes of a line that tell whether a document continues there.
pub(super) const NEXT: usize = 24;

/// The number of bytes of a line that tell whether a document continues there, if the line may be a container's log line.
const BEHIND: usize = NEXT + container::LONGEST_PREFIX;

/// Returns true if `line` ends and `behind` begins with a part of one text, as Node and Python print long ones: `'a' +`
/// on a line, or `'a'` above `'b'`.
fn splits_text(line: &[u8], behind: &[u8]) -> bool {
    let is_quote = |byte: Option<&u8>| byte.is_some_and(|b| b"'\"`".contains(b));
    let before = match line {
        [.., b' ', b'+'] => &line[..line.len() - 2],
        _ => line,
    };
    is_quote(before.last()) && is_quote(behind.get(skip_space(behind, 0)))
}

/// Returns true if `line` ends and `behind` begins like JSON that was split between any two tokens.
fn joins(line: &[u8], behind: &[u8]) -> bool {
    let next = &behind[skip_space(behind, 0)..];
    if !matches!(
        next.first(),
        Some(b'&' | b'"' | b':' | b',' | b'}' | b']' | b'*')
    ) {
        return false;
    }
    let next = unescaped(next);
    let is_end = matches!(
        line_end(line),
        Some(b'"' | b'}' | b']' | b'0'..=b'9' | b'e' | b'l')
    );
    is_end && matches!(next.first(), Some(b'"' | b':' | b',' | b'}' | b']'))
        || next.starts_with(b"*/")
        || behind.first() == Some(&b'&') && next.starts_with(b"</")
}

/// Returns the last byte of `line`. Decodes it if it is an entity.
fn line_end(line: &[u8]) -> Option<u8> {
    let entity = memchr::memrchr(b'&', line).filter(|_| line.ends_with(b";"));
    match entity {
        Some(at) => unescaped(&line[at..]).last().copied(),
        None => line.last().copied(),
    }
}

/// Returns the first bytes of `text`, with entities at the start decoded.
fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    let mut text = Cow::Borrowed(&text[..text.len().min(NEXT)]);
    while text.first() == Some(&b'&') {
        let mut inner = Vec::with_capacity(NEXT);
        { Escape::Entity }.unescape(Lookahead::whole(&text), &mut inner);
        if inner.len() == text.len() {
            break;
        }
        text = Cow::Owned(inner);
    }
    text
}

/// Returns true if `line` has a JSON comment. Slashes of paths and URLs do not count.
fn has_comment(line: &[u8]) -> bool {
    let mut slashes = simd::positions(line, |block| block.equal(b'/'));
    slashes.any(|at| match (line.get(at + 1), &line[..at]) {
        (Some(b'*'), _) => true,
        (Some(b'/'), [.., scheme, b':']) => !scheme.is_ascii_alphabetic(),
        (Some(b'/'), [.., b'/' | b'.' | b'-' | b'_']) => false,
        (Some(b'/'), before @ [.., last]) => !last.is_ascii_alphabetic() || is_json_word(before),
        (Some(b'/'), []) => true,
        _ => false,
    })
}

/// Returns true if `text` ends with `null`, `true` or `false`.
fn is_json_word(text: &[u8]) -> bool {
    let words: [&[u8]; 3] = [b"null", b"true", b"false"];
    words.iter().any(|word| text.ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::fields;

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
    fn lines_that_cannot_end_are_told_by_their_ends() {
        for end in open_ends() {
            assert!(ends_inside(format!("a{end}").as_bytes()), "{end}");
        }
        assert!(!ends_inside(b"name") && !ends_inside("阅".as_bytes()) && !ends_inside(b""));
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
                search.know(text.as_bytes(), known, 1000);
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
                let start = search.kept(&text.as_bytes()[dropped..end], 1000);
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
    fn the_first_anchor_is_found_by_its_key_wherever_others_stand() {
        let anchors = Anchors::new(&fields::ANCHORS, &fields::ENCODED_ANCHORS);
        let first = |bytes: &[u8], from: usize| {
            let rest = &bytes[from..];
            (0..rest.len()).find_map(|at| {
                let begins = |text: &&str| rest[at..].starts_with(text.as_bytes());
                let text = anchors.texts().find(begins)?;
                Some(from + at..from + at + text.len())
            })
        };
        for (one, other) in anchors
            .texts()
            .flat_map(|one| anchors.texts().map(move |other| (one, other)))
        {
            for overlap in 0..one.len() {
                for before in ["", "x", "xml rNa &#60", "SubscribeMs"] {
                    let cut = &one.as_bytes()[..one.len() - overlap];
                    let text = [before.as_bytes(), cut, other.as_bytes()].concat();
                    for from in 0..=text.len() {
                        let found = anchors.next(&text, from);
                        assert_eq!(found, first(&text, from), "{text:?} from {from}");
                    }
                }
            }
        }
    }

    #[test]
    fn parts_are_asked_for_anchors_in_any_order() {
        let anchors = Anchors::new(&["UserName", "Name"], &[]);
        let text = b"Name UserName xx <xml> Name <xm";
        for start in 0..text.len() {
            let mut ahead = Ahead::new(&anchors, text);
            for first in [0..0, 0..5, start..text.len()] {
                ahead.is_in(first);
                for end in start..=text.len() {
                    let expected = anchors.is_in(&text[start..end]);
                    assert_eq!(ahead.is_in(start..end), expected, "{start}..{end}");
                }
            }
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
