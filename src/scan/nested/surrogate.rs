//! Reports what unescaping cannot keep: halves of surrogate pairs become U+FFFD.

use crate::finding::{Finding, Reason};
use crate::scan::escape::Escape;
use crate::scan::{FoundKind, Parts, Scanner, decode};
use crate::span::Span;
use crate::syntax::{Bytes, Syntax, json, xml};

use super::InnerPayload;

impl Scanner {
    /// Adds findings about the unescaping of a payload, of which the fast path knows nothing.
    pub(super) fn with_findings(
        &self,
        inner: InnerPayload,
        findings: Vec<Finding>,
        parts: &mut Parts,
    ) -> InnerPayload {
        if inner.kind != FoundKind::Whole || findings.is_empty() {
            return inner;
        }
        if inner.template.is_some() {
            self.read_again(inner.syntax, parts);
        }
        parts.findings.extend(findings);
        InnerPayload {
            template: None,
            ..inner
        }
    }

    /// Reads the payload in the source map again, which was recognised by its template.
    fn read_again(&self, syntax: Syntax, parts: &mut Parts) {
        let (bytes, limits) = (parts.source_map.text.as_bytes(), &self.limits);
        let bytes = Bytes {
            all: bytes,
            last: true,
        };
        let Parts { tree, findings, .. } = parts;
        findings.clear();
        let read = match syntax {
            Syntax::Json => json::Reader::new().read(bytes, tree, findings, limits),
            Syntax::Xml => {
                let is_plain = &self.names.is_plain;
                xml::Reader::of_any_root(self.names.private.is_header)
                    .read(bytes, tree, findings, limits, is_plain)
            }
        };
        debug_assert!(read.is_ok(), "it was recognised");
    }
}

/// Returns findings about halves of surrogate pairs that were escaped in `raw`, which begins with the payload `text`.
pub(super) fn halves_of_pairs(escape: Escape, raw: &[u8], text: &str) -> Vec<Finding> {
    const MOST: usize = 100;
    const LEN: usize = char::REPLACEMENT_CHARACTER.len_utf8();
    if !matches!(escape, Escape::Backslash | Escape::Literal) {
        return Vec::new();
    }
    let found = text.match_indices(char::REPLACEMENT_CHARACTER);
    let places: Vec<usize> = found.take(MOST).map(|(at, _)| at).collect();
    let mut in_raw = places.clone();
    escape.raw_starts(raw, &mut in_raw);
    let pairs = places.into_iter().zip(in_raw);
    let finding = |(at, raw_at): (usize, usize)| {
        let half = decode::surrogate(&raw[raw_at..])?;
        Some(Finding::new(Reason::LoneSurrogate, Span::new(at, at + LEN)).with(half))
    };
    pairs.filter_map(finding).collect()
}
