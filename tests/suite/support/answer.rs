//! All that a run tells about a capture, to compare runs.

use std::fmt;

use wxsub::pipeline::{CaptureStats, Sink, Stop};
use wxsub::report::Tally;
use wxsub::{Place, Record};

use super::embed::line;

/// The result of a capture.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Answer {
    pub(crate) records: Vec<String>,
    pub(crate) tally: Tally,
    noise: u64,
    mentions: u64,
    bytes: u64,
    first_noise: Option<(Place, Vec<u8>)>,
    /// The lines of noise, if they are kept.
    lines: Vec<(Place, Vec<u8>)>,
}

/// The result without its records, for a message.
struct Rests<'a>(&'a Answer);

impl fmt::Debug for Rests<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Answer {
            records,
            noise,
            mentions,
            first_noise,
            tally,
            ..
        } = self.0;
        write!(
            f,
            "{} records, {noise} of noise, {mentions} mentions, {first_noise:?}, {tally:?}",
            records.len()
        )
    }
}

impl Sink for Answer {
    fn fork(&self) -> Self {
        Answer::default()
    }

    fn record(&mut self, record: &Record<'_>) {
        self.tally.record(record);
        let findings = record.findings().iter();
        let findings: Vec<_> = findings
            .map(|finding| (finding, record.place(finding.span().start)))
            .collect();
        self.records.push(format!(
            "{:?} {:?} {} {findings:?} {}",
            record.outcome(),
            record.place(0),
            line(record),
            String::from_utf8_lossy(record.bytes())
        ));
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.records.extend(later.records);
        self.tally.join(later.tally)
    }

    fn end(&mut self, source: &str, rest: &CaptureStats) {
        self.tally.end(source, rest);
        (self.noise, self.mentions, self.bytes) = (rest.noise(), rest.mentions(), rest.bytes());
        self.first_noise = rest
            .first_noise()
            .map(|(place, line)| (place, line.to_vec()));
    }

    fn noise(&mut self, _: &str, place: Place, line: &[u8]) -> Result<(), Stop> {
        self.lines.push((place, line.to_vec()));
        Ok(())
    }

    fn cut(&mut self, source: &str, rest: &CaptureStats) {
        self.end(source, rest);
    }
}

/// Returns the first difference.
pub(crate) fn difference(many: &Answer, one: &Answer) -> Option<String> {
    let records = first_difference(&many.records, &one.records);
    let lines = first_difference(&many.lines, &one.lines);
    let rests = || format!("{:?}\nis not {:?}", Rests(many), Rests(one));
    let told = match (records, lines) {
        (Some((i, many, one)), _) => format!("record {i}: {many}\nis not {one}"),
        (None, Some((i, many, one))) => {
            let text = |(place, line): &(Place, Vec<u8>)| {
                format!("{place:?} {}", String::from_utf8_lossy(line))
            };
            format!(
                "line {i} of noise: {}\nis not {}\n{}",
                text(many),
                text(one),
                rests()
            )
        }
        _ => rests(),
    };
    (many != one).then_some(told)
}

/// Returns the first pair that differs, and its number.
fn first_difference<'a, T: PartialEq>(
    many: &'a [T],
    one: &'a [T],
) -> Option<(usize, &'a T, &'a T)> {
    let pairs = many.iter().zip(one).enumerate();
    let mut pairs = pairs.map(|(i, (many, one))| (i, many, one));
    pairs.find(|(_, many, one)| many != one)
}
