//! Cuts a capture into chunks that can be decoded on their own: each begins on a line, and knows where.
//!
//! What stands behind the last line break of a block begins the next chunk. A line longer than a block is cut anywhere;
//! what follows in it is no place to begin at.

use std::io::{self, Read};

use crate::input::Input;
use crate::span::Place;

/// Some bytes of a capture.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    buffer: Vec<u8>,
    len: usize,
    /// Where it begins, if it begins a line.
    pub(super) place: Place,
    pub(super) is_on_line: bool,
    /// There may be more to read at once.
    pub(super) is_full: bool,
}

impl Chunk {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.len]
    }

    /// Its memory, to be used again.
    pub(super) fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }
}

/// The chunks of a capture that is being read.
#[derive(Debug)]
pub(super) struct Chunks {
    size: usize,
    /// Begins the next chunk.
    carried: Vec<u8>,
    place: Place,
    is_on_line: bool,
}

impl Chunks {
    /// Chunks of at most `size` bytes, of which the first begins at `place`.
    pub(super) fn new(size: usize, place: Place) -> Self {
        Chunks {
            size: size.max(1),
            carried: Vec::new(),
            place: Place { column: 1, ..place },
            is_on_line: place.column == 1,
        }
    }

    /// The next chunk, in `buffer`; `None` at the end.
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

    /// What was read and is in no chunk, if nothing can be read any more.
    pub(super) fn carried(&self) -> &[u8] {
        &self.carried
    }
}
