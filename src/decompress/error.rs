//! Why compressed data could not be read to its end.

use std::{fmt, io};

use super::Compression;

/// What is wrong with compressed data: the inner error of what [`Decompressed`](super::Decompressed) gives.
///
/// ```
/// use std::io::Read;
/// use wxsub::{Decompressed, decompress::Error};
///
/// let begun = b"\x1F\x8B\x08\0\0\0\0\0\0\x03";
/// let error = Decompressed::new(&begun[..]).read(&mut [0; 10]).unwrap_err();
/// assert_eq!(error.to_string(), "the gzip data is cut off");
/// assert!(matches!(error.get_ref().and_then(|error| error.downcast_ref()), Some(Error::CutOff { .. })));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The input ends inside the data.
    CutOff {
        /// How it is compressed.
        format: Compression,
    },
    /// The data is not what a compressor writes.
    Damaged {
        /// How it is compressed.
        format: Compression,
        /// About where, in compressed bytes.
        offset: u64,
        /// The decoder's words.
        reason: String,
    },
    /// Something else follows the data.
    Trailing {
        /// How the data is compressed.
        format: Compression,
        /// Where, in compressed bytes.
        offset: u64,
    },
    /// So much comes out that harm is meant.
    Expands {
        /// How it is compressed.
        format: Compression,
        /// The limit: how many times its own size.
        times: u64,
    },
    /// The data asks for more memory than it gets.
    Memory {
        /// How it is compressed.
        format: Compression,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::CutOff { format } => write!(f, "the {format} data is cut off"),
            Error::Damaged {
                format,
                offset,
                reason,
            } => {
                write!(
                    f,
                    "the {format} data is damaged near byte {offset}: {reason}"
                )
            }
            Error::Trailing { format, offset } => {
                write!(
                    f,
                    "byte {offset} belongs neither to the {format} data before it nor to more of it"
                )
            }
            Error::Expands { format, times } => {
                write!(
                    f,
                    "the {format} data grows to more than {times} times its size"
                )
            }
            Error::Memory { format } => {
                let most = super::MEMORY >> 20;
                write!(
                    f,
                    "the {format} data needs more than {most} MiB of memory to be read"
                )
            }
        }
    }
}

impl std::error::Error for Error {}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error {
            Error::CutOff { .. } => io::ErrorKind::UnexpectedEof,
            _ => io::ErrorKind::InvalidData,
        };
        io::Error::new(kind, error)
    }
}
