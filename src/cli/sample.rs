//! `wxsub sample`: makes payloads for tests.

use std::io::{self, Write};

use anyhow::Context;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use wxsub::sample::{Recipe, Samples, Shape};
use wxsub::{Event, Lang, Syntax};

use crate::cli::number::whole;
use crate::cli::options::SyntaxArg;
use crate::cli::random::Random;
use crate::cli::select;
use crate::cli::status::{Status, UNWRITTEN};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wxsub sample popup                                 an answer to a prompt, as documented
  wxsub sample sent --to xml --error-code 43101      a message that did not arrive
  wxsub sample change --shape captured --count 1000  as servers send them, a line each
  wxsub sample popup --seed 7 > tests/popup.json     the same bytes whenever it is run")]
pub(super) struct Args {
    /// Which event
    #[arg(value_parser = select::event_parser(event_value))]
    event: Event,
    /// What to write [default: json, or what the shape asks for]
    #[arg(long, alias = "format", value_name = "FORMAT", value_enum)]
    to: Option<SyntaxArg>,
    /// How it is written
    #[arg(long, value_name = "SHAPE", value_parser = shape_parser(), default_value = Shape::DOCUMENTED.name())]
    shape: Shape,
    /// Items of each [default: 1 to 3, as it comes]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    items: Option<usize>,
    /// How many, a line each
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = whole::<u64>, allow_negative_numbers = true)]
    count: u64,
    /// A number, which gives the same bytes each time and in every version [default: another each time]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    seed: Option<u64>,
    /// The user's openid
    #[arg(long, value_name = "OPENID", allow_hyphen_values = true)]
    user: Option<String>,
    /// The template; of several, items take one after the other
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    template: Vec<String>,
    /// What the user decided (popup, change) [default: accept or reject; change: reject]
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// The result, with the text that belongs to it (sent) [default: 0]
    #[arg(long, value_name = "CODE", allow_hyphen_values = true, value_parser = code)]
    error_code: Option<i64>,
}

fn event_value(event: Event) -> PossibleValue {
    select::event_value(event).help(event.words(Lang::En))
}

fn shape_parser() -> impl TypedValueParser<Value = Shape> {
    let value = |shape: Shape| PossibleValue::new(shape.name()).help(help(shape));
    PossibleValuesParser::new(Shape::all().map(value))
        .map(|name| name.parse().expect("one of those that are possible"))
}

fn code(text: &str) -> Result<i64, String> {
    let number = text.parse();
    number.map_err(|_| "expected a whole number, as 43101".into())
}

/// The help of a shape: what is special about it, and the syntax or event that has it.
fn help(shape: Shape) -> String {
    let only = [
        shape.syntax().map(Syntax::as_str),
        shape.event().map(Event::short_name),
    ];
    let only: Vec<&str> = only.into_iter().flatten().collect();
    let words = shape.words(Lang::En);
    match only.is_empty() {
        true => words.to_owned(),
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
    write(samples, args.count).context(UNWRITTEN)?;
    Ok(Status::Fine)
}

fn write(mut samples: Samples, count: u64) -> io::Result<()> {
    const BLOCK: usize = 1 << 16;
    let mut stdout = io::stdout().lock();
    let mut block = Vec::with_capacity(2 * BLOCK);
    for _ in 0..count {
        samples.write(&mut block);
        block.push(b'\n');
        if block.len() >= BLOCK {
            stdout.write_all(&block)?;
            block.clear();
        }
    }
    stdout.write_all(&block)?;
    stdout.flush()
}
