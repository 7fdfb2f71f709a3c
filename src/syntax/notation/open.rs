//! Values without quotes, as Java and Go print them: they end before the next member or the closing bracket.

use super::pattern::{find, name_len};
use super::reader::Reader;
use super::table::{Between, Holds};
use crate::syntax::{Stop, Str};

impl Reader<'_> {
    /// Reads the value up to the next member or the closing bracket.
    pub(super) fn up_to_member(&mut self) -> Result<(), Stop> {
        let start = self.at;
        let end = self.open_end(start)?;
        self.at = end;
        let cut = self.cut_len(start)?.filter(|len| start + len == end);
        if let Some(len) = cut {
            self.note_cut(start, len);
        }
        match self.bytes.all[start..end] {
            [first, .., last] if first == last && self.has_quote(first) => {
                self.text(Str::source(start + 1, end - 1), start, end);
            }
            _ => self.bare(start, end),
        }
        Ok(())
    }

    fn has_quote(&self, byte: u8) -> bool {
        let quotes = self.notation.quotes.iter();
        quotes.clone().any(|(quote, _)| *quote == byte)
    }

    /// Returns the end of the value that begins at `at`.
    fn open_end(&mut self, mut at: usize) -> Result<usize, Stop> {
        let between = self.between().as_bytes()[0];
        let close = self.close_byte(self.open.len());
        loop {
            let found = memchr::memchr3(between, close, b'\n', self.bytes.from(at));
            let Some(found) = found else {
                return Err(self.cut_off(self.bytes.all.len()));
            };
            at += found;
            match self.bytes.all[at] {
                b'\n' => return Err(self.torn(at)),
                byte if byte == close && self.closes(at)? => return Ok(at),
                byte if byte == between && self.separates(at, self.open.len())?.is_some() => {
                    return Ok(at);
                }
                _ => at += 1,
            }
        }
    }

    /// Makes the failure of a line break in a value: no program prints one between members.
    fn torn(&self, at: usize) -> Stop {
        match self.is_typed() {
            true => Stop::Broken(
                self.finding(crate::finding::Reason::PrintedTyped, at, 0)
                    .with("\n"),
            ),
            false => self.cut_off(at),
        }
    }

    fn between(&self) -> &'static str {
        match self.notation.between {
            Between::Exactly(text) => text,
            _ => ",",
        }
    }

    /// Returns the first byte of the closing bracket of the innermost of `depth` objects and arrays.
    fn close_byte(&self, depth: usize) -> u8 {
        let frame = depth.checked_sub(1).and_then(|last| self.open.get(last));
        frame.map_or(b'}', |frame| frame.bracket.close.as_bytes()[0])
    }

    /// Returns true if the value of a member, or an entry, may follow at `at` in the innermost of `depth` objects.
    fn separates(&self, at: usize, depth: usize) -> Result<Option<usize>, Stop> {
        let Some(found) = find(self.between(), self.bytes, at)? else {
            return Ok(None);
        };
        // White space in a pattern may be missing, here it may not.
        if !self.bytes.from(at).starts_with(self.between().as_bytes()) {
            return Ok(None);
        }
        let next = at + found.len;
        let holds = depth
            .checked_sub(1)
            .map(|last| self.open[last].bracket.holds);
        match holds {
            Some(Holds::Entries) => Ok(Some(next)),
            _ => self.is_member(next).map(|is| is.then_some(next)),
        }
    }

    /// Returns true if a name and what binds a value to it stand at `at`.
    pub(super) fn is_member(&self, at: usize) -> Result<bool, Stop> {
        let rest = self.bytes.from(at);
        let Some(len) = name_len(rest) else {
            return match rest.is_empty() && !self.bytes.last {
                true => Err(Stop::More),
                false => Ok(false),
            };
        };
        let bind = self.notation.binds[0];
        match find(bind, self.bytes, at + len)? {
            Some(_) => self.binds_here(at + len + bind.len()),
            None => Ok(false),
        }
    }

    /// Returns true if what precedes `end` binds a value to a name: neither `http://` nor `note: text` does in Go.
    pub(super) fn binds_here(&self, end: usize) -> Result<bool, Stop> {
        if self.notation.binds[0] != ":" {
            return Ok(true);
        }
        match self.bytes.from(end) {
            [b'/', b'/', ..] => Ok(false),
            // The text is empty if a member follows the blank. That one is looked at later.
            [b' ', ..] => {
                let len = name_len(self.bytes.from(end + 1)).unwrap_or(0);
                let found = find(":", self.bytes, end + 1 + len)?;
                Ok(len > 0 && found.is_some())
            }
            [] | [b'/'] if !self.bytes.last => Err(Stop::More),
            _ => Ok(true),
        }
    }

    /// Returns true if the bracket at `at` closes what is open: a member, an entry or a further bracket must follow.
    fn closes(&self, mut at: usize) -> Result<bool, Stop> {
        for depth in (1..=self.open.len()).rev() {
            if self.bytes.get(at).is_none() && !self.bytes.last {
                return Err(Stop::More);
            }
            if self.bytes.get(at) != Some(self.close_byte(depth)) {
                return Ok(false);
            }
            at += 1;
            if depth > 1 && self.separates(at, depth - 1)?.is_some() {
                return Ok(true);
            }
        }
        self.ends(at)
    }

    /// Returns true if the outermost bracket may have closed right before `at`.
    ///
    /// If a word follows without a blank and another bracket closes on the line, the bracket belonged to a text.
    fn ends(&self, at: usize) -> Result<bool, Stop> {
        const WINDOW: usize = 256;
        let rest = self.bytes.from(at);
        let is_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | 0x80..);
        match rest.first() {
            None if !self.bytes.last => return Err(Stop::More),
            Some(first) if is_word(first) => {}
            _ => return Ok(true),
        }
        let line = &rest[..rest.len().min(WINDOW)];
        let close = self.close_byte(1);
        let opener = match close {
            b'}' => b'{',
            b']' => b'[',
            _ => b'(',
        };
        match memchr::memchr3(close, opener, b'\n', line) {
            Some(found) => Ok(line[found] != close),
            None if line.len() < WINDOW && !self.bytes.last => Err(Stop::More),
            None => Ok(true),
        }
    }
}
