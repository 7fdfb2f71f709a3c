//! Names and texts in quotes, and the words beside them.

use std::ops::Range;

use super::pattern::{blank_len, is_at, member_len, name_len};
use super::reader::{Name, Reader};
use super::table::{Escapes, Values};
use crate::finding::Reason;
use crate::lang::Text;
use crate::syntax::json::is_number;
use crate::syntax::{Stop, Str};

/// A text in quotes, as written.
#[derive(Clone, Copy, Debug)]
struct Quoted {
    /// The first byte behind the quote, and that of the closing quote.
    start: usize,
    end: usize,
    escapes: Escapes,
    has_escapes: bool,
}

impl Reader<'_> {
    /// Returns the name at `at`, if one of `binds` follows it.
    pub(super) fn plain_name(&mut self, at: usize, binds: &[&str]) -> Result<Option<Name>, Stop> {
        let start = match self.bytes.from(at) {
            // Ruby: `:name=>`, `@name=`. A dump of PHP's objects: `+"name"`.
            [b':' | b'@' | b'+', next, ..] if *next != b':' => at + 1,
            [] | [b':' | b'@' | b'+'] if !self.bytes.last => return Err(Stop::More),
            _ => at,
        };
        let (end, quoted) = match self.quoted(start)? {
            Some(quoted) => (quoted.end + 1, Some(quoted)),
            None => match self.name_len(start) {
                Some(len) => (start + len, None),
                None => return Ok(None),
            },
        };
        let Some(bound) = self.bind(start..end, binds)? else {
            return Ok(None);
        };
        let (text, at) = match quoted {
            Some(quoted) => (self.unescape(quoted, None), quoted.start),
            None => (Str::source(start, end), start),
        };
        Ok(Some(Name {
            text,
            at,
            end: bound,
        }))
    }

    fn name_len(&self, at: usize) -> Option<usize> {
        match self.notation.values.are_open() {
            true => member_len(self.bytes.from(at)),
            false => {
                // A name that begins with a digit is the number of an entry, and not a time.
                let rest = self.bytes.from(at);
                let is_name = |len: &usize| {
                    !rest[0].is_ascii_digit() || rest[..*len].iter().all(u8::is_ascii_digit)
                };
                name_len(rest).filter(is_name)
            }
        }
    }

    /// Returns the end of what binds a value to `name`.
    fn bind(&self, name: Range<usize>, binds: &[&str]) -> Result<Option<usize>, Stop> {
        let is_open = self.notation.values.are_open();
        let at = match is_open {
            true => name.end,
            false => self.after_blanks(name.end)?,
        };
        for bind in binds {
            if !is_at(bind, self.bytes, at)? {
                continue;
            }
            let end = at + bind.len();
            return match is_open && !self.binds_here(name, end)? {
                true => Ok(None),
                false => Ok(Some(end)),
            };
        }
        Ok(None)
    }

    /// Returns the text in quotes at `at`, if one stands there.
    fn quoted(&self, at: usize) -> Result<Option<Quoted>, Stop> {
        let Some(first) = self.bytes.get(at) else {
            return Ok(None);
        };
        let is_prefix = self.notation.prefixes.contains(&first);
        let at = at + usize::from(is_prefix);
        let quotes = self.notation.quotes.iter();
        let quote = quotes.clone().find(|(q, _)| Some(*q) == self.bytes.get(at));
        match quote {
            Some((quote, escapes)) => self.close_quote(at + 1, *quote, *escapes).map(Some),
            None if is_prefix && self.bytes.get(at).is_none() && !self.bytes.last => {
                Err(Stop::More)
            }
            None => Ok(None),
        }
    }

    fn close_quote(&self, start: usize, quote: u8, escapes: Escapes) -> Result<Quoted, Stop> {
        let (mut at, mut has_escapes) = (start, false);
        let stop_byte = match escapes {
            Escapes::Backslash => b'\n',
            Escapes::QuoteOnly | Escapes::Nothing => quote,
        };
        loop {
            let found = memchr::memchr3(quote, b'\\', stop_byte, self.bytes.from(at));
            let Some(found) = found else {
                return Err(self.cut_off(self.bytes.all.len()));
            };
            at += found;
            match self.bytes.all[at] {
                b'\\' if escapes == Escapes::Nothing => at += 1,
                b'\\' => (has_escapes, at) = (true, at + 2),
                byte if byte == quote => break,
                _ => return Err(self.cut_off(at)),
            }
        }
        Ok(Quoted {
            start,
            end: at,
            escapes,
            has_escapes,
        })
    }

    /// Reads a text in quotes, or a word.
    pub(super) fn quoted_or_word(&mut self) -> Result<(), Stop> {
        let start = self.at;
        if let Some(quoted) = self.quoted(start)? {
            self.at = quoted.end + 1;
            let value = self.unescape(quoted, None);
            let value = self.joined(value)?;
            self.text(value, start, self.at);
            return Ok(());
        }
        if let Some(len) = self.cut_len(start)? {
            self.note_cut(start, len);
            self.at += len;
            self.text(Str::source(start, self.at), start, self.at);
            return Ok(());
        }
        for (word, _) in self.notation.words {
            if word.ends_with(')') && is_at(word, self.bytes, start)? {
                self.at += word.len();
                self.bare(start, self.at);
                return Ok(());
            }
        }
        self.word()
    }

    /// Adds the further parts of a text that is printed in several parts.
    fn joined(&mut self, mut value: Str) -> Result<Str, Stop> {
        let Some(joint) = self.notation.joint else {
            return Ok(value);
        };
        loop {
            let at = self.after_blanks(self.at)?;
            if !is_at(joint, self.bytes, at)? {
                return Ok(value);
            }
            let at = self.after_blanks(at + joint.len())?;
            let Some(quoted) = self.part(at)? else {
                return Ok(value);
            };
            value = self.unescape(quoted, Some(value));
            self.at = quoted.end + 1;
        }
    }

    /// Returns the further part of a text at `at`. If it is cut off, that is where reading stops.
    fn part(&mut self, at: usize) -> Result<Option<Quoted>, Stop> {
        let part = self.quoted(at);
        if part.is_err() {
            self.at = at;
        }
        part
    }

    /// Returns the text of `quoted` without escapes, behind the text `before`.
    fn unescape(&mut self, quoted: Quoted, before: Option<Str>) -> Str {
        if !quoted.has_escapes && before.is_none() {
            return Str::source(quoted.start, quoted.end);
        }
        let own = self.tree.make_own(before, self.bytes.all);
        let written = &self.bytes.all[quoted.start..quoted.end];
        let text = match quoted.escapes {
            Escapes::Backslash => unescape_c(written),
            Escapes::QuoteOnly => unescape_quotes(written),
            Escapes::Nothing => written.to_vec(),
        };
        self.tree.own().push_str(&String::from_utf8_lossy(&text));
        self.tree.own_since(own)
    }

    /// Reads a number, a word for null or the like, a symbol, or a function around one value.
    fn word(&mut self) -> Result<(), Stop> {
        let start = self.at;
        let rest = self.bytes.from(start);
        let is_end = |b: &u8| match self.notation.values {
            Values::QuotedOrWords => matches!(b, b',' | b'}' | b']' | b'\n'),
            _ => matches!(
                b,
                b',' | b'}' | b']' | b')' | b'>' | b'(' | b'\n' | b'/' | b'=' | b';' | b'\x1B'
            ),
        };
        let Some(len) = rest.iter().position(is_end) else {
            return Err(self.cut_off(self.bytes.all.len()));
        };
        let written = rest[..len].trim_ascii_end();
        let end = start + written.len();
        match rest[len] {
            b'(' if self.is_function(written) => return self.function(start, start + len + 1),
            _ => {}
        }
        self.at = end;
        if self.is_symbol(written) {
            self.text(Str::source(start + 1, end), start, end);
        } else if let Some((b'n', digits)) = written.split_last()
            && digits.iter().all(u8::is_ascii_digit)
            && !digits.is_empty()
        {
            self.bare(start, end - 1);
        } else if self.is_word(written) {
            self.bare(start, end);
        } else {
            return Err(self.no_value(start, written));
        }
        Ok(())
    }

    fn no_value(&mut self, start: usize, written: &[u8]) -> Stop {
        self.at = start;
        match written.is_empty() {
            true => self.broken(Text::new("a value", "值")),
            false => {
                let finding = self.finding(Reason::PrintedWord, start, written.len());
                Stop::Broken(finding.with(String::from_utf8_lossy(written)))
            }
        }
    }

    fn is_function(&self, written: &[u8]) -> bool {
        let name = written.strip_prefix(b"new ").unwrap_or(written);
        let known = self.notation.functions.iter();
        known.clone().any(|known| known.as_bytes() == name)
    }

    /// Reads the one value inside the function at `call`. Of several values the call itself is the text.
    fn function(&mut self, call: usize, inside: usize) -> Result<(), Stop> {
        let start = inside + blank_len(self.bytes.from(inside));
        let quoted = self.quoted(start)?;
        let digits = self.bytes.from(start).iter();
        let is_of_number = |b: &&u8| b.is_ascii_digit() || b"-.".contains(b);
        let end = match quoted {
            Some(quoted) => quoted.end + 1,
            None => start + digits.take_while(is_of_number).count(),
        };
        self.at = self.behind_comma(end)?;
        match (self.bytes.get(self.at), quoted) {
            (Some(b')'), Some(quoted)) => {
                let value = self.unescape(quoted, None);
                self.text(value, start, end);
            }
            (Some(b')'), None) => self.bare(start, end),
            _ => {
                self.at = self.call_end(end)?;
                self.text(Str::source(call, self.at + 1), call, self.at + 1);
            }
        }
        self.at += 1;
        Ok(())
    }

    /// Returns the place behind the blanks at `at`, and behind a comma if only blanks stand between it and the bracket.
    fn behind_comma(&self, at: usize) -> Result<usize, Stop> {
        let mut behind = at + blank_len(self.bytes.from(at));
        if self.bytes.get(behind) == Some(b',') {
            let next = behind + 1 + blank_len(self.bytes.from(behind + 1));
            if self.bytes.get(next).is_none_or(|b| b == b')') {
                behind = next;
            }
        }
        match self.bytes.get(behind).is_none() && !self.bytes.last {
            true => Err(Stop::More),
            false => Ok(behind),
        }
    }

    /// Returns the place of the bracket that closes the call that goes on at `at`.
    fn call_end(&self, at: usize) -> Result<usize, Stop> {
        let mut open = 0_usize;
        for (i, byte) in self.bytes.from(at).iter().enumerate() {
            match byte {
                b'(' => open += 1,
                b')' if open == 0 => return Ok(at + i),
                b')' => open -= 1,
                b'\n' => return Err(self.cut_off(at + i)),
                _ => {}
            }
        }
        Err(self.cut_off(self.bytes.all.len()))
    }

    fn is_symbol(&self, written: &[u8]) -> bool {
        matches!(written, [b':', first, ..] if first.is_ascii_alphabetic())
            && self.notation.binds.contains(&"=>")
    }

    /// True for numbers, dates, and words for null and the like.
    fn is_word(&self, written: &[u8]) -> bool {
        let known = self.notation.words.iter();
        let is_known = known.clone().any(|(word, _)| word.as_bytes() == written);
        let is_of_date = |b: &u8| b.is_ascii_digit() || b"-+:.TZ ".contains(b);
        is_known
            || is_number(written)
            || written.first().is_some_and(u8::is_ascii_digit) && written.iter().all(is_of_date)
            || matches!(
                written,
                b"NaN" | b"nan" | b"Infinity" | b"-Infinity" | b"inf" | b"-inf"
            )
            || (self.notation.values != Values::Quoted && !written.is_empty())
    }
}

