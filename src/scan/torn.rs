//! What follows a torn message, up to the place where the next log entry surely begins.
//!
//! If a message was cut off in a text that a user typed, nothing shows where that text ends. A user may have typed the
//! payloads after the cut, so they are found and marked by a [`Doubt`]. If a message was cut off elsewhere, the doubt is
//! lesser and concerns only the next payload. The doubt ends where the next log entry surely begins; see [`NextEntry`].
//!
//! If the rest of another message directly follows a payload, the payload was typed in that message, whose beginning is
//! not in the capture.

use crate::input::Flow;
use crate::scan::lookahead::{Arrived, Lookahead, Settled};
use crate::scan::unread::begins_with_time;
use crate::scan::{Found, Names, Scanner, start};
use crate::simd::line_start;

/// Why a payload may be no callback, although it reads like one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// A torn message stands before it. The cut is in no text that a user typed.
    AfterTorn,
    /// A torn message stands before it. The cut is in a text that a user typed.
    InTyped,
    /// The rest of another message follows it.
    BeforeRest,
}

/// The first bytes of a line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LineHead {
    bytes: [u8; LineHead::LONGEST],
    len: usize,
}

impl LineHead {
    const LONGEST: usize = 24;
    /// Adds more bytes of the line.
    fn add(&mut self, bytes: &[u8]) {
        let len = bytes.len().min(Self::LONGEST - self.len);
        self.bytes[self.len..self.len + len].copy_from_slice(&bytes[..len]);
        self.len += len;
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Returns true if `line` begins with the same signs, whatever its numbers are, or if both lines begin with a level.
    fn begins(&self, line: &[u8]) -> bool {
        /// The number of signs in which two lines are compared.
        const TELLING: usize = 6;
        let mut signs = outline(line);
        let mut own = outline(self.bytes()).take(TELLING);
        let is_alike = own.all(|sign| signs.next() == Some(sign));
        let is_solid = line.iter().any(|byte| !byte.is_ascii_whitespace());
        is_alike && is_solid || has_level(self.bytes()) && has_level(line)
    }
}

/// Returns the bytes of `text` with one 0 for each number. Blanks around a number belong to it, because tables pad numbers.
fn outline(text: &[u8]) -> impl Iterator<Item = u8> + '_ {
    let is_of_number = |byte: u8| byte.is_ascii_digit() || byte == b' ';
    let mut before = None;
    text.iter().filter_map(move |&byte| {
        let sign = if is_of_number(byte) { b'0' } else { byte };
        let is_new = sign != b'0' || before != Some(b'0');
        before = Some(sign);
        is_new.then_some(sign)
    })
}

/// Returns true if `line` begins with the level of a log entry, perhaps in a bracket.
fn has_level(line: &[u8]) -> bool {
    const LEVELS: [&str; 9] = [
        "trace", "debug", "info", "notice", "warn", "warning", "error", "fatal", "critical",
    ];
    let line = line.strip_prefix(b"[").unwrap_or(line);
    let len = line.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let (word, next) = line.split_at(len);
    let is_level = |level: &str| word.eq_ignore_ascii_case(level.as_bytes());
    LEVELS.iter().any(|level| is_level(level))
        && next.first().is_some_and(|b| b" :]\t|".contains(b))
}

/// What shows that the next log entry begins.
#[derive(Clone, Copy, Debug)]
pub(super) enum NextEntry {
    /// A line that begins like the line of the document.
    Alike(LineHead),
    /// Any line: each is a log line of a container.
    AnyLine,
    /// A line that begins with a time or a level.
    Dated,
    /// Nothing shows it.
    Unknown,
}

impl NextEntry {
    /// The number of bytes of a line that are looked at.
    const NEAR: usize = LineHead::LONGEST;

