//! The path patterns of a `wxsub.toml`.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Path patterns relative to a folder.
///
/// `*` and `?` do not match `/`; `**` matches whole folders. A pattern that names a folder matches everything in it.
///
/// ```
/// use std::path::Path;
///
/// let globs = wxsub::gate::Globs::new(["fixtures/*.xml", "old"], Path::new("/project"))?;
/// assert!(globs.has(Path::new("/project/fixtures/a.xml")));
/// assert!(globs.has(Path::new("/project/fixtures/../old/deep/b.json")));
/// assert!(!globs.has(Path::new("/project/fixtures/deep/a.xml")));
/// assert!(!globs.has(Path::new("/other/old/b.json")));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Globs {
    folder: PathBuf,
    /// The absolute paths that patterns without wildcards name.
    paths: Vec<PathBuf>,
    /// The patterns with wildcards.
    set: GlobSet,
}

impl Globs {
    /// Compiles `patterns` of paths below the absolute path `folder`.
    ///
    /// # Errors
    ///
    /// The reason why a pattern is invalid.
    pub fn new<'a>(
        patterns: impl IntoIterator<Item = &'a str>,
        folder: &Path,
    ) -> Result<Self, String> {
        let (folder, mut paths) = (plain(folder), Vec::new());
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
            if let Some(path) = literal(pattern) {
                paths.push(plain(&folder.join(path)));
                continue;
            }
            for pattern in [pattern.to_owned(), format!("{pattern}/**")] {
                let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
                set.add(glob.map_err(|error| error.kind().to_string())?);
            }
        }
        Ok(Globs {
            folder,
            paths,
            set: set.build().map_err(|error| error.to_string())?,
        })
    }

    /// Returns true if a pattern matches the absolute `path`.
    pub fn has(&self, path: &Path) -> bool {
        let path = plain(path);
        self.paths.iter().any(|named| path.starts_with(named)) || self.matches(&path)
    }

    /// Returns true if a pattern with wildcards matches.
    fn matches(&self, path: &Path) -> bool {
        let below = path.strip_prefix(&self.folder);
        below.is_ok_and(|path| self.set.is_match(path))
    }
}

/// Returns the path that a pattern without wildcards names. A wildcard in brackets stands for itself.
pub(super) fn literal(pattern: &str) -> Option<String> {
    let (mut path, mut rest) = (String::new(), pattern.chars());
    while let Some(c) = rest.next() {
        path.push(match c {
            '*' | '?' | '{' | '}' | ']' => return None,
            '[' => {
                let escaped = rest.next().filter(|c| !"!^".contains(*c))?;
                rest.next().filter(|c| *c == ']')?;
                escaped
            }
            '\\' if cfg!(windows) => '\\',
            '\\' => rest.next()?,
            c => c,
        });
    }
    Some(path)
}

/// Numbered entries by the files that they are about.
///
/// Entries that name a path are found by the path, however many there are.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    count: usize,
    /// The entries about all files.
    all: Vec<usize>,
    by_path: HashMap<PathBuf, Vec<usize>>,
    /// The entries with wildcards.
    patterns: Vec<(usize, Globs)>,
}

impl Entries {
    /// Adds the next entry, about `files` or about all files.
    pub(super) fn add(&mut self, files: Option<Globs>) {
        let number = self.count;
        self.count += 1;
        let Some(files) = files else {
            return self.all.push(number);
        };
        for path in &files.paths {
            self.by_path.entry(path.clone()).or_default().push(number);
        }
        if !files.set.is_empty() {
            self.patterns.push((number, files));
        }
    }

    /// Returns the numbers of the entries about the file at the absolute `path`, in order.
    pub(super) fn about(&self, path: &Path) -> Vec<usize> {
        let path = plain(path);
        let named = path.ancestors().filter_map(|path| self.by_path.get(path));
        let matching = self
            .patterns
            .iter()
            .filter(|(_, files)| files.matches(&path));
        let mut numbers = self.all.clone();
        numbers.extend(named.flatten());
        numbers.extend(matching.map(|(number, _)| number));
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

/// Removes `.` and `..` from `path` without reading the file system.
pub(super) fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => _ = plain.pop(),
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_without_wildcards_name_a_path() {
        let cases = [
            ("a/b.xml", Some("a/b.xml")),
            ("a/[[]1[]]", Some("a/[1]")),
            ("a/[[]1.xml", Some("a/[1.xml")),
            ("a[*]b[?]", Some("a*b?")),
            ("a/*.xml", None),
            ("a/[ab]", None),
            ("a/[!a]", None),
            ("{a,b}", None),
        ];
        for (pattern, path) in cases {
            assert_eq!(literal(pattern).as_deref(), path, "{pattern}");
        }
    }

    #[test]
    fn entries_are_found_by_path_and_by_pattern_in_their_order() {
        let mut entries = Entries::default();
        let globs = |patterns: &[&str]| {
            Some(Globs::new(patterns.iter().copied(), Path::new("/p")).expect("globs"))
        };
        entries.add(globs(&["old", "new/*.xml"]));
        entries.add(None);
        entries.add(globs(&["new/./a.xml", "new"]));
        entries.add(globs(&["**/a.xml"]));
        let about = |path: &str| entries.about(Path::new(path));
        assert_eq!(about("/p/new/a.xml"), [0, 1, 2, 3]);
        assert_eq!(about("/p/old/deep/x.xml"), [0, 1]);
        assert_eq!(about("/p/new/deep/../b.json"), [1, 2]);
        assert_eq!(about("/q/new/b.json"), [1]);
    }
}
