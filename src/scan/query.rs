//! Keeps the noise that may hold the query of the next payload, and passes it to [`request`].

use crate::request::{self, Around, FoundQuery};
use crate::scan::container;
use crate::scan::escape::LINE_BREAKS;
use crate::scan::nested::NestedEnd;
use crate::scan::{Found, FoundKind, Inside, Scanner, State};

impl Scanner {
    /// Makes the scanner look for queries too.
    pub(crate) fn wanting_queries(self) -> Self {
        Scanner {
            trail: Some(Box::default()),
            ..self
        }
    }

    /// Returns the part of `buffer` that may be read, and true if nothing follows it. After each payload in this part
    /// the rest of the line has arrived, or as much as is searched for a query.
    pub(super) fn visible<'b>(&mut self, buffer: &'b [u8], last: bool) -> (&'b [u8], bool) {
        match &mut self.trail {
            Some(trail) if !last => (&buffer[..trail.visible_len(buffer)], false),
            _ => (buffer, last),
        }
    }

    /// Shows the rest of the last line, which will not arrive because reading the capture failed.
    pub(crate) fn show_all(&mut self) {
        if let Some(trail) = &mut self.trail {
            trail.show_all();
        }
    }

    /// Keeps noise that may hold the next payload's query.
    pub(super) fn trail(&mut self, noise: &[u8]) {
        if let Some(trail) = &mut self.trail {
            trail.add(noise);
        }
    }

    /// Returns the query of the payload that was just found.
    pub(super) fn query(&mut self, found: &Found<'_>, buffer: &[u8]) -> Option<Box<FoundQuery>> {
        if found.kind == FoundKind::Remark {
            return None;
        }
        let mut trail = self.trail.take()?;
        let entry = self.entry_around(found);
        let unwrapped = container::text_before(trail.near(), &buffer[found.range.start..]);
        let noise = unwrapped.as_deref().unwrap_or(trail.near());
        let before = request::query_before(noise, entry.before, LINE_BREAKS);
        // A line of another stream may be another request.
        let before = before.or_else(|| {
            let noise = container::without_others(trail.near())?;
            let query = request::query_before(&noise, 0, LINE_BREAKS)?;
            Some(FoundQuery {
                is_sure: false,
                ..query
            })
        });
        let is_settled = before.as_ref().is_some_and(|query| query.is_sure);
        let after = match is_settled || found.kind == FoundKind::Broken {
            true => None,
            false => request::query_after(
                &buffer[found.range.end..],
                entry.after,
                LINE_BREAKS,
                |bytes| self.names.anchors.first_in(bytes),
            ),
        };
        // The query before a payload is more often its own.
        let after = after.filter(|(query, _)| query.is_sure || before.is_none());
        trail.restart(after.as_ref().map_or(0, |&(_, used)| used));
        self.trail = Some(trail);
        after.map(|(query, _)| query).or(before).map(Box::new)
    }

    /// Returns how much of the log entry stands before and after a payload.
    fn entry_around(&self, found: &Found<'_>) -> Around {
        let (inside, rest) = match &self.state {
            State::Inside(inside) => (Some(inside), 0),
            State::Nested(nested) => match (nested.around(), nested.end()) {
                (Some(inside), NestedEnd::Len(rest)) => (Some(inside), rest),
                _ => (None, 0),
            },
            _ => (None, 0),
        };
        let len = self.pos().saturating_sub(found.range.start);
        let around = |inside: &Inside| Around {
            before: inside.done.saturating_sub(rest + len),
            after: rest + inside.then.len.saturating_sub(inside.done),
        };
        inside.map(around).unwrap_or_default()
    }
}