    /// Returns true if the next entry begins with `line`.
    fn begins(&self, line: &[u8]) -> bool {
        match self {
            NextEntry::Alike(head) => head.begins(line),
            NextEntry::AnyLine => true,
            NextEntry::Dated => begins_with_time(Lookahead::whole(line)) || has_level(line),
            NextEntry::Unknown => false,
        }
    }

    /// Returns the line break before the next entry, if that begins like this one in the first `len` bytes of `ahead`.
    pub(super) fn first_in(&self, ahead: Lookahead<'_>, len: usize) -> Option<usize> {
        if !matches!(self, NextEntry::Alike(_)) {
            return None;
        }
        let mut lines = memchr::memchr_iter(b'\n', &ahead.bytes()[..len]);
        lines.find(|line| self.begins_at(ahead.from(line + 1)))
    }

    /// Returns true if the next entry begins at the start of `ahead`, which is a line.
    pub(super) fn begins_at(&self, ahead: Lookahead<'_>) -> bool {
        let line = ahead.line().window(Self::NEAR);
        if line.len() < Self::NEAR && line.len() == ahead.len() {
            line.note_end();
        }
        self.begins(line.bytes())
    }
}

/// The doubt that a torn message casts on what follows.
#[derive(Clone, Copy, Debug)]
pub(super) struct AfterTorn {
    doubt: Doubt,
    next: NextEntry,
    /// The first bytes of the line, as far as they were passed, or `None` if they do not matter.
    line: Option<LineHead>,
    /// The number of bytes that a text may still have.
    left: usize,
    /// True if the text ends after so many bytes, and not with a later line.
    is_exact: bool,
    /// The position in the buffer up to which all this is known.
    seen: usize,
}

impl AfterTorn {
    /// No text that users type is longer.
    const LONGEST_TEXT: usize = 1 << 20;
    /// No text of a printed message is longer, unless it is cut off.
    const LONGEST_PRINTED: usize = 1 << 13;

    /// Makes a doubt about what follows `seen`, up to the next entry.
    fn new(doubt: Doubt, next: NextEntry, seen: usize) -> Self {
        AfterTorn {
            doubt,
            next,
            line: None,
            left: Self::LONGEST_TEXT,
            is_exact: false,
            seen,
        }
    }

    /// Notes that `bytes` follow. Returns true if the doubt ends in them.
    fn ends_in(&mut self, mut bytes: &[u8]) -> bool {
        self.left = self.left.saturating_sub(bytes.len());
        if self.is_exact {
            return self.left == 0;
        }
        while !bytes.is_empty() {
            if let Some(line) = &mut self.line {
                let room = NextEntry::NEAR - line.len;
                let head = &bytes[..bytes.len().min(room)];
                let len = memchr::memchr(b'\n', head).unwrap_or(head.len());
                line.add(&head[..len]);
                let is_whole = line.len == NextEntry::NEAR || len < head.len();
                if self.next.begins(line.bytes()) {
                    return true;
                }
                self.line = self.line.filter(|_| !is_whole);
                bytes = &bytes[len..];
            }
            let Some(end) = memchr::memchr(b'\n', bytes).filter(|_| self.line.is_none()) else {
                break;
            };
            if self.left == 0 || matches!(self.next, NextEntry::AnyLine) {
                return true;
            }
            self.line = Some(LineHead::default());
            bytes = &bytes[end + 1..];
        }
        false
    }
}

/// The beginning of the first line of the buffer, as far as it was dropped from the buffer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LineBefore {
    head: LineHead,
    /// The number of bytes of the line before the buffer.
    len: usize,
}

impl LineBefore {
    /// Notes that the buffer loses `bytes`, its first.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let line = line_start(bytes);
        if line > 0 {
            *self = LineBefore::default();
        }
        self.head.add(&bytes[line..]);
        self.len += bytes.len() - line;
    }
}

/// Limits how often bytes are read again. A message that was cut off in a text of a user is searched again from that text
/// on; many such messages in a row would take quadratic time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ReadAgain {
    /// The positions between which messages were read, counted from the start of the capture.
    start: usize,
    end: usize,
    /// The number of bytes that were read more than once.
    bytes: usize,
}

