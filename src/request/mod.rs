//! Finds the signature query of a payload: `signature=…&timestamp=…&nonce=…` in the URL to which it was pushed.
//!
//! Captures have it near the body: in the request line above, in an access log's URL on the same line, or in a field
//! beside the body. It is looked for in the noise since the previous payload, and after the payload up to the end of
//! its line or log entry, at most [`SEARCH_WINDOW`] bytes away. Bytes of a message are never noise, so a user cannot
//! type a query.
//!
//! A query belongs to one payload. Another payload or request between a query and a payload separates them. If lines of
//! several requests may be mixed, the nearest query may belong to another request. It is then not
//! [`FoundQuery::is_sure`]: it can verify a payload, but cannot reject it.
//!
//! This module looks at bytes and does not know the scanner, which keeps the [`QueryTrail`] and calls this module.

mod link;
mod query;

use crate::simd::line_start;
use std::hash::{DefaultHasher, Hash, Hasher};

pub(crate) use link::EscapedLineBreaks;
use link::Link;

/// The distance from a payload in which its query is looked for: the size that servers allow for a request's head.
const SEARCH_WINDOW: usize = 8 << 10;

/// A signature query in a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundQuery {
    /// As in a URL, without the question mark.
    pub(crate) text: String,
    /// True if the query can belong to no other request.
    pub(crate) is_sure: bool,
}

/// The noise since the last payload, up to [`SEARCH_WINDOW`] bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct QueryTrail {
    noise: Vec<u8>,
    /// The number of bytes of the following noise that hold the query of the previous payload.
    used: usize,
    /// The length of the buffer at the last search for a line end, and the length that is visible.
    looked_at: (usize, usize),
    /// True if no bytes follow.
    is_revealed: bool,
}

impl QueryTrail {
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        let used = self.used.min(bytes.len());
        self.used -= used;
        let bytes = &bytes[used..];
        self.noise
            .extend_from_slice(&bytes[bytes.len().saturating_sub(SEARCH_WINDOW)..]);
        if self.noise.len() > 2 * SEARCH_WINDOW {
            let far = self.noise.len() - SEARCH_WINDOW;
            self.noise.drain(..far);
        }
    }

    pub(crate) fn near(&self) -> &[u8] {
        &self.noise[self.noise.len().saturating_sub(SEARCH_WINDOW)..]
    }

    /// Forgets the noise. The next `used` bytes belong to the query of the previous payload.
    pub(crate) fn restart(&mut self, used: usize) {
        self.noise.clear();
        self.used = used;
    }

    /// Returns the length of the buffer up to its last line end. The result is kept, because every step needs it.
    pub(crate) fn visible_len(&mut self, buffer: &[u8]) -> usize {
        if self.is_revealed {
            return buffer.len();
        }
        if self.looked_at.0 != buffer.len() {
            let far = buffer.len().saturating_sub(SEARCH_WINDOW);
            let line = line_start(&buffer[far..]);
            self.looked_at = (buffer.len(), far + line);
        }
        self.looked_at.1
    }

    /// Notes that the buffer has changed.
    pub(crate) fn forget_buffer(&mut self) {
        self.looked_at = (0, 0);
    }

    /// Makes the whole buffer visible, because no bytes follow.
    pub(crate) fn show_all(&mut self) {
        self.is_revealed = true;
    }

    /// Returns a number that is equal for trails with the same result.
    pub(crate) fn mark(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.near(), self.used).hash(&mut hasher);
        hasher.finish()
    }
}

/// The number of bytes of a log entry before and after the payload in it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Around {
    pub(crate) before: usize,
    pub(crate) after: usize,
}

/// Returns the query in the noise before a payload. The last `entry` bytes of the noise belong to the payload's log
/// entry.
pub(crate) fn query_before(
    noise: &[u8],
    entry: usize,
    breaks: EscapedLineBreaks,
) -> Option<FoundQuery> {
    let found = query::last(noise)?;
    let (before, between) = noise.split_at(found.end);
    let line = memchr::memrchr(b'\n', before).map_or(before, |n| &before[n + 1..]);
    let is_in_entry = between.len() < entry;
    let is_sure = match link::back(line, between, is_in_entry, breaks) {
        Link::None => return None,
        Link::Weak => false,
        Link::Sure => true,
    };
    Some(FoundQuery {
        text: found.text,
        is_sure,
    })
}

/// Returns the query after a payload, and the position of its end. The first `entry` bytes belong to the payload's log
/// entry. `first_name` finds names of messages.
pub(crate) fn query_after(
    bytes: &[u8],
    entry: usize,
    breaks: EscapedLineBreaks,
    first_name: impl FnOnce(&[u8]) -> Option<usize>,
) -> Option<(FoundQuery, usize)> {
    let bytes = &bytes[..bytes.len().min(SEARCH_WINDOW)];
    let line = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    let near = &bytes[..line.max(entry).min(bytes.len())];
    let other = link::other_payload(near, first_name);
    let near = &near[..other.unwrap_or(near.len())];
    let own = link::forward(near, breaks);
    let found = query::first(own)?;
    // On a line with several payloads, the query may belong to the next payload.
    let is_alone = other.is_none() || own.len() < near.len();
    let query = FoundQuery {
        text: found.text,
        is_sure: is_alone || entry > 0,
    };
    Some((query, found.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trail_is_as_long_as_the_reach() {
        let mut trail = QueryTrail::default();
        for _ in 0..5 {
            trail.add(&[b'a'; SEARCH_WINDOW]);
            trail.add(b"b");
        }
        assert_eq!(trail.near().len(), SEARCH_WINDOW);
        assert!(trail.near().ends_with(b"ab"));
        trail.restart(3);
        trail.add(b"abcd");
        assert_eq!(trail.near(), b"d");
    }
}
