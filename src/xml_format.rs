//! Writes XML with quick-xml into memory.

use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::escape::partial_escape;
use quick_xml::events::attributes::Attr;
use quick_xml::events::{BytesCData, BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::printable::is_unprintable;

/// Appends XML to a buffer.
pub(crate) struct XmlWriter<'o>(Writer<&'o mut Vec<u8>>);

impl<'o> XmlWriter<'o> {
    /// Makes a writer without white space between elements.
    pub(crate) fn compact(out: &'o mut Vec<u8>) -> Self {
        XmlWriter(Writer::new(out))
    }

    /// Makes a writer that puts each element on its own line, indented by `width` spaces a level.
    pub(crate) fn indented(width: usize, out: &'o mut Vec<u8>) -> Self {
        XmlWriter(Writer::new_with_indent(out, b' ', width))
    }

    fn event(&mut self, event: Event<'_>) {
        self.0.write_event(event).expect("memory takes everything");
    }

    /// Returns the length of the buffer.
    pub(crate) fn len(&self) -> usize {
        self.0.get_ref().len()
    }

    /// Writes the XML declaration, with UTF-8 as the encoding.
    pub(crate) fn declaration(&mut self) {
        self.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    }

    /// Writes an element around the output of `inside`.
    pub(crate) fn element<R>(&mut self, name: &str, inside: impl FnOnce(&mut Self) -> R) -> R {
        self.start(name, &[]);
        let before = self.len();
        let result = inside(self);
        if self.len() == before {
            // After an empty text, quick-xml puts the end tag on the same line.
            self.escaped("");
        }
        self.end(name);
        result
    }

    /// Writes a start tag. Attribute values are escaped.
    pub(crate) fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.event(Event::Start(tag(name, attributes)));
    }

    /// Writes an end tag.
    pub(crate) fn end(&mut self, name: &str) {
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// Writes an element without content as a single tag.
    pub(crate) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.event(Event::Empty(tag(name, attributes)));
    }

    /// Writes text that is already escaped.
    pub(crate) fn escaped(&mut self, text: &str) {
        self.event(Event::Text(BytesText::from_escaped(text)));
    }

    /// Writes text as CDATA. It must not contain `]]>`.
    pub(crate) fn cdata(&mut self, text: &str) {
        self.event(Event::CData(BytesCData::new(text)));
    }

    /// Writes text on its own line between elements.
    pub(crate) fn line(&mut self, inside: impl FnOnce(&mut Self)) {
        self.0.write_indent().expect("memory takes everything");
        inside(self);
        // Writes nothing, but puts the next tag on a new line.
        self.event(Event::Eof);
    }
}

fn tag<'t>(name: &'t str, attributes: &[(&str, &str)]) -> BytesStart<'t> {
    let mut tag = BytesStart::new(name);
    for (name, value) in attributes {
        tag.push_attribute(Attr::DoubleQ(*name, escape_attribute(value).as_str()));
    }
    tag
}

/// Escapes an attribute value. Tabs and line feeds become references, because parsers turn them into spaces, and so does
/// what terminals obey or do not show.
fn escape_attribute(value: &str) -> String {
    escape(value, is_unprintable).replace('"', "&quot;")
}

/// Escapes markup, and `\r`, which parsers turn into a line feed. Escapes characters that `is_reference` by number.
pub(crate) fn escape(text: &str, is_reference: impl Fn(char) -> bool) -> Cow<'_, str> {
    let text = partial_escape(text);
    if !text.contains(&is_reference) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match is_reference(c) {
            true => escaped += &format!("&#{};", u32::from(c)),
            false => escaped.push(c),
        }
    }
    escaped.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_without_content_stay_on_their_line() {
        let mut out = Vec::new();
        XmlWriter::indented(2, &mut out).element("a", |xml| {
            xml.element("b", |_| ());
            xml.line(|xml| xml.escaped("loose"));
            xml.element("c", |xml| xml.element("d", |xml| xml.cdata("text")));
            xml.line(|xml| xml.escaped("last"));
        });
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "<a>\n  <b></b>\n  loose\n  <c>\n    <d><![CDATA[text]]></d>\n  </c>\n  last\n</a>"
        );
    }

    #[test]
    fn attributes_and_texts_are_read_back_as_they_were() {
        let text = "<a b='c' d=\"e\">&amp;\t\n\r ]]> \u{85}订</a>";
        let mut out = Vec::new();
        let mut xml = XmlWriter::compact(&mut out);
        xml.start("root", &[("value", text)]);
        xml.escaped(&escape(text, |c| c == '\u{85}'));
        xml.end("root");
        let written = String::from_utf8(out).unwrap();
        let document = roxmltree::Document::parse(&written).unwrap();
        let root = document.root_element();
        assert_eq!(
            (root.attribute("value"), root.text()),
            (Some(text), Some(text))
        );
    }
}
