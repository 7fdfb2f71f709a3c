//! The commands: each says what it does with a record, and what its run comes to.

use std::io::Write;

use anyhow::bail;
use wxsub::output::{Csv, Format, Json, JsonLines, Pretty, Rows, Xml};
use wxsub::pipeline::Rest;
use wxsub::report::text::{self, Look};
use wxsub::report::{self, Spot, Tally, Verdict};
use wxsub::{Code, Finding, Record};

use crate::cli::args::{self, Summary, View};
use crate::cli::plan::{Plan, time_zone};
use crate::cli::stream::{Done, Job, Texts, is_undecodable, run};
use crate::cli::target::Target;
use crate::cli::{Status, args::Format as To};

/// `wxsub parse`.
pub(super) fn parse(args: &args::Parse) -> anyhow::Result<Status> {
    let plan = Plan::new(&args.common, Some(&args.tz))?;
    let (look, time_zone) = (plan.out, time_zone(&args.tz)?);
    let format: Box<dyn Format + Sync> = match args.format {
        View::Pretty => Box::new(Pretty { look, time_zone }),
        View::Table => Box::new(Rows { look, time_zone }),
    };
    let job = Showing {
        format,
        look: plan.err,
    };
    let done = run(&plan, &job, &mut Target::new(None)?)?;
    let is_all_shown = plan.summary == Summary::Text && !done.interrupted && is_one(&done.tally);
    if !is_all_shown {
        summarize(&done, &plan);
    }
    Ok(decoded(&done))
}

/// `wxsub convert`.
pub(super) fn convert(args: &args::Convert) -> anyhow::Result<Status> {
    let plan = Plan::new(&args.common, args.tz.as_deref())?;
    let mut target = Target::new(args.output.as_deref())?;
    let format = format(args)?;
    let visible = args.to == To::Csv && target.is_terminal();
    let job = Writing {
        format,
        look: plan.err,
        visible,
    };
    let done = run(&plan, &job, &mut target)?;
    if !(done.stopped || done.failed || done.interrupted) {
        target.finish()?;
    } else if target.abandon() {
        eprintln!("wxsub: the output file was not touched");
    }
    summarize(&done, &plan);
    Ok(decoded(&done))
}

/// `wxsub check`.
pub(super) fn check(args: &args::Check) -> anyhow::Result<Status> {
    let plan = Plan::new(&args.common, None)?;
    let job = Judging {
        look: plan.out,
        strict: args.strict,
    };
    let done = run(&plan, &job, &mut Target::new(None)?)?;
    summarize(&done, &plan);
    let is_empty = done.tally.sources() == 0 && !(done.failed || done.stopped || done.interrupted);
    if is_empty {
        eprintln!("wxsub: error: no files to check");
    }
    // A gate through which nothing went has not held.
    let is_unchecked = done.tally.all_callbacks() == 0 && done.tally.filtered_out() > 0;
    if is_unchecked {
        eprintln!("wxsub: error: nothing was checked: every callback was filtered out");
    }
    Ok(match done.failed {
        _ if done.interrupted => Status::Interrupted,
        true => Status::Failed,
        false if is_empty || is_unchecked || job.is_failure(&done.tally) => Status::Problem,
        false => Status::Fine,
    })
}

/// Whether one callback is all there was.
fn is_one(tally: &Tally) -> bool {
    let beside = tally.all_others()
        + tally.undecodable()
        + tally.filtered_out()
        + tally.deduplicated()
        + tally.noise();
    tally.all_callbacks() == 1 && beside == 0
}

/// Says on standard error what was found.
pub(super) fn summarize(done: &Done, plan: &Plan) {
    let (tally, lang) = (&done.tally, plan.err.lang);
    let mut text = match plan.summary {
        Summary::None => return,
        Summary::Json => tally.summary_json(),
        Summary::Text if done.interrupted => {
            format!("wxsub: interrupted\n{}", tally.summary_of_files(lang))
        }
        Summary::Text => tally.summary_of_files(lang),
    };
    if plan.summary == Summary::Text {
        tally
            .details(lang)
            .iter()
            .for_each(|line| text += &format!("\n  {line}"));
    }
    text.push('\n');
    // Who closes standard error does not want a summary.
    _ = std::io::stderr().write_all(text.as_bytes());
}

/// The status of a run whose work was to decode.
pub(super) fn decoded(done: &Done) -> Status {
    match done.failed {
        _ if done.interrupted => Status::Interrupted,
        true => Status::Failed,
        false if is_incomplete(&done.tally) => Status::Problem,
        false => Status::Fine,
    }
}

/// Whether a payload is missing from the output.
fn is_incomplete(tally: &Tally) -> bool {
    tally.verdict() == Verdict::Undecodable || tally.count_of(Code::Unrepresentable) > 0
}

