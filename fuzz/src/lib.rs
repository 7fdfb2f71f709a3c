//! What the fuzz targets compare: everything that is read of a capture.
//!
//! Install with `cargo install cargo-fuzz`, then run
//! `cargo +nightly fuzz run capture fuzz/corpus/capture examples/payloads examples/logs`. On a stable toolchain run
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run …`. With `-s none` it runs several times as fast; the project has only safe code.
//! `cargo fuzz list` names the targets.

use wxsub::output::{Format, JsonLines};
use wxsub::pipeline::{Options, Sink, Stop, run};
use wxsub::{Lang, Place, Record};

/// Reads a capture in blocks of `block_size`. Returns for each record its place and everything else known of it.
pub fn read(capture: &[u8], block_size: usize, threads: usize) -> Vec<(Place, String)> {
    read_as(
        capture,
        &Options {
            block_size,
            threads,
            ..Options::default()
        },
    )
}

/// Reads a capture at once, without the fast path; see [`read`].
///
/// # Panics
///
/// If memory cannot be read.
pub fn read_slowly(capture: &[u8]) -> Vec<(Place, String)> {
    read_as(
        capture,
        &Options {
            block_size: capture.len() + 1,
            fast: false,
            ..Options::default()
        },
    )
}

fn read_as(capture: &[u8], options: &Options) -> Vec<(Place, String)> {
    let mut records = Records::default();
    run(capture, "", options, &mut records).expect("memory can be read");
    records.0
}

#[derive(Default)]
struct Records(Vec<(Place, String)>);

impl Sink for Records {
    fn fork(&self) -> Self {
        Records::default()
    }

    fn record(&mut self, record: &Record<'_>) {
        self.0.push((record.place(0), shown(record)));
    }

    fn join(&mut self, later: Self) -> Result<(), Stop> {
        self.0.extend(later.0);
        Ok(())
    }
}

/// Describes everything that does not depend on the place of the record. The JSON line holds the whole tree.
fn shown(record: &Record<'_>) -> String {
    let findings: Vec<_> = record
        .findings()
        .iter()
        .map(|finding| (finding.span(), finding.message(Lang::En)))
        .collect();
    let mut line = Vec::new();
    let written = JsonLines::default().record(record, &mut line);
    let line = String::from_utf8_lossy(&line);
    format!(
        "{:?} {:?} {findings:?} {written:?} {line}",
        record.outcome(),
        record.text()
    )
}
