//! The destination of the report of `check`, which finishes its work even if the pipe is closed.

use std::io::{self, Write};

use anyhow::Context;

use crate::cli::status::UNWRITTEN;
use crate::cli::target::Target;

/// A destination that ignores a closed pipe: the verdict of a gate does not depend on its readers.
pub(super) struct Output {
    to: Target,
    closed: bool,
}

impl Output {
    pub(super) fn new(to: Target) -> Self {
        Output { to, closed: false }
    }

    /// Puts a new file in its place, if the report `is_all`. Otherwise the old file stays.
    pub(super) fn finish(mut self, is_all: bool) -> anyhow::Result<()> {
        self.flush().context(UNWRITTEN)?;
        match self.closed {
            true => Ok(()),
            false => self.to.keep(is_all),
        }
    }

    fn unless_closed(&mut self, act: impl FnOnce(&mut Target) -> io::Result<()>) -> io::Result<()> {
        let done = match self.closed {
            true => return Ok(()),
            false => act(&mut self.to),
        };
        self.closed = matches!(&done, Err(error) if error.kind() == io::ErrorKind::BrokenPipe);
        if self.closed { Ok(()) } else { done }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_closed(|to| to.write_all(bytes))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_closed(Write::flush)
    }
}
