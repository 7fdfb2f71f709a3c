//! A growing buffer for reads.

/// A byte buffer whose room is zeroed only once, although it is read into many times.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    /// The number of bytes in use.
    len: usize,
}

impl Buffer {
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Drops all bytes after the first `len`.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Drops the first `len` bytes.
    pub(crate) fn drop_front(&mut self, len: usize) {
        self.bytes.copy_within(len..self.len, 0);
        self.len -= len;
    }

    /// Allocates room for `more` bytes, unless there is room for `least`.
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

    /// Returns room for `len` bytes. [`Buffer::add`] appends the bytes written to it.
    pub(crate) fn room(&mut self, len: usize) -> &mut [u8] {
        let end = self.len + len;
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        &mut self.bytes[self.len..end]
    }

    /// Appends the first `len` bytes of the room.
    pub(crate) fn add(&mut self, len: usize) {
        self.len += len;
    }
}
