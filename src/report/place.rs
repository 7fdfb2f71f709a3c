//! Positions of findings, ready to be shown: place, line, the marked part of it, and the lines around it.
//!
//! A line may be as long as a payload, and a payload may have a thousand findings. Of a long line only the part near
//! the mark is copied. `snippet` cuts it further, because the width is known there.

use std::ops::Range;

use crate::finding::Finding;
use crate::printable::is_unprintable;
use crate::record::Record;
use crate::simd::all;
use crate::span::{Place, Span, Units};

/// A place in a capture, and the text there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// Line, column and offset.
    pub place: Place,
    /// For a decrypted payload, the place in the plaintext; `place` is then in the envelope.
    pub inside: Option<Place>,
    /// The place after the last character.
    pub end: Place,
    /// The part of the line that belongs to the payload, with control characters replaced.
    pub line: Line,
    /// The range of `line.text` to mark.
    pub mark: Range<usize>,
    /// The tag or bracket that the finding says is not closed.
    pub opened: Option<Box<Spot>>,
    /// The lines before and after, if they belong to the payload and are adjacent in the capture.
    pub around: [Option<Line>; 2],
}

/// A line, or the part of it near the mark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The text to show.
    pub text: String,
    /// True if text is left out before, and after.
    pub cut: [bool; 2],
}

/// The most bytes of a line that are copied before the mark, of the mark, and after the mark.
const NEAR: usize = 400;

/// The largest payload for which lines around are shown. Numbering lines means counting them.
const SMALL: usize = 64 << 10;

impl Spot {
    /// Returns the spot of `finding` in `record`.
    ///
    /// Walks over the payload up to the finding. For several findings use [`Spot::all`].
    pub fn of(record: &Record<'_>, finding: &Finding) -> Self {
        Spot::all(record, [finding]).pop().unwrap_or_default()
    }

    /// Returns the spot of each of `findings`, in one walk over the payload.
    ///
    /// ```
    /// use wxsub::report::Spot;
    ///
    /// let record = wxsub::decode(b"{\"Event\":\"subscribe_msg_sent_event\",\n\"a\":1,\n\"b\":2,\"List\":[]}");
    /// let spots = Spot::all(&record, record.findings());
    /// assert_eq!(spots.len(), record.findings().len());
    /// assert_eq!(spots.last().map(|spot| spot.place.line), Some(3));
    /// ```
    pub fn all<'f>(
        record: &Record<'_>,
        findings: impl IntoIterator<Item = &'f Finding>,
    ) -> Vec<Spot> {
        let bytes = record.bytes();
        let mut lines = LineRange::default();
        let findings: Vec<&Finding> = findings.into_iter().collect();
        let own = findings.iter().map(|finding| (finding.span(), None));
        let opened = findings
            .iter()
            .filter_map(|finding| Some((finding.opened()?, Some(finding.span()))));
        let marks = own
            .chain(opened)
            .map(|(span, beside)| Mark::new(bytes, span, beside, &mut lines));
        let marks: Vec<Mark> = marks.collect();
        let offsets: Vec<u32> = marks.iter().flat_map(Mark::offsets).collect();
        let places = record.places(&offsets);
        let inside = record.places_inside(&offsets);
        let (places, _) = places.as_chunks();
        let inside = inside.as_deref().map(|inside| inside.as_chunks().0);
        let spot = |(n, mark): (usize, &Mark)| {
            mark.spot(bytes, &places[n], inside.map(|inside| &inside[n]))
        };
        let mut spots: Vec<Spot> = marks.iter().enumerate().map(spot).collect();
        let mut opened = spots.split_off(findings.len()).into_iter();
        for (spot, finding) in spots.iter_mut().zip(findings) {
            spot.opened = finding.opened().and_then(|_| opened.next()).map(Box::from);
        }
        spots
    }

    /// Returns the start of each of `findings`, for formats that do not show lines.
    pub(crate) fn starts<'f>(
        record: &Record<'_>,
        findings: impl IntoIterator<Item = &'f Finding>,
    ) -> Vec<Spot> {
        let starts = findings.into_iter().map(|finding| finding.span().start);
        let starts: Vec<u32> = starts.collect();
        let inside = record.places_inside(&starts);
        let places = record.places(&starts).into_iter().enumerate();
        let spot = |(n, place)| Spot {
            place,
            inside: inside.as_ref().map(|inside| inside[n]),
            end: place,
            ..Spot::default()
        };
        places.map(spot).collect()
    }

    /// The place of the shown line: in the plaintext if there is one, else in the capture.
    pub(crate) fn shown_at(&self) -> Place {
        self.inside.unwrap_or(self.place)
    }

    /// Makes a spot that marks the bytes `mark` of `text`. The mark must lie on one line.
    pub fn new(place: Place, text: &[u8], mark: Range<usize>) -> Self {
        let near = near(&mark);
        Spot::with_part(place, text, mark, near)
    }

    /// Makes a spot that shows at most the bytes `near` of the line.
    fn with_part(place: Place, text: &[u8], mark: Range<usize>, near: Range<usize>) -> Self {
        let marked = match mark.len() <= NEAR {
            true => mark,
            false => mark.start..whole_characters(text, mark.start..mark.start + NEAR).end,
        };
        let near = whole_characters(text, near);
        // If the bytes are not UTF-8, a character may seem to end inside the mark.
        let near = near.start.min(marked.start)..near.end.max(marked.end);
        let (taken, cut) = line_in(text, near, marked.clone());
        let mut shown = String::with_capacity(taken.len());
        let mut at = taken.start;
        let [start, end, _] = [marked.start, marked.end, taken.end].map(|end| {
            let end = end.clamp(at, taken.end);
            show(&text[at..end], &mut shown);
            at = end;
            shown.len()
        });
        Spot {
            place,
            inside: None,
            end: place,
            mark: start..end,
            line: Line { text: shown, cut },
            opened: None,
            around: [None, None],
        }
    }
}

