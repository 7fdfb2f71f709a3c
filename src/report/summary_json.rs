//! A tally as a JSON object, for programs.
//!
//! Keys are stable: new ones may come, known ones stay. All of them are there always, so that nobody has to ask.

use crate::event::Event;
use crate::json::{Key, Object, array, integer, string};
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
        count(self.sources(), object.key(&const { Key::new("files") }));
        count(self.bytes(), object.key(&const { Key::new("bytes") }));
        let callbacks = Event::ALL
            .iter()
            .map(|&event| (event.short_name(), self.callbacks(event)));
        counts(callbacks, object.key(&const { Key::new("callbacks") }));
        counts(self.others(), object.key(&const { Key::new("others") }));
        count(
            self.unnamed_others(),
            object.key(&const { Key::new("others_unnamed") }),
        );
        count(
            self.undecodable(),
            object.key(&const { Key::new("undecodable") }),
        );
        array(
            self.first_undecodable(),
            object.key(&const { Key::new("undecodable_places") }),
            place,
        );
        let findings = self
            .findings_by_code()
            .into_iter()
            .map(|(code, count)| (code.as_str(), count));
        counts(findings, object.key(&const { Key::new("findings") }));
        count(
            self.filtered_out(),
            object.key(&const { Key::new("filtered_out") }),
        );
        count(
            self.deduplicated(),
            object.key(&const { Key::new("deduplicated") }),
        );
        count(self.noise(), object.key(&const { Key::new("noise_bytes") }));
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
    string(&at.source, object.key(&const { Key::new("path") }));
    count(at.place.line, object.key(&const { Key::new("line") }));
    count(at.place.column, object.key(&const { Key::new("column") }));
    count(at.place.offset, object.key(&const { Key::new("offset") }));
    string(at.code.as_str(), object.key(&const { Key::new("code") }));
    object.close();
}
