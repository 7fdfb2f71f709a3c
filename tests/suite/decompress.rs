//! Compressed captures: every format, with one or several members, whole and damaged, in reads of every size.

use std::io::{self, Read, Write};

use wxsub::decompress::{Compression, Error};
use wxsub::{Capture, Decompressed, Event};

use crate::support::cases::FEWER;

const FORMATS: [Compression; 4] = [
    Compression::Gzip,
    Compression::Zstd,
    Compression::Bzip2,
    Compression::Xz,
];

fn compress(format: Compression, text: &[u8]) -> Vec<u8> {
    let written = match format {
        Compression::Gzip => {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
            gzip.write_all(text).and_then(|()| gzip.finish())
        }
        Compression::Bzip2 => {
            let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            bzip2.write_all(text).and_then(|()| bzip2.finish())
        }
        Compression::Xz => {
            let options = lzma_rust2::XzOptions::with_preset(1);
            let mut xz = lzma_rust2::XzWriter::new(Vec::new(), options).expect("options");
            xz.write_all(text).and_then(|()| xz.finish())
        }
        Compression::Zstd => Ok(ruzstd::encoding::compress_to_vec(
            text,
            ruzstd::encoding::CompressionLevel::Fastest,
        )),
        _ => unreachable!("a format without an encoder"),
    };
    written.expect("memory can be written")
}

/// A reader that returns at most `block` bytes at a time.
struct Slow<'a> {
    bytes: &'a [u8],
    block: usize,
}

impl Read for Slow<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let len = self.block.min(out.len());
        self.bytes.read(&mut out[..len])
    }
}

/// Reads `bytes`. Returns what was read and how it ended.
fn read(bytes: &[u8], block: usize, out: usize) -> (Vec<u8>, io::Result<()>) {
    let mut from = Decompressed::new(Slow { bytes, block });
    let mut text = Vec::new();
    let mut buffer = vec![0; out];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return (text, Ok(())),
            Ok(len) => text.extend_from_slice(&buffer[..len]),
            Err(error) => {
                let after = from.read(&mut buffer).expect("an error is the end");
                assert_eq!(after, 0, "nothing comes behind an error");
                return (text, Err(error));
            }
        }
    }
}

/// Makes text that compresses like a log: repeated words, and numbers that differ.
fn log(lines: usize) -> Vec<u8> {
    let mut text = Vec::new();
    let mut number = 1_u64;
    for line in 0..lines {
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        writeln!(text, "line {line} id={number:x} POST /wx/callback 200").expect("memory");
    }
    text
}

fn reason(error: &io::Error) -> &Error {
    error
        .get_ref()
        .and_then(|error| error.downcast_ref())
        .expect("an error of decompression")
}

#[test]
fn every_format_is_read_however_it_arrives() {
    let members = [&log(300)[..], b"", &log(2000), b"x"];
    for format in FORMATS {
        for count in 1..=members.len() {
            let members = &members[..count];
            let bytes: Vec<u8> = members
                .iter()
                .flat_map(|text| compress(format, text))
                .collect();
            for (block, out) in [
                (1, 1 << 16),
                (7, 3),
                (1000, 1000),
                (1 << 20, 1),
                (1 << 20, 1 << 20),
            ] {
                let (text, end) = read(&bytes, block, out);
                assert!(end.is_ok(), "{format} {count} {block} {out}: {end:?}");
                assert!(text == members.concat(), "{format} {count} {block} {out}");
            }
        }
    }
}

#[test]
fn members_of_several_formats_may_follow_each_other() {
    let bytes: Vec<u8> = FORMATS
        .iter()
        .flat_map(|format| compress(*format, b"<xml/>\n"))
        .collect();
    let (text, end) = read(&bytes, 3, 100);
    assert_eq!((text, end.ok()), (b"<xml/>\n".repeat(4), Some(())));
}

#[test]
fn what_is_not_compressed_stays_as_it_is() {
    let texts: [&[u8]; 9] = [
        b"",
        b"\x1F",
        b"\x1F\x8B",
        b"BZh9",
        b"BZh91AY&S!",
        b"\xFD7zXZ\n",
        b"P",
        b"\xEF\xBB\xBF{}",
        b"\0\0\0",
    ];
    for text in texts {
        for block in [1, 100] {
            let (read, end) = read(text, block, 100);
            assert_eq!((&read[..], end.is_ok()), (text, true));
        }
    }
    let large = log(20_000);
    assert!(read(&large, 1 << 20, 300_000).0 == large);
}

#[test]
fn what_stands_in_front_of_a_cut_is_read() {
    let text = log(8000);
    for format in FORMATS {
        let member = compress(format, &text);
        let whole = member.repeat(2);
        let beside = [member.len() - 1, member.len() + 1, whole.len() - 1];
        for cut in (10..whole.len()).step_by(9973 * FEWER).chain(beside) {
            let (read, end) = read(&whole[..cut], 4096, 5000);
            let error = end.expect_err("a cut is an error");
            assert_eq!(*reason(&error), Error::CutOff { format }, "{cut}");
            assert!(text.repeat(2).starts_with(&read), "{format} {cut}");
            // bzip2 and zstd give a block whole or not at all.
            let held_back = match format {
                Compression::Bzip2 => 110_000,
                Compression::Zstd => 140_000,
                _ => 5000,
            };
            let least = (text.len() * cut / member.len()).saturating_sub(held_back);
            assert!(
                read.len() >= least,
                "{format} {cut}: {} of {least}",
                read.len()
            );
        }
        let last = read(&whole[..whole.len() - 1], 4096, 5000).0;
        assert!(
            last == text.repeat(2),
            "{format}: only the end of a checksum is missing"
        );
    }
}