/// Unescapes a text in which a backslash stands only before quotes and backslashes.
fn unescape_quotes(written: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(written.len());
    let mut rest = written;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        text.extend_from_slice(&rest[..at]);
        rest = match rest.get(at + 1) {
            Some(b'\'' | b'\\') => &rest[at + 1..],
            _ => {
                text.push(b'\\');
                rest = &rest[at + 1..];
                continue;
            }
        };
        text.push(rest[0]);
        rest = &rest[1..];
    }
    text.extend_from_slice(rest);
    text
}

/// Unescapes a text with the escapes that C, JavaScript, Python and Ruby share.
pub(super) fn unescape_c(written: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(written.len());
    let mut rest = written;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        text.extend_from_slice(&rest[..at]);
        let used = escape(&rest[at..], &mut text);
        rest = &rest[(at + used).min(rest.len())..];
    }
    text.extend_from_slice(rest);
    text
}

/// Adds the character of the escape at the start of `rest` to `text`, and returns the escape's length.
fn escape(rest: &[u8], text: &mut Vec<u8>) -> usize {
    let simple = match rest.get(1) {
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'b') => 8,
        Some(b'f') => 12,
        Some(b'v') => 11,
        Some(b'a') => 7,
        Some(b'e') => 27,
        Some(b'0') => 0,
        Some(b'x') => return hex_bytes(rest, text),
        Some(b'u' | b'U') => return code_point(rest, text),
        Some(b'\n') => return 2,
        Some(other) => *other,
        None => b'\\',
    };
    text.push(simple);
    2
}

