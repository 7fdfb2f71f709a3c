//! Compressed captures: recognised by their first bytes, never by their name, and decompressed while they are read.
//!
//! gzip, zstd, bzip2 and xz, each also as several members one behind the other. What is not compressed passes through
//! untouched, so everything can be read through [`Decompressed`]. Offsets of findings count decompressed bytes.
//!
//! `magic` tells the formats apart, `codec` has one decoder for each, `buffer` holds what was read and not taken yet.
//! Adding a format: a variant and a row in `magic`, an arm in `codec`.

mod buffer;
mod codec;
mod error;
mod magic;
mod zstd;

use std::fmt;
use std::io::{self, Read};

use buffer::Buffer;
use codec::{Codec, Flow};
use magic::{Guess, guess};

pub use error::Error;
pub use magic::Compression;

/// A reader of what is in a capture, compressed or not.
///
/// Everything in front of damaged or missing data is given before the error, whose inner error is an [`Error`]. Memory
/// is bounded: what needs a window or dictionary of more than 128 MiB is refused. So is what grows too much, see
/// [`Decompressed::max_expansion`].
///
/// What has arrived is given at once. Only zstd holds back what its window, up to 8 MiB as a rule, still needs.
///
/// ```
/// use std::io::Write;
///
/// use flate2::{Compression, write::GzEncoder};
/// use wxsub::{Capture, Decompressed, Event};
///
/// let log = b"<xml><Event>subscribe_msg_sent_event</Event></xml>";
/// let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
/// gzip.write_all(log)?;
///
/// for capture in [&gzip.finish()?[..], log] {
///     let record = Capture::new(Decompressed::new(capture)).next().expect("a record")?;
///     assert_eq!(record.callback().map(|callback| callback.event()), Some(Event::Sent));
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Decompressed<R> {
    from: Buffer<R>,
    state: State,
    /// What to say when everything in front of it was given.
    failed: Option<io::Error>,
    written: u64,
    max_expansion: u64,
    /// What may come out however little went in.
    free: u64,
}

enum State {
    /// Nothing is known yet.
    Start,
    /// Not compressed.
    Plain,
    Member(Codec),
    /// Behind a member; another one may follow.
    Behind(Compression),
    Ended,
}

/// The most memory that a window or dictionary may take.
const MEMORY: u64 = 128 << 20;

/// Below this, growth is not limited: a small file of blanks does no harm.
const FREE: u64 = 1 << 30;

impl<R: Read> Decompressed<R> {
    /// How many times its own size compressed data may grow to, unless [`Decompressed::max_expansion`] says otherwise.
    pub const MAX_EXPANSION: u64 = 1000;

    /// Reads `from`, and decompresses it if it is compressed.
    pub fn new(from: R) -> Self {
        Decompressed {
            from: Buffer::new(from),
            state: State::Start,
            failed: None,
            written: 0,
            max_expansion: Self::MAX_EXPANSION,
            free: FREE,
        }
    }

