//! What the files around the code repeat of each other: versions, addresses, and names of files.

use std::fs;
use std::path::Path;

const VERSION: &str = env!("CARGO_PKG_VERSION");
const RUST: &str = env!("CARGO_PKG_RUST_VERSION");
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

fn read(path: &str) -> String {
    fs::read_to_string(path).expect(path)
}

/// Returns what follows each occurrence of `before`, up to a character that no version has.
fn versions_after(text: &str, before: &str) -> Vec<String> {
    let is_version = |c: char| c.is_ascii_digit() || c == '.';
    let rests = text.split(before).skip(1);
    let versions = rests.map(|rest| rest.chars().take_while(|&c| is_version(c)).collect());
    versions
        .filter(|version: &String| !version.is_empty())
        .collect()
}

#[test]
fn documents_name_this_version() {
    let check = read("docs/check.md");
    let places = ["wxsub@v", "--tag v", "rev: v", "wxsub=="];
    let named: Vec<_> = places
        .iter()
        .flat_map(|place| versions_after(&check, place))
        .collect();
    assert!(!named.is_empty());
    assert!(named.iter().all(|version| version == VERSION), "{named:?}");
    let changes = versions_after(&read("CHANGELOG.md"), "\n## ");
    assert_eq!(changes.first().map(String::as_str), Some(VERSION));
    let lock = read("fuzz/Cargo.lock");
    let locked = versions_after(&lock, "name = \"wxsub\"\nversion = \"");
    assert_eq!(locked, [VERSION]);
    let package = read("wasm/package/package.json");
    assert_eq!(versions_after(&package, "\"version\": \""), [VERSION]);
}

#[test]
fn workflows_build_with_the_oldest_rust() {
    for (path, before) in [
        (".github/workflows/ci.yml", "RUST: \""),
        (".github/workflows/ci.yml", "container: rust:"),
        (".github/workflows/release.yml", "RUST: \""),
        ("README.md", "You need Rust "),
        ("README.zh-CN.md", "需要 Rust "),
        ("CHANGELOG.md", "The oldest Rust is "),
    ] {
        let versions = versions_after(&read(path), before);
        let named = versions
            .first()
            .map(|version| version.trim_end_matches('.'));
        assert_eq!(named, Some(RUST), "{path}: {before}");
    }
}

#[test]
fn the_book_names_the_address_of_the_manifest() {
    let book = read("book.toml");
    let addresses: Vec<_> = book.split("https://").skip(1).collect();
    assert_eq!(addresses.len(), 2);
    for address in addresses {
        assert!(
            format!("https://{address}").starts_with(REPOSITORY),
            "{address}"
        );
    }
}

/// A place in backticks that names a folder or a file of the repository. `NAME` stands for what is new.
fn is_place(word: &str) -> bool {
    let roots = [
        "src/", "tests/", "docs/", "ship/", "fuzz/", ".ci/", ".github/",
    ];
    roots.iter().any(|root| word.starts_with(root))
        && !word.contains(['*', ' '])
        && !word.contains("NAME")
}

#[test]
fn the_files_that_contributors_are_sent_to_exist() {
    let text = read("CONTRIBUTING.md");
    let places: Vec<_> = text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| is_place(word))
        .collect();
    assert!(places.len() > 30, "{places:?}");
    for place in places {
        assert!(Path::new(place).exists(), "{place}");
    }
}

/// A name of a test, or of a file of tests, in a command that contributors are told to run.
#[test]
fn the_tests_that_contributors_run_exist() {
    let text = read("CONTRIBUTING.md");
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c == '`')
        .collect();
    let targets = words.windows(2).filter(|pair| pair[0] == "--test");
    let targets = targets.map(|pair| pair[1].to_owned());
    let files = words.iter().filter_map(|word| word.strip_suffix("::"));
    let files = files.map(|file| format!("suite/{file}"));
    let is_there = |name: &String| {
        Path::new(&format!("tests/{name}.rs")).exists()
            || Path::new(&format!("tests/{name}/main.rs")).exists()
    };
    let (all, missing): (Vec<_>, Vec<_>) = targets.chain(files).partition(is_there);
    assert!(all.len() > 20, "{all:?}");
    assert_eq!(missing, [""; 0]);
}
