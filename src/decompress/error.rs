//! Errors of decompression.

use std::{fmt, io};

use super::Compression;
use crate::lang::Lang;

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
    /// The data has a format that is not read.
    Foreign {
        /// The name of the format.
        name: &'static str,
    },
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

impl Error {
    /// Says what is wrong, and what helps.
    pub fn message(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.english(),
            Lang::Zh => self.chinese(),
        }
    }

    fn english(&self) -> String {
        match self {
            Error::CutOff { format } => format!("the {format} data is cut off"),
            Error::Damaged {
                format,
                offset,
                reason,
            } => format!("the {format} data is damaged near byte {offset}: {reason}"),
            Error::Trailing { format, offset } => format!(
                "byte {offset} belongs neither to the {format} data before it nor to more of it"
            ),
            Error::Expands { format, times } => {
                format!("the {format} data grows to more than {times} times its size")
            }
            Error::Window { format } => {
                format!("the {format} data needs a larger window than is allowed")
            }
            Error::Archive => {
                "it is a zip archive, which can be read only from a file: unpack it, or give the file by its name".into()
            }
            Error::Foreign { name } => {
                format!("it is in the format {name}, which is not supported: unpack it, or convert it to text")
            }
            Error::Encrypted => "it is encrypted: unpack it with its password".into(),
            Error::Method { name } => format!(
                "it is compressed with the method {name}, which is not supported: unpack it"
            ),
            Error::Members { reason } => {
                format!("the table of members is damaged or cut off: {reason}")
            }
            Error::Checksum => "the zip data is damaged: its checksum is wrong".into(),
            Error::SameNames => {
                "several members of the zip archive have one name, and only the last was read: unpack it".into()
            }
        }
    }

    fn chinese(&self) -> String {
        match self {
            Error::CutOff { format } => format!("{format} 数据不完整"),
            Error::Damaged {
                format,
                offset,
                reason,
            } => format!("{format} 数据在第 {offset} 字节附近损坏：{reason}"),
            Error::Trailing { format, offset } => {
                format!("第 {offset} 字节不属于前面的 {format} 数据，也不是其后续")
            }
            Error::Expands { format, times } => {
                format!("{format} 数据解压后超过自身大小的 {times} 倍")
            }
            Error::Window { format } => format!("{format} 数据所需的窗口超过限制"),
            Error::Archive => "这是 zip 压缩包，只能从文件读取：请先解压，或给出文件名".into(),
            Error::Foreign { name } => format!("{name} 格式不受支持：请先解压，或转换为文本"),
            Error::Encrypted => "已加密：请先用密码解压".into(),
            Error::Method { name } => format!("压缩方法 {name} 不受支持：请先解压"),
            Error::Members { reason } => format!("zip 压缩包的目录损坏或不完整：{reason}"),
            Error::Checksum => "zip 数据损坏：校验和不符".into(),
            Error::SameNames => "zip 压缩包中有多个同名文件，只读取了最后一个：请先解压".into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
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
