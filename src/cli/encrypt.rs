//! `wxsub encrypt`: encrypts one payload as WeChat does, or only signs it if there is no key, to test a server.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, anyhow, bail};
use wxsub::output::{Push, Sealing};
use wxsub::report::Spot;
use wxsub::report::text::{self, TextOptions, printable};
use wxsub::seal::{EncodingAesKey, Keys, Token};
use wxsub::{Capture, Decompressed, Lang, Outcome, Record, Syntax};

use crate::cli::args;
use crate::cli::keys;
use crate::cli::language::{Words, both, chosen};
use crate::cli::plan::NoInput;
use crate::cli::random::Random;
use crate::cli::say::{say, tell, tell_warning};
use crate::cli::sources::{Sources, refuse_overwriting};
use crate::cli::status::{Status, UNWRITTEN};
use crate::cli::target::Target;

/// Runs `wxsub encrypt`.
pub(super) fn run(args: &args::Encrypt) -> anyhow::Result<Status> {
    if let Some(keys) = &args.keys {
        refuse_overwriting(args.to.path(), "--keys", keys)?;
    }
    let keys = keys::keys(args.keys.as_deref())?;
    let chosen = Chosen::of(&keys)?;
    chosen.warn_if_plain(args)?;
    let record = match payload(args)? {
        Ok(record) => record,
        Err(why) => {
            say(why.as_bytes());
            return Ok(Status::Problem);
        }
    };
    let push = chosen.push(args, &record)?;
    write(args, &push, chosen.token().is_some())?;
    Ok(Status::Fine)
}

/// What the payload is encrypted or signed with.
enum Chosen<'k> {
    Sealed {
        key: &'k EncodingAesKey,
        token: Option<&'k Token>,
        appid: &'k str,
    },
    /// There is no key: the payload is pushed as in plain mode.
    Plain(&'k Token),
}

impl<'k> Chosen<'k> {
    /// Chooses the first key, and the token and appid of its account. Without a key chooses the first token.
    fn of(keys: &'k Keys) -> anyhow::Result<Self> {
        let mut accounts = keys.accounts().iter();
        let Some(account) = accounts.find(|account| !account.keys.is_empty()) else {
            return Self::plain(keys);
        };
        let appid = account.appids.first().context(Words(
            "no appid to encrypt with: set WXSUB_APPID, or give a file with --keys",
            "加密缺少 appid：请设置 WXSUB_APPID，或用 --keys 指定文件",
        ))?;
        Ok(Chosen::Sealed {
            key: &account.keys[0],
            token: account.tokens.first(),
            appid,
        })
    }

    fn plain(keys: &'k Keys) -> anyhow::Result<Self> {
        let mut tokens = keys.accounts().iter().flat_map(|account| &account.tokens);
        let token = tokens.next().context(Words(
            "no key to encrypt with and no token to sign with: set WXSUB_ENCODING_AES_KEY or WXSUB_TOKEN, or give a \
             file with --keys",
            "既没有加密用的密钥，也没有签名用的 token：请设置 WXSUB_ENCODING_AES_KEY 或 WXSUB_TOKEN，或用 --keys 指定文件",
        ))?;
        Ok(Chosen::Plain(token))
    }

    fn token(&self) -> Option<&'k Token> {
        match self {
            Chosen::Sealed { token, .. } => *token,
            Chosen::Plain(token) => Some(token),
        }
    }

    fn push(&self, args: &args::Encrypt, record: &Record<'_>) -> anyhow::Result<Push> {
        let mut rng = Random::new(args.seed);
        let random = rng.next_digits()?;
        let nonce = match &args.nonce {
            Some(nonce) => nonce.clone(),
            None => (rng.next_number()? % 10_000_000_000).to_string(),
        };
        let now = || {
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map(|it| it.as_secs())
        };
        let timestamp = args.timestamp.map_or_else(now, Ok)?.to_string();
        let push = match *self {
            Chosen::Sealed { key, token, appid } => {
                let sealing = Sealing {
                    key,
                    token,
                    appid,
                    envelope: args.envelope.map(Syntax::from),
                    timestamp: &timestamp,
                    nonce: &nonce,
                    random,
                };
                sealing.push(record)
            }
            Chosen::Plain(token) => Push::plain(record, token, &timestamp, &nonce),
        };
        push.map_err(|finding| {
            let why = finding.message(chosen());
            anyhow!(both!("cannot encrypt it: {why}", "无法加密：{why}"))
        })
    }

    /// Says if the payload is not encrypted, and refuses an envelope for it.
    fn warn_if_plain(&self, args: &args::Encrypt) -> anyhow::Result<()> {
        match self {
            Chosen::Plain(_) if args.envelope.is_some() => {
                bail!(Words(
                    "--envelope needs a key: set WXSUB_ENCODING_AES_KEY, or give a file with --keys",
                    "--envelope 需要密钥：请设置 WXSUB_ENCODING_AES_KEY，或用 --keys 指定文件"
                ))
            }
            Chosen::Plain(_) => {
                tell(Words(
                    "not encrypted: there is no key, set WXSUB_ENCODING_AES_KEY",
                    "未加密：没有密钥，请设置 WXSUB_ENCODING_AES_KEY",
                ));
                Ok(())
            }
            Chosen::Sealed { .. } => Ok(()),
        }
    }
}