    /// The same with another limit on growth: beyond 1 GiB, no more than `times` the compressed bytes may come out.
    ///
    /// Logs shrink to a tenth, very dull ones to a hundredth; what grows a thousandfold was made to do harm.
    ///
    /// ```
    /// use wxsub::Decompressed;
    ///
    /// let text = std::io::read_to_string(Decompressed::new(&b"not compressed"[..]).max_expansion(50))?;
    /// assert_eq!(text, "not compressed");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn max_expansion(mut self, times: u64) -> Self {
        self.max_expansion = times;
        self
    }

    /// How the data is compressed, if it is; reads as much as it takes to tell, which is not lost.
    ///
    /// ```
    /// use wxsub::{Decompressed, decompress::Compression};
    ///
    /// assert_eq!(Decompressed::new(&b"BZh91AY&SY"[..]).compression()?, Some(Compression::Bzip2));
    /// assert_eq!(Decompressed::new(&b"a log"[..]).compression()?, None);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The data cannot be read.
    pub fn compression(&mut self) -> io::Result<Option<Compression>> {
        while matches!(self.state, State::Start) {
            self.start()?;
        }
        Ok(match &self.state {
            State::Member(codec) => Some(codec.format()),
            State::Behind(format) => Some(*format),
            _ => None,
        })
    }

    fn start(&mut self) -> io::Result<()> {
        self.state = match guess(self.from.ahead()) {
            Guess::Is(format) => State::Member(Codec::new(format)),
            Guess::Unsure if !self.from.has_ended() => return self.from.fill(),
            Guess::Unsure | Guess::Plain => State::Plain,
        };
        Ok(())
    }

    /// Passes zeros over, with which tapes and some tools fill the last block, and begins the next member.
    fn behind(&mut self, format: Compression) -> io::Result<()> {
        self.from.skip_zeros();
        self.state = match guess(self.from.ahead()) {
            Guess::Is(format) => State::Member(Codec::new(format)),
            Guess::Unsure if !self.from.has_ended() => return self.from.fill(),
            Guess::Unsure if self.from.ahead().is_empty() => State::Ended,
            Guess::Unsure => return Err(Error::CutOff { format }.into()),
            Guess::Plain => {
                let offset = self.from.taken();
                return Err(Error::Trailing { format, offset }.into());
            }
        };
        Ok(())
    }

    /// Decompresses some more; `None` if that gave nothing yet.
    fn step(&mut self, out: &mut [u8]) -> io::Result<Option<usize>> {
        match &mut self.state {
            State::Start => self.start()?,
            State::Plain => return self.from.read_through(out).map(Some),
            &mut State::Behind(format) => self.behind(format)?,
            State::Ended => return Ok(Some(0)),
            State::Member(codec) => {
                let (written, flow) = codec.step(&mut self.from, out);
                let format = codec.format();
                self.account(format, written, flow);
                return Ok((written > 0).then_some(written));
            }
        }
        Ok(None)
    }

    /// Notes how far a member came. What is wrong with it is said behind what was written.
    fn account(&mut self, format: Compression, written: usize, flow: io::Result<Flow>) {
        self.written += written as u64;
        match flow {
            Ok(Flow::More) => {}
            Ok(Flow::Ended) => self.state = State::Behind(format),
            Err(error) => self.failed = Some(error),
        }
        let times = self.max_expansion;
        if self.written > self.from.taken().saturating_mul(times).max(self.free) {
            self.failed = Some(Error::Expands { format, times }.into());
        }
    }
}

impl<R: Read> Read for Decompressed<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(error) = self.failed.take() {
                self.state = State::Ended;
                return Err(error);
            }
            match self.step(out) {
                Ok(None) => {}
                Ok(Some(read)) => return Ok(read),
                Err(error) => self.failed = Some(error),
            }
        }
    }
}

impl<R> fmt::Debug for Decompressed<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = match &self.state {
            State::Member(codec) => Some(codec.format()),
            State::Behind(format) => Some(*format),
            _ => None,
        };
        f.debug_struct("Decompressed")
            .field("format", &format)
            .field("written", &self.written)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_limited_where_it_is_large() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        io::copy(&mut io::repeat(b' ').take(1 << 20), &mut gzip).unwrap();
        let gzip = gzip.finish().unwrap();
        let read = |free, times| {
            let mut from = Decompressed::new(&gzip[..]).max_expansion(times);
            from.free = free;
            let mut text = Vec::new();
            let result = from.read_to_end(&mut text);
            (text.len(), result.map_err(|error| error.to_string()))
        };
        let grows = "the gzip data grows to more than 10 times its size";
        assert_eq!(read(1 << 20, 10), (1 << 20, Ok(1 << 20)));
        assert_eq!(read(0, 2000), (1 << 20, Ok(1 << 20)));
        let (len, result) = read(100_000, 10);
        assert_eq!(result, Err(grows.into()));
        assert!((100_000..400_000).contains(&len), "{len}");
    }
}
