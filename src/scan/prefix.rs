//! The text before a document on its line, which a log may repeat before each line of the document: `shop-1  | `, a
//! time, `host app[1]: `, `> `, `+`, `// `.
//!
//! A [`Prefix`] is what the document's line and the next line begin with. It consists of *units*: words, numbers and
//! other bytes. Numbers may differ from line to line, because times go on and lines are counted. Blanks before a number
//! belong to it, because numbers are often aligned.
//!
//! The *outline* of a prefix leaves out what words and numbers say. A line with the outline of the prefix and other
//! words is of another stream, as `db-1    | ` is between lines with `shop-1  | `. So is a line with only the *time*
//! with which the prefix begins.

use crate::scan::lookahead::Lookahead;
use crate::simd::is_blank;

/// What each line of a document begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Prefix {
    /// The number of units.
    len: u8,
    /// The number of blanks after the units.
    blanks: u8,
    /// One bit for each unit: 1 for a number.
    numbers: u64,
    /// A hash of the units that are no numbers.
    words: u64,
    outline: Outline,
    time: Time,
}

/// The relation of a line to the lines of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation<T> {
    /// Of this stream. `T` says where its text begins.
    Own(T),
    /// Of another stream. It may stand between the lines of this one.
    Beside,
    /// Neither. It ends what the stream printed.
    Ends,
}

/// The longest prefix, in bytes.
pub(super) const LONGEST: usize = 256;

impl Prefix {
    const MOST_UNITS: usize = u64::BITS as usize;
    /// The most lines of other streams that are passed over to find the second line of a document.
    const MOST_OTHERS: usize = 64;

    /// Returns the prefix of a document with the text `lead` before it on its line, and with the lines `next` after its
    /// first line. Passes over lines of other streams.
    pub(super) fn of(lead: &[u8], next: Lookahead<'_>) -> Option<Self> {
        let whole = Prefix::common(lead, lead)?;
        let mut next = next;
        for _ in 0..Self::MOST_OTHERS {
            let line = head(next);
            if whole.len_in(line).is_some() {
                return Some(whole);
            }
            let common = Prefix::common(lead, line).filter(|_| !whole.outline.is_in(line));
            let is_markup = common.is_some_and(|prefix| prefix.is_before_markup(line));
            if is_markup || whole.line(next) != Relation::Beside {
                return common;
            }
            next = next.from(next.find(b'\n')? + 1);
        }
        None
    }

    /// Returns the prefix of a line that begins with `lead`, if all of that is a prefix.
    pub(super) fn of_lead(lead: &[u8]) -> Option<Self> {
        (lead.len() <= LONGEST).then(|| Prefix::common(lead, lead))?
    }

