//! Decodes XML documents that declare an encoding.
//!
//! All supported encodings write markup as ASCII does, so the declaration can be read before the encoding is known.
//! UTF-16 is converted before this stage.

use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::finding::{Finding, Reason};
use crate::scan::lookahead::Lookahead;
use crate::span::{Span, Units};
use crate::syntax::xml::{LONGEST_DECLARATION, declaration};

/// The way to read a document, according to its declaration.
#[derive(Debug)]
pub(super) enum Declared {
    /// As it is. The finding is about the declaration.
    AsIs(Option<Finding>),
    Other(&'static Encoding),
}

/// Reads the declaration at the start of `document`. A malformed declaration is left to the reader.
pub(super) fn declared(document: Lookahead<'_>, units: Units) -> Declared {
    let window = document.window(LONGEST_DECLARATION);
    let head = window.bytes();
    let Some(rest) = head.strip_prefix(b"<?xml") else {
        return Declared::AsIs(None);
    };
    let Some(len) = window.from(head.len() - rest.len()).find_text(b"?>") else {
        return Declared::AsIs(None);
    };
    let label = declaration(&rest[..len]).unwrap_or_default();
    let start = memchr::memmem::rfind(&head[..5 + len], label.as_bytes()).unwrap_or_default();
    let span = Span::new(start, start + label.len());
    let actual = if units == Units::Utf16 {
        "UTF-16"
    } else {
        "UTF-8"
    };
    let mismatch = || {
        Some(
            Finding::new(Reason::DeclaredOther, span)
                .with(label)
                .with(actual),
        )
    };
    if label.is_empty()
        || label.eq_ignore_ascii_case("us-ascii")
        || label.eq_ignore_ascii_case("ascii")
    {
        return Declared::AsIs(None);
    }
    match Encoding::for_label_no_replacement(label.as_bytes()) {
        None => Declared::AsIs(Some(
            Finding::new(Reason::UnknownEncoding, span).with(label),
        )),
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => {
            Declared::AsIs(if units == Units::Utf16 {
                None
            } else {
                mismatch()
            })
        }
        Some(_) if units == Units::Utf16 => Declared::AsIs(mismatch()),
        Some(encoding) if encoding == UTF_8 => Declared::AsIs(None),
        Some(encoding) => Declared::Other(encoding),
    }
}

/// Stands for bytes that are invalid in their encoding. It is not UTF-8, so the reader refuses it at its place.
const INVALID: u8 = 0xFF;

/// Converts `raw` to UTF-8, with [`INVALID`] for invalid bytes. Drops an incomplete character at the end, unless `last`
/// is true.
pub(super) fn decode(encoding: &'static Encoding, raw: &[u8], last: bool) -> Vec<u8> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = Vec::new();
    let mut at = 0;
    loop {
        let room = decoder
            .max_utf8_buffer_length_without_replacement(raw.len() - at)
            .unwrap_or(raw.len());
        let start = text.len();
        text.resize(start + room, 0);
        let (result, read, written) =
            decoder.decode_to_utf8_without_replacement(&raw[at..], &mut text[start..], last);
        text.truncate(start + written);
        at += read;
        match result {
            DecoderResult::InputEmpty => return text,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => text.push(INVALID),
        }
    }
}

/// Returns the number of bytes of `raw` that `len` bytes of its text stand for.
pub(super) fn raw_len(encoding: &'static Encoding, raw: &[u8], len: usize) -> usize {
    let mut lens = [len];
    raw_lens(encoding, raw, &mut lens);
    lens[0]
}

/// Replaces each of `lens`, which must be sorted, by its number of bytes in `raw`; see [`raw_len`].
pub(super) fn raw_lens(encoding: &'static Encoding, raw: &[u8], lens: &mut [usize]) {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut at, mut written) = (0, 0);
    let mut buffer = [0; 16];
    for len in lens {
        while at < raw.len() && written < *len {
            // A byte that makes the byte before it invalid was not consumed, and is passed again.
            let byte = &raw[at..=at];
            let (result, read, n) =
                decoder.decode_to_utf8_without_replacement(byte, &mut buffer, false);
            at += read;
            written += n + usize::from(matches!(result, DecoderResult::Malformed(..)));
        }
        *len = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{BIG5, GBK, SHIFT_JIS};

    #[test]
    fn lengths_map_back() {
        for encoding in [GBK, BIG5, SHIFT_JIS] {
            let text = "<xml><A>日本</A></xml>rest";
            let (raw, ..) = encoding.encode(text);
            assert_eq!(decode(encoding, &raw, true), text.as_bytes());
            let mut lens: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            let heads = lens.iter().map(|at| encoding.encode(&text[..*at]).0.len());
            let heads: Vec<usize> = heads.collect();
            raw_lens(encoding, &raw, &mut lens);
            assert_eq!(lens, heads, "{}", encoding.name());
        }
    }

    #[test]
    fn what_is_not_text_stays_in_its_place() {
        assert_eq!(decode(GBK, b"ab\xFFcd", true), b"ab\xFFcd");
        assert_eq!(decode(GBK, b"a\x81 b<c", true), b"a\xFF b<c");
        let mut lens = [0, 1, 2, 3, 4, 5];
        raw_lens(GBK, b"a\x81 b<c", &mut lens);
        assert_eq!(lens, [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn declarations() {
        let label = |text: &str| match declared(Lookahead::whole(text.as_bytes()), Units::Utf8) {
            Declared::Other(encoding) => encoding.name(),
            Declared::AsIs(Some(finding)) => finding.code().as_str(),
            Declared::AsIs(None) => "as is",
        };
        let cases = [
            ("<xml>", "as is"),
            ("<?xml version=\"1.0\"?>", "as is"),
            ("<?xml version=\"1.0\" encoding=\"utf-8\"?>", "as is"),
            ("<?xml version='1.0' encoding='GBK'?>", "GBK"),
            ("<?xml version='1.0' encoding='gb2312'?>", "GBK"),
            (
                "<?xml version='1.0' encoding='utf-16'?>",
                "encoding-mismatch",
            ),
            (
                "<?xml version='1.0' encoding='klingon'?>",
                "invalid-encoding",
            ),
            ("<?xml encoding='GBK'?>", "as is"),
        ];
        for (text, expected) in cases {
            assert_eq!(label(text), expected, "{text}");
        }
    }
}
