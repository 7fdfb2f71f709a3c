//! Measures decoding, and decoding plus writing JSON lines, of generated callbacks: `cargo bench`
//!
//! Throughput counts bytes of the input. `write` includes the decoding.

mod callbacks;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use wxsub::output::{Format, JsonLines};
use wxsub::pipeline::{self, Options, Sink, Stop};
use wxsub::report::Tally;
use wxsub::{Record, Syntax};

use crate::callbacks::capture;

fn main() {
    divan::main();
}

#[divan::bench(args = [Syntax::Json, Syntax::Xml])]
fn decode(bencher: Bencher<'_, '_>, syntax: Syntax) {
    let capture = capture(syntax);
    bencher
        .counter(BytesCount::of_slice(&capture))
        .bench(|| run(&capture, Tally::default()));
}

#[divan::bench(args = [Syntax::Json, Syntax::Xml])]
fn write(bencher: Bencher<'_, '_>, syntax: Syntax) {
    let capture = capture(syntax);
    bencher
        .counter(BytesCount::of_slice(&capture))
        .bench(|| run(&capture, Lines::default()));
}

fn run<S: Sink>(capture: &[u8], mut sink: S) -> S {
    pipeline::run(black_box(capture), "bench", &Options::default(), &mut sink)
        .expect("memory can be read");
    sink
}

#[derive(Default)]
struct Lines(Vec<u8>);

impl Sink for Lines {
    fn fork(&self) -> Self {
        Lines(Vec::with_capacity(1 << 20))
    }

    fn record(&mut self, record: &Record<'_>) {
        JsonLines::default()
            .record(record, &mut self.0)
            .expect("JSON holds everything");
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        black_box(later.0);
        Ok(())
    }
}
