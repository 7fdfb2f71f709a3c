//! The sink of a check: forks gather findings, the collector judges them in the order of the capture.
//!
//! The findings before a finding decide if it is expected, and if a run with `fail_fast` stops at it. Forks therefore
//! only gather: for each payload with findings, the counts since the last such payload. The collector takes the
//! payloads in order, so the result does not depend on how the capture was split into blocks.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::finding::{Code, Finding, Severity};
use crate::gate::collector::{Collector, GateResult, Payload, Weighed};
use crate::gate::expect::Expected;
use crate::gate::rules::FileRules;
use crate::gate::settings::Settings;
use crate::pipeline::{CaptureStats, Sink, Stop};
use crate::record::Record;
use crate::report::{self, Notice, Report, Spot, Tally};

/// Judges findings and reports them.
///
/// ```
/// use wxsub::gate::{Gate, Settings};
/// use wxsub::pipeline::{self, Options};
/// use wxsub::report::JsonLines;
///
/// let settings = Settings::default();
/// let mut out = Vec::new();
/// let mut gate = Gate::new(&settings, Box::new(JsonLines::default()), &mut out)?;
/// let payload = &b"<xml><MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event></xml>"[..];
/// pipeline::run(payload, "a.xml", &Options::default(), &mut gate).unwrap();
/// let result = gate.close()?;
/// assert!(settings.is_failure(&result.tally));
/// assert_eq!(result.tally.count_of(wxsub::Code::MissingField), 3);
/// assert!(out.starts_with(br#"{"code":"missing-field","severity":"error","#));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Gate<'a, W> {
    settings: &'a Settings,
    shows_lines: bool,
    gathered: Gathered<'a>,
    collector: Option<Collector<'a, W>>,
}

/// The payloads and counts that a fork gathers.
#[derive(Default)]
struct Gathered<'a> {
    payloads: Vec<Payload>,
    /// The counts since the last of `payloads`.
    tally: Tally,
    rules: Option<(FileRules, Expected<'a>)>,
    placed: Placed,
}

/// The number of findings of each code whose place is looked up.
#[derive(Default)]
struct Placed(BTreeMap<Code, u64>);

impl<'a, W: Write> Gate<'a, W> {
    /// Makes a gate that writes `report` to `out`.
    ///
    /// # Errors
    ///
    /// An error while writing the report's beginning.
    pub fn new(settings: &'a Settings, report: Box<dyn Report>, out: W) -> io::Result<Self> {
        Ok(Gate {
            settings,
            shows_lines: report.shows_lines(),
            gathered: Gathered::default(),
            collector: Some(Collector::open(report, out)?),
        })
    }

    /// Returns the counts of the run until now.
    pub fn tally(&self) -> Option<&Tally> {
        self.collector
            .as_ref()
            .map(|collector| &collector.result().tally)
    }

    /// Returns true if the run stopped at the first failure.
    pub fn is_stopped(&self) -> bool {
        self.collector
            .as_ref()
            .is_some_and(|collector| collector.result().stopped)
    }

    /// Writes the buffered output.
    ///
    /// # Errors
    ///
    /// An error of the output.
    pub fn flush(&mut self) -> io::Result<()> {
        self.collector.as_mut().map_or(Ok(()), Collector::flush)
    }

    /// Reports that the capture `name` could not be read to its end.
    ///
    /// # Errors
    ///
    /// An error while writing the report.
    pub fn unreadable(&mut self, name: Option<&str>, why: &str) -> io::Result<()> {
        let settings = self.settings;
        let collector = self.collector.as_mut();
        collector.map_or(Ok(()), |collector| {
            collector.unreadable(name, why, settings)
        })
    }

    /// Writes the report's end and returns the result of the run.
    ///
    /// # Errors
    ///
    /// An error while writing the report's end.
    pub fn close(self) -> io::Result<GateResult> {
        self.collector
            .map_or(Ok(GateResult::default()), Collector::close)
    }
}

impl<W> Gate<'_, W> {
    /// Returns the findings of `record` that may be reported or may be expected.
    fn notices(&mut self, record: &Record<'_>) -> Vec<Weighed> {
        let other = report::other_event(record);
        let findings = record.findings().iter().chain(&other);
        let weighed =
            findings.filter_map(|finding| self.gathered.weigh(record, finding, self.settings));
        placed(record, weighed.collect(), self.shows_lines)
    }
}

