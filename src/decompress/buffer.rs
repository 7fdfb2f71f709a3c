//! Compressed bytes that were read and not taken yet.

use std::io::{self, Read};

use crate::input::retry;

/// What one read asks for.
const BLOCK: usize = 128 << 10;

/// A reader whose next bytes can be looked at, as many as have arrived.
pub(super) struct Buffer<R> {
    from: R,
    bytes: Box<[u8]>,
    start: usize,
    end: usize,
    taken: u64,
    ended: bool,
    /// Why a read failed: what [`Read`] gives is a copy, since decoders that read on their own bury it.
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

    /// The next bytes, as far as they have arrived.
    pub(super) fn ahead(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// Whether nothing comes behind [`Buffer::bytes`].
    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// How many bytes were taken so far.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// Drops the first `len` bytes.
    pub(super) fn advance(&mut self, len: usize) {
        self.start += len;
        self.taken += len as u64;
    }

    /// Reads once and adds what came.
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

    /// Reads what is not compressed: large reads need no buffer.
    pub(super) fn read_through(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if !self.ahead().is_empty() {
            return self.read(out);
        }
        if self.ended {
            return Ok(0);
        }
        retry(|| self.from.read(out))
    }

    /// The error behind the copy that a read gave.
    pub(super) fn take_error(&mut self) -> Option<io::Error> {
        self.failed.take()
    }

    /// Drops the zeros in front.
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
