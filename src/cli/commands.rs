//! The commands `parse` and `convert`, and what they share with `decrypt`: summary, status, messages.
//!
//! A command is a [`Job`], which says what it does with a record, and a function that runs it.

use anyhow::bail;
use wxsub::output::{Csv, Format, Json, JsonLines, Pretty, Rows, Xml};
use wxsub::report::text::is_unprintable;
use wxsub::report::text::{self, TextOptions};
use wxsub::report::{FileCounts, Spot, Tally, Verdict};
use wxsub::{Code, Finding, Record};

use crate::cli::args;
use crate::cli::language::Words;
use crate::cli::options::{ConvertFormat, ParseFormat, ShapeArg, Summary};
use crate::cli::plan::{Plan, time_zone};
use crate::cli::say::say;
use crate::cli::status::Status;
use crate::cli::stream::{Done, Job, is_undecodable, run};
use crate::cli::texts::Texts;

/// Runs `wxsub parse`.
pub(super) fn parse(args: &args::Parse) -> anyhow::Result<Status> {
    let plan = Plan::new("parse", &args.common, Some(&args.tz))?;
    refuse_files(&plan)?;
    let (options, time_zone) = (plan.out, time_zone(&args.tz)?);
    let format: Box<dyn Format + Sync> = match args.format {
        ParseFormat::Pretty => Box::new(Pretty { options, time_zone }),
        ParseFormat::Table => Box::new(Rows { options, time_zone }),
    };
    let job = FormatJob {
        format,
        options: plan.err,
        shows_lines: true,
    };
    let mut target = plan.target()?;
    let done = run(&plan, &job, &mut target)?;
    done.keep(target)?;
    let is_all_shown =
        plan.summary == Summary::Text && done.interrupted.is_none() && is_one(&done.tally);
    if !is_all_shown {
        summarize(&done.tally, &plan, &[]);
    }
    Ok(decoded(&done, &plan))
}

/// Runs `wxsub convert`.
pub(super) fn convert(args: &args::Convert) -> anyhow::Result<Status> {
    let plan = Plan::new("convert", &args.common, args.tz.as_deref())?;
    refuse_files(&plan)?;
    let mut target = plan.target()?;
    let mut format = format(args)?;
    if target.is_terminal() {
        let escape = match args.to {
            ConvertFormat::Jsonl | ConvertFormat::Json => in_json,
            ConvertFormat::Xml | ConvertFormat::Csv => in_text,
        };
        format = Box::new(Visible { format, escape });
    }
    let job = FormatJob {
        format,
        options: plan.err,
        shows_lines: false,
    };
    let done = run(&plan, &job, &mut target)?;
    done.keep(target)?;
    summarize(&done.tally, &plan, &[]);
    Ok(decoded(&done, &plan))
}

/// Returns true if the input held one callback and nothing else.
fn is_one(tally: &Tally) -> bool {
    let beside = tally.all_others()
        + tally.undecodable()
        + tally.filtered_out()
        + tally.deduplicated()
        + tally.noise();
    tally.all_callbacks() == 1 && beside == 0
}

/// Refuses `--summary files`, which only `check` has.
pub(super) fn refuse_files(plan: &Plan) -> anyhow::Result<()> {
    match plan.summary {
        Summary::Files => bail!(Words(
            "--summary files belongs to check",
            "--summary files 只用于 check"
        )),
        _ => Ok(()),
    }
}

/// Writes the summary to standard error.
pub(super) fn summarize(tally: &Tally, plan: &Plan, files: &[FileCounts]) {
    let lang = plan.err.lang;
    let mut text = match plan.summary {
        Summary::None => return,
        Summary::Json => tally.summary_json(),
        Summary::Text | Summary::Files => tally.summary_of_files(lang),
    };
    let details = match plan.summary {
        Summary::Text => tally.details(lang),
        Summary::Files => Tally::details_by_file(files, lang),
        Summary::Json | Summary::None => Vec::new(),
    };
    for line in details {
        text += &format!("\n  {line}");
    }
    text.push('\n');
    say(text.as_bytes());
}

/// The exit status of the commands that decode.
pub(super) fn decoded(done: &Done, plan: &Plan) -> Status {
    plan.exit_status(match (done.interrupted, done.failed) {
        (Some(interrupted), _) => Status::Interrupted(interrupted),
        (None, true) => Status::Failed,
        (None, false) if is_incomplete(&done.tally) => Status::Problem,
        (None, false) => Status::Fine,
    })
}

/// Returns true if a payload is missing from the output.
fn is_incomplete(tally: &Tally) -> bool {
    tally.verdict() == Verdict::Undecodable || tally.count_of(Code::Unrepresentable) > 0
}

