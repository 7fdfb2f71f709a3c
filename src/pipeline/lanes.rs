//! Decoding on several threads, with the output of one.
//!
//! Whether a line of a capture begins a payload or is in the middle of one depends on all that stands before it. So
//! the threads guess: each takes a chunk that begins on a line, decodes it as if nothing went on there, and notes the
//! first [`Waypoint`] behind the first payload it finds. What it found up to there is dropped, what it finds behind is
//! kept for the one who knows: this thread has the decoder that has read everything before. That one reads on in the
//! chunk until it comes by the waypoint itself. From there on both would do the same, so it need not: the rest of the
//! chunk is as the guess says, and the decoder of the guess, which has read to the end of the chunk, is the one who
//! knows now. If it does not come by (the chunk began in an array, or in a message that quotes another), it reads all of
//! the chunk, and the guess is dropped.
//!
//! So by induction over chunks every record comes from a decoder in the state in which a single one would have been.
//! What this rests on: a decoder's steps depend on its state and the bytes that follow, never on where a buffer ends;
//! and a waypoint holds all of that state. Guessing well is a matter of speed only. A payload or so of each chunk is
//! decoded twice.
//!
//! This thread reads, cuts, collects in order and writes. It waits for a read only when everything before was given to
//! the sink, so what is live stays live; a read that gives less than it was asked for says that nothing more is there.

use std::collections::VecDeque;
use std::io::Read;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Scope};

use crate::frame::{Turn, Waypoint};
use crate::pipeline::blocks::{Blocks, hand_over};
use crate::pipeline::chunk::{Chunk, Chunks};
use crate::pipeline::{Error, Options, Sink, Stop};
use crate::record::{Decoder, Learnt};
use crate::seal::Policy;
use crate::select::Chooser;
use crate::wire::Limits;

/// So many chunks for each thread are read before the first of them is collected.
const AHEAD: usize = 2;

/// A chunk to guess at, and where the guess is waited for.
struct Job<S> {
    chunk: Chunk,
    part: S,
    reply: SyncSender<Guessed<S>>,
}

/// A chunk, and what it holds if it was possible to guess.
struct Guessed<S> {
    chunk: Chunk,
    guess: Option<Guess<S>>,
}

/// What a chunk holds from `waypoint` on.
struct Guess<S> {
    waypoint: Waypoint,
    part: S,
    /// It has read the chunk up to `done`, and the rest may go on in the next.
    decoder: Decoder,
    done: usize,
}

/// A chunk that was read.
enum Pending<S> {
    /// To be decoded here.
    Known(Chunk),
    Guessed(Receiver<Guessed<S>>),
}

/// Gives what is left of a capture to `sink`.
pub(super) fn give<S: Sink>(
    blocks: &mut Blocks<impl Read>,
    threads: usize,
    options: &Options,
    chooser: &Chooser,
    sink: &mut S,
) -> Result<(), Error> {
    let most = threads * AHEAD;
    let (jobs, waiting) = sync_channel(most);
    let waiting = Mutex::new(waiting);
    let source = blocks.source.clone();
    let guesser = Guesser {
        waiting: &waiting,
        source: &source,
        limits: options.limits,
        policy: &options.policy,
        wants_queries: options.wants_queries,
        chooser,
    };
    let chunks = Chunks::new(options.block_size, blocks.end());
    thread::scope(|scope| {
        let lanes = Lanes {
            blocks,
            chunks,
            chooser: chooser.clone(),
            pending: VecDeque::new(),
            doubt: Doubt::default(),
            crew: Crew {
                scope,
                guesser,
                threads,
                hired: 0,
                jobs,
            },
        };
        lanes.run(most, sink)
    })
}

/// The thread that knows.
struct Lanes<'s, 'e, R, S> {
    blocks: &'e mut Blocks<R>,
    chunks: Chunks,
    chooser: Chooser,
    /// In the order of the capture.
    pending: VecDeque<Pending<S>>,
    doubt: Doubt,
    crew: Crew<'s, 'e, S>,
}

impl<'s, R: Read, S: Sink + 's> Lanes<'s, '_, R, S> {
    fn run(mut self, most: usize, sink: &mut S) -> Result<(), Error> {
        loop {
            match self.chunks.next(&mut self.blocks.input) {
                Ok(Some(chunk)) => {
                    let is_full = chunk.is_full;
                    self.take(chunk, sink);
                    self.settle(if is_full { most } else { 0 }, sink)?;
                }
                Ok(None) => {
                    self.settle(0, sink)?;
                    self.blocks.input.end();
                    return self.finish(sink);
                }
                Err(error) => {
                    self.settle(0, sink)?;
                    self.blocks.reveal();
                    self.finish(sink)?;
                    return Err(Error::Input(error));
                }
            }
        }
    }

    /// Has a chunk decoded, or notes that it will be decoded here.
    fn take(&mut self, chunk: Chunk, sink: &S) {
        let guesses = chunk.is_full && chunk.is_on_line && self.doubt.allows();
        self.pending.push_back(match guesses {
            true => Pending::Guessed(self.crew.guess(chunk, sink.fork())),
            false => Pending::Known(chunk),
        });
    }

    /// Gives the first chunks to `sink`, until `most` are left.
    fn settle(&mut self, most: usize, sink: &mut S) -> Result<(), Error> {
        while self.pending.len() > most {
            let chunk = match self.pending.pop_front() {
                None => break,
                Some(Pending::Known(chunk)) => {
                    self.follow(&chunk, None, sink)?;
                    chunk
                }
                Some(Pending::Guessed(reply)) => match reply.recv() {
                    Ok(guessed) => self.check(guessed, sink)?,
                    // The thread panicked, and so will this one when it waits for the other to end.
                    Err(_) => return Err(Error::Stopped(Stop::Enough)),
                },
            };
            self.chunks.reuse(chunk);
        }
        Ok(())
    }