fn format(args: &args::Convert) -> anyhow::Result<Box<dyn Format + Sync>> {
    let is_jsonl = args.to == To::Jsonl;
    if (args.flat || args.with_source) && !is_jsonl {
        bail!("--flat and --with-source belong to --to jsonl");
    }
    if args.pretty && !matches!(args.to, To::Json | To::Xml) {
        bail!("--pretty belongs to --to json and --to xml");
    }
    if args.tz.is_some() && args.to != To::Csv {
        bail!("--tz belongs to --to csv: the other formats write times as WeChat does");
    }
    let pretty = args.pretty;
    Ok(match args.to {
        To::Jsonl => Box::new(JsonLines {
            flat: args.flat,
            with_source: args.with_source,
        }),
        To::Json => Box::new(Json { pretty }),
        To::Xml => Box::new(Xml { pretty }),
        To::Csv => Box::new(Csv {
            time_zone: time_zone(args.tz.as_deref().unwrap_or("UTC"))?,
        }),
    })
}

/// Shows callbacks, and what cannot be shown as messages.
struct Showing {
    format: Box<dyn Format + Sync>,
    look: Look,
}

impl Job for Showing {
    fn open(&self, out: &mut Vec<u8>) {
        self.format.open(out);
    }

    fn between(&self, out: &mut Vec<u8>) {
        self.format.between(out);
    }

    fn record(&self, record: &Record<'_>, texts: &mut Texts, tally: &mut Tally) {
        write_or_count(self.format.as_ref(), record, &self.look, texts, tally);
        if is_undecodable(record) {
            for finding in record.findings() {
                let spot = Spot::of(record, finding);
                texts.message(|out| text::write(record.source(), &spot, finding, &self.look, out));
            }
        }
    }
}

/// Writes callbacks, and a line for what cannot be written.
struct Writing {
    format: Box<dyn Format + Sync>,
    look: Look,
    /// Make visible what a terminal would obey: the format itself does not.
    visible: bool,
}

impl Job for Writing {
    fn open(&self, out: &mut Vec<u8>) {
        self.format.open(out);
    }

    fn record(&self, record: &Record<'_>, texts: &mut Texts, tally: &mut Tally) {
        match self.visible {
            false => write_or_count(self.format.as_ref(), record, &self.look, texts, tally),
            true => {
                let mut text = Vec::new();
                _ = self.format.record(record, &mut text);
                texts.data(|out| out.extend_from_slice(&visible(&text)));
            }
        }
        if is_undecodable(record) {
            for finding in record.findings() {
                report_line(record, finding, &self.look, texts);
            }
        }
    }
}

fn write_or_count(
    format: &dyn Format,
    record: &Record<'_>,
    look: &Look,
    texts: &mut Texts,
    tally: &mut Tally,
) {
    if let Err(finding) = texts.data(|out| format.record(record, out)) {
        tally.count(&finding);
        report_line(record, &finding, look, texts);
    }
}

pub(super) fn report_line(record: &Record<'_>, finding: &Finding, look: &Look, texts: &mut Texts) {
    let spot = Spot::of(record, finding);
    texts.message(|out| text::line(record.source(), &spot, finding, look, out));
}

/// `text` with its control characters but line feeds as escapes.
pub(super) fn visible(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let shown: String = text
        .chars()
        .flat_map(|c| {
            if c.is_control() && c != '\n' {
                c.escape_unicode().collect()
            } else {
                vec![c]
            }
        })
        .collect();
    shown.into_bytes()
}

/// Reports findings.
struct Judging {
    look: Look,
    strict: bool,
}

impl Judging {
    fn report(&self, source: &str, spot: &Spot, finding: &Finding, texts: &mut Texts) {
        texts.data(|out| text::write(source, spot, finding, &self.look, out));
    }
}

impl Job for Judging {
    fn record(&self, record: &Record<'_>, texts: &mut Texts, tally: &mut Tally) {
        let other = report::other_event(record);
        other.iter().for_each(|finding| tally.count(finding));
        for finding in record.findings().iter().chain(&other) {
            self.report(record.source(), &Spot::of(record, finding), finding, texts);
        }
    }

    fn end(&self, source: &str, rest: &Rest, payloads: u64, texts: &mut Texts, tally: &mut Tally) {
        if payloads == 0 {
            let finding = report::no_payload();
            tally.count(&finding);
            self.report(
                source,
                &Spot::new(Default::default(), b"", 0..0),
                &finding,
                texts,
            );
        }
        if let Some((finding, spot)) = report::noise(rest) {
            tally.count(&finding);
            self.report(source, &spot, &finding, texts);
        }
    }

    fn is_failure(&self, tally: &Tally) -> bool {
        tally.verdict()
            >= if self.strict {
                Verdict::Warnings
            } else {
                Verdict::Errors
            }
    }
}
