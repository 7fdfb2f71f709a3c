//! Errors of decompression.

use std::{fmt, io};

use super::Compression;

/// An error in compressed data. It is the inner error of [`Decompressed`](super::Decompressed)'s errors.
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
        /// The format of the data.
        format: Compression,
    },
    /// The data is invalid.
    Damaged {
        /// The format of the data.
        format: Compression,
        /// The approximate offset in compressed bytes.
        offset: u64,
        /// The decoder's message.
        reason: String,
    },
    /// Something else follows the data.
    Trailing {
        /// The format of the data.
        format: Compression,
        /// The offset in compressed bytes.
        offset: u64,
    },
    /// The data expands more than the limit allows.
    Expands {
        /// The format of the data.
        format: Compression,
        /// The limit, as a multiple of the compressed size.
        times: u64,
    },
    /// The data needs a larger window or dictionary than [`Bounds::window`](super::Bounds::window) allows.
    Window {
        /// The format of the data.
        format: Compression,
    },
    /// The data is a zip archive, whose table of members stands at its end.
    Archive,
    /// A member of a zip archive is encrypted.
    Encrypted,
    /// A member of a zip archive is compressed with a method that is not supported.
    Method {
        /// The name of the method.
        name: String,
    },
    /// The table of members of a zip archive is damaged or cut off.
    Members {
        /// The reason.
        reason: String,
    },
    /// The text of a member of a zip archive does not have the checksum that the archive gives.
    Checksum,
    /// Several members of a zip archive have one name, and only one of them was read.
    SameNames,
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
            Error::Window { format } => {
                write!(f, "the {format} data needs a larger window than is allowed")
            }
            Error::Archive => f.write_str(
                "it is a zip archive, which can be read only from a file: unpack it, or give the file by its name",
            ),
            Error::Encrypted => f.write_str("it is encrypted: unpack it with its password"),
            Error::Method { name } => write!(
                f,
                "it is compressed with the method {name}, which is not supported: unpack it"
            ),
            Error::Members { reason } => {
                write!(f, "the table of members is damaged or cut off: {reason}")
            }
            Error::Checksum => f.write_str("the zip data is damaged: its checksum is wrong"),
            Error::SameNames => f.write_str(
                "several members of the zip archive have one name, and only the last was read: unpack it",
            ),
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
