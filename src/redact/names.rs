//! Finds ids by the field names before them, outside of payloads that are read: in queries, in log entries, in torn payloads.

use std::io::{self, Read};

use aho_corasick::{AhoCorasick, MatchKind};

use crate::event::fields;
use crate::redact::form::is_word;
use crate::redact::known::Known;
use crate::redact::rewrite::word_at;
use crate::redact::unit;

/// The most bytes between a name and its value.
const GAP: usize = 48;
/// The most bytes from the start of a name to the end of its value.
const LONGEST: usize = 1024;
/// The size of a read.
const BLOCK: usize = 1 << 20;

/// Adds the values that stand in `from` after the names of fields for ids.
pub(super) fn collect(from: &mut impl Read, known: &mut Known) -> io::Result<()> {
    let names = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .ascii_case_insensitive(true)
        .build(fields::SPELT_IDS)
        .map_err(io::Error::other)?;
    let mut text = Vec::new();
    loop {
        let read = Read::take(&mut *from, BLOCK as u64).read_to_end(&mut text)?;
        // A name near the end waits for the value after it.
        let end = if read == 0 {
            text.len()
        } else {
            text.len().saturating_sub(LONGEST)
        };
        for name in names.find_iter(&text) {
            if name.start() < end {
                value(&text, name.end())
                    .into_iter()
                    .for_each(|id| known.add(&id));
            }
        }
        text.drain(..end);
        if read == 0 {
            return Ok(());
        }
    }
}

/// Returns the value after the name that ends at `end`, if it looks like an id.
fn value(text: &[u8], end: usize) -> Option<String> {
    let (mut at, mut is_bound) = (end, false);
    while at < text.len().min(end + GAP) {
        let unit = unit::read(text, at);
        match unit.value {
            b'=' | b':' | b'>' => is_bound = true,
            _ if text[at..].starts_with(b"CDATA[") => at += 5,
            value if is_word(value) => break,
            b'\n' | b',' | b';' | b'.' | b'(' | b')' => return None,
            _ => {}
        }
        at += unit.len;
    }
    let word = is_bound.then(|| word_at(text, at))?;
    let has = |is: fn(&u8) -> bool| word.iter().any(is);
    let is_id = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    is_id.then(|| String::from_utf8(word).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_their_values() {
        for (text, id) in [
            ("GET /wx?openid=customer-17&a=1", Some("customer-17")),
            ("{\\\"openId\\\":\\\"customer-17\\\"}", Some("customer-17")),
            ("<FromUserName><![CDATA[customer-17]]>", Some("customer-17")),
            ("openid%3Dcustomer-17", Some("customer-17")),
            ("open_id => customer-17", Some("customer-17")),
            ("openid is missing: customer-17", None),
            ("openid=getOpenid()", None),
            ("openid_list: customer-17", None),
            ("openid=", None),
        ] {
            let mut known = Known::default();
            collect(&mut text.as_bytes(), &mut known).expect("memory");
            assert_eq!(known.has_word(b"customer-17"), id.is_some(), "{text}");
        }
    }
}
