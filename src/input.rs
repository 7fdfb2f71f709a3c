//! Reads captures as blocks of UTF-8.
//!
//! A byte order mark at the start gives the encoding of the whole capture. That of UTF-8 is dropped; UTF-16 is
//! converted block by block. A capture that begins with a few ASCII characters in UTF-16 needs no mark. Half of a
//! surrogate pair becomes its three bytes, which are invalid UTF-8 and rejected at their place.

use std::io::{self, Read};

use crate::buffer::Buffer;
use crate::span::{Place, Units};

/// A capture being read.
#[derive(Debug)]
pub(crate) struct Input<R> {
    from: R,
    /// The size of the next read, and the maximum. Small captures should not need large buffers.
    block: usize,
    most: usize,
    encoding: Encoding,
    /// Bytes of an incomplete mark or UTF-16 unit.
    pending: Vec<u8>,
    /// The first half of a surrogate pair.
    high: Option<u16>,
    /// The number of bytes read.
    bytes: u64,
    /// True if the last read filled a whole block, and more bytes may be available.
    full: bool,
    flow: Flow,
}

/// The availability of a capture's next bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Flow {
    /// More bytes may be available at once.
    #[default]
    Ready,
    /// No more bytes are available for now.
    Pending,
    /// No more bytes will come.
    Ended,
}

/// Text of a capture that is read but not finished, as UTF-8.
#[derive(Debug, Default)]
pub(crate) struct Text {
    buffer: Buffer,
    /// The start of the unfinished text.
    start: usize,
    /// True if no more text will come.
    ended: bool,
    flow: Flow,
}

impl Text {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.buffer.as_slice()[self.start..]
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.ended
    }

    /// Marks the end of the text.
    pub(crate) fn end(&mut self) {
        self.ended = true;
    }

    pub(crate) fn flow(&self) -> Flow {
        self.flow
    }

    /// Sets the availability of the next bytes.
    pub(crate) fn note(&mut self, flow: Flow) {
        self.flow = flow;
    }

    /// Appends `bytes`.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.make_room(bytes.len());
        self.buffer.push(bytes);
    }

    /// Replaces the text by `bytes`.
    pub(crate) fn replace(&mut self, bytes: &[u8]) {
        self.buffer.truncate(0);
        self.start = 0;
        self.push(bytes);
    }

    /// Drops the first `len` bytes.
    pub(crate) fn drop_front(&mut self, len: usize) {
        self.start += len;
        if self.start == self.buffer.as_slice().len() {
            self.buffer.truncate(0);
            self.start = 0;
        }
    }

    /// Makes room for `more` bytes. Moves the text to the front if that is cheap, so the buffer's size depends on the
    /// payload and not on the capture.
    fn make_room(&mut self, more: usize) {
        /// Extra room, because the unfinished rest of a block varies in length.
        const SLACK: usize = 16 << 10;
        let kept = self.bytes().len();
        if self.start >= kept {
            self.buffer.drop_front(self.start);
            self.start = 0;
        }
        self.buffer.reserve(more, more.max(kept / 4) + SLACK);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    /// Not enough bytes have arrived to tell.
    Unknown,
    Utf8 {
        marked: bool,
    },
    Utf16 {
        big: bool,
        marked: bool,
    },
}

impl<R: Read> Input<R> {
    /// The size of the first read.
    const FIRST: usize = 16 << 10;

    pub(crate) fn new(from: R, block: usize) -> Self {
        Input {
            from,
            block: block.clamp(1, Self::FIRST),
            most: block.max(1),
            encoding: Encoding::Unknown,
            pending: Vec::new(),
            high: None,
            bytes: 0,
            full: false,
            flow: Flow::default(),
        }
    }

    /// Returns the number of bytes read.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns true if bytes need no conversion, and more may be available.
    pub(crate) fn is_plenty(&self) -> bool {
        matches!(self.encoding, Encoding::Utf8 { .. }) && self.full
    }

    /// Reads once into `buffer`, without conversion. Returns 0 at the end.
    pub(crate) fn read_into(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = retry(|| self.from.read(buffer))?;
        self.bytes += read as u64;
        Ok(read)
    }

