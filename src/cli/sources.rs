//! Finds and opens the captures that the given paths name: files, files in folders, members of zip archives, and
//! standard input.

use crate::cli::language::{Words, both};
use std::error::Error;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use ignore::WalkBuilder;
use ignore::overrides::{Override, OverrideBuilder};
use same_file::Handle;
use wxsub::decompress::{Archive, BadMember, Member};
use wxsub::report::text::printable;

/// The name of the config file of `check`. The file is left out when a folder is walked.
pub(super) const CONFIG: &str = "wxsub.toml";

/// A capture to read.
pub(super) struct Source {
    /// The name in messages and records.
    pub(super) name: String,
    pub(super) from: Box<dyn Read + Send>,
    /// True for a regular file: a read from it never blocks for long.
    pub(super) is_file: bool,
    /// The member of the zip archive `from` that is the capture.
    pub(super) member: Option<Member>,
}

/// The captures of one path.
type Opened<'a> = Box<dyn Iterator<Item = anyhow::Result<Source>> + 'a>;

/// The given paths, in the given order.
#[derive(Clone)]
pub(super) struct Sources {
    paths: Vec<PathBuf>,
    globs: Override,
    /// True to read hidden files of folders, too.
    hidden: bool,
    apart: Vec<Apart>,
}

/// A file that is not read when a folder is walked.
#[derive(Clone)]
struct Apart {
    file: Arc<Handle>,
    /// True if it is written to. It is not read either if its own path is given.
    is_output: bool,
}

impl Sources {
    pub(super) fn new(paths: &[PathBuf], globs: &[String]) -> anyhow::Result<Self> {
        let mut builder = OverrideBuilder::new("");
        for glob in globs {
            builder
                .add(glob)
                .with_context(|| both!("bad --glob `{glob}`", "--glob `{glob}` 有误"))?;
        }
        let paths = if paths.is_empty() {
            vec!["-".into()]
        } else {
            paths.to_vec()
        };
        Ok(Sources {
            paths,
            globs: builder.build()?,
            hidden: false,
            apart: Vec::new(),
        })
    }

    /// Reads hidden files of folders, too, if `hidden` is true.
    pub(super) fn with_hidden(self, hidden: bool) -> Self {
        Sources { hidden, ..self }
    }

    /// Leaves the file of keys out when a folder is walked: it would be shown as noise.
    pub(super) fn without_keys(self, file: Option<&Path>) -> Self {
        self.without(file.and_then(handle), false)
    }

    /// Does not read what the run writes: the file at `path`, or standard output if there is none.
    pub(super) fn without_output(self, path: Option<&Path>) -> Self {
        let path = path.filter(|path| *path != Path::new("-"));
        let is_file = |file: &Handle| file.as_file().metadata().is_ok_and(|it| it.is_file());
        let file = match path {
            Some(path) => handle(path),
            None => stdout().ok().filter(is_file),
        };
        self.without(file, true)
    }

    fn without(mut self, file: Option<Handle>, is_output: bool) -> Self {
        let apart = file.map(|file| Apart {
            file: Arc::new(file),
            is_output,
        });
        self.apart.extend(apart);
        self
    }

    /// Opens the captures lazily, in order. A capture that cannot be opened is an error in its place.
    pub(super) fn iter(&self) -> impl Iterator<Item = anyhow::Result<Source>> {
        self.paths.iter().flat_map(|path| self.open(path))
    }

    /// Finds the files lazily, in order, and opens none. Standard input is `-`.
    pub(super) fn files(&self) -> impl Iterator<Item = anyhow::Result<PathBuf>> {
        self.paths.iter().flat_map(|path| self.files_of(path))
    }

