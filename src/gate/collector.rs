//! Judges a gate's findings: counts them, compares them with the expected ones, and reports the rest in order.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::finding::{Code, Finding, Severity};
use crate::gate::Settings;
use crate::gate::expect::Expected;
use crate::gate::rules::FileRules;
use crate::pipeline::{CaptureStats, Sink, Stop};
use crate::report::{File, FileCounts, Notice, Report, Spot, Tally, Total, no_payload, noise};

/// The result of a run.
#[derive(Clone, Debug, Default)]
pub struct GateResult {
    /// The counts of the run.
    pub tally: Tally,
    /// The findings of each file, if the settings ask for them.
    pub files: Vec<FileCounts>,
    /// True if the run stopped at the first failure.
    pub stopped: bool,
}

/// The findings of one payload.
pub(super) struct Payload {
    pub(super) source: String,
    /// The counts since the last payload with findings, this payload included.
    pub(super) tally: Tally,
    pub(super) notices: Vec<Weighed>,
}

/// A finding with its severity; `None` if it is allowed.
pub(super) type Weighed = (Notice, Option<Severity>);

/// The part of a gate that judges and writes. Only the main thread has it, the workers' forks do not.
pub(super) struct Collector<'a, W> {
    report: Box<dyn Report>,
    out: W,
    /// Output not written yet.
    text: Vec<u8>,
    result: GateResult,
    file: Option<Current<'a>>,
    /// The number of payloads before the file.
    before: u64,
    shown: BTreeMap<Code, u64>,
    hidden: BTreeMap<(Code, Severity), u64>,
    /// The first error of a report in a method that cannot return it.
    failed: Option<io::Error>,
}

/// The current file.
struct Current<'a> {
    name: String,
    rules: FileRules,
    expected: Expected<'a>,
    counts: FileCounts,
}

impl<'a> Current<'a> {
    fn new(name: &str, settings: &'a Settings) -> Self {
        let path = settings.absolute(name);
        Current {
            name: name.to_owned(),
            rules: settings.rules.of_file(&path),
            expected: settings.expectations.of_file(&path),
            counts: FileCounts {
                path: settings.relative(name),
                ..FileCounts::default()
            },
        }
    }

    fn file(&self) -> File<'_> {
        File {
            name: &self.name,
            path: &self.counts.path,
        }
    }
}

impl<'a, W: Write> Collector<'a, W> {
    pub(super) fn open(report: Box<dyn Report>, out: W) -> io::Result<Self> {
        let mut collector = Collector {
            report,
            out,
            text: Vec::new(),
            result: GateResult::default(),
            file: None,
            before: 0,
            shown: BTreeMap::new(),
            hidden: BTreeMap::new(),
            failed: None,
        };
        collector.report.open(&mut collector.text)?;
        Ok(collector)
    }

    pub(super) fn result(&self) -> &GateResult {
        &self.result
    }

    /// Adds the counts after the last payload with findings.
    pub(super) fn count(&mut self, tally: Tally) -> Result<(), Stop> {
        self.result.tally.join(tally)
    }

    /// Judges the findings of the next payload.
    pub(super) fn take(&mut self, payload: Payload, settings: &'a Settings) -> Result<(), Stop> {
        self.result.tally.join(payload.tally)?;
        let mut current = self.file.take();
        let file = current.get_or_insert_with(|| Current::new(&payload.source, settings));
        let reported = self.judge(file, payload.notices, settings);
        self.file = current;
        reported.map_err(Stop::Output)
    }

    /// Counts findings and reports those that are not expected.
    fn judge(
        &mut self,
        file: &mut Current<'a>,
        notices: Vec<Weighed>,
        settings: &Settings,
    ) -> io::Result<()> {
        let mut shown = Vec::new();
        for (notice, weight) in notices {
            let code = notice.code();
            *file.counts.all.entry(code).or_default() += 1;
            match weight {
                _ if file.expected.take(code) => self.result.tally.count_expected(),
                None => self.result.tally.count_allowed(),
                Some(severity) => {
                    self.result.tally.count_as(code, severity);
                    *file.counts.reported.entry((code, severity)).or_default() += 1;
                    match self.has_room(code, settings) {
                        true => shown.push(notice),
                        false => *self.hidden.entry((code, severity)).or_default() += 1,
                    }
                }
            }
        }
        self.result.stopped = settings.fail_fast && settings.is_failure(&self.result.tally);
        match shown.is_empty() {
            true => Ok(()),
            false => self.report.findings(&file.file(), &shown, &mut self.text),
        }
    }