impl ReadAgain {
    /// Notes that a message at `at` was read up to `end`, for which `work` bytes were looked at. Returns true if what
    /// stands in it may be read again.
    fn may_go_on(&mut self, at: usize, end: usize, work: usize) -> bool {
        const FREE: usize = 1 << 16;
        const TIMES: usize = 8;
        match at >= self.end {
            true => (self.start, self.bytes) = (at, 0),
            false => self.bytes += work,
        }
        self.end = self.end.max(end);
        self.bytes <= FREE + TIMES * (at - self.start)
    }
}

impl Scanner {
    /// Returns the doubt about a payload at the cursor.
    pub(super) fn doubt(&self) -> Option<Doubt> {
        self.after_torn.map(|torn| torn.doubt)
    }

    /// Returns true if no document is being read, and what follows is no text that a user typed.
    pub(super) fn is_done_with_payload(&self) -> bool {
        self.is_between() && self.doubt() != Some(Doubt::InTyped)
    }

    /// Notes that the cursor went to `to`: the doubt about what follows may end.
    // Torn messages are rare. Inlined, this makes each move of the cursor save and restore all registers.
    #[cold]
    #[inline(never)]
    pub(super) fn note_after_torn(&mut self, buffer: &[u8], to: usize) {
        if let Some(torn) = &mut self.after_torn
            && to > torn.seen
        {
            let seen = std::mem::replace(&mut torn.seen, to);
            if torn.ends_in(&buffer[seen..to]) {
                self.after_torn = None;
            }
        }
    }

    /// Notes that the buffer loses its first `len` bytes.
    pub(super) fn drop_torn(&mut self, buffer: &[u8], len: usize) {
        self.line_before.add(&buffer[..len]);
        self.dropped += len;
        if let Some(torn) = &mut self.after_torn {
            torn.seen = torn.seen.saturating_sub(len);
        }
    }

    /// Casts a doubt on what follows the message at the cursor, which was cut off after `len` bytes or earlier.
    pub(super) fn begin_doubt(&mut self, buffer: &[u8], len: usize, doubt: Doubt) {
        let next = self.next_entry(buffer);
        self.cast(AfterTorn::new(doubt, next, self.pos() + len));
    }

    /// Casts a doubt on what follows a printed object with a text of a user, after `len` bytes at the cursor. The text may
    /// go over lines and close the object's brackets.
    pub(super) fn begin_doubt_of_printed(&mut self, buffer: &[u8], len: usize) {
        let next = match self.next_entry(buffer) {
            NextEntry::Unknown => NextEntry::Dated,
            next => next,
        };
        self.cast(AfterTorn {
            left: AfterTorn::LONGEST_PRINTED,
            ..AfterTorn::new(Doubt::InTyped, next, self.pos() + len)
        });
    }

    /// Casts a doubt on what begins at `found`, if a printed object before it holds a text of a user that goes over lines
    /// and has not ended. Its brackets stand too far before, or its header behind the text.
    pub(super) fn doubt_in_printed(&mut self, buffer: &[u8], found: usize) {
        const FARTHEST: usize = 2048;
        if self.doubt() == Some(Doubt::InTyped) {
            return;
        }
        let start = found.saturating_sub(FARTHEST).max(self.pos());
        let line = self.search.line_start_from(buffer, start, found);
        let (above, lead) = (&buffer[start..line], &buffer[line..found]);
        if above.is_empty() {
            return;
        }
        if NextEntry::Dated.begins(lead) {
            return;
        }
        let Some(text) = self.open_text_above(buffer, start..start + above.len()) else {
            return;
        };
        let entry = &above[line_start(&above[..text])..];
        let mut head = LineHead::default();
        head.add(lead);
        if is_of_entry(&head, &self.names) && head.begins(entry) {
            return;
        }
        self.cast(AfterTorn::new(Doubt::InTyped, NextEntry::Dated, found));
    }

