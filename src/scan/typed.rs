//! Finds texts of users in noise that have not ended: texts of several lines in a printed object, or texts in quotes whose
//! object is torn.
//!
//! Such a text may hold what looks like payloads. The search does not find its object if the brackets are on a line far
//! before, if the names of messages come only after the text, or if lines of another stream are in between.

use std::ops::Range;

use crate::scan::Scanner;
use crate::scan::lookahead::{Arrived, Lookahead, Settled};
use crate::simd::line_start;

/// The noise that was searched for texts of users that have not ended, as positions in the capture. What has ended stays
/// so: each byte is searched once, however many brackets and anchors stand behind it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Searched {
    /// Before this no text goes on over lines.
    over_lines: usize,
    /// Before this no text in quotes goes on on its line.
    in_quotes: usize,
}

/// The result of a search for a text that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Search {
    /// It begins here.
    Open(usize),
    /// There is none, and before this position there is none either if more bytes follow.
    None(usize),
}

impl Search {
    fn open(self) -> Option<usize> {
        match self {
            Search::Open(at) => Some(at),
            Search::None(_) => None,
        }
    }
}

/// Returns the position of the first member in `noise`, from `from` on, that holds a text of a user, if the text goes on
/// behind its line and no line behind it may end it.
fn open_text(noise: &[u8], from: usize, is_typed: fn(&str) -> bool) -> Search {
    let mut known = noise.len();
    for sign in memchr::memchr2_iter(b':', b'=', &noise[from..]) {
        let sign = from + sign;
        match text_behind(&noise[sign..]) {
            [] => known = known.min(sign),
            [b'|' | b'>' | b'\'' | b's', ..] => {}
            _ => continue,
        }
        // After a colon only YAML has texts of several lines.
        let is_bound = noise[sign] == b'=' || is_of_yaml(&noise[..sign]);
        if is_bound && name_before(noise, sign).is_some_and(is_typed) && is_open(&noise[sign..]) {
            return Search::Open(sign);
        }
    }
    Search::None(known)
}

/// Returns what stands behind the separator with which `value` begins.
fn text_behind(value: &[u8]) -> &[u8] {
    let text = value.strip_prefix(b"=>").unwrap_or(&value[1..]);
    text.trim_ascii_start()
}

/// Returns true if `text` ends in a text of a user that an object holds.
pub(super) fn ends_in_typed(text: &[u8], is_typed: fn(&str) -> bool) -> bool {
    let line = line_start(text);
    let is_name = |name: &[u8]| is_of_yaml(name) || is_in_quotes(name);
    open_text(text, 0, is_typed).open().is_some()
        || open_string(&text[line..], 0, is_name, is_typed)
            .open()
            .is_some()
}

/// Returns the position of the quote of a text of a user that begins on the line `noise`, from `from` on, and has not
/// ended. Its name ends with the bytes for which `is_name` is true.
fn open_string(
    noise: &[u8],
    from: usize,
    is_name: impl Fn(&[u8]) -> bool,
    is_typed: fn(&str) -> bool,
) -> Search {
    let mut known = noise.len();
    for sign in memchr::memchr2_iter(b':', b'=', &noise[from..]) {
        let sign = from + sign;
        let text = text_behind(&noise[sign..]);
        let quote = match text.first() {
            None => {
                known = known.min(sign);
                continue;
            }
            Some(&quote @ (b'"' | b'\'')) => quote,
            Some(_) => continue,
        };
        if !is_name(&noise[..sign]) || !name_before(noise, sign).is_some_and(is_typed) {
            continue;
        }
        match closing(&text[1..], quote) {
            None => return Search::Open(noise.len() - text.len()),
            // Another quote may follow, which would be doubled.
            Some(end) if end + 2 == text.len() => known = known.min(sign),
            Some(_) => {}
        }
    }
    Search::None(known)
}

/// Returns true if `name` ends with a quote that is not escaped.
fn is_in_quotes(name: &[u8]) -> bool {
    matches!(name.trim_ascii_end(), [.., before, b'"' | b'\''] if *before != b'\\')
}

/// Returns true if `name` ends without a quote. Only YAML binds such a name directly.
fn is_of_yaml(name: &[u8]) -> bool {
    name.last().is_some_and(u8::is_ascii_alphanumeric)
}

/// Returns the position of the quote that ends the text at the start of `ahead`, or of the line break before it.
fn end_of_string(ahead: Lookahead<'_>, quote: u8) -> usize {
    let mut at = 0;
    loop {
        let rest = ahead.from(at);
        let Some(len) = memchr::memchr3(b'\\', quote, b'\n', rest.bytes()) else {
            rest.note_end();
            return ahead.len();
        };
        match rest.bytes()[len] {
            b'\\' if rest.get(len + 1) != Some(b'\n') => at = (at + len + 2).min(ahead.len()),
            b'\\' => at += len + 1,
            _ => return at + len,
        }
    }
}

