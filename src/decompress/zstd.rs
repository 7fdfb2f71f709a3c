//! Decodes a zstd frame block by block. The decoder keeps back as much output as its window needs.

use std::io::{self, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::buffer::Buffer;
use super::codec::{Fault, MemberState};

/// An empty last block and a checksum, which make the decoder release the output it keeps back.
const LAST_BLOCK: &[u8] = &[1, 0, 0, 0, 0, 0, 0];

/// A decoder for one frame, which may be skippable.
pub(super) struct Frame {
    decoder: FrameDecoder,
    begun: bool,
    /// The error to return after all decoded bytes.
    failed: Option<Fault>,
}

impl Frame {
    /// Makes a decoder for a window of at most `window` bytes.
    pub(super) fn new(window: u64) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(window);
        Frame {
            decoder,
            begun: false,
            failed: None,
        }
    }

    /// Writes the next bytes to `out` and returns their number.
    pub(super) fn step<R: Read>(
        &mut self,
        from: &mut Buffer<R>,
        out: &mut [u8],
    ) -> (usize, Result<MemberState, Fault>) {
        match self.read(from, out) {
            Ok(0) => (0, Ok(MemberState::Ended)),
            Ok(written) => (written, Ok(MemberState::More)),
            Err(fault) => (0, Err(fault)),
        }
    }

    fn read<R: Read>(&mut self, from: &mut Buffer<R>, out: &mut [u8]) -> Result<usize, Fault> {
        if !self.begun {
            self.begun = true;
            if let Some(skipped) = self.begin(from)? {
                return skip(from, skipped).map(|()| 0);
            }
        }
        loop {
            if self.decoder.can_collect() > 0 {
                return self.decoder.read(out).map_err(Fault::Read);
            }
            if let Some(fault) = self.failed.take() {
                return Err(fault);
            }
            if self.decoder.is_finished() {
                return self.check().map(|()| 0);
            }
            self.decode_block(from);
        }
    }

    /// Reads the header. Returns the length of a skippable frame.
    fn begin<R: Read>(&mut self, from: &mut Buffer<R>) -> Result<Option<u32>, Fault> {
        use ReadFrameHeaderError::SkipFrame;
        match self.decoder.reset(&mut *from) {
            Ok(()) => Ok(None),
            Err(FrameDecoderError::ReadFrameHeaderError(SkipFrame { length, .. })) => {
                Ok(Some(length))
            }
            Err(error) => Err(fault(error, from)),
        }
    }

    /// Decodes a block. On an error, releases all output before it.
    fn decode_block<R: Read>(&mut self, from: &mut Buffer<R>) {
        let one = || BlockDecodingStrategy::UptoBlocks(1);
        if let Err(error) = self.decoder.decode_blocks(&mut *from, one()) {
            self.failed = Some(fault(error, from));
            // The empty block only ends the frame and cannot fail.
            _ = self.decoder.decode_blocks(LAST_BLOCK, one());
        }
    }

    fn check(&self) -> Result<(), Fault> {
        let given = self.decoder.get_checksum_from_data();
        match given.is_none() || given == self.decoder.get_calculated_checksum() {
            true => Ok(()),
            false => Err(Fault::Damage("its checksum is wrong".into())),
        }
    }
}

fn skip<R: Read>(from: &mut Buffer<R>, len: u32) -> Result<(), Fault> {
    let len = u64::from(len);
    match io::copy(&mut from.by_ref().take(len), &mut io::sink()) {
        Ok(skipped) if skipped == len => Ok(()),
        Ok(_) => Err(Fault::CutOff),
        Err(error) => Err(Fault::Read(from.take_error().unwrap_or(error))),
    }
}

/// Classifies an error of the decoder: a read error, the end of input, or invalid data.
fn fault<R: Read>(error: FrameDecoderError, from: &mut Buffer<R>) -> Fault {
    if let Some(error) = from.take_error() {
        return Fault::Read(error);
    }
    match error {
        FrameDecoderError::WindowSizeTooBig { .. } => Fault::Window,
        _ if from.has_ended() && from.ahead().is_empty() => Fault::CutOff,
        error => Fault::Damage(error.to_string()),
    }
}
