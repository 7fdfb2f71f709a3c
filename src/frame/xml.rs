//! XML documents, also those in an encoding of their own.

use encoding_rs::Encoding;

use crate::finding::{Code, Finding, Reason};
use crate::frame::recode::{self, Declared};
use crate::frame::rewritten::{Rewritten, Step};
use crate::frame::seek::Entered;
use crate::frame::skip::Skip;
use crate::frame::start::{self, Start};
use crate::frame::{Framed, Parts, Read, Scanner, State, valid_text};
use crate::span::Span;
use crate::wire::{Bytes, Stop, Syntax, Tree, xml};

impl Scanner {
    pub(super) fn xml<'b>(
        &mut self,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Framed<'b>> {
        let document = &buffer[self.pos()..];
        if self.xml.at() == 0 {
            parts.tree.clear(Syntax::Xml);
            parts.findings.clear();
            match recode::declared(document, last, self.cursor.units()) {
                Declared::Undecided => return None,
                Declared::Other(encoding) => {
                    self.state = State::Recoded(encoding);
                    return None;
                }
                Declared::AsIs(Some(finding)) if finding.code() == Code::InvalidEncoding => {
                    self.state = State::Xml {
                        doubt: Some(finding),
                    };
                }
                Declared::AsIs(finding) => finding
                    .into_iter()
                    .for_each(|finding| parts.findings.push(finding)),
            }
        }
        let bytes = self.limited(document, last);
        let Parts { tree, findings } = parts;
        let read = self
            .xml
            .read(bytes, tree, findings, &self.limits, &self.names.is_plain);
        let verdict = self.verdict_xml(read, bytes);
        if self.enter_literal(document, verdict.len(), Syntax::Xml, last) != Entered::No {
            return None;
        }
        match verdict {
            Read::More => None,
            Read::Whole(text) => Some(self.whole(buffer, text, Syntax::Xml)),
            Read::Broken(finding) => self.broken_xml(finding, buffer, last, parts),
        }
    }

    pub(super) fn verdict_xml<'b>(
        &mut self,
        read: Result<usize, Stop>,
        bytes: Bytes<'b>,
    ) -> Read<'b> {
        let doubt = match &mut self.state {
            State::Xml { doubt } => doubt.clone(),
            _ => None,
        };
        match (self.verdict(read, bytes), doubt) {
            (Read::Whole(_) | Read::Broken(_), Some(doubt)) if self.xml.is_rooted() => {
                Read::Broken(doubt)
            }
            (Read::Whole(text), None) => match xml::check_characters(text) {
                Ok(()) => Read::Whole(text),
                Err(finding) => Read::Broken(finding),
            },
            (Read::Broken(finding), None) => {
                let before = bytes.all.len().min(finding.span().start as usize);
                Read::Broken(
                    xml::check_characters(valid_text(&bytes.all[..before]))
                        .err()
                        .unwrap_or(finding),
                )
            }
            (read, _) => read,
        }
    }

    /// Reports a broken document, unless it turned out to be none of ours.
    pub(super) fn broken_xml<'b>(
        &mut self,
        finding: Finding,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Framed<'b>> {
        let document = &buffer[self.pos()..];
        let at = self.xml.at();
        if !self.xml.is_rooted() {
            self.pass(buffer, self.pos() + at.max(1));
            self.state = State::Seek;
            return None;
        }
        if document[at..].starts_with(b"<\\/") && self.enter_string() {
            return None;
        }
        let shown_end = self.shown_end(document, &finding, last)?;
        let next = match finding.reason() {
            Reason::XmlNextBegins if finding.span().start as usize == at => Some(at),
            _ => self.swallowed(document, &finding, &parts.tree, last).ok()?,
        };
        let skip = (next.is_none() && !self.xml.is_closed()).then(Skip::xml);
        self.state = State::behind(next.unwrap_or(at), skip);
        Some(self.broken(finding, buffer, shown_end, Syntax::Xml, parts))
    }

    /// Where the next payload begins, if the short text in which the document broke ran into it; `Err` if that cannot
    /// be told yet.
    pub(super) fn swallowed(
        &self,
        document: &[u8],
        finding: &Finding,
        tree: &Tree,
        last: bool,
    ) -> Result<Option<usize>, ()> {
        let Some(text) = self.xml.plain_text_at(document, tree, &self.names.is_plain) else {
            return Ok(None);
        };
        let end = document.len().min(finding.span().end as usize);
        let texts = document.get(text..end).unwrap_or_default();
        for at in memchr::memchr2_iter(b'<', b'{', texts).map(|n| text + n) {
            match start::at(&document[at..], last, false) {
                Start::Undecided => return Err(()),
                Start::Xml => return Ok(Some(at)),
                Start::Json => match start::first_name(&document[at..], last)? {
                    Some(name) if (self.names.begins_message)(name) => return Ok(Some(at)),
                    _ => {}
                },
                Start::Array | Start::Buried(_) | Start::Nothing => {}
            }
        }
        Ok(None)
    }

    /// Reads a document in an encoding of its own, in windows that double until it is whole.
    pub(super) fn recoded<'b>(
        &mut self,
        encoding: &'static Encoding,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Framed<'b>> {
        let document = self.limited(&buffer[self.pos()..], last);
        let mut window = 4096;
        loop {
            let raw = &document.all[..window.min(document.all.len())];
            let whole = raw.len() == document.all.len();
            let text = recode::decode(encoding, raw, whole && document.last);
            parts.tree.clear(Syntax::Xml);
            parts.findings.clear();
            self.xml.restart();
            let bytes = Bytes {
                all: &text,
                last: whole && document.last,
            };
            let Parts { tree, findings } = parts;
            let read = self
                .xml
                .read(bytes, tree, findings, &self.limits, &self.names.is_plain);
            match self.verdict_xml(read, bytes) {
                Read::More if whole && raw.len() < self.limits.payload_size => return None,
                Read::More if !whole => window *= 2,
                Read::More => {
                    let finding = Finding::new(Reason::TooLarge, Span::new(0, 1));
                    let finding = finding.with(self.limits.payload_size.to_string());
                    return self.recoded_broken(finding, encoding, &text, buffer, parts);
                }
                Read::Whole(text) => {
                    let raw_len = recode::raw_len(encoding, raw, text.len());
                    let framed = self.ended(buffer, raw_len, Syntax::Xml);
                    return Some(Framed {
                        rewritten: Some(Rewritten {
                            text: text.as_bytes().to_vec(),
                            steps: vec![Step::Encoding(encoding)],
                        }),
                        ..framed
                    });
                }
                Read::Broken(finding) => {
                    let finding = match finding.reason() {
                        Reason::NotUtf8 => {
                            Finding::new(Reason::NotIn, finding.span()).with(encoding.name())
                        }
                        _ => finding,
                    };
                    return self.recoded_broken(finding, encoding, &text, buffer, parts);
                }
            }
        }
    }

    pub(super) fn recoded_broken<'b>(
        &mut self,
        finding: Finding,
        encoding: &'static Encoding,
        text: &[u8],
        buffer: &'b [u8],
        parts: &mut Parts,
    ) -> Option<Framed<'b>> {
        let raw = &buffer[self.pos()..];
        let at = recode::raw_len(encoding, raw, self.xml.at());
        if !self.xml.is_rooted() {
            self.pass(buffer, self.pos() + at.max(1));
            self.state = State::Seek;
            return None;
        }
        let shown = (finding.span().end as usize)
            .max(self.xml.at())
            .min(text.len());
        let len = recode::raw_len(encoding, raw, shown);
        let skip = (!self.xml.is_closed()).then(Skip::xml);
        self.state = State::behind(at, skip);
        Some(Framed {
            rewritten: Some(Rewritten {
                text: text[..shown].to_vec(),
                steps: vec![Step::Encoding(encoding)],
            }),
            ..self.broken(finding, buffer, len, Syntax::Xml, parts)
        })
    }
}