    /// Returns the place of the text's start in the file, and the file's units. Valid after the first [`Input::read`]
    /// that returned text.
    pub(crate) fn origin(&self) -> (Place, Units) {
        let (offset, units) = match self.encoding {
            Encoding::Unknown | Encoding::Utf8 { marked: false } => (0, Units::Utf8),
            Encoding::Utf8 { marked: true } => (3, Units::Utf8),
            Encoding::Utf16 { marked: false, .. } => (0, Units::Utf16),
            Encoding::Utf16 { marked: true, .. } => (2, Units::Utf16),
        };
        (
            Place {
                offset,
                ..Place::default()
            },
            units,
        )
    }

    /// Returns the byte order mark of the capture, and whether it is UTF-16 with the big end first. Valid as
    /// [`Input::origin`].
    pub(crate) fn mark(&self) -> (&'static [u8], Option<bool>) {
        match self.encoding {
            Encoding::Unknown | Encoding::Utf8 { marked: false } => (b"", None),
            Encoding::Utf8 { marked: true } => (b"\xEF\xBB\xBF", None),
            Encoding::Utf16 { big, marked: false } => (b"", Some(big)),
            Encoding::Utf16 { big: true, .. } => (b"\xFE\xFF", Some(true)),
            Encoding::Utf16 { big: false, .. } => (b"\xFF\xFE", Some(false)),
        }
    }

    /// Reads once, up to a block, and appends the text.
    pub(crate) fn read(&mut self, text: &mut Text) -> io::Result<()> {
        let read = self.read_block(text);
        text.note(self.flow);
        read
    }

    fn read_block(&mut self, text: &mut Text) -> io::Result<()> {
        if matches!(self.encoding, Encoding::Utf8 { .. }) {
            return self.read_text(text);
        }
        text.ended = self.read_pending()? == 0;
        match self.encoding {
            Encoding::Utf16 { big, .. } => self.decode_utf16(big, text),
            _ => self.recognise(text),
        }
        Ok(())
    }

    fn read_text(&mut self, text: &mut Text) -> io::Result<()> {
        text.make_room(self.block);
        let room = text.buffer.room(self.block);
        let read = retry(|| self.from.read(room))?;
        text.buffer.add(read);
        text.ended = read == 0;
        self.note(read);
        Ok(())
    }

    fn read_pending(&mut self) -> io::Result<usize> {
        let len = self.pending.len();
        self.pending.resize(len + self.block, 0);
        let read = retry(|| self.from.read(&mut self.pending[len..]));
        let count = *read.as_ref().unwrap_or(&0);
        self.pending.truncate(len + count);
        self.note(count);
        read
    }

    fn note(&mut self, read: usize) {
        self.bytes += read as u64;
        self.full = read == self.block && self.block == self.most;
        self.flow = match read < self.block {
            true => Flow::Pending,
            false => Flow::Ready,
        };
        if read == self.block {
            self.block = (4 * self.block).min(self.most);
        }
    }

    fn recognise(&mut self, text: &mut Text) {
        const UTF8: &[u8] = b"\xEF\xBB\xBF";
        let (encoding, mark) = match self.pending.as_slice() {
            [0xFF, 0xFE, ..] => (utf16(false, true), 2),
            [0xFE, 0xFF, ..] => (utf16(true, true), 2),
            [0xEF, 0xBB, 0xBF, ..] => (Encoding::Utf8 { marked: true }, 3),
            [] | [0xFF] | [0xFE] if !text.ended => return,
            head if UTF8.starts_with(head) && !text.ended => return,
            head => match unmarked_utf16(head, text.ended) {
                Unmarked::Utf16 { big } => (utf16(big, false), 0),
                Unmarked::Unknown => return,
                Unmarked::Utf8 => (Encoding::Utf8 { marked: false }, 0),
            },
        };
        self.encoding = encoding;
        self.pending.drain(..mark);
        match encoding {
            Encoding::Utf16 { big, .. } => self.decode_utf16(big, text),
            _ => text.push(&std::mem::take(&mut self.pending)),
        }
    }

