//! Reports callbacks in another encoding than the rest of the capture: in UTF-16 or UTF-32 inside of other text, or in
//! UTF-8 inside of UTF-16. Windows PowerShell's `>>` writes UTF-16 behind whatever a file holds.
//!
//! Zero bytes stand between the letters of UTF-16, so it has no anchors. It is noticed by looking at two bytes in every
//! [`STRIDE`]: a callback is longer than that, and if its characters are ASCII, one of the two is zero. Names are searched
//! for only near such a zero. In a transcoded UTF-16 capture, one character stands for two letters of UTF-8; there, all
//! noise is searched.

use std::ops::Range;

use memchr::memmem;

use crate::finding::{Finding, Reason};
use crate::scan::lookahead::{Arrived, Settled};
use crate::scan::{Found, Parts, Scanner};
use crate::span::{Span, Units};

/// How far apart the bytes are that are looked at.
pub(super) const STRIDE: usize = 256;

/// How many bytes before and after a name the values may stand.
const REACH: usize = 4096;

/// How many bytes are searched for all forms of a name at once. One that stands nowhere is not searched for again and again.
const STEP: usize = 1024;

/// How the names of events look in another encoding.
#[derive(Clone)]
struct Form {
    name: Vec<u8>,
    /// Undoes the encoding of some text.
    narrow: fn(&[u8]) -> Vec<u8>,
}

impl Form {
    /// Returns the forms of `name` in a capture with these units.
    fn all(name: &[u8], units: Units) -> Vec<Form> {
        match units {
            Units::Utf8 => vec![Form::wide(name, 2), Form::wide(name, 4)],
            // The byte order mark of UTF-32 begins like that of UTF-16.
            Units::Utf16 => {
                let halves = [name, &name[1..]].into_iter().flat_map(Form::paired);
                halves
                    .chain([Form::wide(name, 2), Form::swapped(name)])
                    .collect()
            }
        }
    }

    fn wide(name: &[u8], width: usize) -> Form {
        Form {
            name: widened(name, width),
            narrow: |text| text.iter().copied().filter(|&byte| byte != 0).collect(),
        }
    }

    /// Makes the form of UTF-16 with the other byte first.
    fn swapped(name: &[u8]) -> Form {
        let swapped = |&letter: &u8| char::from_u32(u32::from(letter) << 8);
        let name: String = name.iter().filter_map(swapped).collect();
        Form {
            name: name.into_bytes(),
            narrow: |text| unpaired(text, u16::to_le_bytes),
        }
    }

    fn paired(letters: &[u8]) -> [Form; 2] {
        let little = Form {
            name: paired(letters, u16::from_le_bytes),
            narrow: |text| unpaired(text, u16::to_le_bytes),
        };
        let big = Form {
            name: paired(letters, u16::from_be_bytes),
            narrow: |text| unpaired(text, u16::to_be_bytes),
        };
        [little, big]
    }
}

