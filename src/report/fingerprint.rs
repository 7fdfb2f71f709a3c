//! Fingerprints of findings, by which a CI system recognises a finding in the next run.
//!
//! A fingerprint contains no line number, so it stays when lines move.

use std::collections::HashMap;

use crate::finding::Code;
use crate::lang::Lang;
use crate::report::Notice;

/// Makes the fingerprints of one file and numbers findings that differ only in their position.
#[derive(Debug, Default)]
pub(crate) struct Fingerprints {
    seen: HashMap<u64, u64>,
}

impl Fingerprints {
    /// The most different findings of a file that are remembered. Later ones are numbered by offset.
    const MOST: usize = 100_000;

    /// Returns the fingerprint of `notice`: a hash of path, code, message and line text, and a number.
    pub(crate) fn of(&mut self, path: &str, notice: &Notice) -> String {
        let hash = hash(path, notice);
        let is_full = self.seen.len() >= Self::MOST && !self.seen.contains_key(&hash);
        let nth = match is_full {
            true => notice.spot.place.offset,
            false => {
                let nth = self.seen.entry(hash).or_default();
                *nth += 1;
                *nth
            }
        };
        format!("{hash:016x}:{nth}")
    }

    /// Forgets the findings of the last file.
    pub(crate) fn forget(&mut self) {
        self.seen.clear();
    }
}

fn hash(path: &str, notice: &Notice) -> u64 {
    // The message of this finding holds a byte count, which changes without a new finding.
    let message = match notice.code() {
        Code::Noise => String::new(),
        _ => notice.message(Lang::En),
    };
    let parts = [
        path,
        notice.code().as_str(),
        &message,
        notice.spot.line.text.trim(),
    ];
    parts.iter().fold(FNV_OFFSET, |hash, part| {
        fnv(fnv(hash, part.as_bytes()), &[0])
    })
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a. The standard library's hashers may change between versions; fingerprints must not.
fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(payload: &str) -> Vec<String> {
        let record = crate::decode(payload.as_bytes());
        let mut names = Fingerprints::default();
        let notices = record
            .findings()
            .iter()
            .map(|finding| Notice::of(&record, finding, finding.severity()));
        notices.map(|notice| names.of("a", &notice)).collect()
    }

    #[test]
    fn lines_may_move() {
        let payload = |gap: &str| {
            format!(
                "{{\"Event\":\"subscribe_msg_sent_event\",{gap}\n\"odd\":1,\n\"odd\":1,\n\"List\":[]}}"
            )
        };
        let before = names(&payload(""));
        assert!(before.len() > 4);
        assert_eq!(names(&payload("\n\n\n")), before);
    }

    #[test]
    fn twins_have_names_of_their_own() {
        let all = names(r#"{"Event":"subscribe_msg_sent_event","List":[{"a":1},{"a":1},{"a":1}]}"#);
        let different: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv(FNV_OFFSET, b"foobar"), 0x8594_4171_f739_67e8);
    }
}
