//! Captures are read, and decompressed, in a thread of their own, which hands over a block as soon as it has one.
//!
//! So reading does not wait for decoding, and whoever waits for a block can be interrupted though the read cannot.
//! Memory is bounded: two blocks wait at most, and buffers go round.

use std::io::{self, Read};
use std::panic;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};

use wxsub::Decompressed;

use crate::cli::interrupt::{Interrupt, Interrupted};
use crate::cli::progress::Counts;
use crate::cli::sources::{Source, Sources};

/// The most bytes of one block.
const BLOCK: usize = 256 << 10;

/// How many messages may wait.
const WAITING: usize = 2;

/// What the reading thread says.
enum Message {
    /// A capture of this name begins.
    Begin(String),
    Block(Block),
    /// The capture ended.
    End,
    /// The capture could not be read on.
    Broken(io::Error),
    /// A capture could not be opened.
    Unopened(anyhow::Error),
    /// There are no more captures.
    Over,
    /// Nothing, but look whether something happened.
    Wake,
}

/// A buffer whose first `len` bytes were read.
#[derive(Default)]
struct Block {
    buffer: Vec<u8>,
    len: usize,
}

/// The captures, one after the other.
pub(super) struct Feed {
    messages: Receiver<Message>,
    /// Buffers on their way back.
    used: Sender<Vec<u8>>,
    interrupt: Interrupt,
    reader: Option<JoinHandle<()>>,
}

impl Feed {
    /// Begins to read.
    pub(super) fn start(sources: Sources, max_expansion: u64, counts: Arc<Counts>) -> Self {
        let (to, messages) = sync_channel(WAITING);
        let (used, buffers) = channel();
        let wake = to.clone();
        // If messages wait already, nobody waits for one.
        let interrupt = Interrupt::watch(move || _ = wake.try_send(Message::Wake));
        let reader = Reader {
            to,
            buffers,
            max_expansion,
            counts,
        };
        let reader = Some(thread::spawn(move || _ = reader.read_all(&sources)));
        Feed {
            messages,
            used,
            interrupt,
            reader,
        }
    }

    /// The next capture, or why it could not be opened; `None` behind the last.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Capture<'_>>> {
        loop {
            match self.receive()? {
                Message::Begin(name) => return Ok(Some(Capture::new(name, self))),
                Message::Unopened(error) => return Err(error),
                Message::Over => return Ok(None),
                // What is left of a capture that nobody wanted to read to its end.
                _ => {}
            }
        }
    }

    fn receive(&mut self) -> Result<Message, Interrupted> {
        let message = self.messages.recv().unwrap_or(Message::Over);
        self.interrupt.check()?;
        if matches!(message, Message::Over)
            && let Some(Err(fault)) = self.reader.take().map(JoinHandle::join)
        {
            panic::resume_unwind(fault);
        }
        Ok(message)
    }
}

/// A capture that is being read.
pub(super) struct Capture<'a> {
    pub(super) name: String,
    pub(super) blocks: Blocks<'a>,
}

impl<'a> Capture<'a> {
    fn new(name: String, feed: &'a mut Feed) -> Self {
        let block = Block::default();
        Capture {
            name,
            blocks: Blocks { feed, block, at: 0 },
        }
    }
}

/// The bytes of a capture. An interruption is an error whose inner error is [`Interrupted`].
pub(super) struct Blocks<'a> {
    feed: &'a mut Feed,
    block: Block,
    /// How much of the block was given already.
    at: usize,
}

impl Blocks<'_> {
    /// Waits for a block; `false` at the end.
    fn next_block(&mut self) -> io::Result<bool> {
        let used = std::mem::take(&mut self.block);
        // Without a reader nobody needs it.
        _ = self.feed.used.send(used.buffer);
        self.at = 0;
        loop {
            match self.feed.receive().map_err(io::Error::other)? {
                Message::Block(block) => self.block = block,
                Message::Broken(error) => return Err(error),
                Message::Wake => continue,
                _ => return Ok(false),
            }
            return Ok(true);
        }
    }
}

impl Read for Blocks<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at == self.block.len && !self.next_block()? {
            return Ok(0);
        }
        let rest = &self.block.buffer[self.at..self.block.len];
        let len = rest.len().min(out.len());
        out[..len].copy_from_slice(&rest[..len]);
        self.at += len;
        Ok(len)
    }
}

/// The reading thread.
struct Reader {
    to: SyncSender<Message>,
    buffers: Receiver<Vec<u8>>,
    max_expansion: u64,
    counts: Arc<Counts>,
}

/// Nobody listens any more.
struct Gone;

impl Reader {
    fn read_all(&self, sources: &Sources) -> Result<(), Gone> {
        for source in sources.iter() {
            match source {
                Ok(source) => self.read(source)?,
                Err(error) => self.send(Message::Unopened(error))?,
            }
        }
        Ok(())
    }

    fn read(&self, source: Source) -> Result<(), Gone> {
        self.send(Message::Begin(source.name))?;
        let counted = Counted {
            from: source.from,
            counts: &self.counts,
        };
        let mut from = Decompressed::new(counted).max_expansion(self.max_expansion);
        loop {
            let mut buffer = self.buffers.try_recv().unwrap_or_default();
            buffer.resize(BLOCK, 0);
            match from.read(&mut buffer) {
                Ok(0) => return self.send(Message::End),
                Ok(len) => self.send(Message::Block(Block { buffer, len }))?,
                Err(error) => return self.send(Message::Broken(error)),
            }
        }
    }

    fn send(&self, message: Message) -> Result<(), Gone> {
        self.to.send(message).map_err(|_| Gone)
    }
}

impl Drop for Reader {
    /// Also when the thread panics, so that nobody waits for it.
    fn drop(&mut self) {
        _ = self.send(Message::Over);
    }
}

/// Counts what is read, as it is in the file.
struct Counted<'a> {
    from: Box<dyn Read>,
    counts: &'a Counts,
}

impl Read for Counted<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(out)?;
        self.counts.add_bytes(read as u64);
        Ok(read)
    }
}
