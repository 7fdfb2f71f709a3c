//! `wxsub sample`: makes payloads for tests.

use std::io::{self, Write};

use anyhow::Context;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use wxsub::sample::{Recipe, Samples, Shape};
use wxsub::{Event, Lang, Syntax};

use crate::cli::language::Words;
use crate::cli::number::whole;
use crate::cli::options::{FileArg, SyntaxArg};
use crate::cli::random::Random;
use crate::cli::select;
use crate::cli::status::{Status, UNWRITTEN};
use crate::cli::target::Target;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wxsub sample popup                             an answer to a prompt
  wxsub sample sent --to xml --error-code 43101  a message that did not arrive
  wxsub sample change --shape wire               as WeChat's servers send it
  wxsub sample popup --seed 7 > popup.json       the same bytes at each run")]
pub(super) struct Args {
    /// Which event
    #[arg(value_parser = select::event_parser(event_value))]
    event: Event,
    /// What to write [default: json, if the shape has it]
    #[arg(long, alias = "format", value_name = "FORMAT", value_enum)]
    to: Option<SyntaxArg>,
    /// How it is written; --help lists all shapes
    #[arg(
        long,
        long_help = shapes(Lang::En),
        value_name = "SHAPE",
        value_parser = shape_parser(),
        default_value = Shape::DOCUMENTED.name(),
        hide_possible_values = true
    )]
    shape: Shape,
    /// Items of each [default: 1 to 3, as it comes]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    items: Option<usize>,
    /// How many, a line each
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = whole::<u64>, allow_negative_numbers = true)]
    count: u64,
    /// Gives the same bytes at each run and in every version [default: random]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    seed: Option<u64>,
    /// The user's openid
    #[arg(long, value_name = "OPENID", allow_hyphen_values = true)]
    user: Option<String>,
    /// The template; of several, items take one after the other
    #[arg(
        long,
        value_name = "ID,…",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    template: Vec<String>,
    /// What the user decided (popup, change) [default: accept or reject]
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// The result, with its text (sent) [default: 0]
    #[arg(long, value_name = "CODE", allow_hyphen_values = true, value_parser = code)]
    error_code: Option<i64>,
    #[command(flatten)]
    to_file: FileArg,
}

fn event_value(event: Event) -> PossibleValue {
    select::event_value(event).help(event.words(Lang::En))
}

fn shape_parser() -> impl TypedValueParser<Value = Shape> {
    let value = |shape: Shape| PossibleValue::new(shape.name()).help(help(shape, Lang::En));
    PossibleValuesParser::new(Shape::all().map(value))
        .map(|name| name.parse().expect("one of those that are possible"))
}

/// Returns the help of `--shape`: a line a shape.
pub(super) fn shapes(lang: Lang) -> String {
    let widest = Shape::all().map(|shape| shape.name().len()).max();
    let line = |shape: Shape| {
        let (name, width) = (shape.name(), widest.unwrap_or_default());
        format!("\n  {name:width$}  {}", help(shape, lang))
    };
    let lines: String = Shape::all().map(line).collect();
    match lang {
        Lang::En => format!("How it is written:{lines}"),
        Lang::Zh => lines.trim_start_matches('\n').to_owned(),
    }
}

fn code(text: &str) -> Result<i64, String> {
    let number = text.parse();
    number.map_err(|_| Words("expected a whole number, as 43101", "应为整数，如 43101").to_string())
}

/// The help of a shape: what is special about it, and the syntax or event that has it.
fn help(shape: Shape, lang: Lang) -> String {
    let only = [
        shape.syntax().map(Syntax::as_str),
        shape.event().map(Event::short_name),
    ];
    let only: Vec<&str> = only.into_iter().flatten().collect();
    let words = shape.words(lang);
    match only.is_empty() {
        true => words.to_owned(),
        false if lang == Lang::Zh => format!("{words}（{}）", only.join("、")),
        false => format!("{words} ({})", only.join(", ")),
    }
}

/// Runs `wxsub sample`.
pub(super) fn sample(args: &Args) -> anyhow::Result<Status> {
    let recipe = Recipe {
        syntax: args.to.map(Syntax::from),
        shape: args.shape,
        items: args.items,
        user: args.user.clone(),
        templates: args.template.clone(),
        status: args.status.clone(),
        error_code: args.error_code,
        ..Recipe::new(args.event)
    };
    let seed = args.seed.map_or_else(|| Random::System.next_number(), Ok)?;
    let samples = recipe.samples(seed)?;
    let mut target = Target::new(args.to_file.path())?;
    write(samples, args.count, &mut target).context(UNWRITTEN)?;
    target.finish()?;
    Ok(Status::Fine)
}

fn write(mut samples: Samples, count: u64, to: &mut Target) -> io::Result<()> {
    const BLOCK: usize = 1 << 16;
    let mut block = Vec::with_capacity(2 * BLOCK);
    for _ in 0..count {
        samples.write(&mut block);
        block.push(b'\n');
        if block.len() >= BLOCK {
            to.write_all(&block)?;
            block.clear();
        }
    }
    to.write_all(&block)?;
    to.flush()
}