/// Returns the bytes around `mark` that may be shown.
fn near(mark: &Range<usize>) -> Range<usize> {
    mark.start.saturating_sub(NEAR)..mark.end.min(mark.start + NEAR) + NEAR
}

/// Returns the part of the line around `mark` that lies in `near`, and true for its start and its end if it is cut
/// there.
fn line_in(text: &[u8], near: Range<usize>, mark: Range<usize>) -> (Range<usize>, [bool; 2]) {
    let before = memchr::memrchr(b'\n', &text[near.start..mark.start]);
    let after = memchr::memchr(b'\n', &text[mark.end..near.end]);
    let start = before.map_or(near.start, |at| near.start + at + 1);
    let mut end = after.map_or(near.end, |at| mark.end + at);
    let is_cut = [
        start > 0 && text[start - 1] != b'\n',
        end < text.len() && text[end] != b'\n',
    ];
    if !is_cut[1] && text[start..end].ends_with(b"\r") {
        end -= 1;
    }
    (start..end, is_cut)
}

/// The byte range of a finding, and the offsets to look up for it.
struct Mark {
    range: Range<usize>,
    /// The bytes that may be shown.
    near: Range<usize>,
    /// True if the payload is small enough to look up the mark's end and the lines around.
    is_small: bool,
    /// The starts of the lines before and after.
    around: [Option<usize>; 2],
}

/// The offsets of a mark: its start, its end, and the starts of the lines around.
const PLACES: usize = 4;

impl Mark {
    /// Makes the mark of `span`. It shows what the mark `beside` it shows, if it lies in there. `lines` caches the line
    /// of the last mark.
    fn new(bytes: &[u8], span: Span, beside: Option<Span>, lines: &mut LineRange) -> Self {
        let within = |span: Span| {
            let start = (span.start as usize).min(bytes.len());
            start..(span.end as usize).clamp(start, bytes.len())
        };
        let range = within(span);
        let beside = beside.map(|beside| near(&within(beside)));
        let beside = beside.filter(|beside| beside.start <= range.start && range.end <= beside.end);
        let is_small = bytes.len() <= SMALL;
        let start = range.start;
        Mark {
            near: beside.unwrap_or_else(|| near(&range)),
            range,
            is_small,
            around: match is_small {
                true => lines.around(bytes, start),
                false => [None, None],
            },
        }
    }

