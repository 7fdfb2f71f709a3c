//! Recognises compressed data by its first bytes.

use std::fmt;
use std::ops::RangeInclusive;

/// A compression format.
///
/// ```
/// assert_eq!(wxsub::decompress::Compression::Gzip.to_string(), "gzip");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// Written by `gzip`, `pigz` and log rotation.
    Gzip,
    /// Written by `zstd` and `pzstd`.
    Zstd,
    /// Written by `bzip2` and `pbzip2`.
    Bzip2,
    /// Written by `xz`.
    Xz,
    /// Written by `zip`, and by programs for spreadsheets and documents. Only [`Archive`](super::Archive) reads it.
    Zip,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
            Compression::Bzip2 => "bzip2",
            Compression::Xz => "xz",
            Compression::Zip => "zip",
        })
    }
}

/// The result of a look at the first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detected {
    Is(Compression),
    /// A format that is not read, with its name.
    Foreign(&'static str),
    Plain,
    /// More bytes are needed.
    NeedMore,
}

type Magic = &'static [RangeInclusive<u8>];

const fn is(byte: u8) -> RangeInclusive<u8> {
    byte..=byte
}

/// The first bytes of each format, enough that no text begins with them.
#[rustfmt::skip]
const MAGICS: [(Compression, Magic); 9] = [
    (Compression::Gzip, &[is(GZIP[0]), is(GZIP[1]), is(8)]),
    (Compression::Zstd, &[is(0x28), is(0xB5), is(0x2F), is(0xFD)]),
    // A skippable frame, with which `pzstd` begins.
    (Compression::Zstd, &[0x50..=0x5F, is(0x2A), is(0x4D), is(0x18)]),
    // `BZh9`, then the digits of pi, which begin a block, or of its square root, which end a file without blocks.
    (Compression::Bzip2, &[is(b'B'), is(b'Z'), is(b'h'), b'1'..=b'9',
        is(0x31), is(0x41), is(0x59), is(0x26), is(0x53), is(0x59)]),
    (Compression::Bzip2, &[is(b'B'), is(b'Z'), is(b'h'), b'1'..=b'9',
        is(0x17), is(0x72), is(0x45), is(0x38), is(0x50), is(0x90)]),
    (Compression::Xz, &[is(0xFD), is(b'7'), is(b'z'), is(b'X'), is(b'Z'), is(0)]),
    // A member, the end of an archive without members, and an archive that was written in one part of several.
    (Compression::Zip, &[is(b'P'), is(b'K'), is(3), is(4)]),
    (Compression::Zip, &[is(b'P'), is(b'K'), is(5), is(6)]),
    (Compression::Zip, &[is(b'P'), is(b'K'), is(7), is(8)]),
];

/// The first bytes of formats that are not read. What stands in them as text is not all that they hold.
#[rustfmt::skip]
const FOREIGN: [(&str, Magic); 5] = [
    ("7z", &[is(b'7'), is(b'z'), is(0xBC), is(0xAF), is(0x27), is(0x1C)]),
    ("LZ4", &[is(4), is(0x22), is(0x4D), is(0x18)]),
    ("LZMA", &[is(0x5D), is(0), is(0)]),
    ("Parquet", &[is(b'P'), is(b'A'), is(b'R'), is(b'1'), is(0x15)]),
    ("Snappy", &[is(0xFF), is(6), is(0), is(0), is(b's'), is(b'N')]),
];

/// The first bytes of gzip.
pub(crate) const GZIP: [u8; 2] = [0x1F, 0x8B];

/// The number of bytes that tell a zip archive.
pub(super) const ZIP: usize = 4;

/// Recognises the format of `head`, the bytes that have arrived. One byte can be enough to exclude all.
pub(super) fn detect(head: &[u8]) -> Detected {
    match detect_member(head) {
        Detected::Plain => find(&FOREIGN, head, Detected::Foreign),
        detected => detected,
    }
}

/// Recognises the format of `head` behind compressed data, where only more of it may follow.
pub(super) fn detect_member(head: &[u8]) -> Detected {
    find(&MAGICS, head, Detected::Is)
}

fn find<T: Copy>(table: &[(T, Magic)], head: &[u8], found: fn(T) -> Detected) -> Detected {
    let fits = |magic: Magic| {
        head.iter()
            .zip(magic)
            .all(|(byte, range)| range.contains(byte))
    };
    match table.iter().find(|(_, magic)| fits(magic)) {
        None => Detected::Plain,
        Some((format, magic)) if head.len() >= magic.len() => found(*format),
        Some(_) => Detected::NeedMore,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_waits_for_a_second_byte_but_those_of_a_few_letters() {
        let unsure: Vec<u8> = (0..=255)
            .filter(|&byte| detect(&[byte]) == Detected::NeedMore)
            .collect();
        assert_eq!(unsure, b"\x04\x1F(7BPQRSTUVWXYZ[\\]^_\xFD\xFF");
        for text in [
            "POST /", "PK-1", "(x", "BZ", "BZh9", "[{", "<xml>", "{", "\u{FEFF}", "PAR",
            "PAR1-web", "7zip", "Obj", "xml",
        ] {
            let expected = match text {
                "BZ" | "BZh9" | "PAR" => Detected::NeedMore,
                _ => Detected::Plain,
            };
            assert_eq!(detect(text.as_bytes()), expected, "{text}");
        }
    }
}