    fn files_of<'a>(
        &'a self,
        path: &'a Path,
    ) -> Box<dyn Iterator<Item = anyhow::Result<PathBuf>> + 'a> {
        let metadata = match path == Path::new("-") {
            true => return Box::new(iter::once(Ok(path.to_owned()))),
            false => fs::metadata(path),
        };
        match metadata {
            Ok(metadata) if metadata.is_dir() => Box::new(self.walk(path)),
            Ok(_) if self.is_apart(path, true) => Box::new(iter::once(Err(overwritten(path)))),
            Ok(_) => Box::new(iter::once(Ok(path.to_owned()))),
            Err(error) => {
                let error = anyhow!(error).context(unreadable(path, None));
                Box::new(iter::once(Err(error)))
            }
        }
    }

    /// The sizes of the captures. `None` for a capture of unknown size.
    pub(super) fn sizes(&self) -> impl Iterator<Item = Option<u64>> {
        self.paths.iter().flat_map(|path| self.sizes_of(path))
    }

    fn sizes_of<'a>(&'a self, path: &'a Path) -> Box<dyn Iterator<Item = Option<u64>> + 'a> {
        let is_stdin = path == Path::new("-");
        let path = if is_stdin {
            Path::new("/dev/stdin")
        } else {
            path
        };
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                let files = self.walk(path).filter_map(Result::ok);
                Box::new(files.map(|file| fs::metadata(file).ok().map(|metadata| metadata.len())))
            }
            Ok(metadata) if metadata.is_file() => Box::new(iter::once(Some(metadata.len()))),
            // A path that cannot be read takes no time.
            Err(_) if !is_stdin => Box::new(iter::empty()),
            _ => Box::new(iter::once(None)),
        }
    }

    fn open<'a>(&'a self, path: &'a Path) -> Opened<'a> {
        if path == Path::new("-") && self.is_apart(Path::new("/dev/stdin"), true) {
            return Box::new(iter::once(Err(overwritten(path))));
        }
        if path == Path::new("-") {
            let stdin = Source {
                name: "-".into(),
                from: Box::new(io::stdin()),
                is_file: is_file(Path::new("/dev/stdin")),
                member: None,
            };
            return Box::new(iter::once(Ok(stdin)));
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => Box::new(self.walk(path).flat_map(captures)),
            _ if self.is_apart(path, true) => Box::new(iter::once(Err(overwritten(path)))),
            _ => captures(Ok(path.to_owned())),
        }
    }

    /// Walks the files below a folder, sorted by name. Leaves out config files, and hidden files unless they are wanted.
    fn walk(&self, folder: &Path) -> impl Iterator<Item = anyhow::Result<PathBuf>> {
        let mut walk = WalkBuilder::new(folder);
        walk.standard_filters(false)
            .hidden(!self.hidden)
            .follow_links(true)
            .overrides(self.globs.clone());
        let entries = walk.sort_by_file_name(Ord::cmp).build();
        entries.filter_map(|entry| match entry {
            Ok(entry) if entry.file_name() == CONFIG => None,
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                let path = entry.into_path();
                (!self.is_apart(&path, false)).then_some(Ok(path))
            }
            Ok(_) => None,
            Err(error) => Some(Err(not_walked(folder, error))),
        })
    }

    /// Returns true if the file at `path` is not read. If it was `given`, only output counts.
    fn is_apart(&self, path: &Path, given: bool) -> bool {
        let mut apart = self
            .apart
            .iter()
            .filter(|it| it.is_output || !given)
            .peekable();
        // Opening each file once more takes time.
        apart.peek().is_some() && handle(path).is_some_and(|file| apart.any(|it| *it.file == file))
    }
}

/// Returns a handle of a regular file. Opening a named pipe would wait for its other end, and take its reader away.
fn handle(path: &Path) -> Option<Handle> {
    is_file(path)
        .then(|| Handle::from_path(path).ok())
        .flatten()
}

/// Returns a handle of standard output. On Unix it is a copy: a `Handle` that fails would close the stream.
fn stdout() -> io::Result<Handle> {
    #[cfg(unix)]
    return std::os::fd::AsFd::as_fd(&io::stdout())
        .try_clone_to_owned()
        .and_then(|copy| Handle::from_file(copy.into()));
    #[cfg(not(unix))]
    Handle::stdout()
}

/// Opens the captures of a file: its members if it is a zip archive, otherwise itself.
fn captures(path: anyhow::Result<PathBuf>) -> Opened<'static> {
    match path.and_then(|path| open_file(&path)) {
        Ok(captures) => captures,
        Err(error) => Box::new(iter::once(Err(error))),
    }
}

