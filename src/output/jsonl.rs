//! Records: the normalized JSON form, one a line.

use crate::event::fields::{Field, HEADER, ITEM, Type};
use crate::event::{CallbackRef, Fields, Value};
use crate::finding::Finding;
use crate::json::{Key, Object, array, count, integer, string};
use crate::output::Format;
use crate::output::json_text::{Scalars, object};
use crate::record::Record;
use crate::wire::template::{Copied, Template};

/// JSON lines: a line a callback, or a line an item.
#[derive(Clone, Copy, Debug, Default)]
pub struct JsonLines {
    /// A line an item: the header's keys, then the item's. A callback without items writes its header.
    pub flat: bool,
    /// Says where each callback stands: path, line, offset and format, as the last key; and of one that was sealed,
    /// whether it was `verified`, or only `opened`.
    pub with_source: bool,
}

impl Format for JsonLines {
    fn record(&self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), Finding> {
        if !self.flat && self.known_line(record, out) {
            return Ok(());
        }
        let Some(callback) = record.callback() else {
            return Ok(());
        };
        match self.flat {
            false => self.line(&callback, record, Scalars::AsGiven, out),
            true if callback.items().len() == 0 => self.flat_line(&callback, None, record, out),
            true => callback
                .items()
                .for_each(|item| self.flat_line(&callback, Some(item.fields()), record, out)),
        }
        Ok(())
    }
}

impl JsonLines {
    pub(super) fn line(
        &self,
        callback: &CallbackRef<'_>,
        record: &Record<'_>,
        scalars: Scalars,
        out: &mut Vec<u8>,
    ) {
        let mut line = Object::open(out);
        members(callback, scalars, &mut line, &mut |_, _| {});
        self.end(record, line);
    }

    /// Writes the line by the template of those that were read alike; `false` if there is none.
    fn known_line(&self, record: &Record<'_>, out: &mut Vec<u8>) -> bool {
        let template = record.line(template);
        if let Some(template) = template {
            template.write(record.bytes(), out);
            if self.with_source {
                out.truncate(out.len() - END.len());
                self.end(record, Object::resume(out));
            }
        }
        template.is_some()
    }

    fn flat_line(
        &self,
        callback: &CallbackRef<'_>,
        item: Option<Fields<'_>>,
        record: &Record<'_>,
        out: &mut Vec<u8>,
    ) {
        let mut line = Object::open(out);
        header(callback, &mut line, &mut |_, _| {});
        if let Some(item) = item {
            typed(&ITEM, item, &mut line, &mut |_, _| {});
        }
        let parts: Vec<Fields<'_>> = [Some(callback.header()), item]
            .into_iter()
            .flatten()
            .collect();
        extra(&parts, Scalars::AsGiven, &mut line);
        self.end(record, line);
    }

    fn end(&self, record: &Record<'_>, mut line: Object<'_>) {
        if self.with_source {
            let place = record.place(0);
            let mut source = Object::open(line.member("source"));
            string(record.source(), source.member("path"));
            count(place.line, source.member("line"));
            count(place.offset, source.member("offset"));
            string(record.syntax().as_str(), source.member("format"));
            if let Some(sealed) = record.sealed() {
                string(sealed.trust().as_str(), source.member("sealed"));
            }
            source.close();
        }
        end(line);
    }
}

/// What ends a line.
const END: &str = "}\n";

fn end(line: Object<'_>) {
    line.close().push(b'\n');
}

/// Is told where in the line a text was copied to.
type Note<'n> = &'n mut dyn FnMut(usize, &str);

/// The line, without a source, of a callback whose values can be copied.
fn template(callback: &CallbackRef<'_>) -> Option<Template> {
    let (mut text, mut copied) = (Vec::new(), Vec::new());
    let mut note = |to, value: &str| {
        let from = callback.range_of(value);
        copied.push(Copied { to, from });
    };
    let mut line = Object::open(&mut text);
    members(callback, Scalars::AsGiven, &mut line, &mut note);
    end(line);
    Template::new(text, copied, callback.text_len())
}

fn members(callback: &CallbackRef<'_>, scalars: Scalars, line: &mut Object<'_>, note: Note<'_>) {
    header(callback, line, note);
    array(
        callback.items(),
        line.key(&const { Key::new("items") }),
        |item, out| {
            let mut entry = Object::open(out);
            typed(&ITEM, item.fields(), &mut entry, note);
            extra(&[item.fields()], scalars, &mut entry);
            entry.close();
        },
    );
    extra(&[callback.header()], scalars, line);
}

fn header(callback: &CallbackRef<'_>, line: &mut Object<'_>, note: Note<'_>) {
    string(
        callback.event().name(),
        line.key(&const { Key::new("event") }),
    );
    typed(&HEADER, callback.header(), line, note);
}

/// The typed fields that were given.
fn typed(table: &[&'static Field], fields: Fields<'_>, object: &mut Object<'_>, note: Note<'_>) {
    let is_plain = fields.plain_in_order(table, |field, text| {
        let at = match field.ty {
            Type::Integer => object.plain_number(&field.json_key, text),
            Type::Text | Type::Digits => object.plain_text(&field.json_key, text),
        };
        note(at, text);
    });
    if !is_plain {
        fields.in_order(table, |field, value| {
            let out = object.key(&field.json_key);
            match value {
                Value::Text(text) => string(text, out),
                Value::Integer(number) => integer(number, out),
            }
        });
    }
}

/// Everything else, if there is something.
fn extra(parts: &[Fields<'_>], scalars: Scalars, line: &mut Object<'_>) {
    if parts.iter().any(|part| part.extras().len() > 0) {
        let members = parts.iter().flat_map(|part| part.extras());
        object(members, scalars, line.key(&const { Key::new("extra") }));
    }
}
