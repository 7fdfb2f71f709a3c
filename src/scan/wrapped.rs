//! Finds objects that a program printed over several lines, if a logger put each line into a JSON object.
//!
//! The object on an anchor's line holds only one member of the printed object, so no reader begins there. The lines before it with
//! the same [`Wrapping`] show where the printed object begins: at `Array`, at `array(5) {`, or at the first member of YAML.
//! If the object is cut off, the values on these lines show that a callback was printed, and it is reported.

use std::ops::Range;

use crate::scan::Scanner;
use crate::scan::container::Container;
use crate::scan::escape::Escape;
use crate::scan::lookahead::{Arrived, Lookahead, Settled};
use crate::scan::prefix::Relation;
use crate::scan::prefixed::FARTHEST_BEFORE;
use crate::scan::printed;
use crate::scan::typed::ends_in_typed;
use crate::scan::unread::REACH;
use crate::scan::wrapping::{Member, Wrapping};
use crate::simd::line_start;
use crate::syntax::Bytes;
use crate::syntax::notation;

/// Lines of one stream, up to that of an anchor.
struct Run {
    wrapping: Wrapping,
    /// Where the text of the first line begins, and which member of its object it is.
    start: usize,
    member: Member,
    /// The end of the anchor's line.
    end: usize,
}

/// Lines of one stream that were searched for the printed object around a name on the last of them. Positions are those in
/// the capture.
#[derive(Clone, Copy, Debug)]
pub(super) struct SearchedLines {
    wrapping: Wrapping,
    end: usize,
    /// Where the first object begins, if any does.
    found: Option<usize>,
}

impl Run {
    /// Returns the text of the lines up to `end`.
    fn text(&self, buffer: &[u8], end: usize) -> Vec<u8> {
        self.escape().text_of(&buffer[self.start..end])
    }

    fn escape(&self) -> Escape {
        Escape::Container(Container::within(self.wrapping, self.member))
    }

    /// Returns the position in `buffer` of the byte at `at` of the text, and the container there.
    fn place(&self, buffer: &[u8], at: usize) -> Option<(usize, Container)> {
        let raw = &buffer[self.start..self.end];
        let found = self.start + self.escape().raw_start(raw, at);
        let line = line_start(&buffer[..found]);
        let (_, member) = own_text(self.wrapping, &buffer[line..self.end])?;
        Some((found, Container::within(self.wrapping, member)))
    }
}

impl Scanner {
    /// Begins to read the printed object with the name at `anchor`, if each of its lines stands in an object of its own.
    pub(super) fn begin_wrapped_printed(
        &mut self,
        arrived: &Arrived<'_>,
        anchor: usize,
    ) -> Settled<bool> {
        let Some(run) = self.run_of(arrived, anchor)? else {
            return Some(false);
        };
        let at = self.printed_in_run(arrived.bytes, &run, anchor);
        let place = at.and_then(|at| run.place(arrived.bytes, at));
        self.note_lines(&run, place.map(|(found, _)| found));
        let place = place.filter(|&(found, _)| self.may_begin_prefixed(found));
        let Some((found, container)) = place.filter(|&(found, _)| found <= anchor) else {
            return Some(false);
        };
        self.begin_prefixed_found(container, found, anchor);
        Some(true)
    }

    /// Returns the range of the event's name in the object at `start`, of which each line stands in an object of its own
    /// and which could not be read, if values of a callback stand beside it. It was read for `len` bytes. A name in a text
    /// that a user may have typed tells nothing.
    pub(super) fn unread_through(
        &self,
        container: Container,
        start: usize,
        len: usize,
        buffer: &[u8],
    ) -> Option<Range<usize>> {
        let escape = Escape::Container(container);
        let raw = &buffer[start..buffer.len().min(start + len)];
        let text = escape.text_of(raw);
        let name = (self.names.event_name)(&text).filter(|name| is_alone(&text[..name.start]))?;
        if ends_in_typed(&text[..name.start], self.names.private.is_typed_exactly) {
            return None;
        }
        let far = name.start.saturating_sub(REACH)..text.len().min(name.end + REACH);
        (self.names.values)(&text[far])?;
        let at = { escape }.raw_start(raw, name.start);
        let is_own = self.other_with_anchor(container, &raw[..at]).is_none();
        let is_there = raw.get(at..at + name.len()) == Some(&text[name.clone()]);
        (is_own && is_there).then_some(start + at..start + at + name.len())
    }