/// Reads a run of `\xNN`: the bytes of characters if they are UTF-8, else a character each.
fn hex_bytes(rest: &[u8], text: &mut Vec<u8>) -> usize {
    let escapes = rest.chunks_exact(4).map_while(|escape| match escape {
        [b'\\', b'x', digits @ ..] => hex(digits).and_then(|byte| u8::try_from(byte).ok()),
        _ => None,
    });
    let bytes: Vec<u8> = escapes.collect();
    match std::str::from_utf8(&bytes) {
        _ if bytes.is_empty() => {
            text.push(b'x');
            return 2;
        }
        Ok(_) => text.extend_from_slice(&bytes),
        Err(_) => {
            let chars = bytes.iter().copied().map(char::from);
            text.extend_from_slice(chars.collect::<String>().as_bytes());
        }
    }
    bytes.len() * 4
}

/// Reads `\uNNNN`, also a pair of surrogates, `\u{N}` or `\UNNNNNNNN`.
fn code_point(rest: &[u8], text: &mut Vec<u8>) -> usize {
    let (number, len) = match rest {
        [_, _, b'{', inner @ ..] => {
            let len = inner
                .iter()
                .take(8)
                .take_while(|b| b.is_ascii_hexdigit())
                .count();
            (hex(&inner[..len]), len + 4)
        }
        [_, b'U', ..] => (rest.get(2..10).and_then(hex), 10),
        _ => (rest.get(2..6).and_then(hex), 6),
    };
    let low = rest.get(len..len + 6).filter(|low| low.starts_with(b"\\u"));
    let low = low.and_then(|low| hex(&low[2..]));
    let (number, len) = match (number, low) {
        (Some(high @ 0xD800..0xDC00), Some(low @ 0xDC00..0xE000)) => (
            Some(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)),
            len + 6,
        ),
        _ => (number, len),
    };
    let c = number.and_then(char::from_u32);
    let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
    text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    len
}

fn hex(digits: &[u8]) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}
