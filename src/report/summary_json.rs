//! A tally as a JSON object, for programs.
//!
//! Keys are stable: new ones may come, known ones stay. All of them are there always, so that nobody has to ask.

use crate::event::Event;
use crate::json::{Object, array, count, string};
use crate::report::{Tally, Undecodable, Unseals};

impl Tally {
    /// The counts as one JSON object, in one line.
    ///
    /// ```
    /// use wxsub::{pipeline, report::Tally};
    ///
    /// let log = "<xml><Event>subscribe_msg_sent_event</Event></xml>";
    /// let mut tally = Tally::default();
    /// pipeline::run(log.as_bytes(), "log", &pipeline::Options::default(), &mut tally).unwrap();
    /// assert!(tally.summary_json().starts_with(
    ///     r#"{"files":1,"bytes":50,"callbacks":{"popup":0,"change":0,"sent":1},"others":{},"#
    /// ));
    /// ```
    pub fn summary_json(&self) -> String {
        let mut out = Vec::new();
        let mut object = Object::open(&mut out);
        count(self.sources(), object.member("files"));
        count(self.bytes(), object.member("bytes"));
        let callbacks = Event::ALL
            .iter()
            .map(|&event| (event.short_name(), self.callbacks(event)));
        counts(callbacks, object.member("callbacks"));
        counts(self.others(), object.member("others"));
        count(self.unnamed_others(), object.member("others_unnamed"));
        count(self.undecodable(), object.member("undecodable"));
        array(
            self.first_undecodable(),
            object.member("undecodable_places"),
            place,
        );
        let findings = self
            .findings_by_code()
            .into_iter()
            .map(|(code, count)| (code.as_str(), count));
        counts(findings, object.member("findings"));
        count(self.filtered_out(), object.member("filtered_out"));
        count(self.deduplicated(), object.member("deduplicated"));
        count(self.noise(), object.member("noise_bytes"));
        unseals(self.unseals(), object.member("opened"));
        object.close();
        String::from_utf8_lossy(&out).into_owned()
    }
}

fn unseals(unseals: &Unseals, out: &mut Vec<u8>) {
    let mut object = Object::open(out);
    count(unseals.verified, object.member("verified"));
    count(unseals.unverified, object.member("not_verified"));
    let by_key = unseals.by_key.iter();
    array(by_key, object.member("by_key"), |number, out| {
        count(*number, out)
    });
    object.close();
}

fn counts<'a>(named: impl Iterator<Item = (&'a str, u64)>, out: &mut Vec<u8>) {
    let mut object = Object::open(out);
    for (name, number) in named {
        count(number, object.member(name));
    }
    object.close();
}

fn place(at: &Undecodable, out: &mut Vec<u8>) {
    let mut object = Object::open(out);
    string(&at.source, object.member("path"));
    count(at.place.line, object.member("line"));
    count(at.place.column, object.member("column"));
    count(at.place.offset, object.member("offset"));
    string(at.code.as_str(), object.member("code"));
    object.close();
}