    /// Returns true if one more finding of `code` may be shown, and counts it.
    fn has_room(&mut self, code: Code, settings: &Settings) -> bool {
        let shown = self.shown.entry(code).or_default();
        let has_room = settings.most.is_none_or(|most| *shown < most);
        *shown += u64::from(has_room);
        has_room
    }

    /// Judges the file as a whole and ends it.
    pub(super) fn end(&mut self, source: &str, stats: &CaptureStats, settings: &'a Settings) {
        let current = self.file.take();
        let mut file = current.unwrap_or_else(|| Current::new(source, settings));
        let told = self.judge_file(&mut file, source, stats, settings);
        let told = told.and_then(|()| self.report.end(&file.file(), &mut self.text));
        self.fail(told);
        self.files(Some(file), settings);
    }

    /// Ends a file that was not read to its end.
    pub(super) fn cut(&mut self, source: &str, stats: &CaptureStats, settings: &'a Settings) {
        self.result.tally.cut(source, stats);
        self.before = self.result.tally.payloads();
        // If the capture could not be read further, `unreadable` ends the file.
        let current = self.file.take_if(|_| self.result.stopped);
        if let Some(current) = &current {
            let told = self.report.end(&current.file(), &mut self.text);
            self.fail(told);
        }
        self.files(current, settings);
    }

    pub(super) fn unreadable(
        &mut self,
        name: Option<&str>,
        why: &str,
        settings: &'a Settings,
    ) -> io::Result<()> {
        let current = self.file.take();
        let current = current.or_else(|| name.map(|name| Current::new(name, settings)));
        let file = current.as_ref().map(Current::file);
        self.report.unreadable(file.as_ref(), why, &mut self.text)?;
        self.files(current, settings);
        self.flush()
    }

    pub(super) fn close(mut self) -> io::Result<GateResult> {
        self.failed.take().map_or(Ok(()), Err)?;
        let hidden = self.hidden.iter();
        let hidden: Vec<_> = hidden
            .map(|((code, severity), count)| (*code, *severity, *count))
            .collect();
        let total = Total {
            tally: &self.result.tally,
            files: &self.result.files,
            hidden: &hidden,
        };
        self.out.write_all(&std::mem::take(&mut self.text))?;
        // Written directly, because the whole end may not fit in memory.
        self.report.close(&total, &mut self.out)?;
        self.out.flush()?;
        Ok(self.result)
    }

    /// Judges the findings of the file as a whole: no payload, noise, missing expectations.
    fn judge_file(
        &mut self,
        file: &mut Current<'a>,
        source: &str,
        stats: &CaptureStats,
        settings: &Settings,
    ) -> io::Result<()> {
        let payloads = self.result.tally.payloads();
        let is_empty = payloads == std::mem::replace(&mut self.before, payloads);
        self.result.tally.end(source, stats);
        if is_empty {
            self.judge_alone(file, no_payload(), Spot::default(), settings)?;
        }
        if let Some((finding, spot)) = noise(stats) {
            self.judge_alone(file, finding, spot, settings)?;
        }
        if !settings.partial {
            for finding in file.expected.missing() {
                self.judge_alone(file, finding, Spot::default(), settings)?;
            }
        }
        Ok(())
    }

    /// Keeps the first error until a method can return it.
    fn fail(&mut self, told: io::Result<()>) {
        self.failed = self.failed.take().or(told.err());
    }

    /// Judges a finding about the file as a whole.
    fn judge_alone(
        &mut self,
        file: &mut Current<'a>,
        finding: Finding,
        spot: Spot,
        settings: &Settings,
    ) -> io::Result<()> {
        let weight = file.rules.of_finding(&finding);
        let severity = weight.unwrap_or(finding.severity());
        let notice = Notice {
            finding,
            severity,
            spot,
        };
        self.judge(file, vec![(notice, weight)], settings)
    }

    /// Keeps the counts of a finished file, if the settings ask for them.
    fn files(&mut self, file: Option<Current<'a>>, settings: &Settings) {
        let counts = file.map(|file| file.counts);
        let with_findings = counts.filter(|counts| settings.by_file && !counts.all.is_empty());
        self.result.files.extend(with_findings);
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.failed.take().map_or(Ok(()), Err)?;
        let text = std::mem::take(&mut self.text);
        self.out.write_all(&text)?;
        self.out.flush()
    }
}
