//! Decompresses captures while they are read. The format is recognised by its first bytes, never by the file's name.
//!
//! The formats are gzip, zstd, bzip2 and xz, each also with several members. Uncompressed data passes unchanged, so any
//! input can be read through [`Decompressed`]. Offsets of findings count decompressed bytes. [`Archive`] reads the
//! members of a zip archive, each of which is a capture.
//!
//! `magic` recognises formats, `codec` has a decoder for each, `buffer` holds bytes that are read but not consumed.
//! Adding a format: a variant and a row in `magic`, an arm in `codec`.

mod archive;
mod buffer;
mod codec;
mod error;
mod magic;
mod zstd;

use std::fmt;
use std::io::{self, Read};

use buffer::Buffer;
use codec::{Codec, MemberState};
use magic::{Detected, detect, detect_member};

pub use archive::{Archive, BadMember, Member, MemberReader};
pub use error::Error;
pub use magic::Compression;
pub(crate) use magic::GZIP;

/// A reader that decompresses a capture if it is compressed.
///
/// Data before damage is returned first, then an error whose inner error is an [`Error`]. Memory is bounded: the
/// window and the expansion have [`Bounds`].
///
/// Data is returned as soon as it arrives. Only zstd delays the bytes of its window, usually up to 8 MiB.
///
/// ```
/// use std::io::Write;
///
/// use flate2::{Compression, write::GzEncoder};
/// use wxsub::{Capture, Decompressed, Event};
///
/// let log = b"<xml><MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event></xml>";
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
    /// The error to return after the data before it.
    failed: Option<io::Error>,
    written: u64,
    bounds: Bounds,
    /// The output size up to which expansion is not limited.
    free: u64,
}

enum State {
    /// The format is not known yet.
    Start,
    /// Not compressed.
    Plain,
    Member(Codec),
    /// After a member. Another one may follow.
    AfterMember(Compression),
    Ended,
}

/// The limits of compressed data, against files that were made to exhaust a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How many times its own size data may grow to, once that is more than 1 GiB.
    ///
    /// Logs compress to a tenth, monotonous ones to a hundredth. A factor of a thousand is an attack.
    pub expansion: u64,
    /// The most bytes of a zstd window or an xz dictionary, which stay in memory. `zstd --long=31` needs 2 GiB.
    pub window: u64,
}

impl Bounds {
    /// A factor of a thousand and 128 MiB.
    pub const DEFAULT: Bounds = Bounds {
        expansion: 1000,
        window: 128 << 20,
    };
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds::DEFAULT
    }
}

/// The default of `free`. A small file of spaces expands a lot but does no harm.
const FREE: u64 = 1 << 30;

impl State {
    /// Returns the format of the data that is being read, or `None` if it is not known or not compressed.
    fn format(&self) -> Option<Compression> {
        match self {
            State::Member(codec) => Some(codec.format()),
            State::AfterMember(format) => Some(*format),
            State::Start | State::Plain | State::Ended => None,
        }
    }
}

impl<R: Read> Decompressed<R> {
    /// Makes a reader for `from`, with the default bounds.
    pub fn new(from: R) -> Self {
        Decompressed {
            from: Buffer::new(from),
            state: State::Start,
            failed: None,
            written: 0,
            bounds: Bounds::DEFAULT,
            free: FREE,
        }
    }

    /// Makes a reader for data of a known format, or for data that is not compressed.
    fn as_format(from: R, format: Option<Compression>, bounds: Bounds) -> Self {
        let member = |format| State::Member(Codec::new(format, bounds.window));
        Decompressed {
            state: format.map_or(State::Plain, member),
            ..Self::new(from).bounds(bounds)
        }
    }

    /// Sets the bounds.
    ///
    /// ```
    /// use wxsub::Decompressed;
    /// use wxsub::decompress::Bounds;
    ///
    /// let bounds = Bounds { expansion: 50, ..Bounds::DEFAULT };
    /// let text = std::io::read_to_string(Decompressed::new(&b"not compressed"[..]).bounds(bounds))?;
    /// assert_eq!(text, "not compressed");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// Returns the format, or `None` for uncompressed data. Reads the first bytes, which are not lost.
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
    /// An error of the underlying reader.
    pub fn compression(&mut self) -> io::Result<Option<Compression>> {
        while matches!(self.state, State::Start) {
            self.start()?;
        }
        Ok(self.state.format())
    }

    fn start(&mut self) -> io::Result<()> {
        self.state = match detect(self.from.ahead()) {
            Detected::Is(Compression::Zip) => return Err(Error::Archive.into()),
            Detected::Foreign(name) => return Err(Error::Foreign { name }.into()),
            Detected::Is(format) => State::Member(Codec::new(format, self.bounds.window)),
            Detected::NeedMore if !self.from.has_ended() => return self.from.fill(),
            Detected::NeedMore | Detected::Plain => State::Plain,
        };
        Ok(())
    }

    /// Begins the next member after padding with zeros, which tapes and some tools write.
    fn next_member(&mut self, format: Compression) -> io::Result<()> {
        self.from.skip_zeros();
        self.state = match detect_member(self.from.ahead()) {
            Detected::Is(next) if next != Compression::Zip => {
                State::Member(Codec::new(next, self.bounds.window))
            }
            Detected::NeedMore if !self.from.has_ended() => return self.from.fill(),
            Detected::NeedMore if self.from.ahead().is_empty() => State::Ended,
            Detected::NeedMore => return Err(Error::CutOff { format }.into()),
            Detected::Plain | Detected::Foreign(_) | Detected::Is(_) => {
                let offset = self.from.taken();
                return Err(Error::Trailing { format, offset }.into());
            }
        };
        Ok(())
    }

    /// Decompresses more data. Returns `None` if there is no output yet.
    fn step(&mut self, out: &mut [u8]) -> io::Result<Option<usize>> {
        match &mut self.state {
            State::Start => self.start()?,
            State::Plain => return self.from.read_through(out).map(Some),
            &mut State::AfterMember(format) => self.next_member(format)?,
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

    /// Records the progress of a member. An error is returned after the bytes before it.
    fn account(&mut self, format: Compression, written: usize, flow: io::Result<MemberState>) {
        self.written += written as u64;
        match flow {
            Ok(MemberState::More) => {}
            Ok(MemberState::Ended) if format == Compression::Zip => self.state = State::Ended,
            Ok(MemberState::Ended) => self.state = State::AfterMember(format),
            Err(error) => self.failed = Some(error),
        }
        let times = self.bounds.expansion;
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
        f.debug_struct("Decompressed")
            .field("format", &self.state.format())
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
            let mut from = Decompressed::new(&gzip[..]).bounds(Bounds {
                expansion: times,
                ..Bounds::DEFAULT
            });
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
