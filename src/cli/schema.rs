//! `wxsub schema`: prints the JSON Schema of what wxsub writes.

use anyhow::bail;
use clap::ValueEnum;
use wxsub::schema::Schema;

use crate::cli::language::Words;
use crate::cli::options::FileArg;
use crate::cli::status::Status;
use crate::cli::target;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wxsub schema record > record.schema.json
  wxsub schema wire-json --strict     to check fixtures with any validator")]
pub(super) struct Args {
    /// What to describe, as JSON Schema 2020-12
    #[arg(value_enum)]
    form: Form,
    /// Ask for all that WeChat documents, not just for what `convert` can promise (wire-json)
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    to: FileArg,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A line of `convert --to jsonl`
    Record,
    /// A line of `check --format json`
    Finding,
    /// The JSON that WeChat documents and `convert --to json` writes
    WireJson,
}

/// Runs `wxsub schema`.
pub(super) fn schema(args: &Args) -> anyhow::Result<Status> {
    let schema = match (args.form, args.strict) {
        (Form::Record, false) => Schema::Record,
        (Form::Finding, false) => Schema::Finding,
        (Form::WireJson, false) => Schema::WireJson,
        (Form::WireJson, true) => Schema::DocumentedJson,
        (_, true) => bail!(Words(
            "--strict belongs to wire-json: the other schemas are always strict",
            "--strict 只用于 wire-json：其他模式总是严格的"
        )),
    };
    target::write(args.to.path(), schema.text().as_bytes())?;
    Ok(Status::Fine)
}
