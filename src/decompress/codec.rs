//! Runs the decoder of each format by one function, [`Codec::step`].
//!
//! Decoders get slices and no reader, so that output before damage is not lost, and bytes that have arrived are decoded
//! before more are awaited. The zstd decoder needs a reader and has its own file.

use std::io::{self, Read};

use flate2::{FlushDecompress, Status};
use lzma_rust2::{Action, XzStream};

use super::buffer::Buffer;
use super::zstd::Frame;
use super::{Compression, Error};

/// The memory of the xz decoder besides its dictionary.
const XZ_STATE: u64 = 1 << 20;

/// A decoder for one member.
pub(super) enum Codec {
    Gzip(flate2::Decompress),
    Bzip2(bzip2::Decompress),
    Xz(Box<XzStream>),
    Zstd(Box<Frame>),
    /// A member of a zip archive.
    Deflate(flate2::Decompress),
}

/// Tells if more of a member follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MemberState {
    More,
    Ended,
}

/// The progress of a decoder: bytes consumed, bytes written, and what follows.
type Progress = (usize, usize, Result<MemberState, Fault>);

/// The reason why a decoder stopped.
pub(super) enum Fault {
    /// The input ends inside the data.
    CutOff,
    Read(io::Error),
    /// The data needs a larger window.
    Window,
    Damage(String),
}

impl Codec {
    /// Makes a decoder with at most `window` bytes of memory for its window or dictionary.
    pub(super) fn new(format: Compression, window: u64) -> Self {
        match format {
            Compression::Gzip => Codec::Gzip(flate2::Decompress::new_gzip(15)),
            Compression::Bzip2 => Codec::Bzip2(bzip2::Decompress::new(false)),
            Compression::Xz => {
                let kib = window.saturating_add(XZ_STATE) >> 10;
                let kib = u32::try_from(kib).unwrap_or(u32::MAX);
                Codec::Xz(Box::new(XzStream::new_mem_limit(false, kib)))
            }
            Compression::Zstd => Codec::Zstd(Box::new(Frame::new(window))),
            Compression::Zip => Codec::Deflate(flate2::Decompress::new(false)),
        }
    }

    pub(super) fn format(&self) -> Compression {
        match self {
            Codec::Gzip(_) => Compression::Gzip,
            Codec::Bzip2(_) => Compression::Bzip2,
            Codec::Xz(_) => Compression::Xz,
            Codec::Zstd(_) => Compression::Zstd,
            Codec::Deflate(_) => Compression::Zip,
        }
    }

    /// Writes the next bytes to `out` and returns their number. An error applies after them.
    pub(super) fn step<R: Read>(
        &mut self,
        from: &mut Buffer<R>,
        out: &mut [u8],
    ) -> (usize, io::Result<MemberState>) {
        let (written, flow) = match self {
            Codec::Gzip(deflate) | Codec::Deflate(deflate) => {
                pump(from, |input, _| inflate(deflate, input, out))
            }
            Codec::Bzip2(bzip2) => pump(from, |input, _| expand(bzip2, input, out)),
            Codec::Xz(xz) => pump(from, |input, last| unpack(xz, input, last, out)),
            Codec::Zstd(frame) => frame.step(from, out),
        };
        (
            written,
            flow.map_err(|fault| fault.at(self.format(), from.taken())),
        )
    }
}

/// Feeds a decoder with the bytes that have arrived until it writes. Reads more only if none are left.
fn pump<R: Read>(
    from: &mut Buffer<R>,
    mut decode: impl FnMut(&[u8], bool) -> Progress,
) -> (usize, Result<MemberState, Fault>) {
    loop {
        let (taken, written, flow) = decode(from.ahead(), from.has_ended());
        from.advance(taken);
        match flow {
            Ok(MemberState::More) if written == 0 => {
                if let Err(fault) = feed(from, taken) {
                    return (0, Err(fault));
                }
            }
            flow => return (written, flow),
        }
    }
}

/// Ensures that a decoder that wrote nothing and consumed `taken` bytes gets new input, or fails.
fn feed<R: Read>(from: &mut Buffer<R>, taken: usize) -> Result<(), Fault> {
    match (from.ahead().is_empty(), from.has_ended()) {
        (true, false) => from.fill().map_err(Fault::Read),
        (true, true) if taken == 0 => Err(Fault::CutOff),
        (false, _) if taken == 0 => Err(Fault::Damage("it leads nowhere".into())),
        _ => Ok(()),
    }
}

impl Fault {
    fn at(self, format: Compression, offset: u64) -> io::Error {
        let error = match self {
            Fault::Read(error) => return error,
            Fault::CutOff => Error::CutOff { format },
            Fault::Window => Error::Window { format },
            Fault::Damage(reason) => Error::Damaged {
                format,
                offset,
                reason,
            },
        };
        error.into()
    }
}

fn inflate(deflate: &mut flate2::Decompress, input: &[u8], out: &mut [u8]) -> Progress {
    let before = (deflate.total_in(), deflate.total_out());
    let flow = match deflate.decompress(input, out, FlushDecompress::None) {
        Ok(Status::StreamEnd) => Ok(MemberState::Ended),
        Ok(Status::Ok | Status::BufError) => Ok(MemberState::More),
        Err(error) => Err(Fault::Damage(
            error.message().unwrap_or("no deflate data").to_owned(),
        )),
    };
    let taken = deflate.total_in() - before.0;
    let written = deflate.total_out() - before.1;
    (taken as usize, written as usize, flow)
}

fn expand(bzip2: &mut bzip2::Decompress, input: &[u8], out: &mut [u8]) -> Progress {
    let before = (bzip2.total_in(), bzip2.total_out());
    let flow = match bzip2.decompress(input, out) {
        Ok(bzip2::Status::StreamEnd) => Ok(MemberState::Ended),
        Ok(bzip2::Status::MemNeeded) => Err(Fault::Window),
        Ok(_) => Ok(MemberState::More),
        Err(_) => Err(Fault::Damage("a block or its checksum is wrong".into())),
    };
    let taken = bzip2.total_in() - before.0;
    let written = bzip2.total_out() - before.1;
    (taken as usize, written as usize, flow)
}

fn unpack(xz: &mut XzStream, input: &[u8], last: bool, out: &mut [u8]) -> Progress {
    let before = (xz.total_in(), xz.total_out());
    let action = if last { Action::Finish } else { Action::Run };
    let flow = match xz.process(input, out, action) {
        Ok(result) if result.status == lzma_rust2::Status::StreamEnd => Ok(MemberState::Ended),
        Ok(_) => Ok(MemberState::More),
        Err(error) => Err(match error.kind() {
            io::ErrorKind::UnexpectedEof => Fault::CutOff,
            io::ErrorKind::OutOfMemory => Fault::Window,
            _ => Fault::Damage(error.to_string()),
        }),
    };
    let taken = xz.total_in() - before.0;
    let written = xz.total_out() - before.1;
    (taken as usize, written as usize, flow)
}
