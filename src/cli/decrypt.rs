//! `wxsub decrypt`: what sealed payloads hold, as it was, one after the other.

use wxsub::Record;
use wxsub::report::Tally;
use wxsub::report::text::Look;

use crate::cli::commands::{decoded, report_line, summarize};
use crate::cli::plan::Plan;
use crate::cli::stream::{Job, Texts, is_undecodable, run as run_job};
use crate::cli::target::Target;
use crate::cli::{Status, args};

/// `wxsub decrypt`.
pub(super) fn run(args: &args::Decrypt) -> anyhow::Result<Status> {
    let plan = Plan::new(&args.common, None)?;
    let mut target = Target::new(args.output.as_deref())?;
    let job = Opening { look: plan.err };
    let done = run_job(&plan, &job, &mut target)?;
    if !(done.stopped || done.failed || done.interrupted) {
        target.finish()?;
    } else if target.abandon() {
        eprintln!("wxsub: the output file was not touched");
    }
    summarize(&done, &plan);
    Ok(decoded(&done))
}

/// Writes what was sealed, and a line for what does not open.
struct Opening {
    look: Look,
}

impl Job for Opening {
    fn record(&self, record: &Record<'_>, texts: &mut Texts, _tally: &mut Tally) {
        if is_undecodable(record) {
            for finding in record.findings() {
                report_line(record, finding, &self.look, texts);
            }
        }
    }
}
