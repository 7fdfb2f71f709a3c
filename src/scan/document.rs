//! Reads one document that is the whole of a text, as a decrypted payload is.
//!
//! No search and no unescaping takes place: a text inside a message is not another message.

use crate::fast::template::TemplateKey;
use crate::finding::{Finding, Reason};
use crate::scan::{Parts, Read, Scanner};
use crate::span::Span;
use crate::syntax::Syntax;

/// A document that was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Document {
    pub(crate) syntax: Syntax,
    pub(crate) len: usize,
    pub(crate) template: Option<TemplateKey>,
}

impl Scanner {
    /// Reads the document at the start of `text`.
    ///
    /// # Errors
    ///
    /// The finding that says why `text` does not begin with a document.
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
        if let Some(document) = self.fast_alone(bytes.all) {
            return Ok(document);
        }
        parts.findings.clear();
        let read = match syntax {
            Syntax::Json => self.read_json(bytes, parts),
            Syntax::Xml => self.read_xml(bytes, parts),
        };
        match read {
            Some(Read::Whole(text)) => Ok(Document {
                syntax,
                len: text.len(),
                template: None,
            }),
            Some(Read::Broken(finding)) => Err(finding),
            None => Err(Finding::new(Reason::SealedOther, Span::default())),
        }
    }
}
