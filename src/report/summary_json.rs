//! A tally as a JSON object, for programs.
//!
//! Keys are stable: new keys may be added, existing keys stay. Every key is always present.

use serde::Serialize;

use crate::event::Event;
use crate::finding::Code;
use crate::json_format::{self, InOrder};
use crate::report::{Tally, Undecodable, Unseals};

impl Tally {
    /// Returns the counts as one JSON object in one line.
    ///
    /// ```
    /// use wxsub::{pipeline, report::Tally};
    ///
    /// let log = "<xml><MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event></xml>";
    /// let mut tally = Tally::default();
    /// pipeline::run(log.as_bytes(), "log", &pipeline::Options::default(), &mut tally).unwrap();
    /// assert!(tally.summary_json().starts_with(
    ///     r#"{"files":1,"bytes":74,"callbacks":{"popup":0,"change":0,"sent":1},"others":{},"#
    /// ));
    /// ```
    pub fn summary_json(&self) -> String {
        let summary = Summary {
            files: self.sources(),
            bytes: self.bytes(),
            callbacks: Event::ALL
                .into_iter()
                .map(|event| (event.short_name(), self.callbacks(event)))
                .collect(),
            others: self.others().collect(),
            others_unnamed: self.unnamed_others(),
            undecodable: self.undecodable(),
            undecodable_places: self.first_undecodable().iter().map(Where::of).collect(),
            findings: self.findings_by_code().into_iter().collect(),
            filtered_out: self.filtered_out(),
            deduplicated: self.deduplicated(),
            noise_bytes: self.noise(),
            opened: Opened::of(self.unseals()),
        };
        let mut out = Vec::new();
        json_format::write(&summary, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }
}

#[derive(Serialize)]
struct Summary<'a> {
    files: u64,
    bytes: u64,
    callbacks: InOrder<&'static str, u64>,
    others: InOrder<&'a str, u64>,
    others_unnamed: u64,
    undecodable: u64,
    undecodable_places: Vec<Where<'a>>,
    findings: InOrder<Code, u64>,
    filtered_out: u64,
    deduplicated: u64,
    noise_bytes: u64,
    opened: Opened<'a>,
}

/// The place of a payload that could not be decoded, and the reason.
#[derive(Serialize)]
struct Where<'a> {
    path: &'a str,
    line: u64,
    column: u64,
    offset: u64,
    code: Code,
}

impl<'a> Where<'a> {
    fn of(undecodable: &'a Undecodable) -> Self {
        let place = undecodable.place;
        Where {
            path: &undecodable.source,
            line: place.line,
            column: place.column,
            offset: place.offset,
            code: undecodable.code,
        }
    }
}

/// The number of decrypted payloads.
#[derive(Serialize)]
struct Opened<'a> {
    verified: u64,
    not_verified: u64,
    by_key: &'a [u64],
}

impl<'a> Opened<'a> {
    fn of(unseals: &'a Unseals) -> Self {
        Opened {
            verified: unseals.verified,
            not_verified: unseals.unverified,
            by_key: &unseals.by_key,
        }
    }
}
