//! `--files`: lists the files that a command would read.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use wxsub::report::text::printable;

use crate::cli::errors::told;
use crate::cli::plan::Plan;
use crate::cli::say::tell_error;
use crate::cli::status::{Status, UNWRITTEN};

/// Writes the names of the files, a line each. Reports a path that cannot be read, and lists the rest.
pub(super) fn list(plan: &Plan) -> anyhow::Result<Status> {
    let mut to = BufWriter::new(plan.target()?);
    let is_terminal = to.get_ref().is_terminal();
    let mut status = Status::Fine;
    for file in plan.sources.files() {
        match file {
            Ok(path) => write_name(&path, is_terminal, &mut to).context(UNWRITTEN)?,
            Err(error) => {
                status = Status::Failed;
                tell_error(told(&error));
            }
        }
    }
    let target = to.into_inner().map_err(io::IntoInnerError::into_error);
    target.context(UNWRITTEN)?.finish()?;
    Ok(status)
}

/// Writes a name byte for byte. A terminal gets no control characters, which it would obey.
fn write_name(path: &Path, is_terminal: bool, to: &mut impl Write) -> io::Result<()> {
    match is_terminal {
        true => to.write_all(printable(&path.display().to_string()).as_bytes())?,
        false => to.write_all(path.as_os_str().as_encoded_bytes())?,
    }
    to.write_all(b"\n")
}
