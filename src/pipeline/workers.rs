//! Decoding on several threads, with the output of one.
//!
//! Whether a line of a capture begins a payload or is in the middle of one depends on all that stands before it. So
//! the threads guess: each takes a chunk that begins on a line, decodes it as if nothing went on there, and notes the
//! first [`SyncPoint`](crate::scan::Waypoint) behind the first payload it finds. What it found up to there is dropped,
//! what it finds behind is kept for the decoder that has read everything before. When it is the chunk's turn that one
//! reads on in it until it comes by the waypoint itself. From there on both would do the same, so it need not: the rest
//! of the chunk is as the guess says, and the decoder of the guess, which has read to the end of the chunk, is the one
//! that has read everything now. If it does not come by (the chunk began in an array, or in a message that quotes
//! another), it reads all of the chunk, and the guess is dropped.
//!
//! So by induction over chunks every record comes from a decoder in the state in which a single one would have been.
//! What this rests on: a decoder's steps depend on its state and the bytes that follow, never on where a buffer ends;
//! and a waypoint holds all of that state. Guessing well is a matter of speed only. A payload or so of each chunk is
//! decoded twice.
//!
//! All threads do the same, each with bytes that stay near its processor: read the next chunk (`Intake`), guess, queue
//! the chunk (`Queue`) and, unless another thread is at it, give those whose turn it is to the sink (`Giver`). None
//! waits for another, unless it is far ahead. After a read that gave less than it was asked for, which says that nothing
//! more is there, nobody reads before everything was given to the sink: what is live stays live.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope};

use crate::input::Input;
use crate::pipeline::blocks::Blocks;
use crate::pipeline::chunk::{Chunk, Chunks};
use crate::pipeline::reading::Reading;
use crate::pipeline::speculation::{Speculation, Speculator};
use crate::pipeline::{Error, Options, Sink, Stop};
use crate::scan::SyncPoint;
use crate::select::Chooser;

/// So many chunks for each thread may be decoded before the first of them is given to the sink.
const AHEAD: usize = 3;

/// Gives what is left of a capture to `sink`.
pub(super) fn give<S: Sink>(
    blocks: &mut Blocks<impl Read + Send>,
    threads: usize,
    options: &Options,
    chooser: &Chooser,
    sink: &mut S,
) -> Result<(), Error> {
    let place = blocks.end();
    let speculator = Speculator {
        source: &blocks.source,
        limits: blocks.limits,
        policy: &options.policy,
        wants_queries: options.wants_queries,
        chooser: chooser.clone(),
        cache: blocks.reading.cache(),
    };
    let workers = Workers {
        threads,
        intake: Mutex::new(Intake {
            input: &mut blocks.input,
            chunks: Chunks::new(options.block_size(), place),
            count: 0,
            is_low: false,
            end: None,
        }),
        queue: Mutex::new(Queue {
            given: 0,
            decoded: VecDeque::new(),
            spare: (0..threads).map(|_| Spare::of(sink)).collect(),
            waiting: 0,
            back_off: BackOff::default(),
            stop: None,
        }),
        moved: Condvar::new(),
        giver: Mutex::new(Giver {
            reading: &mut blocks.reading,
            chooser: chooser.clone(),
            sink,
        }),
    };
    thread::scope(|scope| workers.work(scope, 0, speculator));
    workers.finish()
}

/// What the threads share. Who holds one lock waits only for those that stand below it.
struct Workers<'e, R, S> {
    threads: usize,
    intake: Mutex<Intake<'e, R>>,
    giver: Mutex<Giver<'e, S>>,
    queue: Mutex<Queue<S>>,
    /// A chunk was given to the sink, or the run ends.
    moved: Condvar,
}

impl<'e, R: Read + Send, S: Sink> Workers<'e, R, S> {
    /// Works as the thread `worker` as long as there are chunks. Threads are started one by one as there is work for them.
    fn work<'s>(&'s self, scope: &'s Scope<'s, '_>, worker: usize, mut speculator: Speculator<'e>) {
        let _alarm = Alarm(self);
        while let Some((number, chunk)) = self.next_chunk(worker) {
            if chunk.is_full && number + 1 < self.threads {
                let speculator = speculator.clone();
                scope.spawn(move || self.work(scope, number + 1, speculator));
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
            let queue = self.give_ready(queue);
            let most = self.threads * AHEAD;
            drop(self.wait_while(queue, |queue| queue.is_far_behind(number, most)));
        }
    }

    /// Reads the next chunk; `None` if there is none, or nobody wants it.
    fn next_chunk(&self, worker: usize) -> Option<(usize, Chunk)> {
        let mut intake = lock_soon(&self.intake);
        let (is_low, count) = (intake.is_low, intake.count);
        let mut queue = self.wait_while(self.queue(), |queue| is_low && queue.given < count);
        if queue.stop.is_some() {
            return None;
        }
        let buffer = queue.spare[worker].buffers.pop().unwrap_or_default();
        drop(queue);
        intake.next(buffer)
    }

    /// Gives to the sink what it is the turn of. If another thread is at it, that one looks at the queue again before it
    /// lets go.
    fn give_ready<'q>(&'q self, mut queue: MutexGuard<'q, Queue<S>>) -> MutexGuard<'q, Queue<S>> {
        let Ok(mut giver) = self.giver.try_lock() else {
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
            let is_right = giver.give(&chunk, speculation);
            let part = is_speculated.then(|| giver.sink.fork());
            queue = self.queue();
            queue.note(worker, chunk, part, is_right);
            if queue.waiting > 0 {
                self.moved.notify_all();
            }
        }
        queue
    }

    /// Waits while the queue is like that, unless the run ends.
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

    /// Gives to the sink what was read and is in no chunk.
    fn finish(self) -> Result<(), Error> {
        let mut giver = own(self.giver);
        if let Some(stop) = own(self.queue).stop {
            return Err(Error::Stopped(stop));
        }
        let Intake { chunks, end, .. } = own(self.intake);
        match end {
            Some(Err(_)) => giver.reading.reveal(),
            _ => giver.reading.text.end(),
        }
        giver.finish(chunks.carried()).map_err(Error::Stopped)?;
        end.unwrap_or(Ok(())).map_err(Error::Input)
    }
}

