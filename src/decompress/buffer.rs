//! A buffer for compressed bytes that were read but not consumed.

use std::io::{self, Read};

use crate::input::retry;

/// The size of a read.
const BLOCK: usize = 128 << 10;

/// A reader with look-ahead into the bytes that have arrived.
pub(super) struct Buffer<R> {
    from: R,
    bytes: Box<[u8]>,
    start: usize,
    end: usize,
    taken: u64,
    ended: bool,
    /// The error of a failed read. [`Read`] returns a copy of its kind, because decoders that read bury it.
    failed: Option<io::Error>,
}

impl<R: Read> Buffer<R> {
    pub(super) fn new(from: R) -> Self {
        Buffer {
            from,
            bytes: vec![0; BLOCK].into(),
            start: 0,
            end: 0,
            taken: 0,
            ended: false,
            failed: None,
        }
    }

    /// Returns the next bytes that have arrived.
    pub(super) fn ahead(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// Returns true if no bytes follow [`Buffer::ahead`].
    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Returns the number of consumed bytes.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// Consumes `len` bytes.
    pub(super) fn advance(&mut self, len: usize) {
        self.start += len;
        self.taken += len as u64;
    }

    /// Reads once and appends the bytes.
    pub(super) fn fill(&mut self) -> io::Result<()> {
        debug_assert!(self.ahead().len() < BLOCK, "there must be room");
        self.bytes.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let read = retry(|| self.from.read(&mut self.bytes[self.end..]))?;
        self.ended = read == 0;
        self.end += read;
        Ok(())
    }

    /// Reads uncompressed data, without copying through the buffer.
    pub(super) fn read_through(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if !self.ahead().is_empty() {
            return self.read(out);
        }
        if self.ended {
            return Ok(0);
        }
        retry(|| self.from.read(out))
    }

    /// Takes the original error of a failed read.
    pub(super) fn take_error(&mut self) -> Option<io::Error> {
        self.failed.take()
    }

    /// Consumes leading zeros.
    pub(super) fn skip_zeros(&mut self) {
        let zeros = self.ahead().iter().take_while(|byte| **byte == 0).count();
        self.advance(zeros);
    }
}

impl<R: Read> Read for Buffer<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.ahead().is_empty() && !self.ended {
            self.fill().map_err(|error| {
                let copy = io::Error::from(error.kind());
                self.failed = Some(error);
                copy
            })?;
        }
        let len = out.len().min(self.ahead().len());
        out[..len].copy_from_slice(&self.ahead()[..len]);
        self.advance(len);
        Ok(len)
    }
}
