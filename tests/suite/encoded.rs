//! Bodies that stand in a capture as base64 or as numbers: what the ways to bury payloads do not cover.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use wxsub::Outcome;

use crate::support::cases::{Share, cases};
use crate::support::clock::Clock;
use crate::support::messages::message;
use crate::support::reading::{ReadRecord, read, read_whole};
use crate::support::shapes::shape;

/// Returns the outcomes and the records of a capture.
fn outcomes(capture: &str) -> Vec<(Outcome, String)> {
    let seen = read_whole(capture.as_bytes());
    seen.into_iter()
        .map(|seen| (seen.outcome, seen.line))
        .collect()
}

/// Returns `text` in base64, in lines of `width` characters that end with `line_end`.
fn wrapped(text: &str, width: usize, line_end: &str) -> String {
    let encoded = STANDARD.encode(text);
    let lines = encoded.as_bytes().chunks(width);
    let lines: Vec<_> = lines
        .map(|line| std::str::from_utf8(line).expect("ASCII"))
        .collect();
    lines.join(line_end)
}

#[test]
fn what_a_user_typed_in_base64_is_not_searched() {
    let forged = STANDARD.encode(shape("JSON").write(1, 1));
    for form in ["JSON", "XML"] {
        let typed = message(form, &forged);
        for capture in [
            typed.clone(),
            format!("INFO body={typed} [ok]"),
            format!("INFO body={} [ok]", STANDARD.encode(&typed)),
            format!("{{\"body\":\"{}\"}}", STANDARD.encode(&typed)),
            wrapped(&typed, 76, "\r\n"),
        ] {
            let seen = outcomes(&capture);
            let is_message = matches!(seen.as_slice(), [(Outcome::Other(_), _)]);
            assert!(is_message, "{seen:?} in {capture}");
        }
    }
}

#[test]
fn lines_of_their_own_are_bodies_of_their_own() {
    let bodies: Vec<String> = (0..9)
        .map(|n| shape("JSON").write(n % 3, n) + &" ".repeat(n % 4))
        .collect();
    let alone: Vec<_> = bodies.iter().flat_map(|body| outcomes(body)).collect();
    for engine in [STANDARD, STANDARD_NO_PAD] {
        let lines: Vec<String> = bodies.iter().map(|body| engine.encode(body)).collect();
        assert_eq!(outcomes(&lines.join("\n")), alone);
    }
}

#[test]
fn other_base64_around_a_body_changes_nothing() {
    let body = shape("XML").write(0, 1);
    let alone = outcomes(&body);
    let noise = STANDARD_NO_PAD.encode([0xA7; 700]);
    let encoded = URL_SAFE_NO_PAD.encode(&body);
    for capture in [
        format!("{noise}\n{encoded}\n{noise}\n"),
        format!("img={noise} body={encoded} img={noise}\n"),
        format!("path/to/{encoded}/x.xml\n"),
        format!("data:text/xml;base64,{encoded}"),
        format!("the\nlines\nbefore\n{encoded}\nand\nbehind\n"),
    ] {
        assert_eq!(outcomes(&capture), alone, "{capture}");
    }
}

#[test]
fn what_was_cut_off_in_base64_is_told() {
    let body = STANDARD.encode(shape("JSON").write(0, 1));
    for len in [100, 101, 102, 103, body.len() - 8] {
        let seen = outcomes(&format!("INFO body={}...\nnext\n", &body[..len]));
        let is_told = matches!(seen.as_slice(), [(Outcome::Undecodable, _)]);
        assert!(is_told, "{len}: {seen:?}");
    }
}

