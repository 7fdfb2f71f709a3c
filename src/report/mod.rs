//! What a run found, for people: findings as text, and the counts of a whole run.

mod place;
mod summary;
mod summary_json;
mod tally;
pub mod text;

pub use place::Spot;
pub use tally::{Tally, Undecodable, Unseals, Verdict};

use crate::finding::{Finding, Reason};
use crate::pipeline::Rest;
use crate::record::{Outcome, Record};
use crate::span::Span;

/// What a check says of a message that is none of the three events.
pub fn other_event(record: &Record<'_>) -> Option<Finding> {
    match record.outcome() {
        Outcome::Other(name) => {
            Some(Finding::new(Reason::OtherMessage, record.name_span()).with(name))
        }
        _ => None,
    }
}

/// What a check says of a capture without a payload.
pub fn no_payload() -> Finding {
    Finding::new(Reason::FileWithoutPayload, Span::default())
}

/// What a check says of bytes that belong to no payload, and where the first of them stand.
pub fn noise(rest: &Rest) -> Option<(Finding, Spot)> {
    let (place, line) = rest.first_noise()?;
    let finding =
        Finding::new(Reason::NoiseHere, Span::new(0, line.len())).with(rest.noise().to_string());
    Some((
        finding,
        Spot::new(place, line, 0..line.trim_ascii_end().len()),
    ))
}
