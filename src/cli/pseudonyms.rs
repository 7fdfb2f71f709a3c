//! The key of the pseudonyms, and the flags for pseudonyms.
//!
//! The key comes from the environment or from a file, never from the command line, and is never printed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use wxsub::pipeline::Options;
use wxsub::redact::{Key, Redactor};
use zeroize::Zeroizing;

use crate::cli::language::{Words, both};
use crate::cli::random::Random;
use crate::cli::say::tell;

const KEY: &str = "WXSUB_REDACT_KEY";

// Not a doc comment: clap would show it as the command's help.
#[derive(Debug, clap::Args)]
pub(super) struct RedactArgs {
    /// Replace openids, account ids, appids, message and template ids by pseudonyms, in all that is written
    #[arg(long, conflicts_with = "query", hide_short_help = true)]
    pub(super) redact: bool,
    /// The secret that pseudonyms are made with, in a file; also from WXSUB_REDACT_KEY [default: a random one]
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    redact_key_file: Option<PathBuf>,
}

impl RedactArgs {
    /// Makes the redactor, if pseudonyms are wanted.
    pub(super) fn redactor(&self, options: &Options) -> anyhow::Result<Option<Redactor>> {
        let key = self.redact.then(|| self.key()).transpose()?;
        Ok(key.map(|key| Redactor::new(key, options)))
    }

    /// Refuses a file with a secret if no pseudonyms are wanted: whoever gives it expects them.
    pub(super) fn refuse_idle_key(&self) -> anyhow::Result<()> {
        if self.redact_key_file.is_some() && !self.redact {
            bail!(Words(
                "--redact-key-file alone replaces nothing: add --redact",
                "仅给出 --redact-key-file 不会替换任何内容：请加上 --redact"
            ));
        }
        Ok(())
    }

    /// Returns the key of the given secret. Without a secret the key is random, and a note says so.
    pub(super) fn key(&self) -> anyhow::Result<Key> {
        let secret = match &self.redact_key_file {
            Some(file) => of_file(file)?,
            None => of_environment()?,
        };
        match secret.is_empty() {
            true => random(),
            false => Ok(Key::new(&secret)),
        }
    }

    pub(super) fn file(&self) -> Option<&Path> {
        self.redact_key_file.as_deref()
    }
}

/// Makes a random key, with a note.
fn random() -> anyhow::Result<Key> {
    tell(both!(
        "note: the pseudonyms are of this run only; to get the same ones again, give a secret in {KEY} or with \
         --redact-key-file",
        "提示：这些假名只在本次运行中有效；要在以后得到同样的假名，请用 {KEY} 或 --redact-key-file 给出密钥"
    ));
    let mut random = Random::new(None);
    let mut secret = Zeroizing::new([0; 32]);
    for bytes in secret.as_chunks_mut::<8>().0 {
        *bytes = random.next_number()?.to_le_bytes();
    }
    Ok(Key::new(&*secret))
}

/// Reads the environment variable. A missing one counts as empty.
fn of_environment() -> anyhow::Result<Zeroizing<Vec<u8>>> {
    match env::var_os(KEY) {
        None => Ok(Default::default()),
        Some(secret) => match secret.into_string() {
            Ok(secret) => Ok(secret.into_bytes().into()),
            // The error of the library would show the value.
            Err(_) => bail!(both!(
                "{KEY}: the value is not UTF-8",
                "{KEY}：值不是 UTF-8"
            )),
        },
    }
}

/// Reads a file without the white space at its end.
fn of_file(path: &Path) -> anyhow::Result<Zeroizing<Vec<u8>>> {
    let shown = path.display();
    let mut secret = match fs::read(path) {
        // `path` may be a secret typed here by mistake: the message does not show it.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            bail!(Words(
                "--redact-key-file takes the name of a file, never a secret itself: there is no such file",
                "--redact-key-file 后面是文件名，不是密钥本身：没有这个文件"
            ))
        }
        read => Zeroizing::new(read.with_context(|| format!("--redact-key-file {shown}"))?),
    };
    let len = secret.trim_ascii_end().len();
    secret.truncate(len);
    match secret.is_empty() {
        true => bail!(both!(
            "--redact-key-file {shown}: there is no secret in it",
            "--redact-key-file {shown}：文件中没有密钥"
        )),
        false => Ok(secret),
    }
}
