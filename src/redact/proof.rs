//! Proves that a written capture has the pseudonyms of all ids, before it is handed out.
//!
//! Ids are replaced in text, and payloads are read in more ways than text is rewritten. So the written capture is read like
//! any other: its payloads must have the pseudonyms of the ids that the payloads of the original have, each as often. A
//! capture of which that cannot be shown is an error, not a leak.

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64;

use crate::redact::form::Kind;
use crate::redact::patch::blank;
use crate::redact::pseudonym::Pseudonyms;

/// What is compared: the ids of payloads that have a shape, and encrypted text.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The sum of the hashes of the ids. The order of payloads does not change it.
    ids: u64,
    /// The hashes of the texts that are not blank, and how many there are.
    encrypted: HashSet<u64>,
    encrypted_count: u64,
}

impl Seen {
    /// Adds an id. A pseudonym has a shape if its id has one.
    pub(super) fn add_id(&mut self, id: &str) {
        if has_shape(id) {
            self.ids = self.ids.wrapping_add(xxh3_64(id.as_bytes()));
        }
    }

    /// Adds the pseudonym of an id.
    pub(super) fn add_pseudonym(&mut self, id: &str, pseudonyms: &mut Pseudonyms) {
        if has_shape(id) {
            self.add_id(pseudonyms.of(id));
        }
    }

    /// Adds the text of an encrypted payload, unless it is blank.
    pub(super) fn add_encrypted(&mut self, text: &str) {
        if blank(text.as_bytes()) != text.as_bytes() {
            self.encrypted.insert(xxh3_64(text.as_bytes()));
            self.encrypted_count += 1;
        }
    }

    pub(super) fn join(&mut self, other: Seen) {
        self.ids = self.ids.wrapping_add(other.ids);
        self.encrypted.extend(other.encrypted);
        self.encrypted_count += other.encrypted_count;
    }

    /// Returns true if `written` has the ids that are expected, and no other encrypted texts than those that were `resealed`.
    pub(super) fn is_met_by(&self, original: &Seen, written: &Seen, resealed: u64) -> bool {
        self.ids == written.ids
            && written.encrypted_count <= resealed
            && original.encrypted.is_disjoint(&written.encrypted)
    }
}

fn has_shape(id: &str) -> bool {
    Kind::of(id.as_bytes()).is_some()
}
