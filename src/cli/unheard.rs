//! Standard output of a command that goes on when nobody reads it any more.

use std::io::{self, Write};

use crate::cli::progress::Progress;
use crate::cli::target::Target;

/// Standard output of a gate, whose answer does not depend on who listens: when the pipe is closed it goes on in silence.
pub(super) struct Output<'a> {
    to: Target,
    progress: &'a Progress,
    visible: bool,
    closed: bool,
}

impl<'a> Output<'a> {
    pub(super) fn new(to: Target, progress: &'a Progress) -> Self {
        Output {
            visible: to.is_terminal(),
            closed: false,
            to,
            progress,
        }
    }

    fn unless_closed(&mut self, act: impl FnOnce(&mut Target) -> io::Result<()>) -> io::Result<()> {
        let done = match self.closed {
            true => return Ok(()),
            false if self.visible => self.progress.aside(|| act(&mut self.to)),
            false => act(&mut self.to),
        };
        self.closed = matches!(&done, Err(error) if error.kind() == io::ErrorKind::BrokenPipe);
        if self.closed { Ok(()) } else { done }
    }
}

impl Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_closed(|to| to.write_all(bytes))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_closed(Write::flush)
    }
}
