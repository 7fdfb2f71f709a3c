//! Holds the output of one block until all blocks before it were written.

/// The most messages about payloads that are printed. Later messages are only counted.
pub(super) const MOST_MESSAGES: u64 = 50;

/// Text for standard output and standard error, in the order in which it was made.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) bytes: Vec<u8>,
    /// The end of each piece, and its channel.
    pub(super) pieces: Vec<(usize, Channel)>,
    /// The number of messages among the pieces.
    messages: u64,
    /// The number of messages after them, which are only counted.
    pub(super) more: u64,
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
        (others.messages, others.more) = (0, 0);
        others
    }

    /// Adds to the data what `write` writes.
    pub(super) fn data<T>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        self.piece(Channel::Data, write)
    }

    /// Adds a message for standard error. Does not make one that will not be printed.
    pub(super) fn message(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        if self.is_full() {
            self.more += 1;
            return;
        }
        self.messages += 1;
        self.piece(Channel::Message, write);
    }

    /// Returns true if no more messages are printed.
    pub(super) fn is_full(&self) -> bool {
        self.messages == MOST_MESSAGES
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
