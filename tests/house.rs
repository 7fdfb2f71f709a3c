//! The direction of the dependencies: every module may use those before it in [`LAYERS`], and itself.

use std::fs;
use std::path::{Path, PathBuf};

const LAYERS: &[&str] = &[
    "lang",
    "suggest",
    "buffer",
    "printable",
    "span",
    "finding",
    "seal",
    "simd",
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
    "report",
    "gate",
    "output",
    "explain",
    "schema",
    "sample",
    "error",
    "callback",
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

/// The layer a file of the library belongs to: the first part of its path.
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

/// The layers a line of code names: `crate::layer`.
fn uses(line: &str) -> impl Iterator<Item = &str> {
    let is_code = !line.trim_start().starts_with("//");
    let parts = line.split("crate::").skip(1).filter(move |_| is_code);
    parts.map(|rest| {
        rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .next()
            .unwrap_or_default()
    })
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