    fn offsets(&self) -> [u32; PLACES] {
        let Range { start, end } = self.range;
        // An offset that is not needed repeats `start`, which costs nothing.
        let end = if self.is_small { end } else { start };
        let [before, after] = self.around.map(|at| at.unwrap_or(start));
        [start, end, before, after].map(|at| u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// Makes the spot, given the places of the mark's offsets in the capture and in the plaintext.
    fn spot(
        &self,
        bytes: &[u8],
        places: &[Place; PLACES],
        inside: Option<&[Place; PLACES]>,
    ) -> Spot {
        let marked = &bytes[self.range.clone()];
        let on_line = memchr::memchr(b'\n', marked).unwrap_or(marked.len());
        let start = self.range.start;
        let mark = start..start + on_line;
        let mut spot = Spot::with_part(places[0], bytes, mark, self.near.clone());
        spot.inside = inside.map(|inside| inside[0]);
        spot.end = match self.is_small {
            true => places[1],
            // In an unescaped payload the true end may be a few columns later in the log.
            false => spot.place.after(marked, Units::Utf8),
        };
        let [line, _, before, after] = inside.unwrap_or(places).map(|place| place.line);
        let [at_before, at_after] = self.around;
        // One line of a log may hold the escaped text of several lines.
        let around = [
            at_before.filter(|_| before + 1 == line),
            at_after.filter(|_| after == line + 1),
        ];
        spot.around = around.map(|at| at.map(|at| Spot::new(Place::default(), bytes, at..at).line));
        spot
    }
}

/// A line of a payload and the start of the line before it. Cached, because many findings may be on one long line.
#[derive(Default)]
struct LineRange {
    start: usize,
    end: usize,
    before: Option<usize>,
    is_known: bool,
}

impl LineRange {
    /// Returns the starts of the lines before and after the line at `at`.
    fn around(&mut self, bytes: &[u8], at: usize) -> [Option<usize>; 2] {
        let is_on_line = self.is_known && (self.start..=self.end).contains(&at);
        if !is_on_line {
            let start = line_start(bytes, at);
            *self = LineRange {
                start,
                end: line_end(bytes, at),
                before: start.checked_sub(1).map(|end| line_start(bytes, end)),
                is_known: true,
            };
        }
        let after = Some(self.end + 1).filter(|at| *at < bytes.len());
        [self.before, after]
    }
}

fn line_start(bytes: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |n| n + 1)
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n)
}

/// Shrinks `range` to whole UTF-8 characters.
fn whole_characters(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    let is_inside = |at: usize| bytes.get(at).is_some_and(|byte| byte & 0xC0 == 0x80);
    let start = (range.start..range.start + 3).find(|at| !is_inside(*at));
    let end = range.end.min(bytes.len());
    let last = (end.saturating_sub(3)..=end)
        .rev()
        .find(|at| !is_inside(*at));
    start.unwrap_or(range.start)..last.unwrap_or(end)
}

