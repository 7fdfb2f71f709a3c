//! Zip archives: each member is a capture, whatever its name and however it is compressed; what cannot be read is said.

use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use proptest::prelude::*;
use wxsub::decompress::{Archive, Bounds, Error};
use wxsub::{Capture, Decompressed, Outcome};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const XML: &str = "<xml><ToUserName><![CDATA[gh_0a1b2c3d4e5f]]></ToUserName>\n\
    <FromUserName><![CDATA[oArchiveD8E6EfStSYonYSBZ8_4aa]]></FromUserName><CreateTime>1610969440</CreateTime>\n\
    <MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_change_event]]></Event>\n\
    <SubscribeMsgChangeEvent><List><TemplateId><![CDATA[VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0Zip]]></TemplateId>\
    <SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString></List></SubscribeMsgChangeEvent></xml>";

const JSON: &str = r#"{"ToUserName":"gh_0a1b2c3d4e5f","FromUserName":"oArchiveD8E6EfStSYonYSBZ8_4aa","CreateTime":1610969440,"MsgType":"event","Event":"subscribe_msg_change_event","List":{"TemplateId":"VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0Zip","SubscribeStatusString":"reject"}}"#;

/// Makes an archive of members with a name, a text, and true if they are compressed.
fn archive(members: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text, is_deflated) in members {
        let method = match is_deflated {
            true => CompressionMethod::DEFLATE,
            false => CompressionMethod::STORE,
        };
        let options = SimpleFileOptions::default().compression_method(method);
        zip.start_file(*name, options).expect("a member");
        zip.write_all(text).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}

