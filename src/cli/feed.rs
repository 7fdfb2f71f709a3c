//! Captures, one after the other, each read in the way that suits it.
//!
//! A file is read when bytes are wanted: that takes no time worth a thread. What may let anybody wait (a pipe), and what
//! takes time (decompression), is read by a thread of its own, which hands over blocks as soon as it has them. So
//! whoever waits for a block can be interrupted though the read cannot. Memory is bounded: a few blocks wait at most, and
//! buffers go round.

use std::io::{self, Read};
use std::panic;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use wxsub::Decompressed;

use crate::cli::interrupt::Interrupt;
use crate::cli::progress::Counts;
use crate::cli::sources::{Source, Sources};

/// The most bytes of one block: what a pipe holds.
const BLOCK: usize = 64 << 10;

/// How many messages may wait: more than the pipeline reads at once, so that it sees that there is plenty.
const WAITING: usize = 16;

/// What the reading thread says.
enum Message {
    Block(Block),
    /// The capture ended.
    End,
    /// The capture could not be read on.
    Broken(io::Error),
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
pub(super) struct Feed<'a> {
    sources: Box<dyn Iterator<Item = anyhow::Result<Source>> + 'a>,
    max_expansion: u64,
    counts: Arc<Counts>,
    interrupt: Interrupt,
    waiting: Waiting,
    /// No capture was opened yet.
    is_first: bool,
}

/// Who waits for messages, to be woken; each capture has a channel of its own, so that what is left of one is not taken
/// for the next.
type Waiting = Arc<Mutex<Option<SyncSender<Message>>>>;

fn wake(waiting: &Waiting) {
    let waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(to) = &*waiting {
        // If messages wait already, nobody waits for one.
        _ = to.try_send(Message::Wake);
    }
}

/// The bytes of a capture, decompressed.
type Opened = Decompressed<Counted>;

impl<'a> Feed<'a> {
    pub(super) fn new(sources: &'a Sources, max_expansion: u64, counts: Arc<Counts>) -> Self {
        let waiting = Waiting::default();
        let woken = waiting.clone();
        let interrupt = Interrupt::new(move || wake(&woken));
        Feed {
            sources: Box::new(sources.iter()),
            max_expansion,
            counts,
            interrupt,
            waiting,
            is_first: true,
        }
    }

    /// The next capture, or why it could not be opened; `None` behind the last.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Capture<'_>>> {
        self.interrupt.check()?;
        let Some(source) = self.sources.next().transpose()? else {
            return Ok(None);
        };
        let counted = Counted {
            from: source.from,
            counts: self.counts.clone(),
        };
        let mut opened = Decompressed::new(counted).max_expansion(self.max_expansion);
        let name = source.name;
        // If it cannot be read, whoever reads it will see.
        let is_ready = source.is_file && !matches!(opened.compression(), Ok(Some(_)));
        if !is_ready || !self.is_first {
            self.interrupt.watch();
        }
        self.is_first = false;
        let bytes = match is_ready {
            true => Bytes::File(opened, &self.interrupt),
            false => Bytes::Blocks(self.blocks(opened)),
        };
        Ok(Some(Capture { name, bytes }))
    }

    fn blocks(&mut self, opened: Opened) -> Blocks<'_> {
        let (to, messages) = sync_channel(WAITING);
        let (used, buffers) = channel();
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some(to.clone());
        let reader = Reader { to, buffers };
        Blocks {
            messages,
            interrupt: &self.interrupt,
            used,
            reader: Some(thread::spawn(move || reader.read(opened))),
            block: Block::default(),
            at: 0,
            failed: None,
        }
    }
}

/// A capture that is being read.
pub(super) struct Capture<'a> {
    pub(super) name: String,
    pub(super) bytes: Bytes<'a>,
}

