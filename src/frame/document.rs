//! One document that is all of a text: what was sealed is.
//!
//! Nothing is searched here, and nothing peeled: what a message says is not another message.

use crate::finding::{Finding, Reason};
use crate::frame::{Parts, Read, Scanner};
use crate::span::Span;
use crate::wire::shape::ShapeId;
use crate::wire::{Bytes, Syntax};

/// A document that was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Document {
    pub(crate) syntax: Syntax,
    pub(crate) len: usize,
    pub(crate) shape: Option<ShapeId>,
}

impl Scanner {
    /// Reads the document with which `text` begins.
    ///
    /// # Errors
    ///
    /// What makes it none.
    pub(crate) fn document(&mut self, text: &[u8], parts: &mut Parts) -> Result<Document, Finding> {
        let syntax = match text.first() {
            Some(b'<') => Syntax::Xml,
            Some(b'{') => Syntax::Json,
            _ => {
                return Err(Finding::new(
                    Reason::SealedOther,
                    Span::new(0, text.len().min(1)),
                ));
            }
        };
        let bytes = self.limited(text, true);
        self.json.restart();
        self.xml.restart();
        if let Some(shape) = self.seen_before(syntax, bytes) {
            let len = self.seen.payloads.extent(shape).len;
            return Ok(Document {
                syntax,
                len,
                shape: Some(shape),
            });
        }
        let read = match self.plain(syntax, bytes, parts) {
            Some(text) => Read::Whole(text),
            None => self.read_document(syntax, bytes, parts),
        };
        match read {
            Read::Whole(text) => Ok(Document {
                syntax,
                len: text.len(),
                shape: None,
            }),
            Read::Broken(finding) => Err(finding),
            Read::More => Err(Finding::new(Reason::SealedOther, Span::default())),
        }
    }

    fn read_document<'b>(
        &mut self,
        syntax: Syntax,
        bytes: Bytes<'b>,
        parts: &mut Parts,
    ) -> Read<'b> {
        let Parts { tree, findings, .. } = parts;
        match syntax {
            Syntax::Json => {
                let read = self.json.read(bytes, tree, findings, &self.limits);
                self.verdict(read, bytes)
            }
            Syntax::Xml => {
                let is_plain = &self.names.is_plain;
                let read = self.xml.read(bytes, tree, findings, &self.limits, is_plain);
                self.verdict_xml(read, bytes)
            }
        }
    }
}
