//! A tally as a JSON object, for programs.
//!
//! Keys are stable: new ones may come, known ones stay. All of them are there always, so that nobody has to ask.

use crate::event::Event;
use crate::json::{Object, array, integer, string};
use crate::report::{Tally, Undecodable};

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
        count(self.sources(), object.key("files"));
        count(self.bytes(), object.key("bytes"));
        let callbacks = Event::ALL
            .iter()
            .map(|&event| (event.short_name(), self.callbacks(event)));
        counts(callbacks, object.key("callbacks"));
        counts(self.others(), object.key("others"));
        count(self.unnamed_others(), object.key("others_unnamed"));
        count(self.undecodable(), object.key("undecodable"));
        array(
            self.first_undecodable(),
            object.key("undecodable_places"),
            place,
        );
        let findings = self
            .findings_by_code()
            .into_iter()
            .map(|(code, count)| (code.as_str(), count));
        counts(findings, object.key("findings"));
        count(self.filtered_out(), object.key("filtered_out"));
        count(self.deduplicated(), object.key("deduplicated"));
        count(self.noise(), object.key("noise_bytes"));
        object.close();
        String::from_utf8_lossy(&out).into_owned()
    }
}

fn count(number: u64, out: &mut Vec<u8>) {
    integer(i64::try_from(number).unwrap_or(i64::MAX), out);
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
    string(&at.source, object.key("path"));
    count(at.place.line, object.key("line"));
    count(at.place.column, object.key("column"));
    count(at.place.offset, object.key("offset"));
    string(at.code.as_str(), object.key("code"));
    object.close();
}