    /// Returns the lines up to that of `anchor`, if that has a member of a printed object, and more lines have its
    /// wrapping.
    fn run_of(&mut self, arrived: &Arrived<'_>, anchor: usize) -> Settled<Option<Run>> {
        let buffer = arrived.bytes;
        let is_event = buffer[anchor..].starts_with(self.names.event_prefix.as_bytes());
        let Some(quote) = quote_before(&buffer[self.pos()..anchor], is_event) else {
            return Some(None);
        };
        if !is_event && !is_bound_name(name_ahead(arrived, anchor)?) {
            return Some(None);
        }
        let quote = self.pos() + quote;
        self.search
            .start(arrived, anchor, self.limits.payload_size)?;
        let line = self.line_of(anchor);
        let line = line.filter(|line| (self.pos()..quote).contains(line) && buffer[*line] == b'{');
        let line = line.filter(|&line| self.bytes_before(buffer, line)[1] == b'\n');
        let Some((line, quote)) = line.map(|line| (line, quote - line)) else {
            return Some(None);
        };
        let run = self.run_at(arrived, line, quote);
        arrived.settled()?;
        Some(run)
    }

    /// Returns the lines up to `line`, in whose object the text begins behind `quote`.
    fn run_at(&mut self, arrived: &Arrived<'_>, line: usize, quote: usize) -> Option<Run> {
        let buffer = arrived.bytes;
        let rest = arrived.from(line).window(self.limits.payload_size);
        let len = rest.line_len();
        let end = line + len;
        let object = buffer[line..end].trim_ascii_end();
        let (wrapping, _) = Wrapping::of(object, quote, None)?;
        let far = line.saturating_sub(FARTHEST_BEFORE).max(self.pos());
        let far = self.first_to_search(wrapping, &buffer[..end], far..line)?;
        let first = first_own(wrapping, buffer, far, line);
        if first == line && !wrapping.goes_on(arrived.from(end)) {
            return None;
        }
        let (text, member) = own_text(wrapping, &buffer[first..end])?;
        Some(Run {
            wrapping,
            start: first + text,
            member,
            end,
        })
    }

    /// Returns the position from which lines are searched for the object with the name on the last `line` of `lines`: `far`,
    /// or a later one if nothing begins before. Returns `None` if the object of these lines was read in vain.
    fn first_to_search(
        &mut self,
        wrapping: Wrapping,
        lines: &[u8],
        Range {
            start: far,
            end: line,
        }: Range<usize>,
    ) -> Option<usize> {
        /// More than what may stand between the bracket of an object and its first member.
        const NEAR: usize = 256;
        let dropped = self.dropped;
        let unprefixed = dropped + self.unprefixed();
        let Some(known) = &mut self.tried.searched_lines else {
            return Some(far);
        };
        let until = known.end.saturating_sub(dropped);
        let is_near = known.wrapping == wrapping && known.end >= dropped && until <= lines.len();
        let goes_on = until >= line || is_near && own_or_beside(wrapping, &lines[until..line]);
        match known.found {
            _ if !is_near || !goes_on => Some(far),
            None => Some(far.max(until.saturating_sub(NEAR).min(line))),
            Some(found) if found >= dropped + far && found < unprefixed => {
                known.end = dropped + lines.len();
                None
            }
            Some(_) => Some(far),
        }
    }

    /// Notes that the lines of `run` were searched, and where the first object begins.
    fn note_lines(&mut self, run: &Run, found: Option<usize>) {
        self.tried.searched_lines = Some(SearchedLines {
            wrapping: run.wrapping,
            end: self.dropped + run.end,
            found: found.map(|found| self.dropped + found),
        });
    }

    /// Returns the position in the text of `run` at which a printed object begins that may have the name at `anchor`.
    fn printed_in_run(&self, buffer: &[u8], run: &Run, anchor: usize) -> Option<usize> {
        let text = run.text(buffer, run.end);
        let before = &text[..run.text(buffer, anchor).len()];
        let brackets = (0..before.len()).filter(|&at| b"{[(".contains(&before[at]));
        let mut starts = brackets.flat_map(|bracket| printed::starts(before, 0, bracket));
        starts
            .find(|&at| self.begins_over_lines(&text[at..]))
            .or_else(|| {
                let line = line_start(before);
                let member = self.first_member(&Arrived::new(&text, true), 0, line);
                member.map(|(at, indent)| at - indent)
            })
    }

    /// Returns true if an object that may take up several lines begins with `text`.
    fn begins_over_lines(&self, text: &[u8]) -> bool {
        let bytes = Bytes {
            all: text,
            last: true,
        };
        let notation = notation::at(bytes, self.users());
        matches!(notation, Ok(Some(notation)) if !notation.is_one_line())
    }
}