fn open_file(path: &Path) -> anyhow::Result<Opened<'static>> {
    let (mut file, is_file) = (file(path)?, is_file(path));
    if is_file && Archive::is_at(&mut file).with_context(|| unreadable(path, None))? {
        return members(path.to_owned(), file);
    }
    let source = Source {
        name: path.display().to_string(),
        from: Box::new(file),
        is_file,
        member: None,
    };
    Ok(Box::new(iter::once(Ok(source))))
}

/// Opens the members of the zip archive `file`.
fn members(path: PathBuf, file: File) -> anyhow::Result<Opened<'static>> {
    let archive = Archive::open(file).with_context(|| unreadable(&path, None))?;
    Ok(Box::new(archive.map(move |member| match member {
        Ok(member) => open_member(&path, member),
        Err(BadMember { name, error }) => {
            Err(error).with_context(|| unreadable(&path, name.as_deref()))
        }
    })))
}

fn open_member(path: &Path, member: Member) -> anyhow::Result<Source> {
    let mut from = file(path)?;
    member
        .seek(&mut from)
        .with_context(|| unreadable(path, Some(member.name())))?;
    Ok(Source {
        name: member_name(path, member.name()),
        from: Box::new(from),
        is_file: true,
        member: Some(member),
    })
}

/// The name of a member in messages and records.
fn member_name(path: &Path, member: &str) -> String {
    format!("{}/{member}", path.display())
}

/// What could not be done with the capture `name`.
#[derive(Debug)]
pub(super) struct Unreadable {
    verb: Words,
    pub(super) name: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verb, name) = (self.verb, printable(&self.name));
        f.write_str(&both!("cannot {verb} `{name}`", "无法{verb} `{name}`"))
    }
}

/// Makes the error of an input that the output would replace.
fn overwritten(path: &Path) -> anyhow::Error {
    anyhow!(Words("the output is written to it", "它就是输出文件")).context(unreadable(path, None))
}

/// Fails if a file of `outputs` is the file `input`, which `flag` names: it would be read and replaced.
pub(super) fn refuse_overwriting<'a>(
    outputs: impl IntoIterator<Item = &'a Path>,
    flag: &str,
    input: &Path,
) -> anyhow::Result<()> {
    let Some(input_file) = handle(input) else {
        return Ok(());
    };
    let is_input = |path: &Path| handle(path).is_some_and(|file| file == input_file);
    match outputs.into_iter().any(is_input) {
        true => {
            let name = printable(&input.display().to_string());
            bail!(both!(
                "the output would be written to `{name}`, which {flag} reads",
                "输出文件 `{name}` 正是 {flag} 要读取的文件"
            ))
        }
        false => Ok(()),
    }
}

fn unreadable(path: &Path, member: Option<&str>) -> Unreadable {
    let name = match member {
        Some(member) => member_name(path, member),
        None => path.display().to_string(),
    };
    let verb = Words("read", "读取");
    Unreadable { verb, name }
}

/// Makes the error of a path below `folder` that could not be walked. The walker's own error repeats the path.
fn not_walked(folder: &Path, error: ignore::Error) -> anyhow::Error {
    let (path, why) = match error {
        ignore::Error::WithPath { path, err } => (path, *err),
        ignore::Error::WithDepth { err, .. } => return not_walked(folder, *err),
        error => (folder.to_owned(), error),
    };
    let cause = why.io_error().and_then(Error::source);
    let cause = cause.and_then(|cause| cause.downcast_ref::<io::Error>());
    let why = match cause.and_then(io::Error::raw_os_error) {
        Some(code) => anyhow!(io::Error::from_raw_os_error(code)),
        None => anyhow!(why),
    };
    why.context(unreadable(&path, None))
}

fn file(path: &Path) -> anyhow::Result<File> {
    let name = path.display().to_string();
    let verb = Words("open", "打开");
    File::open(path).with_context(|| Unreadable { verb, name })
}

fn is_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}
