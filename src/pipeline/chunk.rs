//! Splits a capture into chunks that can be decoded independently: each begins at a line with a known place.
//!
//! Bytes after the last line break of a block go to the next chunk. A line longer than a block is split anywhere, and
//! decoding cannot start in its continuation.

use std::io::{self, Read};

use crate::input::Input;
use crate::span::Place;

/// A part of a capture.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    buffer: Vec<u8>,
    len: usize,
    /// The place of the first byte, if the chunk begins a line.
    pub(super) place: Place,
    pub(super) is_on_line: bool,
    /// True if more bytes may be available at once.
    pub(super) is_full: bool,
}

impl Chunk {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.len]
    }

    /// Returns the memory for reuse.
    pub(super) fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }
}

/// Splits a capture into chunks while it is read.
#[derive(Debug)]
pub(super) struct Chunks {
    size: usize,
    /// The beginning of the next chunk.
    carried: Vec<u8>,
    place: Place,
    is_on_line: bool,
}

impl Chunks {
    /// Makes chunks of at most `size` bytes. The first begins at `place`.
    pub(super) fn new(size: usize, place: Place) -> Self {
        Chunks {
            size: size.max(1),
            carried: Vec::new(),
            place: Place { column: 1, ..place },
            is_on_line: place.column == 1,
        }
    }

    /// Reads the next chunk into `buffer`. Returns `None` at the end.
    pub(super) fn next<R: Read>(
        &mut self,
        input: &mut Input<R>,
        mut buffer: Vec<u8>,
    ) -> io::Result<Option<Chunk>> {
        buffer.resize(self.size, 0);
        let carried = self.carried.len();
        let read = input.read_into(&mut buffer[carried..])?;
        buffer[..carried].copy_from_slice(&self.carried);
        self.carried.clear();
        let len = carried + read;
        let is_full = len == self.size;
        let line = memchr::memrchr(b'\n', &buffer[..len]).filter(|_| is_full);
        let end = line.map_or(len, |line| line + 1);
        self.carried.extend_from_slice(&buffer[end..len]);
        let chunk = Chunk {
            buffer,
            len: end,
            place: self.place,
            is_on_line: self.is_on_line,
            is_full,
        };
        self.pass(chunk.bytes());
        Ok((len > 0).then_some(chunk))
    }

    fn pass(&mut self, bytes: &[u8]) {
        self.place.line += memchr::memchr_iter(b'\n', bytes).count() as u64;
        self.place.offset += bytes.len() as u64;
        self.is_on_line = bytes.last().map_or(self.is_on_line, |&b| b == b'\n');
    }

    /// Returns bytes that are read but in no chunk, after the end or an error.
    pub(super) fn carried(&self) -> &[u8] {
        &self.carried
    }
}