/// Makes a folder for a test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Writes `bytes` to the file `name` in a folder of the same name, and runs the program there.
fn run(name: &str, bytes: &[u8], args: &[&str]) -> Output {
    let folder = folder(name);
    std::fs::write(folder.join(name), bytes).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_wxsub"));
    command.args(args).current_dir(folder);
    command.output().expect("the program runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

/// Returns the paths in the records that the program wrote.
fn paths(output: &Output) -> Vec<String> {
    let paths = text(&output.stdout).lines().map(|line| {
        let record: serde_json::Value = serde_json::from_str(line).expect("a record");
        record["source"]["path"].as_str().expect("a path").into()
    });
    paths.collect()
}

#[test]
fn each_member_is_a_capture() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    gzip.write_all(JSON.as_bytes()).expect("memory");
    let gzip = gzip.finish().expect("memory");
    let zip = archive(&[
        ("a.xml", XML.as_bytes(), true),
        ("logs/app.log.gz", &gzip, false),
        ("logs/推送.json", JSON.as_bytes(), true),
        ("image.png", b"\x89PNG\0", false),
    ]);
    for given in [
        &["convert", "--with-source", "a.har.zip"][..],
        &["convert", "--with-source", "."],
    ] {
        let output = run("a.har.zip", &zip, given);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let folder = if given[2] == "." { "./" } else { "" };
        let members = ["a.xml", "logs/app.log.gz", "logs/推送.json"];
        assert_eq!(
            paths(&output),
            members.map(|name| format!("{folder}a.har.zip/{name}"))
        );
    }
}

#[test]
fn what_was_compressed_twice_is_read() {
    let gzip = |bytes: &[u8]| {
        let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
        to.write_all(bytes).expect("memory");
        to.finish().expect("memory")
    };
    let twice = gzip(&gzip(JSON.as_bytes()));
    let output = run(
        "app.log.gz",
        &twice,
        &["convert", "--with-source", "app.log.gz"],
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(paths(&output), ["app.log.gz"]);
    let output = run("a.zip.gz", &gzip(&archive(&[])), &["convert", "a.zip.gz"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
}

#[test]
fn a_format_that_is_not_read_is_told() {
    for (name, head) in [
        ("7z", &b"7z\xBC\xAF\x27\x1C\0\x04"[..]),
        ("Parquet", b"PAR1\x15\0"),
        ("LZ4", b"\x04\x22\x4D\x18\x64"),
    ] {
        let bytes = [head, JSON.as_bytes()].concat();
        let output = run("export", &bytes, &["convert", "export"]);
        assert_eq!(output.status.code(), Some(2));
        let told = text(&output.stderr);
        let expected = format!("it is in the format {name}, which is not supported");
        assert!(told.contains(&expected), "{told}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn findings_name_the_member() {
    let zip = archive(&[("a.json", br#"{"ToUserName":"gh_0a1b2c3d4e5f",,}"#, true)]);
    let output = run("b.zip", &zip, &["check", "b.zip"]);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stdout);
    assert!(told.starts_with("b.zip/a.json:1:"), "{told}");
}

#[test]
fn cells_of_spreadsheets_are_read() {
    let escaped = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    };
    let shared = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n<sst count=\"3\"><si><t>body</t></si>\
         <si><t xml:space=\"preserve\">{}</t></si><si><t>{}</t></si></sst>",
        escaped(XML),
        escaped(JSON)
    );
    let sheet = format!(
        "<?xml version=\"1.0\"?>\n<worksheet><sheetData><row r=\"1\"><c t=\"inlineStr\"><is><t>{}</t></is></c></row></sheetData></worksheet>",
        escaped(JSON).replace('"', "&quot;")
    );
    let zip = archive(&[
        (
            "[Content_Types].xml",
            b"<?xml version=\"1.0\"?><Types/>",
            true,
        ),
        ("xl/sharedStrings.xml", shared.as_bytes(), true),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes(), true),
    ]);
    let output = run(
        "cells.xlsx",
        &zip,
        &["convert", "--with-source", "cells.xlsx"],
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let members = [
        "sharedStrings.xml",
        "sharedStrings.xml",
        "worksheets/sheet1.xml",
    ];
    assert_eq!(
        paths(&output),
        members.map(|name| format!("cells.xlsx/xl/{name}"))
    );
}

/// Sets the flag of encryption, or the method, in both headers of the only member.
fn patched(mut zip: Vec<u8>, offset: usize, value: u8) -> Vec<u8> {
    for (magic, header) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let at = zip
            .windows(4)
            .position(|bytes| bytes == magic)
            .expect("a header");
        zip[at + header + offset] = value;
    }
    zip
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_read() {
    let one = || archive(&[("a.json", JSON.as_bytes(), true)]);
    let mut wrong = archive(&[
        ("a.json", JSON.as_bytes(), false),
        ("b.json", JSON.as_bytes(), true),
    ]);
    let at = wrong
        .windows(7)
        .position(|bytes| bytes == b"1610969")
        .expect("the time");
    wrong[at] = b'2';
    let nested = archive(&[("a.zip", &one(), false), ("b.json", JSON.as_bytes(), true)]);
    let cases = [
        (patched(one(), 0, 1), "`c.zip/a.json`: it is encrypted", 0),
        (
            patched(one(), 2, 9),
            "`c.zip/a.json`: it is compressed with the method Deflate64",
            0,
        ),
        (nested, "`c.zip/a.zip`: it is a zip archive", 1),
        (
            wrong,
            "`c.zip/a.json`: the zip data is damaged: its checksum is wrong",
            2,
        ),
        (
            one()[..300].to_vec(),
            "`c.zip`: the table of members is damaged or cut off",
            0,
        ),
    ];
    for (zip, message, records) in cases {
        let output = run("c.zip", &zip, &["convert", "c.zip"]);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(message), "{told}");
        assert_eq!(text(&output.stdout).lines().count(), records, "{told}");
    }
}

#[test]
fn a_pipe_with_an_archive_is_an_error() {
    let zip = archive(&[("a.json", JSON.as_bytes(), true)]);
    let read = std::io::read_to_string(Decompressed::new(&zip[..]));
    let error = read.expect_err("it cannot be read");
    let inner = error.get_ref().and_then(|error| error.downcast_ref());
    assert_eq!(inner, Some(&Error::Archive));
    assert!(
        error.to_string().contains("give the file by its name"),
        "{error}"
    );
}

/// Reads all members of an archive. Returns their texts.
fn members(zip: &[u8]) -> Vec<Vec<u8>> {
    let archive = Archive::open(Cursor::new(zip)).expect("an archive");
    let texts = archive.map(|member| {
        let member = member.expect("a member");
        let mut from = Cursor::new(zip);
        member.seek(&mut from).expect("memory");
        let mut text = Vec::new();
        let mut reader = member.reader(from, Bounds::DEFAULT);
        reader.read_to_end(&mut text).expect("the member");
        text
    });
    texts.collect()
}

proptest! {
    #[test]
    fn members_are_read_as_they_were_written(
        texts in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..3000), any::<bool>()), 0..8)
    ) {
        let names: Vec<String> = (0..texts.len()).map(|number| format!("{number}.log")).collect();
        let written: Vec<_> = names.iter().zip(&texts)
            .map(|(name, (text, is_deflated))| (name.as_str(), &text[..], *is_deflated))
            .collect();
        let read = members(&archive(&written));
        let texts: Vec<_> = texts.into_iter().map(|(text, _)| text).collect();
        prop_assert_eq!(read, texts);
    }

    #[test]
    fn damage_is_no_panic(at in any::<prop::sample::Index>(), value in any::<u8>()) {
        let mut zip = archive(&[("a.json", JSON.as_bytes(), true), ("b.xml", XML.as_bytes(), false)]);
        let at = at.index(zip.len());
        zip[at] = value;
        let Ok(archive) = Archive::open(Cursor::new(&zip[..])) else {
            return Ok(());
        };
        for member in archive.flatten() {
            let mut from = Cursor::new(&zip[..]);
            prop_assert!(member.seek(&mut from).is_ok());
            let records = Capture::new(member.reader(from, Bounds::DEFAULT));
            let found = records.flatten().filter(|record| matches!(record.outcome(), Outcome::Callback(_)));
            prop_assert!(found.count() <= 1);
        }
    }
}
