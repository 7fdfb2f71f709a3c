//! What all folds share: forks that collect a block each, and the whole that takes the blocks in their order.
//!
//! A fold wraps a [`Folding`]; `fold!` makes it a sink.

use std::cell::Cell;
use std::sync::Arc;

use crate::event::Event;
use crate::pipeline::Stop;
use crate::record::Record;
use crate::stats::Failure;
use crate::stats::deliveries::Deliveries;

/// The callbacks of a block of a capture.
pub(super) trait Collect<S> {
    /// Makes an empty block for another fork.
    fn like(&self, settings: &S) -> Self;

    fn add(&mut self, record: &Record<'_>, settings: &S);

    /// Forgets the callbacks, and keeps the memory.
    fn empty(&mut self);
}

/// What all blocks come to.
pub(super) trait Whole {
    type Settings;
    type Block: Collect<Self::Settings>;

    /// Makes what no blocks come to.
    fn none(settings: &Self::Settings) -> Self;

    /// Takes the callbacks of a block.
    fn take(&mut self, block: &mut Self::Block, settings: &Self::Settings) -> Result<(), Failure>;

    fn deliveries(&self) -> &Deliveries;
}

/// A fold, or a fork of it.
pub(super) struct Folding<W: Whole> {
    settings: Arc<W::Settings>,
    block: W::Block,
    /// Emptied blocks for the next forks.
    spare: Cell<Vec<W::Block>>,
    /// Forks have none.
    whole: Option<Box<W>>,
    failure: Option<Failure>,
}

impl<W: Whole> Folding<W> {
    /// Makes a fold. `block` is an empty one; `checked` is the reason why `whole` fails already, if it does.
    pub(super) fn new(
        settings: W::Settings,
        block: W::Block,
        whole: W,
        checked: Result<(), Failure>,
    ) -> Self {
        Folding {
            settings: Arc::new(settings),
            block,
            spare: Cell::default(),
            whole: Some(Box::new(whole)),
            failure: checked.err(),
        }
    }

    /// Returns what all blocks come to, with the settings.
    pub(super) fn finish(self) -> Result<(W, Arc<W::Settings>), Failure> {
        let whole = self.whole.map(|whole| *whole);
        match self.failure {
            Some(failure) => Err(failure),
            None => Ok((
                whole.unwrap_or_else(|| W::none(&self.settings)),
                self.settings,
            )),
        }
    }

    pub(super) fn fork(&self) -> Self {
        let mut spare = self.spare.take();
        let block = spare.pop();
        self.spare.set(spare);
        Folding {
            block: block.unwrap_or_else(|| self.block.like(&self.settings)),
            settings: self.settings.clone(),
            spare: Cell::default(),
            whole: None,
            failure: None,
        }
    }

    #[inline]
    pub(super) fn record(&mut self, record: &Record<'_>) {
        self.block.add(record, &self.settings);
    }

    pub(super) fn join(&mut self, later: Self) -> Result<(), Stop> {
        let Some(whole) = &mut self.whole else {
            return Ok(());
        };
        let mut block = later.block;
        if self.failure.is_none() {
            self.failure = whole.take(&mut block, &self.settings).err();
        }
        if self.failure.is_some() {
            return Err(Stop::Enough);
        }
        block.empty();
        self.spare.get_mut().push(block);
        Ok(())
    }

    pub(super) fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    pub(super) fn repeats(&self) -> [(Event, u64); Event::ALL.len()] {
        let whole = self.whole.as_ref();
        whole.map_or(Event::ALL.map(|event| (event, 0)), |whole| {
            whole.deliveries().left_out()
        })
    }
}

/// Makes a type that wraps a [`Folding`] a sink and a fold.
macro_rules! fold {
    ($fold:ident) => {
        impl $crate::pipeline::Sink for $fold {
            fn fork(&self) -> Self {
                $fold(self.0.fork())
            }

            #[inline]
            fn record(&mut self, record: &$crate::record::Record<'_>) {
                self.0.record(record);
            }

            fn join(&mut self, later: Self) -> Result<(), $crate::pipeline::Stop> {
                self.0.join(later.0)
            }
        }

        impl $crate::stats::Fold for $fold {
            fn failure(&self) -> Option<&$crate::stats::Failure> {
                self.0.failure()
            }

            fn repeats(&self) -> [($crate::event::Event, u64); $crate::event::Event::ALL.len()] {
                self.0.repeats()
            }
        }
    };
}

pub(super) use fold;
