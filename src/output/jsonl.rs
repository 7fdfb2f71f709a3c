//! Records, the normalised JSON form, one on each line.

use std::io;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::event::extra::{Scalars, Values};
use crate::event::fields::{RECORD_SOURCE, SOURCE_SEALED};
use crate::event::serialize::{self, Style};
use crate::event::{CallbackRef, ItemRef};
use crate::fast::patch::{Copied, Patched};
use crate::finding::Finding;
use crate::json_format;
use crate::output::{Format, rows};
use crate::record::Record;
use crate::syntax::View;

/// Writes JSON lines: a line for each callback or for each item.
#[derive(Clone, Copy, Debug, Default)]
pub struct JsonLines {
    /// True to write a line for each item, with the header's keys first. Without items, the header is written.
    pub flat: bool,
    /// True to add `source` as the last key: path, line, offset, format, and `verified` or `opened` if encrypted.
    ///
    /// If false, a record read as input keeps its own `source` without `sealed`: only the run that decrypted the
    /// payload can tell.
    pub with_source: bool,
}

impl Format for JsonLines {
    fn record(&self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), Finding> {
        let source = self.source(record);
        if !self.flat && templated_line(record, source.as_ref(), out) {
            return Ok(());
        }
        let Some(callback) = record.callback() else {
            return Ok(());
        };
        let mut line = |members| {
            let line = Line {
                callback,
                members,
                source: source.as_ref(),
            };
            json_format::write(&line, out);
            out.push(b'\n');
        };
        match self.flat {
            false => line(Members::All(Style::default())),
            true => rows(&callback).for_each(|item| line(Members::Flat(item))),
        }
        Ok(())
    }
}

impl JsonLines {
    /// The source to write.
    fn source<'a>(&self, record: &'a Record<'_>) -> Option<Source<'a>> {
        // Decoding the callback costs more than writing most lines, so it is done only for a record with a source.
        match (self.with_source, record.has_source()) {
            (true, _) => Some(Source::Here(SourcePosition::of(record))),
            (false, true) => record.callback()?.source().map(Source::Earlier),
            (false, false) => None,
        }
    }
}

/// The content of a line.
pub(super) struct Line<'a> {
    callback: CallbackRef<'a>,
    members: Members<'a>,
    source: Option<&'a Source<'a>>,
}

impl<'a> Line<'a> {
    /// Makes the line of a record with values in `style`.
    pub(super) fn styled(callback: CallbackRef<'a>, style: Style) -> Self {
        Line {
            callback,
            members: Members::All(style),
            source: None,
        }
    }
}

/// The members of a line.
enum Members<'a> {
    All(Style),
    /// The members of the header and of one item.
    Flat(Option<ItemRef<'a>>),
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.members {
            Members::All(style) => serialize::callback(self.callback, style, &mut map)?,
            Members::Flat(item) => serialize::flat(self.callback, item, &mut map)?,
        }
        if let Some(source) = self.source {
            map.serialize_entry(RECORD_SOURCE, source)?;
        }
        map.end()
    }
}

/// The source of a callback: its place in this run, or the one its record already has.
enum Source<'a> {
    Here(SourcePosition<'a>),
    Earlier(View<'a>),
}

impl Serialize for Source<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Source::Here(position) => position.serialize(serializer),
            Source::Earlier(source) => {
                let kept = source
                    .children()
                    .filter(|child| child.name() != SOURCE_SEALED);
                let mut map = serializer.serialize_map(None)?;
                for child in kept {
                    map.serialize_entry(child.name(), &Values::new(&[child], Scalars::AsGiven))?;
                }
                map.end()
            }
        }
    }
}

/// The place of a callback in its capture.
#[derive(Serialize)]
pub(crate) struct SourcePosition<'a> {
    path: &'a str,
    line: u64,
    offset: u64,
    format: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed: Option<&'a str>,
}

impl<'a> SourcePosition<'a> {
    pub(crate) fn of(record: &'a Record<'_>) -> Self {
        let place = record.place(0);
        SourcePosition {
            path: record.source(),
            line: place.line,
            offset: place.offset,
            format: record.format(),
            sealed: record.sealed().map(|sealed| sealed.trust().as_str()),
        }
    }
}

/// The end of a line.
const END: &[u8] = b"}\n";

/// Writes the line from the payload's template. Returns false if there is none.
fn templated_line(record: &Record<'_>, source: Option<&Source<'_>>, out: &mut Vec<u8>) -> bool {
    let template = record.line(template);
    if let Some(template) = template {
        template.write(record.bytes(), out);
        if let Some(source) = source {
            out.truncate(out.len() - END.len());
            out.extend_from_slice(b",\"source\":");
            json_format::write(source, out);
            out.extend_from_slice(END);
        }
    }
    template.is_some()
}

/// Makes the template of the line, without source, if all values can be copied from the payload.
fn template(callback: &CallbackRef<'_>) -> Option<Patched> {
    let style = Style {
        borrows_numbers: true,
        ..Style::default()
    };
    let mut traced = Traced::new(callback);
    json_format::serialize(&Line::styled(*callback, style), &mut traced);
    traced.line.push(b'\n');
    traced.into_template()
}

/// A writer that notes which parts of the line are slices of the payload.
struct Traced<'p> {
    line: Vec<u8>,
    payload: &'p str,
    /// The offsets of typed values in the payload, sorted.
    starts: Vec<usize>,
    copied: Vec<Copied>,
}

impl<'p> Traced<'p> {
    fn new(callback: &CallbackRef<'p>) -> Self {
        let payload = callback.text();
        let texts = callback.typed_texts().filter(|text| !text.is_empty());
        let starts = texts.map(|text| offset(text.as_bytes(), payload));
        let mut starts: Vec<usize> = starts.collect();
        starts.sort_unstable();
        Traced {
            line: Vec::new(),
            payload,
            starts,
            copied: Vec::new(),
        }
    }

    fn into_template(self) -> Option<Patched> {
        let all_are_copied = self.copied.len() == self.starts.len();
        let is_final = all_are_copied && json_format::is_safe(&self.line);
        let len = self.payload.len();
        is_final.then(|| Patched::new(self.line, self.copied, len))?
    }
}

/// Returns the offset of `part` in `payload`, meaningful only if `part` is a slice of it.
fn offset(part: &[u8], payload: &str) -> usize {
    part.as_ptr().addr().wrapping_sub(payload.as_ptr().addr())
}

impl io::Write for Traced<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (to, start) = (self.line.len(), offset(bytes, self.payload));
        if start < self.payload.len() && self.starts.binary_search(&start).is_ok() {
            let from = start..start + bytes.len();
            self.copied.push(Copied { to, from });
        }
        self.line.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
