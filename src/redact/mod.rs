//! Captures that can be shown to others: each id is replaced by a pseudonym of its length and characters.
//!
//! Ids are replaced wherever they stand, escaped or not: in payloads, in queries beside them, and in other text. An id is
//! recognised by its shape, or because a payload has it as the value of a field for ids. A payload may stand after the text
//! that holds its id, so a capture is read to its end first (`collect`), then written (`rewrite`). Between the two, `patch`
//! prepares what can be replaced only at its place in a payload: ids that are too short to be replaced elsewhere, ids that a
//! container cuts, and encrypted text. What was written is read again before it is handed out (`proof`).
//!
//! `pseudonym` is the permutation, `form` knows the shapes, `unit` the escapes, `armor` base64,
//! `numbers` the numbers of bytes and `dump` hex dumps; `names` finds ids by the names before them.

mod armor;
mod collect;
mod dump;
mod form;
mod known;
mod names;
mod numbers;
mod patch;
mod proof;
mod pseudonym;
mod refusal;
mod rewrite;
mod unit;

use std::io::{self, Read, Seek, Write};
use std::panic;
use std::sync::Arc;
use std::thread::{self, ScopedJoinHandle};

use tempfile::SpooledTempFile;

use crate::input::{Input, Text};
use crate::pipeline::{self, Error, Options, Sink, Stop};
use collect::Collector;
use known::Known;
use patch::{Patch, PatchReader, Patcher};
use proof::{Sum, Written};
pub use pseudonym::Key;
use pseudonym::Pseudonyms;
pub use refusal::Refusal;
use rewrite::{Rewriter, Signatures};

/// The most bytes that are kept in memory. The rest goes to a temporary file.
const IN_MEMORY: usize = 16 << 20;

/// What was done to a capture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Redaction {
    /// The number of ids that were replaced. An id counts each time it stands in the capture.
    pub replaced: u64,
    /// The number of encrypted payloads that were opened and encrypted again.
    pub resealed: u64,
    /// The number of encrypted payloads that no key opens. Their content was blanked.
    pub blanked: u64,
    /// The number of signatures that were blanked: they were wrong, or their token is not known.
    pub unsigned: u64,
}

impl Redaction {
    /// Adds what was done to another capture.
    pub fn join(&mut self, other: &Redaction) {
        self.replaced += other.replaced;
        self.resealed += other.resealed;
        self.blanked += other.blanked;
        self.unsigned += other.unsigned;
    }
}

/// Replaces the ids of captures.
///
/// ```
/// use std::io::Read;
/// use wxsub::redact::{Key, Redactor};
///
/// let log = "GET /wx?openid=otFpruAK8D-E6EfStSYonYSBZ8_4 200\n";
/// let redactor = Redactor::new(Key::new(b"our own secret"), &Default::default());
/// let mut redacted = String::new();
/// redactor.redact(log.as_bytes())?.read_to_string(&mut redacted)?;
/// assert_eq!(redacted.len(), log.len());
/// assert!(redacted.starts_with("GET /wx?openid=o") && !redacted.contains("otFpru"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Redactor {
    key: Key,
    options: Options,
}

impl Redactor {
    /// Makes a redactor. The policy of `options` has the keys of encrypted payloads.
    pub fn new(key: Key, options: &Options) -> Self {
        Redactor {
            key,
            options: options.clone(),
        }
    }

    /// Returns the pseudonym of `id`.
    pub fn pseudonym(&self, id: &str) -> String {
        self.key.pseudonym(id)
    }

    /// Reads a capture to its end, and returns a reader of its bytes with pseudonyms.
    ///
    /// A large capture is kept in a temporary file. After the capture was read, `from` is still asked, for no bytes,
    /// while the work goes on: if that fails, the work ends.
    ///
    /// # Errors
    ///
    /// Fails if the capture cannot be read or kept, or with a [`Refusal`].
    pub fn redact<R: Read + Send>(&self, from: R) -> io::Result<Redacted<R>> {
        let (mut kept, mark, is_big_endian) = keep(from)?;
        let mut collector = Collector::new(
            self.options.policy.clone(),
            Pseudonyms::new(self.key.clone()),
        );
        self.pass(&mut kept, false, &mut collector)?;
        kept.rewind()?;
        names::collect(&mut kept, &mut collector.known)?;
        if collector.known.is_full() {
            return Err(Refusal::TooManyIds.into());
        }
        let (known, mut expected) = (Arc::new(collector.known), collector.expected);
        let written = Written::new(self.options.policy.clone(), collector.hidden);
        let policy = self.options.policy.clone();
        let mut patcher = Patcher::new(self.key.clone(), known.clone(), policy);
        if collector.needs_places {
            patcher = patcher.writing();
            self.pass(&mut kept, true, &mut patcher)?;
        }
        let (mut patches, signatures, redaction, resealed) = patcher.finish()?;
        expected.join(resealed);
        kept.rewind()?;
        let rewriting = Rewriting {
            kept,
            rewriters: rewriters(&self.key, known, signatures, self.options.threads()),
            patch: patches.next()?,
            patches,
            redaction,
            is_big_endian,
            text: Vec::new(),
            done: 0,
            offset: 0,
            has_ended: false,
            out: mark.to_vec(),
            given: 0,
        };
        self.prove(rewriting, written, expected)
    }