impl Scanner {
    /// Passes over the text of a user in which `at` stands, if the object of that text is torn: it begins on the line of
    /// `at`, in quotes behind a name that only messages have. Returns true if it does.
    pub(super) fn pass_typed_string(&mut self, arrived: &Arrived<'_>, at: usize) -> Settled<bool> {
        const FARTHEST: usize = 2048;
        let buffer = arrived.bytes;
        let start = at.saturating_sub(FARTHEST).max(self.pos());
        let from = self.tried.searched.in_quotes.saturating_sub(self.dropped);
        let from = from.clamp(start, at);
        let line = memchr::memrchr(b'\n', &buffer[from..at]).map(|end| from + end + 1);
        let (line, from) = line.map_or((start, from), |line| (line, line));
        let is_typed = self.names.private.is_typed_exactly;
        let search = open_string(&buffer[line..at], from - line, is_in_quotes, is_typed);
        let quote = match search {
            Search::Open(quote) => quote,
            Search::None(known) => {
                self.tried.searched.in_quotes = self.dropped + line + known;
                return Some(false);
            }
        };
        let text = line + quote + 1;
        let rest = arrived.from(text).window(self.limits.payload_size);
        let end = text + end_of_string(rest, buffer[text - 1]);
        arrived.settled()?;
        self.pass(buffer, end.max(at + 1).min(buffer.len()));
        Some(true)
    }
}

impl Scanner {
    /// Returns the position, in the part `above` of the buffer, of the first member that holds a text of a user which
    /// goes on behind `above`.
    pub(super) fn open_text_above(&mut self, buffer: &[u8], above: Range<usize>) -> Option<usize> {
        let from = self.tried.searched.over_lines.saturating_sub(self.dropped);
        let from = from.clamp(above.start, above.end) - above.start;
        let is_typed = self.names.private.is_typed_exactly;
        let search = open_text(&buffer[above.clone()], from, is_typed);
        if let Search::None(known) = search {
            self.tried.searched.over_lines = self.dropped + above.start + known;
        }
        search.open()
    }
}

/// Returns the name of a member before its separator at `sign`, which may stand in quotes and brackets.
fn name_before(noise: &[u8], sign: usize) -> Option<&str> {
    const LONGEST: usize = 40;
    let near = &noise[sign.saturating_sub(LONGEST)..sign];
    let near = near.trim_ascii_end();
    let end = near.iter().rposition(|b| !b"'\"]".contains(b))? + 1;
    let start = near[..end]
        .iter()
        .rposition(|b| !b.is_ascii_alphanumeric())
        .map_or(0, |at| at + 1);
    let is_begun = near[..start]
        .last()
        .is_none_or(|b| b"'\"[({, \n\t:".contains(b));
    std::str::from_utf8(&near[start..end])
        .ok()
        .filter(|_| is_begun)
}

/// Returns true if the text behind a separator goes on to the end of `value`.
fn is_open(value: &[u8]) -> bool {
    let value = value
        .strip_prefix(b"=>")
        .or_else(|| value.strip_prefix(b":"));
    let text = value.unwrap_or_default().trim_ascii_start();
    match text {
        // A block of YAML.
        [b'|' | b'>', ..] => true,
        // In double quotes every notation escapes line breaks, except `var_dump`, which writes the length.
        [b'\'', text @ ..] => closing(text, b'\'').is_none(),
        _ => counted(text).is_some_and(|(len, text)| text.len() <= len),
    }
}

/// Returns the length that stands before a text, as in `string(5) "hello"`, and what follows the quote.
fn counted(value: &[u8]) -> Option<(usize, &[u8])> {
    let value = value.strip_prefix(b"string(")?;
    let digits = value.iter().take_while(|b| b.is_ascii_digit()).count();
    let len = std::str::from_utf8(&value[..digits]).ok()?.parse().ok()?;
    Some((len, value[digits..].strip_prefix(b") \"")?))
}

/// Returns the position of the `quote` that ends a text at the start of `text`. It may be escaped by a backslash, or
/// doubled.
fn closing(text: &[u8], quote: u8) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'\\', quote, text.get(at..)?)?;
        let is_escape = text[at] == b'\\' || text.get(at + 1) == Some(&quote);
        if !is_escape {
            return Some(at);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_a_user_begins_on_the_last_line_or_above() {
        let is_typed = |name: &str| name == "Content";
        for (text, is_in) in [
            ("{\"Content\":\"a", true),
            ("array (\n  'Content' => 'a\nb", true),
            ("{\"Content\":\"a\",\"Event\":\"b", false),
            ("array (\n  'Content' => 'a',\n  'Event' => 'b", false),
        ] {
            assert_eq!(ends_in_typed(text.as_bytes(), is_typed), is_in, "{text}");
        }
    }

    #[test]
    fn a_text_goes_on_until_its_quote() {
        let is_typed = |name: &str| name == "Content";
        for (noise, is_open) in [
            ("array (\n  'Content' => 'a\n", true),
            ("array (\n  'Content' => 'a\n\\'\n", true),
            ("array (\n  'Content' => 'a\nb',\n", false),
            ("Content: |-\n  a\n", true),
            ("Content: 'a''\n", true),
            ("  [\"Content\"]=>\n  string(9) \"a\nb\"\n", true),
            ("  [\"Content\"]=>\n  string(3) \"a\nb\"\n", false),
            ("{'Content': 'a\n", false),
            ("{\"Content\":\"a\n", false),
            ("X-Content: 'a\n", false),
            ("Content: text/html\n", false),
        ] {
            assert_eq!(
                open_text(noise.as_bytes(), 0, is_typed).open().is_some(),
                is_open,
                "{noise}"
            );
        }
    }
}