/// The bytes of a capture. An interruption is an error whose inner error is [`Interrupted`](crate::cli::interrupt::Interrupted).
pub(super) enum Bytes<'a> {
    File(Opened, &'a Interrupt),
    Blocks(Blocks<'a>),
}

impl Read for Bytes<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Bytes::File(from, interrupt) => {
                interrupt.check().map_err(io::Error::other)?;
                let read = from.read(out)?;
                if read == out.len() {
                    // There may be much more.
                    interrupt.watch();
                }
                Ok(read)
            }
            Bytes::Blocks(blocks) => blocks.read(out),
        }
    }
}

/// What a thread reads.
pub(super) struct Blocks<'a> {
    messages: Receiver<Message>,
    interrupt: &'a Interrupt,
    /// Buffers on their way back.
    used: Sender<Vec<u8>>,
    /// Gone when the capture ended.
    reader: Option<JoinHandle<()>>,
    block: Block,
    /// How much of the block was given already.
    at: usize,
    /// What to say when everything in front of it was given.
    failed: Option<io::Error>,
}

impl Blocks<'_> {
    fn rest(&self) -> &[u8] {
        &self.block.buffer[self.at..self.block.len]
    }

    /// Whether there are more bytes; if that is not known, `waits` says whether to find out, whatever it is.
    fn has_more(&mut self, waits: bool) -> io::Result<bool> {
        while self.rest().is_empty() {
            if waits {
                self.interrupt.check().map_err(io::Error::other)?;
                self.failed.take().map_or(Ok(()), Err)?;
            }
            if self.reader.is_none() || self.failed.is_some() {
                return Ok(false);
            }
            match self.receive(waits) {
                None => return Ok(false),
                Some(message) => self.take(message),
            }
        }
        Ok(true)
    }

    fn receive(&self, waits: bool) -> Option<Message> {
        match self.messages.try_recv() {
            Err(TryRecvError::Empty) if waits => self.messages.recv().ok(),
            message => message.ok(),
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Wake => {}
            Message::Block(block) => {
                let used = std::mem::replace(&mut self.block, block);
                // Without a reader nobody needs it.
                _ = self.used.send(used.buffer);
                self.at = 0;
            }
            Message::Broken(error) => self.failed = Some(error),
            Message::End => {
                if let Some(Err(fault)) = self.reader.take().map(JoinHandle::join) {
                    panic::resume_unwind(fault);
                }
            }
        }
    }

    fn copy(&mut self, out: &mut [u8]) -> usize {
        let len = self.rest().len().min(out.len());
        out[..len].copy_from_slice(&self.rest()[..len]);
        self.at += len;
        len
    }
}

impl Read for Blocks<'_> {
    /// As much as is there, and only if there is more of it, as much as was asked for: the pipeline would hold it back
    /// until the next read.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // If bytes pour in nobody waits, and so nobody is woken.
        self.interrupt.check().map_err(io::Error::other)?;
        let mut len = 0;
        while len < out.len() && self.has_more(len == 0)? {
            len += self.copy(&mut out[len..]);
        }
        if len > 1 && len == out.len() && !self.has_more(false)? {
            self.at -= 1;
            len -= 1;
        }
        Ok(len)
    }
}

/// The reading thread.
struct Reader {
    to: SyncSender<Message>,
    buffers: Receiver<Vec<u8>>,
}

/// Nobody listens any more.
struct Gone;

impl Reader {
    fn read(&self, mut from: Opened) {
        _ = self.read_all(&mut from);
    }

    fn read_all(&self, from: &mut Opened) -> Result<(), Gone> {
        loop {
            let mut buffer = self.buffers.try_recv().unwrap_or_default();
            buffer.resize(BLOCK, 0);
            match from.read(&mut buffer) {
                Ok(0) => return Ok(()),
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
        _ = self.send(Message::End);
    }
}

/// Counts what is read, as it is in the file.
pub(super) struct Counted {
    from: Box<dyn Read + Send>,
    counts: Arc<Counts>,
}

impl Read for Counted {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(out)?;
        self.counts.add_bytes(read as u64);
        Ok(read)
    }
}