    /// Returns the text after this prefix on the first of the lines `next` that is of no other stream.
    pub(super) fn next_text(self, mut next: Lookahead<'_>) -> Option<Lookahead<'_>> {
        for _ in 0..Self::MOST_OTHERS {
            match self.line(next) {
                Relation::Own(len) => return Some(next.from(len)),
                Relation::Beside => next = next.from(next.find(b'\n')? + 1),
                Relation::Ends => return None,
            }
        }
        None
    }

    /// Returns true if no word follows this prefix in `line`.
    fn is_before_markup(self, line: &[u8]) -> bool {
        let text = self.len_in(line).map_or(&b""[..], |len| &line[len..]);
        !text
            .first()
            .is_some_and(|&b| is_letter(b) || b.is_ascii_digit())
    }

    /// Returns the longest prefix that `lead` and `line` have in common. It does not end with a number, because the next
    /// line may have a longer one, or in a word.
    fn common(lead: &[u8], line: &[u8]) -> Option<Self> {
        let (mut own, mut other) = (Units::new(lead), Units::new(line));
        let (mut found, mut begun) = (None, Begun::default());
        while usize::from(begun.len) < Self::MOST_UNITS {
            let before = lead.len() - own.rest.len();
            let blanks = same_blanks(own.rest, other.rest);
            if blanks > 0 {
                found = Some((before, begun.ended(blanks)));
            }
            let Some((unit, like)) = own.next_like(&mut other) else {
                break;
            };
            let is_last = unit.kind == Kind::Blanks && own.rest.is_empty();
            if is_last || unit.kind != Kind::Number && unit.bytes != like.bytes {
                break;
            }
            begun.add(&unit);
            let ends = match unit.kind {
                Kind::Number | Kind::Blanks => false,
                Kind::Word => !other.rest.first().is_some_and(u8::is_ascii_digit),
                Kind::Byte => true,
            };
            if ends {
                found = Some((lead.len() - own.rest.len(), begun.ended(0)));
            }
        }
        let (end, prefix) = found?;
        let text = &lead[..end];
        let is_solid = text.iter().any(|&b| !is_blank(b));
        let behind = lead.get(end).copied().filter(|_| prefix.blanks > 0);
        let is_prefix = is_solid && is_closed(text, behind) && !ends_with_tag(text);
        is_prefix.then(|| Prefix {
            outline: Outline::of(text),
            time: Time::of(lead),
            ..prefix
        })
    }

    /// Returns the relation of the line at the start of `ahead` to this prefix.
    pub(super) fn line(self, ahead: Lookahead<'_>) -> Relation<usize> {
        let line = head(ahead);
        match self.len_in(line) {
            Some(len) => Relation::Own(len),
            None if self.outline.is_in(line) || self.time.is_in(line) => Relation::Beside,
            None => Relation::Ends,
        }
    }

    /// Returns the length of this prefix in `line`. A line without text may lack the blanks at the end.
    fn len_in(self, line: &[u8]) -> Option<usize> {
        let (rest, words) = after_units(line, self.len, self.numbers)?;
        let most = usize::from(self.blanks).min(rest.len());
        let blanks = run(&rest[..most], is_blank);
        let is_all = blanks == usize::from(self.blanks) || rest[blanks..].trim_ascii().is_empty();
        (words == self.words && is_all).then(|| line.len() - rest.len() + blanks)
    }
}

/// Returns the rest of `line` after so many units, and the hash of those that are no numbers.
fn after_units(line: &[u8], len: u8, numbers: u64) -> Option<(&[u8], u64)> {
    let mut units = Units::new(line);
    let mut words = Hash::new();
    for at in 0..len {
        match numbers >> at & 1 {
            1 => _ = units.next(Some(Kind::Number))?,
            _ => words.add(units.next_but_number()?.bytes),
        }
    }
    Some((units.rest, words.0))
}

/// The time at the start of a prefix: the units up to the first blank after three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Time {
    /// The number of units. 0 if there is no time.
    len: u8,
    numbers: u64,
    words: u64,
}

impl Time {
    const NONE: Time = Time {
        len: 0,
        numbers: 0,
        words: 0,
    };

    fn of(prefix: &[u8]) -> Self {
        const LEAST_NUMBERS: u32 = 3;
        let (mut units, mut begun) = (Units::new(prefix), Begun::default());
        while usize::from(begun.len) < Prefix::MOST_UNITS {
            let Some(unit) = units.next(None) else { break };
            if unit.kind == Kind::Blanks && begun.numbers.count_ones() >= LEAST_NUMBERS {
                return Time {
                    len: begun.len,
                    numbers: begun.numbers,
                    words: begun.words.0,
                };
            }
            begun.add(&unit);
        }
        Time::NONE
    }

    fn is_in(self, line: &[u8]) -> bool {
        let after = after_units(line, self.len, self.numbers);
        self.len > 0 && after.is_some_and(|(_, words)| words == self.words)
    }
}

/// The units of a prefix that were read so far.
#[derive(Debug)]
struct Begun {
    len: u8,
    numbers: u64,
    words: Hash,
}

impl Default for Begun {
    fn default() -> Self {
        Begun {
            len: 0,
            numbers: 0,
            words: Hash::new(),
        }
    }
}

impl Begun {
    fn add(&mut self, unit: &Unit<'_>) {
        match unit.kind {
            Kind::Number => self.numbers |= 1 << self.len,
            _ => self.words.add(unit.bytes),
        }
        self.len += 1;
    }

    /// Returns the prefix of these units and of some blanks, without its outline.
    fn ended(&self, blanks: usize) -> Prefix {
        Prefix {
            len: self.len,
            blanks: blanks.min(usize::from(u8::MAX)) as u8,
            numbers: self.numbers,
            words: self.words.0,
            outline: Outline { len: 0, hash: 0 },
            time: Time::NONE,
        }
    }
}

/// Returns true if `text` before the byte `behind` ends outside of brackets and quotes. What begins inside of them is
/// markup, not a prefix. A bracket before a blank or in a colour of a terminal opens nothing.
fn is_closed(text: &[u8], behind: Option<u8>) -> bool {
    let opens = |at: usize, open: u8| {
        let next = text.get(at + 1).copied().or(behind);
        text[at] == open && !next.is_some_and(is_blank) && (at == 0 || text[at - 1] != b'\x1B')
    };
    let count = |byte: u8| memchr::memchr_iter(byte, text).count();
    let opened = |open: u8| (0..text.len()).filter(|&at| opens(at, open)).count();
    let pairs = [(b'<', b'>'), (b'{', b'}'), (b'[', b']'), (b'(', b')')];
    let is_open = |&(open, close): &(u8, u8)| opened(open) > count(close);
    count(b'"').is_multiple_of(2) && !pairs.iter().any(is_open)
}

