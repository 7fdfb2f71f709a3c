//! A sink that keeps a value for each record, in order.

use std::io::Read;

use wxsub::Record;
use wxsub::pipeline::{Options, Sink, Stop, run};

/// Keeps the result of `of` for each record.
pub(crate) struct Each<T> {
    of: fn(&Record<'_>) -> T,
    pub(crate) all: Vec<T>,
}

impl<T> Each<T> {
    pub(crate) fn new(of: fn(&Record<'_>) -> T) -> Self {
        Each {
            of,
            all: Vec::new(),
        }
    }
}

impl<T: Send> Sink for Each<T> {
    fn fork(&self) -> Self {
        Each::new(self.of)
    }

    fn record(&mut self, record: &Record<'_>) {
        self.all.push((self.of)(record));
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.all.extend(later.all);
        Ok(())
    }
}

/// Returns the result of `of` for each record of a capture, which must be readable.
pub(crate) fn each<T: Send>(
    capture: impl Read + Send,
    options: &Options,
    of: fn(&Record<'_>) -> T,
) -> Vec<T> {
    let mut each = Each::new(of);
    run(capture, "", options, &mut each).expect("the capture can be read");
    each.all
}
