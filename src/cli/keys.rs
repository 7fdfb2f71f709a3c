//! The keys of encrypted payloads, and the flags that say which payloads are accepted.
//!
//! Keys come from the environment or from a file. They never come from the command line, which every user of the
//! machine can read. They are never printed.

use std::env::{self, VarError};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::language::{Words, both};
use crate::cli::say::tell_warning;
use anyhow::{Context, bail};
use wxsub::seal::{Account, Keys, Policy, Query, accounts};
use zeroize::Zeroizing;

const KEY: &str = "WXSUB_ENCODING_AES_KEY";
const TOKEN: &str = "WXSUB_TOKEN";
const APPID: &str = "WXSUB_APPID";

#[derive(Debug, clap::Args)]
pub(super) struct KeyArgs {
    /// Keys in a file: lines `encoding_aes_key = …`, `token = …`, `appid = …`
    ///
    /// `[…]` begins another account. Also from WXSUB_ENCODING_AES_KEY, WXSUB_TOKEN and WXSUB_APPID; what an account of
    /// the file leaves out is taken from there.
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    keys: Option<PathBuf>,
    /// The query string of the request, for a capture of one payload that does not hold it
    #[arg(
        long,
        value_name = "STRING",
        allow_hyphen_values = true,
        hide_short_help = true
    )]
    query: Option<String>,
    /// Decode payloads whose signature is wrong or missing all the same; they are still reported
    #[arg(long, hide_short_help = true)]
    accept_unverified: bool,
    /// Refuse payloads that are not verified: plain ones, those without a query, those without a token
    #[arg(long, conflicts_with = "accept_unverified", hide_short_help = true)]
    require_signature: bool,
    /// Refuse payloads that are not encrypted
    #[arg(long, hide_short_help = true)]
    require_encryption: bool,
}

impl KeyArgs {
    /// Makes the policy of the flags and the environment. `None` if they say nothing about encrypted payloads.
    pub(super) fn policy(&self) -> anyhow::Result<Option<Arc<Policy>>> {
        let policy = Policy {
            query: self.query()?,
            accept_unverified: self.accept_unverified,
            require_signature: self.require_signature,
            require_encryption: self.require_encryption,
            ..Policy::from(keys(self.keys.as_deref())?)
        };
        self.check_token(&policy.keys)?;
        Ok((!policy.is_idle()).then(|| policy.into()))
    }

    pub(super) fn file(&self) -> Option<&Path> {
        self.keys.as_deref()
    }

    fn query(&self) -> anyhow::Result<Option<Query>> {
        let query = self.query.as_ref();
        let parsed = query.map(|text| {
            Query::parse(text.as_bytes()).context(Words(
                "--query: no signature in it: expected `signature=…&timestamp=…&nonce=…&msg_signature=…`, as on the URL",
                "--query 中没有签名：应为 URL 上的 `signature=…&timestamp=…&nonce=…&msg_signature=…`",
            ))
        });
        parsed.transpose()
    }

    /// Fails if a flag needs a token and there is none.
    fn check_token(&self, keys: &Keys) -> anyhow::Result<()> {
        let flag = match (self.require_signature, &self.query) {
            (true, _) => "--require-signature",
            (false, Some(_)) => "--query",
            (false, None) => return Ok(()),
        };
        if !keys.has_tokens() {
            bail!(both!(
                "{flag} needs the token of the account: set {TOKEN}, or give it in a file by --keys",
                "{flag} 需要账号的 token：请设置 {TOKEN}，或写在 --keys 的文件中"
            ));
        }
        Ok(())
    }
}

/// Reads the keys of the environment and of `file`.
///
/// If the file holds one account, the environment adds its keys to it. If the file holds several, the keys of the
/// environment are an account of their own. Each account takes a missing token or appid from the environment.
pub(super) fn keys(file: Option<&Path>) -> anyhow::Result<Keys> {
    let mut own = of_environment()?;
    let Some(file) = file else {
        return Ok(Keys::new([own]));
    };
    let mut accounts = of_file(file)?;
    if let [account] = &mut accounts[..] {
        account.keys.append(&mut own.keys);
    }
    for account in &mut accounts {
        if account.tokens.is_empty() {
            account.tokens.clone_from(&own.tokens);
        }
        if account.appids.is_empty() {
            account.appids.clone_from(&own.appids);
        }
    }
    let has_keys = !own.keys.is_empty();
    accounts.extend(has_keys.then_some(own));
    Ok(Keys::new(accounts))
}

fn of_environment() -> anyhow::Result<Account> {
    let [keys, token, appids] = [variable(KEY)?, variable(TOKEN)?, variable(APPID)?];
    if token.trim() != token.as_str() {
        tell_warning(both!(
            "{TOKEN} has white space around the token: no signature will verify",
            "{TOKEN} 中 token 的前后有空白：签名都会验证失败"
        ));
    }
    Account::from_lists(&keys, &token, &appids).context(KEY)
}

/// Reads an environment variable. A missing variable counts as empty.
fn variable(name: &str) -> anyhow::Result<Zeroizing<String>> {
    match env::var(name) {
        Ok(value) => Ok(value.into()),
        Err(VarError::NotPresent) => Ok(Default::default()),
        // The library's error would show the value.
        Err(VarError::NotUnicode(_)) => bail!(both!(
            "{name}: the value is not UTF-8",
            "{name}：值不是 UTF-8"
        )),
    }
}

fn of_file(path: &Path) -> anyhow::Result<Vec<Account>> {
    let shown = path.display();
    let mut text = Zeroizing::new(String::new());
    let mut file = match File::open(path) {
        // `path` may be a key typed here by mistake: the message does not show it.
        Err(error) if error.kind() == ErrorKind::NotFound && is_like_a_secret(path) => {
            bail!(Words(
                "--keys takes the name of a file, never a key itself: there is no such file",
                "--keys 后面是文件名，不是密钥本身：没有这个文件"
            ))
        }
        opened => opened.with_context(|| format!("--keys {shown}"))?,
    };
    warn_if_open(&file, path);
    let read = file.read_to_string(&mut text);
    read.with_context(|| format!("--keys {shown}"))?;
    let accounts = accounts(&text).with_context(|| format!("--keys {shown}"))?;
    match accounts.is_empty() {
        true => bail!(both!(
            "--keys {shown}: there is no key in it: a line is `encoding_aes_key = …`, `token = …` or `appid = …`",
            "--keys {shown}：文件中没有密钥：每行应为 `encoding_aes_key = …`、`token = …` 或 `appid = …`"
        )),
        false => Ok(accounts),
    }
}

/// Returns true if `path` looks like a key or a token. A file name has a dot or begins with a slash, or is short.
fn is_like_a_secret(path: &Path) -> bool {
    const SHORT: usize = 16;
    let name = path.to_string_lossy();
    name.len() >= SHORT && !name.contains(['.', '\\', ' ']) && !name.starts_with('/')
}

/// Warns if other users can read the file.
#[cfg(unix)]
fn warn_if_open(file: &File, path: &Path) {
    use std::os::unix::fs::PermissionsExt;

    let others = 0o077;
    let is_open = |metadata: std::fs::Metadata| {
        metadata.is_file() && metadata.permissions().mode() & others != 0
    };
    if file.metadata().is_ok_and(is_open) {
        let shown = path.display();
        tell_warning(both!(
            "others can read the keys in {shown}: `chmod 600` it",
            "其他用户能读取 {shown} 中的密钥：请执行 `chmod 600`"
        ));
    }
}

#[cfg(not(unix))]
fn warn_if_open(_: &File, _: &Path) {}