    fn decode_utf16(&mut self, big: bool, text: &mut Text) {
        let pending = std::mem::take(&mut self.pending);
        // A UTF-16 unit becomes at most three bytes.
        text.make_room(2 * pending.len());
        let (units, rest) = pending.as_chunks::<2>();
        let units = units.iter().map(|&unit| {
            if big {
                u16::from_be_bytes(unit)
            } else {
                u16::from_le_bytes(unit)
            }
        });
        for decoded in char::decode_utf16(self.high.take().into_iter().chain(units)) {
            match decoded {
                Ok(c) => text.buffer.push(c.encode_utf8(&mut [0; 4]).as_bytes()),
                Err(half) => push_half(&mut text.buffer, half.unpaired_surrogate()),
            }
        }
        if !text.ended {
            self.high = take_high(&mut text.buffer);
        }
        self.pending = rest.to_vec();
        if text.ended && !rest.is_empty() {
            text.buffer.push(&[0xFF]);
        }
    }
}

fn utf16(big: bool, marked: bool) -> Encoding {
    Encoding::Utf16 { big, marked }
}

/// What the beginning of a capture without a byte order mark tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unmarked {
    Utf8,
    Utf16 {
        big: bool,
    },
    /// More bytes are needed.
    Unknown,
}

/// The number of bytes that show UTF-16 without a mark, if the first characters are ASCII.
const UNMARKED_ASCII: usize = 8;
/// The number of bytes that show UTF-16 without a mark, if the first characters are Chinese or emoji, too.
const UNMARKED_WIDE: usize = 16;

/// Tells the encoding of a capture that begins with `head`. No more bytes come if it `is_all`.
fn unmarked_utf16(head: &[u8], is_all: bool) -> Unmarked {
    let ascii = ascii_utf16(&head[..head.len().min(UNMARKED_ASCII)]);
    let wide = || wide_utf16(&head[..head.len().min(UNMARKED_WIDE)]);
    match ascii.map_or_else(
        || (wide(), UNMARKED_WIDE),
        |big| (Some(big), UNMARKED_ASCII),
    ) {
        (Some(big), least) if head.len() >= least => Unmarked::Utf16 { big },
        (Some(_), _) if !is_all => Unmarked::Unknown,
        _ => Unmarked::Utf8,
    }
}

/// Returns the byte order if `head` may begin UTF-16 in which the first characters are ASCII: every other byte is zero.
fn ascii_utf16(head: &[u8]) -> Option<bool> {
    let is = |zeros: usize| {
        let mut bytes = head.iter().enumerate();
        bytes.all(|(at, byte)| match at % 2 == zeros {
            true => *byte == 0,
            false => is_ascii_text(u16::from(*byte)),
        })
    };
    [false, true].into_iter().find(|&big| is(usize::from(!big)))
}

/// Returns the byte order if `head` may begin UTF-16 in which the first characters are Chinese, emoji or ASCII. A `head` that
/// is complete and valid UTF-8 without zeros counts as UTF-8.
fn wide_utf16(head: &[u8]) -> Option<bool> {
    // The end of `head` may cut the last character.
    let is_utf8 =
        std::str::from_utf8(head).map_or_else(|error| error.error_len().is_none(), |_| true);
    if head.len() == UNMARKED_WIDE && is_utf8 && !head.contains(&0) {
        return None;
    }
    let (units, _) = head.as_chunks::<2>();
    let is = |read: fn([u8; 2]) -> u16| units.iter().all(|&unit| is_text(read(unit)));
    match (is(u16::from_le_bytes), is(u16::from_be_bytes)) {
        (true, _) => Some(false),
        (false, is_big) => is_big.then_some(true),
    }
}

fn is_ascii_text(unit: u16) -> bool {
    matches!(unit, 0x09 | 0x0A | 0x0D | 0x20..=0x7E)
}

/// Returns true for a unit of a Chinese text: characters, punctuation, full-width forms, halves of emoji, and ASCII.
fn is_text(unit: u16) -> bool {
    is_ascii_text(unit)
        || matches!(unit, 0x2010..=0x203F | 0x3000..=0x303F | 0x4E00..=0x9FFF | 0xFF00..=0xFFEF)
        || matches!(unit, 0xD83C..=0xD83E | 0xDC00..=0xDFFF)
}

