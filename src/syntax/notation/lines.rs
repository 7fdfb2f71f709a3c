//! Values without quotes, as PHP's `print_r` prints them: they end before the line with the next member.

use super::pattern::blank_len;
use super::reader::{Name, Reader};
use crate::syntax::{Stop, Str};

/// The most bytes of a name in brackets, with the arrow behind it.
const LONGEST_BRACKETS: usize = 512;

/// Returns the length of the white space before `at` on its line, if nothing else stands there.
pub(super) fn indent(bytes: &[u8], at: usize) -> Option<usize> {
    let before = bytes.get(..at)?.iter().rev();
    let len = before.take_while(|b| matches!(b, b' ' | b'\t')).count();
    (at > len && bytes[at - len - 1] == b'\n').then_some(len)
}

impl Reader<'_> {
    /// Returns the name in brackets at `at`, if `=>` follows it.
    pub(super) fn bracketed_name(&mut self, at: usize) -> Result<Option<Name>, Stop> {
        let name = self.name_in_brackets(at)?;
        let is_first = self.open.last().is_some_and(|frame| frame.indent.is_none());
        if let (Some(_), true, Some(frame)) = (name, is_first, self.open.last_mut()) {
            frame.indent = indent(self.bytes.all, at);
        }
        Ok(name)
    }

    /// Reads `[name] =>`, `["name"]=>`, `["name":protected]=>` or `'name' =>`.
    fn name_in_brackets(&self, at: usize) -> Result<Option<Name>, Stop> {
        let rest = self.bytes.from(at);
        let rest = &rest[..rest.len().min(LONGEST_BRACKETS)];
        let (start, close) = match rest {
            [b'[', b'"', ..] => (2, b'"'),
            [b'[', _, ..] => (1, b']'),
            [b'\'', ..] => (1, b'\''),
            [] | [b'['] if !self.bytes.last => return Err(Stop::More),
            _ => return Ok(None),
        };
        let find = |byte, from| memchr::memchr2(byte, b'\n', &rest[from..]).map(|n| from + n);
        let end = find(close, start);
        let closed = end.and_then(|end| match close {
            b'\'' => Some(end),
            _ => find(b']', end),
        });
        let (Some(end), Some(closed)) = (end, closed) else {
            return self.no_more(rest);
        };
        let arrow = closed + 1 + blank_len(&rest[closed + 1..]);
        match &rest[arrow..] {
            [b'=', b'>', ..] if rest[end] == close => {}
            [] | [b'='] => return self.no_more(rest),
            _ => return Ok(None),
        }
        // An object's member: `[name:protected]`, `[name:Class:private]`.
        let text = &rest[start..end];
        let suffix = memchr::memchr(b':', text).filter(|_| close == b']');
        Ok(Some(Name {
            text: Str::source(at + start, at + start + suffix.unwrap_or(text.len())),
            at: at + start,
            end: at + arrow + 2,
        }))
    }

    fn no_more(&self, rest: &[u8]) -> Result<Option<Name>, Stop> {
        match self.bytes.last || rest.len() == LONGEST_BRACKETS {
            true => Ok(None),
            false => Err(Stop::More),
        }
    }

    /// Reads the value up to the line with the next member or the closing bracket.
    pub(super) fn up_to_line(&mut self) -> Result<(), Stop> {
        let start = self.at;
        let is_in_lines = self.open.last().is_some_and(|frame| frame.indent.is_some());
        let end = match is_in_lines {
            true => self.line_before_member(start)?,
            false => self.word_before_member(start)?,
        };
        self.at = end;
        let text = &self.bytes.all[start..end];
        let end = start + text.trim_ascii_end().len();
        let cut = self.cut_len(start)?.filter(|len| start + len == end);
        if let Some(len) = cut {
            self.note_cut(start, len);
        }
        self.bare(start, end);
        Ok(())
    }

    /// Returns the end of the last line before a member or the closing bracket of the innermost object.
    fn line_before_member(&self, mut at: usize) -> Result<usize, Stop> {
        loop {
            let Some(len) = memchr::memchr(b'\n', self.bytes.from(at)) else {
                return Err(self.cut_off(self.bytes.all.len()));
            };
            at += len;
            if self.line_ends_value(at + 1)? {
                return Ok(at);
            }
            at += 1;
        }
    }

    fn line_ends_value(&self, start: usize) -> Result<bool, Stop> {
        let rest = self.bytes.from(start);
        let indent = rest
            .iter()
            .take_while(|b| matches!(b, b' ' | b'\t'))
            .count();
        let Some(frame) = self.open.last() else {
            return Ok(true);
        };
        match &rest[indent..] {
            [b'[', ..] if frame.indent == Some(indent) => {
                Ok(self.name_in_brackets(start + indent)?.is_some())
            }
            [b')'] if !self.bytes.last => Err(Stop::More),
            [b')', after @ ..] => {
                let is_there = frame.closing_indent.is_none_or(|wanted| wanted == indent);
                let is_alone = after.trim_ascii_start().len() < after.len() || after.is_empty();
                Ok(is_there && is_alone)
            }
            [] if !self.bytes.last => Err(Stop::More),
            _ => Ok(false),
        }
    }

    /// Returns the end of the value where all members stand on one line.
    fn word_before_member(&self, mut at: usize) -> Result<usize, Stop> {
        loop {
            let Some(len) = memchr::memchr3(b'[', b')', b'\n', self.bytes.from(at)) else {
                return Err(self.cut_off(self.bytes.all.len()));
            };
            at += len;
            let follows_blank = at > 0 && self.bytes.all[at - 1].is_ascii_whitespace();
            match self.bytes.all[at] {
                b'\n' => return Err(self.cut_off(at)),
                b'[' if follows_blank && self.name_in_brackets(at)?.is_some() => return Ok(at),
                b')' if follows_blank => return Ok(at),
                _ => at += 1,
            }
        }
    }
}