    /// Writes what is rewritten, and reads it into `written`: it must come to what is `expected`.
    fn prove<R: Read + Send>(
        &self,
        mut rewriting: Rewriting<R>,
        mut written: Written,
        expected: Sum,
    ) -> io::Result<Redacted<R>> {
        let mut spool = SpooledTempFile::new(IN_MEMORY);
        let copying = Copying {
            from: &mut rewriting,
            to: &mut spool,
        };
        self.read(copying, false, &mut written)?;
        // What the pipeline did not need is wanted, too.
        io::copy(&mut rewriting, &mut spool)?;
        if written.sum != expected || written.has_hidden {
            return Err(Refusal::Irreplaceable.into());
        }
        spool.rewind()?;
        let redaction = rewriting.redaction();
        let from = rewriting.kept.from;
        let kept = Kept { from, spool };
        Ok(Redacted { kept, redaction })
    }

    /// Passes the records of the capture to `sink`.
    fn pass<R: Read + Send>(
        &self,
        kept: &mut Kept<R>,
        wants_queries: bool,
        sink: &mut impl Sink,
    ) -> io::Result<()> {
        kept.rewind()?;
        self.read(kept, wants_queries, sink)
    }

    /// Passes the records of what `from` reads to `sink`. Encrypted payloads stay encrypted.
    fn read(
        &self,
        from: impl Read + Send,
        wants_queries: bool,
        sink: &mut impl Sink,
    ) -> io::Result<()> {
        let options = Options {
            policy: None,
            wants_queries,
            keeps_noise: false,
            ..self.options.clone()
        };
        match pipeline::run(from, "", &options, sink) {
            Ok(()) | Err(Error::Stopped(Stop::Enough)) => Ok(()),
            Err(Error::Input(error) | Error::Stopped(Stop::Output(error))) => Err(error),
        }
    }
}

/// Makes a rewriter for each thread.
fn rewriters(
    key: &Key,
    known: Arc<Known>,
    signatures: Signatures,
    threads: usize,
) -> Vec<Rewriter> {
    let first = Rewriter::new(key.clone(), known).signing(signatures);
    (1..threads)
        .map(|_| first.fork())
        .chain([first.fork()])
        .collect()
}

/// What is kept of a capture that was read to its end.
#[derive(Debug)]
struct Kept<R> {
    /// The capture itself. Only its errors are of interest.
    from: R,
    spool: SpooledTempFile,
}

impl<R> Kept<R> {
    fn rewind(&mut self) -> io::Result<()> {
        self.spool.rewind()
    }
}

impl<R: Read> Read for Kept<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        _ = self.from.read(&mut [])?;
        self.spool.read(to)
    }
}

/// Keeps a capture as UTF-8, without its byte order mark. Returns the mark, too, and whether the capture was UTF-16 with the
/// big end first.
fn keep<R: Read>(mut from: R) -> io::Result<(Kept<R>, &'static [u8], Option<bool>)> {
    const BLOCK: usize = 256 << 10;
    let mut input = Input::new(&mut from, BLOCK);
    let (mut spool, mut text) = (SpooledTempFile::new(IN_MEMORY), Text::default());
    while !text.is_ended() {
        input.read(&mut text)?;
        spool.write_all(text.bytes())?;
        text.drop_front(text.bytes().len());
    }
    let (mark, is_big_endian) = input.mark();
    Ok((Kept { from, spool }, mark, is_big_endian))
}

/// The bytes of a capture with pseudonyms.
#[derive(Debug)]
pub struct Redacted<R> {
    kept: Kept<R>,
    redaction: Redaction,
}

