//! `wxsub decrypt`: writes the decrypted payloads byte for byte, one after the other.

use anyhow::bail;
use wxsub::report::Tally;
use wxsub::report::text::TextOptions;
use wxsub::{Outcome, Record};

use crate::cli::args;
use crate::cli::commands::{
    decoded, in_text, refuse_files, report_undecodable, summarize, visible,
};
use crate::cli::language::Words;
use crate::cli::options::Summary;
use crate::cli::plan::Plan;
use crate::cli::say::tell;
use crate::cli::status::Status;
use crate::cli::stream::{Job, run as run_job};
use crate::cli::texts::Texts;

/// Runs `wxsub decrypt`.
pub(super) fn run(args: &args::Decrypt) -> anyhow::Result<Status> {
    let plan = Plan::new("decrypt", &args.common, None)?;
    refuse_files(&plan)?;
    if !has_keys(&plan) {
        bail!(Words(
            "no key to open with: set WXSUB_ENCODING_AES_KEY, or give a file with --keys",
            "没有解密用的密钥：请设置 WXSUB_ENCODING_AES_KEY，或用 --keys 指定文件"
        ));
    }
    let mut target = plan.target()?;
    let job = DecryptJob {
        options: plan.err,
        visible: target.is_terminal(),
    };
    let done = run_job(&plan, &job, &mut target)?;
    done.keep(target)?;
    summarize(&done.tally, &plan, &[]);
    let decrypted = done.tally.decrypted();
    let is_nothing = decrypted.verified + decrypted.unverified + done.tally.undecodable() == 0;
    if is_nothing && plan.summary == Summary::Text {
        tell(Words(
            "nothing to decrypt: no payload is encrypted",
            "没有可解密的内容：没有加密的消息体",
        ));
    }
    Ok(decoded(&done, &plan))
}

fn has_keys(plan: &Plan) -> bool {
    let policy = plan.options.policy.iter();
    let mut accounts = policy.flat_map(|policy| policy.keys.accounts());
    accounts.any(|account| !account.keys.is_empty())
}

/// The job of `decrypt`: decrypted payloads as data, and undecodable payloads as messages.
struct DecryptJob {
    options: TextOptions,
    /// Escape control characters, which a terminal would obey.
    visible: bool,
}

impl Job for DecryptJob {
    fn record(&self, record: &Record<'_>, texts: &mut Texts, _tally: &mut Tally) {
        if let Some(opened) = record.opened().filter(|_| is_chosen(record)) {
            match self.visible {
                true => texts.data(|out| line(&visible(&opened, in_text), out)),
                false => texts.data(|out| line(&opened, out)),
            }
        }
        report_undecodable(record, &self.options, texts);
    }
}

fn is_chosen(record: &Record<'_>) -> bool {
    let outcome = record.outcome();
    !matches!(outcome, Outcome::FilteredOut(_) | Outcome::Deduplicated(_))
}

/// Writes `bytes`, and a line break if they do not end with one: the next payload begins a line.
fn line(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(bytes);
    if bytes.last() != Some(&b'\n') {
        out.push(b'\n');
    }
}
