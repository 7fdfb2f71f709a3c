//! `wxsub redact`: writes captures as they are, with pseudonyms in the place of ids.

use std::fs;
use std::io::{self, Read, Write};

use anyhow::{Context, bail};
use wxsub::Lang;
use wxsub::redact::{Redaction, Redactor};
use wxsub::report::text::printable;

use crate::cli::args;
use crate::cli::errors::told;
use crate::cli::feed::{Feed, OpenCapture};
use crate::cli::interrupt::Interrupted;
use crate::cli::language::{Words, both};
use crate::cli::options::{Common, Summary};
use crate::cli::plan::Plan;
use crate::cli::progress::Progress;
use crate::cli::read::{tell_interrupted, unreadable};
use crate::cli::say::{tell, tell_error};
use crate::cli::status::{Status, UNWRITTEN};
use crate::cli::target::Target;

/// Runs `wxsub redact`.
pub(super) fn run(args: &args::Redact) -> anyhow::Result<Status> {
    refuse(&args.common)?;
    let plan = Plan::new("redact", &args.common, None)?;
    let redactor = match &plan.redactor {
        Some(redactor) => redactor.clone(),
        None => Redactor::new(args.common.redact.key()?, &plan.options),
    };
    let mut target = plan.target()?;
    let mut run = Run {
        plan: &plan,
        redactor,
        redaction: Redaction::default(),
        captures: 0,
        failed: false,
    };
    let interrupted = run.all(&mut target)?;
    target.keep(!run.failed && interrupted.is_none())?;
    if !args.common.quiet {
        run.summarize();
    }
    Ok(match (interrupted, run.failed) {
        (Some(interrupted), _) => Status::Interrupted(interrupted),
        (None, true) => Status::Failed,
        (None, false) => Status::Fine,
    })
}

/// Refuses arguments that make no sense for this command: filters, flags without effect, and folders.
fn refuse(common: &Common) -> anyhow::Result<()> {
    if common.select.is_any() {
        bail!(Words(
            "redact writes captures as they are: it chooses no callbacks",
            "redact 原样写出内容，不筛选回调"
        ));
    }
    let (input, output) = (&common.input, &common.output);
    let without_effect = [
        ("--noise", output.noise.is_some()),
        ("--summary", output.summary != Summary::Text),
        ("--fail-fast", input.fail_fast),
        ("--glob", !input.glob.is_empty()),
        ("--hidden", input.hidden),
    ];
    if let Some((flag, _)) = without_effect.into_iter().find(|(_, is_given)| *is_given) {
        bail!(both!(
            "redact writes captures as they are: {flag} has no effect there",
            "redact 原样写出内容，{flag} 在此不起作用"
        ));
    }
    let folder = common.paths.iter().find(|path| {
        let metadata = fs::metadata(path);
        metadata.is_ok_and(|metadata| metadata.is_dir())
    });
    match folder {
        Some(folder) => {
            let name = printable(&folder.display().to_string());
            bail!(both!(
                "`{name}` is a folder: name its files, which are written one after the other",
                "`{name}` 是文件夹：请给出其中的文件，它们会依次写出"
            ))
        }
        None => Ok(()),
    }
}

/// A run over all captures.
struct Run<'p> {
    plan: &'p Plan,
    redactor: Redactor,
    redaction: Redaction,
    captures: usize,
    failed: bool,
}

impl Run<'_> {
    /// Writes all captures. Returns the signal that ended the run, if one did.
    fn all(&mut self, target: &mut Target) -> anyhow::Result<Option<Interrupted>> {
        let progress = Progress::of(self.plan, target);
        let counts = progress.counts().clone();
        let mut feed = Feed::new(&self.plan.sources, self.plan.bounds, counts);
        feed.watch();
        loop {
            let error = match feed.next() {
                Ok(None) => return Ok(None),
                Ok(Some(capture)) => match self.capture(capture, target) {
                    Ok(()) => continue,
                    Err(Failure::Output(error)) => return Err(error).context(UNWRITTEN),
                    Err(Failure::Input(error)) => error,
                },
                Err(error) => error,
            };
            if let Some(interrupted) = error.downcast_ref() {
                tell_interrupted(*interrupted, self.plan, &progress);
                return Ok(Some(*interrupted));
            }
            self.failed = true;
            progress.aside(|| tell_error(told(&error)));
        }
    }

    /// Writes one capture.
    fn capture(&mut self, capture: OpenCapture<'_>, target: &mut Target) -> Result<(), Failure> {
        let OpenCapture { name, bytes } = capture;
        let input = |error| Failure::Input(unreadable(error, &name));
        let mut redacted = self.redactor.redact(bytes).map_err(input)?;
        let mut buffer = vec![0; 256 << 10];
        loop {
            match redacted.read(&mut buffer).map_err(input)? {
                0 => break,
                len => target.write_all(&buffer[..len]).map_err(Failure::Output)?,
            }
        }
        target.flush().map_err(Failure::Output)?;
        self.captures += 1;
        self.redaction.join(&redacted.redaction());
        Ok(())
    }

    /// Says how much was replaced, and what happened to encrypted payloads.
    fn summarize(&self) {
        if self.captures == 0 {
            return;
        }
        let lang = self.plan.err.lang;
        let (replaced, captures) = (self.redaction.replaced, self.captures as u64);
        tell(match lang {
            Lang::En => format!(
                "{replaced} id{} replaced in {captures} capture{}",
                s(replaced),
                s(captures)
            ),
            Lang::Zh => format!("{captures} 个文件中替换了 {replaced} 处 ID"),
        });
        for (count, en, zh) in self.sealed().into_iter().filter(|row| row.0 > 0) {
            tell(match lang {
                Lang::En => format!("{en}: {count}"),
                Lang::Zh => format!("{count} {zh}"),
            });
        }
    }

    /// Returns what happened to encrypted payloads, and how often.
    fn sealed(&self) -> [(u64, &'static str, &'static str); 3] {
        [
            (
                self.redaction.resealed,
                "encrypted payloads opened and encrypted again",
                "个加密的消息体已解密、替换并重新加密",
            ),
            (
                self.redaction.blanked,
                "encrypted payloads that no key opens, blanked",
                "个加密的消息体没有可用的密钥，已清空",
            ),
            (
                self.redaction.unsigned,
                "signatures that are wrong or have no token, blanked",
                "个签名已清空：签名错误，或没有提供 token",
            ),
        ]
    }
}

/// Returns the ending of the word for `count` things.
fn s(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// Why a capture was not written to its end.
enum Failure {
    Input(anyhow::Error),
    Output(io::Error),
}
