//! Checks the direction of dependencies: every module uses only the modules before it in [`LAYERS`], and itself.

use std::fs;
use std::path::{Path, PathBuf};

const LAYERS: &[&str] = &[
    "lang",
    "suggest",
    "buffer",
    "percent",
    "printable",
    "wrap",
    "simd",
    "span",
    "finding",
    "seal",
    "syntax",
    "fast",
    "json_format",
    "xml_format",
    "input",
    "decompress",
    "request",
    "scan",
    "event",
    "record",
    "select",
    "pipeline",
    "redact",
    "report",
    "gate",
    "output",
    "stats",
    "explain",
    "schema",
    "sample",
    "error",
    "callback",
];

/// The files of the command line. Each uses only the files before it.
const COMMAND_LINE: &[&str] = &[
    "language",
    "errors",
    "number",
    "known",
    "moment",
    "random",
    "texts",
    "say",
    "interrupt",
    "status",
    "bar",
    "target",
    "noise",
    "sources",
    "keys",
    "pseudonyms",
    "select",
    "options",
    "plan",
    "gate",
    "files",
    "output",
    "progress",
    "feed",
    "read",
    "stream",
    "explain",
    "sample",
    "schema",
    "chinese",
    "help",
    "usage",
    "args",
    "commands",
    "check",
    "decrypt",
    "encrypt",
    "completions",
    "man",
    "redact",
    "fold",
    "sends",
    "quota",
    "join",
    "stats",
    "report",
    "mod",
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .expect("src can be read")
        .map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

fn rank(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|known| *known == layer)
}

/// Returns the layer of a file of the library: the first part of its path.
fn layer_of(file: &Path) -> String {
    let relative = file.strip_prefix("src").expect("a file of src");
    let first = relative
        .components()
        .next()
        .expect("a name")
        .as_os_str()
        .to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn dependencies_point_one_way() {
    let mut checked = 0;
    for file in files(Path::new("src")) {
        let layer = layer_of(&file);
        let Some(own) = rank(&layer) else { continue };
        let text = fs::read_to_string(&file).expect("a source file");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (line, used) in code
            .lines()
            .enumerate()
            .flat_map(|(i, line)| uses(line).map(move |used| (i + 1, used)))
        {
            let used_rank =
                rank(used).unwrap_or_else(|| panic!("{file:?}:{line}: unknown layer `{used}`"));
            assert!(
                used_rank <= own,
                "{file:?}:{line}: `{layer}` uses `{used}`, which comes after it"
            );
            checked += 1;
        }
    }
    assert!(
        checked > 50,
        "only {checked} uses were found: has the way of writing them changed?"
    );
}

/// Returns the layers that a line of code names: `crate::layer`.
fn uses(line: &str) -> impl Iterator<Item = &str> {
    let is_code = !line.trim_start().starts_with("//");
    let parts = line.split("crate::").skip(1).filter(move |_| is_code);
    parts.map(first_word)
}

fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    &text[..end.unwrap_or(text.len())]
}

#[test]
fn no_circle_in_the_command_line() {
    let rank = |name: &str| COMMAND_LINE.iter().position(|known| *known == name);
    let mut checked = 0;
    for file in files(Path::new("src/cli")) {
        let name = file.file_stem().expect("a name").to_string_lossy();
        let own = rank(&name).unwrap_or_else(|| panic!("{file:?} has no place in the order"));
        let text = fs::read_to_string(&file).expect("a source file");
        let used = text.split("crate::cli::").skip(1).flat_map(imported);
        for used in used.filter(|used| *used != name) {
            let used_rank = rank(used).unwrap_or_else(|| panic!("{file:?}: unknown `{used}`"));
            assert!(
                used_rank < own,
                "{file:?}: `{name}` uses `{used}`, which comes after it"
            );
            checked += 1;
        }
    }
    assert!(checked > 50, "only {checked} uses were found");
}

/// Returns the files that an import names after `crate::cli::`: one, or several in braces.
fn imported(text: &str) -> Vec<&str> {
    match text.strip_prefix('{') {
        Some(list) => {
            let list = list.split('}').next().unwrap_or_default();
            list.split(',')
                .map(|item| first_word(item.trim()))
                .collect()
        }
        None => vec![first_word(text)],
    }
}

#[test]
fn only_the_command_line_reads_arguments_and_environment() {
    for file in files(Path::new("src"))
        .iter()
        .filter(|file| rank(&layer_of(file)).is_some())
    {
        let text = fs::read_to_string(file).expect("a source file");
        for word in ["std::env", "clap::", "println!", "process::exit"] {
            assert!(
                !text.contains(word) || is_in_docs(&text, word),
                "{file:?} has {word}"
            );
        }
    }
}

fn is_in_docs(text: &str, word: &str) -> bool {
    text.lines()
        .filter(|line| line.contains(word))
        .all(|line| line.trim_start().starts_with("//"))
}

/// Only these files of the scanner name the cache: `mod.rs` owns it, and `nested/mod.rs` lends it to the scanner of escaped
/// text.
#[test]
fn the_scanner_looks_up_in_one_file_and_learns_in_another() {
    let scan = files(Path::new("src/scan"));
    let uses_cache = |file: &&PathBuf| {
        let text = fs::read_to_string(file).expect("a source file");
        let mut code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        code.any(|line| line.contains("cache"))
    };
    let mut names: Vec<_> = scan
        .iter()
        .filter(uses_cache)
        .filter_map(|file| file.strip_prefix("src/scan").ok()?.to_str())
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["fast_path.rs", "learn.rs", "mod.rs", "nested/mod.rs"]
    );
}

/// A message that is written as a plain text would be English whatever the language of the run.
#[test]
fn messages_of_the_command_line_are_in_two_languages() {
    let begins = [
        "bail!(\"",
        "anyhow!(\"",
        ".context(\"",
        "context(|| format!(\"cannot",
        "tell(\"",
        "tell_error(\"",
        "tell_warning(\"",
        "format_args!(\"error",
        "format_args!(\"warning",
        "Err(\"",
    ];
    for file in files(Path::new("src/cli")) {
        let text = fs::read_to_string(&file).expect("a source file");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code: String = code.split_whitespace().collect();
        for begin in begins {
            let begin = begin.replace(' ', "");
            assert!(!code.contains(&begin), "{file:?}: {begin}");
        }
    }
}
