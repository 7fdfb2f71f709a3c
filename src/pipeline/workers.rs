//! Decodes on several threads, with the output of one thread.
//!
//! Everything before a line decides if the line begins a payload or continues one. Threads do not wait to know it, but
//! speculate: each takes a chunk that begins at a line, decodes it as if no payload continued there, and notes the
//! first [`SyncPoint`] after its first payload. Records before that point are dropped, records after it are kept. When
//! it is the chunk's turn, the decoder that has read everything before decodes the chunk until it reaches the same sync
//! point. From there on both decoders would behave the same, so the kept records are right, and the speculating
//! decoder, which is at the end of the chunk, continues. If the sync point is not reached (the chunk began in an array,
//! or in a message that quotes another), the whole chunk is decoded and the speculation is dropped.
//!
//! By induction over chunks, every record comes from a decoder in the state that a single decoder would have. This
//! requires that a decoder's steps depend only on its state and the following bytes, never on where a buffer ends, and
//! that a sync point holds all of that state. About one payload of each chunk is decoded twice.
//!
//! All threads do the same work, with memory that stays in their processor's cache: read the next chunk (`Intake`),
//! speculate, queue the chunk (`Queue`), and pass chunks whose turn it is to the sink (`Emitter`), unless another
//! thread does. A thread waits only if it is far ahead. A read that returns less than requested means that no more
//! bytes are available. Then nobody reads until everything was passed to the sink, so a live stream stays live.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope};

use crate::input::Input;
use crate::pipeline::blocks::Blocks;
use crate::pipeline::chunk::{Chunk, Chunks};
use crate::pipeline::reading::Reading;
use crate::pipeline::speculation::{Speculation, Speculator};
use crate::pipeline::{Error, Sink, Stop};
use crate::scan::SyncPoint;
use crate::select::Filter;

/// The number of chunks for each thread that may be decoded ahead of the sink.
const AHEAD: usize = 3;

/// Passes the rest of a capture to `sink`.
pub(super) fn emit<S: Sink>(
    blocks: &mut Blocks<impl Read + Send>,
    threads: usize,
    filter: &Filter,
    sink: &mut S,
) -> Result<(), Error> {
    let place = blocks.end();
    let speculator = Speculator {
        source: &blocks.source,
        options: &blocks.options,
        filter: filter.clone(),
        cache: blocks.reading.cache(),
    };
    let workers = Workers {
        threads,
        intake: Mutex::new(Intake {
            input: &mut blocks.input,
            chunks: Chunks::new(blocks.options.block_size(), place),
            count: 0,
            is_low: false,
            end: None,
        }),
        queue: Mutex::new(Queue {
            emitted: 0,
            decoded: VecDeque::new(),
            spare: (0..threads).map(|_| Spare::of(sink)).collect(),
            waiting: 0,
            back_off: BackOff::default(),
            stop: None,
        }),
        moved: Condvar::new(),
        emitter: Mutex::new(Emitter {
            reading: &mut blocks.reading,
            filter: filter.clone(),
            sink,
        }),
    };
    thread::scope(|scope| workers.work(scope, 0, speculator));
    workers.finish()
}

/// The state shared by threads. A thread with one lock may wait only for locks in later fields.
struct Workers<'e, R, S> {
    threads: usize,
    intake: Mutex<Intake<'e, R>>,
    emitter: Mutex<Emitter<'e, S>>,
    queue: Mutex<Queue<S>>,
    /// Notified when a chunk was passed to the sink or the run ends.
    moved: Condvar,
}