/// Reads the only payload of a capture. Returns a message for people if there is none, or more than one.
fn payload(args: &args::Encrypt) -> anyhow::Result<Result<Record<'static>, String>> {
    let path = args.path.as_deref().unwrap_or(Path::new("-"));
    if path == Path::new("-") && io::stdin().is_terminal() {
        let missing = NoInput {
            command: "encrypt",
            message: Words(
                "nothing to encrypt: name a file with a payload, or pipe one in",
                "没有可加密的内容：请给出含有消息体的文件，或用管道传入",
            ),
        };
        return Err(missing.into());
    }
    if path.is_dir() {
        let name = printable(&path.display().to_string());
        bail!(both!(
            "`{name}` is a folder: encrypt takes one payload of one file",
            "`{name}` 是文件夹：encrypt 只接受一个文件中的一个消息体"
        ));
    }
    let sources = Sources::new(&[path.to_owned()], &[])?.without_output(args.to.path());
    let source = sources
        .iter()
        .next()
        .context(Words("nothing to read", "没有可读的内容"))??;
    let name = printable(&source.name);
    let capture = Capture::new(Decompressed::new(source.from)).named(&source.name);
    let records = capture.filter(|record| {
        let is_remark = |record: &Record<'_>| *record.outcome() == Outcome::Remark;
        !record.as_ref().is_ok_and(is_remark)
    });
    let mut records = records.take(2);
    let first = records.next().transpose();
    let Some(record) = first.with_context(|| both!("cannot read `{name}`", "无法读取 `{name}`"))?
    else {
        return Ok(Err(both!(
            "wxsub: error: `{name}` holds no payload\n",
            "wxsub: 错误：`{name}` 中没有消息体\n"
        )));
    };
    if records.next().is_some() {
        return Ok(Err(both!(
            "wxsub: error: `{name}` holds several payloads: encrypt takes one\n",
            "wxsub: 错误：`{name}` 中有多个消息体：encrypt 只接受一个\n"
        )));
    }
    Ok(sealable(record, chosen()))
}

/// Returns the record if its payload can be encrypted, or a message for people.
fn sealable(record: Record<'static>, lang: Lang) -> Result<Record<'static>, String> {
    let source = printable(record.source());
    if record.top_text("Encrypt").is_some() {
        return Err(both!(
            "wxsub: error: the payload in `{source}` is encrypted already\n",
            "wxsub: 错误：`{source}` 中的消息体已经加密\n"
        ));
    }
    match (record.outcome(), record.findings()) {
        (Outcome::Undecodable, [finding, ..]) => {
            let mut out = Vec::new();
            let spot = Spot::of(&record, finding);
            let options = TextOptions {
                lang,
                ..TextOptions::default()
            };
            text::write(record.source(), &spot, finding, &options, &mut out);
            Err(String::from_utf8_lossy(&out).into_owned())
        }
        _ => Ok(record),
    }
}

fn write(args: &args::Encrypt, push: &Push, is_signed: bool) -> anyhow::Result<()> {
    if !is_signed && (args.http.is_some() || args.curl.is_some()) {
        bail!(Words(
            "no token to sign with: set WXSUB_TOKEN, or give a file with --keys",
            "没有签名用的 token：请设置 WXSUB_TOKEN，或用 --keys 指定文件"
        ));
    }
    let mut target = Target::new(args.to.path())?;
    let text = match (&args.http, &args.curl) {
        (Some(url), _) => push.request(url),
        (_, Some(url)) => curl(push, url),
        // Only on a terminal: elsewhere a line break would be one more byte of the body.
        _ if target.is_terminal() => [&push.body[..], b"\n"].concat(),
        _ => push.body.clone(),
    };
    target.write_all(&text).context(UNWRITTEN)?;
    target.finish().context(UNWRITTEN)?;
    if args.http.is_none() && args.curl.is_none() {
        say(format!("{}\n", push.query).as_bytes());
        if !is_signed {
            tell_warning(Words(
                "not signed: there is no token, set WXSUB_TOKEN",
                "未签名：没有 token，请设置 WXSUB_TOKEN",
            ));
        }
    }
    Ok(())
}

/// Writes a configuration for `curl -K -`.
fn curl(push: &Push, url: &str) -> Vec<u8> {
    let body = String::from_utf8_lossy(&push.body);
    let escape = |text: &str| {
        text.replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n")
    };
    format!(
        "url = \"{}\"\nheader = \"Content-Type: {}\"\ndata-binary = \"{}\"\n",
        escape(&push.url(url)),
        push.content_type(),
        escape(&body)
    )
    .into_bytes()
}
