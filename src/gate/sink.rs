//! The sink of a check: forks gather findings, the root judges them in the order of the capture.
//!
//! Which findings are wanted depends on how many came before them, and so does where a run stops that is to stop at the
//! first error. So forks only gather: for each payload with findings what was counted since the one before it. The root
//! takes one after the other; its answer is the same however the capture was cut into blocks.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::finding::{Code, Finding, Severity};
use crate::gate::expect::Wanted;
use crate::gate::rules::FileRules;
use crate::gate::{Expectations, Rules};
use crate::pipeline::{Rest, Sink, Stop};
use crate::record::Record;
use crate::report::{
    self, File, FileCounts, Notice, Report, Spot, Tally, Total, Verdict, no_payload, noise,
};

/// How a run is judged.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What findings weigh.
    pub rules: Rules,
    /// Which findings are wanted.
    pub expectations: Expectations,
    /// The working directory: an absolute path. Paths in reports are relative to it.
    pub folder: PathBuf,
    /// Whether warnings fail the run.
    pub strict: bool,
    /// Whether the run stops at the first finding that fails it.
    pub fail_fast: bool,
    /// Whether files are read in part only, so that nothing can be said of what is missing in them.
    pub partial: bool,
    /// Whether to count by file.
    pub by_file: bool,
    /// The most findings of a code that are reported; all are counted.
    pub most: Option<u64>,
}

impl Settings {
    /// Whether what was counted fails the run.
    pub fn is_failure(&self, tally: &Tally) -> bool {
        tally.verdict()
            >= match self.strict {
                true => Verdict::Warnings,
                false => Verdict::Errors,
            }
    }

    fn absolute(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// `name` relative to the working directory, if it lies below it.
    fn relative(&self, name: &str) -> String {
        let path = Path::new(name);
        let path: PathBuf = path
            .strip_prefix(&self.folder)
            .unwrap_or(path)
            .components()
            .filter(|part| !matches!(part, std::path::Component::CurDir))
            .collect();
        let path = path.to_string_lossy().into_owned();
        match cfg!(windows) {
            true => path.replace('\\', "/"),
            false => path,
        }
    }
}

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
/// let payload = &b"<xml><Event>subscribe_msg_sent_event</Event></xml>"[..];
/// pipeline::run(payload, "a.xml", &Options::default(), &mut gate).unwrap();
/// let judged = gate.close()?;
/// assert!(settings.is_failure(&judged.tally));
/// assert_eq!(judged.tally.count_of(wxsub::Code::MissingField), 4);
/// assert!(out.starts_with(br#"{"code":"missing-field","severity":"error","#));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Gate<'a, W> {
    settings: &'a Settings,
    gathered: Gathered<'a>,
    root: Option<Root<'a, W>>,
}

/// What a run came to.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// Everything that was counted.
    pub tally: Tally,
    /// Findings by file, if that was asked for.
    pub files: Vec<FileCounts>,
    /// Whether the run stopped at the first failure.
    pub stopped: bool,
}

/// What a fork gathers.
#[derive(Default)]
struct Gathered<'a> {
    payloads: Vec<Payload>,
    /// What was counted since the last of them.
    tally: Tally,
    rules: Option<(FileRules, Wanted<'a>)>,
    placed: Placed,
}

/// How many findings of each code have their place.
#[derive(Default)]
struct Placed(BTreeMap<Code, u64>);

/// The findings of one payload.
struct Payload {
    source: String,
    /// What was counted since the one before, this one with it.
    tally: Tally,
    notices: Vec<Weighed>,
}

/// A finding, with what it weighs if it is not wanted.
type Weighed = (Notice, Option<Severity>);

/// What only the root has.
struct Root<'a, W> {
    report: Box<dyn Report>,
    out: W,
    /// What is to be written.
    text: Vec<u8>,
    judged: Judged,
    file: Option<Current<'a>>,
    /// How many payloads there were before the file.
    before: u64,
    shown: BTreeMap<Code, u64>,
    hidden: BTreeMap<(Code, Severity), u64>,
    /// A report failed where nobody could be told.
    failed: Option<io::Error>,
}

/// The file being read.
struct Current<'a> {
    name: String,
    rules: FileRules,
    wanted: Wanted<'a>,
    counts: FileCounts,
}