impl<'e, R: Read + Send, S: Sink> Workers<'e, R, S> {
    /// Runs the thread `worker` while there are chunks. Starts the next thread when a chunk is full.
    fn work<'s>(&'s self, scope: &'s Scope<'s, '_>, worker: usize, mut speculator: Speculator<'e>) {
        let _alarm = Alarm(self);
        while let Some((number, chunk)) = self.next_chunk(worker) {
            if chunk.is_full && number + 1 < self.threads {
                let speculator = speculator.clone();
                let work = move || self.work(scope, number + 1, speculator);
                // If there can be no more threads, those that run do all the work.
                _ = thread::Builder::new().spawn_scoped(scope, work);
            }
            let part = self.queue().part_for(worker, &chunk);
            let is_speculated = part.is_some();
            let speculation = part.and_then(|part| speculator.speculate(&chunk, part));
            let decoded = Decoded {
                worker,
                chunk,
                is_speculated,
                speculation,
            };
            let mut queue = self.queue();
            queue.put(number, decoded);
            let queue = self.emit_ready(queue);
            let most = self.threads * AHEAD;
            drop(self.wait_while(queue, |queue| queue.is_far_ahead(number, most)));
        }
    }

    /// Reads the next chunk. Returns `None` at the end of the capture or the run.
    fn next_chunk(&self, worker: usize) -> Option<(usize, Chunk)> {
        let mut intake = lock_soon(&self.intake);
        let (is_low, count) = (intake.is_low, intake.count);
        let mut queue = self.wait_while(self.queue(), |queue| is_low && queue.emitted < count);
        if queue.stop.is_some() {
            return None;
        }
        let buffer = queue.spare[worker].buffers.pop().unwrap_or_default();
        drop(queue);
        intake.next(buffer)
    }

    /// Passes the chunks whose turn it is to the sink. If another thread does so, it will see chunks queued meanwhile.
    fn emit_ready<'q>(&'q self, mut queue: MutexGuard<'q, Queue<S>>) -> MutexGuard<'q, Queue<S>> {
        let Ok(mut emitter) = self.emitter.try_lock() else {
            return queue;
        };
        while let Some(decoded) = queue.take_ready() {
            drop(queue);
            let Decoded {
                worker,
                chunk,
                is_speculated,
                speculation,
            } = decoded;
            let is_right = emitter.emit(&chunk, speculation);
            let part = is_speculated.then(|| emitter.sink.fork());
            queue = self.queue();
            queue.note(worker, chunk, part, is_right);
            if queue.waiting > 0 {
                self.moved.notify_all();
            }
        }
        queue
    }

    /// Waits while `is_so` returns true and the run continues.
    fn wait_while<'q>(
        &'q self,
        mut queue: MutexGuard<'q, Queue<S>>,
        is_so: impl Fn(&Queue<S>) -> bool,
    ) -> MutexGuard<'q, Queue<S>> {
        while queue.stop.is_none() && is_so(&queue) {
            queue.waiting += 1;
            queue = self
                .moved
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
            queue.waiting -= 1;
        }
        queue
    }

    fn queue(&self) -> MutexGuard<'_, Queue<S>> {
        lock(&self.queue)
    }

    /// Passes bytes that were read but are in no chunk to the sink.
    fn finish(self) -> Result<(), Error> {
        let mut emitter = own(self.emitter);
        if let Some(stop) = own(self.queue).stop {
            return Err(Error::Stopped(stop));
        }
        let Intake { chunks, end, .. } = own(self.intake);
        match end {
            Some(Err(_)) => emitter.reading.show_all(),
            _ => emitter.reading.text.end(),
        }
        emitter.finish(chunks.carried()).map_err(Error::Stopped)?;
        end.unwrap_or(Ok(())).map_err(Error::Input)
    }
}

/// Locks `mutex`. Poisoning is ignored, because a panic ends all threads.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Locks a mutex held during reads. Yields a few times first, because a read from memory is faster than a wake-up.
fn lock_soon<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    const TIMES: usize = 100;
    for _ in 0..TIMES {
        match mutex.try_lock() {
            Ok(guard) => return guard,
            Err(_) => thread::yield_now(),
        }
    }
    lock(mutex)
}

fn own<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the run if its thread panics, so that other threads do not wait forever.
struct Alarm<'a, 'e, R: Read + Send, S: Sink>(&'a Workers<'e, R, S>);

impl<R: Read + Send, S: Sink> Drop for Alarm<'_, '_, R, S> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.queue().stop.get_or_insert(Stop::Enough);
            self.0.moved.notify_all();
        }
    }
}

/// The source of chunks.
struct Intake<'e, R> {
    input: &'e mut Input<R>,
    chunks: Chunks,
    /// The number of chunks read.
    count: usize,
    /// True if the last chunk was not full, and more bytes may take a while.
    is_low: bool,
    /// The result of the last read.
    end: Option<io::Result<()>>,
}

impl<R: Read> Intake<'_, R> {
    /// Reads the next chunk and returns its number. Returns `None` at the end.
    fn next(&mut self, buffer: Vec<u8>) -> Option<(usize, Chunk)> {
        if self.end.is_some() {
            return None;
        }
        match self.chunks.next(self.input, buffer).transpose() {
            Some(Ok(chunk)) => {
                let number = self.count;
                self.count += 1;
                self.is_low = !chunk.is_full;
                return Some((number, chunk));
            }
            Some(Err(error)) => self.end = Some(Err(error)),
            None => self.end = Some(Ok(())),
        }
        None
    }
}

/// A chunk that waits for its turn.
struct Decoded<S> {
    /// The thread that read it.
    worker: usize,
    chunk: Chunk,
    /// True if speculation was tried.
    is_speculated: bool,
    speculation: Option<Speculation<S>>,
}