    /// Casts a doubt on the `len` bytes at the cursor, which a user may have typed.
    pub(super) fn begin_doubt_within(&mut self, len: usize) {
        self.cast(AfterTorn {
            left: len,
            is_exact: true,
            ..AfterTorn::new(Doubt::InTyped, NextEntry::Unknown, self.pos())
        });
    }

    /// Casts a doubt, unless there already is a doubt about typed text: a message in typed text does not show how the log's
    /// entries begin.
    fn cast(&mut self, torn: AfterTorn) {
        if self.doubt() != Some(Doubt::InTyped) {
            self.after_torn = Some(torn);
        }
    }

    /// Ends the lesser doubt, which concerns only the first payload after a torn message.
    pub(super) fn end_lesser_doubt(&mut self) {
        if self.doubt() == Some(Doubt::AfterTorn) {
            self.after_torn = None;
        }
    }

    /// Returns what shows the entry after the one in which the document at the cursor stands.
    pub(super) fn next_entry(&self, buffer: &[u8]) -> NextEntry {
        if self.lines_are_log_lines {
            return NextEntry::AnyLine;
        }
        if let Some(torn) = self.after_torn.filter(|torn| torn.doubt == Doubt::InTyped) {
            return torn.next;
        }
        match self.line_head(buffer) {
            Some(head) if is_of_entry(&head, &self.names) => NextEntry::Alike(head),
            _ => NextEntry::Unknown,
        }
    }

    /// Returns the beginning of the cursor's line, up to the cursor, if it is near.
    fn line_head(&self, buffer: &[u8]) -> Option<LineHead> {
        const FARTHEST: usize = 4096;
        let pos = self.pos();
        let near = &buffer[pos.saturating_sub(FARTHEST)..pos];
        let mut head = LineHead::default();
        if let Some(line) = memchr::memrchr(b'\n', near) {
            head.add(&near[line + 1..]);
            return Some(head);
        }
        let is_near = near.len() == pos && self.line_before.len + pos <= FARTHEST;
        is_near.then(|| {
            let mut head = self.line_before.head;
            head.add(near);
            head
        })
    }

    /// Notes that a message of `len` bytes at the cursor was read. Returns true if its text may be read again; see
    /// [`ReadAgain`].
    pub(super) fn may_read_again(&mut self, len: usize, work: usize) -> bool {
        let at = self.dropped + self.pos();
        self.read_again.may_go_on(at, at + len, work)
    }

    /// Returns true if the bytes at the cursor were read before, as a part of a torn message; see [`ReadAgain`].
    pub(super) fn reads_again_ahead(&self) -> bool {
        self.dropped + self.pos() < self.read_again.end
    }

    /// Returns the doubt about a payload that ends at `end`, if the rest of another message follows it directly.
    pub(super) fn doubt_before_rest(
        &self,
        arrived: &Arrived<'_>,
        end: usize,
    ) -> Settled<Option<Doubt>> {
        let rest = match self.flow {
            Flow::Ready => arrived.from(end),
            // What is there is shown at once.
            _ => Lookahead::whole(arrived.bytes.get(end..).unwrap_or_default()),
        };
        let is_rest = self.is_rest_of_message(rest);
        arrived.settled()?;
        Some(is_rest.then_some(Doubt::BeforeRest))
    }