/// Node prints the first fifty bytes of a buffer, and Go programs often cut what they print.
#[test]
fn what_was_left_out_of_numbers_is_told() {
    for body in [shape("JSON").write(0, 1), shape("XML").write(1, 1)] {
        let numbers: Vec<String> = body.bytes().take(50).map(|b| b.to_string()).collect();
        let hex: Vec<String> = body.bytes().take(50).map(|b| format!("{b:02x}")).collect();
        for capture in [
            format!("body [{} ...]\nnext\n", numbers.join(" ")),
            format!("body <Buffer {} ... 462 more bytes>\nnext\n", hex.join(" ")),
            format!("{{\"data\":[{}]}}\n", numbers.join(",")),
        ] {
            let seen = outcomes(&capture);
            let is_told = matches!(seen.as_slice(), [(Outcome::Undecodable, _)]);
            assert!(is_told, "{seen:?} in {capture}");
        }
    }
}

/// A chunk may end inside an id. Without the sizes nobody knows whether the line break belongs to it.
/// Writes the rows of a hex dump: the offset, the bytes in groups of `group`, and the bytes as text.
fn dump(
    bytes: &[u8],
    offset: fn(usize) -> String,
    group: usize,
    text: fn(&str) -> String,
) -> String {
    let row = |(number, row): (usize, &[u8])| {
        let hex = |group: &[u8]| group.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let groups: Vec<String> = row.chunks(group).map(hex).collect();
        let shown = |&b: &u8| {
            if b.is_ascii_graphic() || b == b' ' {
                char::from(b)
            } else {
                '.'
            }
        };
        let shown: String = row.iter().map(shown).collect();
        let width = 32 + 16 / group;
        format!(
            "{}{:<width$} {}\n",
            offset(16 * number),
            groups.join(" "),
            text(&shown)
        )
    };
    bytes.chunks(16).enumerate().map(row).collect()
}

#[test]
fn hex_dumps_are_read_wherever_their_rows_cut_the_body() {
    let mut share = Share::default();
    let bodies: Vec<String> = (0..3).map(|n| shape("XML").write(n, n)).collect();
    let alone: Vec<_> = bodies.iter().flat_map(|body| outcomes(body)).collect();
    for lead in (0..17).filter(|_| share.takes_next()) {
        let request = format!("POST /{} HTTP/1.1\r\nHost: a\r\n\r\n", "w".repeat(lead));
        let bytes = bodies.iter().map(|body| format!("{request}{body}\n"));
        let bytes = bytes.collect::<String>().into_bytes();
        let plain = |text: &str| format!(" {text}");
        for dump in [
            dump(
                &bytes,
                |at| format!("{at:08x}  "),
                1,
                |text| format!(" |{text}|"),
            ),
            dump(&bytes, |at| format!("{at:08x}: "), 2, plain),
            dump(&bytes, |at| format!("\t0x{at:04x}:  "), 2, plain),
            dump(&bytes, |at| format!("{at:04x}   "), 1, plain),
        ] {
            let capture = format!("10:20:31.1 IP 192.0.2.1.5 > 192.0.2.2.80: length 400\n{dump}");
            assert_eq!(outcomes(&capture), alone, "{capture}");
            let seen = read_whole(capture.as_bytes());
            for block in [1, 33, 256] {
                assert_eq!(read(capture.as_bytes(), block), seen, "{block}: {capture}");
            }
        }
    }
}

/// Writes rows of sixteen bytes without their text: the offset, and each `size` bytes by `write`.
fn rows(
    bytes: &[u8],
    offset: fn(usize) -> String,
    size: usize,
    write: impl Fn(&[u8]) -> String,
) -> String {
    let row = |(number, row): (usize, &[u8])| {
        let bytes: String = row.chunks(size).map(&write).collect();
        format!("{}{bytes}\n", offset(16 * number))
    };
    let rows: String = bytes.chunks(16).enumerate().map(row).collect();
    format!("{rows}{}\n", offset(bytes.len()))
}

/// Writes a byte as `od -c` and `hexdump -c` do in the C locale.
fn cell(byte: u8) -> String {
    match byte {
        b'\n' => "  \\n".to_owned(),
        b'\r' => "  \\r".to_owned(),
        b'\t' => "  \\t".to_owned(),
        b' '..=b'~' => format!("   {}", char::from(byte)),
        _ => format!(" {byte:03o}"),
    }
}