/// Appends half of a surrogate pair, encoded like a character.
fn push_half(buffer: &mut Buffer, half: u16) {
    let byte = |shift: u16| 0x80 | ((half >> shift) & 0x3F) as u8;
    buffer.push(&[0xED, byte(6), byte(0)]);
}

/// Takes back a first half at the end, because its second half may follow.
fn take_high(buffer: &mut Buffer) -> Option<u16> {
    let [.., 0xED, middle @ 0xA0..=0xAF, last] = *buffer.as_slice() else {
        return None;
    };
    buffer.truncate(buffer.as_slice().len() - 3);
    Some(0xD000 | u16::from(middle & 0x3F) << 6 | u16::from(last & 0x3F))
}

/// Repeats a read that a signal interrupted.
pub(crate) fn retry(mut read: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match read() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8], block: usize) -> (Vec<u8>, u64) {
        let mut input = Input::new(bytes, block);
        let (mut text, mut all) = (Text::default(), Vec::new());
        while !text.is_ended() {
            input.read(&mut text).unwrap();
            all.extend_from_slice(text.bytes());
            text.drop_front(text.bytes().len());
        }
        (all, input.origin().0.offset)
    }

    #[test]
    fn encodings_are_told_by_their_marks() {
        let text = "<xml>订阅 😀</xml>";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let cases = [
            (text.as_bytes().to_vec(), 0),
            ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), 3),
            ([b"\xFF\xFE".to_vec(), le.clone()].concat(), 2),
            ([b"\xFE\xFF".to_vec(), be.clone()].concat(), 2),
            (le, 0),
            (be, 0),
        ];
        for (bytes, offset) in cases {
            for block in [1, 2, 3, 5, 1 << 16] {
                assert_eq!(
                    all(&bytes, block),
                    (text.as_bytes().to_vec(), offset),
                    "{block}"
                );
            }
        }
    }

    #[test]
    fn utf16_without_a_mark_may_begin_with_chinese() {
        for text in [
            "微信回调：<xml></xml>",
            "收到推送 <xml></xml>",
            "用户用户用户\n{\"a\":1}",
            "[微信] 2026-11-02 08:00:01",
            "🔔 订阅消息 2026-11-02",
            "“订阅”消息，一条",
        ] {
            let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            for bytes in [text.as_bytes(), &le, &be] {
                for block in [1, 2, 3, 5, 1 << 16] {
                    let read = all(bytes, block).0;
                    assert_eq!(String::from_utf8_lossy(&read), text, "{block}");
                }
            }
        }
    }

    #[test]
    fn other_encodings_are_no_utf16() {
        let latin: Vec<u8> = (0xC0..=0xFF).collect();
        let gbk = b"\xCE\xA2\xD0\xC5\xBB\xD8\xB5\xF7\xA3\xBA\xB6\xA9\xD4\xC4\xCF\xFB\xCF\xA2";
        let gzip = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4d\x8f\x41\x6e\x83\x30";
        for bytes in [
            &latin[..],
            gbk,
            gzip,
            b"ERROR NO CALLBACK YET",
            "名字名字名字名字".as_bytes(),
        ] {
            assert_eq!(all(bytes, 3).0, bytes);
        }
    }

    #[test]
    fn what_is_no_utf16_becomes_no_utf8() {
        let bytes = [0xFF, 0xFE, b'a', 0, 0x00, 0xD8, b'b', 0, 0x00];
        for block in [1, 2, 3, 100] {
            let (text, _) = all(&bytes, block);
            assert_eq!(text, [b'a', 0xED, 0xA0, 0x80, b'b', 0xFF], "{block}");
        }
    }

    #[test]
    fn short_files_are_whole() {
        for bytes in [
            &b""[..],
            b"\xEF",
            b"\xEF\xBB",
            b"\xFF",
            b"a",
            b"a\0b\0",
            b"\0a\0b\0cd",
        ] {
            assert_eq!(all(bytes, 1).0, bytes);
        }
    }
}