/// Appends `bytes` as printable text. Tabs stay; control and invisible characters become a replacement character.
fn show(bytes: &[u8], out: &mut String) {
    let text = String::from_utf8_lossy(bytes);
    if all(bytes, |b| b.within(b' ', b'~') | b.equal(b'\t')) {
        return out.push_str(&text);
    }
    out.extend(text.chars().map(|c| match c {
        '\t' => c,
        c if is_unprintable(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn marks_the_same_part_of_what_is_shown() {
        let cases: [(&[u8], Range<usize>, &str, &str); 6] = [
            (b"abc", 1..2, "abc", "b"),
            ("订阅x".as_bytes(), 3..6, "订阅x", "阅"),
            (b"\x1b[31mred\xFF!", 5..8, "\u{FFFD}[31mred\u{FFFD}!", "red"),
            (b"a\tb\r", 2..3, "a\tb", "b"),
            (b"first\nsecond\nthird", 6..9, "second", "sec"),
            (b"", 0..0, "", ""),
        ];
        for (text, mark, shown, marked) in cases {
            let spot = Spot::new(Place::default(), text, mark);
            assert_eq!(
                (spot.line.text.as_str(), &spot.line.text[spot.mark.clone()]),
                (shown, marked)
            );
            assert_eq!(spot.line.cut, [false, false]);
        }
    }

    #[test]
    fn of_a_long_line_only_what_is_near_is_taken() {
        let text = ["订".repeat(1000), "mark".into(), "阅".repeat(1000)].concat();
        let spot = Spot::new(Place::default(), text.as_bytes(), 3000..3004);
        assert_eq!(&spot.line.text[spot.mark.clone()], "mark");
        assert_eq!(spot.line.cut, [true, true]);
        assert!(!spot.line.text.contains(char::REPLACEMENT_CHARACTER));
        assert_eq!(spot.line.text.len(), 133 * 3 * 2 + 4);
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_shown(
            bytes in proptest::collection::vec(prop_oneof![Just(0x80), Just(b'\n'), Just(0xE8), any::<u8>()], 0..1500),
            (start, len) in (0_usize..1500, 0_usize..1500),
        ) {
            let start = start.min(bytes.len());
            let line = line_end(&bytes, start);
            let spot = Spot::new(Place::default(), &bytes, start..(start + len).min(line));
            prop_assert!(spot.line.text.get(spot.mark.clone()).is_some());
            prop_assert!(!spot.line.text.contains('\n'));
            prop_assert!(spot.line.text.len() <= 3 * 3 * NEAR);
        }
    }

    #[test]
    fn lines_around_are_those_of_the_capture() {
        let around = |payload: &str| {
            let record = crate::decode(payload.as_bytes());
            let finding = record.findings().last().expect("a finding");
            Spot::of(&record, finding)
                .around
                .map(|line| line.map(|line| line.text))
        };
        let event = r#""ToUserName":"gh_0","Event":"subscribe_msg_sent_event""#;
        assert_eq!(
            around(&format!("{{\r\n{event}, \r\n \"odd\": 1\r\n}}")),
            [Some(format!("{event}, ")), Some("}".to_owned())]
        );
        assert_eq!(around(&format!("{{{event},\"odd\":1}}")), [None, None]);
        let in_a_log = format!(r#"{{"body":"{{\n{event},\n\"odd\":1}}"}}"#)
            .replace(event, &event.replace('"', "\\\""));
        assert_eq!(around(&in_a_log), [None, None]);
    }

    #[test]
    fn what_is_not_closed_is_marked_where_it_was_opened() {
        let opened = |payload: &str| {
            let record = crate::decode(payload.as_bytes());
            let finding = record.findings().last().expect("a finding");
            let opened = Spot::of(&record, finding).opened?;
            let place = opened.place;
            let text = opened.line.text[opened.mark].to_owned();
            Some((text, place.line, place.column))
        };
        let head = "<xml><ToUserName>gh_0</ToUserName>\n<MsgType>event</MsgType>";
        let list = format!("{head} <List a='1'>\n <TemplateId>x</TemplateId>");
        let tag = Some(("<List a='1'>".to_owned(), 2, 26));
        assert_eq!(opened(&list), tag);
        assert_eq!(opened(&format!("{list}</xml>")), tag);
        assert_eq!(opened(&format!("{head}<List a='1'")), None);
        let list = "{\"ToUserName\":\"gh_0\",\n\"List\":[{\"TemplateId\":\"x\"},";
        assert_eq!(opened(list), Some(("[".to_owned(), 2, 8)));
        assert_eq!(opened(&list.replace("[{", "x{")), None);
    }
}
