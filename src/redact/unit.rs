//! Reads one character of escaped text, and writes another in its place.
//!
//! Whatever escaped a text, and however often, a character of an id stands there as itself or as a number: `\u006f`,
//! `\x6f`, `%6F`, `&#111;`, or one of these escaped again, as `%5Cu006f`. A *level* is one unescaping: a character of a
//! level is a character of the level below, or an escape made of several. Level 0 has the bytes themselves.

/// The levels that are read: as many as text is escaped times in the captures that the scanner reads.
const LEVELS: usize = 4;
/// The most digits of a number.
const DIGITS: usize = 6;

/// A character: the ASCII byte that it stands for, or a byte that is no ASCII, and its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) value: u8,
    pub(super) len: usize,
}

/// An escape that writes a character as a number.
struct Number {
    unit: Unit,
    radix: u32,
    /// The position and the length of each digit.
    digits: [(usize, usize); DIGITS],
    count: usize,
}

/// Returns true if an escape may begin with `byte`.
#[inline(always)]
pub(super) fn is_lead(byte: u8) -> bool {
    matches!(byte, b'\\' | b'%' | b'&' | b'#' | 0x1B)
}

/// Reads the character at `at`, which must be a position in `text`.
pub(super) fn read(text: &[u8], at: usize) -> Unit {
    // The escapes that captures have most: this is quicker than reading all levels.
    if let [b'\\', b'"' | b'/' | b'n' | b'r' | b't', ..] = text[at..] {
        return Unit {
            value: b' ',
            len: 2,
        };
    }
    // A sign before a byte that cannot continue an escape.
    if let [
        b'%' | b'&' | b'#',
        b' '..=b'"' | b'\''..=b'/' | b':'..=b'@',
        ..,
    ] = text[at..]
    {
        return Unit {
            value: text[at],
            len: 1,
        };
    }
    let unit = Reader(text).read(LEVELS, at).unwrap_or(Unit {
        value: text[at],
        len: 1,
    });
    match unit.value {
        0x1B => Unit {
            len: unit.len + colour(&text[at + unit.len..]),
            ..unit
        },
        _ => unit,
    }
}

/// Returns the length of what follows the escape character where a colour is set, as `[31m`.
fn colour(rest: &[u8]) -> usize {
    const LONGEST: usize = 16;
    let is_inside = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b';' | b'[');
    let rest = &rest[..rest.len().min(LONGEST)];
    let len = rest.iter().take_while(|byte| is_inside(byte)).count();
    match rest.get(len) {
        Some(letter) if rest[0] == b'[' && letter.is_ascii_alphabetic() => len + 1,
        _ => 0,
    }
}

/// Appends `value`, escaped like the character `text`.
pub(super) fn write(text: &[u8], value: u8, out: &mut Vec<u8>) {
    Reader(text).write(LEVELS, 0, value, out);
}

struct Reader<'t>(&'t [u8]);

