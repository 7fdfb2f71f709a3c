//! Holds the output of one block until all blocks before it were written.

/// Text for standard output and standard error, in the order in which it was made.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) bytes: Vec<u8>,
    /// The end of each piece, and its channel.
    pub(super) pieces: Vec<(usize, Channel)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    Data,
    /// A message about one payload. A run may make thousands.
    Message,
}

impl Texts {
    /// Empties `others` and keeps its memory.
    pub(super) fn reusing(mut others: Texts) -> Self {
        others.bytes.clear();
        others.pieces.clear();
        others
    }

    /// Adds to the data what `write` writes.
    pub(super) fn data<T>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        self.piece(Channel::Data, write)
    }

    /// Adds a message for standard error.
    pub(super) fn message(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.piece(Channel::Message, write);
    }

    fn piece<T>(&mut self, channel: Channel, write: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        let before = self.bytes.len();
        let result = write(&mut self.bytes);
        match self.pieces.last_mut() {
            _ if self.bytes.len() == before => {}
            Some((end, Channel::Data)) if channel == Channel::Data => *end = self.bytes.len(),
            _ => self.pieces.push((self.bytes.len(), channel)),
        }
        result
    }

    pub(super) fn has(&self, wanted: Channel) -> bool {
        self.pieces.iter().any(|(_, channel)| *channel == wanted)
    }
}