/// Returns true if `text` ends with a tag, as `<pre>`. A number in such brackets is none, nor is a name before a blank.
fn ends_with_tag(text: &[u8]) -> bool {
    let name = text.strip_suffix(b">");
    let name = name.and_then(|name| Some(&name[memchr::memrchr(b'<', name)? + 1..]));
    name.is_some_and(|name| matches!(name, [b'/' | b'a'..=b'z' | b'A'..=b'Z', ..]))
}

/// Returns the line at the start of `ahead`, as far as it matters.
fn head(ahead: Lookahead<'_>) -> &[u8] {
    let window = ahead.window(LONGEST);
    &window.bytes()[..window.line_end()]
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

/// Returns the number of blanks that `one` and `other` both begin with.
fn same_blanks(one: &[u8], other: &[u8]) -> usize {
    let pairs = one.iter().zip(other);
    pairs.take_while(|&(a, b)| a == b && is_blank(*a)).count()
}

/// Returns the length of the bytes at the start of `text` for which `is_it` is true.
fn run(text: &[u8], is_it: impl Fn(u8) -> bool) -> usize {
    text.iter().take_while(|&&b| is_it(b)).count()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Digits, also with points between them, and the blanks before them.
    Number,
    Word,
    Blanks,
    /// Any other byte.
    Byte,
}

struct Unit<'t> {
    kind: Kind,
    bytes: &'t [u8],
}

/// The units of a text.
struct Units<'t> {
    rest: &'t [u8],
}

impl<'t> Units<'t> {
    fn new(rest: &'t [u8]) -> Self {
        Units { rest }
    }

    /// Returns the next unit, and the next unit of `other` if it is of one kind with it.
    fn next_like<'o>(&mut self, other: &mut Units<'o>) -> Option<(Unit<'t>, Unit<'o>)> {
        let unit = self.next(None)?;
        let like = other.next(Some(unit.kind))?;
        Some((unit, like))
    }

    /// Returns the next unit, or `None` if it is not of the kind `wanted`.
    fn next(&mut self, wanted: Option<Kind>) -> Option<Unit<'t>> {
        let number = number_len(self.rest);
        let unit = match wanted {
            None | Some(Kind::Number) if number > 0 => self.take(Kind::Number, number),
            Some(Kind::Number) => return None,
            _ => self.next_but_number()?,
        };
        wanted.is_none_or(|kind| kind == unit.kind).then_some(unit)
    }

    /// Returns the next unit that is no number.
    fn next_but_number(&mut self) -> Option<Unit<'t>> {
        let (kind, len) = match *self.rest.first()? {
            b'0'..=b'9' => return None,
            b' ' | b'\t' => (Kind::Blanks, run(self.rest, is_blank)),
            byte if is_letter(byte) => (Kind::Word, run(self.rest, is_letter)),
            _ => (Kind::Byte, 1),
        };
        Some(self.take(kind, len))
    }

    fn take(&mut self, kind: Kind, len: usize) -> Unit<'t> {
        let (bytes, rest) = self.rest.split_at(len);
        self.rest = rest;
        Unit { kind, bytes }
    }
}

/// Returns the length of the number at the start of `text`, with the blanks before it, or 0.
fn number_len(text: &[u8]) -> usize {
    let is_digit = |b: u8| b.is_ascii_digit();
    let mut at = run(text, is_blank);
    let digits = run(&text[at..], is_digit);
    if digits == 0 {
        return 0;
    }
    at += digits;
    while text.get(at) == Some(&b'.') && text.get(at + 1).is_some_and(u8::is_ascii_digit) {
        at += 1 + run(&text[at + 1..], is_digit);
    }
    at
}

/// What is left of a prefix if all words are the same word, and all blanks one blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Outline {
    /// The number of parts. 0 if there are only words: then any text has this outline.
    len: u8,
    hash: u64,
}

impl Outline {
    fn of(prefix: &[u8]) -> Self {
        let (mut len, mut hash, mut rest) = (0, Hash::new(), prefix);
        let (mut has_word, mut has_other) = (false, false);
        while let Some(part) = next_part(&mut rest) {
            len += 1;
            hash.add(&[part]);
            has_word |= part == WORD;
            has_other |= part != WORD && part != b' ';
        }
        let is_telling = has_word && has_other && len <= usize::from(u8::MAX);
        let len = if is_telling { len as u8 } else { 0 };
        Outline { len, hash: hash.0 }
    }

