//! The signature query that belongs to a payload: `signature=…&timestamp=…&nonce=…` of the URL to which it was pushed.
//!
//! Captures keep it near the body: in the request line above, in an access log's URL on the same line, in a field beside
//! the body. It is looked for in the noise between the payload before and this one, and behind this one up to the end of
//! its line or of the log entry around it, at most [`REACH`] bytes away. Bytes of a message are never noise, so what a
//! user typed is no query.
//!
//! A query belongs to one payload: a payload or another request in between ends its reach. Where lines of several
//! requests may be mixed, what stands nearest may be another request's: such a query is not [`FoundQuery::is_sure`], so
//! it may prove something but not refute it.
//!
//! What is here looks at bytes and knows nothing of the scanner, which keeps the [`Trail`] and asks.

mod link;
mod query;

use std::hash::{DefaultHasher, Hash, Hasher};

pub(crate) use link::LineBreaks;
use link::Link;

/// How far from a payload its query is looked for: what servers allow for the head of a request.
const REACH: usize = 8 << 10;

/// A signature query in a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundQuery {
    /// As in a URL, without the question mark.
    pub(crate) text: String,
    /// It can be no other request's.
    pub(crate) is_sure: bool,
}

/// The noise since the last payload, as much as is within reach.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trail {
    noise: Vec<u8>,
    /// How many bytes of the noise to come hold the query of the payload before.
    used: usize,
    /// How long the buffer was that was looked at, and how much of it is visible.
    looked_at: (usize, usize),
    /// Nothing will follow what there is.
    is_revealed: bool,
}

impl Trail {
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        let used = self.used.min(bytes.len());
        self.used -= used;
        let bytes = &bytes[used..];
        self.noise
            .extend_from_slice(&bytes[bytes.len().saturating_sub(REACH)..]);
        if self.noise.len() > 2 * REACH {
            let far = self.noise.len() - REACH;
            self.noise.drain(..far);
        }
    }

    pub(crate) fn near(&self) -> &[u8] {
        &self.noise[self.noise.len().saturating_sub(REACH)..]
    }

    /// Forgets the noise; of what comes, `used` bytes are a query that belongs to the payload before.
    pub(crate) fn restart(&mut self, used: usize) {
        self.noise.clear();
        self.used = used;
    }

    /// Up to where the rest of a line is there: asked at every step, so it is not searched for again.
    pub(crate) fn visible_len(&mut self, buffer: &[u8]) -> usize {
        if self.is_revealed {
            return buffer.len();
        }
        if self.looked_at.0 != buffer.len() {
            let far = buffer.len().saturating_sub(REACH);
            let line = memchr::memrchr(b'\n', &buffer[far..]).map_or(0, |n| n + 1);
            self.looked_at = (buffer.len(), far + line);
        }
        self.looked_at.1
    }

    /// The buffer is another.
    pub(crate) fn forget_buffer(&mut self) {
        self.looked_at = (0, 0);
    }

    /// Makes all visible: nothing will follow what there is.
    pub(crate) fn reveal(&mut self) {
        self.is_revealed = true;
    }

    /// A number that is equal for two trails that will find the same.
    pub(crate) fn mark(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.near(), self.used).hash(&mut hasher);
        hasher.finish()
    }
}

/// How many bytes of the log entry around a payload stand before and behind it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Around {
    pub(crate) before: usize,
    pub(crate) after: usize,
}

/// The query in the noise before a payload; `entry` bytes of it are of the log entry in which the payload stands.
pub(crate) fn behind(noise: &[u8], entry: usize, breaks: LineBreaks) -> Option<FoundQuery> {
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

/// The query behind a payload, of whose log entry `entry` bytes are left, and where it ends; `first_name` finds names of
/// messages.
pub(crate) fn ahead(
    bytes: &[u8],
    entry: usize,
    breaks: LineBreaks,
    first_name: impl FnOnce(&[u8]) -> Option<usize>,
) -> Option<(FoundQuery, usize)> {
    let bytes = &bytes[..bytes.len().min(REACH)];
    let line = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    let near = &bytes[..line.max(entry).min(bytes.len())];
    let other = link::other_payload(near, first_name);
    let near = &near[..other.unwrap_or(near.len())];
    let own = link::forward(near, breaks);
    let found = query::first(own)?;
    // On a line with several payloads it may be the next one's.
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
        let mut trail = Trail::default();
        for _ in 0..5 {
            trail.add(&[b'a'; REACH]);
            trail.add(b"b");
        }
        assert_eq!(trail.near().len(), REACH);
        assert!(trail.near().ends_with(b"ab"));
        trail.restart(3);
        trail.add(b"abcd");
        assert_eq!(trail.near(), b"d");
    }
}
