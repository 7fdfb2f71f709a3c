//! Reads a file as UTF-8, whatever its byte order mark says.

use std::io::{self, BufRead, BufReader, Read};

use crate::input::{Input, Text};

const BLOCK: usize = 256 << 10;

/// A reader of UTF-8.
pub(super) struct Utf8<R> {
    input: Input<R>,
    text: Text,
}

impl<R: Read> Utf8<R> {
    pub(super) fn new(from: R) -> BufReader<Self> {
        let utf8 = Utf8 {
            input: Input::new(from, BLOCK),
            text: Text::default(),
        };
        BufReader::with_capacity(BLOCK, utf8)
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.text.bytes().is_empty() && !self.text.is_ended() {
            self.input.read(&mut self.text)?;
        }
        let bytes = self.text.bytes();
        let len = bytes.len().min(to.len());
        to[..len].copy_from_slice(&bytes[..len]);
        self.text.drop_front(len);
        Ok(len)
    }
}

/// The longest line that is kept. The rest of a longer one is passed over.
const LONGEST: u64 = 16 << 20;

/// Reads the next line into `line`. Returns false if there is none.
pub(super) fn read_line(from: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let len = from.by_ref().take(LONGEST).read_until(b'\n', line)?;
    if len as u64 == LONGEST && line.last() != Some(&b'\n') {
        from.skip_until(b'\n')?;
    }
    let text = line.trim_ascii_end().len();
    line.truncate(text);
    Ok(len > 0)
}