impl<'a> Gathered<'a> {
    /// Adds the severity to `finding`. Returns `None` if it is allowed and not expected.
    fn weigh<'f>(
        &mut self,
        record: &Record<'_>,
        finding: &'f Finding,
        settings: &'a Settings,
    ) -> Option<Unplaced<'f>> {
        let (rules, expected) = self.rules.get_or_insert_with(|| {
            let path = settings.absolute(record.source());
            let expected = settings.expectations.of_file(&path);
            (settings.rules.of_file(&path), expected)
        });
        let weight = rules.of_finding(finding);
        let is_expected = expected.has(finding.code());
        if weight.is_none() && !is_expected {
            self.tally.count_allowed();
            return None;
        }
        let most = settings.most.filter(|_| !is_expected);
        // An accepted payload is decoded, so its findings are at most errors.
        let heaviest = record.severity(finding).max(Severity::Error);
        let weight = weight.map(|weight| weight.min(heaviest));
        Some(Unplaced {
            finding,
            severity: weight.unwrap_or(record.severity(finding)),
            weight,
            is_placed: self.placed.has_room(finding.code(), most),
        })
    }
}

impl Placed {
    /// Returns true if a finding of `code` may be among the `most` shown findings.
    ///
    /// A finding beyond the limit within one block is beyond the limit of the run.
    fn has_room(&mut self, code: Code, most: Option<u64>) -> bool {
        let placed = self.0.entry(code).or_default();
        *placed += 1;
        most.is_none_or(|most| *placed <= most)
    }
}

/// A finding with its severity, before its place is looked up.
struct Unplaced<'f> {
    finding: &'f Finding,
    severity: Severity,
    weight: Option<Severity>,
    is_placed: bool,
}

/// Looks up the places of the findings that may be shown, in one walk over the payload.
fn placed(record: &Record<'_>, findings: Vec<Unplaced<'_>>, shows_lines: bool) -> Vec<Weighed> {
    let to_place = findings.iter().filter(|unplaced| unplaced.is_placed);
    let to_place = to_place.map(|unplaced| unplaced.finding);
    let spots = match shows_lines {
        true => Spot::all(record, to_place),
        false => Spot::starts(record, to_place),
    };
    let mut spots = spots.into_iter();
    let weighed = findings.into_iter().map(|unplaced| {
        let spot = unplaced.is_placed.then(|| spots.next()).flatten();
        let notice = Notice {
            finding: unplaced.finding.clone(),
            severity: unplaced.severity,
            spot: spot.unwrap_or_default(),
        };
        (notice, unplaced.weight)
    });
    weighed.collect()
}

impl<W: Write + Send> Sink for Gate<'_, W> {
    fn fork(&self) -> Self {
        Gate {
            settings: self.settings,
            shows_lines: self.shows_lines,
            gathered: Gathered::default(),
            collector: None,
        }
    }

    fn record(&mut self, record: &Record<'_>) {
        self.gathered.tally.count_payload(record);
        let notices = self.notices(record);
        if !notices.is_empty() {
            self.gathered.payloads.push(Payload {
                source: record.source().to_owned(),
                tally: std::mem::take(&mut self.gathered.tally),
                notices,
            });
        }
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        // Forks are only ever joined to the gate with the collector.
        let Some(collector) = &mut self.collector else {
            return Ok(());
        };
        for payload in later.gathered.payloads {
            collector.take(payload, self.settings)?;
            if collector.result().stopped {
                collector.flush().map_err(Stop::Output)?;
                return Err(Stop::Enough);
            }
        }
        collector.count(later.gathered.tally)?;
        collector.flush().map_err(Stop::Output)
    }

    fn end(&mut self, source: &str, stats: &CaptureStats) {
        if let Some(collector) = &mut self.collector {
            collector.end(source, stats, self.settings);
        }
    }

    fn cut(&mut self, source: &str, stats: &CaptureStats) {
        if let Some(collector) = &mut self.collector {
            collector.cut(source, stats, self.settings);
        }
    }
}