/// A thread that panicked has left nothing half done that anybody will see: all end.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The same for a lock that is held while something is read. If that is in memory, it takes less time than to be woken,
/// so the thread lets others go a few times first; if it is a live pipe, the thread has to sleep.
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

/// Ends the run when its thread panics, so that no other waits for what will not come.
struct Alarm<'a, 'e, R: Read + Send, S: Sink>(&'a Workers<'e, R, S>);

impl<R: Read + Send, S: Sink> Drop for Alarm<'_, '_, R, S> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.queue().stop.get_or_insert(Stop::Enough);
            self.0.moved.notify_all();
        }
    }
}

/// Where chunks come from.
struct Intake<'e, R> {
    input: &'e mut Input<R>,
    chunks: Chunks,
    /// How many were read.
    count: usize,
    /// The last was not full: there may be no more for a while.
    is_low: bool,
    /// How reading ended.
    end: Option<io::Result<()>>,
}

impl<R: Read> Intake<'_, R> {
    /// The next chunk and its number; `None` behind the last.
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

/// A chunk whose turn has not come.
struct Decoded<S> {
    /// Whose it is.
    worker: usize,
    chunk: Chunk,
    /// It was tried to guess what it holds.
    is_speculated: bool,
    speculation: Option<Speculation<S>>,
}

/// The chunks whose turn has not come, and what goes round.
struct Queue<S> {
    /// In the order of the capture; `None` while a thread is at it.
    decoded: VecDeque<Option<Decoded<S>>>,
    /// How many were given to the sink.
    given: usize,
    /// For each thread.
    spare: Vec<Spare<S>>,
    /// How many threads wait.
    waiting: usize,
    back_off: BackOff,
    /// Why the run ends.
    stop: Option<Stop>,
}

/// What goes round with one thread, so that it stays near its processor.
struct Spare<S> {
    /// To be filled.
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
    /// Where the records of a chunk go, if it is to be guessed.
    fn part_for(&mut self, worker: usize, chunk: &Chunk) -> Option<S> {
        if !(chunk.is_full && chunk.is_on_line && self.back_off.allows()) {
            return None;
        }
        let own = self.spare[worker].parts.pop();
        own.or_else(|| self.spare.iter_mut().find_map(|spare| spare.parts.pop()))
    }

    fn put(&mut self, number: usize, decoded: Decoded<S>) {
        let at = number - self.given;
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

    /// A chunk was given to the sink.
    fn note(&mut self, worker: usize, chunk: Chunk, part: Option<S>, is_right: Result<bool, Stop>) {
        self.decoded.pop_front();
        self.given += 1;
        self.spare[worker].buffers.push(chunk.into_buffer());
        match is_right {
            Ok(is_right) if part.is_some() => self.back_off.learn(is_right),
            Ok(_) => {}
            Err(stop) => self.stop = Some(stop),
        }
        self.spare[worker].parts.extend(part);
    }

    /// Whether more than `most` chunks wait from the first one up to `number`.
    fn is_far_behind(&self, number: usize, most: usize) -> bool {
        number >= self.given + most
    }
}

/// Gives chunks to the sink, in the order of the capture.
struct Giver<'e, S> {
    reading: &'e mut Reading,
    chooser: Chooser,
    sink: &'e mut S,
}

impl<S: Sink> Giver<'_, S> {
    /// Gives the next chunk, as it was guessed if that is right: whether it is.
    fn give(&mut self, chunk: &Chunk, speculation: Option<Speculation<S>>) -> Result<bool, Stop> {
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

    /// Gives a chunk up to `goal`: whether that was reached.
    fn follow(&mut self, chunk: &Chunk, goal: Option<SyncPoint>) -> Result<bool, Stop> {
        let mut part = self.sink.fork();
        let is_reached = self
            .reading
            .follow(chunk, goal, &mut self.chooser, &mut part);
        self.sink.join(part)?;
        Ok(is_reached)
    }

    /// Gives the end of the capture, which begins with `carried`.
    fn finish(&mut self, carried: &[u8]) -> Result<(), Stop> {
        self.reading.text.push(carried);
        let mut part = self.sink.fork();
        self.reading.give(&mut self.chooser, &mut part);
        self.sink.join(part)
    }
}

/// Whether guessing is worth the work: in a capture that is one array every guess is wrong.
#[derive(Debug, Default)]
struct BackOff {
    /// How many guesses were wrong since the last right one.
    wrong: u32,
    /// How many chunks will not be guessed at.
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
