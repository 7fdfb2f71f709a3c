//! A tally as a JSON object, for programs.
//!
//! Keys are stable: new keys may be added, existing keys stay. Every key is always present.

use crate::event::Event;
use crate::json_format::{self, Json, array, object, text};
use crate::report::{Decrypted, Tally, Undecodable};

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
        let by_event = |event: Event| (event.short_name(), Json::Number(self.callbacks(event)));
        let others = self.others();
        let findings = self.findings_by_code().into_iter();
        let shortened = Some(self.shortened()).filter(|count| *count > 0);
        let shortened = shortened.map(|count| ("without_extra", Json::Number(count)));
        let counts = [
            ("files", Json::Number(self.sources())),
            ("bytes", Json::Number(self.bytes())),
            ("callbacks", object(Event::ALL.map(by_event))),
            (
                "others",
                object(others.map(|(name, count)| (name, Json::Number(count)))),
            ),
            ("others_unnamed", Json::Number(self.unnamed_others())),
            ("undecodable", Json::Number(self.undecodable())),
            (
                "undecodable_places",
                array(self.first_undecodable().iter().map(undecodable)),
            ),
            (
                "findings",
                object(findings.map(|(code, count)| (code.as_str(), Json::Number(count)))),
            ),
            ("filtered_out", Json::Number(self.filtered_out())),
            ("deduplicated", Json::Number(self.deduplicated())),
            ("noise_bytes", Json::Number(self.noise())),
            ("mentions", Json::Number(self.mentions())),
            ("opened", opened(self.decrypted())),
        ];
        let summary = object(counts.into_iter().chain(shortened));
        let mut out = Vec::new();
        json_format::write(&summary, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }
}

/// The place of a payload that could not be decoded, and the reason.
fn undecodable(undecodable: &Undecodable) -> Json<'_> {
    let place = undecodable.place;
    object([
        ("path", text(&undecodable.source)),
        ("line", Json::Number(place.line)),
        ("column", Json::Number(place.column)),
        ("offset", Json::Number(place.offset)),
        ("code", text(undecodable.code.as_str())),
    ])
}

/// The number of decrypted payloads.
fn opened(decrypted: &Decrypted) -> Json<'static> {
    let by_key = decrypted.by_key.iter().copied();
    object([
        ("verified", Json::Number(decrypted.verified)),
        ("not_verified", Json::Number(decrypted.unverified)),
        ("by_key", array(by_key.map(Json::Number))),
    ])
}