/// The chunks that wait for their turn, and memory for reuse.
struct Queue<S> {
    /// The chunks in the order of the capture; `None` while a thread works on one.
    decoded: VecDeque<Option<Decoded<S>>>,
    /// The number of chunks passed to the sink.
    emitted: usize,
    /// Memory for reuse, for each thread.
    spare: Vec<Spare<S>>,
    /// The number of waiting threads.
    waiting: usize,
    back_off: BackOff,
    /// The reason why the run ends.
    stop: Option<Stop>,
}

/// Memory that one thread reuses, so that it stays in its processor's cache.
struct Spare<S> {
    /// Empty sinks.
    parts: Vec<S>,
    buffers: Vec<Vec<u8>>,
}

impl<S: Sink> Spare<S> {
    fn of(sink: &S) -> Self {
        Spare {
            parts: (0..AHEAD).map(|_| sink.fork()).collect(),
            buffers: Vec::new(),
        }
    }
}

impl<S> Queue<S> {
    /// Returns a sink for a chunk's records, if speculation is worthwhile.
    fn part_for(&mut self, worker: usize, chunk: &Chunk) -> Option<S> {
        if !(chunk.is_full && chunk.is_on_line && self.back_off.allows()) {
            return None;
        }
        let own = self.spare[worker].parts.pop();
        own.or_else(|| self.spare.iter_mut().find_map(|spare| spare.parts.pop()))
    }

    fn put(&mut self, number: usize, decoded: Decoded<S>) {
        let at = number - self.emitted;
        if self.decoded.len() <= at {
            self.decoded.resize_with(at + 1, || None);
        }
        self.decoded[at] = Some(decoded);
    }

    fn take_ready(&mut self) -> Option<Decoded<S>> {
        match self.stop {
            None => self.decoded.front_mut()?.take(),
            Some(_) => None,
        }
    }

    /// Records that a chunk was passed to the sink.
    fn note(&mut self, worker: usize, chunk: Chunk, part: Option<S>, is_right: Result<bool, Stop>) {
        self.decoded.pop_front();
        self.emitted += 1;
        self.spare[worker].buffers.push(chunk.into_buffer());
        match is_right {
            Ok(is_right) if part.is_some() => self.back_off.learn(is_right),
            Ok(_) => {}
            Err(stop) => self.stop = Some(stop),
        }
        self.spare[worker].parts.extend(part);
    }

    /// Returns true if chunk `number` is at least `most` chunks ahead of the sink.
    fn is_far_ahead(&self, number: usize, most: usize) -> bool {
        number >= self.emitted + most
    }
}

/// Passes chunks to the sink in the order of the capture.
struct Emitter<'e, S> {
    reading: &'e mut Reading,
    filter: Filter,
    sink: &'e mut S,
}

impl<S: Sink> Emitter<'_, S> {
    /// Passes the next chunk to the sink. Returns true if its speculation was right.
    fn emit(&mut self, chunk: &Chunk, speculation: Option<Speculation<S>>) -> Result<bool, Stop> {
        let goal = speculation
            .as_ref()
            .map(|speculation| speculation.sync_point);
        let is_right = self.follow(chunk, goal)?;
        if let Some(speculation) = speculation.filter(|_| is_right) {
            let rest = &chunk.bytes()[speculation.done..];
            self.reading.hand_to(speculation.decoder, rest);
            self.sink.join(speculation.part)?;
        }
        Ok(is_right)
    }

    /// Decodes a chunk up to `goal`. Returns true if it was reached.
    fn follow(&mut self, chunk: &Chunk, goal: Option<SyncPoint>) -> Result<bool, Stop> {
        let mut part = self.sink.fork();
        let is_reached = self
            .reading
            .follow(chunk, goal, &mut self.filter, &mut part);
        self.sink.join(part)?;
        Ok(is_reached)
    }

    /// Decodes the end of the capture, which begins with `carried`.
    fn finish(&mut self, carried: &[u8]) -> Result<(), Stop> {
        self.reading.text.push(carried);
        let mut part = self.sink.fork();
        self.reading.emit(&mut self.filter, &mut part);
        self.sink.join(part)
    }
}

/// Pauses speculation after failures. In a capture that is one array, it always fails.
#[derive(Debug, Default)]
struct BackOff {
    /// The number of failures since the last success.
    wrong: u32,
    /// The number of chunks without speculation.
    pause: u32,
}

impl BackOff {
    const LONGEST: u32 = 6;

    fn learn(&mut self, is_right: bool) {
        self.wrong = if is_right { 0 } else { self.wrong + 1 };
        self.pause = (1 << self.wrong.min(Self::LONGEST)) - 1;
    }

    fn allows(&mut self) -> bool {
        let allows = self.pause == 0;
        self.pause = self.pause.saturating_sub(1);
        allows
    }
}