/// Returns true if no other document may begin in `text` behind its first line.
fn is_alone(text: &[u8]) -> bool {
    let line = memchr::memchr(b'\n', text).unwrap_or(text.len());
    memchr::memchr2(b'{', b'<', &text[line..]).is_none()
}

/// Goes back from `line`, at most to `far`, over lines of `wrapping` and of other streams. Returns the start of the first
/// line of `wrapping`.
fn first_own(wrapping: Wrapping, buffer: &[u8], far: usize, line: usize) -> usize {
    let (mut first, mut at) = (line, line);
    while at > far {
        let before = &buffer[far..at - 1];
        let Some(begin) = memchr::memrchr(b'\n', before).map(|end| far + end + 1) else {
            let is_line = far == 0 || buffer[far - 1] == b'\n';
            let is_own = is_line && own_text(wrapping, &buffer[far..at]).is_some();
            return if is_own { far } else { first };
        };
        match wrapping.line(Lookahead::whole(&buffer[begin..at])) {
            Relation::Own(_) => first = begin,
            Relation::Beside => {}
            Relation::Ends => break,
        }
        at = begin;
    }
    first
}

/// Returns true if each of `lines` has `wrapping` or is of another stream.
fn own_or_beside(wrapping: Wrapping, lines: &[u8]) -> bool {
    let mut lines = lines.split_inclusive(|&b| b == b'\n');
    lines.all(|line| wrapping.line(Lookahead::whole(line)) != Relation::Ends)
}

/// Returns the start of the text on the line at the start of `lines`, and its member, if it has `wrapping`.
fn own_text(wrapping: Wrapping, lines: &[u8]) -> Option<(usize, Member)> {
    match wrapping.line(Lookahead::whole(lines)) {
        Relation::Own(text) => Some(text),
        _ => None,
    }
}

/// Returns true if `text` begins with a name and the sign that gives it a value. The name may stand in brackets or quotes.
fn is_bound_name(text: &[u8]) -> bool {
    const LONGEST: usize = 40;
    let is_of_name = |b: &&u8| b.is_ascii_alphanumeric();
    let len = text.iter().take(LONGEST).take_while(is_of_name).count();
    let behind = text[len..].trim_ascii_start();
    let is_name = text.first().is_some_and(u8::is_ascii_alphabetic);
    is_name
        && matches!(
            behind,
            [b']' | b':' | b'\'', ..] | [b'\\', b'"', ..] | [b'=', b'>', ..]
        )
}

/// Returns the bytes at `anchor` that tell if they are a name with a value.
fn name_ahead<'b>(arrived: &Arrived<'b>, anchor: usize) -> Settled<&'b [u8]> {
    const LONGEST: usize = 48;
    let ahead = arrived.from(anchor).window(LONGEST);
    let is_whole = ahead.len() == LONGEST || ahead.bytes().contains(&b'\n');
    if !is_whole {
        ahead.note_end();
    }
    arrived.settled()?;
    Some(&arrived.bytes[anchor..anchor + ahead.len()])
}

/// Returns the position of the quote in `line` before a text that begins a member of a printed object: up to its name, or
/// up to its value if that is an event.
fn quote_before(line: &[u8], is_event: bool) -> Option<usize> {
    const LONGEST: usize = 64;
    let start = line.len().saturating_sub(LONGEST);
    let near = &line[start..];
    let is_quote = |at: usize| at == 0 || near[at - 1] != b'\\';
    let quote = memchr::memrchr_iter(b'"', near).find(|&at| is_quote(at))?;
    let is_value = near[..quote].trim_ascii_end().ends_with(b":");
    let is_blank = |b: &u8| matches!(b, b' ' | b'-');
    let text = &near[quote + 1..];
    let text = &text[text.iter().take_while(|b| is_blank(b)).count()..];
    let is_member = match is_event {
        true => is_bound_name(&text[text.len().min(before_name(text))..]),
        false => before_name(text) == text.len(),
    };
    (is_value && is_member).then_some(start + quote)
}

/// Returns the number of bytes of the bracket and the quote with which `text` begins.
fn before_name(text: &[u8]) -> usize {
    const SIGNS: [&[u8]; 7] = [
        b"[\\\"",
        b"[",
        b"\\\"",
        b"'",
        b":",
        b"('",
        b"OrderedDict([('",
    ];
    let sign = SIGNS.iter().find(|sign| text.starts_with(sign));
    sign.map_or(0, |sign| sign.len())
}