fn format(args: &args::Convert) -> anyhow::Result<Box<dyn Format + Sync>> {
    let is_jsonl = args.to == ConvertFormat::Jsonl;
    if (args.flat || args.with_source) && !is_jsonl {
        bail!(Words(
            "--flat and --with-source belong to --to jsonl",
            "--flat 和 --with-source 只用于 --to jsonl"
        ));
    }
    if args.pretty && !matches!(args.to, ConvertFormat::Json | ConvertFormat::Xml) {
        bail!(Words(
            "--pretty belongs to --to json and --to xml",
            "--pretty 只用于 --to json 和 --to xml"
        ));
    }
    if args.tz.is_some() && args.to != ConvertFormat::Csv {
        bail!(Words(
            "--tz belongs to --to csv: the other formats write times as WeChat does",
            "--tz 只用于 --to csv：其他格式的时间与微信的写法相同"
        ));
    }
    if args.shape.is_some() && args.to != ConvertFormat::Json {
        bail!(Words(
            "--shape belongs to --to json",
            "--shape 只用于 --to json"
        ));
    }
    if args.csv_safe && args.to != ConvertFormat::Csv {
        bail!(Words(
            "--csv-safe belongs to --to csv",
            "--csv-safe 只用于 --to csv"
        ));
    }
    let pretty = args.pretty;
    Ok(match args.to {
        ConvertFormat::Jsonl => Box::new(JsonLines {
            flat: args.flat,
            with_source: args.with_source,
        }),
        ConvertFormat::Json => Box::new(Json {
            pretty,
            shape: args.shape.unwrap_or(ShapeArg::Documented).into(),
        }),
        ConvertFormat::Xml => Box::new(Xml { pretty }),
        ConvertFormat::Csv => Box::new(Csv {
            time_zone: time_zone(args.tz.as_deref().unwrap_or("UTC"))?,
            safe: args.csv_safe,
        }),
    })
}

/// The job of `parse` and `convert`: callbacks as data, and undecodable payloads as messages.
struct FormatJob {
    format: Box<dyn Format + Sync>,
    options: TextOptions,
    /// True if messages show the line of the payload.
    shows_lines: bool,
}

impl Job for FormatJob {
    fn open(&self, out: &mut Vec<u8>) {
        self.format.open(out);
    }

    fn between(&self, out: &mut Vec<u8>) {
        self.format.between(out);
    }

    fn record(&self, record: &Record<'_>, texts: &mut Texts, tally: &mut Tally) {
        let options = &self.options;
        match texts.data(|out| self.format.record(record, out)) {
            Ok(()) if self.format.leaves_out(record) => tally.count_shortened(),
            Ok(()) => {}
            Err(finding) => {
                tally.count(&finding);
                report_line(record, &finding, options, texts);
            }
        }
        match self.shows_lines {
            true => report_with_lines(record, options, texts),
            false => report_undecodable(record, options, texts),
        }
    }
}

/// A format for a terminal, which would obey control characters or hide what is invisible: that is escaped.
struct Visible {
    format: Box<dyn Format + Sync>,
    escape: fn(char) -> String,
}

impl Format for Visible {
    fn open(&self, out: &mut Vec<u8>) {
        self.format.open(out);
    }

    fn between(&self, out: &mut Vec<u8>) {
        self.format.between(out);
    }

    fn record(&self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), Finding> {
        let mut text = Vec::new();
        self.format.record(record, &mut text)?;
        out.extend_from_slice(&visible(&text, self.escape));
        Ok(())
    }

    fn leaves_out(&self, record: &Record<'_>) -> bool {
        self.format.leaves_out(record)
    }
}

/// Writes a message with the line for each finding of an undecodable payload.
fn report_with_lines(record: &Record<'_>, options: &TextOptions, texts: &mut Texts) {
    if is_undecodable(record) {
        let findings = record.findings();
        let spots = match texts.is_full() {
            true => Vec::new(),
            false => Spot::all(record, findings),
        };
        let mut spots = spots.into_iter();
        for finding in findings {
            let spot = spots.next().unwrap_or_default();
            texts.message(|out| text::write(record.source(), &spot, finding, options, out));
        }
    }
}

/// Writes a message of one line for each finding of an undecodable payload.
pub(super) fn report_undecodable(record: &Record<'_>, options: &TextOptions, texts: &mut Texts) {
    if is_undecodable(record) {
        for finding in record.findings() {
            report_line(record, finding, options, texts);
        }
    }
}

fn report_line(record: &Record<'_>, finding: &Finding, options: &TextOptions, texts: &mut Texts) {
    texts.message(|out| {
        let spot = Spot::of(record, finding);
        text::line(record.source(), &spot, finding, options, out);
    });
}

/// Escapes what a terminal would obey or not show, except line feeds.
pub(super) fn visible(text: &[u8], escape: fn(char) -> String) -> Vec<u8> {
    let mut shown = String::with_capacity(text.len());
    for c in String::from_utf8_lossy(text).chars() {
        match is_unprintable(c) && c != '\n' {
            true => shown += &escape(c),
            false => shown.push(c),
        }
    }
    shown.into_bytes()
}

/// Escapes a character of a string in JSON.
fn in_json(c: char) -> String {
    let units = c.encode_utf16(&mut [0; 2]).to_vec();
    units.iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

/// Escapes a character of text that has no escapes.
pub(super) fn in_text(c: char) -> String {
    c.escape_unicode().to_string()
}