#[test]
fn damage_never_passes_for_data() {
    let text = log(1500);
    for format in FORMATS {
        let good = compress(format, &text);
        let (mut found, mut count) = (0, 0);
        for at in (0..good.len()).step_by(good.len() / 400 * FEWER + 1) {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            let (read, end) = read(&bad, 1 << 16, 1 << 14);
            count += 1;
            found += usize::from(end.is_err());
            // Changed flags and times in a header do no harm. Text that no longer looks compressed is returned as it
            // is.
            assert!(
                end.is_err() || read == text || read == bad,
                "{format} byte {at}"
            );
        }
        assert!(found * 10 > count * 9, "{format}: {found} of {count}");
    }
}

#[test]
fn padding_is_ignored_and_garbage_is_not() {
    for format in FORMATS {
        let member = compress(format, b"<xml/>");
        for (behind, offset) in [
            (&b"\0\0\0\0\0\0\0\0"[..], None),
            (b"\0\0\0\0garbage", Some(4)),
            (b"<xml/>", Some(0)),
        ] {
            let (text, end) = read(&[&member, behind].concat(), 1 << 10, 1 << 10);
            assert_eq!(text, b"<xml/>");
            let expected = offset.map(|offset| Error::Trailing {
                format,
                offset: member.len() as u64 + offset,
            });
            assert_eq!(end.err().map(|error| reason(&error).clone()), expected);
        }
    }
}

/// A reader that must not be read again after its last byte.
struct Live<'a>(&'a [u8]);

impl Read for Live<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        assert!(
            !self.0.is_empty(),
            "waits for more, though there is something to show"
        );
        self.0.read(out)
    }
}

#[test]
fn a_live_stream_is_not_waited_for() {
    let plain = b"<";
    let mut flushed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    flushed
        .write_all(b"<xml/>")
        .and_then(|()| flushed.flush())
        .expect("memory");
    let mut captures = vec![
        (plain.to_vec(), &plain[..]),
        (flushed.get_ref().clone(), b"<xml/>"),
    ];
    // A whole member is returned before the next read.
    captures.extend(FORMATS.map(|format| (compress(format, b"<xml/>"), &b"<xml/>"[..])));
    for (bytes, expected) in captures {
        let mut text = [0; 100];
        let len = Decompressed::new(Live(&bytes))
            .read(&mut text)
            .expect("text");
        assert_eq!(&text[..len], expected);
    }
}

/// A reader that fails after its bytes.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.0.read(out) {
            Ok(0) => Err(io::Error::other("the disk is on fire")),
            read => read,
        }
    }
}

#[test]
fn an_error_of_the_reader_stays_one() {
    for format in FORMATS {
        let whole = compress(format, &log(3000));
        for cut in [0, 3, 20, whole.len() / 2, whole.len()] {
            let error = io::copy(
                &mut Decompressed::new(Failing(&whole[..cut])),
                &mut io::sink(),
            )
            .unwrap_err();
            assert_eq!(error.to_string(), "the disk is on fire", "{format} {cut}");
        }
    }
}

#[test]
fn memory_is_limited() {
    // A frame with a window of 256 MiB, and a block with a dictionary of 512 MiB.
    let zstd = [0x28, 0xB5, 0x2F, 0xFD, 0, 18 << 3, 1, 0, 0];
    let mut options = lzma_rust2::XzOptions::with_preset(0);
    options.lzma_options.dict_size = 16 << 10;
    let mut xz = lzma_rust2::XzWriter::new(Vec::new(), options).expect("options");
    xz.write_all(b"<xml/>").expect("memory");
    let mut xz = xz.finish().expect("memory");
    let header = 12..24;
    let dictionary = xz[header.clone()]
        .windows(2)
        .position(|pair| pair == [0x21, 1])
        .expect("a filter");
    xz[12 + dictionary + 2] = 34;
    let checksum = crc32(&xz[12..20]);
    xz[20..24].copy_from_slice(&checksum.to_le_bytes());
    for (bytes, format) in [(&zstd[..], Compression::Zstd), (&xz, Compression::Xz)] {
        let error = read(bytes, 100, 100).1.expect_err("too large");
        assert_eq!(*reason(&error), Error::Window { format });
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[test]
fn frames_to_be_skipped_are() {
    let skipped = [&[0x5A, 0x2A, 0x4D, 0x18, 5, 0, 0, 0][..], b"notes"].concat();
    let frame = compress(Compression::Zstd, b"<xml/>");
    let bytes = [&skipped[..], &frame, &skipped].concat();
    for block in [1, 100] {
        let (text, end) = read(&bytes, block, 100);
        assert_eq!((&text[..], end.is_ok()), (&b"<xml/>"[..], true));
    }
    let error = read(&bytes[..bytes.len() - 2], 100, 100)
        .1
        .expect_err("cut off");
    assert_eq!(
        *reason(&error),
        Error::CutOff {
            format: Compression::Zstd
        }
    );
}

#[test]
fn places_count_decompressed_bytes() {
    let log = b"2025-11-22 20:00:00 INFO ok\n2025-11-22 20:00:01 <xml><MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event></xml>\n";
    for format in FORMATS {
        let bytes = compress(format, log);
        let records: Vec<_> = Capture::new(Decompressed::new(&bytes[..]))
            .collect::<Result<_, _>>()
            .expect("records");
        let [record] = &records[..] else {
            panic!("{format}: {} records", records.len())
        };
        assert_eq!(
            record.callback().map(|callback| callback.event()),
            Some(Event::Sent)
        );
        let place = record.place(0);
        assert_eq!((place.line, place.column, place.offset), (2, 21, 48));
    }
}
