//! Reads a capture block by block; unfinished text stays in front of the next block.

use std::io::{self, Read};
use std::sync::Arc;

use crate::input::Input;
use crate::pipeline::reading::Reading;
use crate::pipeline::{CaptureStats, Options};
use crate::record::Decoder;
use crate::span::Place;

/// A capture that is being read.
#[derive(Debug)]
pub(super) struct Blocks<R> {
    pub(super) input: Input<R>,
    pub(super) reading: Reading,
    pub(super) source: Arc<str>,
    /// The settings, with limits that are in range.
    pub(super) options: Options,
    ended: bool,
}

impl<R: Read> Blocks<R> {
    pub(super) fn new(from: R, source: &str, options: &Options) -> Self {
        Blocks {
            input: Input::new(from, options.block_size()),
            reading: Reading::default(),
            source: source.into(),
            options: Options {
                limits: options.limits.clamped(),
                ..options.clone()
            },
            ended: false,
        }
    }

    /// Reads a block. Returns false after the last one.
    pub(super) fn read(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        // After a failed read nothing more is read.
        self.ended = true;
        let Reading { text, decoder, .. } = &mut self.reading;
        self.input.read(text)?;
        self.ended = text.is_ended();
        if decoder.is_none() && (self.ended || !text.bytes().is_empty()) {
            let options = &self.options;
            let new = Decoder::new(self.source.clone(), options.limits, self.input.origin());
            let new = options.set_up(new).keeping_noise(options.keeps_noise);
            *decoder = Some(new.with_cache(options.fast.then(Box::default)));
        }
        Ok(true)
    }

    /// Returns true if more bytes may be available at once, and need no transcoding.
    pub(super) fn is_plenty(&self) -> bool {
        self.reading.decoder.is_some() && self.input.is_plenty()
    }

    /// Returns the place of the next byte to read.
    pub(super) fn end(&mut self) -> Place {
        self.reading.end().unwrap_or(self.input.origin().0)
    }

    /// Returns noise and size of what was read.
    pub(super) fn stats(&self) -> CaptureStats {
        CaptureStats {
            noise: self.reading.noise(),
            bytes: self.input.bytes(),
        }
    }

    /// Returns noise and size of what was scanned, which may be less than what was read.
    pub(super) fn scanned_stats(&self) -> CaptureStats {
        CaptureStats {
            bytes: self.reading.offset(),
            ..self.stats()
        }
    }
}
