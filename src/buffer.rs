//! Bytes to which more are added.

/// Bytes, and room behind them that was filled with zeros once, so that it can be read into again and again.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    /// How many of them count.
    len: usize,
}

impl Buffer {
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Drops all bytes but the first `len`.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Drops the first `len` bytes.
    pub(crate) fn drop_front(&mut self, len: usize) {
        self.bytes.copy_within(len..self.len, 0);
        self.len -= len;
    }

    /// Allocates, so that `more` bytes can be added, if there is no room for `least`.
    pub(crate) fn reserve(&mut self, least: usize, more: usize) {
        if self.bytes.capacity() - self.len < least {
            self.bytes.truncate(self.len);
            self.bytes.reserve_exact(more);
        }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.room(bytes.len()).copy_from_slice(bytes);
        self.len += bytes.len();
    }

    /// Room for `len` bytes; what was written to it is added by [`Buffer::add`].
    pub(crate) fn room(&mut self, len: usize) -> &mut [u8] {
        let end = self.len + len;
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        &mut self.bytes[self.len..end]
    }

    /// Adds the first `len` bytes of the room.
    pub(crate) fn add(&mut self, len: usize) {
        self.len += len;
    }
}