    /// Adds the doubt about a payload that the rest of a message may follow. That rest closes nothing.
    pub(super) fn before_rest<'b>(&mut self, found: Found<'b>, doubt: Option<Doubt>) -> Found<'b> {
        if doubt.is_some() {
            self.after_bare_payload = None;
        }
        Found { doubt, ..found }
    }

    /// Returns true if `text` is the rest of a message, from the end of a member that a user filled on.
    fn is_rest_of_message(&self, text: Lookahead<'_>) -> bool {
        match text.get(0) {
            Some(b']') if text.starts_with(b"]]></") => self.is_end_of_typed(text.from(5)),
            Some(b'<') if text.get(1) == Some(b'/') => self.is_end_of_typed(text.from(2)),
            Some(quote @ (b'"' | b'\'')) => self.is_next_member(text.from(1), quote),
            Some(b'\\') if text.get(1) == Some(b'"') => self.is_next_member(text.from(2), b'"'),
            _ => false,
        }
    }

    /// Returns true if `text` begins with the name of a member that a user fills.
    fn is_end_of_typed(&self, text: Lookahead<'_>) -> bool {
        const LONGEST_NAME: usize = 32;
        let name = text.window(LONGEST_NAME);
        let len = name.find(b'>').unwrap_or(0);
        let name = std::str::from_utf8(&name.bytes()[..len]).unwrap_or_default();
        (self.names.private.is_typed_exactly)(name)
    }

    /// Returns true if a comma and the name of another member of a message follow a string.
    fn is_next_member(&self, text: Lookahead<'_>, quote: u8) -> bool {
        const LONGEST: usize = 48;
        let text = text.window(LONGEST);
        if text.get(0) != Some(b',') {
            return false;
        }
        let is_sign = |b: u8| b == quote || b == b'\\' || b.is_ascii_whitespace();
        let Some(start) = text.from(1).position(|b| !is_sign(b)) else {
            return false;
        };
        let name = text.from(1 + start);
        let Some(len) = name.position(|b| !b.is_ascii_alphanumeric()) else {
            return false;
        };
        let name = std::str::from_utf8(&name.bytes()[..len]).unwrap_or_default();
        start > 0 && (self.names.is_member)(name)
    }
}

/// Returns true if a line that begins with `head` shows how entries begin: with more than a blank, and not with a
/// payload.
fn is_of_entry(head: &LineHead, names: &Names) -> bool {
    let bytes = head.bytes();
    let is_payload = match bytes.first() {
        Some(b'<') => true,
        Some(b'{') => {
            let name = start::first_name(Lookahead::whole(bytes));
            name.is_some_and(names.begins_message)
        }
        _ => false,
    };
    !is_payload && bytes.iter().any(|b| !b.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(line: &str) -> LineHead {
        let mut head = LineHead::default();
        head.add(line.as_bytes());
        head
    }

    #[test]
    fn entries_begin_alike() {
        for (line, next) in [
            ("2025-11-22 20:00", "2025-11-23 01:10"),
            ("INFO  body=", "WARNING x"),
            ("[info] body=", "[error] x"),
            ("  9 | ", " 10 | "),
            ("| 9 | ", "| 10 | "),
            ("shop-1  | ", "shop-2  | "),
            ("'", "'<xml>"),
        ] {
            assert!(head(line).begins(next.as_bytes()), "{line} {next}");
        }
        for (line, next) in [
            ("2025-11-22 20:00", "<xml><ToUserName>"),
            ("INFO  body=", "information"),
            ("body=", "bod"),
            ("12345678", "        "),
            ("1763812800.12 body=", "12 apples"),
        ] {
            assert!(!head(line).begins(next.as_bytes()), "{line} {next}");
        }
    }

    #[test]
    fn a_doubt_ends_with_the_next_entry_however_its_bytes_arrive() {
        let text = "hello\nworld\n2025 x\n2025-11-22 20:00:00 body=";
        for piece in 1..text.len() {
            let next = NextEntry::Alike(head("2025-11-21 20:00:00 body="));
            let mut torn = AfterTorn::new(Doubt::InTyped, next, 0);
            let mut passed = 0;
            let ended = text.as_bytes().chunks(piece).find(|bytes| {
                passed += bytes.len();
                torn.ends_in(bytes)
            });
            assert!(
                ended.is_some() && passed >= "hello\nworld\n2025 x\n2025-11-".len(),
                "{piece}"
            );
        }
    }
}
