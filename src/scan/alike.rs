//! Payloads like one before, where most stand: on the next line, alone, in an entry of a log, or behind a prefix that is
//! known, with noise before it or none.
//!
//! The search for anchors finds the same payloads, step by step. Here it is seen first whether all of these steps can be
//! taken at once; if not, nothing was done.

use crate::fast::template::TemplateId;
use crate::scan::{Found, Parts, Scanner};
use crate::simd::Survey;

/// A payload like one before that begins a line but for a prefix.
struct Alike {
    start: usize,
    /// Which of the known ones.
    prefix: usize,
    template: TemplateId,
}

impl Scanner {
    /// The next payload, if it is like one before.
    #[inline]
    pub(super) fn next_alike<'b>(
        &mut self,
        buffer: &'b [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Option<Found<'b>> {
        let (pos, line) = (self.pos(), self.next_start(buffer));
        if line == pos || self.depth > 0 || !self.is_between() {
            return None;
        }
        if self.seen.payloads.may_begin(&buffer[line..]) {
            let bytes = self.limited(&buffer[line..], last);
            let template = self.seen.payloads.find_usual(bytes.all)?;
            self.search.skip_beginning();
            self.pass(buffer, line);
            return Some(self.like(template, buffer));
        }
        if let Some(found) = self.entry_at(line, buffer, last, parts) {
            return Some(found);
        }
        if self.prefixes.is_empty() || !self.search.is_behind(pos) {
            return None;
        }
        match self.alike_on(line, buffer, last) {
            Some(alike) => {
                let noise = Survey::of(&buffer[pos..line]);
                Some(self.passed_to(alike, noise, buffer))
            }
            None => self.alike_behind_noise(buffer, last),
        }
    }

    /// The payload on the line that begins at `line`, behind a prefix that is known. Nothing that could be noted about the
    /// line is of use behind the payload.
    #[inline(always)]
    fn alike_on(&mut self, line: usize, buffer: &[u8], last: bool) -> Option<Alike> {
        let begins = |text: &[u8]| self.seen.payloads.may_begin(text);
        let prefix = self.prefixes.find(&buffer[line..], begins)?;
        let start = line + self.prefixes.size(prefix).bytes;
        let bytes = self.limited(&buffer[start..], last);
        let template = self.seen.payloads.find_usual(bytes.all)?;
        Some(Alike {
            start,
            prefix,
            template,
        })
    }

    /// The payload on the line of the next anchor, if there is no anchor in the prefix.
    #[inline(always)]
    fn alike_behind_noise<'b>(&mut self, buffer: &'b [u8], last: bool) -> Option<Found<'b>> {
        self.search.restart(self.pos());
        let anchor = self.search.next_anchor(self.names.anchors, buffer)?;
        let limit = self.limits.payload_size;
        let (line, noise) = self.search.fresh_line(buffer, anchor, limit)?;
        let alike = self.alike_on(line, buffer, last)?;
        (alike.start <= anchor).then(|| self.passed_to(alike, noise, buffer))
    }

    /// Passes over `noise` and the prefix of a payload, and ends that.
    #[inline(always)]
    fn passed_to<'b>(&mut self, alike: Alike, noise: Survey, buffer: &'b [u8]) -> Found<'b> {
        let prefix = self.prefixes.size(alike.prefix);
        let survey = Survey {
            solid: noise.solid + prefix.solid,
            ..noise
        };
        self.bare = false;
        self.pass_counted(buffer, alike.start, survey);
        self.cursor.note_chars(prefix.chars);
        self.like(alike.template, buffer)
    }
}