impl<R> Redacted<R> {
    /// Returns what was done.
    pub fn redaction(&self) -> Redaction {
        self.redaction
    }
}

impl<R: Read> Read for Redacted<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.kept.read(to)
    }
}

/// A reader that keeps what it reads.
struct Copying<'r, R> {
    from: &'r mut Rewriting<R>,
    to: &'r mut SpooledTempFile,
}

impl<R: Read> Read for Copying<'_, R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let len = self.from.read(to)?;
        self.to.write_all(&to[..len])?;
        Ok(len)
    }
}

/// A capture that is being rewritten.
#[derive(Debug)]
struct Rewriting<R> {
    kept: Kept<R>,
    /// A rewriter for each thread.
    rewriters: Vec<Rewriter>,
    /// The next patch.
    patch: Option<Patch>,
    /// The patches after it.
    patches: PatchReader,
    redaction: Redaction,
    /// The order of bytes, if the capture is UTF-16.
    is_big_endian: Option<bool>,
    /// Text of the capture, as far as it was read and not dropped.
    text: Vec<u8>,
    /// The number of bytes of `text` that are rewritten.
    done: usize,
    /// The offset in the capture of the first byte that is not rewritten.
    offset: u64,
    has_ended: bool,
    /// Rewritten bytes.
    out: Vec<u8>,
    /// The number of bytes of `out` that the caller has read.
    given: usize,
}

impl<R: Read> Rewriting<R> {
    /// The size of a read.
    const BLOCK: usize = 1 << 20;
    /// The most text that waits for a place where it may be divided. More is rewritten as it is.
    const MOST: usize = 64 << 20;

    /// Returns what was done up to now.
    fn redaction(&self) -> Redaction {
        Redaction {
            replaced: self.redaction.replaced
                + self.rewriters.iter().map(|it| it.replaced).sum::<u64>(),
            ..self.redaction
        }
    }

    /// Returns the text that is not rewritten.
    fn rest(&self) -> &[u8] {
        &self.text[self.done..]
    }

    /// Reads a block of the capture.
    fn fill(&mut self) -> io::Result<()> {
        self.text.drain(..self.done);
        self.done = 0;
        let len = self.text.len();
        let block = Self::BLOCK as u64;
        Read::take(&mut self.kept, block).read_to_end(&mut self.text)?;
        self.has_ended = self.text.len() == len;
        Ok(())
    }

    /// Rewrites some text, or reads more. Returns false at the end.
    fn go_on(&mut self) -> io::Result<bool> {
        if self.rest().is_empty() && !self.has_ended {
            self.fill()?;
        }
        let before_patch = self.patch.as_ref().map(|patch| patch.offset - self.offset);
        let len = self.rest().len();
        match before_patch {
            Some(0) => self.apply()?,
            Some(before) if before <= len as u64 => self.rewrite(before as usize),
            _ => match whole(self.rest(), self.has_ended || len >= Self::MOST) {
                0 if self.has_ended => return Ok(false),
                0 => self.fill()?,
                len => self.rewrite(len),
            },
        }
        Ok(true)
    }

    /// Rewrites the first `len` bytes of the text.
    fn rewrite(&mut self, len: usize) {
        let mut out = std::mem::take(&mut self.out);
        let start = out.len();
        let text = &self.text[self.done..][..len];
        rewrite(&mut self.rewriters, text, &mut out);
        self.out = self.encoded(out, start);
        self.pass(len);
    }

    /// Applies the next patch, which replaces the start of the text.
    fn apply(&mut self) -> io::Result<()> {
        let Some(patch) = self.patch.take() else {
            return Ok(());
        };
        while self.rest().len() < patch.old.len() && !self.has_ended {
            self.fill()?;
        }
        if !self.rest().starts_with(&patch.old) {
            return Err(Refusal::Changed.into());
        }
        let mut out = std::mem::take(&mut self.out);
        let start = out.len();
        out.extend_from_slice(&patch.new);
        self.out = self.encoded(out, start);
        self.redaction.replaced += 1;
        self.pass(patch.old.len());
        // A patch inside the replaced bytes is out of date.
        self.patch = self.patches.next()?;
        while self
            .patch
            .as_ref()
            .is_some_and(|patch| patch.offset < self.offset)
        {
            self.patch = self.patches.next()?;
        }
        Ok(())
    }

    /// Notes that the first `len` bytes of the text are rewritten.
    fn pass(&mut self, len: usize) {
        self.done += len;
        self.offset += len as u64;
    }

