//! Opens captures one after the other, and reads each on this thread or on a thread of its own.
//!
//! A plain file is read on the thread that wants its bytes: it never blocks for long. A pipe, which may block, and
//! compressed input, which takes time, are read by a second thread. It sends blocks as soon as it has them, and Ctrl-C
//! wakes the receiver even while the read itself cannot be interrupted. Memory is bounded: at most [`WAITING`] messages
//! wait, and used buffers go back to the reading thread.

use std::io::{self, Read};
use std::panic;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use wxsub::Decompressed;
use wxsub::decompress::Bounds;

use crate::cli::interrupt::Interrupt;
use crate::cli::progress::Counts;
use crate::cli::sources::{Source, Sources};

/// The most bytes of one block: the capacity of a pipe.
const BLOCK: usize = 64 << 10;

/// The most messages that wait. It is more than the pipeline takes at once, which shows the pipeline that input is
/// plentiful.
const WAITING: usize = 16;

/// A message to the thread that waits for bytes.
enum Message {
    Block(Block),
    /// The capture ended.
    End,
    /// Reading the capture failed.
    Broken(io::Error),
    /// Carries nothing: the receiver checks for an interruption.
    Wake,
}

/// A buffer whose first `len` bytes were read.
#[derive(Default)]
struct Block {
    buffer: Vec<u8>,
    len: usize,
}

/// An iterator over the captures of a run.
pub(super) struct Feed<'a> {
    sources: Box<dyn Iterator<Item = anyhow::Result<Source>> + 'a>,
    bounds: Bounds,
    counts: Arc<Counts>,
    interrupt: Interrupt,
    waiting: CurrentChannel,
    /// True until a capture was opened.
    is_first: bool,
}

/// The channel of the current capture, for [`wake`].
///
/// Each capture has its own channel. A message left over from one capture is never read as part of the next.
type CurrentChannel = Arc<Mutex<Option<SyncSender<Message>>>>;

fn wake(waiting: &CurrentChannel) {
    let waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(to) = &*waiting {
        // A full channel needs no wake-up: the receiver is not blocked.
        _ = to.try_send(Message::Wake);
    }
}

/// The decompressed bytes of a capture.
type Opened = Decompressed<Box<dyn Read + Send>>;

impl<'a> Feed<'a> {
    pub(super) fn new(sources: &'a Sources, bounds: Bounds, counts: Arc<Counts>) -> Self {
        let waiting = CurrentChannel::default();
        let woken = waiting.clone();
        let interrupt = Interrupt::new(move || wake(&woken));
        Feed {
            sources: Box::new(sources.iter()),
            bounds,
            counts,
            interrupt,
            waiting,
            is_first: true,
        }
    }

    /// Begins to watch for signals that end the run.
    pub(super) fn watch(&self) {
        self.interrupt.watch();
    }

    /// Opens the next capture. Returns `None` after the last.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<OpenCapture<'_>>> {
        self.interrupt.check()?;
        let Some(source) = self.sources.next().transpose()? else {
            return Ok(None);
        };
        let counted = CountedRead {
            from: source.from,
            counts: self.counts.clone(),
        };
        let from: Box<dyn Read + Send> = match &source.member {
            Some(member) => Box::new(member.reader(counted, self.bounds)),
            None => Box::new(counted),
        };
        let mut opened = Decompressed::new(from).bounds(self.bounds);
        let name = source.name;
        let is_plain = source.is_file && source.member.is_none();
        // An error here comes back on the first read.
        let is_ready = is_plain && !matches!(opened.compression(), Ok(Some(_)));
        if !is_ready {
            // Archives hold files that were compressed before, and some logs are compressed twice.
            let once: Box<dyn Read + Send> = Box::new(opened);
            opened = Decompressed::new(once).bounds(self.bounds);
        }
        if !is_ready || !self.is_first {
            self.interrupt.watch();
        }
        self.is_first = false;
        let bytes = match is_ready {
            true => CaptureBytes::File(opened, &self.interrupt),
            false => self.blocks(opened),
        };
        Ok(Some(OpenCapture { name, bytes }))
    }

    /// Reads a capture on another thread. If there can be no more threads, it is read on this one.
    fn blocks(&mut self, opened: Opened) -> CaptureBytes<'_> {
        let (to, messages) = sync_channel(WAITING);
        let (used, buffers) = channel();
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some(to.clone());
        let reader = ReadingThread { to, buffers };
        let (give, take) = channel::<Opened>();
        let read = move || take.recv().map_or((), |opened| reader.read(opened));
        let Ok(reader) = thread::Builder::new().spawn(read) else {
            return CaptureBytes::File(opened, &self.interrupt);
        };
        // The thread waits for it.
        _ = give.send(opened);
        CaptureBytes::Blocks(Blocks {
            messages,
            interrupt: &self.interrupt,
            used,
            reader: Some(reader),
            block: Block::default(),
            at: 0,
            failed: None,
        })
    }
}

/// An open capture.
pub(super) struct OpenCapture<'a> {
    pub(super) name: String,
    pub(super) bytes: CaptureBytes<'a>,
}

/// The bytes of a capture.
///
/// An interruption is an [`io::Error`] that wraps [`Interrupted`](crate::cli::interrupt::Interrupted).
pub(super) enum CaptureBytes<'a> {
    File(Opened, &'a Interrupt),
    Blocks(Blocks<'a>),
}

impl Read for CaptureBytes<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            CaptureBytes::File(from, interrupt) => {
                interrupt.check().map_err(io::Error::other)?;
                let read = from.read(out)?;
                if read > 0 && read == out.len() {
                    // A full buffer: much more may follow.
                    interrupt.watch();
                }
                Ok(read)
            }
            CaptureBytes::Blocks(blocks) => blocks.read(out),
        }
    }
}

/// The receiving end of a reading thread.
pub(super) struct Blocks<'a> {
    messages: Receiver<Message>,
    interrupt: &'a Interrupt,
    /// Returns used buffers to the reading thread.
    used: Sender<Vec<u8>>,
    /// The thread. `None` after the capture ended.
    reader: Option<JoinHandle<()>>,
    block: Block,
    /// The number of bytes of `block` that were given out.
    at: usize,
    /// An error to return after all bytes before it were given out.
    failed: Option<io::Error>,
}

impl Blocks<'_> {
    fn rest(&self) -> &[u8] {
        &self.block.buffer[self.at..self.block.len]
    }

    /// Returns true if there are more bytes. Blocks until that is known if `waits`; otherwise only bytes that have
    /// arrived count.
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
                // An error is ignored: the reading thread has ended.
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
    /// Reads the bytes that have arrived.
    ///
    /// The pipeline takes a full buffer as a sign that more bytes are ready, and holds them back until the next read.
    /// The buffer is filled to the end only if more bytes have arrived; otherwise one byte is kept for the next read.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // If bytes arrive without a pause, nothing blocks, and a wake-up alone would not be noticed.
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
struct ReadingThread {
    to: SyncSender<Message>,
    buffers: Receiver<Vec<u8>>,
}

/// The receiver is gone.
struct Gone;

impl ReadingThread {
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

impl Drop for ReadingThread {
    /// Announces the end. Runs on a panic as well, to keep the receiver from waiting forever.
    fn drop(&mut self) {
        _ = self.send(Message::End);
    }
}

/// Counts the bytes read from a file, before decompression.
pub(super) struct CountedRead {
    from: Box<dyn Read + Send>,
    counts: Arc<Counts>,
}

impl Read for CountedRead {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(out)?;
        self.counts.add_bytes(read as u64);
        Ok(read)
    }
}