impl Reader<'_> {
    /// Reads the character of `level` at `at`.
    fn read(&self, level: usize, at: usize) -> Option<Unit> {
        if level == 0 {
            let value = *self.0.get(at)?;
            return Some(Unit { value, len: 1 });
        }
        let first = self.read(level - 1, at)?;
        let escaped = match first.value {
            b'\\' | b'%' | b'&' | b'#' => self.escape(level, at, first),
            _ => None,
        };
        Some(escaped.unwrap_or(first))
    }

    /// Reads the escape of `level` that begins with the character `first`.
    fn escape(&self, level: usize, at: usize, first: Unit) -> Option<Unit> {
        let next = self.read(level - 1, at + first.len)?;
        if let Some(number) = self.number(level, at, first, next) {
            return Some(number.unit);
        }
        let value = match (first.value, next.value) {
            (b'\\', b'\\') => b'\\',
            (b'\\', b'"' | b'\'' | b'/') => next.value,
            (b'\\', b'n' | b'r' | b't' | b'b' | b'f' | b'v' | b'a' | b'0') => b' ',
            (b'\\', b'e') => 0x1B,
            (b'&', b'a') => return self.ampersand(level, at),
            _ => return None,
        };
        let len = first.len + next.len;
        Some(Unit { value, len })
    }

    /// Reads `&amp;`.
    fn ampersand(&self, level: usize, at: usize) -> Option<Unit> {
        let mut len = 0;
        for expected in *b"&amp;" {
            let unit = self.read(level - 1, at + len)?;
            len += (unit.value == expected).then_some(unit.len)?;
        }
        Some(Unit { value: b'&', len })
    }

    /// Reads an escape that is a number: its `first` character is at `start`, followed by the `second`.
    fn number(&self, level: usize, start: usize, first: Unit, second: Unit) -> Option<Number> {
        let place = start + first.len;
        let mut at = place + second.len;
        let mut number = Number::new();
        let wanted = match (first.value, second.value) {
            (b'\\', b'x') => 2,
            (b'\\', b'u') => 4,
            (b'\\' | b'#', b'0'..=b'3') => {
                number.radix = 8;
                number.push(place, second);
                3
            }
            (b'%', digit) if digit.is_ascii_hexdigit() => {
                number.push(place, second);
                2
            }
            (b'&', b'#') => return self.entity(level, start, at),
            _ => return None,
        };
        while number.count < wanted {
            let unit = self.read(level - 1, at)?;
            char::from(unit.value).to_digit(number.radix)?;
            number.push(at, unit);
            at += unit.len;
        }
        let value = self.value(level, &number)?;
        // rsyslog escapes control characters only.
        let is_plain = first.value != b'#' || value < 0x20 || value == 0x7F;
        number.unit = Unit {
            value,
            len: at - start,
        };
        is_plain.then_some(number)
    }

    /// Reads what follows `&#`, from `at`.
    fn entity(&self, level: usize, start: usize, mut at: usize) -> Option<Number> {
        let mut number = Number::new();
        number.radix = 10;
        loop {
            let unit = self.read(level - 1, at)?;
            match unit.value {
                b';' if number.count > 0 => {
                    number.unit.len = at + unit.len - start;
                    break;
                }
                b'x' | b'X' if number.count == 0 && number.radix == 10 => number.radix = 16,
                digit if digit.is_ascii_hexdigit() && number.count < DIGITS => {
                    number.push(at, unit);
                }
                _ => return None,
            }
            at += unit.len;
        }
        number.unit.value = self.value(level, &number)?;
        Some(number)
    }

    /// Returns the value of `number`. What is no ASCII counts as 0xFF.
    fn value(&self, level: usize, number: &Number) -> Option<u8> {
        let digits = number.digits[..number.count].iter();
        let value = digits.copied().try_fold(0, |value, (at, _)| {
            let digit = char::from(self.read(level - 1, at)?.value).to_digit(number.radix)?;
            Some(value * number.radix + digit)
        })?;
        Some(
            u8::try_from(value)
                .ok()
                .filter(u8::is_ascii)
                .unwrap_or(0xFF),
        )
    }

    /// Appends the character of `level` at `at` with another `value`.
    fn write(&self, level: usize, at: usize, value: u8, out: &mut Vec<u8>) {
        let below = level.checked_sub(1).and_then(|below| self.read(below, at));
        let Some(first) = below else {
            out.push(value);
            return;
        };
        let second = self.read(level - 1, at + first.len);
        match second.and_then(|second| self.number(level, at, first, second)) {
            Some(number) => self.write_number(level, at, &number, value, out),
            None => self.write(level - 1, at, value, out),
        }
    }

    /// Appends the escape `number` of `level` at `at`, with the digits of another `value`.
    fn write_number(&self, level: usize, at: usize, number: &Number, value: u8, out: &mut Vec<u8>) {
        let places = &number.digits[..number.count];
        let [(first, first_len), .., (last, last_len)] = *places else {
            return self.write(level - 1, at, value, out);
        };
        let digits = digits(value, number.radix, places.len());
        let is_upper = places.iter().any(|(at, len)| {
            self.0[*at..at + len]
                .last()
                .is_some_and(u8::is_ascii_uppercase)
        });
        out.extend_from_slice(&self.0[at..first]);
        for (n, digit) in digits.bytes().enumerate() {
            let (place, _) = places.get(n).copied().unwrap_or((first, first_len));
            let digit = if is_upper {
                digit.to_ascii_uppercase()
            } else {
                digit
            };
            self.write(level - 1, place, digit, out);
        }
        out.extend_from_slice(&self.0[last + last_len..at + number.unit.len]);
    }
}

impl Number {
    fn new() -> Self {
        Number {
            unit: Unit { value: 0, len: 0 },
            radix: 16,
            digits: [(0, 0); DIGITS],
            count: 0,
        }
    }

    fn push(&mut self, at: usize, unit: Unit) {
        self.digits[self.count] = (at, unit.len);
        self.count += 1;
    }
}

/// Writes `value` with at least `count` digits.
fn digits(value: u8, radix: u32, count: usize) -> String {
    match radix {
        8 => format!("{value:0count$o}"),
        10 => format!("{value:0count$}"),
        _ => format!("{value:0count$x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_is_read_and_written_at_any_depth() {
        for (text, other) in [
            ("o", "Z"),
            ("\\u006f", "\\u005a"),
            ("\\u006F", "\\u005A"),
            ("\\\\u006f", "\\\\u005a"),
            ("\\\\\\\\u006f", "\\\\\\\\u005a"),
            ("\\x6f", "\\x5a"),
            ("\\157", "\\132"),
            ("%6F", "%5A"),
            ("%256F", "%255A"),
            ("%25256f", "%25255a"),
            ("%5Cu006f", "%5Cu005a"),
            ("&#111;", "&#090;"),
            ("&amp;#111;", "&amp;#090;"),
            ("&#x6f;", "&#x5a;"),
            ("\\u0026#x6f;", "\\u0026#x5a;"),
            ("%26%23111%3B", "%26%23090%3B"),
            ("%26%23%31%31%31%3B", "%26%23%30%39%30%3B"),
        ] {
            let unit = read(text.as_bytes(), 0);
            assert_eq!((unit.value, unit.len), (b'o', text.len()), "{text}");
            let mut out = Vec::new();
            write(text.as_bytes(), b'Z', &mut out);
            assert_eq!(String::from_utf8_lossy(&out), other, "{text}");
        }
    }

    #[test]
    fn escapes_of_other_characters_end_words() {
        for (text, len) in [
            ("\\\"o", 2),
            ("\\no", 2),
            ("\\\\no", 3),
            ("\\x22o", 4),
            ("%22o", 3),
            ("%5C%22o", 6),
            ("&#34;o", 5),
            ("#012o", 4),
            ("#123o", 1),
            ("\x1b[31mo", 5),
            ("\\u001b[1;31mo", 12),
            ("\\e[0mo", 5),
            ("\\x1b[0mo", 7),
            ("\\u8ba2o", 6),
            ("%zz", 1),
            ("&", 1),
            ("\\", 1),
        ] {
            let unit = read(text.as_bytes(), 0);
            assert_eq!(unit.len, len, "{text}");
            assert!(!unit.value.is_ascii_alphanumeric(), "{text}");
        }
    }
}
