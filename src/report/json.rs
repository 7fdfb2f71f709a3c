//! Findings as JSON, an object a line.

use std::io::{self, Write};

use crate::json::{Object, count, string};
use crate::lang::Lang;
use crate::report::{File, Notice, Report};

/// One object a finding, with the keys `code`, `severity`, `message`, `path`, `line`, `column`, `offset`, and `help`
/// where there is one.
#[derive(Clone, Copy, Debug, Default)]
pub struct JsonLines {
    /// The language of messages.
    pub lang: Lang,
}

impl Report for JsonLines {
    fn findings(
        &mut self,
        file: &File<'_>,
        notices: &[Notice],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        write_each(notices, out, |notice, text| self.line(file, notice, text))
    }
}

/// Writes what `write` makes of `notices`, at once.
pub(super) fn write_each(
    notices: &[Notice],
    out: &mut dyn Write,
    mut write: impl FnMut(&Notice, &mut Vec<u8>),
) -> io::Result<()> {
    let mut text = Vec::new();
    for notice in notices {
        write(notice, &mut text);
    }
    out.write_all(&text)
}

/// Begins an entry of an array on a line of its own; whether one was `begun` before.
pub(super) fn begin_entry(begun: &mut bool, out: &mut Vec<u8>) {
    let is_first = !std::mem::replace(begun, true);
    out.extend_from_slice(if is_first { b"\n" } else { b",\n" });
}

impl JsonLines {
    fn line(&self, file: &File<'_>, notice: &Notice, out: &mut Vec<u8>) {
        let place = notice.spot.place;
        let mut object = Object::open(out);
        string(notice.code().as_str(), object.member("code"));
        string(notice.severity.as_str(), object.member("severity"));
        string(&notice.message(self.lang), object.member("message"));
        string(file.path, object.member("path"));
        count(place.line, object.member("line"));
        count(place.column, object.member("column"));
        count(place.offset, object.member("offset"));
        if let Some(help) = notice.help(self.lang) {
            string(help, object.member("help"));
        }
        object.close();
        out.push(b'\n');
    }
}