impl Scanner {
    /// Reports the first callback in wide characters whose event's name begins before `to`. Counts mentions before it. Zero
    /// bytes are looked for up to `seen`.
    pub(super) fn judge_wide<'b>(
        &mut self,
        arrived: &Arrived<'b>,
        to: usize,
        seen: usize,
        parts: &mut Parts,
    ) -> Settled<Option<Found<'b>>> {
        while let Some((form, name)) = self.next_wide(&arrived.bytes[..seen], to) {
            let event = self.wide_event(arrived, &form, &name);
            arrived.settled()?;
            self.tried.no_wide_before = name.end;
            match event {
                Some(event) => {
                    let finding = Finding::new(Reason::WideUnread, Span::new(0, name.len()));
                    let finding = finding.with(event);
                    let found = self.report_broken(name, finding, arrived.bytes, parts);
                    self.search.begin_again();
                    return Some(Some(found));
                }
                None => self.noise.mentions += 1,
            }
        }
        Some(None)
    }

    /// Returns the first event's name in another encoding that begins before `to` and was not judged. Whatever shows it
    /// stands in `buffer`.
    fn next_wide(&mut self, buffer: &[u8], to: usize) -> Option<(Form, Range<usize>)> {
        let mut from = self.tried.no_wide_before.max(self.pos());
        let name = self.names.event_prefix.as_bytes();
        let has_room = from < to && buffer.len() - from > name.len();
        if self.depth > 0 || !has_room {
            return None;
        }
        if self.is_wide(buffer, from) {
            let forms = Form::all(name, self.cursor.units());
            while from < to {
                let end = to.min(from + STEP);
                let first = first_of(&forms, buffer, from..end);
                if first.is_some() {
                    self.tried.no_wide_before = from;
                    return first;
                }
                from = end;
            }
        }
        self.tried.no_wide_before = to;
        None
    }

    /// Returns true if another encoding shows in `buffer`, near `from` or behind it, or may stand there without showing.
    fn is_wide(&self, buffer: &[u8], from: usize) -> bool {
        if self.cursor.units() == Units::Utf16 {
            return true;
        }
        let start = from.saturating_sub(STRIDE).max(self.pos());
        // The places do not depend on how the capture was read.
        let ahead = self.offset_at(start) as usize % STRIDE;
        let first = start + (STRIDE - ahead) % STRIDE;
        let has_zero = |from: usize| {
            let bytes = buffer.get(from..).unwrap_or_default();
            bytes.iter().step_by(STRIDE).any(|&byte| byte == 0)
        };
        has_zero(first) || has_zero(first + 1)
    }

    /// Returns the name of the event that begins with `name`, if the values of a callback stand around it. The text around
    /// it ends at the names before and after it.
    fn wide_event(
        &self,
        arrived: &Arrived<'_>,
        form: &Form,
        name: &Range<usize>,
    ) -> Option<String> {
        let wide = &arrived.bytes[name.clone()];
        let from = name.start.saturating_sub(REACH).max(self.pos());
        let before = &arrived.bytes[from..name.start];
        let before = memmem::rfind(before, wide).map_or(before, |at| &before[at + wide.len()..]);
        let after = arrived.from(name.end).window(REACH);
        after.note_end();
        let after = memmem::find(after.bytes(), wide).map_or(after, |at| after.window(at));
        let text = [before, wide, after.bytes()].concat();
        let text = (form.narrow)(&text);
        (self.names.values)(&text)?;
        let event = (self.names.event_name)(&text)?;
        Some(String::from_utf8_lossy(&text[event]).into_owned())
    }
}

/// Returns the first of the `forms` that begins in `range`.
fn first_of(forms: &[Form], buffer: &[u8], range: Range<usize>) -> Option<(Form, Range<usize>)> {
    let names = forms.iter().filter_map(|form| {
        let end = buffer.len().min(range.end + form.name.len() - 1);
        let start = range.start + memmem::find(&buffer[range.start..end], &form.name)?;
        Some((form, start..start + form.name.len()))
    });
    let first = names.min_by_key(|(_, name)| name.start);
    first.map(|(form, name)| (form.clone(), name))
}

/// Returns `name` in characters of `width` bytes, without the zero bytes around it, so that it fits both orders of bytes.
fn widened(name: &[u8], width: usize) -> Vec<u8> {
    let mut wide = vec![0; width * (name.len() - 1) + 1];
    for (i, &letter) in name.iter().enumerate() {
        wide[width * i] = letter;
    }
    wide
}

/// Returns the transcoded text in which a character stands for each two letters.
fn paired(letters: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u8> {
    let pairs = letters.as_chunks().0.iter();
    let chars = char::decode_utf16(pairs.map(|&pair| unit(pair)));
    let text: String = chars.filter_map(Result::ok).collect();
    text.into_bytes()
}

/// Returns the letters for which the characters of transcoded text stand.
fn unpaired(text: &[u8], letters: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let letters = text.encode_utf16().flat_map(letters);
    letters.filter(|&byte| byte != 0).collect()
}