impl<'a> Current<'a> {
    fn new(name: &str, settings: &'a Settings) -> Self {
        let path = settings.absolute(name);
        Current {
            name: name.to_owned(),
            rules: settings.rules.of_file(&path),
            wanted: settings.expectations.of_file(&path),
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

impl<'a, W: Write> Gate<'a, W> {
    /// A gate that writes to `out` as `report` does.
    ///
    /// # Errors
    ///
    /// The report's beginning could not be written.
    pub fn new(settings: &'a Settings, report: Box<dyn Report>, out: W) -> io::Result<Self> {
        let mut root = Root {
            report,
            out,
            text: Vec::new(),
            judged: Judged::default(),
            file: None,
            before: 0,
            shown: BTreeMap::new(),
            hidden: BTreeMap::new(),
            failed: None,
        };
        root.report.open(&mut root.text)?;
        Ok(Gate {
            settings,
            gathered: Gathered::default(),
            root: Some(root),
        })
    }

    /// What was counted so far.
    pub fn tally(&self) -> Option<&Tally> {
        self.root.as_ref().map(|root| &root.judged.tally)
    }

    /// Whether the run stopped at the first failure.
    pub fn is_stopped(&self) -> bool {
        self.root.as_ref().is_some_and(|root| root.judged.stopped)
    }

    /// Writes what is to be written.
    ///
    /// # Errors
    ///
    /// It could not be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.root.as_mut().map_or(Ok(()), Root::flush)
    }

    /// Says that the capture `name` could not be read, or not to its end.
    ///
    /// # Errors
    ///
    /// The report could not be written.
    pub fn unreadable(&mut self, name: Option<&str>, why: &str) -> io::Result<()> {
        let settings = self.settings;
        let Some(root) = &mut self.root else {
            return Ok(());
        };
        let current = root.file.take();
        let current = current.or_else(|| name.map(|name| Current::new(name, settings)));
        let file = current.as_ref().map(Current::file);
        root.report.unreadable(file.as_ref(), why, &mut root.text)?;
        root.files(current, settings);
        root.flush()
    }

    /// Writes the report's end: what it all came to.
    ///
    /// # Errors
    ///
    /// The report's end could not be written.
    pub fn close(self) -> io::Result<Judged> {
        let Some(mut root) = self.root else {
            return Ok(Judged::default());
        };
        root.failed.take().map_or(Ok(()), Err)?;
        let hidden = root.hidden.iter();
        let hidden: Vec<_> = hidden
            .map(|((code, severity), count)| (*code, *severity, *count))
            .collect();
        let total = Total {
            tally: &root.judged.tally,
            files: &root.judged.files,
            hidden: &hidden,
        };
        root.out.write_all(&std::mem::take(&mut root.text))?;
        // All at once this may be more than memory holds.
        root.report.close(&total, &mut root.out)?;
        root.out.flush()?;
        Ok(root.judged)
    }
}

impl<'a, W> Gate<'a, W> {
    /// The findings of `record` that are reported, or would be if they were not wanted.
    fn notices(&mut self, record: &Record<'_>) -> Vec<Weighed> {
        let other = report::other_event(record);
        let findings = record.findings().iter().chain(&other);
        if findings.clone().next().is_none() {
            return Vec::new();
        }
        let settings = self.settings;
        let Gathered {
            rules,
            placed,
            tally,
            ..
        } = &mut self.gathered;
        let (rules, wanted) = rules.get_or_insert_with(|| {
            let path = settings.absolute(record.source());
            let wanted = settings.expectations.of_file(&path);
            (settings.rules.of_file(&path), wanted)
        });
        let mut notices = Vec::new();
        for finding in findings {
            let weight = rules.severity(finding.code());
            let is_wanted = wanted.has(finding.code());
            if weight.is_none() && !is_wanted {
                tally.count_allowed();
                continue;
            }
            let most = settings.most.filter(|_| !is_wanted);
            let severity = weight.unwrap_or(finding.severity());
            notices.push((placed.notice(record, finding, severity, most), weight));
        }
        notices
    }
}

impl Placed {
    /// `finding` with its place, if it may be among the `most` of its code that are shown. What is beyond them in one
    /// block alone never is.
    fn notice(
        &mut self,
        record: &Record<'_>,
        finding: &Finding,
        severity: Severity,
        most: Option<u64>,
    ) -> Notice {
        let placed = self.0.entry(finding.code()).or_default();
        *placed += 1;
        match most.is_none_or(|most| *placed <= most) {
            true => Notice::of(record, finding, severity),
            false => Notice::nowhere(finding, severity),
        }
    }
}

impl<W: Write + Send> Sink for Gate<'_, W> {
    fn fork(&self) -> Self {
        Gate {
            settings: self.settings,
            gathered: Gathered::default(),
            root: None,
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
        // Only the root is ever joined.
        let Some(root) = &mut self.root else {
            return Ok(());
        };
        for payload in later.gathered.payloads {
            root.take(payload, self.settings)?;
            if root.judged.stopped {
                root.flush().map_err(Stop::Output)?;
                return Err(Stop::Enough);
            }
        }
        root.judged.tally.join(later.gathered.tally)?;
        root.flush().map_err(Stop::Output)
    }

    fn end(&mut self, source: &str, rest: &Rest) {
        if let Some(root) = &mut self.root {
            let failed = root.end(source, rest, self.settings).err();
            root.failed = root.failed.take().or(failed);
        }
    }

    fn cut(&mut self, source: &str, rest: &Rest) {
        let Some(root) = &mut self.root else { return };
        root.judged.tally.cut(source, rest);
        root.before = root.judged.tally.payloads();
        // Of a capture that could not be read on, `unreadable` tells.
        if root.judged.stopped {
            let current = root.file.take();
            if let Some(current) = &current {
                let failed = root.report.end(&current.file(), &mut root.text).err();
                root.failed = root.failed.take().or(failed);
            }
            root.files(current, self.settings);
        }
    }
}

impl<'a, W: Write> Root<'a, W> {
    fn take(&mut self, payload: Payload, settings: &'a Settings) -> Result<(), Stop> {
        self.judged.tally.join(payload.tally)?;
        let mut current = self.file.take();
        let file = current.get_or_insert_with(|| Current::new(&payload.source, settings));
        let judged = self.judge(file, payload.notices, settings);
        self.file = current;
        judged.map_err(Stop::Output)
    }

    /// Counts findings and reports those that are not wanted.
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
                _ if file.wanted.take(code) => self.judged.tally.count_expected(),
                None => self.judged.tally.count_allowed(),
                Some(severity) => {
                    self.judged.tally.count_as(code, severity);
                    *file.counts.reported.entry((code, severity)).or_default() += 1;
                    match self.has_room(code, settings) {
                        true => shown.push(notice),
                        false => *self.hidden.entry((code, severity)).or_default() += 1,
                    }
                }
            }
        }
        self.judged.stopped = settings.fail_fast && settings.is_failure(&self.judged.tally);
        match shown.is_empty() {
            true => Ok(()),
            false => self.report.findings(&file.file(), &shown, &mut self.text),
        }
    }

    /// Whether another finding of `code` is shown.
    fn has_room(&mut self, code: Code, settings: &Settings) -> bool {
        let shown = self.shown.entry(code).or_default();
        let has_room = settings.most.is_none_or(|most| *shown < most);
        *shown += u64::from(has_room);
        has_room
    }

    /// What is to be said of a file as a whole.
    fn end(&mut self, source: &str, rest: &Rest, settings: &'a Settings) -> io::Result<()> {
        let current = self.file.take();
        let mut file = current.unwrap_or_else(|| Current::new(source, settings));
        let payloads = self.judged.tally.payloads();
        let is_empty = payloads == std::mem::replace(&mut self.before, payloads);
        self.judged.tally.end(source, rest);
        if is_empty {
            self.judge_alone(&mut file, no_payload(), Spot::default(), settings)?;
        }
        if let Some((finding, spot)) = noise(rest) {
            self.judge_alone(&mut file, finding, spot, settings)?;
        }
        if !settings.partial {
            for finding in file.wanted.missing() {
                self.judge_alone(&mut file, finding, Spot::default(), settings)?;
            }
        }
        self.report.end(&file.file(), &mut self.text)?;
        self.files(Some(file), settings);
        Ok(())
    }

    fn judge_alone(
        &mut self,
        file: &mut Current<'a>,
        finding: Finding,
        spot: Spot,
        settings: &Settings,
    ) -> io::Result<()> {
        let weight = file.rules.severity(finding.code());
        let severity = weight.unwrap_or(finding.severity());
        let notice = Notice {
            finding,
            severity,
            spot,
        };
        self.judge(file, vec![(notice, weight)], settings)
    }

    fn files(&mut self, file: Option<Current<'a>>, settings: &Settings) {
        let counts = file.map(|file| file.counts);
        let with_findings = counts.filter(|counts| settings.by_file && !counts.all.is_empty());
        self.judged.files.extend(with_findings);
    }

    fn flush(&mut self) -> io::Result<()> {
        self.failed.take().map_or(Ok(()), Err)?;
        let text = std::mem::take(&mut self.text);
        self.out.write_all(&text)?;
        self.out.flush()
    }
}