    /// Encodes what `out` has from `start` on, if the capture is UTF-16.
    fn encoded(&self, mut out: Vec<u8>, start: usize) -> Vec<u8> {
        if let Some(is_big_endian) = self.is_big_endian {
            let text = out.split_off(start);
            units(&text).for_each(|unit| {
                out.extend(match is_big_endian {
                    true => unit.to_be_bytes(),
                    false => unit.to_le_bytes(),
                });
            });
        }
        out
    }
}

/// Rewrites `text` on as many threads as there are rewriters, if it is long.
fn rewrite(rewriters: &mut [Rewriter], text: &[u8], out: &mut Vec<u8>) {
    let [first, others @ ..] = rewriters else {
        return;
    };
    let parts = parts(text, 1 + others.len());
    thread::scope(|scope| {
        let (own, rest) = parts.split_first().unwrap_or((&text, &[]));
        let threads: Vec<_> = others
            .iter_mut()
            .zip(rest)
            .map(|(rewriter, part)| {
                let run = move || {
                    let mut out = Vec::with_capacity(part.len());
                    rewriter.rewrite(part, &mut out);
                    out
                };
                (thread::Builder::new().spawn_scoped(scope, run), part)
            })
            .collect();
        first.rewrite(own, out);
        for (thread, part) in threads {
            match thread.map(ScopedJoinHandle::join) {
                Ok(Ok(part)) => out.extend_from_slice(&part),
                Ok(Err(fault)) => panic::resume_unwind(fault),
                // The system allows no more threads.
                Err(_) => first.rewrite(part, out),
            }
        }
    });
}

/// Divides `text` into at most `count` parts, at places where no word, escape or encoded text is cut.
fn parts(text: &[u8], count: usize) -> Vec<&[u8]> {
    const SHORTEST: usize = 128 << 10;
    let size = SHORTEST.max(text.len() / count);
    let (mut parts, mut rest) = (Vec::new(), text);
    while parts.len() + 1 < count && rest.len() > size {
        let (part, after) = rest.split_at(whole(&rest[..size], false));
        if part.is_empty() {
            break;
        }
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    parts
}

impl<R: Read> Read for Rewriting<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.given == self.out.len() {
            self.given = 0;
            self.out.clear();
            if !self.go_on()? {
                return Ok(0);
            }
        }
        let len = to.len().min(self.out.len() - self.given);
        to[..len].copy_from_slice(&self.out[self.given..][..len]);
        self.given += len;
        Ok(len)
    }
}

/// Returns the length of the text that can be rewritten: up to a place where no word, escape or encoded text is cut.
fn whole(text: &[u8], is_all: bool) -> usize {
    if is_all {
        return text.len();
    }
    let line = memchr::memrchr_iter(b'\n', text).find(|at| !may_go_on(&text[..*at]));
    let end = match line {
        None if text.len() < MOST_LINES => return 0,
        None => memchr::memrchr3(b'\n', b' ', b'<', text),
        line => line,
    };
    end.map_or(0, |end| end + 1)
}

/// The most bytes of lines that may each continue in the next line. Longer text is also divided at blanks and elements.
const MOST_LINES: usize = 16 << 20;

/// Returns true if base64, numbers or a dump at the end of `line` may go on in the next line.
fn may_go_on(line: &[u8]) -> bool {
    const SHORTEST: usize = 16;
    const ROW: usize = 128;
    let near = &line[line.len().saturating_sub(ROW)..];
    let start = memchr::memrchr(b'\n', near).map_or(0, |at| at + 1);
    if dump::is_row(&near[start..]) {
        return true;
    }
    let line = line[line.len().saturating_sub(4 * SHORTEST)..].trim_ascii_end();
    let end = line.last_chunk::<SHORTEST>();
    let is_inside = |b: &u8| b.is_ascii_alphanumeric() || b"+/-_".contains(b);
    let is_number = |b: &u8| b.is_ascii_digit() || b", ".contains(b);
    end.is_none_or(|end| end.iter().all(is_inside) || end.iter().all(is_number))
}

/// Returns the units of UTF-16 of which `text` was made.
fn units(text: &[u8]) -> impl Iterator<Item = u16> {
    let chunks = text.utf8_chunks();
    chunks.flat_map(|chunk| {
        let half = match chunk.invalid() {
            [] => None,
            // Half of a surrogate pair, which is no character.
            _ => Some(0xFFFD),
        };
        chunk.valid().encode_utf16().chain(half)
    })
}
