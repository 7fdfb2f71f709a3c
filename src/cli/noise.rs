//! The file of `--noise`: what belongs to no payload, a line each with its place.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use wxsub::Place;
use wxsub::pipeline::Stop;

use crate::cli::target::Target;

/// The file that noise is written to.
pub(super) struct NoiseFile(BufWriter<Target>);

impl NoiseFile {
    /// Makes the file at `path`, if one is wanted.
    pub(super) fn new(path: Option<&Path>) -> anyhow::Result<Option<Self>> {
        let target = path.map(|path| Target::new(Some(path))).transpose()?;
        Ok(target.map(|target| NoiseFile(BufWriter::new(target))))
    }

    /// Writes a line of the capture `source`: `source:line:column: text`.
    pub(super) fn write(&mut self, source: &str, place: Place, line: &[u8]) -> Result<(), Stop> {
        let Place {
            line: number,
            column,
            ..
        } = place;
        let written = write!(self.0, "{source}:{number}:{column}: ")
            .and_then(|()| self.0.write_all(line))
            .and_then(|()| self.0.write_all(b"\n"));
        written.map_err(Stop::Output)
    }

    /// Puts the file in its place, if all was read. Otherwise the old file stays.
    pub(super) fn finish(self, is_all: bool) -> anyhow::Result<()> {
        let target = self
            .0
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        if is_all || !target.is_new_file() {
            target.finish()?;
        }
        Ok(())
    }
}
