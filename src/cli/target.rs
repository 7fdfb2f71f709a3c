//! The destination of data: standard output, or a file that is replaced only after everything was written.

use std::fs::{self, File, Permissions};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use tempfile::{Builder, NamedTempFile};

use crate::cli::language::{Words, both};
use crate::cli::say::tell;
use crate::cli::status::UNWRITTEN;

/// What is told if a run fails and leaves an old file whole.
const UNTOUCHED: Words = Words("the output file was not touched", "输出文件保持原样");

/// The destination of a command's data.
pub(super) enum Target {
    Stdout(io::Stdout),
    /// A temporary file beside `path`, which replaces it at the end.
    File {
        path: PathBuf,
        new: NamedTempFile,
    },
    /// A device or a pipe. It cannot be replaced.
    Device(File),
}

impl Target {
    pub(super) fn new(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else {
            return Ok(Target::Stdout(io::stdout()));
        };
        let context = || unwritable(path);
        let metadata = fs::metadata(path);
        // A stream of this process may be a file: `/dev/stderr`, `/proc/self/fd/1`.
        let is_stream = path.starts_with("/dev") || path.starts_with("/proc");
        if metadata.is_ok_and(|metadata| is_stream || !(metadata.is_file() || metadata.is_dir())) {
            let file = File::options().append(true).open(path);
            return file.map(Target::Device).with_context(context);
        }
        // The target of a link is replaced, not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => {
                Err(io::Error::from(io::ErrorKind::IsADirectory)).with_context(context)
            }
            Ok(metadata) => {
                Self::beside(path.clone(), Some(metadata.permissions())).with_context(context)
            }
            Err(_) => Self::beside(path.clone(), usual_permissions()).with_context(context),
        }
    }

    fn beside(path: PathBuf, permissions: Option<Permissions>) -> io::Result<Self> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        // Checked first: this error names the folder, the error below would name the temporary file.
        fs::metadata(folder)?;
        let mut builder = Builder::new();
        builder.prefix(".wxsub-");
        if let Some(permissions) = permissions {
            builder.permissions(permissions);
        }
        let new = builder.tempfile_in(folder)?;
        Ok(Target::File { path, new })
    }

    pub(super) fn is_terminal(&self) -> bool {
        match self {
            Target::Stdout(stdout) => stdout.is_terminal(),
            Target::File { .. } => false,
            Target::Device(file) => file.is_terminal(),
        }
    }

    /// Returns true if a person may be watching the output: it goes to a terminal or into a pipe.
    pub(super) fn is_watched(&self) -> bool {
        match self {
            Target::Stdout(stdout) => stdout.is_terminal() || is_pipe(stdout),
            Target::File { .. } => false,
            Target::Device(file) => file.is_terminal() || is_pipe(file),
        }
    }

    /// Returns true if a file is written beside another, or beside nothing.
    pub(super) fn is_new_file(&self) -> bool {
        matches!(self, Target::File { .. })
    }

    /// Puts the new file in the place of the old one if `is_all` was written. Otherwise the old file stays, which is
    /// told.
    pub(super) fn keep(self, is_all: bool) -> anyhow::Result<()> {
        if is_all {
            return self.finish();
        }
        if self.is_new_file() {
            tell(UNTOUCHED);
        }
        Ok(())
    }

    /// Puts the new file in the place of the old one, if the target is a file.
    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        self.flush().context(UNWRITTEN)?;
        if let Target::File { path, new } = self {
            let context = || unwritable(&path);
            // After a power failure, the old file or the new one is there.
            new.as_file().sync_all().with_context(context)?;
            new.persist(&path).with_context(context)?;
        }
        Ok(())
    }
}

fn unwritable(path: &Path) -> String {
    let name = path.display();
    both!("cannot write `{name}`", "无法写入 `{name}`")
}

/// Writes all of `text` to the file at `path`, or to standard output.
pub(super) fn write(path: Option<&Path>, text: &[u8]) -> anyhow::Result<()> {
    let mut target = Target::new(path)?;
    target.write_all(text).context(UNWRITTEN)?;
    target.finish()
}

#[cfg(unix)]
fn is_pipe(to: &impl std::os::fd::AsFd) -> bool {
    use std::os::unix::fs::FileTypeExt;

    let file = to.as_fd().try_clone_to_owned().map(File::from);
    let kind = file.and_then(|file| file.metadata());
    kind.is_ok_and(|kind| kind.file_type().is_fifo() || kind.file_type().is_socket())
}

/// Returns true: other systems cannot tell.
#[cfg(not(unix))]
fn is_pipe<T>(_: &T) -> bool {
    true
}

/// The permissions of a new file. Those of a temporary file are private. The process's umask still applies.
fn usual_permissions() -> Option<Permissions> {
    #[cfg(unix)]
    return Some(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    #[cfg(not(unix))]
    None
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Target::Stdout(stdout) => stdout.write(bytes),
            Target::File { new, .. } => new.write(bytes),
            Target::Device(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Target::Stdout(stdout) => stdout.flush(),
            Target::File { new, .. } => new.flush(),
            Target::Device(file) => file.flush(),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn pipes_are_told_from_files_and_devices() -> io::Result<()> {
        let (reader, writer) = io::pipe()?;
        assert!(is_pipe(&writer));
        assert!(is_pipe(&reader));
        assert!(is_pipe(&std::os::unix::net::UnixStream::pair()?.0));
        assert!(!is_pipe(&tempfile::tempfile()?));
        assert!(!is_pipe(&File::open("/dev/null")?));
        Ok(())
    }
}
