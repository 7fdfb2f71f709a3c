//! The path patterns of a `wxsub.toml`.

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
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
            for pattern in [pattern.to_owned(), format!("{pattern}/**")] {
                let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
                set.add(glob.map_err(|error| error.kind().to_string())?);
            }
        }
        Ok(Globs {
            folder: plain(folder),
            set: set.build().map_err(|error| error.to_string())?,
        })
    }

    /// Returns true if a pattern matches the absolute `path`.
    pub fn has(&self, path: &Path) -> bool {
        let path = plain(path);
        let below = path.strip_prefix(&self.folder);
        below.is_ok_and(|path| self.set.is_match(path))
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