    fn is_in(self, line: &[u8]) -> bool {
        let (mut hash, mut rest) = (Hash::new(), line);
        let all = (0..self.len).all(|_| {
            let part = next_part(&mut rest);
            part.is_some_and(|part| {
                hash.add(&[part]);
                true
            })
        });
        self.len > 0 && all && hash.0 == self.hash
    }
}

const WORD: u8 = b'a';

/// Takes the next part of an outline from `rest`: a word, a blank, or another byte.
fn next_part(rest: &mut &[u8]) -> Option<u8> {
    let is_word = |b: u8| is_letter(b) || b.is_ascii_digit() || b"-_./@+".contains(&b);
    let first = *rest.first()?;
    let (part, len) = match first {
        b' ' | b'\t' => (b' ', run(rest, is_blank)),
        _ if is_word(first) => (WORD, run(rest, is_word)),
        _ => (first, 1),
    };
    *rest = &rest[len..];
    Some(part)
}

/// A hash of texts (FNV-1a).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hash(u64);

impl Hash {
    pub(super) fn new() -> Self {
        Hash(0xcbf2_9ce4_8422_2325)
    }

    pub(super) fn add(&mut self, text: &[u8]) {
        for &byte in text.iter().chain(b"\n") {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lead: &str, next: &str) -> Option<Prefix> {
        Prefix::of(lead.as_bytes(), Lookahead::whole(next.as_bytes()))
    }

    #[test]
    fn a_prefix_is_what_both_lines_begin_with() {
        let cases = [
            ("shop-1  | ", "shop-1  |   \"a\"", "shop-1  | "),
            ("> ", "> <a>", "> "),
            ("+", "+  \"a\"", "+"),
            ("// ", "//   \"a\"", "// "),
            (" * ", " *   \"a\"", " * "),
            ("  9\t", " 10\t  \"a\"", " 10\t"),
            ("file.log:9:", "file.log:10:  \"a\"", "file.log:10:"),
            (
                "Jun  9 10:00:01 host app[7]: ",
                "Jun 10 00:00:00 host app[12]: <a>",
                "Jun 10 00:00:00 host app[12]: ",
            ),
            (
                "2021-01-18T11:30:40.1Z INFO body=",
                "2021-01-18T11:30:41Z INFO <a>",
                "2021-01-18T11:30:41Z INFO ",
            ),
            ("[pod/a-6b/app] ", "[pod/a-7b/app] <a>", "[pod/a-7b/app] "),
            ("│ ", "│ <a>", "│ "),
            ("< ", "< <a>", "< "),
            (
                "\x1B[36ma | \x1B[0m",
                "\x1B[36ma | \x1B[0m<a>",
                "\x1B[36ma | \x1B[0m",
            ),
            ("a | 12 b=", "a |   <a>", "a | "),
            ("db-1 | ", "web-1 | x\ndb-1 | <a>", "db-1 | "),
        ];
        for (lead, next, expected) in cases {
            let prefix = of(lead, next).unwrap_or_else(|| panic!("{lead}"));
            let last = next.lines().last().unwrap();
            let Relation::Own(len) = prefix.line(Lookahead::whole(last.as_bytes())) else {
                panic!("{lead}")
            };
            assert_eq!(&last[..len], expected, "{lead}");
        }
        for (lead, next) in [
            ("  ", "  <a>"),
            ("", "<a>"),
            ("body=", "<a>"),
            ("body", "bodies"),
            ("1a ", "1b "),
        ] {
            assert_eq!(of(lead, next), None, "{lead}");
        }
    }

    #[test]
    fn lines_are_told_by_their_beginnings() {
        let prefix = of("db-1  | ", "db-1  | <a>").unwrap();
        let cases = [
            ("db-1  |   \"a\"", Relation::Own(8)),
            ("db-12  |  5", Relation::Own(9)),
            ("db-1  |", Relation::Own(7)),
            ("db-1  |\r", Relation::Own(7)),
            ("web-1 | x", Relation::Beside),
            ("web-1 said | x", Relation::Ends),
            ("plain", Relation::Ends),
        ];
        for (line, expected) in cases {
            assert_eq!(
                prefix.line(Lookahead::whole(line.as_bytes())),
                expected,
                "{line}"
            );
        }
        let journal = of(
            "Jun  7 10:00:01 host app[1]: ",
            "Jun  7 10:00:01 host app[1]: <a>",
        )
        .unwrap();
        let other = b"Jun 17 10:00:02 host kernel: x";
        assert_eq!(journal.line(Lookahead::whole(other)), Relation::Beside);
        let quote = of("> ", "> <a>").unwrap();
        assert_eq!(quote.line(Lookahead::whole(b">  5,")), Relation::Own(2));
        assert_eq!(quote.line(Lookahead::whole(b"| x")), Relation::Ends);
    }
}