    /// Gives a chunk to `sink`, as it was guessed if that is right.
    fn check(&mut self, guessed: Guessed<S>, sink: &mut S) -> Result<Chunk, Error> {
        let Guessed { chunk, guess } = guessed;
        let goal = guess.as_ref().map(|guess| guess.waypoint);
        let is_right = self.follow(&chunk, goal, sink)?;
        self.doubt.learn(is_right);
        if let Some(guess) = guess.filter(|_| is_right) {
            let rest = &chunk.bytes()[guess.done..];
            self.blocks.hand_to(guess.decoder, rest);
            sink.join(guess.part).map_err(Error::Stopped)?;
        }
        Ok(chunk)
    }

    /// Gives a chunk to `sink` up to `goal`: whether that was reached.
    fn follow(
        &mut self,
        chunk: &Chunk,
        goal: Option<Waypoint>,
        sink: &mut S,
    ) -> Result<bool, Error> {
        let mut part = sink.fork();
        let is_reached = self
            .blocks
            .follow(chunk, goal, &mut self.chooser, &mut part);
        sink.join(part).map_err(Error::Stopped)?;
        Ok(is_reached)
    }

    /// Gives to `sink` what was read and is in no chunk.
    fn finish(&mut self, sink: &mut S) -> Result<(), Error> {
        self.blocks.input.push(&self.chunks.take_carried());
        let mut part = sink.fork();
        self.blocks.give(&mut self.chooser, &mut part);
        sink.join(part).map_err(Error::Stopped)
    }
}

/// Whether guessing is worth the work: in a capture that is one array every guess is wrong.
#[derive(Debug, Default)]
struct Doubt {
    /// How many guesses were wrong since the last right one.
    wrong: u32,
    /// How many chunks will not be guessed at.
    pause: u32,
}

impl Doubt {
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

/// The threads that guess. They are started one by one as there is work, and end when this is dropped.
struct Crew<'s, 'e, S> {
    scope: &'s Scope<'s, 'e>,
    guesser: Guesser<'s, S>,
    threads: usize,
    hired: usize,
    jobs: SyncSender<Job<S>>,
}

impl<'s, S: Sink + 's> Crew<'s, '_, S> {
    fn guess(&mut self, chunk: Chunk, part: S) -> Receiver<Guessed<S>> {
        if self.hired < self.threads {
            let guesser = self.guesser;
            self.scope.spawn(move || guesser.work());
            self.hired += 1;
        }
        let (reply, guessed) = sync_channel(1);
        // The other end is not dropped before this one.
        _ = self.jobs.send(Job { chunk, part, reply });
        guessed
    }
}

/// What a thread needs to guess.
struct Guesser<'s, S> {
    waiting: &'s Mutex<Receiver<Job<S>>>,
    source: &'s str,
    limits: Limits,
    policy: &'s Option<Arc<Policy>>,
    wants_queries: bool,
    chooser: &'s Chooser,
}

impl<S> Clone for Guesser<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Guesser<'_, S> {}

impl<S: Sink> Guesser<'_, S> {
    /// Works until there are no more jobs, or nobody wants to know.
    fn work(self) {
        let mut chooser = self.chooser.clone();
        let mut learnt = Learnt::default();
        while let Some(Job { chunk, part, reply }) = self.next_job() {
            let guess = self.guess(&chunk, part, &mut chooser, &learnt);
            if let Some(guess) = &guess {
                learnt = guess.decoder.learnt();
            }
            if reply.send(Guessed { chunk, guess }).is_err() {
                return;
            }
        }
    }

    fn next_job(self) -> Option<Job<S>> {
        let waiting = self.waiting.lock();
        // Whoever waited last cannot have left it half done.
        waiting.unwrap_or_else(PoisonError::into_inner).recv().ok()
    }

    fn guess(
        self,
        chunk: &Chunk,
        mut part: S,
        chooser: &mut Chooser,
        learnt: &Learnt,
    ) -> Option<Guess<S>> {
        let bytes = chunk.bytes();
        // A source of its own, so that threads do not count in the same place.
        let mut decoder = Decoder::on_line(self.source.into(), self.limits, chunk.place)
            .opening(self.policy.clone())
            .with_queries(self.wants_queries)
            .knowing(learnt.clone());
        let waypoint = first_waypoint(&mut decoder, bytes)?;
        decoder.scanner.forget_noise();
        while let Some(record) = decoder.next(bytes, false) {
            let memory = hand_over(record, chooser, &mut part);
            decoder.recycle(memory);
        }
        let done = decoder.scanner.take_done(bytes);
        Some(Guess {
            waypoint,
            part,
            decoder,
            done,
        })
    }
}

/// The first waypoint behind a payload.
fn first_waypoint(decoder: &mut Decoder, bytes: &[u8]) -> Option<Waypoint> {
    let mut found = false;
    loop {
        if found && let Some(waypoint) = decoder.scanner.waypoint(bytes) {
            return Some(waypoint);
        }
        match decoder.step(bytes) {
            Turn::Found(record) => {
                found = true;
                let memory = record.into_memory();
                decoder.recycle(memory);
            }
            Turn::Moved => {}
            Turn::Stuck => return None,
        }
    }
}
