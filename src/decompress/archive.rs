//! Reads the members of zip archives, which spreadsheets and documents are, too.
//!
//! The table of members stands at the end of the file, so an archive must be seekable. Members are read one by one, each
//! as a stream: memory does not depend on their sizes.

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::GBK;
use flate2::Crc;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::magic::Detected;
use super::{Bounds, Compression, Decompressed, Error, FREE, magic};

/// A zip archive, as an iterator over its members. A member that cannot be read is an error in its place.
///
/// ```
/// use std::io::Cursor;
/// use wxsub::decompress::Archive;
///
/// let mut empty = Cursor::new(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
/// assert!(Archive::is_at(&mut empty)?);
/// assert!(Archive::open(empty)?.next().is_none());
/// assert!(!Archive::is_at(&mut Cursor::new(b"a log"))?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Archive<R> {
    zip: ZipArchive<R>,
    next: usize,
    growth: Growth,
}

/// A member of an [`Archive`], which [`Member::reader`] reads.
#[derive(Clone, Debug)]
pub struct Member {
    name: String,
    start: u64,
    compressed: u64,
    /// How the member is compressed, if it is.
    format: Option<Compression>,
    crc: u32,
    growth: Growth,
}

/// A member that cannot be read, with its name.
#[derive(Debug)]
pub struct BadMember {
    /// The name of the member, if the archive tells it.
    pub name: Option<String>,
    /// The reason.
    pub error: io::Error,
}

/// The bytes that all members of an archive have grown to, and the most that they may.
#[derive(Clone, Debug)]
struct Growth {
    written: Arc<AtomicU64>,
    size: u64,
}

impl<R: Read + Seek> Archive<R> {
    /// Returns true if a zip archive begins at the position of `from`, which stays where it is.
    ///
    /// # Errors
    ///
    /// An error of `from`.
    pub fn is_at(from: &mut R) -> io::Result<bool> {
        let start = from.stream_position()?;
        let mut head = Vec::new();
        let begin = from.by_ref().take(magic::ZIP as u64);
        { begin }.read_to_end(&mut head)?;
        from.seek(SeekFrom::Start(start))?;
        Ok(magic::detect(&head) == Detected::Is(Compression::Zip))
    }

    /// Opens an archive.
    ///
    /// # Errors
    ///
    /// An error of `from`, or a table of members that is damaged or cut off.
    pub fn open(mut from: R) -> io::Result<Self> {
        let size = from.seek(SeekFrom::End(0))?;
        let zip = ZipArchive::new(from).map_err(damaged)?;
        let growth = Growth {
            written: Arc::default(),
            size,
        };
        Ok(Archive {
            zip,
            next: 0,
            growth,
        })
    }

    /// Returns the next member, or `None` if it is a folder.
    fn member(&mut self, index: usize) -> Result<Option<Member>, BadMember> {
        let name = self.zip.by_index_data(index).ok();
        let name = name.map(|entry| text(entry.name_raw()));
        let member = self.find(index, name.clone().unwrap_or_default());
        member.map_err(|error| BadMember { name, error })
    }

    fn find(&mut self, index: usize, name: String) -> io::Result<Option<Member>> {
        let file = self.zip.by_index_raw(index).map_err(damaged)?;
        if file.is_dir() {
            return Ok(None);
        }
        if file.encrypted() {
            return Err(Error::Encrypted.into());
        }
        let format = format(file.compression())?;
        Ok(Some(Member {
            name,
            start: file.data_start().unwrap_or_default(),
            compressed: file.compressed_size(),
            format,
            crc: file.crc32(),
            growth: self.growth.clone(),
        }))
    }

    /// Returns an error if several members have one name. Only the last of them is in the list.
    fn lost(&self) -> Option<BadMember> {
        let is_lost = self.next == self.zip.len() && self.zip.has_duplicate_names();
        is_lost.then(|| BadMember {
            name: None,
            error: Error::SameNames.into(),
        })
    }
}

impl<R: Read + Seek> Iterator for Archive<R> {
    type Item = Result<Member, BadMember>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.next < self.zip.len() {
            self.next += 1;
            if let Some(member) = self.member(self.next - 1).transpose() {
                return Some(member);
            }
        }
        let lost = self.lost();
        self.next = self.zip.len() + 1;
        lost.map(Err)
    }
}

impl<R> fmt::Debug for Archive<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive")
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

impl Member {
    /// Returns the name, as a path with slashes.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Moves `file`, which must be the archive, to the member's bytes.
    ///
    /// # Errors
    ///
    /// An error of `file`.
    pub fn seek(&self, file: &mut impl Seek) -> io::Result<()> {
        file.seek(SeekFrom::Start(self.start)).map(|_| ())
    }

    /// Makes a reader of the member's text. `from` begins at the member's bytes; see [`Member::seek`].
    ///
    /// The text may be compressed again, as `app.log.gz` is: read it through [`Decompressed`]. All members together may
    /// grow to 1 GiB, or to `bounds.expansion` times the size of the archive.
    pub fn reader<R: Read>(&self, from: R, bounds: Bounds) -> MemberReader<R> {
        let from = from.take(self.compressed);
        MemberReader {
            from: Decompressed::as_format(
                from,
                self.format,
                Bounds {
                    expansion: u64::MAX,
                    ..bounds
                },
            ),
            crc: Crc::new(),
            expected: self.crc,
            growth: self.growth.clone(),
            max_expansion: bounds.expansion,
        }
    }
}

/// Reads a member of a zip archive.
#[derive(Debug)]
pub struct MemberReader<R> {
    from: Decompressed<io::Take<R>>,
    crc: Crc,
    expected: u32,
    growth: Growth,
    max_expansion: u64,
}

impl<R: Read> Read for MemberReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let len = self.from.read(out)?;
        self.crc.update(&out[..len]);
        self.growth.add(len as u64, self.max_expansion)?;
        if len == 0 && !out.is_empty() && self.crc.sum() != self.expected {
            return Err(Error::Checksum.into());
        }
        Ok(len)
    }
}

impl Growth {
    /// Counts `len` more bytes.
    ///
    /// # Errors
    ///
    /// The archive has grown to more than `times` its size.
    fn add(&self, len: u64, times: u64) -> io::Result<()> {
        let written = self.written.fetch_add(len, Ordering::Relaxed) + len;
        let format = Compression::Zip;
        match written > self.size.saturating_mul(times).max(FREE) {
            true => Err(Error::Expands { format, times }.into()),
            false => Ok(()),
        }
    }
}

/// Returns the format of a compression method, or `None` if it does not compress.
fn format(method: CompressionMethod) -> io::Result<Option<Compression>> {
    let formats = [
        (CompressionMethod::DEFLATE, Compression::Zip),
        (CompressionMethod::BZIP2, Compression::Bzip2),
        (CompressionMethod::ZSTD, Compression::Zstd),
        (CompressionMethod::XZ, Compression::Xz),
    ];
    if method == CompressionMethod::STORE {
        return Ok(None);
    }
    let found = formats.into_iter().find(|(known, _)| *known == method);
    let unknown = || Error::Method {
        name: method.to_string(),
    };
    Ok(Some(found.ok_or_else(unknown)?.1))
}

/// Returns a name as text. Programs on Chinese Windows write names in GBK without saying so.
fn text(name: &[u8]) -> String {
    match std::str::from_utf8(name) {
        Ok(name) => name.to_owned(),
        Err(_) => GBK.decode_without_bom_handling(name).0.into_owned(),
    }
}

fn damaged(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => error,
        error => Error::Members {
            reason: error.to_string(),
        }
        .into(),
    }
}
