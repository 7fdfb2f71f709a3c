//! Enters highlighted source and joined literals only if a whole message begins in their text.
//!
//! Both are rare, and look like much else. Where no message begins, their text stays noise, in which callbacks that cannot be read are reported.

use std::ops::Range;

use crate::finding::Findings;
use crate::scan::Scanner;
use crate::scan::escape::Escape;
use crate::scan::lookahead::{Arrived, Lookahead, Settled};
use crate::scan::verdict::valid_text;
use crate::syntax::{Bytes, Stop, Tree, View, json, xml};

impl Scanner {
    /// Returns true if a whole message begins in `range`, after undoing `escape`.
    pub(super) fn holds_message(
        &mut self,
        escape: Escape,
        arrived: &Arrived<'_>,
        range: Range<usize>,
    ) -> Settled<bool> {
        const LONGEST: usize = 1 << 16;
        let offset = self.offset_at(range.start);
        if self.tried.trials.are_many(offset) {
            return Some(false);
        }
        let raw = arrived.from(range.start).window(LONGEST);
        let mut text = Vec::new();
        { escape }.unescape(raw, &mut text);
        let before = escape.text_of(&arrived.bytes[range]).len();
        let begun = self.document_start(raw.of(&text));
        let begun = begun.filter(|&at| at < before);
        let is_message = begun.map(|at| self.is_message(raw.of(&text).from(at)));
        arrived.settled()?;
        let is_message = is_message.unwrap_or(false);
        if !is_message {
            self.tried.trials.note(offset, raw.len());
        }
        Some(is_message)
    }

    /// Returns true if a whole message is at the start of `text`.
    fn is_message(&self, text: Lookahead<'_>) -> bool {
        let bytes = Bytes {
            all: text.bytes(),
            last: text.is_final(),
        };
        let (mut tree, mut findings) = (Tree::default(), Findings::default());
        let is_plain = &self.names.is_plain;
        let read = match text.get(0) {
            Some(b'<') => xml::Reader::of_any_root(self.names.private.is_header).read(
                bytes,
                &mut tree,
                &mut findings,
                &self.limits,
                is_plain,
            ),
            _ => json::Reader::new().read(bytes, &mut tree, &mut findings, &self.limits),
        };
        match read {
            Ok(len) => {
                let text = valid_text(&bytes.all[..len]);
                text.len() == len && (self.names.is_message)(View::root(&tree, text))
            }
            Err(Stop::More) => {
                text.note_end();
                false
            }
            Err(Stop::Broken(_)) => false,
        }
    }
}
