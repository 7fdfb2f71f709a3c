//! Values with their type, and texts with their length, as PHP's `var_dump` prints them.

use super::pattern::find;
use super::reader::Reader;
use crate::finding::Reason;
use crate::lang::Text;
use crate::syntax::{Stop, Str};

/// The types whose value stands in brackets.
const SCALARS: [&str; 5] = ["int(", "float(", "bool(", "double(", "enum("];

impl Reader<'_> {
    /// Reads a value behind its type.
    pub(super) fn typed_value(&mut self) -> Result<(), Stop> {
        let start = self.at;
        if let Some(found) = find("string(%) \"", self.bytes, start)? {
            return self.counted_text(start, start + found.len, found.count.unwrap_or(0));
        }
        for scalar in SCALARS {
            if let Some(found) = find(scalar, self.bytes, start)? {
                return self.in_brackets(start + found.len);
            }
        }
        if let Some(len) = self.cut_len(start)? {
            self.note_cut(start, len);
            self.at += len;
            self.text(Str::source(start, self.at), start, self.at);
            return Ok(());
        }
        self.typed_word(start)
    }

    fn typed_word(&mut self, start: usize) -> Result<(), Stop> {
        for (word, _) in self.notation.words {
            if find(word, self.bytes, start)?.is_some() {
                self.at = start + word.len();
                self.bare(start, self.at);
                return Ok(());
            }
        }
        Err(self.broken(Text::new("a value with its type", "带类型的值")))
    }

    fn in_brackets(&mut self, start: usize) -> Result<(), Stop> {
        let Some(len) = memchr::memchr2(b')', b'\n', self.bytes.from(start)) else {
            return Err(self.cut_off(self.bytes.all.len()));
        };
        self.at = start + len;
        if self.bytes.all[self.at] == b'\n' {
            return Err(self.cut_off(self.at));
        }
        self.bare(start, self.at);
        self.at += 1;
        Ok(())
    }

    /// Reads a text of `len` bytes. It may hold quotes.
    fn counted_text(&mut self, start: usize, text: usize, len: usize) -> Result<(), Stop> {
        let end = text.saturating_add(len);
        if self.bytes.get(end) == Some(b'"') && self.ends_value(end + 1)? {
            self.at = end + 1;
            self.text(Str::source(text, end), start, self.at);
            return Ok(());
        }
        if end.saturating_add(1) >= self.bytes.all.len() && !self.bytes.last {
            return Err(Stop::More);
        }
        self.miscounted_text(start, text, len)
    }

    /// Reads a text with a wrong length up to a quote at the end of a line.
    fn miscounted_text(&mut self, start: usize, text: usize, len: usize) -> Result<(), Stop> {
        let mut at = text;
        loop {
            let Some(found) = memchr::memchr(b'"', self.bytes.from(at)) else {
                return Err(self.cut_off(self.bytes.all.len()));
            };
            at += found;
            if self.ends_value(at + 1)? {
                break;
            }
            at += 1;
        }
        let head = String::from_utf8_lossy(&self.bytes.all[text..at]).into_owned();
        let finding = self.finding(Reason::PrintedLength, start, at + 1 - start);
        // Where a length is wrong, what follows may belong to the text: that matters most.
        self.missing = Some(finding.with(len.to_string()).with(head));
        self.at = at + 1;
        self.text(Str::source(text, at), start, self.at);
        Ok(())
    }

    /// True if nothing but white space or an omission follows a text's quote.
    fn ends_value(&self, at: usize) -> Result<bool, Stop> {
        match self.bytes.from(at) {
            [] => match self.bytes.last {
                true => Ok(true),
                false => Err(Stop::More),
            },
            [first, ..] => Ok(first.is_ascii_whitespace() || matches!(first, b'.' | b'}')),
        }
    }
}