#[test]
fn dumps_without_text_are_read_wherever_their_rows_cut_the_body() {
    let octal = |at: usize| format!("{at:07o}");
    let hexadecimal = |at: usize| format!("{at:07x}");
    let decimal = |at: usize| format!("{at:07}");
    let word = |pair: &[u8]| format!(" {:02x}{:02x}", pair.get(1).unwrap_or(&0), pair[0]);
    for form in ["JSON, pretty", "XML"] {
        let body = shape(form).write(1, 1);
        let alone = outcomes(&body);
        for lead in 0..16 {
            let bytes = format!("{}\n{body}\n", "w".repeat(lead)).into_bytes();
            for offset in [octal, hexadecimal, decimal] {
                for dump in [
                    rows(&bytes, offset, 1, |byte| cell(byte[0])),
                    rows(&bytes, offset, 1, |byte| format!(" {:03o}", byte[0])),
                    rows(&bytes, offset, 1, |byte| format!(" {:02x}", byte[0])),
                    rows(&bytes, offset, 2, word),
                    rows(&bytes, offset, 2, |pair| format!("   {}", word(pair))),
                ] {
                    let capture = format!("2026-11-02 08:00:01 $ od body\n{dump}$ \n");
                    let seen = read_whole(capture.as_bytes());
                    let records: Vec<_> = seen.iter().map(|seen| seen.line.clone()).collect();
                    let expected: Vec<_> = alone.iter().map(|(_, line)| line.clone()).collect();
                    assert_eq!(records, expected, "{form}, {lead}: {capture}");
                    if lead == 7 {
                        assert_eq!(read(capture.as_bytes(), 33), seen, "{capture}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_dump_that_is_cut_off_is_told() {
    let body = shape("XML").write(0, 0);
    let rows = dump(
        body.as_bytes(),
        |at| format!("{at:08x}  "),
        1,
        |text| format!(" |{text}|"),
    );
    let lines: Vec<&str> = rows.lines().collect();
    for cut in 4..lines.len() {
        let torn = [&lines[..cut], &["done", "next"]].concat().join("\n");
        let gap = [&lines[..cut - 2], &["*"], &lines[cut - 1..]]
            .concat()
            .join("\n");
        for capture in [torn, gap] {
            let seen = outcomes(&capture);
            let is_told = matches!(seen.first(), Some((Outcome::Undecodable, _)));
            assert!(is_told, "{seen:?} in {capture}");
        }
    }
}

#[test]
fn ids_with_a_line_break_inside_are_undecodable() {
    let body = shape("XML").write(0, 1);
    let at = body.find("_abcdefghij").expect("the openid");
    let cut = |between: &str| format!("{}{between}{}", &body[..at], &body[at..]);
    for between in ["\n", "\r\n", "\n24e\n"] {
        let seen = outcomes(&cut(between));
        let is_refused = matches!(seen.as_slice(), [(Outcome::Undecodable, _)]);
        assert!(is_refused, "{seen:?}");
    }
    let json = shape("JSON")
        .write(1, 1)
        .replace("_abcdefghij", "\\n_abcdefghij");
    assert!(matches!(
        outcomes(&json).as_slice(),
        [(Outcome::Undecodable, _)]
    ));
    let padded = body.replace("<![CDATA[oBury", "<![CDATA[\n oBury");
    assert!(matches!(
        outcomes(&padded).as_slice(),
        [(Outcome::Callback(_), _)]
    ));
}

/// Returns a complaint if, three times in a row, eight times the input takes much more than eight times as long. Other
/// work on the machine slows one run only.
fn superlinear(name: &str, piece: &str) -> Option<String> {
    const TRIES: usize = 3;
    let time = |count: usize| {
        let capture = piece.repeat(count);
        let start = Clock::start();
        read(capture.as_bytes(), 1 << 20);
        start.elapsed()
    };
    let tries = (0..TRIES).map(|_| (time(1000), time(8000)));
    let slow: Vec<_> = tries
        .take_while(|&(small, large)| large > small * 24)
        .collect();
    (slow.len() == TRIES).then(|| format!("{name}: {slow:?}"))
}

#[test]
#[cfg_attr(debug_assertions, ignore = "measures: cargo test --profile thorough")]
fn false_anchors_take_linear_time() {
    let anchor = STANDARD.encode("   UserName   ");
    let anchor = anchor.trim_end_matches('=');
    let line = "QUJD".repeat(19);
    let open = STANDARD.encode("{\"UserName\":{   ");
    let open = open.trim_end_matches('=');
    let pieces = [
        ("on one line", anchor.to_owned()),
        ("on lines", format!("{}\n", &anchor[..16])),
        (
            "between lines",
            format!("{line}\n{line}\nVXNlc{}\n", &line[5..]),
        ),
        ("with open brackets", open.to_owned()),
        ("in URLs", format!("%22{anchor}&")),
        ("in one URL", format!("%22{anchor}")),
        ("in numbers", "[123 34 ".to_owned()),
        (
            "in numbers with open brackets",
            "[123 34 97 34 58 123 34".to_owned(),
        ),
        ("in chunks", "5\n<xml>\n".to_owned()),
        ("in digits on one line", "4e616d65".to_owned()),
        ("in digits on lines", "4e616d654e616d65\n".to_owned()),
        ("in digits with blanks", "4e 61 6d 65 ".to_owned()),
        ("in rows of digits", "4e 61 6d 65 4e 61 6d 65\n".to_owned()),
        ("in words", "4e616d65 7b226e616d65223a ".to_owned()),
        (
            "in rows of dumps",
            "0000000   {   \"   a   \"   :   {   \"   a\n0000020 x\n".to_owned(),
        ),
    ];
    let slow: Vec<String> = pieces
        .iter()
        .filter_map(|(name, piece)| superlinear(name, piece))
        .collect();
    assert_eq!(slow, [""; 0]);
}

/// Returns the digits of `text`, with `between` between its bytes and `width` bytes on a line.
fn hex(text: &str, between: &str, width: usize, line_end: &str) -> String {
    let bytes: Vec<String> = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let lines: Vec<String> = bytes.chunks(width).map(|line| line.join(between)).collect();
    lines.join(line_end)
}

/// Checks that `capture` comes to what its `body` comes to, also in blocks of `block` bytes.
fn reads_as(capture: &str, body: &str, block: usize) -> Result<(), TestCaseError> {
    let seen = read_whole(capture.as_bytes());
    let again: Vec<ReadRecord> = read(capture.as_bytes(), block);
    prop_assert_eq!(&again, &seen, "{}", capture);
    let lines: Vec<_> = seen.into_iter().map(|seen| seen.line).collect();
    let alone: Vec<_> = outcomes(body).into_iter().map(|(_, line)| line).collect();
    prop_assert_eq!(lines, alone, "{}", capture);
    Ok(())
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn hexadecimal_digits_are_read_whatever_stands_between_them(
        event in 0..3_usize,
        form in prop::sample::select(vec!["JSON", "JSON, pretty", "XML", "XML, pretty"]),
        before in prop::sample::select(vec!["", "body=", "2026-11-02 08:00:01 INFO hex ", "0x", "\\x", "x'", "bytes: "]),
        between in prop::sample::select(vec!["", " ", ":", "-"]),
        width in prop::sample::select(vec![0, 20, 24, 30, 32, 64]),
        line_end in prop::sample::select(vec!["\n", "\r\n", " \n  "]),
        is_upper in any::<bool>(),
        in_json in any::<bool>(),
        block in prop::sample::select(vec![1, 7, 64, 1000]),
    ) {
        let body = shape(form).write(event, 1);
        // Signs other than blanks stand in digits of one line, dashes in upper case, and colons in lower case.
        let is_one_line = width == 0 || between == ":" || between == "-";
        let width = if is_one_line { body.len() } else { width };
        let line_end = if between.is_empty() { line_end.trim_matches(' ') } else { line_end };
        let digits = hex(&body, between, width, line_end);
        let is_upper = between == "-" || is_upper && between != ":";
        let digits = if is_upper { digits.to_ascii_uppercase() } else { digits };
        let text = format!("{before}{digits}");
        let capture = match in_json && is_one_line {
            true => format!("{{\"level\":\"info\",\"body\":\"{}\"}}\n", text.replace('\\', "\\\\")),
            false => format!("before\n{text}\nafter 1\n"),
        };
        reads_as(&capture, &body, block)?;
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn any_alignment_and_any_width_come_to_the_same(
        event in 0..3_usize,
        is_xml in any::<bool>(),
        before in "[ -~]{0,40}",
        width in 16..200_usize,
        line_end in prop::sample::select(vec!["\n", "\r\n", "\n  ", "\\n", "\\r\\n"]),
        block in prop::sample::select(vec![1, 7, 64, 1000]),
    ) {
        let body = shape(if is_xml { "XML, pretty" } else { "JSON" }).write(event, 1);
        let before = before.replace(['<', '{', '[', '"', '\'', '\\', '%', '&', '#'], ".");
        let capture = format!("body={}\n", wrapped(&format!("{before}\n{body}\n"), width, line_end));
        reads_as(&capture, &body, block)?;
    }
}

/// Returns `text` in characters of `width` bytes, with the first or the last byte first.
fn wide(text: &str, width: usize, is_big: bool) -> Vec<u8> {
    let codes: Vec<u32> = match width {
        2 => text.encode_utf16().map(u32::from).collect(),
        _ => text.chars().map(u32::from).collect(),
    };
    let bytes = codes.into_iter().flat_map(|code| match is_big {
        true => code.to_be_bytes()[4 - width..].to_vec(),
        false => code.to_le_bytes()[..width].to_vec(),
    });
    bytes.collect()
}

/// As Windows PowerShell writes them with `>>`.
#[test]
fn callbacks_in_another_encoding_than_the_rest_are_reported() {
    for name in ["JSON", "JSON, pretty", "XML", "JSON record", "JSON, hard"] {
        let payload = shape(name).write(2, 1);
        let log = format!("10:05 订阅 INFO start\n{payload}\n").into_bytes();
        let mut captures = Vec::new();
        for (width, is_big) in [(2, false), (2, true), (4, false), (4, true)] {
            let lines = wide(&format!("\u{FEFF}{payload}\r\n"), width, is_big);
            captures.push([&log[..], &lines, b"10:06 INFO end\n"].concat());
            captures.push([&log[..], &lines, &log].concat());
            captures.push([b"INFO body=", &lines[width..]].concat());
        }
        for is_big in [false, true] {
            let lines = wide(&format!("\u{FEFF}10:05 订阅\n{payload}\n"), 2, is_big);
            captures.push([&lines[..], &log].concat());
            captures.push([&lines[..], b"1", &log].concat());
        }
        for capture in captures {
            let seen = read_whole(&capture);
            let broken = seen
                .iter()
                .filter(|seen| seen.outcome == Outcome::Undecodable);
            assert_eq!(broken.count(), 1, "{name}: {}", capture.escape_ascii());
            for block in [1, 7, 300] {
                assert_eq!(read(&capture, block), seen, "blocks of {block}");
            }
        }
    }
}

#[test]
fn names_in_another_encoding_without_values_are_mentions() {
    let names = "TemplateId subscribe_msg_popup_event MsgType ToUserName\0".repeat(40);
    for width in [2, 4] {
        let capture = [b"MZ\x90\0".to_vec(), wide(&names, width, false)].concat();
        assert_eq!(read_whole(&capture), []);
    }
}
